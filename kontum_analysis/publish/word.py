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
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

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

TEMPLATE = Path(__file__).with_name("templates") / "template.docx"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file can hold; stands for "no clock was read"
AUTHOR = "Kon Tum Analysis"
_LOCALE = {"vi": "vi-VN", "en": "en-GB"}
_STYLES = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2", "h4": "Heading 3", "li": "List Bullet"}
_TABLE_SIZES = (11, 10, 9, 8)
_LETTER = 0.5  # mean width of a letter, in parts of the size of the type
_EMPTY = 9.0  # letters for which an empty column has room, since somebody is to type there
_LINE = 60.0  # letters after which a cell may break
_ROOMY = 0.25  # the part of what would keep the cells on one line with which a size of type will do
_PADDING_CM = 0.45  # white left and right of a cell's text, together
_TOGETHER, _LONG = 14, 60  # a table of so many rows at most, none with a cell of so many letters, stays on one page
_COMPANY = 3  # so many rows at the end stay together and with the note, so that none stands alone on a page
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANK = re.compile(r"[ \t\r\n]+")  # not a no-break space
Holder = Docx | Cell


class _Spot(NamedTuple):
    """A cell of a table and where it begins in the grid."""

    cell: Element
    row: int
    column: int
    rows: int
    columns: int


def word_bytes(page: str, day: date | None = None) -> bytes:
    """The bytes of the .docx file of an HTML page; the same page gives the same bytes.

    page: its language, title and the meta tags "subject" and "comments" become properties of the file. day: a date for
    the properties, from the data and never from the clock (default 1980-01-01).
    """
    root = lxml.html.document_fromstring(clean(page))
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
    said = {meta.get("name"): meta.get("content") for meta in root.iter("meta")}
    moment = datetime(*EPOCH) if day is None else datetime(day.year, day.month, day.day)
    facts.title, facts.subject = root.findtext(".//title"), said.get("subject", "")
    facts.author = facts.last_modified_by = AUTHOR
    facts.comments, facts.language = said.get("comments", "")[:255], locale
    facts.created = facts.modified = moment
    for element in document.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), locale)


def _write_all(holder: Holder, parent: Element, lang: str) -> None:
    for element in parent:
        if isinstance(element.tag, str):  # a comment has none
            _WRITERS.get(element.tag, _write_paragraph)(holder, element, lang)


def _write_paragraph(holder: Holder, element: Element, lang: str) -> None:
    style = _style_named(element) or _STYLES.get(element.tag, "Body Text")
    _write_inline(_paragraph(holder, style), element)


def _paragraph(holder: Holder, style: str) -> Paragraph:
    return _styled(holder.add_paragraph(), style)


def _styled(paragraph: Paragraph, style: str) -> Paragraph:
    paragraph._p.style = _style_ids()[style]  # python-docx looks through all styles for each paragraph
    return paragraph


@lru_cache(maxsize=1)
def _style_ids() -> dict[str, str]:
    return {style.name: style.style_id for style in Document(str(TEMPLATE)).styles}


def _style_named(element: Element) -> str:
    return str(element.get("class", "")).replace("-", " ").title()


def _write_inline(paragraph: Paragraph, element: Element, look: frozenset[str] = frozenset()) -> None:
    _write_run(paragraph, element.text, look)
    for child in element:
        if child.tag == "br":
            paragraph.add_run().add_break()
        elif child.tag == "a":
            _write_link(paragraph, child)
        elif child.get("class") == "fill":
            _write_gap(paragraph, child.text_content())
        elif child.get("class") == "tab":
            paragraph.add_run("\t")
        else:
            _write_inline(paragraph, child, look | {child.tag})
        _write_run(paragraph, child.tail, look)


def _write_run(paragraph: Paragraph, words: str | None, look: frozenset[str]) -> None:
    words = _BLANK.sub(" ", words or "")
    if len(paragraph._p) == (paragraph._p.pPr is not None):  # nothing written yet
        words = words.lstrip(" ")
    if words:
        run = paragraph.add_run(words)
        run.bold, run.italic = True if look & {"b", "strong"} else None, True if look & {"i", "em"} else None


def _write_link(paragraph: Paragraph, element: Element) -> None:
    link = OxmlElement("w:hyperlink")
    address = paragraph.part.relate_to(element.get("href"), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), address)
    link.append(paragraph.add_run(element.text_content())._r)
    paragraph._p.append(link)


