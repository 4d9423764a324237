"""Figures of the poverty paths: the programme's corridor against what is known, and one pace in four forms."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..base.words import number, text
from ..data.areas import POOR_DISTRICTS, PROVINCE, area_name
from ..data.programme import AREAS, SCENARIOS, corridors, horizon
from ..poverty.known import known_groups
from ..poverty.paces import implied_pace
from ..poverty.paths import groups, project_poverty
from ..poverty.scenarios import preset
from . import style

FORMS = ["linear", "proportional", "logistic", "stock_flow"]


def paths_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Rates (fractions) of the province and the poor districts.

    kind: known (published, derived or estimated), a scenario (programme-low, -mid, -high, observed-pace), or paper: the
    straight line of programme-mid without regard to any floor, so that it runs below zero.
    """
    parts = [known_groups(obs).assign(kind="known")]
    for name in [*SCENARIOS, "observed-pace"]:
        parts.append(groups(project_poverty(obs, preset(name))).assign(kind=name))
    paper = implied_pace(obs, preset("programme-mid")).rename(columns={"province_rate": "rate"})
    parts.append(paper[["year", "rate"]].assign(area=PROVINCE, kind="paper", status="projected"))
    table = pd.concat(parts, ignore_index=True)
    table = table[table["area"].isin(AREAS)]
    return table[["area", "year", "kind", "rate", "q10", "q90", "floor", "status"]].reset_index(drop=True)


