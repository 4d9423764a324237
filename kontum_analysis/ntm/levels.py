"""Standing beyond the 19 criteria: how many communes are advanced or model, and the yearly rates of all standing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..data.areas import PROVINCE, districts
from .communes import Commune, Evidence

ADVANCED_SINCE = 2018.0  # communes are judged against the advanced set since 2018 (QĐ 319, ntm_criteria.csv)
MODEL_SINCE = 2021.5  # the first advanced communes are of 2021, and a model commune is advanced first
DOUBTFUL_CHANCE = 0.5  # a figure of low reliability is as likely true as not: a judgement, not an estimate
LEAST_EXPOSURE = {"advanced": 10.0, "model": 5.0, "loss": 10.0}  # commune-years, where hardly any were counted


@dataclass(frozen=True)
class Rates:
    """Yearly rates of communes, and what they were counted from.

    advanced, model, loss: drawn rates a year, each shape (draws,). advanced_now, model_now: communes of that level at
    the last figures, shape (draws,). falls: net falls of the number attained; exposed: commune-years of attained
    communes in which they were counted.
    """

    advanced: np.ndarray
    model: np.ndarray
    loss: np.ndarray
    advanced_now: np.ndarray
    model_now: np.ndarray
    falls: float
    exposed: float


def yearly_rates(evidence: Evidence, draws: int, rng: np.random.Generator) -> Rates:
    """Rates of becoming advanced or model and of losing standing, a year: gamma posteriors of counts over exposure."""
    counts = [s for s in evidence.history if np.isfinite(s.attained)]
    times, attained = np.array([s.time for s in counts]), np.array([s.attained for s in counts])

    def exposed(since: float) -> float:
        """Commune-years since then."""
        return float(np.clip(np.diff(np.maximum(times, since)), 0, None) @ attained[:-1])

    def draw(level: str, events: np.ndarray | float, exposure: float) -> np.ndarray:
        return rng.gamma(events + 0.5, 1 / max(exposure, LEAST_EXPOSURE[level]), draws)

    advanced, _ = count_level(evidence, "advanced")
    model, doubtful = count_level(evidence, "model")
    model_now = model + (rng.random(draws) < DOUBTFUL_CHANCE) * doubtful
    falls = float(np.clip(-np.diff(attained), 0, None).sum())
    return Rates(
        advanced=draw("advanced", advanced, exposed(ADVANCED_SINCE)),
        model=draw("model", model_now, advanced * (evidence.now.time - MODEL_SINCE)),
        loss=draw("loss", falls, exposed(0)),
        advanced_now=np.full(draws, advanced),
        model_now=model_now,
        falls=falls,
        exposed=exposed(0),
    )


def count_level(evidence: Evidence, level: str) -> tuple[int, int]:
    """Communes advanced, or model, at the last figures: how many surely, and how many more by figures of status U."""
    obs, now = evidence.obs, evidence.now
    indicators = [f"ntm_{level}_communes", f"ntm_{level}_communes_recognised_in_year"]
    rows = obs[obs["indicator"].isin(indicators) & obs["ref_area"].isin([PROVINCE, *districts()])]
    rows = rows[rows["time_period"] <= f"{now.day[:4]}-12-31"]
    is_unsure = rows["obs_status"] == "U"
    province: float = rows.loc[(rows["ref_area"] == PROVINCE) & ~is_unsure, "obs_value"].max()
    name_days = [getattr(c, f"{level}_by") for c in evidence.members]
    sure = int(np.nanmax([province, sum("" < day <= now.day for day in name_days)]))
    return sure, max(int(rows.loc[is_unsure, "obs_value"].sum()) - sure, 0)


def choose_levels(
    members: Sequence[Commune], day: str, rates: Rates, has_attained: np.ndarray, key: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Masks of the communes advanced and model on a day: those named by it first, the others by the highest key.

    has_attained, key: (draws, communes). Advanced communes are among the attained, model communes among the advanced.
    """
    advanced = _highest(key, has_attained, [c.advanced_by for c in members], day, rates.advanced_now)
    return advanced, _highest(key, advanced, [c.model_by for c in members], day, rates.model_now)


def _highest(key: np.ndarray, among: np.ndarray, name_days: list[str], day: str, number: np.ndarray) -> np.ndarray:
    """Mask of the `number` (draws,) highest keys of each row, those named by the day first."""
    key = np.where(among, key + 10.0 * np.array(["" < by <= day for by in name_days]), -1)
    rank = np.argsort(np.argsort(-key, axis=1), axis=1)
    return among & (rank < number[:, None])
