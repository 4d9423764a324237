"""Regression behind the pooled forecast: what a case offers, and weights chosen on groups left out.

A case offers seven regressors of its change on the logit scale (the formula is in :mod:`kontum_analysis.pooling`).
Their weights come from a Huber regression drawn to a prior by a ridge; how strongly, and how far a slope seen over a
short span is trusted, is chosen by the error on groups that the fit has not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.special import expit

from .spread import from_logit, to_logit

__all__ = ["WEIGHTS", "Cases", "features", "learn", "scale_features", "scale_law"]

WEIGHTS = ("global", "parent", "parentless", "rebound", "converge", "own", "level")
GROUP_WIDE = np.array([False, True, True, False, False, False, True])  # the same for all areas of a group
PRIOR = np.array([0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0])  # half the parent's slope, the rest global; global: the median
PENALTIES = (3.0, 10.0, 30.0, 100.0, 300.0)  # the prior counts as that many cases
RELIABILITIES = (0.0, 4.0, 16.0)  # k in years²: a slope over d years counts in proportion to d²/(d² + k)
TYPICAL_SPAN = 4.0  # years; a slope over this span counts 1 whatever k, so that its weight keeps its meaning
SCALE_PRIOR = np.array([0.5, 0.0, 0.0])  # spread grows with √h, does not depend on level or on having a parent
SCALE_RIDGE = np.array([15.0, 15.0, 5.0])
HUBER = 1.5
FASTEST = 1.0  # logit per year; a faster slope is chance or a very short span (99 of 100 observed ones are under 0.4)


@dataclass(frozen=True)
class Cases:
    """Cases as arrays of shape (n,), rates on the logit scale; ``truth`` is NaN where it is to come."""

    horizon: np.ndarray
    last: np.ndarray
    truth: np.ndarray
    slope: np.ndarray  # per year, of the parent, or of the area itself where it has none; NaN unknown
    span: np.ndarray  # years over which that slope was seen
    extra: np.ndarray  # the area's change minus its parent's over the span
    gap: np.ndarray  # the area's level minus its parent's at the origin
    level: np.ndarray  # of the parent, or of the area
    alone: np.ndarray  # True without a parent

    @classmethod
    def of(cls, table: pd.DataFrame) -> Self:
        """The cases of a table, as arrays."""
        values = {name: table[name].to_numpy(dtype=float) for name in ("t0", "t1", "t2")}
        y0, y1, y2, p0, p1 = (to_logit(table[name].to_numpy(dtype=float)) for name in ("y0", "y1", "y2", "p0", "p1"))
        alone = ~np.isfinite(p0 + p1)
        span = values["t1"] - values["t0"]
        above0, above1 = np.where(alone, y0, p0), np.where(alone, y1, p1)
        extra = np.nan_to_num((y1 - y0) - (above1 - above0))  # one round only: nothing known of its own change
        return cls(
            values["t2"] - values["t1"],
            y1,
            y2,
            (above1 - above0) / span,
            span,
            extra,
            y1 - above1,
            above1,
            alone,
        )

    def take(self, rows: np.ndarray) -> Cases:
        """The cases at these places."""
        return Cases(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def features(cases: Cases, slope_centre: float, level_centre: float, reliability: float) -> np.ndarray:
    """Regressors of the change, shape (n, 7), in the order of ``WEIGHTS``."""
    trust = cases.span**2 / (cases.span**2 + reliability) * (1 + reliability / TYPICAL_SPAN**2)
    slope = np.clip(cases.slope, -FASTEST, FASTEST)
    away = cases.horizon * np.nan_to_num((slope - slope_centre) * trust)
    own = cases.horizon * np.clip(cases.extra / cases.span, -FASTEST, FASTEST)
    level = cases.horizon * (cases.level - level_centre)
    return np.column_stack(
        [cases.horizon, away, away * cases.alone, cases.extra, cases.horizon * cases.gap, own, level]
    )


def _regress(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, ridge: np.ndarray, rounds: int = 20
) -> tuple[np.ndarray, np.ndarray]:
    """Huber regression with a ridge: coefficients, and the weights it ended with."""
    used = weight
    for _ in range(rounds):
        beta = np.linalg.solve((x * used[:, None]).T @ x + ridge, x.T @ (used * y))
        residual = np.abs(y - x @ beta)
        limit = HUBER * max(1.4826 * np.median(residual), 1e-6)
        used = weight / np.maximum(1.0, residual / limit)
    return beta, used


def _left_out(x: np.ndarray, y: np.ndarray, used: np.ndarray, ridge: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Prediction of each case by the regression without its group; shape (n,)."""
    count = group.max() + 1
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(count))
    xs, ws, ys = x[order], used[order], y[order]
    gram = np.add.reduceat(xs[:, :, None] * (ws[:, None] * xs)[:, None, :], starts)
    side = np.add.reduceat(xs * (ws * ys)[:, None], starts)
    betas = np.linalg.solve(gram.sum(0) - gram + ridge, (side.sum(0) - side)[..., None])[..., 0]
    return np.asarray(np.einsum("ij,ij->i", x, betas[group]))


