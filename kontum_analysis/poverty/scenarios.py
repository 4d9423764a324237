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


def _refuse_flag(value: Any) -> Any:
    """The value itself; YAML reads yes, no, on, off as flags, and Python would take True for 1."""
    if isinstance(value, bool):
        raise PydanticCustomError("float_type", "")
    return value


def _refuse_text(value: Any) -> Any:
    """The value itself, neither a flag nor a text."""
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "")
    return value


Number = Annotated[float, BeforeValidator(_refuse_flag)]
Pace = Annotated[Number, Field(ge=0, le=20)]
Year = Annotated[int, BeforeValidator(_refuse_text), Field(ge=2021, le=2050)]
READING_ORDER = ("programme-low", "programme-mid", "programme-high", "yearly-plans", "observed-pace")
PACES = ("province_pace_pp", "poor_district_pace_pp")
_ALLOWED = {  # for the other keys: a kind of pydantic's errors -> the label of what is allowed
    "missing": "error.scenario.rule.required",
    "string_pattern_mismatch": "error.scenario.rule.name",
    "string_type": "error.scenario.rule.text",
    "finite_number": "error.scenario.rule.year",
    "int_parsing": "error.scenario.rule.year",
    "int_type": "error.scenario.rule.year",
    "int_from_float": "error.scenario.rule.whole_year",
    "greater_than_equal": "error.scenario.rule.at_least",
    "less_than_equal": "error.scenario.rule.at_most",
    "literal_error": "allowed.one_of",
    "extra_forbidden": "error.scenario.no_key",
}
# keys that take more than one kind of value: their label tells all that is allowed, whatever the error
_CHOICES = (*PACES, "floor", "entry_rate", "household_growth")
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
            short_name = name[:60] if isinstance(name, str) else "scenario"
            raise ScenarioError("error.scenario.invalid", name=short_name, problems=_problems(error, values)) from None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not is_plain_name(self.name):
            raise refusal("hostile.scenario_name", "name", found=self.name)
        if self.end <= self.start:
            raise refusal("error.scenario.end", "end", found=self.end, other=key_words("start"), start=self.start)
        years = set(range(self.start + 1, self.end + 1))
        for key in PACES:
            pace = getattr(self, key)
            if not isinstance(pace, dict):
                continue
            if self.form != "linear":
                raise refusal("error.scenario.form", "form", found=self.form, other=key_words(key))
            if gaps := sorted(years - set(pace)):
                start, end = key_words("start"), key_words("end")
                raise refusal("error.scenario.years", key, missing=gaps, start=start, end=end)
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


def refusal(label: str, key: str, **values: Any) -> ScenarioError:
    """The error that refuses the value of a key; label: of the message, which names the key as {field}.

    >>> str(refusal("error.pace.start", "start", found=2019, first=2021, last=2023)).splitlines()[-1]
    "start (--from): found 2019; the province's count is known or estimated for 2021 to 2023"
    """
    return ScenarioError(label, field=key_words(key), **values)


def _problems(error: ValidationError, values: Mapping[str, Any]) -> Lines:
    """Pydantic's errors in our words, each once."""
    problems = [_problem(item, values) for item in error.errors()]
    return Lines({str(problem): problem for problem in problems}.values())


def _problem(item: Mapping[str, Any], values: Mapping[str, Any]) -> Words | ScenarioError:
    kind, context = item["type"], item.get("ctx", {})
    if kind == "value_error":  # raised by _fits_together
        error: ScenarioError = context["error"]
        return error
    key = str(item["loc"][0])[:60] if item["loc"] else ""
    if key in _CHOICES and kind != "missing":
        value, allowed = values.get(key), Words(f"error.scenario.choice.{key}")
    else:
        choices = context.get("expected", "").replace(" or ", ", ")
        keys = list(Scenario.model_fields)
        limits = dict(context, values=choices, keys=keys, hint=did_you_mean(key, keys), detail=kind)
        value, allowed = item["input"], Words(_ALLOWED.get(kind, "error.scenario.other"), **limits)
    if kind != "extra_forbidden":
        allowed = _plain_writing(value) or allowed
    short_value = Words("error.scenario.nothing") if kind == "missing" else _shorten(value)
    return Words("error.scenario.found", field=key_words(key), found=short_value, allowed=allowed)


