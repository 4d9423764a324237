"""The chain behind a number: source rows with addresses, the loser beside the winner, steps, scenario, seed."""

import unicodedata

import pandas as pd
import pytest
from hostile import run

import kontum_analysis as kt
from kontum_analysis.base.errors import KontumError
from kontum_analysis.figures import CATALOGUE
from kontum_analysis.figures.catalogue import rows_of
from kontum_analysis.publish.trace import trace


def test_a_cell_shows_the_figure_used_and_the_one_that_lost_with_addresses():
    chain = trace("tỉnh Kon Tum", "poverty_rate_pct", "2019")
    assert chain.sources["value"].tolist() == [13.62, 13.74] and chain.sources["used"].tolist() == [True, False]
    assert chain.sources["url"].str.startswith("http").all()
    assert "conflict" in chain.sources["reason_en"].iloc[1]


def test_a_derived_cell_says_that_it_was_derived():
    assert any("minority poor" in step for step in trace("Kon Plông", "poor_households", "2021").explain("en"))


def test_a_target_names_its_document_its_rows_and_its_status():
    chain = trace("S-GN-01")
    assert chain.sources["source_id"].iloc[0] == "ctr-3299-2022"
    assert {15.32, 10.86, 6.84} <= set(chain.sources["value"].dropna().astype(float))
    assert any("Status: at risk" in s for s in chain.explain("en")) and any(
        "có nguy cơ" in s for s in chain.explain("vi")
    )


def test_a_figure_names_steps_scenarios_seed_and_the_hash_of_its_table(obs):
    chain = trace("exit_quotas")
    assert chain.seed == 3299 and chain.scenarios["programme-mid"]["province_pace_pp"] == 3.5
    assert kt.figures.build("exit_quotas", obs, "vi").data_hash in chain.explain("en")[-1]


QUICK = [
    "coverage",
    "standard_break",
    "baseline_2021",
    "old_standard",
    "points_or_percent",
    "reconciled_districts",
    "ntm_bands",
    "exit_quotas",
    "district_map",
    "pace_history",
]


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in CATALOGUE]
)
def test_a_figure_can_be_drawn_anew_from_the_rows_it_names_alone(name, obs):
    """With all other rows gone the table stays the same: the declaration leaves nothing out."""
    counted = (obs["indicator"] == "poor_households") & (
        obs["ref_area"] == "62"
    )  # figures ask for them before they start
    alone = obs[obs.index.isin(rows_of(name, obs).index) | counted].reset_index(drop=True)
    assert len(alone) < len(obs)
    found, whole = (kt.figures.build(name, o, "vi").table.reset_index(drop=True) for o in (alone, obs))
    assert found.equals(whole)


def test_a_figure_shows_the_rows_that_lost_a_conflict_beside_those_that_won():
    found = trace("old_standard").sources
    lost = found[
        (found["time_period"] == "2019-12-31") & (found["area"] == "62") & (found["indicator"] == "poverty_rate_pct")
    ]
    assert dict(zip(lost["value"], lost["used"], strict=True)) == {13.62: True, 13.74: False}


def test_a_derived_target_names_every_row_behind_it_and_no_other():
    assert set(trace("S-NTM-04").sources["value"]) == {1, 7, 42, 2}
    assert set(trace("S-NTM-05").sources["line"]) == {0, 179, 190, 200, 210}
    assert not trace("S-GN-01").sources["time_period"].str.startswith("201").any()


def test_a_modelled_target_names_its_model_and_the_boards_own_probability(obs):
    chance = kt.scoreboard(obs).set_index("target_id").loc["S-NTM-01"].probability
    chain = trace("S-NTM-01")
    assert any(f"{100 * chance:.1f}%" in step for step in chain.explain("en")) and chain.seed == 3299
    assert trace("S-DT-05").seed is None


def test_a_cell_nobody_published_is_traced_through_the_estimate(obs):
    chain = trace("Kon Plông", "poor_households", "2023")
    cell = kt.estimate_panel(obs).panel.set_index(["area", "year"]).loc[("613", 2023)]
    assert (
        any(f"{cell.poor_households:,.2f} (estimated)" in step for step in chain.explain("en")) and chain.seed == 3299
    )
    assert chain.sources["area"].iloc[0] == "613" and "62" in set(chain.sources["area"])
    assert set(chain.sources["area"]) <= {"62", *kt.areas.districts()}


def test_a_cell_that_follows_by_arithmetic_needs_no_seed():
    chain = trace("Tu Mơ Rông", "poor_households", "2022")  # 2,297 and the fall of 562
    assert "Value: 2,859.00 (derived)." in chain.explain("en") and chain.seed is None
    assert {2297, 562} <= set(chain.sources["value"]) and set(chain.sources["area"]) == {"617"}


def test_a_cell_of_the_future_is_traced_through_every_scenario_that_runs_so_far(obs):
    chain = trace("Kon Plông", "poverty_rate_pct", "2030")
    assert "yearly-plans" not in chain.scenarios and len(chain.scenarios) == 4  # the plans end in 2025
    path = kt.project_poverty(obs, kt.scenarios.preset("programme-mid"))
    rate = path[(path["area"] == "613") & (path["year"] == 2030)]["rate"].iloc[0]
    assert f"Under scenario programme-mid: {100 * rate:.2f}." in chain.explain("en")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing",), "a figure"),
        (("poverty_path",), "did you mean poverty_paths"),
        (("S-NTM-1",), "did you mean S-NTM-0"),
        (("Kon Plông", "near_poor_rate_pct", "2023"), "nothing is published"),
        (("Kon Plông", "poverty_rate_pct", "2031"), "nothing is published"),
        (("Kon Plông", "poverty_rate_pct", "202"), "nothing is published"),
        (("S-XX-01",), "a target such as S-GN-01"),
        (("Kon Plon", "poverty_rate_pct", "2021"), "Kon Plông"),
        (("Kon Plông", "poverty_rate", "2021"), "poverty_rate_pct"),
        (("Kon Plông", "poverty_rate_pct", "2019"), "2021-12-31"),
        (("a", "b"), "a figure"),
    ],
)
def test_an_unknown_word_is_answered_with_what_there_is(words, said):
    with pytest.raises(KontumError, match=said):
        trace(*words)


def test_an_indicator_is_known_by_its_code_and_by_its_name_in_either_language():
    by_code = trace("Kon Plông", "poverty_rate_pct", "2021").sources
    for name in ("Tỷ lệ hộ nghèo", "tỷ  lệ hộ nghèo", unicodedata.normalize("NFD", "tỷ lệ hộ nghèo"), "poverty rate"):
        pd.testing.assert_frame_equal(trace("Kon Plông", name, "2021").sources, by_code)
    with pytest.raises(KontumError) as caught:
        trace("Kon Plông", "tỷ lệ hộ ngheo", "2021")
    assert "có phải là tỷ lệ hộ nghèo" in caught.value.in_language("vi")


def test_the_command_shows_a_target_as_what_it_is():
    status, said = run(["trace", "S-GN-01", "--lang", "en"])
    assert status == 0 and said.splitlines()[0].startswith("       Target S-GN-01: Province, ") and "()" not in said
