"""The yearly report on Programme 3299, as the province's offices send it to the Department of Planning and Investment.

`build_report` makes a neutral structure (see `blocks`); `docx_file` and `html_page` write it out, so that
two forms of one report cannot say different things.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from ...base.errors import KontumError
from ...base.words import LANGUAGES, exact_day, printed_day, text
from ...figures import build
from ...poverty.scenarios import Scenario, preset
from .blocks import Block, Heading, Opening, Paragraph, Picture, References, Report, Signature, Source
from .facts import Facts, gather
from .ntm import ntm_section
from .poverty import poverty_section, quota_section
from .summary import summary_section
from .targets import missing_section, targets_section
from .trust import trust_section

PROGRAMME_SOURCE = "ctr-3299-2022"


def build_report(
    obs: pd.DataFrame,
    year: int,
    lang: str = "vi",
    scenario: Scenario | None = None,
    as_of: str | date | None = None,
    data: str | Path | None = None,
    user: bool | str | Path | None = None,
) -> Report:
    """The report of one year as a `Report`: blocks in reading order, every text in `lang`.

    obs: from `load_observations`; where `as_of` is given, of that vintage. Everything known in obs about days up to 31
    December of the year is used, and nothing about later days; what was not out by 20 December is listed. scenario: for
    the
    quotas of the next year, default programme-mid. data, user: where obs was read from, for the sources.

    Raises KontumError for an unknown language, for a year without data (naming the years there are), for a day before
    the
    programme, and for a scenario that ends before the next year.
    """
    if lang not in LANGUAGES:
        raise KontumError("error.language", value=repr(lang), allowed=", ".join(LANGUAGES))
    facts = gather(obs, year, scenario or preset("programme-mid"), as_of, data, user)
    refs = References()
    blocks = [*_opening(facts, refs, lang)]
    blocks += summary_section(facts, refs, lang)
    blocks += targets_section(facts, refs, lang)
    blocks += _picture(facts, lang, "scoreboard")
    blocks += poverty_section(facts, refs, lang)
    blocks += _picture(facts, lang, "reconciled_districts")
    blocks += ntm_section(facts, refs, lang)
    blocks += _picture(facts, lang, "ntm_attainment")
    blocks += missing_section(facts, refs, lang)
    blocks += quota_section(facts, lang)
    blocks += _picture(facts, lang, "poverty_paths")
    blocks += trust_section(facts, refs, lang)
    blocks += _sources(facts, refs, lang)
    blocks.append(_signature(lang))
    subject = text("report.subject", lang, year=year)
    return Report(lang, f"{text('report.title', lang)} – {subject}", subject, tuple(blocks))


def _opening(facts: Facts, refs: References, lang: str) -> Iterator[Block]:
    left = tuple((text(f"report.head.{style}", lang), style) for style in ("superior", "agency", "number"))
    right = tuple((text(f"report.head.{style}", lang), style) for style in ("country", "motto", "place"))
    yield Opening(
        left,
        right,
        text("report.title", lang),
        text("report.subject", lang, year=facts.year),
        text("report.addressee", lang),
    )
    if lang != "vi":
        yield Paragraph(text("report.official_language", lang), "note")
    yield Paragraph(text("report.preamble", lang, year=facts.year, mark=refs.mark(PROGRAMME_SOURCE)))
    if facts.as_of is None:
        yield Paragraph(text("report.basis", lang, year=facts.year))
    else:
        yield Paragraph(text("report.basis_as_of", lang, year=facts.year, day=exact_day(facts.as_of, lang)))


def _picture(facts: Facts, lang: str, name: str) -> Iterator[Block]:
    """The figure of this name, unless a vintage knows too little, or an office too much, for it.

    Its note is the report's own: the captions of the collection speak of figures and days that a report does not hold.
    """
    try:
        figure = build(name, facts.obs, lang)
        title, alt = figure.title, figure.alt
    except KontumError:
        return
    yield Picture(title, text(f"report.figure.{name}", lang), alt, figure.image("png", dpi=200))


def _sources(facts: Facts, refs: References, lang: str) -> Iterator[Block]:
    yield Heading(1, text("report.sources.heading", lang))
    yield Paragraph(text("report.sources.intro", lang))
    for number, source_id in enumerate(refs.ids, 1):
        row: Any = facts.sources.loc[source_id]
        publisher = text("report.sources.unknown", lang) if row.publisher == "unknown" else row.publisher
        parts = [publisher, row.title if lang == "en" else "", row.document_no, printed_day(row.published, lang)]
        yield Source(number, ", ".join(filter(None, parts)) + ("." if row.url == "" else ": "), row.url)


def _signature(lang: str) -> Signature:
    left = (("copies", "heading"), ("addressee", "item"), ("other", "item"), ("archive", "item"))
    right = (("post", "heading"), ("seal", "item"), ("name", "signer"))
    said = [tuple((text(f"report.sign.{key}", lang), style) for key, style in side) for side in (left, right)]
    return Signature(*said)
