"""The explorer without a browser: its tables, its pictures, what it saves, and that it speaks both languages."""

import gc
import re
import time

import numpy as np
import pandas as pd
import pytest

import kontum_analysis as kt
from kontum_analysis import explorer
from kontum_analysis.base import words as labels
from kontum_analysis.base.errors import KontumError, ScenarioError
from kontum_analysis.base.files import ROOT
from kontum_analysis.explorer import app, pages, saving, views
from kontum_analysis.explorer.panel import Panel
from kontum_analysis.explorer.state import SLIDERS, State
from kontum_analysis.figures import live
from kontum_analysis.poverty.known import known_rates
from kontum_analysis.poverty.paces import Inputs

MIDDLE = kt.scenarios.preset("programme-mid")


@pytest.fixture(scope="module")
def known(obs):
    return Inputs(obs)


@pytest.fixture(scope="module")
def state(obs):
    return State(obs)


@pytest.fixture
def panel(state, tmp_path):
    state.choose("programme-mid")
    state.ntm_pace = 1.5
    return Panel(state, "vi", str(tmp_path))


# the tables


def test_known_inputs_give_the_same_as_the_observations(obs, known):
    short = MIDDLE.changed(end=2025)
    pd.testing.assert_frame_equal(kt.project_poverty(known, MIDDLE), kt.project_poverty(obs, MIDDLE))
    pd.testing.assert_frame_equal(kt.implied_pace(known, MIDDLE), kt.implied_pace(obs, MIDDLE))
    whole, part = kt.scenario_draws(obs, MIDDLE, 100), kt.scenario_draws(known, short, 100)
    np.testing.assert_allclose(part.rates, whole.rates[:, :5], atol=1e-9)  # an earlier end cuts draws, no more


def test_three_and_a_half_and_seven_points_cannot_both_hold_from_2025_on(state):
    state.choose("programme-mid").change(province_pace_pp=3.5, poor_district_pace_pp=7.0)
    assert state.impossible_from == 2025
    good, said = state.fit("vi")
    assert not good and "từ năm 2025" in said and "−1,1%" in said and "1,85" in said
    assert "from 2025 on" in state.fit("en")[1]
    assert state.change(end=2024).fit("en") == (True, labels.text("explorer.fits", "en", end=2024, pace=3.0136))


def test_where_the_poor_districts_do_it_all_the_sentence_says_so(state):
    good, said = state.choose("programme-mid").change(province_pace_pp=0.5, poor_district_pace_pp=8.0).fit("en")
    assert good and "even if the other seven stand still" in said


def test_the_views_carry_the_numbers_of_the_plain_functions(known):
    path = views.paths_view(known, MIDDLE).query("kind == 'path'").set_index(["area", "year"])["rate"]
    assert path["62", 2025] == pytest.approx(0.0317, abs=5e-5) and path["62-POOR", 2025] == pytest.approx(
        0.1873, abs=5e-5
    )
    tiles = views.districts_view(known, MIDDLE)
    assert set(tiles["area"]) == set(kt.areas.districts())
    quotas = views.quotas_view(known, MIDDLE)
    assert quotas.query("kind == 'quota' and area == '62' and year == 2022")["households"].tolist() == [4682]
    assert quotas.query("kind == 'fall'")["households"].tolist() == [6046, 5723]


def test_chances_are_those_of_the_models_and_missing_where_the_path_ends_too_soon(obs, known):
    ntm = views.NTMChances(known, draws=200)
    found = views.chances_view(known, MIDDLE, 1.5, ntm, draws=200).set_index("target_id")
    events = kt.project_ntm(obs, pace=1.5, draws=200).probabilities.set_index("event")["probability"]
    assert found.probability["S-NTM-01"] == events["ntm_communes"]
    assert found.probability["S-NTM-05"] == events["all_communes_15_criteria"]
    draws = kt.scenario_draws(obs, MIDDLE.changed(end=2025), 200)
    opening = known_rates(obs).set_index(["area", "year"])["rate"]["62", 2021]
    assert found.probability["S-GN-01"] == kt.probability(draws, "62", 2025, opening - 0.12)
    early = views.chances_view(known, MIDDLE.changed(end=2024), 1.5, ntm, draws=200).set_index("target_id")
    assert early.probability[["S-GN-01", "S-GN-02"]].isna().all() and early.probability["S-NTM-01"] > 0
    assert "–" in pages.chances_html(early.reset_index(), "en")


# the state


@pytest.mark.parametrize("name", kt.scenarios.presets()[:5])
def test_every_preset_has_a_place_on_every_slider(state, name):
    state.choose(name)
    for key, (low, high, *_) in SLIDERS.items():
        assert low <= state.number(key) <= high


