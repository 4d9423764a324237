"""The complete district × year panel: published cells untouched, the rest drawn so that every draw adds up.

Model of a missing cell, on the log odds of the rate (and, alike, on the log of the households):

    theta[d, t] = theta[d, t-1] + drift[t] + error,  error ~ N(0, tau²)

a random walk between and after the known years of the district. The mean drift and tau come from the districts known
in the first and the last year; both are drawn anew in every draw (t and chi-square with n-1 degrees of freedom), so
that the small number of districts widens the intervals. The drift is split over the years as the province's own log
odds moved (evenly where the province moved to and fro). Each draw is then conditioned on the published total of the
province: its log odds move together along
prior variance × sensitivity of the count, N p (1 - p), which for a linear total is exact conditioning of a Gaussian
draw
(Matheron's rule; Wilson et al. 2021, JMLR 22(105)), as far as the total needs. Then it is rounded to whole households
by
largest remainder. Assumed, not known: normal errors, equal tau in all districts, errors
independent between districts before the total ties them together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from ..base.errors import KontumError
from ..data.areas import PROVINCE, area_name, districts, name_of
from ..methods.sums import apportion
from .districts import CHANGES, FIRST_YEAR, Cell, district_facts

TAU_WITHOUT_EVIDENCE = 0.30  # log odds a year, used only while fewer than three districts are known twice
GROWTH_SD_WITHOUT_EVIDENCE = 0.01
Facts = Mapping[tuple[str, int, str], Cell]  # of `district_facts`


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


class _Run(NamedTuple):
    """What every step takes: the known cells, the districts, the years, and random numbers of each district and in
    common.
    """

    facts: Facts
    codes: list[str]
    years: list[int]
    draws: int
    streams: dict[str, np.random.Generator]
    common: np.random.Generator


def estimate_panel(obs: pd.DataFrame, draws: int = 2000, seed: int = 3299) -> Estimates:
    """Districts of the province under the current standard, end-2021 to the last year whose total is known.

    A total is known when the province's poor households are published, and its households too or its printed rate.

    obs: from `load_observations`. draws: number of joint draws. seed: with the area code it fixes each district's
    random numbers (SeedSequence(seed, spawn_key=(code,))), whatever other districts there are.

    Raises KontumError when the opening stock is not known or known districts already exceed the province.

    >>> from kontum_analysis.data.observations import load_observations
    >>> found = estimate_panel(load_observations(), draws=200)
    >>> set(found.poor[:, -1, :].sum(axis=0).tolist())
    {10220}
    """
    if draws < 2:
        raise KontumError("error.draws", found=draws)
    facts = district_facts(obs)
    codes = districts()
    years = _years(facts, codes)
    streams = {code: np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(code),))) for code in codes}
    common = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(PROVINCE),)))
    run = _Run(facts, codes, years, draws, streams, common)
    households = _draw_households(run)
    poor = _draw_poor(run, households)
    return Estimates(_panel(run, poor, households), tuple(codes), tuple(years), poor, households)


def _years(facts: Facts, codes: Sequence[str]) -> list[int]:
    """Years whose provincial total is known, from the opening stock on; every district must be known in the first."""
    for code in [PROVINCE, *codes]:
        known = {name for name in ("poor_households", "rate", "households") if (code, FIRST_YEAR, name) in facts}
        if "households" not in known or len(known) < 2:
            raise KontumError("error.opening", area=name_of(code), code=code, year=FIRST_YEAR)
    years, year = [], FIRST_YEAR
    while {(PROVINCE, year, "poor_households"), (PROVINCE, year, "households")} <= set(facts):
        years.append(year)
        year += 1
    return years


def _within(cell: Cell, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Whole numbers spread evenly over the range of a cell."""
    return rng.integers(int(np.ceil(cell.low)), int(np.floor(cell.high)) + 1, draws)


def _draw_households(run: _Run) -> np.ndarray:
    total = [_within(run.facts[PROVINCE, y, "households"], run.draws, run.common) for y in run.years]
    known = np.full((len(run.codes), len(run.years), run.draws), np.nan)
    for i, code in enumerate(run.codes):
        for j, year in enumerate(run.years):
            if cell := run.facts.get((code, year, "households")):
                known[i, j] = np.log(_within(cell, run.draws, run.streams[code]))
    drift = np.diff(np.log(np.array(total)), axis=0)
    theta, _ = _walk(run, known, drift, GROWTH_SD_WITHOUT_EVIDENCE)
    result: np.ndarray = np.rint(np.exp(known)).astype(float)
    for j in range(len(run.years)):
        missing = np.isnan(known[:, j, 0])
        left = total[j] - np.where(missing[:, None], 0, result[:, j]).sum(axis=0)
        if missing.any():
            if np.any(left < 0):
                raise KontumError("error.households_fit", year=run.years[j], total=total[j].mean())
            share = np.exp(theta[missing, j])
            result[missing, j] = apportion(share * left / share.sum(axis=0), left)
    return result.astype(np.int64)


