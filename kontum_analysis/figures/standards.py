"""Figures of the two poverty standards, kept apart: the province before and after end-2021, the districts before."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..base.words import text
from ..data.areas import PROVINCE, area_list, area_name, districts
from ..poverty.districts import FIRST_YEAR, STANDARD
from . import style

OLD_STANDARD = "MDP_2016_2020"


def status_of(row: Any) -> str:
    """What a figure may be shown as: published, derived, unsure (low reliability), or the bound it states."""
    if row.bound in ("at_least", "at_most"):
        return str(row.bound)
    return {"E": "derived", "U": "unsure"}.get(row.obs_status, "published")


def break_table(obs: pd.DataFrame) -> pd.DataFrame:
    """The province's rates under the two multidimensional standards: values, and bounds where no value is known."""
    rows = obs[(obs["ref_area"] == PROVINCE) & (obs["indicator"] == "poverty_rate_pct")]
    rows = rows[rows["standard"].isin([OLD_STANDARD, STANDARD])]
    rows = rows.assign(year=rows["time_period"].str[:4].astype(int), status=[status_of(r) for r in style.each(rows)])
    values = rows[rows["preferred"]].assign(rate=lambda r: r["obs_value"] / 100)
    bounds = rows[rows["bound_value"].notna()].assign(rate=lambda r: r["bound_value"] / 100)
    told = set(zip(values["standard"], values["year"], strict=True))
    bounds = bounds[[pair not in told for pair in zip(bounds["standard"], bounds["year"], strict=True)]]
    bounds = bounds.drop_duplicates(["standard", "year", "status", "rate"])
    found = pd.concat([values, bounds]).sort_values(["standard", "year"])
    return found[["standard", "year", "status", "rate", "source_id"]].reset_index(drop=True)


