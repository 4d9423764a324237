"""The complete district × year panel: published cells untouched, the rest estimated so that every draw adds up.

`filling` draws the missing cells and states what it assumes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..base.errors import KontumError
from ..data.areas import PROVINCE, area_name, districts, name_of
from ..data.memo import remember
from ..methods.sums import apportion
from .districts import FIRST_YEAR, Facts, district_facts
from .filling import Run, fill_households, fill_poor


@dataclass(frozen=True)
class Estimates:
    """The panel and its draws.

    panel: one row an area and year (province first); rate is a fraction, counts are households, `q10` and `q90`
    bound the 80 % interval, `status` is published, derived or estimated for each of the three figures.
    poor, households: whole numbers, shape (district, year, draw); every draw of `poor` sums to the province.
    """

    panel: pd.DataFrame
    areas: tuple[str, ...]
    years: tuple[int, ...]
    poor: NDArray[np.int64]
    households: NDArray[np.int64]

    @property
    def rates(self) -> np.ndarray:
        """Rates as fractions, shape (district, year, draw)."""
        return self.poor / self.households


def estimate_panel(obs: pd.DataFrame, draws: int = 2000, seed: int = 3299) -> Estimates:
    """Districts of the province under the current standard, end-2021 to the last year whose total is known.

    A total is known when the province's poor households are published, and its households too or its printed rate.

    obs: from `load_observations`. draws: number of joint draws. seed: with the area code it fixes each district's
    random numbers (SeedSequence(seed, spawn_key=(code,))), whatever other districts there are.

    Raises KontumError when the opening stock is not known or known districts already exceed the province.

    >>> from kontum_analysis.data.observations import load_observations
    >>> estimates = estimate_panel(load_observations(), draws=200)
    >>> set(estimates.poor[:, -1, :].sum(axis=0).tolist())
    {10220}
    """
    estimates = _estimate(obs, int(draws), int(seed))
    return replace(estimates, panel=estimates.panel.copy())


@remember(16)
def _estimate(obs: pd.DataFrame, draws: int, seed: int) -> Estimates:
    """The same, remembered: asked again about the same figures, it costs a few milliseconds."""
    if draws < 2:
        raise KontumError("error.draws", found=draws)
    return estimate_facts(district_facts(obs), districts(), draws, seed)


def estimate_facts(facts: Facts, codes: list[str], draws: int, seed: int) -> Estimates:
    """The `Estimates` of districts with known cells; facts: of `district_facts`, with the province's own."""
    years = _years(facts, codes)
    streams = {code: _stream(seed, code) for code in codes}
    run = Run(facts, codes, years, draws, streams, common=_stream(seed, PROVINCE))
    households = fill_households(run)
    poor = fill_poor(run, households)
    for shared in (poor, households):
        shared.setflags(write=False)
    return Estimates(_panel(run, poor, households), tuple(codes), tuple(years), poor, households)


def _stream(seed: int, code: str) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(code),)))


def _years(facts: Facts, codes: Sequence[str]) -> list[int]:
    """Years whose provincial total is known, from the opening stock on; every district must be known in the first."""
    for code in [PROVINCE, *codes]:
        names = {name for name in ("poor_households", "rate", "households") if (code, FIRST_YEAR, name) in facts}
        if "households" not in names or len(names) < 2:
            raise KontumError("error.opening", area=name_of(code), code=code, year=FIRST_YEAR)
    years, year = [], FIRST_YEAR
    while {(PROVINCE, year, "poor_households"), (PROVINCE, year, "households")} <= set(facts):
        years.append(year)
        year += 1
    return years


def _panel(run: Run, poor: np.ndarray, households: np.ndarray) -> pd.DataFrame:
    rows = []
    for j, year in enumerate(run.years):
        total = int(run.facts[PROVINCE, year, "poor_households"].middle)
        cell = run.facts[PROVINCE, year, "households"]
        rows.append(
            _row(run, PROVINCE, year, np.full(2, total), np.array([cell.low, cell.high]), total, round(cell.middle))
        )
        mean = households[:, j].mean(axis=1)
        points = zip(apportion(poor[:, j].mean(axis=1), total), apportion(mean, round(mean.sum())), strict=True)
        for i, point in enumerate(points):
            rows.append(_row(run, run.codes[i], year, poor[i, j], households[i, j], *point))
    return pd.DataFrame(rows)


def _row(
    run: Run, code: str, year: int, poor: np.ndarray, households: np.ndarray, point_poor: int, point_households: int
) -> dict[str, Any]:
    """A row of the panel; poor, households: draws, shape (draw,); the points are the whole numbers that are shown."""
    cells = {name: run.facts.get((code, year, name)) for name in ("rate", "poor_households", "households")}
    rate = cells["rate"].middle if cells["rate"] else point_poor / point_households
    low, high = np.quantile(poor, [0.1, 0.9])
    rate_low, rate_high = (rate, rate) if cells["rate"] else np.quantile(poor / households, [0.1, 0.9])
    return dict(
        area=code,
        area_name=area_name(code, "vi"),
        year=year,
        rate=round(rate, 6),
        rate_q10=round(rate_low, 6),
        rate_q90=round(rate_high, 6),
        poor_households=int(point_poor),
        poor_q10=int(np.floor(low)),
        poor_q90=int(np.ceil(high)),
        households=int(point_households),
        **{f"status_{name}": cell.status if cell else "estimated" for name, cell in cells.items()},
        source_id="|".join(dict.fromkeys(cell.source for cell in cells.values() if cell)),
    )
