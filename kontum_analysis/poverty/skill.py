"""How well forecasts of a next year end would have done, level by level, with the plain methods beside and few cases.

A wider panel cannot stand beside them here: it is not among the published figures of this project.
"""

import numpy as np
import pandas as pd

from ..data.areas import register
from ..data.memo import remember
from ..methods.hindcast import COVERAGE, hindcast
from .history import hindcast_panel
from .speeds import INTERVALS, speed_forecasts

LEVELS = ("nation", "region", "group", "province", "district")
COLUMNS = ["area_level", "method", "cases", "series", "mae_pp", "wis_pp", *(f"coverage_{width}" for width in INTERVALS)]


@remember(4)
def hindcast_by_level(obs: pd.DataFrame) -> pd.DataFrame:
    """Scores of every method of `hindcast` on `hindcast_panel`, by the level of the area, the best of a level first.

    Columns: area_level, method, cases, series, mae_pp, wis_pp (points), coverage_50, coverage_80, coverage_95
    (fractions). Cases of one area, or of one year, are not independent, and there are few.

    >>> from kontum_analysis.data.observations import load_observations
    >>> hindcast_by_level(load_observations()).query("method == 'pooled'").cases.tolist()
    [3, 19, 4]
    """
    cases = hindcast(hindcast_panel(obs)).cases
    inside = {
        f"inside_{width}": cases["observed"].between(cases[low], cases[high]) for width, (low, high) in COVERAGE.items()
    }
    scored = cases.assign(series=cases["area"], mae_pp=100 * cases["ae"], wis_pp=100 * cases["wis"], **inside)
    return _by_level(scored.assign(code=scored["area"].str.split(" ").str[0]))


@remember(4)
def step_scores(obs: pd.DataFrame) -> pd.DataFrame:
    """Scores of the outlook's own law on every step of every series (`speed_forecasts`), by the level of the area.

    A step is forecast from all other series and the earlier steps of its own. Beside it no change, and the area's own
    trend where a step came before; outlook_same is the outlook on just those steps. Columns as in
    `hindcast_by_level`; a single number has no coverage, and its wis_pp is its error.

    >>> from kontum_analysis.data.observations import load_observations
    >>> scores = step_scores(load_observations()).groupby("method").cases.sum()
    >>> bool(scores["outlook"] == scores["no change"] > scores["own trend"])
    True
    """
    steps = speed_forecasts(obs)
    steps = steps.assign(code=steps["area"], series=steps["area"] + " " + steps["standard"])
    has_trend = steps["own_trend"].notna()
    single = {f"inside_{width}": np.nan for width in INTERVALS}
    parts = [
        steps.assign(method="outlook", mae_pp=steps["error"], wis_pp=steps["wis"]),
        steps.assign(method="no change", mae_pp=steps["persistence"], wis_pp=steps["persistence"], **single),
        steps[has_trend].assign(method="outlook_same", mae_pp=steps["error"], wis_pp=steps["wis"]),
        steps[has_trend].assign(method="own trend", mae_pp=steps["own_trend"], wis_pp=steps["own_trend"], **single),
    ]
    return _by_level(pd.concat(parts, ignore_index=True))


def _by_level(scored: pd.DataFrame) -> pd.DataFrame:
    levels = pd.concat([register("2020"), register("2025")]).drop_duplicates("code").set_index("code")["level"]
    scored = scored.assign(area_level=pd.Categorical(scored["code"].map(levels), LEVELS))
    table = scored.groupby(["area_level", "method"], observed=True, sort=False).agg(
        cases=("mae_pp", "size"),
        series=("series", "nunique"),
        mae_pp=("mae_pp", "mean"),
        wis_pp=("wis_pp", "mean"),
        **{f"coverage_{width}": (f"inside_{width}", "mean") for width in INTERVALS},
    )
    table = table.reset_index().sort_values(["area_level", "wis_pp"]).astype({"area_level": str})
    return table[COLUMNS].reset_index(drop=True)
