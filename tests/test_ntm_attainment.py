"""The projection as a user sees it: state, tables, chances and refusals."""

import numpy as np
import pandas as pd
import pytest
from ntm_worlds import province

from kontum_analysis.base.errors import KontumError
from kontum_analysis.base.words import labels
from kontum_analysis.data.observations import load_observations
from kontum_analysis.data.programme import asked_pace, goals, horizon
from kontum_analysis.ntm.attainment import attainment_chances, project_ntm
from kontum_analysis.ntm.projection import LEVELS, smallest_gap

PAGE = ("2022-11-30", "X", 38, 15, 28, 4, 0, 15.0)


@pytest.fixture(scope="module")
def result(known_2023):
    return project_ntm(known_2023, draws=2000)


def test_hand_worked_gap():
    counts = np.array([[19, 18, 15, 10, 9]])
    assert [smallest_gap(counts, counts == 19, target).tolist() for target in (1, 4)] == [[0], [1 + 4 + 9]]


def test_the_state_has_the_published_numbers(result):
    counts = result.draws["counts"]
    assert result.state_day == "2023-04-30"
    assert ((counts == 19).sum(axis=1) == 42).all()
    assert (counts >= 0).all() and (counts <= 19).all()


def test_an_imputed_count_is_an_interval_only(result):
    is_known = result.communes["status"].isin(["published", "derived"])
    assert (result.communes.loc[is_known, "p_19"] == 1).all()
    assert result.communes.loc[~is_known, "count_published"].isna().all()
    assert (result.communes["count_low"] < result.communes["count_high"])[~is_known].all()  # never as if it were known
    assert result.communes["nearness_rank"].notna().sum() == (result.communes["attained_by"] == "").sum()


def test_probabilities_are_those_of_the_draws(result):
    table = result.probabilities.set_index("event")["probability"]
    by_hand = {name: (result.draws[name][:, -1] >= goals()[name, "62"].low).mean() for name in LEVELS}
    assert table[list(LEVELS)].to_dict() == by_hand
    assert table["all_four"] <= table["attained_advanced_and_model"] <= table[list(LEVELS)].min()


def test_years_are_quantiles_of_the_draws(result):
    last = result.years[(result.years["year"] == 2025) & (result.years["indicator"] == "ntm_communes")].iloc[0]
    number = np.sort(result.draws["ntm_communes"][:, -1])
    assert (last["q10"], last["median"], last["q90"]) == (number[199], number[999], number[1799])
    assert last["mean"] == number.mean() and last["q05"] < last["q95"]


def test_chances_are_one_default_and_its_range(known_2023):
    table = attainment_chances(known_2023, draws=500).set_index("event")
    programme, observed = (
        project_ntm(known_2023, pace, draws=500).probabilities.set_index("event")["probability"]
        for pace in (asked_pace(), None)
    )
    pd.testing.assert_series_equal(table["default"], programme, check_names=False)
    both = pd.concat([programme, observed], axis=1)
    is_one = programme == observed
    assert table.loc[is_one, ["low", "high"]].isna().all(axis=None)
    assert (table["low"] == both.min(axis=1))[~is_one].all() and (table["high"] == both.max(axis=1))[~is_one].all()
    assert table.loc["ntm_communes", ["low_choice", "high_choice"]].tolist() == ["pace_asked", "pace_observed"]
    codes = {code for choices in table["choices"] for code in choices.split("|")}
    assert {f"choice.{code}" for code in codes} <= set(labels())
    years = project_ntm(known_2023, asked_pace(), draws=500).years
    at_end = years[years["year"] == horizon()].set_index("indicator")
    assert (table.loc[list(LEVELS), "median"] == at_end.loc[list(LEVELS), "median"]).all()
    assert (table["q10"] < table["q90"])[table["q10"].notna()].all()  # no interval without width


def test_the_default_pace_is_the_one_asked_for():
    assert project_ntm.__defaults__[0] == asked_pace()


def test_same_seed_same_numbers_whatever_the_order_of_rows(known_2023):
    shuffled = known_2023.sample(frac=1, random_state=1)
    first, again = project_ntm(known_2023, draws=200), project_ntm(shuffled, draws=200)
    pd.testing.assert_frame_equal(first.years, again.years)
    pd.testing.assert_frame_equal(first.probabilities, again.probabilities)
    other = project_ntm(known_2023, draws=200, seed=1)
    assert not np.array_equal(first.draws["counts"], other.draws["counts"])


def test_what_a_caller_changes_does_not_reach_the_next(known_2023):
    first = project_ntm(known_2023, draws=50)
    first.years["median"] = -1
    with pytest.raises(ValueError, match="read-only"):
        first.draws["ntm_communes"][:] = 0
    assert (project_ntm(known_2023, draws=50).years["median"] >= 0).all()


def test_a_later_end_does_not_change_earlier_years(known_2023, result):
    longer = project_ntm(known_2023, draws=2000, end=2027)
    pd.testing.assert_frame_equal(
        longer.years[longer.years["year"] <= 2025].sort_values(["indicator", "year"], ignore_index=True),
        result.years.sort_values(["indicator", "year"], ignore_index=True),
    )
    assert any("2026" in line for line in longer.explain("en"))


@pytest.mark.parametrize("day, years", [("2024-10-11", [2024, 2025]), ("2025-12-31", [2025]), ("2026-03-31", [2026])])
def test_a_last_count_near_or_after_the_end_is_projected_on(day, years):
    r = project_ntm(province([PAGE, (day, "X", 48, *[None] * 5)]), draws=100)
    assert r.state_day == day and sorted(set(r.years["year"])) == years
    number = r.draws["ntm_communes"][:, -1]
    assert (number == 48).all() if day.endswith("12-31") else np.ptp(number) > 0
    beyond = project_ntm(province([PAGE, (day, "X", 48, *[None] * 5)]), draws=100, end=2030)
    assert beyond.years["year"].max() == 2030 and beyond.draws["ntm_communes"][:, -1].mean() > number.mean()


@pytest.mark.parametrize(
    "day, attained", [("2017-12-01", 13), ("2020-10-01", 27), ("2022-10-04", 35), ("2023-01-01", 38)]
)
def test_a_vintage_starts_from_what_was_known(day, attained):
    r = project_ntm(load_observations(as_of=day), draws=100)
    assert ((r.draws["counts"] == 19).sum(axis=1) == attained).all()
    assert (r.history["known_from"] <= day).all()


def test_start_uses_only_earlier_figures(known_2023):
    r = project_ntm(known_2023, draws=50, start=2019, end=2021)
    assert r.state_day == "2019-10-04" and r.years["year"].max() == 2021


@pytest.mark.parametrize(
    "wrong, word",
    [
        ({"pace": -1}, "pace"),
        ({"pace": float("nan")}, "pace"),
        ({"pace": "fast"}, "pace"),
        ({"draws": 0}, "draws"),
        ({"draws": 1.5}, "draws"),
        ({"end": 2020}, "before"),
        ({"end": "2025"}, "end"),
        ({"start": 2024, "end": 2023}, "before"),
        ({"start": True}, "start"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_input_is_named(known_2023, wrong, word):
    with pytest.raises(KontumError, match=word):
        project_ntm(known_2023, **{"draws": 20, **wrong})
