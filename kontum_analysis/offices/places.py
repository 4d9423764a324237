"""What a name or code in an office's table may mean: every area that bears it, before the rest of the table decides.

A name is taken as people write it: with or without xã, TT., huyện, UBND, a footnote, its district in brackets.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ..base.errors import KontumError
from ..base.words import LANGUAGES, join_names, text
from ..data.areas import PROVINCE, area, crosswalk, districts, register
from ..data.spelling import fold, plain_text
from .columns import LEVELS, YEARS
from .typed import without_footnote

FIRST_YEAR_OF_UNITS = 2025
_TYPES = {
    "tinh": "tỉnh",
    "thanhpho": "thành phố",
    "tp": "thành phố",
    "huyen": "huyện",
    "h": "huyện",
    "xa": "xã",
    "x": "xã",
    "phuong": "phường",
    "p": "phường",
    "thitran": "thị trấn",
    "tt": "thị trấn",
}
_WRITTEN = r"tỉnh|tinh|thành phố|thanh pho|tp|huyện|huyen|h|xã|xa|x|phường|phuong|p|thị trấn|thi tran|tt"
_TYPED = re.compile(rf"^({_WRITTEN})(?:\s*[.:]\s*|\s+)(?=\S)", re.IGNORECASE)
_BEFORE = re.compile(r"^(?:[-+•*]\s*|(?:\d{1,3}|[IVX]{1,5}|[A-Za-z])[.)/]\s*)?(?:UBND\s+)?(?:các\s+)?", re.IGNORECASE)
_BESIDE = re.compile(r"^(.*?)\s*[,(]\s*([^()]*?)\s*\)?$")
_TOTALS = re.compile(
    r"tong(cong|so)?|cong|total|sum|toan(tinh|huyen|dia ?ban|tpkontum)|tinh(kontum|quangngai)|province"
)
_LONG_TOTALS = ("tongcong", "tongso", "toantinh", "toanhuyen", "toandiaban", "congtoan")
_GROUPS = re.compile(r"(khuvuc|vung|nhom|cum|cac|trongdo|chiara|thanhthi|nongthon|mienn|huyenngheo|xathuoc|xakhuvuc).*")


class Place(NamedTuple):
    """One area: level is province, district, commune (until June 2025) or unit (since); parent: its (old) district."""

    code: str
    name: str
    type: str
    level: str
    parent: str

    @property
    def district(self) -> str:
        """The name of the (old) district it lies in; "" for what lies in none."""
        return area(self.parent).name if self.parent else ""

    @property
    def description(self) -> str:
        """The area as a message names it, such as xã Đăk Long (23368), Đăk Glei."""
        return f"{self.type} {self.name} ({self.code})" + (f", {self.district}" if self.parent else "")


class Name(NamedTuple):
    """A name taken apart: without type and footnote, its type where one is written, and the district beside it."""

    bare: str
    type: str
    beside: str


def split_name(words: str) -> Name:
    """A name taken apart.

    >>> split_name("1. UBND xã Ðăk Long (huyện Đăk Glei)"), split_name("TT. Đăk Tô").type
    (Name(bare='Đăk Long', type='xã', beside='huyện Đăk Glei'), 'thị trấn')
    """
    name, beside = without_footnote(plain_text(words)).strip(" :;"), ""
    if match := _BESIDE.fullmatch(name):
        name, beside = match.groups()
    kind = ""
    if _type_of(beside):
        kind, beside = _type_of(beside), ""
    if not _TYPED.match(name):
        name = _BEFORE.sub("", name)
    while match := _TYPED.match(name):  # twice for "X. Huyện …", where X is a number
        kind, name = _type_of(match[1]), name[match.end() :]
    return Name(name, kind, beside)


def _type_of(words: str) -> str:
    return _TYPES.get(fold(words), "")


@lru_cache(maxsize=2)
def places(is_late: bool) -> tuple[Place, ...]:
    """Every area that a table may name. is_late: of a year that ends after June 2025, with the units first."""
    old_districts = dict(zip(crosswalk()["new_code"], crosswalk()["old_district_code"], strict=True))
    old = [Place(PROVINCE, "Kon Tum", "tỉnh", "province", "")]
    row: Any
    for row in register("2020", "district", PROVINCE).itertuples():
        old.append(Place(row.code, row.name_vi, row.type, "district", ""))
    for row in register("2020", "commune").itertuples():
        if row.parent_code in districts():
            old.append(Place(row.code, row.name_vi, row.type, "commune", row.parent_code))
    new = []
    for row in register("2025", "commune").itertuples():
        if row.code in old_districts:
            new.append(Place(row.code, row.name_vi, row.type, "unit", old_districts[row.code]))
    return tuple([*new, *old] if is_late else [*old, *new])


def areas_of(level: str, year: int) -> list[Place]:
    """The areas of a table: districts in the order of the statistics office, others by district and code.

    Raises KontumError for another level, for a year outside 2021 to 2025, and where the units did not exist that year.

    >>> [len(areas_of(level, year)) for level, year in (("commune", 2024), ("unit", 2025), ("district", 2023))]
    [102, 40, 10]
    """
    if level not in LEVELS:
        raise KontumError("own.error.level", value=repr(level), allowed=", ".join(LEVELS))
    if year not in YEARS:
        raise KontumError("own.error.year", value=year, first=YEARS[0], last=YEARS[-1])
    if (level == "unit") != is_late(year):
        raise KontumError("own.error.units_since", year=year)
    areas = [place for place in places(False) if place.level == level]
    return areas if level == "district" else sorted(areas, key=lambda place: (place.parent, place.code))


@lru_cache(maxsize=1)
def _spellings() -> dict[str, set[tuple[str, str]]]:
    """Folded spelling -> (vintage, code) of all that are spelt so."""
    spellings: dict[str, set[tuple[str, str]]] = {}
    row: Any
    for row in register().itertuples():
        for way in {row.name_vi, row.name_gso, row.name_ascii, *row.aliases.split("|")} - {""}:
            for spelling in (fold(way), fold(split_name(way).bare)):
                spellings.setdefault(spelling, set()).add((row.vintage, row.code))
    return spellings


def bearers(words: str, is_late: bool) -> list[Place]:
    """The areas that a name may mean, by its spelling and type alone; the district beside it is held against them.

    >>> [place.code for place in bearers("Đăk Hà", False)]
    ['615', '23425', '23500', '23500']
    >>> [place.code for place in bearers("xã Đăk Hà", False)], [p.code for p in bearers("Đăk Long (Kon Plông)", False)]
    (['23425', '23500'], ['23473'])
    """
    name = split_name(words)
    hits = [place for place in places(is_late) if _bears(place, name.bare, name.type)]
    if not hits:  # a comma or brackets of the name's own
        hits = [place for place in places(is_late) if _bears(place, words, "")]
        return hits
    return within(hits, name.beside) if name.beside else hits


def _bears(place: Place, spelling: str, kind: str) -> bool:
    vintage = "2025" if place.level == "unit" else "2020"
    return (vintage, place.code) in _spellings().get(fold(spelling), ()) and kind in ("", place.type)


def district_codes(words: str) -> set[str]:
    """The codes of the districts that a name means: none for a name that is no district."""
    name = split_name(words)
    return {place.code for place in places(False) if place.level == "district" and _bears(place, name.bare, name.type)}


def within(candidates: Iterable[Place], district: str) -> list[Place]:
    """Those of the areas that lie in the (old) district of this name; all of them where it is a province's."""
    if fold(split_name(district).bare) in ("kontum", "quangngai") and split_name(district).type in ("tỉnh",):
        return list(candidates)
    codes = district_codes(district)
    return [place for place in candidates if place.parent in codes or (not place.parent and place.code in codes)]


