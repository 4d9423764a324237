"""The areas of a simulation: a checked table, and the tree that its `parent` column makes of it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..base.errors import DataError, KontumError, Problem
from ..data.contract import LINE, content_of, parse_table

COLUMNS = ("code", "level", "parent", "rate", "households")
OPTIONAL = ("opening_sd", "speed", "speed_years")
NUMBERS = (*COLUMNS[3:], *OPTIONAL)
LEVELS = ("nation", "region", "province", "district", "commune")
MOST_HOUSEHOLDS = 2**33  # in parts of 2^-20 they stay below 2^53, so that sums of them are exact
_PARTED = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")  # 1.200 is as a rule twelve hundred, and would be read as 1.2


class Tree(NamedTuple):
    """Areas in an order of their own, whatever the order of the table they came in.

    nodes: the areas that have others below them; leaves: those that have none, children of one parent side by side.
    Both carry `chain`, the positions in `nodes` of the areas above, from the top down, and how many areas and
    households there are in all lowest ones of an area.
    """

    nodes: pd.DataFrame
    leaves: pd.DataFrame


def read_areas(path: str | Path) -> pd.DataFrame:
    """The areas of a CSV file as text, for `plant_tree` to check. Raises KontumError for no file or a broken one."""
    if not Path(path).is_file():
        raise KontumError("simulate.error.no_file", value=path)
    content = content_of(Path(path))
    first, *_ = content.decode("utf-8-sig", "replace").splitlines() or [""]
    header = first.replace('"', "").split(",")
    table = parse_table(Path(path).name, content, (*COLUMNS, *(name for name in (*OPTIONAL, "name") if name in header)))
    table = table[(table.drop(columns=LINE) != "").any(axis="columns")]  # a spreadsheet leaves rows of commas behind
    table.attrs["file"] = Path(path).name
    return table


def plant_tree(areas: pd.DataFrame) -> Tree:
    """The tree of a table with columns code, level, parent, rate (fraction), households; further ones may be absent.

    rate and households are read for the lowest areas; those of a parent are what its children make them. opening_sd:
    standard deviation of the opening log odds (0: known); speed, speed_years: an area's own yearly change of the log
    odds and how many years it rests on. Raises DataError with every problem found.
    """
    file = areas.attrs.get("file", "areas")
    if missing := [name for name in COLUMNS if name not in areas.columns]:
        raise DataError(
            Problem(file, None, name, "–", "simulate.error.no_column", {"columns": ", ".join(COLUMNS)})
            for name in missing
        )
    if not len(areas):
        raise DataError([Problem(file, None, None, "0", "simulate.error.empty")])
    cells = areas.reindex(columns=[*COLUMNS, *OPTIONAL]).reset_index(drop=True).astype(object).replace("", np.nan)
    table = cells[[*COLUMNS[:3]]].astype("string").fillna("").astype(object)
    for name in NUMBERS:
        table[name] = pd.to_numeric(cells[name], errors="coerce").astype(float)
    parent_of = dict(zip(table["code"], table["parent"], strict=True))
    table["path"] = pd.Series([_path(code, parent_of) for code in table["code"]], dtype=object)
    is_lowest = ~table["code"].isin(table["parent"])
    lines = areas["line"].to_numpy() if "line" in areas else np.arange(1, len(areas) + 1)
    if problems := [*_problems(file, lines, cells, table, is_lowest)]:
        raise DataError(problems)
    order = sorted(table.index, key=[(path[:-1], path[-1]) for path in table["path"]].__getitem__)
    parts = [table.loc[order][is_lowest[order] == lowest].reset_index(drop=True) for lowest in (False, True)]
    place = {code: number for number, code in enumerate(parts[0]["code"])}
    for part in parts:
        chains = [tuple(place[code] for code in path[:-1]) for path in part["path"]]
        part["chain"], part["areas"] = pd.Series(chains, dtype=object), 1
    below = parts[1].explode("chain").groupby("chain")[["areas", "households"]].sum()
    parts[0] = parts[0].assign(**{str(name): below[name].to_numpy() for name in below})
    return Tree(*parts)


def _path(code: str, parent_of: dict[str, str]) -> tuple[str, ...]:
    """The codes from the top down to an area; cut where they would go round."""
    path = [code]
    while (parent := parent_of.get(path[0], "")) and len(path) <= len(LEVELS):
        path.insert(0, parent)
    return tuple(path)


def _problems(
    file: str, lines: np.ndarray, cells: pd.DataFrame, table: pd.DataFrame, is_lowest: pd.Series
) -> Iterator[Problem]:
    """Everything that is wrong: with codes, levels, parents, and with numbers that no area can have."""
    code, parent, rate, households = (table[name] for name in ("code", "parent", "rate", "households"))
    is_deep = table["path"].map(len) > len(LEVELS)
    no_weight = is_lowest & ~((households >= 1) & (households < MOST_HOUSEHOLDS))
    no_number = table[list(NUMBERS)].isna() & cells[list(NUMBERS)].notna()
    is_parted = cells["households"].map(lambda cell: isinstance(cell, str) and bool(_PARTED.fullmatch(cell)))
    for name in NUMBERS:
        for row in np.flatnonzero(no_number[name]):
            yield Problem(file, int(lines[row]), name, str(cells[name][row]), "simulate.error.number")
    rules = (
        ("code", code == "", "simulate.error.no_code"),
        ("code", code.duplicated() & (code != ""), "simulate.error.repeated"),
        ("level", ~table["level"].isin(LEVELS), "simulate.error.level"),
        ("parent", ~parent.isin({*code, ""}), "simulate.error.parent"),
        ("parent", is_deep & parent.isin({*code}), "simulate.error.circle"),
        ("rate", is_lowest & ~rate.between(0, 1), "simulate.error.rate"),
        ("households", no_weight, "simulate.error.households"),
        ("households", is_parted, "simulate.error.parted"),
        ("opening_sd", ~table["opening_sd"].fillna(0).between(0, 10), "simulate.error.spread"),
        ("speed", ~table["speed"].fillna(0).between(-5, 5), "simulate.error.speed"),
        ("speed_years", table["speed"].notna() & ~(table["speed_years"] > 0), "simulate.error.speed_years"),
    )
    for name, is_wrong, key in rules:
        is_wrong = is_wrong & ~no_number[name] if name in NUMBERS else is_wrong
        for row in np.flatnonzero(is_wrong):
            yield Problem(file, int(lines[row]), name, str(cells[name].fillna("–")[row]), key)
    if not no_weight.any() and households[is_lowest].sum() >= MOST_HOUSEHOLDS:
        yield Problem(file, None, "households", f"{households[is_lowest].sum():g}", "simulate.error.households")
