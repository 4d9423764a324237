"""The four forms of a falling rate: known answers, bounds, and the way back from a rate to a time."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import kontum_analysis as kt
from kontum_analysis.methods.trajectories import FORMS, Trajectory, rate_after, speed_between

INFINITY = float("inf")
rates = st.floats(0.001, 0.999)
years = st.floats(0.25, 30)
times = st.floats(1990, 2060)
two_point_forms = st.sampled_from(("linear", "proportional", "logistic"))

# ---- known answers


@pytest.mark.parametrize(
    ("form", "expected"),
    [("logistic", [0.085302, 0.042472]), ("linear", [0.038536, 0.0]), ("proportional", [0.091600, 0.051184])],
)
def test_paths_of_the_contract_to_six_decimals(form, expected):
    path = kt.Trajectory.through(form, 2015.5, 0.276781, 2020, 0.163928)
    assert path.at([2025, 2030]) == pytest.approx(expected, abs=1e-6)


def test_paths_worked_by_hand():
    assert Trajectory.through("linear", 2020, 0.30, 2022, 0.20).at(2023) == pytest.approx(0.15)
    assert Trajectory.through("proportional", 2020, 0.40, 2021, 0.20).at([2022, 2023]) == pytest.approx([0.10, 0.05])
    # log odds 1/3 -> 1/9: the odds fall to a third each year
    assert Trajectory.through("logistic", 2020, 0.25, 2021, 0.10).at(2022) == pytest.approx((1 / 27) / (1 + 1 / 27))
    assert Trajectory("linear", 2020, 1, -0.1).at([2021, 2022]).tolist() == pytest.approx([0.9, 0.8])
    assert Trajectory("stock_flow", 2020, 0.3, 0.2, entry=0.2).at(2500) == pytest.approx(1.0)


def test_speeds_worked_by_hand():
    assert speed_between("linear", [1, 0], [0, 1], 2).tolist() == [-0.5, 0.5]
    assert speed_between("linear", 1.0, 0.0, 4.0) == -0.25
    assert speed_between("proportional", 1.0, 0.5, 1.0) == pytest.approx(np.log(0.5))
    assert speed_between("stock_flow", 0.2, 0.1, 1.0) == pytest.approx(0.5)  # nobody enters unless it is given
    assert speed_between("stock_flow", [0.3, 0.2], [0.3, 0.1], 1, 0).tolist() == pytest.approx([0.0, 0.5])
    assert speed_between("stock_flow", 0.2, 0.1, 1.5) == pytest.approx(1 - 0.5 ** (1 / 1.5), abs=1e-14)
    assert rate_after("stock_flow", 0.3, 0.2, 1.0, entry=np.array([0.0, 0.1])) == pytest.approx([0.24, 0.34])


def test_speeds_and_rates_broadcast():
    speeds = speed_between("logistic", np.array([0.3, 0.5]), np.array([[0.2], [0.1]]), 3.0)
    assert speeds.shape == (2, 2)
    assert rate_after("logistic", np.array([0.3, 0.5]), speeds, 3.0) == pytest.approx(np.array([[0.2] * 2, [0.1] * 2]))
    assert speed_between("stock_flow", np.array([0.3, 0.5]), 0.2, 2.0, 0.01).shape == (2,)
    assert rate_after("stock_flow", np.array([0.3, 0.5]), np.array([0.0, 0.2]), 1.0) == pytest.approx([0.3, 0.4])


def test_every_form_falls_by_its_pace_in_the_first_year():
    for form in FORMS:
        path = Trajectory.at_pace(form, 2021, 0.1532, 3.5, floor=0.03, entry=0.005)
        assert path.at(2022) == pytest.approx(0.1182) and (path.floor, path.entry) == (0.03, 0.005)
    assert Trajectory.at_pace("linear", 2021, 0.1532, 7, floor=0.01).at(2030) == 0.01
    assert Trajectory.at_pace("stock_flow", 2020, 0.2, 10).speed == pytest.approx(0.5)
    steep = Trajectory.at_pace("linear", 2021, 0.05, 7, floor=0.01)  # aims below 0, stops at the floor
    assert steep.speed == pytest.approx(-0.07) and steep.at(2022) == 0.01 and steep.entry == 0


# ---- what holds for any path


@given(two_point_forms, rates, rates, times, years)
def test_a_path_passes_through_both_points(form, y0, y1, t0, span):
    path = Trajectory.through(form, t0, y0, t0 + span, y1)
    assert path.at([t0, t0 + span]) == pytest.approx([y0, y1], abs=1e-9)


@given(two_point_forms, rates, rates, st.floats(0, 1), st.lists(times, min_size=2, max_size=20))
def test_a_path_keeps_within_floor_and_one_and_never_turns(form, y0, y1, floor, when):
    along = Trajectory.through(form, 2020, y0, 2023, y1, floor=floor).at(np.sort(when))
    assert np.all((along >= floor) & (along <= 1))
    assert np.all(np.diff(along) * np.sign(y1 - y0) >= -1e-12)


@given(two_point_forms, rates, rates, rates)
def test_the_time_of_a_level_leads_back_to_the_level(form, y0, y1, level):
    assume(abs(y1 - y0) > 1e-3)
    path = Trajectory.through(form, 2020, y0, 2023, y1)
    assert path.at(path.reaches(level)) == pytest.approx(level, abs=1e-6)


@given(st.floats(0.05, 0.9), st.floats(0.01, 0.9), st.floats(0.0, 0.02), rates)
def test_stock_and_flow_reaches_nothing_beyond_its_resting_level(y0, exits, entry, level):
    path = Trajectory("stock_flow", 2020, y0, exits + entry, entry=entry)
    rest = entry / (exits + entry)
    when = path.reaches(level)
    if (level - rest) * (y0 - rest) <= 0 and level != y0:
        assert when == INFINITY
    elif abs(level - rest) > 1e-6 and abs(y0 - rest) > 1e-6:
        assert path.at(when) == pytest.approx(level, abs=1e-6)


@given(st.floats(0.0, 1.0), st.floats(0.0, 0.9), st.floats(0.0, 0.1), st.integers(1, 20))
def test_stock_and_flow_is_the_yearly_recursion(y0, exits, entry, count):
    assume(exits + entry < 1)
    by_hand = [y0]
    for _ in range(count):
        by_hand.append(by_hand[-1] * (1 - exits) + entry * (1 - by_hand[-1]))
    path = Trajectory("stock_flow", 2020, y0, exits + entry, entry=entry)
    assert path.at(2020 + np.arange(count + 1)) == pytest.approx(by_hand, abs=1e-9)


@given(st.floats(0.05, 0.9), st.floats(0.0, 0.8), st.floats(0.0, 0.05), st.integers(1, 9))
def test_the_exit_rate_is_recovered_from_two_points(y0, exits, entry, span):
    later = float(rate_after("stock_flow", y0, exits + entry, span, entry=entry))
    assume(later > 1e-6)
    path = Trajectory.through("stock_flow", 2020, y0, 2020 + span, later, entry=entry)
    assert path.at([2020, 2020 + span]) == pytest.approx([y0, later], abs=1e-7)


# ---- the ends


def test_times_of_levels_that_are_reached():
    for form in FORMS:
        assert Trajectory(form, 2020, 0.3, 0.1 if form == "stock_flow" else -0.1).reaches(0.3) == 2020
    assert Trajectory("linear", 2020, 0.3, -0.05, floor=0.1).reaches(0.1) == pytest.approx(2024)
    assert Trajectory("linear", 2020, 0.5, 0.1).reaches(1.0) == pytest.approx(2025)


@pytest.mark.parametrize(
    ("path", "level"),
    [
        (("linear", 2020, 0.3, 0.0), 0.1),
        (("linear", 2020, 0.3, -0.05, 0.1), 0.05),
        (("linear", 2020, 0.3, -0.05), 1.5),
        (("linear", 2020, 0.3, -0.05), float("nan")),
        (("linear", 2020, 0.3, -0.05, 0.4), 0.3),
        (("proportional", 2020, 0.3, -0.2), 0.0),
        (("proportional", 2020, 0.3, 0.0), 0.2),
        (("proportional", 2020, 0.0, 0.1), 0.5),
        (("logistic", 2020, 0.3, -0.2), 0.0),
        (("logistic", 2020, 0.5, 0.1), 1.0),
        (("stock_flow", 2020, 0.3, 0.2, 0.0, 0.02), 0.05),
        (("stock_flow", 2020, 0.3, 0.0), 0.2),
    ],
)
def test_a_level_beyond_the_path_is_never_reached(path, level):
    with np.errstate(all="raise"):
        assert Trajectory(*path).reaches(level) == INFINITY


def test_floors_of_one_and_paths_at_rest_are_allowed():
    assert Trajectory("linear", 2020, 1.0, -0.1, floor=1.0).at(2030) == 1.0
    assert Trajectory.through("stock_flow", 2020, 0.3, 2021, 0.3).speed == 0
    assert Trajectory("stock_flow", 2020, 0.3, 0.0).at([2020, 2030]).tolist() == [0.3, 0.3]


def test_rates_far_ahead_raise_no_warning():
    with np.errstate(all="raise"):
        assert rate_after("proportional", 1.0, -1.0, 1000) == np.exp(-700)
        assert rate_after("proportional", 0.5, 1.0, 1000) == 1.0


# ---- what cannot be


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("cubic", 2020, 0.3, 2022, 0.2), "form"),
        (("linear", 2020, 30, 2022, 20), "rates"),
        *((("linear", 2020, y0, 2022, y1), "rates") for y0, y1 in [(-0.01, 0.2), (1.01, 0.2), (0.2, -0.01)]),
        *((("logistic", 2020, y0, 2022, y1), "rates") for y0, y1 in [(0.2, 1.01), (np.nan, 0.2), (0.2, np.nan)]),
        (("linear", 2020, 0.3, 2020, 0.2), "order"),
        (("linear", 2022, 0.3, 2020, 0.2), "order"),
        (("linear", float("nan"), 0.3, 2020, 0.2), "order"),
        *(((form, 2020, 0.3, 2022, 0.0), "zero") for form in FORMS[1:]),
        (("proportional", 2020, 0.0, 2022, 0.5), "zero"),
        (("logistic", 2020, 1.0, 2022, 0.5), "one"),
        (("logistic", 2020, 0.5, 2022, 1.0), "one"),
        (("stock_flow", 2020, 0.3, 2022, 0.5), "no_exit"),
        (("linear", 2020, 0.3, 2022, 0.2, -0.1), "floor"),
        (("linear", 2020, 0.3, 2022, 0.2, 2193), "floor"),
        (("stock_flow", 2020, 0.3, 2022, 0.2, 0.0, -0.1), "entry"),
        (("stock_flow", 2020, 0.3, 2022, 0.2, 0.0, 1.0), "entry"),
    ],
)
def test_impossible_paths_are_refused(arguments, key):
    with pytest.raises(kt.KontumError) as error:
        Trajectory.through(*arguments)
    assert error.value.key == f"error.trajectory.{key}"


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("cubic", 2020, 0.3, -0.1), "form"),
        (("linear", 2020, 0.3, -0.1, 1.01), "floor"),
        (("linear", 2020, 0.3, -0.1, -0.01), "floor"),
        *(
            (("stock_flow", 2020, 0.3, speed, 0.0, entry), "speed")
            for speed, entry in [(1.0, 0), (0.1, 0.2), (0.1, -1)]
        ),
    ],
)
def test_trajectories_made_by_hand_are_checked_too(arguments, key):
    with pytest.raises(kt.KontumError) as error:
        Trajectory(*arguments)
    assert error.value.key == f"error.trajectory.{key}"
