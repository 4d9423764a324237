"""Pooled model: the logit scale, recovery of known truth, and forecasts for one area."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import norm
from simulate_panels import SETTINGS, Setting, simulate_panel

from kontum_analysis.methods.panel import PanelError, check_panel, forecast_cases
from kontum_analysis.methods.pooled import PooledModel, fit_pooled
from kontum_analysis.methods.scores import wis
from kontum_analysis.methods.spread import EPSILON, LEVELS, from_logit, residual_quantiles, shared_and_own, to_logit


@pytest.fixture(scope="module")
def panel():
    return simulate_panel(5, replace(SETTINGS["default"], countries=15))


@pytest.fixture(scope="module")
def model(panel):
    return PooledModel.fit(panel)


@given(st.floats(0, 1))
@settings(deadline=None)
def test_the_logit_scale_returns_every_rate(rate):
    assert from_logit(to_logit(rate)) == pytest.approx(rate, abs=1e-12)


def test_the_logit_scale_has_ends():
    assert to_logit([0.0, 1.0]) == pytest.approx(logit([EPSILON, 1 - EPSILON]))
    assert from_logit([-50.0, 50.0]).tolist() == [0.0, 1.0]


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=60), st.integers(1, 50))
@settings(deadline=None, max_examples=60)
def test_residual_quantiles_rise_strictly_and_are_never_without_width(residuals, groups):
    values = residual_quantiles(residuals, groups)
    assert values.shape == (23,) and np.all(np.diff(values) > 0)


def test_residual_quantiles_of_many_are_the_empirical_ones():
    residuals = np.random.default_rng(0).normal(0.1, 0.2, 50_000)
    np.testing.assert_allclose(residual_quantiles(residuals, 10_000), np.quantile(residuals, LEVELS), atol=1e-3)


def test_shared_and_own_spread_worked_by_hand():
    # clusters (1, 3) and (5, 7): within variance 2, cluster means 2 and 6 about 4: between mean square 2·4·2/1 = 16,
    # shared variance (16 − 2)/2 = 7
    assert shared_and_own(np.array([1.0, 3, 5, 7]), np.array([0, 0, 1, 1])) == pytest.approx((7**0.5, 2**0.5))
    assert shared_and_own(np.array([1.0, -1.0]), np.array([0, 1])) == pytest.approx((0.0, 1.0))


def test_a_model_is_frozen_and_describes_itself(model):
    with pytest.raises(FrozenInstanceError):
        model.global_slope = 0.0
    assert set(model.weights) == {"global", "parent", "parentless", "rebound", "converge", "own", "level"}
    assert model.groups == 15 and 0 <= model.correlation <= 1
    assert model.residual_sd > 0 and len(model.residuals) == 23


def noiseless(parent_weight, seed=0):
    """Countries whose next slope is −0.08 + weight · (past slope + 0.08), and regions that follow exactly."""
    rng = np.random.default_rng(seed)
    rows = []
    for c in range(30):
        level, slope = rng.normal(-0.5, 0.6), rng.normal(-0.08, 0.05)
        levels = np.cumsum([level, 4 * slope, 4 * (-0.08 + parent_weight * (slope + 0.08))])
        for name, parent, gap in (
            (f"c{c}", None, 0.0),
            *((f"c{c}r{k}", f"c{c}", rng.normal(0, 0.5)) for k in range(6)),
        ):
            rows += [(name, parent, f"c{c}", 2010.0 + 4 * k, from_logit(levels[k] + gap)) for k in range(3)]
    return pd.DataFrame(rows, columns=["area", "parent", "group", "time", "rate"])


@pytest.mark.parametrize("weight", [0.0, 0.5, 0.9])
def test_the_weight_of_the_parents_slope_is_learned(weight):
    """Not set by hand: three worlds, three weights, each found without noise to hide behind."""
    model = PooledModel.fit(noiseless(weight))
    assert model.weights["parent"] == pytest.approx(weight, abs=0.1)
    assert model.weights["own"] == pytest.approx(0, abs=0.05)
    assert model.weights["rebound"] == pytest.approx(0, abs=0.05)
    centre = -0.08 + weight * (model.slope_centre + 0.08)
    assert model.global_slope == pytest.approx(centre, abs=0.01)


@pytest.mark.parametrize(("weight", "low", "high"), [(0.0, -0.15, 0.2), (1.2, 0.8, 1.3)])
def test_the_weight_is_learned_from_noisy_worlds_too(weight, low, high):
    """On average over worlds of the size of a real panel, though the prior says one half."""
    rngs = [np.random.default_rng(seed) for seed in range(6)]
    learned = [fit_pooled(known_world(rng, groups=46, weight=weight)).weights["parent"] for rng in rngs]
    assert low < np.mean(learned) < high


def test_noise_in_the_rounds_gives_rebound():
    quiet, noisy = (PooledModel.fit(simulate_panel(2, SETTINGS[f"{name} surveys"])) for name in ("quiet", "noisy"))
    assert noisy.weights["rebound"] < quiet.weights["rebound"] and noisy.weights["rebound"] < -0.15
    assert noisy.residual_sd > quiet.residual_sd


def test_outliers_do_not_turn_the_weights(panel, model):
    spoiled = panel.copy()
    spoiled.loc[spoiled.index[spoiled["group"] == "C03"][::2], "rate"] = 0.99
    other = PooledModel.fit(spoiled)
    assert other.global_slope == pytest.approx(model.global_slope, abs=0.03)


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_few_groups_still_give_a_usable_model(panel, groups):
    few = panel[panel["group"].isin([f"C{k:02d}" for k in range(groups)])]
    model = PooledModel.fit(few)
    table, _ = forecast_cases(check_panel(few))
    values = model.quantiles(table)
    assert model.groups == groups
    assert np.all(np.diff(values, axis=1) >= 0) and np.all(to_logit(values[:, 18]) - to_logit(values[:, 4]) > 0.1)


def test_nothing_to_learn_from_is_said(panel):
    first = panel.sort_values("time").groupby("area").head(2)
    with pytest.raises(PanelError, match="no area has three rounds"):
        PooledModel.fit(first)


def test_forecast_is_the_hindcast_seen_from_the_origin(panel, model):
    table, _ = forecast_cases(check_panel(panel))
    row = table[table["parent"].notna()].iloc[[0]]
    seen = model.forecast(panel, row["area"].iloc[0], row["t1"].iloc[0], [row["t2"].iloc[0]])
    np.testing.assert_allclose(seen.filter(like="q").to_numpy(), model.quantiles(row), rtol=0, atol=1e-12)
    assert seen[["origin", "time"]].values.tolist() == row[["t1", "t2"]].values.tolist()


def test_forecast_ignores_what_came_later_and_widens(panel, model):
    area, origin = "C00-00", panel.loc[panel["area"] == "C00-00", "time"].iloc[1]
    times = [origin + 1, origin + 5, origin + 15]
    seen = model.forecast(panel, area, origin + 0.5, times)
    later = panel.assign(rate=np.where(panel["time"] > origin + 0.5, 0.5, panel["rate"]))
    pd.testing.assert_frame_equal(seen, model.forecast(later, area, origin + 0.5, times))
    width = to_logit(seen["q0.9"]) - to_logit(seen["q0.1"])
    assert np.all(np.diff(width) > 0)
    assert (seen["origin"] == origin).all()


def test_forecast_from_a_single_round_leans_on_the_parent(panel, model):
    times = panel.loc[panel["area"] == "C00", "time"].to_numpy()
    single = panel[(panel["area"] != "C00-00") | (panel["time"] == times[1])]
    one = model.forecast(single, "C00-00", times[1], [times[2]])
    both = model.forecast(panel, "C00-00", times[1], [times[2]])
    assert one["q0.5"].iloc[0] == pytest.approx(both["q0.5"].iloc[0], abs=0.1)
    alone = single[single["area"] == "C00-00"].assign(parent=None)
    assert model.forecast(alone, "C00-00", times[1], [times[2]])["q0.5"].between(0, 1).all()


def test_forecast_refuses_what_it_cannot_know(panel, model):
    with pytest.raises(ValueError, match="no round up to 1990"):
        model.forecast(panel, "C00", 1990, [2000])
    with pytest.raises(ValueError, match="after the last known round"):
        model.forecast(panel, "C00", 2050, [2001.0])


def known_world(rng, groups=40, areas=8, shared=0.10, own=0.15, slope=-0.09, weight=0.6):
    """Cases whose truth is the model's own: next slope from the parent's, a shared and an own shock growing with √h."""
    rows = []
    for g in range(groups):
        h, past, level = rng.uniform(2, 7), rng.normal(slope, 0.05), rng.normal(0, 0.7)
        common = rng.normal(0, shared) * np.sqrt(h)
        for a in range(areas):
            first = level + rng.normal(0, 0.5)
            last = first + 4 * past
            end = last + h * (slope + weight * (past - slope)) + common + rng.normal(0, own) * np.sqrt(h)
            ends = [first, last, end, level, level + 4 * past]
            rows.append((f"a{g}-{a}", f"g{g}", f"g{g}", 0.0, 4.0, 4 + h, *from_logit(ends)))
    return pd.DataFrame(rows, columns=["area", "parent", "group", "t0", "t1", "t2", "y0", "y1", "y2", "p0", "p1"])


def test_known_truth_is_recovered_once():
    model = fit_pooled(known_world(np.random.default_rng(8), groups=150))
    assert model.weights["parent"] == pytest.approx(0.6, abs=0.15)
    assert model.horizon_exponent == pytest.approx(0.5, abs=0.15)
    assert model.shared_sd == pytest.approx(0.10, abs=0.04)
    assert model.residual_sd == pytest.approx(0.15, abs=0.04)


@pytest.mark.slow
def test_calibration_by_simulation():
    """Known truth, learned from one draw of the world and scored on another: intervals hold at the stated rate."""
    ranks, scores, ideal = [], [], []
    for seed in range(30):
        rng = np.random.default_rng(1000 + seed)
        model, new = fit_pooled(known_world(rng)), known_world(rng)
        values, truth = model.quantiles(new), new["y2"].to_numpy()
        ranks.append([np.mean((values[:, 11 - k] <= truth) & (truth <= values[:, 11 + k])) for k in (5, 8, 10)])
        scores.append(wis(truth, LEVELS, values).mean())
        h, past = new["t2"] - 4, (to_logit(new["p1"]) - to_logit(new["p0"])) / 4
        best = to_logit(new["y1"]) + h * (-0.09 + 0.6 * (past + 0.09))
        from_truth = best.to_numpy()[:, None] + np.sqrt(h).to_numpy()[:, None] * np.hypot(0.1, 0.15) * norm.ppf(LEVELS)
        ideal.append(wis(truth, LEVELS, from_logit(from_truth)).mean())
    fifty, eighty, ninety_five = np.mean(ranks, axis=0)
    assert fifty == pytest.approx(0.5, abs=0.03)
    assert eighty == pytest.approx(0.8, abs=0.03)
    assert ninety_five == pytest.approx(0.95, abs=0.03)
    assert np.mean(scores) < 1.03 * np.mean(ideal)  # within 3 % of one who knows the truth


def test_setting_is_what_the_docstring_says():
    assert Setting() == SETTINGS["default"] and expit(Setting().level_mean) == pytest.approx(0.31, abs=0.01)
