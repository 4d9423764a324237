"""Pooled forecast of a rate: an area's speed leans on its parent's and on the wider history.

Small areas extrapolated on their own trend hardly beat "no change": two surveys of one district differ mostly by
chance. So the change of an area on the logit scale over a horizon of ``h`` years is modelled as ::

    change = h · [ global + parent·(parent slope − global) + level·(parent level) + own·(own slope − parent slope)
                   + converge·(gap to parent) ]  +  rebound·(own change − parent change)

with these weights learned, not set. ``rebound`` is negative where rounds carry sampling error: an area that ran ahead
of its parent tends to fall back. Spread grows as ``h**exponent`` and may depend on the level; its shape is that of the
errors made on groups left out. For an area without a parent its own slope takes the parent's place, with a weight of
its own.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import t as student

from kontum_analysis.panels import PanelError, check_panel, known_parent, triples

__all__ = ["EPSILON", "LEVELS", "PooledModel", "fit_pooled", "from_logit", "residual_quantiles", "to_logit"]

LEVELS = np.array([0.01, 0.025, *(k / 20 for k in range(1, 20)), 0.975, 0.99])
EPSILON = 0.005  # rates 0 and 1 become logits of 0.005 and 0.995; half a point is below any survey's resolution
WEIGHTS = ("global", "parent", "parentless", "rebound", "converge", "own", "level")
PENALTIES = (3.0, 10.0, 30.0, 100.0, 300.0)  # ridge, in cases: a weight's prior counts as that many cases
RELIABILITIES = (0.0, 4.0, 16.0)  # k in years²: a slope over d years counts d²/(d² + k)
PRIOR_SPREAD = 0.15  # logit per √year, from observed speeds: (90th percentile − median) over four years
PRIOR_CASES = 2.0  # weight of that prior against the residuals seen
_HUBER = 1.5
_SCALE_RIDGE = (1e-9, 15.0, 15.0, 5.0)


WIDEN = lambda groups: np.sqrt((groups + 1) / (groups - 1))
def to_logit(rate):
    """Rate in [0, 1] to a finite logit: logit(ε + (1 − 2ε)·rate), so that 0 and 1 have a place."""
    return logit(EPSILON + (1 - 2 * EPSILON) * np.asarray(rate, dtype=float))


def from_logit(value):
    """Inverse of :func:`to_logit`, held to [0, 1]; what lies beyond the logit of 0 or 1 is 0 or 1.

    >>> from_logit(to_logit([0.0, 0.25, 1.0])).round(12).tolist()
    [0.0, 0.25, 1.0]
    """
    return np.clip((expit(value) - EPSILON) / (1 - 2 * EPSILON), 0.0, 1.0)


def residual_quantiles(residuals, groups):
    """Quantiles of residuals at the 23 levels, safe with few of them.

    The empirical quantiles are mixed with those of a Student t (5 degrees of freedom) with the residuals' centre and
    spread: the empirical ones count n / (n + 20). The spread itself is drawn to ``PRIOR_SPREAD`` with the weight of
    ``PRIOR_CASES``, so that a single residual does not give a forecast without width. Areas of a group err together,
    so the groups are what counts: everything is widened about the median by √((G + 1) / (G − 1)), the price of
    learning centre and variance from G draws (2 % for 46 groups, 22 % for 5; one group is taken as two).

    Parameters
    ----------
    residuals : array_like, shape (n,), n ≥ 1
        On the logit scale, per √year.
    groups : int
        Number of groups they come from.

    Returns
    -------
    numpy.ndarray, shape (23,)
        Not decreasing.
    """
    residuals = np.asarray(residuals, dtype=float)
    count = residuals.size
    centre = np.median(residuals) * count / (count + PRIOR_CASES)
    limit = 4 * max(1.4826 * np.median(np.abs(residuals - centre)), PRIOR_SPREAD)
    square = np.sum(np.clip(residuals - centre, -limit, limit) ** 2)
    spread = np.sqrt((square + PRIOR_CASES * PRIOR_SPREAD**2) / (count + PRIOR_CASES))
    smooth = centre + spread * student.ppf(LEVELS, 5) * np.sqrt(3 / 5)
    share = count / (count + 20)
    mixed = share * np.quantile(residuals, LEVELS) + (1 - share) * smooth
    middle = mixed[LEVELS.size // 2]
    groups = max(groups, 2)
    return middle + WIDEN(groups) * (mixed - middle)


@dataclass(frozen=True)
class _Cases:
    """Cases as arrays of shape (n,), rates on the logit scale; ``truth`` is NaN where it is to come."""

    horizon: np.ndarray
    last: np.ndarray
    truth: np.ndarray
    slope: np.ndarray  # per year, of the parent, or of the area itself where it has none; NaN unknown
    span: np.ndarray  # years over which that slope was seen
    extra: np.ndarray  # the area's change minus its parent's over the span
    gap: np.ndarray  # the area's level minus its parent's at the origin
    level: np.ndarray  # of the parent, or of the area
    alone: np.ndarray  # True without a parent

    @classmethod
    def of(cls, table):
        values = {name: table[name].to_numpy(dtype=float) for name in ("t0", "t1", "t2")}
        y0, y1, y2, p0, p1 = (to_logit(table[name].to_numpy(dtype=float)) for name in ("y0", "y1", "y2", "p0", "p1"))
        alone = ~np.isfinite(p0 + p1)
        span = values["t1"] - values["t0"]
        above0, above1 = np.where(alone, y0, p0), np.where(alone, y1, p1)
        extra = np.nan_to_num((y1 - y0) - (above1 - above0))  # one round only: nothing known of its own change
        return cls(
            values["t2"] - values["t1"], y1, y2, (above1 - above0) / span, span, extra, y1 - above1, above1, alone
        )

    def take(self, rows):
        return _Cases(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def _features(cases, slope_centre, level_centre, reliability):
    """Regressors of the change, shape (n, 7), in the order of ``WEIGHTS``."""
    trust = cases.span**2 / (cases.span**2 + reliability)
    away = cases.horizon * np.nan_to_num((cases.slope - slope_centre) * trust)
    own = cases.horizon * np.nan_to_num(cases.extra / cases.span)
    level = cases.horizon * (cases.level - level_centre)
    return np.column_stack(
        [cases.horizon, away, away * cases.alone, cases.extra, cases.horizon * cases.gap, own, level]
    )


def _regress(x, y, weight, ridge, rounds=20):
    """Huber regression with a ridge: coefficients, and the weights it ended with."""
    used = weight
    for _ in range(rounds):
        beta = np.linalg.solve((x * used[:, None]).T @ x + ridge, x.T @ (used * y))
        residual = np.abs(y - x @ beta)
        limit = _HUBER * max(1.4826 * np.median(residual), 1e-6)
        used = weight / np.maximum(1.0, residual / limit)
    return beta, used


def _left_out(x, y, used, ridge, group):
    """Prediction of each case by the regression without its group; shape (n,)."""
    count = group.max() + 1
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(count))
    xs, ws, ys = x[order], used[order], y[order]
    gram = np.add.reduceat(xs[:, :, None] * (ws[:, None] * xs)[:, None, :], starts)
    side = np.add.reduceat(xs * (ws * ys)[:, None], starts)
    betas = np.linalg.solve(gram.sum(0) - gram + ridge, (side.sum(0) - side)[..., None])[..., 0]
    return np.einsum("ij,ij->i", x, betas[group])


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
        Median slope and level learned from; years² in d²/(d² + k) by which a slope over d years counts; ridge chosen.
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
    weights: dict
    slope_centre: float
    level_centre: float
    reliability: float
    penalty: float
    horizon_exponent: float
    level_exponent: float
    alone_factor: float
    residuals: tuple
    cases: int
    groups: int

    @property
    def correlation(self):
        """Correlation of the errors of two areas of one group over one interval, 0 to 1."""
        total = self.shared_sd**2 + self.residual_sd**2
        return self.shared_sd**2 / total if total > 0 else 0.0

    @classmethod
    def fit(cls, panel):
        """Learn from every case of a panel (columns as in :mod:`kontum_analysis.panels`).

        Raises
        ------
        PanelError
            A panel that is not usable, or one in which no area has three rounds.
        """
        table, _ = triples(check_panel(panel))
        if table.empty:
            raise PanelError(["no area has three rounds: there is nothing to learn a speed from"])
        return fit_pooled(table)

    def centre_and_spread(self, table):
        """Centre (logit) and spread (to be multiplied by ``residuals``) of each case of a table; shapes (n,)."""
        cases = _Cases.of(table)
        x = _features(cases, self.slope_centre, self.level_centre, self.reliability)
        centre = cases.last + x @ np.array([self.weights[name] for name in WEIGHTS])
        theta = [self.horizon_exponent, self.level_exponent, np.log(self.alone_factor)]
        return centre, np.exp(_scale_features(cases) @ theta)

    def quantiles(self, table):
        """Forecast quantiles of the rate at t2 for each case of a table; shape (n, 23), not decreasing."""
        centre, spread = self.centre_and_spread(table)
        return from_logit(centre[:, None] + spread[:, None] * np.array(self.residuals))

    def forecast(self, panel, area, origin_time, target_times):
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
        ValueError
            An area not known at the origin, or a target time not after its last known round.
        """
        table = _origin(check_panel(panel), area, float(origin_time), np.atleast_1d(np.asarray(target_times, float)))
        columns = {f"q{level:g}": values for level, values in zip(LEVELS, self.quantiles(table).T, strict=True)}
        return pd.DataFrame({"area": table["area"], "origin": table["t1"], "time": table["t2"], **columns})


