"""What the pages print about the province, and about single communes and districts."""

import numpy as np
import pandas as pd
import pytest
from ntm_worlds import figure, province

from kontum_analysis.base.errors import KontumError
from kontum_analysis.data.observations import load_observations
from kontum_analysis.data.programme import asked_pace, goals, horizon
from kontum_analysis.ntm.communes import communes, district_totals, gather
from kontum_analysis.ntm.published import decimal_year, history_table, snapshots

BANDS = (20, 15, 30, 20, 0)


def test_pages_and_criteria_sets_are_kept_apart(obs):
    by_day = {s.day: s for s in snapshots(obs)}
    assert by_day["2022-11-30"].bands == (38, 15, 28, 4, 0)
    assert by_day["2022-07-01"].bands == (36, 19, 29, 1, 0)  # the same year, under the older set
    assert by_day["2022-07-01"].standard == "NTM_2016_2020"
    assert by_day["2016-07-01"].bands == (9, 4, 21, 43, 9)  # 9 under five criteria: what the others leave of 86
    assert "2018-01-24" not in by_day  # repeats November 2017
    assert by_day["2020-12-31"].mean_low == pytest.approx(14.79)  # 14.95 less 0.15, with room for rounding
    assert (by_day["2022-07-01"].mean_low, by_day["2022-07-01"].mean_high) == (16.15, 19.0)  # a bound stays one


def test_pages_read_by_hand_have_their_day_and_ranges(obs):
    by_source = {source: s for s in snapshots(obs) for source in s.source_ids}
    assert by_source["kontumtv-2019-ntm-b"].day == "2019-10-04"
    assert by_source["kontumtv-2022-ntm-b"].ranges[1:4] == ((15, 17), (10, 14), (7, 9))
    assert by_source["kontumtv-2022-ntm-a"].ranges[3] == (8, 8)


def test_attained_and_recognised_are_two_series(obs):
    table = history_table(snapshots(obs)).set_index("day")
    assert table.loc["2023-04-30", ["attained", "recognised"]].tolist() == [42, 36]  # six were under appraisal
    assert table.loc["2022-11-30", ["attained", "recognised"]].tolist() == [38, 36]
    assert not (table["recognised"] > table["attained"]).any()


def test_two_pages_of_one_day_fill_each_other(obs):
    pages = province(
        [("2022-12-31", "X", *BANDS, None)],
        figure("ntm_communes", "2022-12-31", 21, source_id="other"),
        figure("ntm_communes_recognised", "2022-12-31", 18, source_id="other"),
    )
    (merged,) = snapshots(pages)
    assert (merged.attained, merged.recognised) == (20, 18)  # the page with all bands is followed
    assert merged.source_ids == ("page-2022-12-31-X", "other")


def test_a_day_counts_to_its_end():
    assert decimal_year("2023-12-31") == 2024.0


def test_goals_are_those_of_the_targets_table(raw):
    rows = raw["targets"].set_index("target_id")
    for target, indicator in (("S-NTM-01", "ntm_communes"), ("S-NTM-03", "ntm_model_communes")):
        assert goals()[indicator, "62"].low == float(rows.at[target, "value_low"])
    assert asked_pace() == np.mean([float(rows.at["S-NTM-06", end]) for end in ("value_low", "value_high")])
    assert horizon() == int(rows.at["S-NTM-01", "horizon_year"])


@pytest.mark.parametrize(
    "table, word",
    [
        (lambda obs: obs[~obs["indicator"].str.startswith("ntm_")], "as_of too early"),
        (lambda obs: load_observations(as_of="2015-12-31"), "by band"),
        (lambda obs: [1, 2], "load_observations"),
        (lambda obs: obs.drop(columns="known_from"), "known_from"),
    ],
)
def test_a_table_without_the_figures_is_refused(obs, table, word):
    with pytest.raises(KontumError, match=word):
        gather(table(obs))


# ---------------------------------------------------------------- communes and districts


def one_commune(*rows, code="23314"):
    """The commune Kroong of the city as read from a table with only these rows about it."""
    table = pd.DataFrame([figure(*row, area=code) if isinstance(row, tuple) else row for row in rows])
    return next(c for c in communes(table.assign(level="commune")) if c.code == code)


def test_each_kind_of_row_says_when_a_commune_attained():
    cases = {
        "2020-05-01": figure("ntm_attained", "2020-05-01", 1, area="23314"),
        "2019-12-31": figure("ntm_recognised_year", "2020-05-01", 2019, area="23314"),
        "2020-03-01": figure("ntm_attainment_year", "2020-03-01", 2020, area="23314", bound="at_most"),
        "2020-06-01": figure("ntm_criteria_met", "2020-06-01", 19, area="23314"),
    }
    assert {day: one_commune(row).attained_by for day, row in cases.items()} == {day: day for day in cases}
    commune = one_commune(("ntm_attainment_year", "2020-03-01", 2019))
    assert (commune.attained_by, commune.not_before) == ("2019-12-31", "2019-01-01")


def test_counts_and_bounds_become_limits():
    commune = one_commune(
        ("ntm_criteria_met", "2020-12-31", 12),
        figure("ntm_criteria_met", "2021-12-31", np.nan, area="23314", bound="at_least", bound_value=13.0),
        ("ntm_criteria_unmet", "2022-12-31", 5),
    )
    assert [row[1:3] for row in commune.counts] == [(12, 12), (13, 19), (14, 14)]


def test_a_status_stated_as_lost_takes_an_earlier_one_back():
    commune = one_commune(("ntm_attained", "2020-05-01", 1), ("ntm_attained", "2022-12-31", 0))
    assert (commune.attained_by, commune.not_before) == ("", "2022-12-31")
    contradicted = one_commune(("ntm_attained", "2022-12-31", 0), ("ntm_recognised_year", "2023-05-01", 2021))
    assert (contradicted.attained_by, contradicted.not_before) == ("2021-12-31", "")  # the attainment stands


def test_communes_that_follow_from_a_district_total(obs):
    by_name = {(c.name, c.district): c for c in communes(obs)}
    assert {name for (name, _), c in by_name.items() if c.derived} == {"Đăk Cấm", "Vinh Quang"}
    assert len(by_name) == 85 and len(communes(obs, with_mang_den=True)) == 86


def test_a_district_total_caps_only_where_its_day_is_known():
    rows = [
        figure("ntm_communes", "2022-06-30", 3, area="610"),
        figure("ntm_communes", "2022-12-31", 4, area="611", date_precision="year"),
        figure("ntm_communes_recognised", "2022-06-30", 2, area="612"),
        figure("ntm_communes", "2022-06-30", 9, area="154"),  # a district of another province
    ]
    totals = district_totals(pd.DataFrame(rows)).set_index("district")["caps_until"]
    assert totals.to_dict() == {"610": "2022-06-30", "611": "2021-12-31", "612": ""}


def test_a_later_set_replaces_an_older_one():
    old, new = ("2022-06-30", "A", *BANDS, 13.0), ("2022-11-30", "B", 18, 15, 32, 20, 0, 12.5)
    evidence = gather(province([old, new], figure("ntm_communes", "2022-12-31", 30, standard="A")))
    assert evidence.base.standard == "B" and evidence.now.day == "2022-11-30"  # a count under A is no news under B
