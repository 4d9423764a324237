"""Rules across cells and tables: each with a planted fault, and none broken by the data as they are."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planting import cases

from kontum_analysis.data.arithmetic import comparable, part_sums, rate_disagreements
from kontum_analysis.data.contract import COLUMNS, field_problems
from kontum_analysis.data.rules import cross_table_problems

FAULTS = cases("faults")
WORDS = ["", "0", "-1", "1e5", "9" * 400, "62", "617", "exact", "2021-12-31", "x|y", "'", '"', ",", "\x00", "\u0301"]
WORDS += ["Đăk", "½", "٣", "NaN", "None", "=1+1", "12,5", "1_000", "1\n", "0." + "1" * 400]


def place_of(table, where):
    """The index of the first row of which all of "column=value column=value" holds."""
    pairs = dict(pair.split("=") for pair in where.split())
    return table.index[(table[list(pairs)].astype(str) == pd.Series(pairs)).all(axis="columns")][0]


def with_cells(raw, cells):
    """The raw tables with other texts in some cells: (table, index, column, value)."""
    tables = dict(raw)
    for name, place, column, value in cells:
        tables[name] = tables[name].copy() if tables[name] is raw[name] else tables[name]
        tables[name].loc[place, column] = value
    return tables


def with_row(raw, name, like, **changes):
    """The raw tables with one more row, like another but for some cells."""
    row = raw[name].loc[[place_of(raw[name], like)]].assign(line=9999, **changes)
    return {**raw, name: pd.concat([raw[name], row], ignore_index=True)}


def words(tables, name):
    """Row, column and what is allowed of every problem of a table."""
    problems = cross_table_problems(tables)
    return [(p.row, p.column, p.rule_words("en")) for p in problems if p.file == f"{name}.csv" and p.rule_words("vi")]


def test_the_committed_tables_break_no_rule(raw):
    assert [p for name in COLUMNS for p in field_problems(name, raw[name])] + cross_table_problems(raw) == []


def test_each_planted_fault_is_named(raw):
    batches = []  # faults that can be planted together: no two in one row
    for fault in FAULTS:
        row = fault["table"], place_of(raw[fault["table"]], fault["where"])
        batch = next((batch for batch in batches if row not in batch), None)
        batches = batches if batch is not None else [*batches, batch := {}]
        batch[row] = fault
    for batch in batches:
        cells = [(*row, fault["column"], fault["value"]) for row, fault in batch.items()]
        problems = cross_table_problems(with_cells(raw, cells))
        messages = {(problem.file, problem.rule_words("en"), problem.rule_words("vi")) for problem in problems}
        for fault in batch.values():
            assert any(file == f"{fault['table']}.csv" and fault["words"] in text for file, text, _ in messages), fault


def test_a_planted_fault_is_named_with_its_row_and_value(raw):
    place = place_of(raw["observations"], "ref_area=617 indicator=poverty_rate_pct time_period=2023-12-31")
    tables = with_cells(raw, [("observations", place, "unit_measure", "persons")])
    lines = [problem.in_language("en") for problem in cross_table_problems(tables)]
    where = f"observations.csv, row {place + 2}, column"
    assert f"{where} unit_measure: found 'persons'; percent, the unit of poverty_rate_pct" in lines
    assert f"{where} obs_value: found '32.58'; a whole number of persons" in lines and len(lines) == 2


def test_a_new_disagreement_must_be_settled_and_a_settled_one_must_be_there(raw):
    like = "ref_area=62 indicator=poor_households time_period=2023-12-31"
    tables = with_row(raw, "observations", like, obs_value="10221", source_id="thoidai-2022-kontum")
    (message,) = words(tables, "observations")
    assert message[:2] == (9999, "obs_value") and "conflicts.csv that says which is preferred (10220 | " in message[2]
    tables = with_row(raw, "conflicts", "line=3", time_period="2015-12-31")
    assert words(tables, "conflicts") == [(9999, "values", "a conflict that observations.csv shows")]


def test_a_merged_province_is_not_joined_to_its_predecessor(raw):
    like = "ref_area=51-2025 indicator=poor_households time_period=2024-12-31"
    changes = {"ref_area": "51", "area_name": "Quảng Ngãi", "time_period": "2025-12-31"}
    message = "since 1 July 2025 Quảng Ngãi is another area than before; figures of the merged province carry "
    assert words(with_row(raw, "observations", like, **changes), "observations") == [
        (9999, "ref_area", f"{message}the code 51-2025")
    ]
    later = with_row(raw, "observations", like, time_period="2025-12-31")
    assert words(later, "observations") == []


def test_every_commune_has_a_way_to_2025_and_a_tile_of_its_own(raw):
    tables = {**raw, "crosswalk_2025": raw["crosswalk_2025"].iloc[:-1]}
    assert words(tables, "crosswalk_2025") == [(None, "old_code", "every commune of before July 2025 has a row")]
    twin = raw["tile_grid"].loc[0, ["vintage", "level", "row", "col"]]
    tables = with_cells(raw, [("tile_grid", 1, column, value) for column, value in twin.items()])
    assert words(tables, "tile_grid") == [(3, "row", "one unit on one tile")]


@pytest.mark.parametrize("name", ["observations", "sources", "areas", "indicators", "conflicts"])
def test_a_table_without_rows_never_ends_in_a_traceback(raw, name):
    assert cross_table_problems({**raw, name: raw[name].iloc[:0]})


@settings(max_examples=25)
@given(
    place=st.integers(0, 1000),
    column=st.sampled_from(list(COLUMNS["observations"])),
    value=st.sampled_from(WORDS) | st.text(max_size=12),
)
def test_any_text_in_any_cell_gives_problems_or_none(raw, place, column, value):
    tables = with_cells(raw, [("observations", place, column, value)])
    problems = field_problems("observations", tables["observations"]) or cross_table_problems(tables)
    assert all(problem.in_language(lang) for problem in problems for lang in ("vi", "en"))


# --- identities, reported rather than hidden


def test_printed_rates_agree_with_counts_but_for_five_known_ones(raw):
    rates = rate_disagreements(comparable(raw["observations"]))
    apart = rates[~rates["within_rounding"]]
    assert set(zip(apart.ref_area, apart.indicator, apart.time_period, strict=True)) == {
        ("62", "near_poor_rate_pct", "2021-12-31"),  # 5.9 is printed, 6.33 follows from the count
        ("615", "dtts_share_of_poor_households_pct", "2018-12-31"),  # more minority poor than poor in one source
        ("23485", "near_poor_rate_pct", "2021-12-31"),  # 46.97 against 65 of 138
        ("14", "poverty_rate_pct", "2022-12-31"),  # 17.83 against 17.80 of the households of its page
        ("14", "near_poor_rate_pct", "2022-12-31"),  # 9.68 against 9.66
    }


def test_a_rate_is_held_against_every_pair_under_its_standard():
    rows = [("617", "poverty_rate_pct", "A", "20.0"), ("617", "poor_households", "A", "200")]
    rows += [("617", "poor_households", "B", "999"), ("617", "households_total", "", "1000")]
    rows += [
        ("617", "households_total", "A", "1010"),
        ("617", "households_total", "A", "1010"),
        ("618", "households_total", "", "7"),
    ]
    obs = pd.DataFrame(rows, columns=["ref_area", "indicator", "standard", "obs_value"]).assign(
        time_period="2021-12-31", bound="exact", line=range(2, 9)
    )
    disagreements = rate_disagreements(comparable(obs))
    assert disagreements["computed"].tolist() == pytest.approx([20, 100 * 200 / 1010])
    assert disagreements["tolerance"].tolist() == pytest.approx([0.05 + 0.05, 0.05 + 50 / 1010])
    assert disagreements["within_rounding"].tolist() == [True, False] and disagreements["line"].tolist() == [2, 2]


def test_totals_equal_the_sum_of_their_districts_wherever_all_ten_are_stated(raw):
    sums = part_sums(raw)
    sums = sums[sums["ref_area"] == "62"]
    assert set(sums["indicator"]) == {"dtts_households", "dtts_poor_households", "households_total", "poor_households"}
    assert (sums["parts"] == sums["whole"]).all()
