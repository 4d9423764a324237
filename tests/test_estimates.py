"""The reconciled panel: published cells untouched, every draw adds up, intervals mean what they say."""

import numpy as np
import pandas as pd
import pytest

import kontum_analysis as kt
from kontum_analysis.data import areas
from kontum_analysis.poverty import estimates as estimates_module
from kontum_analysis.poverty.districts import district_facts
from kontum_analysis.poverty.estimates import estimate_panel
from kontum_analysis.poverty.speeds import CHOICES, INTERVALS

CODES = areas.districts()


def changed(obs, area, indicator, day, value):
    """A copy of the observations in which one preferred figure has another value."""
    is_cell = (
        (obs["ref_area"] == area) & (obs["indicator"] == indicator) & (obs["time_period"] == day) & obs["preferred"]
    )
    assert is_cell.sum() == 1
    return obs.assign(obs_value=obs["obs_value"].mask(is_cell, value))


def without(obs, area, day):
    return obs[~((obs["ref_area"] == area) & (obs["time_period"] == day))]


def with_figures(obs, figures, day="2023-12-31"):
    """The observations plus figures of districts at the end of a year: (area, indicator, value)."""
    like = obs[(obs["ref_area"] == "617") & (obs["indicator"] == "poor_households")]
    like = like[like["time_period"] == "2023-12-31"].iloc[0].to_dict() | {"time_period": day, "source_id": "planted"}
    new = [like | {"ref_area": area, "indicator": name, "obs_value": float(value)} for area, name, value in figures]
    return pd.concat([obs, pd.DataFrame(new).astype(obs.dtypes)], ignore_index=True)


def cell(panel, area, year):
    return panel[(panel["area"] == area) & (panel["year"] == year)].iloc[0]


# --- the panel


def test_the_panel_is_complete_for_the_province_and_ten_districts_2021_to_2023(estimates):
    panel = estimates.panel
    assert panel["area"].tolist() == ["62", *CODES] * 3
    assert panel["year"].tolist() == [y for y in (2021, 2022, 2023) for _ in range(11)]
    ends = ["rate_q10", "rate_q90", "poor_q10", "poor_q90"]
    assert panel.drop(columns=["source_id", *ends]).notna().all().all()


def test_published_and_derived_cells_are_untouched(estimates, until_2023):
    facts = district_facts(until_2023)
    for (area, year, name), fact in facts.items():
        row = cell(estimates.panel, area, year)
        assert row[f"status_{name}"] == fact.status
        assert row[name] == pytest.approx(fact.middle, abs=1e-6) or fact.low != fact.high
        assert fact.low - 1e-6 <= row[name] <= fact.high + 1e-6
    assert cell(estimates.panel, "617", 2023).poor_households == 2297
    assert cell(estimates.panel, "617", 2023).rate == pytest.approx(0.3258)


def test_what_is_published_has_no_interval_and_what_is_estimated_has_one(estimates):
    panel = estimates.panel
    is_known = panel["status_poor_households"] != "estimated"
    assert panel.loc[is_known, ["poor_q10", "poor_q90"]].isna().all(axis=None)
    assert (panel.loc[~is_known, "poor_q10"] < panel.loc[~is_known, "poor_q90"]).all()
    is_known = panel["status_rate"] != "estimated"
    assert panel.loc[is_known, ["rate_q10", "rate_q90"]].isna().all(axis=None)
    assert (panel.loc[~is_known, "rate_q10"] < panel.loc[~is_known, "rate_q90"]).all()


def test_intervals_hold_their_points(estimates):
    panel = estimates.panel
    for point, short in (("poor_households", "poor"), ("rate", "rate")):
        rows = panel[panel[f"{short}_q10"].notna()]
        assert len(rows) and ((rows[f"{short}_q10"] <= rows[point]) & (rows[point] <= rows[f"{short}_q90"])).all()


def test_every_draw_sums_to_the_published_count_of_its_year(estimates):
    for j, total in enumerate((21_989, 15_943, 10_220)):
        assert set(estimates.poor[:, j].sum(axis=0)) == {total}
    points = estimates.panel[estimates.panel["area"] != "62"].groupby("year")["poor_households"].sum()
    assert points.tolist() == [21_989, 15_943, 10_220]


def test_every_draw_of_households_sums_to_a_total_the_printed_rate_allows(estimates, until_2023):
    facts = district_facts(until_2023)
    for j, year in enumerate(estimates.years):
        total = estimates.households[:, j].sum(axis=0)
        assert (
            total.min() >= facts["62", year, "households"].low and total.max() <= facts["62", year, "households"].high
        )
    assert set(estimates.households[:, 0].sum(axis=0)) == {143_561}


