"""How fast a poverty rate falls: the speed of an area and its yearly shocks, learned from every series of the review.

On a scale g of the rate (log odds, or the square root), for step i of h years in series s:

    (g(rate after) - g(rate before)) / h = speed[s] + error,  speed[s] ~ N(mean, between²),  error ~ N(0, shock²/h)

The posterior of (between, shock) stands on a grid, with a flat prior on mean, between and log shock; mean and speed
are normal given the two (Gelman and others, Bayesian Data Analysis, 3rd edition, section 5.4). Draws carry all of it,
so that intervals widen where series are few. One series is one area under one standard. A step from below 1 % is left
out: there one printed digit or a few households are a large part of the log odds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from ..base.errors import KontumError
from ..data.areas import PROVINCE, districts
from ..data.memo import remember
from ..methods.scores import wis
from ..methods.streams import random_stream
from .districts import STANDARD
from .history import rate_series

LEAST_RATE = 0.01
LEAST_SERIES = 5  # with fewer under the standard in force, those of earlier standards count too
LEVELS = ("nation", "region", "province", "group", "district")
GRID = np.geomspace(0.05, 3, 40)  # of between and shock, in standard deviations of the speeds
QUANTILES = np.array([0.01, 0.025, *(k / 20 for k in range(1, 20)), 0.975, 0.99])
INTERVALS = {50: (0.25, 0.75), 80: (0.1, 0.9), 95: (0.025, 0.975)}


class Scale(NamedTuple):
    """A scale on which rates (fractions) move by addition, and the way back to a rate."""

    of: Callable[[Any], Any]
    back: Callable[[Any], Any]


SCALES = {
    "log_odds": Scale(logit, expit),
    "square_root": Scale(np.sqrt, lambda level: np.clip(level, 0, 1) ** 2),
}


class Choice(NamedTuple):
    """How the province's speed is learned: the scale, and the weight of its own speed (None: by their variances)."""

    scale: str = "log_odds"
    weight: float | None = None


# What can be defended with the evidence there is; the first is the default. A quarter is the blend that did best on 61
# national cases of the global MPI panel; a root moved less than log odds on the few cases of the review.
CHOICES = {
    "default": Choice(),
    "history": Choice(weight=0.25),
    "square_root": Choice(scale="square_root"),
    "square_root_history": Choice(scale="square_root", weight=0.25),
}


