"""An Excel workbook of tables: a cover, one sheet a table, real numbers, and the same bytes on every run.

Numbers carry a number format and no text, so that Excel shows them with the marks of its user's country. Every text is
written as a text: nothing that came from a file of data is ever taken for a formula or a link, and a cell that looks
like a formula keeps Excel's quote mark, so that it stays a text when someone edits it. Rows are as high as their text
needs and may grow: LibreOffice does not work that out on opening, and both keep to a height that is called fixed.
"""

import io
import zipfile
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
_INK = "#1F3864"
_LINK: dict[str, Any] = {"font_color": "#0563C1", "underline": 1}
_BORDER: dict[str, Any] = {"border": 1, "border_color": "#BFBFBF"}
_HEADER_ROW = 3  # counted from 0: title, note, link back, header
_DAYS = {"vi": "dd/mm/yyyy", "en": "yyyy-mm-dd"}
_SHADES = {
    "published": "#FFFFFF",
    "derived": "#EAF3FA",
    "office": "#E3F3E6",
    "estimated": "#FDF0E2",
    "projected": "#F2F2F2",
}
_MOST_TEXT, _MOST_URL = 32_767, 2_079  # letters that Excel takes
_LINE, _ACROSS = 15.5, (28, 88, 128)  # height of a line; letters across the first, second and all columns of the cover


def workbook_bytes(tables: Sequence[Table], origin: Provenance, lang: str) -> bytes:
    """The .xlsx file as bytes.

    tables: of `tables.report_tables`; lang: vi or en. The first sheet says what the workbook is, of which vintage,
    scenarios, seed and data, how published, derived and estimated differ, and links to every sheet.
    """
    file = io.BytesIO()
    book = Workbook(file, OPTIONS)
    moment = datetime(origin.day.year, origin.day.month, origin.day.day)
    words = {"title": text("exports.title", lang), "subject": text("exports.subtitle", lang), "author": AUTHOR}
    facts = "; ".join(f"{what}: {value}" for what, value in origin.facts(lang))
    book.set_properties({**words, "comments": facts, "created": moment})
    book.set_size(2400, 1500)
    formats = _Formats(book, lang)
    cover = book.add_worksheet(text("exports.sheet.cover", lang))
    for table in tables:
        _write_sheet(book.add_worksheet(text(f"exports.sheet.{table.name}", lang)), table, formats)
    _write_cover(cover, tables, origin, formats)
    cover.activate()
    book.close()
    return same_zip(_with_rows_that_grow(file.getvalue()))


