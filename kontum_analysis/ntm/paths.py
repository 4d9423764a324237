"""Draws of every commune's criteria from the last published bands onwards: the moving part of the NTM model.

Each commune has its own random stream, `SeedSequence(seed, spawn_key=(area code,))`, and each calendar year its own
shared shock, so that draws depend neither on the order of communes nor on communes or years added.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..data.areas import PROVINCE
from ..methods.streams import random_stream
from .communes import Commune, Evidence
from .counts import choose_attained, constraints, draw_counts
from .growth import SIGMA, Growth, to_criteria, to_effort
from .levels import Rates, choose_levels, yearly_rates
from .published import NEW_SET, decimal_year

LOST_COUNT = 13  # 30 % of the criteria unmet is where recognition is withdrawn (QĐ 18/2022/QĐ-TTg): 19 - 6
NEW_SET_SINCE = 2022 + 67 / 365  # QĐ 318/QĐ-TTg of 8 March 2022


@dataclass
class State:
    """All communes in all draws at one time; arrays have shape (draws, communes).

    criteria: number met, fractions included, 19 and more when attained; advanced, model, has_lost: standing of each.
    shared: columns pace, shape, last (draws, 3); streams: one random stream a commune. kept_least: share of its
    criteria that a commune keeps at least when the set changes, None where no change is ahead.
    """

    time: float
    criteria: np.ndarray
    advanced: np.ndarray
    model: np.ndarray
    has_lost: np.ndarray
    shared: np.ndarray
    streams: list[np.random.Generator]
    seed: int
    rates: Rates
    members: list[Commune]
    kept_least: float | None = None

    @property
    def counts(self) -> np.ndarray:
        """Whole criteria as the province counts them: 19 when attained, `LOST_COUNT` when standing was withdrawn."""
        whole: np.ndarray = np.minimum(np.floor(self.criteria), 19)
        return np.where(self.has_lost, np.minimum(whole, LOST_COUNT), whole).astype(np.int8)


def start_state(evidence: Evidence, growth: Growth, draws: int, seed: int, until: float) -> tuple[State, np.ndarray]:
    """State at the last published figures, to be moved on to `until`, and the counts (draws, communes) on that day.

    The counts are drawn at the last snapshot with bands and moved to the later ones. At each of these exactly its
    published number has attained: those named, then the highest ranks.
    """
    history, members, base = evidence.history, evidence.members, evidence.base
    later = [s for s in history if s.time > base.time and np.isfinite(s.attained)]
    streams = [random_stream(seed, c.code) for c in members]
    limits = [constraints(s, members, evidence.totals, history) for s in (base, *later)]
    noise = np.stack([r.standard_normal(draws) for r in streams], axis=-1)
    ranks = limits[0].rank_mean + limits[0].rank_sd * noise
    attained: list[np.ndarray] = []
    within = None
    for s, limit in zip(later[::-1], limits[:0:-1], strict=True):  # last first, so that names of later days count
        within = choose_attained(ranks, int(s.attained), limit, within)
        attained.insert(0, within)
    counts = draw_counts(base, limits[0], ranks, random_stream(seed, PROVINCE, 1), within)
    state = State(
        time=base.time,
        criteria=counts + np.where(counts < 19, np.stack([r.random(draws) for r in streams], axis=-1), 0),
        advanced=np.zeros(counts.shape, bool),
        model=np.zeros(counts.shape, bool),
        has_lost=np.zeros(counts.shape, bool),
        shared=growth.sample(draws, random_stream(seed, PROVINCE)),
        streams=streams,
        seed=seed,
        rates=yearly_rates(evidence, draws, random_stream(seed, PROVINCE, 2)),
        members=members,
    )
    for s, has_attained in zip(later, attained, strict=True):
        before = state.criteria
        _grow(state, s.time, state.shared[:, 0])
        settle(state, before, has_attained)
    counts = state.counts
    key = np.stack([r.random(draws) for r in streams], axis=-1)
    state.advanced, state.model = choose_levels(members, evidence.now.day, state.rates, state.criteria >= 19, key)
    if evidence.now.standard < NEW_SET and until > NEW_SET_SINCE:
        state.kept_least = _criteria_kept(evidence.obs)
        _drop_to_new_set(state)
    return state, counts


def settle(state: State, before: np.ndarray, reached: np.ndarray) -> None:
    """Make exactly the communes of a mask have attained, at a time when that is known.

    before: criteria (draws, communes) at the time before. A commune that is known not to have attained but grew so far
    is drawn anew between where it stood and 19: left just below 19 it would attain at once. One that lost its standing
    stood at `LOST_COUNT`.
    """
    share = np.stack([r.random(len(before)) for r in state.streams], axis=-1)
    before = np.where(before < 19, before, LOST_COUNT)
    below = np.where(state.criteria < 19, state.criteria, before + share * (19 - before))
    state.criteria = np.where(reached, np.maximum(state.criteria, 19), below)


def place_named(state: State, before: np.ndarray, is_due: np.ndarray) -> None:
    """Let communes named since the last count be among those that attained, without adding to their number.

    before: criteria (draws, communes) at the time before; is_due: mask (communes,). A name says who attained, not how
    many did: where a named commune has not attained in a draw, it takes the place of one that has since, the one
    nearest to 19. Only where too few have attained does the number rise.
    """
    is_new = (state.criteria >= 19) & (before < 19)
    is_late = is_due & (state.criteria < 19)
    excess = np.where(is_new & ~is_due, state.criteria, np.inf)
    rank = np.argsort(np.argsort(excess, axis=1), axis=1)
    gives_way = is_new & ~is_due & (rank < is_late.sum(axis=1, keepdims=True))
    settle(state, before, ((state.criteria >= 19) | is_late) & ~gives_way)


def _criteria_kept(obs: pd.DataFrame) -> float | None:
    """Share of its criteria that a district kept when the set changed; the smallest one published, or None."""
    change = obs[obs["indicator"] == "ntm_criteria_change_vs_old_set"]
    if change.empty:
        return None
    total = obs[(obs["indicator"] == "ntm_criteria_total") & (obs["standard"] < NEW_SET)]
    both = change.merge(total, on="ref_area", suffixes=("", "_total"))
    return float((1 + both["obs_value"] / both["obs_value_total"]).min())


def _drop_to_new_set(state: State) -> None:
    """The change of set of 2022: a commune below 19 keeps each criterion with a chance of `kept_least` to 1, if known.

    One district is published: the chance is drawn anywhere from its loss to no loss. Standing is kept: the province
    goes on counting recognised communes, although in Kon Rẫy none of four met all criteria of the new set.
    """
    if state.kept_least is None:
        return
    share = random_stream(state.seed, PROVINCE, 3).uniform(state.kept_least, 1.0, len(state.criteria))
    below = state.criteria < 19
    whole = np.floor(state.criteria)
    counts = np.where(below, whole, 0).astype(int)
    remaining = np.stack([r.binomial(counts[:, i], share) for i, r in enumerate(state.streams)], axis=-1)
    state.criteria = np.where(below, remaining + state.criteria - whole, state.criteria)


def _grow(state: State, until: float, pace: np.ndarray) -> list[tuple[float, np.ndarray]]:
    """Add the gains of the time up to `until`, year by year; returns (gap, shock) of each part."""
    shape, last = state.shared[:, 1], state.shared[:, 2]
    parts = []
    for stop in _year_ends(state.time, until):
        gap, year = stop - state.time, int(np.floor(state.time + 1e-9))
        shock = random_stream(state.seed, PROVINCE, year).standard_normal(len(pace))
        shock = np.exp(SIGMA * shock - SIGMA**2 / 2)  # mean one
        gains = np.stack([r.standard_gamma(shape * gap) for r in state.streams], axis=-1) / shape[:, None]
        effort = to_effort(state.criteria, last[:, None])
        criteria = to_criteria(effort + gains * (pace * shock)[:, None], last[:, None])
        state.criteria = np.where(state.criteria >= 19, state.criteria, criteria)
        parts.append((gap, shock))
        state.time = stop
    return parts


def _year_ends(begin: float, until: float) -> Iterator[float]:
    """The ends of the calendar years after `begin` and before `until`, then `until`; decimal years."""
    while until - begin > 1e-9:
        begin = min(until, np.floor(begin + 1e-9) + 1.0)
        yield begin


def move(state: State, pace: float | None, times: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Paths (as of `project`) to the decimal years `times`, and the pace observed so far; the state itself moves.

    pace: criteria a year of a commune below 19, on average over these communes, or None for the observed, which has
    shape (draws,) and the same unit.
    """
    below = state.criteria < 19
    quick = np.where(state.criteria < 15, 1.0, 1 / state.shared[:, 2:])
    unit = np.where(below, quick, 0).sum(axis=1) / np.maximum(below.sum(axis=1), 1)  # criteria per unit of effort
    unit = np.where(unit > 0, unit, 1.0)
    observed = state.shared[:, 0] * unit
    if pace is None:
        return project(state, times, observed / unit, np.ones(len(unit))), observed
    return project(state, times, pace / unit, np.full(len(unit), pace / np.median(observed))), observed


