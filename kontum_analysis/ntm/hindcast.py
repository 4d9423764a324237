"""How good the NTM model would have been: forecasts from what was known at earlier days, scored on what came after."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scoringrules

from ..base.errors import KontumError
from ..data.areas import PROVINCE
from ..data.memo import remember
from ..data.observations import vintage
from ..data.programme import asked_pace
from ..methods.intervals import whole_quantiles
from ..methods.scores import FORECAST_COLUMNS, INTERVALS, QUANTILES, wis
from .attainment import SEED
from .communes import Evidence, gather
from .growth import fit
from .paths import move, start_state
from .projection import LEVELS
from .published import Snapshot, snapshots

_SNAPSHOT_FIELDS = dict(zip(LEVELS, ("attained", "advanced", "model"), strict=True))
_SCORES = ["step", "ae", "crps", "wis"]


def ntm_forecasts(
    obs: pd.DataFrame,
    data: str | Path | None = None,
    vintages: Sequence[str] | None = None,
    draws: int = 2000,
    seed: int = SEED,
) -> pd.DataFrame:
    """What was said of the communes, and what came: forecasts from earlier days beside the figures published later.

    obs: from `load_observations`; earlier vintages are taken from it. data: the folder it was loaded from, default
    `data/raw/`. vintages: days such as "2022-10-04"; None takes every day on which a figure became known.

    Columns: what (ntm_communes, ntm_advanced_communes, ntm_model_communes); area; vintage; made_from: day of the last
    count known then; day and outcome: of the figure published later; method: "observed pace", "pace 1.5", "no change"
    and, for the first, "straight line" through the last two counts; q025 … q975: quantiles of the forecast; inside_50,
    inside_80, inside_95: whether the outcome lies in the interval. "No change" and "straight line" are single numbers:
    they have q50 alone, and no interval. Vintages before the first bands are left out.

    >>> from kontum_analysis.data.observations import load_observations
    >>> table = ntm_forecasts(load_observations(), vintages=["2022-12-31"], draws=200)
    >>> still = table.query("method == 'no change' and what == 'ntm_communes'")
    >>> still[["made_from", "day", "q50", "outcome"]].to_numpy().tolist()[0]
    ['2022-11-30', '2023-04-30', 38.0, 42.0]
    """
    rows = pd.DataFrame(_cases(obs, data, tuple(vintages or ()), draws, seed), columns=[*FORECAST_COLUMNS, *_SCORES])
    return rows[FORECAST_COLUMNS].astype(dict.fromkeys(INTERVALS, "boolean"))


def hindcast_ntm(
    obs: pd.DataFrame, data: str | Path | None = None, draws: int = 2000, seed: int = SEED
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores of the forecasts of attained communes from every earlier vintage: (cases, summary).

    obs, data, draws, seed: as for `ntm_forecasts`.

    cases: the rows of `ntm_forecasts` on attained communes with step (1: the next published figure), ae, crps, wis.
    summary: per method and step ("next", "all"): cases, mae, crps, wis, coverage_50, coverage_80, coverage_95. Scores
        are in communes; WIS as in Bracher et al. 2021 (doi:10.1371/journal.pcbi.1008618) with the median and the 50,
        80 and 95 % intervals; of a single number CRPS and WIS are the absolute error. There are few vintages and their
        errors are not independent: read the summary as an account, not a ranking.

    Raises KontumError when fewer than two dates can be compared.

    >>> from kontum_analysis.data.observations import load_observations
    >>> cases, summary = hindcast_ntm(load_observations(), draws=2)
    >>> sorted(set(cases.method))
    ['no change', 'observed pace', 'pace 1.5', 'straight line']
    """
    rows = [row for row in _cases(obs, data, (), draws, seed) if row["what"] == LEVELS[0]]
    if not rows:
        raise KontumError("error.ntm.no_pairs")
    cases = pd.DataFrame(rows)[[*FORECAST_COLUMNS, *_SCORES]].astype(dict.fromkeys(INTERVALS, "boolean"))
    parts = [cases[cases["step"] == 1].assign(steps="next"), cases.assign(steps="all")]
    means = {"mae": "ae", "crps": "crps", "wis": "wis"} | {f"coverage_{n[7:]}": n for n in INTERVALS}
    groups = pd.concat(parts).groupby(["steps", "method"], sort=False)
    summary = groups.agg(cases=("ae", "size"), **{name: (column, "mean") for name, column in means.items()})
    return cases, summary.reset_index()