def _write_gap(paragraph: Paragraph, words: str) -> None:
    """What an office fills in: a content control, so that a click takes the dots and typing replaces them."""
    control, settings, content = (OxmlElement(f"w:{tag}") for tag in ("sdt", "sdtPr", "sdtContent"))
    settings.append(OxmlElement("w:showingPlcHdr"))
    settings.append(OxmlElement("w:text"))
    content.append(paragraph.add_run(words)._r)
    control.append(settings)
    control.append(content)
    paragraph._p.append(control)


def _write_section(document: Docx, element: Element, lang: str) -> None:
    """An annex or a wide table on pages of its own, counted from 1 as Decree 30 asks for annexes."""
    section = document.add_section()
    _styled(
        Paragraph(document.element.body[-2], document._body), "Break"
    )  # of no height, so that it fits any full page
    sides = sorted([section.page_width or 0, section.page_height or 0])
    is_landscape = "landscape" in element.get("class", "")
    section.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    section.page_height, section.page_width = sides if is_landscape else reversed(sides)  # type: ignore[assignment]
    section.different_first_page_header_footer = False
    if "annex-pages" in element.get("class", ""):
        numbers = OxmlElement("w:pgNumType")
        numbers.set(qn("w:start"), "1")
        section._sectPr.append(numbers)
        section.different_first_page_header_footer = True
    _write_all(document, element, lang)


def _write_sides(holder: Docx, element: Element, lang: str) -> None:
    """Columns side by side without borders: the head and the end of an administrative document."""
    if element.get("class") != "sides":
        return _write_all(holder, element, lang)
    grid = holder.add_table(1, len(element))
    grid.autofit, grid.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, column, side in zip(grid.rows[0].cells, grid.columns, element, strict=True):
        share = float(re.sub(r"[^0-9.]", "", side.get("style"))) / 100
        cell.width = column.width = Cm(_room_cm(holder) * share)
        _write_all(cell, side, lang)
        cell._tc.remove(cell.paragraphs[0]._p)  # the empty one with which every cell begins
    return None


def _room_cm(document: Docx) -> float:
    section: Any = document.sections[-1]
    return float(section.page_width - section.left_margin - section.right_margin) / Cm(1)


def _write_caption(document: Docx, element: Element, kind: str, lang: str) -> None:
    paragraph = _paragraph(document, "Caption")
    before = [e for e in document.element.body.iter(qn("w:instrText")) if e.text.split()[:2] == ["SEQ", kind]]
    paragraph.add_run(text(f"documents.{kind.lower()}", lang) + " ")
    _write_field(paragraph, f"SEQ {kind} \\* ARABIC", str(len(before) + 1))
    paragraph.add_run(". ")
    _write_inline(paragraph, element)


def _write_field(paragraph: Paragraph, instruction: str, result: str) -> None:
    """A field of Word with the text it shows until Word counts anew."""
    run = paragraph.add_run()
    for kind, content in (("begin", None), ("instr", instruction), ("separate", None), ("text", result), ("end", None)):
        element = OxmlElement({"instr": "w:instrText", "text": "w:t"}.get(kind, "w:fldChar"))
        if content is None:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = content
        run._r.append(element)


def _write_figure(document: Docx, element: Element, lang: str) -> None:
    """A picture, and its numbered caption below it on the same page."""
    image = element.find(".//img")
    picture = io.BytesIO(base64.b64decode(image.get("src").partition(",")[2]))
    holder = _paragraph(document, "Picture")
    shape = holder.add_run().add_picture(picture, width=Cm(min(float(image.get("width", "16")), _room_cm(document))))
    shape._inline.docPr.set("descr", image.get("alt"))
    _write_caption(document, element.find("figcaption"), "Figure", lang)


def _write_rule(holder: Holder, element: Element, lang: str) -> None:
    _paragraph(holder, f"Rule {_style_named(element)}")