def test_paces_by_year_and_observed_ones_give_way_only_where_they_must(state):
    assert state.choose("yearly-plans").number("province_pace_pp") == 4.0
    assert isinstance(state.change(poor_district_pace_pp=7.0).scenario.province_pace_pp, dict)
    assert state.change(form="logistic").scenario.province_pace_pp == 4.0
    assert state.choose("observed-pace").change(floor=0.02).scenario.province_pace_pp == "observed"


def test_a_value_that_cannot_be_is_refused_and_the_last_one_stays(state, panel):
    state.choose("observed-pace")
    state.change(start=2021)
    assert isinstance(state.error, ScenarioError) and state.scenario.start == 2023
    panel.refresh()
    assert "kt-no" in panel.says.value and "Giá trị này không dùng được" in panel.says.value
    assert state.change(province_pace_pp=2.0).error is None


# the panel


def test_moving_a_slider_moves_numbers_and_picture_and_makes_the_scenario_an_own_one(panel):
    before = panel.pictures["paths"].value, panel.summary.value
    panel.sliders["province_pace_pp"].value = 3.0
    assert panel.pictures["paths"].value[:8] == b"\x89PNG\r\n\x1a\n"
    assert panel.pictures["paths"].value != before[0] and panel.summary.value != before[1]
    assert panel.preset.value == "mine" and ">3,0<" in panel.labels["province_pace_pp"].value
    panel.preset.value = "programme-mid"
    assert (panel.pictures["paths"].value, panel.summary.value) == before
    assert panel.sliders["province_pace_pp"].value == 3.5


@pytest.mark.parametrize("view", range(4))
def test_each_view_follows_the_slider_that_concerns_it(panel, view):
    panel.tab.selected_index = view
    shown = {**panel.pictures, **panel.tables}[views.VIEWS[view]]
    before = shown.value
    panel.sliders["ntm_pace" if view == 3 else "poor_district_pace_pp"].value = 2.0
    assert shown.value != before


def test_the_language_switch_turns_every_text(panel):
    def said():
        texts = [panel.head.value, panel.says.value, panel.summary.value, *panel.tab.titles, panel.save.description]
        texts += [label.value for label in [*panel.labels.values(), *panel.choices.values(), *panel.captions.values()]]
        return texts + [words for words, _ in panel.preset.options] + [words for words, _ in panel.start.options]

    vietnamese = said()
    panel.language.value = "en"
    english = said()
    assert all(a != b for a, b in zip(vietnamese, english, strict=True))
    assert not re.search("[ăđơưạảấầẩậắằặẹẻẽếềểễệỉịọỏốồổộớờởợụủứừửữựỳỵỷỹ]", " ".join(english))
    panel.language.value = "vi"
    assert said() == vietnamese


def test_an_unknown_language_or_preset_is_an_error():
    with pytest.raises(KontumError, match="fr"):
        explorer.show(lang="fr")
    with pytest.raises(ScenarioError, match="nowhere"):
        explorer.show(scenario="nowhere")


def test_saved_without_a_kernel_the_explorer_is_a_sentence_in_both_languages(panel):
    forms = explorer.Explorer(panel)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in forms
    assert forms["text/plain"].splitlines() == [labels.text("explorer.closed", lang) for lang in labels.LANGUAGES]


# what a slider costs


def test_a_redraw_is_several_times_quicker_than_drawing_anew(state):
    state.choose("programme-mid")
    picture = live.PathsPicture(state.still, "vi", 2030)

    def seconds(action, times):
        spent = []
        for _ in range(times):
            start = time.process_time()
            action()
            spent.append(time.process_time() - start)
        return float(np.median(spent))

    def whole():
        anew = live.PathsPicture(state.still, "vi", 2030)
        anew.move(state.moving, 2025)
        anew.png()

    def redraw():
        picture.move(state.moving, 2025)
        picture.png()

    redraw()
    gc.collect()
    quick = seconds(redraw, 9)
    assert quick < 0.5 * seconds(whole, 3)
    assert quick < 0.5  # seconds of this processor; a few hundredths where it is not busy


def test_the_kept_background_gives_the_picture_that_drawing_anew_gives(state):
    state.choose("programme-mid")
    moved, fresh = (live.PathsPicture(state.still, "en", 2030) for _ in range(2))
    moved.png()
    moved.move(state.choose("programme-low").moving, None)
    moved.png()
    state.choose("programme-mid")
    for picture in (moved, fresh):
        picture.move(state.moving, state.impossible_from)
    assert moved.png() == fresh.png()


# what leaves it


