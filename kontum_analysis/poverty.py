"""Poverty paths: from a scenario's paces to a rate and a number of households for every district and year.

The province follows its own pace, the three poor districts theirs, and the other seven do what is then needed. Where
that would take them below their floor, or make them poorer, they stop there, and the province departs from its pace:
the paths show what the paces can do together, `implied_pace` says whether they fit.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .apportion import apportion
from .areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE, area, poor_districts
from .district_facts import FIRST_YEAR, household_growth, households_without_labour, published_entry_rate
from .errors import ScenarioError
from .estimates import estimate_panel
from .trajectories import rate_after, speed_between

FULL = 1e-9  # two rates this near are equal


@dataclass(frozen=True)
class Baseline:
    """The opening stock of a scenario and the inputs taken from published figures.

    poor, households: whole numbers by district; first_rates: rates at end-2021 (fractions), for the observed pace;
    floor: part of each district's opening poor households that stays poor; entry, growth: yearly fractions.
    """

    areas: tuple
    status: tuple
    poor: np.ndarray
    households: np.ndarray
    first_rates: np.ndarray
    floor: float
    entry: float
    growth: float

    @property
    def rates(self):
        return self.poor / self.households

    @property
    def weights(self):
        return self.households / self.households.sum()

    @property
    def is_poor_district(self):
        return np.isin(self.areas, poor_districts())


def baseline(obs, scenario):
    """The opening stock of a scenario: published where known, else the estimate of `estimate_panel`.

    Raises ScenarioError when the province's count at the end of `scenario.start` is not known.
    """
    panel = estimate_panel(obs).panel
    years = sorted(panel["year"].unique())
    if scenario.start not in years:
        raise ScenarioError(
            f"start: found {scenario.start}; the province's count is known for {years[0]} to {years[-1]}"
        )
    rows = panel[(panel["year"] == scenario.start) & (panel["area"] != PROVINCE)]
    first = panel[(panel["year"] == FIRST_YEAR) & (panel["area"] != PROVINCE)]
    poor, households = rows["poor_households"].to_numpy(), rows["households"].to_numpy()
    growth = household_growth(obs) if scenario.household_growth == "published" else scenario.household_growth
    entry = published_entry_rate(obs) if scenario.entry_rate == "published" else scenario.entry_rate
    stuck = households_without_labour(obs) if scenario.floor == "published" else scenario.floor * households.sum()
    if stuck >= poor.sum():
        raise ScenarioError(f"floor: found {stuck:,.0f} households; below the opening stock of {poor.sum():,}")
    most = stuck / poor.sum() * (poor / households).max() / (1 + growth) ** (scenario.end - scenario.start)
    if most > 1:
        raise ScenarioError(
            f"household_growth: found {growth:g}; by {scenario.end} a district has fewer households than its floor"
        )
    first_rates = first["poor_households"].to_numpy() / first["households"].to_numpy()
    return Baseline(tuple(rows["area"]), tuple(rows["status_poor_households"]), poor, households, first_rates,
                    stuck / poor.sum(), entry, growth)  # fmt: skip


def project_poverty(obs, scenario):
    """The path of the province and its ten districts under a scenario.

    Returns a tidy table: scenario, area, area_name, level, year (start to end, year ends), rate (fraction),
    households, poor_households (whole), entries (households newly poor in the year; stock_flow form, else 0), floor
    (fraction), status (published, derived, estimated at the start; projected after). In every year the districts'
    poor households add to the province's, and the province's rate is the districts' weighted by households.

    Households grow alike in all districts. A floor is a number of households, so its rate shrinks as they grow.

    >>> from kontum_analysis.observations import load_observations
    >>> from kontum_analysis.scenarios import preset
    >>> p = project_poverty(load_observations(), preset("programme-low"))
    >>> p[(p.area == "62") & (p.year <= 2023)].rate.round(4).tolist()
    [0.1532, 0.1232, 0.0932]
    """
    base = baseline(obs, scenario)
    years = np.arange(scenario.start, scenario.end + 1)
    rates, _ = district_paths(base, scenario, years)
    grown = (1 + base.growth) ** (years - scenario.start)
    households = np.stack([apportion(base.households * g, round(base.households.sum() * g)) for g in grown], axis=1)
    poor = _whole_households(rates * base.households[:, None] * grown, base.poor)
    entries = np.zeros_like(poor)
    if scenario.form == "stock_flow":
        flow = base.entry * (1 + base.growth) * (households - poor)[:, :-1]
        entries[:, 1:] = np.stack([apportion(f, round(f.sum())) for f in flow.T], axis=1)
    floors = base.floor * base.rates[:, None] / grown
    weights = base.weights
    rows = [_rows(scenario, PROVINCE, years, weights @ rates, households.sum(0), poor.sum(0), entries.sum(0), weights @ floors,
                  "published")]  # fmt: skip
    for i, code in enumerate(base.areas):
        rows.append(
            _rows(scenario, code, years, rates[i], households[i], poor[i], entries[i], floors[i], base.status[i])
        )
    return pd.concat(rows, ignore_index=True)


def _rows(scenario, code, years, rate, households, poor, entries, floor, status):
    found = area(code)
    return pd.DataFrame(dict(scenario=scenario.name, area=code, area_name=found.name, level=found.level, year=years, rate=rate,
                             households=households, poor_households=poor, entries=entries, floor=floor,
                             status=[status] + ["projected"] * (len(years) - 1)))  # fmt: skip


def _whole_households(exact, opening):
    """Whole households that add up in every year and never rise where the exact path does not."""
    columns = [np.asarray(opening)]
    for before, now in zip(exact.T[:-1], exact.T[1:], strict=True):
        ceiling = np.where(now <= before + FULL, columns[-1], np.maximum(columns[-1], np.ceil(now)))
        columns.append(apportion(now, min(round(now.sum()), int(ceiling.sum())), ceiling=ceiling))
    return np.stack(columns, axis=1)


def district_paths(base, scenario, years):
    """Rates by district and year under the paces, and what the other seven would have to do.

    Returns (rates, needed): rates, shape (district, year), each within [its floor, 1]; needed, shape (year,), the rate of
    the other districts together at which province and poor districts would both keep their pace.
    """
    span = years - scenario.start
    poor, weight, y0 = base.is_poor_district, base.weights, base.rates
    floor = base.floor * y0[:, None] / (1 + base.growth) ** span
    line = _line(scenario, "province_pace_pp", weight @ y0, weight @ base.first_rates, base, years)
    rates = np.empty((len(y0), len(years)))
    for i in np.flatnonzero(poor):
        own = _line(scenario, "poor_district_pace_pp", y0[i], base.first_rates[i], base, years)
        rates[i] = np.clip(own, floor[i], 1.0)
    rest = weight[~poor] / weight[~poor].sum()
    needed = (line - weight[poor] @ rates[poor]) / weight[~poor].sum()
    lowest, level = rest @ floor[~poor], rest @ y0[~poor]
    reached = np.maximum(np.minimum.accumulate(np.minimum(needed, level)), lowest)
    rates[~poor] = y0[~poor, None] * reached / level  # the same part of every district's poverty
    return rates, needed


def _line(scenario, key, level, first_level, base, years):
    """The rate on paper: what the pace alone says, before any floor."""
    pace, span = getattr(scenario, key), years - scenario.start
    if isinstance(pace, dict):
        falls = [0.0] + [pace[int(year)] / 100 for year in years[1:]]
        return level - np.cumsum(falls)
    if pace == "observed":
        if scenario.start == FIRST_YEAR:
            raise ScenarioError(
                f"{key}: found 'observed'; it needs a start after {FIRST_YEAR}, when a fall is published"
            )
        try:
            speed = speed_between(scenario.form, first_level, level, scenario.start - FIRST_YEAR, base.entry)
        except ValueError as error:
            raise ScenarioError(f"{key}: found 'observed'; no {scenario.form} path has that pace ({error})") from None
    elif scenario.form == "linear":
        speed = -pace / 100
    else:
        try:
            speed = speed_between(scenario.form, level, max(level - pace / 100, -0.0), 1.0, base.entry)
        except ValueError as error:
            raise ScenarioError(
                f"{key}: found {pace:g}; less than the opening rate of {100 * level:.2f} % ({error})"
            ) from None
    if scenario.form == "linear":
        return level + speed * span
    return rate_after(scenario.form, level, speed, span, entry=base.entry)


def groups(projection):
    """The same table for the province, its poor districts (62-POOR) and the other seven (62-REST).

    >>> from kontum_analysis.observations import load_observations
    >>> from kontum_analysis.scenarios import preset
    >>> g = groups(project_poverty(load_observations(), preset("programme-mid")))
    >>> g[g.year == 2021].rate.round(4).tolist()
    [0.1532, 0.4673, 0.1095]
    """
    districts = projection[projection["level"] == "district"]
    member = districts["area"].isin(poor_districts()).map({True: POOR_DISTRICTS, False: OTHER_DISTRICTS})
    weighted = districts.assign(area=member, rate=districts["rate"] * districts["households"],
                                floor=districts["floor"] * districts["households"])  # fmt: skip
    added = weighted.groupby(["scenario", "area", "year"], as_index=False)[
        ["rate", "households", "poor_households", "entries", "floor"]
    ].sum()
    added["rate"], added["floor"] = added["rate"] / added["households"], added["floor"] / added["households"]
    worst = ["published", "derived", "estimated", "projected"]
    rank = weighted.assign(rank=weighted["status"].map(worst.index)).groupby(["scenario", "area", "year"])["rank"].max()
    added["status"] = [worst[rank[key]] for key in zip(added["scenario"], added["area"], added["year"], strict=True)]
    added = added.assign(area_name="", level="group")[projection.columns]
    return pd.concat([projection[projection["area"] == PROVINCE], added], ignore_index=True)


def exit_quotas(projection):
    """Households that must leave poverty in each district and year for the path to hold: whole numbers.

    A tidy table: scenario, area, area_name, year, quota. It is the fall of the poor households in the year plus the
    households newly poor in it. The stock_flow form counts those; the others do not know them, and there the quota
    is net: every household that falls into poverty adds one. Quotas of a year sum to the province's fall plus entries.
    A district whose number would rise (a pace below the growth of households) has the quota 0; the quotas of the others
    then sum to more than the province's net fall, by that rise.

    >>> from kontum_analysis.observations import load_observations
    >>> from kontum_analysis.scenarios import preset
    >>> q = exit_quotas(project_poverty(load_observations(), preset("programme-mid", end=2022)))
    >>> int(q.quota.sum()), str(q.quota.dtype)
    (4682, 'int64')
    """
    rows = projection[projection["level"] == "district"].sort_values(["scenario", "area", "year"])
    by = rows.groupby(["scenario", "area"])
    quota = (by["poor_households"].shift(1) - rows["poor_households"] + rows["entries"]).clip(lower=0)
    found = rows.assign(quota=quota)[quota.notna()]
    found = found.astype({"quota": "int64"}).sort_values(["scenario", "year", "area"])
    return found[["scenario", "area", "area_name", "year", "quota"]].reset_index(drop=True)


def implied_pace(obs, scenario):
    """What the other seven districts must do for the province and the poor districts both to keep their pace.

    One row a year after the start: province_rate (on paper), poor_districts_rate, needed_rate (of the seven),
    needed_pace_pp (from the start, a year), floor_rate, possible (needed_rate not below the floor),
    possible_without_floor (not below zero), shortfall_pp (points the province stays above its line).

    On constant shares of households and the straight line the needed pace is
    (province pace - share of poor districts × their pace) / share of the seven.

    >>> from kontum_analysis.observations import load_observations
    >>> from kontum_analysis.scenarios import preset
    >>> t = implied_pace(load_observations(), preset("programme-mid"))
    >>> round(float(t.needed_pace_pp.iloc[0]), 4), int(t[t.possible].year.max())
    (3.0136, 2024)
    """
    base = baseline(obs, scenario)
    years = np.arange(scenario.start, scenario.end + 1)
    rates, needed = district_paths(base, scenario, years)
    poor, weight = base.is_poor_district, base.weights
    rest = weight[~poor].sum()
    floor = base.floor * (weight[~poor] @ base.rates[~poor]) / rest / (1 + base.growth) ** (years - scenario.start)
    paper = _line(scenario, "province_pace_pp", weight @ base.rates, weight @ base.first_rates, base, years)
    found = pd.DataFrame(dict(
        scenario=scenario.name, year=years, province_rate=paper,
        poor_districts_rate=weight[poor] @ rates[poor] / weight[poor].sum(), needed_rate=needed,
        needed_pace_pp=100 * (needed[0] - needed) / np.maximum(years - scenario.start, 1), floor_rate=floor,
        possible=needed >= floor - FULL, possible_without_floor=needed >= -FULL,
        shortfall_pp=100 * np.maximum(weight @ rates - paper, 0)))  # fmt: skip
    return found.iloc[1:].reset_index(drop=True)


def floor_years(projection):
    """The first year in which each area's path rests on its floor; one row an area, `year` missing if never.

    >>> from kontum_analysis.observations import load_observations
    >>> from kontum_analysis.scenarios import preset
    >>> f = floor_years(groups(project_poverty(load_observations(), preset("programme-mid"))))
    >>> f.year.tolist()
    [2028, 2028, 2025]
    """
    rests = projection[projection["rate"] <= projection["floor"] + 1e-6]
    first = rests.groupby(["scenario", "area"])["year"].min()
    keys = projection[["scenario", "area", "area_name"]].drop_duplicates().reset_index(drop=True)
    year = [first.get((k.scenario, k.area)) for k in keys.itertuples()]
    return keys.assign(year=pd.array(year, dtype="Int64"))
