"""What is taken from outside: plain files of a sensible size, and names that every system can give to a file."""

import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from .errors import KontumError, Problem, Words

MEGABYTE = 1_000_000
TABLE_MB = 20  # the largest raw table holds 0.3 MB
TABLE_ROWS = 100_000  # the longest has 1,130
PROBLEMS = 200  # listed for one file; a file with more is wrong as a whole
SCENARIO_MB = 0.2  # a scenario holds 1 kB
BOUNDARIES_MB = 30  # the borders of all communes of the country, simplified, hold about 20 MB
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff]')


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
    found = list(islice(problems, PROBLEMS))
    if next(problems, None) is not None:
        found.append(Problem(file, None, None, Words("hostile.more"), "hostile.first_only", {"limit": PROBLEMS}))
    return found


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
