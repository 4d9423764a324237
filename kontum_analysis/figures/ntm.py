"""Figures of new-rural (NTM) attainment: how many communes stand where, and where paces lead by 2025."""

import pandas as pd

from ..attainment import TARGETS, project_ntm
from ..labels import number, text
from ..ntm_history import decimal_year, history_table, snapshots
from . import style

PACES = (1.0, 1.5, 2.0, None)  # the programme's 1 to 2 criteria a year, its middle, and the pace seen so far
FIRST = 2016
SETS = {"NTM_2011_2015": "2011–2015", "NTM_2016_2020": "2016–2020", "NTM_2021_2025": "2021–2025"}
BANDS = ("attained", "from_15_to_18", "from_10_to_14", "from_5_to_9", "below_5")
SHADES = ("#08306B", "#2F7EBC", "#84BCDB", "#C6DBEF", "#EEF3F8")


def attainment_table(obs):
    """Published counts of attaining communes, and for each pace the median and intervals by year with P(target)."""
    history = history_table(snapshots(obs))
    known = history[history["attained"].notna()]
    parts = [pd.DataFrame(dict(kind="known", pace="", time=known["day"].map(decimal_year), count=known["attained"],
                               criteria_set=known["standard"]))]  # fmt: skip
    for pace in PACES:
        found = project_ntm(obs, pace=pace, draws=4000)
        chance = found.probabilities.set_index("event")["probability"]["ntm_communes"]
        rows = found.years[found.years["indicator"] == "ntm_communes"]
        parts.append(pd.DataFrame(dict(
            kind="path", pace="observed" if pace is None else f"{pace:g}", time=rows["year"] + 1.0, count=rows["median"],
            low_90=rows["q05"], low_80=rows["q10"], low_50=rows["q25"], high_50=rows["q75"], high_80=rows["q90"],
            high_90=rows["q95"], chance=chance)))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def draw_attainment(table, lang, title):
    """Published dots, the fan of the middle pace, the medians of the others, and the line of the target."""
    known = table[table["kind"] == "known"]
    last = known.iloc[-1]
    with style.canvas(title, lang, height_cm=9.8, left=1.3, right=4.4, top=1.7, bottom=1.6) as figure:
        axes = figure.subplots()
        for pace, colour, line in (("1", style.GREY, ":"), ("2", style.GREY, "--"), ("observed", style.RED, "-.")):
            rows = table[table["pace"] == pace]
            axes.plot(
                [last.time, *rows["time"]], [last["count"], *rows["count"]], color=colour, linestyle=line, linewidth=1.1
            )
        _fan(axes, last, table[table["pace"] == "1.5"])
        shown = known[known["time"] >= FIRST]
        axes.plot(shown["time"], shown["count"], zorder=6, **style.PUBLISHED)
        _sets(axes, known)
        goal = TARGETS["ntm_communes"]
        axes.axhline(goal, color=style.BLACK, linewidth=0.9)
        style.note(axes, FIRST + 0.1, goal, text("ntm_attainment.goal", lang, goal=goal), dy=5)
        _ends(axes, table, lang)
        axes.set_xlim(FIRST, 2026.1)
        axes.set_ylim(0, 85)
        axes.set_xticks(range(FIRST, 2027, 2))
        axes.set_ylabel(text("unit.communes", lang))
        style.number_axis(axes.yaxis, lang)
        entries = [(style.PUBLISHED, text("key.published", lang)),
                   (dict(marker="s", markersize=7, color=style.SKY, linestyle="none"), text("ntm_attainment.fan", lang))]  # fmt: skip
        style.key(figure, entries, below_top_cm=0.8)
        return figure


def _fan(axes, last, rows):
    time = [last.time, *rows["time"]]
    for share, alpha in (("90", 0.18), ("80", 0.25), ("50", 0.4)):
        low, high = ([last["count"], *rows[f"{side}_{share}"]] for side in ("low", "high"))
        axes.fill_between(time, low, high, color=style.SKY, alpha=alpha, linewidth=0)
    axes.plot(time, [last["count"], *rows["count"]], color=style.BLUE, linewidth=1.8)


def _sets(axes, known):
    """The criteria set in force, named along the bottom; a hair line where the set changes."""
    first = known.groupby("criteria_set")["time"].min()
    ends = [*first.iloc[1:], 2026.1]
    for name, start, end in zip(first.index, first, ends, strict=True):
        if start > FIRST:
            axes.axvline(start - 0.05, color=style.GREY, linewidth=0.6, linestyle=(0, (1, 2)))
        axes.text(
            (max(start, FIRST) + end) / 2,
            1.5,
            SETS[name],
            ha="center",
            va="bottom",
            fontsize=style.SMALL,
            color=style.GREY,
        )


