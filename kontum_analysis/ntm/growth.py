"""How fast communes gain criteria: pace, its yearly shock, the last steps, and their estimate from the bands.

A commune below 19 gains effort by a gamma process (van Noortwijk 2009, doi:10.1016/j.ress.2007.03.019): over a year
the gain has mean pace × shock and shape `shape`, so that it never falls, and a small shape means leaps of a few
communes beside standstill of most. The shock is shared by all communes of a year, log-normal with mean one and
standard deviation `SIGMA` on the log: this keeps communes together, and one bad year hits all. One criterion costs one
unit of effort up to the 15th and `last` units from there to the 19th. `pace` is therefore criteria a year of a commune
that has less than 15.

Pace, shape and last are estimated from pairs of counts under one set, at least `MIN_GAP` years apart: the bands at the
start, spread out evenly (`expected_shares`), are moved on and compared with the bands, or the communes newly attained,
at the end (multinomial). The mean of the end is not compared as well: it says once more what the bands say. Programmes
push groups of communes, so bands move less regularly than that: the log-likelihood is divided by the dispersion,
Pearson's chi-square over its degrees of freedom where that exceeds one (quasi-likelihood; McCullagh and Nelder 1989,
Generalized Linear Models, 2nd ed., section 4.5).

Prior: pace log-normal about what the programme asks, with standard deviation 0.7; shape uniform on the log of its
grid; last log-normal about 0.8 with standard deviation 0.25: the communes picked for a year's plan are pushed over the
line, so that their last criteria go faster than others, but hardly twice as fast.

A probit regression of the shares of communes on time (statsmodels GLM) is shorter and was tried in place of all this:
it forecast the next published count worse (CRPS 1.96 communes against 1.46 from nine days, 2.29 against 1.51 from ten).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammainc

from ..data.programme import asked_pace
from .bands import expected_shares
from .published import RANGES, Snapshot

MIN_GAP = 0.75  # years; shorter gaps measure the dating of pages rather than the communes
SIGMA = 0.4
SHAPES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
LAST = (0.5, 0.64, 0.8, 1.0, 1.25)
PACE_SD = 0.7  # of the log; the prior's middle is what the programme asks
LAST_PRIOR = (0.8, 0.25)  # middle, and standard deviation of the log
LOG_PACES = np.log(np.geomspace(0.3, 7.5, 23))
_LOG_GAINS = np.log(np.geomspace(0.03, 12, 33))  # yearly gain of one pair, grid of the integral


@dataclass(frozen=True)
class Growth:
    """Posterior of the growth model on its grid.

    weights: shape (pace, shape, last), sums to one; pairs: the pairs of days it was fitted to; dispersion: factor by
    which bands moved less regularly than the model's communes would (1: as regularly).
    """

    weights: np.ndarray
    pairs: tuple[tuple[str, str], ...]
    dispersion: float

    def sample(self, draws: int, rng: np.random.Generator) -> np.ndarray:
        """Columns pace, shape, last of independent draws, shape (draws, 3)."""
        place = np.unravel_index(rng.choice(self.weights.size, draws, p=self.weights.ravel()), self.weights.shape)
        step = LOG_PACES[1] - LOG_PACES[0]
        pace = np.exp(LOG_PACES[place[0]] + step * (rng.random(draws) - 0.5))  # the grid leaves no gaps
        return np.column_stack([pace, np.array(SHAPES)[place[1]], np.array(LAST)[place[2]]])

    def summary(self) -> dict[str, tuple[float, ...]]:
        """Posterior mean and 10th, 50th, 90th percentile of each parameter; a dict of tuples."""
        table = {}
        grids = {"pace": np.exp(LOG_PACES), "shape": np.array(SHAPES), "last": np.array(LAST)}
        for axis, (name, grid) in enumerate(grids.items()):
            p = self.weights.sum(axis=tuple(other for other in range(3) if other != axis))
            at = np.minimum(np.searchsorted(np.cumsum(p), (0.1, 0.5, 0.9)), len(grid) - 1)
            table[name] = (float(p @ grid), *grid[at].tolist())
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


def fit(history: list[Snapshot]) -> Growth:
    """Posterior of pace, shape and last given the snapshots; the prior alone when no pair is published."""
    pairs = fitted_pairs(history)
    looks = [_look(start, end) for start, end in pairs]
    dispersion = _dispersion(pairs, looks)
    pace_prior = -0.5 * ((LOG_PACES - np.log(asked_pace())) / PACE_SD) ** 2
    last_prior = -0.5 * (np.log(np.array(LAST) / LAST_PRIOR[0]) / LAST_PRIOR[1]) ** 2
    log_posterior = np.tile(pace_prior[:, None, None] + last_prior, (1, len(SHAPES), 1))
    for (start, end), (log_likelihood, _) in zip(pairs, looks, strict=True):
        spread = SIGMA / np.sqrt(max(end.time - start.time, 1.0))  # shocks of several years partly cancel
        z = (_LOG_GAINS - LOG_PACES[:, None] + spread**2 / 2) / spread  # shocks have mean one
        kernel = np.exp(-0.5 * z**2)
        log_fit = log_likelihood / dispersion  # (shapes, lasts, gains)
        likelihood = np.exp(log_fit - log_fit.max())
        share = np.einsum("pg,skg->psk", kernel / kernel.sum(axis=1, keepdims=True), likelihood)
        log_posterior += np.log(share + 1e-300)
    weights = np.exp(log_posterior - log_posterior.max())
    return Growth(weights / weights.sum(), tuple((s.day, e.day) for s, e in pairs), dispersion)


def fitted_pairs(history: list[Snapshot]) -> list[tuple[Snapshot, Snapshot]]:
    """Pairs (start, end) of snapshots under one set the model is fitted to: bands to bands, or to the last count."""
    pairs = []
    for standard in dict.fromkeys(s.standard for s in history):
        counts = [s for s in history if s.standard == standard and (s.bands or np.isfinite(s.attained))]
        start = next((s for s in counts if s.bands), None)
        while start is not None:
            later = [s for s in counts if s.time - start.time >= MIN_GAP]
            with_bands = [s for s in later if s.bands]
            end = with_bands[0] if with_bands else later[-1] if later else None
            if end is not None:
                pairs.append((start, end))
            start = end if with_bands else None
    return pairs


@lru_cache(maxsize=64)  # hindcasts look at the same pairs from many days
def _look(start: Snapshot, end: Snapshot) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihood and Pearson chi-square of the end of a pair, each of shape (shapes, lasts, gains)."""
    below = expected_shares(start)[:19]
    below = below / below.sum()  # share of the communes below 19 at each count 0 … 18
    open_communes = sum(start.bands) - start.bands[0]
    new = np.clip(end.attained - start.bands[0], 0, open_communes)
    bands = RANGES[1:] if end.bands else [(0, 18)]
    moves = np.array([new, *(end.bands[1:] if end.bands else [open_communes - new])], float)
    gap = round(end.time - start.time, 3)
    p = np.empty((len(SHAPES), len(LAST), len(_LOG_GAINS), len(moves)))
    for a, shape in enumerate(SHAPES):
        for k, last in enumerate(LAST):
            at_least = np.einsum("c,gck->gk", below, _moves(gap, shape, last))  # P(k or more), (gains, 20)
            p[a, k, :, 0] = at_least[:, 19]
            for b, (low, high) in enumerate(bands, start=1):
                p[a, k, :, b] = at_least[:, low] - at_least[:, high + 1]
    p = np.clip(p, 1e-9, 1)
    expected = moves.sum() * p
    return np.log(p) @ moves, ((moves - expected) ** 2 / np.maximum(expected, 1)).sum(axis=-1)


