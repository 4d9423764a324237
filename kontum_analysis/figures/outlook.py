"""Figures of what may come and how it compares with what has been seen: fans, and paces held against history."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.special import expit, logit

from ..base.words import Lookup, chance, number, plain, text
from ..data.areas import POOR_DISTRICTS, PROVINCE, area_name
from ..data.programme import AREAS, SCENARIOS, corridors, horizon
from ..poverty.districts import FIRST_YEAR
from ..poverty.draws import outlook_draws
from ..poverty.history import mpi_share, observed_paces, pace_percentile
from ..poverty.known import known_rates, opening_rates
from ..poverty.speeds import CHOICES
from ..targets.chances import POVERTY, target_chances
from . import shapes, style
from .facts import label_values

CHANCE = ["chance", "chance_low", "chance_high"]
TARGETS = dict(zip(AREAS, POVERTY, strict=True))


def outlook_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Known rates, quantiles of the outlook, and the rate that the programme's low end asks for at its horizon, with
    the chance of reaching it and its range (`target_chances`).
    """
    rates, quantiles = known_rates(obs), outlook_draws(obs).quantiles().rename(columns={"q50": "rate"})
    parts = [rates.assign(kind="known"), quantiles[quantiles["area"].isin(AREAS)].assign(kind="outlook")]
    opening, end = opening_rates(obs), horizon()
    level = [max(opening[area] - corridors()[area].low / 100 * (end - FIRST_YEAR), 0.0) for area in AREAS]
    goals = pd.DataFrame(dict(target_id=TARGETS.values(), area=AREAS, kind="asked", year=end, rate=level))
    parts.append(goals.merge(target_chances(obs)[["target_id", *CHANCE]], on="target_id", how="left"))
    quantile_names = ["q05", "q10", "q25", "q75", "q90", "q95"]
    return pd.concat(parts, ignore_index=True)[["area", "kind", "year", "rate", *quantile_names, "status", *CHANCE]]


