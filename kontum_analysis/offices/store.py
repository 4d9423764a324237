"""Take a filled table into the folder of own figures: tried in a copy first, then written whole or not at all."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..base.errors import KontumError, WriteError
from ..base.files import write_whole
from ..data.observations import load_observations, raw_tables
from ..data.own import User, folder, is_own, own_tables, shown
from ..poverty.estimates import estimate_panel
from .changes import changes, contradictions, merged, status_contradictions, sums_made
from .filled import Filled, read_filled


@dataclass(frozen=True)
class Plan:
    """What an import would do: changes, conflicts and sums as tables (see `own_changes`), and the
    files it would write.
    """

    filled: Filled
    place: Path
    files: dict[str, str]
    changes: pd.DataFrame
    conflicts: pd.DataFrame
    sums: pd.DataFrame
    is_news: bool


def plan_import(path: str | Path, user: User = True, data: str | Path | None = None, **given: str | int | None) -> Plan:
    """Read a filled table and work out what it would change; nothing is written.

    path: an .xlsx or text file; user: the folder of own figures (True: the usual one); data: another raw folder;
    given: office, document, date, year where the file does not say them.

    Raises KontumError or DataError for a file with mistakes, for a folder inside the repository, and for figures that
    leave no room under a published total (`own.error.no_fit`), since no estimate could keep the sums exact then.
    """
    place = folder(user)
    filled = read_filled(path, **given)
    own = own_tables(place, raw_tables(data))
    tables = merged(filled, own)
    files = {f"{name}.csv": table.to_csv(index=False, lineterminator="\n") for name, table in tables.items()}
    before = load_observations(data=data, user=place)
    with tempfile.TemporaryDirectory() as scratch:
        for name, content in files.items():
            write_whole(Path(scratch) / name, content)
        after = load_observations(data=data, user=scratch)
    _must_fit(before, after)
    same = all(tables[name].equals(own[name][list(tables[name].columns)].reset_index(drop=True)) for name in tables)
    conflicts = pd.concat([contradictions(before, after), status_contradictions(filled, before)], ignore_index=True)
    return Plan(filled, place, files, changes(filled, before), conflicts, sums_made(before, after), not same)


def _must_fit(before: pd.DataFrame, after: pd.DataFrame) -> None:
    try:
        estimate_panel(after, draws=2)
    except KontumError as error:
        try:
            estimate_panel(before, draws=2)
        except KontumError:
            return  # it did not fit before either: not the fault of this table
        raise KontumError("own.error.no_fit", reason=error.in_language("vi")) from None


def store(plan: Plan) -> bool:
    """Write the files of a plan; returns whether anything changed.

    Sources go first: a source without figures says nothing, so an interrupted run leaves the old figures or the new.
    Raises KontumError where the folder cannot be written.
    """
    try:
        return any([write_whole(plan.place / name, plan.files[name]) for name in ("sources.csv", "observations.csv")])
    except WriteError:
        raise KontumError("own.error.cannot_write", folder=shown(plan.place)) from None


def used(obs: pd.DataFrame, user: User = True, data: str | Path | None = None) -> dict[str, int]:
    """Whose own figures are in `obs`: a dict from the name of the office to the number of its figures (sums not
    counted).
    """
    names = own_tables(user, raw_tables(data))["sources"].set_index("source_id")["publisher"]
    rows = obs[is_own(obs) & (obs["obs_status"] != "E")]
    counts = rows.groupby(rows["source_id"].map(names)).size()
    return {str(office): count for office, count in counts.items()}
