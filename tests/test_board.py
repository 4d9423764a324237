"""The scoreboard: each row as the figures say, each rule of status on its own, no bound taken for a value."""

from types import SimpleNamespace

import numpy as np
import pytest

import kontum_analysis as kt
from kontum_analysis.base.words import LANGUAGES, text
from kontum_analysis.data.programme import POVERTY_PACE, load_targets
from kontum_analysis.poverty.draws import chance_of_average, outlook_draws
from kontum_analysis.poverty.known import opening_rates
from kontum_analysis.targets import board as board_module
from kontum_analysis.targets.board import COLUMNS, STATUSES, gap_and_pace, judge, judge_words, status_key
from kontum_analysis.targets.measures import Measure

NONE = float("nan")


@pytest.fixture(scope="module")
def board(obs):
    return kt.scoreboard(obs, draws=400).set_index("target_id")


@pytest.fixture(scope="module")
def board_2023(until_2023):
    """The board of what is known about days up to the end of 2023."""
    return kt.scoreboard(until_2023, draws=400).set_index("target_id")


def test_all_26_targets_stand_in_the_order_of_the_file(board):
    expected = load_targets().query("in_programme_3299 == 1")["target_id"].tolist()
    assert board.index.tolist() == expected and len(expected) == 26
    assert ["target_id", *board.columns] == COLUMNS
    assert (board["statement_vi"] != board["statement_en"]).all()


def test_rows_worked_by_hand(board, obs):
    rate_2024 = kt.known_rates(obs).set_index(["area", "year"]).loc[("62", 2024), "rate"]
    rows = {
        "S-NTM-01": (48, "2024-10-11", "published", "at_risk", "model_close"),
        "S-NTM-02": (5, "2024-10-11", "published", "off_track", "model"),
        "S-NTM-03": (2, "2024-10-11", "published", "off_track", "model"),
        "S-NTM-04": (7 / 42, "2023-04-30", "derived", "off_track", "pace"),
        "S-NTM-05": (100 * (38 + 15) / 85, "2022-11-30", "derived", "off_track", "model"),
        "S-DT-01A": (NONE, "", "none", "not_measured", "no_figure"),
        "S-DT-01B": (NONE, "", "none", "not_measured", "no_figure"),
        "S-DT-05": (88.1, "2023-12-31", "published", "met", "bound"),
        "S-DT-09": (88.1, "2023-12-31", "published", "on_track", "pace_bound"),
        "S-DT-10B": (371, "2021-12-31", "published", "not_measured", "qualitative"),
        "S-GN-01": (100 * (0.1532 - rate_2024) / 3, "2024-12-31", "estimated", "at_risk", "model_range"),
    }
    for target_id, (value, *words) in rows.items():
        row = board.loc[target_id]
        assert [row.latest_day, row.kind, row.status, row.reason] == words, target_id
        assert row.latest_value == pytest.approx(value, nan_ok=True), target_id


def test_average_fall_needs_what_the_remaining_years_must_bring(board_2023, board):
    row = board_2023.loc["S-GN-01"]
    assert row.latest_value == pytest.approx((15.32 - 6.84) / 2) and row.kind == "derived"
    assert row.gap == 0 and row.years_left == 2
    assert row.pace_needed == pytest.approx((4 * 3 - 2 * 4.24) / 2)
    later = board.loc["S-GN-01"]
    assert later.years_left == 1 and later.pace_needed == pytest.approx(4 * 3 - 3 * later.latest_value)


def test_pace_is_counted_from_a_figure_of_at_least_a_year_before(board, board_2023):
    assert board.loc["S-NTM-04"].pace_observed == pytest.approx((7 - 2) / 42 / (485 / 365.25), rel=2e-3)
    assert board.loc["S-NTM-01"].pace_observed == pytest.approx((48 - 38) / (681 / 365.25), rel=2e-3)
    assert np.isnan(board_2023.loc["S-NTM-01"].pace_observed)  # 38 to 42 within five months


def test_fall_of_the_poor_districts_rests_on_estimates(board):
    assert board.loc["S-GN-02"].kind == "estimated" and board.loc["S-GN-02"].status == "on_track"


