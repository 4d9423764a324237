"""The one-way flow of the design, read from the source: no import upwards, no printing, no module of two ideas."""

import ast

import pytest

from kontum_analysis.paths import ROOT

PACKAGE = ROOT / "kontum_analysis"
# each module may import from its own floor and the floors below it
FLOORS = [
    {"paths"},
    {"errors", "reading", "trajectories", "apportion", "areas", "labels", "limits"},
    {"schemas"},
    {"checks"},
    {"own_data"},
    {"own_sums"},
    {"observations"},
    {"district_facts", "scenarios"},
    {"estimates", "base_rates"},
    {"paces"},
    {"ensemble"},
    {"poverty"},
]
FLOOR = {name: number for number, floor in enumerate(FLOORS) for name in floor}
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


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_imports_from_above(path):
    name = name_of(path).split(".")[0]
    ours, others = imports(path)
    assert "kontum_analysis" not in others, "the package is imported by its relative name"
    if name in FLOOR:
        above = {other for other in ours if FLOOR.get(other, len(FLOORS)) > FLOOR[name]}
        assert not above, f"{name} imports {above} from above"


def test_the_ground_floor_stands_on_nothing_of_ours_but_itself():
    ground = FLOORS[0] | FLOORS[1]
    for name in ground:
        assert imports(PACKAGE / f"{name}.py")[0] <= ground


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


@pytest.mark.parametrize("name", sorted(FLOOR))
def test_only_loaders_open_files_and_no_core_module_writes_one(name):
    tree = ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
    called = {n.func.attr if isinstance(n.func, ast.Attribute) else getattr(n.func, "id", "")
              for n in ast.walk(tree) if isinstance(n, ast.Call)}  # fmt: skip
    assert not called & {"write_text", "write_bytes", "to_csv", "mkdir", "unlink", "savefig", "dump"}
    if called & {"open", "read_csv", "read_text", "read_bytes"}:
        assert name in {"areas", "limits", "labels", "reading", "scenarios"}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_module_is_longer_than_three_hundred_lines_and_each_says_what_it_is_for(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", [p for p in MODULES if name_of(p) in FLOOR], ids=name_of)
def test_every_public_function_and_class_says_what_it_gives(path):
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name_of(path)}.{node.name}"
