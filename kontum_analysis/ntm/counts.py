"""Criteria counts of every commune on one day, drawn so that they agree with everything published about that day.

In each draw the bands hold exactly the published numbers of communes, the sum of the counts lies within the rounding
of the published mean, communes known to have attained stand in the top band, districts with a published total have
it, and a published count is a lower limit for later days under the same set and an upper limit for earlier ones.
What is left open is filled without further knowledge:

- *who* stands in which band follows a latent rank, standard normal. A commune with an earlier published count keeps
  that rank with a correlation of `RANK_MEMORY` a year (ranks, not counts, survive a change of set); one without leans
  on its district by the share of the district that is known. Assumption, not estimated: too few communes are
  published twice.
- *how many* criteria inside a band: all configurations that give the published sum are equally likely, which is the
  distribution of greatest entropy (Jaynes 1957, doi:10.1103/PhysRev.106.620).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import ndtri

from .bands import counts_within_bands
from .published import LEVELS, Snapshot, decimal_year

RANK_MEMORY = 0.85
_FORCE = 1e3  # larger than any difference of latent ranks


@dataclass
class Commune:
    """What is published about one commune: when it had attained at the latest, and its counts.

    attained_by: day by which it is known to have attained, or "". not_before: it had not attained before that day.
    counts: rows (day, low, high, standard, exact day known?). sources: source ids. derived: attainment follows
    from a district's total and the names, and is itself nowhere printed.
    """

    code: str
    name: str
    district: str
    attained_by: str = ""
    not_before: str = ""
    advanced_by: str = ""
    model_by: str = ""
    derived: bool = False
    counts: list[tuple[str, int, int, str, bool]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Constraints:
    """Limits of one day. low, high, rank_mean, rank_sd: shape (communes,); districts: rows (index, least, most)."""

    low: np.ndarray
    high: np.ndarray
    rank_mean: np.ndarray
    rank_sd: np.ndarray
    districts: tuple[tuple[np.ndarray, int, int], ...]


def constraints(
    snapshot: Snapshot, members: Sequence[Commune], totals: pd.DataFrame, history: Sequence[Snapshot]
) -> Constraints:
    """Turn what is known of communes and districts into limits and rank scores for the day of a snapshot.

    members: list of `Commune`; totals: table of `district_totals`; history: list of `Snapshot`, for ranks.
    """
    n, day = len(members), snapshot.day
    low, high = np.zeros(n), np.full(n, 19.0)
    score, weight = np.zeros(n), np.zeros(n)
    for i, c in enumerate(members):
        for when, lo, hi, standard, exact in c.counts:
            if standard == snapshot.standard and when <= day:
                low[i] = max(low[i], min(lo, 18))
            if standard == snapshot.standard and when >= day and exact:
                high[i] = min(high[i], hi)
        if c.not_before > day:
            high[i] = min(high[i], 18)
        if c.attained_by and c.attained_by <= day:
            low[i], high[i] = 19, 19
        elif low[i] > high[i]:  # pages that contradict a rising count: the earlier one is kept as a rank only
            low[i] = 0
        score[i], weight[i] = _rank(c, snapshot, history)
    codes = np.array([c.district for c in members])
    mean = np.empty(n)
    for code in np.unique(codes):
        inside = codes == code
        mean[inside] = (score * weight)[inside].sum() / inside.sum()  # unknown communes pull towards zero
    mean = weight * score + (1 - weight) * mean
    return Constraints(low, high, mean, np.sqrt(1 - weight**2), _district_limits(day, codes, totals, low))


def _rank(c: Commune, snapshot: Snapshot, history: Sequence[Snapshot]) -> tuple[float, float]:
    """Normal score of the latest published count among the communes of its time, and how much of it remains."""
    known = [r for r in c.counts if r[0] <= snapshot.day]
    if c.attained_by and c.attained_by <= snapshot.day:
        known.append((c.attained_by, 19, 19, "", True))
    known_later = [(c.attained_by, 19, 19, "", True)] if c.attained_by > snapshot.day else []
    if not known and not known_later:
        return 0.0, 0.0
    when = max(known or known_later)[0]
    same = [r for r in known or known_later if r[0] == when]
    count = (max(r[1] for r in same) + min(r[2] for r in same)) / 2
    with_bands = [s for s in history if s.bands]
    near = min(with_bands, key=lambda s: abs(s.time - decimal_year(when)))
    n, above = sum(near.bands), 0.0
    for size, (lo, hi) in zip(near.bands, near.ranges, strict=True):
        above += size * np.clip((hi + 0.5 - count) / (hi - lo + 1), 0, 1)
    share = np.clip(1 - above / n, 1 / (2 * n), 1 - 1 / (2 * n))
    return ndtri(share), RANK_MEMORY ** abs(snapshot.time - decimal_year(when))


def _district_limits(
    day: str, codes: np.ndarray, totals: pd.DataFrame, low: np.ndarray
) -> tuple[tuple[np.ndarray, int, int], ...]:
    limits = []
    for code, rows in totals.groupby("district"):
        inside = np.flatnonzero(codes == code)
        named = int((low[inside] == 19).sum())
        least = max([named, *rows.loc[rows["day"] <= day, "attained"]])
        most = min([len(inside), *rows.loc[rows["caps_until"] >= day, "attained"]])
        least = min(least, len(inside))
        limits.append((inside, least, max(most, least)))
    return tuple(limits)


def latent_ranks(limits: Constraints, noise: np.ndarray) -> np.ndarray:
    """Ranks of communes, shape (draws, communes), from standard normal noise of that shape; higher is nearer."""
    ranks: np.ndarray = limits.rank_mean + limits.rank_sd * noise
    return ranks


def choose(key: np.ndarray, size: int, forced: np.ndarray, barred: np.ndarray) -> np.ndarray:
    """Mask of the `size` highest keys of each row, forced ones first and barred ones last.

    key: (draws, communes); forced, barred: masks that broadcast to it.

    >>> choose(np.array([[0.1, 0.9, 0.5]]), 1, np.array([[True, False, False]]), np.zeros((1, 3), bool)).tolist()
    [[True, False, False]]
    """
    if size <= 0 or size >= key.shape[1]:
        return np.full(key.shape, size > 0)
    key = key + _FORCE * forced - _FORCE * barred
    top = np.argpartition(-key, size - 1, axis=1)[:, :size]
    mask = np.zeros(key.shape, bool)
    np.put_along_axis(mask, top, True, axis=1)
    return mask


def choose_attained(key: np.ndarray, size: int, limits: Constraints, within: np.ndarray | None = None) -> np.ndarray:
    """Who has attained: exactly `size` in each draw, names and district totals respected where they can be.

    within: mask (draws, communes) of those who have attained at a later date; nobody else is taken before them.
    """
    forced = np.broadcast_to(2.0 * (limits.low == 19), key.shape).copy()
    barred = np.broadcast_to(1.0 * (limits.high < 19), key.shape).copy()
    if within is not None:
        barred = np.maximum(barred, 1.0 * ~within)
    base = key + _FORCE * (forced - barred)
    for inside, least, most in limits.districts:
        part = base[:, inside]
        order = np.argsort(np.argsort(-part, axis=1), axis=1)
        forced[:, inside] = np.where(order < least, np.maximum(forced[:, inside], 1.0), forced[:, inside])
        barred[:, inside] = np.where(order >= most, 1.0, barred[:, inside])
    return choose(key, size, forced, barred)


def draw_counts(
    snapshot: Snapshot,
    limits: Constraints,
    ranks: np.ndarray,
    rng: np.random.Generator,
    within: np.ndarray | None = None,
) -> np.ndarray:
    """Counts of every commune, shape (draws, communes), int8; see the module's text for what each draw respects.

    snapshot: with bands; ranks: (draws, communes); rng: generator for the counts inside the bands;
    within: mask (draws, communes) of those who have attained at a later date.

    >>> from kontum_analysis.ntm.published import Snapshot
    >>> s = Snapshot("2022-12-31", "X", "", bands=(1, 1, 1, 0, 0), mean_low=15.3, mean_high=15.34)
    >>> free = Constraints(np.zeros(3), np.full(3, 19.0), np.zeros(3), np.ones(3), ())
    >>> int(draw_counts(s, free, np.array([[3.0, 1.0, 2.0]]), np.random.default_rng(1)).sum())  # 15.33 x 3
    46
    """
    draws, n = ranks.shape
    counts = np.zeros((draws, n), np.int8)
    inside = choose_attained(ranks, snapshot.bands[0], limits, within)
    counts[inside] = 19
    band = np.where(inside, 0, 4).astype(np.int8)
    for b, level in enumerate(LEVELS[1:], start=1):
        size = sum(snapshot.bands[: b + 1])
        # 3 for communes already above, 1 for those whose published count belongs here
        reached = choose(ranks, size, 3.0 * inside + (limits.low >= level), limits.high < level)
        band[reached & ~inside] = b
        inside = reached
    slots = counts_within_bands(snapshot, draws, rng)
    start = 0
    for b, size in enumerate(snapshot.bands[1:], start=1):
        if size:
            place = np.nonzero(band == b)[1].reshape(draws, size)
            order = np.argsort(-np.take_along_axis(ranks, place, axis=1), axis=1)
            values = -np.sort(-slots[:, start : start + size], axis=1)
            np.put_along_axis(counts, np.take_along_axis(place, order, axis=1), values, axis=1)
        start += size
    return _within_limits(counts, band, limits, snapshot.ranges)


def _within_limits(
    counts: np.ndarray, band: np.ndarray, limits: Constraints, ranges: Sequence[tuple[int, int]]
) -> np.ndarray:
    """Bring communes to their published limits by swaps inside a band, which keep sums and bands as they are.

    Where no partner exists the commune is moved alone, and others make up for it criterion by criterion, each inside
    its band and limits. Only if nobody can does the limit win over the published mean.
    """
    lowest, highest = np.array([r[0] for r in ranges]), np.array([r[1] for r in ranges])
    wanted = counts.sum(axis=1, dtype=int)
    for i in np.flatnonzero((limits.low < 19) & ((limits.low > 0) | (limits.high < 18))):
        low, high = np.maximum(limits.low[i], lowest[band[:, i]]), np.minimum(limits.high[i], highest[band[:, i]])
        rows = np.flatnonzero(((counts[:, i] < low) | (counts[:, i] > high)) & (low <= high))
        if rows.size == 0:
            continue
        mine, theirs = counts[rows, i][:, None], counts[rows]
        fits = (band[rows] == band[rows, i][:, None]) & (theirs >= limits.low[i]) & (theirs <= limits.high[i])
        fits &= (limits.low <= mine) & (limits.high >= mine)
        partner, able = np.argmin(np.where(fits, np.abs(theirs - mine), 99), axis=1), fits.any(axis=1)
        counts[rows[~able], i] = np.clip(counts[rows, i], low[rows], high[rows])[~able]
        rows, partner = rows[able], partner[able]
        counts[rows, i], counts[rows, partner] = counts[rows, partner], counts[rows, i].copy()
    while (rows := np.flatnonzero(off := wanted - counts.sum(axis=1, dtype=int))).size:
        step, place = np.sign(off[rows])[:, None], band[rows]
        moved = counts[rows] + step
        able = (moved >= np.maximum(lowest[place], limits.low)) & (moved <= np.minimum(highest[place], limits.high))
        able &= place > 0
        who = np.argmax(able * (10 - np.abs(moved - (lowest + highest)[place] / 2)), axis=1)  # the middle of a band
        fine = able[np.arange(len(rows)), who]
        counts[rows[fine], who[fine]] += step[fine, 0].astype(np.int8)
        wanted[rows[~fine]] = counts[rows[~fine]].sum(axis=1, dtype=int)  # nobody can: given up
    return counts
