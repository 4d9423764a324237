"""Loading: what the table holds, what was known on a day, what is checked again, and every mistake told at once."""

import json
import re
from datetime import date

import pandas as pd
import pytest
from planting import line_of, rows_of, set_field, snapshot, write_rows

import kontum_analysis as kt
from kontum_analysis.base.files import RAW
from kontum_analysis.base.words import LANGUAGES
from kontum_analysis.data import observations
from kontum_analysis.data.contract import COLUMNS
from kontum_analysis.data.observations import (
    ASSUMED_LAG_DAYS,
    _known_from,
    contents_hash,
    raw_tables,
    select,
    vintage,
    year_ends,
)
from kontum_analysis.figures.coverage import baseline_table

RATE = dict(ref_area="62", indicator="poverty_rate_pct", time_period="2022-12-31", obs_value="10.86")


# --- contents


def test_the_readme_of_the_raw_data_counts_its_rows_in_both_languages(obs, raw):
    """What a new row changes there; a failure lists the words that should stand in data/raw/README.md."""
    readme = (RAW / "README.md").read_text(encoding="utf-8")
    files = [f"| {name}.csv | {len(table)} |" for name, table in raw.items()]
    missing = [f"{words} (twice)" for words in files if readme.count(words) != 2]
    for column in ("bound", "obs_status", "date_precision"):
        for code, count in obs[column].value_counts().items():
            times = len(re.findall(rf"\b{code}\b[^0-9]{{0,30}} {count}\b", readme))
            missing += [f"{column} {code}: {count} (twice)"] * (times < 2)
    groups = obs["indicator"].map(raw["indicators"].set_index("indicator")["group"])
    levels = ["nation", "region", "province", "group", "district", "commune", "all"]
    table = pd.crosstab(groups, obs["level"], margins=True, margins_name="all")[levels]
    rows = [f"| {group} | {' | '.join(str(n or '') for n in counts)} |" for group, *counts in table.itertuples()]
    missing += [row for row in rows if row not in readme]
    assert not missing, "\n".join(["data/raw/README.md should hold:", *missing])


def test_every_row_of_the_file_is_kept_in_its_order(obs, raw):
    assert len(obs) == len(raw["observations"]) and obs["line"].tolist() == list(range(2, len(obs) + 2))
    assert obs["source_id"].tolist() == raw["observations"]["source_id"].tolist()


def test_the_end_of_2021_adds_up_over_the_ten_districts(obs):
    for indicator, total in (("households_total", 143_561), ("poor_households", 21_989)):
        rows = select(obs, indicator, standard="MDP_2022_2025")
        rows = rows[rows["ref_area"].isin(kt.districts()) & (rows["time_period"] == "2021-12-31")]
        assert len(rows) == 10 and rows["obs_value"].sum() == total


def test_a_bound_is_never_a_value(obs):
    is_bound = obs["bound"].isin(["at_least", "at_most"])
    assert is_bound.sum() > 100 and not obs.loc[is_bound, "preferred"].any()
    assert (obs["obs_value"].isna() == is_bound).all() and (obs["bound_value"].notna() == is_bound).all()


def test_an_approximate_figure_is_a_value(raw_copy):
    file = raw_copy / "observations.csv"
    line = line_of(file, ref_area="62", indicator="poor_households_merit", time_period="2022-12-31")
    for bound, values in (("approximate", [42.0, None]), ("at_most", [None, 42.0])):
        set_field(file, line, "bound", bound)
        row = kt.load_observations(data=raw_copy).set_index("line").loc[line, ["obs_value", "bound_value"]]
        assert [None if pd.isna(value) else value for value in row] == values


def test_select_gives_preferred_rows_only_in_order(obs):
    rows = select(obs.iloc[::-1], "poverty_rate_pct", level="district")
    assert rows["preferred"].all() and rows["obs_value"].notna().all() and rows.columns.equals(obs.columns)
    assert rows[["ref_area", "time_period"]].apply(tuple, axis=1).is_monotonic_increasing
    assert rows.index.tolist() == list(range(len(rows)))
    province = select(obs, "poverty_rate_pct", area="62", standard="MDP_2022_2025")
    assert province["obs_value"].tolist() == [15.32, 10.86, 6.84]
    assert set(select(obs, "poverty_rate_pct", area="62")["standard"]) > {"MDP_2022_2025"}
    assert set(select(obs, "households_total", standard="MDP_2022_2025")["standard"]) == {""}
    assert select(obs, "no_such").empty and select(obs, "poverty_rate_pct", level="district", area="62").empty


