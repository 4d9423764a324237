"""The list of figures, in reading order: where each is made, and what it rests on.

A new figure is three functions of a module: `x_table(obs)`, `draw_x(table, lang, heading)` and `x_facts(table, lang)`;
its labels `figure.NAME.title`, `.topic`, `.caption` and `.alt`; and one entry here. `kontum trace` shows what an entry
says, and every file carries it. Nothing is imported before it is drawn.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import pandas as pd

from ..data.areas import PROVINCE, districts
from ..data.arithmetic import NTM_BANDS
from ..data.programme import SCENARIOS
from ..targets.measures import PANEL

SEED = 3299  # of the random numbers behind the tables
DRAWN = {"estimate", "outlook", "ntm"}  # steps that draw random numbers


class Entry(NamedTuple):
    """Where a figure is made (module and stem of its three functions) and the inputs it rests on.

    areas: levels; "province" and "district" are Kon Tum's, "neighbour" stands for those of other provinces. steps: keys
    of the labels "trace.step.*". years: year ends with a provincial count under the current standard that it needs.
    """

    made_by: str
    indicators: tuple[str, ...]
    areas: tuple[str, ...]
    steps: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    years: int = 1

    def function(self, name: str) -> Callable[..., Any]:
        """One of the three functions; name is "{}_table", "draw_{}" or "{}_facts"."""
        module, stem = self.made_by.split(".")
        function: Callable[..., Any] = getattr(import_module(f".{module}", __package__), name.format(stem))
        return function

    @property
    def is_drawn(self) -> bool:
        """Whether random numbers stand behind it, so that it has a seed."""
        return bool(DRAWN & set(self.steps))


# fmt: off
_RATE = ("poor_households", "poverty_rate_pct")
_PATHS = (*PANEL, "poor_households_no_labour", "new_poor_households", "relapsed_poor_households")
_BANDS = (*NTM_BANDS, "ntm_criteria_mean", "ntm_criteria_mean_change")
_NTM = (*_BANDS, "ntm_communes_recognised", "ntm_advanced_communes", "ntm_model_communes", "ntm_attained",
        "ntm_recognised", "ntm_attainment_year", "ntm_recognised_year", "ntm_advanced_year", "ntm_criteria_met",
        "ntm_criteria_unmet", "ntm_criteria_total", "ntm_criteria_change_vs_old_set")
_MEASURED = ("ntm_model_residential_areas", "dtts_households_with_hygienic_water_pct",
             "dtts_households_with_residential_land_pct", "dtts_households_with_production_land_pct",
             "especially_disadvantaged_villages")
_COVERED = ("poverty_rate_pct", "near_poor_rate_pct", "dtts_poverty_rate_pct", "poor_households",
            "near_poor_households", "dtts_poor_households", "households_total")
_EVERYWHERE = ("nation", "region", "group", "province", "neighbour", "district")
_KT, _NTM_AREAS = ("province", "district"), ("province", "district", "commune")
_ESTIMATED = _EVERYWHERE  # a year after the last total rests on the merged province and on other speeds
_ALL = (*_ESTIMATED, "commune")
_PATH_STEPS = ("derive", "estimate", "project")
_MID = ("programme-mid",)
CATALOGUE = {
    "coverage": Entry("coverage.coverage", _COVERED, _EVERYWHERE),
    "standard_break": Entry("standards.break", _RATE, ("province",)),
    "baseline_2021": Entry("coverage.baseline", (*PANEL, "dtts_poverty_rate_pct", "dtts_poor_households"), _KT,
                           ("derive",)),
    "old_standard": Entry("standards.old", _RATE, _KT),
    "reconciled_districts": Entry("districts.reconciled", PANEL, _ESTIMATED, ("derive", "estimate"), years=2),
    "leave_one_out": Entry("districts.missed", PANEL, _ESTIMATED, ("derive", "estimate", "hide"), years=2),
    "poverty_paths": Entry("paths.paths", _PATHS, _ESTIMATED, _PATH_STEPS, (*SCENARIOS, "observed-pace"), years=3),
    "forms_compared": Entry("paths.forms", _PATHS, _ESTIMATED, _PATH_STEPS, _MID),
    "points_or_percent": Entry("readings.readings", _RATE, _KT),
    "implied_pace": Entry("pace.needed", _PATHS, _ESTIMATED, _PATH_STEPS, tuple(SCENARIOS)),
    "exit_quotas": Entry("pace.quotas", _PATHS, _ESTIMATED, _PATH_STEPS, _MID, years=2),
    "district_paths": Entry("districts.district_paths", _PATHS, _ESTIMATED, _PATH_STEPS, tuple(SCENARIOS)),
    "ntm_attainment": Entry("ntm.attainment", _NTM, _NTM_AREAS, ("ntm",)),
    "ntm_bands": Entry("ntm.bands", _BANDS, ("province",)),
    "commune_map": Entry("maps.commune", _NTM, _NTM_AREAS, ("ntm",)),
    "district_map": Entry("maps.district", PANEL, _ESTIMATED, ("derive", "estimate"), years=2),
    "poverty_outlook": Entry("outlook.outlook", _PATHS, _ESTIMATED, ("derive", "estimate", "outlook")),
    "pace_history": Entry("outlook.pace", PANEL, (*_KT, "neighbour"), ("speed",), tuple(SCENARIOS)),
    "hindcast_scores": Entry("skill.scores", PANEL + _NTM, _ALL, ("hindcast",), years=3),
    "outcomes": Entry("outcomes.outcomes", _PATHS + _NTM, _ALL, ("hindcast",), years=3),
    "calibration": Entry("skill.calibration", PANEL + _NTM, _ALL, ("hindcast", "hide"), years=3),
    "scoreboard": Entry("board.board", _PATHS + _NTM + _MEASURED, _ALL,
                        ("derive", "estimate", "outlook", "ntm", "judge")),
}
# fmt: on


def rows_of(name: str, obs: pd.DataFrame) -> pd.DataFrame:
    """The rows of `obs` that the figure of this name rests on, whether preferred or not."""
    entry = CATALOGUE[name]
    is_ours = obs["ref_area"].isin([PROVINCE, *districts()])
    level = obs["level"].where(is_ours | ~obs["level"].isin(["province", "district"]), "neighbour")
    return obs[obs["indicator"].isin(entry.indicators) & level.isin(entry.areas)]
