"""The parts of the yearly report about the 26 targets: how each stands, and what is missing for those not measured."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pandas as pd

from ...base.words import labels, percent, plain, text
from ...targets.board import LIKELY, STATUSES, UNLIKELY
from .blocks import Block, Heading, Paragraph, References, Table
from .facts import Facts
from .words import figure_day, headings, marked

_ORDER = ("NTM", "DTTS", "POVERTY")


def status_counts(board: pd.DataFrame) -> dict[str, int]:
    """Number of targets by status, every status named."""
    found = board["status"].value_counts()
    return {status: int(found.get(status, 0)) for status in STATUSES}


def targets_section(facts: Facts, refs: References, lang: str) -> Iterator[Block]:
    """Section II: the rule by which a target is judged, and the table of all targets."""
    yield Heading(1, text("report.targets.heading", lang))
    yield Paragraph(text("report.targets.rule", lang, likely=LIKELY, unlikely=UNLIKELY))
    rows: list[tuple[str, ...]] = []
    for programme, group in _by_programme(facts.board):
        rows.append((text(f"programme.{programme}", lang),))
        rows += [_row(number, row, facts, refs, lang) for number, row in group]
    names = ("number", "target", "latest", "day", "gap", "status", "source")
    yield Table(
        text("report.targets.caption", lang, year=facts.year),
        headings("targets", names, lang),
        tuple(rows),
        (0.9, 4.1, 2.4, 2.1, 2.1, 3.2, 1.7),
        right=(2, 4),
        note=text("report.targets.note", lang),
    )


def _by_programme(board: pd.DataFrame) -> Iterator[tuple[str, list[tuple[int, Any]]]]:
    """The rows of the board by programme, counted through."""
    numbers = count(1)
    for programme in _ORDER:
        yield programme, [(next(numbers), row) for row in board[board["programme"] == programme].itertuples()]


def _row(number: int, row: Any, facts: Facts, refs: References, lang: str) -> tuple[str, ...]:
    return (
        str(number),
        getattr(row, f"statement_{lang}"),
        _latest(row, lang),
        _day(row, facts, lang),
        _gap(row, lang),
        _status(row, lang),
        refs.mark(row.source_ids) or "–",
    )


def _unit(row: Any, kind: str) -> str:
    return f"report.{kind}.{'villages_each' if row.target_id == 'S-NTM-04' else row.unit_measure}"


def _latest(row: Any, lang: str) -> str:
    said = "–"
    if row.kind != "none":
        unit = "report.value.villages" if row.target_id == "S-DT-10B" else _unit(row, "value")
        said = marked(text(unit, lang, value=plain(row.latest_value, lang)), row.kind)
    for bound, key in ((row.bound_low, "report.targets.at_least"), (row.bound_high, "report.targets.at_most")):
        if bound == bound:
            said = said.removeprefix("–") and said + "\n"
            said += text(key, lang, value=text(_unit(row, "value"), lang, value=plain(bound, lang)))
    return said


def _day(row: Any, facts: Facts, lang: str) -> str:
    return figure_day(row.latest_day, row.indicator, lang, bool(row.latest_day) and facts.month_only(row.latest_day))


def _gap(row: Any, lang: str) -> str:
    if row.gap != row.gap or row.gap == 0:
        return "–" if row.gap != 0 else "0"
    return text(_unit(row, "gap"), lang, value=plain(row.gap, lang))


def _status(row: Any, lang: str) -> str:
    said = text(f"target_status.{row.status}", lang)
    if row.reason == "model":
        why = text("report.targets.chance", lang, chance=percent(row.probability, lang))
    else:
        why = text(f"reason.{row.reason}", lang)
    return f"{said}\n({why})"


def missing_section(facts: Facts, refs: References, lang: str) -> Iterator[Block]:
    """Section V: the targets that cannot be measured, and what would have to be published to measure each."""
    yield Heading(1, text("report.missing.heading", lang))
    missing = [
        (number, row)
        for _, group in _by_programme(facts.board)
        for number, row in group
        if row.status == "not_measured"
    ]
    yield Paragraph(text("report.missing.intro", lang, count=len(missing)))
    rows = tuple(
        (str(number), text(f"target_short.{row.target_id}", lang), _needed(row, lang), refs.mark(row.source_ids) or "–")
        for number, row in missing
    )
    names = ("number", "target", "needed", "nearest")
    yield Table(text("report.missing.caption", lang), headings("missing", names, lang), rows, (0.9, 5.6, 7.8, 2.2))


def _needed(row: Any, lang: str) -> str:
    """What is needed, without the clause behind the semicolon: that one says what is known today, not in the report's
    year.
    """
    if f"needed.{row.target_id}" not in labels():
        return text("report.missing.other", lang)
    return str(getattr(row, f"needed_{lang}")).split("; ")[0]
