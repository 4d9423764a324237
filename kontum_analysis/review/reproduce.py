"""The main job, from the published figures to the notebooks: every step, every file, in order.

Each step is a generator that yields after each piece of work, so that a progress bar can follow it. Files are
written whole or not at all, and a file that would not change is not touched.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
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
from ..figures import CATALOGUE, build
from ..ntm.attainment import project_ntm
from ..poverty.draws import outlook_draws
from ..poverty.estimates import estimate_panel
from ..poverty.hidden import leave_one_out
from ..poverty.paces import implied_pace
from ..poverty.paths import exit_quotas, project_poverty
from ..poverty.scenarios import preset, presets
from ..publish import tables
from ..publish.notebooks import VERSIONS_OF, data_hashes, row_hashes
from ..targets.board import scoreboard
from .notebooks import executed, notebook_paths

Observations = Callable[[], pd.DataFrame]  # read when first asked for


def steps(out: str | Path = ROOT, figures: Sequence[str] = tuple(CATALOGUE)) -> list[tuple[str, int, Iterator[None]]]:
    """(label key, number of pieces, generator) for every step; `out` is the folder that receives the files.

    figures: names of the figures to draw, default all.
    """
    out = Path(out)
    observations = cache(load_observations)
    processed = out / "data" / "processed"
    return [
        ("step.data", 3, _data(processed, observations)),
        ("step.estimates", 2, _estimates(processed, observations)),
        ("step.paths", len(presets()), _paths(processed, observations)),
        ("step.forecasts", 3, _forecasts(processed, observations)),
        ("step.package", 1, _package(processed)),
        ("step.figures", len(figures) * len(LANGUAGES), _figures(out / "figures", observations, figures)),
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


def _csv(path: Path, frame: pd.DataFrame) -> None:
    content = frame.to_csv(index=False, lineterminator="\n", float_format="%.9g")
    write_whole(path, content, within=path.parents[2])


def _data(folder: Path, observations: Observations) -> Iterator[None]:
    raw_tables(trusted=False)
    for name in presets():  # a bad scenario stops the run before anything is written
        preset(name)
    yield
    _csv(folder / "observations.csv", observations().drop(columns="line"))
    yield
    _csv(folder / "identities.csv", identities())
    content = json.dumps(manifest(), indent=1, ensure_ascii=False) + "\n"
    write_whole(folder / "manifest.json", content, within=folder.parents[1])
    yield


def _estimates(folder: Path, observations: Observations) -> Iterator[None]:
    _csv(folder / "district_panel.csv", estimate_panel(observations()).panel)
    yield
    _csv(folder / "leave_one_out.csv", leave_one_out(observations()))
    yield


def _paths(folder: Path, observations: Observations) -> Iterator[None]:
    paths, quotas, implied = [], [], []
    for name in presets():
        scenario = preset(name)
        projection = project_poverty(observations(), scenario)
        paths.append(projection)
        quotas.append(exit_quotas(projection))
        implied.append(implied_pace(observations(), scenario))
        yield
    _csv(folder / "poverty_paths.csv", pd.concat(paths))
    _csv(folder / "exit_quotas.csv", pd.concat(quotas))
    _csv(folder / "implied_pace.csv", pd.concat(implied))
    _csv(folder / "headline.csv", tables.headline(observations()))


def _forecasts(folder: Path, observations: Observations) -> Iterator[None]:
    ntm = project_ntm(observations(), pace=1.5)
    _csv(folder / "ntm_attainment.csv", ntm.years)
    _csv(folder / "ntm_communes.csv", ntm.communes)
    yield
    _csv(folder / "poverty_outlook.csv", outlook_draws(observations()).quantiles())
    yield
    _csv(folder / "scoreboard.csv", scoreboard(observations()))
    yield


def _package(processed: Path) -> Iterator[None]:
    write_whole(processed.parent / "datapackage.json", package_text(processed), within=processed.parents[1])
    yield


def _figures(folder: Path, observations: Observations, names: Sequence[str]) -> Iterator[None]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
        for made in pool.map(_drawn, names, repeat(observations())):
            for lang, files in made.items():
                for file, content in files.items():
                    write_whole(folder / lang / file, content, within=folder.parent)
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


def _drawn(name: str, obs: pd.DataFrame) -> dict[str, dict[str, bytes]]:
    """All files of one figure in both languages; runs in a process of its own, since drawing takes most of the time."""
    first = build(name, obs, LANGUAGES[0])
    return {lang: first.in_language(lang).files() for lang in LANGUAGES}


def _notebooks(folder: Path) -> Iterator[None]:
    sources = notebook_paths()
    with ThreadPoolExecutor(2) as pool:
        for path, content in zip(sources, pool.map(executed, sources), strict=True):
            write_whole(folder / path.name, content, within=folder.parent)
            yield


def manifest(root: str | Path = ROOT) -> dict[str, Any]:
    """What the files were made with: Python, package versions, hashes of raw tables, scenarios and each source's row.

    root: the folder with `data/raw` and `data/scenarios`. `checked` is the hash of the raw tables that passed every
    rule, with the rules themselves: tables of that hash need no second check (`raw_tables`).
    """
    data = Path(root) / "data"
    files = {name: data / "raw" / f"{name}.csv" for name in COLUMNS}
    return {
        "python": ".".join(map(str, sys.version_info[:2])),
        "packages": {name: version(name) for name in VERSIONS_OF},
        "checked": contents_hash({name: file.read_bytes() for name, file in files.items() if file.is_file()}),
        "inputs": dict(data_hashes(data / "raw", data / "scenarios").itertuples(index=False)),
        "sources": row_hashes(data / "raw" / "sources.csv"),
    }
