"""The tables behind each view of the explorer: plain functions of the published figures and a scenario.

`obs` is a table of `load_observations`, or `paces.Known(obs)` where many scenarios are tried on the same figures.
"""

from copy import deepcopy

import numpy as np
import pandas as pd

from ..areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE, poor_districts
from ..attainment import _move, _numbers, _prepare, _probabilities, _start
from ..district_facts import FIRST_YEAR
from ..ensemble import probability, scenario_draws
from ..figures.districts import reconciled_table
from ..figures.paths import known_groups
from ..figures.programme import corridors, horizon
from ..paces import Known, implied_pace
from ..poverty import exit_quotas, groups, project_poverty
from ..scenarios import preset

VIEWS = ("paths", "districts", "quotas", "chances")
GROUPS = [PROVINCE, POOR_DISTRICTS, OTHER_DISTRICTS]
CORRIDOR = {"low": "programme-low", "high": "programme-high"}
DRAWS = 1000
COLUMNS = ["area", "year", "kind", "rate", "q10", "q90", "floor", "status"]
_EVENTS = {
    "S-NTM-01": "ntm_communes",
    "S-NTM-02": "ntm_advanced_communes",
    "S-NTM-03": "ntm_model_communes",
    "S-NTM-05": "all_communes_15_criteria",
}


def backdrop(obs):
    """What no slider moves: known rates (kind known) and the corridor of the programme (kinds low and high).

    Rates are fractions, for the province, the two groups of districts and each district; columns are COLUMNS.
    """
    known = Known.of(obs)
    groups_known = known_groups(known.obs)
    districts_known = reconciled_table(known.obs)
    districts_known = districts_known[districts_known["area"] != PROVINCE]
    parts = [groups_known.assign(kind="known"), districts_known.assign(kind="known")]
    for kind, name in CORRIDOR.items():
        parts.append(_rates(project_poverty(known, preset(name))).assign(kind=kind))
    return pd.concat(parts, ignore_index=True).reindex(columns=COLUMNS)


def _rates(projection):
    return pd.concat([groups(projection), projection[projection["level"] == "district"]], ignore_index=True)


def path_table(projection, implied):
    """The scenario's own lines: kind path, as it can be walked, and kind paper, what the paces alone ask for.

    paper is given for the province and the other seven districts, where the paces can ask for the impossible.
    """
    paper = [
        implied[["year", column]].rename(columns={column: "rate"}).assign(area=area, kind="paper", status="projected")
        for area, column in ((PROVINCE, "province_rate"), (OTHER_DISTRICTS, "needed_rate"))
    ]
    path = _rates(projection).assign(kind="path")
    return pd.concat([path, *paper], ignore_index=True).reindex(columns=COLUMNS)


def paths_view(obs, scenario):
    """Province, poor districts and the other seven: known rates, corridor, the scenario's path and its paper line."""
    return _with_backdrop(obs, scenario, lambda area: area.isin(GROUPS))


def districts_view(obs, scenario):
    """Each district: known rates, corridor and the scenario's path.

    >>> from kontum_analysis.observations import load_observations
    >>> table = districts_view(load_observations(), preset("programme-mid"))
    >>> table[(table.area == "617") & (table.kind == "path")].rate.round(3).tolist()[:3]
    [0.521, 0.451, 0.381]
    """
    return _with_backdrop(obs, scenario, lambda area: ~area.isin(GROUPS))


def _with_backdrop(obs, scenario, wanted):
    known = Known.of(obs)
    own = path_table(project_poverty(known, scenario), implied_pace(known, scenario))
    table = pd.concat([backdrop(known), own], ignore_index=True)
    return table[wanted(table["area"])].reset_index(drop=True)


def quotas_view(obs, scenario):
    """Households to leave poverty by area and year (kind quota; the province is the sum), and the published fall.

    Columns: area, year, kind (quota, fall), households, status.
    """
    known = Known.of(obs)
    return quota_table(known, project_poverty(known, scenario))


