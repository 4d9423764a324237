"""Figures of the published data themselves: what is known for which area and year; end-2021."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..base.words import number, text
from ..data.areas import PROVINCE, area_list, area_name, districts, poor_districts
from ..data.observations import select
from ..poverty.districts import FIRST_YEAR, STANDARD
from . import style
from .standards import OLD_STANDARD, status_of

INDICATORS = [
    "poverty_rate_pct",
    "near_poor_rate_pct",
    "dtts_poverty_rate_pct",
    "poor_households",
    "near_poor_households",
    "dtts_poor_households",
]
STANDARDS = ["INCOME_2006_2010", "INCOME_2011_2015", OLD_STANDARD, STANDARD]
KINDS = ["published", "derived", "unsure", "bound", "none"]  # the best that is known of a cell, best first


def coverage_table(obs: pd.DataFrame) -> pd.DataFrame:
    """What is published for every area, year, standard and indicator.

    kind: the best figure of the cell (published, derived, unsure, bound, none); figures: how many there are.
    The years of a standard run from its first figure to its last, those of the standard in force to the last year
    for which any area of the country has a figure.
    """
    areas = [PROVINCE, *districts()]
    rows = obs[obs["indicator"].isin(INDICATORS) & obs["standard"].isin(STANDARDS)]
    rows = rows.assign(year=rows["time_period"].str[:4].astype(int))
    ours = rows[rows["ref_area"].isin(areas)]
    kind = [status_of(r) for r in style.each(ours)]
    ours = ours.assign(rank=[KINDS.index("bound" if k in ("at_least", "at_most") else k) for k in kind])
    best = ours.groupby(["ref_area", "indicator", "standard", "year"])["rank"].agg(["min", "size"])
    found, cells = best.to_dict("index"), []
    for standard in STANDARDS:
        years = (rows if standard == STANDARD else ours).query("standard == @standard")["year"]
        for year in range(years.min(), years.max() + 1):
            for name in INDICATORS:
                for code in areas:
                    cell = found.get((code, name, standard, year), {"min": KINDS.index("none"), "size": 0})
                    cells.append((code, name, standard, year, KINDS[cell["min"]], cell["size"]))
    return pd.DataFrame(cells, columns=["area", "indicator", "standard", "year", "kind", "figures"])


COVERAGE_MARKERS = {
    "published": dict(marker="s", color=style.BLACK, markerfacecolor=style.BLACK, markersize=6, linestyle="none"),
    "derived": dict(marker="s", color=style.BLACK, markerfacecolor="white", markersize=5.6, linestyle="none"),
    "unsure": style.UNSURE,
    "bound": dict(marker="_", color=style.RED, markersize=6, markeredgewidth=1.6, linestyle="none"),
}


def draw_coverage(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """One panel an indicator: areas down, years across, grouped by the poverty standard of the figure."""
    columns = list(dict.fromkeys(zip(table["standard"], table["year"], strict=True)))
    gap = 0.7  # between two standards, so that no eye runs across the change
    place = {c: i + gap * STANDARDS.index(c[0]) for i, c in enumerate(columns)}
    areas = list(dict.fromkeys(table["area"]))
    with style.canvas(
        title, lang, height_cm=17.2, left=2.0, right=0.3, top=2.0, bottom=1.7, wspace=0.05, hspace=0.2
    ) as figure:
        grid = figure.subplots(3, 2, sharex=True, sharey=True)
        for axes, name in zip(grid.T.ravel(), INDICATORS, strict=True):
            _coverage_panel(axes, table[table["indicator"] == name], place, areas)
            axes.set_title(text(f"indicator.{name}", lang), pad=13, fontsize=8)
            for standard in STANDARDS:
                x = [at for (s, _), at in place.items() if s == standard]
                words = text(f"standard_short.{standard}", lang)
                middle = (min(x) + max(x)) / 2
                axes.text(middle, -0.75, words, ha="center", va="bottom", fontsize=style.SMALL, color=style.GREY)
        grid[0, 0].set_yticks(range(len(areas)), [area_name(code, lang) for code in areas])
        for axes in grid[-1]:
            axes.set_xticks(list(place.values()), [str(year) for _, year in columns], rotation=90, fontsize=style.SMALL)
        entries = [(mark, text(f"coverage.{kind}", lang)) for kind, mark in COVERAGE_MARKERS.items()]
        style.key(figure, entries)
        return figure


def _coverage_panel(axes: Axes, rows: pd.DataFrame, place: dict[tuple[str, int], float], areas: list[str]) -> None:
    axes.bar(list(place.values()), len(areas), width=0.92, bottom=-0.5, color=style.PALE, zorder=0)
    for kind, mark in COVERAGE_MARKERS.items():
        cells = rows[rows["kind"] == kind]
        x = [place[c] for c in zip(cells["standard"], cells["year"], strict=True)]
        axes.plot(x, [areas.index(code) for code in cells["area"]], **mark)
    axes.axhline(0.5, color=style.GREY, linewidth=0.6)
    axes.set_ylim(len(areas) - 0.5, -0.6)
    axes.set_xlim(-0.7, max(place.values()) + 0.7)
    axes.grid(False)
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def coverage_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Shares of cells known, and the years in which all districts have a rate."""
    rate = table[(table["indicator"] == "poverty_rate_pct") & (table["area"] != PROVINCE)]
    stated = rate[rate["kind"].isin(["published", "derived"])]
    known = table["kind"].isin(["published", "derived"])
    count = stated.groupby(["standard", "year"])["area"].nunique()
    return dict(
        areas=table["area"].nunique(),
        districts=len(districts()),
        cells=len(table),
        known=known.sum(),
        share=known.mean(),
        bounds=(table["kind"] == "bound").sum(),
        first=table["year"].min(),
        last=table["year"].max(),
        last_known=table.loc[known, "year"].max(),
        full_year=FIRST_YEAR,
        full=count.get((STANDARD, FIRST_YEAR), 0),
        next_year=FIRST_YEAR + 1,
        next=count.get((STANDARD, FIRST_YEAR + 1), 0),
    )


