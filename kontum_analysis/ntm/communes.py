"""What has been published about single new-rural (NTM) communes and districts, gathered commune by commune."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..data.areas import LAST_DAY_OF_DISTRICTS, districts
from ..data.own import is_own
from .published import Snapshot, rural_areas, snapshots

_LEVEL_YEARS = {"ntm_advanced_year": "advanced_by", "ntm_model_year": "model_by"}


@dataclass
class Commune:
    """What is published about one commune: when it had attained at the latest, and its counts.

    attained_by: day by which it is known to have attained, or "". not_before: it had not attained before that day.
    counts: rows (day, low, high, standard, exact day known?). sources: source ids; attained_sources: those that say
    attained_by. derived: attainment follows from a district's total and the names, and is itself nowhere printed.
    """

    code: str
    name: str
    district: str
    attained_by: str = ""
    not_before: str = ""
    advanced_by: str = ""
    model_by: str = ""
    derived: bool = False
    counts: list[tuple[str, int, int, str, bool]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    attained_sources: list[str] = field(default_factory=list)

    @property
    def is_year_known(self) -> bool:
        """Whether it is known to have attained in the year of attained_by, and not before."""
        return bool(self.attained_by) and self.not_before[:4] == self.attained_by[:4]


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of the communes on the day of a vintage.

    obs: the table it was gathered from. history: snapshots up to the last count; members: the rural communes;
    totals: table of `district_totals`.
    """

    obs: pd.DataFrame
    history: list[Snapshot]
    members: list[Commune]
    totals: pd.DataFrame

    @property
    def base(self) -> Snapshot:
        """The last snapshot with counts of all bands."""
        return [s for s in self.history if s.bands][-1]

    @property
    def now(self) -> Snapshot:
        """The last snapshot with a count of communes that attained."""
        return [s for s in self.history if s.bands or np.isfinite(s.attained)][-1]


def gather(obs: pd.DataFrame, start: int | None = None) -> Evidence:
    """The `Evidence` of a table of `load_observations`; start: use only figures of days up to the end of this year.

    Raises KontumError when obs holds no counts of communes by band.

    >>> from kontum_analysis.data.observations import load_observations
    >>> evidence = gather(load_observations(as_of="2023-01-01"))
    >>> evidence.base.day, len(evidence.members)
    ('2022-11-30', 85)
    """
    if start is not None and isinstance(obs, pd.DataFrame) and "time_period" in obs:
        obs = obs[obs["time_period"] <= f"{start}-12-31"]
    history = snapshots(obs)
    if not any(s.bands for s in history):
        raise KontumError("error.ntm.no_bands")
    base = [s for s in history if s.bands][-1]
    history = [s for s in history if s.standard >= base.standard or s.time <= base.time]
    last = [s for s in history if s.bands or np.isfinite(s.attained)][-1]
    members = communes(obs, with_mang_den=base.communes > len(rural_areas()))
    return Evidence(obs, [s for s in history if s.time <= last.time], members, district_totals(obs))


def communes(obs: pd.DataFrame, with_mang_den: bool = False) -> list[Commune]:
    """Every rural commune with what is published about it, in order of code; a list of `Commune`.

    with_mang_den: also the commune that became the town of Măng Đen.
    """
    columns = ["code", "name_vi", "parent_code"]
    by_code = {row[0]: Commune(*row) for row in rural_areas(with_mang_den)[columns].to_numpy()}
    rows = obs[obs["ref_area"].isin(by_code) & obs["indicator"].str.startswith("ntm_")]
    rows = rows[rows["time_period"] <= LAST_DAY_OF_DISTRICTS]  # the units since then reuse codes of old communes
    rows = rows[~_is_overruled(rows)]
    for row in rows.sort_values(["time_period", "source_id"]).itertuples():
        _record(by_code[row.ref_area], row)
    members = list(by_code.values())
    for c in members:
        if c.attained_by and c.not_before > c.attained_by:
            c.not_before = ""  # contradictory pages: the attainment stands
    for total in district_totals(obs).itertuples():
        _complete([c for c in members if c.district == total.district], total)
    return members


