"""An office's own figures, from the template through the import to paths and quotas; and that nothing published reads
them.
"""

import io

import openpyxl
import pandas as pd
import pytest
from office import FIRST, OFFICE, filled
from planting import files_in

import kontum_analysis as kt
from kontum_analysis.base.errors import DataError, KontumError
from kontum_analysis.base.files import PROCESSED
from kontum_analysis.base.words import text
from kontum_analysis.cli.data import _conflict_table
from kontum_analysis.data import observations
from kontum_analysis.data import own as own_data
from kontum_analysis.data.areas import districts
from kontum_analysis.offices import store as own_store
from kontum_analysis.offices.template import template
from kontum_analysis.publish.report import build_report
from kontum_analysis.review import reproduce


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """The folder after a full commune table of 2024, with the plan that made it."""
    place = tmp_path_factory.mktemp("office")
    plan = own_store.plan_import(filled(place / "xa.xlsx"), user=place / "kho")
    own_store.store(plan)
    return place, plan, kt.load_observations(user=place / "kho")


@pytest.mark.parametrize("level, year, areas", [("commune", 2024, 102), ("unit", 2025, 40), ("district", 2023, 10)])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_template_is_the_same_on_every_run_and_locks_the_areas(level, year, areas, lang):
    workbook = template(level, year, lang)
    assert workbook == template(level, year, lang)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0]
    assert sheet.max_row == FIRST - 1 + areas and sheet.protection.sheet and sheet.freeze_panes == f"C{FIRST}"
    assert sheet.cell(FIRST, 1).protection.locked and not sheet.cell(FIRST, 5).protection.locked
    for rule in sheet.data_validations.dataValidation:
        assert rule.error and rule.prompt and rule.showErrorMessage


def test_the_template_refuses_units_before_they_were_there_and_districts_after():
    for level, year in (("unit", 2024), ("commune", 2025), ("district", 2025), ("district", 2030), ("village", 2024)):
        with pytest.raises(KontumError):
            template(level, year)


def test_a_full_table_of_communes_goes_through_to_quotas_that_add_up(imported):
    _, plan, obs = imported
    assert len(plan.changes) == 102 * 3 + 85 * 2 + (plan.changes.indicator == "ntm_advanced_year").sum()
    total = sum(80 + n for n in range(102))
    panel = kt.estimate_panel(obs, draws=20).panel.query("year == 2024").set_index("area")
    assert panel.poor_households["62"] == total and panel.poor_households[districts()].sum() == total
    assert set(panel.status_poor_households) == {"office"} and set(panel.status_rate) == {"office"}
    plan_2024 = kt.Scenario(name="mine", province_pace_pp=1.0, poor_district_pace_pp=2.0, start=2024, end=2027)
    paths = kt.project_poverty(obs, plan_2024)
    province = paths[paths.area == "62"].set_index("year").poor_households
    quotas = kt.exit_quotas(paths)
    assert province[2024] == total and quotas.quota.dtype == "int64"
    assert (quotas.groupby("year").quota.sum() == -province.diff().dropna().astype(int)).all()


def test_imported_counts_of_communes_are_the_offices_and_exact_in_the_attainment(imported):
    _, _, obs = imported
    result = kt.project_ntm(obs, draws=100)
    communes = result.communes
    assert result.state_day == "2024-12-31" and set(communes.status) == {"office"}
    rows = communes[communes.count_published.notna()]
    assert (
        len(rows) > 50
        and (rows.count_low == rows.count_published).all()
        and (rows.count_high == rows.count_published).all()
    )
    assert set(result.years.query("year == 2024 and indicator == 'ntm_communes'")["mean"]) == {
        float((communes.p_19 == 1).sum())
    }


def test_a_status_that_takes_away_a_published_one_is_told(imported):
    _, plan, obs = imported
    rows = plan.conflicts[plan.conflicts.indicator == "ntm_attained"]
    assert (
        len(rows) > 5 and set(rows.published) == {1.0} and set(rows.own_value) == {0.0} and (rows.source_id != "").all()
    )
    members_now = kt.project_ntm(obs, draws=20).communes.set_index("code")
    assert (members_now.loc[rows.area, "p_19"] == 0).all()


def test_importing_twice_changes_nothing_and_a_correction_says_what_it_replaces(imported, tmp_path):
    place, _, _ = imported
    store = tmp_path / "kho"
    own_store.store(own_store.plan_import(place / "xa.xlsx", user=store))
    before = files_in(store)
    again = own_store.plan_import(place / "xa.xlsx", user=store)
    assert not again.is_news and own_store.store(again) is None and set(again.changes.kind) == {"same"}
    assert before == files_in(store)

    def correct(book):
        book.worksheets[0].cell(FIRST, 5).value = 99

    plan = own_store.plan_import(filled(tmp_path / "sua.xlsx", change=correct), user=store)
    changed = plan.changes[plan.changes.kind != "same"]
    assert changed[["area", "indicator", "old_value", "old_status", "new_value", "kind"]].values.tolist() == [
        ["23281", "poor_households", 80.0, "own", 99.0, "replaces_own"]
    ]
    own_store.store(plan)
    rows = own_data.own_tables(store, observations.raw_tables())["observations"]
    rows = rows[(rows.ref_area == "23281") & (rows.indicator == "poor_households")]
    assert rows.obs_value.tolist() == ["99"] and rows.comment.iloc[0].startswith("Replaces 80 (own-")


