"""Load the published figures: read, check, date each by its publication, and settle conflicts by rule.

The result is one long table with the column names of SDMX, the standard of official statistics. Nothing is
left out of it: a figure that is not to be used stays as a row that says why.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd

from ..base.errors import DataError, KontumError, Problem
from ..base.files import PROCESSED, RAW, bytes_within, reason_of
from . import arithmetic, contract, rules
from .contract import COLUMNS, LINE, content_of, field_problems, parse_table
from .own import User, derived_rows, is_own, own_tables
from .preference import with_preference
from .rules import cross_table_problems

# A page without a date is taken as published this many days after the period it speaks of: three quarters of the
# dated pages had appeared by then (0 / 0 / 80 / 171 / 289 days at the 10th / 25th / 50th / 75th / 90th percentile).
ASSUMED_LAG_DAYS = 171
ORDER = [*list(COLUMNS["observations"])[:7], "bound", "bound_value", "unit_measure", "standard", "obs_status"]
ORDER += ["source_id", "comment", "published", "known_from", "known_from_assumed", "preferred", "preference"]
ORDER += ["preference_reason", "preference_reason_vi", LINE]


def raw_tables(folder: str | Path | None = None, trusted: bool = True) -> dict[str, pd.DataFrame]:
    """All raw tables of a folder as text, checked; a dict from table name to DataFrame.

    folder: path, default `data/raw/`. trusted: tables that were checked when `data/processed/manifest.json` was
    written, as their hash shows, are not checked again. Raises DataError listing every problem of every file.

    >>> tables = raw_tables()
    >>> len(tables["areas"].query("vintage == '2025' and level == 'commune'"))
    40
    """
    folder = _resolve(Path(folder or RAW))
    if not folder.is_dir():
        raise KontumError("error.observations.folder", folder=folder.name)
    contents: dict[str, bytes] = {}
    tables: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for name in COLUMNS:
        try:
            contents[name] = content_of(folder / f"{name}.csv")
            tables[name] = _parse(name, contents[name]).copy(deep=False)
        except DataError as error:
            problems += error.problems
    if not (trusted and contents_hash(contents) == _checked_hash()):
        for name in tables:
            problems += _field_problems(name, contents[name])
        if not problems:  # rules across tables need tables that are sound by themselves
            problems += _cross_problems(tuple(contents.items()))
    if problems:
        raise DataError(problems)
    return tables


def _resolve(folder: Path) -> Path:
    try:
        if (folder := folder.resolve()).is_dir():
            list(folder.iterdir())  # refuses where the folder may not be read
        return folder
    except (OSError, ValueError, RuntimeError) as error:  # too long, a zero byte, links that lead to each other
        raise KontumError("hostile.cannot_read", file=repr(folder.name)[:80], reason=reason_of(error)) from None


@lru_cache(maxsize=64)
def _parse(name: str, content: bytes) -> pd.DataFrame:
    return parse_table(f"{name}.csv", content, list(COLUMNS[name]))


@lru_cache(maxsize=64)
def _field_problems(name: str, content: bytes) -> list[Problem]:
    return field_problems(name, _parse(name, content))


@lru_cache(maxsize=16)
def _cross_problems(contents: tuple[tuple[str, bytes], ...]) -> list[Problem]:
    return cross_table_problems({name: _parse(name, content) for name, content in contents})


def contents_hash(contents: Mapping[str, bytes]) -> str:
    """The SHA-256 of the files of raw tables together with the rules they are held to, as hexadecimal digits.

    contents: the bytes of each file by the name of its table.
    """
    digest = hashlib.sha256()
    for module in (contract, arithmetic, rules):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(contract.SOURCE.read_bytes())
    for name, content in contents.items():
        digest.update(f"{name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def _checked_hash() -> str | None:
    """The hash of the tables that were checked when the processed data were made; None where nothing says so."""
    try:
        manifest = json.loads(bytes_within(PROCESSED / "manifest.json", 1))
        return str(manifest["checked"])
    except (KontumError, ValueError, LookupError, TypeError):
        return None


def all_tables(data: str | Path | None = None, user: bool | str | Path | None = None) -> dict[str, pd.DataFrame]:
    """The raw tables; where `user` asks for them, with an office's own observations and sources below the published."""
    tables = raw_tables(data)
    if user is None or user is False:
        return tables
    extra = own_tables(user, tables)
    for name, table in extra.items():  # lines go on after the published ones, so that a line names one row
        table[LINE] = table[LINE].astype(int) + int(tables[name][LINE].max())
    return tables | {name: pd.concat([tables[name], extra[name]], ignore_index=True) for name in extra}


