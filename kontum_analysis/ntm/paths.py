"""Draws of every commune's criteria from the last published bands onwards: the moving part of the NTM model.

Each commune has its own random stream, `SeedSequence(seed, spawn_key=(area code,))`, and each calendar year its own
shared shock, so that draws depend neither on the order of communes nor on communes or years added.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ..data.areas import PROVINCE, districts
from .counts import Commune, choose_attained, constraints, draw_counts, latent_ranks
from .growth import Growth, to_criteria, to_effort
from .published import Snapshot, decimal_year

LOST_COUNT = 13  # 30 % of the criteria unmet is where recognition is withdrawn (QĐ 18/2022/QĐ-TTg): 19 - 6
NEW_SET = 2022 + 67 / 365  # QĐ 318/QĐ-TTg of 8 March 2022
ADVANCED_SINCE = 2018.0  # communes are judged against the advanced set since 2018 (QĐ 319, ntm_criteria.csv)
_CAP = 19 - 1e-9


@dataclass
class Rates:
    """Yearly rates drawn from what is published, each shape (draws,): advanced, model, loss; retained: share (or 1)."""

    advanced: np.ndarray
    model: np.ndarray
    loss: np.ndarray
    retained: np.ndarray


@dataclass
class State:
    """All communes in all draws at one time; arrays have shape (draws, communes).

    criteria: number met, fractions included, 19 and more when attained; level: 1 advanced, 2 model, else 0.
    shared: columns pace, sigma, shape, last (draws, 4); old: had attained at the first time of the projection.
    """

    time: float
    standard: str
    criteria: np.ndarray
    advanced: np.ndarray
    model: np.ndarray
    shared: np.ndarray
    streams: list[np.random.Generator]
    seed: int
    rates: Rates
    members: list[Commune]
    lost: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """Whole criteria as the province counts them: 19 when attained, `LOST_COUNT` when standing was withdrawn."""
        whole: np.ndarray = np.minimum(np.floor(self.criteria), 19)
        return np.where(self.lost, np.minimum(whole, LOST_COUNT), whole).astype(np.int8)


def random_stream(seed: int, *key: int) -> np.random.Generator:
    """Generator of one area (and year): `SeedSequence(seed, spawn_key=key)`."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def current_state(
    history: list[Snapshot],
    members: list[Commune],
    totals: pd.DataFrame,
    growth: Growth,
    rates: Rates,
    draws: int,
    seed: int,
) -> State:
    """State at the last snapshot: drawn at the last one with bands, then moved to the later ones.

    At each later snapshot exactly its published number has attained: those named, then the highest ranks.
    """
    base = [s for s in history if s.bands][-1]
    later = [s for s in history if s.time > base.time and np.isfinite(s.attained)]
    streams = [random_stream(seed, int(c.code)) for c in members]
    shared = growth.sample(draws, random_stream(seed, int(PROVINCE)))
    limits = [constraints(s, members, totals, history) for s in (base, *later)]
    ranks = latent_ranks(limits[0], _columns(streams, lambda r: r.standard_normal(draws)))
    attained: list[np.ndarray] = []
    within = None
    for s, limit in zip(later[::-1], limits[:0:-1], strict=True):  # last first, so that names of later days count
        within = choose_attained(ranks, int(s.attained), limit, within)
        attained.insert(0, within)
    counts = draw_counts(base, limits[0], ranks, random_stream(seed, int(PROVINCE), 1), within)
    criteria = counts + np.where(counts < 19, _columns(streams, lambda r: r.random(draws)), 0)
    nothing = np.zeros(criteria.shape, bool)
    state = State(
        base.time,
        base.standard,
        criteria,
        nothing,
        nothing.copy(),
        shared,
        streams,
        seed,
        rates,
        members,
        nothing.copy(),
    )
    for s, reached in zip(later, attained, strict=True):
        _grow(state, s.time, shared[:, 0])
        state.criteria = np.where(reached, np.maximum(state.criteria, 19), np.minimum(state.criteria, _CAP))
        state.standard = s.standard
    return state


def yearly_rates(prepared: dict[str, Any], draws: int, seed: int) -> tuple[Rates, int, dict[str, Any]]:
    """Rates of becoming advanced or model and of losing standing, a year: gamma posteriors of counts over exposure.

    prepared: obs, history, members and now, as gathered in `attainment`. Returns (Rates, number advanced now, facts).
    """
    obs, now, rng = prepared["obs"], prepared["now"], random_stream(seed, int(PROVINCE), 2)
    line = [s for s in prepared["history"] if np.isfinite(s.attained)]
    t, a = np.array([s.time for s in line]), np.array([s.attained for s in line])

    def exposed(since: float) -> float:
        """Commune-years since then."""
        return float(np.clip(np.diff(np.maximum(t, since)), 0, None) @ a[:-1])

    rows = obs[(obs["ref_area"] == PROVINCE) & (obs["time_period"] <= max(now.day, f"{now.day[:4]}-12-31"))]

    def number(name: str) -> float:
        return float(rows.loc[rows["indicator"] == name, "obs_value"].max())

    named = sum(bool(c.advanced_by) and c.advanced_by <= now.day for c in prepared["members"])
    in_year = number("ntm_advanced_communes_recognised_in_year")
    advanced = int(np.nanmax([number("ntm_advanced_communes"), in_year, named]))
    model = int(np.nan_to_num(number("ntm_model_communes")))
    falls = float(np.clip(-np.diff(a), 0, None).sum())
    change = obs[obs["ref_area"].isin(districts()) & (obs["indicator"] == "ntm_criteria_change_vs_old_set")]
    retained, share = None, np.ones(draws)
    if len(change):
        total = obs[(obs["indicator"] == "ntm_criteria_total") & obs["ref_area"].isin(change["ref_area"])]
        old = total.loc[total["standard"] == "NTM_2016_2020"].set_index("ref_area")["obs_value"]
        retained = float((1 + change.set_index("ref_area")["obs_value"] / old).min())
        share = rng.uniform(retained, 1.0, draws)  # one district only: anything from its loss to no loss
    rates = Rates(
        advanced=rng.gamma(advanced + 0.5, 1 / max(exposed(ADVANCED_SINCE), 10.0), draws),
        model=rng.gamma(model + 0.5, 1 / max(advanced * (now.time - 2021.5), 5.0), draws),
        loss=rng.gamma(falls + 0.5, 1 / max(exposed(0), 10.0), draws),
        retained=share,
    )
    return rates, advanced, {"retained": retained, "falls": falls, "exposed": exposed(0)}


