"""Load the published figures: read, validate, date each by its publication, and settle conflicts by rule.

The result is one long table with the column names of SDMX, the standard of official statistics. Nothing is
left out of it: a figure that is not to be used stays as a row that says why.
"""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import DataError, Field, KontumError, Words
from ..base.files import RAW, reason_of
from .own import PREFIX, is_own, own_tables
from .own_sums import derived_rows
from .reading import LINE, read_text_table
from .rules import NOT_COMPARED, cross_table_problems, fact_key
from .schemas import COLUMNS, field_problems

# A page without a date is taken as published this many days after the period it speaks of: three quarters of the
# dated pages had appeared by then (0 / 0 / 80 / 171 / 289 days at the 10th / 25th / 50th / 75th / 90th percentile).
ASSUMED_LAG_DAYS = 171
_STATUS_RANK = {"A": 0, "E": 1, "P": 2, "U": 3}
_KIND_RANK = {"law": 0, "decision": 0, "statistics": 1, "dataset": 1, "portal": 2, "news": 3, "mirror": 4}
ORDER = [
    "ref_area",
    "area_name",
    "level",
    "indicator",
    "time_period",
    "date_precision",
    "obs_value",
    "bound",
    "bound_value",
    "unit_measure",
    "standard",
    "obs_status",
    "source_id",
    "comment",
    "published",
    "known_from",
    "known_from_assumed",
    "preferred",
    "preference_reason",
    "preference_reason_vi",
    LINE,
]


def raw_tables(folder: str | Path | None = None) -> dict[str, pd.DataFrame]:
    """All raw tables of a folder as text, validated; a dict from table name to DataFrame.

    folder: path, default `data/raw/`. Raises DataError listing every problem of every file.

    >>> tables = raw_tables()
    >>> len(tables["areas"].query("vintage == '2025' and level == 'commune'"))
    40
    """
    folder = _resolved(Path(folder or RAW))
    if not folder.is_dir():
        raise KontumError("error.observations.folder", folder=folder.name)
    files = [folder / f"{name}.csv" for name in COLUMNS]
    stamp = tuple((f.stat().st_mtime_ns, f.stat().st_size) if f.exists() else None for f in files)
    return {name: table.copy() for name, table in _validated(folder, stamp).items()}


def _resolved(folder: Path) -> Path:
    try:
        if (folder := folder.resolve()).is_dir():
            list(folder.iterdir())  # refuses where the folder may not be read
        return folder
    except (OSError, ValueError, RuntimeError) as error:  # too long, a zero byte, links that lead to each other
        raise KontumError("hostile.cannot_read", file=repr(folder.name)[:80], reason=reason_of(error)) from None


@lru_cache(maxsize=4)
def _validated(folder: Path, stamp: tuple[tuple[int, int] | None, ...]) -> dict[str, pd.DataFrame]:
    tables, problems = {}, []
    for name, columns in COLUMNS.items():
        try:
            tables[name] = read_text_table(folder / f"{name}.csv", list(columns))
        except DataError as error:
            problems += error.problems
            continue
        problems += field_problems(name, tables[name], f"{name}.csv")
    if not problems:  # rules across tables need tables that are sound by themselves
        problems = cross_table_problems(tables)
    if problems:
        raise DataError(problems)
    return tables


def all_tables(data: str | Path | None = None, user: bool | str | Path | None = None) -> dict[str, pd.DataFrame]:
    """The raw tables, with an office's own observations and sources below the published ones where `user` asks for
    them.
    """
    tables = raw_tables(data)
    if user is None or user is False:
        return tables
    own = own_tables(user, tables)
    for name, table in own.items():  # lines go on after the published ones, so that a line names one row
        table[LINE] = table[LINE].astype(int) + int(tables[name][LINE].max())
    return tables | {name: pd.concat([tables[name], own[name]], ignore_index=True) for name in own}