def _origin(panel, area, origin, targets):
    """One case per target time, without outcome."""
    known = panel[panel["time"] <= origin]
    own = known[known["area"] == area]
    if own.empty:
        raise ValueError(f"area {area!r} has no round up to {origin}")
    t1, y1 = own["time"].iloc[-1], own["rate"].iloc[-1]
    if not np.all(targets > t1):
        raise ValueError(f"target times must lie after the last known round {t1}, got {targets.tolist()}")
    parent = known[(known["area"] == own["parent"].iloc[0]) & (known["time"] <= t1)]
    times, rates = parent["time"].to_numpy(), parent["rate"].to_numpy()
    if len(own) > 1:
        t0, y0 = own["time"].iloc[-2], own["rate"].iloc[-2]
    else:
        t0, y0 = (times[-2] if len(times) > 1 else t1 - 1), np.nan
    p0, p1 = known_parent(times, rates, t0, t1)
    fixed = {"area": area, "t0": t0, "t1": t1, "y0": y0, "y1": y1, "y2": np.nan, "p0": p0, "p1": p1}
    return pd.DataFrame({"t2": targets}).assign(**fixed)


def _scale_features(cases):
    """Regressors of the log spread, shape (n, 3): log horizon, log binomial variance against 0.15, no parent."""
    rate = expit(cases.last)
    return np.column_stack([np.log(cases.horizon), np.log(rate * (1 - rate) / 0.15), cases.alone.astype(float)])


