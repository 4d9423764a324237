"""Figures of the published data themselves: what is known for which area and year; end-2021."""

import pandas as pd
from matplotlib.axes import Axes

from ..base.words import Lookup, join_names, number, text
from ..data.areas import PROVINCE, area_list, area_name, districts, poor_districts
from ..data.observations import select
from ..poverty.districts import FIRST_YEAR, STANDARD
from . import shapes, style
from .facts import label_values
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
KINDS = ["published", "derived", "office", "unsure", "bound", "none"]  # the best that is known of a cell, best first

SURE = KINDS[:3]


def coverage_table(obs: pd.DataFrame) -> pd.DataFrame:
    """What is published for every area, year, standard and indicator.

    kind: the best figure of the cell (published, derived, office, unsure, bound, none); figures: how many there are.
    The years of a standard run from its first figure to its last, those of the standard in force to the last year for
    which any area of the country has a figure.
    """
    areas = [PROVINCE, *districts()]
    rows = obs[obs["indicator"].isin(INDICATORS) & obs["standard"].isin(STANDARDS)]
    rows = rows.assign(year=rows["time_period"].str[:4].astype(int))
    our_rows = rows[rows["ref_area"].isin(areas)]
    statuses = ["bound" if row.bound in ("at_least", "at_most") else status_of(row) for row in style.each(our_rows)]
    our_rows = our_rows.assign(rank=[KINDS.index(status) for status in statuses])
    best = our_rows.groupby(["standard", "year", "indicator", "ref_area"])["rank"].agg(["min", "size"])
    cells = []
    for standard in STANDARDS:
        years = (rows if standard == STANDARD else our_rows).query("standard == @standard")["year"]
        cells += [(standard, y, i, a) for y in range(years.min(), years.max() + 1) for i in INDICATORS for a in areas]
    index = pd.MultiIndex.from_tuples(cells, names=["standard", "year", "indicator", "area"])
    best = best.rename_axis(index.names).reindex(index).reset_index()
    best["kind"] = [KINDS[int(rank)] for rank in best["min"].fillna(KINDS.index("none"))]
    best["figures"] = best["size"].fillna(0).astype(int)
    return best[["area", "indicator", "standard", "year", "kind", "figures"]]


COVERAGE_MARKERS: dict[str, style.Look] = {
    "published": dict(marker="s", color=style.BLACK, markersize=6, linestyle="none"),
    "derived": dict(marker="s", color=style.BLACK, markerfacecolor="white", markersize=5.6, linestyle="none"),
    "office": style.OFFICE,
    "unsure": style.UNSURE,
    "bound": dict(marker="_", color=style.RED, markersize=6, markeredgewidth=1.6, linestyle="none"),
}


def draw_coverage(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """One panel an indicator: areas down, years across, grouped by the poverty standard of the figure."""
    columns = list(dict.fromkeys(zip(table["standard"], table["year"], strict=True)))
    gap = 0.7  # between two standards, so that no eye runs across the change
    place = {column: i + gap * STANDARDS.index(column[0]) for i, column in enumerate(columns)}
    areas = list(dict.fromkeys(table["area"]))
    kinds = [kind for kind in COVERAGE_MARKERS if kind != "office" or kind in set(table["kind"])]
    top = 1.35 if "office" not in kinds else 1.7  # for a key of two rows
    with style.canvas(
        heading, lang, height_cm=16.6, left=2.1, right=0.3, top=top, bottom=1.7, wspace=0.05, hspace=0.26
    ) as figure:
        grid = figure.subplots(3, 2, sharex=True, sharey=True)
        for axes, name in zip(grid.T.ravel(), INDICATORS, strict=True):
            _coverage_panel(axes, table[table["indicator"] == name], place, areas)
            axes.set_title(text(f"indicator.{name}", lang), pad=13, fontsize=8)
            for standard in STANDARDS:
                x = [at for (of, _), at in place.items() if of == standard]
                words, middle = text(f"standard_short.{standard}", lang), (min(x) + max(x)) / 2
                axes.text(middle, -0.75, words, ha="center", va="bottom", fontsize=style.SMALL, color=style.GREY)
        grid[0, 0].set_yticks(range(len(areas)), [area_name(code, lang) for code in areas])
        for axes in grid[-1]:
            axes.set_xticks(list(place.values()), [str(year) for _, year in columns], rotation=90, fontsize=style.SMALL)
        style.key(figure, [(COVERAGE_MARKERS[kind], text(f"coverage.{kind}", lang)) for kind in kinds])
        return figure


def _coverage_panel(axes: Axes, rows: pd.DataFrame, place: dict[tuple[str, int], float], areas: list[str]) -> None:
    axes.bar(list(place.values()), len(areas), width=0.92, bottom=-0.5, color=style.PALE, zorder=0)
    for kind, look in COVERAGE_MARKERS.items():
        cells = rows[rows["kind"] == kind]
        x = [place[column] for column in zip(cells["standard"], cells["year"], strict=True)]
        axes.plot(x, [areas.index(code) for code in cells["area"]], **look)
    axes.axhline(0.5, color=style.GREY, linewidth=0.6)
    axes.set(xlim=(-0.7, max(place.values()) + 0.7), ylim=(len(areas) - 0.5, -0.6))
    axes.grid(False)
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)


