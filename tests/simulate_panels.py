"""Simulated panels of survey poverty rates with known truth, for the tests of pooling and hindcast.

A country's true level moves on the logit scale with a slope that is partly its own for good and partly new in each
interval; regions follow their country with small deviations of their own; each survey round adds sampling error that
depends on sample size, design effect and rate. The default setting is calibrated so that simple references (no change,
the area's own trend, the parent's slope, half parent and half global slope) score close to what was measured on a
harmonised panel of multidimensional poverty; the other settings move one feature each, so that a method tuned to
one world is found out in another.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import expit


@dataclass(frozen=True)
class Setting:
    """One world. Slopes and standard deviations are on the logit scale, slopes per year."""

    countries: int = 46
    regions: float = 10.5  # mean number per country
    level_mean: float = -0.8  # logit of the national rate in the first round
    level_sd: float = 1.2
    region_level_sd: float = 0.8
    slope: float = -0.085
    slope_country_sd: float = 0.042  # lasting
    slope_interval_sd: float = 0.029  # new in each interval, shared by the whole country
    slope_level: float = 0.004  # poorer countries fall more slowly on the logit scale
    convergence: float = 0.01  # per year, of a region's gap to its country
    region_slope_sd: float = 0.012  # lasting
    region_interval_sd: float = 0.035  # new in each interval
    design_effect: float = 4.0
    sample: tuple = (300, 1500)  # households per region and round, log-uniform
    tail: float = 6.0  # degrees of freedom of the shocks
    gap_years: tuple = (2, 8)


SETTINGS = {
    "default": Setting(),
    "quiet surveys": replace(Setting(), sample=(2000, 8000)),
    "noisy surveys": replace(Setting(), sample=(120, 600)),
    "lasting own trends": replace(
        Setting(),
        slope_country_sd=0.06,
        slope_interval_sd=0.02,
        region_slope_sd=0.05,
        region_interval_sd=0.01,
    ),
    "no memory": replace(Setting(), slope_country_sd=0.0, region_slope_sd=0.0, slope_interval_sd=0.065),
    "heavy shocks": replace(Setting(), tail=2.5),
    "near zero and one": replace(Setting(), level_mean=-1.5, level_sd=2.5),
    "few groups": replace(Setting(), countries=6),
}


def simulate_panel(seed, setting=SETTINGS["default"]):
    """Panel with columns area, parent, group, time, rate; the same seed gives the same panel."""
    rng = np.random.default_rng(seed)

    def shock(sd, size):
        scale = np.sqrt((setting.tail - 2) / setting.tail) if setting.tail > 2 else 1.0
        return sd * scale * rng.standard_t(setting.tail, size)

    rows = []
    for country in range(setting.countries):
        name = f"C{country:02d}"
        rounds = rng.choice([3, 4, 5], p=[0.72, 0.2, 0.08])
        low, high = setting.gap_years
        gaps = np.clip(np.round(rng.gamma(9.0, 0.5, rounds - 1) * 2) / 2, low, high)
        times = 2002 + rng.integers(0, 8) + np.concatenate([[0.0], np.cumsum(gaps)])
        count = int(np.clip(np.round(np.exp(rng.normal(np.log(setting.regions) - 0.15, 0.55))), 3, 37))
        share = rng.dirichlet(np.full(count, 3.0))
        level = setting.level_mean + rng.normal(0, setting.level_sd)
        gap = rng.normal(0, setting.region_level_sd, count)
        lasting = setting.slope + rng.normal(0, setting.slope_country_sd)
        region_lasting = rng.normal(0, setting.region_slope_sd, count)
        size = np.exp(rng.uniform(*np.log(setting.sample), count)) * np.exp(rng.normal(0, 0.2))
        for k, time in enumerate(times):
            if k:
                years = gaps[k - 1]
                new = shock(setting.slope_interval_sd, 1)[0] * np.sqrt(4 / years)
                region_new = shock(setting.region_interval_sd, count) * np.sqrt(4 / years)
                level += years * (lasting + new + setting.slope_level * level)
                gap += years * (region_lasting + region_new - setting.convergence * gap)
            truth = expit(level + gap)
            effective = np.maximum(size / setting.design_effect, 20)
            observed = rng.binomial(np.round(effective).astype(int), truth) / np.round(effective).astype(int)
            rows += [(f"{name}-{r:02d}", name, name, time, observed[r]) for r in range(count)]
            rows.append((name, None, name, time, float(share @ observed)))
    return pd.DataFrame(rows, columns=["area", "parent", "group", "time", "rate"])
