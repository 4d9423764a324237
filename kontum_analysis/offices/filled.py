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
    for problem in problems:
        group = grouped.setdefault((problem.file, problem.column, problem.allowed), {})
        group.setdefault(problem.rule_words("vi"), []).append(problem)
    causes = []
    for group in grouped.values():
        alike = sorted(group.values(), key=lambda rows: rows[0].row or 0)
        rest = [problem for rows in alike[_TOLD_APART:] for problem in rows]
        causes += [_cause(rows) for rows in [*alike[:_TOLD_APART], rest] if rows]
    return causes


def _cause(group: Sequence[Problem]) -> Problem:
    first = min(group, key=lambda problem: problem.row or 0)
    others = [problem for problem in group if problem is not first]
    if not others:
        return first
    rows = [str(problem.row) + (f" ({problem.value!r})" if problem.value else "") for problem in others]
    row_list = ", ".join(rows[:_ASKED_ROWS]) + (" …" if len(rows) > _ASKED_ROWS else "")
    also = Words("own.also", value=repr(first.value), count=len(others), rows=row_list)
    return Problem(first.file, first.row, first.column, also, first.allowed, first.values)
