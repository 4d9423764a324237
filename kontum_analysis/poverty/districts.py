"""What is published, and what follows from it by arithmetic, for every district and year of the current standard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..data.areas import PROVINCE, districts
from ..data.memo import remember
from ..data.observations import select
from ..data.preference import known_as

STANDARD = "MDP_2022_2025"
Facts = Mapping[tuple[str, int, str], "Cell"]  # of `district_facts`, keyed (area, year, name)
Figure = tuple[float, str, str]  # value, obs_status, source
FIRST_YEAR = 2021  # end of 2021: the opening stock under Decree 07/2021


@dataclass(frozen=True)
class Cell:
    """One figure of one area and year: the range it can lie in (low = high when exact), how known, from where."""

    low: float
    high: float
    status: str  # published | derived | office
    source: str

    @property
    def middle(self) -> float:
        """The value, or the middle of the range it can lie in."""
        return (self.low + self.high) / 2


def half_unit(value: float) -> float:
    """Half of the last printed decimal place: a figure printed as 4.28 lies within 0.005 of it.

    >>> half_unit(4.28), half_unit(10.4), half_unit(2.0)
    (0.005, 0.05, 0.5)
    """
    decimals = len(repr(float(value)).rstrip("0").partition(".")[2])
    return 0.5 * 10.0**-decimals


@remember(16)
def district_facts(obs: pd.DataFrame) -> Facts:
    """Cells for the province and its ten districts: a dict keyed (area, year, name).

    name is households, poor_households or rate (fraction). Counts and rates are taken as published; derived are
    the year before from a published change, households from a count and its printed rate (the range that all
    printed pairs allow), and a rate from its count and households. Years run from 2021 to the last with any figure.

    Raises KontumError when the opening stock of end-2021 is not known on the day of the vintage.
    """
    facts, figures = {}, _figures(obs)
    if not any(area == PROVINCE and year >= FIRST_YEAR and name == "poor_households" for area, year, name in figures):
        raise KontumError("error.no_opening", standard=STANDARD)
    codes = [PROVINCE, *districts()]
    last = max(year for area, year, _ in figures if area in codes)
    for area in codes:
        for year in range(FIRST_YEAR, last + 1):
            by_name = {name: figures.get((area, year, name)) for name in NAMES.values()}
            after = {name: figures.get((area, year + 1, name)) for name in NAMES.values()}
            facts.update({(area, year, name): cell for name, cell in _cells(by_name, after).items()})
    return facts


NAMES = {
    "households_total": "households",
    "poor_households": "poor_households",
    "poverty_rate_pct": "rate_pct",
    "near_poor_households": "near_poor",
    "near_poor_rate_pct": "near_poor_pct",
    "poor_households_net_reduction": "fall",
    "poverty_rate_reduction_pp": "fall_pp",
}


CHANGES = ["poor_households_net_reduction", "poverty_rate_reduction_pp"]  # each tells the year before


def _figures(obs: pd.DataFrame) -> dict[tuple[str, int, str], Figure]:
    """(area, year, name) -> (value, obs_status, source): preferred, exact, sure (not U) figures of a known year's
    end, of the province and its districts.
    """
    is_place = obs["ref_area"].isin([PROVINCE, *districts()]) & obs["indicator"].isin(NAMES)
    obs = obs[is_place & obs["preferred"] & obs["standard"].isin([STANDARD, ""])]  # few rows: what follows costs little
    is_sure = (obs["bound"] == "exact") & (obs["obs_status"] != "U") & (obs["date_precision"] != "unknown")
    rows = obs[is_sure & obs["time_period"].str.endswith("-12-31")]
    by_key: dict[tuple[str, int, str], Figure] = {}
    row: Any
    for row in rows.itertuples():
        by_key[row.ref_area, int(row.time_period[:4]), NAMES[row.indicator]] = (
            row.obs_value,
            row.obs_status,
            row.source_id,
        )
    return by_key


def _cells(by_name: Mapping[str, Figure | None], after: Mapping[str, Figure | None]) -> dict[str, Cell]:
    cells = {}
    if by_name["poor_households"]:
        cells["poor_households"] = _to_cell(by_name["poor_households"])
    elif after["poor_households"] and after["fall"]:
        value = after["poor_households"][0] + after["fall"][0]
        cells["poor_households"] = Cell(
            value, value, known_as("derived", after["fall"][2], after["poor_households"][2]), after["fall"][2]
        )
    if by_name["rate_pct"]:
        cells["rate"] = _to_cell(by_name["rate_pct"], 0.01, half_unit(by_name["rate_pct"][0]))
    elif after["rate_pct"] and after["fall_pp"]:
        value = after["rate_pct"][0] + after["fall_pp"][0]
        low, high = (value - 0.01) / 100, (value + 0.01) / 100  # two roundings
        status = known_as("derived", after["fall_pp"][2], after["rate_pct"][2])
        cells["rate"] = Cell(low, high, status, after["fall_pp"][2])
    if by_name["households"]:
        cells["households"] = _to_cell(by_name["households"])
    elif (derived := _households(cells, by_name)) is not None:
        cells["households"] = derived
    if "rate" not in cells and {"poor_households", "households"} <= set(cells):
        poor, base = cells["poor_households"], cells["households"]
        status = known_as("derived", poor.source, base.source)
        cells["rate"] = Cell(poor.low / base.high, poor.high / base.low, status, poor.source)
    return cells


def _to_cell(figure: Figure, scale: float = 1.0, margin: float = 0.0) -> Cell:
    value, status, source = figure
    kind = known_as("derived" if status == "E" else "published", source)
    return Cell((value - margin) * scale, (value + margin) * scale, kind, source)


def _households(cells: Mapping[str, Cell], by_name: Mapping[str, Figure | None]) -> Cell | None:
    """Households from every printed pair of count and rate; the narrower range where two pairs disagree."""
    ranges = []
    if {"poor_households", "rate"} <= set(cells):
        poor, rate = cells["poor_households"].middle, cells["rate"]
        ranges.append((poor / rate.high, poor / rate.low, rate.source))
    if by_name["near_poor"] and by_name["near_poor_pct"]:
        count, (per_cent, _, source) = by_name["near_poor"][0], by_name["near_poor_pct"]
        margin = half_unit(per_cent)
        ranges.append((100 * count / (per_cent + margin), 100 * count / (per_cent - margin), source))
    if not ranges:
        return None
    low, high, source = max(r[0] for r in ranges), min(r[1] for r in ranges), ranges[0][2]
    if low > high:
        low, high, source = min(ranges, key=lambda r: r[1] - r[0])
    return Cell(np.ceil(low), np.floor(high), known_as("derived", source), source)


def household_series(obs: pd.DataFrame) -> pd.Series:
    """Households of the province by year, published or derived from count and rate, whatever the standard.

    Returns a Series indexed by year. Households do not depend on the poverty standard, so 2018-2020 count too.

    >>> from kontum_analysis.data.observations import load_observations
    >>> household_series(load_observations()).round(-2).to_dict()
    {2018: 132200.0, 2019: 138500.0, 2020: 141900.0, 2021: 143600.0, 2022: 146800.0, 2023: 149400.0}
    """
    rows = obs[obs["preferred"] & (obs["ref_area"] == PROVINCE)]
    is_household_figure = rows["indicator"].isin(["households_total", "poor_households", "poverty_rate_pct"])
    rows = rows[is_household_figure & (rows["bound"] == "exact")]
    rows = rows[rows["time_period"].str.endswith("-12-31")].assign(year=rows["time_period"].str[:4].astype(int))
    by = {name: group.drop_duplicates(["year", "standard"]) for name, group in rows.groupby("indicator")}
    if not {"poor_households", "poverty_rate_pct"} <= set(by):
        return pd.Series(dtype=float)
    pair = by["poor_households"].merge(by["poverty_rate_pct"], on=["year", "standard"], suffixes=("", "_rate"))
    derived = pd.Series((100 * pair["obs_value"] / pair["obs_value_rate"]).values, index=pair["year"].values)
    stated = (
        by["households_total"].set_index("year")["obs_value"] if "households_total" in by else pd.Series(dtype=float)
    )
    return stated.combine_first(derived.groupby(level=0).last()).sort_index()


@remember(16)
def household_growth(obs: pd.DataFrame) -> float:
    """Yearly growth of the province's households over the last two years known (fraction), 0 if fewer are known.

    >>> from kontum_analysis.data.observations import load_observations
    >>> round(household_growth(load_observations()), 4)
    0.0202
    """
    series = household_series(obs)
    if len(series) < 2:
        return 0.0
    span = min(2, len(series) - 1)
    years = series.index[-1] - series.index[-1 - span]
    return float((series.iloc[-1] / series.iloc[-1 - span]) ** (1 / years) - 1)


def households_without_labour(obs: pd.DataFrame) -> float:
    """Poor households without labour capacity as last published (2,193 at end-2022); 0 where not yet known.

    >>> from kontum_analysis.data.observations import load_observations
    >>> households_without_labour(load_observations())
    2193.0
    """
    rows = select(obs, "poor_households_no_labour", area=PROVINCE)
    return float(rows["obs_value"].iloc[-1]) if len(rows) else 0.0


def published_entry_rate(obs: pd.DataFrame) -> float:
    """New and relapsed poor households over those not poor a year before (2022: 607 of 121,572); 0 where not known.

    >>> from kontum_analysis.data.observations import load_observations
    >>> round(published_entry_rate(load_observations()), 5)
    0.00499
    """

    def figures(indicator: str, standard: str | None = None) -> pd.Series:
        return select(obs, indicator, area=PROVINCE, standard=standard).set_index("time_period")["obs_value"]

    stock, base = figures("poor_households", STANDARD), figures("households_total")
    new, back = figures("new_poor_households"), figures("relapsed_poor_households")
    for day in sorted(new.index, reverse=True):
        before = f"{int(day[:4]) - 1}-12-31"
        if before in stock.index and before in base.index:
            return float((new[day] + back.get(day, 0.0)) / (base[before] - stock[before]))
    return 0.0