@remember(4)  # two figures, a table and a notebook ask for the same forecasts, which take seconds
def _cases(
    obs: pd.DataFrame, data: str | Path | None, vintages: tuple[str, ...], draws: int, seed: int
) -> list[dict[str, Any]]:
    """Rows of forecasts, scored, from each vintage (or all) to every later figure that was not known then."""
    history = snapshots(obs)
    rows: list[dict[str, Any]] = []
    days = vintages or sorted({s.known_from for s in history if np.isfinite(s.attained)})
    past_states = set()
    for day in days:
        try:
            evidence = gather(vintage(obs, day, data))
        except KontumError:  # no bands published yet
            continue
        state_of_knowledge = (evidence.now.day, len(evidence.history))
        ahead = [s for s in history if s.day > evidence.now.day and s.known_from > day]
        if ahead and (vintages or state_of_knowledge not in past_states):
            rows += _from_vintage(day, evidence, ahead, draws, seed)
        past_states.add(state_of_knowledge)
    return rows


def _from_vintage(
    day: str, evidence: Evidence, ahead: list[Snapshot], draws: int, seed: int
) -> Iterator[dict[str, Any]]:
    times = np.array([s.time for s in ahead])
    state, _ = start_state(evidence, fit(evidence.history), draws, seed, times[-1])
    numbers: dict[tuple[str, str], np.ndarray] = {}
    for method, pace in (("observed pace", None), ("pace 1.5", asked_pace())):
        paths, _ = move(deepcopy(state), pace, times)
        for what, name in _SNAPSHOT_FIELDS.items():
            numbers[what, method] = paths[name].sum(axis=2)
    present = (evidence.now.attained, state.rates.advanced_now[0], state.rates.model_now.min())
    for what, number in zip(LEVELS, present, strict=True):
        numbers[what, "no change"] = np.full((len(ahead), 1), number)
    numbers[LEVELS[0], "straight line"] = _line(evidence.history, ahead)
    for (what, method), forecast in numbers.items():
        step = 0
        for s, number in zip(ahead, forecast, strict=True):
            outcome = getattr(s, _SNAPSHOT_FIELDS[what])
            if np.isfinite(outcome):
                step += 1
                row = {"what": what, "area": PROVINCE, "vintage": day, "made_from": evidence.now.day, "day": s.day}
                yield row | {"method": method, "step": step} | _score(number.astype(float), float(outcome))


def _line(history: list[Snapshot], ahead: list[Snapshot]) -> np.ndarray:
    """The straight line through the last two counts at each later day, within 0 and all communes; shape (days, 1)."""
    counts = [s for s in history if np.isfinite(s.attained)]
    last, slope = counts[-1], 0.0
    if len(counts) > 1:
        slope = (last.attained - counts[-2].attained) / (last.time - counts[-2].time)
    return np.array([[np.clip(last.attained + slope * (s.time - last.time), 0, s.communes)] for s in ahead])


def _score(number: np.ndarray, outcome: float) -> dict[str, Any]:
    """Quantiles of a forecast, whether its intervals hold the outcome, and its scores; number: draws, or one value.

    The scores are those of the intervals that are shown. Draws that are all one number are scored as that number.
    """
    quantiles = dict(zip(QUANTILES, whole_quantiles(number, [*QUANTILES.values()]), strict=True))
    error = abs(quantiles["q50"] - outcome)
    if np.ptp(number) == 0:
        return {"q50": quantiles["q50"], "outcome": outcome, "ae": error, "crps": error, "wis": error}
    inside = {name: quantiles[low] <= outcome <= quantiles[high] for name, (low, high) in INTERVALS.items()}
    scores = {
        "ae": error,
        "crps": float(scoringrules.crps_ensemble(outcome, number)),
        "wis": float(wis(outcome, [*QUANTILES.values()], [*quantiles.values()])),
    }
    return quantiles | {"outcome": outcome} | inside | scores
