"""The strict reader: text as it stands, line numbers that can be trusted, every fault of a file at once."""

import unicodedata

import pytest

import kontum_analysis as kt
from kontum_analysis.base.errors import DataError, KontumError, Problem, Words
from kontum_analysis.data import reading
from kontum_analysis.data.reading import read_text_table


def read(tmp_path, content, columns=("a", "b")):
    file = tmp_path / "t.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_text_table(file, list(columns))


def problems(tmp_path, content, columns=("a", "b")):
    with pytest.raises(DataError) as error:
        read(tmp_path, content, columns)
    return [(p.row, p.column) for p in error.value.problems]


def said(tmp_path, content, columns=("a", "b")):
    with pytest.raises(DataError) as error:
        read(tmp_path, content, columns)
    return [p.in_language("en") for p in error.value.problems]


def test_every_field_is_text_as_it_stands(tmp_path):
    table = read(tmp_path, "a,b\n007,NA\n1.50,\n")
    assert table["a"].tolist() == ["007", "1.50"] and table["b"].tolist() == ["NA", ""]


def test_columns_come_in_the_order_asked_for_whatever_the_file_has(tmp_path):
    assert read(tmp_path, "b,a\n1,2\n").columns.tolist() == ["a", "b", "line"]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    table = read(tmp_path, 'a,b\n1,2\n\n"two\nlines",3\n4,5\n')
    assert table["line"].tolist() == [2, 4, 6]


def test_all_ragged_rows_and_all_bad_texts_are_listed(tmp_path):
    decomposed = unicodedata.normalize("NFD", "Đăk Tô")
    assert problems(tmp_path, f"a,b\n1\n1,2,3\n{decomposed}, x\n") == [(2, None), (3, None), (4, "a"), (4, "b")]


def test_a_name_in_composed_accents_passes(tmp_path):
    assert read(tmp_path, "a,b\nĐăk Tô,Tu Mơ Rông\n")["a"].tolist() == ["Đăk Tô"]


def test_the_header_is_checked_before_the_rows(tmp_path):
    assert problems(tmp_path, "a,c\n1\n") == [(1, "b"), (1, "c")]


def test_a_quote_inside_a_field_is_doubled_and_one_left_open_is_refused(tmp_path):
    assert read(tmp_path, 'a,b\n"say ""x""",2\n')["a"].tolist() == ['say "x"']
    assert problems(tmp_path, 'a,b\n"x"y,2\n') == [(2, None)]
    assert problems(tmp_path, 'a,b\n1,2\n"x,2\n') == [(3, None)]
    assert problems(tmp_path, '"a"x,b\n1,2\n') == [(1, None)]


def test_line_ends_of_every_system_part_rows_and_stay_as_they_are_inside_a_field(tmp_path):
    assert read(tmp_path, 'a,b\r\n"x\r\ny",2\r\n')["a"].tolist() == ["x\r\ny"]
    assert read(tmp_path, "a,b\r1,2\r")["line"].tolist() == [2]


def test_a_table_without_rows_has_the_types_of_one_with_rows(tmp_path):
    types = read(tmp_path, "a,b\n1,2\n").dtypes[["a", "b"]]
    assert read(tmp_path, "a,b\n").dtypes[["a", "b"]].equals(types)


def test_rows_and_problems_up_to_the_limit_are_taken_and_one_more_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "TABLE_ROWS", 3)
    assert len(read(tmp_path, "a,b\n" + "1,2\n" * 3)) == 3
    with pytest.raises(KontumError, match=r"t\.csv: it has more than 3 rows; at most 3"):
        read(tmp_path, "a,b\n" + "1,2\n" * 4)
    monkeypatch.undo()
    assert len(problems(tmp_path, "a,b\n" + "1\n" * 200)) == 200
    many = said(tmp_path, "a,b\n" + "1\n" * 201)
    assert len(said(tmp_path, "a,b\n" + "1\n" * 300)) == 201
    assert len(many) == 201 and many[0].startswith("t.csv: found further problems; only the first 200 ")


def test_of_a_header_far_too_long_ten_times_the_columns_are_looked_at(tmp_path):
    assert len(problems(tmp_path, ",".join(["a", "b", *map(str, range(30))]) + "\n")) == 18


