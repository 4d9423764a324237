"""The table of cases. A new report is one row more.

Values are by code of the area: households_total and poor_households, unless a column is named. Figures are fictitious,
names of areas are real. `asks` is the key of the one problem that must be told instead of values.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .write import (
    Shown,
    in_tcvn3,
    in_vni,
    odd_fills,
    with_part,
    written_as_text,
    written_by_libreoffice,
    written_by_openpyxl,
    written_by_xlsxwriter,
)

TRIED = "tried with offices' workbooks"
HEAD = ["STT", "Đơn vị", "Tổng số hộ", "Hộ nghèo"]
CITY, GLEI, HOI = [1, "Thành phố Kon Tum", 45000, 350], [2, "Đăk Glei", 13500, 2400], [3, "Ngọc Hồi", 16000, 700]
THREE = {"608": (45000, 350), "610": (13500, 2400), "611": (16000, 700)}
OTHERS = [[n, name, 9000 + n, 900] for n, name in enumerate(("Đăk Tô", "Kon Plông", "Kon Rẫy", "Đăk Hà", "Sa Thầy"), 4)]
TITLE = ["TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2024"]
RATE = ["STT", "Đơn vị", "Tỷ lệ hộ nghèo (%)"]
COMMUNES = [["STT", "Tên xã", "Tổng số hộ", "Hộ nghèo"]]


@dataclass(frozen=True)
class Case:
    """One habit of offices: what they do, where it was reported, the sheets, and what must come of it."""

    habit: str
    report: str
    rows: Sequence[Sequence[Any]]
    values: Mapping[str, Any] = field(default_factory=dict)
    asks: str = ""
    year: int = 2024
    column: str = ""
    file: str = "bieu.xlsx"
    write: Callable[..., Any] = written_by_xlsxwriter
    looks: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Sequence[Sequence[Any]]] = field(default_factory=dict)
    name: str = "Biểu 01"
    answers: tuple[str, ...] = ()
    kinds: Mapping[str, int] = field(default_factory=dict)
    totals_differ: int = 0
    change: tuple[str, Callable[[str], str]] | None = None
    first: bool = False
    sheet: str | None = None
    date: str | None = "15/01/2025"

    def made(self, folder):
        """The file of the case in a folder."""
        sheets = {self.name: self.rows, **self.more}
        ordered = {**self.more, self.name: self.rows} if self.first else sheets
        path = self.write(folder / self.file, ordered, **self.looks)
        return with_part(path, *self.change) if self.change else path


def official(*rows, merged=("A1:G1", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:G3")):
    """The ministry's form: a title, a heading of two rows, a row that numbers the columns."""
    heads = [
        [*TITLE, *[None] * 6],
        [],
        ["TT", "Đơn vị", "Tổng số hộ", "Hộ nghèo", None, "Hộ cận nghèo", None],
        [None, None, None, "Số hộ", "Tỷ lệ %", "Số hộ", "Tỷ lệ %"],
        ["A", "B", "1", "2", "3=2/1", "4", "5=4/1"],
    ]
    return [*heads, *rows], {"merged": merged}


FORM, FORM_LOOKS = official(
    ["I", "Khu vực thành thị", 45000, 350, 0.78, 500, 1.11],
    [1, "Thành phố Kon Tum", 45000, 350, 0.78, 500, 1.11],
    ["II", "Khu vực nông thôn", 29500, 3100, 10.51, 900, 3.05],
    [2, "Đăk Glei", 13500, 2400, 17.78, 500, 3.7],
    [3, "Ngọc Hồi", 16000, 700, 4.38, 400, 2.5],
    ["TỔNG CỘNG", None, 74500, 3450, 4.63, 1400, 1.88],
    [None, "Ghi chú: số liệu đến 31/12/2024"],
    [None, "Người lập biểu", None, None, "TM. UỶ BAN NHÂN DÂN"],
    [None, None, None, None, "KT. CHỦ TỊCH"],
)
MARKS = [f"TC{n}" for n in range(1, 20)]
RAY = [
    ["I", "Huyện Kon Rẫy", 5000, 700],
    [1, "Thị trấn Đăk Rve", 2000, 200],
    [2, "Xã Đăk Kôi", 1500, 300],
    [3, "Xã Tân Lập", 1500, 200],
]
RAY_VALUES = {"23479": (2000, 200), "23482": (1500, 300), "23497": (1500, 200)}


