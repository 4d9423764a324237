"""The page: one HTML file that holds its numbers, words, style and script, and loads nothing from anywhere."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..base.errors import KontumError
from ..base.words import LANGUAGES, labels, number, text
from ..data.areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE, area_name, districts, poor_districts
from ..data.memo import remember
from ..data.own import is_own
from ..data.programme import GROUPS, asked_pace, corridors, horizon
from ..methods.trajectories import FORMS
from ..ntm.attainment import DRAWS
from ..poverty.districts import FIRST_YEAR
from ..poverty.known import opening_rates
from ..poverty.paces import Inputs
from ..poverty.paths import groups, project_poverty
from ..poverty.scenarios import Scenario, preset, title
from . import facts, grid

# one program, in the order of its parts
SCRIPTS = ("words.js", "model.js", "pictures.js", "tables.js", "finding.js", "saving.js", "page.js")
_FOLDER = Path(__file__).parent


@remember(4)
def build_page(
    obs: pd.DataFrame,
    lang: str = "vi",
    scenario: str | Scenario = "programme-mid",
    as_of: str | None = None,
    data: str | None = None,
    user: bool | str | None = None,
    other: str = "",
) -> str:
    """The explorer as the text of one HTML page.

    obs: of `load_observations`; as_of, data, user: as it was called, for the names of sources and for the code that the
    page copies. scenario: on which it opens, a preset by its name or any other. other: where the page in the other
    language lies, if it lies beside this one.

    Raises KontumError for a table that is no observations or an unknown language, ScenarioError for an unknown preset
    or a scenario with a value for which the page has no setting.

    >>> from kontum_analysis.data.observations import load_observations
    >>> build_page(load_observations(), "fr")
    Traceback (most recent call last):
    kontum_analysis.base.errors.KontumError: ...
    """
    if lang not in LANGUAGES:
        raise KontumError("error.language", value=repr(lang), allowed=", ".join(LANGUAGES))
    assumptions = preset(scenario) if isinstance(scenario, str) else scenario
    user = user or (True if is_own(obs).any() else None)
    numbers = page_numbers(obs, lang, assumptions, data, user)
    numbers["load"] = _arguments(as_of, data, user)
    return _render(numbers, lang, facts.own_offices(obs, data, user), _opening(obs, lang, assumptions), other)


def page_numbers(
    obs: pd.DataFrame, lang: str, scenario: Scenario, data: Any = None, user: Any = None
) -> dict[str, Any]:
    """All that the page looks up: a value for JSON, keys as `model.js` and its sisters read them."""
    inputs = Inputs.of(obs)
    index, curves = grid.curves(inputs)
    places, board, communes = facts.known_points(inputs), facts.board_rows(obs, lang), facts.commune_rows(obs, lang)
    codes = districts()
    rows = [*board, *(point for points in places.values() for point in points)]
    opening = opening_rates(obs)
    return {
        "lang": lang,
        "words": facts.words(lang),
        "described": {one: facts.words(one, ("described", "as_scenario", "form.")) for one in LANGUAGES},
        "names": {code: area_name(code, lang) for code in [PROVINCE, POOR_DISTRICTS, OTHER_DISTRICTS, *codes]},
        "districts": codes,
        "poor": poor_districts(),
        "first": FIRST_YEAR,
        "last": grid.LAST,
        "near": horizon(),
        "forms": list(FORMS),
        "starts": grid.starts(inputs),
        "scenario": scenario.name,
        "presets": grid.choices(inputs, lang, scenario),
        "openings": grid.openings(inputs),
        "stuck": inputs.without_labour,
        "entry": inputs.entry,
        "index": index,
        "curves": curves,
        "corridor": grid.corridor(inputs),
        "known": places,
        "opening": {area: opening[area] for area in GROUPS},
        "asked": facts.asked_levels(inputs),
        "pace": {area: goal.low for area, goal in corridors().items()},
        "falls": facts.chances_of_falls(obs, lang),
        "ntm": facts.communes_at_paces(obs, lang),
        "ntm_pace": asked_pace(),
        "draws": DRAWS,
        "board": board,
        "communes": communes,
        "sources": facts.source_list({name for row in rows for name in row["sources"]}, data, user, lang),
    }


def _arguments(as_of: str | None, data: str | None, user: bool | str | None) -> str:
    """What `load_observations` is given in the code that the page copies; no path of this machine goes into a page."""
    arguments = {"as_of": as_of, "data": data and Path(data).name, "user": bool(user) or None}
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items() if value is not None)


def _opening(obs: pd.DataFrame, lang: str, scenario: Scenario) -> dict[str, Any]:
    """The opening path as a small table, for a browser without JavaScript."""
    path = groups(project_poverty(obs, scenario))
    path = path[path["year"] <= horizon()]
    rows = [
        [area_name(str(area), lang), *(number(100 * rate, 2, lang) for rate in one.sort_values("year")["rate"])]
        for area, one in path.groupby("area", sort=False)
    ]
    return {"title": title(scenario, lang), "years": sorted(set(path["year"])), "rows": rows}


def _render(numbers: dict[str, Any], lang: str, offices: list[str], opening: dict[str, Any], other: str = "") -> str:
    script = '"use strict";\n(() => {\n' + "".join(_text(name) for name in SCRIPTS) + "})();\n"
    style, codes = _text("page.css"), [*GROUPS, *numbers["districts"]]
    [second] = set(LANGUAGES) - {lang}
    environment = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)

    def words(key: str, **values: Any) -> str:
        return text(f"explorer.page.{key}" if f"explorer.page.{key}" in labels() else key, lang, **values)

    return environment.get_template("page.html").render(
        **{key: numbers[key] for key in ("lang", "presets", "forms", "starts", "first", "near", "last", "draws")},
        t=words,
        other={"lang": second, "file": other, "words": text("explorer.page.language", second)},
        areas=[{"code": code, "name": numbers["names"][code]} for code in codes],
        years=list(range(numbers["first"] + 1, numbers["last"] + 1)),
        ntm=facts.NTM_STEPS.tolist(),
        goal=numbers["ntm"]["goal"],
        state_day=numbers["ntm"]["state_day"],
        offices=offices,
        opening=opening,
        style=Markup(style),
        style_hash=_hash(style),
        script=Markup(script),
        script_hash=_hash(script),
        data=Markup(as_json(numbers)),
    )


def as_json(value: Any) -> str:
    """JSON that can stand inside a page: no name in it can end its element.

    >>> as_json({"name": "</script>"})
    '{"name":"\\\\u003c/script>"}'
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    """What a content security policy calls this content, so that no other script or style can run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")
