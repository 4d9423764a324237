"""The nearest figures to each target: for all 26, each of them there, none that lost, and an earlier day rewound."""

import numpy as np
import pytest

import kontum_analysis as kt
from kontum_analysis.data.programme import load_targets
from kontum_analysis.targets.evidence import nearest_rows, target_figures
from kontum_analysis.targets.measures import measure


@pytest.fixture(scope="module")
def nearest(obs):
    return kt.target_evidence(obs)


def figures_of(table, target_id):
    rows = table[table["target_id"] == target_id]
    return list(zip(rows["area"], rows["indicator"], rows["obs_value"], rows["bound"], strict=True))


def test_every_target_has_an_answer_and_every_figure_named_is_there(nearest):
    codes = load_targets().query("in_programme_3299 == 1")["target_id"].tolist()
    assert nearest["target_id"].unique().tolist() == codes == target_figures().index.tolist()
    absent = [
        (target_id, indicator)
        for target_id, row in target_figures().iterrows()
        for indicator in row["indicators"]
        if indicator not in set(nearest.loc[nearest["target_id"] == target_id, "indicator"])
    ]
    assert absent == []
    assert (nearest.filter(regex="_(vi|en)$") != "").all(axis=None)


def test_figures_and_bounds_worked_by_hand(nearest):
    assert figures_of(nearest, "S-NTM-06")[-1] == ("62", "ntm_criteria_mean", 15, "approximate")  # not 16.15, older set
    assert figures_of(nearest, "S-NTM-07") == [("62", "cooperatives", 240, "at_least")]
    land = "dtts_households_with_residential_land_pct"
    assert figures_of(nearest, "S-DT-01A") == [("611", land, 99.97, "exact"), ("62", land, 96, "at_least")]
    houses = {indicator: value for _, indicator, value, _ in figures_of(nearest, "S-DT-04")}
    assert houses["dtts_villages_with_rong_house"] < houses["dtts_villages"]  # which bounds the share from above
    bounds = nearest.drop_duplicates("target_id").set_index("target_id")["bounds"]
    assert bounds[["S-DT-01A", "S-DT-01B", "S-DT-04", "S-DT-10A", "S-DT-10B", "S-NTM-07"]].tolist() == [
        *("low", "high", "high", "high", "low", "none")
    ]


def test_where_nothing_was_published_the_table_says_so(nearest):
    without = nearest[nearest["obs_value"].isna()]
    assert without["target_id"].tolist() == ["S-DT-07", "S-NTM-CENTRAL", "S-DT-CENTRAL"]
    assert set(without["reading_en"]) == {"No published figure was found"} and set(without["bounds"]) == {"none"}


def test_an_earlier_day_shows_what_was_known_then(obs):
    early = kt.target_evidence(kt.load_observations(as_of="2022-10-04"))
    later = {"S-DT-04", "S-DT-06", "S-DT-08", "S-DT-10A"}
    assert later <= set(early.loc[early["obs_value"].isna(), "target_id"])
    assert set(early.loc[early["obs_value"].isna(), "reading_en"]) == {"No published figure was found"}
    assert figures_of(early, "S-NTM-07") == [("62", "cooperatives", 194, "exact")]


def test_a_value_that_lost_to_another_is_not_named(obs):
    row = target_figures().loc["S-NTM-07"]
    rest = obs.assign(preferred=obs["preferred"] & ~((obs["indicator"] == "cooperatives") & (obs["obs_value"] == 206)))
    rest = rest[rest["bound"] == "exact"]
    assert nearest_rows(obs, row)["bound_value"].tolist() == [240]
    assert nearest_rows(rest, row)["obs_value"].tolist() == [194]


def test_a_target_without_figure_names_the_lines_of_its_evidence(obs):
    target = next(load_targets().query("target_id == 'S-DT-06'").itertuples())
    measured = measure(obs, target)
    assert measured.kind == "none" and np.isnan(measured.value)
    assert obs.set_index("line").indicator[int(measured.lines)] == "hard_border_safe_zone_communes"
