"""What the cells of a row say of one another: no area twice, no part larger than its whole, rates that agree.

And what the file does not show: whether a bare number below 1 is a fraction, and whether digits are one number.
"""

from collections.abc import Iterator, Sequence

from ..base.errors import Problem
from ..data.own import decimals, members
from .answers import Answers
from .columns import BY_NAME, RATES, headings
from .filled import Entry
from .layout import Layout

_SLACK = 0.06  # points: a rate of one decimal is within it of count over households
# a part and the whole that it is no larger than, in one row
_PARTS = (
    ("poor_households", "households_total"),
    ("near_poor_households", "households_total"),
    ("dtts_households", "households_total"),
    ("dtts_poor_households", "poor_households"),
    ("dtts_near_poor_households", "near_poor_households"),
    ("new_poor_households", "poor_households"),
    ("relapsed_poor_households", "poor_households"),
    ("poor_households_before", "households_total"),
    ("poor_exits", "poor_households_before"),
    ("ntm_advanced_communes", "ntm_communes"),
    ("ntm_model_communes", "ntm_communes"),
)


def cross_problems(entries: Sequence[Entry], year: int) -> list[Problem]:
    """Every Problem that shows only when the cells of settled rows of areas are compared."""
    rows = [entry for entry in entries if entry.kind == "area"]
    problems = [*_repeats(rows)]
    for entry in rows:
        problems += [*_parts(entry), *_rates(entry), *_ntm(entry, year)]
    return problems


def _repeats(rows: Sequence[Entry]) -> Iterator[Problem]:
    first: dict[tuple[str, str], Entry] = {}
    for entry in rows:
        before = first.setdefault((entry.level, entry.code), entry)
        if before is not entry:
            yield entry.about_area("own.allowed.once_in_table", row=before.row)


def _parts(entry: Entry) -> Iterator[Problem]:
    have = entry.values
    for part, whole in _PARTS:
        if part in have and whole in have and have[part] > have[whole]:
            yield entry.problem(part, "own.allowed.part", most=have[whole], whole=entry.heads[whole])
    if {"poor_households", "near_poor_households", "households_total"} <= set(have):
        poor, near, every = have["poor_households"], have["near_poor_households"], have["households_total"]
        if poor <= every and near <= every < poor + near:
            yield entry.problem("near_poor_households", "own.allowed.both", most=every - poor)
    counts = {"poor_households", "near_poor_households"} & set(have)
    if counts and "households_total" in entry.heads and "households_total" not in entry.cells:
        yield entry.problem("households_total", "own.allowed.base")
    if have.get("households_total") == 0:
        yield entry.problem("households_total", "own.allowed.some")


def _rates(entry: Entry) -> Iterator[Problem]:
    for rate, _, computed in rate_gaps(entry):
        yield entry.problem(rate, "own.allowed.rate", computed=computed, name=entry.name)


def rate_gaps(entry: Entry) -> Iterator[tuple[str, float, float]]:
    """(column, per cent stated, per cent computed) of each rate that its counts, at the digits stated, do not give."""
    base = entry.values.get("households_total")
    for rate, count in RATES.items():
        if base and rate in entry.values and count in entry.values:
            stated, computed = entry.values[rate], 100 * entry.values[count] / base
            if abs(stated - computed) > 0.5 * 10.0 ** -min(decimals(stated), 6) + 1e-9:
                yield rate, stated, computed


def _ntm(entry: Entry, year: int) -> Iterator[Problem]:
    ntm = [name for name in entry.cells if name in BY_NAME and BY_NAME[name].is_ntm]
    if entry.level == "commune" and ntm and entry.candidates[0].type != "xã":
        yield entry.problem(ntm[0], "own.allowed.rural", kind=entry.candidates[0].type)
    if entry.level == "district" and "ntm_communes" in entry.values:
        most = len(members(f"{year}-12-31", rural=True)[entry.code])
        if entry.values["ntm_communes"] > most:
            yield entry.problem("ntm_communes", "own.allowed.communes", most=most)
    for name in set(ntm) & {"ntm_criteria_met", "ntm_status"} if entry.level == "district" else ():
        yield entry.problem(name, "own.allowed.commune_only")


def settle_fractions(rows: Sequence[Entry], layout: Layout, answers: Answers) -> tuple[list[str], list[Problem]]:
    """Multiply rates that are fractions by 100, in place. Returns the columns where that was done, and a Problem for
    each column in which nothing says whether 0.0078 is 0.78 per cent or 0.0078.

    Only numbers below 1 without any per cent sign are in doubt, and only where all of a column are such.
    """
    hundredfold, problems = [], []
    for rate, count in RATES.items():
        places = [place for place, name in layout.columns.items() if name == rate]
        if not places or layout.answers.get(layout.headings[places[0]]) == rate:
            continue  # the office said that it is in per cent
        bare = [entry for entry in rows if rate in entry.values and _is_bare(layout, entry.row, places[0])]
        if not bare or any(entry.values[rate] > 1 for entry in bare) or not any(entry.values[rate] for entry in bare):
            continue
        scales = {scale for entry in bare for scale in _scales(entry, rate, count)}
        if scales == {100}:
            hundredfold.append(rate)
            for entry in bare:
                entry.values[rate] = round(100 * entry.values[rate], 10)
        elif scales != {1}:
            first = max(bare, key=lambda entry: entry.values[rate])
            meant = {"meant": 100 * first.values[rate], "value": first.values[rate]}
            head = layout.headings[places[0]]
            problems.append(first.problem(rate, "own.allowed.fraction", head=head, rate=headings(rate), **meant))
    return hundredfold, problems


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
