"""NTM attainment: hand-worked cases, what every draw must respect, and calibration on simulated provinces."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kontum_analysis.base.errors import KontumError
from kontum_analysis.data.observations import load_observations
from kontum_analysis.ntm.attainment import TARGETS, project_ntm, smallest_gap
from kontum_analysis.ntm.bands import allowed_sums, counts_within_bands, expected_shares
from kontum_analysis.ntm.communes import communes, district_totals
from kontum_analysis.ntm.counts import Constraints, constraints, draw_counts, latent_ranks
from kontum_analysis.ntm.growth import LAST, SHAPES, fit, to_criteria, to_effort
from kontum_analysis.ntm.hindcast import _wis, hindcast_ntm
from kontum_analysis.ntm.published import Snapshot, decimal_year, snapshots

FREE = Constraints(np.zeros(85), np.full(85, 19.0), np.zeros(85), np.ones(85), ())


@pytest.fixture(scope="module")
def obs():
    return load_observations()


@pytest.fixture(scope="module")
def result(obs):
    return project_ntm(obs, draws=2000)


def province(rows):
    """An obs table of the province alone: rows (day, standard, attained, 15–18, 10–14, 5–9, under 5, mean)."""
    names = [
        "ntm_communes",
        "ntm_communes_15_18_criteria",
        "ntm_communes_10_14_criteria",
        "ntm_communes_5_9_criteria",
        "ntm_communes_below_5_criteria",
        "ntm_criteria_mean",
    ]
    out = [
        {
            "ref_area": "62",
            "level": "province",
            "indicator": name,
            "time_period": day,
            "date_precision": "day",
            "obs_value": float(value),
            "bound": "exact",
            "bound_value": np.nan,
            "standard": standard,
            "obs_status": "A",
            "source_id": f"page-{k}",
            "known_from": day,
        }
        for k, (day, standard, *values) in enumerate(rows)
        for name, value in zip(names, values, strict=True)
        if value is not None
    ]
    return pd.DataFrame(out)


# ---------------------------------------------------------------- what is read


def test_snapshots_keep_pages_and_sets_apart(obs):
    found = {s.day: s for s in snapshots(obs)}
    assert found["2022-11-30"].bands == (38, 15, 28, 4, 0)
    assert found["2022-07-01"].bands == (36, 19, 29, 1, 0)  # the same year, under the older set
    assert found["2022-07-01"].standard == "NTM_2016_2020"
    assert found["2016-07-01"].bands == (9, 4, 21, 43, 9)  # 9 under five criteria: what the others leave of 86
    assert "2018-01-24" not in found  # repeats November 2017
    assert found["2020-12-31"].mean_low == pytest.approx(14.79)  # 14.95 less 0.15, with room for rounding
    assert (found["2022-07-01"].mean_low, found["2022-07-01"].mean_high) == (16.15, 19.0)  # a bound stays one


def test_communes_that_follow_from_a_district_total(obs):
    by_name = {(c.name, c.district): c for c in communes(obs)}
    derived = {name for (name, _), c in by_name.items() if c.derived}
    assert derived == {"Đăk Cấm", "Vinh Quang"}  # 8 of 11 in the city, six named, three assessed only later
    assert len(by_name) == 85 and len(communes(obs, 86)) == 86


def test_day_is_its_end():
    assert decimal_year("2023-12-31") == 2024.0


# ---------------------------------------------------------------- counts of one day


def test_counts_within_bands_are_uniform_over_what_fits():
    # two communes of 15–18 with a sum of 31: (15, 16) and (16, 15); beside one attained the mean is 50 / 3
    s = Snapshot("2022-12-31", "X", "", bands=(1, 2, 0, 0, 0), mean_low=50 / 3 - 0.01, mean_high=50 / 3 + 0.01)
    drawn = counts_within_bands(s, 4000, np.random.default_rng(0))
    assert set(map(tuple, drawn.tolist())) == {(15, 16), (16, 15)}
    assert abs((drawn[:, 0] == 15).mean() - 0.5) < 0.04


def test_an_impossible_mean_gives_the_nearest_sum():
    s = Snapshot("2022-12-31", "X", "", bands=(0, 2, 0, 0, 0), mean_low=5, mean_high=5.1)
    assert counts_within_bands(s, 3, np.random.default_rng(0)).tolist() == [[15, 15]] * 3


def test_expected_shares_have_the_published_mean(obs):
    for s in snapshots(obs):
        if s.bands and s.mean_high - s.mean_low < 0.1:
            assert expected_shares(s) @ np.arange(20) == pytest.approx((s.mean_low + s.mean_high) / 2, abs=1e-6)


def test_every_draw_has_the_published_bands_mean_and_names(obs):
    history, totals = snapshots(obs), district_totals(obs)
    for s in history:
        if not s.bands:
            continue
        members = communes(obs, s.communes)
        limits = constraints(s, members, totals, history)
        noise = np.random.default_rng(5).standard_normal((400, len(members)))
        counts = draw_counts(s, limits, latent_ranks(limits, noise), np.random.default_rng(6))
        for size, (lo, hi) in zip(s.bands, s.ranges, strict=True):
            assert (((counts >= lo) & (counts <= hi)).sum(axis=1) == size).all()
        named = limits.low == 19
        assert named.sum() <= s.bands[0] and (counts[:, named] == 19).all()
        bounded = np.isfinite(s.mean_low)
        mean = counts.mean(axis=1)
        assert not bounded or ((mean >= s.mean_low) & (mean < s.mean_high)).all()
        exact = (limits.low == limits.high) & (limits.low < 19)
        assert (counts[:, exact] == limits.low[exact]).all()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_counts_respect_any_bands_and_limits(data):
    cuts = sorted(data.draw(st.lists(st.integers(0, 85), min_size=4, max_size=4)))
    bands = tuple(int(b) for b in np.diff([0, *cuts, 85]))
    s = Snapshot("2022-12-31", "X", "", bands=bands)
    lowest, highest = (sum(size * r[end] for size, r in zip(bands, s.ranges, strict=True)) for end in (0, 1))
    mean = data.draw(st.floats(lowest / 85, highest / 85))
    s = Snapshot("2022-12-31", "X", "", bands=bands, mean_low=mean - 0.01, mean_high=mean + 0.01)
    ranks = np.random.default_rng(data.draw(st.integers(0, 99))).standard_normal((20, 85))
    counts = draw_counts(s, FREE, ranks, np.random.default_rng(1))
    for size, (lo, hi) in zip(bands, s.ranges, strict=True):
        assert (((counts >= lo) & (counts <= hi)).sum(axis=1) == size).all()
    top = 19 * bands[0]
    total = np.arange(18 * 85 + 1)
    fits = allowed_sums(s, total, (total >= lowest - top) & (total <= highest - top))
    assert fits[counts.sum(axis=1, dtype=int) - top].all()


# ---------------------------------------------------------------- growth


@given(st.floats(0, 19), st.sampled_from(LAST))
def test_effort_and_criteria_are_inverse(criteria, last):
    assert to_criteria(to_effort(np.array([criteria]), last), last)[0] == pytest.approx(criteria)


def test_a_province_that_gains_two_a_year_is_recognised_as_such():
    # everybody moves from the middle of 5–9 to the middle of 10–14 in 2.5 years: two a year, evenly
    rows = [("2016-12-31", "X", 0, 0, 0, 85, 0, 7.0), ("2019-06-30", "X", 0, 0, 85, 0, 0, 12.0)]
    summary = fit(snapshots(province(rows))).summary()
    assert 1.6 < summary["pace"][2] < 2.4
    assert summary["shape"][2] >= SHAPES[-2]  # evenly


def test_counts_of_two_sets_are_never_joined():
    rows = [("2016-12-31", "X", 0, 0, 0, 85, 0, 7.0), ("2019-06-30", "Y", 0, 0, 85, 0, 0, 12.0)]
    assert fit(snapshots(province(rows))).pairs == ()


def test_nineteen_criteria_at_95_percent_depend_on_their_correlation():
    """0.95 ** 19 = 0.377 if independent, 0.95 if all hang together: why attainment is drawn jointly."""
    assert pytest.approx(0.377, abs=5e-4) == 0.95**19
    rng = np.random.default_rng(0)
    for weight, expected in ((0.0, 0.377), (1.0, 0.95)):
        common, own = rng.standard_normal((40_000, 1)), rng.standard_normal((40_000, 19))
        latent = np.sqrt(weight) * common + np.sqrt(1 - weight) * own
        assert (latent < 1.6448536).all(axis=1).mean() == pytest.approx(expected, abs=0.01)


def test_the_shared_shock_spreads_the_number_of_attained_communes(obs):
    """Were communes independent, the variance of the number would be the sum of p(1 - p)."""
    r = project_ntm(obs, draws=4000)
    p = r.communes["p_attained_end"]
    assert r.draws["ntm_communes"][:, -1].var() > 1.5 * (p * (1 - p)).sum()


# ---------------------------------------------------------------- projection


def test_hand_worked_gap():
    counts = np.array([[19, 18, 15, 10, 9]])
    attained = counts == 19
    assert smallest_gap(counts, attained, 1).tolist() == [0]
    assert smallest_gap(counts, attained, 4).tolist() == [1 + 4 + 9]


def test_state_holds_the_published_numbers(result):
    counts = result.draws["counts"]
    assert result.state_day == "2024-10-11"
    assert ((counts == 19).sum(axis=1) == 48).all()
    assert (counts >= 0).all() and (counts <= 19).all()
    known = result.communes["status"].isin(["published", "derived"])
    assert (result.communes.loc[known, "p_19"] == 1).all()
    assert result.communes.loc[~known, "count_published"].isna().all()  # an imputed count is an interval only
    assert result.communes["nearness_rank"].notna().sum() == (result.communes["attained_by"] == "").sum()


def test_order_is_kept_in_every_draw(result):
    d = result.draws
    assert (d["ntm_model_communes"] <= d["ntm_advanced_communes"]).all()
    assert (d["ntm_advanced_communes"] <= d["ntm_communes"]).all()
    assert (d["ntm_communes"] <= d["ntm_communes_15_plus_criteria"]).all()
    assert (d["ntm_communes_15_plus_criteria"] <= 85).all()


def test_probabilities_are_those_of_the_draws(result):
    table = result.probabilities.set_index("event")["probability"]
    for name, target in TARGETS.items():
        assert table[name] == (result.draws[name][:, -1] >= target).mean()
    assert table["all_four"] <= table["attained_advanced_and_model"] <= table[list(TARGETS)].min()


@pytest.mark.parametrize("pair", [(0, 0.5), (0.5, 1), (1, 1.5), (1.5, 2), (2, 4)])
def test_more_pace_never_means_fewer_communes(obs, pair):
    slow, fast = (project_ntm(obs, pace=p, draws=300).draws for p in pair)
    for name in ("ntm_communes", "ntm_advanced_communes", "ntm_model_communes", "ntm_communes_15_plus_criteria"):
        assert (fast[name] >= slow[name]).all(), name


def test_no_pace_adds_only_what_is_published_later(obs):
    # the attainments of Ia Đal and Đăk Pxi in 2023 were published later, so at most two join the 42
    early = project_ntm(obs[obs["time_period"] <= "2023-12-31"], pace=0, draws=200)
    assert early.state_day == "2023-04-30" and early.draws["ntm_communes"].max() <= 44
    assert project_ntm(obs, pace=0, draws=200).draws["ntm_communes"].max() <= 48


def test_same_seed_same_numbers_whatever_the_order_of_rows(obs):
    first, again = project_ntm(obs, draws=200), project_ntm(obs.sample(frac=1, random_state=1), draws=200)
    other = project_ntm(obs, draws=200, seed=1)
    pd.testing.assert_frame_equal(first.years, again.years)
    pd.testing.assert_frame_equal(first.probabilities, again.probabilities)
    assert not np.array_equal(first.draws["counts"], other.draws["counts"])


def test_a_later_end_does_not_change_earlier_years(obs, result):
    longer = project_ntm(obs, draws=2000, end=2027)
    pd.testing.assert_frame_equal(longer.years[longer.years.year <= 2025].reset_index(drop=True), result.years)
    assert any("2026" in line for line in longer.explain("en"))


@pytest.mark.parametrize(
    "day, attained", [("2017-12-01", 13), ("2020-10-01", 27), ("2022-10-04", 35), ("2023-01-01", 38)]
)
def test_a_vintage_starts_from_what_was_known(day, attained):
    r = project_ntm(load_observations(as_of=day), draws=100)
    assert ((r.draws["counts"] == 19).sum(axis=1) == attained).all()
    assert (r.history["known_from"] <= day).all()


def test_the_change_of_set_costs_criteria():
    """On 4 October 2022 Kon Rẫy had reported 72 criteria of the new set instead of 105."""
    r = project_ntm(load_observations(as_of="2022-10-04"), pace=0, draws=400)
    before = (r.draws["counts"] >= 15).sum(axis=1)
    assert (r.draws["ntm_communes_15_plus_criteria"][:, -1] < before).mean() > 0.8
    assert any("0.69" in line for line in r.explain("en"))


def test_start_uses_only_earlier_figures(obs):
    r = project_ntm(obs, draws=50, start=2019, end=2021)
    assert r.state_day == "2019-10-04" and r.years["year"].max() == 2021


@pytest.mark.parametrize(
    "wrong, word",
    [
        ({"pace": -1}, "pace"),
        ({"pace": float("nan")}, "pace"),
        ({"pace": "fast"}, "pace"),
        ({"draws": 0}, "draws"),
        ({"draws": 1.5}, "draws"),
        ({"end": 2020}, "before"),
        ({"start": 2024, "end": 2023}, "before"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_input_is_named(obs, wrong, word):
    with pytest.raises(KontumError, match=word):
        project_ntm(obs, **{"draws": 20, **wrong})


def test_obs_without_ntm_figures(obs):
    with pytest.raises(KontumError, match="as_of too early"):
        project_ntm(obs[~obs["indicator"].str.startswith("ntm_")])
    with pytest.raises(KontumError, match="by band"):
        project_ntm(load_observations(as_of="2015-12-31"))
    with pytest.raises(KontumError, match="load_observations"):
        project_ntm([1, 2])
    with pytest.raises(KontumError, match="known_from"):
        project_ntm(obs.drop(columns="known_from"))


def test_ten_thousand_draws_take_under_two_seconds(obs):
    project_ntm(obs, draws=10)
    begin = time.process_time()
    project_ntm(obs, draws=10_000)
    assert time.process_time() - begin < 2


# ---------------------------------------------------------------- scores


def test_wis_by_hand():
    # y = 42, median 40, intervals 36–44 (90 %), 38–43 (80 %), 39–41 (50 %): (1 + 0.4 + 0.5 + 0.5 + 1) / 3.5
    value = _wis(42, 40, np.array([36, 38, 39]), np.array([44, 43, 41]))
    assert value == pytest.approx((1 + 0.05 * 8 + 0.1 * 5 + 0.25 * 2 + 1) / 3.5, abs=1e-12)
    assert _wis(13, 13, np.full(3, 13), np.full(3, 13)) == 0


@pytest.mark.slow
def test_hindcast_forecasts_only_later_figures():
    cases, summary = hindcast_ntm(load_observations(), draws=500)
    assert (cases["state_day"] < cases["day"]).all()
    point = cases[cases["method"].isin(["no change", "straight line"])]
    np.testing.assert_allclose(point["wis"], point["ae"], atol=1e-12)
    assert set(summary["method"]) == {"observed pace", "pace 1.5", "no change", "straight line"}


# ---------------------------------------------------------------- simulated provinces with known truth


def simulated(rng):
    """A province drawn from the model: (published rows to 2022, attained at the end of 2025)."""
    pace, sigma = np.exp(rng.normal(np.log(1.5), 0.4)), abs(rng.normal(0, 0.5)) + 0.05
    shape, last = rng.choice(SHAPES), rng.choice(LAST)
    criteria = np.clip(rng.normal(11, 4, 85), 2, 19.5)
    rows, shape_year = [], shape
    for year in range(2017, 2026):
        if year in (2018, 2020, 2022, 2023):
            c = np.minimum(np.floor(criteria), 19)
            edges = [(c == 19), (c >= 15) & (c < 19), (c >= 10) & (c < 15), (c >= 5) & (c < 10), c < 5]
            rows.append((f"{year - 1}-12-31", "X", *(int(e.sum()) for e in edges), round(c.mean(), 2)))
        gain = pace * np.exp(sigma * rng.standard_normal()) * rng.standard_gamma(shape_year, 85) / shape
        criteria = np.where(criteria >= 19, criteria, to_criteria(to_effort(criteria, last) + gain, last))
    return rows, int((criteria >= 19).sum())


@pytest.mark.slow
def test_simulated_provinces_are_recovered_at_the_stated_rate():
    rng, hits, ranks = np.random.default_rng(20), [], []
    for k in range(120):
        rows, truth = simulated(rng)
        if rows[-1][2] > 80:  # all done: nothing left to predict
            continue
        number = project_ntm(province(rows), pace=None, draws=400, seed=k).draws["ntm_communes"][:, -1]
        low, high = np.quantile(number, (0.1, 0.9), method="inverted_cdf")
        hits.append(low <= truth <= high)
        ranks.append((number < truth).mean() + 0.5 * (number == truth).mean())
    assert len(hits) > 80
    assert 0.70 <= np.mean(hits) <= 0.92, np.mean(hits)
    assert 0.35 < np.mean(ranks) < 0.65, np.mean(ranks)
