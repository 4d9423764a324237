"""Each way of tampering with what is committed, planted in a copy: verify must name it."""

import base64
import json
import shutil

import pytest
from planting import line_of, set_field

from kontum_analysis.base.files import FIGURES, NOTEBOOKS, ROOT
from kontum_analysis.figures import CATALOGUE, build
from kontum_analysis.review import figure_checks, verify
from kontum_analysis.review import notebooks as notebook_checks
from kontum_analysis.review.reproduce import manifest


def said(problems):
    return "\n".join(problem.in_language("en") for problem in problems)


# --- inputs


@pytest.fixture
def inputs(tmp_path):
    """A copy of the inputs, and what verify says of them against the state before."""
    for name in ("raw", "scenarios"):
        shutil.copytree(ROOT / "data" / name, tmp_path / "data" / name)
    before = manifest(tmp_path)
    return tmp_path / "data", lambda: said(verify.input_changes(before, manifest(tmp_path)))


def test_inputs_as_they_were_are_not_named(inputs):
    assert inputs[1]() == ""


def test_a_changed_raw_figure_is_named_by_its_file_and_in_the_rebuilt_table_by_row_column_and_value(inputs, tmp_path):
    folder, found = inputs
    file = folder / "raw" / "observations.csv"
    set_field(file, line_of(file, ref_area="62", indicator="poverty_rate_pct", obs_value="10.86"), "obs_value", "10.68")
    assert found().startswith("input observations.csv:")
    old, new = ROOT / "data" / "processed" / "observations.csv", tmp_path / "observations.csv"
    text = old.read_text(encoding="utf-8")
    line = next(n for n, row in enumerate(text.splitlines(), 1) if row.startswith("62,") and ",10.86," in row)
    new.write_text(text.replace(",10.86,", ",10.68,", 1), encoding="utf-8")
    assert f"row {line}, column obs_value: 10.86, rebuilt 10.68" in said(
        verify._compare("observations.csv", old, new)
    ).replace("'", "")


def test_a_changed_address_of_a_source_is_named_by_the_source_and_no_other_source_is(inputs):
    folder, found = inputs
    file = folder / "raw" / "sources.csv"
    name = file.read_text(encoding="utf-8").splitlines()[10].split(",")[0]
    set_field(file, 11, "url", "https://example.org/elsewhere")
    lines = found().splitlines()
    assert len(lines) == 2 and lines[0].startswith("input sources.csv:") and f"source {name} (its address" in lines[1]


def test_a_scenario_edited_after_its_figures_were_made_is_named_with_these_figures(inputs):
    folder, found = inputs
    file = folder / "scenarios" / "programme-mid.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("3.5", "3.6"), encoding="utf-8")
    assert "input programme-mid.yaml:" in found()
    assert (
        "programme-mid.yaml: the scenario was edited after these figures were made: poverty_paths, forms_compared"
        in found()
    )
    assert "standard_break" not in found()


def test_a_raw_table_that_is_gone_or_new_is_named(inputs):
    folder, found = inputs
    (folder / "raw" / "targets.csv").unlink()
    (folder / "raw" / "extra.csv").write_text("a\n", encoding="utf-8")
    assert "input targets.csv:" in found() and "input extra.csv: none when committed" in found()


# --- pictures


@pytest.fixture(scope="module")
def drawn(obs, tmp_path_factory):
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
def pictures(drawn, tmp_path):
    shutil.copytree(drawn, tmp_path / "figures")
    return tmp_path / "figures"


def test_pictures_as_drawn_are_sound_and_carry_the_hash_of_their_table(pictures):
    assert said(figure_checks.figure_problems(pictures)) == ""
    assert all(figure_checks.marks_of(path)[1] for path in pictures.glob("*/*") if path.suffix in (".png", ".svg"))


def test_committed_pictures_belong_to_the_tables_and_words_beside_them():
    assert len(list(FIGURES.glob("*/*.png"))) == 2 * len(CATALOGUE)
    assert said(figure_checks.figure_problems(FIGURES)) == ""


