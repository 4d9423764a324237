"""What is known so far of the province and of its groups of districts."""

import numpy as np
import pandas as pd

from ..data.areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE, poor_districts
from .districts import FIRST_YEAR
from .estimates import Estimates, estimate_panel


def known_groups(obs: pd.DataFrame) -> pd.DataFrame:
    """What is known so far of the province, its poor districts and the other seven: one row a group and year.

    Columns: area, year, rate (fraction), q10, q90 (its 80 % interval, of no width where it is known), status: that of
    the
    province; of a group estimated where any count in it is, else derived, being a sum.

    >>> from kontum_analysis.data.observations import load_observations
    >>> known_groups(load_observations()).query("year == 2021").rate.round(4).tolist()
    [0.1532, 0.4673, 0.1095]
    """
    found = estimate_panel(obs)
    province = found.panel[found.panel["area"] == PROVINCE].rename(
        columns={"rate_q10": "q10", "rate_q90": "q90", "status_poor_households": "status"}
    )
    is_poor = np.isin(found.areas, poor_districts())
    parts = [
        province,
        *(_known_group(found, *group) for group in ((POOR_DISTRICTS, is_poor), (OTHER_DISTRICTS, ~is_poor))),
    ]
    return pd.concat([part[["area", "year", "rate", "q10", "q90", "status"]] for part in parts], ignore_index=True)


def _known_group(found: Estimates, code: str, member: np.ndarray) -> pd.DataFrame:
    rates = found.poor[member].sum(axis=0) / found.households[member].sum(axis=0)
    by_year = found.panel[found.panel["area"].isin(np.array(found.areas)[member])].groupby("year")
    whole, status = by_year[["poor_households", "households"]].sum(), by_year["status_poor_households"]
    worst = status.agg(lambda s: "estimated" if (s == "estimated").any() else "derived")
    q10, q90 = np.quantile(rates, [0.1, 0.9], axis=1)
    rate = (whole["poor_households"] / whole["households"]).to_numpy()
    return pd.DataFrame(dict(area=code, year=found.years, rate=rate, q10=q10, q90=q90, status=worst.to_numpy()))


def known_rates(obs: pd.DataFrame) -> pd.DataFrame:
    """The poverty rate of the province and of its poor districts together, end of each known year, with how it is
    known.

    Columns: area, year, rate, q10, q90 (80 % interval where estimated), status.

    >>> from kontum_analysis.data.observations import load_observations
    >>> known_rates(load_observations()).query("area == '62'").rate.round(4).tolist()
    [0.1532, 0.1086, 0.0684]
    """
    found = known_groups(obs)
    found = found[found["area"].isin([PROVINCE, POOR_DISTRICTS])].reset_index(drop=True)
    sure = found["status"] != "estimated"
    return found.assign(q10=found["q10"].mask(sure), q90=found["q90"].mask(sure))


def opening_rates(obs: pd.DataFrame) -> dict[str, float]:
    """Rates (fractions) of the province and its two groups of districts at end-2021, from which averages are counted.

    >>> from kontum_analysis.data.observations import load_observations
    >>> {code: round(rate, 4) for code, rate in opening_rates(load_observations()).items()}
    {'62': 0.1532, '62-POOR': 0.4673, '62-REST': 0.1095}
    """
    rates = known_groups(obs)
    rows = rates[rates["year"] == FIRST_YEAR]
    return dict(zip(rows["area"], rows["rate"], strict=True))
