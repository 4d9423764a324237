"""How many criteria the communes of each band have, when only the bands and the mean are published.

All configurations that give the published sum are equally likely: the distribution of greatest entropy
(Jaynes 1957, doi:10.1103/PhysRev.106.620).
"""

import numpy as np

from .published import Snapshot


def counts_within_bands(snapshot: Snapshot, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Counts below 19 band by band, shape (draws, communes below 19), uniform over all that fit the published sum.

    The number of ways to reach each sum is counted backwards (a convolution a commune), then counts are drawn
    forwards. When no configuration fits the published mean, the nearest possible sum is taken.
    """
    ends = [r for size, r in zip(snapshot.bands[1:], snapshot.ranges[1:], strict=True) for _ in range(size)]
    if not ends:
        return np.zeros((draws, 0), np.int8)
    widest = sum(high for _, high in ends)
    ways = np.zeros((len(ends) + 1, widest + 1))
    ways[-1, 0] = 1.0
    for k, (low, high) in reversed(list(enumerate(ends))):
        for count in range(low, high + 1):
            ways[k, count:] += ways[k + 1, : widest + 1 - count]
        ways[k] /= ways[k].max()  # only ratios matter
    total = np.arange(widest + 1)
    weight = ways[0] * allowed_sums(snapshot, total, ways[0] > 0)
    rest = rng.choice(total, size=draws, p=weight / weight.sum())
    counts = np.empty((draws, len(ends)), np.int8)
    uniform = rng.random((len(ends), draws))
    for k, (low, high) in enumerate(ends):
        rest_after = rest[:, None] - np.arange(low, high + 1)
        p = np.cumsum(np.where(rest_after >= 0, ways[k + 1][np.maximum(rest_after, 0)], 0.0), axis=1)
        steps = (uniform[k][:, None] * p[:, -1:] >= p).sum(axis=1)
        counts[:, k] = np.minimum(low + steps, high)
        rest = rest - counts[:, k]
    return counts


def allowed_sums(snapshot: Snapshot, total: np.ndarray, possible: np.ndarray) -> np.ndarray:
    """Mask of sums below 19 that agree with the published mean; the nearest possible one when none does."""
    if np.isnan(snapshot.mean_low):
        return possible
    mean = (total + 19 * snapshot.bands[0]) / sum(snapshot.bands)
    fits = possible & (mean >= snapshot.mean_low) & (mean < snapshot.mean_high)
    if fits.any():
        return fits
    middle = (snapshot.mean_low + snapshot.mean_high) / 2
    nearest: np.ndarray = total == total[possible][np.argmin(np.abs(mean[possible] - middle))]
    return nearest


def expected_shares(snapshot: Snapshot) -> np.ndarray:
    """Expected share of communes at each count 0 … 19, shape (20,): exponential tilt of the bands to the mean.

    For many communes this is the limit of the uniform distribution above given its sum.
    """
    communes = sum(snapshot.bands)
    parts = [(n / communes, np.arange(lo, hi + 1)) for n, (lo, hi) in zip(snapshot.bands, snapshot.ranges, strict=True)]

    def tilted(tilt: float) -> np.ndarray:
        shares = np.zeros(20)
        for size, counts in parts:
            weight = np.exp(tilt * (counts - counts.mean()))
            shares[counts] += size * weight / weight.sum()
        return shares

    def mean(tilt: float) -> float:
        return float(tilted(tilt) @ np.arange(20))

    low, high = (0, 19) if np.isnan(snapshot.mean_low) else (snapshot.mean_low, snapshot.mean_high)
    flat = mean(0.0)
    if low <= flat <= high:
        return tilted(0.0)
    middle = (low + high) / 2 if high - low < 0.1 else np.clip(flat, low, high)
    goal = np.clip(middle, mean(-20.0) + 1e-6, mean(20.0) - 1e-6)
    from scipy.optimize import brentq  # as slow to import as pandas; see trajectories

    return tilted(brentq(lambda tilt: mean(tilt) - goal, -20, 20))
