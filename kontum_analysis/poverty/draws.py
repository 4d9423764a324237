"""Draws around the poverty paths: what a pace does not fix, and an outlook in which the pace itself is uncertain.

The province moves first, then its districts, which are bent so that they add up to it:

- outlook: the province's rate moves at a speed and with yearly shocks drawn from `speeds` (every series of the review),
  on the log odds or another scale; a scenario: its rate moves along the scenario's path, the shocks alone are drawn.
- a district moves with the province on the log odds, from its opening draw (`estimate_panel`, so a district without a
  published figure starts uncertain), plus a random walk of its own whose yearly standard deviation is that of the
  districts' known changes; then one shift a year brings the districts to the province's draw. Of 615 cases of a
  harmonised MPI panel the parent's slope beat every step towards an area's own.
- no district falls below its floor, the households without labour capacity. There the draws pile up, and what is
  printed is the floor, not an interval.

Spread grows with the root of the horizon, and in the outlook faster, since a wrong speed adds up. Assumed: normal
shocks, equal in all districts and independent between years; households grow without error; no change of standard.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from ..base.errors import ScenarioError
from ..data.areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE, poor_districts
from ..methods.intervals import TOLERANCE
from ..methods.streams import random_stream
from ..methods.sums import rates_summing_to
from .districts import FIRST_YEAR
from .estimates import Estimates
from .filling import TAU_WITHOUT_EVIDENCE
from .paces import Baseline, Inputs, baseline, district_paths
from .scenarios import Scenario
from .speeds import CHOICES, Choice

QUANTILES = (0.025, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.975)


@dataclass(frozen=True)
class Draws:
    """Rates (fractions) of the districts, shape (district, year, draw), and the households they are shares of.

    floors: the lowest rate of each district, shape (district, year).
    """

    areas: tuple[str, ...]
    years: tuple[int, ...]
    rates: np.ndarray
    households: np.ndarray
    floors: np.ndarray

    def of(self, code: str) -> np.ndarray:
        """Rates of a district, the province, 62-POOR or 62-REST; shape (year, draw)."""
        return self._average(code, self.rates)

    def _average(self, code: str, rates: np.ndarray) -> np.ndarray:
        """The average of districts' rates, shape (district, year, ...), weighted by households."""
        is_poor = np.isin(self.areas, poor_districts())
        groups = {PROVINCE: np.ones(len(self.areas), bool), POOR_DISTRICTS: is_poor, OTHER_DISTRICTS: ~is_poor}
        member = groups[code] if code in groups else np.array(self.areas) == code
        weight = self.households[member] / self.households[member].sum(axis=0)
        return np.asarray(np.einsum("ay,ay...->y...", weight, rates[member]))

    def quantiles(self) -> pd.DataFrame:
        """Tidy table: area, year, q025 … q975 of the rate, at_floor, for the province, the two groups and each
        district.

        at_floor: the share of draws (fraction) that end at the floor. An interval without width is missing, since a
        floor, or a known opening rate, is no interval; where it is that of 80 %, so are all others.
        """
        rows = []
        for code in (PROVINCE, POOR_DISTRICTS, OTHER_DISTRICTS, *self.areas):
            rates, floor = self.of(code), self._average(code, self.floors)
            quantiles = np.quantile(rates, QUANTILES, axis=1)
            at_floor = (rates <= floor[:, None] + 1e-12).mean(axis=1)
            is_flat = np.abs(quantiles[::-1] - quantiles) < TOLERANCE
            is_flat |= is_flat[2]
            is_flat[4] = False  # the median stays
            quantiles[is_flat] = np.nan
            table = {name: row for name, row in zip(QUANTILE_NAMES, quantiles, strict=True)}
            rows.append(pd.DataFrame({"area": code, "year": self.years, **table, "at_floor": at_floor}))
        return pd.concat(rows, ignore_index=True)


QUANTILE_NAMES = tuple(f"q{1000 * q:03.0f}" if 1000 * q % 10 else f"q{100 * q:02.0f}" for q in QUANTILES)


def scenario_draws(
    obs: pd.DataFrame | Inputs, scenario: Scenario, draws: int = 10_000, seed: int = 3299, last_only: bool = False
) -> Draws:
    """Draws around the path of a scenario: its paces are taken as given, what they do not fix is drawn.

    last_only: of the last year alone, where no other is asked about: the same draws in a fraction of the time.
    Raises ScenarioError for fewer than 2 draws or a scenario that cannot run.

    >>> from kontum_analysis.data.observations import load_observations
    >>> from kontum_analysis.poverty.scenarios import preset
    >>> d = scenario_draws(load_observations(), preset("programme-mid", end=2025), draws=500)
    >>> d.rates.shape
    (10, 5, 500)
    """
    base, inputs = baseline(obs, scenario), Inputs.of(obs)
    years = np.arange(scenario.start, scenario.end + 1)
    centre = logit(district_paths(base, scenario, years)[0])[:, :, None]
    shocks = inputs.movement(_check(draws), seed).shocks
    shared = _walk(random_stream(seed, PROVINCE, 2), len(years), draws, shocks)
    path = expit(logit((base.weights[:, None, None] * expit(centre)).sum(axis=0)) + shared)
    change, estimates = centre - centre[:, :1] + shared, inputs.estimates(draws, seed)
    return _bend(base, estimates, years, change, path, seed, first=len(years) - 1 if last_only else 0)


