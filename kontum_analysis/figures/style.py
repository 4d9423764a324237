"""One style for every figure: page and margins, fonts, colours, and how a number, a marker or a direct label looks.

Nothing here uses pyplot, so no window, backend or global setting is touched and a figure comes out the same everywhere.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import pairwise
from typing import Any

import matplotlib
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.text import Annotation
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..base.words import number, text

CM = 1 / 2.54
WIDTH_CM = 16.0
# Okabe-Ito, safe for colour-blind readers; each role also has its own marker or line style, so grey print works too
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PINK = (
    "#000000",
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
)
Look = dict[str, Any]  # properties of a line or a marker
Page = Figure  # what is drawn on, for those outside who only pass it on
GREY, LIGHT, PALE = "#595959", "#D9D9D9", "#F2F2F2"
SMALL = 6.6  # the smallest text, in points at full width
PUBLISHED: Look = dict(marker="o", color=BLACK, markerfacecolor=BLACK, markersize=5, linestyle="none")
DERIVED: Look = dict(marker="o", color=BLACK, markerfacecolor="white", markersize=5, linestyle="none")
ESTIMATED: Look = dict(marker="D", color=RED, markerfacecolor="white", markersize=4.6, linestyle="none")
PROJECTED: Look = dict(marker="s", color=BLUE, markerfacecolor=BLUE, markersize=3.6, linestyle="none")
UNSURE: Look = dict(
    marker="X", color=BLACK, markerfacecolor="white", markersize=5.6, markeredgewidth=0.8, linestyle="none"
)
AT_LEAST: Look = dict(marker="^", color=GREY, markerfacecolor="white", markersize=5, linestyle="none")
AT_MOST: Look = dict(marker="v", color=GREY, markerfacecolor="white", markersize=5, linestyle="none")
MARKERS: dict[str, Look] = {
    "published": PUBLISHED,
    "derived": DERIVED,
    "estimated": ESTIMATED,
    "projected": PROJECTED,
    "unsure": UNSURE,
    "at_least": AT_LEAST,
    "at_most": AT_MOST,
}
RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titley": 1.0,  # fixed; looking for a free place would double the time of a drawing
    "axes.titlepad": 4,
    "axes.labelsize": 7.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#E5E5E5",
    "grid.linewidth": 0.6,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.frameon": False,
    "svg.hashsalt": "kontum",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "savefig.facecolor": "white",
}


def each(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table, whose cells are read by name: row.rate."""
    return table.itertuples()


def rc_context() -> AbstractContextManager[None]:
    """Within it matplotlib's settings are its own defaults and those above, whatever a user has set."""
    return matplotlib.rc_context({**matplotlib.rcParamsDefault, **RC})


@contextmanager
def canvas(
    title: str,
    lang: str,
    height_cm: float = 9.0,
    left: float = 1.4,
    right: float = 0.4,
    top: float = 1.4,
    bottom: float = 1.5,
    **spacing: float,
) -> Iterator[Figure]:
    """A page with its title above and its source line below; the caller adds axes between the margins (cm).

    spacing: wspace, hspace, as parts of an axes' width and height.
    """
    with rc_context():
        figure = Figure(figsize=(WIDTH_CM * CM, height_cm * CM), dpi=100)
        figure.subplots_adjust(
            left=left / WIDTH_CM,
            right=1 - right / WIDTH_CM,
            top=1 - top / height_cm,
            bottom=bottom / height_cm,
            **spacing,
        )
        at = 0.2 / WIDTH_CM
        figure.text(at, 1 - 0.2 / height_cm, title, ha="left", va="top", fontsize=9.5, fontweight="bold")
        source = textwrap.fill(text("source.line", lang), 130)
        figure.text(at, 0.15 / height_cm, source, ha="left", va="bottom", fontsize=SMALL, color=GREY)
        yield figure


