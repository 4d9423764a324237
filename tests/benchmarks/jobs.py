"""The work that benchmarks time, and what each is held against: as plain functions, so that tests
can run them small.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

import kontum_analysis as kt
from kontum_analysis.national import QUANTILES, Movement, movement, tree
from kontum_analysis.poverty.paces import TOLERANCE, baseline

YEARS = range(2026, 2036)
LEVELS = tuple(QUANTILES)
MOVES = Movement(
    -0.29, {"nation": 0.076, "province": 0.076}, {"nation": 0.041, "province": 0.041, "district": 0.25, "commune": 0.25}
)


def country(communes):
    """A synthetic country with districts and provinces in the proportion of the full one."""
    share = communes / 10_035
    return kt.synthetic_country(
        provinces=max(round(63 * share), 1), districts=max(round(696 * share), 1), communes=communes
    )


def simulate(areas, years=10, draws=10_000, workers=1):
    """The ensemble: closed-form margins, sums, joint events."""
    return kt.simulate_panel(areas, range(2026, 2026 + years), draws, target=0.05, movement=MOVES, workers=workers)


def normals(count, years=10, draws=10_000, workers=1):
    """Merely draw `count` areas' normals: the same generator, the same arrays, nothing else."""

    def part(seed):
        stream, out = np.random.Generator(np.random.SFC64(seed)), np.empty((years, draws), np.float32)
        for _ in range(count // workers + (seed < count % workers)):
            stream.standard_normal(dtype=np.float32, out=out)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(part, range(workers)))


def closed_form(areas):
    """Quantiles of every area and year at nine levels, without a draw."""
    form = movement.with_moves(tree.plant_tree(areas), MOVES)
    mean, sd = movement.normal_margins(form, np.arange(1.0, 11.0))
    return movement.closed_form(mean, sd, LEVELS)[0]


def province_draws(obs, draws=10_000):
    """The ensemble of the ten districts around the middle path of the programme."""
    return kt.scenario_draws(obs, kt.scenarios.preset("programme-mid"), draws=draws)


def table_by_loops(base, scenario):
    """Rates of the districts as a plain pandas script writes them: a loop over years and districts, row by row."""
    frame = pd.DataFrame(
        dict(area=base.areas, poor=base.poor, households=base.households, special=base.is_poor_district)
    )
    whole = frame["households"].sum()
    table = pd.DataFrame(columns=["area", "year", "rate"])
    lowest_part = np.inf
    for year in range(scenario.start, scenario.end + 1):
        span = year - scenario.start
        line = frame["poor"].sum() / whole - scenario.province_pace_pp / 100 * span
        rates, poor_of_special = {}, 0.0
        for _, row in frame[frame["special"]].iterrows():
            opening = row["poor"] / row["households"]
            floor = base.floor * opening / (1 + base.growth) ** span
            rates[row["area"]] = min(max(opening - scenario.poor_district_pace_pp / 100 * span, floor), 1.0)
            poor_of_special += rates[row["area"]] * row["households"]
        rest = frame[~frame["special"]]
        needed = (line * whole - poor_of_special) / rest["households"].sum()
        opening_rest = rest["poor"].sum() / rest["households"].sum()
        lowest_part = min(lowest_part, needed / opening_rest, 1.0)
        part = max(lowest_part, base.floor / (1 + base.growth) ** span)
        for _, row in rest.iterrows():
            rates[row["area"]] = row["poor"] / row["households"] * part
        for code, rate in rates.items():
            table.loc[len(table)] = [code, year, rate]
    return table


def rates_at_once(base, scenario):
    """The same rates without a loop over districts: a table with a row a year and a column a district."""
    span = np.arange(scenario.end - scenario.start + 1)[:, None]
    opening, weight, special = base.poor / base.households, base.households, np.asarray(base.is_poor_district)
    floor = base.floor / (1 + base.growth) ** span
    rates = np.clip(opening - scenario.poor_district_pace_pp / 100 * span, floor * opening, 1.0)
    line = base.poor.sum() / weight.sum() - scenario.province_pace_pp / 100 * span[:, 0]
    needed = (line * weight.sum() - rates[:, special] @ weight[special]) / weight[~special].sum()
    part = needed / (base.poor[~special].sum() / weight[~special].sum())
    part = np.maximum(np.minimum.accumulate(np.minimum(part, 1.0)), floor[:, 0])
    rates[:, ~special] = opening[~special] * part[:, None]
    return pd.DataFrame(rates, index=span[:, 0] + scenario.start, columns=base.areas)


def same_rates(obs, scenario):
    """Whether the loops, the same without loops, and the library agree on every district and year."""
    rates = kt.project_poverty(obs, scenario).query("level == 'district'").set_index(["area", "year"])["rate"]
    base = baseline(obs, scenario)
    loops = table_by_loops(base, scenario).set_index(["area", "year"])["rate"].astype(float)
    at_once = rates_at_once(base, scenario).rename_axis(index="year", columns="area").stack()
    return bool((rates - loops).abs().max() < TOLERANCE and (rates - at_once).abs().max() < TOLERANCE)
