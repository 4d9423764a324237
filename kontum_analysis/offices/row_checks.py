"""What cells of a filled table say of one another: no area twice, no part larger than its whole, sums that are sums."""

from collections.abc import Iterator, Sequence

from ..base.errors import Problem
from ..data.areas import area, districts
from ..data.own import COUNTS, decimals, members
from .columns import BY_NAME, FIRST_YEAR_OF_UNITS
from .rows import Entry

# a part and the whole that it is no larger than, in one row
_PARTS = (
    ("poor_households", "households_total"),
    ("near_poor_households", "households_total"),
    ("ntm_advanced_communes", "ntm_communes"),
    ("ntm_model_communes", "ntm_communes"),
)
_RATES = (("poverty_rate_pct", "poor_households"), ("near_poor_rate_pct", "near_poor_households"))


def cross_problems(entries: Sequence[Entry], year: int) -> list[Problem]:
    """Every Problem that shows only when cells are compared; an entry's code is "total" for a row of totals."""
    rows = [e for e in entries if e.code != "total"]
    found = [*_repeated(rows)]
    for entry in rows:
        found += [*_parts(entry), *_rates(entry), *_ntm(entry, year)]
    return [*found, *_districts(rows, year), *_totals(entries)]


def _repeated(rows: Sequence[Entry]) -> Iterator[Problem]:
    first: dict[tuple[str, str], Entry] = {}
    for entry in rows:
        key = (entry.level, entry.code)
        if (before := first.setdefault(key, entry)) is not entry:
            column = next(n for n in ("code", "name", "district") if n in entry.typed)
            yield entry.problem(column, "own.allowed.once_in_table", row=before.row)


def _parts(entry: Entry) -> Iterator[Problem]:
    have = entry.values
    for part, whole in _PARTS:
        if part in have and whole in have and have[part] > have[whole]:
            yield entry.problem(part, "own.allowed.part", most=have[whole], whole=entry.heads[whole])
    if {"poor_households", "near_poor_households", "households_total"} <= set(have):
        poor, near, all_ = have["poor_households"], have["near_poor_households"], have["households_total"]
        if poor <= all_ and near <= all_ < poor + near:
            yield entry.problem("near_poor_households", "own.allowed.both", most=all_ - poor)
    if "households_total" not in entry.typed and {"poor_households", "near_poor_households"} & set(have):
        yield entry.problem("households_total", "own.allowed.base")
    if have.get("households_total") == 0:
        yield entry.problem("households_total", "own.allowed.some")


def _rates(entry: Entry) -> Iterator[Problem]:
    base = entry.values.get("households_total")
    for rate, count in _RATES:
        if base and rate in entry.values and count in entry.values:
            typed, computed = entry.values[rate], 100 * entry.values[count] / base
            if abs(typed - computed) > 0.5 * 10.0 ** -min(decimals(typed), 6) + 1e-9:
                yield entry.problem(rate, "own.allowed.rate", computed=computed)


def _ntm(entry: Entry, year: int) -> Iterator[Problem]:
    ntm = [name for name in entry.typed if name in BY_NAME and BY_NAME[name].is_ntm]
    if entry.level == "commune" and ntm:
        kind = area(entry.code, "2025" if year >= FIRST_YEAR_OF_UNITS else "2020").type
        if kind != "xã":
            yield entry.problem(ntm[0], "own.allowed.rural", kind=kind)
    if entry.level == "district" and "ntm_communes" in entry.values:
        most = len(members(f"{year}-12-31", rural=True)[entry.code])
        if entry.values["ntm_communes"] > most:
            yield entry.problem("ntm_communes", "own.allowed.communes", most=most)
    for name in set(ntm) & {"ntm_criteria_met", "ntm_status"} if entry.level == "district" else ():
        yield entry.problem(name, "own.allowed.commune_only")


def _districts(rows: Sequence[Entry], year: int) -> Iterator[Problem]:
    """A district's figure is the sum of its communes where all are there, and no less where some are."""
    by_place = {(e.level, e.code): e for e in rows}
    for code, parts in members(f"{year}-12-31").items():
        if (whole := by_place.get(("district", code))) is None:
            continue
        for name in COUNTS:
            if name not in whole.values:
                continue
            communes = [by_place[key] for part in parts if (key := ("commune", part)) in by_place]
            known = [entry.values[name] for entry in communes if name in entry.values]
            added, count = sum(known), len(known)
            if count == len(parts) and added != whole.values[name]:
                yield whole.problem(name, "own.allowed.sum", added=added, count=count, name=area(code).name)
            elif added > whole.values[name]:
                yield whole.problem(name, "own.allowed.sum_more", added=added, count=count, name=area(code).name)


def _totals(entries: Sequence[Entry]) -> Iterator[Problem]:
    """A row of totals is the sum of the rows of its sheet, districts where they stand in it, else communes."""
    for total in (e for e in entries if e.code == "total"):
        rows = [e for e in entries if e.place == total.place and e.code != "total"]
        level = "district" if {e.code for e in rows if e.level == "district"} >= set(districts()) else "commune"
        level = "district" if not any(e.level == "commune" for e in rows) else level
        for name in COUNTS:
            known = [e.values[name] for e in rows if e.level == level and name in e.values]
            if name in total.values and sum(known) != total.values[name]:
                yield total.problem(name, "own.allowed.total", added=sum(known), count=len(known))
