"""Hindcast: worked cases, no leak from the target, nothing dropped silently, and the skill it is meant to have."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulate_panels import SETTINGS, simulate_panel

from kontum_analysis.methods.cases import known_parent, stand_ins, triples
from kontum_analysis.methods.hindcast import METHODS, QUANTILES, PanelError, hindcast, linear, logistic, proportional
from kontum_analysis.methods.panel import check_panel
from kontum_analysis.methods.scores import wis
from kontum_analysis.methods.spread import LEVELS

SMALL = SETTINGS["few groups"]
KEY = ["area", "origin", "target", "method"]


def panel_of(rows):
    return pd.DataFrame(rows, columns=["area", "parent", "group", "time", "rate"])


def three_countries():
    rows = []
    for name, rates in {"a": [0.5, 0.4, 0.35], "b": [0.4, 0.3, 0.2], "c": [0.2, 0.15, 0.12]}.items():
        rows += [(name, None, name, 2010.0 + 4 * k, rate) for k, rate in enumerate(rates)]
        rows += [(name + "1", name, name, 2010.0 + 4 * k, rate * 1.2) for k, rate in enumerate(rates)]
    return panel_of(rows)


@pytest.fixture(scope="module")
def simulated():
    panel = simulate_panel(11, SMALL)
    return panel, hindcast(panel)


def test_paths_worked_by_hand():
    one = lambda path, *values: path(*(np.array([float(v)]) for v in values))[0]  # noqa: E731
    assert one(linear, 0.4, 0.3, 2, 4) == pytest.approx(0.1, abs=1e-12)
    assert one(linear, 0.4, 0.1, 2, 4) == 0.0
    assert one(proportional, 0.4, 0.2, 2, 4) == pytest.approx(0.05, abs=1e-12)
    assert one(proportional, 0.0, 0.5, 1, 40) == 1.0
    assert one(proportional, 0.5, 0.0, 1, 3) == 0.0
    # odds 1 → 1/4 in 2 years, so → 1/16 in two more: 1/17
    assert one(logistic, 0.5, 0.2, 2, 2) == pytest.approx(1 / 17, abs=1e-12)
    assert 0 < one(logistic, 1.0, 0.0, 1, 1) < 1e-4


def test_cases_have_the_columns_of_the_contract(simulated):
    _, h = simulated
    assert QUANTILES[:3] == ("q0.01", "q0.025", "q0.05") and QUANTILES[-1] == "q0.99" and len(QUANTILES) == 23
    assert {*KEY, "group", "horizon", "observed", "ae", "wis", *QUANTILES} <= set(h.cases.columns)
    assert {"n", "mae", "wis", "coverage_50", "coverage_80", "coverage_95"} <= set(h.summary.columns)
    assert list(h.summary.index) == list(METHODS) == list(h.summary["method"])
    assert not h.cases.duplicated(KEY).any()


def test_scores_and_summary_follow_from_the_quantiles(simulated):
    _, h = simulated
    values = h.cases[list(QUANTILES)].to_numpy()
    assert np.all(np.diff(values, axis=1) >= 0) and values.min() >= 0 and values.max() <= 1
    np.testing.assert_allclose(h.cases["wis"], wis(h.cases["observed"], LEVELS, values), rtol=0, atol=1e-12)
    np.testing.assert_allclose(h.cases["ae"], (h.cases["observed"] - h.cases["q0.5"]).abs(), rtol=0, atol=1e-12)
    pooled = h.cases[h.cases["method"] == "pooled"]
    inside = pooled["observed"].between(pooled["q0.1"], pooled["q0.9"]).mean()
    assert h.summary.loc["pooled", "coverage_80"] == pytest.approx(inside, abs=1e-12)
    assert h.summary.loc["pooled", "wis"] == pytest.approx(pooled["wis"].mean(), abs=1e-12)


def test_every_consecutive_triple_is_scored_once():
    rows = [(a, None, a, t, 0.3) for a in "ab" for t in (2000, 2004, 2007, 2013)]
    h = hindcast(panel_of(rows), methods=[])
    assert h.cases[["area", "origin", "target", "horizon"]].values.tolist() == [
        ["a", 2004, 2007, 3],
        ["a", 2007, 2013, 6],
        ["b", 2004, 2007, 3],
        ["b", 2007, 2013, 6],
    ]


def test_persistence_is_always_there():
    h = hindcast(three_countries(), methods=["logistic"])
    assert list(h.summary.index) == ["persistence", "logistic"]
    assert list(hindcast(three_countries(), methods="pooled").summary.index) == ["persistence", "pooled"]
    part = h.cases[h.cases["method"] == "persistence"].set_index("area")
    assert part.loc["a", "point"] == 0.4 and part.loc["a", "observed"] == 0.35


def test_an_unknown_method_is_named():
    with pytest.raises(ValueError, match=r"\['magic'\].*persistence"):
        hindcast(three_countries(), methods=["magic"])


def test_quantiles_of_a_path_worked_by_hand():
    """Two groups: the one error of the other group, mixed with the prior spread, about the path."""
    rows = [("a", None, "a", t, r) for t, r in ((0, 0.5), (1, 0.5), (2, 0.4))]
    rows += [("b", None, "b", t, r) for t, r in ((0, 0.3), (1, 0.3), (5, 0.3))]
    cases = hindcast(panel_of(rows), methods=[]).cases.set_index("area")
    assert cases.loc["a", "q0.5"] == pytest.approx(0.5, abs=1e-12)  # b never changed
    # b: a's error e = logit(0.401) − logit(0.5) (the rate drawn in by 0.005) over 1 year. With one error the centre is
    # e/3, and the median 1/21 · e + 20/21 · e/3; b's horizon is 4 years, so it counts twice.
    error = np.log((0.005 + 0.99 * 0.4) / (0.995 - 0.99 * 0.4))
    centre = np.log((0.005 + 0.99 * 0.3) / (0.995 - 0.99 * 0.3)) + 2 * error * (1 / 21 + 20 / 63)
    expected = (1 / (1 + np.exp(-centre)) - 0.005) / 0.99
    assert cases.loc["b", "q0.5"] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("new", [0.0, 0.9])
def test_a_target_never_reaches_forecasts_of_its_own_group(simulated, new):
    panel, before = simulated
    group = panel["group"].iloc[0]
    last = panel["time"] == panel.groupby("area")["time"].transform("max")
    changed = panel.copy()
    changed.loc[last & (panel["group"] == group), "rate"] = new
    after = hindcast(changed)
    columns = [*KEY, "point", *QUANTILES]
    old, fresh = (h.cases.loc[h.cases["group"] == group, columns].reset_index(drop=True) for h in (before, after))
    pd.testing.assert_frame_equal(old, fresh, rtol=0, atol=0)
    others = before.cases["group"] != group
    assert not np.allclose(before.cases.loc[others, "q0.5"], after.cases.loc[others, "q0.5"], rtol=0, atol=1e-9)


def test_a_parents_later_round_is_not_looked_at():
    """A parent known only before and after the origin gives nothing: interpolation would use the target's round."""
    panel = three_countries()
    gap = (panel["area"] == "a") & (panel["time"] == 2014)
    h = hindcast(panel[~gap])
    assert h.remarks[["area", "origin", "target"]].values.tolist() == [["a1", 2014, 2018]]
    assert "forecast without it" in h.remarks["remark"].iloc[0]
    changed = panel[~gap].copy()
    changed.loc[(panel["area"] == "a") & (panel["time"] == 2018), "rate"] = 0.9
    same = [
        h.cases.loc[(h.cases["area"] == "a1") & (h.cases["method"] == "pooled"), QUANTILES].to_numpy()
        for h in (h, hindcast(changed))
    ]
    np.testing.assert_array_equal(*same)
    assert known_parent(np.array([0.0, 2, 4]), np.array([0.4, 0.2, 0.9]), 1, 2) == pytest.approx((0.3, 0.2))


