"""What was forecast on earlier days, beside what was published later."""

from datetime import date

from kontum_analysis.poverty.forecasts import poverty_forecasts
from kontum_analysis.targets.outcomes import forecast_scores, forecasts_against_outcomes


def test_a_forecast_is_made_before_its_outcome_and_a_miss_is_outside_its_interval(obs):
    table = forecasts_against_outcomes(obs, draws=200)
    days = [table[column].map(date.fromisoformat) for column in ("made_from", "vintage", "day")]
    assert ((days[0] <= days[1]) & (days[0] < days[2])).all()
    is_outside = (table["outcome"] < table["q10"]) | (table["outcome"] > table["q90"])
    assert table["is_miss"].equals(is_outside) and is_outside.any() and table["is_miss"].is_monotonic_decreasing
    assert (table["error"] == table["q50"] - table["outcome"]).all()


def test_persistence_stands_beside_every_forecast_that_is_scored(obs):
    scores = forecast_scores(forecasts_against_outcomes(obs, draws=200))
    methods = scores.groupby("what")["method"].agg(set)
    assert [what for what, names in methods.items() if "no change" not in names] == []


def test_most_outlooks_of_the_province_lay_too_high(obs):
    """Notebook 08 says so beside its interval."""
    rows = poverty_forecasts(obs).query("area == '62' and method == 'outlook'")
    assert (rows["q50"] > rows["outcome"]).mean() > 0.5 and (rows["outcome"] < rows["q10"]).any()
