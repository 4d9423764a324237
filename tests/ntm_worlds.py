"""Provinces made up for the tests of the new-rural wing: tables as `load_observations` gives them, and states."""

import numpy as np
import pandas as pd

from kontum_analysis.data.programme import asked_pace
from kontum_analysis.methods.streams import random_stream
from kontum_analysis.ntm.growth import LAST, LAST_PRIOR, PACE_SD, SHAPES, SIGMA, to_criteria, to_effort
from kontum_analysis.ntm.paths import State
from kontum_analysis.ntm.published import RANGES

_INDICATORS = [
    "ntm_communes",
    "ntm_communes_15_18_criteria",
    "ntm_communes_10_14_criteria",
    "ntm_communes_5_9_criteria",
    "ntm_communes_below_5_criteria",
    "ntm_criteria_mean",
]


def figure(indicator, day, value, area="62", standard="X", **columns):
    """One published figure as a row of `load_observations`."""
    row = {
        "ref_area": area,
        "level": {2: "province", 3: "district"}.get(len(area), "commune"),
        "indicator": indicator,
        "time_period": day,
        "date_precision": "day",
        "obs_value": float(value),
        "bound": "exact",
        "bound_value": np.nan,
        "standard": standard,
        "obs_status": "A",
        "source_id": f"page-{day}-{standard}",
        "known_from": day,
    }
    return row | columns


def province(rows, *figures):
    """The province alone: rows (day, standard, attained, 15–18, 10–14, 5–9, under 5, mean); None is not published."""
    table = [
        figure(name, day, value, standard=standard)
        for day, standard, *values in rows
        for name, value in zip(_INDICATORS, values, strict=True)
        if value is not None
    ]
    return pd.DataFrame([*table, *figures])


def bands_of(counts):
    """The row of `province` without its day: communes by band and the mean, rounded as pages print it."""
    whole = np.minimum(np.floor(counts), 19)
    return (*(int(((whole >= low) & (whole <= high)).sum()) for low, high in RANGES), round(whole.mean(), 2))


def assumed_world(rng, years=(2016, 2018, 2020, 2022), end=2025):
    """A province drawn as the model assumes: (its published rows, attained at the end)."""
    pace = np.exp(rng.normal(np.log(asked_pace()), PACE_SD))
    weight = np.exp(-0.5 * (np.log(np.array(LAST) / LAST_PRIOR[0]) / LAST_PRIOR[1]) ** 2)
    shape, last = rng.choice(SHAPES), rng.choice(LAST, p=weight / weight.sum())
    sizes = rng.multinomial(85, rng.dirichlet([2, 2, 4, 4, 1]))
    counts = np.concatenate([rng.integers(low, high + 1, n) for n, (low, high) in zip(sizes, RANGES, strict=True)])
    criteria = np.where(counts < 19, counts + rng.random(85), 19.0)
    rows = []
    for year in range(years[0], end + 1):
        if year > years[0]:
            shock = np.exp(SIGMA * rng.standard_normal() - SIGMA**2 / 2)
            effort = to_effort(criteria, last) + pace * shock * rng.standard_gamma(shape, 85) / shape
            criteria = np.where(criteria >= 19, criteria, to_criteria(effort, last))
        if year in years:
            rows.append((f"{year}-12-31", "X", *bands_of(criteria)))
    return rows, int((criteria >= 19).sum())


def small_state(criteria):
    """A State of one draw a row, with nothing known but the criteria."""
    criteria = np.array(criteria, float)
    nothing = [np.zeros(criteria.shape, bool) for _ in range(3)]
    streams = [random_stream(1, str(i)) for i in range(criteria.shape[1])]
    return State(2020.0, criteria, *nothing, shared=None, streams=streams, seed=1, rates=None, members=[])
