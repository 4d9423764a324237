"""How fast poverty has fallen before and elsewhere."""

import numpy as np
import pytest

import kontum_analysis as kt
from kontum_analysis.poverty.history import hindcast_panel, mpi_share, pace_percentile
from kontum_analysis.poverty.speeds import speed_steps


def test_observed_paces_are_falls_between_neighbouring_years_of_one_standard(obs):
    paces = kt.observed_paces(obs).query("area == '62'").set_index("end")
    assert paces["pace_pp"].round(2).to_dict() == {2019: 3.67, 2020: 3.33, 2022: 4.46, 2023: 4.02}
    assert (paces["start"] == paces.index - 1).all()
    assert paces.loc[2022, "speed"] == pytest.approx(np.log(0.1086 / 0.8914) - np.log(0.1532 / 0.8468))


def test_a_pace_is_compared_with_speeds_at_its_own_level():
    speeds = [-0.1, -0.2, -0.3]
    assert pace_percentile(3, 0.50, speeds) < pace_percentile(3, 0.10, speeds)
    assert pace_percentile(7, 0.05, speeds) == 1.0
    assert pace_percentile(0, 0.2, [0.0]) == 0.5


def test_shares_of_the_global_mpi_are_numbers():
    assert (mpi_share()["share_pct"].between(0, 100)).all() and len(mpi_share()) == 8


def test_hindcast_panel_holds_parents_and_derived_rates(obs):
    panel = hindcast_panel(obs)
    rows = panel.set_index(["area", "time"])
    assert rows.loc[("617 MDP_2022_2025", 2023.0), "parent"] == "62 MDP_2022_2025"
    assert ("617 MDP_2022_2025", 2022.0) in rows.index  # derived from 2023 and the published change
    assert panel.loc[panel["area"] == "62 MDP_2022_2025", "parent"].isna().all()
    summary = kt.hindcast(panel).summary
    assert {"persistence", "pooled"} <= set(summary["method"]) and summary["n"].min() >= 8


def test_a_gap_in_a_series_is_one_step_of_its_years_and_is_filled_as_an_estimate(obs):
    is_year = (obs["ref_area"] == "62") & (obs["time_period"] == "2022-12-31")
    counts = ["poverty_rate_pct", "poor_households", "poverty_rate_reduction_pp", "poor_households_net_reduction"]
    gap = obs[~(is_year & obs["indicator"].isin(counts))].reset_index(drop=True)
    (row,) = kt.observed_paces(gap).query("area == '62' and end == 2023").to_dict("records")
    assert (row["start"], row["pace_pp"]) == (2021, pytest.approx((15.32 - 6.84) / 2))
    assert speed_steps(gap).query("series == '62 MDP_2022_2025'")["years"].tolist() == [2]
    series = hindcast_panel(gap).query("area == '62 MDP_2022_2025'")
    assert series["time"].tolist() == [2021, 2023]
    excluded = kt.hindcast(hindcast_panel(gap)).excluded.set_index("area")
    assert excluded.loc["62 MDP_2022_2025", "reason"] == "fewer than three rounds: 2"
    panel = kt.estimate_panel(gap, draws=200).panel.set_index(["area", "year"])
    years = panel.loc["62"].loc[[2021, 2022, 2023]]
    assert years["status_rate"].tolist() == ["published", "estimated", "published"]
    assert 0.0684 < years.loc[2022, "rate"] < 0.1532 and years.loc[2022, "rate_q10"] < years.loc[2022, "rate_q90"]
