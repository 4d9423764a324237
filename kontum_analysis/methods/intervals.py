"""Where nothing varies there is no interval, and an interval of whole numbers is never a single one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

TOLERANCE = 1e-12  # ends nearer than this meet


def open_ends(low: ArrayLike, high: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of each interval, as floats; missing where they meet, for an interval without width is none.

    >>> open_ends([0.1, 0.2], [0.1, 0.3])
    (array([nan, 0.2]), array([nan, 0.3]))
    """
    low, high = np.asarray(low, float), np.asarray(high, float)
    is_flat = np.abs(high - low) < TOLERANCE
    return np.where(is_flat, np.nan, low), np.where(is_flat, np.nan, high)


def whole_quantiles(draws: ArrayLike, levels: Sequence[float]) -> np.ndarray:
    """Quantiles of draws of a whole number, shape (2K + 1,), as ends of K intervals about the median.

    levels: ascending and symmetrical about 0.5. Where both ends of an interval are one number, which then holds more
    than its share of the draws, the next drawn number on the likelier side is taken in, so that it is not read as
    known. Where all draws are one number it is known: there is the median, and no interval.

    >>> whole_quantiles([2] * 95 + [3] * 5, [0.1, 0.5, 0.9])
    array([2., 2., 3.])
    >>> whole_quantiles([2, 2], [0.1, 0.5, 0.9])
    array([nan,  2., nan])
    """
    draws = np.asarray(draws, float)
    quantiles: np.ndarray = np.quantile(draws, levels, method="inverted_cdf")
    for low in range(len(levels) // 2):
        high, number = len(levels) - 1 - low, quantiles[low]
        below, above = draws[draws < number], draws[draws > number]
        if quantiles[high] > number:
            continue
        if not below.size and not above.size:
            quantiles[[low, high]] = np.nan
        elif above.size > below.size:
            quantiles[high] = above.min()
        else:
            quantiles[low] = below.max()
    return quantiles
