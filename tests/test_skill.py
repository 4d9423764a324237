"""Scores by level: every case of the hindcast and every step counted once, each number as computed by hand."""

from itertools import pairwise

import numpy as np
import pytest

import kontum_analysis as kt
from kontum_analysis.poverty.speeds import speed_forecasts

METHODS = ["linear", "logistic", "persistence", "pooled", "proportional"]


@pytest.fixture(scope="module")
def levels(obs):
    return kt.hindcast_by_level(obs).set_index(["area_level", "method"])


@pytest.fixture(scope="module")
def steps(obs):
    return kt.step_scores(obs).set_index(["area_level", "method"])


def test_every_case_of_the_hindcast_is_in_one_level(obs, levels):
    summary = kt.hindcast(kt.hindcast_panel(obs)).summary
    assert levels.groupby("method")["cases"].sum().eq(summary["n"]).all()
    assert levels.index.get_level_values("area_level").unique().tolist() == ["nation", "province", "district"]
    sums = (levels["wis_pp"] * levels["cases"]).groupby("method").sum() / summary["n"]
    assert sums.sort_index().tolist() == pytest.approx((100 * summary["wis"]).sort_index().tolist())
    assert sorted(set(levels.index.get_level_values("method"))) == METHODS


def test_one_case_by_hand(obs, levels):
    cases = kt.hindcast(kt.hindcast_panel(obs)).cases
    nation = cases[cases["area"].str.startswith("VN ") & (cases["method"] == "linear")]
    rates = kt.hindcast_panel(obs).query("area == 'VN MDP_2022_2025'").rate.tolist()  # 5.2, 4.03, 2.93, 1.93, 1.3 %
    assert nation["point"].tolist() == pytest.approx([2 * b - a for a, b in pairwise(rates[:-1])])
    assert levels.loc[("nation", "linear"), "mae_pp"] == pytest.approx(100 * nation["ae"].mean())


def test_the_best_method_of_a_level_stands_first(levels):
    for _, rows in levels.groupby("area_level", sort=False):
        assert rows["wis_pp"].is_monotonic_increasing


def test_every_step_is_scored_by_level_beside_no_change(obs, steps):
    forecasts = speed_forecasts(obs)
    counts = steps["cases"].groupby("method").sum()
    assert counts["outlook"] == counts["no change"] == len(forecasts)
    assert counts["own trend"] == counts["outlook_same"] == forecasts["own_trend"].notna().sum()
    outlook = steps.xs("outlook", level="method")
    assert (outlook["coverage_80"] * outlook["cases"]).sum() == pytest.approx(forecasts["inside_80"].sum())
    assert (outlook["mae_pp"] * outlook["cases"]).sum() == pytest.approx(forecasts["error"].sum())
    assert steps.xs("no change", level="method")["coverage_80"].isna().all()


def test_the_law_beats_no_change_at_every_level(steps):
    outlook, same = (steps.xs(method, level="method")["wis_pp"] for method in ("outlook", "no change"))
    assert (outlook < 0.5 * same).all() and np.isfinite(outlook).all()
