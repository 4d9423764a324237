"""Errors and remarks: each names a key of the labels and just the values its words need, and speaks both languages."""

import ast
import pickle
import re
from string import Formatter

import pytest

import kontum_analysis as kt
from kontum_analysis.base import errors
from kontum_analysis.base.errors import DataError, KontumError, Lines, Problem, ScenarioError, Words, did_you_mean
from kontum_analysis.base.files import ROOT
from kontum_analysis.base.words import LANGUAGES, labels
from kontum_analysis.data.areas import name_of

PACKAGE = sorted((ROOT / "kontum_analysis").rglob("*.py"))
KINDS = [
    kind.__name__ for kind in (KontumError, *KontumError.__subclasses__()) if kind.__init__ is KontumError.__init__
]
# what says something to a user -> where its key stands, and where a dict or tuple with the names of its values
SPEAKERS = {**{name: (0, None) for name in (*KINDS, "Words", "refusal")}, "Problem": (4, 5), "Breach": (3, 4)}
ADDED = {"refusal": {"field"}}  # values that a speaker gives by itself


def entries(table, values):
    """The keys that a table of the module holds, by the name of the table."""
    return [value.value for node in values[table] for value in getattr(node, "values", [])]


def meanings(node, values_of):
    """The keys that an expression can mean; None where it is handed in from outside. values_of: name -> expressions."""
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = (re.escape(v.value) if isinstance(v, ast.Constant) else r"[\w-]+" for v in node.values)
        pattern = re.compile("".join(parts))
        return [key for key in labels() if pattern.fullmatch(key)]
    if isinstance(node, ast.IfExp):
        sides = meanings(node.body, values_of), meanings(node.orelse, values_of)
        return None if None in sides else sides[0] + sides[1]
    if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") in values_of:
        return entries(node.value.id, values_of)
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get" and len(node.args) == 2:
        table = getattr(node.func.value, "id", "")  # TABLE.get(code, "another.key")
        return entries(table, values_of) + meanings(node.args[1], values_of) if table in values_of else None
    if isinstance(node, ast.Name) and node.id in values_of:
        # a name may be set from itself
        others = {name: values for name, values in values_of.items() if name != node.id}
        return [key for value in values_of[node.id] for key in meanings(value, others) or ()]
    return None


def assignments(block):
    """Name -> the expressions it is given in a block: by assignment, or by a loop over a table written out."""
    values = {}
    for node in ast.walk(block):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values.setdefault(node.targets[0].id, []).append(node.value)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            values.setdefault(node.target.id, []).append(node.value)
    for node in ast.walk(block):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Tuple):
            tables = (
                [node.iter] if isinstance(node.iter, ast.Tuple | ast.List) else values.get(ast.unparse(node.iter), [])
            )
            rows = [row for table in tables for row in getattr(table, "elts", []) if isinstance(row, ast.Tuple)]
            for place, name in enumerate(node.target.elts):
                values.setdefault(getattr(name, "id", ""), []).extend(row.elts[place] for row in rows)
    return values


def names_of(node, values):
    """The names in a dict or tuple of values, also of one named before; None where it is not written out."""
    if isinstance(node, ast.Name) and len(values.get(node.id, [])) == 1:
        return names_of(values[node.id][0], values)
    if isinstance(node, ast.Dict):
        return {key.value for key in node.keys}
    if isinstance(node, ast.Tuple):
        return {element.value for element in node.elts}
    return {word.arg for word in node.keywords} if isinstance(node, ast.Call) else None


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def faults(call, values_of):
    """What is wrong with the words of a call, or nothing."""
    name = getattr(call.func, "id", "")
    place, values = SPEAKERS[name]
    keys = meanings(call.args[place], values_of)
    if keys is None:
        handed_in = isinstance(call.args[place], ast.Name | ast.Attribute)
        return [] if handed_in and values_of else [f"no key of the labels: {ast.unparse(call.args[place])}"]
    if not keys or set(keys) - set(labels()):
        return [f"no key of the labels: {ast.unparse(call.args[place])}"]
    if values is None:
        names = {word.arg for word in call.keywords} | ADDED.get(name, set())
    else:
        last = [*call.args[values:], *(word.value for word in call.keywords if word.arg == "values")]
        names = names_of(last[0], values_of) if last else set()
    if names is None or None in names and isinstance(call.args[place], ast.Name | ast.Call):
        return []  # a function that passes on what it was given, or the values of whichever key a table gives
    return [
        f"{key} in {lang}: {right} wanted, {names} given"
        for key in keys
        for lang in LANGUAGES
        if (right := placeholders(labels()[key][lang])) != names
    ]


