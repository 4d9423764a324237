"""Every figure in both languages: fixed bytes, complete words, no text off the page or over another, its data."""

import io
import re
from itertools import combinations

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import kontum_analysis as kt
from kontum_analysis.base.errors import KontumError
from kontum_analysis.base.files import FIGURES
from kontum_analysis.base.words import LANGUAGES, chance, labels, text
from kontum_analysis.figures import CATALOGUE, build, style
from kontum_analysis.review.verify import table_differences
from kontum_analysis.targets.programme import corridors

CASES = [(name, lang) for name in CATALOGUE for lang in LANGUAGES]


@pytest.fixture(scope="module")
def obs():
    return kt.load_observations()


@pytest.fixture(scope="module")
def figures(obs):
    made = {}
    for name in CATALOGUE:
        vi = build(name, obs, "vi")
        made[name, "vi"], made[name, "en"] = vi, vi.in_language("en")
    return made


@pytest.fixture(scope="module")
def pages(figures):
    return {case: _draw(figure) for case, figure in figures.items()}


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_numbers_behind_a_committed_figure_are_those_computed_now(figures, name, tmp_path):
    """By value, so that it holds for other versions of the packages too."""
    made = tmp_path / f"{name}.csv"
    made.write_bytes(figures[name, "vi"].csv)
    assert table_differences(made.name, FIGURES / "vi" / made.name, made) == []


@pytest.mark.locked
@pytest.mark.parametrize(("name", "lang"), CASES)
def test_committed_files_are_byte_for_byte_what_is_drawn_now_under_whatever_settings(figures, name, lang):
    disturbed = {
        "font.size": 17,
        "axes.grid": False,
        "savefig.dpi": 60,
        "lines.linewidth": 5,
        "svg.hashsalt": "x",
        "svg.fonttype": "none",
        "font.family": "serif",
        "figure.autolayout": True,
    }
    with matplotlib.rc_context(disturbed):
        made = figures[name, lang].files()
    assert sorted(file.split(".")[1] for file in made) == ["csv", "md", "png", "svg"]
    for file, content in made.items():
        assert (FIGURES / lang / file).read_bytes() == content, f"figures/{lang}/{file} is not what is drawn now"


def test_drawing_leaves_the_global_settings_alone(figures):
    before = dict(matplotlib.rcParams)
    figures["standard_break", "vi"].image("png")
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_words_are_complete(figures, name, lang):
    figure = figures[name, lang]
    for words in (figure.title, figure.caption, figure.alt):
        assert words.strip() and not re.search(r"[{}]|\bnan\b|…|None|\( ?\)", words), words
    assert len(figure.alt) > 80
    assert 2 <= len(re.findall(r"[.;](?:\s|$)", figure.caption)) <= 8
    for number in re.findall(r"\d+[.,]\d{1,2}(?=%)", figure.caption + figure.alt):
        assert ("," in number) == (lang == "vi"), number


def test_a_language_shows_its_own_words_only(figures, pages):
    for name in CATALOGUE:
        vi, en = figures[name, "vi"], figures[name, "en"]
        assert vi.title != en.title and vi.caption != en.caption and vi.alt != en.alt
        shown = {lang: {t.get_text() for t in _texts(pages[name, lang][0])} for lang in LANGUAGES}
        for key, words in labels().items():  # whole labels without numbers; names of areas may be alike in both
            if words["vi"] != words["en"] and "{" not in words["vi"] + words["en"] and len(words["vi"]) > 3:
                assert words["vi"] not in shown["en"], (name, key)
                assert words["en"] not in shown["vi"] or words["en"] in words["vi"], (name, key)


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_all_text_lies_on_the_page_and_none_over_another(pages, name, lang):
    page, boxes = pages[name, lang]
    width, height = page.bbox.width, page.bbox.height
    for words, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, f"off the page: {words!r}"
    for (a, first), (b, second) in combinations(boxes, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert wide <= 1 or high <= 2, f"{a!r} lies over {b!r}"


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_no_text_is_too_small_to_read(pages, name, lang):
    page, _ = pages[name, lang]
    assert min(t.get_fontsize() for t in _texts(page) if t.get_text().strip()) >= 6.5
    assert page.get_size_inches()[0] == pytest.approx(16 / 2.54)


def _draw(figure):
    """The drawn page, and the box of every text that is shown: (words, extent in dots)."""
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **style.RC}):
        page = figure.page()
        renderer = FigureCanvasAgg(page).get_renderer()
        page.draw(renderer)
        boxes = [(t.get_text(), matplotlib.text.Text.get_window_extent(t, renderer)) for t in _texts(page)]
    return page, boxes


