"""Figures of new-rural (NTM) attainment over time: communes attained with the programme's paces, and the bands."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from ..base.words import Lookup, chance, day_words, exact_day, number, text
from ..data.areas import PROVINCE
from ..data.preference import known_as
from ..data.programme import goals, horizon
from ..ntm.attainment import project_ntm
from ..ntm.published import BANDS, decimal_year, snapshots
from . import shapes, style
from .facts import interval_words, label_values

PACES = {"1.5": 1.5, "1": 1.0, "2": 2.0, "observed": None}  # the first carries the fan
QUANTILES = ("q05", "q10", "q25", "q50", "q75", "q90", "q95")


def attainment_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Communes that attained NTM: kind known (published counts by day and criteria set), or projected by pace.

    pace: criteria a year of a commune below 19, or observed; communes: the count, or the median of the draws;
    communes_q05 … communes_q95: quantiles; probability: of at least `target` communes at the end of the last year.
    """
    names = {"median": "communes", **{q: f"communes_{q}" for q in QUANTILES}}
    counts = [s for s in snapshots(obs) if s.attained == s.attained]
    points = [(s.day, s.standard, s.attained, "|".join(s.source_ids)) for s in counts]
    parts = [pd.DataFrame(points, columns=["day", "standard", "communes", "source_id"])]
    status = [known_as("published", *sources.split("|")) for sources in parts[0]["source_id"]]
    parts[0] = parts[0].assign(kind="known", status=status)
    for name, pace in PACES.items():
        projection = project_ntm(obs, pace)
        chances = projection.probabilities.set_index("event")["probability"]
        years = projection.years[projection.years["indicator"] == "ntm_communes"].rename(columns=names)
        years["probability"] = [chances["ntm_communes"] if year == horizon() else np.nan for year in years["year"]]
        days = years["year"].astype(str) + "-12-31"
        parts.append(years.assign(kind="projected", pace=name, day=days, status="projected"))
    columns = ["kind", "day", "standard", "communes", "status", "source_id", "pace", *names.values(), "probability"]
    table = pd.concat(parts, ignore_index=True)[list(dict.fromkeys(columns))]
    return table.assign(target=goals()["ntm_communes", PROVINCE].low)


PACE_LINES: dict[str, style.Look] = {
    "1.5": dict(color=style.BLUE, linestyle="-", linewidth=1.6),
    "1": dict(color=style.RED, linestyle=(0, (5, 2)), linewidth=1.2),
    "2": dict(color=style.GREEN, linestyle=(0, (6, 1.5, 1, 1.5)), linewidth=1.2),
    "observed": dict(color=style.ORANGE, linestyle=(0, (1.2, 1.2)), linewidth=1.4),
}


