"""Write files whole or not at all, only where they were meant to go, and by one run at a time."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import KontumError, WriteError
from .limits import is_plain_name, reason_of

try:
    import fcntl
except ImportError:  # Windows without WSL: two runs at once are not told apart there
    fcntl = None  # type: ignore[assignment]  # a module, or none

_LEFTOVER = re.compile(r"\..+\.[a-z0-9_]{8}\.tmp")


def write_whole(path: str | Path, content: str | bytes, within: str | Path | None = None) -> bool:
    """Put bytes or text at `path` in one step, so that an interrupted run leaves the old file or the new, never a half.

    A file that already holds the content is left alone. Returns True when something was written.

    within: a folder the file must lie in when all links are followed.

    Raises KontumError, with the old file as it was, for a name no file can have everywhere, for a link in the place of
    the file (what it points at is never written to), for a place outside `within`, and where the disk refuses.
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
        if path.exists() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except (OSError, ValueError) as error:
        if isinstance(error, KontumError):
            raise
        raise WriteError("hostile.cannot_write", file=path.name, reason=reason_of(error)) from None
    return True


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