def _end_of_first_year(obs: pd.DataFrame, indicator: str) -> dict[str, tuple[float, str]]:
    rows = select(obs, indicator, standard=STANDARD)
    rows = rows[(rows["time_period"] == f"{FIRST_YEAR}-12-31") & (rows["bound"] == "exact")]
    return {r.ref_area: (r.obs_value, status_of(r)) for r in style.each(rows)}


def baseline_table(obs: pd.DataFrame) -> pd.DataFrame:
    """End-2021, new standard: rates (fractions) and counts of the province and districts, each with its status."""
    columns = dict(
        rate="poverty_rate_pct",
        dtts_rate="dtts_poverty_rate_pct",
        poor_households="poor_households",
        dtts_poor_households="dtts_poor_households",
    )
    table = pd.DataFrame({"area": [PROVINCE, *districts()]})
    for column, indicator in columns.items():
        found = _end_of_first_year(obs, indicator)
        scale = 0.01 if indicator.endswith("_pct") else 1
        table[column] = [found[a][0] * scale if a in found else float("nan") for a in table["area"]]
        table[f"status_{column}"] = [found[a][1] if a in found else "none" for a in table["area"]]
    table["is_poor_district"] = table["area"].isin(poor_districts())
    return table.sort_values("rate", ascending=False, kind="stable").reset_index(drop=True)


DTTS_MARKERS = {
    "published": dict(style.PUBLISHED, marker="s", color=style.BLUE, markerfacecolor=style.BLUE),
    "derived": dict(style.DERIVED, marker="s", color=style.BLUE),
}


