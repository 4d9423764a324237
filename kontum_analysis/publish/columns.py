"""One table for every way of publishing: a frame of the package with its words, column by column as a reader sees it.

Excel, Word, HTML, CSV, LaTeX and SDMX take a `Table`; its `columns` hold numbers as numbers and, beside them, the text
of each cell in the language asked for. Titles, units and formats stand in `base/columns.csv`.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.errors import Words
from ..base.files import RAW
from ..base.words import chance, column_facts, decimals_of, heading, join_names, labels, number, printed_day, text
from ..data.areas import area_name
from ..data.contract import COLUMNS
from ..data.observations import raw_tables
from ..poverty.scenarios import Scenario, preset, presets, title

SEED = 3299
NOTHING = "–"  # the cell of a missing value
_UPRIGHT = 11  # columns that still fit an upright page
_OTHER = {"vi": "_en", "en": "_vi"}  # how the columns of the other language end
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Column:
    """A column as a reader of one language sees it.

    name: in the frame. kind: number, year, date or text. values: floats, ints, dates or text, None where there is
    nothing; shares in per cent, as headed. decimals: of each value of a number column. cells: each value as text.
    """

    name: str
    heading: str
    kind: str
    values: list[Any]
    decimals: list[int]
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """A frame of the package with its words.

    name: of its file, its sheet and its mark in LaTeX. title, note: what it shows, how to read it. of: the column whose
    values stand under years (whole numbers as names) or scenarios (their names). headings: in place of those of
    columns.csv. bold: positions of the rows that stand out, as a total. is_long: too long for a document.
    """

    name: str
    frame: pd.DataFrame
    title: Words
    note: Words | None = None
    of: str = ""
    headings: Mapping[str, Words] = field(default_factory=dict)
    bold: tuple[int, ...] = ()
    is_long: bool = False

    @property
    def is_landscape(self) -> bool:
        """Whether it is too wide for an upright page."""
        return len(self.columns("vi")) > _UPRIGHT

    def columns(self, lang: str) -> list[Column]:
        """Its columns as a reader of the language sees them."""
        headings = {name: words.in_language(lang) for name, words in self.headings.items()}
        return [replace(c, heading=headings.get(c.name, c.heading)) for c in columns(self.frame, lang, self.of)]


def columns(frame: pd.DataFrame, lang: str, of: str = "") -> list[Column]:
    """The columns of a frame as a reader of the language sees them: without those of the other language.

    of: the column of columns.csv whose values stand under years or scenarios.

    >>> rates = pd.DataFrame({"area": ["62"], "year": [2021], "rate": [0.1532]})
    >>> [(c.heading, c.kind, c.values, c.decimals, c.cells) for c in columns(rates, "en")][1:]
    [('Year', 'year', [2021], [0], ['2021']), ('Poverty rate (%)', 'number', [15.32], [2], ['15.32'])]
    """
    names = [name for name in frame.columns if not str(name).endswith(_OTHER[lang])]
    if "area" in names and "area_name" in names:
        names.remove("area_name")
    return [_column(name, frame[name], lang, of) for name in names]


def text_table(frame: pd.DataFrame, lang: str, of: str = "") -> pd.DataFrame:
    """The frame as text for a reader: headings, names and numbers in one language; every cell a string.

    >>> text_table(pd.DataFrame({"area": ["62"], "rate": [0.1532]}), "vi").iloc[0].tolist()
    ['Toàn tỉnh', '15,32']
    """
    as_read = columns(frame, lang, of)
    rows = zip(*(column.cells for column in as_read), strict=True)
    return pd.DataFrame(list(rows), columns=[column.heading for column in as_read], dtype=str)


def _column(name: Any, values: pd.Series, lang: str, of: str) -> Column:
    is_scenario = name in presets()
    known_as = of if is_scenario or isinstance(name, int) else str(name).removesuffix(f"_{lang}")
    facts = column_facts().get(known_as, {})
    words = title(preset(name), lang) if is_scenario else heading(known_as if facts and not of else str(name), lang)
    plain_values = [None if pd.isna(value) else value for value in values.tolist()]
    spec = facts.get("format") or _format(values)
    if spec == "y":
        years = [None if value is None else int(value) for value in plain_values]
        return Column(str(name), words, "year", years, [0] * len(years), [_text(year) for year in years])
    if spec[:1] in ("p", "c", "n", "g"):
        scale, most = (100 if spec[0] in "pc" else 1), int(spec[1:] or 0)
        numbers = [None if value is None else round(float(value) * scale, 9) for value in plain_values]
        decimals = [most if value is None or spec[0] != "g" else decimals_of(value, most) for value in numbers]
        if spec == "c":
            cells = [NOTHING if value is None else chance(value, lang) for value in plain_values]
        else:
            cells = [number(value, places, lang) for value, places in zip(numbers, decimals, strict=True)]
        return Column(str(name), words, "number", numbers, decimals, cells)
    if spec == "d" and all(value is None or value == "" or _DAY.fullmatch(str(value)) for value in plain_values):
        days = [date.fromisoformat(value) if value else None for value in plain_values]
        days_in_words = [NOTHING if day is None else f"{day:%d/%m/%Y}" if lang == "vi" else str(day) for day in days]
        return Column(str(name), words, "date", days, [0] * len(days), days_in_words)
    say = _wording(known_as, facts.get("words", ""), spec, lang)
    wording = {value: say(value) for value in dict.fromkeys(plain_values) if value not in (None, "")}
    texts = [wording.get(value) for value in plain_values]
    return Column(str(name), words, "text", texts, [0] * len(texts), [_text(words) for words in texts])


def _format(values: pd.Series) -> str:
    """The format of a column that columns.csv does not know, or gives none."""
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        return ""
    return "n0" if pd.api.types.is_integer_dtype(values) else "g2"


def _text(value: object) -> str:
    return NOTHING if value is None else str(value)


def _wording(column: str, prefix: str, spec: str, lang: str) -> Callable[[Any], str]:
    """A function from a value of a column to its words in the language."""
    names: Mapping[Any, Any] = {}
    if column == "indicator":
        names = raw_tables()["indicators"].set_index("indicator")[f"name_{lang}"].to_dict()

    def say(value: Any) -> str:
        if column == "area":
            return area_name(value, lang)
        if column == "indicator":
            return str(names.get(value, value))
        if column == "scenario":
            return title(preset(value), lang) if value in presets() else str(value)
        if spec == "d":
            return printed_day(value, lang)
        key = f"yesno.{value}" if str(value) in ("True", "False") else f"{prefix}.{value}"
        return text(key, lang) if key in labels() else str(value)

    return say


@dataclass(frozen=True)
class Provenance:
    """Where a document comes from. day: the vintage asked for, or the latest printed publication date of the data;
    data_hash: first 12 digits of the SHA-256 over the raw tables; scenarios: those shown; offices: names of those whose
    own figures are used; seed: of all draws.
    """

    day: date
    data_hash: str
    scenarios: tuple[Scenario, ...]
    offices: tuple[str, ...] = ()
    seed: int = SEED

    def facts(self, lang: str) -> list[tuple[str, str]]:
        """Pairs of (what, value) in one language, for a cover or the head of a document."""
        day = text("exports.day", lang, day=f"{self.day:%d}", month=f"{self.day:%m}", year=self.day.year)
        facts = [("day", day)]
        for scenario in self.scenarios:
            words = dict(title=title(scenario, lang), name=scenario.name, form=text(f"form.{scenario.form}", lang))
            facts.append(("scenario", text("exports.scenario", lang, **words, start=scenario.start, end=scenario.end)))
        facts += [("offices", join_names(self.offices, lang))] * bool(self.offices)
        facts += [("seed", str(self.seed)), ("hash", f"SHA-256 {self.data_hash}…")]
        return [(text(f"exports.fact.{what}", lang), value) for what, value in facts]


def provenance(
    obs: pd.DataFrame,
    scenarios: Iterable[Scenario],
    data: str | Path | None = None,
    as_of: str | date | None = None,
    offices: Iterable[str] = (),
) -> Provenance:
    """The Provenance of what is made from these observations. Reads no clock.

    >>> from kontum_analysis.data.observations import load_observations
    >>> provenance(load_observations(as_of="2022-10-04"), [], as_of="2022-10-04").day
    datetime.date(2022, 10, 4)
    """
    printed_days = obs.loc[~obs["known_from_assumed"], "known_from"]
    day = as_of if as_of is not None else printed_days.max() if len(printed_days) else obs["known_from"].max()
    return Provenance(date.fromisoformat(str(day)[:10]), data_hash(data), tuple(scenarios), tuple(offices))


def data_hash(data: str | Path | None = None) -> str:
    """The first 12 digits of the SHA-256 over the raw tables of a folder, default those of the project."""
    digest = hashlib.sha256()
    for name in sorted(COLUMNS):
        digest.update(name.encode() + (Path(data or RAW) / f"{name}.csv").read_bytes())
    return digest.hexdigest()[:12]