def _draw_poor(run: _Run, households: np.ndarray) -> np.ndarray:
    known = np.full(households.shape, np.nan)
    for i, code in enumerate(run.codes):
        for j, year in enumerate(run.years):
            if cell := run.facts.get((code, year, "poor_households")):
                known[i, j] = cell.middle
            elif cell := run.facts.get((code, year, "rate")):
                rate = run.streams[code].uniform(cell.low, cell.high, run.draws)
                known[i, j] = np.rint(rate * households[i, j])
    total = np.array([run.facts[PROVINCE, y, "poor_households"].middle for y in run.years])
    province = np.log(total[:, None]) - np.log(households.sum(axis=0) - total[:, None])
    inner = np.clip(known, 0.5, households - 0.5)  # the log odds of none and of all are infinite
    theta, spread = _walk(run, logit(inner / households), np.diff(province, axis=0), TAU_WITHOUT_EVIDENCE)
    poor = known.copy()
    for j, year in enumerate(run.years):
        missing, least, most = np.isnan(known[:, j, 0]), 0, households[:, j]
        if not missing.any():  # the districts known by a printed rate alone take what the counts leave
            missing = np.array([(code, year, "poor_households") not in run.facts for code in run.codes])
            cells = [run.facts[code, year, "rate"] for code in np.array(run.codes)[missing]]
            base = households[missing, j]
            least = sum(np.floor(cell.low * h.min()) for cell, h in zip(cells, base, strict=True))
            most = np.array([[np.ceil(cell.high * h.max())] for cell, h in zip(cells, base, strict=True)])
            spread[missing, j] = 1.0
        else:
            most = most[missing]
        left = (total[j] - np.where(missing[:, None], 0, known[:, j]).sum(axis=0)).astype(np.int64)
        if np.any((left < least) | (left > most.sum(axis=0))):
            raise KontumError("error.poor_fit", year=year, total=total[j])
        if missing.any():
            rate = expit(theta[missing, j])
            sensitivity = (households[missing, j] * rate * (1 - rate)).mean(axis=1)
            rates = shift_to_total(theta[missing, j], spread[missing, j] * sensitivity, households[missing, j], left)
            poor[missing, j] = apportion(rates * households[missing, j], left, ceiling=households[missing, j])
    return poor.astype(np.int64)


