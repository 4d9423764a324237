"""Every figure in both languages: fixed bytes, complete words, nothing that hinders reading, its data."""

import io
import re
from collections import namedtuple

import matplotlib
import measuring
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure as Blank

import kontum_analysis as kt
from kontum_analysis.base.errors import KontumError
from kontum_analysis.base.files import FIGURES
from kontum_analysis.base.words import LANGUAGES, chance, labels
from kontum_analysis.data.programme import corridors
from kontum_analysis.figures import CATALOGUE, Figure, build, style
from kontum_analysis.figures.board import TRACK
from kontum_analysis.figures.catalogue import rows_of
from kontum_analysis.review.verify import table_differences
from kontum_analysis.targets.board import status_key

Drawn = namedtuple("Drawn", "figure page faults files settings")
DISTURBED = {
    "font.size": 17,
    "axes.grid": False,
    "savefig.dpi": 60,
    "lines.linewidth": 5,
    "svg.hashsalt": "x",
    "svg.fonttype": "none",
    "font.family": "serif",
    "figure.autolayout": True,
}


@pytest.fixture(scope="session")
def drawings(obs):
    """Every figure in both languages, drawn once, under settings of a user that must not matter: measured and saved."""
    result = {}
    for name in CATALOGUE:
        first = build(name, obs, "vi")
        for figure in (first, first.in_language("en")):
            with matplotlib.rc_context(DISTURBED):
                before = dict(matplotlib.rcParams)
                page = figure.page()
                faults, files = measuring.problems(page), figure.files(page=page)
                settings = dict(matplotlib.rcParams) == before
            result[name, figure.lang] = Drawn(figure, page, faults, files, settings)
    return result


@pytest.fixture(scope="session")
def tables(drawings):
    return {name: drawings[name, "vi"].figure.table for name in CATALOGUE}


def test_nothing_hinders_reading(drawings):
    faults = [f"{name} {lang}: {fault}" for (name, lang), case in drawings.items() for fault in case.faults]
    assert faults == []


def test_no_type_is_too_small_and_every_page_is_16_cm_wide(drawings):
    small = [
        f"{name} {lang}: {text.get_text()!r}"
        for (name, lang), case in drawings.items()
        for text in measuring.texts(case.page)
        if text.get_fontsize() < style.SMALL
    ]
    assert small == []
    assert {round(case.page.get_size_inches()[0] * 2.54, 6) for case in drawings.values()} == {16.0}


def _blank(draw):
    """The faults of a page on which `draw` has put something."""
    page = Blank(figsize=(4, 3), dpi=100)
    axes = page.subplots()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    draw(axes)
    return " ".join(measuring.problems(page))


@pytest.mark.parametrize(
    ("draw", "fault"),
    [
        (lambda axes: axes.text(0.5, 0.5, "fine"), ""),
        (lambda axes: axes.text(1.1, 0.5, "far too long for the page"), "off the page"),
        (lambda axes: [axes.text(x, 0.5, "word") for x in (0.5, 0.52)], "lies over"),
        (lambda axes: axes.text(0.5, 0.5, "pale", color="#888888"), "contrast 3.5"),
        (lambda axes: [axes.axvspan(0, 1, color="#0072B2"), axes.text(0.5, 0.5, "black")], "contrast 4.0"),
        (lambda axes: [axes.axvline(0.52), axes.text(0.5, 0.5, "word")], "line through"),
        (lambda axes: [axes.vlines([0.52], 0, 1), axes.text(0.5, 0.5, "word")], "bar through"),
        (lambda axes: [axes.plot([0.52], [0.5], "o"), axes.text(0.5, 0.5, "word")], "marker through"),
        (lambda axes: [axes.barh(0.5, 0.52, color="#777777"), axes.text(0.5, 0.3, "word")], "border through"),
        (lambda axes: [axes.fill_between([0, 1], 0, 1, color="#BBBBBB"), axes.text(0.5, 0.5, "word")], "band through"),
        (lambda axes: axes.text(0.97, 0.5, "word"), "edge of the axes through"),
        (
            lambda axes: [
                axes.axvline(0.5),
                axes.annotate("w", (0.2, 0.5), (0.8, 0.5), arrowprops={"arrowstyle": "-"}),
            ],
            "leader of 'w' crosses line",
        ),
        (
            lambda axes: [
                axes.text(0.5, 0.49, "x"),
                axes.annotate("w", (0.2, 0.5), (0.8, 0.5), arrowprops={"arrowstyle": "-"}),
            ],
            "leader of 'w' crosses 'x'",
        ),
    ],
)
def test_each_hindrance_is_measured(draw, fault):
    faults = _blank(draw)
    assert fault in faults and bool(fault) == bool(faults)


