"""Pooled forecast: the logit scale, weights recovered from known worlds, spread that holds, skill in every world."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logit
from scipy.stats import norm
from simulate_panels import SETTINGS, simulate_panel

from kontum_analysis.methods.hindcast import hindcast
from kontum_analysis.methods.panel import check_panel, forecast_cases
from kontum_analysis.methods.pooled import fit_pooled
from kontum_analysis.methods.regression import (
    EPSILON,
    LEVELS,
    from_logit,
    learn_weights,
    residual_quantiles,
    to_logit,
)
from kontum_analysis.methods.scores import wis

GLOBAL, PARENT, GAP, REBOUND = range(4)  # places of the weights


def cases_of(panel):
    return forecast_cases(check_panel(panel))[0]


@pytest.fixture(scope="module")
def panel():
    return simulate_panel(5, replace(SETTINGS["default"], countries=15))


# ---- regression


@given(st.floats(0, 1))
def test_the_logit_scale_returns_every_rate(rate):
    assert from_logit(to_logit(rate)) == pytest.approx(rate, abs=1e-12)


def test_the_logit_scale_has_ends():
    assert to_logit([0.0, 1.0]) == pytest.approx(logit([EPSILON, 1 - EPSILON]))
    assert from_logit([-50.0, 50.0]).tolist() == [0.0, 1.0]


def test_weights_worked_by_hand():
    # y = 2x at x = 1 and 3; the prior 0 counts as one case of mean square 5: (1·2 + 3·6) / (1 + 9 + 5) = 4/3.
    # Without the first case 18 / 14, so it is missed by 2 − 9/7; without the second 2 / 6, missed by 6 − 1.
    x, y, one = np.array([[1.0], [3.0]]), np.array([2.0, 6.0]), np.ones(1)
    weights, missed = learn_weights(x, y, np.ones(2), 0 * one, one, np.array([0, 1]))
    assert weights == pytest.approx([4 / 3], abs=1e-9) and missed == pytest.approx([2 - 9 / 7, 5], abs=1e-9)
    assert learn_weights(x, y, np.ones(2), one, 1e9 * one, np.zeros(2))[0] == pytest.approx([1], abs=1e-6)


def test_outliers_do_not_turn_the_weights():
    rng = np.random.default_rng(0)
    x, group = rng.normal(size=(300, 2)), np.arange(300) % 10
    y = x @ [1.0, -0.5] + rng.normal(0, 0.1, 300) + 20 * (np.arange(300) < 15)
    weights, missed = learn_weights(x, y, np.ones(300), np.zeros(2), np.ones(2), group)
    assert weights == pytest.approx([1.0, -0.5], abs=0.05) and np.median(np.abs(missed)) < 0.1


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=60), st.integers(1, 50))
def test_quantiles_of_errors_rise_and_are_never_without_width(errors, groups):
    values = residual_quantiles(errors, groups)
    assert values.shape == (23,) and np.all(np.diff(values) > 0)


def test_quantiles_of_many_errors_are_the_empirical_ones():
    errors = np.random.default_rng(0).normal(0.1, 0.2, 50_000)
    np.testing.assert_allclose(residual_quantiles(errors, 10_000), np.quantile(errors, LEVELS), atol=1e-3)


# ---- known worlds


def known_world(rng, groups=40, areas=8, shared=0.10, noise=0.15, slope=-0.09, weight=0.6, rebound=0.0):
    """Cases whose truth is the model's own: next slope from the parent's, a shared and an own shock growing with √h."""
    rows = []
    for g in range(groups):
        h, past, level = rng.uniform(2, 7), rng.normal(slope, 0.05), rng.normal(0, 0.7)
        common = rng.normal(0, shared) * np.sqrt(h)
        for a in range(areas):
            first, ahead = level + rng.normal(0, 0.5), rng.normal(0, 0.2)
            last = first + 4 * past + ahead
            end = last + h * (slope + weight * (past - slope)) + common + rng.normal(0, noise) * np.sqrt(h)
            ends = [first, last, end + rebound * ahead, level, level + 4 * past]
            rows.append((f"a{g}-{a}", f"g{g}", f"g{g}", 0.0, 4.0, 4 + h, *from_logit(ends)))
    return pd.DataFrame(rows, columns=["area", "parent", "group", "t0", "t1", "t2", "y0", "y1", "y2", "p0", "p1"])


@pytest.mark.parametrize(("weight", "rebound"), [(0.0, 0.0), (0.5, -0.4), (0.9, 0.0)])
def test_weights_of_a_world_without_noise_are_learned(weight, rebound):
    world = known_world(np.random.default_rng(3), shared=0.0, noise=0.0, weight=weight, rebound=rebound)
    model = fit_pooled(world)
    expected = [-0.09 + weight * (model.world_slope + 0.09), weight, 0.0, rebound]
    assert model.weights == pytest.approx(expected, abs=0.05)


def test_weights_and_spread_of_noisy_worlds_are_recovered():
    rngs = [np.random.default_rng(seed) for seed in range(6)]
    models = [fit_pooled(known_world(rng, groups=200, weight=0.9, rebound=-0.3)) for rng in rngs]
    weights, law = (np.mean([getattr(model, name) for model in models], axis=0) for name in ("weights", "law"))
    assert weights[[PARENT, GAP, REBOUND]] == pytest.approx([0.9, 0.0, -0.3], abs=0.05)
    assert law[0] == pytest.approx(0.5, abs=0.1)
    width = np.mean([model.residuals[18] - model.residuals[4] for model in models])
    assert width == pytest.approx(2 * norm.ppf(0.9) * np.hypot(0.1, 0.15), rel=0.15)


def test_one_half_for_the_parent_stays_where_little_can_be_learned():
    rngs = [np.random.default_rng(seed) for seed in range(9)]
    weights = np.array([fit_pooled(known_world(rng, groups=6, shared=0.4)).weights[PARENT] for rng in rngs])
    assert np.median(np.abs(weights - 0.5)) < 0.02


def test_noise_in_the_rounds_gives_rebound():
    quiet, noisy = (fit_pooled(cases_of(simulate_panel(2, SETTINGS[f"{name} surveys"]))) for name in ("quiet", "noisy"))
    assert noisy.weights[REBOUND] < quiet.weights[REBOUND] and noisy.weights[REBOUND] < -0.15
    assert noisy.residuals[18] - noisy.residuals[4] > quiet.residuals[18] - quiet.residuals[4]


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_few_groups_still_give_a_usable_forecast(panel, groups):
    cases = cases_of(panel[panel["group"].isin([f"C{k:02d}" for k in range(groups)])])
    values = fit_pooled(cases).quantiles(cases)
    assert np.all(np.diff(values, axis=1) >= 0) and np.all(to_logit(values[:, 18]) - to_logit(values[:, 4]) > 0.1)


def test_forecasts_widen_with_the_horizon(panel):
    cases = cases_of(panel)
    near, far = (fit_pooled(cases).quantiles(cases.assign(t2=cases["t1"] + years)) for years in (1, 9))
    width = [to_logit(values[:, 18]) - to_logit(values[:, 4]) for values in (near, far)]
    assert np.all(width[1] > width[0])


# ---- skill


def test_pooled_beats_own_paths_and_persistence():
    assert hindcast(simulate_panel(1)).summary["wis"].idxmin() == "pooled"


def test_without_parent_rows_little_skill_is_lost():
    panel = simulate_panel(12)
    whole, bare = hindcast(panel, ["pooled"]), hindcast(panel[panel["parent"].notna()], ["pooled"])
    scored = whole.cases[whole.cases["parent"].notna() & (whole.cases["method"] == "pooled")]
    assert bare.summary.loc["pooled", "wis"] < 1.03 * scored["wis"].mean()
    assert len(bare.remarks) == bare.summary.loc["pooled", "n"]


@pytest.mark.slow
def test_twelve_panels_score_at_most_2_40_points():
    results = [hindcast(simulate_panel(seed)) for seed in range(12)]
    summary = sum(result.summary.drop(columns="method").astype(float) for result in results) / len(results)
    print((100 * summary.drop(columns="n")).round(2).to_string())
    assert summary["wis"].idxmin() == "pooled" and summary.loc["pooled", "wis"] <= 0.0240
    assert summary.loc["pooled", ["coverage_50", "coverage_80", "coverage_95"]].tolist() == pytest.approx(
        [0.5, 0.8, 0.95], abs=0.02
    )
    nations = pd.concat(result.cases for result in results).query("parent.isna() and method == 'pooled'")
    assert nations["observed"].between(nations["q0.1"], nations["q0.9"]).mean() == pytest.approx(0.8, abs=0.04)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SETTINGS if name not in ("default", "few groups")])
def test_pooled_is_best_and_calibrated_in_every_world(name):
    results = [hindcast(simulate_panel(seed, SETTINGS[name])).summary for seed in range(20, 24)]
    mean = sum(result.drop(columns="method").astype(float) for result in results) / len(results)
    assert mean["wis"].idxmin() == "pooled"
    assert 0.45 <= mean.loc["pooled", "coverage_50"] <= 0.57
    assert 0.75 <= mean.loc["pooled", "coverage_80"] <= 0.85
    assert 0.91 <= mean.loc["pooled", "coverage_95"] <= 0.98


@pytest.mark.slow
def test_intervals_hold_in_worlds_the_model_assumes():
    """Learned from one draw of the world and scored on another, within 3 % of one who knows the truth."""
    inside, scores, ideal = [], [], []
    for seed in range(30):
        rng = np.random.default_rng(1000 + seed)
        model, new = fit_pooled(known_world(rng)), known_world(rng)
        values, truth = model.quantiles(new), new["y2"].to_numpy()
        inside.append([np.mean((values[:, 11 - k] <= truth) & (truth <= values[:, 11 + k])) for k in (5, 8, 10)])
        scores.append(wis(truth, LEVELS, values).mean())
        h, past = new["t2"] - 4, (to_logit(new["p1"]) - to_logit(new["p0"])) / 4
        best = (to_logit(new["y1"]) + h * (-0.09 + 0.6 * (past + 0.09))).to_numpy()
        spread = np.sqrt(h).to_numpy()[:, None] * np.hypot(0.1, 0.15) * norm.ppf(LEVELS)
        ideal.append(wis(truth, LEVELS, from_logit(best[:, None] + spread)).mean())
    assert np.mean(inside, axis=0).tolist() == pytest.approx([0.5, 0.8, 0.95], abs=0.03)
    assert np.mean(scores) < 1.03 * np.mean(ideal)
