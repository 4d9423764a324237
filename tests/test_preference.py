"""Which of several figures for one fact is used: the order of the rule, the codes, and their sentences."""

import pandas as pd
import pytest
from planting import line_of, set_field

import kontum_analysis as kt
from kontum_analysis.base.words import labels
from kontum_analysis.data.arithmetic import FACT, facts
from kontum_analysis.data.observations import vintage
from kontum_analysis.data.preference import LOST, USED, with_preference
from kontum_analysis.data.rules import NOT_COMPARED

KINDS = {"law": "law", "decision": "decision", "stat": "statistics", "data": "dataset", "portal": "portal"}
KINDS = pd.Series(KINDS | {"news": "news", "mirror": "mirror", "own-x": "news"})
ROW = dict(ref_area="62", indicator="poor_households", time_period="2023-12-31", standard="MDP", obs_value=10.0)
ROW |= dict(unit_measure="households", bound="exact", obs_status="A", source_id="portal", known_from="2024-01-01")
ENTRY = {name: ROW[name] for name in FACT} | dict(preferred_source_id="news", explanation="Two counts.")
ENTRY |= dict(reason="Later.", explanation_vi="Hai số.", reason_vi="Mới hơn.")


def settled(*rows, listed=False):
    """[preferred, code] of hand-made rows for one fact."""
    return table_of(*rows, listed=listed)[["preferred", "preference"]].values.tolist()


def table_of(*rows, listed=False):
    obs = pd.DataFrame([ROW | {"line": line} | row for line, row in enumerate(rows, 2)])
    is_bound = obs["bound"].isin(["at_least", "at_most"])
    obs["obs_value"], obs["bound_value"] = obs["obs_value"].mask(is_bound), obs["obs_value"].where(is_bound)
    return with_preference(obs, pd.DataFrame([ENTRY if listed else ENTRY | {"ref_area": "617"}]), KINDS)


GOOD = dict(obs_status="A", known_from="2024-06-01", line=2)
POOR = dict(obs_status="U", known_from="2024-01-01", line=9)
ORDER = [  # each pair differs first in what decides it; all that comes later speaks for the loser
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
]


@pytest.mark.parametrize("winner, loser", ORDER)
def test_the_rule_takes_the_first_difference_whatever_the_order(winner, loser):
    winner, loser = winner | {"obs_value": 11.0}, loser | {"obs_value": 12.0}
    assert [is_used for is_used, _ in settled(winner, loser, listed=True)] == [True, False]
    assert [is_used for is_used, _ in settled(loser, winner, listed=True)] == [False, True]


def test_each_code_by_hand():
    bound, news, other = {"bound": "at_least"}, {"source_id": "news"}, {"obs_value": 9.0}
    assert settled({}) == [[True, "only"]]
    assert settled({}, {"ref_area": "617"}) == [[True, "only"]] * 2
    assert settled(bound) == [[False, "bound"]]
    assert settled({}, bound) == [[True, "rule"], [False, "bound_beside"]]
    assert settled(bound, bound | news) == [[False, "bound"]] * 2  # where no value is known, none comes from anywhere
    assert settled(bound | {"bound": "at_most", "obs_status": "E"}, bound) == [[False, "bound"]] * 2
    for side, value, code in (("at_least", 11.0, "against"), ("at_most", 11.0, "beside"), ("at_most", 9.0, "against")):
        assert settled({}, {"bound": side, "obs_value": value})[1] == [False, f"bound_{code}"]
    assert settled({}, news) == [[True, "rule"], [False, "repeats"]]
    assert settled({}, news | other) == [[True, "rule"], [False, "lost_rule"]]
    assert settled(news, other, listed=True) == [[True, "listed"], [False, "lost_listed"]]
    assert settled(news, other) == [[False, "lost_rule"], [True, "rule"]]
    assert settled(other, {"source_id": "law"}, listed=True) == [[False, "lost_rule"], [True, "rule"]]
    assert settled({}, {"source_id": "own-x"} | other) == [[False, "lost_own"], [True, "own"]]
    rate, own_count = {"indicator": "poverty_rate_pct"}, {"source_id": "own-x", "obs_value": 9.0}
    assert settled({}, rate, own_count)[1] == [False, "lost_own_part"], "a rate of the count that lost"
    assert settled({}, rate, own_count | {"obs_value": 10.0})[1] == [True, "only"]
    assert settled(rate, own_count)[0] == [True, "only"] == settled({}, rate, own_count | {"ref_area": "617"})[1]
    assert settled({}, rate | {"source_id": "own-y"}, own_count)[1][0], "an office's rate stands"
    village = {"indicator": "dtts_village_ntm_year", "unit_measure": "year"}
    assert settled(village, village, village | bound) == [[True, "places"], [True, "places"], [False, "places"]]


