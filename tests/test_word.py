"""HTML to Word: every style of the template, tables that stay together, and the same bytes whenever it is written."""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import fragment_fromstring
from office import PIXEL

import kontum_analysis as kt
from kontum_analysis.publish.report import build_report
from kontum_analysis.publish.report_page import TEMPLATES, gap, page, picture
from kontum_analysis.publish.table_layout import column_widths, rows_kept_with_next, spots_of
from kontum_analysis.publish.word import EPOCH, TEMPLATE, word_bytes


def document_of(body, lang="en", head="", day=None):
    html = f'<html lang="{lang}"><head><title>T</title>{head}</head><body>{body}</body></html>'
    return Document(io.BytesIO(word_bytes(html, day)))


def xml_words(paragraph):
    return "".join(element.text or "" for element in paragraph._p.iter(qn("w:t")))


@pytest.fixture(scope="module")
def district_html(obs):
    return build_report(obs, 2023, place="Kon Rẫy", pictures=False)


def test_every_class_of_the_templates_is_a_style_of_the_word_template():
    names = {style.name for style in Document(str(TEMPLATE)).styles}
    inner = {"sides", "fill", "tab", "range", "annex-pages", "landscape", "upright", "n", "c", "total", "group"}
    missing = []
    for path in TEMPLATES.glob("*.j2"):
        source = re.sub(r"<style>.*</style>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for tag, classes in re.findall(r'<(\w+) class="([a-z -]+)"', source):
            style = f"{'Rule ' if tag == 'hr' else ''}{classes.replace('-', ' ').title()}"
            missing += [(path.name, style)] * (not set(classes.split()) <= inner and style not in names)
    assert missing == []


def test_the_page_follows_the_decree(district_html):
    document = Document(io.BytesIO(word_bytes(district_html)))
    section = document.sections[0]
    sides = (section.page_width, section.page_height, section.left_margin, section.right_margin, section.top_margin)
    assert [round(side.cm, 1) for side in sides] == [21.0, 29.7, 3.0, 1.5, 2.0]
    assert document.styles["Normal"].font.name == "Times New Roman" and document.styles["Normal"].font.size.pt == 13
    fonts = {e.get(qn("w:ascii")) for e in document.styles.element.iter(qn("w:rFonts"))}
    assert fonts == {"Times New Roman"}
    assert section.different_first_page_header_footer and "PAGE" in section.header._element.xml
    texts = [xml_words(p) for table in document.tables for row in table.rows for c in row.cells for p in c.paragraphs]
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: …/BC-UBND", "Nơi nhận:"):
        assert words in texts
    landscape = [s for s in document.sections if s.page_width > s.page_height]
    assert len(landscape) == 1 and all(table_width(t) <= 25.3 for t in document.tables)


def table_width(table):
    return sum(column.width.cm for column in table.columns)


def test_nothing_tells_when_or_where_it_was_written(district_html):
    content = word_bytes(district_html)
    assert content == word_bytes(district_html)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {member.date_time for member in archive.infolist()} == {EPOCH}
    facts = Document(io.BytesIO(content)).core_properties
    assert facts.created.year == facts.modified.year == 1980 and facts.author == facts.last_modified_by
    assert facts.title.startswith("BÁO CÁO") and facts.subject.startswith("Kết quả")
    assert document_of("<p>a</p>", day=date(2024, 5, 6)).core_properties.created.date() == date(2024, 5, 6)


def test_text_is_escaped_and_looks_are_kept():
    document = document_of(
        "<h2>A</h2><p>  a <b>bold</b> &amp; <i>slanted</i>\n &lt;b&gt;\x00</p><p class='note'>n</p><hr class='motto'>"
    )
    heading, body, note, rule = document.paragraphs
    assert [p.style.name for p in document.paragraphs] == ["Heading 1", "Body Text", "Note", "Rule Motto"]
    assert body.text == "a bold & slanted <b>" and [run.text for run in body.runs if run.bold] == ["bold"]
    assert [run.text for run in body.runs if run.italic] == ["slanted"] and rule.text == ""


def test_a_gap_is_a_control_that_typing_replaces():
    document = document_of(f"<p>In {gap('…')} there are {gap()}.</p>")
    controls = list(document.element.body.iter(qn("w:sdt")))
    assert ["".join(t.text for t in c.iter(qn("w:t"))) for c in controls] == ["…", "……"]
    assert all(c.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}") is not None for c in controls)
    assert xml_words(document.paragraphs[0]) == "In … there are ……."


def test_number_and_date_are_typed_once_and_repeated_in_every_annex(district_html):
    body = Document(io.BytesIO(word_bytes(district_html))).element.body
    marks = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    fields = [code.text.split()[1] for code in body.iter(qn("w:instrText")) if code.text.startswith("REF")]
    assert marks == ["number", "day", "month", "year"] and fields == 3 * marks


def test_links_and_pictures_carry_their_words():
    image = f'<figure><img alt="what it says" src="{picture(PIXEL)}" width="40"><figcaption>F</figcaption></figure>'
    document = document_of(f'<p class="source">[1] <a href="https://example.org/x">x</a></p>{image}{image}', "vi")
    assert document.paragraphs[0].hyperlinks[0].address == "https://example.org/x"
    shape = document.inline_shapes[0]
    assert shape.width.cm == pytest.approx(16.5, abs=0.01), "no wider than the page"
    assert shape._inline.docPr.get("descr") == "what it says"
    captions = [p for p in document.paragraphs if p.style.name == "Caption"]
    assert [xml_words(p) for p in captions] == ["Hình 1. F", "Hình 2. F"]


TABLE = """<table><caption>C</caption>
<thead><tr><th rowspan="2">A</th><th colspan="2">B</th></tr><tr><th>b1</th><th>b2</th></tr></thead>
<tbody><tr class="group"><td colspan="3">g</td></tr>
<tr class="total"><td>x</td><td class="n">1,5</td><td></td></tr></tbody></table>"""


def test_a_table_has_merged_headings_that_come_again_on_every_page():
    document = document_of(TABLE + '<p class="note">n</p>')
    table = document.tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["A", "B", "B"], ["A", "b1", "b2"], ["g", "g", "g"], ["x", "1,5", ""],
    ]  # fmt: skip
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True, True, False, False]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "C"
    assert all(row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows)
    assert table.cell(3, 1).paragraphs[0].alignment is not None and table.cell(3, 0).paragraphs[0].runs[0].bold