def outlook_draws(
    obs: pd.DataFrame | Inputs,
    end: int = 2030,
    draws: int = 10_000,
    seed: int = 3299,
    choice: Choice = CHOICES["default"],
) -> Draws:
    """Draws of what may come if history is the guide: no scenario, the speed itself is drawn.

    Starts from the last year of the panel: one with a published total, or one that is estimated from what is
    published of it. choice: how the speed is learned, one of `speeds.CHOICES`.

    >>> from kontum_analysis.data.observations import load_observations
    >>> d = outlook_draws(load_observations(), end=2025, draws=500)
    >>> d.years[-1]
    2025
    """
    inputs = Inputs.of(obs)
    estimates = inputs.estimates(_check(draws), seed, choice)
    start = estimates.years[-1]
    if end <= start:
        raise ScenarioError("error.outlook.end", found=end, last=start)
    still = Scenario(name="outlook", province_pace_pp=0, poor_district_pace_pp=0, start=start, end=end)
    base = baseline(inputs, still)
    years = np.arange(start, end + 1)
    movement = estimates.movement or inputs.movement(draws, seed, choice)
    opening = estimates.poor[:, -1].sum(axis=0) / estimates.households[:, -1].sum(axis=0)
    path = movement.path(opening, end - start, random_stream(seed, PROVINCE, 2))
    return _bend(base, estimates, years, (logit(path) - logit(path[0]))[None], path, seed)


def _check(draws: int) -> int:
    if draws < 2:
        raise ScenarioError("error.draws", found=draws)
    return draws


def _bend(
    base: Baseline,
    estimates: Estimates,
    years: np.ndarray,
    change: np.ndarray,
    path: np.ndarray,
    seed: int,
    first: int = 0,
) -> Draws:
    """Districts moved from their opening draws, with walks of their own, and bent to the province's path.

    change: of the log odds since the start, shape (1 or district, year, draw); path: the province's rate, (year, draw);
    first: index of the first year that is kept.
    """
    draws = path.shape[1]
    opening = estimates.rates[:, estimates.years.index(int(years[0]))]
    sd = district_shock(estimates)
    walks = np.stack([_walk(random_stream(seed, code, 2), len(years), draws, sd) for code in base.areas])
    inner = np.clip(opening, 1e-6, 1 - 1e-6)  # the log odds of none and of all are infinite
    theta = logit(inner)[:, None, :] + change + walks
    rates = rates_summing_to(path[first:], theta[:, first:], base.weights[:, None, None])
    growth = (1 + base.growth) ** (years - years[0])[first:]
    floors = base.floor * base.rates[:, None] / growth
    rates = np.maximum(rates, floors[:, :, None])
    if first == 0:
        rates[:, 0] = opening
    return Draws(tuple(base.areas), tuple(years[first:].tolist()), rates, base.households[:, None] * growth, floors)


def _walk(stream: np.random.Generator, years: int, draws: int, sd: float | np.ndarray) -> np.ndarray:
    steps = sd * stream.standard_normal((years, draws))
    steps[0] = 0.0
    return np.cumsum(steps, axis=0)


def district_shock(estimates: Estimates) -> float:
    """Yearly standard deviation of a district's log odds about the province's, from districts known at both ends."""
    last = estimates.years.index(estimates.total_years[-1])
    theta = logit(np.clip(estimates.rates, 1e-6, 1 - 1e-6))
    is_sure = (estimates.poor[:, last] == estimates.poor[:, last, :1]).all(axis=1)
    if last == 0 or is_sure.sum() < 3:
        return TAU_WITHOUT_EVIDENCE
    change = (theta[is_sure, last] - theta[is_sure, 0]).mean(axis=1)
    return float(change.std(ddof=1) / np.sqrt(estimates.total_years[-1] - estimates.years[0]))


def chance_of_average(draws: Draws, code: str, pace_pp: float, opening: float, year: int) -> float:
    """Share of draws in which a rate falls by at least `pace_pp` points a year on average from end-2021.

    code: the province, 62-POOR, 62-REST or a district; year: at whose end; opening: the
    rate at end-2021 (fraction), see `known.opening_rates`.

    >>> from kontum_analysis.data.observations import load_observations
    >>> from kontum_analysis.poverty.known import opening_rates
    >>> obs = load_observations(as_of="2024-06-30")
    >>> chance_of_average(outlook_draws(obs, end=2025, draws=500), "62", 3.0, opening_rates(obs)["62"], 2023)
    1.0
    """
    return probability(draws, code, year, opening - pace_pp / 100 * (year - FIRST_YEAR))


def probability(draws: Draws, code: str, year: int, at_most: float) -> float:
    """Share of draws in which the rate of an area at the end of a year is at most so much (fraction).

    >>> from kontum_analysis.data.observations import load_observations
    >>> obs = load_observations(as_of="2024-06-30")
    >>> probability(outlook_draws(obs, end=2025, draws=500), "62", 2023, 0.07)
    1.0
    """
    return float((draws.of(code)[draws.years.index(year)] <= at_most).mean())
