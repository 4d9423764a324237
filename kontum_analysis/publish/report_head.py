"""The head and the end of an administrative document: what an office types once and keeps, else what the date says.

`agencies.csv` says which agency answers for an area and to whom it reports on a day, each row with the document it
rests on: the Department of Finance in place of Planning and Investment since March 2025, Quảng Ngãi since July 2025.
"""

import csv
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from ..base.errors import KontumError, UnknownAreaError
from ..base.files import SCENARIO_MB, bytes_within, write_whole
from ..base.words import text
from ..data.areas import PROVINCE, Area, area, crosswalk, districts, resolve, vintage_of
from ..data.own import User, folder

FILE = "report.yaml"  # in the folder of an office's own figures
_AGENCIES = Path(__file__).with_name("agencies.csv")
_FIRST_DAY_OF_UNITS = "2025-07-01"


class Head(BaseModel):
    """What stands around a report; "" is left to be filled in.

    superior, agency: names of the agency above and of the one that reports. symbol: behind the number, as BC-UBND.
    place: before the date. addressees, recipients: one a line. authority, post, signatory: of who signs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, str_max_length=300)

    superior: str = ""
    agency: str = ""
    symbol: str = ""
    place: str = ""
    addressees: tuple[str, ...] = ()
    authority: str = ""
    post: str = ""
    signatory: str = ""
    recipients: tuple[str, ...] = ()


def load_head(user: User = True) -> Head:
    """What the office keeps in its folder; an empty Head where it keeps nothing yet.

    Raises KontumError naming the key for a file that cannot be read as a Head.
    """
    path = folder(user) / FILE
    if not path.exists():
        return Head()
    try:
        return Head.model_validate(yaml.safe_load(bytes_within(path, SCENARIO_MB)) or {})
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        where = error.errors()[0]["loc"] if isinstance(error, ValidationError) else ()
        entry = ".".join(map(str, where)) or "–"
        raise KontumError("report.error.head", file=FILE, entry=entry, entries=list(Head.model_fields)) from None


def save_head(head: Head, user: User = True) -> Path:
    """Write what the office keeps, and return where."""
    path = folder(user) / FILE
    entries = {name: list(value) if isinstance(value, tuple) else value for name, value in head if value}
    write_whole(path, yaml.safe_dump(entries, allow_unicode=True, sort_keys=False))
    return path


def head_of(place: Area, day: str, lang: str, office: Head | None = None) -> Head:
    """The head of a report about an area on a day: what the office keeps, and for the rest what `agencies.csv` knows.

    >>> from ..data.areas import area
    >>> [head_of(area("62"), day, "vi").addressees[0] for day in ("2023-12-20", "2025-12-20")]
    ['Sở Kế hoạch và Đầu tư tỉnh Kon Tum', 'Sở Tài chính tỉnh Quảng Ngãi']
    """
    names = agencies(place, day, lang)
    usual = dict(agency=names.get("agency", ""), place=names.get("place", ""), addressees=(names.get("addressee", ""),))
    if usual["agency"] and not (office and office.agency):  # a People's Committee
        usual |= dict(symbol=text("report.head.symbol", lang), authority=text("report.head.authority", lang))
    return Head.model_validate(usual | {name: value for name, value in office or Head() if value})


def agencies(place: Area, day: str, lang: str) -> dict[str, str]:
    """Role -> name on a day, for the level of an area: agency, addressee, place, within.

    A unit of July 2025 reports as it is today, whatever the year of the report.
    """
    level = "unit" if place.vintage == "2025" else place.level
    day = max(day, _FIRST_DAY_OF_UNITS) if level == "unit" else day
    parent = place_words(area(place.parent), lang) if level == "commune" else ""
    names = dict(area=place_words(place, lang), name=place.name, parent=parent)
    with open(_AGENCIES, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if level in row["level"].split("|")]
    rows = [row for row in rows if row["valid_from"] <= day <= (row["valid_to"] or day)]
    return {row["role"]: row[lang].format(**names) for row in rows}


def area_of(place: str | None, year: int) -> Area:
    """The area that a name means in a year, default the province: from 2025 on a unit before a district of its name.

    Raises UnknownAreaError for a name that no register holds, and KontumError for an area without a report of its own:
    one outside the province, or an old commune after it went into a unit.

    >>> area_of("Kon Plông", 2024).level, area_of("Kon Plông", 2025).level, area_of("Kon Tum", 2025).level
    ('district', 'commune', 'province')
    """
    if place is None:
        return area(PROVINCE)
    areas = {}
    for vintage in ("2020", "2025"):
        with suppress(UnknownAreaError):
            areas[vintage] = resolve(place, vintage=vintage)
    old, new = areas.get("2020"), areas.get("2025")
    units: Any = crosswalk().set_index("old_code")
    new = new if new is not None and new.code in set(units["new_code"]) else None
    is_merged = vintage_of(f"{year}-12-31") == "2025"
    if new is not None and (old is None or (is_merged and old.code != PROVINCE)):
        return new
    old = old or resolve(place)  # an unknown name: raises, and says which names are near
    if old.code not in (PROVINCE, *districts(), *units.index):
        raise KontumError("report.error.area", name=str(old))
    if is_merged and old.level == "commune":
        unit = f"{units.loc[old.code, 'new_type']} {units.loc[old.code, 'new_name']}"
        raise KontumError("report.error.merged", name=str(old), unit=unit, year=year)
    return old


def place_words(place: Area, lang: str) -> str:
    """An area with its type, as a sentence names it.

    >>> place_words(area("614"), "vi"), place_words(area("614"), "en")
    ('huyện Kon Rẫy', 'Kon Rẫy district')
    """
    return text(f"report.type.{place.type}", lang, name=place.name)


def scope_words(place: Area, year: int, lang: str) -> str:
    """The area of a report in the words of its title: with what it lies in, and what the year says of it."""
    words: Any = place_words(place, lang)
    is_merged = vintage_of(f"{year}-12-31") == "2025"
    if place.vintage == "2025":
        within = agencies(place, _FIRST_DAY_OF_UNITS, lang)["within"]
        return text("report.scope.unit" if is_merged else "report.scope.unit_before", lang, place=words, within=within)
    if place.level == "commune":
        return text("report.scope.commune", lang, place=words, within=place_words(area(place.parent), lang))
    return text("report.scope.before" if is_merged else "report.scope.whole", lang, place=words)