def test_rows_stay_together_where_a_reader_needs_it():
    rows = "".join(f"<tr><td>{n}</td></tr>" for n in range(30))
    table = fragment_fromstring(f"<table><thead><tr><th>h</th></tr></thead><tbody>{rows}</tbody></table>")
    trs = list(table.iter("tr"))
    is_tied = rows_kept_with_next(table, trs, list(spots_of(trs)))
    assert is_tied == [True] * 3 + [False] * 25 + [True] * 2 + [False]


@settings(max_examples=25)
@given(
    st.lists(
        st.lists(
            st.sampled_from(["", "a", "một câu dài hơn nhiều chữ", "12.345** (1–2)", "x" * 30]), min_size=3, max_size=3
        ),
        min_size=1,
        max_size=5,
    )
)
def test_columns_fill_the_page_and_none_is_lost(cells):
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    table = fragment_fromstring(
        f"<table><thead><tr><th>a</th><th>b</th><th>c</th></tr></thead><tbody>{body}</tbody></table>"
    )
    size, widths = column_widths(list(spots_of(list(table.iter("tr")))), 16.5)
    assert sum(widths) == pytest.approx(16.5) and min(widths) > 0.4 and size in (8, 9, 10, 11)


def test_annexes_are_counted_from_one_and_tables_across_are_across():
    document = document_of(
        '<p>a</p><section class="annex-pages landscape"><p>b</p></section><section class="upright"><p>c</p></section>'
    )
    first, annex, upright = document.sections
    assert annex.page_width > annex.page_height and upright.page_width == first.page_width
    starts = [s._sectPr.find(qn("w:pgNumType")) is not None for s in document.sections]
    assert starts == [False, True, False] and not upright.different_first_page_header_footer


def test_a_value_that_was_not_given_is_an_error():
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        page("report_vi.html.j2", "vi")


@pytest.mark.once
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_the_document_prints_on_a_sane_number_of_pages(district_html, tmp_path):
    from pypdf import PdfReader

    (tmp_path / "report.docx").write_bytes(word_bytes(district_html))
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    words = ["soffice", home, "--headless", "--convert-to", "pdf", "report.docx"]
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    texts = [p.extract_text() for p in PdfReader(tmp_path / "report.pdf").pages]
    assert 8 <= len(texts) <= 16 and all(len(words.split()) > 20 for words in texts), "no page is empty"
    assert "BC-UBND" in texts[0] and "[1]" in texts[-1]  # accents come out otherwise with other fonts


def test_the_report_of_the_province_says_in_word_what_it_says_as_a_page(obs):
    import lxml.html

    html = build_report(
        kt.load_observations(as_of="2023-12-20"), 2022, place="Kon Plông", as_of="2023-12-20", pictures=False
    )
    cells = [" ".join(cell.itertext()).split() for cell in lxml.html.document_fromstring(html).iter("td", "th")]
    document = Document(io.BytesIO(word_bytes(html)))
    lines = "\n".join(" ".join(xml_words(p).split()) for t in document.tables for c in t._cells for p in c.paragraphs)
    assert len(cells) > 300 and [words for words in map(" ".join, cells) if words not in lines] == []
