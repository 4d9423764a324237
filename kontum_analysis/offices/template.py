"""The workbook an office fills in: one row an area, limits and drop-downs on every cell, instructions in its language.

The same words give the same bytes on every run: dates inside are fixed, and nothing of the machine is written.
"""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ..base.errors import KontumError
from ..base.words import LANGUAGES, text
from ..data.own import COUNTS, members
from .columns import COLUMNS, STATUSES, Column, heading
from .places import Place, areas_of
from .typed import CRITERIA, LARGEST

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    Styles = dict[str, Format]

MADE = datetime(2025, 1, 1)  # the date of creation inside the file, the same on every run
META_ROWS = {"office": 1, "document": 2, "date": 3, "year": 4}  # rows (from 0) of the cells about the document
HEADER = 6  # row (from 0) of the headings of the table
_ASKED_AS = {
    ("name", "unit"): "name_unit",
    ("name", "district"): "name_district",
    ("district", "unit"): "district_unit",
}
_WIDTHS = {"code": 9, "name": 22, "district": 16}
_WHOLE = {"validate": "integer", "criteria": "between", "minimum": 0}
_INK, _LINE, _PALE, _FILL = "#1F2A36", "#B8C0C8", "#EEF1F4", "#FFF9E3"


def template(level: str, year: int, lang: str = "vi") -> bytes:
    """The bytes of the workbook for one level ("commune", "unit" or "district"), the end of one year, one language.

    Raises KontumError for a level, year or language that there is none for.

    >>> template("district", 2024, "vi") == template("district", 2024, "vi")
    True
    """
    content, areas = io.BytesIO(), areas_of(level, year)
    columns = [column for column in COLUMNS if column.in_template and level in column.levels]
    book, styles = start_book(content, f"own.title.{level}", year, lang)
    _data_sheet(book.add_worksheet(text("own.sheet.data", lang)), styles, level, year, areas, columns, lang)
    if level == "commune":
        _totals_sheet(book.add_worksheet(text("own.sheet.totals", lang)), styles, year, areas, lang)
    _help_sheet(book.add_worksheet(text("own.sheet.help", lang)), styles, level, year, columns, lang)
    book.close()
    return content.getvalue()


def start_book(content: io.BytesIO, title: str, year: int, lang: str) -> tuple[Workbook, Styles]:
    """A new workbook with nothing of this machine in it, and the looks of its cells by name.

    Raises KontumError for a language that there is none for.
    """
    import xlsxwriter

    if lang not in LANGUAGES:
        raise KontumError("error.language", value=repr(lang), allowed=", ".join(LANGUAGES))
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": text(title, lang, year=year), "author": "", "created": MADE})
    font = {"font_name": "Arial", "font_size": 10, "font_color": _INK}
    return book, {name: book.add_format({**font, **look}) for name, look in _LOOKS.items()}


_CELL = {"border": 1, "border_color": _LINE, "valign": "vcenter"}
_LOOKS: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"bold": True, "font_size": 14},
    "label": {"bold": True, "valign": "top"},
    "head": {
        **_CELL,
        "bold": True,
        "bg_color": "#2F4B66",
        "font_color": "#FFFFFF",
        "text_wrap": True,
        "align": "center",
    },
    "fixed": {**_CELL, "bg_color": _PALE},
    "none": {**_CELL, "bg_color": "#D9DEE3", "font_color": "#7A8793", "align": "center"},
    "whole": {**_CELL, "bg_color": _FILL, "locked": False, "num_format": "#,##0"},
    "words": {**_CELL, "bg_color": _FILL, "locked": False, "num_format": "@"},
    "day": {**_CELL, "bg_color": _FILL, "locked": False, "num_format": "dd/mm/yyyy", "align": "left"},
    "sum": {**_CELL, "bg_color": _PALE, "num_format": "#,##0"},
    "year": {**_CELL, "bg_color": _PALE, "align": "left"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "fixed_words": {**_CELL, "bg_color": _PALE, "text_wrap": True},
    "figure": {**_CELL, "bg_color": _FILL, "locked": False, "num_format": "General", "align": "right"},
    "differs": {"bg_color": "#F6C9C0", "bold": True},
    "small": {"italic": True, "font_color": "#5A6672"},
}


