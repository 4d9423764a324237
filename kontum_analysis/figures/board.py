"""The scoreboard as a bullet chart: how far each of the 26 targets is, and how it stands by the written rule."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..base.words import Lookup, chance, number, plain, text
from ..data.programme import horizon
from ..targets.board import scoreboard, status_key
from . import style

STATUS: dict[str, style.Look] = {  # misses first
    "off_track": dict(marker="X", color=style.RED),
    "at_risk": dict(marker="D", color=style.ORANGE),
    "on_track": dict(marker="^", color=style.BLUE),
    "met": dict(marker="o", color=style.GREEN),
}
BOUND: style.Look = {**style.AT_LEAST, "marker": ">", "color": style.BLACK}
CUT: style.Look = dict(marker="$//$", color=style.BLACK, markersize=8, linestyle="none", markeredgewidth=0.3)
FULL = 1.3  # bars end here, with the mark of a cut: a target passed by far is not drawn to scale
LINE = 0.42  # between two lines of words, cm
COLUMNS = {"latest": 1.52, "goal": 1.82, "chance": 2.12}  # right ends, as parts of the axes' width
TRACK = 1.9, 2.12  # the ends of the bar of a chance, 0 and 100 per cent


def board_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Each target: latest value, level asked for, probability with its range, status; progress is value over
    level (fraction), 1 for a target in words that is met.

    bound_low: what a later figure gives as the least; it is no value, but it may decide the status (reason bound).
    """
    columns = ["target_id", "programme", "horizon_year", "kind", "latest_value", "latest_day", "value_low"]
    columns += ["unit_measure", "probability", "probability_low", "probability_high", "status", "reason"]
    table = scoreboard(obs)[[*columns, "bound_low", "bound_high", "period_over"]]
    in_words = table["value_low"].isna() & (table["status"] == "met")
    progress = np.where(in_words, 1.0, table["latest_value"] / table["value_low"])
    order = table["programme"].map({"NTM": 0, "DTTS": 1, "POVERTY": 2}).sort_values(kind="stable")
    return table.assign(progress=progress).loc[order.index].reset_index(drop=True)


