"""Report tables as text files: CSV for people, LaTeX, and a page that says what the files are."""

import csv
import io
from collections.abc import Container, Iterable

from ..base.words import number, text
from .columns import Column, Provenance, Table, shown
from .tables import READING

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONG = 30  # rows that no longer fit on one page
_TEX = {"−": "$-$", "–": "--", "≥": r"$\geq$", "≤": r"$\leq$", "…": r"\ldots{}"}


def harmless(words: str) -> str:
    """A text that no spreadsheet runs as a formula: a single quote goes before = + - @, a tab or a line break.

    The rule is OWASP's against CSV injection, https://owasp.org/www-community/attacks/CSV_Injection. Only text is
    changed, never a number: a fall of -4.46 stays one.

    >>> harmless("=1+1"), harmless("Đăk Hà"), harmless("–")
    ("'=1+1", 'Đăk Hà', '–')
    """
    return f"'{words}" if words.startswith(FORMULA_STARTS) else words


def csv_bytes(made: Table, lang: str) -> bytes:
    """A table as CSV for people: headings and words of the language, UTF-8 with the mark by which Excel knows it.

    Columns are separated by commas and decimals by points in both languages, to nine significant digits; an empty
    field is a missing figure. Text is made `harmless`.
    """
    found = made.columns(lang)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")  # as RFC 4180 has it
    writer.writerow([harmless(column.heading) for column in found])
    writer.writerows(zip(*[[_field(v) for v in column.values] for column in found], strict=True))
    return ("\ufeff" + out.getvalue()).encode("utf-8")


def _field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:.9g}" if abs(value) < 1e9 else repr(value)
    return harmless(str(value))


def latex(made: Table, lang: str) -> str:
    """A table as LaTeX (booktabs; longtable where it would not fit a page), numbers written as the language does.

    Needs the packages array, booktabs and longtable, and XeLaTeX or LuaLaTeX for Vietnamese letters.
    """
    cells = shown(made.frame, lang, made.of)
    layout = "".join(_tex_column(column) for column in made.columns(lang))
    style = cells.style.hide(axis="index").format(escape="latex").format_index(escape="latex", axis=1)
    body = style.to_latex(
        hrules=True,
        column_format=layout,
        environment="longtable" if len(cells) > _LONG else None,
        caption=_escaped(made.title.in_language(lang)),
        label=f"tab:{made.name}",
        position="htbp" if len(cells) <= _LONG else None,
    )
    for sign, command in _TEX.items():
        body = body.replace(sign, command)
    return f"% {text('exports.latex_words', lang)}\n{body}"


def _tex_column(column: Column) -> str:
    if column.kind != "text":
        return "r" if len(column.heading) <= 12 else r">{\raggedleft\arraybackslash}p{1.6cm}"
    longest = max((len(str(value)) for value in column.values if value is not None), default=0)
    return "l" if max(longest, len(column.heading)) <= 24 else r">{\raggedright\arraybackslash}p{3.4cm}"


def _escaped(words: str) -> str:
    for sign in "%&#_$":
        words = words.replace(sign, f"\\{sign}")
    return words


def about(tables: Iterable[Table], origin: Provenance, formats: Container[str], lang: str) -> str:
    """The page beside the files, as Markdown: what they are, of which vintage, how to read them."""
    lines = [f"# {text('exports.title', lang)}", "", text("exports.about", lang), ""]
    lines += [f"- {what}: {value}" for what, value in origin.facts(lang)]
    lines += ["", f"## {text('exports.reading', lang)}", ""]
    lines += [f"- {text(f'exports.reading.{key}', lang)}" for key in READING]
    lines += [f"- {text(f'exports.{key}_words', lang)}" for key in ("csv", "latex", "sdmx") if key in formats]
    lines += ["", f"## {text('exports.contents', lang)}", ""]
    rows = text("exports.contents.rows", lang).lower()
    for made in tables:
        note = f" {made.note.in_language(lang)}" if made.note else ""
        count = number(len(made.frame), 0, lang)
        lines.append(f"- `{made.name}`: {made.title.in_language(lang)} ({rows}: {count}).{note}")
    return "\n".join(lines) + "\n"
