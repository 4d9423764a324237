"""Whole numbers that add up: largest-remainder rounding, one vector or many at once."""

import numpy as np
from numpy.typing import ArrayLike

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
    top = (
        np.full(flat.shape, np.inf)
        if ceiling is None
        else np.broadcast_to(np.asarray(ceiling), shares.shape).reshape(flat.shape)
    )
    if not np.all(np.isfinite(flat) & (flat >= 0)):
        raise KontumError("error.apportion.shares")
    if np.any((total < 0) | (total != np.rint(total))) or np.any(top.sum(axis=0) < total):
        raise KontumError("error.apportion.total", total=total)
    if ceiling is None and np.any(np.abs(flat.sum(axis=0) - total) > len(flat)):
        raise KontumError("error.apportion.far", sum=flat.sum(axis=0), total=total)
    whole: np.ndarray = np.minimum(np.floor(flat + 1e-9), top)
    missing = (total - whole.sum(axis=0)).astype(int)
    while np.any(missing != 0):  # one pass nearly always; more only where the ceiling stops some
        up, down = missing > 0, missing < 0
        room = np.where(up, whole < top, np.where(down, whole > 0, False))
        need = np.where(up, flat - whole, whole - flat)
        order = np.argsort(np.where(room, -need, np.inf), axis=0, kind="stable")
        place = np.empty_like(order)
        np.put_along_axis(place, order, np.arange(len(order))[:, None], axis=0)
        moved = room & (place < np.abs(missing))
        whole = whole + np.where(moved, np.sign(missing), 0)
        missing = (total - whole.sum(axis=0)).astype(int)
    return whole.astype(np.int64).reshape(shares.shape)
