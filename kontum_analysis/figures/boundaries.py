"""The map of districts with real borders, for those who have a boundary file; the tile map needs none.

geopandas is optional and loaded only here (`pip install geopandas`, or the extra "maps").
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..base.errors import KontumError, UnknownAreaError
from ..base.files import BOUNDARIES_MB, bytes_within
from ..base.words import text
from ..data.areas import LONGEST_NAME, area_name, districts, poor_districts, register, resolve
from ..data.spelling import fold
from . import style
from .catalogue import rows_of
from .facts import offices_behind, source_line
from .maps import district_table, map_key, rate_key, rate_shade, rate_words
from .shapes import POOR_EDGE

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

MOST_FEATURES = 20_000  # the country has some 11,000 communes
FARTHEST = 1e8  # metres or degrees; the world is 4e7 m around


def boundary_map(
    obs: pd.DataFrame,
    path: str | Path,
    lang: str = "vi",
    kind: str = "png",
    year: int | None = None,
    offices: Iterable[str] = (),
) -> bytes:
    """Picture of the poverty rate of each district inside the borders of a GeoJSON file, as bytes.

    path: a GeoJSON file (.geojson, .json), one feature a district, with a property that holds the GSO code or the name
    (any spelling); features that are no district of the province are left out. kind: png, svg or pdf. year: default the
    last known one. offices: whose own figures are in obs, named in the source line.

    Raises KontumError where geopandas is missing, the file cannot be read, or a district has no feature.
    """
    source = source_line(offices_behind(rows_of("district_map", obs), offices), lang)
    return _drawn(district_table(obs, year), borders(path), lang, kind, source)


def borders(path: str | Path) -> GeoDataFrame:
    """The features of a boundary file that are districts of the province, by their code. Raises KontumError as
    `boundary_map`.
    """
    try:
        import geopandas
    except ImportError:
        raise KontumError("error.map.geopandas") from None
    features = _features(Path(path))
    try:
        shapes = geopandas.GeoDataFrame.from_features(features, crs=_crs(features))
    except Exception as error:  # the readers below geopandas raise errors of many libraries
        detail = " ".join(str(error).split())[:120]
        raise KontumError("error.map.file", file=Path(path).name, detail=detail) from None
    shapes = shapes.assign(area=[_code(feature["properties"] or {}) for feature in features["features"]])
    shapes = shapes[shapes["area"] != ""].set_index("area")
    if missing := sorted(set(districts()) - set(shapes.index)):
        names = [f"{area_name(code, 'vi')} ({code})" for code in missing]  # alike in both languages
        raise KontumError("error.map.districts", file=Path(path).name, districts=names)
    for code, shape in shapes.geometry.items():
        if not _is_border(shape):
            raise KontumError("hostile.map_shape", file=Path(path).name, district=area_name(code, "vi"))
    return shapes


def _features(path: Path) -> dict[str, Any]:
    """The parsed file. Python reads it: the libraries below geopandas also open files and addresses named in a file."""
    wrong = KontumError("hostile.map_format", file=path.name)
    if path.suffix.lower() not in (".geojson", ".json"):
        raise wrong
    content = bytes_within(path, BOUNDARIES_MB)
    try:
        found: dict[str, Any] = json.loads(content.decode("utf-8-sig"))
        features = found["features"]
        sound = isinstance(features, list) and all(
            isinstance(f["properties"] or {}, dict) and isinstance(f["geometry"] or {}, dict) for f in features
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise wrong from None
    if not sound:
        raise wrong
    if len(features) > MOST_FEATURES:
        raise KontumError("hostile.map_features", file=path.name, count=len(features), limit=MOST_FEATURES)
    return found


def _crs(found: dict[str, Any]) -> str:
    """The reference system the file names (an older habit), else the one of GeoJSON, degrees of WGS 84."""
    named = found.get("crs") or {}
    return named.get("properties", {}).get("name", "OGC:CRS84") if isinstance(named, dict) else "OGC:CRS84"


def _is_border(shape: Any) -> bool:
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        return False
    try:
        shape.representative_point()  # where its name will stand
    except Exception:  # a shape so crossed that GEOS finds no point inside
        return False
    return all(isfinite(edge) and abs(edge) < FARTHEST for edge in shape.bounds)


def _code(properties: dict[str, Any]) -> str:
    return next(filter(None, (_district(str(value)) for value in properties.values())), "")


@lru_cache(maxsize=100_000)
def _district(value: str) -> str:
    """The code of the district of Kon Tum that a property names, or nothing."""
    folded = fold(value) if len(value) <= LONGEST_NAME else ""
    if not any(name in folded for name in _folded_names()):  # quicker than a search for the nearest name
        return ""
    try:
        found = resolve(value, level="district")
    except UnknownAreaError:
        return ""
    return found.code if found.code in districts() else ""


@lru_cache(maxsize=1)
def _folded_names() -> list[str]:
    rows = style.each(register("2020", "district"))
    spellings = {s for r in rows for s in (r.code, r.name_vi, r.name_gso, r.name_ascii, *str(r.aliases).split("|"))}
    return sorted(filter(None, map(fold, spellings)))


def _drawn(table: pd.DataFrame, shapes: GeoDataFrame, lang: str, kind: str, source: str) -> bytes:
    last = table[table["year"] == table["year"].max()]
    heading = style.Heading(text("boundary_map.title", lang, year=int(last["year"].iloc[0])), source=source)
    with style.canvas(heading, lang, height_cm=18.4, left=0.3, right=0.3, top=1.6, bottom=0.9) as figure:
        axes = figure.subplots()
        for row in style.each(last):
            edge = POOR_EDGE if row.area in poor_districts() else dict(edgecolor=style.GREY, linewidth=0.8)
            color = rate_shade(row.rate)
            shapes.loc[[row.area]].plot(ax=axes, color=color, zorder=edge["linewidth"], **edge)
            at = shapes.loc[[row.area]].geometry.iloc[0].representative_point()
            place: style.Look = dict(ha="center", va="center", fontsize=style.SMALL, zorder=5)
            axes.text(at.x, at.y, rate_words(row, lang), color=style.ink_on(color), **place)
        axes.axis("off")
        rate_key(figure, lang)
        map_key(figure, lang, last["status"])
        file = io.BytesIO()
        figure.savefig(file, format=kind, dpi=200, metadata={"Date": None} if kind == "svg" else None)
    return file.getvalue()