def quota_table(known, projection):
    """The same from a projection that is there already."""
    quotas = exit_quotas(projection)[["area", "year", "quota"]]
    total = quotas.groupby("year", as_index=False)["quota"].sum().assign(area=PROVINCE)
    panel = known.estimates().panel
    stock = panel[panel["area"] == PROVINCE].set_index("year")["poor_households"]
    fall = (-stock.diff()).dropna().astype(int)
    fall = fall[fall.index.isin(quotas["year"])]
    rows = [
        pd.concat([total, quotas]).rename(columns={"quota": "households"}).assign(kind="quota", status="projected"),
        pd.DataFrame(dict(area=PROVINCE, year=fall.index, households=fall.to_numpy(), kind="fall", status="derived")),
    ]
    return pd.concat(rows, ignore_index=True)[["area", "year", "kind", "households", "status"]]


class NTMChances:
    """Probabilities of the new-rural targets at a pace: the bands are read once, each pace is simulated once."""

    def __init__(self, obs, draws=DRAWS, seed=3299):
        prepared = _prepare(Known.of(obs).obs, None)
        first = int(prepared["history"][-1].day[:4])
        self._times = np.arange(first, horizon() + 1) + 1.0
        self._state, _ = _start(prepared, draws, seed, self._times[-1])
        self._made = {}

    def at(self, pace):
        """Columns event, target, probability, standard_error, as `project_ntm(obs, pace, draws, seed).probabilities`."""
        if pace not in self._made:
            paths, _ = _move(deepcopy(self._state), pace, self._times)
            self._made[pace] = _probabilities(_numbers(paths), *self._state.criteria.shape[::-1])
        return self._made[pace]


def chances_view(obs, scenario, ntm_pace=1.5, ntm=None, draws=DRAWS, seed=3299):
    """The probability of each target that a model speaks of, if the paces hold: what they do not fix is drawn.

    Columns: target_id, probability (missing where the scenario ends before the target's year), standard_error (of the
    simulation). ntm: a `NTMChances` where many paces are tried.
    """
    known = Known.of(obs)
    opening = _opening(known)
    near, rows = horizon(), []
    found = None
    if scenario.start < near <= scenario.end:
        found = scenario_draws(known, _until(scenario, near), draws, seed)
    for target, area in (("S-GN-01", PROVINCE), ("S-GN-02", POOR_DISTRICTS)):
        asked = opening[area] - corridors()[area].low / 100 * (near - FIRST_YEAR)
        rows.append((target, np.nan if found is None else probability(found, area, near, asked)))
    rates = (ntm or NTMChances(known, draws, seed)).at(ntm_pace).set_index("event")["probability"]
    rows += [(target, rates[event]) for target, event in _EVENTS.items()]
    table = pd.DataFrame(rows, columns=["target_id", "probability"])
    return table.assign(standard_error=np.sqrt(table["probability"] * (1 - table["probability"]) / draws))


def _opening(known):
    """Rates of the province and of its poor districts at the end of 2021, from which the programme counts."""
    panel = known.estimates().panel
    rows = panel[panel["year"] == FIRST_YEAR].set_index("area")
    poor = rows.loc[poor_districts(), ["poor_households", "households"]].sum()
    return {PROVINCE: rows.loc[PROVINCE, "rate"], POOR_DISTRICTS: poor["poor_households"] / poor["households"]}


def _until(scenario, year):
    """The same paces to an earlier end: the draws of the years before are the same, and half the work."""
    return scenario.changed(end=year) if scenario.end > year else scenario


def first_impossible(implied):
    """The first row of `implied_pace` at which the paces ask the other seven to go below their floor; None if never."""
    broken = implied[~implied["possible"]]
    return None if broken.empty else broken.iloc[0]


def milestones(paths, quotas):
    """The end of the programme and the last year: rates (fractions) of the three groups, households to leave by then.

    paths: of `path_table`; quotas: of `quota_table`. Columns: year, 62, 62-POOR, 62-REST, exits (from the start).
    """
    rate = paths[paths["kind"] == "path"].pivot(index="year", columns="area", values="rate")
    own = quotas[(quotas["kind"] == "quota") & (quotas["area"] == PROVINCE)]
    exits = own.set_index("year")["households"].cumsum()
    years = sorted({min(horizon(), rate.index.max()), rate.index.max()} - {rate.index.min()})
    return rate.loc[years, GROUPS].assign(exits=exits).rename_axis(columns=None).reset_index()
