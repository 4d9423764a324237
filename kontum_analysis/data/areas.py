"""The register of areas: the province, its districts and communes before July 2025, and the 40 units since.

A name is matched as people write it (Đăk, Đắk, Dak; with or without *huyện*, *TP.*, *xã*; composed or
decomposed accents). Two vintages exist because the units of 2025 reuse codes of old communes.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.errors import KontumError, UnknownAreaError
from ..base.files import RAW
from ..base.words import LANGUAGES, labels, listed

PROVINCE = "62"
POOR_DISTRICTS = "62-POOR"
OTHER_DISTRICTS = "62-REST"  # ours: the seven districts outside decision 353/QĐ-TTg
LAST_DAY_OF_DISTRICTS = "2025-06-30"
LONGEST_NAME = 200  # characters; the longest name with its district has about forty
_VINTAGES = ("2020", "2025")
_RANK = {"nation": 0, "region": 1, "province": 2, "group": 3, "district": 4, "commune": 5}
_PREFIXES = {
    "tỉnh": "tỉnh",
    "tinh": "tỉnh",
    "province": "tỉnh",
    "thành phố": "thành phố",
    "thanh pho": "thành phố",
    "tp": "thành phố",
    "city": "thành phố",
    "huyện": "huyện",
    "huyen": "huyện",
    "h": "huyện",
    "district": "huyện",
    "xã": "xã",
    "xa": "xã",
    "commune": "xã",
    "phường": "phường",
    "phuong": "phường",
    "p": "phường",
    "ward": "phường",
    "thị trấn": "thị trấn",
    "thi tran": "thị trấn",
    "tt": "thị trấn",
    "town": "thị trấn",
    "township": "thị trấn",
}
_PREFIX = re.compile(
    r"^({})(?:\.\s*|\s+)(?=\S)".format("|".join(sorted(map(re.escape, _PREFIXES), key=len, reverse=True))),
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\s(province|city|district|commune|ward|town|township)$", re.IGNORECASE)
_LOOKALIKES = str.maketrans("ÐðƉɖ", "ĐđĐđ")  # letters of Icelandic and Ewe that look like ours and are typed for it
_CROSSED_D = str.maketrans("đðɖ", "ddd")
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


def fold(text: str) -> str:
    """Letters and digits only, lower case, without accents: the loosest form in which names are compared.

    >>> fold("Ia H’Drai"), fold("Đắk Tờ Kan"), fold("\u00d0ăk Tô")
    ('iahdrai', 'daktokan', 'dakto')
    """
    plain = unicodedata.normalize("NFD", str(text).casefold().translate(_CROSSED_D))
    return "".join(c for c in plain if c.isalnum() and unicodedata.category(c) != "Lm")  # Lm: ʼ, an apostrophe


def plain_text(text: str) -> str:
    """The text in composed letters with single spaces: no marks without width, Đ also where Ð or Ɖ was typed.

    >>> plain_text("\u00d0ăk\u00a0Hà\u200b"), plain_text(" xã  \u0189ăk Long ")
    ('Đăk Hà', 'xã Đăk Long')
    """
    composed = unicodedata.normalize("NFC", str(text)).translate(_LOOKALIKES)
    return " ".join("".join(c for c in composed if unicodedata.category(c) != "Cf").split())


def _exact(text: str) -> str:
    text = plain_text(text).casefold()
    return text.replace("đắk", "đăk")  # the province writes Đăk, the statistics office Đắk: one name


@lru_cache(maxsize=8)
def _register(folder: Path = RAW) -> pd.DataFrame:
    return pd.read_csv(folder / "areas.csv", dtype=str, keep_default_na=False)


def register(vintage: str | None = None, level: str | None = None, parent: str | None = None) -> pd.DataFrame:
    """The register as a table, one row an area; columns as in `data/raw/README.md`.

    vintage: "2020" (to 30 June 2025) or "2025"; level: nation, region, province, group, district or commune.

    >>> len(register("2020", "district", parent="62")), *(len(register(day, "commune")) for day in ("2020", "2025"))
    (10, 102, 40)
    """
    table = _register()
    for column, wanted, allowed in (
        ("vintage", vintage, _VINTAGES),
        ("level", level, _RANK),
        ("parent_code", parent, None),
    ):
        if wanted is not None:
            if allowed is not None and wanted not in allowed:
                raise KontumError("error.areas.filter", column=column, value=wanted, allowed=list(allowed))
            table = table[table[column] == wanted]
    return table.reset_index(drop=True)


def districts() -> list[str]:
    """Codes of the ten districts, in the order of the statistics office.

    >>> districts()[0], districts()[-1]
    ('608', '618')
    """
    return list(_districts())


def poor_districts() -> list[str]:
    """Codes of the three poor districts of decision 353/QĐ-TTg: Kon Plông, Tu Mơ Rông, Ia H'Drai.

    >>> poor_districts()
    ['613', '617', '618']
    """
    return [code for code, is_poor in _districts().items() if is_poor]


@lru_cache(maxsize=1)
def _districts() -> dict[str, bool]:
    table = register("2020", "district", PROVINCE)
    return dict(zip(table["code"], table["is_poor_district"] == "1", strict=True))


@lru_cache(maxsize=4096)
def area(code: str, vintage: str = "2020") -> Area:
    """The area with this code. Raises UnknownAreaError when the register of that vintage has none.

    >>> area("617").name
    'Tu Mơ Rông'
    """
    rows = register(vintage)
    rows = rows[rows["code"] == str(code)]
    if rows.empty:
        raise UnknownAreaError("error.areas.code", code=code, vintage=vintage)
    r = rows.iloc[0]
    return Area(r.code, r.name_vi, r.name_gso, r.level, r.type, r.parent_code, r.vintage, r.is_poor_district == "1")


@lru_cache(maxsize=2)
def _names(vintage: str) -> pd.DataFrame:
    """(exact form, folded form, code, type, level, parent) of every spelling in the register."""
    rows = []
    for r in register(vintage).to_dict("records"):
        for spelling in {r["name_vi"], r["name_gso"], r["name_ascii"], *filter(None, r["aliases"].split("|"))}:
            rows.append((_exact(spelling), fold(spelling), r["code"], r["type"], r["level"], r["parent_code"]))
    return pd.DataFrame(rows, columns=["exact", "folded", "code", "type", "level", "parent"])


def _split(name: str) -> tuple[str, str | None, str | None]:
    """(bare name, type or None, qualifier or None) of a name such as "xã Đăk Long, huyện Đăk Glei"."""
    text = plain_text(name)
    bare, _, qualifier = text.replace("(", ",").replace(")", "").partition(",")
    bare, qualifier, kind = bare.strip(), qualifier.strip(), None
    if _exact(qualifier) in _PREFIXES:
        kind, qualifier = _PREFIXES[_exact(qualifier)], ""
    if match := _PREFIX.match(bare):
        kind, bare = _PREFIXES[match.group(1).casefold()], bare[match.end() :]
    elif match := _SUFFIX.search(bare):
        kind, bare = _PREFIXES[match.group(1).casefold()], bare[: match.start()]
    return bare, kind, qualifier or None


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
    text = _exact(name)
    if not fold(text):
        raise UnknownAreaError("error.areas.no_name", name=name)
    register(vintage, level)  # refuses a vintage or level that does not exist
    names = _names(vintage)
    bare, kind, qualifier = _split(name)
    hits = names[names["code"].str.casefold() == text]
    if hits.empty:
        whole = [("exact", text), ("folded", fold(text))]  # some names hold a comma or brackets of their own
        for column, key in (*whole, ("exact", _exact(bare)), ("folded", fold(bare))):
            hits = names[(names[column] == key) & (key != "")]
            if kind is not None and key in (_exact(bare), fold(bare)):
                hits = hits[hits["type"] == kind]
            if level is not None:
                hits = hits[hits["level"] == level]
            if qualifier is not None and (column, key) not in whole and not hits.empty:
                above = resolve(qualifier, vintage=vintage).code
                hits = hits[[above in _above(code, vintage) for code in hits["code"]]]
            if not hits.empty:
                break
    elif level is not None:
        hits = hits[hits["level"] == level]
    if hits.empty:
        raise UnknownAreaError("error.areas.unknown", name=name, nearest=_nearest(name, level, vintage))
    rank = hits["level"].map(_RANK)
    codes = hits.loc[rank == rank.min(), "code"].unique()
    if len(codes) > 1:
        found = "; ".join(_described(code, vintage) for code in codes)
        raise UnknownAreaError("error.areas.ambiguous", name=name, found=found)
    return area(codes[0], vintage)


def _above(code: str, vintage: str) -> list[str]:
    """Codes of all areas that an area lies in, the smallest first."""
    parent, found = _parents(vintage), []
    while (code := parent.get(code, "")) and code not in found:
        found.append(code)
    return found


@lru_cache(maxsize=2)
def _parents(vintage: str) -> dict[str, str]:
    table = register(vintage)
    return dict(zip(table["code"], table["parent_code"], strict=True))


def _described(code: str, vintage: str) -> str:
    found = area(code, vintage)
    table = register(vintage)
    parent = table.loc[table["code"] == found.parent, "name_vi"]
    return f"{found}" + (f", {parent.iloc[0]}" if len(parent) else "")


def _nearest(name: str, level: str | None, vintage: str, count: int = 3) -> str:
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    names = _names(vintage)
    if level is not None:
        names = names[names["level"] == level]
    ranked = process.extract(fold(name), names["folded"].tolist(), scorer=JaroWinkler.similarity, limit=12)
    rank = names["level"].map(_RANK)
    ranked.sort(key=lambda hit: (-round(hit[1], 1), rank.iloc[hit[2]]))  # of equally near names the larger area first
    codes = list(dict.fromkeys(names["code"].iloc[index] for _, _, index in ranked))[:count]
    return "; ".join(_described(code, vintage) for code in codes)


def _whole_sum(counts: pd.Series) -> Any:
    return counts.sum(skipna=False)


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
    new = dict(zip(crosswalk()["old_code"], crosswalk()["new_code"], strict=True))
    codes = table[column].map(str)
    if unknown := sorted(set(codes) - set(new)):
        raise KontumError("error.to_2025.not_communes", codes=unknown[:5])
    numeric = table.select_dtypes("number").columns  # yes and no are no numbers
    counts = [c for c in numeric if c not in (column, "year", "time", "time_period", "draw")]
    bad = [c for c in counts if _NOT_COUNTS.search(c)]
    if "obs_value" in counts and not set(table.get("unit_measure", ["no unit_measure"])) <= _COUNT_UNITS:
        bad.append("obs_value")
    if bad:
        raise KontumError("error.to_2025.no_counts", columns=bad)
    if not counts:
        raise KontumError("error.to_2025.nothing", columns=list(table.columns))
    names = [c for c in ("area_name", "name") if c in table.columns]
    keys = [c for c in table.columns if c not in counts and c not in names and c != column]
    if (repeated := table.duplicated([column, *keys])).any():
        raise KontumError("error.to_2025.twice", code=codes[repeated].iloc[0])
    moved = table.drop(columns=names).assign(**{column: codes.map(new)})
    added = moved.groupby([column, *keys], dropna=False, sort=True)[counts].agg(_whole_sum)
    return added.reset_index()[[c for c in table.columns if c not in names]]


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
    return listed([area_name(code, lang) for code in codes], lang)
