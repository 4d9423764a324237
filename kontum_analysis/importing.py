"""Read a filled table: which area each row is, what each cell says, and every mistake, all listed at once.

The way: `sheets` opens the file, this module finds the headings and reads the cells, `import_checks` compares them with
one another, `own_changes` sets them beside what is known and puts them into the folder of own figures.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from .areas import fold
from .errors import DataError, KontumError, Problem
from .import_areas import identify
from .import_checks import cross_problems
from .labels import LANGUAGES, text
from .numbers_typed import day, decimal_number, whole_number
from .own_columns import BY_NAME, META, YEARS, meta_name, recognised, status_of
from .own_data import FORMULA_MARKS, PREFIX
from .sheets import open_sheets

_LONGEST = 200


@dataclass
class Entry:
    """One row of a table: its area, where it stands, and for each column the value and how it was typed."""

    code: str
    level: str
    place: str
    row: int
    values: dict = field(default_factory=dict)
    typed: dict = field(default_factory=dict)
    heads: dict = field(default_factory=dict)

    def problem(self, column, key, **values):
        """A Problem of one of its cells."""
        return Problem(
            self.place, self.row, self.heads.get(column, column), str(self.typed.get(column, "")), key, values
        )


@dataclass(frozen=True)
class Filled:
    """A table that was read without a mistake: its entries, the year, and the document it comes from."""

    entries: tuple
    year: int
    office: str
    document: str
    date: str

    @property
    def day(self):
        """The day the figures speak of."""
        return f"{self.year}-12-31"

    @property
    def source_id(self):
        """A slug for the document: letters of its names, made unambiguous by a hash of the names themselves."""
        plain = unicodedata.normalize("NFD", f"{self.document} {self.office}".casefold().replace("đ", "d"))
        slug = (
            re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c)))
            .strip("-")[:40]
            .strip("-")
        )
        mark = hashlib.sha256("\n".join([self.office, self.document, self.date]).encode()).hexdigest()[:8]
        return "-".join(filter(None, [PREFIX.rstrip("-"), slug, mark]))


def read_filled(path, **given):
    """The table in an .xlsx or text file as `Filled`.

    given: office, document, date, year where the file itself does not say them (a text file often does not); what is
    given wins. Raises KontumError for a file that cannot be read, DataError listing every mistake in it by sheet, row, column.
    """
    sheets, is_workbook = open_sheets(path)
    name = Path(path).name
    table, head, columns, totals = _find_table(name, sheets, is_workbook)
    place = f"{name} › {table.name}" if table.name else name
    problems = []
    meta = _meta(table.rows[:head], place, given, problems)
    entries = _entries(table, head, columns, place, meta["year"], problems)
    if totals is not None:
        sheet, head, columns = totals
        entries += _entries(sheet, head, columns, f"{name} › {sheet.name}", meta["year"], problems)
    entries = [e for e in entries if e.values or e.typed]
    if not entries and not problems:
        raise KontumError("own.error.nothing_filled", file=name)
    problems += cross_problems([e for e in entries if e.code], meta["year"])
    if problems:
        raise DataError(problems)
    return Filled(tuple(e for e in entries if e.level), **meta)


def _find_table(name, sheets, is_workbook):
    """(sheet, row of the headings, columns by place, the same of the sheet of totals or None)."""
    wanted, added = ({fold(text(f"own.sheet.{kind}", lang)) for lang in LANGUAGES} for kind in ("data", "totals"))
    candidates = sheets
    if is_workbook:
        candidates = [s for s in sheets if fold(s.name) in wanted] or (sheets if len(sheets) == 1 else [])
        if not candidates:
            expected = " / ".join(text("own.sheet.data", lang) for lang in LANGUAGES)
            raise KontumError("own.error.sheet", file=name, found=", ".join(s.name for s in sheets), expected=expected)
    found = max((_headings(sheet) for sheet in candidates), key=lambda found: len(found[1]))
    if not found[1]:
        raise KontumError("own.error.no_headings", file=name)
    others = [(s, *_headings(s)[:2]) for s in sheets if is_workbook and fold(s.name) in added]
    others = [other for other in others if other[2]]
    return found[2], found[0], found[1], (others[0] if others else None)


def _headings(sheet):
    """(row, {place: column name or None}, sheet) of the first row with an area and a figure; no columns where there is none."""
    for number, row in enumerate(sheet.rows[:60]):
        names = {place: recognised(cell.value) for place, cell in enumerate(row) if cell.value is not None}
        known = set(names.values())
        if known & {"code", "name", "district"} and known & set(BY_NAME):
            return number, names, sheet
    return 0, {}, sheet


def _meta(rows, place, given, problems):
    """Office, document, date and year, from the cells above the table or as given; what is missing becomes a Problem."""
    found, where = {}, {}
    for number, row in enumerate(rows, 1):
        for cell_place, cell in enumerate(row):
            if name := meta_name(cell.value) if isinstance(cell.value, str) else None:
                value = next((c.value for c in row[cell_place + 1 :] if c.value is not None), None)
                found.setdefault(name, value)
                where.setdefault(name, number)
    found |= {name: value for name, value in given.items() if value is not None}
    meta = {}
    for name in META:
        try:
            meta[name] = _META[name](found.get(name))
        except KontumError as error:
            heading = " / ".join(text(f"own.meta.{name}", lang) for lang in LANGUAGES)
            problems.append(
                Problem(place, where.get(name), heading, str(found.get(name) or ""), error.key, error.values)
            )
            meta[name] = YEARS[-2] if name == "year" else ""  # to go on and find the other mistakes
    if meta["date"] and meta["date"] < f"{meta['year']}-01-01":
        problems.append(Problem(place, where.get("date"), None, meta["date"], "own.limit.date", {"year": meta["year"]}))
    return meta


def _name(missing):
    def of(value):
        name = " ".join("".join(c if c.isprintable() else " " for c in str(value or "")).split())
        if not name or len(name) > _LONGEST:
            raise missing
        if name.startswith(FORMULA_MARKS):
            raise KontumError("own.allowed.no_formula")
        return unicodedata.normalize("NFC", name)

    return of


def _date(value):
    if value in (None, ""):
        raise KontumError("own.allowed.day")
    return day(value)


def _year(value):
    try:
        year = whole_number(value)
    except KontumError:
        year = None
    if year not in YEARS:
        raise KontumError("own.allowed.year", first=YEARS[0], last=YEARS[-1])
    return year


_META = {
    "office": _name(KontumError("own.allowed.office", longest=_LONGEST)),
    "document": _name(KontumError("own.allowed.document", longest=_LONGEST)),
    "date": _date,
    "year": _year,
}


def _entries(sheet, head, columns, place, year, problems):
    heads = {name: f"{_letter(at)} ({sheet.rows[head][at].value})" for at, name in columns.items() if name}
    entries = []
    for at, name in columns.items():
        if name is None and any(row[at].value is not None for row in sheet.rows[head + 1 :] if at < len(row)):
            problems.append(
                Problem(place, head + 1, _letter(at), str(sheet.rows[head][at].value), "own.allowed.column")
            )
    doubled = [name for name in dict.fromkeys(columns.values()) if name and list(columns.values()).count(name) > 1]
    problems += [Problem(place, head + 1, heads[name], name, "own.allowed.column_once") for name in doubled]
    for number, row in enumerate(sheet.rows[head + 1 :], head + 2):
        cells = {name: row[at] for at, name in columns.items() if name and at < len(row)}
        extra = [c.value for at, c in enumerate(row) if at not in columns and c.value is not None]
        filled = {n: c for n, c in cells.items() if n in BY_NAME and _is_filled(c)}
        if extra and filled and not sheet.name:
            problems.append(Problem(place, number, None, ", ".join(map(str, extra)), "own.allowed.fields"))
        elif filled:
            entry = Entry("", "", place, number, heads=heads)
            _read_cells(entry, filled, problems)
            identify(entry, cells, year, problems)
            entries.append(entry)
    return entries


def _is_filled(cell):
    return cell.formula or (cell.value is not None and str(cell.value).strip() not in ("", "–"))


def _read_cells(entry, cells, problems):
    for name, cell in cells.items():
        entry.typed[name] = "=" if cell.formula else cell.value
        try:
            if cell.formula:
                raise KontumError("own.allowed.no_result")
            entry.values[name] = _value(BY_NAME[name], cell)
        except KontumError as error:
            problems.append(entry.problem(name, error.key, **error.values))


def _value(column, cell):
    if column.kind == "status":
        if (status := status_of(cell.value)) is None:
            allowed = [
                ", ".join(text(f"own.status.{s}", lang) for s in ("none", "attained", "advanced", "model"))
                for lang in LANGUAGES
            ]
            raise KontumError("own.allowed.status", allowed=" / ".join(allowed))
        return status
    if column.kind == "rate":
        value = decimal_number(cell.value)
        value = round(100 * value, 10) if cell.percent and not isinstance(cell.value, str) else value
        if value > 100:
            raise KontumError("own.allowed.percent")
        return value
    value = whole_number(cell.value)
    if column.kind == "criteria" and value > 19:
        raise KontumError("own.allowed.criteria")
    return value


def _letter(place):
    from openpyxl.utils import get_column_letter

    return get_column_letter(place + 1)
