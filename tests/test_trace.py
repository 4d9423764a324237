"""The chain behind a number: source rows with addresses, the loser beside the winner, steps, scenario, seed."""

import unicodedata

import pandas as pd
import pytest
from hostile import run

import kontum_analysis as kt
from kontum_analysis.base.errors import KontumError
from kontum_analysis.base.words import chance, plain
from kontum_analysis.figures import CATALOGUE
from kontum_analysis.figures.catalogue import rows_of
from kontum_analysis.offices.store import plan_import, store
from kontum_analysis.publish.trace import trace


def test_a_cell_shows_the_figure_used_and_the_one_that_lost():
    chain = trace("tỉnh Kon Tum", "poverty_rate_pct", "2019")
    assert chain.sources["value"].tolist() == [13.62, 13.74] and chain.sources["used"].tolist() == [True, False]
    assert chain.sources["url"].str.startswith("http").all()
    assert "conflict" in chain.sources["reason_en"].iloc[1]


def test_every_date_of_a_cell_comes_the_latest_first():
    days = trace("Toàn tỉnh", "tỷ lệ hộ nghèo").sources["time_period"].tolist()
    assert days == sorted(days, reverse=True) and days[0] == "2023-12-31" and len(days) > 10


def test_a_number_of_households_is_asked_for_without_saying_number():
    assert trace("Kon Rẫy", "hộ nghèo", "2023").subject == trace("Kon Rẫy", "số hộ nghèo", "2023").subject


def test_a_projected_cell_says_from_when():
    steps = trace("Kon Rẫy", "poor_households", "2026").explain("en")
    starts = [kt.preset(name).start for name in kt.presets() if kt.preset(name).end >= 2026]
    assert len(set(starts)) == 2
    assert [sum(f"from the end of {start}:" in step for step in steps) for start in starts] == list(
        map(starts.count, starts)
    )


def test_a_derived_cell_says_that_it_was_derived():
    assert any("minority poor" in step for step in trace("Kon Plông", "poor_households", "2021").explain("en"))


def test_a_target_names_its_document_its_rows_and_its_status():
    chain = trace("S-GN-01")
    assert chain.sources["source_id"].iloc[0] == "ctr-3299-2022"
    assert {15.32, 10.86, 6.84} <= set(chain.sources["value"].dropna().astype(float))
    assert not chain.sources["time_period"].str.startswith("201").any()
    english, vietnamese = "\n".join(chain.explain("en")), "\n".join(chain.explain("vi"))
    assert "Latest value (31 December 2024): 3.55, estimated." in english
    row = kt.target_chances(kt.load_observations()).set_index("target_id").loc["S-GN-01"]
    low, high = (chance(p, "en") for p in (row.chance_low, row.chance_high))
    assert f"{chance(row.chance, 'en')}%; {low} to {high}% depending" in english  # the range of every other place
    assert "Status: uncertain" in english and "Đánh giá: chưa rõ" in vietnamese  # the period has ended


def test_a_derived_target_names_every_row_behind_it_and_no_other():
    assert set(trace("S-NTM-04").sources["value"]) == {1, 7, 42, 2}
    bands = trace("S-NTM-05").sources.query("line != 0")
    assert set(bands["value"]) == {38, 15, 28, 4} and set(bands["time_period"]) == {"2022-11-30"}


def test_a_modelled_target_has_the_boards_own_probability(obs):
    chance = kt.scoreboard(obs).set_index("target_id").loc["S-NTM-01"].probability
    chain = trace("S-NTM-01")
    assert any(f" {100 * chance:.0f}%" in step for step in chain.explain("en")) and chain.seed == 3299
    assert trace("S-DT-05").seed is None


