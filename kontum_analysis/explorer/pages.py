"""The explorer's tables as HTML, numbers written as the language writes them."""

from html import escape

import pandas as pd

from ..base.words import chance, heading, number, text
from ..data.areas import PROVINCE, area_name, poor_districts
from ..data.programme import GROUPS
from ..figures.pace import poor_first
from ..figures.style import each

STYLE = """<style>
.kt {font-family: var(--jp-ui-font-family, sans-serif); font-size: 13px; line-height: 1.45; color: #222}
.kt table {border-collapse: collapse; font-variant-numeric: tabular-nums}
.kt th, .kt td {padding: 3px 10px; text-align: right; border-bottom: 1px solid #e5e5e5; white-space: nowrap}
.kt th {font-weight: 600; border-bottom: 1px solid #888}
.kt th:first-child, .kt td:first-child {text-align: left; padding-left: 2px}
.kt .kt-sums tr:nth-last-child(2) td {font-weight: 600; border-top: 1px solid #888}
.kt .kt-sums tr:last-child td {font-style: italic}
.kt .kt-wide td:first-child {white-space: normal; max-width: 34em}
.kt h3 {margin: 2px 0; font-size: 17px; font-weight: 600}
.kt p {margin: 4px 0; max-width: 68em; white-space: normal}
.kt-says {border-left: 4px solid; padding: 5px 10px; white-space: normal}
.kt-yes {border-color: #009E73; background: #eef8f4}
.kt-no {border-color: #D55E00; background: #fdf1ea}
.kt-label {display: flex; justify-content: space-between; gap: 8px; white-space: nowrap}
.kt-note {color: #595959; font-size: 12px}
</style>"""


def table_html(frame: pd.DataFrame, kind: str | None = None) -> str:
    """A table of strings; the first column to the left, the others to the right; kind: its class."""
    made = frame.to_html(index=False, border=0, justify="right", classes=kind)
    return f'<div class="kt">{made}</div>'


def summary_html(ends: pd.DataFrame, lang: str) -> str:
    """Where the three groups stand and the households to leave by then; ends: of `views.milestones`."""
    names = [text(f"explorer.group.{code}", lang) for code in GROUPS]
    columns = {text("explorer.summary", lang): [f"{name} (%)" for name in names] + [text("explorer.exits", lang)]}
    for row in ends.to_dict("records"):
        values = [number(100 * row[code], 2, lang) for code in GROUPS] + [number(row["exits"], 0, lang)]
        columns[text("explorer.end_of", lang, year=int(row["year"]))] = values
    return table_html(pd.DataFrame(columns))


def quotas_html(table: pd.DataFrame, lang: str) -> str:
    """Areas down, years across, with the sum; the published fall in the last row."""
    quota = table[table["kind"] == "quota"].pivot(index="area", columns="year", values="households")
    order = [*poor_first(), PROVINCE]
    names = [area_name(code, lang) + ("*" if code in poor_districts() else "") for code in order]
    fall = table[table["kind"] == "fall"].set_index("year")["households"]
    columns = {heading("area", lang): [*names, text("quotas.fall", lang)]}
    for year in quota.columns:
        columns[str(year)] = [*(number(quota.loc[c, year], 0, lang) for c in order), number(fall.get(year), 0, lang)]
    columns[text("quotas.sum", lang)] = [number(quota.loc[c].sum(), 0, lang) for c in order] + [""]
    return table_html(pd.DataFrame(columns), "kt-sums")


def chances_html(table: pd.DataFrame, lang: str) -> str:
    """Targets down with their probability in per cent and the error of the simulation in points."""
    rows = []
    for r in each(table):
        said = (
            ("–", "–")
            if pd.isna(r.probability)
            else (chance(r.probability, lang), f"± {number(196 * r.standard_error, 1, lang)}")
        )
        rows.append((text(f"target.{r.target_id}", lang), *said))
    heads = [heading("target", lang), heading("probability", lang), text("explorer.error_column", lang)]
    return table_html(pd.DataFrame(rows, columns=heads), "kt-wide")


def paragraph(words: str, note: bool = True) -> str:
    """A paragraph; words are escaped."""
    return f'<div class="kt"><p class="{"kt-note" if note else ""}">{escape(words)}</p></div>'


def verdict(good: bool, words: str) -> str:
    """A sentence with a green or an orange edge; told to a screen reader when it changes."""
    look = "kt-yes" if good else "kt-no"
    return f'<div class="kt"><div class="kt-says {look}" role="status">{escape(words)}</div></div>'


def slider_label(words: str, value: str) -> str:
    """What a slider sets to the left, its value to the right."""
    return f'<div class="kt kt-label"><span>{escape(words)}</span><b class="kt-value">{escape(value)}</b></div>'