def test_sisters_stand_in_for_an_unknown_parent():
    rates = {"x": (0.5, 0.4, 0.3), "y": (0.4, 0.2, 0.2), "z": (0.3, 0.3, 0.1), "late": (0.9, 0.9, 0.9)}
    rows = [(n, None, "g", 2010.0 + 4 * k + (n == "late"), r) for n, rs in rates.items() for k, r in enumerate(rs)]
    panel = check_panel(panel_of(rows))
    assert stand_ins(panel)["g", None, 2010.0, 2014.0] == pytest.approx((0.4, 0.3, 3))
    table = triples(panel)[0].set_index("area")
    assert table.loc[["x", "y", "z"], ["p0", "p1"]].to_numpy().tolist() == [pytest.approx([0.4, 0.3])] * 3
    assert table.loc["x", "remark"] == "no parent: the mean of 3 areas of its group stands in"
    assert np.isnan(table.loc["late", "p1"])
    changed = panel_of(rows).assign(rate=lambda p: p["rate"].where(p["time"] < 2018, 0.99))
    before, after = (h.drop(columns=["y2"]) for h in (table, triples(check_panel(changed))[0].set_index("area")))
    pd.testing.assert_frame_equal(before, after)


def test_without_parent_rows_little_skill_is_lost():
    panel = simulate_panel(12)
    regions = panel[panel["parent"].notna()]
    whole, bare = hindcast(panel, ["pooled"]), hindcast(regions, ["pooled"])
    scored = whole.cases[whole.cases["parent"].notna() & (whole.cases["method"] == "pooled")]
    assert bare.summary.loc["pooled", "wis"] < 1.03 * scored["wis"].mean()
    assert len(bare.remarks) == bare.summary.loc["pooled", "n"]


