"""`data/datapackage.json`: the tables of data/raw and data/processed as a Frictionless Data Package.

Format: https://specs.frictionlessdata.io. Raw tables are described from `schemas` (type, pattern or list of values,
key),
processed ones from the lists below; titles come from labels.csv, in Vietnamese and English. No clock and no hash of a
file is in it,
so it changes only when a table changes its columns.
"""

import csv
import json
import re
from pathlib import Path
from typing import Any

from ..base.files import PROCESSED
from ..base.words import LANGUAGES, columns, heading, labels, text
from . import schemas
from .schemas import COLUMNS, KEYS

Json = dict[str, Any]
_INTEGER = {
    "year",
    "start",
    "horizon_year",
    "population_year",
    "period_start",
    "period_end",
    "number",
    "row",
    "col",
    "intervals",
    "input_row",
    "population",
    "households",
    "poor_households",
    "poor_q10",
    "poor_q90",
    "quota",
    "entries",
    "exits_to_2025",
    "exits_to_2030",
    "count_published",
    "count_low",
    "count_high",
    "nearness_rank",
}
_NUMBER = {
    "obs_value",
    "bound_value",
    "stated",
    "computed",
    "error_pp",
    "needed_pace_pp",
    "shortfall_pp",
    "mean",
    "median",
    "latest_value",
    "gap",
    "years_left",
    "pace_needed",
    "pace_observed",
    "projected_value",
    "value_low",
    "value_high",
    "bound_low",
    "bound_high",
    "q05",
    "q10",
    "q25",
    "q50",
    "q75",
    "q90",
    "q95",
}
_FRACTION = {
    "rate",
    "rate_q10",
    "rate_q90",
    "floor",
    "floor_rate",
    "truth",
    "estimate",
    "paper_2025",
    "rate_2025",
    "poor_2025",
    "rate_2030",
    "poor_2030",
    "poor_districts_rate",
    "probability",
    "p_19",
    "p_15_18",
    "p_10_14",
    "p_below_10",
    "p_attained_end",
}
_ARITHMETIC = {"province_rate", "needed_rate"}
_BOOLEAN = {
    "within_rounding",
    "possible",
    "possible_without_floor",
    "inside",
    "known_from_assumed",
    "preferred",
    "target_known",
}
_DATE = {"time_period", "known_from", "latest_day", "attained_by"}
_FRACTIONS_OF = {"poverty_outlook": {"q05", "q10", "q25", "q50", "q75", "q90", "q95"}}
_PROCESSED_KEYS = {
    "observations": KEYS["observations"],
    "district_panel": ["area", "year"],
    "leave_one_out": ["area", "year"],
    "poverty_paths": ["scenario", "area", "year"],
    "exit_quotas": ["scenario", "area", "year"],
    "implied_pace": ["scenario", "year"],
    "headline": ["scenario"],
    "ntm_attainment": ["year", "indicator"],
    "ntm_communes": ["code"],
    "poverty_outlook": ["area", "year"],
    "scoreboard": ["target_id"],
}
_LINKS = {
    "source_id": ("sources", "source_id"),
    "preferred_source_id": ("sources", "source_id"),
    "ref_area": ("areas", "code"),
    "area": ("areas", "code"),
    "scope_area": ("areas", "code"),
    "old_code": ("areas", "code"),
    "new_code": ("areas", "code"),
    "code": ("areas", "code"),
    "target_id": ("targets", "target_id"),
}
# indicators are listed only for what is observed; a target may speak of something else
_OBSERVED = {"observations", "processed_observations", "conflicts"}
# a table does not point at itself; excluded rows name what was left out; the outlook speaks of a group with no code
# of the register
_NO_LINKS = {"sources", "areas", "excluded", "processed_poverty_outlook"}


def package_text(processed: str | Path = PROCESSED) -> str:
    """The descriptor as JSON text. processed: the folder with the processed tables, whose headers are read.

    >>> package = json.loads(package_text())
    >>> [r["name"] for r in package["resources"]][:2], package["licenses"][0]["name"]
    (['sources', 'observations'], 'CC-BY-4.0')
    """
    return json.dumps(_package(Path(processed)), ensure_ascii=False, indent=1) + "\n"


def _package(processed: Path) -> Json:
    made = [_processed(path) for path in sorted(processed.glob("*.csv"))]
    return {
        "name": "kon-tum-analysis",
        "title": _both("datapackage.title"),
        "description": _both("datapackage.description"),
        "profile": "tabular-data-package",
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "Creative Commons Attribution 4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "sources": [{"title": _both("datapackage.sources"), "path": "raw/sources.csv"}],
        "contributors": [{"title": "Kon Tum Analysis", "role": "author"}],
        "resources": [*(_raw(name) for name in COLUMNS), *made],
    }


