"""An office's own figures: a folder of its own, outside this repository, in the very format of `data/raw/`.

Each import is a folder of its own below `imports/`, so that it appears and goes as a whole and can be undone alone.

The rule, in one sentence: **own figures are read only where they are asked for by `user=`.** `load_observations()`
alone is the published figures, and so are `kontum reproduce`, `kontum verify` and every notebook, whatever lies in the
folder; the commands with which somebody asks a question of their own (`project`, `report`, `trace`, `map`) ask for it
and say so.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from ..base.errors import DataError, KontumError, Problem
from ..base.files import ROOT
from .areas import LAST_DAY_OF_DISTRICTS
from .reading import LINE, read_text_table
from .rules import row_problems
from .schemas import COLUMNS, field_problems

VARIABLE = "KONTUM_DATA"
DEFAULT = ".local/share/kontum-analysis"  # in the home folder
ENTRIES = "imports"  # in that folder: one folder an import, numbered in the order in which they came
PREFIX = "own-"  # every source of an office's own figures starts with it, and no published one does
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a text that starts with one for a formula
_KEY = ["ref_area", "level", "indicator", "time_period"]
_FACT = [*_KEY, "standard"]
STATUS_ROWS = ("ntm_attained", "ntm_advanced_year", "ntm_model_year")  # one NTM status of an office governs all three
TABLES = ("observations", "sources")
User = str | Path | Literal[True]  # whose figures: a folder, or True for the usual one


def folder(user: User = True) -> Path:
    """The folder of own figures: `user` itself, or for True the one that KONTUM_DATA names, or the default in the home.

    Raises KontumError for a folder inside this repository, where private figures could be committed by mistake.
    """
    try:
        home = Path(os.environ.get(VARIABLE) or Path.home() / DEFAULT) if user is True else Path(user)
        found = home.expanduser().resolve()
    except (RuntimeError, OSError, ValueError):
        raise KontumError("own.error.no_home", variable=VARIABLE) from None
    if found.is_relative_to(ROOT):
        raise KontumError("own.error.inside", variable=VARIABLE, folder=found.name)
    return found


def entry_folders(place: Path) -> list[Path]:
    """The folders that hold own figures, in the order in which they count: the folder itself, then one an import."""
    imports = sorted(path for path in (place / ENTRIES).glob("[0-9]*") if path.is_dir())
    return [path for path in (place, *imports) if (path / "observations.csv").exists()]


def own_tables(user: User, public: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Observations and sources of a folder as text, validated; a dict of two tables, empty ones where it holds nothing.

    user: a folder, or True for the usual one; public: the tables of `raw_tables`, for areas, indicators, sources.
    The tables of several imports are folded into one: see `folded`.
    Raises DataError listing every problem of the files by row and column; KontumError for a folder in the repository.
    """
    place = folder(user)
    entries, problems = [], []
    for path in entry_folders(place):
        try:
            entries.append(_entry_tables(path, place, public))
        except DataError as error:
            problems += error.problems if path.exists() else []  # one that was undone meanwhile is no longer there
    if problems:
        raise DataError(problems)
    if not entries:
        return {name: pd.DataFrame(columns=[*COLUMNS[name], LINE], dtype=str) for name in TABLES}
    return folded(entries)


def _entry_tables(path: Path, place: Path, public: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    tables, problems = {}, []
    for name in TABLES:
        try:
            tables[name] = read_text_table(path / f"{name}.csv", list(COLUMNS[name]))
        except DataError as error:
            problems += error.problems
            continue
        except OSError:
            raise KontumError("own.error.cannot_read", folder=shown(place)) from None
        problems += field_problems(name, tables[name], f"{name}.csv")
    if not problems:
        problems = [p for p in row_problems({**public, **tables}) if p.file == "observations.csv"]
        problems += _own_problems(tables)
    if problems:
        where = path.relative_to(place.parent).as_posix()
        raise DataError([replace(p, file=f"{where}/{p.file}") for p in problems])
    return tables


def folded(entries: Sequence[Mapping[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """The tables of several imports as one, in their order: a later figure takes the place of an earlier one.

    What is replaced is the figure for the same area, day and indicator; the new row says in its comment which value.
    Of an NTM status the three rows go together.
    """
    rows = pd.concat([entry["observations"].assign(order=n) for n, entry in enumerate(entries)], ignore_index=True)
    governed = rows.assign(indicator=rows["indicator"].where(~rows["indicator"].isin(STATUS_ROWS), "ntm_status"))
    is_last = rows["order"] == governed.groupby(_KEY)["order"].transform("max")
    before = rows[~is_last].drop_duplicates(_KEY, keep="last")[[*_KEY, "obs_value", "source_id"]]
    kept = rows[is_last].merge(before, on=_KEY, how="left", suffixes=("", "_before"))
    is_other = kept["obs_value_before"].notna() & (kept["obs_value"] != kept["obs_value_before"])
    words = "Replaces " + kept["obs_value_before"] + " (" + kept["source_id_before"] + ")."
    kept["comment"] = kept["comment"].mask(is_other, words)
    sources = pd.concat([entry["sources"] for entry in entries]).drop_duplicates("source_id", keep="last")
    tables = {"observations": kept.sort_values([*_KEY, "order"]), "sources": sources.sort_values("source_id")}
    return {
        name: table[list(COLUMNS[name])].reset_index(drop=True).assign(**{LINE: range(2, len(table) + 2)})
        for name, table in tables.items()
    }


def _own_problems(tables: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    obs, sources = tables["observations"], tables["sources"]
    row: Any
    for name, table in tables.items():
        for row in table[~table["source_id"].str.startswith(PREFIX)].itertuples():
            yield Problem(f"{name}.csv", row.line, "source_id", row.source_id, "own.allowed.prefix", {"prefix": PREFIX})
    for column in ("publisher", "title", "document_no"):
        for row in sources[sources[column].str.startswith(FORMULA_MARKS)].itertuples():
            yield Problem("sources.csv", row.line, column, getattr(row, column), "own.allowed.no_formula")
    for row in obs[obs.duplicated(_FACT)].itertuples():
        yield Problem("observations.csv", row.line, "obs_value", row.obs_value, "own.allowed.once")


def is_own(rows: pd.DataFrame) -> pd.Series:
    """Which rows of a table with a source_id are an office's own figures (or sums of them).

    >>> is_own(pd.DataFrame({"source_id": ["own-so-1a2b3c4d", "vna-1"]})).tolist()
    [True, False]
    """
    return rows["source_id"].str.startswith(PREFIX)


def vintage_of(day: str) -> str:
    """The register of areas a day belongs to: "2020" until 30 June 2025, "2025" after."""
    return "2025" if day > LAST_DAY_OF_DISTRICTS else "2020"


def shown(place: str | Path) -> str:
    """A folder as its owner should see it: from the home folder, without the name of the user.

    >>> shown(Path.home() / "kontum").startswith("~")
    True
    """
    place, home = Path(place), Path.home().resolve()
    return f"~/{place.relative_to(home).as_posix()}" if place.is_relative_to(home) else str(place)
