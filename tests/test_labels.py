"""The labels: each in both languages with the same placeholders, none twice, none that nothing uses."""

import ast
import csv
import json
import re
from string import Formatter

import pandas as pd
import pytest

from kontum_analysis.base import words
from kontum_analysis.base.files import NOTEBOOKS, ROOT
from kontum_analysis.base.words import labels
from kontum_analysis.data.contract import RULES

pytestmark = pytest.mark.once
FILES = sorted((ROOT / "kontum_analysis" / "base" / "labels").glob("*.csv"))
CODE = [
    *sorted(p for kind in ("py", "j2", "js", "html") for p in (ROOT / "kontum_analysis").rglob(f"*.{kind}")),
    *sorted((ROOT / "docs").glob("*.py")),
]


def rows():
    """The rows of all tables of labels, each a dict of texts."""
    for path in FILES:
        with open(path, encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def test_a_placeholder_may_be_an_address_in_a_table_and_nothing_else(monkeypatch):
    rates = pd.Series([0.1532, 0.0684], pd.MultiIndex.from_tuples([("62", "known", 2021), ("62", "known", 2023)]))
    look = words.Lookup(rates, {"province": "62", "last": 2023})
    keys = {
        "k": "{rate[province known last]:p2}",
        "year": "{rate[62 known 2021]:p1}",
        "gone": "{rate[62 known 1999]:p1}",
    }
    keys |= {"attribute": "{rate.__class__}", "deeper": "{rate[62 known 2021].real}", "text": "{name[0]}"}
    monkeypatch.setattr(words, "labels", lambda: {key: {"en": shape} for key, shape in keys.items()})
    assert (words.text("k", "en", rate=look), words.text("year", "en", rate=look)) == ("6.84", "15.3")
    for key in ("gone", "attribute", "deeper", "text"):
        with pytest.raises(KeyError):
            words.text(key, "en", rate=look, name="abc")


def placeholders(text):
    return {(name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None}


def test_every_label_is_there_in_both_languages_with_the_same_placeholders():
    wrong = []
    for key, label in labels().items():
        is_text = all(text.strip() == text != "" for text in label.values())
        wrong += [] if is_text and placeholders(label["vi"]) == placeholders(label["en"]) else [key]
    assert wrong == []


def test_no_key_stands_twice():
    keys = [row["key"] for row in rows()]
    assert {key for key in keys if keys.count(key) > 1} == set()


# families of which no whole key stands in the source: columns.csv says which label tells the value of a column,
# an example of a command is found by the command's name
PUT_TOGETHER = {row["words"] for row in words.column_facts().values()} - {""} | {"unit_measure", "cli.example"}


def strings_of(path):
    """All texts in a source file, a template or the code of a notebook; the parts that are filled in as a star."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".j2":
        yield from (text + "*" * bool(more) for text, more in re.findall(r'"([\w.-]+)"(?=( ~)?)', source))
        return
    if path.suffix in (".js", ".html"):  # the explorer's page: its words stand without the family they all share
        keys = re.findall(r"[\"'`]([\w.-]+(?:\$\{[^}]*\}[\w.-]*)*)[\"'`](?=( ~)?)", source)
        yield from (f"explorer.page.{re.sub(r'[$][{].*?[}]', '*', text)}" + "*" * bool(more) for text, more in keys)
        return
    if path.suffix == ".ipynb":
        cells = (cell for cell in json.loads(source)["cells"] if cell["cell_type"] == "code")
        source = re.sub(r"^[%!].*$", "", "\n".join("".join(cell["source"]) for cell in cells), flags=re.MULTILINE)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)


def test_every_label_is_used():
    texts = {text for path in (*CODE, *NOTEBOOKS.glob("*.ipynb")) for text in strings_of(path)}
    texts |= {f"site.{text}" for path in (ROOT / "docs").glob("*.py") for text in strings_of(path)} - {
        "site.*",
        "site.*.*",
    }
    texts |= {f"allowed.field.{rule}" for rule in RULES} | {f"{family}.*" for family in PUT_TOGETHER}
    shapes = [
        re.escape(text).replace(r"\*", r"[\w .-]+") for text in texts - {"site.*"} if re.match(r"[a-z_.]+\.", text)
    ]
    is_used = re.compile("|".join(shapes)).fullmatch
    assert [key for key in labels() if not is_used(key)] == []


def test_a_key_or_a_language_that_does_not_exist_is_an_error():
    for key, lang in (("no.such.key", "vi"), ("unit.households", "fr"), ("allowed.file", "vi")):  # {file} is not given
        with pytest.raises(KeyError):
            words.text(key, lang)


def test_options_beside_keys_of_a_scenario_are_those_of_the_command():
    from typer.main import get_command

    from kontum_analysis.cli import app

    options = {param.name: param.opts[0] for param in get_command(app).commands["project"].params}
    words = {
        key.removeprefix("scenario.key."): label for key, label in labels().items() if key.startswith("scenario.key.")
    }
    words = {key.removesuffix("_pp"): label for key, label in words.items()}
    assert {key: label["vi"].partition(" ")[2] for key, label in words.items()} == {k: f"({options[k]})" for k in words}
    assert {label["vi"] == label["en"] for label in words.values()} == {True} and len(words) == 6
