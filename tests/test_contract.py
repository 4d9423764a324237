"""The contract: a file is read strictly, every cell is held to its rule, and the tables are described for others."""

import json
import shutil

import pandas as pd
import pytest
from frictionless import Package
from hypothesis import given, settings
from hypothesis import strategies as st
from planting import cases

from kontum_analysis.base.errors import DataError, KontumError
from kontum_analysis.base.files import RAW, ROOT
from kontum_analysis.base.words import labels
from kontum_analysis.data import contract
from kontum_analysis.data.contract import (
    COLUMNS,
    CONTRACT,
    KEYS,
    LINKS,
    RULES,
    field_problems,
    package_text,
    read_table,
)

DATA = ROOT / "data"
CELLS = cases("cells")


def read(folder, content, columns=("a", "b")):
    (folder / "t.csv").write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_table(folder / "t.csv", columns)


def refusals(folder, content, columns=("a", "b")):
    with pytest.raises(DataError) as error:
        read(folder, content, columns)
    return [problem.in_language("en") for problem in error.value.problems]


# --- reading


def test_every_field_is_text_as_it_stands(tmp_path):
    table = read(tmp_path, 'b,a\n"say ""x""",007\n,NA\nĐăk Tô,1.50\n')
    assert table.columns.tolist() == ["a", "b", "line"]
    assert table["a"].tolist() == ["007", "NA", "1.50"] and table["b"].tolist() == ['say "x"', "", "Đăk Tô"]
    assert read(tmp_path, "a,b\n").dtypes[["a", "b"]].equals(table.dtypes[["a", "b"]])


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ('a,b\n1,2\n\n"two\nlines",3\n4,5\n', [2, 4, 6]),
        ('a,b\r\n"x\r\ny",2\r\n\r\n', [2]),
        ("a,b\r1,2\r", [2]),
        (b"\xef\xbb\xbfa,b\n1,2\n\n\n3,4", [2, 5]),
    ],
)
def test_lines_are_counted_as_an_editor_counts_them(tmp_path, content, lines):
    assert read(tmp_path, content)["line"].tolist() == lines


def test_a_single_column_may_hold_semicolons_below_its_header(tmp_path):
    assert read(tmp_path, b"\xef\xbb\xbfa\n1;2\n", ["a"])["a"].tolist() == ["1;2"]


UTF16 = "t.csv: found UTF-16 text; UTF-8; in Excel choose 'CSV UTF-8 (Comma delimited)' when saving"
EMPTY = "t.csv: found an empty file; a header row and at least the columns it names"
FIELDS = "a row has 2 fields; a decimal comma or a text with a comma needs a point or quotes"
FILES = {
    "a,b\n1\n1,2,3\n": [f"t.csv, row 2: found 1 fields; {FIELDS}", f"t.csv, row 3: found 3 fields; {FIELDS}"],
    "a;b\n1;2\n": ["t.csv, row 1: found 'a;b'; fields are separated by commas, not semicolons or tabs"],
    ";" * 70: [f"t.csv, row 1: found '{';' * 60}'; fields are separated by commas, not semicolons or tabs"],
    "a,c\n1\n": [
        "t.csv, row 1, column b: found no such column; the columns are a, b",
        "t.csv, row 1, column c: found an unknown or repeated column; the columns are a, b",
    ],
    "a,b,c;d\n1,2,3\n": ["t.csv, row 1, column c;d: found an unknown or repeated column; the columns are a, b"],
    "a,b,a\n1,2,3\n": ["t.csv, row 1, column a: found an unknown or repeated column; the columns are a, b"],
    "a,b\nto\u0302, y\n": [
        "t.csv, row 2, column a: found 'to\u0302'; composed accents (Unicode NFC); write 'tô' anew",
        "t.csv, row 2, column b: found ' y'; no space before or after a value",
    ],
    b"a,b\n1,2\n3,\xff4\n": [
        "t.csv, row 3: found \"b'\\\\xff'\"; UTF-8 text; in Excel choose 'CSV UTF-8 (Comma delimited)' when saving"
    ],
    **dict.fromkeys([b"", b"\n\n", b"   ", b"\xef\xbb\xbf", b"\xef\xbb\xbf \r\n"], [EMPTY]),
    **{"a,b\n1,2\n".encode(code): [UTF16] for code in ("utf-16", "utf-16-le", "utf-16-be")},
    "ăă".encode("utf-16"): [UTF16],
}


