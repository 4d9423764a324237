"""Figures of which the file does not show what they are: rates that stand as bare numbers below 1, which the counts
beside them tell apart; and texts of digits where letters above the line cannot be seen.
"""

from collections.abc import Sequence

from ..base.errors import Problem
from .answers import Answers
from .columns import RATES, headings
from .entries import Entry
from .layout import Layout

_SLACK = 0.06  # points: a rate of one decimal is within it of count over households


def settle_fractions(rows: Sequence[Entry], layout: Layout, answers: Answers) -> tuple[list[str], list[Problem]]:
    """Multiply rates that are fractions by 100, in place. Returns the columns where that was done, and a Problem for
    each column in which nothing says whether 0.0078 is 0.78 per cent or 0.0078.

    Only numbers below 1 without any per cent sign are in doubt, and only where all of a column are such.
    """
    settled, problems = [], []
    for rate, count in RATES.items():
        places = [place for place, name in layout.columns.items() if name == rate]
        if not places or layout.answers.get(layout.headings[places[0]]) == rate:
            continue  # the office said that it is in per cent
        bare = [entry for entry in rows if rate in entry.values and _is_bare(layout, entry.row, places[0])]
        if not bare or any(entry.values[rate] > 1 for entry in bare) or not any(entry.values[rate] for entry in bare):
            continue
        scales = {scale for entry in bare for scale in _scales(entry, rate, count)}
        if scales == {100}:
            settled.append(rate)
            for entry in bare:
                entry.values[rate] = round(100 * entry.values[rate], 10)
        elif scales != {1}:
            first = max(bare, key=lambda entry: entry.values[rate])
            meant = {"meant": 100 * first.values[rate], "value": first.values[rate]}
            head = layout.headings[places[0]]
            problems.append(first.problem(rate, "own.allowed.fraction", head=head, rate=headings(rate), **meant))
    return settled, problems


def _is_bare(layout: Layout, row: int, place: int) -> bool:
    cell = layout.sheet.rows[row - 1][place]
    return "%" not in cell.number_format and "%" not in str(cell.value)


def _scales(entry: Entry, rate: str, count: str) -> list[int]:
    """1 where a rate agrees with its count as per cent, 100 where as a fraction; none where the row does not tell."""
    base = entry.values.get("households_total")
    if not base or not entry.values.get(count) or entry.kind not in ("area", "total", "group"):
        return []
    computed = 100 * entry.values[count] / base
    return [scale for scale in (1, 100) if abs(scale * entry.values[rate] - computed) <= _SLACK]


def doubtful_texts(rows: Sequence[Entry], layout: Layout) -> list[Problem]:
    """A Problem for every text of digits among the numbers of a column, in a workbook that shows values alone.

    There "800" with the footnote 1 above the line is the text "8001".
    """
    if layout.sheet.has_formats or not layout.sheet.name:
        return []
    problems = []
    for name in {name for entry in rows for name in entry.values}:
        cells = [entry for entry in rows if name in entry.values]
        texts = [entry for entry in cells if str(entry.cells[name]).isdigit() and isinstance(entry.cells[name], str)]
        if len(texts) < len(cells):
            problems += [e.problem(name, "own.allowed.text_digits", value=e.cells[name]) for e in texts]
    return problems
