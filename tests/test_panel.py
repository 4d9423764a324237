"""Panels: every fault named at once, cases of three rounds, and what stands above an area without a look ahead."""

import numpy as np
import pandas as pd
import pytest

from kontum_analysis.methods.panel import PanelError, check_panel, forecast_cases, parent_rates, sister_means


def panel_of(rows):
    return pd.DataFrame(rows, columns=["area", "parent", "group", "time", "rate"])


def three_countries():
    rows = []
    for name, rates in {"a": [0.5, 0.4, 0.35], "b": [0.4, 0.3, 0.2], "c": [0.2, 0.15, 0.12]}.items():
        rows += [(name, None, name, 2010.0 + 4 * k, rate) for k, rate in enumerate(rates)]
        rows += [(name + "1", name, name, 2010.0 + 4 * k, rate * 1.2) for k, rate in enumerate(rates)]
    return panel_of(rows)


PLANTED = [  # a fault, and what its message must say
    (lambda p: p.drop(columns="parent"), ["column parent: missing"]),
    (lambda p: p.drop(columns=["time", "rate"]), ["column time", "column rate"]),
    (lambda p: p.assign(rate=p["rate"] * 100), ["row 0, column rate: 50.0; allowed: a finite number from 0"]),
    (lambda p: p.assign(rate=[-0.1, *p["rate"][1:]]), ["row 0, column rate: -0.1"]),
    (lambda p: p.assign(rate=["0.3", *p["rate"][1:]]), ["row 0, column rate: '0.3'"]),
    (lambda p: p.assign(rate=[True, *p["rate"][1:]]), ["row 0, column rate: True"]),
    (lambda p: p.assign(time=[np.nan, *p["time"][1:]]), ["row 0, column time: nan"]),
    (lambda p: p.assign(time=[np.inf, *p["time"][1:]]), ["row 0, column time: inf"]),
    (lambda p: p.assign(area=[None, *p["area"][1:]]), ["row 0, column area: nan; allowed: a label"]),
    (lambda p: p.assign(group=[np.nan, *p["group"][1:]]), ["row 0, column group: nan"]),
    (lambda p: pd.concat([p, p.head(1)], ignore_index=True), ["row 18, column time: 2010.0", "'a' has this"]),
    (lambda p: p.assign(parent=p["area"]), ["row 0, column parent: 'a'", "its own parent"]),
    (lambda p: p.assign(parent=p["area"].map({"a": "a1", "a1": "a"})), ["no ring of parents"]),
    (lambda p: p.assign(group=["x", *p["group"][1:]]), ["area 'a', column group: ['x', 'a']"]),
    (lambda p: p.assign(parent=["b", *p["parent"][1:]]), ["area 'a', column parent: ['b', None]"]),
    (lambda p: p.head(0), ["no rows"]),
    (lambda p: [1, 2], ["expected a pandas.DataFrame, got list"]),
    (
        lambda p: p.assign(rate=[7, *p["rate"][1:]], time=["x", *p["time"][1:]]),
        ["2 problem(s)", "column rate: 7", "column time: 'x'"],
    ),
    (lambda p: p.assign(rate=np.arange(18) + 2.0, time="soon"), ["36 problem(s)", "and 16 more"]),
]


@pytest.mark.parametrize(("spoil", "words"), PLANTED)
def test_planted_faults_are_named(spoil, words):
    with pytest.raises(PanelError) as error:
        check_panel(spoil(three_countries()))
    assert [text for text in words if text not in error.value.in_language("en")] == []


def test_a_checked_panel_does_not_depend_on_rows_index_or_extra_columns():
    panel = three_countries()
    shuffled = panel.sample(frac=1, random_state=3).assign(note="x")
    pd.testing.assert_frame_equal(check_panel(shuffled), check_panel(panel))
    whole = panel.assign(time=panel["time"].astype("Int64"), group=panel["group"].astype("category"))
    pd.testing.assert_frame_equal(check_panel(whole), check_panel(panel))


def test_every_three_consecutive_rounds_are_one_case():
    rows = [(area, None, area, time, 0.3) for area in "ab" for time in (2000, 2004, 2007, 2013)]
    cases, excluded = forecast_cases(check_panel(panel_of([*rows, ("c", None, "c", 2000, 0.2)])))
    assert cases[["area", "t0", "t1", "t2"]].values.tolist() == [
        [area, *times] for area in "ab" for times in ([2000, 2004, 2007], [2004, 2007, 2013])
    ]
    assert excluded[["area", "reason", "reason_vi"]].values.tolist() == [
        ["c", "fewer than three rounds: 1", "có ít hơn ba kỳ số liệu: 1"]
    ]


def test_a_parents_later_round_is_not_looked_at():
    """A parent known only before and after the origin gives nothing: interpolation would use the target's round."""
    panel = three_countries()
    gap = panel[~((panel["area"] == "a") & (panel["time"] == 2014))]
    cases = forecast_cases(check_panel(gap))[0].set_index("area")
    assert np.isnan(cases.loc["a1", "p1"]) and "forecast without it" in cases.loc["a1", "remark"]
    assert parent_rates(np.array([0.0, 2, 4]), np.array([0.4, 0.2, 0.9]), 1, 2) == pytest.approx((0.3, 0.2))
    last = panel["time"] == 2018
    changed = forecast_cases(check_panel(panel.assign(rate=panel["rate"].where(~last, 0.9))))[0]
    before = forecast_cases(check_panel(panel))[0]
    pd.testing.assert_frame_equal(changed.drop(columns="y2"), before.drop(columns="y2"))


def test_sisters_stand_in_for_an_unknown_parent():
    rates = {"x": (0.5, 0.4, 0.3), "y": (0.4, 0.2, 0.2), "z": (0.3, 0.3, 0.1), "late": (0.9, 0.9, 0.9)}
    rows = [(n, None, "g", 2010.0 + 4 * k + (n == "late"), r) for n, rs in rates.items() for k, r in enumerate(rs)]
    panel = check_panel(panel_of(rows))
    assert sister_means(panel)["g", None, 2010.0, 2014.0] == pytest.approx((0.4, 0.3, 3))
    cases = forecast_cases(panel)[0].set_index("area")
    assert cases.loc[["x", "y", "z"], ["p0", "p1"]].to_numpy().tolist() == [pytest.approx([0.4, 0.3])] * 3
    assert cases.loc["x", "remark"] == "no parent: the mean of 3 areas of its group stands in"
    assert np.isnan(cases.loc["late", "p1"]) and cases.loc["late", "remark"] == ""


def test_parents_missing_or_elsewhere_are_remarked_on():
    panel = three_countries()
    absent = forecast_cases(check_panel(panel.replace({"parent": {"a": "nowhere"}})))[0].set_index("area")
    assert absent.loc["a1", "remark"] == "parent not in the panel: forecast without it"
    elsewhere = panel.assign(group=np.where(panel["area"] == "a1", "other", panel["group"]))
    remarks = forecast_cases(check_panel(elsewhere))[0].set_index("area")["remark"]
    assert "another group" in remarks["a1"] and (remarks.drop("a1") == "").all()
