"""Doubts about a table that was read without a mistake, each with the earlier figure it is held against.

A doubt does not refuse a table: the office may know why. It is shown before anything is written.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ..base.errors import KontumError, Words
from ..base.words import LANGUAGES
from ..data.areas import area, area_name, districts, register, vintage_of
from ..data.own import is_own, members
from ..data.spelling import fold
from ..poverty.districts import Facts, district_facts
from .columns import headings
from .filled import Entry, Filled
from .row_checks import rate_gaps
from .sums import DISTRICT_SHARE

_STANDARD = "MDP_2022_2025"
_BEFORE = "poor_households_before"
_JUMP = 0.25  # a share by which the households of an area do not change from one review to another
_NEAR_POOR_FACTOR, _FEW = 2, 30  # near-poor households change more, and few of them many times
_DISTRICT_JUMP = 0.1  # the same of all communes of a district together
_YEARS_BACK = 5  # older figures say little of what is plausible now


def doubts(filled: Filled, before: pd.DataFrame, sources: pd.DataFrame) -> list[Words]:
    """What is doubtful in a table.

    before: everything known without it, the office's own figures among it; sources: those of the own figures.
    """
    past = before[before["preferred"] & before["obs_value"].notna() & (before["obs_status"] != "U")]
    late = vintage_of(filled.day)
    past = past[(past["level"] != "commune") | (past["time_period"].map(vintage_of) == late)]
    oldest = f"{filled.year - _YEARS_BACK}-01-01"
    past = past[~(is_own(past) & (past["time_period"] == filled.day))]  # what this table is to replace
    earlier = past[past["time_period"].between(oldest, filled.day)].sort_values("time_period")
    return [
        *_totals(filled),
        *_incomplete_districts(filled),
        *_district_sums(filled, before),
        *_title(filled),
        *_balances(filled),
        *_rates(filled, earlier, most_published_change(before)),
        *_large(filled, earlier, before),
        *_highest(filled, earlier, before),
        *_households(filled, earlier),
        *_near_poor(filled, earlier),
        *_gaps(filled, earlier, sources),
        *_older(filled, before, sources),
    ]


def _incomplete_districts(filled: Filled) -> Iterator[Words]:
    """Districts of which a table has two communes or more, yet not all: they do not add up to it."""
    vintage = vintage_of(filled.day)
    codes = {entry.code for entry in filled.entries if entry.level == "commune"}
    communes = register(vintage, "commune")
    for code, rows in communes.groupby("parent_code"):
        lacking = rows[~rows["code"].isin(codes)]
        if len(rows) - len(lacking) >= 2 and len(lacking) and area(str(code), vintage).level == "district":
            names = ", ".join((lacking["type"] + " " + lacking["name_vi"])[:8]) + (" …" if len(lacking) > 8 else "")
            name = {lang: area_name(str(code), lang) for lang in LANGUAGES}
            count = len(rows) - len(lacking)
            yield Words("own.doubt.incomplete", area=name, count=count, total=len(rows), names=names)


def _district_sums(filled: Filled, before: pd.DataFrame) -> Iterator[Words]:
    """Districts whose communes add up to households, or to a poverty rate, far from what was last known of them."""
    try:
        cells = district_facts(before)
    except KontumError:  # nothing to compare with
        return
    values = {entry.code: entry.values for entry in filled.entries if entry.level == "commune"}
    most = most_published_change(before)
    for code, codes in members(filled.day).items():
        parts = [values.get(one, {}) for one in codes]
        if not all({"households_total", "poor_households"} <= part.keys() for part in parts):
            continue
        households, poor = (sum(part[column] for part in parts) for column in ("households_total", "poor_households"))
        name = {lang: area_name(code, lang) for lang in LANGUAGES}
        if last := _last_year(cells, code, "households", filled.year):
            count, old = len(codes), cells[code, last, "households"].middle
            if not 1 - _DISTRICT_JUMP <= households / old <= 1 + _DISTRICT_JUMP:
                yield Words("own.doubt.district_households", area=name, count=count, new=households, old=old, day=last)
        if last := _last_year(cells, code, "rate", filled.year):
            rate, old = 100 * poor / households, 100 * cells[code, last, "rate"].middle
            if abs(rate - old) > most * (filled.year - last):
                yield Words("own.doubt.district_rate", area=name, new=rate, old=old, day=last, most=most)


def _last_year(cells: Facts, code: str, column: str, year: int) -> int:
    """The last year before `year` of which something is known of a district; 0 for none."""
    return max((when for place, when, name in cells if (place, name) == (code, column) and when < year), default=0)


def most_published_change(obs: pd.DataFrame) -> float:
    """The largest change of a published poverty rate between two year ends, in percentage points a year.

    >>> from kontum_analysis.data.observations import load_observations
    >>> 4 < most_published_change(load_observations()) < 20
    True
    """
    rows = obs[obs["preferred"] & (obs["indicator"] == "poverty_rate_pct") & (obs["standard"] == _STANDARD)]
    rows = rows[~is_own(rows) & rows["time_period"].str.endswith("-12-31") & (rows["date_precision"] == "year")]
    rows = rows.assign(year=rows["time_period"].str[:4].astype(int)).sort_values(["ref_area", "year"])
    steps = rows.groupby("ref_area")[["obs_value", "year"]].diff().dropna()
    return float((steps["obs_value"].abs() / steps["year"]).max())


def _words(key: str, filled: Filled, entry: Entry, **values: Any) -> Words:
    name = {lang: _area(entry, filled, lang) for lang in LANGUAGES}
    return Words(key, place=entry.place, row=entry.row, area=name, **values)


def _area(entry: Entry, filled: Filled, lang: str) -> str:
    if entry.level == "commune":
        place = area(entry.code, vintage_of(filled.day))
        return f"{place.type} {place.name}"
    return area_name(entry.code, lang)


def _totals(filled: Filled) -> Iterator[Words]:
    for row, column, stated, added, count in filled.disagreements:
        yield _of_total("own.doubt.total", row, column, stated=stated, added=added, count=count)
    for row in (row for row in filled.rows if row.kind in ("total", "group")):
        for column, stated_rate, computed in rate_gaps(row):
            yield _of_total("own.doubt.total_rate", row, column, stated=stated_rate, computed=computed)


def _of_total(key: str, row: Entry, column: str, **values: Any) -> Words:
    return Words(key, row=row.row, name=row.name or row.number, column=headings(column), **values)


def _balances(filled: Filled) -> Iterator[Words]:
    """Rows whose poor households at the two ends of the year, with those who came and left, do not add up."""
    for entry in filled.entries:
        have, flows = entry.values, ("relapsed_poor_households", "new_poor_households")
        if {"poor_households", _BEFORE, "poor_exits", *flows[1:]} <= have.keys():
            entries, before, exits = sum(have.get(flow, 0) for flow in flows), have[_BEFORE], have["poor_exits"]
            if (computed := before + entries - exits) != have["poor_households"]:
                values = dict(before=before, entries=entries, exits=exits, computed=computed)
                yield _words("own.doubt.balance", filled, entry, new=have["poor_households"], **values)


def _title(filled: Filled) -> Iterator[Words]:
    if filled.title_year and filled.title_year != filled.year:
        yield Words("own.doubt.year", title=filled.title_year, year=filled.year)


def _latest(earlier: pd.DataFrame, entry: Entry, indicator: str) -> Any:
    rows = earlier[(earlier["ref_area"] == entry.code) & (earlier["level"] == entry.level)]
    rows = rows[rows["indicator"] == indicator]
    if indicator == "poverty_rate_pct":
        rows = rows[rows["standard"] == _STANDARD]
    return rows.iloc[-1] if len(rows) else None


def _rates(filled: Filled, earlier: pd.DataFrame, most: float) -> Iterator[Words]:
    for entry in filled.entries:
        old = _latest(earlier, entry, "poverty_rate_pct")
        rate = entry.values.get("poverty_rate_pct")
        if rate is None and entry.values.get("households_total") and "poor_households" in entry.values:
            rate = 100 * entry.values["poor_households"] / entry.values["households_total"]
        if old is None:
            old = _rate_of_counts(earlier, entry)
        if rate is None or old is None:
            continue
        years = max(1, filled.year - int(old.time_period[:4]))
        if abs(rate - old.obs_value) > most * years:
            values = {"new": rate, "old": old.obs_value, "day": old.time_period[:4], "most": most}
            yield _words("own.doubt.rate", filled, entry, **values)


def _rate_of_counts(earlier: pd.DataFrame, entry: Entry) -> Any:
    count, base = (_latest(earlier, entry, name) for name in ("poor_households", "households_total"))
    if count is None or base is None or count.time_period != base.time_period or not base.obs_value:
        return None
    return count.copy().replace(count.obs_value, 100 * count.obs_value / base.obs_value)


def _households(filled: Filled, earlier: pd.DataFrame) -> Iterator[Words]:
    for entry in filled.entries:
        old = _latest(earlier, entry, "households_total")
        if old is None or not old.obs_value:
            continue
        values = {"old": old.obs_value, "day": old.time_period[:4]}
        new = entry.values.get("households_total")
        if new is not None and not 1 - _JUMP <= new / old.obs_value <= 1 + _JUMP:
            yield _words("own.doubt.households", filled, entry, new=new, **values)
        poor = entry.values.get("poor_households", 0)
        if new is None and poor > old.obs_value:
            yield _words("own.doubt.more_poor", filled, entry, new=poor, **values)


def _large(filled: Filled, earlier: pd.DataFrame, before: pd.DataFrame) -> Iterator[Words]:
    """Communes without earlier households, with more than half of those last known of their district."""
    rows = before[before["preferred"] & (before["indicator"] == "households_total") & (before["level"] == "district")]
    last = rows[rows["time_period"] <= filled.day].sort_values("time_period").drop_duplicates("ref_area", keep="last")
    districts_of = {code: district for district, codes in members(filled.day).items() for code in codes}
    households: Any = last.set_index("ref_area")["obs_value"]
    for entry in (entry for entry in filled.entries if entry.level == "commune"):
        whole, new = households.get(districts_of.get(entry.code, ""), 0), entry.values.get("households_total", 0)
        if new > DISTRICT_SHARE * whole > 0 and _latest(earlier, entry, "households_total") is None:
            yield _words("own.doubt.large", filled, entry, new=new, whole=whole)


def _highest(filled: Filled, earlier: pd.DataFrame, before: pd.DataFrame) -> Iterator[Words]:
    """Areas without an earlier rate, with a higher one than was ever known of a district of ours under the standard."""
    is_rate = before["preferred"] & (before["indicator"] == "poverty_rate_pct") & (before["standard"] == _STANDARD)
    highest = before.loc[is_rate & before["ref_area"].isin(districts()), "obs_value"].max()
    for entry in filled.entries:
        counts = [entry.values.get(name, 0) for name in ("poor_households", "households_total")]
        is_new = _latest(earlier, entry, "poverty_rate_pct") is None and _rate_of_counts(earlier, entry) is None
        rate = entry.values.get("poverty_rate_pct", 100 * counts[0] / counts[1] if counts[1] else 0)
        if is_new and rate > highest:
            yield _words("own.doubt.highest", filled, entry, new=rate, highest=highest)


def _near_poor(filled: Filled, earlier: pd.DataFrame) -> Iterator[Words]:
    """Areas, and districts of which all communes are there, with many times the near-poor households last known."""
    name, values = "near_poor_households", {(entry.level, entry.code): entry.values for entry in filled.entries}
    counts = {place: have[name] for place, have in values.items() if name in have}
    for code, codes in members(filled.day).items():
        parts = [counts.get(("commune", one)) for one in codes]
        if None not in parts and ("district", code) not in counts:
            counts["district", code] = sum(filter(None, parts))
    rows: Any = earlier[earlier["indicator"] == name].drop_duplicates(["level", "ref_area"], keep="last").itertuples()
    for row in rows:
        new = counts.get((row.level, row.ref_area))
        if new is None or abs(new - row.obs_value) < _FEW:
            continue
        if not 1 / _NEAR_POOR_FACTOR <= new / max(row.obs_value, 1) <= _NEAR_POOR_FACTOR:
            yield Words("own.doubt.near_poor", area=row.area_name, new=new, old=row.obs_value, day=row.time_period[:4])


def _gaps(filled: Filled, earlier: pd.DataFrame, sources: pd.DataFrame) -> Iterator[Words]:
    """Areas for which the same office had figures the last time, and has none now."""
    publishers = sources.set_index("source_id")["publisher"].map(fold)
    rows = earlier[is_own(earlier) & (earlier["obs_status"] != "E") & (earlier["time_period"] < filled.day)]
    rows = rows[rows["source_id"].map(publishers) == fold(filled.office)]
    for level in sorted({entry.level for entry in filled.entries}):
        before = rows[rows["level"] == level]
        before = before[before["time_period"] == before["time_period"].max()]
        gap = before[~before["ref_area"].isin({entry.code for entry in filled.entries})].drop_duplicates("ref_area")
        if len(gap):
            names = list(gap["area_name"])
            first_names = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
            yield Words("own.doubt.missing", count=len(names), names=first_names, day=gap["time_period"].iloc[0][:4])


def _older(filled: Filled, before: pd.DataFrame, sources: pd.DataFrame) -> Iterator[Words]:
    """Own figures of a later document that this one would replace."""
    table = sources.set_index("source_id")
    rows = before[is_own(before) & (before["time_period"] == filled.day) & (before["obs_status"] != "E")]
    facts = {(entry.code, name) for entry in filled.entries for name in entry.values}
    rows = rows.loc[[(row.ref_area, row.indicator) in facts for row in rows.itertuples()]]
    for source_id, group in rows.groupby("source_id"):
        later = table.loc[str(source_id)]
        if later["published"] > filled.date:
            yield Words(
                "own.doubt.older",
                document=filled.document,
                date=filled.date,
                later=later["document_no"],
                later_date=later["published"],
                count=len(group),
            )
