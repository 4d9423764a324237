"""One style for every figure: fonts, colours, how a number, a source line and a direct label look."""

from contextlib import contextmanager

import matplotlib
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter

from ..labels import number, text

CM = 1 / 2.54
WIDTH_CM = 16.0
# Okabe-Ito, safe for colour-blind readers; each role also has its own marker or line style, so grey print works too
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PINK = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")  # fmt: skip
GREY, LIGHT = "#595959", "#D9D9D9"
PUBLISHED = dict(marker="o", color=BLACK, markerfacecolor=BLACK, markersize=5, linestyle="none")
DERIVED = dict(marker="o", color=BLACK, markerfacecolor="white", markersize=5, linestyle="none")
ESTIMATED = dict(marker="D", color=RED, markerfacecolor="white", markersize=5, linestyle="none")
MARKERS = {"published": PUBLISHED, "derived": DERIVED, "estimated": ESTIMATED}
RC = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#E5E5E5",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "svg.hashsalt": "kontum",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "savefig.facecolor": "white",
}


@contextmanager
def canvas(title, lang, height_cm=9.0, width_cm=WIDTH_CM):
    """A figure with its title above and its source line below; axes are added by the caller.

    It is made without pyplot, so no window, global state or backend is touched.
    """
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **RC}):
        figure = Canvas(figsize=(width_cm * CM, height_cm * CM), dpi=100, layout="constrained")
        figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
        figure.supxlabel(text("source.line", lang), x=0.01, ha="left", fontsize=6, color=GREY)
        yield figure


def number_axis(axis, lang, decimals=0, scale=1.0):
    """Tick labels as the language writes numbers; scale=100 shows fractions as per cent."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value * scale, decimals, lang)))


def direct_label(axes, x, y, words, color, dx=4, dy=0, **kwargs):
    """A label beside the end of a line, in the colour of the line."""
    axes.annotate(words, (x, y), xytext=(dx, dy), textcoords="offset points", color=color, va="center", fontsize=7.5,
                  annotation_clip=False, **kwargs)  # fmt: skip


def spread(positions, gap):
    """Positions moved apart so that neighbours are at least `gap` away, order and middle kept.

    >>> spread([1.0, 1.1, 3.0], 0.5)
    [0.8, 1.3, 3.0]
    """
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    groups = [[[i], positions[i]] for i in order]
    moved = True
    while moved:
        moved = False
        for a, b in zip(groups, groups[1:], strict=False):
            need = gap * (len(a[0]) + len(b[0])) / 2
            if b[1] - a[1] < need - 1e-12:
                size = len(a[0]) + len(b[0])
                a[1] = (a[1] * len(a[0]) + b[1] * len(b[0])) / size
                a[0] += b[0]
                groups.remove(b)
                moved = True
                break
    result = [0.0] * len(positions)
    for members, middle in groups:
        for rank, i in enumerate(members):
            result[i] = round(middle + gap * (rank - (len(members) - 1) / 2), 9)
    return result
