"""One style for every figure: page and margins, fonts, colours, and how a number, a marker or a direct label looks.

Nothing here uses pyplot, so no window, backend or global setting is touched and a figure comes out the same everywhere.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

import matplotlib
import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..base.words import number, text

CM = 1 / 2.54
WIDTH_CM = 16.0
SMALL = 7.0  # the smallest type, in points at full width
Look = dict[str, Any]  # properties of a line, a marker or a patch
# fmt: off
# Okabe-Ito, safe for colour-blind readers; each role also has its own marker or line style, so grey print works too
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PINK = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
GREY, LIGHT, PALE = "#595959", "#D9D9D9", "#F2F2F2"
# the same for words
INK = {ORANGE: "#7F5200", GREEN: "#00664B", RED: "#A84300", PINK: "#8F3F6F", SKY: "#1F6690", BLUE: "#00609A"}
PUBLISHED: Look = dict(marker="o", color=BLACK, markerfacecolor=BLACK, markersize=5, linestyle="none")
DERIVED: Look = dict(PUBLISHED, markerfacecolor="white")
OFFICE: Look = dict(marker="*", color=INK[GREEN], markerfacecolor=INK[GREEN], markersize=7.6, linestyle="none")
ESTIMATED: Look = dict(marker="D", color=RED, markerfacecolor="white", markersize=4.6, linestyle="none")
PROJECTED: Look = dict(marker="s", color=BLUE, markerfacecolor=BLUE, markersize=3.6, linestyle="none")
UNSURE: Look = dict(marker="X", color=BLACK, markerfacecolor="white", markersize=5.6, markeredgewidth=0.8,
                    linestyle="none")
AT_LEAST: Look = dict(marker="^", color=GREY, markerfacecolor="white", markersize=5, linestyle="none")
AT_MOST: Look = dict(AT_LEAST, marker="v")
MARKERS: dict[str, Look] = dict(published=PUBLISHED, derived=DERIVED, office=OFFICE, estimated=ESTIMATED,
                                projected=PROJECTED, unsure=UNSURE, at_least=AT_LEAST, at_most=AT_MOST)
RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "font.size": 7.8, "svg.hashsalt": "kontum", "svg.fonttype": "path",
    "pdf.fonttype": 42, "savefig.facecolor": "white", "legend.frameon": False, "hatch.linewidth": 0.5,
    "axes.titlesize": 8.5, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.titlepad": 4,
    "axes.titley": 1.0,  # fixed; looking for a free place would double the time of a drawing
    "axes.labelsize": 7.8, "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": GREY,
    "axes.grid": True, "axes.grid.axis": "y", "axes.axisbelow": True, "grid.color": "#E5E5E5", "grid.linewidth": 0.6,
    "xtick.labelsize": 7.2, "ytick.labelsize": 7.2,
}
# fmt: on


class Page(Figure):
    """A page, which knows how far down its heading reaches (cm)."""

    head_cm = 0.0


class Heading(NamedTuple):
    """What stands around a drawing: what it says in one sentence, what it shows, its source line ("": the usual)."""

    finding: str
    topic: str = ""
    source: str = ""


def each(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table, whose cells are read by name: row.rate."""
    return table.itertuples()


def rc_context() -> AbstractContextManager[None]:
    """Within it matplotlib's settings are its own defaults and those above, whatever a user has set."""
    return matplotlib.rc_context({**matplotlib.rcParamsDefault, **RC})


def ink_on(color: Any) -> str:
    """The colour of words on a filled area: black or white, whichever stands out more (WCAG 2.2, relative luminance).

    >>> ink_on("#0072B2"), ink_on("#56B4E9")
    ('white', 'black')
    """
    return "white" if contrast(color, "white") > contrast(color, "black") else "black"


