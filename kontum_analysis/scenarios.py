"""Scenarios: the paces an analyst assumes, as validated values that live in small YAML files.

A pace is in percentage points a year, the programme's own reading of "giảm 3–4 %/năm" (2022: 15.32 % to 10.86 % was
reported as a fall of 4.46 and scored against a plan of 4).
"""

import re
import reprlib
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from .errors import ScenarioError
from .paths import SCENARIOS


def _no_flag(value):
    if isinstance(value, bool):  # YAML reads yes, no, on, off as flags, and Python takes True for 1
        raise PydanticCustomError("float_type", "a number")
    return value


def _whole(value):
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "a year")
    return value


Number = Annotated[float, BeforeValidator(_no_flag)]
Pace = Annotated[Number, Field(ge=0, le=20)]
Year = Annotated[int, BeforeValidator(_whole), Field(ge=2021, le=2050)]
_WORDS = {
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "less_than": "less than {lt}",
    "literal_error": "one of {expected}",
    "extra_forbidden": "no such key; the keys are {keys}",
    "missing": "this key is required",
    "string_pattern_mismatch": "small letters, digits and hyphens, for example programme-mid",
    "float_parsing": "a number with a decimal point, for example 3.5",
    "float_type": "a number with a decimal point, for example 3.5",
    "finite_number": "a number with a decimal point, for example 3.5",
    "int_parsing": "a year, for example 2030",
    "int_type": "a year, for example 2030",
    "int_from_float": "a whole year, for example 2030",
    "string_type": "a text",
    "dict_type": "a pace for each year, for example {{2024: 4, 2025: 2.5}}",
}
_PACE = "a number from 0 to 20 (points a year), one for each year such as {2024: 4, 2025: 2.5}, or observed"
_CHOICES = {  # keys that take more than one kind of value: said whole, not once for every kind
    "province_pace_pp": _PACE,
    "poor_district_pace_pp": _PACE,
    "floor": "a fraction of the households from 0 to below 1, for example 0.015, or published",
    "entry_rate": "a yearly fraction from 0 to below 0.5, for example 0.005, or published",
    "household_growth": "a yearly fraction from -0.1 to 0.1, for example 0.02, or published",
}


_BAD_SCALARS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)  # PyYAML on 2021-13-45, 0x_, …


