"""Whole numbers that add up: hand cases, and what holds for any shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontum_analysis.base.errors import KontumError
from kontum_analysis.methods.sums import apportion


@pytest.mark.parametrize(
    ("shares", "total", "expected"),
    [
        ([1.4, 2.4, 3.2], 7, [2, 2, 3]),  # equal remainders: the first takes it
        ([1.5, 2.3, 3.2], 7, [2, 2, 3]),
        ([0.2, 0.3, 0.5], 1, [0, 0, 1]),
        ([3.0, 4.0], 7, [3, 4]),
        ([0.0, 0.0], 0, [0, 0]),
        ([1.9, 1.9], 3, [2, 1]),
        ([2.2, 2.4, 2.4], 7, [2, 3, 2]),
        ([2.999999999999, 4.0], 7, [3, 4]),  # a hair below a whole number is that number
    ],
)
def test_hand_worked_cases(shares, total, expected):
    found = apportion(shares, total)
    assert found.tolist() == expected and found.dtype == np.int64


def test_a_ceiling_is_kept_and_the_rest_goes_to_the_others():
    assert apportion([3.6, 2.2, 1.2], 7, ceiling=[3, 9, 9]).tolist() == [3, 3, 1]
    assert apportion([5.0, 1.0, 1.0], 7, ceiling=[2, 9, 9]).sum() == 7


def test_many_draws_at_once_are_each_apportioned_as_alone():
    rng = np.random.default_rng(1)
    shares = rng.dirichlet(np.ones(5), 20).T * 100
    together = apportion(shares, np.full(20, 100))
    for draw in range(20):
        assert together[:, draw].tolist() == apportion(shares[:, draw], 100).tolist()


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=12))
def test_they_add_up_and_lie_within_one_of_their_shares(shares):
    total = round(sum(shares))
    found = apportion(shares, total)
    assert found.sum() == total and np.all(found >= 0)
    assert np.all(np.abs(found - np.array(shares)) < 1 + 1e-6)


@given(st.lists(st.tuples(st.floats(0, 50), st.integers(0, 60)), min_size=1, max_size=8), st.data())
def test_ceilings_hold_whatever_the_shares(cells, data):
    shares, ceiling = map(list, zip(*cells, strict=True))
    total = min(round(sum(shares)), sum(ceiling))
    found = apportion(shares, total, ceiling=ceiling)
    assert found.sum() == total and np.all(found >= 0) and np.all(found <= ceiling)


@given(st.permutations([0.3, 1.1, 2.7, 3.9, 0.0]))
def test_the_order_of_areas_does_not_matter_where_remainders_differ(shares):
    expected = {0.3: 0, 1.1: 1, 2.7: 3, 3.9: 4, 0.0: 0}
    assert apportion(shares, 8).tolist() == [expected[s] for s in shares]


@pytest.mark.parametrize(
    ("shares", "total", "ceiling"),
    [
        ([1.0, 2.0], -1, None),
        ([1.0, 2.0], 3, [1, 1]),
        ([1.0, 2.0], 2.5, None),
        ([1.0, float("nan")], 3, None),
        ([1.0, float("inf")], 3, None),
        ([-1.0, 4.0], 3, None),
        ([1.0, 2.0], float("nan"), None),
        ([0.0, 0.0], 10**9, None),  # not near its shares: refused at once instead of counted up one by one
        ([10.0, 10.0], 3, None),
    ],
)
def test_impossible_totals_and_shares_that_are_no_shares_are_refused(shares, total, ceiling):
    with pytest.raises(ValueError, match="whole numbers|shares"):
        apportion(shares, total, ceiling=ceiling)


def test_draws_that_lack_some_that_have_too_many_and_that_fit_are_mended_in_one_call():
    shares = np.array([[1.4, 3.0, 2.0], [2.4, 3.0, 2.0], [3.4, 3.0, 2.0]])
    found = apportion(shares, np.array([8, 7, 6]))
    assert found.tolist() == [[2, 2, 2], [3, 2, 2], [3, 3, 2]]
    assert apportion(shares[:, 1], 7).tolist() == [2, 2, 3] and apportion(shares[:, 0], 8).tolist() == [2, 3, 3]


def test_ceilings_of_each_draw_are_their_own_and_zero_is_never_passed():
    shares = np.array([[2.0, 2.0], [0.2, 2.0], [0.3, 2.0]])
    found = apportion(shares, np.array([1, 5]), ceiling=np.array([[2, 1], [0, 4], [1, 4]]))
    assert found.tolist() == [[1, 1], [0, 2], [0, 2]]
    assert apportion([0.4, 0.4, 2.0], 1, ceiling=[5, 5, 5]).tolist() == [0, 0, 1]
    with pytest.raises(ValueError):
        apportion(shares, np.array([4, 5]), ceiling=np.array([[2, 1], [0, 4], [1, 4]]))


def test_the_sum_may_be_off_by_as_much_as_rounding_every_share_and_no_more():
    assert apportion([1.0, 1.0, 1.0], 6).tolist() == [2, 2, 2]
    assert apportion([1, 1, 1], 0).tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="far|xa"):
        apportion([1.0, 1.0, 1.0], 7)


def test_equal_remainders_go_to_the_first_whatever_the_number_of_areas():
    assert apportion([0.5] * 40, 20).tolist() == [1] * 20 + [0] * 20
    assert apportion([2.0] * 40, 75).tolist() == [1] * 5 + [2] * 35


def test_too_many_are_taken_from_the_smallest_remainder_and_never_from_nought():
    assert apportion([3.5, 1.0], 3).tolist() == [3, 0]
    assert apportion([0.0, 2.0, 2.0], 3).tolist() == [0, 1, 2]


def test_of_many_areas_with_few_remainders_the_first_of_each_take_theirs():
    shares = [
        1.25,
        1.5,
        1.75,
    ] * 60  # 180 areas, floors of 180; 90 more: all of the 60 with 0.75, and 30 of those with 0.5
    assert apportion(shares, 270).tolist() == [1, 2, 2] * 30 + [1, 1, 2] * 30


def test_shares_kept_as_objects_are_reckoned_as_numbers():
    assert apportion(np.array([1.4, 2.6], object), 4).tolist() == [1, 3]


def test_each_refusal_holds_the_numbers_it_speaks_of():
    shares = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])
    with pytest.raises(KontumError) as error:
        apportion(shares, [2, -4, 6])
    assert error.value.key == "error.apportion.total" and error.value.values["total"].tolist() == [2, -4, 6]
    with pytest.raises(KontumError) as error:
        apportion(shares, [2, 4, 9])
    values = {name: value.tolist() for name, value in error.value.values.items()}
    assert error.value.key == "error.apportion.far" and values == {"sum": [2.0, 4.0, 6.0], "total": [2, 4, 9]}
    with pytest.raises(KontumError) as error:
        apportion([1.0, -1.0], 0)
    assert error.value.key == "error.apportion.shares"
