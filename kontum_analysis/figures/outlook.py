"""Figures of what may come and how it compares with what has been seen: fans, and paces held against history."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.special import logit

from ..base.words import chance, number, plain, text
from ..data.areas import POOR_DISTRICTS, PROVINCE, area_name
from ..data.programme import AREAS, corridors, horizon
from ..poverty.draws import chance_of_average, outlook_draws
from ..poverty.history import mpi_share, observed_paces, pace_percentile
from ..poverty.known import known_rates
from ..poverty.speeds import CHOICES
from . import style

HISTORY_WEIGHT = 0.25  # the blend of own speed and history that did best on 61 national cases of the MPI panel


def outlook_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Known rates, quantiles of the outlook, and the rate that the programme's low end asks for at its
    horizon, with P.
    """
    known = known_rates(obs)
    parts = [known.assign(kind="known")]
    own, history = outlook_draws(obs), outlook_draws(obs, end=horizon(), choice=CHOICES["history"])
    q = own.quantiles()
    q = q[q["area"].isin(AREAS)].rename(columns={"q50": "rate"})
    parts.append(q.assign(kind="outlook"))
    first = known[known["year"] == known["year"].min()].set_index("area")["rate"]
    for area in AREAS:
        pace, end = corridors()[area].low, horizon()
        asked = first[area] - pace / 100 * (end - known["year"].min())
        parts.append(
            pd.DataFrame(
                dict(
                    area=[area],
                    kind="asked",
                    year=end,
                    rate=max(asked, 0.0),
                    chance=chance_of_average(own, area, pace, first[area], end),
                    chance_history=chance_of_average(history, area, pace, first[area], end),
                )
            )
        )
    return pd.concat(parts, ignore_index=True)[
        ["area", "kind", "year", "rate", "q05", "q10", "q25", "q75", "q90", "q95", "status", "chance", "chance_history"]
    ]


