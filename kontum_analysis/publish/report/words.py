"""Days and marked figures as the sentences and cells of a report write them."""

from collections.abc import Iterable
from typing import Any

from ...base.words import day_words, text


def headings(table: str, names: Iterable[str], lang: str, **values: Any) -> tuple[str, ...]:
    """The headings of a table of the report, from the names of its columns.

    >>> headings("quota", ["area", "rate"], "en", year=2026)
    ('Area', 'Rate, end of 2026 (%)')
    """
    return tuple(text(f"report.{table}.{name}", lang, **values) for name in names)


def figure_day(day: str, indicator: str, lang: str, month_only: bool = False) -> str:
    """The day of a figure in words; a page on communes without a day, filed at the end of its year, is of any day in
    it.

    >>> figure_day("2021-12-31", "ntm_communes", "vi"), figure_day("2021-12-31", "poor_households", "vi")
    ('trong năm 2021', 'cuối năm 2021')
    """
    if indicator.startswith("ntm_") and day.endswith("-12-31"):
        return text("day.during", lang, year=day[:4])
    return day_words(day, lang, month_only)


def marked(value: str, status: str, low: str | None = None, high: str | None = None) -> str:
    """A figure with the mark of how it is known (* derived, ** estimated with its 80 % interval); value, low, high are
    text.

    >>> marked("41,06", "derived"), marked("13,0", "estimated", "9,0", "15,5")
    ('41,06*', '13,0** (9,0–15,5)')
    """
    if status == "estimated":
        return f"{value}**" if low is None else f"{value}** ({low}–{high})"
    return f"{value}*" if status == "derived" else value
