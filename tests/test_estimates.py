"""The panel of districts: published cells untouched, every draw adds up, intervals mean what they say."""

import numpy as np
import pandas as pd
import pytest

import kontum_analysis as kt
from kontum_analysis.data import areas
from kontum_analysis.poverty.districts import district_facts
from kontum_analysis.poverty.estimates import estimate_facts, estimate_panel

CODES = areas.districts()
TOTALS = [21_989, 15_943, 10_220]


def with_value(obs, area, indicator, day, value):
    """A copy of the observations in which one preferred figure has another value."""
    is_figure = (obs["ref_area"] == area) & (obs["indicator"] == indicator) & (obs["time_period"] == day)
    is_figure &= obs["preferred"]
    assert is_figure.sum() == 1
    return obs.assign(obs_value=obs["obs_value"].mask(is_figure, value))


def without(obs, area, day):
    return obs[~((obs["ref_area"] == area) & (obs["time_period"] == day))]


def with_figures(obs, figures, day="2023-12-31"):
    """The observations plus district figures: (area, indicator, value)."""
    like = obs.query("ref_area == '617' and indicator == 'poor_households' and time_period == @day").iloc[0].to_dict()
    rows = [
        {**like, "ref_area": area, "indicator": name, "obs_value": float(value), "source_id": "planted"}
        for area, name, value in figures
    ]
    return pd.concat([obs, pd.DataFrame(rows).astype(obs.dtypes)], ignore_index=True)


def cell(panel, area, year):
    return panel[(panel["area"] == area) & (panel["year"] == year)].iloc[0]


def sums(estimates):
    """The province's poor households of each year, which must be the same in every draw."""
    totals = estimates.poor.sum(axis=0)
    assert (totals == totals[:, :1]).all()
    return totals[:, 0].tolist()


# --- the panel


def test_panel_is_complete_for_the_province_and_ten_districts(estimates):
    panel = estimates.panel
    assert panel["area"].tolist() == ["62", *CODES] * 3
    assert panel["year"].tolist() == [year for year in (2021, 2022, 2023) for _ in range(11)]
    assert panel.drop(columns="source_id").notna().all().all()


def test_published_and_derived_cells_are_untouched(estimates, obs):
    for (area, year, name), fact in district_facts(obs).items():
        row = cell(estimates.panel, area, year)
        assert row[f"status_{name}"] == fact.status
        assert row[name] == pytest.approx(fact.middle, abs=1e-6) or fact.low != fact.high
        assert fact.low - 1e-6 <= row[name] <= fact.high + 1e-6
    assert cell(estimates.panel, "617", 2023).poor_households == 2297
    assert cell(estimates.panel, "617", 2023).rate == pytest.approx(0.3258)


def test_only_estimated_cells_have_an_interval_and_it_holds_the_point(estimates):
    panel = estimates.panel
    is_estimated = panel["status_poor_households"] == "estimated"
    assert ((panel["poor_q10"] < panel["poor_q90"]) == is_estimated).all()
    assert panel["poor_households"].between(panel["poor_q10"], panel["poor_q90"]).all()
    assert panel["rate"].between(panel["rate_q10"], panel["rate_q90"]).all()


def test_draws_and_points_sum_to_the_published_counts(estimates, obs):
    assert sums(estimates) == TOTALS
    points = estimates.panel[estimates.panel["area"] != "62"].groupby("year")["poor_households"].sum()
    assert points.tolist() == TOTALS
    for j, year in enumerate(estimates.years):
        total, fact = estimates.households[:, j].sum(axis=0), district_facts(obs)["62", year, "households"]
        assert total.min() >= fact.low and total.max() <= fact.high
    assert set(estimates.households[:, 0].sum(axis=0)) == {143_561}


def test_counts_are_whole_and_within_the_households(estimates):
    assert estimates.poor.dtype == np.int64 and estimates.households.dtype == np.int64
    assert estimates.poor.min() >= 0 and np.all(estimates.poor <= estimates.households)
    assert estimates.rates.shape == (10, 3, 400)


def test_known_districts_of_2023_are_the_same_in_every_draw(estimates):
    free = {areas.area(code).name for i, code in enumerate(CODES) if np.ptp(estimates.poor[i, -1]) > 0}
    assert free == {"Ngọc Hồi", "Kon Plông", "Ia H'Drai", "Đăk Hà"}  # of Đăk Hà only the rate is printed
    dak_ha = estimates.rates[CODES.index("615"), -1]
    assert np.all(np.abs(100 * dak_ha - 4.28) < 0.005 + 100 / 18_000)


