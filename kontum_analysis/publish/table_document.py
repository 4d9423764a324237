"""The report tables as one Word document: head, how to read, a table for each scenario, and the sources as a list."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from ..poverty.scenarios import title
from .columns import Provenance, Table
from .report_page import page
from .tables import READING
from .word import word_bytes

_BY_SCENARIO = ("rates", "quotas", "implied_pace")


def tables_document(tables: Iterable[Table], origin: Provenance, lang: str) -> bytes:
    """The .docx file as bytes. Tables that are long stay with Excel.

    tables: of `tables.report_tables`; origin: of `columns.provenance`.
    """
    parts, sources = [], []
    for table in tables:
        if table.name == "sources":
            sources = [(table.title.in_language(lang), table.frame.fillna("").to_dict("records"))]
        elif not table.is_long:
            parts += [_part(part, caption, lang) for part, caption in _by_scenario(table, origin, lang)]
    groups = [(is_wide, list(group)) for is_wide, group in groupby(parts, itemgetter("is_wide"))]
    html = page("tables.html.j2", lang, origin=origin, reading=READING, groups=groups, sources=sources)
    return word_bytes(html, origin.day)


def _by_scenario(table: Table, origin: Provenance, lang: str) -> Iterator[tuple[Table, str]]:
    """(table, caption) of what Word shows: the table, or one a scenario without the years that it does not reach."""
    caption = table.title.in_language(lang)
    if table.name not in _BY_SCENARIO:
        yield table, caption
        return
    for scenario in origin.scenarios:
        rows = table.frame[table.frame["scenario"] == scenario.name].drop(columns="scenario")
        rows = rows[[name for name in rows if not isinstance(name, int) or rows[name].notna().any()]]
        yield replace(table, frame=rows), f"{caption} – {title(scenario, lang)}"


def _part(table: Table, caption: str, lang: str) -> dict[str, Any]:
    columns = table.columns(lang)
    note = table.note.in_language(lang) if table.note else ""
    rows = list(zip(*(column.cells for column in columns), strict=True))
    return dict(caption=caption, note=note, columns=columns, rows=rows, bold=table.bold, is_wide=table.is_landscape)
