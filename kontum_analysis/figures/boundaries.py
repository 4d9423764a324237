"""The map of districts with real borders, for those who have a boundary file; the tile map needs none.

geopandas is optional and loaded only here (`pip install geopandas`, or the extra "maps").
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import cos, isfinite, radians
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..base.errors import KontumError, UnknownAreaError
from ..base.files import BOUNDARIES_MB, bytes_within
from ..base.words import text
from ..data.areas import LONGEST_NAME, area, crosswalk, districts, name_parts, poor_districts, resolve, spellings
from ..data.spelling import fold
from . import style
from .catalogue import rows_of
from .facts import offices_behind, source_line
from .maps import district_table, map_key, rate_key, rate_shade, rate_words
from .shapes import POOR_EDGE

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

MOST_FEATURES = 20_000  # the country has some 11,000 communes
MOST_PROPERTIES = 200
FARTHEST = 1e8  # metres or degrees; the world is 4e7 m around
NORTH = (13.0, 16.5), (1.45e6, 1.83e6)  # where Kon Tum lies, in degrees and in metres (Web Mercator too)


def boundary_map(
    obs: pd.DataFrame,
    path: str | Path,
    lang: str = "vi",
    kind: str = "png",
    year: int | None = None,
    offices: Iterable[str] = (),
) -> bytes:
    """Picture of the poverty rate of each district inside the borders of a GeoJSON file, as bytes.

    path: a GeoJSON file whose features have a property with the GSO code or the name (any spelling) of their district,
    or of the unit of July 2025 they are; other features are left out. Its coordinates may be degrees or metres of any
    projection, latitude or longitude first. kind: png, svg or pdf. year: default the last known one. offices: whose own
    figures are in obs, named in the source line.

    Raises KontumError where geopandas is missing, the file cannot be read, or a district has no feature.
    """
    source = source_line(offices_behind(rows_of("district_map", obs), offices), lang)
    return _draw_map(district_table(obs, year), borders(path), lang, kind, source)


def borders(path: str | Path) -> GeoDataFrame:
    """One border for each district of the province, by its code, north up, in the coordinates of the file.

    The features may be the districts, parts of them that name their district, or the 40 units of July 2025, of which
    each lies in one old district. Raises KontumError as `boundary_map`.
    """
    try:
        from geopandas import GeoDataFrame
    except ImportError:
        raise KontumError("error.map.geopandas") from None
    path = Path(path)
    features = _features(path)
    kind, codes = _match_areas(path, features)
    matches = [(code, feature) for code, feature in zip(codes, features, strict=True) if code]
    try:
        shapes = GeoDataFrame.from_features([{**feature, "properties": {}} for _, feature in matches])
    except Exception as error:  # the readers below geopandas raise errors of many libraries
        detail = " ".join(str(error).split())[:120]
        raise KontumError("error.map.file", file=path.name, detail=detail) from None
    shapes = shapes.assign(area=[code for code, _ in matches])
    shapes = shapes[~(shapes.geometry.isna() | shapes.geometry.is_empty)]
    for code in kind.codes:
        pieces = shapes.geometry[shapes["area"] == code]
        if pieces.empty or not all(map(_is_border, pieces)):
            raise KontumError("hostile.map_shape", file=path.name, district=kind.name(code))
    shapes = shapes.assign(area=shapes["area"].map(lambda code: kind.district.get(code, code)))
    whole = shapes.set_geometry(shapes.geometry.make_valid()).dissolve("area")
    if not _is_latitude_first(whole):
        return whole
    return whole.set_geometry(whole.geometry.transform(lambda points: points[:, ::-1]))


@dataclass(frozen=True, eq=False)
class _Kind:
    """What the features of a file may be: level and vintage of the areas, all their codes, the district of each."""

    level: str
    vintage: str
    codes: tuple[str, ...]
    district: dict[str, str]

    def name(self, code: str) -> str:
        """The name of an area with its code."""
        return f"{area(code, self.vintage).name} ({code})"  # alike in both languages


@lru_cache(maxsize=1)
def _kinds() -> tuple[_Kind, _Kind]:
    """Districts, and the units of July 2025."""
    units = dict(zip(crosswalk()["new_code"], crosswalk()["old_district_code"], strict=True))
    return _Kind("district", "2020", tuple(districts()), {}), _Kind("commune", "2025", tuple(units), units)


def _features(path: Path) -> list[dict[str, Any]]:
    """The features of the file. Python reads it: the libraries below geopandas also open files that a file names."""
    wrong = KontumError("hostile.map_format", file=path.name)
    if path.suffix.lower() not in (".geojson", ".json"):
        raise wrong
    content = bytes_within(path, BOUNDARIES_MB)
    try:
        features: list[dict[str, Any]] = json.loads(content)["features"]
        is_sound = isinstance(features, list) and all(
            isinstance(f.get("properties") or {}, dict) and isinstance(f["geometry"] or {}, dict) for f in features
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise wrong from None
    if not is_sound:
        raise wrong
    if len(features) > MOST_FEATURES:
        raise KontumError("hostile.map_features", file=path.name, count=len(features), limit=MOST_FEATURES)
    return features


def _match_areas(path: Path, features: list[dict[str, Any]]) -> tuple[_Kind, list[str]]:
    """(what the features are, the code of each, "" for others), by the property that names most of all areas of a kind.

    A running number is no code, though 608 of one is that of a district.
    """
    rows = [feature.get("properties") or {} for feature in features]
    names = list(dict.fromkeys(name for row in rows for name in row))
    best: tuple[float, _Kind, list[str]] = (0.0, _kinds()[0], [])
    for name in names[:MOST_PROPERTIES]:
        values = [_words(row.get(name)) for row in rows]
        if _is_running(values):
            continue
        for kind in _kinds():
            codes = [_code(value, kind) for value in values]
            share = len(set(codes) - {""}) / len(kind.codes)
            best = (share, kind, codes) if share > best[0] else best
    share, kind, codes = best
    if not share:
        raise KontumError("error.map.elsewhere", file=path.name, properties=listed_names(names))
    if share < 1:
        missing = [kind.name(code) for code in kind.codes if code not in codes]
        raise KontumError("error.map.districts", file=path.name, districts=listed_names(missing))
    return kind, codes


def listed_names(names: list[str]) -> str:
    """The first names of a list as a message shows them: short, and no more than ten.

    >>> listed_names(["a", "b"]), listed_names([])
    ('a, b', '–')
    """
    words = [str(name)[:40] for name in names[:10]] + ["…"] * (len(names) > 10)
    return ", ".join(words) or "–"


def _words(value: Any) -> str:
    """A property as text; a code may have come as a number, whole or not (608.0)."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "")


