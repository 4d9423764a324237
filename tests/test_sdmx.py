"""SDMX-CSV and its structure: unique keys, no bound as a value, and every code of the data explained."""

import csv
import io
import json
from datetime import datetime

import pandas as pd
import pytest

import kontum_analysis as kt
from kontum_analysis.publish import sdmx
from kontum_analysis.publish.columns import provenance
from kontum_analysis.publish.sdmx import structure_json


@pytest.fixture(scope="module")
def scenarios():
    return [kt.preset("programme-mid", end=2026), kt.preset("observed-pace", end=2026)]


@pytest.fixture(scope="module")
def flows(obs, scenarios):
    """Name -> the rows of a table as a machine reads them. Read only."""
    tables = [sdmx.observations_table(obs), sdmx.projections_table(obs, scenarios)]
    assert [table.name for table in tables] == list(sdmx.FLOWS)
    read = (pd.read_csv(io.StringIO(sdmx.data_csv(t), newline=""), dtype=str, keep_default_na=False) for t in tables)
    structure = json.loads(structure_json(tables, provenance(obs, scenarios)))
    return dict(zip(sdmx.FLOWS, read, strict=True)), structure["data"]


def test_a_row_says_what_it_belongs_to_and_no_key_stands_twice(flows, obs):
    for name, rows in flows[0].items():
        dimensions, attributes = sdmx.FLOWS[name]
        head = ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
        assert rows.columns.tolist() == [*head, *dimensions, "TIME_PERIOD", "OBS_VALUE", *attributes]
        assert set(rows["STRUCTURE_ID"]) == {f"KONTUM:{name}(1.0.0)"} and set(rows["ACTION"]) == {"M"}
        key = [*dimensions, "TIME_PERIOD"]
        assert not rows.duplicated(key).any() and (rows[key] != "").all().all()
    assert len(flows[0]["OBSERVATIONS"]) == len(obs)


def test_the_file_is_as_the_field_guide_of_sdmx_csv_asks(obs, scenarios, flows):
    """https://github.com/sdmx-twg/sdmx-csv, data-message/docs/sdmx-csv-field-guide.md: columns, headers, content."""
    structure = flows[1]
    names = {f"{flow['agencyID']}:{flow['id']}({flow['version']})" for flow in structure["dataflows"]}
    components = {item["id"]: item["dataStructureComponents"] for item in structure["dataStructures"]}
    for table in (sdmx.observations_table(obs), sdmx.projections_table(obs, scenarios)):
        content = sdmx.data_csv(table)
        lines = content.splitlines(keepends=True)
        assert not content.startswith("\ufeff") and {line[-2:] for line in lines} == {"\r\n"}
        head, *records = csv.reader(io.StringIO(content, newline=""))
        parts = components[table.name]
        time = parts["dimensionList"]["timeDimension"]
        dimensions = [item["id"] for item in [*parts["dimensionList"]["dimensions"], time]]
        values = [item["id"] for item in parts["measureList"]["measures"] + parts["attributeList"]["attributes"]]
        assert head == ["STRUCTURE", "STRUCTURE_ID", "ACTION", *dimensions, *values]
        first = 3 + len(dimensions)
        wrong = {
            "a record has the columns of the head": [row for row in records if len(row) != len(head)],
            "a dataflow of the structure": [row for row in records if row[0] != "dataflow" or row[1] not in names],
            "an action of the guide": [row for row in records if row[2] not in tuple("AIMRD")],
            "every dimension has a value": [row for row in records if not all(row[3:first])],
            "a merge brings a value": [row for row in records if not any(row[first:])],
            "space is a part of a field": [row for row in records if row != [field.strip() for field in row]],
        }
        assert {rule: rows[:3] for rule, rows in wrong.items() if rows} == {} and len(records) > 400


def test_the_structure_says_by_which_schema_it_is_read(flows, obs, scenarios):
    meta = json.loads(structure_json([sdmx.observations_table(obs)], provenance(obs, scenarios)))["meta"]
    assert meta["schema"].endswith("/2.0.0/sdmx-json-structure-schema.json")
    assert datetime.fromisoformat(meta["prepared"].replace("Z", "+00:00")).tzinfo is not None


def test_a_bound_is_never_a_value(flows):
    rows = flows[0]["OBSERVATIONS"]
    is_bound = rows["BOUND"].isin(["at_least", "at_most"])
    assert is_bound.sum() > 100 and set(rows.loc[is_bound, "OBS_STATUS"]) == {"O"}
    assert (rows.loc[is_bound, "OBS_VALUE"] == "").all() and (rows.loc[is_bound, "BOUND_VALUE"] != "").all()
    assert (rows.loc[~is_bound, "OBS_VALUE"] != "").all() and not rows["OBS_VALUE"].str.contains(",").any()
    assert set(rows.loc[rows["FREQ"] == "A", "TIME_PERIOD"].str[5:]) == {"12-31"}


def test_projections_tell_the_opening_value_from_what_is_projected(flows):
    rows = flows[0]["POVERTY_PROJECTIONS"]
    assert set(rows["OBS_STATUS"]) == {"A", "E", "F"} and (rows["OBS_VALUE"] != "").all()
    assert set(rows.loc[rows["HOW_KNOWN"] == "projected", "OBS_STATUS"]) == {"F"}


def test_the_structure_explains_every_column_and_every_code(flows):
    rows_of, structure = flows
    codes = {item["id"]: {code["id"] for code in item["codes"]} for item in structure["codelists"]}
    for definition in structure["dataStructures"]:
        parts = definition["dataStructureComponents"]
        lists = (
            parts["dimensionList"]["dimensions"],
            parts["measureList"]["measures"],
            parts["attributeList"]["attributes"],
        )
        components = [*(item for each in lists for item in each), parts["dimensionList"]["timeDimension"]]
        rows = rows_of[definition["id"]]
        assert {item["id"] for item in components} == set(rows.columns[3:])
        for item in components:
            if "enumeration" in item["localRepresentation"]:
                name = item["localRepresentation"]["enumeration"].partition(":CL_")[2].partition("(")[0]
                assert set(rows[item["id"]]) <= codes[f"CL_{name}"], item["id"]
    assert {flow["structure"].partition("DataStructure=")[2] for flow in structure["dataflows"]} == {
        f"KONTUM:{name}(1.0.0)" for name in sdmx.FLOWS
    }


def test_names_are_words_in_both_languages(flows):
    items = [(group["id"], code) for group in flows[1]["codelists"] for code in group["codes"]]
    nameless = [(of, code["id"]) for of, code in items if code["names"]["vi"] == code["id"] and of != "CL_SCENARIO"]
    assert nameless == [] and all("\n" not in code["names"]["vi"] for _, code in items)
    concepts = {c["id"]: c["names"] for c in flows[1]["conceptSchemes"][0]["concepts"]}
    assert [name for name, words in concepts.items() if words["vi"] == name] == []
