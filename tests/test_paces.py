"""Paces: what the other seven districts must do, what a scenario opens with, and what is computed once."""

import numpy as np
import pytest
from hypothesis import given
from scenario_values import any_scenario, project

import kontum_analysis as kt
from kontum_analysis.poverty import paces
from kontum_analysis.poverty.paces import TOLERANCE, Inputs, baseline
from kontum_analysis.poverty.scenarios import key_words, preset


def test_pace_of_the_rest_is_what_the_shares_of_households_leave(inputs):
    table = kt.implied_pace(inputs, preset("programme-mid")).set_index("year")
    assert 7551 + 6805 + 3162 == 17_518
    assert table.loc[2022, "needed_pace_pp"] == pytest.approx((3.5 * 143_561 - 7 * 17_518) / 126_043)
    assert table.loc[2022, "needed_pace_pp"] == pytest.approx(3.0136, abs=5e-5)
    assert np.ptp(table.loc[2022:2024, "needed_pace_pp"]) < 1e-9


def test_paces_by_year_are_taken_year_by_year_on_paper(inputs):
    paper = kt.implied_pace(inputs, preset("yearly-plans"))["province_rate"]
    assert (-100 * paper.diff().dropna()).tolist() == pytest.approx([4, 4, 2.5])


def test_floors_shrink_as_households_grow(inputs):
    base = baseline(inputs, preset("programme-mid", household_growth=0.02))
    assert base.weights @ base.floors(np.array([2021])) == pytest.approx(2193 / 143_561)
    assert base.floors(np.array([2023])) == pytest.approx(base.floors(np.array([2021])) / 1.02**2)


@given(any_scenario)
def test_what_is_possible_leaves_no_shortfall(inputs, values):
    scenario, projection = project(inputs, values)
    table = kt.implied_pace(inputs, scenario)
    assert table["year"].tolist() == list(range(scenario.start + 1, scenario.end + 1))
    assert (table.loc[table["possible"], "shortfall_pp"] <= 100 * TOLERANCE).all()
    assert (table.loc[~table["possible"], "shortfall_pp"] > 0).all()
    assert (table["possible"] <= table["possible_without_floor"]).all()
    province = projection.loc[projection["area"] == "62", "rate"].to_numpy()
    above = 100 * (province[1:] - table["province_rate"].to_numpy())
    assert table["shortfall_pp"].to_numpy() == pytest.approx(np.maximum(above, 0), abs=1e-9)


# --- refusals


@pytest.mark.parametrize(
    ("key", "changes", "words"),
    [
        ("start", dict(start=2025), "2025; the province's count is known or estimated for 2021 to 2024"),
        ("floor", dict(floor=0.2), "28,712 households; below the opening stock of 21,989"),
        (
            "province_pace_pp",
            dict(province_pace_pp=16.0, form="proportional"),
            "16; in this form the fall",
        ),
        (
            "poor_district_pace_pp",
            dict(poor_district_pace_pp=20.0, start=2023, form="logistic"),
            "20; in this form the fall",
        ),
        ("province_pace_pp", dict(province_pace_pp="observed"), "'observed'; it needs a start after 2021"),
        ("household_growth", dict(floor=0.14, household_growth=-0.1, end=2050), "−0.1; by 2050"),
    ],
)
def test_scenario_that_cannot_run_is_refused_by_key(inputs, key, changes, words):
    with pytest.raises(kt.ScenarioError) as error:
        kt.project_poverty(inputs, preset("programme-mid", **changes))
    assert f"{key_words(key)}: found {words}" in str(error.value)


def test_scenario_before_any_count_is_refused():
    with pytest.raises(kt.KontumError, match="no provincial count"):
        kt.project_poverty(kt.load_observations(as_of="2021-06-30"), preset("programme-mid"))


# --- computed once


def test_inputs_are_the_same_for_the_same_content_and_others_for_other(obs):
    assert Inputs.of(obs) is Inputs.of(obs.copy())
    fewer = obs[obs["indicator"] != "poor_households_no_labour"]
    assert Inputs.of(obs).without_labour == 2193 and Inputs.of(fewer).without_labour == 0


def test_figures_changed_in_place_give_another_path(obs):
    changing = obs.copy()
    scenario = preset("programme-mid", household_growth=0, end=2022)
    first = kt.project_poverty(changing, scenario)
    is_floor = changing["indicator"] == "poor_households_no_labour"
    changing.loc[is_floor, "obs_value"] = 4000.0
    assert kt.project_poverty(changing, scenario)["floor"].iloc[0] == pytest.approx(4000 / 143_561)
    assert kt.project_poverty(obs, scenario).equals(first)


def test_later_changes_do_not_reach_inputs_made_before(obs):
    changing = obs.copy()
    early = Inputs(changing)
    changing.loc[changing["indicator"] == "poor_households_no_labour", "obs_value"] = 4000.0
    assert early.without_labour == 2193


def test_panel_is_estimated_once_for_many_scenarios(obs, monkeypatch):
    calls = []
    monkeypatch.setattr(paces, "estimate_panel", lambda *how: calls.append(how) or kt.estimate_panel(*how))
    fresh = obs.assign(comment="another table")
    for name in ("programme-low", "programme-mid", "programme-high"):
        kt.implied_pace(fresh, preset(name))
    assert len(calls) == 1
