"""The logit scale, and the spread of forecast errors on it.

Forecasts are made on the logit scale, where a rate cannot leave [0, 1] and where a country's speed is steadier than in
points. A forecast is a centre plus quantiles of the errors made elsewhere; this module turns a heap of errors into
those quantiles, safely also when the heap is small.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit
from scipy.stats import t as student

__all__ = ["EPSILON", "LEVELS", "from_logit", "residual_quantiles", "shared_and_own", "to_logit"]

LEVELS = np.array([0.01, 0.025, *(k / 20 for k in range(1, 20)), 0.975, 0.99])  # of the forecast hubs
EPSILON = 0.005  # rates 0 and 1 become logits of 0.005 and 0.995; half a point is below any survey's resolution
PRIOR_SPREAD = 0.15  # logit per √year, about what observed speeds of sub-national poverty rates show over four years
PRIOR_CASES = 2.0  # weight of that prior against the residuals seen


def to_logit(rate: ArrayLike) -> np.ndarray:
    """Rate in [0, 1] to a finite logit: logit(ε + (1 − 2ε)·rate), so that 0 and 1 have a place."""
    value: np.ndarray = logit(EPSILON + (1 - 2 * EPSILON) * np.asarray(rate, dtype=float))
    return value


def from_logit(value: ArrayLike) -> np.ndarray:
    """Inverse of :func:`to_logit`, held to [0, 1]; what lies beyond the logit of 0 or 1 is 0 or 1.

    >>> from_logit(to_logit([0.0, 0.25, 1.0])).round(12).tolist()
    [0.0, 0.25, 1.0]
    """
    rate: np.ndarray = np.clip((expit(value) - EPSILON) / (1 - 2 * EPSILON), 0.0, 1.0)
    return rate


def residual_quantiles(residuals: ArrayLike, groups: int) -> np.ndarray:
    """Quantiles of residuals at the 23 levels, safe with few of them.

    The empirical quantiles are mixed with those of a Student t (5 degrees of freedom) with the residuals' centre and
    spread: the empirical ones count n / (n + 20). The spread itself is drawn to ``PRIOR_SPREAD`` with the weight of
    ``PRIOR_CASES``, so that a single residual does not give a forecast without width. Areas of a group err together,
    so the groups are what counts: everything is widened about the median by √((G + 1) / (G − 1)), the price of
    learning centre and variance from G draws (2 % for 46 groups, 22 % for 5; one group is taken as two).

    Parameters
    ----------
    residuals : array_like, shape (n,), n ≥ 1
        On the logit scale, per √year.
    groups : int
        Number of groups they come from.

    Returns
    -------
    numpy.ndarray, shape (23,)
        Not decreasing.
    """
    residuals = np.asarray(residuals, dtype=float)
    count = residuals.size
    centre = np.median(residuals) * count / (count + PRIOR_CASES)
    limit = 4 * max(1.4826 * np.median(np.abs(residuals - centre)), PRIOR_SPREAD)
    square = np.sum(np.clip(residuals - centre, -limit, limit) ** 2)
    spread = np.sqrt((square + PRIOR_CASES * PRIOR_SPREAD**2) / (count + PRIOR_CASES))
    smooth = centre + spread * student.ppf(LEVELS, 5) * np.sqrt(3 / 5)
    share = count / (count + 20)
    mixed = share * np.quantile(residuals, LEVELS) + (1 - share) * smooth
    middle = mixed[LEVELS.size // 2]
    groups = max(groups, 2)
    widened: np.ndarray = middle + np.sqrt((groups + 1) / (groups - 1)) * (mixed - middle)
    return widened


def shared_and_own(error: np.ndarray, cluster: np.ndarray) -> tuple[float, float]:
    """Shared and own spread of errors by one-way analysis of variance, errors beyond four robust spreads drawn in."""
    limit = 4 * max(1.4826 * np.median(np.abs(error)), 1e-6)
    error = np.clip(error, -limit, limit)
    sizes = np.bincount(cluster)
    means = np.bincount(cluster, error) / sizes
    inside = np.sum((error - means[cluster]) ** 2) / max(error.size - sizes.size, 1)
    if sizes.size < 2 or error.size == sizes.size:
        return 0.0, float(np.sqrt(np.mean(error**2)))
    between = np.sum(sizes * (means - error.mean()) ** 2) / (sizes.size - 1)
    typical = (error.size - np.sum(sizes**2) / error.size) / (sizes.size - 1)
    return float(np.sqrt(max(between - inside, 0.0) / typical)), float(np.sqrt(inside))
