"""An .xlsx workbook as its cells look: values, number formats, what is hidden, letters above the line left out.

openpyxl reads it after all that does not tell a figure is taken away (fonts, fills, pictures, links, properties): what
other programs write there is often not as openpyxl wants it, and no reason to refuse a table.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from .sheets import MOST_COLUMNS, Cell, Sheet, check_extent, composed

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_KEPT_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(workbook|sharedStrings|styles)\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/worksheets/[^/]+\.xml"
)
_KEPT_ELEMENTS = {
    "worksheet": ("cols", "sheetData", "autoFilter", "mergeCells"),
    "workbook": ("workbookPr", "sheets"),
    "styleSheet": ("numFmts", "cellXfs"),
}
_PLAIN_STYLES = (
    "<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>"
    '<cellStyleXfs><xf numFmtId="0"/></cellStyleXfs>'
)
_LITERAL = re.compile(r'=\s*"((?:[^"]|"")*)"')


def workbook_sheets(name: str, archive: zipfile.ZipFile) -> list[Sheet]:
    """The sheets of a workbook. Raises KontumError for a table of more rows or columns than an office's has, and
    whatever openpyxl raises for a workbook that it cannot read even so.
    """
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not carry over does not matter to reading
        book = openpyxl.load_workbook(io.BytesIO(_simplify(archive)), rich_text=True)
    return [_sheet(name, sheet) for sheet in book.worksheets]


def _simplify(archive: zipfile.ZipFile) -> bytes:
    """The bytes of the workbook with nothing in it but values, number formats, merged and hidden cells."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as simple:
        is_uncalculated = b'fullCalcOnLoad="1"' in archive.read("xl/workbook.xml")
        for name in filter(_KEPT_PARTS.fullmatch, archive.namelist()):
            content = archive.read(name)
            if name.startswith("xl/w") or name == "xl/styles.xml":
                content = _simplified_part(content, is_uncalculated)
            simple.writestr(name, content)
    return out.getvalue()


def _simplified_part(content: bytes, is_uncalculated: bool) -> bytes:
    root = ElementTree.fromstring(content)
    kind = root.tag.removeprefix(_MAIN)
    for child in [child for child in root if child.tag.removeprefix(_MAIN) not in _KEPT_ELEMENTS.get(kind, ())]:
        root.remove(child)
    if kind == "styleSheet":
        for style in root.iterfind(f"{_MAIN}cellXfs/*"):
            number_format = style.get("numFmtId", "0")
            style.clear()
            style.set("numFmtId", number_format)
        plain = ElementTree.fromstring(f'<x xmlns="{_MAIN[1:-1]}">{_PLAIN_STYLES}</x>')
        root[-1:] = [*plain, *root[-1:]]
    elif kind == "worksheet":
        _keep_results(root, is_uncalculated)
        for element in root.iterfind(f"{_MAIN}autoFilter"):
            element[:] = []
    return ElementTree.tostring(root)


def _keep_results(root: Any, is_uncalculated: bool) -> None:
    """Leave of a formula its saved result, or, where none was ever saved, the formula; drop cells without content.

    A program that writes formulas without computing them saves nothing or 0, and asks for a calculation when opened.
    """
    formulas = [cell for cell in root.iter(f"{_MAIN}c") if cell.find(f"{_MAIN}f") is not None]
    results = [cell.findtext(f"{_MAIN}v") or "" for cell in formulas]
    none = ("", "0") if is_uncalculated else ("",)
    is_calculated = any(cell.get("t") == "str" for cell in formulas) or any(result not in none for result in results)
    for cell, result in zip(formulas, results, strict=True):
        drop = f"{_MAIN}f" if is_calculated else f"{_MAIN}v"
        if not is_calculated or result or cell.get("t") == "str":
            for part in cell.findall(drop):
                cell.remove(part)
    for row in root.iter(f"{_MAIN}row"):
        for cell in [cell for cell in row if not any(part.text or len(part) for part in cell)]:
            row.remove(cell)


def _sheet(name: str, sheet: Any) -> Sheet:
    for place in [place for place, cell in sheet._cells.items() if not str(cell.value or "0").strip()]:
        del sheet._cells[place]  # a space, as people type it to empty a cell, far below the table
    check_extent(name, sheet.max_row, sheet.max_column)
    return Sheet(
        composed(sheet.title),
        [[_cell(cell) for cell in row] for row in sheet.iter_rows()],
        merged=[(r.min_row - 1, r.min_col - 1, r.max_row - 1, r.max_col - 1) for r in sheet.merged_cells.ranges],
        is_hidden=sheet.sheet_state != "visible",
        hidden_rows={number - 1 for number, row in sheet.row_dimensions.items() if row.hidden},
        hidden_columns=set(_hidden_columns(sheet)),
        is_filtered=bool(sheet.auto_filter.ref),
        has_formats=True,
    )


def _hidden_columns(sheet: Any) -> Iterator[int]:
    for column in sheet.column_dimensions.values():
        if column.hidden and column.min and column.max:
            yield from range(column.min - 1, min(column.max, MOST_COLUMNS))


def _cell(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        literal = _LITERAL.fullmatch(str(value))
        return Cell(composed(literal[1].replace('""', '"'))) if literal else Cell(is_uncalculated=True)
    if isinstance(value, list):  # rich text: a footnote mark above the line is no part of a number or name
        value = "".join(str(run) for run in value if not _is_above_line(run))
    if isinstance(value, str):
        value = composed(value) or None
    return Cell(value, cell.number_format or "", is_error=cell.data_type == "e")


def _is_above_line(run: Any) -> bool:
    return getattr(getattr(run, "font", None), "vertAlign", None) == "superscript"
