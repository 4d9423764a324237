"""The document that a table comes from: office, number, day and year, from labelled cells, its title, or as given."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from ..base.errors import KontumError, Problem, Words
from ..base.words import LANGUAGES, text
from ..data.own import FORMULA_MARKS
from ..data.spelling import fold, plain_text
from .columns import META, YEARS, meta_name
from .layout import Layout
from .places import places
from .typed import day, whole_number

_LONGEST = 200
_EXAMPLES = {"office": '"UBND huyện Kon Rẫy"', "document": '"05/BC-UBND"', "date": "15/12/2024", "year": "2024"}
_DATE = re.compile(r"ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+20\d\d", re.IGNORECASE)
_NUMBER = re.compile(r"^Số\s*:\s*(\S+/\S+)$|kèm theo\b.*\bsố\s*:?\s*(\d\S*/[^\s();,]+)", re.IGNORECASE)
_SHORT_DATE = re.compile(r"kèm theo\b.*\bngày\s+(\d{1,2})/(\d{1,2})/(20\d\d)", re.IGNORECASE)
_OFFICE = re.compile(r"kèm theo\b.*\bcủa\s+([^()]+?)\s*\)?\s*$", re.IGNORECASE)
_YEAR = re.compile(r"(?:năm|31/12/)\s*(20\d\d)", re.IGNORECASE)


def about_document(layout: Layout, document_facts: Mapping[str, object], problems: list[Problem]) -> dict[str, Any]:
    """office, document, date and year, and title_year: the year the title names (None for none or several).

    What is missing or wrong is added to the problems; the year is then the last before the units, to go on with.
    """
    in_titles = dict(_values_in_titles(layout))
    facts: dict[str, tuple[Any, int | None, bool]] = {name: (value, None, True) for name, value in in_titles.items()}
    facts |= {name: (value, row, True) for name, value, row in _values_beside_labels(layout)}
    facts |= {name: (value, None, False) for name, value in document_facts.items() if value is not None}
    meta: dict[str, Any] = {}
    for name in META:
        value, row, is_of_file = facts.get(name, (None, None, False))
        try:
            meta[name] = _READERS[name](value, is_of_file)
        except KontumError as error:
            problems.append(_problem(layout, name, row, value, is_of_file, error))
            meta[name] = YEARS[-2] if name == "year" else ""
    if meta["date"] and meta["date"] < f"{meta['year']}-01-01":
        row = facts["date"][1]
        problems.append(Problem(layout.place, row, None, meta["date"], "own.limit.date", {"year": meta["year"]}))
    return {**meta, "title_year": in_titles.get("year")}


def _problem(layout: Layout, name: str, row: int | None, value: Any, is_of_file: bool, error: KontumError) -> Problem:
    """What is wrong with a fact of the document; one that is missing, or was given with an option, names the option."""
    heading = {lang: text(f"own.meta.{name}", lang) for lang in LANGUAGES}
    if not value and row is None:
        option = Words("own.meta.absent", name=heading)
        return Problem(layout.place, row, None, option, "own.allowed.option", {"option": f"--{name} {_EXAMPLES[name]}"})
    if not is_of_file:
        return Problem(f"--{name}", None, None, str(value), error.key, error.values)
    return Problem(layout.place, row, " / ".join(heading.values()), str(value), error.key, error.values)


def _values_beside_labels(layout: Layout) -> Iterator[tuple[str, Any, int]]:
    """(name, value, row) of the cells above the table that stand beside a label of the template."""
    for number, row in reversed(list(enumerate(layout.sheet.rows[: layout.top], 1))):
        for place, cell in enumerate(row):
            if name := meta_name(cell.value) if isinstance(cell.value, str) else None:
                yield name, next((c.value for c in row[place + 1 :] if c.value is not None), None), number


def _values_in_titles(layout: Layout) -> Iterator[tuple[str, Any]]:
    """Office, number and day of the document and year of the figures, where the lines above the table name just one."""
    lines = [plain_text(c.value) for row in layout.sheet.rows[: layout.top] for c in row if isinstance(c.value, str)]
    numbers = {match[1] or match[2] for line in lines if (match := _NUMBER.search(line))}
    days = {match[0] for line in lines if (match := _DATE.search(line))}
    short_days = [match.groups() for line in lines if (match := _SHORT_DATE.search(line))]
    days |= {f"ngày {d} tháng {m} năm {y}" for d, m, y in short_days}  # a Vietnamese sentence has the day first
    offices = {match[1] for line in lines if (match := _OFFICE.search(line))}
    years = {int(year) for line in lines for year in _YEAR.findall(_DATE.sub("", line))}
    for name, values in (("office", offices), ("document", numbers), ("date", days), ("year", years)):
        if len(values) == 1:
            yield name, values.pop()


def named_district(titles: str) -> str:
    """The code of the one district that the lines above a table name; "" for none or several."""
    folded = fold(titles)
    kinds = {"huyện": ("huyen",), "thành phố": ("thanhpho", "tp")}
    codes = {
        place.code
        for place in places(False)
        if place.level == "district" and any(kind + fold(place.name) in folded for kind in kinds[place.type])
    }
    return codes.pop() if len(codes) == 1 else ""


def _name(value: Any, is_of_file: bool, allowed: str) -> str:
    name = " ".join("".join(c if c.isprintable() else " " for c in str(value or "")).split())
    if not name or len(name) > _LONGEST:
        raise KontumError(allowed, longest=_LONGEST)
    if name.startswith(FORMULA_MARKS):
        raise KontumError("own.allowed.no_formula")
    return unicodedata.normalize("NFC", name)


def _day(value: Any, is_of_file: bool) -> str:
    if value in (None, ""):
        raise KontumError("own.allowed.day")
    return day(value, is_day_first=not is_of_file)


def _year(value: Any, is_of_file: bool) -> int:
    try:
        year = whole_number(value)
    except KontumError:
        year = 0
    if year not in YEARS:
        raise KontumError("own.allowed.year", first=YEARS[0], last=YEARS[-1])
    return year


_READERS: dict[str, Callable[[Any, bool], Any]] = {
    "office": partial(_name, allowed="own.allowed.office"),
    "document": partial(_name, allowed="own.allowed.document"),
    "date": _day,
    "year": _year,
}
