"""Known districts hidden and estimated from the rest."""

import numpy as np
import pytest
from test_estimates import with_figures

from kontum_analysis.poverty.hidden import closed_group_test, leave_one_out


@pytest.fixture(scope="module")
def left_out(obs):
    return leave_one_out(obs, draws=400)


def test_every_known_district_of_a_later_year_is_left_out_once(left_out):
    assert list(zip(left_out["area"], left_out["year"], strict=True)) == [
        ("608", 2023),
        ("610", 2023),
        ("611", 2022),
        ("612", 2023),
        ("614", 2023),
        ("615", 2023),
        ("616", 2023),
        ("617", 2022),
        ("617", 2023),
    ]


def test_the_miss_is_the_estimate_less_the_truth_and_inside_says_whether_the_interval_holds_it(left_out):
    assert left_out["error_pp"].tolist() == pytest.approx(
        (100 * (left_out.estimate - left_out.truth)).tolist(), abs=2e-3
    )
    inside = (left_out["rate_q10"] <= left_out["truth"]) & (left_out["truth"] <= left_out["rate_q90"])
    assert (left_out["inside"] == inside).all()
    assert (left_out["rate_q10"] < left_out["rate_q90"]).all()  # nothing hidden is known all the same


def test_a_hidden_cell_cannot_be_worked_out_from_the_change_published_a_year_later(obs):
    later = [
        ("611", "poor_households", 350),
        ("611", "poor_households_net_reduction", 719 - 350),
        ("611", "poverty_rate_pct", 2.2),
        ("611", "poverty_rate_reduction_pp", 4.53 - 2.2),
    ]
    cells = leave_one_out(with_figures(obs, later), draws=50).set_index(["area", "year"])
    assert cells.loc[("611", 2022), "rate_q10"] < cells.loc[("611", 2022), "rate_q90"]


@pytest.fixture(scope="module")
def closed(obs):
    return closed_group_test(obs, hide=3, draws=400)


def test_every_choice_of_hidden_districts_is_tried_and_none_stays_known(closed):
    assert closed["hidden"].nunique() == 35 and len(closed) == 105 and set(closed.groupby("area").size()) == {15}
    assert (closed["rate_q10"] < closed["rate_q90"]).all()


def test_hidden_districts_of_a_closed_group_add_up_to_what_was_hidden(obs, closed):
    """The estimates of three hidden districts share the total of their own counts, so their misses cancel."""
    panel = leave_one_out(obs, draws=20)
    assert set(closed["area"]) == set(panel.loc[panel["year"] == 2023, "area"])
    total_miss = closed.groupby("hidden")["error_pp"].agg(["min", "max"])
    assert ((total_miss["min"] < 0) & (total_miss["max"] > 0)).mean() > 0.95


def test_with_too_few_known_districts_there_is_no_closed_group(obs):
    few = obs[~(obs["ref_area"].isin(["608", "610", "612", "614"]) & (obs["time_period"] == "2023-12-31"))]
    assert closed_group_test(few, hide=3, draws=20).empty
    assert np.isfinite(closed_group_test(obs, hide=2, draws=20)["wis"]).all()