def test_chance_and_median_of_a_fall_are_those_of_the_outlook(board, obs):
    outlook, opening = outlook_draws(obs, end=2025, draws=400), opening_rates(obs)
    for target_id, area, pace in (("S-GN-01", "62", 3), ("S-GN-02", "62-POOR", 6)):
        chance = chance_of_average(outlook, area, pace, opening[area], 2025)
        fall = 100 * (opening[area] - np.median(outlook.of(area)[-1])) / 4
        assert board.loc[target_id, "probability"] == chance
        assert board.loc[target_id, "projected_value"] == pytest.approx(fall)


def test_bound_is_never_a_value(board):
    assert board.loc["S-DT-01A"].bound_low == 96 and np.isnan(board.loc["S-DT-01A"].latest_value)
    assert board.loc["S-DT-05"].bound_low == 91 and board.loc["S-DT-05"].latest_value == 88.1


def test_only_unmeasured_targets_say_what_would_be_needed(board):
    is_missing = board["status"] == "not_measured"
    has_words = (board[["needed_vi", "needed_en"]] != "").all(axis=1)
    assert (is_missing == has_words).all()


def test_a_day_rewinds_the_whole_board(obs):
    programme_day = kt.scoreboard(obs, as_of="2022-10-04", draws=400).set_index("target_id")
    assert programme_day.loc["S-NTM-01"].latest_value == 35
    assert programme_day.loc["S-GN-01"].status == "not_measured" and programme_day["target_known"].all()
    assert not kt.scoreboard(obs, as_of="2022-10-03", draws=400)["target_known"].any()
    later = kt.scoreboard(obs, as_of="2024-02-15", draws=400).set_index("target_id")
    assert later.loc["S-GN-01"].latest_value == pytest.approx(4.24) and later.loc["S-DT-05"].kind == "none"


def test_board_before_the_first_figures_has_no_value_and_no_chance(obs):
    early = kt.scoreboard(obs, as_of="2012-01-01", draws=400)
    assert len(early) == 26 and set(early["status"]) == {"not_measured"} and early["probability"].isna().all()


def test_only_the_targets_wanted_are_given(obs, board):
    part = kt.scoreboard(obs, draws=400, only=["S-GN-01"]).set_index("target_id")
    assert part.drop(columns="statement_vi").equals(board.loc[["S-GN-01"]].drop(columns="statement_vi"))
    assert kt.scoreboard(obs, draws=400, only=["S-XX"]).columns.tolist() == COLUMNS


def test_a_chance_comes_with_its_range_and_who_gives_it(board, obs):
    chances = kt.target_chances(obs, draws=400).set_index("target_id")
    modelled = board[board["probability"].notna()]
    assert modelled.index.tolist() == [name for name in board.index if name in chances.index] and len(modelled) == 6
    pairs = {"probability": "chance", "probability_low": "chance_low", "probability_high": "chance_high"}
    for column, source in {**pairs, "choice_low": "choice_low", "choice_high": "choice_high"}.items():
        assert modelled[column].equals(chances.loc[modelled.index, source].rename(column)), column
    assert board.loc[board["probability"].isna(), ["probability_low", "probability_high"]].isna().all(axis=None)


def test_after_the_period_a_status_speaks_of_its_end(board, obs):
    assert board["period_over"].equals(board["horizon_year"] <= 2025)
    assert set(board["horizon_year"]) == {2025, 2030}
    before = kt.scoreboard(obs, as_of="2025-12-30", draws=50, only=["S-GN-01", "S-DT-07"])
    after = kt.scoreboard(obs, as_of="2025-12-31", draws=50, only=["S-GN-01", "S-DT-07"])
    assert not before["period_over"].any() and after["period_over"].tolist() == [False, True]
    for lang in LANGUAGES:
        words = {text(status_key(status, is_over), lang) for status in STATUSES for is_over in (False, True)}
        assert len(words) > len(STATUSES), lang


# --- rules

LEVEL = SimpleNamespace(indicator="ntm_communes", comparator=">=", value_low=60.0, horizon_year=2025)
ABOVE = SimpleNamespace(indicator="share_pct", comparator=">", value_low=90.0, horizon_year=2025)
AVERAGE = SimpleNamespace(indicator=POVERTY_PACE, comparator="range", value_low=3.0, horizon_year=2025)
DAY = dict(day="2023-12-31", kind="published")
BELOW = Measure(value=42.0, **DAY)
LATER = "2024-12-31"


