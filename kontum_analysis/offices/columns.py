"""The columns of an office's table: what each is called, which indicator it becomes, and in which tables it stands.

Template and import both read this one list, so that what the template asks for is what the import takes.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from ..base.errors import KontumError
from ..base.words import LANGUAGES, labels, text
from ..data.areas import PROVINCE, crosswalk, districts, fold, register
from ..data.observations import raw_tables

LEVELS = ("commune", "unit", "district")
YEARS = range(2021, 2026)  # the poverty standard of Decree 07/2021
FIRST_YEAR_OF_UNITS = 2025
STATUSES = ("none", "attained", "advanced", "model")
META = ("office", "document", "date", "year")


@dataclass(frozen=True)
class Column:
    """One column: its name (an indicator, or ntm_status), what it holds, the standard group, and the tables it stands
    in.
    """

    name: str
    kind: str  # count | communes | rate | criteria | status
    levels: tuple[str, ...]
    asked: bool = True  # in the template; False: taken where an office's own table has it

    @property
    def is_ntm(self) -> bool:
        """Whether it speaks of the new-rural programme, which wards and towns are no part of."""
        return self.name.startswith("ntm_")


_SMALL, _ALL = ("commune", "unit"), LEVELS
COLUMNS = (
    Column("households_total", "count", _ALL),
    Column("poor_households", "count", _ALL),
    Column("near_poor_households", "count", _ALL),
    Column("poverty_rate_pct", "rate", _ALL, asked=False),
    Column("near_poor_rate_pct", "rate", _ALL, asked=False),
    Column("ntm_criteria_met", "criteria", _SMALL),
    Column("ntm_status", "status", _SMALL),
    Column("ntm_communes", "communes", ("district",)),
    Column("ntm_advanced_communes", "communes", ("district",)),
    Column("ntm_model_communes", "communes", ("district",)),
)
BY_NAME = {column.name: column for column in COLUMNS}
_AREA = {
    "code": "code",
    "name": "name",
    "name_unit": "name",
    "name_district": "name",
    "district": "district",
    "district_unit": "district",
}
_ALSO = {  # other headings of Vietnamese tables, folded
    "maxa": "code",
    "madiaban": "code",
    "mahuyen": "code",
    "refarea": "code",
    "xa": "name",
    "tenxa": "name",
    "donvi": "name",
    "tendonvi": "name",
    "diaban": "name",
    "areaname": "name",
    "xaphuong": "name",
    "huyen": "district",
    "tenhuyen": "district",
    "huyenthanhpho": "district",
    "tongsoho": "households_total",
    "soho": "households_total",
    "hongheo": "poor_households",
    "hocanngheo": "near_poor_households",
    "sotieuchidat": "ntm_criteria_met",
    "tylehongheo": "poverty_rate_pct",
    "tylehocanngheo": "near_poor_rate_pct",
    "stt": "",
    "tt": "",
    "no": "",
    "ghichu": "",
    "notes": "",
    "note": "",
}


def heading(name: str, lang: str) -> str:
    """The heading of a column in one language: the name of its indicator, or a label.

    >>> heading("poor_households", "vi"), heading("ntm_status", "en")
    ('Số hộ nghèo', 'NTM status at the end of the year')
    """
    if f"own.heading.{name}" in labels():
        return text(f"own.heading.{name}", lang)
    return _indicators()[name][f"name_{lang}"]


@lru_cache(maxsize=1)
def _indicators() -> dict[Any, dict[Any, str]]:
    return raw_tables()["indicators"].set_index("indicator").to_dict("index")


def unit_of(name: str) -> str:
    """The unit_measure of an indicator, as indicators.csv has it."""
    return _indicators()[name]["unit_measure"]


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    known = dict(_ALSO)
    for asked_as, name in {**_AREA, **{n: n for n in BY_NAME}}.items():
        known |= {fold(heading(asked_as, lang)): name for lang in LANGUAGES} | {fold(asked_as): name}
    return known


def recognised(typed: object) -> str | None:
    """The column that a heading means: its name, "" for one that is passed over (number, notes), None if unknown.

    >>> recognised("SỐ HỘ NGHÈO (hộ)"), recognised("ref_area"), recognised("Ghi chú"), recognised("Giá vàng")
    ('poor_households', 'code', '', None)
    """
    folded = fold(re.sub(r"\([^)]*\)", "", str(typed)))
    sums = tuple(fold(text("own.heading.sum", lang, name="")) for lang in LANGUAGES)  # the template's own additions
    return "" if folded.startswith(sums) else _known().get(folded)


def meta_name(typed: str) -> str | None:
    """Which of office, document, date and year a label beside a cell means, or None."""
    folded = fold(re.sub(r"\([^)]*\)", "", str(typed)))
    return next((name for name in META if folded in {fold(text(f"own.meta.{name}", lang)) for lang in LANGUAGES}), None)


def status_of(typed: Any) -> str | None:
    """The NTM status that a text means, in either language, or None.

    >>> status_of("Nâng cao"), status_of("attained"), status_of("?")
    ('advanced', 'attained', None)
    """
    folded = fold(typed)
    return next(
        (s for s in STATUSES if folded in {fold(text(f"own.status.{s}", lang)) for lang in LANGUAGES} | {s}), None
    )


def areas_of(level: str, year: int) -> pd.DataFrame:
    """The areas of a table: code, name, type and district (name), in the order of district and code.

    Raises KontumError for another level, for a year outside 2021 to 2025, and where the units did not exist that year.

    >>> [len(areas_of(level, year)) for level, year in (("commune", 2024), ("unit", 2025), ("district", 2023))]
    [102, 40, 10]
    """
    if level not in LEVELS:
        raise KontumError("own.error.level", value=repr(level), allowed=", ".join(LEVELS))
    if year not in YEARS:
        raise KontumError("own.error.year", value=year, first=YEARS[0], last=YEARS[-1])
    if (level == "unit") != (year >= FIRST_YEAR_OF_UNITS):
        raise KontumError("own.error.units_since", year=year)
    ours = register("2020", "district", PROVINCE)
    names = ours.set_index("code")["name_vi"]
    rows = ours if level == "district" else register("2025" if level == "unit" else "2020", "commune")
    if level == "district":
        rows = rows[rows["code"].isin(districts())].assign(district="")
    else:
        if level == "unit":
            cross = crosswalk().drop_duplicates("new_code").set_index("new_code")["old_district_code"]
            rows["parent_code"] = rows["code"].map(cross)
        rows = rows[rows["parent_code"].isin(districts())].sort_values(["parent_code", "code"])
        rows["district"] = rows["parent_code"].map(names)
    return rows.assign(name=rows["name_vi"])[["code", "name", "type", "district"]]
