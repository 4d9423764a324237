"""Observations and projections as SDMX-CSV 2.0 (SDMX 3.0), for statistical offices and their tools.

Format: https://github.com/sdmx-twg/sdmx-csv, field guide of the data message. The first three columns say what a row
belongs to (STRUCTURE, STRUCTURE_ID, ACTION), then come dimensions, the measure and attributes. Comma, decimal point,
UTF-8
without a mark. A machine reads this, so no text is changed in it.
"""

from collections.abc import Iterable

import pandas as pd

from ..poverty.paths import exit_quotas, groups, project_poverty
from ..poverty.scenarios import Scenario

AGENCY = "KONTUM"
NONE = "_Z"  # SDMX: not applicable
MISSING = "O"  # CL_OBS_STATUS: missing value
# how a number is known -> CL_OBS_STATUS: A normal, E estimated, F forecast (here: what a scenario leads to)
_STATUS = {"published": "A", "derived": "E", "estimated": "E", "projected": "F"}


def observations_csv(obs: pd.DataFrame) -> str:
    """The published figures; dimensions REF_AREA, LEVEL, INDICATOR, STANDARD, BOUND, SOURCE, TIME_PERIOD.

    A bound has no OBS_VALUE (its status is O, missing) and stands in BOUND_VALUE. PREFERRED is 1 for the row to use of
    several for the same fact. Text (str).
    """
    exact = obs["obs_value"].notna()
    table = pd.DataFrame(
        {
            "REF_AREA": obs["ref_area"],
            "LEVEL": obs["level"],
            "INDICATOR": obs["indicator"],
            "STANDARD": obs["standard"].replace("", NONE),
            "BOUND": obs["bound"],
            "SOURCE": obs["source_id"],
            "TIME_PERIOD": obs["time_period"],
            "OBS_VALUE": obs["obs_value"],
            "UNIT_MEASURE": obs["unit_measure"],
            "OBS_STATUS": obs["obs_status"].where(exact, MISSING),
            "BOUND_VALUE": obs["bound_value"],
            "DATE_PRECISION": obs["date_precision"],
            "PREFERRED": obs["preferred"].astype(int),
            "KNOWN_FROM": obs["known_from"],
            "COMMENT_OBS": obs["comment"],
        }
    )
    return _csv("OBSERVATIONS", table)


def projections_csv(obs: pd.DataFrame, scenarios: Iterable[Scenario]) -> str:
    """The paths under scenarios; dimensions REF_AREA, INDICATOR, SCENARIO, TIME_PERIOD (31 December). Text (str).

    Indicators: poverty_rate_pct, households_total, poor_households, and poor_exits_needed for the quota of a year.
    HOW_KNOWN tells the opening value (published, derived, estimated) from what is projected.
    """
    parts = []
    for scenario in scenarios:
        path = project_poverty(obs, scenario)
        rows = pd.concat([groups(path), path[path["level"] == "district"]], ignore_index=True)
        for indicator, values, unit in (
            ("poverty_rate_pct", 100 * rows["rate"], "percent"),
            ("households_total", rows["households"], "households"),
            ("poor_households", rows["poor_households"], "households"),
        ):
            parts.append(_series(rows, indicator, values, unit, rows["status"]))
        quotas = exit_quotas(path)
        parts.append(_series(quotas, "poor_exits_needed", quotas["quota"], "households", "projected"))
    return _csv("POVERTY_PROJECTIONS", pd.concat(parts, ignore_index=True))


def _series(rows: pd.DataFrame, indicator: str, values: pd.Series, unit: str, status: pd.Series | str) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "REF_AREA": rows["area"],
            "INDICATOR": indicator,
            "SCENARIO": rows["scenario"],
            "TIME_PERIOD": rows["year"].astype(str) + "-12-31",
            "OBS_VALUE": values.astype(float),
            "UNIT_MEASURE": unit,
            "OBS_STATUS": "",
            "HOW_KNOWN": status,
        }
    )
    return table.assign(OBS_STATUS=table["HOW_KNOWN"].map(_STATUS))


def _csv(flow: str, table: pd.DataFrame) -> str:
    table.insert(0, "STRUCTURE", "dataflow")
    table.insert(1, "STRUCTURE_ID", f"{AGENCY}:{flow}(1.0.0)")
    table.insert(2, "ACTION", "I")
    return table.to_csv(index=False, lineterminator="\r\n", float_format="%.9g")
