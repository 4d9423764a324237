"""A table of an office that was read, with its rows, and the mistakes of one that was not, each cause once."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..base.errors import DataError, Problem, Words
from ..base.words import LANGUAGES
from ..data.own import PREFIX
from .layout import Layout
from .places import Place

_ASKED_ROWS = 20  # rows that one message names
_NO_RESULT = "own.allowed.no_result"
_TOLD_APART = 6  # messages about one column that differ only in what they ask for


@dataclass
class Entry:
    """One row of a table: what stands in it, and what it means once that is settled.

    place: the sheet as messages name it; heads: the headings as messages name them, by column; number: the text of its
    first column; candidates: the areas it may mean; kind: area, total, group (a subtotal), other (outside our
    province), note or "" while unsettled; code: of the area, or of the district whose subtotal it is; cells: what
    stands in the file, by column; values: what that means; has_namesake: an area of the other time bears the name, and
    nothing in the table tells which is meant.
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
    has_namesake: bool = False
    candidates: list[Place] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, Any] = field(default_factory=dict)
    refusals: list[Problem] = field(default_factory=list)

    def problem(self, column: str, key: str, **values: Any) -> Problem:
        """A Problem of one of its cells."""
        words = self.cells.get(column, "")
        words = words if isinstance(words, float) else str(words)
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


class Disagreement(NamedTuple):
    """A total or subtotal that is not the sum of its rows."""

    entry: Entry
    column: str
    stated: int
    added: int
    rows: int


@dataclass(frozen=True)
class Filled:
    """A table that was read without a mistake: the rows of its areas, the year, and the document it comes from.

    layout, rows: how the file was understood, with all rows; others: (name, is hidden) of the sheets not read;
    disagreements: totals that do not agree; title_year: the year its title names, where it names one.
    """

    entries: tuple[Entry, ...]
    year: int
    office: str
    document: str
    date: str
    layout: Layout
    rows: tuple[Entry, ...]
    others: tuple[tuple[str, bool], ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    title_year: int | None = None
    fractions: tuple[str, ...] = ()
    last_day: str = ""

    @property
    def day(self) -> str:
        """The day the figures speak of: the end of the year, if not an earlier one on which an area ended."""
        return self.last_day or f"{self.year}-12-31"

    @property
    def source_id(self) -> str:
        """A slug for the document: letters of its names, made unambiguous by a hash of the names themselves."""
        plain = unicodedata.normalize("NFD", f"{self.document} {self.office}".casefold().replace("đ", "d"))
        slug = re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c)))
        mark = hashlib.sha256("\n".join([self.office, self.document, self.date]).encode()).hexdigest()[:8]
        return "-".join(filter(None, [PREFIX.rstrip("-"), slug.strip("-")[:40].strip("-"), mark]))


class MisreadTable(DataError):
    """The problems of a table whose heading was understood. layout: how."""

    def __init__(self, problems: Sequence[Problem], layout: Layout) -> None:
        super().__init__(causes(problems))
        self.layout = layout


def causes(problems: Sequence[Problem]) -> list[Problem]:
    """The problems with one left of each cause, which names the rows of all others.

    A cause is a fault in a column; where it asks for different things in many rows, the first are told one by one.
    """
    grouped: dict[tuple[str, str | None, str], dict[str, list[Problem]]] = {}
    formulas = [problem for problem in problems if problem.allowed == _NO_RESULT and problem.column]
    for problem in (problem for problem in problems if problem not in formulas):
        group = grouped.setdefault((problem.file, problem.column, problem.allowed), {})
        group.setdefault(problem.rule_words("vi"), []).append(problem)
    files = dict.fromkeys(problem.file for problem in formulas)
    causes = [_formulas([problem for problem in formulas if problem.file == file]) for file in files]
    for group in grouped.values():
        alike = sorted(group.values(), key=lambda rows: rows[0].row or 0)
        rest = [problem for rows in alike[_TOLD_APART:] for problem in rows]
        causes += [_cause(rows) for rows in [*alike[:_TOLD_APART], rest] if rows]
    return causes


def _formulas(problems: Sequence[Problem]) -> Problem:
    """All formulas of a sheet without a saved result as one problem, which lists their cells: C2:C11, E5."""
    rows: dict[str, list[int]] = {}
    for problem in problems:
        rows.setdefault(str(problem.column).partition(" ")[0], []).append(problem.row or 0)
    runs: list[str] = []
    for column, numbers in rows.items():
        numbers = sorted(numbers)
        starts = [number for number in numbers if number - 1 not in numbers]
        ends = [number for number in numbers if number + 1 not in numbers]
        runs += [f"{column}{a}:{column}{b}" if a < b else f"{column}{a}" for a, b in zip(starts, ends, strict=True)]
    cells = ", ".join(runs[:_ASKED_ROWS]) + (" …" if len(runs) > _ASKED_ROWS else "")
    return Problem(problems[0].file, None, None, Words("own.formulas", count=len(problems), cells=cells), _NO_RESULT)


def _cause(group: Sequence[Problem]) -> Problem:
    first = min(group, key=lambda problem: problem.row or 0)
    others = [problem for problem in group if problem is not first]
    if not others:
        return first
    value = {lang: first.value_words(lang) for lang in LANGUAGES}
    rows = {lang: _row_list(others, first.value, lang) for lang in LANGUAGES}
    also = Words("own.also", value=value, count=len(others), rows=rows)
    return Problem(first.file, first.row, first.column, also, first.allowed, first.values)


def _row_list(problems: Sequence[Problem], value: object, lang: str) -> str:
    """Their rows, each with what stands there where it is another value."""
    words = [f" ({one.value_words(lang)})" if one.value not in ("", value) else "" for one in problems[:_ASKED_ROWS]]
    rows = [f"{one.row}{more}" for one, more in zip(problems, words, strict=False)]
    return ", ".join(rows) + (" …" if len(problems) > _ASKED_ROWS else "")
