"""Every text a user can see, in Vietnamese and English, from one table (`labels.csv`), with numbers written as each
language writes them: 15,32 and 1.200 in Vietnamese, 15.32 and 1,200 in English.
"""

import csv
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

import pandas as pd

LANGUAGES = ("vi", "en")
_FILE = Path(__file__).with_name("labels.csv")


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, str]]:
    """All labels: a dict from key to {"vi": text, "en": text}."""
    with open(_FILE, encoding="utf-8", newline="") as file:
        return {row["key"]: {lang: row[lang] for lang in LANGUAGES} for row in csv.DictReader(file)}


def number(value: Any, decimals: int, lang: str) -> str:
    """A number with its decimals and thousands marks as the language writes them; "–" for a missing value.

    >>> number(1234.5, 1, "vi"), number(1234.5, 1, "en"), number(float("nan"), 1, "en")
    ('1.234,5', '1,234.5', '–')
    """
    from babel.numbers import format_decimal

    if pd.isna(value):
        return "–"
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    value = round(float(value), decimals) + 0.0  # no minus before a zero
    return format_decimal(value, format=pattern, locale=lang).replace("-", "−")


class _Numbers(Formatter):
    """Format specs of the labels: n0, n1, n2 … decimals; p0, p1, p2 … per cent of a fraction (without the sign)."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def format_field(self, value: Any, spec: str) -> str:
        """Write numbers as the language does; leave every other format to Python."""
        if spec[:1] in ("n", "p") and spec[1:].isdigit():
            return number(value * 100 if spec[0] == "p" and value is not None else value, int(spec[1:]), self.lang)
        return str(super().format_field(value, spec))


def text(key: str, lang: str, **values: Any) -> str:
    """The text of a key in a language, with its {placeholders} filled. Raises KeyError for an unknown key or language.

    >>> text("unit.percent_of_households", "vi")
    '% số hộ'
    """
    return _Numbers(lang).vformat(table()[key][lang], (), values)
