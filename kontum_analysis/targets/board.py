"""The scoreboard: each of the 26 targets of Programme 3299 with its latest value, gap, outlook and a status by rule."""

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..base.words import LANGUAGES, text
from ..data.observations import raw_tables, vintage
from ..data.programme import PROGRAMME_DAY, is_period_over, load_targets
from ..ntm.attainment import DRAWS, SEED
from ..ntm.published import decimal_year
from ..poverty.districts import FIRST_YEAR
from .chances import GOALS, status_of_range, target_chances
from .evidence import target_figures
from .measures import Measure, is_average, measure

STATUSES = ("met", "on_track", "at_risk", "off_track", "not_measured")
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
    "probability_low",
    "probability_high",
    "choice_low",
    "choice_high",
    "status",
    "reason",
    "needed_vi",
    "needed_en",
    "bound_low",
    "bound_high",
    "source_ids",
    "source_lines",
    "target_known",
    "period_over",
]
OUTLOOK = ("projected_value", "chance", "chance_low", "chance_high", "choice_low", "choice_high")


def scoreboard(
    obs: pd.DataFrame,
    as_of: str | date | None = None,
    data: str | Path | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    only: Collection[str] | None = None,
) -> pd.DataFrame:
    """One row for each of the 26 targets of Programme 3299, in the order of targets.csv.

    obs: from `load_observations`. as_of: a day; the whole board is then made from what had been published by it.
    data: the folder that `obs` was loaded from, default `data/raw/`. draws, seed: of the models behind projected_value
    and probability. only: ids of the targets wanted, default all.

    Columns: the target (statement in both languages); latest_value in its unit with latest_day and kind (published,
    derived, estimated, none); gap (what is missing, 0 when satisfied); years_left from latest_day to the end of the
    horizon; pace_needed and pace_observed a year; projected_value (median) and probability by the default where there
    is a model, with probability_low and probability_high over the choices that can be defended and choice_low and
    choice_high that give them (`target_chances`); status and the rule behind it:

    - met: the value satisfies the target and cannot be lost by time (a level, not an average), or a later bound proves
      it from its safe side (reason bound; a bound of low reliability proves nothing);
    - on_track, at_risk, off_track: probability at least 2/3, at least 1/3, less (reason model); at_risk too where the
      ends of the range of probabilities say otherwise (reason model_range). Where a probability lies within two
      standard errors of a limit, so that other draws could turn the status, the reason is model_close. Without a model,
      observed pace at least the needed one, at least half, less (reason pace); a value below the target without any
      pace is at_risk (reason one_figure). A pace is counted from the first figure under the same standard at least a
      year before;
    - a mean that reaches the target without proving it for every commune is on_track (reason mean_only);
    - not_measured: no value in the target's own terms (reason no_figure), or a target in words alone without a figure
      of the programme's time (reason qualitative). With one it is met where the mark says so or nothing is left of what
      is to disappear, and else judged by its pace (`judge_words`).

    A range "3 to 4" asks for its low end; its high end is no cap. A bound never becomes a value; bound_low and
    bound_high carry what a later one says. needed_vi and needed_en say of a target that is not measured what would be
    needed. source_ids and source_lines (of observations.csv) name the rows behind the value, or the nearest evidence
    where there is none. period_over: whether the vintage lies after the end of the target's horizon (`is_period_over`):
    then a status no longer speaks of a future but of what was probably reached (`status_key`).

    Raises KontumError for a programme target with the comparator < or <=, for which no rule is written.

    >>> from kontum_analysis.data.observations import load_observations
    >>> board = scoreboard(load_observations(), draws=200)
    >>> len(board), board.set_index("target_id").status["S-DT-05"]
    (26, 'met')
    """
    if as_of is not None:
        obs = vintage(obs, as_of, data)
    is_known = as_of is None or pd.Timestamp(as_of) >= pd.Timestamp(PROGRAMME_DAY)
    targets = load_targets(data)
    levels = targets.set_index("target_id")["value_low"].reindex(GOALS)
    figures = target_figures(data)
    indicators = raw_tables(data)["indicators"].set_index("indicator")
    targets = targets[(targets["in_programme_3299"] == 1) & (targets["target_id"].isin(only) if only else True)]
    shares = None if levels.isna().any() else tuple(levels)
    chances = target_chances(obs, draws, seed, shares, only).set_index("target_id")
    rows = []
    target: Any
    for target in targets.itertuples():
        if target.comparator in ("<", "<="):
            raise KontumError("error.scoreboard.rule", target=target.target_id, comparator=target.comparator)
        outlook = chances.loc[target.target_id] if target.target_id in chances.index else pd.Series(dtype=object)
        facts = dict(
            target_known=is_known,
            period_over=is_period_over(obs, int(target.horizon_year), as_of),
            **{name: figures[name].get(target.target_id, "") for name in ("needed_vi", "needed_en")},
        )
        last = 0.0 if indicators["better"][target.indicator] == "down" else 1.0
        rows.append(_row(target, measure(obs, target, figures), outlook, draws, last, facts))
    return pd.DataFrame(rows, columns=COLUMNS)


def status_key(status: str, is_over: bool) -> str:
    """The label of a status: of what is going on, or after the period of what was probably reached.

    >>> status_key("at_risk", False), status_key("at_risk", True)
    ('target_status.at_risk', 'target_status.at_risk.over')
    """
    return f"target_status.{status}.over" if is_over else f"target_status.{status}"