def _columns(streams: list[np.random.Generator], draw: Callable[[np.random.Generator], np.ndarray]) -> np.ndarray:
    return np.stack([draw(r) for r in streams]).T.copy()


def _gamma(shape: np.ndarray, stream: np.random.Generator) -> np.ndarray:
    return stream.standard_gamma(shape)


def set_advanced(state: State, number: int, members: list[Commune], day: str) -> None:
    """Mark `number` of the attained as advanced in each draw, those named first, the others at random."""
    key = _columns(state.streams, lambda r: r.random(len(state.criteria)))
    key = key + 10.0 * np.array([bool(c.advanced_by) and c.advanced_by <= day for c in members])
    key = np.where(state.criteria >= 19, key, -1)
    rank = np.argsort(np.argsort(-key, axis=1), axis=1)
    state.advanced = (rank < number) & (key >= 0)


def drop_to_new_set(state: State) -> None:
    """The change of set of 2022: each criterion of a commune below 19 is kept with the chance `rates.retained`.

    Standing is kept: the province goes on counting recognised communes, although in Kon Rẫy none of four met all
    criteria of the new set.
    """
    below = state.criteria < 19
    counts = np.floor(np.where(below, state.criteria, 0)).astype(int)
    columns = [r.binomial(counts[:, i], state.rates.retained) for i, r in enumerate(state.streams)]
    fraction = state.criteria - np.floor(state.criteria)
    state.criteria = np.where(below, np.stack(columns).T + fraction, state.criteria)
    state.standard = "NTM_2021_2025"


def _grow(state: State, until: float, pace: np.ndarray) -> list[tuple[int, float, np.ndarray]]:
    """Add the gains of the time up to `until`, year by year; returns (year, gap, shock) of each part."""
    sigma, shape, last = (state.shared[:, i] for i in (1, 2, 3))
    parts = []
    while until - state.time > 1e-9:
        year = int(np.floor(state.time + 1e-9))
        gap = min(until, year + 1.0) - state.time
        shock = random_stream(state.seed, int(PROVINCE), year).standard_normal(len(pace))
        shock = np.exp(sigma * shock - sigma**2 / 2)  # mean one
        gains = _columns(state.streams, partial(_gamma, shape * gap)) / shape[:, None]
        effort = to_effort(state.criteria, last[:, None])
        moved = to_criteria(effort + gains * (pace * shock)[:, None], last[:, None])
        state.criteria = np.where(state.criteria >= 19, state.criteria, moved)
        parts.append((year, gap, shock))
        state.time += gap
    state.time = until
    return parts


def project(state: State, times: np.ndarray, pace: np.ndarray, relative_pace: np.ndarray) -> dict[str, np.ndarray]:
    """Move on and record at each time: counts, attained, advanced, model, each (times, draws, communes).

    pace: effort a year of each draw, shape (draws,). relative_pace: factor on the rates of becoming advanced and
    model, shape (draws,). Once advanced needs to be attained and model to be advanced at the start of a year's part.
    """
    draws = len(state.criteria)
    patience = _columns(state.streams, lambda r: r.standard_exponential((draws, 3)))  # (3, draws, communes)
    hazard = np.zeros((2, *state.criteria.shape))
    old, first = state.criteria >= 19, state.time
    out: dict[str, list[np.ndarray]] = {name: [] for name in ("counts", "attained", "advanced", "model")}
    for until in times:
        while True:
            stop = min(until, np.floor(state.time + 1e-9) + 1.0)
            attained, advanced = state.criteria >= 19, state.advanced.copy()
            parts = _grow(state, stop, pace)
            for _, gap, shock in parts:
                push = (relative_pace * shock * gap)[:, None]
                hazard[0] += np.where(attained, state.rates.advanced[:, None] * push, 0)
                hazard[1] += np.where(advanced, state.rates.model[:, None] * push, 0)
            state.advanced = state.advanced | (hazard[0] > patience[0])
            state.model = state.model | (advanced & (hazard[1] > patience[1]))
            for i, c in enumerate(state.members):  # what is published of later days
                if c.attained_by and decimal_year(c.attained_by) <= stop + 1e-9:
                    state.criteria[:, i] = np.maximum(state.criteria[:, i], 19)
            if stop >= until - 1e-9:
                break
        state.lost = old & (state.rates.loss[:, None] * (state.time - first) > patience[2])
        standing = (state.criteria >= 19) & ~state.lost
        out["counts"].append(state.counts)
        out["attained"].append(standing)
        out["advanced"].append(standing & state.advanced)
        out["model"].append(standing & state.advanced & state.model)
    return {name: np.stack(value) for name, value in out.items()}
