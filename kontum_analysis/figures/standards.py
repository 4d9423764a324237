"""Figures of the two poverty standards, kept apart: the province before and after end-2021, the districts before."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from ..base.words import text
from ..data.areas import PROVINCE, area_list, area_name, districts
from ..data.preference import row_status
from ..poverty.districts import FIRST_YEAR, STANDARD
from . import shapes, style
from .facts import label_values

OLD_STANDARD = "MDP_2016_2020"
BOUNDS = ("at_least", "at_most")
VALUES = ("published", "office")


def status_of(row: Any) -> str:
    """What a figure may be shown as: published, derived, office, unsure (low reliability), or the bound it states."""
    if row.bound in BOUNDS:
        return str(row.bound)
    return row_status(row.obs_status, row.source_id)


def _rates(obs: pd.DataFrame) -> pd.DataFrame:
    rows = obs[(obs["indicator"] == "poverty_rate_pct") & obs["standard"].isin([OLD_STANDARD, STANDARD])]
    statuses = [status_of(row) for row in style.each(rows)]
    rates = rows["obs_value"].fillna(rows["bound_value"]) / 100
    return rows.assign(year=rows["time_period"].str[:4].astype(int), status=statuses, rate=rates)


def break_table(obs: pd.DataFrame) -> pd.DataFrame:
    """The province's rates under the two multidimensional standards: values, and bounds where no value is known."""
    rows = _rates(obs)
    rows = rows[rows["ref_area"] == PROVINCE]
    values = rows[rows["preferred"]]
    bounds = rows[rows["bound_value"].notna()].assign(rate=lambda r: r["bound_value"] / 100)
    with_value = set(zip(values["standard"], values["year"], strict=True))
    bounds = bounds[[pair not in with_value for pair in zip(bounds["standard"], bounds["year"], strict=True)]]
    bounds = bounds.drop_duplicates(["standard", "year", "status", "rate"])
    table = pd.concat([values, bounds]).sort_values(["standard", "year"])
    return table[["standard", "year", "status", "rate", "source_id"]].reset_index(drop=True)


