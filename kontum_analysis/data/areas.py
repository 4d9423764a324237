"""The register of areas: the province, its districts and communes before July 2025, and the 40 units since.

A name is matched as people write it (Đăk, Đắk, Dak; with or without *huyện*, *TP.*, *xã*; composed or
decomposed accents). Two vintages exist because the units of 2025 reuse codes of old communes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.errors import KontumError, UnknownAreaError
from ..base.files import RAW
from ..base.words import LANGUAGES, join_names, labels
from .contract import RULES
from .spelling import exact_form, fold, plain_text

PROVINCE = "62"
POOR_DISTRICTS = "62-POOR"
OTHER_DISTRICTS = "62-REST"  # ours: the seven districts outside decision 353/QĐ-TTg
LAST_DAY_OF_DISTRICTS = "2025-06-30"
LONGEST_NAME = 200  # characters; the longest name with its district has about forty
_RANK = {level: rank for rank, level in enumerate(RULES["level"]["enum"])}  # from the nation down
# "huyện", "TP", "district" …: words for the type of an area; English ones may stand after the name too
_TYPES = pd.read_csv(Path(__file__).with_name("area_words.csv"), dtype=str).set_index("word")
_TYPE_OF = _TYPES["type"].to_dict()
_BEFORE = re.compile(rf"^({'|'.join(_TYPES.index)})(?:\.\s*|\s+)(?=\S)", re.IGNORECASE)
_AFTER = re.compile(rf"\s({'|'.join(_TYPES.index[_TYPES['stands'] == 'either'])})$", re.IGNORECASE)
_NOT_COUNTS = re.compile(r"^rate$|_rate$|_pct$|_pp$|share|^q0|mean|ratio")
_COUNT_UNITS = {"households", "persons", "communes", "villages", "count", "km2"}


@dataclass(frozen=True)
class Area:
    """One area: GSO code, Vietnamese name as the province writes it, level, type and the code of its parent."""

    code: str
    name: str
    name_gso: str
    level: str
    type: str
    parent: str
    vintage: str
    is_poor_district: bool

    def __str__(self) -> str:
        return f"{self.type} {self.name} ({self.code})".strip()


def register(vintage: str | None = None, level: str | None = None, parent: str | None = None) -> pd.DataFrame:
    """The register as a table, one row an area; columns as in `data/raw/README.md`.

    vintage: "2020" (to 30 June 2025) or "2025"; level: nation, region, province, group, district or commune.

    >>> len(register("2020", "district", parent="62")), *(len(register(day, "commune")) for day in ("2020", "2025"))
    (10, 102, 40)
    """
    return _rows(vintage, level, parent).copy(deep=False)


@lru_cache(maxsize=64)
def _rows(vintage: str | None, level: str | None, parent: str | None) -> pd.DataFrame:
    table = pd.read_csv(RAW / "areas.csv", dtype=str, keep_default_na=False)
    allowed = {"vintage": RULES["vintage"]["enum"], "level": list(_RANK)}
    for column, value in {"vintage": vintage, "level": level, "parent_code": parent}.items():
        if value is not None and value not in allowed.get(column, [value]):
            raise KontumError("error.areas.filter", column=column, value=value, allowed=allowed[column])
        table = table if value is None else table[table[column] == value]
    return table.reset_index(drop=True)


@lru_cache(maxsize=2)
def _by_code(vintage: str) -> pd.DataFrame:
    return register(vintage).set_index("code", drop=False)


def vintage_of(day: str) -> str:
    """The register of areas a day belongs to: "2020" until 30 June 2025, "2025" after.

    >>> vintage_of("2025-06-30"), vintage_of("2025-07-01")
    ('2020', '2025')
    """
    return "2025" if day > LAST_DAY_OF_DISTRICTS else "2020"


def districts() -> list[str]:
    """Codes of the ten districts, in the order of the statistics office.

    >>> districts()[0], districts()[-1]
    ('608', '618')
    """
    return list(register("2020", "district", PROVINCE)["code"])


def poor_districts() -> list[str]:
    """Codes of the three poor districts of decision 353/QĐ-TTg: Kon Plông, Tu Mơ Rông, Ia H'Drai.

    >>> poor_districts()
    ['613', '617', '618']
    """
    rows = register("2020", "district", PROVINCE)
    return list(rows["code"][rows["is_poor_district"] == "1"])


def rural_communes() -> int:
    """The number of rural communes (xã) of Kon Tum until June 2025.

    >>> rural_communes()
    85
    """
    return int((register("2020", "commune")["type"] == "xã").sum())


@lru_cache(maxsize=4096)
def area(code: str, vintage: str = "2020") -> Area:
    """The area with this code. Raises UnknownAreaError when the register of that vintage has none.

    >>> area("617").name
    'Tu Mơ Rông'
    """
    if str(code) not in _by_code(vintage).index:
        raise UnknownAreaError("error.areas.code", code=code, vintage=vintage)
    r: Any = _by_code(vintage).loc[str(code)]
    return Area(r.code, r.name_vi, r.name_gso, r.level, r.type, r.parent_code, r.vintage, r.is_poor_district == "1")


@lru_cache(maxsize=16)
def spellings(vintage: str, level: str | None) -> pd.DataFrame:
    """Every spelling in the register: code, type, level, exact (`exact_form`), folded (`fold`)."""
    table = register(vintage, level)
    forms = table[["name_vi", "name_gso", "name_ascii", "aliases"]].agg("|".join, axis="columns")
    names = table[["code", "type", "level"]].assign(name=forms.str.split("|")).explode("name", ignore_index=True)
    names = names[names["name"] != ""].assign(exact=names["name"].map(exact_form), folded=names["name"].map(fold))
    return names.drop(columns="name").drop_duplicates(ignore_index=True)


@lru_cache(maxsize=32)
def _grouped(vintage: str, level: str | None, column: str) -> dict[str, list[Any]]:
    """The rows of `spellings` by a column of them, in small letters."""
    groups: dict[str, list[Any]] = {}
    for row in spellings(vintage, level).itertuples(index=False):
        groups.setdefault(str(getattr(row, column)).casefold(), []).append(row)
    return groups


def name_parts(name: str) -> tuple[str, str, str]:
    """(bare name, types it may have, qualifier) of a name such as "xã Đăk Long, huyện Đăk Glei"; "" for none."""
    text = plain_text(name)
    bare, _, qualifier = text.replace("(", ",").replace(")", "").partition(",")
    bare, qualifier, kind = bare.strip(), qualifier.strip(), ""
    if exact_form(qualifier) in _TYPE_OF:
        kind, qualifier = _TYPE_OF[exact_form(qualifier)], ""
    if match := _BEFORE.match(bare):
        kind, bare = _TYPE_OF[match.group(1).casefold()], bare[match.end() :]
    elif match := _AFTER.search(bare):
        kind, bare = _TYPE_OF[match.group(1).casefold()], bare[: match.start()]
    return bare, kind, qualifier


def resolve(name: str, level: str | None = None, vintage: str = "2020") -> Area:
    """The area that a name or code means.

    A bare name that areas of several levels carry means the highest of them ("Đăk Hà" is the district,
    "Kon Tum" the province); say "thị trấn Đăk Hà", "TP. Kon Tum" or give `level` for the others. A name
    that two areas of one level carry is refused unless an area above it follows: "Đăk Long, Đăk Glei".

    Raises UnknownAreaError, naming the nearest names, when the name is unknown or ambiguous.

    >>> resolve("Ia Hdrai").code, resolve("TP. Kon Tum").code, resolve("Dak Long (Dak Glei)").code
    ('618', '608', '23368')
    """
    if len(str(name)) > LONGEST_NAME:
        raise UnknownAreaError("hostile.area_length", length=len(str(name)), start=str(name)[:40], limit=LONGEST_NAME)
    if not fold(name):
        raise UnknownAreaError("error.areas.no_name", name=name)
    by_form = _grouped(vintage, level, "folded")
    hits = _grouped(vintage, level, "code").get(exact_form(name)) or _matches(name, by_form, vintage)
    if not hits:
        nearest = _nearest(name, spellings(vintage, level), vintage)
        raise UnknownAreaError("error.areas.unknown", name=name, nearest=nearest)
    highest = min(hits, key=lambda hit: _RANK[hit.level]).level
    codes = list(dict.fromkeys(hit.code for hit in hits if hit.level == highest))
    if len(codes) > 1:
        bearers = "; ".join(_describe(code, vintage) for code in codes)
        raise UnknownAreaError("error.areas.ambiguous", name=name, found=bearers)
    return area(codes[0], vintage)


def _matches(name: str, by_form: dict[str, list[Any]], vintage: str) -> list[Any]:
    """The spellings that a name means: the whole of it (some hold a comma), else without its type and what it lies in;
    those with the same accents where there are such."""
    hits = by_form.get(fold(name), [])
    if not hits:
        name, kind, qualifier = name_parts(name)
        hits = [hit for hit in by_form.get(fold(name), []) if kind == "" or hit.type in kind.split("|")]
        if qualifier and hits:
            above = resolve(qualifier, vintage=vintage).code
            hits = [hit for hit in hits if above in _above(hit.code, vintage)]
    return [hit for hit in hits if hit.exact == exact_form(name)] or hits


def _above(code: str, vintage: str) -> list[str]:
    """Codes of all areas that an area lies in, the smallest first."""
    parent_of, codes = _by_code(vintage)["parent_code"], []
    while (code := parent_of.get(code, "")) and code not in codes:
        codes.append(code)
    return codes


def _describe(code: str, vintage: str) -> str:
    """An area and the name of what it lies in."""
    names, place = _by_code(vintage)["name_vi"], area(code, vintage)
    return f"{place}, {names[place.parent]}" if place.parent in names.index else f"{place}"


def _nearest(name: str, names: pd.DataFrame, vintage: str) -> str:
    """The three areas with the names most like a name; of equally near ones Kon Tum's first, then the larger."""
    from rapidfuzz import distance, process

    ranked = process.extract(fold(name), names["folded"].tolist(), scorer=distance.JaroWinkler.similarity, limit=12)
    near = [(-round(score, 1), *names.loc[names.index[place], ["code", "level"]]) for _, score, place in ranked]
    near.sort(key=lambda hit: (hit[0], PROVINCE not in [hit[1], *_above(hit[1], vintage)], _RANK[hit[2]]))
    codes = list(dict.fromkeys(code for _, code, _ in near))[:3]
    return "; ".join(_describe(code, vintage) for code in codes)


