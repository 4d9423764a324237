"""The targets of the national programmes beside the province's own, in the nation's unit.

The nation counts shares of communes and districts, the province counts communes and districts; the register's numbers
turn one into the other. Two national shares leave their base open (all communes, or those at the standard): here it is
all communes, which is the stricter reading.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..data.areas import districts, rural_communes
from ..data.programme import load_targets
from .board import scoreboard

FEW_DRAWS = 200  # only the statuses of targets with a model depend on draws


def _same(value: float) -> float:
    return value


def _share_of_communes(value: float) -> float:
    return 100 * value / rural_communes()


def _share_of_districts(value: float) -> float:
    """The city's task, a target of its own, counts with the four districts."""
    return 100 * (value + 1) / len(districts())


def _communes_below(share: float) -> float:
    """Communes below a number of criteria, from the share of communes that have it."""
    return round(rural_communes() * (1 - share / 100))


# national target -> the province's target of the same matter, and the way from the province's unit to the nation's
MATCHES = {
    "N-90-01": ("S-GN-01", _same),
    "N-90-03": ("S-GN-02", _same),
    "N-NQ24-01": ("S-GN-01", _same),
    "N-263-01": ("S-NTM-01", _share_of_communes),
    "N-263-02": ("S-NTM-02", _share_of_communes),
    "N-263-03": ("S-NTM-03", _share_of_communes),
    "N-263-04": ("S-NTM-05", _communes_below),
    "N-263-05": ("S-NTM-08A", _share_of_districts),
    "N-1719-03": ("S-DT-10B", _same),
}


def national_targets(obs: pd.DataFrame, data: str | Path | None = None) -> pd.DataFrame:
    """Targets of the national programmes (QĐ 90, NQ 24, QĐ 263, NQ 120 with QĐ 1719) beside the province's on the same
    matter.

    Columns: target_id, document, indicator, horizon_year, unit_measure, national_low, national_high (in that unit);
    province_target, province_low, latest_value of the province, turned into the same unit; latest_day, target_status
    of the province's own target, with ".over" once its period is over. National targets without a counterpart in
    Programme 3299 are left out: load_targets has all. So are those that a data folder does not hold.

    >>> from kontum_analysis.data.observations import load_observations
    >>> beside = national_targets(load_observations()).set_index("target_id")
    >>> beside.loc["N-263-01", ["national_low", "province_low"]].round(1).tolist()
    [80.0, 70.6]
    """
    targets = load_targets(data).set_index("target_id")
    board = scoreboard(obs, data=data, draws=FEW_DRAWS).set_index("target_id")
    rows = []
    for target_id, (province_id, in_national_unit) in MATCHES.items():
        if target_id not in targets.index or province_id not in board.index:
            continue
        nation: Any = targets.loc[target_id]
        province: Any = board.loc[province_id]
        low, latest = (
            in_national_unit(value) if pd.notna(value) else np.nan
            for value in (province.value_low, province.latest_value)
        )
        rows.append(
            dict(
                target_id=target_id,
                document=nation.document,
                indicator=nation.indicator,
                horizon_year=int(nation.horizon_year),
                unit_measure=nation.unit_measure,
                national_low=nation.value_low,
                national_high=nation.value_high,
                province_target=province_id,
                province_low=low,
                latest_value=latest,
                latest_day=province.latest_day,
                target_status=f"{province.status}.over" if province.period_over else province.status,
            )
        )
    return pd.DataFrame(rows)