def load_observations(
    as_of: str | date | None = None, data: str | Path | None = None, user: bool | str | Path | None = None
) -> pd.DataFrame:
    """The published figures as one long table, validated and with conflicts settled.

    as_of: a day such as "2022-10-04"; only what had been published by then is returned (the vintage of that
        day). None gives everything.
    data: another folder with the raw tables; default `data/raw/`. The register of areas (names, levels, `kt.areas`) and
        the crosswalk of 2025 are always those of `data/raw/`: a folder that names other areas is not meant.
    user: an office's own figures beside the published ones: True for its usual folder, or a path (see `own_data`).
        None, the default, reads published figures alone, whatever lies in that folder. An own figure is preferred for
        its fact, a published one that says otherwise stays as a row that lost; what follows by addition is added
        (`own_sums`). Own rows are those whose source_id starts with "own-".

    Columns are those of `data/raw/observations.csv` (SDMX names) and
    - `obs_value`: the figure in `unit_measure`; **missing for a bound** ("more than 1,200"), whose number stands
      in `bound_value`, so that no bound is ever added up or plotted as a value;
    - `published`, `known_from`: as printed, and the day from which a vintage holds the row. A month or year counts
      from its last day; an undated page from 171 days after the end of its period. `known_from_assumed` flags both;
    - `preferred`: the row to use for its fact. Of several figures the rule takes, in this order: exact before
      approximate, an office's own before a published one, the source that conflicts.csv prefers, better obs_status,
      law and decision before dataset and statistics before portal before news before mirror, the later publication.
      `preference_reason` and
      `preference_reason_vi` say it in words for each row.

    Raises DataError listing file, row, column, value and what is allowed for every problem; KontumError for a bad day.

    >>> obs = load_observations()
    >>> end_2021 = obs[(obs.level == "district") & (obs.time_period == "2021-12-31") & obs.preferred]
    >>> int(end_2021[end_2021.indicator == "households_total"].obs_value.sum())
    143561
    """
    tables = all_tables(data, user)
    obs, sources = tables["observations"], tables["sources"].set_index("source_id")
    obs = obs.reset_index(drop=True)
    value, exact = pd.to_numeric(obs["obs_value"]), obs["bound"].isin(["exact", "approximate"])
    obs["obs_value"], obs["bound_value"] = value.where(exact), value.mask(exact)
    obs["published"] = obs["source_id"].map(sources["published"])
    known = [_known_from(p, t) for p, t in zip(obs["published"], obs["time_period"], strict=True)]
    obs["known_from"] = [day for day, _ in known]
    obs["known_from_assumed"] = [assumed for _, assumed in known]
    if as_of is not None:
        obs = obs[obs["known_from"] <= _day(as_of)].reset_index(drop=True)
    return _settled(obs, tables)


def vintage(obs: pd.DataFrame, as_of: str | date, data: str | Path | None = None) -> pd.DataFrame:
    """The part of `obs` that was known on the day `as_of`, with conflicts settled among what was known.

    obs: from `load_observations`; data: the folder whose conflicts.csv and sources.csv settle them, default
    `data/raw/`.
    Raises KontumError for a bad day.

    >>> len(vintage(load_observations(), "2022-10-04")) == len(load_observations(as_of="2022-10-04"))
    True
    """
    made = is_own(obs) & (obs["obs_status"] == "E")  # sums of own figures are made anew from what was known
    known = obs[(obs["known_from"] <= _day(as_of)) & ~made].reset_index(drop=True)
    return _settled(known, raw_tables(data))


