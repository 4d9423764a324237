"""The yearly report: every number from its function, nothing later than its day, and nothing that an office deletes."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import lxml.html
import matplotlib
import pytest
import yaml
from office import Undrawn, filled
from PIL import ImageFont
from planting import add_row, line_of, set_field
from typer.testing import CliRunner

import kontum_analysis as kt
from kontum_analysis.base.errors import KontumError, UnknownAreaError
from kontum_analysis.base.words import number, text
from kontum_analysis.cli import app
from kontum_analysis.data.areas import area, area_name, districts
from kontum_analysis.figures.board import board_table
from kontum_analysis.figures.outlook import outlook_table
from kontum_analysis.offices import store
from kontum_analysis.publish import report
from kontum_analysis.publish.report import build_report
from kontum_analysis.publish.report_facts import gather
from kontum_analysis.publish.report_head import FILE, Head, area_of, head_of, load_head, save_head
from kontum_analysis.publish.report_page import TEMPLATES, odds
from kontum_analysis.publish.table_layout import column_widths, is_heading, spots_of
from kontum_analysis.publish.tables import report_tables
from kontum_analysis.publish.word import word_bytes
from kontum_analysis.targets.board import status_key
from kontum_analysis.targets.chances import COMMUNES, POVERTY

LANGUAGES = ("vi", "en")
PLACES = {
    2021: ["TP. Kon Tum"],
    2022: ["xã Đăk Tờ Re", "xã Kon Braih"],
    2024: ["Tu Mơ Rông", "thị trấn Đăk Rve"],
    2025: ["huyện Kon Rẫy", "phường Kon Tum"],
    2030: ["Kon Tum"],
}


def page_of(obs, year, lang="vi", **values):
    return lxml.html.document_fromstring(build_report(obs, year, lang, **{"pictures": False} | values))


def words_of(element):
    return " ".join(element.text_content().split())


def rows_of(page, caption):
    """First cell -> other cells, of the table whose caption holds these words."""
    table = next(
        t for t in page.iter("table") if t.find("caption") is not None and caption in words_of(t.find("caption"))
    )
    rows = [[words_of(cell) for cell in row] for row in table.iter("tr")]
    return {row[0]: row[1:] for row in rows}


@pytest.fixture(scope="module")
def facts(obs):
    """The facts of 2023: what both languages share is computed once."""
    return gather(obs, 2023, area("62"), kt.scenarios.preset("programme-mid"))


@pytest.fixture(scope="module")
def pages(obs, facts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "gather", lambda *args: facts)
        return {lang: page_of(obs, 2023, lang) for lang in LANGUAGES}


@pytest.fixture(scope="module")
def vintage():
    """The report of 2023 as it could be sent on the day it was due."""
    day = "2023-12-20"
    return page_of(kt.load_observations(as_of=day), 2023, as_of=day)


@pytest.fixture(scope="module")
def units(tmp_path_factory):
    """Observations with an office's table of the 40 units of 2025, and its folder."""
    place = tmp_path_factory.mktemp("units")
    own_folder = place / "own"
    store.store(store.plan_import(filled(place / "units.xlsx", level="unit", year=2025), user=own_folder))
    return kt.load_observations(user=own_folder), own_folder


def test_the_same_report_has_the_same_bytes(monkeypatch):
    """With one of its figures; that each has the same bytes again is tried in test_figures."""
    build = report.build
    monkeypatch.setattr(report, "build", lambda name, *on: build(name, *on) if name == "poverty_paths" else Undrawn())
    once, again = (build_report(kt.load_observations(), 2023, place="Kon Rẫy") for _ in range(2))
    assert once == again and word_bytes(once) == word_bytes(again)


@pytest.fixture(scope="module")
def board(until_2023):
    return kt.scoreboard(until_2023)


