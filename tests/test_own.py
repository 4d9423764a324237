"""An office's own figures: where they lie, what they must hold, what follows by addition, and who reads them."""

import ast

import pandas as pd
import pytest
from planting import line_of, rows_of, set_field, write_rows

import kontum_analysis as kt
from kontum_analysis.base.errors import DataError, KontumError
from kontum_analysis.base.files import NOTEBOOKS, RAW, ROOT
from kontum_analysis.data.areas import districts
from kontum_analysis.data.observations import vintage
from kontum_analysis.data.own import VARIABLE, derived_rows, folder, is_own, members, own_tables

TOLD = dict(source_id="own-a-1", published="2025-02-01", publisher="Sở A", title="Báo cáo", document_no="")


def write_own(place, *rows):
    """A folder of own figures: rows like (indicator, area code, value), all of the end of 2024, told on one day."""
    place.mkdir(exist_ok=True)
    like = rows_of(RAW / "observations.csv")
    row = dict(zip(like[0], like[line_of(RAW / "observations.csv", ref_area="617") - 1], strict=True))
    row |= dict(time_period="2024-12-31", date_precision="year", bound="exact", obs_status="A", source_id="own-a-1")
    lines = []
    for indicator, code, value in rows:
        area, unit = kt.areas.area(code), "criteria" if indicator == "ntm_criteria_met" else "households"
        unit, standard = ("flag", "") if indicator == "ntm_attained" else (unit, "MDP_2022_2025")
        row |= dict(ref_area=code, area_name=area.name, level=area.level, indicator=indicator, obs_value=str(value))
        lines.append(list((row | dict(unit_measure=unit, standard=standard, comment="")).values()))
    write_rows(place / "observations.csv", [like[0], *lines])
    source = rows_of(RAW / "sources.csv")
    write_rows(place / "sources.csv", [source[0], [(dict(zip(*source[:2], strict=True)) | TOLD)[c] for c in source[0]]])
    return place


@pytest.fixture(scope="module")
def own_obs(tmp_path_factory):
    """1,000 poor households in Tu Mơ Rông at the end of 2023, where 2,297 are published, told on 1 February 2025."""
    place = write_own(tmp_path_factory.mktemp("own"), ("poor_households", "617", 1000))
    set_field(place / "observations.csv", 2, "time_period", "2023-12-31")
    return place


def test_an_own_figure_takes_the_place_of_a_published_one_with_what_follows(own_obs, obs):
    with_own = kt.load_observations(user=own_obs)
    assert len(with_own) == len(obs) + 2 and with_own.columns.tolist() == obs.columns.tolist()
    new = with_own[is_own(with_own)]
    assert new["obs_value"].tolist() == pytest.approx([1000, 100 * 1000 / 7050]) and new["preferred"].all()
    assert new["line"].tolist() == [len(obs) + 3] * 2 and new["obs_status"].tolist() == ["A", "E"]
    assert new.index.tolist() == [len(obs), len(obs) + 1] and set(new["preference"]) == {"own"}
    losers = with_own[with_own["preference"] == "lost_own"]
    assert losers["obs_value"].tolist() == [2297, 32.58] and not losers["preferred"].any()
    assert with_own["known_from_assumed"].tolist() == [len(day) != 10 for day in with_own["published"]]
    table = kt.conflicts(with_own).query("source_used == 'own-a-1'")
    assert table["not_used"].tolist() == [2297, 32.58] and table["used"].iloc[0] == 1000