def draw_attainment(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Published counts by date, the fan at the middle pace, medians at the others, and the target."""
    points, target = table[table["kind"] == "known"], table["target"].iloc[0]
    first = int(points["day"].iloc[0][:4])
    with style.canvas(heading, lang, height_cm=10.2, left=1.4, right=4.5, top=1.0, bottom=1.4) as figure:
        axes = figure.subplots()
        _sets(axes, points, lang, first)
        days = [decimal_year(day) for day in points["day"]]
        start, ends = (days[-1], points["communes"].iloc[-1]), []
        for name, look in PACE_LINES.items():
            rows = table[table["pace"] == name]
            x, y = [start[0], *map(decimal_year, rows["day"])], [start[1], *rows["communes"]]
            if name == next(iter(PACES)):
                shapes.fan(axes, x, rows, "communes_", start[1])
            axes.plot(x, y, zorder=4, **look)
            numbers = dict(pace=float(PACES[name] or 0), communes=y[-1], target=target)
            numbers["p"] = chance(rows["probability"].iloc[-1], lang)
            kind = "observed" if PACES[name] is None else "pace"
            ends.append((x[-1], y[-1], text(f"ntm.end_{kind}", lang, **numbers), look["color"]))
        for day, row in zip(days, style.each(points), strict=True):
            axes.plot([day], [row.communes], zorder=6, **style.MARKERS[row.status])
        style.note(axes, *start, number(start[1], 0, lang), dx=-1, dy=8, ha="right")
        axes.axhline(target, color=style.BLACK, linewidth=1, linestyle=(0, (4, 2)))
        words = text("ntm.target", lang, target=target, year=horizon())
        style.note(axes, first + 0.05, target, words, dy=6)
        axes.set(xlim=(first, horizon() + 1), ylim=(0, 85), ylabel=text("ntm.axis", lang))
        years = range(first, horizon() + 1)
        axes.set_xticks([year + 0.5 for year in years], [str(year) for year in years])
        axes.tick_params(axis="x", length=0)
        shapes.end_labels(axes, ends, gap=11, dx=0.5, least=0)
        entries = [(style.PUBLISHED, text("ntm.key_known", lang)), (PACE_LINES["1.5"], text("ntm.key_median", lang))]
        offices = [(style.OFFICE, text("key.office", lang))] * bool((points["status"] == "office").any())
        style.key(figure, [*entries, *offices, *shapes.fan_key(lang)])
        return figure


def _sets(axes: Axes, points: pd.DataFrame, lang: str, first: int) -> None:
    """The spans of the criteria sets, named at the top; a set begins midway between its counts and those before."""
    days = points["day"].map(decimal_year)
    spans = days.groupby(points["standard"], sort=False).agg(["min", "max"])
    changes = [(end + start) / 2 for end, start in zip(spans["max"][:-1], spans["min"][1:], strict=True)]
    edges = [first, *changes, horizon() + 1]
    for i, standard in enumerate(spans.index):
        rows = points[points["standard"] == standard]
        axes.plot(days[rows.index], rows["communes"], color=style.GREY, linewidth=0.8, zorder=5)
        axes.axvspan(edges[i], edges[i + 1], color=style.PALE if i % 2 else "white", linewidth=0, zorder=0)
        words = text(f"ntm.set_lines.{standard}", lang)
        middle = (edges[i] + edges[i + 1]) / 2
        axes.text(middle, 84, words, ha="center", va="top", fontsize=style.SMALL, color=style.GREY)


def attainment_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """First and last published count, and median, interval and probability at each pace."""
    points, ends = table[table["kind"] == "known"], table.dropna(subset="probability")
    chances = ends.set_index("pace")["probability"].map(lambda p: chance(p, lang))
    days = dict(first=points["day"].iloc[0][:4], last=day_words(points["day"].iloc[-1], lang))
    counts = dict(first_count=points["communes"].iloc[0], last_count=points["communes"].iloc[-1], counts=len(points))
    middle: Any = ends.set_index("pace").loc[next(iter(PACES))]
    interval = interval_words(middle["communes_q10"], middle["communes_q90"], lang, "count")
    facts = label_values(ends, lang, {"communes": "pace"}, interval=interval)
    return dict(**facts, **days, **counts, chance=Lookup(chances), target=table["target"].iloc[0])


def bands_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Communes by band of criteria on every day for which all bands are published.

    status: published, office, or derived (the last band as what the others leave); mean_low, mean_high: limits of the
    mean number of criteria as printed; precision: year or year_end where the page gives no day.
    """
    rows = []
    for s in snapshots(obs):
        page = obs[obs["source_id"].isin(s.source_ids) & obs["indicator"].str.startswith("ntm_communes")]
        is_exact = (page["date_precision"].isin(["day", "month"]) & page["time_period"].eq(s.day)).any()
        loose = {"-07-01": "year", "-12-31": "year_end"}  # the days on which `published` puts pages without one
        precision = "day" if is_exact else loose.get(s.day[4:], "day")
        is_printed = page["indicator"].eq("ntm_communes_below_5_criteria").any()
        for band, count in zip(BANDS, s.bands, strict=False):  # no bands: no rows
            status = known_as("derived" if band == BANDS[-1] and not is_printed else "published", *s.source_ids)
            mean = dict(mean_low=s.mean_low, mean_high=s.mean_high)
            cell = dict(band=band, communes=count, status=status, **mean, source_id="|".join(s.source_ids))
            rows.append(dict(day=s.day, precision=precision, standard=s.standard, **cell))
    return pd.DataFrame(rows)


# ever lighter, so that a grey print keeps the order; the last is hatched
BAND_FILLS = dict(zip(BANDS, ["#08306B", "#4292C6", "#9ECAE1", "#DEEBF7", "#FFFFFF"], strict=True))


def draw_bands(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Stacked bars in groups by criteria set, and above them the mean number of criteria per commune."""
    days = table.drop_duplicates(["day", "standard"])[["day", "precision", "standard", "mean_low", "mean_high"]]
    step = (days["standard"] != days["standard"].shift()).cumsum() - 1
    days = days.assign(x=[i + 0.7 * group for i, group in enumerate(step)])
    with style.canvas(heading, lang, height_cm=12.6, left=1.4, right=3.6, top=1.4, bottom=1.6, hspace=0.16) as figure:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1, 2.6])
        for row in style.each(days):
            _column(lower, row.x, table[(table["day"] == row.day) & (table["standard"] == row.standard)], lang)
            _mean_mark(upper, row, lang)
        _set_names(upper, lower, days, lang)
        lower.set(yticks=range(0, 81, 20), ylabel=text("ntm.communes", lang))
        lower.set(xlim=(-0.8, days["x"].max() + 1.1), ylim=(0, 104))
        upper.set(yticks=[10, 15, 19], ylabel=text("ntm.criteria", lang))
        upper.set(ylim=(7, 19))
        upper.tick_params(axis="x", length=0)
        lower.set_xticks(days["x"], [_two_lines(row.day, row.precision, lang) for row in style.each(days)])
        upper.set_title(text("ntm.mean", lang), fontsize=7.8)
        handles = [Patch(label=text(f"ntm.band.{band}", lang), **_band_look(band, "published")) for band in BANDS]
        if "derived" in set(table["status"]):
            handles.append(Patch(facecolor="white", **DERIVED_EDGE, label=text("ntm.band_derived", lang)))
        lower.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=7.2, borderaxespad=0)
        kinds = {mean_status(row.mean_low, row.mean_high) for row in style.each(days) if row.mean_low == row.mean_low}
        style.key(figure, [(look, text(f"ntm.mean_key_{k}", lang)) for k, look in style.MARKERS.items() if k in kinds])
        return figure


DERIVED_EDGE: style.Look = dict(edgecolor=style.BLACK, linewidth=1.0, linestyle=(0, (2, 1.2)))


def _band_look(band: str, status: str) -> style.Look:
    edge: style.Look = dict(edgecolor=style.GREY, linewidth=0.5) if status != "derived" else DERIVED_EDGE
    return dict(facecolor=BAND_FILLS[band], hatch="/////" if band == BANDS[-1] else None, **edge)


def _column(axes: Axes, x: float, cells: pd.DataFrame, lang: str) -> None:
    """The bands of one day upon one another, each with its number where that fits."""
    bottom = 0
    for cell in style.each(cells[cells["communes"] > 0]):
        axes.bar(x, cell.communes, 0.8, bottom, **_band_look(cell.band, cell.status))
        middle, words = bottom + cell.communes / 2, number(cell.communes, 0, lang)
        if cell.communes >= 5:
            box: style.Look = dict(facecolor="white", edgecolor="none", pad=0.6) if cell.band == BANDS[-1] else {}
            ink = style.ink_on(BAND_FILLS[cell.band])
            axes.text(x, middle, words, ha="center", va="center_baseline", fontsize=7, color=ink, bbox=box or None)
        bottom += cell.communes


def _two_lines(day: str, precision: str, lang: str) -> str:
    """The day above its year, so that neighbours do not meet: 30/11 or 30 Nov over 2022, or how the year is meant."""
    month = day[5:7] if lang == "vi" else pd.Timestamp(day).strftime("%b")
    return text(f"ntm.day_{precision}", lang, day=int(day[8:]), month=month, year=day[:4])


def _mean_mark(axes: Axes, row: Any, lang: str) -> None:
    """The mean as printed: a dot; only a lower or an upper limit: a triangle; a rounded one: an open ×."""
    low, high = row.mean_low, row.mean_high
    if low != low:
        style.note(axes, row.x, 13, text("ntm.mean_none", lang), style.GREY, ha="center")
        return
    status = mean_status(low, high)
    value = {"at_least": low, "at_most": high}.get(status, (low + high) / 2)
    value = round(value, 1 if status == "unsure" else 2)
    axes.plot([row.x], [value], zorder=4, **style.MARKERS[status])
    words = {"at_least": "ntm.mean_at_least", "at_most": "ntm.mean_at_most", "unsure": "ntm.mean_about"}
    label = text(words.get(status, "ntm.mean_exact"), lang, v=value)
    style.note(axes, row.x, value, label, ha="center", dy=8 if value < 15.5 else -9)


def mean_status(low: float, high: float) -> str:
    """How a mean is known from its limits: published, at_least, at_most or unsure (printed as "about")."""
    return "at_least" if high >= 19 else "at_most" if low <= 0 else "unsure" if high - low > 0.1 else "published"


def _set_names(upper: Axes, lower: Axes, days: pd.DataFrame, lang: str) -> None:
    spans = days.groupby("standard", sort=False)["x"].agg(["min", "max"])
    for axes in (upper, lower):
        for start in spans["min"].iloc[1:]:
            axes.axvline(start - 0.85, color=style.GREY, linewidth=0.8, linestyle=(0, (1, 2)))
    for standard, (first, last) in zip(spans.index, spans.to_numpy(), strict=True):
        words = text(f"ntm.set_lines.{standard}", lang)
        lower.text((first + last) / 2, 103, words, ha="center", va="top", fontsize=style.SMALL, color=style.GREY)


def bands_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Communes by day and band (under_10: the last two bands), on the first day, the last, and the last under the set
    before; the case says whether there are two sets.
    """
    wide = table.pivot(index=["day", "standard"], columns="band", values="communes")
    wide = wide.assign(under_10=wide["from_5_to_9"] + wide["below_5"], all=wide.sum(axis=1)).reset_index("standard")
    newest = wide["standard"].iloc[-1]
    older = wide[wide["standard"] != newest]
    older = older[older["standard"] == older["standard"].iloc[-1]] if len(older) else wide
    days = dict(start=wide.index[0], opening=older.index[0], before=older.index[-1], end=wide.index[-1])
    precisions = dict(zip(table["day"], table["precision"], strict=True))
    words = {f"{name}_day": exact_day(day, lang) if precisions[day] == "day" else day[:4] for name, day in days.items()}
    communes = Lookup(wide.drop(columns="standard").stack(), days)
    years = dict(first_year=wide.index[0][:4], last_year=wide.index[-1][:4])
    sets = dict(old_set=older["standard"].iloc[-1], new_set=newest)
    sets = {name: standard.removeprefix("NTM_").replace("_", "–") for name, standard in sets.items()}
    case = "one" if older is wide else "two"
    return dict(**words, **years, **sets, communes=communes, days=len(wide), case=case)