def test_a_chance_has_the_same_digits_wherever_it_stands(until_2023, pages, board):
    """Default and range: of the models, the scoreboard, its figure, the outlook's figure, the tables, the report."""
    columns = ["probability", "probability_low", "probability_high"]
    chances = kt.target_chances(until_2023).set_index("target_id")[["chance", "chance_low", "chance_high"]]
    expected = chances.set_axis(columns, axis=1)
    outlook = outlook_table(until_2023).query("kind == 'asked'")
    names = dict(zip(("62", "62-POOR"), POVERTY, strict=True))
    tables = report_tables(until_2023, [], names=["scoreboard", "ntm_chances"])[0]
    of_board, of_communes = (table.frame for table in tables)
    places = {
        "board": board.set_index("target_id"),
        "figure": board_table(until_2023).set_index("target_id"),
        "outlook": outlook.set_index(outlook["area"].map(names))[[*chances.columns]].set_axis(columns, axis=1),
        "table": of_board.set_index("target_id"),
        "communes": of_communes[of_communes["event"].isin(COMMUNES)].pipe(
            lambda rows: rows.set_index(rows["event"].map(COMMUNES))
        ),
    }
    for place, rows in places.items():
        both = expected.index.intersection(rows.index)
        assert len(both) == {"outlook": 2, "communes": 4}.get(place, 6), place
        assert (rows.loc[both, columns].astype(float).to_numpy() == expected.loc[both].to_numpy()).all(), place
    for lang, page in pages.items():
        cells = " ".join(words_of(cell) for cell in page.iter("td"))
        for row in expected.loc[list(COMMUNES.values())].itertuples():
            assert " ".join(odds(row.probability, lang).split()) in cells, (lang, row.Index)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_target_has_value_status_and_chance_of_the_scoreboard(pages, board, lang):
    rows = rows_of(pages[lang], {"vi": "Kết quả thực hiện mục tiêu", "en": "Results by target"}[lang])
    by_words = {row[0]: row[1:] for row in rows.values() if len(row) == 6}
    wrong = []
    for target in board.itertuples():
        unit, latest, day, gap, status = by_words[getattr(target, f"statement_{lang}")]
        value = "" if target.kind == "none" else f"{target.latest_value:.2f}".rstrip("0").rstrip(".")
        digits = value.replace(".", ",") if lang == "vi" else value
        chances = [target.probability] if target.reason.startswith("model") else []
        chances += [target.probability_low, target.probability_high] * (target.reason == "model_range")
        status = status[:1].lower() + status[1:]
        words = [text(status_key(target.status, target.period_over), lang)]
        words += [" ".join(odds(chance, lang).split()) for chance in chances]
        if not latest.startswith(digits) or not all(word in status for word in words):
            wrong.append((target.target_id, latest, status))
    assert len(by_words) == 26 + 1 and not wrong  # and the heading
    assert "model_range" in set(board["reason"])


def test_the_numbers_are_those_worked_out_by_hand(pages, until_2023):
    vi, en = words_of(pages["vi"]), words_of(pages["en"])
    falls = ("giảm 5.723 hộ, 4,02 điểm", "giảm 8,48 điểm", "bình quân 4,24 điểm")
    assert [words for words in ("15.943", "10,86%", "10.220", "6,84%", *falls) if words not in vi] == []
    rates = rows_of(pages["vi"], "Tỷ lệ hộ nghèo cuối năm theo huyện")
    assert rates["Toàn tỉnh"] == ["15,32", "10,86", "6,84"]
    assert rates["Tu Mơ Rông"] == ["52,11*", "41,06*", "32,58"]
    panel = kt.estimate_panel(until_2023).panel.set_index(["area", "year"])
    middle, low, high = (number(100 * panel.loc[("613", 2023), c], 1, "vi") for c in ("rate", "rate_q10", "rate_q90"))
    assert rates["Kon Plông"][2] == f"{middle}** ({low}–{high})"
    poor = kt.known_rates(until_2023).set_index(["area", "year"])["rate"]["62-POOR", 2023]
    assert rates["Các huyện nghèo"][0] == "46,73*"
    assert rates["Các huyện nghèo"][2].startswith(f"{number(100 * poor, 1, 'vi')}** (")
    assert "10,220" in en and "a fall of 5,723 households, 4.02 percentage points" in en


def test_estimated_districts_add_up_to_the_province(pages):
    rows = rows_of(pages["vi"], "Số hộ nghèo cuối năm theo huyện")
    names = [area_name(code, "vi") for code in districts()]
    counts = [int(re.sub(r"[.*]|\(.*", "", rows[name][2])) for name in names]
    assert len(counts) == 10 and sum(counts) == 10_220


