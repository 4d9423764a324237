"""The areas of a simulation: a checked table, and the tree that its `parent` column makes of it."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import DataError, Problem
from ..data.contract import read_table

COLUMNS = ("code", "level", "parent", "rate", "households")
OPTIONAL = ("opening_sd", "speed", "speed_years")
LEVELS = ("nation", "region", "province", "district", "commune")
MOST_HOUSEHOLDS = 2**33  # in parts of 2^-20 they stay below 2^53, so that sums of them are exact


@dataclass(frozen=True)
class Tree:
    """Areas in an order of their own, whatever the order of the table they came in.

    nodes: the areas that have others below them; leaves: those that have none, children of one parent side by side.
    Both carry
    `chain`, the positions in `nodes` of the areas above, from the top down.
    """

    nodes: pd.DataFrame
    leaves: pd.DataFrame


def read_areas(path: str | Path) -> pd.DataFrame:
    """The areas of a CSV file with the columns of `planted`, as text, for `planted` to check. Raises DataError for a
    broken file.
    """
    with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
        header = next(csv.reader(file), [])
    table = read_table(path, (*COLUMNS, *(c for c in (*OPTIONAL, "name") if c in header)))
    table.attrs["file"] = Path(path).name
    return table


def planted(areas: pd.DataFrame) -> Tree:
    """The tree of a table with columns code, level, parent, rate (fraction), households; further ones may be absent.

    rate and households are read for the lowest areas; those of a parent are what its children make them. opening_sd:
    standard
    deviation of the opening log odds (0: known); speed, speed_years: an area's own yearly change of the log odds and
    how many
    years it rests on. Raises DataError with every problem found.
    """
    file = areas.attrs.get("file", "areas")
    missing = [c for c in COLUMNS if c not in areas.columns]
    if missing:
        raise DataError(
            [_problem(file, None, c, "–", "simulate.error.no_column", columns=", ".join(COLUMNS)) for c in missing]
        )
    table, problems = _typed(areas.reset_index(drop=True), file)
    paths, broken = _paths(table, file)
    problems += broken
    lowest = ~table["code"].isin(table["parent"])
    problems += _range_problems(table, lowest, file)
    if problems or not len(table):
        raise DataError(problems or [_problem(file, None, None, "0", "simulate.error.empty")])
    return _ordered(table.assign(path=pd.Series(paths, table.index, dtype=object)), lowest.to_numpy())


def _problem(file: str, row: int | None, column: str | None, value: Any, key: str, **values: Any) -> Problem:
    return Problem(file, row, column, str(value), key, values)


def _typed(areas: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Codes as text, numbers as numbers, and what could not be read."""
    table, problems = areas.assign(line=areas.get("line", np.arange(1, len(areas) + 1))), []
    for name in ("code", "level", "parent"):
        table[name] = table[name].astype("string").fillna("").astype(object)
    for name in ("rate", "households", *OPTIONAL):
        given = table[name].replace("", np.nan) if name in table else pd.Series(np.nan, table.index)
        table[name] = pd.to_numeric(given, errors="coerce").astype(float)
        unread = table[name].isna() & given.notna()
        for line, value in zip(table.loc[unread, "line"], given[unread], strict=True):
            problems.append(_problem(file, int(line), name, value, "simulate.error.number"))
    return table, problems


def _paths(table: pd.DataFrame, file: str) -> tuple[list[tuple[str, ...]], list[Problem]]:
    """The codes from the top down to each area, and what is wrong with codes, levels and parents."""
    above, problems = dict(zip(table["code"], table["parent"], strict=True)), []
    seen, paths = set(), []
    for line, code, level, parent in table[["line", "code", "level", "parent"]].itertuples(index=False):
        if not code or code in seen:
            key = "simulate.error.repeated" if code else "simulate.error.no_code"
            problems.append(_problem(file, int(line), "code", code, key))
        seen.add(code)
        if level not in LEVELS:
            problems.append(_problem(file, int(line), "level", level, "simulate.error.level", levels=", ".join(LEVELS)))
        path = [code]
        while path[-1] in above and above[path[-1]] and len(path) <= len(LEVELS):
            path.append(above[path[-1]])
        if parent and parent not in above:
            problems.append(_problem(file, int(line), "parent", parent, "simulate.error.parent"))
        elif len(path) > len(LEVELS):
            problems.append(_problem(file, int(line), "parent", parent, "simulate.error.circle", most=len(LEVELS)))
        paths.append(tuple(reversed(path)))
    return paths, problems


def _range_problems(table: pd.DataFrame, lowest: pd.Series, file: str) -> list[Problem]:
    """Values of the lowest areas that are missing or that no rate, weight or spread can have."""
    rules = (
        ("rate", lowest & ~((table["rate"] > 0) & (table["rate"] < 1)), "simulate.error.rate"),
        (
            "households",
            lowest & ~((table["households"] >= 1) & (table["households"] < MOST_HOUSEHOLDS)),
            "simulate.error.households",
        ),
        ("opening_sd", ~(table["opening_sd"].fillna(0).between(0, 10)), "simulate.error.spread"),
        ("speed", ~(table["speed"].fillna(0).between(-5, 5)), "simulate.error.speed"),
        ("speed_years", table["speed"].notna() & ~(table["speed_years"] > 0), "simulate.error.speed_years"),
    )
    problems = []
    for name, bad, key in rules:
        for line, value in table.loc[bad, ["line", name]].itertuples(index=False):
            problems.append(_problem(file, int(line), name, "–" if pd.isna(value) else f"{value:g}", key))
    if not problems and table.loc[lowest, "households"].sum() >= MOST_HOUSEHOLDS:
        problems.append(_problem(file, None, "households", table["households"].sum(), "simulate.error.households"))
    return problems


def _ordered(table: pd.DataFrame, lowest: np.ndarray) -> Tree:
    by_parent = table["path"].map(lambda path: (path[:-1], path[-1]))
    order = sorted(range(len(table)), key=by_parent.tolist().__getitem__)
    table, lowest = table.iloc[order], lowest[order]
    nodes, leaves = table[~lowest].reset_index(drop=True), table[lowest].reset_index(drop=True)
    place = {code: number for number, code in enumerate(nodes["code"])}
    chain = [frame["path"].map(lambda path: tuple(place[code] for code in path[:-1])) for frame in (nodes, leaves)]
    return Tree(nodes.assign(chain=chain[0]), leaves.assign(chain=chain[1]))
