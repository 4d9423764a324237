"""Pooled forecast of a rate: an area's speed leans on its parent's and on the wider history.

Small areas extrapolated on their own trend hardly beat "no change": two surveys of one district differ mostly by
chance. So the change of an area on the logit scale over a horizon of ``h`` years is modelled as ::

    change = h · [ global + parent·(parent slope − global) + level·(parent level) + own·(own slope − parent slope)
                   + converge·(gap to parent) ]  +  rebound·(own change − parent change)

with these weights learned, not set. ``rebound`` is negative where rounds carry sampling error: an area that ran ahead
of its parent tends to fall back. Spread grows as ``h**exponent`` and may depend on the level; its shape is that of the
errors made on groups left out. For an area without a known parent the mean of its sisters takes
the parent's place; where there are none, its own slope does, with a weight of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..base.errors import KontumError, Words
from .panel import PanelError, check_panel, forecast_cases, parent_rates, sister_means
from .regression import WEIGHTS, Cases, features, learn, scale_features, scale_law
from .spread import LEVELS, from_logit, residual_quantiles, shared_and_own

__all__ = ["PooledModel", "fit_pooled"]


@dataclass(frozen=True)
class PooledModel:
    """A fitted pooled forecast. Slopes are on the logit scale per year, spreads on the logit scale per √year.

    Attributes
    ----------
    global_slope : float
        Speed of an area without history whose parent stands at ``level_centre``; negative where rates fall.
    between_sd : float
        Spread of lasting speeds between groups, per year.
    shared_sd, residual_sd : float
        Spread, per √year at a rate of 0.18 (variance 0.15), of the error that areas of one group share over an
        interval and of what is each area's own (sampling error of its rounds included).
    weights : dict
        By name, as in the module's formula; ``parentless`` is added to ``parent`` for areas without one.
    slope_centre, level_centre, reliability, penalty : float
        Median slope and median parent level learned from; years² k such that a slope over d years counts d²/(d² + k),
        set to 1 at four years; ridge chosen, in cases (for what a whole group shares, in groups).
    horizon_exponent, level_exponent, alone_factor : float
        Spread is ``h**horizon_exponent * (p(1−p)/0.15)**level_exponent``, times the factor without a parent.
    residuals : tuple of 23 floats
        Quantiles of the error divided by that spread, at ``LEVELS``.
    cases, groups : int
        What it was learned from.
    """

    global_slope: float
    between_sd: float
    shared_sd: float
    residual_sd: float
    weights: dict[str, float]
    slope_centre: float
    level_centre: float
    reliability: float
    penalty: float
    horizon_exponent: float
    level_exponent: float
    alone_factor: float
    residuals: tuple[float, ...]
    cases: int
    groups: int

    @property
    def correlation(self) -> float:
        """Correlation of the errors of two areas of one group over one interval, 0 to 1."""
        total = self.shared_sd**2 + self.residual_sd**2
        return self.shared_sd**2 / total if total > 0 else 0.0

    @classmethod
    def fit(cls, panel: pd.DataFrame) -> PooledModel:
        """Learn from every case of a panel (columns as in :mod:`kontum_analysis.panels`).

        Raises
        ------
        PanelError
            A panel that is not usable, or one in which no area has three rounds.
        """
        table, _ = forecast_cases(check_panel(panel))
        if table.empty:
            raise PanelError([Words("error.panel.nothing")])
        return fit_pooled(table)

    def centre_and_spread(self, table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Centre (logit) and spread (to be multiplied by ``residuals``) of each case of a table; shapes (n,)."""
        cases = Cases.of(table)
        x = features(cases, self.slope_centre, self.level_centre, self.reliability)
        centre = cases.last + x @ np.array([self.weights[name] for name in WEIGHTS])
        theta = [self.horizon_exponent, self.level_exponent, np.log(self.alone_factor)]
        return centre, np.exp(scale_features(cases) @ theta)

    def quantiles(self, table: pd.DataFrame) -> np.ndarray:
        """Forecast quantiles of the rate at t2 for each case of a table; shape (n, 23), not decreasing."""
        centre, spread = self.centre_and_spread(table)
        return from_logit(centre[:, None] + spread[:, None] * np.array(self.residuals))

    def forecast(
        self, panel: pd.DataFrame, area: str, origin_time: float, target_times: float | Sequence[float]
    ) -> pd.DataFrame:
        """Quantiles of one area's rate at later times, from what was known at the origin.

        The area's last two rounds up to ``origin_time`` are used, and its parent's up to the later of them; a single
        round will do, its own speed is then unknown and the parent's last two rounds stand in.

        Parameters
        ----------
        panel : pandas.DataFrame
        area : label
        origin_time : float
            Years. Later rows of the panel are not looked at.
        target_times : list of float
            Each after the area's last known round; the horizon counts from that round.

        Returns
        -------
        pandas.DataFrame
            area, origin (the last known round), time, and one column per level, ``q0.01`` … ``q0.99`` (fractions).

        Raises
        ------
        PanelError
            A panel that is not usable.
        KontumError
            An area not known at the origin, or a target time not after its last known round.
        """
        table = _origin(check_panel(panel), area, float(origin_time), np.atleast_1d(np.asarray(target_times, float)))
        columns = {f"q{level:g}": values for level, values in zip(LEVELS, self.quantiles(table).T, strict=True)}
        return pd.DataFrame({"area": table["area"], "origin": table["t1"], "time": table["t2"], **columns})


