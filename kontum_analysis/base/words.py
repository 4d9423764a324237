"""Every text a user can see, in Vietnamese and English, from the tables in `labels/`, with numbers and days written as
each language writes them: 15,32 and 1.200 in Vietnamese, 15.32 and 1,200 in English.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from math import isfinite
from pathlib import Path
from string import Formatter
from typing import Any

import pandas as pd

LANGUAGES = ("vi", "en")
_FOLDER = Path(__file__).with_name("labels")
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)  # digits enough for any number that a computer holds
_MOST = 6  # decimals of a number that is written with as many as it has


@lru_cache(maxsize=1)
def labels() -> dict[str, dict[str, str]]:
    """All labels: a dict from key to {"vi": text, "en": text}. Each wing has its own file in `base/labels/`."""
    rows: dict[str, dict[str, str]] = {}
    for path in sorted(_FOLDER.glob("*.csv")):
        with open(path, encoding="utf-8", newline="") as file:
            rows |= {row["key"]: {lang: row[lang] for lang in LANGUAGES} for row in csv.DictReader(file)}
    return rows


@lru_cache(maxsize=1)
def column_facts() -> dict[str, dict[str, str]]:
    """How each column of our tables is shown, from `columns.csv`: a dict from its name to its row.

    vi, en: its title. unit: a label `unit_measure.*`, "" for none. format: p0, p2 … a fraction in per cent with so many
    decimals; c a probability in whole per cent; n0, n2 … a number; g2 a number with at most so many; y a year; d a day;
    "" text. words: the first part of the labels that say its codes, as "status" for `status.published`.

    >>> column_facts()["rate"]["format"], column_facts()["rate"]["unit"]
    ('p2', 'percent')
    """
    with open(_FOLDER.with_name("columns.csv"), encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


class LabelError(KeyError):
    """A label that no file of `labels/` holds, or whose words name a value that is not there.

    key: of the label; value: the name in its words (a tuple for an address within a `Lookup`), "" where the label
    itself is missing; names: those that there are.

    >>> print(LabelError("figure.x.title", "rates", ["rate", "last"]).in_language("en"))
    the label figure.x.title names rates, which is not there; there are: rate, last
    """

    def __init__(
        self, key: str, value: str | tuple[str, ...] = "", names: Iterable[str | tuple[str, ...]] = ()
    ) -> None:
        super().__init__(key, value)
        self.key = key
        self.value, *self.names = (" ".join(name) if isinstance(name, tuple) else name for name in (value, *names))

    def in_language(self, lang: str) -> str:
        """The message in one language."""
        names = ", ".join(self.names[:20])
        case = "value" if self.value else "label"
        return text(f"error.words.{case}", lang, label=self.key, value=self.value, names=names)

    def __str__(self) -> str:
        return "\n".join(self.in_language(lang) for lang in LANGUAGES)


def heading(column: str, lang: str) -> str:
    """What stands above a column: its title and unit; its name where `columns.csv` does not hold it.

    >>> heading("rate", "vi"), heading("my_column", "en")
    ('Tỷ lệ hộ nghèo (%)', 'my_column')
    """
    row = column_facts().get(column)
    if row is None:
        return column
    unit = row["unit"]
    return f"{row[lang]} ({text(f'unit_measure.{unit}', lang)})" if unit else row[lang]


def number(value: Any, decimals: int, lang: str) -> str:
    """A number with its decimals and thousands marks as the language writes them; "–" for a missing value.

    A half is rounded away from zero, as Excel and every office does.

    >>> number(1234.5, 1, "vi"), number(1234.5, 1, "en"), number(float("nan"), 1, "en"), number(15.125, 2, "vi")
    ('1.234,5', '1,234.5', '–', '15,13')
    """
    from babel.numbers import format_decimal

    if pd.isna(value):
        return "–"
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    value, last = float(value), Decimal(1).scaleb(-int(decimals))
    if isfinite(value):
        value = float(Decimal(repr(value)).quantize(last, context=_WIDE)) + 0.0  # no minus before a zero
    return format_decimal(value, format=pattern, locale=lang).replace("-", "−")


class Lookup:
    """Values of a table that a label takes by their address, as in {rate[province known last]:p2}.

    values: a series; the parts of an address are the levels of its index. names: words that stand for a part, such as
    "last" for 2023. An address that is not there is a KeyError of the address and of those that are.

    >>> rates = pd.Series([0.1532, 0.0684], pd.MultiIndex.from_product([["62"], [2021, 2023]]))
    >>> f"{Lookup(rates, {'province': '62', 'last': 2023})['province last']:.2%}"
    '6.84%'
    """

    def __init__(self, values: Any, names: Mapping[str, object] | None = None) -> None:
        parts = [key if isinstance(key, tuple) else (key,) for key in values.index]
        self._values = {tuple(map(str, key)): value for key, value in zip(parts, values, strict=True)}
        self._names = names or {}

    def __getitem__(self, address: str) -> Any:
        key = tuple(str(self._names.get(word, word)) for word in address.split())
        if key not in self._values:
            raise KeyError(key, [*self._values])
        return self._values[key]


class _Numbers(Formatter):
    """Format specs of the labels: n0, n1 … decimals; g as many as it has, as has a number with decimals and no spec; v
    two, or none for a whole number; p0, p1 … per cent of a fraction, c a probability in whole per cent (both without
    the sign); d a day.

    A placeholder names a value, or an address within a `Lookup`; no attribute of an object can be reached.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The value of a placeholder, and the name it goes by."""
        name, has_address, address = field_name.partition("[")
        if name not in kwargs or (has_address and not isinstance(kwargs[name], Lookup)):
            raise KeyError(field_name, list(kwargs))
        return kwargs[name][address.removesuffix("]")] if has_address else kwargs[name], name

    def format_field(self, value: Any, spec: str) -> str:
        """Write numbers as the language does; leave every other format to Python."""
        if spec[:1] in ("n", "p") and spec[1:].isdigit():
            return number(value * 100 if spec[0] == "p" and value is not None else value, int(spec[1:]), self.lang)
        if isinstance(value, int | float if spec == "g" else float) and spec in ("", "g") and isfinite(value):
            return plain(value, self.lang, most=_MOST)
        if spec in ("c", "v"):
            return chance(value, self.lang) if spec == "c" else number(value, 2 * (value % 1 > 0), self.lang)
        return exact_day(value, self.lang) if spec == "d" else str(super().format_field(value, spec))


def text(key: str, lang: str, **values: Any) -> str:
    """The text of a key in a language, with its {placeholders} filled.

    Raises LabelError (a KeyError) for an unknown key or language, and for a placeholder without a value.

    >>> text("unit.percent_of_households", "vi")
    '% số hộ'
    """
    words = labels().get(key, {}).get(lang)
    if words is None:
        raise LabelError(key)
    try:
        return _Numbers(lang).vformat(words, (), values)
    except KeyError as error:
        raise LabelError(key, *error.args) from None


def join_names(names: Iterable[str], lang: str) -> str:
    """Names as a sentence lists them.

    >>> join_names(["a", "b", "c"], "vi")
    'a, b và c'
    """
    names = list(names)
    return f"{', '.join(names[:-1])} {text('word.and', lang)} {names[-1]}" if len(names) > 1 else "".join(names)


def chance(p: float, lang: str) -> str:
    """A simulated probability in whole per cent, without its sign; never as certain.

    >>> chance(0.9999, "en"), chance(0.002, "vi"), chance(0.641, "en")
    ('>\\xa099', '<\\xa01', '64')
    """
    if p != p:
        return "–"
    if p > 0.99:
        return f">\u00a0{number(99, 0, lang)}"
    return f"<\u00a0{number(1, 0, lang)}" if p < 0.01 else number(100 * p, 0, lang)


def percent(p: float, lang: str) -> str:
    """A simulated probability in whole per cent; never as certain.

    >>> percent(0.778, "vi"), percent(0.004, "vi").split(), percent(0.9995, "en").split()
    ('78%', ['<', '1%'], ['>', '99%'])
    """
    return f"{chance(p, lang)}%" if p == p else "–"


def decimals_of(value: float, most: int = 2) -> int:
    """How many decimals a number has, at most so many.

    >>> decimals_of(42.0), decimals_of(88.1), decimals_of(0.06897)
    (0, 1, 2)
    """
    return next(d for d in range(most + 1) if d == most or round(value, d) == round(value, most))


def plain(value: float, lang: str, most: int = 2) -> str:
    """A number with as many decimals as it has, at most so many.

    >>> plain(42.0, "vi"), plain(88.1, "vi"), plain(0.06897, "en")
    ('42', '88,1', '0.07')
    """
    return number(value, decimals_of(value, most), lang)


def day_words(day: str, lang: str, month_only: bool = False) -> str:
    """A day in words: 30/4/2023, 20/12/2023 (a day below ten and the first two months with a zero, as Decree 30 asks).

    The last of December is the end of the year; the first of July stands for a page that names its year alone.

    >>> day_words("2023-02-05", "vi"), day_words("2022-12-31", "vi"), day_words("2021-07-01", "en")
    ('05/02/2023', 'cuối năm 2022', 'during 2021')
    >>> day_words("2023-04-30", "vi", month_only=True), day_words("2024-06-19", "en")
    ('tháng 4/2023', '19 June 2024')
    """
    if not day:
        return "–"
    for end, key in (("-12-31", "day.end"), ("-07-01", "day.during")):
        if day.endswith(end):
            return text(key, lang, year=day[:4])
    return exact_day(day, lang, month_only)


def exact_day(day: str, lang: str, month_only: bool = False) -> str:
    """A day as a date, whatever day it is.

    >>> exact_day("2023-12-31", "vi"), exact_day("2023-12-31", "en", month_only=True)
    ('31/12/2023', 'December 2023')
    """
    from babel.dates import format_date

    moment = date.fromisoformat(day)
    if lang == "en":
        return str(format_date(moment, "MMMM yyyy" if month_only else "d MMMM yyyy", locale="en"))
    month = f"{moment.month:02d}" if moment.month < 3 else str(moment.month)
    return (
        text("day.month", lang, month=month, year=moment.year)
        if month_only
        else f"{moment.day:02d}/{month}/{moment.year}"
    )


def printed_day(published: str, lang: str) -> str:
    """A day, a month or a year as a page shows it; "" for none.

    >>> printed_day("2022-11", "vi"), printed_day("2022", "vi"), printed_day("2022-11-05", "en")
    ('tháng 11/2022', '2022', '5 November 2022')
    """
    if len(published) == 7:
        return exact_day(f"{published}-01", lang, month_only=True)
    return exact_day(published, lang) if len(published) == 10 else published
