"""Numbers, days and lists as each language writes them."""

from string import Formatter

import pandas as pd
import pytest

from kontum_analysis.base import words
from kontum_analysis.base.words import chance, day_words, exact_day, join_names, number, percent, plain, printed_day

NUMBERS = [
    (15.32, 2, "15,32", "15.32"),
    (1200, 0, "1.200", "1,200"),
    (1234567.891, 1, "1.234.567,9", "1,234,567.9"),
    (-4.46, 2, "−4,46", "−4.46"),
    (-0.04, 1, "0,0", "0.0"),
    (0, 0, "0", "0"),
    (99.995, 1, "100,0", "100.0"),
    (pd.Series([7]).iloc[0], 0, "7", "7"),
    *((missing, 1, "–", "–") for missing in (None, float("nan"), pd.NA, pd.NaT)),
]


def test_numbers_are_written_as_each_language_writes_them():
    lines = [
        (value, decimals, number(value, decimals, "vi"), number(value, decimals, "en"))
        for value, decimals, *_ in NUMBERS
    ]
    assert [text for text, right in zip(lines, NUMBERS, strict=True) if text[2:] != right[2:]] == []


def test_placeholders_take_numbers_and_per_cents_of_the_language(monkeypatch):
    monkeypatch.setattr(words, "labels", lambda: {"k": {"vi": "{a:n1} và {b:p2} %", "en": "{a:n1} and {b:p2} %"}})
    assert words.text("k", "vi", a=1234.56, b=0.1532) == "1.234,6 và 15,32 %"
    assert words.text("k", "en", a=1234.56, b=0.1532) == "1,234.6 and 15.32 %"
    for missing in (None, pd.NA):
        assert words.text("k", "en", a=missing, b=missing) == "– and – %"


def test_a_chance_is_never_written_as_certain():
    values = [0.0, 0.0099, 0.01, 0.5, 0.99, 0.991, 1.0, float("nan")]
    assert [chance(p, "en").replace("\xa0", "") for p in values] == ["<1", "<1", "1", "50", "99", ">99", ">99", "–"]
    assert [percent(p, "vi").replace("\xa0", "") for p in values[-3:]] == [">99%", ">99%", "–"]


def test_a_number_has_as_many_decimals_as_it_has():
    assert [plain(value, "vi") for value in (42.0, 88.1, 0.06897, 1200.5)] == ["42", "88,1", "0,07", "1.200,5"]
    assert plain(0.06897, "en", most=4) == "0.069"


@pytest.mark.parametrize(
    ("day", "vi", "en"),
    [
        ("2023-02-05", "05/02/2023", "5 February 2023"),
        ("2024-06-19", "19/6/2024", "19 June 2024"),
        ("2022-12-31", "cuối năm 2022", "end of 2022"),
        ("2021-07-01", "trong năm 2021", "during 2021"),
        ("", "–", "–"),
    ],
)
def test_days_in_words(day, vi, en):
    assert (day_words(day, "vi"), day_words(day, "en")) == (vi, en)


def test_a_day_a_month_or_a_year_is_shown_as_it_is_printed():
    assert [printed_day(day, "vi") for day in ("2022-11", "2022", "2022-11-05", "")] == [
        "tháng 11/2022",
        "2022",
        "05/11/2022",
        "",
    ]
    assert exact_day("2023-02-28", "vi", month_only=True) == "tháng 02/2023"
    assert exact_day("2023-12-31", "en") == "31 December 2023" and day_words("2023-04-30", "en", True) == "April 2023"


def test_names_are_listed_as_a_sentence_does():
    assert [join_names(names, "vi") for names in ([], ["a"], ["a", "b"], iter("abc"))] == [
        "",
        "a",
        "a và b",
        "a, b và c",
    ]
    assert join_names("abc", "en") == "a, b and c"


class OneNumber(words.Lookup):
    """A table that holds the same number at every address."""

    def __init__(self, value):
        self.value = value

    def __getitem__(self, address):
        return self.value


def values_of(shape, number_of_all):
    """A value for each placeholder of a label: the number of all, a day, or a text where repr is asked for."""
    values = {}
    for _, name, spec, conversion in Formatter().parse(shape):
        key, is_lookup, _ = (name or "").partition("[")
        value = "2023-12-31" if spec == "d" else "x" if conversion else number_of_all
        values[key] = OneNumber(value) if is_lookup else value
    return values


def test_no_vietnamese_label_writes_a_decimal_point():
    """A share and a rate in every placeholder of every label: 0,25 and 12,5, whatever the label asks for."""
    wrong = []
    for key, label in words.labels().items():
        for value, point in ((0.25, "0.25"), (12.5, "12.5")):
            sentence = words.text(key, "vi", **values_of(label["vi"], value))
            wrong += [(key, sentence)] * (point in sentence.replace(point, "", label["vi"].count(point)))
    assert wrong == []


def test_a_number_without_a_format_has_as_many_decimals_as_it_has(monkeypatch):
    monkeypatch.setattr(words, "labels", lambda: {"k": {"vi": "{a:g}; {b}; {c}", "en": "{a:g}; {b}; {c}"}})
    assert words.text("k", "vi", a=21989, b=0.125, c=2025) == "21.989; 0,125; 2025"
    assert words.text("k", "en", a=3.5, b=float("inf"), c="3.5") == "3.5; inf; 3.5"