def test_both_languages_have_the_same_blocks_and_the_same_holes():
    def blocks(lang):
        source = (TEMPLATES / f"report_{lang}.html.j2").read_text(encoding="utf-8")
        source = re.sub(r'\("[^"]*"(, "[^"]*")*\)|"[^"]*"', '""', source)  # words within a hole
        source = re.sub(r"_(vi|en)\b|\.(vi|en)\b", "", source)
        source = re.sub(r"<p class=\"\">English reading.*</p>\n", "", source)
        entries = []
        for part in re.split(r"(?=<(?:h[1-4]|p|t[dhr]|table|caption|hr|section|figure|li)\b)", source):
            holes = re.findall(r"\{\{.*?\}\}|\{%.*?%\}", part)
            entries.append((part[1:].split(" ")[0].split(">")[0], Counter(holes)))
        return entries

    vi, en = blocks("vi"), blocks("en")
    assert [pair for pair in zip(vi, en, strict=True) if pair[0] != pair[1]] == [] and len(vi) > 250


def test_the_english_page_names_the_official_form(pages):
    assert "the Vietnamese form is the official one" in words_of(pages["en"])
    assert not re.search(
        "[ạảấầẩẫậắằẳẵặ]", "".join(cell.text_content() for cell in pages["en"].iter("h2", "h3", "caption"))
    )


def test_reference_falls_are_those_of_the_scenario(pages, obs):
    rows = rows_of(pages["vi"], "Mức giảm hộ nghèo tham khảo")
    path = kt.project_poverty(obs, kt.scenarios.preset("programme-mid", start=2023, end=2024))
    quota = kt.exit_quotas(path).set_index("area_name")["quota"]
    whole = kt.exit_quotas(kt.project_poverty(obs, kt.scenarios.preset("programme-mid"))).query("year == 2024")["quota"]
    assert rows["Kon Plông"][1] == str(quota["Kon Plông"])
    assert rows["Toàn tỉnh"][1] == number(quota.sum(), 0, "vi") and rows["Toàn tỉnh"][4] == number(whole.sum(), 0, "vi")
    assert "không phải chỉ tiêu đã được cấp có thẩm quyền giao" in words_of(pages["vi"])


def test_an_office_is_asked_before_its_report_shows_reference_falls(tmp_path, quick):
    """Nobody's aim stands in what an office signs unless it asks for it; a scenario that it chooses is such a wish."""
    runner = CliRunner()

    def has_falls(*words):
        out = tmp_path / f"{len(list(tmp_path.iterdir()))}.html"
        assert runner.invoke(app, ["report", "--year", "2023", "--out", str(out), *words]).exit_code == 0
        return "tham khảo" in out.read_text(encoding="utf-8")

    district = ["--area", "Kon Rẫy"]
    wishes = [*district, "--reference"], [*district, "--scenario", "programme-high"]
    assert not has_falls(*district) and all(has_falls(*words) for words in wishes)


def test_another_scenario_has_other_falls_and_its_own_name(facts):
    high = replace(facts, scenario=kt.scenarios.preset("programme-high"))
    assert high.quotas[-1]["quota"] > facts.quotas[-1]["quota"] and high.plan.province_pace_pp == 4


def test_a_path_on_its_floor_says_so_instead_of_zero_or_one(obs, quick):
    page = page_of(obs, 2025, place="huyện Kon Rẫy", reference=True)
    fall = rows_of(page, "Mức giảm hộ nghèo tham khảo năm 2026")["Kon Rẫy"][1]
    assert fall == "mức sàn" and "số hộ không có khả năng lao động" in words_of(page)


def test_what_came_out_after_the_day_it_is_due_is_listed(pages, vintage):
    late = rows_of(pages["vi"], "được công bố sau ngày 20/12/2023")
    assert any("Tỷ lệ hộ nghèo" in name and row[2] == "31/01/2024" for name, row in late.items())
    assert "Mọi số liệu dùng trong báo cáo đều có đến ngày 20/12/2023" in words_of(vintage)


def test_the_report_sent_in_time_knows_no_review_of_its_year(vintage):
    words = words_of(vintage)
    assert "6,84" not in words and "10.220" not in words and "10,86" in words
    assert "Chưa có kết quả rà soát hộ nghèo cuối năm 2023" in words
    sources = kt.raw_tables()["sources"].set_index("url")["published"]
    dated = [sources[link.get("href")] for link in vintage.iter("a")]
    assert dated and all(published <= "2023-12-20" for published in dated)


