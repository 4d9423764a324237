"""Take a filled table into the folder of own figures, or an import out of it: tried in a copy, then done at once."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ..base.errors import KontumError, Words
from ..data.observations import load_observations, raw_tables
from ..data.own import ENTRIES, User, folded, folder, own_tables
from ..data.spelling import fold
from ..poverty.estimates import estimate_panel
from . import journal
from .answers import Answers
from .changes import as_tables, changes, contradictions, status_contradictions, sums_made
from .filled import Filled
from .importing import read_filled
from .plausible import doubts

_WORDED = {"observations": ["comment"], "sources": []}  # what a row says of the one it replaced is no news


@dataclass(frozen=True)
class Plan:
    """What an import would do: changes, conflicts and sums as tables (see `changes`), doubts as sentences, and the
    tables it would write. state: of the folder that all this was worked out for.
    """

    filled: Filled
    place: Path
    tables: dict[str, pd.DataFrame]
    changes: pd.DataFrame
    conflicts: pd.DataFrame
    sums: pd.DataFrame
    doubts: list[Words]
    is_news: bool
    state: str
    answers: Answers = field(default_factory=Answers)
    data: str | Path | None = None


class UnfitTable(KontumError):
    """A table that leaves no room under a total of the province. filled, doubts: what it says, and what to look at."""

    def __init__(self, filled: Filled, remarks: list[Words], reason: dict[str, str]) -> None:
        super().__init__("own.error.no_fit", reason=reason)
        self.filled, self.doubts = filled, remarks


def plan_import(
    path: str | Path,
    user: User = True,
    data: str | Path | None = None,
    answers: Answers | None = None,
    sheet: str | None = None,
    level: str | None = None,
    **document_facts: str | int | None,
) -> Plan:
    """Read a filled table and work out what it would change; nothing is written.

    path: a workbook or text file; user: the folder of own figures (True: the usual one); data: another raw folder;
    answers, sheet, level, document_facts: see `read_filled`; what the same office answered before counts too.

    Raises KontumError or DataError for a file with mistakes and for a folder inside the repository, UnfitTable for
    figures that leave no room under a published total, since no estimate could keep the sums exact then.
    """
    place = folder(user)
    office = str(document_facts["office"]) if document_facts.get("office") else None
    given_answers = answers or Answers()
    answers = given_answers.over(journal.earlier_answers(office, place))
    filled = read_filled(path, answers, sheet, level, **document_facts)
    _must_be_used(given_answers, filled)
    return _plan(filled, place, data, answers)


def _must_be_used(answers: Answers, filled: Filled) -> None:
    names = {fold(row.name) for row in filled.rows}
    unused = [key for key in answers.columns if key not in filled.layout.keys]
    unused += [key for key in answers.areas if key not in names]
    if unused:
        headings = "; ".join(filled.layout.headings.values())
        raise KontumError("own.error.map_unused", value=", ".join(map(repr, unused)), headings=headings)


def _plan(filled: Filled, place: Path, data: str | Path | None, answers: Answers) -> Plan:
    state = journal.state_of(place)
    own_figures = own_tables(place, raw_tables(data))
    tables = as_tables(filled)
    before = load_observations(data=data, user=place)
    after = _with_entry(place, tables, data)
    changed = folded([own_figures, tables])
    pairs = [
        (changed[name].drop(columns=words), own_figures[name].drop(columns=words)) for name, words in _WORDED.items()
    ]
    is_news = not all(new.equals(old) for new, old in pairs)
    remarks = doubts(filled, before, own_figures["sources"]) if is_news else []
    _must_fit(before, after, filled, remarks)
    conflicts = pd.concat([contradictions(before, after), status_contradictions(filled, before)], ignore_index=True)
    views = changes(filled, before), conflicts, sums_made(before, after)
    return Plan(filled, place, tables, *views, remarks, is_news, state, answers, data)


def _with_entry(place: Path, tables: dict[str, pd.DataFrame], data: str | Path | None) -> pd.DataFrame:
    """Observations as they would be with one entry more."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "own"
        _copy(place, copy)
        journal.add(copy, tables, {})
        return load_observations(data=data, user=copy)


