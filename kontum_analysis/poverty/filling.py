"""The missing cells of the district panel: drawn so that every draw adds up to the province.

Model of a missing cell, on the log odds of the rate (and, alike, on the log of the households):

    theta[d, t] = theta[d, t-1] + drift[t] + error,  error ~ N(0, tau²)

a random walk between and after the known years of the district. The mean drift and tau come from the districts known in
the first and the last year; both are drawn anew in every draw (t and chi-square with n-1 degrees of freedom), so that
the small number of districts widens the intervals. The drift is split over the years as the province's own log odds
moved (evenly where the province moved to and fro). Each draw is then conditioned on the published total of the
province: its log odds move together along prior variance × sensitivity of the count, N p (1 - p), which for a linear
total is exact conditioning of a Gaussian draw (Matheron's rule; Wilson and others 2021, JMLR 22(105)), as far as the
total needs. Then it is rounded to whole households by largest remainder. Assumed, not known: normal errors, equal tau
in all districts, errors independent between districts before the total ties them together.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from ..base.errors import KontumError
from ..data.areas import PROVINCE
from ..methods.sums import apportion, rates_summing_to
from .districts import Cell, Facts

TAU_WITHOUT_EVIDENCE = 0.30  # log odds a year, used only while fewer than three districts are known twice
GROWTH_SD_WITHOUT_EVIDENCE = 0.01
LEAST_DISTRICTS = 3  # known twice, from which drift and tau are learned


class Run(NamedTuple):
    """What every step takes: known cells, districts, years, and random numbers of each district and in common."""

    facts: Facts
    codes: list[str]
    years: list[int]
    draws: int
    streams: dict[str, np.random.Generator]
    common: np.random.Generator


class Walk(NamedTuple):
    """Draws through the known cells, shape (district, year, draw), and how far each cell may move (0 where known)."""

    theta: np.ndarray
    spread: np.ndarray


def fill_households(run: Run) -> np.ndarray:
    """Households of the districts, whole numbers of shape (district, year, draw).

    Raises KontumError where known districts exceed the province.
    """
    total = np.array(
        [_draw_within(run.facts[PROVINCE, year, "households"], run.draws, run.common) for year in run.years]
    )
    log_households = np.full((len(run.codes), len(run.years), run.draws), np.nan)
    for i, code in enumerate(run.codes):
        for j, year in enumerate(run.years):
            if cell := run.facts.get((code, year, "households")):
                log_households[i, j] = np.log(_draw_within(cell, run.draws, run.streams[code]))
    walk = _walk(run, log_households, np.diff(np.log(total), axis=0), GROWTH_SD_WITHOUT_EVIDENCE)
    households = np.rint(np.exp(log_households))
    for j, year in enumerate(run.years):
        is_missing = np.isnan(log_households[:, j, 0])
        if not is_missing.any():
            continue
        left = total[j] - households[~is_missing, j].sum(axis=0)
        if np.any(left < 0):
            raise KontumError("error.households_fit", year=year, total=total[j].mean())
        share = np.exp(walk.theta[is_missing, j])
        households[is_missing, j] = apportion(share * left / share.sum(axis=0), left)
    return np.asarray(households.astype(np.int64))


def _draw_within(cell: Cell, draws: int, stream: np.random.Generator) -> np.ndarray:
    """Whole numbers spread evenly over the range of a cell, shape (draw,)."""
    return stream.integers(int(np.ceil(cell.low)), int(np.floor(cell.high)) + 1, draws)


def fill_poor(run: Run, households: np.ndarray) -> np.ndarray:
    """Poor households of the districts, whole numbers of shape (district, year, draw); households: same shape.

    Raises KontumError where the known districts do not fit the province's total.
    """
    counts = _known_poor(run, households)
    total = np.array([run.facts[PROVINCE, year, "poor_households"].middle for year in run.years])
    province = np.log(total[:, None]) - np.log(households.sum(axis=0) - total[:, None])
    inner = np.clip(counts, 0.5, households - 0.5)  # the log odds of none and of all are infinite
    walk = _walk(run, logit(inner / households), np.diff(province, axis=0), TAU_WITHOUT_EVIDENCE)
    poor = counts.copy()
    for j in range(len(run.years)):
        fill = fill_estimated_districts if np.isnan(counts[:, j, 0]).any() else reconcile_rounded_rates
        poor[:, j] = fill(run, j, households[:, j], counts[:, j], walk, total[j])
    return poor.astype(np.int64)


def _known_poor(run: Run, households: np.ndarray) -> np.ndarray:
    """Poor households of the known cells, shape (district, year, draw); nan elsewhere.

    A count is taken as it is; a rate is spread evenly over the range that its rounding leaves.
    """
    counts = np.full(households.shape, np.nan)
    for i, code in enumerate(run.codes):
        for j, year in enumerate(run.years):
            if cell := run.facts.get((code, year, "poor_households")):
                counts[i, j] = cell.middle
            elif cell := run.facts.get((code, year, "rate")):
                rate = run.streams[code].uniform(cell.low, cell.high, run.draws)
                counts[i, j] = np.rint(rate * households[i, j])
    return counts


def fill_estimated_districts(
    run: Run, j: int, households: np.ndarray, counts: np.ndarray, walk: Walk, total: float
) -> np.ndarray:
    """Poor households of year j, in which some districts are not known: they take what the known ones leave.

    households, counts: of that year, shape (district, draw); a count is nan where a district is missing.
    """
    is_missing = np.isnan(counts[:, 0])
    left = (total - counts[~is_missing].sum(axis=0)).astype(np.int64)
    if np.any((left < 0) | (left > households[is_missing].sum(axis=0))):
        raise KontumError("error.poor_fit", year=run.years[j], total=total)
    poor = counts.copy()
    poor[is_missing] = _share_out(left, walk.theta[is_missing, j], walk.spread[is_missing, j], households[is_missing])
    return poor


def reconcile_rounded_rates(
    run: Run, j: int, households: np.ndarray, counts: np.ndarray, walk: Walk, total: float
) -> np.ndarray:
    """Poor households of year j, in which all districts are known: those known by a rate take what the counts leave.

    households, counts: of that year, shape (district, draw).
    """
    year = run.years[j]
    by_rate = np.array([(code, year, "poor_households") not in run.facts for code in run.codes])
    left = (total - counts[~by_rate].sum(axis=0)).astype(np.int64)
    cells = [run.facts[code, year, "rate"] for code in np.array(run.codes)[by_rate]]
    least = sum(np.floor(cell.low * base.min()) for cell, base in zip(cells, households[by_rate], strict=True))
    most = sum(np.ceil(cell.high * base.max()) for cell, base in zip(cells, households[by_rate], strict=True))
    if np.any((left < least) | (left > most)):
        raise KontumError("error.poor_fit", year=year, total=total)
    poor = counts.copy()
    if by_rate.any():
        poor[by_rate] = _share_out(left, walk.theta[by_rate, j], np.ones(by_rate.sum()), households[by_rate])
    return poor


def _share_out(left: np.ndarray, theta: np.ndarray, spread: np.ndarray, households: np.ndarray) -> np.ndarray:
    """Whole poor households of some districts that add up to `left`, shape (district, draw).

    left: shape (draw,); theta: their log odds, (district, draw); spread: prior variances against each other,
    (district,).
    """
    rates = expit(theta)
    sensitivity = (households * rates * (1 - rates)).mean(axis=1)
    rates = rates_summing_to(left, theta, households, spread * sensitivity)
    return apportion(rates * households, left, ceiling=households)


def _walk(run: Run, values: np.ndarray, province_drift: np.ndarray, sd_without_evidence: float) -> Walk:
    """Random-walk draws through the known cells.

    values: (district, year, draw), nan where a cell is missing; province_drift: (year - 1, draw).
    """
    n_area, n_year, _ = values.shape
    is_known = ~np.isnan(values[:, :, 0])
    theta, spread = values.copy(), np.zeros((n_area, n_year))
    if n_year == 1:
        return Walk(theta, spread)
    drift, tau = _draw_drift(run, values, province_drift, sd_without_evidence)
    start = np.zeros((1, run.draws))
    path = np.concatenate([start, np.cumsum(drift, axis=0)])
    for i, code in enumerate(run.codes):
        errors = run.streams[code].standard_normal((n_year - 1, run.draws)) * tau
        walk = path + np.concatenate([start, np.cumsum(errors, axis=0)])
        anchors = np.flatnonzero(is_known[i])
        for j in np.flatnonzero(~is_known[i]):
            before, later = anchors[anchors < j].max(), anchors[anchors > j]
            theta[i, j] = values[i, before] + walk[j] - walk[before]
            spread[i, j] = j - before
            if len(later):  # a bridge: the walk is bent to meet the next known cell
                after = later.min()
                share = (j - before) / (after - before)
                theta[i, j] += share * (values[i, after] - values[i, before] - walk[after] + walk[before])
                spread[i, j] = (j - before) * (1 - share)
    return Walk(theta, spread)


def _draw_drift(
    run: Run, values: np.ndarray, province_drift: np.ndarray, sd_without_evidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Draws of the districts' mean drift, shape (year - 1, draw), and of tau, the sd of a year's error, (draw,)."""
    years = len(province_drift)
    is_twice = ~np.isnan(values[:, 0, 0]) & ~np.isnan(values[:, -1, 0])
    change = (values[is_twice, -1] - values[is_twice, 0]).mean(axis=1)
    province_change = province_drift.sum(axis=0)
    n = len(change)
    if n >= LEAST_DISTRICTS:
        sd = change.std(ddof=1) * np.sqrt((n - 1) / run.common.chisquare(n - 1, run.draws))
        mean = change.mean() + sd * run.common.standard_normal(run.draws) / np.sqrt(n)
        tau = sd / np.sqrt(years)
    else:
        mean, tau = province_change, np.full(run.draws, sd_without_evidence)
    is_same_way = (np.sign(province_drift) == np.sign(province_change)).all(axis=0) & (province_change != 0)
    share = np.where(is_same_way, province_drift, 1.0) / np.where(is_same_way, province_change, years)
    return province_drift + share * (mean - province_change), tau