def test_a_planted_later_figure_is_in_no_vintage_before_it(raw_copy, quick):
    sources, rows = raw_copy / "sources.csv", raw_copy / "observations.csv"
    line = add_row(sources, line_of(sources, source_id="kontum-gov-49858"), source_id="planted", published="2024-02-01")
    set_field(sources, line, "url", "https://example.org/planted")
    like = line_of(rows, ref_area="611", indicator="poverty_rate_pct", time_period="2022-12-31")
    add_row(rows, like, time_period="2023-12-31", obs_value="3.21", source_id="planted")
    for day, is_known in ((None, True), ("2024-01-31", False)):
        obs = kt.load_observations(as_of=day, data=raw_copy)
        html = build_report(obs, 2023, place="Ngọc Hồi", as_of=day, data=raw_copy, pictures=False)
        assert ("3,21" in html) == is_known == ("example.org/planted" in html)


def test_every_year_and_kind_of_area_can_be_made(obs, quick):
    wrong = []
    for year, places in PLACES.items():
        for place in places:
            page = page_of(obs, year, "en" if year == 2024 else "vi", place=place)
            words = words_of(page.find("body"))
            bad = re.findall(r"\bnan\b|\bNone\b|\b\d{4}-\d{2}-\d{2}\b|S-[A-Z]+-\d+|trung vị|_pct", words)
            wrong += [(year, place, bad)] * bool(bad) + [(year, place)] * ("……" not in words)
    assert wrong == []


def test_a_day_with_nothing_known_leaves_everything_to_fill_in(quick):
    day = "2022-10-04"
    page = page_of(kt.load_observations(as_of=day), 2024, as_of=day, place="xã Đăk Ruồng")
    assert "Chưa có số liệu về số hộ nghèo" in words_of(page)
    assert len(page.find_class("fill")) > 40


def test_known_later_is_told_and_not_used(obs, quick):
    page = page_of(obs, 2022, place="Tu Mơ Rông")
    assert "tỷ lệ hộ nghèo cuối năm 2022 của Tu Mơ Rông là 41,06%" in words_of(page)
    assert "41,06" not in str(rows_of(page, "Diễn biến hộ nghèo"))


def test_mistakes_are_named(obs):
    for year in (1, 2020, 2031):
        with pytest.raises(KontumError, match=f"{year}.*2021.*2030"):
            build_report(obs, year)
    with pytest.raises(KontumError, match="3299"):
        build_report(obs, 2021, as_of="2022-01-01")
    with pytest.raises(KontumError, match="yearly-plans.*2025"):
        build_report(obs, 2025, scenario=kt.scenarios.preset("yearly-plans"), place="huyện Kon Plông", reference=True)
    with pytest.raises(KontumError, match="fr"):
        build_report(obs, 2023, "fr")


def test_a_name_is_an_area_of_its_year():
    kinds = {
        ("Kon Plông", 2024): "613",
        ("Kon Plông", 2025): "23476",
        ("huyện Kon Plông", 2025): "613",
        ("Kon Tum", 2025): "62",
        ("TP. Kon Tum", 2023): "608",
        ("xã Kon Braih", 2022): "23497",
    }
    assert {key: area_of(*key).code for key in kinds} == kinds
    with pytest.raises(KontumError, match="xã Măng Bút"):
        area_of("xã Đăk Ring", 2025)
    with pytest.raises(KontumError, match="Gia Lai"):
        area_of("Gia Lai", 2023)
    with pytest.raises(UnknownAreaError, match="Kon Rẫy"):
        area_of("Kon Rai", 2023)


def test_references_in_the_text_lead_to_the_list_of_sources(pages):
    for page in pages.values():
        marks = re.findall(
            r"\[([0-9, ]+)\]", " ".join(words_of(e) for e in page.iter("p", "td") if e.get("class") != "source")
        )
        numbers = [words_of(p).split("]")[0][1:] for p in page.find_class("source")]
        assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
        assert {n for mark in marks for n in mark.split(", ")} == set(numbers)


