"""The scoreboard as a bullet chart: how far each of the 26 targets is, and how it stands by the written rule."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..base.words import Lookup, chance, number, plain, text
from ..targets.board import scoreboard
from . import style

# fmt: off
STATUS: dict[str, style.Look] = {
    "met": dict(marker="o", color=style.GREEN), "on_track": dict(marker="^", color=style.BLUE),
    "at_risk": dict(marker="D", color=style.ORANGE), "off_track": dict(marker="X", color=style.RED),
}
# fmt: on
BOUND: style.Look = {**style.AT_LEAST, "marker": ">", "color": style.BLACK}
CUT: style.Look = dict(marker="$//$", color=style.BLACK, markersize=8, linestyle="none", markeredgewidth=0.3)
FULL = 1.3  # bars end here, with the mark of a cut: a target passed by far is not drawn to scale
LINE = 0.42  # between two lines of words, cm
COLUMNS = {"latest": 1.53, "goal": 1.8, "chance": 2.08}  # right ends, as parts of the axes' width


def board_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Each target: latest value, the level asked for, probability, status; progress is value over level (fraction).

    bound_low: what a later figure gives as the least; it is no value, but it may decide the status (reason bound).
    """
    columns = ["target_id", "programme", "horizon_year", "kind", "latest_value", "latest_day", "value_low"]
    table = scoreboard(obs)[[*columns, "unit_measure", "probability", "status", "reason", "bound_low"]]
    progress = np.where(table["value_low"] > 0, table["latest_value"] / table["value_low"], np.nan)
    order = table["programme"].map({"NTM": 0, "DTTS": 1, "POVERTY": 2}).sort_values(kind="stable")
    return table.assign(progress=progress).loc[order.index].reset_index(drop=True)


def draw_board(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Above, a row for each measured target, grouped by status: the latest value as a part of the level asked for.
    Below, in words, those that no published figure measures.
    """
    is_measured = table["progress"].notna()
    order = table["status"].map({status: place for place, status in enumerate(STATUS)})
    measured = table[is_measured].assign(order=order).sort_values(["order", "progress"], ascending=[True, False])
    names = _names_below(table[~is_measured], lang)
    below, rows = 1.5 + LINE * -(-len(names) // 2), len(measured) + 0.9 * measured["status"].nunique()
    with style.canvas(
        heading, lang, height_cm=2.8 + 0.56 * rows + below, left=5.5, right=5.6, top=1.4, bottom=below + 1.4
    ) as figure:
        _measured_rows(figure.subplots(), measured, lang)
        words = text("scoreboard.not_measured", lang, n=(~is_measured).sum())
        for i, (line, look) in enumerate([(words, dict(fontsize=8.5, fontweight="bold")), *names]):
            column, down = divmod(max(i - 1, 0), -(-len(names) // 2))
            y = (below - LINE * down - (0.6 if i else 0)) / (figure.get_size_inches()[1] / style.CM)
            figure.text(0.2 / style.WIDTH_CM + column / 2, y, line, va="top", **{"fontsize": 7.2, **look})
        entries = [
            (dict(linestyle="none", markersize=5.5, **look), text(f"target_status.{status}", lang))
            for status, look in STATUS.items()
        ]
        if measured["bound_low"].notna().any():
            entries.append((BOUND, text("scoreboard.bound_key", lang)))
        if (measured["progress"] > FULL).any():
            entries.append((CUT, text("scoreboard.cut_key", lang)))
        style.key(figure, entries)
        return figure


def _names_below(rows: pd.DataFrame, lang: str) -> list[tuple[str, style.Look]]:
    """The targets without a figure by programme, one a line, with what a bound says of them."""
    lines: list[tuple[str, style.Look]] = []
    for programme, targets in rows.groupby("programme", sort=False):
        lines.append((text(f"programme.{programme}", lang), dict(fontweight="bold")))
        for row in style.each(targets):
            bound = text("scoreboard.bound_only", lang, bound=row.bound_low) if row.bound_low == row.bound_low else ""
            lines.append((f"–  {text(f'target_short.{row.target_id}', lang)}{bound}", {}))
    return lines


def _measured_rows(axes: Axes, measured: pd.DataFrame, lang: str) -> None:
    names: list[str] = []
    places: list[float] = []
    place, before = 0.0, None
    for row in style.each(measured):
        if row.status != before:
            place += 0.9
            head: style.Look = dict(transform=axes.get_yaxis_transform(), ha="right", va="center", fontweight="bold")
            axes.text(-0.02, place - 0.85, text(f"target_status.{row.status}", lang).capitalize(), **head)
        before = row.status
        names.append(text(f"target_short.{row.target_id}", lang))
        places.append(place)
        _bullet(axes, place, row)
        _numbers(axes, place, row, lang)
        place += 1.0
    axes.axvline(1, color=style.BLACK, linewidth=1.0, zorder=4)
    axes.set_yticks(places, names)
    axes.set_ylim(place - 0.4, -0.4)
    axes.set_xlim(0, FULL)
    axes.grid(False)
    axes.tick_params(axis="y", length=0)
    ticks = [0, 0.25, 0.5, 0.75, 1.0]
    axes.set_xticks(ticks, [f"{number(100 * x, 0, lang)}%" for x in ticks])
    axes.set_xlabel(text("scoreboard.axis", lang))
    for column, x in COLUMNS.items():
        words = text(f"scoreboard.{column}", lang)
        axes.text(x, 1.0, words, transform=axes.transAxes, ha="right", va="bottom", fontsize=7.2, fontweight="bold")


def _bullet(axes: Axes, place: float, row: Any) -> None:
    """The bar of a target on its pale ground; hollow where the value is an estimate."""
    look = STATUS[row.status]
    axes.barh(place, FULL, height=0.62, color=style.PALE, zorder=1)
    face = "white" if row.kind == "estimated" else look["color"]
    edge: style.Look = dict(edgecolor=look["color"], linewidth=0.9)
    axes.barh(place, min(row.progress, FULL), height=0.36, color=face, zorder=2, **edge)
    if row.progress > FULL:
        axes.plot([FULL - 0.07], [place], zorder=5, **CUT)
    if row.bound_low == row.bound_low:
        axes.plot([min(row.bound_low / row.value_low, FULL)], [place], zorder=5, **BOUND)
    axes.plot([FULL + 0.05], [place], linestyle="none", markersize=5.5, clip_on=False, **look)


def _numbers(axes: Axes, place: float, row: Any, lang: str) -> None:
    words = {
        "latest": plain(row.latest_value, lang, 1),
        "goal": plain(row.value_low, lang, 1),
        "chance": f"{chance(row.probability, lang)}%" if row.probability == row.probability else "–",
    }
    if row.bound_low == row.bound_low:
        words["latest"] += text("scoreboard.bound", lang, bound=row.bound_low)
    for column, x in COLUMNS.items():
        where: style.Look = dict(xycoords=("axes fraction", "data"), ha="right", va="center", annotation_clip=False)
        axes.annotate(words[column], (x, place), fontsize=7.2, **where)


def board_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """How many targets have each status."""
    counts = table["status"].value_counts().reindex([*STATUS, "not_measured"], fill_value=0)
    return dict(targets=Lookup(counts), all=len(table), by_bound=int((table["reason"] == "bound").sum()))