@pytest.mark.parametrize("content", FILES)
def test_each_fault_of_a_file_is_told_in_full(tmp_path, content):
    assert refusals(tmp_path, content) == FILES[content]


@pytest.mark.parametrize(
    ("content", "line"), [('a,b\n"x"y,2\n', 2), ('a,b\n1,2\n"x,2\n', 3), ('"a"x,b\n1,2\n', 1), ('a,b\n"x', 2)]
)
def test_broken_quotes_are_named_with_the_row_they_open_on(tmp_path, content, line):
    (words,) = refusals(tmp_path, content)
    assert words.startswith(f"t.csv, row {line}: found broken quotes; a CSV row in which every quote that opens is cl")


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path):
    for make in (lambda path: None, lambda path: path.mkdir()):
        make(tmp_path / "t.csv")
        with pytest.raises(DataError) as error:
            read_table(tmp_path / "t.csv", ["a"])
        assert error.value.in_language("en").endswith("t.csv: found no file; the folder must hold t.csv")


def test_rows_and_problems_are_taken_up_to_a_limit(tmp_path, monkeypatch):
    assert len(refusals(tmp_path, "a,b\n" + "1\n" * 200)) == 200
    more = refusals(tmp_path, "a,b\n" + "1\n" * 201)
    assert len(more) == 201 and more[0].startswith("t.csv: found further problems; only the first 200 ")
    assert len(refusals(tmp_path, ",".join(["a", "b", *map(str, range(30))]) + "\n")) == 18
    monkeypatch.setattr(contract, "TABLE_ROWS", 3)
    assert len(read(tmp_path, "a,b\n" + "1,2\n" * 3)) == 3
    with pytest.raises(KontumError, match=r"t\.csv: it has more than 3 rows; at most 3"):
        read(tmp_path, "a,b\n" + "1,2\n" * 4)


# --- cells and keys


def test_every_cell_that_is_wrong_by_itself_is_named(raw):
    for name in dict.fromkeys(case["table"] for case in CELLS):
        planted, table = [case for case in CELLS if case["table"] == name], raw[name].copy()
        for row, case in enumerate(planted):
            table.loc[row, case["column"]] = case["value"]
        problems = sorted(field_problems(name, table), key=lambda problem: problem.row)
        assert [problem.row for problem in problems] == list(range(2, len(planted) + 2))
        for problem, case in zip(problems, planted, strict=True):
            assert (problem.file, problem.column, problem.value) == (f"{name}.csv", case["column"], case["value"])
            assert case["words"] in problem.rule_words("en") and problem.rule_words("vi")


def test_a_key_that_stands_twice_is_named_with_its_first_row(raw):
    for name, key in KEYS.items():
        table = pd.concat([raw[name], raw[name].iloc[[1]].assign(line=999)], ignore_index=True)
        (problem,) = field_problems(name, table)
        assert (problem.row, problem.column) == (999, "+".join(key))
        assert problem.value == ", ".join(table.iloc[1][key]) and "the first is row 3" in problem.rule_words("en")


def test_a_table_in_which_every_row_is_wrong_lists_the_first_ones(raw):
    table = raw["observations"].assign(obs_value="x", obs_status="x")
    assert len(field_problems("observations", table)) == 201


