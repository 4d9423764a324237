"""The observations table: what it must hold, vintages, conflicts, hard rules and the identities of the figures."""

from datetime import date

import pandas as pd
import pytest
from planting import add_row, line_of, rows_of, set_field, write_rows

import kontum_analysis as kt
from kontum_analysis.base.files import RAW
from kontum_analysis.data import rules as checks
from kontum_analysis.data.observations import ASSUMED_LAG_DAYS, _known_from, _with_preference, select, vintage

FACT = ["ref_area", "indicator", "time_period", "standard"]


def facts_of(obs):
    """One key a fact; an indicator whose value is a year has no date of its own."""
    keys = obs[FACT].copy()
    keys.loc[obs["unit_measure"] == "year", ["time_period", "standard"]] = ""
    return keys.apply(tuple, axis=1)


def fact_of(entry):
    return (entry.ref_area, entry.indicator, entry.time_period, entry.standard)


# --- contents


def test_the_end_of_2021_adds_up_over_the_ten_districts(obs):
    for indicator, total in (("households_total", 143_561), ("poor_households", 21_989)):
        rows = select(obs, indicator, level="district", standard="MDP_2022_2025")
        rows = rows[rows["time_period"] == "2021-12-31"]
        assert len(rows) == 10 and rows["obs_value"].sum() == total


def test_every_row_of_the_file_is_kept_in_its_order(obs, raw):
    assert len(obs) == len(raw["observations"]) == 1130
    assert obs["line"].tolist() == list(range(2, 1132))
    assert obs["source_id"].tolist() == raw["observations"]["source_id"].tolist()


def test_a_bound_is_never_a_value(obs):
    is_bound = obs["bound"].isin(["at_least", "at_most"])
    assert is_bound.sum() == 129
    assert obs.loc[is_bound, "obs_value"].isna().all() and obs.loc[is_bound, "bound_value"].notna().all()
    assert obs.loc[~is_bound, "obs_value"].notna().all() and obs.loc[~is_bound, "bound_value"].isna().all()
    assert not obs.loc[is_bound, "preferred"].any()


def test_every_fact_that_has_a_value_has_exactly_one_preferred_row(obs):
    compared = obs[~obs["indicator"].isin(checks.NOT_COMPARED)]
    by_fact = compared.groupby(facts_of(compared))
    preferred, valued = by_fact["preferred"].sum(), by_fact["obs_value"].count()
    assert (preferred == (valued > 0)).all()


def test_every_row_says_why_it_is_used_or_not(obs):
    assert (obs["preference_reason"].str.len() > 0).all()


def test_the_table_given_out_may_be_changed_without_harm():
    first = kt.load_observations()
    first["obs_value"] = 0.0
    assert kt.load_observations()["obs_value"].sum() > 0


# --- conflicts


def test_conflicts_are_settled_as_conflicts_csv_says_and_the_losers_stay_with_the_reason(obs, raw):
    keys = facts_of(obs)
    for entry in raw["conflicts"].itertuples():
        rows = obs[keys == fact_of(entry)]
        rows = rows[rows["obs_value"].notna()]
        winner = rows[rows["preferred"]]
        assert winner["source_id"].tolist() == [entry.preferred_source_id]
        assert winner["preference_reason"].iloc[0] == f"preferred in conflicts.csv: {entry.reason}"
        losers = rows[~rows["preferred"] & (rows["obs_value"] != winner["obs_value"].iloc[0])]
        assert len(losers) >= 1
        for loser in losers.itertuples():
            assert loser.preference_reason.startswith(f"conflict, {entry.preferred_source_id} preferred")
            assert entry.explanation in loser.preference_reason


def test_the_same_figure_from_another_source_is_called_a_repeat(obs):
    repeats = obs[obs["preference_reason"].str.startswith("repeats ")]
    assert len(repeats) == 23 and not repeats["preferred"].any()


