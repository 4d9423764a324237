"""Forecasts from earlier days beside what came, and calibration in worlds that the model assumes."""

import numpy as np
import pandas as pd
import pytest
from ntm_worlds import assumed_world, province

from kontum_analysis.base.errors import KontumError
from kontum_analysis.ntm.attainment import project_ntm
from kontum_analysis.ntm.hindcast import FORECAST_COLUMNS, INTERVALS, hindcast_ntm, ntm_forecasts

POINTS = ["no change", "straight line"]


@pytest.fixture(scope="module")
def table(obs):
    return ntm_forecasts(obs, vintages=["2021-12-31", "2022-10-04"], draws=200)


def test_forecasts_have_one_set_of_columns_and_know_nothing_later(table, obs):
    assert list(table.columns) == FORECAST_COLUMNS
    assert (table["made_from"] <= table["vintage"]).all() and (table["made_from"] < table["day"]).all()
    assert {"ntm_communes", "ntm_advanced_communes"} <= set(table["what"])
    outcomes = table[(table["what"] == "ntm_communes") & (table["day"] == "2023-04-30")]["outcome"]
    assert set(outcomes) == {42.0}


def test_an_outcome_is_inside_where_its_interval_says_so(table):
    intervals = table[~table["method"].isin(POINTS)]
    for name, (low, high) in INTERVALS.items():
        is_inside = (intervals[low] <= intervals["outcome"]) & (intervals["outcome"] <= intervals[high])
        assert (intervals[name] == is_inside).all()
    assert (intervals["inside_50"] <= intervals["inside_80"]).all() and (
        intervals["inside_80"] <= intervals["inside_95"]
    ).all()


def test_a_single_number_has_no_interval(table):
    points = table[table["method"].isin(POINTS)]
    medians = points[(points["method"] == "no change") & (points["vintage"] == "2022-10-04")].groupby("what")["q50"]
    assert medians.agg(["min", "max"]).loc[["ntm_communes", "ntm_advanced_communes"]].values.tolist() == [
        [35, 35],
        [3, 3],
    ]
    assert points[["q025", "q10", "q90", "q975", *INTERVALS]].isna().all(axis=None)


def test_scores_by_hand():
    rows = [("2018-12-31", "X", 10, 15, 40, 20, 0, 12.0), ("2019-12-31", "X", 13, *[None] * 5)]
    rows.append(("2021-12-31", "X", 20, *[None] * 5))
    cases, summary = hindcast_ntm(province_known(rows), draws=50)
    line = cases[(cases["method"] == "straight line") & (cases["vintage"] == "2019-12-31")].iloc[0]
    assert (line["q50"], line["outcome"]) == (19.0, 20.0)  # three a year for two years
    assert line["ae"] == line["crps"] == line["wis"] == 1.0
    scores = summary.set_index(["steps", "method"])["mae"]
    assert scores["all", "no change"] == np.mean([13 - 10, 20 - 10, 20 - 13])
    assert scores["next", "no change"] == np.mean([13 - 10, 20 - 13])


def province_known(rows):
    """The columns that `vintage` needs beside those of the made-up province."""
    table = province(rows)
    blank = ["area_name", "unit_measure", "comment", "published", "preference_reason", "preference_reason_vi"]
    return table.assign(**dict.fromkeys(blank, ""), known_from_assumed=False, preferred=True, line=range(len(table)))


def test_one_date_alone_cannot_be_compared():
    with pytest.raises(KontumError, match="two dates"):
        hindcast_ntm(province_known([("2018-12-31", "X", 10, 15, 40, 20, 0, 12.0)]))


@pytest.mark.slow
def test_the_model_forecasts_better_than_no_change(obs):
    crps = hindcast_ntm(obs, draws=500)[1].set_index(["steps", "method"])["crps"].unstack()
    assert (crps[["pace 1.5", "observed pace"]].max(axis=1) < 0.5 * crps["no change"]).all()


@pytest.mark.slow
def test_intervals_are_true_in_the_worlds_the_model_assumes():
    """Simulation-based calibration (Talts et al. 2018, arXiv:1804.06788): the rank of the truth is uniform.

    The worlds know no loss of standing, which the model allows for: the truth lies a little above the middle.
    """
    rng, ranks = np.random.default_rng(1), []
    while len(ranks) < 300:
        rows, truth = assumed_world(rng)
        if rows[-1][2] > 80:  # all done: nothing left to predict
            continue
        number = project_ntm(province(rows), None, 400, len(ranks)).draws["ntm_communes"][:, -1]
        ranks.append((number < truth).mean() + rng.random() * (number == truth).mean())
    inside = pd.Series({level: (np.abs(np.array(ranks) - 0.5) < level / 200).mean() for level in (50, 80, 95)})
    assert inside.between([0.45, 0.75, 0.92], [0.55, 0.85, 0.98]).all(), inside.to_dict()
    assert 0.43 < np.mean(ranks) < 0.57
