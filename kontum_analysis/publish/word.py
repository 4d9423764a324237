"""Word documents as Vietnamese offices set them, and the same bytes on every run.

Page, margins and page number follow Decree 30/2020/NĐ-CP (A4; 2 cm above and below, 3 cm left, 1.5 cm right; number
above, centred, not on the first page); the letter is Times New Roman 13. What every report needs is here: open a
document, put a captioned table or picture into it, and take its bytes.
"""

import io
import re
import zipfile
from datetime import date, datetime
from typing import Any

import pandas as pd
from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table
from docx.table import _Cell as Cell
from docx.table import _Row as Row
from docx.text.paragraph import Paragraph

from ..base.words import text
from .columns import shown

FONT, SIZE = "Times New Roman", 13
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file can hold; stands for "no clock was read"
AUTHOR = "Kon Tum Analysis"
_LOCALE = {"vi": "vi-VN", "en": "en-GB"}
_TABLE_SIZES = (11, 10, 9, 8)
_LETTER = 0.55  # mean width of a letter, in parts of the size of the type
_WHOLE_ROWS = 15  # a table of so many rows, header included, is not broken over two pages
_LINE = 90  # letters after which a cell may break
_PADDING_CM = 0.5  # white left and right of a cell's text, together
_FIGURES = re.compile(r"[<>≥≤≈ ]*[−+-]?[0-9][0-9.,]*[ ]?%?|–|")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def new_document(lang: str, title: str = "", subject: str = "", day: date | None = None) -> Docx:
    """An empty python-docx document with page, styles and language set.

    lang: vi or en; title, subject: for its properties; day: a date for its properties, from the data and never from
    the clock (default 1980-01-01). Styles to use: Title, Heading 1–3, Normal, Caption, List Bullet.
    """
    document = Document()
    _page(document.sections[0], landscape=False)
    for name, size in (
        ("Normal", SIZE),
        ("Title", 16),
        ("Heading 1", 14),
        ("Heading 2", SIZE),
        ("Heading 3", SIZE),
        ("Caption", 11.5),
        ("List Bullet", SIZE),
        ("Header", SIZE),
    ):
        _letter(document.styles[name], size)
    _language(document, _LOCALE[lang])
    body = document.styles["Normal"].paragraph_format
    body.space_after, body.space_before, body.line_spacing = Pt(6), Pt(0), 1.15
    for level in (1, 2, 3):
        spacing = document.styles[f"Heading {level}"].paragraph_format
        spacing.space_before, spacing.space_after = Pt(14 - 2 * level), Pt(4)
    document.styles["Heading 3"].font.italic = True
    _title_style(document.styles["Title"])
    facts = document.core_properties
    moment = datetime(*EPOCH) if day is None else datetime(day.year, day.month, day.day)
    facts.title, facts.subject, facts.author, facts.last_modified_by = title, subject, AUTHOR, AUTHOR
    facts.comments, facts.language, facts.created, facts.modified, facts.revision = "", _LOCALE[lang], moment, moment, 1
    return document


def add_section(document: Docx, landscape: bool) -> None:
    """A new page with its own direction, for a table that is too wide for an upright one."""
    _page(document.add_section(), landscape)