def _is_running(values: list[str]) -> bool:
    numbers = sorted(int(value) for value in values if value.isdecimal() and len(value) < 9)
    return len(numbers) == len(values) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


@lru_cache(maxsize=100_000)
def _code(value: str, kind: _Kind) -> str:
    """The code of the area of this kind that a property names, or nothing."""
    names = spellings(kind.vintage, kind.level)["folded"]
    if len(value) > LONGEST_NAME or not {fold(value), fold(name_parts(value)[0])} & {*names, *kind.codes}:
        return ""  # before `resolve`, which looks for the nearest names
    try:
        code = resolve(value, kind.level, kind.vintage).code
    except UnknownAreaError:
        return ""
    return code if code in kind.codes else ""


def _is_border(shape: Any) -> bool:
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return False
    try:
        shape.representative_point()  # where its name will stand
    except Exception:  # a shape so crossed that GEOS finds no point inside
        return False
    return all(isfinite(edge) and abs(edge) < FARTHEST for edge in shape.bounds)


def _is_latitude_first(shapes: GeoDataFrame) -> bool:
    """Whether the first coordinate is how far north Kon Tum lies, in degrees or metres, and the second is not."""
    west, south, east, north = shapes.total_bounds
    return any(low < west and east < high and not low < south < north < high for low, high in NORTH)


def _aspect(shapes: GeoDataFrame) -> float:
    """How much longer a step north is than one east: degrees of longitude are shorter away from the equator."""
    _, south, _, north = shapes.total_bounds
    is_in_degrees = max(map(abs, shapes.total_bounds)) <= 180 and max(abs(south), abs(north)) < 90
    return 1 / cos(radians((south + north) / 2)) if is_in_degrees else 1.0


def _draw_map(table: pd.DataFrame, shapes: GeoDataFrame, lang: str, kind: str, source: str) -> bytes:
    last = table[table["year"] == table["year"].max()]
    heading = style.Heading(text("boundary_map.title", lang, year=int(last["year"].iloc[0])), source=source)
    with style.canvas(heading, lang, height_cm=18.4, left=0.3, right=0.3, top=1.6, bottom=0.9) as figure:
        axes = figure.subplots()
        for row in style.each(last):
            edge = POOR_EDGE if row.area in poor_districts() else dict(edgecolor=style.GREY, linewidth=0.8)
            color = rate_shade(row.rate)
            shapes.loc[[row.area]].plot(ax=axes, aspect=None, color=color, zorder=edge["linewidth"], **edge)
            at = shapes.loc[[row.area]].geometry.iloc[0].representative_point()
            place: style.Look = dict(ha="center", va="center", fontsize=style.SMALL, zorder=5)
            axes.text(at.x, at.y, rate_words(row, lang), color=style.ink_on(color), **place)
        axes.set_aspect(_aspect(shapes))
        axes.axis("off")
        rate_key(figure, lang)
        map_key(figure, lang, last["status"])
        file = io.BytesIO()
        figure.savefig(file, format=kind, dpi=200, metadata={"Date": None} if kind == "svg" else None)
    return file.getvalue()
