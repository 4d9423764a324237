"""What comes nearest to each target, whether it bounds the answer, who must have the figure, and what is missing.

The facts stand in `target_figures.csv`; the figures themselves are rows of the observations, so that each has its day,
its bound and its source, and an earlier vintage shows what was known then.
"""

from pathlib import Path

import pandas as pd

from ..base.words import LANGUAGES, text
from ..data.observations import raw_tables

EVIDENCE = [
    *("indicator", "ref_area", "obs_value", "unit_measure", "bound", "obs_status"),
    *("time_period", "date_precision", "source_id"),
]
_LISTS = ("areas", "indicators")
WORDS = ["reading", "needed", "document", "holder"]  # each in both languages


def target_figures(data: str | Path | None = None) -> pd.DataFrame:
    """The rows of target_figures.csv by target_id, as text; `areas` and `indicators` as lists.

    >>> target_figures().loc["S-NTM-07", "indicators"]
    ['cooperatives']
    """
    table = raw_tables(data)["target_figures"].set_index("target_id")
    split = {name: table[name].map(lambda cell: [part for part in cell.split("|") if part]) for name in _LISTS}
    return table.assign(**split)


def nearest_rows(obs: pd.DataFrame, figures: pd.Series) -> pd.DataFrame:
    """The latest observation of each indicator and area that a row of `target_figures` names, the standard in force
    first; a value that lost to another is left out, a bound is not.
    """
    is_usable = obs["preferred"] | obs["bound"].isin(["at_least", "at_most"])
    rows = obs[is_usable & obs["indicator"].isin(figures["indicators"]) & obs["ref_area"].isin(figures["areas"])]
    rows = rows.sort_values(["standard", "time_period", "known_from"], kind="stable")
    return rows.groupby(["indicator", "ref_area"]).tail(1).sort_values(["ref_area", "time_period"], kind="stable")


def target_evidence(obs: pd.DataFrame, data: str | Path | None = None) -> pd.DataFrame:
    """The nearest published figures to each of the 26 targets, in the order of targets.csv.

    One row a figure, and one without a figure where nothing was published by the day of the vintage. Columns:
    target_id, statement; indicator, area, obs_value (of a bound, the bound), unit_measure, bound, obs_status,
    time_period, date_precision, source_id of the figure; and of the target, the same on all its rows, bounds: the side
    on which the figures bound the answer (none, low, high); reading: what they measure, and how far they answer;
    needed, document, holder: the figure that would answer, what must hold it, and who has it. Words in both languages
    (…_vi, …_en).
    Documents and holders follow from the offices' duties; nobody has seen the figures there.

    data: the folder that `obs` was loaded from, default `data/raw/`.

    >>> from kontum_analysis.data.observations import load_observations
    >>> nearest = target_evidence(load_observations())
    >>> nearest.target_id.nunique(), nearest[nearest.target_id == "S-DT-10B"].obs_value.tolist()
    (26, [13.0, 371.0])
    """
    parts = []
    for target_id, figures in target_figures(data).iterrows():
        rows = nearest_rows(obs, figures)
        is_known = len(rows) > 0
        rows = rows.assign(obs_value=rows["obs_value"].fillna(rows["bound_value"]))[EVIDENCE]
        rows = rows if is_known else rows.reindex([0])
        words = {f"statement_{lang}": text(f"target.{target_id}", lang) for lang in LANGUAGES}
        words |= {name: figures[name] for word in WORDS for name in (f"{word}_vi", f"{word}_en")}
        words |= {} if is_known else {f"reading_{lang}": text("evidence.nothing", lang) for lang in LANGUAGES}
        parts.append(rows.assign(target_id=str(target_id), bounds=figures["bounds"] if is_known else "none", **words))
    table = pd.concat(parts, ignore_index=True).rename(columns={"ref_area": "area"})
    front = ["target_id", "statement_vi", "statement_en"]
    return table[[*front, *[name for name in table.columns if name not in front]]]