def key(figure: Figure, entries: Sequence[tuple[Look, str]], below_top_cm: float = 0.75, **kwargs: Any) -> Legend:
    """What the markers mean, in one row under the title. entries: pairs of (line or marker style, words)."""
    height_cm = figure.get_size_inches()[1] / CM
    handles = [Line2D([], [], **style) for style, _ in entries]
    place = dict(
        loc="upper left",
        bbox_to_anchor=(0.2 / WIDTH_CM, 1 - below_top_cm / height_cm),
        ncols=len(entries),
        handlelength=1.2,
        handletextpad=0.4,
        columnspacing=1.3,
        borderpad=0,
        borderaxespad=0,
        fontsize=7,
    )
    return figure.legend(handles, [words for _, words in entries], **{**place, **kwargs})


def status_key(
    figure: Figure, statuses: Iterable[str], lang: str, extra: Iterable[tuple[Look, str]] = (), **kwargs: Any
) -> Legend:
    """The key of the markers for these statuses, in the order in which statuses are listed in MARKERS."""
    entries = [(style, text(f"key.{status}", lang)) for status, style in MARKERS.items() if status in set(statuses)]
    return key(figure, [*entries, *extra], **kwargs)


def number_axis(axis: Axis, lang: str, decimals: int = 0, scale: float = 1.0) -> None:
    """Tick labels as the language writes numbers; scale=100 shows fractions as per cent.

    Ticks stand at 1, 2 or 5 times a power of ten, so that none is rounded when written without decimals.
    """
    axis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value * scale, decimals, lang)))


def rows_down(axes: Axes) -> None:
    """Rows stand below each other and values run across: upright grid lines, no tick marks at the names."""
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    axes.tick_params(axis="y", length=0)


def known_points(axes: Axes, rows: pd.DataFrame, **changes: Any) -> None:
    """Published, derived and estimated rates, each with its own marker; the 80 % interval of an estimate as a bar.

    changes: properties of all markers, for example a smaller markersize.
    """
    for row in each(rows):
        if row.status == "estimated":
            axes.vlines(row.year, row.q10, row.q90, color=RED, linewidth=1.1, zorder=3)
        axes.plot([row.year], [row.rate], zorder=6, clip_on=False, **{**MARKERS[row.status], **changes})


def note(
    axes: Axes, x: float, y: float, words: str, color: str = BLACK, dx: float = 0.0, dy: float = 0.0, **kwargs: Any
) -> Annotation:
    """Words beside a point of the data, moved by dx, dy points, with a white rim so that no line runs through them."""
    rim = [patheffects.withStroke(linewidth=1.8, foreground="white")]
    settings = dict(fontsize=SMALL, ha="left", va="center", annotation_clip=False, path_effects=rim)
    return axes.annotate(
        words, (x, y), xytext=(dx, dy), textcoords="offset points", color=color, **{**settings, **kwargs}
    )


def callout(
    axes: Axes,
    words: str,
    at: tuple[float, float],
    to: tuple[float, float],
    color: str,
    hair: Look | None = None,
    **kwargs: Any,
) -> Annotation:
    """A direct label away from its line, tied to it by a hair line. at: point on the line; to: place of the label.

    The hair leaves the label at its left end, so that labels may stand in a stack; hair: other properties of it.
    """
    tie = {
        "arrowstyle": "-",
        "color": color,
        "linewidth": 0.6,
        "shrinkA": 1,
        "shrinkB": 1,
        "relpos": (0, 0.5),
        **(hair or {}),
    }
    settings = dict(fontsize=7, ha="left", va="center", arrowprops=tie, color=color)
    return axes.annotate(words, at, xytext=to, **{**settings, **kwargs})


def spread(positions: Sequence[float], gap: float) -> list[float]:
    """Positions moved apart so that neighbours are at least `gap` away, order and middle kept.

    >>> spread([1.0, 1.1, 3.0], 0.5)
    [0.8, 1.3, 3.0]
    """
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    groups = [([i], positions[i]) for i in order]
    moved = True
    while moved:
        moved = False
        for place, ((above, a), (below, b)) in enumerate(pairwise(groups)):
            size = len(above) + len(below)
            if b - a < gap * size / 2 - 1e-12:
                groups[place : place + 2] = [(above + below, (a * len(above) + b * len(below)) / size)]
                moved = True
                break
    result = [0.0] * len(positions)
    for members, middle in groups:
        for rank, i in enumerate(members):
            result[i] = round(middle + gap * (rank - (len(members) - 1) / 2), 9)
    return result