def set_up(sheet: Worksheet, landscape: bool = True) -> None:
    """Paper, margins and protection of a sheet: only what is to be filled in can be changed."""
    sheet.set_paper(9)
    sheet.set_landscape() if landscape else sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.5, 0.5, 0.6, 0.6)
    sheet.hide_gridlines(2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "format_cells": False, "autofilter": True})


def limit(sheet: Worksheet, cells: tuple[int, int, int, int], words: tuple[str, ...], lang: str, **rule: Any) -> None:
    """Let cells take only what a rule allows.

    cells: first row and column, last row and column; words: above the hint, the hint, what is said to a wrong value.
    """
    title, hint, message = words
    messages = {"input_title": title[:32], "input_message": hint, "error_message": message}
    sheet.data_validation(*cells, {**messages, "error_title": text("own.error.title", lang), **rule})


def _data_sheet(
    sheet: Worksheet, styles: Styles, level: str, year: int, areas: list[Place], columns: list[Column], lang: str
) -> None:
    set_up(sheet)
    identity = ["code", "name", *(["district"] if level != "district" else [])]
    names = [*identity, *(column.name for column in columns)]
    sheet.write_string(0, 0, text(f"own.title.{level}", lang, year=year), styles["title"])
    write_meta(sheet, styles, year, lang)
    for place, name in enumerate(names):
        sheet.write_string(HEADER, place, heading(_ASKED_AS.get((name, level), name), lang), styles["head"])
        sheet.set_column(place, place, _WIDTHS.get(name, 20 if name == "ntm_status" else 15), styles["plain"])
    sheet.set_row(HEADER, 48)
    first, last = HEADER + 1, HEADER + len(areas)
    for number, area in enumerate(areas, first):
        urban = area.type in ("phường", "thị trấn")
        label = text(f"own.type.{area.type}", lang, name=area.name) if urban else area.name
        for place, value in enumerate([area.code, label, area.district][: len(identity)]):
            sheet.write_string(number, place, value, styles["fixed"])
        for place, column in enumerate(columns, len(identity)):
            if column.is_ntm and urban:
                sheet.write_string(number, place, "–", styles["none"])
            else:
                sheet.write_blank(number, place, None, styles["words" if column.kind == "status" else "whole"])
    base = len(identity)
    for place, column in enumerate(columns, base):
        words = (heading(column.name, lang), *(text(f"own.{of}.{column.name}", lang) for of in ("input", "limit")))
        limit(sheet, (first, place, last, place), words, lang, **_rule(column, first, place, base, lang))
    sheet.freeze_panes(HEADER + 1, 2)
    sheet.repeat_rows(HEADER)
    sheet.set_selection(1, 2, 1, 2)


def write_meta(sheet: Worksheet, styles: Styles, year: int, lang: str) -> None:
    """The cells about the document above a table: office, number, day, year."""
    for name, row in META_ROWS.items():
        sheet.merge_range(row, 0, row, 1, text(f"own.meta.{name}", lang), styles["label"])
        if name == "year":
            sheet.write_number(row, 2, year, styles["year"])
        else:
            sheet.merge_range(row, 2, row, 5, "", styles["day" if name == "date" else "words"])
    cell = META_ROWS["date"], 2
    words = text("own.meta.date", lang), text("own.input.date", lang), text("own.limit.date", lang, year=year)
    days = {"minimum": date(year, 1, 1), "maximum": date(year + 10, 12, 31)}
    limit(sheet, (*cell, *cell), words, lang, validate="date", criteria="between", **days)


def _rule(column: Column, first: int, place: int, base: int, lang: str) -> dict[str, Any]:
    """What a column allows. Cells are named from the first row of the table."""
    from xlsxwriter.utility import xl_rowcol_to_cell as cell

    if column.kind == "status":
        return {"validate": "list", "source": [text(f"own.status.{status}", lang) for status in STATUSES]}
    if column.kind == "criteria":
        return {**_WHOLE, "maximum": CRITERIA}
    if column.kind == "communes":
        return {**_WHOLE, "maximum": max(len(codes) for codes in members("2024-12-31", rural=True).values())}
    if column.name == "households_total":
        return {**_WHOLE, "minimum": 1, "maximum": LARGEST}
    value, households, poor = cell(first, place), cell(first, base), cell(first, base + 1)
    # poor and near-poor together are no more than all
    sum_of_poor = value if column.name == "poor_households" else f"{value}+{poor}"
    checks = f"ISNUMBER({value}),{value}=INT({value}),{value}>=0,{sum_of_poor}<={households}"
    return {"validate": "custom", "value": f"=AND({checks})"}


