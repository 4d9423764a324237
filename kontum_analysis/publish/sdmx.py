"""Observations and projections as SDMX-CSV 2.0 (SDMX 3.0), for statistical offices and their tools, and the structure
of both as an SDMX-JSON message: concepts, code lists, data structures and dataflows, with names in both languages.

Formats: https://github.com/sdmx-twg/sdmx-csv, field guide of the data message, and
https://github.com/sdmx-twg/sdmx-json, structure message of SDMX 3.0. Of the CSV the first three columns say what a row
belongs to (STRUCTURE, STRUCTURE_ID, ACTION), then come dimensions, the measure and attributes. Comma, decimal point,
UTF-8 without a mark. A machine reads this, so no text is changed in it.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from ..base.errors import Words
from ..base.words import LANGUAGES, column_facts, labels
from ..data.areas import register
from ..data.observations import raw_tables
from ..poverty.paths import exit_quotas, groups, project_poverty
from ..poverty.scenarios import Scenario, title
from .columns import Provenance, Table

AGENCY, VERSION = "KONTUM", "1.0.0"
NONE, UNSPECIFIED = "_Z", "_U"  # SDMX: not applicable, unspecified
MISSING = "O"  # CL_OBS_STATUS: missing value
# how a number is known -> CL_OBS_STATUS: A normal, E estimated, F forecast (here: what a scenario leads to)
_STATUS = {"published": "A", "derived": "E", "office": "A", "estimated": "E", "projected": "F"}
# table -> its dimensions before TIME_PERIOD, its attributes after OBS_VALUE
FLOWS = {
    "OBSERVATIONS": (
        ("FREQ", "REF_AREA", "LEVEL", "INDICATOR", "STANDARD", "BOUND", "SOURCE"),
        ("UNIT_MEASURE", "OBS_STATUS", "BOUND_VALUE", "DATE_PRECISION", "PREFERRED", "KNOWN_FROM", "COMMENT_OBS"),
    ),
    "POVERTY_PROJECTIONS": (
        ("FREQ", "REF_AREA", "INDICATOR", "SCENARIO"),
        ("UNIT_MEASURE", "OBS_STATUS", "HOW_KNOWN"),
    ),
}
# by this a reader such as pysdmx knows what the message is
_SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/2.0.0/"
    "sdmx-json-structure-schema.json"
)
_URN = "urn:sdmx:org.sdmx.infomodel"
_STRUCTURE = "datastructure.DataStructure"
_TYPES = {
    "TIME_PERIOD": "ObservationalTimePeriod",
    "OBS_VALUE": "Double",
    "BOUND_VALUE": "Double",
    "PREFERRED": "Boolean",
    "KNOWN_FROM": "GregorianDay",
    "COMMENT_OBS": "String",
}
_FAMILIES = {
    "HOW_KNOWN": "status",
    "REF_AREA": "area",
}  # code list -> the labels that say its codes, where they are called otherwise
_REQUIRED = ("UNIT_MEASURE", "OBS_STATUS", "HOW_KNOWN", "DATE_PRECISION", "PREFERRED")


def observations_table(obs: pd.DataFrame) -> Table:
    """The published figures; dimensions FREQ, REF_AREA, LEVEL, INDICATOR, STANDARD, BOUND, SOURCE, TIME_PERIOD.

    FREQ is A for the end of a year, else _U. A bound has no OBS_VALUE (its status is O, missing) and stands in
    BOUND_VALUE. PREFERRED is 1 for the row to use of several for the same fact.
    """
    is_year_end = obs["time_period"].str.endswith("-12-31")
    names = {"source_id": "SOURCE", "comment": "COMMENT_OBS"}
    frame = obs.rename(columns=lambda name: names.get(name, name.upper())).assign(
        FREQ=is_year_end.map({True: "A", False: UNSPECIFIED}),
        STANDARD=obs["standard"].replace("", NONE),
        OBS_STATUS=obs["obs_status"].where(obs["obs_value"].notna(), MISSING),
        PREFERRED=obs["preferred"].astype(int),
    )
    return _table("OBSERVATIONS", frame)


def projections_table(obs: pd.DataFrame, scenarios: Iterable[Scenario]) -> Table:
    """The paths under scenarios; dimensions FREQ, REF_AREA, INDICATOR, SCENARIO, TIME_PERIOD (31 December).

    Indicators: poverty_rate_pct, households_total, poor_households, and poor_exits_needed for the quota of a year.
    HOW_KNOWN tells the opening value (published, derived, office, estimated) from what is projected.
    """
    parts = []
    for scenario in scenarios:
        path = project_poverty(obs, scenario)
        rows = pd.concat([groups(path), path[path["level"] == "district"]], ignore_index=True)
        quotas = exit_quotas(path).assign(status="projected")
        for indicator, table, values, unit in (
            ("poverty_rate_pct", rows, 100 * rows["rate"], "percent"),
            ("households_total", rows, rows["households"], "households"),
            ("poor_households", rows, rows["poor_households"], "households"),
            ("poor_exits_needed", quotas, quotas["quota"], "households"),
        ):
            parts.append(table.assign(INDICATOR=indicator, OBS_VALUE=values.astype(float), UNIT_MEASURE=unit))
    names = {"area": "REF_AREA", "scenario": "SCENARIO", "status": "HOW_KNOWN"}
    frame = pd.concat(parts, ignore_index=True).rename(columns=names)
    frame["TIME_PERIOD"] = frame["year"].astype(str) + "-12-31"
    return _table("POVERTY_PROJECTIONS", frame.assign(FREQ="A", OBS_STATUS=frame["HOW_KNOWN"].map(_STATUS)))


def _table(flow: str, frame: pd.DataFrame) -> Table:
    dimensions, attributes = FLOWS[flow]
    return Table(flow, frame[[*dimensions, "TIME_PERIOD", "OBS_VALUE", *attributes]], Words(f"sdmx.flow.{flow}"))


def data_csv(table: Table) -> str:
    """A table of this module as SDMX-CSV: text, numbers to nine significant digits."""
    head = {"STRUCTURE": "dataflow", "STRUCTURE_ID": f"{AGENCY}:{table.name}({VERSION})", "ACTION": "M"}
    rows = pd.concat([pd.DataFrame(head, index=table.frame.index), table.frame], axis=1)
    return rows.to_csv(index=False, lineterminator="\r\n", float_format="%.9g")


def structure_json(tables: Sequence[Table], origin: Provenance) -> str:
    """What each column of these tables is, and what each of their codes means, as an SDMX-JSON message.

    tables: of this module; origin: its day is that of the message, since no clock is read; its scenarios have titles.
    """
    names_of_columns = dict.fromkeys(name for table in tables for name in table.frame.columns)
    with_codes = [name for name in names_of_columns if name not in _TYPES]
    codes = {name: sorted({code for t in tables if name in t.frame for code in t.frame[name]}) for name in with_codes}
    names = _names_of_codes(origin.scenarios)
    lists = []
    for concept, values in codes.items():
        items = [{"id": code, **_names_of(names.get(f"{concept}.{code}") or _label(concept, code))} for code in values]
        lists.append(_artefact(f"CL_{concept}", _label("concept", concept), codes=items))
    concepts = [{"id": name, **_names_of(_label("concept", name))} for name in names_of_columns]
    flows = [(table.name, _label("flow", table.name)) for table in tables]
    data = {
        "conceptSchemes": [_artefact("CONCEPTS", _label("flow", "CONCEPTS"), concepts=concepts)],
        "codelists": lists,
        "dataStructures": [_artefact(name, flow, dataStructureComponents=_components(name)) for name, flow in flows],
        "dataflows": [_artefact(name, flow, structure=_urn(_STRUCTURE, name)) for name, flow in flows],
    }
    meta: dict[str, Any] = {"schema": _SCHEMA, "id": f"{AGENCY}_STRUCTURE", "prepared": f"{origin.day}T00:00:00Z"}
    meta |= {"test": False, "sender": {"id": AGENCY}, "contentLanguages": list(LANGUAGES)}
    return json.dumps({"meta": meta, "data": data}, ensure_ascii=False, indent=1) + "\n"


def _components(flow: str) -> dict[str, Any]:
    dimensions, attributes = FLOWS[flow]
    of_observation: dict[str, Any] = {"attributeRelationship": {"observation": {}}}
    usage = {name: "mandatory" if name in _REQUIRED else "optional" for name in attributes}
    return {
        "dimensionList": {
            "id": "DimensionDescriptor",
            "dimensions": [_component(name) for name in dimensions],
            "timeDimension": _component("TIME_PERIOD"),
        },
        "measureList": {"id": "MeasureDescriptor", "measures": [_component("OBS_VALUE")]},
        "attributeList": {
            "id": "AttributeDescriptor",
            "attributes": [{**_component(name), "usage": usage[name], **of_observation} for name in attributes],
        },
    }


def _component(name: str) -> dict[str, Any]:
    code_list = {"enumeration": _urn("codelist.Codelist", f"CL_{name}")}
    form = {"format": {"dataType": _TYPES[name]}} if name in _TYPES else code_list
    return {"id": name, "conceptIdentity": _urn("conceptscheme.Concept", "CONCEPTS", name), "localRepresentation": form}


def _artefact(name: str, names: dict[str, str], **content: Any) -> dict[str, Any]:
    return {"id": name, "agencyID": AGENCY, "version": VERSION, **_names_of(names), **content}


def _urn(kind: str, name: str, part: str = "") -> str:
    return f"{_URN}.{kind}={AGENCY}:{name}({VERSION})" + (f".{part}" if part else "")


def _names_of(names: dict[str, str]) -> dict[str, Any]:
    return {"name": names["en"], "names": names}


def _label(family: str, code: str) -> dict[str, str]:
    """The words of a code in both languages: a label of ours, the title of a column for a concept, else the code."""
    keys = (f"sdmx.{family}.{code}", f"{_FAMILIES.get(family, family.lower())}.{code}")
    words = next((labels()[key] for key in keys if key in labels()), None)
    if words is None and family == "concept":
        words = column_facts().get(code.lower())
    return {lang: words[lang].replace("\n", " ") if words else code for lang in LANGUAGES}


def _names_of_codes(scenarios: Iterable[Scenario]) -> dict[str, dict[str, str]]:
    """CONCEPT.code -> its name by language, for what stands in the raw tables and for scenarios."""
    tables = raw_tables()
    pairs = {f"INDICATOR.{row.indicator}": (row.name_vi, row.name_en) for row in tables["indicators"].itertuples()}
    pairs |= {f"SOURCE.{row.source_id}": (row.title, row.title) for row in tables["sources"].itertuples()}
    pairs |= {f"SCENARIO.{scenario.name}": (title(scenario, "vi"), title(scenario, "en")) for scenario in scenarios}
    areas = register().sort_values("vintage", ascending=False)  # the older name of a code stays
    for code, name in zip(areas["code"], areas["name_vi"], strict=True):
        words = labels().get(f"area.{code}", {"vi": name, "en": name})
        pairs[f"REF_AREA.{code}"] = (words["vi"], words["en"])
    return {key: {"vi": str(vi), "en": str(en)} for key, (vi, en) in pairs.items()}
