"""Read an office's table: which sheet, which area each row is, what each cell says, and every mistake, all at once.

The way: `opening` opens the file, `layout` finds heading and columns, this module reads the cells, `rows` settles which
area each row is, `row_checks` and `sums` compare them, `changes` sets them beside what is known.
"""

from collections.abc import Sequence
from pathlib import Path

from ..base.errors import DataError, KontumError, Problem, Words
from ..base.words import LANGUAGES
from ..data.own import members
from ..data.spelling import fold
from .answers import Answers
from .cells import read_row
from .columns import BY_NAME, FRACTIONS, IDENTITY, heading
from .entries import Entry
from .filled import Filled, causes
from .fractions import doubtful_texts, settle_fractions
from .layout import Layout
from .meta import about_document, named_district
from .opening import open_sheets
from .places import is_late, listed_places, places
from .row_checks import cross_problems
from .rows import Context, settle_rows
from .successors import add_up_to_units
from .sums import disagreements
from .tables import choose_tables
from .target_sheet import read_targets, target_layout


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
    them (they win over it). Raises KontumError for a file that cannot be read, DataError with one problem a cause.
    """
    name, answers, sheets = Path(path).name, answers or Answers(), open_sheets(path)
    if targets := target_layout(name, sheets):
        return read_targets(targets, document_facts)
    tables = choose_tables(name, sheets, sheet, document_facts.get("year"), answers)
    problems: list[Problem] = []
    meta, title_year = about_document(tables.main, document_facts, problems)
    layout, year = tables.of_year(meta["year"]), meta["year"]
    rows = [entry for table in (layout, *tables.totals) for entry in _rows(table, answers, problems)]
    problems += settle_rows(rows, _context(layout, rows, year, level or "", answers))
    problems += _refused_levels(rows, year)
    fractions, doubts = settle_fractions(rows, layout, answers)
    areas = [entry for entry in rows if entry.kind == "area" and entry.values]
    areas, parts = add_up_to_units(areas)
    problems += [problem for entry in rows if entry.kind == "area" for problem in entry.refusals]
    problems += [*doubts, *parts, *doubtful_texts(areas, layout), *cross_problems(areas, year)]
    if problems:
        raise DataError(causes(problems))
    if not areas:
        raise KontumError("own.error.nothing_filled", file=name)
    differing = tuple(disagreements(rows, members(f"{year}-12-31" if not parts else f"{year - 1}-12-31")))
    return Filled(
        tuple(areas),
        **meta,
        layout=layout,
        rows=tuple(rows),
        others=tables.others,
        disagreements=differing,
        title_year=title_year,
        fractions=tuple(fractions),
    )


def _rows(layout: Layout, answers: Answers, problems: list[Problem]) -> list[Entry]:
    """All rows below the heading that say something; what is wrong with the heading is added to the problems."""
    names = list(layout.columns.values())
    doubled = {name for name in names if name and names.count(name) > 1 and name not in ("name", "district", "code")}
    for name in sorted(doubled):
        heads = [layout.head(place) for place, column in layout.columns.items() if column == name]
        line = layout.top + layout.depth
        problems.append(
            Problem(
                layout.place, line, "; ".join(heads), Words("own.twice", name=_heading(name)), "own.allowed.column_once"
            )
        )
    entries, district = [], ""
    for number in range(layout.first, len(layout.sheet.rows)):
        if entry := read_row(layout, number, district, answers, problems):
            district = entry.district or district
            entries.append(entry)
    return entries


def _heading(name: str) -> dict[str, str]:
    column = FRACTIONS.get(name, name)
    return {lang: heading(column, lang) if column in BY_NAME else name for lang in LANGUAGES}


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
            words = {lang: listed_places(units, lang) for lang in LANGUAGES}
            problems.append(row.about_area("own.allowed.districts_ended", name=row.name, units=words))
    return problems
