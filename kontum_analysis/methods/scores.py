"""Forecasts given as quantiles, held against what came, and their weighted interval score (smaller is better)."""

import numpy as np
import scoringrules
from numpy.typing import ArrayLike

from ..base.errors import KontumError

QUANTILES = {"q025": 0.025, "q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9, "q975": 0.975}
INTERVALS = {"inside_50": ("q25", "q75"), "inside_80": ("q10", "q90"), "inside_95": ("q025", "q975")}
FORECAST_COLUMNS = ["what", "area", "vintage", "made_from", "day", "method", *QUANTILES, "outcome", *INTERVALS]


def wis(observed: ArrayLike, levels: ArrayLike, quantiles: ArrayLike) -> np.ndarray:
    r"""Weighted interval score of each observation, shape (...).

    .. math::

       \mathrm{WIS} = \frac{\tfrac12 |y-m| + \sum_{k=1}^K \tfrac{\alpha_k}{2}\,\mathrm{IS}_{\alpha_k}}{K+\tfrac12},
       \quad \mathrm{IS}_\alpha = (u-l) + \tfrac2\alpha (l-y)^+ + \tfrac2\alpha (y-u)^+

    which is twice the mean quantile score of the 2K + 1 levels (Bracher, Ray, Gneiting, Reich 2021,
    doi:10.1371/journal.pcbi.1008618). It is computed so: the `weighted_interval_score` of scoringrules 0.10 weighs
    by alpha / 2 where its docstring says 2 / alpha, and adds the median itself in place of its error.

    observed: shape (...); levels: shape (2K + 1,), ascending and symmetrical about 0.5; quantiles: the forecast at
    those levels, shape (..., 2K + 1), not decreasing. Raises KontumError for levels or quantiles that are not so,
    shapes that do not fit and values that are not finite.

    One interval of width 3 and a median that misses by 2, so (1/2 * 2 + 0.5/2 * 3) / 1.5:

    >>> float(wis(4.0, [0.25, 0.5, 0.75], [1.0, 2.0, 4.0]).round(12))
    1.166666666667
    """
    observed, levels, quantiles = (np.asarray(values, float) for values in (observed, levels, quantiles))
    ascending = levels.ndim == 1 and levels.size % 2 == 1 and bool(np.all(np.diff([0.0, *levels, 1.0]) > 0))
    if not ascending or np.any(np.abs(levels + levels[::-1] - 1) > 1e-9):
        raise KontumError("error.score.levels", levels=levels.tolist())
    if quantiles.shape != observed.shape + levels.shape:
        raise KontumError("error.score.shape", wanted=observed.shape + levels.shape, found=quantiles.shape)
    if not (np.all(np.isfinite(quantiles)) and np.all(np.isfinite(observed)) and np.all(np.diff(quantiles) >= 0)):
        raise KontumError("error.score.quantiles")
    scores = scoringrules.quantile_score(observed[..., None], quantiles, levels, backend="numpy")
    return np.asarray(2 * scores.mean(axis=-1))
