"""Read a filled table: which area each row is, what each cell says, and every mistake, all listed at once.

The way: `sheets` opens the file, this module finds the headings and reads the cells, `import_checks` compares them with
one another, `own_changes` sets them beside what is known and puts them into the folder of own figures.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ..base.errors import DataError, KontumError, Problem
from ..base.words import LANGUAGES, text
from ..data.areas import fold
from ..data.own import FORMULA_MARKS, PREFIX
from .columns import BY_NAME, META, STATUSES, YEARS, Column, meta_name, recognised, status_of
from .row_checks import cross_problems
from .rows import Entry, identify
from .sheets import Cell, Sheet, open_sheets
from .typed import day, decimal_number, whole_number

_LONGEST = 200


@dataclass(frozen=True)
class Filled:
    """A table that was read without a mistake: its entries, the year, and the document it comes from."""

    entries: tuple[Entry, ...]
    year: int
    office: str
    document: str
    date: str

    @property
    def day(self) -> str:
        """The day the figures speak of."""
        return f"{self.year}-12-31"

    @property
    def source_id(self) -> str:
        """A slug for the document: letters of its names, made unambiguous by a hash of the names themselves."""
        plain = unicodedata.normalize("NFD", f"{self.document} {self.office}".casefold().replace("đ", "d"))
        slug = re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c)))
        mark = hashlib.sha256("\n".join([self.office, self.document, self.date]).encode()).hexdigest()[:8]
        return "-".join(filter(None, [PREFIX.rstrip("-"), slug.strip("-")[:40].strip("-"), mark]))


@dataclass(frozen=True)
class _Table:
    """A sheet with the row of its headings (from 0), and by place in that row the column each of them means."""

    file: str
    sheet: Sheet
    head: int
    columns: dict[int, str | None]

    @property
    def place(self) -> str:
        """Where a message says that it stands."""
        return f"{self.file} › {self.sheet.name}" if self.sheet.name else self.file


def read_filled(path: str | Path, **given: str | int | None) -> Filled:
    """The table in an .xlsx or text file as `Filled`.

    given: office, document, date, year where the file itself does not say them (a text file often does not); what is
    given wins. Raises KontumError for a file that cannot be read, DataError listing every mistake in it by sheet, row,
    column.
    """
    name = Path(path).name
    tables = _find_tables(name, *open_sheets(path))
    problems: list[Problem] = []
    meta = _meta(tables[0], given, problems)
    entries = [entry for table in tables for entry in _entries(table, meta["year"], problems)]
    if not entries and not problems:
        raise KontumError("own.error.nothing_filled", file=name)
    problems += cross_problems([e for e in entries if e.code], meta["year"])
    if problems:
        raise DataError(problems)
    return Filled(tuple(e for e in entries if e.level), **meta)


def _find_tables(name: str, sheets: list[Sheet], is_workbook: bool) -> list[_Table]:
    """The table of the figures, and that of the totals where a workbook has one."""
    wanted, added = ({fold(text(f"own.sheet.{kind}", lang)) for lang in LANGUAGES} for kind in ("data", "totals"))
    candidates = sheets
    if is_workbook:
        candidates = [s for s in sheets if fold(s.name) in wanted] or (sheets if len(sheets) == 1 else [])
        if not candidates:
            expected = " / ".join(text("own.sheet.data", lang) for lang in LANGUAGES)
            raise KontumError("own.error.sheet", file=name, found=", ".join(s.name for s in sheets), expected=expected)
    table = max((_headings(name, sheet) for sheet in candidates), key=lambda table: len(table.columns))
    if not table.columns:
        raise KontumError("own.error.no_headings", file=name)
    totals = [_headings(name, sheet) for sheet in sheets if is_workbook and fold(sheet.name) in added]
    return [table, *[other for other in totals if other.columns][:1]]


def _headings(name: str, sheet: Sheet) -> _Table:
    """The first row with an area and a figure is that of the headings; no columns where there is none."""
    for number, row in enumerate(sheet.rows[:60]):
        names = {place: recognised(cell.value) for place, cell in enumerate(row) if cell.value is not None}
        known = set(names.values())
        if known & {"code", "name", "district"} and known & set(BY_NAME):
            return _Table(name, sheet, number, names)
    return _Table(name, sheet, 0, {})


def _meta(table: _Table, given: Mapping[str, object], problems: list[Problem]) -> dict[str, Any]:
    """Office, document, date and year, from the cells above the table or as given; what is missing
    becomes a Problem.
    """
    found: dict[str, Any] = {}
    where: dict[str, int] = {}
    for number, row in enumerate(table.sheet.rows[: table.head], 1):
        for at, cell in enumerate(row):
            if name := meta_name(cell.value) if isinstance(cell.value, str) else None:
                value = next((c.value for c in row[at + 1 :] if c.value is not None), None)
                found.setdefault(name, value)
                where.setdefault(name, number)
    found |= {name: value for name, value in given.items() if value is not None}
    meta: dict[str, Any] = {}
    for name in META:
        try:
            meta[name] = _META[name](found.get(name))
        except KontumError as error:
            heading = " / ".join(text(f"own.meta.{name}", lang) for lang in LANGUAGES)
            typed = str(found.get(name) or "")
            problems.append(Problem(table.place, where.get(name), heading, typed, error.key, error.values))
            meta[name] = YEARS[-2] if name == "year" else ""  # to go on and find the other mistakes
    if meta["date"] and meta["date"] < f"{meta['year']}-01-01":
        line, year = where.get("date"), meta["year"]
        problems.append(Problem(table.place, line, None, meta["date"], "own.limit.date", {"year": year}))
    return meta


def _name(value: Any, of: str) -> str:
    name = " ".join("".join(c if c.isprintable() else " " for c in str(value or "")).split())
    if not name or len(name) > _LONGEST:
        key = "own.allowed.office" if of == "office" else "own.allowed.document"
        raise KontumError(key, longest=_LONGEST)
    if name.startswith(FORMULA_MARKS):
        raise KontumError("own.allowed.no_formula")
    return unicodedata.normalize("NFC", name)


def _date(value: Any) -> str:
    if value in (None, ""):
        raise KontumError("own.allowed.day")
    return day(value)


def _year(value: Any) -> int:
    try:
        year = whole_number(value)
    except KontumError:
        year = 0
    if year not in YEARS:
        raise KontumError("own.allowed.year", first=YEARS[0], last=YEARS[-1])
    return year


_META: dict[str, Callable[[Any], Any]] = {
    "office": partial(_name, of="office"),
    "document": partial(_name, of="document"),
    "date": _date,
    "year": _year,
}


def _entries(table: _Table, year: int, problems: list[Problem]) -> list[Entry]:
    """The rows of a table that say something; what is wrong with them or with its headings is added to the problems."""
    columns, line = table.columns, table.head + 1
    headings, rows = table.sheet.rows[table.head], table.sheet.rows[line:]
    heads = {name: f"{_letter(at)} ({headings[at].value})" for at, name in columns.items() if name}
    for at, name in columns.items():
        if name is None and any(row[at].value is not None for row in rows if at < len(row)):
            problems.append(Problem(table.place, line, _letter(at), str(headings[at].value), "own.allowed.column"))
    means = list(columns.values())
    doubled = [name for name in heads if means.count(name) > 1]
    problems += [Problem(table.place, line, heads[name], name, "own.allowed.column_once") for name in doubled]
    entries = []
    for number, row in enumerate(rows, line + 1):
        cells = {name: row[at] for at, name in columns.items() if name and at < len(row)}
        extra = [c.value for at, c in enumerate(row) if at not in columns and c.value is not None]
        filled = {n: c for n, c in cells.items() if n in BY_NAME and _is_filled(c)}
        if extra and filled and not table.sheet.name:
            problems.append(Problem(table.place, number, None, ", ".join(map(str, extra)), "own.allowed.fields"))
        elif filled:
            entry = Entry(table.place, number, heads)
            _read_cells(entry, filled, problems)
            identify(entry, cells, year, problems)
            entries.append(entry)
    return entries


def _is_filled(cell: Cell) -> bool:
    return cell.formula or (cell.value is not None and str(cell.value).strip() not in ("", "–"))


def _read_cells(entry: Entry, cells: dict[str, Cell], problems: list[Problem]) -> None:
    for name, cell in cells.items():
        entry.typed[name] = "=" if cell.formula else cell.value
        try:
            if cell.formula:
                raise KontumError("own.allowed.no_result")
            entry.values[name] = _value(BY_NAME[name], cell)
        except KontumError as error:
            problems.append(entry.problem(name, error.key, **error.values))


def _value(column: Column, cell: Cell) -> Any:
    if column.kind == "status":
        if (status := status_of(cell.value)) is None:
            allowed = [", ".join(text(f"own.status.{s}", lang) for s in STATUSES) for lang in LANGUAGES]
            raise KontumError("own.allowed.status", allowed=" / ".join(allowed))
        return status
    if column.kind == "rate":
        rate = decimal_number(cell.value)
        rate = round(100 * rate, 10) if cell.percent and not isinstance(cell.value, str) else rate
        if rate > 100:
            raise KontumError("own.allowed.percent")
        return rate
    value = whole_number(cell.value)
    if column.kind == "criteria" and value > 19:
        raise KontumError("own.allowed.criteria")
    return value


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place + 1))
