"""The parts of the yearly report about poverty: rates and households by district and year, and next year's quotas."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd

from ...base.words import number, text
from ...data.areas import PROVINCE, area_list, area_name, poor_districts
from ...poverty.scenarios import title
from .blocks import Block, Heading, Paragraph, References, Table
from .facts import Facts
from .words import headings, marked

_FIRST_COLUMN, _OPENING, _LAST_COLUMN, _PAGE = 3.1, 2.8, 2.1, 16.5  # centimetres; the opening year has no intervals


def poverty_section(facts: Facts, refs: References, lang: str) -> Iterator[Block]:
    """Section III: what is known of which district, then a table of rates and one of households."""
    yield Heading(1, text("report.poverty.heading", lang))
    yield from (Paragraph(words) for words in _known(facts, refs, lang))
    cells = _cells(facts)
    years = tuple(facts.estimates.years)
    span = f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])
    for kind, draw in (("rates", _rate), ("households", _households)):
        rows = tuple(_area_row(group, years, draw, refs, lang) for _, group in cells.groupby("area", sort=False))
        heads = (
            text("report.poverty.area", lang),
            *(text("report.poverty.year", lang, year=y) for y in years),
            text("report.poverty.source", lang),
        )
        each = _year_widths(len(years))
        yield Table(
            text(f"report.poverty.{kind}", lang, years=span),
            heads,
            rows,
            (_FIRST_COLUMN, *each, _LAST_COLUMN),
            right=tuple(range(1, len(years) + 1)),
            total=(0,),
            note=text("report.poverty.note", lang),
        )


def _year_widths(count: int) -> tuple[float, ...]:
    room = _PAGE - _FIRST_COLUMN - _LAST_COLUMN
    return (_OPENING, *[(room - _OPENING) / (count - 1)] * (count - 1)) if count > 1 else (room,)


def _cells(facts: Facts) -> pd.DataFrame:
    """The panel with the poor districts together after the province."""
    panel = facts.panel
    province = panel[panel["area"] == PROVINCE]
    return pd.concat([province, facts.poor_districts, panel[panel["area"] != PROVINCE]], ignore_index=True)


def _area_row(
    group: pd.DataFrame, years: Sequence[int], draw: Callable[[Any, str], str], refs: References, lang: str
) -> tuple[str, ...]:
    by_year: dict[Any, Any] = {row.year: row for row in group.itertuples()}
    sources = refs.mark("|".join(group["source_id"]))
    return (area_name(group["area"].iloc[0], lang), *(draw(by_year[year], lang) for year in years), sources or "–")


def _rate(row: Any, lang: str) -> str:
    decimals = 1 if row.status_rate == "estimated" else 2
    value, low, high = (number(100 * rate, decimals, lang) for rate in (row.rate, row.rate_q10, row.rate_q90))
    return marked(value, row.status_rate, low, high)


def _households(row: Any, lang: str) -> str:
    value, low, high = (number(n, 0, lang) for n in (row.poor_households, row.poor_q10, row.poor_q90))
    return marked(value, row.status_poor_households, low, high)


def _known(facts: Facts, refs: References, lang: str) -> Iterator[str]:
    last = facts.last
    if last < facts.year:
        yield text("report.poverty.no_review", lang, year=facts.year, last=last)
    of_year = facts.panel[(facts.panel["year"] == last) & (facts.panel["area"] != PROVINCE)]
    open_ = of_year.loc[of_year["status_rate"] == "estimated", "area"]
    if len(open_):
        yield text(
            "report.poverty.known",
            lang,
            year=last,
            known=len(of_year) - len(open_),
            all=len(of_year),
            names=area_list(open_, lang),
            total=facts.cell(PROVINCE, last).poor_households,
        )
    else:
        yield text("report.poverty.complete", lang, year=last, all=len(of_year))
    gross = facts.gross_exits
    if gross is not None and last > facts.estimates.years[0]:
        net = facts.cell(PROVINCE, last - 1).poor_households - facts.cell(PROVINCE, last).poor_households
        mark = refs.mark(gross.source_id)
        yield text("report.poverty.gross", lang, year=last, gross=gross.obs_value, mark=mark, net=net)


def quota_section(facts: Facts, lang: str) -> Iterator[Block]:
    """Section VI: what each district would have to do next year for the scenario to hold; a scenario, not an order."""
    plan, year = facts.plan, facts.year + 1
    yield Heading(1, text("report.quota.heading", lang, year=year))
    yield Paragraph(text("report.quota.intro", lang, scenario=title(facts.scenario, lang), start=plan.start, year=year))
    if plan.start < facts.year:
        yield Paragraph(text("report.quota.gap", lang, start=plan.start, year=facts.year, next=year))
    table = facts.quotas
    own = bool(table["own_path"].notna().any()) and facts.scenario.start != plan.start
    rows = tuple(_quota_row(row, own, lang) for row in table.itertuples())
    names = ["area", "opening", "quota", "left", "rate", *(["own_path"] if own else [])]
    heads = headings("quota", names, lang, start=plan.start, year=year, own=facts.scenario.start)
    widths = (3.6, 2.6, 2.7, 2.6, 2.2, 2.8) if own else (4.5, 3.0, 3.0, 3.0, 3.0)
    yield Table(
        text("report.quota.caption", lang, year=year, scenario=title(facts.scenario, lang)),
        heads,
        rows,
        widths,
        right=tuple(range(1, len(names))),
        total=(len(rows) - 1,),
        note=text("report.quota.note", lang),
    )
    poor = table[table["area"].isin(poor_districts())]
    yield Paragraph(
        text(
            "report.quota.poor",
            lang,
            names=area_list(poor["area"], lang),
            quota=poor["quota"].sum(),
            year=year,
            share=poor["quota"].sum() / max(table["quota"].iloc[-1], 1),
        )
    )


def _quota_row(row: Any, own: bool, lang: str) -> tuple[str, ...]:
    opening = marked(number(row.opening, 0, lang), row.status)
    found = [
        area_name(row.area, lang),
        opening,
        number(row.quota, 0, lang),
        number(row.left, 0, lang),
        number(100 * row.rate, 2, lang),
    ]
    return (*found, number(row.own_path, 0, lang)) if own else tuple(found)