def draw_baseline(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """Dots by district, highest first: all households and ethnic-minority households; counts at the side."""
    rows = table[table["area"] != PROVINCE].reset_index(drop=True)
    province = table[table["area"] == PROVINCE].iloc[0]
    with style.canvas(title, lang, height_cm=10.2, left=2.3, right=4.3, top=2.3, bottom=1.7) as figure:
        axes = figure.subplots()
        for r in style.each(rows):
            if r.is_poor_district:
                axes.axhspan(r.Index - 0.5, r.Index + 0.5, color=style.PALE, zorder=0)
            axes.plot([r.rate, r.dtts_rate], [r.Index, r.Index], color=style.LIGHT, linewidth=2, zorder=1)
            axes.plot([r.rate], [r.Index], zorder=3, **style.MARKERS[r.status_rate])
            axes.plot([r.dtts_rate], [r.Index], zorder=3, **DTTS_MARKERS[r.status_dtts_rate])
            style.note(axes, r.rate, r.Index, number(100 * r.rate, 2, lang), dx=-6, ha="right")
            style.note(axes, r.dtts_rate, r.Index, number(100 * r.dtts_rate, 2, lang), style.BLUE, dx=6)
        _baseline_sides(axes, rows, province, lang)
        axes.axvline(province.rate, color=style.GREY, linewidth=0.9, linestyle="--", zorder=1)
        words = text("value.province", lang, v=province.rate)
        style.note(axes, province.rate, len(rows) - 0.5, words, style.GREY, dx=3, dy=5)
        labels = axes.set_yticks(range(len(rows)), [area_name(code, lang) for code in rows["area"]])
        for tick, poor in zip(labels, rows["is_poor_district"], strict=True):
            tick.label1.set_fontweight("bold" if poor else "normal")
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(-0.035, 0.62)
        style.rows_down(axes)
        style.number_axis(axes.xaxis, lang, scale=100)
        axes.set_xlabel(text("baseline.axis", lang, year=FIRST_YEAR))
        named = {"published": "baseline.all_published", "derived": "baseline.all_derived"}
        entries = [(style.MARKERS[s], text(k, lang)) for s, k in named.items() if s in set(rows["status_rate"])]
        entries += [
            (DTTS_MARKERS[s], text(f"baseline.dtts_{s}", lang)) for s in named if s in set(rows["status_dtts_rate"])
        ]
        style.key(figure, entries)
        return figure


def _baseline_sides(axes: Axes, rows: pd.DataFrame, province: Any, lang: str) -> None:
    """Counts of poor households in two columns at the right; a derived count is set in italics."""
    outside: style.Look = dict(transform=axes.transAxes, fontsize=7, fontweight="bold")
    for x, column in ((1.22, "poor_households"), (1.42, "dtts_poor_households")):
        axes.text(x, 1.025, text(f"baseline.{column}", lang), ha="right", va="bottom", linespacing=1.15, **outside)
        for r in style.each(rows):
            derived = getattr(r, f"status_{column}") == "derived"
            axes.annotate(
                number(getattr(r, column), 0, lang),
                (x, r.Index),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="center",
                fontsize=7,
                fontstyle="italic" if derived else "normal",
                annotation_clip=False,
            )
        axes.text(x, -0.04, number(province[column], 0, lang), ha="right", va="top", **outside)
    axes.text(1.02, -0.04, text("quotas.sum", lang), ha="left", va="top", **outside)


def baseline_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """The province, the extremes and how much of the poor live in the three poor districts."""
    province = table[table["area"] == PROVINCE].iloc[0]
    rows = table[table["area"] != PROVINCE]
    poor = rows[rows["is_poor_district"]]
    return dict(
        province=province.rate,
        dtts=province.dtts_rate,
        poor_households=province.poor_households,
        dtts_poor_households=province.dtts_poor_households,
        highest=rows["rate"].iloc[0],
        lowest=rows["rate"].iloc[-1],
        highest_name=area_name(rows["area"].iloc[0], lang),
        lowest_name=area_name(rows["area"].iloc[-1], lang),
        poor_names=area_list(poor["area"], lang),
        poor_low=poor["rate"].min(),
        poor_high=poor["rate"].max(),
        poor_share=poor["poor_households"].sum() / province.poor_households,
        dtts_share=province.dtts_poor_households / province.poor_households,
        year=FIRST_YEAR,
        published=area_list(rows.loc[rows["status_rate"] == "published", "area"], lang),
    )
