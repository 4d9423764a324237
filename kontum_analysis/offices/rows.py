"""Which area a row of somebody's table means: by its code, held against its name; by the name
where there is no code.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd

from ..base.errors import KontumError, Problem
from ..data.areas import PROVINCE, Area, area, crosswalk, fold, register, resolve
from .columns import FIRST_YEAR_OF_UNITS
from .sheets import Cell

_TOTALS = {"tong", "tongcong", "tongso", "cong", "toantinh", "tinhkontum", "total", "province", PROVINCE}


@dataclass
class Entry:
    """One row of a table: where it stands, its area, and for each column the value and how it was typed.

    heads: the headings as messages name them, by column; code: "total" for a row of totals, "" where no area is known.
    """

    place: str
    row: int
    heads: dict[str, str]
    code: str = ""
    level: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)

    def problem(self, column: str, key: str, **values: Any) -> Problem:
        """A Problem of one of its cells."""
        typed = str(self.typed.get(column, ""))
        return Problem(self.place, self.row, self.heads.get(column, column), typed, key, values)


def identify(entry: Entry, cells: Mapping[str, Cell], year: int, problems: list[Problem]) -> None:
    """Find the area of a row by code, and hold its name against it; by name where there is no code."""
    vintage = "2025" if year >= FIRST_YEAR_OF_UNITS else "2020"
    told = {n: _text(cells[n].value) for n in ("code", "name", "district") if n in cells and cells[n].value is not None}
    if any(fold(words) in _TOTALS for words in told.values()):
        entry.code = "total"
        return
    column = next(iter(told), "name")
    entry.typed |= told
    try:
        found = _resolved(told, vintage)
    except KontumError as error:
        problems.append(entry.problem(column, error.key, **error.values))
        return
    if found.code not in _ours(vintage):
        problems.append(entry.problem(column, "own.allowed.not_ours", year=year))
        return
    entry.code, entry.level = found.code, found.level


@lru_cache(maxsize=2)
def _ours(vintage: str) -> dict[str, set[str]]:
    """Every area a table of that time may name: code -> the folded ways of writing its name."""
    if vintage == "2025":
        table = register("2025", "commune")
        table = table[table["code"].isin(crosswalk()["new_code"])]
    else:
        districts = register("2020", "district", PROVINCE)
        table = register("2020", "commune")
        table = pd.concat([districts, table[table["parent_code"].isin(districts["code"])]])
    names = {}
    row: Any
    for row in table.itertuples():
        ways = (row.name_vi, row.name_gso, row.name_ascii, *row.aliases.split("|"))
        names[row.code] = {fold(name) for name in ways} - {""}
    return names


def _resolved(told: Mapping[str, str], vintage: str) -> Area:
    if "code" in told:
        if told["code"] not in _ours(vintage):
            raise KontumError("own.allowed.code", nearest=_hint(told, vintage))
        found = area(told["code"], vintage)
        bare = fold(re.sub(r"\([^)]*\)", "", told.get("name", found.name)))
        if not any(bare in (name, fold(found.type) + name) for name in _ours(vintage)[found.code]):
            raise KontumError("own.allowed.name", code=found.code, name=found.name)
        return found
    if "name" not in told:
        return resolve(told.get("district", ""), level="district", vintage=vintage)
    level = "commune" if "district" in told else None
    name = re.sub(r"\s*\([^)]*\)\s*$", "", told["name"]) if "district" in told else told["name"]
    qualified = f"{name}, {told['district']}" if level and vintage == "2020" else name
    return resolve(qualified, level=level, vintage=vintage)


def _hint(told: Mapping[str, str], vintage: str) -> str:
    try:
        return str(resolve(told.get("name", told["code"]), vintage=vintage))
    except KontumError as error:
        return error.in_language("vi")


def _text(value: Any) -> str:
    """A code that a spreadsheet took for a number is text again."""
    return str(int(value) if isinstance(value, float) and value == int(value) else value)
