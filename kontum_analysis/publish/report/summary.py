"""Section I of the yearly report: the answer first, in sentences whose every number is computed."""

from collections.abc import Iterator
from typing import Any

from ...base.words import day_words, percent, text
from ...data.areas import PROVINCE, area_list, poor_districts
from ...poverty.scenarios import title
from .blocks import Block, Heading, Paragraph, References
from .facts import Facts
from .ntm import latest_count
from .targets import status_counts


def summary_section(facts: Facts, refs: References, lang: str) -> Iterator[Block]:
    """Heading and sentences: poverty, poor districts, communes, the 26 targets, next year's quotas, what came late."""
    yield Heading(1, text("report.summary.heading", lang))
    if facts.last < facts.year:
        yield Paragraph(text("report.poverty.no_review", lang, year=facts.year, last=facts.last), "item")
    yield Paragraph(_poverty(facts, refs, lang), "item")
    yield Paragraph(_poor_districts(facts, lang), "item")
    if facts.ntm is not None:
        last = latest_count(facts)
        chance = facts.ntm.probabilities.set_index("event")["probability"]["ntm_communes"]
        yield Paragraph(
            text(
                "report.summary.ntm",
                lang,
                when=day_words(last.day, lang, facts.month_only(last.day)),
                count=last.attained,
                all=last.communes,
                mark=refs.mark(last.source_ids),
                chance=percent(chance, lang),
            ),
            "item",
        )
    yield Paragraph(text("report.summary.board", lang, all=len(facts.board), **status_counts(facts.board)), "item")
    total: Any = facts.quotas.set_index("area").loc[PROVINCE]
    yield Paragraph(
        text(
            "report.summary.quota",
            lang,
            scenario=title(facts.scenario, lang),
            start=facts.plan.start,
            year=facts.year + 1,
            quota=total.quota,
            left=total.left,
            rate=total.rate,
        ),
        "item",
    )
    late = facts.late
    key = "report.summary.late" if len(late) else "report.summary.nothing_late"
    yield Paragraph(text(key, lang, year=facts.year, count=late["source_id"].nunique()), "item")


def _poverty(facts: Facts, refs: References, lang: str) -> str:
    first, last = facts.estimates.years[0], facts.last
    start, now = facts.cell(PROVINCE, first), facts.cell(PROVINCE, last)
    opening = dict(
        first=first,
        poor_first=start.poor_households,
        households=start.households,
        rate_first=start.rate,
        mark_first=refs.mark(start.source_id),
    )
    if last == first:
        return text("report.summary.opening", lang, **opening)
    fall = 100 * (start.rate - now.rate)
    facts_now = dict(last=last, poor=now.poor_households, rate=now.rate, mark=refs.mark(now.source_id), total=fall)
    if last == first + 1:
        return text("report.summary.first_year", lang, **opening, **facts_now)
    before = facts.cell(PROVINCE, last - 1)
    return text(
        "report.summary.poverty",
        lang,
        **opening,
        **facts_now,
        before=last - 1,
        fall=100 * (before.rate - now.rate),
        average=fall / (last - first),
    )


def _poor_districts(facts: Facts, lang: str) -> str:
    cells = facts.poor_districts
    first: Any = cells.iloc[0]
    now: Any = cells.iloc[-1]
    said = dict(names=area_list(poor_districts(), lang), last=int(now.year), rate=now.rate)
    if len(cells) == 1:
        return text("report.summary.poor_opening", lang, **said)
    key = "report.summary.poor_estimated" if now.status_rate == "estimated" else "report.summary.poor_derived"
    return text(
        key,
        lang,
        **said,
        low=now.rate_q10,
        high=now.rate_q90,
        first=int(first.year),
        rate_first=first.rate,
        average=100 * (first.rate - now.rate) / (now.year - first.year),
    )
