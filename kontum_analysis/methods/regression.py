"""The logit scale, weights drawn to a prior, and the spread of the errors they make on groups left out."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit
from scipy.stats import t as student

LEVELS = np.array([0.01, 0.025, *(k / 20 for k in range(1, 20)), 0.975, 0.99])  # of the forecast hubs
EPSILON = 0.005  # rates 0 and 1 become logits of 0.005 and 0.995; half a point is below any survey's resolution
PRIOR_SPREAD, PRIOR_CASES = 0.15, 2.0  # logit per √year, about that of four-year changes; its weight against errors
HUBER = 1.5  # robust standard deviations beyond which an error pulls no harder


def to_logit(rate: ArrayLike) -> np.ndarray:
    """Rate in [0, 1] as a finite logit: logit(ε + (1 − 2ε)·rate), so that 0 and 1 have a place."""
    return np.asarray(logit(EPSILON + (1 - 2 * EPSILON) * np.asarray(rate, dtype=float)))


def from_logit(value: ArrayLike) -> np.ndarray:
    """Inverse of :func:`to_logit`, held to [0, 1].

    >>> from_logit(to_logit([0.0, 0.25, 1.0])).round(12).tolist()
    [0.0, 0.25, 1.0]
    """
    return np.asarray(np.clip((expit(value) - EPSILON) / (1 - 2 * EPSILON), 0.0, 1.0))


def learn_weights(
    x: np.ndarray, y: np.ndarray, size: np.ndarray, prior: np.ndarray, counts: np.ndarray, group: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (k,) with which x (n, k) makes y (n,), and the error (n,) of each case without its group (Huber, ridge).

    size: how much each case counts; prior: weights at the start, worth `counts` cases each; group: (n,), any labels.
    """
    beyond, size, robust = y - x @ prior, size / size.mean(), np.ones(len(y))
    ridge = np.diag(counts * (size[:, None] * x**2).mean(axis=0) + 1e-9)
    for _ in range(20):
        rows = (size * robust)[:, None] * x
        gram, side = rows.T @ x + ridge, rows.T @ beyond
        error = np.abs(beyond - x @ np.linalg.solve(gram, side))
        robust = 1 / np.maximum(1.0, error / (HUBER * max(1.4826 * np.median(error), 1e-6)))
    errors_left_out = beyond.copy()
    for out in (group == code for code in np.unique(group)):
        errors_left_out[out] -= x[out] @ np.linalg.solve(gram - rows[out].T @ x[out], side - rows[out].T @ beyond[out])
    return prior + np.linalg.solve(gram, side), errors_left_out


def residual_quantiles(errors: ArrayLike, groups: int) -> np.ndarray:
    """Quantiles of errors (logit per √year) at the 23 levels, shape (23,), never without width.

    Empirical quantiles count n / (n + 20), the rest is a Student t (5 degrees of freedom) of the errors' centre and
    spread, drawn to 0 and `PRIOR_SPREAD`. Areas of a group err together: √((G + 1) / (G − 1)) widens all for G groups.
    """
    errors, groups = np.asarray(errors, dtype=float), max(groups, 2)
    count, centre = errors.size, np.median(errors) * errors.size / (errors.size + PRIOR_CASES)
    limit = 4 * max(1.4826 * np.median(np.abs(errors - centre)), PRIOR_SPREAD)
    square = np.sum(np.clip(errors - centre, -limit, limit) ** 2)
    spread = np.sqrt((square + PRIOR_CASES * PRIOR_SPREAD**2) / (count + PRIOR_CASES))
    smooth = centre + spread * student.ppf(LEVELS, 5) * np.sqrt(3 / 5)
    mixed = (count * np.quantile(errors, LEVELS) + 20 * smooth) / (count + 20)
    middle = mixed[LEVELS.size // 2]
    return np.asarray(middle + np.sqrt((groups + 1) / (groups - 1)) * (mixed - middle))
