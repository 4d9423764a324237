"""What a yearly report rests on: the figures about days up to the end of its year, and what is computed from them."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...base.errors import KontumError
from ...data.areas import POOR_DISTRICTS, PROVINCE, districts, poor_districts
from ...data.observations import all_tables, select
from ...ntm.attainment import NTMProjection, project_ntm
from ...poverty.districts import FIRST_YEAR, STANDARD
from ...poverty.estimates import Estimates, estimate_panel
from ...poverty.hidden import leave_one_out
from ...poverty.paths import exit_quotas, project_poverty
from ...poverty.scenarios import Scenario
from ...targets.board import PROGRAMME_DAY, scoreboard

DRAWS, SEED = 10_000, 3299  # those of the scoreboard, so that chances are the same everywhere; the panel has its own
DUE = "12-20"  # day of the year by which the report is to be sent


@dataclass(frozen=True)
class Facts:
    """Everything a report says, as numbers.

    obs: figures about days up to the end of the year; later: those about the days after it, from which some cells of
    the year follow. as_of: the day of the vintage, or None. panel, board, ntm: results of `estimate_panel`,
    `scoreboard`,
    `project_ntm` on obs (ntm is None where no bands are known). plan: the scenario from the last known year end.
    """

    year: int
    as_of: str | None
    obs: pd.DataFrame
    later: pd.DataFrame
    estimates: Estimates
    board: pd.DataFrame
    ntm: NTMProjection | None
    scenario: Scenario
    plan: Scenario
    data: str | Path | None = None
    user: bool | str | Path | None = None

    @property
    def panel(self) -> pd.DataFrame:
        """The panel of `estimate_panel`: one row an area and year."""
        return self.estimates.panel

    @property
    def last(self) -> int:
        """The last year whose provincial count of poor households is known."""
        return int(self.panel["year"].max())

    def cell(self, area: str, year: int) -> Any:
        """One row of the panel."""
        return self.panel[(self.panel["area"] == area) & (self.panel["year"] == year)].iloc[0]

    @property
    def gross_exits(self) -> Any:
        """Published gross exits of poor households of the province in the last known year, or None."""
        rows = select(self.obs, "poor_exits", area=PROVINCE, standard=STANDARD)
        rows = rows[rows["time_period"] == f"{self.last}-12-31"]
        return None if rows.empty else rows.iloc[0]

    def month_only(self, day: str) -> bool:
        """Whether the figures of the province about a day name no more than its month."""
        own = self.obs[(self.obs["time_period"] == day) & (self.obs["ref_area"] == PROVINCE)]
        return set(own["date_precision"]) == {"month"}

    @cached_property
    def sources(self) -> pd.DataFrame:
        """The table of sources, indexed by source_id."""
        return all_tables(self.data, self.user)["sources"].set_index("source_id")

    @cached_property
    def projection(self) -> pd.DataFrame:
        """The path of the plan, from the end of `last`."""
        return project_poverty(self.obs, self.plan)

    @cached_property
    def quotas(self) -> pd.DataFrame:
        """Next year's quotas: area, opening poor households and status, quota, left and rate at its end, and the quota
        on the
        scenario's own path from its own start (missing where that path does not reach the year); the province last.
        """
        path, year = self.projection, self.year + 1
        opening = path[path["year"] == self.plan.start].set_index("area")
        end = path[path["year"] == year].set_index("area")
        quota = exit_quotas(path).query("year == @year").set_index("area")["quota"]
        table = pd.DataFrame(
            dict(
                opening=opening["poor_households"],
                status=opening["status"],
                left=end["poor_households"],
                rate=end["rate"],
            )
        )
        table["quota"] = quota.reindex(table.index)
        table.loc[PROVINCE, "quota"] = quota.sum()
        own = self.scenario
        table["own_path"] = np.nan
        if own.start in self.estimates.years and own.start < year <= own.end:
            whole = exit_quotas(project_poverty(self.obs, own)).query("year == @year").set_index("area")["quota"]
            table["own_path"] = whole.reindex(table.index)
            table.loc[PROVINCE, "own_path"] = whole.sum()
        order = [*(code for code in table.index if code != PROVINCE), PROVINCE]
        return table.loc[order].rename_axis("area").reset_index()

    @cached_property
    def late(self) -> pd.DataFrame:
        """Figures used in the report that were not out on the day it is due: ref_area, indicator, time_period,
        known_from, source_id.

        They are the rows behind the targets and the year-end poverty review of the year; known_from_assumed tells a day
        that is a rule's.
        """
        lines = {line for found in self.board["source_lines"] for line in found.split("|") if line}
        obs = self.obs[self.obs["known_from"] > f"{self.year}-{DUE}"]
        review = obs["preferred"] & (obs["time_period"] == f"{self.year}-12-31") & (obs["standard"] == STANDARD)
        review &= obs["indicator"].isin(["poor_households", "poverty_rate_pct"])
        review &= obs["ref_area"].isin([PROVINCE, *districts()])
        used = obs[review | obs["line"].astype(str).isin(lines)]
        return used.sort_values(["known_from", "ref_area", "indicator"]).reset_index(drop=True)

    @cached_property
    def poor_districts(self) -> pd.DataFrame:
        """The poor districts together, one row a year: rate, rate_q10, rate_q90, poor_households, poor_q10, poor_q90,
        status_rate.
        """
        found, member = self.estimates, np.isin(self.estimates.areas, poor_districts())
        poor, base = found.poor[member].sum(axis=0), found.households[member].sum(axis=0)
        rows = []
        for j, year in enumerate(found.years):
            of_year = self.panel[self.panel["area"].isin(poor_districts()) & (self.panel["year"] == year)]
            status = "estimated" if (of_year["status_poor_households"] == "estimated").any() else "derived"
            rate = poor[j] / base[j]
            rows.append(
                dict(
                    area=POOR_DISTRICTS,
                    year=year,
                    rate=rate.mean(),
                    rate_q10=np.quantile(rate, 0.1),
                    rate_q90=np.quantile(rate, 0.9),
                    poor_households=int(of_year["poor_households"].sum()),
                    poor_q10=int(np.floor(np.quantile(poor[j], 0.1))),
                    poor_q90=int(np.ceil(np.quantile(poor[j], 0.9))),
                    status_rate=status,
                    status_poor_households=status,
                    source_id="|".join(dict.fromkeys("|".join(of_year["source_id"]).split("|"))),
                )
            )
        return pd.DataFrame(rows)

    @cached_property
    def tested(self) -> pd.DataFrame:
        """`leave_one_out` on obs; no rows where nothing is known after the opening stock."""
        return leave_one_out(self.obs, seed=SEED)

    @cached_property
    def hidden_later(self) -> pd.DataFrame:
        """Cells estimated here that figures about later days make known: rows of their panel (published or derived)."""
        own = self.panel.set_index(["area", "year"])["status_rate"]
        full = estimate_panel(pd.concat([self.obs, self.later], ignore_index=True), seed=SEED).panel
        full = full[full["year"] <= self.last]
        estimated = own.loc[list(zip(full["area"], full["year"], strict=True))] == "estimated"
        return full[estimated.to_numpy() & (full["status_rate"] != "estimated").to_numpy()]


def years_with_data(obs: pd.DataFrame) -> list[int]:
    """Years that can be reported on: from the opening stock on, those with a figure about the province or a district.

    >>> from kontum_analysis.data.observations import load_observations
    >>> years_with_data(load_observations())
    [2021, 2022, 2023, 2024, 2025]
    """
    try:
        estimate_panel(obs, 2)
    except KontumError:
        return []
    ours = obs[obs["preferred"] & obs["ref_area"].isin([PROVINCE, *districts()])]
    years = sorted({int(day[:4]) for day in ours["time_period"]})
    return [year for year in years if year >= FIRST_YEAR]


def gather(
    obs: pd.DataFrame,
    year: int,
    scenario: Scenario,
    as_of: str | date | None = None,
    data: str | Path | None = None,
    user: bool | str | Path | None = None,
) -> Facts:
    """The Facts of one year.

    obs: from `load_observations`, of the vintage `as_of` where one is given. scenario: a Scenario; its paces are
    applied
    from the last known year end, for the quotas of the year after the report's. Raises KontumError naming the years
    that
    can be reported on, for a vintage before the programme, and for a scenario that ends before the next year.
    """
    day = None if as_of is None else str(as_of)
    if day is not None and day < PROGRAMME_DAY:
        raise KontumError("report.error.before_programme", day=day, first=PROGRAMME_DAY)
    years = years_with_data(obs)
    if not years:
        raise KontumError("report.error.no_year", year=year)
    if year not in years:
        raise KontumError("report.error.year", year=year, years=years)
    known = obs["time_period"] <= f"{year}-12-31"
    kept = obs[known].reset_index(drop=True)
    estimates = estimate_panel(kept, seed=SEED)
    return Facts(
        year,
        day,
        kept,
        obs[~known],
        estimates,
        scoreboard(kept, data=data, draws=DRAWS, seed=SEED),
        _ntm(kept),
        scenario,
        _plan(scenario, max(estimates.years), year + 1),
        data,
        user,
    )


def _ntm(obs: pd.DataFrame) -> NTMProjection | None:
    try:
        return project_ntm(obs, pace=None, draws=DRAWS, seed=SEED)
    except KontumError:
        return None  # a vintage before the first bands


def _plan(scenario: Scenario, start: int, end: int) -> Scenario:
    paces = (scenario.province_pace_pp, scenario.poor_district_pace_pp)
    if end > scenario.end and any(isinstance(pace, dict) for pace in paces):
        raise KontumError("report.error.scenario_ends", name=scenario.name, end=scenario.end, year=end)
    return scenario.changed(start=start, end=end)
