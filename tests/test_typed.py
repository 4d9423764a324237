"""What a cell means: numbers in every way of writing and every format, days, marks; and what each refusal says."""

from datetime import date, datetime

import pytest
from corpus.write import Shown, written_by_libreoffice, written_by_openpyxl, written_by_xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from kontum_analysis.base.errors import KontumError
from kontum_analysis.offices.opening import open_sheets
from kontum_analysis.offices.sheets import Cell
from kontum_analysis.offices.typed import FORMATS, WORDS, cell_value, day, decimal_number, whole_number

READ = [  # a reader, what it reads, the ways of writing it
    (whole_number, 0, [0, "0"]),
    (whole_number, 1, [1]),
    (whole_number, 12, ["12"]),
    (whole_number, 812, [812.0]),
    (whole_number, 1234, ["1.234", "1,234", "1234,00", "1'234", " 1 234 "]),
    (whole_number, 1_234_567, ["1.234.567", "1’234’567"]),
    (whole_number, 10_000_000, [10_000_000, "10.000.000"]),
    (decimal_number, 0.0, [0, "0"]),
    (decimal_number, 0.5, [0.5]),
    (decimal_number, 7.0, ["7 %"]),
    (decimal_number, 9.97, ["9,970"]),
    (decimal_number, 15.32, ["15,32", "15.32"]),
    (decimal_number, 1234.5, ["1.234,5", "1,234.5", "1'234,5"]),
    (decimal_number, 1234.567, ["1234.567"]),
    (decimal_number, 1_234_567.25, ["1.234.567,25", "1,234,567.25"]),
]


def test_counts_and_rates_are_read_with_every_mark_of_thousands():
    wrong = []
    for reader, value, spellings in READ:
        for words in spellings:
            number = reader(words)
            wrong += [(words, number)] * (number != value or type(number) is not type(value))
    assert wrong == []


REFUSED = [  # a reader, what its refusal says is allowed there, what it refuses
    (whole_number, "negative", [-1, -3, -0.5, "-1", "-3", "−1", "–1"]),
    (whole_number, "dash", ["-", "–", "−", "---"]),
    (whole_number, "whole_thousands", [1.234, 12.5, 999.999]),
    (
        whole_number,
        "whole",
        [None, True, float("nan"), 1000.5, 1.2345, 10_000_001, 10**9, "10.000.001", "", "1-2", "X"],
    ),
    (whole_number, "whole", ["12,5", "1.23", "1.234,5", "12 xe", "1e3", "²"]),
    (decimal_number, "decimal", [None, True, float("nan"), "15,3 %%", "1,234,5"]),
    (decimal_number, "negative", [-0.5, "–0,5"]),
    (decimal_number, "dash", ["-"]),
    (decimal_number, "ambiguous", ["123.456"]),
]


def refusal(reader, words):
    with pytest.raises(KontumError) as refused:
        reader(words)
    return refused.value


def test_each_refusal_says_what_is_allowed_there():
    cases = [(reader, key, words) for reader, key, all_words in REFUSED for words in all_words]
    assert [case for case in cases if refusal(case[0], case[2]).key != f"own.allowed.{case[1]}"] == []


def test_a_day_is_read_day_first_from_a_date_or_from_text():
    days = [date(2025, 1, 5), datetime(2025, 1, 5, 23, 59), "5/1/2025", "05.01.2025", "5-1-2025", " 2025-1-5 "]
    assert {day(words) for words in days} == {"2025-01-05"}


def test_a_thousand_that_excel_took_for_a_fraction_is_explained():
    refused = refusal(whole_number, 1.234)
    assert "1234" in refused.in_language("vi") and refused.values == {"meant": 1234}


def test_a_rate_whose_point_may_part_thousands_is_refused_with_both_readings():
    refused = refusal(decimal_number, "1.234")
    assert refused.values == {"comma": "1,234", "whole": "1234"}
    assert refused.in_language("en").endswith("write 1,234 or 1234")


def test_what_is_no_day_is_refused():
    assert all(refusal(day, words) for words in ("31/2/2025", "2025", "tháng 1", 45000, ""))


