"""Days, numbers and lists of names as the sentences and cells of a report write them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from babel.dates import format_date

from ...base.words import number, text
from ...data.names import area_name


def headings(table: str, names: Iterable[str], lang: str, **values: Any) -> tuple[str, ...]:
    """The headings of a table of the report, from the names of its columns.

    >>> headings("quota", ["area", "rate"], "en", year=2026)
    ('Area', 'Rate, end of 2026 (%)')
    """
    return tuple(text(f"report.{table}.{name}", lang, **values) for name in names)


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
    for end, key in (("-12-31", "report.day.end"), ("-07-01", "report.day.during")):
        if day.endswith(end):
            return text(key, lang, year=day[:4])
    return exact_day(day, lang, month_only)


def figure_day(day: str, indicator: str, lang: str, month_only: bool = False) -> str:
    """The day of a figure in words; a page on communes without a day, filed at the end of its year, is of any day in
    it.

    >>> figure_day("2021-12-31", "ntm_communes", "vi"), figure_day("2021-12-31", "poor_households", "vi")
    ('trong năm 2021', 'cuối năm 2021')
    """
    if indicator.startswith("ntm_") and day.endswith("-12-31"):
        return text("report.day.during", lang, year=day[:4])
    return day_words(day, lang, month_only)


def exact_day(day: str, lang: str, month_only: bool = False) -> str:
    """A day as a date, whatever day it is.

    >>> exact_day("2023-12-31", "vi"), exact_day("2023-12-31", "en", month_only=True)
    ('31/12/2023', 'December 2023')
    """
    found = date.fromisoformat(day)
    if lang == "en":
        return format_date(found, "MMMM yyyy" if month_only else "d MMMM yyyy", locale="en")
    month = f"{found.month:02d}" if found.month < 3 else str(found.month)
    return (
        text("report.day.month", lang, month=month, year=found.year)
        if month_only
        else f"{found.day:02d}/{month}/{found.year}"
    )


def printed_day(published: str, lang: str) -> str:
    """A day, a month or a year as a page shows it; "" for none.

    >>> printed_day("2022-11", "vi"), printed_day("2022", "vi"), printed_day("2022-11-05", "en")
    ('tháng 11/2022', '2022', '5 November 2022')
    """
    if len(published) == 7:
        return exact_day(f"{published}-01", lang, month_only=True)
    return exact_day(published, lang) if len(published) == 10 else published


def plain(value: float, lang: str, most: int = 2) -> str:
    """A number with as many decimals as it has, at most so many.

    >>> plain(42.0, "vi"), plain(88.1, "vi"), plain(0.06897, "en")
    ('42', '88,1', '0.07')
    """
    decimals = next(d for d in range(most + 1) if d == most or round(value, d) == round(value, most))
    return number(value, decimals, lang)


def listed(names: Iterable[str], lang: str) -> str:
    """Names as a sentence lists them.

    >>> listed(["a", "b", "c"], "vi")
    'a, b và c'
    """
    found = list(names)
    return f"{', '.join(found[:-1])} {text('word.and', lang)} {found[-1]}" if len(found) > 1 else "".join(found)


def area_list(codes: Iterable[str], lang: str) -> str:
    """Names of areas as a sentence lists them."""
    return listed([area_name(code, lang) for code in codes], lang)


def percent(p: float, lang: str) -> str:
    """A simulated probability in whole per cent; never as certain.

    >>> percent(0.778, "vi"), percent(0.004, "vi").split(), percent(0.9995, "en").split()
    ('78%', ['<', '1%'], ['>', '99%'])
    """
    if p != p:
        return "–"
    return ">\u00a099%" if p > 0.99 else "<\u00a01%" if p < 0.01 else f"{number(100 * p, 0, lang)}%"


def marked(value: str, status: str, low: str | None = None, high: str | None = None) -> str:
    """A figure with the mark of how it is known (* derived, ** estimated with its 80 % interval); value, low, high are
    text.

    >>> marked("41,06", "derived"), marked("13,0", "estimated", "9,0", "15,5")
    ('41,06*', '13,0** (9,0–15,5)')
    """
    if status == "estimated":
        return f"{value}**" if low is None else f"{value}** ({low}–{high})"
    return f"{value}*" if status == "derived" else value
