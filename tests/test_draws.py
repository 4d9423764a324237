"""Draws around the paths and the outlook: sums, bounds, seeds, growing spread, and one chance everywhere."""

import numpy as np
import pytest
from scipy.special import logit

import kontum_analysis as kt
from kontum_analysis.explorer.views import chances_view
from kontum_analysis.figures.outlook import outlook_table
from kontum_analysis.poverty.draws import chance_of_average, probability
from kontum_analysis.poverty.history import speed_prior
from kontum_analysis.poverty.paces import baseline
from kontum_analysis.poverty.scenarios import preset
from kontum_analysis.publish.tables import scenario_chances

MID = preset("programme-mid")


@pytest.fixture(scope="module")
def mid(inputs):
    return kt.scenario_draws(inputs, MID, draws=1500)


@pytest.fixture(scope="module")
def outlook(inputs):
    return kt.outlook_draws(inputs, draws=1500)


def test_groups_and_province_are_the_sum_of_their_districts(mid):
    poor = {code: mid.of(code) * mid.households[list(mid.areas).index(code)][:, None] for code in mid.areas}
    members = {"62": mid.areas, "62-POOR": ["613", "617", "618"]}
    members["62-REST"] = [code for code in mid.areas if code not in members["62-POOR"]]
    for group, codes in members.items():
        households = mid.households[np.isin(mid.areas, codes)].sum(axis=0)[:, None]
        assert np.allclose(mid.of(group), sum(poor[code] for code in codes) / households, atol=1e-14)


def test_rates_stay_between_the_floor_and_one(mid, outlook, inputs):
    floors = baseline(inputs, MID).floors(np.array(mid.years))
    assert (mid.rates >= floors[:, :, None] - 1e-12).all() and (mid.rates <= 1).all()
    assert (outlook.rates > 0).all() and (outlook.rates < 1).all()


def test_published_openings_do_not_vary_and_estimated_ones_do(outlook):
    spread = dict(zip(outlook.areas, np.ptp(outlook.rates[:, 0], axis=1), strict=True))
    assert spread["617"] == 0 and spread["613"] > 0 and spread["618"] > 0


def test_spread_grows_with_the_horizon(outlook):
    sd = logit(outlook.of("62")).std(axis=1)
    assert sd[0] < sd[1] < sd[2]


def test_middle_of_the_draws_is_the_path_above_the_floor(inputs, mid):
    path = kt.project_poverty(inputs, MID).query("area == '62'").set_index("year").rate
    assert np.median(mid.of("62")[1:3], axis=1) == pytest.approx(path[[2022, 2023]].to_numpy(), abs=0.001)


def test_districts_move_together(mid, inputs):
    shock = inputs.prior["shock"]
    assert shock < logit(mid.of("62")[1]).std() < 2 * shock  # the shock's own size is uncertain, its tails are wider
    assert logit(mid.rates[:, 1]).std(axis=1).min() > shock


def test_seed_fixes_the_digits_and_a_later_end_adds_to_them(inputs):
    scenario = preset("programme-low", end=2023)
    first, again = (kt.scenario_draws(obs, scenario, draws=200) for obs in (inputs, inputs.obs))
    assert np.array_equal(first.rates, again.rates)
    assert not np.array_equal(first.rates, kt.scenario_draws(inputs, scenario, draws=200, seed=1).rates)
    longer = kt.scenario_draws(inputs, scenario.changed(end=2026), draws=200)
    assert np.allclose(longer.rates[:, :3], first.rates, atol=1e-12)


def test_quantiles_are_added_to_the_projection_in_order(inputs):
    table = kt.project_poverty(inputs, preset("programme-mid", end=2024), draws=300)
    quantiles = table[["q05", "q10", "q25", "q50", "q75", "q90", "q95"]].to_numpy()
    assert (np.diff(quantiles, axis=1) >= 0).all() and len(table) == 11 * 4
    plain = kt.project_poverty(inputs, preset("programme-mid", end=2024))
    assert table[plain.columns].equals(plain)


def test_more_weight_on_a_fast_own_speed_makes_the_target_likelier(inputs):
    own, history = (kt.outlook_draws(inputs, end=2025, draws=1500, weight=weight) for weight in (1.0, 0.0))
    assert probability(own, "62", 2025, 0.0332) > probability(history, "62", 2025, 0.0332)


def test_a_vintage_with_one_year_leans_on_history_alone():
    then = kt.load_observations(as_of="2022-10-04")
    prior = speed_prior(then)
    assert prior["weight"] == 0 and prior["centre"] == prior["mean"]
    assert kt.outlook_draws(then, end=2023, draws=100).years == (2021, 2022, 2023)


@pytest.mark.parametrize(
    "draw",
    [
        lambda obs: kt.scenario_draws(obs, MID, draws=1),
        lambda obs: kt.outlook_draws(obs, end=2023),
        lambda obs: kt.project_poverty(obs, MID, draws=1),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, inputs):
    with pytest.raises(kt.ScenarioError, match="draws: found 1|end: found 2023"):
        draw(inputs)


# --- one chance everywhere


def test_chance_of_an_average_counts_draws_at_or_below_its_line(mid):
    line = 0.1532 - 4 * 0.03
    expected = (mid.of("62")[mid.years.index(2025)] <= line).mean()
    assert chance_of_average(mid, "62", 3, 0.1532, 2025) == probability(mid, "62", 2025, line) == expected


def test_figure_and_scoreboard_give_the_same_chance(obs):
    figure = outlook_table(obs).query("kind == 'asked'").set_index("area")["chance"]
    board = kt.scoreboard(obs, only=["S-GN-01", "S-GN-02"]).set_index("area")["probability"]
    assert figure.to_dict() == board.to_dict()


def test_table_and_explorer_give_the_same_chance(obs):
    table = scenario_chances(obs, draws=500).set_index("scenario").loc["programme-mid"]
    explorer = chances_view(obs, MID, draws=500).set_index("target_id")["probability"]
    assert (table.chance_2025, table.poor_chance_2025) == (explorer["S-GN-01"], explorer["S-GN-02"])