def test_figures_of_an_office_are_named_as_its_own(units, quick):
    obs, own_folder = units
    district = page_of(obs, 2025, user=own_folder, place="huyện Kon Rẫy")
    sources = [words_of(p) for p in district.find_class("source")]
    own_number = next(source[1:].split("]")[0] for source in sources if "Sở Nông nghiệp và Môi trường" in source)
    assert sources[int(own_number) - 1].endswith("Báo cáo số 12/BC-SNNMT ngày 15/01/2025, số liệu của đơn vị.")
    notes = [words_of(p) for p in district.find_class("note") if f"Nguồn: [{own_number}" in words_of(p)]
    assert notes and all("số liệu của đơn vị" in note.lower() for note in notes)
    unit = words_of(page_of(obs, 2025, user=own_folder, place="xã Kon Braih"))
    count = obs.query("ref_area == '23497' and indicator == 'poor_households' and time_period == '2025-12-31'")
    assert f"cuối năm còn {count['obs_value'].iloc[0]:.0f} hộ nghèo" in unit
    assert "Số liệu hộ nghèo, hộ cận nghèo cuối năm 2025 trong báo cáo là số liệu của đơn vị" in unit


def test_in_its_own_report_an_office_sees_marks_where_figures_are_not_its_own(tmp_path, quick):
    store.store(store.plan_import(filled(tmp_path / "huyen.xlsx", "district", rows=2), user=tmp_path / "own"))
    obs = kt.load_observations(user=tmp_path / "own")
    page = page_of(obs, 2024, user=tmp_path / "own", place="Đăk Glei")
    rows = rows_of(page, "Diễn biến hộ nghèo")
    assert rows["5"][1] == "81" and "(đv)" not in words_of(page)
    assert re.fullmatch(r"1\.457 \[\d+\]", rows["1"][1])  # as published
    other = page_of(obs, 2024, user=tmp_path / "own")  # the report of the province stands on other figures
    assert rows_of(other, "Số hộ nghèo cuối năm theo huyện")["Đăk Glei"][3] == "81 (đv)"
    assert "(đv): số liệu của đơn vị" in words_of(other)


def test_a_year_known_by_an_office_alone_is_no_crash(units):
    """The 40 units of 2025, and of 2024 estimates alone, from which no district can be left out."""
    obs, _ = units
    facts = gather(obs, 2025, area("62"), kt.scenarios.preset("programme-mid"))
    assert facts.last == 2025 and facts.figure("poor_households").kind == "office"
    assert set(facts.left_out["year"]) == {2022, 2023}  # in 2025 nine districts and the total leave the tenth no choice
    assert facts.figure("poverty_rate_pct", 2024).kind == "estimated"


def test_a_unit_before_2025_is_the_sum_of_its_old_communes(tmp_path):
    store.store(store.plan_import(filled(tmp_path / "xa.xlsx"), user=tmp_path / "own"))
    obs = kt.load_observations(user=tmp_path / "own")
    facts = gather(obs, 2024, area_of("xã Kon Braih", 2024), kt.scenarios.preset("programme-mid"))
    parts = kt.areas.crosswalk().query("new_code == '23497'")["old_code"]
    counts = (
        obs[obs["ref_area"].isin(parts) & (obs["time_period"] == "2024-12-31")].groupby("indicator")["obs_value"].sum()
    )
    poor, rate = facts.figure("poor_households"), facts.figure("poverty_rate_pct")
    assert len(parts) > 1 and (poor.value, poor.kind) == (counts["poor_households"], "office")
    assert rate.value == pytest.approx(100 * counts["poor_households"] / counts["households_total"])


