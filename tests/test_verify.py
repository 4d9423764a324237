"""What is committed is what the program makes; `verify` names each way of tampering with it, planted in a copy."""

import json
import shutil

import pytest
from planting import line_of, set_field

from kontum_analysis.base.files import FIGURES, ROOT
from kontum_analysis.figures import CATALOGUE, build
from kontum_analysis.review import verify
from kontum_analysis.review.reproduce import manifest, steps


def in_words(problems):
    return "\n".join(problem.in_language("en") for problem in problems)


def copied(folder, *names):
    for name in names:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return folder


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """A folder with the processed tables and their description, made anew. Read only."""
    folder = tmp_path_factory.mktemp("computed")
    for key, count, work in steps(folder):
        if key not in ("step.figures", "step.notebooks"):
            assert sum(1 for _ in work) == count
    return folder / "data"


def test_committed_tables_hold_the_numbers_that_are_computed_now(computed):
    """By value, so that it holds for other versions of the packages too."""
    tables = sorted((computed / "processed").glob("*.csv"))
    committed = {path.name: ROOT / "data" / "processed" / path.name for path in tables}
    assert len(tables) == 12
    assert [
        difference for path in tables for difference in verify.table_differences(path.name, committed[path.name], path)
    ] == []


@pytest.mark.locked
def test_committed_tables_are_byte_for_byte_what_is_computed_now(computed):
    files = [*sorted((computed / "processed").iterdir()), computed / "datapackage.json"]
    pairs = ((path, ROOT / "data" / path.relative_to(computed)) for path in files)
    assert [path.name for path, committed in pairs if path.read_bytes() != committed.read_bytes()] == []


# --- a rebuilt folder beside the committed one


@pytest.fixture
def rebuilt(tmp_path):
    """A rebuilt folder that equals what is committed, and a function that says what verify finds after a change."""
    copied(tmp_path, "data/processed", "figures", "notebooks")
    shutil.copy(ROOT / "data" / "datapackage.json", tmp_path / "data")

    def after(change):
        change(tmp_path)
        return in_words(verify.differences(tmp_path))

    return after