def contrast(first: Any, second: Any) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2); words need 4.5.

    >>> contrast("white", "black")
    21.0
    """
    linear = [[c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(x)] for x in (first, second)]
    dark, light = sorted(0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in linear)
    return (light + 0.05) / (dark + 0.05)


def wrap_evenly(words: str, longest: int) -> list[str]:
    """Lines of at most so many letters, as few as can be and about equally long, so that no word stands alone.

    Lines break at spaces only.

    >>> wrap_evenly("one two three four five near-poor", 20)
    ['one two three four', 'five near-poor']
    """
    fewest = len(textwrap.wrap(words, longest, break_on_hyphens=False))
    widths = range(len(words) // fewest, longest + 1)
    trials = (textwrap.wrap(words, width, break_on_hyphens=False) for width in widths)
    return next(lines for lines in trials if len(lines) == fewest)


@contextmanager
def canvas(
    heading: Heading | str,
    lang: str,
    height_cm: float = 9.0,
    left: float = 1.4,
    right: float = 0.4,
    top: float = 1.4,
    bottom: float = 1.5,
    **spacing: float,
) -> Iterator[Page]:
    """A page with its heading above and its source line below; the caller adds axes between the margins (cm).

    height_cm: below the heading, which makes the page longer by its lines; top: from the heading down to the axes.
    spacing: wspace, hspace, as parts of an axes' width and height.
    """
    finding, topic, source = heading if isinstance(heading, Heading) else Heading(heading)
    lines = wrap_evenly(finding, 77)
    head = 0.15 + 0.45 * len(lines) + (0.4 if topic else 0)
    source_lines = textwrap.wrap(source, 108) if source else [text("source.line", lang)]
    bottom += 0.3 * (len(source_lines) - 1)
    height = height_cm + head + 0.3 * (len(source_lines) - 1)
    with rc_context():
        figure = Page(figsize=(WIDTH_CM * CM, height * CM), dpi=100)
        figure.subplots_adjust(
            left=left / WIDTH_CM,
            right=1 - right / WIDTH_CM,
            top=1 - (head + top) / height,
            bottom=bottom / height,
            **spacing,
        )
        x, down = 0.2 / WIDTH_CM, -0.2 / height
        figure.text(x, 1 + down, "\n".join(lines), va="top", fontsize=9.5, fontweight="bold", linespacing=1.25)
        figure.text(x, 1 - (head - 0.02) / height, topic, va="bottom", color=GREY)
        figure.text(x, 0.15 / height, "\n".join(source_lines), va="bottom", fontsize=SMALL, color=GREY)
        figure.head_cm = head
        yield figure


def key(figure: Page, entries: Sequence[tuple[Look, str]], down_cm: float = 0.2, **kwargs: Any) -> Legend:
    """What the markers mean, in one row under the heading, or in two where one is wider than the page.

    entries: pairs of (line, marker or hatching, words).
    """
    height_cm = figure.get_size_inches()[1] / CM
    handles = [Patch(**look) if "hatch" in look else Line2D([], [], **look) for look, _ in entries]
    place = dict(
        loc="upper left",
        bbox_to_anchor=(0.2 / WIDTH_CM, 1 - (figure.head_cm + down_cm) / height_cm),
        ncols=len(entries),
        handlelength=1.3,
        handletextpad=0.4,
        columnspacing=1.2,
        borderpad=0,
        borderaxespad=0,
        fontsize=7.2,
    )
    if _key_width(entries) > WIDTH_CM - 0.3:
        place |= dict(ncols=-(-len(entries) // 2)) | ({} if "ncols" in kwargs else dict(labelspacing=0.35))
    return figure.legend(handles, [words for _, words in entries], **{**place, **kwargs})


def _key_width(entries: Sequence[tuple[Look, str]]) -> float:
    """How wide a key in one row is (cm): its words, and for each a marker with the gaps on both sides of it."""
    words = sum(TextPath((0, 0), words, size=7.2).get_extents().width for _, words in entries)
    return float((words + 7.2 * 2.9 * len(entries)) / 72 / CM)


def status_key(
    figure: Page, statuses: Iterable[str], lang: str, extra: Iterable[tuple[Look, str]] = (), **kwargs: Any
) -> Legend:
    """The key of the markers for these statuses, in the order in which statuses are listed in MARKERS."""
    entries = [(look, text(f"key.{status}", lang)) for status, look in MARKERS.items() if status in set(statuses)]
    return key(figure, [*entries, *extra], **kwargs)


def square(color: str, **changes: Any) -> Look:
    """The look of a filled area in a key."""
    return {**dict(marker="s", color=color, markersize=7, markeredgewidth=0, linestyle="none"), **changes}


def number_axis(axis: Axis, lang: str, decimals: int = 0, scale: float = 1.0, ticks: int = 7) -> None:
    """Tick labels as the language writes numbers; scale=100 shows fractions as per cent; ticks: steps at most.

    Ticks stand at 1, 2 or 5 times a power of ten, so that none is rounded when written without decimals.
    """
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value * scale, decimals, lang)))


def rows_down(axes: Axes) -> None:
    """Rows stand below each other and values run across: upright grid lines, no tick marks at the names."""
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    axes.tick_params(axis="y", length=0)


def known_points(axes: Axes, rows: pd.DataFrame, **changes: Any) -> None:
    """Rates, each with the marker of how it is known; the 80 % interval of an estimate as a bar.

    changes: properties of all markers, for example a smaller markersize.
    """
    for row in each(rows):
        if row.status == "estimated":
            axes.vlines(row.year, row.q10, row.q90, color=RED, linewidth=1.1, zorder=3)
        axes.plot([row.year], [row.rate], zorder=6, clip_on=False, **{**MARKERS[row.status], **changes})


def note(
    axes: Axes, x: float, y: float, words: str, color: str = BLACK, dx: float = 0.0, dy: float = 0.0, **kwargs: Any
) -> Annotation:
    """Words beside a point of the data, moved by dx, dy points, with a white rim that parts them from the grid."""
    rim = [patheffects.withStroke(linewidth=1.8, foreground="white")]
    settings = dict(fontsize=SMALL, ha="left", va="center", annotation_clip=False, path_effects=rim)
    place = dict(xytext=(dx, dy), textcoords="offset points", color=INK.get(color, color))
    return axes.annotate(words, (x, y), **{**settings, **place, **kwargs})


def spread(positions: Sequence[float], gap: float) -> list[float]:
    """Positions moved apart as little as possible, so that neighbours are at least `gap` away; order kept.

    >>> spread([1.0, 1.1, 3.0], 0.5)
    [0.8, 1.3, 3.0]
    """
    from scipy.optimize import isotonic_regression

    values, order = np.asarray(positions, dtype=float), np.argsort(positions, kind="stable")
    steps = gap * np.arange(len(values))
    places = np.empty(len(values))
    places[order] = isotonic_regression(values[order] - steps).x + steps
    return [round(float(place), 9) for place in places]