def test_communes_tell_of_town_and_country_and_of_criteria(tmp_path, quick):
    store.store(store.plan_import(filled(tmp_path / "xa.xlsx"), user=tmp_path / "own"))
    obs = kt.load_observations(user=tmp_path / "own")
    rows = obs[(obs["time_period"] == "2024-12-31") & (obs["level"] == "commune") & obs["preferred"]]
    values = rows.set_index(["indicator", "ref_area"])["obs_value"]
    register = kt.areas.register("2020", "commune", parent="610").set_index("code")["type"]
    country, town = (register.index[(register == "xã") == is_rural] for is_rural in (True, False))
    facts = gather(obs, 2024, area("610"), kt.scenarios.preset("programme-mid"))
    by_kind = {is_rural: facts.by_settlement("poor_households", is_rural) for is_rural in (True, False)}
    assert by_kind[True].value == values["poor_households"][country].sum()
    assert by_kind[False].value == values["poor_households"][town].sum() > 0 and by_kind[False].kind == "office"
    assert facts.figure("poor_households").value == sum(figure.value for figure in by_kind.values())
    criteria = values["ntm_criteria_met"][country]
    numbers = {name: figure.value for name, figure in facts.criteria.items()}
    many = 100 * (criteria >= 15).mean()
    assert numbers == pytest.approx({"full": (criteria == 19).sum(), "mean": criteria.mean(), "many": many})
    (target,) = (row for row in facts.targets if row["indicator"] == "ntm_communes_15_plus_criteria_share_pct")
    assert target["figure"].value == pytest.approx(many) and 0 < many < 100
    page = page_of(obs, 2024, user=tmp_path / "own", place="Đăk Glei")
    assert [row[1] for row in rows_of(page, "Số tiêu chí nông thôn mới").values()][1:] == [f"{n:.0f}" for n in criteria]
    rural_commune = gather(obs, 2024, area("23494"), kt.scenarios.preset("programme-mid"))
    assert rural_commune.by_settlement("poor_households", is_rural=False).value == 0


def test_one_commune_not_known_leaves_the_country_open(tmp_path, quick):
    """Twelve rows of the city: its ten wards and two of its communes."""
    store.store(store.plan_import(filled(tmp_path / "xa.xlsx", rows=12), user=tmp_path / "own"))
    obs = kt.load_observations(user=tmp_path / "own")
    facts = gather(obs, 2024, area("608"), kt.scenarios.preset("programme-mid"))
    assert facts.by_settlement("poor_households", is_rural=False).value == sum(range(80, 90))
    assert facts.by_settlement("poor_households", is_rural=True).value is None
    assert facts.criteria == {}


def test_the_agencies_are_those_of_the_day():
    def of(code, day, vintage="2020"):
        head = head_of(area(code, vintage), day, "vi")
        return head.agency, head.place, *head.addressees

    assert of("62", "2023-12-20") == ("", "Kon Tum", "Sở Kế hoạch và Đầu tư tỉnh Kon Tum")
    assert of("62", "2025-04-01")[2] == "Sở Tài chính tỉnh Kon Tum"
    assert of("62", "2025-12-20") == ("", "Quảng Ngãi", "Sở Tài chính tỉnh Quảng Ngãi")
    assert of("614", "2023-12-20")[0] == "Ủy ban nhân dân huyện Kon Rẫy" and of("614", "2025-12-20")[0] == ""
    assert of("23494", "2022-12-20")[2] == "Ủy ban nhân dân huyện Kon Rẫy"
    assert of("23497", "2022-12-20", "2025")[2] == "Sở Tài chính tỉnh Quảng Ngãi"


def test_what_an_office_typed_stands_around_its_report(obs, tmp_path, quick):
    head = Head(
        agency="UBND huyện A & B", addressees=("Sở X", "Sở Y"), signatory="Nguyễn Văn A", recipients=("Lưu: VT",)
    )
    assert save_head(head, tmp_path) == tmp_path / FILE and load_head(tmp_path) == head
    page = page_of(obs, 2023, place="Kon Rẫy", head=load_head(tmp_path))
    words = words_of(page)
    for answer in (
        "UBND HUYỆN A & B",
        "Kính gửi: Sở X. Kính gửi: Sở Y.",
        "Nguyễn Văn A",
        "- Lưu: VT.",
        "kính gửi Sở X, Sở Y",
    ):
        assert answer in words
    (tmp_path / FILE).write_text("agenci: x\n", encoding="utf-8")
    with pytest.raises(KontumError, match="agenci.*agency"):
        load_head(tmp_path)


def test_the_command_asks_once_and_keeps_the_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("KONTUM_DATA", str(tmp_path))
    answers = "\nUBND huyện\n\n\nSở X; Sở Y\n\n\nA\n-\n"
    assert CliRunner().invoke(app, ["report", "--setup"], input=answers).exit_code == 0
    entries = yaml.safe_load((tmp_path / FILE).read_text(encoding="utf-8"))
    assert entries == {"agency": "UBND huyện", "addressees": ["Sở X", "Sở Y"], "signatory": "A"}
    CliRunner().invoke(app, ["report", "--setup"], input="\n\n\n\n\n\n\n-\n\n")
    assert load_head(tmp_path) == Head(agency="UBND huyện", addressees=("Sở X", "Sở Y"))


