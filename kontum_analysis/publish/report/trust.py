"""Section VII of the yearly report: how far its numbers can be trusted, and what was not out when it was due."""

from collections.abc import Iterator
from typing import Any

from ...base.words import exact_day, listed, text
from ...data.areas import area_name, crosswalk
from ...data.observations import ASSUMED_LAG_DAYS, raw_tables
from ...data.preference import LOST
from .blocks import Block, Heading, Paragraph, References, Table
from .facts import DRAWS, Facts
from .words import figure_day, headings

MERGER_YEAR, MERGER_DAY = 2025, "2025-07-01"


def trust_section(facts: Facts, refs: References, lang: str) -> Iterator[Block]:
    """Heading, one remark a paragraph, and the table of late results where there are any."""
    yield Heading(1, text("report.trust.heading", lang))
    for words in _remarks(facts, refs, lang):
        yield Paragraph(words, "item")
    if len(facts.late):
        yield _late_table(facts, refs, lang)


def _remarks(facts: Facts, refs: References, lang: str) -> Iterator[str]:
    yield text("report.trust.kinds", lang)
    tested = facts.tested
    if len(tested):
        yield text(
            "report.trust.tested",
            lang,
            n=len(tested),
            inside=int(tested["inside"].sum()),
            error=tested["error_pp"].abs().mean(),
        )
    yield text("report.trust.points", lang)
    yield text("report.trust.standards", lang)
    lost = facts.obs["preference"].isin(LOST) & (facts.obs["time_period"] >= "2021-12-31")
    yield text("report.trust.conflicts", lang, count=int(lost.sum()))
    yield text("report.trust.model", lang, draws=DRAWS)
    yield text("report.trust.scenario", lang)
    cell: Any
    for cell in facts.hidden_later.itertuples():
        yield text(
            "report.trust.later",
            lang,
            name=area_name(cell.area, lang),
            year=cell.year,
            rate=cell.rate,
            status=text(f"status.{cell.status_rate}", lang),
            until=facts.year,
            mark=refs.mark(cell.source_id),
        )
    if facts.year >= MERGER_YEAR and (facts.as_of is None or facts.as_of >= MERGER_DAY):
        units = crosswalk()
        yield text(
            "report.trust.merger",
            lang,
            old=units["old_code"].nunique(),
            new=units["new_code"].nunique(),
            mark=refs.mark(units["source_id"].iloc[0]),
        )


def _late_table(facts: Facts, refs: References, lang: str) -> Table:
    names = raw_tables(facts.data)["indicators"].set_index("indicator")[f"name_{lang}"]
    rows = []
    together = ["known_from", "known_from_assumed", "source_id"]
    for (known, assumed, source), group in facts.late.groupby(together, sort=False):
        said = "; ".join(dict.fromkeys(names[i] for i in group["indicator"]))
        where = listed(dict.fromkeys(_place(row, lang) for row in group.itertuples()), lang)
        days = (figure_day(*of, lang) for of in zip(group["time_period"], group["indicator"], strict=True))
        when = listed(dict.fromkeys(days), lang)
        rows.append((said, where, when, exact_day(str(known), lang) + ("*" if assumed else ""), refs.mark(str(source))))
    heads = headings("late", ("figures", "area", "day", "out", "source"), lang)
    return Table(
        text("report.late.caption", lang, year=facts.year),
        heads,
        tuple(rows),
        (5.2, 3.2, 3.0, 3.4, 1.7),
        note=text("report.late.note", lang, lag=ASSUMED_LAG_DAYS),
    )


def _place(row: Any, lang: str) -> str:
    return row.area_name if row.level == "commune" else area_name(row.ref_area, lang)
