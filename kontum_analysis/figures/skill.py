"""Figures of how far forecasts miss and whether their intervals hold: the past forecast again."""

import pandas as pd
from matplotlib.figure import Figure
from scipy.stats import beta

from ..base.words import heading, number, text
from ..methods.hindcast import hindcast
from ..ntm.hindcast import hindcast_ntm
from ..poverty.estimates import leave_one_out
from ..poverty.history import hindcast_panel
from . import style

METHODS = ("persistence", "linear", "proportional", "logistic", "pooled")
NTM = ("no change", "straight line", "observed pace", "pace 1.5")
LEVEL = 0.90  # of the interval of an observed coverage


def scores_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Mean error and WIS of each method (poverty in points, NTM in communes), and the error of its bare path."""
    poverty = hindcast(hindcast_panel(obs)).summary.set_index("method").loc[list(METHODS)]
    parts = [
        pd.DataFrame(
            dict(
                subject="poverty",
                method=METHODS,
                cases=poverty["n"].to_numpy(),
                error=100 * poverty["mae"].to_numpy(),
                wis=100 * poverty["wis"].to_numpy(),
                bare_error=100 * poverty["mae_point"].to_numpy(),
            )
        )
    ]
    _, found = hindcast_ntm(obs)
    ntm = found[found["steps"] == "next"].set_index("method").loc[list(NTM)]
    parts.append(
        pd.DataFrame(
            dict(
                subject="ntm",
                method=NTM,
                cases=ntm["cases"].to_numpy(),
                error=ntm["mae"].to_numpy(),
                wis=ntm["wis"].to_numpy(),
                bare_error=ntm["mae"].to_numpy(),
            )
        )
    )
    return pd.concat(parts, ignore_index=True)


def draw_scores(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """Two panels of dots, error and WIS of each method; the farther left the better."""
    with style.canvas(title, lang, height_cm=7.8, left=4.3, right=0.4, top=2.1, bottom=1.7, wspace=0.85) as figure:
        for axes, subject in zip(figure.subplots(1, 2), ("poverty", "ntm"), strict=True):
            rows = table[table["subject"] == subject].reset_index(drop=True)
            axes.hlines(rows.index, rows["wis"], rows["error"], color=style.LIGHT, linewidth=2)
            axes.plot(rows["error"], rows.index, **_ERROR)
            axes.plot(rows["wis"], rows.index, **_WIS)
            for row in style.each(rows):
                style.note(axes, max(row.error, row.wis), row.Index, number(row.error, 2, lang), dx=6)
            axes.set_yticks(rows.index, [text(f"method.{m}", lang) for m in rows["method"]])
            axes.set_ylim(len(rows) - 0.5, -0.5)
            axes.set_xlim(0, 1.25 * rows["error"].max())
            axes.set_title(text(f"hindcast_scores.{subject}", lang, n=rows["cases"].iloc[0]))
            axes.set_xlabel(text(f"hindcast_scores.unit_{subject}", lang))
            style.number_axis(axes.xaxis, lang, decimals=1)
        style.key(figure, [(_ERROR, heading("mae", lang)), (_WIS, text("hindcast_scores.wis", lang))], below_top_cm=0.8)
        return figure


_ERROR = dict(marker="o", color=style.BLACK, markersize=5.5, linestyle="none")
_WIS = dict(marker="D", color=style.BLUE, markerfacecolor="white", markersize=4.6, linestyle="none")


def scores_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Errors of the default methods and of doing nothing."""
    at = table.set_index(["subject", "method"])
    return dict(
        n=at.at[("poverty", "pooled"), "cases"],
        pooled=at.at[("poverty", "pooled"), "error"],
        same=at.at[("poverty", "persistence"), "error"],
        bare=at.at[("poverty", "persistence"), "bare_error"],
        own=at.at[("poverty", "logistic"), "error"],
        ntm_n=at.at[("ntm", "pace 1.5"), "cases"],
        ntm=at.at[("ntm", "pace 1.5"), "error"],
        ntm_same=at.at[("ntm", "no change"), "error"],
        ntm_line=at.at[("ntm", "straight line"), "error"],
    )


