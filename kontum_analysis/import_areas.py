"""Which area a row of somebody's table means: by its code, held against its name; by the name where there is no code."""

import re
from functools import lru_cache

import pandas as pd

from .areas import PROVINCE, area, crosswalk, fold, register, resolve
from .errors import KontumError
from .own_columns import FIRST_YEAR_OF_UNITS

_TOTALS = {"tong", "tongcong", "tongso", "cong", "toantinh", "tinhkontum", "total", "province", PROVINCE}


def identify(entry, cells, year, problems):
    """Find the area of a row by code, and hold its name against it; by name where there is no code."""
    vintage = "2025" if year >= FIRST_YEAR_OF_UNITS else "2020"
    told = {
        n: str(_text(cells[n].value)) for n in ("code", "name", "district") if n in cells and cells[n].value is not None
    }
    if any(fold(told.get(n, "")) in _TOTALS for n in ("code", "name", "district")):
        entry.code = "total"
        return
    column = next((n for n in ("code", "name", "district") if n in told), "name")
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
def _ours(vintage):
    """Every area a table of that time may name: code -> the folded ways of writing its name."""
    if vintage == "2025":
        table = register("2025", "commune")
        table = table[table["code"].isin(crosswalk()["new_code"])]
    else:
        districts = register("2020", "district", PROVINCE)
        table = register("2020", "commune")
        table = pd.concat([districts, table[table["parent_code"].isin(districts["code"])]])
    return {
        r.code: {fold(n) for n in (r.name_vi, r.name_gso, r.name_ascii, *str(r.aliases).split("|"))} - {""}
        for r in table.itertuples()
    }


def _resolved(told, vintage):
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


def _hint(told, vintage):
    try:
        return str(resolve(told.get("name", told["code"]), vintage=vintage))
    except KontumError as error:
        return error.said("vi")


def _text(value):
    """A code that a spreadsheet took for a number is text again."""
    return int(value) if isinstance(value, float) and value == int(value) else value
