"""How many communes attain the new-rural standard (NTM), with what probability, and which are nearest.

The chain: `ntm_history` reads the published bands, `commune_counts` draws each commune's count so that every draw
agrees with them, `ntm_growth` estimates the pace from the bands, `ntm_paths` moves the communes on. Here the draws
are put together and summed up. "Attained" is counted as the province counts it: communes meeting 19 criteria by its
own statement, recognised or under appraisal, whichever set they were recognised under.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..base.words import text
from .communes import communes, district_totals
from .growth import fit
from .paths import NEW_SET, State, current_state, drop_to_new_set, project, set_advanced, yearly_rates
from .published import history_table, snapshots

TARGETS = {"ntm_communes": 60, "ntm_advanced_communes": 20, "ntm_model_communes": 6}  # CTr 3299/CTr-UBND, end-2025
QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
_COUNTED = ("ntm_communes", "ntm_advanced_communes", "ntm_model_communes", "ntm_communes_15_plus_criteria")


@dataclass(frozen=True)
class NTMProjection:
    """Result of `project_ntm`.

    years: year, indicator, mean, median, q05 … q95 of the number of communes at the end of the year.
    probabilities: event, target, probability, standard_error (of the simulation), at the end of the last year.
    communes: one row a commune: code, name, district, status (published, derived, imputed), attained_by, evidence,
        count_published (only under the set in force), count_low and count_high (80 % of the draws), p_19, p_15_18,
        p_10_14, p_below_10 (distribution on the state's day), p_attained_end, nearness_rank (1: nearest of those not
        known to have attained, at whatever day).
    gap: event, unit_measure, at, median, q10, q90 of the smallest number of further criteria (or of communes) that
    closes it.
    history: the published figures used, one row a day and set, with source ids.
    assumptions: keys of labels with their numbers; `explain` puts them into words. draws: arrays (draws, years) of the
    indicators, and counts (draws, communes).
    """

    years: pd.DataFrame
    probabilities: pd.DataFrame
    communes: pd.DataFrame
    gap: pd.DataFrame
    history: pd.DataFrame
    assumptions: list[tuple[str, dict[str, Any]]]
    draws: dict[str, np.ndarray]
    growth: dict[str, tuple[float, ...]]
    state_day: str

    def explain(self, lang: str) -> list[str]:
        """The assumptions as sentences in "vi" or "en"."""
        return [text(key, lang, **values) for key, values in self.assumptions]


def project_ntm(
    obs: pd.DataFrame,
    pace: float | None = 1.5,
    draws: int = 10_000,
    seed: int = 3299,
    start: int | None = None,
    end: int = 2025,
) -> NTMProjection:
    """Communes attaining NTM, the advanced and the model level, year by year, and the odds of the programme's targets.

    obs: table of `load_observations`, of any vintage. pace: criteria a year of a commune below 19, on average over
    these communes and over years (the programme asks for 1 to 2), or None for the pace observed under each set,
    with its uncertainty. draws: number of draws. seed: one whole number. start: use only figures that speak of days
    up to the end of this year; None uses all. end: last year.

    Raises KontumError for a negative pace, no draws, an end before the start, or obs without bands of NTM communes.

    >>> from kontum_analysis.data.observations import load_observations
    >>> result = project_ntm(load_observations(), pace=1.5, draws=500)
    >>> result.state_day, result.years.year.unique().tolist()
    ('2024-10-11', [2024, 2025])
    """
    _check(pace, draws, seed, start, end)
    prepared = prepare(obs, start)
    first = int(prepared["history"][-1].day[:4])
    if end < first:
        raise KontumError("error.ntm.end_early", end=end, first=first)
    years = np.arange(first, end + 1)
    state, parts = start_state(prepared, draws, seed, years[-1] + 1.0)
    paths, parts["observed"] = move(state, pace, years + 1.0)
    numbers = count_numbers(paths)
    return NTMProjection(
        years=_year_table(numbers, years),
        probabilities=probabilities_of(numbers, len(prepared["members"]), draws),
        communes=_commune_table(prepared, parts, paths),
        gap=_gap_table(parts["counts"], paths, numbers),
        history=history_table(prepared["history"]),
        assumptions=_assumptions(prepared, parts, pace, end),
        draws={**numbers, "counts": parts["counts"]},
        growth=prepared["growth"].summary(),
        state_day=prepared["history"][-1].day,
    )


def _check(pace: float | None, draws: int, seed: int, start: int | None, end: int) -> None:
    if pace is not None and not (isinstance(pace, (int, float)) and 0 <= pace < np.inf):
        raise KontumError("error.ntm.pace", pace=pace)
    for name, value in (("draws", draws), ("seed", seed), ("end", end), ("start", start)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer, type(None) if name == "start" else int)):
            raise KontumError("error.ntm.whole", name=name, value=value)
    if draws < 1 or seed < 0:
        raise KontumError("error.ntm.draws", draws=draws, seed=seed)
    if start is not None and end < start:
        raise KontumError("error.ntm.end_before_start", end=end, start=start)


def prepare(obs: pd.DataFrame, start: int | None) -> dict[str, Any]:
    """Everything read and estimated from obs; independent of pace, draws and seed."""
    if start is not None and isinstance(obs, pd.DataFrame) and "time_period" in obs:
        obs = obs[obs["time_period"] <= f"{start}-12-31"]
    history = snapshots(obs)
    if not any(s.bands for s in history):
        raise KontumError("error.ntm.no_bands")
    base = [s for s in history if s.bands][-1]
    history = [s for s in history if s.standard >= base.standard or s.time <= base.time]
    last = [s for s in history if s.bands or np.isfinite(s.attained)][-1]
    members = communes(obs, base.communes)
    history = [s for s in history if s.time <= last.time]
    return {
        "obs": obs,
        "history": history,
        "members": members,
        "totals": district_totals(obs),
        "growth": fit(history),
        "now": last,
    }


def start_state(prepared: dict[str, Any], draws: int, seed: int, until: float) -> tuple[State, dict[str, Any]]:
    """State at the last published figures, to be moved on to `until`, and what was counted there (parts)."""
    rates, advanced_now, known = yearly_rates(prepared, draws, seed)
    state = current_state(
        prepared["history"], prepared["members"], prepared["totals"], prepared["growth"], rates, draws, seed
    )
    counts = state.counts
    set_advanced(state, advanced_now, prepared["members"], prepared["now"].day)
    if known["retained"] is not None and state.standard < "NTM_2021_2025" and until > NEW_SET:
        drop_to_new_set(state)
    return state, {"counts": counts, "advanced": advanced_now, **known}


def move(state: State, pace: float | None, times: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Paths to the decimal years `times`, and the pace observed so far in each draw; the state itself moves."""
    below = state.criteria < 19
    quick = np.where(state.criteria < 15, 1.0, 1 / state.shared[:, 3:])
    unit = np.where(below, quick, 0).sum(axis=1) / np.maximum(below.sum(axis=1), 1)  # criteria per unit of effort
    unit = np.where(unit > 0, unit, 1.0)
    observed = state.shared[:, 0] * np.exp(state.shared[:, 1] ** 2 / 2) * unit
    if pace is None:
        effort, relative = observed / unit, np.ones(len(unit))
    else:
        effort, relative = pace / unit, np.full(len(unit), pace / np.median(observed))
    return project(state, times, effort, relative), observed