def _is_overruled(rows: pd.DataFrame) -> pd.Series:
    """Published levels of communes whose status an office states itself: what it does not repeat no longer holds."""
    codes = rows.loc[is_own(rows) & (rows["indicator"] == "ntm_attained"), "ref_area"]
    return rows["ref_area"].isin(codes) & rows["indicator"].isin(list(_LEVEL_YEARS)) & ~is_own(rows)


def _record(c: Commune, row: Any) -> None:
    """Add what one row says to a commune."""
    value = row.obs_value if np.isfinite(row.obs_value) else row.bound_value
    attained_by = not_before = ""
    if row.indicator in ("ntm_attained", "ntm_recognised") and value == 1:
        attained_by = row.time_period
    elif row.indicator == "ntm_attained" and value == 0:  # stated of a full list: an earlier attainment was lost
        not_before = row.time_period
        c.attained_by = "" if c.attained_by <= row.time_period else c.attained_by
    elif row.indicator in ("ntm_attainment_year", "ntm_recognised_year"):
        end = f"{int(value)}-12-31"
        attained_by = min(row.time_period, end) if row.bound == "at_most" else end
        if row.indicator == "ntm_attainment_year" and row.bound == "exact":
            not_before = f"{int(value)}-01-01"
    elif row.indicator == "ntm_criteria_met" and value == 19:
        attained_by = row.time_period
        if row.obs_status == "P":  # an assessment before recognition: it had none until then
            not_before = min(attained_by, c.attained_by or attained_by)
    elif row.indicator in ("ntm_criteria_met", "ntm_criteria_unmet"):
        low, high = {"at_least": (value, 19), "at_most": (0, value)}.get(row.bound, (value, value))
        if row.indicator == "ntm_criteria_unmet":
            low, high = 19 - high, 19 - low
        c.counts.append((row.time_period, int(low), int(high), row.standard, row.date_precision != "unknown"))
    elif row.indicator in _LEVEL_YEARS:
        name, end = _LEVEL_YEARS[row.indicator], f"{int(value)}-12-31"
        setattr(c, name, min(getattr(c, name) or end, end))
    else:
        return
    if row.source_id not in c.sources:
        c.sources.append(row.source_id)
    if attained_by and attained_by <= (c.attained_by or attained_by):
        earlier = c.attained_sources if attained_by == c.attained_by else []
        c.attained_by, c.attained_sources = attained_by, [*dict.fromkeys([*earlier, row.source_id])]
    c.not_before = max(c.not_before, not_before)


def district_totals(obs: pd.DataFrame) -> pd.DataFrame:
    """Published totals of attained communes by district: district, day, attained, caps_until, source_id.

    caps_until: the last day on which no more had attained: the day itself where it is printed, the end of the year
    before where only the year is, and "" (no day) otherwise.
    """
    rows = obs[obs["ref_area"].isin(districts()) & obs["indicator"].isin(["ntm_communes", "ntm_communes_recognised"])]
    rows = rows[np.isfinite(rows["obs_value"].astype(float))]
    end_before = (rows["time_period"].str[:4].astype(int) - 1).astype(str) + "-12-31"
    caps = rows["time_period"].mask(rows["date_precision"] == "year", end_before)
    is_open = (rows["indicator"] != "ntm_communes") | (rows["date_precision"] == "unknown")
    table = pd.DataFrame(
        {
            "district": rows["ref_area"],
            "day": rows["time_period"],
            "attained": rows["obs_value"].astype(int),
            "caps_until": caps.mask(is_open, ""),
            "source_id": rows["source_id"],
        }
    )
    return table.sort_values("day")


def _complete(members: Sequence[Commune], total: Any) -> None:
    """Name the rest where a district's total leaves no choice: nobody else, or everybody else."""
    if total.caps_until != total.day:
        return
    by_name = [c for c in members if c.attained_by and c.attained_by <= total.day]
    late = [c for c in members if c not in by_name and c.not_before > total.day]
    rest = [c for c in members if c not in by_name and c not in late]
    if len(by_name) == total.attained:
        for c in rest:
            c.not_before = max(c.not_before, total.day)
    elif rest and len(by_name) + len(rest) == total.attained:
        for c in rest:
            c.attained_by, c.derived = total.day, not c.attained_by or c.derived  # a date may be derived of a name
            c.sources.append(total.source_id)
            c.attained_sources = [total.source_id]
