"""How a file was understood, as one table to look at before anything is written."""

from collections.abc import Iterator, Sequence

import pandas as pd

from ..base.errors import did_you_mean, translate
from ..base.words import text
from .columns import BY_NAME, FRACTIONS, heading
from .filled import Entry, Filled
from .layout import Layout, letter

_SHOWN = 6  # names or rows of one kind


def reading(filled: Filled, lang: str) -> pd.DataFrame:
    """What stands where in the file and what it was taken for; columns: where, what stands there, what it means."""
    rows = [*_sheet(filled.layout, filled.others, lang), *_columns(filled.layout, lang)]
    return _table([*rows, *_rows(filled, lang), *_notes(filled, lang)], lang)


def reading_of_heading(layout: Layout, lang: str) -> pd.DataFrame:
    """The part of it that is there where rows hold mistakes: the sheet, its heading and columns."""
    return _table([*_sheet(layout, (), lang), *_columns(layout, lang)], lang)


def _table(rows: Sequence[tuple[str, str, str]], lang: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[text(f"own.reading.{name}", lang) for name in ("where", "what", "means")])


def _sheet(layout: Layout, others: Sequence[tuple[str, bool]], lang: str) -> Iterator[tuple[str, str, str]]:
    if layout.sheet.name:
        yield text("own.reading.sheet", lang), layout.sheet.name, text("own.reading.read", lang)
    for name, is_hidden in others:
        key = "own.reading.sheet_hidden" if is_hidden else "own.reading.sheet"
        yield text(key, lang), name, text("own.reading.not_read", lang)
    first, last = layout.top + 1, layout.top + layout.depth
    lines = str(first) if first == last else f"{first}–{last}"
    yield text("own.reading.row", lang, rows=lines), "", text("own.reading.heading", lang)


def _columns(layout: Layout, lang: str) -> Iterator[tuple[str, str, str]]:
    for place, name in sorted(layout.columns.items()):
        column = text("own.reading.column", lang, letter=letter(place))
        words = layout.headings.get(place, "")
        near = did_you_mean(words, [heading(one, lang) for one in BY_NAME], 1, 75) if name is None else ""
        yield column, words, column_words(name, lang) + str(translate(near, lang))


def column_words(name: str | None, lang: str) -> str:
    """What a column was taken for, in words."""
    if name is None:
        return text("own.reading.unknown", lang)
    if not name:
        return text("own.reading.passed_over", lang)
    if name.startswith("criterion_"):
        return text("own.reading.criterion", lang, number=name.rpartition("_")[2])
    if name in FRACTIONS:
        return text("own.reading.fraction", lang, name=heading(FRACTIONS[name], lang))
    return heading(name, lang) if name in BY_NAME else text(f"own.reading.{name}", lang)


def _rows(filled: Filled, lang: str) -> Iterator[tuple[str, str, str]]:
    for kind in ("area", "group", "total", "other", "note"):
        rows = [row for row in filled.rows if row.kind == kind and (row.values or kind not in ("area", "other"))]
        if kind == "area":
            yield text("own.reading.rows", lang, count=len(rows)), _names(rows), text("own.reading.kind.area", lang)
        elif rows:
            lines = _list([str(row.row) for row in rows])
            yield text("own.reading.row", lang, rows=lines), _names(rows), text(f"own.reading.kind.{kind}", lang)


def _names(rows: Sequence[Entry]) -> str:
    return _list([row.name or row.number for row in rows if row.name or row.number])


def _list(words: Sequence[str]) -> str:
    return ", ".join(words[:_SHOWN]) + (" …" if len(words) > _SHOWN else "")


def _notes(filled: Filled, lang: str) -> Iterator[tuple[str, str, str]]:
    sheet, layout = filled.layout.sheet, filled.layout
    if names := [row for row in filled.rows if row.has_namesake]:
        yield text("own.reading.namesakes", lang), _names(names), text("own.reading.as_units", lang)
    if rows := [row for row in sheet.hidden_rows if layout.first <= row < len(sheet.rows)]:
        where = text("own.reading.row", lang, rows=_list([str(row + 1) for row in sorted(rows)]))
        yield where, text("own.reading.hidden_rows", lang, count=len(rows)), text("own.reading.still_read", lang)
    if columns := [place for place in sheet.hidden_columns if layout.columns.get(place)]:
        where = text("own.reading.column", lang, letter=_list([letter(place) for place in sorted(columns)]))
        yield where, text("own.reading.hidden_columns", lang, count=len(columns)), text("own.reading.still_read", lang)
    if sheet.is_filtered:
        yield text("own.reading.sheet", lang), text("own.reading.filter", lang), text("own.reading.still_read", lang)
    for name in filled.fractions:
        yield heading(name, lang), text("own.reading.fractions", lang), text("own.reading.hundredfold", lang)
    if sheet.letters:
        yield text("own.reading.font", lang), sheet.letters, text("own.reading.turned", lang)
    if sheet.name and not sheet.has_formats:
        yield text("own.reading.formats", lang), "", text("own.reading.no_formats", lang)
