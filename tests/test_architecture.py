"""The one-way flow of the design, read from the source: no import upwards, no printing, no module of two ideas."""

import ast
import subprocess
import sys

import pytest
from importlinter.cli import lint_imports

from kontum_analysis.base.files import ROOT

PACKAGE = ROOT / "kontum_analysis"
# the modules that compute: they read through loaders alone, write nothing and draw nothing
CORE = ("base/errors", "base/words", "data", "methods", "poverty", "ntm", "targets")
TOO_LONG = {"tables.py", "ntm.py", "estimates.py"}  # unfolded; each is split or shortened next
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p.name != "__init__.py")


def name_of(path):
    return path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")


def imports(path):
    """(ours, others): the wings of ours and the libraries a file imports, wherever in it the import stands."""
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


def test_the_methods_know_nothing_of_kon_tum():
    for path in (PACKAGE / "methods").glob("*.py"):
        assert imports(path)[0] <= {"base", "methods"}, path.name


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_figures_draw(path):
    drawing = imports(path)[1] & {"matplotlib", "seaborn"}
    assert not drawing or name_of(path).startswith("figures")


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_module_prints(path):
    calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    assert not [n.lineno for n in calls if isinstance(n.func, ast.Name) and n.func.id == "print"]


def test_only_loaders_open_files_and_no_core_module_writes_one():
    readers, writers = set(), set()
    for path in [p for p in MODULES if p.relative_to(PACKAGE).as_posix().startswith(CORE)]:
        calls = [n.func for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        called = {f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in calls}
        if called & {"write_text", "write_bytes", "to_csv", "mkdir", "unlink", "savefig", "dump"}:
            writers.add(name_of(path))
        if called & {"open", "read_csv", "read_text", "read_bytes"}:
            readers.add(name_of(path))
    assert not writers
    assert readers <= {"data.areas", "base.words", "data.contract", "data.observations", "poverty.scenarios"}


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
