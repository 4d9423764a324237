"""How areas move on the scale of the log odds, and what follows for each of them in closed form.

For an area a with the areas above it, t years after the opening, in each draw:

    theta[a, t] = logit(opening rate) + t · centre[a] + opening error
                  + sum over a and all above it of (t · speed draw + walk[t])

Speed draws and yearly steps of the walks are normal and independent; those of a parent are shared by everything below
it, so that areas move together. theta is therefore normal with a variance of opening² + sum of (t² · speed_sd² +
t · shock_sd²): the quantiles of a single area need no draws at all. A rate of 0 or 1 stays there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit, ndtr, ndtri

from ..base.errors import KontumError
from .tree import LEVELS, Tree

SHARED_BY_NATION = 0.5  # assumed: half of the variance of provinces' speeds and shocks is common to the country


@dataclass(frozen=True)
class Movement:
    """speed: yearly change of the log odds to expect; speed_sd, shock_sd: by level, standard deviations (log odds) of
    the lasting speed and of one year's step that an area of that level adds to those above it (a level left out: 0).
    """

    speed: float
    speed_sd: Mapping[str, float]
    shock_sd: Mapping[str, float]

    def __post_init__(self) -> None:
        for name in ("speed_sd", "shock_sd"):
            spreads = getattr(self, name).items()
            wrong = [f"{level}: {sd}" for level, sd in spreads if level not in LEVELS or not 0 <= sd <= 10]
            if wrong:
                raise KontumError("simulate.error.movement", name=name, value=wrong, levels=LEVELS)


def from_history(obs: pd.DataFrame) -> Movement:
    """The movement that published history supports: `speeds.speed_model` and the districts' known changes.

    Derived: speed, its spread between provinces, the shock of a province, that of a district about its province.
    Assumed, for want of any published series: the country's share (`SHARED_BY_NATION`), and that a commune moves about
    its district as a district does about its province.

    >>> from kontum_analysis.data.observations import load_observations
    >>> movement = from_history(load_observations())
    >>> round(movement.speed, 2), round(movement.shock_sd["district"], 2)
    (-0.32, 0.25)
    """
    from ..poverty.draws import district_shock
    from ..poverty.estimates import estimate_panel
    from ..poverty.speeds import speed_model

    model, below = speed_model(obs), district_shock(estimate_panel(obs, 100))
    between, shock = float(model.chance @ model.between), float(model.chance @ model.shock)
    shares = {"nation": np.sqrt(SHARED_BY_NATION), "province": np.sqrt(1 - SHARED_BY_NATION)}
    speed_sd = {level: between * share for level, share in shares.items()}
    shock_sd = {level: shock * share for level, share in shares.items()}
    return Movement(model.centre, speed_sd, {**shock_sd, "district": below, "commune": below})


def with_moves(tree: Tree, movement: Movement) -> Tree:
    """The tree with columns centre, speed_sd (what to expect of an area's speed, and its spread) and shock_sd.

    An area's own speed weighs as in `speeds.speed_model`, speed_sd² against shock_sd² / years; the rest leans on its
    parent, and what its own speed has settled no longer varies. At a level without a spread of its own the parent's
    speed holds.
    """
    frames: list[pd.DataFrame] = []
    for frame in tree:
        between, shock = (
            frame["level"].map(spread).fillna(0.0).to_numpy(float) for spread in (movement.speed_sd, movement.shock_sd)
        )
        is_sure = frame["speed"].notna().to_numpy() & (between > 0)
        error = shock**2 / frame["speed_years"].where(is_sure, 1.0).to_numpy()
        weight = np.divide(between**2, between**2 + error, out=np.zeros(len(frame)), where=is_sure)
        centre = weight * frame["speed"].fillna(0.0).to_numpy()
        above = frames[0]["centre"].to_numpy() if frames else centre  # nodes stand below their parents
        for row, chain in enumerate(frame["chain"]):
            centre[row] += (1 - weight[row]) * (above[chain[-1]] if chain else movement.speed)
        frames.append(frame.assign(centre=centre, speed_sd=between * np.sqrt(1 - weight), shock_sd=shock))
    return Tree(*frames)


def normal_margins(tree: Tree, elapsed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of the log odds of every leaf, each of shape (leaf, time); tree: `with_moves`."""
    spreads = []
    for name in ("speed_sd", "shock_sd"):
        above, beside = (frame[name].to_numpy() ** 2 for frame in tree)
        spreads.append(beside + [above[list(chain)].sum() for chain in tree.leaves["chain"]])
    opening = tree.leaves["opening_sd"].fillna(0.0).to_numpy() ** 2
    mean = logit(tree.leaves["rate"].to_numpy())[:, None] + np.outer(tree.leaves["centre"], elapsed)
    return mean, np.sqrt(opening[:, None] + np.outer(spreads[0], elapsed**2) + np.outer(spreads[1], elapsed))


def closed_form(
    mean: np.ndarray, sd: np.ndarray, levels: Sequence[float], target: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles of rates that are normal on the log odds, shape (…, level), and the probability of at most `target`
    (NaN without one).

    >>> quantiles, chance = closed_form(np.array([0.0]), np.array([1.0]), (0.5,), 0.5)
    >>> quantiles.tolist(), chance.tolist()
    ([[0.5]], [0.5])
    """
    quantiles = expit(mean[..., None] + sd[..., None] * ndtri(np.asarray(levels)))
    if target is None:
        return quantiles, np.full(mean.shape, np.nan)
    room = logit(target) - mean
    return quantiles, np.where(sd > 0, ndtr(room / np.where(sd > 0, sd, 1.0)), room >= 0)
