"""One district's own figures of the end of 2024 change everything that is computed, and are named as the office's."""

import re
import shlex

import pandas as pd
import pytest
from corpus.borders import collection, of_districts
from corpus.write import written_by_xlsxwriter
from hostile import run

import kontum_analysis as kt
from kontum_analysis.base.files import ROOT
from kontum_analysis.base.words import LANGUAGES, text
from kontum_analysis.data.areas import PROVINCE, districts, register
from kontum_analysis.data.preference import known_as
from kontum_analysis.figures import CATALOGUE, build
from kontum_analysis.figures.boundaries import boundary_map
from kontum_analysis.figures.style import MARKERS
from kontum_analysis.offices import store
from kontum_analysis.poverty.estimates import latest_year
from kontum_analysis.poverty.known import known_groups
from kontum_analysis.poverty.paths import STATUSES
from kontum_analysis.publish.columns import provenance
from kontum_analysis.publish.report import build_report
from kontum_analysis.publish.tables import report_tables
from kontum_analysis.publish.text_files import about
from kontum_analysis.publish.trace import trace

GLEI, OFFICE, POOR, HOUSEHOLDS = "610", "Phòng Nội vụ huyện Đăk Glei", 1400, 14300  # about 940 are estimated without it
RATE = POOR / HOUSEHOLDS
TITLE = "(Kèm theo Báo cáo số 05/BC-UBND ngày 10/12/2024 của UBND huyện Đăk Glei)"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder of own figures with one district of 2024."""
    place = tmp_path_factory.mktemp("office")
    rows = [["STT", "Đơn vị", "Tổng số hộ", "Hộ nghèo"], [1, "Đăk Glei", HOUSEHOLDS, POOR]]
    path = written_by_xlsxwriter(place / "a.xlsx", {"Biểu": rows})
    document_facts = dict(office=OFFICE, document="05/BC-NV", date="10/12/2024", year=2024)
    store.store(store.plan_import(path, user=place / "kho", **document_facts))
    return place / "kho"


@pytest.fixture(scope="module")
def own_obs(place):
    """Observations with the figures of the district."""
    return kt.load_observations(user=place)


def rows_of_2024(obs):
    return kt.estimate_panel(obs).panel.query("year == 2024").set_index("area")


def test_the_panel_takes_the_district_and_moves_all_others_and_the_province(obs, own_obs):
    with_own, without = rows_of_2024(own_obs), rows_of_2024(obs)
    glei = with_own.loc[GLEI]
    assert (glei.poor_households, glei.households, glei.rate) == (POOR, HOUSEHOLDS, round(RATE, 6))
    assert {glei[f"status_{name}"] for name in ("rate", "poor_households", "households")} == {"office"}
    assert glei.source_id.startswith("own-")
    others = [PROVINCE, *(set(districts()) - {GLEI})]
    assert (with_own.loc[others, "status_rate"] == "estimated").all()
    assert (with_own.loc[others, "poor_households"] != without.loc[others, "poor_households"]).all()
    assert with_own.poor_households[PROVINCE] > without.poor_households[PROVINCE]
    estimates = kt.estimate_panel(own_obs)
    assert (estimates.poor[estimates.areas.index(GLEI), estimates.years.index(2024)] == POOR).all()
    assert with_own.loc[districts(), "poor_households"].sum() == with_own.poor_households[PROVINCE]


def test_a_path_starts_from_the_latest_figure_and_says_whose_it_is(obs, own_obs):
    assert (latest_year(obs), latest_year(own_obs)) == (2023, 2024)
    scenario = kt.Scenario(name="mine", province_pace_pp=1.0, poor_district_pace_pp=2.0, start=2024, end=2026)
    with_own, without = (kt.project_poverty(o, scenario).set_index(["area", "year"]) for o in (own_obs, obs))
    assert with_own.status[GLEI, 2024] == "office" and with_own.status[PROVINCE, 2024] == "estimated"
    assert with_own.rate[GLEI, 2024] == pytest.approx(RATE) and without.rate[GLEI, 2024] < 0.8 * RATE
    assert with_own.rate[GLEI, 2026] > without.rate[GLEI, 2026]
    assert kt.exit_quotas(with_own.reset_index()).quota.sum() != kt.exit_quotas(without.reset_index()).quota.sum()


def test_a_group_with_an_offices_figure_is_named_as_the_offices(place, own_obs):
    assert STATUSES.index("published") < STATUSES.index("derived") < STATUSES.index("office")
    path = written_by_xlsxwriter(
        place.parent / "b.xlsx",
        {"Biểu": [["Đơn vị", "Tổng số hộ", "Hộ nghèo"], ["Kon Plông", 7500, 1000], ["Ia H'Drai", 3300, 500]]},
    )
    document_facts = dict(office="Sở", document="06/BC", date="10/12/2024", year=2023)
    plan = store.plan_import(path, user=place, **document_facts)
    obs = store._with_entry(place, plan.tables, None)
    poor = known_groups(obs).set_index(["area", "year"]).status
    assert poor["62-POOR", 2023] == "office" and poor["62-POOR", 2021] == "derived"


def test_every_status_has_words_and_a_marker_of_its_own():
    assert text("status.office", "vi") == text("key.office", "vi") == "số liệu của đơn vị"
    assert text("status.office", "en") == text("key.office", "en") == "an office's figure"
    assert known_as("published", "vna-1") == "published" and known_as("derived", "own-a-1") == "office"
    shapes = [(look["marker"], look["markerfacecolor"] == "white") for look in MARKERS.values()]
    assert len(set(shapes)) == len(shapes)  # told apart in grey


def test_the_figures_show_the_district_and_name_the_office(obs, own_obs):
    offices = [OFFICE]
    for name in ("reconciled_districts", "district_map", "district_paths"):
        with_own, without = build(name, own_obs, "vi", offices), build(name, obs, "vi", offices)
        row = with_own.table.query("area == @GLEI and year == 2024 and status == 'office'")
        assert row.rate.round(6).tolist() == [round(RATE, 6)], name
        assert not (without.table["status"] == "office").any() and OFFICE not in without.source + without.caption
        for words in (with_own.source, with_own.caption):
            assert f"số liệu của đơn vị, chưa công bố ({OFFICE})" in words, name
        page_words = " ".join(label.get_text() for label in with_own.page().findobj(lambda a: hasattr(a, "get_text")))
        assert "số liệu của đơn vị" in page_words and OFFICE in " ".join(page_words.split()), name
        assert OFFICE in with_own.properties["source"]


# forecasts from every earlier day: most of the time that all figures take
FORECASTS = ["hindcast_scores", "outcomes", "calibration"]
REST = [name for name in CATALOGUE if name not in FORECASTS]


@pytest.mark.parametrize("names", [REST, pytest.param(FORECASTS, marks=pytest.mark.slow)], ids=["rest", "forecasts"])
def test_every_figure_can_be_drawn_with_own_figures(own_obs, names):
    figures = [build(name, own_obs, "vi", [OFFICE]) for name in names]
    figures += [figure.in_language("en") for figure in figures]
    assert [(one.name, one.lang) for one in figures if one.offices and OFFICE not in one.caption] == []


def test_the_map_with_borders_shows_the_year_asked_for(own_obs, obs, tmp_path):
    path = tmp_path / "districts.geojson"
    path.write_bytes(collection(of_districts()))
    with_own, without = (boundary_map(o, path, "vi", "svg", 2024, [OFFICE]) for o in (own_obs, obs))
    assert with_own != without
    early = [boundary_map(o, path, "vi", "svg", 2021) for o in (own_obs, obs)]
    assert early[0] != with_own
    with pytest.raises(kt.KontumError) as refused:
        boundary_map(own_obs, path, year=2031)
    assert refused.value.key == "error.map.year"


def test_the_tables_hold_the_district_and_say_whose_it_is(own_obs, obs, place):
    tables, problems = report_tables(
        own_obs, [kt.preset("programme-mid")], user=place, names=["district_panel", "sources"]
    )
    assert problems == []
    panel, sources = (table.frame for table in tables)
    row = panel.query("area == @GLEI and year == 2024").iloc[0]
    assert row.poor_households == POOR and row.status_poor_households == "office"
    assert OFFICE in set(sources.publisher)
    words = about(tables, provenance(own_obs, [], offices=[OFFICE]), ["csv"], "vi")
    assert OFFICE in words and "- số liệu của đơn vị: " in words


def test_the_trace_says_that_the_office_entered_the_figure(place):
    chain = trace("Đăk Glei", "poor_households", "2024", user=place)
    assert chain.sources.publisher.tolist() == [OFFICE]
    assert any(line.startswith("Có dùng số liệu của đơn vị") for line in chain.explain("vi"))
    other = trace("Đăk Tô", "poor_households", "2024", user=place)  # it leans on the figure of the neighbour
    assert OFFICE in set(other.sources.publisher) and any("số liệu của đơn vị" in line for line in other.explain("vi"))
    assert not any("số liệu của đơn vị" in line for line in trace("Đăk Tô", "poor_households", "2024").explain("vi"))


def test_communes_make_the_district_and_its_published_rate_of_the_year_before_goes(tmp_path):
    """Kon Rẫy: 797 poor households, 10.51 %, were published for the end of 2023; its list begins the year with 840."""
    codes = register("2020", "commune", parent="614")
    head = ["TT", "Xã, thị trấn", "Tổng số hộ", "Hộ nghèo đầu năm", "Hộ nghèo"]
    rows = [[n, name, 1080, 120, 80 + n] for n, name in enumerate(codes["name_vi"], 1)]
    path = written_by_xlsxwriter(tmp_path / "a.xlsx", {"Biểu": [head, *rows]})
    document_facts = dict(office=OFFICE, document="05/BC-NV", date="10/12/2024", year=2024)
    plan = store.plan_import(path, user=tmp_path / "kho", **document_facts)
    before = 120 * len(codes)
    assert plan.conflicts.set_index("indicator")["published"].to_dict() == {
        "poor_households": 797,
        "poverty_rate_pct": 10.51,
    }
    store.store(plan)
    obs = kt.load_observations(user=tmp_path / "kho")
    cell = kt.estimate_panel(obs).panel.set_index(["area", "year"]).loc["614", 2023]
    assert cell["poor_households"] == before and cell["status_rate"] == "office" and cell["rate"] > 0.1051
    chains = {
        key: trace("Kon Rẫy", *key, user=tmp_path / "kho")
        for key in (("poor_households", "2024"), ("poverty_rate_pct", "2024"), ("poverty_rate_pct", "2023"))
    }
    count, rate, rate_before = ("\n".join(chain.explain("vi")) for chain in chains.values())
    assert f"Cộng số liệu của {len(codes)} địa bàn" in count and f"{codes['name_vi'].iloc[0]} 81;" in count
    assert f"{sum(row[-1] for row in rows):,} hộ trên {1080 * len(codes):,} hộ".replace(",", ".") in rate
    words = f"Giá trị: {100 * cell['rate']:.2f} (suy ra từ số liệu của đơn vị và số đã công bố)"
    assert words.replace(".", ",") in rate_before
    assert {10.51, 797, before} <= set(chains["poverty_rate_pct", "2023"].sources["value"])
    page = build_report(obs, 2024, "vi", user=tmp_path / "kho", place="Kon Rẫy", pictures=False)
    assert f"Đầu năm 2024 có {before} hộ nghèo, chiếm <span" in page, "nobody stated a rate for that many"
    assert re.search(r"là 797 hộ nghèo, 10,51% số hộ \[\d+\]; báo cáo dùng số liệu của đơn vị \(840 hộ", page)
    assert not re.search(r"\*\*|06/5/2025", page), "nothing is estimated in an office's report on its own review"


def test_the_report_marks_the_figure_and_names_the_office(place, own_obs, obs, quick):
    for area, mark in ((None, "1.400\u00a0(đv)"), ("Đăk Glei", '<td class="n">1.400</td>')):
        page = build_report(own_obs, 2024, "vi", user=place, place=area, pictures=False)
        assert mark in page and "số liệu của đơn vị" in page and OFFICE in page, area
        assert ("(đv): số liệu của đơn vị" in page) == (area is None)  # in its own report they are the unmarked ones
        assert OFFICE not in build_report(obs, 2024, "vi", place=area, pictures=False)


def test_the_commands_use_own_figures_and_leave_them_out_when_asked(place, tmp_path, monkeypatch):
    monkeypatch.setenv("KONTUM_DATA", str(place))
    paces = ["project", "--province-pace", "1", "--poor-district-pace", "2", "--to", "2026"]
    starts = {}
    for more in ([], ["--no-own"]):
        status, printed = run([*paces, "--csv", str(tmp_path / f"a{len(more)}.csv"), *more])
        starts[len(more)] = pd.read_csv(tmp_path / f"a{len(more)}.csv").year.min()
        assert status == 0 and f"Bắt đầu từ cuối năm {starts[len(more)]}" in printed
        assert (f"số liệu của {OFFICE}" in printed) == (not more)
    assert starts == {0: 2024, 1: 2023}
    path = tmp_path / "districts.geojson"
    path.write_bytes(collection(of_districts()))
    pictures = []
    for more in ([], ["--no-own"]):
        out = tmp_path / f"map{len(more)}.svg"
        status, printed = run(["map", "--boundaries", str(path), "--year", "2024", "--out", str(out), *more])
        assert status == 0 and (OFFICE in printed) == (not more)
        pictures.append(out.read_bytes())
    assert pictures[0] != pictures[1]
    for verb, option, file, word in (
        (["figures", "reconciled_districts"], "svg", "reconciled_districts.csv", ",office,"),
        (["tables", "--scenario", "programme-mid"], "csv", "csv/district_panel.csv", "số liệu của đơn vị"),
    ):
        contents = []
        for more in ([], ["--no-own"]):
            out = tmp_path / f"{verb[0]}{len(more)}"
            status, printed = run([*verb, "--format", option, "--out", str(out), *more])
            assert status == 0 and (OFFICE in printed) == (not more)
            contents.append((out / file).read_text(encoding="utf-8-sig"))
        assert [word in content for content in contents] == [True, False]


def test_a_rate_that_rose_is_said_to_rise(tmp_path, quick):
    path = written_by_xlsxwriter(
        tmp_path / "a.xlsx", {"Biểu": [["Đơn vị", "Hộ nghèo", "Tổng số hộ"], ["Đăk Glei", 1600, 14000]]}
    )
    document_facts = dict(office=OFFICE, document="05/BC-NV", date="10/12/2024", year=2024)
    store.store(store.plan_import(path, user=tmp_path / "kho", **document_facts))
    obs = kt.load_observations(user=tmp_path / "kho")
    pages = {
        lang: build_report(obs, 2024, lang, user=tmp_path / "kho", place="Đăk Glei", pictures=False)
        for lang in LANGUAGES
    }
    assert "tăng 143 hộ, 1,03 điểm phần trăm" in pages["vi"]  # from 1,457 and 10.40
    assert "a rise of 143 households, 1.03 percentage points" in pages["en"]


def test_the_commands_of_the_page_for_offices_run_one_after_the_other(tmp_path, monkeypatch):
    """The page is followed in an empty folder with an office's list; only the questions of --setup are left out."""
    monkeypatch.setenv("KONTUM_DATA", str(tmp_path / "kho"))
    monkeypatch.chdir(tmp_path)
    names = kt.areas.register("2020", "commune", parent=GLEI)["name_vi"]
    rows = [[n, name, 1000 + 20 * n, 100 + 5 * n, 40 + n] for n, name in enumerate(names, 1)]
    total = ["", "Tổng cộng", *(sum(row[column] for row in rows) for column in (2, 3, 4))]
    head = ["STT", "Tên xã, thị trấn", "Tổng số hộ dân", "Hộ nghèo", "Hộ CN"]
    written_by_xlsxwriter(tmp_path / "ho-ngheo-2024.xlsx", {"Biểu 1": [["BIỂU NĂM 2024"], [TITLE], head, *rows, total]})
    page = (ROOT / "docs" / "offices.md").read_text(encoding="utf-8").replace("\\\n", "")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    is_run = re.compile(r"kontum (?!report --setup)").match  # not the steps into a folder, nor the questions
    printed = {line: run(shlex.split(line)[1:]) for line in lines if is_run(line)}
    assert [line for line, (status, _) in printed.items() if status] == []
    assert len(lines) >= 9 and (tmp_path / "bao-cao-dak-glei-2024.docx").exists()
    trials = [words for line, (_, words) in printed.items() if "--dry-run" in line]
    assert all("Cần xem lại" in words and "12 dòng" in words for words in trials)
    assert ["không đọc (chưa rõ" in words for words in trials] == [True, True, False]  # the last one maps the column