@pytest.mark.parametrize(
    ("target", "measured", "needed", "observed", "chance", "verdict"),
    [
        (LEVEL, Measure(value=60.0, **DAY), 0, 1, 0.1, ("met", "value")),
        (LEVEL, Measure(), NONE, NONE, NONE, ("not_measured", "no_figure")),
        (LEVEL, Measure(low=60.0, bound_day=LATER), NONE, NONE, NONE, ("met", "bound")),
        (LEVEL, Measure(high=70.0, bound_day=LATER), NONE, NONE, NONE, ("not_measured", "no_figure")),
        (LEVEL, BELOW, 9, 9, 0.7, ("on_track", "model")),
        (LEVEL, BELOW, 9, 9, 2 / 3, ("on_track", "model_close")),  # other draws could say at risk
        (LEVEL, BELOW, 9, 9, 0.5, ("at_risk", "model")),
        (LEVEL, BELOW, 9, 9, 1 / 3, ("at_risk", "model_close")),
        (LEVEL, BELOW, 9, 20, 0.2, ("off_track", "model")),
        (LEVEL, BELOW, 9, 9, NONE, ("on_track", "pace")),
        (LEVEL, BELOW, 9, 4.5, NONE, ("at_risk", "pace")),
        (LEVEL, BELOW, 9, 4.4, NONE, ("off_track", "pace")),
        (LEVEL, BELOW, 9, NONE, NONE, ("at_risk", "one_figure")),
        (LEVEL, BELOW, NONE, 3, NONE, ("off_track", "pace")),
        # what a later bound proves was gained, at least, in the year after
        (LEVEL, Measure(value=42.0, low=51.0, bound_day=LATER, **DAY), 9, NONE, NONE, ("on_track", "pace_bound")),
        (LEVEL, Measure(value=42.0, low=45.0, bound_day=LATER, **DAY), 9, NONE, NONE, ("off_track", "pace_bound")),
        # a bound of low reliability proves nothing
        (LEVEL, Measure(low=70.0, bound_day=LATER, is_sure=False), NONE, NONE, NONE, ("not_measured", "no_figure")),
        (
            LEVEL,
            Measure(value=42.0, low=59.0, bound_day=LATER, is_sure=False, **DAY),
            9,
            NONE,
            NONE,
            ("at_risk", "one_figure"),
        ),
        # a mean that reaches the target does not prove it for every commune
        (LEVEL, Measure(value=60.0, is_necessary_only=True, **DAY), 0, 1, NONE, ("on_track", "mean_only")),
        # strictly above is not equal, and a bound at the limit does not prove it
        (ABOVE, Measure(value=90.0, **DAY), 0, NONE, NONE, ("at_risk", "one_figure")),
        (ABOVE, Measure(low=90.0, bound_day=LATER), 0, NONE, NONE, ("not_measured", "no_figure")),
        (ABOVE, Measure(low=91.0, bound_day=LATER), 0, NONE, NONE, ("met", "bound")),
        # an average satisfied so far is not met before its end
        (AVERAGE, Measure(value=4.2, **DAY), 1.8, 4.2, 0.9, ("on_track", "model")),
    ],
)
def test_each_rule_of_status(target, measured, needed, observed, chance, verdict):
    assert judge(target, measured, needed, observed, chance, chance, chance) == verdict


@pytest.mark.parametrize(
    ("low", "chance", "high", "verdict"),
    [
        (0.7, 0.8, 0.9, ("on_track", "model")),
        (0.4, 0.5, 0.6, ("at_risk", "model")),
        (0.0, 0.1, 0.3, ("off_track", "model")),
        # the ends of the range fall under different statuses: no single one can be defended
        (0.5, 0.8, 0.9, ("at_risk", "model_range")),
        (0.2, 0.3, 0.4, ("at_risk", "model_range")),
        (0.1, 0.5, 0.9, ("at_risk", "model_range")),
    ],
)
def test_a_status_by_a_chance_must_hold_over_its_range(low, chance, high, verdict):
    for target in (LEVEL, AVERAGE):
        assert judge(target, BELOW, 9, 9, chance, low, high) == verdict
    assert judge(LEVEL, Measure(value=60.0, **DAY), 0, 1, chance, low, high) == ("met", "value")


