"""The description of the tables: what is committed is what the function makes, and Frictionless finds the data to match
it.
"""

import json
import shutil

import pytest
from frictionless import Package

from kontum_analysis.base.files import ROOT
from kontum_analysis.data.datapackage import package_text
from kontum_analysis.data.schemas import COLUMNS, KEYS

DATA = ROOT / "data"


@pytest.fixture(scope="module")
def described():
    return {resource["name"]: resource for resource in json.loads(package_text())["resources"]}


def faults(folder):
    report = Package(str(folder / "datapackage.json")).validate()
    return [(task.name, error.type) for task in report.tasks for error in task.errors]


def test_the_committed_description_is_what_the_function_makes():
    assert (DATA / "datapackage.json").read_text(encoding="utf-8") == package_text()


def test_every_table_and_field_is_described_in_both_languages(described):
    assert {name for name in described if not name.startswith("processed_")} == set(COLUMNS)
    assert len(described) == len(COLUMNS) + len(list((DATA / "processed").glob("*.csv")))
    for name, resource in described.items():
        assert " / " in resource["title"], name
        for field in resource["schema"]["fields"]:
            assert " / " in field["title"] and " / " in field["description"], (name, field["name"])
            assert field["type"] in ("string", "number", "integer", "date", "boolean")


def test_types_keys_and_links_are_those_of_the_schemas(described):
    fields = {f["name"]: f for f in described["observations"]["schema"]["fields"]}
    assert fields["obs_value"]["type"] == "number" and fields["time_period"]["type"] == "date"
    assert fields["ref_area"]["type"] == "string", "a code of digits is a text"
    assert fields["bound"]["constraints"]["enum"] == ["exact", "at_least", "at_most", "approximate"]
    assert described["observations"]["schema"]["primaryKey"] == KEYS["observations"]
    links = {
        link["fields"][0]: link["reference"]["resource"] for link in described["observations"]["schema"]["foreignKeys"]
    }
    assert links == {"ref_area": "areas", "indicator": "indicators", "source_id": "sources"}
    rate = next(f for f in described["processed_poverty_paths"]["schema"]["fields"] if f["name"] == "rate")
    assert "(%)" not in rate["title"] and rate["constraints"] == {"minimum": 0, "maximum": 1}


def test_the_committed_data_are_as_described():
    assert faults(DATA) == []


def test_planted_faults_are_found(tmp_path):
    shutil.copytree(DATA, tmp_path / "data")
    edits = {
        "raw/areas.csv": (",9677.29,", ",9677.2x9,"),
        "raw/observations.csv": ("vietnamplus-2023-poverty", "no-such-source"),
        "processed/headline.csv": ("programme-low", "programme-mid"),
        "processed/poverty_paths.csv": (",0.15316834,", ",1.5316834,"),
    }
    for name, (old, new) in edits.items():
        path = tmp_path / "data" / name
        words = path.read_text(encoding="utf-8")
        assert old in words, name
        path.write_text(words.replace(old, new, 1), encoding="utf-8")
    found = set(faults(tmp_path / "data"))
    assert found == {
        ("areas", "type-error"),
        ("observations", "foreign-key"),
        ("processed_headline", "primary-key"),
        ("processed_poverty_paths", "constraint-error"),
    }
