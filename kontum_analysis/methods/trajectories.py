"""The mathematics of a falling rate: four forms through two points, never below a floor, never above one.

Rates are fractions, times are years. Every function works on arrays and broadcasts.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from ..base.errors import KontumError

FORMS = ("linear", "proportional", "logistic", "stock_flow")


def speed_between(form: str, y0: ArrayLike, y1: ArrayLike, years: ArrayLike, entry: float = 0.0) -> np.ndarray:
    """The speed that takes a rate from y0 to y1 in `years`; arrays broadcast.

    linear: change of the rate a year; proportional: change of log rate; logistic: change of the log odds;
    stock_flow: yearly share k = exit + entry at which the rate closes in on its resting level entry / k, from
    y(t+1) = y(t) (1 - exit) + entry (1 - y(t)).

    The first three are the standard two-point forms (Alkire, Nogales, Quinn, Suppa 2023,
    doi:10.1016/j.jdeveco.2023.103150). Raises KontumError where a form cannot pass through the points.

    >>> round(float(speed_between("logistic", 0.276781, 0.163928, 4.5)), 6)
    -0.148623
    """
    start, end, span = (np.asarray(values, np.float64) for values in (y0, y1, years))
    if form not in FORMS:
        raise KontumError("error.trajectory.form", form=form, allowed=FORMS)
    if np.any((start < 0) | (start > 1) | (end < 0) | (end > 1)) or np.any(np.isnan(start) | np.isnan(end)):
        raise KontumError("error.trajectory.rates", first=start, last=end)
    if not np.all(span > 0):
        raise KontumError("error.trajectory.order")
    if form == "linear":
        return (end - start) / span
    if np.any((start <= 0) | (end <= 0)):
        raise KontumError("error.trajectory.zero", form=form)
    if form == "proportional":
        return np.log(end / start) / span
    if form == "stock_flow":
        return np.asarray(np.vectorize(_closing_share, otypes=[float])(start, end, span, entry))
    if np.any((start >= 1) | (end >= 1)):
        raise KontumError("error.trajectory.one")
    return np.asarray((logit(end) - logit(start)) / span)


def _closing_share(y0: float, y1: float, years: float, entry: float) -> float:
    """k solves y1 = r + (y0 - r)(1 - k)^years with r = entry / k; for one year it is linear in the exit rate."""
    if entry < 0 or entry >= 1:
        raise KontumError("error.trajectory.entry", entry=entry)

    def miss(k: float) -> float:
        rest = entry / k if k > 0 else 0.0
        return float(rest + (y0 - rest) * (1 - k) ** years - y1)

    if abs(miss(entry)) < 1e-12:  # nobody leaves; the sign of so small a miss is chance
        return entry
    high = 1.0 - 1e-12
    if miss(entry) * miss(high) > 0:
        raise KontumError("error.trajectory.no_exit", first=y0, last=y1, years=years, entry=entry)
    from scipy.optimize import brentq  # as slow to import as pandas; most calls need none

    return float(brentq(miss, entry, high, xtol=1e-15))


def rate_after(
    form: str, y0: ArrayLike, speed: ArrayLike, years: ArrayLike, floor: ArrayLike = 0.0, entry: float = 0.0
) -> np.ndarray:
    """The rate `years` after y0 at this speed, kept in [floor, 1]; arrays broadcast. Negative years look back."""
    y0, years = np.asarray(y0, float), np.asarray(years, float)
    if form == "linear":
        y = y0 + speed * years
    elif form == "proportional":
        y = y0 * np.exp(np.clip(speed * years, -700, 700))
    elif form == "logistic":
        y = expit(logit(y0) + speed * years)
    elif form == "stock_flow":
        speed = np.asarray(speed, float)
        rest = np.divide(entry, speed, out=np.zeros(np.broadcast(entry, speed).shape), where=speed != 0)
        y = rest + (y0 - rest) * np.exp(np.log1p(-speed) * years)
    else:
        raise KontumError("error.trajectory.form", form=form, allowed=FORMS)
    return np.clip(y, floor, 1.0)


@dataclass(frozen=True)
class Trajectory:
    """One path of a rate: form, a point (t0, y0), a speed, and the floor it never falls below.

    form: linear, proportional, logistic or stock_flow; y0 and floor are fractions; speed as in `speed_between`;
    entry: yearly share of the non-poor that become poor (stock_flow only).

    >>> Trajectory("linear", t0=2021, y0=0.1532, speed=-0.035, floor=0.015).at([2022, 2030]).round(4).tolist()
    [0.1182, 0.015]
    """

    form: str
    t0: float
    y0: float
    speed: float
    floor: float = 0.0
    entry: float = 0.0

    def __post_init__(self) -> None:
        if self.form not in FORMS:
            raise KontumError("error.trajectory.form", form=self.form, allowed=FORMS)
        if not 0 <= self.floor <= 1:
            raise KontumError("error.trajectory.floor", floor=self.floor)
        if self.form == "stock_flow" and not 0 <= self.entry <= self.speed < 1:
            raise KontumError("error.trajectory.speed", entry=self.entry, speed=self.speed)

    @classmethod
    def through(
        cls, form: str, t0: float, y0: float, t1: float, y1: float, floor: float = 0.0, entry: float = 0.0
    ) -> Self:
        """The path of this form through two points. Raises KontumError where none exists.

        >>> t = Trajectory.through("logistic", 2015.5, 0.276781, 2020.0, 0.163928)
        >>> t.at([2025, 2030]).round(6).tolist()
        [0.085302, 0.042472]
        """
        speed = speed_between(form, y0, y1, t1 - t0, entry)
        return cls(form, float(t0), float(y0), float(speed), float(floor), float(entry))

    @classmethod
    def at_pace(
        cls, form: str, start: float, level: float, pace_pp: float, floor: float = 0.0, entry: float = 0.0
    ) -> Self:
        """The path from `level` that falls by `pace_pp` percentage points in its first year, then by its form.

        >>> Trajectory.at_pace("linear", 2021, 0.1532, 3.5).at([2022, 2025]).round(4).tolist()
        [0.1182, 0.0132]
        """
        first = level - pace_pp / 100
        if form == "linear":  # a straight line may aim below zero: the floor stops it
            return cls(form, float(start), float(level), -pace_pp / 100, float(floor), float(entry))
        return cls.through(form, start, level, start + 1, first, floor, entry)

    def at(self, times: ArrayLike) -> np.ndarray:
        """Rates (fractions, shape of `times`) on the path, clipped to [floor, 1]."""
        times = np.asarray(times, float)
        return rate_after(self.form, self.y0, self.speed, times - self.t0, self.floor, self.entry)

    def reaches(self, level: float) -> float:
        """The time at which the path stands at `level` (before t0 where it passed it earlier); inf if never.

        >>> Trajectory("linear", 2020, 0.30, -0.05).reaches(0.05)
        2025.0
        >>> Trajectory("proportional", 2020, 0.30, -0.2).reaches(0.0)
        inf
        """
        if level == self.y0 and self.floor <= level <= 1:
            return self.t0
        with np.errstate(divide="ignore", invalid="ignore"):
            years = self._years_to(float(level)) if self.floor <= level <= 1 else np.inf
        return float(self.t0 + years) if np.isfinite(years) else float("inf")

    def _years_to(self, level: float) -> float:
        """Years from t0; infinite or NaN where the path never stands at the level."""
        change, speed = level - self.y0, self.speed
        if self.form == "proportional":
            change = np.log(np.divide(level, self.y0))
        elif self.form == "logistic":
            change = logit(level) - logit(self.y0)
        elif self.form == "stock_flow":
            rest = np.divide(self.entry, self.speed)
            change, speed = np.log(np.divide(level - rest, self.y0 - rest)), np.log1p(-self.speed)
        return float(np.divide(change, speed))
