"""How an HTML table is laid out: where its cells stand, how wide its columns are, which rows stay on one page."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml.html import Element as new_element
from lxml.html import HtmlElement as Element

BLANK = re.compile(r"[ \t\r\n]+")  # not a no-break space
_TABLE_SIZES = (11, 10, 9, 8)
_LETTER = 0.64  # width of a digit in parts of the size of the type, where a wide one stands in for Times New Roman
_BOLD = 1.1  # how much wider bold letters are
_EMPTY = 9.0  # letters for which an empty column has room, since somebody is to type there
_LINE = 60.0  # letters after which a cell may break
_SENTENCE = 14.0  # letters of a line for which a column of such cells has room at least
_NAME = 17  # letters of the longest cell of a column that is kept on one line where there is room: names, numbers
_ROOMY = 0.1  # the part of what would keep the cells on one line with which a size of type will do
_PADDING_CM = 0.45  # white left and right of a cell's text, together
_TOGETHER, _LONG = 14, 60  # a table of so many rows at most, none with a cell of so many letters, stays on one page
_COMPANY = 3  # so many rows at either end stay together, so that none stands alone on a page


class Spot(NamedTuple):
    """A cell of a table and where it begins in the grid."""

    cell: Element
    row: int
    column: int
    rows: int
    columns: int


def is_heading(row: Element) -> bool:
    """Whether a row is one of the head of its table."""
    return bool(row.getparent().tag == "thead")


def spots_of(rows: list[Element]) -> Iterator[Spot]:
    """Where each cell of some rows stands, with colspan and rowspan taken into account."""
    places: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in places:
                column += 1
            spot = Spot(cell, number, column, int(cell.get("rowspan", 1)), int(cell.get("colspan", 1)))
            places |= {(number + i, column + j) for i in range(spot.rows) for j in range(spot.columns)}
            yield spot


def rows_kept_with_next(table: Element, rows: list[Element], spots: list[Spot]) -> list[bool]:
    """Which rows must stand on the page of the next: headings, all of a short table, the ends of a long one."""
    after, last = table.getnext(), len(rows) - 1
    has_note = after is not None and after.get("class") == "note"
    is_short = last < _TOGETHER and max(len(spot.cell.text_content()) for spot in spots) < _LONG
    heads = [is_heading(row) or row.get("class") == "group" for row in rows]
    return [
        has_note if n == last else heads[n] or is_short or not _COMPANY <= n <= last - _COMPANY
        for n in range(len(rows))
    ]


def column_widths(spots: list[Spot], room_cm: float) -> tuple[int, list[float]]:
    """(type size, column widths in cm): each column holds its longest word, and its cells where they are short; what is
    left goes to those with long texts.

    The largest type is taken with which the columns get a part of what would keep their cells on one line; short cells
    break at their spaces before the type gets smaller than 9 points.
    """
    count = max(spot.column + spot.columns for spot in spots)
    word, body, head = [0.0] * count, [0.0] * count, [0.0] * count
    for spot in (spot for spot in spots if spot.columns == 1):
        is_head = spot.cell.tag == "th"
        bold = _BOLD if is_head or spot.cell.getparent().get("class") in ("group", "total") else 1
        parts = [bold * _length(part) for part in BLANK.split(" ".join(spot.cell.itertext()).strip())]
        lengths = head if is_head else body
        lengths[spot.column] = max(lengths[spot.column], min(sum(parts) + len(parts) - 1, _LINE))
        word[spot.column] = max([word[spot.column], *parts])
    word = [max(low, _SENTENCE) if cells == _LINE else low for low, cells in zip(word, body, strict=True)]
    line = [max(low, cells) if cells <= _NAME else low for low, cells in zip(word, body, strict=True)]
    whole = [max(cells or _EMPTY, heading / 2) for cells, heading in zip(body, head, strict=True)]
    for size, longest in [*((size, line) for size in _TABLE_SIZES[:-1]), *((size, word) for size in _TABLE_SIZES[2:])]:
        letter = _LETTER * size * 2.54 / 72
        least = [n * letter + _PADDING_CM for n in longest]
        wish = [max(0.1, n * letter + _PADDING_CM - low) for n, low in zip(whole, least, strict=True)]
        share = (room_cm - sum(least)) / sum(wish)
        if share >= (_ROOMY if longest is line else 0):
            break
    fit = min(1.0, room_cm / sum(least))
    return size, [fit * low + max(0.0, share) * more for low, more in zip(least, wish, strict=True)]


def break_before_range(cell: Element, size: int, width_cm: float) -> None:
    """Put a line break before the range in brackets of a figure too wide for its cell, so that it stays whole."""
    spans = cell.find_class("range")
    if spans and _length(cell.text_content()) * _LETTER * size * 2.54 / 72 + _PADDING_CM > width_cm:
        spans[0].addprevious(new_element("br"))


def _length(words: str) -> float:
    """Letters, with capitals and the widest small letters as wide as they are, and points and brackets as narrow."""
    return sum(
        1.5 if letter in "mw%" else 1.25 if letter.isupper() else 0.65 if letter in ".,()[]–*;:" else 1.0
        for letter in words
    )