def test_a_saved_scenario_is_one_the_command_reads(tmp_path):
    own = MIDDLE.changed(name="mine", province_pace_pp=2.5, floor=0.02, form="logistic")
    path = saving.save_scenario(own, "giam-cham", tmp_path)
    read = kt.scenarios.load(path)
    assert path.name == "giam-cham.yaml" and [p.name for p in tmp_path.iterdir()] == ["giam-cham.yaml"]
    assert read.changed(name="mine", title_vi="", title_en="", note="") == own.changed(
        title_vi="", title_en="", note=""
    )
    assert "2,5" in read.title_vi and "2.5" in read.title_en
    assert kt.scenarios.preset("giam-cham", tmp_path) == read


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "a\\b", "", ".", "Giảm", "A", "x.yaml", "x\n", "-x", "a" * 61, None, " x"]
)
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path, name):
    inner = tmp_path / "inner"
    inner.mkdir()
    with pytest.raises(ScenarioError, match="giam-nhanh"):
        saving.save_scenario(MIDDLE, name, inner)
    assert list(tmp_path.rglob("*")) == [inner]


def test_nothing_is_overwritten_and_nothing_half_written(tmp_path, monkeypatch):
    for name in saving.SHIPPED:
        with pytest.raises(ScenarioError, match=name):
            saving.save_scenario(MIDDLE, name, tmp_path)
    (tmp_path / "there.yaml").write_text("mine", encoding="utf-8")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "elsewhere")
    for name in ("there", "link"):
        with pytest.raises(ScenarioError, match=name):
            saving.save_scenario(MIDDLE, name, tmp_path)
    for folder in (tmp_path / "none", tmp_path / "there.yaml"):
        with pytest.raises(ScenarioError, match="thư mục"):
            saving.save_scenario(MIDDLE, "x", folder)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(ScenarioError, match="No space left"):
        saving.save_scenario(MIDDLE, "x", tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.yaml", "there.yaml"]
    assert (tmp_path / "there.yaml").read_text(encoding="utf-8") == "mine"


def test_every_shipped_scenario_is_on_the_list_that_is_kept_safe():
    assert set(saving.SHIPPED) <= {p.stem for p in (ROOT / "data" / "scenarios").glob("*.yaml")}


@pytest.mark.parametrize("name", ["programme-mid", "yearly-plans", "observed-pace"])
def test_the_code_gives_the_numbers_on_the_screen(state, name):
    state.choose(name)
    found = {}
    exec(saving.code_text(state.scenario, 1.5), found)
    pd.testing.assert_frame_equal(found["path"], state.projection)
    pd.testing.assert_frame_equal(found["needed"], state.implied)
    pd.testing.assert_frame_equal(found["chances"], state.table("chances"))


def test_the_code_names_the_day_of_a_vintage():
    assert "as_of='2022-10-04'" in saving.code_text(MIDDLE, 1.5, "2022-10-04")


def test_the_buttons_save_export_and_show_the_code(panel, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    panel.name.value = "thu-nghiem"
    panel.save.click()
    assert "thu-nghiem.yaml" in panel.done.value and (tmp_path / "thu-nghiem.yaml").is_file()
    panel.save.click()
    assert "kt-no" in panel.done.value
    panel.copy.click()
    assert "province_pace_pp=3.5" in panel.code.value
    panel.sliders["province_pace_pp"].value = 3.1
    assert "province_pace_pp=3.1" in panel.code.value
    picture = panel.pictures["paths"].value
    panel.export.click()
    made = sorted(p.suffix for p in (tmp_path / "xuat").iterdir())
    assert made == [".csv", ".md", ".png", ".svg"]
    panel.refresh()
    assert panel.pictures["paths"].value == picture  # writing files leaves the screen alone


@pytest.mark.parametrize("lang, view", list(zip(("vi", "en", "vi", "en"), views.VIEWS, strict=True)))
def test_each_view_can_be_exported_twice_with_the_same_bytes(panel, view, lang, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    panel.language.value, panel.tab.selected_index = lang, views.VIEWS.index(view)
    folder, runs = tmp_path / labels.text("explorer.folder", lang), []
    for _ in range(2):
        panel.export.click()
        runs.append({p.name: p.read_bytes() for p in folder.iterdir()})
    assert runs[0] == runs[1] and len(runs[0]) == 4
    words = next(content for name, content in runs[0].items() if name.endswith(".md")).decode("utf-8")
    assert labels.text(f"explorer.caption.{view}", lang) in words and panel.state.fit(lang)[1] in words


def test_an_export_that_cannot_be_written_is_said(panel, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "xuat").write_text("a file, no folder", encoding="utf-8")
    panel.tab.selected_index = 3
    panel.export.click()
    assert "kt-no" in panel.done.value and "Không ghi được" in panel.done.value


# the page


def test_the_page_runs_the_app_cells_alone_on_this_machine_alone():
    import nbformat

    notebook = app.only_app_cells(None, nbformat.read(app.NOTEBOOK, as_version=4), None)
    assert [c.source for c in notebook.cells] == ["import kontum_analysis as kt\n\nkt.explorer.show()"]
    assert app.settings().Voila.ip == "127.0.0.1" and app.settings().Voila.auto_token is True


def test_the_template_fetches_nothing_from_elsewhere():
    for path in (app.SHARE).rglob("*.j2"):
        assert "http" not in path.read_text(encoding="utf-8")