def test_row_order_index_and_extra_columns_do_not_matter(simulated):
    panel, before = simulated
    shuffled = panel.sample(frac=1, random_state=3).assign(note="x")
    pd.testing.assert_frame_equal(before.cases, hindcast(shuffled).cases, rtol=0, atol=0)


def test_names_do_not_matter(simulated):
    panel, before = simulated
    names = sorted(set(panel["area"]) | set(panel["group"]))
    new = {
        name: f"z{hash_:04d}" for name, hash_ in zip(names, np.random.default_rng(4).permutation(9999), strict=False)
    }
    renamed = panel.assign(**{c: panel[c].map(new) for c in ("area", "group")})
    renamed["parent"] = [new.get(p) if isinstance(p, str) else None for p in panel["parent"]]
    after = hindcast(renamed).cases.set_index(KEY)
    expected = before.cases.assign(area=before.cases["area"].map(new)).set_index(KEY)
    after = after.loc[expected.index]
    np.testing.assert_allclose(after[list(QUANTILES)], expected[list(QUANTILES)], rtol=0, atol=1e-9)


def test_what_cannot_be_scored_is_listed_with_its_reason():
    rows = [("d", None, "d", 2010, 0.2), ("d", None, "d", 2014, 0.1), ("e", None, "e", 2010, 0.2)]
    panel = pd.concat([three_countries(), panel_of(rows)])
    h = hindcast(panel)
    assert h.excluded[["area", "reason"]].values.tolist() == [
        ["d", "fewer than three rounds: 2"],
        ["e", "fewer than three rounds: 1"],
    ]
    assert set(h.cases["area"]) | set(h.excluded["area"]) == set(panel["area"])


def test_a_group_of_one_area_is_scored_and_a_lone_group_is_refused():
    h = hindcast(three_countries()[lambda p: p["parent"].isna()])
    assert h.summary.loc["pooled", "n"] == 3 and h.excluded.empty
    with pytest.raises(PanelError, match=r"1 group\(s\) \['a'\].*at least two"):
        hindcast(three_countries()[lambda p: p["group"] == "a"])
    with pytest.raises(PanelError, match=r"0 group\(s\).*fewer than three rounds"):
        hindcast(three_countries()[lambda p: p["time"] < 2018])


def test_parents_missing_or_elsewhere_are_remarked_on():
    panel = three_countries()
    h = hindcast(panel.replace({"parent": {"a": "nowhere"}}))
    assert h.remarks.set_index("area")["remark"].to_dict() == {"a1": "parent not in the panel: forecast without it"}
    elsewhere = panel.assign(group=np.where(panel["area"] == "a1", "other", panel["group"]))
    assert "another group" in hindcast(elsewhere).remarks["remark"].iloc[0]