def draw_board(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Above, a row for each measured target, grouped by status: the latest value as a part of the level asked for.
    Below, in words, those that no figure measures, where there are any.
    """
    is_measured = table["status"] != "not_measured"
    order = table["status"].map({status: place for place, status in enumerate(STATUS)})
    measured = table[is_measured].assign(order=order)
    measured = measured.sort_values(["order", "period_over", "progress"], ascending=[True, False, False])
    names = _names_below(table[~is_measured], lang)
    below = 1.5 + LINE * -(-len(names) // 2)
    rows = len(measured) + 0.9 * len(measured[["status", "period_over"]].drop_duplicates())
    is_over = bool(table["period_over"].any())
    with style.canvas(
        heading, lang, height_cm=3.35 + 0.56 * rows + below, left=5.75, right=5.6, top=1.95, bottom=below + 1.4
    ) as figure:
        _measured_rows(figure.subplots(), measured, lang)
        none = text(status_key("not_measured", is_over), lang).capitalize()
        due = (~is_measured & table["period_over"]).sum()
        key = "scoreboard.not_measured_due" if is_over else "scoreboard.not_measured"
        words = text(key, lang, words=none, n=(~is_measured).sum(), due=due, year=horizon())
        head: list[tuple[str, style.Look]] = [(words, dict(fontsize=8.5, fontweight="bold"))] * bool(names)
        for i, (line, look) in enumerate([*head, *names]):
            column, down = divmod(max(i - 1, 0), -(-len(names) // 2))
            y = (below - LINE * down - (0.75 if i else 0.2)) / (figure.get_size_inches()[1] / style.CM)
            figure.text(0.2 / style.WIDTH_CM + column / 2, y, line, va="baseline", **{"fontsize": 7.2, **look})
        marks = {status: dict(linestyle="none", markersize=5.5, **look) for status, look in STATUS.items()}
        style.key(figure, [(look, text(status_key(status, is_over), lang)) for status, look in marks.items()])
        others = [(BOUND, "bound", measured["bound_low"].notna()), (CUT, "cut", measured["progress"] > FULL)]
        entries = [(look, text(f"scoreboard.{name}_key", lang)) for look, name, is_there in others if is_there.any()]
        if entries:
            style.key(figure, entries, 0.55)
        return figure


def _names_below(rows: pd.DataFrame, lang: str) -> list[tuple[str, style.Look]]:
    """The targets without a figure by programme, one a line, with what a bound says of them."""
    lines: list[tuple[str, style.Look]] = []
    for programme, targets in rows.groupby("programme", sort=False):
        lines.append((text(f"programme.{programme}", lang), dict(fontweight="bold")))
        for row in style.each(targets):
            sides = {"least": row.bound_low, "most": row.bound_high}
            bound = "".join(text(f"scoreboard.at_{side}", lang, bound=b) for side, b in sides.items() if b == b)
            lines.append((f"–  {text(f'target_short.{row.target_id}', lang)}{bound}", {}))
    return lines


def _measured_rows(axes: Axes, measured: pd.DataFrame, lang: str) -> None:
    names: list[str] = []
    places: list[float] = []
    place, before = 0.0, None
    for row in style.each(measured):
        if (row.status, row.period_over) != before:
            place += 0.9
            head: style.Look = dict(transform=axes.get_yaxis_transform(), ha="right", va="center", fontweight="bold")
            axes.text(-0.02, place - 0.85, text(status_key(row.status, row.period_over), lang).capitalize(), **head)
        before = row.status, row.period_over
        names.append(text(f"target_short.{row.target_id}", lang))
        places.append(place)
        _bullet(axes, place, row)
        _numbers(axes, place, row, lang)
        _chance_bar(axes, place, row)
        place += 1.0
    axes.axvline(1, color=style.BLACK, linewidth=1.0, zorder=4)
    axes.set_yticks(places, names)
    axes.set(xlim=(0, FULL), ylim=(place - 0.4, -0.4), xlabel=text("scoreboard.axis", lang))
    axes.grid(False)
    axes.tick_params(axis="y", length=0)
    ticks = [0, 0.25, 0.5, 0.75, 1.0]
    axes.set_xticks(ticks, [f"{number(100 * x, 0, lang)}%" for x in ticks])
    for column, x in COLUMNS.items():
        words = text(f"scoreboard.{column}", lang)
        axes.text(x, 1.0, words, transform=axes.transAxes, ha="right", va="bottom", fontsize=7.2, fontweight="bold")


def _bullet(axes: Axes, place: float, row: Any) -> None:
    """The bar of a target on its pale ground; hollow where the value is an estimate."""
    look = STATUS[row.status]
    axes.barh(place, FULL, height=0.62, color=style.PALE, zorder=1)
    face = "white" if row.kind == "estimated" else look["color"]
    edge: style.Look = dict(edgecolor=look["color"], linewidth=0.9)
    part = min(np.nan_to_num(row.progress), FULL)
    axes.barh(place, part, height=0.36, color=face, zorder=2, **edge)
    if row.progress > FULL:
        axes.plot([FULL - 0.07], [place], zorder=5, **CUT)
    if row.bound_low == row.bound_low:
        axes.plot([min(row.bound_low / row.value_low, FULL)], [place], zorder=5, **BOUND)
    axes.plot([FULL + 0.05], [place], linestyle="none", markersize=5.5, clip_on=False, **look)


def _numbers(axes: Axes, place: float, row: Any, lang: str) -> None:
    words = {
        "latest": plain(row.latest_value, lang, 1),
        "goal": plain(row.value_low, lang, 1) if row.value_low == row.value_low else "–",
        "chance": f"{chance(row.probability, lang)}%" if row.probability == row.probability else "–",
    }
    if row.bound_low == row.bound_low:
        words["latest"] += text("scoreboard.bound", lang, bound=row.bound_low)
    for column, x in COLUMNS.items():
        where: style.Look = dict(xycoords=("axes fraction", "data"), ha="right", va="center", annotation_clip=False)
        y = place - 0.12 if column == "chance" and row.probability == row.probability else place
        axes.annotate(words[column], (x, y), fontsize=7.2, **where)


def _chance_bar(axes: Axes, place: float, row: Any) -> None:
    """The range of the chance on a track from 0 to 100 per cent, a dot at the default; nothing without a model."""
    if row.probability != row.probability:
        return
    low, middle, high = np.interp([row.probability_low, row.probability, row.probability_high], [0, 1], TRACK)
    where: style.Look = dict(transform=axes.get_yaxis_transform(), clip_on=False)
    y = place + 0.3
    bar: style.Look = dict(linewidth=2.2, solid_capstyle="butt")
    axes.plot(TRACK, [y] * 2, color=style.LIGHT, linewidth=1.0, zorder=2, **where)
    if low < high:  # missing where every choice gives the same
        axes.plot([low, high], [y] * 2, color=style.BLACK, zorder=3, **where, **bar)
    axes.plot([middle], [y], marker="o", markersize=3.2, color=style.BLACK, zorder=4, **where)


def board_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """How many targets have each status, and the words for it; once the period is over, of those that fell due."""
    due = table[table["period_over"]] if table["period_over"].any() else table
    is_over, year = bool(table["period_over"].any()), int(due["horizon_year"].max())
    counts = due["status"].value_counts().reindex([*STATUS, "not_measured"], fill_value=0)
    words = pd.Series({status: text(status_key(status, is_over), lang) for status in counts.index})
    which = text("scoreboard.due", lang, n=len(due), year=year) if is_over else text("scoreboard.all", lang, n=len(due))
    by_bound = int((table["reason"] == "bound").sum())
    return dict(targets=Lookup(counts), words=Lookup(words), which=which, by_bound=by_bound)
