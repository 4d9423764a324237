"""Poverty paths: from a scenario's paces to a rate and a number of households for every district and year."""

import numpy as np
import pandas as pd

from ..data.areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE, area, area_name, poor_districts
from ..methods.sums import apportion
from .draws import scenario_draws
from .paces import TOLERANCE, Inputs, baseline, district_paths
from .scenarios import Scenario

# from the surest to the least sure; an office's figure stands behind what is published, so that a group of both is
# named as the office's
STATUSES = ["published", "derived", "office", "estimated", "projected"]
NEAR_FLOOR = 1e-6  # a rate this near its floor rests on it


def project_poverty(obs: pd.DataFrame | Inputs, scenario: Scenario, draws: int = 0, seed: int = 3299) -> pd.DataFrame:
    """The path of the province and its ten districts under a scenario.

    Returns a tidy table: scenario, area, area_name, level, year (start to end, year ends), rate (fraction),
    households, poor_households (whole), entries (households newly poor in the year; stock_flow form, else 0), floor
    (fraction), status (published, derived, office, estimated at the start; projected after). In every year the
    districts' poor households add to the province's, and the province's rate is theirs weighted by households.

    draws: with 2 or more, quantiles q05, q10, q25, q50, q75, q90, q95 of the rate are added, from that many joint draws
    around the path (see `draws`, which states every assumption and gives the draws themselves); seed fixes them.

    Households grow alike in all districts. A floor is a number of households, so its rate shrinks as they grow.

    >>> from kontum_analysis.data.observations import load_observations
    >>> from kontum_analysis.poverty.scenarios import preset
    >>> p = project_poverty(load_observations(), preset("programme-low"))
    >>> p[(p.area == "62") & (p.year <= 2023)].rate.round(4).tolist()
    [0.1532, 0.1232, 0.0932]
    """
    base = baseline(obs, scenario)
    years = np.arange(scenario.start, scenario.end + 1)
    rates, _ = district_paths(base, scenario, years)
    factor = base.household_factor(years)
    households = np.stack([apportion(base.households * f, round(base.households.sum() * f)) for f in factor], axis=1)
    poor = _whole_households(rates * base.households[:, None] * factor, base.poor)
    entries = np.zeros_like(poor)
    if scenario.form == "stock_flow":
        flow = base.entry * (1 + base.growth) * (households - poor)[:, :-1]
        entries[:, 1:] = np.stack([apportion(f, round(f.sum())) for f in flow.T], axis=1)
    codes = [PROVINCE, *base.areas]
    table = pd.DataFrame(
        dict(
            scenario=scenario.name,
            area=np.repeat(codes, len(years)),
            area_name=np.repeat([area_name(code, "vi") for code in codes], len(years)),
            level=np.repeat([area(code).level for code in codes], len(years)),
            year=np.tile(years, len(codes)),
            rate=np.vstack([base.weights @ rates, rates]).ravel(),
            households=_with_sum(households),
            poor_households=_with_sum(poor),
            entries=_with_sum(entries),
            floor=np.vstack([base.weights @ base.floors(years), base.floors(years)]).ravel(),
            status="projected",
        )
    )
    table.loc[table["year"] == scenario.start, "status"] = [base.province_status, *base.status]
    if draws == 0:
        return table
    spread = scenario_draws(obs, scenario, draws, seed).quantiles()
    return table.merge(spread, on=["area", "year"], how="left", validate="one_to_one")


def _with_sum(counts: np.ndarray) -> np.ndarray:
    """Counts of the districts, shape (district, year), below their sum, in one row."""
    return np.vstack([counts.sum(axis=0), counts]).ravel()


def _whole_households(exact: np.ndarray, opening: np.ndarray) -> np.ndarray:
    """Whole households that add up in every year and never rise where the exact path does not."""
    columns = [np.asarray(opening)]
    for before, now in zip(exact.T[:-1], exact.T[1:], strict=True):
        ceiling = np.where(now <= before + TOLERANCE, columns[-1], np.maximum(columns[-1], np.ceil(now)))
        columns.append(apportion(now, min(round(now.sum()), int(ceiling.sum())), ceiling=ceiling))
    return np.stack(columns, axis=1)