def test_more_draws_settle_what_is_close_to_a_limit():
    assert judge(LEVEL, BELOW, 9, 9, 0.34, 0.34, 0.5, 4000) == ("at_risk", "model_close")  # two errors are 0.015
    assert judge(LEVEL, BELOW, 9, 9, 0.34, 0.34, 0.5, 400_000) == ("at_risk", "model")  # and 0.0015
    assert judge(LEVEL, BELOW, 9, 9, 0.5, 0.34, 0.5, 4000) == ("at_risk", "model_close")  # an end of the range counts


OFFICE = dict(day="2024-12-31", kind="office")


@pytest.mark.parametrize(
    ("measured", "last", "verdict"),
    [
        (Measure(), 1.0, ("not_measured", "qualitative")),
        (Measure(value=371.0, day="2021-12-31", kind="published"), 0.0, ("not_measured", "qualitative")),
        (Measure(value=1.0, **OFFICE), 1.0, ("met", "value")),
        (Measure(value=0.0, **OFFICE), 1.0, ("at_risk", "one_figure")),
        (Measure(value=0.0, **OFFICE), 0.0, ("met", "value")),
        (Measure(value=50.0, **OFFICE), 0.0, ("at_risk", "one_figure")),
        # of 371 villages 150 are left after three years, 6 years before the end: 74 a year against 25
        (Measure(value=150.0, start=("2021-12-31", 371.0), **OFFICE), 0.0, ("on_track", "pace")),
        (Measure(value=300.0, start=("2021-12-31", 371.0), **OFFICE), 0.0, ("off_track", "pace")),  # 24 against 50
        (Measure(value=400.0, start=("2021-12-31", 371.0), **OFFICE), 0.0, ("off_track", "pace")),
    ],
)
def test_a_target_in_words_is_judged_by_a_figure_of_its_time(measured, last, verdict):
    assert judge_words(measured, last, 6.0) == verdict


def test_gap_and_pace_by_hand():
    assert gap_and_pace(LEVEL, 42.0, 2.0) == (18.0, 9.0)
    assert gap_and_pace(LEVEL, 61.0, 2.0) == (0.0, 0.0)
    assert gap_and_pace(AVERAGE, 2.5, 1.0) == (0.5, pytest.approx(4 * 3 - 3 * 2.5))
    assert all(np.isnan(gap_and_pace(LEVEL, NONE, 2.0)))
    assert np.isnan(gap_and_pace(LEVEL, 42.0, 0.0)[1])


def test_the_board_asks_what_the_table_of_targets_asks(until_2023, board_2023, raw_copy):
    file = raw_copy / "targets.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    lines = [line.replace("range,3,4,", "range,5,6,") if line.startswith("S-GN-01") else line for line in lines]
    text = "".join(lines).replace("ntm_communes,>=,60,", "ntm_communes,>=,45,")
    file.write_text(text, encoding="utf-8")
    board = kt.scoreboard(until_2023, data=raw_copy, draws=400, only=["S-GN-01", "S-NTM-01"]).set_index("target_id")
    communes, row = board.loc["S-NTM-01"], board.loc["S-GN-01"]
    assert communes.gap == 3 and communes.probability > 0.9 > board_2023.loc["S-NTM-01"].probability
    assert row.gap == pytest.approx(5 - 4.24) and row.pace_needed == pytest.approx((4 * 5 - 2 * 4.24) / 2)
    assert row.probability < board_2023.loc["S-GN-01"].probability and row.status == "off_track"


def test_a_target_that_asks_for_less_is_refused(obs, monkeypatch):
    targets = load_targets()
    targets.loc[targets["target_id"] == "S-NTM-01", "comparator"] = "<="
    monkeypatch.setattr(board_module, "load_targets", lambda data=None: targets)
    with pytest.raises(kt.KontumError, match="S-NTM-01.*<="):
        kt.scoreboard(obs, draws=200)
