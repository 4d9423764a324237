"""How communes move on: names and counts known later, levels, and what more pace can do."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from ntm_worlds import figure, province, small_state

from kontum_analysis.data.observations import load_observations
from kontum_analysis.ntm.attainment import project_ntm
from kontum_analysis.ntm.paths import LOST_COUNT, place_named, settle
from kontum_analysis.ntm.projection import LEVELS, WITH_15

TWO_PAGES = [("2018-12-31", "X", 10, 15, 40, 20, 0, 12.0), ("2021-06-30", "X", 25, 20, 30, 10, 0, 14.0)]


def test_the_shared_shock_spreads_the_number_of_attained_communes(obs):
    """Were communes independent, the variance of the number would be the sum of p(1 - p)."""
    r = project_ntm(obs, draws=4000)
    p = r.communes["p_attained_end"]
    assert r.draws["ntm_communes"][:, -1].var() > 1.5 * (p * (1 - p)).sum()


def test_communes_that_did_not_attain_stand_between_then_and_nineteen():
    state = small_state([[19.4, 20.0, 16.5, 19.0]])
    settle(state, np.array([[18.2, 12.0, 16.0, 19.0]]), np.array([[True, False, False, False]]))
    attained, grew, other, lost = state.criteria[0]
    assert attained == 19.4 and other == 16.5
    assert 12 <= grew < 19
    assert LOST_COUNT <= lost < 19  # it had attained and is known not to have any more


def test_no_commune_stands_just_below_nineteen_after_a_count():
    """Communes held back by a count would attain at once if they were left just below 19."""
    result = project_ntm(province([*TWO_PAGES, ("2022-06-30", "X", 26, *[None] * 5)]), draws=400, seed=1)
    below = result.state.criteria[result.state.criteria < 19]
    assert (below > 18.99).mean() < 0.01
    assert ((result.draws["counts"] == 19).sum(axis=1) == 26).all()


def test_a_count_that_falls_is_followed():
    result = project_ntm(province([*TWO_PAGES, ("2022-06-30", "X", 20, *[None] * 5)]), draws=50, seed=1)
    assert ((result.draws["counts"] == 19).sum(axis=1) == 20).all()


def test_a_named_commune_takes_the_place_of_one_that_attained():
    before = np.array([[18.0, 17.0, 16.0], [18.0, 17.0, 16.0]])
    state = small_state([[19.5, 19.2, 17.0], [18.5, 17.5, 17.0]])
    place_named(state, before, np.array([False, False, True]))
    assert (state.criteria[:, 2] >= 19).all()
    assert (state.criteria >= 19).sum(axis=1).tolist() == [2, 1]  # two as before; one where none had
    assert state.criteria[0, 0] == 19.5 and 17 <= state.criteria[0, 1] < 19  # the one nearest to 19 gave way


def test_names_after_the_last_count_say_who_and_not_how_many():
    names = [figure("ntm_attained", "2022-09-30", 1, area=code) for code in ("23314", "23317", "23323")]
    plain, with_names = (project_ntm(province(TWO_PAGES, *rows), 1.5, 2000, 1) for rows in ([], names))
    by_code = with_names.communes.set_index("code")["p_attained_end"]
    assert (by_code[["23314", "23317", "23323"]] > 0.9).all()  # all but a loss of standing
    numbers = [r.draws["ntm_communes"].mean(axis=0) for r in (plain, with_names)]
    assert numbers[1] == pytest.approx(np.maximum(numbers[0], 28), abs=0.7)  # three more than 25 at least


def test_no_pace_adds_only_what_is_named_later(known_2023):
    # the attainments of Ia Đal and Đăk Pxi in 2023 are published, so at most two join the 42
    assert project_ntm(known_2023, pace=0, draws=200).draws["ntm_communes"].max() <= 44


def test_more_pace_never_means_fewer_communes():
    """Draw by draw where no commune is named after the last count; names change who attains in a draw."""
    pages = province(TWO_PAGES)
    projections = [project_ntm(pages, pace, draws=300, seed=1).draws for pace in (0, 0.5, 1, 1.5, 2, 4)]
    for name in (*LEVELS, WITH_15):
        assert all((fast[name] >= slow[name]).all() for slow, fast in pairwise(projections)), name


def test_order_is_kept_in_every_draw(known_2023):
    draws = project_ntm(known_2023, draws=500).draws
    ordered = [draws[name] for name in (*LEVELS[::-1], WITH_15)]
    assert all((less <= more).all() for less, more in pairwise(ordered)) and ordered[-1].max() <= 85


def test_a_doubtful_model_commune_counts_in_half_of_the_draws(known_2023):
    """Kon Rẫy's model commune of 2022 is of low reliability; a sure count of the province takes its place."""
    state = project_ntm(known_2023, draws=2000).state
    assert state.model.sum(axis=1).max() == 1 and state.model.any(axis=1).mean() == pytest.approx(0.5, abs=0.04)
    assert (state.model <= state.advanced).all()
    counted = known_2023[known_2023["indicator"] == "ntm_advanced_communes"].tail(1)
    counted = counted.assign(indicator="ntm_model_communes", obs_value=2.0, ref_area="62")
    state = project_ntm(pd.concat([known_2023, counted]), draws=200).state
    assert (state.model.sum(axis=1) == 2).all()


def test_named_communes_of_a_level_come_first():
    rows = [figure("ntm_communes", "2021-06-30", 25), figure("ntm_advanced_communes", "2021-06-30", 2)]
    names = [figure("ntm_advanced_year", "2021-06-30", 2020, area="23314")]
    names.append(figure("ntm_attained", "2021-06-30", 1, area="23314"))
    state = project_ntm(province(TWO_PAGES, *rows, *names), draws=100).state
    codes = [c.code for c in state.members]
    assert state.advanced[:, codes.index("23314")].all() and (state.advanced.sum(axis=1) == 2).all()


def test_the_change_of_set_costs_criteria():
    """On 4 October 2022 Kon Rẫy had reported 72 criteria of the new set instead of 105."""
    r = project_ntm(load_observations(as_of="2022-10-04"), pace=0, draws=400)
    before = (r.draws["counts"] >= 15).sum(axis=1)
    assert (r.draws[WITH_15][:, -1] < before).mean() > 0.8
    assert any("0.69" in line for line in r.explain("en"))
