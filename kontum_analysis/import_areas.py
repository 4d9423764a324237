"""Which area a row of somebody's table means: by its code, held against its name; by the name where there is no code."""

import re

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
    if not _is_ours(found, vintage):
        problems.append(entry.problem(column, "own.allowed.not_ours", year=year))
        return
    entry.code, entry.level = found.code, found.level


def _resolved(told, vintage):
    known = register(vintage)
    if vintage == "2025":
        known = known[known["code"].isin(crosswalk()["new_code"])]
    if "code" in told:
        if told["code"] not in set(known["code"]):
            raise KontumError("own.allowed.code", nearest=_hint(told, vintage))
        found = area(told["code"], vintage)
        if "name" in told and not _fits(told, found, vintage):
            raise KontumError("own.allowed.name", code=found.code, name=found.name)
        return found
    if "name" not in told:
        return resolve(told.get("district", ""), level="district", vintage=vintage)
    level = "commune" if "district" in told else None
    name = re.sub(r"\s*\([^)]*\)\s*$", "", told["name"]) if "district" in told else told["name"]
    qualified = f"{name}, {told['district']}" if level and vintage == "2020" else name
    return resolve(qualified, level=level, vintage=vintage)


def _fits(told, found, vintage):
    """Whether a typed name can mean an area: "Đăk Long", "xã Đăk Long", "Đăk Long (thị trấn)"."""
    bare = re.sub(r"\([^)]*\)", "", told["name"])
    spellings = register(vintage)
    row = spellings[spellings["code"] == found.code].iloc[0]
    names = {fold(n) for n in (row.name_vi, row.name_gso, row.name_ascii, *row.aliases.split("|"))} - {""}
    return any(fold(bare) in (n, fold(found.type) + n) for n in names)


def _hint(told, vintage):
    try:
        return str(resolve(told.get("name", told["code"]), vintage=vintage))
    except KontumError as error:
        return error.said("vi")


def _is_ours(found, vintage):
    if vintage == "2025":
        return found.code in set(crosswalk()["new_code"])
    ours = register("2020", "district", "62")["code"].tolist()
    return found.code in ours if found.level == "district" else found.level == "commune" and found.parent in ours


def _text(value):
    """A code that a spreadsheet took for a number is text again."""
    return int(value) if isinstance(value, float) and value == int(value) else value
