"""The chain behind a number: source rows with addresses, the loser beside the winner, steps, scenario, seed."""

import pytest

import kontum_analysis as kt
from kontum_analysis.errors import KontumError
from kontum_analysis.figures import CATALOGUE
from kontum_analysis.trace import FIGURES, trace


def test_every_figure_says_what_it_rests_on():
    assert set(CATALOGUE) <= set(FIGURES)


def test_a_cell_shows_the_figure_used_and_the_one_that_lost_with_addresses():
    chain = trace("tỉnh Kon Tum", "poverty_rate_pct", "2019")
    assert chain.sources["value"].tolist() == [13.62, 13.74] and chain.sources["used"].tolist() == [True, False]
    assert chain.sources["url"].str.startswith("http").all()
    assert "conflict" in chain.sources["reason"].iloc[1]


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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing",), "a figure"),
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
