"""Boundary files as people have them: (habit, public report, how the file is made, the error it must end in or "")."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kontum_analysis.data.areas import area, crosswalk, districts
from kontum_analysis.figures.shapes import positions

WEST, NORTH, STEP = 107.4, 15.3, 0.2  # degrees: every district is a square of the tile map


@dataclass(frozen=True)
class Borders:
    """One habit; content: the bytes of the file; error: the key of the one sentence, "" where the map is drawn."""

    habit: str
    report: str
    content: Callable[[], bytes]
    error: str = ""
    file: str = "ranh-gioi.geojson"


def _strip(code: str, place: int = 0, of: int = 1) -> list[list[float]]:
    """The corners of the square of a district, or of one of as many strips of it."""
    row, column = positions()[code]
    west, north = WEST + STEP * column, NORTH - STEP * row
    low, high = west + STEP * place / of, west + STEP * (place + 1) / of
    return [[low, north], [high, north], [high, north - STEP], [low, north - STEP], [low, north]]


def _feature(corners: list[list[float]], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [corners]}}


def of_districts(name: Callable[[str], dict[str, Any]] = lambda code: {"ten": area(code).name}) -> list[dict[str, Any]]:
    """A square for each district; name: its properties by its code."""
    return [_feature(_strip(code), **name(code)) for code in districts()]


def of_units(name: Callable[[Any], dict[str, Any]]) -> list[dict[str, Any]]:
    """The 40 units of July 2025 as strips of their old district; name: properties by row of the crosswalk."""
    units = crosswalk().drop_duplicates("new_code")
    features = []
    for code, rows in units.groupby("old_district_code"):
        for place, row in enumerate(rows.itertuples()):
            features.append(_feature(_strip(code, place, len(rows)), **name(row)))
    return features


def collection(features: list[Any], encoding: str = "utf-8", **more: Any) -> bytes:
    """The features as a GeoJSON file."""
    return json.dumps({"type": "FeatureCollection", **more, "features": features}, ensure_ascii=False).encode(encoding)


def shift(features: list[Any], change: Callable[[float, float], list[float]]) -> list[Any]:
    """The features with every point changed."""
    for feature in features:
        rings = feature["geometry"]["coordinates"]
        feature["geometry"]["coordinates"] = [[change(*point) for point in ring] for ring in rings]
    return features


def changed(features: list[Any], place: int, **parts: Any) -> list[Any]:
    """The features with parts of one of them changed."""
    features[place] |= parts
    return features


def _metres(east: float, north: float) -> list[float]:
    return [500_000 + 107_500 * (east - 107.5), 110_600 * north]


def _mercator(east: float, north: float) -> list[float]:
    return [111_319.5 * east, 113_000 * north]


def _pieces() -> list[Any]:
    """Each district in two pieces, as a file of communes that names their district."""
    pieces = [_feature(_strip(c, n, 2), NAME_1="Kon Tum", NAME_2=area(c).name) for c in districts() for n in (0, 1)]
    return changed(pieces, 0, properties={"NAME_1": "Kon Tum", "NAME_2": "Kon Tum (Thành phố)"})


def _number_features() -> list[Any]:
    """Every district of a country behind a running number, as map programs write it."""
    others = [_feature(_strip("608"), OBJECTID=number, NAME_2=f"Nơi khác {number}") for number in range(1, 710)]
    shapes = [_feature(_strip(c), OBJECTID=710 + n, NAME_2=area(c).name) for n, c in enumerate(districts())]
    return others + shapes


URN = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}
ELSEWHERE = [_feature(_strip(c), ma=f"52{n}", ten=f"Tuy Phước {n}") for n, c in enumerate(districts())]
TOPOLOGY = b'{"type": "Topology", "objects": {"a": {"type": "GeometryCollection", "geometries": []}}, "arcs": []}'
BOWTIE = [[107.4, 15.3], [107.6, 15.1], [107.6, 15.3], [107.4, 15.1], [107.4, 15.3]]

BORDERS = (
    Borders("degrees, names", "OSGeo/gdal, RFC 7946", lambda: collection(of_districts())),
    Borders("codes as numbers", "geopandas/geopandas", lambda: collection(of_districts(lambda c: {"ma": int(c)}))),
    Borders("codes as decimals", "pandas, whole numbers", lambda: collection(of_districts(lambda c: {"ma": float(c)}))),
    Borders("metres without a crs", "geopandas/geopandas#1175", lambda: collection(shift(of_districts(), _metres))),
    Borders("metres of Web Mercator", "rstudio/leaflet", lambda: collection(shift(of_districts(), _mercator))),
    Borders(
        "metres that call themselves degrees",
        "geopandas/geopandas#1175",
        lambda: collection(shift(of_districts(), _metres), crs=URN),
    ),
    Borders("latitude first", "OSGeo/gdal#1974", lambda: collection(shift(of_districts(), lambda x, y: [y, x]))),
    Borders(
        "northing first, as cadastres write",
        "VN-2000",
        lambda: collection(shift(of_districts(), lambda x, y: _metres(x, y)[::-1])),
    ),
    Borders("heights", "RFC 7946", lambda: collection(shift(of_districts(), lambda x, y: [x, y, 600.0]))),
    Borders(
        "Ð for Đ",
        "1ec5/avim#34",
        lambda: collection(of_districts(lambda c: {"ten": area(c).name.replace("Đ", "\u00d0").upper()})),
    ),
    Borders(
        "Ɖ for Đ",
        "meilisearch/charabia#257",
        lambda: collection(of_districts(lambda c: {"ten": area(c).name.replace("Đ", "\u0189")})),
    ),
    Borders(
        "English names",
        "GADM",
        lambda: collection(of_districts(lambda c: {"n": f"{area(c).name} {'City' if c == '608' else 'District'}"})),
    ),
    Borders("pieces of districts under the province's name", "GADM", lambda: collection(_pieces())),
    Borders("a running number before the names", "qgis/QGIS", lambda: collection(_number_features())),
    Borders("an unknown crs", "geopandas/geopandas", lambda: collection(of_districts(), crs={"properties": 3})),
    Borders("UTF-8 with a mark", "mbloch/mapshaper", lambda: collection(of_districts(), "utf-8-sig")),
    Borders("UTF-16", "mbloch/mapshaper", lambda: collection(of_districts(), "utf-16")),
    Borders("no property at all beside names", "RFC 7946", lambda: collection([*of_districts(), {"geometry": None}])),
    Borders(
        "a border that crosses itself",
        "libgeos/geos",
        lambda: collection(changed(of_districts(), 1, geometry={"type": "Polygon", "coordinates": [BOWTIE]})),
    ),
    Borders(
        "units of 2025 by code",
        "thanglequoc/vietnamese-provinces-database",
        lambda: collection(of_units(lambda row: {"ma_xa": row.new_code})),
    ),
    Borders(
        "units of 2025 by bare name",
        "vietnamadminunits#1",
        lambda: collection(of_units(lambda row: {"ten_xa": row.new_name})),
    ),
    Borders(
        "units of 2025 by whole name",
        "vietnamadminunits#1",
        lambda: collection(of_units(lambda row: {"tinh": "Quảng Ngãi", "ten": f"{row.new_type} {row.new_name}"})),
    ),
    Borders(
        "a unit of 2025 lacks",
        "vietnamadminunits#1",
        lambda: collection(of_units(lambda row: {"ten": row.new_name})[1:]),
        "error.map.districts",
    ),
    Borders("a district lacks", "GADM", lambda: collection(of_districts()[1:]), "error.map.districts"),
    Borders(
        "null geometry",
        "geopandas/geopandas#2283",
        lambda: collection(changed(of_districts(), 3, geometry=None)),
        "hostile.map_shape",
    ),
    Borders(
        "null geometry of a unit",
        "geopandas/geopandas#2283",
        lambda: collection(changed(of_units(lambda row: {"ma": row.new_code}), 7, geometry=None)),
        "hostile.map_shape",
    ),
    Borders(
        "no geometry member",
        "RFC 7946",
        lambda: collection([{"type": "Feature", "properties": {"ten": "Đăk Tô"}}]),
        "hostile.map_format",
    ),
    Borders(
        "points",
        "geopandas/geopandas",
        lambda: collection(changed(of_districts(), 0, geometry={"type": "Point", "coordinates": [108, 14]})),
        "hostile.map_shape",
    ),
    Borders("another province's file", "GADM", lambda: collection(ELSEWHERE), "error.map.elsewhere"),
    Borders("no feature", "RFC 7946", lambda: collection([]), "error.map.elsewhere"),
    Borders(
        "features without properties",
        "RFC 7946",
        lambda: collection([{**f, "properties": None} for f in of_districts()]),
        "error.map.elsewhere",
    ),
    Borders(
        "coordinates in words",
        "RFC 7946",
        lambda: collection(shift(of_districts(), lambda x, y: [str(x), "y"])),
        "error.map.file",
    ),
    Borders("TopoJSON", "topojson/topojson", lambda: TOPOLOGY, "hostile.map_format", "a.json"),
    Borders("TopoJSON by its own suffix", "topojson/topojson", lambda: TOPOLOGY, "hostile.map_format", "a.topojson"),
    Borders(
        "a shapefile without .prj",
        "geopandas/geopandas#1175",
        lambda: b"\x00\x00\x27\x0a" + bytes(96),
        "hostile.map_format",
        "a.shp",
    ),
    Borders("a shapefile in a .zip", "mbloch/mapshaper", lambda: b"PK\x03\x04", "hostile.map_format", "a.zip"),
    Borders("a single feature", "RFC 7946", lambda: json.dumps(of_districts()[0]).encode(), "hostile.map_format"),
    Borders(
        "a feature a line",
        "OSGeo/gdal",
        lambda: b"\n".join(json.dumps(f).encode() for f in of_districts()),
        "hostile.map_format",
    ),
    Borders("an empty file", "", lambda: b"", "hostile.map_format"),
    Borders("a web page", "github.com raw links", lambda: b"<!DOCTYPE html><html></html>", "hostile.map_format"),
    Borders("cut short", "", lambda: collection(of_districts())[:-40], "hostile.map_format"),
    Borders(
        "a pointer of Git LFS",
        "git-lfs/git-lfs",
        lambda: b"version https://git-lfs.github.com/spec/v1",
        "hostile.map_format",
    ),
    Borders("nested without end", "", lambda: b'{"features":' * 100_000, "hostile.map_format"),
    Borders("too many features", "", lambda: collection([{"geometry": None}] * 20_001), "hostile.map_features"),
    Borders("a huge file", "", lambda: b" " * 30_000_001, "hostile.too_large"),
)
