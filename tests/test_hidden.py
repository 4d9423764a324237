"""Known figures hidden and estimated from the rest."""

import pytest
from test_estimates import with_figures

import kontum_analysis as kt


@pytest.fixture(scope="module")
def misses(obs):
    return kt.leave_one_out(obs, draws=400)


def test_every_known_district_of_a_later_year_is_hidden_once(misses):
    known_2023 = [(code, 2023) for code in ("608", "610", "612", "614", "615", "616", "617")]
    assert list(zip(misses["area"], misses["year"], strict=True)) == sorted([*known_2023, ("611", 2022), ("617", 2022)])


def test_miss_is_the_estimate_less_the_truth(misses):
    assert misses["error_pp"].tolist() == pytest.approx((100 * (misses.estimate - misses.truth)).tolist(), abs=2e-3)
    assert (misses["inside"] == misses["truth"].between(misses["rate_q10"], misses["rate_q90"])).all()
    assert (misses["rate_q10"] < misses["rate_q90"]).all()  # nothing hidden is known all the same


def test_a_change_published_a_year_later_does_not_give_the_cell_away(obs):
    later = [
        ("611", "poor_households", 350),
        ("611", "poor_households_net_reduction", 719 - 350),
        ("611", "poverty_rate_pct", 2.2),
        ("611", "poverty_rate_reduction_pp", 4.53 - 2.2),
    ]
    misses = kt.leave_one_out(with_figures(obs, later), draws=50).set_index(["area", "year"])
    assert misses.loc[("611", 2022), "rate_q10"] < misses.loc[("611", 2022), "rate_q90"]
