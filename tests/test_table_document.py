"""The Word document of the report tables: its head, a table a scenario, captions, no formula from a file of data."""

import io
import zipfile

import planting
import pytest
from docx import Document
from docx.oxml.ns import qn

import kontum_analysis as kt
from kontum_analysis.base.words import text
from kontum_analysis.publish.columns import provenance
from kontum_analysis.publish.table_document import tables_document
from kontum_analysis.publish.tables import report_tables
from kontum_analysis.publish.word import EPOCH

NAMES = ["known_rates", "quotas", "district_panel", "sources"]


@pytest.fixture(scope="module")
def parts(obs):
    """(tables, origin) of a document with two scenarios. Read only."""
    scenarios = [kt.preset("programme-mid", end=2026), kt.preset("observed-pace", end=2026)]
    return report_tables(obs, scenarios, names=NAMES)[0], provenance(obs, scenarios)


@pytest.fixture(scope="module")
def content(parts):
    return tables_document(*parts, "vi")


def test_the_document_is_the_same_bytes_and_carries_no_clock(parts, content):
    assert tables_document(*parts, "vi") == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {member.date_time for member in archive.infolist()} == {EPOCH}
    facts = Document(io.BytesIO(content)).core_properties
    assert facts.author == "Kon Tum Analysis" and facts.title == text("exports.title", "vi")
    assert facts.created.date() == parts[1].day == facts.modified.date()


def test_pages_captions_and_header_rows_are_as_offices_set_them(content):
    document = Document(io.BytesIO(content))
    sides = {tuple(sorted([round(s.page_width.cm, 1), round(s.page_height.cm, 1)])) for s in document.sections}
    assert sides == {(21.0, 29.7)}
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert len(captions) == len(document.tables) == 4, "the quotas come as one table a scenario"
    assert [caption.split(".")[0] for caption in captions] == [f"Bảng {number}" for number in range(1, 5)]
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_formulas_in_a_folder_of_data_stay_text(raw_copy):
    planted = "=cmd|'/C calc'!A0"
    file = raw_copy / "sources.csv"
    planting.set_field(file, planting.line_of(file, source_id="thoidai-2022-kontum"), "publisher", planted)
    obs = kt.load_observations(data=raw_copy)
    tables, _ = report_tables(obs, [], data=raw_copy, names=["sources"])
    hostile = kt.Scenario(name="mine", province_pace_pp=3, poor_district_pace_pp=6, title_vi=planted)
    document = Document(io.BytesIO(tables_document(tables, provenance(obs, [hostile], raw_copy), "vi")))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert words.count(planted) == 2 and "fldSimple" not in document.element.xml
