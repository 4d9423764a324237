"""Every scenario file and table of the corpus is read, or refused by the one message that tells what to do."""

import csv

import pytest
from corpus.texts import PANELS, SCENARIOS
from hostile import run

from kontum_analysis.base.errors import DataError, KontumError, Words
from kontum_analysis.base.words import LANGUAGES
from kontum_analysis.national import simulate_panel
from kontum_analysis.national.tree import read_areas
from kontum_analysis.offices.scenarios import find_scenario


def keys_of(value):
    """The keys of a message and of all that it is made of."""
    if isinstance(value, KontumError | Words):
        inner = value.problems if isinstance(value, DataError) else list(value.values.values())
        return {value.key, *keys_of(list(inner))}
    if isinstance(value, list):
        return {key for item in value for key in keys_of(item)}
    return {value.allowed} if hasattr(value, "allowed") else set()


def faults(cases, folder, file, read):
    """The cases that do not give what they must."""
    wrong = []
    for case in cases:
        keys, right = set(), {case.error} - {""}
        try:
            read(case.write(folder, file))
        except KontumError as error:
            assert all(error.in_language(lang) for lang in LANGUAGES)
            keys = keys_of(error)
        if not right <= keys or bool(right) != bool(keys):
            wrong.append((case.habit, case.error, sorted(keys)))
    return wrong


def simulate(path):
    """The medians of the lowest areas of a table, a year on."""
    margins = simulate_panel(read_areas(path), [2026], 100, target=0.05).margins
    assert margins["q50"].between(0, 1).all()


def test_the_corpora_are_large_and_no_habit_stands_twice():
    for cases in (SCENARIOS, PANELS):
        assert len(cases) >= 40 and len({case.habit for case in cases}) == len(cases)


def test_each_habit_of_scenario_files_is_read_or_told(tmp_path):
    assert faults(SCENARIOS, tmp_path, "mine.yaml", lambda path: find_scenario(str(path))) == []


def test_each_habit_of_tables_for_simulate_is_read_or_told(tmp_path):
    csv.field_size_limit(131_072)  # Python's own, which frictionless lifts for every test after its own
    assert faults(PANELS, tmp_path, "xa.csv", simulate) == []


@pytest.mark.slow
def test_the_commands_take_or_refuse_each_text_in_words(tmp_path):
    wrong = []
    commands = [(case, "mine.yaml", ["project", "--scenario"]) for case in SCENARIOS]
    commands += [(case, "xa.csv", ["simulate", "--draws", "100", "--years", "1", "--communes"]) for case in PANELS]
    for case, file, words in commands:
        status, printed = run([*words, str(case.write(tmp_path, file))])
        if status != bool(case.error) or "Traceback" in printed:
            wrong.append((case.habit, status, printed[-300:]))
    assert wrong == []
