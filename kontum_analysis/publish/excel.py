"""An Excel workbook of the report tables: a cover, one sheet a table, real numbers, and the same bytes on every run.

Numbers carry a number format and no text, so that Excel shows them with the marks of its user's country. Every text is
written as a text: nothing that came from a file of data is ever taken for a formula or a link, and a cell that looks
like
a formula keeps Excel's quote mark, so that it stays a text when someone edits it.
"""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ..base.words import text
from ..data.own import FORMULA_MARKS
from .columns import Column, Provenance, Table
from .tables import READING
from .word import AUTHOR, clean, same_zip

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
_FONT, _INK, _HEAD = "Times New Roman", "#1F3864", "#DDE6F2"
_HEADER_ROW = 3  # counted from 0: title, note, link back, header
_DAYS = {"vi": "dd/mm/yyyy", "en": "yyyy-mm-dd"}
_SHADES = {"published": "#FFFFFF", "derived": "#EAF3FA", "estimated": "#FDF0E2", "projected": "#F2F2F2"}
_MOST_TEXT, _MOST_URL = 32_767, 2_079  # letters that Excel takes


def workbook_bytes(tables: Sequence[Table], origin: Provenance, lang: str) -> bytes:
    """The .xlsx file as bytes.

    tables: of `export_tables.report_tables`; origin: a `provenance.Provenance`; lang: vi or en. The first sheet says
    what
    the workbook is, of which vintage, scenarios, seed and data, how published, derived and estimated differ, and links
    to every sheet.
    """
    file = io.BytesIO()
    book = Workbook(file, OPTIONS)
    moment = datetime(origin.day.year, origin.day.month, origin.day.day)
    book.set_properties(
        {
            "title": text("exports.title", lang),
            "subject": text("exports.subtitle", lang),
            "author": AUTHOR,
            "comments": "; ".join(f"{k}: {v}" for k, v in origin.facts(lang)),
            "created": moment,
        }
    )
    book.set_size(2400, 1500)
    looks = _Looks(book, lang)
    cover = book.add_worksheet(text("exports.sheet.cover", lang))
    for made in tables:
        _sheet(book.add_worksheet(text(f"exports.sheet.{made.name}", lang)), made, looks, lang)
    _cover(cover, tables, origin, looks, lang)
    cover.activate()
    book.close()
    return same_zip(file.getvalue())


