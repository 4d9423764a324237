"""Figures of new-rural (NTM) attainment over time: communes attained with the programme's paces, and the bands."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from ..base.words import number, text
from ..data.observations import raw_tables
from ..ntm.attainment import project_ntm
from ..ntm.published import BANDS, decimal_year, snapshots
from ..targets.programme import horizon
from . import style
from .catalogue import SEED

PACES = {"1.5": 1.5, "1": 1.0, "2": 2.0, "observed": None}  # the first carries the fan
DRAWS = {"1.5": 4000, "1": 2000, "2": 2000, "observed": 2000}
QUANTILES = ("q05", "q10", "q25", "q50", "q75", "q90", "q95")


def ntm_target() -> float:
    """The number of communes that the programme asks for.

    >>> ntm_target()
    60.0
    """
    rows = raw_tables()["targets"]
    rows = rows[(rows["in_programme_3299"] == "1") & (rows["indicator"] == "ntm_communes")]
    return float(rows["value_low"].iloc[0])


def attainment_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Communes that attained NTM: kind known (published counts by day and criteria set), or projected by pace.

    pace: criteria a year of a commune below 19, or observed; communes: the count, or the median of the draws;
    communes_q05 … communes_q95: quantiles; probability: of at least `target` communes at the end of the last year.
    """
    rows = []
    for s in snapshots(obs):
        if s.attained == s.attained:
            rows.append(
                dict(
                    kind="known",
                    day=s.day,
                    standard=s.standard,
                    communes=s.attained,
                    status="published",
                    source_id="|".join(s.source_ids),
                )
            )
    target = ntm_target()
    for name, pace in PACES.items():
        found = project_ntm(obs, pace=pace, draws=DRAWS[name], seed=SEED, end=horizon())
        chance = found.probabilities.set_index("event")["probability"]["ntm_communes"]
        for r in style.each(found.years[found.years["indicator"] == "ntm_communes"]):
            quantiles = {f"communes_{q}": getattr(r, q) for q in QUANTILES}
            last = r.year == horizon()
            rows.append(
                dict(
                    kind="projected",
                    pace=name,
                    day=f"{r.year}-12-31",
                    communes=r.median,
                    **quantiles,
                    status="projected",
                    probability=chance if last else float("nan"),
                )
            )
    return pd.DataFrame(rows).assign(target=target)


PACE_LINES: dict[str, style.Look] = {
    "1.5": dict(color=style.BLUE, linestyle="-", linewidth=1.6),
    "1": dict(color=style.RED, linestyle=(0, (5, 2)), linewidth=1.1),
    "2": dict(color="#00755A", linestyle=(0, (6, 1.5, 1, 1.5)), linewidth=1.1),
    "observed": dict(color="#A66F00", linestyle=(0, (1.2, 1.2)), linewidth=1.3),
}
FAN = [("q05", "q95", 0.18), ("q10", "q90", 0.22), ("q25", "q75", 0.32)]


