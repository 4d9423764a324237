"""Draw one chunk of areas: the only place that spends time, and the same whoever calls it.

Every area draws from a stream of its own, SeedSequence(seed, spawn_key=(code,)), so that its draws do not depend on the
order of areas,
on chunks, on workers or on areas added later. Sums over areas are whole numbers, poor households in parts of 2^-20:
whole numbers below
2^53 add up to the same in any order, also as floats; fractions do not. Only within a block, at most 64 children of one
parent in the order of their
codes, are floats added, always in that order.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .summaries import FIGURES_BESIDE_QUANTILES, PARTS, summary

BLOCK = 64  # areas; a byte counts so many of them
SLICE = 102_400  # numbers drawn at a time, so that they stay in a processor's cache; part of what a seed means


Sums = tuple[np.ndarray, np.ndarray]  # poor households, areas at or below the target; both (time, draw)
Paths = dict[tuple[int, ...], np.ndarray]  # of the log odds, by the chain of nodes from the top down


@dataclass(frozen=True)
class Node:
    """An area with others below it, or a group: how it moves (a group does not), what it weighs, and whether the chunk
    holds all of it.
    """

    number: int
    code: str
    steps: np.ndarray
    speed_sd: float
    households: float
    size: int
    blocks: int
    whole: bool


@dataclass(frozen=True)
class Block:
    """At most 64 areas under one parent; arrays of shape (area, time) or (area,). groups: per area, the groups it
    counts in.
    """

    chain: tuple[int, ...]
    codes: tuple[str, ...]
    centre: np.ndarray
    steps: np.ndarray
    speed_sd: np.ndarray
    households: np.ndarray
    groups: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Task:
    """Blocks first … last - 1 of a run, with all that is needed to draw them anywhere."""

    first: int
    last: int
    areas: int
    seed: int
    draws: int
    elapsed: np.ndarray
    levels: tuple[float, ...]
    target: float
    nodes: dict[int, Node]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Part:
    """What a chunk found. closed: nodes it holds all of, with their summaries (node, time, figure); opened: nodes it
    holds a part of, with
    their poor households (whole numbers of parts) and their areas at or below the target, both of shape (node, time,
    draw).
    """

    closed: np.ndarray
    summaries: np.ndarray
    opened: np.ndarray
    poor: np.ndarray
    under: np.ndarray


def stream(seed: int, code: str, *part: int) -> np.random.Generator:
    """Random numbers of one area. The code counts as text: "1", "01" and "001" are three areas."""
    key = int.from_bytes(code.encode("utf-8"), "big")
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(key, *part))))


def slices(times: int, draws: int) -> list[slice]:
    """Runs of draws that are drawn at a time, in order; they follow from the numbers of times and draws alone."""
    width = max(SLICE // times, 64)
    return [slice(first, min(first + width, draws)) for first in range(0, draws, width)]


class Mover:
    """What an area adds to the log odds of those above it, slice by slice of the draws, from its own stream."""

    def __init__(self, seed: int, code: str, steps: np.ndarray, speed_sd: float, elapsed: np.ndarray) -> None:
        self.walk, self.steps = stream(seed, code), steps[:, None]
        self.speed = stream(seed, code, 1) if speed_sd else None
        self.drift = (speed_sd * elapsed).astype(np.float32)[:, None]

    def fill(self, out: np.ndarray) -> None:
        """Fill `out` (time, draw; float32, contiguous) with the next draws: a walk, and a speed that lasts."""
        self.walk.standard_normal(dtype=np.float32, out=out)
        np.multiply(out, self.steps, out=out)
        for time in range(1, len(out)):
            np.add(out[time], out[time - 1], out=out[time])
        if self.speed is not None:
            out += self.drift * self.speed.standard_normal(out.shape[1], dtype=np.float32)


def draw_chunk(task: Task) -> Part:
    """The `Part` of a task. Memory: `simulation.memory_bound`, whatever the number of areas."""
    shape = (len(task.elapsed), task.draws)
    work = _Work(shape)
    shared: dict[tuple[int, ...], np.ndarray] = {}
    sums: dict[int, Sums] = {}
    left, done = {k: node.blocks for k, node in task.nodes.items()}, {}
    for block in task.blocks:
        shared = _shared(task, block.chain, shared, work)
        found = _draw_block(task, block, np.negative(shared[block.chain], out=work.against), work)
        touched = [(number, None) for number in block.chain] + [(key, key) for key in found if key is not None]
        parts = {key: _whole_parts(poor, work.parts if key is None else None) for key, (poor, _) in found.items()}
        for number, key in touched:
            if number in sums:
                sums[number][0][:] += parts[key]
                sums[number][1][:] += found[key][1]
            else:
                sums[number] = work.sums(parts[key], found[key][1])
            left[number] -= 1
            if left[number] == 0 and task.nodes[number].whole:
                done[number] = summary(task.nodes[number], sums[number][0], sums[number][1], task.levels, task.target)
                work.spare.append(sums.pop(number))
    return _packed(done, sums, shape, len(task.levels))


def _whole_parts(households: np.ndarray, out: np.ndarray | None) -> np.ndarray:
    parts: np.ndarray = np.multiply(households, PARTS, out=out, dtype=float)
    np.rint(parts, out=parts)
    return parts


class _Work:
    """Arrays used again and again: fresh ones cost more than what is done in them."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape, self.against, self.parts = shape, np.empty(shape, np.float32), np.empty(shape)
        widths = {piece.stop - piece.start for piece in slices(*shape)}
        held = {w: (np.empty((shape[0], w), np.float32), np.empty((shape[0], w), bool)) for w in widths}
        self.pieces = [(piece, *held[piece.stop - piece.start]) for piece in slices(*shape)]
        self.block: dict[int | None, Sums] = {}
        self.spare: list[Sums] = []

    def of_block(self, key: int | None) -> Sums:
        """Zeros for the sums within a block: of the block (None) or of a group."""
        if key not in self.block:
            self.block[key] = np.empty(self.shape, np.float32), np.empty(self.shape, np.uint8)
        for array in self.block[key]:
            array.fill(0)
        return self.block[key]

    def sums(self, poor: np.ndarray, under: np.ndarray) -> Sums:
        """Arrays for the sums of a node, with its first block in them."""
        found = self.spare.pop() if self.spare else (np.empty(self.shape), np.empty(self.shape, np.int32))
        found[0][:], found[1][:] = poor, under
        return found


