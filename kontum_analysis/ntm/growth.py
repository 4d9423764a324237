"""How fast communes gain criteria: pace, its yearly shock, the last steps, and their estimate from the bands.

A commune below 19 gains effort by a gamma process (van Noortwijk 2009, doi:10.1016/j.ress.2007.03.019): over a year
the gain has mean pace × shock and shape `shape`, so that it never falls, and a small shape means leaps of a few
communes beside standstill of most. The shock is shared by all communes of a year, log-normal with standard deviation
`sigma`: this keeps communes together, and one bad year hits all. One criterion costs one unit of effort up to the
15th and `last` units from there to the 19th. `pace` is therefore criteria a year of a commune that has less than 15.

The four are estimated from pairs of band counts under one set, at least `MIN_GAP` years apart where there are such:
the bands at the start, spread out evenly (`expected_shares`), are moved on and compared with the bands, the mean and
the communes newly attained at the end (multinomial and normal). Programmes push groups of communes, so bands move less
regularly than that: the log-likelihood is divided by the dispersion, Pearson's chi-square over its degrees of freedom
where that exceeds one (quasi-likelihood; McCullagh and Nelder 1989, Generalized Linear Models, 2nd ed., section 4.5).
Prior: pace log-normal about 1.5 (the programme asks
for +1 to +2) with standard deviation 0.7; sigma half-normal 0.5; shape and last uniform on the logs of their grids.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammainc

from .bands import expected_shares
from .published import Snapshot

MIN_GAP = 0.75  # years; shorter gaps measure the dating of pages rather than the communes
LAST = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8)
SHAPES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
SIGMAS = (0.1, 0.25, 0.4, 0.6, 0.9)
LOG_PACES = np.log(np.geomspace(0.3, 7.5, 23))
Look = tuple[np.ndarray, np.ndarray]  # log-likelihood and chi-square at every gain of the grid
_LOG_GAINS = np.log(np.geomspace(0.03, 12, 33))  # yearly gain of one pair, grid of the integral


@dataclass(frozen=True)
class Growth:
    """Posterior of the growth model on its grid.

    weights: shape (pace, sigma, shape, last), sums to one; pairs: the pairs of days it was fitted to;
    dispersion: factor by which bands moved less regularly than the model's communes would (1: as regularly).
    """

    weights: np.ndarray
    pairs: tuple[tuple[str, str], ...]
    dispersion: float

    def sample(self, draws: int, rng: np.random.Generator) -> np.ndarray:
        """Columns pace, sigma, shape, last of independent draws, shape (draws, 4)."""
        flat = rng.choice(self.weights.size, size=draws, p=self.weights.ravel())
        p, s, a, k = np.unravel_index(flat, self.weights.shape)
        step = LOG_PACES[1] - LOG_PACES[0]
        pace = np.exp(LOG_PACES[p] + step * (rng.random(draws) - 0.5))  # the grid leaves no gaps
        return np.column_stack([pace, np.array(SIGMAS)[s], np.array(SHAPES)[a], np.array(LAST)[k]])

    def summary(self) -> dict[str, tuple[float, ...]]:
        """Posterior mean and 10th, 50th, 90th percentile of each parameter; a dict of tuples."""
        grids = (np.exp(LOG_PACES), np.array(SIGMAS), np.array(SHAPES), np.array(LAST))
        table = {}
        for axis, (name, grid) in enumerate(zip(("pace", "sigma", "shape", "last"), grids, strict=True)):
            p = self.weights.sum(axis=tuple(i for i in range(4) if i != axis))
            marks = [float(grid[min(int(np.searchsorted(np.cumsum(p), q)), len(grid) - 1)]) for q in (0.1, 0.5, 0.9)]
            table[name] = (float(p @ grid), *marks)
        return table


def to_effort(criteria: np.ndarray, last: np.ndarray | float) -> np.ndarray:
    """Effort spent to reach a number of criteria: one unit each up to 15, `last` units each beyond.

    >>> to_effort(np.array([14.0, 17.0]), 2.0).tolist()
    [14.0, 19.0]
    """
    return np.where(criteria < 15, criteria, 15 + last * (criteria - 15))


def to_criteria(effort: np.ndarray, last: np.ndarray | float) -> np.ndarray:
    """Inverse of `to_effort`."""
    return np.where(effort < 15, effort, 15 + (effort - 15) / last)


def fitted_pairs(history: list[Snapshot]) -> list[tuple[Snapshot, Snapshot]]:
    """Pairs (start, end) of snapshots under one set the model is fitted to: bands to bands, or to a later count."""
    pairs = []
    for standard in dict.fromkeys(s.standard for s in history):
        inside = [s for s in history if s.standard == standard]
        banded = [s for s in inside if s.bands]
        start = banded[0] if banded else None
        while start is not None:
            later = [s for s in banded if s.time - start.time >= MIN_GAP]
            end = later[0] if later else None
            if end is None:  # the end of this set: whatever was last published, if it is not the same day
                rest = [s for s in inside if s.time - start.time >= 0.25 and np.isfinite(s.attained)]
                pairs += [(start, rest[-1])] if rest else []
                break
            pairs.append((start, end))
            start = end
    return pairs


def _moves(gap: float, shape: float, last: float) -> np.ndarray:
    """P(count at least k after the gap | count c before), shape (gains, 20, 20), for every yearly gain of the grid."""
    count = np.arange(19)
    place = np.array([1 / 6, 1 / 2, 5 / 6])  # a commune stands anywhere between two criteria
    start = to_effort(count[:, None] + place, last)  # (19, 3)
    need = np.maximum(to_effort(np.arange(20.0), last) - start[..., None], 0)  # (19, 3, 20)
    gain = np.exp(_LOG_GAINS)
    scale = shape / gain  # gain of mean gain x gap and shape shape x gap
    # the survival function on a fine line, then read off: far fewer evaluations than one for each distance
    line = np.concatenate([[0], np.geomspace(1e-6, 400 * max(shape, 1), 500)])
    alive = 1 - gammainc(shape * gap, line)
    reach = np.interp(need[None] * scale[:, None, None, None], line, alive).mean(axis=2)
    return np.concatenate([reach, np.ones((len(gain), 1, 20))], axis=1)


@lru_cache(maxsize=64)  # hindcasts look at the same pairs from many days
def _looks(start: Snapshot, end: Snapshot) -> tuple[tuple[Look, ...], ...]:
    """`_compare` of a pair at every shape and last of the grids, two nested tuples."""
    below = expected_shares(start)[:19]
    below = below / below.sum()
    return tuple(tuple(_compare(start, end, below, shape, last) for last in LAST) for shape in SHAPES)


def _compare(start: Snapshot, end: Snapshot, below: np.ndarray, shape: float, last: float) -> Look:
    """Log-likelihood and Pearson chi-square of the end of a pair at every gain of the grid, each shape (gains,).

    below: share of the communes below 19 at each count 0 … 18 at the start.
    """
    n = sum(start.bands)
    reach = _moves(round(end.time - start.time, 3), shape, last)[:, :19]
    at_least = np.einsum("c,gck->gk", below, reach)  # P(k or more) of a commune below 19 at the start
    rest = n - start.bands[0]
    if end.bands:
        moved = np.array([max(end.bands[0] - start.bands[0], 0), *end.bands[1:]], float)
        p = np.stack(
            [
                at_least[:, 19],
                *(at_least[:, k] - at_least[:, m] for k, m in ((15, 19), (10, 15), (5, 10))),
                1 - at_least[:, 5],
            ]
        )
    else:
        new = np.clip(end.attained - start.bands[0], 0, rest)
        moved, p = np.array([new, rest - new]), np.stack([at_least[:, 19], 1 - at_least[:, 19]])
    p = np.clip(p, 1e-9, 1)
    log_likelihood = moved @ np.log(p)
    chi2 = ((moved[:, None] - moved.sum() * p) ** 2 / np.maximum(moved.sum() * p, 1)).sum(axis=0)
    if np.isfinite(end.mean_low) and end.mean_high - end.mean_low < 0.1:
        k = np.arange(1, 20)
        mean = at_least[:, 1:].sum(axis=1)
        sd = np.sqrt(np.maximum((at_least[:, 1:] * (2 * k - 1)).sum(axis=1) - mean**2, 0.05) / rest)
        total = (end.mean_low + end.mean_high) / 2 * n - 19 * start.bands[0]
        log_likelihood = log_likelihood - 0.5 * ((total / rest - mean) / sd) ** 2 - np.log(sd)
    return log_likelihood, chi2


def fit(history: list[Snapshot]) -> Growth:
    """Posterior of pace, sigma, shape and last given the snapshots; the prior alone when no pair is published."""
    pairs = fitted_pairs(history)
    sigma, log_pace = np.array(SIGMAS), LOG_PACES
    prior = -0.5 * ((log_pace - np.log(1.5)) / 0.7) ** 2
    log_post = np.zeros((len(log_pace), len(sigma), len(SHAPES), len(LAST)))
    log_post += prior[:, None, None, None] - 0.5 * (sigma / 0.5)[None, :, None, None] ** 2
    looks = [_looks(start, end) for start, end in pairs]
    dispersion = _dispersion(pairs, looks)
    for (start, end), look in zip(pairs, looks, strict=True):
        spread = sigma / np.sqrt(max(end.time - start.time, 1.0))  # shocks of several years partly cancel
        z = (_LOG_GAINS[None, None, :] - log_pace[:, None, None]) / spread[None, :, None]
        kernel = np.exp(-0.5 * z**2)
        kernel = kernel / kernel.sum(axis=2, keepdims=True)
        for a in range(len(SHAPES)):
            for k in range(len(LAST)):
                ll = look[a][k][0] / dispersion
                log_post[:, :, a, k] += ll.max() + np.log(kernel @ np.exp(ll - ll.max()) + 1e-300)
    weights = np.exp(log_post - log_post.max())
    return Growth(weights / weights.sum(), tuple((s.day, e.day) for s, e in pairs), dispersion)


def _dispersion(pairs: list[tuple[Snapshot, Snapshot]], looks: list[tuple[tuple[Look, ...], ...]]) -> float:
    """Pearson chi-square per degree of freedom of the best shape and last, each pair at its best gain; at least 1."""
    freedom = sum(3 if end.bands else 0 for _, end in pairs) - 2  # four free bands less the gain; shape and last
    if freedom < 1:
        return 1.0
    chi2 = np.sum([[[c[np.argmax(ll)] for ll, c in row] for row in look] for look in looks], axis=0)
    return max(1.0, float(chi2.min()) / freedom)
