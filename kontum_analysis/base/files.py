"""Where files lie, what is taken from outside (plain files of a sensible size), and how files are written: whole or not
at all, only where they were meant to go, by one run at a time.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count, islice
from pathlib import Path

from .errors import KontumError, Problem, Words, WriteError

try:
    import fcntl
except ImportError:  # Windows without WSL: two runs at once are not told apart there
    fcntl = None  # type: ignore[assignment]  # a module, or none

ROOT = Path(__file__).resolve().parent.parent.parent  # the checkout the package was installed from
RAW = ROOT / "data" / "raw"
SCENARIOS = ROOT / "data" / "scenarios"
PROCESSED = ROOT / "data" / "processed"
FIGURES = ROOT / "figures"
NOTEBOOKS = ROOT / "notebooks"
MEGABYTE = 1_000_000
TABLE_MB = 20  # the largest raw table holds 0.3 MB
TABLE_ROWS = 100_000  # the longest has 1,932
PROBLEMS = 200  # listed for one file; a file with more is wrong as a whole
SCENARIO_MB = 0.2  # a scenario holds 1 kB
BOUNDARIES_MB = 30  # the borders of all communes of the country, simplified, hold about 20 MB
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff]')
_MARK = "user.kontum"  # attribute of a file: the SHA-256 of what was written
_LEFTOVER = re.compile(r"\..+\.[a-z0-9_]{8}\.tmp")


def bytes_within(path: str | Path, megabytes: float) -> bytes:
    """All bytes of the plain file at `path`, read only when there are at most `megabytes` million of them.

    Raises KontumError for what is no plain file (a folder, a device, a pipe), is too large, or cannot be read.
    """
    path = Path(path)
    try:
        plain = path.is_file()  # not for a device or a pipe, which may never end
        size = path.stat().st_size if plain else 0
        content = path.read_bytes() if plain and size <= megabytes * MEGABYTE else b""
    except OSError as error:
        raise KontumError("hostile.cannot_read", file=path.name, reason=reason_of(error)) from None
    if not plain:
        raise KontumError("hostile.no_plain_file", file=path.name)
    if size > megabytes * MEGABYTE:
        raise KontumError("hostile.too_large", file=path.name, size=size / 1000, limit=1000 * megabytes)
    return content


def first_problems(problems: Iterable[Problem], file: str) -> list[Problem]:
    """The first 200 of any iterable of Problems as a list, and where there are more a Problem that says so.

    The rest is never looked for, so that a table in which every row is wrong does not take hours.
    """
    problems = iter(problems)
    first = list(islice(problems, PROBLEMS))
    if next(problems, None) is not None:
        first.append(Problem(file, None, None, Words("hostile.more"), "hostile.first_only", {"limit": PROBLEMS}))
    return first


def reason_of(error: BaseException) -> str:
    """Why the system refused, in its own words and without a path.

    >>> reason_of(OSError(28, "No space left on device")), reason_of(ValueError("embedded null byte"))
    ('No space left on device', 'embedded null byte')
    """
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def is_plain_name(name: str) -> bool:
    """Whether a file of this name can be made on every system: no path, no name that Windows keeps for itself.

    >>> [is_plain_name(name) for name in ("bảng.csv", "../x.csv", "NUL.csv", "a ", "a\\0b")]
    [True, False, False, False, False]
    """
    plain = bool(name.strip(". ")) and not _FORBIDDEN.search(name) and not _RESERVED.fullmatch(name)
    return plain and name[-1] not in ". " and len(name.encode("utf-8")) <= 200


def write_whole(path: str | Path, content: str | bytes, within: str | Path | None = None) -> bool:
    """Put bytes or text at `path` in one step, so that an interrupted run leaves the old file or the new, never a half.

    A file that already holds the content is left alone. Returns True when something was written.

    within: a folder the file must lie in when all links are followed.

    Raises KontumError, with the old file as it was, for a name no file can have everywhere, for a link, a device, a
    pipe or a folder in the place of the file, for a place outside `within`, and where the disk refuses.
    """
    path = Path(path)
    content = content.encode("utf-8") if isinstance(content, str) else content
    if not is_plain_name(path.name):
        raise KontumError("hostile.bad_name", name=repr(path.name))
    try:
        if path.is_symlink():
            raise KontumError("hostile.link", file=path.name)
        if within is not None and not path.parent.resolve().is_relative_to(Path(within).resolve()):
            raise KontumError("hostile.outside", file=path.name, folder=path.parent.name)
        if path.exists() and not path.is_file():  # a device would be replaced by a file, a pipe be waited for
            raise KontumError("hostile.not_replaced", file=path.name)
        if holds(path, content):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except (OSError, ValueError) as error:
        if isinstance(error, KontumError):
            raise
        raise WriteError("hostile.cannot_write", file=path.name, reason=reason_of(error)) from None
    return True


def save(files: Mapping[Path, str | bytes], place: Path, overwrite: bool = False, option: str = "--out") -> None:
    """Write files that a user asked for; what somebody has changed since we wrote it is kept.

    place: the file or folder as the user named it with this option. A file that is there may be replaced where it is
    still what was written: each carries the hash of its content with it, as an attribute that the system stores
    (`user.kontum`). Where the system stores none, or the attribute was lost, every other content counts as changed.

    Raises KontumError, before anything is written, with the first such file and a free name to take instead; with
    `overwrite` all are replaced. Raises as `write_whole` does.
    """
    contents = {path: text.encode("utf-8") if isinstance(text, str) else text for path, text in files.items()}
    edits = [path for path, content in contents.items() if path.is_file() and not _is_ours(path, content)]
    if edits and not overwrite:
        names = (place.with_stem(f"{place.stem}-{n}") for n in count(2))
        free = next(name for name in names if not name.exists())
        raise KontumError("files.kept", file=edits[0].name, count=len(edits), option=option, free=free)
    for path, content in contents.items():
        write_whole(path, content)
        with suppress(OSError, AttributeError):  # not every system has attributes of files
            os.setxattr(path, _MARK, hashlib.sha256(content).hexdigest().encode())


def _is_ours(path: Path, content: bytes) -> bool:
    """Whether a file holds this content, or still what was once written there."""
    if holds(path, content):
        return True
    try:
        return os.getxattr(path, _MARK).decode() == hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, AttributeError, ValueError):
        return False


def holds(path: Path, content: bytes) -> bool:
    """Whether a plain file of this content stands at `path`; one of another size is not read."""
    return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content


def _replace(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def clear_leftovers(folder: str | Path) -> None:
    """Remove the unfinished files that a killed run of `write_whole` left anywhere in `folder`; links are not followed.

    Raises KontumError where the system does not let a file be removed.
    """
    for place, _, names in os.walk(folder):
        for name in filter(_LEFTOVER.fullmatch, names):
            try:
                Path(place, name).unlink(missing_ok=True)
            except OSError as error:
                raise WriteError("hostile.cannot_write", file=name, reason=reason_of(error)) from None


@contextmanager
def one_run(folder: str | Path, shared: bool = False) -> Iterator[None]:
    """Hold a folder while a run writes to it. The system lets go when the run ends, even when it is killed.

    shared: hold it for reading: others may read too, none may write.
    Raises KontumError at once where another run holds it. The folder itself is locked, so that no lock file is left;
    where the system cannot lock a folder (Windows, some network disks) the run goes on unguarded.
    """
    handle = None
    try:
        if fcntl is not None:
            handle = os.open(folder, os.O_RDONLY)
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        if handle is not None:
            os.close(handle)
        raise KontumError("hostile.other_run", folder=Path(folder).resolve().name) from None
    except OSError:
        pass
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)
