"""Figures of the reconciled districts: the panel of 2021-2023, how far its estimates miss, and each district's path."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..base.errors import KontumError
from ..base.words import number, text
from ..data.areas import PROVINCE, area_list, area_name
from ..data.programme import SCENARIOS, horizon
from ..poverty.estimates import estimate_panel
from ..poverty.hidden import leave_one_out
from ..poverty.paths import project_poverty
from ..poverty.scenarios import preset
from . import style
from .tiles import tile_axes


def reconciled_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Rates (fractions) with the 80 % interval, and poor households, of the province and districts by year.

    status is that of the rate, status_poor that of the count; q10 and q90 equal the rate where it is known.
    """
    panel = estimate_panel(obs).panel.rename(
        columns={"rate_q10": "q10", "rate_q90": "q90", "status_rate": "status", "status_poor_households": "status_poor"}
    )
    return panel[
        ["area", "year", "rate", "q10", "q90", "status", "poor_households", "poor_q10", "poor_q90", "status_poor"]
    ].reset_index(drop=True)


def draw_reconciled(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """A tile for each district: a filled dot is published, an open one derived, a diamond with a bar estimated."""
    years = sorted(table["year"].unique())
    top = 1.3 * table["q90"].max()
    with style.canvas(
        title, lang, height_cm=14.6, left=1.1, right=0.3, top=2.1, bottom=1.4, wspace=0.1, hspace=0.45
    ) as figure:
        span = (years[0] - 0.5, years[-1] + 0.5, years)
        for code, axes in tile_axes(figure, lang, top, span, province_at=(3, 3)).items():
            rows = table[table["area"] == code]
            style.known_points(axes, rows)
            for r in style.each(rows):
                style.note(axes, r.year, max(r.q90, r.rate), _with_interval(r, lang), dy=5, ha="center", va="bottom")
        _tile_notes(figure, lang, text("reconciled.note", lang))
        style.status_key(figure, table["status"], lang, below_top_cm=0.8)
        return figure


def _with_interval(row: Any, lang: str) -> str:
    """The rate, and under it the 80 % interval of an estimate, which the bar is often too short to show."""
    words = number(100 * row.rate, 1, lang)
    if row.status != "estimated":
        return words
    decimals = 1 if row.q90 < 0.1 else 0
    return f"{words}\n{number(100 * row.q10, decimals, lang)}–{number(100 * row.q90, decimals, lang)}"


def _tile_notes(figure: Figure, lang: str, words: str) -> None:
    """The unit of the axes and a remark, in the two free tiles of the last row."""
    figure.text(0.31, 0.24, f"{text('tiles.axis', lang)}\n\n{words}", fontsize=7, va="top", linespacing=1.3)


def reconciled_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """How many cells are published, derived and estimated, and the estimates of the last year."""
    rows = table[table["area"] != PROVINCE]
    count = rows["status"].value_counts()
    last = rows["year"].max()
    unsure = rows.loc[rows["status"] == "estimated", "year"].max()  # own figures of an office may complete later years
    guessed = rows[(rows["year"] == unsure) & (rows["status"] == "estimated")]
    if guessed.empty:
        raise KontumError("error.figure.nothing_estimated")
    wide = guessed.iloc[(guessed["q90"] - guessed["q10"]).argmax()]
    total = table[(table["area"] == PROVINCE) & (table["year"] == last)].iloc[0]
    highest = rows[rows["year"] == last].sort_values("rate").iloc[-1]
    return dict(
        first=rows["year"].min(),
        cells=len(rows),
        published=count.get("published", 0),
        derived=count.get("derived", 0),
        estimated=count.get("estimated", 0),
        last=last,
        unsure=unsure,
        names=area_list(guessed["area"], lang),
        wide_name=area_name(wide.area, lang),
        wide=wide.rate,
        wide_low=wide.q10,
        wide_high=wide.q90,
        total=total.poor_households,
        total_rate=total.rate,
        highest=highest.rate,
        highest_name=area_name(highest.area, lang),
    )


def missed_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Each hidden cell: its true rate, the estimate without it and the 80 % interval (fractions), highest truth first.

    error_pp: estimate less truth in points; inside: whether the interval holds the truth; status: of the truth.
    """
    found = leave_one_out(obs)
    panel = estimate_panel(obs).panel.set_index(["area", "year"])["status_rate"]
    found["status"] = [panel[key] for key in zip(found["area"], found["year"], strict=True)]
    found = found.rename(columns={"rate_q10": "q10", "rate_q90": "q90"}).sort_values(
        "truth", ascending=False, kind="stable"
    )
    return found[["area", "year", "truth", "status", "estimate", "q10", "q90", "error_pp", "inside"]].reset_index(
        drop=True
    )


def draw_missed(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """A row a hidden cell: the truth a dot, the estimate a diamond with its interval, the miss in points beside."""
    with style.canvas(title, lang, height_cm=9.4, left=3.0, right=4.0, top=2.1, bottom=1.7) as figure:
        axes = figure.subplots()
        _missed_rows(axes, table, lang)
        axes.set_yticks(range(len(table)), [f"{area_name(r.area, lang)}, {r.year}" for r in style.each(table)])
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.set_xlim(0, 1.08 * max(table["q90"].max(), table["truth"].max()))
        style.rows_down(axes)
        style.number_axis(axes.xaxis, lang, scale=100)
        axes.set_xlabel(text("missed.axis", lang))
        entries = [
            (style.MARKERS[s], text(f"missed.truth_{s}", lang))
            for s in ("published", "derived")
            if s in set(table["status"])
        ]
        interval = (dict(color=style.RED, linewidth=1.3), text("missed.interval", lang))
        style.key(figure, [*entries, (style.ESTIMATED, text("missed.estimate", lang)), interval])
        return figure


def _missed_rows(axes: Axes, table: pd.DataFrame, lang: str) -> None:
    for r in style.each(table):
        if not r.inside:
            axes.axhspan(r.Index - 0.5, r.Index + 0.5, color="#FBE9DD", linewidth=0, zorder=0)
        axes.plot([r.q10, r.q90], [r.Index, r.Index], color=style.RED, linewidth=1.3, solid_capstyle="butt")
        hollow = {**style.ESTIMATED, "markerfacecolor": "none"}  # so that a truth behind it is seen
        axes.plot([r.estimate], [r.Index], zorder=5, clip_on=False, **hollow)
        axes.plot([r.truth], [r.Index], zorder=4, clip_on=False, **style.MARKERS[r.status])
        words = text("missed.inside" if r.inside else "missed.outside", lang, error=r.error_pp)
        axes.annotate(
            words,
            (1.03, r.Index),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=7,
            fontweight="normal" if r.inside else "bold",
            annotation_clip=False,
        )
    words = text("missed.column", lang)
    axes.text(1.03, 1.02, words, transform=axes.transAxes, va="bottom", fontsize=7, fontweight="bold")


def missed_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """How many intervals hold the truth, and the size of the misses."""
    worst = table.iloc[table["error_pp"].abs().argmax()]
    return dict(
        n=len(table),
        k=table["inside"].sum(),
        share=table["inside"].mean(),
        missed=(~table["inside"]).sum(),
        mean=table["error_pp"].abs().mean(),
        bias=table["error_pp"].mean(),
        low=(table["error_pp"] < 0).sum(),
        worst=abs(worst.error_pp),
        worst_name=area_name(worst.area, lang),
        worst_year=worst.year,
        worst_truth=worst.truth,
        worst_estimate=worst.estimate,
    )


def district_paths_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Each district's known rates (kind "known") and its path in the three programme scenarios (fractions)."""
    known = reconciled_table(obs).assign(kind="known")
    parts = [known[["area", "year", "kind", "rate", "q10", "q90", "status"]]]
    for name in SCENARIOS:
        path = project_poverty(obs, preset(name)).assign(kind=name)
        parts.append(path[["area", "year", "kind", "rate", "floor", "status"]])
    return pd.concat(parts, ignore_index=True)


def draw_district_paths(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """A tile for each district: band between the lowest and highest pace, middle path, known points."""
    top, years = 0.6, (table["year"].min(), table["year"].max())
    middle = horizon()
    with style.canvas(
        title, lang, height_cm=14.6, left=1.1, right=0.3, top=2.1, bottom=1.4, wspace=0.1, hspace=0.45
    ) as figure:
        span = (years[0] - 0.6, years[1] + 0.6, [years[0], middle, years[1]])
        for code, axes in tile_axes(figure, lang, top, span, province_at=(3, 3)).items():
            rows = table[table["area"] == code]
            path = rows.pivot(index="year", columns="kind", values="rate")
            low, high = path["programme-high"], path["programme-low"]
            axes.fill_between(path.index, low, high, color=style.SKY, alpha=0.4, linewidth=0)
            axes.plot(path["programme-mid"], color=style.BLUE, linewidth=1.3)
            style.known_points(axes, rows[rows["kind"] == "known"], markersize=3.6)
            value = path["programme-mid"][middle]
            axes.plot([middle], [value], zorder=5, clip_on=False, **style.PROJECTED)
            style.note(axes, middle, high[middle], number(100 * value, 1, lang), style.BLUE, dx=1, dy=6)
        _tile_notes(figure, lang, text("district_paths.note", lang, year=middle, first=years[0]))
        band = dict(marker="s", color=style.SKY, alpha=0.4, markersize=8, markeredgewidth=0, linestyle="none")
        extra = [
            (dict(style.PROJECTED, linestyle="-"), text("district_paths.mid", lang)),
            (band, text("district_paths.band", lang)),
        ]
        statuses = set(table.loc[table["kind"] == "known", "status"])
        style.status_key(figure, statuses, lang, extra, below_top_cm=0.8)
        return figure


def district_paths_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Rates of the middle path in the last year known and halfway, and how the known ones compare."""
    rate = table.set_index(["area", "kind", "year"])["rate"].sort_index()
    known = table[(table["kind"] == "known") & (table["area"] != PROVINCE)]
    last = known["year"].max()
    now = known[known["year"] == last].set_index("area")
    ahead = [a for a in now.index if now.loc[a, "rate"] < rate[a, "programme-high", last]]
    behind = [a for a in now.index if now.loc[a, "rate"] > rate[a, "programme-low", last]]
    middle = horizon()
    worst = max(now.index, key=lambda a: rate[a, "programme-mid", middle])
    return dict(
        first=table["year"].min(),
        last=last,
        year=middle,
        end=table["year"].max(),
        ahead=area_list(ahead, lang),
        behind=area_list(behind, lang),
        n_ahead=len(ahead),
        n_behind=len(behind),
        estimated=area_list(now.index[now["status"] == "estimated"], lang),
        worst_name=area_name(worst, lang),
        worst=rate[worst, "programme-mid", middle],
    )