def draw_outlook(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """Province above, poor districts below: known points, the fan, and the level that the programme asks for."""
    with style.canvas(title, lang, height_cm=13.6, left=1.4, right=3.4, top=1.8, bottom=1.6, hspace=0.26) as figure:
        for axes, area in zip(figure.subplots(2, 1, sharex=True), AREAS, strict=True):
            rows = table[table["area"] == area]
            fan = rows[rows["kind"] == "outlook"]
            for low, high, alpha in (("q05", "q95", 0.18), ("q10", "q90", 0.25), ("q25", "q75", 0.4)):
                axes.fill_between(fan["year"], fan[low], fan[high], color=style.SKY, alpha=alpha, linewidth=0)
            axes.plot(fan["year"], fan["rate"], color=style.BLUE, linewidth=1.6)
            style.known_points(axes, rows[rows["kind"] == "known"])
            asked = rows[rows["kind"] == "asked"].iloc[0]
            top = 1.12 * rows["rate"].max()
            axes.plot([asked.year - 0.4, asked.year + 0.4], [asked.rate] * 2, color=style.RED, linewidth=1.8)
            axes.set_ylim(0, top)
            words = text(
                "poverty_outlook.asked",
                lang,
                pace=corridors()[area].low,
                rate=asked.rate,
                year=int(asked.year),
                chance=chance(asked.chance, lang),
                history=chance(asked.chance_history, lang),
            )
            style.callout(
                axes, words, (asked.year + 0.4, asked.rate), (2026.2, 0.66 * top), style.RED, annotation_clip=False
            )
            end = fan.iloc[-1]
            axes.axvline(horizon(), color=style.GREY, linewidth=0.7, linestyle=(0, (1, 2)), zorder=0)
            label = "poverty_outlook.end_floor" if _on_floor(end) else "poverty_outlook.end"
            style.callout(
                axes,
                text(label, lang, rate=end.rate, low=end.q10, high=end.q90),
                (end.year, end.rate),
                (end.year + 0.4, 0.2 * top),
                style.BLUE,
                annotation_clip=False,
            )
            axes.set_title(area_name(area, lang))
            axes.set_xlim(rows["year"].min() - 0.3, rows["year"].max() + 0.1)
            axes.set_ylabel(text("unit.percent_of_households", lang))
            style.number_axis(axes.yaxis, lang, scale=100)
        axes.set_xlabel(text("axis.year_end", lang))
        fan_key = (dict(marker="s", markersize=7, color=style.SKY, linestyle="none"), text("poverty_outlook.fan", lang))
        style.status_key(figure, table.loc[table["kind"] == "known", "status"], lang, extra=[fan_key])
        return figure


def _on_floor(row: Any) -> bool:
    """Whether half of the draws have stopped at the floor: then the narrow interval is an assumption, not knowledge."""
    return bool(row.rate - row.q05 < 0.0005)


def outlook_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Medians and intervals at the horizon and at the end, and the two chances."""
    found: dict[str, object] = {}
    for name, area in (("", PROVINCE), ("poor_", POOR_DISTRICTS)):
        rows = table[table["area"] == area]
        asked = rows[rows["kind"] == "asked"].iloc[0]
        fan = rows[rows["kind"] == "outlook"].set_index("year")
        found |= {
            f"{name}near": fan.at[horizon(), "rate"],
            f"{name}low": fan.at[horizon(), "q10"],
            f"{name}high": fan.at[horizon(), "q90"],
            f"{name}end": fan["rate"].iloc[-1],
            f"{name}chance": chance(asked.chance, lang),
            f"{name}history": chance(asked.chance_history, lang),
        }
    fan = table[(table["area"] == PROVINCE) & (table["kind"] == "outlook")]
    stopped = [r.year for r in style.each(fan) if r.year > fan["year"].min() and _on_floor(r)]
    found["stopped"] = stopped[0] if stopped else fan["year"].max() + 1
    found["history_weight"] = HISTORY_WEIGHT
    return found | {"year": horizon(), "pace": corridors()[PROVINCE].low, "poor_pace": corridors()[POOR_DISTRICTS].low}


def pace_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Observed speeds of provinces, the programme's paces as speeds with their percentile, and shares of the global
    MPI.
    """
    seen = observed_paces(obs)
    parts = [seen.assign(kind="seen", label=seen["area"] + " " + seen["standard"], value=-seen["speed"])]
    opening = known_rates(obs).query("year == 2021").set_index("area")["rate"]
    for area in AREAS:
        low, high = corridors()[area][:2]
        for pace in (low, (low + high) / 2, high):
            level = opening[area]
            parts.append(
                pd.DataFrame(
                    dict(
                        kind=["asked"],
                        area=area,
                        label=f"{pace:g}",
                        pace_pp=pace,
                        value=logit(level) - logit(level - pace / 100),
                        share=pace_percentile(pace, level, seen["speed"]),
                    )
                )
            )
    mpi = mpi_share()
    parts.append(
        pd.DataFrame(
            dict(
                kind="mpi",
                label=mpi["level"],
                pace_pp=mpi["threshold_pp"],
                share=mpi["share_pct"] / 100,
                value=mpi["intervals"],
            )
        )
    )
    return pd.concat(parts, ignore_index=True)[
        ["kind", "area", "standard", "label", "start", "end", "pace_pp", "value", "share"]
    ]


def draw_pace(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """Left: yearly speeds seen in provinces, with the programme's paces as lines. Right: another measure, shares of MPI
    intervals.
    """
    with style.canvas(title, lang, height_cm=11.2, left=3.4, right=0.5, top=2.6, bottom=2.2, wspace=0.5) as figure:
        left, right = figure.subplots(1, 2, width_ratios=[1.7, 1])
        seen = table[table["kind"] == "seen"]
        names = list(dict.fromkeys(seen["label"]))
        for place, name in enumerate(names):
            rows = seen[seen["label"] == name]
            left.plot(rows["value"], [place] * len(rows), **style.PUBLISHED)
        heads = [text(f"pace_history.lines_{area}", lang) for area in AREAS]
        labels = left.set_yticks([-1.35, -0.73, *range(len(names))], [*heads, *(_series(name, lang) for name in names)])
        for tick, colour in zip(labels, (style.BLUE, style.RED), strict=False):
            tick.label1.set_color(colour)
            tick.gridline.set_visible(False)
        left.set_ylim(len(names) - 0.4, -1.7)
        for area, colour, line in ((PROVINCE, style.BLUE, "-"), (POOR_DISTRICTS, style.RED, "--")):
            rows = table[(table["kind"] == "asked") & (table["area"] == area)]
            top = 0.0 if area == PROVINCE else 0.62
            for row in style.each(rows):
                left.vlines(row.value, -0.5, len(names) - 0.4, color=colour, linewidth=1.1, linestyle=line, zorder=1)
                style.note(left, row.value, top - 1.35, plain(row.pace_pp, lang, 1), colour, ha="center")
        left.set_xlim(0, 0.65)
        left.set_xlabel(text("pace_history.speed", lang))
        style.number_axis(left.xaxis, lang, decimals=1)
        left.set_title(text("pace_history.left", lang))
        _mpi_bars(right, table[table["kind"] == "mpi"], lang)
        entries = [(style.PUBLISHED, text("pace_history.seen", lang))]
        for area, colour, line in ((PROVINCE, style.BLUE, "-"), (POOR_DISTRICTS, style.RED, "--")):
            low, mid, high = style.each(table[(table["kind"] == "asked") & (table["area"] == area)])
            words = text(
                "pace_history.asked",
                lang,
                name=area_name(area, lang),
                low=low.pace_pp,
                mid=plain(mid.pace_pp, lang, 1),
                high=high.pace_pp,
                low_share=low.share,
                mid_share=mid.share,
                high_share=high.share,
            )
            entries.append((dict(color=colour, linestyle=line, linewidth=1.2), words))
        style.key(figure, entries, ncols=1, labelspacing=0.35)
        return figure


def _series(name: str, lang: str) -> str:
    area, standard = name.split(" ")
    name = text("pace_history.own", lang) if area == PROVINCE else area_name(area, lang)
    return f"{name} {text(f'standard_years.{standard}', lang)}"


def _mpi_bars(axes: Axes, rows: pd.DataFrame, lang: str) -> None:
    levels = ["national", "subnational"]
    for shift, level, face in ((-0.2, levels[0], style.LIGHT), (0.2, levels[1], style.GREY)):
        found = rows[rows["label"] == level]
        axes.barh(np.arange(len(found)) + shift, found["share"], height=0.36, color=face)
        for place, share in enumerate(found["share"]):
            axes.text(
                share + 0.003, place + shift, f"{number(100 * share, 1, lang)}%", va="center", fontsize=style.SMALL
            )
    thresholds = rows[rows["label"] == levels[0]]["pace_pp"]
    axes.set_yticks(range(len(thresholds)), [text("pace_history.from", lang, pace=p) for p in thresholds])
    axes.set_ylim(len(thresholds) - 0.4, -0.6)
    axes.set_xlim(0, 0.18)
    axes.grid(False)
    axes.set_title(text("pace_history.right", lang))
    counts = rows.groupby("label")["value"].first()
    axes.set_xlabel(text("pace_history.share", lang, national=counts["national"], subnational=counts["subnational"]))
    style.number_axis(axes.xaxis, lang, scale=100)


def pace_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Percentiles of the programme's paces and the MPI's shares at its thresholds."""
    asked = table[table["kind"] == "asked"].set_index(["area", "pace_pp"])["share"]
    mpi = table[table["kind"] == "mpi"].set_index(["label", "pace_pp"])
    seen = table[table["kind"] == "seen"]
    low, high = corridors()[PROVINCE][:2]
    poor_low, poor_high = corridors()[POOR_DISTRICTS][:2]
    return dict(
        low=low,
        high=high,
        poor_low=poor_low,
        poor_high=poor_high,
        low_share=asked[PROVINCE, low],
        high_share=asked[PROVINCE, high],
        poor_low_share=asked[POOR_DISTRICTS, poor_low],
        poor_high_share=asked[POOR_DISTRICTS, poor_high],
        n=len(seen),
        own=int((seen["area"] == PROVINCE).sum()),
        provinces=seen["area"].nunique(),
        mpi=mpi.at[("subnational", 6), "share"],
        intervals=mpi.at[("subnational", 6), "value"],
    )
