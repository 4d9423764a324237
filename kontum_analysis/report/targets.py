"""The parts of the yearly report about the 26 targets: how each stands, and what is missing for those not measured."""

from ..labels import table, text
from ..targets import LIKELY, STATUSES, UNLIKELY
from .blocks import Heading, Paragraph, Table
from .words import figure_day, percent, plain

_ORDER = ("NTM", "DTTS", "POVERTY")


def status_counts(board):
    """Number of targets by status, every status named."""
    found = board["status"].value_counts()
    return {status: int(found.get(status, 0)) for status in STATUSES}


def targets_section(facts, refs, lang):
    """Section II: the rule by which a target is judged, and the table of all targets."""
    yield Heading(1, text("report.targets.heading", lang))
    yield Paragraph(text("report.targets.rule", lang, likely=LIKELY, unlikely=UNLIKELY))
    rows = []
    for programme, group in _by_programme(facts.board):
        rows.append((text(f"programme.{programme}", lang),))
        rows += [_row(number, row, facts, refs, lang) for number, row in group]
    names = ("number", "target", "latest", "day", "gap", "status", "source")
    yield Table(text("report.targets.caption", lang, year=facts.year), _headings("targets", names, lang), tuple(rows),
                (0.9, 4.1, 2.4, 2.1, 2.1, 3.2, 1.7), right=(2, 4), note=text("report.targets.note", lang))  # fmt: skip


def _headings(table, names, lang):
    return tuple(text(f"report.{table}.{name}", lang) for name in names)


def _by_programme(board):
    number = 0
    for programme in _ORDER:
        group = []
        for row in board[board["programme"] == programme].itertuples():
            number += 1
            group.append((number, row))
        yield programme, group


def _row(number, row, facts, refs, lang):
    return (str(number), getattr(row, f"statement_{lang}"), _latest(row, facts, lang), _day(row, facts, lang), _gap(row, lang),
            _status(row, lang), refs.mark(row.source_ids) or "–")  # fmt: skip


def _unit(row, kind):
    return f"report.{kind}.{'villages_each' if row.target_id == 'S-NTM-04' else row.unit_measure}"


def _latest(row, facts, lang):
    said = "–"
    if row.kind != "none":
        unit = "report.value.villages" if row.target_id == "S-DT-10B" else _unit(row, "value")
        mark = {"derived": "*", "estimated": "**"}.get(row.kind, "")
        said = text(unit, lang, value=plain(row.latest_value, lang)) + mark
    for bound, key in ((row.bound_low, "report.targets.at_least"), (row.bound_high, "report.targets.at_most")):
        if bound == bound:
            said = said.removeprefix("–") and said + "\n"
            said += text(key, lang, value=text(_unit(row, "value"), lang, value=plain(bound, lang)))
    return said


def _day(row, facts, lang):
    return figure_day(row.latest_day, row.indicator, lang, bool(row.latest_day) and facts.month_only(row.latest_day))


def _gap(row, lang):
    if row.gap != row.gap or row.gap == 0:
        return "–" if row.gap != 0 else "0"
    return text(_unit(row, "gap"), lang, value=plain(row.gap, lang))


def _status(row, lang):
    said = text(f"target_status.{row.status}", lang)
    if row.reason == "model":
        return f"{said}\n({text('report.targets.chance', lang, chance=percent(row.probability, lang))})"
    return f"{said}\n({text(f'reason.{row.reason}', lang)})"


def missing_section(facts, refs, lang):
    """Section V: the targets that cannot be measured, and what would have to be published to measure each."""
    yield Heading(1, text("report.missing.heading", lang))
    missing = [(number, row) for _, group in _by_programme(facts.board) for number, row in group
               if row.status == "not_measured"]  # fmt: skip
    yield Paragraph(text("report.missing.intro", lang, count=len(missing)))
    rows = tuple((str(number), text(f"target_short.{row.target_id}", lang), _needed(row, lang), refs.mark(row.source_ids) or "–")
                 for number, row in missing)  # fmt: skip
    names = ("number", "target", "needed", "nearest")
    yield Table(text("report.missing.caption", lang), _headings("missing", names, lang), rows, (0.9, 5.6, 7.8, 2.2))


def _needed(row, lang):
    """What is needed, without the clause behind the semicolon: that one says what is known today, not in the report's year."""
    if f"needed.{row.target_id}" not in table():
        return text("report.missing.other", lang)
    return getattr(row, f"needed_{lang}").split("; ")[0]
