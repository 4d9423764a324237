"""How good the NTM model would have been: forecasts from what was known at earlier days, scored on what came after."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pandas as pd
import scoringrules

from ..base.errors import KontumError
from ..data.observations import vintage
from ..methods.scores import wis
from .communes import gather
from .growth import fit
from .paths import move, start_state
from .projection import QUANTILES
from .published import Snapshot, snapshots


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
    outcomes = [s for s in snapshots(obs) if np.isfinite(s.attained)]
    rows, tried = [], set()
    for origin in sorted({s.known_from for s in outcomes}):
        try:
            evidence = gather(vintage(obs, origin, data))
        except KontumError:  # no bands published yet
            continue
        counted = [s for s in evidence.history if np.isfinite(s.attained)]
        last = counted[-1]
        ahead = [s for s in outcomes if s.day > last.day and s.known_from > origin]
        signature = (last.day, len(evidence.history))
        if not ahead or signature in tried:
            continue
        tried.add(signature)
        times = np.array([s.time for s in ahead])
        state, _ = start_state(evidence, fit(evidence.history), draws, seed, times[-1])
        forecasts = {}
        for method, pace in (("observed pace", None), ("pace 1.5", 1.5)):
            paths, _ = move(deepcopy(state), pace, times)
            forecasts[method] = paths["attained"].sum(axis=2)
        forecasts["no change"] = np.full((len(ahead), 1), last.attained)
        forecasts["straight line"] = _line(counted, ahead)
        for method, numbers in forecasts.items():
            days = enumerate(zip(ahead, numbers, strict=True), start=1)
            rows += [_case(origin, last, s, step, method, number) for step, (s, number) in days]
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


def _line(counted: list[Snapshot], ahead: list[Snapshot]) -> np.ndarray:
    """The straight line through the last two counts at each later day, within 0 and all communes; shape (days, 1)."""
    last, slope = counted[-1], 0.0
    if len(counted) > 1:
        slope = (last.attained - counted[-2].attained) / (last.time - counted[-2].time)
    return np.array([[np.clip(last.attained + slope * (s.time - last.time), 0, s.communes)] for s in ahead])


def _case(
    origin: str, last: Snapshot, ahead: Snapshot, step: int, method: str, number: np.ndarray
) -> dict[str, object]:
    quantiles = np.quantile(number.astype(float), QUANTILES, method="inverted_cdf")
    median, observed = quantiles[3], ahead.attained
    crps = abs(median - observed) if number.size == 1 else scoringrules.crps_ensemble(observed, number.astype(float))
    return {
        "origin": origin,
        "state_day": last.day,
        "day": ahead.day,
        "step": step,
        "method": method,
        "observed": int(observed),
        "median": median,
        "q10": quantiles[1],
        "q90": quantiles[5],
        "ae": abs(median - observed),
        "crps": float(crps),
        "wis": float(wis(observed, QUANTILES, quantiles)),
        "covered_80": bool(quantiles[1] <= observed <= quantiles[5]),
    }
