"""Figures of what the pace asks: of the seven other districts, and in households a year."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..base.words import number, text
from ..data.areas import OTHER_DISTRICTS, PROVINCE, area_list, area_name, districts, poor_districts
from ..data.programme import SCENARIOS, horizon
from ..poverty.estimates import estimate_panel
from ..poverty.known import known_groups
from ..poverty.paces import implied_pace
from ..poverty.paths import exit_quotas, groups, project_poverty
from ..poverty.scenarios import preset
from . import style
from .facts import interval_words, label_values


def needed_table(obs: pd.DataFrame) -> pd.DataFrame:
    """For each programme scenario and year, the rate the other seven districts would need, beside their floor.

    Fractions; needed_pace_pp in points a year from the start; verdict: possible, below_floor or below_zero. The rows of
    kind known hold what is derived or estimated of the seven districts together.
    """
    parts = []
    for name in SCENARIOS:
        path = groups(project_poverty(obs, preset(name)))
        opening = path[path["area"] == OTHER_DISTRICTS].iloc[[0]]
        opening = opening[["year", "rate", "floor"]].set_axis(["year", "needed_rate", "floor_rate"], axis=1)
        opening = opening.assign(possible=True, possible_without_floor=True)
        parts.append(pd.concat([opening, implied_pace(obs, preset(name))]).assign(kind=name))
    paths = pd.concat(parts, ignore_index=True)
    is_possible, is_above_zero = (paths[name].astype(bool) for name in ("possible", "possible_without_floor"))
    paths["verdict"] = np.select([is_possible, is_above_zero], ["possible", "below_floor"], "below_zero")
    points = known_groups(obs)
    points = points[points["area"] == OTHER_DISTRICTS].assign(kind="known")
    columns = ["kind", "year", "needed_rate", "floor_rate", "needed_pace_pp", "verdict", "rate", "q10", "q90", "status"]
    return pd.concat([paths, points], ignore_index=True)[columns]


VERDICTS: dict[str, style.Look] = {
    "possible": style.PROJECTED,
    "below_floor": dict(style.PROJECTED, markerfacecolor="white", markersize=4.6),
    "below_zero": dict(marker="x", color=style.RED, markersize=5.5, markeredgewidth=1.5, linestyle="none"),
}


def draw_needed(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """A panel a scenario: the needed rate as a line, a mark for each year by whether it can be; floor, zero."""
    last = horizon() + 1  # a year past the programme; after it the line only runs further below zero
    points, window = table[table["kind"] == "known"], table[table["year"] <= last]
    low, high = window["needed_rate"].min() - 0.015, window["needed_rate"].max() + 0.03
    with style.canvas(heading, lang, height_cm=9.8, left=1.5, right=0.3, top=1.75, bottom=1.7, wspace=0.08) as figure:
        for axes, name in zip(figure.subplots(1, 3, sharey=True), SCENARIOS, strict=True):
            rows = window[window["kind"] == name]
            axes.axhspan(low, 0, color=style.PALE, linewidth=0, zorder=0)
            axes.set(xlim=(rows["year"].min() - 0.5, last + 1.35), ylim=(low, high))
            _needed_path(axes, rows, points, lang)
            scenario, pace = preset(name), rows["needed_pace_pp"].iloc[1]
            paces = dict(a=scenario.province_pace_pp, b=scenario.poor_district_pace_pp, pace=pace)
            axes.set_title(text("needed.panel", lang, **paces), fontsize=7.5, linespacing=1.25)
            axes.set_xticks(range(rows["year"].min(), last, 2))
            style.number_axis(axes.yaxis, lang, scale=100)
        figure.axes[0].set_ylabel(text("needed.axis", lang))
        entries = [(look, text(f"verdict.{verdict}", lang)) for verdict, look in VERDICTS.items()]
        style.status_key(figure, points["status"], lang, entries)
        return figure


def _needed_path(axes: Axes, rows: pd.DataFrame, points: pd.DataFrame, lang: str) -> None:
    axes.axhline(0, color=style.BLACK, linewidth=0.8)
    floor = rows[rows["verdict"] == "possible"]  # it ends where it can no longer be kept
    axes.plot(floor["year"], floor["floor_rate"], color=style.GREY, linewidth=1, linestyle=":")
    axes.plot(rows["year"], rows["needed_rate"], color=style.BLUE, linewidth=1)
    # on top, and hollow, so that a square shows inside a diamond
    style.known_points(axes, points, markerfacecolor="none", markersize=5.6)
    for row in style.each(rows.iloc[1:]):
        axes.plot([row.year], [row.needed_rate], zorder=5, **VERDICTS[row.verdict])
        words = number(100 * row.needed_rate, 1, lang)
        dy = 5 if row.needed_rate > 0 else 1  # clear of the line of zero
        style.note(axes, row.year, row.needed_rate, words, style.BLUE, dx=6, dy=dy)
    margin = rows["year"].min() - 0.3
    style.note(axes, margin, rows["floor_rate"].iloc[0], text("needed.floor", lang), style.GREY, dy=6)
    style.note(axes, margin, axes.get_ylim()[0], text("needed.below_zero", lang), style.GREY, dy=7, path_effects=[])


def needed_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Rates by kind and year; by scenario, the needed pace, the last possible year and the first below zero."""
    paths, points = table[table["kind"] != "known"], table[table["kind"] == "known"]
    years = paths.groupby(["verdict", "kind"])["year"].agg(["min", "max"]).reset_index()
    first, last = points["year"].min(), points["year"].max()
    columns = dict.fromkeys(("rate", "needed_pace_pp", "floor_rate"), "kind year")
    end = points[points["year"] == last].iloc[0]
    by_verdict = label_values(years, lang, dict.fromkeys(("min", "max"), "verdict kind"))
    years_of = dict(first=first, second=first + 1, last=last, shown=horizon() + 1)
    return by_verdict | label_values(table, lang, columns, interval=interval_words(end.q10, end.q90, lang), **years_of)


