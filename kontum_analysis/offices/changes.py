"""What an office's table would change: each figure beside the one known so far, and the new content of its folder.

A new figure takes the place of the office's own earlier one for the same area, day and column; the row says so. Nothing
is taken away from the published figures: where they say otherwise they stay, as rows that lost.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..data.areas import PROVINCE, area, vintage_of
from ..data.contract import COLUMNS
from ..data.own import PREFIX, Row, is_own
from ..ntm.communes import communes
from ..poverty.estimates import estimate_panel
from .columns import STATUSES, unit_of
from .filled import Filled
from .rows import Entry

_KEY = ["ref_area", "level", "indicator", "time_period"]
_LOST = ["ref_area", "area_name", "level", "indicator", "time_period", "obs_value", "source_id"]
_STATUS_ROWS = ("ntm_attained", "ntm_advanced_year", "ntm_model_year")  # one cell of status governs all three


def as_observations(filled: Filled) -> pd.DataFrame:
    """The rows of observations.csv that a `Filled` table makes, as text."""
    rows = []
    for entry in filled.entries:
        for name, value in entry.values.items():
            for indicator, number, bound in _indicators(name, value, filled.year):
                rows.append(_row(filled, entry, indicator, number, bound))
    return pd.DataFrame(rows, columns=list(COLUMNS["observations"]), dtype=str).sort_values(_KEY, ignore_index=True)


def _indicators(name: str, value: Any, year: int) -> list[tuple[str, Any, str]]:
    """(indicator, value, bound): an NTM status says since which year at the latest, hence a bound."""
    if name != "ntm_status":
        return [(name, value, "exact")]
    rank = STATUSES.index(value)
    years = [("ntm_advanced_year", year, "at_most")] * (rank >= 2) + [("ntm_model_year", year, "at_most")] * (rank >= 3)
    return [("ntm_attained", int(rank >= 1), "exact"), *years]


def _row(filled: Filled, entry: Entry, indicator: str, value: Any, bound: str) -> dict[str, str]:
    if indicator == "households_total":
        standard = ""  # households do not depend on a poverty standard
    elif indicator.startswith("ntm_"):
        standard = "NTM_2021_2025" if filled.year >= 2022 else "NTM_2016_2020"
    else:
        standard = "MDP_2022_2025"
    number = str(value) if isinstance(value, int) else f"{value:.10f}".rstrip("0").rstrip(".")
    return dict(
        ref_area=entry.code,
        area_name=area(entry.code, vintage_of(filled.day)).name,
        level=entry.level,
        indicator=indicator,
        time_period=filled.day,
        date_precision="day" if indicator.startswith("ntm_") else "year",
        obs_value=number,
        unit_measure=unit_of(indicator),
        standard=standard,
        bound=bound,
        obs_status="A",
        source_id=filled.source_id,
        comment="",
    )


def as_source(filled: Filled) -> dict[str, str]:
    """The row of sources.csv for the document."""
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


def merged(filled: Filled, own: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The two tables of the folder with the new figures in them; equal to the old ones where nothing is new.

    own: the tables as they are (`own_tables`). A row that corrects another says which value it replaces.
    """
    new, old = as_observations(filled), own["observations"][list(COLUMNS["observations"])]
    statuses = [e for e in filled.entries if "ntm_status" in e.values]
    governed = {(e.code, e.level, indicator, filled.day) for e in statuses for indicator in _STATUS_ROWS}
    governed |= set(new[_KEY].itertuples(index=False, name=None))
    goes = np.array([key in governed for key in old[_KEY].itertuples(index=False, name=None)], bool)
    before = {tuple(row[k] for k in _KEY): row for row in old[goes].to_dict("records")}
    rows = [_replacing(row, before.get(tuple(row[k] for k in _KEY))) for row in new.to_dict("records")]
    observations = pd.concat([old[~goes], pd.DataFrame(rows)], ignore_index=True)
    sources = own["sources"][list(COLUMNS["sources"])]
    sources = pd.concat([sources[sources["source_id"] != filled.source_id], pd.DataFrame([as_source(filled)])])
    return {
        "observations": observations.sort_values(_KEY, ignore_index=True),
        "sources": sources.sort_values("source_id", ignore_index=True),
    }


