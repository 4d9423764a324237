"""How areas move on the scale of the log odds, and what follows for each of them in closed form.

For an area a with the areas above it, t years after the opening, in each draw:

    theta[a, t] = logit(opening rate) + t · centre[a] + sum over a and all above it of (t · speed draw + walk[t]) +
    opening error

Speed draws and yearly steps of the walks are normal and independent; those of a parent are shared by everything below
it, so that
areas move together. theta is therefore normal with a variance of opening² + sum of (t² · speed_sd² + t · shock_sd²):
the quantiles
of a single area need no draws at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..base.errors import KontumError
from .tree import LEVELS, Tree

SHARED_BY_NATION = 0.5  # assumed: half of the variance of provinces' speeds and shocks is common to the country


@dataclass(frozen=True)
class Movement:
    """speed: yearly change of the log odds to expect; speed_sd, shock_sd: by level, standard deviations (log odds) of
    the lasting
    speed and of one year's step that an area of that level adds to those above it. A level left out adds nothing.
    """

    speed: float
    speed_sd: Mapping[str, float]
    shock_sd: Mapping[str, float]

    def __post_init__(self) -> None:
        for name in ("speed_sd", "shock_sd"):
            given = dict(getattr(self, name))
            wrong = [f"{k}: {v}" for k, v in given.items() if k not in LEVELS or not 0 <= v <= 10]
            if wrong:
                raise KontumError(
                    "simulate.error.movement", name=name, value=", ".join(wrong), levels=", ".join(LEVELS)
                )
            object.__setattr__(self, name, given)

    def of(self, levels: Iterable[str], name: str) -> np.ndarray:
        """Standard deviations of one kind for a column of levels."""
        return np.array([getattr(self, name).get(level, 0.0) for level in levels], float)


def from_history(obs: pd.DataFrame) -> Movement:
    """The movement that published history supports: `base_rates.speed_prior` and the districts' known changes.

    Derived: speed, its spread between provinces, the shock of a province, that of a district about its province.
    Assumed, for want of
    any published series: the country's share (`SHARED_BY_NATION`), and that a commune moves about its district as a
    district does
    about its province.

    >>> from kontum_analysis.data.observations import load_observations
    >>> movement = from_history(load_observations())
    >>> round(movement.speed, 2), round(movement.shock_sd["district"], 2)
    (-0.33, 0.25)
    """
    from ..poverty.draws import district_shock
    from ..poverty.estimates import estimate_panel
    from ..poverty.speeds import speed_model

    model, own = speed_model(obs), district_shock(estimate_panel(obs, 100))
    between, shock = float(model.chance @ model.between), float(model.chance @ model.shock)
    nation, province = np.sqrt(SHARED_BY_NATION), np.sqrt(1 - SHARED_BY_NATION)
    return Movement(
        speed=model.centre,
        speed_sd={"nation": between * nation, "province": between * province},
        shock_sd={
            "nation": shock * nation,
            "province": shock * province,
            "district": own,
            "commune": own,
        },
    )


def leaning(tree: Tree, movement: Movement) -> list[pd.DataFrame]:
    """Centre and spread of the speed of nodes and leaves: two tables with columns centre, speed_sd, shock_sd.

    An area's own speed weighs as in `base_rates.speed_prior`, speed_sd² against shock_sd² / years; the rest leans on
    its parent, and
    what its own speed has settled no longer varies. At a level without a spread of its own the parent's speed holds.
    """
    known, found = None, []  # centres of the nodes, once they are there
    for frame in (tree.nodes, tree.leaves):
        between, shock = movement.of(frame["level"], "speed_sd"), movement.of(frame["level"], "shock_sd")
        error = shock**2 / frame["speed_years"].where(frame["speed"].notna(), 1.0).to_numpy()
        sure = (frame["speed"].notna() & (between > 0)).to_numpy()
        weight = np.where(sure, between**2 / np.where(sure, between**2 + error, 1.0), 0.0)
        own = frame["speed"].fillna(0.0).to_numpy()
        centre = np.empty(len(frame))
        for row, chain in enumerate(frame["chain"]):
            parent = (centre if known is None else known)[chain[-1]] if chain else movement.speed
            centre[row] = weight[row] * own[row] + (1 - weight[row]) * parent
        known = centre if known is None else known
        found.append(pd.DataFrame({"centre": centre, "speed_sd": between * np.sqrt(1 - weight), "shock_sd": shock}))
    return found


def normal_margins(tree: Tree, moves: Sequence[pd.DataFrame], elapsed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of the log odds of every leaf, each of shape (leaf, time)."""
    nodes, leaves = moves
    above = {chain: list(chain) for chain in set(tree.leaves["chain"])}
    speed = {chain: (nodes["speed_sd"].to_numpy()[rows] ** 2).sum() for chain, rows in above.items()}
    shock = {chain: (nodes["shock_sd"].to_numpy()[rows] ** 2).sum() for chain, rows in above.items()}
    speed = tree.leaves["chain"].map(speed).to_numpy() + leaves["speed_sd"].to_numpy() ** 2
    shock = tree.leaves["chain"].map(shock).to_numpy() + leaves["shock_sd"].to_numpy() ** 2
    opening = tree.leaves["opening_sd"].fillna(0.0).to_numpy() ** 2
    rate = tree.leaves["rate"].to_numpy()
    mean = np.log(rate / (1 - rate))[:, None] + np.outer(leaves["centre"], elapsed)
    return mean, np.sqrt(opening[:, None] + np.outer(speed, elapsed**2) + np.outer(shock, elapsed))


def closed_form(
    mean: np.ndarray, sd: np.ndarray, levels: Sequence[float], target: float | None = None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Quantiles of rates that are normal on the log odds, shape (…, level), and the probability of at most `target` (or
    None).

    >>> found, chance = closed_form(np.array([0.0]), np.array([1.0]), (0.5,), 0.5)
    >>> found.tolist(), chance.tolist()
    ([[0.5]], [0.5])
    """
    from scipy.special import expit, logit, ndtr, ndtri

    found = expit(mean[..., None] + sd[..., None] * ndtri(np.asarray(levels)))
    if target is None:
        return found, None
    room = logit(target) - mean
    return found, np.where(sd > 0, ndtr(room / np.where(sd > 0, sd, 1.0)), room >= 0)
