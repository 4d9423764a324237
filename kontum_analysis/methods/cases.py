"""Forecasting cases of a panel: three consecutive rounds of an area, and what stood above it at the origin.

The first two rounds are known, the third is to be forecast. Above the area stands its parent, seen through rounds up
to the origin only; where no parent is known, the mean of the area's sisters takes its place.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import Words

__all__ = ["known_parent", "stand_ins", "triples"]

SISTERS = 3  # areas whose mean may stand in for an unknown parent
_SAME_TIME = 1e-6  # years; two times closer than this are the same round


def known_parent(times: np.ndarray, rates: np.ndarray, t0: float, t1: float) -> tuple[float, float]:
    """A parent's rate at two times, from its rounds up to the later one; NaN where they do not reach.

    Between two rounds the rate is interpolated; it is never extrapolated, and a round after ``t1`` is never looked at.

    Examples
    --------
    >>> known_parent(np.array([2010.0, 2014, 2018]), np.array([0.5, 0.25, 0.1]), 2012, 2014)
    (0.375, 0.25)
    >>> known_parent(np.array([2010.0, 2018]), np.array([0.4, 0.1]), 2011, 2014)
    (nan, nan)
    """
    known = times <= t1 + _SAME_TIME
    times, rates = times[known], rates[known]
    if not times.size or t0 < times[0] - _SAME_TIME or t1 > times[-1] + _SAME_TIME:
        return np.nan, np.nan
    first, last = np.interp([t0, t1], times, rates)
    return float(first), float(last)


def stand_ins(panel: pd.DataFrame) -> dict[tuple[Any, Any, float, float], tuple[float, float, int]]:
    """Mean rates of sisters, to stand in for a parent that is not known.

    Sisters are areas of one group with one parent label (or none) that are not parents themselves. For every two
    consecutive rounds that at least ``SISTERS`` of them share, the plain mean of their rates.

    Returns
    -------
    dict
        (group, parent, t0, t1), times rounded to 1e-6 years, to (mean rate at t0, mean rate at t1, number of areas).
    """
    rows = panel[~panel["area"].isin(panel["parent"].dropna())]
    after = rows.groupby("area", sort=False)[["time", "rate"]].shift(-1)
    pairs = pd.DataFrame(
        {
            "group": rows["group"],
            "parent": rows["parent"].where(rows["parent"].notna(), None),
            "t0": rows["time"].round(6),
            "t1": after["time"].round(6),
            "y0": rows["rate"],
            "y1": after["rate"],
        }
    ).dropna(subset=["t1"])
    means = pairs.groupby(["group", "parent", "t0", "t1"], dropna=False, sort=False).agg(
        y0=("y0", "mean"), y1=("y1", "mean"), count=("y1", "size")
    )
    means = means[means["count"] >= SISTERS].reset_index()
    return {
        (group, None if pd.isna(parent) else parent, t0, t1): (y0, y1, count)
        for group, parent, t0, t1, y0, y1, count in means.itertuples(index=False)
    }


def _above(
    series: Mapping[Any, tuple[np.ndarray, np.ndarray, Any, Any]],
    sisters: Mapping[tuple[Any, Any, float, float], tuple[float, float, int]],
    parents: set[Any],
    area: Any,
    t0: float,
    t1: float,
) -> tuple[tuple[float, float], Words | None]:
    """What stands above an area over its two rounds: parent's rates (NaN if nothing), and a remark (None if plain)."""
    parent, group = series[area][2:]
    why = Words("hindcast.no_parent")
    if parent is not None and parent not in series:
        why = Words("hindcast.parent_absent")
    elif parent is not None:
        times, known = series[parent][:2]
        rates = known_parent(times, known, t0, t1)
        if not np.isnan(rates[0]):
            held = series[parent][3] == group
            return rates, None if held else Words("hindcast.parent_elsewhere")
        why = Words("hindcast.parent_short")
    mean = sisters.get((group, parent, round(t0, 6), round(t1, 6)))
    if mean is not None and area not in parents:
        return mean[:2], Words("hindcast.sisters", why=why, count=mean[2])
    return (np.nan, np.nan), None if parent is None else Words("hindcast.without", why=why)


def _both(remark: Words | None) -> tuple[str, str]:
    return ("", "") if remark is None else (remark.in_language("en"), remark.in_language("vi"))


def triples(panel: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases of a checked panel, and what is left out.

    Returns
    -------
    cases : pandas.DataFrame
        One row per three consecutive rounds: area, parent, group, t0, t1, t2 (years), y0, y1, y2 (rates), p0, p1 (the
        parent's rates at t0 and t1, or what stands in for them, NaN if nothing does), remark and remark_vi ("" or what
        was done).
    excluded : pandas.DataFrame
        area, group, origin, target, reason, reason_vi: one row per area with fewer than three rounds.
    """
    series = {
        area: (
            rows["time"].to_numpy(),
            rows["rate"].to_numpy(),
            rows["parent"].iloc[0],
            rows["group"].iloc[0],
        )
        for area, rows in panel.groupby("area", sort=False)
    }
    sisters, parents = stand_ins(panel), set(panel["parent"].dropna())
    cases, excluded = [], []
    for area, (times, rates, parent, group) in series.items():
        if len(times) < 3:
            reason = Words("hindcast.few_rounds", count=len(times))
            excluded.append((area, group, np.nan, np.nan, reason.in_language("en"), reason.in_language("vi")))
        for k in range(len(times) - 2):
            before, remark = _above(series, sisters, parents, area, *times[k : k + 2])
            cases.append((area, parent, group, *times[k : k + 3], *rates[k : k + 3], *before, *_both(remark)))
    names = ["area", "parent", "group", "t0", "t1", "t2", "y0", "y1", "y2", "p0", "p1", "remark", "remark_vi"]
    return (
        pd.DataFrame(cases, columns=names),
        pd.DataFrame(excluded, columns=["area", "group", "origin", "target", "reason", "reason_vi"]),
    )
