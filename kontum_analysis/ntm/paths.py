"""Draws of every commune's criteria from the last published bands onwards: the moving part of the NTM model.

Each commune has its own random stream, `SeedSequence(seed, spawn_key=(area code,))`, and each calendar year its own
shared shock, so that draws depend neither on the order of communes nor on communes or years added.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from ..data.areas import PROVINCE, districts
from .communes import Commune, Evidence
from .counts import choose_attained, constraints, draw_counts, latent_ranks
from .growth import SIGMA, Growth, to_criteria, to_effort
from .published import decimal_year

LOST_COUNT = 13  # 30 % of the criteria unmet is where recognition is withdrawn (QĐ 18/2022/QĐ-TTg): 19 - 6
NEW_SET = 2022 + 67 / 365  # QĐ 318/QĐ-TTg of 8 March 2022
MODEL_SINCE = 2021.5  # the first advanced communes are of 2021, and a model commune is advanced first
DOUBTFUL_CHANCE = 0.5  # a figure of low reliability is as likely true as not: a judgement, not an estimate
ADVANCED_SINCE = 2018.0  # communes are judged against the advanced set since 2018 (QĐ 319, ntm_criteria.csv)


@dataclass(frozen=True)
class Rates:
    """Yearly rates of communes, and what they were counted from.

    advanced, model, loss: drawn rates a year, each shape (draws,). advanced_now, model_now: communes of that level at
    the last figures, shape (draws,). kept: drawn share of the criteria below 19 that a change of set leaves, shape
    (draws,); kept_least: the published share, or None. falls: net falls of the number attained; exposed: commune-years
    of attained communes in which they were counted.
    """

    advanced: np.ndarray
    model: np.ndarray
    loss: np.ndarray
    advanced_now: np.ndarray
    model_now: np.ndarray
    kept: np.ndarray
    kept_least: float | None
    falls: float
    exposed: float


@dataclass
class State:
    """All communes in all draws at one time; arrays have shape (draws, communes).

    criteria: number met, fractions included, 19 and more when attained; advanced, model, lost: standing of each.
    shared: columns pace, shape, last (draws, 3); streams: one random stream a commune.
    """

    time: float
    standard: str
    criteria: np.ndarray
    advanced: np.ndarray
    model: np.ndarray
    lost: np.ndarray
    shared: np.ndarray
    streams: list[np.random.Generator]
    seed: int
    rates: Rates
    members: list[Commune]

    @property
    def counts(self) -> np.ndarray:
        """Whole criteria as the province counts them: 19 when attained, `LOST_COUNT` when standing was withdrawn."""
        whole: np.ndarray = np.minimum(np.floor(self.criteria), 19)
        return np.where(self.lost, np.minimum(whole, LOST_COUNT), whole).astype(np.int8)


def random_stream(seed: int, *key: int) -> np.random.Generator:
    """Generator of one area (and year): `SeedSequence(seed, spawn_key=key)`."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def current_state(evidence: Evidence, growth: Growth, draws: int, seed: int) -> State:
    """State at the last snapshot: drawn at the last one with bands, then moved to the later ones.

    At each later snapshot exactly its published number has attained: those named, then the highest ranks.
    """
    history, members, base = evidence.history, evidence.members, evidence.base
    later = [s for s in history if s.time > base.time and np.isfinite(s.attained)]
    streams = [random_stream(seed, int(c.code)) for c in members]
    rates = yearly_rates(evidence, draws, seed)
    shared = growth.sample(draws, random_stream(seed, int(PROVINCE)))
    limits = [constraints(s, members, evidence.totals, history) for s in (base, *later)]
    ranks = latent_ranks(limits[0], _columns(streams, lambda r: r.standard_normal(draws)))
    attained: list[np.ndarray] = []
    within = None
    for s, limit in zip(later[::-1], limits[:0:-1], strict=True):  # last first, so that names of later days count
        within = choose_attained(ranks, int(s.attained), limit, within)
        attained.insert(0, within)
    counts = draw_counts(base, limits[0], ranks, random_stream(seed, int(PROVINCE), 1), within)
    criteria = counts + np.where(counts < 19, _columns(streams, lambda r: r.random(draws)), 0)
    advanced, model, lost = (np.zeros(criteria.shape, bool) for _ in range(3))
    state = State(base.time, base.standard, criteria, advanced, model, lost, shared, streams, seed, rates, members)
    for s, reached in zip(later, attained, strict=True):
        stood = state.criteria
        _grow(state, s.time, shared[:, 0])
        settle(state, stood, reached)
        state.standard = s.standard
    return state