def draw_attainment(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """Published counts by date, the fan at the middle pace, medians at the others, and the target."""
    known = table[table["kind"] == "known"]
    with style.canvas(title, lang, height_cm=10.8, left=1.2, right=4.5, top=1.9, bottom=1.6) as figure:
        axes = figure.subplots()
        _sets(axes, known, lang)
        start = (decimal_year(known["day"].iloc[-1]), known["communes"].iloc[-1])
        ends = {name: _pace(axes, table[table["pace"] == name], start, name) for name in PACES}
        axes.plot([decimal_year(d) for d in known["day"]], known["communes"], zorder=6, **style.PUBLISHED)
        end = known.iloc[-1]
        style.note(axes, decimal_year(end.day), end.communes, number(end.communes, 0, lang), dx=-1, dy=8, ha="right")
        axes.axhline(table["target"].iloc[0], color=style.BLACK, linewidth=1, linestyle=(0, (4, 2)))
        words = text("ntm.target", lang, target=table["target"].iloc[0], year=horizon())
        style.note(axes, 2013.05, table["target"].iloc[0], words, dy=5.5, fontsize=7)
        _end_labels(axes, table, ends, lang)
        axes.set_ylim(0, 85)
        axes.set_xlim(2013, horizon() + 1)
        years = range(2013, horizon() + 1)
        axes.set_xticks([y + 0.5 for y in years], [str(y) for y in years])
        axes.set_ylabel(text("ntm.axis", lang))
        axes.tick_params(axis="x", length=0)
        entries = [(style.PUBLISHED, text("ntm.key_known", lang)), (PACE_LINES["1.5"], text("ntm.key_median", lang))]
        shades = {"50": "#7FB3D6", "80": "#B1D1E7", "90": "#D4E6F2"}  # as the layers of the fan come out
        entries += [
            (dict(marker="s", markersize=7, color=c, linestyle="none"), text("ntm.key_band", lang, share=s))
            for s, c in shades.items()
        ]
        style.key(figure, entries)
        return figure


def _pace(axes: Axes, rows: pd.DataFrame, start: tuple[float, float], name: str) -> tuple[float, float]:
    """The median from the last published count on, with the fan where the pace is the middle one; returns the end."""
    x = [start[0], *[decimal_year(d) for d in rows["day"]]]
    if name == next(iter(PACES)):
        for low, high, alpha in FAN:
            bottom, top = ([start[1], *rows[f"communes_{q}"]] for q in (low, high))
            axes.fill_between(x, bottom, top, color=style.BLUE, alpha=alpha, linewidth=0, zorder=2)
    axes.plot(x, [start[1], *rows["communes"]], zorder=4, **PACE_LINES[name])
    return x[-1], rows["communes"].iloc[-1]


def _end_labels(axes: Axes, table: pd.DataFrame, ends: dict[str, tuple[float, float]], lang: str) -> None:
    chance = table.dropna(subset="probability").set_index("pace")["probability"]
    for name, y in zip(ends, style.spread([end[1] for end in ends.values()], 10.5), strict=True):
        words = text(
            f"ntm.end_{'observed' if name == 'observed' else 'pace'}",
            lang,
            pace=float(PACES[name] or 0),
            communes=ends[name][1],
            p=chance[name],
            target=table["target"].iloc[0],
        )
        color = PACE_LINES[name]["color"]
        place = ends[name][0] + 0.55, y
        style.callout(axes, words, ends[name], place, color, dict(shrinkA=0), annotation_clip=False, linespacing=1.15)


def _sets(axes: Axes, known: pd.DataFrame, lang: str) -> None:
    """The spans of the criteria sets, named at the top; the change of 2022 as a line."""
    spans: list[tuple[str, float, float]] = []
    groups = list(known.groupby("standard", sort=False))
    for i, (standard, rows) in enumerate(groups):
        x = [decimal_year(d) for d in rows["day"]]
        start = 2013 if i == 0 else spans[-1][2]
        after = decimal_year(groups[i + 1][1]["day"].iloc[0]) if i + 1 < len(groups) else horizon() + 1
        spans.append((str(standard), start, (x[-1] + after) / 2 if i + 1 < len(groups) else after))
        axes.plot(x, rows["communes"], color=style.GREY, linewidth=0.8, zorder=5)
    for i, (standard, start, end) in enumerate(spans):
        if i % 2:
            axes.axvspan(start, end, color=style.PALE, linewidth=0, zorder=0)
        axes.axvline(start, color=style.GREY, linewidth=0.7, linestyle=(0, (1, 2)), zorder=1)
        words = text(f"ntm.set.{standard}", lang)
        style.note(axes, (start + end) / 2, 81.5, words, style.GREY, ha="center", path_effects=[])


def attainment_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """First and last published count, and median and probability at each pace."""
    known = table[table["kind"] == "known"]
    ends = table.dropna(subset="probability").set_index("pace")
    found: dict[str, object] = {}
    for name in PACES:
        key = name.replace(".", "_")
        found |= {f"p_{key}": ends["probability"][name], f"n_{key}": ends["communes"][name]}
    return dict(
        **found,
        first=known["day"].iloc[0][:4],
        first_n=known["communes"].iloc[0],
        last=day_words(known["day"].iloc[-1], "day", lang),
        last_n=known["communes"].iloc[-1],
        target=table["target"].iloc[0],
        end=horizon(),
        low=ends["communes_q10"]["1.5"],
        high=ends["communes_q90"]["1.5"],
        counts=len(known),
    )


def day_words(day: str, precision: str, lang: str) -> str:
    """A day as the language writes it, or only its year where no day is published.

    >>> day_words("2022-11-30", "day", "vi"), day_words("2022-07-01", "year", "en")
    ('30/11/2022', '2022')
    """
    if precision in ("year", "year_end"):
        return day[:4]
    return "/".join(reversed(day.split("-"))) if lang == "vi" else day


def bands_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Communes by band of criteria on every day for which all bands are published.

    status: published, or derived (the last band as what the others leave); mean_low, mean_high: limits of the mean
    number of criteria as printed; precision: year or year_end where the page gives no day.
    """
    rows = []
    for s in snapshots(obs):
        if not s.bands:
            continue
        page = obs[obs["source_id"].isin(s.source_ids) & obs["indicator"].str.startswith("ntm_communes")]
        exact = (page["date_precision"].isin(["day", "month"]) & page["time_period"].eq(s.day)).any()
        loose = {"-07-01": "year", "-12-31": "year_end"}  # the days on which ntm_history puts pages without one
        precision = "day" if exact else loose.get(s.day[4:], "day")
        printed = page["indicator"].eq("ntm_communes_below_5_criteria").any()
        for band, count in zip(BANDS, s.bands, strict=True):
            status = "derived" if band == BANDS[-1] and not printed else "published"
            rows.append(
                dict(
                    day=s.day,
                    precision=precision,
                    standard=s.standard,
                    band=band,
                    communes=count,
                    status=status,
                    mean_low=s.mean_low,
                    mean_high=s.mean_high,
                    source_id="|".join(s.source_ids),
                )
            )
    return pd.DataFrame(rows)


BAND_FILLS = dict(zip(BANDS, ["#08306B", "#2E7EBC", "#94C4DF", "#FBE0C0", "#D55E00"], strict=True))
BAND_INK = dict(zip(BANDS, ["white", "white", "black", "black", "white"], strict=True))


def draw_bands(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """Stacked bars in groups by criteria set, and above them the mean number of criteria per commune."""
    days = table.drop_duplicates(["day", "standard"])[["day", "precision", "standard", "mean_low", "mean_high"]]
    step = (days["standard"] != days["standard"].shift()).cumsum() - 1
    days = days.assign(x=[i + 0.7 * g for i, g in enumerate(step)])
    with style.canvas(title, lang, height_cm=12.6, left=1.3, right=3.4, top=2.0, bottom=1.6) as figure:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1, 2.6])
        for r in style.each(days):
            bottom = 0
            here = (table["day"] == r.day) & (table["standard"] == r.standard) & (table["communes"] > 0)
            for cell in style.each(table[here]):
                sure, fill = cell.status == "published", BAND_FILLS[cell.band]
                look = dict(color=fill, edgecolor="white") if sure else dict(color="white", edgecolor=fill)
                lower.bar(r.x, cell.communes, 0.8, bottom, linewidth=0.8, **look)
                if cell.communes >= 4:
                    lower.text(
                        r.x,
                        bottom + cell.communes / 2,
                        number(cell.communes, 0, lang),
                        ha="center",
                        va="center_baseline",
                        fontsize=7,
                        color=BAND_INK[cell.band] if sure else "black",
                    )
                bottom += cell.communes
            _mean_mark(upper, r, lang)
        _set_names(upper, lower, days, lang)
        lower.set_ylim(0, 96)
        lower.set_yticks(range(0, 81, 20))
        upper.set_ylim(7, 19)
        upper.set_yticks([10, 15, 19])
        upper.tick_params(axis="x", length=0)
        lower.set_xticks(days["x"], [_two_lines(r.day, r.precision, lang) for r in style.each(days)])
        upper.set_title(text("ntm.mean", lang), fontsize=7.5)
        lower.set_title(text("ntm.bands", lang), fontsize=7.5)
        handles = [Patch(facecolor=BAND_FILLS[b], label=text(f"ntm.band.{b}", lang)) for b in BANDS]
        handles.append(Patch(facecolor="white", edgecolor=style.GREY, label=text("ntm.band_derived", lang)))
        lower.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=7, borderaxespad=0)
        shown = {mean_status(r.mean_low, r.mean_high) for r in style.each(days) if r.mean_low == r.mean_low}
        entries = [(style.MARKERS[k], text(f"ntm.mean_key_{k}", lang)) for k in style.MARKERS if k in shown]
        style.key(figure, entries)
        return figure


def _two_lines(day: str, precision: str, lang: str) -> str:
    """The day above its year, so that neighbours do not meet: 30/11 or 30 Nov over 2022, or how the year is meant."""
    month = day[5:7] if lang == "vi" else pd.Timestamp(day).strftime("%b")
    return text(f"ntm.day_{precision}", lang, day=int(day[8:]), month=month, year=day[:4])


def _mean_mark(axes: Axes, row: Any, lang: str) -> None:
    """The mean as printed: a dot; only a lower or an upper limit: a triangle; a rounded one: an open ×."""
    low, high = row.mean_low, row.mean_high
    if low != low:
        style.note(axes, row.x, 13, "–", style.GREY, ha="center")
        return
    status = mean_status(low, high)
    value = {"at_least": low, "at_most": high}.get(status, (low + high) / 2)
    value = round(value, 1 if status == "unsure" else 2)
    axes.plot([row.x], [value], zorder=4, **style.MARKERS[status])
    words = {"at_least": "ntm.mean_at_least", "at_most": "ntm.mean_at_most", "unsure": "ntm.mean_about"}
    shown = text(words.get(status, "ntm.mean_exact"), lang, v=value, d=0)
    style.note(axes, row.x, value, shown, ha="center", dy=8 if value < 16.5 else -8)


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
        lower.text((first + last) / 2, 91.5, words, ha="center", va="center", fontsize=style.SMALL, color=style.GREY)


def bands_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """The first and the last day, the communes of both, and what the change of set did."""
    wide = table.pivot(index=["standard", "day"], columns="band", values="communes").reset_index()
    wide = wide.sort_values(["day", "standard"])
    first, last = wide.iloc[0], wide.iloc[-1]
    old = wide[wide["standard"] != last.standard]
    before = old.iloc[-1] if len(old) else last
    low = {
        f"{name}_low": r.from_5_to_9 + r.below_5 for name, r in (("first", first), ("before", before), ("last", last))
    }
    words = dict(zip(table["day"], table["precision"], strict=True))
    return dict(
        **low,
        days=len(wide),
        start=first.day[:4],
        end=last.day[:4],
        first=day_words(first.day, words[first.day], lang),
        last=day_words(last.day, words[last.day], lang),
        before=day_words(before.day, words[before.day], lang),
        first_n=first.attained,
        last_n=last.attained,
        before_n=before.attained,
        first_mid=first.from_15_to_18,
        last_mid=last.from_15_to_18,
        before_mid=before.from_15_to_18,
        communes=table[(table["day"] == last.day)]["communes"].sum(),
    )
