"""Tables as CSV, LaTeX, Word and SDMX-CSV: the same bytes twice, honest cells, and no formula from a file of data."""

import csv
import io
import zipfile

import pandas as pd
import planting
import pytest
from docx import Document
from docx.oxml.ns import qn

from kontum_analysis.base.errors import KontumError, Words
from kontum_analysis.base.words import LANGUAGES, text
from kontum_analysis.data.observations import load_observations
from kontum_analysis.poverty.scenarios import Scenario, preset
from kontum_analysis.publish import sdmx
from kontum_analysis.publish import text_files as text_tables
from kontum_analysis.publish import word as documents
from kontum_analysis.publish.columns import Table, columns, provenance
from kontum_analysis.publish.table_document import tables_document
from kontum_analysis.publish.tables import report_tables


def table_of(frame):
    return Table("sources", frame, Words("exports.table.sources"))


PLANTED = ["=cmd|'/C calc'!A0", "+1+1", "@SUM(A1:A9)", "-2+3"]


@pytest.fixture(scope="module")
def scenarios():
    return [preset("programme-mid", end=2026), preset("observed-pace", end=2026)]


@pytest.fixture(scope="module")
def tables(obs, scenarios):
    made, problems = report_tables(obs, scenarios)
    assert problems == []
    return {table.name: table for table in made}


@pytest.fixture(scope="module")
def origin(obs, scenarios):
    return provenance(obs, scenarios)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_column_has_a_heading_in_the_language_and_numbers_are_numbers(tables, lang):
    for name, table in tables.items():
        for column in table.columns(lang):
            assert column.heading != column.name or column.name.isdigit(), (name, column.name)
            if column.kind in ("number", "year"):
                assert all(v is None or isinstance(v, int | float) for v in column.values)
            else:
                typed = table.frame.get(column.name)
                assert typed is None or not pd.api.types.is_float_dtype(typed), (
                    name,
                    column.name,
                    "a number shown as text",
                )


def test_the_tables_hold_the_numbers_of_the_package(tables, obs):
    rate = next(c for c in columns(tables["known_rates"].frame, "vi") if c.name == "rate")
    assert rate.values[:3] == [15.32, 10.86, 6.84]
    quotas = tables["quotas"].frame.query("scenario == 'programme-mid' and area == '62'").iloc[0]
    assert quotas[2022] == 4682
    assert len(tables["scoreboard"].frame) == 26


def test_a_vintage_that_is_too_early_names_the_tables_it_cannot_give(scenarios):
    early = load_observations(as_of="2021-06-30")
    made, problems = report_tables(early, scenarios, names=["rates", "sources"])
    assert [table.name for table in made] == ["sources"]
    assert [name for name, _ in problems] == ["rates"] and isinstance(problems[0][1], KontumError)


def test_csv_has_the_mark_of_utf8_decimal_points_and_the_same_bytes_twice(tables):
    content = text_tables.csv_bytes(tables["known_rates"], "vi")
    assert content == text_tables.csv_bytes(tables["known_rates"], "vi")
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\r\n") == 7
    found = pd.read_csv(io.BytesIO(content))
    assert found["Tỷ lệ hộ nghèo (%)"].tolist()[:3] == [15.32, 10.86, 6.84]
    assert found["Cận dưới 80% (%)"].isna().sum() == 4


@pytest.mark.parametrize("planted", [*PLANTED, "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1"])
def test_text_that_a_spreadsheet_would_run_gets_a_quote(planted):
    content = text_tables.csv_bytes(table_of(pd.DataFrame({"publisher": [planted], "gap": [-4.46]})), "en")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[1] == [f"'{planted}", "-4.46"], "a negative number stays a number"


def test_formulas_in_a_folder_of_data_stay_text_in_every_export(raw_copy, scenarios):
    path = raw_copy / "sources.csv"
    line = planting.line_of(path, source_id="thoidai-2022-kontum")
    for column, planted in zip(("publisher", "title", "document_no"), PLANTED, strict=False):
        planting.set_field(path, line, column, planted)
    obs = load_observations(data=raw_copy)
    made, _ = report_tables(obs, scenarios, data=raw_copy, names=["sources"])
    content = text_tables.csv_bytes(made[0], "vi").decode("utf-8-sig")
    row = next(r for r in csv.reader(io.StringIO(content)) if r[0] == "thoidai-2022-kontum")
    assert row[1:4] == [f"'{words}" for words in PLANTED[:3]]
    hostile = Scenario(
        name="mine", province_pace_pp=3, poor_district_pace_pp=6, title_vi=PLANTED[0], title_en=PLANTED[3]
    )
    origin = provenance(obs, [hostile], raw_copy)
    assert origin.data_hash != provenance(obs, []).data_hash
    words = "\n".join(p.text for p in Document(io.BytesIO(tables_document(made, origin, "vi"))).paragraphs)
    assert PLANTED[0] in words and "fldSimple" not in words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_latex_has_rules_escapes_its_text_and_writes_numbers_as_the_language(tables, lang):
    known = text_tables.latex(tables["known_rates"], lang)
    assert r"\toprule" in known and r"\midrule" in known and r"\begin{table}" in known
    assert ("15,32" if lang == "vi" else "15.32") in known and r"(\%)" in known
    assert r"\begin{longtable}" in text_tables.latex(tables["sources"], lang)
    planted = table_of(pd.DataFrame({"publisher": ["50% & {x}_1 #2 $3 \\end"]}))
    assert r"50\% \& \{x\}\_1 \#2 \$3 \textbackslash end" in text_tables.latex(planted, lang)


