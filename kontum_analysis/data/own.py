"""An office's own figures: a folder of its own, outside this repository, in the very format of `data/raw/`.

Each import is a folder of its own below `imports/`, so that it appears and goes as a whole and can be undone alone.

The rule, in one sentence: **own figures are read only where they are asked for by `user=`.** `load_observations()`
alone is the published figures, and so are `kontum reproduce`, `kontum verify` and every notebook, whatever lies in the
folder; the commands with which somebody asks a question of their own (`project`, `report`, `trace`, `map`, `figures`,
`tables`) ask for it and say so.

What follows from own figures by addition is added to them: communes make up their district, districts the province.
A sum is made only where every part is known for the same day and at least one is the office's own; a part may be
published. A sum that a published figure states already is not made again. Sums are derived figures (obs_status E).
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..base.errors import DataError, KontumError
from ..base.files import ROOT
from .areas import LAST_DAY_OF_DISTRICTS, PROVINCE, area, crosswalk, districts, register
from .arithmetic import ADDITIVE, NTM_BANDS, RATES
from .contract import COLUMNS, LINE, Breach, field_problems, problems, read_table
from .rules import row_problems

VARIABLE = "KONTUM_DATA"
DEFAULT = ".local/share/kontum-analysis"  # in the home folder
ENTRIES = "imports"  # in that folder: one folder an import, numbered in the order in which they came
PREFIX = "own-"  # every source of an office's own figures starts with it, and no published one does
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a text that starts with one for a formula
STATUS_ROWS = ("ntm_attained", "ntm_advanced_year", "ntm_model_year")  # one NTM status of an office governs all three
TABLES = ("observations", "sources")
COUNTS = ("households_total", "poor_households", "near_poor_households")
_SUMMED = (*ADDITIVE, "poor_exits", "new_poor_households", "relapsed_poor_households")  # of communes, to districts
_KEY = ["level", "ref_area", "indicator", "time_period"]
_PLACE, _FACT = _KEY[:2], [*_KEY, "standard"]
User = str | Path | Literal[True]  # whose figures: a folder, or True for the usual one
Row = dict[Any, Any]  # one row of observations


def folder(user: User = True) -> Path:
    """The folder of own figures: `user` itself, or for True the one that KONTUM_DATA names, or the default in the home.

    Raises KontumError for a folder inside this repository, where private figures could be committed by mistake.
    """
    try:
        home = Path(os.environ.get(VARIABLE) or Path.home() / DEFAULT) if user is True else Path(user)
        place = home.expanduser().resolve()
    except (RuntimeError, OSError, ValueError):
        raise KontumError("own.error.no_home", variable=VARIABLE) from None
    if place.is_relative_to(ROOT):
        raise KontumError("own.error.inside", variable=VARIABLE, folder=place.name)
    return place


def entry_folders(place: Path) -> list[Path]:
    """The folders that hold own figures, in the order in which they count: the folder itself, then one an import."""
    imports = sorted(path for path in (place / ENTRIES).glob("[0-9]*") if path.is_dir())
    return [path for path in (place, *imports) if (path / "observations.csv").exists()]


def own_tables(user: User, public: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Observations and sources of a folder as text, checked; a dict of two tables, empty ones where it holds nothing.

    user: a folder, or True for the usual one; public: the tables of `raw_tables`, for areas, indicators, sources.
    The tables of several imports are folded into one: see `folded`.
    Raises DataError listing every problem of the files by row and column; KontumError for a folder in the repository.
    """
    place = folder(user)
    entries, faults = [], []
    for path in entry_folders(place):
        try:
            entries.append(_entry_tables(path, place, public))
        except DataError as error:
            faults += error.problems if path.exists() else []  # one that was undone meanwhile is no longer there
    if faults:
        raise DataError(faults)
    if not entries:
        return {name: pd.DataFrame(columns=[*COLUMNS[name], LINE], dtype=str) for name in TABLES}
    return folded(entries)


