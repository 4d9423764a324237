"""The estimate of the pace from published bands."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ntm_worlds import province

from kontum_analysis.ntm.growth import LAST, MIN_GAP, SHAPES, fit, to_criteria, to_effort
from kontum_analysis.ntm.published import snapshots

START = ("2016-12-31", "X", 0, 0, 0, 85, 0, 7.0)


@given(st.floats(0, 19), st.sampled_from(LAST))
def test_effort_and_criteria_are_inverse(criteria, last):
    assert to_criteria(to_effort(np.array([criteria]), last), last)[0] == pytest.approx(criteria)


def test_a_province_that_gains_two_a_year_is_recognised_as_such():
    # everybody moves from the middle of 5–9 to the middle of 10–14 in 2.5 years: two a year, evenly
    summary = fit(snapshots(province([START, ("2019-06-30", "X", 0, 0, 85, 0, 0, 12.0)]))).summary()
    assert 1.6 < summary["pace"][2] < 2.4
    assert summary["shape"][2] >= SHAPES[-2]  # evenly


def test_a_faster_province_has_a_faster_estimate():
    slow = fit(snapshots(province([START, ("2019-06-30", "X", 0, 0, 30, 55, 0, 9.0)]))).summary()
    fast = fit(snapshots(province([START, ("2019-06-30", "X", 5, 60, 20, 0, 0, 15.0)]))).summary()
    assert slow["pace"][2] < 1 < 2.5 < fast["pace"][2]


def test_counts_of_two_sets_are_never_joined():
    assert fit(snapshots(province([START, ("2019-06-30", "Y", 0, 0, 85, 0, 0, 12.0)]))).pairs == ()


def test_pairs_are_as_long_as_the_least_gap(obs):
    history = snapshots(obs)
    time = {s.day: s.time for s in history}
    pairs = fit(history).pairs
    assert len(pairs) >= 3 and all(time[end] - time[start] >= MIN_GAP for start, end in pairs)
    near, bare = ("2017-05-31", "X", 0, 0, 10, 75, 0, 7.5), ("2018-03-31", "X", 2, *[None] * 5)
    assert fit(snapshots(province([START, near, bare]))).pairs == (("2016-12-31", "2018-03-31"),)


def test_the_mean_of_the_end_is_not_counted_beside_its_bands():
    ends = [("2019-06-30", "X", 0, 10, 60, 15, 0, mean) for mean in (11.0, 12.2)]
    low, high = (fit(snapshots(province([START, end]))).weights for end in ends)
    np.testing.assert_allclose(low, high)


def test_without_a_pair_the_prior_is_left():
    growth = fit(snapshots(province([START])))
    pace, _, last = growth.summary().values()
    assert growth.dispersion == 1 and pace[2] == pytest.approx(1.5, rel=0.1)  # what the programme asks
    assert last[2] == 0.8 and growth.weights[..., 0].sum() < 0.1  # hardly twice as fast at the end


def test_leaps_of_groups_are_seen_as_overdispersion():
    even = [START, ("2018-12-31", "X", 0, 0, 85, 0, 0, 11.0), ("2020-12-31", "X", 0, 85, 0, 0, 0, 16.0)]
    odd = [START, ("2018-12-31", "X", 0, 45, 0, 40, 0, 11.0), ("2020-12-31", "X", 45, 0, 0, 40, 0, 13.5)]
    assert fit(snapshots(province(even))).dispersion < fit(snapshots(province(odd))).dispersion
