"""What was said of poverty, and what came: forecasts from earlier days beside the figures published later."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from ..base.errors import KontumError
from ..data.areas import PROVINCE, districts
from ..data.observations import vintage
from ..methods.scores import FORECAST_COLUMNS, INTERVALS, QUANTILES
from .districts import FIRST_YEAR, STANDARD, district_facts
from .draws import outlook_draws
from .estimates import estimate_panel


def poverty_forecasts(
    obs: pd.DataFrame, data: str | Path | None = None, vintages: Sequence[str] = (), draws: int = 2000, seed: int = 3299
) -> pd.DataFrame:
    """Forecasts of the poverty rate of the province and its districts, beside what was published later.

    obs: from `load_observations`; earlier vintages are taken from it. data: the folder it was loaded from, default
    `data/raw/`. vintages: days such as "2022-10-04"; without any, every day on which a year's total became known.

    Columns: what (poverty_rate_pct); area; vintage; made_from: day of the last figure of the area known then; day and
    outcome: of the figure published later (per cent); method: outlook, no change, own trend (through the area's last
    two known years); q025 … q975: quantiles of the forecast (per cent); inside_50, inside_80, inside_95. "No change"
    and "own trend" are single numbers: they have q50 alone, and no interval. An outcome dated within a year (Kon Rẫy,
    end of November 2024) is held against the forecast for the end of that year.

    >>> from kontum_analysis.data.observations import load_observations
    >>> table = poverty_forecasts(load_observations(), vintages=["2023-07-01"], draws=200)
    >>> table.query("area == '62' and method == 'no change'")[["day", "q50", "outcome"]].values.tolist()
    [['2023-12-31', 10.86, 6.84]]
    """
    rows = list(_cases(obs, data, vintages or total_days(obs), draws, seed))
    return pd.DataFrame(rows, columns=FORECAST_COLUMNS).astype(dict.fromkeys(INTERVALS, "boolean"))


def total_days(obs: pd.DataFrame) -> list[str]:
    """Days on which a year's poverty rate of the province became known, under the standard in force."""
    rows = obs[(obs["ref_area"] == PROVINCE) & (obs["indicator"] == "poverty_rate_pct") & (obs["standard"] == STANDARD)]
    rows = rows[rows["preferred"] & rows["time_period"].str.endswith("-12-31")]
    return sorted(rows.groupby("time_period")["known_from"].min())


def _outcomes(obs: pd.DataFrame) -> pd.DataFrame:
    """Published rates after the opening stock: area, year, day, outcome (per cent), known_from."""
    rows = obs[(obs["indicator"] == "poverty_rate_pct") & (obs["standard"] == STANDARD) & (obs["bound"] == "exact")]
    rows = rows[rows["preferred"] & (rows["obs_status"] != "U") & rows["ref_area"].isin([PROVINCE, *districts()])]
    rows = rows[(rows["date_precision"] != "unknown") & (rows["time_period"] > f"{FIRST_YEAR}-12-31")]
    return pd.DataFrame(
        dict(
            area=rows["ref_area"],
            year=rows["time_period"].str[:4].astype(int),
            day=rows["time_period"],
            outcome=rows["obs_value"],
            known_from=rows["known_from"],
        )
    ).drop_duplicates(["area", "day"])


def _cases(
    obs: pd.DataFrame, data: str | Path | None, vintages: Sequence[str], draws: int, seed: int
) -> Iterator[dict[str, Any]]:
    outcomes = _outcomes(obs)
    for made_on in vintages:
        later = outcomes[outcomes["known_from"] > made_on]
        try:
            vintage_obs = vintage(obs, made_on, data)
            estimates = estimate_panel(vintage_obs, draws, seed)
            facts = district_facts(vintage_obs)
            end = int(later["year"].max()) if len(later) else estimates.years[-1]
            ahead = outlook_draws(vintage_obs, end, draws, seed) if end > estimates.years[-1] else None
        except KontumError:  # a vintage before the opening stock, or without two series to learn a speed from
            continue
        case: Any
        for case in later.itertuples():
            past = {
                year: cell.middle for (area, year, name), cell in facts.items() if area == case.area and name == "rate"
            }
            if case.year in estimates.years:
                place = estimates.years.index(case.year)
                member = (
                    np.ones(len(estimates.areas), bool)
                    if case.area == PROVINCE
                    else np.array(estimates.areas) == case.area
                )
                rates = estimates.poor[member, place].sum(axis=0) / estimates.households[member, place].sum(axis=0)
            elif ahead is not None:
                rates = ahead.of(case.area)[ahead.years.index(case.year)]
            head = dict(
                what="poverty_rate_pct", area=case.area, vintage=made_on, made_from=f"{max(past)}-12-31", day=case.day
            )
            quantiles = dict(zip(QUANTILES, 100 * np.quantile(rates, list(QUANTILES.values())), strict=True))
            inside = {
                name: quantiles[low] <= case.outcome <= quantiles[high] for name, (low, high) in INTERVALS.items()
            }
            yield head | {"method": "outlook", "outcome": case.outcome} | quantiles | inside
            for method, point in _points(past, case.year).items():
                yield head | {"method": method, "q50": 100 * point, "outcome": case.outcome} | dict.fromkeys(INTERVALS)


def _points(past: dict[int, float], year: int) -> dict[str, float]:
    """No change since the last known year, and the area's own trend of the log odds where two are known."""
    last = max(past)
    points = {"no change": past[last]}
    if len(past) > 1 and min(past[last], past[before := sorted(past)[-2]]) > 0:
        speed = (logit(past[last]) - logit(past[before])) / (last - before)
        points["own trend"] = float(expit(logit(past[last]) + speed * (year - last)))
    return points
