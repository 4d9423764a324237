"""What the published figures say about each target of Programme 3299, and by which arithmetic.

A target is measured by its own indicator where that is published; a few are computed from others by the rules below. A
bound never becomes a value: it is kept beside as evidence, and can prove a target met from its safe side.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .areas import POOR_DISTRICTS, PROVINCE, poor_districts
from .district_facts import FIRST_YEAR
from .errors import KontumError
from .estimates import estimate_panel
from .ntm_history import snapshots


@dataclass(frozen=True)
class Measure:
    """The latest value of a target in its own unit.

    value: missing where nothing measures it; day: of the value; kind: published, derived, estimated or none; low, high:
    what bounds prove about later days (missing where none); start: (day, value) from which an observed pace is counted; sources, note: evidence.
    """

    value: float = np.nan
    day: str = ""
    kind: str = "none"
    low: float = np.nan
    high: float = np.nan
    bound_day: str = ""
    start: tuple | None = None
    sources: str = ""


def measure(obs, target):
    """The Measure of one row of targets.csv on the day of the vintage that `obs` is."""
    special = _SPECIAL.get(target.target_id)
    return special(obs) if special else _published(obs, target.indicator, target.scope_area)


def _rows(obs, indicator, area):
    rows = obs[(obs["indicator"] == indicator) & (obs["ref_area"] == area)]
    return rows.sort_values(["time_period", "known_from"])


def _published(obs, indicator, area):
    """The latest preferred value, the one before it under the same standard, and what later bounds prove."""
    rows = _rows(obs, indicator, area)
    values = rows[rows["preferred"] & (rows["bound"] == "exact") & (rows["obs_status"] != "U")]
    bounds = rows[rows["bound"].isin(["at_least", "at_most"])]
    found = {}
    if len(values):
        last = values.iloc[-1]
        earlier = values[(values["standard"] == last.standard) & (values["time_period"] < last.time_period)]
        found = dict(value=float(last.obs_value), day=last.time_period, kind="derived" if last.obs_status == "E" else "published",
                     start=(earlier.iloc[0].time_period, float(earlier.iloc[0].obs_value)) if len(earlier) else None)  # fmt: skip
        bounds = bounds[bounds["time_period"] > last.time_period]
    for side, bound in (("low", "at_least"), ("high", "at_most")):
        one = bounds[bounds["bound"] == bound]
        if len(one):
            found.update({side: float(one.iloc[-1].bound_value), "bound_day": one.iloc[-1].time_period})
    sources = pd.concat([values.tail(1), bounds.tail(1)])["source_id"]
    return Measure(**found, sources="|".join(dict.fromkeys(sources)))


def _poverty_pace(area):
    """Average fall a year since end-2021 of a rate of the panel: published for the province, else as sure as the panel."""

    def of(obs):
        try:
            found = estimate_panel(obs, 400)
        except KontumError:
            return Measure()
        member = np.ones(len(found.areas), bool) if area == PROVINCE else np.isin(found.areas, poor_districts())
        rate = (found.poor[member].sum(axis=0) / found.households[member].sum(axis=0)).mean(axis=1)
        years = found.years[-1] - FIRST_YEAR
        panel = found.panel[
            found.panel["area"].isin(np.array(found.areas)[member]) & (found.panel["year"] == found.years[-1])
        ]
        if years == 0:
            return Measure(sources="|".join(sorted(set("|".join(panel["source_id"]).split("|")))))
        kind = "derived" if area == PROVINCE or not (panel["status_rate"] == "estimated").any() else "estimated"
        rows = found.panel[(found.panel["area"] == PROVINCE) & found.panel["year"].isin([FIRST_YEAR, found.years[-1]])]
        if area == PROVINCE:
            rate = rows["rate"].to_numpy()[[0, -1]]
        return Measure(value=100 * (rate[0] - rate[-1]) / years, day=f"{found.years[-1]}-12-31", kind=kind,
                       sources="|".join(dict.fromkeys("|".join(rows["source_id"]).split("|"))))  # fmt: skip

    return of


def _share_with_15(obs):
    """(communes with 19 criteria + those with 15 to 18) / all rural communes, at the last date with all bands."""
    try:
        known = [s for s in snapshots(obs) if s.bands]
    except KontumError:
        return Measure()
    if not known:
        return Measure()
    last = known[-1]
    return Measure(
        value=100 * sum(last.bands[:2]) / sum(last.bands),
        day=last.day,
        kind="derived",
        sources="|".join(last.source_ids),
    )


def _model_areas_per_commune(obs):
    """Model residential areas over communes that attained: an average, so below 1 proves that some commune has none."""
    areas, communes = (_published(obs, name, PROVINCE) for name in ("ntm_model_residential_areas", "ntm_communes"))
    if areas.kind == "none" or communes.kind == "none" or areas.day != communes.day:
        return Measure(sources=areas.sources)
    return Measure(
        value=areas.value / communes.value, day=areas.day, kind="derived", sources=f"{areas.sources}|{communes.sources}"
    )


def _evidence_only(indicator):
    """A target nothing measures, with the figure that comes nearest named as evidence."""

    def of(obs):
        rows = _rows(obs, indicator, PROVINCE)
        return Measure(sources="|".join(dict.fromkeys(rows["source_id"].tail(1))))

    return of


_SPECIAL = {
    "S-NTM-04": _model_areas_per_commune,
    "S-NTM-05": _share_with_15,
    "S-DT-03": _evidence_only("households_needing_resettlement"),
    "S-DT-04": _evidence_only("dtts_villages_with_rong_house"),
    "S-DT-10B": _evidence_only("especially_disadvantaged_villages"),
    "S-GN-01": _poverty_pace(PROVINCE),
    "S-GN-02": _poverty_pace(POOR_DISTRICTS),
}
