"""From the draws of a sum to its figures: mean, quantiles, chances, counts."""

import numpy as np

PARTS = 2.0**20  # of a household; sums of them are whole numbers
BINS = 1024
FIGURES_BESIDE_QUANTILES = 7


def summary(node, poor, under, levels, target):
    """Figures of a node, shape (time, figure): mean and quantiles of its rate, chance that it is at most the target, areas at or
    below the target (mean, 5 %, 50 %, 95 %), chance that all are.
    """
    whole, draws, number = node.households * PARTS, poor.shape[1], np.arange(node.size + 1)
    figures, rate = [], np.empty(draws, np.float32)
    for row, reached in zip(poor, under, strict=True):  # a time by itself: its arrays stay in the cache
        np.divide(row, whole, out=rate, casting="same_kind")
        counts = np.bincount(reached, minlength=node.size + 1)
        middle = np.searchsorted(np.cumsum(counts), np.array([0.05, 0.5, 0.95]) * draws)
        chance = np.count_nonzero(row <= target * whole) / draws
        figures.append([row.mean() / whole, *quantiles(rate, levels), chance, counts @ number / draws, *middle,
                        counts[-1] / draws])  # fmt: skip
    return np.array(figures, float)


def quantiles(values, levels):
    """Quantiles, linear between neighbours as `numpy.quantile`.

    >>> quantiles(np.array([2.0, 0.0, 1.0]), (0.25, 0.5)).tolist()
    [0.5, 1.0]
    """
    place = np.asarray(levels) * (len(values) - 1)
    low = np.floor(place).astype(int)
    below, above = _ordered(values, np.stack([low, np.minimum(low + 1, len(values) - 1)])).astype(float)
    return below + (place - low) * (above - below)


def _ordered(values, places):
    """values sorted, at these places only. Values fall into bins, and only bins with a place are sorted: a third of the time."""
    low, width = values.min(), np.ptp(values)
    if not width > 0:
        return np.full(places.shape, low)
    bin_of = ((values - low) * values.dtype.type((BINS - 1) / width)).astype(np.intp)
    held = np.bincount(bin_of, minlength=BINS + 1)
    bins = np.searchsorted(np.cumsum(held), places, side="right")
    wanted = np.zeros(len(held), bool)
    wanted[bins] = True
    skipped = np.cumsum(np.where(wanted, 0, held))
    return np.sort(values[wanted[bin_of]])[places - skipped[bins]]
