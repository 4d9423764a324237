"""Parts that add up: hand cases, and what holds for any shares, ceilings and totals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from kontum_analysis.base.errors import KontumError
from kontum_analysis.methods.sums import apportion, rates_summing_to

# ---- whole numbers


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
        ([3.5, 1.0], 3, [3, 0]),  # one too many: the smallest remainder gives
        ([0.0, 2.0, 2.0], 3, [0, 1, 2]),  # and nothing is taken from 0
        ([1.0, 1.0, 1.0], 6, [2, 2, 2]),  # as far off as rounding every share
        ([1, 1, 1], 0, [0, 0, 0]),
        ([0.5] * 40, 20, [1] * 20 + [0] * 20),
        ([2.0] * 40, 75, [1] * 5 + [2] * 35),
        # floors of 180; 90 more: all of the 60 with 0.75, and 30 of those with 0.5
        ([1.25, 1.5, 1.75] * 60, 270, [1, 2, 2] * 30 + [1, 1, 2] * 30),
        (np.array([1.4, 2.6], object), 4, [1, 3]),
    ],
)
def test_whole_numbers_worked_by_hand(shares, total, expected):
    numbers = apportion(shares, total)
    assert numbers.tolist() == expected and numbers.dtype == np.int64


def test_ceilings_are_kept_and_the_rest_goes_to_others():
    assert apportion([3.6, 2.2, 1.2], 7, ceiling=[3, 9, 9]).tolist() == [3, 3, 1]
    assert apportion([5.0, 1.0, 1.0], 7, ceiling=[2, 9, 9]).sum() == 7
    assert apportion([0.4, 0.4, 2.0], 1, ceiling=[5, 5, 5]).tolist() == [0, 0, 1]
    shares = np.array([[2.0, 2.0], [0.2, 2.0], [0.3, 2.0]])
    ceiling = np.array([[2, 1], [0, 4], [1, 4]])
    assert apportion(shares, np.array([1, 5]), ceiling).tolist() == [[1, 1], [0, 2], [0, 2]]
    with pytest.raises(KontumError):
        apportion(shares, np.array([4, 5]), ceiling)


def test_each_draw_is_apportioned_as_if_alone():
    shares = np.array([[1.4, 3.0, 2.0], [2.4, 3.0, 2.0], [3.4, 3.0, 2.0]])  # lacks one, has too many, fits
    assert apportion(shares, np.array([8, 7, 6])).tolist() == [[2, 2, 2], [3, 2, 2], [3, 3, 2]]
    shares = np.random.default_rng(1).dirichlet(np.ones(5), 20).T * 100
    together = apportion(shares, np.full(20, 100))
    assert [column.tolist() for column in together.T] == [apportion(column, 100).tolist() for column in shares.T]


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=12))
def test_numbers_add_up_and_lie_within_one_of_their_shares(shares):
    numbers = apportion(shares, round(sum(shares)))
    assert numbers.sum() == round(sum(shares)) and np.all(numbers >= 0)
    assert np.all(np.abs(numbers - np.array(shares)) < 1 + 1e-6)


@given(st.lists(st.tuples(st.floats(0, 50), st.integers(0, 60)), min_size=1, max_size=8))
def test_ceilings_hold_whatever_the_shares(cells):
    shares, ceiling = map(list, zip(*cells, strict=True))
    total = min(round(sum(shares)), sum(ceiling))
    numbers = apportion(shares, total, ceiling=ceiling)
    assert numbers.sum() == total and np.all(numbers >= 0) and np.all(numbers <= ceiling)


@given(st.permutations([0.3, 1.1, 2.7, 3.9, 0.0]))
def test_the_order_of_areas_does_not_matter(shares):
    expected = {0.3: 0, 1.1: 1, 2.7: 3, 3.9: 4, 0.0: 0}
    assert apportion(shares, 8).tolist() == [expected[share] for share in shares]


@pytest.mark.parametrize(
    ("shares", "total", "ceiling", "key"),
    [
        ([1.0, 2.0], -1, None, "total"),
        ([1.0, 2.0], 3, [1, 1], "total"),
        ([1.0, 2.0], 2.5, None, "total"),
        ([1.0, 2.0], float("nan"), None, "total"),
        ([1.0, float("nan")], 3, None, "shares"),
        ([1.0, float("inf")], 3, None, "shares"),
        ([-1.0, 4.0], 3, None, "shares"),
        ([0.0, 0.0], 10**9, None, "far"),  # refused at once instead of counted up one by one
        ([10.0, 10.0], 3, None, "far"),
        ([1.0, 1.0, 1.0], 7, None, "far"),
    ],
)
def test_impossible_shares_and_totals_are_refused(shares, total, ceiling, key):
    with pytest.raises(KontumError) as error:
        apportion(shares, total, ceiling=ceiling)
    assert error.value.key == f"error.apportion.{key}"


def test_a_refusal_names_the_sums_and_totals():
    with pytest.raises(KontumError) as error:
        apportion(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]), [2, 4, 9])
    values = {name: value.tolist() for name, value in error.value.values.items()}
    assert values == {"sum": [2.0, 4.0, 6.0], "total": [2, 4, 9]}


# ---- rates


def test_rates_meet_their_total_worked_by_hand():
    # odds 1/2 and 2 on 100 households each make 33.3 + 66.7 = 100: to reach it from 1/4 and 1 every odds is doubled
    rates = rates_summing_to([100.0], np.log([[0.25], [1.0]]), np.array([[100], [100]]))
    assert rates.ravel() == pytest.approx([1 / 3, 2 / 3], abs=1e-14)


def test_the_less_certain_rate_moves_more():
    moves = logit(rates_summing_to(60.0, np.zeros(2), np.full(2, 100.0), np.array([1.0, 2.0])))
    assert moves[1] == pytest.approx(2 * moves[0]) and 100 * expit(moves).sum() == pytest.approx(60)


@given(st.lists(st.tuples(st.floats(-30, 30), st.floats(1, 1e5), st.floats(0.01, 3)), min_size=1), st.floats(0, 1))
def test_rates_meet_any_total_that_can_be_met(cells, share):
    log_odds, weights, spread = np.array(cells).T
    rates = rates_summing_to(share * weights.sum(), log_odds, weights, spread)
    assert np.all((rates >= 0) & (rates <= 1))
    assert weights @ rates == pytest.approx(share * weights.sum(), rel=1e-9, abs=1e-9 * weights.sum())


def test_rates_of_exactly_nothing_and_everything_move_to_the_total():
    rates = rates_summing_to(30.0, np.array([-np.inf, 0.0, np.inf]), np.array([10.0, 40.0, 10.0]))
    assert rates == pytest.approx([0.0, 0.5, 1.0])


def test_years_and_draws_are_solved_at_once():
    rng = np.random.default_rng(2)
    log_odds, weights = rng.normal(-2, 1, (10, 3, 5)), rng.dirichlet(np.ones(10))[:, None, None]
    total = rng.uniform(0.01, 0.5, (3, 5))
    rates = rates_summing_to(total, log_odds, weights)
    np.testing.assert_allclose((weights * rates).sum(axis=0), total, rtol=1e-12)
    moves = logit(rates) - log_odds
    np.testing.assert_allclose(moves, np.broadcast_to(moves[:1], moves.shape), atol=1e-9)
