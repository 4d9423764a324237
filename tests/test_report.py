"""The yearly report: every target, the numbers of the scoreboard, nothing later than its day, and
pages that read well.
"""

import io
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from docx import Document
from docx.oxml.ns import qn
from office import Undrawn
from planting import add_row, line_of, set_field

import kontum_analysis as kt
from kontum_analysis.base import words as labels
from kontum_analysis.base.errors import KontumError
from kontum_analysis.publish import report
from kontum_analysis.publish.report.blocks import Paragraph, Picture, Source, Table
from kontum_analysis.publish.report.docx_file import to_docx
from kontum_analysis.publish.report.html_page import to_html
from kontum_analysis.publish.report.poverty import quota_section


@pytest.fixture
def undrawn(monkeypatch):
    monkeypatch.setattr(report, "build", lambda name, obs, lang: Undrawn())


@pytest.fixture(scope="module")
def facts(obs):
    return report.facts.gather(obs, 2023, kt.scenarios.preset("programme-mid"))


class Drawn(Undrawn):
    """A figure with its real words, drawn once."""

    def __init__(self, figure):
        self.title, self.alt, self.png = figure.title, figure.alt, figure.image("png", dpi=60)

    def image(self, kind, dpi):
        return self.png


@pytest.fixture(scope="module")
def drawn():
    """Figures by name and language; each is computed once and drawn once a language."""
    tables, found = {}, {}

    def figure(name, known, lang):
        if name not in tables:
            tables[name] = kt.figure(name, known, lang)
        if (name, lang) not in found:
            found[name, lang] = Drawn(tables[name].in_language(lang))
        return found[name, lang]

    return figure