# --- the same digits


def test_seed_fixes_the_digits(obs, estimates):
    again = estimate_facts(district_facts(obs), CODES, 400, 3299)
    assert np.array_equal(again.poor, estimates.poor) and again.panel.equals(estimates.panel)
    assert not np.array_equal(estimate_panel(obs, draws=400, seed=1).poor, estimates.poor)


def test_order_of_districts_and_rows_does_not_matter(obs, estimates):
    turned = estimate_facts(district_facts(obs), CODES[::-1], 400, 3299)
    assert turned.areas == tuple(CODES[::-1])
    apart = np.abs(turned.poor[::-1] - estimates.poor)
    assert apart.max() <= 1 and (apart > 0).mean() < 0.01  # equal remainders may fall to another district
    mixed = obs.sample(frac=1, random_state=1)
    assert np.array_equal(estimate_panel(mixed, draws=400).poor, estimates.poor)


def test_draws_of_a_district_do_not_depend_on_what_is_known_of_another(obs, estimates):
    fewer = estimate_panel(without(obs, "612", "2023-12-31"), draws=400)
    for code in ("610", "614", "616"):  # households drawn within the range that printed rates allow
        i = CODES.index(code)
        assert np.ptp(estimates.households[i, -1]) > 0
        assert np.array_equal(fewer.households[i, -1], estimates.households[i, -1])


def test_results_are_remembered_and_cannot_be_spoilt(obs):
    first = estimate_panel(obs, draws=50)
    first.panel["rate"] = 0.0
    with pytest.raises(ValueError, match="read-only"):
        first.poor[:] = 0
    again = estimate_panel(obs.copy(), draws=50)
    assert again.poor is first.poor and again.panel["rate"].min() > 0


# --- what is known and when


def test_less_known_means_a_wider_interval(obs, estimates):
    row, before = (
        cell(panel, "613", 2023)
        for panel in (estimate_panel(without(obs, "612", "2023-12-31"), draws=400).panel, estimates.panel)
    )
    assert row.poor_q90 - row.poor_q10 > before.poor_q90 - before.poor_q10


def test_opening_stock_alone_was_known_on_the_day_of_the_programme():
    estimates = estimate_panel(kt.load_observations(as_of="2022-10-04"), draws=50)
    assert estimates.years == (2021,) and sums(estimates) == TOTALS[:1]


def test_every_vintage_gives_a_panel_that_adds_up_or_says_what_is_missing(obs):
    days = sorted({day[:7] + "-28" for day in obs["known_from"] if "2021-12" <= day[:7] <= "2024-12"})[::2]
    for day in days:
        try:
            estimates = estimate_panel(kt.load_observations(as_of=day), draws=20)
        except kt.KontumError as error:
            assert str(error), day
        else:
            panel = estimates.panel
            assert panel.loc[panel["area"] == "62", "poor_households"].tolist() == sums(estimates), day


# --- figures that do not fit


@pytest.mark.parametrize(
    ("area", "indicator", "value", "words"),
    [
        ("617", "poor_households", 6297.0, "the districts' poor households do not fit the province's 10,220"),
        ("62", "poverty_rate_pct", 68.4, "the districts' households do not fit the province's"),
    ],
)
def test_districts_that_exceed_the_province_are_refused(obs, area, indicator, value, words):
    with pytest.raises(kt.KontumError, match=f"2023: {words}"):
        estimate_panel(with_value(obs, area, indicator, "2023-12-31", value), draws=20)


def test_ten_known_counts_must_make_the_province(obs):
    rest = 10_220 - 7_441  # what the counts of six districts leave to the other four
    counts = {"611": 350, "613": 1200, "618": 450}
    fitting = [(code, "poor_households", count) for code, count in (counts | {"615": rest - 2000}).items()]
    assert sums(estimate_panel(with_figures(obs, fitting), draws=20))[-1] == 10_220
    with pytest.raises(kt.KontumError, match="2023: the districts' poor households do not fit the province's 10,220"):
        estimate_panel(with_figures(obs, [*fitting[:3], ("615", "poor_households", 800)]), draws=20)