def add_table(document: Docx, frame: pd.DataFrame, caption: str, lang: str, note: str = "", of: str = "") -> Table:
    """A captioned, numbered table: "Bảng 1. …" above it, the header row again on every page, no row cut in two.

    A table of up to 14 rows stays on one page, with its caption above and its note below.

    frame: a table of the package (shown as `columns.shown` does, with its `of`) or one that is text already; caption:
    its words without the number; note: how to read it, in small type. The type shrinks from 11 to 8 points where the
    columns need it.
    Returns the python-docx table.
    """
    cells = shown(frame, lang, of)
    above = _caption(document, "documents.table", caption, lang)
    above.paragraph_format.keep_with_next = True
    above.paragraph_format.space_before = Pt(8)
    table: Table = document.add_table(1 + len(cells), len(cells.columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _described(table, clean(caption))
    lines = [list(map(str, cells.columns)), *cells.astype(str).to_numpy().tolist()]
    size, widths = _widths(lines, _room_cm(document))
    right = [all(_FIGURES.fullmatch(line[i]) for line in lines[1:]) for i in range(len(widths))]
    together = len(lines) <= _WHOLE_ROWS
    for number, (row, line) in enumerate(zip(table.rows, lines, strict=True)):
        _row_settings(row, header=number == 0)
        keep = number == 0 or together and (number < len(lines) - 1 or note != "")
        for column, (cell, words) in enumerate(zip(row.cells, line, strict=True)):
            cell.width = Cm(widths[column])
            align = WD_ALIGN_PARAGRAPH.CENTER if number == 0 else WD_ALIGN_PARAGRAPH.RIGHT
            align = align if number == 0 or right[column] else WD_ALIGN_PARAGRAPH.LEFT
            _fill(cell, words, size, align, number == 0, keep)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    _note_below(document, note)
    return table


def add_picture(document: Docx, png_bytes: bytes, caption: str, alt: str, width_cm: float, lang: str) -> Paragraph:
    """A captioned, numbered picture: the picture, then "Hình 1. …" below it on the same page.

    alt: the text read aloud to those who cannot see it; width_cm: at most the width between the margins is taken.
    Returns the paragraph that holds the picture.
    """
    holder = document.add_paragraph()
    holder.alignment, holder.paragraph_format.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
    holder.paragraph_format.line_spacing = 1.0
    shape = holder.add_run().add_picture(io.BytesIO(png_bytes), width=Cm(min(width_cm, _room_cm(document))))
    shape._inline.docPr.set("descr", clean(alt))
    _caption(document, "documents.figure", caption, lang).paragraph_format.space_after = Pt(10)
    return holder


def document_bytes(document: Docx) -> bytes:
    """The .docx file as bytes; the same document gives the same bytes whenever it is saved."""
    file = io.BytesIO()
    document.save(file)
    return same_zip(file.getvalue())


def same_zip(content: bytes) -> bytes:
    """A zip file (docx, xlsx) with the same members in the same order and no time of writing in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            entry = zipfile.ZipInfo(member.filename, EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            new.writestr(entry, old.read(member))
    return out.getvalue()


def clean(words: object) -> str:
    """Text without the control characters that an XML file, and so Word and Excel, cannot hold.

    >>> clean("a\\x00b\\x0bc")
    'abc'
    """
    return _NOT_XML.sub("", str(words))


def _page(section: Section, landscape: bool) -> None:
    long, short = Cm(29.7), Cm(21.0)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.top_margin = section.bottom_margin = Cm(2.0)
    section.left_margin, section.right_margin = Cm(3.0), Cm(1.5)
    section.header_distance, section.different_first_page_header_footer = Cm(1.0), True
    if not section.header.is_linked_to_previous or not section.header.paragraphs[0].text:
        number = section.header.paragraphs[0]
        number.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _field(number, "PAGE", "2")


def _letter(style: Any, size: float) -> None:
    style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)


def _title_style(style: Any) -> None:
    style.paragraph_format.alignment, style.font.bold = WD_ALIGN_PARAGRAPH.CENTER, True
    border = style.element.pPr.find(qn("w:pBdr"))
    if border is not None:
        style.element.pPr.remove(border)


def _language(document: Docx, locale: str) -> None:
    for element in document.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), locale)


def _room_cm(document: Docx) -> float:
    section: Any = document.sections[-1]  # `_page` has set what python-docx says may be missing
    return float(section.page_width - section.left_margin - section.right_margin) / Cm(1)


def _caption(document: Docx, key: str, words: str, lang: str) -> Paragraph:
    kind = {"documents.table": "Table", "documents.figure": "Figure"}[key]
    before = [e for e in document.element.body.iter(qn("w:instrText")) if e.text.split()[:2] == ["SEQ", kind]]
    paragraph = document.add_paragraph(style="Caption")
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(f"{text(key, lang)} ")
    _field(paragraph, f"SEQ {kind} \\* ARABIC", str(len(before) + 1))
    paragraph.add_run(f". {clean(words)}")
    return paragraph


def _field(paragraph: Paragraph, instruction: str, result: str) -> None:
    """A field of Word with the text it shows until Word counts anew."""
    run = paragraph.add_run()
    for kind, content in (("begin", None), ("instr", instruction), ("separate", None), ("text", result), ("end", None)):
        element = OxmlElement({"instr": "w:instrText", "text": "w:t"}.get(kind, "w:fldChar"))
        if content is None:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = content
        run._r.append(element)


def _described(table: Table, caption: str) -> None:
    element = OxmlElement("w:tblCaption")
    element.set(qn("w:val"), caption)
    table._tbl.tblPr.append(element)


def _widths(lines: list[list[str]], room_cm: float) -> tuple[int, list[float]]:
    """(type size, column widths in cm): each column holds its longest word; what is left goes to those with long texts.

    The largest type is taken with which the columns get half of what would keep their cells on one line.
    """
    columns = list(zip(*lines, strict=True))
    word = [max(len(part) for cell in column for part in (cell.split() or [""])) for column in columns]
    whole = [min(max([len(column[0]) // 2, *map(len, column[1:])]), _LINE) for column in columns]
    for size in _TABLE_SIZES:
        letter = _LETTER * size * 2.54 / 72
        least = [n * letter + _PADDING_CM for n in word]
        wish = [max(0.0, w * letter + _PADDING_CM - low) for w, low in zip(whole, least, strict=True)]
        share = (room_cm - sum(least)) / sum(wish) if sum(wish) else room_cm - sum(least)
        if share >= 0.5:
            break
    fit, share = min(1.0, room_cm / sum(least)), min(1.0, max(0.0, share))
    return size, [fit * low + share * more for low, more in zip(least, wish, strict=True)]


def _row_settings(row: Row, header: bool) -> None:
    settings = row._tr.get_or_add_trPr()
    settings.append(OxmlElement("w:cantSplit"))
    if header:
        settings.append(OxmlElement("w:tblHeader"))


def _note_below(document: Docx, note: str) -> None:
    below = document.add_paragraph()
    below.paragraph_format.space_before, below.paragraph_format.space_after = Pt(2), Pt(8)
    below.paragraph_format.line_spacing = 1.0
    run = below.add_run(clean(note))
    run.italic, run.font.size = True, Pt(10.5)


def _fill(cell: Cell, words: str, size: float, align: WD_ALIGN_PARAGRAPH, header: bool, keep: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.keep_with_next = keep
    form.space_after, form.space_before, form.line_spacing = Pt(1), Pt(1), 1.0
    run = paragraph.add_run(clean(words))
    run.font.size, run.font.bold = Pt(size), header
    if header:
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E7E6E6")):
            shade.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(shade)
