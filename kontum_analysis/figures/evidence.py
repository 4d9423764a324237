"""What each figure rests on: indicators, areas, steps and scenarios. `kontum trace` shows it, and every file carries
it.
"""

import pandas as pd

from ..data.areas import PROVINCE, districts
from ..targets.measures import PANEL

# Figure -> (indicators it rests on, levels of the areas, steps, scenarios); steps are keys of labels "trace.step.*".
# The
# levels "province" and "district" are Kon Tum's, "neighbour" those of other provinces. A test draws figures anew from
# these rows alone.
_RATE = ("poor_households", "poverty_rate_pct")
_PATHS = (*PANEL, "poor_households_no_labour", "new_poor_households", "relapsed_poor_households")
_BANDS = (
    "ntm_communes",
    "ntm_communes_15_18_criteria",
    "ntm_communes_10_14_criteria",
    "ntm_communes_5_9_criteria",
    "ntm_communes_below_5_criteria",
    "ntm_criteria_mean",
    "ntm_criteria_mean_change",
)
_NTM = (
    *_BANDS,
    "ntm_communes_recognised",
    "ntm_advanced_communes",
    "ntm_model_communes",
    "ntm_attained",
    "ntm_recognised",
    "ntm_attainment_year",
    "ntm_recognised_year",
    "ntm_advanced_year",
    "ntm_criteria_met",
    "ntm_criteria_unmet",
    "ntm_criteria_total",
    "ntm_criteria_change_vs_old_set",
)
_MEASURED = (
    "ntm_model_residential_areas",
    "dtts_households_with_hygienic_water_pct",
    "dtts_households_with_residential_land_pct",
    "dtts_households_with_production_land_pct",
    "especially_disadvantaged_villages",
)
_COVERED = (
    "poverty_rate_pct",
    "near_poor_rate_pct",
    "dtts_poverty_rate_pct",
    "poor_households",
    "near_poor_households",
    "dtts_poor_households",
    "households_total",
)
_EVERYWHERE = ("nation", "region", "group", "province", "neighbour", "district")
_KT, _ALL = ("province", "district"), ("province", "district", "commune", "neighbour")
_PROGRAMME = ("programme-low", "programme-mid", "programme-high")
FIGURES = {
    "coverage": (_COVERED, _EVERYWHERE, (), ()),
    "standard_break": (_RATE, ("province",), (), ()),
    "old_standard": (_RATE, _KT, (), ()),
    "baseline_2021": ((*PANEL, "dtts_poverty_rate_pct", "dtts_poor_households"), _KT, ("derive",), ()),
    "points_or_percent": (_RATE, _KT, (), ()),
    "reconciled_districts": (PANEL, _KT, ("derive", "estimate"), ()),
    "leave_one_out": (PANEL, _KT, ("derive", "estimate", "hide"), ()),
    "district_map": (PANEL, _KT, ("derive", "estimate"), ()),
    "poverty_paths": (_PATHS, _KT, ("derive", "estimate", "project"), (*_PROGRAMME, "observed-pace")),
    "forms_compared": (_PATHS, _KT, ("derive", "estimate", "project"), ("programme-mid",)),
    "implied_pace": (_PATHS, _KT, ("derive", "estimate", "project"), _PROGRAMME),
    "exit_quotas": (_PATHS, _KT, ("derive", "estimate", "project"), ("programme-mid",)),
    "district_paths": (_PATHS, _KT, ("derive", "estimate", "project"), _PROGRAMME),
    "poverty_outlook": (_PATHS, (*_KT, "neighbour"), ("derive", "estimate", "outlook"), ()),
    "pace_history": (PANEL, (*_KT, "neighbour"), ("speed",), _PROGRAMME),
    "hindcast_scores": (PANEL + _NTM, _ALL, ("hindcast",), ()),
    "calibration": (PANEL + _NTM, _ALL, ("hindcast",), ()),
    "ntm_attainment": (_NTM, ("province", "district", "commune"), ("ntm",), ()),
    "ntm_bands": (_BANDS, ("province",), (), ()),
    "commune_map": (_NTM, ("province", "district", "commune"), ("ntm",), ()),
    "scoreboard": (_PATHS + _NTM + _MEASURED, _ALL, ("derive", "estimate", "outlook", "ntm", "judge"), ()),
}


def rows_of(name: str, obs: pd.DataFrame) -> pd.DataFrame:
    """The rows of `obs` that the figure of this name rests on, whether preferred or not."""
    indicators, levels, _, _ = FIGURES[name]
    ours = obs["ref_area"].isin([PROVINCE, *districts()])
    level = obs["level"].where(ours | ~obs["level"].isin(["province", "district"]), "neighbour")
    return obs[obs["indicator"].isin(indicators) & level.isin(levels)]
