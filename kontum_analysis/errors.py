"""Errors a user can act on: what is wrong, where, and what is allowed instead."""

from dataclasses import dataclass


class KontumError(ValueError):
    """Any mistake in what the user gave us. The command line prints it without a traceback."""


@dataclass(frozen=True)
class Problem:
    """One mistake in a file: where it stands, what was found, what is allowed."""

    file: str
    row: int | None
    column: str | None
    value: str
    allowed: str

    def __str__(self):
        where = [self.file]
        if self.row is not None:
            where.append(f"row {self.row}")
        if self.column is not None:
            where.append(f"column {self.column}")
        return f"{', '.join(where)}: found {self.value!r}; {self.allowed}"


class DataError(KontumError):
    """All problems of the files that were read, listed together."""

    def __init__(self, problems):
        self.problems = sorted(problems, key=lambda p: (p.file, p.row or 0, p.column or ""))
        count = len(self.problems)
        head = "1 problem found:" if count == 1 else f"{count} problems found:"
        super().__init__("\n".join([head, *(f"  {p}" for p in self.problems)]))


class UnknownAreaError(KontumError):
    """A name that is no area, or that more than one area carries; the message names the nearest."""


class ScenarioError(KontumError):
    """A scenario that cannot be read or cannot be run."""