def test_a_figure_that_contradicts_a_published_total_wins_visibly(tmp_path):
    plan = own_store.plan_import(filled(tmp_path / "huyen.xlsx", "district", 2023), user=tmp_path / "kho")
    losers = plan.conflicts.query("area == '62' and indicator == 'poor_households'")
    assert set(losers.published) == {10220} and set(losers.own_value) == {sum(range(80, 90))}
    own_store.store(plan)
    obs = kt.load_observations(user=tmp_path / "kho")
    fact = obs[(obs.ref_area == "62") & (obs.indicator == "poor_households") & (obs.time_period == "2023-12-31")]
    assert fact[fact.preferred].obs_value.tolist() == [845.0] and 10220.0 in fact[~fact.preferred].obs_value.tolist()
    conflicts = kt.conflicts(obs)
    conflicts = conflicts[(conflicts.area == "62") & (conflicts.not_used == 10220)]
    assert (
        set(conflicts.used) == {845.0}
        and conflicts.reason_vi.notna().all()
        and conflicts.source_used.str.startswith("own-").all()
    )


def test_some_districts_leave_the_province_as_published_and_sums_exact(tmp_path):
    def two_only(book):
        sheet = book.worksheets[0]
        for row in range(FIRST, FIRST + 10):
            for column in range(3, 9):
                if sheet.cell(row, 1).value not in ("611", "618") or column > 4:
                    sheet.cell(row, column).value = None
        for row in range(FIRST, FIRST + 10):
            if sheet.cell(row, 1).value in ("611", "618"):
                sheet.cell(row, 3).value, sheet.cell(row, 4).value = (
                    (16500, 350) if sheet.cell(row, 1).value == "611" else (3700, 1200)
                )

    plan = own_store.plan_import(
        filled(tmp_path / "hai.xlsx", "district", 2023, change=two_only), user=tmp_path / "kho"
    )
    own_store.store(plan)
    cells = kt.estimate_panel(kt.load_observations(user=tmp_path / "kho"), draws=50)
    assert set(cells.poor[:, cells.years.index(2023), :].sum(axis=0).tolist()) == {10220}
    panel = cells.panel.query("year == 2023").set_index("area")
    assert panel.poor_households["611"] == 350 and panel.status_poor_households["611"] == "office"
    assert panel.status_poor_households["613"] == "estimated"


def test_a_conflict_without_an_own_figure_says_why_only_where_it_is_a_rate():
    """A published level that the office's status does not repeat has no own figure either, and is no rate."""
    row = dict(area="614", area_name="Kon Rẫy", level="district", time_period="2023-12-31", source_id="vna-1")
    rows = [row | dict(indicator="poverty_rate_pct", published=10.51, own_value=float("nan"))]
    rows += [row | dict(indicator="ntm_advanced_year", published=2022.0, own_value=float("nan"))]
    table = _conflict_table(pd.DataFrame(rows), "vi")
    assert table.iloc[:, -1].tolist() == [text("own.col.of_lost_count", "vi"), "–"]


def test_figures_that_leave_no_room_are_refused_and_nothing_is_written(tmp_path):
    def one(book):
        sheet = book.worksheets[0]
        for row in range(FIRST + 1, FIRST + 10):
            for column in range(3, 9):
                sheet.cell(row, column).value = None
        sheet.cell(FIRST, 3).value, sheet.cell(FIRST, 4).value = 60000, 20000

    with pytest.raises(KontumError) as refused:
        own_store.plan_import(filled(tmp_path / "mot.xlsx", "district", 2023, change=one), user=tmp_path / "kho")
    assert isinstance(refused.value, own_store.UnfitTable) and refused.value.filled.entries
    assert refused.value.key == "own.error.no_fit" and not (tmp_path / "kho").exists()


def test_units_of_2025_add_up_to_the_old_districts(tmp_path, imported):
    place, _, _ = imported
    store = tmp_path / "kho"
    own_store.store(own_store.plan_import(place / "xa.xlsx", user=store))
    own_store.store(own_store.plan_import(filled(tmp_path / "dv.xlsx", "unit", 2025), user=store))
    obs = kt.load_observations(user=store)
    panel = kt.estimate_panel(obs, draws=20).panel.query("year == 2025").set_index("area")
    assert panel.poor_households["62"] == sum(80 + n for n in range(40)) == panel.poor_households[districts()].sum()
    assert kt.project_ntm(obs, draws=20).state_day == "2024-12-31"  # codes of 2025 are not taken for old communes


