"""Which area each row of a table means: by its code, name and district, and by the rows around it.

A name that several areas bear is decided by what stands beside it: the heading of the column, the level of the other
rows, the district above them, sums, the numbers in the first column. Where two are left, the office is asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..base.errors import Problem
from ..data.areas import PROVINCE
from ..data.spelling import fold
from .filled import Entry
from .places import (
    bearers,
    descriptions,
    district_codes,
    is_group,
    is_total,
    nearest,
    parts_of,
    place_names,
    places,
    split_name,
    within,
)
from .sums import adds_up, is_of_district_size

SMALL = ("commune", "unit")
_NEAR = 80  # per cent of letters in common: a name this near to one of ours is one of ours, typed wrong
_TOTAL_OF = ("tổng cộng ", "tổng số ", "tổng ", "cộng ")


@dataclass(frozen=True)
class Context:
    """What is known of a table besides its rows: whether its year ends after the districts, the level that was given
    ("" for none), the heading above the names, the district its title names, and answers: code by folded name.
    """

    is_late: bool
    level: str = ""
    heading: str = ""
    district: str = ""
    speaks_of_successor: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)


def settle_rows(entries: Sequence[Entry], context: Context) -> list[Problem]:
    """Fix of every row what it means. Returns a Problem for each that means none of our areas or more than one."""
    problems = [problem for entry in entries if (problem := _look(entry, context))]
    open_entries = [entry for entry in entries if not entry.kind and not any(p.row == entry.row for p in problems)]
    if not context.is_late:
        problems += _of_later_units(open_entries)
    level = _level(open_entries, context)
    open_entries = [entry for entry in open_entries if not entry.kind]
    if not level:
        problems += [_which(entry) for entry in open_entries if len(entry.candidates) > 1]
    elif level == "district":
        problems += _settle_districts(open_entries)
    else:
        _settle_headers(entries, open_entries)
        problems += _settle_small(entries, context)
    for entry in entries:
        if not entry.kind and not any(p.row == entry.row for p in problems):
            problems += _settle_unknown(entry, entries, level, context)
    return problems


def _look(entry: Entry, context: Context) -> Problem | None:
    """Find all areas that a row may mean by itself. Returns a Problem where its code, name and district disagree."""
    if not (entry.name or entry.area_code):
        entry.kind = "" if entry.values else "note"
        return entry.about_area("own.allowed.area_missing") if entry.values else None
    if is_total(entry.name) or is_total(entry.area_code) or entry.area_code == PROVINCE:
        entry.settle("total")
        return None
    rest = next((entry.name[len(w) :] for w in _TOTAL_OF if entry.name.casefold().startswith(w)), "")
    if codes := district_codes(rest) if rest else set():
        entry.settle("group", next(place for place in places(False) if place.code in codes))
        return None
    answer = context.answers.get(fold(entry.name))
    entry.candidates = bearers(entry.name, context.is_late)
    if answer or entry.area_code:
        of_code = [place for place in places(context.is_late) if place.code == (answer or entry.area_code)]
        if not of_code:
            hint = nearest(entry.name, places(context.is_late)) if entry.name else ""
            return entry.problem("code", "own.allowed.code", nearest=hint or "–")
        if not answer and entry.name and not set(of_code) & set(entry.candidates):
            return entry.problem("code", "own.allowed.name", code=entry.area_code, name=of_code[0].name)
        entry.candidates = [place for place in of_code if answer or not entry.name or place in entry.candidates]
    return _hold_against_district(entry, context.is_late)


def _hold_against_district(entry: Entry, is_late: bool) -> Problem | None:
    name = split_name(entry.name)
    without = bearers(f"{name.type} {name.bare}".strip(), is_late) if name.beside else entry.candidates
    beside = entry.district or name.beside
    if beside and without:
        if not (inside := within(without, beside)):
            if not (entry.values or entry.refusals):
                return None  # "Kon Rẫy, ngày 05 tháng 12" above a signature
            key = "own.allowed.not_in_district" if district_codes(beside) else "own.allowed.district"
            small = [place for place in without if place.parent] or without
            return entry.about_area(key, district=beside, found=descriptions(small))
        entry.candidates = [place for place in inside if place in entry.candidates or not entry.candidates]
    return None


def _of_later_units(entries: Sequence[Entry]) -> list[Problem]:
    """In a table of before July 2025 units of that month are refused; where both bear a name, the older is meant."""
    later = [entry for entry in entries if entry.candidates and not entry.of_level("province", "district", "commune")]
    is_later_table = later and not any(
        entry.of_level("commune") and not entry.of_level("unit", "district") for entry in entries
    )
    problems = []
    for entry in entries:
        if entry in later or (is_later_table and entry.of_level("unit")):
            unit = entry.of_level("unit")[0]
            parts = place_names(parts_of(unit.code))
            problems.append(entry.about_area("own.allowed.units_later", name=f"{unit.type} {unit.name}", parts=parts))
            entry.kind = "note"
        entry.candidates = [place for place in entry.candidates if place.level != "unit"]
    return problems


def _level(entries: Iterable[Entry], context: Context) -> str:
    """The level of the areas of a table: small (communes or units) or district; "" where nothing tells."""
    if context.level:
        return "district" if context.level == "district" else "small"
    entries = [entry for entry in entries if entry.candidates]
    if context.is_late and entries and all(entry.of_level("unit") for entry in entries):
        return "small"
    if any(entry.of_level(*SMALL) and not entry.of_level("district", "province") for entry in entries):
        return "small"
    if any(entry.district for entry in entries) or not any(entry.of_level("district") for entry in entries):
        return "small"
    if any(not entry.of_level(*SMALL) for entry in entries if entry.of_level("district")):
        return "district"
    return _level_of_doubtful([entry for entry in entries if entry.of_level("district")], fold(context.heading))


def _level_of_doubtful(entries: Sequence[Entry], heading: str) -> str:
    """The level where every row may be of both: by the heading, else by the households; "" where neither tells."""
    is_small = any(word in heading for word in ("xa", "phuong", "thitran"))
    if is_small != ("huyen" in heading):
        return "small" if is_small else "district"
    sizes = {is_of_district_size(entry) for entry in entries}
    if sizes not in ({True}, {False}):
        return ""
    return "district" if True in sizes else "small"


def _settle_districts(entries: Sequence[Entry]) -> list[Problem]:
    """Rows of districts. "Kon Tum" is the city beside other districts, the province where the city has its own row."""
    sure = [entry for entry in entries if entry.of_level("district") and not entry.of_level("province")]
    problems = []
    for entry in entries:
        if not entry.of_level("province"):
            if districts := entry.of_level("district"):
                entry.settle("area", districts[0])
            continue
        city = entry.of_level("district")
        has_city = any(city and other.of_level("district")[0] == city[0] for other in sure)
        if not city or has_city or (len(sure) > 1 and adds_up(entry.values, sure)):
            entry.settle("total")
        elif sure:
            entry.settle("area", city[0])
        else:
            problems.append(_which(entry))
    return problems


def _which(entry: Entry) -> Problem:
    """The question which of several areas a row means, with an answer to copy."""
    choices = descriptions(entry.candidates, 4)
    return entry.about_area("own.allowed.which", found=choices, name=entry.name, code=entry.candidates[0].code)


def _settle_headers(entries: Sequence[Entry], open_entries: Sequence[Entry]) -> None:
    """In a table of communes a district's row is a subtotal; a name of both is, where the rows say so."""
    plain = [entry for entry in open_entries if entry.of_level("district") and not entry.of_level(*SMALL)]
    for entry in plain:
        entry.settle("group", entry.of_level("district")[0])
    group = ""
    for number, entry in enumerate(entries):
        if entry.kind == "group":
            group = entry.code
        elif not entry.kind and entry.of_level("district") and not entry.district and not entry.area_code:
            district = entry.of_level("district")[0]
            if district.code != group and _heads(entry, entries[number + 1 :], district.code, bool(plain)):
                entry.settle("group", district)
                group = district.code


