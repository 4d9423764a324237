"""A table of an office that was read, and the mistakes of one that was not, each cause once."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ..base.errors import Problem, Words
from ..data.own import PREFIX
from .entries import Entry
from .layout import Layout
from .sums import Disagreement

_ASKED_ROWS = 20  # rows that one message names
_NO_RESULT = "own.allowed.no_result"
_TOLD_APART = 6  # messages about one column that differ only in what they ask for


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
    values = [f" ({other.value!r})" if other.value not in ("", first.value) else "" for other in others]
    rows = [f"{other.row}{value}" for other, value in zip(others, values, strict=True)]
    row_list = ", ".join(rows[:_ASKED_ROWS]) + (" …" if len(rows) > _ASKED_ROWS else "")
    also = Words("own.also", value=repr(first.value), count=len(others), rows=row_list)
    return Problem(first.file, first.row, first.column, also, first.allowed, first.values)
