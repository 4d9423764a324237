"""From a tree of areas to blocks, chunks and tasks; and the fingerprint by which a run is known again."""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from .kernel import BLOCK, Block, Node, Task
from .movement import Movement, leaning, normal_margins
from .tree import Tree

FORMAT = 1  # raise it when the same inputs would give other draws


@dataclass(frozen=True)
class Plan:
    """All of a run before anything is drawn. mean, sd: of the leaves' log odds (leaf, time); blocks: rows first, last
    and chain.
    """

    tree: Tree
    seed: int
    draws: int
    times: tuple[float, ...]
    elapsed: np.ndarray
    levels: tuple[float, ...]
    target: float
    moves: tuple[pd.DataFrame, ...]
    mean: np.ndarray
    sd: np.ndarray
    blocks: tuple[tuple[int, int, tuple[int, ...]], ...]
    groups: dict[str, frozenset[int]]

    @property
    def names(self) -> list[str]:
        """Codes of the nodes, then names of the groups."""
        return [*self.tree.nodes["code"], *self.groups]


def planned(
    tree: Tree,
    movement: Movement,
    times: Sequence[float],
    start: float,
    draws: int,
    seed: int,
    target: float,
    levels: Sequence[float],
    groups: Mapping[str, Sequence[str]] | None,
) -> Plan:
    """The plan of a run. Raises KontumError for a group that repeats a code or names an unknown area."""
    elapsed = np.asarray(times, float) - start
    moves = tuple(leaning(tree, movement))
    mean, sd = normal_margins(tree, moves, elapsed)
    codes = {code: row for row, code in enumerate(tree.leaves["code"])}
    taken = {*codes, *tree.nodes["code"]}
    chosen = {}
    for name, wanted in sorted((groups or {}).items()):
        unknown = [code for code in wanted if code not in codes]
        if unknown or name in taken or not wanted:
            raise KontumError("simulate.error.group", name=name, value=", ".join(map(str, unknown[:5])) or name)
        chosen[name] = frozenset(codes[code] for code in wanted)
    return Plan(
        tree,
        seed,
        draws,
        tuple(times),
        elapsed,
        tuple(levels),
        target,
        moves,
        mean,
        sd,
        _blocks(tree.leaves["chain"].tolist()),
        chosen,
    )


def _blocks(chains: list[tuple[int, ...]]) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
    """(first, last, chain): runs of at most 64 leaves under one parent."""
    found, first = [], 0
    for row in range(1, len(chains) + 1):
        if row == len(chains) or chains[row] != chains[first] or row - first == BLOCK:
            found.append((first, row, chains[first]))
            first = row
    return tuple(found)


def chunks(plan: Plan, areas: int) -> list[tuple[int, int]]:
    """Numbers of blocks, first and last, of chunks of about so many areas."""
    found, first, held = [], 0, 0
    for number, (start, stop, _) in enumerate(plan.blocks, 1):
        held += stop - start
        if held >= areas or number == len(plan.blocks):
            found.append((first, number))
            first, held = number, 0
    return found


def members(plan: Plan) -> dict[int, list[int]]:
    """For every node and group: its leaves (rows) in order."""
    rows: dict[int, list[int]] = {number: [] for number in range(len(plan.names))}
    for row, chain in enumerate(plan.tree.leaves["chain"]):
        for number in chain:
            rows[number].append(row)
    for number, group in enumerate(plan.groups.values(), len(plan.tree.nodes)):
        rows[number] = sorted(group)
    return rows


def nodes(plan: Plan) -> dict[int, Node]:
    """All nodes and groups of a plan as the kernel wants them; `blocks` and `whole` are those of the whole run."""
    above, homes = plan.moves[0], plan.tree.leaves["households"].to_numpy()
    steps = _steps(above["shock_sd"].to_numpy(), 0.0, plan.elapsed)
    held: dict[int, set[int]] = {number: set() for number in range(len(plan.names))}
    for block, (first, last, chain) in enumerate(plan.blocks):
        for number in chain:
            held[number].add(block)
        for number, group in enumerate(plan.groups.values(), len(plan.tree.nodes)):
            if any(row in group for row in range(first, last)):
                held[number].add(block)
    found = {}
    for number, rows in members(plan).items():
        area = number < len(plan.tree.nodes)
        found[number] = Node(
            number,
            plan.names[number],
            steps[number] if area else np.empty(0, np.float32),
            float(above["speed_sd"][number]) if area else 0.0,
            math.fsum(homes[rows]),
            len(rows),
            len(held[number]),
            True,
        )
    return found


