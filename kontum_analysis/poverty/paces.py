"""What paces do to rates: the line of the province, the paths of its districts, and whether the paces fit together.

The province follows its own pace, the three poor districts theirs, and the other seven do what is then needed. Where
that would take them below their floor, or make them poorer, they stop there, and the province departs from its pace.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..base.errors import Field, KontumError, ScenarioError
from ..data.areas import PROVINCE, poor_districts
from ..data.memo import remember
from ..methods.trajectories import rate_after, speed_between
from .districts import FIRST_YEAR, household_growth, households_without_labour, published_entry_rate
from .estimates import Estimates, estimate_panel
from .scenarios import Scenario
from .speeds import CHOICES, Choice
from .totals import Movement, draw_movement

FULL = 1e-9  # two rates this near are equal


class Inputs:
    """What every scenario takes from the published figures, each computed once and reused for every scenario.

    Wherever a function of the poverty paths takes `obs`, it takes `Inputs(obs)` as well, and gives the same.

    >>> from kontum_analysis.data.observations import load_observations
    >>> inputs = Inputs.of(load_observations())
    >>> Inputs.of(inputs) is inputs, inputs.stuck
    (True, 2193.0)
    """

    def __init__(self, obs: pd.DataFrame) -> None:
        self.obs = obs
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
    def stuck(self) -> float:
        """Poor households without labour capacity."""
        return households_without_labour(self.obs)


@remember(8)
def _inputs(obs: pd.DataFrame) -> Inputs:
    return Inputs(obs)


@dataclass(frozen=True)
class Baseline:
    """The opening stock of a scenario and the inputs taken from published figures.

    poor, households: whole numbers by district; first_rates: rates at end-2021 (fractions), for the observed pace;
    floor: part of each district's opening poor households that stays poor; entry, growth: yearly fractions.
    """

    areas: tuple[str, ...]
    status: tuple[str, ...]
    poor: NDArray[np.int64]
    households: NDArray[np.int64]
    first_rates: np.ndarray
    floor: float
    entry: float
    growth: float

    @property
    def rates(self) -> np.ndarray:
        """Opening rates by district (fractions)."""
        return self.poor / self.households

    @property
    def weights(self) -> np.ndarray:
        """Shares of the province's households by district."""
        weights: np.ndarray = self.households / self.households.sum()
        return weights

    @property
    def is_poor_district(self) -> np.ndarray:
        """Which districts carry the programme's own target."""
        return np.isin(self.areas, poor_districts())


def baseline(obs: pd.DataFrame | Inputs, scenario: Scenario) -> Baseline:
    """The opening stock of a scenario: published where known, else the estimate of `estimate_panel`.

    Raises ScenarioError when the province's count at the end of `scenario.start` is not known.
    """
    known = Inputs.of(obs)
    panel = known.estimates().panel
    years = sorted(panel["year"].unique())
    if scenario.start not in years:
        raise ScenarioError(
            "error.pace.start", field=Field("start"), found=scenario.start, first=years[0], last=years[-1]
        )
    rows = panel[(panel["year"] == scenario.start) & (panel["area"] != PROVINCE)]
    first = panel[(panel["year"] == FIRST_YEAR) & (panel["area"] != PROVINCE)]
    poor, households = rows["poor_households"].to_numpy(), rows["households"].to_numpy()
    growth = known.growth if scenario.household_growth == "published" else scenario.household_growth
    entry = known.entry if scenario.entry_rate == "published" else scenario.entry_rate
    stuck = known.stuck if scenario.floor == "published" else scenario.floor * households.sum()
    if stuck >= poor.sum():
        raise ScenarioError("error.pace.floor", field=Field("floor"), found=stuck, opening=poor.sum())
    most = stuck / poor.sum() * (poor / households).max() / (1 + growth) ** (scenario.end - scenario.start)
    if most > 1:
        raise ScenarioError("error.pace.growth", field=Field("household_growth"), found=growth, year=scenario.end)
    first_rates = first["poor_households"].to_numpy() / first["households"].to_numpy()
    return Baseline(
        tuple(rows["area"]),
        tuple(rows["status_poor_households"]),
        poor,
        households,
        first_rates,
        stuck / poor.sum(),
        entry,
        growth,
    )