def names(*rows):
    """A table of single names of districts or communes beside 1,000 households and 100 poor."""
    return [HEAD, *([n, name, 1000, 100] for n, name in enumerate(rows, 1))]


def of(*codes):
    """What `names` must give."""
    return {code: (1000, 100) for code in codes}


def rates(*cells):
    """Rates of the city, Đăk Glei and Ngọc Hồi."""
    return [RATE, *([n, row[1], cell] for n, (row, cell) in enumerate(zip((CITY, GLEI, HOI), cells, strict=False), 1))]


def counts(*cells):
    """Poor households of the city and Đăk Glei as these cells."""
    return [
        HEAD,
        *([n, row[1], row[2], cell] for n, (row, cell) in enumerate(zip((CITY, GLEI), cells, strict=False), 1)),
    ]


PLAIN = [HEAD, CITY, GLEI, HOI]
# fmt: off
CASES = (
    # headings and layout
    Case("a plain table", TRIED, PLAIN, THREE),
    Case("title and blank row above", "tidyverse/readxl#486", [TITLE, [], *PLAIN], THREE),
    Case("the ministry's form", "tidyverse/readxl#166", FORM, THREE, looks=FORM_LOOKS, kinds={"group": 2, "total": 1,
         "note": 3}),
    Case("merged heading by openpyxl", "openZH/covid_19#1048", FORM, THREE, looks=FORM_LOOKS,
         write=written_by_openpyxl),
    Case("merged heading in a text", "Open-ISP/isp-workbook-parser#23", [["TT", "Đơn vị", "Tổng số hộ", "Hộ nghèo",
         ""], ["", "", "", "Số hộ", "Tỷ lệ %"], ["1", "Đăk Glei", "13500", "2400", "17,78"]], {"610": (13500, 2400)},
         file="a.csv", write=written_as_text, looks={"separator": ";"}),
    Case("a heading of three rows", "tidyverse/readxl#379", [["TT", "Đơn vị", "Kết quả rà soát năm 2024", None, None],
         [None, None, "Tổng số hộ", "Hộ nghèo", None], [None, None, None, "Số hộ", "Tỷ lệ (%)"], [1, "Đăk Glei",
         13500, 2400, 17.78]], {"610": (13500, 2400)}, looks={"merged": ("C1:E1", "D2:E2", "A1:A3", "B1:B3",
         "C2:C3")}),
    Case("other words for the columns", TRIED, [["Số TT", "Tên xã, thị trấn", "Tổng số hộ dân",
         "Số hộ nghèo cuối năm"], [1, "Xã Đăk Long, huyện Đăk Glei", 900, 90]], {"23368": (900, 90)}),
    Case("no word for the names", TRIED, [["STT", "Nội dung", *HEAD[2:]], CITY, GLEI], dict(list(THREE.items())[:2])),
    Case("columns of last year beside", TRIED, [["Đơn vị", "Tổng số hộ", "Hộ nghèo năm 2023", "Hộ nghèo năm 2024"],
         ["Đăk Glei", 13500, 2900, 2400]], {"610": (13500, 2400)}),
    Case("the year's opening beside", TRIED, [["Đơn vị", "Tổng số hộ", "Hộ nghèo đầu năm", "Hộ nghèo cuối năm"],
         ["Đăk Glei", 13500, 2900, 2400]], {"610": (13500, 2400)}),
    Case("a short name for a column", TRIED, [["STT", "Đơn vị", "Tổng số hộ", "HN"], CITY, GLEI],
         dict(list(THREE.items())[:2]), answers=("HN=Số hộ nghèo",)),
    Case("one column twice", TRIED, [[*HEAD, "Số hộ nghèo"], [*CITY, 351]], asks="own.allowed.column_once"),
    Case("one column twice, answered", TRIED, [[*HEAD, "Số hộ nghèo"], [*CITY, 351]], {"608": (45000, 351)},
         answers=("Cột D=bỏ qua",)),
    Case("footnotes in headings", "open-sdg/open-sdg#1392", [["STT", "Đơn vị", "Tổng số hộ (1)", "Số hộ nghèo¹"],
         CITY], {"608": (45000, 350)}),
    Case("no heading at all", TRIED, [CITY, GLEI], asks="own.error.no_headings"),
    # totals and groups
    Case("total below", "CrestApps/CrestApps.Core#160", [*PLAIN, ["TỔNG CỘNG", None, 74500, 3450]], THREE,
         kinds={"total": 1}),
    Case("total above", "CrestApps/CrestApps.Core#160", [HEAD, [None, "Toàn tỉnh", 74500, 3450], *PLAIN[1:]], THREE,
         kinds={"total": 1}),
    Case("total of a whole province in words", "thanglequoc/vietnamese-provinces-database#80", [*PLAIN, [None,
         "Tổng cộng toàn tỉnh", 74500, 3450]], THREE, kinds={"total": 1}),
    Case("a total that does not agree", "CrestApps/CrestApps.Core#160", [*PLAIN, [None, "Tổng cộng", 74501, 3450]],
         THREE, totals_differ=1),
    Case("districts as subtotals", "CrestApps/CrestApps.Core#160", [*COMMUNES, *RAY], RAY_VALUES, kinds={"group": 1}),
    Case("a subtotal that does not agree", "CrestApps/CrestApps.Core#160", [*COMMUNES, ["I", "Huyện Kon Rẫy", 5000,
         650], *RAY[1:]], RAY_VALUES, totals_differ=1),
    Case("a subtotal below its rows", "bornova/numara-calculator#222", [*COMMUNES, *RAY[1:], [None,
         "Cộng huyện Kon Rẫy", 5000, 700]], RAY_VALUES, kinds={"group": 1}),
    # sheets
    Case("two empty sheets behind", "tidyverse/readxl#513", PLAIN, THREE, more={"Sheet2": [], "Sheet3": []},
         name="Sheet1"),
    Case("a hidden list", "tidyverse/readxl#513", PLAIN, THREE, more={"DanhMuc": [["Huyện"], ["Đăk Tô"]]},
         looks={"hidden": ("DanhMuc",)}),
    Case("an old hidden table in front", "tidyverse/readxl#513", PLAIN, THREE, first=True, more={"Số liệu": [HEAD, [1,
         "Đăk Glei", 1, 1]]}, looks={"hidden": ("Số liệu",)}),
    Case("two tables, one named", TRIED, PLAIN, THREE, more={"Bản cũ": [HEAD, [1, "Đăk Glei", 1, 1]]},
         sheet="Biểu 01"),
    Case("two tables, none named", TRIED, PLAIN, asks="own.error.which_sheet", more={"Bản cũ": [HEAD, [1, "Đăk Glei",
         1, 1]]}),
    Case("two tables, one of the year", TRIED, PLAIN, THREE, name="2024", more={"2023": [HEAD, [1, "Đăk Glei", 1,
         1]]}),
    Case("hidden rows and a filter", "tidyverse/readxl#428", PLAIN, THREE, looks={"hidden_rows": (3,),
         "filtered": "A1:D4"}),
    Case("a protected sheet", TRIED, PLAIN, THREE, looks={"password": "x"}),
    # files of other programs
    Case("styles with an empty fill", "pandas-dev/pandas#40499", PLAIN, THREE, change=("xl/styles.xml", odd_fills)),
    Case("a creation date in words", "googlecolab/colabtools#5002", PLAIN, THREE, change=("docProps/core.xml",
         lambda text: text.replace("Z</dcterms:created>", " giờ</dcterms:created>"))),
    Case("a styled cell in the last row", "dimagi/commcare-hq#22486", PLAIN, THREE,
         change=("xl/worksheets/sheet1.xml", lambda text: text.replace("</sheetData>",
         '<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>'))),
    Case("an .xls of LibreOffice", "MarkPflug/Sylvan.Data.Excel#71", FORM, THREE, file="a.xls",
         write=written_by_libreoffice, looks=FORM_LOOKS),
    Case("an .ods of LibreOffice", "MarkPflug/Sylvan.Data.Excel#71", FORM, THREE, file="a.ods",
         write=written_by_libreoffice, looks=FORM_LOOKS),
    Case("an .xlsx of LibreOffice", "MarkPflug/Sylvan.Data.Excel#71", FORM, THREE, file="a.xlsx",
         write=written_by_libreoffice, looks=FORM_LOOKS),
    Case("Windows-1258", "SheetJS/sheetjs#1380", PLAIN, THREE, file="a.csv", write=written_as_text,
         looks={"encoding": "windows-1258"}),
    Case("UTF-16 with tabs", "exceljs/exceljs#2153", PLAIN, THREE, file="a.tsv", write=written_as_text,
         looks={"encoding": "utf-16", "separator": "\t"}),
    Case("semicolons", "iOfficeAI/OfficeCLI#352", PLAIN, THREE, file="a.csv", write=written_as_text,
         looks={"separator": ";"}),
    Case("TCVN3 in a text", "lamquangminh/EVKey#9", PLAIN, THREE, file="a.csv", write=written_as_text,
         looks={"encoding": "latin-1", "letters": in_tcvn3}),
    Case("VNI in a text", "1ec5/avim#33", PLAIN, THREE, file="a.csv", write=written_as_text,
         looks={"encoding": "latin-1", "letters": in_vni}),
    Case("TCVN3 in a workbook", "Funput/Funput#255", [[in_tcvn3(str(c)) if isinstance(c,
         str) else c for c in row] for row in PLAIN], THREE),
    Case("VNI in a workbook", "Funput/Funput#224", [[in_vni(str(c)) if isinstance(c,
         str) else c for c in row] for row in PLAIN], THREE),
    # names
    Case("Icelandic Ð for Đ", "1ec5/avim#34", [["STT", "Ðơn vị", *HEAD[2:]], [1, "Ðăk Glei", 13500, 2400]],
         {"610": (13500, 2400)}),
    Case("Ewe Ɖ for Đ", "meilisearch/charabia#257", names("Ɖăk Glei", "ɖăk Tô"), of("610", "612")),
    Case("spaces without width and unbroken", "meilisearch/charabia#257", names("Kon\u00a0Rẫy", "Sa\u200b Thầy",
         "\ufeffKon Plông"), of("614", "616", "613")),
    Case("capitals and types before names", TRIED, names("HUYỆN KON RẪY", "H. Sa Thầy", "TP Kon Tum"), of("614",
         "616", "608")),
    Case("a footnote at a name", "open-sdg/open-sdg#1392", names("Ia H'Drai (1)", "Kon Rẫy*"), of("618", "614")),
    Case("the bare city among districts", "Tangerine-Community/Tangerine#2903", [HEAD, [1, "Kon Tum", 45000, 350],
         GLEI, HOI], THREE),
    Case("the bare province among districts", "Tangerine-Community/Tangerine#2903", [HEAD, CITY, GLEI, [None,
         "Kon Tum", 58500, 2750]], dict(list(THREE.items())[:2]), kinds={"total": 1}),
    Case("Kon Tum alone", "Tangerine-Community/Tangerine#2903", [HEAD, [1, "Kon Tum", 45000, 350]],
         asks="own.allowed.which"),
    Case("a commune of its district's name", "Tangerine-Community/Tangerine#2903", [*COMMUNES, ["I", "Đăk Tô", 3000,
         300], [1, "Đăk Tô", 2000, 200], [2, "Diên Bình", 1000, 100]], {"23401": (2000, 200), "23440": (1000, 100)},
         kinds={"group": 1}),
    Case("a name of two districts", "Tangerine-Community/Tangerine#2903", [*COMMUNES, [1, "Ngọk Tụ", 1000, 100], [2,
         "Hơ Moong", 1000, 100], [3, "Đăk Long", 1000, 100]], asks="own.allowed.which"),
    Case("a name of two districts, answered", "Tangerine-Community/Tangerine#2903", [*COMMUNES, [1, "Đăk Long", 1000,
         100], [2, "Mường Hoong", 10, 1]], {"23368": (1000, 100), "23362": (10, 1)}, answers=("Đăk Long=23368",)),
    Case("district beside the name", "vietnamadminunits#1", [["Huyện", *COMMUNES[0][1:]], ["Đăk Glei", "Đăk Long",
         1000, 100], [None, "Xốp", 10, 1]], {"23368": (1000, 100), "23359": (10, 1)}, looks={"merged": ("A2:A3",)}),
    Case("the wrong district beside the name", "vietnamadminunits#1", [["Huyện", *COMMUNES[0][1:]], ["Sa Thầy", "Xốp",
         1000, 100]], asks="own.allowed.not_in_district"),
    Case("a name typed wrong", TRIED, names("Đăk Glay", "Kon Rẫy"), asks="own.allowed.area"),
    Case("a code as a number", TRIED, [["Mã", *HEAD[2:]], [610.0, 1000, 100]], of("610")),
    Case("code and name that differ", TRIED, [["Mã", *HEAD[1:]], ["610", "Kon Rẫy", 1000, 100]],
         asks="own.allowed.name"),
    Case("one area twice", TRIED, names("Kon Rẫy", "huyện Kon Rẫy"), asks="own.allowed.once_in_table"),
    # after July 2025
    Case("units of 2025", "thanglequoc/vietnamese-provinces-database#80", names("Phường Kon Tum", "Xã Măng Đen",
         "Xã Đăk Hà"), of("23293", "23473", "23500"), year=2025, date="15/01/2026"),
    Case("units of all Quảng Ngãi", "thanglequoc/vietnamese-provinces-database#80", [*names("Phường Kon Tum",
         "Xã Ia Tơi", "Đặc khu Lý Sơn", "Xã Ba Tơ"), [None, "Toàn tỉnh", 4000, 400]], of("23293", "23538"), year=2025,
         date="15/01/2026", kinds={"other": 2, "total": 1}),
    Case("old communes in 2025, all parts", "vietnamadminunits#1", names("Xã Đăk Kan", "Xã Sa Loong",
         "Phường Duy Tân", "Xã Đăk Cấm", "Phường Ngô Mây"), {"23392": (2000, 200), "23284": (3000, 300)}, year=2025,
         date="15/01/2026"),
    Case("old communes in 2025, a part lacks", "vietnamadminunits#1", names("Xã Đăk Kan"),
         asks="own.allowed.parts_missing", year=2025, date="15/01/2026"),
    Case("old districts in 2025", "vietnamadminunits#1", names("Huyện Ngọc Hồi"), asks="own.allowed.districts_ended",
         year=2025, date="15/01/2026"),
    Case("an old commune with its district in 2025", "vietnamadminunits#1", [["Huyện cũ", *COMMUNES[0][1:]],
         ["Tu Mơ Rông", "Đăk Hà", 1000, 100]], asks="own.allowed.parts_missing", year=2025, date="15/01/2026"),
    Case("units of 2025 in 2024", "thanglequoc/vietnamese-provinces-database#80", names("Phường Kon Tum",
         "Xã Măng Đen", "Xã Ia Chim"), asks="own.allowed.units_later"),
    # cells
    Case("per cent as a format", "ClosedXML/ClosedXML#1505", rates(Shown(0.0078, "0.00%"), Shown(0.1778, "0.0%")),
         {"608": 0.78, "610": 17.78}, column="poverty_rate_pct"),
    Case("per cent as quoted text", "ClosedXML/ClosedXML#103", rates(Shown(0.78, '0.00"%"'), Shown(0.45, '0.00"%"')),
         {"608": 0.78, "610": 0.45}, column="poverty_rate_pct"),
    Case("per cent as escaped text", "ClosedXML/ClosedXML#103", rates(Shown(0.78, "0.00\\%"), Shown(0.45, "0.00\\%")),
         {"608": 0.78, "610": 0.45}, column="poverty_rate_pct"),
    Case("bare fractions", "ClosedXML/ClosedXML#1505", rates(0.0078, 0.1778), asks="own.allowed.fraction"),
    Case("bare fractions, answered", "ClosedXML/ClosedXML#1505", rates(0.0078, 0.1778), {"608": 0.78, "610": 17.78},
         column="poverty_rate_pct", answers=("Tỷ lệ hộ nghèo (%)=Tỷ lệ hộ nghèo dạng phân số",)),
    Case("bare fractions beside counts", "ClosedXML/ClosedXML#1505", [[*HEAD, "Tỷ lệ"], [*CITY, 350 / 45000], [*GLEI,
         2400 / 13500]], {"608": 0.7777777778, "610": 17.7777777778}, column="poverty_rate_pct",
         answers=("Tỷ lệ=Tỷ lệ hộ nghèo dạng phân số",)),
    Case("a footnote above the line", "ExcelDataReader/ExcelDataReader#497", counts(Shown("350", above="1"), 2400),
         dict(list(THREE.items())[:2])),
    Case("a footnote as a letter", "ExcelDataReader/ExcelDataReader#497", counts("350¹", "2400 (2)"),
         dict(list(THREE.items())[:2])),
    Case("a footnote above the line in an .ods", "ExcelDataReader/ExcelDataReader#497", counts(Shown("350",
         above="1"), 2400), asks="own.allowed.text_digits", file="a.ods", write=written_by_libreoffice),
    Case("noise of binary numbers", "exceljs/exceljs#2182", counts(Shown(28.999999999999996, "#,##0", "=100*0.29"),
         Shown(1210.0000000000002, "", "=1.1*1100")), {"608": (45000, 29), "610": (13500, 1210)}),
    Case("a formula without a result", "onyx-dot-app/onyx#13354", counts(Shown(formula="=1+1"),
         Shown(formula="=2+2")), asks="own.allowed.no_result", write=written_by_openpyxl),
    Case("a name made by a formula", "exceljs/exceljs#2182", [HEAD, [1, Shown(formula='="Đăk Glei"'), 13500, 2400]],
         {"610": (13500, 2400)}, write=written_by_openpyxl),
    Case("a formula that shows nothing", "onyx-dot-app/onyx#13354", [HEAD, CITY, [2, "Đăk Glei", 13500, Shown(" ", "",
         '=IF(A1="",""," ")')]], {"608": (45000, 350), "610": (13500, None)}),
    Case("an error of the spreadsheet", "onyx-dot-app/onyx#13354", counts(Shown("#DIV/0!", "", "=1/0"), 2400),
         asks="own.allowed.excel_error"),
    Case("numbers as text", "jasp-stats/jasp-desktop#403", counts("1.350", "2,400"), {"608": (45000, 1350),
         "610": (13500, 2400)}),
    Case("a unit behind a number", "halloffame/ynab-csv#28", counts("0 hộ", "2400 hộ"), {"608": (45000, 0),
         "610": (13500, 2400)}),
    Case("a dash", TRIED, counts("-", 2400), asks="own.allowed.dash"),
    Case("a dash, answered none", TRIED, counts("-", 2400), {"608": (45000, 0), "610": (13500, 2400)},
         answers=("-=0",)),
    Case("zero shown as a dash", "SheetJS/ssf#22", counts(Shown(0, '_-* #,##0_-;-* #,##0_-;_-* "-"??_-'), 2400),
         {"608": (45000, 0), "610": (13500, 2400)}),
    Case("zero shown as nothing", "SheetJS/ssf#22", [[*HEAD, "Hộ cận nghèo"], [*CITY, Shown(0, "0;-0;;@")], [*GLEI,
         500]], {"608": None, "610": 500}, column="near_poor_households"),
    Case("a mask of thousands", "SheetJS/ssf#43", [HEAD, [1, "Đăk Glei", Shown(13, '0".500"'), 2400]], {"610": (13500,
         2400)}),
    Case("scaled by a comma", "SheetJS/ssf#22", [HEAD, [1, "Đăk Glei", Shown(13500, '#,##0.0,"k"'), 2400]],
         {"610": (13500, 2400)}),
    Case("a thousand taken for a fraction", "dream-num/univer#5228", counts(2.4, 2400),
         asks="own.allowed.whole_thousands"),
    Case("a date in a number's place", "dannymcc/may#250", counts(Shown(date(2024, 5, 1), "dd/mm/yyyy"), 2400),
         asks="own.allowed.no_date"),
    Case("15/19", TRIED, [["Tên xã", "Số tiêu chí đạt"], ["Xốp", "15/19"], ["Đăk Man", Shown(14 / 19, "??/??")]],
         {"23359": 15, "23347": 14}, column="ntm_criteria_met"),
    Case("a mark for each criterion", TRIED, [["Tên xã", *MARKS], ["Xốp", *["x"] * 17, None, None], ["Đăk Man",
         *["x"] * 12, *[None] * 7]], {"23359": 17, "23347": 12}, column="ntm_criteria_met"),
    Case("Đạt and Chưa đạt", TRIED, [["Tên xã", *MARKS], ["Xốp", *["Đạt"] * 17, "Chưa đạt", "K"]], {"23359": 17},
         column="ntm_criteria_met"),
    Case("marks with a gap", TRIED, [["Tên xã", *MARKS], ["Xốp", *["Đạt"] * 17, "Chưa đạt", None]],
         asks="own.allowed.every_mark"),
    Case("more poor than households", TRIED, [HEAD, [1, "Đăk Glei", 900, 901]], asks="own.allowed.part"),
    Case("a day that reads in two orders", "wireservice/csvkit#280", [["Ngày văn bản", "01/05/2025"], *PLAIN],
         asks="own.allowed.day_order", file="a.csv", write=written_as_text, date=None),
)
# fmt: on