@pytest.fixture(scope="module")
def made(obs, facts, drawn):
    """The report of 2023 in both languages; what they share is computed once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "gather", lambda *args: facts)
        patch.setattr(report, "build", drawn)
        return {lang: report.build_report(obs, 2023, lang) for lang in ("vi", "en")}


@pytest.fixture(scope="module")
def documents(made):
    return {lang: to_docx(found) for lang, found in made.items()}


def tables_of(found):
    return [block for block in found.blocks if isinstance(block, Table)]


def words_of(found):
    """Every text of a report but its list of sources, joined."""
    parts = [block.text for block in found.blocks if isinstance(block, Paragraph)]
    for table in tables_of(found):
        parts += [table.caption, *(cell for row in table.rows for cell in row)]
    return "\n".join(parts)


def rows_of(table):
    return {row[0]: row[1:] for row in table.rows if len(row) > 1}


def docx_words(content):
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_the_same_report_has_the_same_bytes(made, documents, drawn, monkeypatch):
    monkeypatch.setattr(report, "build", drawn)  # `test_figures` tries that a figure is drawn alike every time
    again = report.build_report(kt.load_observations(), 2023, "vi")
    assert to_docx(again) == documents["vi"]
    assert to_html(again) == to_html(made["vi"])


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_target_stands_in_the_table_with_the_value_and_status_of_the_scoreboard(made, obs, lang):
    board = kt.scoreboard(obs[obs["time_period"] <= "2023-12-31"])
    rows = [row for row in tables_of(made[lang])[0].rows if len(row) > 1]
    assert len(rows) == 26 and [row[0] for row in rows] == [str(n) for n in range(1, 27)]
    by_words = {row[1]: row for row in rows}
    assert set(by_words) == set(board[f"statement_{lang}"])
    for target in board.itertuples():
        row = by_words[getattr(target, f"statement_{lang}")]
        assert row[5].split("\n")[0] == labels.text(f"target_status.{target.status}", lang)
        if target.kind != "none":
            value = round(target.latest_value, 2)
            said = labels.number(value, 2, lang).rstrip("0").rstrip(",.") if value % 1 else f"{value:.0f}"
            assert re.match(rf"{re.escape(said)}\b", row[2]), target.target_id
    known = by_words[labels.text("target.S-NTM-01", lang)]
    assert known[2].split()[0] == "42" and known[4].split()[0] == "18"


def test_the_numbers_are_those_worked_out_by_hand(made, documents):
    said = docx_words(documents["vi"])
    for number in ("21.989 hộ nghèo trên 143.561 hộ, 15,32%", "6,84%", "10.220", "4,02 điểm", "8,48 điểm", "4,24 điểm"):
        assert number in said
    rates, households = tables_of(made["vi"])[1:3]
    assert rows_of(rates)["Toàn tỉnh"][:3] == ("15,32", "10,86", "6,84")
    assert rows_of(households)["Toàn tỉnh"][:3] == ("21.989", "15.943", "10.220")
    assert rows_of(rates)["Tu Mơ Rông"][:3] == ("52,11*", "41,06*", "32,58")
    assert re.fullmatch(r"12,4\*\* \(\d+,\d–\d+,\d\)", rows_of(rates)["Kon Plông"][2])
    english = docx_words(documents["en"])
    assert "21,989 poor of 143,561 households, 15.32%" in english and "10,220" in english


def test_estimated_districts_add_up_to_the_province(made):
    rows = rows_of(tables_of(made["vi"])[2])
    counts = [
        int(cells[2].split("*")[0].split("(")[0].replace(".", ""))
        for name, cells in rows.items()
        if name not in ("Toàn tỉnh", "Các huyện nghèo")
    ]
    assert len(counts) == 10 and sum(counts) == 10_220


def test_both_languages_have_the_same_blocks_and_the_english_names_the_official_form(made):
    vi, en = made["vi"].blocks, made["en"].blocks
    assert [type(b) for b in vi] == [type(b) for b in en if not (isinstance(b, Paragraph) and b.kind == "note")]
    assert "Vietnamese form is the official one" in words_of(made["en"])
    assert [len(t.rows) for t in tables_of(made["vi"])] == [len(t.rows) for t in tables_of(made["en"])]


def test_quotas_leave_from_the_known_year_end_and_stand_beside_those_of_the_scenario(made, obs):
    table = tables_of(made["vi"])[7]
    path = kt.project_poverty(obs, kt.scenarios.preset("programme-mid", start=2023, end=2024))
    quota = kt.exit_quotas(path).set_index("area_name")["quota"]
    rows = rows_of(table)
    assert rows["Kon Plông"][1] == str(quota["Kon Plông"])
    assert rows["Toàn tỉnh"][1] == labels.number(quota.sum(), 0, "vi")
    own = kt.exit_quotas(kt.project_poverty(obs, kt.scenarios.preset("programme-mid"))).query("year == 2024")
    assert rows["Toàn tỉnh"][4] == labels.number(own["quota"].sum(), 0, "vi")
    assert "không phải chỉ tiêu đã được" in words_of(made["vi"])


def test_another_scenario_has_other_quotas_and_its_own_name(facts):
    high = kt.scenarios.preset("programme-high")
    other = replace(facts, scenario=high, plan=high.changed(start=2023, end=2024))
    table = next(block for block in quota_section(other, "vi") if isinstance(block, Table))
    assert rows_of(table)["Toàn tỉnh"][1] != labels.number(facts.quotas["quota"].iloc[-1], 0, "vi")
    assert "mức cao (4 và 8 điểm" in table.caption


def test_what_came_out_after_the_day_it_is_due_is_listed(made):
    late = tables_of(made["vi"])[8]
    assert "20/12/2023" in late.caption
    assert any(row[1] == "Toàn tỉnh" and "Tỷ lệ hộ nghèo" in row[0] and row[3] == "31/01/2024" for row in late.rows)


def test_the_report_sent_in_time_knows_no_review_of_its_year(obs, undrawn):
    day = "2023-12-20"
    found = report.build_report(kt.load_observations(as_of=day), 2023, "vi", as_of=day)
    said = words_of(found)
    assert "6,84" not in said and "10.220" not in said and "10,86" in said
    assert "Chưa tìm thấy kết quả rà soát hộ nghèo cuối năm 2023" in said
    assert "Mọi số liệu dùng trong báo cáo đều đã công bố" in said
    sources = kt.raw_tables()["sources"].set_index("url")["published"]
    dated = [sources[b.url] for b in found.blocks if isinstance(b, Source) and b.url]
    assert dated and all(published <= day for published in dated)


def test_a_planted_later_figure_appears_in_no_vintage_before_it(raw_copy, undrawn):
    sources, rows = raw_copy / "sources.csv", raw_copy / "observations.csv"
    line = add_row(sources, line_of(sources, source_id="kontum-gov-49858"), source_id="planted", published="2024-02-01")
    set_field(sources, line, "url", "https://example.org/planted")
    like = line_of(rows, ref_area="611", indicator="poverty_rate_pct", time_period="2022-12-31")
    add_row(rows, like, time_period="2023-12-31", obs_value="3.21", source_id="planted")
    today = report.build_report(kt.load_observations(data=raw_copy), 2023, "vi", data=raw_copy)
    assert "3,21" in words_of(today) and any(isinstance(b, Source) and "planted" in b.url for b in today.blocks)
    vintage = report.build_report(
        kt.load_observations(as_of="2024-01-31", data=raw_copy), 2023, "vi", as_of="2024-01-31", data=raw_copy
    )
    assert "3,21" not in words_of(vintage)
    assert not any(isinstance(b, Source) and "planted" in b.url for b in vintage.blocks)


@pytest.mark.parametrize("year", [2019, 2020, 2026, 2030, 1])
def test_a_year_without_data_names_the_years_there_are(obs, year):
    with pytest.raises(KontumError) as caught:
        report.build_report(obs, year, "vi")
    for lang in ("vi", "en"):
        assert "2021, 2022, 2023, 2024, 2025" in caught.value.in_language(lang) and str(
            year
        ) in caught.value.in_language(lang)


def test_other_mistakes_are_named(obs):
    with pytest.raises(KontumError, match="3299"):
        report.build_report(obs, 2021, "vi", as_of="2022-01-01")
    with pytest.raises(KontumError, match="yearly-plans.*2025"):
        report.build_report(obs, 2025, "vi", kt.scenarios.preset("yearly-plans"))
    with pytest.raises(KontumError, match="fr"):
        report.build_report(obs, 2023, "fr")
    with pytest.raises(KontumError, match="2021"):
        report.build_report(obs[obs["time_period"] < "2021-01-01"], 2021, "vi")


@pytest.mark.parametrize("year", [2021, 2022, 2025])
def test_every_year_that_is_offered_can_be_made(obs, undrawn, year):
    assert year in report.facts.years_with_data(obs)
    found = report.build_report(obs, year, "en")
    assert len([row for row in tables_of(found)[0].rows if len(row) > 1]) == 26
    said = words_of(found)
    assert "nan" not in said.split() and "None" not in said
    assert ("6.84" in said) == (year > 2022)
    assert ("41.06% (derived)" in said) == (year == 2022)  # known today from the figures of the next year
    assert ("Quảng Ngãi" in said) == (year == 2025)


def test_references_in_the_text_lead_to_the_list_of_sources(made):
    for found in made.values():
        numbers = [b.number for b in found.blocks if isinstance(b, Source)]
        assert numbers == list(range(1, len(numbers) + 1))
        used = {int(n) for mark in re.findall(r"\[([0-9, ]+)\]", words_of(found)) for n in mark.split(",")}
        assert used == set(numbers)


def test_nothing_tells_when_or_where_it_was_made(documents, made):
    for found in documents.values():
        document = Document(io.BytesIO(found))
        facts = document.core_properties
        assert facts.created.year == facts.modified.year == 1980
        assert facts.title.startswith(("BÁO CÁO", "REPORT"))
    assert "ngày … tháng … năm 20…" in docx_words(documents["vi"])
    assert "generated" not in to_html(made["en"])


def test_the_word_document_follows_the_decree(documents):
    document = Document(io.BytesIO(documents["vi"]))
    page = document.sections[0]
    assert [
        round(m.cm, 1)
        for m in (
            page.page_width,
            page.page_height,
            page.left_margin,
            page.right_margin,
            page.top_margin,
            page.bottom_margin,
        )
    ] == [21.0, 29.7, 3.0, 1.5, 2.0, 2.0]
    assert document.styles["Normal"].font.name == "Times New Roman" and document.styles["Normal"].font.size.pt == 13
    said = docx_words(documents["vi"])
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "TÊN CƠ QUAN CẤP TRÊN",
        "Số: …/BC-…",
        "Kính gửi: Sở Kế hoạch và Đầu tư",
        "Nơi nhận:",
        "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ",
    ):
        assert words in said
    captioned = [table for table in document.tables if table._tbl.tblPr.find(qn("w:tblCaption")) is not None]
    assert len(captioned) == 9
    for table in captioned:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
        assert sum(column.width.cm for column in table.columns) <= 16.6


class _Page(HTMLParser):
    """Open elements and pictures of a page."""

    def __init__(self):
        super().__init__()
        self.open, self.pictures, self.outside = [], [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "img":
            self.pictures.append(attrs)
        if tag in ("script", "link", "iframe") or attrs.get("src", "data:")[:5] != "data:":
            self.outside.append(tag)
        if tag not in ("img", "meta", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_is_whole_by_itself_and_every_picture_can_be_read_aloud(made, lang):
    page = _Page()
    page.feed(to_html(made[lang]))
    assert page.open == [] and page.outside == []
    pictures = [b for b in made[lang].blocks if isinstance(b, Picture)]
    assert [p["alt"] for p in page.pictures] == [b.alt for b in pictures] and len(pictures) == 4
    assert all(len(p["alt"]) > 40 for p in page.pictures)


def test_the_page_and_the_document_say_the_same(made, documents):
    page = to_html(made["vi"])
    rows = [cell for table in tables_of(made["vi"]) for row in table.rows for cell in row]
    said = docx_words(documents["vi"])
    assert len(rows) > 400 and all(cell in said for cell in rows)
    body = ET.fromstring(re.sub(r"<(meta|img)([^>]*)>", r"<\1\2/>", page.split("\n", 1)[1]))
    cells = ["".join(e.itertext()) for e in body.iter() if e.tag == "td" or (e.tag == "th" and e.get("scope") != "col")]
    assert cells == rows


def test_words_that_look_like_markup_are_escaped(made):
    odd = replace(made["en"], blocks=(Paragraph("a <b>bold</b> & \x00b"),))
    assert "a &lt;b&gt;bold&lt;/b&gt; &amp; b" in to_html(odd)
    assert "a <b>bold</b> & b" in docx_words(to_docx(odd))


def test_the_command_writes_what_its_suffix_says_or_nothing(tmp_path, monkeypatch, undrawn):
    from typer.testing import CliRunner

    from kontum_analysis.cli import app

    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["report", "--year", "2022", "--out", "a.html", "--lang", "en"])
    assert done.exit_code == 0 and (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    for words in (["--out", "a.pdf"], ["--out", "nowhere/a.docx"], ["--year", "2030"], ["--scenario", "nowhere"]):
        done = CliRunner().invoke(app, ["report", "--year", "2022", "--lang", "vi", *words])
        assert isinstance(done.exception, KontumError)
    assert [p.name for p in tmp_path.iterdir()] == ["a.html"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_the_document_prints_on_a_sane_number_of_pages_with_its_fonts(documents, tmp_path):
    from pypdf import PdfReader

    (tmp_path / "report.docx").write_bytes(documents["vi"])
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(tmp_path / 'office').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "report.docx",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=180,
    )
    pages = PdfReader(tmp_path / "report.pdf").pages
    assert 8 <= len(pages) <= 20
    assert "/BC-" in pages[0].extract_text() and "VT, …" in pages[-1].extract_text()
    for page in pages:
        for font in page["/Resources"]["/Font"].values():
            kind = font.get_object()
            kind = kind["/DescendantFonts"][0].get_object() if "/DescendantFonts" in kind else kind
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(kind["/FontDescriptor"].get_object())