def test_a_year_end_is_dated_sure_and_no_bound(obs):
    ends = year_ends(obs, "poverty_rate_pct", "MDP_2022_2025")
    assert ends["time_period"].str.endswith("-12-31").all() and not ends["obs_status"].eq("U").any()
    assert ends["date_precision"].ne("unknown").all() and not ends.duplicated(["ref_area", "time_period"]).any()
    years = ends.groupby("ref_area")["time_period"].apply(lambda days: [int(day[:4]) for day in days])
    assert years["64"] == [2021, 2022, 2023, 2024]  # 7 June 2022 is no year end
    assert years["27"] == [2021, 2022, 2024] and years["614"] == [2021, 2023]  # a gap stays a gap
    assert ends[(ends["ref_area"] == "58") & (ends["time_period"] == "2023-12-31")]["obs_value"].tolist() == [4.21]
    assert (ends["obs_value"] == 0).sum() == 7  # a rate of zero is a result
    triples = years.map(len).sub(2).clip(lower=0)
    is_local = triples.index.map(lambda code: kt.areas.area(code).level in ("province", "district"))
    assert (triples[is_local].sum(), triples[~is_local].sum()) == (16, 5)


def test_a_merged_province_is_another_area_than_those_it_was_made_of(obs, raw):
    merged = obs[obs["ref_area"].str.endswith("-2025")]
    assert {"51-2025", "24-2025", "19-2025"} <= set(merged["ref_area"]) and (merged["level"] == "province").all()
    assert not (obs["ref_area"].eq("51") & (obs["time_period"] > "2025-06-30")).any()
    poor = select(obs, "poor_households", area="51-2025").set_index("time_period")["obs_value"]
    assert (
        poor["2024-12-31"] == 22_925 and select(obs, "poor_households", area="62")["time_period"].max() == "2023-12-31"
    )


def test_areas_outside_kon_tum_never_leak_into_its_figures(until_2023):
    """Up to the last published total; what follows is estimated from the merged province, and says so."""
    obs = until_2023
    parts = (
        kt.areas.register("2020", "commune")["code"].tolist() + kt.areas.register("2025", "commune")["code"].tolist()
    )
    kon_tum = obs[obs["ref_area"].isin([*parts, *kt.districts()]) | obs["ref_area"].str.startswith("62")]
    kon_tum = kon_tum.reset_index(drop=True)
    assert len(kon_tum) < len(obs) / 1.5
    for table in (
        kt.known_rates,
        lambda obs: kt.estimate_panel(obs, draws=20).panel,
        lambda obs: kt.project_ntm(obs, pace=1.5, draws=20).communes,
        baseline_table,
    ):
        pd.testing.assert_frame_equal(table(kon_tum), table(obs))


# --- vintages

DAYS = ["1990-01-01", "2010-01-01", "2021-12-31", "2022-03-22", "2022-10-04", "2023-12-31", "2025-07-01", "2030-01-01"]


@pytest.fixture(scope="module")
def vintages():
    return {day: kt.load_observations(as_of=day) for day in DAYS}


def test_a_later_vintage_holds_the_whole_earlier_one(vintages, obs):
    lines = [set(table["line"]) for table in vintages.values()]
    assert all(earlier <= later for earlier, later in zip(lines, lines[1:], strict=False))
    assert lines[0] == set() and 0 < len(lines[1]) < 100 and lines[-1] == set(obs["line"])
    assert vintages["1990-01-01"].dtypes.equals(obs.dtypes)


def test_nothing_is_known_before_it_was_published(vintages):
    for day, table in vintages.items():
        assert (table["known_from"] <= day).all() and (table["published"].str[:10] <= day).all()
        assert (table["time_period"].mask(table["published"] != "", "") < day).all()
    assert "bandantoc-bieu05-2022" in set(kt.load_observations(as_of="2022-03-21")["source_id"])
    assert "bandantoc-bieu05-2022" not in set(kt.load_observations(as_of="2022-03-20")["source_id"])


def test_a_vintage_of_a_table_is_the_table_of_that_day(vintages, obs):
    pd.testing.assert_frame_equal(vintage(obs, "2022-10-04"), vintages["2022-10-04"])
    for day in (date(2022, 10, 4), pd.Timestamp("2022-10-04")):
        pd.testing.assert_frame_equal(kt.load_observations(as_of=day), vintages["2022-10-04"])


@pytest.mark.parametrize(
    "published, day",
    [
        ("2022-10-04", ("2022-10-04", False)),
        ("2024-02", ("2024-02-29", True)),
        ("2022", ("2022-12-31", True)),
        ("", ("2022-06-20", True)),
    ],
)
def test_a_page_without_a_full_date_is_dated_late_and_flagged(published, day, obs):
    assert _known_from(published, "2021-12-31") == day
    assert (obs["known_from_assumed"] == (obs["published"].str.len() != 10)).all()
    undated = obs[obs["published"] == ""]
    lag = pd.to_datetime(undated["known_from"]) - pd.to_datetime(undated["time_period"])
    assert len(undated) > 100 and (lag.dt.days == ASSUMED_LAG_DAYS).all()