CELLS = [
    # value, number format, kind, what it means; or the key of the refusal
    (0.0078, "0.00%", "rate", 0.78),
    (0.78, '0.00"%"', "rate", 0.78),
    (0.78, "0.00\\%", "rate", 0.78),
    (0.5, "0%", "count", "own.allowed.whole"),
    (12345, "#,##0,", "count", 12345),
    (45, '0".000"', "count", 45000),
    (0, '#,##0;-#,##0;"-"', "count", 0),
    (0, "0;-0;;@", "count", None),
    (5, ";;;", "count", None),
    (28.999999999999996, "General", "count", 29),
    (350.43217, "#,##0", "count", 350),
    (350.43217, "General", "count", "own.allowed.whole"),
    (15 / 19, "??/??", "criteria", 15),
    (15 / 19, "General", "criteria", "own.allowed.whole"),
    ("15/19", "", "criteria", 15),
    ("20/19", "", "criteria", "own.allowed.criteria"),
    ("800¹", "", "count", 800),
    ("800 (1)", "", "count", 800),
    ("800 1", "", "count", "own.allowed.whole"),
    ("1 234 567", "", "count", 1234567),
    (7.8, '0.0"‰"', "rate", "own.allowed.percent"),
    ("0 hộ", "", "count", 0),
    ("…", "", "count", None),
    ("n/a", "", "count", None),
    ("-", "", "count", "own.allowed.dash"),
    ("khoảng 800", "", "count", "own.allowed.bound"),
    (">800", "", "count", "own.allowed.bound"),
    ("3,", "", "rate", "own.allowed.decimal"),
    (".5", "", "rate", "own.allowed.decimal"),
    ("1e5", "", "rate", "own.allowed.decimal"),
    ("1.234.567", "", "rate", "own.allowed.ambiguous"),
    (date(2019, 12, 1), "mmm-yy", "criteria", "own.allowed.no_date"),
    (100.1, "", "rate", "own.allowed.percent"),
    ("x", "", "mark", True),
    ("Chưa đạt", "", "mark", False),
    (True, "General", "mark", True),
    (1.0, "General", "mark", True),
    ("?", "", "mark", "own.allowed.mark"),
]


def meaning(value, number_format, kind):
    try:
        return cell_value(Cell(value, number_format), kind)
    except KontumError as refused:
        return refused.key


def test_each_form_of_a_cell_means_what_the_office_sees():
    wrong = [(cell, meaning(*cell[:3])) for cell in CELLS if meaning(*cell[:3]) != cell[3]]
    assert wrong == []


def test_each_rule_names_where_it_was_met():
    assert all(rule.name and (rule.report or rule.name == "negative") for rule in (*FORMATS, *WORDS))


@pytest.mark.parametrize(
    "cell, key", [(Cell(is_uncalculated=True), "no_result"), (Cell("#N/A", is_error=True), "excel_error")]
)
def test_a_cell_without_a_value_of_its_own_is_refused_by_name(cell, key):
    with pytest.raises(KontumError) as refused:
        cell_value(cell, "count")
    assert refused.value.key == f"own.allowed.{key}"


def test_a_day_that_reads_in_two_orders_is_asked_about():
    with pytest.raises(KontumError) as refused:
        day("05/01/2025", is_day_first=False)
    assert refused.value.values == {"day_first": "2025-01-05", "month_first": "2025-05-01"}
    assert day("15/01/2025", is_day_first=False) == day("ngày 15 tháng 1 năm 2025", is_day_first=False) == "2025-01-15"
    assert day("05/05/2025", is_day_first=False) == "2025-05-05"


# formats that show a number as it is, and those that show a hundredth of it as per cent
PLAIN = [
    "General",
    "0",
    "#,##0",
    "#,##0.00",
    "0.0",
    "# ##0",
    '0" hộ"',
    "#,##0;[Red]-#,##0",
    "_-* #,##0_-;-* #,##0_-",
    "@",
]
RATES = [("0.00%", 100), ("0%", 100), ("0.0 %", 100), ('0.00"%"', 1), ("0.00\\%", 1), ("0.00", 1), ("General", 1)]
counts = st.lists(st.tuples(st.integers(0, 10_000_000), st.sampled_from(PLAIN)), min_size=1, max_size=30)
rates = st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(RATES)), min_size=1, max_size=30)


def read_back(path, cells, kind, write):
    write(path, {"a": [[cell] for cell in cells]})
    return [cell_value(row[0], kind) for row in open_sheets(path)[0].rows]


@pytest.mark.parametrize("write", [written_by_xlsxwriter, written_by_openpyxl])
@given(numbers=counts)
@settings(max_examples=25)
def test_counts_of_any_format_are_read_back(tmp_path, write, numbers):
    cells = [Shown(number, look) for number, look in numbers]
    assert read_back(tmp_path / "a.xlsx", cells, "count", write) == [number for number, _ in numbers]


@pytest.mark.parametrize("write", [written_by_xlsxwriter, written_by_openpyxl])
@given(numbers=rates)
@settings(max_examples=25)
def test_rates_of_any_format_are_read_back(tmp_path, write, numbers):
    cells = [Shown(number / 100 / scale, look) for number, (look, scale) in numbers]
    assert read_back(tmp_path / "a.xlsx", cells, "rate", write) == [number / 100 for number, _ in numbers]


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xls"])
def test_numbers_saved_by_libreoffice_are_read_back(tmp_path, suffix):
    numbers = [(n * 7919 % 100_003, look) for n, look in enumerate(PLAIN * 4)]
    cells = [Shown(number, look) for number, look in numbers]
    assert read_back(tmp_path / f"a.{suffix}", cells, "count", written_by_libreoffice) == [
        number for number, _ in numbers
    ]
    rates = [(n * 613 % 9973, rate) for n, rate in enumerate(RATES * 4)]
    cells = [Shown(number / 100 / scale, look) for number, (look, scale) in rates]
    if suffix == "xlsx":  # the other formats show no per cent signs: such a column is asked about
        assert read_back(tmp_path / "b.xlsx", cells, "rate", written_by_libreoffice) == [
            number / 100 for number, _ in rates
        ]
