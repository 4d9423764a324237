"""The tables people read: the headline, rates and quotas by year, chances by scenario, and all tables for a report."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.errors import KontumError, Words
from ..data.areas import POOR_DISTRICTS, PROVINCE
from ..data.observations import all_tables
from ..data.own import User
from ..data.programme import asked_pace, corridors
from ..ntm.attainment import DRAWS, NTMProjection, attainment_chances, project_ntm
from ..poverty.draws import chance_of_average, scenario_draws
from ..poverty.estimates import estimate_panel
from ..poverty.history import observed_paces, pace_percentile
from ..poverty.known import known_rates, opening_rates
from ..poverty.paces import implied_pace
from ..poverty.paths import exit_quotas, groups, project_poverty
from ..poverty.scenarios import Scenario, preset, presets
from .columns import Table

Folder = str | Path | None
# keys of labels "exports.reading.*", in reading order
READING = ("published", "derived", "office", "estimated", "projected", "bound", "empty", "percent")


def headline(obs: pd.DataFrame, scenarios: Iterable[Scenario] | None = None) -> pd.DataFrame:
    """One row a scenario: where the paces lead in 2025 and 2030, and how many households must leave poverty.

    scenarios: default every preset. Columns: scenario; start; paper_2025 (the province's pace alone, nothing below
    zero); rate_2025, rate_2030 of the province; poor_2025, poor_2030 of the poor districts (fractions); exits_to_2025
    from the scenario's start, exits_to_2030 after 2025 (households, net of new poor).

    >>> from kontum_analysis.data.observations import load_observations
    >>> headline(load_observations()).set_index("scenario").paper_2025.round(4)["programme-mid"]
    np.float64(0.0132)
    """
    rows = []
    for scenario in map(preset, presets()) if scenarios is None else scenarios:
        path = project_poverty(obs, scenario)
        rate = groups(path).set_index(["area", "year"])["rate"]
        quota = exit_quotas(path).groupby("year")["quota"].sum()
        paper = implied_pace(obs, scenario).set_index("year")["province_rate"].clip(lower=0)
        rows.append(
            dict(
                scenario=scenario.name,
                start=scenario.start,
                paper_2025=paper.get(2025),
                rate_2025=rate.get((PROVINCE, 2025)),
                poor_2025=rate.get((POOR_DISTRICTS, 2025)),
                exits_to_2025=quota[quota.index <= 2025].sum(),
                rate_2030=rate.get((PROVINCE, 2030)),
                poor_2030=rate.get((POOR_DISTRICTS, 2030)),
                exits_to_2030=quota[quota.index > 2025].sum() if scenario.end > 2025 else None,
            )
        )
    return pd.DataFrame(rows)


def rates_by_year(paths: pd.DataFrame) -> pd.DataFrame:
    """Rates (fractions) with a column for each year: the province, the two groups of districts, each district.

    paths: of `project_poverty`, of one scenario or several, one below the other. Columns: scenario, area, the years.
    """
    rows = pd.concat([groups(paths), paths[paths["level"] == "district"]])
    return _by_year(rows, "rate", paths["scenario"].unique())


def quotas_by_year(paths: pd.DataFrame) -> pd.DataFrame:
    """Households to leave poverty with a column for each year: each district, then the province."""
    quotas = exit_quotas(paths)
    total = quotas.groupby(["scenario", "year"], as_index=False)["quota"].sum().assign(area=PROVINCE)
    return _by_year(pd.concat([quotas, total]), "quota", paths["scenario"].unique())


def _by_year(rows: pd.DataFrame, column: str, scenarios: Iterable[str]) -> pd.DataFrame:
    wide = rows.pivot(index=["scenario", "area"], columns="year", values=column).rename_axis(columns=None)
    order = pd.MultiIndex.from_product([scenarios, rows["area"].unique()], names=["scenario", "area"])
    return wide.loc[order].reset_index()


def scenario_chances(obs: pd.DataFrame, draws: int = DRAWS) -> pd.DataFrame:
    """One row a preset: how fast its paces are among those on record, and its chance of the programme's least averages.

    Columns: scenario; percentile, poor_percentile (share of observed provincial speeds that are slower than the pace of
    the first year); chance_2025, poor_chance_2025 (the low end of each corridor on average, from the end of 2021 to
    2025), chance_2030 (the same to 2030, the provincial master plan); missing where a scenario ends before. Draws are
    those of `scenario_draws`.

    >>> from kontum_analysis.data.observations import load_observations
    >>> scenario_chances(load_observations(), draws=50).columns[1:3].tolist()
    ['percentile', 'poor_percentile']
    """
    speeds = observed_paces(obs)["speed"]
    opening, rows = opening_rates(obs), []
    for name in presets():
        scenario = preset(name)
        ensemble = scenario_draws(obs, scenario, draws)
        rate = groups(project_poverty(obs, scenario)).set_index(["area", "year"])["rate"]
        row: dict[str, Any] = dict(scenario=name)
        for prefix, area in (("", PROVINCE), ("poor_", POOR_DISTRICTS)):
            level = rate[area, scenario.start]
            first = 100 * (level - rate[area, scenario.start + 1])
            row[f"{prefix}percentile"] = pace_percentile(first, level, speeds)
            for year in (2025, 2030):
                pace, is_drawn = corridors()[area].low, year in ensemble.years
                chance = chance_of_average(ensemble, area, pace, opening[area], year) if is_drawn else None
                row[f"{prefix}chance_{year}"] = chance
        rows.append(row)
    columns = ["scenario", "percentile", "poor_percentile", "chance_2025", "poor_chance_2025", "chance_2030"]
    return pd.DataFrame(rows)[columns]


class Report:
    """What the tables of one report are made from; paths and simulations are computed once, when first asked for.

    obs: from `load_observations`; scenarios: those shown; data, user: the folders of raw tables and of own figures
    behind `obs`.
    """

    def __init__(
        self, obs: pd.DataFrame, scenarios: Sequence[Scenario], data: Folder = None, user: User | None = None
    ) -> None:
        self.obs, self.scenarios, self.data, self.user = obs, scenarios, data, user

    @cached_property
    def paths(self) -> pd.DataFrame:
        """The paths of all scenarios, one below the other."""
        return pd.concat([project_poverty(self.obs, s) for s in self.scenarios], ignore_index=True)

    @cached_property
    def ntm(self) -> NTMProjection:
        """Communes of new-rural standard at the pace the programme asks for on average."""
        return project_ntm(self.obs, asked_pace())


def _paths(report: Report) -> pd.DataFrame:
    rows = pd.concat([groups(report.paths), report.paths[report.paths["level"] == "district"]])
    return _in_order(report, rows[["scenario", "area", "year", "rate", "households", "poor_households", "status"]])


def _quotas(report: Report) -> pd.DataFrame:
    return _in_order(report, exit_quotas(report.paths).drop(columns="area_name"))


def _in_order(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with their scenarios in the order asked for."""
    place = {scenario.name: number for number, scenario in enumerate(report.scenarios)}
    return rows.sort_values("scenario", key=lambda names: names.map(place), kind="stable", ignore_index=True)


