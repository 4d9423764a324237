"""What paces do to rates: the line of the province, the paths of its districts, and whether the paces fit together.

The province follows its own pace, the three poor districts theirs, and the other seven do what is then needed. Where
that would take them below their floor, or make them poorer, they stop there, and the province departs from its pace.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..base.errors import KontumError
from ..data.areas import PROVINCE, poor_districts
from ..data.memo import remember
from ..methods.trajectories import rate_after, speed_between
from .districts import FIRST_YEAR, household_growth, households_without_labour, published_entry_rate
from .estimates import Estimates, estimate_panel
from .scenarios import Scenario, refusal
from .speeds import CHOICES, Choice
from .totals import Movement, draw_movement

TOLERANCE = 1e-9  # two rates this near are equal
HOUSEHOLD = 1e-5  # whole households round the rate of a group by less


class Inputs:
    """What every scenario takes from the published figures, each computed once and reused for every scenario.

    Wherever a function of the poverty paths takes `obs`, it takes `Inputs(obs)` as well, and gives the same.

    >>> from kontum_analysis.data.observations import load_observations
    >>> inputs = Inputs.of(load_observations())
    >>> Inputs.of(inputs) is inputs, inputs.without_labour
    (True, 2193.0)
    """

    def __init__(self, obs: pd.DataFrame) -> None:
        self.obs = obs.copy(deep=False)  # what is written into the caller's table later does not reach this one
        self._estimates: dict[tuple[int, int, Choice], Estimates] = {}

    @staticmethod
    def of(obs: "pd.DataFrame | Inputs") -> "Inputs":
        """The inputs of a table of `load_observations`: the same object for a table of the same content."""
        return obs if isinstance(obs, Inputs) else _inputs(obs)

    def estimates(self, draws: int = 2000, seed: int = 3299, choice: Choice = CHOICES["default"]) -> Estimates:
        """The panel and its draws, see `estimate_panel`."""
        key = (draws, seed, choice)
        if key not in self._estimates:
            self._estimates[key] = estimate_panel(self.obs, *key)
        return self._estimates[key]

    def movement(self, draws: int, seed: int, choice: Choice = CHOICES["default"]) -> Movement:
        """Draws of the province's speed and shocks, see `totals.draw_movement`."""
        return draw_movement(self.obs, draws, seed, choice)

    @cached_property
    def growth(self) -> float:
        """Yearly growth of households, fraction."""
        return household_growth(self.obs)

    @cached_property
    def entry(self) -> float:
        """Yearly share of the non-poor that become poor."""
        return published_entry_rate(self.obs)

    @cached_property
    def without_labour(self) -> float:
        """Poor households without labour capacity."""
        return households_without_labour(self.obs)


@remember(8)
def _inputs(obs: pd.DataFrame) -> Inputs:
    return Inputs(obs)


@dataclass(frozen=True)
class Baseline:
    """The opening stock of a scenario at the end of `start`, and the inputs taken from published figures.

    poor, households: whole numbers by district; first_rates: rates at end-2021 (fractions), for the observed pace;
    floor: part of each district's opening poor households that stays poor; entry, growth: yearly fractions.
    """

    start: int
    areas: tuple[str, ...]
    status: tuple[str, ...]
    province_status: str
    poor: NDArray[np.int64]
    households: NDArray[np.int64]
    first_rates: np.ndarray
    floor: float
    entry: float
    growth: float

    @cached_property
    def rates(self) -> np.ndarray:
        """Opening rates by district (fractions)."""
        return self.poor / self.households

    @cached_property
    def weights(self) -> np.ndarray:
        """Shares of the province's households by district."""
        weights: np.ndarray = self.households / self.households.sum()
        return weights

    @cached_property
    def is_poor_district(self) -> np.ndarray:
        """Which districts carry the programme's own target."""
        return np.isin(self.areas, poor_districts())

    def household_factor(self, years: np.ndarray) -> np.ndarray:
        """Households at the end of each year as a multiple of those at the start."""
        factor: np.ndarray = (1 + self.growth) ** (years - self.start)
        return factor

    def floors(self, years: np.ndarray) -> np.ndarray:
        """The lowest rate of each district (fractions), shape (district, year): it shrinks as households grow."""
        floors: np.ndarray = self.floor * self.rates[:, None] / self.household_factor(years)
        return floors