def _write_table(document: Docx, element: Element, lang: str) -> None:
    """A table: its caption above, its heading rows again on every page, no row cut in two."""
    if (caption := element.find("caption")) is not None:
        _write_caption(document, caption, "Table", lang)
    rows = list(element.iter("tr"))
    spots = list(_spots(rows))
    size, widths = _widths(spots, _room_cm(document))
    table = document.add_table(len(rows), len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _describe(table, caption)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    cells, kept = table._cells, _kept_with_next(element, rows, spots)
    for spot in spots:
        cell = cells[spot.row * len(widths) + spot.column]
        if spot.rows * spot.columns > 1:
            cell.merge(cells[(spot.row + spot.rows - 1) * len(widths) + spot.column + spot.columns - 1])
        cell.width = Cm(sum(widths[spot.column : spot.column + spot.columns]))
        _fill_cell(cell, spot.cell, size, kept[spot.row])
    for row, source in zip(table.rows, rows, strict=True):
        settings = row._tr.get_or_add_trPr()
        settings.append(OxmlElement("w:cantSplit"))
        if source.getparent().tag == "thead":
            settings.append(OxmlElement("w:tblHeader"))


def _spots(rows: list[Element]) -> Iterator[_Spot]:
    """Where each cell stands, with colspan and rowspan taken into account."""
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            spot = _Spot(cell, number, column, int(cell.get("rowspan", 1)), int(cell.get("colspan", 1)))
            taken |= {(number + i, column + j) for i in range(spot.rows) for j in range(spot.columns)}
            yield spot


def _describe(table: Any, caption: Element | None) -> None:
    if caption is not None:
        element = OxmlElement("w:tblCaption")
        element.set(qn("w:val"), caption.text_content())
        table._tbl.tblPr.append(element)


def _kept_with_next(table: Element, rows: list[Element], spots: list[_Spot]) -> list[bool]:
    """Which rows must stand on the page of the next: headings, all of a short table, the last few of a long one."""
    after = table.getnext()
    has_note = after is not None and after.get("class") == "note"
    is_short = len(rows) <= _TOGETHER and max(len(spot.cell.text_content()) for spot in spots) < _LONG
    heads = [row.getparent().tag == "thead" or row.get("class") == "group" for row in rows]
    last = len(rows) - 1
    return [has_note if n == last else heads[n] or is_short or n > last - _COMPANY for n in range(len(rows))]


def _fill_cell(cell: Cell, element: Element, size: int, keep: bool) -> None:
    paragraph, row = _styled(cell.paragraphs[0], f"Cell {size}"), element.getparent()
    paragraph.paragraph_format.keep_with_next = keep or None
    is_heading = row.getparent().tag == "thead"
    is_bold = is_heading or row.get("class") in ("group", "total")
    _write_inline(paragraph, element, frozenset({"b"}) if is_bold else frozenset())
    paragraph.alignment = (
        ALIGN.CENTER if is_heading else {"n": ALIGN.RIGHT, "c": ALIGN.CENTER}.get(element.get("class"))
    )
    if is_heading:
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E7E6E6")):
            shade.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(shade)


def _widths(spots: list[_Spot], room_cm: float) -> tuple[int, list[float]]:
    """(type size, column widths in cm): each column holds its longest word; what is left goes to those with long texts.

    The largest type is taken with which the columns get half of what would keep their cells on one line.
    """
    count = max(spot.column + spot.columns for spot in spots)
    word, whole, heads = [0.0] * count, [0.0] * count, [0.0] * count
    for spot in (spot for spot in spots if spot.columns == 1):
        parts = [_length(part) for part in _BLANK.split(" ".join(spot.cell.itertext()).strip())]
        lengths = heads if spot.cell.tag == "th" else whole
        lengths[spot.column] = max(lengths[spot.column], min(sum(parts) + len(parts) - 1, _LINE))
        word[spot.column] = max([word[spot.column], *parts])
    whole = [max(body or _EMPTY, head / 2) for body, head in zip(whole, heads, strict=True)]
    for size in _TABLE_SIZES:
        letter = _LETTER * size * 2.54 / 72
        least = [n * letter + _PADDING_CM for n in word]
        wish = [max(0.1, n * letter + _PADDING_CM - low) for n, low in zip(whole, least, strict=True)]
        share = (room_cm - sum(least)) / sum(wish)
        if share >= _ROOMY:
            break
    fit = min(1.0, room_cm / sum(least))
    return size, [fit * low + max(0.0, share) * more for low, more in zip(least, wish, strict=True)]


def _length(words: str) -> float:
    """Letters, with capitals as wide as they are."""
    return sum(1.4 if letter.isupper() else 1.0 for letter in words)


_WRITERS: dict[str, Callable[[Any, Element, str], None]] = {
    **dict.fromkeys(("ul", "ol", "main"), _write_all),
    **dict.fromkeys(("header", "footer", "div"), _write_sides),
    "section": _write_section,
    "table": _write_table,
    "figure": _write_figure,
    "hr": _write_rule,
}
