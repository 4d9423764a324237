"""Figures of the poverty paths: the programme's corridor against what is known, and one pace in four forms."""

import pandas as pd
from matplotlib.axes import Axes

from ..base.words import Lookup, text
from ..data.areas import POOR_DISTRICTS, PROVINCE
from ..data.programme import AREAS, SCENARIOS, corridors, horizon
from ..poverty.known import known_groups
from ..poverty.paces import implied_pace
from ..poverty.paths import groups, project_poverty
from ..poverty.scenarios import preset
from . import shapes, style
from .facts import guess_mark, interval_words, label_values

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


LINES: dict[str, style.Look] = {
    "programme-mid": dict(color=style.BLUE, linewidth=1.7),
    "observed-pace": dict(color=style.ORANGE, linewidth=1.5, linestyle=(0, (5, 2))),
    "paper": dict(color=style.BLACK, linewidth=0.9, linestyle=(0, (4, 1.5, 1, 1.5))),
    "floor": dict(color=style.GREY, linewidth=1.0, linestyle=":"),
}
CORRIDOR = style.square("#BBDFF5")


def draw_paths(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Province above, poor districts below: corridor shaded, middle path, pace of 2022-2023, floor, known points."""
    with style.canvas(heading, lang, height_cm=14.6, left=1.5, right=0.5, top=1.4, bottom=1.7, hspace=0.24) as figure:
        for axes, area, rows in shapes.province_and_poor_districts(figure, table, lang, headroom=1.16):
            _paths(axes, rows, lang, corridors()[area])
        style.status_key(figure, table["status"], lang)
        return figure


def paper_split(path: pd.DataFrame) -> int:
    """The last year in which the province's middle path and its paper line are the same. path: a column a kind."""
    apart = path.index[path["paper"] < path["programme-mid"] - 1e-6]
    return int(apart.min()) - 1


def _paths(axes: Axes, rows: pd.DataFrame, lang: str, pace: tuple[float, float, int]) -> None:
    """The lines of one panel; the key in its empty upper right gives their rates in the two end years."""
    path, near, far = rows.pivot(index="year", columns="kind", values="rate"), horizon(), rows["year"].max()
    path["floor"] = rows[rows["kind"] == "programme-mid"].set_index("year")["floor"]
    low, high = path["programme-high"], path["programme-low"]
    axes.fill_between(path.index, low, high, color=CORRIDOR["color"], linewidth=0)
    years = dict(near=near, far=far, first=rows["year"].min() + 1, last=rows["year"].min() + 2)
    words = text("paths.corridor", lang, low=pace[0], high=pace[1], best=low[near], worst=high[near], **years)
    entries = [(CORRIDOR, words)]
    for kind, look in LINES.items():
        if kind not in path:
            continue
        line = path[kind].dropna()
        if kind == "paper":
            years["split"] = paper_split(path)
            line = path.loc[years["split"] :, "paper"].fillna(path["programme-mid"])
        axes.plot(line, **look)
        if kind in ("programme-mid", "observed-pace"):
            face = look["color"] if kind == "programme-mid" else "white"
            axes.plot(
                [near, far], line[[near, far]], **{**style.PROJECTED, "color": look["color"], "markerfacecolor": face}
            )
        words = text(f"paths.{kind}", lang, pace=sum(pace[:2]) / 2, a=line[near], b=line[far], **years)
        entries.append((look, words))
    shapes.words_in(axes, entries)


def paths_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Rates by area, kind and year; the case says on which side of the corridor the province stands."""
    years = table.loc[(table["kind"] == "known") & (table["area"] == PROVINCE), "year"]
    first, last, far = years.min(), years.max(), table["year"].max()
    path = table[table["area"] == PROVINCE].pivot(index="year", columns="kind", values="rate")
    now = path.loc[last]
    case = (
        "ahead" if now["known"] < now["programme-high"] else "behind" if now["known"] > now["programme-low"] else "in"
    )
    words = dict(first=first, last=last, far=far, observed="observed-pace", split=paper_split(path), case=case)
    words["guess"] = guess_mark(table[table["area"] == PROVINCE], lang)  # the title speaks of the province alone
    poor = table[(table["area"] == POOR_DISTRICTS) & (table["kind"] == "known") & (table["year"] == last)].iloc[0]
    words["interval"] = interval_words(poor.q10, poor.q90, lang)
    return label_values(table, lang, {"rate": "area kind year"}, **words)


def forms_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Rates (fractions) of the province and the poor districts with programme-mid in each of the four forms; kind
    names the form, or known."""
    parts = [known_groups(obs).assign(kind="known")]
    parts += [groups(project_poverty(obs, preset("programme-mid", form=form))).assign(kind=form) for form in FORMS]
    table = pd.concat(parts, ignore_index=True)
    table = table[table["area"].isin(AREAS)]
    return table[["area", "year", "kind", "rate", "q10", "q90", "status"]].reset_index(drop=True)


FORM_LINES: dict[str, style.Look] = {
    "linear": dict(color=style.BLUE, linestyle="-"),
    "proportional": dict(color=style.ORANGE, linestyle=(0, (6, 2))),
    "logistic": dict(color=style.GREEN, linestyle=(0, (6, 1.5, 1, 1.5))),
    "stock_flow": dict(color=style.PINK, linestyle=(0, (1.2, 1.2))),
}


def draw_forms(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Province above, poor districts below; each line is named at its end with its value there."""
    with style.canvas(heading, lang, height_cm=13.6, left=1.5, right=4.6, top=1.4, bottom=1.7, hspace=0.24) as figure:
        for axes, _, rows in shapes.province_and_poor_districts(figure, table, lang):
            top, last, ends = axes.get_ylim()[1], rows["year"].max(), []
            for form, look in FORM_LINES.items():
                line = rows[rows["kind"] == form].set_index("year")["rate"]
                axes.plot(line, linewidth=1.6, **look)
                words = text("forms.end", lang, form=text(f"form_short.{form}", lang), v=line[last])
                ends.append((last, line[last], words, look["color"]))
            shapes.end_labels(axes, ends, gap=0.09 * top, dx=0.6, least=0.05 * top)
        style.status_key(figure, table.loc[table["kind"] == "known", "status"], lang)
        return figure


def forms_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Rates by area, form and year, and the least and the most of the four forms by area and year."""
    projected = table[table["kind"] != "known"]
    years = dict(first=table["year"].min(), far=table["year"].max())
    end = projected[(projected["area"] == PROVINCE) & (projected["year"] == years["far"])].set_index("kind")["rate"]
    over_forms = projected.groupby(["area", "year"])["rate"]
    facts = label_values(
        over_forms.agg(["min", "max"]).reset_index(), lang, dict.fromkeys(("min", "max"), "area year"), **years
    )
    forms = {form: text(f"form_short.{form}", lang) for form in FORMS}
    return facts | dict(form=Lookup(pd.Series(forms), dict(highest=end.idxmax(), lowest=end.idxmin())), n=len(FORMS))
