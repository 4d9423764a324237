"""The strict reader: text as it stands, line numbers that can be trusted, every fault of a file at once."""

import unicodedata

import pytest

import kontum_analysis as kt
from kontum_analysis.errors import DataError, Problem, Words
from kontum_analysis.reading import read_text_table


def read(tmp_path, content, columns=("a", "b")):
    file = tmp_path / "t.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_text_table(file, list(columns))


def problems(tmp_path, content, columns=("a", "b")):
    with pytest.raises(DataError) as error:
        read(tmp_path, content, columns)
    return [(p.row, p.column) for p in error.value.problems]


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