def scale_features(cases: Cases) -> np.ndarray:
    """Regressors of the log spread, shape (n, 3): log horizon, log binomial variance against 0.15, no parent."""
    rate = expit(cases.last)
    return np.column_stack([np.log(cases.horizon), np.log(rate * (1 - rate) / 0.15), cases.alone.astype(float)])


def scale_law(cases: Cases, missed: np.ndarray) -> np.ndarray:
    """Exponents of the spread: log |error| on the regressors of :func:`scale_features`, drawn to ``SCALE_PRIOR``."""
    z = np.column_stack([np.ones(missed.size), scale_features(cases)])
    start = np.array([0.0, *SCALE_PRIOR])
    log_error = np.log(np.abs(missed) + 0.02) - z @ start  # 0.02: an error of exactly 0 says little about the spread
    return (start + np.linalg.solve(z.T @ z + np.diag([1e-9, *SCALE_RIDGE]), z.T @ log_error))[1:]


def learn(cases: Cases, group: np.ndarray) -> dict[str, Any]:
    """Weights, and the errors they would have made on groups left out.

    Parameters
    ----------
    cases : Cases
    group : numpy.ndarray of int, shape (n,)
        Codes 0, 1, … of the groups.

    Returns
    -------
    dict
        weights (7,), missed (n,) errors on the logit scale, slope_centre, level_centre, reliability, penalty.

    Notes
    -----
    Each case counts as its binomial variance p(1−p) over its horizon, which makes the loss on the logit scale close
    to one on rates. A regressor that is the same for a whole group has only as many independent values as there are
    groups, so its penalty counts groups, not cases. With fewer than three groups there is nothing to choose by: the
    strongest prior is kept, and the errors are those of the fit itself.
    """
    change, rate = cases.truth - cases.last, expit(cases.last)
    weight = rate * (1 - rate) / cases.horizon
    weight = weight / weight.mean()
    slope_centre, level_centre = float(np.median(change / cases.horizon)), float(np.median(cases.level))
    prior = PRIOR + slope_centre * (np.arange(PRIOR.size) == 0)
    groups, truth = int(group.max()) + 1, from_logit(cases.truth)
    crowd = np.where(GROUP_WIDE, group.size / groups, 1.0)

    def attempt(reliability: float, penalty: float) -> tuple[float, np.ndarray, np.ndarray]:
        x = features(cases, slope_centre, level_centre, reliability)
        beyond = change - x @ prior
        strength = np.array([1.0, *[penalty] * (prior.size - 1)]) * crowd
        ridge = np.diag((np.mean(weight[:, None] * x**2, axis=0) + 1e-9) * strength)
        beta, used = _regress(x, beyond, weight, ridge)
        if groups < 3:
            return 0.0, prior + beta, beyond - x @ beta
        missed = beyond - _left_out(x, beyond, used, ridge, group)
        return float(np.mean(np.abs(from_logit(cases.truth - missed) - truth))), prior + beta, missed

    choice = {"reliability": RELIABILITIES[1], "penalty": PENALTIES[2] if groups >= 3 else PENALTIES[-1]}
    if groups >= 3:
        for name, grid in (("reliability", RELIABILITIES), ("penalty", PENALTIES)):
            losses = [attempt(**{**choice, name: value})[0] for value in grid]
            choice[name] = grid[int(np.argmin(np.round(losses, 10)))]
    _, weights, missed = attempt(**choice)
    return {
        "weights": weights,
        "missed": missed,
        "slope_centre": slope_centre,
        "level_centre": level_centre,
        **choice,
    }
