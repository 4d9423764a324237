"""What Programme 3299 asks for, read from the table of targets: the only place of its numbers."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from .areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE
from .observations import raw_tables

PROGRAMME_DAY = "2022-10-04"  # the day of CTr 3299/CTr-UBND; a summary of it was published the day after
AREAS = [PROVINCE, POOR_DISTRICTS]  # those whose poverty the programme sets a pace for
GROUPS = [*AREAS, OTHER_DISTRICTS]
SCENARIOS = ["programme-low", "programme-mid", "programme-high"]
POVERTY_PACE = "poverty_rate_reduction_pp_per_year"


class Goal(NamedTuple):
    """What is asked by the end of a year: at least `low`; `high` where a range is asked, else missing."""

    low: float
    high: float
    horizon: int

    @property
    def middle(self) -> float:
        """The middle of the range.

        >>> Goal(3.0, 4.0, 2025).middle
        3.5
        """
        return (self.low + self.high) / 2


def load_targets(data: str | Path | None = None) -> pd.DataFrame:
    """All targets as a table, numbers as numbers; columns as in `data/raw/README.md`.

    data: another folder with the raw tables; default `data/raw/`.

    >>> len(load_targets().query("in_programme_3299 == 1"))
    26
    """
    targets = raw_tables(data)["targets"].drop(columns="line")
    for column in ("value_low", "value_high", "horizon_year", "in_programme_3299"):
        targets[column] = pd.to_numeric(targets[column])
    return targets


@lru_cache(maxsize=1)
def goals() -> dict[tuple[str, str], Goal]:
    """What the programme asks for, by indicator and area code; targets in words alone are left out.

    >>> goals()["ntm_communes", "62"]
    Goal(low=60.0, high=nan, horizon=2025)
    """
    targets = load_targets()
    rows = targets[(targets["in_programme_3299"] == 1) & targets["value_low"].notna()]
    keys = zip(rows["indicator"], rows["scope_area"], strict=True)
    numbers = zip(rows["value_low"], rows["value_high"], rows["horizon_year"], strict=True)
    return {key: Goal(float(low), float(high), int(year)) for key, (low, high, year) in zip(keys, numbers, strict=True)}


def corridors() -> dict[str, Goal]:
    """The fall of the poverty rate that is asked, in points a year, of the province and of its poor districts.

    >>> corridors()["62"]
    Goal(low=3.0, high=4.0, horizon=2025)
    """
    return {area: goals()[POVERTY_PACE, area] for area in AREAS}


def horizon() -> int:
    """The last year of the programme.

    >>> horizon()
    2025
    """
    return corridors()[PROVINCE].horizon


def asked_pace() -> float:
    """New-rural criteria a year that a commune is asked to gain: the middle of the range.

    >>> asked_pace()
    1.5
    """
    return goals()["ntm_criteria_gained_per_commune_year", PROVINCE].middle


def is_period_over(obs: pd.DataFrame, year: int, as_of: str | date | None = None) -> bool:
    """Whether the end of a year lies behind a vintage: the day `as_of`, or else that of the latest publication.

    The clock is never asked, so the same data say the same at any time. Figures about earlier days alone, as a report
    of an earlier year uses them, do not reach the end of the year, whenever they came out.

    >>> from .observations import load_observations
    >>> is_period_over(load_observations(), 2025), is_period_over(load_observations(), 2025, "2024-06-30")
    (True, False)
    """
    if as_of is not None:
        return bool(pd.Timestamp(as_of) >= pd.Timestamp(year, 12, 31))
    return bool(obs[["known_from", "time_period"]].max().min() >= f"{year}-12-31")
