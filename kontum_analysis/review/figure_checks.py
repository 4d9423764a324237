"""Say which committed pictures are not the picture of the table and the words that lie beside them.

A picture carries its title and, as `Data`, the hash of the table it was drawn from. So a table changed after the
drawing, a
picture swapped for another and one whose marks were wiped out show at once, without drawing anything anew.
"""

import hashlib
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from ..base.errors import Words

_STAMP = re.compile(r"sha256:([0-9a-f]{12})")
_TITLE = re.compile(r"<title>(.*?)</title>|<dc:title>(.*?)</dc:title>", re.DOTALL)
UNREADABLE = (OSError, ValueError, SyntaxError)  # Pillow raises SyntaxError for a broken PNG


def figure_problems(folder: str | Path) -> list[Words]:
    """A list of `Words` for every picture in `folder`/vi and `folder`/en that is stale, swapped, unmarked or broken."""
    pictures = sorted(p for p in Path(folder).glob("*/*") if p.suffix in (".png", ".svg"))
    marks = {path: marks_of(path) for path in pictures}
    marked = any(mark and mark[1] for mark in marks.values())  # pictures of before the marks carry none at all
    return [problem for path in pictures for problem in _problems(path, marks[path], marked)]


def marks_of(path: Path) -> tuple[str, str] | None:
    """(title, hash of the data) that a PNG or SVG file says of itself, "" for what it does not say; None if it is
    broken.
    """
    try:
        if path.suffix == ".svg":
            text = path.read_text(encoding="utf-8")
            title, stamp = _TITLE.search(text), _STAMP.search(text)
            return unescape(title[1] or title[2]) if title else "", stamp[1] if stamp else ""
        from PIL import Image

        with Image.open(path) as image:
            said = image.text  # type: ignore[attr-defined]  # a PNG file has it
    except UNREADABLE:
        return None
    stamp = _STAMP.search(said.get("Data", ""))
    return said.get("Title", ""), stamp[1] if stamp else ""


def _problems(path: Path, marks: tuple[str, str] | None, marked: bool) -> Iterator[Words]:
    name = f"figures/{path.parent.name}/{path.name}"
    if marks is None:
        yield Words("hostile.verify.broken", file=name)
        return
    (title, stamp), table, words = marks, path.with_suffix(".csv"), path.with_suffix(".md")
    if words.is_file():
        wanted = words.read_text(encoding="utf-8").split("\n\n")[0].removeprefix("# ")
        if " ".join(title.split()) != " ".join(wanted.split()):
            yield Words("hostile.verify.swapped", file=name, found=title, wanted=wanted)
    if table.is_file():
        now = hashlib.sha256(table.read_bytes()).hexdigest()[:12]
        if stamp and stamp != now:
            yield Words("hostile.verify.stale", file=name, table=table.name, then=stamp, now=now)
        elif marked and not stamp:
            yield Words("hostile.verify.unmarked", file=name)
