"""Read an office's table: which sheet, which area each row is, what each cell says, and every mistake, all at once.

The way: `opening` opens the file, `layout` finds heading and columns, this module reads the cells, `rows` settles which
area each row is, `row_checks` and `sums` compare them, `changes` sets them beside what is known.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..base.errors import KontumError, Problem, Words
from ..base.words import LANGUAGES, text
from ..data.own import members
from ..data.spelling import fold, plain_text
from .answers import Answers
from .columns import BEFORE, BEFORE_YEARS, BY_NAME, FRACTIONS, IDENTITY, STATUSES, headings, status_of
from .filled import Entry, Filled, MisreadTable
from .layout import Layout, choose_tables, is_figure
from .meta import about_document, named_district
from .opening import open_sheets
from .places import is_late, place_names, places
from .row_checks import cross_problems, doubtful_texts, settle_fractions
from .rows import Context, settle_rows
from .sheets import Cell
from .successors import add_up_to_units
from .sums import disagreements
from .target_sheet import read_targets, target_layout
from .typed import CRITERIA, cell_value


def read_filled(
    path: str | Path,
    answers: Answers | None = None,
    sheet: str | None = None,
    level: str | None = None,
    **document_facts: str | int | None,
) -> Filled:
    """The table in a workbook or text file as `Filled`.

    answers: what the office says of headings and names (see `Answers`); sheet: the one to read; level: commune, unit or
    district where the table leaves it open; document_facts: office, document, date, year where the file does not say
    them (they win over it). Raises KontumError for a file that cannot be read, MisreadTable with one problem a cause.
    """
    name, answers, sheets = Path(path).name, answers or Answers(), open_sheets(path)
    if targets := target_layout(name, sheets):
        return read_targets(targets, document_facts)
    tables = choose_tables(name, sheets, sheet, document_facts.get("year"), answers)
    problems: list[Problem] = []
    meta = about_document(tables.main, document_facts, problems)
    layout, year = tables.of_year(meta["year"]), meta["year"]
    problems += _refused_columns(layout, year)
    rows = [entry for table in (layout, *tables.totals) for entry in _rows(table, answers, problems)]
    problems += settle_rows(rows, _context(layout, rows, year, level or "", answers))
    problems += _refused_levels(rows, year)
    fractions, doubts = settle_fractions(rows, layout, answers)
    areas = [entry for entry in rows if entry.kind == "area" and entry.values]
    areas, parts = add_up_to_units(areas)
    problems += [problem for entry in rows if entry.kind == "area" for problem in entry.refusals]
    problems += [*doubts, *parts, *doubtful_texts(areas, layout), *cross_problems(areas, year)]
    if problems:
        raise MisreadTable(problems, layout)
    if not areas:
        raise KontumError("own.error.nothing_filled", file=name)
    differing = tuple(disagreements(rows, members(f"{year}-12-31" if not parts else f"{year - 1}-12-31")))
    meta |= dict(disagreements=differing, fractions=tuple(fractions))
    return Filled(tuple(areas), layout=layout, rows=tuple(rows), others=tables.others, **meta)


def _refused_columns(layout: Layout, year: int) -> list[Problem]:
    """What a year begins with, asked for where the end of the year before has another standard or other areas."""
    columns = [place for place, name in layout.columns.items() if name in BEFORE and year not in BEFORE_YEARS]
    line, years = layout.top + layout.depth, dict(first=BEFORE_YEARS[0], last=BEFORE_YEARS[-1])
    return [
        Problem(layout.place, line, layout.head(c), layout.headings[c], "own.allowed.before", years) for c in columns
    ]


def _rows(layout: Layout, answers: Answers, problems: list[Problem]) -> list[Entry]:
    """All rows below the heading that say something; what is wrong with the heading is added to the problems."""
    names = list(layout.columns.values())
    repeats = {name for name in names if name and names.count(name) > 1 and name not in ("name", "district", "code")}
    for name in sorted(repeats):
        heads = [layout.head(place) for place, column in layout.columns.items() if column == name]
        column, line = FRACTIONS.get(name, name), layout.top + layout.depth
        twice = Words("own.twice", name=headings(column) if column in BY_NAME else name)
        problems.append(Problem(layout.place, line, "; ".join(heads), twice, "own.allowed.column_once"))
    entries, district = [], ""
    for number in range(layout.first, len(layout.sheet.rows)):
        if entry := _read_row(layout, number, district, answers, problems):
            district = entry.district or district
            entries.append(entry)
    return entries


def _context(layout: Layout, rows: Sequence[Entry], year: int, level: str, answers: Answers) -> Context:
    titles = " ".join(str(cell.value) for row in layout.sheet.rows[: layout.top] for cell in row if cell.value)
    names = fold(" ".join([titles, layout.sheet.name, *(row.name for row in rows)]))
    heads = {name: layout.headings.get(place, "") for place, name in layout.columns.items() if name in IDENTITY}
    heading = heads.get("name", heads.get("district", ""))
    unknown = sum(bool(row.name and row.values) and row.kind == "" for row in rows)
    return Context(
        is_late(year),
        level,
        heading,
        named_district(titles),
        speaks_of_successor="quangngai" in names or "toantinh" in names or (is_late(year) and unknown > 56),
        answers=answers.areas,
    )


def _refused_levels(rows: Sequence[Entry], year: int) -> list[Problem]:
    """A district's own row in a year after the districts; before it, a subtotal without rows is a district's figure."""
    small = {row.candidates[0].parent for row in rows if row.kind == "area" and row.level != "district"}
    problems = []
    for row in rows:
        if row.kind == "group" and row.code and row.code not in small and row.values:
            row.kind = "area"
        if row.kind == "area" and row.level == "district" and is_late(year):
            units = [place for place in places(True) if place.level == "unit" and place.parent == row.code]
            problems.append(row.about_area("own.allowed.districts_ended", name=row.name, units=place_names(units)))
    return problems


def _read_row(layout: Layout, number: int, district: str, answers: Answers, problems: list[Problem]) -> Entry | None:
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
    last = max(layout.columns, default=0)
    extra = [_words(cell) for place, cell in enumerate(row) if place > last and cell.value is not None]
    if extra and not layout.sheet.name and any(map(_is_filled, figures.values())):
        problems.append(Problem(layout.place, number + 1, None, ", ".join(extra), "own.allowed.fields"))
        return None
    _read_figures(entry, figures, layout, answers)
    return entry


def _words(cell: Cell) -> str:
    """A code that a spreadsheet took for a number is text again."""
    return plain_text(cell.text)


def _is_filled(cell: Cell) -> bool:
    return cell.is_uncalculated or bool(cell.text.strip())


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
