"""Draws around the paths and the outlook: sums, bounds, seeds, growing spread, and the base rates they rest on."""

import time

import numpy as np
import pytest

import kontum_analysis as kt
from kontum_analysis.base.errors import ScenarioError
from kontum_analysis.poverty import draws as ensemble
from kontum_analysis.poverty import history as base_rates
from kontum_analysis.poverty.paces import baseline
from kontum_analysis.poverty.scenarios import preset


@pytest.fixture(scope="module")
def mid(obs):
    return kt.scenario_draws(obs, preset("programme-mid"), draws=1500)


@pytest.fixture(scope="module")
def outlook(obs):
    return kt.outlook_draws(obs, draws=1500)


def test_the_province_is_the_sum_of_its_districts_in_every_draw(mid):
    weight = mid.households / mid.households.sum(axis=0)
    assert np.allclose(mid.of("62"), (weight[:, :, None] * mid.rates).sum(axis=0), atol=1e-14)
    both = mid.of("62-POOR") * mid.households[np.isin(mid.areas, ["613", "617", "618"])].sum(axis=0)[:, None]
    rest = mid.of("62-REST") * mid.households[~np.isin(mid.areas, ["613", "617", "618"])].sum(axis=0)[:, None]
    assert np.allclose((both + rest) / mid.households.sum(axis=0)[:, None], mid.of("62"), atol=1e-14)


def test_rates_stay_between_the_floor_and_one(mid, outlook, obs):
    base = baseline(obs, preset("programme-mid"))
    floor = base.floor * base.rates[:, None] / (1 + base.growth) ** np.arange(10)
    assert (mid.rates >= floor[:, :, None] - 1e-12).all() and (mid.rates <= 1).all()
    assert (outlook.rates > 0).all() and (outlook.rates < 1).all()


def test_published_openings_do_not_vary_and_estimated_ones_do(outlook):
    spread = outlook.rates[:, 0].std(axis=1)
    known = dict(zip(outlook.areas, spread, strict=True))
    assert known["617"] == 0 and known["613"] > 0 and known["618"] > 0


def test_spread_grows_with_the_horizon_until_the_floor(outlook):
    log_odds = np.log(outlook.of("62") / (1 - outlook.of("62")))
    sd = log_odds.std(axis=1)
    assert sd[0] < sd[1] < sd[2]


def test_the_middle_of_the_draws_is_the_path_itself_while_it_is_above_the_floor(obs, mid):
    path = kt.project_poverty(obs, preset("programme-mid")).query("area == '62'").set_index("year").rate
    assert np.median(mid.of("62")[1]) == pytest.approx(path[2022], abs=0.001)
    assert np.median(mid.of("62")[2]) == pytest.approx(path[2023], abs=0.001)


def test_districts_move_together(mid):
    log_odds = np.log(mid.rates[:, 1] / (1 - mid.rates[:, 1]))
    shock = base_rates.speed_prior(kt.load_observations())["shock"]
    province = np.log(mid.of("62")[1] / (1 - mid.of("62")[1]))
    assert shock < province.std() < 2 * shock  # the shock's own size is uncertain, so its tails are wider
    assert log_odds.std(axis=1).min() > shock


def test_same_seed_same_digits_and_a_district_does_not_depend_on_the_number_of_draws_of_others(obs):
    scenario = preset("programme-low", end=2023)
    first, again = (kt.scenario_draws(obs, scenario, draws=200) for _ in range(2))
    assert np.array_equal(first.rates, again.rates)
    assert not np.array_equal(first.rates, kt.scenario_draws(obs, scenario, draws=200, seed=1).rates)


def test_quantiles_are_added_to_the_projection_in_order(obs):
    table = kt.project_poverty(obs, preset("programme-mid", end=2024), draws=300)
    q = table[["q05", "q10", "q25", "q50", "q75", "q90", "q95"]].to_numpy()
    assert (np.diff(q, axis=1) >= 0).all() and len(table) == 11 * 4
    plain = kt.project_poverty(obs, preset("programme-mid", end=2024))
    assert table[plain.columns].equals(plain)


def test_ten_thousand_draws_take_about_a_second(obs):
    kt.scenario_draws(obs, preset("programme-mid"), draws=100)
    start = time.process_time()
    kt.scenario_draws(obs, preset("programme-mid"), draws=10_000)
    assert time.process_time() - start < 3  # 0.3 s measured alone; the limit only catches a change of order


def test_more_weight_on_a_fast_own_speed_makes_the_target_likelier(obs):
    own, history = (kt.outlook_draws(obs, end=2025, draws=1500, weight=w) for w in (1.0, 0.0))
    assert ensemble.probability(own, "62", 2025, 0.0332) > ensemble.probability(history, "62", 2025, 0.0332)


def test_a_vintage_with_one_year_leans_on_history_alone(obs):
    then = kt.load_observations(as_of="2022-10-04")
    prior = base_rates.speed_prior(then)
    assert prior["weight"] == 0 and prior["centre"] == prior["mean"]
    assert kt.outlook_draws(then, end=2023, draws=100).years == (2021, 2022, 2023)


def test_the_prior_weighs_own_speed_and_history_by_their_variances(obs):
    prior = base_rates.speed_prior(obs)
    assert prior["own"] == pytest.approx((np.log(0.0684 / 0.9316) - np.log(0.1532 / 0.8468)) / 2)
    assert prior["weight"] == pytest.approx(prior["between"] ** 2 / (prior["between"] ** 2 + prior["shock"] ** 2 / 2))
    assert min(prior["own"], prior["mean"]) < prior["centre"] < max(prior["own"], prior["mean"])


def test_a_pace_is_held_against_speeds_at_its_own_level():
    speeds = [-0.1, -0.2, -0.3]
    assert base_rates.pace_percentile(3, 0.50, speeds) < base_rates.pace_percentile(3, 0.10, speeds)
    assert base_rates.pace_percentile(7, 0.05, speeds) == 1.0
    assert base_rates.pace_percentile(0, 0.2, [0.0]) == 0.5


@pytest.mark.parametrize(
    "call",
    [
        lambda o: kt.scenario_draws(o, preset("programme-mid"), draws=1),
        lambda o: kt.outlook_draws(o, end=2023),
        lambda o: kt.project_poverty(o, preset("programme-mid"), draws=1),
    ],
)
def test_what_cannot_be_drawn_is_said(call, obs):
    with pytest.raises(ScenarioError, match="draws: found 1|end: found 2023"):
        call(obs)


def test_the_hindcast_runs_on_the_published_panel(obs):
    found = kt.hindcast(base_rates.hindcast_panel(obs))
    assert {"persistence", "pooled"} <= set(found.summary["method"]) and found.summary["n"].min() >= 8