def quotas_table(obs: pd.DataFrame) -> pd.DataFrame:
    """The quotas under programme-mid and the published fall; see `quota_rows`."""
    return quota_rows(project_poverty(obs, preset("programme-mid")), estimate_panel(obs).panel)


def quota_rows(projection: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """Households to leave poverty by district and year with the province's sum (kind quota), and the fall that the
    provincial counts show in those years (kind fall; derived, or estimated where the count is).

    panel: of `estimate_panel`. Columns: area, year, kind, households, status.
    """
    quotas = exit_quotas(projection)[["area", "year", "quota"]]
    total = quotas.groupby("year", as_index=False)["quota"].sum().assign(area=PROVINCE)
    province = panel[panel["area"] == PROVINCE].set_index("year")
    fall = (-province["poor_households"].diff()).dropna().astype(int)
    fall = fall[fall.index.isin(quotas["year"])]
    is_guess = province["status_poor_households"].loc[fall.index] == "estimated"
    status = is_guess.map({True: "estimated", False: "derived"}).to_numpy()
    parts: list[pd.DataFrame] = [
        pd.concat([total, quotas]).rename(columns={"quota": "households"}).assign(kind="quota", status="projected"),
        pd.DataFrame(dict(area=PROVINCE, year=fall.index, households=fall.to_numpy(), kind="fall", status=status)),
    ]
    table = pd.concat(parts, ignore_index=True)
    return table[["area", "year", "kind", "households", "status"]]


def draw_quotas(table: pd.DataFrame, lang: str, heading: style.Heading | str) -> style.Page:
    """Districts down, years across, the number in each cell; the sums of rows and columns outside the colours."""
    import seaborn

    quota = table[table["kind"] == "quota"].pivot(index="area", columns="year", values="households")
    order = sorted(districts(), key=lambda code: code not in poor_districts())  # the poor ones first
    years = [int(year) for year in quota.columns]
    cells = quota.loc[order].astype(int)
    with style.canvas(heading, lang, height_cm=11.2, left=2.9, right=1.9, top=1.8, bottom=2.4) as figure:
        axes, down = figure.subplots(), 1 - (figure.head_cm + 0.45) / (figure.head_cm + 11.2)
        scale = figure.add_axes((2.9 / style.WIDTH_CM, down, 0.35, 0.016))
        words = cells.map(lambda count: number(count, 0, lang))
        shades = seaborn.light_palette("#5AA7DB", as_cmap=True)
        bar = {"orientation": "horizontal", "format": lambda count, _: number(count, 0, lang)}
        look: style.Look = dict(cmap=shades, linewidths=1.2, annot_kws={"fontsize": 7.2})
        seaborn.heatmap(cells, annot=words, fmt="", ax=axes, cbar_ax=scale, cbar_kws=bar, **look)
        for cell, share in zip(axes.texts, (cells / cells.max().max()).to_numpy().ravel(), strict=True):
            cell.set_color(style.ink_on(shades(share)))
        scale.tick_params(labelsize=style.SMALL, length=0)
        scale.text(1.03, 0.5, text("quotas.scale", lang), transform=scale.transAxes, va="center", fontsize=style.SMALL)
        _sums(axes, table, quota.loc[[*order, PROVINCE]].astype(int), lang)
        axes.set_yticks([y + 0.5 for y in range(len(order))], [area_name(code, lang) for code in order], rotation=0)
        for label in axes.get_yticklabels()[: len(poor_districts())]:
            label.set_fontweight("bold")
        axes.axhline(len(poor_districts()), color=style.BLACK, linewidth=0.8)
        axes.set_xticks([x + 0.5 for x in range(len(years))], [str(year) for year in years])
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.set(xlabel="", ylabel="")
        return figure


def _sums(axes: Axes, table: pd.DataFrame, counts: pd.DataFrame, lang: str) -> None:
    """The sum of each district at the right, that of each year below, and the fall that was published."""
    last, bottom = len(counts.columns), len(counts)
    fall = table[table["kind"] == "fall"].set_index("year")["households"]

    def write(x: float, y: float, words: str, **look: Any) -> None:
        axes.text(x, y, words, va="center_baseline", fontsize=7.2, **{"ha": "center", "clip_on": False, **look})

    write(last + 0.65, -0.44, text("quotas.sum", lang))
    for y, count in enumerate(counts.sum(axis=1)):
        write(last + 0.65, y + (0.5 if y < bottom - 1 else 0.7), number(count, 0, lang), fontweight="bold")
    for x, year in enumerate(counts.columns):
        write(x + 0.5, bottom - 0.3, number(counts.loc[PROVINCE, year], 0, lang), fontweight="bold")
        if year in fall.index:
            write(x + 0.5, bottom + 0.5, number(fall[year], 0, lang), fontstyle="italic")
    write(-0.12, bottom - 0.3, text("quotas.total", lang), ha="right", fontweight="bold")
    write(-0.12, bottom + 0.5, text("quotas.fall", lang), ha="right", fontstyle="italic")


def quotas_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Households by kind, area and year; totals, the largest cell, and the published fall against the quotas."""
    quota, fall = (table[table["kind"] == kind] for kind in ("quota", "fall"))
    cells, total = quota[quota["area"] != PROVINCE], quota[quota["area"] == PROVINCE].set_index("year")["households"]
    top = cells.iloc[cells["households"].argmax()]
    longest = cells[cells["households"] > 0].sort_values(["year", "households"]).iloc[-1]
    quota_total, total_fall = total[fall["year"]].sum(), fall["households"].sum()
    ends = dict(start=total.index[0] - 1, first=total.index[0], last=total.index[-1], fall_last=fall["year"].max())
    cases = dict(top=top["area"], top_year=top["year"], longest=longest["area"], longest_year=longest["year"])
    poor = cells.loc[cells["area"].isin(poor_districts()), "households"].sum()
    sums = dict(until=total[total.index <= horizon()].sum(), whole=total.sum(), poor_total=poor)
    sums |= dict(fall_total=total_fall, quota_total=quota_total, gap=abs(total_fall - quota_total))
    words = dict(poor_names=area_list(poor_districts(), lang), case="ahead" if total_fall >= quota_total else "behind")
    stops = total.index[total == 0].min()
    return label_values(table, lang, {"households": "kind area year"}, stops=stops, **ends, **cases, **sums, **words)
