"""Tables as people send them: encodings, numbers as typed, and every mistake told with sheet, row and column."""

import csv
import io
import unicodedata
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from office import DATE, DOCUMENT, FIRST, OFFICE, filled

from kontum_analysis.base.errors import DataError, KontumError
from kontum_analysis.offices.filled import read_filled
from kontum_analysis.offices.template import template
from kontum_analysis.offices.typed import day, decimal_number, whole_number

META = dict(office=OFFICE, document=DOCUMENT, date=DATE, year=2024)
TABLE = [
    ["Tên xã", "Huyện", "Tổng số hộ", "Số hộ nghèo", "Tỷ lệ hộ nghèo"],
    ["Đăk Long", "Đăk Glei", "1.234", "123", "9,97"],
    ["xã Mường Hoong", "Huyện Đăk Glei", "1 012", "0", "0"],
    ["Tổng cộng", "", "2.246", "123", ""],
]


def text_of(rows, separator):
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def windows_1258(text):
    """As Vietnamese Windows writes it: base letter with its mark, then the tone."""
    apart = {}
    for letter in set(text):
        try:
            apart[letter] = letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
            apart[letter] = (unicodedata.normalize("NFC", parts.replace(tone, "")) + tone).encode("cp1258")
    return b"".join(apart[letter] for letter in text)


