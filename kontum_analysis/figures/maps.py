"""Tile-grid maps: every district or commune a square, about where it lies; no boundary file is needed."""

import textwrap
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ..base.words import number, text
from ..data.areas import area_name, poor_districts, register
from ..data.observations import raw_tables
from ..ntm.attainment import project_ntm
from ..poverty.estimates import estimate_panel
from . import style
from .tiles import positions

CHANCES = (0.2, 0.4, 0.6, 0.8)
RATES = (0.05, 0.10, 0.20, 0.40)
SHADES = ("#F7FBFF", "#C6DBEF", "#84BCDB", "#3D8BC3", "#0B4A8F")
BORDERS: dict[str, style.Look] = {
    "published": dict(linewidth=1.5, edgecolor="black"),
    "derived": dict(linewidth=1.5, edgecolor="black"),
    "imputed": dict(linewidth=0.5, edgecolor=style.GREY),
}
INK = "#A33F00"  # names and borders of districts
DISTRICT_NAMES = {  # column, row and side of a name beside its district; the two others stand at towns of the same name
    "610": (6.05, 0.5, "left"),
    "611": (1.95, 5.5, "right"),
    "617": (7.05, 3.5, "left"),
    "613": (10.05, 4.5, "left"),
    "614": (10.05, 10.3, "left"),
    "608": (9.05, 12.5, "left"),
    "616": (1.95, 9.5, "right"),
    "618": (0.95, 12.5, "right"),
}
SYMBOLS = {"published": "●", "derived": "○", "estimated": "◇"}


def _shade(value: float, limits: Sequence[float]) -> str:
    return SHADES[sum(value >= limit for limit in limits)]


def _ink(value: float, limits: Sequence[float]) -> str:
    return "white" if value >= limits[2] else "black"


def _scale(figure: Figure, limits: Sequence[float], lang: str, title: str) -> None:
    """The classes of a map as a row of squares under the title."""
    bounds = [0, *limits]
    entries = []
    for index, low in enumerate(bounds):
        high = bounds[index + 1] if index + 1 < len(bounds) else None
        span = (
            f"{number(100 * low, 0, lang)}–{number(100 * high, 0, lang)}" if high else f"≥ {number(100 * low, 0, lang)}"
        )
        entries.append(
            (
                dict(
                    marker="s",
                    markersize=6,
                    color=SHADES[index],
                    markeredgecolor=style.GREY,
                    markeredgewidth=0.5,
                    linestyle="none",
                ),
                span,
            )
        )
    style.key(figure, [(dict(linestyle="none"), title), *entries], below_top_cm=0.75)


def commune_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Each of the 102 communes: tile, district, whether rural, how its state is known, probability of attaining by
    end-2025.
    """
    grid = raw_tables()["tile_grid"]
    grid = grid[(grid["level"] == "commune") & (grid["vintage"] == "2020")].set_index("code")
    communes = register("2020", "commune").set_index("code")
    found = project_ntm(obs, pace=1.5, draws=4000).communes.set_index("code")
    named = found["attained_by"].fillna("").astype(str) != ""
    table = pd.DataFrame(
        dict(
            row=grid["row"].astype(int),
            col=grid["col"].astype(int),
            district=communes["parent_code"],
            kind=communes["type"],
            status=found["status"],
            attained=named.reindex(communes.index, fill_value=False),
            probability=found["p_attained_end"],
        )
    )
    table["status"] = table["status"].mask(table["attained"] & (table["status"] == "imputed"), "published")
    return table.rename_axis("area").reset_index()


def draw_commune(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """A square for each commune, darker where attaining is likelier; its border says how its state is known."""
    rows, columns = table["row"].max() + 1, table["col"].max() + 1
    with style.canvas(title, lang, height_cm=20.5, left=0.3, right=0.3, top=2.3, bottom=0.8) as figure:
        axes = figure.subplots()
        for r in style.each(table):
            rural = r.status == r.status  # towns and wards have no NTM state
            face = _shade(r.probability, CHANCES) if rural else "white"
            border = BORDERS[r.status] if rural else dict(linewidth=0.5, edgecolor=style.LIGHT, hatch="////")
            axes.add_patch(Rectangle((r.col + 0.05, r.row + 0.05), 0.9, 0.9, facecolor=face, **border))
            name = area_name(r.area, lang)
            words = textwrap.fill(name, 7)
            named = not rural and r.district not in DISTRICT_NAMES and name == area_name(r.district, lang)
            ink = _ink(r.probability, CHANCES) if rural else INK if named else style.GREY
            if rural:
                known = f"{SYMBOLS.get(r.status, '')} {text('commune_map.attained', lang)}"
                words += "\n" + (known if r.attained else f"{number(100 * r.probability, 0, lang)}%")
            axes.text(
                r.col + 0.5,
                r.row + 0.5,
                words,
                ha="center",
                va="center",
                fontsize=style.SMALL,
                color=ink,
                fontweight="bold" if named else "normal",
                linespacing=0.98,
            )
        _district_lines(axes, table)
        for code, (x, y, side) in DISTRICT_NAMES.items():
            axes.text(x, y, area_name(code, lang), ha=side, va="center", fontsize=7.5, fontweight="bold", color=INK)
        axes.set_xlim(-0.05, columns + 0.05)
        axes.set_ylim(rows + 0.05, -0.05)
        axes.axis("off")
        _scale(figure, CHANCES, lang, text("commune_map.scale", lang))
        boxes = dict(
            marker="s", markersize=7, color="white", markeredgecolor=style.GREY, markeredgewidth=0.5, linestyle="none"
        )
        marks = [
            (style.PUBLISHED, text("commune_map.published", lang)),
            (style.DERIVED, text("commune_map.derived", lang)),
            (boxes, text("commune_map.imputed", lang)),
            (dict(color=INK, linewidth=1.3), text("commune_map.district", lang)),
        ]
        style.key(figure, marks, below_top_cm=1.35)
        return figure


def _district_lines(axes: Axes, table: pd.DataFrame) -> None:
    """Thick lines between neighbouring tiles of different districts, so that districts can be told apart."""
    home = {(r.row, r.col): r.district for r in style.each(table)}
    for (row, col), district in home.items():
        for dr, dc, line in (
            (0, 1, ((col + 1, col + 1), (row, row + 1))),
            (1, 0, ((col, col + 1), (row + 1, row + 1))),
        ):
            other = home.get((row + dr, col + dc))
            if other is not None and other != district:
                axes.plot(*line, color=INK, linewidth=1.3, zorder=5)


def commune_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Counts by how a commune's state is known, and how many are more likely than not."""
    rural = table[table["status"].notna()]
    open_ = rural[~rural["attained"]]
    return dict(
        rural=len(rural),
        attained=int(rural["attained"].sum()),
        imputed=int((rural["status"] == "imputed").sum()),
        likely=int((open_["probability"] >= 0.5).sum()),
        open=len(open_),
        urban=len(table) - len(rural),
    )


