"""What is known of an indicator in an area at the end of a year: as stated, as it follows, or as estimated."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..data.areas import POOR_DISTRICTS, Area, area, crosswalk, poor_districts, register, vintage_of
from ..data.arithmetic import RATES
from ..data.own import PREFIX
from ..data.preference import is_mixed, known_as
from ..ntm.published import criteria_set
from ..poverty.districts import FIRST_YEAR, STANDARD
from ..poverty.estimates import Estimates, estimate_panel
from ..poverty.known import known_groups

SEED = 3299
_CRITERIA = "ntm_criteria_met"
_MOST, _MANY = 19, 15  # criteria of the set of new-rural communes, and what the programme asks of every one
_PANEL = {  # indicator -> column of the panel, first part of the columns of its interval, units of the indicator in one
    "poor_households": ("poor_households", "poor", 1),
    "poverty_rate_pct": ("rate", "rate", 100),
    "households_total": ("households", "", 1),
}


@dataclass(frozen=True)
class Figure:
    """One number of a report. value: in the unit of its indicator, None where nothing is known; kind: published,
    derived, estimated, office (an office's own) or none; low, high: its 80 % interval where estimated; sources: ids
    with bars.
    """

    value: float | None = None
    kind: str = "none"
    sources: str = ""
    low: float = np.nan
    high: float = np.nan

    @property
    def is_mixed(self) -> bool:
        """Whether it is made of an office's own figures and of published ones."""
        return is_mixed(self.sources)

    def __abs__(self) -> "Figure":
        """The figure without its sign, for a sentence that says rise or fall in words."""
        return self if self.value is None else replace(self, value=abs(self.value))


@dataclass(frozen=True)
class AreaFigures:
    """What is known of an area and its parts. obs: figures about days up to the end of the year, settled."""

    area: Area
    year: int
    obs: pd.DataFrame

    @property
    def level(self) -> str:
        """province, district, commune (before July 2025) or unit (since then)."""
        return "unit" if self.area.vintage == "2025" else self.area.level

    @cached_property
    def is_own(self) -> bool:
        """Whether the poor households of the report's area and year are of an office's own review."""
        day = f"{self.year}-12-31"
        places = _members(self.area, day) or [self.area]
        keys = [(place.level, place.code, "poor_households", day) for place in places]
        rows = [self._rows[key] for key in keys if key in self._rows]
        return len(rows) == len(keys) and any(row.source_id.startswith(PREFIX) for row in rows)

    @cached_property
    def parts(self) -> list[Area]:
        """The areas that make up the area of the report in its year: districts, communes or units; none of a unit."""
        if self.level in ("commune", "unit"):
            return []
        if vintage_of(f"{self.year}-12-31") == "2020":
            level = "district" if self.level == "province" else "commune"
            return [area(code) for code in register("2020", level, parent=self.area.code)["code"]]
        units = crosswalk().drop_duplicates("new_code")
        units = units[(units["old_district_code"] == self.area.code) | (self.level == "province")]
        return [area(code, "2025") for code in units["new_code"]]

    @cached_property
    def _rows(self) -> dict[tuple[str, str, str, str], Any]:
        exact = self.obs[self.obs["preferred"] & (self.obs["bound"] == "exact") & (self.obs["obs_status"] != "U")]
        exact = exact[exact["date_precision"] != "unknown"]  # of some day of the year, or none
        rows = exact[exact["standard"].isin([STANDARD, "", criteria_set(self.year)])]
        keys = zip(rows["level"], rows["ref_area"], rows["indicator"], rows["time_period"], strict=True)
        return dict(zip(keys, rows.itertuples(), strict=True))

    @cached_property
    def _panel_rows(self) -> dict[tuple[str, int], Any]:
        rows = self.estimates.panel.to_dict("records") if self.estimates else []
        return {(row["area"], row["year"]): row for row in rows}

    @cached_property
    def _groups(self) -> pd.DataFrame:
        return known_groups(self.obs).set_index(["area", "year"])

    def figure(self, indicator: str, year: int | None = None, place: Area | None = None) -> Figure:
        """What is known of an indicator at the end of a year: as stated, else as it follows, else as estimated. In an
        office's report on its own review nothing is estimated: what it does not know it fills in itself.

        A unit before July 2025 is the sum of its old communes, the poor districts together that of theirs.
        """
        year, place = year or self.year, place or self.area
        members = _members(place, f"{year}-12-31")
        figure = stated(self._rows.get((place.level, place.code, indicator, f"{year}-12-31")))
        if members:
            figure = _sum_of([self.figure(indicator, year, member) for member in members])
        if indicator in RATES and (members or figure.value is None):
            figure = self._rate(indicator, year, place, is_sum=bool(members))
        if place.code == POOR_DISTRICTS and figure.kind == "estimated" and indicator == "poverty_rate_pct":
            group: Any = self._groups.loc[POOR_DISTRICTS, year]
            return replace(figure, low=100 * group["q10"], high=100 * group["q90"])
        is_open = figure.value is None and (self.level == "province" or not self.is_own)
        return self._estimate(indicator, year, place) if is_open else figure

    def _rate(self, indicator: str, year: int, place: Area, is_sum: bool) -> Figure:
        """A rate from its count and its households, where both are known and not estimated, or are sums."""
        count, base = (self.figure(name, year, place) for name in RATES[indicator])
        if count.value is None or not base.value or not (is_sum or count.kind in ("published", "office")):
            return Figure()
        return _derived(100 * count.value / base.value, [count, base])

    def _estimate(self, indicator: str, year: int, place: Area) -> Figure:
        """From the panel of districts."""
        if self.estimates is None or indicator not in _PANEL or place.level == "commune":
            return Figure()
        column, short, unit = _PANEL[indicator]
        row: Any = self._panel_rows.get((place.code, year))
        if row is None:
            return Figure()
        ends = [row[f"{short}_{quantile}"] for quantile in ("q10", "q90")] if short else []
        bounds = [] if pd.isna(ends).any() else [unit * end for end in ends]
        return Figure(unit * row[column], row[f"status_{column}"], row["source_id"], *bounds)

    @cached_property
    def _communes(self) -> list[Area]:
        """The communes, wards and towns of the area on the last day of its year."""
        if self.level in ("commune", "unit"):
            return _members(self.area, f"{self.year}-12-31") or [self.area]
        if self.level == "province" and vintage_of(f"{self.year}-12-31") == "2020":
            return [area(code) for code in register("2020", "commune")["code"]]
        return self.parts

    def by_settlement(self, indicator: str, is_rural: bool) -> Figure:
        """The sum of an indicator over all rural communes of the area, or over all its wards and towns, where every one
        of them is known.
        """
        figures = {place: self.figure(indicator, place=place) for place in self._communes}
        of_kind = [figure for place, figure in figures.items() if (place.type == "xã") == is_rural]
        if of_kind:
            return _sum_of(of_kind)
        whole = _sum_of(list(figures.values()))  # known, and all of it of the other kind
        return whole if whole.value is None else replace(whole, value=0.0)

    @cached_property
    def criteria(self) -> dict[str, Figure]:
        """What follows from the criteria of every rural commune of the area: full (communes that meet all of them),
        mean, and many (per cent of communes with fifteen or more); empty where any commune is not known.
        """
        figures = [self.figure(_CRITERIA, place=place) for place in self._communes if place.type == "xã"]
        values = [figure.value for figure in figures if figure.value is not None]
        if not values or len(values) < len(figures):
            return {}
        counts = np.array(values)
        numbers = dict(full=(counts == _MOST).sum(), mean=counts.mean(), many=100 * (counts >= _MANY).mean())
        return {name: _derived(float(number), figures) for name, number in numbers.items()}

    def latest(self, indicator: str) -> tuple[Figure, str]:
        """(figure, day) of the last day on which an indicator of the area itself is known; nothing and "" for none."""
        rows = self.rows_of_area([indicator])
        return (stated(rows[max(rows)]), max(rows)[3]) if rows else (Figure(), "")

    def rows_of_area(self, indicators: Collection[str]) -> dict[tuple[str, str, str, str], Any]:
        """The rows of the area itself about some indicators, by their keys."""
        place, keys = (self.area.level, self.area.code), self._rows
        keys_of_place = [key for key in keys if key[:2] == place and key[2] in indicators]
        is_vintage_plain = self.area.level != "commune"
        return {k: keys[k] for k in keys_of_place if is_vintage_plain or vintage_of(k[3]) == self.area.vintage}

    def fall(self, first: int, last: int, years: int = 1) -> Figure:
        """By how many points the poverty rate fell between two year ends, over a number of years; kind "" for plain
        arithmetic of two figures, without sources.
        """
        figure = self.average_fall(first, last)
        if figure.value is None:
            return figure
        kind = "estimated" if figure.kind == "estimated" else ""
        return Figure(figure.value * (last - first) / years, kind)

    def average_fall(self, first: int, last: int) -> Figure:
        """By how many points a year the poverty rate fell between two year ends, with how that is known."""
        before, after = (self.figure("poverty_rate_pct", year) for year in (first, last))
        if before.value is None or after.value is None:
            return Figure()
        return _derived((before.value - after.value) / (last - first), [before, after])

    @cached_property
    def estimates(self) -> Estimates | None:
        """The panel of districts; None on a day on which its opening stock was not known."""
        estimates: Estimates | None = or_none(estimate_panel, self.obs, seed=SEED)
        return estimates

    @cached_property
    def last(self) -> int | None:
        """The last year whose count of poor households is known or estimated for the area of the report."""
        years = [year for year in range(FIRST_YEAR, self.year + 1) if self.figure("poor_households", year).value]
        return max(years, default=None)


def has_figures(obs: pd.DataFrame, year: int, place: Area) -> bool:
    """Whether any row of obs is about a day of the year in an area, its parts, or the old communes of a unit.

    >>> from kontum_analysis.data.observations import load_observations
    >>> [has_figures(load_observations(), 2024, area(code)) for code in ("62", "614", "23488")]
    [True, True, False]
    """
    places = [place, *AreaFigures(place, year, obs).parts, *_members(place, f"{year}-12-31")]
    is_about = obs["ref_area"].isin([member.code for member in places])
    return bool((is_about & obs["time_period"].str.startswith(str(year))).any())


def stated(row: Any) -> Figure:
    """The Figure of a row of observations; of None one that knows nothing."""
    if row is None:
        return Figure()
    kind = known_as("derived" if row.obs_status == "E" else "published", row.source_id)
    return Figure(row.obs_value, kind, row.source_id)


def _members(place: Area, day: str) -> list[Area]:
    """The areas whose counts add up to a place that is not counted itself on a day."""
    if place.code == POOR_DISTRICTS:
        return [area(code) for code in poor_districts()]
    if place.vintage == "2025" and vintage_of(day) == "2020":
        return [area(code) for code in crosswalk().query("new_code == @place.code")["old_code"]]
    return []


def _sum_of(figures: Sequence[Figure]) -> Figure:
    if len(figures) == 1:
        return figures[0]
    values = [figure.value for figure in figures if figure.value is not None]
    return _derived(sum(values), figures) if len(values) == len(figures) else Figure()


def _derived(value: float, figures: Sequence[Figure]) -> Figure:
    kinds = {figure.kind for figure in figures}
    kind = next((kind for kind in ("estimated", "office") if kind in kinds), "derived")
    return Figure(value, kind, "|".join(figure.sources for figure in figures))


def or_none(compute: Callable[..., Any], *values: Any, **options: Any) -> Any:
    """What a function gives, or None where too little is known for it."""
    try:
        return compute(*values, **options)
    except KontumError:
        return None
