"""The tables that a report needs, as one list: each with its words, whether Word should carry it, and typed columns."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.errors import KontumError
from ..base.words import text
from ..data.observations import raw_tables
from ..ntm.attainment import project_ntm
from ..poverty.estimates import estimate_panel
from ..poverty.known import known_rates
from ..poverty.paces import implied_pace
from ..poverty.paths import exit_quotas, groups, project_poverty
from ..poverty.scenarios import Scenario
from ..targets.board import scoreboard
from .tables import FORMATS, headline, quotas_by_year, rates_by_year, shown, shown_columns

Scenarios = Sequence[Scenario]
Folder = str | Path | None
# keys of labels "exports.reading.*", in reading order
READING = ("published", "derived", "estimated", "projected", "bound", "empty", "percent")
_PATHS = ["scenario", "area", "year", "rate", "households", "poor_households", "status"]
_BOARD = {
    "target_id": "target_id",
    "statement_vi": "statement_vi",
    "statement_en": "statement_en",
    "latest_value": "latest_value",
    "bound_low": "known_at_least",
    "bound_high": "known_at_most",
    "latest_day": "latest_day",
    "kind": "kind",
    "gap": "gap",
    "pace_needed": "pace_needed",
    "pace_observed": "pace_observed",
    "probability": "probability",
    "status": "target_status",
    "reason": "reason",
}
_SOURCES = {
    "source_id": "source_id",
    "publisher": "publisher",
    "title": "source_title",
    "document_no": "document_no",
    "published": "source_published",
    "url": "url",
}
_YEARS = ("year", "start", "end", "horizon_year")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Table:
    """A table of the package with a name; its title and note are labels. long: too long for a Word document."""

    name: str
    frame: pd.DataFrame
    long: bool = False

    def title(self, lang: str) -> str:
        """What the table shows."""
        return text(f"exports.table.{self.name}", lang)

    def note(self, lang: str) -> str:
        """How to read it."""
        return text(f"exports.note.{self.name}", lang)


@dataclass(frozen=True)
class Column:
    """A column for readers. kind: number, year, date or text; values: floats, ints, dates or text, None where there is
    nothing; decimals: of each value of a number column, as the reader's table shows it."""

    name: str
    heading: str
    kind: str
    values: list[Any]
    decimals: list[int]


def report_tables(
    obs: pd.DataFrame, scenarios: Scenarios, data: Folder = None, names: Iterable[str] | None = None
) -> tuple[list[Table], list[tuple[str, KontumError]]]:
    """(tables, problems): the tables for these scenarios, and (name, KontumError) of each that this vintage cannot
    give.

    obs: from `load_observations`; scenarios: a list of Scenario; data: the folder of raw tables behind `obs`;
    names: of the tables wanted, default all.
    """
    made, problems = [], []
    for name in _MAKERS if names is None else names:
        make, long = _MAKERS[name]
        try:
            frame = make(obs, scenarios, data)
        except KontumError as error:
            problems.append((name, error))
            continue
        made.append(Table(name, frame, long))
    return made, problems


def columns(frame: pd.DataFrame, lang: str) -> list[Column]:
    """The columns of a table as a reader of the language sees them, numbers as numbers; shares in per cent as headed.

    >>> rates = pd.DataFrame({"area": ["62"], "year": [2021], "rate": [0.1532]})
    >>> [(c.heading, c.kind, c.values, c.decimals) for c in columns(rates, "en")][1:]
    [('Year', 'year', [2021], [0]), ('Poverty rate (%)', 'number', [15.32], [2])]
    """
    words, found = shown(frame, lang), []
    for column, heading in shown_columns(frame, lang):
        values = frame[column].tolist()
        spec = FORMATS.get(column) or (f"n{frame.attrs['decimals']}" if isinstance(column, int) else None)
        if column in _YEARS:
            years = [None if pd.isna(v) else int(v) for v in values]
            found.append(Column(str(column), heading, "year", years, [0] * len(years)))
        elif spec is not None and spec[0] in "png":
            kept = [None if pd.isna(v) else round(float(v) * (100 if spec[0] == "p" else 1), 9) for v in values]
            found.append(Column(str(column), heading, "number", kept, [_decimals(v, spec) for v in kept]))
        else:
            said = [None if v in ("–", "") else v for v in words[heading]]
            dated = any(said) and all(v is None or _DAY.fullmatch(v) for v in said)
            cells = [date.fromisoformat(v) if v and dated else v for v in said]
            found.append(Column(str(column), heading, "date" if dated else "text", cells, [0] * len(cells)))
    return found


