"""Word documents as Vietnamese offices set them, written from HTML, and the same bytes on every run.

One walk over the tags of our pages: h1–h4, p, ul/ol/li, table, figure, hr, section, header/footer and a few inline
tags. Looks are not written here: page, margins and page number (Decree 30/2020/NĐ-CP: A4; 2 cm above and below, 3 cm
left, 1.5 cm right) and every style come from `templates/template.docx`, which is edited in Word. A class of the HTML
is the name of a style: `<p class="annex-title">` is set in "Annex Title".
"""

import base64
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import lxml.html
from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph
from lxml.html import HtmlElement as Element

from ..base.words import text
from .table_layout import BLANK, break_before_range, column_widths, is_heading, rows_kept_with_next, spots_of

TEMPLATE = Path(__file__).with_name("templates") / "template.docx"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file can hold; stands for "no clock was read"
AUTHOR = "Kon Tum Analysis"
_LOCALE = {"vi": "vi-VN", "en": "en-GB"}
_STYLES = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2", "h4": "Heading 3", "li": "List Bullet"}
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Holder = Docx | Cell
Writer = Callable[[Any, Element, str], None]


def word_bytes(page: str, day: date | None = None) -> bytes:
    """The bytes of the .docx file of an HTML page; the same page gives the same bytes.

    page: its language, title and the meta tags "subject", "author" and "comments" become properties of the file. day: a
    date for the properties, from the data and never from the clock (default 1980-01-01).
    """
    root: Element = lxml.html.document_fromstring(clean(page))
    document = Document(str(TEMPLATE))
    _set_properties(document, root, day)
    _write_all(document, root.body, root.get("lang"))
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


def _set_properties(document: Docx, root: Element, day: date | None) -> None:
    facts, locale = document.core_properties, _LOCALE[root.get("lang")]
    meta = {element.get("name"): element.get("content") for element in root.iter("meta")}
    facts.title, facts.subject = root.findtext(".//title"), meta.get("subject", "")
    facts.author = facts.last_modified_by = meta.get("author") or AUTHOR
    facts.comments, facts.language = meta.get("comments", "")[:255], locale
    facts.created = facts.modified = datetime(*EPOCH) if day is None else datetime(day.year, day.month, day.day)
    for element in document.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), locale)


def _tag(name: str, /, **attributes: str) -> Any:
    element = OxmlElement(f"w:{name}")
    for attribute, value in attributes.items():
        element.set(qn(f"w:{attribute}"), value)
    return element


def _write_all(holder: Holder, parent: Element, lang: str) -> None:
    for element in parent.iterchildren("*"):  # comments are none
        write: Writer = _WRITERS.get(element.tag, _write_paragraph)
        write(holder, element, lang)


def _write_paragraph(holder: Holder, element: Element, lang: str) -> None:
    style = element.get("class", "").replace("-", " ").title() or _STYLES.get(element.tag, "Body Text")
    paragraph = holder.add_paragraph()
    _set_style(paragraph, f"Rule {style}" if element.tag == "hr" else style)
    _write_inline(paragraph, element)


def _set_style(paragraph: Paragraph, style: str) -> Paragraph:
    paragraph._p.style = _style_ids()[style]  # python-docx looks through all styles for each paragraph
    return paragraph


@lru_cache(maxsize=1)
def _style_ids() -> dict[str, str]:
    return {style.name: style.style_id for style in Document(str(TEMPLATE)).styles if style.name}


