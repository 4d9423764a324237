"""Scores of probabilistic forecasts: weighted interval score, CRPS of an ensemble, interval coverage.

All three are negatively oriented where they are scores (smaller is better) and keep the unit of the observation:
rates in, rates out. Interval scores and CRPS come from ``scoringrules``; this module checks what goes in. The weighted
sum over intervals is done here: in scoringrules 0.10 the docstring of ``weighted_interval_score`` states another
default weight (2/alpha) than its code uses (alpha/2), and its numpy code adds the median itself where the formula has
the median's absolute error. The hand-worked tests hold the formula of the paper.
"""

import numpy as np
import scoringrules
from numpy.typing import ArrayLike

from ..base.errors import KontumError

__all__ = ["crps_ensemble", "interval_coverage", "wis"]

_TOLERANCE = 1e-9  # two levels closer than this are the same level: 1 - 0.975 is not exactly 0.025


def _check_levels(levels: ArrayLike) -> np.ndarray:
    """Levels as a float array, or a KontumError that says which rule is broken."""
    levels = np.asarray(levels, dtype=float)
    if levels.ndim != 1 or levels.size == 0:
        raise KontumError("error.score.levels_shape", shape=str(levels.shape))
    if not np.all((levels > 0) & (levels < 1)):
        raise KontumError("error.score.levels_range", levels=str(levels.tolist()))
    if np.any(np.diff(levels) <= 0):
        raise KontumError("error.score.levels_order", levels=str(levels.tolist()))
    if levels.size % 2 == 0 or np.any(np.abs(levels + levels[::-1] - 1) > _TOLERANCE):
        raise KontumError("error.score.levels_symmetry", levels=str(levels.tolist()))
    return levels


def wis(observed: ArrayLike, quantile_levels: ArrayLike, quantile_values: ArrayLike) -> np.ndarray:
    r"""Weighted interval score of forecasts given as quantiles.

    .. math::

       \mathrm{WIS} = \frac{\tfrac12 |y-m| + \sum_{k=1}^K \tfrac{\alpha_k}{2}\,\mathrm{IS}_{\alpha_k}}{K+\tfrac12},
       \quad \mathrm{IS}_\alpha = (u-l) + \tfrac2\alpha (l-y)^+ + \tfrac2\alpha (y-u)^+

    Parameters
    ----------
    observed : array_like, shape (...)
        What happened.
    quantile_levels : array_like, shape (2K + 1,)
        Increasing, symmetrical about 0.5 and containing it.
    quantile_values : array_like, shape (..., 2K + 1)
        Forecast quantiles at those levels, not decreasing along the last axis.

    Returns
    -------
    numpy.ndarray, shape (...)
        One score per observation, in the unit of the observation.

    Raises
    ------
    KontumError
        Levels unsorted, outside (0, 1) or asymmetrical; crossing quantiles; shapes that do not fit; not finite.

    References
    ----------
    Bracher, Ray, Gneiting, Reich (2021), Evaluating epidemic forecasts in an interval format,
    doi 10.1371/journal.pcbi.1008618.

    Examples
    --------
    One interval (K = 1) of width 3, and a median that misses by 2: (1/2 * 2 + 0.5/2 * 3) / 1.5.

    >>> float(wis(4.0, [0.25, 0.5, 0.75], [1.0, 2.0, 4.0]).round(12))
    1.166666666667
    """
    levels = _check_levels(quantile_levels)
    values = np.asarray(quantile_values, dtype=float)
    observed = np.asarray(observed, dtype=float)
    if values.shape != observed.shape + levels.shape:
        raise KontumError(
            "error.score.values_shape",
            wanted=str(observed.shape + levels.shape),
            observed=str(observed.shape),
            levels=levels.size,
            found=str(values.shape),
        )
    if not (np.all(np.isfinite(values)) and np.all(np.isfinite(observed))):
        raise KontumError("error.score.values_finite")
    if np.any(np.diff(values, axis=-1) < 0):
        where = np.argwhere(np.diff(values, axis=-1) < 0)[0]
        raise KontumError(
            "error.score.crossing",
            position=str(tuple(where[:-1].tolist())),
            low=levels[where[-1]],
            high=levels[where[-1] + 1],
        )
    middle = levels.size // 2
    score = 0.5 * np.abs(observed - values[..., middle])
    if middle:  # a median alone has no interval, and its score is its absolute error
        alpha = 2 * levels[:middle]
        intervals = scoringrules.interval_score(
            observed[..., None],
            values[..., :middle],
            values[..., :middle:-1],
            alpha[None, :],
            backend="numpy",
        )
        score = score + np.reshape(intervals, observed.shape + (middle,)) @ (alpha / 2)
    return np.asarray(score / (middle + 0.5))


def crps_ensemble(observed: ArrayLike, draws: ArrayLike) -> np.ndarray:
    r"""Continuous ranked probability score of an ensemble, :math:`E|X-y| - \tfrac12 E|X-X'|`.

    Both expectations run over the ensemble itself (all pairs, the empirical distribution as the forecast).

    Parameters
    ----------
    observed : array_like, shape (...)
    draws : array_like, shape (..., m)
        Ensemble members on the last axis, all of equal weight.

    Returns
    -------
    numpy.ndarray, shape (...)

    Raises
    ------
    KontumError
        Shapes that do not fit, an empty ensemble, values that are not finite.

    References
    ----------
    Gneiting and Raftery (2007), doi 10.1198/016214506000001437.

    Examples
    --------
    Members 0 and 1, observed 0.5: mean distance 1/2, minus half the mean distance between pairs, 1/4.

    >>> float(crps_ensemble(0.5, [0.0, 1.0]))
    0.25
    """
    draws = np.asarray(draws, dtype=float)
    observed = np.asarray(observed, dtype=float)
    if draws.ndim == 0 or draws.shape[:-1] != observed.shape or draws.shape[-1] == 0:
        raise KontumError("error.score.draws_shape", wanted=str(observed.shape), found=str(draws.shape))
    if not (np.all(np.isfinite(draws)) and np.all(np.isfinite(observed))):
        raise KontumError("error.score.draws_finite")
    return np.asarray(
        scoringrules.crps_ensemble(observed, draws, ens_w=np.ones_like(draws), estimator="nrg", backend="numpy")
    )


def interval_coverage(observed: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> float:
    """Share of observations inside their interval, ends included.

    Parameters
    ----------
    observed, lower, upper : array_like, shape (n,)
        ``lower <= upper`` everywhere.

    Returns
    -------
    float
        Between 0 and 1. Compare with the nominal coverage, 0.8 for the interval from the 0.1 to the 0.9 quantile.

    Raises
    ------
    KontumError
        Unequal shapes, no observation, an end that is not finite, or a lower end above its upper end.

    Examples
    --------
    >>> interval_coverage([1, 2, 3, 4], [0, 0, 4, 0], [2, 2, 5, 3])
    0.5
    """
    observed, lower, upper = (np.asarray(values, dtype=float) for values in (observed, lower, upper))
    if not observed.shape == lower.shape == upper.shape:
        raise KontumError(
            "error.score.interval_shape", observed=str(observed.shape), lower=str(lower.shape), upper=str(upper.shape)
        )
    if observed.size == 0:
        raise KontumError("error.score.interval_none")
    if not all(np.all(np.isfinite(values)) for values in (observed, lower, upper)):
        raise KontumError("error.score.interval_finite")
    if np.any(lower > upper):
        raise KontumError("error.score.interval_order", count=int(np.sum(lower > upper)))
    return float(np.mean((lower <= observed) & (observed <= upper)))
