"""The list of figures: for each its table, its drawing and the numbers its words need."""

from collections.abc import Callable
from typing import NamedTuple

from . import paths


class Entry(NamedTuple):
    """table(obs) -> tidy table; draw(table, lang, title) -> matplotlib figure; facts(table, lang) -> dict for the words."""

    table: Callable
    draw: Callable
    facts: Callable


CATALOGUE = {
    "poverty_paths": Entry(paths.paths_table, paths.draw_paths, paths.paths_facts),
}
