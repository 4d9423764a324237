"""What Programme 3299 asks of the new-rural (NTM) communes, from the table of targets."""

from functools import lru_cache
from typing import NamedTuple

from ..data.areas import PROVINCE
from ..data.observations import raw_tables


class Goal(NamedTuple):
    """What is asked by the end of a year: at least `low`; `high` where a range is asked, else missing."""

    low: float
    high: float
    horizon: int


@lru_cache(maxsize=1)
def goals() -> dict[str, Goal]:
    """What the programme asks of the province's communes, by indicator of targets.csv.

    >>> goals()["ntm_communes"], goals()["ntm_criteria_gained_per_commune_year"]
    (Goal(low=60.0, high=nan, horizon=2025), Goal(low=1.0, high=2.0, horizon=2025))
    """
    rows = raw_tables()["targets"]
    rows = rows[(rows["in_programme_3299"] == "1") & (rows["scope_area"] == PROVINCE) & (rows["programme"] == "NTM")]
    numbers = rows[["value_low", "value_high", "horizon_year"]].replace("", "nan").astype(float).to_numpy().tolist()
    asked = [Goal(low, high, int(last)) for low, high, last in numbers]
    return dict(zip(rows["indicator"], asked, strict=True))


def horizon() -> int:
    """The last year of the programme.

    >>> horizon()
    2025
    """
    return goals()["ntm_communes"].horizon


def asked_pace() -> float:
    """Criteria a year that a commune is asked to gain: the middle of the range.

    >>> asked_pace()
    1.5
    """
    asked = goals()["ntm_criteria_gained_per_commune_year"]
    return (asked.low + asked.high) / 2
