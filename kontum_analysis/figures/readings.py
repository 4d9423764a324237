"""The figure of what "3-4 % a year" means: percentage points, as the published rates and other printed falls show."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..base.words import labels, text
from ..data.areas import PROVINCE
from ..data.observations import raw_tables
from ..data.programme import corridors
from ..poverty.known import known_groups
from . import style


def readings_table(obs: pd.DataFrame) -> pd.DataFrame:
    """The two readings of the corridor from end-2021, the published rates, and the cases that tell which is meant.

    kind known, points_low, points_high, relative_low, relative_high: rate (fraction) of the province by year.
    kind case: for the case named in `case`, the printed fall (reported), the fall in points and the relative fall.
    """
    known = known_groups(obs)
    known = known[known["area"] == PROVINCE]
    first, start, pace = known["year"].min(), known["rate"].iloc[0], corridors()[PROVINCE]
    rows = [dict(kind="known", year=r.year, rate=r.rate, status=r.status) for r in style.each(known)]
    for end, speed in (("low", pace.low), ("high", pace.high)):
        for year in range(first, pace.horizon + 1):
            span = year - first
            rates = {"points": max(start - speed / 100 * span, 0), "relative": start * (1 - speed / 100) ** span}
            for kind, rate in rates.items():
                rows.append(dict(kind=f"{kind}_{end}", year=year, rate=rate, status="projected"))
    cases = raw_tables()["pp_evidence"]
    for r in style.each(cases[(cases["difference_points"] != "") & (cases["relative_fall_pct"] != "")]):
        rows.append(
            dict(
                kind="case",
                case=r.case,
                reported=float(r.reported_low),
                points=float(r.difference_points),
                relative=float(r.relative_fall_pct),
                source_id=r.source_id,
            )
        )
    return pd.DataFrame(rows).astype({"year": "Int64"})


def draw_readings(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """Left: both readings as bands against the published points. Right: printed falls against both arithmetics."""
    with style.canvas(title, lang, height_cm=9.6, left=1.4, right=0.4, top=2.1, bottom=1.7, wspace=0.68) as figure:
        left, right = figure.subplots(1, 2)
        known = table[table["kind"] == "known"].astype({"year": int})
        bands = table[~table["kind"].isin(["known", "case"])].astype({"year": int})
        path = bands.pivot(index="year", columns="kind", values="rate")
        last = path.index.max()
        for kind, color, hatch, ink in (
            ("points", style.SKY, "", style.BLUE),
            ("relative", style.ORANGE, "////", "#A66F00"),
        ):
            low, high = path[f"{kind}_high"], path[f"{kind}_low"]
            left.fill_between(
                path.index, low, high, facecolor=color, alpha=0.4, edgecolor=ink, linewidth=0.4, hatch=hatch
            )
            pace = corridors()[PROVINCE]
            words = text(f"readings.{kind}", lang, low=pace.low, high=pace.high, a=low[last], b=high[last], end=last)
            up = kind == "relative"
            at = (last + 0.1, high[last] + 0.012) if up else (path.index.min() - 0.15, 0.012)
            left.text(*at, words, color=ink, fontsize=7, ha="right" if up else "left", va="bottom", linespacing=1.2)
        style.known_points(left, known)
        for r in style.each(known):
            style.note(left, r.year, r.rate, text("value.percent", lang, v=r.rate), dx=5, dy=5)
        left.set_ylim(0, 0.185)
        left.set_xlim(path.index.min() - 0.3, last + 0.3)
        left.set_xticks(path.index)
        left.set_xlabel(text("axis.year_end", lang))
        left.set_title(text("readings.left", lang, year=path.index.min()))
        left.set_ylabel(text("unit.percent_of_households", lang))
        style.number_axis(left.yaxis, lang, scale=100)
        _cases(right, table[table["kind"] == "case"].reset_index(drop=True), lang)
        named = {"reported": "readings.reported", "points": "readings.difference", "relative": "readings.fall"}
        cases = [(CASE_MARKS[column], text(name, lang)) for column, name in named.items()]
        style.key(figure, [(style.PUBLISHED, text("status.published", lang)), *cases], below_top_cm=0.8)
        return figure


CASE_MARKS: dict[str, style.Look] = {
    "points": dict(marker="o", color=style.BLUE, markerfacecolor="white", markersize=6, linestyle="none"),
    "relative": dict(marker="^", color="#A66F00", markerfacecolor="white", markersize=5.5, linestyle="none"),
    "reported": dict(marker="|", color=style.BLACK, markersize=11, markeredgewidth=1.6, linestyle="none"),
}


def _cases(axes: Axes, rows: pd.DataFrame, lang: str) -> None:
    for r in style.each(rows):
        axes.plot([r.points, r.relative], [r.Index] * 2, color=style.LIGHT, linewidth=1, zorder=1)
        for column, mark in CASE_MARKS.items():
            axes.plot([getattr(r, column)], [r.Index], zorder=3, **mark)
        words = text("readings.numbers", lang, a=r.reported, b=r.points, c=r.relative)
        style.note(axes, 0, r.Index + 0.36, words, style.GREY, dx=2)
    axes.set_yticks(range(len(rows)), [text(f"case.{c}", lang) if f"case.{c}" in labels() else c for c in rows["case"]])
    axes.set_ylim(len(rows) - 0.3, -0.6)
    axes.set_xlim(0, 1.08 * rows["relative"].max())
    style.rows_down(axes)
    axes.set_xlabel(text("readings.axis", lang))
    axes.set_title(text("readings.right", lang))
    style.number_axis(axes.xaxis, lang)


def readings_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Where each reading would have led by the last published year, and how many printed falls are points."""
    rate = table[table["kind"] != "case"].set_index(["kind", "year"])["rate"].sort_index()
    last = int(table.loc[table["kind"] == "known", "year"].max())
    first = int(table.loc[table["kind"] == "known", "year"].min())
    cases = table[table["kind"] == "case"]
    exact = (cases["reported"] - cases["points"]).abs() < 0.005
    nearer = (cases["reported"] - cases["points"]).abs() < (cases["reported"] - cases["relative"]).abs()
    pace = corridors()[PROVINCE]
    return dict(
        first=first,
        last=last,
        start=rate["known", first],
        now=rate["known", last],
        pace_low=pace.low,
        pace_high=pace.high,
        relative_low=rate["relative_high", last],
        relative_high=rate["relative_low", last],
        points_low=rate["points_high", last],
        points_high=rate["points_low", last],
        relative_end=rate["relative_high", pace.horizon],
        end=pace.horizon,
        n=len(cases),
        exact=exact.sum(),
        nearer=nearer.sum(),
        ratio=rate["relative_high", last] / rate["known", last],
    )
