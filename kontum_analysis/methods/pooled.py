"""Pooled forecast: half the speed of an area's parent and half the world's, unless the panel says otherwise.

Over a horizon of h years the logit of an area's rate changes by h · [global + parent · (parent's slope − world's) +
gap · (level − parent's)] + rebound · (own change − parent's); without a parent an area's own slope takes its place.
The prior (world's slope, 1/2, 0, 0) counts as one case, or its one half as a thousand, so that it stays, where that
misses less on groups left out. Errors on groups left out give the spread: by horizon, rate and lack of a parent.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from .regression import from_logit, learn_weights, residual_quantiles, to_logit

FASTEST = 1.0  # logit per year; a faster slope is chance or a very short span


@dataclass(frozen=True)
class PooledForecast:
    """What a panel teaches: the world's slope (median, logit per year), weights (global, parent, gap, rebound), law of
    the spread (its exponents of horizon and p(1 − p), log factor without a parent), quantiles of the errors."""

    world_slope: float
    weights: np.ndarray
    law: np.ndarray
    residuals: np.ndarray

    def quantiles(self, cases: pd.DataFrame) -> np.ndarray:
        """Forecast quantiles of the rate at t2 (fraction) of each case; shape (n, 23), not decreasing."""
        x, z = _regressors(cases, self.world_slope)
        centre = to_logit(cases["y1"]) + x @ self.weights
        return from_logit(centre[:, None] + np.exp(z @ self.law)[:, None] * self.residuals)


def fit_pooled(cases: pd.DataFrame) -> PooledForecast:
    """The forecast learned from a table of :func:`.panel.forecast_cases`, however few its groups."""
    horizon, last, group = cases["t2"] - cases["t1"], to_logit(cases["y1"]), pd.factorize(cases["group"])[0]
    change, variance = to_logit(cases["y2"]) - last, expit(last) * expit(-last)
    world = float(np.median(change / horizon))
    (x, z), size, prior = _regressors(cases, world), variance / horizon.to_numpy(), np.array([world, 0.5, 0, 0])
    fits = [learn_weights(x, change, size, prior, np.array([1, count, 1, 1]), group) for count in (1, 1000)]
    weights, errors = min(fits, key=lambda fit: round(float(np.mean(variance * np.abs(fit[1]))), 10))
    z1, law_prior, counts = np.column_stack([np.ones(len(z)), z]), np.array([0, 0.5, 0, 0]), np.array([0, 10, 10, 10])
    log_errors = np.log(np.abs(errors) + 0.02)  # 0.02: an error of exactly 0 says little about the spread
    law = learn_weights(z1, log_errors, np.ones(len(z)), law_prior, counts, group)[0][1:]
    return PooledForecast(world, weights, law, residual_quantiles(errors / np.exp(z @ law), int(group.max()) + 1))


def _regressors(cases: pd.DataFrame, world_slope: float) -> tuple[np.ndarray, np.ndarray]:
    """Of the change, shape (n, 4), and of the log spread, shape (n, 3)."""
    t0, t1, t2 = cases[["t0", "t1", "t2"]].to_numpy(float).T
    y0, y1, p0, p1 = to_logit(cases[["y0", "y1", "p0", "p1"]]).T
    above0, above1 = np.where(is_alone := np.isnan(p0 + p1), (y0, y1), (p0, p1))
    slope, horizon = np.clip((above1 - above0) / (t1 - t0), -FASTEST, FASTEST), t2 - t1
    x = [horizon, horizon * (slope - world_slope), horizon * (y1 - above1), (y1 - y0) - (above1 - above0)]
    return np.column_stack(x), np.column_stack([np.log(horizon), np.log(expit(y1) * expit(-y1) / 0.15), is_alone])
