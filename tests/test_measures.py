"""What the figures say of a target: the right set, day, pace and evidence."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from kontum_analysis.data.observations import vintage
from kontum_analysis.data.programme import load_targets
from kontum_analysis.targets.measures import measure


def target(target_id):
    return SimpleNamespace(target_id=target_id, **load_targets().set_index("target_id").loc[target_id])


@pytest.fixture(scope="module")
def measures(obs):
    ids = load_targets().query("in_programme_3299 == 1")["target_id"]
    return {target_id: measure(obs, target(target_id)) for target_id in ids}


def test_an_older_set_does_not_hide_the_figure_under_the_set_in_force(obs):
    early = measure(vintage(obs, "2023-04-30"), target("S-NTM-01"))
    assert (early.value, early.day) == (38, "2022-11-30")  # not the 36 of the older set


def test_model_areas_are_set_against_the_communes_of_the_same_day(obs, measures):
    early = measure(vintage(obs, "2022-10-04"), target("S-NTM-04"))
    assert early.value == pytest.approx(6 / 35) and early.day == "2022-02-24"
    assert early.start is None  # two months since the figure before are no pace
    assert measures["S-NTM-04"].start == ("2021-12-31", pytest.approx(2 / 42))


def test_a_few_months_are_no_pace(measures, until_2023):
    assert measure(until_2023, target("S-NTM-01")).start is None  # 38 to 42 within five months
    assert measures["S-NTM-01"].start == ("2022-11-30", 38)


def test_every_measure_names_its_lines_in_the_file(measures, obs):
    sources = obs.set_index("line")["source_id"]
    for target_id, measured in measures.items():
        lines = [int(line) for line in measured.lines.split("|") if line]
        assert set(sources.loc[lines]) == set(filter(None, measured.sources.split("|"))), target_id
        assert lines or measured.kind == "none", target_id

    def facts(target_id):
        rows = obs.set_index("line").loc[[int(line) for line in measures[target_id].lines.split("|")]]
        return set(zip(rows["ref_area"], rows["time_period"], rows["obs_value"], strict=True))

    assert facts("S-NTM-05") == {("62", "2022-11-30", communes) for communes in (38, 15, 28, 4)}
    rates = {("62", "2021-12-31", 15.32), ("62", "2022-12-31", 10.86), ("62", "2023-12-31", 6.84)}
    merged = {(area, day) for area, day, _ in facts("S-GN-01") - rates}
    assert rates < facts("S-GN-01") and merged == {("51-2025", "2024-12-31"), ("51", "2021-12-31")}
    assert {area for area, *_ in facts("S-GN-02")} == {"62", "613", "617", "618", "51-2025", "51"}


def test_a_fall_to_a_published_rate_rests_on_kon_tum_alone(until_2023):
    fall = measure(until_2023, target("S-GN-01"))
    rows = until_2023.set_index("line").loc[[int(line) for line in fall.lines.split("|")]]
    assert set(rows["ref_area"]) == {"62"} and fall.value == pytest.approx((15.32 - 6.84) / 2)


def test_a_figure_in_the_targets_own_terms_goes_before_what_is_computed(obs, measures):
    row = target("S-DT-04")
    figure = dict(ref_area="62", indicator=row.indicator, time_period="2024-12-31", obs_value=95.0, preferred=True)
    stated = obs.iloc[[0]].assign(**figure, bound="exact", obs_status="A", standard="")
    assert measures["S-DT-04"].kind == "none" and measures["S-DT-04"].lines != ""
    assert measure(pd.concat([obs, stated]), row).value == 95.0


def test_a_later_bound_stands_beside_the_value_with_its_reliability(obs):
    row = target("S-DT-05")
    stated = obs[(obs["indicator"] == row.indicator) & (obs["ref_area"] == "62")]
    bound = stated[stated["bound"] == "at_least"].tail(1)
    assert measure(obs, row).low == bound["bound_value"].iloc[0] and measure(obs, row).is_sure
    doubtful = obs.assign(obs_status=obs["obs_status"].mask(obs.index.isin(bound.index), "U"))
    assert not measure(doubtful, row).is_sure
    assert np.isnan(measure(obs.drop(bound.index), row).low)