def _packed(done: Mapping[int, np.ndarray], sums: Mapping[int, Sums], shape: tuple[int, int], levels: int) -> Part:
    closed, opened = sorted(done), sorted(sums)
    return Part(
        np.array(closed, np.int64),
        np.stack([done[k] for k in closed]) if closed else np.empty((0, shape[0], levels + FIGURES_BESIDE_QUANTILES)),
        np.array(opened, np.int64),
        np.stack([sums[k][0] for k in opened]) if opened else np.empty((0, *shape)),
        np.stack([sums[k][1] for k in opened]) if opened else np.empty((0, *shape), np.int32),
    )


def _shared(task: Task, chain: tuple[int, ...], known: Paths, work: _Work) -> Paths:
    """Paths of the log odds by chain of nodes, from the top down; those of the last block are used again."""
    shape = work.shape
    paths: Paths = {(): known[()] if () in known else np.zeros(shape, np.float32)}
    for depth in range(1, len(chain) + 1):
        here = chain[:depth]
        if here not in known:
            node, path = task.nodes[here[-1]], np.empty(shape, np.float32)
            mover = Mover(task.seed, node.code, node.steps, node.speed_sd, task.elapsed)
            for piece, own, _ in work.pieces:
                mover.fill(own)
                np.add(paths[here[:-1]][:, piece], own, out=path[:, piece])
            known[here] = path
        paths[here] = known[here]
    return paths


def _draw_block(task: Task, block: Block, against: np.ndarray, work: _Work) -> dict[int | None, Sums]:
    """Poor households and areas at or below the target, (time, draw): of the block (key None) and of the groups in it.

    With odds o = exp(centre) and e = exp(-what moves), a rate is o / (o + e), and at most t where o + e >= o / t.
    """
    sums = {key: work.of_block(key) for key in {None, *(key for keys in block.groups for key in keys)}}
    odds = np.exp(block.centre).astype(np.float32)[:, :, None]
    poor_at = (block.households[:, None, None] * odds).astype(np.float32)
    limit = (odds / task.target).astype(np.float32)
    movers = [
        Mover(task.seed, code, block.steps[row], block.speed_sd[row], task.elapsed)
        for row, code in enumerate(block.codes)
    ]
    with np.errstate(over="ignore"):  # odds beyond any float are a rate of 0
        for piece, own, hit in work.pieces:
            above, here = against[:, piece], {k: (poor[:, piece], under[:, piece]) for k, (poor, under) in sums.items()}
            for row, mover in enumerate(movers):
                mover.fill(own)
                np.subtract(above, own, out=own)
                np.exp(own, out=own)
                np.add(own, odds[row], out=own)
                np.greater_equal(own, limit[row], out=hit)
                np.divide(poor_at[row], own, out=own)
                for key in (None, *block.groups[row]):
                    poor, under = here[key]
                    np.add(poor, own, out=poor)
                    np.add(under, hit.view(np.uint8), out=under)
    return sums