def coverage_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Cells by what is known of them, and for how many districts a rate is known in each year of the standard."""
    is_known = table["kind"].isin(SURE)
    rates = table[(table["indicator"] == "poverty_rate_pct") & (table["standard"] == STANDARD)]
    rates = rates[rates["area"] != PROVINCE]
    count = rates["kind"].isin(SURE).groupby(rates["year"]).sum()
    full, last = count.index[count == len(districts())], count.index[count > 0].max()
    years = dict(opening=FIRST_YEAR, next=FIRST_YEAR + 1, last=last)
    count = count.reindex(range(FIRST_YEAR, max(count.index.max(), FIRST_YEAR + 1) + 1), fill_value=0)
    kinds = table["kind"].value_counts().reindex(KINDS, fill_value=0)
    lookups = dict(known_districts=Lookup(count, years), kinds=Lookup(kinds))
    sizes = dict(areas=table["area"].nunique(), districts=len(districts()), cells=len(table), known=is_known.sum())
    ends = dict(first=table["year"].min(), end=table["year"].max(), last_known=table.loc[is_known, "year"].max())
    case = "never" if full.empty else "all" if last in full else "some"
    words = dict(full=join_names(map(str, full), lang), case=case)
    return dict(**years, **lookups, **sizes, **ends, **words, share=is_known.mean())


BASELINE = {  # column -> its indicator, and where its numbers end right of the axes, as a part of their width
    "rate": ("poverty_rate_pct", 1.2),
    "dtts_rate": ("dtts_poverty_rate_pct", 1.42),
    "poor_households": ("poor_households", 1.68),
    "dtts_poor_households": ("dtts_poor_households", 1.89),
}


def baseline_table(obs: pd.DataFrame) -> pd.DataFrame:
    """End-2021, new standard: rates (fractions) and counts of the province and districts, each with its status."""
    table = pd.DataFrame({"area": [PROVINCE, *districts()]})
    for column, (indicator, _) in BASELINE.items():
        rows = select(obs, indicator, standard=STANDARD)
        rows = rows[(rows["time_period"] == f"{FIRST_YEAR}-12-31") & (rows["bound"] == "exact")]
        scale = 0.01 if indicator.endswith("_pct") else 1
        values = {row.ref_area: (row.obs_value * scale, status_of(row)) for row in style.each(rows)}
        table[[column, f"status_{column}"]] = [values.get(area, (float("nan"), "none")) for area in table["area"]]
    table["is_poor_district"] = table["area"].isin(poor_districts())
    return table.infer_objects().sort_values("rate", ascending=False, kind="stable").reset_index(drop=True)


_ALL_MARKS, _DTTS = {s: style.MARKERS[s] for s in SURE}, dict(marker="s", color=style.BLUE)
_DTTS_MARKS: dict[str, style.Look] = {
    "published": dict(style.PUBLISHED, **_DTTS, markerfacecolor=style.BLUE),
    "derived": dict(style.DERIVED, **_DTTS),
    "office": dict(style.OFFICE, color=style.BLUE, markerfacecolor=style.BLUE),
}


def draw_baseline(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Dots by district, highest first, the province below; rates and counts of poor households in columns beside."""
    province = table["area"] == PROVINCE
    rows = pd.concat([table[~province], table[province]], ignore_index=True)
    with style.canvas(heading, lang, height_cm=9.8, left=2.3, right=6.7, top=1.75, bottom=1.7) as figure:
        axes = figure.subplots()
        for r in style.each(rows):
            if r.is_poor_district:
                axes.axhspan(r.Index - 0.5, r.Index + 0.5, color=style.PALE, zorder=0)
            axes.plot([r.rate, r.dtts_rate], [r.Index, r.Index], color=style.LIGHT, linewidth=2, zorder=1)
            axes.plot([r.rate], [r.Index], zorder=3, **_ALL_MARKS[r.status_rate])
            axes.plot([r.dtts_rate], [r.Index], zorder=3, **_DTTS_MARKS[r.status_dtts_rate])
        shapes.rows_of_dots(axes, [area_name(code, lang) for code in rows["area"]], list(rows["is_poor_district"]))
        axes.axhline(len(rows) - 1.5, color=style.BLACK, linewidth=0.8)
        axes.set(xlim=(0, 0.62), xlabel=text("baseline.axis", lang, year=FIRST_YEAR))
        style.number_axis(axes.xaxis, lang, scale=100)
        for column, (_, x) in BASELINE.items():
            scale, decimals = (100, 2) if column.endswith("rate") else (1, 0)
            cells = [number(scale * value, decimals, lang) for value in rows[column]]
            derived = rows[f"status_{column}"] == "derived"
            looks: list[style.Look] = [{"fontstyle": "italic" if is_derived else "normal"} for is_derived in derived]
            shapes.column_beside(axes, x, text(f"baseline.{column}", lang), cells, looks)
        series = [(_ALL_MARKS, "rate", "all"), (_DTTS_MARKS, "dtts_rate", "dtts")]
        entries = [
            (marks[status], text(f"baseline.{group}_{status}", lang))
            for marks, column, group in series
            for status in marks
            if status in set(rows[f"status_{column}"])
        ]
        style.key(figure, entries)
        return figure


def baseline_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """The province, the extremes and how much of the poor live in the three poor districts."""
    rows = table[table["area"] != PROVINCE]
    poor, province = rows[rows["is_poor_district"]], table.set_index("area").loc[PROVINCE]
    poor_share = poor["poor_households"].sum() / province["poor_households"]
    dtts_share = province["dtts_poor_households"] / province["poor_households"]
    shares = dict(poor_share=poor_share, dtts_share=dtts_share)
    shares |= dict(poor_low=poor["rate"].min(), poor_high=poor["rate"].max())
    published = area_list(rows.loc[rows["status_rate"] == "published", "area"], lang)
    names = dict(poor_names=area_list(poor["area"], lang), published=published)
    ends = dict(highest=rows["area"].iloc[0], lowest=rows["area"].iloc[-1], year=FIRST_YEAR)
    return label_values(table, lang, dict.fromkeys(BASELINE, "area"), **ends, **shares, **names)