def district_paths(base: Baseline, scenario: Scenario, years: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rates by district and year under the paces, and what the other seven would have to do.

    Returns (rates, needed): rates, shape (district, year), each within [its floor, 1]; needed, shape (year,), the rate
    of
    the other districts together at which province and poor districts would both keep their pace.
    """
    span = years - scenario.start
    poor, weight, y0 = base.is_poor_district, base.weights, base.rates
    floor = base.floor * y0[:, None] / (1 + base.growth) ** span
    line = paper_line(scenario, "province_pace_pp", weight @ y0, weight @ base.first_rates, base, years)
    rates = np.empty((len(y0), len(years)))
    for i in np.flatnonzero(poor):
        own = paper_line(scenario, "poor_district_pace_pp", y0[i], base.first_rates[i], base, years)
        rates[i] = np.clip(own, floor[i], 1.0)
    part, needed = part_of_others(base, line, rates[poor], floor)
    rates[~poor] = y0[~poor, None] * part
    return rates, needed


def part_of_others(
    base: Baseline, line: np.ndarray, poor_rates: np.ndarray, floors: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The part of its opening rate that stays in each of the other seven districts, alike in all, and the rate needed.

    line: the province's rate on paper, shape (..., year); poor_rates: of the poor districts, (poor district, ...,
    year), whose dots broadcast, so that many paces can be tried at once; floors: lowest rates, (district, year).
    Returns (part, needed), both (..., year): needed is the rate of the seven together at which province and poor
    districts would both keep their pace; the part stops at their floor, and never grows again.
    """
    poor, weight = base.is_poor_district, base.weights
    rest = weight[~poor] / weight[~poor].sum()
    needed = (line - np.tensordot(weight[poor], poor_rates, 1)) / weight[~poor].sum()
    lowest, level = rest @ floors[~poor], rest @ base.rates[~poor]
    reached = np.maximum(np.minimum.accumulate(np.minimum(needed, level), axis=-1), lowest)
    return reached / level, needed


def paper_line(
    scenario: Scenario, key: str, level: float, first_level: float, base: Baseline, years: np.ndarray
) -> np.ndarray:
    """The rate on paper: what the pace alone says, before any floor."""
    pace, span = getattr(scenario, key), years - scenario.start
    if isinstance(pace, dict):
        falls = [0.0] + [pace[int(year)] / 100 for year in years[1:]]
        return level - np.cumsum(falls)
    if pace == "observed":
        if scenario.start == FIRST_YEAR:
            raise ScenarioError("error.pace.observed_start", field=Field(key), year=FIRST_YEAR)
        try:
            speed = speed_between(scenario.form, first_level, level, scenario.start - FIRST_YEAR, base.entry)
        except KontumError as error:
            raise ScenarioError("error.pace.observed_form", field=Field(key), form=scenario.form, error=error) from None
    elif scenario.form == "linear":
        speed = -pace / 100
    else:
        try:
            speed = speed_between(scenario.form, level, max(level - pace / 100, -0.0), 1.0, base.entry)
        except KontumError as error:
            raise ScenarioError(
                "error.pace.too_fast", field=Field(key), found=pace, opening=100 * level, error=error
            ) from None
    if scenario.form == "linear":
        return np.asarray(level + speed * span)
    return rate_after(scenario.form, level, speed, span, entry=base.entry)


def implied_pace(obs: pd.DataFrame | Inputs, scenario: Scenario) -> pd.DataFrame:
    """What the other seven districts must do for the province and the poor districts both to keep their pace.

    One row a year after the start: province_rate (on paper), poor_districts_rate, needed_rate (of the seven),
    needed_pace_pp (from the start, a year), floor_rate, possible (needed_rate not below the floor),
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
    poor, weight = base.is_poor_district, base.weights
    rest = weight[~poor].sum()
    floor = base.floor * (weight[~poor] @ base.rates[~poor]) / rest / (1 + base.growth) ** (years - scenario.start)
    paper = paper_line(scenario, "province_pace_pp", weight @ base.rates, weight @ base.first_rates, base, years)
    found = pd.DataFrame(
        dict(
            scenario=scenario.name,
            year=years,
            province_rate=paper,
            poor_districts_rate=weight[poor] @ rates[poor] / weight[poor].sum(),
            needed_rate=needed,
            needed_pace_pp=100 * (needed[0] - needed) / np.maximum(years - scenario.start, 1),
            floor_rate=floor,
            possible=needed >= floor - FULL,
            possible_without_floor=needed >= -FULL,
            shortfall_pp=100 * np.maximum(weight @ rates - paper, 0),
        )
    )
    return found.iloc[1:].reset_index(drop=True)