def crosswalk() -> pd.DataFrame:
    """Old commune to unit of July 2025 (Resolution 1677/NQ-UBTVQH15); every old commune went whole into one.

    >>> crosswalk().shape[0]
    102
    """
    return pd.read_csv(RAW / "crosswalk_2025.csv", dtype=str, keep_default_na=False)


def to_2025(table: pd.DataFrame, area_column: str | None = None) -> pd.DataFrame:
    """Add up counts of old communes to the 40 units of 1 July 2025.

    table: one row per old commune and whatever other columns it carries (year, scenario, …). Numeric columns
    other than a time or the number of a draw are counts and are added; all other columns are kept apart as keys.
    `area_column` is found by itself when it is called area, ref_area or code.

    Returns the table with codes of 2025. Totals are conserved exactly: whole numbers stay whole, and a
    missing count makes its unit missing instead of being taken as zero.

    Raises KontumError for an area that is no old commune, for a commune given twice under one key, and for
    columns that are no counts (rates, shares, means), which cannot be added.

    >>> to_2025(pd.DataFrame({"area": ["23281", "23287", "23284"], "households": [10, 20, 5]}))
        area  households
    0  23284           5
    1  23293          30
    """
    column = area_column or next((c for c in ("area", "ref_area", "code") if c in table.columns), None)
    if column is None:
        raise KontumError("error.to_2025.column")
    new, codes = crosswalk().set_index("old_code")["new_code"], table[column].map(str)
    if unknown := sorted(set(codes) - set(new.index)):
        raise KontumError("error.to_2025.not_communes", codes=unknown[:5])
    times = (column, "year", "time", "time_period", "draw")
    counts = [str(c) for c in table.select_dtypes("number") if c not in times]  # yes and no are no numbers
    has_counts = set(table.get("unit_measure", ["no unit_measure"])) <= _COUNT_UNITS
    if other := [c for c in counts if _NOT_COUNTS.search(c) or c == "obs_value" and not has_counts]:
        raise KontumError("error.to_2025.no_counts", columns=other)
    if not counts:
        raise KontumError("error.to_2025.nothing", columns=list(table.columns))
    plain_table = table.drop(columns=["area_name", "name"], errors="ignore")
    keys = [c for c in plain_table.columns if c not in counts and c != column]
    if (repeated := table.duplicated([column, *keys])).any():
        raise KontumError("error.to_2025.twice", code=codes[repeated].iloc[0])
    units = plain_table.assign(**{column: codes.map(new)}).groupby([column, *keys], dropna=False, sort=True)[counts]
    return units.sum(skipna=False).reset_index()[list(plain_table.columns)]


def area_name(code: str, lang: str, vintage: str = "2020") -> str:
    """The name of an area as shown to readers; groups of districts and the province have names of their own.

    >>> area_name("617", "en"), area_name("62-POOR", "en")
    ('Tu Mơ Rông', 'Poor districts')
    """
    key = f"area.{code}"
    return labels()[key][lang] if key in labels() else area(code, vintage).name


def name_of(area: str) -> dict[str, str]:
    """The name of an area in both languages, for a sentence: {"vi": …, "en": …}."""
    return {lang: area_name(area, lang) for lang in LANGUAGES}


def area_list(codes: Iterable[str], lang: str) -> str:
    """Names of areas as a sentence lists them.

    >>> area_list(["613", "617", "618"], "en")
    "Kon Plông, Tu Mơ Rông and Ia H'Drai"
    """
    return join_names([area_name(code, lang) for code in codes], lang)
