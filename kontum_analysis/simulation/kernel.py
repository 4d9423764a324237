"""Draw one chunk of areas: the only place that spends time, and the same whoever calls it.

Every area draws from a stream of its own, SeedSequence(seed, spawn_key=(code,)), so that its draws do not depend on the order of areas,
on chunks, on workers or on areas added later. Sums over areas are kept as integers, poor households in parts of 2^-20: integers add up to
the same in any order, floating-point numbers do not. Only within a block, at most 64 children of one parent in the order of their
codes, are floats added, always in that order.
"""

from dataclasses import dataclass

import numpy as np

BLOCK = 64  # areas; a byte counts so many of them
PARTS = 2.0**20  # of a household


@dataclass(frozen=True)
class Node:
    """An area with others below it, or a group: how it moves (a group does not), what it weighs, and whether the chunk holds all of it."""

    number: int
    code: str
    steps: np.ndarray | None
    speed_sd: float
    households: float
    size: int
    blocks: int
    whole: bool


@dataclass(frozen=True)
class Block:
    """At most 64 areas under one parent; arrays of shape (area, time) or (area,). groups: per area, the groups it counts in."""

    chain: tuple
    codes: tuple
    centre: np.ndarray
    steps: np.ndarray
    speed_sd: np.ndarray
    households: np.ndarray
    groups: tuple


@dataclass(frozen=True)
class Task:
    """Blocks first … last - 1 of a run, with all that is needed to draw them anywhere."""

    first: int
    last: int
    areas: int
    seed: int
    draws: int
    elapsed: np.ndarray
    levels: tuple
    target: float
    nodes: dict
    blocks: tuple


@dataclass(frozen=True)
class Part:
    """What a chunk found. closed: nodes it holds all of, with their summaries (node, time, figure); opened: nodes it holds a part of, with
    their poor households (integers, in parts) and their areas at or below the target, both of shape (node, time, draw).
    """

    closed: np.ndarray
    summaries: np.ndarray
    opened: np.ndarray
    poor: np.ndarray
    under: np.ndarray


def stream(seed, code, *part):
    """Random numbers of one area. The code counts as text: "1", "01" and "001" are three areas."""
    key = int.from_bytes(code.encode("utf-8"), "big")
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(key, *part))))


def moved(seed, code, steps, speed_sd, elapsed, out):
    """Fill `out` (time, draw; float32) with what an area adds to the log odds of those above it."""
    stream(seed, code).standard_normal(dtype=np.float32, out=out)
    out *= steps[:, None]
    for time in range(1, len(out)):
        out[time] += out[time - 1]
    if speed_sd:
        draw = stream(seed, code, 1).standard_normal(out.shape[1], dtype=np.float32)
        out += (speed_sd * elapsed).astype(np.float32)[:, None] * draw
    return out


def draw_chunk(task):
    """The `Part` of a task. Memory: `simulation.memory_bound`, whatever the number of areas."""
    shape = (len(task.elapsed), task.draws)
    shared, sums, left, done = {}, {}, {k: node.blocks for k, node in task.nodes.items()}, {}
    work = np.empty(shape, np.float32), np.empty(shape, bool)
    for block in task.blocks:
        shared = _shared(task, block.chain, shared, shape)
        found = _draw_block(task, block, -shared[block.chain], work)
        touched = [(number, found[None]) for number in block.chain]
        touched += [(number, pair) for number, pair in found.items() if number is not None]
        for number, (poor, under) in touched:
            total = sums.setdefault(number, (np.zeros(shape, np.int64), np.zeros(shape, np.int32)))
            total[0][:] += poor
            total[1][:] += under
            left[number] -= 1
            if left[number] == 0 and task.nodes[number].whole:
                done[number] = summary(task.nodes[number], *sums.pop(number), task.levels, task.target)
    return _packed(done, sums, shape, len(task.levels))