def _origin(panel: pd.DataFrame, area: str, origin: float, targets: np.ndarray) -> pd.DataFrame:
    """One case per target time, without outcome."""
    known = panel[panel["time"] <= origin]
    own = known[known["area"] == area]
    if own.empty:
        raise KontumError("error.pooled.area", area=area, origin=origin)
    t1, y1 = own["time"].iloc[-1], own["rate"].iloc[-1]
    if not np.all(targets > t1):
        raise KontumError("error.pooled.times", last=t1, found=targets.tolist())
    parent = known[(known["area"] == own["parent"].iloc[0]) & (known["time"] <= t1)]
    times, rates = parent["time"].to_numpy(), parent["rate"].to_numpy()
    if len(own) > 1:
        t0, y0 = own["time"].iloc[-2], own["rate"].iloc[-2]
    else:
        t0, y0 = (times[-2] if len(times) > 1 else t1 - 1), np.nan
    p0, p1 = parent_rates(times, rates, t0, t1)
    if np.isnan(p0) and area not in set(known["parent"].dropna()):
        key = (own["group"].iloc[0], own["parent"].iloc[0], round(t0, 6), round(t1, 6))
        p0, p1 = sister_means(known).get(key, (p0, p1, 0))[:2]
    fixed = {"area": area, "t0": t0, "t1": t1, "y0": y0, "y1": y1, "y2": np.nan, "p0": p0, "p1": p1}
    return pd.DataFrame({"t2": targets}).assign(**fixed)


def fit_pooled(table: pd.DataFrame) -> PooledModel:
    """Learn a :class:`PooledModel` from a table of cases (see :func:`kontum_analysis.methods.panel.forecast_cases`).

    The weights are those of :func:`kontum_analysis.pooled_regression.learn`; the spread is that of the errors made on
    groups left out of the fit.
    """
    cases = Cases.of(table)
    group = pd.factorize(table["group"])[0]
    groups = int(group.max()) + 1
    learned = learn(cases, group)
    law = scale_law(cases, learned["missed"])
    error = learned["missed"] / np.exp(scale_features(cases) @ law)
    interval = table.groupby(["group", "t1", "t2"], sort=False).ngroup().to_numpy()
    inner = np.ones_like(cases.alone) if cases.alone.all() else ~cases.alone
    shared, own = shared_and_own(error[inner], np.unique(interval[inner], return_inverse=True)[1])
    slope = (cases.truth - cases.last) / cases.horizon
    return PooledModel(
        global_slope=float(learned["weights"][0]),
        between_sd=_lasting(cases.slope, slope, interval),
        shared_sd=shared,
        residual_sd=own,
        weights={name: float(value) for name, value in zip(WEIGHTS, learned["weights"], strict=True)},
        slope_centre=learned["slope_centre"],
        level_centre=learned["level_centre"],
        reliability=learned["reliability"],
        penalty=learned["penalty"],
        horizon_exponent=float(law[0]),
        level_exponent=float(law[1]),
        alone_factor=float(np.exp(law[2])),
        residuals=tuple(residual_quantiles(error, groups).tolist()),
        cases=len(table),
        groups=groups,
    )


def _lasting(past_slope: np.ndarray, slope: np.ndarray, interval: np.ndarray) -> float:
    """Spread of lasting speeds: root of the covariance of past and next slopes over groups' intervals."""
    sizes = np.bincount(interval)
    past = np.bincount(interval, past_slope) / sizes
    following = np.bincount(interval, slope) / sizes
    if sizes.size < 3:
        return 0.0
    past, following = (np.clip(v, *np.quantile(v, [0.02, 0.98])) for v in (past, following))
    return float(np.sqrt(max(np.cov(past, following)[0, 1], 0.0)))
