"""Figures of old communes in a table of 2025 or later: added up to the units of July 2025 where all parts are there."""

from collections.abc import Sequence

from ..base.errors import Problem
from .columns import BY_NAME, RATES
from .entries import Entry
from .places import Place, parts_of, place_names, unit_of_part


def add_up_to_units(entries: Sequence[Entry]) -> tuple[list[Entry], list[Problem]]:
    """The rows with those of old communes replaced by one a unit, and a Problem for each unit of which a part lacks.

    Counts are added; a rate is left out where its count is added, and refused, like criteria, where it is not, since
    neither can be added.
    """
    old: dict[Place, list[Entry]] = {}
    units_and_rest = []
    for entry in entries:
        if entry.level == "old commune":
            old.setdefault(unit_of_part(entry.code), []).append(entry)
        else:
            units_and_rest.append(entry)
    problems = []
    for unit, rows in old.items():
        present = {row.code for row in rows}
        lacking = [part for part in parts_of(unit.code) if part.code not in present]
        if lacking:
            problems.append(_parts_problem(unit, rows, lacking))
            continue
        unit_entry, faults = _add(unit, rows)
        units_and_rest.append(unit_entry)
        problems += faults
    return units_and_rest, problems


def _parts_problem(unit: Place, rows: Sequence[Entry], lacking: Sequence[Place]) -> Problem:
    names = dict(parts=place_names([row.candidates[0] for row in rows]), lacking=place_names(lacking))
    return rows[0].about_area("own.allowed.parts_missing", unit=f"{unit.type} {unit.name} ({unit.code})", **names)


def _add(unit: Place, rows: Sequence[Entry]) -> tuple[Entry, list[Problem]]:
    first, problems = rows[0], []
    entry = Entry(first.place, first.row, first.heads, name=first.name)
    entry.settle("area", unit)
    for name in dict.fromkeys(name for row in rows for name in row.values):
        with_value = [row for row in rows if name in row.values]
        if BY_NAME[name].kind == "count":
            if len(with_value) == len(rows):
                entry.values[name] = sum(row.values[name] for row in rows)
                entry.cells[name] = entry.values[name]
        elif RATES.get(name) not in with_value[0].values:
            problems.append(with_value[0].problem(name, "own.allowed.no_sum", unit=f"{unit.type} {unit.name}"))
    return entry, problems
