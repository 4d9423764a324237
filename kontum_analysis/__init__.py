"""Kon Tum Analysis: poverty paths, new-rural attainment and targets of Kon Tum province, from published figures.

>>> import kontum_analysis as kt
>>> kt.areas.resolve("Ia Hdrai").code
'618'

Everything is loaded on first use, so that importing the package costs little more than importing pandas.
"""

from importlib import import_module
from typing import Any

_MODULES = (
    "areas",
    "attainment",
    "base_rates",
    "district_facts",
    "ensemble",
    "estimates",
    "explorer",
    "figures",
    "labels",
    "notebooks",
    "observations",
    "paces",
    "poverty",
    "scenarios",
    "simulation",
    "tables",
    "targets",
    "trace",
    "trajectories",
)
_NAMES = {
    "load_observations": "observations",
    "estimate_panel": "estimates",
    "leave_one_out": "estimates",
    "Trajectory": "trajectories",
    "Scenario": "scenarios",
    "project_poverty": "poverty",
    "exit_quotas": "poverty",
    "implied_pace": "paces",
    "scenario_draws": "ensemble",
    "outlook_draws": "ensemble",
    "simulate_panel": "simulation",
    "synthetic_country": "simulation",
    "project_ntm": "attainment",
    "hindcast_ntm": "ntm_hindcast",
    "hindcast": "hindcasting",
    "scoreboard": "targets",
    "national_targets": "national",
    "KontumError": "errors",
    "DataError": "errors",
    "UnknownAreaError": "errors",
    "ScenarioError": "errors",
}
__all__ = [*_MODULES, *_NAMES]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