def district_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Rate of each district at the end of 2021 and of the last known year, with how it is known."""
    panel = estimate_panel(obs).panel
    last = panel["year"].max()
    rows = panel[panel["year"].isin([2021, last]) & panel["area"].isin(positions())]
    return (
        rows[["area", "year", "rate", "rate_q10", "rate_q90", "status_rate"]]
        .rename(columns={"status_rate": "status", "rate_q10": "q10", "rate_q90": "q90"})
        .reset_index(drop=True)
    )


def draw_district(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """Two maps side by side with one scale; the symbol before a rate says how it is known."""
    at = positions()
    with style.canvas(title, lang, height_cm=9.8, left=0.3, right=0.3, top=2.5, bottom=0.9, wspace=0.04) as figure:
        for axes, year in zip(figure.subplots(1, 2), sorted(table["year"].unique()), strict=True):
            for r in style.each(table[table["year"] == year]):
                row, col = at[r.area]
                axes.add_patch(
                    Rectangle(
                        (col + 0.03, row + 0.03),
                        0.94,
                        0.94,
                        facecolor=_shade(r.rate, RATES),
                        edgecolor=style.GREY,
                        linewidth=0.5,
                    )
                )
                name = area_name(r.area, lang) + ("*" if r.area in poor_districts() else "")
                words = f"{name}\n{SYMBOLS[r.status]} {number(100 * r.rate, 1, lang)}%"
                if r.status == "estimated":
                    words += f"\n({number(100 * r.q10, 1, lang)}–{number(100 * r.q90, 1, lang)})"
                ink = _ink(r.rate, RATES)
                axes.text(col + 0.5, row + 0.5, words, ha="center", va="center", fontsize=7, color=ink, linespacing=1.2)
            axes.set_title(text("district_map.year", lang, year=year))
            axes.set_xlim(-0.05, 4.05)
            axes.set_ylim(4.05, -0.05)
            axes.axis("off")
        _scale(figure, RATES, lang, text("district_map.scale", lang))
        style.key(figure, [(style.MARKERS[s], text(f"district_map.{s}", lang)) for s in SYMBOLS], below_top_cm=1.3)
        return figure


def district_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """The highest rate in both years and the number of estimates."""
    last = table[table["year"] == table["year"].max()]
    first = table[table["year"] == table["year"].min()]
    return dict(
        year=int(last["year"].iloc[0]),
        first_year=int(first["year"].iloc[0]),
        top=area_name(last.loc[last["rate"].idxmax(), "area"], lang),
        top_rate=last["rate"].max(),
        first_rate=first["rate"].max(),
        estimated=int((last["status"] == "estimated").sum()),
    )
