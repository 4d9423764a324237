"""What was said, and what came: every forecast of every earlier day beside the figure published later, misses first."""

from pathlib import Path

import numpy as np
import pandas as pd

from ..data.memo import remember
from ..data.programme import PROGRAMME_DAY
from ..methods.scores import INTERVALS, QUANTILES, wis
from ..ntm.hindcast import ntm_forecasts
from ..poverty.forecasts import poverty_forecasts, total_days

LEVELS = np.array(list(QUANTILES.values()))


@remember(4)
def forecasts_against_outcomes(
    obs: pd.DataFrame, data: str | Path | None = None, draws: int = 2000, seed: int = 3299
) -> pd.DataFrame:
    """Forecasts of poverty rates and of new-rural communes from earlier days, beside what was published later.

    Vintages are the day of the programme, and every day on which a year's poverty rate or a count of communes became
    known. Columns: what (poverty_rate_pct, ntm_communes, ntm_advanced_communes, ntm_model_communes), area, vintage,
    made_from, day, method, q025 … q975, outcome (per cent or communes), inside_50, inside_80, inside_95 (missing for
    single numbers), error (median less outcome), wis (the absolute error for a single number), is_miss: outside the
    80 % interval. Misses stand first, the widest miss first.

    >>> from kontum_analysis.data.observations import load_observations
    >>> table = forecasts_against_outcomes(load_observations(), draws=200)
    >>> bool(table.is_miss.iloc[0]), bool((table[table.method == "no change"].inside_80.isna()).all())
    (True, True)
    """
    days = sorted({PROGRAMME_DAY, *total_days(obs)})
    table = pd.concat([poverty_forecasts(obs, data, days, draws, seed), ntm_forecasts(obs, data, None, draws, seed)])
    table = table.assign(error=table["q50"] - table["outcome"], is_miss=~table["inside_80"].fillna(True).astype(bool))
    quantiles = table[list(QUANTILES)].to_numpy(float)
    is_interval = np.isfinite(quantiles).all(axis=1)
    score = table["error"].abs().to_numpy(float, copy=True)
    score[is_interval] = wis(table["outcome"].to_numpy(float)[is_interval], LEVELS, quantiles[is_interval])
    table = table.assign(wis=score, size=np.abs(table["error"]) / table["outcome"].abs().clip(lower=1))
    return table.sort_values(["is_miss", "size"], ascending=False).drop(columns="size").reset_index(drop=True)


def forecast_scores(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Scores of `forecasts_against_outcomes` by what was forecast and by method, no change beside the models.

    Columns: what, method, cases, mae (points or communes), wis, coverage_50, coverage_80, coverage_95 (fractions;
    missing for single numbers). Cases of one area or of neighbouring days are not independent, and there are few.

    >>> from kontum_analysis.data.observations import load_observations
    >>> scores = forecast_scores(forecasts_against_outcomes(load_observations(), draws=200))
    >>> scores.set_index(["what", "method"]).loc[("ntm_model_communes", "no change"), ["cases", "mae"]].tolist()
    [10.0, 2.0]
    """
    groups = forecasts.assign(mae=forecasts["error"].abs()).groupby(["what", "method"], sort=False)
    means = {"mae": "mae", "wis": "wis"} | {f"coverage_{name[7:]}": name for name in INTERVALS}
    scores = groups.agg(cases=("mae", "size"), **{name: (column, "mean") for name, column in means.items()})
    return scores.reset_index()
