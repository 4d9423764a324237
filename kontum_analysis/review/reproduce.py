"""The main job, from the published figures to the notebooks: every step, every file, in order.

Each step is a generator that yields after each piece of work, so that a progress bar can follow it. Files are written
whole or not at all, and a file that would not change is not touched.
"""

import csv
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import repeat
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

import pandas as pd

from ..base.files import ROOT, clear_leftovers, one_run, write_whole
from ..base.words import LANGUAGES
from ..data.agreement import identities
from ..data.contract import COLUMNS, package_text
from ..data.observations import contents_hash, load_observations, raw_tables
from ..data.programme import asked_pace
from ..figures import CATALOGUE, build
from ..ntm.attainment import project_ntm
from ..poverty.draws import outlook_draws
from ..poverty.estimates import estimate_panel
from ..poverty.hidden import leave_one_out
from ..poverty.paces import implied_pace
from ..poverty.paths import exit_quotas, project_poverty
from ..poverty.scenarios import preset, presets
from ..publish.notebooks import PACKAGES, made_with
from ..publish.tables import headline
from ..targets.board import scoreboard
from .notebooks import executed, notebook_paths

Makers = dict[str, Callable[[], pd.DataFrame | str]]  # name of a file -> how it is made


def steps(out: str | Path = ROOT, figures: Sequence[str] = tuple(CATALOGUE)) -> list[tuple[str, int, Iterator[None]]]:
    """(label key, number of pieces, generator) for every step; `out` is the folder that receives the files.

    figures: names of the figures to draw, default all. The raw tables are read when a step first asks for them.
    """
    out = Path(out)
    obs, processed = cache(load_observations), out / "data" / "processed"
    paths = cache(lambda: pd.concat([project_poverty(obs(), preset(name)) for name in presets()]))
    ntm = cache(lambda: project_ntm(obs(), asked_pace()))
    tables: dict[str, Makers] = {
        "step.data": {"observations.csv": lambda: obs().drop(columns="line"), "identities.csv": identities},
        "step.estimates": {
            "district_panel.csv": lambda: estimate_panel(obs()).panel,
            "leave_one_out.csv": lambda: leave_one_out(obs()),
        },
        "step.paths": {
            "poverty_paths.csv": paths,
            "exit_quotas.csv": lambda: pd.concat(
                [exit_quotas(path) for _, path in paths().groupby("scenario", sort=False)]
            ),
            "implied_pace.csv": lambda: pd.concat([implied_pace(obs(), preset(name)) for name in presets()]),
            "headline.csv": lambda: headline(obs()),
        },
        "step.forecasts": {
            "ntm_attainment.csv": lambda: ntm().years,
            "ntm_communes.csv": lambda: ntm().communes,
            "poverty_outlook.csv": lambda: outlook_draws(obs()).quantiles(),
            "scoreboard.csv": lambda: scoreboard(obs()),
        },
    }
    return [
        ("step.inputs", 2, _inputs(out)),
        *((key, len(each), _write(out, "data/processed", each)) for key, each in tables.items()),
        ("step.package", 1, _write(out, "data", {"datapackage.json": lambda: package_text(processed)})),
        ("step.figures", len(figures), _figures(out / "figures", obs, figures)),
        ("step.notebooks", len(notebook_paths()), _notebooks(out / "notebooks")),
    ]


@contextmanager
def alone(out: str | Path = ROOT) -> Iterator[None]:
    """Hold the folder `out` for one run, and first remove what a killed run left unfinished in it.

    Raises KontumError at once where another run is at work in the folder, and where nothing may be removed.
    """
    with one_run(out):
        for name in ("data", "figures", "notebooks"):
            clear_leftovers(Path(out) / name)
        yield


def _inputs(out: Path) -> Iterator[None]:
    """Check the raw tables and the scenarios, so that a bad one stops the run before anything is written."""
    raw_tables(trusted=False)
    for name in presets():
        preset(name)
    yield
    text = json.dumps(manifest(), indent=1, ensure_ascii=False) + "\n"
    yield from _write(out, "data/processed", {"manifest.json": lambda: text})


def _write(out: Path, folder: str, makers: Makers) -> Iterator[None]:
    """Write the files of a folder below `out`, each made when its turn comes: a table as CSV, a text as it is."""
    for name, make in makers.items():
        content = make()
        if isinstance(content, pd.DataFrame):
            content = content.to_csv(index=False, lineterminator="\n", float_format="%.9g")
        write_whole(out / folder / name, content, within=out)
        yield


def _figures(folder: Path, obs: Callable[[], pd.DataFrame], names: Sequence[str]) -> Iterator[None]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
        for files in pool.map(_draw_figure, names, repeat(obs())):
            for name, content in files.items():
                write_whole(folder / name, content, within=folder.parent)
            yield


def _end_with_parent() -> None:
    """Let a drawing process end when the run that started it is killed, instead of waiting for work for ever."""
    parent = parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def _draw_figure(name: str, obs: pd.DataFrame) -> dict[str, bytes]:
    """All files of one figure in both languages; runs in a process of its own, since drawing takes most of the time."""
    first = build(name, obs, LANGUAGES[0])
    each = {lang: first.in_language(lang).files() for lang in LANGUAGES}
    return {f"{lang}/{file}": content for lang, files in each.items() for file, content in files.items()}


def _notebooks(folder: Path) -> Iterator[None]:
    sources = notebook_paths()
    with ThreadPoolExecutor(2) as pool:  # each notebook runs in a process of its own: its kernel
        for path, content in zip(sources, pool.map(executed, sources), strict=True):
            write_whole(folder / path.name, content, within=folder.parent)
            yield


def manifest(root: str | Path = ROOT) -> dict[str, Any]:
    """What the files were made with: Python, packages, hashes of raw tables and scenarios, and of each source's row.

    root: the folder with `data/raw` and `data/scenarios`. `checked` is the hash of the raw tables that passed every
    rule, with the rules themselves: tables of that hash need no second check (`raw_tables`).
    """
    data = Path(root) / "data"
    files = {name: data / "raw" / f"{name}.csv" for name in COLUMNS}
    depends_on = made_with(data / "raw", data / "scenarios").set_index("made_with")["version"]
    return {
        "python": ".".join(map(str, sys.version_info[:2])),
        "packages": depends_on[list(PACKAGES)].to_dict(),
        "checked": contents_hash({name: file.read_bytes() for name, file in files.items() if file.is_file()}),
        "inputs": depends_on.drop(list(PACKAGES)).to_dict(),
        "sources": _row_hashes(data / "raw" / "sources.csv"),
    }


def _row_hashes(path: Path) -> dict[str, str]:
    """The first 8 digits of the SHA-256 of each row of a CSV file, by what stands in its first column."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {row[0]: hashlib.sha256("\0".join(row).encode("utf-8")).hexdigest()[:8] for row in rows if row}
