"""Tables as people send them: encodings, files that are none, and every mistake told with sheet, row and column."""

import csv
import io
import os
import shutil
import unicodedata
import zipfile
from pathlib import Path

import openpyxl
import pytest
from corpus.write import windows_1258, with_part
from hostile import run
from office import DATE, DOCUMENT, FIRST, OFFICE, filled

from kontum_analysis.base.errors import DataError, KontumError
from kontum_analysis.data.areas import resolve
from kontum_analysis.offices.answers import answers_from
from kontum_analysis.offices.changes import as_tables
from kontum_analysis.offices.columns import recognised
from kontum_analysis.offices.importing import read_filled
from kontum_analysis.offices.reading import reading
from kontum_analysis.offices.template import template

BINARY = Path(__file__).parent / "corpus" / "two-districts.xlsb"
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


def problems_of(path, **options):
    with pytest.raises(DataError) as refused:
        read_filled(path, **options)
    return refused.value.problems


def test_three_planted_mistakes_in_a_full_table_are_all_told_by_sheet_row_and_column(tmp_path):
    def plant(book):
        sheet = book.worksheets[0]
        sheet.cell(FIRST, 5).value = 5000  # more poor households than households
        sheet.cell(FIRST + 20, 7).value = 20  # of 19 criteria
        sheet.cell(FIRST + 50, 4).value = -7

    problems = problems_of(filled(tmp_path / "ba-loi.xlsx", change=plant))
    assert [(p.file, p.row, p.column, p.value) for p in problems] == [
        ("ba-loi.xlsx › Số liệu", FIRST, "E (Số hộ nghèo)", "5000"),
        ("ba-loi.xlsx › Số liệu", FIRST + 20, "G (Số tiêu chí đạt của xã)", "20"),
        ("ba-loi.xlsx › Số liệu", FIRST + 50, "D (Tổng số hộ)", "-7"),
    ]
    assert "1.000" in problems[0].in_language("vi") and "1,000" in problems[0].in_language("en")


def cell(row, column, value):
    def change(book):
        book.worksheets[0].cell(row, column).value = value

    return change


def total(value):
    def change(book):
        book.worksheets[1].cell(5, 3).value = value

    return change


def test_a_district_its_communes_do_not_add_up_to_is_a_doubt(tmp_path):
    table = read_filled(filled(tmp_path / "a.xlsx", change=total(7)))
    assert [(d.entry.code, d.column, d.stated, d.rows) for d in table.disagreements] == [
        ("608", "households_total", 7, 21)
    ]


def test_a_column_that_is_not_understood_is_not_read(tmp_path):
    table = read_filled(filled(tmp_path / "a.xlsx", change=cell(FIRST - 1, 6, "Giá vàng")))
    assert table.layout.columns[5] is None and "near_poor_households" not in table.entries[0].values


BEGINNINGS = (  # rows of a heading above the poor households with which the year begins
    ["Hộ nghèo đầu năm"],
    ["Số hộ nghèo đầu năm 2024 (hộ)"],
    ["Hộ nghèo", "Đầu năm"],
    ["Số hộ nghèo", "Đầu kỳ"],
    ["Đầu năm", "Số hộ nghèo"],
    ["Số hộ nghèo đầu năm", "Số hộ"],
    ["Hộ nghèo", "Đầu năm", "Số hộ"],
)


def test_what_the_year_begins_with_is_a_figure_of_the_end_of_the_one_before(tmp_path):
    for heading in BEGINNINGS:
        book = openpyxl.Workbook()
        for number in range(len(heading)):
            head = ["Tên huyện", heading[number], "Tổng số hộ", "Số hộ nghèo"]
            book.active.append(head if not number else [None, heading[number]])
        book.active.append(["Kon Rẫy", 790, 7900, 580])
        book.save(tmp_path / "a.xlsx")
        table = read_filled(tmp_path / "a.xlsx", **META)
        rows = as_tables(table)["observations"].query("indicator == 'poor_households'")
        assert dict(zip(rows["time_period"], rows["obs_value"], strict=True)) == {
            "2023-12-31": "790",
            "2024-12-31": "580",
        }, heading
    for path in BEGINNINGS:  # another standard and other areas a year before
        assert not any(recognised(path, year) for year in (2021, 2025)), path


