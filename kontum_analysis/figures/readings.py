"""The figure of what "3-4 % a year" means: percentage points, as the published rates and other printed falls show."""

import pandas as pd
from matplotlib.axes import Axes

from ..base.words import labels, number, text
from ..data.areas import PROVINCE
from ..data.observations import raw_tables
from ..data.programme import corridors
from ..poverty.known import known_groups
from . import shapes, style
from .facts import label_values


def readings_table(obs: pd.DataFrame) -> pd.DataFrame:
    """The two readings of the corridor from end-2021, the published rates, and the cases that tell which is meant.

    kind known, points_low, points_high, relative_low, relative_high: rate (fraction) of the province by year.
    kind case: for the case named in `case`, the printed fall (reported), the fall in points and the relative fall.
    """
    points = known_groups(obs)
    points = points[(points["area"] == PROVINCE) & (points["status"] != "estimated")]
    first, start, pace = points["year"].min(), points["rate"].iloc[0], corridors()[PROVINCE]
    known_rows = points[["year", "rate", "q10", "q90", "status"]].assign(kind="known")
    rows = []
    for end, speed in (("low", pace.low), ("high", pace.high)):
        for year in range(first, pace.horizon + 1):
            span = year - first
            rates = {"points": max(start - speed / 100 * span, 0), "relative": start * (1 - speed / 100) ** span}
            rows += [dict(kind=f"{k}_{end}", year=year, rate=rate, status="projected") for k, rate in rates.items()]
    columns = dict(reported_low="reported", difference_points="points", relative_fall_pct="relative")
    cases = raw_tables()["pp_evidence"].rename(columns=columns)
    cases = cases[(cases["points"] != "") & (cases["relative"] != "")].astype(dict.fromkeys(columns.values(), float))
    cases = cases.assign(kind="case")[["kind", "case", *columns.values(), "source_id"]]
    return pd.concat([known_rows, pd.DataFrame(rows), cases], ignore_index=True).astype({"year": "Int64"})


CASE_MARKS: dict[str, style.Look] = {
    "points": dict(marker="o", color=style.BLUE, markerfacecolor="white", markersize=6, linestyle="none"),
    "relative": dict(
        marker="^", color=style.INK[style.ORANGE], markerfacecolor="white", markersize=5.5, linestyle="none"
    ),
    "reported": dict(marker="|", color=style.BLACK, markersize=11, markeredgewidth=1.6, linestyle="none"),
}


def draw_readings(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Above: both readings as bands against the published points. Below: printed falls against both arithmetics."""
    with style.canvas(heading, lang, height_cm=14.6, left=3.3, right=4.3, top=1.4, bottom=1.7, hspace=0.42) as figure:
        upper, lower = figure.subplots(2, 1, height_ratios=[1, 1.15])
        _bands(upper, table[table["kind"] != "case"].astype({"year": int}), lang)
        _cases(lower, table[table["kind"] == "case"].reset_index(drop=True), lang)
        cases = [
            (CASE_MARKS[column], text(f"readings.{column}", lang)) for column in ("reported", "points", "relative")
        ]
        style.status_key(figure, table.loc[table["kind"] == "known", "status"], lang)
        style.key(figure, cases, 0.5)
        return figure


def _bands(axes: Axes, rows: pd.DataFrame, lang: str) -> None:
    path, pace = rows.pivot(index="year", columns="kind", values="rate"), corridors()[PROVINCE]
    first, last, ends = path.index.min(), path.index.max(), []
    for kind, color, hatch in (("points", "#BBDFF5", ""), ("relative", "#F6D99A", "////")):
        low, high = path[f"{kind}_high"], path[f"{kind}_low"]
        ink = style.INK[style.BLUE if kind == "points" else style.ORANGE]
        axes.fill_between(path.index, low, high, facecolor=color, edgecolor=ink, linewidth=0.4, hatch=hatch)
        words = text(f"readings.band_{kind}", lang, low=pace.low, high=pace.high, a=low[last], b=high[last], end=last)
        ends.append((last, (low[last] + high[last]) / 2, words, ink))
    points = rows[rows["kind"] == "known"]
    style.known_points(axes, points)
    for row in style.each(points):
        style.note(axes, row.year, row.rate, text("value.percent", lang, v=row.rate), dx=-6, dy=-8, ha="right")
    axes.set_ylim(0, 0.18)
    axes.set_xlim(first - 0.85, last + 0.1)
    axes.set_xticks(path.index)
    axes.set_xlabel(text("axis.year_end", lang))
    axes.set_ylabel(text("unit.percent_of_households", lang))
    axes.set_title(text("readings.upper", lang, year=first))
    style.number_axis(axes.yaxis, lang, scale=100)
    shapes.end_labels(axes, ends, gap=0.05, dx=0.15, least=0.02)


def _cases(axes: Axes, rows: pd.DataFrame, lang: str) -> None:
    for row in style.each(rows):
        axes.plot([row.points, row.relative], [row.Index] * 2, color=style.LIGHT, linewidth=1, zorder=1)
    for column, look in CASE_MARKS.items():
        axes.plot(rows[column], rows.index, zorder=3, **look)
    shapes.rows_of_dots(axes, [text(f"case.{c}", lang) if f"case.{c}" in labels() else c for c in rows["case"]])
    for x, column, decimals in ((1.13, "reported", 2), (1.27, "points", 2), (1.47, "relative", 1)):
        cells = [number(value, decimals, lang) for value in rows[column]]
        shapes.column_beside(axes, x, text(f"readings.column_{column}", lang), cells)
    axes.set_xlim(0, 1.08 * rows["relative"].max())
    axes.set_xlabel(text("readings.axis", lang))
    axes.set_title(text("readings.lower", lang), pad=14)
    style.number_axis(axes.xaxis, lang)


def readings_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Rates by reading and year, and how many printed falls are points."""
    points, cases = table[table["kind"] == "known"], table[table["kind"] == "case"]
    rates, off = table[table["kind"] != "case"], (cases["reported"] - cases["points"]).abs()
    nearer = (off < (cases["reported"] - cases["relative"]).abs()).sum()
    published = points[points["status"] != "estimated"]
    last, rate = published["year"].max(), rates.set_index(["kind", "year"])["rate"]
    years = dict(first=points["year"].min(), last=last, ratio=rate["relative_high", last] / rate["known", last])
    return label_values(
        rates, lang, {"rate": "kind year"}, **years, n=len(cases), exact=(off < 0.005).sum(), nearer=nearer
    )
