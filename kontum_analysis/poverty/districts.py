"""What is published, and what follows from it by arithmetic, for every district and year of the current standard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..data.areas import PROVINCE, districts
from ..data.observations import select
from ..data.own_sums import decimals

STANDARD = "MDP_2022_2025"
FIRST_YEAR = 2021  # end of 2021: the opening stock under Decree 07/2021
CHANGES = ["poor_households_net_reduction", "poverty_rate_reduction_pp"]  # each tells the year before
NAMES = {  # indicator -> what it is called here
    "households_total": "households",
    "poor_households": "poor_households",
    "poverty_rate_pct": "rate_pct",
    "near_poor_households": "near_poor",
    "near_poor_rate_pct": "near_poor_pct",
    "poor_households_net_reduction": "fall",
    "poverty_rate_reduction_pp": "fall_pp",
}


class Figure(NamedTuple):
    """One published figure as it is printed."""

    value: float
    status: str
    source: str


Figures = Mapping[str, Figure | None]  # of one area and year, by name


@dataclass(frozen=True)
class Cell:
    """One figure of one area and year: the range it can lie in (low = high when exact), how known, from where."""

    low: float
    high: float
    status: str  # published | derived
    source: str

    @property
    def middle(self) -> float:
        """The value, or the middle of the range it can lie in."""
        return (self.low + self.high) / 2


Facts = Mapping[tuple[str, int, str], Cell]  # of `district_facts`, keyed (area, year, name)


def half_unit(value: float) -> float:
    """Half of the last printed decimal place: a figure printed as 4.28 lies within 0.005 of it.

    >>> half_unit(4.28), half_unit(10.4), half_unit(2.0)
    (0.005, 0.05, 0.5)
    """
    return 0.5 * 10.0 ** -decimals(value)


def district_facts(obs: pd.DataFrame) -> Facts:
    """Cells for the province and its ten districts: a dict keyed (area, year, name).

    name is households, poor_households or rate (fraction). Counts and rates are taken as published; derived are
    the year before from a published change, households from a count and its printed rate (the range that all
    printed pairs allow), and a rate from its count and households. Years run from 2021 to the last year with a
    published provincial count.

    Raises KontumError when the opening stock of end-2021 is not known on the day of the vintage.
    """
    figures = _figures(obs)
    last = max((year for area, year, name in figures if area == PROVINCE and name == "poor_households"), default=0)
    if last < FIRST_YEAR:
        raise KontumError("error.no_opening", standard=STANDARD)
    facts = {}
    for area in [PROVINCE, *districts()]:
        for year in range(FIRST_YEAR, last + 1):
            of_year, year_after = (
                {name: figures.get((area, y, name)) for name in NAMES.values()} for y in (year, year + 1)
            )
            facts.update({(area, year, name): cell for name, cell in _cells(of_year, year_after).items()})
    return facts


def _figures(obs: pd.DataFrame) -> dict[tuple[str, int, str], Figure]:
    """(area, year, name) -> Figure: preferred, exact, sure (not U) figures at a year's end."""
    rows = obs[obs["indicator"].isin(list(NAMES)) & obs["preferred"]]
    rows = rows[rows["standard"].isin([STANDARD, ""]) & (rows["bound"] == "exact") & (rows["obs_status"] != "U")]
    rows = rows[rows["time_period"].str.endswith("-12-31")]
    keys = zip(rows["ref_area"], rows["time_period"].str[:4].astype(int), rows["indicator"].map(NAMES), strict=True)
    figures = map(Figure, rows["obs_value"], rows["obs_status"], rows["source_id"])
    return dict(zip(keys, figures, strict=True))


def _cells(figures: Figures, after: Figures) -> dict[str, Cell]:
    """The cells of one area and year from its figures and those of the year after, whose changes tell this year."""
    cells = {}
    if poor := figures["poor_households"]:
        cells["poor_households"] = _published(poor)
    elif (poor := after["poor_households"]) and (fall := after["fall"]):
        cells["poor_households"] = Cell(poor.value + fall.value, poor.value + fall.value, "derived", fall.source)
    if rate := figures["rate_pct"]:
        cells["rate"] = _published(rate, 0.01, half_unit(rate.value))
    elif (rate := after["rate_pct"]) and (fall := after["fall_pp"]):
        value = rate.value + fall.value
        low, high = (value - 0.01) / 100, (value + 0.01) / 100  # two roundings
        cells["rate"] = Cell(low, high, "derived", fall.source)
    if households := figures["households"]:
        cells["households"] = _published(households)
    elif derived := _households(cells, figures):
        cells["households"] = derived
    if "rate" not in cells and {"poor_households", "households"} <= set(cells):
        count, base = cells["poor_households"], cells["households"]
        cells["rate"] = Cell(count.low / base.high, count.high / base.low, "derived", count.source)
    return cells


def _published(figure: Figure, scale: float = 1.0, margin: float = 0.0) -> Cell:
    status = "derived" if figure.status == "E" else "published"
    return Cell((figure.value - margin) * scale, (figure.value + margin) * scale, status, figure.source)


def _households(cells: Mapping[str, Cell], figures: Figures) -> Cell | None:
    """Households from every printed pair of count and rate; the narrower range where two pairs disagree."""
    ranges = []
    if {"poor_households", "rate"} <= set(cells):
        poor, rate = cells["poor_households"].middle, cells["rate"]
        ranges.append((poor / rate.high, poor / rate.low, rate.source))
    if (count := figures["near_poor"]) and (share := figures["near_poor_pct"]):
        margin = half_unit(share.value)
        low, high = (100 * count.value / (share.value + side) for side in (margin, -margin))
        ranges.append((low, high, share.source))
    if not ranges:
        return None
    low, high, source = max(r[0] for r in ranges), min(r[1] for r in ranges), ranges[0][2]
    if low > high:
        low, high, source = min(ranges, key=lambda r: r[1] - r[0])
    return Cell(np.ceil(low), np.floor(high), "derived", source)


def household_series(obs: pd.DataFrame) -> pd.Series:
    """Households of the province by year, published or derived from count and rate, whatever the standard.

    Returns a Series indexed by year. Households do not depend on the poverty standard, so 2018-2020 count too.

    >>> from kontum_analysis.data.observations import load_observations
    >>> household_series(load_observations()).round(-2).to_dict()
    {2018: 132200.0, 2019: 138500.0, 2020: 141900.0, 2021: 143600.0, 2022: 146800.0, 2023: 149400.0}
    """
    rows = obs[obs["preferred"] & (obs["ref_area"] == PROVINCE) & (obs["bound"] == "exact")]
    rows = rows[rows["time_period"].str.endswith("-12-31")].assign(year=rows["time_period"].str[:4].astype(int))
    values = rows.drop_duplicates(["indicator", "year", "standard"]).set_index(["year", "standard"])
    stated, poor, rate = (
        values.loc[values["indicator"] == name, "obs_value"]
        for name in ("households_total", "poor_households", "poverty_rate_pct")
    )
    derived = (100 * poor / rate).dropna().groupby("year").last()
    return stated.groupby("year").last().combine_first(derived).sort_index()


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

    poor, households = figures("poor_households", STANDARD), figures("households_total")
    new, relapsed = figures("new_poor_households"), figures("relapsed_poor_households")
    for day in sorted(new.index, reverse=True):
        year_before = f"{int(day[:4]) - 1}-12-31"
        if year_before in poor.index and year_before in households.index:
            not_poor = households[year_before] - poor[year_before]
            return float((new[day] + relapsed.get(day, 0.0)) / not_poor)
    return 0.0
