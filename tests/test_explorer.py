"""The explorer: one page that loads nothing, whose every number is Python's, for everyone and for any input.

Where no Chromium is installed the tests in a browser say so and are skipped.
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from office import OFFICE, filled

import kontum_analysis as kt
from kontum_analysis.base.words import LANGUAGES, number, percent, text
from kontum_analysis.explorer import page as pages
from kontum_analysis.explorer.facts import board_rows
from kontum_analysis.offices import store as own_store
from kontum_analysis.targets.chances import fall_chances, target_chances

AREAS = ["62", "62-POOR", "62-REST", *kt.districts()]
HOSTILE = "</script><img src=x onerror=\"document.title='hacked'\"><b>'"
WAIT = 60_000  # milliseconds, for machines that are busy
GO = """link => new Promise(done => {
    addEventListener("hashchange", () => setTimeout(done), { once: true }); location.hash = link; })"""
CELLS = "id => [...document.querySelectorAll(`#${id} tr`)].map(r => [...r.children].map(c => c.textContent))"


@pytest.fixture(scope="module")
def html(obs):
    """The page in both languages, by language."""
    return {lang: pages.build_page(obs, lang) for lang in LANGUAGES}


@pytest.fixture(scope="module")
def numbers(html):
    """What the Vietnamese page looks up."""
    return json.loads(re.search(r'id="data">(.*?)</script>', html["vi"], re.DOTALL)[1])


@pytest.fixture(scope="module")
def folder(html, tmp_path_factory):
    """Where the pages lie as files."""
    place = tmp_path_factory.mktemp("explorer")
    for lang, content in html.items():
        (place / f"{lang}.html").write_text(content, encoding="utf-8")
    return place


@pytest.fixture
def visit(browser, folder):
    """A function that opens a page; at the end no page may have complained or asked for anything but its own file."""
    contexts, complaints = [], []

    def opened(lang="vi", link="", file=None, before="", ready=True, **how):
        how = {"viewport": {"width": 1280, "height": 900}, **how}
        contexts.append(browser.new_context(**how))
        tab = contexts[-1].new_page()
        tab.on("console", lambda line: line.type == "error" and complaints.append(line.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("request", lambda r: r.url.startswith(("file:", "data:", "blob:")) or complaints.append(r.url))
        if before:
            tab.add_init_script(before)
        tab.goto(f"{(file or folder / f'{lang}.html').as_uri()}{link}")
        if ready:
            tab.wait_for_selector("#loading", state="detached", timeout=WAIT)
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


# the page as a file


def test_the_page_is_small_and_names_nothing_to_load(html):
    for content in html.values():
        assert len(content.encode("utf-8")) < 1_500_000
        shell = re.sub(r'id="data">.*?</script>', "", content, flags=re.DOTALL)
        assert re.findall(r'\s(?:src|srcset)=|<link|@import|url\(|https?://(?!www\.w3\.org/2000/svg")', shell) == []
        assert "default-src 'none'" in content and "unsafe" not in content


def test_the_page_is_the_same_in_every_run(obs, html, numbers):
    again = pages.page_numbers(obs, "vi", kt.preset("programme-mid"))
    assert json.loads(pages.as_json(again)) == {k: v for k, v in numbers.items() if k != "load"}


def test_an_unknown_language_scenario_or_table_is_an_error(obs):
    with pytest.raises(kt.KontumError, match="fr"):
        kt.explorer.show(obs, lang="fr")
    with pytest.raises(kt.ScenarioError, match="nowhere"):
        kt.explorer.show(obs, scenario="nowhere")
    with pytest.raises(kt.KontumError, match="list"):
        kt.explorer.show([1, 2])


def test_a_scenario_of_the_user_opens_the_page_or_is_refused_in_words(visit, obs, tmp_path):
    scenario = kt.Scenario(name="mine", province_pace_pp=2.35, poor_district_pace_pp=5.5, form="logistic", end=2027)
    tab = visit("en", file=kt.explorer.show(obs, lang="en", scenario=scenario).save(tmp_path / "mine.html"))
    assert tab.input_value("#preset") == "mine" and tab.input_value("#d") == "5.5"
    assert shown_tables(tab, "scenario=mine&end=2027", "en") == expected_tables(obs, scenario, "en")
    for key, value in {"start": 2026, "floor": 0.0123, "entry_rate": 0.01, "household_growth": 0.02}.items():
        with pytest.raises(kt.ScenarioError, match=key):
            kt.explorer.show(obs, scenario=scenario.changed(**{"end": 2030, key: value}))


def test_a_notebook_shows_the_page_inside_its_output(obs, html, tmp_path):
    output = kt.explorer.show(obs, lang="vi")
    frame = output._repr_html_()
    assert frame.startswith('<iframe title="') and frame.count("<") == 2 and "srcdoc=" in frame
    assert output.save(tmp_path / "mine.html").read_text(encoding="utf-8") == html["vi"]


def test_the_chances_are_those_of_every_other_place(obs, numbers):
    chances = target_chances(obs).set_index("target_id").chance
    assert {r["id"]: r["chance"] for r in numbers["board"] if r["range"] != "–"} == {
        k: percent(p, "vi") for k, p in chances.items()
    }
    board = {row["id"]: row for row in numbers["board"]}
    for target_id, hundredths in (("S-GN-01", 300), ("S-GN-02", 600)):
        row = board[target_id]
        assert numbers["falls"][target_id]["words"][hundredths] == f"{row['chance']} ({row['range']})"
    pace = numbers["ntm"]["paces"][round(10 * (numbers["ntm_pace"] - numbers["ntm"]["first"]))]
    assert pace["words"]["S-NTM-01"] == percent(chances["S-NTM-01"], "vi")


def test_the_gap_of_a_rate_is_in_percentage_points_and_none_is_left_of_a_target_met(obs):
    rows = {row["id"]: row for row in board_rows(obs, "vi")}
    board = kt.scoreboard(obs).set_index("target_id")
    assert rows["S-NTM-05"]["gap"] == f"{number(board.gap['S-NTM-05'], 2, 'vi')} điểm phần trăm"
    assert board.status["S-DT-05"] == "met" and rows["S-DT-05"]["gap"] == "–"


def test_every_text_of_the_page_is_a_label_in_both_languages(numbers):
    folder = Path(pages.__file__).parent
    script = "".join((folder / name).read_text(encoding="utf-8") for name in pages.SCRIPTS)
    keys = set(re.findall(r'fill\("([\w.]+)"', script)) | set(
        re.findall(r't\("([\w.]+)"[,)]', (folder / "page.html").read_text())
    )
    assert keys - set(numbers["words"]) == set()


# the numbers on it


def random_settings(obs, count, seed):
    """Settings that Python can run: (link, scenario)."""
    stream, settings = np.random.default_rng(seed), []
    while len(settings) < count:
        p, d = stream.integers(0, 81) / 10, stream.integers(0, 141) / 10
        form, start = (
            stream.choice(["linear", "proportional", "logistic", "stock_flow"]),
            int(stream.choice([2021, 2022, 2023])),
        )
        end, floor = int(stream.integers(start + 1, 2031)), stream.integers(0, 51) / 10
        is_published = stream.random() < 0.4
        try:
            scenario = kt.Scenario(
                name="tried",
                province_pace_pp=p,
                poor_district_pace_pp=d,
                form=str(form),
                start=start,
                end=end,
                floor="published" if is_published else round(floor / 100, 4),
            )
            kt.project_poverty(obs, scenario)
        except kt.ScenarioError:
            continue
        value = "published" if is_published else floor
        settings.append((f"p={p}&d={d}&form={form}&start={start}&end={end}&floor={value}&ntm=1.5", scenario))
    return settings


def expected_tables(obs, scenario, lang):
    """The tables of rates and quotas, and the row of the seven, as Python writes them."""
    path = kt.project_poverty(obs, scenario)
    rates = kt.groups(path).set_index(["area", "year"])["rate"]
    rates = rates.combine_first(path.set_index(["area", "year"])["rate"])
    quotas = kt.exit_quotas(path).pivot(index="area", columns="year", values="quota")
    quotas.loc["62"] = quotas.sum()
    implied, years = kt.implied_pace(obs, scenario), range(scenario.start, scenario.end + 1)
    broken = implied[~implied["possible"]]["year"]
    return {
        "rates": [[number(100 * rates[area, year], 2, lang) for year in years] for area in AREAS],
        "quotas": [
            [*(number(quotas.loc[a, y], 0, lang) for y in years[1:]), number(quotas.loc[a].sum(), 0, lang)]
            for a in ["62", *AREAS[3:]]
        ],
        "needed": number(implied["needed_pace_pp"].iloc[-1], 2, lang),
        "breaks": str(broken.iloc[0]) if len(broken) else text("explorer.page.never", lang),
    }


def shown_tables(tab, link, lang):
    tab.evaluate(GO, link)
    by_label = {row[0]: row[1] for row in tab.evaluate(CELLS, "results")}
    return {
        **{name: [row[1:] for row in tab.evaluate(CELLS, name)[1:]] for name in ("rates", "quotas")},
        **{name: by_label[text(f"explorer.page.row.{name}", lang)] for name in ("needed", "breaks")},
    }


def different(visit, obs, count, seed):
    offenders, settings = [], random_settings(obs, count, seed)
    for lang in LANGUAGES:
        tab = visit(lang)
        for link, scenario in settings:
            if shown_tables(tab, link, lang) != expected_tables(obs, scenario, lang):
                offenders.append((lang, link))
    return offenders


def test_every_number_of_random_settings_is_that_of_python(visit, obs):
    assert different(visit, obs, 12, 3299) == []


@pytest.mark.slow
def test_every_number_of_three_hundred_settings_is_that_of_python(visit, obs):
    assert different(visit, obs, 300, 1) == []


def test_every_preset_shows_the_numbers_of_python(visit, obs):
    tab = visit("en")
    for name in kt.scenarios.presets():
        scenario = kt.preset(name, end=2025)
        assert shown_tables(tab, f"scenario={name}", "en") == expected_tables(obs, scenario, "en"), name


# what it does


def words_of(tab, name):
    return tab.locator(f"#{name}").inner_text()


def are_met(obs, p, d):
    """Whether both targets of 2025 are met on the straight line, by Python."""
    scenario = kt.preset("programme-mid", province_pace_pp=p, poor_district_pace_pp=round(d, 1), end=2025)
    rates = kt.groups(kt.project_poverty(obs, scenario)).query("year == 2025").set_index("area")["rate"]
    return rates["62"] <= 0.1532 - 4 * 0.03 + 1e-5 and rates["62-POOR"] <= 8187 / 17_518 - 4 * 0.06 + 1e-5


def test_the_least_pace_that_meets_both_targets_is_one_click(visit, obs):
    tab = visit("en")
    tab.click("#both")
    answer = re.search(r"province ([\d.]+), poor districts ([\d.]+) points", words_of(tab, "answer"))
    p, d = map(float, answer.groups())
    assert (
        "With these paces both targets of end-2025 are met" in words_of(tab, "verdict")
        and f"#p={p:g}&d={d:g}&" in tab.url
    )
    assert "Below 6.7 the poor districts alone" in words_of(tab, "answer"), "why it is not the 6.0 of the target"
    tab.click("#undo")
    assert words_of(tab, "answer") == "", "no answer stands beside settings that it is not of"
    tab.click("#both")
    assert "below their floor" not in words_of(tab, "verdict"), "a floor touched within one household is no break"
    assert are_met(obs, p, d) and not are_met(obs, p - 0.1, d)
    assert not any(are_met(obs, pace / 10, d - 0.1) for pace in range(81))
    tab.fill("#find-rate", "3,0")
    tab.select_option("#find-year", "2026")
    tab.click("#rate")
    assert "down to 3% by the end of 2026" in words_of(tab, "answer")
    tab.click("#communes-goal")
    assert re.search(r"the median at the end of 2025 is 6\d communes", words_of(tab, "answer"))


@pytest.mark.parametrize(
    ("link", "area", "rate", "year"), [("d=7", "62", 3, 2025), ("floor=5", "617", 2, 2025), ("floor=0", "617", 2, 2023)]
)
def test_where_no_pace_is_enough_the_lowest_rate_and_its_reason_are_said(visit, obs, link, area, rate, year):
    tab = visit("en", f"#{link}")
    tab.select_option("#find-area", area)
    tab.fill("#find-rate", str(rate))
    tab.select_option("#find-year", str(year))
    before = tab.url
    tab.click("#rate")
    answer, is_province = words_of(tab, "answer"), area == "62"
    reached, pace = map(float, re.search(r"the lowest is ([\d.]+)%, at ([\d.]+)\.", answer).groups())
    assert f"down to {rate:.3f}% by the end of {year}" in answer and tab.url == before
    floor = "published" if is_province else float(tab.input_value("#floor")) / 100
    paces = {"province_pace_pp" if is_province else "poor_district_pace_pp": pace, "floor": floor, "end": 2025}
    path = kt.project_poverty(obs, kt.preset("programme-mid", **paces)).query("year == @year").set_index("area")["rate"]
    assert 100 * path[area] == pytest.approx(reached, abs=5e-4) and reached > rate
    assert ("stand at their floor" in answer) == (link != "floor=0")


def test_a_number_beside_its_target_never_contradicts_what_is_said_of_it(visit, obs, numbers, tmp_path):
    path = kt.groups(kt.project_poverty(obs, kt.preset("programme-mid", end=2025))).query("year == 2025")
    rates, digits = path.set_index("area")["rate"], set()
    # how far the targets lie from the rates; less than 1e-5 is no difference
    for shift in (-6e-5, -2e-5, -0.5e-5, 0.5e-5, 2e-5):
        numbers = {**numbers, "asked": {area: rates[area] + shift for area in AREAS[:2]}}
        file = tmp_path / "near.html"
        opening = {"title": "", "years": [], "rows": []}
        file.write_text(pages._render(numbers, "vi", [], opening), encoding="utf-8")
        tab = visit(file=file)
        for _, value, target, gap in tab.evaluate(CELLS, "results")[1:3]:
            rate, limit = (float(words.removeprefix("≤ ").replace(",", ".")) for words in (value, target))
            assert (rate <= limit) == (gap == "đạt") == (shift > -1e-5) and not gap.startswith("0,00 ")
            assert f"{value}% (mục tiêu {target[2:]}%)" in words_of(tab, "verdict")
            digits.add(len(value.partition(",")[2]))
    assert digits == {2, 3}


def test_two_scenarios_stand_side_by_side_with_their_difference(visit, obs):
    tab = visit("en", "#b.scenario=programme-high&show=diff")
    head, first, *_ = tab.evaluate(CELLS, "results")
    assert head == ["Result", "A", "B", "A − B", "Target", "Gap, A", "Gap, B"]
    assert first[1:] == ["3.17", "2.68", "0.49", "≤ 3.32", "met", "met"]
    pairs = [kt.project_poverty(obs, kt.preset(f"programme-{name}", end=2025)) for name in ("mid", "high")]
    a, b = (path[path.area == "62"].rate.to_numpy() for path in pairs)
    assert tab.evaluate(CELLS, "rates")[1][1:] == [number(gap, 2, "en") for gap in 100 * a - 100 * b]
    tab.check("#edit-b")
    assert tab.input_value("#d") == "8"
    tab.click("#python")
    assert words_of(tab, "python").endswith(" of B") and "poor_district_pace_pp=8," in tab.input_value("#code")
    tab.select_option("#form", "logistic")
    assert not tab.is_visible("#code"), "code of other settings does not stay"


def test_a_link_opens_the_same_state_and_undo_and_reset_lead_back(visit):
    tab = visit()
    before = words_of(tab, "verdict")
    tab.focus("#p")
    for _ in range(4):
        tab.keyboard.press("ArrowLeft")
    tab.select_option("#form", "logistic")
    tab.select_option("#other", "programme-low")
    after, link = words_of(tab, "verdict"), tab.url.split("#")[1]
    assert "p=3.1" in link and "form=logistic" in link and "b.p=3" in link and after != before
    assert words_of(visit(link=f"#{link}"), "verdict") == after
    for _ in range(6):
        tab.click("#undo")
    assert words_of(tab, "verdict") == before and tab.is_disabled("#undo")
    tab.select_option("#form", "proportional")
    tab.click("#reset")
    assert words_of(tab, "verdict") == before


def test_what_is_downloaded_can_be_used(visit, obs, tmp_path, capsys):
    tab = visit("en", "#p=2.5&d=6.3&form=logistic&start=2022&end=2027&floor=1.2&ntm=2")

    def saved(button):
        with tab.expect_download(timeout=WAIT) as download:
            tab.click(f"#{button}")
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path

    scenario = kt.scenarios.load(saved("yaml"))
    assert (scenario.province_pace_pp, scenario.poor_district_pace_pp, scenario.floor) == (2.5, 6.3, 0.012)
    assert "2,5 và huyện nghèo 6,3" in scenario.title_vi and "2.5 and poor districts 6.3" in scenario.title_en
    rows = saved("csv").read_text(encoding="utf-8-sig").splitlines()
    path = kt.project_poverty(obs, scenario)
    assert len(rows) == 1 + 6 * 13 and rows[1].split(",")[1:4] == ["62", "Province", "2022"]
    assert float(rows[6].split(",")[4]) == pytest.approx(100 * path[path.area == "62"].rate.iloc[-1], abs=1e-6)
    assert saved("png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    picture = saved("svg").read_text(encoding="utf-8")
    assert "Tu Mơ Rông" in picture and "var(" not in picture and "http" not in picture.replace("http://www.w3.org", "")
    tab.click("#python")
    names = {}
    capsys.readouterr()
    exec(tab.input_value("#code"), names)
    printed = {float(word) for word in capsys.readouterr().out.split() if re.fullmatch(r"[\d.]+", word)}
    assert {float(row[-1]) for row in tab.evaluate(CELLS, "rates")[1:]} <= printed, "run, the code shows the rates"
    assert names["path"].drop(columns="scenario").equals(path.drop(columns="scenario"))


def test_paces_of_a_shipped_scenario_go_into_its_file(visit, tmp_path):
    tab = visit("vi", "#scenario=yearly-plans")
    with tab.expect_download() as download:
        tab.click("#yaml")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert kt.scenarios.load(path).province_pace_pp == {2022: 4, 2023: 4, 2024: 4, 2025: 2.5}
    tab.select_option("#form", "proportional")  # paces of single years are of the straight line
    assert tab.input_value("input[type=text][data-key=p]") == "4,0"


def test_every_pace_has_its_chance_and_the_code_computes_it(visit, obs):
    tab = visit("en")
    for link in ("scenario=programme-low", "p=2.2&d=4.7&form=logistic&end=2030"):
        tab.evaluate(GO, link)
        tab.click("#python")
        names = {}
        exec(tab.input_value("#code"), names)
        cells = [row[-1] for row in tab.evaluate(CELLS, "chances")[-2:]]
        for cell, area in zip(cells, AREAS[:2], strict=True):
            fall, chance = names["falls"][area], percent(names["chances"][area], "en")
            ends = fall_chances(obs, area, [fall]).iloc[0]
            low, high = (percent(p, "en") for p in (ends.chance_low, ends.chance_high))
            assert cell == f"fall ≥ {number(fall, 2, 'en')}: {chance}" + ("" if low == high else f" ({low} to {high})")
    tab.evaluate(GO, "end=2024")
    assert tab.evaluate(CELLS, "chances")[-1][-1] == text("explorer.page.ends_early", "en", near=2025)
    assert "do not depend on your settings" in tab.inner_text("main")


def test_points_are_read_by_mouse_and_by_keyboard_with_their_source(visit):
    tab = visit("vi")
    tab.focus("figure[data-area='62'] svg")
    for _ in range(8):
        tab.keyboard.press("ArrowRight")
        tip = words_of(tab, "groups .tip >> nth=0")
        if "cuối năm 2023: đã công bố" in tip:
            break
    assert tip.startswith("6,84%")
    link = tab.locator("figure[data-area='62'] .tip a").first
    assert link.get_attribute("href").startswith("http") and link.get_attribute("rel") == "noopener noreferrer"
    tab.keyboard.press("Escape")
    assert tab.locator(".tip:visible").count() == 0
    tab.locator("figure[data-area='617'] svg").hover(position={"x": 36, "y": 30})
    assert "52,11%" in tab.locator("figure[data-area='617'] .tip").inner_text()


def test_communes_are_found_with_and_without_diacritics(visit):
    tab = visit("vi")
    for query in ("Đăk Hring", "dak hring", "ĐẮKHRING".replace("Ắ", "Ă")):
        tab.fill("#search", query)
        assert [row[0] for row in tab.evaluate(CELLS, "communes")[1:]] == ["Đăk Hring"]
    tab.fill("#search", "zzz")
    assert words_of(tab, "found") == text("explorer.page.no_commune", "vi")
    assert len(tab.evaluate(CELLS, "targets")) == 27


def test_it_works_in_the_frame_of_a_notebook(visit, obs, tmp_path):
    file = tmp_path / "notebook.html"
    file.write_text(f"<!DOCTYPE html><body>{kt.explorer.show(obs, lang='en')._repr_html_()}", encoding="utf-8")
    frame = visit(file=file, ready=False).frame_locator("iframe")
    frame.locator("#loading").wait_for(state="detached", timeout=WAIT)
    frame.locator("#both").click()
    frame.locator("#link").click()
    assert "both targets of end-2025 are met" in frame.locator("#verdict").inner_text()
    assert frame.locator("#code").input_value().startswith("#p=3&d=6.7&form=linear")


MOVES = """async () => { const slider = document.getElementById("p"), times = [];
    for (let i = 0; i < 60; i++) {
      const begin = performance.now(); slider.value = i / 10;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
      times.push(performance.now() - begin);
    } return times }"""


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1280, 900), (1920, 1080)])
def test_a_move_is_on_the_screen_within_fifty_milliseconds(visit, size):
    tab = visit("vi", "#b.scenario=programme-high", viewport=dict(zip(("width", "height"), size, strict=True)))
    runs = [tab.evaluate(MOVES) for _ in range(3)]  # other work on the machine is not the page's: its best run counts
    assert min(map(np.median, runs)) <= 50 and min(map(max, runs)) <= 100


def test_what_is_out_of_view_follows_when_the_hand_rests(visit):
    tab = visit("vi")
    cell = "document.querySelector('#rates tbody td:last-child').textContent"
    before = tab.evaluate(cell)
    tab.evaluate("""() => { const p = document.getElementById("p"); p.value = 2;
        p.dispatchEvent(new Event("input", { bubbles: true })) }""")
    assert tab.evaluate(cell) == before and "toàn tỉnh" in words_of(tab, "verdict")
    tab.wait_for_timeout(1000)
    assert tab.evaluate(cell) != before


# bad input


def test_a_bad_link_is_named_and_defaults_stand_in(visit):
    tab = visit("en", "#p=99&form=cubic&scenario=nowhere&d=<b>&end=2021&x=1&floor=2")
    for part in ("p=99", "form=cubic", "scenario=nowhere", "d=<b>", "end=2021", "x=1"):
        assert part in words_of(tab, "problem")
    assert "3.17%" not in words_of(tab, "verdict") and tab.input_value("input[type=text][data-key=floor]") == "2.0"


def test_what_cannot_be_typed_is_refused_in_words(visit):
    tab = visit("vi")
    before, box = words_of(tab, "verdict"), tab.locator("input[type=text][data-key=p]")
    for words in ("abc", "99", "-1", "3,55", "1e1"):
        box.fill(words)
        assert f"“{words}”" in words_of(tab, "problem") and "từ 0 đến 8, bước 0,1" in words_of(tab, "problem")
        assert [box.get_attribute(f"aria-{name}") for name in ("invalid", "describedby")] == ["true", "problem"]
        assert 0 < tab.locator("#problem").bounding_box()["y"] - box.bounding_box()["y"] < 60
        assert words_of(tab, "verdict") == before
    box.fill("3,1")
    assert not tab.is_visible("#problem") and words_of(tab, "verdict") != before
    tab.evaluate(GO, "p=8&d=7&form=proportional&start=2023&end=2025")
    assert "không chạy được với mức giảm lớn như vậy" in words_of(tab, "verdict")
    tab.click("#csv")
    assert "không chạy được" in words_of(tab, "note")
    tab.fill("#find-rate", "3,25")
    tab.click("#rate")
    assert "“3,25”" in words_of(tab, "problem") and "từ 0 đến 100, bước 0,1" in words_of(tab, "problem")


def test_an_old_browser_and_one_without_scripts_get_a_sentence(visit):
    old = visit("vi", ready=False, before="delete window.DecompressionStream")
    old.wait_for_selector("#problem:visible")
    assert "quá cũ" in words_of(old, "problem")
    plain = visit("en", ready=False, java_script_enabled=False)
    assert (
        "JavaScript is off" in plain.locator("noscript").inner_text()
        and "3.17" in plain.locator("noscript").inner_text()
    )


def test_hostile_names_stay_names(visit, numbers, tmp_path):
    bad = {**numbers, "sources": {k: dict.fromkeys(v, HOSTILE) for k, v in numbers["sources"].items()}}
    bad["names"] = dict.fromkeys(numbers["names"], HOSTILE)
    bad["board"] = [{**row, "statement": HOSTILE} for row in numbers["board"]]
    bad["presets"] = [{**row, "title": HOSTILE} for row in numbers["presets"]]
    opening = {"title": HOSTILE, "years": [2021], "rows": [[HOSTILE, "1"]]}
    file = tmp_path / "bad.html"
    file.write_text(pages._render(bad, "vi", [HOSTILE], opening), encoding="utf-8")
    tab = visit(file=file)
    tab.focus("figure[data-area='62'] svg")
    tab.keyboard.press("ArrowRight")
    tab.click("#both")
    assert tab.locator("img").count() == 0 and "hacked" not in tab.title()
    assert HOSTILE in tab.locator(".alert").first.inner_text()
    assert tab.locator("a[href^='<'], a[href^='javascript']").count() == 0 or "hacked" not in tab.title()


def test_own_figures_move_the_page_and_it_says_so(visit, tmp_path):
    place = tmp_path / "own"
    own_store.store(own_store.plan_import(filled(tmp_path / "xa.xlsx"), user=place))
    obs = kt.load_observations(user=place)
    tab = visit(file=kt.explorer.show(obs, user=place).save(tmp_path / "own.html"))
    assert OFFICE in tab.locator("header .alert").first.inner_text()
    scenario = kt.Scenario(name="x", province_pace_pp=1, poor_district_pace_pp=2, start=2024, end=2027)
    assert shown_tables(tab, "p=1&d=2&start=2024&end=2027", "vi") == expected_tables(obs, scenario, "vi")
    stars, mark = tab.locator("#districts path[fill='#00664b']").count(), text("status.office", "vi")
    assert stars >= 10 and mark in words_of(tab, "layout") and mark in tab.text_content("#communes")
    tab.click("#python")
    assert "load_observations(user=True)" in tab.input_value("#code")
    assert str(tmp_path) not in (tmp_path / "own.html").read_text(encoding="utf-8")


# for everyone

NAMELESS = """() => [...document.querySelectorAll("input, select, textarea, button, svg[role], [role=region], a")]
    .filter(e => e.getClientRects().length && !(e.ariaLabel || e.textContent.trim() || e.labels?.length))
    .map(e => e.outerHTML.slice(0, 80))"""
FAINT = """() => {
  const rgb = c => c.match(/[\\d.]+/g).map(Number), light = c => { const [r, g, b] = rgb(c).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (rgb(c)[3] !== 0) return c } };
  const faint = [];
  for (const e of document.querySelectorAll("body *")) {
    if (!e.getClientRects().length || ![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const own = getComputedStyle(e), ink = e.closest("svg") ? own.fill : own.color;
    const [a, b] = [light(ink), light(behind(e))].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5 && !e.disabled) faint.push([e.tagName, e.textContent.slice(0, 20), ratio]);
  }
  return faint }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_has_a_name_and_contrast_and_axe_finds_no_fault(visit, scheme):
    for lang, width in (("vi", 360), ("en", 1280)):
        tab = visit(lang, "#b.scenario=programme-high", color_scheme=scheme, viewport={"width": width, "height": 900})
        tab.evaluate("document.querySelectorAll('.scroll').forEach(e => { e.style.contentVisibility = 'visible' })")
        assert tab.evaluate(NAMELESS) == [] and tab.evaluate(FAINT) == []
        assert tab.evaluate("document.documentElement.lang") == lang
        ids = tab.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids))
        axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
        faults = axe.Axe().run(tab).response["violations"]
        assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in faults] == []