def _areas_beyond_levels(name, table, obs):
    """The areas of a figure's table whose level its entry of the catalogue does not name: no trace would show them."""
    rows = obs[obs["ref_area"].isin(table.get("area", []))].assign(indicator=CATALOGUE[name].indicators[0])
    return sorted({*rows["ref_area"]} - {*rows_of(name, rows)["ref_area"]})


def test_every_area_drawn_is_of_a_level_that_the_figure_rests_on(tables, obs, monkeypatch):
    beyond = {name: areas for name, table in tables.items() if (areas := _areas_beyond_levels(name, table, obs))}
    assert beyond == {}
    monkeypatch.setitem(CATALOGUE, "pace_history", CATALOGUE["pace_history"]._replace(areas=("province",)))
    assert "64" in _areas_beyond_levels("pace_history", tables["pace_history"], obs), "a neighbour left out is named"


def test_numbers_behind_committed_figures_are_those_computed_now(drawings, tmp_path):
    """By value, so that it holds for other versions of the packages too."""
    differences = []
    for name in CATALOGUE:
        (tmp_path / f"{name}.csv").write_bytes(drawings[name, "vi"].figure.csv)
        differences += table_differences(f"{name}.csv", FIGURES / "vi" / f"{name}.csv", tmp_path / f"{name}.csv")
    assert differences == []


@pytest.mark.locked
def test_committed_files_are_byte_for_byte_what_is_drawn_now(drawings):
    stale = [
        f"figures/{lang}/{file}"
        for (name, lang), case in drawings.items()
        for file, content in case.files.items()
        if (FIGURES / lang / file).read_bytes() != content
    ]
    assert stale == []
    assert all(
        [*case.files] == [f"{name}.{kind}" for kind in ("png", "svg", "csv", "md")]
        for (name, _), case in drawings.items()
    )


def test_drawing_changes_no_global_setting(drawings):
    assert [case for case, result in drawings.items() if not result.settings] == []


def test_words_are_complete(drawings):
    faults = [(*case, fault) for case, (figure, *_) in drawings.items() for fault in measuring.word_faults(figure)]
    assert faults == []


def test_a_language_shows_only_words_of_its_own(drawings):
    foreign = []
    plain = {key: words for key, words in labels().items() if "{" not in words["vi"] + words["en"]}
    for name in CATALOGUE:
        words_on = {
            lang: {text.get_text() for text in measuring.texts(drawings[name, lang].page)} for lang in LANGUAGES
        }
        for key, words in plain.items():  # names of areas may be alike in both
            if words["vi"] != words["en"] and len(words["vi"]) > 3:
                is_foreign = words["en"] in words_on["vi"] and words["en"] not in words["vi"]
                foreign += [(name, key)] if is_foreign or words["vi"] in words_on["en"] else []
    assert foreign == []


def test_every_title_is_another(drawings):
    titles = {(lang, case.figure.title) for (_, lang), case in drawings.items()}
    assert len(titles) == len(drawings)


TURNS = [  # a figure, a change of its table, and the case of its title that follows
    ("poverty_paths", lambda t: t.assign(rate=t["rate"].mask(t["kind"] == "known", 0.14)), "behind"),
    ("poverty_paths", lambda t: t.assign(rate=t["rate"].mask(t["kind"] == "known", 0.02)), "ahead"),
    ("exit_quotas", lambda t: t.assign(households=t["households"].mask(t["kind"] == "fall", 7)), "behind"),
    ("exit_quotas", lambda t: t.assign(households=t["households"].mask(t["kind"] == "fall", 70_000)), "ahead"),
    ("coverage", lambda t: t.assign(kind="published"), "all"),
    ("coverage", lambda t: t.assign(kind=t["kind"].mask(t["area"] == "610", "none")), "never"),
    ("district_paths", lambda t: t[(t["kind"] != "known") | (t["year"] == 2021)], "opening"),
    ("ntm_bands", lambda t: t[t["standard"] == "NTM_2016_2020"], "one"),
    ("hindcast_scores", lambda t: t.assign(error=t["error"].mask(t["method"] == "pooled", 0)), "pooled"),
    ("calibration", lambda t: t.assign(units=50), "many"),
]


