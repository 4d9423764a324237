"""Which sheet of a file holds the table, where it stands there, and which column is what.

A heading of one to three rows is found by trying: the rows under which most columns are understood. What is understood
is shown to the office before anything is read, and corrected by answers such as {"hn": "poor_households"}.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ..base.errors import KontumError
from ..base.words import LANGUAGES, text
from ..data.spelling import fold
from .answers import Answers
from .columns import BY_NAME, FRACTIONS, IDENTITY, is_of_which, part_of_left, recognised
from .letters import OLD_LETTERS
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
        _settle_parts(paths, names)
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
    grid = [[cell.text for cell in row] for row in rows]
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


def _settle_parts(paths: Mapping[int, tuple[str, ...]], names: dict[int, str | None]) -> None:
    """Say of what a column "of which ethnic minority" is a part: of the column on its left. Right of near-poor
    households it may be of the poor too, and stays open unless those have such a column of their own.
    """
    left = None
    for place in sorted(paths):
        if names[place] is not None or not is_of_which(paths[place]):
            left = names[place]
            continue
        part = part_of_left(paths[place], left)
        is_open = part == "dtts_near_poor_households" and "dtts_poor_households" not in names.values()
        names[place] = None if is_open or part in names.values() else part


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
    texts = [cell.text for cell in row if cell.value is not None or cell.is_uncalculated]
    if len(texts) < 2 or not all(_COLUMN_NUMBER.fullmatch(text) for text in texts):
        return False
    numbers = [int(text) for text in texts if text.isdigit()]
    return numbers == sorted(set(numbers))


@dataclass(frozen=True)
class Tables:
    """The table that is read, sheets with totals of our own template, and what is left: (name, is hidden)."""

    main: Layout
    totals: tuple[Layout, ...]
    others: tuple[tuple[str, bool], ...]
    answers: Answers

    def of_year(self, year: int) -> Layout:
        """The table read again now that its year is known: columns of other years are not taken."""
        return find_layout(self.main.file, self.main.sheet, year, self.answers.columns) or self.main


def choose_tables(name: str, sheets: Sequence[Sheet], sheet_name: str | None, year: object, answers: Answers) -> Tables:
    """The table of a file.

    sheet_name: of the sheet to read. Without it a hidden sheet is taken only where no visible one fits. Raises
    KontumError where no sheet has a heading that is understood, and where several fit.
    """
    is_text = all(not sheet.name for sheet in sheets)
    candidates = [sheet for sheet in sheets if sheet_name is None or fold(sheet.name) == fold(sheet_name)]
    if not candidates:
        raise KontumError("own.error.sheet", file=name, wanted=sheet_name, sheets=", ".join(s.name for s in sheets))
    totals = {fold(text("own.sheet.totals", lang)) for lang in LANGUAGES}
    layouts = [layout for sheet in candidates if (layout := _layout(name, sheet, answers))]
    of_totals = [layout for layout in layouts if fold(layout.sheet.name) in totals and len(layouts) > 1]
    layouts = [layout for layout in layouts if layout not in of_totals]
    if not layouts:
        raise KontumError("own.error.no_headings", file=name, headings=_headings_of(candidates))
    main = max(layouts, key=_size) if is_text else _only(name, layouts, year)
    names = [main.sheet.name, *(layout.sheet.name for layout in of_totals)]
    others = tuple(
        (s.name, s.is_hidden) for s in sheets if s.name not in names and any(c.value for r in s.rows for c in r)
    )
    return Tables(main, tuple(of_totals), () if is_text else others, answers)


def _layout(name: str, sheet: Sheet, answers: Answers) -> Layout | None:
    """The layout of a sheet, read in an old font where it is not understood without."""
    readings = [sheet, *(sheet.in_letters(letters) for letters in OLD_LETTERS)] if not sheet.letters else [sheet]
    return next((layout for s in readings if (layout := find_layout(name, s, None, answers.columns))), None)


def _size(layout: Layout) -> tuple[int, int]:
    """How much of a table is understood: its columns, and its rows that name areas."""
    columns = {name for name in layout.columns.values() if name}
    rows = sum(any(is_area_name(str(cell.value)) for cell in row) for row in layout.sheet.rows[layout.first :])
    return len(columns), rows


def _only(name: str, layouts: Sequence[Layout], year: object) -> Layout:
    """The visible table with rows of areas; of several that of our template, or the one whose name is the year."""
    fitting = [layout for layout in layouts if _size(layout)[1]] or list(layouts)
    visible = [layout for layout in fitting if not layout.sheet.is_hidden] or fitting
    our_names = {fold(text("own.sheet.data", lang)) for lang in LANGUAGES}
    for choice in (
        visible,
        [layout for layout in visible if fold(layout.sheet.name) in our_names],
        [layout for layout in visible if year and str(year) in layout.sheet.name],
    ):
        if len(choice) == 1:
            return choice[0]
    names = ", ".join(layout.sheet.name for layout in visible)
    raise KontumError("own.error.which_sheet", file=name, sheets=names, first=visible[0].sheet.name)


def _headings_of(sheets: Sequence[Sheet]) -> str:
    """The texts of the first row of several texts, as a message names what was found instead of a heading."""
    for sheet in sheets:
        for row in sheet.rows[:60]:
            texts = [str(cell.value) for cell in row if isinstance(cell.value, str)]
            if len(texts) > 2:
                return "; ".join(words[:30] for words in texts[:8])
    return "–"
