"""Importing the package costs little more than importing pandas: what is heavy loads when it is used."""

import subprocess
import sys

import kontum_analysis as kt
from kontum_analysis.base.files import ROOT

HEAVY = {
    "matplotlib",
    "seaborn",
    "statsmodels",
    "pandera",
    "pydantic",
    "scipy",
    "nbformat",
    "yaml",
    "rapidfuzz",
    "babel",
    "jinja2",
}


def loaded_after(code):
    """Which of the heavy packages a fresh interpreter has loaded after running `code`."""
    ask = f"import sys, pandas; known = set(sys.modules); {code}; print(*set(sys.modules) - known)"
    found = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=ROOT)
    return sorted(set(found.stdout.split()) & HEAVY)


def test_importing_the_package_and_resolving_a_name_load_nothing_heavy():
    assert loaded_after("import kontum_analysis as kt; kt.areas.resolve('Kon Plông')") == []


def test_loading_observations_needs_no_figures_and_no_mathematics():
    loaded = loaded_after("import kontum_analysis as kt; kt.load_observations()")
    assert not {"matplotlib", "seaborn", "statsmodels", "scipy", "nbformat"} & set(loaded)


def test_every_name_of_the_contract_is_at_the_top():
    names = [
        "load_observations",
        "Trajectory",
        "Scenario",
        "project_poverty",
        "exit_quotas",
        "implied_pace",
        "KontumError",
    ]
    for name in [*names, "estimate_panel", "leave_one_out", "DataError", "UnknownAreaError", "ScenarioError"]:
        assert name in dir(kt) and getattr(kt, name).__name__ == name
    assert kt.areas.resolve and kt.scenarios.preset and kt.words.text


def test_a_name_that_does_not_exist_is_an_attribute_error():
    assert not hasattr(kt, "no_such_name")
