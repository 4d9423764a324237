"""How many communes attain the new-rural standard (NTM), with what probability, and which are nearest.

The chain: `published` reads the bands, `counts` draws each commune's count so that every draw agrees with them,
`growth` estimates the pace from the bands, `paths` moves the communes on, `projection` sums the draws up. "Attained"
is counted as the province counts it: communes meeting 19 criteria by its own statement, recognised or under
appraisal, whichever set they were recognised under.
"""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..data.memo import remember
from ..data.programme import asked_pace, horizon
from ..methods.intervals import open_ends
from .communes import Evidence, gather
from .growth import Growth, fit
from .paths import State, move, start_state
from .projection import LEVELS, WITH_15, NTMProjection
from .published import ntm_rows

__all__ = ["DRAWS", "SEED", "NTMProjection", "attainment_chances", "project_ntm"]

DRAWS, SEED = 4000, 3299  # of every chance that is shown, of poverty too


def project_ntm(
    obs: pd.DataFrame,
    pace: float | None = 1.5,
    draws: int = DRAWS,
    seed: int = SEED,
    start: int | None = None,
    end: int | None = None,
) -> NTMProjection:
    """Communes attaining NTM, the advanced and the model level, year by year, and the odds of the programme's targets.

    obs: table of `load_observations`, of any vintage. pace: criteria a year of a commune below 19, on average over
    these communes and over years (the programme asks for 1 to 2), or None for the pace observed under each set,
    with its uncertainty. draws: number of draws. seed: one whole number. start: use only figures that speak of days
    up to the end of this year; None uses all. end: last year; None for the last of the programme, or the year of the
    last figure where that is later.

    Asked again with the same figures, draws and seed, the communes are not drawn anew.

    Raises KontumError for a negative pace, no draws, an end before the start, or obs without bands of NTM communes.

    >>> from kontum_analysis.data.observations import load_observations
    >>> result = project_ntm(load_observations(as_of="2023-12-31"), pace=1.5, draws=500)
    >>> result.state_day, result.years.year.unique().tolist()
    ('2023-04-30', [2023, 2024, 2025])
    """
    _check(pace, draws, seed, start, end)
    projection = _projection(ntm_rows(obs), pace, draws, seed, start, end)
    return replace(projection)  # a caller's tables are its own


def attainment_chances(
    obs: pd.DataFrame, draws: int = DRAWS, seed: int = SEED, levels: tuple[float, ...] | None = None
) -> pd.DataFrame:
    """The chance of each NTM target at the end of the programme: a default, and its range over the defensible paces.

    The default is the pace that the programme asks for (the middle of its range), which forecast earlier counts best;
    the pace observed so far is the range's other end.

    Columns: event, target (communes; missing for events of several targets), default, low, high (probabilities; both
    ends missing where every pace gives the same); default_choice, low_choice, high_choice, choices: the code of the
    pace behind each, and all codes joined by "|" (pace_asked, pace_observed; labels choice.CODE);
    median, q10, q90 of the number of communes at the default, missing for events of several targets. levels: communes
    that the targets of the three levels ask for, default those of the programme. Raises KontumError as `project_ntm`.

    >>> from kontum_analysis.data.observations import load_observations
    >>> chances = attainment_chances(load_observations(as_of="2023-12-31"), draws=200).set_index("event")
    >>> chances.loc["ntm_communes", ["default_choice", "choices"]].tolist()
    ['pace_asked', 'pace_asked|pace_observed']
    """
    choices = {"pace_asked": asked_pace(), "pace_observed": None}
    results = {code: project_ntm(obs, pace, draws, seed) for code, pace in choices.items()}
    tables = {code: (r.chances_of(levels) if levels else r.probabilities) for code, r in results.items()}
    chance = pd.DataFrame({code: table.set_index("event")["probability"] for code, table in tables.items()})
    default = results["pace_asked"]
    at_end = default.years[default.years["year"] == default.years["year"].max()].set_index("indicator")
    at_end = at_end.rename(index={WITH_15: "all_communes_15_criteria"}).reindex(chance.index)
    low, high = open_ends(chance.min(axis=1), chance.max(axis=1))
    is_range = ~np.isnan(low)
    return pd.DataFrame(
        {
            "event": chance.index,
            "target": tables["pace_asked"]["target"].to_numpy(),
            "default": chance["pace_asked"].to_numpy(),
            "low": low,
            "high": high,
            "default_choice": "pace_asked",
            "low_choice": chance.idxmin(axis=1).where(is_range).to_numpy(),
            "high_choice": chance.idxmax(axis=1).where(is_range).to_numpy(),
            "choices": "|".join(choices),
            **{name: at_end[name].to_numpy(float, na_value=np.nan) for name in ("median", "q10", "q90")},
        }
    )


def _check(pace: float | None, draws: int, seed: int, start: int | None, end: int | None) -> None:
    if pace is not None and not (isinstance(pace, (int, float)) and 0 <= pace < np.inf):
        raise KontumError("error.ntm.pace", pace=pace)
    for name, value in (("draws", draws), ("seed", seed), ("end", end), ("start", start)):
        is_open = value is None and name in ("start", "end")
        if not is_open and (isinstance(value, bool) or not isinstance(value, (int, np.integer))):
            raise KontumError("error.ntm.whole", name=name, value=value)
    if draws < 1 or seed < 0:
        raise KontumError("error.ntm.draws", draws=draws, seed=seed)
    if start is not None and end is not None and end < start:
        raise KontumError("error.ntm.end_before_start", end=end, start=start)


@remember(4)
def _start(
    obs: pd.DataFrame, draws: int, seed: int, start: int | None, end: int | None
) -> tuple[Evidence, Growth, np.ndarray, State, np.ndarray]:
    """The communes at the last published figures, drawn once: evidence, growth, years to come, state, counts."""
    evidence = gather(obs, start)
    growth, first = fit(evidence.history), int(evidence.now.day[:4])
    last = max(horizon(), first) if end is None else end
    if last < first:
        raise KontumError("error.ntm.end_early", end=last, first=first)
    return evidence, growth, np.arange(first, last + 1), *start_state(evidence, growth, draws, seed, last + 1.0)


@remember(16)  # paces, as somebody tries them
def _projection(
    obs: pd.DataFrame, pace: float | None, draws: int, seed: int, start: int | None, end: int | None
) -> NTMProjection:
    """The communes moved on at a pace (criteria a year), or at the observed one, to the end of the last year."""
    evidence, growth, years, state, counts = _start(obs, draws, seed, start, end)
    paths, observed_pace = move(deepcopy(state), pace, years + 1.0)
    has_level = [paths["attained"], paths["advanced"], paths["model"], paths["counts"] >= 15]
    levels = zip((*LEVELS, WITH_15), has_level, strict=True)
    numbers = {"counts": counts} | {name: has.sum(axis=2, dtype=np.int16).T for name, has in levels}
    for array in numbers.values():
        array.flags.writeable = False  # shared by all who ask again
    ends = paths["counts"][-1], paths["attained"][-1]
    return NTMProjection(evidence, growth, state, pace, observed_pace, years, numbers, *ends)
