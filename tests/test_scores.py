"""Scores against cases worked by hand, and against what must not be accepted."""

import numpy as np
import pytest
import scoringrules
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from kontum_analysis.base.errors import KontumError
from kontum_analysis.methods.scores import crps_ensemble, interval_coverage, wis
from kontum_analysis.methods.spread import LEVELS

FIVE = [0.1, 0.25, 0.5, 0.75, 0.9]


def test_wis_worked_by_hand_inside_all_intervals():
    # alpha 0.2: width 8, alpha 0.5: width 3, median 5 against 6:
    # (1/2 · 1 + 0.1 · 8 + 0.25 · 3) / 2.5 = 2.05 / 2.5
    assert wis(6.0, FIVE, [1, 4, 5, 7, 9]) == pytest.approx(0.82, abs=1e-12)


def test_wis_worked_by_hand_above_all_intervals():
    # 10 against 1, 4, 5, 7, 9: IS(0.2) = 8 + 10 · 1 = 18; IS(0.5) = 3 + 4 · 3 = 15
    # (1/2 · 5 + 0.1 · 18 + 0.25 · 15) / 2.5 = (2.5 + 1.8 + 3.75) / 2.5
    assert wis(10.0, FIVE, [1, 4, 5, 7, 9]) == pytest.approx(3.22, abs=1e-12)


def test_wis_worked_by_hand_below_one_interval():
    # 3: outside the 50 % interval by 1, inside the 80 %: (1/2 · 2 + 0.1 · 8 + 0.25 · (3 + 4)) / 2.5
    assert wis(3.0, FIVE, [1, 4, 5, 7, 9]) == pytest.approx(1.42, abs=1e-12)


def test_wis_of_a_median_alone_is_its_absolute_error():
    assert wis(0.3, [0.5], [0.1]) == pytest.approx(0.2, abs=1e-12)


def test_wis_is_the_mean_quantile_loss():
    """An independent way to the same number: WIS = 2/(2K+1) · Σ pinball loss."""
    rng = np.random.default_rng(1)
    values, observed = np.sort(rng.random((7, 23)), axis=1), rng.random(7)
    miss = observed[:, None] - values
    pinball = np.maximum(LEVELS * miss, (LEVELS - 1) * miss)
    np.testing.assert_allclose(wis(observed, LEVELS, values), 2 * pinball.mean(axis=1), rtol=0, atol=1e-12)


def test_wis_keeps_the_shape_of_the_observations():
    values = np.broadcast_to([1.0, 2, 3], (4, 2, 3))
    assert wis(np.ones((4, 2)), [0.25, 0.5, 0.75], values).shape == (4, 2)
    assert wis(np.empty(0), FIVE, np.empty((0, 5))).shape == (0,)


def test_the_library_default_that_is_not_relied_on():
    """The interval scores are the library's; its weighted sum is not used. If this changes, read the release notes."""
    interval = scoringrules.interval_score(10.0, 1.0, 9.0, 0.2, backend="numpy")
    assert interval == pytest.approx(18.0, abs=1e-12)
    median_only = scoringrules.weighted_interval_score(
        5.0, 5.0, np.array([5.0]), np.array([5.0]), np.array([0.2]), backend="numpy"
    )
    assert wis(5.0, [0.1, 0.5, 0.9], [5.0, 5.0, 5.0]) == 0.0
    if scoringrules.__version__ == "0.10.0":
        assert median_only == pytest.approx(0.5 * 5 / 1.5)  # adds the median itself, where the paper has |y − m|


@pytest.mark.parametrize(
    ("levels", "values", "said"),
    [
        ([0.1, 0.5, 0.8], [1, 2, 3], "symmetrical"),
        ([0.25, 0.75], [1, 2], "symmetrical"),
        ([0.5, 0.25, 0.75], [1, 2, 3], "sorted"),
        ([0.25, 0.25, 0.5, 0.75, 0.75], [1, 2, 3, 4, 5], "distinct"),
        ([0.0, 0.5, 1.0], [1, 2, 3], "between 0 and 1"),
        ([], [], "non-empty"),
        ([0.25, 0.5, 0.75], [1, 3, 2], "cross"),
        ([0.25, 0.5, 0.75], [1, 2], "shape"),
        ([0.25, 0.5, 0.75], [1, np.nan, 2], "finite"),
    ],
)
def test_wis_refuses(levels, values, said):
    with pytest.raises(ValueError, match=said):
        wis(1.0, levels, values)


