"""Every way a notebook check can lie, planted in a copy: each must make the suite fail."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from kontum_analysis.base.files import FIGURES, NOTEBOOKS, ROOT
from kontum_analysis.review import notebooks as notebook_checks

PATHS = notebook_checks.notebook_paths()


def test_the_notebooks_are_there_in_reading_order():
    assert [p.name[:2] for p in PATHS] == [f"{i:02d}" for i in range(len(PATHS))]
    assert len(PATHS) >= 5


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.name)
def test_committed_notebooks_are_one_clean_run(path):
    assert notebook_checks.problems(path) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.name)
def test_notebooks_speak_both_languages_and_keep_their_order(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    prose = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    if not path.name.startswith("00"):
        assert "**Câu hỏi.**" in prose and "*Question." in prose
        assert prose.index("The answer first") < prose.index("What this does not show")
    assert all(len("".join(c["source"]).splitlines()) <= 12 for c in cells if c["cell_type"] == "code")


@pytest.fixture
def copy(tmp_path):
    """A small copy: the first cells of the baseline notebook with a table and a figure, as committed."""
    notebook = json.loads((NOTEBOOKS / "02_baseline.ipynb").read_text(encoding="utf-8"))
    path = tmp_path / "notebooks" / "02_baseline.ipynb"
    path.parent.mkdir()
    shutil.copytree(FIGURES / "vi", tmp_path / "figures" / "vi")

    def save(change=None):
        if change is not None:
            change([c for c in notebook["cells"] if c["cell_type"] == "code"], notebook)
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return path

    return save


def guard(path):
    return [words.in_language("en") for words in notebook_checks.problems(path, path.parent.parent / "figures")]


def nbval(path):
    """The exit status of nbval in strict mode on one notebook, and what it said."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-q",
        "--nbval",
        "--nbval-current-env",
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(path.parent),
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout


def output_with(cells, kind):
    return next((o for c in cells for o in c["outputs"] if kind in o.get("data", {})), None)


def test_an_untouched_copy_passes(copy):
    """That nbval passes it too is what the notebooks' own run shows."""
    assert guard(copy()) == []


def test_a_stripped_notebook_fails(copy):
    def strip(cells, _):
        for cell in cells:
            cell["outputs"], cell["execution_count"] = [], None

    found = " ".join(guard(copy(strip)))
    assert "not one run from the top" in found and "stripped" in found


def test_a_changed_number_a_figure_of_other_data_and_a_stray_warning_each_fail_their_cell_and_no_other(copy):
    planted = {}

    def plant(cells, _):
        said = next(c for c in cells if any("text/markdown" in o.get("data", {}) for o in c["outputs"]))
        said["outputs"] = json.loads(json.dumps(said["outputs"]).replace("21.989", "21.990"))
        drawn = next(c for c in cells if any("image/png" in o.get("data", {}) for o in c["outputs"]))
        data = output_with([drawn], "image/png")["data"]
        data["text/plain"] = re.sub("data [0-9a-f]{12}", "data 000000000000", "".join(data["text/plain"]))
        cells[-1]["source"] = "import warnings\nwarnings.warn('stray')\n" + "".join(cells[-1]["source"])
        planted.update({cells.index(said): "21.990", cells.index(drawn): "000000000000", len(cells) - 1: "stderr"})

    status, said = nbval(copy(plant))
    assert status == 1 and len(planted) == 3
    failed = re.findall(r"::Cell (\d+)", said.split("short test summary")[1])
    assert sorted(map(int, failed)) == sorted(planted), said
    assert all(words in said for words in planted.values())


def test_a_swapped_picture_fails(copy):
    import base64

    def swap(cells, _):
        other = next(p for p in sorted((FIGURES / "vi").glob("*.png")) if p.stem != "baseline_2021")
        output_with(cells, "image/png")["data"]["image/png"] = base64.b64encode(other.read_bytes()).decode("ascii")

    assert "the picture is not figures/vi/" in " ".join(guard(copy(swap)))


def test_a_picture_changed_on_disk_fails(copy):
    path = copy()
    file = path.parent.parent / "figures" / "vi" / "baseline_2021.png"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert "the picture is not figures/vi/baseline_2021.png" in " ".join(guard(path))


def test_a_broken_magic_fails_even_when_its_failure_was_committed(copy):
    def plant(cells, _):
        cells[1]["source"] = "%nosuchmagic\n" + "".join(cells[1]["source"])

    assert "a magic or shell line" in " ".join(guard(copy(plant)))


def test_a_committed_widget_fails(copy):
    def commit(cells, _):
        shown = {
            "output_type": "display_data",
            "metadata": {},
            "data": {"application/vnd.jupyter.widget-view+json": {"model_id": "a1"}},
        }
        cells[1]["outputs"].append(shown)

    assert "the id of a widget" in " ".join(guard(copy(commit)))


def test_a_committed_warning_fails(copy):
    def commit(cells, _):
        cells[1]["outputs"].append({"output_type": "stream", "name": "stderr", "text": ["UserWarning: stray\n"]})

    assert "written to stderr" in " ".join(guard(copy(commit)))


def test_a_committed_error_a_typed_number_and_a_machine_path_fail(copy):
    def plant(cells, notebook):
        cells[0]["outputs"].append({"output_type": "error", "ename": "KeyError", "evalue": "", "traceback": []})
        cells[1]["outputs"].append({"output_type": "stream", "name": "stdout", "text": ["/home/someone/file\n"]})
        notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": ["The rate is 15.32% now."]})

    found = " ".join(guard(copy(plant)))
    assert "an error was committed: KeyError" in found
    assert "differs between machines" in found
    assert "a number typed by hand" in found


def test_a_run_names_the_notebook_and_the_error_of_a_failing_cell(tmp_path):
    import nbformat

    from kontum_analysis.base.errors import KontumError

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    nbformat.write(notebook, tmp_path / "broken.ipynb")
    with pytest.raises(KontumError, match="(?s)broken.ipynb.*ZeroDivisionError"):
        notebook_checks.executed(tmp_path / "broken.ipynb")
