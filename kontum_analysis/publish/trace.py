"""Where a number comes from: the chain from source rows through conflicts and steps to a figure, a target or a cell."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pandas as pd

from ..base.errors import KontumError, Words, did_you_mean
from ..base.words import text
from ..data.areas import resolve
from ..data.observations import all_tables, load_observations, raw_tables
from ..figures.catalogue import CATALOGUE, rows_of
from ..poverty.districts import STANDARD
from ..poverty.estimates import estimate_panel
from ..poverty.paths import project_poverty
from ..poverty.scenarios import preset, presets
from ..targets.board import load_targets, scoreboard

Place = tuple[str | Path | None, bool | str | Path | None]  # data and user of `load_observations`
Steps = list[tuple[str, dict[str, Any]]]  # key of labels and its values


@dataclass(frozen=True)
class Chain:
    """What stands behind a number: rows of observations.csv with their sources, steps in words, scenarios and seed.

    sources: one row an observation: line, area, indicator, time_period, value, bound, used, reason_vi, reason_en,
    publisher, document_no, url.
    steps: keys of labels with their values, in order. scenarios: name -> values. seed: of the draws, None where nothing
    is drawn.
    """

    subject: str
    sources: pd.DataFrame
    steps: tuple[tuple[str, dict[str, Any]], ...]
    scenarios: dict[str, dict[str, Any]]
    seed: int | None

    def explain(self, lang: str) -> list[str]:
        """The steps as sentences in "vi" or "en"."""
        words = (
            {k: text(v, lang) if k in ("status", "reason") else v for k, v in values.items()}
            for _, values in self.steps
        )
        return [text(key, lang, **values) for (key, _), values in zip(self.steps, words, strict=True)]


def trace(
    *words: str, data: str | Path | None = None, seed: int = 3299, user: bool | str | Path | None = None
) -> Chain:
    """The chain behind a figure (its name), a target (its id), or a published cell (area, indicator, date).

    The indicator is a code of indicators.csv or its name in Vietnamese or English. The date is a year or a day; user:
    an office's own figures too, as in `load_observations`. Raises KontumError naming what there is when a word is
    unknown.

    >>> chain = trace("Kon Tum", "poverty_rate_pct", "2022")
    >>> chain.sources[["value", "used"]].values.tolist()
    [[10.86, True], [11.0, False]]
    """
    if len(words) == 1 and words[0] in CATALOGUE:  # its file is made from published figures alone
        return _figure(words[0], load_observations(None, data), (data, None), seed)
    place = (data, user)
    obs = load_observations(None, data, user)
    known = load_targets(data)["target_id"].tolist()
    if len(words) == 1 and words[0] in known:
        return _target(words[0], obs, place, seed)
    if len(words) == 3:
        return _cell(*words, obs, place, seed)
    found = " ".join(words)
    hint = did_you_mean(found, [*CATALOGUE, *known])
    raise KontumError("error.trace.words", found=found, hint=hint, figures=sorted(CATALOGUE))


_SHOWN = [
    "line",
    "area",
    "indicator",
    "time_period",
    "value",
    "bound",
    "used",
    "reason_vi",
    "reason_en",
    "source_id",
    "publisher",
    "document_no",
    "url",
]


def _with_sources(rows: pd.DataFrame, place: Place) -> pd.DataFrame:
    sources = all_tables(*place)["sources"].set_index("source_id")[["publisher", "document_no", "url"]]
    found = rows.join(sources, on="source_id")
    found = found.assign(
        value=found["obs_value"].fillna(found["bound_value"]),
        used=found["preferred"],
        reason_vi=found["preference_reason_vi"],
        reason_en=found["preference_reason"],
        area=found["ref_area"],
    )
    return found[_SHOWN].reset_index(drop=True)


def _used_and_lost(rows: pd.DataFrame) -> pd.DataFrame:
    """Preferred rows and those that lost a conflict to one of them: bounds and repeats decide nothing."""
    return rows[rows["preferred"] | rows["preference_reason"].str.startswith("conflict")]


def _cell(name: str, indicator: str, date: str, obs: pd.DataFrame, place: Place, seed: int) -> Chain:
    area = resolve(name)
    indicator = _indicator(indicator, raw_tables(place[0])["indicators"])
    rows = obs[(obs["ref_area"] == area.code) & (obs["indicator"] == indicator)]
    dates = sorted(set(rows["time_period"]))
    rows = rows[[day == date or day.startswith(f"{date}-") for day in rows["time_period"]]]
    subject = f"{area.name} {indicator} {date}"
    if rows.empty:
        if (chain := _computed_cell(subject, area.code, indicator, date, obs, place, seed)) is not None:
            return chain
        known = dates or Words("error.trace.no_dates")
        raise KontumError("error.trace.unpublished", area=area, indicator=indicator, date=date, dates=known)
    steps: Steps = [("trace.step.rule", {})]
    if (rows["preferred"] & (rows["obs_status"] == "E")).any():
        steps.append(("trace.step.derive", {}))
    rows = rows.sort_values(["preferred", "line"], ascending=[False, True])
    return Chain(subject, _with_sources(rows, place), tuple(steps), {}, None)


def _indicator(name: str, indicators: pd.DataFrame) -> str:
    """The code of an indicator from the code or the name in either language; capitals and spaces do not matter in a
    name.
    """
    codes = indicators["indicator"].tolist()
    named = {
        said.casefold(): code
        for column in ("name_vi", "name_en")
        for said, code in zip(indicators[column], codes, strict=True)
    }
    plain = " ".join(normalize("NFC", name).split()).casefold()
    if name not in codes and plain not in named:
        close = did_you_mean(name, codes) or did_you_mean(plain, named)
        raise KontumError("error.trace.indicator", name=name, hint=close)
    return name if name in codes else named[plain]


# published name of a figure -> (column of the panel and the paths, unit of it)
_COMPUTED = {
    "poverty_rate_pct": ("rate", 100),
    "poor_households": ("poor_households", 1),
    "households_total": ("households", 1),
}


def _computed_cell(
    subject: str, code: str, indicator: str, date: str, obs: pd.DataFrame, place: Place, seed: int
) -> Chain | None:
    """The chain of a figure that nobody published: derived or estimated in the panel, or projected
    under each scenario.
    """
    if indicator not in _COMPUTED or not str(date)[:4].isdigit() or str(date)[4:] not in ("", "-12-31"):
        return None
    year, (column, unit) = int(str(date)[:4]), _COMPUTED[indicator]
    panel = estimate_panel(obs, seed=seed).panel
    cell = panel[(panel["area"] == code) & (panel["year"] == year)]
    keys = ("trace.step.rule", "trace.step.derive", "trace.step.estimate")
    steps: Steps = [(key, {}) for key in keys]
    scenarios = {}
    derived = False
    if len(cell):
        row = cell.iloc[0]
        status = row[f"status_{column}"]
        derived = status == "derived"
        steps = steps[:2] if derived else steps
        steps.append(("trace.step.cell", {"value": unit * row[column], "status": f"status.{status}"}))
        resting = rows_of("reconciled_districts", obs)
        if derived:  # from its own figures and changes; an estimate leans on all districts
            resting = resting[resting["ref_area"] == code]
    elif code in set(panel["area"]) and year > panel["year"].max():
        chosen = {name: preset(name) for name in presets()}
        scenarios = {name: scenario for name, scenario in chosen.items() if scenario.end >= year}
        resting = rows_of("poverty_paths", obs)
        steps.append(("trace.step.project", {}))
        for name, scenario in scenarios.items():
            path = project_poverty(obs, scenario)
            found = path[(path["area"] == code) & (path["year"] == year)]
            steps.append(("trace.step.path", {"scenario": name, "value": unit * found[column].iloc[0]}))
        if not scenarios:
            return None  # none runs so far
    else:
        return None
    resting = resting[
        resting["standard"].isin([STANDARD, ""]) & (resting["obs_status"] != "U")
    ]  # U is not estimated from
    resting = _used_and_lost(resting)
    own = resting["ref_area"] == code
    return Chain(
        subject,
        _with_sources(pd.concat([resting[own], resting[~own]]), place),
        tuple(steps),
        {name: s.model_dump() for name, s in scenarios.items()},
        None if derived else seed,
    )


def _figure(name: str, obs: pd.DataFrame, place: Place, seed: int) -> Chain:
    from ..figures import build

    entry = CATALOGUE[name]
    steps: Steps = [("trace.step.rule", {}), *((f"trace.step.{key}", {"seed": seed}) for key in entry.steps)]
    steps.append(("trace.step.figure", {"file": f"figures/vi/{name}.csv", "hash": build(name, obs, "vi").data_hash}))
    return Chain(
        name,
        _with_sources(_used_and_lost(rows_of(name, obs)), place),
        tuple(steps),
        {s: preset(s).model_dump() for s in entry.scenarios},
        seed if entry.is_drawn else None,
    )


# what stands between the rows and the row of the scoreboard
_MODEL = {"NTM": "trace.step.ntm", "POVERTY": "trace.step.outlook"}


def _target(target_id: str, obs: pd.DataFrame, place: Place, seed: int) -> Chain:
    target: Any = load_targets(place[0]).set_index("target_id").loc[target_id]
    board = scoreboard(obs, data=place[0], seed=seed).set_index("target_id")
    steps: Steps = [("trace.step.target", {"document": target.document})]
    drawn = False
    if target_id in board.index:
        row: Any = board.loc[target_id]
        rows = obs[obs["line"].astype(str).isin(row.source_lines.split("|"))]
        facts = rows[["ref_area", "indicator", "time_period", "standard"]].drop_duplicates()
        rows = obs.merge(facts)  # with what lost to them
        rows = rows[
            rows["line"].astype(str).isin(row.source_lines.split("|"))
            | rows["preference_reason"].str.startswith("conflict")
        ]
        steps.append((f"trace.kind.{row.kind}", {}))
        if row.kind == "estimated":
            steps.append(("trace.step.estimate", {}))
        if drawn := bool(pd.notna(row.probability)):
            steps.append((_MODEL[row.programme], {}))
            steps.append(("trace.step.chance", {"chance": row.probability}))
        steps.append(("trace.step.status", {"status": f"target_status.{row.status}", "reason": f"reason.{row.reason}"}))
    else:
        rows = _used_and_lost(obs[(obs["ref_area"] == target.scope_area) & (obs["indicator"] == target.indicator)])
    own = raw_tables(place[0])["sources"].set_index("source_id").loc[[target.source_id]].reset_index()
    head = own.assign(
        line=0,
        area=target.scope_area,
        indicator=target.indicator,
        time_period="",
        value=target.value_low,
        bound="",
        used=True,
        reason_vi=target_id,
        reason_en=target_id,
    )[_SHOWN]
    found = _with_sources(rows.sort_values(["indicator", "ref_area", "time_period", "line"]), place)
    table = pd.concat([head, found], ignore_index=True) if len(found) else head
    return Chain(target_id, table, tuple(steps), {}, seed if drawn else None)
