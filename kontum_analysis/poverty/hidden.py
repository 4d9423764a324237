"""How far the estimates of districts miss: known districts are hidden and estimated from the rest."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from ..data.areas import PROVINCE, area_name, districts
from ..data.memo import remember
from ..methods.scores import wis
from .districts import CHANGES, FIRST_YEAR, Cell, Facts, district_facts
from .estimates import estimate_facts, estimate_panel
from .speeds import INTERVALS, QUANTILES
from .totals import draw_movement


@remember(8)
def leave_one_out(obs: pd.DataFrame, draws: int = 2000, seed: int = 3299) -> pd.DataFrame:
    """Each known district of each later year hidden in turn and estimated from the rest.

    All figures of the hidden district for that year are taken away (and the published changes from which they could
    be computed), the panel is estimated again under the province's total, and the estimate is set beside the truth.
    The cases of one year are not independent: each is the province's total less the same districts that are not
    known.

    Returns one row a hidden cell: area, year, truth, estimate, rate_q10, rate_q90 (fractions), error_pp (points,
    estimate less truth), inside (whether the 80 % interval holds the truth).

    >>> from kontum_analysis.data.observations import load_observations
    >>> misses = leave_one_out(load_observations(), draws=20)
    >>> len(misses), misses.area_name[0]
    (9, 'TP. Kon Tum')
    """
    facts, rows = district_facts(obs), []
    years = estimate_panel(obs, 2, seed).total_years
    for (code, year, name), cell in sorted(facts.items()):
        if code == PROVINCE or name != "rate" or year == FIRST_YEAR or year not in years:
            continue
        of_year = obs["time_period"] == f"{year}-12-31"
        change = (obs["time_period"] == f"{year + 1}-12-31") & obs["indicator"].isin(CHANGES)
        panel = estimate_panel(obs[~((obs["ref_area"] == code) & (of_year | change))], draws, seed).panel
        row = panel[(panel["area"] == code) & (panel["year"] == year)].iloc[0]
        if np.isnan(row.rate_q10):  # the others leave it no choice: nothing was estimated
            continue
        rows.append(
            dict(
                area=code,
                area_name=row.area_name,
                year=year,
                truth=round(cell.middle, 6),
                estimate=row.rate,
                rate_q10=row.rate_q10,
                rate_q90=row.rate_q90,
                error_pp=round(100 * (row.rate - cell.middle), 3),
                inside=bool(row.rate_q10 <= cell.middle <= row.rate_q90),
            )
        )
    return pd.DataFrame(rows)


@remember(8)
def closed_group_test(obs: pd.DataFrame, hide: int = 3, draws: int = 2000, seed: int = 3299) -> pd.DataFrame:
    """The districts known in the last published year taken as a province of their own, some of them hidden at a time.

    Unlike `leave_one_out` no case shares the error of districts that nobody knows: the total of the hidden ones is
    that of their own published counts. hide: how many are hidden at once; every choice of them is tried.

    Returns one row a hidden district of each choice: hidden (their names), area, area_name, truth, estimate,
    rate_q10, rate_q90 (fractions), error_pp, wis (points), inside_50, inside_80, inside_95. Empty where fewer than
    hide + 3 are known.

    >>> from kontum_analysis.data.observations import load_observations
    >>> cases = closed_group_test(load_observations(), hide=2, draws=20)
    >>> len(cases), cases.hidden.nunique()
    (42, 21)
    """
    facts, rows = district_facts(obs), []
    estimates = estimate_panel(obs, draws, seed)
    last = estimates.total_years[-1]
    group = sorted(code for code in districts() if (code, last, "rate") in facts)
    if last == FIRST_YEAR or len(group) < hide + 3:
        return pd.DataFrame()
    closed = _as_province(facts, group, estimates.panel.set_index(["area", "year"])["households"], last)
    movement = draw_movement(obs, draws, seed)
    years = list(range(FIRST_YEAR, last + 1))
    for hidden in combinations(group, hide):
        rest = {key: cell for key, cell in closed.items() if key[0] not in hidden or key[1] == FIRST_YEAR}
        rates = estimate_facts(rest, group, years, draws, seed, movement).rates[:, -1]
        rows += [_case(hidden, code, closed[code, last, "rate"].middle, rates[group.index(code)]) for code in hidden]
    return pd.DataFrame(rows)


def _as_province(
    facts: Facts, group: Sequence[str], households: pd.Series, last: int
) -> dict[tuple[str, int, str], Cell]:
    """The cells of a group at both ends, with their sum as the province's.

    households: of the panel, by area and year. A count known by its rate alone is the nearest whole number.
    """
    closed: dict[tuple[str, int, str], Cell] = {}
    for year in (FIRST_YEAR, last):
        total = dict.fromkeys(("households", "poor_households"), 0)
        for code in group:
            rate, count = facts[code, year, "rate"], facts.get((code, year, "poor_households"))
            base = int(households[code, year])
            numbers = {"households": base, "poor_households": round(count.middle if count else rate.middle * base)}
            closed[code, year, "rate"] = rate
            for name, number in numbers.items():
                closed[code, year, name] = Cell(number, number, "published", rate.source)
                total[name] += number
        for name, number in total.items():
            closed[PROVINCE, year, name] = Cell(number, number, "derived", "")
    return closed


def _case(hidden: Sequence[str], code: str, truth: float, draws: np.ndarray) -> dict[str, object]:
    quantiles = np.quantile(draws, QUANTILES)
    inside = {
        f"inside_{width}": bool(np.quantile(draws, low) <= truth <= np.quantile(draws, high))
        for width, (low, high) in INTERVALS.items()
    }
    return dict(
        hidden=", ".join(area_name(area, "vi") for area in hidden),
        area=code,
        area_name=area_name(code, "vi"),
        truth=round(truth, 6),
        estimate=round(float(draws.mean()), 6),
        rate_q10=round(float(np.quantile(draws, 0.1)), 6),
        rate_q90=round(float(np.quantile(draws, 0.9)), 6),
        error_pp=round(100 * float(draws.mean() - truth), 3),
        wis=float(wis(100 * truth, QUANTILES, 100 * quantiles)),
        **inside,
    )