def _walk(
    run: _Run, known: np.ndarray, province_drift: np.ndarray, sd_without_evidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Random-walk draws through the known cells; returns theta and the prior spread of each cell (0 where known).

    known: (district, year, draw), NaN where a cell is missing; province_drift: (year - 1, draw).
    """
    n_area, n_year, _ = known.shape
    is_known = ~np.isnan(known[:, :, 0])
    if n_year == 1:
        return known, np.zeros((n_area, 1))
    twice = is_known[:, 0] & is_known[:, -1]
    change = (known[twice, -1] - known[twice, 0]).mean(axis=1)
    whole = province_drift.sum(axis=0)
    if twice.sum() >= 3:
        n = twice.sum()
        sd = change.std(ddof=1) * np.sqrt((n - 1) / run.common.chisquare(n - 1, run.draws))
        mean = change.mean() + sd * run.common.standard_normal(run.draws) / np.sqrt(n)
        tau = sd / np.sqrt(n_year - 1)
    else:
        mean, tau = whole, np.full(run.draws, sd_without_evidence)
    same_way = (np.sign(province_drift) == np.sign(whole)).all(axis=0) & (whole != 0)
    share = np.where(same_way, province_drift, 1.0) / np.where(same_way, whole, n_year - 1)
    drift = province_drift + share * (mean - whole)
    path = np.concatenate([np.zeros((1, run.draws)), np.cumsum(drift, axis=0)])
    theta, spread = known.copy(), np.zeros((n_area, n_year))
    for i, code in enumerate(run.codes):
        steps = run.streams[code].standard_normal((n_year - 1, run.draws)) * tau
        walk = path + np.concatenate([np.zeros((1, run.draws)), np.cumsum(steps, axis=0)])
        anchors = np.flatnonzero(is_known[i])
        for j in np.flatnonzero(~is_known[i]):
            before, after = anchors[anchors < j].max(), anchors[anchors > j]
            theta[i, j] = known[i, before] + walk[j] - walk[before]
            spread[i, j] = j - before
            if len(after):  # a bridge: the walk is bent to meet the next known cell
                share = (j - before) / (after.min() - before)
                theta[i, j] += share * (known[i, after.min()] - known[i, before] - walk[after.min()] + walk[before])
                spread[i, j] = (j - before) * (1 - share)
    return theta, spread


def shift_to_total(
    theta: np.ndarray, spread: np.ndarray, households: np.ndarray, total: np.ndarray, steps: int = 60
) -> np.ndarray:
    """Rates expit(theta + spread * delta) with the delta, one a draw, for which households * rate sums to `total`.

    theta (log odds), households: (district, draw); spread: (district,), how far each may move; total: (draw,).
    Returns rates, shape (district, draw). Solved by bisection, so it cannot fail to converge.

    >>> shift_to_total(np.zeros((2, 1)), np.ones(2), np.array([[100], [300]]), np.array([100])).round(4)
    array([[0.25],
           [0.25]])
    """
    low, high = np.full(total.shape, -60.0), np.full(total.shape, 60.0)
    weight = spread[:, None] / spread.max()
    for _ in range(steps):
        middle = (low + high) / 2
        over = (households * expit(theta + weight * middle)).sum(axis=0) > total
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    rates: np.ndarray = expit(theta + weight * (low + high) / 2)
    return rates


def _panel(run: _Run, poor: np.ndarray, households: np.ndarray) -> pd.DataFrame:
    rows = []
    for j, year in enumerate(run.years):
        total = int(run.facts[PROVINCE, year, "poor_households"].middle)
        base = run.facts[PROVINCE, year, "households"]
        rows.append(
            _row(
                PROVINCE, year, run.facts, np.full(2, total), np.array([base.low, base.high]), total, round(base.middle)
            )
        )
        point_poor = apportion(poor[:, j].mean(axis=1), total)
        point_base = apportion(households[:, j].mean(axis=1), round(households[:, j].mean(axis=1).sum()))
        rows += [
            _row(code, year, run.facts, poor[i, j], households[i, j], point_poor[i], point_base[i])
            for i, code in enumerate(run.codes)
        ]
    return pd.DataFrame(rows)


def _row(
    code: str, year: int, facts: Facts, poor: np.ndarray, households: np.ndarray, point_poor: int, point_households: int
) -> dict[str, Any]:
    cells = {name: facts.get((code, year, name)) for name in ("rate", "poor_households", "households")}
    rate = cells["rate"].middle if cells["rate"] else point_poor / point_households
    low, high = np.quantile(poor, [0.1, 0.9])
    rate_low, rate_high = np.quantile(poor / households, [0.1, 0.9]) if not cells["rate"] else (rate, rate)
    status = {f"status_{name}": cell.status if cell else "estimated" for name, cell in cells.items()}
    source = "|".join(dict.fromkeys(cell.source for cell in cells.values() if cell))
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
        **status,
        source_id=source,
    )


def leave_one_out(obs: pd.DataFrame, draws: int = 2000, seed: int = 3299) -> pd.DataFrame:
    """How far the estimates miss: each known district of each later year hidden in turn and estimated from the rest.

    All figures of the hidden district for that year are taken away (and the published changes from which they could
    be computed), the panel is estimated again under the province's total, and the estimate is set beside the truth.

    A cell without which the year itself is not estimated is left out: its total is a sum of districts, or years before
    it are not known.

    Returns one row a hidden cell: area, year, truth, estimate, rate_q10, rate_q90 (fractions), error_pp (points,
    estimate less truth), inside (whether the 80 % interval holds the truth).

    >>> from kontum_analysis.data.observations import load_observations
    >>> missed = leave_one_out(load_observations(), draws=20)
    >>> len(missed), missed.loc[missed.error_pp.idxmin(), "area_name"]
    (9, 'Tu Mơ Rông')
    """
    facts = district_facts(obs)
    rows = []
    for (code, year, name), cell in sorted(facts.items()):
        if code == PROVINCE or name != "rate" or year == FIRST_YEAR:
            continue
        own = obs["time_period"] == f"{year}-12-31"
        change = (obs["time_period"] == f"{year + 1}-12-31") & obs["indicator"].isin(CHANGES)
        hidden = obs[~((obs["ref_area"] == code) & (own | change))]
        panel = estimate_panel(hidden, draws, seed).panel
        estimate = panel[(panel["area"] == code) & (panel["year"] == year)]
        if estimate.empty:  # without this district the total of the year is not known, so there is nothing to estimate
            continue
        found = estimate.iloc[0]
        rows.append(
            dict(
                area=code,
                area_name=found.area_name,
                year=year,
                truth=round(cell.middle, 6),
                estimate=found.rate,
                rate_q10=found.rate_q10,
                rate_q90=found.rate_q90,
                error_pp=round(100 * (found.rate - cell.middle), 3),
                inside=bool(found.rate_q10 <= cell.middle <= found.rate_q90),
            )
        )
    return pd.DataFrame(rows)