@dataclass(frozen=True)
class SpeedModel:
    """The posterior on its grid, and what one series says of its own speed; all a year, on the scale.

    between, shock, mean, precision, chance: one value a grid point; precision is that of mean. own_speed, own_years:
    the average speed of the series and over how many years it is known (nan and 0 where not).
    """

    scale: Scale
    between: np.ndarray
    shock: np.ndarray
    mean: np.ndarray
    precision: np.ndarray
    chance: np.ndarray
    own_speed: float
    own_years: float
    series: int
    steps: int

    @property
    def centre(self) -> float:
        """The mean speed of all series."""
        return float(self.chance @ self.mean)

    def draw(
        self, stream: np.random.Generator, draws: int, weight: float | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draws of the series' speed and of the standard deviation of a year's shock, each of shape (draws,).

        weight: that of the series' own speed against the mean of all; None: by their variances.
        """
        place = stream.choice(self.chance.size, draws, p=self.chance)
        between, shock = self.between[place], self.shock[place]
        mean = self.mean[place] + stream.standard_normal(draws) / np.sqrt(self.precision[place])
        normal = stream.standard_normal(draws)
        if self.own_years == 0:
            return mean + between * normal, shock
        by_variance = between**2 / (between**2 + shock**2 / self.own_years)
        share = by_variance if weight is None else np.full(draws, weight)
        return share * self.own_speed + (1 - share) * mean + between * np.sqrt(1 - share) * normal, shock


def speed_steps(obs: pd.DataFrame) -> pd.DataFrame:
    """Every step between neighbouring year ends of a series: series, area, standard, start, years, rate_start,
    rate_end.

    Series are those of the standard in force, of every level, or of every standard while these are fewer than five. The
    districts of Kon Tum are left out: they are parts of the province whose speed is asked for.

    >>> from kontum_analysis.data.observations import load_observations
    >>> steps = speed_steps(load_observations())
    >>> steps[steps.area == "62"].rate_end.tolist()[-2:]
    [0.10859999999999999, 0.0684]
    """
    rates = rate_series(obs, LEVELS)
    rates = rates[(rates["rate"] > 0) & ~rates["area"].isin(districts())]
    before = rates.groupby(["area", "standard"])[["year", "rate"]].shift(1)
    steps = rates.assign(
        series=rates["area"] + " " + rates["standard"],
        start=before["year"],
        years=rates["year"] - before["year"],
        rate_start=before["rate"],
        rate_end=rates["rate"],
    )
    steps = steps[steps["rate_start"] >= LEAST_RATE].drop(columns=["year", "rate"])
    in_force = steps[steps["standard"] == STANDARD]
    return (in_force if in_force["series"].nunique() >= LEAST_SERIES else steps).reset_index(drop=True)


def speed_model(obs: pd.DataFrame, scale: str = "log_odds") -> SpeedModel:
    """The posterior of speeds, with what the province's own series says under the standard in force.

    scale: a key of SCALES. Raises KontumError where fewer than two series are known.

    >>> from kontum_analysis.data.observations import load_observations
    >>> round(speed_model(load_observations()).own_speed, 3)
    -0.451
    """
    is_read = (obs["indicator"] == "poverty_rate_pct") & ~obs["ref_area"].isin(districts())
    return _speed_model(obs[is_read], scale)


@remember(16)  # by the rows that are read: hidden districts change nothing
def _speed_model(obs: pd.DataFrame, scale: str) -> SpeedModel:
    return fit_speeds(speed_steps(obs), scale, f"{PROVINCE} {STANDARD}")


def fit_speeds(steps: pd.DataFrame, scale: str, series: str, own_steps: pd.DataFrame | None = None) -> SpeedModel:
    """The posterior given the steps of `speed_steps`.

    series: whose own speed is asked for; own: its steps where they are not to count among the others.
    """
    if steps["series"].nunique() < 2:
        raise KontumError("error.speeds.few")
    years, speed = steps["years"].to_numpy(float), _speeds(steps, scale)
    by_series = pd.DataFrame({"years": years, "way": years * speed}).groupby(steps["series"].to_numpy())
    total_years = by_series["years"].transform("sum").to_numpy()
    misses = years * (speed - by_series["way"].transform("sum").to_numpy() / total_years) ** 2
    sums = by_series.sum()
    between, shock = (g.ravel() for g in np.meshgrid(*2 * [max(speed.std(), 1e-6) * GRID], indexing="ij"))
    variance = between[:, None] ** 2 + shock[:, None] ** 2 / sums["years"].to_numpy()
    average = (sums["way"] / sums["years"]).to_numpy()
    precision = (1 / variance).sum(axis=1)
    mean = (average / variance).sum(axis=1) / precision
    log_chance = (
        -0.5 * (np.log(variance) + (average - mean[:, None]) ** 2 / variance).sum(axis=1)
        - 0.5 * np.log(precision)
        - (len(steps) - len(sums)) * np.log(shock)
        - 0.5 * misses.sum() / shock**2
        + np.log(between)  # the grid is even in the logarithm, the prior in the value
    )
    chance = np.exp(log_chance - log_chance.max())
    own_steps = steps[steps["series"] == series] if own_steps is None else own_steps
    own_years = own_steps["years"].to_numpy(float)
    own_speed = float(np.average(_speeds(own_steps, scale), weights=own_years)) if len(own_steps) else np.nan
    return SpeedModel(
        scale=SCALES[scale],
        between=between,
        shock=shock,
        mean=mean,
        precision=precision,
        chance=chance / chance.sum(),
        own_speed=own_speed,
        own_years=float(own_years.sum()),
        series=len(sums),
        steps=len(steps),
    )


def _speeds(steps: pd.DataFrame, scale: str) -> np.ndarray:
    """Change a year on the scale, one value a step."""
    start, end = (SCALES[scale].of(steps[name].to_numpy(float)) for name in ("rate_start", "rate_end"))
    return np.asarray((end - start) / steps["years"].to_numpy(float))


def speed_forecasts(obs: pd.DataFrame, scale: str = "log_odds", draws: int = 4000, seed: int = 3299) -> pd.DataFrame:
    """Every step forecast from the other series and from what its own series had shown before: leave one series out.

    One row a step: area, standard, start, years, rate_start, rate_end, median (fractions), wis and the absolute
    errors of the median, of no change (persistence) and of the series' own earlier speed (own_trend, missing for a
    first step), in points; inside_50, inside_80, inside_95.

    >>> from kontum_analysis.data.observations import load_observations
    >>> len(speed_forecasts(load_observations(), draws=100)) > 1
    True
    """
    steps, rows = speed_steps(obs), []
    move, back = SCALES[scale]
    step: Any
    for series, own_steps in steps.groupby("series"):
        others = steps[steps["series"] != series]
        for place, step in enumerate(own_steps.itertuples()):
            model = fit_speeds(others, scale, str(series), own_steps=own_steps.iloc[:place])
            stream = random_stream(seed, step.area, place)
            speed, shock = model.draw(stream, draws)
            start = move(step.rate_start)
            level = start + step.years * speed + np.sqrt(step.years) * shock * stream.standard_normal(draws)
            quantiles = 100 * np.quantile(back(level), QUANTILES)
            observed = 100 * step.rate_end
            trend = 100 * back(start + step.years * model.own_speed)
            inside = {
                f"inside_{width}": np.interp(low, QUANTILES, quantiles)
                <= observed
                <= np.interp(high, QUANTILES, quantiles)
                for width, (low, high) in INTERVALS.items()
            }
            rows.append(
                dict(
                    area=step.area,
                    standard=step.standard,
                    start=int(step.start),
                    years=int(step.years),
                    rate_start=step.rate_start,
                    rate_end=step.rate_end,
                    median=float(np.median(back(level))),
                    wis=float(wis(observed, QUANTILES, quantiles)),
                    error=abs(quantiles[len(QUANTILES) // 2] - observed),
                    persistence=abs(100 * step.rate_start - observed),
                    own_trend=abs(trend - observed),
                    **inside,
                )
            )
    return pd.DataFrame(rows)
