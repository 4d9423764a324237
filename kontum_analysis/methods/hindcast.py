"""Hindcast: how well a method would have forecast what is already known.

For three consecutive rounds of an area the third is forecast from the first two. Each method gives a path through the
two known rounds; around it stands the spread of the errors the method made in *other* groups (a group, a country say,
is never learned from when it is scored). "No change" always runs beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..base.errors import KontumError, Words
from .panel import PanelError, check_panel, forecast_cases
from .pooled import fit_pooled
from .regression import EPSILON, LEVELS, from_logit, residual_quantiles, to_logit
from .scores import wis
from .trajectories import rate_after, speed_between

METHODS = ("persistence", "linear", "proportional", "logistic", "pooled")
QUANTILES = tuple(f"q{level:g}" for level in LEVELS)  # q0.01, q0.025, q0.05 … q0.95, q0.975, q0.99
COVERAGE = {50: ("q0.25", "q0.75"), 80: ("q0.1", "q0.9"), 95: ("q0.025", "q0.975")}
ENOUGH = 20  # errors of its own kind (with or without a parent) from which a spread is learned; else from all


@dataclass(frozen=True)
class Hindcast:
    """Result of :func:`hindcast`; rates and scores are fractions, times are years.

    cases: one row per area, origin, target and method: area, parent, group, origin, target, horizon, method, observed,
    point (the method's bare path), the 23 quantiles q0.01 … q0.99, ae = \\|observed − q0.5\\|, wis.
    summary: per method: method (also the index), n, mae, wis, coverage_50, coverage_80, coverage_95, mae_point (of the
    bare path: for persistence the mean absolute change). mae and mae_point differ where errors elsewhere lean to one
    side: the spread around "no change" knows that rates mostly fell.
    excluded: area, group, origin, target, reason, reason_vi (in words): every area that is not scored.
    remarks: area, origin, target, remark, remark_vi (in words): every case scored in a way that was not the plain one.
    """

    cases: pd.DataFrame
    summary: pd.DataFrame
    excluded: pd.DataFrame
    remarks: pd.DataFrame


def extrapolate(form: str, y0: ArrayLike, y1: ArrayLike, span: ArrayLike, horizon: ArrayLike) -> np.ndarray:
    """Rates `horizon` years after y1 on the paths of a form through y0 and y1, `span` years apart; arrays broadcast.

    form: persistence (no change), or a two-point form of `trajectories`: linear, proportional or logistic. Of the last
    two, rates below ``EPSILON`` (logistic: also above 1 − ``EPSILON``) count as that when the speed is taken.

    >>> rates = [float(extrapolate(form, 0.4, 0.2, 2, 4).round(12)) for form in METHODS[:4]]
    >>> rates
    [0.2, 0.0, 0.05, 0.033962264151]
    """
    if form == "persistence":
        return np.array(y1, dtype=float)
    least, most = {"linear": (0, 1), "proportional": (EPSILON, 1), "logistic": (EPSILON, 1 - EPSILON)}[form]
    first, last = (np.clip(y, least, most) for y in (y0, y1))
    speed = speed_between(form, first, last, span)
    return rate_after(form, last if form == "logistic" else y1, speed, horizon)


def hindcast(panel: pd.DataFrame, methods: str | Sequence[str] = METHODS) -> Hindcast:
    """Forecasts of the third of every three consecutive rounds of each area from the first two, and their scores.

    panel: area, parent (missing where there is none), group, time (years), rate (fraction); parents are rows too.
    methods: among persistence, linear, proportional, logistic (an area's own path) and pooled; persistence is always
    included, and none is preferred to another.

    The spread of a two-point path is the distribution of its errors in the other groups on the logit scale, growing
    with the square root of the horizon. It is not centred: a method that others saw err to one side is forecast to do
    so again. Leaving a group out is not the same as standing at the origin in time: other groups' later rounds are
    learned from. Raises PanelError for a panel that is not usable (all problems together), in which no area has three
    rounds, or only one group has such areas; KontumError for an unknown method.

    Scores: Bracher et al. (2021), doi:10.1371/journal.pcbi.1008618. A baseline beside every method: Cramer et al.
    (2022), doi:10.1073/pnas.2113561119. Two-point forms for poverty: Alkire, Nogales, Quinn, Suppa (2023),
    doi:10.1016/j.jdeveco.2023.103150.

    >>> rows = [(a, None, a, 2010 + 4 * k, r) for a, s in zip("abc", [0.5, 0.4, 0.2])
    ...         for k, r in enumerate([s, 0.8 * s, 0.7 * s])]
    >>> h = hindcast(pd.DataFrame(rows, columns=["area", "parent", "group", "time", "rate"]), methods=["linear"])
    >>> h.summary[["n", "mae_point"]].round(4)
                 n  mae_point
    persistence  3     0.0367
    linear       3     0.0367
    """
    names = _with_persistence([methods] if isinstance(methods, str) else list(methods))
    table, excluded = forecast_cases(check_panel(panel))
    groups = table["group"].unique().tolist()
    if len(groups) < 2:
        problem = Words("error.panel.one_group", count=len(groups), groups=repr(groups), short=len(excluded))
        raise PanelError([problem])
    folds = [(table["group"] == group).to_numpy() for group in groups]
    cases = pd.concat([_score(table, method, folds) for method in names], ignore_index=True)
    remarks = table.loc[table["remark"] != "", ["area", "t1", "t2", "remark", "remark_vi"]]
    remarks = remarks.rename(columns={"t1": "origin", "t2": "target"}).reset_index(drop=True)
    return Hindcast(cases, _summary(cases), excluded, remarks)


def _with_persistence(names: list[str]) -> list[str]:
    if unknown := [name for name in names if name not in METHODS]:
        raise KontumError("error.hindcast.methods", found=repr(unknown), allowed=METHODS)
    return [name for name in METHODS if name in names or name == "persistence"]


def _score(table: pd.DataFrame, method: str, folds: list[np.ndarray]) -> pd.DataFrame:
    """The rows of :attr:`Hindcast.cases` of one method; folds: the cases of each group."""
    forecast = _pooled_forecast if method == "pooled" else partial(_path_forecast, method)
    point, quantiles = forecast(table, folds)
    horizon, observed = table["t2"] - table["t1"], table["y2"]
    cases = table[["area", "parent", "group"]].assign(origin=table["t1"], target=table["t2"], horizon=horizon)
    cases = cases.assign(method=method, observed=observed, point=point)
    cases[list(QUANTILES)] = quantiles
    return cases.assign(ae=(observed - cases["q0.5"]).abs(), wis=wis(observed, LEVELS, quantiles))


def _path_forecast(form: str, table: pd.DataFrame, folds: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Bare path (n,) and quantiles (n, 23): path on the logit scale plus √h times the errors of other groups."""
    span, horizon = (table["t1"] - table["t0"]).to_numpy(), (table["t2"] - table["t1"]).to_numpy()
    point = extrapolate(form, table["y0"], table["y1"], span, horizon)
    centre, root = to_logit(point), np.sqrt(horizon)
    error = (to_logit(table["y2"].to_numpy()) - centre) / root
    groups, is_alone = table["group"].to_numpy(), table["p1"].isna().to_numpy()
    quantiles = np.empty((len(table), len(LEVELS)))
    for fold in folds:
        for kind in (is_alone, ~is_alone):
            is_other = ~fold & kind if np.sum(~fold & kind) >= ENOUGH else ~fold
            spread = residual_quantiles(error[is_other], len(set(groups[is_other])))
            rows = fold & kind
            quantiles[rows] = from_logit(centre[rows, None] + root[rows, None] * spread)
    return point, quantiles


def _pooled_forecast(table: pd.DataFrame, folds: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Median (n,) and quantiles (n, 23) of the pooled model learned from the other groups."""
    quantiles = np.empty((len(table), len(LEVELS)))
    for fold in folds:
        quantiles[fold] = fit_pooled(table[~fold]).quantiles(table[fold])
    return quantiles[:, len(LEVELS) // 2], quantiles


def _summary(cases: pd.DataFrame) -> pd.DataFrame:
    rows = {}
    for method, part in cases.groupby("method", sort=False):
        scores = {"method": method, "n": len(part), "mae": part["ae"].mean(), "wis": part["wis"].mean()}
        for percent, (low, high) in COVERAGE.items():
            scores[f"coverage_{percent}"] = part["observed"].between(part[low], part[high]).mean()
        rows[method] = {**scores, "mae_point": (part["observed"] - part["point"]).abs().mean()}
    return pd.DataFrame.from_dict(rows, orient="index")