def test_counts_are_whole_and_never_more_than_the_households(estimates):
    assert estimates.poor.dtype == np.int64 and estimates.households.dtype == np.int64
    assert estimates.poor.min() >= 0 and np.all(estimates.poor <= estimates.households)
    assert estimates.rates.shape == (10, 3, 400)


def test_the_seven_known_districts_of_2023_are_the_same_in_every_draw(estimates):
    free = {areas.area(c).name for i, c in enumerate(CODES) if np.ptp(estimates.poor[i, -1]) > 0}
    assert free == {"Ngọc Hồi", "Kon Plông", "Ia H'Drai", "Đăk Hà"}  # of Đăk Hà only the rate is printed
    dak_ha = estimates.rates[CODES.index("615"), -1]
    assert np.all(np.abs(100 * dak_ha - 4.28) < 0.005 + 100 / 18_000)


# --- the same digits


def test_the_same_seed_gives_the_same_digits_and_another_seed_others(until_2023, estimates):
    again = estimate_panel(until_2023, draws=400)
    assert np.array_equal(again.poor, estimates.poor) and again.panel.equals(estimates.panel)
    assert not np.array_equal(estimate_panel(until_2023, draws=400, seed=1).poor, estimates.poor)


def test_the_order_of_the_districts_does_not_matter(until_2023, estimates, monkeypatch):
    monkeypatch.setattr(estimates_module, "districts", lambda: CODES[::-1])
    reverse = estimates_module._estimate.__wrapped__(until_2023, 400, 3299, CHOICES["default"])
    assert reverse.areas == tuple(CODES[::-1])
    apart = np.abs(reverse.poor[::-1] - estimates.poor)
    assert apart.max() <= 1 and (apart > 0).mean() < 0.01  # equal remainders may fall to another district


def test_the_order_of_the_rows_does_not_matter(until_2023, estimates):
    mixed = until_2023.sample(frac=1, random_state=1)
    assert np.array_equal(estimate_panel(mixed, draws=400).poor, estimates.poor)


def test_a_districts_own_draws_do_not_depend_on_what_is_known_of_another(until_2023, estimates):
    fewer = estimate_panel(without(until_2023, "612", "2023-12-31"), draws=400)
    for code in ("610", "614", "616"):  # households drawn within the range that printed rates allow
        i = CODES.index(code)
        assert np.ptp(estimates.households[i, -1]) > 0
        assert np.array_equal(fewer.households[i, -1], estimates.households[i, -1])


# --- what is known and when


def test_a_district_whose_figure_is_taken_away_gets_an_interval(until_2023, estimates):
    row = cell(estimate_panel(without(until_2023, "612", "2023-12-31"), draws=400).panel, "612", 2023)
    assert row.status_rate == "estimated" and row.poor_q10 < row.poor_households < row.poor_q90
    assert pd.isna(cell(estimates.panel, "612", 2023).poor_q10)


def test_on_the_day_of_the_programme_only_the_opening_stock_was_known():
    estimate = estimate_panel(kt.load_observations(as_of="2022-10-04"), draws=50)
    assert estimate.years == (2021,)
    assert estimate.panel["poor_households"].iloc[0] == 21_989 and (estimate.panel["year"] == 2021).all()


def test_before_the_opening_stock_was_known_there_is_no_panel():
    with pytest.raises(kt.KontumError, match="no provincial count"):
        estimate_panel(kt.load_observations(as_of="2021-12-31"), draws=50)


def test_every_vintage_gives_a_panel_that_adds_up_or_says_what_is_missing(until_2023):
    days = sorted({d[:7] + "-28" for d in until_2023["known_from"] if "2021-12" <= d[:7] <= "2024-12"})[::2]
    for day in days:
        vintage = kt.load_observations(as_of=day)
        try:
            estimate = estimate_panel(vintage, draws=20)
        except kt.KontumError as error:
            assert str(error)
        else:
            totals = estimate.panel.loc[estimate.panel["area"] == "62", "poor_households"].to_numpy()
            assert np.array_equal(estimate.poor.sum(axis=0), np.repeat(totals[:, None], 20, axis=1)), day


# --- years after the last published total


