"""One row of an office's table: what stands in it, and what it means once that is settled."""

from dataclasses import dataclass, field
from typing import Any

from ..base.errors import Problem
from .places import Place


@dataclass
class Entry:
    """One row of a table: what stands in it, and what it means once that is settled.

    place: the sheet as messages name it; heads: the headings as messages name them, by column; number: the text of its
    first column; candidates: the areas it may mean; kind: area, total, group (a subtotal), other (outside our
    province), note or "" while unsettled; code: of the area, or of the district whose subtotal it is; cells: what
    stands in the file, by column; values: what that means.
    """

    place: str
    row: int
    heads: dict[str, str]
    number: str = ""
    name: str = ""
    district: str = ""
    area_code: str = ""
    code: str = ""
    level: str = ""
    kind: str = ""
    candidates: list[Place] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, Any] = field(default_factory=dict)
    refusals: list[Problem] = field(default_factory=list)

    def problem(self, column: str, key: str, **values: Any) -> Problem:
        """A Problem of one of its cells."""
        words = self.cells.get(column, "")
        words = f"{words:.15g}" if isinstance(words, float) else str(words)
        return Problem(self.place, self.row, self.heads.get(column, column), words, key, values)

    def about_area(self, key: str, **values: Any) -> Problem:
        """A Problem of its code or name."""
        return self.problem("code" if self.area_code and not self.name else "name", key, **values)

    def of_level(self, *levels: str) -> list[Place]:
        """Those of the areas it may mean that are of these levels."""
        return [place for place in self.candidates if place.level in levels]

    def settle(self, kind: str, place: Place | None = None) -> None:
        """Fix what the row is, and its area."""
        self.kind, self.candidates = kind, [place] if place else []
        if place:
            self.code, self.level = place.code, "commune" if place.level == "unit" else place.level