def test_an_answer_cannot_make_a_year_begin_before_its_areas_or_its_standard(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Tên xã", "Tổng số hộ", "Hộ nghèo", "Đầu năm 2025"], ["Kon Braih", 3450, 151, 198]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    document_facts = {**META, "date": "15/1/2026", "year": 2025}
    assert read_filled(tmp_path / "a.xlsx", **document_facts).layout.columns[3] is None
    with pytest.raises(DataError, match="Đầu năm 2025.*2022.*2024"):
        read_filled(tmp_path / "a.xlsx", answers_from(["Đầu năm 2025=Số hộ nghèo đầu năm"]), **document_facts)


def test_mistakes_come_with_how_the_heading_was_read_and_numbers_as_they_are_written_here(tmp_path, monkeypatch):
    monkeypatch.setenv("KONTUM_DATA", str(tmp_path / "kho"))
    book = openpyxl.Workbook()
    for row in (["Tên huyện", "Tổng số hộ", "Số hộ nghèo", "Tỷ lệ hộ nghèo"], ["Kon Rẫy", 7000, 500, 12.95]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    words = ["data", "import", str(tmp_path / "a.xlsx"), "--office", "x", "--document", "1", "--year", "2024"]
    status, output = run([*words, "--date", DATE])
    assert status == 1 and "Cách hiểu tệp a.xlsx" in output and "gặp '12,95'" in output and "7,14%" in output
    assert "found '12.95'" in run([*words, "--date", DATE, "--lang", "en"])[1]


OF_WHICH = {  # headings beside "Trong đó › Hộ DTTS" -> what that means
    ("Số hộ nghèo", "*", "Số hộ cận nghèo"): "dtts_poor_households",
    ("Tổng số hộ", "*", "Số hộ nghèo"): "dtts_households",
    ("Số hộ nghèo", "Tỷ lệ hộ nghèo", "*"): "dtts_poor_households",
    ("Số hộ nghèo", "Số hộ cận nghèo", "*"): None,  # of the poor as well as of the near-poor
    ("Số hộ nghèo", "*", "Số hộ cận nghèo", "*"): "dtts_near_poor_households",
    ("Số hộ nghèo", "Giá vàng", "*"): None,
}


def test_of_which_ethnic_minority_means_a_part_of_the_column_on_its_left(tmp_path):
    for headings, meaning in OF_WHICH.items():
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["Tên huyện", *("Trong đó" if heading == "*" else heading for heading in headings)])
        sheet.append([None, *("Hộ DTTS" if heading == "*" else None for heading in headings)])
        sheet.append(["Kon Rẫy", *({"Tổng số hộ": 7000, "Tỷ lệ hộ nghèo": None}.get(h, 500) for h in headings)])
        book.save(tmp_path / "a.xlsx")
        columns = read_filled(tmp_path / "a.xlsx", **META).layout.columns
        assert columns[max(n for n, heading in enumerate(headings, 1) if heading == "*")] == meaning, headings


def test_the_line_of_what_a_table_belongs_to_gives_number_and_day(tmp_path):
    titles = {
        "(Kèm theo Báo cáo số 212/BC-LĐTBXH ngày 12/12/2024)": ("212/BC-LĐTBXH", "2024-12-12"),
        "(Kèm theo Báo cáo số: 7/BC-UBND, ngày 9 tháng 12 năm 2024)": ("7/BC-UBND", "2024-12-09"),
        "(Kèm theo Báo cáo số 7/BC-UBND ngày 09/12/2024 của UBND huyện Kon Rẫy)": ("7/BC-UBND", "2024-12-09"),
    }
    for title, facts in titles.items():
        book = openpyxl.Workbook()
        for row in ([title], [], ["Tên huyện", "Tổng số hộ", "Trong đó: Hộ nghèo DTTS"], ["Kon Rẫy", 7000, 500]):
            book.active.append(row)
        book.save(tmp_path / "a.xlsx")
        table = read_filled(tmp_path / "a.xlsx", office=OFFICE, year=2024)
        assert (
            (table.document, table.date) == facts
            and table.office == OFFICE
            and table.layout.columns[2] == "dtts_poor_households"
        )
    table = read_filled(tmp_path / "a.xlsx", year=2024)
    assert (table.office, table.document) == ("UBND huyện Kon Rẫy", "7/BC-UBND")
    book.active["A1"] = "(Căn cứ Nghị định số 07/2021/NĐ-CP ngày 27/01/2021)"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match="--document"):
        read_filled(tmp_path / "a.xlsx", office=OFFICE, year=2024)


