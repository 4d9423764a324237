"""One row of a sheet as an `Entry`: its number, name, district and code, and what each of its figures says."""

from typing import Any

from ..base.errors import KontumError, Problem
from ..base.words import LANGUAGES, text
from ..data.spelling import plain_text
from .answers import Answers
from .columns import BY_NAME, FRACTIONS, STATUSES, status_of
from .entries import Entry
from .layout import Layout, is_figure
from .sheets import Cell
from .typed import CRITERIA, cell_value


def read_row(layout: Layout, number: int, district: str, answers: Answers, problems: list[Problem]) -> Entry | None:
    """The row of a sheet (from 0) as an Entry; None where it says nothing.

    district: that of the row above, which counts on where the cell is merged or left empty. A row with more fields than
    headings is added to the problems. What cannot be read in a cell is kept in `refusals` until it is known whether the
    row is one of ours.
    """
    row = layout.sheet.rows[number]
    cells = {name: row[place] for place, name in layout.columns.items() if name and place < len(row)}
    figures = {name: cell for name, cell in cells.items() if is_figure(name)}
    before = [cell for place, cell in enumerate(row) if not is_figure(layout.columns.get(place))]
    texts = [_words(cell) for cell in before if cell.value is not None]
    if not texts and not any(map(_is_filled, figures.values())):
        return None
    heads = {name: layout.head(place) for place, name in layout.columns.items() if name}
    entry = Entry(layout.place, number + 1, heads, number=_words(row[0]) if row else "")
    place_words: dict[str, str] = {name: _words(cells[name]) for name in ("code", "name", "district") if name in cells}
    entry.area_code, entry.name, entry.district = (place_words.get(name, "") for name in ("code", "name", "district"))
    entry.name = entry.name or next((words for words in texts if not words[:1].isdigit()), "")
    if "name" not in cells and "code" not in cells:
        entry.name, entry.district = entry.district, ""
    elif "district" in cells and not entry.district and entry.name:
        entry.district = district
    entry.cells |= {name: value for name, value in place_words.items() if value} | {"name": entry.name}
    extra = [_words(cell) for place, cell in enumerate(row) if place >= _width(layout) and cell.value is not None]
    if extra and not layout.sheet.name and any(map(_is_filled, figures.values())):
        problems.append(Problem(layout.place, number + 1, None, ", ".join(extra), "own.allowed.fields"))
        return None
    _read_figures(entry, figures, layout, answers)
    return entry


def _width(layout: Layout) -> int:
    return max(layout.columns, default=0) + 1


def _words(cell: Cell) -> str:
    """A code that a spreadsheet took for a number is text again."""
    value = cell.value
    if value is None:
        return ""
    return plain_text(str(int(value) if isinstance(value, float) and value == int(value) else value))


def _is_filled(cell: Cell) -> bool:
    return cell.is_uncalculated or (cell.value is not None and bool(str(cell.value).strip()))


def _read_figures(entry: Entry, figures: dict[str, Cell], layout: Layout, answers: Answers) -> None:
    marks = {name: cell for name, cell in figures.items() if name.startswith("criterion_")}
    for name, cell in figures.items():
        if name in marks or not _is_filled(cell):
            continue
        column = BY_NAME[FRACTIONS.get(name, name)]
        is_dash = isinstance(cell.value, str) and not cell.value.strip("-−–— ")
        if is_dash and (column.is_ntm or answers.dash == ""):
            continue  # what does not apply to a ward, or what the office says is not known
        entry.cells[column.name] = "=" if cell.is_uncalculated else cell.value
        try:
            value = 0 if is_dash and answers.dash == "0" else _value(column.kind, cell)
        except KontumError as error:
            entry.refusals.append(entry.problem(column.name, error.key, **error.values))
            continue
        if value is None:
            del entry.cells[column.name]
        else:
            entry.values[column.name] = round(100 * value, 10) if name in FRACTIONS else value
    if marks:
        _count_marks(entry, marks)


def _value(kind: str, cell: Cell) -> Any:
    if kind != "status" or cell.is_uncalculated or cell.is_error:
        return cell_value(cell, kind)
    if (status := status_of(cell.value)) is None:
        allowed = [", ".join(text(f"own.status.{s}", lang) for s in STATUSES) for lang in LANGUAGES]
        raise KontumError("own.allowed.status", allowed=" / ".join(allowed))
    return status


def _count_marks(entry: Entry, marks: dict[str, Cell]) -> None:
    """Criteria met from one mark a criterion: an empty cell is "not met" where only those that are met are marked."""
    mark_of: dict[str, bool | None] = {}
    for name, cell in marks.items():
        entry.cells[name] = cell.value
        try:
            mark_of[name] = cell_value(cell, "mark")
        except KontumError as error:
            entry.refusals.append(entry.problem(name, error.key, **error.values))
    count = sum(mark is True for mark in mark_of.values())
    if not any(mark is not None for mark in mark_of.values()):
        return
    if len(marks) < CRITERIA or (None in mark_of.values() and False in mark_of.values()):
        entry.refusals.append(entry.problem(min(marks), "own.allowed.every_mark", count=CRITERIA))
    elif entry.values.get("ntm_criteria_met", count) != count:
        entry.refusals.append(entry.problem("ntm_criteria_met", "own.allowed.marks_agree", count=count))
    elif not entry.refusals:
        entry.values["ntm_criteria_met"] = entry.cells["ntm_criteria_met"] = count
        entry.heads.setdefault("ntm_criteria_met", entry.heads["criterion_1"])
