"""Counts of one day: what every draw must respect."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from kontum_analysis.ntm.bands import allowed_sums, counts_within_bands, expected_shares
from kontum_analysis.ntm.communes import Commune, communes, district_totals
from kontum_analysis.ntm.counts import (
    Constraints,
    choose_attained,
    constraints,
    draw_counts,
    restore_sums,
)
from kontum_analysis.ntm.published import Snapshot, snapshots

FREE = Constraints(np.zeros(85), np.full(85, 19.0), np.zeros(85), np.ones(85), ())


def are_in_bands(counts, snapshot):
    """Whether each draw has the published number of communes in every band."""
    sizes = [((counts >= low) & (counts <= high)).sum(axis=1) for low, high in snapshot.ranges]
    return (np.stack(sizes, axis=1) == snapshot.bands).all()


def test_counts_within_bands_are_uniform_over_what_fits():
    # two communes of 15–18 with a sum of 31: (15, 16) and (16, 15); beside one attained the mean is 50 / 3
    s = Snapshot("2022-12-31", "X", "", bands=(1, 2, 0, 0, 0), mean_low=50 / 3 - 0.01, mean_high=50 / 3 + 0.01)
    counts = counts_within_bands(s, 4000, np.random.default_rng(0))
    assert set(map(tuple, counts.tolist())) == {(15, 16), (16, 15)}
    assert abs((counts[:, 0] == 15).mean() - 0.5) < 0.04


def test_an_impossible_mean_gives_the_nearest_sum():
    s = Snapshot("2022-12-31", "X", "", bands=(0, 2, 0, 0, 0), mean_low=5, mean_high=5.1)
    assert counts_within_bands(s, 3, np.random.default_rng(0)).tolist() == [[15, 15]] * 3


def test_expected_shares_have_the_published_mean(obs):
    exact = [s for s in snapshots(obs) if s.bands and s.mean_high - s.mean_low < 0.1]
    means = [expected_shares(s) @ np.arange(20) for s in exact]
    assert means == pytest.approx([(s.mean_low + s.mean_high) / 2 for s in exact], abs=1e-6)


def test_every_draw_has_the_published_bands_mean_and_names(obs):
    history, totals = snapshots(obs), district_totals(obs)
    for s in (s for s in history if s.bands):
        members = communes(obs, with_mang_den=s.communes == 86)
        limits = constraints(s, members, totals, history)
        noise = np.random.default_rng(5).standard_normal((400, len(members)))
        counts = draw_counts(s, limits, limits.rank_mean + limits.rank_sd * noise, np.random.default_rng(6))
        assert are_in_bands(counts, s), s.day
        is_named = limits.low == 19
        assert is_named.sum() <= s.bands[0] and (counts[:, is_named] == 19).all()
        mean = counts.mean(axis=1)
        assert np.isnan(s.mean_low) or ((mean >= s.mean_low) & (mean < s.mean_high)).all()
        exact = (limits.low == limits.high) & (limits.low < 19)
        assert (counts[:, exact] == limits.low[exact]).all()


@given(st.data())
def test_counts_respect_any_bands_and_mean(data):
    cuts = sorted(data.draw(st.lists(st.integers(0, 85), min_size=4, max_size=4)))
    bands = tuple(int(b) for b in np.diff([0, *cuts, 85]))
    s = Snapshot("2022-12-31", "X", "", bands=bands)
    lowest, highest = (sum(size * r[end] for size, r in zip(bands, s.ranges, strict=True)) for end in (0, 1))
    mean = data.draw(st.floats(lowest / 85, highest / 85))
    s = Snapshot("2022-12-31", "X", "", bands=bands, mean_low=mean - 0.01, mean_high=mean + 0.01)
    ranks = np.random.default_rng(data.draw(st.integers(0, 99))).standard_normal((20, 85))
    counts = draw_counts(s, FREE, ranks, np.random.default_rng(1))
    assert are_in_bands(counts, s)
    total = np.arange(18 * 85 + 1)
    fits = allowed_sums(s, total, (total >= lowest - 19 * bands[0]) & (total <= highest - 19 * bands[0]))
    assert fits[counts.sum(axis=1, dtype=int) - 19 * bands[0]].all()


@given(st.data())
def test_limits_of_communes_are_kept_with_the_sum(data):
    low = np.array(data.draw(st.lists(st.integers(0, 14), min_size=12, max_size=12)), float)
    high = np.minimum(low + 4, 14)
    limits = Constraints(low, high, np.zeros(12), np.ones(12), ())
    s = Snapshot("2022-12-31", "X", "", bands=(0, 0, 12, 0, 0), mean_low=12.0, mean_high=12.05)
    ranks = np.random.default_rng(3).standard_normal((10, 12))
    counts = draw_counts(s, limits, ranks, np.random.default_rng(4))
    least, most = np.maximum(low, 10), np.where(high >= 10, high, 14)  # a limit below the band cannot be kept
    assert ((counts >= least) & (counts <= most)).all()
    if least.sum() <= 144 <= most.sum():
        assert (counts.sum(axis=1) == 144).all()


def test_sums_are_restored_one_criterion_at_a_time():
    counts = np.array([[11, 12, 13], [14, 14, 14], [11, 12, 13]])
    least, most = np.full((3, 3), 10), np.full((3, 3), 14)
    restored = restore_sums(counts.copy(), np.array([38, 42, 34]), least, most, np.full((3, 3), 12.0))
    assert restored.sum(axis=1).tolist() == [38, 42, 34]
    given_up = restore_sums(counts.copy(), np.array([36, 50, 20]), least, most, np.full((3, 3), 12.0))
    assert given_up.sum(axis=1).tolist() == [36, 42, 30]  # nobody may have more than 14 or less than 10


def test_district_totals_decide_who_attained():
    key = np.tile(np.arange(6.0), (5, 1))  # the last commune is nearest
    districts = ((np.array([0, 1, 2]), 2, 3), (np.array([3, 4, 5]), 0, 1))
    limits = Constraints(np.zeros(6), np.full(6, 19.0), np.zeros(6), np.ones(6), districts)
    mask = choose_attained(key, 3, limits)
    assert mask.tolist() == [[False, True, True, False, False, True]] * 5
    later = np.tile([True, True, True, False, False, False], (5, 1))
    assert not choose_attained(key, 3, limits, within=later)[:, 3:].any()


def test_limits_and_ranks_of_a_day_by_hand():
    """Eight communes of two districts at the end of 2023; 40 communes, in bands a year before and on the day."""
    before = Snapshot("2022-12-31", "S", "", bands=(10, 10, 10, 10, 0))
    day = Snapshot("2023-12-31", "S", "", bands=(20, 10, 10, 0, 0))
    end = "2022-12-31"
    members = [
        Commune("1", "two statements of one day", "610", counts=[(end, 12, 14, "S", True), (end, 11, 13, "S", True)]),
        Commune("2", "attained", "610", attained_by="2022-12-31"),
        Commune("3", "only a later count", "610", counts=[("2024-06-30", 10, 15, "S", True)]),
        Commune("4", "a count of the day", "610", counts=[("2023-12-31", 11, 12, "S", True)]),
        Commune("5", "attained later", "611", attained_by="2024-12-31", not_before="2024-02-01"),
        Commune("6", "fallen", "611", counts=[(end, 17, 17, "S", True), ("2024-12-31", 16, 16, "S", True)]),
        Commune(
            "7", "all of an old set too", "611", counts=[("2022-11-30", 3, 3, "R", True), (end, 19, 19, "S", True)]
        ),
        Commune("8", "a day not known", "611", counts=[("2023-12-31", 8, 9, "S", False)]),
    ]
    rows = [
        ("610", "2023-06-30", 2, "2023-12-31"),
        ("611", "2023-12-31", 1, "2023-06-30"),
        ("611", "2024-06-30", 3, ""),
    ]
    totals = pd.DataFrame(rows, columns=["district", "day", "attained", "caps_until"])
    limits = constraints(day, members, totals, [before, day])
    assert limits.low.tolist() == [12, 19, 0, 11, 0, 0, 18, 8]
    assert limits.high.tolist() == [19, 19, 15, 12, 18, 16, 19, 19]
    # communes above of 40: 10 + 10 + 4; 5; –; 20 + 10 + 6; 10; 10 + 3.75; 5; all, so half a commune from the end
    share = np.array([1 - 24 / 40, 1 - 5 / 40, 0.5, 1 - 36 / 40, 1 - 10 / 40, 1 - 13.75 / 40, 1 - 5 / 40, 0.5 / 40])
    weight = np.array([0.85, 0.85, 0.0, 1.0, 0.85, 0.85, 0.85, 1.0])
    level = weight * ndtri(share)
    mean = np.repeat([level[:4].sum() / 4, level[4:].sum() / 4], 4)
    np.testing.assert_allclose(limits.rank_mean, level + (1 - weight) * mean, atol=1e-12)
    np.testing.assert_allclose(limits.rank_sd, np.sqrt(1 - weight**2), atol=1e-12)
    assert [(index.tolist(), least, most) for index, least, most in limits.districts] == [
        ([0, 1, 2, 3], 2, 2),
        ([4, 5, 6, 7], 1, 4),
    ]


def test_a_higher_rank_never_has_fewer_criteria():
    snapshot = Snapshot("2022-12-31", "S", "", bands=(2, 3, 4, 3, 1), mean_low=11.9, mean_high=12.1)
    free = Constraints(np.zeros(13), np.full(13, 19.0), np.zeros(13), np.ones(13), ())
    rng = np.random.default_rng(5)
    ranks = rng.standard_normal((50, 13))
    counts = draw_counts(snapshot, free, ranks, rng)
    assert counts.dtype == np.int8
    assert (np.diff(np.take_along_axis(counts, np.argsort(-ranks, axis=1), axis=1), axis=1) <= 0).all()


def test_who_attained_later_has_not_attained_before_the_others():
    snapshot = Snapshot("2022-12-31", "S", "", bands=(2, 2, 0, 0, 0), mean_low=17.5, mean_high=17.5)
    free = Constraints(np.zeros(4), np.full(4, 19.0), np.zeros(4), np.ones(4), ())
    later = np.array([[True, True, True, False]])
    counts = draw_counts(snapshot, free, np.array([[0.0, 1.0, 2.0, 3.0]]), np.random.default_rng(1), later)
    assert (counts == 19).tolist() == [[False, True, True, False]]
