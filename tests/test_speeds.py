"""Speeds learned from every series: the posterior against known answers, and forecasts that leave a series out."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

import kontum_analysis as kt
from kontum_analysis.poverty.speeds import INTERVALS, fit_speeds, speed_forecasts, speed_model, speed_steps


def steps_of(speeds, years=1.0, start=0.2):
    """One step a series and speed; speeds: {series: [speed of each step]}."""
    rows = [
        dict(
            series=name,
            area=name,
            standard="",
            start=2021,
            years=years,
            rate_start=start,
            rate_end=expit(logit(start) + years * v),
        )
        for name, values in speeds.items()
        for v in values
    ]
    return pd.DataFrame(rows)


def test_a_series_without_a_past_leans_on_the_mean_of_all():
    model = fit_speeds(
        steps_of({f"s{i}": [-0.3 + d, -0.3 + d] for i, d in enumerate((-0.1, 0.0, 0.1))}), "log_odds", "new"
    )
    speed, _ = model.draw(np.random.default_rng(1), 20_000)
    assert model.own_years == 0 and model.centre == pytest.approx(-0.3, abs=1e-6)
    assert np.median(speed) == pytest.approx(-0.3, abs=0.01) and speed.std() > 0.1


def test_own_speed_weighs_by_the_variances():
    """Series far apart and steady: the own speed counts nearly alone; series alike and restless: hardly at all."""
    steady = steps_of({"a": [-0.1, -0.1], "b": [-0.5, -0.5], "c": [-0.9, -0.9], "own": [-0.6, -0.6]})
    restless = steps_of({"a": [0.1, -0.7], "b": [0.2, -0.8], "c": [0.0, -0.6], "own": [-0.3, -0.9]})
    near, far = (
        np.median(fit_speeds(s, "log_odds", "own").draw(np.random.default_rng(1), 8000)[0]) for s in (steady, restless)
    )
    assert near == pytest.approx(-0.6, abs=0.02) and -0.5 < far < -0.3


def test_a_weight_given_is_the_weight_taken():
    steps = steps_of({"a": [-0.1, -0.2], "b": [-0.3, -0.4], "own": [-0.8, -0.8]})
    model = fit_speeds(steps, "log_odds", "own")
    speed, _ = model.draw(np.random.default_rng(1), 40_000, weight=0.25)
    assert np.mean(speed) == pytest.approx(0.25 * -0.8 + 0.75 * model.centre, abs=0.02)


def test_districts_of_the_province_are_no_series_of_their_own(obs):
    steps = speed_steps(obs)
    assert "62" in set(steps["area"]) and not steps["area"].str.match("6(0[89]|1[0-8])$").any()
    assert (steps["rate_start"] >= 0.01).all() and steps["series"].is_unique is not True


def test_a_vintage_without_a_step_leans_on_history_alone():
    model = speed_model(kt.load_observations(as_of="2022-10-04"))
    assert model.own_years == 0 and np.isnan(model.own_speed)


def test_two_series_are_the_least_to_learn_from():
    with pytest.raises(kt.KontumError, match="at least two areas"):
        fit_speeds(steps_of({"a": [-0.1, -0.2]}), "log_odds", "a")


@pytest.fixture(scope="module")
def forecasts(obs):
    return speed_forecasts(obs, draws=2000)


def test_every_step_is_forecast_without_its_own_series_later_steps(obs, forecasts):
    assert len(forecasts) == len(speed_steps(obs))
    first = forecasts.groupby(["area", "standard"]).head(1)
    assert first["own_trend"].isna().all() and forecasts["wis"].notna().all()


def test_forecasts_beat_no_change(forecasts):
    assert forecasts["error"].mean() < 0.6 * forecasts["persistence"].mean()
    assert forecasts["wis"].mean() < forecasts["persistence"].mean()


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["log_odds", "square_root"])
def test_intervals_of_steps_hold_as_often_as_they_say(scale):
    """Simulated series of the model itself, the next step of one of them forecast: 50, 80 and 95 %."""
    from kontum_analysis.poverty.speeds import SCALES

    move, back = SCALES[scale]
    spread = 0.1 if scale == "log_odds" else 0.02
    inside = {width: [] for width in INTERVALS}
    for seed in range(400):
        rng = np.random.default_rng(seed)
        rows = []
        for name in range(12):
            speed = -3 * spread + spread * rng.standard_normal()
            rate = rng.uniform(0.1, 0.4)
            for year in range(3):
                after = float(back(move(rate) + speed + 0.8 * spread * rng.standard_normal()))
                rows.append(
                    dict(
                        series=f"s{name}", area="", standard="", start=year, years=1.0, rate_start=rate, rate_end=after
                    )
                )
                rate = after
        steps = pd.DataFrame(rows)
        last, history = steps.iloc[-1], steps.iloc[:-1]
        speed, shock = fit_speeds(history, scale, "s11").draw(rng, 1000)
        draws = back(move(last.rate_start) + speed + shock * rng.standard_normal(1000))
        for width, ends in INTERVALS.items():
            low, high = np.quantile(draws, ends)
            inside[width].append(low <= last.rate_end <= high)
    shares = {width: float(np.mean(cases)) for width, cases in inside.items()}
    assert 0.45 <= shares[50] <= 0.55 and 0.75 <= shares[80] <= 0.85 and 0.92 <= shares[95] <= 0.98, shares