FAULTS = {
    "a,b\n1\n": "t.csv, row 2: found 1 fields; a row has 2 fields; "
    "a decimal comma or a text with a comma needs a point or quotes",
    "a;b\n1;2\n": "t.csv, row 1: found 'a;b'; fields are separated by commas, not semicolons",
    ";" * 70: f"t.csv, row 1: found '{';' * 60}'; fields are separated by commas, not semicolons",
    "a\n1\n": "t.csv, row 1, column b: found no such column; the columns are a, b",
    "a,b,c;d\n1,2,3\n": "t.csv, row 1, column c;d: found an unknown or repeated column; the columns are a, b",
    "a,b,a\n1,2,3\n": "t.csv, row 1, column a: found an unknown or repeated column; the columns are a, b",
    "a,b\nx, y\n": "t.csv, row 2, column b: found ' y'; no space before or after a value",
    "a,b\nto\u0302,1\n": "t.csv, row 2, column a: found 'to\u0302'; composed accents (Unicode NFC); write 'tô' anew",
    b"a,b\n1,2\n3,\xff4\n": "t.csv, row 3: found \"b'\\\\xff'\"; UTF-8 text; in Excel choose "
    "'CSV UTF-8 (Comma delimited)' when saving",
    b"\xef\xbb\xbf \n": "t.csv: found an empty file; a header row and at least the columns it names",
    "a,b\n1,2\n".encode(
        "utf-16"
    ): "t.csv: found UTF-16 text; UTF-8; in Excel choose 'CSV UTF-8 (Comma delimited)' when saving",
    "a,b\n1,2\n".encode(
        "utf-16-le"
    ): "t.csv: found UTF-16 text; UTF-8; in Excel choose 'CSV UTF-8 (Comma delimited)' when saving",
    "ă,b\n".encode(
        "utf-16"
    ): "t.csv: found UTF-16 text; UTF-8; in Excel choose 'CSV UTF-8 (Comma delimited)' when saving",
}


@pytest.mark.parametrize("content", FAULTS)
def test_each_fault_is_told_in_full(tmp_path, content):
    assert said(tmp_path, content) == [FAULTS[content]]


def test_broken_quotes_are_told_with_the_words_of_the_reader(tmp_path):
    found = said(tmp_path, 'a,b\n"x"y,2\n')[0]
    assert found.startswith("t.csv, row 2: found broken quotes; a CSV row in which") and " expected after " in found


def test_a_file_in_utf16_without_one_zero_byte_is_told_from_its_mark(tmp_path):
    assert "UTF-16" in said(tmp_path, "ăă".encode("utf-16"))[0]


def test_a_header_of_one_column_needs_no_comma_and_the_mark_of_excel_is_no_part_of_it(tmp_path):
    assert read(tmp_path, b"\xef\xbb\xbfa\n1;2\n", ["a"])["a"].tolist() == ["1;2"]


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path):
    with pytest.raises(DataError) as error:
        read_text_table(tmp_path / "t.csv", ["a"])
    assert [p.in_language("en") for p in error.value.problems] == ["t.csv: found no file; the folder must hold t.csv"]


def test_problems_print_where_what_and_what_is_allowed_in_the_order_of_the_file():
    late = Problem("a.csv", 9, "c", "1,5", "allowed.field.whole")
    early = Problem("a.csv", 2, None, Words("error.fields", count=3), "allowed.one_of", {"values": ["x", "y"]})
    message = str(DataError([late, early]))
    assert message.splitlines() == [
        "Số lỗi tìm thấy: 2",
        "  a.csv, dòng 2: 3 trường; chỉ nhận một trong x, y",
        "  a.csv, dòng 9, cột c: gặp '1,5'; cần một số nguyên",
        "Problems found: 2",
        "  a.csv, row 2: found 3 fields; one of x, y",
        "  a.csv, row 9, column c: found '1,5'; a whole number",
    ]


def test_every_error_of_ours_is_a_kontum_error_and_a_value_error():
    for error in (kt.DataError, kt.UnknownAreaError, kt.ScenarioError):
        assert issubclass(error, kt.KontumError) and issubclass(error, ValueError)
