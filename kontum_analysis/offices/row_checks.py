"""What the cells of a row say of one another: no area twice, no part larger than its whole, rates that agree."""

from collections.abc import Iterator, Sequence

from ..base.errors import Problem
from ..data.own import decimals, members
from .columns import BY_NAME, RATES
from .entries import Entry

# a part and the whole that it is no larger than, in one row
_PARTS = (
    ("poor_households", "households_total"),
    ("near_poor_households", "households_total"),
    ("dtts_households", "households_total"),
    ("dtts_poor_households", "poor_households"),
    ("dtts_near_poor_households", "near_poor_households"),
    ("new_poor_households", "poor_households"),
    ("relapsed_poor_households", "poor_households"),
    ("ntm_advanced_communes", "ntm_communes"),
    ("ntm_model_communes", "ntm_communes"),
)


def cross_problems(entries: Sequence[Entry], year: int) -> list[Problem]:
    """Every Problem that shows only when the cells of settled rows of areas are compared."""
    rows = [entry for entry in entries if entry.kind == "area"]
    problems = [*_repeats(rows)]
    for entry in rows:
        problems += [*_parts(entry), *_rates(entry), *_ntm(entry, year)]
    return problems


def _repeats(rows: Sequence[Entry]) -> Iterator[Problem]:
    first: dict[tuple[str, str], Entry] = {}
    for entry in rows:
        before = first.setdefault((entry.level, entry.code), entry)
        if before is not entry:
            yield entry.about_area("own.allowed.once_in_table", row=before.row)


def _parts(entry: Entry) -> Iterator[Problem]:
    have = entry.values
    for part, whole in _PARTS:
        if part in have and whole in have and have[part] > have[whole]:
            yield entry.problem(part, "own.allowed.part", most=have[whole], whole=entry.heads[whole])
    if {"poor_households", "near_poor_households", "households_total"} <= set(have):
        poor, near, every = have["poor_households"], have["near_poor_households"], have["households_total"]
        if poor <= every and near <= every < poor + near:
            yield entry.problem("near_poor_households", "own.allowed.both", most=every - poor)
    counts = {"poor_households", "near_poor_households"} & set(have)
    if counts and "households_total" in entry.heads and "households_total" not in entry.cells:
        yield entry.problem("households_total", "own.allowed.base")
    if have.get("households_total") == 0:
        yield entry.problem("households_total", "own.allowed.some")


def _rates(entry: Entry) -> Iterator[Problem]:
    for rate, _, computed in rate_gaps(entry):
        yield entry.problem(rate, "own.allowed.rate", computed=computed)


def rate_gaps(entry: Entry) -> Iterator[tuple[str, float, float]]:
    """(column, per cent stated, per cent computed) of each rate that its counts, at the digits stated, do not give."""
    base = entry.values.get("households_total")
    for rate, count in RATES.items():
        if base and rate in entry.values and count in entry.values:
            stated, computed = entry.values[rate], 100 * entry.values[count] / base
            if abs(stated - computed) > 0.5 * 10.0 ** -min(decimals(stated), 6) + 1e-9:
                yield rate, stated, computed


def _ntm(entry: Entry, year: int) -> Iterator[Problem]:
    ntm = [name for name in entry.cells if name in BY_NAME and BY_NAME[name].is_ntm]
    if entry.level == "commune" and ntm and entry.candidates[0].type != "xã":
        yield entry.problem(ntm[0], "own.allowed.rural", kind=entry.candidates[0].type)
    if entry.level == "district" and "ntm_communes" in entry.values:
        most = len(members(f"{year}-12-31", rural=True)[entry.code])
        if entry.values["ntm_communes"] > most:
            yield entry.problem("ntm_communes", "own.allowed.communes", most=most)
    for name in set(ntm) & {"ntm_criteria_met", "ntm_status"} if entry.level == "district" else ():
        yield entry.problem(name, "own.allowed.commune_only")