def _entry_tables(path: Path, place: Path, public: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    tables, faults = {}, []
    for name in TABLES:
        try:
            tables[name] = read_table(path / f"{name}.csv", list(COLUMNS[name]))
            faults += field_problems(name, tables[name])
        except DataError as error:
            faults += error.problems
        except OSError:
            raise KontumError("own.error.cannot_read", folder=home_path(place)) from None
    if not faults:
        faults = row_problems({**public, **tables})
        faults += problems(_own_rules(tables))
    if faults:
        where = path.relative_to(place.parent).as_posix()
        raise DataError([replace(problem, file=f"{where}/{problem.file}") for problem in faults])
    return tables


def folded(entries: Sequence[Mapping[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """The tables of several imports as one, in their order: a later figure takes the place of an earlier one.

    What is replaced is the figure for the same area, day and indicator; the new row says in its comment which value.
    Of an NTM status the three rows go together.
    """
    rows = pd.concat([entry["observations"].assign(order=n) for n, entry in enumerate(entries)], ignore_index=True)
    facts = rows.assign(indicator=rows["indicator"].where(~rows["indicator"].isin(STATUS_ROWS), "ntm_status"))
    is_last = rows["order"] == facts.groupby(_KEY)["order"].transform("max")
    before = rows[~is_last].drop_duplicates(_KEY, keep="last")[[*_KEY, "obs_value", "source_id"]]
    last_rows = rows[is_last].merge(before, on=_KEY, how="left", suffixes=("", "_before"))
    is_other = last_rows["obs_value_before"].notna() & (last_rows["obs_value"] != last_rows["obs_value_before"])
    words = "Replaces " + last_rows["obs_value_before"] + " (" + last_rows["source_id_before"] + ")."
    last_rows["comment"] = last_rows["comment"].mask(is_other, words)
    sources = pd.concat([entry["sources"] for entry in entries]).drop_duplicates("source_id", keep="last")
    tables = {"observations": last_rows.sort_values([*_KEY, "order"]), "sources": sources.sort_values("source_id")}
    return {
        name: table[list(COLUMNS[name])].reset_index(drop=True).assign(**{LINE: range(2, len(table) + 2)})
        for name, table in tables.items()
    }


def _own_rules(tables: Mapping[str, pd.DataFrame]) -> Iterator[Breach]:
    obs, sources = tables["observations"], tables["sources"]
    for name, table in tables.items():
        foreign = table[~is_own(table)].assign(prefix=PREFIX)
        yield Breach(name, foreign, "source_id", "own.allowed.prefix", ("prefix",))
    for column in ("publisher", "title", "document_no"):
        yield Breach(
            "sources", sources[sources[column].str.startswith(FORMULA_MARKS)], column, "own.allowed.no_formula"
        )
    yield Breach("observations", obs[obs.duplicated(_FACT)], "obs_value", "own.allowed.once")


def is_own(rows: pd.DataFrame) -> pd.Series:
    """Which rows of a table with a source_id are an office's own figures (or sums of them).

    >>> is_own(pd.DataFrame({"source_id": ["own-so-1a2b3c4d", "vna-1"]})).tolist()
    [True, False]
    """
    return rows["source_id"].str.startswith(PREFIX)


def home_path(place: str | Path) -> str:
    """A folder as its owner should see it: from the home folder, without the name of the user.

    >>> home_path(Path.home() / "kontum").startswith("~")
    True
    """
    place, home = Path(place), Path.home().resolve()
    return f"~/{place.relative_to(home).as_posix()}" if place.is_relative_to(home) else str(place)


def decimals(value: float) -> int:
    """How many decimals a figure is printed with.

    >>> decimals(15.32), decimals(7.0), decimals(12)
    (2, 0, 0)
    """
    return len(repr(float(value)).rstrip("0").partition(".")[2])


@lru_cache(maxsize=16)
def members(day: str, rural: bool = False) -> dict[str, set[str]]:
    """District code -> codes of the commune-level units that make it up on a day; rural: communes (xã) alone.

    Units of July 2025 make up the old districts too, each lying whole in one of them (`crosswalk`).

    >>> sum(map(len, members("2024-12-31").values())), sum(map(len, members("2025-12-31").values()))
    (102, 40)
    >>> sum(map(len, members("2024-12-31", rural=True).values()))
    85
    """
    units = register("2020", "commune")
    if day > LAST_DAY_OF_DISTRICTS:
        old = crosswalk().drop_duplicates("new_code").set_index("new_code")["old_district_code"]
        units = register("2025", "commune")
        units = units.assign(parent_code=units["code"].map(old))
    units = units[units["type"] == "xã"] if rural else units
    return {code: set(units.loc[units["parent_code"] == code, "code"]) for code in districts()}


def derived_rows(obs: pd.DataFrame) -> pd.DataFrame:
    """Rows to append to `obs`: sums for districts and province, NTM counts and rates that follow from own figures.

    obs: observations with obs_value as number and `preferred` settled. Returns a table with the columns of `obs`.
    """
    rows, results = obs[obs["preferred"] & (obs["bound"] == "exact") & (obs["obs_status"] != "U")], []
    for day in sorted(obs.loc[is_own(obs), "time_period"].unique()):
        today = rows[rows["time_period"] == day]
        by_fact = today[today["indicator"].isin(_SUMMED)].groupby(["indicator", "standard"])
        sums = [row for _, group in by_fact for row in _sums(group.drop_duplicates(_PLACE), day)]
        current = pd.concat([today, pd.DataFrame(sums, columns=obs.columns)], ignore_index=True) if sums else today
        results += sums + _rates(current.drop_duplicates([*_PLACE, "indicator", "standard"], keep="last"))
        if day <= LAST_DAY_OF_DISTRICTS:
            results += _ntm_counts(obs[is_own(obs) & (obs["time_period"] == day)], day)
    table = pd.DataFrame(results, columns=obs.columns)
    published = rows[~is_own(rows)].drop_duplicates(_FACT, keep="last").set_index(_FACT)["obs_value"].to_dict()
    is_new = [not _is_stated(row["obs_value"], published.get(tuple(row[name] for name in _FACT))) for row in results]
    return table.loc[np.array(is_new, bool)]


def _is_stated(value: float, published: float | None) -> bool:
    """Whether a published figure says the same, as far as it is printed."""
    return published is not None and round(value, decimals(published)) == published


def _derive(parts: pd.DataFrame, value: float, code: str, comment: str, **changes: object) -> Row:
    """One derived row; its source is the newest own source among its parts."""
    newest, place = parts[is_own(parts)].sort_values("known_from").iloc[-1], area(code)
    return newest.to_dict() | {
        "ref_area": code,
        "area_name": place.name,
        "level": place.level,
        "obs_value": float(value),
        "bound": "exact",
        "bound_value": np.nan,
        "obs_status": "E",
        "comment": comment,
        "known_from": parts["known_from"].max(),
        **changes,
    }


def _sums(group: pd.DataFrame, day: str) -> list[Row]:
    """District and province rows of one indicator, where every part of them is known."""
    communes, totals = (group[group["level"] == level].set_index("ref_area") for level in ("commune", "district"))
    sums, parts_of_province = [], []
    for code, codes in members(day).items():
        parts, district = communes[communes.index.isin(codes)], totals[totals.index == code]
        if len(parts) == len(codes) and is_own(parts).any() and not is_own(district).any():
            sums.append(_derive(parts, parts["obs_value"].sum(), code, f"Sum of {len(parts)} communes."))
            district = pd.DataFrame([sums[-1]])
        parts_of_province.append(district)
    whole = pd.concat(parts_of_province)
    if len(whole) == len(districts()) and is_own(whole).any():
        sums.append(_derive(whole, whole["obs_value"].sum(), PROVINCE, f"Sum of {len(whole)} districts."))
    return sums


def _rates(rows: pd.DataFrame) -> list[Row]:
    """A rate for every area whose count and base are known and one of them is the office's own."""
    rates, rows = [], rows[rows["level"] != "commune"]
    for rate, names in RATES.items():
        count, base = (
            rows[rows["indicator"] == name].drop_duplicates(_PLACE).set_index(_PLACE, drop=False) for name in names
        )
        own_rates = rows[(rows["indicator"] == rate) & is_own(rows)].set_index(_PLACE)
        for place in count.index.intersection(base.index).difference(own_rates.index):
            pair = pd.concat([count.loc[[place]], base.loc[[place]]])
            poor, households = pair["obs_value"]
            if is_own(pair).any() and households > 0:
                words = {"indicator": rate, "unit_measure": "percent", "standard": count.loc[place, "standard"]}
                rates.append(_derive(pair, 100 * poor / households, place[1], "Count over households.", **words))
    return rates


def _ntm_counts(table: pd.DataFrame, day: str) -> list[Row]:
    """Counts of communes that follow from a full table: by district those that have attained, for the province also
    the bands and the mean."""
    exact = table[(table["level"] == "commune") & (table["bound"] == "exact")]
    criteria, status = (
        exact[exact["indicator"] == name].set_index("ref_area")["obs_value"]
        for name in ("ntm_criteria_met", "ntm_attained")
    )
    attained = set(status.index[status == 1]) | set(criteria.index[criteria == 19])
    advanced, model = (
        set(table.loc[table["indicator"] == name, "ref_area"]) for name in ("ntm_advanced_year", "ntm_model_year")
    )
    places_with_totals = set(table.loc[table["level"] != "commune", "ref_area"])
    rural, rows = members(day, rural=True), []
    for code, parts in (rural | {PROVINCE: set().union(*rural.values())}).items():
        counts: dict[str, float] = {}
        if parts <= attained | set(status.index):
            counts["ntm_communes"] = len(parts & attained)
        if parts <= set(status.index):
            counts |= {"ntm_advanced_communes": len(parts & advanced), "ntm_model_communes": len(parts & model)}
        if code == PROVINCE and parts <= set(criteria.index):
            if "ntm_communes" in counts:
                below = criteria[list(parts - attained)]
                counts |= {band: below.between(*ends).sum() for band, ends in list(NTM_BANDS.items())[1:]}
            counts["ntm_criteria_mean"] = round(criteria[list(parts)].mean(), 4)
        evidence = table[table["indicator"].isin(["ntm_criteria_met", "ntm_attained"]) & table["ref_area"].isin(parts)]
        for indicator, value in counts.items() if code not in places_with_totals else ():
            unit = "criteria" if indicator == "ntm_criteria_mean" else "communes"
            words = {"indicator": indicator, "unit_measure": unit}
            rows.append(_derive(evidence, value, code, f"From {len(parts)} communes.", **words))
    return rows