def _heads(entry: Entry, below: Sequence[Entry], district: str, has_plain: bool) -> bool:
    """Whether a row heads the communes of a district: its figures are their sums, or its number is of another kind."""
    members = []
    for other in below:
        if other.kind or not any(place.parent == district for place in other.of_level(*SMALL)):
            break
        members.append(other)
    if not members:
        return False
    if any(name in other.values for other in members for name in entry.values):
        return adds_up(entry.values, members, within=0.05)
    return has_plain or is_group("", entry.number)


def _settle_small(entries: Sequence[Entry], context: Context) -> list[Problem]:
    """Rows of communes or units, each under the district that heads it; in late years of both times as the rows say."""
    open_entries = [entry for entry in entries if not entry.kind and entry.of_level(*SMALL)]
    problems: list[Problem] = []
    group: Entry | None = None
    for entry in entries:
        if entry.kind == "group":
            group = entry if entry.code else group
        elif entry in open_entries:
            small = entry.of_level(*SMALL)
            district = group.code if group else context.district
            inside = [place for place in small if place.parent == district]
            if group and not inside:
                key = "own.allowed.not_in_group"
                problems.append(entry.about_area(key, row=group.row, found=descriptions(small)))
            entry.candidates = inside or small
    open_rows = {problem.row for problem in problems}
    open_entries = [entry for entry in open_entries if entry.row not in open_rows]
    _choose_time(open_entries, context)
    for entry in open_entries:
        _choose_by_neighbours(entry, open_entries)
        if len(entry.candidates) > 1:
            problems.append(_which(entry))
        else:
            entry.settle("area", entry.candidates[0])
            if context.is_late and entry.candidates[0].level == "commune":
                entry.level = "old commune"
    return problems


