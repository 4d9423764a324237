"""What a projection of the new-rural communes says: its draws summed up by year, target and commune."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..base.words import text
from ..data.areas import PROVINCE
from ..data.preference import known_as
from ..data.programme import goals, horizon
from ..methods.intervals import whole_quantiles
from .communes import Commune, Evidence
from .growth import SIGMA, Growth
from .levels import DOUBTFUL_CHANCE
from .paths import State
from .published import history_table

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
QUANTILE_NAMES = tuple(f"q{round(100 * p):02d}" for p in QUANTILES)
LEVELS = ("ntm_communes", "ntm_advanced_communes", "ntm_model_communes")  # each is part of the one before
WITH_15 = "ntm_communes_15_plus_criteria"


@dataclass(frozen=True, eq=False)
class NTMProjection:
    """Result of `project_ntm`: the draws, and tables made from them when they are asked for.

    draws: number of communes at each level, arrays (draws, years) by indicator, and counts (draws, communes) on the
    day of the last figures. end_counts, has_attained: of each commune at the end of the last year, (draws, communes).
    observed_pace: criteria a year of a commune below 19 in each draw, from the published bands. pace: the one used,
    None for the observed.
    """

    evidence: Evidence
    fitted: Growth
    state: State
    pace: float | None
    observed_pace: np.ndarray
    last_years: np.ndarray
    draws: dict[str, np.ndarray]
    end_counts: np.ndarray
    has_attained: np.ndarray

    @property
    def state_day(self) -> str:
        """Day of the last published figures."""
        return self.evidence.history[-1].day

    @property
    def growth(self) -> dict[str, tuple[float, ...]]:
        """Posterior mean and 10th, 50th, 90th percentile of pace, shape and last."""
        return self.fitted.summary()

    @cached_property
    def history(self) -> pd.DataFrame:
        """The published figures used, one row a day and set, with source ids."""
        return history_table(self.evidence.history)

    @cached_property
    def years(self) -> pd.DataFrame:
        """Year, indicator, mean, median, q05 … q95 of the number of communes at the end of the year.

        The quantiles are ends of intervals: whole numbers, never both the same (see `whole_quantiles`).
        """
        rows = []
        for name in (*LEVELS, WITH_15):
            for j, year in enumerate(self.last_years):
                number = self.draws[name][:, j]
                quantiles = whole_quantiles(number, QUANTILES)
                row = {"year": int(year), "indicator": name, "mean": number.mean(), "median": quantiles[3]}
                rows.append(row | dict(zip(QUANTILE_NAMES, quantiles, strict=True)))
        return pd.DataFrame(rows).astype({"median": "int64"} | dict.fromkeys(QUANTILE_NAMES, "Int64"))

    @cached_property
    def probabilities(self) -> pd.DataFrame:
        """Event, target, probability, standard_error (of the simulation), at the end of the last year."""
        return self.chances_of([goals()[name, PROVINCE].low for name in LEVELS])

    def chances_of(self, targets: Sequence[float]) -> pd.DataFrame:
        """As `probabilities`, for other numbers of communes asked for at the three levels."""
        communes = len(self.evidence.members)
        questions: dict[str, tuple[float, np.ndarray]] = {}
        for name, target in zip(LEVELS, targets, strict=True):
            questions[name] = (target, self.draws[name][:, -1] >= target)
        questions["all_communes_15_criteria"] = (communes, self.draws[WITH_15][:, -1] >= communes)
        all_three = np.logical_and.reduce([questions[name][1] for name in LEVELS])
        questions["attained_advanced_and_model"] = (np.nan, all_three)
        questions["all_four"] = (np.nan, all_three & questions["all_communes_15_criteria"][1])
        rows = [(name, target, hit.mean(), hit.std() / np.sqrt(hit.size)) for name, (target, hit) in questions.items()]
        return pd.DataFrame(rows, columns=["event", "target", "probability", "standard_error"])

    @cached_property
    def gap(self) -> pd.DataFrame:
        """Event, unit_measure, at, median, q10, q90 of the fewest further criteria (or communes) that close the gap."""
        counts, target = self.draws["counts"], {name: int(goals()[name, PROVINCE].low) for name in LEVELS}
        rows = [
            (LEVELS[0], "criteria", "state", smallest_gap(counts, counts >= 19, target[LEVELS[0]])),
            (LEVELS[0], "criteria", "end", smallest_gap(self.end_counts, self.has_attained, target[LEVELS[0]])),
            ("all_communes_15_criteria", "criteria", "state", np.maximum(15 - counts, 0).sum(axis=1)),
            ("all_communes_15_criteria", "criteria", "end", np.maximum(15 - self.end_counts, 0).sum(axis=1)),
        ]
        for name in LEVELS[1:]:
            rows.append((name, "communes", "end", np.maximum(target[name] - self.draws[name][:, -1], 0)))
        table = []
        for event, unit, at, missing in rows:
            low, middle, high = whole_quantiles(missing, (0.1, 0.5, 0.9))
            table.append((event, unit, at, int(middle), low, high))
        columns = ["event", "unit_measure", "at", "median", "q10", "q90"]
        return pd.DataFrame(table, columns=columns).astype(dict.fromkeys(("q10", "q90"), "Int64"))

    @cached_property
    def communes(self) -> pd.DataFrame:
        """One row a commune, with what is published of it and its chances.

        code, name, district, status (published, derived, imputed), attained_by, evidence; count_published (only under
        the set in force), count_low and count_high (80 % of the draws, missing where the count is known); p_19,
        p_15_18, p_10_14, p_below_10 (distribution on the day of the last figures), p_attained_end,
        nearness_rank (1: nearest of those not known to have attained, at whatever day).
        """
        return _commune_table(self)

    @cached_property
    def assumptions(self) -> list[tuple[str, dict[str, Any]]]:
        """Keys of labels with their numbers; `explain` puts them into words."""
        return _assumptions(self)

    def explain(self, lang: str) -> list[str]:
        """The assumptions as sentences in "vi" or "en"."""
        return [text(key, lang, **values) for key, values in self.assumptions]


def smallest_gap(counts: np.ndarray, attained: np.ndarray, target: int) -> np.ndarray:
    """Fewest further criteria so that `target` communes have 19, per draw; the nearest communes are taken first.

    counts, attained: (draws, communes).

    >>> smallest_gap(np.array([[19, 18, 15, 10]]), np.array([[True, False, False, False]]), 3).tolist()
    [5]
    """
    missing = np.sort(np.where(attained, 0, 19 - counts.astype(int)), axis=1)  # attained ones cost nothing
    fewest: np.ndarray = missing[:, : min(target, missing.shape[1])].sum(axis=1)
    return fewest


def _commune_table(result: NTMProjection) -> pd.DataFrame:
    counts, now, members = result.draws["counts"], result.evidence.now, result.evidence.members
    statements = [
        [
            low
            for _, low, high, standard, is_exact_day in c.counts
            if standard == now.standard and low == high and is_exact_day
        ]
        for c in members
    ]
    share = np.stack([(counts == count).mean(axis=0) for count in range(20)])
    ends = [whole_quantiles(of_commune, (0.1, 0.5, 0.9)) for of_commune in counts.T]
    low, _, high = (pd.array(values, dtype="Int64") for values in np.transpose(ends))
    table = pd.DataFrame(members)[["code", "name", "district"]].assign(
        status=[_status(c, now.day, bool(numbers)) for c, numbers in zip(members, statements, strict=True)],
        attained_by=[c.attained_by for c in members],
        evidence=["|".join(dict.fromkeys(c.sources)) for c in members],
        count_published=pd.Series([numbers[-1] if numbers else pd.NA for numbers in statements], dtype="Int64"),
        count_low=low,
        count_high=high,
        p_19=share[19],
        p_15_18=share[15:19].sum(axis=0),
        p_10_14=share[10:15].sum(axis=0),
        p_below_10=share[:10].sum(axis=0),
        p_attained_end=result.has_attained.mean(axis=0),
        expected=counts.mean(axis=0),
    )
    is_open = table["attained_by"] == ""
    order = table[is_open].sort_values(["p_attained_end", "expected", "code"], ascending=[False, False, True]).index
    table["nearness_rank"] = pd.Series(np.arange(1, len(order) + 1), index=order).astype("Int64")
    return table.drop(columns="expected")


def _status(c: Commune, day: str, is_printed: bool) -> str:
    """How the count of a commune on a day is known; a later attainment says nothing of that day."""
    has_attained = "" < c.attained_by <= day
    if is_printed or (has_attained and not c.derived):
        return known_as("published", *c.sources)
    return "derived" if has_attained else "imputed"


def _assumptions(result: NTMProjection) -> list[tuple[str, dict[str, Any]]]:
    growth, now, rates = result.growth, result.evidence.now, result.state.rates
    low, middle, high = np.quantile(result.observed_pace, (0.1, 0.5, 0.9))
    assumptions: list[tuple[str, dict[str, Any]]] = [
        ("ntm.state", dict(day=now.day, standard=now.standard, bands=result.evidence.base.day)),
        ("ntm.observed", dict(pace=middle, q10=low, q90=high, pairs=len(result.fitted.pairs))),
        ("ntm.pace_observed", {}) if result.pace is None else ("ntm.pace", dict(pace=result.pace)),
        ("ntm.last", dict(cost=growth["last"][0], q10=growth["last"][1], q90=growth["last"][3])),
        ("ntm.shared", dict(sigma=SIGMA)),
        ("ntm.dispersion", dict(factor=result.fitted.dispersion)),
        ("ntm.imputed", {}),
        ("ntm.standing", dict(falls=rates.falls, exposed=rates.exposed)),
        ("ntm.advanced", dict(advanced=rates.advanced_now[0], model=rates.model_now.min())),
    ]
    if doubtful := int(np.ptp(rates.model_now)):
        assumptions.append(("ntm.doubtful", dict(doubtful=doubtful, chance=DOUBTFUL_CHANCE)))
    if result.state.kept_least is not None:
        assumptions.append(("ntm.change_of_set", dict(retained=result.state.kept_least)))
    if result.last_years[-1] > horizon():
        assumptions.append(("ntm.after_2025", {}))
    return assumptions