class Scenario(BaseModel):
    """Paces of the province and its poor districts, the form of the paths, and the years they run.

    name: small letters, digits, hyphens. title_vi, title_en, note: for readers.
    province_pace_pp, poor_district_pace_pp: percentage points a year from 0 to 20; a mapping from year to pace
    (linear form only) where each year has its own; or "observed", the pace published from end-2021 to the start.
    form: linear, proportional, logistic, stock_flow. In the bending forms the pace is that of the first year.
    start, end: the path leaves from the end of `start`.
    floor: share of all households at the start that stay poor whatever is done, or "published": the poor
    households without labour capacity (2,193 at end-2022) over the households at the start.
    entry_rate: yearly share of the non-poor that become poor (stock_flow), or "published".
    household_growth: yearly, fraction, or "published".

    Raises ScenarioError naming the key, the value and what is allowed.

    >>> Scenario(name="mine", province_pace_pp=3.5, poor_district_pace_pp=7.0).end
    2030
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    title_vi: str = ""
    title_en: str = ""
    province_pace_pp: Pace | dict[Year, Pace] | Literal["observed"]
    poor_district_pace_pp: Pace | dict[Year, Pace] | Literal["observed"]
    form: Literal["linear", "proportional", "logistic", "stock_flow"] = "linear"
    start: Year = 2021
    end: Year = 2030
    floor: Annotated[Number, Field(ge=0, lt=1)] | Literal["published"] = "published"
    entry_rate: Annotated[Number, Field(ge=0, lt=0.5)] | Literal["published"] = "published"
    household_growth: Annotated[Number, Field(ge=-0.1, le=0.1)] | Literal["published"] = "published"
    note: str = ""

    def __init__(self, /, **values):
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise ScenarioError(_message(error, values)) from None

    @model_validator(mode="after")
    def _fits_together(self):
        if self.end <= self.start:
            raise ValueError(f"end: found {self.end}; a year after start, {self.start}")
        for key in ("province_pace_pp", "poor_district_pace_pp"):
            pace = getattr(self, key)
            if isinstance(pace, dict):
                if self.form != "linear":
                    raise ValueError(f"form: found {self.form!r}; linear, because {key} gives each year its own pace")
                if missing := sorted(set(range(self.start + 1, self.end + 1)) - set(pace)):
                    raise ValueError(f"{key}: found no pace for {missing}; one for every year from start + 1 to end")
        return self

    def changed(self, **values):
        """A copy with other values, validated anew.

        >>> preset("programme-mid").changed(form="logistic").form
        'logistic'
        """
        return Scenario(**{**self.model_dump(), **values})


def _message(error, values):
    lines = []
    for item in error.errors():
        key = str(item["loc"][0])[:60] if item["loc"] else ""
        context = {"keys": ", ".join(Scenario.model_fields), **item.get("ctx", {})}
        if item["type"] == "value_error":
            text = str(context["error"])
        else:
            allowed = _WORDS[item["type"]].format(**context) if item["type"] in _WORDS else item["msg"]
            found = "nothing" if item["type"] == "missing" else _shown(item["input"])
            if key in _CHOICES and item["type"] != "missing":
                found, allowed = _shown(values.get(key)), _CHOICES[key]
            text = f"{key}: found {found}; {allowed}"
        if text not in lines:
            lines.append(text)
    name = values.get("name")
    where = name[:60] if isinstance(name, str) else "scenario"
    return "\n".join([f"{where} is no valid scenario:", *(f"  {line}" for line in lines)])


def _shown(value):
    """A value as a message shows it: short, however long or deep it is."""
    short = reprlib.Repr()
    short.maxlevel, short.maxstring, short.maxlong, short.maxother = 2, 80, 80, 80
    try:
        return short.repr(value)
    except ValueError:  # Python does not print whole numbers of thousands of digits
        return "a very long number"


class _PlainKeys(yaml.SafeLoader):
    """The safe loader, which otherwise lets the last of two equal keys win in silence and merges mappings at any cost."""

    def construct_mapping(self, node, deep=False):
        """A mapping whose keys are plain and stand once."""
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(None, None, "a key is a plain word or number", key.start_mark)
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if repeated := [str(k) for k in keys if keys.count(k) > 1]:
            raise ScenarioError(f"the key {repeated[0]} stands twice; each key stands once")
        return super().construct_mapping(node, deep)


def load(path):
    """The scenario in a YAML file. Raises ScenarioError naming the file, the key, the value and what is allowed."""
    path = Path(path)
    try:
        values = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_PlainKeys)
    except OSError:
        raise ScenarioError(f"{path.name}: no such scenario file") from None
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}: {error}") from None
    except UnicodeDecodeError:
        raise ScenarioError(f"{path.name}: the file is not UTF-8 text") from None
    except (yaml.YAMLError, *_BAD_SCALARS, RecursionError) as error:
        raise ScenarioError(f"{path.name}: this is no YAML: {' '.join(str(error).split())[:500]}") from None
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise ScenarioError(f"{path.name}: a scenario is a list of keys with values, such as province_pace_pp: 3.5")
    try:
        scenario = Scenario(**values)
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}: {error}") from None
    if scenario.name != path.stem:
        raise ScenarioError(f"{path.name}: name: found {scenario.name!r}; the name of the file, {path.stem!r}")
    return scenario


def presets(folder=None):
    """Names of the scenarios in `data/scenarios/`, in reading order.

    >>> presets()
    ['programme-low', 'programme-mid', 'programme-high', 'yearly-plans', 'observed-pace']
    """
    order = ["programme-low", "programme-mid", "programme-high", "yearly-plans", "observed-pace"]
    found = {path.stem for path in Path(folder or SCENARIOS).glob("*.yaml")}
    return [name for name in order if name in found] + sorted(found - set(order))


def preset(name, folder=None, **changes):
    """The preset of this name, with any of its values changed. Raises ScenarioError for an unknown name.

    >>> preset("programme-high").province_pace_pp, preset("programme-low", end=2025).end
    (4.0, 2025)
    """
    if name not in presets(folder):
        raise ScenarioError(f"no scenario is called {name!r}; there are {', '.join(presets(folder))}")
    scenario = load(Path(folder or SCENARIOS) / f"{name}.yaml")
    return scenario.changed(**changes) if changes else scenario


def title(scenario, lang):
    """The title of a scenario in "vi" or "en"; its name where it has none."""
    return getattr(scenario, f"title_{lang}") or re.sub("-", " ", scenario.name)
