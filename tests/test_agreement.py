"""Where published figures disagree: what lost to what, and which identities hold."""

import pandas as pd
import pytest

import kontum_analysis as kt
from kontum_analysis.data.agreement import _stock_and_flow, conflicts, identities
from kontum_analysis.data.preference import LOST


def test_every_figure_that_lost_stands_beside_the_one_that_is_used(obs, raw):
    table = conflicts(obs)
    losers = obs[obs["preference"].isin(LOST)].reset_index(drop=True)
    assert table["not_used"].tolist() == losers["obs_value"].tolist()
    assert table["source_not_used"].tolist() == losers["source_id"].tolist()
    assert table["time_period"].tolist() == losers["time_period"].tolist()
    assert table["used"].notna().all() and (table["used"] != table["not_used"]).all()
    assert set(table["source_used"]) == set(raw["conflicts"]["preferred_source_id"])


def test_the_reason_is_that_of_conflicts_csv_and_else_that_of_the_rule(obs, raw):
    entry = raw["conflicts"].iloc[2]
    row = (
        conflicts(obs)
        .query("area == @entry.ref_area and indicator == @entry.indicator")
        .query("time_period == '2018-12-31'")
    )
    assert row["reason_en"].tolist() == [f"{entry.explanation} {entry.reason}"]
    assert row["reason_vi"].tolist() == [f"{entry.explanation_vi} {entry.reason_vi}"]
    early = conflicts(obs.assign(preference=obs["preference"].replace("lost_listed", "lost_rule")))
    assert early["reason_en"].tolist() == obs.loc[obs["preference"] == "lost_listed", "preference_reason"].tolist()


def test_where_nothing_lost_the_table_is_empty():
    table = conflicts(kt.load_observations(as_of="1990-01-01"))
    assert table.empty and table.columns.tolist()[:4] == ["area", "indicator", "time_period", "used"]


def test_identities_are_reported_and_those_that_do_not_hold_say_so():
    table = identities()
    sums = table[(table["identity"] == "sum") & (table["area"] == "62")]
    assert len(sums) == 4 and sums["within_rounding"].all() and (sums["stated"] == sums["computed"]).all()
    rates = table[(table["identity"] == "rate") & ~table["within_rounding"]]
    assert ("62", "near_poor_rate_pct") in set(zip(rates["area"], rates["indicator"], strict=True))
    flow = table[table["identity"] == "stock_and_flow"]
    assert flow[["area", "time_period", "stated", "computed", "within_rounding"]].values.tolist() == [
        ["62", "2022-12-31", 15_943.0, 15_814.0, False]
    ]


@pytest.mark.parametrize(("relapsed", "closing"), [("5", 65.0), (None, 60.0)])
def test_stock_and_flow_by_hand(relapsed, closing):
    flows = [("poor_households", 2021, "100"), ("poor_households", 2022, "65"), ("poor_exits", 2022, "50")]
    flows += [
        ("new_poor_households", 2022, "10"),
        ("relapsed_poor_households", 2021 if relapsed is None else 2022, "5"),
    ]
    obs = pd.DataFrame(flows, columns=["indicator", "year", "obs_value"])
    obs = obs.assign(
        time_period=obs.pop("year").astype(str) + "-12-31", ref_area="62", bound="exact", standard="MDP_2022_2025"
    )
    table = _stock_and_flow({"observations": obs})
    assert table[["time_period", "stated", "computed"]].values.tolist() == [["2022-12-31", 65.0, closing]]