def test_a_table_changed_after_its_picture_was_drawn_is_named_for_both_kinds_of_picture(pictures):
    table = pictures / "vi" / "standard_break.csv"
    table.write_bytes(table.read_bytes().replace(b"0.1", b"0.2", 1))
    found = said(figure_checks.figure_problems(pictures))
    for kind in ("png", "svg"):
        assert f"figures/vi/standard_break.{kind}: drawn from data with the hash" in found
    assert len(found.splitlines()) == 2


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_picture_swapped_for_another_is_named(pictures, kind):
    shutil.copy(pictures / "vi" / f"coverage.{kind}", pictures / "vi" / f"standard_break.{kind}")
    found = said(figure_checks.figure_problems(pictures))
    assert f"figures/vi/standard_break.{kind}: the picture calls itself" in found and "swapped" in found


def test_a_picture_of_the_other_language_is_named(pictures):
    shutil.copy(pictures / "en" / "coverage.png", pictures / "vi" / "coverage.png")
    assert "figures/vi/coverage.png: the picture calls itself" in said(figure_checks.figure_problems(pictures))


def test_a_picture_saved_anew_by_another_program_or_broken_is_named(pictures):
    from PIL import Image, PngImagePlugin

    path = pictures / "vi" / "coverage.png"
    with Image.open(path) as image:
        marks = PngImagePlugin.PngInfo()
        marks.add_itxt("Title", image.text["Title"])
        image.save(path, pnginfo=marks)
    (pictures / "en" / "coverage.png").write_bytes(path.read_bytes()[:3000])
    found = said(figure_checks.figure_problems(pictures))
    assert "figures/vi/coverage.png: the picture carries no hash of its data" in found
    assert "figures/en/coverage.png: the picture is broken" in found


# --- notebooks


@pytest.fixture
def notebook(tmp_path):
    """A function that saves a changed copy of a notebook and says what verify finds in it."""
    name = "02_baseline.ipynb"
    made = json.loads((NOTEBOOKS / name).read_text(encoding="utf-8"))

    def found(change):
        change([cell for cell in made["cells"] if cell["cell_type"] == "code"])
        path = tmp_path / name
        path.write_text(json.dumps(made), encoding="utf-8")
        return said([*notebook_checks.problems(path), *notebook_checks.output_differences(path, NOTEBOOKS / name)])

    return found


def test_a_notebook_as_committed_is_sound(notebook):
    assert notebook(lambda cells: None) == ""


def test_a_stripped_notebook_is_named(notebook):
    def strip(cells):
        for cell in cells:
            cell["outputs"], cell["execution_count"] = [], None

    found = notebook(strip)
    assert "02_baseline.ipynb: no outputs" in found and "not one run from the top" in found


def test_one_stripped_cell_is_named_by_its_number(notebook):
    def strip(cells):
        next(cell for cell in cells[2:] if cell["outputs"])["outputs"] = []

    assert "02_baseline.ipynb: the output of cell" in notebook(strip)


def test_a_changed_number_is_named_by_its_cell(notebook):
    def change(cells):
        for cell in cells:
            for output in cell["outputs"]:
                for kind, text in output.get("data", {}).items():
                    output["data"][kind] = json.loads(json.dumps(text).replace("21.989", "21.990"))

    assert "02_baseline.ipynb: the output of cell" in notebook(change)


def test_a_swapped_picture_in_a_notebook_is_named(notebook):
    def swap(cells):
        other = base64.b64encode((FIGURES / "vi" / "scoreboard.png").read_bytes()).decode("ascii")
        shown = [o for c in cells for o in c["outputs"] if "image/png" in o.get("data", {})]
        shown[0]["data"]["image/png"] = other

    assert "the picture is not figures/vi/" in notebook(swap)


def test_verify_as_a_whole_asks_every_guard(tmp_path):
    """One copy with a fault for each guard, compared with what is committed."""
    for folder in ("data", "figures", "notebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    file = tmp_path / "data" / "raw" / "sources.csv"
    set_field(file, 11, "url", "https://example.org/elsewhere")
    shutil.copy(tmp_path / "figures" / "vi" / "coverage.png", tmp_path / "figures" / "vi" / "scoreboard.png")
    found = said(verify.differences(ROOT, tmp_path))
    assert "source " in found and "(its address" in found
    assert "figures/vi/scoreboard.png: the bytes differ" in found
    assert "figures/vi/scoreboard.png: the picture calls itself" in found
