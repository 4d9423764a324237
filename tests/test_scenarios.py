"""Scenario files: the presets are sound, and a bad file says which key, which value and what is allowed."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planting import cases

import kontum_analysis as kt
from kontum_analysis.poverty import scenarios
from kontum_analysis.poverty.scenarios import Scenario, key_words, load, preset, presets

GOOD = {"name": "mine", "province_pace_pp": "3.5", "poor_district_pace_pp": "7"}


def write(folder, text, name="mine"):
    file = folder / f"{name}.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return file


def yaml_of(**changes):
    return "".join(f"{key}: {value}\n" for key, value in {**GOOD, **changes}.items() if value is not None)


def refusal(folder, text, name="mine"):
    """The message with which a file is refused; it names the file, is short, and comes at once."""
    file = write(folder, text, name)
    started = time.process_time()
    with pytest.raises(kt.ScenarioError) as error:
        load(file)
    assert time.process_time() - started < 5
    messages = [error.value.in_language(lang) for lang in ("vi", "en")]
    assert all(message.startswith(f"{name}.yaml: ") and len(message) < 8000 for message in messages)
    return str(error.value)


# --- presets


def test_presets_are_valid_titled_and_in_reading_order():
    assert presets()[:5] == ["programme-low", "programme-mid", "programme-high", "yearly-plans", "observed-pace"]
    rules = {name: [preset(name).note, preset(name).title_vi, preset(name).title_en] for name in presets()}
    assert [name for name, words in rules.items() if not all(words)] == [], "a note, and a title in both languages"


def test_presets_hold_the_paces_of_the_programme_and_the_plans():
    paces = {name: (preset(name).province_pace_pp, preset(name).poor_district_pace_pp) for name in presets()}
    assert paces["programme-low"] == (3, 6) and paces["programme-mid"] == (3.5, 7) and paces["programme-high"] == (4, 8)
    assert paces["yearly-plans"][0] == {2022: 4, 2023: 4, 2024: 4, 2025: 2.5}
    assert paces["observed-pace"] == ("observed", "observed")


def test_a_name_that_is_no_preset_is_refused_and_opens_no_file():
    names = ["programme-max", "", "../../pyproject", "../scenarios/programme-mid", "/etc/passwd"]
    for name in [*names, "programme-mid.yaml", "..", "."]:
        with pytest.raises(kt.ScenarioError, match="no scenario is called.*programme-low, programme-mid"):
            preset(name)


def test_a_preset_with_a_value_changed_is_checked_anew():
    assert preset("programme-mid", form="logistic").form == "logistic"
    for key, value, words in (("end", 2020, "at least 2021"), ("horizon", 2030, "no such key")):
        with pytest.raises(kt.ScenarioError) as error:
            preset("programme-mid", **{key: value})
        assert f"{key_words(key)}: found {value}; {words}" in str(error.value)


def test_a_folder_of_own_scenarios_may_be_given(tmp_path):
    write(tmp_path, yaml_of())
    assert presets(tmp_path) == ["mine"] and preset("mine", folder=tmp_path).poor_district_pace_pp == 7


# --- files


def test_a_scenario_file_is_read_with_its_defaults(tmp_path):
    scenario = load(write(tmp_path, yaml_of()))
    assert (scenario.form, scenario.start, scenario.end, scenario.floor) == ("linear", 2021, 2030, "published")
    assert scenarios.title(scenario.changed(name="my-own"), "vi") == "my own"
    assert load(write(tmp_path, b"\xef\xbb\xbf" + yaml_of().encode())) == scenario


def test_a_bad_value_is_named_with_its_key_and_what_is_allowed(tmp_path):
    values = cases("scenario_values")
    assert len(values) == 41
    for case in values:
        message = refusal(tmp_path, yaml_of(**{case["key"]: case["value"]}))
        missing = [word for word in case["words"].split("|") if word not in message]
        assert f"{key_words(case['key'])}: found" in message and not missing, case


def test_missing_keys_are_named(tmp_path):
    for key in GOOD:
        message = refusal(tmp_path, yaml_of(**{key: None}))
        assert f"{key_words(key)}: found nothing; this key is required" in message


def test_all_bad_keys_of_a_file_are_named_together(tmp_path):
    message = refusal(tmp_path, yaml_of(form="cubic", end="2099", speed="1"))
    for key, value in (("form", "'cubic'"), ("end", "2099"), ("speed", "1")):
        assert f"{key_words(key)}: found {value}" in message


def test_a_key_given_twice_is_refused_at_any_depth(tmp_path):
    assert "form stands twice" in refusal(tmp_path, yaml_of(form="linear") + "form: logistic\n")
    assert "2022 stands twice" in refusal(tmp_path, yaml_of(province_pace_pp="{2022: 3, 2022: 4}"))
    assert "province_pace_pp" in refusal(tmp_path, yaml_of(province_pace_pp='{2022: 3, "2022": 4}', end=2022))


def test_a_pace_by_year_needs_every_year_and_the_straight_line(tmp_path):
    message = refusal(tmp_path, yaml_of(province_pace_pp="{2022: 4, 2024: 4}", end=2024))
    assert f"{key_words('province_pace_pp')}: found no pace for 2023" in message
    message = refusal(tmp_path, yaml_of(province_pace_pp="{2022: 4}", end=2022, form="logistic"))
    assert f"{key_words('form')}: found 'logistic'; linear" in message


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n- b\n", "just words", "3.5", "null", "{1: 2}", "[a: 1]"])
def test_a_file_that_is_no_list_of_keys_is_refused(tmp_path, text):
    assert "a list of keys with values" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    "texts",
    [
        ["name: [", "name: 'open", "\tname: mine", "a: b: c", "name: @x", "{name: mine", "? [a]\n: 1", "%YAML 9\n"],
        ["a: *b", "--- a\n--- b\n", "name: mine\x00", "name: \x07", "!!int x: 1", "note: 2021-13-45", "note: !!int x"],
        ["note: !!float x", "note: !!timestamp x", "note: !!bool x", "note: 0x_", "note: !!binary é"],
        [f"start: {'9' * 5000}", "note: !!set {a, b}\nname: !!omap [a]"],
        ["note: !!python/object/apply:os.system ['true']", "note: !!python/name:os.system"],
        ["note: !!python/tuple [1]", "!!python/object:kontum_analysis.scenarios.Scenario {}"],
        ["[" * 3000, "{a: " * 3000, "a:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 500))],
    ],
    ids=["broken", "tags", "values", "long", "code", "objects", "deep"],
)
def test_what_is_no_plain_yaml_is_refused_and_nothing_in_it_is_run(tmp_path, texts):
    for text in texts:
        assert "this is no YAML" in refusal(tmp_path, text), text[:60]


def bomb(line, alias):
    """Eleven keys, each nine times the one before it."""
    return line + "".join(f"x{n}: &x{n} {alias.format(', '.join([f'*x{n - 1}'] * 9))}\n" for n in range(1, 12))


def test_aliases_that_multiply_themselves_do_not_hang(tmp_path):
    text = bomb(f"x0: &x0 [{', '.join(['ha'] * 9)}]\n", "[{}]")
    for key in ("name", "note", "province_pace_pp", "start", "floor", "unknown"):
        refusal(tmp_path, text + yaml_of(**{key: None}) + f"{key}: *x11\n")
    assert "a key is a plain word" in refusal(tmp_path, bomb("x0: &x0 {a: 1}\n", "{{<<: [{}]}}") + yaml_of())


def test_an_alias_to_itself_is_refused(tmp_path):
    refusal(tmp_path, yaml_of(note=None) + "note: &a [*a]\n")
    refusal(tmp_path, yaml_of(province_pace_pp="&a {2022: *a}", end=2022))


def test_long_values_are_shown_short(tmp_path):
    assert len(refusal(tmp_path, yaml_of(form="x" * 100_000))) < 4000
    assert len(refusal(tmp_path, yaml_of(form="0x" + "f" * 100_000))) < 4000


def test_bytes_that_are_no_utf_8_and_paths_that_are_no_file_are_refused(tmp_path):
    assert "not UTF-8" in refusal(tmp_path, yaml_of(title_vi="Kịch bản").encode("utf-16"))
    assert "not UTF-8" in refusal(tmp_path, b"name: \xd0\xff\n")
    (tmp_path / "folder.yaml").mkdir()
    for name in ("none", "folder"):
        with pytest.raises(kt.ScenarioError, match=rf"{name}\.yaml: no such scenario file"):
            load(tmp_path / f"{name}.yaml")


@given(
    st.text(max_size=40) | st.from_regex(r"(name|form|start|floor|note): [&*!\[{\"'0-9a-z:., ~-]{0,20}", fullmatch=True)
)
def test_any_text_gives_a_scenario_or_a_scenario_error(tmp_path, text):
    file = write(tmp_path, text)
    try:
        load(file)
    except kt.ScenarioError as error:
        assert str(error).startswith("mine.yaml: ")


# --- in Python


def test_a_scenario_cannot_be_changed_in_place():
    scenario = preset("programme-mid")
    with pytest.raises(ValueError, match="frozen"):
        scenario.end = 2040
    assert scenario.changed(end=2040).end == 2040 and scenario.end == 2030


def test_numbers_of_numpy_are_numbers():
    scenario = Scenario(name="mine", province_pace_pp=np.float64(3.5), poor_district_pace_pp=7, start=np.int64(2021))
    assert scenario.province_pace_pp == 3.5 and scenario.start == 2021


def test_a_bad_value_in_python_is_named_like_one_in_a_file():
    with pytest.raises(kt.ScenarioError) as error:
        Scenario(name="mine", province_pace_pp=True, poor_district_pace_pp=7)
    expected = f"mine is no valid scenario:\n  {key_words('province_pace_pp')}: found True; a number"
    assert expected in error.value.in_language("en")
    with pytest.raises(kt.ScenarioError, match="name: found nothing"):
        Scenario(province_pace_pp=3, poor_district_pace_pp=7)
    with pytest.raises(kt.ScenarioError):
        Scenario(name=["a"] * 10_000, province_pace_pp=3, poor_district_pace_pp=7)
