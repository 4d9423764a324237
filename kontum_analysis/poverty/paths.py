"""Poverty paths: from a scenario's paces to a rate and a number of households for every district and year."""

import numpy as np
import pandas as pd

from ..data.areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE, area, area_name, poor_districts
from ..methods.sums import apportion
from .draws import scenario_draws
from .paces import FULL, Baseline, Inputs, baseline, district_paths
from .scenarios import Scenario


def project_poverty(obs: pd.DataFrame | Inputs, scenario: Scenario, draws: int = 0, seed: int = 3299) -> pd.DataFrame:
    """The path of the province and its ten districts under a scenario.

    Returns a tidy table: scenario, area, area_name, level, year (start to end, year ends), rate (fraction),
    households, poor_households (whole), entries (households newly poor in the year; stock_flow form, else 0), floor
    (fraction), status (published, derived, estimated at the start; projected after). In every year the districts'
    poor households add to the province's, and the province's rate is the districts' weighted by households.

    draws: with 2 or more, quantiles q05, q10, q25, q50, q75, q90, q95 of the rate are added, from that many joint draws
    around
    the path (see `ensemble`, which states every assumption and gives the draws themselves); seed fixes them.

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
    grown = (1 + base.growth) ** (years - scenario.start)
    households = np.stack([apportion(base.households * g, round(base.households.sum() * g)) for g in grown], axis=1)
    poor = whole_households(rates * base.households[:, None] * grown, base.poor)
    entries = whole_entries(base, households, poor) if scenario.form == "stock_flow" else np.zeros_like(poor)
    floors = base.floor * base.rates[:, None] / grown
    weights = base.weights
    rows = [
        _rows(
            scenario,
            PROVINCE,
            years,
            "published",
            rate=weights @ rates,
            households=households.sum(0),
            poor_households=poor.sum(0),
            entries=entries.sum(0),
            floor=weights @ floors,
        )
    ]
    rows += [
        _rows(
            scenario,
            code,
            years,
            base.status[i],
            rate=rates[i],
            households=households[i],
            poor_households=poor[i],
            entries=entries[i],
            floor=floors[i],
        )
        for i, code in enumerate(base.areas)
    ]
    table = pd.concat(rows, ignore_index=True)
    if draws == 0:
        return table
    spread = scenario_draws(obs, scenario, draws, seed).quantiles()
    return table.merge(spread, on=["area", "year"], how="left", validate="one_to_one")


def _rows(scenario: Scenario, code: str, years: np.ndarray, status: str, **figures: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        dict(
            scenario=scenario.name,
            area=code,
            area_name=area_name(code, "vi"),
            level=area(code).level,
            year=years,
            **figures,
            status=[status] + ["projected"] * (len(years) - 1),
        )
    )


def whole_households(exact: np.ndarray, opening: np.ndarray) -> np.ndarray:
    """Whole households that add up in every year and never rise where the exact path does not.

    exact: shape (district, year) or (district, year, setting), to try many at once; opening: whole, shape (district,).
    """
    columns = [np.broadcast_to(opening.reshape(-1, *[1] * (exact.ndim - 2)), exact[:, 0].shape)]
    for year in range(1, exact.shape[1]):
        before, now = exact[:, year - 1], exact[:, year]
        ceiling = np.where(now <= before + FULL, columns[-1], np.maximum(columns[-1], np.ceil(now)))
        total = np.minimum(np.rint(now.sum(axis=0)), ceiling.sum(axis=0))
        columns.append(apportion(now, total, ceiling=ceiling))
    return np.stack(columns, axis=1)


def whole_entries(base: Baseline, households: np.ndarray, poor: np.ndarray) -> np.ndarray:
    """Whole households newly poor in each year, none in the first: a share of those not poor a year before.

    households, poor: whole, shape (district, year) or (district, year, setting).
    """
    flow = base.entry * (1 + base.growth) * (households - poor)[:, :-1]
    years = [apportion(flow[:, t], np.rint(flow[:, t].sum(axis=0))) for t in range(flow.shape[1])]
    return np.stack([np.zeros_like(poor[:, 0]), *years], axis=1)


def groups(projection: pd.DataFrame) -> pd.DataFrame:
    """The same table, without quantiles, for the province, its poor districts (62-POOR) and the other seven (62-REST).

    >>> from kontum_analysis.data.observations import load_observations
    >>> from kontum_analysis.poverty.scenarios import preset
    >>> g = groups(project_poverty(load_observations(), preset("programme-mid")))
    >>> g[g.year == 2021].rate.round(4).tolist()
    [0.1532, 0.4673, 0.1095]
    """
    districts = projection[projection["level"] == "district"]
    member = districts["area"].isin(poor_districts()).map({True: POOR_DISTRICTS, False: OTHER_DISTRICTS})
    weighted = districts.assign(
        area=member,
        rate=districts["rate"] * districts["households"],
        floor=districts["floor"] * districts["households"],
    )
    added = weighted.groupby(["scenario", "area", "year"], as_index=False)[
        ["rate", "households", "poor_households", "entries", "floor"]
    ].sum()
    added["rate"], added["floor"] = added["rate"] / added["households"], added["floor"] / added["households"]
    worst = ["published", "derived", "estimated", "projected"]
    rank = weighted.assign(rank=weighted["status"].map(worst.index)).groupby(["scenario", "area", "year"])["rank"].max()
    added["status"] = [worst[rank[key]] for key in zip(added["scenario"], added["area"], added["year"], strict=True)]
    added = added.assign(area_name="", level="group")
    columns = [c for c in projection.columns if c in added.columns]
    return pd.concat([projection.loc[projection["area"] == PROVINCE, columns], added[columns]], ignore_index=True)


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
    found = rows.assign(quota=quota)[quota.notna()]
    found = found.astype({"quota": "int64"}).sort_values(["scenario", "year", "area"])
    return found[["scenario", "area", "area_name", "year", "quota"]].reset_index(drop=True)


def floor_years(projection: pd.DataFrame) -> pd.DataFrame:
    """The first year in which each area's path rests on its floor; one row an area, `year` missing if never.

    >>> from kontum_analysis.data.observations import load_observations
    >>> from kontum_analysis.poverty.scenarios import preset
    >>> f = floor_years(groups(project_poverty(load_observations(), preset("programme-mid"))))
    >>> f.year.tolist()
    [2028, 2028, 2025]
    """
    rests = projection[projection["rate"] <= projection["floor"] + 1e-6]
    first = rests.groupby(["scenario", "area"])["year"].min()
    keys = projection[["scenario", "area", "area_name"]].drop_duplicates().reset_index(drop=True)
    year = [first.get((k.scenario, k.area)) for k in keys.itertuples()]
    return keys.assign(year=pd.array(year, dtype="Int64"))