def test_2024_is_estimated_from_the_total_of_the_merged_province(obs):
    """Of 2024 there is the count of Quảng Ngãi and Kon Tum together, and Kon Rẫy's own."""
    estimate = estimate_panel(obs, draws=2000)
    assert estimate.years == (2021, 2022, 2023, 2024) and estimate.total_years == (2021, 2022, 2023)
    province = cell(estimate.panel, "62", 2024)
    assert province.rate == pytest.approx(0.0469, abs=0.001)
    assert {province.status_rate, province.status_poor_households, province.status_households} == {"estimated"}
    assert province.rate_q10 < province.rate < province.rate_q90 and province.poor_q10 < province.poor_q90
    assert cell(estimate.panel, "62", 2023).rate > province.rate_q90
    earlier, whole = estimate.panel[estimate.panel["year"] < 2024], estimate.panel[estimate.panel["year"] == 2024]
    assert len(whole) == 11 and whole.loc[whole["area"] != "62", "poor_households"].sum() == province.poor_households
    assert (earlier.loc[earlier["area"] == "62", "status_poor_households"] != "estimated").all()


def test_a_district_known_in_a_later_year_makes_that_year_one_of_the_panel(until_2023, estimates):
    later = with_figures(
        until_2023, [("614", "poor_households", 574), ("614", "poverty_rate_pct", 7.47)], day="2024-12-31"
    )
    panel = estimate_panel(later, draws=2000)
    assert panel.years[-1] == 2024 and panel.total_years[-1] == 2023
    assert cell(panel.panel, "614", 2024).poor_households == 574
    province = cell(panel.panel, "62", 2024)
    assert province.status_poor_households == "estimated" and province.poor_q10 < province.poor_q90
    assert np.array_equal(panel.poor[:, -1].sum(axis=0) / panel.households[:, -1].sum(axis=0) > 0, np.ones(2000, bool))


def test_a_slow_fall_of_known_districts_raises_the_estimate_of_the_province(until_2023):
    def province(rate):
        poor = [(code, "poverty_rate_pct", rate * value) for code, value in (("614", 10.51), ("612", 11.83))]
        return cell(estimate_panel(with_figures(until_2023, poor, day="2024-12-31"), draws=4000).panel, "62", 2024).rate

    assert province(0.5) < province(0.7) < province(0.95)


def test_ten_districts_known_in_a_later_year_are_the_province(until_2023):
    counts = [(code, "poor_households", 100 + place) for place, code in enumerate(CODES)]
    panel = estimate_panel(with_figures(until_2023, counts, day="2024-12-31"), draws=50)
    assert set(panel.poor[:, -1].sum(axis=0)) == {sum(count for _, _, count in counts)}


# --- figures that do not fit


def test_districts_that_exceed_the_province_are_refused(until_2023):
    with pytest.raises(kt.KontumError, match="2023: the districts' poor households do not fit the province's 10,220"):
        estimate_panel(changed(until_2023, "617", "poor_households", "2023-12-31", 6297.0), draws=20)


def test_households_of_districts_that_exceed_the_province_are_refused(until_2023):
    with pytest.raises(kt.KontumError, match="2023: the districts' households do not fit the province's"):
        estimate_panel(changed(until_2023, "62", "poverty_rate_pct", "2023-12-31", 68.4), draws=20)


def test_ten_known_counts_that_miss_the_province_are_refused(until_2023):
    counts = [
        ("611", "poor_households", 350),
        ("613", "poor_households", 1200),
        ("618", "poor_households", 450),
        ("615", "poor_households", 800),
    ]
    with pytest.raises(kt.KontumError, match="2023: the districts' poor households do not fit the province's 10,220"):
        estimate_panel(with_figures(until_2023, counts), draws=20)
    fitting = [*counts[:3], ("615", "poor_households", 10_220 - 7_441 - 2_000)]
    estimate = estimate_panel(with_figures(until_2023, fitting), draws=20)
    assert set(estimate.poor[:, -1].sum(axis=0)) == {10_220}


def test_where_only_a_printed_rate_is_left_it_takes_what_the_counts_leave(until_2023):
    counts = [("611", "poor_households", 350), ("613", "poor_households", 1170), ("618", "poor_households", 445)]
    estimate = estimate_panel(with_figures(until_2023, counts), draws=50)
    assert set(estimate.poor[:, -1].sum(axis=0)) == {10_220}
    assert set(estimate.poor[CODES.index("615"), -1]) == {10_220 - 7_441 - 1_965}
    with pytest.raises(kt.KontumError, match="do not fit"):  # 4.28 % of Đăk Hà cannot be 1,700 households
        estimate_panel(with_figures(until_2023, [("611", "poor_households", 100), *counts[1:]]), draws=50)


