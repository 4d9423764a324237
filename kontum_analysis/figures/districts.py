"""Figures of the reconciled districts: the panel of 2021-2023, how far its estimates miss, and each district's path."""

from typing import Any

import pandas as pd

from ..base.errors import KontumError
from ..base.words import Lookup, number, text
from ..data.areas import PROVINCE, area_list, area_name
from ..data.programme import SCENARIOS, horizon
from ..poverty.estimates import estimate_panel
from ..poverty.hidden import leave_one_out
from ..poverty.paths import project_poverty
from ..poverty.scenarios import preset
from . import shapes, style
from .facts import label_values


def reconciled_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Rates (fractions) with the 80 % interval, and poor households, of the province and districts by year.

    status is that of the rate, status_poor that of the count; q10 and q90 are missing where the rate is known.
    """
    panel = estimate_panel(obs).panel.rename(
        columns={"rate_q10": "q10", "rate_q90": "q90", "status_rate": "status", "status_poor_households": "status_poor"}
    )
    columns = ["area", "year", "rate", "q10", "q90", "status", "poor_households", "poor_q10", "poor_q90", "status_poor"]
    return panel[columns].reset_index(drop=True)


def draw_reconciled(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """A tile for each district: a filled dot is published, an open one derived, a diamond with a bar estimated."""
    years = sorted(table["year"].unique())
    tops = dict.fromkeys(table["area"], 1.35 * float(table[["rate", "q90"]].to_numpy(float, na_value=0).max()))
    remark = f"{text('tiles.axis', lang)}\n\n{text('reconciled.note', lang)}"
    with style.canvas(
        heading, lang, height_cm=14.2, left=1.0, right=0.15, top=1.3, bottom=1.4, wspace=0.04, hspace=0.45
    ) as figure:
        panels = shapes.tiles(figure, lang, tops, (years[0] - 0.5, years[-1] + 0.5, years), remark)
        for code, axes in panels.items():
            rows = table[table["area"] == code]
            style.known_points(axes, rows)
            for row in style.each(rows):
                top = row.rate if row.q90 != row.q90 else row.q90
                style.note(axes, row.year, top, _with_interval(row, lang), dy=6, ha="center", va="bottom")
        style.status_key(figure, table["status"], lang)
        return figure


def _with_interval(row: Any, lang: str) -> str:
    """The rate, and under it the 80 % interval of an estimate, which the bar is often too short to show."""
    words = number(100 * row.rate, 1, lang)
    if row.q90 != row.q90:
        return words
    decimals = 1 if row.q90 < 0.02 else 0  # four years stand side by side
    return f"{words}\n{number(100 * row.q10, decimals, lang)}–{number(100 * row.q90, decimals, lang)}"


def reconciled_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Cells by how they are known, where the rate fell, and the least certain estimate of the last year that has any.

    Raises KontumError where nothing is estimated: an office's figures may complete the panel.
    """
    rows = table[table["area"] != PROVINCE]
    count, estimates = rows["status"].value_counts(), rows[rows["status"] == "estimated"]
    if estimates.empty:
        raise KontumError("error.figure.nothing_estimated")
    first, last, unsure = rows["year"].min(), rows["year"].max(), estimates["year"].max()
    guesses, rates = estimates[estimates["year"] == unsure], rows.pivot(index="area", columns="year", values="rate")
    widest = guesses.loc[(guesses["q90"] - guesses["q10"]).idxmax(), "area"]
    years = dict(first=first, last=last, unsure=unsure, widest=widest, highest=rates[last].idxmax())
    sizes = dict(cells=len(rows), districts=len(rates), fallen=(rates[last] < rates[first]).sum())
    columns = dict.fromkeys(("rate", "q10", "q90", "poor_households"), "area year")
    kinds = Lookup(count.reindex(["published", "derived", "estimated"], fill_value=0))
    return label_values(table, lang, columns, **years, **sizes, count=kinds, names=area_list(guesses["area"], lang))


