"""Any scenario that may be asked for, for tests of properties."""

from hypothesis import assume
from hypothesis import strategies as st

import kontum_analysis as kt
from kontum_analysis.poverty.scenarios import Scenario

FORMS = ["linear", "proportional", "logistic", "stock_flow"]
any_pace = st.one_of(st.floats(0, 20), st.sampled_from([0.0, 3.5, 7.0, 20.0]))
any_scenario = st.fixed_dictionaries(
    {
        "province_pace_pp": any_pace,
        "poor_district_pace_pp": any_pace,
        "form": st.sampled_from(FORMS),
        "start": st.sampled_from([2021, 2022, 2023]),
        "end": st.integers(2024, 2050),
        "floor": st.one_of(st.just("published"), st.floats(0, 0.16)),
        "entry_rate": st.one_of(st.just("published"), st.floats(0, 0.49)),
        "household_growth": st.one_of(st.just("published"), st.floats(-0.1, 0.1)),
    }
)


def project(inputs, values):
    """The scenario and its projection; the example is passed over where it is refused by key and value."""
    scenario = Scenario(name="any", **values)
    try:
        return scenario, kt.project_poverty(inputs, scenario)
    except kt.ScenarioError as error:
        assert ": found " in str(error)
        assume(False)
