"""No interval without width: not in a committed table, nor in a frame of the library that carries pairs of ends."""

from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

import kontum_analysis as kt
from kontum_analysis.methods.intervals import whole_quantiles
from kontum_analysis.ntm.attainment import attainment_chances
from kontum_analysis.poverty.hidden import closed_group_test

ROOT = Path(__file__).parents[1]
PAIRS = {"q025": "q975", "q05": "q95", "q10": "q90", "q25": "q75", "low": "high", "lower": "upper"}


def ends(columns):
    """Pairs of columns that are the lower and the upper end of one interval."""
    names = [(name, name.replace(low, high)) for low, high in PAIRS.items() for name in columns if low in name]
    return [(low, high) for low, high in names if low != high and high in columns]


def flat_rows(name, frame):
    """(table, lower column, number of rows) of each pair of ends that meet somewhere."""
    pairs = [(low, high, frame[[low, high]].dropna()) for low, high in ends([str(column) for column in frame.columns])]
    counts = [(name, low, int((rows[low] == rows[high]).sum())) for low, high, rows in pairs]
    return [count for count in counts if count[2]]


def test_pairs_of_ends_are_recognised():
    columns = ["rate_q10", "rate_q90", "low_80", "high_80", "q50", "value_low", "communes_q25", "communes_q75"]
    assert set(ends(columns)) == {("rate_q10", "rate_q90"), ("low_80", "high_80"), ("communes_q25", "communes_q75")}
    assert flat_rows("t", pd.DataFrame({"low": [1.0, np.nan], "high": [1.0, np.nan]})) == [("t", "low", 1)]


def test_no_committed_table_has_an_interval_without_width():
    files = [*sorted((ROOT / "figures").rglob("*.csv")), *sorted((ROOT / "data" / "processed").glob("*.csv"))]
    tables = {str(file.relative_to(ROOT)): pd.read_csv(file, low_memory=False) for file in files}
    assert sum(bool(ends(table.columns)) for table in tables.values()) > 20
    assert [flat for name, table in tables.items() for flat in flat_rows(name, table)] == []


def test_no_frame_of_the_library_has_an_interval_without_width(obs):
    middle = kt.preset("programme-mid")
    ntm = kt.project_ntm(obs, draws=300)
    frames = {
        "panel": kt.estimate_panel(obs).panel,
        "groups": kt.known_groups(obs),
        "rates": kt.known_rates(obs),
        "left out": kt.leave_one_out(obs),
        "closed group": closed_group_test(obs, draws=200),
        "paths": kt.project_poverty(obs, middle, draws=200),
        "scenario": kt.scenario_draws(obs, middle, draws=200).quantiles(),
        "outlook": kt.outlook_draws(obs, draws=200).quantiles(),
        "years": ntm.years,
        "gap": ntm.gap,
        "communes": ntm.communes,
        "chances": attainment_chances(obs, draws=300),
        "targets": kt.target_chances(obs, draws=300),
        "board": kt.scoreboard(obs, draws=300),
        "outcomes": kt.forecasts_against_outcomes(obs),
    }
    assert all(ends(frame.columns) for frame in frames.values())
    assert [flat for name, frame in frames.items() for flat in flat_rows(name, frame)] == []


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60))
def test_whole_intervals_hold_their_share_and_more_than_one_number(numbers):
    levels = [0.05, 0.25, 0.5, 0.75, 0.95]
    quantiles, draws = whole_quantiles(numbers, levels), np.array(numbers)
    if len(set(numbers)) == 1:
        assert np.isnan(quantiles[[0, 1, 3, 4]]).all() and quantiles[2] == numbers[0]
        return
    assert (np.diff(quantiles) >= 0).all()
    for low, high, share in ((0, 4, 0.9), (1, 3, 0.5)):
        inside = (draws >= quantiles[low]) & (draws <= quantiles[high])
        assert quantiles[low] < quantiles[high] and inside.mean() >= share - 1e-9
