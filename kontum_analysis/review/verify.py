"""Rebuild everything in a scratch folder and say what differs from what is committed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.errors import Words
from ..base.files import ROOT
from .figure_checks import figure_problems
from .notebooks import notebook_paths, output_differences, problems
from .reproduce import manifest

TOLERANCE = 1e-8  # relative; committed tables carry nine significant digits


def differences(scratch: str | Path, root: str | Path = ROOT) -> list[Words]:
    """Every file that is missing, too many, or different between `root` (committed) and `scratch` (rebuilt).

    Tables are compared by value, notebooks by output, all else by bytes. Returns a list of `Words`, empty if the
    same; the packages whose versions differ from those of the committed run come last, since they may explain it.
    """
    root, scratch = Path(root), Path(scratch)
    found = []
    for folder in ("data/processed", "figures", "notebooks"):
        old, new = (_files(base, folder) for base in (root, scratch))
        found += [Words("verify.gone", file=name) for name in sorted(old - new)]
        found += [Words("verify.new", file=name) for name in sorted(new - old)]
        for name in sorted(old & new):
            found += _compare(name, root / name, scratch / name)
    package, rebuilt = (base / "data" / "datapackage.json" for base in (root, scratch))
    if not package.exists() or not rebuilt.exists() or package.read_bytes() != rebuilt.read_bytes():
        found.append(Words("verify.description", file="data/datapackage.json"))
    for path in notebook_paths(root / "notebooks"):
        found += problems(path, root / "figures")
    found += figure_problems(root / "figures")
    then = _committed_manifest(root)
    if then is None:
        return [*found, Words("verify.manifest", file="data/processed/manifest.json")]
    now = manifest(root)
    found += input_changes(then, now)
    if found:
        versions = ({"python": run["python"], **run["packages"]} for run in (then, now))
        found += [Words("verify.version", name=name, then=was, now=here) for name, was, here in _changes(*versions)]
    return found


def input_changes(then: dict[str, Any], now: dict[str, Any]) -> list[Words]:
    """What of the inputs is not as it was: raw tables, sources by their id, and scenarios with the figures that rest on
    them.

    then, now: manifests of the committed run and of the files as they are. Returns a list of `Words`.
    """
    from ..figures import CATALOGUE

    found = []
    for name, was, here in _changes(then["inputs"], now["inputs"]):
        found.append(Words("verify.input", name=name, then=was, now=here))
        scenario = name.removesuffix(".yaml")
        if scenario != name and (resting := [f for f, entry in CATALOGUE.items() if scenario in entry.scenarios]):
            found.append(Words("hostile.verify.scenario", name=name, figures=resting))
    for name, was, here in _changes(then.get("sources", {}), now["sources"]):
        found.append(Words("hostile.verify.source", name=name, then=was, now=here))
    return found


def _files(base: Path, folder: str) -> set[str]:
    paths = (p for p in (base / folder).rglob("*") if p.is_file())
    return {
        p.relative_to(base).as_posix()
        for p in paths
        if p.name not in ("README.md", ".gitkeep", "manifest.json") and ".ipynb_checkpoints" not in p.parts
    }


def _compare(name: str, old: Path, new: Path) -> list[Words]:
    if name.endswith(".ipynb"):
        return output_differences(old, new)
    if old.read_bytes() == new.read_bytes():
        return []
    if name.endswith(".csv"):
        return table_differences(name, old, new)
    return [Words("verify.bytes", file=name)]


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
    found = []
    for column in a.columns:
        x, y = (pd.to_numeric(t[column], errors="coerce") for t in (a, b))
        same = (a[column] == b[column]) | ((x - y).abs() <= TOLERANCE * y.abs())
        for row in a.index[~same][:3]:
            was, now = a.at[row, column], b.at[row, column]
            found.append(Words("verify.cell", file=name, row=row + 2, column=column, old=was, new=now))
    return found


def _committed_manifest(root: Path) -> dict[str, Any] | None:
    try:
        made: dict[str, Any] = json.loads((root / "data" / "processed" / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return made


def _changes(then: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, object, object]]:
    """(name, value then, value now) of everything that is not the same."""
    none = Words("verify.none")
    names = sorted(name for name in set(then) | set(now) if then.get(name) != now.get(name))
    return [(name, then.get(name, none), now.get(name, none)) for name in names]
