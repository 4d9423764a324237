"""What the programme asks for comes from the table of targets."""

import math

from kontum_analysis.data.programme import AREAS, corridors, goals, horizon, is_period_over


def test_corridors_and_counts_are_those_of_the_programme():
    assert {area: tuple(goal) for area, goal in corridors().items()} == {"62": (3, 4, 2025), "62-POOR": (6, 8, 2025)}
    counts = [goals()[name, "62"].low for name in ("ntm_communes", "ntm_advanced_communes", "ntm_model_communes")]
    assert counts == [60, 20, 6] and horizon() == 2025
    assert goals()["ntm_criteria_gained_per_commune_year", "62"].middle == 1.5
    assert math.isnan(goals()["ntm_communes", "62"].high)


def test_targets_in_words_alone_are_no_goals():
    assert all(math.isfinite(goal.low) for goal in goals().values())
    assert ("spontaneous_migrants_settled", "62") not in goals()
    assert list(corridors()) == AREAS


def test_a_period_is_over_on_its_last_day_by_the_vintage_or_the_data(obs):
    assert [is_period_over(obs, 2025, day) for day in ("2025-12-30", "2025-12-31")] == [False, True]
    assert is_period_over(obs, 2025) and not is_period_over(obs, 2030)
    past = obs[obs["known_from"] < "2024"]
    for day, is_over in (("2025-12-30", False), ("2025-12-31", True)):  # whatever the clock says
        assert is_period_over(past.assign(known_from=day, time_period="2025-12-31"), 2025) is is_over


def test_figures_about_earlier_years_do_not_end_a_period(obs):
    earlier = obs[obs["time_period"] <= "2024-12-31"]
    assert earlier["known_from"].max() >= "2025-12-31" and not is_period_over(earlier, 2025)