def test_a_new_disagreement_must_be_settled_before_anything_loads(raw_copy):
    file = raw_copy / "observations.csv"
    first = line_of(file, ref_area="62", indicator="poor_households", time_period="2023-12-31")
    line = add_row(file, first, obs_value="10221", source_id="thoidai-2022-kontum")
    with pytest.raises(kt.DataError, match=rf"row {line}, column obs_value: found '10221'.*conflicts\.csv"):
        kt.load_observations(data=raw_copy)


KINDS = pd.Series(
    {
        "law": "law",
        "decision": "decision",
        "stat": "statistics",
        "data": "dataset",
        "portal": "portal",
        "news": "news",
        "mirror": "mirror",
        "own-x": "news",
    }
)
ENTRY = dict(
    ref_area="62",
    indicator="poor_households",
    time_period="2023-12-31",
    standard="MDP",
    preferred_source_id="news",
    explanation="Two counts.",
    reason="Later.",
    explanation_vi="Hai số.",
    reason_vi="Mới hơn.",
)


def settled(*rows, listed=False):
    """Preferred, reason and reason in Vietnamese of hand-made rows for one fact."""
    base = dict(
        ref_area="62",
        indicator="poor_households",
        time_period="2023-12-31",
        standard="MDP",
        obs_value=10.0,
        unit_measure="households",
        bound="exact",
        obs_status="A",
        source_id="portal",
        known_from="2024-01-01",
    )
    obs = pd.DataFrame([base | {"line": n} | row for n, row in enumerate(rows, 2)])
    obs["obs_value"] = obs["obs_value"].mask(obs["bound"].isin(["at_least", "at_most"]))
    entry = ENTRY if listed else ENTRY | {"ref_area": "617"}
    found = _with_preference(obs, pd.DataFrame([entry]), KINDS)
    return found[["preferred", "preference_reason", "preference_reason_vi"]].values.tolist()


GOOD, POOR = (
    dict(obs_status="A", known_from="2024-06-01", line=2),
    dict(obs_status="U", known_from="2024-01-01", line=9),
)


@pytest.mark.parametrize(
    "winner, loser",
    [
        (POOR | dict(source_id="mirror", bound="exact"), GOOD | dict(source_id="own-x", bound="approximate")),
        (POOR | dict(source_id="mirror", bound="approximate"), GOOD | dict(source_id="own-x", bound="at_least")),
        (POOR | dict(source_id="mirror", bound="approximate"), GOOD | dict(source_id="own-x", bound="at_most")),
        (POOR | dict(source_id="own-x"), GOOD | dict(source_id="news")),
        (POOR | dict(source_id="news"), GOOD | dict(source_id="law")),
        (POOR | dict(source_id="mirror", obs_status="A"), GOOD | dict(source_id="law", obs_status="E")),
        (POOR | dict(source_id="mirror", obs_status="E"), GOOD | dict(source_id="law", obs_status="P")),
        (POOR | dict(source_id="mirror", obs_status="P"), GOOD | dict(source_id="law", obs_status="U")),
        (POOR | dict(source_id="law"), GOOD | dict(source_id="stat", obs_status="U")),
        (POOR | dict(source_id="decision"), GOOD | dict(source_id="stat", obs_status="U")),
        (POOR | dict(source_id="stat"), GOOD | dict(source_id="portal", obs_status="U")),
        (POOR | dict(source_id="portal"), GOOD | dict(source_id="mirror", obs_status="U")),
        (GOOD | dict(source_id="data", line=9), GOOD | dict(source_id="stat", known_from="2024-01-01")),
        (GOOD | dict(source_id="stat"), GOOD | dict(source_id="data", line=9)),
    ],
)
def test_of_two_figures_the_rule_takes_the_first_difference_in_its_order_whatever_their_order(winner, loser):
    winner, loser = winner | {"obs_value": 11.0}, loser | {"obs_value": 12.0}
    assert [row[0] for row in settled(winner, loser, listed=True)] == [True, False]
    assert [row[0] for row in settled(loser, winner, listed=True)] == [False, True]


