"""The columns of an office's table: what each is called, which indicator it becomes, and in which tables it stands.

Template and import both read this one list, so that what the template asks for is what the import takes. How else
offices call a column stands in `headings.csv`.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..base.words import LANGUAGES, labels, text
from ..data.observations import raw_tables
from ..data.spelling import fold, plain_text
from .typed import CRITERIA, without_footnote

LEVELS = ("commune", "unit", "district")
YEARS = range(2021, 2026)  # the poverty standard of Decree 07/2021
STATUSES = ("none", "attained", "advanced", "model")
META = ("office", "document", "date", "year")


@dataclass(frozen=True)
class Column:
    """One column: its name (an indicator, or ntm_status), what it holds, and the tables it stands in."""

    name: str
    kind: str  # count | communes | rate | criteria | status
    levels: tuple[str, ...]
    in_template: bool = True  # False: taken where an office's own table has it

    @property
    def is_ntm(self) -> bool:
        """Whether it speaks of the new-rural programme, which wards and towns are no part of."""
        return self.name.startswith("ntm_")


_SMALL, _ALL = ("commune", "unit"), LEVELS
COLUMNS = (
    Column("households_total", "count", _ALL),
    Column("poor_households", "count", _ALL),
    Column("near_poor_households", "count", _ALL),
    Column("poverty_rate_pct", "rate", _ALL, in_template=False),
    Column("near_poor_rate_pct", "rate", _ALL, in_template=False),
    Column("dtts_households", "count", _ALL, in_template=False),
    Column("dtts_poor_households", "count", _ALL, in_template=False),
    Column("dtts_near_poor_households", "count", _ALL, in_template=False),
    Column("poor_households_before", "count", _ALL, in_template=False),
    Column("near_poor_households_before", "count", _ALL, in_template=False),
    Column("poor_exits", "count", _ALL, in_template=False),
    Column("new_poor_households", "count", _ALL, in_template=False),
    Column("relapsed_poor_households", "count", _ALL, in_template=False),
    Column("ntm_criteria_met", "criteria", _SMALL),
    Column("ntm_status", "status", _SMALL),
    Column("ntm_communes", "communes", ("district",)),
    Column("ntm_advanced_communes", "communes", ("district",)),
    Column("ntm_model_communes", "communes", ("district",)),
)
BY_NAME = {column.name: column for column in COLUMNS}
FRACTIONS = {"poverty_rate_fraction": "poverty_rate_pct", "near_poor_rate_fraction": "near_poor_rate_pct"}
BEFORE = {f"{name}_before": name for name in ("poor_households", "near_poor_households")}  # a year earlier
BEFORE_YEARS = range(2022, 2025)  # of tables: a year before them the standard and the areas are the same
RATES = {"poverty_rate_pct": "poor_households", "near_poor_rate_pct": "near_poor_households"}  # and their counts
IDENTITY = ("code", "name", "district")
_AREA = {
    "code": "code",
    "name": "name",
    "name_unit": "name",
    "name_district": "name",
    "district": "district",
    "district_unit": "district",
}
# (group above, part below) -> column
_TWO_ROWS = {
    ("total", "count"): "households_total",
    ("total", "dtts"): "dtts_households",
    ("poor", "count"): "poor_households",
    ("poor", "rate"): "poverty_rate_pct",
    ("poor", "before"): "poor_households_before",
    ("poor_before", "count"): "poor_households_before",
    ("poor", "dtts"): "dtts_poor_households",
    ("near", "count"): "near_poor_households",
    ("near", "rate"): "near_poor_rate_pct",
    ("near", "before"): "near_poor_households_before",
    ("near_before", "count"): "near_poor_households_before",
    ("near", "dtts"): "dtts_near_poor_households",
    ("ntm", "met"): "ntm_criteria_met",
    ("ntm", "count"): "ntm_criteria_met",
}
_OF_WHICH = "trong do"
_BRACKETS = re.compile(r"\([^)]*\)")
_YEAR = re.compile(r"\b20[0-9]{2}\b")
_OF_THE_YEAR = re.compile(r"(năm |31/12/)?\b20[0-9]{2}\b", re.IGNORECASE)
_CRITERION = re.compile(r"(?:tc|tieu chi|tieu chi so)? ?([0-9]{1,2})\b.*")


def heading(name: str, lang: str) -> str:
    """The heading of a column in one language: the name of its indicator, or a label.

    >>> heading("poor_households", "vi"), heading("ntm_status", "en")
    ('Số hộ nghèo', 'NTM status at the end of the year')
    """
    if f"own.heading.{name}" in labels():
        return text(f"own.heading.{name}", lang)
    return str(indicators()[name][f"name_{lang}"])


def headings(name: str) -> dict[str, str]:
    """The heading of a column in every language, as a message takes it."""
    return {lang: heading(name, lang) for lang in LANGUAGES}


@lru_cache(maxsize=1)
def indicators() -> dict[Any, dict[Any, str]]:
    """indicators.csv by indicator."""
    return raw_tables()["indicators"].set_index("indicator").to_dict("index")


@lru_cache(maxsize=1)
def _columns_by_words() -> dict[str, dict[str, str]]:
    """Folded headings -> column, one dict for whole headings ("") and one for each of groups, parts and words."""
    names: dict[str, dict[str, str]] = {kind: {} for kind in ("", "group", "part", "words")}
    with open(Path(__file__).with_name("headings.csv"), encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kind, _, name = row["column"].rpartition(" ") if " " in row["column"] else ("", "", row["column"])
            if row["column"].startswith("words"):
                kind, name = "words", row["column"]
            names[kind][_space(row["heading"])] = name
    for asked_as, name in {**_AREA, **{n: n for n in BY_NAME}}.items():
        names[""] |= {_space(heading(asked_as, lang)): name for lang in LANGUAGES} | {_space(asked_as): name}
    return names | {"": {fold(words): name for words, name in names[""].items()}}


def _space(words: object) -> str:
    """Folded words with single spaces between them."""
    return " ".join(filter(None, (fold(word) for word in re.split(r"[\W_]+", plain_text(str(words))))))


def recognised(path: str | Sequence[str], year: int | None = None) -> str | None:
    """The column that a heading means: its name, "" for one that is passed over (number, notes), None if unknown.

    path: the heading, or its rows from above; year: of the figures, so that those of another year are not taken.
    A column for one criterion is "criterion_1" to "criterion_19".

    >>> recognised("SỐ HỘ NGHÈO (hộ)"), recognised("ref_area"), recognised("Ghi chú"), recognised("Giá vàng")
    ('poor_households', 'code', '', None)
    >>> recognised(["Hộ cận nghèo", "Tỷ lệ (%)"]), recognised(["Đầu năm", "Hộ DTTS"]), recognised("TC 7")
    ('near_poor_rate_pct', None, 'criterion_7')
    >>> recognised(["Hộ nghèo", "Đầu năm"], 2024), recognised(["Hộ nghèo", "Đầu năm"], 2025)
    ('poor_households_before', '')
    """
    whole = [path] if isinstance(path, str) else list(path)
    sums = tuple(_space(text("own.heading.sum", lang, name="")) for lang in LANGUAGES)  # the template's own additions
    if _space(whole[-1]).startswith(sums):
        return ""
    if year and any(int(other) != year for words in whole for other in _YEAR.findall(str(words))):
        return None
    words = [_heading_words(element) for element in whole]
    words = [element for number, element in enumerate(words) if not number or element != _OF_WHICH]
    if "ngheo" in (rest := words[0].removeprefix(_OF_WHICH)).split():  # it says itself of what it is a part
        words[0] = rest.strip()
    for start in range(len(words)):
        if any(_has_word(element, "words of another figure") for element in words[:start]):
            return None
        is_titled = all(_has_word(element, "words of a title") or not element for element in words[:start])
        if (name := _column_of(words[start:], is_titled)) is not None:
            return "" if name in BEFORE and year and year not in BEFORE_YEARS else name
    return None


def is_of_which(path: Sequence[str]) -> bool:
    """Whether a heading says "of which" before it says of what."""
    return _heading_words(path[0]).startswith(_OF_WHICH)


def part_of_left(path: Sequence[str], left: str | None) -> str | None:
    """The column that "of which ethnic minority" means right of the column `left`; None for what is no such part.

    >>> part_of_left(["Trong đó", "Hộ DTTS"], "poor_households"), part_of_left(["Trong đó", "Hộ DTTS"], "name")
    ('dtts_poor_households', None)
    """
    words, parts = [_heading_words(element) for element in path], _columns_by_words()["part"]
    name = "dtts_" + RATES.get(left or "", left or "").removesuffix("_total")
    return name if "dtts" in (parts.get(" ".join(words)), parts.get(words[-1])) and name in BY_NAME else None


def _heading_words(element: str) -> str:
    """A row of a heading without footnote, unit in brackets, year, and "at the end of the year"."""
    bare = _OF_THE_YEAR.sub("", _BRACKETS.sub("", without_footnote(plain_text(element))))
    words = _space(bare.replace("%", " phần trăm ")) or ("ty le" if "%" in str(element) else "")
    words = words.removesuffix(" phan tram") if words != "phan tram" else "ty le"
    ends = [end for end, kind in _columns_by_words()["words"].items() if kind == "words of the end of a year"]
    for end in sorted(ends, key=len, reverse=True):
        words = words.removesuffix(f" {end}") if words != end else ""
    return words


def _has_word(element: str, kind: str) -> bool:
    return any(f" {word} " in f" {element} " for word, column in _columns_by_words()["words"].items() if column == kind)


def _column_of(words: list[str], is_titled: bool) -> str | None:
    names = _columns_by_words()
    whole = " ".join(words)
    if match := _CRITERION.fullmatch(words[-1]):
        is_named = not words[-1][0].isdigit() or any(names["group"].get(element) == "ntm" for element in words[:-1])
        if is_named and 1 <= int(match[1]) <= CRITERIA:
            return f"criterion_{match[1]}"
    if len(words) > 1:
        pair = (names["group"].get(words[-2], ""), names["part"].get(words[-1], ""))
        return _TWO_ROWS.get(pair) or names[""].get(fold(whole))
    if not is_titled and whole in names["part"]:
        return None  # "Số hộ" under a heading that is not understood may count anything
    return names[""].get(fold(whole))


def meta_name(words: str) -> str | None:
    """Which of office, document, date and year a label beside a cell means, or None."""
    folded = fold(_BRACKETS.sub("", str(words)))
    return next((name for name in META if folded in {fold(text(f"own.meta.{name}", lang)) for lang in LANGUAGES}), None)


def status_of(words: Any) -> str | None:
    """The NTM status that a text means, in either language, or None.

    >>> status_of("Nâng cao"), status_of("attained"), status_of("?")
    ('advanced', 'attained', None)
    """
    folded = fold(words)
    return next(
        (s for s in STATUSES if folded in {fold(text(f"own.status.{s}", lang)) for lang in LANGUAGES} | {s}), None
    )