def test_a_day_in_another_form_is_refused_with_the_form_to_use():
    days = ["04/10/2022", "10/4/2022", "2022", "2022-10", "20221004", "2022-13-01", "2023-02-30", "today", "", "NaT"]
    for day in [*days, 20221004, 2022, pd.NaT, float("nan"), "２０２２-10-04"]:
        with pytest.raises(kt.KontumError) as error:
            kt.load_observations(as_of=day)
        assert error.value.in_language("en") == (
            f"as_of (--as-of): {day!r} is no day; write it as YYYY-MM-DD, for example 2022-10-04"
        )


# --- folders


def problems_of(folder):
    """The problems of a folder, after checking that the message shows them all and that nothing was written."""
    before = snapshot(folder)
    with pytest.raises(kt.DataError) as error:
        kt.load_observations(data=folder)
    assert snapshot(folder) == before
    for lang in LANGUAGES:
        lines = [line.strip() for line in error.value.in_language(lang).splitlines()[1:]]
        assert lines == [problem.in_language(lang) for problem in error.value.problems]
    return [(problem.file, problem.row, problem.column) for problem in error.value.problems]


def test_all_problems_of_all_files_are_listed_together_in_order(raw_copy):
    file = raw_copy / "observations.csv"
    for line, column, value in (
        (900, "time_period", "31/12/2023"),
        (10, "obs_value", "1,5"),
        (500, "bound", "about"),
        (500, "obs_status", "X"),
    ):
        set_field(file, line, column, value)
    set_field(raw_copy / "sources.csv", 7, "published", "12/2023")
    (raw_copy / "targets.csv").unlink()
    assert problems_of(raw_copy) == [
        ("observations.csv", 10, "obs_value"),
        ("observations.csv", 500, "bound"),
        ("observations.csv", 500, "obs_status"),
        ("observations.csv", 900, "time_period"),
        ("sources.csv", 7, "published"),
        ("targets.csv", None, None),
    ]


def test_every_missing_file_is_named(tmp_path):
    assert problems_of(tmp_path) == [(f"{name}.csv", None, None) for name in sorted(COLUMNS)]


def test_columns_in_another_order_and_a_mark_of_excel_change_nothing(raw_copy, obs):
    file = raw_copy / "observations.csv"
    write_rows(file, [row[::-1] for row in rows_of(file)])
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n") + b"\r\n\r\n")
    pd.testing.assert_frame_equal(kt.load_observations(data=raw_copy), obs)


def test_a_folder_that_is_none_is_told_in_full(tmp_path):
    for folder, words in (
        (tmp_path / "none", "none: no such folder; --data takes a folder with the tables of data/raw"),
        ("a\0" + "b" * 90, f"'a\\x00{'b' * 74}: the file cannot be read (the system says: "),
        ("x" * 5000, "'xxx"),
    ):
        with pytest.raises(kt.KontumError) as error:
            kt.load_observations(data=folder)
        assert error.value.in_language("en").startswith(words)


# --- checked once


def test_tables_of_the_checked_hash_are_not_checked_again(raw_copy, monkeypatch, tmp_path):
    contents = {name: (raw_copy / f"{name}.csv").read_bytes() for name in COLUMNS}
    monkeypatch.setattr(observations, "PROCESSED", tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"checked": contents_hash(contents)}))
    checked = []
    monkeypatch.setattr(observations, "_cross_problems", lambda contents: checked.append(1) or [])
    raw_tables(raw_copy)
    assert checked == []
    raw_tables(raw_copy, trusted=False)
    assert checked == [1]
    set_field(raw_copy / "tile_grid.csv", 2, "row", "99")  # another hash
    raw_tables(raw_copy)
    assert checked == [1, 1]
    for broken in ("[]", "no json", '{"inputs": {}}'):
        (tmp_path / "manifest.json").write_text(broken)
        assert observations._checked_hash() is None


def test_a_planted_fault_is_found_whatever_the_manifest_says(raw_copy):
    kt.load_observations(data=raw_copy)
    file = raw_copy / "observations.csv"
    line = line_of(file, **RATE)
    set_field(file, line, "obs_value", "1086.5")
    assert ("observations.csv", line, "obs_value") in problems_of(raw_copy)


def test_the_hash_of_the_tables_counts_every_byte_of_tables_and_rules(raw_copy, monkeypatch):
    contents = {"sources": b"ab", "areas": b"c"}
    hashes = [
        contents_hash(contents),
        contents_hash({"sources": b"a", "areas": b"bc"}),
        contents_hash({"sources": b"ab"}),
    ]
    monkeypatch.setattr(observations.contract, "SOURCE", RAW / "README.md")
    assert len({*hashes, contents_hash(contents)}) == 4


def test_a_table_given_out_may_be_changed_without_harm(obs):
    for load, column in ((kt.load_observations, "obs_value"), (lambda: raw_tables()["observations"], "obs_value")):
        table = load()
        table[column] = "0"
        table.loc[0, "source_id"] = "changed"
        assert load()[column].iloc[0] != "0" and load()["source_id"].iloc[0] != "changed"