def test_each_reason_in_both_languages_by_hand():
    rule = [
        True,
        "first by the rule (exactness, status, kind of source, date)",
        "đứng đầu theo quy tắc (độ chính xác, trạng thái, loại nguồn, ngày)",
    ]
    only, bound, news = [True, "the only figure", "số liệu duy nhất"], {"bound": "at_least"}, {"source_id": "news"}
    assert settled({}) == [only]
    assert settled({}, {"ref_area": "617"}) == [only, only]
    assert settled(bound) == [[False, "a bound, not a value", "là cận, không phải giá trị"]]
    assert settled({}, bound) == [
        rule,
        [False, "a bound, not a value; the value is from portal", "là cận, không phải giá trị; giá trị lấy từ portal"],
    ]
    alone = [False, "a bound, not a value", "là cận, không phải giá trị"]
    assert settled(bound, bound | news) == [alone, alone]  # where no value is known, none comes from anywhere
    assert settled({}, news) == [rule, [False, "repeats portal", "trùng với portal"]]
    assert settled({}, news | {"obs_value": 9.0}) == [
        rule,
        [False, "conflict, portal preferred by the rule", "số liệu mâu thuẫn, chọn portal theo quy tắc"],
    ]
    assert settled(news, {"obs_value": 9.0}, listed=True) == [
        [True, "preferred in conflicts.csv: Later.", "được chọn trong conflicts.csv: Mới hơn."],
        [False, "conflict, news preferred: Two counts. Later.", "số liệu mâu thuẫn, chọn news: Hai số. Mới hơn."],
    ]
    assert settled(news, {"obs_value": 9.0})[1] == rule
    assert settled({"obs_value": 9.0}, {"source_id": "law"}, listed=True)[1] == rule  # the listed source is not there
    assert settled({}, {"source_id": "own-x", "obs_value": 9.0}) == [
        [
            False,
            "conflict, own-x preferred: the office's own figure",
            "mâu thuẫn, chọn own-x: số liệu của chính cơ quan",
        ],
        [True, "the office's own figure", "số liệu của chính cơ quan"],
    ]
    village = {"indicator": "dtts_village_ntm_year", "unit_measure": "year"}
    places = ["one of several places", "một trong nhiều địa điểm"]
    assert settled(village, village, village | bound) == [[True, *places], [True, *places], [False, *places]]


@pytest.mark.parametrize("better, worse", [("at_least", "at_most"), ("at_most", "at_least")])
def test_neither_of_two_bounds_is_a_value_or_takes_one_from_the_other(better, worse):
    found = settled({"bound": worse, "obs_status": "E"}, {"bound": better})
    assert [row[:2] for row in found] == [[False, "a bound, not a value"]] * 2


def test_no_rows_are_settled_to_no_rows():
    assert settled({"known_from": "2024-01-01"})[0][0] is True
    none = pd.DataFrame(
        columns=[*FACT, "obs_value", "unit_measure", "bound", "obs_status", "source_id", "known_from", "line"]
    )
    found = _with_preference(none.astype(str), pd.DataFrame([ENTRY]), KINDS)
    assert len(found) == 0 and found["preferred"].dtype == bool and found["preference_reason"].dtype == object