def edit(name, old, new):
    def change(root):
        text = (root / name).read_text(encoding="utf-8")
        assert old in text
        (root / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def test_verify_finds_nothing_where_nothing_differs_in_nine_digits(rebuilt):
    assert rebuilt(edit("data/processed/poverty_paths.csv", "0.15316834", "0.1531683400001")) == ""


@pytest.mark.locked  # other versions of packages are differences of their own
def test_verify_names_every_difference_of_a_rebuilt_folder(rebuilt):
    def change(root):
        edit("data/processed/headline.csv", "programme-low,2021", "programme-low,2020")(root)
        edit("data/datapackage.json", "kon-tum-analysis", "another")(root)
        edit("notebooks/02_baseline.ipynb", "21.989", "21.990")(root)
        picture = root / "figures" / "vi" / "poverty_paths.png"
        picture.write_bytes(picture.read_bytes() + b"x")
        (root / "figures" / "en" / "poverty_paths.svg").unlink()
        (root / "figures" / "en" / "new.svg").write_text("x")

    messages = rebuilt(change)
    right = [
        "data/processed/headline.csv: row 2, column start: '2021', rebuilt '2020'",
        "data/datapackage.json: missing, or other than the one made anew",
        "02_baseline.ipynb: the output of cell",
        "figures/vi/poverty_paths.png: the bytes differ",
        "figures/en/poverty_paths.svg: committed, but not made any more",
        "figures/en/new.svg: made, but not committed",
    ]
    assert [words for words in right if words not in messages] == [] and len(messages.splitlines()) == len(right)


# --- inputs


@pytest.fixture
def inputs(tmp_path):
    """A copy of the inputs, and what verify says of them against the state before."""
    copied(tmp_path, "data/raw", "data/scenarios")
    before = manifest(tmp_path)
    return tmp_path / "data", lambda: in_words(verify.input_changes(before, manifest(tmp_path)))


def test_a_changed_source_is_named_and_no_other_is(inputs):
    folder, messages = inputs
    file = folder / "raw" / "sources.csv"
    name = file.read_text(encoding="utf-8").splitlines()[10].split(",")[0]
    assert messages() == ""
    set_field(file, 11, "url", "https://example.org/elsewhere")
    lines = messages().splitlines()
    assert len(lines) == 2 and lines[0].startswith("input sources.csv:") and f"source {name} (its address" in lines[1]


def test_a_scenario_edited_later_is_named_with_its_figures(inputs):
    folder, messages = inputs
    edit("scenarios/programme-mid.yaml", "3.5", "3.6")(folder)
    assert "input programme-mid.yaml:" in messages() and "standard_break" not in messages()
    assert "programme-mid.yaml: the scenario was edited after these figures were made: poverty_paths" in messages()


def test_a_raw_table_that_is_changed_gone_or_new_is_named(inputs, tmp_path):
    folder, messages = inputs
    file = folder / "raw" / "observations.csv"
    set_field(file, line_of(file, ref_area="62", indicator="poverty_rate_pct", obs_value="10.86"), "obs_value", "10.68")
    (folder / "raw" / "targets.csv").unlink()
    (folder / "raw" / "extra.csv").write_text("a\n", encoding="utf-8")
    assert "input observations.csv:" in messages() and "input targets.csv:" in messages()
    assert "input extra.csv: none when committed" in messages()


@pytest.mark.locked  # other versions of packages are differences of their own
def test_packages_that_may_explain_a_difference_are_named_last(tmp_path):
    root = copied(tmp_path / "committed", "data", "figures", "notebooks")
    path = root / "data" / "processed" / "manifest.json"
    committed = json.loads(path.read_text(encoding="utf-8"))
    committed["inputs"]["observations.csv"], committed["packages"]["numpy"] = "000000000000", "1.0"
    path.write_text(json.dumps(committed), encoding="utf-8")
    file = root / "data" / "raw" / "sources.csv"
    set_field(file, 11, "url", "https://example.org/elsewhere")
    shutil.copy(root / "figures" / "vi" / "coverage.png", root / "figures" / "vi" / "scoreboard.png")
    messages = in_words(verify.differences(ROOT, root)).splitlines()
    assert (
        messages[-1]
        == "version of numpy: 1.0 when committed, " + messages[-1].rpartition(" ")[0].split(", ")[-1] + " here"
    )
    right = [
        "input observations.csv: 000000000000 when committed",
        "(its address",
        "figures/vi/scoreboard.png: the bytes",
    ]
    right.append("figures/vi/scoreboard.png: the picture calls itself")
    assert [words for words in right if not any(words in line for line in messages)] == []


# --- pictures


def test_every_committed_picture_is_that_of_its_table_and_words():
    names = {path.stem for lang in ("vi", "en") for path in (FIGURES / lang).iterdir()}
    assert names == set(CATALOGUE) and len(list(FIGURES.glob("*/*.png"))) == 2 * len(CATALOGUE)
    assert in_words(verify.figure_problems(FIGURES)) == ""


@pytest.fixture(scope="module")
def pictures_on_disk(obs, tmp_path_factory):
    """Two figures as the program draws them today."""
    folder = tmp_path_factory.mktemp("figures")
    for name in ("standard_break", "coverage"):
        first = build(name, obs, "vi")
        for lang in ("vi", "en"):
            (folder / lang).mkdir(exist_ok=True)
            for file, content in first.in_language(lang).files().items():
                (folder / lang / file).write_bytes(content)
    return folder


@pytest.fixture
def pictures(pictures_on_disk, tmp_path):
    shutil.copytree(pictures_on_disk, tmp_path / "figures")
    return tmp_path / "figures"


def test_pictures_as_drawn_are_sound_and_stale_ones_are_named(pictures):
    assert in_words(verify.figure_problems(pictures)) == ""
    assert all(verify.marks_of(path)[1] for path in pictures.glob("*/*") if path.suffix in (".png", ".svg"))
    table = pictures / "vi" / "standard_break.csv"
    table.write_bytes(table.read_bytes().replace(b"0.1", b"0.2", 1))
    messages = in_words(verify.figure_problems(pictures)).splitlines()
    assert [line.split(":")[0] for line in messages] == [f"figures/vi/standard_break.{kind}" for kind in ("png", "svg")]
    assert all("drawn from data with the hash" in line for line in messages)


def test_a_swapped_unmarked_or_broken_picture_is_named(pictures):
    from PIL import Image, PngImagePlugin

    for kind in ("png", "svg"):
        shutil.copy(pictures / "vi" / f"coverage.{kind}", pictures / "vi" / f"standard_break.{kind}")
    path = pictures / "vi" / "coverage.png"
    with Image.open(path) as image:
        marks = PngImagePlugin.PngInfo()
        marks.add_itxt("Title", image.text["Title"])
        image.save(path, pnginfo=marks)
    (pictures / "en" / "coverage.png").write_bytes(path.read_bytes()[:3000])
    shutil.copy(pictures / "vi" / "coverage.svg", pictures / "en" / "coverage.svg")
    messages = in_words(verify.figure_problems(pictures))
    for words in (
        "figures/vi/standard_break.png: the picture calls itself",
        "figures/vi/standard_break.svg: the picture calls itself",
        "figures/vi/coverage.png: the picture carries no hash of its data",
        "figures/en/coverage.png: the picture is broken",
        "figures/en/coverage.svg: the picture calls itself",
    ):
        assert words in messages
