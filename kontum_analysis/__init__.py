"""Kon Tum Analysis: poverty paths, new-rural attainment and targets of Kon Tum province, from published figures.

>>> import kontum_analysis as kt
>>> kt.areas.resolve("Ia Hdrai").code
'618'

Everything is loaded on first use, so that importing the package costs little more than importing pandas.
"""

from importlib import import_module
from typing import Any

# Name -> where it lives. The modules `areas` and `scenarios` are names of their own; so is the wing `explorer`.
_NAMES = {
    "load_observations": "data.observations",
    "select": "data.observations",
    "raw_tables": "data.observations",
    "areas": "data",
    "districts": "data.areas",
    "poor_districts": "data.areas",
    "resolve": "data.areas",
    "to_2025": "data.areas",
    "conflicts": "data.agreement",
    "identities": "data.agreement",
    "estimate_panel": "poverty.estimates",
    "leave_one_out": "poverty.hidden",
    "observed_paces": "poverty.history",
    "scenarios": "poverty",
    "Scenario": "poverty.scenarios",
    "preset": "poverty.scenarios",
    "presets": "poverty.scenarios",
    "project_poverty": "poverty.paths",
    "groups": "poverty.paths",
    "known_groups": "poverty.known",
    "known_rates": "poverty.known",
    "exit_quotas": "poverty.paths",
    "floor_years": "poverty.paths",
    "implied_pace": "poverty.paces",
    "scenario_draws": "poverty.draws",
    "outlook_draws": "poverty.draws",
    "probability": "poverty.draws",
    "Trajectory": "methods.trajectories",
    "hindcast": "methods.hindcast",
    "project_ntm": "ntm.attainment",
    "hindcast_ntm": "ntm.hindcast",
    "scoreboard": "targets.board",
    "national_targets": "targets.national",
    "simulate_panel": "national",
    "synthetic_country": "national",
    "headline": "publish.tables",
    "tables": "publish",
    "figures": "",
    "trace": "publish.trace",
    "tell": "publish.notebooks",
    "show_table": "publish.notebooks",
    "show_figure": "publish.notebooks",
    "explorer": "",
    "attainment": "ntm",
    "history": "poverty",
    "notebooks": "publish",
    "observations": "data",
    "paces": "poverty",
    "words": "base",
    "KontumError": "base.errors",
    "DataError": "base.errors",
    "UnknownAreaError": "base.errors",
    "ScenarioError": "base.errors",
}
_MODULES: tuple[str, ...] = (
    "areas",
    "attainment",
    "explorer",
    "figures",
    "history",
    "notebooks",
    "observations",
    "paces",
    "scenarios",
)
_MODULES += ("tables", "words")
__all__ = [*_NAMES]


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = f"{__name__}.{_NAMES[name]}".rstrip(".")
    if name in _MODULES:
        return import_module(f"{module}.{name}")
    return getattr(import_module(module), name)


def __dir__() -> list[str]:
    return sorted(__all__)
