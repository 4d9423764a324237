"""What is committed is what the program makes; `verify` names each planted difference; files are whole or absent."""

import json
import shutil

import pytest

from kontum_analysis.base.files import FIGURES, ROOT, write_whole
from kontum_analysis.figures import CATALOGUE
from kontum_analysis.review import verify
from kontum_analysis.review.reproduce import steps
from kontum_analysis.review.verify import table_differences


def test_no_figure_file_is_left_over():
    names = {path.stem for lang in ("vi", "en") for path in (FIGURES / lang).iterdir()}
    assert names == set(CATALOGUE)


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """A folder with the processed tables and their description, made anew. Read only."""
    folder = tmp_path_factory.mktemp("computed")
    for key, count, work in steps(folder):
        if key in ("step.data", "step.estimates", "step.paths", "step.forecasts", "step.package"):
            assert sum(1 for _ in work) == count
    return folder / "data"


def test_committed_tables_hold_the_numbers_that_are_computed_now(computed):
    """By value, so that it holds for other versions of the packages too."""
    made = sorted((computed / "processed").glob("*.csv"))
    assert len(made) == 12
    for path in made:
        assert table_differences(path.name, ROOT / "data" / "processed" / path.name, path) == []


@pytest.mark.locked
def test_committed_tables_are_byte_for_byte_what_is_computed_now(computed):
    for path in sorted((computed / "processed").iterdir()):
        assert path.read_bytes() == (ROOT / "data" / "processed" / path.name).read_bytes(), path.name
    assert (computed / "datapackage.json").read_bytes() == (ROOT / "data" / "datapackage.json").read_bytes()


@pytest.fixture
def rebuilt(tmp_path):
    """A rebuilt folder that equals what is committed, and a function that says what verify finds after a change."""
    for folder in ("data/processed", "figures", "notebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "data" / "datapackage.json", tmp_path / "data")

    def found(change):
        change(tmp_path)
        return " ".join(words.in_language("en") for words in verify.differences(tmp_path))

    return found


def test_verify_finds_nothing_where_nothing_differs(rebuilt):
    assert rebuilt(lambda root: None) == ""


def edit(name, old, new, count=1):
    def change(root):
        path = root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, count), encoding="utf-8")

    return change


def test_verify_names_row_column_and_values_of_a_changed_table(rebuilt):
    said = rebuilt(edit("data/processed/headline.csv", "programme-low,2021", "programme-low,2020"))
    assert "data/processed/headline.csv: row 2, column start: '2021', rebuilt '2020'" in said


def test_verify_lets_a_difference_in_the_tenth_digit_pass(rebuilt):
    assert rebuilt(edit("data/processed/poverty_paths.csv", "0.15316834", "0.1531683400001")) == ""


def test_verify_names_a_changed_figure_a_missing_and_an_extra_file(rebuilt):
    def change(root):
        png = root / "figures" / "vi" / "poverty_paths.png"
        png.write_bytes(png.read_bytes() + b"x")
        (root / "figures" / "en" / "poverty_paths.svg").unlink()
        (root / "figures" / "en" / "new.svg").write_text("x")

    said = rebuilt(change)
    assert "figures/vi/poverty_paths.png: the bytes differ" in said
    assert "figures/en/poverty_paths.svg: committed, but not made any more" in said
    assert "figures/en/new.svg: made, but not committed" in said


def test_verify_names_a_changed_description_of_the_tables(rebuilt):
    said = rebuilt(edit("data/datapackage.json", "kon-tum-analysis", "another"))
    assert "data/datapackage.json: missing, or other than the one made anew" in said


def test_verify_names_a_notebook_cell_whose_output_changed(rebuilt):
    said = rebuilt(edit("notebooks/02_baseline.ipynb", "21.989", "21.990"))
    assert "02_baseline.ipynb: the output of cell" in said


def test_verify_names_a_changed_input_and_the_versions_that_may_explain_a_difference(tmp_path):
    root = tmp_path / "committed"
    for folder in ("data", "figures", "notebooks"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    path = root / "data" / "processed" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["inputs"]["observations.csv"] = "000000000000"
    manifest["packages"]["numpy"] = "1.0"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    said = " ".join(words.in_language("en") for words in verify.differences(ROOT, root))
    assert "input observations.csv: 000000000000 when committed" in said
    assert "version of numpy: 1.0 when committed" in said


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    assert write_whole(path, "old\n") and not write_whole(path, "old\n")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new\n")
    assert path.read_text() == "old\n"
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]
