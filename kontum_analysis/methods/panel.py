"""Panels of rates: what a usable panel is, everything that is wrong with one that is not, and its forecasting cases.

A panel has one row per area and time: area, parent, group, time (years), rate (fraction). Parents stand in the same
table as areas of their own; an area without a parent has a missing value there. A case is three consecutive rounds of
an area: two are known, the third is to be forecast. Above the area stands its parent, seen through rounds up to the
origin only; where no parent is known, the mean of the area's sisters takes its place.
"""

from collections.abc import Iterable, Iterator, Mapping
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ..base.errors import KontumError, Lines, Words

COLUMNS = ("area", "parent", "group", "time", "rate")  # what each may hold: labels error.panel.allowed.COLUMN
CASE_COLUMNS = ("area", "parent", "group", "t0", "t1", "t2", "y0", "y1", "y2", "p0", "p1", "remark", "remark_vi")
SHOWN = 20  # problems that a message shows
SISTERS = 3  # areas whose mean may stand in for an unknown parent
_SAME_TIME = 1e-6  # years; two times closer than this are the same round


class PanelError(KontumError):
    """A panel that cannot be used. The message lists the problems: row, column, value, what is allowed."""

    def __init__(self, problems: Iterable[Words]) -> None:
        self.problems = list(problems)
        lines = Lines(self.problems[:SHOWN])
        if (more := len(self.problems) - SHOWN) > 0:
            lines.append(Words("error.panel.more", count=more))
        super().__init__("error.panel", count=len(self.problems), problems=lines)


def check_panel(panel: pd.DataFrame) -> pd.DataFrame:
    """The five columns of a panel, sorted by area and time whatever the order of its rows, times and rates as floats.

    Other columns are left out. Raises PanelError with every problem at once: a missing column, an empty panel, a
    missing label, a time or rate that is not a finite number, a rate outside [0, 1], an area twice at one time, an
    area that is its own parent (directly or in a ring), an area with two parents or two groups.

    >>> bad = pd.DataFrame({"area": ["a"], "parent": [None], "group": ["g"], "time": [2020], "rate": [3.0]})
    >>> try:
    ...     check_panel(bad)
    ... except PanelError as error:
    ...     print(error.problems[0].in_language("en"))
    row 0, column rate: 3.0; allowed: a finite number from 0 to 1
    """
    if not isinstance(panel, pd.DataFrame):
        raise PanelError([Words("error.panel.table", kind=type(panel).__name__)])
    if missing := [name for name in COLUMNS if name not in panel.columns]:
        columns = list(panel.columns)
        raise PanelError(
            Words("error.panel.column", column=name, allowed=Words(f"error.panel.allowed.{name}"), columns=columns)
            for name in missing
        )
    if panel.empty:
        raise PanelError([Words("error.panel.empty")])
    labels = pd.DataFrame({name: panel[name].astype(object).tolist() for name in COLUMNS[:3]}, dtype=object)
    numbers = {name: _numeric(panel[name]) for name in COLUMNS[3:]}
    clean = labels.where(labels.notna(), None).assign(**numbers)
    problems = [*_cell_problems(panel, clean), *_row_problems(panel.index.tolist(), clean), *_area_problems(clean)]
    if problems:
        raise PanelError(problems)
    order = pd.DataFrame({"area": clean["area"].map(str), "time": clean["time"]}).sort_values(["area", "time"]).index
    return clean.loc[order].reset_index(drop=True)


def _numeric(column: pd.Series) -> np.ndarray:
    """Values as floats; NaN for whatever is not a number (text, truth values, missing)."""
    return np.array(
        [
            float(value) if isinstance(value, Real) and not isinstance(value, bool) else np.nan
            for value in column.tolist()
        ]
    )


def _cell_problems(panel: pd.DataFrame, clean: pd.DataFrame) -> Iterator[Words]:
    """Labels that are missing, and numbers that no time or rate can be."""
    good = {
        "area": clean["area"].notna(),
        "group": clean["group"].notna(),
        "time": np.isfinite(clean["time"]),
        "rate": clean["rate"].between(0.0, 1.0),
    }
    for name, is_good in good.items():
        rows, values, allowed = panel.index.tolist(), panel[name].tolist(), Words(f"error.panel.allowed.{name}")
        for i in np.flatnonzero(~is_good):
            yield Words("error.panel.value", row=rows[i], column=name, value=values[i], allowed=allowed)


def _row_problems(rows: list[Any], clean: pd.DataFrame) -> Iterator[Words]:
    """Areas twice at one time, and areas that are their own parent; rows: how a message calls them."""
    rounds = clean[["area", "time"]].assign(time=clean["time"].round(6))
    for i in np.flatnonzero(rounds.duplicated() & rounds.notna().all(axis=1)):
        yield Words("error.panel.twice", row=rows[i], time=float(clean["time"][i]), area=clean["area"][i])
    for i in np.flatnonzero((clean["area"] == clean["parent"]) & clean["area"].notna()):
        yield Words("error.panel.own_parent", row=rows[i], area=clean["parent"][i])


def _area_problems(clean: pd.DataFrame) -> Iterator[Words]:
    """Areas with two parents or two groups, and parents in a ring."""
    children = clean[clean["area"].notna() & (clean["area"] != clean["parent"])]
    for name in ("parent", "group"):
        several = children.groupby("area", sort=False)[name].nunique(dropna=False) > 1
        for area in several.index[several]:
            labels = list(children.loc[children["area"] == area, name].unique())
            yield Words(f"error.panel.several_{name}s", area=area, found=repr(labels))
    parent_of = dict(zip(children["area"], children["parent"], strict=True))
    for area, parent in parent_of.items():
        ancestors, above = set(), parent
        while above is not None and above != area and above not in ancestors:
            ancestors.add(above)
            above = parent_of.get(above)
        if above == area:
            yield Words("error.panel.ring", area=area, parent=parent)


