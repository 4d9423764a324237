"""Hindcast: how well a method would have forecast what is already known.

For three consecutive rounds of an area the third is forecast from the first two. Each method gives a path through the
two known rounds; around it stands the spread of the errors the method made in *other* groups (a group, a country say,
is never learned from when it is scored). "No change" always runs beside.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from ..base.errors import KontumError, Words
from .cases import triples
from .panel import PanelError, check_panel
from .pooled import fit_pooled
from .scores import interval_coverage, wis
from .spread import EPSILON, LEVELS, from_logit, residual_quantiles, to_logit

__all__ = ["METHODS", "QUANTILES", "Hindcast", "PanelError", "hindcast"]

METHODS = ("persistence", "linear", "proportional", "logistic", "pooled")
QUANTILES = tuple(f"q{level:g}" for level in LEVELS)  # q0.01, q0.025, q0.05 … q0.95, q0.975, q0.99
ENOUGH = 20  # errors of its own kind (with or without a parent) from which a spread is learned; else from all
_MIDDLE = len(QUANTILES) // 2
_COVERAGE = {
    "coverage_50": ("q0.25", "q0.75"),
    "coverage_80": ("q0.1", "q0.9"),
    "coverage_95": ("q0.025", "q0.975"),
}


@dataclass(frozen=True)
class Hindcast:
    """Result of :func:`hindcast`; rates and scores are fractions, times are years.

    Attributes
    ----------
    cases : pandas.DataFrame
        One row per area, origin, target and method: area, parent, group, origin, target, horizon, method, observed,
        point (the method's bare path), the 23 quantiles ``q0.01`` … ``q0.99``, ae = \\|observed − q0.5\\|, wis.
    summary : pandas.DataFrame
        Per method: method (also the index), n, mae, wis, coverage_50, coverage_80, coverage_95, mae_point (of the bare
        path: for persistence the mean absolute change). mae and mae_point differ where errors elsewhere lean to one
        side: the spread around "no change" knows that rates mostly fell.
    excluded : pandas.DataFrame
        area, group, origin, target, reason and reason_vi (in words): every area or case that is not scored.
    remarks : pandas.DataFrame
        area, origin, target, remark and remark_vi (in words): every case scored in a way that was not the plain one.
    """

    cases: pd.DataFrame
    summary: pd.DataFrame
    excluded: pd.DataFrame
    remarks: pd.DataFrame


def persistence(y0: np.ndarray, y1: np.ndarray, span: np.ndarray, horizon: np.ndarray) -> np.ndarray:
    """No change: the last rate. Shapes (n,), rates as fractions, span and horizon in years (as below)."""
    return np.array(y1, dtype=float)


def linear(y0: np.ndarray, y1: np.ndarray, span: np.ndarray, horizon: np.ndarray) -> np.ndarray:
    """Straight line through both rates, held to [0, 1].

    >>> linear(np.array([0.4]), np.array([0.3]), np.array([2.0]), np.array([3.0])).round(12).tolist()
    [0.15]
    """
    return np.asarray(np.clip(y1 + (y1 - y0) / span * horizon, 0.0, 1.0))


def proportional(y0: np.ndarray, y1: np.ndarray, span: np.ndarray, horizon: np.ndarray) -> np.ndarray:
    """Constant relative change, held to [0, 1]; in the ratio a rate counts as at least ``EPSILON``.

    >>> proportional(np.array([0.4]), np.array([0.2]), np.array([2.0]), np.array([4.0])).round(12).tolist()
    [0.05]
    """
    growth = np.log(np.maximum(y1, EPSILON) / np.maximum(y0, EPSILON)) / span * horizon
    capped = np.minimum(growth, 50.0)  # beyond e⁵⁰ any rate but 0 has long reached 1
    return np.asarray(np.minimum(y1 * np.exp(capped), 1.0))


def logistic(y0: np.ndarray, y1: np.ndarray, span: np.ndarray, horizon: np.ndarray) -> np.ndarray:
    """Straight line on the logit scale; rates count as at least ``EPSILON`` and at most 1 − ``EPSILON``.

    >>> logistic(np.array([0.5]), np.array([0.2]), np.array([2.0]), np.array([2.0])).round(12).tolist()
    [0.058823529412]
    """
    first, last = (logit(np.clip(y, EPSILON, 1 - EPSILON)) for y in (y0, y1))
    return np.asarray(expit(last + (last - first) / span * horizon))


PATHS = {"persistence": persistence, "linear": linear, "proportional": proportional, "logistic": logistic}


def _path_forecast(
    path: Callable[..., np.ndarray], table: pd.DataFrame, folds: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Bare path (n,) and quantiles (n, 23): path on the logit scale plus √h times the errors of other groups."""
    span, horizon = (table["t1"] - table["t0"]).to_numpy(), (table["t2"] - table["t1"]).to_numpy()
    point = path(table["y0"].to_numpy(), table["y1"].to_numpy(), span, horizon)
    centre, root = to_logit(point), np.sqrt(horizon)
    error = (to_logit(table["y2"].to_numpy()) - centre) / root
    groups, alone = table["group"].to_numpy(), table["p1"].isna().to_numpy()
    quantiles = np.empty((len(table), len(LEVELS)))
    for scored in folds:
        for kind in (alone, ~alone):
            taught = ~scored & kind if np.sum(~scored & kind) >= ENOUGH else ~scored
            spread = residual_quantiles(error[taught], len(set(groups[taught])))
            rows = scored & kind
            quantiles[rows] = from_logit(centre[rows, None] + root[rows, None] * spread)
    return point, quantiles


def _pooled_forecast(table: pd.DataFrame, folds: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Median (n,) and quantiles (n, 23) of the pooled model learned from the other groups."""
    quantiles = np.empty((len(table), len(LEVELS)))
    for scored in folds:
        quantiles[scored] = fit_pooled(table[~scored]).quantiles(table[scored])
    return quantiles[:, _MIDDLE], quantiles


def _methods(methods: str | Sequence[str]) -> list[str]:
    asked = [methods] if isinstance(methods, str) else list(methods)
    unknown = [name for name in asked if name not in METHODS]
    if unknown:
        raise KontumError("error.hindcast.methods", found=repr(unknown), allowed=METHODS)
    return [name for name in METHODS if name in asked or name == "persistence"]


def _summary(cases: pd.DataFrame) -> pd.DataFrame:
    rows = {}
    for method, part in cases.groupby("method", sort=False):
        observed = part["observed"]
        rows[method] = {
            "method": method,
            "n": len(part),
            "mae": part["ae"].mean(),
            "wis": part["wis"].mean(),
            **{name: interval_coverage(observed, part[low], part[high]) for name, (low, high) in _COVERAGE.items()},
            "mae_point": (observed - part["point"]).abs().mean(),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def hindcast(panel: pd.DataFrame, methods: str | Sequence[str] = METHODS) -> Hindcast:
    """Forecast the third of every three consecutive rounds of each area from the first two, and score it.

    Parameters
    ----------
    panel : pandas.DataFrame
        area, parent (missing where there is none), group, time (years), rate (fraction); parents are rows too.
    methods : sequence of str
        Among persistence, linear, proportional, logistic, pooled. Persistence is always included.

    Returns
    -------
    Hindcast

    Raises
    ------
    PanelError
        A panel that is not usable (all problems together); no area with three rounds; only one group with such areas,
        so that nothing is left to learn from.
    KontumError
        An unknown method.

    Notes
    -----
    The spread of a two-point path is the distribution of its errors in the other groups on the logit scale, growing
    with the square root of the horizon. It is not centred: a method that others saw err to one side is forecast to do
    so again. The pooled model is :mod:`kontum_analysis.pooling`. Leaving a group out is not the same as standing at
    the origin in time: other groups' later rounds are learned from.

    References
    ----------
    Scores: Bracher et al. (2021), doi 10.1371/journal.pcbi.1008618. Baseline beside every method: Cramer et al. (2022),
    doi 10.1073/pnas.2113561119. Two-point forms for poverty: Alkire, Nogales, Quinn, Suppa (2023),
    doi 10.1016/j.jdeveco.2023.103150.

    Examples
    --------
    >>> rows = [(a, None, a, 2010 + 4 * k, r) for a, s in zip("abc", [0.5, 0.4, 0.2])
    ...         for k, r in enumerate([s, 0.8 * s, 0.7 * s])]
    >>> h = hindcast(pd.DataFrame(rows, columns=["area", "parent", "group", "time", "rate"]), methods=["linear"])
    >>> h.summary[["n", "mae_point"]].round(4)
                 n  mae_point
    persistence  3     0.0367
    linear       3     0.0367
    """
    asked = _methods(methods)
    table, excluded = triples(check_panel(panel))
    if table["group"].nunique() < 2:
        groups = table["group"].unique().tolist()
        one = Words("error.panel.one_group", count=len(groups), groups=repr(groups), short=len(excluded))
        raise PanelError([one])
    folds = [(table["group"] == group).to_numpy() for group in table["group"].unique()]
    observed = table["y2"].to_numpy()
    parts = []
    for method in asked:
        if method == "pooled":
            point, quantiles = _pooled_forecast(table, folds)
        else:
            point, quantiles = _path_forecast(PATHS[method], table, folds)
        part = table[["area", "parent", "group"]].assign(
            origin=table["t1"],
            target=table["t2"],
            horizon=table["t2"] - table["t1"],
            method=method,
            observed=observed,
            point=point,
        )
        scores = pd.DataFrame(quantiles, columns=list(QUANTILES)).assign(
            ae=np.abs(observed - quantiles[:, _MIDDLE]), wis=wis(observed, LEVELS, quantiles)
        )
        parts.append(pd.concat([part, scores], axis=1))
    cases = pd.concat(parts, ignore_index=True)
    remarks = table.loc[table["remark"] != "", ["area", "t1", "t2", "remark", "remark_vi"]]
    remarks = remarks.rename(columns={"t1": "origin", "t2": "target"}).reset_index(drop=True)
    return Hindcast(cases, _summary(cases), excluded, remarks)
