"""Poverty paths: hand-worked answers, what holds under any scenario, quotas, and what the other districts must do."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import kontum_analysis as kt
from kontum_analysis.data import areas
from kontum_analysis.poverty import districts as district_facts
from kontum_analysis.poverty import paces
from kontum_analysis.poverty import paths as poverty
from kontum_analysis.poverty.scenarios import Scenario, preset

POOR = ["613", "617", "618"]


@pytest.fixture(scope="module", autouse=True)
def panel_drawn_once(obs):
    """The panel under every projection is drawn once for this module; it depends on the observations only."""
    found = kt.estimate_panel(obs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paces, "estimate_panel", lambda _: found)
        yield


def path(projection, area, column="rate"):
    rows = projection[projection["area"] == area].sort_values("year")
    return rows.set_index("year")[column]


# --- hand-worked


def test_the_low_programme_takes_three_points_a_year_off_the_province(obs):
    province = path(kt.project_poverty(obs, preset("programme-low")), "62")
    assert province[2021] == pytest.approx(21_989 / 143_561)
    assert province[2022] == pytest.approx(21_989 / 143_561 - 0.03)  # 15.3168 - 3
    assert province[2024] == pytest.approx(21_989 / 143_561 - 0.09)
    assert province[2025] > 21_989 / 143_561 - 0.12  # the other seven stand on their floor


def test_the_poor_districts_fall_by_their_own_pace(obs):
    projection = kt.project_poverty(obs, preset("programme-mid"))
    for code, poor, households in (("613", 3353, 7551), ("617", 3546, 6805), ("618", 1288, 3162)):
        assert path(projection, code)[2023] == pytest.approx(poor / households - 0.14)


def test_the_pace_of_the_rest_is_what_the_shares_of_households_leave(obs):
    table = kt.implied_pace(obs, preset("programme-mid")).set_index("year")
    assert 7551 + 6805 + 3162 == 17_518
    assert table.loc[2022, "needed_pace_pp"] == pytest.approx((3.5 * 143_561 - 7 * 17_518) / 126_043)
    assert table.loc[2022, "needed_pace_pp"] == pytest.approx(3.0136, abs=5e-5)
    assert table.loc[2022:2027, "needed_pace_pp"].to_numpy()[:3] == pytest.approx(
        [table.loc[2022, "needed_pace_pp"]] * 3
    )


def test_the_floor_is_the_households_without_labour_capacity(obs):
    projection = kt.project_poverty(obs, preset("programme-high"))
    province = projection[projection["area"] == "62"].set_index("year")
    assert province.loc[2021, "floor"] == pytest.approx(2193 / 143_561)
    assert province.loc[2030, "poor_households"] == pytest.approx(2193, abs=5)
    assert province.loc[2030, "rate"] == pytest.approx(province.loc[2030, "floor"])
    assert district_facts.households_without_labour(obs) == 2193
    assert district_facts.published_entry_rate(obs) == pytest.approx(607 / 121_572)


def test_a_path_without_floor_and_growth_ends_at_zero(obs):
    scenario = preset("programme-high", floor=0, household_growth=0)
    projection = kt.project_poverty(obs, scenario)
    assert path(projection, "62")[2030] == 0 and path(projection, "62", "poor_households")[2030] == 0
    assert (path(projection, "62", "households") == 143_561).all()
    assert kt.exit_quotas(projection)["quota"].sum() == 21_989


def test_without_growth_the_quotas_of_the_first_year_are_the_fall_of_the_straight_line(obs):
    scenario = preset("programme-mid", household_growth=0, floor=0)
    quotas = kt.exit_quotas(kt.project_poverty(obs, scenario))
    first = quotas[quotas["year"] == 2022].set_index("area")["quota"]
    assert first.sum() == pytest.approx(0.035 * 143_561, abs=1)
    for code, households in (("613", 7551), ("617", 6805), ("618", 3162)):
        assert first[code] == pytest.approx(0.07 * households, abs=1)


def test_paces_by_year_are_taken_year_by_year(obs):
    province = path(kt.project_poverty(obs, preset("yearly-plans")), "62")
    assert province.index.tolist() == [2021, 2022, 2023, 2024, 2025]
    assert (-100 * province.diff().dropna()).tolist()[:2] == pytest.approx([4, 4])
    on_paper = kt.implied_pace(obs, preset("yearly-plans"))["province_rate"]  # without any floor
    assert (-100 * on_paper.diff().dropna()).tolist() == pytest.approx([4, 4, 2.5])


def test_the_observed_pace_goes_through_both_published_rates(obs):
    scenario = preset("observed-pace")
    province = path(kt.project_poverty(obs, scenario), "62")
    first, last = 21_989 / 143_561, province[2023]
    assert province[2025] == pytest.approx(last * (last / first), rel=1e-3)  # shares of households moved a little


def test_the_stock_and_flow_form_counts_those_who_become_poor(obs):
    scenario = preset("programme-mid", form="stock_flow", entry_rate=0.005, household_growth=0, floor=0, end=2024)
    projection = kt.project_poverty(obs, scenario)
    entries = path(projection, "62", "entries")
    assert entries[2021] == 0 and entries[2022] == pytest.approx(0.005 * (143_561 - 21_989), abs=1)
    quotas = kt.exit_quotas(projection).groupby("year")["quota"].sum()
    fall = -path(projection, "62", "poor_households").diff()
    assert quotas[2022] == fall[2022] + entries[2022]


def test_a_start_at_the_end_of_2023_opens_with_the_published_count(obs):
    projection = kt.project_poverty(obs, preset("programme-mid", start=2023))
    assert path(projection, "62", "poor_households")[2023] == 10_220
    start = projection[projection["year"] == 2023].set_index("area")["status"]
    assert start["62"] == "published" and start["617"] == "published" and start["613"] == "estimated"
    assert (projection.loc[projection["year"] > 2023, "status"] == "projected").all()


# --- under any scenario

any_pace = st.one_of(st.floats(0, 20), st.sampled_from([0.0, 3.5, 7.0, 20.0]))
scenario_values = st.fixed_dictionaries(
    {
        "province_pace_pp": any_pace,
        "poor_district_pace_pp": any_pace,
        "form": st.sampled_from(["linear", "proportional", "logistic", "stock_flow"]),
        "start": st.sampled_from([2021, 2022, 2023]),
        "end": st.integers(2024, 2050),
        "floor": st.one_of(st.just("published"), st.floats(0, 0.16)),
        "entry_rate": st.one_of(st.just("published"), st.floats(0, 0.49)),
        "household_growth": st.one_of(st.just("published"), st.floats(-0.1, 0.1)),
    }
)


def project(obs, values):
    """The projection, or None where it is refused with a ScenarioError that says more than its name."""
    scenario = Scenario(name="any", **values)
    try:
        return scenario, kt.project_poverty(obs, scenario)
    except kt.ScenarioError as error:
        assert ": found " in str(error)
        assume(False)


@settings(max_examples=80)
@given(scenario_values)
def test_what_holds_under_any_scenario(obs, values):
    scenario, projection = project(obs, values)
    districts = projection[projection["level"] == "district"]
    province = projection[projection["area"] == "62"].set_index("year")
    assert len(projection) == 11 * (scenario.end - scenario.start + 1)
    assert projection.notna().all().all()

    # rates keep within floor and one, counts within the households there are
    assert (projection["floor"] <= 1).all() and (projection["rate"] <= 1).all()
    assert (projection["rate"] >= projection["floor"] - 1e-12).all()
    assert (projection["poor_households"] >= 0).all()
    assert (projection["poor_households"] <= projection["households"]).all()

    # the parts make the whole, in every year
    counts = districts.groupby("year")[["poor_households", "households", "entries"]].sum()
    assert (counts == province[counts.columns]).all().all()
    opening = districts[districts["year"] == scenario.start].set_index("area")["households"]
    mean = districts.assign(part=districts["rate"] * districts["area"].map(opening)).groupby("year")["part"].sum()
    assert mean.to_numpy() == pytest.approx(province["rate"].to_numpy() * opening.sum(), rel=1e-9)

    # no path turns upwards where the floor does not push it
    if values["household_growth"] == "published" or values["household_growth"] >= 0:
        for _, rows in projection.groupby("area"):
            assert (rows.sort_values("year")["rate"].diff().dropna() <= 1e-12).all()

    # quotas are whole, not negative, and add to the fall and the entries of the province
    quotas = kt.exit_quotas(projection)
    assert quotas["quota"].dtype == "int64" and (quotas["quota"] >= 0).all()
    assert len(quotas) == 10 * (scenario.end - scenario.start)
    fall = -province["poor_households"].diff().dropna() + province["entries"].iloc[1:]
    rise = (districts.sort_values("year").groupby("area")["poor_households"].diff() - districts["entries"]).clip(
        lower=0
    )
    rise = rise.groupby(districts["year"]).sum().loc[fall.index]
    assert (quotas.groupby("year")["quota"].sum() == fall + rise).all()


@settings(max_examples=40)
@given(scenario_values)
def test_a_faster_pace_never_leaves_the_province_poorer(obs, values):
    _, slow = project(obs, values)
    faster = {**values, "province_pace_pp": min(20.0, values["province_pace_pp"] + 0.5)}
    _, fast = project(obs, faster)
    assert (path(fast, "62") <= path(slow, "62") + 1e-9).all()


@settings(max_examples=40)
@given(scenario_values)
def test_implied_pace_calls_possible_what_leaves_no_shortfall(obs, values):
    scenario, projection = project(obs, values)
    table = kt.implied_pace(obs, scenario)
    assert table["year"].tolist() == list(range(scenario.start + 1, scenario.end + 1))
    assert (table.loc[table["possible"], "shortfall_pp"] <= 100 * poverty.FULL).all()
    assert (table.loc[~table["possible"], "shortfall_pp"] > 0).all()
    assert (table["possible"] <= table["possible_without_floor"]).all()
    above = 100 * (path(projection, "62").to_numpy()[1:] - table["province_rate"].to_numpy())
    assert table["shortfall_pp"].to_numpy() == pytest.approx(np.maximum(above, 0), abs=1e-9)


@settings(max_examples=25)
@given(scenario_values)
def test_floor_years_are_the_first_on_the_floor(obs, values):
    _, projection = project(obs, values)
    found = poverty.floor_years(projection).set_index("area")["year"]
    assert sorted(found.index) == sorted(projection["area"].unique())
    for area, rows in projection.groupby("area"):
        resting = rows.loc[rows["rate"] <= rows["floor"] + 1e-6, "year"]
        assert (pd.isna(found[area]) and resting.empty) or found[area] == resting.min()


@settings(max_examples=40)
@given(
    st.sampled_from(["province_pace_pp", "poor_district_pace_pp"]),
    st.sampled_from(["linear", "proportional", "logistic", "stock_flow"]),
    st.sampled_from([2021, 2022, 2023]),
    st.floats(0, 0.49),
    any_pace,
)
def test_an_observed_pace_gives_a_path_or_a_scenario_error(obs, key, form, start, entry, pace):
    other = ({"province_pace_pp", "poor_district_pace_pp"} - {key}).pop()
    values = {key: "observed", other: pace, "form": form, "start": start, "end": 2030, "entry_rate": entry}
    _, projection = project(obs, values)
    assert (projection["rate"] >= projection["floor"] - 1e-12).all()


# --- quotas and groups


@pytest.mark.parametrize("name", kt.scenarios.presets())
def test_quotas_of_every_preset_sum_to_the_provinces_fall_in_every_year(obs, name):
    projection = kt.project_poverty(obs, preset(name))
    fall = -path(projection, "62", "poor_households").diff().dropna()
    assert (kt.exit_quotas(projection).groupby("year")["quota"].sum() == fall).all()


def test_quotas_of_several_scenarios_are_kept_apart(obs):
    both = [kt.project_poverty(obs, preset(name)) for name in ("programme-low", "programme-high")]
    together = kt.exit_quotas(pd.concat(both, ignore_index=True))
    for projection in both:
        own = kt.exit_quotas(projection)
        part = together[together["scenario"] == own["scenario"].iloc[0]].reset_index(drop=True)
        pd.testing.assert_frame_equal(part, own)


def test_groups_are_the_province_the_poor_districts_and_the_rest(obs):
    projection = kt.project_poverty(obs, preset("programme-mid"))
    table = poverty.groups(projection)
    assert table["area"].unique().tolist() == ["62", areas.POOR_DISTRICTS, areas.OTHER_DISTRICTS]
    counts = table.pivot(index="year", columns="area", values="poor_households")
    assert (counts[areas.POOR_DISTRICTS] + counts[areas.OTHER_DISTRICTS] == counts["62"]).all()
    start = table[table["year"] == 2021].set_index("area")["rate"]
    assert start[areas.POOR_DISTRICTS] == pytest.approx((3353 + 3546 + 1288) / 17_518)


# --- refusals


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (dict(start=2024), "start (--from): found 2024; the province's count is known for 2021 to 2023"),
        (dict(floor=0.2), "floor (--floor): found 28,712 households; below the opening stock of 21,989"),
        (
            dict(province_pace_pp=16.0, form="proportional"),
            "province_pace_pp (--province-pace): found 16; less than the opening rate",
        ),
        (
            dict(poor_district_pace_pp=20.0, start=2023, form="logistic"),
            "poor_district_pace_pp (--poor-district-pace): found 20; less than",
        ),
        (
            dict(province_pace_pp="observed"),
            "province_pace_pp (--province-pace): found 'observed'; it needs a start after 2021",
        ),
        (dict(floor=0.14, household_growth=-0.1, end=2050), "household_growth: found -0.1; by 2050"),
    ],
)
def test_a_scenario_that_cannot_be_run_says_why(obs, changes, words):
    with pytest.raises(kt.ScenarioError, match=re.escape(words)):
        kt.project_poverty(obs, preset("programme-mid", **changes))


def test_a_scenario_on_a_vintage_before_any_count_is_refused(obs):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paces, "estimate_panel", kt.estimate_panel)
        with pytest.raises(kt.KontumError, match="no provincial count"):
            kt.project_poverty(kt.load_observations(as_of="2021-06-30"), preset("programme-mid"))
