"""The scoreboard: each row as the figures say, each rule of status on its own, no bound taken for a value."""

from types import SimpleNamespace

import numpy as np
import pytest

import kontum_analysis as kt
from kontum_analysis.target_measures import Measure
from kontum_analysis.targets import gap_and_pace, judge, load_targets


@pytest.fixture(scope="module")
def board(obs):
    return kt.scoreboard(obs, draws=400).set_index("target_id")


def test_all_26_targets_stand_in_the_order_of_the_file(board):
    wanted = load_targets().query("in_programme_3299 == 1")["target_id"].tolist()
    assert board.index.tolist() == wanted and len(wanted) == 26
    assert (board["statement_vi"] != board["statement_en"]).all()


@pytest.mark.parametrize(
    ("target_id", "value", "day", "kind", "status", "reason"),
    [
        ("S-NTM-01", 42, "2023-04-30", "published", "on_track", "model"),
        ("S-NTM-02", 4, "2023-04-30", "published", "off_track", "model"),
        ("S-NTM-03", np.nan, "", "none", "not_measured", "no_figure"),
        ("S-NTM-04", 7 / 42, "2023-04-30", "derived", "at_risk", "one_figure"),
        ("S-NTM-05", 100 * (38 + 15) / 85, "2022-11-30", "derived", "off_track", "model"),
        ("S-DT-01A", np.nan, "", "none", "not_measured", "no_figure"),
        ("S-DT-01B", np.nan, "", "none", "not_measured", "no_figure"),
        ("S-DT-05", 88.1, "2023-12-31", "published", "met", "bound"),
        ("S-DT-09", 88.1, "2023-12-31", "published", "on_track", "pace_bound"),
        ("S-DT-10B", np.nan, "", "none", "not_measured", "qualitative"),
        ("S-GN-01", (15.32 - 6.84) / 2, "2023-12-31", "derived", "at_risk", "model"),
    ],
)
def test_rows_worked_by_hand(board, target_id, value, day, kind, status, reason):
    row = board.loc[target_id]
    assert row.latest_value == pytest.approx(value, nan_ok=True)
    assert (row.latest_day, row.kind, row.status, row.reason) == (day, kind, status, reason)


def test_the_average_fall_needs_what_the_remaining_years_must_bring(board):
    row = board.loc["S-GN-01"]
    assert row.gap == 0 and row.years_left == pytest.approx(2, abs=0.01)
    assert row.pace_needed == pytest.approx((4 * 3 - 2 * 4.24) / 2, abs=0.02)


def test_the_poor_districts_rest_on_estimates_and_say_so(board):
    assert board.loc["S-GN-02"].kind == "estimated" and board.loc["S-GN-02"].status == "on_track"


def test_a_bound_is_never_a_value(board):
    assert board.loc["S-DT-01A"].bound_low == 96 and np.isnan(board.loc["S-DT-01A"].latest_value)
    assert board.loc["S-DT-05"].bound_low == 91 and board.loc["S-DT-05"].latest_value == 88.1


def test_what_is_not_measured_says_what_would_be_needed_and_nothing_else_does(board):
    missing = board["status"] == "not_measured"
    assert (board.loc[missing, ["needed_vi", "needed_en"]] != "").all().all()
    assert (board.loc[~missing, ["needed_vi", "needed_en"]] == "").all().all()


def test_a_day_rewinds_the_whole_board(obs):
    then = kt.scoreboard(obs, as_of="2022-10-04", draws=400).set_index("target_id")
    assert then.loc["S-NTM-01"].latest_value == 35 and then.loc["S-GN-01"].status == "not_measured"
    assert then["target_known"].all()
    assert not kt.scoreboard(obs, as_of="2022-10-03", draws=400)["target_known"].any()
    later = kt.scoreboard(obs, as_of="2024-02-15", draws=400).set_index("target_id")
    assert later.loc["S-GN-01"].latest_value == pytest.approx(4.24) and later.loc["S-DT-05"].kind == "none"


def test_an_early_day_has_no_board_to_speak_of(obs):
    early = kt.scoreboard(obs, as_of="2012-01-01", draws=400)
    assert len(early) == 26 and set(early["status"]) == {"not_measured"} and early["probability"].isna().all()


TARGET = SimpleNamespace(comparator=">=", value_low=60.0)
ONE = Measure(value=42.0, day="2023-12-31", kind="published")


@pytest.mark.parametrize(
    ("found", "needed", "seen", "chance", "verdict"),
    [
        (Measure(value=60.0, day="2023-12-31", kind="published"), 0, 1, 0.1, ("met", "value")),
        (Measure(), np.nan, np.nan, np.nan, ("not_measured", "no_figure")),
        (Measure(low=60.0, bound_day="2024-12-31"), np.nan, np.nan, np.nan, ("met", "bound")),
        (Measure(high=70.0, bound_day="2024-12-31"), np.nan, np.nan, np.nan, ("not_measured", "no_figure")),
        (ONE, 9, 9, 2 / 3, ("on_track", "model")),
        (ONE, 9, 9, 0.5, ("at_risk", "model")),
        (ONE, 9, 20, 0.2, ("off_track", "model")),
        (ONE, 9, 9, np.nan, ("on_track", "pace")),
        (ONE, 9, 4.5, np.nan, ("at_risk", "pace")),
        (ONE, 9, 4.4, np.nan, ("off_track", "pace")),
        (ONE, 9, np.nan, np.nan, ("at_risk", "one_figure")),
        (ONE, np.nan, 3, np.nan, ("off_track", "pace")),
    ],
)
def test_each_rule_of_status(found, needed, seen, chance, verdict):
    assert judge(TARGET, found, needed, seen, chance, average=False) == verdict


def test_strictly_above_is_not_equal_but_more_than_the_limit_proves_it():
    strict = SimpleNamespace(comparator=">", value_low=90.0)
    at = Measure(value=90.0, day="2023-12-31", kind="published")
    assert judge(strict, at, 0, np.nan, np.nan, False)[0] != "met"
    assert judge(strict, Measure(low=90.0, bound_day="2024-12-31"), 0, np.nan, np.nan, False) == ("met", "bound")


def test_an_average_satisfied_so_far_is_not_met_before_its_end():
    average = SimpleNamespace(comparator="range", value_low=3.0)
    found = Measure(value=4.2, day="2023-12-31", kind="derived")
    assert judge(average, found, 1.8, 4.2, 0.9, average=True) == ("on_track", "model")


def test_gap_and_pace_by_hand():
    assert gap_and_pace(TARGET, 42.0, 2.0, False) == (18.0, 9.0)
    assert gap_and_pace(TARGET, 61.0, 2.0, False) == (0.0, 0.0)
    assert all(np.isnan(gap_and_pace(TARGET, np.nan, 2.0, False)))


def test_national_targets_stand_beside_the_matching_one_of_the_province(obs):
    table = kt.national_targets(obs).set_index("target_id")
    assert table.loc["N-90-01"].province_target == "S-GN-01" and table.loc["N-90-03"].province_target == "S-GN-02"
    assert table.loc["N-90-03"].national_low == 4 and table.loc["N-90-03"].province_low == 6
