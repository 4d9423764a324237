"""The complete district × year panel: published cells untouched, the rest estimated so that every draw adds up.

A year after 2021 is in the panel when a total of the province, a figure of a district, or the total of the merged
province is known of it. `totals` draws the province where it is not published, `filling` the districts; both state
what they assume.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..base.errors import KontumError
from ..data.areas import PROVINCE, area_name, districts, name_of
from ..data.memo import remember
from ..methods.intervals import open_ends
from ..methods.streams import random_stream
from ..methods.sums import apportion
from .districts import FIRST_YEAR, Cell, Facts, district_facts, household_growth
from .filling import Run, draw_within, fill_households, fill_poor, known_log_likelihood, known_poor
from .speeds import CHOICES, Choice
from .totals import MergedTotal, Movement, draw_movement, draw_totals, merged_log_likelihood, merged_total, resample

LOOK_AHEAD = 5  # years after the last published total in which a merged total is looked for
COUNTS = ("poor_households", "rate")  # cells that make a year one of the panel


@dataclass(frozen=True)
class Estimates:
    """The panel and its draws.

    panel: one row an area and year (province first); rate is a fraction, counts are households, `status` is published,
    derived, office or estimated for each of the three figures; `q10` and `q90` bound the 80 % interval of an estimated
    rate or count, and are missing where it is known. poor, households: whole numbers, shape (district, year, draw);
    every draw of `poor` sums to the province's. total_years: the years whose provincial total is published; movement:
    the province's speed and shocks in each draw, None where every total is published.
    """

    panel: pd.DataFrame
    areas: tuple[str, ...]
    years: tuple[int, ...]
    total_years: tuple[int, ...]
    poor: NDArray[np.int64]
    households: NDArray[np.int64]
    movement: Movement | None = None

    @property
    def rates(self) -> np.ndarray:
        """Rates as fractions, shape (district, year, draw)."""
        return self.poor / self.households


def estimate_panel(
    obs: pd.DataFrame, draws: int = 2000, seed: int = 3299, choice: Choice = CHOICES["default"]
) -> Estimates:
    """Districts of the province under the current standard, from end-2021 to the last year of which anything is known.

    obs: from `load_observations`. draws: number of joint draws. seed: with the area code it fixes each district's
    random numbers (SeedSequence(seed, spawn_key=(code,))), whatever other districts there are.
    choice: how the province moves in a year whose total is not published.

    Raises KontumError when the opening stock is not known or known districts already exceed the province.

    >>> from kontum_analysis.data.observations import load_observations
    >>> estimates = estimate_panel(load_observations(), draws=200)
    >>> set(estimates.poor[:, estimates.years.index(2023), :].sum(axis=0).tolist())
    {10220}
    """
    estimates = _estimate(obs, int(draws), int(seed), choice)
    return replace(estimates, panel=estimates.panel.copy(deep=False))


@remember(16)
def _estimate(obs: pd.DataFrame, draws: int, seed: int, choice: Choice) -> Estimates:
    """The same, remembered: asked again about the same figures, it costs a few milliseconds."""
    if draws < 2:
        raise KontumError("error.draws", found=draws)
    facts, codes = district_facts(obs), districts()
    for code in [PROVINCE, *codes]:
        names = {name for name in ("poor_households", "rate", "households") if (code, FIRST_YEAR, name) in facts}
        if "households" not in names or len(names) < 2:
            raise KontumError("error.opening", area=name_of(code), code=code, year=FIRST_YEAR)
    last = max(_total_years(facts))
    merged = {}
    for year in range(last + 1, last + 1 + LOOK_AHEAD):
        if total := merged_total(obs, year):
            merged[year] = total
    years = list(range(FIRST_YEAR, max([year for _, year, name in facts if name in COUNTS] + list(merged)) + 1))
    is_open = len(years) > len(_total_years(facts))
    movement = draw_movement(obs, draws, seed, choice) if is_open else None
    return estimate_facts(facts, codes, years, draws, seed, movement, merged, household_growth(obs))


def latest_year(obs: pd.DataFrame) -> int:
    """The last year of which a count or a rate of poor households is known, of the province or of a district.

    A year known by the total of the merged province alone is not among them.

    >>> from kontum_analysis.data.observations import load_observations
    >>> latest_year(load_observations())
    2023
    """
    return max(year for _, year, name in district_facts(obs) if name in COUNTS)


def _total_years(facts: Facts) -> list[int]:
    return sorted(year for area, year, name in facts if area == PROVINCE and name == "poor_households")


def estimate_facts(
    facts: Facts,
    codes: list[str],
    years: list[int],
    draws: int,
    seed: int,
    movement: Movement | None = None,
    merged: Mapping[int, MergedTotal] | None = None,
    growth: float = 0.0,
) -> Estimates:
    """The `Estimates` of any group of districts with known cells, the group itself as `PROVINCE`.

    facts: of `district_facts`; every district and the group must be known in the first year. movement: of the group,
    needed where its total is not known in some year; merged: totals of a larger province by year; growth: yearly, of
    households.
    """
    streams = {code: random_stream(seed, code) for code in codes}
    last_total = years.index(max(_total_years(facts)))
    run = Run(facts, codes, years, last_total, draws, streams, random_stream(seed, PROVINCE))
    whole = _draw_whole(run, growth)
    households = fill_households(run, whole)
    values = known_poor(run, households)
    total = draw_totals(facts, years, whole, movement, random_stream(seed, PROVINCE, 3))
    open_places = [j for j, year in enumerate(years) if (PROVINCE, year, "poor_households") not in facts]
    if open_places and movement:
        log_weight = known_log_likelihood(run, values, households, total / whole)
        for year, merged_year in (merged or {}).items():
            j = years.index(year)
            log_weight = log_weight + merged_log_likelihood(merged_year, total[j], whole[j])
        sample = resample(log_weight, random_stream(seed, PROVINCE, 4))
        rates = (total / whole)[:, sample]
        movement = movement.take(sample)
        for j in open_places:
            is_known = ~np.isnan(values[:, j, 0])
            sure = np.nansum(values[:, j], axis=0)
            total[j] = np.clip(np.rint(rates[j] * whole[j]), sure, sure + households[~is_known, j].sum(axis=0))
    poor = fill_poor(run, households, values, total)
    for shared in (poor, households):
        shared.setflags(write=False)
    panel = _panel(run, poor, households)
    return Estimates(panel, tuple(codes), tuple(years), tuple(_total_years(facts)), poor, households, movement)


def _draw_whole(run: Run, growth: float) -> np.ndarray:
    """Households of the province by year, shape (year, draw): known within its range, else grown from the year
    before.
    """
    whole = np.empty((len(run.years), run.draws), np.int64)
    for j, year in enumerate(run.years):
        cell = run.facts.get((PROVINCE, year, "households"))
        whole[j] = draw_within(cell, run.draws, run.common) if cell else np.rint(whole[j - 1] * (1 + growth))
    return whole


def _panel(run: Run, poor: np.ndarray, households: np.ndarray) -> pd.DataFrame:
    rows = []
    for j, year in enumerate(run.years):
        whole, base = poor[:, j].sum(axis=0), households[:, j].sum(axis=0)
        total, point_total = round(whole.mean()), round(base.mean())
        rows.append(_row(run, PROVINCE, year, whole, base, total, point_total))
        point_poor = apportion(poor[:, j].mean(axis=1), total)
        point_households = apportion(households[:, j].mean(axis=1), point_total)
        for i, code in enumerate(run.codes):
            rows.append(_row(run, code, year, poor[i, j], households[i, j], point_poor[i], point_households[i]))
    return pd.DataFrame(rows).astype(dict.fromkeys(("poor_q10", "poor_q90"), "Int64"))


def _ends(cell: Cell | None, draws: np.ndarray) -> tuple[float, float]:
    """The 80 % interval of what is drawn; missing where the cell is known, or where the others leave it no choice."""
    ends = np.full(2, np.nan) if cell else np.quantile(draws, [0.1, 0.9]).round(6)
    low, high = open_ends(*ends)
    return float(low), float(high)


def _row(
    run: Run, code: str, year: int, poor: np.ndarray, households: np.ndarray, point_poor: int, point_households: int
) -> dict[str, Any]:
    cells: dict[str, Cell | None] = {
        name: run.facts.get((code, year, name)) for name in ("rate", "poor_households", "households")
    }
    rate = cells["rate"].middle if cells["rate"] else point_poor / point_households
    rate_low, rate_high = _ends(cells["rate"], poor / households)
    low, high = _ends(cells["poor_households"], poor)
    return dict(
        area=code,
        area_name=area_name(code, "vi"),
        year=year,
        rate=round(rate, 6),
        rate_q10=rate_low,
        rate_q90=rate_high,
        poor_households=int(point_poor),
        poor_q10=np.floor(low),
        poor_q90=np.ceil(high),
        households=int(point_households),
        **{f"status_{name}": cell.status if cell else "estimated" for name, cell in cells.items()},
        source_id="|".join(dict.fromkeys(cell.source for cell in cells.values() if cell)),
    )