def test_a_figure_names_steps_scenarios_seed_and_the_hash_of_its_table(obs):
    chain = trace("exit_quotas")
    assert chain.seed == 3299 and chain.scenarios["programme-mid"]["province_pace_pp"] == 3.5
    assert kt.figure("exit_quotas", obs, "vi").data_hash in chain.explain("en")[-1]
    rows = trace("old_standard").sources
    rows = rows.query("time_period == '2019-12-31' and area == '62' and indicator == 'poverty_rate_pct'")
    assert dict(zip(rows["value"], rows["used"], strict=True)) == {13.62: True, 13.74: False}


QUICK = [
    *("coverage", "standard_break", "baseline_2021", "old_standard", "points_or_percent"),
    *("reconciled_districts", "ntm_bands", "exit_quotas", "district_map", "pace_history"),
]


@pytest.mark.parametrize("names", [QUICK, pytest.param(sorted({*CATALOGUE} - {*QUICK}), marks=pytest.mark.slow)])
def test_figures_can_be_drawn_anew_from_the_rows_they_name(names, obs):
    """With all other rows gone the table stays the same: the declaration leaves nothing out."""
    wrong = []
    is_count = (obs["indicator"] == "poor_households") & (
        obs["ref_area"] == "62"
    )  # figures ask for it before they start
    for name in names:
        alone = obs[obs.index.isin(rows_of(name, obs).index) | is_count].reset_index(drop=True)
        part, whole = (kt.figure(name, rows, "vi").table.reset_index(drop=True) for rows in (alone, obs))
        wrong += [name] * (len(alone) >= len(obs) or not part.equals(whole))
    assert wrong == []


def test_a_cell_nobody_published_is_traced_through_the_estimate(obs):
    chain = trace("Kon Plông", "poor_households", "2023")
    cell = kt.estimate_panel(obs).panel.set_index(["area", "year"]).loc[("613", 2023)]
    value = plain(float(cell.poor_households), "en")
    low, high = plain(float(cell.poor_q10), "en"), plain(float(cell.poor_q90), "en")
    assert f"Value: {value} (estimated; 80% interval: {low} to {high})." in chain.explain("en") and chain.seed == 3299
    assert chain.sources["area"].iloc[0] == "613" and "62" in set(chain.sources["area"])
    assert set(chain.sources["area"]) <= {"62", *kt.districts()}


def test_a_cell_of_a_year_without_a_total_names_the_merged_province():
    areas = set(trace("Kon Plông", "poor_households", "2024").sources["area"])
    assert {"51-2025", "62", "613"} < areas and "51-2025" not in set(
        trace("Kon Plông", "poor_households", "2022").sources["area"]
    )


def test_a_count_of_another_month_stands_beside_the_estimate_of_the_end_of_the_year():
    chain = trace("Kon Rẫy", "poor_households", "2024")  # 574 at the end of November
    assert chain.sources["value"].tolist() == [574] and chain.sources["status"].tolist() == ["published"]
    assert chain.explain("vi")[-1].startswith(
        "Các số ở trên là của ngày khác trong năm. Cuối năm (31/12/2024) chưa có số công bố. Giá trị: 550 (ước tính;"
    )
    assert not any("31/12/2023" in line for line in trace("Kon Rẫy", "poor_households", "2023").explain("vi"))


def test_a_row_says_whether_its_figure_is_published_or_derived():
    assert trace("Kon Plông", "poverty_rate_pct", "2021").sources["status"].iloc[0] == "derived"
    assert trace("Toàn tỉnh", "poverty_rate_pct", "2022").sources["status"].iloc[0] == "published"


def test_a_cell_that_follows_by_arithmetic_needs_no_seed():
    chain = trace("Tu Mơ Rông", "poor_households", "2022")  # 2,297 and the fall of 562
    assert "Value: 2,859 (derived)." in chain.explain("en") and chain.seed is None
    assert {2297, 562} <= set(chain.sources["value"]) and set(chain.sources["area"]) == {"617"}


