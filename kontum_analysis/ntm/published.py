"""What has been published about new-rural (NTM) communes: provincial counts by date.

A page is read as a whole: its bands, mean and counts of one day make one `Snapshot`. Rows are therefore not chosen
by `preferred`, which settles one figure at a time and would mix pages of one year. Criteria sets (`standard`) are
kept apart: a count under one set says nothing about the count under another.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..data.areas import PROVINCE

LEVELS = (19, 15, 10, 5)  # a band holds the communes that reached this level but not the one before
BANDS = ("attained", "from_15_to_18", "from_10_to_14", "from_5_to_9", "below_5")
_RANGES = ((19, 19), (15, 18), (10, 14), (5, 9), (0, 4))
_INDICATORS = (
    "ntm_communes",
    "ntm_communes_15_18_criteria",
    "ntm_communes_10_14_criteria",
    "ntm_communes_5_9_criteria",
    "ntm_communes_below_5_criteria",
)
# Ranges printed more narrowly than the band they are filed under (comments of these rows in observations.csv).
_PRINTED = {
    ("kontumtv-2022-ntm-b", 1): (15, 17),
    ("kontumtv-2022-ntm-b", 3): (7, 9),
    ("kontumtv-2022-ntm-a", 3): (8, 8),
    ("kontumtv-2021-ntm-a", 3): (8, 9),
    ("kontumtv-2021-ntm-b", 3): (8, 9),
}
# Pages whose comment or content places them better than the rule of `_day` would.
_READ_AS = {
    "kontumtv-2019-ntm-b": "2019-10-04",  # same mean, 12.23, as the page of that day
    "kontumtv-2021-ntm-a": "2020-12-31",  # of late 2020 or early 2021
    "ct-04-2022": "2021-12-31",  # result of 2021 quoted in the directive
}
_86_UNTIL = "2019-12-31"  # Măng Đen, until then the commune Đăk Long of Kon Plông, became a town


@dataclass(frozen=True)
class Snapshot:
    """The province on one day under one criteria set; empty or NaN where nothing is published.

    bands: communes at 19, 15–18, 10–14, 5–9 and under 5 criteria, or () unless they add up to all communes.
    ranges: lowest and highest count of each band as printed. mean_low, mean_high: limits of the mean (criteria).
    """

    day: str
    standard: str
    known_from: str
    source_ids: tuple[str, ...] = ()
    attained: float = np.nan
    bands: tuple[int, ...] = ()
    ranges: tuple[tuple[int, int], ...] = _RANGES
    mean_low: float = np.nan
    mean_high: float = np.nan
    recognised: float = np.nan
    advanced: float = np.nan
    model: float = np.nan

    @property
    def time(self) -> float:
        """Decimal year of the end of the day."""
        return decimal_year(self.day)

    @property
    def communes(self) -> int:
        """Number of rural communes on the day."""
        return sum(self.bands) if self.bands else 86 if self.day <= _86_UNTIL else 85


def decimal_year(day: str) -> float:
    """Decimal year of the end of a day: 31 December 2022 gives 2023.0.

    >>> decimal_year("2022-12-31")
    2023.0
    """
    stamp = pd.Timestamp(day)
    return stamp.year + stamp.day_of_year / (366 if stamp.is_leap_year else 365)


def _day(row: Any) -> str:
    """The day a row speaks of; a page without a day counts for the middle of its year."""
    if row.source_id in _READ_AS:
        return _READ_AS[row.source_id]
    return row.time_period if row.date_precision in ("day", "month") else f"{row.time_period[:4]}-07-01"


def snapshots(obs: pd.DataFrame) -> list[Snapshot]:
    """Snapshots of the province in order of time, one a day and set; exact repeats of an earlier page left out.

    obs: table of `load_observations`. Where two pages share a day, the one with all bands is followed and the
    other only fills its gaps. Raises KontumError when obs holds no NTM figure of the province.
    """
    need = {
        "ref_area",
        "indicator",
        "time_period",
        "date_precision",
        "obs_value",
        "bound",
        "bound_value",
        "standard",
        "source_id",
        "known_from",
    }
    if not isinstance(obs, pd.DataFrame) or (missing := need - set(obs.columns)):
        what = sorted(missing) if isinstance(obs, pd.DataFrame) else type(obs).__name__
        raise KontumError("error.ntm.obs", what=what)
    rows = obs[(obs["ref_area"] == PROVINCE) & obs["indicator"].str.startswith("ntm_")]
    found = [_snapshot(page) for _, page in rows.groupby(["source_id", "standard"], sort=False)]
    found += [s for _, page in rows.groupby("source_id", sort=False) for s in _year_before(page)]
    found = [s for s in found if np.isfinite(s.attained) or np.isfinite(s.mean_low)]
    if not any(np.isfinite(s.attained) for s in found):
        raise KontumError("error.ntm.no_figure")
    merged: dict[tuple[str, str], Snapshot] = {}
    for s in sorted(found, key=lambda s: (s.time, s.standard, not s.bands, s.known_from)):
        key = (s.day, s.standard)
        merged[key] = _filled(merged[key], s) if key in merged else s
    result: list[Snapshot] = []
    for s in merged.values():
        if not (result and _repeats(result[-1], s)):
            result.append(s)
    return result


def _snapshot(page: pd.DataFrame) -> Snapshot:
    first, source = page.iloc[0], page["source_id"].iloc[0]
    value = page.set_index("indicator")["obs_value"]
    value = value[~value.index.duplicated()]
    counts = [value.get(name, np.nan) for name in _INDICATORS]
    if np.isnan(counts[4]) and np.isfinite(counts[:4]).all():  # the last band is what the others leave
        left = (86 if _day(first) <= _86_UNTIL else 85) - sum(counts[:4])
        counts[4] = 0 if sum(counts[:4]) == 85 else max(left, 0)
    whole = np.isfinite(counts).all() and sum(counts) in (85, 86)
    ranges = tuple(_PRINTED.get((source, b), r) for b, r in enumerate(_RANGES))
    low, high = _mean_limits(page[page["indicator"] == "ntm_criteria_mean"])
    return Snapshot(
        day=_day(first),
        standard=first.standard,
        known_from=page["known_from"].max(),
        source_ids=(source,),
        attained=counts[0],
        bands=tuple(int(c) for c in counts) if whole else (),
        ranges=ranges,
        mean_low=low,
        mean_high=high,
        recognised=value.get("ntm_communes_recognised", np.nan),
        advanced=value.get("ntm_advanced_communes", np.nan),
        model=value.get("ntm_model_communes", np.nan),
    )


def _mean_limits(rows: pd.DataFrame) -> tuple[float, float]:
    if rows.empty:
        return np.nan, np.nan
    row = rows.iloc[0]
    if row.bound == "at_least":
        return row.bound_value, 19.0
    if row.bound == "at_most":
        return 0.0, row.bound_value
    if row.bound == "approximate":
        return row.obs_value - 0.5, row.obs_value + 0.5
    return row.obs_value - 0.005, row.obs_value + 0.01  # rounded or cut off: 1040 of 85 is printed as 12.23


def _year_before(page: pd.DataFrame) -> Iterator[Snapshot]:
    """The mean of the end of the year before, where a page prints the mean and its change."""
    change = page[page["indicator"] == "ntm_criteria_mean_change"]["obs_value"].dropna()
    mean = page[page["indicator"] == "ntm_criteria_mean"]
    if len(change) and len(mean) and np.isfinite(mean["obs_value"].iloc[0]):
        row, value = mean.iloc[0], mean["obs_value"].iloc[0] - change.iloc[0]
        yield Snapshot(
            f"{int(row.time_period[:4]) - 1}-12-31",
            row.standard,
            row.known_from,
            (row.source_id,),
            mean_low=value - 0.01,
            mean_high=value + 0.015,
        )


def _filled(main: Snapshot, other: Snapshot) -> Snapshot:
    gaps = {
        n: getattr(other, n)
        for n in ("attained", "mean_low", "mean_high", "recognised", "advanced", "model")
        if np.isnan(getattr(main, n)) and np.isfinite(getattr(other, n))
    }
    if not gaps:
        return main
    return replace(
        main, **gaps, source_ids=main.source_ids + other.source_ids, known_from=max(main.known_from, other.known_from)
    )


def _repeats(before: Snapshot, s: Snapshot) -> bool:
    same = [(getattr(before, n), getattr(s, n)) for n in ("attained", "mean_low", "recognised", "advanced")]
    nothing_new = all(np.isnan(b) or a == b for a, b in same) and s.bands in ((), before.bands)
    return before.standard == s.standard and nothing_new


def history_table(found: list[Snapshot]) -> pd.DataFrame:
    """The snapshots as a table: day, standard, counts by band, limits of the mean, recognised, advanced, sources."""
    rows = []
    for s in found:
        bands: tuple[float, ...] = s.bands or (s.attained, *[np.nan] * 4)
        rows.append(
            {
                "day": s.day,
                "standard": s.standard,
                **dict(zip(BANDS, bands, strict=True)),
                "communes": s.communes,
                "mean_low": s.mean_low,
                "mean_high": s.mean_high,
                "recognised": s.recognised,
                "advanced": s.advanced,
                "known_from": s.known_from,
                "source_ids": "|".join(s.source_ids),
            }
        )
    return pd.DataFrame(rows)
