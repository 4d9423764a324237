"""What follows by addition from an office's own figures: communes add up to their district, districts to the province.

A sum is made only where every part is known for the same day and one of them at least is the office's own; a part may
be published. A sum that a published figure states already is not made again. Sums are derived figures (obs_status E).
Units of July 2025 add up to the old districts too, each lying whole in one of them (`crosswalk`).
"""

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from .areas import LAST_DAY_OF_DISTRICTS, PROVINCE, area, crosswalk, districts, register
from .own import is_own
from .rules import RATES

COUNTS = ("households_total", "poor_households", "near_poor_households")
_BANDS = {
    "ntm_communes_15_18_criteria": (15, 18),
    "ntm_communes_10_14_criteria": (10, 14),
    "ntm_communes_5_9_criteria": (5, 9),
    "ntm_communes_below_5_criteria": (0, 4),
}
_PLACE = ["level", "ref_area"]
_FACT = [*_PLACE, "indicator", "time_period", "standard"]
Row = dict[Any, Any]  # one row of observations


@lru_cache(maxsize=16)
def members(day: str, rural: bool = False) -> dict[str, set[str]]:
    """District code -> codes of the commune-level units that make it up on a day; rural: communes (xã) alone.

    >>> sum(map(len, members("2024-12-31").values())), sum(map(len, members("2025-12-31").values()))
    (102, 40)
    >>> sum(map(len, members("2024-12-31", rural=True).values()))
    85
    """
    if day > LAST_DAY_OF_DISTRICTS:
        units, cross = register("2025", "commune"), crosswalk().drop_duplicates("new_code")
        units = units.assign(
            parent_code=units["code"].map(dict(zip(cross["new_code"], cross["old_district_code"], strict=True)))
        )
    else:
        units = register("2020", "commune")
    units = units[units["type"] == "xã"] if rural else units
    return {code: set(units.loc[units["parent_code"] == code, "code"]) for code in districts()}


def derived_rows(obs: pd.DataFrame) -> pd.DataFrame:
    """Rows to append to `obs`: sums for districts and province, NTM counts and rates that follow from own figures.

    obs: observations with obs_value as number and `preferred` settled. Returns a table with the columns of `obs`.
    """
    rows = obs[obs["preferred"] & (obs["bound"] == "exact") & (obs["obs_status"] != "U")]
    found = []
    for day in sorted(obs.loc[is_own(obs), "time_period"].unique()):
        today = rows[rows["time_period"] == day]
        for _, group in today[today["indicator"].isin(COUNTS)].groupby(["indicator", "standard"]):
            found += _sums(group.drop_duplicates(_PLACE), day)
        found += _rates(_current(today, found))
        if day <= LAST_DAY_OF_DISTRICTS:
            found += _ntm(obs[is_own(obs) & (obs["time_period"] == day)], day)
    made = pd.DataFrame(found, columns=obs.columns)
    published = rows[~is_own(rows)].drop_duplicates(_FACT, keep="last").set_index(_FACT)["obs_value"].to_dict()
    # .loc, since a list without entries would be read as a list of columns where nothing was summed
    return made.loc[[not _stated(row, published) for row in made.itertuples()]]


def _derived(parts: pd.DataFrame, value: float, code: str, comment: str, **changes: object) -> Row:
    """One derived row; its source is the newest own source among its parts."""
    newest = parts[is_own(parts)].sort_values("known_from").iloc[-1]
    found = area(code)
    fields = dict(
        ref_area=code,
        area_name=found.name,
        level=found.level,
        obs_value=float(value),
        bound="exact",
        bound_value=np.nan,
        obs_status="E",
        comment=comment,
        known_from=parts["known_from"].max(),
    )
    return newest.to_dict() | fields | changes


def _sums(group: pd.DataFrame, day: str) -> list[Row]:
    """District and province rows of one indicator, where every part of them is known."""
    group = group.set_index(_PLACE, drop=False).rename_axis([None, None])
    found, whole = [], []
    for code, parts in members(day).items():
        communes = group[group.index.isin([("commune", p) for p in parts])]
        district = group[group.index == ("district", code)]
        if len(communes) == len(parts) and is_own(communes).any() and not is_own(district).any():
            row = _derived(communes, communes["obs_value"].sum(), code, f"Sum of {len(parts)} communes.")
            found.append(row)
            district = pd.DataFrame([row])
        whole.append(district)
    known = pd.concat(whole)
    if len(known) == len(districts()) and is_own(known).any():
        found.append(_derived(known, known["obs_value"].sum(), PROVINCE, f"Sum of {len(known)} districts."))
    return found