def _row(
    target: Any, measured: Measure, outlook: pd.Series, draws: int, last: float, facts: dict[str, Any]
) -> dict[str, Any]:
    """A row of the board. last: the value at which a target in words is reached; facts: columns known already."""
    if measured.kind == "office" and not is_average(target) and outlook.get("projected_value", np.nan) < measured.value:
        outlook = pd.Series(dtype=object)  # the model does not know the office's figure, which has passed its forecast
    projected, chance, chance_low, chance_high, choice_low, choice_high = outlook.reindex(OUTLOOK)
    years_left = target.horizon_year + 1 - decimal_year(measured.day) if measured.day else np.nan
    gap, needed = gap_and_pace(target, measured.value, years_left)
    observed = _observed_pace(target, measured)
    if target.comparator == "qualitative":
        status, reason = judge_words(measured, last, years_left)
    else:
        status, reason = judge(target, measured, needed, observed, chance, chance_low, chance_high, draws)
    facts |= {} if status == "not_measured" else {"needed_vi": "", "needed_en": ""}
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
        **{f"statement_{lang}": text(f"target.{target.target_id}", lang) for lang in LANGUAGES},
        latest_value=measured.value,
        latest_day=measured.day,
        kind=measured.kind,
        gap=gap,
        years_left=years_left,
        pace_needed=needed,
        pace_observed=observed,
        projected_value=projected,
        probability=chance,
        probability_low=chance_low,
        probability_high=chance_high,
        choice_low=choice_low,
        choice_high=choice_high,
        status=status,
        reason=reason,
        bound_low=measured.low,
        bound_high=measured.high,
        source_ids=measured.sources,
        source_lines=measured.lines,
        **facts,
    )


def gap_and_pace(target: Any, value: float, years_left: float) -> tuple[float, float]:
    """What is missing to the target (its unit) and the pace a year needed from here; both missing without a value.

    years_left: to the end of the horizon. For an average over 2022-2025 the pace needed is what the remaining years
    must bring for the four to average the target.

    >>> from types import SimpleNamespace
    >>> from kontum_analysis.data.programme import POVERTY_PACE
    >>> fall = SimpleNamespace(indicator=POVERTY_PACE, comparator="range", value_low=3.0, horizon_year=2025)
    >>> gap_and_pace(fall, 4.24, 2.0)
    (0.0, 1.7599999999999998)
    """
    if np.isnan(value) or target.comparator == "qualitative":
        return np.nan, np.nan
    gap = shortfall = max(target.value_low - value, 0.0)
    if is_average(target):
        years = target.horizon_year - FIRST_YEAR
        shortfall = max(years * target.value_low - (years - years_left) * value, 0.0)
    return gap, shortfall / years_left if years_left > 0 else np.nan


def _observed_pace(target: Any, measured: Measure) -> float:
    """The change a year of the value so far; an average fall is one itself."""
    if measured.start:
        return _pace_between(*measured.start, measured.day, measured.value)
    return measured.value if is_average(target) else np.nan


def _pace_between(first_day: str, first: float, last_day: str, last: float) -> float:
    return (last - first) / (decimal_year(last_day) - decimal_year(first_day))


def satisfies(comparator: str, low: float, value: float) -> bool:
    """Whether a value satisfies a target: a range asks for its low end, == for at least the value (a share of 100 %).

    >>> satisfies(">", 90, 90), satisfies("range", 3, 3)
    (False, True)
    """
    return bool(value > low) if comparator == ">" else bool(value >= low)


def judge(
    target: Any,
    measured: Measure,
    needed: float,
    observed: float,
    chance: float,
    low: float,
    high: float,
    draws: int = DRAWS,
) -> tuple[str, str]:
    """(status, reason) of a target with a number by the rules of `scoreboard`; needed, observed: paces a year; low,
    high: the range of the chance, from so many draws."""
    if not is_average(target):
        if measured.kind != "none" and satisfies(target.comparator, target.value_low, measured.value):
            return ("on_track", "mean_only") if measured.is_necessary_only else ("met", "value")
        # "at least" also stands for "from 90" in the data, so a bound at the limit does not prove "above 90"
        if measured.is_sure and satisfies(target.comparator, target.value_low, measured.low):
            return "met", "bound"
    if measured.kind == "none":
        return "not_measured", "no_figure"
    if not np.isnan(chance):
        return status_of_range(low, chance, high, draws)
    if measured.is_sure and not np.isnan(measured.low) and measured.bound_day > measured.day:
        proven = _pace_between(measured.day, measured.value, measured.bound_day, measured.low)
        return _status_by_pace(proven, needed), "pace_bound"
    if np.isnan(observed):
        return "at_risk", "one_figure"
    return _status_by_pace(observed, needed), "pace"


def judge_words(measured: Measure, last: float, years_left: float) -> tuple[str, str]:
    """(status, reason) of a target in words alone. last: the value at which it is reached: 1 of a mark, 0 of what is to
    disappear; years_left: years to the end of the horizon.

    A figure of a day before the programme is where it starts from, and judges nothing.

    >>> judge_words(Measure(value=150.0, day="2024-12-31", kind="office", start=("2021-12-31", 371.0)), 0.0, 6.0)
    ('on_track', 'pace')
    """
    if measured.kind == "none" or measured.day <= PROGRAMME_DAY:
        return "not_measured", "qualitative"
    missing = abs(measured.value - last)
    if missing == 0:
        return "met", "value"
    if not measured.start:
        return "at_risk", "one_figure"
    first_day, first = measured.start
    observed = _pace_between(first_day, -abs(first - last), measured.day, -missing)
    return _status_by_pace(observed, missing / years_left if years_left > 0 else np.nan), "pace"


def _status_by_pace(observed: float, needed: float) -> str:
    if np.isnan(needed):
        return "off_track"
    return "on_track" if observed >= needed else "at_risk" if observed >= needed / 2 else "off_track"
