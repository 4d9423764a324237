"""The weighted interval score against cases worked by hand, and against what must not be accepted."""

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from kontum_analysis.base.errors import KontumError
from kontum_analysis.methods.scores import wis

THREE, FIVE = [0.25, 0.5, 0.75], [0.1, 0.25, 0.5, 0.75, 0.9]


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        # inside all: width 8 at alpha 0.2, width 3 at alpha 0.5, median 5: (1/2 · 1 + 0.1 · 8 + 0.25 · 3) / 2.5
        (6.0, 0.82),
        # above all: IS(0.2) = 8 + 10 · 1 = 18, IS(0.5) = 3 + 4 · 3 = 15: (1/2 · 5 + 0.1 · 18 + 0.25 · 15) / 2.5
        (10.0, 3.22),
        # below the 50 % interval by 1, inside the 80 %: (1/2 · 2 + 0.1 · 8 + 0.25 · (3 + 4)) / 2.5
        (3.0, 1.42),
    ],
)
def test_wis_worked_by_hand(observed, expected):
    assert wis(observed, FIVE, [1, 4, 5, 7, 9]) == pytest.approx(expected, abs=1e-12)


def test_wis_of_one_number_is_its_absolute_error():
    assert wis(0.3, [0.5], [0.1]) == pytest.approx(0.2, abs=1e-12)
    assert wis(42, FIVE, [40] * 5) == pytest.approx(2, abs=1e-12) and wis(13, FIVE, [13] * 5) == 0


def test_the_librarys_own_weights_are_not_relied_on():
    """Its weighted sum adds the median itself; the quantile score is its definition. If this fails, read its notes."""
    assert scoringrules.quantile_score(0.3, 0.5, 0.2, backend="numpy") == pytest.approx(0.16, abs=1e-12)
    five = np.array([5.0])
    if scoringrules.__version__ == "0.10.0":
        result = scoringrules.weighted_interval_score(5.0, 5.0, five, five, np.array([0.2]), backend="numpy")
        assert result == pytest.approx(0.5 * 5 / 1.5) and wis(5.0, [0.1, 0.5, 0.9], [5, 5, 5]) == 0


def test_wis_keeps_the_shape_of_the_observations():
    values = np.broadcast_to([1.0, 2, 3], (4, 2, 3))
    assert wis(np.ones((4, 2)), THREE, values).shape == (4, 2)
    assert wis(np.empty(0), FIVE, np.empty((0, 5))).shape == (0,)


@given(st.floats(-5, 5), st.floats(0.01, 10), st.floats(0.1, 10))
def test_wis_scales_and_shifts_with_the_unit(shift, scale, observed):
    values = norm.ppf(FIVE)
    result = wis(shift + scale * observed, FIVE, shift + scale * values)
    assert result == pytest.approx(scale * wis(observed, FIVE, values), rel=1e-9)


@pytest.mark.parametrize(
    ("observed", "levels", "quantiles", "key"),
    [
        (1, [0.1, 0.5, 0.8], [1, 2, 3], "levels"),
        (1, [0.25, 0.75], [1, 2], "levels"),
        (1, [0.5, 0.25, 0.75], [1, 2, 3], "levels"),
        (1, [0.25, 0.25, 0.5, 0.75, 0.75], [1, 2, 3, 4, 5], "levels"),
        (1, [0.0, 0.5, 1.0], [1, 2, 3], "levels"),
        (1, [0.25, 0.5, 0.75 + 5e-9], [1, 2, 3], "levels"),
        (1, 0.5, [1], "levels"),
        (1, [], [], "levels"),
        (1, THREE, [1, 2], "shape"),
        ([1, 2], THREE, [1, 2, 3], "shape"),
        (1, THREE, [1, np.nan, 2], "quantiles"),
        (np.inf, THREE, [1, 2, 3], "quantiles"),
        ([1, 1], THREE, [[1, 2, 3], [1, 3, 2]], "quantiles"),
    ],
)
def test_what_is_no_forecast_is_refused(observed, levels, quantiles, key):
    with pytest.raises(KontumError) as error:
        wis(observed, levels, quantiles)
    assert error.value.key == f"error.score.{key}"
