"""What is known of the province and of its groups of districts together."""

import pytest

import kontum_analysis as kt
from kontum_analysis.poverty.known import opening_rates


def test_a_group_is_as_sure_as_its_least_sure_district(obs):
    groups = kt.known_groups(obs).set_index(["area", "year"])
    assert groups.loc[("62-POOR", 2023), "status"] == "estimated"
    assert groups.loc[("62-POOR", 2021), "status"] == "derived" and groups.loc[("62", 2023), "status"] == "published"
    sure = groups[groups["status"] != "estimated"]
    assert sure[["q10", "q90"]].isna().all(axis=None)


def test_rates_of_a_group_are_its_households_added_up(obs):
    panel = kt.estimate_panel(obs).panel
    groups = kt.known_groups(obs).set_index(["area", "year"])["rate"]
    poor = panel[panel["area"].isin(["613", "617", "618"])].groupby("year")[["poor_households", "households"]].sum()
    for year, rate in (poor["poor_households"] / poor["households"]).items():
        assert groups["62-POOR", year] == pytest.approx(rate)
    assert opening_rates(obs)["62-POOR"] == pytest.approx((3353 + 3546 + 1288) / 17_518)


def test_known_rates_show_an_interval_only_where_estimated(obs):
    rates = kt.known_rates(obs)
    assert (rates["q10"].notna() == (rates["status"] == "estimated")).all()
    assert set(rates["area"]) == {"62", "62-POOR"}