def groups(projection: pd.DataFrame) -> pd.DataFrame:
    """The same table, without quantiles, for the province, its poor districts (62-POOR) and the other seven (62-REST).

    The status of a group is that of its least certain district.

    >>> from kontum_analysis.data.observations import load_observations
    >>> from kontum_analysis.poverty.scenarios import preset
    >>> g = groups(project_poverty(load_observations(), preset("programme-mid")))
    >>> g[g.year == 2021].rate.round(4).tolist()
    [0.1532, 0.4673, 0.1095]
    """
    rows = projection[projection["level"] == "district"]
    group = rows["area"].isin(poor_districts()).map({True: POOR_DISTRICTS, False: OTHER_DISTRICTS})
    weighted = rows.assign(
        area=group,
        rate=rows["rate"] * rows["households"],
        floor=rows["floor"] * rows["households"],
        status=rows["status"].map(STATUSES.index),
    )
    columns = dict.fromkeys(["rate", "households", "poor_households", "entries", "floor"], "sum") | {"status": "max"}
    table = weighted.groupby(["scenario", "area", "year"], as_index=False).agg(columns)
    table["rate"], table["floor"] = table["rate"] / table["households"], table["floor"] / table["households"]
    table = table.assign(status=table["status"].map(dict(enumerate(STATUSES))), area_name="", level="group")
    common = [column for column in projection.columns if column in table.columns]
    return pd.concat([projection.loc[projection["area"] == PROVINCE, common], table[common]], ignore_index=True)


def exit_quotas(projection: pd.DataFrame) -> pd.DataFrame:
    """Households that must leave poverty in each district and year for the path to hold: whole numbers.

    A tidy table: scenario, area, area_name, year, quota. It is the fall of the poor households in the year plus the
    households newly poor in it. The stock_flow form counts those; the others do not know them, and there the quota
    is net: every household that falls into poverty adds one. Quotas of a year sum to the province's fall plus entries.
    A district whose number would rise (a pace below the growth of households) has the quota 0; the quotas of the others
    then sum to more than the province's net fall, by that rise.

    >>> from kontum_analysis.data.observations import load_observations
    >>> from kontum_analysis.poverty.scenarios import preset
    >>> q = exit_quotas(project_poverty(load_observations(), preset("programme-mid", end=2022)))
    >>> int(q.quota.sum()), str(q.quota.dtype)
    (4682, 'int64')
    """
    rows = projection[projection["level"] == "district"].sort_values(["scenario", "area", "year"])
    by = rows.groupby(["scenario", "area"])
    quota = (by["poor_households"].shift(1) - rows["poor_households"] + rows["entries"]).clip(lower=0)
    quotas = rows.assign(quota=quota)[quota.notna()].astype({"quota": "int64"})
    quotas = quotas.sort_values(["scenario", "year", "area"])
    return quotas[["scenario", "area", "area_name", "year", "quota"]].reset_index(drop=True)


def floor_years(projection: pd.DataFrame) -> pd.DataFrame:
    """The first year in which each area's path rests on its floor; one row an area, `year` missing if never.

    >>> from kontum_analysis.data.observations import load_observations
    >>> from kontum_analysis.poverty.scenarios import preset
    >>> f = floor_years(groups(project_poverty(load_observations(), preset("programme-mid"))))
    >>> f.year.tolist()
    [2028, 2028, 2025]
    """
    at_floor = projection[projection["rate"] <= projection["floor"] + NEAR_FLOOR]
    first = at_floor.groupby(["scenario", "area"])["year"].min().astype("Int64")
    areas = projection[["scenario", "area", "area_name"]].drop_duplicates(ignore_index=True)
    return areas.join(first, on=["scenario", "area"])