PLANTED = {
    "missing column": (lambda p: p.drop(columns="parent"), ["column parent: missing"]),
    "two missing columns": (lambda p: p.drop(columns=["time", "rate"]), ["column time", "column rate"]),
    "percent": (
        lambda p: p.assign(rate=p["rate"] * 100),
        ["row 0, column rate: 50.0; allowed: a finite number from 0"],
    ),
    "negative": (lambda p: p.assign(rate=[-0.1, *p["rate"][1:]]), ["row 0, column rate: -0.1"]),
    "text": (lambda p: p.assign(rate=["0.3", *p["rate"][1:]]), ["row 0, column rate: '0.3'"]),
    "truth value": (lambda p: p.assign(rate=[True, *p["rate"][1:]]), ["row 0, column rate: True"]),
    "nan": (lambda p: p.assign(time=[np.nan, *p["time"][1:]]), ["row 0, column time: nan"]),
    "infinite": (lambda p: p.assign(time=[np.inf, *p["time"][1:]]), ["row 0, column time: inf"]),
    "no area": (lambda p: p.assign(area=[None, *p["area"][1:]]), ["row 0, column area: nan; allowed: a label"]),
    "no group": (lambda p: p.assign(group=[np.nan, *p["group"][1:]]), ["row 0, column group: nan"]),
    "twice": (lambda p: pd.concat([p, p.head(1)], ignore_index=True), ["row 18, column time: 2010.0", "'a' has this"]),
    "own parent": (lambda p: p.assign(parent=p["area"]), ["row 0, column parent: 'a'", "its own parent"]),
    "ring": (lambda p: p.assign(parent=p["area"].map({"a": "a1", "a1": "a"})), ["no ring of parents"]),
    "two groups": (lambda p: p.assign(group=["x", *p["group"][1:]]), ["area 'a', column group: ['x', 'a']"]),
    "two parents": (lambda p: p.assign(parent=["b", *p["parent"][1:]]), ["area 'a', column parent: ['b', None]"]),
    "empty": (lambda p: p.head(0), ["no rows"]),
    "no table": (lambda p: [1, 2], ["expected a pandas.DataFrame, got list"]),
    "several at once": (
        lambda p: p.assign(rate=[7, *p["rate"][1:]], time=["x", *p["time"][1:]]),
        ["2 problem(s)", "column rate: 7", "column time: 'x'"],
    ),
}


@pytest.mark.parametrize("plant", PLANTED)
def test_planted_errors_are_named(plant):
    spoil, said = PLANTED[plant]
    with pytest.raises(PanelError) as error:
        hindcast(spoil(three_countries()))
    assert isinstance(error.value, ValueError)
    assert all(text in str(error.value) for text in said), str(error.value)


def test_unusual_but_good_panels_run():
    panel = three_countries()
    for rate in (0.0, 1.0):
        h = hindcast(panel.assign(rate=rate))
        assert np.all(h.cases["ae"] < 0.01)
    numbered = panel.assign(area=panel["area"].map({n: i for i, n in enumerate(sorted(set(panel["area"])))}))
    numbered["parent"] = np.where(panel["parent"].isna(), np.nan, numbered["area"] - 1.0)
    assert hindcast(numbered).remarks.empty
    whole = panel.assign(rate=[0, 1] * 9, time=panel["time"].astype("Int64"), group=panel["group"].astype("category"))
    assert hindcast(whole).cases["wis"].notna().all()
    close = panel.assign(time=panel["time"] / 4000)  # rounds hours apart must not overflow
    assert np.isfinite(hindcast(close).cases[list(QUANTILES)].to_numpy()).all()


@given(
    st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=5), min_size=2, max_size=6),
    st.lists(st.floats(0.25, 9), min_size=4, max_size=4),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_any_good_panel_gives_ordered_quantiles_or_a_clear_error(series, gaps, nested):
    times = 2000 + np.concatenate([[0], np.cumsum(gaps)])
    rows = [
        (f"a{i}", "a0" if nested and i else None, f"g{i // 2}", time, rate)
        for i, rates in enumerate(series)
        for time, rate in zip(times, rates, strict=False)
    ]
    panel = panel_of(rows)
    try:
        h = hindcast(panel)
    except PanelError as error:
        assert "at least two" in str(error)
        return
    values = h.cases[list(QUANTILES)].to_numpy()
    assert np.all(np.diff(values, axis=1) >= 0) and values.min() >= 0 and values.max() <= 1
    expected = sum(max(len(rates) - 2, 0) for rates in series)
    assert (h.summary["n"] == expected).all()


def test_several_hundred_series_take_seconds():
    panel = simulate_panel(1)
    assert panel["area"].nunique() > 400
    start = time.perf_counter()
    h = hindcast(panel)
    assert time.perf_counter() - start < 10
    assert h.summary.loc["pooled", "wis"] < h.summary["wis"].drop("pooled").min()


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in SETTINGS if n != "few groups"])
def test_pooled_is_best_and_calibrated_in_every_world(name):
    results = [hindcast(simulate_panel(seed, SETTINGS[name])).summary for seed in range(20, 24)]
    mean = sum(r.drop(columns="method").astype(float) for r in results) / len(results)
    assert mean["wis"].idxmin() == "pooled"
    assert 0.45 <= mean.loc["pooled", "coverage_50"] <= 0.57
    assert 0.75 <= mean.loc["pooled", "coverage_80"] <= 0.85
    assert 0.91 <= mean.loc["pooled", "coverage_95"] <= 0.98