def calls(path):
    """(call, what its names mean) of everything in a module that says something."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    above = assignments(ast.Module([node for node in module.body if isinstance(node, ast.Assign)], []))
    for block in module.body:
        for part in block.body if isinstance(block, ast.ClassDef) else [block]:
            values = above | assignments(part) | {"": []}
            for node in ast.walk(part):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SPEAKERS:
                    yield node, values


def test_every_error_and_remark_has_a_key_and_just_the_values_of_its_words():
    all_calls = [(path, call, values) for path in PACKAGE for call, values in calls(path)]
    wrong = [
        f"{path.name}:{call.lineno}: {fault}" for path, call, values in all_calls for fault in faults(call, values)
    ]
    assert wrong == [] and len(all_calls) > 200


def test_none_is_raised_as_a_bare_sentence():
    allowed = {*SPEAKERS, "AttributeError", "PydanticCustomError", "typer.Exit", "_refusal"}
    wrong = []
    for path in PACKAGE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                has_text = any(isinstance(arg, ast.JoinedStr | ast.Constant) for arg in node.exc.args)
                wrong += (
                    [f"{path.name}:{node.lineno}"] if has_text and ast.unparse(node.exc.func) not in allowed else []
                )
    assert wrong == []


PLANTED = [
    'KontumError("draws: give at least 2")',
    'KontumError(f"draws: {draws}")',
    'KontumError("error.draws")',
    'KontumError("error.draws", found=1, more=2)',
    "KontumError(message)",
    'Words("error.no_such_key")',
    'Problem("a.csv", 1, "b", "c", "a number")',
    'Problem("a.csv", 1, "b", "c", "allowed.fields", {"columns": 3})',
    'Breach("a", rows, "b", "allowed.fields", ("columns",))',
    'Words(f"error.nothing.{kind}")',
    'KontumError("error.draws", **values)',
    'Words("error.no_file" if x else "none")',
    'Words(TABLE.get(kind, "error.no_file"))',
    'refusal("error.pace.floor", "floor", found=1)',
    'refusal("floor: too high", "floor")',
]


def test_a_planted_sentence_or_a_planted_value_is_found():
    assert [source for source in PLANTED if not faults(ast.parse(source).body[0].value, {})] == []


# --- what they say


def test_an_error_of_a_key_that_is_not_in_the_table_cannot_be_made():
    with pytest.raises(KeyError):
        KontumError("give at least 2")


def test_every_error_of_ours_is_a_kontum_error_and_a_value_error():
    for error in (kt.DataError, kt.UnknownAreaError, kt.ScenarioError, errors.WriteError):
        assert issubclass(error, kt.KontumError) and issubclass(error, ValueError)


def test_an_error_says_lists_words_and_names_in_each_language():
    column = Words("error.panel.column", column="a", allowed=Words("error.no_file"), columns=["x", 1])
    assert column.in_language("vi").endswith("không có tệp (các cột hiện có: x, 1)")
    opening = Words("error.opening", area=name_of("62"), code="62", year=2021)
    assert opening.in_language("en").startswith("the opening stock of Province")
    assert str(Words("error.row", row=3)) == "dòng 3\nrow 3" and str(Words("form.logistic")) == "logistic"
    assert Lines(["a", Words("error.row", row=3)]).in_language("en") == "\n  a\n  row 3"


def test_an_error_survives_another_process():
    inner = ScenarioError("error.scenario.end", field="end", found=2020, other="start", start=2021)
    error = ScenarioError("error.scenario.in_file", file="mine.yaml", error=inner)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is ScenarioError and again.key == error.key
    assert str(again) == str(error) == f"{error.in_language('vi')}\n{error.in_language('en')}"
    assert again.in_language("en") == "mine.yaml: end: found 2020; a year after start, 2021"
    data = pickle.loads(pickle.dumps(DataError([Problem("a.csv", 1, "b", "c", "allowed.field.whole")])))
    assert type(data) is DataError and data.problems[0].row == 1


def test_problems_print_where_and_what_is_allowed_in_order():
    late = Problem("a.csv", 9, "c", "1,5", "allowed.field.whole")
    early = Problem("a.csv", 2, None, Words("error.fields", count=3), "allowed.one_of", {"values": ["x", "y"]})
    assert str(DataError([late, early])).splitlines() == [
        "Số lỗi tìm thấy: 2",
        "  a.csv, dòng 2: 3 trường; chỉ nhận một trong x, y",
        "  a.csv, dòng 9, cột c: gặp '1,5'; cần một số nguyên",
        "Problems found: 2",
        "  a.csv, row 2: found 3 fields; one of x, y",
        "  a.csv, row 9, column c: found '1,5'; a whole number",
    ]
    long = Problem("a.csv", None, "c" * 400, "x" * 400, "allowed.field.whole").in_language("en")
    assert long == f"a.csv, column {'c' * 300}: found '{'x' * 300}'; a whole number"


def test_the_nearest_names_are_offered_and_none_where_none_is_near():
    assert str(did_you_mean("poverty_path", ["coverage", "poverty_paths"])).endswith("did you mean poverty_paths?")
    assert did_you_mean("xyz", ["poverty_paths"]) == "" and did_you_mean("anything", []) == ""
    near = did_you_mean("path", ["path1", "path2", "path3", "path4"]).in_language("en")
    assert near == "; did you mean path1, path2, path3?"
