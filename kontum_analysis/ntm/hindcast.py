"""How good the NTM model would have been: forecasts from what was known at earlier days, scored on what came after."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pandas as pd
import scoringrules

from ..base.errors import KontumError
from ..data.observations import vintage
from ..methods.scores import wis
from .attainment import move, prepare, start_state
from .published import Snapshot, decimal_year, snapshots

LEVELS = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])  # of the median and the 50, 80 and 90 % intervals


def hindcast_ntm(
    obs: pd.DataFrame, data: str | Path | None = None, draws: int = 2000, seed: int = 3299
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecast the published numbers of attained communes from every earlier vintage, and score the forecasts.

    obs: from `load_observations`; earlier vintages are taken from it. data: the folder it was loaded from, default
        `data/raw/`. Returns (cases, summary).

    cases: origin (day of the vintage), state_day (last figure it knew), day, step (1: the next published figure),
        method, observed, median, q10, q90, ae, crps, wis, covered_80. Methods: "observed pace" (`pace=None`),
        "pace 1.5", "no change" and "straight line" through the last two figures; the two last are single numbers,
        whose CRPS and WIS are their absolute error.
    summary: per method and step ("next", "all"): cases, mae, crps, wis, coverage_80. Scores are in communes; WIS as
        in Bracher et al. 2021 (doi:10.1371/journal.pcbi.1008618) with the median and the 50, 80 and 90 % intervals.
        There are few origins and their errors are not independent: read the summary as an account, not a ranking.

    Raises KontumError when fewer than two dates can be compared.

    >>> from kontum_analysis.data.observations import load_observations
    >>> cases, summary = hindcast_ntm(load_observations(), draws=2)
    >>> sorted(set(cases.method))
    ['no change', 'observed pace', 'pace 1.5', 'straight line']
    """
    truth = [s for s in snapshots(obs) if np.isfinite(s.attained)]
    rows, seen = [], set()
    for origin in sorted({s.known_from for s in truth}):
        try:
            prepared = prepare(vintage(obs, origin, data), None)
        except KontumError:  # no bands published yet
            continue
        known = [s for s in prepared["history"] if np.isfinite(s.attained)]
        ahead = [s for s in truth if s.day > known[-1].day and s.known_from > origin]
        signature = (known[-1].day, len(prepared["history"]))
        if not ahead or signature in seen:
            continue
        seen.add(signature)
        times = np.array([s.time for s in ahead])
        state, _ = start_state(prepared, draws, seed, times[-1])
        for method, pace in (("observed pace", None), ("pace 1.5", 1.5)):
            paths, _ = move(deepcopy(state), pace, times)
            number = paths["attained"].sum(axis=2)
            rows += [_case(origin, known[-1], s, k + 1, method, number[k]) for k, s in enumerate(ahead)]
        slope = _slope(known)
        for k, s in enumerate(ahead):
            gap = s.time - decimal_year(known[-1].day)
            line = np.clip(known[-1].attained + slope * gap, 0, s.communes)
            rows.append(_case(origin, known[-1], s, k + 1, "no change", np.array([known[-1].attained])))
            rows.append(_case(origin, known[-1], s, k + 1, "straight line", np.array([line])))
    if not rows:
        raise KontumError("error.ntm.no_pairs")
    cases = pd.DataFrame(rows)
    parts = [cases[cases["step"] == 1].assign(steps="next"), cases.assign(steps="all")]
    summary = (
        pd.concat(parts)
        .groupby(["steps", "method"], sort=False)
        .agg(
            cases=("ae", "size"),
            mae=("ae", "mean"),
            crps=("crps", "mean"),
            wis=("wis", "mean"),
            coverage_80=("covered_80", "mean"),
        )
    )
    return cases, summary.reset_index()


def _slope(known: list[Snapshot]) -> float:
    if len(known) < 2:
        return 0.0
    return (known[-1].attained - known[-2].attained) / (known[-1].time - known[-2].time)


def _case(
    origin: str, state: Snapshot, ahead: Snapshot, step: int, method: str, number: np.ndarray
) -> dict[str, object]:
    number, observed = number.astype(float), ahead.attained
    quantiles = np.quantile(number, LEVELS, method="inverted_cdf")
    _, low, _, median, _, high, _ = quantiles
    crps = abs(median - observed) if number.size == 1 else scoringrules.crps_ensemble(observed, number)
    return {
        "origin": origin,
        "state_day": state.day,
        "day": ahead.day,
        "step": step,
        "method": method,
        "observed": int(observed),
        "median": float(median),
        "q10": float(low),
        "q90": float(high),
        "ae": abs(float(median) - observed),
        "crps": float(crps),
        "wis": float(wis(observed, LEVELS, quantiles)),
        "covered_80": bool(low <= observed <= high),
    }