def _texts(page):
    """Every visible text of a page; tick labels count only where the tick lies on the axis."""
    hidden = set()
    for axes in page.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                on = low - 1e-9 <= tick.get_loc() <= high + 1e-9
                hidden |= {tick.label2} if on else {tick.label1, tick.label2}
                if on and axis is axes.xaxis and axis.get_ticks_position() == "top":
                    hidden = (hidden | {tick.label1}) - {tick.label2}
    found = page.findobj(matplotlib.text.Text)
    return [t for t in found if t.get_visible() and t.get_text().strip() and t not in hidden]


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_table_is_tidy_and_holds_numbers(figures, name):
    found = pd.read_csv(io.BytesIO(figures[name, "vi"].csv), dtype={"area": str})
    assert len(found) and not found.duplicated().any()
    for column in found.columns.intersection(["rate", "q10", "q90", "truth", "estimate", "needed_rate", "households"]):
        assert pd.api.types.is_numeric_dtype(found[column]), column
    rates = found[found.columns.intersection(["rate", "q10", "q90", "truth", "estimate", "dtts_rate"])]
    kept = found["kind"] != "paper" if "kind" in found else slice(None)
    assert np.nanmin(rates[kept].to_numpy(dtype=float), initial=0) >= 0
    assert np.nanmax(rates.to_numpy(dtype=float), initial=0) <= 1


def test_the_csv_of_the_hidden_cells_holds_every_plotted_number(figures, pages):
    figure = figures["leave_one_out", "vi"]
    found = pd.read_csv(io.BytesIO(figure.csv))
    known = found[["truth", "estimate", "q10", "q90"]].to_numpy().ravel()
    page, _ = pages["leave_one_out", "vi"]
    for line in page.axes[0].lines:
        for x in line.get_xdata():
            assert np.isclose(known, x, rtol=0, atol=1e-9).any(), x


def test_a_bound_or_an_estimate_is_never_drawn_as_published(figures, pages):
    looks = {(m["marker"], m["markerfacecolor"] == "white") for m in style.MARKERS.values()}
    assert len(looks) == len(style.MARKERS)  # told apart by shape and fill alone
    shown = figures["standard_break", "en"]
    page, _ = pages["standard_break", "en"]
    dots = [x for line in page.axes[0].lines if line.get_marker() == "o" for x in line.get_xdata()]
    assert sorted(dots) == sorted(shown.table.loc[shown.table["status"] == "published", "year"])


def test_no_line_crosses_the_change_of_standard(pages):
    page, _ = pages["standard_break", "vi"]
    for line in page.axes[0].lines:
        x = np.asarray(line.get_xdata(), dtype=float)
        if line.get_transform() == page.axes[0].transData and len(x) > 1:
            assert x.max() <= 2020.5 or x.min() >= 2020.5


def test_words_take_their_numbers_from_the_table(figures):
    missed = figures["leave_one_out", "en"]
    inside = missed.table["inside"]
    assert f"in {inside.sum()} of {len(inside)} cases" in missed.caption
    changed = type(missed)("leave_one_out", "en", missed.table.assign(inside=True))
    assert f"in {len(inside)} of {len(inside)} cases" in changed.caption


def test_quotas_add_up_to_the_province(figures):
    quota = (
        figures["exit_quotas", "vi"]
        .table.query("kind == 'quota'")
        .pivot(index="area", columns="year", values="households")
    )
    assert (quota.drop("62").sum() == quota.loc["62"]).all()


