"""The province's poor households of every year: published where they are, else drawn from what is known of its speed.

On the log odds of the rate the province moves from year end to year end by its speed plus a normal shock (`speeds`).
A year between two published totals lies on the bridge between them. After the last published total the draws go on,
and are then weighed by what is known of those years: a total published for Kon Tum and its neighbour together, and
districts whose own figure is known. The draws are resampled by the product of these likelihoods (systematic
resampling, Douc, Cappé, Moulines 2005, doi:10.1109/ISPA.2005.195385).
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import logit

from ..data.areas import PROVINCE
from ..data.memo import remember
from ..methods.streams import random_stream
from .districts import FIRST_YEAR, STANDARD, Facts
from .speeds import CHOICES, Choice, Scale, speed_model

MERGED, NEIGHBOUR = "51-2025", "51"  # Kon Tum and the old Quảng Ngãi together, and the old Quảng Ngãi
ABOUT = 0.5  # points: how far a rate printed as "about 9" may be from it


class Movement(NamedTuple):
    """Draws of the province's speed and of the standard deviation of a year's shock on a scale; shape (draw,)."""

    speeds: np.ndarray
    shocks: np.ndarray
    scale: Scale

    def path(self, opening: np.ndarray, years: int, stream: np.random.Generator) -> np.ndarray:
        """Rates (fractions) from the opening on, shape (years + 1, draw): speed and a normal shock every year."""
        shocks = self.shocks * stream.standard_normal((years + 1, opening.size))
        shocks[0] = 0.0
        steps = np.arange(years + 1)[:, None]
        return np.asarray(self.scale.back(self.scale.of(opening) + steps * self.speeds + np.cumsum(shocks, axis=0)))

    def take(self, places: np.ndarray) -> "Movement":
        """The movement of the draws at these places."""
        return self._replace(speeds=self.speeds[places], shocks=self.shocks[places])


class MergedTotal(NamedTuple):
    """Poor households and households of the merged province at a year's end, and its neighbour's rate as forecast.

    centre, spread: mean and standard deviation of the log odds of the neighbour's rate.
    """

    poor: float
    households: float
    centre: float
    spread: float


def draw_movement(obs: pd.DataFrame, draws: int, seed: int, choice: Choice = CHOICES["default"]) -> Movement:
    """The province's `Movement`: the same draws for the same seed, whoever asks."""
    model = speed_model(obs, choice.scale)
    return Movement(*model.draw(random_stream(seed, PROVINCE, 1), draws, choice.weight), model.scale)


def draw_totals(
    facts: Facts, years: list[int], households: np.ndarray, movement: Movement | None, stream: np.random.Generator
) -> np.ndarray:
    """Poor households of the province by year, whole numbers of shape (year, draw).

    households: of the province, shape (year, draw). The first year must be published. movement: needed where a year
    is not.
    """
    cells = [facts.get((PROVINCE, year, "poor_households")) for year in years]
    totals = np.array([np.full(households.shape[1], cell.middle if cell else np.nan) for cell in cells])
    is_published = np.array([cell is not None for cell in cells])
    if is_published.all() or movement is None:
        return np.asarray(np.rint(totals), np.int64)
    of, back = movement.scale
    level = of(totals / households)
    walk = np.cumsum(movement.shocks * stream.standard_normal(totals.shape), axis=0)
    for j in np.flatnonzero(~is_published):
        before, later = np.flatnonzero(is_published[:j]).max(), np.flatnonzero(is_published[j:])
        level[j] = level[before] + (j - before) * movement.speeds + walk[j] - walk[before]
        if later.size:  # a bridge to the next published year: the speed is what is published
            after = j + later.min()
            bent = level[after] - level[before] - (walk[after] - walk[before])
            level[j] = level[before] + (j - before) / (after - before) * bent + walk[j] - walk[before]
        totals[j] = households[j] * back(level[j])
    return np.asarray(np.rint(totals), np.int64)


@remember(16)
def merged_total(obs: pd.DataFrame, year: int, draws: int = 4000, seed: int = 3299) -> MergedTotal | None:
    """What is published for Kon Tum and the old Quảng Ngãi together at the end of a year; None where nothing is.

    The old Quảng Ngãi's rate is forecast from "about 9 %" at end-2021, its only figure under the standard (of low
    reliability), at a speed of the history of all series.
    """
    poor = _year_end(obs, "poor_households", MERGED, year)
    if poor is None:  # in most years; the rest is not looked for
        return None
    rate, opening = (_year_end(obs, "poverty_rate_pct", *where) for where in ((MERGED, year), (NEIGHBOUR, FIRST_YEAR)))
    if rate is None or opening is None:
        return None
    stream = random_stream(seed, NEIGHBOUR)
    speed, shock = replace(speed_model(obs), own_years=0.0).draw(stream, draws)
    span = year - FIRST_YEAR
    theta = (
        logit((opening + stream.uniform(-ABOUT, ABOUT, draws)) / 100)
        + span * speed
        + np.sqrt(span) * shock * stream.standard_normal(draws)
    )
    return MergedTotal(poor, 100 * poor / rate, float(theta.mean()), float(theta.std()))


def merged_rows(obs: pd.DataFrame, year: int) -> pd.DataFrame:
    """The rows of the observations that `merged_total` of a year takes its three figures from.

    >>> from kontum_analysis.data.observations import load_observations
    >>> sorted(set(merged_rows(load_observations(), 2024).ref_area))
    ['51', '51-2025']
    """
    is_year, is_rate = obs["time_period"] == f"{year}-12-31", obs["indicator"] == "poverty_rate_pct"
    is_total = (obs["ref_area"] == MERGED) & is_year & (is_rate | (obs["indicator"] == "poor_households"))
    is_opening = (obs["ref_area"] == NEIGHBOUR) & (obs["time_period"] == f"{FIRST_YEAR}-12-31") & is_rate
    return obs[(obs["standard"] == STANDARD) & obs["obs_value"].notna() & (is_total | is_opening)]


def _year_end(obs: pd.DataFrame, indicator: str, area: str, year: int) -> float | None:
    """The last value of an area at a year's end under the standard in force, of any reliability."""
    rows = obs[obs["ref_area"] == area]
    is_series = (rows["indicator"] == indicator) & (rows["standard"] == STANDARD)
    values = rows.loc[is_series & (rows["time_period"] == f"{year}-12-31"), "obs_value"].dropna()
    return None if values.empty else float(values.iloc[-1])


def merged_log_likelihood(merged: MergedTotal, poor: np.ndarray, households: np.ndarray) -> np.ndarray:
    """Log likelihood of the merged total given the province's poor households and households in each draw."""
    rest_households = merged.households - households
    rate = np.clip((merged.poor - poor) / rest_households, 1e-6, 1 - 1e-6)
    miss = (logit(rate) - merged.centre) / merged.spread
    density = -0.5 * miss**2 - np.log(rate * (1 - rate))
    return np.where(merged.poor > poor, density, -np.inf)


def resample(log_weight: np.ndarray, stream: np.random.Generator) -> np.ndarray:
    """Places of draws taken in proportion to their weights, shape (draw,): the same number of draws, some repeated.

    >>> resample(np.log([0.5, 0.5, 1e-9, 1e-9]), np.random.default_rng(1)).tolist()
    [0, 0, 1, 1]
    """
    weight = np.exp(log_weight - log_weight.max())
    spots = (stream.random() + np.arange(weight.size)) / weight.size
    return np.asarray(np.searchsorted(np.cumsum(weight) / weight.sum(), spots).clip(max=weight.size - 1))
