"""Draws around the paths and the outlook: sums, bounds, seeds, growing spread, and the base rates they rest on."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kontum_analysis as kt
from kontum_analysis.base.errors import ScenarioError
from kontum_analysis.poverty import draws as ensemble
from kontum_analysis.poverty import history
from kontum_analysis.poverty.known import opening_rates
from kontum_analysis.poverty.paces import baseline
from kontum_analysis.poverty.scenarios import preset
from kontum_analysis.poverty.speeds import CHOICES, Choice, speed_model


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


def test_published_openings_do_not_vary_and_estimated_ones_do(until_2023):
    outlook = kt.outlook_draws(until_2023, end=2025, draws=1500)
    spread = outlook.rates[:, 0].std(axis=1)
    spreads = dict(zip(outlook.areas, spread, strict=True))
    assert spreads["617"] == 0 and spreads["613"] > 0 and spreads["618"] > 0


def test_an_outlook_from_an_estimated_year_opens_with_its_spread(outlook, obs):
    panel = kt.estimate_panel(obs, draws=1500)
    assert outlook.years[0] == 2024 and np.array_equal(outlook.rates[:, 0], panel.rates[:, -1])
    assert outlook.of("62")[0].std() > 0


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
    model = speed_model(kt.load_observations())
    shock = float(model.chance @ model.shock)
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
    assert not (np.diff(q, axis=1) < 0).any() and len(table) == 11 * 4
    is_opening = table["year"] == 2021  # known, so that it has a median and no interval
    assert np.isnan(q[is_opening]).sum() == 11 * 6 and not np.isnan(q[~is_opening, 1:6]).any()
    plain = kt.project_poverty(obs, preset("programme-mid", end=2024))
    assert table[plain.columns].equals(plain)


def test_more_weight_on_a_fast_own_speed_makes_the_target_likelier(obs):
    own_speed, all_series = (kt.outlook_draws(obs, end=2025, draws=1500, choice=Choice(weight=w)) for w in (1.0, 0.0))
    assert ensemble.probability(own_speed, "62", 2025, 0.0332) > ensemble.probability(all_series, "62", 2025, 0.0332)


def test_the_province_moves_at_the_drawn_speed(obs):
    """The median change of the province's log odds a year is the median of the speeds, whatever its districts do."""
    outlook = kt.outlook_draws(obs, end=2025, draws=8000)
    log_odds = np.log(outlook.of("62") / (1 - outlook.of("62")))
    speed, _ = speed_model(obs).draw(np.random.default_rng(1), 8000)
    assert np.median(log_odds[-1] - log_odds[0]) / (len(log_odds) - 1) == pytest.approx(np.median(speed), abs=0.02)


def test_an_interval_without_width_at_the_floor_is_not_printed(obs):
    far = kt.outlook_draws(obs, draws=300).quantiles()
    flat = far[far["q10"].isna()]
    assert len(flat) and (flat["at_floor"] > 0.5).all() and flat["q50"].notna().all()
    rest = far[far["q10"].notna() & (far["year"] > far["year"].min())]
    assert (rest["q90"] - rest["q10"] > 0).all()
    for low, high in (("q025", "q975"), ("q05", "q95"), ("q10", "q90"), ("q25", "q75")):
        width = rest[high] - rest[low]
        assert (width.isna() | (width > 0)).all() and (rest.loc[width.isna(), "at_floor"] > 0.5).all(), low
    assert rest.loc[rest["q25"].isna(), ["q10", "q50", "q90"]].notna().all(axis=None)


def test_a_vintage_with_one_year_leans_on_history_alone(obs):
    early = kt.load_observations(as_of="2022-10-04")
    assert kt.outlook_draws(early, end=2023, draws=100).years == (2021, 2022, 2023)


def test_the_chance_of_an_average_counts_from_the_opening(obs):
    outlook, opening = kt.outlook_draws(obs, end=2025, draws=500), opening_rates(obs)["62"]
    share = float((outlook.of("62")[-1] <= opening - 0.12).mean())
    assert ensemble.chance_of_average(outlook, "62", 3.0, opening, 2025) == share


@pytest.mark.parametrize("name", CHOICES)
def test_every_choice_that_can_be_defended_draws(obs, name):
    outlook = kt.outlook_draws(obs, end=2025, draws=200, choice=CHOICES[name])
    assert np.isfinite(outlook.rates).all() and outlook.years[-1] == 2025


def test_a_pace_is_held_against_speeds_at_its_own_level():
    speeds = [-0.1, -0.2, -0.3]
    assert history.pace_percentile(3, 0.50, speeds) < history.pace_percentile(3, 0.10, speeds)
    assert history.pace_percentile(7, 0.05, speeds) == 1.0
    assert history.pace_percentile(0, 0.2, [0.0]) == 0.5


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
    cases = kt.hindcast(history.hindcast_panel(obs))
    assert {"persistence", "pooled"} <= set(cases.summary["method"]) and cases.summary["n"].min() >= 8


# Quantiles at one seed as they were in November 2026: the sign of a shock or the number of a stream leaves every
# property above as it is. A changed number means a changed model: say so in the commit that changes the file
# (`python tests/test_draws.py` writes it anew).
FROZEN = Path(__file__).with_name("cases") / "draws.csv"


def quantiles_at_one_seed():
    obs, rows = kt.load_observations(as_of="2024-06-30"), []
    for what, draws in (
        ("outlook", kt.outlook_draws(obs, draws=50)),
        ("programme-mid", kt.scenario_draws(obs, preset("programme-mid"), draws=50)),
    ):
        table = draws.quantiles().query("area in ['62', '62-POOR', '613', '608'] and year >= 2024")
        rows.append(table[["area", "year", "q05", "q50", "q90", "at_floor"]].assign(what=what))
    return pd.concat(rows, ignore_index=True)


def test_the_draws_of_one_seed_are_those_on_record():
    record = pd.read_csv(FROZEN, dtype={"area": str})
    pd.testing.assert_frame_equal(quantiles_at_one_seed(), record, rtol=1e-6, check_dtype=False)


def test_the_last_year_alone_is_that_of_all_years(obs):
    scenario = preset("programme-mid", end=2024)
    whole = kt.scenario_draws(obs, scenario, draws=60)
    last = kt.scenario_draws(obs, scenario, draws=60, last_only=True)
    assert whole.years == (2021, 2022, 2023, 2024) and last.years == (2024,)
    np.testing.assert_array_equal(last.rates[:, 0], whole.rates[:, -1])
    assert whole.of("62")[-1].mean() == last.of("62").mean()


def test_an_outlook_that_ends_where_it_starts_names_the_last_year(until_2023):
    with pytest.raises(ScenarioError, match=r"end: found 2023(.|\n)*2023"):
        kt.outlook_draws(until_2023, end=2023)


if __name__ == "__main__":
    quantiles_at_one_seed().to_csv(FROZEN, index=False, float_format="%.9g", lineterminator="\n")
