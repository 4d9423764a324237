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
from ..data.observations import raw_tables, year_ends
from .districts import STANDARD, district_facts


def rate_series(obs: pd.DataFrame, levels: Sequence[str] = ("province",)) -> pd.DataFrame:
    """Published year-end poverty rates of the household review: area, standard, year, rate (fraction).

    Only preferred values (printed exactly, or as about so much) of a known year's end that are not marked of low
    reliability; figures of two standards are two series.
    """
    rows = year_ends(obs, "poverty_rate_pct")
    rows = rows[rows["bound"].isin(["exact", "approximate"]) & rows["level"].isin(levels)]
    table = rows.assign(
        area=rows["ref_area"], year=rows["time_period"].str[:4].astype(int), rate=rows["obs_value"] / 100
    )
    return table[["area", "standard", "year", "rate"]].sort_values(["area", "standard", "year"]).reset_index(drop=True)


def observed_paces(obs: pd.DataFrame, levels: Sequence[str] = ("province",)) -> pd.DataFrame:
    """Every fall between two neighbouring published rates of one area under one standard.

    Columns: area, standard, start, end, rate_start, rate_end (fractions), pace_pp (points a year, positive is a fall),
    speed (change of the log odds a year, negative is a fall). A rate of zero has no log odds and is left out.

    >>> from kontum_analysis.data.observations import load_observations
    >>> paces = observed_paces(load_observations())
    >>> paces[paces.area == "62"].pace_pp.round(2).tolist()
    [3.67, 3.33, 4.46, 4.02]
    """
    rows = rate_series(obs, levels)
    rows = rows[rows["rate"] > 0]
    by = rows.groupby(["area", "standard"])
    start, rate_start = by["year"].shift(1), by["rate"].shift(1)
    years = rows["year"] - start
    table = rows.assign(
        start=start,
        end=rows["year"],
        rate_start=rate_start,
        rate_end=rows["rate"],
        pace_pp=100 * (rate_start - rows["rate"]) / years,
        speed=(logit(rows["rate"]) - logit(rate_start)) / years,
    )
    table = table[start.notna()].astype({"start": int})
    return table[["area", "standard", "start", "end", "rate_start", "rate_end", "pace_pp", "speed"]].reset_index(
        drop=True
    )


def pace_percentile(pace_pp: float, level: float, observed_speeds: ArrayLike) -> float:
    """Share (fraction) of observed speeds slower than this pace is at this level.

    pace_pp: points a year; level: opening rate (fraction). The pace of the first year is turned into a speed of the log
    odds, so that 3 points from 15 % and 3 points from 50 % are not taken for the same effort; a pace that would end at
    or
    below zero is faster than any speed. Ties count half.

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

    Another measure than the household review (surveys of deprivations, not a list of poor households): for comparison
    only.

    >>> mpi_share().query("level == 'subnational'").share_pct.tolist()
    [13.1, 4.2, 0.3, 0.1]
    """
    table = raw_tables(data)["pace_base_rates"]
    return table.assign(**{c: pd.to_numeric(table[c]) for c in ("intervals", "threshold_pp", "share_pct")}).drop(
        columns="line"
    )


def hindcast_panel(obs: pd.DataFrame) -> pd.DataFrame:
    """Published rates of nation, provinces and districts as a panel for `hindcast`: area, parent, group, time, rate.

    One series is one area under one standard ("62 MDP_2022_2025"); a district's parent is its province under the same
    standard where that has rates of its own; the group is the province, or the nation. Regions and groups of districts
    are sums of others and left out. Rates that follow from published figures by arithmetic (Tu Mơ Rông at the end of
    2022) count; estimates do not.

    >>> from kontum_analysis.data.observations import load_observations
    >>> panel = hindcast_panel(load_observations())
    >>> panel[panel.area == "62 MDP_2022_2025"].rate.round(4).tolist()
    [0.1532, 0.1086, 0.0684]
    """
    rows = pd.concat([rate_series(obs, ("nation", "province", "district")), _derived_rates(obs)], ignore_index=True)
    rows = (
        rows.drop_duplicates(["area", "standard", "year"])
        .sort_values(["area", "standard", "year"])
        .reset_index(drop=True)
    )
    above = register("2020").set_index("code")
    province = rows["area"].where(
        rows["area"].map(above["level"]) != "district", rows["area"].map(above["parent_code"])
    )
    names, parents = rows["area"] + " " + rows["standard"], province + " " + rows["standard"]
    is_own = (rows["area"] == province) | ~parents.isin(names)
    return pd.DataFrame(
        dict(
            area=names, parent=parents.mask(is_own), group=province, time=rows["year"].astype(float), rate=rows["rate"]
        )
    )


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