def yearly_rates(evidence: Evidence, draws: int, seed: int) -> Rates:
    """Rates of becoming advanced or model and of losing standing, a year: gamma posteriors of counts over exposure."""
    now, rng = evidence.now, random_stream(seed, int(PROVINCE), 2)
    counted = [s for s in evidence.history if np.isfinite(s.attained)]
    times, attained = np.array([s.time for s in counted]), np.array([s.attained for s in counted])

    def exposed(since: float) -> float:
        """Commune-years since then."""
        return float(np.clip(np.diff(np.maximum(times, since)), 0, None) @ attained[:-1])

    falls = float(np.clip(-np.diff(attained), 0, None).sum())
    kept_least = _criteria_kept(evidence.obs)
    kept = np.ones(draws)
    if kept_least is not None:  # one district only: anything from its loss to no loss
        kept = rng.uniform(kept_least, 1.0, draws)
    advanced, _ = _at_level(evidence, "advanced")
    model, doubtful = _at_level(evidence, "model")
    model_now = model + (random_stream(seed, int(PROVINCE), 3).random(draws) < DOUBTFUL_CHANCE) * doubtful
    return Rates(
        advanced=rng.gamma(advanced + 0.5, 1 / max(exposed(ADVANCED_SINCE), 10.0), draws),
        model=rng.gamma(model_now + 0.5, 1 / max(advanced * (now.time - MODEL_SINCE), 5.0), draws),
        loss=rng.gamma(falls + 0.5, 1 / max(exposed(0), 10.0), draws),
        advanced_now=np.full(draws, advanced),
        model_now=model_now,
        kept=kept,
        kept_least=kept_least,
        falls=falls,
        exposed=exposed(0),
    )


def _at_level(evidence: Evidence, level: str) -> tuple[int, int]:
    """Communes advanced, or model, at the last figures: how many surely, and how many more by figures of status U."""
    last_day = max(evidence.now.day, f"{evidence.now.day[:4]}-12-31")
    names = [f"ntm_{level}_communes", f"ntm_{level}_communes_recognised_in_year"]
    rows = evidence.obs[evidence.obs["indicator"].isin(names) & (evidence.obs["time_period"] <= last_day)]
    rows = rows[rows["ref_area"].isin([PROVINCE, *districts()])]
    is_unsure = rows["obs_status"] == "U"
    province = rows.loc[(rows["ref_area"] == PROVINCE) & ~is_unsure, "obs_value"].max()
    named = sum(bool(day) and day <= evidence.now.day for day in (getattr(c, f"{level}_by") for c in evidence.members))
    sure = int(np.nanmax([province, named]))
    return sure, max(int(rows.loc[is_unsure, "obs_value"].sum()) - sure, 0)


def _criteria_kept(obs: pd.DataFrame) -> float | None:
    """Share of its criteria that a district kept when the set changed; the smallest one published, or None."""
    change = obs[obs["indicator"] == "ntm_criteria_change_vs_old_set"]
    if change.empty:
        return None
    total = obs[(obs["indicator"] == "ntm_criteria_total") & (obs["standard"] == "NTM_2016_2020")]
    both = change.merge(total, on="ref_area", suffixes=("", "_total"))
    return float((1 + both["obs_value"] / both["obs_value_total"]).min())


def settle(state: State, stood: np.ndarray, reached: np.ndarray) -> None:
    """Make exactly the communes of a mask have attained, at a time when that is known.

    stood: criteria (draws, communes) at the time before. A commune that is known not to have attained but grew so far
    is drawn anew between where it stood and 19: left just below 19 it would attain at once. One that lost its standing
    stood at `LOST_COUNT`.
    """
    share = _columns(state.streams, lambda r: r.random(len(stood)))
    stood = np.where(stood < 19, stood, LOST_COUNT)
    below = np.where(state.criteria < 19, state.criteria, stood + share * (19 - stood))
    state.criteria = np.where(reached, np.maximum(state.criteria, 19), below)


def place_named(state: State, stood: np.ndarray, is_due: np.ndarray) -> None:
    """Let communes named since the last count be among those that attained, without adding to their number.

    stood: criteria (draws, communes) at the time before; is_due: mask (communes,). A name says who attained, not how
    many did: where a named commune has not attained in a draw, it takes the place of one that has since, the one
    nearest to 19. Only where too few have attained does the number rise.
    """
    is_new = (state.criteria >= 19) & (stood < 19)
    is_late = is_due & (state.criteria < 19)
    excess = np.where(is_new & ~is_due, state.criteria, np.inf)
    rank = np.argsort(np.argsort(excess, axis=1), axis=1)
    gives_way = is_new & ~is_due & (rank < is_late.sum(axis=1, keepdims=True))
    settle(state, stood, ((state.criteria >= 19) | is_late) & ~gives_way)


