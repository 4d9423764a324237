"""The list of figures, in reading order: for each its table, its drawing and the numbers its words need."""

from collections.abc import Callable
from typing import NamedTuple

from . import data, districts, pace, paths, readings, standards


class Entry(NamedTuple):
    """table(obs) -> tidy table; draw(table, lang, title) -> page; facts(table, lang) -> dict for the words."""

    table: Callable
    draw: Callable
    facts: Callable
    years: int = 1  # year ends with a provincial count under the current standard that the figure needs


CATALOGUE = {
    "coverage": Entry(data.coverage_table, data.draw_coverage, data.coverage_facts),
    "standard_break": Entry(standards.break_table, standards.draw_break, standards.break_facts),
    "baseline_2021": Entry(data.baseline_table, data.draw_baseline, data.baseline_facts),
    "old_standard": Entry(standards.old_table, standards.draw_old, standards.old_facts),
    "reconciled_districts": Entry(
        districts.reconciled_table, districts.draw_reconciled, districts.reconciled_facts, years=2
    ),
    "leave_one_out": Entry(districts.missed_table, districts.draw_missed, districts.missed_facts, years=2),
    "poverty_paths": Entry(paths.paths_table, paths.draw_paths, paths.paths_facts, years=3),
    "forms_compared": Entry(paths.forms_table, paths.draw_forms, paths.forms_facts),
    "points_or_percent": Entry(readings.readings_table, readings.draw_readings, readings.readings_facts),
    "implied_pace": Entry(pace.needed_table, pace.draw_needed, pace.needed_facts),
    "exit_quotas": Entry(pace.quotas_table, pace.draw_quotas, pace.quotas_facts, years=2),
    "district_paths": Entry(
        districts.district_paths_table, districts.draw_district_paths, districts.district_paths_facts
    ),
}
