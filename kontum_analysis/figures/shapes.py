"""Shapes that several figures share: two panels, rows of dots, small multiples, fans, and words at a line's end."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..base.words import text
from ..data.areas import PROVINCE, area_name, poor_districts
from ..data.observations import raw_tables
from ..data.programme import AREAS, horizon
from . import style

FAN = {50: ("q25", "q75"), 80: ("q10", "q90"), 90: ("q05", "q95")}
FAN_COLORS = {50: "#7FB3D6", 80: "#B1D1E7", 90: "#DCEAF4"}
POOR_EDGE: style.Look = dict(edgecolor=style.BLACK, linewidth=1.8)  # the border of a poor district on a map


def province_and_poor_districts(
    figure: Figure, table: pd.DataFrame, lang: str, headroom: float = 1.12
) -> Iterator[tuple[Axes, str, pd.DataFrame]]:
    """Two panels, the province above the poor districts: (axes, area, its rows of `table`) for each.

    What both share is drawn when the caller has drawn the rest: known rates (kind "known"), the years after the
    programme, the axes. headroom: end of the rate axis as a multiple of the highest rate.
    """
    years = range(table["year"].min(), table["year"].max() + 1)
    for axes, area in zip(figure.subplots(2, 1, sharex=True), AREAS, strict=True):
        rows = table[table["area"] == area]
        axes.set(xlim=(years[0] - 0.3, years[-1] + 0.3), ylim=(0, headroom * rows["rate"].max()))
        yield axes, area, rows
        style.known_points(axes, rows[rows["kind"] == "known"])
        after_programme(axes, lang)
        axes.set(title=area_name(area, lang), ylabel=text("unit.percent_of_households", lang))
        style.number_axis(axes.yaxis, lang, scale=100)
        axes.set_xticks(years)
    axes.set_xlabel(text("axis.year_end", lang))


def after_programme(axes: Axes, lang: str) -> None:
    """The years after the end of the programme on a pale ground, named above."""
    axes.axvspan(horizon(), axes.get_xlim()[1], color=style.PALE, linewidth=0, zorder=0)
    above: style.Look = dict(transform=axes.get_xaxis_transform(), fontsize=style.SMALL, va="bottom")
    axes.text(horizon(), 1.015, text("paths.horizon", lang), color=style.GREY, **above)


def words_in(axes: Axes, entries: Sequence[tuple[style.Look, str]], loc: str = "upper right", **kwargs: Any) -> None:
    """A key inside a panel whose words carry the numbers, so that no leader crosses the data."""
    handles = [Line2D([], [], **look) for look, _ in entries]
    place: style.Look = dict(handlelength=2.2, handletextpad=0.6, labelspacing=0.55, borderaxespad=0.2, fontsize=7.2)
    words = [words for _, words in entries]
    axes.legend(**{**place, "handles": handles, "labels": words, "loc": loc, **kwargs})


def end_labels(axes: Axes, ends: Sequence[tuple[float, float, str, str]], gap: float, dx: float, least: float) -> None:
    """Words right of the ends of lines, moved apart where lines end together, each tied to its line by a hair.

    ends: (x, y, words, colour); gap: least distance in y; dx: distance from the line; least: y of the lowest words.
    """
    heights = style.spread([max(y, least) for _, y, _, _ in ends], gap)
    for (x, y, words, color), height in zip(ends, heights, strict=True):
        hair: style.Look = dict(arrowstyle="-", color=color, linewidth=0.6, shrinkA=1, shrinkB=2, relpos=(0, 0.5))
        place: style.Look = dict(xytext=(x + dx, height), va="center", annotation_clip=False, linespacing=1.15)
        axes.annotate(words, (x, y), color=style.INK.get(color, color), fontsize=7.2, arrowprops=hair, **place)


def fan(axes: Axes, x: Any, rows: pd.DataFrame, prefix: str = "", start: float | None = None) -> None:
    """The 50, 80 and 90 % intervals, one upon the other. start: value of a first point at which all of them begin.

    Where an interval is missing the fan closes on the middle (column `rate`, or the prefix without its last letter).
    """
    first, middle = [] if start is None else [start], rows[prefix[:-1] or "rate"].astype(float)
    for share, (low, high) in sorted(FAN.items(), reverse=True):
        bottom, top = ([*first, *rows[prefix + name].astype(float).fillna(middle)] for name in (low, high))
        axes.fill_between(x, bottom, top, color=FAN_COLORS[share], linewidth=0, zorder=1)


def fan_key(lang: str) -> list[tuple[style.Look, str]]:
    """The entries of a key for the shades of a fan."""
    return [(style.square(color), text("key.interval", lang, share=share)) for share, color in FAN_COLORS.items()]


def rows_of_dots(axes: Axes, names: Sequence[str], bold: Sequence[bool] | None = None) -> None:
    """Rows from the top down, each with its name at the left; values run across."""
    labels = axes.set_yticks(range(len(names)), names)
    for tick, is_bold in zip(labels, bold or [False] * len(names), strict=True):
        tick.label1.set_fontweight("bold" if is_bold else "normal")
    axes.set_ylim(len(names) - 0.5, -0.5)
    style.rows_down(axes)


def column_beside(axes: Axes, x: float, head: str, cells: Sequence[str], looks: Sequence[style.Look] = ()) -> None:
    """A column of words right of rows of dots. x: its right end, as a part of the axes' width; looks: of each cell."""
    place: style.Look = dict(xycoords=("axes fraction", "data"), ha="right", va="center", annotation_clip=False)
    for row, (words, look) in enumerate(zip(cells, looks or [{}] * len(cells), strict=True)):
        axes.annotate(words, (x, row), fontsize=7.2, **{**place, **look})
    settings: style.Look = dict(fontsize=7.2, fontweight="bold", linespacing=1.15, transform=axes.transAxes)
    axes.text(x, 1.02, head, ha="right", va="bottom", **settings)