class Series(NamedTuple):
    """The rounds of one area, times ascending."""

    times: np.ndarray
    rates: np.ndarray
    parent: Any
    group: Any


def forecast_cases(panel: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases of a checked panel, and the areas that offer none.

    cases: one row per three consecutive rounds: area, parent, group, t0, t1, t2 (years), y0, y1, y2 (rates), p0, p1
    (the parent's rates at t0 and t1, or what stands in for them, NaN if nothing does), remark and remark_vi ("" or
    how p0 and p1 came about). excluded: area, group, origin, target, reason, reason_vi, one row per area with fewer
    than three rounds.
    """
    series = {
        area: Series(rows["time"].to_numpy(), rows["rate"].to_numpy(), rows["parent"].iloc[0], rows["group"].iloc[0])
        for area, rows in panel.groupby("area", sort=False)
    }
    sisters, parents = sister_means(panel), set(panel["parent"].dropna())
    cases, excluded = [], []
    for area, (times, rates, parent, group) in series.items():
        if len(times) < 3:
            reason = Words("hindcast.few_rounds", count=len(times))
            excluded.append((area, group, np.nan, np.nan, *_both_languages(reason)))
        for k in range(len(times) - 2):
            means = {} if area in parents else sisters
            above, remark = _rates_above(series, means, series[area], times[k], times[k + 1])
            cases.append((area, parent, group, *times[k : k + 3], *rates[k : k + 3], *above, *_both_languages(remark)))
    return (
        pd.DataFrame(cases, columns=CASE_COLUMNS),
        pd.DataFrame(excluded, columns=["area", "group", "origin", "target", "reason", "reason_vi"]),
    )


def _both_languages(words: Words | None) -> tuple[str, str]:
    return ("", "") if words is None else (words.in_language("en"), words.in_language("vi"))


def _rates_above(
    series: Mapping[Any, Series],
    sisters: Mapping[tuple[Any, Any, float, float], tuple[float, float, int]],
    area: Series,
    t0: float,
    t1: float,
) -> tuple[tuple[float, float], Words | None]:
    """What stands above an area over its two rounds: two rates (NaN if nothing), and a remark (None if plain)."""
    why = Words("hindcast.no_parent")
    if area.parent is not None and area.parent not in series:
        why = Words("hindcast.parent_absent")
    elif area.parent is not None:
        parent = series[area.parent]
        rates = parent_rates(parent.times, parent.rates, t0, t1)
        if not np.isnan(rates[0]):
            return rates, None if parent.group == area.group else Words("hindcast.parent_elsewhere")
        why = Words("hindcast.parent_short")
    if mean := sisters.get((area.group, area.parent, round(t0, 6), round(t1, 6))):
        return mean[:2], Words("hindcast.sisters", why=why, count=mean[2])
    return (np.nan, np.nan), None if area.parent is None else Words("hindcast.without", why=why)


def parent_rates(times: np.ndarray, rates: np.ndarray, t0: float, t1: float) -> tuple[float, float]:
    """A parent's rate at two times, from its rounds up to the later one; NaN where they do not reach.

    Between two rounds the rate is interpolated; it is never extrapolated, and a round after t1 is never looked at.

    >>> parent_rates(np.array([2010.0, 2014, 2018]), np.array([0.5, 0.25, 0.1]), 2012, 2014)
    (0.375, 0.25)
    >>> parent_rates(np.array([2010.0, 2018]), np.array([0.4, 0.1]), 2011, 2014)
    (nan, nan)
    """
    is_known = times <= t1 + _SAME_TIME
    times, rates = times[is_known], rates[is_known]
    if not times.size or t0 < times[0] - _SAME_TIME or t1 > times[-1] + _SAME_TIME:
        return np.nan, np.nan
    first, last = np.interp([t0, t1], times, rates)
    return float(first), float(last)


def sister_means(panel: pd.DataFrame) -> dict[tuple[Any, Any, float, float], tuple[float, float, int]]:
    """Mean rates of sisters, to stand in for a parent that is not known: (group, parent, t0, t1) to (y0, y1, count).

    Sisters are areas of one group with one parent label (or none) that are not parents themselves. For every two
    consecutive rounds (times rounded to 1e-6 years) that at least `SISTERS` of them share, the mean of their rates.
    """
    rows = panel[~panel["area"].isin(panel["parent"].dropna())]
    after = rows.groupby("area", sort=False)[["time", "rate"]].shift(-1)
    pairs = pd.DataFrame({"group": rows["group"], "parent": rows["parent"], "t0": rows["time"].round(6)})
    pairs = pairs.assign(t1=after["time"].round(6), y0=rows["rate"], y1=after["rate"]).dropna(subset=["t1"])
    means = pairs.groupby(["group", "parent", "t0", "t1"], dropna=False, sort=False).agg(
        y0=("y0", "mean"), y1=("y1", "mean"), count=("y1", "size")
    )
    return {
        (group, None if pd.isna(parent) else parent, t0, t1): (y0, y1, count)
        for (group, parent, t0, t1), y0, y1, count in means[means["count"] >= SISTERS].itertuples(name=None)
    }
