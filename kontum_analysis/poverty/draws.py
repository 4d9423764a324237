"""Draws around the poverty paths: what a pace does not fix, and an outlook in which the pace itself is uncertain.

On the scale of the log odds, for district d, h years after the start, in each draw:

    theta[d, h] = centre[d, h] + (opening draw - opening value) + shared[h] + own[d, h]

- centre: the scenario's path; in the outlook the opening rate moving at one speed for all, drawn from `speed_prior`
  (own speed of the province and the wider history, weighed by their variances). Districts take the speed of the
  province: of 615 cases of a harmonised MPI panel the parent's slope beat every step towards an area's own.
- opening draw: `estimate_panel`, so a district without a published figure starts uncertain.
- shared: a random walk of the province's log odds, its yearly standard deviation that of provinces' speeds about their
  average; it moves all districts.
- own: a random walk of each district, its yearly standard deviation that of the districts' known changes, moved by one
  shift a year so that the districts add up to the province's draw.

The speed is drawn from a t distribution and the shared shock with a chi-square scale, since both rest on a handful of
series. Spread therefore grows with the root of the horizon, and in the outlook faster, since a wrong speed adds up.
Assumed: normal shocks, equal in all districts and independent between years; households grow without error; no change
of standard.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from ..base.errors import ScenarioError
from ..data.areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE, poor_districts
from ..methods.sums import rates_summing_to
from .districts import FIRST_YEAR
from .estimates import Estimates
from .filling import LEAST_DISTRICTS, TAU_WITHOUT_EVIDENCE
from .paces import Baseline, Inputs, baseline, district_paths
from .scenarios import Scenario

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)


@dataclass(frozen=True)
class Draws:
    """Rates (fractions) of the districts, shape (district, year, draw), and the households they are shares of."""

    areas: tuple[str, ...]
    years: tuple[int, ...]
    rates: np.ndarray
    households: np.ndarray

    def of(self, code: str) -> np.ndarray:
        """Rates of a district, the province, 62-POOR or 62-REST; shape (year, draw)."""
        is_poor = np.isin(self.areas, poor_districts())
        groups = {PROVINCE: np.ones(len(self.areas), bool), POOR_DISTRICTS: is_poor, OTHER_DISTRICTS: ~is_poor}
        is_member = groups[code] if code in groups else np.array(self.areas) == code
        weights = self.households[is_member]
        rates: np.ndarray = np.einsum("ay,ayd->yd", weights / weights.sum(axis=0), self.rates[is_member])
        return rates

    def quantiles(self) -> pd.DataFrame:
        """Tidy table: area, year, q05 … q95 of the rate, for the province, the two groups and each district."""
        tables = []
        for code in (PROVINCE, POOR_DISTRICTS, OTHER_DISTRICTS, *self.areas):
            quantiles = zip(QUANTILES, np.quantile(self.of(code), QUANTILES, axis=1), strict=True)
            columns = {f"q{round(100 * level):02d}": values for level, values in quantiles}
            tables.append(pd.DataFrame({"area": code, "year": self.years, **columns}))
        return pd.concat(tables, ignore_index=True)


def scenario_draws(obs: pd.DataFrame | Inputs, scenario: Scenario, draws: int = 10_000, seed: int = 3299) -> Draws:
    """Draws around the path of a scenario: its paces are taken as given, what they do not fix is drawn.

    Raises ScenarioError for fewer than 2 draws or a scenario that cannot run.

    >>> from kontum_analysis.data.observations import load_observations
    >>> from kontum_analysis.poverty.scenarios import preset
    >>> d = scenario_draws(load_observations(), preset("programme-mid", end=2025), draws=500)
    >>> d.rates.shape
    (10, 5, 500)
    """
    inputs = Inputs.of(obs)
    base = baseline(inputs, scenario)
    years = np.arange(scenario.start, scenario.end + 1)
    centre, _ = district_paths(base, scenario, years)
    return _draw(inputs, base, years, logit(centre)[:, :, None], draws, seed)


def outlook_draws(
    obs: pd.DataFrame | Inputs, end: int = 2030, draws: int = 10_000, seed: int = 3299, weight: float | None = None
) -> Draws:
    """Draws of what may come if history is the guide: no scenario, the speed itself is drawn.

    Starts from the last year with a published provincial count. weight: that of the province's own speed against
    history (None: by their variances; 0.25 is the blend that did best on 61 national cases of the MPI panel, for
    comparison).

    >>> from kontum_analysis.data.observations import load_observations
    >>> d = outlook_draws(load_observations(), end=2025, draws=500)
    >>> d.years
    (2023, 2024, 2025)
    """
    inputs = Inputs.of(obs)
    start = inputs.estimates(2).years[-1]
    if end <= start:
        raise ScenarioError("error.outlook.end", found=end, last=start)
    prior = inputs.prior
    centre, spread = prior["centre"], prior["spread"]
    if weight is not None and prior["own_years"]:
        centre = weight * prior["own"] + (1 - weight) * prior["mean"]
        spread = (1 - weight) * prior["between"]
    still = Scenario(name="outlook", province_pace_pp=0, poor_district_pace_pp=0, start=start, end=end)
    base = baseline(inputs, still)
    years = np.arange(start, end + 1)
    speed = centre + spread * _stream(seed, PROVINCE, 1).standard_t(max(prior["series"] - 1, 2), max(draws, 2))
    path = logit(base.rates)[:, None, None] + (years - start)[None, :, None] * speed
    return _draw(inputs, base, years, path, draws, seed)


def _stream(seed: int, code: str, part: int) -> np.random.Generator:
    """Random numbers of one area: a child of SeedSequence(seed, spawn_key=(code,)), whatever other areas there are."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(code), part)))