def positions() -> dict[str, tuple[int, int]]:
    """Row and column of each district, from data/raw/tile_grid.csv; a dict from code to (row, column)."""
    grid = raw_tables()["tile_grid"]
    grid = grid[(grid["level"] == "district") & (grid["vintage"] == "2020")]
    return {row.code: (int(row.row), int(row.col)) for row in style.each(grid)}


def tiles(
    figure: Figure, lang: str, tops: Mapping[str, float], years: tuple[float, float, Sequence[int]], remark: str = ""
) -> dict[str, Axes]:
    """Axes for the province (at a free tile) and each district, about where it lies; a dict from code to axes.

    tops: end of the rate axis (fraction) by area; years: (first, last, ticks). Where all tiles share one scale, numbers
    stand on the axis only where no tile lies to the left. remark: words for the two free tiles of the last row.
    """
    places = {**positions(), PROVINCE: (3, 3)}
    grid = figure.add_gridspec(4, 4)
    first, last, ticks = years
    panels = {}
    for code, (row, column) in places.items():
        axes = figure.add_subplot(grid[row, column])
        is_poor, top = code in poor_districts(), tops[code]
        ink = style.INK[style.RED] if is_poor else style.BLACK
        axes.set_title(area_name(code, lang) + ("*" if is_poor else ""), fontsize=8, color=ink)
        axes.set_xticks(ticks)
        axes.set(xlim=(first, last), ylim=(0, top))
        axes.tick_params(labelsize=style.SMALL, length=2, pad=2)
        style.number_axis(axes.yaxis, lang, scale=100, ticks=4)
        if len(set(tops.values())) == 1 and (row, column - 1) in places.values():
            axes.tick_params(labelleft=False)
        if code == PROVINCE:
            axes.set_facecolor(style.PALE)
        panels[code] = axes
    free = grid[3, 1].get_position(figure)
    figure.text(free.x0, free.y1, remark, fontsize=style.SMALL, va="top", linespacing=1.35)
    return panels


def tile(
    axes: Axes,
    row: float,
    column: float,
    color: str,
    words: str,
    gap: float,
    ink: style.Look | None = None,
    **look: Any,
) -> None:
    """A square of a tile map with its words, by default in the colour that stands out. gap: to the next square."""
    patch: style.Look = {**dict(facecolor=color, edgecolor=style.GREY, linewidth=0.5), **look}
    axes.add_patch(Rectangle((column + gap, row + gap), 1 - 2 * gap, 1 - 2 * gap, **patch))
    place: style.Look = dict(ha="center", va="center", fontsize=style.SMALL, linespacing=1.1)
    axes.text(column + 0.5, row + 0.5, words, **{**place, "color": style.ink_on(color), **(ink or {})})


def tile_map(axes: Axes, rows: int, columns: int) -> None:
    """Axes in which a tile stands at its row and column, the first row on top."""
    axes.set(xlim=(-0.05, columns + 0.05), ylim=(rows + 0.05, -0.05))
    axes.axis("off")
