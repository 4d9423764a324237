"""How far the estimates of the district panel miss: known figures hidden and estimated from the rest."""

import pandas as pd

from ..data.areas import PROVINCE
from .districts import CHANGES, FIRST_YEAR, district_facts
from .estimates import estimate_panel


def leave_one_out(obs: pd.DataFrame, draws: int = 2000, seed: int = 3299) -> pd.DataFrame:
    """How far the estimates miss: each known district of each later year hidden in turn and estimated from the rest.

    All figures of the hidden district for that year are taken away (and the published changes from which they could
    be computed), the panel is estimated again under the province's total, and the estimate is set beside the truth.

    Returns one row a hidden cell: area, year, truth, estimate, rate_q10, rate_q90 (fractions), error_pp
    (points, estimate less truth), inside (whether the 80 % interval holds the truth).

    >>> from kontum_analysis.data.observations import load_observations
    >>> misses = leave_one_out(load_observations(), draws=20)
    >>> len(misses), misses.loc[misses.error_pp.idxmin(), "area_name"]
    (9, 'Tu Mơ Rông')
    """
    facts = district_facts(obs)
    cells = sorted((code, year) for code, year, name in facts if name == "rate" and code != PROVINCE)
    rows = []
    for code, year in cells:
        if year == FIRST_YEAR:
            continue
        truth = facts[code, year, "rate"].middle
        panel = estimate_panel(_without(obs, code, year), draws, seed).panel
        estimate = panel[(panel["area"] == code) & (panel["year"] == year)].iloc[0]
        rows.append(
            dict(
                area=code,
                area_name=estimate.area_name,
                year=year,
                truth=round(truth, 6),
                estimate=estimate.rate,
                rate_q10=estimate.rate_q10,
                rate_q90=estimate.rate_q90,
                error_pp=round(100 * (estimate.rate - truth), 3),
                inside=bool(estimate.rate_q10 <= truth <= estimate.rate_q90),
            )
        )
    return pd.DataFrame(rows)


def _without(obs: pd.DataFrame, code: str, year: int) -> pd.DataFrame:
    """The observations without those that tell a district's figures at the end of a year."""
    is_year = obs["time_period"] == f"{year}-12-31"
    is_change_after = (obs["time_period"] == f"{year + 1}-12-31") & obs["indicator"].isin(CHANGES)
    return obs[~((obs["ref_area"] == code) & (is_year | is_change_after))]