def load_observations(
    as_of: str | date | None = None, data: str | Path | None = None, user: bool | str | Path | None = None
) -> pd.DataFrame:
    """The published figures as one long table, checked and with conflicts settled.

    as_of: a day such as "2022-10-04"; only what had been published by then is returned (the vintage of that
        day). None gives everything.
    data: another folder with the raw tables; default `data/raw/`. The register of areas (names, levels, `kt.areas`) and
        the crosswalk of 2025 are always those of `data/raw/`: a folder that names other areas is not supported.
    user: an office's own figures beside the published ones: True for its usual folder, or a path (see `data.own`).
        None, the default, reads published figures alone, whatever lies in that folder. An own figure is preferred for
        its fact, a published one that says otherwise stays as a row that lost; what follows by addition is added
        (`derived_rows`). Own rows are those whose source_id starts with "own-".

    Columns are those of `data/raw/observations.csv` (SDMX names) and
    - `obs_value`: the figure in `unit_measure`; **missing for a bound** ("more than 1,200"), whose number stands
      in `bound_value`, so that no bound is ever added up or plotted as a value;
    - `published`, `known_from`: as printed, and the day from which a vintage holds the row. A month or year counts
      from its last day; an undated page from 171 days after the end of its period. `known_from_assumed` flags both;
    - `preferred`: the row to use for its fact. Of several figures the rule takes, in this order: exact before
      approximate, an office's own before a published one, the source that conflicts.csv prefers, better obs_status,
      law and decision before dataset and statistics before portal before news before mirror, the later publication;
    - `preference`: why, as a code. Preferred rows: only (no other figure), own (the office's own), listed (in
      conflicts.csv), rule (first by the rule). Others: repeats (the preferred figure once more), lost_own,
      lost_listed, lost_rule (another figure won, and why), lost_own_part (a published rate, where an office's own
      figure won over its count or base), bound (no value known), bound_beside (a bound beside a
      value), bound_against (one that the value contradicts). places: one of several places of one area, each with its
      own figure. `preference_reason` and `preference_reason_vi` are its sentence for each row.

    Raises DataError listing file, row, column, value and what is allowed for every problem; KontumError for a bad day.

    >>> obs = load_observations()
    >>> rows = obs[(obs.ref_area == "62") & (obs.indicator == "poverty_rate_pct") & (obs.standard == "MDP_2022_2025")]
    >>> rows.set_index("time_period").rename_axis(None)[["obs_value", "bound_value", "known_from", "preference"]]
                obs_value  bound_value  known_from    preference
    2021-12-31      15.32          NaN  2022-06-20          only
    2022-12-31        NaN         11.0  2023-12-31  bound_beside
    2022-12-31      10.86          NaN  2023-06-20          rule
    2023-12-31       6.84          NaN  2024-01-31          only
    """
    tables = all_tables(data, user)
    obs, sources = tables["observations"], tables["sources"].set_index("source_id")
    obs = obs.reset_index(drop=True)
    value, exact = pd.to_numeric(obs["obs_value"]), obs["bound"].isin(["exact", "approximate"])
    obs["obs_value"], obs["bound_value"] = value.where(exact), value.mask(exact)
    obs["published"] = obs["source_id"].map(sources["published"])
    days = [_known_from(*days) for days in zip(obs["published"], obs["time_period"], strict=True)]
    obs["known_from"], obs["known_from_assumed"] = ([day[part] for day in days] for part in (0, 1))
    if as_of is not None:
        obs = obs[obs["known_from"] <= _day(as_of)].reset_index(drop=True)
    return _settle(obs, tables)


