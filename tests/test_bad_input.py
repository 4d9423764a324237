"""Every bad input ends in one clear error: file, row, column, value, what is allowed. Nothing is written."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planting import add_row, line_of, rows_of, set_field, snapshot, write_rows

import kontum_analysis as kt
from kontum_analysis.base import words as labels
from kontum_analysis.base.errors import translate
from kontum_analysis.base.files import RAW
from kontum_analysis.data import observations, reading, schemas
from kontum_analysis.data.rules import cross_table_problems

RATE = dict(ref_area="62", indicator="poverty_rate_pct", time_period="2022-12-31", obs_value="10.86")
COUNT = dict(ref_area="610", indicator="households_total", time_period="2021-12-31")


def found(problem, lang="en"):
    """What stood there: the value as it stands, or words such as "no file"."""
    return translate(problem.value, lang)


def problems_of(folder):
    """The problems of a folder, after checking that the message shows them and that nothing was written."""
    before = snapshot(folder)
    with pytest.raises(kt.DataError) as error:
        kt.load_observations(data=folder)
    assert snapshot(folder) == before
    message = str(error.value)
    for lang in labels.LANGUAGES:
        lines = error.value.in_language(lang).splitlines()[1:]
        assert len(lines) == len(error.value.problems) and all(line in message for line in lines)
        for problem, line in zip(error.value.problems, lines, strict=True):
            value = found(problem, lang)
            value = repr(value) if isinstance(problem.value, str) else value
            for part in (problem.file, problem.row, problem.column, value, problem.wanted(lang)):
                assert part is None or str(part) in line
    return error.value.problems


def only(problems):
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def found_at(problems, file, row, column):
    here = [p for p in problems if (p.file, p.row, p.column) == (file, row, column)]
    assert here, "\n".join(map(str, problems))
    return here[0]


# --- one field


WRONG_BY_ITSELF = [
    ("obs_value", "10,86", "decimal point"),
    ("obs_value", "13,389", "no thousands mark"),
    ("obs_value", "1.338.900", "no thousands mark"),
    ("obs_value", "", "a number"),
    ("obs_value", "n/a", "a number"),
    ("obs_value", "NaN", "a number"),
    ("obs_value", "inf", "a number"),
    ("obs_value", "1e1", "a number"),
    ("obs_value", "10.86%", "a number"),
    ("obs_value", "１０.８６", "a number"),  # full-width digits of an East Asian keyboard
    ("obs_value", "١٠", "a number"),
    ("ref_area", "", "a code"),
    ("ref_area", "kon-tum", "capital letters"),
    ("area_name", "", "not empty"),
    ("level", "tỉnh", "nation, region, province"),
    ("time_period", "31/12/2022", "YYYY-MM-DD"),
    ("time_period", "12/31/2022", "YYYY-MM-DD"),
    ("time_period", "2022-13-01", "YYYY-MM-DD"),
    ("time_period", "2022", "YYYY-MM-DD"),
    ("time_period", "2022-12-31T00:00:00", "YYYY-MM-DD"),
    ("time_period", "2022-2-3", "YYYY-MM-DD"),
    ("time_period", "9999-12-31", "YYYY-MM-DD"),
    ("time_period", "0022-12-31", "YYYY-MM-DD"),
    ("standard", "MDP_2021", "MDP_2022_2025"),
    ("bound", "about", "exact, at_least, at_most, approximate"),
    ("obs_status", "X", "A, E, P, U"),
    ("date_precision", "decade", "day, month, year, unknown"),
    ("comment", "x" * 201, "at most 200"),
]


def test_every_field_that_is_wrong_by_itself_is_named_with_its_row_column_value_and_what_is_allowed(raw_copy):
    file = raw_copy / "observations.csv"
    rows = rows_of(file)
    for n, (column, value, _) in enumerate(WRONG_BY_ITSELF):  # one to a row, on lines 101, 111, 121 …
        rows[100 + 10 * n][rows[0].index(column)] = value
    write_rows(file, rows)
    problems = problems_of(raw_copy)
    assert len(problems) == len(WRONG_BY_ITSELF)
    for n, (column, value, allowed) in enumerate(WRONG_BY_ITSELF):
        problem = found_at(problems, "observations.csv", 101 + 10 * n, column)
        assert problem.value == value and allowed in problem.wanted("en")


@pytest.mark.parametrize(
    ("where", "column", "value", "allowed"),
    [
        (COUNT, "obs_value", "13.389", "write 13389 if thousands were meant"),
        (COUNT, "obs_value", "13389.5", "a whole number of households"),
        (RATE, "obs_value", "0.1086", "write 10.86 if that is meant"),
        (RATE, "obs_value", "100.01", "from 0 to 100"),
        (RATE, "obs_value", "-1", "from 0 to 100"),
        (RATE, "ref_area", "999", "a code of areas.csv"),
        (RATE, "area_name", "Kon Tom", "Kon Tum, the name of 62"),
        (RATE, "level", "district", "province, the level of Kon Tum"),
        (RATE, "indicator", "poverty_rat_pct", "an indicator of indicators.csv"),
        (RATE, "time_period", "2023-02-30", "a day of the calendar"),
        (RATE, "time_period", "2022-11-30", "31 December where only the year is known"),
        (RATE, "time_period", "2026-12-31", "exists from"),
        (RATE, "unit_measure", "fraction", "percent, the unit of poverty_rate_pct"),
        (RATE, "source_id", "no-such-page", "a source_id of sources.csv"),
        (RATE, "comment", " a space before", "no space before or after"),
    ],
)
def test_a_field_that_is_wrong_beside_the_others_is_named_likewise(raw_copy, where, column, value, allowed):
    file = raw_copy / "observations.csv"
    line = line_of(file, **where)
    set_field(file, line, column, value)
    problem = found_at(problems_of(raw_copy), "observations.csv", line, column)
    assert problem.value == value and allowed in problem.wanted("en")


def test_a_decimal_comma_without_quotes_is_told_by_the_number_of_fields(raw_copy):
    file = raw_copy / "observations.csv"
    line = line_of(file, **RATE)
    lines = file.read_text(encoding="utf-8").split("\n")
    lines[line - 1] = lines[line - 1].replace(",10.86,", ",10,86,")
    file.write_text("\n".join(lines), encoding="utf-8")
    problem = only(problems_of(raw_copy))
    assert (problem.file, problem.row, found(problem)) == ("observations.csv", line, "14 fields")
    assert "decimal comma" in problem.wanted("en")


def test_text_in_decomposed_accents_is_named_and_so_is_the_remedy(raw_copy):
    file = raw_copy / "observations.csv"
    line = line_of(file, ref_area="617")
    set_field(file, line, "area_name", unicodedata.normalize("NFD", "Tu Mơ Rông"))
    problem = only(problems_of(raw_copy))
    assert (problem.row, problem.column) == (line, "area_name") and "NFC" in problem.wanted("en")


# --- rows and keys


def test_a_row_given_twice_is_named_with_the_row_of_the_first(raw_copy):
    file = raw_copy / "observations.csv"
    first = line_of(file, **RATE)
    line = add_row(file, first)
    problem = only(problems_of(raw_copy))
    assert (problem.file, problem.row) == ("observations.csv", line)
    assert problem.column.startswith("ref_area+level") and f"row {first}" in problem.wanted("en")


def test_a_repeated_code_in_any_table_is_refused(raw_copy):
    for name in ("sources", "indicators", "targets", "crosswalk_2025"):
        line = add_row(raw_copy / f"{name}.csv", 2)
        assert found_at(problems_of(raw_copy), f"{name}.csv", line, "+".join(schemas.KEYS[name]))


@pytest.mark.parametrize(("change", "fields"), [(lambda row: row[:-1], 12), (lambda row: [*row, "x"], 14)])
def test_a_ragged_row_is_named_with_the_number_of_its_fields(raw_copy, change, fields):
    rows = rows_of(raw_copy / "observations.csv")
    rows[99] = change(rows[99])
    write_rows(raw_copy / "observations.csv", rows)
    problem = only(problems_of(raw_copy))
    assert problem.row == 100 and found(problem) == f"{fields} fields" and "13 fields" in problem.wanted("en")


def test_all_problems_of_all_files_are_listed_together_in_order(raw_copy):
    file = raw_copy / "observations.csv"
    set_field(file, 900, "time_period", "31/12/2023")
    set_field(file, 10, "obs_value", "1,5")
    set_field(file, 500, "bound", "about")
    set_field(file, 500, "obs_status", "X")
    set_field(raw_copy / "sources.csv", 7, "published", "12/2023")
    (raw_copy / "targets.csv").unlink()
    problems = problems_of(raw_copy)
    assert [(p.file, p.row, p.column) for p in problems] == [
        ("observations.csv", 10, "obs_value"),
        ("observations.csv", 500, "bound"),
        ("observations.csv", 500, "obs_status"),
        ("observations.csv", 900, "time_period"),
        ("sources.csv", 7, "published"),
        ("targets.csv", None, None),
    ]


def test_problems_across_tables_are_listed_together_too(raw_copy):
    file = raw_copy / "observations.csv"
    set_field(file, line_of(file, **RATE), "source_id", "no-such-page")
    set_field(file, line_of(file, **COUNT), "obs_value", "13.389")
    columns = {p.column for p in problems_of(raw_copy)}
    assert {"source_id", "obs_value"} <= columns


# --- columns


def test_a_missing_column_is_named(raw_copy):
    rows = rows_of(raw_copy / "observations.csv")
    write_rows(raw_copy / "observations.csv", [row[:6] + row[7:] for row in rows])
    problem = only(problems_of(raw_copy))
    assert (problem.row, problem.column) == (1, "obs_value") and "ref_area, area_name" in problem.wanted("en")


def test_an_unknown_and_a_repeated_column_are_named(raw_copy):
    rows = rows_of(raw_copy / "observations.csv")
    write_rows(raw_copy / "observations.csv", [[*row, "1"] if n else [*row, "weight"] for n, row in enumerate(rows)])
    assert only(problems_of(raw_copy)).column == "weight"
    write_rows(raw_copy / "observations.csv", [[*row, row[6]] for row in rows])
    assert only(problems_of(raw_copy)).column == "obs_value"


def test_columns_may_stand_in_another_order(raw_copy, obs):
    rows = rows_of(raw_copy / "observations.csv")
    write_rows(raw_copy / "observations.csv", [row[::-1] for row in rows])
    assert kt.load_observations(data=raw_copy).equals(obs)


# --- whole files


def content(folder):
    return (folder / "observations.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("empty", [b"", b"\n\n", b"   ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
def test_an_empty_file_is_refused(raw_copy, empty):
    (raw_copy / "observations.csv").write_bytes(empty)
    problem = only(problems_of(raw_copy))
    assert problem.file == "observations.csv" and found(problem) == "an empty file" and "header" in problem.wanted("en")


@pytest.mark.parametrize("name", sorted(schemas.COLUMNS))
def test_a_missing_file_is_named(raw_copy, name):
    (raw_copy / f"{name}.csv").unlink()
    problem = only(problems_of(raw_copy))
    assert problem.file == f"{name}.csv" and found(problem) == "no file"


@pytest.mark.parametrize("name", ["observations", "sources", "areas", "indicators", "conflicts"])
def test_a_table_with_a_header_and_no_rows_never_ends_in_a_traceback(raw_copy, name):
    write_rows(raw_copy / f"{name}.csv", rows_of(raw_copy / f"{name}.csv")[:1])
    assert problems_of(raw_copy)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_utf_16_export_is_told_by_name_with_the_way_out(raw_copy, encoding):
    (raw_copy / "observations.csv").write_bytes(content(raw_copy).encode(encoding))
    problem = only(problems_of(raw_copy))
    assert found(problem) == "UTF-16 text" and "CSV UTF-8" in problem.wanted("en")


def test_bytes_of_another_code_page_are_named_with_their_row(raw_copy):
    file = raw_copy / "observations.csv"
    line = line_of(file, ref_area="610")
    lines = file.read_bytes().split(b"\n")
    lines[line - 1] = lines[line - 1].replace("Đăk".encode(), "Đăk".encode("cp1258"))
    file.write_bytes(b"\n".join(lines))
    problem = only(problems_of(raw_copy))
    assert (problem.row, problem.column) == (line, None) and "UTF-8" in problem.wanted("en")


def test_semicolons_between_fields_are_told_by_name(raw_copy):
    rows = rows_of(raw_copy / "observations.csv")
    (raw_copy / "observations.csv").write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    problem = only(problems_of(raw_copy))
    assert problem.row == 1 and "commas, not semicolons" in problem.wanted("en")


def test_broken_quotes_are_named_with_the_row_they_open_on(raw_copy):
    lines = content(raw_copy).split("\n")
    lines[49] = lines[49].rpartition(",")[0] + ',"never closed'
    (raw_copy / "observations.csv").write_text("\n".join(lines), encoding="utf-8")
    problem = only(problems_of(raw_copy))
    assert (problem.row, found(problem)) == (50, "broken quotes")


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(kt.KontumError, match="nowhere: no such folder"):
        kt.load_observations(data=tmp_path / "nowhere")


def test_a_folder_where_a_file_should_be_is_refused(raw_copy):
    (raw_copy / "targets.csv").unlink()
    (raw_copy / "targets.csv").mkdir()
    with pytest.raises(kt.DataError, match=r"targets.csv.*no file"):
        kt.load_observations(data=raw_copy)


@pytest.mark.parametrize(
    "wrap", [lambda b: b"\xef\xbb\xbf" + b, lambda b: b.replace(b"\n", b"\r\n"), lambda b: b + b"\n\n"]
)
def test_a_byte_order_mark_windows_line_ends_and_empty_lines_are_accepted(raw_copy, obs, wrap):
    file = raw_copy / "observations.csv"
    file.write_bytes(wrap(file.read_bytes()))
    assert kt.load_observations(data=raw_copy).equals(obs)


# --- dates of publication


@pytest.mark.parametrize("value", ["2023-02-30", "31/12/2023", "12-2023", "9999", "0001-01-01", "2023-00"])
def test_a_source_published_on_no_day_is_refused(raw_copy, value):
    set_field(raw_copy / "sources.csv", 3, "published", value)
    assert found_at(problems_of(raw_copy), "sources.csv", 3, "published").value == value


# --- anything at all

OBSERVATIONS = rows_of(RAW / "observations.csv")
WORDS = st.sampled_from(
    [
        "",
        "0",
        "-1",
        "1e5",
        "9" * 400,
        "0." + "1" * 400,
        "62",
        "617",
        "exact",
        "2021-12-31",
        "x|y",
        "'",
        '"',
        ",",
        "\x00",
        "\u0301",
        "Đăk",
        "½",
        "٣",
        "1\n",
        "NaN",
        "None",
        "=1+1",
        "12,5",
        "1_000",
    ]
)


def verdict(tables):
    """What loading would say of these texts: the same steps, without those for the tables that are not changed."""
    problems = schemas.field_problems("observations", tables["observations"], "observations.csv")
    return problems or cross_table_problems(tables)


@settings(max_examples=30)
@given(
    line=st.integers(1, len(OBSERVATIONS) - 1),
    column=st.sampled_from(list(schemas.COLUMNS["observations"])),
    value=WORDS | st.text(max_size=12),
)
def test_any_text_in_any_field_gives_problems_or_none_and_never_a_traceback(raw, tmp_path, line, column, value):
    rows = [list(row) for row in OBSERVATIONS]
    rows[line][rows[0].index(column)] = value
    file = tmp_path / "observations.csv"
    write_rows(file, rows)
    try:
        table = reading.read_text_table(file, list(schemas.COLUMNS["observations"]))
    except kt.DataError as error:
        assert all(p.file == "observations.csv" for p in error.problems)
        return
    for problem in verdict({**raw, "observations": table}):
        assert problem.wanted("vi") and problem.file.endswith(".csv")


@settings(max_examples=150)
@given(st.data())
def test_any_bytes_in_a_file_give_a_table_or_a_data_error(tmp_path_factory, data):
    content = bytearray((RAW / "conflicts.csv").read_bytes()[:2000])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    file = tmp_path_factory.getbasetemp() / "conflicts.csv"
    file.write_bytes(content)
    columns = list(schemas.COLUMNS["conflicts"])
    try:
        table = reading.read_text_table(file, columns)
    except kt.DataError as error:
        assert error.problems and all(p.file == "conflicts.csv" for p in error.problems)
    else:
        assert table.columns.tolist() == [*columns, "line"]
        schemas.field_problems("conflicts", table, "conflicts.csv")


def test_what_was_found_valid_is_not_trusted_once_the_file_changes(raw_copy):
    kt.load_observations(data=raw_copy)
    file = raw_copy / "observations.csv"
    set_field(file, line_of(file, **RATE), "obs_value", "1086.5")
    assert problems_of(raw_copy)


def test_a_table_taken_from_the_cache_may_be_changed_without_harm():
    table = observations.raw_tables()["observations"]
    table["obs_value"] = "0"
    assert (observations.raw_tables()["observations"]["obs_value"] != "0").any()
