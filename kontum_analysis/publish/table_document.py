"""The report tables as one Word document: head, how to read, a table for each scenario, and the sources as a list."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from docx.document import Document as Docx
from docx.shared import Pt

from ..base.words import text
from ..poverty.scenarios import title
from .columns import Provenance, Table
from .word import add_section, add_table, clean, document_bytes, new_document

_UPRIGHT = 11  # columns that still fit an upright page
_BY_SCENARIO = ("rates", "quotas", "implied_pace")


def tables_document(tables: Iterable[Table], origin: Provenance, lang: str) -> bytes:
    """The .docx file as bytes. Tables that are `long` stay with Excel.

    tables: of `export_tables.report_tables`; origin: a `provenance.Provenance`.
    """
    document = _opened(origin, lang)
    upright = True
    for made in tables:
        for frame, caption in _parts(made, origin, lang):
            wants_upright = len(frame.columns) <= _UPRIGHT
            if wants_upright != upright:
                add_section(document, landscape=not wants_upright)
                upright = wants_upright
            add_table(document, frame, caption, lang, made.note.in_language(lang) if made.note else "", made.of)
        if made.name == "sources":
            _sources(document, made, lang, upright)
    return document_bytes(document)


def _opened(origin: Provenance, lang: str) -> Docx:
    document = new_document(lang, text("exports.title", lang), text("exports.subtitle", lang), origin.day)
    document.core_properties.comments = clean("; ".join(f"{what}: {value}" for what, value in origin.facts(lang)))[:255]
    document.add_paragraph(text("exports.title", lang), style="Title")
    document.add_paragraph(text("exports.about", lang))
    for what, value in origin.facts(lang):
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.add_run(f"{what}: ").bold = True
        paragraph.add_run(clean(value))
    document.add_heading(text("exports.reading", lang), 1)
    for key in ("published", "derived", "estimated", "projected", "bound", "percent"):
        document.add_paragraph(text(f"exports.reading.{key}", lang), style="List Bullet")
    document.add_heading(text("exports.contents.tables", lang), 1)
    return document


def _parts(made: Table, origin: Provenance, lang: str) -> list[tuple[pd.DataFrame, str]]:
    """(frame, caption) for each Word table that comes of a report table: one, one a scenario, or none."""
    if made.is_long or made.name == "sources":
        return []
    if made.name not in _BY_SCENARIO:
        return [(made.frame, made.title.in_language(lang))]
    parts = []
    for scenario in origin.scenarios:
        rows = made.frame[made.frame["scenario"] == scenario.name].drop(columns="scenario")
        rows = rows[[c for c in rows.columns if not isinstance(c, int) or rows[c].notna().any()]]
        parts.append((rows, f"{made.title.in_language(lang)} – {title(scenario, lang)}"))
    return parts


def _sources(document: Docx, made: Table, lang: str, upright: bool) -> None:
    if not upright:
        add_section(document, landscape=False)
    document.add_heading(made.title.in_language(lang), 1)
    row: Any
    for row in made.frame.fillna("").itertuples():
        words = [row.publisher, row.source_title, row.document_no, row.source_published, row.url]
        paragraph = document.add_paragraph()
        form = paragraph.paragraph_format
        form.left_indent, form.first_line_indent, form.space_after, form.line_spacing = Pt(14), Pt(-14), Pt(2), 1.0
        for part in (f"[{row.source_id}] ", ". ".join(filter(None, words))):
            paragraph.add_run(clean(part)).font.size = Pt(10)