ENCODINGS = {
    "utf-8": lambda text: text.encode("utf-8"),
    "utf-8 with mark": lambda text: text.encode("utf-8-sig"),
    "decomposed utf-8": lambda text: unicodedata.normalize("NFD", text).encode("utf-8"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 without mark": lambda text: text.encode("utf-16-le"),
    "windows-1258": windows_1258,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_in_every_way_vietnamese_excel_saves_it(tmp_path, encoding, separator):
    path = tmp_path / "xa.csv"
    path.write_bytes(ENCODINGS[encoding](text_of(TABLE, separator)))
    table = read_filled(path, **META)
    assert {e.code: e.values for e in table.entries} == {
        "23368": {"households_total": 1234, "poor_households": 123, "poverty_rate_pct": 9.97},
        "23362": {"households_total": 1012, "poor_households": 0, "poverty_rate_pct": 0.0},
    }
    assert table.office == OFFICE and table.date == "2025-01-15"


@pytest.mark.parametrize(
    "typed, value",
    [("1.234", 1234), ("1,234", 1234), ("1.234.567", 1234567), ("12", 12), (812.0, 812), ("0", 0), ("1234,00", 1234)],
)
def test_a_count_is_whole_whatever_parts_its_thousands(typed, value):
    assert whole_number(typed) == value


@pytest.mark.parametrize(
    "typed", ["12,5", "1.23", "1.234,5", "-3", -3, 12.5, 1.234, "12 hộ", True, "1e3", "²", float("nan"), "-", 10**9]
)
def test_what_is_no_count_is_refused(typed):
    with pytest.raises(KontumError) as refused:
        whole_number(typed)
    assert refused.value.key.startswith("own.allowed.")


REFUSED = [
    (whole_number, None, "whole"),
    (whole_number, -1, "negative"),
    (whole_number, -0.5, "negative"),
    (whole_number, "-1", "negative"),
    (whole_number, "−1", "negative"),
    (whole_number, "–1", "negative"),
    (whole_number, "-", "dash"),
    (whole_number, "–", "dash"),
    (whole_number, "−", "dash"),
    (whole_number, "---", "dash"),
    (whole_number, 10_000_001, "whole"),
    (whole_number, "10.000.001", "whole"),
    (whole_number, "", "whole"),
    (whole_number, 1.234, "whole_thousands"),
    (whole_number, 12.5, "whole_thousands"),
    (whole_number, 999.999, "whole_thousands"),
    (whole_number, 1000.5, "whole"),
    (whole_number, 1.2345, "whole"),
    (whole_number, "1-2", "whole"),
    (whole_number, "X", "whole"),
    (decimal_number, None, "decimal"),
    (decimal_number, True, "decimal"),
    (decimal_number, -0.5, "negative"),
    (decimal_number, float("nan"), "decimal"),
    (decimal_number, "15,3 %%", "decimal"),
    (decimal_number, "–0,5", "negative"),
    (decimal_number, "-", "dash"),
    (decimal_number, "123.456", "ambiguous"),
    (decimal_number, "1,234,5", "decimal"),
]


@pytest.mark.parametrize("number, typed, key", REFUSED)
def test_each_refusal_says_what_is_allowed_there(number, typed, key):
    with pytest.raises(KontumError) as refused:
        number(typed)
    assert refused.value.key == f"own.allowed.{key}"


@pytest.mark.parametrize(
    "typed, value",
    [
        (0, 0),
        (1, 1),
        (10_000_000, 10_000_000),
        ("10.000.000", 10_000_000),
        ("1'234", 1234),
        ("1’234’567", 1234567),
        (" 1 234 ", 1234),
    ],
)
def test_counts_from_nought_to_the_largest_with_every_mark_of_thousands(typed, value):
    assert whole_number(typed) == value and type(whole_number(typed)) is int


@pytest.mark.parametrize(
    "typed, value",
    [
        (0, 0.0),
        (0.5, 0.5),
        ("0", 0.0),
        ("1'234,5", 1234.5),
        ("1.234.567,25", 1234567.25),
        ("1,234,567.25", 1234567.25),
        ("1234.567", 1234.567),
    ],
)
def test_rates_from_nought_with_every_mark_of_thousands(typed, value):
    assert decimal_number(typed) == value and type(decimal_number(typed)) is float


@pytest.mark.parametrize(
    "typed", [date(2025, 1, 5), datetime(2025, 1, 5, 23, 59), "5/1/2025", "05.01.2025", "5-1-2025", " 2025-1-5 "]
)
def test_a_day_is_read_day_first_from_a_date_or_from_text(typed):
    assert day(typed) == "2025-01-05"


def test_a_thousand_that_excel_took_for_a_fraction_is_explained():
    with pytest.raises(KontumError) as refused:
        whole_number(1.234)
    assert "1234" in refused.value.in_language("vi") and refused.value.values == {"meant": 1234}


@pytest.mark.parametrize(
    "typed, value",
    [("15,32", 15.32), ("15.32", 15.32), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("9,970", 9.97), ("7 %", 7)],
)
def test_a_rate_with_a_comma_or_a_point(typed, value):
    assert decimal_number(typed) == value


def test_a_rate_whose_point_may_part_thousands_is_refused_with_both_readings():
    with pytest.raises(KontumError) as refused:
        decimal_number("1.234")
    assert refused.value.values == {"comma": "1,234", "whole": "1234"}
    assert refused.value.in_language("en").endswith("write 1,234 or 1234")


@pytest.mark.parametrize("typed", ["31/2/2025", "2025", "tháng 1", 45000, ""])
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(KontumError):
        day(typed)


def problems_of(path, **given):
    with pytest.raises(DataError) as refused:
        read_filled(path, **given)
    return refused.value.problems


def test_three_planted_mistakes_in_a_full_table_are_all_told_by_sheet_row_and_column(tmp_path):
    def plant(book):
        sheet = book.worksheets[0]
        sheet.cell(FIRST, 5).value = 5000  # more poor households than households
        sheet.cell(FIRST + 20, 7).value = 20  # of 19 criteria
        sheet.cell(FIRST + 50, 4).value = -7

    found = problems_of(filled(tmp_path / "ba-loi.xlsx", change=plant))
    assert [(p.file, p.row, p.column, p.value) for p in found] == [
        ("ba-loi.xlsx › Số liệu", FIRST, "E (Số hộ nghèo)", "5000"),
        ("ba-loi.xlsx › Số liệu", FIRST + 20, "G (Số tiêu chí đạt của xã)", "20"),
        ("ba-loi.xlsx › Số liệu", FIRST + 50, "D (Tổng số hộ)", "-7"),
    ]
    assert "1.000" in found[0].in_language("vi") and "1,000" in found[0].in_language("en")


def cell(row, column, value):
    def change(book):
        book.worksheets[0].cell(row, column).value = value

    return change


def total(value):
    def change(book):
        book.worksheets[1].cell(5, 3).value = value

    return change


MISTAKES = {
    "formula without a result": (cell(FIRST, 4, "=SUM(A1:A2)"), "own.allowed.no_result"),
    "repeated area": (cell(FIRST + 1, 1, "23281"), "own.allowed.name"),
    "unknown code": (cell(FIRST, 1, "99999"), "own.allowed.code"),
    "poor and near-poor beyond all": (cell(FIRST, 6, 950), "own.allowed.both"),
    "poor without households": (cell(FIRST, 4, None), "own.allowed.base"),
    "unknown status": (cell(FIRST + 10, 8, "Sắp đạt"), "own.allowed.status"),
    "criteria of a ward": (cell(FIRST, 7, 15), "own.allowed.rural"),
    "a fraction of a household": (cell(FIRST, 4, 1.5), "own.allowed.whole_thousands"),
    "no office": (cell(2, 3, None), "own.allowed.office"),
    "an office that is a formula": (cell(2, 3, '=HYPERLINK("http://x","y")'), "own.allowed.office"),
    "no day": (cell(4, 3, "hôm qua"), "own.allowed.day"),
    "a day before the year": (cell(4, 3, "1/1/2020"), "own.limit.date"),
    "a year of another standard": (cell(5, 3, 2019), "own.allowed.year"),
    "a column nobody asked for": (cell(FIRST - 1, 6, "Giá vàng"), "own.allowed.column"),
    "a district its communes do not add up to": (total(7), "own.allowed.sum"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_kind_of_mistake_is_told(tmp_path, name):
    change, key = MISTAKES[name]
    found = problems_of(filled(tmp_path / "loi.xlsx", change=change))
    assert key in [p.allowed for p in found]
    assert all(p.in_language("vi") != p.in_language("en") for p in found if p.allowed.startswith("own."))


def test_two_rows_of_one_area_and_a_misspelt_one(tmp_path):
    path = tmp_path / "xa.csv"
    rows = [TABLE[0], TABLE[1], ["Đăk Long", "Đăk Glei", "1000", "1", ""], ["Mường Hông", "Đăk Glei", "10", "1", ""]]
    path.write_text(text_of(rows, ";"), encoding="utf-8")
    found = problems_of(path, **META)
    assert [(p.row, p.column) for p in found] == [(3, "A (Tên xã)"), (4, "A (Tên xã)")]
    assert "Mường Hoong" in found[1].in_language("vi")


def test_a_decimal_comma_that_splits_a_field_and_a_wrong_total(tmp_path):
    path = tmp_path / "xa.csv"
    path.write_text(
        "Tên xã,Huyện,Tổng số hộ,Số hộ nghèo,Tỷ lệ hộ nghèo\nĐăk Long,Đăk Glei,1234,123,9,97\n"
        "Mường Hoong,Đăk Glei,100,1,1\nTổng cộng,,200,1,\n",
        encoding="utf-8",
    )
    assert [p.allowed for p in problems_of(path, **META)] == ["own.allowed.fields", "own.allowed.total"]


def test_a_formula_in_words_never_reaches_a_file(tmp_path):
    path = tmp_path / "xa.csv"
    path.write_text(text_of(TABLE, ";"), encoding="utf-8")
    for word in ("=HYPERLINK(1)", "+84", "-1", "@x", "\t=1"):
        assert "own.allowed.no_formula" in [p.allowed for p in problems_of(path, **META | {"office": word})]


def test_names_with_paths_and_control_marks_become_slugs(tmp_path):
    path = tmp_path / "xa.csv"
    path.write_text(text_of(TABLE, ";"), encoding="utf-8")
    table = read_filled(path, **META | {"office": "../../etc/passwd\x1b[31m\n", "document": "C:\\x/../y"})
    assert table.source_id.startswith("own-c-x-y-etc-passwd") and table.office == "../../etc/passwd [31m"
    assert read_filled(path, **META).source_id != table.source_id


def archive(**entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return out.getvalue()


BAD_FILES = {
    "no-workbook.xlsx": (archive(readme="x"), "own.error.no_workbook"),
    "damaged.xlsx": (archive(**{"xl/workbook.xml": "<x"}), "own.error.no_workbook"),
    "text.xlsx": (b"a,b\n1,2\n", "own.error.no_workbook"),
    "cut.xlsx": (template("district", 2024)[:3000], "own.error.no_workbook"),
    "empty.csv": (b"", "own.error.empty"),
    "blank.csv": (b" \r\n", "own.error.empty"),
    "macros.xlsx": (archive(**{"xl/workbook.xml": "<x/>", "xl/vbaProject.bin": "x"}), "own.error.macros"),
    "macros.xlsm": (template("district", 2024), "own.error.macros"),
    "old.xls": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "own.error.old_excel"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "own.error.no_text"),
    "other.csv": ("Tên;Tuổi\nAn;3\n".encode(), "own.error.no_headings"),
    "unfilled.xlsx": (template("district", 2024), "own.error.nothing_filled"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_table_ends_with_one_clear_word(tmp_path, name):
    content, key = BAD_FILES[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(KontumError) as refused:
        read_filled(tmp_path / name, **META)
    assert refused.value.key == key and name in refused.value.in_language("vi")


def test_a_missing_file_a_folder_and_a_sheet_of_another_name(tmp_path):
    for path in (tmp_path / "nowhere.xlsx", tmp_path):
        with pytest.raises(KontumError) as refused:
            read_filled(path)
        assert refused.value.key == "own.error.no_file"

    def rename(book):
        book.worksheets[0].title = "Trang1"

    with pytest.raises(KontumError) as refused:
        read_filled(filled(tmp_path / "a.xlsx", change=rename))
    assert refused.value.key == "own.error.sheet" and "Trang1" in refused.value.in_language("vi")


def test_the_template_saved_as_text_is_read_as_it_is(tmp_path):
    book = openpyxl.load_workbook(filled(tmp_path / "a.xlsx"))
    rows = [["" if c.value is None else c.value for c in row] for row in book.worksheets[0].iter_rows()]
    (tmp_path / "a.csv").write_text(text_of(rows, ";"), encoding="utf-16")
    text, workbook = read_filled(tmp_path / "a.csv"), read_filled(tmp_path / "a.xlsx")
    assert [(e.code, e.values) for e in text.entries] == [(e.code, e.values) for e in workbook.entries]
    assert text.source_id == workbook.source_id