def _settled(obs: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    kind = tables["sources"].set_index("source_id")["kind"]
    settled = _with_preference(obs, tables["conflicts"], kind)
    if is_own(settled).any() and len(sums := derived_rows(settled)):  # an empty table would change the columns' types
        obs = pd.concat([obs, sums[obs.columns]], ignore_index=True)
        settled = _with_preference(obs, tables["conflicts"], kind)
    return settled[ORDER]


def _day(value: str | date) -> str:
    """The day as text. Only one way of writing it is taken: 04/10/2022 means April to some and October to others."""
    try:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
            raise ValueError
        day = date.fromisoformat(value) if isinstance(value, str) else value
        return day.strftime("%Y-%m-%d")  # a date, datetime or Timestamp
    except (ValueError, TypeError, AttributeError):
        raise KontumError("error.observations.day", field=Field("as_of"), value=value) from None


def _known_from(published: str, time_period: str) -> tuple[str, bool]:
    if len(published) == 10:
        return published, False
    if published:
        end = pd.Period(published).end_time
        return end.strftime("%Y-%m-%d"), True
    return (pd.Timestamp(time_period) + pd.Timedelta(days=ASSUMED_LAG_DAYS)).strftime("%Y-%m-%d"), True


def _with_preference(obs: pd.DataFrame, conflicts: pd.DataFrame, kind: pd.Series) -> pd.DataFrame:
    listed = {(r.ref_area, r.indicator, r.time_period, r.standard): r for r in conflicts.itertuples()}
    keys = [fact_key(r) for r in obs.itertuples()]
    rank = pd.DataFrame(
        {
            "bound": obs["bound"].map({"exact": 0, "approximate": 1, "at_least": 2, "at_most": 2}),
            "published": ~is_own(obs),
            "listed": [
                k not in listed or listed[k].preferred_source_id != s
                for k, s in zip(keys, obs["source_id"], strict=True)
            ],
            "status": obs["obs_status"].map(_STATUS_RANK),
            "kind": obs["source_id"].map(kind).map(_KIND_RANK),
            "newest": -pd.to_datetime(obs["known_from"]).astype("int64"),
            "line": obs[LINE],
        }
    )
    best = rank.sort_values(list(rank.columns)).index
    first: dict[tuple[str, str, str, str], Any] = {}
    count, verdict = Counter(keys), {}
    row: Any
    for row in obs.loc[best].itertuples():
        key = keys[row.Index]
        leader = first.setdefault(key, row)
        verdict[row.Index] = _verdict(row is leader, row, leader, listed.get(key), count[key])
    preferred, reason = zip(*(verdict[i] for i in obs.index), strict=True) if len(obs) else ((), ())
    english, vietnamese = (
        pd.Series([words.in_language(lang) for words in reason], obs.index, dtype=object) for lang in ("en", "vi")
    )
    return obs.assign(preferred=np.array(preferred, bool), preference_reason=english, preference_reason_vi=vietnamese)


def _verdict(is_first: bool, row: Any, first: Any, entry: Any, count: int) -> tuple[bool, Words]:
    if row.indicator in NOT_COMPARED:
        return not pd.isna(row.obs_value), Words("preference.places")
    if pd.isna(row.obs_value):
        alone = is_first or pd.isna(first.obs_value)  # the leader may be a bound too, from which no value comes
        return False, Words("preference.bound") if alone else Words("preference.bound_beside", source=first.source_id)
    if is_first:
        if count == 1:
            return True, Words("preference.only")
        if row.source_id.startswith(PREFIX):
            return True, Words("preference.own")
        if entry is not None and entry.preferred_source_id == row.source_id:
            return True, Words("preference.listed", reason={"vi": entry.reason_vi, "en": entry.reason})
        return True, Words("preference.rule")
    if row.obs_value == first.obs_value:
        return False, Words("preference.repeats", source=first.source_id)
    if first.source_id.startswith(PREFIX):
        return False, Words("preference.conflict_own", source=first.source_id)
    if entry is not None and entry.preferred_source_id == first.source_id:
        return False, Words(
            "preference.conflict_listed",
            source=first.source_id,
            explanation={"vi": entry.explanation_vi, "en": entry.explanation},
            reason={"vi": entry.reason_vi, "en": entry.reason},
        )
    return False, Words("preference.conflict_rule", source=first.source_id)


def select(
    obs: pd.DataFrame, indicator: str, level: str | None = None, area: str | None = None, standard: str | None = None
) -> pd.DataFrame:
    """The preferred figures of one indicator, ordered by area and time; any filter may be left out.

    >>> select(load_observations(), "poverty_rate_pct", area="62", standard="MDP_2022_2025").obs_value.tolist()
    [15.32, 10.86, 6.84]
    """
    rows = obs[obs["preferred"] & (obs["indicator"] == indicator)]
    for column, wanted in (("level", level), ("ref_area", area)):
        if wanted is not None:
            rows = rows[rows[column] == wanted]
    if standard is not None:
        rows = rows[rows["standard"].isin([standard, ""])]
    return rows.sort_values(["ref_area", "time_period"]).reset_index(drop=True)