def _choose_time(entries: Sequence[Entry], context: Context) -> None:
    """Where old communes and units bear one name: units, unless the level given or other rows speak of communes; where
    neither speaks, the reading says so.
    """
    has_old = context.level == "commune" or any(not entry.of_level("unit") for entry in entries)
    has_new = context.level == "unit" or any(not entry.of_level("commune") for entry in entries)
    for entry in entries:
        if entry.of_level("unit") and entry.of_level("commune") and not (has_old and has_new):
            entry.has_namesake = not has_old and not has_new
            entry.candidates = entry.of_level("commune" if has_old else "unit")


def _choose_by_neighbours(entry: Entry, entries: Sequence[Entry]) -> None:
    """Of communes with one name take the one that no other row has, and that lies where the rows beside it lie."""
    if len(entry.candidates) < 2:
        return
    others = [other for other in entries if other is not entry and len(other.candidates) == 1]
    free = [place for place in entry.candidates if place not in [other.candidates[0] for other in others]]
    before = [other.candidates[0].parent for other in others if other.row < entry.row][-1:]
    after = [other.candidates[0].parent for other in others if other.row > entry.row][:1]
    beside = {*before, *after}
    if len(free) > 1 and len(beside) == 1:
        free = [place for place in free if place.parent in beside] or free
    entry.candidates = free or entry.candidates


def _settle_unknown(entry: Entry, entries: Sequence[Entry], level: str, context: Context) -> list[Problem]:
    """A row of no area: a note, a subtotal of some rows, an area outside our province, or one of ours typed wrong."""
    if entry.candidates and all(place.level == "province" for place in entry.candidates):
        entry.settle("total")
        return []
    if not entry.values and not (entry.candidates and entry.refusals):
        entry.settle("note")
        return []
    codes_in_use = {other.code for other in entries if other.kind == "area"}
    levels = ("district",) if level == "district" else (("unit",) if context.is_late else ("commune",))
    district = next((e.code for e in reversed(entries) if e.kind == "group" and e.code and e.row < entry.row), "")
    candidates = [p for p in places(context.is_late) if p.level in levels and p.code not in codes_in_use]
    candidates = [p for p in candidates if p.parent == (district or context.district)] or candidates
    hint = nearest(entry.name, candidates)
    if not nearest(entry.name, candidates, least=_NEAR):
        if is_group(entry.name, entry.number):
            entry.settle("group")
            return []
        if context.is_late and context.speaks_of_successor:
            entry.settle("other")
            return []
    return [entry.about_area("own.allowed.area", name=entry.name, nearest=hint or "–")]