def test_titles_turn_with_their_data(tables):
    """Every case of every title is reached, by the data as they are or by a change of them."""
    changed = {(name, case): Figure(name, "en", change(tables[name])) for name, change, case in TURNS}
    assert [key for key, figure in changed.items() if figure.facts["case"] != key[1]] == []
    as_is = {name: Figure(name, "en", table) for name, table in tables.items()}
    reached = {*changed, *((name, figure.facts["case"]) for name, figure in as_is.items() if "case" in figure.facts)}
    stated = [re.fullmatch(r"figure\.(\w+)\.title\.(\w+)", key) for key in labels()]
    assert reached == {(key[1], key[2]) for key in stated if key}
    assert all(figure.title != as_is[name].title for (name, _), figure in changed.items())


def test_tables_are_tidy_and_hold_numbers(tables):
    faults = []
    shares = ["rate", "q10", "q90", "truth", "estimate", "dtts_rate"]
    for name, table in tables.items():
        read = pd.read_csv(io.BytesIO(Figure(name, "vi", table).csv), dtype={"area": str})
        numbers = read[read.columns.intersection([*shares, "needed_rate", "households"])]
        if not len(read) or read.duplicated().any() or not numbers.map(np.isreal).all(axis=None):
            faults.append(name)
        rates = read.loc[read["kind"] != "paper" if "kind" in read else slice(None), read.columns.intersection(shares)]
        if not rates.apply(lambda column: column.dropna().between(0, 1).all()).all():
            faults.append(name)
    assert faults == []


def test_every_point_of_the_hidden_cells_stands_in_its_table(drawings):
    figure, page, *_ = drawings["leave_one_out", "vi"]
    numbers = figure.table[["truth", "estimate", "q10", "q90"]].to_numpy().ravel()
    points = [x for line in page.axes[0].lines for x in line.get_xdata()]
    assert points and all(np.isclose(numbers, x, rtol=0, atol=1e-9).any() for x in points)


def test_a_bound_or_an_estimate_is_never_drawn_as_published(drawings):
    looks = {(look["marker"], look["markerfacecolor"] == "white") for look in style.MARKERS.values()}
    assert len(looks) == len(style.MARKERS)  # told apart by shape and fill alone
    figure, page, *_ = drawings["standard_break", "en"]
    dots = [x for line in page.axes[0].lines if line.get_marker() == "o" for x in line.get_xdata()]
    assert sorted(dots) == sorted(figure.table.loc[figure.table["status"] == "published", "year"])


def test_no_line_crosses_the_change_of_standard(drawings):
    axes = drawings["standard_break", "vi"].page.axes[0]
    spans = [np.asarray(line.get_xdata(), float) for line in axes.lines if line.get_transform() == axes.transData]
    assert spans and all(x.max() <= 2020.5 or x.min() >= 2020.5 for x in spans)


def test_quotas_add_up_to_the_province(tables):
    quota = tables["exit_quotas"].query("kind == 'quota'").pivot(index="area", columns="year", values="households")
    assert (quota.drop("62").sum() == quota.loc["62"]).all()


def test_coverage_knows_ten_districts_at_the_end_of_2021(tables):
    cells = tables["coverage"].query("indicator == 'poverty_rate_pct' and standard == 'MDP_2022_2025' and area != '62'")
    counts = cells[cells["kind"].isin(["published", "derived"])].groupby("year")["area"].count()
    assert counts.to_dict() == {2021: 10, 2022: 1, 2023: 7, 2024: 1}


def test_old_standard_shows_no_value_under_the_new_one(tables, obs):
    rates = tables["old_standard"].query("status == 'published'").set_index(["area", "year"])["rate"]
    rows = obs.query(
        "indicator == 'poverty_rate_pct' and standard == 'MDP_2016_2020' and obs_status == 'A' and preferred"
    )
    published = {(row.ref_area, int(row.time_period[:4])): row.obs_value / 100 for row in rows.itertuples()}
    assert rates.to_dict() == pytest.approx({key: published[key] for key in rates.index})


def test_the_corridor_comes_from_the_targets():
    assert corridors()["62"][:2] == (3, 4) and corridors()["62-POOR"][:2] == (6, 8)


def test_speeds_turned_into_points_give_back_the_paces_of_the_programme(tables):
    """At the province's own opening rate a pace of 3 points is 3 points; slower falls stay slower."""
    table = tables["pace_history"]
    province = table.query("kind == 'asked' and area == '62'")
    assert province["points"].to_numpy() == pytest.approx(province["pace_pp"].to_numpy())
    points = table[table["points"].notna()].sort_values("value")["points"]
    assert points.is_monotonic_increasing and len(points) > 10


