"""The 26 targets of Programme 3299 in one sheet that an office fills in, with unit and definition; and its reading.

A filled value becomes an observation of the indicator that the target measures, at the area the target speaks of.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..base.errors import DataError, KontumError, Problem
from ..base.words import LANGUAGES, text
from ..data.areas import LAST_DAY_OF_DISTRICTS, area, area_name
from ..data.observations import raw_tables
from ..data.spelling import fold
from .columns import YEARS, indicators
from .entries import Entry
from .filled import Filled, causes
from .layout import Layout
from .meta import about_document
from .places import is_late
from .sheets import Sheet
from .template import HEADER, limit, set_up, start_book, write_meta
from .typed import cell_value

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from .template import Styles

_COLUMNS = ("target_id", "statement", "area", "unit", "definition", "value")
_WIDTHS = (15, 46, 14, 14, 52, 16)
_KINDS = {
    "percent": "rate",
    "criteria": "number",
    "percentage_points_per_year": "number",
    "flag": "mark",
    "none": "mark",
}


@lru_cache(maxsize=1)
def _targets() -> dict[str, Any]:
    rows = raw_tables()["targets"]
    rows = rows[rows["in_programme_3299"] == "1"]
    return {str(row.target_id): row for row in rows.itertuples()}


def _unit(indicator: str) -> str:
    return indicators()[indicator]["unit_measure"]


def target_template(year: int, lang: str = "vi") -> bytes:
    """The bytes of the workbook for the targets at the end of a year, in one language.

    Raises KontumError for a year or language that there is none for.

    >>> target_template(2024) == target_template(2024)
    True
    """
    if year not in YEARS:
        raise KontumError("own.error.year", value=year, first=YEARS[0], last=YEARS[-1])
    content = io.BytesIO()
    book, styles = start_book(content, "own.title.targets", year, lang)
    sheet = book.add_worksheet(text("own.sheet.targets", lang))
    set_up(sheet)
    sheet.write_string(0, 0, text("own.title.targets", lang, year=year), styles["title"])
    write_meta(sheet, styles, year, lang)
    sheet.write_string(HEADER - 1, 0, text("own.targets.note", lang), styles["small"])
    for place, (name, width) in enumerate(zip(_COLUMNS, _WIDTHS, strict=True)):
        sheet.write_string(HEADER, place, text(f"own.targets.{name}", lang), styles["head"])
        sheet.set_column(place, place, width, styles["plain"])
    for row, (target_id, target) in enumerate(_targets().items(), HEADER + 1):
        _write_target(sheet, styles, row, target_id, target, lang)
    sheet.freeze_panes(HEADER + 1, 2)
    sheet.repeat_rows(HEADER)
    book.close()
    return content.getvalue()


def _write_target(sheet: Worksheet, styles: Styles, row: int, target_id: str, target: Any, lang: str) -> None:
    unit = _unit(target.indicator)
    words = (
        target_id,
        text(f"target.{target_id}", lang),
        area_name(target.scope_area, lang),
        text(f"own.unit.{unit}", lang),
        text(f"own.target.{target_id}", lang),
    )
    for place, word in enumerate(words):
        sheet.write_string(row, place, word, styles["fixed_words"])
    sheet.set_row(row, 13.5 * (1 + max(len(words[1]) // 46, len(words[4]) // 50)))
    place = len(words)
    sheet.write_blank(row, place, None, styles["figure"])
    hint = text("own.targets.input", lang, unit=words[3])
    if _KINDS.get(unit) == "mark":
        rule: dict[str, Any] = {
            "validate": "list",
            "source": [text(f"own.targets.{answer}", lang) for answer in ("yes", "no")],
        }
    else:
        most = 100 if unit == "percent" else 10_000
        rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": most}
    limit(sheet, (row, place, row, place), (target_id, hint, hint), lang, **rule)


def target_layout(file: str, sheets: Sequence[Sheet]) -> Layout | None:
    """The layout of a sheet of targets, where one of the sheets is such a sheet."""
    heads = {fold(text(f"own.targets.{name}", lang)): name for name in _COLUMNS for lang in LANGUAGES}
    for sheet in sheets:
        for top, row in enumerate(sheet.rows[:60]):
            headings = {place: str(cell.value) for place, cell in enumerate(row) if isinstance(cell.value, str)}
            names = {place: heads.get(fold(words), "") for place, words in headings.items()}
            if {"target_id", "value"} <= set(names.values()):
                columns: dict[int, str | None] = dict.fromkeys(names, "")
                columns |= {place: name for place, name in names.items() if name in ("target_id", "value")}
                return Layout(file, sheet, top, 1, headings, columns)
    return None


def read_targets(layout: Layout, document_facts: Mapping[str, object]) -> Filled:
    """A filled sheet of targets as `Filled`. Raises DataError listing every mistake in it.

    The province ended on 30 June 2025: figures of that year are of its last day.
    """
    problems: list[Problem] = []
    meta, title_year = about_document(layout, document_facts, problems)
    places = {name: place for place, name in layout.columns.items() if name}
    rows: list[Entry] = []
    for number in range(layout.first, len(layout.sheet.rows)):
        row = layout.sheet.rows[number]
        cells = {name: row[place] for name, place in places.items() if place < len(row)}
        if "value" not in cells or not (cells["value"].value is not None or cells["value"].is_uncalculated):
            continue
        entry = Entry(layout.place, number + 1, {name: layout.head(place) for name, place in places.items()})
        entry.name = str(cells["target_id"].value or "")
        entry.cells = {"target_id": entry.name, "value": cells["value"].value}
        _read_target(entry, cells["value"], rows, problems)
        rows.append(entry)
    if problems:
        raise DataError(causes(problems))
    if not rows:
        raise KontumError("own.error.nothing_filled", file=layout.file)
    last_day = LAST_DAY_OF_DISTRICTS if is_late(meta["year"]) else ""
    return Filled(tuple(rows), **meta, layout=layout, rows=tuple(rows), title_year=title_year, last_day=last_day)


def _read_target(entry: Entry, cell: Any, before: Sequence[Entry], problems: list[Problem]) -> None:
    target = _targets().get(entry.name)
    if target is None:
        problems.append(entry.problem("target_id", "own.allowed.target", allowed=", ".join(_targets())))
        return
    indicator, scope = target.indicator, area(target.scope_area)
    try:
        value = cell_value(cell, _KINDS.get(_unit(indicator), "count"))
    except KontumError as error:
        problems.append(entry.problem("value", error.key, **error.values))
        return
    entry.kind, entry.code, entry.level = "area", scope.code, scope.level
    entry.values = {indicator: int(value) if isinstance(value, bool) else value}
    for other in before:
        if other.code == entry.code and indicator in other.values:
            if other.values[indicator] != entry.values[indicator]:
                problems.append(entry.problem("value", "own.allowed.same_figure", row=other.row))
            entry.values = {}
