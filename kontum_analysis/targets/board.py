"""The scoreboard: each of the 26 targets of Programme 3299 with its latest value, gap, outlook and a status by rule."""

from collections.abc import Collection
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..base.words import LANGUAGES, labels, text
from ..data.areas import POOR_DISTRICTS, PROVINCE, poor_districts
from ..data.observations import raw_tables, vintage
from ..ntm.attainment import project_ntm
from ..poverty.draws import outlook_draws, probability
from ..poverty.estimates import estimate_panel
from .measures import Measure, measure

STATUSES = ("met", "on_track", "at_risk", "off_track", "not_measured")
LIKELY, UNLIKELY = 2 / 3, 1 / 3
PROGRAMME_DAY = "2022-10-04"  # CTr 3299/CTr-UBND
COLUMNS = [
    "target_id",
    "programme",
    "horizon_year",
    "area",
    "indicator",
    "comparator",
    "value_low",
    "value_high",
    "unit_measure",
    "statement_vi",
    "statement_en",
    "latest_value",
    "latest_day",
    "kind",
    "gap",
    "years_left",
    "pace_needed",
    "pace_observed",
    "projected_value",
    "probability",
    "status",
    "reason",
    "needed_vi",
    "needed_en",
    "bound_low",
    "bound_high",
    "source_ids",
    "source_lines",
    "target_known",
]


def load_targets(data: str | Path | None = None) -> pd.DataFrame:
    """All targets as a table, numbers as numbers; columns as in `data/raw/README.md`.

    >>> len(load_targets().query("in_programme_3299 == 1"))
    26
    """
    targets = raw_tables(data)["targets"].drop(columns="line")
    for column in ("value_low", "value_high", "horizon_year", "in_programme_3299"):
        targets[column] = pd.to_numeric(targets[column])
    return targets


def scoreboard(
    obs: pd.DataFrame,
    as_of: str | date | None = None,
    data: str | Path | None = None,
    draws: int = 10_000,
    seed: int = 3299,
    only: Collection[str] | None = None,
) -> pd.DataFrame:
    """One row for each of the 26 targets of Programme 3299, in the order of targets.csv.

    obs: from `load_observations`. as_of: a day; the whole board is then made from what had been published by it.
    data: the folder that `obs` was loaded from, default `data/raw/`. draws, seed: of the models behind projected_value
    and probability. only: ids of the targets wanted, default all; a model that none of them asks for is not run.

    Columns: the target (statement in both languages); latest_value in its unit with latest_day and kind (published,
    derived, estimated, none); gap (what is missing, 0 when satisfied); years_left from latest_day to the end of the
    horizon;
    pace_needed and pace_observed a year; projected_value (median) and probability where there is a model (NTM counts at
    the observed pace, average falls of the poverty rate by `outlook_draws`); status and the rule behind it:

    - met: the value satisfies the target and cannot be lost by time (a level, not an average), or a later bound proves
    it
      from its safe side (reason bound; a bound of low reliability proves nothing);
    - on_track, at_risk, off_track: probability at least 2/3, at least 1/3, less (reason model); without a model,
    observed pace
      at least the needed one, at least half, less (reason pace); a value below the target without any pace is at_risk
      (reason one_figure). A pace is counted from the first figure under the same standard at least a year before;
    - a mean that reaches the target without proving it for every commune is on_track (reason mean_only);
    - not_measured: no value in the target's own terms (reason no_figure), or a qualitative target (reason qualitative).

    A range "3 to 4" asks for its low end; its high end is no cap. A bound never becomes a value; bound_low and
    bound_high
    carry what a later one says. needed_vi and needed_en say of a target that is not measured what would be needed.
    source_ids and source_lines (of observations.csv) name the rows behind the value, or the nearest evidence where
    there is none.

    Raises KontumError for a programme target with the comparator < or <=, for which no rule is written.

    >>> from kontum_analysis.data.observations import load_observations
    >>> board = scoreboard(load_observations(), draws=200)
    >>> len(board), board.set_index("target_id").status["S-DT-05"]
    (26, 'met')
    """
    if as_of is not None:
        obs = vintage(obs, as_of, data)
    known = as_of is None or pd.Timestamp(as_of) >= pd.Timestamp(PROGRAMME_DAY)
    targets = load_targets(data)
    targets = targets[(targets["in_programme_3299"] == 1) & (targets["target_id"].isin(only) if only else True)]
    models = _models(obs, draws, seed, set(targets["programme"]))
    rows = []
    target: Any
    for target in targets.itertuples():
        if target.comparator in ("<", "<="):
            raise KontumError("error.scoreboard.rule", target=target.target_id, comparator=target.comparator)
        found = measure(obs, target)
        projected, chance = models.get(target.target_id, (np.nan, np.nan))
        rows.append(_row(target, found, projected, chance) | {"target_known": known})
    return pd.DataFrame(rows, columns=COLUMNS)


