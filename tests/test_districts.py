"""What is published of districts and what follows from it by arithmetic."""

import pytest

from kontum_analysis.poverty.districts import (
    district_facts,
    half_unit,
    household_growth,
    household_series,
    households_without_labour,
    published_entry_rate,
)


def test_half_of_the_last_printed_place():
    assert [half_unit(value) for value in (4.28, 10.4, 46.0)] == pytest.approx([0.005, 0.05, 0.5])


def test_a_count_a_rate_and_what_follows_from_them(obs):
    facts = district_facts(obs)
    assert facts["617", 2023, "poor_households"].middle == 2297 and facts["617", 2023, "rate"].status == "published"
    # 21,989 poor are printed as 15.32 %: households lie between 21,989 / 0.15325 and 21,989 / 0.15315
    assert facts["62", 2021, "households"].low == 143_561 and facts["62", 2021, "households"].status == "published"
    total = facts["62", 2023, "households"]  # 10,220 poor are printed as 6.84 %
    assert total.status == "derived" and total.low >= 10_220 / 0.06845 and total.high <= 10_220 / 0.06835
    # Tu Mơ Rông at the end of 2022 follows from 2023 and the published change
    assert facts["617", 2022, "rate"].status == "derived"


def test_households_of_the_province_by_year(obs):
    series = household_series(obs)
    assert series.index.tolist() == [2018, 2019, 2020, 2021, 2022, 2023]
    assert series[2021] == 143_561 and series[2023] == pytest.approx(10_220 / 0.0684)
    assert household_growth(obs) == pytest.approx((series[2023] / series[2021]) ** 0.5 - 1)
    assert household_growth(obs[obs["time_period"] == "2021-12-31"]) == 0.0
    assert household_series(obs.head(0)).empty


def test_inputs_of_scenarios_are_published_figures_or_nothing(obs):
    assert households_without_labour(obs) == 2193 and households_without_labour(obs.head(0)) == 0
    assert published_entry_rate(obs) == pytest.approx(607 / 121_572) and published_entry_rate(obs.head(0)) == 0