def test_a_cell_of_the_future_is_traced_through_every_scenario_that_runs_so_far(obs):
    chain = trace("Kon Plông", "poverty_rate_pct", "2030")
    runs = {name for name in kt.scenarios.presets() if kt.preset(name).end >= 2030}
    assert chain.scenarios.keys() == runs and "yearly-plans" not in runs, "the plans end in 2025"
    path = kt.project_poverty(obs, kt.preset("programme-mid")).set_index(["area", "year"])["rate"]
    title = kt.scenarios.title(kt.preset("programme-mid"), "en")
    words = f"Under scenario “{title}”, from the end of 2021: {100 * path['613', 2030]:.2f}."
    assert words in chain.explain("en")


def test_an_indicator_is_known_by_code_and_by_name_with_or_without_marks():
    by_code = trace("Kon Plông", "poverty_rate_pct", "2021").sources
    names = ["Tỷ lệ hộ nghèo", "tỷ  lệ hộ nghèo", unicodedata.normalize("NFD", "tỷ lệ hộ nghèo"), "ty le ho ngheo"]
    for name in [*names, "poverty rate"]:
        pd.testing.assert_frame_equal(trace("Kon Plông", name, "2021").sources, by_code)
    with pytest.raises(kt.KontumError) as caught:
        trace("Kon Plông", "tỷ lệ hộ ngheeo", "2021")
    assert "có phải là tỷ lệ hộ nghèo" in caught.value.in_language("vi")


def test_an_unknown_word_is_answered_with_what_there_is():
    wrong = []
    for words, meaning in (
        (("nothing",), "a figure"),
        (("poverty_path",), "did you mean poverty_paths"),
        (("S-NTM-1",), "did you mean S-NTM-0"),
        (("S-XX-01",), "a target such as S-GN-01"),
        (("a", "b", "c", "d"), "a figure"),
        (("Kon Plông", "near_poor_rate_pct", "2023"), "there is no figure for Kon Plông"),
        (("Kon Plông", "poverty_rate_pct", "2031"), "there is no figure for Kon Plông"),
        (("Kon Plông", "poverty_rate_pct", "202"), "there is no figure for Kon Plông"),
        (("Kon Plông", "poverty_rate_pct", "2019"), "2021-12-31"),
        (("Kon Plon", "poverty_rate_pct", "2021"), "Kon Plông"),
        (("Kon Plông", "poverty_rat_pct", "2021"), "poverty_rate_pct"),
    ):
        try:
            trace(*words)
        except kt.KontumError as error:
            wrong += [(words, str(error))] * (meaning not in error.in_language("en"))
        else:
            wrong.append((words, "taken"))
    assert wrong == []


def test_the_command_shows_a_target_as_what_it_is_and_twenty_rows():
    status, printed = run(["trace", "S-GN-01", "--lang", "en"])
    assert (
        status == 0 and printed.splitlines()[0].strip().startswith("Target S-GN-01: Province, ") and "()" not in printed
    )
    lines, every = (run(["trace", "coverage", *more])[1].splitlines() for more in ([], ["--all"]))
    assert sum(line.startswith(" ") for line in lines) == 41 and "--all" in lines[40]
    assert len(every) > 300 and not [line for line in every if "--all" in line]


def test_a_unit_of_2025_and_the_old_commune_of_its_code_are_told_apart(tmp_path):
    sheet = pd.DataFrame({"Tên xã": ["Xã Kon Braih"], "Tổng số hộ": [4230], "Số hộ nghèo": [150]})
    sheet.to_excel(tmp_path / "unit.xlsx", index=False)
    about = dict(office="UBND xã Kon Braih", document="41/BC-UBND", date="02/12/2025", year=2025)
    store(plan_import(tmp_path / "unit.xlsx", user=tmp_path / "own", **about), "unit.xlsx")
    for date in ((), ("2025",)):
        lines = trace("Kon Braih", "so ho ngheo", *date, user=tmp_path / "own").lines("vi")
        assert "Kon Braih, Số hộ nghèo, 31/12/2025: 150" in lines[0], "not the old Tân Lập, whose code it carries"
    with pytest.raises(KontumError, match="Tân Lập"):
        trace("Tân Lập", "số hộ nghèo", user=tmp_path / "own")