def _moves(gap: float, shape: float, last: float) -> np.ndarray:
    """P(count at least k after the gap | count c before), shape (gains, 19, 20), for every yearly gain of the grid."""
    place = np.array([1 / 6, 1 / 2, 5 / 6])  # a commune stands anywhere between two criteria
    start = to_effort(np.arange(19)[:, None] + place, last)
    need = np.maximum(to_effort(np.arange(20.0), last) - start[..., None], 0)  # (19, 3, 20)
    scale = shape / np.exp(_LOG_GAINS)  # gain of mean gain × gap and shape shape × gap
    # the survival function on a fine line, then read off: far fewer evaluations than one for each distance
    line = np.concatenate([[0], np.geomspace(1e-6, 400 * max(shape, 1), 500)])
    survival = 1 - gammainc(shape * gap, line)
    reach: np.ndarray = np.interp(need[None] * scale[:, None, None, None], line, survival).mean(axis=2)
    return reach


def _dispersion(pairs: list[tuple[Snapshot, Snapshot]], looks: list[tuple[np.ndarray, np.ndarray]]) -> float:
    """Pearson chi-square per degree of freedom of the best shape and last, each pair at its best gain; at least 1."""
    freedom = sum(3 for _, end in pairs if end.bands) - 2  # four free bands less the gain; shape and last
    if freedom < 1:
        return 1.0
    at_best_gain = [
        np.take_along_axis(chi2, log_likelihood.argmax(axis=-1, keepdims=True), axis=-1)
        for log_likelihood, chi2 in looks
    ]
    return max(1.0, float(np.sum(at_best_gain, axis=0).min()) / freedom)