def draw_break(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """Two blocks side by side, one a standard, with nothing drawn across the gap at the end of 2021."""
    with style.canvas(title, lang, height_cm=9.6, top=1.5, bottom=1.6) as figure:
        axes = figure.subplots()
        top = 1.32 * table["rate"].max()
        middle = FIRST_YEAR - 0.5
        edges = {OLD_STANDARD: (table["year"].min() - 0.6, middle), STANDARD: (middle, table["year"].max() + 0.6)}
        for standard, color in ((OLD_STANDARD, style.PALE), (STANDARD, "#E3F1FA")):
            left, right = edges[standard]
            axes.axvspan(left, right, color=color, linewidth=0, zorder=0)
            words = text(f"standard.{standard}", lang)
            axes.text(left + 0.12, top * 0.975, words, va="top", fontsize=7.5, fontweight="bold")
            rows = table[table["standard"] == standard]
            values = rows[rows["status"] == "published"]
            axes.plot(values["year"], values["rate"], color=style.GREY, linewidth=1)
            style.known_points(axes, values)
            for row in style.each(values):
                words = text("value.percent", lang, v=row.rate)
                style.note(axes, row.year, row.rate, words, dx=6, dy=9, ha="center", fontsize=7.5)
            for row in style.each(rows[rows["status"].isin(["at_least", "at_most"])]):
                _bound(axes, row, lang)
        axes.axvline(middle, color=style.RED, linewidth=1.2, linestyle=(0, (4, 2)))
        words = text("break.explained", lang, year=FIRST_YEAR)
        axes.text(middle + 0.12, top * 0.845, words, va="top", fontsize=7, color=style.RED, linespacing=1.3)
        axes.set_ylim(0, top)
        axes.set_xlim(edges[OLD_STANDARD][0], edges[STANDARD][1])
        axes.set_xticks(range(table["year"].min(), table["year"].max() + 1))
        axes.set_xlabel(text("axis.year_end", lang))
        axes.set_ylabel(text("unit.percent_of_households", lang))
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
    style.note(axes, row.year, row.rate, words, style.GREY, dy=-8 * up, ha="center", fontsize=7)


def break_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """First and last rates under each standard."""
    rate = table[table["status"] == "published"].set_index(["standard", "year"])["rate"].sort_index()
    old, new = rate[OLD_STANDARD], rate[STANDARD]
    bounds = table[table["status"].isin(["at_least", "at_most"])]
    return dict(
        old_first=old.index[0],
        old_last=old.index[-1],
        old_from=old.iloc[0],
        old_to=old.iloc[-1],
        new_first=new.index[0],
        new_last=new.index[-1],
        new_from=new.iloc[0],
        new_to=new.iloc[-1],
        bound_first=bounds["year"].min(),
        bound_last=bounds["year"].max(),
    )


OLD_YEARS = (2018, 2019, 2020)  # the years for which the province itself has values under the old standard


def old_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Rates of the districts and the province under the standard of 2016-2020, one row an area and year.

    status: published, unsure, at_least or at_most (rate is then the bound), or none where no figure was found.
    """
    rows = obs[(obs["indicator"] == "poverty_rate_pct") & (obs["standard"] == OLD_STANDARD)]
    rows = rows.assign(year=rows["time_period"].str[:4].astype(int), status=[status_of(r) for r in style.each(rows)])
    rows = rows.sort_values("preferred", ascending=False, kind="stable").drop_duplicates(["ref_area", "year"])
    found = {(r.ref_area, r.year): r for r in style.each(rows)}
    cells = []
    for code in [PROVINCE, *districts()]:
        for year in OLD_YEARS:
            row = found.get((code, year))
            if row is None:
                cells.append((code, year, "none", float("nan"), ""))
            else:
                value = row.obs_value if row.obs_value == row.obs_value else row.bound_value
                cells.append((code, year, row.status, value / 100, row.source_id))
    return pd.DataFrame(cells, columns=["area", "year", "status", "rate", "source_id"])


def draw_old(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """One panel a year: the districts' rates as far as they were found, and the province as a line."""
    rows = table[table["area"] != PROVINCE]
    order = rows.groupby("area")["rate"].max().sort_values(ascending=False, na_position="last").index.tolist()
    with style.canvas(title, lang, height_cm=9.2, left=2.1, right=0.4, top=2.1, bottom=1.7, wspace=0.08) as figure:
        grid = figure.subplots(1, len(OLD_YEARS), sharex=True, sharey=True)
        for axes, year in zip(grid, OLD_YEARS, strict=True):
            _old_panel(axes, rows[rows["year"] == year], order, lang)
            province = table[(table["area"] == PROVINCE) & (table["year"] == year)].iloc[0]
            axes.set_title(text("old.panel", lang, year=year, v=province.rate), fontsize=8)
            axes.axvline(province.rate, color=style.GREY, linewidth=0.9, linestyle="--", zorder=1)
        grid[0].set_yticks(range(len(order)), [area_name(code, lang) for code in order])
        grid[1].set_xlabel(text("old.axis", lang))
        bounds = [(_sideways(s), text(f"key.{s}", lang)) for s in ("at_least", "at_most") if s in set(table["status"])]
        line = (dict(color=style.GREY, linewidth=0.9, linestyle="--"), text("old.province_line", lang))
        style.status_key(figure, set(table["status"]) - {"at_least", "at_most"}, lang, [*bounds, line])
        return figure


def _sideways(status: str) -> style.Look:
    """The marker of a status where rates run across: a bound then points right or left."""
    turned = {"at_least": ">", "at_most": "<"}
    return {**style.MARKERS[status], **({"marker": turned[status]} if status in turned else {})}


def _old_panel(axes: Axes, rows: pd.DataFrame, order: list[str], lang: str) -> None:
    for row in style.each(rows):
        y = order.index(row.area)
        if row.status == "none":
            style.note(axes, 0.65, y, text("old.none", lang), style.GREY, ha="right", fontstyle="italic")
            continue
        axes.plot([row.rate], [y], zorder=3, **_sideways(row.status))
        bound = row.status if row.status in ("at_least", "at_most") else "exact"
        style.note(axes, row.rate, y, text(f"value.{bound}", lang, v=row.rate), dx=6)
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.set_xlim(0, 0.66)
    axes.grid(True, axis="both")
    axes.tick_params(axis="y", length=0)
    style.number_axis(axes.xaxis, lang, scale=100)
    axes.set_xticks([0, 0.2, 0.4, 0.6])


def old_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """How many district cells hold a value, and the extremes."""
    rows = table[table["area"] != PROVINCE]
    values, sure = rows[rows["status"].isin(["published", "unsure"])], rows[rows["status"] == "published"]
    top = values.iloc[values["rate"].argmax()]
    return dict(
        new_first=FIRST_YEAR,
        cells=len(rows),
        values=len(values),
        sure=len(sure),
        bounds=rows["status"].isin(["at_least", "at_most"]).sum(),
        first=rows["year"].min(),
        last=rows["year"].max(),
        top=top.rate,
        top_year=top.year,
        top_name=area_name(top.area, lang),
        nothing=area_list([str(a) for a, g in rows.groupby("area") if (g["status"] == "none").all()], lang),
    )
