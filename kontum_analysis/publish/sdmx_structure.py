"""The structure of our SDMX tables as an SDMX-JSON message: concepts, code lists, data structures and dataflows.

Format: https://github.com/sdmx-twg/sdmx-json, structure message of SDMX 3.0. Names are in Vietnamese and English.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ..base.words import LANGUAGES, columns, labels
from ..data.areas import register
from ..data.observations import raw_tables
from ..poverty.scenarios import Scenario, title
from .columns import Provenance, Table
from .sdmx import AGENCY, FLOWS, VERSION

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


def structure_json(tables: Sequence[Table], origin: Provenance) -> str:
    """What each column of these tables is, and what each of their codes means, as an SDMX-JSON message.

    tables: of `sdmx`; origin: its day is that of the message, since no clock is read; its scenarios have titles.
    """
    names_of_columns = dict.fromkeys(name for table in tables for name in table.frame.columns)
    coded = [name for name in names_of_columns if name not in _TYPES]
    codes = {name: sorted({code for t in tables if name in t.frame for code in t.frame[name]}) for name in coded}
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
    coded = {"enumeration": _urn("codelist.Codelist", f"CL_{name}")}
    form = {"format": {"dataType": _TYPES[name]}} if name in _TYPES else coded
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
        words = columns().get(code.lower())
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
