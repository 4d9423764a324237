"""Rebuild everything in a scratch folder and say what differs from what is committed, and which pictures are stale.

A picture carries its title and, as `Data`, the hash of the table it was drawn from. So a table changed after the
drawing, a picture swapped for another and one whose marks were wiped out show at once, without drawing anything anew.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.errors import Words
from ..base.files import ROOT
from .notebooks import notebook_paths, output_differences, problems
from .reproduce import manifest

TOLERANCE = 1e-8  # relative; committed tables carry nine significant digits
_STAMP = re.compile(r"sha256:([0-9a-f]{12})")
_TITLE = re.compile(r"<title>(.*?)</title>|<dc:title>(.*?)</dc:title>", re.DOTALL)
_UNREADABLE = (OSError, ValueError, SyntaxError)  # Pillow raises SyntaxError for a broken PNG


def differences(scratch: str | Path, root: str | Path = ROOT) -> list[Words]:
    """Every file that is missing, too many, or different between `root` (committed) and `scratch` (rebuilt).

    Tables are compared by value, notebooks by output, all else by bytes. Returns a list of `Words`, empty if the
    same; the packages whose versions differ from those of the committed run come last, since they may explain it.
    """
    root, scratch = Path(root), Path(scratch)
    wrong = []
    for folder in ("data/processed", "figures", "notebooks"):
        old, new = (_files(base, folder) for base in (root, scratch))
        wrong += [Words("verify.gone", file=name) for name in sorted(old - new)]
        wrong += [Words("verify.new", file=name) for name in sorted(new - old)]
        for name in sorted(old & new):
            wrong += _compare(name, root / name, scratch / name)
    package, rebuilt = (base / "data" / "datapackage.json" for base in (root, scratch))
    if not package.exists() or not rebuilt.exists() or package.read_bytes() != rebuilt.read_bytes():
        wrong.append(Words("verify.description", file="data/datapackage.json"))
    for path in notebook_paths(root / "notebooks"):
        wrong += problems(path, root / "figures")
    wrong += figure_problems(root / "figures")
    before = _committed_manifest(root)
    if before is None:
        return [*wrong, Words("verify.manifest", file="data/processed/manifest.json")]
    now = manifest(root)
    wrong += input_changes(before, now)
    if wrong:
        versions = ({"python": run["python"], **run["packages"]} for run in (before, now))
        wrong += [Words("verify.version", name=name, then=was, now=new) for name, was, new in _changes(*versions)]
    return wrong


def input_changes(before: dict[str, Any], now: dict[str, Any]) -> list[Words]:
    """Inputs that differ from the committed run: raw tables, sources by id, scenarios with the figures made from them.

    before, now: manifests of the committed run and of the files as they are. Returns a list of `Words`.
    """
    from ..figures import CATALOGUE

    changes = []
    for name, was, new in _changes(before["inputs"], now["inputs"]):
        changes.append(Words("verify.input", name=name, then=was, now=new))
        scenario = name.removesuffix(".yaml")
        figures = [figure for figure, entry in CATALOGUE.items() if scenario in entry.scenarios]
        if scenario != name and figures:
            changes.append(Words("hostile.verify.scenario", name=name, figures=figures))
    for name, was, new in _changes(before.get("sources", {}), now["sources"]):
        changes.append(Words("hostile.verify.source", name=name, then=was, now=new))
    return changes


def _files(base: Path, folder: str) -> set[str]:
    left_out = ("README.md", ".gitkeep", "manifest.json")
    paths = (path for path in (base / folder).rglob("*") if path.is_file() and path.name not in left_out)
    return {path.relative_to(base).as_posix() for path in paths if ".ipynb_checkpoints" not in path.parts}


def _compare(name: str, old: Path, new: Path) -> list[Words]:
    if name.endswith(".ipynb"):
        return output_differences(old, new)
    if old.read_bytes() == new.read_bytes():
        return []
    return table_differences(name, old, new) if name.endswith(".csv") else [Words("verify.bytes", file=name)]


def table_differences(name: str, old: Path, new: Path) -> list[Words]:
    """What differs between two CSV files of one name, numbers within `TOLERANCE`; at most three cells of a column."""
    try:
        a, b = (pd.read_csv(path, dtype=str, keep_default_na=False) for path in (old, new))
    except ValueError as error:
        return [Words("verify.unreadable", file=name, detail=str(error))]
    if list(a.columns) != list(b.columns):
        return [Words("verify.columns", file=name, old=list(a.columns), new=list(b.columns))]
    if len(a) != len(b):
        return [Words("verify.rows", file=name, old=len(a), new=len(b))]
    cells = []
    for column in a.columns:
        x, y = (pd.to_numeric(table[column], errors="coerce") for table in (a, b))
        is_same = (a[column] == b[column]) | ((x - y).abs() <= TOLERANCE * y.abs())
        for row in a.index[~is_same][:3]:
            old_value, new_value = a.at[row, column], b.at[row, column]
            cells.append(Words("verify.cell", file=name, row=row + 2, column=column, old=old_value, new=new_value))
    return cells


def _committed_manifest(root: Path) -> dict[str, Any] | None:
    try:
        committed: dict[str, Any] = json.loads((root / "data" / "processed" / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return committed


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, object, object]]:
    """(name, value then, value now) of everything that is not the same."""
    none = Words("verify.none")
    names = sorted(name for name in set(before) | set(now) if before.get(name) != now.get(name))
    return [(name, before.get(name, none), now.get(name, none)) for name in names]


def figure_problems(folder: str | Path) -> list[Words]:
    """A list of `Words` for every picture in `folder`/vi and `folder`/en that is stale, swapped, unmarked or broken."""
    pictures = sorted(path for path in Path(folder).glob("*/*") if path.suffix in (".png", ".svg"))
    return [problem for path in pictures for problem in _picture_problems(path)]


def marks_of(path: Path) -> tuple[str, str] | None:
    """(title, hash of the data) that a PNG or SVG file says of itself, "" for what it does not say; None if broken."""
    try:
        if path.suffix == ".svg":
            text = path.read_text(encoding="utf-8")
            match, stamp = _TITLE.search(text), _STAMP.search(text)
            title = unescape(match[1] or match[2]) if match else ""
        else:
            from PIL import Image

            with Image.open(path) as image:
                marks = image.text  # type: ignore[attr-defined]  # a PNG file has it
            title, stamp = marks.get("Title", ""), _STAMP.search(marks.get("Data", ""))
    except _UNREADABLE:
        return None
    return title, stamp[1] if stamp else ""


def _picture_problems(path: Path) -> Iterator[Words]:
    name, marks = f"figures/{path.parent.name}/{path.name}", marks_of(path)
    if marks is None:
        yield Words("hostile.verify.broken", file=name)
        return
    (title, stamp), table, note = marks, path.with_suffix(".csv"), path.with_suffix(".md")
    if note.is_file():
        note_title = note.read_text(encoding="utf-8").split("\n\n")[0].removeprefix("# ")
        if " ".join(title.split()) != " ".join(note_title.split()):
            yield Words("hostile.verify.swapped", file=name, found=title, wanted=note_title)
    if table.is_file():
        now = hashlib.sha256(table.read_bytes()).hexdigest()[:12]
        if not stamp:
            yield Words("hostile.verify.unmarked", file=name)
        elif stamp != now:
            yield Words("hostile.verify.stale", file=name, table=table.name, then=stamp, now=now)
