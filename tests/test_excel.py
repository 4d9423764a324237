"""The Excel workbook, read back: real numbers with formats, frozen headers, links, texts that stay
texts, fixed bytes.
"""

import io
import zipfile
from datetime import datetime

import openpyxl
import pandas as pd
import pytest

from kontum_analysis.base.errors import Words
from kontum_analysis.base.words import LANGUAGES, heading, text
from kontum_analysis.poverty.scenarios import Scenario, preset
from kontum_analysis.publish.columns import Table, provenance
from kontum_analysis.publish.excel import workbook_bytes
from kontum_analysis.publish.tables import report_tables
from kontum_analysis.publish.word import EPOCH

NAMES = ["known_rates", "headline", "quotas", "district_panel", "scoreboard", "sources"]


@pytest.fixture(scope="module")
def tables(obs):
    report, problems = report_tables(obs, [preset("programme-mid")], names=NAMES)
    assert problems == []
    return report


@pytest.fixture(scope="module")
def origin(obs):
    return provenance(obs, [preset("programme-mid")])


@pytest.fixture(scope="module")
def contents(tables, origin):
    return {lang: workbook_bytes(tables, origin, lang) for lang in LANGUAGES}


@pytest.fixture(scope="module")
def books(contents):
    return {lang: openpyxl.load_workbook(io.BytesIO(content)) for lang, content in contents.items()}


def test_the_bytes_are_the_same_and_carry_no_clock(tables, origin, contents, books):
    assert workbook_bytes(tables, origin, "vi") == contents["vi"]
    with zipfile.ZipFile(io.BytesIO(contents["vi"])) as archive:
        assert {member.date_time for member in archive.infolist()} == {EPOCH}
    facts = books["vi"].properties
    assert facts.created == datetime(origin.day.year, origin.day.month, origin.day.day)
    assert facts.creator == "Kon Tum Analysis" and origin.data_hash in facts.description and "3299" in facts.description


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_cover_says_what_it_is_and_links_to_every_sheet(books, tables, origin, lang):
    cover = books[lang].worksheets[0]
    words = [str(cell.value) for row in cover.iter_rows() for cell in row if cell.value is not None]
    assert text("exports.title", lang) in words and f"SHA-256 {origin.data_hash}…" in words
    for status in ("published", "derived", "estimated", "projected"):
        assert text(f"exports.reading.{status}", lang) in words
    hyperlinks = [cell.hyperlink for row in cover.iter_rows() for cell in row if cell.hyperlink]
    links = {link.location.split("!")[0].strip("'") for link in hyperlinks}
    assert links == {sheet.title for sheet in books[lang].worksheets[1:]} and len(links) == len(tables)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_numbers_are_numbers_with_formats_that_excel_writes_as_its_user_does(books, lang):
    sheet = books[lang][text("exports.sheet.known_rates", lang)]
    place = {cell.value: cell.column for cell in sheet[4]}
    rate = [sheet.cell(row, place[heading("rate", lang)]) for row in (5, 6, 7)]
    assert [cell.value for cell in rate] == [15.32, 10.86, 6.84] and {cell.number_format for cell in rate} == {
        "#,##0.00"
    }
    year = sheet.cell(5, place[heading("year", lang)])
    assert year.value == 2021 and year.number_format == "0"
    missing = sheet.cell(5, place[heading("q10", lang)])
    assert missing.value is None, "no figure is an empty cell"
    quotas = books[lang][text("exports.sheet.quotas", lang)]
    assert quotas["C5"].value == 274 and quotas["C5"].number_format == "#,##0"
    board = books[lang][text("exports.sheet.scoreboard", lang)]
    days = [
        cell for cell in next(c for c in board.iter_cols() if c[3].value == heading("latest_day", lang)) if cell.is_date
    ]
    assert days and days[0].number_format == ("dd/mm/yyyy" if lang == "vi" else "yyyy-mm-dd")


def test_every_sheet_has_frozen_headers_a_filter_and_an_a4_landscape_page(books):
    for sheet in books["vi"].worksheets[1:]:
        assert sheet.freeze_panes in ("B5", "C5") and sheet.auto_filter.ref.startswith("A4:")
        assert sheet.page_setup.orientation == "landscape" and str(sheet.page_setup.paperSize) == "9"
        assert sheet.print_title_rows == "$4:$4" and sheet.sheet_properties.pageSetUpPr.fitToPage
        widths = [dimension.width for dimension in sheet.column_dimensions.values()]
        assert min(widths) >= 6 and max(widths) <= 60


def test_sources_can_be_clicked_and_dates_of_a_year_alone_stay_text(books):
    sheet = books["en"][text("exports.sheet.sources", "en")]
    urls = [cell.hyperlink.target for row in sheet.iter_rows(min_row=5) for cell in row if cell.hyperlink]
    assert len(urls) > 150 and all(url.startswith("http") for url in urls)


def test_nothing_from_a_file_of_data_is_a_formula(origin, obs):
    planted = ["=cmd|'/C calc'!A0", "+1+1", "@SUM(A1:A9)", "-2+3", "\t=1+1", "http://x.vn/a", "1234", "a\x00\x0bb"]
    frame = pd.DataFrame(
        {"publisher": planted, "url": ["javascript:alert(1)", *['=HYPERLINK("x")'] * 7], "gap": [-1.5] * 8}
    )
    hostile = Scenario(name="mine", province_pace_pp=3, poor_district_pace_pp=6, title_vi="=1+1", title_en="@x")
    table = Table("sources", frame, Words("exports.table.sources"))
    content = workbook_bytes([table], provenance(obs, [hostile]), "vi")
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in b"".join(
            archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")
        )
    sheet = book.worksheets[1]
    assert [sheet.cell(row, 1).value for row in range(5, 12)] == planted[:7] and sheet["A12"].value == "ab"
    assert sheet["A5"].quotePrefix and not [c for r in sheet.iter_rows(min_row=5) for c in r if c.hyperlink]
    assert sheet["C5"].value == -1.5 and sheet["A11"].data_type == "s"
