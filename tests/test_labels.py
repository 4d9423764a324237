"""Texts and numbers in two languages: each as its readers write it, none without its sister."""

import ast
import csv
import pickle
import re
from string import Formatter

import pandas as pd
import pytest

from kontum_analysis import areas, labels
from kontum_analysis.errors import Field, KontumError, ScenarioError, Words
from kontum_analysis.paths import ROOT

CODE = [*sorted((ROOT / "kontum_analysis").rglob("*.py")), *sorted((ROOT / "docs").glob("*.py"))]
SOURCE = "\n".join(p.read_text(encoding="utf-8") for p in CODE)


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (15.32, 2, "15,32", "15.32"), (1200, 0, "1.200", "1,200"), (143561, 0, "143.561", "143,561"),
        (1234567.891, 1, "1.234.567,9", "1,234,567.9"), (0.5, 1, "0,5", "0.5"), (-4.46, 2, "−4,46", "−4.46"),
        (-0.04, 1, "0,0", "0.0"), (0, 0, "0", "0"), (None, 1, "–", "–"), (float("nan"), 2, "–", "–"),
        (pd.NA, 0, "–", "–"), (pd.NaT, 0, "–", "–"), (pd.Series([7]).iloc[0], 0, "7", "7"),
        (99.995, 1, "100,0", "100.0"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_each_language_writes_them(value, decimals, vi, en):
    assert labels.number(value, decimals, "vi") == vi
    assert labels.number(value, decimals, "en") == en


def test_placeholders_take_numbers_and_per_cents_of_the_language(monkeypatch):
    monkeypatch.setattr(labels, "table", lambda: {"k": {"vi": "{a:n1} và {b:p2} %", "en": "{a:n1} and {b:p2} %"}})
    assert labels.text("k", "vi", a=1234.56, b=0.1532) == "1.234,6 và 15,32 %"
    assert labels.text("k", "en", a=1234.56, b=0.1532) == "1,234.6 and 15.32 %"
    assert labels.text("k", "en", a=None, b=None) == "– and – %"
    assert labels.text("k", "en", a=pd.NA, b=pd.NA) == "– and – %"


def placeholders(text):
    return {(name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", sorted(labels.table()))
def test_every_label_is_there_in_both_languages_with_the_same_placeholders(key):
    vi, en = labels.table()[key]["vi"], labels.table()[key]["en"]
    assert vi.strip() == vi != "" and en.strip() == en != ""
    assert placeholders(vi) == placeholders(en)


def test_no_key_stands_twice():
    with open(ROOT / "kontum_analysis" / "labels.csv", encoding="utf-8", newline="") as file:
        keys = [row["key"] for row in csv.DictReader(file)]
    assert len(keys) == len(set(keys))


def test_every_family_of_labels_is_used_in_the_package_or_the_notebooks():
    used = SOURCE + "\n".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "notebooks").glob("*.ipynb")))
    for key in labels.table():
        family = key.split(".")[0]  # keys are often put together: f"form.{scenario.form}"
        assert re.search(rf"\b{re.escape(family)}\b", used), key


def test_a_key_or_a_language_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        labels.text("no.such.key", "vi")
    with pytest.raises(KeyError):
        labels.text("unit.households", "fr")
    with pytest.raises(KeyError):
        labels.text("figure.poverty_paths.alt", "vi")  # its placeholders are not filled


def test_areas_have_names_for_readers():
    assert labels.area_name("62", "vi") == "Toàn tỉnh" and labels.area_name("62", "en") == "Province"
    for code in [*areas.districts(), areas.POOR_DISTRICTS, areas.OTHER_DISTRICTS]:
        assert labels.area_name(code, "vi") and labels.area_name(code, "en")
    assert labels.area_name("23293", "vi", vintage="2025") == "Kon Tum"


# --- every error and every remark carries a key of the table


# what says something to a user -> where its key stands, and how its values are given
SPEAKERS = {"KontumError": 0, "ScenarioError": 0, "UnknownAreaError": 0, "Words": 0, "Problem": 4, "_cell_problem": 3}
CALLS = [
    pytest.param(node, id=f"{path.relative_to(ROOT).as_posix()}:{node.lineno}")
    for path in sorted((ROOT / "kontum_analysis").rglob("*.py"))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.Call) and (getattr(node.func, "id", "") in SPEAKERS)
]  # fmt: skip