def test_the_setup_shows_what_enter_leaves(tmp_path, monkeypatch):
    monkeypatch.setenv("KONTUM_DATA", str(tmp_path))
    output = CliRunner().invoke(app, ["report", "--setup", "--area", "Kon Rẫy"], input="\n" * 9).output
    assert "[tự điền: Ủy ban nhân dân huyện Kon Rẫy]" in output and "Họ và tên người ký [để trống]" in output
    assert load_head(tmp_path) == Head()


def test_a_reference_fall_names_its_pace_and_what_was_reached(obs, quick):
    place = area("614")
    facts = gather(obs, 2023, place, kt.scenarios.preset("programme-mid"))
    district, whole = (next(row for row in facts.quotas if row["area"] == code) for code in ("614", "62"))
    assert all(row["before"] - row["left"] == row["quota"] for row in (district, whole))
    assert whole["fall_pp"] == pytest.approx(3.5, abs=0.01)
    words = words_of(page_of(obs, 2023, place="Kon Rẫy", reference=True))
    past = facts.figure("poor_households", 2022).value - facts.figure("poor_households", 2023).value
    for part in (whole["fall_pp"], district["fall_pp"]):
        assert f"{number(part, 2, 'vi')} điểm phần trăm" in words
    assert f"đã giảm {number(past, 0, 'vi')} hộ" in words and "“Mức sàn”" not in words


def test_no_figure_of_another_province_dates_the_estimates(obs):
    facts = gather(obs, 2024, area("614"), kt.scenarios.preset("programme-mid"))
    rows = facts.obs[facts.obs["known_from"] == facts.known_day]
    assert {"62", *districts()} & set(rows["ref_area"])


def test_the_command_keeps_a_file_in_which_somebody_typed(tmp_path, monkeypatch, quick):
    monkeypatch.chdir(tmp_path)
    words = ["report", "--area", "Kon Rẫy", "--year", "2022", "--lang", "en", "--out", "a.html"]
    assert CliRunner().invoke(app, words).exit_code == 0 and CliRunner().invoke(app, words).exit_code == 0
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    (tmp_path / "a.html").write_text(page.replace("……", "12"), encoding="utf-8")
    refused = CliRunner().invoke(app, words).exception
    assert isinstance(refused, KontumError) and "a-2.html" in str(refused)
    assert CliRunner().invoke(app, [*words, "--overwrite"]).exit_code == 0
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == page


def test_the_command_writes_what_its_suffix_says_or_nothing(tmp_path, monkeypatch, quick):
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["report", "--area", "Kon Rẫy", "--year", "2024"]).exit_code == 0
    assert [p.name for p in tmp_path.iterdir()] == ["bao-cao-kon-ray-2024.docx"]
    wrong = (
        ["--out", "a.pdf"],
        ["--out", "nowhere/a.docx"],
        ["--year", "1999"],
        ["--scenario", "nowhere"],
        ["--area", "X"],
    )
    for words in wrong:
        assert isinstance(CliRunner().invoke(app, ["report", "--year", "2022", *words]).exception, KontumError)
    assert isinstance(CliRunner().invoke(app, ["report"]).exception, KontumError)
    assert len(list(tmp_path.iterdir())) == 1


def test_pictures_can_be_read_aloud_and_nothing_comes_from_outside(obs, facts, monkeypatch):
    monkeypatch.setattr(report, "gather", lambda *args: facts)
    monkeypatch.setattr(report, "build", lambda name, obs, lang, offices: Undrawn())
    page = page_of(obs, 2023, pictures=True)
    images = list(page.iter("img"))
    assert len(images) == 4 and all(image.get("alt") and image.get("src").startswith("data:") for image in images)
    assert not any(image.get("width") for image in images), "a browser takes a width for dots, and shows a stamp"
    assert not list(page.iter("script", "link", "iframe"))


