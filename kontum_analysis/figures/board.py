"""The scoreboard as a bullet chart: how far each of the 26 targets is, and how it stands by the written rule."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..base.words import chance, number, plain, text
from ..targets.board import scoreboard
from . import style

STATUS: dict[str, style.Look] = {
    "met": dict(marker="o", color=style.GREEN),
    "on_track": dict(marker="^", color=style.BLUE),
    "at_risk": dict(marker="D", color=style.ORANGE),
    "off_track": dict(marker="X", color=style.RED),
    "not_measured": dict(marker="_", color=style.GREY),
}
BOUND: style.Look = {**style.AT_LEAST, "marker": ">", "color": style.BLACK}
FULL = 1.3  # bars end here: a target passed by far is not drawn to scale


def board_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Each target: latest value, the level asked for, probability, status; progress is value over level (fraction).

    bound_low: what a later figure gives as the least; it is no value, but it may decide the status (reason bound).
    """
    found = scoreboard(obs)
    progress = np.where(found["value_low"] > 0, found["latest_value"] / found["value_low"], np.nan)
    table = found[
        [
            "target_id",
            "programme",
            "horizon_year",
            "kind",
            "latest_value",
            "latest_day",
            "value_low",
            "unit_measure",
            "probability",
            "status",
            "reason",
            "bound_low",
        ]
    ]
    order = table["programme"].map({"NTM": 0, "DTTS": 1, "POVERTY": 2})
    table = table.assign(progress=progress)
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def draw_board(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """One row a target, grouped by programme; the bar is the latest value as a part of the level asked for."""
    with style.canvas(title, lang, height_cm=19.5, left=6.9, right=3.7, top=1.7, bottom=1.5) as figure:
        axes = figure.subplots()
        place, ticks, before = 0.0, [], None
        for row in style.each(table):
            place += 1.0 if row.programme == before else 1.7
            if row.programme != before:
                axes.text(
                    -0.02,
                    place - 0.85,
                    text(f"programme.{row.programme}", lang),
                    ha="right",
                    va="center",
                    fontsize=7.5,
                    fontweight="bold",
                    transform=axes.get_yaxis_transform(),
                )
            before = row.programme
            ticks.append(place)
            _bullet(axes, place, row, lang)
        axes.axvline(1, color=style.BLACK, linewidth=1.0, zorder=4)
        axes.set_yticks(ticks, [text(f"target_short.{t}", lang) for t in table["target_id"]], fontsize=style.SMALL)
        axes.set_ylim(place + 0.7, 0.3)
        axes.set_xlim(0, FULL)
        axes.grid(False)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(text("scoreboard.axis", lang))
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1.0], [f"{number(100 * x, 0, lang)}%" for x in (0, 0.25, 0.5, 0.75, 1.0)])
        entries = [
            (dict(linestyle="none", markersize=5.5, **look), text(f"target_status.{s}", lang))
            for s, look in STATUS.items()
        ]
        if table["bound_low"].notna().any():
            entries.append((BOUND, text("scoreboard.bound_key", lang)))
        style.key(figure, entries, columnspacing=1.0)
        return figure


def _bullet(axes: Axes, place: float, row: Any, lang: str) -> None:
    look = STATUS[row.status]
    axes.barh(place, FULL if row.status != "not_measured" else 0, height=0.62, color=style.PALE, zorder=1)
    if row.progress == row.progress:
        face = "white" if row.kind == "estimated" else look["color"]
        length = min(row.progress, FULL)
        axes.barh(place, length, height=0.36, color=face, edgecolor=look["color"], linewidth=0.9, zorder=2)
        words = text(
            "scoreboard.value", lang, value=plain(row.latest_value, lang, 1), goal=number(row.value_low, 0, lang)
        )
        if row.bound_low == row.bound_low:
            words += text("scoreboard.bound", lang, bound=row.bound_low)
        if row.probability == row.probability:
            words += text("scoreboard.chance", lang, chance=chance(row.probability, lang))
    else:
        words = text(f"target_status.{row.status}", lang)
        if row.bound_low == row.bound_low:
            words += text("scoreboard.bound_only", lang, bound=row.bound_low)
    if row.bound_low == row.bound_low:
        axes.plot([min(row.bound_low / row.value_low, FULL)], [place], zorder=5, **BOUND)
    axes.plot([FULL + 0.05], [place], linestyle="none", markersize=5.5, clip_on=False, **look)
    ink = style.BLACK if row.progress == row.progress else style.GREY
    axes.text(FULL + 0.1, place, words, va="center", fontsize=style.SMALL, color=ink)


def board_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """How many targets have each status."""
    counts = {status: int((table["status"] == status).sum()) for status in STATUS}
    return dict(**counts, all=len(table), by_bound=int((table["reason"] == "bound").sum()))