def _with_rows_that_grow(content: bytes) -> bytes:
    """The same workbook, its rows no longer of a fixed height."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            part = old.read(member)
            is_sheet = member.filename.startswith("xl/worksheets/")
            new.writestr(member, part.replace(b' customHeight="1"', b"") if is_sheet else part)
    return out.getvalue()


class _Formats:
    """The formats of one workbook in one language, each made once."""

    def __init__(self, book: Workbook, lang: str) -> None:
        self.book, self.lang = book, lang
        self.formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, **settings: Any) -> Format:
        """The format with these properties."""
        key = tuple(sorted({"font_name": "Times New Roman", "font_size": 11, "valign": "top", **settings}.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(dict(key))
        return self.formats[key]

    def cell(self, kind: str, decimals: int = 0, **more: Any) -> Format:
        """The format of a value of a table."""
        if kind == "text":
            return self.of(text_wrap=True, align="left", indent=1, **_BORDER, **more)
        number = "#,##0" + ("." + "0" * decimals if decimals else "")
        shape = {"number": number, "year": "0", "date": _DAYS[self.lang]}
        return self.of(num_format=shape[kind], align="right", **_BORDER, **more)


def _write_sheet(sheet: Worksheet, table: Table, formats: _Formats) -> None:
    columns, lang = table.columns(formats.lang), formats.lang
    last = _HEADER_ROW + max(len(table.frame), 1)
    title, note = table.title.in_language(lang), table.note.in_language(lang) if table.note else ""
    sheet.write_string(0, 0, clean(title), formats.of(bold=True, font_size=14, font_color=_INK))
    sheet.write_string(1, 0, clean(note), formats.of(italic=True))
    cover = f"internal:'{text('exports.sheet.cover', lang)}'!A1"
    sheet.write_url(2, 0, cover, formats.of(**_LINK), text("exports.back", lang))
    header = formats.of(bold=True, text_wrap=True, bg_color="#DDE6F2", border=1, align="center")
    for place, column in enumerate(columns):
        sheet.write_string(_HEADER_ROW, place, clean(column.heading), header)
        for row, (value, decimals) in enumerate(zip(column.values, column.decimals, strict=True), _HEADER_ROW + 1):
            _write(sheet, row, place, column, value, decimals, formats)
        sheet.set_column(place, place, _width(column))
        if column.name.startswith("status"):
            for status, colour in _SHADES.items():
                rule = {"type": "cell", "criteria": "==", "value": f'"{text(f"status.{status}", lang)}"'}
                shade = {**rule, "format": formats.of(bg_color=colour)}
                sheet.conditional_format(_HEADER_ROW + 1, place, last, place, shade)
    for row, cells in enumerate(zip(*([c.heading, *c.cells] for c in columns), strict=True), _HEADER_ROW):
        lines = (1 + len(cell) / (_width(column) - 1) for cell, column in zip(cells, columns, strict=True))
        sheet.set_row(row, _LINE * min(int(max(lines)), 20))
    is_by_area = columns[0].name == "scenario" and len(columns) > 1 and columns[1].name == "area"
    sheet.freeze_panes(_HEADER_ROW + 1, 1 + is_by_area)
    sheet.autofilter(_HEADER_ROW, 0, last, len(columns) - 1)
    _set_page(sheet, pages=0)
    sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
    sheet.repeat_rows(_HEADER_ROW)
    uncovered = 1.4 * len(title) - sum(map(_width, columns))  # letters of the title beyond the table
    sheet.print_area(0, 0, last, len(columns) - 1 + max(0, int(uncovered / 8)))
    sheet.set_footer(f"&L&9{AUTHOR} – &A&R&9{text('exports.page', lang)} &P/&N")


def _write(
    sheet: Worksheet, row: int, place: int, column: Column, value: Any, decimals: int, formats: _Formats
) -> None:
    if value is None:
        sheet.write_blank(row, place, None, formats.cell(column.kind, decimals))
    elif column.kind in ("number", "year"):
        sheet.write_number(row, place, value, formats.cell(column.kind, decimals))
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), formats.cell("date"))
    elif column.name == "url" and value.startswith(("https://", "http://")) and len(value) <= _MOST_URL:
        sheet.write_url(row, place, value, formats.cell("text", **_LINK), clean(value)[:255])
    else:
        words = clean(value)[:_MOST_TEXT]
        sheet.write_string(row, place, words, formats.cell("text", **_quote(words)))


def _quote(words: str) -> dict[str, bool]:
    """What the format of a text must have so that Excel keeps it a text."""
    return {"quote_prefix": True} if words.startswith(FORMULA_MARKS) else {}


def _width(column: Column) -> float:
    """Width in letters: what the values need, within reason; the heading may take up to four lines."""
    longest = max(map(len, column.cells), default=0) if column.kind == "text" else 11
    word = max(map(len, column.heading.split()), default=0)
    return min(max(longest + 2, word + 3, len(column.heading) / 3 + 3), 60 if column.name == "scenario" else 46)


def _set_page(sheet: Worksheet, pages: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, pages)
    sheet.hide_gridlines(2)


def _write_cover(sheet: Worksheet, tables: Sequence[Table], origin: Provenance, formats: _Formats) -> None:
    lang = formats.lang
    plain, strong = formats.of(text_wrap=True), formats.of(bold=True, text_wrap=True)
    head = formats.of(bold=True, font_size=12, font_color=_INK, bottom=1)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 95)
    sheet.set_column(2, 2, 10)

    def write_line(row: int, words: str, form: Format) -> None:
        sheet.merge_range(row, 0, row, 2, words, form)
        sheet.set_row(row, form.font_size * 1.4 * (1 + len(words) // _ACROSS[2]))

    write_line(0, text("exports.title", lang), formats.of(bold=True, font_size=16, font_color=_INK))
    write_line(1, text("exports.subtitle", lang), formats.of(italic=True, font_size=12))
    write_line(3, text("exports.about", lang), plain)
    row = 5
    for what, value in [*origin.facts(lang), (text("exports.fact.author", lang), AUTHOR)]:
        words = clean(value)[:_MOST_TEXT]
        sheet.write_string(row, 0, clean(what), strong)
        sheet.write_string(row, 1, words, formats.of(text_wrap=True, **_quote(words)))
        sheet.set_row(row, _LINE * (1 + max(len(what) // _ACROSS[0], len(words) // _ACROSS[1])))
        row += 1
    row += 1
    write_line(row, text("exports.reading", lang), head)
    for key in READING:
        row += 1
        shade = formats.of(bg_color=_SHADES.get(key, "#FFFFFF"), text_wrap=True)
        write_line(row, text(f"exports.reading.{key}", lang), shade)
    row += 2
    for place, key in enumerate(("sheet", "what", "rows")):
        sheet.write_string(row, place, text(f"exports.contents.{key}", lang), head)
    for table in tables:
        row += 1
        name = text(f"exports.sheet.{table.name}", lang)
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats.of(**_LINK), name)
        sheet.write_string(row, 1, table.title.in_language(lang), plain)
        sheet.write_number(row, 2, len(table.frame), formats.of(num_format="#,##0", align="right"))
    _set_page(sheet, pages=1)
