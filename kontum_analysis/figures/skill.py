"""Figures of how far forecasts miss and whether their intervals hold: the past forecast again."""

import pandas as pd

from ..base.words import Lookup, number, text
from ..methods.hindcast import METHODS, hindcast
from ..ntm.hindcast import hindcast_ntm
from ..poverty.hidden import closed_group_test, leave_one_out
from ..poverty.history import hindcast_panel
from ..poverty.speeds import speed_forecasts
from . import shapes, style
from .facts import label_values

NTM = ("no change", "straight line", "observed pace", "pace 1.5")
# what a projection takes; the outlook has a law of its own, none of these methods
DEFAULTS = {"poverty": "", "ntm": "pace 1.5"}
MANY = 30  # units from which a share of intervals says something: its own interval is then about 15 points to each side
LEVEL = 0.90  # of the interval of an observed coverage


def scores_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Mean error and WIS of each method (poverty in points, NTM in communes), and the error of its bare path."""
    columns = {"n": "cases", "mae": "error", "mae_point": "bare_error"}
    poverty = hindcast(hindcast_panel(obs)).summary.set_index("method").loc[list(METHODS)]
    poverty = poverty.rename(columns=columns)[["cases", "error", "wis", "bare_error"]]
    poverty[["error", "wis", "bare_error"]] *= 100
    _, summary = hindcast_ntm(obs)
    ntm = summary[summary["steps"] == "next"].set_index("method").loc[list(NTM)].rename(columns=columns)
    ntm = ntm.assign(bare_error=ntm["error"])[list(poverty.columns)]
    table = pd.concat({"poverty": poverty, "ntm": ntm}, names=["subject", "method"])
    return table.reset_index()


ERROR: style.Look = dict(marker="o", color=style.BLACK, markersize=5.5, linestyle="none")
SCORE: style.Look = dict(marker="D", color=style.BLUE, markerfacecolor="white", markersize=4.6, linestyle="none")


def draw_scores(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Two panels of dots, error and score of each method, best first; the numbers in columns beside."""
    with style.canvas(heading, lang, height_cm=11.6, left=5.2, right=3.6, top=2.2, bottom=1.6, hspace=0.8) as figure:
        panels = figure.subplots(2, 1, height_ratios=[len(METHODS), len(NTM)])
        for axes, subject in zip(panels, DEFAULTS, strict=True):
            rows = table[table["subject"] == subject].sort_values("error").reset_index(drop=True)
            axes.hlines(rows.index, rows["wis"], rows["error"], color=style.LIGHT, linewidth=2)
            axes.plot(rows["error"], rows.index, **ERROR)
            axes.plot(rows["wis"], rows.index, **SCORE)
            names = [text(f"hindcast_scores.{subject}.{method}", lang) for method in rows["method"]]
            shapes.rows_of_dots(axes, names, [method == DEFAULTS[subject] for method in rows["method"]])
            for x, column in ((1.2, "error"), (1.45, "wis")):
                cells = [number(value, 2, lang) for value in rows[column]]
                shapes.column_beside(axes, x, text(f"hindcast_scores.column_{column}", lang), cells)
            axes.set_title(text(f"hindcast_scores.{subject}", lang, n=rows["cases"].iloc[0]), pad=14)
            axes.set(xlim=(0, 1.1 * rows["error"].max()), xlabel=text(f"hindcast_scores.unit_{subject}", lang))
            style.number_axis(axes.xaxis, lang, decimals=1)
        entries = [(ERROR, text("hindcast_scores.error", lang)), (SCORE, text("hindcast_scores.wis", lang))]
        style.key(figure, entries, ncols=1, labelspacing=0.35)
        return figure


