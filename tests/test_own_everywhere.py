"""An office's own figure of one district changes all that rests on it, and is nowhere called published."""

import re

import pytest
from corpus.write import written_by_xlsxwriter

import kontum_analysis as kt
from kontum_analysis.data.own import VARIABLE
from kontum_analysis.figures import build
from kontum_analysis.offices import store
from kontum_analysis.publish.report import build_report
from kontum_analysis.publish.tables import report_tables

GLEI, HOUSEHOLDS, POOR = "610", 13_600, 1_250  # Đăk Glei at the end of 2024: 9.19 per cent


HEAD = ["STT", "Đơn vị", "Tổng số hộ", "Hộ nghèo"]
GIVEN = dict(office="Phòng Lao động", document="01/BC", date="15/01/2025", year=2024)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that holds the end of 2024 of one district, taken in from a table of one row."""
    place = tmp_path_factory.mktemp("own")
    book = written_by_xlsxwriter(place / "bang.xlsx", {"Biểu": [HEAD, [1, "Đăk Glei", HOUSEHOLDS, POOR]]})
    store.store(store.plan_import(book, user=place / "kho", **GIVEN))
    return place / "kho"


@pytest.fixture(scope="module")
def own(folder):
    return kt.load_observations(user=folder)


def cell(obs, area, year=2024):
    panel = kt.estimate_panel(obs, draws=400).panel
    return panel[(panel["area"] == area) & (panel["year"] == year)].iloc[0]


def test_the_cell_is_the_offices_and_the_other_districts_make_room(own, obs):
    ours, before = cell(own, GLEI), cell(obs, GLEI)
    assert (ours.poor_households, ours.status_poor_households) == (POOR, "office")
    assert (before.poor_households, before.status_poor_households) != (POOR, "office")
    others = [code for code in kt.districts() if code != GLEI]
    assert sum(cell(own, code).poor_households for code in others) + POOR == cell(own, "62").poor_households
    assert cell(own, "62").poor_households != cell(obs, "62").poor_households  # the total of 2024 is an estimate too


def test_its_path_from_2024_starts_from_the_figure(own, obs):
    scenario = kt.preset("programme-mid", start=2024)
    ours, before = (kt.project_poverty(table, scenario).set_index(["area", "year"]) for table in (own, obs))
    assert ours.loc[(GLEI, 2024), "poor_households"] == POOR and ours.loc[(GLEI, 2024), "status"] == "office"
    assert ours.loc[(GLEI, 2025), "rate"] != before.loc[(GLEI, 2025), "rate"]


def test_figures_draw_it_with_its_own_mark_and_name_it_in_the_source_line(own, obs):
    for name in ("reconciled_districts", "district_map", "coverage"):
        with_own, public = build(name, own, "vi"), build(name, obs, "vi")
        assert (with_own.table == "office").any(axis=None) and not (public.table == "office").any(axis=None)
        assert "số liệu của đơn vị" in with_own.source and "đơn vị" not in public.source
        assert with_own.image("svg") != public.image("svg")


def test_tables_and_report_call_it_the_offices(own, obs, folder):
    tables, _ = report_tables(own, [kt.preset("programme-mid")], None, ["district_panel"])
    row = tables[0].frame.query("area == @GLEI and year == 2024").iloc[0]
    assert row["status_poor_households"] == "office" and row["poor_households"] == POOR
    page = build_report(own, 2024, user=folder, place="Đăk Glei", pictures=False)
    assert "1.250" in page and "1.250" not in build_report(obs, 2024, place="Đăk Glei", pictures=False)


def test_the_explorer_shows_it(own, obs):
    ours, before = kt.explorer.show(own).html, kt.explorer.show(obs).html
    is_shown = re.compile(r'"status": ?"office"').search
    assert is_shown(ours) and not is_shown(before)


def test_the_trace_of_its_cell_names_the_office(folder):
    chain = kt.trace(GLEI, "poor_households", "2024", user=folder)
    assert chain.sources["value"].tolist()[0] == POOR and chain.sources["source_id"].iloc[0].startswith("own-")


def test_commands_use_it_unless_told_not_to(folder, monkeypatch, tmp_path):
    from typer.testing import CliRunner

    from kontum_analysis.cli import app

    monkeypatch.setenv(VARIABLE, str(folder))
    monkeypatch.chdir(tmp_path)
    for words in (["figures", "district_map", "--format", "svg"], ["tables", "--format", "csv"]):
        said = CliRunner().invoke(app, [*words, "--out", "a"]).stdout
        assert "Phòng Lao động" in said
        public = CliRunner().invoke(app, [*words, "--out", "b", "--no-own"]).stdout
        assert "Phòng Lao động" not in public
    assert "số liệu của đơn vị" in (tmp_path / "a" / "district_map.md").read_text(encoding="utf-8")
    assert "số liệu của đơn vị" not in (tmp_path / "b" / "district_map.md").read_text(encoding="utf-8")
