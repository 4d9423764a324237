"""A synthetic country the size of Viet Nam before July 2025, to try the simulation on. No figure is of a real place."""

import numpy as np
import pandas as pd

PROVINCES, DISTRICTS, COMMUNES = 63, 696, 10_035


def synthetic_country(
    seed: int = 3299, provinces: int = PROVINCES, districts: int = DISTRICTS, communes: int = COMMUNES
) -> pd.DataFrame:
    """Invented areas for `simulate_panel`: code, level, parent, name, rate (fraction), households; a row an area.

    Only the three counts are real. Codes start with SYN, names with "Synthetic", and `attrs["synthetic"]` is True.
    Rates are normal on the log odds about 6 %, with steps of province, district and commune; households are
    log-normal about 2,500 a commune.

    >>> country = synthetic_country(1, provinces=2, districts=5, communes=40)
    >>> country.level.value_counts().to_dict()
    {'commune': 40, 'district': 5, 'province': 2, 'nation': 1}
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0x53594E,)))  # "SYN"
    province_of, district_of = _shared_out(rng, districts, provinces), _shared_out(rng, communes, districts)
    by_province, by_district = rng.normal(0, 0.6, provinces), rng.normal(0, 0.5, districts)
    odds = np.log(0.06 / 0.94) + (by_province[province_of] + by_district)[district_of] + rng.normal(0, 0.5, communes)
    households = np.maximum(np.rint(rng.lognormal(np.log(2500), 0.5, communes)), 50)
    p = [f"SYN-{n:02d}" for n in range(1, provinces + 1)]
    d = [f"{p[province_of[n]]}-{n + 1:03d}" for n in range(districts)]
    c = [f"{d[district_of[n]]}-{n + 1:05d}" for n in range(communes)]
    nobody = np.full(1 + provinces + districts, np.nan)
    table = pd.DataFrame(
        {
            "code": ["SYN", *p, *d, *c],
            "level": ["nation", *["province"] * provinces, *["district"] * districts, *["commune"] * communes],
            "parent": ["", *["SYN"] * provinces, *(p[n] for n in province_of), *(d[n] for n in district_of)],
            "rate": [*nobody, *(1 / (1 + np.exp(-odds))).round(4).clip(0.0005, 0.95)],
            "households": [*nobody, *households],
        }
    )
    numbers = table["code"].str.removeprefix("SYN").str.lstrip("-")
    table.insert(3, "name", ("Synthetic " + table["level"] + " " + numbers).str.strip())
    table.attrs["synthetic"] = True
    return table


def _shared_out(rng: np.random.Generator, things: int, owners: int) -> np.ndarray:
    """The owner of each thing, in order: everyone has at least one, the rest fall at random."""
    return np.sort(np.concatenate([np.arange(owners), rng.integers(0, owners, things - owners)]))
