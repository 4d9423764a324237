"""The tables behind each view of the explorer: plain functions of the published figures and a scenario.

`obs` is a table of `load_observations`, or `paces.Known(obs)` where many scenarios are tried on the same figures.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from ..data.areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE
from ..data.programme import GROUPS, corridors, horizon
from ..figures.districts import reconciled_table
from ..figures.pace import quota_rows
from ..ntm.attainment import CommuneModel
from ..poverty.draws import chance_of_average, scenario_draws
from ..poverty.known import known_groups, opening_rates
from ..poverty.paces import Inputs, implied_pace
from ..poverty.paths import groups, project_poverty
from ..poverty.scenarios import Scenario, preset

VIEWS = ("paths", "districts", "quotas", "chances")
CORRIDOR = {"low": "programme-low", "high": "programme-high"}
DRAWS = 1000
COLUMNS = ["area", "year", "kind", "rate", "q10", "q90", "floor", "status"]
_EVENTS = {
    "S-NTM-01": "ntm_communes",
    "S-NTM-02": "ntm_advanced_communes",
    "S-NTM-03": "ntm_model_communes",
    "S-NTM-05": "all_communes_15_criteria",
}


def backdrop(obs: pd.DataFrame | Inputs) -> pd.DataFrame:
    """What no slider moves: known rates (kind known) and the corridor of the programme (kinds low and high).

    Rates are fractions, for the province, the two groups of districts and each district; columns are COLUMNS.
    """
    known = Inputs.of(obs)
    groups_known = known_groups(known.obs)
    panel = reconciled_table(known.obs)
    parts = [groups_known.assign(kind="known"), panel[panel["area"] != PROVINCE].assign(kind="known")]
    for kind, name in CORRIDOR.items():
        parts.append(_rates(project_poverty(known, preset(name))).assign(kind=kind))
    return pd.concat(parts, ignore_index=True).reindex(columns=COLUMNS)


def _rates(projection: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([groups(projection), projection[projection["level"] == "district"]], ignore_index=True)


def path_table(projection: pd.DataFrame, implied: pd.DataFrame) -> pd.DataFrame:
    """The scenario's own lines: kind path, as it can be walked, and kind paper, what the paces alone ask for.

    paper is given for the province and the other seven districts, where the paces can ask for the impossible.
    """
    paper = [
        implied[["year", column]].rename(columns={column: "rate"}).assign(area=area, kind="paper", status="projected")
        for area, column in ((PROVINCE, "province_rate"), (OTHER_DISTRICTS, "needed_rate"))
    ]
    path = _rates(projection).assign(kind="path")
    return pd.concat([path, *paper], ignore_index=True).reindex(columns=COLUMNS)


def paths_view(obs: pd.DataFrame | Inputs, scenario: Scenario) -> pd.DataFrame:
    """Province, poor districts and the other seven: known rates, corridor, the scenario's path and its paper line."""
    return _with_backdrop(obs, scenario, lambda area: area.isin(GROUPS))


def districts_view(obs: pd.DataFrame | Inputs, scenario: Scenario) -> pd.DataFrame:
    """Each district: known rates, corridor and the scenario's path.

    >>> from kontum_analysis.data.observations import load_observations
    >>> table = districts_view(load_observations(), preset("programme-mid"))
    >>> table[(table.area == "617") & (table.kind == "path")].rate.round(3).tolist()[:3]
    [0.521, 0.451, 0.381]
    """
    return _with_backdrop(obs, scenario, lambda area: ~area.isin(GROUPS))


def _with_backdrop(
    obs: pd.DataFrame | Inputs, scenario: Scenario, wanted: Callable[[pd.Series], pd.Series]
) -> pd.DataFrame:
    known = Inputs.of(obs)
    own = path_table(project_poverty(known, scenario), implied_pace(known, scenario))
    table = pd.concat([backdrop(known), own], ignore_index=True)
    return table[wanted(table["area"])].reset_index(drop=True)


def quotas_view(obs: pd.DataFrame | Inputs, scenario: Scenario) -> pd.DataFrame:
    """Households to leave poverty by area and year (kind quota; the province is the sum), and the published fall.

    Columns: area, year, kind (quota, fall), households, status.
    """
    known = Inputs.of(obs)
    return quota_rows(project_poverty(known, scenario), known.estimates().panel)


class NTMChances:
    """Probabilities of the new-rural targets at a pace: the bands are read once, each pace is simulated once."""

    def __init__(self, obs: pd.DataFrame | Inputs, draws: int = DRAWS, seed: int = 3299) -> None:
        self._model = CommuneModel(Inputs.of(obs).obs, draws, seed)

    def at(self, pace: float) -> pd.DataFrame:
        """Columns event, target, probability, standard_error, as `project_ntm(obs, pace, draws,
        seed).probabilities`.
        """
        return self._model.project(pace).probabilities


def chances_view(
    obs: pd.DataFrame | Inputs,
    scenario: Scenario,
    ntm_pace: float = 1.5,
    ntm: NTMChances | None = None,
    draws: int = DRAWS,
    seed: int = 3299,
) -> pd.DataFrame:
    """The probability of each target that a model speaks of, if the paces hold: what they do not fix is drawn.

    Columns: target_id, probability (missing where the scenario ends before the target's year), standard_error (of the
    simulation). ntm: a `NTMChances` where many paces are tried.
    """
    known = Inputs.of(obs)
    opening, near, rows = opening_rates(known.obs), horizon(), []
    found = None
    if scenario.start < near <= scenario.end:
        found = scenario_draws(known, _until(scenario, near), draws, seed)
    for target, area in (("S-GN-01", PROVINCE), ("S-GN-02", POOR_DISTRICTS)):
        pace = corridors()[area].low
        chance = np.nan if found is None else chance_of_average(found, area, pace, opening[area], near)
        rows.append((target, chance))
    rates = (ntm or NTMChances(known, draws, seed)).at(ntm_pace).set_index("event")["probability"]
    rows += [(target, rates[event]) for target, event in _EVENTS.items()]
    table = pd.DataFrame(rows, columns=["target_id", "probability"])
    return table.assign(standard_error=np.sqrt(table["probability"] * (1 - table["probability"]) / draws))


def _until(scenario: Scenario, year: int) -> Scenario:
    """The same paces to an earlier end: the draws of the years before are the same, and half the work."""
    return scenario.changed(end=year) if scenario.end > year else scenario


def first_impossible(implied: pd.DataFrame) -> pd.Series | None:
    """The first row of `implied_pace` at which the paces ask the other seven to go below their floor; None if never."""
    broken = implied[~implied["possible"]]
    return None if broken.empty else broken.iloc[0]


def milestones(paths: pd.DataFrame, quotas: pd.DataFrame) -> pd.DataFrame:
    """The end of the programme and the last year: rates (fractions) of the three groups, households to leave by then.

    paths: of `path_table`; quotas: of `quotas_view`. Columns: year, 62, 62-POOR, 62-REST, exits (from the start).
    """
    rate = paths[paths["kind"] == "path"].pivot(index="year", columns="area", values="rate")
    own = quotas[(quotas["kind"] == "quota") & (quotas["area"] == PROVINCE)]
    exits = own.set_index("year")["households"].cumsum()
    years = sorted({min(horizon(), rate.index.max()), rate.index.max()} - {rate.index.min()})
    return rate.loc[years, GROUPS].assign(exits=exits).rename_axis(columns=None).reset_index()