def _current(today: pd.DataFrame, found: list[Row]) -> pd.DataFrame:
    """The figures of a day with the new sums in the place of what they replace."""
    made = pd.DataFrame(found, columns=today.columns)
    made = made[made["time_period"].isin(today["time_period"])]
    rows = pd.concat([today, made], ignore_index=True) if found else today
    return rows.drop_duplicates([*_PLACE, "indicator", "standard"], keep="last")


def _rates(rows: pd.DataFrame) -> list[Row]:
    """A rate for every area whose count and base are known and one of them is the office's own."""
    found, rows = [], rows[rows["level"] != "commune"]
    for rate in ("poverty_rate_pct", "near_poor_rate_pct"):
        count, base = (
            rows[rows["indicator"] == name].drop_duplicates(_PLACE).set_index(_PLACE, drop=False)
            for name in RATES[rate]
        )
        given = rows[(rows["indicator"] == rate) & is_own(rows)].set_index(_PLACE)
        for place in count.index.intersection(base.index).difference(given.index):
            pair = pd.concat([count.loc[[place]], base.loc[[place]]])
            if is_own(pair).any() and base.loc[place, "obs_value"] > 0:
                value = 100 * count.loc[place, "obs_value"] / base.loc[place, "obs_value"]
                found.append(
                    _derived(
                        pair,
                        value,
                        place[1],
                        "Count over households.",
                        indicator=rate,
                        unit_measure="percent",
                        standard=count.loc[place, "standard"],
                    )
                )
    return found


def _ntm(own: pd.DataFrame, day: str) -> list[Row]:
    """Counts of communes that follow from a full table: by district what has attained, for the province bands and mean
    too.
    """
    exact = own[(own["level"] == "commune") & (own["bound"] == "exact")]
    met = exact[exact["indicator"] == "ntm_criteria_met"].set_index("ref_area")["obs_value"]
    named = exact[exact["indicator"] == "ntm_attained"].set_index("ref_area")["obs_value"]
    attained = {c for c in named.index if named[c] == 1} | {c for c in met.index if met[c] == 19}
    advanced, model = (
        set(own.loc[own["indicator"] == name, "ref_area"]) for name in ("ntm_advanced_year", "ntm_model_year")
    )
    ntm = own[own["indicator"].isin(["ntm_criteria_met", "ntm_attained"])]
    given = set(own.loc[own["level"] != "commune", "ref_area"])
    found = []
    rural = members(day, rural=True)
    for code, parts in (rural | {PROVINCE: set().union(*rural.values())}).items():
        counts: dict[str, float] = {}
        if parts <= attained | set(named.index):
            counts["ntm_communes"] = len(parts & attained)
        if parts <= set(named.index):
            counts |= {"ntm_advanced_communes": len(parts & advanced), "ntm_model_communes": len(parts & model)}
        if code == PROVINCE and "ntm_communes" in counts and parts <= set(met.index):
            counts |= {
                band: sum(low <= met[c] <= high for c in parts - attained) for band, (low, high) in _BANDS.items()
            }
        if code == PROVINCE and parts <= set(met.index):
            counts["ntm_criteria_mean"] = round(met[list(parts)].mean(), 4)
        for indicator, value in counts.items() if code not in given else ():
            unit = "criteria" if indicator == "ntm_criteria_mean" else "communes"
            found.append(
                _derived(
                    ntm[ntm["ref_area"].isin(parts)],
                    value,
                    code,
                    f"From {len(parts)} communes.",
                    indicator=indicator,
                    unit_measure=unit,
                )
            )
    return found


def _stated(row: Any, published: dict[Any, float]) -> bool:
    """Whether a published figure says the same, as far as it is printed."""
    value = published.get(tuple(getattr(row, name) for name in _FACT))
    return value is not None and round(row.obs_value, decimals(value)) == value


def decimals(value: float) -> int:
    """How many decimals a figure is printed with.

    >>> decimals(15.32), decimals(7.0), decimals(12)
    (2, 0, 0)
    """
    return len(repr(float(value)).rstrip("0").partition(".")[2])
