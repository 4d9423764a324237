"""Hindcast: worked cases, no leak from the target, nothing dropped silently, and the skill it is meant to have."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulate_panels import SETTINGS, simulate_panel
from test_panel import panel_of, three_countries

from kontum_analysis.methods.hindcast import METHODS, QUANTILES, PanelError, extrapolate, hindcast
from kontum_analysis.methods.regression import LEVELS
from kontum_analysis.methods.scores import wis

KEY = ["area", "origin", "target", "method"]


@pytest.fixture(scope="module")
def simulated():
    panel = simulate_panel(11, SETTINGS["few groups"])
    return panel, hindcast(panel)


@pytest.mark.parametrize(
    ("form", "values", "expected"),
    [
        ("linear", (0.4, 0.3, 2, 4), 0.1),
        ("linear", (0.4, 0.1, 2, 4), 0.0),
        ("proportional", (0.4, 0.2, 2, 4), 0.05),
        ("proportional", (0.0, 0.5, 1, 40), 1.0),
        ("proportional", (0.5, 0.0, 1, 3), 0.0),
        ("logistic", (0.5, 0.2, 2, 2), 1 / 17),  # odds 1 → 1/4 in 2 years, so → 1/16 in two more
        ("logistic", (1.0, 0.0, 1, 1), 0.0),
    ],
)
def test_paths_worked_by_hand(form, values, expected):
    assert extrapolate(form, *(np.array([float(value)]) for value in values))[0] == pytest.approx(expected, abs=1e-4)


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


def test_cases_and_summary_are_those_of_the_contract(simulated):
    _, h = simulated
    assert QUANTILES[:3] == ("q0.01", "q0.025", "q0.05") and QUANTILES[-1] == "q0.99" and len(QUANTILES) == 23
    assert {*KEY, "group", "horizon", "observed", "ae", "wis", *QUANTILES} <= set(h.cases.columns)
    assert {"n", "mae", "wis", "coverage_50", "coverage_80", "coverage_95"} <= set(h.summary.columns)
    assert list(h.summary.index) == list(METHODS) == list(h.summary["method"])
    assert not h.cases.duplicated(KEY).any() and h.excluded.empty and h.remarks.empty


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


def test_persistence_is_always_there():
    h = hindcast(three_countries(), methods=["logistic"])
    assert list(h.summary.index) == ["persistence", "logistic"]
    assert list(hindcast(three_countries(), methods="pooled").summary.index) == ["persistence", "pooled"]
    part = h.cases[h.cases["method"] == "persistence"].set_index("area")
    assert part.loc["a", "point"] == 0.4 and part.loc["a", "observed"] == 0.35


@pytest.mark.parametrize("new", [0.0, 0.9])
def test_a_target_never_reaches_forecasts_of_its_group(simulated, new):
    panel, before = simulated
    group = panel["group"].iloc[0]
    last = panel["time"] == panel.groupby("area")["time"].transform("max")
    after = hindcast(panel.assign(rate=panel["rate"].where(~(last & (panel["group"] == group)), new)))
    columns = [*KEY, "point", *QUANTILES]
    old, fresh = (h.cases.loc[h.cases["group"] == group, columns].reset_index(drop=True) for h in (before, after))
    pd.testing.assert_frame_equal(old, fresh, rtol=0, atol=0)
    others = before.cases["group"] != group
    assert not np.allclose(before.cases.loc[others, "q0.5"], after.cases.loc[others, "q0.5"], rtol=0, atol=1e-9)


def test_rows_and_names_do_not_matter(simulated):
    panel, before = simulated
    shuffled = panel.sample(frac=1, random_state=3).assign(note="x")
    pd.testing.assert_frame_equal(before.cases, hindcast(shuffled).cases, rtol=0, atol=0)
    names = sorted(set(panel["area"]) | set(panel["group"]))
    places = np.random.default_rng(4).permutation(9999)
    new = {name: f"z{place:04d}" for name, place in zip(names, places, strict=False)}
    renamed = panel.assign(**{column: panel[column].map(new) for column in ("area", "group", "parent")})
    expected = before.cases.assign(area=before.cases["area"].map(new)).set_index(KEY)
    after = hindcast(renamed).cases.set_index(KEY).loc[expected.index]
    np.testing.assert_allclose(after[list(QUANTILES)], expected[list(QUANTILES)], rtol=0, atol=1e-9)


def test_areas_that_cannot_be_scored_are_listed_with_a_reason():
    short = panel_of([("d", None, "d", 2010, 0.2), ("d", None, "d", 2014, 0.1), ("e", None, "e", 2010, 0.2)])
    panel = pd.concat([three_countries(), short])
    h = hindcast(panel)
    assert h.excluded["reason"].tolist() == ["fewer than three rounds: 2", "fewer than three rounds: 1"]
    assert set(h.cases["area"]) | set(h.excluded["area"]) == set(panel["area"])


def test_what_cannot_be_run_is_refused():
    with pytest.raises(ValueError, match=r"\['magic'\].*persistence"):
        hindcast(three_countries(), methods=["magic"])
    with pytest.raises(PanelError, match=r"1 group\(s\) \['a'\].*at least two"):
        hindcast(three_countries()[lambda p: p["group"] == "a"])
    with pytest.raises(PanelError, match=r"0 group\(s\).*fewer than three rounds"):
        hindcast(three_countries()[lambda p: p["time"] < 2018])


def test_unusual_but_good_panels_run():
    panel = three_countries()
    assert hindcast(panel[panel["parent"].isna()]).summary.loc["pooled", "n"] == 3  # groups of one area
    for rate in (0.0, 1.0):
        assert np.all(hindcast(panel.assign(rate=rate)).cases["ae"] < 0.01)
    numbered = panel.assign(area=panel["area"].map({n: i for i, n in enumerate(sorted(set(panel["area"])))}))
    numbered["parent"] = np.where(panel["parent"].isna(), np.nan, numbered["area"] - 1.0)
    assert hindcast(numbered).remarks.empty
    close = panel.assign(time=panel["time"] / 4000)  # rounds hours apart must not overflow
    assert np.isfinite(hindcast(close).cases[list(QUANTILES)].to_numpy()).all()


@settings(max_examples=25)
@given(
    st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=5), min_size=2, max_size=6),
    st.lists(st.floats(0.25, 9), min_size=4, max_size=4),
    st.booleans(),
)
def test_any_good_panel_gives_ordered_quantiles_or_a_clear_error(series, gaps, nested):
    times = 2000 + np.concatenate([[0], np.cumsum(gaps)])
    rows = [
        (f"a{i}", "a0" if nested and i else None, f"g{i // 2}", time, rate)
        for i, rates in enumerate(series)
        for time, rate in zip(times, rates, strict=False)
    ]
    try:
        h = hindcast(panel_of(rows))
    except PanelError as error:
        assert "at least two" in str(error)
        return
    values = h.cases[list(QUANTILES)].to_numpy()
    assert np.all(np.diff(values, axis=1) >= 0) and values.min() >= 0 and values.max() <= 1
    assert (h.summary["n"] == sum(max(len(rates) - 2, 0) for rates in series)).all()
