"""Scenarios of a user's own: YAML files in the folder of own figures, never among those of the project.

`kontum reproduce`, `verify` and `tables`, the notebooks and `kt.presets` know the shipped scenarios alone. A command
that takes `--scenario` also takes a file, or the name of one in this folder, and says which it is.
"""

import re
from pathlib import Path

import yaml

from ..base.errors import KontumError, ScenarioError, Words
from ..base.files import write_whole
from ..base.words import LANGUAGES, number, text
from ..data.own import folder as own_folder
from ..data.own import home_path
from ..poverty.scenarios import Scenario, load, preset, presets

SUFFIXES = (".yaml", ".yml")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


def scenario_folder() -> Path:
    """The folder of the user's own scenarios, in the folder of own figures (`KONTUM_DATA`); it need not exist."""
    return own_folder(True) / "scenarios"


def find_scenario(name: str) -> tuple[Scenario, Words]:
    """(scenario, what it is): of a .yaml file, else the shipped one of this name, else the user's own.

    Raises ScenarioError for a file that is none, and for a name that is neither, with the names nearest to it.

    >>> scenario, origin = find_scenario("programme-mid")
    >>> scenario.province_pace_pp, origin.in_language("en")
    (3.5, 'shipped with the project')
    """
    if name.endswith(SUFFIXES):
        return load(name), Words("scenario.of_file", file=home_path(Path(name).absolute()))
    if name not in presets():
        file = _own_file(name)
        if file is not None:
            return load(file), Words("scenario.of_file", file=home_path(file))
    return preset(name), Words("scenario.shipped")


def _own_file(name: str) -> Path | None:
    try:
        files = [scenario_folder() / f"{name}{suffix}" for suffix in SUFFIXES]
    except KontumError:  # no home folder: there are none
        return None
    return next((file for file in files if file.is_file()), None) if _NAME.fullmatch(name) else None


def scenario_yaml(scenario: Scenario) -> str:
    """The scenario as the text of a YAML file, its keys in their order."""
    return str(yaml.safe_dump(scenario.model_dump(), allow_unicode=True, sort_keys=False, width=120))


def save_scenario(scenario: Scenario, name: str) -> Path:
    """Write the scenario as `NAME.yaml` into the folder of own scenarios, and give its path.

    name: small letters, digits, hyphens; so it can name no other folder. Raises ScenarioError for a bad name, that
    of a shipped scenario or of a file that is there.
    """
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise ScenarioError("scenario.error.name", value=repr(str(name)[:80]))
    if name in presets():
        raise ScenarioError("scenario.error.shipped", value=name)
    path = scenario_folder() / f"{name}.yaml"
    if path.exists() or path.is_symlink():
        raise ScenarioError("scenario.error.exists", value=path.name)
    titles = {f"title_{lang}": describe(scenario, lang) for lang in LANGUAGES}
    write_whole(path, scenario_yaml(scenario.changed(name=name, **titles)))
    load(path)
    return path


def describe(scenario: Scenario, lang: str) -> str:
    """The paces, the form and the years of a scenario in one phrase.

    >>> describe(Scenario(name="mine", province_pace_pp=3.5, poor_district_pace_pp=7), "vi")[:62]
    'Toàn tỉnh 3,5 và huyện nghèo 7,0 điểm phần trăm/năm, dạng tuyế'
    """
    return text(
        "scenario.described",
        lang,
        pace=_pace_words(scenario.province_pace_pp, lang),
        poor=_pace_words(scenario.poor_district_pace_pp, lang),
        form=text(f"form.{scenario.form}", lang),
        start=scenario.start,
        end=scenario.end,
    )


def _pace_words(pace: float | dict[int, float] | str, lang: str) -> str:
    if isinstance(pace, dict):
        return "; ".join(f"{year}: {number(value, 1, lang)}" for year, value in pace.items())
    return text("pace.observed", lang) if isinstance(pace, str) else number(pace, 1, lang)