def vintage(obs: pd.DataFrame, as_of: str | date, data: str | Path | None = None) -> pd.DataFrame:
    """The part of `obs` that was known on the day `as_of`, with conflicts settled among what was known.

    obs: from `load_observations`; data: the folder whose conflicts.csv and sources.csv settle them. Raises KontumError
    for a bad day.

    >>> len(vintage(load_observations(), "2022-10-04")) == len(load_observations(as_of="2022-10-04"))
    True
    """
    is_sum = is_own(obs) & (obs["obs_status"] == "E")  # sums of own figures are made anew from what was known
    rows = obs[(obs["known_from"] <= _day(as_of)) & ~is_sum].reset_index(drop=True)
    return _settle(rows, raw_tables(data))


def _settle(obs: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    kinds = tables["sources"].set_index("source_id")["kind"]
    settled = with_preference(obs, tables["conflicts"], kinds)
    if is_own(settled).any() and len(sums := derived_rows(settled)):  # an empty table would change the columns' types
        obs = pd.concat([obs, sums[obs.columns]], ignore_index=True)
        settled = with_preference(obs, tables["conflicts"], kinds)
    return settled[ORDER]


def _day(value: str | date) -> str:
    """The day as text. Only one way of writing it is taken: 04/10/2022 means April to some and October to others."""
    try:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
            raise ValueError
        day = date.fromisoformat(value) if isinstance(value, str) else value
        return day.strftime("%Y-%m-%d")  # a date, datetime or Timestamp
    except (ValueError, TypeError, AttributeError):
        raise KontumError("error.observations.day", value=value) from None


@lru_cache(maxsize=4096)
def _known_from(published: str, time_period: str) -> tuple[str, bool]:
    if len(published) == 10:
        return published, False
    if published:
        end = pd.Period(published).end_time
        return end.strftime("%Y-%m-%d"), True
    return (pd.Timestamp(time_period) + pd.Timedelta(days=ASSUMED_LAG_DAYS)).strftime("%Y-%m-%d"), True


def select(
    obs: pd.DataFrame, indicator: str, level: str | None = None, area: str | None = None, standard: str | None = None
) -> pd.DataFrame:
    """The preferred figures of one indicator, ordered by area and time; any filter may be left out.

    >>> select(load_observations(), "poverty_rate_pct", area="62", standard="MDP_2022_2025").obs_value.tolist()
    [15.32, 10.86, 6.84]
    """
    is_asked = obs["preferred"] & (obs["indicator"] == indicator)
    for column, value in (("level", level), ("ref_area", area)):
        if value is not None:
            is_asked &= obs[column] == value
    if standard is not None:
        is_asked &= obs["standard"].isin([standard, ""])
    rows = obs[is_asked]
    return rows.sort_values(["ref_area", "time_period"]).reset_index(drop=True)


def year_ends(obs: pd.DataFrame, indicator: str, standard: str | None = None) -> pd.DataFrame:
    """The preferred figures of one indicator that are results of a year's end, ordered by area and time.

    A year end is dated 31 December with a known precision, is no bound and is not of low reliability (status U). A year
    without such a figure is left out, not filled in; a merged province is another area than those it was made of, so
    no series runs across a merger; a rate of 0 is a result.

    >>> year_ends(load_observations(), "poverty_rate_pct", "MDP_2022_2025").query("ref_area == '27'").obs_value.tolist()
    [1.15, 0.94, 0.0]
    """
    rows = select(obs, indicator, standard=standard)
    is_dated = rows["time_period"].str.endswith("-12-31") & (rows["date_precision"] != "unknown")
    return rows[is_dated & rows["obs_value"].notna() & (rows["obs_status"] != "U")].reset_index(drop=True)


def figures_by_office(obs: pd.DataFrame, user: User = True, data: str | Path | None = None) -> dict[str, int]:
    """Whose own figures are in `obs`: a dict from the name of an office to the number of its figures, without sums."""
    names = own_tables(user, raw_tables(data))["sources"].set_index("source_id")["publisher"]
    rows = obs[is_own(obs) & (obs["obs_status"] != "E")]
    counts = rows.groupby(rows["source_id"].map(names)).size()
    return {str(office): count for office, count in counts.items()}
