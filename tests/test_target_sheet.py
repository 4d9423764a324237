"""The sheet of the 26 targets: what an office fills in becomes its figures of the indicators behind the targets."""

import io

import openpyxl
import pytest
from hostile import run

import kontum_analysis as kt
from kontum_analysis.base.errors import DataError
from kontum_analysis.data.observations import load_observations
from kontum_analysis.figures import build
from kontum_analysis.offices import store
from kontum_analysis.offices.columns import indicators
from kontum_analysis.offices.importing import read_filled
from kontum_analysis.offices.target_sheet import _targets, target_template

GIVEN = dict(office="Sở Kế hoạch", document="09/BC", date="20/02/2025", year=2024)


def filled(path, values, lang="vi"):
    """The sheet with values by target; the other cells stay empty."""
    book = openpyxl.load_workbook(io.BytesIO(target_template(2024, lang)))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        names = [cell.value for cell in row]
        if names[0] in values:
            row[5].value = values[names[0]]
    book.save(path)
    return path


def percent_targets():
    """The targets that are a rate."""
    units = indicators()
    return [name for name, row in _targets().items() if units[row.indicator]["unit_measure"] == "percent"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_filled_target_is_a_figure_of_its_indicator_and_area(tmp_path, lang):
    name = percent_targets()[0]
    table = read_filled(filled(tmp_path / "a.xlsx", {name: "15,5"}, lang), **GIVEN)
    target = _targets()[name]
    assert [(entry.code, entry.values) for entry in table.entries] == [(target.scope_area, {target.indicator: 15.5})]


def test_the_loader_takes_a_stored_target_and_undo_takes_it_away(tmp_path):
    name = percent_targets()[0]
    path, place = filled(tmp_path / "a.xlsx", {name: 15.5}), tmp_path / "kho"
    number = store.store(store.plan_import(path, user=place, **GIVEN))
    obs, target = load_observations(user=place), _targets()[name]
    rows = obs[(obs.indicator == target.indicator) & (obs.ref_area == target.scope_area) & obs.preferred]
    assert rows.set_index("time_period").obs_value["2024-12-31"] == 15.5
    store.undo(number, user=place)
    assert list(place.iterdir()) == []


def test_all_26_targets_are_in_the_sheet_and_an_unknown_one_is_refused(tmp_path):
    assert len(_targets()) == 26
    path = filled(tmp_path / "a.xlsx", {percent_targets()[0]: 15.5})
    book = openpyxl.load_workbook(path)
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == percent_targets()[0]]
    cells[0].value = "S-XX-99"
    book.save(path)
    with pytest.raises(DataError) as refused:
        read_filled(path, **GIVEN)
    assert [problem.allowed for problem in refused.value.problems] == ["own.allowed.target"]


def test_a_wrong_value_of_a_target_is_told_with_its_row(tmp_path):
    with pytest.raises(DataError) as refused:
        read_filled(filled(tmp_path / "a.xlsx", {percent_targets()[0]: "khoảng 15"}), **GIVEN)
    problem = refused.value.problems[0]
    assert problem.allowed == "own.allowed.bound" and problem.row


SAMPLE = {"percent": 95, "criteria": 1.2, "percentage_points_per_year": 3.5, "communes": 50, "villages": 1, "count": 3}


@pytest.mark.parametrize(("year", "mark"), [(2024, "Đạt"), (2025, "Chưa đạt")])
def test_a_full_sheet_by_the_command_gives_all_26_targets_a_status(tmp_path, monkeypatch, year, mark):
    monkeypatch.setenv("KONTUM_DATA", str(tmp_path / "kho"))
    sheet = str(tmp_path / "muc-tieu.xlsx")
    assert run(["data", "template", "--targets", "--year", str(year), "--out", sheet])[0] == 0
    book, units = openpyxl.load_workbook(sheet), indicators()
    rows = [row for row in book.worksheets[0].iter_rows() if row[0].value in _targets()]
    for row in rows:
        unit = units[_targets()[row[0].value].indicator]["unit_measure"]
        row[5].value = SAMPLE.get(unit, mark)
    book.save(sheet)
    options = ["--office", "Sở Tài chính tỉnh Quảng Ngãi", "--document", "09/BC-STC", "--date", "20/02/2026", "--yes"]
    status, printed = run(["data", "import", sheet, *options])
    assert (status, len(rows)) == (0, 26) and "Số mới: 23" in printed  # three central rows and two of water are one
    board = kt.scoreboard(load_observations(user=tmp_path / "kho"), draws=50).set_index("target_id")
    assert len(board) == 26 and "not_measured" not in set(board["status"]) and (board["needed_vi"] == "").all()
    assert (board["kind"] == "office").all() and board["latest_value"].notna().all()
    assert (board["latest_day"] == ("2024-12-31" if year == 2024 else "2025-06-30")).all()
    marks = board.loc[["S-NTM-08B", "S-DT-03", "S-GN-CENTRAL"], "status"]
    assert set(marks) == ({"met"} if mark == "Đạt" else {"at_risk"})
    assert board.loc["S-DT-10B", ["status", "reason"]].tolist() == ["on_track", "pace"]  # from 371 villages to one
    assert board.loc["S-NTM-05", "reason"] == "one_figure"  # past what the model expects without knowing the figure
    page = build("scoreboard", load_observations(user=tmp_path / "kho"), "vi", ["Sở Tài chính"]).page()
    labels = {label.get_text() for label in page.axes[0].get_yticklabels()}
    assert len(labels) == 26 and not any("Chưa có số liệu" in words.get_text() for words in page.texts)
