"""Scenarios: the paces an analyst assumes, as validated values that live in small YAML files.

A pace is in percentage points a year, the programme's own reading of "giảm 3–4 %/năm" (2022: 15.32 % to 10.86 % was
reported as a fall of 4.46 and scored against a plan of 4).
"""

import re
import reprlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from ..base.errors import Lines, ScenarioError, Words, did_you_mean
from ..base.files import SCENARIO_MB, SCENARIOS, bytes_within, is_plain_name
from ..base.words import labels


def _no_flag(value: Any) -> Any:
    if isinstance(value, bool):  # YAML reads yes, no, on, off as flags, and Python takes True for 1
        raise PydanticCustomError("float_type", "")
    return value


def _whole(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "")
    return value


Number = Annotated[float, BeforeValidator(_no_flag)]
Pace = Annotated[Number, Field(ge=0, le=20)]
Year = Annotated[int, BeforeValidator(_whole), Field(ge=2021, le=2050)]
_RULES = {  # kinds of pydantic's errors -> the rule in our words, label error.scenario.rule.RULE
    "missing": "required",
    "string_pattern_mismatch": "name",
    "float_parsing": "number",
    "float_type": "number",
    "finite_number": "number",
    "int_parsing": "year",
    "int_type": "year",
    "int_from_float": "whole_year",
    "string_type": "text",
    "dict_type": "each_year",
}
_LIMITS = {"greater_than_equal": "ge", "less_than_equal": "le", "less_than": "lt"}
# keys that take more than one kind of value: said whole, not once for every kind
_CHOICES = ("province_pace_pp", "poor_district_pace_pp", "floor", "entry_rate", "household_growth")
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

    def __init__(self, /, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            name = values.get("name")
            shown = name[:60] if isinstance(name, str) else "scenario"
            raise ScenarioError("error.scenario.invalid", name=shown, problems=_problems(error, values)) from None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not is_plain_name(self.name):
            raise ScenarioError("hostile.scenario_name", field=key_words("name"), found=self.name)
        if self.end <= self.start:
            raise ScenarioError(
                "error.scenario.end", field=key_words("end"), found=self.end, other=key_words("start"), start=self.start
            )
        for key in ("province_pace_pp", "poor_district_pace_pp"):
            pace = getattr(self, key)
            if isinstance(pace, dict):
                if self.form != "linear":
                    raise ScenarioError(
                        "error.scenario.form", field=key_words("form"), found=self.form, other=key_words(key)
                    )
                if missing := sorted(set(range(self.start + 1, self.end + 1)) - set(pace)):
                    raise ScenarioError(
                        "error.scenario.years",
                        field=key_words(key),
                        missing=missing,
                        start=key_words("start"),
                        end=key_words("end"),
                    )
        return self

    def changed(self, **values: Any) -> "Scenario":
        """A copy with other values, validated anew.

        >>> preset("programme-mid").changed(form="logistic").form
        'logistic'
        """
        return Scenario(**{**self.model_dump(), **values})


def key_words(key: str) -> Words | str:
    """A key of a scenario together with the option of the command that sets it, for a message.

    >>> str(key_words("end")), key_words("entry_rate")
    ('end (--to)', 'entry_rate')
    """
    return Words(f"scenario.key.{key}") if f"scenario.key.{key}" in labels() else key


def _problems(error: ValidationError, values: Mapping[str, Any]) -> Lines:
    """What pydantic found, in our words, each once."""
    found = {str(words): words for words in (_problem(item, values) for item in error.errors())}
    return Lines(found.values())


def _problem(item: Mapping[str, Any], values: Mapping[str, Any]) -> Words | ScenarioError:
    if item["type"] == "value_error":
        raised: ScenarioError = item["ctx"]["error"]  # by a rule of ours
        return raised
    key = str(item["loc"][0])[:60] if item["loc"] else ""
    found, allowed = _shown(item["input"]), _rule(item)
    if item["type"] == "missing":
        found = Words("error.scenario.nothing")
    elif key in _CHOICES:
        found, allowed = _shown(values.get(key)), Words(f"error.scenario.choice.{key}")
    return Words("error.scenario.found", field=key_words(key), found=found, allowed=allowed)


def _rule(item: Mapping[str, Any]) -> Words:
    """What would be right, for one of pydantic's errors."""
    kind, context = item["type"], item.get("ctx", {})
    if kind in _LIMITS:
        return Words(f"error.scenario.limit.{kind}", limit=context[_LIMITS[kind]])
    if kind == "literal_error":
        return Words("allowed.one_of", values=context["expected"].replace(" or ", ", "))
    if kind == "extra_forbidden":
        return Words("error.scenario.no_key", keys=list(Scenario.model_fields))
    if kind in _RULES:
        return Words(f"error.scenario.rule.{_RULES[kind]}")
    return Words("error.scenario.other", detail=kind)


def _shown(value: Any) -> str | Words:
    """A value as a message shows it: short, however long or deep it is."""
    short = reprlib.Repr()
    short.maxlevel, short.maxstring, short.maxlong, short.maxother = 2, 80, 80, 80
    try:
        return short.repr(value)
    except ValueError:  # Python does not print whole numbers of thousands of digits
        return Words("error.scenario.long_number")


class _PlainKeys(yaml.SafeLoader):
    """The safe loader, which otherwise lets the last of two equal keys win in silence and merges
    mappings at any cost.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping whose keys are plain and stand once."""
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                raise ScenarioError("error.scenario.plain_key")
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if repeated := [str(k) for k, count in Counter(keys).items() if count > 1]:
            raise ScenarioError("error.scenario.key_twice", name=repeated[0])
        return super().construct_mapping(node, deep)


def load(path: str | Path) -> Scenario:
    """The scenario in a YAML file. Raises ScenarioError naming the file, the key, the value and what is allowed."""
    path = Path(path)
    if not path.is_file():
        raise ScenarioError("error.scenario.no_file", file=path.name)
    content = bytes_within(path, SCENARIO_MB)
    try:
        values = yaml.load(content.decode("utf-8-sig"), Loader=_PlainKeys)
    except ScenarioError as error:
        raise ScenarioError("error.scenario.in_file", file=path.name, error=error) from None
    except UnicodeDecodeError:
        raise ScenarioError("error.scenario.utf8", file=path.name) from None
    except (yaml.YAMLError, *_BAD_SCALARS, RecursionError) as error:
        raise ScenarioError("error.scenario.yaml", file=path.name, detail=_yaml_detail(error)) from None
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise ScenarioError("error.scenario.not_keys", file=path.name)
    try:
        scenario = Scenario(**values)
    except ScenarioError as error:
        raise ScenarioError("error.scenario.in_file", file=path.name, error=error) from None
    if scenario.name != path.stem:
        raise ScenarioError("error.scenario.file_name", file=path.name, found=scenario.name, wanted=path.stem)
    return scenario


def _yaml_detail(error: Exception) -> str | Words:
    """Where the YAML breaks, and what its reader says of it (a technical detail, quoted as it is)."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    if mark is not None and problem:
        return Words("error.scenario.yaml_at", row=mark.line + 1, column=mark.column + 1, problem=problem[:200])
    return repr(" ".join(str(error).split())[:300])


def presets(folder: str | Path | None = None) -> list[str]:
    """Names of the scenarios in `data/scenarios/`, in reading order.

    >>> presets()
    ['programme-low', 'programme-mid', 'programme-high', 'yearly-plans', 'observed-pace']
    """
    order = ["programme-low", "programme-mid", "programme-high", "yearly-plans", "observed-pace"]
    found = {path.stem for path in Path(folder or SCENARIOS).glob("*.yaml")}
    return [name for name in order if name in found] + sorted(found - set(order))


def preset(name: str, folder: str | Path | None = None, **changes: Any) -> Scenario:
    """The preset of this name, with any of its values changed. Raises ScenarioError for an unknown name.

    >>> preset("programme-high").province_pace_pp, preset("programme-low", end=2025).end
    (4.0, 2025)
    """
    if name not in presets(folder):
        names = presets(folder)
        raise ScenarioError("error.name.scenario", name=name, names=names, hint=did_you_mean(name, names))
    scenario = load(Path(folder or SCENARIOS) / f"{name}.yaml")
    return scenario.changed(**changes) if changes else scenario


def title(scenario: Scenario, lang: str) -> str:
    """The title of a scenario in "vi" or "en"; its name where it has none."""
    return getattr(scenario, f"title_{lang}") or re.sub("-", " ", scenario.name)