def _copy(place: Path, copy: Path) -> None:
    copy.mkdir()
    if (place / ENTRIES).is_dir():
        shutil.copytree(place / ENTRIES, copy / ENTRIES, ignore=shutil.ignore_patterns(".*"))
    for name in ("observations.csv", "sources.csv"):
        if (place / name).exists():
            shutil.copy(place / name, copy / name)


def _must_fit(before: pd.DataFrame, after: pd.DataFrame, filled: Filled, remarks: list[Words]) -> None:
    try:
        estimate_panel(after, draws=2)
    except KontumError as error:
        try:
            estimate_panel(before, draws=2)
        except KontumError:
            return  # it did not fit before either: not the fault of this table
        reason = {lang: error.in_language(lang) for lang in ("vi", "en")}
        raise UnfitTable(filled, remarks, reason) from None


def store(plan: Plan, file: str = "", wait: float = journal.WAIT) -> int | None:
    """Write what a plan holds as one entry; returns its number, None where nothing is new.

    What was shown is worked out again where somebody else wrote meanwhile. Raises KontumError where that shows
    something else than before (`own.error.changed`), where another writer holds the folder, or it cannot be written.
    """
    if not plan.is_news:
        return None
    with journal.writing(plan.place, f"kontum data import {file}".strip(), wait):
        if journal.state_of(plan.place) != plan.state:
            now = _plan(plan.filled, plan.place, plan.data, plan.answers)
            tables = zip(_what_is_confirmed(now), _what_is_confirmed(plan), strict=True)
            if not all(new.equals(old) for new, old in tables):
                raise KontumError("own.error.changed")
        doubtful = [words.in_language("vi") for words in plan.doubts]
        about = {"file": file, "answers": _answers_of(plan).as_text(), "doubts": doubtful}
        return journal.add(plan.place, plan.tables, about)


def _answers_of(plan: Plan) -> Answers:
    """The answers that the next file of the same office can use again: by heading, not by letter of a column."""
    columns = {fold(heading): name for heading, name in plan.filled.layout.answers.items()}
    return Answers(columns, plan.answers.areas, plan.answers.dash)


def _what_is_confirmed(plan: Plan) -> list[pd.DataFrame]:
    """What somebody confirms. An estimate that is replaced may move with any figure, so its size is not part of it."""
    changes = plan.changes
    changes = changes.assign(old_value=changes["old_value"].mask(changes["kind"] == "replaces_estimate"))
    doubtful = pd.DataFrame({"doubt": list(map(str, plan.doubts))})
    return [table.astype(str) for table in (changes, plan.conflicts, plan.sums, doubtful)]


def to_undo(number: int | None = None, user: User = True) -> journal.Import:
    """The import of this number, None for the last. Raises KontumError for a number that there is none of."""
    entries = [entry for entry in journal.imports(user) if entry.number]
    if not entries:
        raise KontumError("own.error.nothing_to_undo")
    matches = [entry for entry in entries if number in (None, entry.number)]
    if not matches:
        raise KontumError("own.error.no_such_import", number=number, numbers=[entry.number for entry in entries])
    return matches[-1]


def undo(number: int | None = None, user: User = True, wait: float = journal.WAIT) -> journal.Import:
    """Take away the import of this number, None for the last; returns it. The folder is then as it was without it.

    Raises KontumError for a number that there is none of, and where another writer holds the folder.
    """
    place = folder(user)
    if not place.is_dir():
        raise KontumError("own.error.nothing_to_undo")
    with journal.writing(place, "kontum data undo", wait):
        entry = to_undo(number, place)
        journal.take_away(place, entry.number)
        return entry