def _packed(done, sums, shape, levels):
    closed, opened = sorted(done), sorted(sums)
    return Part(
        np.array(closed, np.int64),
        np.stack([done[k] for k in closed]) if closed else np.empty((0, shape[0], levels + FIGURES_BESIDE_QUANTILES)),
        np.array(opened, np.int64),
        np.stack([sums[k][0] for k in opened]) if opened else np.empty((0, *shape), np.int64),
        np.stack([sums[k][1] for k in opened]) if opened else np.empty((0, *shape), np.int32),
    )


def _shared(task, chain, known, shape):
    """Paths of the log odds by chain of nodes, from the top down; those of the last block are used again."""
    paths = {(): known.get((), np.zeros(shape, np.float32) if () not in known else None)}
    for depth in range(1, len(chain) + 1):
        here = chain[:depth]
        if here in known:
            paths[here] = known[here]
            continue
        node = task.nodes[here[-1]]
        own = moved(task.seed, node.code, node.steps, node.speed_sd, task.elapsed, np.empty(shape, np.float32))
        own += paths[here[:-1]]
        paths[here] = own
    return paths


def _draw_block(task, block, against, work):
    """Poor households (integers, in parts) and areas at or below the target, (time, draw): of the block (key None) and of groups.

    With odds o = exp(centre) and e = exp(-what moves), a rate is o / (o + e), and at most t where o + e >= o / t. In place, on
    arrays that stay in the processor's cache.
    """
    own, hit = work
    sums = {None: (np.zeros(own.shape, np.float32), np.zeros(own.shape, np.uint8))}
    odds = np.exp(block.centre).astype(np.float32)
    poor_at = (block.households[:, None] * odds).astype(np.float32)
    limit = (odds / task.target).astype(np.float32)
    with np.errstate(over="ignore"):  # odds beyond any float are a rate of 0
        for row, code in enumerate(block.codes):
            moved(task.seed, code, block.steps[row], block.speed_sd[row], task.elapsed, own)
            np.subtract(against, own, out=own)
            np.exp(own, out=own)
            own += odds[row][:, None]
            np.greater_equal(own, limit[row][:, None], out=hit)
            np.divide(poor_at[row][:, None], own, out=own)
            for key in (None, *block.groups[row]):
                poor, under = sums.setdefault(key, (np.zeros(own.shape, np.float32), np.zeros(own.shape, np.uint8)))
                poor += own
                under += hit.view(np.uint8)
    return {key: (np.rint(poor * np.float64(PARTS)).astype(np.int64), under) for key, (poor, under) in sums.items()}


FIGURES_BESIDE_QUANTILES = 7  # mean, chance of the target, areas under it: mean, q05, q50, q95, all


def summary(node, poor, under, levels, target):
    """Figures of a node, shape (time, figure): mean and quantiles of its rate, chance that it is at most the target, areas at or
    below the target (mean, 5 %, 50 %, 95 %), chance that all are.
    """
    rate = poor / (node.households * PARTS)
    chance, mean = (rate <= target).mean(axis=1), rate.mean(axis=1)
    quantiles = sorted_quantiles(np.sort(rate.astype(np.float32), axis=1), levels)
    counts = np.stack([np.bincount(row, minlength=node.size + 1) for row in under])
    at_most = np.cumsum(counts, axis=1) / under.shape[1]
    middle = [(at_most < level).sum(axis=1) for level in (0.05, 0.5, 0.95)]
    every = counts[:, node.size] / under.shape[1]
    return np.column_stack([mean, *quantiles.T, chance, under.mean(axis=1), *middle, every])


def sorted_quantiles(ordered, levels):
    """Quantiles of rows that are sorted, linear between neighbours as `numpy.quantile`; shape (row, level).

    >>> sorted_quantiles(np.array([[0.0, 1.0, 2.0]]), (0.25, 0.5)).tolist()
    [[0.5, 1.0]]
    """
    place = np.asarray(levels) * (ordered.shape[1] - 1)
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, ordered.shape[1] - 1)
    below, above = ordered[:, low].astype(float), ordered[:, high].astype(float)
    return below + (place - low) * (above - below)