def test_coverage_knows_ten_districts_at_the_end_of_2021_and_one_a_year_later(figures):
    cells = figures["coverage", "vi"].table.query(
        "indicator == 'poverty_rate_pct' and standard == 'MDP_2022_2025' and area != '62'"
    )
    known = cells[cells["kind"].isin(["published", "derived"])].groupby("year")["area"].count()
    assert known.to_dict() == {2021: 10, 2022: 1, 2023: 7}


def test_old_standard_shows_no_value_under_the_new_one(figures, obs):
    shown = figures["old_standard", "vi"].table.query("status == 'published' and area != '62'")
    rows = obs[
        (obs["indicator"] == "poverty_rate_pct") & (obs["standard"] == "MDP_2016_2020") & (obs["obs_status"] == "A")
    ]
    published = {(r.ref_area, int(r.time_period[:4])): r.obs_value / 100 for r in rows.itertuples() if r.preferred}
    for r in shown.itertuples():
        assert r.rate == pytest.approx(published[r.area, r.year])


def test_the_corridor_comes_from_the_targets():
    assert corridors()["62"][:2] == (3, 4) and corridors()["62-POOR"][:2] == (6, 8)


def test_files_and_sizes(figures):
    figure = figures["standard_break", "en"]
    assert figure.image("pdf", width_cm=12) == figure.image("pdf", width_cm=12)
    files = figure.files()
    assert sorted(files) == ["standard_break.csv", "standard_break.md", "standard_break.png", "standard_break.svg"]
    note = files["standard_break.md"].decode("utf-8")
    assert figure.title in note and figure.alt in note and text("source.line", "en") in note


@pytest.mark.parametrize("day", ["2022-10-04", "2023-06-30"])
def test_an_early_vintage_is_drawn_or_refused_with_the_reason(day):
    early = kt.load_observations(as_of=day)
    for name, entry in CATALOGUE.items():
        try:
            assert build(name, early, "en").alt
        except KontumError as error:
            assert entry.years > 1 and "year ends" in str(error)


def test_unknown_names_are_refused_with_what_there_is(obs, figures):
    with pytest.raises(KontumError, match="there are coverage"):
        build("nothing", obs)
    with pytest.raises(KontumError, match="vi, en"):
        build("coverage", obs, "fr")
    with pytest.raises(KontumError, match="png, svg, pdf"):
        figures["coverage", "vi"].image("gif")


def test_a_derived_band_and_a_rounded_mean_are_not_drawn_as_published(figures, pages):
    rows = figures["ntm_bands", "vi"].table
    shown = [bar for bar in pages["ntm_bands", "vi"][0].axes[1].patches if bar.get_height() > 0]
    hollow = sorted(bar.get_height() for bar in shown if bar.get_facecolor()[:3] == (1, 1, 1))
    assert hollow == sorted(rows.query("status == 'derived' and communes > 0")["communes"])
    means = pages["ntm_bands", "vi"][0].axes[0].lines
    filled = [m for m in means if m.get_marker() == "o"]
    exact = rows[(rows["mean_high"] - rows["mean_low"]) < 0.1].drop_duplicates(["day", "standard"])
    assert len(filled) == len(exact)


def test_the_last_count_is_named_with_its_own_day():
    early = build("ntm_attainment", kt.load_observations(as_of="2022-10-04"), "en")
    last = early.table.query("kind == 'known'")["day"].max()
    assert last < "2022-10-04" and last in early.alt and "2023" not in early.alt


def test_a_simulated_chance_is_never_certain(figures):
    board, outlook = figures["scoreboard", "en"], figures["poverty_outlook", "vi"]
    assert board.table["probability"].max() > 0.99 and "100%" not in outlook.alt
    assert (chance(1.0, "en"), chance(0.0, "vi"), chance(0.469, "vi")) == (">\u00a099", "<\u00a01", "47")


def test_a_bound_that_decides_a_target_stands_beside_its_value(figures, pages):
    rows = figures["scoreboard", "en"].table.query("reason == 'bound'")
    words = {t.get_text() for t in _texts(pages["scoreboard", "en"][0])}
    assert len(rows) and all(any(f"> {r.bound_low:.0f}" in w for w in words) for r in rows.itertuples())
