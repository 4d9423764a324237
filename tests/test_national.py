"""The national targets beside the province's own, in the nation's unit."""

import pytest

import kontum_analysis as kt


@pytest.fixture(scope="module")
def targets(obs):
    return kt.national_targets(obs).set_index("target_id")


def test_each_stands_beside_the_matching_target_of_the_province(targets):
    assert len(targets) == 9
    assert targets.loc["N-90-01"].province_target == "S-GN-01" and targets.loc["N-90-03"].province_target == "S-GN-02"
    assert targets.loc["N-90-03"].national_low == 4 and targets.loc["N-90-03"].province_low == 6


def test_counts_of_the_province_become_shares_of_the_nation(targets):
    columns = ["national_low", "province_low", "latest_value"]
    assert targets.loc["N-263-01", columns].tolist() == pytest.approx([80, 100 * 60 / 85, 100 * 48 / 85])
    assert targets.loc["N-263-04", columns[1:]].tolist() == [0, 85 - 38 - 15]
    assert targets.loc["N-263-05"].province_low == 50  # four districts and the city, of ten