def test_a_figure_that_is_a_year_has_no_date_of_its_own():
    year = {"unit_measure": "year", "indicator": "ntm_recognised_year", "obs_value": 2014.0}
    rows = [year, year | {"time_period": "2015-12-31", "obs_value": 2015.0, "source_id": "news", "standard": ""}]
    assert settled(*rows) == [[True, "rule"], [False, "lost_rule"]]


def test_each_sentence_follows_from_its_code_in_both_languages():
    rows = table_of({"source_id": "news"}, {"obs_value": 9.0}, listed=True)
    assert rows["preference_reason"].tolist() == [
        "preferred in conflicts.csv: Later.",
        "conflict, news preferred: Two counts. Later.",
    ]
    assert rows["preference_reason_vi"].tolist() == [
        "được chọn khi các nguồn mâu thuẫn: Mới hơn.",
        "số liệu mâu thuẫn, chọn news: Hai số. Mới hơn.",
    ]
    rows = table_of({}, {"bound": "at_most"}, {"source_id": "own-x", "obs_value": 9.0})
    assert rows["preference_reason"].tolist() == [
        "conflict, the office's own figure is used",
        "a bound, not a value; the value is from own-x",
        "the office's own figure",
    ]
    assert table_of({}, {"source_id": "news"})["preference_reason_vi"].tolist()[1] == "trùng với portal"


def test_no_rows_are_settled_to_no_rows():
    columns = [
        *FACT,
        "obs_value",
        "bound_value",
        "unit_measure",
        "bound",
        "obs_status",
        "source_id",
        "known_from",
        "line",
    ]
    none = pd.DataFrame(columns=columns, dtype=str).astype({"obs_value": float, "bound_value": float})
    rows = with_preference(none, pd.DataFrame([ENTRY]), KINDS)
    assert len(rows) == 0 and rows["preferred"].dtype == bool and rows["preference_reason"].dtype == object


# --- the data as they are


def test_every_fact_that_has_a_value_has_one_preferred_row(obs):
    for table in (obs, kt.load_observations(as_of="2022-10-04"), kt.load_observations(as_of="2024-02-15")):
        compared = table[~table["indicator"].isin(NOT_COMPARED)]
        by_fact = compared.groupby([facts(compared)[name] for name in FACT])
        assert (by_fact["preferred"].sum() == (by_fact["obs_value"].count() > 0)).all()


def test_every_row_has_a_code_with_words_and_a_sentence(obs):
    assert {code for code in obs["preference"].unique() if f"preference.{code}" not in labels()} == set()
    assert (obs["preference_reason"].str.len() > 0).all() and (obs["preference_reason_vi"].str.len() > 0).all()
    is_value = obs["preference"] != "places"
    assert (obs["preferred"] == obs["preference"].isin(USED))[is_value].all()


def test_conflicts_are_settled_as_conflicts_csv_says(obs, raw):
    fact = facts(obs).apply(tuple, axis=1)
    for entry in raw["conflicts"].itertuples():
        rows = obs[(fact == tuple(getattr(entry, name) for name in FACT)) & obs["obs_value"].notna()]
        winner, losers = rows[rows["preferred"]], rows[rows["preference"].isin(LOST)]
        assert winner["source_id"].tolist() == [entry.preferred_source_id] and set(winner["preference"]) == {"listed"}
        assert len(losers) and set(losers["preference"]) == {"lost_listed"}
        assert losers["preference_reason_vi"].str.contains(entry.explanation_vi, regex=False).all()


def test_a_reason_is_not_quoted_before_the_preferred_source_was_known(raw, obs):
    fact = facts(obs).apply(tuple, axis=1)
    days = {}
    for entry in raw["conflicts"].itertuples():
        key = tuple(getattr(entry, name) for name in FACT)
        is_winner = (fact == key) & (obs["source_id"] == entry.preferred_source_id) & obs["preferred"]
        days.setdefault(obs.loc[is_winner, "known_from"].iloc[0], []).append(key)
    for day, keys in days.items():
        before = vintage(obs, (pd.Timestamp(day) - pd.Timedelta(days=1)).date())
        rows = before[facts(before).apply(tuple, axis=1).isin(keys)]
        assert not rows["preference"].isin(["listed", "lost_listed"]).any()


def test_a_vintage_is_settled_by_the_conflicts_of_its_own_folder(raw_copy, obs):
    line = line_of(raw_copy / "conflicts.csv", ref_area="62")
    set_field(raw_copy / "conflicts.csv", line, "reason", "Planted.")
    reasons = [vintage(obs, "2025-07-01", folder)["preference_reason"] for folder in (raw_copy, None)]
    assert [reason.str.contains("Planted.", regex=False).any() for reason in reasons] == [True, False]