@settings(max_examples=60)
@given(data=st.data())
def test_any_bytes_give_a_table_or_a_data_error(tmp_path_factory, data):
    content = bytearray((RAW / "conflicts.csv").read_bytes()[:2000])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    try:
        table = contract.parse_table("conflicts.csv", bytes(content), list(COLUMNS["conflicts"]))
    except DataError as error:
        assert error.problems and all(problem.file == "conflicts.csv" for problem in error.problems)
    else:
        assert table.columns.tolist() == [*COLUMNS["conflicts"], "line"]
        field_problems("conflicts", table)


# --- the contract itself, and the description made from it


def test_every_rule_has_words_and_every_link_a_column():
    rules = {rule for fields in COLUMNS.values() for rule in fields.values()}
    assert rules <= set(RULES)
    assert {rule for rule in rules if "pattern" in RULES[rule] and f"allowed.field.{rule}" not in labels()} == set()
    links = [(table, column, link) for table, columns in LINKS.items() for column, link in columns.items()]
    ends = [(link.split(".")[0], link.split(".")[1]) for _, _, link in links]
    assert [end for end in ends if end[1] not in COLUMNS[end[0]]] == []
    assert [link for link in links if link[1] not in COLUMNS[link[0]]] == []
    assert set(CONTRACT["processed"]["columns"]) <= set(RULES)


@pytest.fixture(scope="module")
def resources():
    return {resource["name"]: resource for resource in json.loads(package_text())["resources"]}


def test_the_committed_description_is_what_the_contract_makes():
    assert (DATA / "datapackage.json").read_text(encoding="utf-8") == package_text()


def test_every_table_and_column_is_described_in_both_languages(resources):
    tables = {f"processed_{path.stem}" for path in (DATA / "processed").glob("*.csv")} | set(COLUMNS)
    words = {name: [resource["title"]] for name, resource in resources.items()}
    for name, resource in resources.items():
        for field in resource["schema"]["fields"]:
            words[name] += [field["title"], field["description"]]
    assert set(words) == tables
    assert {name for name, texts in words.items() if not all(" / " in text for text in texts)} == set()


def test_types_keys_and_links_are_those_of_table_schema(resources):
    schema = resources["observations"]["schema"]
    fields = {field["name"]: field for field in schema["fields"]}
    assert {name: fields[name]["type"] for name in ("ref_area", "time_period", "obs_value")} == {
        "ref_area": "string",  # a code of digits is a text
        "time_period": "date",
        "obs_value": "number",
    }
    assert fields["bound"]["constraints"] == {"required": True, "enum": ["exact", "at_least", "at_most", "approximate"]}
    assert "required" not in fields["standard"]["constraints"] and fields["comment"]["constraints"]["pattern"]
    assert schema["primaryKey"] == KEYS["observations"]
    assert {link["fields"][0]: link["reference"]["resource"] for link in schema["foreignKeys"]} == {
        "ref_area": "areas",
        "indicator": "indicators",
        "source_id": "sources",
    }
    areas = {field["name"]: field for field in resources["areas"]["schema"]["fields"]}
    assert areas["is_poor_district"]["trueValues"] == ["1"] and areas["population"]["type"] == "integer"
    paths = {field["name"]: field for field in resources["processed_poverty_paths"]["schema"]["fields"]}
    assert "(%)" not in paths["rate"]["title"] and paths["rate"]["constraints"] == {"minimum": 0, "maximum": 1}


def judged(folder):
    """What frictionless, which knows the format and not us, says of a package: (table, kind of error)."""
    report = Package(str(folder / "datapackage.json")).validate()
    return {(task.name, error.type) for task in report.tasks for error in task.errors}


def test_frictionless_finds_the_data_as_described_and_planted_faults(tmp_path):
    assert judged(DATA) == set()
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
    assert judged(tmp_path / "data") == {
        ("areas", "type-error"),
        ("observations", "foreign-key"),
        ("processed_headline", "primary-key"),
        ("processed_poverty_paths", "constraint-error"),
    }
