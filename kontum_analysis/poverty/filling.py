"""The missing cells of the district panel: drawn so that every draw adds up to the province.

Model of a missing cell, on the log odds of the rate (and, alike, on the log of the households):

    theta[d, t] = theta[d, t-1] + drift[t] + error,  error ~ N(0, tau²)

a random walk between and after the known years of the district. Mean drift and tau come from the districts known in
the first year and in the last one with a published total; both are drawn anew in every draw (t and chi-square with
n-1 degrees of freedom), so that the small number of districts widens the intervals, and then resampled by how likely
they make the total of the districts that are not known. The drift is split over the years as the province's own log
odds moved (evenly where the province moved to and fro); after the last published total it is the province's. Each
draw is then conditioned on its total: the log odds move together along prior variance × sensitivity of the count, N p
(1 - p), as far as the total needs, which for a linear total is exact conditioning of a Gaussian draw (Matheron's
rule; Wilson and others 2021, JMLR 22(105)). Then it is rounded to whole households by largest remainder. Assumed, not
known: normal errors, equal tau in all districts, errors independent between districts before the total ties them
together.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from ..base.errors import KontumError
from ..methods.sums import apportion, rates_summing_to
from .districts import Cell, Facts
from .totals import resample

TAU_WITHOUT_EVIDENCE = 0.30  # log odds a year, used only while fewer than three districts are known twice
GROWTH_SD_WITHOUT_EVIDENCE = 0.01
LEAST_DISTRICTS = 3  # known twice, from which drift and tau are learned
THREE_POINTS = (
    np.array([-(3**0.5), 0.0, 3**0.5]),
    np.array([1, 4, 1]) / 6,
)  # Gauss-Hermite: the mean over a normal error


class Run(NamedTuple):
    """What every step takes: the known cells, districts and years, and random numbers of each district and in common.

    last_total: place of the last year whose total is published.
    """

    facts: Facts
    codes: list[str]
    years: list[int]
    last_total: int
    draws: int
    streams: dict[str, np.random.Generator]
    common: np.random.Generator


class Walk(NamedTuple):
    """Draws through the known cells, shape (district, year, draw), and how far each cell may move (0 where known)."""

    theta: np.ndarray
    spread: np.ndarray


def draw_within(cell: Cell, draws: int, stream: np.random.Generator) -> np.ndarray:
    """Whole numbers spread evenly over the range of a cell, shape (draw,)."""
    return stream.integers(int(np.ceil(cell.low)), int(np.floor(cell.high)) + 1, draws)


def fill_households(run: Run, total: np.ndarray) -> np.ndarray:
    """Households of the districts, whole numbers of shape (district, year, draw); total: of the province, (year, draw).

    Raises KontumError where known districts exceed the province.
    """
    values = np.full((len(run.codes), len(run.years), run.draws), np.nan)
    for i, code in enumerate(run.codes):
        for j, year in enumerate(run.years):
            if cell := run.facts.get((code, year, "households")):
                values[i, j] = np.log(draw_within(cell, run.draws, run.streams[code]))
    walk = _walk(run, values, np.diff(np.log(total), axis=0), GROWTH_SD_WITHOUT_EVIDENCE)
    households = np.rint(np.exp(values))
    for j, year in enumerate(run.years):
        is_missing = np.isnan(values[:, j, 0])
        left = total[j] - np.where(is_missing[:, None], 0, households[:, j]).sum(axis=0)
        if not is_missing.any():
            continue
        if np.any(left < 0):
            raise KontumError("error.households_fit", year=year, total=total[j].mean())
        share = np.exp(walk.theta[is_missing, j])
        households[is_missing, j] = apportion(share * left / share.sum(axis=0), left)
    return np.asarray(households.astype(np.int64))


def known_poor(run: Run, households: np.ndarray) -> np.ndarray:
    """Poor households of the known cells, shape (district, year, draw); nan elsewhere.

    A count is taken as it is; a printed rate is spread evenly over the range that its rounding leaves.
    """
    values = np.full(households.shape, np.nan)
    for i, code in enumerate(run.codes):
        for j, year in enumerate(run.years):
            if cell := run.facts.get((code, year, "poor_households")):
                values[i, j] = cell.middle
            elif cell := run.facts.get((code, year, "rate")):
                rate = run.streams[code].uniform(cell.low, cell.high, run.draws)
                values[i, j] = np.rint(rate * households[i, j])
    return values


def known_log_likelihood(
    run: Run, values: np.ndarray, households: np.ndarray, province_rates: np.ndarray
) -> np.ndarray:
    """Log likelihood of the districts known after the last published total, given the province's rates, shape (draw,).

    A district is expected to move as the province does from its last known year; tau is that of the known changes.
    """
    theta = logit(np.clip(values, 0.5, households - 0.5) / households)
    province = logit(province_rates)
    is_known, last = ~np.isnan(values[:, :, 0]), run.last_total
    is_twice = is_known[:, 0] & is_known[:, last]
    tau = TAU_WITHOUT_EVIDENCE
    if last and is_twice.sum() >= LEAST_DISTRICTS:
        tau = (theta[is_twice, last] - theta[is_twice, 0]).mean(axis=1).std(ddof=1) / np.sqrt(last)
    log_weight = np.zeros(run.draws)
    for i, j in zip(*np.nonzero(is_known), strict=True):
        if j > last:
            before = np.flatnonzero(is_known[i, :j]).max()
            expected = theta[i, before] + province[j] - province[before]
            log_weight -= 0.5 * ((theta[i, j] - expected) / tau) ** 2 / (j - before)
    return log_weight


def fill_poor(run: Run, households: np.ndarray, values: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Poor households of the districts, whole numbers of shape (district, year, draw); total: of the province.

    Raises KontumError where the known districts do not fit the province's total.
    """
    whole = households.sum(axis=0)
    province = logit(np.clip(total / whole, 1e-6, 1 - 1e-6))
    inner = np.clip(values, 0.5, households - 0.5)  # the log odds of none and of all are infinite
    walk = _walk(run, logit(inner / households), np.diff(province, axis=0), TAU_WITHOUT_EVIDENCE, households, total)
    poor = values.copy()
    for j in range(len(run.years)):
        if np.isnan(values[:, j, 0]).any():
            poor[:, j] = fill_estimated_districts(run, j, households, values, walk, total[j])
        else:
            poor[:, j] = reconcile_rounded_rates(run, j, households, values, walk, total[j])
    return poor.astype(np.int64)