def _models(obs: pd.DataFrame, draws: int, seed: int, programmes: set[str]) -> dict[str, tuple[float, float]]:
    """target_id -> (median at the end of 2025, probability), for the targets that a model speaks of.

    A vintage before the first figures has no model, and the board says so by an empty probability.
    """
    chances: dict[str, tuple[float, float]] = {}
    for programme, model in (("NTM", _ntm_model), ("POVERTY", _poverty_model)):
        if programme in programmes:
            with suppress(KontumError):
                chances |= model(obs, draws, seed)
    return chances


def _ntm_model(obs: pd.DataFrame, draws: int, seed: int) -> dict[str, tuple[float, float]]:
    ntm = project_ntm(obs, pace=None, draws=draws, seed=seed)
    chance = ntm.probabilities.set_index("event")["probability"]
    last = ntm.years[ntm.years["year"] == ntm.years["year"].max()].set_index("indicator")["median"]
    events = {"S-NTM-01": "ntm_communes", "S-NTM-02": "ntm_advanced_communes", "S-NTM-03": "ntm_model_communes"}
    share = 100 * float(last["ntm_communes_15_plus_criteria"]) / len(ntm.communes)
    return {
        **{target_id: (float(last[event]), float(chance[event])) for target_id, event in events.items()},
        "S-NTM-05": (share, float(chance["all_communes_15_criteria"])),
    }


def _poverty_model(obs: pd.DataFrame, draws: int, seed: int) -> dict[str, tuple[float, float]]:
    outlook = outlook_draws(obs, end=2025, draws=draws, seed=seed)
    opening, chances = _opening(obs), {}
    for target_id, area, pace in (("S-GN-01", PROVINCE, 3), ("S-GN-02", POOR_DISTRICTS, 6)):
        end = float(np.median(outlook.of(area)[-1]))
        reached = probability(outlook, area, 2025, opening[area] - 4 * pace / 100)
        chances[target_id] = (100 * (opening[area] - end) / 4, reached)
    return chances


def _opening(obs: pd.DataFrame) -> dict[str, float]:
    first = estimate_panel(obs, 2)
    poor = np.isin(first.areas, poor_districts())
    rate = {PROVINCE: first.panel["rate"].iloc[0]}
    return rate | {POOR_DISTRICTS: first.poor[poor, 0, 0].sum() / first.households[poor, 0, 0].sum()}


