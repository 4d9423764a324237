"""A yearly report as a Word document in the layout of Decree 30/2020/NĐ-CP (its Appendix I), the same bytes on every
run.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd
from docx.document import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table as Grid
from docx.table import _Cell as Cell
from docx.table import _Row as Row
from docx.text.paragraph import Paragraph as Line
from docx.text.run import Run

from ..word import add_picture, add_table, clean, document_bytes, new_document
from .blocks import Block, Heading, Opening, Paragraph, Picture, Report, Signature, Source, Table

CENTRE, LEFT, RIGHT, JUSTIFY = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
_CELLS, _NOTES = Pt(10.5), Pt(11)
_TOGETHER, _LONG = 14, 60  # a table of so many rows at most, none with a cell of so many letters, stays on one page
_COMPANY = 3  # so many rows at the end stay together and with the note, so that none stands alone on a page
# size, bold, italic of the parts of the head and of the signature
_LOOKS = {
    "superior": (12, False, False),
    "agency": (12, True, False),
    "number": (13, False, False),
    "country": (12, True, False),
    "motto": (13, True, False),
    "place": (13, False, True),
    "heading": (13, True, False),
    "item": (13, False, True),
    "signer": (13, True, False),
    "copies": (12, True, True),
    "copy": (11, False, False),
}
_RULED = {"agency": 2.2, "motto": 5.0}  # a rule of so many centimetres below the line


def to_docx(report: Report) -> bytes:
    """The report as the bytes of a .docx file."""
    document = new_document(report.lang, report.title, report.subject)
    document.styles["Normal"].paragraph_format.line_spacing = 1.1
    for block in report.blocks:
        _WRITERS[type(block)](document, block, report.lang)
    return document_bytes(document)


def _opening(document: Docx, block: Opening, lang: str) -> None:
    grid = _two_columns(document, (6.2, 10.3))
    for cell, lines in zip(grid.rows[0].cells, (block.left, block.right), strict=True):
        for words, style in lines:
            before = Pt(8) if style in ("number", "place") else Pt(0)
            _line(cell, words, style, before)
            if style in _RULED:
                _rule(cell.add_paragraph(), _RULED[style], cell.width / Cm(1))
        _drop_first(cell)
    for words, above in ((block.title, 16), (block.subject, 0)):
        paragraph = document.add_paragraph()
        _format(paragraph, CENTRE, Pt(above), Pt(0))
        _run(paragraph, words, 14, True)
    rule = document.add_paragraph()
    _rule(rule, 5.0, 16.5)
    addressee = document.add_paragraph()
    _format(addressee, CENTRE, Pt(12), Pt(12))
    _run(addressee, block.addressee, 13, False)


def _two_columns(document: Docx, widths: tuple[float, float]) -> Grid:
    grid: Grid = document.add_table(1, 2)
    grid.autofit, grid.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for cell, column, width in zip(grid.rows[0].cells, grid.columns, widths, strict=True):
        cell.width = column.width = Cm(width)
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return grid


def _line(cell: Cell, words: str, style: str, before: Pt, align: WD_ALIGN_PARAGRAPH = CENTRE) -> None:
    paragraph = cell.add_paragraph()
    _format(paragraph, align, before, Pt(0))
    _run(paragraph, words, *_LOOKS[style])


def _drop_first(cell: Cell) -> None:
    """Take away the empty paragraph with which every new cell begins."""
    cell._tc.remove(cell.paragraphs[0]._p)


def _format(paragraph: Line, align: WD_ALIGN_PARAGRAPH, before: Pt, after: Pt) -> None:
    form = paragraph.paragraph_format
    paragraph.alignment, form.space_before, form.space_after, form.line_spacing = align, before, after, 1.0


def _run(paragraph: Line, words: str, size: float, bold: bool = False, italic: bool = False) -> Run:
    run = paragraph.add_run(clean(words))
    run.font.size, run.font.bold, run.font.italic = Pt(size), bold, italic
    return run


def _rule(paragraph: Line, width_cm: float, room_cm: float) -> None:
    """A thin rule in the middle: the upper border of an empty paragraph with wide indents."""
    _format(paragraph, CENTRE, Pt(2), Pt(0))
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Cm((room_cm - width_cm) / 2)
    paragraph.paragraph_format.line_spacing = Pt(4)
    border = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    border.append(top)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _heading(document: Docx, block: Heading, lang: str) -> None:
    paragraph = document.add_paragraph(clean(block.text), style=f"Heading {block.level}")
    paragraph.paragraph_format.keep_with_next = True
    paragraph.runs[0].font.size = Pt(13)


def _paragraph(document: Docx, block: Paragraph, lang: str) -> None:
    words = f"- {block.text}" if block.kind == "item" else block.text
    paragraph = document.add_paragraph(clean(words))
    paragraph.alignment = JUSTIFY
    if block.kind == "note":
        _note(paragraph)
    else:
        paragraph.paragraph_format.first_line_indent = Cm(1.0)


def _note(paragraph: Line) -> None:
    for run in paragraph.runs:
        run.font.size, run.font.italic = _NOTES, True
    paragraph.paragraph_format.line_spacing = 1.0


def _table(document: Docx, block: Table, lang: str) -> None:
    wide = [row if len(row) > 1 else (row[0], *[""] * (len(block.columns) - 1)) for row in block.rows]
    grid = add_table(document, pd.DataFrame(wide, columns=list(block.columns), dtype=str), block.caption, lang)
    for number, row in enumerate(grid.rows):
        cells = row.cells
        if number > 0 and len(block.rows[number - 1]) == 1:
            _one_cell(row)
        else:
            for column, cell in enumerate(cells):
                cell.width = Cm(block.widths[column])
                side = CENTRE if number == 0 else RIGHT if column in block.right else LEFT
                _look(cell, side, number == 0 or number - 1 in block.total)
        for paragraph in cells[0].paragraphs:
            paragraph.paragraph_format.keep_with_next = _with_next(block, number)
    for column, width in zip(grid.columns, block.widths, strict=True):
        column.width = Cm(width)
    if block.note:
        after = document.paragraphs[-1]  # the empty one that `add_table` leaves below
        after.add_run(clean(block.note))
        _format(after, JUSTIFY, Pt(3), Pt(8))
        _note(after)


def _one_cell(row: Row) -> None:
    """A heading within the table: its cells become one."""
    cell = row.cells[0].merge(row.cells[-1])
    for extra in cell.paragraphs[1:]:
        extra._p.getparent().remove(extra._p)
    _look(cell, LEFT, True)


def _look(cell: Cell, side: WD_ALIGN_PARAGRAPH, bold: bool) -> None:
    for paragraph in cell.paragraphs:
        paragraph.alignment = side
        for run in paragraph.runs:
            run.font.size, run.font.bold = _CELLS, bold


def _with_next(block: Table, number: int) -> bool:
    """Whether row `number` (0: the header) must stand on the page of the next row or of the note."""
    if number == len(block.rows):
        return bool(block.note)
    heads = number == 0 or len(block.rows[number - 1]) == 1
    return heads or _stays_whole(block) or number > len(block.rows) - _COMPANY


def _stays_whole(block: Table) -> bool:
    return len(block.rows) <= _TOGETHER and max(len(cell) for row in block.rows for cell in row) < _LONG


def _picture(document: Docx, block: Picture, lang: str) -> None:
    add_picture(document, block.png, block.caption, block.alt, block.width_cm, lang)
    note = document.add_paragraph(clean(block.note))
    _format(note, JUSTIFY, Pt(0), Pt(10))
    _note(note)


def _source(document: Docx, block: Source, lang: str) -> None:
    paragraph = document.add_paragraph()
    _format(paragraph, LEFT, Pt(0), Pt(2))
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Cm(0.9), Cm(-0.9)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(0.9))
    _run(paragraph, f"[{block.number}]\t{block.text}", 11)
    if block.url:
        _link(document, paragraph, block.url)


def _link(document: Docx, paragraph: Line, url: str) -> None:
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), document.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    link.append(_run(paragraph, url, 11)._r)
    paragraph._p.append(link)


def _signature(document: Docx, block: Signature, lang: str) -> None:
    space = document.add_paragraph()
    _format(space, LEFT, Pt(0), Pt(0))
    grid = _two_columns(document, (7.0, 9.5))
    left, right = grid.rows[0].cells
    for words, style in block.left:
        _line(left, words, "copies" if style == "heading" else "copy", Pt(0), LEFT)
    for words, style in block.right:
        _line(right, words, style, Pt(64) if style == "signer" else Pt(0))
    for cell in (left, right):
        _drop_first(cell)


_WRITERS: dict[type[Block], Callable[[Docx, Any, str], None]] = {
    Opening: _opening,
    Heading: _heading,
    Paragraph: _paragraph,
    Table: _table,
    Picture: _picture,
    Source: _source,
    Signature: _signature,
}