def count_numbers(paths: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Number of communes at each level, shape (draws, years), by indicator."""
    sums = {n: paths[k].sum(axis=2).T for n, k in zip(_COUNTED, ("attained", "advanced", "model"), strict=False)}
    sums[_COUNTED[3]] = (paths["counts"] >= 15).sum(axis=2).T
    return {name: value.astype(np.int16) for name, value in sums.items()}


def _year_table(numbers: dict[str, np.ndarray], years: np.ndarray) -> pd.DataFrame:
    rows = []
    for name, value in numbers.items():
        for j, year in enumerate(years):
            q = np.quantile(value[:, j], QUANTILES, method="inverted_cdf")
            rows.append(
                {
                    "year": int(year),
                    "indicator": name,
                    "mean": value[:, j].mean(),
                    "median": int(q[3]),
                    **{f"q{round(p * 100):02d}": int(v) for p, v in zip(QUANTILES, q, strict=True)},
                }
            )
    return pd.DataFrame(rows)


def probabilities_of(numbers: dict[str, np.ndarray], communes_count: int, draws: int) -> pd.DataFrame:
    """The table `probabilities` of a `NTMProjection`: each event at the end of the last year."""
    last = {name: value[:, -1] for name, value in numbers.items()}
    events = {name: (float(target), last[name] >= target) for name, target in TARGETS.items()}
    events["all_communes_15_criteria"] = (communes_count, last[_COUNTED[3]] >= communes_count)
    three = np.logical_and.reduce([events[name][1] for name in TARGETS])
    events["attained_advanced_and_model"] = (np.nan, three)
    events["all_four"] = (np.nan, three & events["all_communes_15_criteria"][1])
    return pd.DataFrame(
        [
            {"event": name, "target": target, "probability": hit.mean(), "standard_error": np.sqrt(hit.var() / draws)}
            for name, (target, hit) in events.items()
        ]
    )


def smallest_gap(counts: np.ndarray, attained: np.ndarray, target: int) -> np.ndarray:
    """Fewest further criteria so that `target` communes have 19, per draw; the nearest communes are taken first.

    counts, attained: (draws, communes).

    >>> smallest_gap(np.array([[19, 18, 15, 10]]), np.array([[True, False, False, False]]), 3).tolist()
    [5]
    """
    missing = np.sort(np.where(attained, 0, 19 - counts.astype(int)), axis=1)  # attained ones cost nothing
    fewest: np.ndarray = missing[:, : min(target, missing.shape[1])].sum(axis=1)
    return fewest


def _gap_table(counts: np.ndarray, paths: dict[str, np.ndarray], numbers: dict[str, np.ndarray]) -> pd.DataFrame:
    end, standing = paths["counts"][-1], paths["attained"][-1]
    rows = [
        ("ntm_communes", "criteria", "state", smallest_gap(counts, counts >= 19, 60)),
        ("ntm_communes", "criteria", "end", smallest_gap(end, standing, 60)),
        ("all_communes_15_criteria", "criteria", "state", np.maximum(15 - counts, 0).sum(axis=1)),
        ("all_communes_15_criteria", "criteria", "end", np.maximum(15 - end, 0).sum(axis=1)),
        ("ntm_advanced_communes", "communes", "end", np.maximum(20 - numbers["ntm_advanced_communes"][:, -1], 0)),
        ("ntm_model_communes", "communes", "end", np.maximum(6 - numbers["ntm_model_communes"][:, -1], 0)),
    ]
    out = []
    for target, unit, at, value in rows:
        q = np.quantile(value, (0.1, 0.5, 0.9), method="inverted_cdf")
        out.append(
            {"event": target, "unit_measure": unit, "at": at, "median": int(q[1]), "q10": int(q[0]), "q90": int(q[2])}
        )
    return pd.DataFrame(out)


def _commune_table(prepared: dict[str, Any], parts: dict[str, Any], paths: dict[str, np.ndarray]) -> pd.DataFrame:
    counts, now, rows = parts["counts"], prepared["now"], []
    for i, c in enumerate(prepared["members"]):
        share = np.bincount(counts[:, i], minlength=20) / len(counts)
        printed = [r for r in c.counts if r[3] == now.standard and r[1] == r[2] and r[4]]
        seen = bool(c.attained_by) and c.attained_by <= now.day  # an attainment after that day says nothing of it
        status = "published" if printed or (seen and not c.derived) else "derived" if seen else "imputed"
        low, high = np.quantile(counts[:, i], (0.1, 0.9), method="inverted_cdf")
        rows.append(
            {
                "code": c.code,
                "name": c.name,
                "district": c.district,
                "status": status,
                "attained_by": c.attained_by,
                "evidence": "|".join(dict.fromkeys(c.sources)),
                "count_published": printed[-1][1] if printed else pd.NA,
                "count_low": int(low),
                "count_high": int(high),
                "p_19": share[19],
                "p_15_18": share[15:19].sum(),
                "p_10_14": share[10:15].sum(),
                "p_below_10": share[:10].sum(),
                "p_attained_end": paths["attained"][-1][:, i].mean(),
                "expected": counts[:, i].mean(),
            }
        )
    table = pd.DataFrame(rows).astype({"count_published": "Int64"})
    known = table["attained_by"] != ""
    order = table[~known].sort_values(["p_attained_end", "expected", "code"], ascending=[False, False, True]).index
    table["nearness_rank"] = pd.Series(np.arange(1, len(order) + 1), index=order).astype("Int64")
    return table.drop(columns="expected")


def _assumptions(
    prepared: dict[str, Any], parts: dict[str, Any], pace: float | None, end: int
) -> list[tuple[str, dict[str, Any]]]:
    growth, now = prepared["growth"].summary(), prepared["now"]
    q = np.quantile(parts["observed"], (0.1, 0.5, 0.9))
    bands = [s for s in prepared["history"] if s.bands][-1].day
    said = [
        ("ntm.state", dict(day=now.day, standard=now.standard, bands=bands)),
        ("ntm.observed", dict(pace=q[1], q10=q[0], q90=q[2], pairs=len(prepared["growth"].pairs))),
        ("ntm.pace_observed", {}) if pace is None else ("ntm.pace", dict(pace=pace)),
        ("ntm.last", dict(cost=growth["last"][0], q10=growth["last"][1], q90=growth["last"][3])),
        ("ntm.shared", dict(sigma=growth["sigma"][0])),
        ("ntm.dispersion", dict(factor=prepared["growth"].dispersion)),
        ("ntm.imputed", {}),
        ("ntm.standing", dict(falls=parts["falls"], exposed=parts["exposed"])),
        ("ntm.advanced", dict(advanced=parts["advanced"])),
    ]
    if parts["retained"] is not None and now.standard < "NTM_2021_2025":
        said.append(("ntm.change_of_set", dict(retained=parts["retained"])))
    if end > 2025:
        said.append(("ntm.after_2025", {}))
    return said