def _plain_writing(value: Any) -> Words | None:
    """How a year in quotes or a decimal comma, which YAML takes for texts, are to be written; None for all else."""
    parts = [*value, *value.values()] if isinstance(value, dict) else [value]
    for part in filter(lambda part: isinstance(part, str), parts):
        if re.fullmatch(r"\s*20[0-9]{2}\s*", part):
            return Words("error.scenario.rule.quoted_year", year=part.strip())
        if re.fullmatch(r"\s*[0-9]{1,3},[0-9]{1,6}\s*", part):
            return Words("error.scenario.rule.comma", number=part.strip().replace(",", "."))
    return None


def _shorten(value: Any) -> str | Words:
    """A value as a message shows it: short, however long or deep it is."""
    short = reprlib.Repr()
    short.maxlevel, short.maxstring, short.maxlong, short.maxother = 2, 80, 80, 80
    try:
        return short.repr(value)
    except ValueError:  # Python does not print whole numbers of thousands of digits
        return Words("error.scenario.long_number")


class _PlainKeys(yaml.SafeLoader):
    """The safe loader, which otherwise lets the last of two equal keys win in silence and merges at any cost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping of a node; its keys must be plain and stand once."""
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
        scenario = Scenario(**_read_keys(content))
        if scenario.name != path.stem:
            raise refusal("error.scenario.file_name", "name", found=scenario.name, wanted=path.stem)
    except ScenarioError as error:
        raise ScenarioError("error.scenario.in_file", file=path.name, error=error) from None
    return scenario


def _read_keys(content: bytes) -> dict[str, Any]:
    try:
        values = yaml.load(content.decode("utf-8-sig"), Loader=_PlainKeys)
    except ScenarioError:
        raise
    except UnicodeDecodeError:
        raise ScenarioError("error.scenario.utf8") from None
    except (yaml.YAMLError, *_BAD_SCALARS, RecursionError) as error:
        raise ScenarioError("error.scenario.yaml", detail=_yaml_detail(error)) from None
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise ScenarioError("error.scenario.not_keys")
    return values


def _yaml_detail(error: Exception) -> str | Words:
    """Where the YAML breaks, with the words of its reader (a technical detail, quoted as it is)."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    if mark is not None and problem:
        return Words("error.scenario.yaml_at", row=mark.line + 1, column=mark.column + 1, problem=problem[:200])
    return repr(" ".join(str(error).split())[:300])


def presets(folder: str | Path | None = None) -> list[str]:
    """Names of the scenarios in `data/scenarios/`, in reading order; further ones by name after them.

    >>> presets()[:5]
    ['programme-low', 'programme-mid', 'programme-high', 'yearly-plans', 'observed-pace']
    """
    names = {path.stem for path in Path(folder or SCENARIOS).glob("*.yaml")}
    return [name for name in READING_ORDER if name in names] + sorted(names - set(READING_ORDER))


def preset(name: str, folder: str | Path | None = None, **changes: Any) -> Scenario:
    """The preset of this name, with any of its values changed. Raises ScenarioError for an unknown name.

    >>> preset("programme-high").province_pace_pp, preset("programme-low", end=2025).end
    (4.0, 2025)
    """
    names = presets(folder)
    if name not in names:
        raise ScenarioError("error.name.scenario", name=name, names=names, hint=did_you_mean(name, names))
    scenario = load(Path(folder or SCENARIOS) / f"{name}.yaml")
    return scenario.changed(**changes) if changes else scenario


def title(scenario: Scenario, lang: str) -> str:
    """The title of a scenario in "vi" or "en"; its name where it has none."""
    return getattr(scenario, f"title_{lang}") or scenario.name.replace("-", " ")