def baseline(obs: pd.DataFrame | Inputs, scenario: Scenario) -> Baseline:
    """The opening stock of a scenario: published where known, else the estimate of `estimate_panel`.

    Raises ScenarioError when the province's count at the end of `scenario.start` is not known, or when more
    households would stay poor than there are.
    """
    inputs = Inputs.of(obs)
    panel = inputs.estimates().panel
    first_year, last_year = panel["year"].min(), panel["year"].max()
    if not first_year <= scenario.start <= last_year:
        raise refusal("error.pace.start", "start", found=scenario.start, first=first_year, last=last_year)
    opening = panel[panel["year"] == scenario.start]
    rows = opening[opening["area"] != PROVINCE]
    first = panel[(panel["year"] == FIRST_YEAR) & (panel["area"] != PROVINCE)]
    poor, households = rows["poor_households"].to_numpy(), rows["households"].to_numpy()
    growth = inputs.growth if scenario.household_growth == "published" else scenario.household_growth
    entry = inputs.entry if scenario.entry_rate == "published" else scenario.entry_rate
    resting = inputs.without_labour if scenario.floor == "published" else scenario.floor * households.sum()
    if resting >= poor.sum():
        raise refusal("error.pace.floor", "floor", found=resting, opening=poor.sum())
    base = Baseline(
        start=scenario.start,
        areas=tuple(rows["area"]),
        status=tuple(rows["status_poor_households"]),
        province_status=opening.loc[opening["area"] == PROVINCE, "status_poor_households"].iloc[0],
        poor=poor,
        households=households,
        first_rates=first["poor_households"].to_numpy() / first["households"].to_numpy(),
        floor=resting / poor.sum(),
        entry=entry,
        growth=growth,
    )
    if base.floors(np.array([scenario.end])).max() > 1:
        raise refusal("error.pace.growth", "household_growth", found=growth, year=scenario.end)
    return base


