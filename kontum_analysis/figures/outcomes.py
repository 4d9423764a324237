"""The figure of what was forecast and what came: intervals of earlier days beside the figures published later."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from ..base.words import day_words, number, plain, text
from ..data.areas import area_name
from ..data.programme import PROGRAMME_DAY, asked_pace
from ..ntm.projection import LEVELS
from ..targets.outcomes import forecasts_against_outcomes
from . import shapes, style
from .facts import label_values

DAYS = (PROGRAMME_DAY, "2023-06-30", "2024-02-29")  # shown: the last forecast known by each of them
METHODS = {"poverty_rate_pct": "outlook"}  # what the product shows; of communes:
COMMUNES = "pace 1.5"
NAMES = {"q025": "low_95", "q10": "low_80", "q50": "median", "q90": "high_80", "q975": "high_95"}
PANELS = {"poverty_rate_pct": "poverty", **dict.fromkeys(LEVELS, "ntm")}


def outcomes_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Forecasts by the method that the product shows, the last made by each of `DAYS`, beside what was published later.

    Columns: panel (poverty in per cent, ntm in communes), what, area, vintage, day (of the figure), low_95, low_80,
    median, high_80, high_95, outcome, is_miss (outside the 80 % interval); misses first.
    """
    table = forecasts_against_outcomes(obs)
    table = table[table["method"] == table["what"].map(METHODS).fillna(COMMUNES)]
    parts = []
    for day in DAYS:
        before = table[(table["vintage"] <= day) & (table["day"] > day)].sort_values("vintage")
        parts.append(before.groupby(["what", "area", "day"], as_index=False).tail(1))
    rows = pd.concat(parts).drop_duplicates(["what", "area", "day", "vintage"])
    rows = rows.assign(panel=rows["what"].map(PANELS), away=(rows["q50"] - rows["outcome"]).abs())
    rows = rows.sort_values(["panel", "is_miss", "away"], ascending=[False, False, False])
    rows = rows.rename(columns=NAMES)
    columns = ["panel", "what", "area", "vintage", "day", *NAMES.values(), "outcome", "is_miss"]
    return rows[columns].reset_index(drop=True)


INSIDE: style.Look = dict(marker="o", color=style.BLACK, markersize=5, linestyle="none")
MISSED: style.Look = dict(marker="X", color=style.RED, markersize=6.5, linestyle="none")
MEDIAN: style.Look = dict(marker="|", color=style.BLUE, markersize=8, markeredgewidth=1.6, linestyle="none")


def draw_outcomes(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Two panels of rows, misses first: the 95 and 80 % intervals, the median, and the figure that came."""
    panels = [(name, rows.reset_index(drop=True)) for name, rows in table.groupby("panel", sort=False)]
    heights = [len(rows) for _, rows in panels]
    with style.canvas(
        heading, lang, height_cm=5.4 + 0.46 * sum(heights), left=5.2, right=3.2, top=2.1, bottom=1.5, hspace=0.2
    ) as figure:
        for axes, (panel, rows) in zip(figure.subplots(len(panels), 1, height_ratios=heights), panels, strict=True):
            _rows(axes, rows, lang)
            axes.set_xlabel(text(f"outcomes.unit_{panel}", lang))
        marks = [(MISSED, text("outcomes.missed", lang)), (INSIDE, text("outcomes.inside", lang))]
        style.key(figure, [*marks, (MEDIAN, text("outcomes.median", lang))])
        bands = [(style.square(color), text("key.interval", lang, share=share)) for share, color in BANDS.items()]
        style.key(figure, bands, 0.55)
        return figure


BANDS = {80: shapes.FAN_COLORS[80], 95: shapes.FAN_COLORS[90]}


def _rows(axes: Axes, rows: pd.DataFrame, lang: str) -> None:
    for row in style.each(rows):
        axes.barh(row.Index, row.high_95 - row.low_95, 0.5, row.low_95, color=BANDS[95], zorder=1)
        axes.barh(row.Index, row.high_80 - row.low_80, 0.5, row.low_80, color=BANDS[80], zorder=2)
        axes.plot([row.median], [row.Index], zorder=3, **MEDIAN)
        axes.plot([row.outcome], [row.Index], zorder=4, clip_on=False, **(MISSED if row.is_miss else INSIDE))
    names = [_name(row, lang) for row in style.each(rows)]
    shapes.rows_of_dots(axes, names, list(rows["is_miss"]))
    decimals = 2 if rows["panel"].iloc[0] == "poverty" else 0
    cells = [number(value, decimals, lang) for value in rows["outcome"]]
    shapes.column_beside(axes, 1.18, text("outcomes.came", lang), cells)
    cells = [f"{day[5:7]}/{day[:4]}" for day in rows["vintage"]]
    shapes.column_beside(axes, 1.4, text("outcomes.known", lang), cells)
    axes.set_xlim(0, 1.05 * max(rows["high_95"].max(), rows["outcome"].max()))
    style.number_axis(axes.xaxis, lang)


def _name(row: Any, lang: str) -> str:
    day = day_words(row.day, lang, month_only=True)
    return text(f"outcomes.{row.what}", lang, area=area_name(row.area, lang), day=day)


def outcomes_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """How many forecasts are shown and missed, by panel, and how many rates came below their interval."""
    misses, is_poverty = table[table["is_miss"]], table["panel"] == "poverty"
    poverty_misses = misses[misses["panel"] == "poverty"]
    return label_values(
        table,
        lang,
        n=len(table),
        n_poverty=int(is_poverty.sum()),
        n_ntm=int((~is_poverty).sum()),
        missed=len(misses),
        missed_poverty=len(poverty_misses),
        missed_ntm=len(misses) - len(poverty_misses),
        below=int((poverty_misses["outcome"] < poverty_misses["low_80"]).sum()),
        pace=plain(asked_pace(), lang),
    )