def test_what_matters_is_seen_at_once(visit):
    """Every control of a comparison on a small screen of a desk, the main button on that of a phone."""
    tab = visit("vi", "#b.scenario=programme-high", viewport={"width": 1280, "height": 800})
    panel = "(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)(document.getElementById('controls'))"
    assert tab.evaluate(panel) <= 0 and tab.locator("#controls").bounding_box()["height"] <= 800
    phone = visit("vi", viewport={"width": 390, "height": 844})
    assert phone.locator("#both").bounding_box()["y"] < 700


@pytest.mark.parametrize("width", [360, 800, 3840])
def test_nothing_scrolls_sideways_at_any_width(visit, width):
    tab = visit("vi", "#b.scenario=programme-high&end=2030", viewport={"width": width, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.is_visible("#p") and tab.is_visible("#verdict")


def test_a_table_wider_than_the_screen_says_that_it_scrolls(visit):
    hint = "getComputedStyle(document.getElementById('results').parentNode, '::before').content"
    tabs = {
        width: visit("en", "#b.scenario=programme-high", viewport={"width": width, "height": 800})
        for width in (390, 1280)
    }
    for tab in tabs.values():
        tab.wait_for_timeout(300)
    assert "scroll sideways" in tabs[390].evaluate(hint) and tabs[1280].evaluate(hint) == "none"


def test_what_was_done_is_said_within_view(visit):
    tab = visit("en", viewport={"width": 1280, "height": 600})
    tab.click("#link")
    tab.wait_for_function("document.getElementById('note').textContent")
    box = tab.locator("#note").bounding_box()
    assert "link" in words_of(tab, "note") and box["y"] + box["height"] <= 600


def test_gaps_have_units_and_attained_communes_no_chance(visit):
    tab = visit("en", "#p=2&d=5&ntm=1")
    gaps = [row[3] for row in tab.evaluate(CELLS, "results")[1:]]
    assert re.fullmatch(r"\d\.\d\d points", gaps[0]) and re.fullmatch(r"\d communes", gaps[-1])
    board = {row[0][:7]: row for row in tab.evaluate(CELLS, "targets")[1:]}
    assert board["S-DT-09"][3] == "11.9 points"
    assert board["S-DT-05"][2].endswith("later > 91%") and board["S-DT-05"][3] == "–"
    rows = tab.evaluate(CELLS, "communes")[1:]
    assert {row[2].startswith("attained") for row in rows if row[5] == "attained"} == {True}
    assert not [row for row in rows if row[2].startswith("attained") and row[5] != "attained"]


def test_the_keyboard_alone_reaches_and_moves_everything(visit):
    tab = visit("en")
    reached = set()
    for _ in range(120):
        tab.keyboard.press("Tab")
        reached.add(tab.evaluate("document.activeElement.id || document.activeElement.dataset?.key || ''"))
    assert {
        "preset",
        "other",
        "p",
        "d",
        "form",
        "start",
        "end",
        "floor",
        "ntm",
        "reset",
        "both",
        "rate",
        "yaml",
        "search",
    } <= reached
