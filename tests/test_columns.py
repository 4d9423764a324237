"""One table for every way of publishing: kinds, decimals, headings and cells of columns; the origin of a document."""

from datetime import date

import pandas as pd
import pytest

import kontum_analysis as kt
from kontum_analysis.base import words as labels
from kontum_analysis.base.errors import Words
from kontum_analysis.publish.columns import NOTHING, Table, columns, data_hash, provenance, text_table
from kontum_analysis.publish.tables import report_tables


@pytest.fixture(scope="module")
def tables(obs):
    """Every report table for two scenarios, by name. Read only."""
    report, problems = report_tables(obs, [kt.preset("programme-mid", end=2026), kt.preset("observed-pace", end=2026)])
    assert problems == []
    return {table.name: table for table in report}


def column(values, name, lang="vi", of=""):
    return columns(pd.DataFrame({name: values}), lang, of)[0]


CELLS = [  # column, value, the cell in Vietnamese, in English
    ("rate", 0.1532, "15,32", "15.32"),
    ("rate", float("nan"), NOTHING, NOTHING),
    ("households", 143561, "143.561", "143,561"),
    ("year", 2021.0, "2021", "2021"),
    ("line", 1130, "1130", "1130"),
    ("gap", -4.0, "−4", "−4"),
    ("gap", 6.746, "6,75", "6.75"),
    ("probability", 0.9996, ">\u00a099", ">\u00a099"),
    ("probability", 0.641, "64", "64"),
    ("area", "62", "Toàn tỉnh", "Province"),
    ("scenario", "programme-low", "Chương trình 3299, mức thấp", "Programme 3299, low"),
    ("scenario", "mine", "mine", "mine"),
    ("status", "estimated", "ước tính", "estimated"),
    ("status", "unheard-of", "unheard-of", "unheard-of"),
    ("indicator", "poverty_rate_pct", "Tỷ lệ hộ nghèo", "Poverty rate"),
    ("possible", True, "có", "yes"),
    ("time_period", "2023-04-30", "30/04/2023", "2023-04-30"),
    ("source_published", "2022-11", "tháng 11/2022", "November 2022"),
    ("source_published", "", NOTHING, NOTHING),
    ("my_own", 3.456, "3,46", "3.46"),
    ("my_own", 1200, "1.200", "1,200"),
    ("my_own", "=1+1", "=1+1", "=1+1"),
]


def test_cells_are_written_as_each_language_writes_them():
    wrong = [
        (name, value, lang, cell)
        for name, value, *cells in CELLS
        for lang, right in zip(labels.LANGUAGES, cells, strict=True)
        if not (cell := column([value], name, lang).cells[0]).startswith(right)
    ]
    assert wrong == []


def test_numbers_stay_numbers_and_days_become_days():
    assert column([0.1532, None], "rate").values == [15.32, None]
    assert column([42.0, 6.74], "gap").decimals == [0, 2]
    assert column(["2023-04-30", ""], "latest_day").values == [date(2023, 4, 30), None]
    assert column(["2023-04-30", "2022"], "latest_day").kind == "text", "a year alone is no day"


def test_the_other_language_and_the_second_name_of_an_area_are_left_out():
    frame = pd.DataFrame({"area": ["62"], "area_name": ["x"], "reason_vi": ["vì"], "reason_en": ["since"]})
    assert text_table(frame, "en").iloc[0].tolist() == ["Province", "since"]
    assert text_table(frame, "vi").columns.tolist() == ["Địa bàn", "Lý do"]


def test_values_under_years_and_under_scenarios_are_those_of_one_column():
    wide = pd.DataFrame({"area": ["62"], 2021: [0.1532], 2022: [None]})
    assert [c.cells for c in columns(wide, "vi", "rate")][1:] == [["15,32"], [NOTHING]]
    by_scenario = columns(pd.DataFrame({"programme-low": [2028]}), "en", "year")[0]
    assert by_scenario.kind == "year" and by_scenario.heading.startswith("Programme 3299, low")


