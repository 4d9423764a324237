"""From a tree of areas to the tasks of a run: subtrees of bounded size, each with all that draws it anywhere."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from .kernel import Area, Settings, Task, units_of
from .tree import Tree

Groups = Mapping[str, Sequence[str]]  # codes of lowest areas by the name of their group


def tasks_of(
    tree: Tree, mean: np.ndarray, settings: Settings, groups: Groups, most: int
) -> tuple[list[Task], list[Area]]:
    """The tasks of a run, and the nodes of its tree in their order, then its groups.

    tree: `with_moves`; mean: of the leaves' log odds, (leaf, time); most: areas of a task, where they can be parted.
    A group is drawn by itself: its areas draw their numbers again, so that nothing else must know of it. Raises
    KontumError for a group that is none.
    """
    nodes = _areas_of(tree.nodes, np.empty((len(tree.nodes), 0)), settings.elapsed)
    leaves = _areas_of(tree.leaves, mean, settings.elapsed)
    with_parent = [leaf for leaf in leaves if leaf.chain]  # others add to nothing
    runs = [(run[0].chain[:depth], True, depth, run) for depth, run in _runs(with_parent, most)]
    for name, codes in groups.items():
        group = _members(codes, name, leaves, nodes)
        runs += [((len(nodes),), False, depth, run) for depth, run in _runs(group, most)]
        weight = sum(area.households for area in group)
        nodes.append(Area(name, "group", (), len(group), weight, np.zeros(0), 0.0, np.zeros(0)))
    above = [{place: nodes[place] for leaf in run[-1] for place in leaf.chain} for run in runs]
    tasks = [Task(number, settings, *run, above[number]) for number, run in enumerate(runs)]
    return tasks, nodes


def _members(codes: Sequence[str], name: str, leaves: Sequence[Area], above: Sequence[Area]) -> list[Area]:
    """The lowest areas of a group, in the order of the tree."""
    areas, members = {leaf.code for leaf in leaves}, set(codes)
    if not members or not members <= areas or name in areas or name in {node.code for node in above}:
        raise KontumError("simulate.error.group", name=name, value=sorted(members - areas)[:5] or name)
    return [leaf for leaf in leaves if leaf.code in members]


def _areas_of(frame: pd.DataFrame, mean: np.ndarray, elapsed: np.ndarray) -> list[Area]:
    """Steps of walks and spreads of speeds; an opening error lasts, so the first step carries it."""
    variance = np.outer(frame["shock_sd"] ** 2, np.diff(elapsed, prepend=0.0))
    variance[:, 0] += frame["opening_sd"].fillna(0.0) ** 2
    columns = (frame[name].tolist() for name in ("code", "level", "chain", "areas", "households"))
    return list(map(Area, *columns, np.sqrt(variance).astype(np.float32), frame["speed_sd"].tolist(), mean))


def _runs(leaves: Sequence[Area], most: int, depth: int = 0) -> Iterator[tuple[int, list[Area]]]:
    """(nodes above, neighbours) for a task each; a node of more than `most` areas is opened."""
    run: list[Area] = []
    for below, unit in units_of(leaves, depth):
        is_opened = bool(below) and len(unit) > most
        if run and (is_opened or len(run) + len(unit) > most):
            yield depth, run
            run = []
        if is_opened:
            yield from _runs(unit, most, depth + 1)
        else:
            run = [*run, *unit]
    if run:
        yield depth, run