def test_sdmx_rows_have_a_unique_key_and_no_bound_as_value(obs, scenarios):
    found = pd.read_csv(io.StringIO(sdmx.observations_csv(obs)), dtype=str, keep_default_na=False)
    assert found.columns.tolist()[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    assert set(found["STRUCTURE"]) == {"dataflow"} and set(found["STRUCTURE_ID"]) == {"KONTUM:OBSERVATIONS(1.0.0)"}
    key = ["REF_AREA", "LEVEL", "INDICATOR", "STANDARD", "BOUND", "SOURCE", "TIME_PERIOD"]
    assert not found.duplicated(key).any() and (found[key] != "").all().all() and len(found) == len(obs)
    bound = found["BOUND"].isin(["at_least", "at_most"])
    assert (
        bound.sum() > 100
        and (found.loc[bound, "OBS_VALUE"] == "").all()
        and (found.loc[bound, "BOUND_VALUE"] != "").all()
    )
    assert (found.loc[~bound, "OBS_VALUE"] != "").all() and set(found.loc[bound, "OBS_STATUS"]) == {"O"}
    assert not found["OBS_VALUE"].str.contains(",").any()
    paths = pd.read_csv(io.StringIO(sdmx.projections_csv(obs, scenarios)), dtype={"REF_AREA": str})
    assert not paths.duplicated(["REF_AREA", "INDICATOR", "SCENARIO", "TIME_PERIOD"]).any()
    assert paths["OBS_VALUE"].notna().all() and set(paths["OBS_STATUS"]) == {"A", "E", "F"}
    assert set(paths.loc[paths["HOW_KNOWN"] == "projected", "OBS_STATUS"]) == {"F"}


@pytest.fixture(scope="module")
def document(tables, origin):
    return tables_document([tables[n] for n in ("known_rates", "quotas", "district_panel", "sources")], origin, "vi")


def test_the_document_is_the_same_bytes_and_carries_no_clock(tables, origin, document):
    again = tables_document([tables[n] for n in ("known_rates", "quotas", "district_panel", "sources")], origin, "vi")
    assert again == document
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        assert {member.date_time for member in archive.infolist()} == {documents.EPOCH}
    facts = Document(io.BytesIO(document)).core_properties
    assert facts.author == "Kon Tum Analysis" and facts.title == text("exports.title", "vi")
    assert facts.created.date() == origin.day == facts.modified.date()


def test_the_document_is_a4_times_new_roman_13_with_numbered_captions_and_repeated_headers(document):
    found = Document(io.BytesIO(document))
    assert found.styles["Normal"].font.name == "Times New Roman" and found.styles["Normal"].font.size.pt == 13
    for section in found.sections:
        assert sorted([round(section.page_width.cm, 1), round(section.page_height.cm, 1)]) == [21.0, 29.7]
    captions = [p.text for p in found.paragraphs if p.style.name == "Caption"]
    assert len(captions) == len(found.tables) == 4  # the quotas come as one table a scenario
    assert all("Bảng " in caption for caption in captions)
    numbers = [e.text for p in found.paragraphs if p.style.name == "Caption" for e in p._p.iter(qn("w:t"))]
    assert [n for n in numbers if n.isdigit()] == ["1", "2", "3", "4"]
    for table in found.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
        section_cm = 24.7 + 0.6 if len(table.columns) > 11 else 16.5
        assert sum(column.width.cm for column in table.columns) <= section_cm + 0.01


def test_the_page_beside_the_files_names_vintage_seed_hash_and_every_table(tables, origin):
    said = text_tables.about(list(tables.values()), origin, ["csv", "sdmx"], "en")
    assert str(origin.day) in said and "3299" in said and origin.data_hash in said and "OWASP" not in said
    assert all(f"`{name}`" in said for name in tables) and "LaTeX" not in said
