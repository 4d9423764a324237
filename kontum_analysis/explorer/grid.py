"""The numbers of the page on a grid of settings: what each pace says of its own area, before any other is asked.

The page needs no form of a path: it takes these lines, adds them up by their weights and stops them at their floors
(`paces.district_paths`), so that every figure it shows is one of `project_poverty` to the last digit shown.
"""

import base64
import zlib
from typing import Any

import numpy as np

from ..base.errors import ScenarioError
from ..base.words import LANGUAGES
from ..data.areas import PROVINCE
from ..data.programme import SCENARIOS
from ..methods.sums import apportion
from ..methods.trajectories import FORMS
from ..poverty.paces import Baseline, Inputs, baseline, paper_line
from ..poverty.paths import groups, project_poverty
from ..poverty.scenarios import Scenario, preset, presets, refusal, title

LAST = 2030
KEYS = ("province_pace_pp", "poor_district_pace_pp")
STEPS = {KEYS[0]: np.arange(81) / 10, KEYS[1]: np.arange(141) / 10}  # points a year


def starts(inputs: Inputs) -> list[int]:
    """Years from whose end a path can leave: those of the panel of districts."""
    return sorted(int(year) for year in inputs.estimates().panel["year"].unique())


def lines(base: Baseline, scenario: Scenario, key: str) -> np.ndarray:
    """Rates on paper (fractions) at the scenario's pace, shape (area, year after the start).

    key: of KEYS; the areas are the province alone, or the poor districts. Missing where the form cannot run at so
    great a pace, and in years without a pace.
    """
    last, years, weights = scenario.end, np.arange(scenario.start, scenario.end + 1), base.weights
    both = np.stack([base.rates, base.first_rates], axis=1)  # at the start, and at end-2021 for the observed pace
    levels = both[base.is_poor_district] if key == KEYS[1] else (weights @ both)[None]
    rows = np.full((len(levels), LAST - scenario.start), np.nan)
    for row, level in zip(rows, levels, strict=True):
        try:
            row[: last - scenario.start] = paper_line(base, scenario, key, float(level[0]), float(level[1]), years)[1:]
        except ScenarioError:  # too great a pace for this form: the page says so
            continue
    return rows


def curves(inputs: Inputs) -> tuple[list[dict[str, Any]], str]:
    """The lines of every pace of the grid: an index and the packed numbers.

    The index has one entry a form and start: form, start, at (place of the first number). From there on stand
    the province's lines, (pace, year), then those of the poor districts, (pace, poor district, year). Packed: doubles,
    little-endian, zlib, base64.
    """
    index, parts, place = [], [], 0
    for form in FORMS:
        for start in starts(inputs):
            base = baseline(inputs, _scenario(form, start))
            block = np.concatenate(
                [lines(base, _scenario(form, start, **{key: pace}), key).ravel() for key in KEYS for pace in STEPS[key]]
            )
            index.append({"form": form, "start": start, "at": place})
            parts.append(block)
            place += block.size
    # Not gzip: a byte of its head differs between versions of Python.
    packed = zlib.compress(np.concatenate(parts).astype("<f8").tobytes(), level=9)
    return index, base64.b64encode(packed).decode("ascii")


def _scenario(form: str, start: int, **paces: float) -> Scenario:
    both = {key: float(paces.get(key, 0.0)) for key in KEYS}
    return Scenario(name="grid", form=form, start=start, end=LAST, **both)


def openings(inputs: Inputs) -> dict[int, dict[str, Any]]:
    """What every path from a start takes from the published figures, by start: see `Baseline`.

    grown: households against those of the start, by year from the start on; whole: whole households by district and
    year; opening_rate of the province for the limits of a floor.
    """
    rates_by_start = {}
    for start in starts(inputs):
        base = baseline(inputs, _scenario("linear", start))
        growth = (1 + base.growth) ** np.arange(LAST - start + 1)
        whole = [apportion(base.households * g, round(base.households.sum() * g)).tolist() for g in growth]
        rates_by_start[start] = {
            "poor": base.poor.tolist(),
            "households": base.households.tolist(),
            "grown": growth.tolist(),
            "whole": np.transpose(whole).tolist(),
            "status": list(base.status),
        }
    return rates_by_start


