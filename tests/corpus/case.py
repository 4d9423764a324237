"""What a case of the corpus is, and rows that many cases share.

Values are by code of the area: households_total and poor_households, unless a column is named. Figures are fictitious,
names of areas are real. `asks` is the key of the one problem that must be told instead of values.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .write import with_part, written_by_xlsxwriter

TRIED = "tried with offices' workbooks"
HEAD = ["STT", "Đơn vị", "Tổng số hộ", "Hộ nghèo"]
CITY, GLEI, HOI = [1, "Thành phố Kon Tum", 45000, 350], [2, "Đăk Glei", 13500, 2400], [3, "Ngọc Hồi", 16000, 700]
THREE = {"608": (45000, 350), "610": (13500, 2400), "611": (16000, 700)}
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

    def write_file(self, folder):
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
