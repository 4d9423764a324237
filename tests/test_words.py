"""Every error, problem and remark carries a key of labels.csv and just the values that its words need: read from the
source.
"""

import ast
import pickle
import re
from string import Formatter

import pytest

from kontum_analysis.base import words as labels
from kontum_analysis.base.errors import Field, KontumError, ScenarioError, Words
from kontum_analysis.base.files import ROOT
from kontum_analysis.data import areas

# what says something to a user -> where its key stands among its arguments
ERRORS = {
    kind.__name__: 0 for kind in (KontumError, *KontumError.__subclasses__()) if kind.__init__ is KontumError.__init__
}
SPEAKERS = {**ERRORS, "Words": 0, "Problem": 4}
# functions that pass a key on: (module, name) -> where their key stands
PASSING = {
    ("checks.py", "_cell_problem"): 3,
    ("checks.py", "_cell_problems"): 3,
    ("simulation/tree.py", "_problem"): 4,
    ("*", "problem"): 1,  # the method of import_areas.Entry
}
PASSED_ON = {
    "allowed",
    "key",
    "error.key",
    "self.key",
    "self.allowed",
}  # how they, and errors.py, write what they pass on
PASSING_IN = {"_cell_problem", "_cell_problems", "_problem", "problem", "in_language", "wanted"}


def module_calls():
    """(id, call, what it stands in, module) of everything that says something."""
    for path in sorted((ROOT / "kontum_analysis").rglob("*.py")):
        module = path.relative_to(ROOT / "kontum_analysis").as_posix()
        for block in ast.parse(path.read_text(encoding="utf-8")).body:
            parts = block.body if isinstance(block, ast.ClassDef) else [block]
            for part in parts:
                for node in ast.walk(part):
                    if isinstance(node, ast.Call) and place_of(node, module) is not None:
                        yield f"{module}:{node.lineno}", node, part, module


def called(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def place_of(call, module):
    """Where the key of a call that says something stands, else None."""
    name = called(call)
    if isinstance(call.func, ast.Name) and name in SPEAKERS:
        return SPEAKERS[name]
    return PASSING.get(("*" if isinstance(call.func, ast.Attribute) else module, name))


def meanings(node, within):
    """The keys that an expression can mean: a constant, a family put together, both sides of a choice, a name given
    before.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = (re.escape(v.value) if isinstance(v, ast.Constant) else r"[\w-]+" for v in node.values)
        pattern = re.compile("".join(parts))
        return [key for key in labels.labels() if pattern.fullmatch(key)]
    if isinstance(node, ast.IfExp):
        return meanings(node.body, within) + meanings(node.orelse, within)
    if isinstance(node, ast.Name):
        return [key for value in values_of(node.id, within) for key in meanings(value, within)]
    return []


def values_of(name, within):
    """The expressions that a name is given in a block: by assignment, or by a loop over a table written above it."""
    given = {}
    for node in ast.walk(within):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            given.setdefault(node.targets[0].id, []).append(node.value)
    found = given.get(name, [])
    for node in ast.walk(within):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Tuple) and isinstance(node.iter, ast.Name):
            names = [getattr(part, "id", "") for part in node.target.elts]
            if name in names:
                found = found + [row.elts[names.index(name)] for table in given[node.iter.id] for row in table.elts]
    return found


def value_names(call):
    """The names of the values that go with the key of a call; None where they cannot be read from the source."""
    if called(call) != "Problem":
        return {keyword.arg for keyword in call.keywords}
    given = [*call.args[5:], *(keyword.value for keyword in call.keywords)]
    if not given:
        return set()
    if isinstance(given[0], ast.Dict):
        return {key.value for key in given[0].keys}
    return {keyword.arg for keyword in given[0].keywords} if isinstance(given[0], ast.Call) else None


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def faults(call, within=None, module=""):
    """What is wrong with the words of a call, or nothing."""
    key = call.args[place_of(call, module)]
    if ast.unparse(key) in PASSED_ON and (ast.unparse(key) == "error.key" or getattr(within, "name", "") in PASSING_IN):
        return []  # its callers are read
    keys = meanings(key, within) if within is not None or not isinstance(key, ast.Name) else []
    if not keys or (unknown := set(keys) - set(labels.labels())):
        return [f"no key of labels.csv: {unknown if keys else ast.unparse(key)}"]
    given = value_names(call)
    return [
        f"{key} in {lang}: {wanted} wanted, {given} given"
        for key in keys
        for lang in labels.LANGUAGES
        if given is None or (wanted := placeholders(labels.labels()[key][lang])) != given
    ]


CALLS = list(module_calls())


@pytest.mark.parametrize(("call", "within", "module"), [pytest.param(*rest, id=name) for name, *rest in CALLS])
def test_every_error_and_remark_has_a_key_in_the_table_and_just_the_values_its_words_need(call, within, module):
    assert faults(call, within, module) == []


def test_there_are_many_errors_and_none_is_raised_as_a_bare_sentence():
    assert len(CALLS) > 250
    for path in sorted((ROOT / "kontum_analysis").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name = ast.unparse(node.exc.func)
                sentence = any(isinstance(arg, ast.JoinedStr | ast.Constant) for arg in node.exc.args)
                known = {*SPEAKERS, "AttributeError", "PydanticCustomError", "typer.Exit"}
                assert not sentence or name in known, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize(
    "source",
    [
        'KontumError("draws: give at least 2")',
        'KontumError(f"draws: {draws}")',
        'KontumError("error.draws")',
        'KontumError("error.draws", found=1, more=2)',
        "KontumError(message)",
        'Words("error.no_such_key")',
        'Problem("a.csv", 1, "b", "c", "a number")',
        'Problem("a.csv", 1, "b", "c", "allowed.fields", {"columns": 3})',
        'Words(f"error.nothing.{kind}")',
        'KontumError("error.draws", **values)',
        'Words("error.no_file" if x else "none")',
    ],
)
def test_a_planted_sentence_or_a_planted_value_is_found(source):
    assert faults(ast.parse(source).body[0].value)


def test_an_error_of_a_key_that_is_not_in_the_table_cannot_be_made():
    with pytest.raises(KeyError):
        KontumError("give at least 2")


def test_an_error_says_lists_words_and_names_in_each_language_and_survives_another_process():
    inner = ScenarioError("error.scenario.end", field=Field("end"), found=2020, other=Field("start"), start=2021)
    error = ScenarioError("error.scenario.in_file", file="mine.yaml", error=inner)
    again = pickle.loads(pickle.dumps(error))
    assert (
        type(again) is ScenarioError
        and str(again) == str(error) == f"{error.in_language('vi')}\n{error.in_language('en')}"
    )
    assert error.in_language("en") == "mine.yaml: end: found 2020; a year after start, 2021"
    typed = error.with_names({"end": "--to", "start": "--from"})
    assert typed.in_language("en") == "mine.yaml: --to: found 2020; a year after --from, 2021"
    assert (
        Words("error.panel.column", column="a", allowed=Words("error.no_file"), columns=["x", 1])
        .in_language("vi")
        .endswith("không có tệp (các cột hiện có: x, 1)")
    )
    assert (
        Words("error.opening", area=areas.name_of("62"), code="62", year=2021)
        .in_language("en")
        .startswith("the opening stock of Province")
    )
