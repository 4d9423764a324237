"""A table as it stands in a file: sheets of cells, with the marks that matter, and nothing interpreted."""

import unicodedata
from dataclasses import dataclass, field, replace
from typing import Any

from ..base.errors import KontumError
from .letters import OLD_LETTERS

MOST_ROWS, MOST_COLUMNS = 20_000, 500


def check_extent(name: str, rows: int, columns: int) -> None:
    """Raise KontumError for a sheet of more rows or columns than any table of figures has."""
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise KontumError("own.error.far_cell", file=name, rows=MOST_ROWS, columns=MOST_COLUMNS)


@dataclass(frozen=True)
class Cell:
    """One cell: a text, number, date or yes/no (None if empty) and its number format ("" where unknown).

    is_uncalculated: a formula whose result was never saved; is_error: an error of the spreadsheet such as #DIV/0!.
    """

    value: Any = None
    number_format: str = ""
    is_uncalculated: bool = False
    is_error: bool = False

    @property
    def text(self) -> str:
        """What it says as text: a whole number without decimals, "" for nothing."""
        is_whole = isinstance(self.value, float) and self.value == int(self.value)
        return "" if self.value is None else str(int(self.value) if is_whole else self.value)


@dataclass(frozen=True)
class Sheet:
    """A grid of cells; name is "" for a text file. Row and column 0 are row 1 and column A.

    merged: ranges as (first row, first column, last row, last column); letters: the old font its text was typed in;
    has_formats: whether number formats and letters above the line could be seen.
    """

    name: str
    rows: list[list[Cell]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    is_hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    is_filtered: bool = False
    has_formats: bool = False
    letters: str = ""

    def in_letters(self, letters: str) -> "Sheet":
        """The sheet with its texts turned from an old font into Unicode."""

        def convert(cell: Cell) -> Cell:
            is_text = isinstance(cell.value, str)
            return replace(cell, value=composed(OLD_LETTERS[letters](cell.value))) if is_text else cell

        return replace(self, rows=[[convert(cell) for cell in row] for row in self.rows], letters=letters)


def composed(text: str) -> str:
    """A text in composed letters, without spaces around it."""
    return unicodedata.normalize("NFC", text).strip()