def _replacing(row: Row, old: Row | None) -> Row:
    if old is None:
        return row
    if old["obs_value"] != row["obs_value"]:
        return row | {"comment": f"Replaces {old['obs_value']} ({old['source_id']})."}
    return old if old["source_id"] == row["source_id"] else row


def changes(filled: Filled, obs: pd.DataFrame) -> pd.DataFrame:
    """Each new figure beside the one known so far: area, area_name, level, indicator, old_value, old_status, new_value,
    kind.

    obs: everything known before, with the office's own. kind: new, same, replaces_own, contradicts (a published figure)
    or replaces_estimate. old_status: published, derived, own, estimated or none.
    """
    bounds = obs[is_own(obs) & obs["obs_value"].isna()]  # a status is kept as a bound of a year
    known = (
        pd.concat([obs[obs["preferred"]], bounds.assign(obs_value=bounds["bound_value"])])
        .drop_duplicates(_KEY, keep="last")
        .set_index(_KEY)
    )
    estimates = _estimates(obs)
    rows = []
    row: Any
    for row in as_observations(filled).itertuples():
        key = tuple(getattr(row, name) for name in _KEY)
        old, status = np.nan, "none"
        if key in known.index:
            found: Any = known.loc[key]
            old = found.obs_value
            status = (
                "own" if found.source_id.startswith(PREFIX) else "derived" if found.obs_status == "E" else "published"
            )
        elif key in estimates:
            old, status = estimates[key], "estimated"
        value = float(row.obs_value)
        kind = {"none": "new", "estimated": "replaces_estimate", "own": "replaces_own"}.get(status, "contradicts")
        rows.append(
            dict(
                area=row.ref_area,
                area_name=row.area_name,
                level=row.level,
                indicator=row.indicator,
                old_value=old,
                old_status=status,
                new_value=value,
                kind="same" if old == value else kind,
            )
        )
    return pd.DataFrame(rows)


def _estimates(obs: pd.DataFrame) -> dict[tuple[str, ...], float]:
    try:
        panel = estimate_panel(obs, draws=200).panel
    except KontumError:
        return {}
    found: dict[tuple[str, ...], float] = {}
    row: Any
    for row in panel[panel["area"] != PROVINCE].itertuples():
        for name, indicator in (("poor_households", "poor_households"), ("households", "households_total")):
            if getattr(row, f"status_{name}") == "estimated":
                found[row.area, "district", indicator, f"{row.year}-12-31"] = getattr(row, name)
    return found


def contradictions(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Published figures that lose to the office's own: those that lost already and those that would lose newly.

    Columns: area, area_name, level, indicator, time_period, published, source_id, own_value.
    """

    def lost(obs: pd.DataFrame) -> pd.DataFrame:
        rows = obs[~is_own(obs) & (obs["preference"] == "lost_own")]
        return rows.set_index([*_KEY, "standard", "source_id"], drop=False).rename_axis([None] * 6)

    rows = lost(after)
    rows = rows[~rows.index.isin(lost(before).index)]
    winner = (
        after[after["preferred"] & is_own(after)]
        .drop_duplicates([*_KEY, "standard"])
        .set_index([*_KEY, "standard"])["obs_value"]
    )
    keys = [tuple(r[k] for k in [*_KEY, "standard"]) for r in rows.to_dict("records")]
    rows = rows[_LOST].rename(columns={"ref_area": "area", "obs_value": "published"})
    return rows.assign(own_value=[winner[k] for k in keys]).reset_index(drop=True)


def status_contradictions(filled: Filled, before: pd.DataFrame) -> pd.DataFrame:
    """Published NTM levels that the office's own status does not confirm; the columns of `contradictions`."""
    known, rows = {c.code: c for c in communes(before[~is_own(before)], 86)}, []
    for entry in filled.entries:
        status = entry.values.get("ntm_status")
        if status is None or entry.code not in known or vintage_of(filled.day) == "2025":
            continue
        c, rank = known[entry.code], STATUSES.index(status)
        days = (c.attained_by, c.advanced_by, c.model_by)
        for least, (indicator, day) in enumerate(zip(_STATUS_ROWS, days, strict=True), 1):
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
    keys = [*_KEY, "standard", "obs_value"]
    known = set(before[is_own(before)][keys].itertuples(index=False, name=None))
    rows = after[is_own(after) & after["preferred"] & (after["obs_status"] == "E")]
    return rows[[tuple(r) not in known for r in rows[keys].itertuples(index=False, name=None)]]
