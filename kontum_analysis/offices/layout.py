"""Where the table of a sheet stands and which column is what: the rows of its heading, and what they mean.

A heading of one to three rows is found by trying: the rows under which most columns are understood. What is understood
is shown to the office before anything is read, and corrected by answers such as {"hn": "poor_households"}.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from ..data.spelling import fold
from .columns import BY_NAME, FRACTIONS, IDENTITY, recognised
from .places import is_area_name
from .sheets import Cell, Sheet
from .typed import without_footnote

_DEEPEST, _LOWEST = 3, 60  # rows of a heading, and the last row in which one may begin
_COLUMN_NUMBER = re.compile(r"\(?([A-ZĐ]|[0-9]{1,2})\)?(\s*=.*)?")


@dataclass(frozen=True)
class Layout:
    """A sheet with the rows of its heading (from 0), what each column is called there, and the column it means.

    columns: by place the name of a column, "" for one that is passed over, None for one that is not understood;
    answers: those of the given answers that were used, by the heading they are about.
    """

    file: str
    sheet: Sheet
    top: int
    depth: int
    headings: dict[int, str]
    columns: dict[int, str | None]
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where a message says that it stands."""
        return f"{self.file} › {self.sheet.name}" if self.sheet.name else self.file

    @property
    def first(self) -> int:
        """The first row (from 0) below the heading and below a row that numbers the columns, with what of the heading
        stands between them."""
        below = self.top + self.depth
        for number, row in enumerate(self.sheet.rows[below : below + _DEEPEST], below + 1):
            if _numbers_columns(row):
                return number
            if any(isinstance(cell.value, int | float) for cell in row):
                break
        return below

    @property
    def keys(self) -> set[str]:
        """Every key by which an answer may speak of one of the columns."""
        return {key for place, words in self.headings.items() for key in _keys(place, tuple(words.split(" › ")))}

    def head(self, place: int) -> str:
        """A column as messages name it: its letter and heading."""
        return f"{letter(place)} ({self.headings.get(place, '')})"


def letter(place: int) -> str:
    """The letter of a column, from 0.

    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place + 1))


def is_figure(name: str | None) -> bool:
    """Whether a column holds figures: counts, rates, criteria or their marks."""
    return bool(name) and (name in BY_NAME or name in FRACTIONS or str(name).startswith("criterion_"))


def find_layout(file: str, sheet: Sheet, year: int | None, answers: Mapping[str, str]) -> Layout | None:
    """The layout of a sheet under which most columns are understood; None where no figure of ours stands in it.

    answers: column by heading (folded) or by letter ("cột d"), which come before what is understood without them.
    """
    grid = _fill(sheet)

    def read(top: int, depth: int) -> tuple[int, int, int, dict[int, tuple[str, ...]], dict[int, str | None]]:
        paths = _paths(grid[top : top + depth], bool(sheet.merged))
        names = {place: _meaning(place, path, year, answers) for place, path in paths.items()}
        is_ours = any(is_figure(name) for name in names.values())
        return is_ours * len(set(names.values()) - {None, ""}), top, depth, paths, names

    readings = (read(top, depth) for top in range(min(_LOWEST, len(grid))) for depth in range(1, _DEEPEST + 1))
    best = max(readings, key=lambda reading: (reading[0], -reading[2]), default=None)
    if best is None or not best[0]:
        return None
    whole = read(*_whole_cells(sheet, best[1], best[2]))
    _, top, depth, paths, names = max(whole, best, key=lambda reading: reading[0])
    headings = {place: " › ".join(path) for place, path in paths.items()}
    uses = {heading: str(names[place]) for place, heading in headings.items() if _answer(place, paths[place], answers)}
    layout = Layout(file, sheet, top, depth, headings, names, uses)
    _choose_identity(layout)
    return layout if set(layout.columns.values()) & set(IDENTITY) else None


def _fill(sheet: Sheet) -> list[list[str]]:
    """The texts of the rows in which a heading may stand, with those of merged cells in every cell they cover."""
    rows = sheet.rows[: _LOWEST + _DEEPEST]
    grid = [[_text(cell) for cell in row] for row in rows]
    for top, left, bottom, right in sheet.merged:
        if top < len(grid) and left < len(grid[top]):
            for row in grid[top : bottom + 1]:
                row[left : right + 1] = [grid[top][left]] * len(row[left : right + 1])
    return grid


def _whole_cells(sheet: Sheet, top: int, depth: int) -> tuple[int, int]:
    """The first row and the depth of a heading with every merged cell that stands in it, if that is no deeper than may
    be."""
    spans = [(first, last) for first, _, last, _ in sheet.merged if first < top + depth and last >= top]
    first = min([top, *(first for first, _ in spans)])
    last = max([top + depth - 1, *(last for _, last in spans)])
    return (first, last - first + 1) if last - first < _DEEPEST else (top, depth)


def _text(cell: Cell) -> str:
    if isinstance(cell.value, float) and cell.value == int(cell.value):
        return str(int(cell.value))
    return "" if cell.value is None else str(cell.value)


def _paths(rows: list[list[str]], has_merged: bool) -> dict[int, tuple[str, ...]]:
    """For each column that has a heading its texts from above, each once.

    Where no cells are merged (a text; a heading centred across cells), a cell without text belongs to the group on its
    left if a text stands below it.
    """
    width = max(map(len, rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows]
    if not has_merged:
        for above, below in zip(rows, rows[1:], strict=False):
            for place in range(1, width):
                if not above[place] and below[place]:
                    above[place] = above[place - 1]
    paths = {place: tuple(dict.fromkeys(filter(None, (row[place] for row in rows)))) for place in range(width)}
    return {place: path for place, path in paths.items() if path}


def _keys(place: int, path: tuple[str, ...]) -> list[str]:
    by_letter = [fold(f"{word} {letter(place)}") for word in ("cột", "column")]
    return [fold(" ".join(path)), fold(path[-1]), fold(without_footnote(path[-1])), *by_letter]


def _answer(place: int, path: tuple[str, ...], answers: Mapping[str, str]) -> str | None:
    return next((answers[key] for key in _keys(place, path) if key in answers), None)


def _meaning(place: int, path: tuple[str, ...], year: int | None, answers: Mapping[str, str]) -> str | None:
    answer = _answer(place, path, answers)
    return _recognised(path, year) if answer is None else answer


_recognised = lru_cache(maxsize=10_000)(recognised)


def _choose_identity(layout: Layout) -> None:
    """Of several columns for the name keep the one that holds most names of areas; find it by them where none is."""
    counts = {
        place: sum(is_area_name(str(row[place].value)) for row in layout.sheet.rows[layout.first :] if place < len(row))
        for place, name in layout.columns.items()
        if name is None or name in ("name", "")
    }
    name_places = [place for place, name in layout.columns.items() if name == "name"]
    if len(name_places) > 1 or (not name_places and "code" not in layout.columns.values()):
        best = max(counts, key=lambda place: counts[place], default=None)
        if best is not None and (name_places or (counts[best] and "district" not in layout.columns.values())):
            for place in name_places:
                layout.columns[place] = ""
            layout.columns[best] = "name"


def _numbers_columns(row: list[Cell]) -> bool:
    """Whether a row numbers the columns: A, B, 1, 2, 3=2/1."""
    texts = [_text(cell) for cell in row if cell.value is not None or cell.is_uncalculated]
    if len(texts) < 2 or not all(_COLUMN_NUMBER.fullmatch(text) for text in texts):
        return False
    numbers = [int(text) for text in texts if text.isdigit()]
    return numbers == sorted(set(numbers))
