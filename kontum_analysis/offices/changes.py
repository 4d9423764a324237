"""What an office's table would change: its rows as observations, and each figure beside the one known so far.

Nothing is taken away from the published figures: where they say otherwise they stay, as rows that lost.
"""

from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..data.areas import PROVINCE, area, vintage_of
from ..data.contract import COLUMNS
from ..data.own import STATUS_ROWS, is_own
from ..data.preference import LOST_TO_OWN
from ..ntm.communes import communes
from ..ntm.published import criteria_set
from ..poverty.estimates import estimate_panel
from .columns import BEFORE, STATUSES, indicators
from .filled import Entry, Filled

KEY = ["ref_area", "level", "indicator", "time_period"]
_LOST = ["ref_area", "area_name", "level", "indicator", "time_period", "obs_value", "source_id"]
_SHOWN = ["area", "area_name", "level", "indicator", "old_value", "old_status", "new_value", "kind"]
_KINDS = {"none": "new", "estimated": "replaces_estimate", "own": "replaces_own"}
_POVERTY = ("poverty", "poverty_change")  # groups of indicators that depend on the poverty standard


def as_tables(filled: Filled) -> dict[str, pd.DataFrame]:
    """The rows of observations.csv and of sources.csv that a `Filled` table makes, as text."""
    rows = [
        _row(filled, entry, indicator, number, bound, day)
        for entry in filled.entries
        for name, value in entry.values.items()
        for indicator, number, bound, day in _facts(name, value, filled)
    ]
    observations = pd.DataFrame(rows, columns=list(COLUMNS["observations"]), dtype=str)
    sources = pd.DataFrame([_source(filled)], columns=list(COLUMNS["sources"]), dtype=str)
    return {"observations": observations.sort_values(KEY, ignore_index=True), "sources": sources}


def _facts(name: str, value: Any, filled: Filled) -> list[tuple[str, Any, str, str]]:
    """(indicator, value, bound, day): an NTM status says since which year at the latest, hence a bound; what a year
    begins with is of the end of the one before.
    """
    if name in BEFORE:
        return [(BEFORE[name], value, "exact", f"{filled.year - 1}-12-31")]
    if name != "ntm_status":
        return [(name, value, "exact", filled.day)]
    rank = STATUSES.index(value)
    years = ["ntm_advanced_year"] * (rank >= 2) + ["ntm_model_year"] * (rank >= 3)
    standing = ("ntm_attained", int(rank >= 1), "exact", filled.day)
    return [standing, *((indicator, filled.year, "at_most", filled.day) for indicator in years)]


def _row(filled: Filled, entry: Entry, indicator: str, value: Any, bound: str, day: str) -> dict[str, str]:
    group, standard = indicators()[indicator]["group"], ""
    if group in _POVERTY:
        standard = "MDP_2022_2025"
    elif group == "ntm":
        standard = criteria_set(filled.year)
    number = str(value) if isinstance(value, int) else f"{value:.10f}".rstrip("0").rstrip(".")
    return dict(
        ref_area=entry.code,
        area_name=area(entry.code, vintage_of(filled.day) if entry.level == "commune" else "2020").name,
        level=entry.level,
        indicator=indicator,
        time_period=day,
        date_precision="day" if group == "ntm" else "year",
        obs_value=number,
        unit_measure=indicators()[indicator]["unit_measure"],
        standard=standard,
        bound=bound,
        obs_status="A",
        source_id=filled.source_id,
        comment="",
    )


def _source(filled: Filled) -> dict[str, str]:
    return dict(
        source_id=filled.source_id,
        publisher=filled.office,
        title=filled.document,
        url="",
        document_no=filled.document,
        published=filled.date,
        kind="statistics",
        language="vi",
    )


