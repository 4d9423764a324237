"""What a yearly report rests on: the figures about days up to the end of its year, and what is computed from them."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..data.areas import POOR_DISTRICTS, PROVINCE, Area, area, districts, poor_districts, rural_communes
from ..data.observations import raw_tables
from ..data.own import is_own
from ..data.preference import LOST_TO_OWN
from ..data.programme import PROGRAMME_DAY, load_targets
from ..ntm.attainment import NTMProjection, attainment_chances, project_ntm
from ..poverty.districts import FIRST_YEAR, STANDARD
from ..poverty.estimates import estimate_panel
from ..poverty.hidden import leave_one_out
from ..poverty.paths import exit_quotas, project_poverty
from ..poverty.scenarios import Scenario
from ..targets.board import scoreboard
from ..targets.chances import COMMUNES, SHARE
from .report_figures import SEED, AreaFigures, Figure, or_none, stated

DUE = "12-20"  # day of the year by which the report is to be sent
SINCE = "2020-12-31"  # new-rural communes are shown from the state before the programme's first year
PROGRAMMES = ("NTM", "DTTS", "POVERTY")
AVERAGE_FALL = "poverty_rate_reduction_pp_per_year"
FLOWS = ("poor_exits", "relapsed_poor_households", "new_poor_households")
MANY_CRITERIA = "ntm_communes_15_plus_criteria_share_pct"
_REVIEW = ("poor_households", "poverty_rate_pct")


@dataclass(frozen=True)
class Facts(AreaFigures):
    """Everything a report says, as numbers.

    later: figures about the days after the year, from which some cells of the year follow. as_of: the day of the
    vintage, or None.
    """

    later: pd.DataFrame
    scenario: Scenario
    as_of: str | None = None
    data: str | Path | None = None

    @property
    def due(self) -> str:
        """The day by which the report is to be sent."""
        return f"{self.year}-{DUE}"

    @cached_property
    def targets(self) -> list[dict[str, Any]]:
        """The targets that the area answers for, by programme and counted through, each with its figure, day and unit.

        The province's are rows of the scoreboard; below it there is what is known of the area itself, without a status.
        """
        if self.level == "province":
            rows = scoreboard(self.obs, data=self.data)
        else:
            unknown = dict.fromkeys(("gap", "bound_low", "bound_high"), np.nan)
            rows = self._own_targets().assign(**unknown, status="", period_over=False, source_ids="")
        units = raw_tables(self.data)["indicators"].set_index("indicator")["unit_measure"]
        ordered = pd.concat([rows[rows["programme"] == programme] for programme in PROGRAMMES])
        return [
            row | dict(number=number, unit=units[row["indicator"]]) | self._target_figure(row)
            for number, row in enumerate(_records(ordered), 1)
        ]

    def _own_targets(self) -> pd.DataFrame:
        rows = load_targets(self.data).query("in_programme_3299 == 1 and indicator != 'ntm_districts'")
        scopes = [PROVINCE] + [POOR_DISTRICTS] * (self.area.code in poor_districts())
        rows = rows[rows["scope_area"].isin([*scopes, self.area.code])]
        return rows if self.level == "district" else rows[~rows["indicator"].str.contains("communes")]

    def _target_figure(self, row: dict[str, Any]) -> dict[str, Any]:
        if "kind" in row:  # of the scoreboard
            kind = row["kind"]
            value = None if kind == "none" else row["latest_value"]
            return dict(figure=Figure(value, kind, row["source_ids"]), day=row["latest_day"])
        if row["indicator"] == AVERAGE_FALL and self.last and self.last > FIRST_YEAR:
            figure = self.average_fall(FIRST_YEAR, self.last)
            return dict(figure=figure, day="" if figure.value is None else f"{self.last}-12-31")
        if row["indicator"] == MANY_CRITERIA and self.criteria:
            return dict(figure=self.criteria["many"], day=f"{self.year}-12-31")
        figure, day = self.latest(row["indicator"])
        if self.is_own and figure.kind != "office" and day != f"{self.year}-12-31":
            return dict(figure=Figure(), day="")  # an office does not report of itself what others said before
        return dict(figure=figure, day=day)

    @cached_property
    def ntm(self) -> NTMProjection | None:
        """Communes at the pace observed so far; None on a day before the first bands."""
        ntm: NTMProjection | None = or_none(project_ntm, self.obs, pace=None)
        return ntm

    @property
    def ntm_history(self) -> list[dict[str, Any]]:
        """Published counts of new-rural communes of the province, one row a day and criteria set."""
        history = self.ntm.history if self.ntm else pd.DataFrame({"day": [], "attained": []})
        return _records(history[(history["day"] >= SINCE) & history["attained"].notna()])

    @property
    def ntm_pace(self) -> float:
        """Criteria a year that a commune below the standard has gained on average."""
        values: Any = dict(self.ntm.assumptions)["ntm.observed"] if self.ntm else {}
        return float(values.get("pace", np.nan))

    @property
    def ntm_chances(self) -> list[dict[str, Any]]:
        """Each target of the new-rural programme: event, target, latest, median, q10, q90, default, low, high."""
        if not self.ntm_history:
            return []
        figures = {row["target_id"]: row["figure"].value for row in self.targets}
        latest = pd.Series({event: figures[target] for event, target in COMMUNES.items()}, dtype=float)
        latest[SHARE] *= rural_communes() / 100
        chances = attainment_chances(self.obs).dropna(subset="target")
        return _records(chances.assign(latest=chances["event"].map(latest)))

    @property
    def ntm_named(self) -> list[tuple[str, int, pd.DataFrame]]:
        """(district, its communes, rows of those named as having attained by the end of the year)."""
        communes: Any = self.ntm.communes if self.ntm else pd.DataFrame(columns=["attained_by", "district"])
        has_attained = communes["attained_by"].between("1", f"{self.year}-12-31")
        return [(code, len(rows), rows[has_attained[rows.index]]) for code, rows in communes.groupby("district")]

    @property
    def is_over(self) -> bool:
        """Whether the period of any target has ended."""
        return any(row["period_over"] for row in self.targets)

    @property
    def unmeasured(self) -> list[dict[str, Any]]:
        """The targets without any figure in their own terms."""
        return [row for row in self.targets if row["status"] == "not_measured"]

    @property
    def change(self) -> float | None:
        """By how many the poor households of the area fell in the year, where both ends of it are known and not
        estimated.
        """
        before, after = (self.figure("poor_households", year) for year in (self.year - 1, self.year))
        if before.value is None or after.value is None or "estimated" in (before.kind, after.kind):
            return None
        return before.value - after.value

    @property
    def flows(self) -> list[tuple[str, Figure]]:
        """(key of its words, figure) of each known number of households that left or entered poverty in the year."""
        figures = ((f"report.flow.{name}", self.figure(name)) for name in FLOWS)
        return [(key, figure) for key, figure in figures if figure.value is not None]

    @property
    def ends(self) -> list[tuple[str, Figure, Figure]]:
        """(key of its words, figure, its rate or none) of what else is known of the end of the year."""
        rates = {"dtts_poor_households": "", "near_poor_households": "near_poor_rate_pct"}
        pairs = ((name, self.figure(name), self.figure(rate) if rate else Figure()) for name, rate in rates.items())
        return [(f"report.end.{name}", figure, rate) for name, figure, rate in pairs if figure.value is not None]

    @property
    def within_year(self) -> list[tuple[str, Figure, Figure]]:
        """(day, poor households, rate) of each day within the year with figures of the area, where its end has none."""
        if self.figure("poor_households").kind not in ("estimated", "none"):
            return []
        rows = self.rows_of_area(_REVIEW)
        days = sorted({key[3] for key in rows if f"{self.year}" <= key[3] < f"{self.year}-12-31"})
        level, code = self.area.level, self.area.code
        poor, rates = ([stated(rows.get((level, code, name, day))) for day in days] for name in _REVIEW)
        return list(zip(days, poor, rates, strict=True))

    @property
    def known_day(self) -> str:
        """The last day on which a figure of the province or a district became known, where a page shows the day."""
        is_dated = self.obs["ref_area"].isin([PROVINCE, *districts()]) & ~self.obs["known_from_assumed"]
        return str(self.as_of or self.obs.loc[is_dated, "known_from"].max())

    def is_month_only(self, day: str) -> bool:
        """Whether the figures of the area about a day name no more than its month."""
        rows = self.obs[(self.obs["time_period"] == day) & (self.obs["ref_area"] == self.area.code)]
        return set(rows["date_precision"]) == {"month"}

    @cached_property
    def quotas(self) -> list[dict[str, Any]]:
        """Next year's reference falls under the scenario by district, the province last; empty where no path can start.

        Each: area, opening (Figure), before and left (households at the two ends of the year), quota, before_pct and
        rate (per cent), households (all, at its end), fall_pp, ends_at_floor, is_at_floor (whether the path stood there
        before that year and falls no more); own_quota, own_is_at_floor the same on the scenario's own path from its own
        start, if it has another.
        """
        plan, scenario = self.plan, self.scenario
        path = or_none(project_poverty, self.obs, plan) if self.estimates else None
        if path is None:
            return []
        table = _falls(path, plan.start, self.year + 1)
        is_other = scenario.start != plan.start and scenario.start < self.year + 1 <= scenario.end
        if is_other and (path := or_none(project_poverty, self.obs, scenario)) is not None:
            falls = _falls(path, scenario.start, self.year + 1)
            table = table.join(falls[["quota", "is_at_floor"]].add_prefix("own_"))
        order = [*(code for code in table.index if code != PROVINCE), PROVINCE]
        kinds = {code: self.figure("poor_households", plan.start, area(code)).kind for code in order}
        return [row | dict(opening=Figure(row["opening"], kinds[row["area"]])) for row in _records(table.loc[order])]

    @cached_property
    def plan(self) -> Scenario:
        """The scenario from the last known year end to the year after the report's."""
        name, end, year = self.scenario.name, self.scenario.end, self.year + 1
        paces = (self.scenario.province_pace_pp, self.scenario.poor_district_pace_pp)
        if year > end and any(isinstance(pace, dict) for pace in paces):
            raise KontumError("report.error.scenario_ends", name=name, end=end, year=year)
        return self.scenario.changed(start=max(self.estimates.years) if self.estimates else FIRST_YEAR, end=year)

    @cached_property
    def replaced(self) -> list[tuple[int, dict[str, Figure]]]:
        """(year, indicator -> figure) of what was published of the area's poor households and their rate at the two
        ends of the year and at the beginning of the programme, and is not used since the office's own says otherwise.
        """
        is_of_area = (self.obs["ref_area"] == self.area.code) & (self.obs["level"] == self.area.level)
        rows = self.obs[is_of_area & self.obs["preference"].isin(LOST_TO_OWN) & ~is_own(self.obs)]
        rows = rows[rows["indicator"].isin(_REVIEW) & (rows["standard"] == STANDARD)]
        figures = []
        for year in sorted({FIRST_YEAR, self.year - 1, self.year}):
            of_year = rows[rows["time_period"] == f"{year}-12-31"].drop_duplicates("indicator")
            figures += [(year, {str(row.indicator): stated(row) for row in of_year.itertuples()})] * bool(len(of_year))
        return figures

    @cached_property
    def late(self) -> pd.DataFrame:
        """Rows used in the report that were not out on the day it is due: those behind the targets and the year-end
        poverty review of the year in the area and its parts.
        """
        obs = self.obs[self.obs["known_from"] > self.due]
        codes = [place.code for place in [self.area, *self.parts]]
        review = obs["preferred"] & (obs["time_period"] == f"{self.year}-12-31") & (obs["standard"] == STANDARD)
        review &= obs["indicator"].isin(_REVIEW) & obs["ref_area"].isin(codes)
        lines = {line for row in self.targets for line in row.get("source_lines", "").split("|")}
        rows = obs[review | obs["line"].astype(str).isin(lines)]
        return rows.sort_values(["known_from", "ref_area", "indicator"]).reset_index(drop=True)

    @cached_property
    def left_out(self) -> pd.DataFrame:
        """`leave_one_out` on obs: how far estimates of known districts miss; no rows where nothing can be left out."""
        cells = or_none(leave_one_out, self.obs, seed=SEED) if self.estimates else None
        return pd.DataFrame() if cells is None else cells

    @cached_property
    def known_later(self) -> list[dict[str, Any]]:
        """Cells estimated here that figures about later days make known: rows of their panel."""
        everything = pd.concat([self.obs, self.later], ignore_index=True)
        if self.estimates is None or (full := or_none(estimate_panel, everything, seed=SEED)) is None:
            return []
        status = self.estimates.panel.set_index(["area", "year"])["status_rate"]
        panel = full.panel[full.panel["year"] <= max(self.estimates.years)]
        is_estimated = status.loc[list(zip(panel["area"], panel["year"], strict=True))] == "estimated"
        cells = panel[is_estimated.to_numpy() & (panel["status_rate"] != "estimated").to_numpy()]
        return _records(cells[cells["area"].isin([self.area.code, *(place.code for place in self.parts)])])