def calibration_table(obs: pd.DataFrame) -> pd.DataFrame:
    """Nominal and observed coverage of each kind of estimate, with the number of cases and its 90 %
    binomial interval.
    """
    summary = hindcast(hindcast_panel(obs)).summary.set_index("method").loc["pooled"].to_dict()
    rows = [("poverty", level, summary[f"coverage_{level}"], int(summary["n"])) for level in (50, 80, 95)]
    cases, _ = hindcast_ntm(obs)
    ntm = cases[(cases["step"] == 1) & (cases["method"] == "pace 1.5")]
    rows.append(("ntm", 80, ntm["covered_80"].mean(), len(ntm)))
    missed = leave_one_out(obs)
    rows.append(("districts", 80, missed["inside"].mean(), len(missed)))
    table = pd.DataFrame(rows, columns=["subject", "nominal", "observed", "cases"])
    held = (table["observed"] * table["cases"]).round()
    table["low"] = beta.ppf((1 - LEVEL) / 2, held, table["cases"] - held + 1)
    table["high"] = beta.ppf((1 + LEVEL) / 2, held + 1, table["cases"] - held)
    return table.assign(nominal=table["nominal"] / 100, low=table["low"].fillna(0.0), high=table["high"].fillna(1.0))


SUBJECTS = {"poverty": (style.BLUE, "o", 0.0), "ntm": ("#00755A", "s", -0.012), "districts": (style.RED, "D", 0.012)}


def draw_calibration(table: pd.DataFrame, lang: str, title: str) -> Figure:
    """Observed against nominal coverage: on the diagonal the intervals hold as often as they claim."""
    with style.canvas(title, lang, height_cm=9.8, left=1.6, right=6.2, top=1.8, bottom=1.7) as figure:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=style.GREY, linewidth=0.8, linestyle=(0, (4, 2)))
        for subject, (colour, marker, shift) in SUBJECTS.items():
            rows = table[table["subject"] == subject]
            at = rows["nominal"] + shift
            axes.vlines(at, rows["low"], rows["high"], color=colour, linewidth=1.2)
            axes.plot(at, rows["observed"], marker=marker, color=colour, markersize=5, linestyle="none")
        places = {"ntm": 0.9, "poverty": 0.66, "districts": 0.42}
        for subject, y in places.items():
            row = table[(table["subject"] == subject) & (table["nominal"] == 0.8)].iloc[0]
            colour, _, shift = SUBJECTS[subject]
            name = text(f"calibration.{subject}", lang)
            words = text("calibration.words", lang, name=name, n=row.cases, observed=row.observed)
            style.callout(axes, words, (0.8 + shift, row.observed), (1.06, y), colour, annotation_clip=False)
        axes.set_xlim(0.4, 1.0)
        axes.set_ylim(0, 1.02)
        axes.set_xlabel(text("calibration.nominal", lang))
        axes.set_ylabel(text("calibration.observed", lang))
        style.number_axis(axes.xaxis, lang, scale=100)
        style.number_axis(axes.yaxis, lang, scale=100)
        line = dict(color=style.GREY, linewidth=0.8, linestyle=(0, (4, 2)))
        bar = dict(color=style.GREY, marker="|", markersize=9, markeredgewidth=1.3, linestyle="none")
        style.key(figure, [(line, text("calibration.key_line", lang)), (bar, text("calibration.key_bar", lang))])
        return figure


def calibration_facts(table: pd.DataFrame, lang: str) -> dict[str, object]:
    """Observed coverage of the 80 % intervals and their cases."""
    at = table[table["nominal"] == 0.8].set_index("subject")
    return {
        f"{s}_{k}": at.at[s, c]
        for s in SUBJECTS
        for k, c in (("seen", "observed"), ("n", "cases"), ("low", "low"), ("high", "high"))
    }
