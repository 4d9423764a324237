"""How fast poverty has fallen elsewhere and before: what a pace can be held against.

Two measures stand beside each other and are never mixed: the Vietnamese household review (a list of households, one
result a year) and the global MPI (surveys, years apart).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import logit

from ..base.errors import KontumError
from ..data.areas import PROVINCE, register
from ..data.observations import raw_tables
from .districts import STANDARD, district_facts


def rate_series(obs: pd.DataFrame, levels: Sequence[str] = ("province",)) -> pd.DataFrame:
    """Published year-end poverty rates of the household review: area, standard, year, rate (fraction).

    Only exact, preferred figures that are not marked of low reliability; figures of two standards are two series.
    """
    rows = obs[obs["preferred"] & (obs["indicator"] == "poverty_rate_pct") & (obs["bound"] == "exact")]
    rows = rows[(rows["obs_status"] != "U") & rows["time_period"].str.endswith("-12-31") & rows["level"].isin(levels)]
    table = rows.assign(
        area=rows["ref_area"], year=rows["time_period"].str[:4].astype(int), rate=rows["obs_value"] / 100
    )
    return table[["area", "standard", "year", "rate"]].sort_values(["area", "standard", "year"]).reset_index(drop=True)


def observed_paces(obs: pd.DataFrame, levels: Sequence[str] = ("province",)) -> pd.DataFrame:
    """Every fall between two neighbouring published rates of one area under one standard.

    Columns: area, standard, start, end, rate_start, rate_end (fractions), pace_pp (points a year, positive is a fall),
    speed (change of the log odds a year, negative is a fall).

    >>> from kontum_analysis.data.observations import load_observations
    >>> paces = observed_paces(load_observations())
    >>> paces[paces.area == "62"].pace_pp.round(2).tolist()
    [3.67, 3.33, 4.46, 4.02]
    """
    rows = rate_series(obs, levels)
    before = rows.groupby(["area", "standard"])[["year", "rate"]].shift(1)
    years = rows["year"] - before["year"]
    table = rows.assign(
        start=before["year"],
        end=rows["year"],
        rate_start=before["rate"],
        rate_end=rows["rate"],
        pace_pp=100 * (before["rate"] - rows["rate"]) / years,
        speed=(logit(rows["rate"]) - logit(before["rate"])) / years,
    )
    table = table[table["start"].notna()].astype({"start": int}).drop(columns=["year", "rate"])
    return table.reset_index(drop=True)


def pace_percentile(pace_pp: float, level: float, observed_speeds: ArrayLike) -> float:
    """Share (fraction) of observed speeds slower than this pace is at this level.

    pace_pp: points a year; level: opening rate (fraction). The pace of the first year is turned into a speed of the log
    odds, so that 3 points from 15 % and 3 points from 50 % are not taken for the same effort; a pace that would end at
    or below zero is faster than any speed. Ties count half.

    >>> pace_percentile(3.5, 0.15, [-0.1, -0.2, -0.4])
    0.6666666666666666
    """
    after = level - pace_pp / 100
    if after <= 0:
        return 1.0
    speed, speeds = logit(after) - logit(level), np.asarray(observed_speeds, float)
    return float(np.mean(speeds > speed) + 0.5 * np.mean(speeds == speed))


def mpi_share(data: str | Path | None = None) -> pd.DataFrame:
    """How often the headcount of the global MPI fell at least so fast over three years or more: a tidy table.

    A different measure from the household review (surveys of deprivations, not a list of poor households): for
    comparison only.

    >>> mpi_share().query("level == 'subnational'").share_pct.tolist()
    [13.1, 4.2, 0.3, 0.1]
    """
    table = raw_tables(data)["pace_base_rates"].drop(columns="line")
    return table.assign(**{name: pd.to_numeric(table[name]) for name in ("intervals", "threshold_pp", "share_pct")})


def speed_prior(obs: pd.DataFrame) -> dict[str, float]:
    """What the history of the household review says of a province's speed: a dict of numbers on the log-odds scale.

    mean, between: centre and spread over series of their average yearly speed; shock: standard deviation of one year's
    speed about its series' own, from differences of neighbouring years (/ √2); own, own_years: the province's own
    average speed under the current standard and over how many years; centre, spread of the speed to expect: the normal
    posterior that weighs own and history by their variances (empirical Bayes: Efron & Morris 1975,
    doi:10.1080/01621459.1975.10479864); weight: that of its own.

    series, steps: how many averages and differences these rest on: a handful, so `between` and `shock` are themselves
    uncertain, and `draws` draws them with that few degrees of freedom. `between` is not allowed below `shock`.
    """
    paces = observed_paces(obs)
    paces = paces.assign(years=paces["end"] - paces["start"])
    is_own = (paces["area"] == PROVINCE) & (paces["standard"] == STANDARD)
    average = paces[~is_own].groupby(["area", "standard"]).apply(_average_speed)
    steps = paces[paces["years"] == 1].groupby(["area", "standard"])["speed"].diff().dropna()
    shock = float(np.sqrt((steps**2).mean() / 2)) if len(steps) else 0.1
    mean = float(average.mean()) if len(average) else -0.2
    between = max(float(average.std(ddof=1)) if len(average) > 1 else 0.0, shock)
    years = int(paces.loc[is_own, "years"].sum())
    own_speed, weight, centre, spread = float("nan"), 0.0, mean, between
    if years > 0:
        own_speed, error = _average_speed(paces[is_own]), shock**2 / years
        weight = between**2 / (between**2 + error)
        centre, spread = weight * own_speed + (1 - weight) * mean, float(np.sqrt(weight * error))
    return dict(
        mean=mean,
        between=between,
        shock=shock,
        own=own_speed,
        own_years=years,
        weight=weight,
        centre=centre,
        spread=spread,
        series=len(average),
        steps=len(steps),
    )


def _average_speed(paces: pd.DataFrame) -> float:
    return float(np.average(paces["speed"], weights=paces["years"]))


def hindcast_panel(obs: pd.DataFrame) -> pd.DataFrame:
    """Published rates of provinces and districts as a panel for `hindcast`: area, parent, group, time, rate.

    One series is one area under one standard ("62 MDP_2022_2025"); a district's parent is its province under the same
    standard where that has rates of its own; the group is the province. Rates that follow from published figures by
    arithmetic (Tu Mơ Rông at the end of 2022) count; estimates do not.

    >>> from kontum_analysis.data.observations import load_observations
    >>> panel = hindcast_panel(load_observations())
    >>> panel[panel.area == "62 MDP_2022_2025"].rate.round(4).tolist()
    [0.1532, 0.1086, 0.0684]
    """
    rows = pd.concat([rate_series(obs, ("province", "district")), _derived_rates(obs)], ignore_index=True)
    rows = rows.drop_duplicates(["area", "standard", "year"]).sort_values(["area", "standard", "year"])
    register_rows = register("2020").set_index("code")
    is_province = rows["area"].map(register_rows["level"]) == "province"
    province = rows["area"].where(is_province, rows["area"].map(register_rows["parent_code"]))
    names, parents = rows["area"] + " " + rows["standard"], province + " " + rows["standard"]
    has_no_parent = is_province | ~parents.isin(names)
    table = pd.DataFrame(
        dict(area=names, parent=parents.mask(has_no_parent), group=province, time=rows["year"], rate=rows["rate"])
    )
    return table.astype({"time": float}).reset_index(drop=True)


def _derived_rates(obs: pd.DataFrame) -> pd.DataFrame:
    """Rates of districts that `district_facts` derives, in the columns of `rate_series`."""
    try:
        facts = district_facts(obs)
    except KontumError:  # a vintage before the opening stock of end-2021
        facts = {}
    rows = [
        (area, STANDARD, year, cell.middle)
        for (area, year, name), cell in facts.items()
        if name == "rate" and area != PROVINCE
    ]
    return pd.DataFrame(rows, columns=["area", "standard", "year", "rate"])