def district_paths(base: Baseline, scenario: Scenario, years: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rates by district and year under the paces, and what the other seven would have to do.

    Returns (rates, needed): rates, shape (district, year), each within [its floor, 1]; needed, shape (year,), the rate
    of the other districts together at which province and poor districts would both keep their pace.
    """
    is_poor, weights, opening, floors = base.is_poor_district, base.weights, base.rates, base.floors(years)
    rates = np.empty((len(opening), len(years)))
    for i in np.flatnonzero(is_poor):
        line = paper_line(base, scenario, "poor_district_pace_pp", opening[i], base.first_rates[i], years)
        rates[i] = np.clip(line, floors[i], 1.0)
    share = weights[~is_poor].sum()
    needed = (_province_line(base, scenario, years) - weights[is_poor] @ rates[is_poor]) / share
    lowest, highest = (_rest_rate(base, rate) for rate in (floors, opening))
    reached = np.maximum(np.minimum.accumulate(np.minimum(needed, highest)), lowest)
    rates[~is_poor] = opening[~is_poor, None] * reached / highest  # the same part of every district's poverty
    return rates, needed


def _rest_rate(base: Baseline, rates: np.ndarray) -> np.ndarray:
    """The rate of the other seven districts together; rates: by district, shape (district, ...)."""
    weights = base.weights[~base.is_poor_district]
    rate: np.ndarray = weights / weights.sum() @ rates[~base.is_poor_district]
    return rate


def _province_line(base: Baseline, scenario: Scenario, years: np.ndarray) -> np.ndarray:
    """The province's rate on paper: what its pace alone asks for, before any floor."""
    opening, first = base.weights @ base.rates, base.weights @ base.first_rates
    return paper_line(base, scenario, "province_pace_pp", opening, first, years)


def paper_line(
    base: Baseline, scenario: Scenario, key: str, opening: float, first_rate: float, years: np.ndarray
) -> np.ndarray:
    """The rate on paper by year, shape (year,); key: of the pace; first_rate: at end-2021, for the observed pace."""
    pace = getattr(scenario, key)
    if isinstance(pace, dict):
        return opening - np.cumsum([0.0] + [pace[int(year)] / 100 for year in years[1:]])
    if pace == "observed":
        speed = _observed_speed(base, scenario, key, opening, first_rate)
    else:
        speed = _speed(base, scenario, key, opening)
    if scenario.form == "linear":
        return np.asarray(opening + speed * (years - scenario.start))
    return rate_after(scenario.form, opening, speed, years - scenario.start, entry=base.entry)


def _speed(base: Baseline, scenario: Scenario, key: str, opening: float) -> np.ndarray:
    """The speed that a pace in points gives in the first year; see `speed_between` for its unit."""
    pace = getattr(scenario, key)
    if scenario.form == "linear":
        return np.asarray(-pace / 100)
    try:
        return speed_between(scenario.form, opening, max(opening - pace / 100, -0.0), 1.0, base.entry)
    except KontumError as error:
        raise refusal("error.pace.too_fast", key, found=pace, opening=100 * opening, error=error) from None


def _observed_speed(base: Baseline, scenario: Scenario, key: str, opening: float, first_rate: float) -> np.ndarray:
    """The speed from end-2021 to the start."""
    if scenario.start == FIRST_YEAR:
        raise refusal("error.pace.observed_start", key, year=FIRST_YEAR)
    try:
        return speed_between(scenario.form, first_rate, opening, scenario.start - FIRST_YEAR, base.entry)
    except KontumError as error:
        raise refusal("error.pace.observed_form", key, form=scenario.form, error=error) from None


def implied_pace(obs: pd.DataFrame | Inputs, scenario: Scenario) -> pd.DataFrame:
    """What the other seven districts must do for the province and the poor districts both to keep their pace.

    One row a year after the start: province_rate (on paper), poor_districts_rate, needed_rate (of the seven),
    needed_pace_pp (from the start, a year), floor_rate, possible (needed_rate not below the floor
    by more than whole households round it),
    possible_without_floor (not below zero), shortfall_pp (points the province stays above its line).

    On constant shares of households and the straight line the needed pace is
    (province pace - share of poor districts × their pace) / share of the seven.

    >>> from kontum_analysis.data.observations import load_observations
    >>> from kontum_analysis.poverty.scenarios import preset
    >>> t = implied_pace(load_observations(), preset("programme-mid"))
    >>> round(float(t.needed_pace_pp.iloc[0]), 4), int(t[t.possible].year.max())
    (3.0136, 2024)
    """
    base = baseline(obs, scenario)
    years = np.arange(scenario.start, scenario.end + 1)
    rates, needed = district_paths(base, scenario, years)
    is_poor, weights = base.is_poor_district, base.weights
    paper, floor = _province_line(base, scenario, years), _rest_rate(base, base.floors(years))
    table = pd.DataFrame(
        dict(
            scenario=scenario.name,
            year=years,
            province_rate=paper,
            poor_districts_rate=weights[is_poor] @ rates[is_poor] / weights[is_poor].sum(),
            needed_rate=needed,
            needed_pace_pp=100 * (needed[0] - needed) / np.maximum(years - scenario.start, 1),
            floor_rate=floor,
            possible=needed >= floor - HOUSEHOLD,
            possible_without_floor=needed >= -TOLERANCE,
            shortfall_pp=100 * np.maximum(weights @ rates - paper, 0),
        )
    )
    return table.iloc[1:].reset_index(drop=True)