def _row(target: Any, found: Measure, projected: float, chance: float) -> dict[str, Any]:
    average = target.indicator.endswith("_per_year")
    left = target.horizon_year + 1 - _decimal_year(found.day) if found.day else np.nan
    gap, needed = gap_and_pace(target, found.value, left, average)
    seen = np.nan
    if found.start:
        seen = (found.value - found.start[1]) / (_decimal_year(found.day) - _decimal_year(found.start[0]))
    elif average:
        seen = found.value
    status, reason = judge(target, found, needed, seen, chance, average)
    return dict(
        target_id=target.target_id,
        programme=target.programme,
        horizon_year=int(target.horizon_year),
        area=target.scope_area,
        indicator=target.indicator,
        comparator=target.comparator,
        value_low=target.value_low,
        value_high=target.value_high,
        unit_measure=target.unit_measure,
        statement_vi=text(f"target.{target.target_id}", "vi"),
        statement_en=text(f"target.{target.target_id}", "en"),
        latest_value=found.value,
        latest_day=found.day,
        kind=found.kind,
        gap=gap,
        years_left=left,
        pace_needed=needed,
        pace_observed=seen,
        projected_value=projected,
        probability=chance,
        status=status,
        reason=reason,
        **_needed(target, status),
        bound_low=found.low,
        bound_high=found.high,
        source_ids=found.sources,
        source_lines=found.lines,
    )


def _needed(target: Any, status: str) -> dict[str, str]:
    if status != "not_measured":
        return {"needed_vi": "", "needed_en": ""}
    key = f"needed.{target.target_id}"
    return {f"needed_{lang}": text(key if key in labels() else "needed.other", lang) for lang in LANGUAGES}


def _decimal_year(day: str) -> float:
    year, month, date = (int(part) for part in day.split("-"))
    return year + (month - 1) / 12 + date / 372


def gap_and_pace(target: Any, value: float, left: float, average: bool) -> tuple[float, float]:
    """What is missing to the target (its unit) and the pace a year needed from here; both missing without a value.

    For an average over 2022-2025 the pace needed is what the remaining years must bring for the four to average the
    target.

    >>> from types import SimpleNamespace
    >>> gap_and_pace(SimpleNamespace(value_low=3.0, comparator="range"), 4.24, 2.0, True)
    (0.0, 1.7599999999999998)
    """
    if np.isnan(value) or target.comparator == "qualitative":
        return np.nan, np.nan
    gap = max(target.value_low - value, 0.0)
    if average:
        done = 4 - left
        return gap, max(4 * target.value_low - done * value, 0.0) / left if left > 0 else np.nan
    return gap, gap / left if left > 0 else np.nan


def satisfied(comparator: str, low: float, value: float) -> bool:
    """Whether a value satisfies a target; a range asks for its low end, == for at least the value (a
    share of 100 %).
    """
    return bool(value > low) if comparator == ">" else bool(value >= low)


def judge(target: Any, found: Measure, needed: float, seen: float, chance: float, average: bool) -> tuple[str, str]:
    """(status, reason) of a target by the rules of `scoreboard`."""
    if target.comparator == "qualitative":
        return "not_measured", "qualitative"
    if not average:
        if found.kind != "none" and satisfied(target.comparator, target.value_low, found.value):
            return ("on_track", "mean_only") if found.necessary else ("met", "value")
        # "at least" also stands for "from 90" in the data, so a bound at the limit does not prove "above 90"
        if found.sure and satisfied(target.comparator, target.value_low, found.low):
            return "met", "bound"
    if found.kind == "none":
        return "not_measured", "no_figure"
    if not np.isnan(chance):
        return ("on_track" if chance >= LIKELY else "at_risk" if chance >= UNLIKELY else "off_track"), "model"
    if (
        found.sure and not np.isnan(found.low) and found.bound_day > found.day
    ):  # the least that a later bound proves was gained
        seen = (found.low - found.value) / (_decimal_year(found.bound_day) - _decimal_year(found.day))
        return _by_pace(seen, needed), "pace_bound"
    if np.isnan(seen):
        return "at_risk", "one_figure"
    return _by_pace(seen, needed), "pace"


def _by_pace(seen: float, needed: float) -> str:
    if np.isnan(needed):
        return "off_track"
    return "on_track" if seen >= needed else "at_risk" if seen >= needed / 2 else "off_track"
