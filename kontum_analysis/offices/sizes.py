"""Whether a row is as large as a district: the last evidence where a district and a commune bear the same name."""

from functools import lru_cache

from ..data.observations import raw_tables
from .entries import Entry

_LEAST = 0.5  # of the households of its district, more than any one commune has


@lru_cache(maxsize=1)
def _households() -> dict[str, float]:
    """The households of each district as last published."""
    rows = raw_tables()["observations"]
    rows = rows[(rows["level"] == "district") & (rows["indicator"] == "households_total")]
    rows = rows.sort_values("time_period").drop_duplicates("ref_area", keep="last")
    return dict(zip(rows["ref_area"], rows["obs_value"].astype(float), strict=True))


def is_of_district_size(entry: Entry) -> bool | None:
    """Whether a row that may be a district has at least half of its households; None where it says no households.

    >>> from kontum_analysis.offices.places import Place
    >>> row = Entry("a", 2, {}, candidates=[Place("615", "Đăk Hà", "huyện", "district", "")])
    >>> row.values["households_total"] = 19500
    >>> is_of_district_size(row)
    True
    """
    households = entry.values.get("households_total")
    districts = entry.of_level("district")
    if households is None or not districts:
        return None
    return bool(households >= _LEAST * _households()[districts[0].code])
