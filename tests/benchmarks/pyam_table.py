"""The scenario table made with pyam, held against plain pandas loops and `project_poverty`; run by a Python that has
pyam.

pyam asks for older packages than the lock holds, so it lives in an environment of its own (`make bench` makes it).
Prints
the least seconds of each side as JSON. Run from the top of the repository: python -m tests.benchmarks.pyam_table TURNS
"""

import json
import sys

import numpy as np
import pandas as pd

import kontum_analysis as kt
from kontum_analysis.poverty.paces import TOLERANCE, baseline

from . import jobs
from .__main__ import SCENARIO, least

POOR, ALL, RATE = "Poor households", "Households", "Poverty rate"


def table_by_pyam(base, scenario):
    """Rates of districts and province: households as an IamDataFrame, summed over regions and divided by pyam.

    base: as `table_by_loops`. Returns a table with a row a region and a column a year, rates as fractions.
    """
    from pyam import IamDataFrame

    rates = jobs.rates_at_once(base, scenario)  # pyam does not project
    years = range(scenario.start, scenario.end + 1)
    households = pd.DataFrame(np.tile(base.households, (len(years), 1)), index=years, columns=base.areas)
    parts = [
        frame.T.rename_axis("region").reset_index().assign(variable=name)
        for name, frame in ((POOR, households * rates), (ALL, households))
    ]
    wide = pd.concat(parts, ignore_index=True).assign(model="kontum", scenario=scenario.name, unit="households")
    result = IamDataFrame(wide)
    result.aggregate_region([POOR, ALL], region="62", subregions=list(base.areas), append=True)
    result.divide(POOR, ALL, RATE, ignore_units="fraction", append=True)
    return result.filter(variable=RATE).timeseries().droplevel(["model", "scenario", "variable", "unit"])


def main():
    """Measure and print."""
    obs, scenario = kt.load_observations(), kt.scenarios.preset(SCENARIO)
    base = baseline(obs, scenario)
    rates = kt.project_poverty(obs, scenario).pivot(index="area", columns="year", values="rate")
    pyam_rates = table_by_pyam(base, scenario)
    districts = list(base.areas)
    if (pyam_rates.loc[districts] - rates.loc[districts]).abs().to_numpy().max() > TOLERANCE:
        raise AssertionError("pyam and the library do not give the same rates")
    sides = {
        "pyam": lambda: table_by_pyam(base, scenario),
        "loops": lambda: jobs.table_by_loops(base, scenario),
        "ours": lambda: kt.project_poverty(obs, scenario),
    }
    often = [
        lambda job=job: [job() for _ in range(20)] for job in sides.values()
    ]  # the clock counts hundredths of a second
    print(json.dumps(dict(zip(sides, least(often, int(sys.argv[1])), strict=True))))


if __name__ == "__main__":
    main()
