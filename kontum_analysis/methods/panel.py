"""Panels of rates: what a usable panel is, and everything that is wrong with one that is not.

A panel is a table with one row per area and time: ``area, parent, group, time, rate``. Parents stand in the same table
as areas of their own; an area without a parent has a missing value there.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError, Lines, Words

__all__ = ["COLUMNS", "PanelError", "check_panel"]

COLUMNS = ("area", "parent", "group", "time", "rate")  # what each may hold: labels error.panel.allowed.COLUMN
SHOWN = 20  # problems that a message shows


class PanelError(KontumError):
    """A panel that cannot be used. The message lists the problems: row, column, value, what is allowed."""

    def __init__(self, problems: Iterable[Words]) -> None:
        self.problems = list(problems)
        lines = Lines(self.problems[:SHOWN])
        if (more := len(self.problems) - SHOWN) > 0:
            lines.append(Words("error.panel.more", count=more))
        super().__init__("error.panel", count=len(self.problems), problems=lines)


def _numeric(column: pd.Series) -> np.ndarray:
    """Values as floats; NaN for whatever is not a number (text, truth values, missing)."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    numbers = (int, float, np.integer, np.floating)
    return np.array(
        [float(v) if isinstance(v, numbers) and not isinstance(v, bool) else np.nan for v in column],
        dtype=float,
    )


def _problem(panel: pd.DataFrame, position: int, column: str, value: Any) -> Words:
    allowed = Words(f"error.panel.allowed.{column}")
    return Words("error.panel.value", row=panel.index.tolist()[position], column=column, value=value, allowed=allowed)


def _ring(parent_of: Mapping[Any, Any], area: Any) -> bool:
    """Whether climbing from an area through its parents returns to it."""
    seen, above = set(), parent_of.get(area)
    while above is not None and above not in seen:
        if above == area:
            return True
        seen.add(above)
        above = parent_of.get(above)
    return False


def check_panel(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel sorted by area and time, with float times and rates, or every problem at once.

    Parameters
    ----------
    panel : pandas.DataFrame
        Columns area, parent, group, time (years), rate (fraction); others are ignored.

    Returns
    -------
    pandas.DataFrame
        The five columns. The order does not depend on the order of the rows given.

    Raises
    ------
    PanelError
        A missing column, an empty panel, a missing label, a time or rate that is not a finite number, a rate outside
        [0, 1], an area twice at one time, an area that is its own parent (directly or in a ring), an area with two
        parents or two groups.

    Examples
    --------
    >>> bad = pd.DataFrame({"area": ["a"], "parent": ["a"], "group": ["g"], "time": [2020], "rate": [3.0]})
    >>> try:
    ...     check_panel(bad)
    ... except PanelError as error:
    ...     found = error.problems
    >>> [problem.in_language("en") for problem in found][0]
    'row 0, column rate: 3.0; allowed: a finite number from 0 to 1'
    """
    if not isinstance(panel, pd.DataFrame):
        raise PanelError([Words("error.panel.table", kind=type(panel).__name__)])
    missing = [name for name in COLUMNS if name not in panel.columns]
    if missing:
        seen = list(panel.columns)
        raise PanelError(
            Words("error.panel.column", column=name, allowed=Words(f"error.panel.allowed.{name}"), columns=seen)
            for name in missing
        )
    if panel.empty:
        raise PanelError([Words("error.panel.empty")])
    problems = []
    for name in ("area", "group"):
        values = panel[name].tolist()
        problems += [_problem(panel, i, name, values[i]) for i in np.flatnonzero(panel[name].isna()).tolist()]
    clean = pd.DataFrame({name: panel[name].astype(object).tolist() for name in ("area", "parent", "group")})
    clean = clean.astype(object).where(clean.notna(), None)
    for name, low, high in (("time", -np.inf, np.inf), ("rate", 0.0, 1.0)):
        numbers, values = _numeric(panel[name]), panel[name].tolist()
        good = np.isfinite(numbers) & (numbers >= low) & (numbers <= high)
        problems += [_problem(panel, i, name, values[i]) for i in np.flatnonzero(~good).tolist()]
        clean[name] = numbers
    close = clean.assign(time=clean["time"].round(6))  # a round is a round, whatever the last bits say
    twice = close.duplicated(["area", "time"], keep="first") & clean["area"].notna() & clean["time"].notna()
    for i in np.flatnonzero(twice):
        problems.append(
            Words("error.panel.twice", row=panel.index.tolist()[i], time=float(clean["time"][i]), area=clean["area"][i])
        )
    own = (clean["area"] == clean["parent"]).to_numpy()
    for i in np.flatnonzero(own):
        problems.append(Words("error.panel.own_parent", row=panel.index.tolist()[i], area=clean["parent"][i]))
    known = clean[clean["area"].notna() & ~own]
    for name in ("parent", "group"):
        several = known.groupby("area", sort=False)[name].nunique(dropna=False)
        for area in several.index[several > 1]:
            held = repr(list(known.loc[known["area"] == area, name].unique()))
            problems.append(Words(f"error.panel.several_{name}s", area=area, found=held))
    parent_of = dict(zip(known["area"], known["parent"], strict=True))
    for area in parent_of:
        if _ring(parent_of, area):
            problems.append(Words("error.panel.ring", area=area, parent=parent_of[area]))
    if problems:
        raise PanelError(problems)
    clean["key"] = clean["area"].map(str)
    return clean.sort_values(["key", "time"], kind="stable").drop(columns="key").reset_index(drop=True)
