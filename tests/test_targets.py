"""The scoreboard: each row as the figures say, each rule of status on its own, no bound taken for a value."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import kontum_analysis as kt
from kontum_analysis.base.errors import KontumError
from kontum_analysis.poverty import districts as district_facts
from kontum_analysis.publish.columns import shown
from kontum_analysis.targets import board as targets_module
from kontum_analysis.targets.board import gap_and_pace, judge, load_targets
from kontum_analysis.targets.measures import PANEL, Measure, measure


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
        ("S-NTM-04", 7 / 42, "2023-04-30", "derived", "off_track", "pace"),
        ("S-NTM-05", 100 * (38 + 15) / 85, "2022-11-30", "derived", "off_track", "model"),
        ("S-DT-01A", np.nan, "", "none", "not_measured", "no_figure"),
        ("S-DT-01B", np.nan, "", "none", "not_measured", "no_figure"),
        ("S-DT-05", 88.1, "2023-12-31", "published", "met", "bound"),
        ("S-DT-09", 88.1, "2023-12-31", "published", "on_track", "pace_bound"),
        ("S-DT-10B", 371, "2021-12-31", "published", "not_measured", "qualitative"),
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


def test_strictly_above_is_not_equal_and_a_bound_at_the_limit_does_not_prove_it():
    strict = SimpleNamespace(comparator=">", value_low=90.0)
    at = Measure(value=90.0, day="2023-12-31", kind="published")
    assert judge(strict, at, 0, np.nan, np.nan, False)[0] != "met"
    assert judge(strict, Measure(low=90.0, bound_day="2024-12-31"), 0, np.nan, np.nan, False)[0] == "not_measured"
    assert judge(strict, Measure(low=91.0, bound_day="2024-12-31"), 0, np.nan, np.nan, False) == ("met", "bound")


def test_a_bound_of_low_reliability_proves_nothing():
    doubtful = Measure(low=70.0, bound_day="2024-12-31", sure=False)
    assert judge(TARGET, doubtful, np.nan, np.nan, np.nan, False) == ("not_measured", "no_figure")
    beside = Measure(value=42.0, day="2023-12-31", kind="published", low=59.0, bound_day="2024-12-31", sure=False)
    assert judge(TARGET, beside, 9, np.nan, np.nan, False) == ("at_risk", "one_figure")


def test_a_mean_that_reaches_the_target_does_not_prove_it_for_every_commune():
    mean = Measure(value=60.0, day="2023-12-31", kind="derived", necessary=True)
    assert judge(TARGET, mean, 0, 1, np.nan, False) == ("on_track", "mean_only")


def test_an_average_satisfied_so_far_is_not_met_before_its_end():
    average = SimpleNamespace(comparator="range", value_low=3.0)
    found = Measure(value=4.2, day="2023-12-31", kind="derived")
    assert judge(average, found, 1.8, 4.2, 0.9, average=True) == ("on_track", "model")


def test_gap_and_pace_by_hand():
    assert gap_and_pace(TARGET, 42.0, 2.0, False) == (18.0, 9.0)
    assert gap_and_pace(TARGET, 61.0, 2.0, False) == (0.0, 0.0)
    assert all(np.isnan(gap_and_pace(TARGET, np.nan, 2.0, False)))


def test_on_30_april_2023_the_older_set_does_not_hide_the_figure_under_the_set_in_force(obs):
    then = kt.scoreboard(obs, as_of="2023-04-30", draws=200).set_index("target_id")
    assert (then.loc["S-NTM-01"].latest_value, then.loc["S-NTM-01"].latest_day) == (38, "2022-11-30")  # not 36, old set


def test_the_model_areas_of_a_day_are_set_against_the_communes_of_the_same_day(obs):
    then = kt.scoreboard(obs, as_of="2022-10-04", draws=200).set_index("target_id").loc["S-NTM-04"]
    assert then.latest_value == pytest.approx(6 / 35) and then.latest_day == "2022-02-24"
    assert then.reason == "one_figure"  # two months since the figure before are no pace


def test_a_few_months_are_no_pace_and_a_year_is(board):
    assert np.isnan(board.loc["S-NTM-01"].pace_observed)  # 38 to 42 within five months
    assert board.loc["S-NTM-04"].pace_observed == pytest.approx((7 - 2) / 42 / (486 / 365.25), rel=0.01)


def test_every_row_names_its_lines_in_the_file(board, obs):
    sources = obs.set_index("line")["source_id"]
    for row in board.itertuples():
        lines = [int(line) for line in row.source_lines.split("|") if line]
        assert set(sources.loc[lines]) == set(filter(None, row.source_ids.split("|")))
        assert lines or row.status == "not_measured"
    assert board.loc["S-NTM-05"].source_lines == "179|190|200|210"
    assert board.loc["S-GN-01"].source_lines == "293|295|296"


def test_the_poor_districts_name_their_own_rows(board, obs):
    lines = [int(line) for line in board.loc["S-GN-02"].source_lines.split("|")]
    assert {"62", "613", "617", "618"} == set(obs.set_index("line").loc[lines, "ref_area"])


def test_a_figure_in_the_targets_own_terms_goes_before_what_is_computed(obs):
    target = load_targets().set_index("target_id").loc["S-DT-04"]
    target = SimpleNamespace(target_id="S-DT-04", **target)
    own = obs.iloc[[0]].assign(
        ref_area="62",
        indicator=target.indicator,
        time_period="2024-12-31",
        obs_value=95.0,
        bound="exact",
        obs_status="A",
        standard="",
        preferred=True,
    )
    assert measure(obs, target).kind == "none" and measure(obs, target).lines != ""
    assert measure(pd.concat([obs, own]), target).value == 95.0


def test_a_target_that_asks_for_less_is_refused_instead_of_judged_wrongly(obs, monkeypatch):
    turned = load_targets()
    turned.loc[turned["target_id"] == "S-NTM-01", "comparator"] = "<="
    monkeypatch.setattr(targets_module, "load_targets", lambda data=None: turned)
    with pytest.raises(KontumError, match="S-NTM-01.*<="):
        kt.scoreboard(obs, draws=200)


def test_the_panel_rests_on_what_district_facts_reads():
    assert set(PANEL) == set(district_facts._NAMES)


def test_national_targets_stand_beside_the_matching_one_of_the_province(obs):
    table = kt.national_targets(obs).set_index("target_id")
    assert table.loc["N-90-01"].province_target == "S-GN-01" and table.loc["N-90-03"].province_target == "S-GN-02"
    assert table.loc["N-90-03"].national_low == 4 and table.loc["N-90-03"].province_low == 6


def test_shares_of_the_nation_stand_beside_counts_of_the_province_in_one_unit(obs):
    table = kt.national_targets(obs).set_index("target_id")
    assert table.loc["N-263-01", ["national_low", "province_low", "latest_value"]].tolist() == pytest.approx(
        [80, 100 * 60 / 85, 100 * 42 / 85]
    )
    assert table.loc["N-263-04", ["province_low", "latest_value"]].tolist() == [0, 85 - 38 - 15]
    assert table.loc["N-263-05"].province_low == 50  # four districts and the city of ten
    assert shown(table.reset_index(), "vi").shape[0] == len(table) == 9