def test_a_crossing_is_named_by_its_place():
    with pytest.raises(ValueError, match=r"position \(1,\) falls between levels 0.5 and 0.75"):
        wis([1.0, 1.0], [0.25, 0.5, 0.75], [[1, 2, 3], [1, 3, 2]])


@given(st.floats(-5, 5), st.floats(0.01, 10), st.floats(0.1, 10))
@settings(max_examples=50, deadline=None)
def test_wis_scales_and_shifts_with_the_unit(shift, scale, observed):
    values = norm.ppf(LEVELS)
    plain = wis(observed, LEVELS, values)
    assert wis(shift + scale * observed, LEVELS, shift + scale * values) == pytest.approx(scale * plain, rel=1e-9)


def test_crps_worked_by_hand():
    # members 1, 2, 4 against 3: mean distance (2 + 1 + 1)/3; pairs 2·(1 + 3 + 2)/9; 4/3 − 1/2 · 12/9 = 2/3
    assert crps_ensemble(3.0, [1.0, 2, 4]) == pytest.approx(2 / 3, abs=1e-12)
    assert crps_ensemble([3.0, 0.0], [[4.0, 1, 2], [1, 1, 1]]) == pytest.approx([2 / 3, 1.0], abs=1e-12)


def test_crps_of_a_large_normal_ensemble_is_the_closed_form():
    draws = norm.ppf((np.arange(2000) + 0.5) / 2000)
    assert crps_ensemble(0.0, draws) == pytest.approx(2 * norm.pdf(0) - 1 / np.sqrt(np.pi), abs=1e-3)


@pytest.mark.parametrize(
    ("observed", "draws"), [(1.0, []), ([1.0], [1.0]), (1.0, [np.inf]), (np.nan, [1.0]), (1.0, 1.0)]
)
def test_crps_refuses(observed, draws):
    with pytest.raises(ValueError, match="shape|finite"):
        crps_ensemble(observed, draws)


def test_coverage_worked_by_hand():
    # inside, on the lower end, on the upper end, above: three of four
    assert interval_coverage([0.2, 0.1, 0.3, 0.4], [0.1] * 4, [0.3] * 4) == pytest.approx(0.75, abs=1e-12)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (([1.0], [2.0], [1.0]), "lower end above"),
        (([1.0], [0.0, 1.0], [1.0]), "one shape"),
        (([], [], []), "no observation"),
        (([1.0], [np.nan], [2.0]), "finite"),
    ],
)
def test_coverage_refuses(args, said):
    with pytest.raises(ValueError, match=said):
        interval_coverage(*args)


@pytest.mark.parametrize("levels", [[0.0, 0.5, 1.0], [-0.1, 0.5, 1.1], [0.0, 0.5, 0.9], [0.1, 0.5, 1.0]])
def test_levels_of_nought_and_one_are_no_levels(levels):
    with pytest.raises(ValueError):
        wis(1.0, levels, [0, 1, 2])


def test_scores_take_whole_numbers_in_lists():
    assert wis([1, 2], [0.25, 0.5, 0.75], [[0, 1, 2], [0, 1, 2]]).tolist() == pytest.approx([1 / 3, 2 / 3])
    assert float(crps_ensemble(1, [0, 2])) == 0.5
    assert interval_coverage([1], [1], [1]) == 1.0


def test_a_crossing_deep_in_an_array_is_named_by_its_place():
    values = np.tile([1.0, 2, 3, 4, 5], (2, 3, 1))
    values[1, 2] = [1, 2, 4, 3, 5]
    with pytest.raises(ValueError, match=r"\(1, 2\)") as error:
        wis(np.ones((2, 3)), FIVE, values)
    assert "0.5" in str(error.value) and "0.75" in str(error.value)


def test_an_ensemble_of_any_shape_is_scored_member_by_member():
    draws = np.arange(12.0).reshape(2, 2, 3)
    found = crps_ensemble(np.ones((2, 2)), draws)
    by_hand = [[np.abs(m - 1).mean() - np.abs(m[:, None] - m).mean() / 2 for m in row] for row in draws]
    np.testing.assert_allclose(found, by_hand, rtol=0, atol=1e-12)


THREE = [0.25, 0.5, 0.75]


