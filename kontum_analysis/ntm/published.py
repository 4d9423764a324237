"""Published counts of new-rural (NTM) communes in the province, one `Snapshot` a day and criteria set.

A page is read as a whole: its bands, mean and counts of one day make one `Snapshot`. Rows are therefore not chosen
by `preferred`, which settles one figure at a time and would mix pages of one year. Criteria sets (`standard`) are
kept apart: a count under one set says nothing about the count under another. How single pages were read by hand
stands in `pages.csv`: the day of a page, where its content places it better than the rule of `_day`, and ranges
printed more narrowly than the band they are filed under.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..data.areas import PROVINCE, register
from ..data.arithmetic import FACT, NTM_BANDS
from ..data.memo import remember

BANDS = ("attained", "from_15_to_18", "from_10_to_14", "from_5_to_9", "below_5")
RANGES = tuple(NTM_BANDS.values())  # lowest and highest count of each band
_NUMBERS = ("attained", "mean_low", "mean_high", "recognised", "advanced", "model")
_COLUMNS = {*FACT, "date_precision", "obs_value", "bound", "bound_value", "source_id", "known_from"}
MANG_DEN = "23473"  # a town since it was made of the commune Đăk Long of Kon Plông
_MANG_DEN_RURAL_UNTIL = "2019-12-31"
NEW_SET, OLD_SET = "NTM_2021_2025", "NTM_2016_2020"


def criteria_set(year: int) -> str:
    """The set of criteria by which communes are judged at the end of a year (QĐ 318/QĐ-TTg of 8 March 2022).

    >>> criteria_set(2021), criteria_set(2022)
    ('NTM_2016_2020', 'NTM_2021_2025')
    """
    return NEW_SET if year >= 2022 else OLD_SET


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
    ranges: tuple[tuple[int, int], ...] = RANGES
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
        return sum(self.bands) or len(rural_areas(self.day <= _MANG_DEN_RURAL_UNTIL))


def decimal_year(day: str) -> float:
    """Decimal year of the end of a day: 31 December 2022 gives 2023.0.

    >>> decimal_year("2022-12-31")
    2023.0
    """
    stamp = pd.Timestamp(day)
    return stamp.year + stamp.day_of_year / (366 if stamp.is_leap_year else 365)


def rural_areas(with_mang_den: bool = False) -> pd.DataFrame:
    """The rural communes of the register before July 2025, in order of code; columns as in areas.csv.

    with_mang_den: also the town that was a rural commune of Kon Plông until the end of 2019.

    >>> len(rural_areas()), len(rural_areas(with_mang_den=True))
    (85, 86)
    """
    table = register("2020", "commune")
    is_rural = (table["type"] == "xã") | (with_mang_den & (table["code"] == MANG_DEN))
    return table[is_rural].sort_values("code")


@lru_cache(maxsize=1)
def _pages() -> list[dict[Any, Any]]:
    """The rows of `pages.csv`: source_id, day, band, lowest, highest, reading."""
    return pd.read_csv(Path(__file__).with_name("pages.csv"), dtype=str, keep_default_na=False).to_dict("records")


def _day(row: Any) -> str:
    """The day a row speaks of; a page without a day counts for the middle of its year."""
    days = [str(page["day"]) for page in _pages() if page["source_id"] == row.source_id and page["day"]]
    if days:
        return days[0]
    return row.time_period if row.date_precision in ("day", "month") else f"{row.time_period[:4]}-07-01"


def _printed_ranges(source_id: str) -> tuple[tuple[int, int], ...]:
    """Lowest and highest count of each band as a page prints them."""
    ranges = dict(zip(BANDS, RANGES, strict=True))
    for page in _pages():
        if page["source_id"] == source_id and page["band"]:
            ranges[page["band"]] = (int(page["lowest"]), int(page["highest"]))
    return tuple(ranges.values())


def ntm_rows(obs: pd.DataFrame) -> pd.DataFrame:
    """The new-rural rows of a table of `load_observations`; raises KontumError for anything else."""
    if not isinstance(obs, pd.DataFrame):
        raise KontumError("error.ntm.obs", what=type(obs).__name__)
    if missing := _COLUMNS - set(obs.columns):
        raise KontumError("error.ntm.obs", what=sorted(missing))
    return obs[obs["indicator"].str.startswith("ntm_")]


def snapshots(obs: pd.DataFrame) -> list[Snapshot]:
    """Snapshots of the province in order of time, one a day and set; exact repeats of an earlier page left out.

    obs: table of `load_observations`. Where two pages share a day, the one with all bands is followed and the
    other only fills its gaps. Raises KontumError when obs holds no NTM figure of the province.

    >>> from kontum_analysis.data.observations import load_observations
    >>> next(s.bands for s in snapshots(load_observations()) if s.day == "2022-11-30")
    (38, 15, 28, 4, 0)
    """
    rows = ntm_rows(obs)
    return list(_snapshots(rows[rows["ref_area"] == PROVINCE]))


@remember(8)
def _snapshots(rows: pd.DataFrame) -> list[Snapshot]:
    """The same of the province's rows of NTM alone, remembered."""
    pages = [_snapshot(page) for _, page in rows.groupby(["source_id", "standard"], sort=False)]
    pages += [s for _, page in rows.groupby("source_id", sort=False) for s in _year_before(page)]
    pages = [s for s in pages if np.isfinite(s.attained) or np.isfinite(s.mean_low)]
    if not any(np.isfinite(s.attained) for s in pages):
        raise KontumError("error.ntm.no_figure")
    by_day: dict[tuple[str, str], Snapshot] = {}
    for s in sorted(pages, key=lambda s: (s.time, s.standard, not s.bands, s.known_from)):
        key = (s.day, s.standard)
        by_day[key] = _fill_gaps(by_day[key], s) if key in by_day else s
    history: list[Snapshot] = []
    for s in by_day.values():
        if not (history and _repeats(history[-1], s)):
            history.append(s)
    return history