@lru_cache(maxsize=10_000)
def is_area_name(words: str) -> bool:
    """Whether a text is the name of an area, in either time."""
    return bool(bearers(words, False)) if words and not words.replace(".", "").isdigit() else False


def is_total(words: str) -> bool:
    """Whether a row of this name adds up the whole table.

    >>> is_total("Tổng cộng toàn tỉnh"), is_total("CỘNG"), is_total("Kon Plông")
    (True, True, False)
    """
    folded = fold(without_footnote(words))
    return bool(_TOTALS.fullmatch(folded)) or folded.startswith(_LONG_TOTALS)


def is_group(words: str, number: str) -> bool:
    """Whether a row that names no area adds up some of the rows, by its words or its Roman number or letter.

    >>> is_group("Khu vực nông thôn", ""), is_group("Xã miền núi", "II"), is_group("Đăk Glay", "3")
    (True, True, False)
    """
    return bool(_GROUPS.fullmatch(fold(words))) or bool(re.fullmatch(r"[IVX]{1,5}|[A-Z]", number.strip(" .)")))


def descriptions(areas: Sequence[Place], most: int = 3) -> str:
    """The first of some areas, as a message that asks for one of them lists them."""
    return "; ".join(place.description for place in areas[:most])


def nearest(words: str, among: Iterable[Place], least: float = 70) -> str:
    """The three areas whose names are nearest to a text, as a message lists them; "" where none is near."""
    from rapidfuzz import fuzz, process

    choices = {place: fold(place.name) for place in among}
    hits = process.extract(fold(split_name(words).bare), choices, scorer=fuzz.ratio, limit=3, score_cutoff=least)
    return descriptions([place for _, _, place in hits])


def parts_of(unit: str) -> list[Place]:
    """The communes of before July 2025 of which a unit was made."""
    old = crosswalk()
    codes = set(old.loc[old["new_code"] == unit, "old_code"])
    return [place for place in places(False) if place.level == "commune" and place.code in codes]


def unit_of_part(code: str) -> Place:
    """The unit of July 2025 that a commune went into."""
    old = crosswalk().set_index("old_code")["new_code"]
    return next(place for place in places(True) if place.level == "unit" and place.code == old[code])


def place_names(areas: Iterable[Place]) -> dict[str, str]:
    """Names of areas by language, as a sentence lists them, with how many more where there are over six."""
    names = [f"{place.type} {place.name}" for place in areas]
    rest = len(names) - 6
    more = {lang: [text("own.more", lang, count=rest)] if rest > 0 else [] for lang in LANGUAGES}
    return {lang: join_names([*names[:6], *more[lang]], lang) for lang in LANGUAGES}


def is_late(year: int) -> bool:
    """Whether the end of a year lies after the districts."""
    return year >= FIRST_YEAR_OF_UNITS