def _steps(shock_sd: np.ndarray, opening_sd: float | np.ndarray, elapsed: np.ndarray) -> np.ndarray:
    """Standard deviation of each step of a walk, (area, time); the opening error lasts, so the first
    step carries it.
    """
    variance = np.outer(shock_sd**2, np.diff(elapsed, prepend=0.0))
    variance[:, 0] += opening_sd**2
    return np.sqrt(variance).astype(np.float32)


def tasks(plan: Plan, everything: Mapping[int, Node], areas: int) -> Iterator[Task]:
    """The tasks of a run, one chunk of about `areas` areas each, made one by one; everything: `nodes` of the plan."""
    leaves, own = plan.tree.leaves, plan.moves[1]
    opening = leaves["opening_sd"].fillna(0.0).to_numpy()
    codes, homes = leaves["code"].to_numpy(), leaves["households"].to_numpy()
    for first, last in chunks(plan, areas):
        blocks: list[Block] = []
        here: dict[int, int] = {}
        for start, stop, chain in plan.blocks[first:last]:
            rows = slice(start, stop)
            groups = _groups(plan, start, stop)
            blocks.append(
                Block(
                    chain,
                    tuple(codes[rows]),
                    plan.mean[rows],
                    _steps(own["shock_sd"].to_numpy()[rows], opening[rows], plan.elapsed),
                    own["speed_sd"].to_numpy()[rows],
                    homes[rows],
                    groups,
                )
            )
            for number in {*chain, *(n for g in groups for n in g)}:
                here[number] = here.get(number, 0) + 1
        held = {number: _part_of(everything[number], count) for number, count in here.items()}
        yield Task(
            first,
            last,
            sum(len(b.codes) for b in blocks),
            plan.seed,
            plan.draws,
            plan.elapsed,
            plan.levels,
            plan.target,
            held,
            tuple(blocks),
        )


def _groups(plan: Plan, start: int, stop: int) -> tuple[tuple[int, ...], ...]:
    """For each leaf of a block, the numbers of the groups it counts in."""
    if not plan.groups:
        return ((),) * (stop - start)
    numbered = list(enumerate(plan.groups.values(), len(plan.tree.nodes)))
    return tuple(tuple(n for n, group in numbered if row in group) for row in range(start, stop))


def _part_of(node: Node, blocks: int) -> Node:
    return Node(
        node.number, node.code, node.steps, node.speed_sd, node.households, node.size, blocks, node.blocks == blocks
    )


def fingerprint(plan: Plan) -> str:
    """A hash of everything the draws depend on; not of chunks or workers, on which they do not."""
    leaves = plan.tree.leaves
    words = dict(
        format=FORMAT,
        numpy=np.__version__,
        seed=plan.seed,
        draws=plan.draws,
        times=list(map(float, plan.times)),
        levels=plan.levels,
        target=plan.target,
        names=plan.names,
        leaves=leaves["code"].tolist(),
        blocks=plan.blocks,
        groups={k: sorted(v) for k, v in plan.groups.items()},
    )
    seal = hashlib.sha256(json.dumps(words, ensure_ascii=False, sort_keys=True).encode())
    numbers = [plan.elapsed, plan.mean, plan.sd, leaves["households"], leaves["opening_sd"].fillna(0.0)]
    numbers += [move[name] for move in plan.moves for name in ("centre", "speed_sd", "shock_sd")]
    for values in numbers:
        seal.update(np.ascontiguousarray(values, float).tobytes())
    return seal.hexdigest()
