"""Random numbers of one area, whatever other areas there are and in whatever order they are drawn."""

from zlib import crc32

import numpy as np


def random_stream(seed: int, code: str, *parts: int) -> np.random.Generator:
    """The random numbers of an area for one part of a model: a child of SeedSequence(seed, spawn_key=(code, *parts)).

    code: digits count as their number, any other text as its CRC-32.

    >>> random_stream(3299, "617", 2).integers(1000) == random_stream(3299, "617", 2).integers(1000)
    np.True_
    """
    key = int(code) if code.isdigit() else crc32(code.encode("utf-8"))
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(key, *parts)))