def draw_break(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Two blocks side by side, one a standard, with nothing drawn across the gap at the end of 2021."""
    with style.canvas(heading, lang, height_cm=9.2, top=0.9, bottom=1.6) as figure:
        axes = figure.subplots()
        top, middle = 1.38 * table["rate"].max(), FIRST_YEAR - 0.5
        edges = {OLD_STANDARD: (table["year"].min() - 0.6, middle), STANDARD: (middle, table["year"].max() + 0.6)}
        for standard, color in ((OLD_STANDARD, style.PALE), (STANDARD, "#E3F1FA")):
            left, right = edges[standard]
            axes.axvspan(left, right, color=color, linewidth=0, zorder=0)
            words = text(f"standard.{standard}", lang)
            axes.text(left + 0.12, top * 0.975, words, va="top", fontsize=7.5, fontweight="bold")
            rows = table[table["standard"] == standard]
            values = rows[rows["status"].isin(VALUES)]
            axes.plot(values["year"], values["rate"], color=style.GREY, linewidth=1)
            style.known_points(axes, values)
            for row in style.each(values):
                words = text("value.percent", lang, v=row.rate)
                is_last = row.year == values["year"].max()
                beside: style.Look = dict(dx=-2, dy=-10, ha="right") if is_last else dict(dx=3, dy=9)
                style.note(axes, row.year, row.rate, words, fontsize=7.5, **beside)
            for row in style.each(rows[rows["status"].isin(BOUNDS)]):
                _bound(axes, row, lang)
        axes.axvline(middle, color=style.RED, linewidth=1.2, linestyle=(0, (4, 2)))
        words = text("break.explained", lang, year=FIRST_YEAR)
        axes.text(middle + 0.12, top * 0.85, words, va="top", fontsize=7, color=style.INK[style.RED], linespacing=1.3)
        axes.set_xticks(range(table["year"].min(), table["year"].max() + 1))
        axes.set(xlim=(edges[OLD_STANDARD][0], edges[STANDARD][1]), ylim=(0, top))
        axes.set(xlabel=text("axis.year_end", lang), ylabel=text("unit.percent_of_households", lang))
        style.number_axis(axes.yaxis, lang, scale=100)
        style.status_key(figure, table["status"], lang)
        return figure


def _bound(axes: Axes, row: Any, lang: str) -> None:
    """A bound: a bar with an open arrow to the side on which the true value lies, and its sign with the number."""
    up, length = 1 if row.status == "at_least" else -1, 0.028
    axes.plot([row.year - 0.16, row.year + 0.16], [row.rate, row.rate], color=style.GREY, linewidth=1.2)
    axes.plot([row.year] * 2, [row.rate, row.rate + up * length], color=style.GREY, linewidth=1)
    axes.plot([row.year], [row.rate + up * length], **style.MARKERS[row.status])
    words = text(f"value.{row.status}", lang, v=row.rate)
    style.note(axes, row.year, row.rate, words, style.GREY, dy=-8 * up, ha="center")


def break_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """The rates by standard and year, and the first and last year of each."""
    values = table[table["status"].isin(VALUES)]
    bounds = table.loc[table["status"].isin(BOUNDS), "year"]
    old, new = (values.loc[values["standard"] == standard, "year"] for standard in (OLD_STANDARD, STANDARD))
    years = dict(old_first=old.min(), old_last=old.max(), new_first=new.min(), new_last=new.max())
    words = dict(old=OLD_STANDARD, new=STANDARD, bound_first=bounds.min(), bound_last=bounds.max())
    return label_values(values, lang, {"rate": "standard year"}, **years, **words)


OLD_YEARS = (2018, 2019, 2020)  # the years for which the province itself has values under the old standard


def old_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Rates of the districts and the province under the standard of 2016-2020, one row an area and year.

    status: published, office, unsure, at_least or at_most (rate is then the bound), or none where no figure was found.
    """
    rows = _rates(obs).query("standard == @OLD_STANDARD").sort_values("preferred", ascending=False, kind="stable")
    rows = rows.drop_duplicates(["ref_area", "year"]).set_index(["ref_area", "year"])
    cells = pd.MultiIndex.from_product([[PROVINCE, *districts()], OLD_YEARS], names=["area", "year"])
    table = rows[["status", "rate", "source_id"]].rename_axis(cells.names).reindex(cells).reset_index()
    return table.fillna({"status": "none", "source_id": ""})


def draw_old(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """One panel a year: the province on top, below it the districts' rates as far as they were found."""
    highest = table[table["area"] != PROVINCE].groupby("area")["rate"].max()
    order = [PROVINCE, *highest.sort_values(ascending=False, na_position="last").index]
    with style.canvas(heading, lang, height_cm=9.4, left=2.2, right=0.4, top=1.5, bottom=1.7, wspace=0.08) as figure:
        grid = figure.subplots(1, len(OLD_YEARS), sharex=True, sharey=True)
        for axes, year in zip(grid, OLD_YEARS, strict=True):
            _old_panel(axes, table[table["year"] == year], order, lang)
            axes.set_title(text("old.panel", lang, year=year), fontsize=8)
        grid[0].set_yticklabels([area_name(code, lang) for code in order])
        grid[1].set_xlabel(text("old.axis", lang))
        bounds = [(_sideways(s), text(f"key.{s}", lang)) for s in BOUNDS if s in set(table["status"])]
        style.status_key(figure, set(table["status"]) - set(BOUNDS), lang, bounds)
        return figure


def _sideways(status: str) -> style.Look:
    """The marker of a status where rates run across: a bound then points right or left."""
    arrows = {"at_least": ">", "at_most": "<"}
    return {**style.MARKERS[status], **({"marker": arrows[status]} if status in arrows else {})}


def _old_panel(axes: Axes, rows: pd.DataFrame, order: list[str], lang: str) -> None:
    shapes.rows_of_dots(axes, order, [code == PROVINCE for code in order])
    axes.axhline(0.5, color=style.BLACK, linewidth=0.8)
    for row in style.each(rows):
        y = order.index(row.area)
        if row.status == "none":
            style.note(axes, 0.65, y, text("old.none", lang), style.GREY, ha="right", fontstyle="italic")
            continue
        axes.plot([row.rate], [y], zorder=3, **_sideways(row.status))
        bound = row.status if row.status in BOUNDS else "exact"
        style.note(axes, row.rate, y, text(f"value.{bound}", lang, v=row.rate), dx=6)
    axes.set_xlim(0, 0.68)
    style.number_axis(axes.xaxis, lang, scale=100)
    axes.set_xticks([0, 0.2, 0.4, 0.6])


def old_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """How many district cells hold a value, and the extremes."""
    rows = table[table["area"] != PROVINCE]
    values, years = rows[rows["status"].isin([*VALUES, "unsure"])], len(OLD_YEARS)
    without = [str(area) for area, cells in rows.groupby("area") if (cells["status"] == "none").all()]
    sizes = dict(cells=len(rows), values=len(values), districts=rows["area"].nunique(), years=years)
    sizes |= dict(sure=(rows["status"] == "published").sum(), bounds=rows["status"].isin(BOUNDS).sum())
    sizes |= dict(complete=(values["area"].value_counts() == years).sum(), new_first=FIRST_YEAR)
    top = values.iloc[values["rate"].argmax()]
    ends = dict(first=rows["year"].min(), last=rows["year"].max(), top=top["area"], top_year=top["year"])
    return label_values(rows, lang, {"rate": "area year"}, **sizes, **ends, nothing=area_list(without, lang) or "–")