def test_a_name_of_both_times_says_which_was_taken_and_how_to_choose(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Tên xã", "Số hộ nghèo"], ["Đăk Kôi", 150], ["Đăk Tơ Lung", 100]):
        book.active.append(row)
    book.save(tmp_path / "both.xlsx")
    book.active.delete_rows(3)
    book.save(tmp_path / "open.xlsx")
    late = META | dict(date="15/12/2025", year=2025)
    is_said = {}
    for name, level in (("open", None), ("open", "unit"), ("both", None)):
        table = read_filled(tmp_path / f"{name}.xlsx", level=level, **late)
        is_said[name, level] = "--level commune" in reading(table, "vi").to_string()
    assert is_said == {("open", None): True, ("open", "unit"): False, ("both", None): False}


def test_the_same_mistake_in_many_rows_is_told_once(tmp_path):
    def plant(book):
        for row in range(FIRST, FIRST + 60):
            book.worksheets[0].cell(row, 5).value = "nhiều"

    problems = problems_of(filled(tmp_path / "a.xlsx", change=plant))
    assert (
        len(problems) == 1 and "59" in problems[0].in_language("vi") and str(FIRST + 1) in problems[0].in_language("vi")
    )


def test_an_answer_that_fits_nothing_is_refused(tmp_path):
    for answer in ("Tổng số hộ", "x=Giá vàng", "x=99999"):
        with pytest.raises(KontumError) as refused:
            answers_from([answer])
        assert refused.value.key in ("own.error.map", "own.error.map_code")


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
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_kind_of_mistake_is_told(tmp_path, name):
    change, key = MISTAKES[name]
    problems = problems_of(filled(tmp_path / "loi.xlsx", change=change))
    assert key in [p.allowed for p in problems]
    assert all(p.in_language("vi") != p.in_language("en") for p in problems if p.allowed.startswith("own."))


def test_two_rows_of_one_area_and_a_misspelt_one(tmp_path):
    path = tmp_path / "xa.csv"
    rows = [TABLE[0], TABLE[1], ["Đăk Long", "Đăk Glei", "1000", "1", ""], ["Mường Hông", "Đăk Glei", "10", "1", ""]]
    path.write_text(text_of(rows, ";"), encoding="utf-8")
    problems = problems_of(path, **META)
    assert [(p.row, p.column) for p in problems] == [(3, "A (Tên xã)"), (4, "A (Tên xã)")]
    assert "Mường Hoong" in problems[1].in_language("vi")


def test_a_decimal_comma_that_splits_a_field_is_told(tmp_path):
    path = tmp_path / "xa.csv"
    path.write_text(
        "Tên xã,Huyện,Tổng số hộ,Số hộ nghèo,Tỷ lệ hộ nghèo\nĐăk Long,Đăk Glei,1234,123,9,97\n"
        "Mường Hoong,Đăk Glei,100,1,1\nTổng cộng,,200,1,\n",
        encoding="utf-8",
    )
    assert [p.allowed for p in problems_of(path, **META)] == ["own.allowed.fields"]


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
    "damaged.xls": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "own.error.no_workbook"),
    "secret.xlsx": (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "own.error.password"),
    "page.xls": (b"<html><table><tr><td>1</td></tr></table></html>", "own.error.web_page"),
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

    with pytest.raises(KontumError) as refused:
        read_filled(filled(tmp_path / "a.xlsx"), sheet="Trang1")
    assert refused.value.key == "own.error.sheet" and "Số liệu" in refused.value.in_language("vi")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_and_a_device_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", Path(os.devnull), Path("/dev/zero")):
        with pytest.raises(KontumError) as refused:
            read_filled(path, **META)
        assert refused.value.key == "hostile.no_plain_file"


