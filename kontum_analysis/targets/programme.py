"""What Programme 3299 asks for in poverty, from the targets table, and the names of its three scenarios."""

from functools import lru_cache
from typing import NamedTuple

from ..data.areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE
from ..data.observations import raw_tables

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
    rows = rows.set_index("scope_area").loc[AREAS]
    ends = zip(rows["value_low"], rows["value_high"], rows["horizon_year"], strict=True)
    return {
        area: Corridor(float(low), float(high), int(last)) for area, (low, high, last) in zip(AREAS, ends, strict=True)
    }


def horizon() -> int:
    """The last year of the programme."""
    return corridors()[PROVINCE].horizon