def scores_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Errors by subject and method, and the method with the least error on poverty and whether it is the pooled one."""
    poverty = table[table["subject"] == "poverty"].set_index("method")["error"]
    names = dict(best=poverty.idxmin(), pooled="pooled", model="pace 1.5", same="no change", line="straight line")
    case = "pooled" if names["best"] == "pooled" else "other"
    columns = dict.fromkeys(("cases", "error", "bare_error"), "subject method")
    best = " ".join(text(f"hindcast_scores.poverty.{names['best']}", lang).split())
    return label_values(table, lang, columns, case=case, best_name=best, **names)


def calibration_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Nominal and observed coverage of each kind of estimate, with the number of cases, that of the series, days or
    districts among them, and the 90 % interval of the share for so many (binomial, Clopper and Pearson 1934,
    doi:10.1093/biomet/26.4.404).

    Poverty: the law of the outlook on every step of every series. Districts: the known ones as a closed province, three
    hidden at a time; at a vintage that knows too few for it, each hidden in turn.
    """
    from statsmodels.stats.proportion import proportion_confint

    cases, _ = hindcast_ntm(obs)
    closed = closed_group_test(obs)
    hidden = closed if len(closed) else leave_one_out(obs).rename(columns={"inside": "inside_80"})
    tests = {
        "poverty": speed_forecasts(obs).assign(unit=lambda steps: steps["area"] + steps["standard"]),
        "ntm": cases[(cases["step"] == 1) & (cases["method"] == "pace 1.5")].assign(unit=lambda rows: rows.index),
        "districts": hidden.assign(unit=hidden["area"]),
    }
    rows = [
        (subject, level / 100, test[f"inside_{level}"].astype(float).mean(), len(test), test["unit"].nunique())
        for subject, test in tests.items()
        for level in (50, 80, 95)
        if f"inside_{level}" in test
    ]
    table = pd.DataFrame(rows, columns=["subject", "nominal", "observed", "cases", "units"])
    low, high = proportion_confint(table["observed"] * table["units"], table["units"], alpha=1 - LEVEL, method="beta")
    return table.assign(low=low, high=high)


SUBJECTS = {"poverty": (style.BLUE, "o", 0.0), "ntm": (style.GREEN, "s", -0.018), "districts": (style.RED, "D", 0.018)}


def draw_calibration(table: pd.DataFrame, lang: str, heading: style.Heading) -> style.Page:
    """Observed against nominal coverage, on equal axes: on the diagonal the intervals hold as often as they claim."""
    with style.canvas(heading, lang, height_cm=11.2, left=1.7, right=5.6, top=1.0, bottom=1.6) as figure:
        axes = figure.subplots()
        line: style.Look = dict(color=style.GREY, linewidth=0.9, linestyle=(0, (4, 2)))
        axes.plot([0, 1], [0, 1], **line)
        entries = []
        for subject, (color, marker, shift) in SUBJECTS.items():
            rows = table[table["subject"] == subject]
            x = rows["nominal"] + shift
            look: style.Look = dict(marker=marker, color=color, markersize=5, linestyle="none")
            axes.vlines(x, rows["low"], rows["high"], color=color, linewidth=1.2)
            axes.plot(x, rows["observed"], **look)
            row = rows[rows["nominal"] == 0.8].iloc[0]
            name = text(f"calibration.{subject}", lang, units=row["units"])
            words = text("calibration.words", lang, name=name, n=row["cases"], observed=row["observed"])
            entries.append((look, words))
        shapes.words_in(axes, entries, "upper left", bbox_to_anchor=(1.03, 1), handlelength=1.2, labelspacing=1.1)
        axes.set(xlim=(0, 1.03), ylim=(0, 1.03))
        axes.set(xlabel=text("calibration.nominal", lang), ylabel=text("calibration.observed", lang))
        axes.set_aspect("equal", anchor="W")
        axes.grid(True, axis="x")
        for axis in (axes.xaxis, axes.yaxis):
            style.number_axis(axis, lang, scale=100)
        bar = dict(color=style.GREY, marker="|", markersize=9, markeredgewidth=1.3, linestyle="none")
        style.key(figure, [(line, text("calibration.key_line", lang)), (bar, text("calibration.key_bar", lang))])
        return figure


def calibration_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Observed coverage of the 80 % intervals and their cases, by subject."""
    rows = table[table["nominal"] == 0.8].set_index("subject")
    lookups = {column: Lookup(rows[column]) for column in ("observed", "cases", "units", "low", "high")}
    return dict(**lookups, case="few" if rows["units"].min() < MANY else "many")
