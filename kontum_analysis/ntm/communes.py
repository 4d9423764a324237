"""What has been published about single new-rural (NTM) communes and districts, gathered commune by commune."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..data.areas import LAST_DAY_OF_DISTRICTS, districts, register
from ..data.own import is_own
from .counts import Commune

MANG_DEN = ("Măng Đen", "613")  # the town that was the commune Đăk Long of Kon Plông until the end of 2019


def communes(obs: pd.DataFrame, count: int = 85) -> list[Commune]:
    """Every rural commune with what is published about it, in order of code; a list of `Commune`.

    count: 85, or 86 to include the commune that became the town of Măng Đen.
    """
    table = register("2020", "commune")
    rural = (table["type"] == "xã") | ((table["name_vi"] == MANG_DEN[0]) & (table["parent_code"] == MANG_DEN[1]))
    table = table[rural] if count == 86 else table[table["type"] == "xã"]
    found = {
        code: Commune(code, name, parent)
        for code, name, parent in table.sort_values("code")[["code", "name_vi", "parent_code"]].to_numpy()
    }
    rows = obs[obs["ref_area"].isin(found) & obs["indicator"].str.startswith("ntm_")]
    rows = rows[rows["time_period"] <= LAST_DAY_OF_DISTRICTS]  # the units since then reuse codes of old communes
    rows = rows[~_overruled(rows)]
    for row in rows.sort_values(["time_period", "source_id"]).itertuples():
        _note(found[row.ref_area], row)
    for c in found.values():
        if c.attained_by and c.not_before > c.attained_by:
            c.not_before = ""  # contradictory pages: the attainment stands
    for row in district_totals(obs).itertuples():
        _complete([c for c in found.values() if c.district == row.district], row)
    return list(found.values())


def _overruled(rows: pd.DataFrame) -> pd.Series:
    """Published levels of communes whose status an office states itself: what it does not repeat no longer holds."""
    stated = rows.loc[is_own(rows) & (rows["indicator"] == "ntm_attained"), "ref_area"]
    return (
        rows["ref_area"].isin(stated) & rows["indicator"].isin(["ntm_advanced_year", "ntm_model_year"]) & ~is_own(rows)
    )


def _note(c: Commune, row: Any) -> None:
    value = row.obs_value if np.isfinite(row.obs_value) else row.bound_value
    by = nb = ""
    if row.indicator in ("ntm_attained", "ntm_recognised") and value == 1:
        by = row.time_period
    elif row.indicator == "ntm_attained" and value == 0:  # said of a full list: whoever was named before has lost it
        nb, c.attained_by = row.time_period, "" if c.attained_by <= row.time_period else c.attained_by
    elif row.indicator in ("ntm_attainment_year", "ntm_recognised_year"):
        by = min(row.time_period, f"{int(value)}-12-31") if row.bound == "at_most" else f"{int(value)}-12-31"
        nb = f"{int(value)}-01-01" if row.indicator == "ntm_attainment_year" and row.bound == "exact" else ""
    elif row.indicator == "ntm_criteria_met" and value == 19:
        by = row.time_period
        if row.obs_status == "P":  # an assessment before recognition: it had none until then
            nb = min(by, c.attained_by or by)
    elif row.indicator in ("ntm_criteria_met", "ntm_criteria_unmet"):
        low, high = {"at_least": (value, 19), "at_most": (0, value)}.get(row.bound, (value, value))
        if row.indicator == "ntm_criteria_unmet":
            low, high = 19 - high, 19 - low
        c.counts.append((row.time_period, int(low), int(high), row.standard, row.date_precision != "unknown"))
    elif row.indicator in ("ntm_advanced_year", "ntm_model_year"):
        name = row.indicator.replace("ntm_", "").replace("_year", "_by")
        day = f"{int(value)}-12-31"
        setattr(c, name, min(getattr(c, name) or day, day))
    else:
        return
    if row.source_id not in c.sources:
        c.sources.append(row.source_id)
    if by:
        c.attained_by = min(c.attained_by or by, by)
    c.not_before = max(c.not_before, nb)


def district_totals(obs: pd.DataFrame) -> pd.DataFrame:
    """Published totals of attained communes by district: district, day, attained, caps_until, source_id.

    caps_until: the last day on which no more had attained: the day itself where it is printed, the end of the year
    before where only the year is, and "" (no day) otherwise.
    """
    rows = obs[obs["ref_area"].isin(districts()) & obs["indicator"].isin(["ntm_communes", "ntm_communes_recognised"])]
    rows = rows[np.isfinite(rows["obs_value"].astype(float))]
    caps = [
        ""
        if r.indicator != "ntm_communes" or r.date_precision == "unknown"
        else f"{int(r.time_period[:4]) - 1}-12-31"
        if r.date_precision == "year"
        else r.time_period
        for _, r in rows.iterrows()
    ]
    return pd.DataFrame(
        {
            "district": rows["ref_area"],
            "day": rows["time_period"],
            "attained": rows["obs_value"].astype(int),
            "caps_until": caps,
            "source_id": rows["source_id"],
        }
    ).sort_values("day")


def _complete(members: Sequence[Commune], total: Any) -> None:
    """Name the rest where a district's total leaves no choice: nobody else, or everybody else."""
    if total.caps_until != total.day:
        return
    named = [c for c in members if c.attained_by and c.attained_by <= total.day]
    late = [c for c in members if c not in named and c.not_before > total.day]
    rest = [c for c in members if c not in named and c not in late]
    if len(named) == total.attained:
        for c in rest:
            c.not_before = max(c.not_before, total.day)
    elif rest and len(named) + len(rest) == total.attained:
        for c in rest:
            c.attained_by, c.derived = total.day, not c.attained_by or c.derived  # a date may be derived of a name
            c.sources.append(total.source_id)
