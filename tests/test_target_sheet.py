"""The sheet of the 26 targets: what an office fills in becomes its figures of the indicators behind the targets."""

import io

import openpyxl
import pytest

from kontum_analysis.base.errors import DataError
from kontum_analysis.data.observations import load_observations
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
