"""What the published figures say about each target of Programme 3299, and by which arithmetic.

A target is measured by its own indicator where that is published; a few are computed from others by the rules below. A
bound never becomes a value: it is kept beside as evidence, and can prove a target met from its safe side.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..data.areas import POOR_DISTRICTS, PROVINCE, poor_districts
from ..data.preference import known_as
from ..ntm.published import snapshots
from ..poverty.districts import FIRST_YEAR, NAMES, STANDARD
from ..poverty.known import known_groups
from ..poverty.totals import merged_rows
from .evidence import nearest_rows, target_figures

PANEL = tuple(NAMES)  # what the panel of districts rests on
LEAST_SPAN = 365  # days: what happened within a few months is no pace a year


@dataclass(frozen=True)
class Measure:
    """The latest value of a target in its own unit.

    value: missing where nothing measures it; day: of the value; kind: published, derived, office, estimated or none;
    low, high: what bounds prove about later days (missing where none), bound_day: of the bound, is_sure: False where a
    bound is of low reliability and so proves nothing; is_necessary_only: the value must reach the target but does not
    prove it; start: (day, value) from which an observed pace is counted; sources, lines: source ids and lines of
    observations.csv.
    """

    value: float = np.nan
    day: str = ""
    kind: str = "none"
    low: float = np.nan
    high: float = np.nan
    bound_day: str = ""
    is_sure: bool = True
    is_necessary_only: bool = False
    start: tuple[str, float] | None = None
    sources: str = ""
    lines: str = ""


def is_average(target: Any) -> bool:
    """Whether a row of targets.csv asks for an average over the years of the programme, not for a level."""
    return bool(target.indicator.endswith("_per_year"))


def measure(obs: pd.DataFrame, target: Any, figures: pd.DataFrame | None = None) -> Measure:
    """The Measure of one row of targets.csv on the day of the vintage that `obs` is.

    A figure published in the target's own terms comes first; the arithmetic of `_COMPUTED` serves where there is none,
    and after it the nearest evidence is named. An average over the years of the programme is always computed, since a
    published one may speak of other years; only an office's own goes before an estimate. figures: of `target_figures`.
    """
    compute = _COMPUTED.get(target.target_id)
    published = _published_value(obs, target.indicator, target.scope_area)
    if compute and is_average(target):
        computed = compute(obs)
        is_better = published.kind == "office" and computed.kind == "estimated" and published.day >= computed.day
        return replace(published, start=None) if is_better else computed
    if published.kind != "none":
        return published
    computed = compute(obs) if compute else published
    if computed.kind != "none" or computed.lines:
        return computed
    figures = target_figures() if figures is None else figures
    is_listed = target.target_id in figures.index
    return Measure(**_evidence(nearest_rows(obs, figures.loc[target.target_id]))) if is_listed else computed


def _evidence(rows: pd.DataFrame) -> dict[str, Any]:
    """Source ids and lines of the rows used, as the board shows them."""
    return {
        name: "|".join(dict.fromkeys(rows[column].astype(str)))
        for name, column in (("sources", "source_id"), ("lines", "line"))
    }


def _rows_of(obs: pd.DataFrame, indicator: str, area: str) -> pd.DataFrame:
    """The rows of a fact, the standard in force last: a later page on an older criteria set is no news on the new."""
    rows = obs[(obs["indicator"] == indicator) & (obs["ref_area"] == area)]
    return rows.sort_values(["standard", "time_period", "known_from"])


def _values(rows: pd.DataFrame) -> pd.DataFrame:
    """Exact preferred values that are not of low reliability, of rows of `_rows_of`."""
    return rows[rows["preferred"] & (rows["bound"] == "exact") & (rows["obs_status"] != "U")]


def _start(earlier: pd.DataFrame, day: str) -> pd.DataFrame:
    """The row of the first figure at least a year before `day`; no row where there is none."""
    days = (pd.Timestamp(day) - pd.to_datetime(earlier["time_period"])).dt.days
    return earlier[days >= LEAST_SPAN].head(1)


def _day_and_value(row: pd.DataFrame) -> tuple[str, float] | None:
    return (row["time_period"].iloc[0], float(row["obs_value"].iloc[0])) if len(row) else None


def _published_value(obs: pd.DataFrame, indicator: str, area: str) -> Measure:
    """The latest value, the first under the same standard, and what later bounds prove."""
    bounds = _rows_of(obs, indicator, area)
    values = _values(bounds)
    fields: dict[str, Any] = {}
    evidence = []
    row: Any
    if len(values):
        last = values.iloc[-1]
        start = _start(values[values["standard"] == last.standard], last.time_period)
        kind = known_as("derived" if last.obs_status == "E" else "published", last.source_id)
        fields = dict(value=float(last.obs_value), day=last.time_period, kind=kind, start=_day_and_value(start))
        evidence = [start, values.tail(1)]
        bounds = bounds[(bounds["time_period"] > last.time_period) & (bounds["standard"] >= last.standard)]
    for side, bound in (("high", "at_most"), ("low", "at_least")):  # the low side last: targets ask for more
        latest = bounds[bounds["bound"] == bound].tail(1)
        for row in latest.itertuples():
            is_sure = row.obs_status != "U"
            fields |= {side: float(row.bound_value), "bound_day": row.time_period, "is_sure": is_sure}
        evidence.append(latest)
    return Measure(**fields, **_evidence(pd.concat(evidence)))


def _poverty_pace(area: str) -> Callable[[pd.DataFrame], Measure]:
    """Average fall a year since end-2021 of a rate of the panel: as sure as the rates it is computed from."""

    def measure_fall(obs: pd.DataFrame) -> Measure:
        try:
            groups = known_groups(obs)
        except KontumError:
            return Measure()
        rates = groups[groups["area"] == area]
        rows = obs[obs["preferred"] & (obs["standard"] == STANDARD) & (obs["obs_status"] != "U")]
        if area == PROVINCE:
            evidence = rows[(rows["ref_area"] == PROVINCE) & (rows["indicator"] == "poverty_rate_pct")]
        else:
            evidence = rows[rows["indicator"].isin(PANEL) & rows["ref_area"].isin([PROVINCE, *poor_districts()])]
        first, last = rates.iloc[0], rates.iloc[-1]
        years = int(last.year) - FIRST_YEAR
        if years == 0:
            return Measure(**_evidence(evidence))
        if groups[groups["area"] == PROVINCE]["status"].iloc[-1] == "estimated":  # no total of its own in that year
            evidence = pd.concat([evidence, merged_rows(obs, int(last.year))]).drop_duplicates("line")
        kind = last.status if last.status in ("estimated", "office") else "derived"
        fall = 100 * (first.rate - last.rate) / years
        return Measure(value=fall, day=f"{last.year}-12-31", kind=kind, **_evidence(evidence))

    return measure_fall


def _share_with_15(obs: pd.DataFrame) -> Measure:
    """(communes with 19 criteria + those with 15 to 18) / all rural communes, at the last date with all bands."""
    try:
        complete = [snapshot for snapshot in snapshots(obs) if snapshot.bands]
    except KontumError:
        return Measure()
    if not complete:
        return Measure()
    last = complete[-1]
    rows = obs[
        obs["source_id"].isin(last.source_ids) & (obs["ref_area"] == PROVINCE) & (obs["standard"] == last.standard)
    ]
    rows = rows[rows["indicator"].str.fullmatch("ntm_communes|ntm_communes_.*_criteria")]
    value = 100 * sum(last.bands[:2]) / sum(last.bands)
    return Measure(value=value, day=last.day, kind=known_as("derived", *last.source_ids), **_evidence(rows))


def _model_areas_per_commune(obs: pd.DataFrame) -> Measure:
    """Model residential areas over communes that attained, on the last day that has both.

    An average: below 1 it proves that some commune has none; from 1 on it proves nothing, since one commune may have
    two. The pace is that of the areas, over the communes of the last day, because counts of communes under two criteria
    sets do not join, while an area once recognised stays in the count.
    """
    names = ("ntm_model_residential_areas", "ntm_communes")
    areas, communes = (_values(_rows_of(obs, name, PROVINCE)) for name in names)
    communes = communes[["standard", "time_period", "obs_value", "line"]]
    both = areas.merge(communes, on=["standard", "time_period"], suffixes=("", "_communes"))
    if both.empty:
        return Measure(**_evidence(areas.tail(1)))
    last = both.iloc[-1]
    first = _start(areas.sort_values("time_period"), last.time_period)
    start = _day_and_value(first)
    return Measure(
        value=last.obs_value / last.obs_value_communes,
        day=last.time_period,
        kind="derived",
        is_necessary_only=True,
        start=(start[0], start[1] / last.obs_value_communes) if start else None,
        **_evidence(obs[obs["line"].isin([last.line, last.line_communes, *first["line"]])]),
    )


_COMPUTED = {
    "S-NTM-04": _model_areas_per_commune,
    "S-NTM-05": _share_with_15,
    "S-GN-01": _poverty_pace(PROVINCE),
    "S-GN-02": _poverty_pace(POOR_DISTRICTS),
}
