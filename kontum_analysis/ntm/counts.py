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
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from .bands import counts_within_bands
from .communes import Commune
from .published import RANGES, Snapshot, decimal_year

RANK_MEMORY = 0.85
_FORCE = 1e3  # larger than any difference of latent ranks


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
    """Limits and rank scores of the communes on the day of a snapshot, from what is known of them and their districts.

    members: list of `Commune`; totals: table of `district_totals`; history: list of `Snapshot`, for ranks.
    """
    n, day = len(members), snapshot.day
    low, high = np.zeros(n), np.full(n, 19.0)
    score, weight = np.zeros(n), np.zeros(n)
    for i, c in enumerate(members):
        for count_day, least, most, standard, is_exact_day in c.counts:
            if standard == snapshot.standard and count_day <= day:
                low[i] = max(low[i], min(least, 18))
            if standard == snapshot.standard and count_day >= day and is_exact_day:
                high[i] = min(high[i], most)
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
    statements = [row for row in c.counts if row[0] <= snapshot.day]
    if c.attained_by and (c.attained_by <= snapshot.day or not statements):
        statements.append((c.attained_by, 19, 19, "", True))
    if not statements:
        return 0.0, 0.0
    day = max(statements)[0]
    latest = [row for row in statements if row[0] == day]
    count = (max(row[1] for row in latest) + min(row[2] for row in latest)) / 2
    near = min((s for s in history if s.bands), key=lambda s: abs(s.time - decimal_year(day)))
    communes, above = sum(near.bands), 0.0
    for size, (low, high) in zip(near.bands, near.ranges, strict=True):
        above += size * np.clip((high + 0.5 - count) / (high - low + 1), 0, 1)
    share = np.clip(1 - above / communes, 1 / (2 * communes), 1 - 1 / (2 * communes))
    return ndtri(share), RANK_MEMORY ** abs(snapshot.time - decimal_year(day))


