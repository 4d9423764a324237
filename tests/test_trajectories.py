"""The four forms of a falling rate: known answers, bounds, and the way back from a rate to a time."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import kontum_analysis as kt
from kontum_analysis.methods.trajectories import FORMS, Trajectory, rate_after, speed_between

rates = st.floats(0.001, 0.999)
years = st.floats(0.25, 30)
times = st.floats(1990, 2060)
BENDING = ("proportional", "logistic")


@pytest.mark.parametrize(
    ("form", "expected"),
    [("logistic", [0.085302, 0.042472]), ("linear", [0.038536, 0.0]), ("proportional", [0.091600, 0.051184])],
)
def test_the_paths_of_the_contract_to_six_decimals(form, expected):
    path = kt.Trajectory.through(form, 2015.5, 0.276781, 2020, 0.163928)
    assert path.at([2025, 2030]) == pytest.approx(expected, abs=1e-6)


def test_hand_worked_paths():
    assert Trajectory.through("linear", 2020, 0.30, 2022, 0.20).at(2023) == pytest.approx(0.15)
    assert Trajectory.through("proportional", 2020, 0.40, 2021, 0.20).at([2022, 2023]) == pytest.approx([0.10, 0.05])
    # log odds 1/3 -> 1/9: the odds fall to a third each year
    assert Trajectory.through("logistic", 2020, 0.25, 2021, 0.10).at(2022) == pytest.approx((1 / 27) / (1 + 1 / 27))


@given(st.sampled_from(("linear", *BENDING)), rates, rates, times, years)
def test_a_path_passes_through_both_points(form, y0, y1, t0, span):
    path = Trajectory.through(form, t0, y0, t0 + span, y1)
    assert path.at([t0, t0 + span]) == pytest.approx([y0, y1], abs=1e-9)


@given(st.sampled_from(("linear", *BENDING)), rates, rates, st.floats(0, 1), st.lists(times, min_size=2, max_size=20))
def test_a_path_keeps_within_floor_and_one_and_never_turns(form, y0, y1, floor, when):
    path = Trajectory.through(form, 2020, y0, 2023, y1, floor=floor)
    along = path.at(np.sort(when))
    assert np.all((along >= floor) & (along <= 1))
    steps = np.diff(along)
    assert np.all(steps <= 1e-12) if y1 <= y0 else np.all(steps >= -1e-12)


@given(st.sampled_from(("linear", *BENDING)), rates, rates, rates)
def test_the_time_a_level_is_reached_leads_back_to_the_level(form, y0, y1, level):
    assume(abs(y1 - y0) > 1e-3)
    path = Trajectory.through(form, 2020, y0, 2023, y1)
    assert path.at(path.reaches(level)) == pytest.approx(level, abs=1e-6)


@given(st.floats(0.05, 0.9), st.floats(0.01, 0.9), st.floats(0.0, 0.02), rates)
def test_a_stock_and_flow_path_reaches_what_lies_beyond_its_resting_level_and_nothing_else(y0, exits, entry, level):
    path = Trajectory("stock_flow", 2020, y0, exits + entry, entry=entry)
    rest = entry / (exits + entry)
    when = path.reaches(level)
    if (level - rest) * (y0 - rest) <= 0 and level != y0:
        assert when == float("inf")
    elif abs(level - rest) > 1e-6 and abs(y0 - rest) > 1e-6:
        assert path.at(when) == pytest.approx(level, abs=1e-6)


def test_a_level_that_is_never_reached_is_reached_at_infinity():
    infinity = float("inf")
    assert Trajectory("linear", 2020, 0.3, 0.0).reaches(0.1) == infinity
    assert Trajectory("linear", 2020, 0.3, -0.05, floor=0.1).reaches(0.05) == infinity
    assert Trajectory("proportional", 2020, 0.3, -0.2).reaches(0.0) == infinity
    assert Trajectory("proportional", 2020, 0.3, 0.0).reaches(0.2) == infinity
    assert Trajectory("logistic", 2020, 0.3, -0.2).reaches(0.0) == infinity
    assert Trajectory("logistic", 2020, 0.3, -0.2).reaches(1.0) == infinity
    assert Trajectory("stock_flow", 2020, 0.3, 0.2, entry=0.02).reaches(0.05) == infinity
    assert Trajectory("linear", 2020, 0.3, -0.05).reaches(1.5) == infinity
    assert Trajectory("linear", 2020, 0.3, -0.05).reaches(float("nan")) == infinity


def test_the_starting_level_is_reached_at_the_start_and_the_floor_when_the_path_meets_it():
    for form in FORMS:
        assert Trajectory(form, 2020, 0.3, 0.1 if form == "stock_flow" else -0.1).reaches(0.3) == 2020
    assert Trajectory("linear", 2020, 0.3, -0.05, floor=0.1).reaches(0.1) == pytest.approx(2024)


@given(st.floats(0.0, 1.0), st.floats(0.0, 0.9), st.floats(0.0, 0.1), st.integers(1, 20))
def test_stock_and_flow_is_the_yearly_recursion_of_exits_and_entries(y0, exits, entry, count):
    assume(exits + entry < 1)
    by_hand = [y0]
    for _ in range(count):
        by_hand.append(by_hand[-1] * (1 - exits) + entry * (1 - by_hand[-1]))
    path = Trajectory("stock_flow", 2020, y0, exits + entry, entry=entry)
    assert path.at(2020 + np.arange(count + 1)) == pytest.approx(by_hand, abs=1e-9)


@given(st.floats(0.05, 0.9), st.floats(0.0, 0.8), st.floats(0.0, 0.05), st.integers(1, 9))
def test_the_exit_rate_of_a_stock_and_flow_path_is_found_back(y0, exits, entry, span):
    later = float(rate_after("stock_flow", y0, exits + entry, span, entry=entry))
    assume(later > 1e-6)
    path = Trajectory.through("stock_flow", 2020, y0, 2020 + span, later, entry=entry)
    assert path.at([2020, 2020 + span]) == pytest.approx([y0, later], abs=1e-7)


def test_nobody_leaving_and_nobody_entering_keeps_the_rate():
    path = Trajectory.through("stock_flow", 2020, 0.3, 2021, 0.3)
    assert path.speed == 0 and path.at([2020, 2025]).tolist() == [0.3, 0.3]
    assert path.reaches(0.2) == float("inf")


def test_at_pace_falls_by_the_pace_in_its_first_year_in_every_form():
    for form in FORMS:
        path = Trajectory.at_pace(form, 2021, 0.1532, 3.5, entry=0.005)
        assert path.at(2022) == pytest.approx(0.1182)
    assert Trajectory.at_pace("linear", 2021, 0.1532, 7, floor=0.01).at(2030) == 0.01


def test_speeds_and_rates_broadcast():
    speeds = speed_between("logistic", np.array([0.3, 0.5]), np.array([[0.2], [0.1]]), 3.0)
    assert speeds.shape == (2, 2)
    assert rate_after("logistic", np.array([0.3, 0.5]), speeds, 3.0) == pytest.approx(np.array([[0.2] * 2, [0.1] * 2]))
    assert speed_between("stock_flow", np.array([0.3, 0.5]), 0.2, 2.0, 0.01).shape == (2,)
    assert rate_after("stock_flow", np.array([0.3, 0.5]), np.array([0.0, 0.2]), 1.0) == pytest.approx([0.3, 0.4])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("cubic", 2020, 0.3, 2022, 0.2), "cubic.*linear, proportional, logistic, stock_flow"),
        (("linear", 2020, 30, 2022, 20), "fractions from 0 to 1"),
        (("linear", 2020, 0.3, 2022, -0.1), "fractions from 0 to 1"),
        (("linear", 2020, float("nan"), 2022, 0.1), "fractions from 0 to 1"),
        (("linear", 2020, 0.3, 2020, 0.2), "second point lies after the first"),
        (("linear", 2022, 0.3, 2020, 0.2), "second point lies after the first"),
        (("linear", float("nan"), 0.3, 2020, 0.2), "second point lies after the first"),
        (("proportional", 2020, 0.3, 2022, 0.0), "never reaches 0"),
        (("logistic", 2020, 1.0, 2022, 0.5), "never reaches 1"),
        (("stock_flow", 2020, 0.3, 2022, 0.5), "no exit rate"),
        (("linear", 2020, 0.3, 2022, 0.2, -0.1), "floor is a fraction"),
        (("linear", 2020, 0.3, 2022, 0.2, 2193), "floor is a fraction"),
        (("stock_flow", 2020, 0.3, 2022, 0.2, 0.0, -0.1), "entry rate is a fraction"),
        (("stock_flow", 2020, 0.3, 2022, 0.2, 0.0, 1.0), "entry rate is a fraction"),
    ],
)
def test_a_path_that_cannot_be_is_refused_with_what_is_allowed(arguments, words):
    with pytest.raises(ValueError, match=words):
        Trajectory.through(*arguments)


def test_a_trajectory_made_by_hand_is_checked_too():
    with pytest.raises(ValueError, match="cubic"):
        Trajectory("cubic", 2020, 0.3, -0.1)
    with pytest.raises(ValueError, match="floor is a fraction"):
        Trajectory.at_pace("linear", 2020, 0.3, 3, floor=5)


@pytest.mark.parametrize("form", ["linear", "proportional", "logistic", "stock_flow"])
@pytest.mark.parametrize("y0, y1", [(-0.01, 0.2), (1.01, 0.2), (0.2, -0.01), (0.2, 1.01), (np.nan, 0.2), (0.2, np.nan)])
def test_a_rate_outside_zero_and_one_has_no_speed_at_either_end(form, y0, y1):
    with pytest.raises(ValueError):
        speed_between(form, y0, y1, 2.0)


def test_zero_and_one_themselves_are_rates_for_the_forms_that_can_stand_there():
    assert speed_between("linear", 0.0, 1.0, 2.0) == 0.5 and speed_between("linear", 1.0, 0.0, 4.0) == -0.25
    assert speed_between("proportional", 1.0, 0.5, 1.0) == pytest.approx(np.log(0.5))
    for form, y0, y1 in (
        ("proportional", 0.0, 0.5),
        ("logistic", 0.0, 0.5),
        ("logistic", 1.0, 0.5),
        ("logistic", 0.5, 1.0),
    ):
        with pytest.raises(ValueError):
            speed_between(form, y0, y1, 1.0)


def test_whole_numbers_and_lists_are_taken_as_rates_and_years():
    assert speed_between("linear", [1, 0], [0, 1], 2).tolist() == [-0.5, 0.5]
    assert Trajectory("linear", 2020, 1, -0.1).at([2021, 2022]).tolist() == pytest.approx([0.9, 0.8])


def test_nobody_enters_unless_it_is_said():
    assert speed_between("stock_flow", 0.2, 0.1, 1.0) == pytest.approx(0.5)
    assert Trajectory.at_pace("stock_flow", 2020, 0.2, 10).speed == pytest.approx(0.5)
    assert Trajectory.at_pace("linear", 2020, 0.2, 10).entry == 0 == Trajectory.at_pace("logistic", 2020, 0.2, 10).entry


def test_floor_and_entry_given_to_a_pace_are_those_of_the_path():
    for form in ("linear", "proportional", "logistic", "stock_flow"):
        path = Trajectory.at_pace(form, 2020, 0.2, 5, 0.03, 0.01)
        assert (path.floor, path.entry) == (0.03, 0.01)


@pytest.mark.parametrize(
    "arguments",
    [
        ("linear", 2020, 0.3, -0.1, 1.01),
        ("linear", 2020, 0.3, -0.1, -0.01),
        ("stock_flow", 2020, 0.3, 1.0),
        ("stock_flow", 2020, 0.3, 1.5),
        ("stock_flow", 2020, 0.3, 0.1, 0.0, 0.2),
        ("stock_flow", 2020, 0.3, 0.1, 0.0, -0.1),
    ],
)
def test_a_floor_outside_the_rates_and_a_speed_that_empties_the_stock_are_refused(arguments):
    with pytest.raises(ValueError):
        Trajectory(*arguments)


def test_a_floor_of_one_and_a_path_at_rest_may_be():
    assert Trajectory("linear", 2020, 1.0, -0.1, floor=1.0).at(2030) == 1.0
    assert Trajectory("stock_flow", 2020, 0.3, 0.0).at([2020, 2030]).tolist() == [0.3, 0.3]
    assert Trajectory("stock_flow", 2020, 0.3, 0.2, entry=0.2).at(2500) == pytest.approx(1.0)


def test_a_rising_path_reaches_one_and_no_warning_is_given_on_the_way():
    assert Trajectory("linear", 2020, 0.5, 0.1).reaches(1.0) == pytest.approx(2025)
    assert Trajectory("logistic", 2020, 0.5, 0.1).reaches(1.0) == np.inf
    assert Trajectory("proportional", 2020, 0.0, 0.1).reaches(0.5) == np.inf
    assert Trajectory("logistic", 2020, 0.5, -0.1).reaches(0.0) == np.inf


@pytest.mark.parametrize(
    ("call", "key", "values"),
    [
        (lambda: speed_between("linear", 1.5, 0.2, 1.0), "rates", {"first": 1.5, "last": 0.2}),
        (lambda: speed_between("logistic", 0.0, 0.2, 1.0), "zero", {"form": "logistic"}),
        (lambda: speed_between("stock_flow", 0.3, 0.2, 1.0, -0.1), "entry", {"entry": -0.1}),
        (
            lambda: speed_between("stock_flow", 0.3, 0.5, 2.0, 0.1),
            "no_exit",
            {"first": 0.3, "last": 0.5, "years": 2.0, "entry": 0.1},
        ),
        (lambda: rate_after("cubic", 0.3, -0.1, 1.0), "form", {"form": "cubic", "allowed": FORMS}),
        (lambda: Trajectory("cubic", 2020, 0.3, -0.1), "form", {"form": "cubic", "allowed": FORMS}),
        (lambda: Trajectory("linear", 2020, 0.3, -0.1, 1.5), "floor", {"floor": 1.5}),
        (lambda: Trajectory("stock_flow", 2020, 0.3, 0.1, 0.0, 0.2), "speed", {"entry": 0.2, "speed": 0.1}),
    ],
)
def test_each_refusal_holds_the_values_it_speaks_of(call, key, values):
    with pytest.raises(kt.KontumError) as error:
        call()
    assert error.value.key == f"error.trajectory.{key}" and error.value.values == values


@pytest.mark.parametrize("form", FORMS)
def test_numbers_kept_as_objects_are_reckoned_as_numbers(form):
    first, last, years = (np.array([value], object) for value in (0.4, 0.2, 2))
    for y0, y1, span in ((first, 0.2, 2), (0.4, last, 2), (0.4, 0.2, years)):
        assert np.asarray(speed_between(form, y0, y1, span)).dtype == float
    speed = float(speed_between(form, 0.4, 0.2, 2))
    for y0, pace, span in ((first, speed, 2), (0.4, np.array([speed], object), 2), (0.4, speed, years)):
        if pace is speed or form == "stock_flow":
            assert rate_after(form, y0, pace, span).tolist() == pytest.approx([0.2])


def test_the_exit_rate_over_part_of_a_year_and_of_each_entry():
    assert speed_between("stock_flow", 0.2, 0.1, 1.5) == pytest.approx(1 - 0.5 ** (1 / 1.5), abs=1e-14)
    assert rate_after("stock_flow", 0.3, 0.2, 1.0, entry=np.array([0.0, 0.1])) == pytest.approx([0.24, 0.34])


def test_a_straight_line_may_aim_below_zero_and_stops_at_the_floor():
    path = Trajectory.at_pace("linear", 2021, 0.05, 7, floor=0.01)
    assert path.speed == pytest.approx(-0.07) and path.at(2022) == 0.01


def test_far_ahead_and_never_reached_are_reckoned_without_a_fault_of_the_machine():
    with np.errstate(all="raise"):
        assert rate_after("proportional", 1.0, -1.0, 1000) == np.exp(-700)
        assert rate_after("proportional", 0.5, 1.0, 1000) == 1.0
        assert Trajectory("proportional", 2020, 0.3, -0.1).reaches(0.0) == np.inf
        assert Trajectory("stock_flow", 2020, 0.3, 0.2, entry=0.02).reaches(0.05) == np.inf