def test_own_figures_are_read_only_where_they_are_asked_for(own_obs, obs, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(own_obs))
    for nobody in (None, False, own_obs / "nothing-there"):
        pd.testing.assert_frame_equal(kt.load_observations(user=nobody), obs)
    assert is_own(kt.load_observations(user=True)).any()
    asking = set()
    for path in (ROOT / "kontum_analysis").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and any(word.arg == "user" for word in node.keywords):
                asking.add(path.relative_to(ROOT / "kontum_analysis").as_posix())
    questions = {
        "explorer/__init__.py",
        "cli/common.py",
        "cli/analysis.py",
        "cli/exports.py",
        "cli/report.py",
        "publish/trace.py",
    }
    assert asking <= questions | {"offices/store.py", "offices/changes.py", "targets/board.py"}
    assert [path.name for path in NOTEBOOKS.glob("*.ipynb") if "user=" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("day, count", [("2025-01-31", 0), ("2025-02-01", 2)])
def test_a_vintage_holds_own_figures_and_their_sums_from_their_day(own_obs, day, count):
    table = vintage(kt.load_observations(user=own_obs), day)
    assert is_own(table).sum() == count
    pd.testing.assert_frame_equal(table, kt.load_observations(as_of=day, user=own_obs))


def test_the_folder_is_never_inside_the_repository(monkeypatch, tmp_path):
    (tmp_path / "link").symlink_to(ROOT / "data")
    for inside in (ROOT / "data" / "own", ROOT, tmp_path / "link"):
        for user in (True, inside):
            monkeypatch.setenv(VARIABLE, str(inside))
            with pytest.raises(KontumError) as refused:
                folder(user)
            assert refused.value.key == "own.error.inside"
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folder() == tmp_path / ".local" / "share" / "kontum-analysis"
    with pytest.raises(KontumError) as refused:
        folder("~nobody-of-this-name/figures")
    assert refused.value.key == "own.error.no_home"


EDITS = [  # file, row, column, value, key of what is allowed
    ("observations", 2, "bound", "about", "allowed.one_of"),
    ("observations", 3, "source_id", "own-b", "allowed.source"),
    ("observations", 3, "ref_area", "999", "allowed.area"),
    ("observations", 3, "unit_measure", "persons", "allowed.unit"),
    ("observations", 3, "time_period", "2024-02-30", "allowed.calendar"),
    ("sources", 2, "title", "=1+1", "own.allowed.no_formula"),
    ("sources", 2, "source_id", "a-1", "own.allowed.prefix"),
]


@pytest.mark.parametrize("name, row, column, value, allowed", EDITS)
def test_a_folder_edited_by_hand_is_checked_by_row_and_column(raw, tmp_path, name, row, column, value, allowed):
    place = write_own(tmp_path / "kho", ("poor_households", "617", 7), ("poor_households", "618", 8))
    set_field(place / f"{name}.csv", row, column, value)
    with pytest.raises(DataError) as refused:
        own_tables(place, raw)
    places = [(p.file, p.row, p.column, p.value, p.allowed) for p in refused.value.problems]
    assert (f"kho/{name}.csv", row, column, value, allowed) in places


def test_one_fact_stands_once_and_a_missing_table_is_named(raw, tmp_path):
    place = write_own(tmp_path / "kho", ("poor_households", "617", 7), ("poor_households", "617", 8))
    set_field(place / "observations.csv", 3, "bound", "approximate")  # another row for one fact
    with pytest.raises(DataError) as refused:
        own_tables(place, raw)
    assert [(p.row, p.column, p.allowed) for p in refused.value.problems] == [(3, "obs_value", "own.allowed.once")]
    (place / "sources.csv").unlink()
    with pytest.raises(DataError, match="kho/sources.csv"):
        own_tables(place, raw)


# --- what follows by addition


def sums_of(place):
    """(area code, indicator) -> value of what follows from a folder of own figures."""
    table = kt.load_observations(user=place)
    rows = table[is_own(table) & (table["obs_status"] == "E")]
    return {(row.ref_area, row.indicator): row.obs_value for row in rows.itertuples()}


def test_every_commune_is_a_part_of_one_district():
    for day, count in (("2024-12-31", 102), ("2025-12-31", 40)):
        parts = [code for codes in members(day).values() for code in codes]
        assert len(parts) == len(set(parts)) == count


def test_communes_make_up_their_district_and_districts_the_province(tmp_path):
    communes = sorted(members("2024-12-31")["618"])
    full = [("poor_households", code, 10 + n) for n, code in enumerate(communes)]
    full += [("households_total", code, 100) for code in communes]
    others = [("poor_households", code, 50) for code in districts() if code != "618"]
    assert sums_of(write_own(tmp_path / "few", *full[:-1], *others[:-1])) == {("618", "poor_households"): 33}
    sums = sums_of(write_own(tmp_path / "all", *full, *others))
    assert sums == {
        ("618", "poor_households"): 33,
        ("618", "households_total"): 300,
        ("618", "poverty_rate_pct"): 11.0,
        ("62", "poor_households"): 33 + 9 * 50,
    }


def test_a_district_told_by_the_office_itself_is_not_made_again(tmp_path):
    rows = [("poor_households", code, 10) for code in members("2024-12-31")["618"]]
    assert sums_of(write_own(tmp_path / "kho", *rows, ("poor_households", "618", 31))) == {}


def test_a_full_table_of_criteria_makes_counts_of_communes(tmp_path):
    rural = members("2024-12-31", rural=True)
    criteria = {
        code: 19 if number % 3 == 0 else 12 + number % 7
        for number, code in enumerate(sorted(set().union(*rural.values())))
    }
    rows = [("ntm_criteria_met", code, value) for code, value in criteria.items()]
    rows += [("ntm_attained", code, int(value == 19)) for code, value in criteria.items()]
    sums = sums_of(write_own(tmp_path / "kho", *rows))
    attained = {code for code, value in criteria.items() if value == 19}
    assert sums["62", "ntm_communes"] == len(attained)
    assert all(sums[code, "ntm_communes"] == len(parts & attained) for code, parts in rural.items())
    bands = {
        low: sum(low <= v <= high for v in criteria.values()) for low, high in ((15, 18), (10, 14), (5, 9), (0, 4))
    }
    names = ("15_18", "10_14", "5_9", "below_5")
    assert [sums["62", f"ntm_communes_{name}_criteria"] for name in names] == list(bands.values())
    assert sums["62", "ntm_criteria_mean"] == pytest.approx(sum(criteria.values()) / 85, abs=5e-5)
    assert sums["62", "ntm_advanced_communes"] == sums["62", "ntm_model_communes"] == 0
    assert "ntm_communes" not in {name for _, name in sums_of(write_own(tmp_path / "less", *rows[1:85]))}


def test_a_sum_that_is_published_already_is_not_made_again(obs):
    """The ten districts of the end of 2021, nine published and one the office's own, add up to the published total."""
    rows = obs[(obs["time_period"] == "2021-12-31") & (obs["indicator"] == "households_total")]
    rows = rows[rows["ref_area"].isin([*districts(), "62"])].reset_index(drop=True)
    rows.loc[rows["ref_area"] == "617", "source_id"] = "own-a-1"
    assert derived_rows(rows).empty
    changed = rows.assign(obs_value=rows["obs_value"].mask(rows["ref_area"] == "617", 1.0))
    assert derived_rows(changed)["ref_area"].tolist() == ["62"]
