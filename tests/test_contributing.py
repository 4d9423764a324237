"""The examples of CONTRIBUTING work as they stand: the rows are in the data, the figure is drawn in both languages."""

import csv
import re
import sys
from importlib.util import module_from_spec, spec_from_file_location

import measuring
import pytest

from kontum_analysis.base.errors import KontumError
from kontum_analysis.base.files import RAW, ROOT
from kontum_analysis.base.words import LANGUAGES, LabelError, labels
from kontum_analysis.figures import CATALOGUE, build, catalogue

NAME = "near_poor"
EXAMPLES = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("\n## Ví dụ · Examples\n")[2]
ROWS, CODE, ENTRY, LABELS = re.findall(r"^```\w+\n(.*?)^```$", EXAMPLES, re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(monkeypatch, tmp_path):
    """The figure of CONTRIBUTING, as a contributor adds it: a module, an entry of the catalogue, rows of labels."""
    file = tmp_path / f"{NAME}.py"
    file.write_text(CODE, encoding="utf-8")
    spec = spec_from_file_location(f"kontum_analysis.figures.{NAME}", file)
    spec.loader.exec_module(module := module_from_spec(spec))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    entries = eval(f"{{{ENTRY}}}", vars(catalogue))
    monkeypatch.setitem(CATALOGUE, NAME, entries.pop(NAME))
    assert not entries and len(CODE.splitlines()) <= 50
    for key, *words in csv.reader(LABELS.splitlines()):
        monkeypatch.setitem(labels(), key, dict(zip(LANGUAGES, words, strict=True)))


def test_the_figure_is_drawn_in_both_languages_and_nothing_hinders_it(example, obs):
    figures = [build(NAME, obs, lang) for lang in LANGUAGES]
    assert [fault for one in figures for fault in [*measuring.word_faults(one), *measuring.problems(one.page())]] == []
    assert figures[0].table["households"].tolist() == [9091, 8857, 6568] and "6.568" in figures[0].title


def test_a_label_that_is_missing_is_told_by_its_name(example, obs, monkeypatch):
    monkeypatch.delitem(labels(), f"figure.{NAME}.alt")
    with pytest.raises(KontumError, match=rf"missing: figure\.{NAME}\.alt;"):
        build(NAME, obs)
    monkeypatch.setitem(labels(), f"figure.{NAME}.alt", {"vi": "{households[latest]:n0}", "en": "{household}"})
    with pytest.raises(LabelError, match=rf"figure\.{NAME}\.alt names latest, .* 2021, 2022, 2023"):
        _ = build(NAME, obs).alt
    with pytest.raises(LabelError, match=rf"figure\.{NAME}\.alt names household, .* households"):
        _ = build(NAME, obs, "en").alt


def test_the_source_rows_are_in_the_data():
    source, figure = ROWS.splitlines()
    assert source in (RAW / "sources.csv").read_text(encoding="utf-8").splitlines()
    assert figure in (RAW / "observations.csv").read_text(encoding="utf-8").splitlines()