@pytest.mark.parametrize(
    ("call", "key", "values"),
    [
        (lambda: wis(1.0, 0.5, [1.0]), "levels_shape", {"shape": "()"}),
        (lambda: wis(1.0, [], []), "levels_shape", {"shape": "(0,)"}),
        (lambda: wis(1.0, [0.0, 0.5, 1.0], [1, 2, 3]), "levels_range", {"levels": "[0.0, 0.5, 1.0]"}),
        (lambda: wis(1.0, [0.0, 0.5, 0.9], [1, 2, 3]), "levels_range", {"levels": "[0.0, 0.5, 0.9]"}),
        (lambda: wis(1.0, [0.1, 0.5, 1.0], [1, 2, 3]), "levels_range", {"levels": "[0.1, 0.5, 1.0]"}),
        (lambda: wis(1.0, [0.1, 0.5, 1.5], [1, 2, 3]), "levels_range", {"levels": "[0.1, 0.5, 1.5]"}),
        (lambda: wis(1.0, [0.5, 0.5, 0.5], [1, 2, 3]), "levels_order", {"levels": "[0.5, 0.5, 0.5]"}),
        (lambda: wis(1.0, [0.25, 0.75], [1, 2]), "levels_symmetry", {"levels": "[0.25, 0.75]"}),
        (lambda: wis(1.0, [0.25, 0.5, 0.76], [1, 2, 3]), "levels_symmetry", {"levels": "[0.25, 0.5, 0.76]"}),
        (
            lambda: wis([1.0, 2.0], THREE, [1, 2]),
            "values_shape",
            {"wanted": "(2, 3)", "observed": "(2,)", "levels": 3, "found": "(2,)"},
        ),
        (lambda: wis(np.inf, THREE, [1, 2, 3]), "values_finite", {}),
        (lambda: wis(1.0, THREE, [1, 2, np.inf]), "values_finite", {}),
        (
            lambda: wis([1.0, 1.0], THREE, [[1, 2, 3], [1, 3, 2]]),
            "crossing",
            {"position": "(1,)", "low": 0.5, "high": 0.75},
        ),
        (lambda: wis(1.0, THREE, [2, 1, 3]), "crossing", {"position": "()", "low": 0.25, "high": 0.5}),
        (lambda: wis(1.0, FIVE, [1, 1, 4, 3, 5]), "crossing", {"position": "()", "low": 0.5, "high": 0.75}),
        (lambda: wis(1.0, FIVE, [1.0, 1.5, 4, 3, 5]), "crossing", {"position": "()", "low": 0.5, "high": 0.75}),
        (lambda: crps_ensemble([1.0, 2.0], [1.0]), "draws_shape", {"wanted": "(2,)", "found": "(1,)"}),
        (lambda: crps_ensemble(1.0, [np.nan]), "draws_finite", {}),
        (lambda: crps_ensemble(np.nan, [1.0]), "draws_finite", {}),
        (
            lambda: interval_coverage([1.0], [0.0, 0.0], [2.0, 2.0, 2.0]),
            "interval_shape",
            {"observed": "(1,)", "lower": "(2,)", "upper": "(3,)"},
        ),
        (lambda: interval_coverage([], [], []), "interval_none", {}),
        (lambda: interval_coverage([np.nan], [0.0], [1.0]), "interval_finite", {}),
        (lambda: interval_coverage([1.0, 1, 1], [2.0, 1, 3], [1.0, 1, 1]), "interval_order", {"count": 2}),
    ],
)
def test_each_refusal_holds_the_values_it_speaks_of(call, key, values):
    with pytest.raises(KontumError) as error:
        call()
    assert error.value.key == f"error.score.{key}" and error.value.values == values


def test_levels_that_differ_by_rounding_are_symmetrical_and_by_more_are_not():
    assert wis(2.0, [0.25 + 5e-10, 0.5, 0.75], [1, 2, 3]) == pytest.approx(1 / 3, abs=1e-8)
    with pytest.raises(KontumError, match="symmetrical"):
        wis(2.0, [0.25 + 5e-9, 0.5, 0.75], [1, 2, 3])


def test_equal_quantiles_do_not_cross_and_numbers_kept_as_objects_are_reckoned_as_numbers():
    assert wis(2.0, THREE, [2, 2, 2]) == 0.0
    column = [np.array(values, object) for values in ([2], [[1, 2, 3]], THREE)]
    assert wis(column[0], column[2], column[1]).tolist() == pytest.approx([1 / 3])
    assert crps_ensemble(column[0], column[1]).tolist() == pytest.approx([2 / 3 - 4 / 9])
    assert interval_coverage(column[0], column[0], column[0]) == 1.0