def _ends(axes, table, lang):
    ends = table[table["kind"] == "path"].groupby("pace").last()
    colours = {"1": style.GREY, "1.5": style.BLUE, "2": style.GREY, "observed": style.RED}
    places = style.spread(list(ends["count"]), 8.5)
    for (pace, row), y in zip(ends.iterrows(), places, strict=True):
        name = text("ntm_attainment.observed", lang) if pace == "observed" else number(float(pace), 1, lang)
        words = text("ntm_attainment.end", lang, pace=name, count=row["count"], chance=row["chance"])
        style.callout(axes, words, (2026.0, row["count"]), (2026.6, y), colours[pace], annotation_clip=False)


def attainment_facts(table, lang):
    """The last published count, the median and the chance at each pace."""
    last = table[table["kind"] == "known"].iloc[-1]
    ends = table[table["kind"] == "path"].groupby("pace").last()
    found = {f"{name}_{key}": ends.at[pace, column] for pace, name in (("1", "slow"), ("1.5", "mid"), ("2", "fast"), ("observed", "seen"))
             for key, column in (("count", "count"), ("chance", "chance"))}  # fmt: skip
    return dict(
        now=last["count"],
        goal=TARGETS["ntm_communes"],
        low=ends.at["1.5", "low_80"],
        high=ends.at["1.5", "high_80"],
        **found,
    )


def bands_table(obs):
    """Published bands of criteria at each date where they add up to all communes, with limits of the mean."""
    history = history_table(snapshots(obs))
    rows = history[history["from_15_to_18"].notna()]
    return rows[["day", "standard", *BANDS, "communes", "mean_low", "mean_high"]].reset_index(drop=True)


def draw_bands(table, lang, title):
    """One bar a date, longest band first; the criteria sets stand apart."""
    with style.canvas(title, lang, height_cm=9.6, left=3.0, right=2.3, top=2.2, bottom=1.5) as figure:
        axes = figure.subplots()
        place, ticks, gap = 0.0, [], None
        for row in table.itertuples():
            place += 1.0 if row.standard == gap else 1.7
            gap = row.standard
            ticks.append(place)
            start = 0.0
            for band, shade in zip(BANDS, SHADES, strict=True):
                count = getattr(row, band)
                axes.barh(place, count, left=start, height=0.78, color=shade, edgecolor="white", linewidth=0.5)
                if count >= 4:
                    colour = "white" if band in BANDS[:2] else style.BLACK
                    axes.text(
                        start + count / 2,
                        place,
                        number(count, 0, lang),
                        ha="center",
                        va="center",
                        fontsize=7,
                        color=colour,
                    )
                start += count
            axes.text(start + 1.5, place, _mean(row, lang), va="center", fontsize=style.SMALL, color=style.GREY)
        for standard, rows in table.assign(place=ticks).groupby("standard"):
            axes.text(0, rows["place"].min() - 0.62, text("ntm_bands.set", lang, set=SETS[standard]), fontsize=7,
                      fontweight="bold", va="center")  # fmt: skip
        axes.set_yticks(ticks, [_date(day, lang) for day in table["day"]])
        axes.set_ylim(place + 0.7, 0.6)
        axes.set_xlim(0, table["communes"].max())
        axes.grid(False)
        axes.set_xlabel(text("unit.communes", lang))
        style.number_axis(axes.xaxis, lang)
        entries = [(dict(marker="s", color=shade, markeredgecolor=style.GREY, markeredgewidth=0.4, linestyle="none"),
                    text(f"ntm_bands.{band}", lang)) for band, shade in zip(BANDS, SHADES, strict=True)]  # fmt: skip
        style.key(figure, entries, below_top_cm=0.8)
        return figure


def _date(day, lang):
    year, month, _ = day.split("-")
    return text("ntm_bands.month", lang, month=int(month), year=year)


def _mean(row, lang):
    if not row.mean_high - row.mean_low < 1.5:
        return ""
    return text("ntm_bands.mean", lang, mean=(row.mean_low + row.mean_high) / 2)


def bands_facts(table, lang):
    """The first and the last date, and what stood at 19 and under 10 criteria then."""
    first, last = table.iloc[0], table.iloc[-1]
    return dict(first=_date(first.day, lang), last=_date(last.day, lang), first_19=first.attained, last_19=last.attained,
                first_low=first.from_5_to_9 + first.below_5, last_low=last.from_5_to_9 + last.below_5, dates=len(table))  # fmt: skip