def _columns(streams: list[np.random.Generator], draw: Callable[[np.random.Generator], np.ndarray]) -> np.ndarray:
    return np.stack([draw(r) for r in streams]).T.copy()


def _gamma(shape: np.ndarray, stream: np.random.Generator) -> np.ndarray:
    return stream.standard_gamma(shape)


def set_levels(state: State, day: str) -> None:
    """Mark as many communes as advanced and model as there are, those named by the day first, others at random."""
    key = _columns(state.streams, lambda r: r.random(len(state.criteria)))
    state.advanced = _highest(
        key, state.criteria >= 19, [c.advanced_by for c in state.members], day, state.rates.advanced_now
    )
    state.model = _highest(key, state.advanced, [c.model_by for c in state.members], day, state.rates.model_now)


def _highest(key: np.ndarray, among: np.ndarray, named_by: list[str], day: str, number: np.ndarray) -> np.ndarray:
    """Mask (draws, communes) of the `number` (draws,) highest keys, named communes first."""
    is_named = np.array([bool(by) and by <= day for by in named_by])
    key = np.where(among, key + 10.0 * is_named, -1)
    rank = np.argsort(np.argsort(-key, axis=1), axis=1)
    return among & (rank < number[:, None])


def drop_to_new_set(state: State) -> None:
    """The change of set of 2022: each criterion of a commune below 19 is kept with the chance `rates.kept`.

    Standing is kept: the province goes on counting recognised communes, although in Kon Rẫy none of four met all
    criteria of the new set.
    """
    below = state.criteria < 19
    counts = np.floor(np.where(below, state.criteria, 0)).astype(int)
    columns = [r.binomial(counts[:, i], state.rates.kept) for i, r in enumerate(state.streams)]
    fraction = state.criteria - np.floor(state.criteria)
    state.criteria = np.where(below, np.stack(columns).T + fraction, state.criteria)
    state.standard = "NTM_2021_2025"


def _grow(state: State, until: float, pace: np.ndarray) -> list[tuple[float, np.ndarray]]:
    """Add the gains of the time up to `until`, year by year; returns (gap, shock) of each part."""
    shape, last = state.shared[:, 1], state.shared[:, 2]
    parts = []
    while until - state.time > 1e-9:
        year = int(np.floor(state.time + 1e-9))
        gap = min(until, year + 1.0) - state.time
        shock = random_stream(state.seed, int(PROVINCE), year).standard_normal(len(pace))
        shock = np.exp(SIGMA * shock - SIGMA**2 / 2)  # mean one
        gains = _columns(state.streams, partial(_gamma, shape * gap)) / shape[:, None]
        effort = to_effort(state.criteria, last[:, None])
        moved = to_criteria(effort + gains * (pace * shock)[:, None], last[:, None])
        state.criteria = np.where(state.criteria >= 19, state.criteria, moved)
        parts.append((gap, shock))
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
    had_attained, first = state.criteria >= 19, state.time
    named_at = np.array([decimal_year(c.attained_by) if c.attained_by else np.inf for c in state.members])
    records: dict[str, list[np.ndarray]] = {name: [] for name in ("counts", "attained", "advanced", "model")}
    for until in times:
        while True:
            begin, stood = state.time, state.criteria
            stop = min(until, np.floor(begin + 1e-9) + 1.0)
            attained, advanced = state.criteria >= 19, state.advanced.copy()
            for gap, shock in _grow(state, stop, pace):
                push = (relative_pace * shock * gap)[:, None]
                hazard[0] += np.where(attained, state.rates.advanced[:, None] * push, 0)
                hazard[1] += np.where(advanced, state.rates.model[:, None] * push, 0)
            state.advanced = state.advanced | (hazard[0] > patience[0])
            state.model = state.model | (advanced & (hazard[1] > patience[1]))
            is_due = (named_at > begin) & (named_at <= stop + 1e-9)
            if is_due.any():
                place_named(state, stood, is_due)
            if stop >= until - 1e-9:
                break
        state.lost = had_attained & (state.rates.loss[:, None] * (state.time - first) > patience[2])
        has_standing = (state.criteria >= 19) & ~state.lost
        records["counts"].append(state.counts)
        records["attained"].append(has_standing)
        records["advanced"].append(has_standing & state.advanced)
        records["model"].append(has_standing & state.advanced & state.model)
    return {name: np.stack(value) for name, value in records.items()}
