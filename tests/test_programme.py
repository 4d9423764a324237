"""What the programme asks for comes from the table of targets."""

import math

from kontum_analysis.data.programme import AREAS, corridors, goals, horizon


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
