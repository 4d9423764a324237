"""Kon Tum Analysis: poverty paths, new-rural attainment and targets of Kon Tum province, from published figures.

>>> import kontum_analysis as kt
>>> kt.areas.resolve("Ia Hdrai").code
'618'

Everything is loaded on first use, so that importing the package costs little more than importing pandas.
"""

from importlib import import_module
from typing import Any

# module -> the names it gives; "areas", "scenarios" and "explorer" are modules themselves
_PLACES = {
    # load
    "data.observations": "load_observations select raw_tables",
    "data.areas": "districts poor_districts resolve to_2025",
    "data.agreement": "conflicts identities",
    # know
    "poverty.estimates": "estimate_panel",
    "poverty.hidden": "leave_one_out closed_group_test",
    "poverty.known": "known_groups known_rates",
    "poverty.history": "observed_paces hindcast_panel",
    "poverty.skill": "hindcast_by_level step_scores",
    # assume
    "poverty.scenarios": "Scenario preset presets",
    # project
    "poverty.paths": "project_poverty groups exit_quotas floor_years",
    "poverty.paces": "implied_pace",
    "poverty.draws": "scenario_draws outlook_draws probability",
    "methods.trajectories": "Trajectory",
    "ntm.attainment": "project_ntm attainment_chances",
    "ntm.hindcast": "hindcast_ntm",
    # judge
    "targets.board": "scoreboard",
    "targets.evidence": "target_evidence",
    "targets.national": "national_targets",
    "targets.chances": "target_chances",
    "targets.outcomes": "forecasts_against_outcomes forecast_scores",
    "methods.hindcast": "hindcast",
    # show
    "figures": "figure",
    "publish.tables": "headline scenario_chances",
    "publish.trace": "trace",
    "publish.notebooks": "tell show_table show_figure made_with",
    # wings
    "national": "simulate_panel synthetic_country",
    "base.errors": "KontumError DataError UnknownAreaError ScenarioError",
}
_MODULES = {"areas": "data.areas", "scenarios": "poverty.scenarios", "explorer": "explorer"}
_NAMES = {name: module for module, names in _PLACES.items() for name in names.split()}
_CALLED = {"figure": "build"}  # what a name is called in its module, where that differs
__all__ = sorted([*_NAMES, *_MODULES])


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{_MODULES[name]}")
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_NAMES[name]}"), _CALLED.get(name, name))


def __dir__() -> list[str]:
    return __all__