def test_a_district_without_any_poor_household_is_no_obstacle(until_2023):
    none_left = changed(until_2023, "608", "poor_households", "2023-12-31", 0.0)
    none_left = changed(none_left, "608", "poverty_rate_pct", "2023-12-31", 0.0)
    estimate = estimate_panel(none_left, draws=50)
    assert set(estimate.poor[CODES.index("608"), -1]) == {0} and set(estimate.poor[:, -1].sum(axis=0)) == {10_220}
    assert estimate.panel["rate"].notna().all()


@pytest.mark.parametrize("draws", [0, 1, -5])
def test_too_few_draws_are_refused(until_2023, draws):
    with pytest.raises(kt.KontumError, match="draws"):
        estimate_panel(until_2023, draws=draws)


# --- simulated provinces


def simulated_province(rng, tau=0.25, drift=(-0.45, -0.6), hidden=("611", "613", "618")):
    """Observations of a province that follows the model, and its true counts (district, year)."""
    first = rng.integers(3_000, 20_000, 10)
    households = np.stack([first, np.rint(first * 1.02), np.rint(first * 1.04)], axis=1).astype(int)
    theta = rng.normal(-1.6, 0.8, 10)[:, None] + np.concatenate(
        [np.zeros((10, 1)), np.cumsum(np.array(drift) + tau * rng.standard_normal((10, 2)), axis=1)], axis=1
    )
    poor = np.rint(households / (1 + np.exp(-theta))).astype(int)
    rows = []

    def add(area, indicator, year, value):
        figure = dict(ref_area=area, indicator=indicator, time_period=f"{year}-12-31", obs_value=float(value))
        rows.append(
            {
                **figure,
                "level": "province" if area == "62" else "district",
                "date_precision": "year",
                "standard": "MDP_2022_2025",
                "bound": "exact",
                "obs_status": "A",
                "source_id": "simulated",
                "preferred": True,
            }
        )

    for j, year in enumerate((2021, 2022, 2023)):
        add("62", "poor_households", year, poor[:, j].sum())
        add("62", "households_total", year, households[:, j].sum())
        for i, code in enumerate(CODES):
            add(code, "households_total", year, households[i, j])
            if year == 2021 or (year == 2023 and code not in hidden):
                add(code, "poor_households", year, poor[i, j])
    return pd.DataFrame(rows), poor


def test_a_simulated_province_is_estimated_and_adds_up():
    table, truth = simulated_province(np.random.default_rng(7))
    estimate = estimate_panel(table, draws=100)
    assert np.array_equal(estimate.poor.sum(axis=0)[:, 0], truth.sum(axis=0))
    assert np.array_equal(estimate.poor[:, 0, 0], truth[:, 0])


def test_households_that_do_not_change_are_no_obstacle():
    table, truth = simulated_province(np.random.default_rng(8))
    base = table[table["indicator"] == "households_total"].set_index(["ref_area", "time_period"])["obs_value"]
    still = [
        base.get((r.ref_area, "2021-12-31")) if r.indicator == "households_total" else r.obs_value
        for r in table.itertuples()
    ]
    estimate = estimate_panel(table.assign(obs_value=still), draws=100)
    assert np.array_equal(estimate.poor.sum(axis=0)[:, 0], truth.sum(axis=0))


def test_a_provincial_rate_that_comes_back_to_where_it_was_is_no_obstacle():
    table, truth = simulated_province(np.random.default_rng(9), drift=(-0.4, 0.4))
    estimate = estimate_panel(table, draws=200)
    assert np.array_equal(estimate.poor.sum(axis=0)[:, 0], truth.sum(axis=0))
    widths = estimate.panel["rate_q90"] - estimate.panel["rate_q10"]
    assert widths.max() < 0.6


@pytest.mark.slow
def test_intervals_of_simulated_provinces_hold_as_often_as_they_say():
    """In worlds that obey the model: 50, 80 and 95 % intervals of the missing cells, 2022 and 2023 apart."""
    inside = {(year, width): [] for year in (2022, 2023) for width in INTERVALS}
    for seed in range(360):
        table, truth = simulated_province(np.random.default_rng(seed))
        estimates = estimate_panel(table, draws=500, seed=seed)
        for i, code in enumerate(CODES):
            for j, year in ((1, 2022), (2, 2023)):
                if cell(estimates.panel, code, year).status_poor_households == "estimated":
                    for width, ends in INTERVALS.items():
                        low, high = np.quantile(estimates.poor[i, j], ends)
                        inside[year, width].append(low <= truth[i, j] <= high)
    shares = {key: float(np.mean(cases)) for key, cases in inside.items()}
    allowed = {50: (0.45, 0.55), 80: (0.75, 0.85), 95: (0.92, 0.98)}
    assert {key: share for key, share in shares.items() if not allowed[key[1]][0] <= share <= allowed[key[1]][1]} == {}
