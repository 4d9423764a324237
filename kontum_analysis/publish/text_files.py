"""A `Table` as text: CSV for people, LaTeX, HTML; and the page beside the files that says what they are."""

import csv
import html
import io
from collections.abc import Container, Iterable, Sequence

import numpy as np

from ..base.words import number, text
from .columns import Column, Provenance, Table
from .tables import READING

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SHORT = 24  # letters that are kept on one line
_LONG = 30  # rows that no longer fit on one page
_PAGE_CM = 15.5  # what an upright A4 page leaves between its margins
_GAP_CM = 0.12  # on either side of a column
_LETTER_CM = {"small": 0.2, "footnotesize": 0.18, "scriptsize": 0.16, "tiny": 0.12}  # mean width, by size of type
_LONGEST_WORD = 24  # letters; an address is broken by the package url
_TEX = str.maketrans(
    {letter: f"\\{letter}" for letter in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "…": r"\ldots{}"}
    | {"−": "$-$", "–": "--", "≥": r"$\geq$", "≤": r"$\leq$", "²": "$^2$", "<": "$<$", ">": "$>$", "\u00a0": "~"}
)


def harmless(words: str) -> str:
    """A text that no spreadsheet runs as a formula: a single quote goes before = + - @, a tab or a line break.

    The rule is OWASP's against CSV injection, https://owasp.org/www-community/attacks/CSV_Injection. Only text is
    changed, never a number: a fall of -4.46 stays one.

    >>> harmless("=1+1"), harmless("Đăk Hà"), harmless("–")
    ("'=1+1", 'Đăk Hà', '–')
    """
    return f"'{words}" if words.startswith(FORMULA_STARTS) else words


def csv_bytes(table: Table, lang: str) -> bytes:
    """The table as CSV for people: headings and words of the language, UTF-8 with the mark by which Excel knows it.

    Columns are separated by commas and decimals by points in both languages, to nine significant digits; an empty
    field is a missing figure. Text is made `harmless`.
    """
    columns = table.columns(lang)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")  # as RFC 4180 has it
    writer.writerow([harmless(column.heading) for column in columns])
    writer.writerows(zip(*([_field(value) for value in column.values] for column in columns), strict=True))
    return ("\ufeff" + out.getvalue()).encode("utf-8")


def _field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:.9g}" if abs(value) < 1e9 else repr(value)
    return harmless(str(value))


def html_table(columns: Sequence[Column]) -> str:
    """Columns as an HTML table: text to the left, numbers to the right, whatever the page around it does to tables.

    A column of short cells keeps each on a line, one of sentences is wide enough to read; a page too narrow for that
    lets the table scroll.
    """
    looks = [_look(column) for column in columns]

    def row(mark: str, cells: Iterable[str]) -> str:
        parts = zip(looks, cells, strict=True)
        tags = (f'<{mark} style="{look}">{html.escape(cell, quote=False)}</{mark[:2]}>' for look, cell in parts)
        return f"<tr>{''.join(tags)}</tr>"

    head = row('th scope="col"', (column.heading for column in columns))
    body = "\n".join(row("td", cells) for cells in zip(*(column.cells for column in columns), strict=True))
    return f'<table style="table-layout: auto">\n<thead>{head}</thead>\n<tbody>\n{body}\n</tbody></table>'


def _look(column: Column) -> str:
    if column.kind != "text":
        return "text-align: right"
    longest = max(map(len, column.cells), default=0)
    width = "white-space: nowrap" if longest <= _SHORT else f"min-width: {min(8 + longest // 8, 20)}em"
    return f"text-align: left; {width}"


def latex(table: Table, lang: str) -> str:
    """The table as LaTeX that fits an upright page (booktabs; longtable over 30 rows), numbers as the language writes.

    Needs the packages array, booktabs, longtable and url; pdfLaTeX with the encoding T5, XeLaTeX or LuaLaTeX.
    """
    columns = table.columns(lang)
    size, layout = _layout(columns)
    head = " & ".join(column.heading.translate(_TEX) for column in columns) + r" \\"
    rows = zip(*(column.cells for column in columns), strict=True)
    body = [" & ".join(map(_tex, row)) + r" \\" for row in rows]
    caption = rf"\caption{{{table.title.in_language(lang).translate(_TEX)}}}\label{{tab:{table.name}}}"
    gap = rf"\setlength{{\tabcolsep}}{{{_GAP_CM}cm}}"
    lines = [f"% {text('exports.latex_words', lang)}", rf"\begingroup\{size}{gap}"]
    if len(body) > _LONG:
        lines += [rf"\begin{{longtable}}{{{layout}}}", caption + r" \\", r"\toprule", head, r"\midrule", r"\endhead"]
        lines += [r"\bottomrule", r"\endfoot", *body, r"\end{longtable}"]
    else:
        lines += [r"\begin{table}[htbp]", r"\centering", rf"\{size}", caption, rf"\begin{{tabular}}{{{layout}}}"]
        lines += [r"\toprule", head, r"\midrule", *body, r"\bottomrule", r"\end{tabular}", r"\end{table}"]
    return "\n".join([*lines, r"\endgroup", ""])


def _tex(cell: str) -> str:
    address = cell.startswith(("https://", "http://")) and not set(cell) & set("{}\\^ ")
    return rf"\url{{{cell}}}" if address else cell.translate(_TEX)


def _layout(columns: Sequence[Column]) -> tuple[str, str]:
    """(type size, column layout): every column holds its longest word; what is left goes to those with long cells.

    The largest type is taken with which long texts get at least a third of the width of one line.
    """
    cells = [[column.heading, *column.cells] for column in columns]
    words = [[part for cell in column for part in cell.split()] for column in cells]
    word = np.array([min(max(map(len, parts)), _LONGEST_WORD) for parts in words])
    line = np.array([max([len(column[0]) / 2, *map(len, column[1:])]) for column in cells])
    wish = np.maximum(line - word, 0)
    room = _PAGE_CM - 2 * _GAP_CM * len(columns)
    shares = {size: (room / letter - word.sum()) / max(wish.sum(), 1) for size, letter in _LETTER_CM.items()}
    size = next((size for size, share in shares.items() if share >= 1 / 3), list(shares)[-1])
    widths = _LETTER_CM[size] * (word + wish * min(max(shares[size], 0), 1))
    widths *= min(1, room / widths.sum())
    sides = [r"\raggedright" if column.kind == "text" else r"\raggedleft" for column in columns]
    parts = (rf">{{{side}\arraybackslash}}p{{{width:.2f}cm}}" for side, width in zip(sides, widths, strict=True))
    return size, "".join(parts)


def about(tables: Iterable[Table], origin: Provenance, formats: Container[str], lang: str) -> str:
    """The page beside the files, as Markdown: what they are, of which vintage, how to read them."""
    lines = [f"# {text('exports.title', lang)}", "", text("exports.about", lang), ""]
    lines += [f"- {what}: {value}" for what, value in origin.facts(lang)]
    lines += ["", f"## {text('exports.reading', lang)}", ""]
    lines += [f"- {text(f'exports.reading.{key}', lang)}" for key in READING]
    lines += [f"- {text(f'exports.{key}_words', lang)}" for key in ("csv", "latex", "sdmx") if key in formats]
    lines += ["", f"## {text('exports.contents', lang)}", ""]
    for table in tables:
        note = f" {table.note.in_language(lang)}" if table.note else ""
        rows = f"{text('exports.contents.rows', lang).lower()}: {number(len(table.frame), 0, lang)}"
        lines.append(f"- `{table.name}`: {table.title.in_language(lang)} ({rows}).{note}")
    return "\n".join(lines) + "\n"
