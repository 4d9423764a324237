"""Every import of an office as one entry that appears and goes as a whole; one writer at a time.

An entry is a folder below `imports/` of the folder of own figures: its observations and sources as tables of
`data/raw/` are, and `import.json` with the file it came from and what the office answered. A later entry's figures take
the place of earlier ones (`data.own.folded`), so that any entry can be taken away alone and the rest still stands.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.errors import KontumError, WriteError
from ..base.files import clear_leftovers, one_run, reason_of, write_whole
from ..data.own import ENTRIES, User, entry_folders, folder, home_path
from ..data.spelling import fold
from .answers import Answers, answers_from

WAIT = 15.0  # seconds that a second writer waits
_NOTE = ".writing"  # who writes, for the one who waits; the lock itself is on the folder
_ABOUT = "import.json"


@dataclass(frozen=True)
class Import:
    """One import: its number, the document, the year and number of its figures, the file, and the answers given."""

    number: int
    office: str
    document: str
    date: str
    year: str
    figures: int
    file: str
    answers: tuple[str, ...]


def imports(user: User = True) -> list[Import]:
    """The imports into a folder of own figures, in the order in which they count; number 0 is what lay there before."""
    place = folder(user)
    return [_read(path, 0 if path == place else int(path.name)) for path in entry_folders(place)]


def _read(path: Path, number: int) -> Import:
    try:
        rows = pd.read_csv(path / "observations.csv", dtype=str, keep_default_na=False)
        sources = pd.read_csv(path / "sources.csv", dtype=str, keep_default_na=False)
        about = json.loads((path / _ABOUT).read_text(encoding="utf-8")) if (path / _ABOUT).exists() else {}
        source = sources.iloc[-1]
        years = sorted(rows["time_period"].str[:4].unique())
        words = (source["publisher"], source["document_no"], source["published"], ", ".join(years))
        return Import(number, *words, len(rows), about.get("file", ""), tuple(about.get("answers", ())))
    except (OSError, ValueError, KeyError, IndexError, AttributeError):
        raise KontumError("own.error.cannot_read", folder=home_path(path)) from None


def earlier_answers(office: str | None, user: User = True) -> Answers:
    """What an office answered with its last import that needed answers; nothing where it never did."""
    answers = Answers()
    for entry in imports(user):
        if entry.answers and (office is None or fold(entry.office) == fold(office)):
            answers = answers_from(entry.answers).over(answers)
    return answers


def state_of(place: Path) -> str:
    """A mark of all that a folder of own figures holds; another one whenever anything in it has changed."""
    digest = hashlib.sha256()
    for path in entry_folders(place):
        for name in ("observations.csv", "sources.csv"):
            digest.update(f"{path.relative_to(place)}/{name}\n".encode())
            digest.update((path / name).read_bytes())
    return digest.hexdigest()


@contextmanager
def writing(place: Path, what: str, wait: float = WAIT) -> Iterator[None]:
    """Hold a folder of own figures while something is written to it; a second writer waits for a while.

    what: said to whoever waits too long, such as "kontum data import xa.xlsx". Raises KontumError where the folder
    cannot be made or is still held after `wait` seconds.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise KontumError("own.error.cannot_write", folder=home_path(place)) from None
    until = time.monotonic() + wait
    while True:
        lock = one_run(place)
        try:
            lock.__enter__()
            break
        except KontumError:
            if time.monotonic() >= until:
                raise KontumError("own.error.busy", who=_writer(place), folder=home_path(place), seconds=wait) from None
            time.sleep(0.05)
    try:
        _clear(place)
        write_whole(place / _NOTE, f"{what} ({os.getpid()})\n")
        yield
    except WriteError:
        raise KontumError("own.error.cannot_write", folder=home_path(place)) from None
    finally:
        (place / _NOTE).unlink(missing_ok=True)
        lock.__exit__(None, None, None)


def _writer(place: Path) -> str:
    try:
        return (place / _NOTE).read_text(encoding="utf-8").strip() or "kontum"
    except OSError:
        return "kontum"


def _clear(place: Path) -> None:
    """Remove what a killed writer left: entries that were never named, or already taken away, and half a note."""
    clear_leftovers(place)
    for path in (place / ENTRIES).glob(".*"):
        shutil.rmtree(path, ignore_errors=True)


def add(place: Path, tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> int:
    """Write an entry; returns its number. To be called while `writing` holds the folder.

    It is put together under a name that no reader looks at, and gets its own by one renaming.
    """
    number = max((int(path.name) for path in (place / ENTRIES).glob("[0-9]*")), default=0) + 1
    (place / ENTRIES).mkdir(exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=place / ENTRIES, prefix="."))
    try:
        for name, table in tables.items():
            write_whole(draft / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
        write_whole(draft / _ABOUT, json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
        os.chmod(draft, 0o755)
        os.replace(draft, place / ENTRIES / f"{number:04}")
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise WriteError("hostile.cannot_write", file=draft.name, reason=reason_of(error)) from None
    return number


def take_away(place: Path, number: int) -> None:
    """Remove an entry by one renaming, then its files. To be called while `writing` holds the folder."""
    path = place / ENTRIES / f"{number:04}"
    trash = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        os.replace(path, trash)
    except OSError as error:
        raise WriteError("hostile.cannot_write", file=path.name, reason=reason_of(error)) from None
    shutil.rmtree(trash, ignore_errors=True)
    if not any((place / ENTRIES).iterdir()):
        (place / ENTRIES).rmdir()
