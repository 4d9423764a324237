"""Poverty paths: hand-worked answers, what holds under any scenario, quotas and groups."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenario_values import FORMS, any_pace, any_scenario, project

import kontum_analysis as kt
from kontum_analysis.data.areas import OTHER_DISTRICTS, POOR_DISTRICTS
from kontum_analysis.poverty.scenarios import preset

OPENING = 21_989 / 143_561
POOR = {"613": (3353, 7551), "617": (3546, 6805), "618": (1288, 3162)}


def path(projection, area, column="rate"):
    return projection[projection["area"] == area].set_index("year")[column].sort_index()


# --- worked by hand


def test_low_programme_takes_three_points_a_year_off_the_province(inputs):
    province = path(kt.project_poverty(inputs, preset("programme-low")), "62")
    assert province[[2021, 2022, 2024]].tolist() == pytest.approx([OPENING, OPENING - 0.03, OPENING - 0.09])
    assert province[2025] > OPENING - 0.12  # the other seven stand on their floor


def test_poor_districts_fall_by_their_own_pace(inputs):
    projection = kt.project_poverty(inputs, preset("programme-mid"))
    for code, (poor, households) in POOR.items():
        assert path(projection, code)[2023] == pytest.approx(poor / households - 0.14)


def test_floor_is_the_households_without_labour_capacity(inputs):
    projection = kt.project_poverty(inputs, preset("programme-high"))
    province = projection[projection["area"] == "62"].set_index("year")
    assert province.loc[2021, "floor"] == pytest.approx(2193 / 143_561)
    assert province.loc[2030, "poor_households"] == pytest.approx(2193, abs=5)
    assert province.loc[2030, "rate"] == pytest.approx(province.loc[2030, "floor"])


def test_without_floor_and_growth_all_households_leave(inputs):
    projection = kt.project_poverty(inputs, preset("programme-high", floor=0, household_growth=0))
    assert path(projection, "62")[2030] == 0 and path(projection, "62", "poor_households")[2030] == 0
    assert (path(projection, "62", "households") == 143_561).all()
    assert kt.exit_quotas(projection)["quota"].sum() == 21_989


def test_without_growth_quotas_of_the_first_year_are_the_fall(inputs):
    quotas = kt.exit_quotas(kt.project_poverty(inputs, preset("programme-mid", household_growth=0, floor=0)))
    first = quotas[quotas["year"] == 2022].set_index("area")["quota"]
    assert first.sum() == pytest.approx(0.035 * 143_561, abs=1)
    for code, (_, households) in POOR.items():
        assert first[code] == pytest.approx(0.07 * households, abs=1)


def test_paces_by_year_are_taken_year_by_year(inputs):
    province = path(kt.project_poverty(inputs, preset("yearly-plans")), "62")
    assert province.index.tolist() == [2021, 2022, 2023, 2024, 2025]
    assert (-100 * province.diff()).loc[2022:2023].tolist() == pytest.approx([4, 4])


def test_observed_pace_goes_through_both_published_rates(inputs):
    province = path(kt.project_poverty(inputs, preset("observed-pace")), "62")
    # shares of households moved a little between the two years
    assert province[2025] == pytest.approx(province[2023] ** 2 / OPENING, rel=1e-3)


def test_stock_and_flow_counts_those_who_become_poor(inputs):
    changes = dict(form="stock_flow", entry_rate=0.005, household_growth=0, floor=0, end=2024)
    projection = kt.project_poverty(inputs, preset("programme-mid", **changes))
    entries = path(projection, "62", "entries")
    assert entries[2021] == 0 and entries[2022] == pytest.approx(0.005 * (143_561 - 21_989), abs=1)
    fall = -path(projection, "62", "poor_households").diff()
    assert kt.exit_quotas(projection).groupby("year")["quota"].sum()[2022] == fall[2022] + entries[2022]


def test_a_start_in_2023_opens_with_the_published_count(inputs):
    projection = kt.project_poverty(inputs, preset("programme-mid", start=2023))
    assert path(projection, "62", "poor_households")[2023] == 10_220
    status = projection[projection["year"] == 2023].set_index("area")["status"]
    assert status[["62", "617", "613"]].tolist() == ["published", "published", "estimated"]
    assert (projection.loc[projection["year"] > 2023, "status"] == "projected").all()


# --- under any scenario


@given(any_scenario)
def test_rates_and_counts_keep_their_bounds(inputs, values):
    scenario, projection = project(inputs, values)
    assert len(projection) == 11 * (scenario.end - scenario.start + 1) and projection.notna().all().all()
    assert (projection["floor"] <= 1).all() and (projection["rate"] <= 1).all()
    assert (projection["rate"] >= projection["floor"] - 1e-12).all()
    assert projection["poor_households"].between(0, projection["households"]).all()
    if values["household_growth"] == "published" or values["household_growth"] >= 0:  # else the floor pushes upwards
        assert (projection.groupby("area")["rate"].diff().dropna() <= 1e-12).all()


@given(any_scenario)
def test_parts_make_the_whole_in_every_year(inputs, values):
    scenario, projection = project(inputs, values)
    districts = projection[projection["level"] == "district"]
    province = projection[projection["area"] == "62"].set_index("year")
    counts = districts.groupby("year")[["poor_households", "households", "entries"]].sum()
    assert (counts == province[counts.columns]).all().all()
    opening = districts[districts["year"] == scenario.start].set_index("area")["households"]
    weighted = (districts["rate"] * districts["area"].map(opening)).groupby(districts["year"]).sum()
    assert weighted.to_numpy() == pytest.approx(province["rate"].to_numpy() * opening.sum(), rel=1e-9)


@given(any_scenario)
def test_quotas_add_to_the_fall_and_the_entries(inputs, values):
    scenario, projection = project(inputs, values)
    districts = projection[projection["level"] == "district"]
    quotas = kt.exit_quotas(projection)
    assert quotas["quota"].dtype == "int64" and (quotas["quota"] >= 0).all()
    assert len(quotas) == 10 * (scenario.end - scenario.start)
    change = districts.groupby("area")["poor_households"].diff() - districts["entries"]
    fall = (-change).groupby(districts["year"]).sum().iloc[1:]
    rise = change.clip(lower=0).groupby(districts["year"]).sum().iloc[1:]
    assert (quotas.groupby("year")["quota"].sum() == fall + rise).all()


@given(any_scenario)
def test_a_faster_pace_never_leaves_the_province_poorer(inputs, values):
    _, slow = project(inputs, values)
    _, fast = project(inputs, values | {"province_pace_pp": min(20.0, values["province_pace_pp"] + 0.5)})
    assert (path(fast, "62") <= path(slow, "62") + 1e-9).all()


@given(any_scenario)
def test_floor_years_are_the_first_on_the_floor(inputs, values):
    _, projection = project(inputs, values)
    years = kt.floor_years(projection).set_index("area")["year"]
    assert sorted(years.index) == sorted(projection["area"].unique())
    for area, rows in projection.groupby("area"):
        at_floor = rows.loc[rows["rate"] <= rows["floor"] + 1e-6, "year"]
        assert (pd.isna(years[area]) and at_floor.empty) or years[area] == at_floor.min()


@given(
    st.permutations(["province_pace_pp", "poor_district_pace_pp"]),
    st.sampled_from(FORMS),
    st.sampled_from([2021, 2022, 2023]),
    st.floats(0, 0.49),
    any_pace,
)
def test_an_observed_pace_gives_a_path_or_is_refused(inputs, keys, form, start, entry, pace):
    values = {keys[0]: "observed", keys[1]: pace, "form": form, "start": start, "end": 2030, "entry_rate": entry}
    _, projection = project(inputs, values)
    assert (projection["rate"] >= projection["floor"] - 1e-12).all()


# --- quotas and groups


def test_quotas_of_every_preset_sum_to_the_fall_of_the_province(inputs):
    for name in kt.presets():
        projection = kt.project_poverty(inputs, preset(name))
        fall = -path(projection, "62", "poor_households").diff().dropna()
        assert (kt.exit_quotas(projection).groupby("year")["quota"].sum() == fall).all(), name


def test_quotas_of_several_scenarios_are_kept_apart(inputs):
    projections = [kt.project_poverty(inputs, preset(name)) for name in ("programme-low", "programme-high")]
    together = kt.exit_quotas(pd.concat(projections, ignore_index=True))
    apart = pd.concat([kt.exit_quotas(projection) for projection in projections])
    pd.testing.assert_frame_equal(together, apart.sort_values(["scenario", "year", "area"], ignore_index=True))


def test_groups_are_the_province_the_poor_districts_and_the_rest(inputs):
    table = kt.groups(kt.project_poverty(inputs, preset("programme-mid")))
    assert table["area"].unique().tolist() == ["62", POOR_DISTRICTS, OTHER_DISTRICTS]
    counts = table.pivot(index="year", columns="area", values="poor_households")
    assert (counts[POOR_DISTRICTS] + counts[OTHER_DISTRICTS] == counts["62"]).all()
    opening = table[table["year"] == 2021].set_index("area")
    assert opening.loc[POOR_DISTRICTS, "rate"] == pytest.approx((3353 + 3546 + 1288) / 17_518)
    later = kt.groups(kt.project_poverty(inputs, preset("programme-mid", start=2023)))
    assert later[later["year"] == 2023].set_index("area")["status"][POOR_DISTRICTS] == "estimated"