def fill_estimated_districts(
    run: Run, j: int, households: np.ndarray, values: np.ndarray, walk: Walk, total: np.ndarray
) -> np.ndarray:
    """Poor households of a year in which some districts are not known: they take what the known ones leave."""
    is_missing = np.isnan(values[:, j, 0])
    poor = values[:, j].copy()
    left = (total - np.nansum(values[:, j], axis=0)).astype(np.int64)
    if np.any((left < 0) | (left > households[is_missing, j].sum(axis=0))):
        raise KontumError("error.poor_fit", year=run.years[j], total=total.mean())
    theta = walk.theta[is_missing, j]
    rate = expit(theta)
    sensitivity = (households[is_missing, j] * rate * (1 - rate)).mean(axis=1)
    base = households[is_missing, j]
    rates = rates_summing_to(left, theta, base, walk.spread[is_missing, j] * sensitivity)
    poor[is_missing] = apportion(rates * base, left, ceiling=base)
    return poor


def reconcile_rounded_rates(
    run: Run, j: int, households: np.ndarray, values: np.ndarray, walk: Walk, total: np.ndarray
) -> np.ndarray:
    """Poor households of a year in which all districts are known: those known by a rate take what the counts leave."""
    year, poor = run.years[j], values[:, j].copy()
    by_rate = np.array([(code, year, "poor_households") not in run.facts for code in run.codes])
    left = (total - poor[~by_rate].sum(axis=0)).astype(np.int64)
    cells = [run.facts[code, year, "rate"] for code in np.array(run.codes)[by_rate]]
    base = households[by_rate, j]
    least = sum(np.floor(cell.low * h.min()) for cell, h in zip(cells, base, strict=True))
    most = sum(np.ceil(cell.high * h.max()) for cell, h in zip(cells, base, strict=True))
    if np.any((left < least) | (left > most)):
        raise KontumError("error.poor_fit", year=year, total=total.mean())
    if by_rate.any():
        theta = walk.theta[by_rate, j]
        rate = expit(theta)
        sensitivity = (base * rate * (1 - rate)).mean(axis=1)
        rates = rates_summing_to(left, theta, base, sensitivity)
        poor[by_rate] = apportion(rates * base, left, ceiling=base)
    return poor


