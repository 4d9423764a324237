"""Run a simulation of any number of areas, and hold its tables."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import hash as hash_of

from ..base.errors import KontumError
from .kernel import FORMAT, Area, Part, Settings, Task, summary
from .movement import Movement, closed_form, from_history, normal_margins, with_moves
from .tasks import Groups, tasks_of
from .tree import plant_tree
from .workers import Store, drawn_parts

QUANTILES = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
EVENTS = ["p_target", "areas_mean", "areas_q05", "areas_q50", "areas_q95", "p_all"]
FEWEST_DRAWS = 100
TASK_AREAS = 400  # more than most provinces have; a larger one is drawn by its districts


@dataclass(frozen=True)
class Simulation:
    """Tables of a run; rates are fractions.

    margins: one row a lowest area and time, in closed form (no Monte-Carlo error): level, area, year, households, q01
    … q99, p_target. totals: one row a node or group and time, from the draws: level, area, year, areas, households,
    mean, q01 … q99 of its rate (households weigh), p_target (share of draws with its rate at or below the target),
    areas_mean, areas_q05, areas_q50, areas_q95 (areas in it at or below the target), p_all (share of draws with all
    of them there); without a target those are missing. about: seed, draws, target, start, inputs (a hash of all that
    went in), synthetic.
    """

    margins: pd.DataFrame
    totals: pd.DataFrame
    about: dict[str, Any]

    def table(self) -> pd.DataFrame:
        """Both tables in one, with columns `synthetic` (yes, no) first and `made_by` (simulated, closed_form) last."""
        parts = {"simulated": self.totals, "closed_form": self.margins}
        table = pd.concat([part.assign(made_by=way) for way, part in parts.items() if len(part)], ignore_index=True)
        table.insert(0, "synthetic", "yes" if self.about["synthetic"] else "no")
        return table


def simulate_panel(
    areas: pd.DataFrame,
    times: Iterable[float],
    draws: int = 10_000,
    seed: int = 3299,
    *,
    start: float | None = None,
    target: float | None = None,
    groups: Groups | None = None,
    movement: Movement | None = None,
    levels: Sequence[float] = QUANTILES,
    chunk: int = TASK_AREAS,
    workers: int = 1,
    scheduler: str | None = None,
    resume: str | Path | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Simulation:
    """The poverty ensemble over any number of areas: margins in closed form, sums and joint events by simulation.

    areas: table with code, level (nation, region, province, district, commune), parent (empty at the top), rate
    (fraction, at `start`) and households, one row an area (`tree.plant_tree`). times: years, ascending, after `start`
    (None: the year before the first). target: a rate (fraction) for the events. groups: name -> codes of lowest
    areas, further sums. movement: None for that of the published history. levels: of the quantiles. chunk: lowest
    areas that one task holds at most. workers: threads. scheduler: "local" for so many processes in place of threads,
    else the address of a Dask scheduler. resume: folder that keeps finished tasks. progress: called with (areas done,
    areas to draw).

    The same inputs give the same bytes for every chunk, number of workers and order of rows, on machines whose
    processors compute numpy's float32 exponential alike. Memory: :func:`memory_bound`. Raises KontumError or DataError
    for inputs that cannot be run, and where a cluster cannot be reached or is lost.

    >>> country = __import__("kontum_analysis").synthetic_country(1, provinces=2, districts=5, communes=40)
    >>> found = simulate_panel(country, range(2026, 2031), draws=500, target=0.05)
    >>> found.totals.query("area == 'SYN' and year == 2030").areas.item()
    40
    """
    years, start = _checked_years(times, start)
    _check(draws, seed, target, levels, chunk, workers)
    tree, groups = plant_tree(areas), {name: sorted(codes) for name, codes in sorted((groups or {}).items())}
    if movement is None:
        from ..data.observations import load_observations

        movement = from_history(load_observations())
    elapsed, tree = np.array(years) - start, with_moves(tree, movement)
    mean, sd = normal_margins(tree, elapsed)
    settings = Settings(int(seed), int(draws), elapsed, tuple(levels), 2.0 if target is None else float(target))
    tasks, nodes = tasks_of(tree, mean, settings, groups, chunk)
    places = [(frame["code"] + "\t" + frame["parent"]).str.cat(sep="\n") for frame in tree]
    numbers = [mean, sd, *(frame[["households", "centre", "speed_sd", "shock_sd"]].to_numpy() for frame in tree)]
    inputs = hash_of((FORMAT, np.__version__, settings, places, numbers, groups))
    store = None if resume is None else Store(Path(resume), f"{inputs}-{chunk}")
    with closing(drawn_parts(tasks, workers, scheduler, store)) as parts:
        summaries = _collect(parts, tasks, nodes, progress)

    quantile_names = [f"q{100 * level:02g}" for level in levels]
    quantiles, chance = closed_form(mean, sd, levels, target)
    margins = _yearly(tree.leaves[["level", "code", "households"]], years)
    margins[quantile_names], margins["p_target"] = quantiles.reshape(-1, len(levels)), chance.ravel()
    totals = _yearly(pd.DataFrame(nodes, columns=Area._fields)[["level", "code", "areas", "households"]], years)
    names = ["mean", *quantile_names, *EVENTS]
    totals[names] = np.concatenate([np.empty((0, len(names))), *(summaries[number] for number in range(len(nodes)))])
    if target is None:
        totals[EVENTS] = np.nan
    about = dict(seed=int(seed), draws=int(draws), target=target, start=start, inputs=inputs)
    return Simulation(margins, totals, {**about, "synthetic": bool(areas.attrs.get("synthetic", False))})


def memory_bound(years: int, draws: int, depth: int = 3, groups: int = 0, workers: int = 1) -> int:
    """Upper bound in bytes of what a run holds beside its tables (which take about 2 kB an area and 400 bytes a row).

    depth: nodes above a lowest area. It does not grow with the number of areas.

    >>> memory_bound(10, 10_000, workers=2) < 200e6
    True
    """
    worker = 16 * (depth + 1) + 36 + 24  # bytes a number: paths and sums by depth, a block or a summary, two parts
    return years * draws * (workers * worker + 12 * (depth + groups) + 60) + 1_000_000 * (workers + 1)


def _checked_years(times: Iterable[float], start: float | None) -> tuple[list[float], float]:
    """Years, whole ones as whole numbers, and the year of the opening."""
    try:
        years = [float(time) for time in times]
        start = years[0] - 1 if start is None and years else float(start or 0)
    except (TypeError, ValueError):
        raise KontumError("simulate.error.times", value=f"{start}, {times}") from None
    if not years or not np.isfinite([start, *years]).all() or not np.all(np.diff([start, *years]) > 0):
        raise KontumError("simulate.error.times", value=[f"{year:g}" for year in years] or "–")
    return [int(year) if year == int(year) else year for year in years], start


def _check(draws: int, seed: int, target: float | None, levels: Sequence[float], chunk: int, workers: int) -> None:
    whole = (("draws", draws, FEWEST_DRAWS), ("seed", seed, 0), ("chunk", chunk, 1), ("workers", workers, 1))
    for name, value, least in whole:
        if not isinstance(value, Integral) or isinstance(value, bool) or int(value) < least:
            raise KontumError(f"simulate.whole.{name}", value=value, least=least)
    if target is not None and not (isinstance(target, Real) and 0 < target < 1):
        raise KontumError("simulate.error.target", value=target)
    if not len(levels) or list(levels) != sorted({level for level in levels if 0 < level < 1}):
        raise KontumError("simulate.error.levels", value=list(levels) or "–")


def _collect(
    parts: Iterable[Part], tasks: Sequence[Task], nodes: Sequence[Area], progress: Callable[[int, int], object] | None
) -> dict[int, np.ndarray]:
    """Summaries of nodes and groups; the sums of one that several tasks share are added up as they come."""
    missing, count, total = [node.areas for node in nodes], 0, sum(len(task.leaves) for task in tasks)
    summaries: dict[int, np.ndarray] = {}
    sums: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for part in parts:
        task = tasks[part.number]
        summaries |= dict(zip(part.nodes.tolist(), part.summaries, strict=True))
        for number in task.owners:
            poor, under = sums.get(number, (0.0, 0))
            sums[number], missing[number] = (poor + part.poor, under + part.under), missing[number] - len(task.leaves)
            if not missing[number]:
                summaries[number] = summary(nodes[number], sums.pop(number), task.settings)
        count += len(task.leaves)
        if progress is not None:
            progress(count, total)
    return summaries


def _yearly(areas: pd.DataFrame, years: Sequence[float]) -> pd.DataFrame:
    """Each row once a year; columns level, area, year, then the others."""
    table = areas.rename(columns={"code": "area"}).loc[areas.index.repeat(len(years))].reset_index(drop=True)
    table.insert(2, "year", np.tile(years, len(areas)))
    return table