def _write_inline(paragraph: Paragraph, element: Element, look: frozenset[str] = frozenset()) -> None:
    _write_run(paragraph, element.text, look)
    for child in element:
        if child.tag == "br":
            paragraph.add_run().add_break()
        elif child.tag == "a":
            link = _tag("hyperlink")
            address = paragraph.part.relate_to(child.get("href"), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            link.set(qn("r:id"), address)
            _wrap(paragraph, link, link, child)
        elif child.get("class") == "fill":
            _write_gap(paragraph, child)
        elif child.get("class") == "again":
            _write_field(paragraph, f"REF {child.get('title')} \\* CHARFORMAT", child.text)
        elif child.get("class") == "tab":
            paragraph.add_run("\t")
        else:
            _write_inline(paragraph, child, look | {child.tag})
        _write_run(paragraph, child.tail, look)


def _write_gap(paragraph: Paragraph, element: Element) -> None:
    """A content control: a click takes the dots, and typing replaces them. One with a name lies in a bookmark, which a
    field can repeat.
    """
    control, settings, content = _tag("sdt"), _tag("sdtPr"), _tag("sdtContent")
    settings.extend([_tag("showingPlcHdr"), _tag("text", multiLine="1")])
    control.extend([settings, content])
    name, root = element.get("id"), paragraph._p.getroottree()
    number = str(sum(1 for _ in root.iter(qn("w:bookmarkStart"))))
    if name:
        paragraph._p.append(_tag("bookmarkStart", id=number, name=name))
    _wrap(paragraph, control, content, element)
    if name:
        paragraph._p.append(_tag("bookmarkEnd", id=number))


def _write_field(paragraph: Paragraph, code: str, words: str) -> None:
    """A field of Word, showing these words until Word updates it."""
    run = paragraph.add_run()
    instruction, result = _tag("instrText"), _tag("t")
    instruction.text, result.text = code, words
    begin, separate, end = (_tag("fldChar", fldCharType=what) for what in ("begin", "separate", "end"))
    run._r.extend([begin, instruction, separate, result, end])


def _write_run(paragraph: Paragraph, words: str | None, look: frozenset[str]) -> None:
    words = BLANK.sub(" ", words or "")
    if len(paragraph._p) == (paragraph._p.pPr is not None):  # nothing written yet
        words = words.lstrip(" ")
    if words:
        run = paragraph.add_run(words)
        run.bold, run.italic = True if look & {"b", "strong"} else None, True if look & {"i", "em"} else None


def _wrap(paragraph: Paragraph, outer: Any, inner: Any, element: Element) -> None:
    inner.append(paragraph.add_run(element.text_content())._r)
    paragraph._p.append(outer)


def _write_section(document: Docx, element: Element, lang: str) -> None:
    """Pages of their own: upright or across, and counted from 1 for annexes as Decree 30 asks."""
    section, classes = document.add_section(), element.get("class", "").split()
    _set_style(Paragraph(document.element.body[-2], document._body), "Break")  # of no height: it fits any full page
    short, long = sorted([section.page_width or Cm(21), section.page_height or Cm(29.7)])
    is_landscape, is_annex = "landscape" in classes, "annex-pages" in classes
    section.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if is_landscape else (short, long)
    section.different_first_page_header_footer = is_annex
    for numbers in section._sectPr.findall(qn("w:pgNumType")):  # of the section before
        section._sectPr.remove(numbers)
    if is_annex:
        section._sectPr.find(qn("w:pgMar")).addnext(_tag("pgNumType", start="1"))
    _write_all(document, element, lang)


def _write_sides(holder: Docx, element: Element, lang: str) -> None:
    """Columns side by side without borders: the head and the end of an administrative document."""
    if element.get("class") != "sides":
        _write_all(holder, element, lang)
        return
    grid = holder.add_table(1, len(element))
    grid.autofit, grid.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    grid.rows[0]._tr.get_or_add_trPr().append(_tag("cantSplit"))
    for cell, column, side in zip(grid.rows[0].cells, grid.columns, element, strict=True):
        share = float(re.sub(r"[^0-9.]", "", side.get("style"))) / 100
        cell.width = column.width = Cm(_room_cm(holder) * share)
        _write_all(cell, side, lang)
        cell._tc.remove(cell.paragraphs[0]._p)  # the empty one with which every cell begins


def _room_cm(document: Docx) -> float:
    section: Any = document.sections[-1]
    return float(section.page_width - section.left_margin - section.right_margin) / Cm(1)


def _write_caption(document: Docx, element: Element, kind: str, lang: str) -> None:
    """A caption with a number that Word counts itself, and shows as we counted until then."""
    paragraph = _set_style(document.add_paragraph(), "Caption")
    before = [e for e in document.element.body.iter(qn("w:instrText")) if e.text.split()[:2] == ["SEQ", kind]]
    paragraph.add_run(text(f"documents.{kind.lower()}", lang) + " ")
    _write_field(paragraph, f"SEQ {kind} \\* ARABIC", str(len(before) + 1))
    paragraph.add_run(". ")
    _write_inline(paragraph, element)


def _write_figure(document: Docx, element: Element, lang: str) -> None:
    """A picture, and its numbered caption below it on the same page."""
    image = element.find(".//img")
    picture = io.BytesIO(base64.b64decode(image.get("src").partition(",")[2]))
    width = Cm(min(float(image.get("width", "16")), _room_cm(document)))
    shape = _set_style(document.add_paragraph(), "Picture").add_run().add_picture(picture, width=width)
    shape._inline.docPr.set("descr", image.get("alt"))
    _write_caption(document, element.find("figcaption"), "Figure", lang)


def _write_table(document: Docx, element: Element, lang: str) -> None:
    """A table: its caption above, its heading rows again on every page, no row cut in two."""
    caption, rows = element.find("caption"), list(element.iter("tr"))
    if caption is not None:
        _write_caption(document, caption, "Table", lang)
    spots = list(spots_of(rows))
    size, widths = column_widths(spots, _room_cm(document))
    table = document.add_table(len(rows), len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    if caption is not None:
        table._tbl.tblPr.append(_tag("tblCaption", val=caption.text_content()))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    cells, keeps = table._cells, rows_kept_with_next(element, rows, spots)
    for spot in spots:
        cell = cells[spot.row * len(widths) + spot.column]
        if spot.rows * spot.columns > 1:
            cell.merge(cells[(spot.row + spot.rows - 1) * len(widths) + spot.column + spot.columns - 1])
        width = sum(widths[spot.column : spot.column + spot.columns])
        cell.width = Cm(width)
        break_before_range(spot.cell, size, width)
        _fill_cell(cell, spot.cell, size, keeps[spot.row])
    for row, source in zip(table.rows, rows, strict=True):
        row._tr.get_or_add_trPr().extend([_tag("cantSplit"), *[_tag("tblHeader")] * is_heading(source)])


def _fill_cell(cell: Cell, element: Element, size: int, keep: bool) -> None:
    paragraph, row = _set_style(cell.paragraphs[0], f"Cell {size}"), element.getparent()
    is_bold = is_heading(row) or row.get("class") in ("group", "total")
    sides = {"n": ALIGN.RIGHT, "c": ALIGN.CENTER}
    paragraph.alignment = sides.get("c" if is_heading(row) else element.get("class"))  # type: ignore[assignment]
    paragraph.paragraph_format.keep_with_next = keep or None
    _write_inline(paragraph, element, frozenset({"b"}) if is_bold else frozenset())
    if is_heading(row):
        cell._tc.get_or_add_tcPr().append(_tag("shd", val="clear", color="auto", fill="E7E6E6"))


_WRITERS: dict[str, Writer] = {
    **dict.fromkeys(("ul", "ol", "main"), _write_all),
    **dict.fromkeys(("header", "footer", "div"), _write_sides),
    "section": _write_section,
    "table": _write_table,
    "figure": _write_figure,
}