def _snapshot(page: pd.DataFrame) -> Snapshot:
    first = page.iloc[0]
    value = page.drop_duplicates("indicator").set_index("indicator")["obs_value"]
    counts = np.array([value.get(name, np.nan) for name in NTM_BANDS])
    sizes = [len(rural_areas(_day(first) <= _MANG_DEN_RURAL_UNTIL)), len(rural_areas())]
    if np.isnan(counts[4]) and np.isfinite(counts[:4]).all():  # the last band is what the others leave
        counts[4] = 0 if counts[:4].sum() in sizes else max(sizes[0] - counts[:4].sum(), 0)
    has_bands = counts.sum() in sizes
    low, high = _mean_limits(page[page["indicator"] == "ntm_criteria_mean"])
    return Snapshot(
        day=_day(first),
        standard=first.standard,
        known_from=page["known_from"].max(),
        source_ids=(first.source_id,),
        attained=counts[0],
        bands=tuple(int(c) for c in counts) if has_bands else (),
        ranges=_printed_ranges(first.source_id),
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
            day=f"{int(row.time_period[:4]) - 1}-12-31",
            standard=row.standard,
            known_from=row.known_from,
            source_ids=(row.source_id,),
            mean_low=value - 0.01,
            mean_high=value + 0.015,
        )


def _fill_gaps(main: Snapshot, other: Snapshot) -> Snapshot:
    numbers = {n: getattr(other, n) for n in _NUMBERS if np.isnan(getattr(main, n)) and np.isfinite(getattr(other, n))}
    if not numbers:
        return main
    source_ids, known_from = main.source_ids + other.source_ids, max(main.known_from, other.known_from)
    return replace(main, **numbers, source_ids=source_ids, known_from=known_from)


def _repeats(before: Snapshot, s: Snapshot) -> bool:
    same = [(getattr(before, n), getattr(s, n)) for n in ("attained", "mean_low", "recognised", "advanced")]
    nothing_new = all(np.isnan(b) or a == b for a, b in same) and s.bands in ((), before.bands)
    return before.standard == s.standard and nothing_new


def history_table(history: list[Snapshot]) -> pd.DataFrame:
    """The snapshots as a table: day, standard, counts by band, all communes, limits of the mean, and other counts.

    attained counts the communes with 19 criteria, under appraisal or recognised; recognised those with a decision.
    """
    rows = []
    for s in history:
        bands: tuple[float, ...] = s.bands or (s.attained, *[np.nan] * 4)
        numbers = {name: getattr(s, name) for name in ("communes", *_NUMBERS[1:], "known_from")}
        row = {"day": s.day, "standard": s.standard, **dict(zip(BANDS, bands, strict=True)), **numbers}
        rows.append(row | {"source_ids": "|".join(s.source_ids)})
    return pd.DataFrame(rows)