def changes(filled: Filled, obs: pd.DataFrame) -> pd.DataFrame:
    """Each new figure beside the one known so far: area, area_name, level, indicator, old_value, old_status, new_value,
    kind.

    obs: everything known before, with the office's own. kind: new, same, replaces_own, contradicts (a published figure)
    or replaces_estimate. old_status: published, derived, own, estimated or none.
    """
    bounds = obs[is_own(obs) & obs["obs_value"].isna()]  # a status is kept as a bound of a year
    old = pd.concat([obs[obs["preferred"]], bounds.assign(obs_value=bounds["bound_value"])])
    old = old.drop_duplicates(KEY, keep="last")
    status = np.where(old["obs_status"] == "E", "derived", "published")
    old = old.assign(old_status=np.where(is_own(old), "own", status), old_value=old["obs_value"])
    old = pd.concat([old[[*KEY, "old_value", "old_status"]], _estimates(obs)]).drop_duplicates(KEY)
    rows = as_tables(filled)["observations"].merge(old, on=KEY, how="left")
    rows = rows.rename(columns={"ref_area": "area"}).assign(new_value=rows["obs_value"].astype(float))
    rows["old_status"] = rows["old_status"].fillna("none")
    kind = rows["old_status"].map(_KINDS).fillna("contradicts")
    return rows.assign(kind=kind.mask(rows["old_value"] == rows["new_value"], "same"))[_SHOWN]


def _estimates(obs: pd.DataFrame) -> pd.DataFrame:
    columns = [*KEY, "old_value", "old_status"]
    try:
        panel = estimate_panel(obs).panel
    except KontumError:
        return pd.DataFrame(columns=columns)
    panel = panel[panel["area"] != PROVINCE].assign(
        ref_area=panel["area"],
        level="district",
        time_period=panel["year"].astype(str) + "-12-31",
        old_status="estimated",
    )
    parts = [
        panel[panel[f"status_{name}"] == "estimated"].assign(indicator=indicator, old_value=panel[name])[columns]
        for name, indicator in (("poor_households", "poor_households"), ("households", "households_total"))
    ]
    return pd.concat(parts)


def contradictions(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Published figures that lose to the office's own: those that lost already and those that would lose newly.

    Columns: area, area_name, level, indicator, time_period, published, source_id, own_value.
    """

    fact = [*KEY, "standard"]
    old, new = (obs[~is_own(obs) & obs["preference"].isin(LOST_TO_OWN)] for obs in (before, after))
    old_keys, new_keys = (pd.MultiIndex.from_frame(rows[[*fact, "source_id"]]) for rows in (old, new))
    winners = after[after["preferred"] & is_own(after)].drop_duplicates(fact).assign(own_value=after["obs_value"])
    rows = new[~new_keys.isin(old_keys)].merge(winners[[*fact, "own_value"]], on=fact, how="left")
    return rows[[*_LOST, "own_value"]].rename(columns={"ref_area": "area", "obs_value": "published"})


def status_contradictions(filled: Filled, before: pd.DataFrame) -> pd.DataFrame:
    """Published NTM levels that the office's own status does not confirm; the columns of `contradictions`."""
    by_code, rows = {c.code: c for c in communes(before[~is_own(before)], with_mang_den=True)}, []
    for entry in filled.entries:
        status = entry.values.get("ntm_status")
        if status is None or entry.code not in by_code or vintage_of(filled.day) == "2025":
            continue
        c, rank = by_code[entry.code], STATUSES.index(status)
        days = (c.attained_by, c.advanced_by, c.model_by)
        for least, (indicator, day) in enumerate(zip(STATUS_ROWS, days, strict=True), 1):
            if rank < least and day and day <= filled.day and not (least == 1 and c.derived):
                rows.append(
                    dict(
                        area=c.code,
                        area_name=c.name,
                        level="commune",
                        indicator=indicator,
                        time_period=day,
                        published=1.0 if least == 1 else float(day[:4]),
                        source_id="|".join(c.sources),
                        own_value=0.0 if least == 1 else np.nan,
                    )
                )
    return pd.DataFrame(rows)


def sums_made(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """District and province figures that follow from the new table and were not known before."""
    keys = [*KEY, "standard", "obs_value"]
    facts = set(before[is_own(before)][keys].itertuples(index=False, name=None))
    rows = after[is_own(after) & after["preferred"] & (after["obs_status"] == "E")]
    return rows.loc[[tuple(r) not in facts for r in rows[keys].itertuples(index=False, name=None)]]
