"""Scenario files: the presets are sound, and a bad file says which key, which value and what is allowed."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    """The message with which a file is refused; it names the file, and comes at once."""
    file = write(folder, text, name)
    started = time.monotonic()
    with pytest.raises(kt.ScenarioError) as error:
        load(file)
    assert time.monotonic() - started < 5
    message = str(error.value)
    assert message.startswith(f"{name}.yaml: ") and all(
        len(error.value.in_language(lang)) < 8000 for lang in ("vi", "en")
    )
    return message


# --- presets


def test_the_five_presets_of_the_issue_are_there_in_reading_order():
    assert presets() == ["programme-low", "programme-mid", "programme-high", "yearly-plans", "observed-pace"]


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_valid_and_titled_in_both_languages(name):
    scenario = preset(name)
    assert scenario.name == name
    assert scenarios.title(scenario, "vi") != name and scenarios.title(scenario, "en") != name
    assert scenario.note


def test_presets_hold_the_paces_of_the_programme_and_the_plans():
    paces = {name: (preset(name).province_pace_pp, preset(name).poor_district_pace_pp) for name in presets()}
    assert paces["programme-low"] == (3, 6) and paces["programme-mid"] == (3.5, 7) and paces["programme-high"] == (4, 8)
    assert paces["yearly-plans"][0] == {2022: 4, 2023: 4, 2024: 4, 2025: 2.5}
    assert paces["observed-pace"] == ("observed", "observed")


@pytest.mark.parametrize(
    "name",
    [
        "programme-max",
        "",
        "../../pyproject",
        "../scenarios/programme-mid",
        "/etc/passwd",
        "programme-mid.yaml",
        "..",
        ".",
    ],
)
def test_a_name_that_is_no_preset_is_refused_and_opens_no_other_file(name):
    with pytest.raises(kt.ScenarioError, match="no scenario is called.*programme-low, programme-mid"):
        preset(name)


def test_a_preset_with_a_value_changed_is_checked_anew():
    assert preset("programme-mid", form="logistic").form == "logistic"
    with pytest.raises(kt.ScenarioError, match=r"end \(--to\): found 2020"):
        preset("programme-mid", end=2020)
    with pytest.raises(kt.ScenarioError, match="horizon: found 2030; no such key"):
        preset("programme-mid", horizon=2030)


def test_a_folder_of_own_scenarios_may_be_given(tmp_path):
    write(tmp_path, yaml_of())
    assert presets(tmp_path) == ["mine"] and preset("mine", folder=tmp_path).poor_district_pace_pp == 7


# --- files


def test_a_scenario_file_is_read_with_its_defaults(tmp_path):
    scenario = load(write(tmp_path, yaml_of()))
    assert (scenario.form, scenario.start, scenario.end, scenario.floor) == ("linear", 2021, 2030, "published")
    assert load(write(tmp_path, b"\xef\xbb\xbf" + yaml_of().encode())) == scenario


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("name", "Mine", ["'Mine'", "small letters, digits and hyphens"]),
        ("name", "../mine", ["'../mine'", "small letters"]),
        ("name", "12", ["12", "a text"]),
        ("name", "other", ["'other'", "the name of the file, 'mine'"]),
        ("title_vi", "[a]", ["['a']", "a text"]),
        ("note", "12", ["12", "a text"]),
        ("province_pace_pp", "-1", ["-1", "a number from 0 to 20 (points a year)", "for each year", "observed"]),
        ("province_pace_pp", "25", ["25", "a number from 0 to 20 (points a year)", "for each year", "observed"]),
        ("province_pace_pp", "3,5", ["'3,5'", "a number from 0 to 20 (points a year)", "for each year", "observed"]),
        ("province_pace_pp", "fast", ["'fast'", "a number from 0 to 20 (points a year)", "for each year", "observed"]),
        ("province_pace_pp", ".nan", ["nan", "a number from 0 to 20 (points a year)", "for each year", "observed"]),
        ("province_pace_pp", ".inf", ["inf", "a number from 0 to 20 (points a year)", "for each year", "observed"]),
        ("province_pace_pp", "true", ["True", "a number from 0 to 20 (points a year)", "for each year", "observed"]),
        ("province_pace_pp", "yes", ["True", "a number from 0 to 20 (points a year)", "for each year", "observed"]),
        ("province_pace_pp", "", ["None", "a number from 0 to 20 (points a year)", "for each year", "observed"]),
        (
            "province_pace_pp",
            "2024-01-01",
            ["2024", "a number from 0 to 20 (points a year)", "for each year", "observed"],
        ),
        ("poor_district_pace_pp", "[7]", ["[7]", "a number from 0 to 20 (points a year)", "for each year"]),
        ("poor_district_pace_pp", "{2022: -7}", ["-7", "a number from 0 to 20 (points a year)", "for each year"]),
        ("poor_district_pace_pp", "{2022: true}", ["True", "a number from 0 to 20 (points a year)", "for each year"]),
        ("poor_district_pace_pp", "{1999: 7}", ["1999", "a number from 0 to 20 (points a year)", "for each year"]),
        ("poor_district_pace_pp", "{soon: 7}", ["'soon'", "a number from 0 to 20 (points a year)", "for each year"]),
        ("form", "cubic", ["'cubic'", "'linear', 'proportional', 'logistic', 'stock_flow'"]),
        ("start", "2020", ["2020", "at least 2021"]),
        ("start", "true", ["True", "a year"]),
        ("start", "2021.5", ["2021.5", "a whole year"]),
        ("start", "2021-01-01", ["2021", "a year"]),
        ("end", "2051", ["2051", "at most 2050"]),
        ("end", "2021", ["2021", "a year after start (--from), 2021"]),
        ("end", "soon", ["'soon'", "a year"]),
        ("end", ".inf", ["inf", "a"]),
        ("floor", "1", ["1", "from 0 to below 1", "published"]),
        ("floor", "-0.1", ["-0.1", "from 0 to below 1", "published"]),
        ("floor", "2193", ["2193", "from 0 to below 1", "published"]),
        ("floor", "false", ["False", "from 0 to below 1", "published"]),
        ("entry_rate", "0.5", ["0.5", "from 0 to below 0.5"]),
        ("entry_rate", ".nan", ["nan", "from 0 to below 0.5"]),
        ("household_growth", "2", ["2", "from -0.1 to 0.1"]),
        ("household_growth", "none", ["'none'", "from -0.1 to 0.1"]),
        ("household_growth", "true", ["True", "from -0.1 to 0.1"]),
        ("speed", "3", ["3", "no such key; the keys are name, title_vi"]),
        ("self", "3", ["3", "no such key"]),
    ],
)
def test_a_bad_value_is_named_with_its_key_and_what_is_allowed(tmp_path, key, value, words):
    message = refusal(tmp_path, yaml_of(**{key: value}))
    assert f"{key_words(key)}: found" in message
    for word in words:
        assert word in message


@pytest.mark.parametrize("key", GOOD)
def test_a_missing_key_is_named(tmp_path, key):
    assert f"{key_words(key)}: found nothing; this key is required" in refusal(tmp_path, yaml_of(**{key: None}))


def test_all_bad_keys_of_a_file_are_named_together(tmp_path):
    message = refusal(tmp_path, yaml_of(form="cubic", end="2099", speed="1"))
    assert (
        "form (--form): found 'cubic'" in message
        and "end (--to): found 2099" in message
        and "speed: found 1" in message
    )


def test_a_key_given_twice_is_refused_at_any_depth(tmp_path):
    assert "form stands twice" in refusal(tmp_path, yaml_of(form="linear") + "form: logistic\n")
    assert "2022 stands twice" in refusal(tmp_path, yaml_of(province_pace_pp="{2022: 3, 2022: 4}"))
    assert "province_pace_pp" in refusal(tmp_path, yaml_of(province_pace_pp='{2022: 3, "2022": 4}', end=2022))


def test_a_pace_by_year_needs_every_year_and_the_straight_line(tmp_path):
    missing = refusal(tmp_path, yaml_of(province_pace_pp="{2022: 4, 2024: 4}", end=2024))
    assert "province_pace_pp (--province-pace): found no pace for 2023" in missing
    assert "form (--form): found 'logistic'; linear" in refusal(
        tmp_path, yaml_of(province_pace_pp="{2022: 4}", end=2022, form="logistic")
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n- b\n", "just words", "3.5", "null", "{1: 2}", "[a: 1]"])
def test_a_file_that_is_no_list_of_keys_is_refused(tmp_path, text):
    assert "a list of keys with values" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "name: [",
        "name: 'open",
        "\tname: mine",
        "a: b: c",
        "name: @x",
        "{name: mine",
        "? [a]\n: 1",
        "%YAML 9\n",
        "a: *b",
        "--- a\n--- b\n",
        "name: mine\x00",
        "name: \x07",
        "!!int x: 1",
        "note: 2021-13-45",
        "note: !!int x",
        "note: !!float x",
        "note: !!timestamp x",
        "note: !!bool x",
        "note: 0x_",
        "note: !!binary é",
        f"start: {'9' * 5000}",
        "note: !!python/object/apply:os.system ['true']",
        "note: !!python/name:os.system",
        "note: !!python/tuple [1]",
        "!!python/object:kontum_analysis.scenarios.Scenario {}",
        "note: !!set {a, b}\nname: !!omap [a]",
        "[" * 3000,
        "{a: " * 3000,
        "a:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 500)),
    ],
)
def test_what_is_no_plain_yaml_is_refused_and_nothing_in_it_is_run(tmp_path, text):
    assert "this is no YAML" in refusal(tmp_path, text)


def test_aliases_that_multiply_themselves_do_not_hang(tmp_path):
    bomb = 'x0: &x0 ["ha", "ha", "ha", "ha", "ha", "ha", "ha", "ha", "ha"]\n'
    for n in range(1, 12):
        bomb += f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n"
    for key in ("name", "note", "province_pace_pp", "start", "floor", "unknown"):
        refusal(tmp_path, bomb + yaml_of(**{key: None}) + f"{key}: *x11\n")


def test_merged_mappings_that_multiply_themselves_are_refused_before_they_are_merged(tmp_path):
    bomb = "x0: &x0 {a: 1}\n" + "".join(
        f"x{n}: &x{n} {{<<: [{', '.join([f'*x{n - 1}'] * 9)}]}}\n" for n in range(1, 12)
    )
    assert "a key is a plain word" in refusal(tmp_path, bomb + yaml_of())


def test_an_alias_to_itself_is_refused(tmp_path):
    refusal(tmp_path, yaml_of(note=None) + "note: &a [*a]\n")
    refusal(tmp_path, yaml_of(province_pace_pp="&a {2022: *a}", end=2022))


def test_long_values_are_shown_short(tmp_path):
    assert len(refusal(tmp_path, yaml_of(form="x" * 100_000))) < 4000
    assert len(refusal(tmp_path, yaml_of(form="0x" + "f" * 100_000))) < 4000


def test_bytes_that_are_no_utf_8_and_paths_that_are_no_file_are_refused(tmp_path):
    assert "not UTF-8" in refusal(tmp_path, yaml_of(title_vi="Kịch bản").encode("utf-16"))
    assert "not UTF-8" in refusal(tmp_path, b"name: \xd0\xff\n")
    with pytest.raises(kt.ScenarioError, match=r"none\.yaml: no such scenario file"):
        load(tmp_path / "none.yaml")
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(kt.ScenarioError, match=r"folder\.yaml: no such scenario file"):
        load(tmp_path / "folder.yaml")


@settings(max_examples=150)
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


def test_a_scenario_is_a_value_that_cannot_be_changed_in_place():
    scenario = preset("programme-mid")
    with pytest.raises(ValueError, match="frozen"):
        scenario.end = 2040
    assert scenario.changed(end=2040).end == 2040 and scenario.end == 2030


def test_numbers_out_of_numpy_and_pandas_are_numbers():
    import numpy as np

    scenario = Scenario(name="mine", province_pace_pp=np.float64(3.5), poor_district_pace_pp=7, start=np.int64(2021))
    assert scenario.province_pace_pp == 3.5 and scenario.start == 2021


def test_a_bad_value_in_python_is_named_like_one_in_a_file():
    with pytest.raises(
        kt.ScenarioError, match="mine is no valid scenario:\n  province_pace_pp .*: found True; a number"
    ):
        Scenario(name="mine", province_pace_pp=True, poor_district_pace_pp=7)
    with pytest.raises(kt.ScenarioError, match="name: found nothing"):
        Scenario(province_pace_pp=3, poor_district_pace_pp=7)
    with pytest.raises(kt.ScenarioError):
        Scenario(name=["a"] * 10_000, province_pace_pp=3, poor_district_pace_pp=7)