def _draw(inputs: Inputs, base: Baseline, years: np.ndarray, centre: np.ndarray, draws: int, seed: int) -> Draws:
    """Draws about `centre`, the log odds of the districts, shape (district, year, 1 or draw)."""
    if draws < 2:
        raise ScenarioError("error.draws", found=draws)
    estimates, prior, stream = inputs.estimates(draws, seed), inputs.prior, _stream(seed, PROVINCE, 2)
    opening = estimates.rates[:, estimates.years.index(years[0])]
    offset = logit(opening) - logit(base.rates)[:, None]
    steps = max(prior["steps"], 2)
    shock = prior["shock"] * np.sqrt(steps / stream.chisquare(steps, draws))
    shared = _walk(stream, len(years), draws, shock)
    sd = district_shock(estimates)
    walks = np.stack([_walk(_stream(seed, code, 2), len(years), draws, sd) for code in base.areas])
    weight = base.weights[:, None, None]
    total = expit(logit((weight * expit(centre)).sum(axis=0)) + shared)
    rates = rates_summing_to(total, centre + offset[:, None, :] + shared + walks, weight)
    rates = np.maximum(rates, base.floors(years)[:, :, None])
    rates[:, 0] = opening
    households = base.households[:, None] * base.household_factor(years)
    return Draws(tuple(base.areas), tuple(int(year) for year in years), rates, households)


def _walk(stream: np.random.Generator, years: int, draws: int, sd: float | np.ndarray) -> np.ndarray:
    steps = sd * stream.standard_normal((years, draws))
    steps[0] = 0.0
    return np.cumsum(steps, axis=0)


def district_shock(estimates: Estimates) -> float:
    """Yearly standard deviation of a district's log odds about the province's, from districts known at both ends."""
    theta = logit(estimates.rates)
    is_sure = (estimates.poor[:, -1] == estimates.poor[:, -1, :1]).all(axis=1)
    if len(estimates.years) < 2 or is_sure.sum() < LEAST_DISTRICTS:
        return TAU_WITHOUT_EVIDENCE
    change = (theta[is_sure, -1] - theta[is_sure, 0]).mean(axis=1)
    return float(change.std(ddof=1) / np.sqrt(estimates.years[-1] - estimates.years[0]))


def chance_of_average(draws: Draws, code: str, pace_pp: float, opening: float, year: int) -> float:
    """Share of draws in which a rate falls by at least `pace_pp` points a year on average from end-2021.

    code: the province, 62-POOR, 62-REST or a district; opening: the rate at end-2021 (fraction), see
    `known.opening_rates`; year: at whose end.

    >>> from kontum_analysis.data.observations import load_observations
    >>> from kontum_analysis.poverty.known import opening_rates
    >>> obs = load_observations()
    >>> chance_of_average(outlook_draws(obs, end=2025, draws=500), "62", 3.0, opening_rates(obs)["62"], 2023)
    1.0
    """
    return probability(draws, code, year, opening - pace_pp / 100 * (year - FIRST_YEAR))


def probability(draws: Draws, code: str, year: int, at_most: float) -> float:
    """Share of draws in which the rate of an area at the end of a year is at most so much (fraction).

    >>> from kontum_analysis.data.observations import load_observations
    >>> probability(outlook_draws(load_observations(), end=2025, draws=500), "62", 2023, 0.07)
    1.0
    """
    return float((draws.of(code)[draws.years.index(year)] <= at_most).mean())
