"""Draw one task: the only place that spends time, and the same whoever calls it.

Every area draws from a stream of its own, SeedSequence(seed, spawn_key=(code,)), so that its draws do not depend on
the order of areas, on tasks, on workers or on areas added later. Within a block, at most 64 children of one parent in
the order of their codes, poor households are added as floats, always in that order; beyond it in whole parts of 2^-20
of a household: whole numbers below 2^53 add up to the same in any order, also as floats.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

import numpy as np

FORMAT = 1  # raise it when the same inputs would give other draws
BLOCK = 64  # areas; a byte counts so many of them
SLICE = 102_400  # numbers drawn at a time, so that they stay in a processor's cache; part of what a seed means
PARTS = 2.0**20  # of a household
SURE = 86.0  # binary log odds at which a rate counts as exactly 0 or 1: 2^86 is a float32, and so is its inverse

Sums = tuple[np.ndarray, np.ndarray]  # poor households (parts), areas at or below the target; both (time, draw)


class Settings(NamedTuple):
    """What all tasks of a run share. elapsed: years since the opening; levels: of quantiles; target: a rate."""

    seed: int
    draws: int
    elapsed: np.ndarray
    levels: tuple[float, ...]
    target: float


class Area(NamedTuple):
    """A lowest area, one with others below it, or a group of lowest ones, which does not move.

    chain: numbers of those above it, from the top down; areas, households: of all lowest ones in it; steps, speed_sd:
    standard deviations of the steps (time,) and of the lasting speed by which it moves about those above it;
    log_odds: what to expect of a lowest one, (time,).
    """

    code: str
    level: str
    chain: tuple[int, ...]
    areas: int
    households: float
    steps: np.ndarray
    speed_sd: float
    log_odds: np.ndarray


class Task(NamedTuple):
    """Neighbours under one parent, as the lowest areas among and below them; depth: nodes above the neighbours.

    owners: the nodes, or the group, of which they are a part that the task does not hold whole; is_tree: whether the
    nodes that it does hold whole are asked for; nodes: those above the leaves, by number.
    """

    number: int
    settings: Settings
    owners: tuple[int, ...]
    is_tree: bool
    depth: int
    leaves: list[Area]
    nodes: dict[int, Area]


class Part(NamedTuple):
    """What a task gives: nodes it holds whole and their summaries (node, time, figure); the sums of all it holds."""

    number: int
    nodes: np.ndarray
    summaries: np.ndarray
    poor: np.ndarray
    under: np.ndarray


def draw_task(task: Task) -> Part:
    """The :class:`Part` of a task. Memory does not depend on the number of areas in it."""
    drawing = _Drawing(task)
    path = np.zeros(drawing.shape, np.float32)
    for number in task.leaves[0].chain[: task.depth]:
        path = drawing.path(task.nodes[number], path)
    sums = drawing.total(task.leaves, task.depth, path)
    return Part(task.number, np.array([*drawing.summaries]), np.array([*drawing.summaries.values()]), *sums)


def units_of(leaves: Iterable[Area], depth: int) -> Iterator[tuple[tuple[int, ...], list[Area]]]:
    """Neighbours below so many nodes: ((number,), all leaves of a node), and ((), leaves that stand there themselves),
    at most 64 at a time.
    """
    for below, group in groupby(leaves, key=lambda leaf: leaf.chain[depth : depth + 1]):
        members = list(group)
        size = len(members) if below else BLOCK
        yield from ((below, members[first : first + size]) for first in range(0, len(members), size))


def stream(seed: int, code: str, *part: int) -> np.random.Generator:
    """Random numbers of one area. The code counts as text: "1", "01" and "001" are three areas."""
    key = int.from_bytes(code.encode("utf-8"), "big")
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(key, *part))))


class _Drawing:
    """One task under way: arrays used again and again, and the summaries of the nodes it is through."""

    def __init__(self, task: Task) -> None:
        self.task, self.settings = task, task.settings
        self.shape = len(self.settings.elapsed), self.settings.draws
        self.width = min(max(SLICE // self.shape[0], 64), self.shape[1])
        self.moved = np.empty(self.shape[0] * self.width, np.float32)
        self.summaries: dict[int, np.ndarray] = {}

    def moves(self, area: Area) -> Iterator[tuple[slice, np.ndarray]]:
        """Run by run of the draws, what an area adds to the log odds: a walk and a speed that lasts; (time, draw)."""
        walk = stream(self.settings.seed, area.code)
        speed = stream(self.settings.seed, area.code, 1) if area.speed_sd else None
        drift = (area.speed_sd * self.settings.elapsed).astype(np.float32)[:, None]
        for first in range(0, self.shape[1], self.width):
            run = slice(first, min(first + self.width, self.shape[1]))
            out = self.moved[: self.shape[0] * (run.stop - first)].reshape(self.shape[0], -1)
            walk.standard_normal(dtype=np.float32, out=out)
            out *= area.steps[:, None]
            for time in range(1, len(out)):
                out[time] += out[time - 1]
            if speed is not None:
                out += drift * speed.standard_normal(out.shape[1], dtype=np.float32)
            yield run, out

    def path(self, node: Area, above: np.ndarray) -> np.ndarray:
        """What moves the log odds below a node, from what moves those below its parent."""
        path = np.empty_like(above)
        for run, step in self.moves(node):
            np.add(above[:, run], step, out=path[:, run])
        return path

    def total(self, leaves: list[Area], depth: int, path: np.ndarray) -> Sums:
        """The sums over areas that stand below a path of so many nodes; nodes are summarised where asked for."""
        totals = np.zeros(self.shape), np.zeros(self.shape, np.int32)
        for below, unit in units_of(leaves, depth):
            if below:
                node = self.task.nodes[below[0]]
                sums = self.total(unit, depth + 1, self.path(node, path))
                if self.task.is_tree:
                    self.summaries[below[0]] = summary(node, sums, self.settings)
            else:
                sums = self.block(unit, path)
            for total, part in zip(totals, sums, strict=True):
                total += part
        return totals

    def block(self, leaves: list[Area], path: np.ndarray) -> Sums:
        """The sums over at most 64 areas.

        With odds o = exp(log_odds) and e = exp(-what moves), a rate is o / (o + e), at most t where o + e >= o / t.
        """
        poor, under, against = np.zeros(self.shape, np.float32), np.zeros(self.shape, np.uint8), -path
        with np.errstate(over="ignore"):  # odds beyond any float are a rate of 0
            for leaf in leaves:
                odds = np.exp2(np.clip(leaf.log_odds / np.log(2), -SURE, SURE)).astype(np.float32)[:, None]
                poor_at, limit = (leaf.households * odds).astype(np.float32), odds / np.float32(self.settings.target)
                for run, step in self.moves(leaf):
                    np.subtract(against[:, run], step, out=step)
                    np.exp(step, out=step)
                    step += odds
                    under[:, run] += (step >= limit).view(np.uint8)
                    poor[:, run] += np.divide(poor_at, step, out=step)
        parts = np.multiply(poor, PARTS, dtype=float)
        return np.rint(parts, out=parts), under


def summary(node: Area, sums: Sums, settings: Settings) -> np.ndarray:
    """Figures of a sum, shape (time, figure): mean and quantiles of its rate, chance that it is at most the target,
    areas at or below the target (mean, 5 %, 50 %, 95 %), chance that all are.
    """
    (poor, under), whole, draws = sums, node.households * PARTS, settings.draws
    rates = np.sort((poor / whole).astype(np.float32), axis=1).astype(float)  # float32 sorts several times as fast
    place = np.asarray(settings.levels) * (draws - 1)
    low = place.astype(int)
    below, above = rates[:, low], rates[:, np.minimum(low + 1, draws - 1)]
    counts = np.stack([np.bincount(row, minlength=node.areas + 1) for row in under])
    at_most = counts.cumsum(axis=1)
    rate = [poor.mean(axis=1) / whole, below + (place - low) * (above - below)]
    chances = [np.mean(poor <= settings.target * whole, axis=1), counts @ np.arange(node.areas + 1) / draws]
    middle = [(at_most < level * draws).sum(axis=1) for level in (0.05, 0.5, 0.95)]
    return np.column_stack([*rate, *chances, *middle, counts[:, -1] / draws])
