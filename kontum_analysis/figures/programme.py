"""What Programme 3299 asks for in poverty, from the targets table, and the names of its three scenarios."""

from functools import lru_cache
from typing import NamedTuple

from ..areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE
from ..observations import raw_tables

AREAS = [PROVINCE, POOR_DISTRICTS]  # those that have a corridor
GROUPS = [*AREAS, OTHER_DISTRICTS]
SCENARIOS = ["programme-low", "programme-mid", "programme-high"]


class Corridor(NamedTuple):
    """A target such as "3 to 4 points a year": both ends and the last year of its period."""

    low: float
    high: float
    horizon: int


@lru_cache(maxsize=1)
def corridors() -> dict[str, Corridor]:
    """The corridor of the province and that of its poor districts, by area code.

    >>> corridors()["62"]
    Corridor(low=3.0, high=4.0, horizon=2025)
    """
    rows = raw_tables()["targets"]
    rows = rows[(rows["in_programme_3299"] == "1") & (rows["indicator"] == "poverty_rate_reduction_pp_per_year")]
    found = {
        r.scope_area: Corridor(float(r.value_low), float(r.value_high), int(r.horizon_year)) for r in rows.itertuples()
    }
    return {area: found[area] for area in AREAS}


def horizon() -> int:
    """The last year of the programme."""
    return corridors()[PROVINCE].horizon
