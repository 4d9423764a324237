"""Tile-grid maps: every district or commune a square, about where it lies; no boundary file is needed."""

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from ..base.errors import KontumError
from ..base.words import Lookup, number, text
from ..data.areas import area_name, poor_districts, register
from ..data.observations import raw_tables
from ..data.programme import asked_pace
from ..ntm.attainment import project_ntm
from ..poverty.estimates import estimate_panel
from . import shapes, style
from .facts import label_values

RATES = (0.05, 0.10, 0.20, 0.40)  # limits of the classes of a rate
SHADES = ("#F7FBFF", "#C6DBEF", "#84BCDB", "#559FD3", "#0B4A8F")
SYMBOLS = {"published": "●", "derived": "○", "office": "★", "estimated": "◇"}
CHANCES = {0.0: "unlikely", 0.2: "less", 0.5: "more", 0.8: "likely"}  # least chance -> the word of its class
CHANCE_SHADES = {"unlikely": "#FFFFFF", "less": "#DCE9F4", "more": "#A9CDE6", "likely": "#6FAFD8"}
ATTAINED = "#0B3C5D"
URBAN: style.Look = dict(facecolor="white", edgecolor=style.LIGHT, hatch="////")
BORDER = "#A33F00"  # of districts on the map of communes, and their names
# fmt: off
DISTRICT_NAMES = {  # column, row and side of a name beside its district; two others stand at towns of that name
    "610": (6.05, 0.5, "left"), "611": (1.95, 5.5, "right"), "617": (7.05, 3.5, "left"), "613": (10.05, 4.5, "left"),
    "614": (10.05, 10.3, "left"), "608": (9.05, 12.5, "left"), "616": (1.95, 9.5, "right"),
    "618": (0.95, 12.5, "right"),
}
# fmt: on


def rate_shade(rate: float) -> str:
    """The colour of the class of a poverty rate (fraction)."""
    return SHADES[sum(rate >= limit for limit in RATES)]


def rate_key(figure: style.Page, lang: str) -> None:
    """The classes of a rate as a row of squares under the heading."""
    bounds = [number(100 * bound, 0, lang) for bound in (0, *RATES)]
    spans = [f"{low}–{high}" for low, high in zip(bounds, bounds[1:], strict=False)] + [f"≥ {bounds[-1]}"]
    edge: style.Look = dict(markeredgecolor=style.GREY, markeredgewidth=0.5)
    squares = [(style.square(color, **edge), span) for color, span in zip(SHADES, spans, strict=True)]
    style.key(figure, [(dict(linestyle="none"), text("district_map.scale", lang)), *squares])


def commune_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Each of the 102 communes: tile, district, whether rural, how its state is known, probability of attaining by
    end-2025.
    """
    grid = raw_tables()["tile_grid"]
    grid = grid[(grid["level"] == "commune") & (grid["vintage"] == "2020")].set_index("code")
    communes = register("2020", "commune").set_index("code")
    projected = project_ntm(obs, asked_pace()).communes.set_index("code")
    is_named = projected["attained_by"].fillna("").astype(str) != ""
    table = pd.DataFrame(
        dict(
            row=grid["row"].astype(int),
            col=grid["col"].astype(int),
            district=communes["parent_code"],
            kind=communes["type"],
            status=projected["status"],
            attained=is_named.reindex(communes.index, fill_value=False),
            probability=projected["p_attained_end"],
        )
    )
    table["status"] = table["status"].mask(table["attained"] & (table["status"] == "imputed"), "published")
    return table.rename_axis("area").reset_index()


def chance_class(probability: float) -> str:
    """The class of a commune's chance: unlikely, less (likely than not), more or likely.

    >>> chance_class(0.07), chance_class(0.58)
    ('unlikely', 'more')
    """
    return next(name for least, name in reversed(CHANCES.items()) if probability >= least)


def draw_commune(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """A square for each commune: dark where it has attained, else the paler the less likely it is to attain."""
    with style.canvas(heading, lang, height_cm=19.4, left=0.3, right=0.3, top=1.35, bottom=0.8) as figure:
        axes = figure.subplots()
        for row in style.each(table):
            _commune_tile(axes, row, lang)
        _district_lines(axes, table)
        for code, (x, y, side) in DISTRICT_NAMES.items():
            axes.text(x, y, area_name(code, lang), ha=side, va="center", fontweight="bold", color=BORDER)
        shapes.tile_map(axes, table["row"].max() + 1, table["col"].max() + 1)
        edge: style.Look = dict(markeredgecolor=style.GREY, markeredgewidth=0.5)
        classes = set(table.loc[table["status"].notna() & ~table["attained"], "probability"].map(chance_class))
        entries = [
            (style.square(ATTAINED), text("commune_map.attained", lang)),
            *(
                (style.square(color, **edge), text(f"commune_map.{name}", lang))
                for name, color in reversed(CHANCE_SHADES.items())
                if name in classes
            ),
            (URBAN, text("commune_map.urban", lang)),
            (dict(color=BORDER, linewidth=1.3), text("commune_map.district", lang)),
        ]
        style.key(figure, entries, ncols=3, labelspacing=0.45)
        return figure


def _commune_tile(axes: Axes, row: Any, lang: str) -> None:
    name, is_rural = area_name(row.area, lang), row.status == row.status  # towns and wards have no NTM state
    words = textwrap.fill(name, 7)
    if not is_rural:
        is_district = row.district not in DISTRICT_NAMES and name == area_name(row.district, lang)
        ink: style.Look = dict(color=BORDER, fontweight="bold") if is_district else dict(color=style.GREY)
        shapes.tile(axes, row.row, row.col, "white", words, 0.05, ink, **URBAN)
    elif row.attained:
        shapes.tile(axes, row.row, row.col, ATTAINED, f"{words}\n{SYMBOLS[row.status]}", 0.05)
    else:
        shapes.tile(axes, row.row, row.col, CHANCE_SHADES[chance_class(row.probability)], words, 0.05)


def _district_lines(axes: Axes, table: pd.DataFrame) -> None:
    """Thick lines between neighbouring tiles of different districts, so that districts can be told apart."""
    home = {(row.row, row.col): row.district for row in style.each(table)}
    for (row, col), district in home.items():
        right, below = home.get((row, col + 1), district), home.get((row + 1, col), district)
        if right != district:
            axes.plot([col + 1] * 2, [row, row + 1], color=BORDER, linewidth=1.3, zorder=5)
        if below != district:
            axes.plot([col, col + 1], [row + 1] * 2, color=BORDER, linewidth=1.3, zorder=5)


def commune_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Counts by how a commune's state is known, and of the open ones by class of chance."""
    rural = table[table["status"].notna()]
    remaining = rural[~rural["attained"]]
    classes = remaining["probability"].map(chance_class).value_counts().reindex(list(CHANCE_SHADES), fill_value=0)
    sizes = dict(rural=len(rural), urban=len(table) - len(rural), remaining=len(remaining))
    sizes |= dict(attained=int(rural["attained"].sum()), imputed=int((rural["status"] == "imputed").sum()))
    return dict(**sizes, likely=int((remaining["probability"] >= 0.5).sum()), classes=Lookup(classes))


