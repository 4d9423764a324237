"""The house as DESIGN draws it, read from the source: no import upwards, no module of two ideas, every name explained.

That no module prints and only figures draw is held by ruff (pyproject.toml), that no dependency is idle by deptry.
"""

import ast
import subprocess
import sys

import pytest
from importlinter.cli import lint_imports

from kontum_analysis.base.files import ROOT

PACKAGE = ROOT / "kontum_analysis"
# the modules that compute: they read through loaders alone and write nothing
CORE = ("base/errors", "base/words", "data", "methods", "poverty", "ntm", "targets")
LOADERS = {"base.words", "data.areas", "data.contract", "data.observations", "ntm.published", "poverty.scenarios"}
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def name_of(path):
    return path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")


def imports(path):
    """(level, module) of every import from another module, wherever in the file it stands."""
    nodes = [node for node in ast.walk(TREES[path]) if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""
        else:
            yield from ((0, alias.name) for alias in node.names)


def called(path):
    """Names of the functions and methods that a module calls."""
    functions = [node.func for node in ast.walk(TREES[path]) if isinstance(node, ast.Call)]
    return {f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in functions}


def test_data_flow_one_way():
    """The floors stand in pyproject.toml; import-linter reads every import, wherever in a file it stands."""
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.slow
def test_types_are_sound(tmp_path):
    """mypy in strict mode on the whole package, as pyproject.toml says."""
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_package_is_imported_by_its_relative_name_and_methods_know_no_other_wing():
    absolute = [name_of(path) for path in TREES for _, module in imports(path) if module.startswith("kontum_analysis")]
    upwards = [
        (name_of(path), module)
        for path in (PACKAGE / "methods").glob("*.py")
        for level, module in imports(path)
        if level > 1 and not module.startswith("base")
    ]
    assert absolute == upwards == []


def test_only_loaders_read_files_and_no_module_that_computes_writes_one():
    core = [path for path in TREES if path.relative_to(PACKAGE).as_posix().startswith(CORE)]
    writing = {"write_text", "write_bytes", "to_csv", "mkdir", "unlink", "savefig", "dump"}
    assert [name_of(path) for path in core if called(path) & writing] == []
    assert {name_of(path) for path in core if called(path) & {"open", "read_csv", "read_text", "read_bytes"}} <= LOADERS


def test_no_module_is_over_three_hundred_lines_and_each_says_what_it_is_for():
    long = [name_of(path) for path in TREES if len(path.read_text(encoding="utf-8").splitlines()) > 300]
    assert long == [name_of(path) for path, tree in TREES.items() if not ast.get_docstring(tree)] == []


def test_every_public_function_and_class_says_what_it_gives():
    silent = [
        f"{name_of(path)}.{node.name}"
        for path, tree in TREES.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


NO_NAMES = {"found", "said", "held", "made", "told", "asked", "seen", "who", "own", "here", "known", "shown", "used"}
NO_NAMES |= {"chosen", "kept", "taken", "wanted", "given", "gone", "got", "written", "drawn", "named", "typed", "stood"}
NO_NAMES |= {"moved", "turned", "grown", "put", "then", "mine", "ours", "theirs", "coded", "doubled", "titled"}
NO_NAMES_OF_PACKAGE = NO_NAMES | {"refused"}


def pronouns(tree, names=NO_NAMES):
    """(line, name) of every variable, argument and function that is called by a bare participle or pronoun."""
    for node in ast.walk(tree):
        is_set = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        name = node.id if is_set else getattr(node, "arg", "") if isinstance(node, ast.arg) else ""
        name = node.name if isinstance(node, ast.FunctionDef) else name
        if name in names:
            yield node.lineno, name


def test_names_are_nouns_and_verbs():
    paths = [path for part in ("kontum_analysis", "tests", "docs") for path in sorted((ROOT / part).rglob("*.py"))]
    trees = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    names = {path: NO_NAMES_OF_PACKAGE if path.startswith("kontum_analysis") else NO_NAMES for path in trees}
    assert [(path, *place) for path, tree in trees.items() for place in pronouns(tree, names[path])] == []
    assert list(pronouns(ast.parse("def said(own):\n    found = own"))) == [(1, "said"), (1, "own"), (2, "found")]