def spoken_keys(node):
    """The keys that an expression can mean: of a constant, of a family put together, of either branch of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = (re.escape(v.value) if isinstance(v, ast.Constant) else r"[\w-]+" for v in node.values)
        pattern = re.compile("".join(parts))
        return [key for key in labels.table() if pattern.fullmatch(key)]
    return []


def value_names(call):
    """The names of the values that go with the key of a call; None where they cannot be read from the source."""
    if getattr(call.func, "id", "") == "Problem":
        given = [*call.args[5:], *(k.value for k in call.keywords)]
        if not given:
            return set()
        names = given[0]
        if isinstance(names, ast.Dict):
            return {key.value for key in names.keys}
        return {k.arg for k in names.keywords} if isinstance(names, ast.Call) else None
    return {k.arg for k in call.keywords}


def faults(call):
    """What is wrong with the words of a call, or nothing."""
    keys = spoken_keys(call.args[SPEAKERS[call.func.id]])
    if not keys:
        return ["no key of labels.csv"]
    if unknown := set(keys) - set(labels.table()):
        return [f"unknown: {unknown}"]
    given = value_names(call)
    return [
        f"{key} in {lang}: {wanted} wanted, {given} given"
        for key in keys
        for lang in labels.LANGUAGES
        if (wanted := {name for name, _ in placeholders(labels.table()[key][lang])}) != given
    ]


PASSED_ON = {
    "Problem(f'{file}.csv', int(row[LINE]), column, str(row[column]), allowed, values)",  # by checks._cell_problem
    "Problem(self.place, self.row, self.heads.get(column, column), str(self.typed.get(column, '')), key, values)",
    "Problem(place, where.get(name), heading, str(found.get(name) or ''), error.key, error.values)",  # by importing
}


@pytest.mark.parametrize("call", CALLS)
def test_every_error_and_remark_has_a_key_in_the_table_and_just_the_values_its_words_need(call):
    definition = {"Words(self.key, **self.values)", "Words(self.allowed, **self.values)"}  # errors.py itself
    if ast.unparse(call) in PASSED_ON | definition:
        return
    assert faults(call) == []


def test_there_are_many_errors_and_none_is_raised_as_a_bare_sentence():
    assert len(CALLS) > 150
    for path in sorted((ROOT / "kontum_analysis").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name = ast.unparse(node.exc.func)
                sentence = any(isinstance(arg, ast.JoinedStr | ast.Constant) for arg in node.exc.args)
                assert (
                    name in SPEAKERS or not sentence or name in {"AttributeError", "PydanticCustomError", "typer.Exit"}
                ), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize(
    "source",
    [
        'KontumError("draws: give at least 2")', 'KontumError(f"draws: {draws}")', 'KontumError("error.draws")',
        'KontumError("error.draws", found=1, more=2)', "KontumError(message)", 'Words("error.no_such_key")',
        'Problem("a.csv", 1, "b", "c", "a number")', 'Problem("a.csv", 1, "b", "c", "allowed.fields", {"columns": 3})',
        'Words(f"error.nothing.{kind}")', 'KontumError("error.draws", **values)',
    ],
)  # fmt: skip
def test_a_planted_sentence_or_a_planted_value_is_found(source):
    assert faults(ast.parse(source).body[0].value)


def test_an_error_of_a_key_that_is_not_in_the_table_cannot_be_made():
    with pytest.raises(KeyError):
        KontumError("give at least 2")


def test_an_error_says_lists_words_and_names_in_each_language_and_survives_another_process():
    inner = ScenarioError("error.scenario.end", field=Field("end"), found=2020, other=Field("start"), start=2021)
    error = ScenarioError("error.scenario.in_file", file="mine.yaml", error=inner)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is ScenarioError and str(again) == str(error) == f"{error.said('vi')}\n{error.said('en')}"
    assert error.said("en") == "mine.yaml: end: found 2020; a year after start, 2021"
    typed = error.with_names({"end": "--to", "start": "--from"})
    assert typed.said("en") == "mine.yaml: --to: found 2020; a year after --from, 2021"
    assert (
        Words("error.panel.column", column="a", allowed=Words("error.no_file"), columns=["x", 1])
        .said("vi")
        .endswith("không có tệp (các cột hiện có: x, 1)")
    )
    assert (
        Words("error.opening", area=labels.name_of("62"), code="62", year=2021)
        .said("en")
        .startswith("the opening stock of Province")
    )