def choices(inputs: Inputs, lang: str, opening: Scenario) -> list[dict[str, Any]]:
    """The presets that can run, and the opening scenario where it is none of them: name, title, settings.

    A pace that is no number of the grid is the name of its preset, with its lines in `special` by form and start; what
    a file of the scenario says of it stands in KEY_yaml.
    """
    _check(inputs, opening)
    entries = []
    for name, scenario in ({name: preset(name) for name in presets()} | {opening.name: opening}).items():
        try:
            baseline(inputs, scenario)
        except ScenarioError:  # at a vintage that does not know its start yet
            if scenario is opening:
                raise
            continue
        values: dict[str, Any] = scenario.model_dump(exclude={"title_vi", "title_en", "note"})
        special = _special(inputs, scenario)
        for key in KEYS:
            if not _is_on_grid(scenario, key):
                values[f"{key}_yaml"], values[key] = values[key], name
        titles = {one: title(scenario, one) for one in LANGUAGES}
        entries.append(values | {"title": titles[lang], "titles": titles, "special": special})
    return entries


def _check(inputs: Inputs, scenario: Scenario) -> None:
    """Raises ScenarioError for a value that the page has no setting for; any pace has its own lines."""
    floors: list[Any] = ["published", *(step / 1000 for step in range(51))]
    years = ", ".join(map(str, starts(inputs)))
    published: tuple[list[Any], str] = (["published"], "published")
    allowed: dict[str, tuple[list[Any], str]] = {
        "start": (starts(inputs), years),
        "floor": (floors, "published, 0, 0.001 … 0.05"),
        "entry_rate": published,
        "household_growth": published,
    }
    for key, (values, words) in allowed.items():
        if (value := getattr(scenario, key)) not in values:
            raise refusal("explorer.error.scenario", key, found=value, allowed=words)


def _is_on_grid(scenario: Scenario, key: str) -> bool:
    return getattr(scenario, key) in STEPS[key].tolist()


def _special(inputs: Inputs, scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Lines of paces that are no numbers of the grid, by "form start": both keys, years after the start."""
    if all(_is_on_grid(scenario, key) for key in KEYS):
        return {}
    special = {}
    for form in FORMS:
        for start in starts(inputs):
            try:
                last = LAST if scenario.province_pace_pp == "observed" else scenario.end
                tried = scenario.changed(form=form, start=start, end=last)
                base = baseline(inputs, tried)
            except ScenarioError:  # paces by year are of the straight line, from their own start
                continue
            both = {key: lines(base, tried, key) for key in KEYS}
            if any(np.isfinite(rows).any() for rows in both.values()):
                special[f"{form} {start}"] = {key: _plain(rows) for key, rows in both.items()}
    return special


def _plain(values: np.ndarray) -> list[list[float | None]]:
    """Nested lists with None for what is missing, as JSON knows no NaN."""
    return [[float(value) if np.isfinite(value) else None for value in row] for row in values]


def corridor(inputs: Inputs) -> dict[str, dict[str, list[float]]]:
    """Rates (fractions) of each area from end-2021 to LAST at the low and the high paces of the programme."""
    edges: dict[str, dict[str, list[float]]] = {}
    for side, name in {"low": SCENARIOS[0], "high": SCENARIOS[-1]}.items():
        path = project_poverty(inputs, preset(name, end=LAST))
        together = groups(path)
        for table in (together, path[path["area"] != PROVINCE]):
            for area, rows in table.groupby("area", sort=False):
                edges.setdefault(str(area), {})[side] = rows.sort_values("year")["rate"].tolist()
    return edges