class _Looks:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook, lang: str) -> None:
        self.book, self.lang = book, lang
        self.made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, **settings: Any) -> Format:
        """The format with these properties."""
        key = tuple(sorted(settings.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format({"font_name": _FONT, "font_size": 11, "valign": "top", **settings})
        return self.made[key]

    def cell(self, kind: str, decimals: int = 0, **more: Any) -> Format:
        """The format of a value of a table."""
        shape = {"number": "#,##0" + ("." + "0" * decimals if decimals else ""), "year": "0", "date": _DAYS[self.lang]}
        frame = dict(border=1, border_color="#BFBFBF")
        if kind == "text":
            return self.of(text_wrap=True, indent=1, **frame, **more)
        return self.of(num_format=shape[kind], align="right", **frame, **more)


def _sheet(sheet: Worksheet, made: Table, looks: _Looks, lang: str) -> None:
    found = made.columns(lang)
    last = _HEADER_ROW + max(len(made.frame), 1)
    sheet.write_string(0, 0, clean(made.title.in_language(lang)), looks.of(bold=True, font_size=14, font_color=_INK))
    sheet.write_string(1, 0, clean(made.note.in_language(lang) if made.note else ""), looks.of(italic=True))
    link = looks.of(font_color="#0563C1", underline=1)
    sheet.write_url(2, 0, f"internal:'{text('exports.sheet.cover', lang)}'!A1", link, text("exports.back", lang))
    header = looks.of(bold=True, text_wrap=True, bg_color=_HEAD, border=1, align="center")
    for at, column in enumerate(found):
        sheet.write_string(_HEADER_ROW, at, clean(column.heading), header)
        for row, (value, decimals) in enumerate(zip(column.values, column.decimals, strict=True), _HEADER_ROW + 1):
            _write(sheet, row, at, column, value, decimals, looks)
        sheet.set_column(at, at, _width(column))
        if column.name.startswith("status"):
            _shade(sheet, (_HEADER_ROW + 1, at, last, at), looks, lang)
    sheet.set_row(_HEADER_ROW, 15.5 * max(_lines(column) for column in found))
    fixed = 1 + (found[0].name == "scenario" and len(found) > 1 and found[1].name == "area")
    sheet.freeze_panes(_HEADER_ROW + 1, fixed)
    sheet.autofilter(_HEADER_ROW, 0, last, len(found) - 1)
    _print_setup(sheet, lang, last, len(found) - 1)


def _write(sheet: Worksheet, row: int, at: int, column: Column, value: Any, decimals: int, looks: _Looks) -> None:
    if value is None:
        sheet.write_blank(row, at, None, looks.cell(column.kind, decimals))
    elif column.kind in ("number", "year"):
        sheet.write_number(row, at, value, looks.cell(column.kind, decimals))
    elif isinstance(value, date):
        sheet.write_datetime(row, at, datetime(value.year, value.month, value.day), looks.cell("date"))
    elif column.name == "url" and value.startswith(("https://", "http://")) and len(value) <= _MOST_URL:
        sheet.write_url(row, at, value, looks.cell("text", font_color="#0563C1", underline=1), clean(value)[:255])
    else:
        words = clean(value)[:_MOST_TEXT]
        sheet.write_string(row, at, words, looks.cell("text", **_quoted(words)))


def _quoted(words: str) -> dict[str, bool]:
    """What the format of a text must have so that Excel keeps it a text."""
    return {"quote_prefix": True} if words.startswith(FORMULA_MARKS) else {}


def _shade(sheet: Worksheet, place: tuple[int, int, int, int], looks: _Looks, lang: str) -> None:
    for status, colour in _SHADES.items():
        rule = {
            "type": "cell",
            "criteria": "==",
            "value": f'"{text(f"status.{status}", lang)}"',
            "format": looks.of(bg_color=colour),
        }
        sheet.conditional_format(*place, rule)


def _width(column: Column) -> float:
    """Width in letters: what the values need, within reason; the heading may take up to four lines."""
    lengths = [len(str(value)) for value in column.values if value is not None] if column.kind == "text" else [11]
    longest = max(lengths, default=0)
    word = max(map(len, column.heading.split()), default=0)
    return min(max(longest + 2, word + 3, len(column.heading) / 3 + 3), 60 if column.name == "scenario" else 46)


def _lines(column: Column) -> int:
    return min(6, 1 + int(len(column.heading) / (_width(column) - 1)))


def _print_setup(sheet: Worksheet, lang: str, last_row: int, last_column: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_footer(f"&L&9{AUTHOR} – &A&R&9{text('exports.page', lang)} &P/&N")
    sheet.hide_gridlines(2)


def _cover(sheet: Worksheet, tables: Sequence[Table], origin: Provenance, looks: _Looks, lang: str) -> None:
    plain, strong = looks.of(text_wrap=True), looks.of(bold=True, text_wrap=True)
    head = looks.of(bold=True, font_size=12, font_color=_INK, bottom=1)
    link = looks.of(font_color="#0563C1", underline=1)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 95)
    sheet.set_column(2, 2, 10)
    sheet.merge_range(0, 0, 0, 2, text("exports.title", lang), looks.of(bold=True, font_size=16, font_color=_INK))
    sheet.merge_range(1, 0, 1, 2, text("exports.subtitle", lang), looks.of(italic=True, font_size=12))
    sheet.merge_range(3, 0, 3, 2, text("exports.about", lang), plain)
    sheet.set_row(0, 24)
    sheet.set_row(3, 34)
    row = 5
    for what, value in [*origin.facts(lang), (text("exports.fact.author", lang), AUTHOR)]:
        sheet.write_string(row, 0, clean(what), strong)
        words = clean(value)[:_MOST_TEXT]
        sheet.write_string(row, 1, words, looks.of(text_wrap=True, **_quoted(words)))
        sheet.set_row(row, 15.5 * (1 + len(value) // 88))  # a row does not grow with its text everywhere
        row += 1
    row += 1
    sheet.merge_range(row, 0, row, 2, text("exports.reading", lang), head)
    for key in READING:
        row += 1
        shade = looks.of(bg_color=_SHADES.get(key, "#FFFFFF"))
        sheet.merge_range(row, 0, row, 2, text(f"exports.reading.{key}", lang), shade)
    row += 2
    for at, key in enumerate(("exports.contents.sheet", "exports.contents.what", "exports.contents.rows")):
        sheet.write_string(row, at, text(key, lang), head)
    for made in tables:
        row += 1
        name = text(f"exports.sheet.{made.name}", lang)
        sheet.write_url(row, 0, f"internal:'{name}'!A1", link, name)
        sheet.write_string(row, 1, made.title.in_language(lang), plain)
        sheet.write_number(row, 2, len(made.frame), looks.of(num_format="#,##0", align="right"))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