def test_a_rounded_rate_takes_what_the_counts_leave(obs):
    counts = [("611", "poor_households", 350), ("613", "poor_households", 1170), ("618", "poor_households", 445)]
    estimates = estimate_panel(with_figures(obs, counts), draws=50)
    assert sums(estimates)[-1] == 10_220
    assert set(estimates.poor[CODES.index("615"), -1]) == {10_220 - 7_441 - 1_965}
    with pytest.raises(kt.KontumError, match="do not fit"):  # 4.28 % of Đăk Hà cannot be 1,700 households
        estimate_panel(with_figures(obs, [("611", "poor_households", 100), *counts[1:]]), draws=50)


def test_a_district_without_any_poor_household_is_no_obstacle(obs):
    none_left = with_value(obs, "608", "poor_households", "2023-12-31", 0.0)
    estimates = estimate_panel(with_value(none_left, "608", "poverty_rate_pct", "2023-12-31", 0.0), draws=50)
    assert set(estimates.poor[CODES.index("608"), -1]) == {0} and sums(estimates)[-1] == 10_220
    assert estimates.panel["rate"].notna().all()


def test_missing_opening_stock_and_too_few_draws_are_refused(obs):
    with pytest.raises(kt.KontumError, match="no provincial count"):
        estimate_panel(kt.load_observations(as_of="2021-12-31"), draws=50)
    with pytest.raises(kt.KontumError, match="Kon Plông"):
        estimate_panel(without(obs, "613", "2021-12-31"), draws=50)
    for draws in (0, 1, -5):
        with pytest.raises(kt.KontumError, match="draws"):
            estimate_panel(obs, draws=draws)


# --- simulated provinces


def simulated_province(seed, tau=0.25, drift=(-0.45, -0.6), growth=0.02, hidden=("611", "613", "618")):
    """Observations of a province that follows the model, and its true counts (district, year)."""
    rng = np.random.default_rng(seed)
    first = rng.integers(3_000, 20_000, 10)
    households = np.stack([np.rint(first * (1 + growth * year)) for year in range(3)], axis=1).astype(int)
    moves = np.cumsum(np.array(drift) + tau * rng.standard_normal((10, 2)), axis=1)
    theta = rng.normal(-1.6, 0.8, 10)[:, None] + np.concatenate([np.zeros((10, 1)), moves], axis=1)
    poor = np.rint(households / (1 + np.exp(-theta))).astype(int)
    rows = []
    for j, year in enumerate((2021, 2022, 2023)):
        rows += [("62", "poor_households", year, poor[:, j].sum())]
        rows += [("62", "households_total", year, households[:, j].sum())]
        for i, code in enumerate(CODES):
            rows.append((code, "households_total", year, households[i, j]))
            if year == 2021 or (year == 2023 and code not in hidden):
                rows.append((code, "poor_households", year, poor[i, j]))
    table = pd.DataFrame(rows, columns=["ref_area", "indicator", "year", "obs_value"])
    kind = dict(
        level="", standard="MDP_2022_2025", bound="exact", obs_status="A", source_id="simulated", preferred=True
    )
    days = table["year"].astype(str) + "-12-31"
    return table.assign(time_period=days, obs_value=table["obs_value"].astype(float), **kind), poor


@pytest.mark.parametrize("changes", [{}, {"growth": 0.0}, {"drift": (-0.4, 0.4)}])
def test_simulated_provinces_are_estimated_and_add_up(changes):
    table, truth = simulated_province(7, **changes)
    estimates = estimate_panel(table, draws=200)
    assert sums(estimates) == truth.sum(axis=0).tolist()
    assert np.array_equal(estimates.poor[:, 0, 0], truth[:, 0])
    assert (estimates.panel["rate_q90"] - estimates.panel["rate_q10"]).max() < 0.6


@pytest.mark.slow
def test_80_per_cent_intervals_hold_the_truth_in_70_to_90_per_cent_of_cells():
    inside = {2022: [], 2023: []}
    for seed in range(80):
        table, truth = simulated_province(seed)
        panel = estimate_panel(table, draws=300, seed=seed).panel
        for i, code in enumerate(CODES):
            for j, year in ((1, 2022), (2, 2023)):
                row = cell(panel, code, year)
                if row.status_poor_households == "estimated":
                    inside[year].append(row.poor_q10 <= truth[i, j] <= row.poor_q90)
    assert len(inside[2022]) == 800 and len(inside[2023]) == 240
    assert 0.70 <= np.mean(inside[2022]) <= 0.90
    assert 0.70 <= np.mean(inside[2023]) <= 0.90
