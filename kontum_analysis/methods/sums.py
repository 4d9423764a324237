"""Parts that add up: whole numbers by largest remainders, rates moved on the log odds until they meet their total."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from ..base.errors import KontumError


def apportion(shares: ArrayLike, total: ArrayLike, ceiling: ArrayLike | None = None) -> np.ndarray:
    """Whole numbers near `shares` whose sum is `total` (Hamilton's method of the largest remainder).

    shares: non-negative, shape (n,) or (n, draws), whose sum is within n of `total` along the first axis;
    total: whole number or shape (draws,); ceiling: whole numbers not to be exceeded, same shape as shares.

    Each result lies within 1 of its share unless the ceiling forces otherwise. Raises KontumError when no whole
    numbers from 0 to the ceiling add up to `total`, or when the shares are negative, missing or far from it.

    >>> apportion([1.4, 2.4, 3.2], 7).tolist()
    [2, 2, 3]
    """
    shares = np.asarray(shares, np.float64)
    flat = shares[:, None] if shares.ndim == 1 else shares
    total = np.broadcast_to(np.asarray(total), flat.shape[1:])
    highest = np.broadcast_to(np.inf if ceiling is None else np.asarray(ceiling), shares.shape).reshape(flat.shape)
    if not np.all(np.isfinite(flat) & (flat >= 0)):
        raise KontumError("error.apportion.shares")
    if np.any((total < 0) | (total != np.rint(total))) or np.any(highest.sum(axis=0) < total):
        raise KontumError("error.apportion.total", total=total)
    if ceiling is None and np.any(np.abs(flat.sum(axis=0) - total) > len(flat)):
        raise KontumError("error.apportion.far", sum=flat.sum(axis=0), total=total)
    whole: np.ndarray = np.minimum(np.floor(flat + 1e-9), highest)
    missing = (total - whole.sum(axis=0)).astype(int)
    while np.any(missing != 0):  # one pass nearly always; more only where the ceiling stops some
        up, down = missing > 0, missing < 0
        room = np.where(up, whole < highest, np.where(down, whole > 0, False))
        need = np.where(up, flat - whole, whole - flat)
        order = np.argsort(np.where(room, -need, np.inf), axis=0, kind="stable")
        rank = np.argsort(order, axis=0, kind="stable")
        is_moved = room & (rank < np.abs(missing))
        whole = whole + np.where(is_moved, np.sign(missing), 0)
        missing = (total - whole.sum(axis=0)).astype(int)
    return whole.astype(np.int64).reshape(shares.shape)


def rates_summing_to(
    total: ArrayLike, log_odds: np.ndarray, weights: ArrayLike, spread: ArrayLike | None = None
) -> np.ndarray:
    """Rates expit(log_odds + spread * delta), with the one delta for which weights * rates sum to `total`.

    total: shape (...), from 0 to the sum of the weights; log_odds: shape (n, ...), beyond ±60 they count as ±60;
    weights: positive, same shape or broadcast to it; spread: positive, shape (n,), how far each may move against the
    others (None: all alike). Returns rates (fractions), shape (n, ...); a total of nothing or of everything is met to
    1e-12 of the weights. Solved by a few steps of Newton; what these leave is solved between bounds (Chandrupatla
    1997), so it cannot fail to converge.

    >>> rates_summing_to(100, np.zeros(2), np.array([100, 300])).round(4).tolist()
    [0.25, 0.25]
    """
    shape = log_odds.shape
    theta = np.clip(log_odds, -60, 60).reshape(len(log_odds), -1)
    weight = np.broadcast_to(weights, shape).reshape(theta.shape)
    share = weight / weight.sum(axis=0)
    mean_rate = np.clip(np.broadcast_to(total, shape[1:]).ravel() / weight.sum(axis=0), 1e-12, 1 - 1e-12)
    step = np.ones((len(theta), 1)) if spread is None else np.reshape(spread / np.max(spread), (-1, 1))

    def excess(delta: np.ndarray, column: np.ndarray) -> np.ndarray:
        rates = expit(theta[:, column] + step * delta)
        return np.asarray((share[:, column] * rates).sum(axis=0) - mean_rate[column])

    delta, is_met = _newton(theta, share, step, mean_rate)
    if not is_met.all():
        column = np.flatnonzero(~is_met)
        # at the least of these moves every rate is at most the mean one that is wanted, at the greatest at least that
        moves = (logit(mean_rate[column]) - theta[:, column]) / step
        from scipy.optimize.elementwise import find_root  # as slow to import as pandas; most calls need none

        delta[column] = find_root(excess, (moves.min(axis=0) - 1, moves.max(axis=0) + 1), args=(column,)).x
    rates: np.ndarray = expit(theta + step * delta).reshape(shape)
    return rates


def _newton(
    theta: np.ndarray, share: np.ndarray, step: np.ndarray, mean_rate: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(moves, which of them meet their mean rate to rounding) after a few steps on its log odds, nearly a line there.

    Ten times quicker than a bracketed search, which is left to the columns that these steps do not settle. A column
    that is settled moves no more, so that it does not depend on the others.
    """
    delta, target = np.zeros(mean_rate.shape), logit(mean_rate)
    is_met = np.zeros(mean_rate.shape, bool)
    for _ in range(8):
        rates = expit(theta + step * delta)
        mean = np.clip((share * rates).sum(axis=0), 1e-300, 1 - 1e-16)
        slope = (share * step * rates * (1 - rates)).sum(axis=0) / (mean * (1 - mean))
        change = (target - logit(mean)) / np.maximum(slope, 1e-6)
        delta += np.where(is_met, 0, np.clip(change, -60, 60))
        is_met |= np.abs(change) < 1e-12
        if is_met.all():
            break
    return delta, is_met