def test_no_word_of_a_table_is_broken_where_wide_type_stands_in(pages):
    """Without Times New Roman an office's computer takes another font; DejaVu Serif is among the widest."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    files = {False: "DejaVuSerif.ttf", True: "DejaVuSerif-Bold.ttf"}
    fonts = {is_bold: ImageFont.truetype(str(folder / name), 1000) for is_bold, name in files.items()}
    wide = []
    for table in (table for page in pages.values() for table in page.iter("table")):
        spots = list(spots_of(list(table.iter("tr"))))
        is_across = any("landscape" in section.get("class") for section in table.iterancestors("section"))
        size, widths = column_widths(spots, 25.2 if is_across else 16.5)
        for spot in spots:
            row = spot.cell.getparent()
            font = fonts[is_heading(row) or row.get("class") in ("group", "total")]
            room = sum(widths[spot.column : spot.column + spot.columns]) - 0.4  # what Word leaves white at the sides
            parts = spot.cell.text_content().split()
            wide += [part for part in parts if font.getlength(part) / 1000 * size * 2.54 / 72 > room]
    assert wide == []


def test_a_target_of_the_province_is_named_by_the_area_below_it(obs, quick):
    for lang, words in (
        ("vi", "Tỷ lệ hộ nghèo của huyện Kon Rẫy giảm"),
        ("en", "poverty rate of Kon Rẫy district falls"),
    ):
        page = page_of(obs, 2024, lang, place="Kon Rẫy")
        cells = [words_of(cell) for cell in page.iter("td")]
        assert sum(words in cell for cell in cells) == 1
        assert not any("Tỷ lệ hộ nghèo toàn tỉnh giảm" in cell for cell in cells)
        assert "Không đánh giá riêng: mức đề ra tính chung toàn tỉnh" in cells or lang == "en"
        assert not any("hấp hơn mức đề ra" in cell for cell in cells), (
            "what is asked of the province is not asked of it"
        )
    poor = [words_of(cell) for cell in page_of(obs, 2023, place="Tu Mơ Rông").iter("td")]
    assert any("hấp hơn mức đề ra" in cell for cell in poor)


def test_a_count_within_the_year_says_why_it_is_not_that_of_its_end(obs, quick):
    words = words_of(page_of(obs, 2024, place="Kon Rẫy"))
    sentence = re.search(r"Số liệu công bố trong năm: 30/11/2024 có 574 hộ nghèo, chiếm 7,47% số hộ \[\d+\]\.", words)
    assert sentence and "trước khi có quyết định phê duyệt kết quả rà soát cuối năm" in words
    assert "Số liệu công bố trong năm" not in words_of(page_of(obs, 2023, place="Kon Rẫy"))


def test_a_chance_beside_a_target_that_is_not_measured_says_why(pages, until_2023):
    rows = rows_of(pages["vi"], "Khả năng đạt các mục tiêu nông thôn mới")
    share = kt.scoreboard(until_2023).set_index("target_id").loc["S-NTM-05", "latest_value"]
    latest = {name: row[1] for name, row in rows.items()}
    assert latest["Xã nông thôn mới kiểu mẫu"] == "–" and latest["Mọi xã đạt từ 15 tiêu chí"] == number(
        0.85 * share, 0, "vi"
    )
    assert "bảng kết quả thực hiện mục tiêu ghi “chưa đo được”" in words_of(pages["vi"])


def test_a_source_without_an_address_says_what_is_known_of_it(pages):
    sources = [words_of(p) for p in pages["vi"].find_class("source")]
    assert any(
        "Bài viết về Sa Nghĩa, không rõ nơi công bố và địa chỉ, không rõ ngày công bố." in source for source in sources
    )


def test_a_name_that_is_no_file_is_refused_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "gather", lambda *args: pytest.fail("the report was begun"))
    exception = CliRunner().invoke(app, ["report", "--year", "2022", "--out", str(tmp_path)]).exception
    assert isinstance(exception, KontumError) and exception.key == "error.cli.is_folder"


def test_a_year_without_any_figure_is_told(tmp_path, quick):
    words = ["report", "--area", "Kon Rẫy", "--out", str(tmp_path / "a.html"), "--year"]
    outputs = {year: CliRunner().invoke(app, [*words, year]).output for year in ("2024", "2030")}
    assert ["Chưa có số liệu nào về năm" in output for output in outputs.values()] == [False, True]
    assert ["Không có số liệu của đơn vị" in output for output in outputs.values()] == [True, False]
