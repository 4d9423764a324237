"""Observations and projections as SDMX-CSV 2.0 (SDMX 3.0), for statistical offices and their tools.

Format: https://github.com/sdmx-twg/sdmx-csv, field guide of the data message. The first three columns say what a row
belongs to (STRUCTURE, STRUCTURE_ID, ACTION), then come dimensions, the measure and attributes. Comma, decimal point,
UTF-8 without a mark. A machine reads this, so no text is changed in it.
"""

from collections.abc import Iterable

import pandas as pd

from ..base.errors import Words
from ..poverty.paths import exit_quotas, groups, project_poverty
from ..poverty.scenarios import Scenario
from .columns import Table

AGENCY, VERSION = "KONTUM", "1.0.0"
NONE, UNSPECIFIED = "_Z", "_U"  # SDMX: not applicable, unspecified
MISSING = "O"  # CL_OBS_STATUS: missing value
# how a number is known -> CL_OBS_STATUS: A normal, E estimated, F forecast (here: what a scenario leads to)
_STATUS = {"published": "A", "derived": "E", "office": "A", "estimated": "E", "projected": "F"}
# table -> its dimensions before TIME_PERIOD, its attributes after OBS_VALUE
FLOWS = {
    "OBSERVATIONS": (
        ("FREQ", "REF_AREA", "LEVEL", "INDICATOR", "STANDARD", "BOUND", "SOURCE"),
        ("UNIT_MEASURE", "OBS_STATUS", "BOUND_VALUE", "DATE_PRECISION", "PREFERRED", "KNOWN_FROM", "COMMENT_OBS"),
    ),
    "POVERTY_PROJECTIONS": (
        ("FREQ", "REF_AREA", "INDICATOR", "SCENARIO"),
        ("UNIT_MEASURE", "OBS_STATUS", "HOW_KNOWN"),
    ),
}


def observations_table(obs: pd.DataFrame) -> Table:
    """The published figures; dimensions FREQ, REF_AREA, LEVEL, INDICATOR, STANDARD, BOUND, SOURCE, TIME_PERIOD.

    FREQ is A for the end of a year, else _U. A bound has no OBS_VALUE (its status is O, missing) and stands in
    BOUND_VALUE. PREFERRED is 1 for the row to use of several for the same fact.
    """
    is_year_end = obs["time_period"].str.endswith("-12-31")
    names = {"source_id": "SOURCE", "comment": "COMMENT_OBS"}
    frame = obs.rename(columns=lambda name: names.get(name, name.upper())).assign(
        FREQ=is_year_end.map({True: "A", False: UNSPECIFIED}),
        STANDARD=obs["standard"].replace("", NONE),
        OBS_STATUS=obs["obs_status"].where(obs["obs_value"].notna(), MISSING),
        PREFERRED=obs["preferred"].astype(int),
    )
    return _table("OBSERVATIONS", frame)


def projections_table(obs: pd.DataFrame, scenarios: Iterable[Scenario]) -> Table:
    """The paths under scenarios; dimensions FREQ, REF_AREA, INDICATOR, SCENARIO, TIME_PERIOD (31 December).

    Indicators: poverty_rate_pct, households_total, poor_households, and poor_exits_needed for the quota of a year.
    HOW_KNOWN tells the opening value (published, derived, office, estimated) from what is projected.
    """
    parts = []
    for scenario in scenarios:
        path = project_poverty(obs, scenario)
        rows = pd.concat([groups(path), path[path["level"] == "district"]], ignore_index=True)
        quotas = exit_quotas(path).assign(status="projected")
        for indicator, table, values, unit in (
            ("poverty_rate_pct", rows, 100 * rows["rate"], "percent"),
            ("households_total", rows, rows["households"], "households"),
            ("poor_households", rows, rows["poor_households"], "households"),
            ("poor_exits_needed", quotas, quotas["quota"], "households"),
        ):
            parts.append(table.assign(INDICATOR=indicator, OBS_VALUE=values.astype(float), UNIT_MEASURE=unit))
    names = {"area": "REF_AREA", "scenario": "SCENARIO", "status": "HOW_KNOWN"}
    frame = pd.concat(parts, ignore_index=True).rename(columns=names)
    frame["TIME_PERIOD"] = frame["year"].astype(str) + "-12-31"
    return _table("POVERTY_PROJECTIONS", frame.assign(FREQ="A", OBS_STATUS=frame["HOW_KNOWN"].map(_STATUS)))


def _table(flow: str, frame: pd.DataFrame) -> Table:
    dimensions, attributes = FLOWS[flow]
    return Table(flow, frame[[*dimensions, "TIME_PERIOD", "OBS_VALUE", *attributes]], Words(f"sdmx.flow.{flow}"))


def data_csv(table: Table) -> str:
    """A table of this module as SDMX-CSV: text, numbers to nine significant digits."""
    head = {"STRUCTURE": "dataflow", "STRUCTURE_ID": f"{AGENCY}:{table.name}({VERSION})", "ACTION": "M"}
    rows = pd.concat([pd.DataFrame(head, index=table.frame.index), table.frame], axis=1)
    return rows.to_csv(index=False, lineterminator="\r\n", float_format="%.9g")
