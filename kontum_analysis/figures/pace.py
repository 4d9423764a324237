"""Figures of what the pace asks: of the seven other districts, and in households a year."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from ..base.words import number, text
from ..data.areas import OTHER_DISTRICTS, PROVINCE, area_list, area_name, districts, poor_districts
from ..data.programme import SCENARIOS, horizon
from ..poverty.estimates import estimate_panel
from ..poverty.known import known_groups
from ..poverty.paces import implied_pace
from ..poverty.paths import exit_quotas, groups, project_poverty
from ..poverty.scenarios import preset
from . import style


def needed_table(obs: pd.DataFrame) -> pd.DataFrame:
    """For each programme scenario and year, the rate the other seven districts would need, beside their floor.

    Fractions; needed_pace_pp in points a year from the start; verdict: possible, below_floor or below_zero. The rows of
    kind known hold what is derived or estimated of the seven districts together.
    """
    parts = []
    for name in SCENARIOS:
        found = implied_pace(obs, preset(name)).assign(kind=name)
        opening = groups(project_poverty(obs, preset(name))).query("area == @OTHER_DISTRICTS").iloc[[0]]
        opening = opening.assign(
            kind=name,
            needed_rate=opening["rate"],
            floor_rate=opening["floor"],
            possible=True,
            possible_without_floor=True,
        )
        columns = ["kind", "year", "needed_rate", "floor_rate", "needed_pace_pp", "possible", "possible_without_floor"]
        parts.append(pd.concat([opening, found])[columns])
    table = pd.concat(parts, ignore_index=True)
    table["verdict"] = [
        "possible" if p else "below_floor" if w else "below_zero"
        for p, w in zip(table["possible"], table["possible_without_floor"], strict=True)
    ]
    known = known_groups(obs)
    known = known[known["area"] == OTHER_DISTRICTS].assign(kind="known")
    table = pd.concat([table, known], ignore_index=True)
    return table[
        ["kind", "year", "needed_rate", "floor_rate", "needed_pace_pp", "verdict", "rate", "q10", "q90", "status"]
    ]


VERDICTS = {
    "possible": style.PROJECTED,
    "below_floor": dict(style.PROJECTED, markerfacecolor="white", markersize=4.6),
    "below_zero": dict(marker="x", color=style.RED, markersize=5.5, markeredgewidth=1.5, linestyle="none"),
}


def draw_needed(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """A panel a scenario: the needed rate as a line, a mark for each year by whether it can be; floor, zero."""
    last = horizon() + 1  # a year past the programme; after it the line only runs further below zero
    shown = table[table["year"] <= last]
    known = table[table["kind"] == "known"]
    low, high = shown["needed_rate"].min() - 0.015, shown["needed_rate"].max() + 0.03
    with style.canvas(title, lang, height_cm=10.2, left=1.5, right=0.3, top=2.4, bottom=1.7, wspace=0.08) as figure:
        for axes, name in zip(figure.subplots(1, 3, sharey=True), SCENARIOS, strict=True):
            rows = shown[shown["kind"] == name]
            axes.axhspan(low, 0, color=style.LIGHT, alpha=0.6, linewidth=0, zorder=0)
            axes.axhline(0, color=style.BLACK, linewidth=0.8)
            axes.plot(rows["year"], rows["floor_rate"], color=style.GREY, linewidth=1, linestyle=":")
            axes.plot(rows["year"], rows["needed_rate"], color=style.BLUE, linewidth=1)
            # on top, and hollow, so that a square shows inside a diamond
            style.known_points(axes, known, markerfacecolor="none", markersize=5.6)
            for verdict, mark in VERDICTS.items():
                cells = rows[(rows["verdict"] == verdict) & (rows["year"] > rows["year"].min())]
                axes.plot(cells["year"], cells["needed_rate"], zorder=5, **mark)
            for r in style.each(rows.iloc[1:]):
                style.note(axes, r.year, r.needed_rate, number(100 * r.needed_rate, 1, lang), style.BLUE, dx=5, dy=6)
            paces = preset(name)
            words = text(
                "needed.panel",
                lang,
                a=paces.province_pace_pp,
                b=paces.poor_district_pace_pp,
                pace=rows["needed_pace_pp"].iloc[1],
            )
            axes.set_title(words, fontsize=7.5, linespacing=1.25)
            axes.set_ylim(low, high)
            axes.set_xlim(rows["year"].min() - 0.4, last + 0.95)
            axes.set_xticks(range(rows["year"].min(), last + 1))
            axes.tick_params(axis="x", labelsize=style.SMALL)
            left = rows["year"].min() - 0.3
            style.note(axes, left, rows["floor_rate"].iloc[0], text("needed.floor", lang), style.GREY, dy=5)
            style.note(axes, left, low, text("needed.below_zero", lang), style.GREY, dy=7, path_effects=[])
            axes.set_ylabel(text("needed.axis", lang) if name == SCENARIOS[0] else "")
            style.number_axis(axes.yaxis, lang, scale=100)
        entries = [(mark, text(f"verdict.{verdict}", lang)) for verdict, mark in VERDICTS.items()]
        style.status_key(figure, set(known["status"]), lang, entries, below_top_cm=0.8, columnspacing=1.0)
        return figure


def needed_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """The needed pace and the last possible year of each scenario, and where the seven districts are now."""
    found = {}
    for name in SCENARIOS:
        rows, short = table[table["kind"] == name], name.removeprefix("programme-")
        found[f"pace_{short}"] = rows["needed_pace_pp"].iloc[1]
        found[f"until_{short}"] = rows.loc[rows["verdict"] == "possible", "year"].max()
        found[f"zero_{short}"] = rows.loc[rows["verdict"] == "below_zero", "year"].min()
    known = table[table["kind"] == "known"]
    now = known.iloc[-1]
    return dict(
        **found,
        first=known["year"].min(),
        start=known["rate"].iloc[0],
        last=now.year,
        now=now.rate,
        low=now.q10,
        high=now.q90,
        floor=table.loc[(table["kind"] == "programme-mid") & (table["year"] == horizon()), "floor_rate"].iloc[0],
        end=horizon(),
        shown=horizon() + 1,
    )


def quotas_table(obs: pd.DataFrame) -> pd.DataFrame:
    """The quotas under programme-mid and the published fall; see `quota_rows`."""
    return quota_rows(project_poverty(obs, preset("programme-mid")), estimate_panel(obs).panel)


def quota_rows(projection: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """Households to leave poverty by district and year with the province's sum (kind quota), and the fall that the
    published provincial counts show in those years (kind fall).

    panel: of `estimate_panel`. Columns: area, year, kind, households, status.
    """
    quotas = exit_quotas(projection)[["area", "year", "quota"]]
    total = quotas.groupby("year", as_index=False)["quota"].sum().assign(area=PROVINCE)
    stock = panel[panel["area"] == PROVINCE].set_index("year")["poor_households"]
    fall = (-stock.diff()).dropna().astype(int)
    fall = fall[fall.index.isin(quotas["year"])]
    parts: list[pd.DataFrame] = [
        pd.concat([total, quotas]).rename(columns={"quota": "households"}).assign(kind="quota", status="projected"),
        pd.DataFrame(dict(area=PROVINCE, year=fall.index, households=fall.to_numpy(), kind="fall", status="derived")),
    ]
    table = pd.concat(parts, ignore_index=True)
    return table[["area", "year", "kind", "households", "status"]]


def poor_first() -> list[str]:
    """The districts, the poor ones before the others."""
    return [*poor_districts(), *[c for c in districts() if c not in poor_districts()]]


def draw_quotas(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """Districts down, years across, the number in each cell; the sums of rows and columns outside the colours."""
    quota = table[table["kind"] == "quota"].pivot(index="area", columns="year", values="households")
    order = poor_first()
    counts = quota.loc[[*order, PROVINCE]].astype(int).to_numpy()
    shades = LinearSegmentedColormap.from_list("quota", ["#FFFFFF", style.SKY, style.BLUE])
    top = counts[:-1].max()
    with style.canvas(title, lang, height_cm=10.4, left=2.9, right=0.3, top=2.0, bottom=1.0) as figure:
        axes = figure.subplots()
        years = [int(year) for year in quota.columns]
        for y, row in enumerate(counts[:-1]):
            for x, value in enumerate(row):
                axes.bar(x, 0.94, width=0.96, bottom=y - 0.47, color=shades(value / top))
                ink = "white" if value / top > 0.75 else style.GREY if value == 0 else style.BLACK
                _cell(axes, x, y, value, lang, ink)
            _cell(axes, len(years) + 0.15, y, row.sum(), lang, fontweight="bold")
        for x, value in enumerate(counts[-1]):
            _cell(axes, x, len(order) + 0.2, value, lang, fontweight="bold")
        _cell(axes, len(years) + 0.15, len(order) + 0.2, counts[-1].sum(), lang, fontweight="bold")
        for r in style.each(table[table["kind"] == "fall"]):
            _cell(axes, years.index(r.year), len(order) + 1.2, r.households, lang, fontstyle="italic")
        names = [area_name(code, lang) for code in order]
        rows = [*range(len(order)), len(order) + 0.2, len(order) + 1.2]
        labels = axes.set_yticks(rows, [*names, text("quotas.total", lang), text("quotas.fall", lang)])
        for tick in [*labels[: len(poor_districts())], labels[-2]]:
            tick.label1.set_fontweight("bold")
        axes.axhline(len(poor_districts()) - 0.5, color=style.BLACK, linewidth=0.8)
        axes.axhline(len(order) - 0.38, color=style.BLACK, linewidth=0.8)
        axes.set_xticks([*range(len(years)), len(years) + 0.15], [*map(str, years), text("quotas.sum", lang)])
        axes.xaxis.tick_top()
        axes.set_ylim(len(order) + 1.7, -0.6)
        axes.set_xlim(-0.6, len(years) + 0.7)
        axes.grid(False)
        axes.tick_params(length=0)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        words = text("quotas.subtitle", lang, year=years[0] - 1)
        figure.text(0.2 / style.WIDTH_CM, 1 - 0.85 / 10.4, words, fontsize=7, va="top")
        return figure


def _cell(axes: Axes, x: float, y: float, value: int, lang: str, color: str = style.BLACK, **kwargs: Any) -> None:
    axes.text(x, y, number(value, 0, lang), ha="center", va="center_baseline", fontsize=7, color=color, **kwargs)


def quotas_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Totals of the first and the last years, the largest cell, and the published falls."""
    quota = table[(table["kind"] == "quota") & (table["area"] != PROVINCE)]
    total = table[(table["kind"] == "quota") & (table["area"] == PROVINCE)].set_index("year")["households"]
    fall = table[table["kind"] == "fall"].set_index("year")["households"]
    top = quota.iloc[quota["households"].argmax()]
    poor = quota[quota["area"].isin(poor_districts())]
    return dict(
        start=total.index[0] - 1,
        first=total.index[0],
        first_total=total.iloc[0],
        end=horizon(),
        until=total[total.index <= horizon()].sum(),
        whole=total.sum(),
        last=total.index[-1],
        top_name=area_name(top.area, lang),
        top_year=top.year,
        top=top.households,
        stops=total.index[total == 0].min(),
        poor_names=area_list(poor_districts(), lang),
        poor_total=poor["households"].sum(),
        fall_last=fall.index[-1],
        fall_total=fall.sum(),
        quota_total=total[fall.index].sum(),
    )
