"""Every way a notebook check can lie, planted in a copy: each must be named."""

import base64
import json
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest

from kontum_analysis.base.errors import KontumError
from kontum_analysis.base.files import FIGURES, NOTEBOOKS, ROOT
from kontum_analysis.figures import build
from kontum_analysis.publish import notebooks as voice
from kontum_analysis.review import notebooks as review

pytestmark = pytest.mark.once
PATHS = review.notebook_paths()
PARTS = [
    "The answer first",
    "## Số liệu · Data",
    "## Phương pháp · Method",
    "## Kết quả · Result",
    "What this does not show",
]


def cells_of(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def test_committed_notebooks_are_one_clean_run_in_reading_order():
    assert [path.name[:2] for path in PATHS] == [f"{number:02d}" for number in range(10)]
    assert [problem.in_language("en") for path in PATHS for problem in review.problems(path)] == []


def test_notebooks_speak_both_languages_and_are_an_argument():
    wrong = []
    for path in PATHS:
        prose = "\n".join("".join(cell["source"]) for cell in cells_of(path) if cell["cell_type"] == "markdown")
        parts = PARTS if path.name[:2] != "00" else [PARTS[0], PARTS[-1]]
        places = [prose.find(part) for part in ["**Câu hỏi.**", "*Question.", *parts]]
        wrong += [path.name] * (places != sorted(places) or -1 in places)
    assert wrong == []


def test_cells_are_short_and_use_the_names_of_kt_alone():
    wrong = []
    for path in PATHS:
        for cell in cells_of(path):
            source = "".join(cell["source"])
            inner = "kontum_analysis." in source or re.search(r"kt\.(?!areas|scenarios|explorer)\w+\.\w+\(", source)
            if cell["cell_type"] == "code" and (len(source.splitlines()) > 12 or inner):
                wrong.append((path.name, source))
    assert wrong == []


# --- what a cell calls


def test_a_paragraph_is_in_both_languages_and_no_star_is_left(monkeypatch):
    import kontum_analysis as kt

    words = {"x": {"vi": "**{a:p1}%** ở {b} <1>", "en": "**{a:p1}%** in {b} <1>"}}
    monkeypatch.setattr("kontum_analysis.base.words.labels", lambda: words)
    paragraph = voice.tell("x", a=0.153, b={"vi": "tỉnh", "en": "province"})
    assert repr(paragraph) == "15,3% ở tỉnh <1>\n\n15.3% in province <1>"
    assert (
        paragraph.forms["text/html"].splitlines()[1]
        == '<p lang="en"><em><strong>15.3%</strong> in province &lt;1&gt;</em></p>'
    )
    monkeypatch.undo()
    assert "Kon Plông" in repr(voice.tell("error.opening", area=kt.areas.area("613"), code="613", year=2021))


def test_a_picture_is_taken_from_its_file_only_where_it_is_the_same(obs, tmp_path, monkeypatch):
    figure = build("coverage", obs, "vi")
    shutil.copytree(FIGURES / "vi", tmp_path / "vi")
    monkeypatch.setattr(voice, "FIGURES", tmp_path)
    monkeypatch.setattr(type(figure), "image", lambda self: b"drawn anew")
    file = tmp_path / "vi" / "coverage.png"
    assert voice._picture(figure) == file.read_bytes()
    for content in ((FIGURES / "vi" / "scoreboard.png").read_bytes(), file.read_bytes()[:2000], b""):
        file.write_bytes(content)
        assert voice._picture(figure) == b"drawn anew"


# --- saving in JupyterLab


def test_jupyterlab_saves_a_notebook_as_it_is_committed():
    path = PATHS[2]
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.language_info = {"name": "python", "version": "3.14.1", "file_extension": ".py"}
    notebook.metadata.kernelspec.display_name = "Python 3 (ipykernel)"
    notebook.cells[1].metadata["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00Z"}
    model, server = {"type": "notebook", "content": notebook}, SimpleNamespace(root_dir=str(ROOT))
    review.before_saving(model=model, path=f"notebooks/{path.name}", contents_manager=server)
    assert f"{nbformat.writes(notebook)}\n" == path.read_text(encoding="utf-8")
    for cell in notebook.cells:
        for counted in [cell, *cell.get("outputs", [])]:
            if counted.get("execution_count"):
                counted["execution_count"] += 11
    review.before_saving(model=model, path=f"notebooks/{path.name}", contents_manager=server)
    assert f"{nbformat.writes(notebook)}\n" == path.read_text(encoding="utf-8"), "a second run in the same kernel"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[1].execution_count, code[2].execution_count = 3, 2
    review.before_saving(model=model, path=f"notebooks/{path.name}", contents_manager=server)
    assert [cell.execution_count for cell in code[:3]] == [1, 3, 2], "cells run out of order stay so"
    notebook.metadata.kernelspec.display_name = "mine"
    review.before_saving(model=model, path="mine/other.ipynb", contents_manager=server)
    assert notebook.metadata.kernelspec.display_name == "mine", "other notebooks are left alone"


# --- faults planted in a copy


@pytest.fixture
def copy(tmp_path):
    """A function that saves a changed copy of the baseline notebook, beside the pictures it shows."""
    notebook = json.loads((NOTEBOOKS / "02_baseline.ipynb").read_text(encoding="utf-8"))
    path = tmp_path / "notebooks" / "02_baseline.ipynb"
    path.parent.mkdir()
    shutil.copytree(FIGURES / "vi", tmp_path / "figures" / "vi")

    def save(change=None):
        if change is not None:
            change([cell for cell in notebook["cells"] if cell["cell_type"] == "code"], notebook)
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return path

    return save


def guard(path):
    return " ".join(words.in_language("en") for words in review.problems(path, path.parent.parent / "figures"))


def with_output(cells, kind):
    return next(cell for cell in cells if any(kind in output.get("data", {}) for output in cell["outputs"]))


def swap_picture(cells, _):
    other = base64.b64encode((FIGURES / "vi" / "scoreboard.png").read_bytes()).decode("ascii")
    outputs = with_output(cells, "image/png")["outputs"]
    next(output for output in outputs if "image/png" in output.get("data", {}))["data"]["image/png"] = other


def strip(cells, _):
    for cell in cells:
        cell["outputs"], cell["execution_count"] = [], None


def add_output(**output):
    return lambda cells, _: cells[1]["outputs"].append(output)


def add_prose(_, notebook):
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": ["The rate is 15.32% now."]})


def add_magic(cells, _):
    cells[1]["source"] = "%nosuchmagic\n" + "".join(cells[1]["source"])


FAULTS = {
    "not one run from the top": strip,
    "stripped": strip,
    "the picture is not figures/vi/": swap_picture,
    "a magic or shell line": add_magic,
    "a number typed by hand": add_prose,
    "an error was committed: KeyError": add_output(output_type="error", ename="KeyError", evalue="", traceback=[]),
    "written to stderr": add_output(output_type="stream", name="stderr", text=["UserWarning: stray\n"]),
    "differs between machines": add_output(output_type="stream", name="stdout", text=["/home/someone/file\n"]),
    "the id of a widget": add_output(
        output_type="display_data", metadata={}, data={"application/vnd.jupyter.widget-view+json": {"model_id": "a1"}}
    ),
}


@pytest.mark.parametrize("words", FAULTS)
def test_a_planted_fault_is_named(copy, words):
    assert guard(copy()) == ""
    assert words in guard(copy(FAULTS[words]))


def test_a_picture_changed_on_disk_is_named(copy):
    path = copy()
    file = path.parent.parent / "figures" / "vi" / "baseline_2021.png"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert "the picture is not figures/vi/baseline_2021.png" in guard(path)


def test_a_changed_number_is_named_by_its_cell(copy):
    def change(cells, _):
        cell = with_output(cells, "text/html")
        cell["outputs"] = json.loads(json.dumps(cell["outputs"]).replace("21.989", "21.990"))

    differences = review.output_differences(copy(change), NOTEBOOKS / "02_baseline.ipynb")
    assert len(differences) == 1 and "02_baseline.ipynb: the output of cell" in differences[0].in_language("en")


def nbval(path):
    """The exit status of nbval in strict mode on one notebook, and what it printed."""
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(path.parent), "-p", "no:cacheprovider", "-q"]
    command = [sys.executable, "-m", "pytest", *settings, "--nbval", "--nbval-current-env", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return result.returncode, result.stdout


def test_nbval_fails_a_changed_number_other_data_and_a_stray_warning_in_their_cells(copy):
    planted = {}

    def plant(cells, _):
        number_cell, figure_cell = with_output(cells, "text/html"), with_output(cells, "image/png")
        number_cell["outputs"] = json.loads(json.dumps(number_cell["outputs"]).replace("21.989", "21.990"))
        data = next(output["data"] for output in figure_cell["outputs"] if "image/png" in output.get("data", {}))
        data["text/plain"] = re.sub("data [0-9a-f]{12}", "data 000000000000", "".join(data["text/plain"]))
        cells[-1]["source"] = "import warnings\nwarnings.warn('stray')\n" + "".join(cells[-1]["source"])
        planted.update(
            {cells.index(number_cell): "21.990", cells.index(figure_cell): "000000000000", len(cells) - 1: "stderr"}
        )

    status, printed = nbval(copy(plant))
    assert status == 1 and len(planted) == 3
    failed = re.findall(r"::Cell (\d+)", printed.split("short test summary")[1])
    assert sorted(map(int, failed)) == sorted(planted), printed
    assert all(words in printed for words in planted.values())


def test_a_run_names_the_notebook_and_the_error_of_a_failing_cell(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    nbformat.write(notebook, tmp_path / "broken.ipynb")
    with pytest.raises(KontumError, match="(?s)broken.ipynb.*ZeroDivisionError"):
        review.executed(tmp_path / "broken.ipynb")