def _components(error, cluster):
    """Shared and own spread of errors by one-way analysis of variance, errors beyond four robust spreads drawn in."""
    limit = 4 * max(1.4826 * np.median(np.abs(error)), 1e-6)
    error = np.clip(error, -limit, limit)
    sizes = np.bincount(cluster)
    means = np.bincount(cluster, error) / sizes
    inside = np.sum((error - means[cluster]) ** 2) / max(error.size - sizes.size, 1)
    if sizes.size < 2 or error.size == sizes.size:
        return 0.0, float(np.sqrt(np.mean(error**2)))
    between = np.sum(sizes * (means - error.mean()) ** 2) / (sizes.size - 1)
    typical = (error.size - np.sum(sizes**2) / error.size) / (sizes.size - 1)
    return float(np.sqrt(max(between - inside, 0.0) / typical)), float(np.sqrt(inside))


def fit_pooled(table):
    """Learn a :class:`PooledModel` from a table of cases (see :func:`kontum_analysis.panels.triples`).

    The weights minimise a Huber loss on the logit scale, each case counting as its binomial variance p(1−p) over its
    horizon, which makes the loss close to one on rates. How strongly they are drawn to the prior (parent's slope one
    half, the rest nothing), and how much a slope over a short span is trusted, is chosen by the mean absolute error,
    in rates, on groups left out of the fit. The errors on groups left out also give the spread. With fewer than three
    groups there is nothing to choose by: the strongest prior is kept.
    """
    cases = _Cases.of(table)
    group = pd.factorize(table["group"])[0]
    groups = int(group.max()) + 1
    change = cases.truth - cases.last
    rate = expit(cases.last)
    weight = rate * (1 - rate) / cases.horizon
    weight = weight / weight.mean()
    slope_centre, level_centre = float(np.median(change / cases.horizon)), float(np.median(cases.level))
    prior = np.array([slope_centre, 0.5, 0, 0, 0, 0, 0])
    truth = from_logit(cases.truth)

    def attempt(reliability, penalty):
        x = _features(cases, slope_centre, level_centre, reliability)
        ridge = np.diag(np.mean(weight[:, None] * x**2, axis=0) + 1e-9) * np.array([1.0, *[penalty] * 6])
        beta, used = _regress(x, change - x @ prior, weight, ridge)
        if groups < 3:
            return np.inf, prior + beta, change - x @ (prior + beta)
        missed = change - x @ prior - _left_out(x, change - x @ prior, used, ridge, group)
        return np.mean(np.abs(from_logit(cases.truth - missed) - truth)), prior + beta, missed

    choice = {"penalty": PENALTIES[-1], "reliability": RELIABILITIES[1]}
    if groups >= 3:
        choice["penalty"] = PENALTIES[2]
        for name, grid in (("reliability", RELIABILITIES), ("penalty", PENALTIES)):
            losses = [attempt(**{**choice, name: value})[0] for value in grid]
            choice[name] = grid[int(np.argmin(np.round(losses, 10)))]
    _, beta, missed = attempt(**choice)

    z = np.column_stack([np.ones(len(missed)), _scale_features(cases)])
    start = np.array([0, 0.5, 0, 0])
    log_error = np.log(np.abs(missed) + 0.02) - z @ start
    theta = start + np.linalg.solve(z.T @ z + np.diag(_SCALE_RIDGE), z.T @ log_error)
    error = missed / np.exp(z[:, 1:] @ theta[1:])
    interval = table.groupby(["group", "t1", "t2"], sort=False).ngroup().to_numpy()
    inner = ~cases.alone if not cases.alone.all() else cases.alone
    shared, own = _components(error[inner], np.unique(interval[inner], return_inverse=True)[1])
    return PooledModel(
        global_slope=float(beta[0]),
        between_sd=_lasting(cases, change / cases.horizon, interval),
        shared_sd=shared,
        residual_sd=own,
        weights={name: float(value) for name, value in zip(WEIGHTS, beta, strict=True)},
        slope_centre=slope_centre,
        level_centre=level_centre,
        reliability=float(choice["reliability"]),
        penalty=float(choice["penalty"]),
        horizon_exponent=float(theta[1]),
        level_exponent=float(theta[2]),
        alone_factor=float(np.exp(theta[3])),
        residuals=tuple(residual_quantiles(error, groups).tolist()),
        cases=len(table),
        groups=groups,
    )


def _lasting(cases, slope, interval):
    """Spread of lasting speeds: root of the covariance of past and next slopes over groups' intervals."""
    sizes = np.bincount(interval)
    past = np.bincount(interval, cases.slope) / sizes
    following = np.bincount(interval, slope) / sizes
    if sizes.size < 3:
        return 0.0
    past, following = (np.clip(v, *np.quantile(v, [0.02, 0.98])) for v in (past, following))
    return float(np.sqrt(max(np.cov(past, following)[0, 1], 0.0)))