def missed_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Each hidden cell: its true rate, the estimate without it and the 80 % interval (fractions), highest truth first.

    error_pp: estimate less truth in points; inside: whether the interval holds the truth; status: of the truth.
    """
    statuses = estimate_panel(obs).panel.set_index(["area", "year"])["status_rate"].rename("status")
    table = leave_one_out(obs).join(statuses, on=["area", "year"])
    table = table.rename(columns={"rate_q10": "q10", "rate_q90": "q90"})
    table = table.sort_values("truth", ascending=False, kind="stable").reset_index(drop=True)
    return table[["area", "year", "truth", "status", "estimate", "q10", "q90", "error_pp", "inside"]]


def draw_missed(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """A row a hidden cell: the truth a dot, the estimate a diamond with its interval, the miss in points beside."""
    hollow = {**style.ESTIMATED, "markerfacecolor": "none"}  # so that a truth behind it is seen
    with style.canvas(heading, lang, height_cm=9.0, left=3.2, right=4.0, top=1.5, bottom=1.7) as figure:
        axes = figure.subplots()
        for row in style.each(table):
            if not row.inside:
                axes.axhspan(row.Index - 0.5, row.Index + 0.5, color="#FBE9DD", linewidth=0, zorder=0)
            axes.plot([row.q10, row.q90], [row.Index, row.Index], color=style.RED, linewidth=1.3)
            axes.plot([row.estimate], [row.Index], zorder=5, clip_on=False, **hollow)
            axes.plot([row.truth], [row.Index], zorder=4, clip_on=False, **style.MARKERS[row.status])
        shapes.rows_of_dots(axes, [f"{area_name(row.area, lang)}, {row.year}" for row in style.each(table)])
        looks: list[style.Look] = [{"fontweight": "normal" if inside else "bold"} for inside in table["inside"]]
        errors = [number(error, 1, lang) for error in table["error_pp"]]
        shapes.column_beside(axes, 1.2, text("missed.column", lang), errors, looks)
        verdicts = [text(f"missed.{'inside' if inside else 'outside'}", lang) for inside in table["inside"]]
        shapes.column_beside(axes, 1.42, text("missed.verdict", lang), verdicts, looks)
        axes.set_xlim(0, 1.08 * max(table["q90"].max(), table["truth"].max()))
        style.number_axis(axes.xaxis, lang, scale=100)
        axes.set_xlabel(text("missed.axis", lang))
        truths = [s for s in ("published", "derived", "office") if s in set(table["status"])]
        entries = [(style.MARKERS[status], text(f"missed.truth_{status}", lang)) for status in truths]
        interval = (dict(color=style.RED, linewidth=1.3), text("missed.interval", lang))
        style.key(figure, [*entries, (style.ESTIMATED, text("missed.estimate", lang)), interval])
        return figure


def missed_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """How many intervals hold the truth, and the size of the misses."""
    error, inside = table["error_pp"], table["inside"]
    worst = table.iloc[error.abs().argmax()]
    counts = dict(n=len(table), k=inside.sum(), missed=(~inside).sum())
    means = dict(share=inside.mean(), mean=error.abs().mean(), bias=error.mean(), largest=abs(worst["error_pp"]))
    columns = dict.fromkeys(("truth", "estimate"), "area year")
    return label_values(table, lang, columns, worst=worst["area"], year=worst["year"], **counts, **means)


def district_paths_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Each district's known rates (kind "known") and its path in the three programme scenarios (fractions)."""
    parts = [reconciled_table(obs).assign(kind="known")]
    parts += [project_poverty(obs, preset(name)).assign(kind=name) for name in SCENARIOS]
    table = pd.concat(parts, ignore_index=True)
    return table[["area", "year", "kind", "rate", "q10", "q90", "status", "floor"]]


def draw_district_paths(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """A tile for each district, on its own scale: band from the low to the high pace, middle path, known points."""
    first, last, near = table["year"].min(), table["year"].max(), horizon()
    tops = {str(area): 1.2 * rates.max() for area, rates in table.groupby("area")["rate"]}
    remark = f"{text('tiles.axis', lang)}\n\n{text('district_paths.note', lang, year=near, first=first)}"
    with style.canvas(
        heading, lang, height_cm=14.2, left=1.1, right=0.3, top=1.4, bottom=1.4, wspace=0.25, hspace=0.45
    ) as figure:
        span = (first - 0.6, last + 0.6, [first, near, last])
        for code, axes in shapes.tiles(figure, lang, tops, span, remark).items():
            rows = table[table["area"] == code]
            path = rows.pivot(index="year", columns="kind", values="rate")
            low, high = path["programme-high"], path["programme-low"]
            axes.fill_between(path.index, low, high, color=style.SKY, alpha=0.4, linewidth=0)
            axes.plot(path["programme-mid"], color=style.BLUE, linewidth=1.3)
            style.known_points(axes, rows[rows["kind"] == "known"], markersize=3.6)
            value = path["programme-mid"][near]
            axes.plot([near], [value], zorder=5, clip_on=False, **style.PROJECTED)
            style.note(axes, near, high[near], number(100 * value, 1, lang), style.BLUE, dx=1, dy=7)
        extra = [
            (dict(style.PROJECTED, linestyle="-"), text("district_paths.mid", lang)),
            (style.square(style.SKY, alpha=0.4), text("district_paths.band", lang)),
        ]
        style.status_key(figure, table.loc[table["kind"] == "known", "status"], lang, extra)
        return figure


def district_paths_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Districts ahead of the high pace and behind the low one in the last year known, and the highest middle path."""
    rows = table[table["area"] != PROVINCE]
    points, first = rows[rows["kind"] == "known"], rows["year"].min()
    last = points["year"].max()
    now = rows[rows["year"] == last].pivot(index="area", columns="kind", values="rate")
    middle = rows[(rows["kind"] == "programme-mid") & (rows["year"] == horizon())].set_index("area")["rate"]
    groups = {
        "ahead": now.index[now["known"] < now["programme-high"] - 1e-9],  # no path has begun in its opening year
        "behind": now.index[now["known"] > now["programme-low"] + 1e-9],
        "estimated": points.loc[(points["year"] == last) & (points["status"] == "estimated"), "area"],
    }
    names = {name: area_list(areas, lang) or "–" for name, areas in groups.items()}
    counts = dict(n_ahead=len(groups["ahead"]), n_behind=len(groups["behind"]), districts=len(now))
    years = dict(first=first, last=last, end=rows["year"].max(), worst=middle.idxmax())
    case = "later" if last > first else "opening"
    return label_values(table, lang, {"rate": "area kind year"}, case=case, **years, **counts, **names)