def test_published_outputs_never_read_the_folder(imported, obs, tmp_path, monkeypatch):
    place, _, _ = imported
    monkeypatch.setenv("KONTUM_DATA", str(place / "kho"))
    pd.testing.assert_frame_equal(kt.load_observations(), obs)
    list({key: work for key, _, work in reproduce.steps(tmp_path)}["step.data"])
    content = (tmp_path / "data" / "processed" / "observations.csv").read_bytes()
    assert content == (PROCESSED / "observations.csv").read_bytes()
    assert own_data.is_own(kt.load_observations(user=True)).any()  # and it is there to be read


def test_a_folder_that_cannot_be_written_is_said_in_one_message(imported, tmp_path):
    place, _, _ = imported
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    plan = own_store.plan_import(place / "xa.xlsx", user=tmp_path / "file" / "kho")
    with pytest.raises(KontumError) as refused:
        own_store.store(plan)
    assert refused.value.key == "own.error.cannot_write"


def test_a_folder_edited_by_hand_is_checked_by_row_and_column(imported, tmp_path):
    place, _, _ = imported
    for name in ("observations.csv", "sources.csv"):
        (tmp_path / name).write_bytes((place / "kho" / "imports" / "0001" / name).read_bytes())
    rows = (tmp_path / "observations.csv").read_text(encoding="utf-8").splitlines()
    rows[3] = rows[3].replace("exact", "about")
    (tmp_path / "observations.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as refused:
        kt.load_observations(user=tmp_path)
    assert [(p.row, p.column, p.value) for p in refused.value.problems] == [(4, "bound", "about")]


def test_the_template_command_never_writes_over_a_filled_table(tmp_path):
    from typer.testing import CliRunner

    from kontum_analysis.cli import app

    words = ["data", "template", "--level", "district", "--out", str(tmp_path / "a.xlsx")]
    for _ in range(2):  # the same template again is no loss
        assert CliRunner().invoke(app, words).exit_code == 0
    (tmp_path / "a.xlsx").write_bytes(b"filled in")
    assert CliRunner().invoke(app, words).exception.key == "own.error.exists"
    assert (tmp_path / "a.xlsx").read_bytes() == b"filled in"
    assert (
        CliRunner().invoke(app, [*words[:-1], str(tmp_path / "no" / "a.xlsx")]).exception.key == "error.cli.no_folder"
    )


def test_the_command_imports_says_so_and_project_uses_it(imported, tmp_path, monkeypatch, capsys):
    from typer.testing import CliRunner

    from kontum_analysis.cli import app

    place, _, _ = imported
    monkeypatch.setenv("KONTUM_DATA", str(tmp_path / "kho"))
    run = CliRunner()
    looked = run.invoke(app, ["data", "import", str(place / "xa.xlsx"), "--dry-run"])
    assert looked.exit_code == 0 and "chưa ghi gì" in looked.output and not (tmp_path / "kho").exists()
    assert isinstance(
        run.invoke(app, ["data", "import", str(place / "xa.xlsx")]).exception, KontumError
    )  # nobody to ask
    result = run.invoke(app, ["data", "import", str(place / "xa.xlsx"), "--yes", "--lang", "en"])
    assert result.exit_code == 0 and "Written to" in result.output
    assert "3,783" in result.output  # Ia H'Drai as published
    words = ["project", "--province-pace", "1", "--poor-district-pace", "2", "--from", "2024", "--to", "2026"]
    assert f"số liệu của {OFFICE}." in run.invoke(app, words).output
    published = run.invoke(app, [*words, "--no-own"])
    assert published.exit_code == 0 and OFFICE not in published.output  # from the estimate of 2024


def test_the_report_of_an_office_uses_its_figures_and_names_it_as_their_source(imported):
    place, _, obs = imported
    year = kt.estimate_panel(obs).panel.query("area == '62' and year == 2024").iloc[0]
    page = build_report(obs, 2024, "vi", user=place / "kho", pictures=False)
    assert f"{year.poor_households:,.0f}".replace(",", ".") in page and OFFICE in page


def test_a_table_of_a_few_communes_is_imported_and_adds_up_to_nothing(tmp_path):
    own_store.store(own_store.plan_import(filled(tmp_path / "xa.xlsx", rows=3), user=tmp_path / "kho"))
    obs = kt.load_observations(user=tmp_path / "kho")
    figures = obs[own_data.is_own(obs)]
    assert (
        figures["ref_area"].nunique() == 3
        and (figures["level"] == "commune").all()
        and not (figures["obs_status"] == "E").any()
    )