def test_dashed_pieces_are_derived_bands_and_filled_dots_exact_means(drawings):
    figure, page, *_ = drawings["ntm_bands", "vi"]
    rows = figure.table
    dashed = sorted(bar.get_height() for bar in page.axes[1].patches if bar.get_linestyle() != "solid")
    assert dashed == sorted(rows.query("status == 'derived' and communes > 0")["communes"])
    filled = [mean for mean in page.axes[0].lines if mean.get_marker() == "o"]
    exact = rows[(rows["mean_high"] - rows["mean_low"]) < 0.1].drop_duplicates(["day", "standard"])
    assert len(filled) == len(exact) > 0


def test_squares_of_the_commune_map_show_classes_and_no_per_cent(drawings):
    figure, page, *_ = drawings["commune_map", "en"]
    assert not any("%" in text.get_text() for text in page.axes[0].texts)
    attained = [text for text in page.axes[0].texts if text.get_text().endswith(("●", "○"))]
    assert len(attained) == figure.table["attained"].sum()


@pytest.mark.parametrize("day", ["2022-10-04", pytest.param("2023-06-30", marks=pytest.mark.slow)])
def test_an_early_vintage_is_worded_or_refused_with_the_reason(day):
    early = kt.load_observations(as_of=day)
    for name, entry in CATALOGUE.items():
        try:
            figure = build(name, early, "en")
            assert figure.title and figure.caption and figure.alt
        except KontumError as error:
            assert entry.years > 1 and "year ends" in str(error)


def test_the_last_count_is_named_with_its_own_day():
    early = build("ntm_attainment", kt.load_observations(as_of="2022-10-04"), "en")
    last = early.table.query("kind == 'known'")["day"].max()
    assert last == "2021-12-31" and "(end of 2021)" in early.alt and "2023" not in early.alt


def test_unknown_names_are_refused_with_what_there_is(obs, tables):
    with pytest.raises(KontumError, match="there are coverage"):
        build("nothing", obs)
    with pytest.raises(KontumError, match="vi, en"):
        build("coverage", obs, "fr")
    with pytest.raises(KontumError, match="png, svg, pdf"):
        Figure("coverage", "vi", tables["coverage"]).image("gif")


def test_a_simulated_chance_is_never_certain(drawings):
    board, outlook = drawings["scoreboard", "en"].figure, drawings["poverty_outlook", "vi"].figure
    assert board.table["probability"].max() > 0.99 and "100%" not in outlook.alt + outlook.title
    assert (chance(1.0, "en"), chance(0.0, "vi"), chance(0.469, "vi")) == (">\u00a099", "<\u00a01", "47")


def test_the_board_shows_every_target_once_and_the_bound_that_decides(drawings):
    figure, page, *_ = drawings["scoreboard", "en"]
    words = [text.get_text() for text in measuring.texts(page)]
    names = [labels()[f"target_short.{target}"]["en"] for target in figure.table["target_id"]]
    assert [name for name in names if sum(name == word.split(":")[0].removeprefix("–  ") for word in words) != 1] == [
        "Central targets: NTM",
        "Central targets: DTTS",
        "Central targets: poverty",
    ]
    assert all(f"–  Central targets: {which}" in words for which in ("NTM", "DTTS", "poverty"))
    deciding = figure.table.query("reason == 'bound'")
    assert len(deciding) and all(
        any(f"> {row.bound_low:.0f}" in word for word in words) for row in deciding.itertuples()
    )


def test_the_board_draws_each_range_and_speaks_of_the_end_of_the_period(drawings):
    for lang in LANGUAGES:
        figure, page, *_ = drawings["scoreboard", lang]
        table = figure.table
        modelled = table[table["probability"].notna()]
        ranges = modelled[modelled["probability_low"].notna()]  # else every choice gives the same: no bar
        is_within = (ranges["probability_low"] <= ranges["probability"]) & (
            ranges["probability"] <= ranges["probability_high"]
        )
        assert is_within.all() and (ranges["probability_low"] < ranges["probability_high"]).all() and len(ranges)
        ends = [np.interp([row.probability_low, row.probability_high], [0, 1], TRACK) for row in ranges.itertuples()]
        lines = [line.get_xdata() for line in page.axes[0].lines if line.get_linewidth() == 2.2]
        assert len(lines) == len(ends) and all(any(np.allclose(line, end) for line in lines) for end in ends)
        words = {text.get_text().lower() for text in measuring.texts(page)}
        measured = table[table["progress"].notna()]
        keys = {status_key(row.status, row.period_over) for row in measured.itertuples()}
        assert {labels()[key][lang].lower() for key in keys} <= words and any(key.endswith(".over") for key in keys)
