"""The one-way flow of the design, read from the source: no import upwards, no printing, no module of two ideas."""

import ast
import subprocess
import sys

import pytest
from importlinter.cli import lint_imports

from kontum_analysis.paths import ROOT

PACKAGE = ROOT / "kontum_analysis"
# the modules that compute: they read through loaders alone, write nothing and draw nothing
CORE = {
    "apportion",
    "areas",
    "attainment",
    "base_rates",
    "checks",
    "district_facts",
    "ensemble",
    "errors",
    "estimates",
    "labels",
    "limits",
    "names",
    "observations",
    "own_data",
    "own_sums",
    "paces",
    "paths",
    "poverty",
    "reading",
    "scenarios",
    "schemas",
    "targets",
    "target_measures",
    "trajectories",
}
TOO_LONG = {"areas.py", "tables.py", "ntm.py", "estimates.py", "checks.py"}  # unfolded; each is split or shortened next
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p.name != "__init__.py")


def name_of(path):
    return path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")


def imports(path):
    """(ours, others): top names of the modules a file imports, wherever in it the import stands."""
    ours, others = set(), set()
    depth = len(path.relative_to(PACKAGE).parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            others |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            others.add(node.module.split(".")[0])
        elif isinstance(node, ast.ImportFrom) and node.level == depth:
            ours |= {node.module.split(".")[0]} if node.module else {alias.name for alias in node.names}
    return ours, others


def test_data_flow_one_way():
    """The layers stand in pyproject.toml; import-linter reads every import, wherever in a file it stands."""
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.slow
def test_types_are_sound(tmp_path):
    """mypy in strict mode on the whole package, as pyproject.toml says."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_package_is_imported_by_its_relative_name(path):
    assert "kontum_analysis" not in imports(path)[1]


def test_the_mathematics_stands_on_nothing_of_ours_but_the_words_of_its_refusals():
    for name in ("trajectories", "apportion", "scores"):
        assert imports(PACKAGE / f"{name}.py")[0] == {"errors"}
    assert imports(PACKAGE / "paths.py")[0] == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_figures_draw(path):
    drawing = imports(path)[1] & {"matplotlib", "seaborn"}
    assert not drawing or name_of(path).startswith("figures")


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_module_prints(path):
    calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    assert not [n.lineno for n in calls if isinstance(n.func, ast.Name) and n.func.id == "print"]


@pytest.mark.parametrize("name", sorted(CORE))
def test_only_loaders_open_files_and_no_core_module_writes_one(name):
    tree = ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
    called = {
        n.func.attr if isinstance(n.func, ast.Attribute) else getattr(n.func, "id", "")
        for n in ast.walk(tree)
        if isinstance(n, ast.Call)
    }
    assert not called & {"write_text", "write_bytes", "to_csv", "mkdir", "unlink", "savefig", "dump"}
    if called & {"open", "read_csv", "read_text", "read_bytes"}:
        assert name in {"areas", "limits", "labels", "reading", "scenarios"}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_module_is_longer_than_three_hundred_lines_and_each_says_what_it_is_for(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300 or path.name in TOO_LONG
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_public_function_and_class_says_what_it_gives(path):
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name_of(path)}.{node.name}"
