"""The list of figures, in reading order: for each its table, its drawing and the numbers its words need."""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from . import board, districts, maps, ntm, outlook, pace, paths, readings, skill, standards
from . import coverage as data


class Entry(NamedTuple):
    """table(obs) -> tidy table; draw(table, lang, title) -> page; facts(table, lang) -> dict for the words."""

    table: Callable[[pd.DataFrame], pd.DataFrame]
    draw: Callable[[pd.DataFrame, str, str], Figure]
    facts: Callable[[pd.DataFrame, str], dict[str, object]]
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
    "ntm_attainment": Entry(ntm.attainment_table, ntm.draw_attainment, ntm.attainment_facts),
    "ntm_bands": Entry(ntm.bands_table, ntm.draw_bands, ntm.bands_facts),
    "commune_map": Entry(maps.commune_table, maps.draw_commune_map, maps.commune_facts),
    "district_map": Entry(maps.district_table, maps.draw_district_map, maps.district_facts, years=2),
    "poverty_outlook": Entry(outlook.outlook_table, outlook.draw_outlook, outlook.outlook_facts),
    "pace_history": Entry(outlook.pace_table, outlook.draw_pace, outlook.pace_facts),
    "hindcast_scores": Entry(skill.scores_table, skill.draw_scores, skill.scores_facts, years=3),
    "calibration": Entry(skill.calibration_table, skill.draw_calibration, skill.calibration_facts, years=3),
    "scoreboard": Entry(board.board_table, board.draw_board, board.board_facts),
}