def _implied_paces(report: Report) -> pd.DataFrame:
    return pd.concat([implied_pace(report.obs, scenario) for scenario in report.scenarios], ignore_index=True)


def _attainment(report: Report) -> pd.DataFrame:
    years = report.ntm.years.rename(columns={"q10": "low_80", "q90": "high_80"})
    years = years[years["indicator"] != "ntm_communes_15_plus_criteria"]  # a count of ours, which nobody publishes
    return years[["indicator", "year", "median", "low_80", "high_80"]]


def _ntm_chances(report: Report) -> pd.DataFrame:
    names = {"default": "probability", "low": "probability_low", "high": "probability_high"}
    return attainment_chances(report.obs).rename(columns=names)[["event", "target", *names.values()]]


def _board(report: Report) -> pd.DataFrame:
    from ..targets.board import scoreboard

    names = {"bound_low": "known_at_least", "bound_high": "known_at_most"}
    columns = (
        "target_id statement_vi statement_en latest_value known_at_least known_at_most latest_day kind gap pace_needed "
        "pace_observed probability probability_low probability_high target_status reason"
    )
    board = scoreboard(report.obs, data=report.data)
    words = board["status"].where(~board["period_over"], board["status"] + ".over")
    return board.assign(target_status=words).rename(columns=names)[columns.split()]


def _sources(report: Report) -> pd.DataFrame:
    """Those of the observations of the vintage; every one stands behind at least one of them."""
    names = {"title": "source_title", "published": "source_published"}
    rows = all_tables(report.data, report.user)["sources"]
    rows = rows[rows["source_id"].isin(report.obs["source_id"])].sort_values("source_id", ignore_index=True)
    return rows[["source_id", "publisher", "title", "document_no", "published", "url"]].rename(columns=names)


# name -> (how its frame is made, what stands under years, whether it is too long for a document); in reading order
_MAKERS: dict[str, tuple[Callable[[Report], pd.DataFrame], str, bool]] = {
    "known_rates": (lambda report: known_rates(report.obs), "", False),
    "headline": (lambda report: headline(report.obs, report.scenarios), "", False),
    "rates": (lambda report: rates_by_year(report.paths), "rate", False),
    "quotas": (lambda report: quotas_by_year(report.paths), "quota", False),
    "implied_pace": (_implied_paces, "", False),
    "district_panel": (lambda report: estimate_panel(report.obs).panel.drop(columns="source_id"), "", False),
    "ntm_attainment": (_attainment, "", False),
    "ntm_chances": (_ntm_chances, "", False),
    "scoreboard": (_board, "", False),
    "paths": (_paths, "", True),
    "quotas_long": (_quotas, "", True),
    "sources": (_sources, "", False),
}


def report_tables(
    obs: pd.DataFrame,
    scenarios: Sequence[Scenario],
    data: Folder = None,
    names: Iterable[str] | None = None,
    user: User | None = None,
) -> tuple[list[Table], list[tuple[str, KontumError]]]:
    """(tables, problems): the tables for these scenarios, and (name, error) of each that this vintage cannot give.

    obs: from `load_observations`; scenarios: those shown; data, user: the folders of raw tables and of own
    figures behind `obs`; names: of the tables wanted, default all.
    """
    report, tables, problems = Report(obs, scenarios, data, user), [], []
    for name in _MAKERS if names is None else names:
        make, of, is_long = _MAKERS[name]
        words = Words(f"exports.table.{name}"), Words(f"exports.note.{name}")
        try:
            tables.append(Table(name, make(report), *words, of=of, is_long=is_long))
        except KontumError as error:
            problems.append((name, error))
    return tables, problems