def draw_outlook(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Province above, poor districts below: known points, the fan, and the level that the programme asks for."""
    with style.canvas(heading, lang, height_cm=14.2, left=1.5, right=0.5, top=1.85, bottom=1.7, hspace=0.24) as figure:
        for axes, area, rows in shapes.province_and_poor_districts(figure, table, lang):
            fan = rows[rows["kind"] == "outlook"]
            shapes.fan(axes, fan["year"], fan)
            axes.plot(fan["year"], fan["rate"], **MEDIAN)
            goal = rows[rows["kind"] == "asked"].iloc[0]
            axes.plot([goal.year - 0.4, goal.year + 0.4], [goal.rate] * 2, zorder=5, **ASKED)
            names = dict(zip(CHANCE, ("chance", "low", "high"), strict=True))
            chances = {name: chance(goal[column], lang) for column, name in names.items()}
            level = dict(pace=corridors()[area].low, rate=goal.rate, year=int(goal.year))
            end = fan.iloc[-1]
            label = "poverty_outlook.end_floor" if _on_floor(end) else "poverty_outlook.end"
            numbers = dict(rate=end.rate, low=end.q10, high=end.q90, year=int(end.year))
            entries = [(ASKED, text("poverty_outlook.asked", lang, **level, **chances))]
            shapes.words_in(axes, [*entries, (MEDIAN, text(label, lang, **numbers))])
        statuses = table.loc[table["kind"] == "known", "status"]
        style.status_key(figure, statuses, lang)
        style.key(figure, shapes.fan_key(lang), 0.65)
        return figure


MEDIAN: style.Look = dict(color=style.BLUE, linewidth=1.6)
ASKED: style.Look = dict(color=style.RED, linewidth=2.0, marker="|", markersize=8, markeredgewidth=2.0)


def _on_floor(row: Any) -> bool:
    """Whether half of the draws have stopped at the floor: then the narrow interval is an assumption, not knowledge."""
    return bool(row.rate - row.q05 < 0.0005)


def outlook_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Rates and quantiles by area and year, the chance by area with its range, and the year the floor rules from."""
    fan, goals = table[table["kind"] == "outlook"], table[table["kind"] == "asked"].set_index("area")
    rows, last = fan[(fan["area"] == PROVINCE) & (fan["year"] > fan["year"].min())], fan["year"].max()
    stopped = min((row.year for row in style.each(rows) if _on_floor(row)), default=last + 1)
    chances = goals[CHANCE].map(lambda p: chance(p, lang))
    columns = dict.fromkeys(("rate", "q10", "q90"), "area year")
    choices = "; ".join(text(f"choice.{choice}", lang) for choice in CHOICES)
    facts = label_values(fan, lang, columns, last=last, stopped=stopped, choices=choices)
    return facts | dict(chance=Lookup(chances.stack(), dict(province=PROVINCE, poor=POOR_DISTRICTS)))


def pace_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Observed speeds of provinces, the programme's paces as speeds with their percentile, shares of the global MPI.

    value: speed of the log odds a year (kinds seen and asked); points: what that speed means, in points a year, for a
    province at Kon Tum's opening rate; opening: the rate from which a pace of the programme is counted.
    """
    observed = observed_paces(obs)
    names = observed["area"] + " " + observed["standard"]
    parts = [observed.assign(kind="seen", label=names, value=-observed["speed"])]
    opening = known_rates(obs).query("year == 2021").set_index("area")["rate"]
    for area in AREAS:
        low, high = corridors()[area][:2]
        paces = np.array([low, (low + high) / 2, high])
        programme = pd.DataFrame(dict(label=[f"{pace:g}" for pace in paces], pace_pp=paces))
        programme = programme.assign(kind="asked", area=area, opening=opening[area])
        programme["value"] = logit(opening[area]) - logit(opening[area] - paces / 100)
        programme["share"] = [pace_percentile(pace, opening[area], observed["speed"]) for pace in paces]
        parts.append(programme)
    mpi = mpi_share().rename(columns={"level": "label", "threshold_pp": "pace_pp", "intervals": "value"})
    parts.append(mpi.assign(kind="mpi", share=mpi["share_pct"] / 100))
    table = pd.concat(parts, ignore_index=True)
    start = opening[PROVINCE]
    table["points"] = 100 * (start - expit(logit(start) - table["value"].where(table["kind"] != "mpi")))
    columns = ["kind", "area", "standard", "label", "start", "end", "pace_pp", "value", "share", "points", "opening"]
    return table[columns]


ROW_CM = 0.38  # between two series, so that their names do not touch
CORRIDORS: dict[str, style.Look] = {
    PROVINCE: dict(facecolor="#BBDFF5", edgecolor=style.GREY, hatch="", linewidth=0.5),
    POOR_DISTRICTS: dict(facecolor="#F9D9C4", edgecolor=style.GREY, hatch="////", linewidth=0.5),
}


def draw_pace(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Left: falls seen in provinces as points a year at Kon Tum's opening rate, below the programme's corridors. Right:
    another measure, shares of MPI intervals.
    """
    observed, programme = table[table["kind"] == "seen"], table[table["kind"] == "asked"]
    names = list(dict.fromkeys(observed["label"]))
    height = max(11.0, 5.4 + ROW_CM * (len(CORRIDORS) + len(names)))
    with style.canvas(heading, lang, height_cm=height, left=6.2, right=0.9, top=2.9, bottom=1.9, wspace=0.48) as figure:
        left, right = figure.subplots(1, 2, width_ratios=[1.2, 1])
        entries, heads = [(style.PUBLISHED, text("pace_history.seen", lang))], []
        for place, (area, look) in enumerate(CORRIDORS.items()):
            rows = programme[programme["area"] == area]
            low, high, paces = rows["points"].min(), rows["points"].max(), corridors()[area]
            left.barh(place, high - low, 0.6, low, zorder=3, **look)
            left.axvspan(low, high, color=style.PALE, zorder=0)
            heads.append(text("pace_history.head", lang, name=area_name(area, lang), low=paces.low, high=paces.high))
            entries.append((look, _corridor_words(rows, area, lang)))
        places = [names.index(label) + len(heads) for label in observed["label"]]
        left.plot(observed["points"], places, **style.PUBLISHED)
        shapes.rows_of_dots(left, [*heads, *(_series(name, lang) for name in names)])
        left.axhline(len(heads) - 0.5, color=style.BLACK, linewidth=0.8)
        opening = programme.loc[programme["area"] == PROVINCE, "opening"].iloc[0]
        words = text("pace_history.points", lang, rate=opening)
        left.set(xlim=(0, 1.1 * observed["points"].max()), xlabel=words, title=text("pace_history.left", lang))
        style.number_axis(left.xaxis, lang)
        _mpi_bars(right, table[table["kind"] == "mpi"], lang)
        style.key(figure, entries, ncols=1, labelspacing=0.35)
        return figure


def _corridor_words(rows: pd.DataFrame, area: str, lang: str) -> str:
    low, middle, high = style.each(rows)
    paces = dict(low=low.pace_pp, mid=plain(middle.pace_pp, lang, 1), high=high.pace_pp)
    shares = dict(low_share=low.share, mid_share=middle.share, high_share=high.share)
    return text("pace_history.asked", lang, name=area_name(area, lang), **paces, **shares)


def _series(name: str, lang: str) -> str:
    area, standard = name.split(" ")
    name = text("pace_history.own", lang) if area == PROVINCE else area_name(area, lang)
    return f"{name} {text(f'standard_years.{standard}', lang)}"


def _mpi_bars(axes: Axes, rows: pd.DataFrame, lang: str) -> None:
    import seaborn

    counts = rows.groupby("label")["value"].first()
    series = rows.assign(label=[text(f"pace_history.{label}", lang, n=counts[label]) for label in rows["label"]])
    palette = [style.LIGHT, style.GREY]
    seaborn.barplot(
        series, x="share", y="pace_pp", hue="label", orient="h", errorbar=None, palette=palette, saturation=1, ax=axes
    )
    groups: Any = axes.containers
    for bars in groups:
        axes.bar_label(bars, fmt=lambda share: f"{number(100 * share, 1, lang)}%", padding=2, fontsize=style.SMALL)
    thresholds = sorted(rows["pace_pp"].unique())
    axes.set_yticks(range(len(thresholds)), [text("pace_history.from", lang, pace=pace) for pace in thresholds])
    axes.grid(False)
    axes.set_title(text("pace_history.right", lang), pad=27)
    axes.set(xlim=(0, 1.45 * rows["share"].max()), xlabel=text("pace_history.share", lang), ylabel="")
    above: style.Look = dict(loc="lower left", bbox_to_anchor=(0, 1), borderpad=0, borderaxespad=0.3)
    axes.legend(fontsize=style.SMALL, title=None, handlelength=1.2, labelspacing=0.3, **above)
    style.number_axis(axes.xaxis, lang, scale=100, ticks=4)


def pace_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Shares of the falls seen that are slower than each pace, by area; the MPI's share at the poor districts' pace."""
    programme, mpi, observed = (table[table["kind"] == kind] for kind in ("asked", "mpi", "seen"))
    programme = programme.assign(scenario=np.tile(SCENARIOS, 2))
    threshold = corridors()[POOR_DISTRICTS].low
    level = mpi[mpi["pace_pp"] == threshold].set_index("label").loc["subnational"]
    counts = dict(n=len(observed), own=int((observed["area"] == PROVINCE).sum()), provinces=observed["area"].nunique())
    measure = dict(mpi=level["share"], intervals=level["value"], threshold=threshold)
    return label_values(programme, lang, dict.fromkeys(("share", "opening"), "area scenario"), **counts, **measure)