# --- an office's own figures


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A folder with one own figure: 1,000 poor households in Tu Mơ Rông at the end of 2023, told on 1 February 2025."""
    folder = tmp_path_factory.mktemp("own")
    told = dict(source_id="own-a-1", published="2025-02-01", publisher="Sở A", title="Báo cáo", document_no="")
    fact = dict(ref_area="617", indicator="poor_households", time_period="2023-12-31")
    for name, wanted, changes in (
        ("observations", fact, {"obs_value": "1000", "source_id": "own-a-1"}),
        ("sources", {}, told),
    ):
        rows = rows_of(RAW / f"{name}.csv")
        row = dict(zip(rows[0], rows[line_of(RAW / f"{name}.csv", **wanted) - 1], strict=True)) | changes
        write_rows(folder / f"{name}.csv", [rows[0], [row[column] for column in rows[0]]])
    return folder


def test_an_own_figure_comes_after_the_published_ones_and_takes_their_place_with_what_follows_from_it(own, obs):
    with_own = kt.load_observations(user=own)
    assert len(with_own) == len(obs) + 2 and with_own.columns.tolist() == obs.columns.tolist()
    new = with_own[with_own["source_id"] == "own-a-1"]
    assert new["obs_value"].tolist() == pytest.approx([1000, 100 * 1000 / 7050]) and new["preferred"].all()
    assert new["line"].tolist() == [1133, 1133] and new["obs_status"].tolist() == ["A", "E"]
    assert new.index.tolist() == [1130, 1131] and set(new["preference_reason"]) == {"the office's own figure"}
    lost = with_own[with_own["preference_reason"] == "conflict, own-a-1 preferred: the office's own figure"]
    assert lost["obs_value"].tolist() == [2297, 32.58] and not lost["preferred"].any()
    assert with_own["known_from_assumed"].tolist() == [len(day) != 10 for day in with_own["published"]]
    for nobody in (None, False, own / "nothing-there"):
        pd.testing.assert_frame_equal(kt.load_observations(user=nobody), obs)


@pytest.mark.parametrize("day, count", [("2025-01-31", 0), ("2025-02-01", 2)])
def test_a_vintage_of_a_table_with_own_figures_holds_them_and_their_sums_from_their_day(own, day, count):
    found = vintage(kt.load_observations(user=own), day)
    assert (found["source_id"] == "own-a-1").sum() == count
    pd.testing.assert_frame_equal(found, kt.load_observations(as_of=day, user=own))


def test_a_vintage_is_settled_by_the_conflicts_of_its_own_folder(raw_copy, obs):
    line = line_of(raw_copy / "conflicts.csv", ref_area="62")
    set_field(raw_copy / "conflicts.csv", line, "reason", "Planted.")
    assert vintage(obs, "2025-07-01", raw_copy)["preference_reason"].str.contains("Planted.", regex=False).any()
    assert not vintage(obs, "2025-07-01")["preference_reason"].str.contains("Planted.", regex=False).any()


def test_a_table_that_changed_is_read_again_and_one_that_went_is_told(raw_copy):
    line = line_of(raw_copy / "observations.csv", ref_area="617", indicator="poor_households", time_period="2023-12-31")
    comments = kt.load_observations(data=raw_copy).set_index("line")["comment"]
    set_field(raw_copy / "observations.csv", line, "comment", "Changed.")
    assert comments[line] != "Changed." == kt.load_observations(data=raw_copy).set_index("line")["comment"][line]
    (raw_copy / "excluded.csv").unlink()
    with pytest.raises(kt.DataError) as error:
        kt.load_observations(data=str(raw_copy))
    assert [p.in_language("en") for p in error.value.problems] == [
        "excluded.csv: found no file; the folder must hold excluded.csv"
    ]


def test_an_approximate_figure_is_a_value_and_a_figure_of_at_most_is_none(raw_copy):
    file = raw_copy / "observations.csv"
    line = line_of(file, ref_area="62", indicator="poor_households_merit", time_period="2022-12-31")
    for bound, values in (("approximate", [42.0, None]), ("at_most", [None, 42.0])):
        set_field(file, line, "bound", bound)
        row = kt.load_observations(data=raw_copy).set_index("line").loc[line, ["obs_value", "bound_value"]]
        assert [None if pd.isna(value) else value for value in row] == values


def test_a_folder_that_is_none_is_told_in_full(tmp_path):
    for folder, told in (
        (tmp_path / "none", "none: no such folder; --data takes a folder with the tables of data/raw"),
        ("a\0" + "b" * 90, f"'a\\x00{'b' * 74}: the file cannot be read (the system says: "),
    ):
        with pytest.raises(kt.KontumError) as error:
            kt.load_observations(data=folder)
        assert error.value.in_language("en").startswith(told)
    assert "null" in error.value.values["reason"]


def test_where_the_preferred_source_was_not_yet_known_its_reason_is_not_quoted(raw, obs):
    for entry in raw["conflicts"].itertuples():
        preferred = obs["source_id"] == entry.preferred_source_id
        known = obs.loc[preferred & (facts_of(obs) == fact_of(entry)), "known_from"].iloc[0]
        before = (pd.Timestamp(known) - pd.Timedelta(days=1)).date()
        vintage = kt.load_observations(as_of=before)
        rows = vintage[facts_of(vintage) == fact_of(entry)]
        assert not rows["preference_reason"].str.contains("conflicts.csv", regex=False).any()
        assert not rows["preference_reason"].str.contains(entry.reason, regex=False).any()


# --- vintages


@pytest.fixture(scope="module")
def vintages():
    days = [
        "2010-01-01",
        "2021-12-31",
        "2022-03-22",
        "2022-10-04",
        "2023-12-31",
        "2024-02-29",
        "2025-07-01",
        "2030-01-01",
    ]
    return {day: kt.load_observations(as_of=day) for day in days}


def test_a_later_vintage_holds_the_whole_earlier_one(vintages):
    lines = [set(table["line"]) for table in vintages.values()]
    assert all(earlier <= later for earlier, later in zip(lines, lines[1:], strict=False))
    assert len(lines[0]) < 100 and len(lines[-1]) == 1130


def test_nothing_is_known_before_it_was_published(vintages):
    for day, table in vintages.items():
        assert (table["known_from"] <= day).all()
        assert (table["published"].str[:10].mask(table["published"] == "", "") <= day).all()
        assert (table["time_period"].mask(table["published"] != "", "") < day).all()


def test_in_every_vintage_each_fact_with_a_value_has_one_preferred_row(vintages):
    for table in vintages.values():
        if len(table):
            compared = table[~table["indicator"].isin(checks.NOT_COMPARED)]
            by_fact = compared.groupby(facts_of(compared))
            assert (by_fact["preferred"].sum() == (by_fact["obs_value"].count() > 0)).all()


def test_the_day_of_publication_itself_counts_as_known():
    day = kt.load_observations(as_of="2022-03-21")
    assert (day["source_id"] == "bandantoc-bieu05-2022").any()
    before = kt.load_observations(as_of="2022-03-20")
    assert not (before["source_id"] == "bandantoc-bieu05-2022").any()


def test_rows_without_a_full_date_of_publication_are_flagged_and_dated_late(obs):
    dated = obs["published"].str.len() == 10
    assert (obs["known_from_assumed"] == ~dated).all()
    assert (obs.loc[dated, "known_from"] == obs.loc[dated, "published"]).all()
    undated = obs[obs["published"] == ""]
    lag = pd.to_datetime(undated["known_from"]) - pd.to_datetime(undated["time_period"])
    assert len(undated) > 100 and (lag.dt.days == ASSUMED_LAG_DAYS).all()
    months = obs[obs["published"].str.len() == 7]
    ends = (pd.to_datetime(months["published"]) + pd.offsets.MonthEnd(0)).dt.strftime("%Y-%m-%d")
    assert (months["known_from"] == ends).all()
    years = obs[obs["published"].str.len() == 4]
    assert (years["known_from"] == years["published"] + "-12-31").all()


def test_a_vintage_has_the_same_columns_and_types_even_when_nothing_was_known(obs):
    assert kt.load_observations(as_of="1990-01-01").dtypes.equals(obs.dtypes)


@pytest.mark.parametrize("day", [date(2022, 10, 4), pd.Timestamp("2022-10-04")])
def test_a_vintage_may_be_asked_for_by_a_date(day, vintages):
    pd.testing.assert_frame_equal(kt.load_observations(as_of=day), vintages["2022-10-04"])


@pytest.mark.parametrize(
    "day",
    [
        "04/10/2022",
        "10/4/2022",
        "2022",
        "2022-10",
        "20221004",
        "2022-13-01",
        "2023-02-30",
        "today",
        "",
        "NaT",
        20221004,
        2022,
        pd.NaT,
        float("nan"),
        "２０２２-10-04",
    ],
)
def test_a_day_in_another_form_is_refused_with_the_form_to_use(day):
    with pytest.raises(kt.KontumError, match="as_of.*YYYY-MM-DD"):
        kt.load_observations(as_of=day)


def test_a_day_that_is_none_is_told_in_full():
    with pytest.raises(kt.KontumError) as error:
        kt.load_observations(as_of="04/10/2022")
    assert (
        error.value.in_language("en") == "as_of: '04/10/2022' is no day; write it as YYYY-MM-DD, for example 2022-10-04"
    )


@pytest.mark.parametrize(
    "published, known",
    [
        ("2022-10-04", ("2022-10-04", False)),
        ("2024-02", ("2024-02-29", True)),
        ("2022", ("2022-12-31", True)),
        ("", ("2022-06-20", True)),
    ],
)
def test_the_day_from_which_a_figure_of_the_end_of_2021_is_known(published, known):
    assert _known_from(published, "2021-12-31") == known


# --- hard rules across tables: each with a planted fault


def refused(folder, file, column, words):
    with pytest.raises(kt.DataError) as error:
        kt.load_observations(data=folder)
    found = [p for p in error.value.problems if p.file == file and p.column == column and words in p.wanted("en")]
    assert found, str(error.value)
    return found


def test_a_total_that_is_not_the_sum_of_its_ten_districts_is_refused(raw_copy):
    file = raw_copy / "observations.csv"
    line = line_of(file, ref_area="610", indicator="households_total", time_period="2021-12-31")
    set_field(file, line, "obs_value", "13390")
    refused(raw_copy, "observations.csv", "obs_value", "is the sum of its districts, 143562")


def test_a_rate_far_from_its_count_and_households_is_refused(raw_copy):
    file = raw_copy / "observations.csv"
    line = line_of(file, ref_area="617", indicator="poverty_rate_pct", time_period="2023-12-31")
    set_field(file, line, "obs_value", "3.258")
    refused(raw_copy, "observations.csv", "obs_value", "agrees with poor_households / households_total = 32.58 %")


@pytest.mark.parametrize(
    ("name", "column", "value", "words"),
    [
        ("conflicts", "values", "1|2|3", "as many values as source_ids"),
        ("conflicts", "preferred_source_id", "qd-654-2023", "one of "),
        ("conflicts", "ref_area", "999", "a code of areas.csv"),
        ("areas", "parent_code", "999", "a code of areas.csv, or nothing"),
        ("areas", "source_id", "gso-units-2025|nowhere", "a source_id of sources.csv"),
        ("areas", "valid_to", "2025-06-31", "a day of the calendar"),
        ("crosswalk_2025", "old_code", "99999", "the code and name of one old commune"),
        ("crosswalk_2025", "new_code", "23285", "the code and name of one new commune"),
        ("targets", "indicator", "no_such_thing", "an indicator of indicators.csv"),
        ("targets", "scope_area", "999", "a code of areas.csv"),
        ("targets", "value_low", "", "a value, and none for a qualitative target"),
    ],
)
def test_a_fault_in_another_table_is_refused(raw_copy, name, column, value, words):
    set_field(raw_copy / f"{name}.csv", 5, column, value)
    refused(raw_copy, f"{name}.csv", column, words)


def test_an_entry_for_a_conflict_that_is_none_is_refused(raw_copy):
    file = raw_copy / "conflicts.csv"
    line = add_row(file, 3, time_period="2015-12-31")
    found = refused(raw_copy, "conflicts.csv", "values", "a conflict that observations.csv shows")
    assert [p.row for p in found] == [line]


def test_a_range_whose_ends_are_turned_round_is_refused(raw_copy):
    file = raw_copy / "targets.csv"
    line = line_of(file, comparator="range")
    set_field(file, line, "value_high", "0.001")
    refused(raw_copy, "targets.csv", "value_high", "more than value_low")


def test_a_commune_without_a_way_to_2025_is_refused(raw_copy):
    rows = rows_of(raw_copy / "crosswalk_2025.csv")
    write_rows(raw_copy / "crosswalk_2025.csv", rows[:-1])
    refused(raw_copy, "crosswalk_2025.csv", "old_code", "every commune of before July 2025 has a row")


def test_two_units_on_one_tile_are_refused(raw_copy):
    file = raw_copy / "tile_grid.csv"
    rows = rows_of(file)
    set_field(file, 3, "row", rows[1][3])
    set_field(file, 3, "col", rows[1][4])
    refused(raw_copy, "tile_grid.csv", "row", "one unit on one tile")


# --- identities, reported rather than hidden


def test_printed_rates_agree_with_counts_and_households_but_for_three_known_ones(raw):
    found = checks.rate_disagreements(checks.comparable(raw["observations"]))
    assert len(found) == 46
    apart = found[~found["within_rounding"]]
    assert set(zip(apart.ref_area, apart.indicator, apart.time_period, strict=True)) == {
        ("62", "near_poor_rate_pct", "2021-12-31"),  # 5.9 is printed, 6.33 follows from the count
        ("615", "dtts_share_of_poor_households_pct", "2018-12-31"),  # more minority poor than poor in one source
        ("23485", "near_poor_rate_pct", "2021-12-31"),  # 46.97 against 65 of 138
    }


def test_totals_equal_the_sum_of_their_districts_wherever_all_ten_are_stated(raw):
    sums = checks.part_sums(raw)
    assert set(sums["indicator"]) == {"dtts_households", "dtts_poor_households", "households_total", "poor_households"}
    assert (sums["parts"] == sums["whole"]).all()


def test_stock_and_flow_of_2022_leave_the_gap_that_is_known(obs):
    def figure(indicator, day):
        rows = select(obs, indicator, area="62", standard="MDP_2022_2025")
        return rows.loc[rows["time_period"] == day, "obs_value"].item()

    end = figure("poor_households", "2021-12-31") - figure("poor_exits", "2022-12-31")
    end += figure("new_poor_households", "2022-12-31") + figure("relapsed_poor_households", "2022-12-31")
    assert end == 15_814 and figure("poor_households", "2022-12-31") - end == 129


# --- select


def test_select_gives_preferred_rows_only_in_order(obs):
    rows = select(obs, "poverty_rate_pct", level="district")
    assert rows["preferred"].all() and rows["obs_value"].notna().all()
    assert rows[["ref_area", "time_period"]].apply(tuple, axis=1).is_monotonic_increasing
    assert select(obs, "no_such_indicator").empty


def test_select_filters_by_area_level_and_standard_and_counts_rows_anew(obs):
    rows = select(obs, "poverty_rate_pct", area="62", standard="MDP_2022_2025")
    assert rows["obs_value"].tolist() == [15.32, 10.86, 6.84] and rows.index.tolist() == [0, 1, 2]
    assert rows.columns.equals(obs.columns)
    assert select(obs, "poverty_rate_pct", level="district", area="62").empty
    assert set(select(obs, "poverty_rate_pct", level="province")["ref_area"]) >= {"62"}
    every = select(obs, "poverty_rate_pct", area="62")
    assert set(every["standard"]) > {"MDP_2022_2025"}
    turned = select(obs.iloc[::-1], "poverty_rate_pct", level="district")
    assert turned[["ref_area", "time_period"]].apply(tuple, axis=1).is_monotonic_increasing
    bare = select(obs, "households_total", standard="MDP_2022_2025")
    assert set(bare["standard"]) <= {"MDP_2022_2025", ""}
