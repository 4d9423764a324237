"""The chance of each target that a model speaks of: one default, and its range over what can be defended.

Poverty: the outlook with the speed learned in the ways of `speeds.CHOICES`. New-rural communes: the pace that the
programme asks for, and the one observed (`ntm.attainment`). Whoever shows a chance takes it from here, so that the
scoreboard, the figures, the explorer, the report and the notebooks print the same digits.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from ..data.areas import PROVINCE, rural_communes
from ..data.memo import remember
from ..data.programme import corridors, goals, horizon
from ..methods.intervals import open_ends
from ..ntm.attainment import DRAWS, SEED, attainment_chances
from ..ntm.projection import LEVELS
from ..poverty.districts import FIRST_YEAR
from ..poverty.draws import Draws, outlook_draws
from ..poverty.known import opening_rates
from ..poverty.speeds import CHOICES

LIKELY, UNLIKELY = 2 / 3, 1 / 3
POVERTY = ("S-GN-01", "S-GN-02")  # the province, its poor districts
COMMUNES = {
    "ntm_communes": "S-NTM-01",
    "ntm_advanced_communes": "S-NTM-02",
    "ntm_model_communes": "S-NTM-03",
    "all_communes_15_criteria": "S-NTM-05",
}
SHARE = "all_communes_15_criteria"  # a target in per cent, of a model in communes
GOALS = (*POVERTY, *list(COMMUNES.values())[:3])  # those whose number can be given
COLUMNS = [
    "target_id",
    "chance",
    "chance_low",
    "chance_high",
    "choice",
    "choice_low",
    "choice_high",
    "projected_value",
    "projected_q10",
    "projected_q90",
]


def target_chances(
    obs: pd.DataFrame,
    draws: int = DRAWS,
    seed: int = SEED,
    levels: tuple[float, ...] | None = None,
    only: Collection[str] | None = None,
) -> pd.DataFrame:
    """One row a target with a model: the chance that it is met, and how far that hangs on what is assumed.

    Columns: target_id; chance: by the default; chance_low, chance_high: over all choices (fractions), missing where
    all give the same; choice, choice_low, choice_high: the codes behind the three (labels choice.CODE);
    projected_value, projected_q10, projected_q90: median and 80 % interval at the programme's end by the default, in
    the target's unit. Targets whose model has too little to stand on at that vintage are left out. levels: the numbers
    of the targets `GOALS`, falls in points a year and communes, default those of Programme 3299. only: ids of the
    targets wanted, default all; a model that speaks of none of them is not run.

    >>> from kontum_analysis.data.observations import load_observations
    >>> chances = target_chances(load_observations(), draws=200).set_index("target_id")
    >>> chances.loc["S-NTM-01", ["choice_low", "choice_high"]].tolist()
    ['pace_asked', 'pace_observed']
    """
    least = goals()
    falls = [goal.low for goal in corridors().values()]
    communes = [least[name, PROVINCE].low for name in LEVELS]
    levels, tables = levels or (*falls, *communes), []
    for model, targets, goal_levels in (
        (_poverty, set(POVERTY), levels[:2]),
        (_communes, set(COMMUNES.values()), levels[2:]),
    ):
        if only is not None and targets.isdisjoint(only):
            continue
        try:
            tables.append(model(obs, draws, seed, goal_levels))
        except KontumError:  # a vintage before the first figures: no model, and the board says so by an empty chance
            continue
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)


def status_of_chance(chance: float) -> str:
    """on_track from 2/3 on, at_risk from 1/3 on, off_track below.

    >>> [status_of_chance(p) for p in (0.7, 0.5, 0.1)]
    ['on_track', 'at_risk', 'off_track']
    """
    return "on_track" if chance >= LIKELY else "at_risk" if chance >= UNLIKELY else "off_track"


def status_of_range(low: float, chance: float, high: float, draws: int = DRAWS) -> tuple[str, str]:
    """(status, reason): that of the chance where both ends of its range say the same, else at_risk because they do not.

    low, high: missing where every choice gives the same chance.
    The reason is model_close where one of the three lies within two standard errors of a limit, so that other draws
    could turn the status.

    >>> status_of_range(0.7, 0.8, 0.9), status_of_range(0.5, 0.8, 0.9), status_of_range(0.335, 0.335, 0.47)
    (('on_track', 'model'), ('at_risk', 'model_range'), ('at_risk', 'model_close'))
    """
    status, ends = status_of_chance(chance), [p for p in (low, chance, high) if not np.isnan(p)]
    if any(status_of_chance(p) != status for p in ends):
        return "at_risk", "model_range"
    errors = {p: 2 * np.sqrt(p * (1 - p) / draws) for p in ends}
    is_close = any(abs(p - limit) < error for p, error in errors.items() for limit in (LIKELY, UNLIKELY))
    return status, "model_close" if is_close else "model"


def fall_chances(obs: pd.DataFrame, area: str, falls: Collection[float]) -> pd.DataFrame:
    """One row a fall: the chance that a poverty rate falls at least so much on average to the programme's end.

    area: the province, 62-POOR, 62-REST or a district; falls: points a year, from end-2021. Columns: fall_pp, chance,
    chance_low, chance_high (fractions), as `target_chances` gives them at the falls that the programme asks for.

    >>> from kontum_analysis.data.observations import load_observations
    >>> chances = fall_chances(load_observations(), "62", [0, 3, 20])
    >>> bool(chances.chance.is_monotonic_decreasing), float(chances.chance.iloc[-1])
    (True, 0.0)
    """
    chances = _chances_by_choice(_outlooks(obs, DRAWS, SEED), area, falls, opening_rates(obs)[area])
    low, high = chances.min(axis=1), chances.max(axis=1)
    columns = {"fall_pp": [*falls], "chance": chances["default"], "chance_low": low, "chance_high": high}
    return pd.DataFrame(columns)


def _chances_by_choice(outlooks: dict[str, Draws], area: str, falls: Collection[float], opening: float) -> pd.DataFrame:
    """The chance of each average fall (points a year) at the programme's end, one column a choice.

    It is the share of draws whose rate is then at most the opening rate less the fall, as in `draws.probability`.
    """
    at_most = opening - np.array([*falls], float) / 100 * (horizon() - FIRST_YEAR)
    ends = {name: np.sort(draws.of(area)[draws.years.index(horizon())]) for name, draws in outlooks.items()}
    return pd.DataFrame({name: np.searchsorted(end, at_most, "right") / end.size for name, end in ends.items()})


@remember(2)
def _outlooks(obs: pd.DataFrame, draws: int, seed: int) -> dict[str, Draws]:
    return {name: outlook_draws(obs, horizon(), draws, seed, choice) for name, choice in CHOICES.items()}


@remember(8)
def _poverty(obs: pd.DataFrame, draws: int, seed: int, levels: tuple[float, ...]) -> pd.DataFrame:
    outlooks, opening, rows = _outlooks(obs, draws, seed), opening_rates(obs), []
    for target_id, area, pace in zip(POVERTY, corridors(), levels, strict=True):
        chance = _chances_by_choice(outlooks, area, [pace], opening[area]).iloc[0]
        falls = 100 * (opening[area] - outlooks["default"].of(area)[-1]) / (horizon() - FIRST_YEAR)
        rows.append(_row(target_id, chance, "default", np.quantile(falls, [0.5, 0.1, 0.9])))
    return pd.DataFrame(rows, columns=COLUMNS)


@remember(8)
def _communes(obs: pd.DataFrame, draws: int, seed: int, levels: tuple[float, ...]) -> pd.DataFrame:
    table = attainment_chances(obs, draws, seed, levels)
    table = table[table["event"].isin(COMMUNES)].set_index("event", drop=False)
    table.loc[SHARE, ["median", "q10", "q90"]] *= 100 / rural_communes()
    renamed = table.rename(
        columns={
            "default": "chance",
            "low": "chance_low",
            "high": "chance_high",
            "default_choice": "choice",
            "low_choice": "choice_low",
            "high_choice": "choice_high",
            "median": "projected_value",
            "q10": "projected_q10",
            "q90": "projected_q90",
        }
    )
    return renamed.assign(target_id=table["event"].map(COMMUNES))[COLUMNS]


def _row(target_id: str, chance: pd.Series, default: str, projected: np.ndarray) -> list[object]:
    low, high = (float(end) for end in open_ends(chance.min(), chance.max()))
    choices = [default, None, None] if np.isnan(low) else [default, chance.idxmin(), chance.idxmax()]
    return [target_id, chance[default], low, high, *choices, *projected]
