"""The ten districts as small multiples on a tile map: each panel stands about where its district lies."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..data.areas import PROVINCE, area_name, poor_districts
from ..data.observations import raw_tables
from . import style


def positions() -> dict[str, tuple[int, int]]:
    """Row and column of each district, from data/raw/tile_grid.csv; a dict from code to (row, column)."""
    grid = raw_tables()["tile_grid"]
    grid = grid[(grid["level"] == "district") & (grid["vintage"] == "2020")]
    return {r.code: (int(r.row), int(r.col)) for r in style.each(grid)}


def tile_axes(
    figure: Figure,
    lang: str,
    top: float,
    years: tuple[float, float, Sequence[int]],
    province_at: tuple[int, int] | None = None,
) -> dict[str, Axes]:
    """Axes for each district (and the province, at a free tile), all with the same scales; a dict from code to axes.

    top: end of the rate axis (fraction); years: (first, last, ticks). Numbers stand on the axis only where no tile
    lies to the left.
    """
    at = positions()
    places = {**at, **({PROVINCE: province_at} if province_at else {})}
    rows, columns = (1 + max(p[i] for p in places.values()) for i in (0, 1))
    grid = figure.add_gridspec(rows, columns)
    first, last, ticks = years
    made = {}
    for code, (row, column) in places.items():
        axes = figure.add_subplot(grid[row, column])
        is_poor = code in poor_districts()
        axes.set_title(
            area_name(code, lang) + ("*" if is_poor else ""), fontsize=8, color=style.RED if is_poor else style.BLACK
        )
        axes.set_ylim(0, top)
        axes.set_xlim(first, last)
        axes.set_xticks(ticks)
        axes.tick_params(labelsize=style.SMALL, length=2, pad=2)
        style.number_axis(axes.yaxis, lang, scale=100)
        axes.set_yticks([0.2 * step for step in range(int(top / 0.2 + 1e-9) + 1)])
        if (row, column - 1) in places.values():
            axes.tick_params(labelleft=False)
        if code == PROVINCE:
            axes.set_facecolor(style.PALE)
        made[code] = axes
    return made