def project(state: State, times: np.ndarray, pace: np.ndarray, relative_pace: np.ndarray) -> dict[str, np.ndarray]:
    """Move on and record at each time: counts, attained, advanced, model, each (times, draws, communes).

    pace: effort a year of each draw, shape (draws,). relative_pace: factor on the rates of becoming advanced and
    model, shape (draws,). Once advanced needs to be attained and model to be advanced at the start of a year's part.
    """
    draws = len(state.criteria)
    patience = np.stack([r.standard_exponential((draws, 3)).T for r in state.streams], axis=-1)
    hazard = np.zeros((2, *state.criteria.shape))
    had_attained, first = state.criteria >= 19, state.time
    named_at = np.array([decimal_year(c.attained_by) if c.attained_by else np.inf for c in state.members])
    records: dict[str, list[np.ndarray]] = {name: [] for name in ("counts", "attained", "advanced", "model")}
    for until in times:
        for stop in _year_ends(state.time, until):
            begin, before, advanced = state.time, state.criteria, state.advanced
            for gap, shock in _grow(state, stop, pace):
                push = (relative_pace * shock * gap)[:, None]
                hazard[0] += np.where(before >= 19, state.rates.advanced[:, None] * push, 0)
                hazard[1] += np.where(advanced, state.rates.model[:, None] * push, 0)
            state.advanced = advanced | (hazard[0] > patience[0])
            state.model = state.model | (advanced & (hazard[1] > patience[1]))
            is_due = (named_at > begin) & (named_at <= stop + 1e-9)
            if is_due.any():
                place_named(state, before, is_due)
        state.has_lost = had_attained & (state.rates.loss[:, None] * (state.time - first) > patience[2])
        has_standing = (state.criteria >= 19) & ~state.has_lost
        records["counts"].append(state.counts)
        records["attained"].append(has_standing)
        records["advanced"].append(has_standing & state.advanced)
        records["model"].append(has_standing & state.advanced & state.model)
    return {name: np.stack(value) for name, value in records.items()}
