"""How many communes attain the new-rural standard (NTM), with what probability, and which are nearest.

The chain: `published` reads the bands, `counts` draws each commune's count so that every draw agrees with them,
`growth` estimates the pace from the bands, `paths` moves the communes on, `projection` sums the draws up. "Attained"
is counted as the province counts it: communes meeting 19 criteria by its own statement, recognised or under
appraisal, whichever set they were recognised under.
"""

from copy import deepcopy

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from .communes import gather
from .goals import horizon
from .growth import fit
from .paths import move, start_state
from .projection import LEVELS, WITH_15, NTMProjection


def project_ntm(
    obs: pd.DataFrame,
    pace: float | None = 1.5,
    draws: int = 10_000,
    seed: int = 3299,
    start: int | None = None,
    end: int | None = None,
) -> NTMProjection:
    """Communes attaining NTM, the advanced and the model level, year by year, and the odds of the programme's targets.

    obs: table of `load_observations`, of any vintage. pace: criteria a year of a commune below 19, on average over
    these communes and over years (the programme asks for 1 to 2), or None for the pace observed under each set,
    with its uncertainty. draws: number of draws. seed: one whole number. start: use only figures that speak of days
    up to the end of this year; None uses all. end: last year, None for the last of the programme.

    Raises KontumError for a negative pace, no draws, an end before the start, or obs without bands of NTM communes.

    >>> from kontum_analysis.data.observations import load_observations
    >>> result = project_ntm(load_observations(), pace=1.5, draws=500)
    >>> result.state_day, result.years.year.unique().tolist()
    ('2023-04-30', [2023, 2024, 2025])
    """
    end = horizon() if end is None else end
    _check(pace, draws, seed, start, end)
    return CommuneModel(obs, draws, seed, start, end).project(pace)


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


class CommuneModel:
    """The communes at the last published figures, drawn once, to be moved on at any pace to the end of a year."""

    def __init__(self, obs: pd.DataFrame, draws: int, seed: int, start: int | None, end: int) -> None:
        self.evidence = gather(obs, start)
        self.fitted = fit(self.evidence.history)
        first = int(self.evidence.now.day[:4])
        if end < first:
            raise KontumError("error.ntm.end_early", end=end, first=first)
        self.years = np.arange(first, end + 1)
        self.state, self.counts = start_state(self.evidence, self.fitted, draws, seed, end + 1.0)

    def project(self, pace: float | None) -> NTMProjection:
        """The `NTMProjection` at a pace (criteria a year), or at the observed one."""
        paths, observed_pace = move(deepcopy(self.state), pace, self.years + 1.0)
        has_level = [paths["attained"], paths["advanced"], paths["model"], paths["counts"] >= 15]
        numbers = {
            name: has.sum(axis=2, dtype=np.int16).T for name, has in zip((*LEVELS, WITH_15), has_level, strict=True)
        }
        return NTMProjection(
            self.evidence,
            self.fitted,
            self.state,
            pace,
            observed_pace,
            self.years,
            numbers | {"counts": self.counts},
            paths["counts"][-1],
            paths["attained"][-1],
        )
