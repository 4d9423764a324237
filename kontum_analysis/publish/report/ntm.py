"""The part of the yearly report about new-rural communes: attained, by band, by district, and the
odds of the targets.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ...base.words import day_words, number, percent, text
from ...data.areas import area_name, districts
from ...ntm.attainment import NTMProjection
from ...ntm.published import BANDS
from .blocks import Block, Heading, Paragraph, References, Table
from .facts import Facts
from .words import headings

_SINCE = "2020-12-31"  # the state before the programme's first year


def latest_count(facts: Facts) -> Any:
    """The last published number of communes that attained: a row of the history; None where nothing is published."""
    if facts.ntm is None:
        return None
    history = facts.ntm.history
    return history[history["attained"].notna()].iloc[-1]


def ntm_section(facts: Facts, refs: References, lang: str) -> Iterator[Block]:
    """Section IV: the published counts and bands, the probability of each target, and the communes known by name."""
    yield Heading(1, text("report.ntm.heading", lang))
    ntm, last = facts.ntm, latest_count(facts)
    if ntm is None:
        yield Paragraph(text("report.ntm.nothing", lang))
        return
    when = day_words(last.day, lang, facts.month_only(last.day))
    yield Paragraph(
        text(
            "report.ntm.answer",
            lang,
            when=when,
            count=last.attained,
            all=last.communes,
            mark=refs.mark(last.source_ids),
        )
    )
    yield _history(ntm.history, facts, refs, lang)
    pace = next(values for key, values in ntm.assumptions if key == "ntm.observed")
    yield Paragraph(text("report.ntm.pace", lang, **pace))
    yield _chances(ntm, lang)
    yield _by_district(ntm.communes, facts, refs, lang)


def _history(history: pd.DataFrame, facts: Facts, refs: References, lang: str) -> Table:
    rows: list[tuple[str, ...]] = []
    before = ""
    row: Any
    for row in history[(history["day"] >= _SINCE) & history["attained"].notna()].itertuples():
        if row.standard != before:
            rows.append((text(f"ntm.set.{row.standard}", lang),))
            before = row.standard
        bands = (number(getattr(row, band), 0, lang) for band in BANDS)
        rows.append(
            (
                day_words(row.day, lang, facts.month_only(row.day)),
                *bands,
                number(row.recognised, 0, lang),
                refs.mark(row.source_ids),
            )
        )
    heads = headings("ntm", ("day", *BANDS, "recognised", "source"), lang)
    return Table(
        text("report.ntm.history", lang),
        heads,
        tuple(rows),
        (3.1, 1.8, 1.9, 1.9, 1.8, 1.8, 2.2, 2.0),
        right=tuple(range(1, 7)),
        note=text("report.ntm.history_note", lang),
    )


def _chances(ntm: NTMProjection, lang: str) -> Table:
    rows = []
    end = ntm.years[ntm.years["year"] == ntm.years["year"].max()].set_index("indicator")
    now = ntm.history.iloc[-1]
    known = {"ntm_communes": now.attained, "ntm_advanced_communes": now.advanced}
    row: Any
    for row in ntm.probabilities.itertuples():
        if np.isnan(row.target):
            continue
        at: Any = end.loc["ntm_communes_15_plus_criteria" if row.event == "all_communes_15_criteria" else row.event]
        rows.append(
            (
                text(f"event.{row.event}", lang),
                number(row.target, 0, lang),
                number(known.get(row.event, np.nan), 0, lang),
                number(at["median"], 0, lang),
                f"{number(at['q10'], 0, lang)}–{number(at['q90'], 0, lang)}",
                percent(row.probability, lang),
            )
        )
    heads = headings("chance", ("event", "target", "now", "median", "interval", "chance"), lang)
    return Table(
        text("report.chance.caption", lang, year=int(ntm.years["year"].max())),
        heads,
        tuple(rows),
        (5.0, 2.4, 2.2, 2.2, 2.5, 2.2),
        right=(1, 2, 3, 4, 5),
        note=text("report.chance.note", lang),
    )


def _by_district(communes: pd.DataFrame, facts: Facts, refs: References, lang: str) -> Table:
    seen = communes[(communes["attained_by"] != "") & (communes["attained_by"] <= f"{facts.year}-12-31")]
    rows = []
    for code in districts():
        own, named = communes[communes["district"] == code], seen[seen["district"] == code]
        rows.append(
            (
                area_name(code, lang),
                number(len(own), 0, lang),
                number(len(named), 0, lang),
                ", ".join(named["name"]) or "–",
                refs.mark("|".join(named["evidence"])) or "–",
            )
        )
    rows.append((text("area.62", lang), number(len(communes), 0, lang), number(len(seen), 0, lang), "", ""))
    heads = headings("named", ("area", "communes", "named", "names", "source"), lang)
    return Table(
        text("report.named.caption", lang),
        heads,
        tuple(rows),
        (2.6, 2.2, 1.7, 7.6, 2.4),
        right=(1, 2),
        total=(len(rows) - 1,),
        note=text("report.named.note", lang),
    )