def _decimals(value: float | None, spec: str) -> int:
    most = int(spec[1:])
    if value is None or spec[0] != "g":
        return most
    return next(d for d in range(most + 1) if d == most or round(value, d) == round(value, most))


def _wide(obs: pd.DataFrame, scenarios: Scenarios, tabulate: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    parts = [tabulate(project_poverty(obs, scenario)).assign(scenario=scenario.name) for scenario in scenarios]
    wide = pd.concat(parts, ignore_index=True)
    years = sorted(c for c in wide.columns if isinstance(c, int))
    wide = wide[["scenario", "area", *years]]
    wide.attrs["decimals"] = parts[0].attrs["decimals"]
    return wide


def _paths(obs: pd.DataFrame, scenarios: Scenarios, data: Folder) -> pd.DataFrame:
    rows = []
    for scenario in scenarios:
        path = project_poverty(obs, scenario)
        rows += [groups(path)[_PATHS], path.loc[path["level"] == "district", _PATHS]]
    return pd.concat(rows, ignore_index=True)


def _quotas_long(obs: pd.DataFrame, scenarios: Scenarios, data: Folder) -> pd.DataFrame:
    quotas = pd.concat([exit_quotas(project_poverty(obs, s)) for s in scenarios], ignore_index=True)
    return quotas.drop(columns="area_name")


def _pace(obs: pd.DataFrame, scenarios: Scenarios, data: Folder) -> pd.DataFrame:
    return pd.concat([implied_pace(obs, scenario) for scenario in scenarios], ignore_index=True)


def _ntm(obs: pd.DataFrame, scenarios: Scenarios, data: Folder) -> pd.DataFrame:
    years = project_ntm(obs, pace=1.5).years
    years = years[years["indicator"] != "ntm_communes_15_plus_criteria"]  # a count of ours, which nobody publishes
    return years.rename(columns={"q10": "low_80", "q90": "high_80"})[
        ["indicator", "year", "median", "low_80", "high_80"]
    ]


def _ntm_chances(obs: pd.DataFrame, scenarios: Scenarios, data: Folder) -> pd.DataFrame:
    return project_ntm(obs, pace=1.5).probabilities.drop(columns="standard_error")


def _board(obs: pd.DataFrame, scenarios: Scenarios, data: Folder) -> pd.DataFrame:
    return scoreboard(obs, data=data)[list(_BOARD)].rename(columns=_BOARD)


def _sources(obs: pd.DataFrame, scenarios: Scenarios, data: Folder) -> pd.DataFrame:
    """Those of the observations of the vintage; every one stands behind at least one of them."""
    rows = raw_tables(data)["sources"]
    rows = rows[rows["source_id"].isin(obs["source_id"])]
    return rows[list(_SOURCES)].rename(columns=_SOURCES).sort_values("source_id").reset_index(drop=True)


# name -> (how it is made, too long for Word); in reading order
_MAKERS: dict[str, tuple[Callable[[pd.DataFrame, Scenarios, Folder], pd.DataFrame], bool]] = {
    "known_rates": (lambda obs, scenarios, data: known_rates(obs), False),
    "headline": (lambda obs, scenarios, data: headline(obs, scenarios), False),
    "rates": (lambda obs, scenarios, data: _wide(obs, scenarios, rates_by_year), False),
    "quotas": (lambda obs, scenarios, data: _wide(obs, scenarios, quotas_by_year), False),
    "implied_pace": (_pace, False),
    "district_panel": (lambda obs, scenarios, data: estimate_panel(obs).panel.drop(columns="source_id"), False),
    "ntm_attainment": (_ntm, False),
    "ntm_chances": (_ntm_chances, False),
    "scoreboard": (_board, False),
    "paths": (_paths, True),
    "quotas_long": (_quotas_long, True),
    "sources": (_sources, False),
}
