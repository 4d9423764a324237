"""Totals of years that are not published: bridges, steps ahead, and the total of the merged province."""

import numpy as np
import pandas as pd
import pytest

from kontum_analysis.poverty.districts import Cell
from kontum_analysis.poverty.estimates import estimate_panel
from kontum_analysis.poverty.speeds import SCALES
from kontum_analysis.poverty.totals import Movement, draw_totals, merged_log_likelihood, merged_total, resample

DRAWS = 4000


def province(*counts):
    """Facts of a province: published poor households by year from 2021 on, None where not published."""
    cells = {year: count for year, count in enumerate(counts, 2021) if count is not None}
    return {("62", year, "poor_households"): Cell(count, count, "published", "s") for year, count in cells.items()}


def totals_of(*counts, speed=-0.3, shock=0.1, scale="log_odds"):
    movement = Movement(np.full(DRAWS, speed), np.full(DRAWS, shock), SCALES[scale])
    years = list(range(2021, 2021 + len(counts)))
    households = np.full((len(years), DRAWS), 100_000)
    return draw_totals(province(*counts), years, households, movement, np.random.default_rng(1))


def test_published_totals_stay_as_they_are():
    assert np.array_equal(np.unique(totals_of(15_000, 11_000, 7_000), axis=1)[:, 0], [15_000, 11_000, 7_000])


def test_a_year_between_two_published_ones_lies_on_the_bridge_and_ignores_the_speed():
    slow, fast = (totals_of(15_000, None, 7_000, speed=speed)[1] for speed in (-0.1, -0.9))
    assert np.array_equal(slow, fast) and 9_000 < np.median(slow) < 11_500
    assert np.quantile(slow, 0.9) - np.quantile(slow, 0.1) > 500


def test_after_the_last_published_year_the_speed_moves_the_total():
    ahead = totals_of(15_000, 11_000, None, None, speed=-0.3, shock=0.0)
    odds = 0.11 / 0.89 * np.exp(-0.3 * np.array([1, 2]))
    assert ahead[2:, 0].tolist() == np.rint(100_000 * odds / (1 + odds)).astype(int).tolist()
    assert np.ptp(ahead[3]) == 0


def planted_total(obs, poor=22_925.0):
    like = (
        obs[(obs["ref_area"] == "62") & (obs["indicator"] == "poor_households") & obs["preferred"]].iloc[-1].to_dict()
    )
    rows = [
        {**like, "ref_area": "51-2025", "time_period": "2024-12-31", "obs_value": poor, "source_id": "planted"},
        {
            **like,
            "ref_area": "51-2025",
            "time_period": "2024-12-31",
            "obs_value": poor / 5368.85,
            "indicator": "poverty_rate_pct",
        },
        {**like, "ref_area": "51", "time_period": "2021-12-31", "obs_value": 9.0, "indicator": "poverty_rate_pct"},
    ]
    rest = obs[~obs["ref_area"].isin(["51", "51-2025"])]
    return pd.concat([rest, pd.DataFrame(rows).astype(obs.dtypes)], ignore_index=True)


def test_the_merged_total_bounds_the_province_of_that_year(obs):
    low, high = (estimate_panel(planted_total(obs, poor=p), draws=4000).panel for p in (9_500.0, 60_000.0))
    rates = [panel[(panel["area"] == "62") & (panel["year"] == 2024)].iloc[0] for panel in (low, high)]
    assert rates[0].rate < rates[1].rate and rates[0].status_poor_households == "estimated"
    assert all(row.rate_q10 < row.rate < row.rate_q90 for row in rates)


def test_without_the_neighbours_opening_the_merged_total_says_nothing(obs):
    assert merged_total(planted_total(obs), 2024) is not None
    assert merged_total(planted_total(obs), 2025) is None
    bare = planted_total(obs)
    assert merged_total(bare[bare["ref_area"] != "51"], 2024) is None


def test_a_total_below_the_provinces_own_count_is_impossible(obs):
    merged = merged_total(planted_total(obs), 2024)
    weights = merged_log_likelihood(merged, np.array([7_000.0, 23_000.0]), np.array([152_000.0, 152_000.0]))
    assert np.isfinite(weights[0]) and weights[1] == -np.inf


def test_draws_are_taken_in_proportion_to_their_weights():
    kinds = np.repeat(range(4), 1000)
    places = resample(np.log(np.array([0.1, 0.2, 0.3, 0.4])[kinds]), np.random.default_rng(1))
    assert len(places) == 4000
    assert [np.mean(kinds[places] == k) for k in range(4)] == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.001)