def _totals_sheet(sheet: Worksheet, styles: Styles, year: int, areas: list[Place], lang: str) -> None:
    """Sums by district beside the totals the office has itself: what does not add up shows while it is typed."""
    from xlsxwriter.utility import xl_range_abs

    set_up(sheet)
    data = text("own.sheet.data", lang)
    sheet.write_string(0, 0, text("own.title.totals", lang, year=year), styles["title"])
    sheet.write_string(1, 0, text("own.totals.note", lang), styles["small"])
    headings = [
        heading("code", lang),
        heading("name_district", lang),
        *(heading(name, lang) for name in COUNTS),
        *(text("own.heading.sum", lang, name=heading(name, lang)) for name in COUNTS),
    ]
    sheet.set_row(3, 62)
    for place, name in enumerate(headings):
        sheet.write_string(3, place, name, styles["head"])
        sheet.set_column(place, place, (9, 20)[place] if place < 2 else 15, styles["plain"])
    districts = areas_of("district", year)
    for number, district in enumerate(districts, 4):
        rows = [n for n, area in enumerate(areas, HEADER + 1) if area.parent == district.code]
        sheet.write_string(number, 0, district.code, styles["fixed"])
        sheet.write_string(number, 1, district.name, styles["fixed"])
        for place in range(len(COUNTS)):
            sheet.write_blank(number, 2 + place, None, styles["whole"])
            block = xl_range_abs(rows[0], 3 + place, rows[-1], 3 + place)
            sheet.write_formula(number, 5 + place, f"=SUM('{data}'!{block})", styles["sum"], 0)
    _limit_totals(sheet, styles, 4, 3 + len(districts), lang)
    sheet.freeze_panes(4, 2)


def _limit_totals(sheet: Worksheet, styles: Styles, first: int, last: int, lang: str) -> None:
    """Whole numbers alone in the office's totals, and a colour where one differs from the sum beside it."""
    from xlsxwriter.utility import xl_col_to_name

    for place, name in enumerate(COUNTS, 2):
        total, sum_cell = f"{xl_col_to_name(place)}{first + 1}", f"{xl_col_to_name(place + 3)}{first + 1}"
        cells = first, place, last, place
        words = heading(name, lang), text("own.input.total", lang), text("own.limit.households_total", lang)
        limit(sheet, cells, words, lang, **_WHOLE, maximum=LARGEST)
        is_other = f"=AND(ISNUMBER({total}),{total}<>{sum_cell})"
        sheet.conditional_format(*cells, {"type": "formula", "format": styles["differs"], "criteria": is_other})


def _help_sheet(sheet: Worksheet, styles: Styles, level: str, year: int, columns: list[Column], lang: str) -> None:
    set_up(sheet, landscape=False)
    sheet.set_column(0, 0, 36, styles["plain"])
    sheet.set_column(1, 1, 78, styles["plain"])
    sheet.write_string(0, 0, text("own.sheet.help", lang), styles["title"])
    steps = [
        (
            text("own.help.step", lang, number=number),
            text(f"own.help.{number}", lang, year=year, file=f"mau-{level}-{year}.xlsx"),
        )
        for number in range(1, 8)
    ]
    meanings = [(heading(column.name, lang), text(f"own.input.{column.name}", lang)) for column in columns]
    _write_lines(sheet, styles, 2, steps)
    row = 3 + len(steps)
    sheet.write_string(row, 0, text("own.help.columns", lang), styles["title"])
    _write_lines(sheet, styles, row + 1, meanings)


def _write_lines(sheet: Worksheet, styles: Styles, first: int, lines: list[tuple[str, str]]) -> None:
    for row, (label, words) in enumerate(lines, first):
        sheet.write_string(row, 0, label, styles["label"])
        sheet.write_string(row, 1, words, styles["wrapped"])
        sheet.set_row(row, 13.5 * (1 + len(words) // 72))  # a row does not grow with its text everywhere