def _walk(
    run: Run,
    values: np.ndarray,
    province_drift: np.ndarray,
    sd_without_evidence: float,
    households: np.ndarray | None = None,
    total: np.ndarray | None = None,
) -> Walk:
    """Random-walk draws through the known cells.

    values: (district, year, draw), nan where a cell is missing; province_drift: (year - 1, draw). households, total:
    of the poverty rates alone, whose drift and tau are resampled by the total that the missing districts leave.
    """
    n_area, n_year, _ = values.shape
    is_known, last = ~np.isnan(values[:, :, 0]), run.last_total
    if n_year == 1:
        return Walk(values, np.zeros((n_area, 1)))
    closed = province_drift[:last]
    whole = closed.sum(axis=0)
    is_same_way = (np.sign(closed) == np.sign(whole)).all(axis=0) & (whole != 0)
    share = np.where(is_same_way, closed, 1.0) / np.where(is_same_way, whole, max(last, 1))
    is_twice = is_known[:, 0] & is_known[:, last]
    mean, tau = whole, np.full(run.draws, sd_without_evidence)
    if last and is_twice.sum() >= LEAST_DISTRICTS:
        change = (values[is_twice, last] - values[is_twice, 0]).mean(axis=1)
        n = len(change)
        sd = change.std(ddof=1) * np.sqrt((n - 1) / run.common.chisquare(n - 1, run.draws))
        mean = change.mean() + sd * run.common.standard_normal(run.draws) / np.sqrt(n)
        tau = sd / np.sqrt(last)
        if households is not None and total is not None and not is_known[:, last].all():
            sample = _resampled_by_total(run, values, share, mean, tau, households[:, last], total[last])
            mean, tau = mean[sample], tau[sample]
    drift = province_drift.copy()
    drift[:last] += share * (mean - whole)
    path = np.concatenate([np.zeros((1, run.draws)), np.cumsum(drift, axis=0)])
    theta, spread = values.copy(), np.zeros((n_area, n_year))
    for i, code in enumerate(run.codes):
        steps = run.streams[code].standard_normal((n_year - 1, run.draws)) * tau
        walk = path + np.concatenate([np.zeros((1, run.draws)), np.cumsum(steps, axis=0)])
        anchors = np.flatnonzero(is_known[i])
        for j in np.flatnonzero(~is_known[i]):
            before, after = anchors[anchors < j].max(), anchors[anchors > j]
            theta[i, j] = values[i, before] + walk[j] - walk[before]
            spread[i, j] = j - before
            if len(after):  # a bridge: the walk is bent to meet the next known cell
                part = (j - before) / (after.min() - before)
                theta[i, j] += part * (values[i, after.min()] - values[i, before] - walk[after.min()] + walk[before])
                spread[i, j] = (j - before) * (1 - part)
    return Walk(theta, spread)


def _resampled_by_total(
    run: Run,
    values: np.ndarray,
    share: np.ndarray,
    mean: np.ndarray,
    tau: np.ndarray,
    households: np.ndarray,
    total: np.ndarray,
) -> np.ndarray:
    """Places of draws of (mean, tau), by the density of the missing districts' total that each of them gives.

    The total of the last published year is taken as log-normal, its mean and variance summed over the missing
    districts, each with a normal error of its log odds (three points of Gauss and Hermite).
    """
    last = run.last_total
    left = total - np.nansum(expit(values[:, last]) * households, axis=0)
    centre, variance = np.zeros(run.draws), np.zeros(run.draws)
    points, weights = THREE_POINTS
    for i in np.flatnonzero(np.isnan(values[:, last, 0])):
        before = np.flatnonzero(~np.isnan(values[i, :last, 0])).max()
        drift = share[before:].sum(axis=0) * mean
        rate = expit(values[i, before] + drift + points[:, None] * tau * np.sqrt(last - before))
        average = weights @ rate
        centre += households[i] * average
        variance += households[i] ** 2 * (weights @ (rate - average) ** 2)
    sd = np.sqrt(np.log1p(variance / centre**2))
    miss = (np.log(np.maximum(left, 1)) - np.log(centre)) / sd + sd / 2
    return resample(-0.5 * miss**2 - np.log(sd), run.common)