def _district_limits(
    day: str, codes: np.ndarray, totals: pd.DataFrame, low: np.ndarray
) -> tuple[tuple[np.ndarray, int, int], ...]:
    limits = []
    for code, rows in totals.groupby("district"):
        inside = np.flatnonzero(codes == code)
        name_count = int((low[inside] == 19).sum())
        least = min(max([name_count, *rows.loc[rows["day"] <= day, "attained"]]), len(inside))
        most = min([len(inside), *rows.loc[rows["caps_until"] >= day, "attained"]])
        limits.append((inside, least, max(most, least)))
    return tuple(limits)


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
    reasons_for = np.broadcast_to(2.0 * (limits.low == 19), key.shape).copy()
    reasons_against = np.broadcast_to(1.0 * (limits.high < 19), key.shape).copy()
    if within is not None:
        reasons_against = np.maximum(reasons_against, 1.0 * ~within)
    base = key + _FORCE * (reasons_for - reasons_against)
    for inside, least, most in limits.districts:
        part = base[:, inside]
        order = np.argsort(np.argsort(-part, axis=1), axis=1)
        reasons_for[:, inside] = np.where(
            order < least, np.maximum(reasons_for[:, inside], 1.0), reasons_for[:, inside]
        )
        reasons_against[:, inside] = np.where(order >= most, 1.0, reasons_against[:, inside])
    return choose(key, size, reasons_for, reasons_against)


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

    >>> s = Snapshot("2022-12-31", "X", "", bands=(1, 1, 1, 0, 0), mean_low=15.3, mean_high=15.34)
    >>> free = Constraints(np.zeros(3), np.full(3, 19.0), np.zeros(3), np.ones(3), ())
    >>> int(draw_counts(s, free, np.array([[3.0, 1.0, 2.0]]), np.random.default_rng(1)).sum())  # 15.33 x 3
    46
    """
    draws, n = ranks.shape
    counts = np.zeros((draws, n), np.int8)
    above = choose_attained(ranks, snapshot.bands[0], limits, within)
    counts[above] = 19
    band = np.where(above, 0, 4).astype(np.int8)
    for b, (level, _) in enumerate(RANGES[1:4], start=1):
        size = sum(snapshot.bands[: b + 1])
        # 3 for communes already above, 1 for those whose published count belongs here
        is_in_band_or_above = choose(ranks, size, 3.0 * above + (limits.low >= level), limits.high < level)
        band[is_in_band_or_above & ~above] = b
        above = is_in_band_or_above
    slots = counts_within_bands(snapshot, draws, rng)
    start = 0
    for b, size in enumerate(snapshot.bands[1:], start=1):
        if size:
            place = np.nonzero(band == b)[1].reshape(draws, size)
            order = np.argsort(-np.take_along_axis(ranks, place, axis=1), axis=1)
            values = -np.sort(-slots[:, start : start + size], axis=1)
            np.put_along_axis(counts, np.take_along_axis(place, order, axis=1), values, axis=1)
        start += size
    return fit_limits(counts, band, limits, snapshot.ranges)


def fit_limits(
    counts: np.ndarray, band: np.ndarray, limits: Constraints, ranges: Sequence[tuple[int, int]]
) -> np.ndarray:
    """Counts with every commune brought to its published limits by swaps inside a band, which keep sums and bands.

    counts, band: (draws, communes); counts is changed in place. Where no partner exists the commune is moved alone,
    and `restore_sums` makes up for it. Only if nobody can does the limit win over the published mean.
    """
    lowest, highest = (np.array(ends)[band] for ends in zip(*ranges, strict=True))
    least, most = np.maximum(limits.low, lowest), np.minimum(limits.high, highest)
    is_possible = least <= most  # a limit outside the band cannot be kept
    least, most = np.where(is_possible, least, lowest), np.where(is_possible, most, highest)
    sums = counts.sum(axis=1, dtype=int)
    for i in np.flatnonzero((limits.low < 19) & ((limits.low > 0) | (limits.high < 18))):
        rows = np.flatnonzero((counts[:, i] < least[:, i]) | (counts[:, i] > most[:, i]))
        if rows.size == 0:
            continue
        value, others = counts[rows, i][:, None], counts[rows]
        can_swap = (band[rows] == band[rows, i][:, None]) & (others >= limits.low[i]) & (others <= limits.high[i])
        can_swap &= (limits.low <= value) & (limits.high >= value)
        partner = np.argmin(np.where(can_swap, np.abs(others - value), 99), axis=1)
        has_partner = can_swap.any(axis=1)
        alone = rows[~has_partner]
        counts[alone, i] = np.clip(counts[alone, i], least[alone, i], most[alone, i])
        rows, partner = rows[has_partner], partner[has_partner]
        counts[rows, i], counts[rows, partner] = counts[rows, partner], counts[rows, i].copy()
    return restore_sums(counts, sums, least, most, (lowest + highest) / 2)


def restore_sums(
    counts: np.ndarray, sums: np.ndarray, least: np.ndarray, most: np.ndarray, middle: np.ndarray
) -> np.ndarray:
    """Counts whose rows add up to `wanted` again, as far as the limits of the communes allow; changed in place.

    counts, least, most: (draws, communes), the counts and what each commune may have; sums: (draws,). One criterion
    at a time is given to, or taken from, the commune that thereby stands nearest to the middle of its band.

    >>> counts = np.array([[16, 11]])
    >>> restore_sums(counts, np.array([29]), np.array([[15, 10]]), np.array([[17, 14]]), np.array([[16, 12]])).tolist()
    [[17, 12]]
    """
    missing = sums - counts.sum(axis=1, dtype=int)
    for _ in range(np.abs(missing).max(initial=0)):  # each pass brings every open draw one nearer, or gives it up
        unbalanced = np.flatnonzero(missing)
        step = np.sign(missing[unbalanced])[:, None]
        trial = counts[unbalanced] + step
        can_move = (trial >= least[unbalanced]) & (trial <= most[unbalanced])
        chosen_commune = np.argmax(can_move * (10 - np.abs(trial - middle[unbalanced])), axis=1)
        has_moved = can_move[np.arange(len(unbalanced)), chosen_commune]
        counts[unbalanced, chosen_commune] += np.where(has_moved, step[:, 0], 0).astype(counts.dtype)
        missing[unbalanced] = np.where(has_moved, missing[unbalanced] - step[:, 0], 0)
    return counts