def test_the_letter_eth_is_read_as_d_with_a_stroke_in_every_command(tmp_path):
    status, words = run(["trace", "\u00d0\u0103k Glei", "poverty_rate_pct", "2021"])
    assert status == 0 and (status, words) == run(["trace", "\u0110\u0103k Glei", "poverty_rate_pct", "2021"])
    assert resolve("xã \u0189\u0103k Long, huyện \u00d0\u0103k Glei") == resolve("xã Đăk Long, huyện Đăk Glei")


def test_a_workbook_with_a_figure_in_the_last_cell_of_all_takes_no_memory(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = 1, 2
    book.save(tmp_path / "far.xlsx")
    damaged = with_part(shutil.copy(tmp_path / "far.xlsx", tmp_path / "damaged.xlsx"), "xl/worksheets/sheet1.xml", junk)
    for path, key in ((tmp_path / "far.xlsx", "far_cell"), (damaged, "no_workbook")):
        with pytest.raises(KontumError) as refused:
            read_filled(path, **META)
        assert refused.value.key == f"own.error.{key}"


def junk(text):
    """A merged range that is none, which openpyxl does not take."""
    return text.replace("</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="x!"/></mergeCells>')


def test_a_binary_workbook_is_read():
    table = read_filled(BINARY, **META)
    assert {e.code: e.values["poor_households"] for e in table.entries} == {"608": 350, "610": 2400}


def test_a_binary_workbook_with_a_figure_in_the_last_cell_takes_no_memory(tmp_path):
    far = bytes([0, 17]) + (1048575).to_bytes(4, "little") + bytes(13)  # a row, and a number in its last column
    far += bytes([5, 16]) + (16383).to_bytes(4, "little") + bytes(12)
    with zipfile.ZipFile(BINARY) as old, zipfile.ZipFile(tmp_path / "far.xlsb", "w") as new:
        for part in old.namelist():
            content = old.read(part)
            at = content.index(b"\x92\x01\x00") if part.endswith("sheet1.bin") else 0  # the end of the cells
            new.writestr(part, content[:at] + far + content[at:] if at else content)
    with pytest.raises(KontumError) as refused:
        read_filled(tmp_path / "far.xlsb", **META)
    assert refused.value.key == "own.error.no_workbook"  # its reader asks for 500 GB, and is ended


def test_the_template_saved_as_text_is_read_as_it_is(tmp_path):
    book = openpyxl.load_workbook(filled(tmp_path / "a.xlsx"))
    rows = [["" if c.value is None else c.value for c in row] for row in book.worksheets[0].iter_rows()]
    (tmp_path / "a.csv").write_text(text_of(rows, ";"), encoding="utf-16")
    text, workbook = read_filled(tmp_path / "a.csv"), read_filled(tmp_path / "a.xlsx")
    assert [(e.code, e.values) for e in text.entries] == [(e.code, e.values) for e in workbook.entries]
    assert text.source_id == workbook.source_id


def test_formulas_without_results_are_one_message_with_their_cells(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Huyện", "Tổng số hộ", "Số hộ nghèo", "Tỷ lệ hộ nghèo"])
    for row, name in enumerate(["Đăk Glei", "Ngọc Hồi", "Đăk Tô", "Kon Rẫy"], 2):
        poor = 50 if row == 4 else f"=5{row}"
        book.active.append([name, 1000, poor, f"=C{row}/B{row}*100"])
    book.save(tmp_path / "a.xlsx")
    formulas = [p for p in problems_of(tmp_path / "a.xlsx", **META) if p.allowed == "own.allowed.no_result"]
    assert [(p.row, p.column) for p in formulas] == [(None, None)]
    assert "7 ô là công thức (C2:C3, C5, D2:D5)" in formulas[0].in_language("vi")