def district_table(obs: pd.DataFrame, year: int | None = None) -> pd.DataFrame:
    """Rate of each district at the end of 2021 and of a year, default the last known one, with how it is known.

    Raises KontumError for a year of which nothing is known.
    """
    panel = estimate_panel(obs).panel
    first, last = panel["year"].min(), panel["year"].max()
    if year is not None and not first <= year <= last:
        raise KontumError("error.map.year", found=year, first=first, last=last)
    rows = panel[panel["year"].isin([first, year or last]) & panel["area"].isin(shapes.positions())]
    rows = rows.rename(columns={"status_rate": "status", "rate_q10": "q10", "rate_q90": "q90"})
    return rows[["area", "year", "rate", "q10", "q90", "status"]].reset_index(drop=True)


def map_key(figure: style.Page, lang: str, statuses: pd.Series) -> None:
    """What the symbols before a rate mean, and the thick border, in a second row under the heading.

    statuses: of the rates shown; the symbol of an office's figure is explained only where there is one.
    """
    poor = style.square("white", markeredgecolor=style.BLACK, markeredgewidth=1.6)
    symbols = [status for status in SYMBOLS if status != "office" or status in set(statuses)]
    entries = [(style.MARKERS[status], text(f"district_map.{status}", lang)) for status in symbols]
    style.key(figure, [*entries, (poor, text("district_map.poor", lang))], 0.72)


def rate_words(row: Any, lang: str) -> str:
    """The name of a district, its rate with the symbol of how it is known, and the 80 % interval of an estimate."""
    lines = [area_name(row.area, lang), f"{SYMBOLS[row.status]} {number(100 * row.rate, 1, lang)}%"]
    if row.q90 == row.q90:
        lines.append(f"({number(100 * row.q10, 1, lang)}–{number(100 * row.q90, 1, lang)})")
    return "\n".join(lines)


def draw_district(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Two maps side by side with one scale; the symbol before a rate says how it is known."""
    places = shapes.positions()
    with style.canvas(heading, lang, height_cm=9.6, left=0.3, right=0.3, top=2.0, bottom=0.9, wspace=0.04) as figure:
        for axes, year in zip(figure.subplots(1, 2), sorted(table["year"].unique()), strict=True):
            for row in style.each(table[table["year"] == year]):
                edge = shapes.POOR_EDGE if row.area in poor_districts() else {}
                shapes.tile(axes, *places[row.area], rate_shade(row.rate), rate_words(row, lang), 0.04, **edge)
            axes.set_title(text("district_map.year", lang, year=year))
            shapes.tile_map(axes, 4, 4)
        rate_key(figure, lang)
        map_key(figure, lang, table["status"])
        return figure


def district_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Rates by area and year, the highest in both years, and how many districts stand at a fifth or more."""
    rates, limit = table.pivot(index="area", columns="year", values="rate"), RATES[2]
    years = dict(first=table["year"].min(), last=table["year"].max())
    tops = dict(first_top=rates[years["first"]].idxmax(), top=rates[years["last"]].idxmax())
    estimated = int((table["status"] == "estimated").sum())
    high = Lookup((rates >= limit).sum(), years)
    return label_values(
        table, lang, {"rate": "area year"}, **years, **tops, limit=limit, high=high, estimated=estimated
    )