def gather(
    obs: pd.DataFrame,
    year: int,
    place: Area,
    scenario: Scenario,
    as_of: str | date | None = None,
    data: str | Path | None = None,
) -> Facts:
    """The Facts of one year and area.

    obs: from `load_observations`, of the vintage `as_of` where one is given. scenario: a Scenario; its paces are
    applied from the last known year end, for the reference falls of the year after the report's. Raises KontumError
    for a year outside the programme and for a vintage before it.
    """
    day = None if as_of is None else str(as_of)
    if day is not None and day < PROGRAMME_DAY:
        raise KontumError("report.error.before_programme", day=day, first=PROGRAMME_DAY)
    last = int(load_targets(data).query("in_programme_3299 == 1")["horizon_year"].max())
    if not FIRST_YEAR <= year <= last:
        raise KontumError("report.error.year", year=year, first=FIRST_YEAR, last=last)
    is_due = obs["time_period"] <= f"{year}-12-31"
    return Facts(place, year, obs[is_due].reset_index(drop=True), obs[~is_due], scenario, day, data)


def _falls(path: pd.DataFrame, start: int, year: int) -> pd.DataFrame:
    """A path's opening, fall in one year and end by area, and whether it stood on its floor before that year."""
    opening, before, end = (path[path["year"] == y].set_index("area", drop=False) for y in (start, year - 1, year))
    quota = exit_quotas(path).query("year == @year").set_index("area")["quota"]
    table = end[["area", "households", "poor_households"]].rename(columns={"poor_households": "left"})
    table = table.assign(opening=opening["poor_households"], rate=100 * end["rate"], before=before["poor_households"])
    table["ends_at_floor"] = table["left"].le(np.ceil(end["floor"] * end["households"]))
    table = table.assign(before_pct=100 * before["rate"], fall_pp=100 * (before["rate"] - end["rate"]))
    table["quota"] = quota.reindex(table.index).fillna(quota.sum())  # the province has none of its own
    return table.assign(is_at_floor=(before["rate"] <= before["floor"] + 1e-6) & (table["quota"] <= 1))


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(map(str, table.columns), row, strict=True)) for row in table.itertuples(index=False)]
