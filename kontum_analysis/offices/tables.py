"""Which sheet of a workbook, or which reading of a text, holds the table: the one that fits, or the one named."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..base.errors import KontumError
from ..base.words import LANGUAGES, text
from ..data.spelling import fold
from .answers import Answers
from .layout import Layout, find_layout
from .letters import OLD_LETTERS
from .places import is_area_name
from .sheets import Sheet


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
    added = [layout for layout in layouts if fold(layout.sheet.name) in totals and len(layouts) > 1]
    layouts = [layout for layout in layouts if layout not in added]
    if not layouts:
        raise KontumError("own.error.no_headings", file=name, headings=_headings_of(candidates))
    main = _best(layouts) if is_text else _only(name, layouts, year)
    read = [main.sheet.name, *(layout.sheet.name for layout in added)]
    others = tuple(
        (s.name, s.is_hidden) for s in sheets if s.name not in read and any(c.value for r in s.rows for c in r)
    )
    return Tables(main, tuple(added), () if is_text else others, answers)


def _layout(name: str, sheet: Sheet, answers: Answers) -> Layout | None:
    """The layout of a sheet, read in an old font where it is not understood without."""
    readings = [sheet, *(sheet.in_letters(letters) for letters in OLD_LETTERS)] if not sheet.letters else [sheet]
    return next((layout for s in readings if (layout := find_layout(name, s, None, answers.columns))), None)


def _size(layout: Layout) -> tuple[int, int]:
    """How much of a table is understood: its columns, and its rows that name areas."""
    columns = {name for name in layout.columns.values() if name}
    rows = sum(any(is_area_name(str(cell.value)) for cell in row) for row in layout.sheet.rows[layout.first :])
    return len(columns), rows


def _best(layouts: Sequence[Layout]) -> Layout:
    return max(layouts, key=_size)


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
