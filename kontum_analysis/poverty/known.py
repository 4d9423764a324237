"""What is known so far of the province and of its groups of districts."""

import numpy as np
import pandas as pd

from ..data.areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE, poor_districts
from ..methods.intervals import open_ends
from .districts import FIRST_YEAR
from .estimates import Estimates, estimate_panel


def known_groups(obs: pd.DataFrame) -> pd.DataFrame:
    """What is known so far of the province, its poor districts and the other seven: one row a group and year.

    Columns: area, year, rate (fraction), q10, q90 (80 % interval of an estimate, missing where it is known), status:
    that of the province; of a group estimated where its sum is, else office where any count in it is, else derived. A
    group whose parts are estimated but whose sum is what the known districts leave of the total is derived.

    >>> from kontum_analysis.data.observations import load_observations
    >>> known_groups(load_observations()).query("year == 2021").rate.round(4).tolist()
    [0.1532, 0.4673, 0.1095]
    """
    estimates = estimate_panel(obs)
    names = {"rate_q10": "q10", "rate_q90": "q90", "status_poor_households": "status"}
    province = estimates.panel[estimates.panel["area"] == PROVINCE].rename(columns=names)
    is_poor = np.isin(estimates.areas, poor_districts())
    groups = [_group_rates(estimates, *group) for group in ((POOR_DISTRICTS, is_poor), (OTHER_DISTRICTS, ~is_poor))]
    return pd.concat([province[groups[0].columns], *groups], ignore_index=True)


def _group_rates(estimates: Estimates, code: str, is_member: np.ndarray) -> pd.DataFrame:
    rows = estimates.panel[estimates.panel["area"].isin(np.array(estimates.areas)[is_member])]
    whole = rows.groupby("year")[["poor_households", "households"]].sum()
    is_in = {
        kind: (rows["status_poor_households"] == kind).groupby(rows["year"]).any().to_numpy()
        for kind in ("estimated", "office")
    }
    rates = estimates.poor[is_member].sum(axis=0) / estimates.households[is_member].sum(axis=0)
    low, high = open_ends(*np.quantile(rates, [0.1, 0.9], axis=1))
    is_in["estimated"] = is_in["estimated"] & ~np.isnan(low)  # else the parts are not known, but their sum is
    low, high = (np.where(is_in["estimated"], end, np.nan) for end in (low, high))
    return pd.DataFrame(
        dict(
            area=code,
            year=estimates.years,
            rate=(whole["poor_households"] / whole["households"]).to_numpy(),
            q10=low,
            q90=high,
            status=np.select(list(is_in.values()), list(is_in), "derived"),
        )
    )


def known_rates(obs: pd.DataFrame) -> pd.DataFrame:
    """The poverty rate of the province and of its poor districts together, end of each known year, and how it is known.

    Columns: area, year, rate, q10, q90 (80 % interval of an estimate), status.

    >>> from kontum_analysis.data.observations import load_observations
    >>> known_rates(load_observations()).query("area == '62'").rate.round(4).tolist()
    [0.1532, 0.1086, 0.0684, 0.0468]
    """
    groups = known_groups(obs)
    return groups[groups["area"].isin([PROVINCE, POOR_DISTRICTS])].reset_index(drop=True)


def opening_rates(obs: pd.DataFrame) -> dict[str, float]:
    """Rates (fractions) of the province and its two groups of districts at end-2021, from which averages are counted.

    >>> from kontum_analysis.data.observations import load_observations
    >>> {code: round(rate, 4) for code, rate in opening_rates(load_observations()).items()}
    {'62': 0.1532, '62-POOR': 0.4673, '62-REST': 0.1095}
    """
    groups = known_groups(obs)
    rows = groups[groups["year"] == FIRST_YEAR]
    return dict(zip(rows["area"], rows["rate"], strict=True))