def _both(key: str) -> str:
    return " / ".join(text(key, lang) for lang in LANGUAGES)


def _resource(name: str, path: str, described: str, fields: list[Json], key: list[str] | None) -> Json:
    found: Json = {"fields": fields, "missingValues": [""]}
    if key:
        found["primaryKey"] = key
    links = _foreign_keys(name, [field["name"] for field in fields])
    if links:
        found["foreignKeys"] = links
    words = {"title": _both(described)} if described in labels() else {}
    return {
        "name": name,
        **words,
        "path": path,
        "profile": "tabular-data-resource",
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": found,
    }


def _foreign_keys(name: str, fields: list[str]) -> list[Json]:
    if name in _NO_LINKS:
        return []
    links = _LINKS | ({"indicator": ("indicators", "indicator")} if name in _OBSERVED else {})
    kept = [(field, *links[field]) for field in fields if field in links and not _many(name, field)]
    return [{"fields": [field], "reference": {"resource": to, "fields": [at]}} for field, to, at in kept if to != name]


def _many(name: str, field: str) -> bool:
    """Whether a field holds several ids, separated by a bar, which no foreign key can follow."""
    if name in COLUMNS:
        return COLUMNS[name][field] is schemas._SLUGS
    return name == "processed_district_panel" and field == "source_id"


def _raw(name: str) -> Json:
    fields = [_raw_field(column, allowed) for column, allowed in COLUMNS[name].items()]
    return _resource(name, f"raw/{name}.csv", f"datapackage.raw.{name}", fields, KEYS[name])


def _raw_field(column: str, allowed: Any) -> Json:
    if allowed is schemas._FLAG:
        flag = {"trueValues": ["1"], "falseValues": ["0"], "constraints": {"required": True}}
        return _named(column, "boolean") | flag
    if isinstance(allowed, list):
        required: Json = {} if "" in allowed else {"required": True}
        return _named(column, "string", "enum") | {"constraints": required | {"enum": [v for v in allowed if v]}}
    if allowed is schemas.ANY:
        return _named(column, "string")
    pattern, _ = allowed
    kind = "string"
    limits: Json = {"required": True} if re.fullmatch(pattern, "") is None else {}
    if allowed in (schemas._NUMBER, schemas._NUMBER_OR_NONE):
        kind = "integer" if column in _INTEGER else "number"
    elif allowed in (schemas._DATE, schemas._DAY_OR_NONE):
        kind = "date"
    elif column in _INTEGER:
        kind = "integer"
    elif allowed is not schemas._FILLED:
        limits["pattern"] = pattern
    rule = "pattern" if "pattern" in limits else kind
    return _named(column, kind, rule) | ({"constraints": limits} if limits else {})


def _processed(path: Path) -> Json:
    with open(path, encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    fractions = _FRACTION | _FRACTIONS_OF.get(path.stem, set())
    fields = [_processed_field(column, fractions) for column in header]
    key = _PROCESSED_KEYS.get(path.stem)
    words = f"datapackage.processed.{path.stem}"
    return _resource(f"processed_{path.stem}", f"processed/{path.name}", words, fields, key)


def _processed_field(column: str, fractions: set[str]) -> Json:
    if column in _BOOLEAN:
        return _named(column, "boolean") | {"trueValues": ["True"], "falseValues": ["False"]}
    if column in fractions:
        return _named(column, "number", "fraction") | {"constraints": {"minimum": 0, "maximum": 1}}
    if column in _ARITHMETIC:
        return _named(column, "number", "arithmetic") | {"constraints": {"maximum": 1}}
    groups = (("integer", _INTEGER), ("number", _NUMBER), ("date", _DATE))
    return _named(column, next((kind for kind, names in groups if column in names), "string"))


def _title(column: str) -> str:
    """Its title with its unit in both languages; a share is a fraction in our files, in per cent only for readers."""
    row = columns().get(column, {"format": ""})
    return " / ".join(row[lang] if row["format"][:1] in ("p", "c") else heading(column, lang) for lang in LANGUAGES)


def _named(column: str, kind: str, rule: str | None = None) -> Json:
    return {
        "name": column,
        "title": _title(column),
        "type": kind,
        "description": _both(f"datapackage.rule.{rule or kind}"),
    }
