"""Run a simulation of any number of areas, and hold what it found."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from .kernel import Node, Part, Task
from .movement import Movement, closed_form, from_history
from .plan import Plan, fingerprint, nodes, planned, tasks
from .store import Store
from .summaries import summary
from .tree import planted
from .workers import drawn

QUANTILES = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
FEWEST_DRAWS = 100
CHUNK = 256  # areas


@dataclass(frozen=True)
class Simulation:
    """What a run found; rates are fractions.

    margins: one row a lowest area and time, in closed form (no Monte-Carlo error): level, area, year, q01 … q99,
    p_target.
    totals: one row a node or group and time, from the draws: level, area, year, areas, households, mean, q01 … q99 of
    its
    rate (households weigh), p_target (share of draws with its rate at or below the target), areas_mean, areas_q05,
    areas_q50, areas_q95
    (areas in it at or below the target), p_all (share of draws with all of them there). Without a target those are
    missing.
    about: seed, draws, target, start, synthetic, inputs (a hash of all that went in).
    """

    margins: pd.DataFrame
    totals: pd.DataFrame
    about: dict[str, Any]

    def table(self) -> pd.DataFrame:
        """Both tables in one, with `made_by`: closed_form or simulated."""
        parts = [self.totals.assign(made_by="simulated"), self.margins.assign(made_by="closed_form")]
        return pd.concat(parts, ignore_index=True)


def simulate_panel(
    areas: pd.DataFrame,
    times: Iterable[float],
    draws: int = 10_000,
    seed: int = 3299,
    *,
    start: float | None = None,
    target: float | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    movement: Movement | None = None,
    levels: Sequence[float] = QUANTILES,
    chunk: int = CHUNK,
    workers: int | str = 1,
    scheduler: str | None = None,
    resume: str | Path | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Simulation:
    """The poverty ensemble over any number of areas: margins in closed form, sums and joint events by simulation.

    areas: table with code, level (nation, region, province, district, commune), parent (empty at the top), rate
    (fraction, at `start`) and
    households, one row an area (`tree.planted`). times: years, ascending, after `start` (None: the year before the
    first). target: a rate
    (fraction) for the events. groups: name -> codes of lowest areas, further sums. movement: `Movement`, None: that of
    the published
    history. levels: of the quantiles. workers: threads, or "dask"; scheduler: address of a Dask scheduler. resume:
    folder that keeps
    finished chunks. progress: called with (areas done, areas).

    The same inputs give the same bytes for every chunk, number of workers and order of rows, on machines whose
    processors compute numpy's
    float32 exponential alike. Memory: `memory_bound`. Raises KontumError or DataError for inputs that cannot be run.

    >>> country = __import__("kontum_analysis").synthetic_country(1, provinces=2, districts=5, communes=40)
    >>> found = simulate_panel(country, range(2026, 2031), draws=500, target=0.05)
    >>> found.totals.query("area == 'SYN' and year == 2030").areas.item()
    40
    """
    times, start = _checked_times(times, start)
    _check(draws, seed, target, levels, chunk, workers)
    tree = planted(areas)
    if movement is None:
        from ..data.observations import load_observations

        movement = from_history(load_observations())
    plan = planned(
        tree, movement, times, start, int(draws), int(seed), 2.0 if target is None else float(target), levels, groups
    )
    inputs, everything = fingerprint(plan), nodes(plan)
    store = Store(resume, inputs) if resume is not None else None
    summaries = _collected(plan, everything, chunk, workers, scheduler, store, progress)
    about = dict(
        seed=int(seed),
        draws=int(draws),
        target=target,
        start=start,
        inputs=inputs,
        synthetic=bool(areas.attrs.get("synthetic", False)),
    )
    return Simulation(_margins(plan, target), _totals(plan, everything, summaries, target), about)


def memory_bound(years: int, draws: int, depth: int = 3, groups: int = 0, workers: int = 1) -> int:
    """Upper bound in bytes of what a run holds beside its tables (which take about 2 kB an area and 400 bytes a row).

    depth: nodes above a lowest area. It does not grow with the number of areas.

    >>> memory_bound(10, 10_000, workers=2) < 200e6
    True
    """
    held = 2 * depth + groups
    return int(years * draws * (workers * (12 * held + 4 * depth + 60 + 2 * 12 * held) + 12 * held + 60)) + 5_000_000


def _checked_times(times: Iterable[float], start: float | None) -> tuple[list[float], float]:
    try:
        years = [float(t) for t in times]
        start = years[0] - 1 if start is None and years else float(start or 0)
    except (TypeError, ValueError):
        raise KontumError("simulate.error.times", value=f"{start}, {times}") from None
    rising = all(a < b for a, b in zip([start, *years], years, strict=False)) if years else False
    if not rising or not np.isfinite([start, *years]).all():
        raise KontumError("simulate.error.times", value=", ".join(f"{t:g}" for t in years) or "–")
    return [int(t) if t == int(t) else t for t in years], start


def _check(
    draws: int, seed: int, target: float | None, levels: Sequence[float], chunk: int, workers: int | str
) -> None:
    def whole(value: Any, least: int) -> bool:
        return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value >= least)

    if not whole(draws, FEWEST_DRAWS):
        raise KontumError("simulate.error.draws", value=draws, least=FEWEST_DRAWS)
    if not whole(seed, 0):
        raise KontumError("simulate.error.seed", value=seed)
    if target is not None and not (isinstance(target, float | np.floating) and 0 < target < 1):
        raise KontumError("simulate.error.target", value=target)
    if not len(levels) or any(not 0 < q < 1 for q in levels) or list(levels) != sorted(set(levels)):
        raise KontumError("simulate.error.levels", value=", ".join(map(str, levels)) or "–")
    if not whole(chunk, 1):
        raise KontumError("simulate.error.chunk", value=chunk)
    if workers != "dask" and not whole(workers, 1):
        raise KontumError("simulate.error.workers", value=workers)


def _collected(
    plan: Plan,
    everything: Mapping[int, Node],
    chunk: int,
    workers: int | str,
    scheduler: str | None,
    store: Store | None,
    progress: Callable[[int, int], object] | None,
) -> dict[int, np.ndarray]:
    """Summaries of all nodes; parts of a node from several chunks are added up as soon as they come."""
    missing = {number: node.blocks for number, node in everything.items()}
    found: dict[int, np.ndarray] = {}
    sums: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    done, areas = 0, len(plan.tree.leaves)
    for task, part in _known_or_drawn(tasks(plan, everything, chunk), workers, scheduler, store):
        found |= dict(zip(part.closed.tolist(), part.summaries, strict=True))
        for number, poor, under in zip(part.opened.tolist(), part.poor, part.under, strict=True):
            if number in sums:
                sums[number][0][:] += poor
                sums[number][1][:] += under
            else:
                sums[number] = (poor.copy(), under.copy())
            missing[number] -= task.nodes[number].blocks
            if missing[number] == 0:
                found[number] = summary(everything[number], *sums.pop(number), plan.levels, plan.target)
        done += task.areas
        if progress is not None:
            progress(done, areas)
    return found


def _known_or_drawn(
    all_tasks: Iterable[Task], workers: int | str, scheduler: str | None, store: Store | None
) -> Iterator[tuple[Task, Part]]:
    if store is None:
        yield from drawn(all_tasks, workers, scheduler)
        return
    waiting = []
    for task in all_tasks:
        part = store.find(task)
        if part is None:
            waiting.append(task)
        else:
            yield task, part
    if waiting:
        for task, part in drawn(iter(waiting), workers, scheduler):
            store.keep(task, part)
            yield task, part


def _named(levels: Sequence[float]) -> list[str]:
    return [f"q{100 * q:02.0f}" if abs(100 * q - round(100 * q)) < 1e-9 else f"q{100 * q:g}" for q in levels]


def _margins(plan: Plan, target: float | None) -> pd.DataFrame:
    found, chance = closed_form(plan.mean, plan.sd, plan.levels, target)
    leaves, years = plan.tree.leaves, len(plan.times)
    table = pd.DataFrame(
        {
            name: np.repeat(leaves[column].to_numpy(), years)
            for name, column in (("level", "level"), ("area", "code"), ("households", "households"))
        }
    )
    table.insert(2, "year", np.tile(plan.times, len(leaves)))
    table[_named(plan.levels)] = found.reshape(-1, len(plan.levels))
    table["p_target"] = np.nan if chance is None else chance.ravel()
    return table


def _totals(
    plan: Plan, everything: Mapping[int, Node], summaries: Mapping[int, np.ndarray], target: float | None
) -> pd.DataFrame:
    columns = ["mean", *_named(plan.levels), "p_target", "areas_mean", "areas_q05", "areas_q50", "areas_q95", "p_all"]
    levels = [*plan.tree.nodes["level"], *["group"] * len(plan.groups)]
    all_nodes, years = list(everything.values()), len(plan.times)
    head = dict(
        level=levels,
        area=plan.names,
        year=0,
        areas=[n.size for n in all_nodes],
        households=[n.households for n in all_nodes],
    )
    table = pd.DataFrame(head).loc[np.repeat(np.arange(len(levels)), years)].reset_index(drop=True)
    table["year"] = np.tile(plan.times, len(levels))
    figures = (
        np.concatenate([summaries[node.number] for node in all_nodes]) if all_nodes else np.empty((0, len(columns)))
    )
    table[columns] = figures
    if target is None:
        table[["p_target", "areas_mean", "areas_q05", "areas_q50", "areas_q95", "p_all"]] = np.nan
    return table