def test_headings_of_a_table_replace_those_of_the_list():
    table = Table("x", pd.DataFrame({"rate": [0.1]}), Words("notebook.english"), headings={"rate": Words("col.none")})
    with pytest.raises(KeyError):
        table.columns("vi")
    table = Table("x", pd.DataFrame({"rate": [0.1]}), Words("x"), headings={"rate": Words("error.row", row=3)})
    assert table.columns("en")[0].heading == "row 3" and not table.is_landscape


def test_the_list_of_columns_is_sound():
    facts = labels.column_facts()
    units = {key.removeprefix("unit_measure.") for key in labels.labels() if key.startswith("unit_measure.")}
    prefixes = {key.partition(".")[0] for key in labels.labels()}
    assert [name for name, row in facts.items() if not (row["vi"] and row["en"])] == []
    assert {row["unit"] for row in facts.values()} <= {*units, ""}
    assert {row["words"] for row in facts.values()} <= {*prefixes, ""}
    assert {row["format"][:1] for row in facts.values()} <= set("pcngyd") | {""}
    assert [
        name for name, row in facts.items() if row["format"][:1] in "pc" and row["format"] and row["unit"] != "percent"
    ] == []


def test_every_column_of_a_report_has_a_heading_and_its_own_kind(tables):
    wrong = [
        (name, column.name)
        for name, table in tables.items()
        for lang in labels.LANGUAGES
        for column in table.columns(lang)
        if column.heading == column.name
        and not column.name.isdigit()
        or column.kind == "text"
        and pd.api.types.is_float_dtype(table.frame.get(column.name, pd.Series(dtype=str)))
    ]
    assert wrong == []


def test_the_tables_hold_the_numbers_of_the_package(tables):
    rate = next(c for c in tables["known_rates"].columns("vi") if c.name == "rate")
    assert rate.values[:3] == [15.32, 10.86, 6.84]
    quotas = tables["quotas"].frame.query("scenario == 'programme-mid' and area == '62'").iloc[0]
    assert quotas[2022] == 4682 and tables["quotas"].frame["scenario"].unique().tolist() == [
        "programme-mid",
        "observed-pace",
    ]
    assert len(tables["scoreboard"].frame) == 26 and tables["district_panel"].is_landscape


def test_a_vintage_too_early_names_the_tables_it_cannot_give():
    early = kt.load_observations(as_of="2021-06-30")
    report, problems = report_tables(early, [kt.preset("programme-mid")], names=["rates", "sources"])
    assert [table.name for table in report] == ["sources"]
    assert [name for name, _ in problems] == ["rates"] and isinstance(problems[0][1], kt.KontumError)


def test_a_document_says_vintage_scenarios_seed_and_data(obs, raw_copy):
    origin = provenance(obs, [kt.preset("programme-mid")], as_of="2022-10-04")
    facts = dict(origin.facts("vi"))
    assert facts["Số liệu đã công bố đến ngày"] == "04/10/2022" and facts["Số khởi tạo ngẫu nhiên"] == "3299"
    assert "programme-mid" in facts["Kịch bản"] and origin.data_hash == data_hash() == data_hash(raw_copy)
    (raw_copy / "targets.csv").write_bytes((raw_copy / "targets.csv").read_bytes() + b"\n")
    assert data_hash(raw_copy) != data_hash()


def test_an_interval_is_printed_for_estimates_alone(obs):
    panel = kt.estimate_panel(obs).panel
    for short, name in (("rate", "rate"), ("poor", "poor_households")):
        ends = (f"{short}_q10", f"{short}_q90")
        low, high = (column for column in columns(panel, "vi") if column.name in ends)
        is_open = [cell != "–" for cell in low.cells]
        assert is_open == [cell != "–" for cell in high.cells] == (panel[f"status_{name}"] == "estimated").tolist()