def draw_paths(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """Province above, poor districts below: corridor shaded, middle path, pace of 2022-2023, floor, known points."""
    with style.canvas(title, lang, height_cm=15.2, left=1.5, right=0.5, top=2.1, bottom=1.7, hspace=0.28) as figure:
        for axes, area in zip(figure.subplots(2, 1, sharex=True), AREAS, strict=True):
            rows = table[table["area"] == area]
            _corridor(axes, rows)
            _path_labels(axes, rows, area, lang)
            axes.set_title(area_name(area, lang))
            axes.set_ylabel(text("unit.percent_of_households", lang))
            style.number_axis(axes.yaxis, lang, scale=100)
            axes.set_xticks(range(table["year"].min(), table["year"].max() + 1))
        axes.set_xlabel(text("axis.year_end", lang))
        style.status_key(figure, table["status"], lang, below_top_cm=0.8)
        return figure


def _corridor(axes: Axes, rows: pd.DataFrame) -> None:
    path = rows.pivot(index="year", columns="kind", values="rate")
    axes.fill_between(
        path.index, path["programme-high"], path["programme-low"], color=style.SKY, alpha=0.35, linewidth=0
    )
    axes.plot(path["programme-mid"], color=style.BLUE, linewidth=1.6)
    axes.plot(path["observed-pace"].dropna(), color=style.ORANGE, linewidth=1.4, linestyle=(0, (5, 2)))
    axes.plot(
        rows[rows["kind"] == "programme-mid"].set_index("year")["floor"], color=style.GREY, linewidth=0.9, linestyle=":"
    )
    if "paper" in path:
        split = path.index[path["paper"] < path["programme-mid"] - 1e-6].min()
        paper = path.loc[split - 1 :, "paper"].fillna(path.loc[split - 1, "programme-mid"])
        axes.plot(paper, color=style.BLUE, linewidth=0.8, linestyle=(0, (3, 2)))
    ends = [horizon(), path.index.max()]
    axes.plot(ends, path.loc[ends, "programme-mid"], **style.PROJECTED)
    axes.plot(
        ends, path.loc[ends, "observed-pace"], **{**style.PROJECTED, "color": style.ORANGE, "markerfacecolor": "white"}
    )
    axes.axvline(horizon(), color=style.GREY, linewidth=0.7, linestyle=(0, (1, 2)))
    style.known_points(axes, rows[rows["kind"] == "known"])
    axes.set_ylim(0, 1.16 * rows["rate"].max())
    axes.set_xlim(path.index.min() - 0.3, path.index.max() + 0.3)


def _path_labels(axes: Axes, rows: pd.DataFrame, area: str, lang: str) -> None:
    """Direct labels in the empty upper right, each tied to its line and carrying the values of the two end years."""
    rate = rows.set_index(["kind", "year"])["rate"].sort_index()
    near, far, top = horizon(), rows["year"].max(), axes.get_ylim()[1]
    pace = corridors()[area]
    years = dict(near=near, far=far)
    low, mid, high, seen = (rate[k] for k in (*SCENARIOS, "observed-pace"))
    x = near + 0.35
    spots = iter([0.88, 0.74, 0.63, 0.48])

    def say(words: str, at: tuple[float, float], color: str) -> None:
        style.callout(axes, words, at, (x, top * next(spots)), color)

    first, start = rows["year"].min() + 1, seen.index.min()
    say(
        text("paths.corridor", lang, low=pace.low, high=pace.high, near=near, best=high[near], worst=low[near]),
        (first + 0.5, (low[first] + low[first + 1]) / 2),
        "#1F6FA5",
    )
    say(
        text("paths.mid", lang, pace=(pace.low + pace.high) / 2, a=mid[near], b=mid[far], **years),
        (start + 0.4, mid[start] + 0.4 * (mid[start + 1] - mid[start])),
        style.BLUE,
    )
    say(
        text("paths.observed", lang, first=start - 1, last=start, a=seen[near], b=seen[far], **years),
        (start + 1.5, (seen[start + 1] + seen[start + 2]) / 2),
        "#A66F00",
    )
    if "paper" in rate.index:
        paper = rate["paper"]
        split = paper.index[paper < mid[paper.index] - 1e-6].min()
        share = 0.75
        at = (split - 1 + share, mid[split - 1] + share * (paper[split] - mid[split - 1]))
        say(text("paths.paper", lang, year=split - 1), at, style.BLUE)
    floor = rows[rows["kind"] == "programme-mid"].set_index("year")["floor"]
    words = text("paths.floor", lang, v=floor[far], far=far)
    style.note(axes, first - 1, floor[first - 1], words, style.GREY, dy=4, va="bottom", fontsize=7)
    _name_horizon(axes, near - 0.08, top * 0.985, lang, ha="right")


def _name_horizon(axes: Axes, x: float, y: float, lang: str, ha: str = "left") -> None:
    box = dict(facecolor="white", edgecolor="none", pad=0.5)
    axes.text(x, y, text("paths.horizon", lang), fontsize=style.SMALL, color=style.GREY, ha=ha, va="top", bbox=box)


def paths_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Numbers named in the caption and the alternative text."""
    rate = table.set_index(["area", "kind", "year"])["rate"].sort_index()
    known = table[(table["kind"] == "known") & (table["area"] == PROVINCE)]
    poor = table[(table["kind"] == "known") & (table["area"] == POOR_DISTRICTS)]
    first, last, near, far = known["year"].min(), known["year"].max(), horizon(), table["year"].max()
    paper, mid = rate[PROVINCE, "paper"], rate[PROVINCE, "programme-mid"]
    row = poor[poor["year"] == last].iloc[0]
    pace, poor_pace = corridors()[PROVINCE], corridors()[POOR_DISTRICTS]
    return dict(
        first=first,
        last=last,
        near=near,
        far=far,
        start=rate[PROVINCE, "known", first],
        now=rate[PROVINCE, "known", last],
        mid_near=mid[near],
        mid_far=mid[far],
        low_near=rate[PROVINCE, "programme-low", near],
        high_near=rate[PROVINCE, "programme-high", near],
        seen_near=rate[PROVINCE, "observed-pace", near],
        poor_now=row.rate,
        poor_low=row.q10,
        poor_high=row.q90,
        poor_mid_near=rate[POOR_DISTRICTS, "programme-mid", near],
        poor_mid_far=rate[POOR_DISTRICTS, "programme-mid", far],
        mid_last=mid[last],
        poor_mid_last=rate[POOR_DISTRICTS, "programme-mid", last],
        split=paper.index[paper < mid[paper.index] - 1e-6].min() - 1,
        pace_low=pace.low,
        pace_high=pace.high,
        poor_pace_low=poor_pace.low,
        poor_pace_high=poor_pace.high,
    )


def forms_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Rates (fractions) of the province and the poor districts with programme-mid in each of the four forms; kind
    names the form, or known."""
    parts = [known_groups(obs).assign(kind="known")]
    for form in FORMS:
        parts.append(groups(project_poverty(obs, preset("programme-mid", form=form))).assign(kind=form))
    table = pd.concat(parts, ignore_index=True)
    return table.loc[table["area"].isin(AREAS), ["area", "year", "kind", "rate", "q10", "q90", "status"]].reset_index(
        drop=True
    )


FORM_LINES: dict[str, style.Look] = {
    "linear": dict(color=style.BLUE, linestyle="-"),
    "proportional": dict(color=style.ORANGE, linestyle=(0, (6, 2))),
    "logistic": dict(color=style.GREEN, linestyle=(0, (6, 1.5, 1, 1.5))),
    "stock_flow": dict(color=style.PINK, linestyle=(0, (1.2, 1.2))),
}
_INK = {"linear": style.BLUE, "proportional": "#A66F00", "logistic": "#00755A", "stock_flow": "#A0487A"}


def draw_forms(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """Province above, poor districts below; each line is named at its end with its value there."""
    with style.canvas(title, lang, height_cm=14.2, left=1.5, right=4.6, top=2.1, bottom=1.7, hspace=0.28) as figure:
        for axes, area in zip(figure.subplots(2, 1, sharex=True), AREAS, strict=True):
            rows = table[table["area"] == area]
            top, last = 1.12 * rows["rate"].max(), rows["year"].max()
            ends = []
            for form in FORMS:
                line = rows[rows["kind"] == form].set_index("year")["rate"]
                axes.plot(line, linewidth=1.5, **FORM_LINES[form])
                ends.append(line[last])
            places = style.spread([max(end, 0.04 * top) for end in ends], 0.085 * top)
            for form, end, y in zip(FORMS, ends, places, strict=True):
                words = text("forms.end", lang, form=text(f"form_short.{form}", lang), v=end)
                hair = dict(linewidth=0.5, shrinkA=0)
                style.callout(axes, words, (last, end), (last + 0.45, y), _INK[form], hair, annotation_clip=False)
            style.known_points(axes, rows[rows["kind"] == "known"])
            axes.axvline(horizon(), color=style.GREY, linewidth=0.7, linestyle=(0, (1, 2)))
            _name_horizon(axes, horizon() + 0.08, top * 0.98, lang)
            axes.set_title(area_name(area, lang))
            axes.set_ylim(0, top)
            axes.set_xlim(rows["year"].min() - 0.3, last + 0.1)
            axes.set_xticks(range(rows["year"].min(), last + 1))
            axes.set_ylabel(text("unit.percent_of_households", lang))
            style.number_axis(axes.yaxis, lang, scale=100)
        axes.set_xlabel(text("axis.year_end", lang))
        style.status_key(figure, table.loc[table["kind"] == "known", "status"], lang, below_top_cm=0.8)
        return figure


def forms_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """The range of the four forms in the last year of the programme and at the end."""
    rate = table[table["kind"] != "known"].set_index(["area", "year", "kind"])["rate"].sort_index()
    near, far = horizon(), table["year"].max()
    found: dict[str, object] = {}
    for name, area in (("", PROVINCE), ("poor_", POOR_DISTRICTS)):
        for when, year in (("near", near), ("far", far)):
            found |= {f"{name}{when}_min": rate[area, year].min(), f"{name}{when}_max": rate[area, year].max()}
    names = {f"name_{form}": text(f"form_short.{form}", lang) for form in FORMS}
    pace = {
        f"{k}pace": (corridors()[a].low + corridors()[a].high) / 2
        for k, a in (("", PROVINCE), ("poor_", POOR_DISTRICTS))
    }
    return dict(
        first=table["year"].min(),
        near=near,
        far=far,
        **found,
        **names,
        **pace,
        highest=text(f"form_short.{rate[PROVINCE, far].idxmax()}", lang),
        lowest=text(f"form_short.{rate[PROVINCE, far].idxmin()}", lang),
        n=number(len(FORMS), 0, lang),
    )
