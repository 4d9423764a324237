"""The map of districts with real borders, for those who have a boundary file; the tile map needs none.

geopandas is optional and loaded only here (`pip install geopandas`, or the extra "maps").
"""

import io
from pathlib import Path

from ..areas import districts, poor_districts, resolve
from ..errors import KontumError, UnknownAreaError
from ..labels import area_name, number, text
from . import style
from .maps import RATES, SYMBOLS, _ink, _scale, _shade, district_table


def boundary_map(obs, path, lang="vi", kind="png"):
    """Picture of the last known poverty rate of each district inside the borders of a GeoJSON file, as bytes.

    path: a file geopandas can read, one feature a district, with a property that holds the GSO code or the name (any spelling);
    features that are no district of the province are left out. kind: png, svg or pdf.

    Raises KontumError where geopandas is missing, the file cannot be read, or a district has no feature.
    """
    try:
        import geopandas
    except ImportError:
        raise KontumError("error.map.geopandas") from None
    try:
        shapes = geopandas.read_file(path)
    except Exception as error:  # the readers below geopandas raise errors of many libraries
        detail = " ".join(str(error).split())[:120]
        raise KontumError("error.map.file", file=Path(path).name, detail=detail) from None
    shapes = shapes.assign(area=[_code(row) for row in shapes.drop(columns="geometry").astype(str).to_dict("records")])
    shapes = shapes[shapes["area"] != ""].set_index("area")
    if missing := sorted(set(districts()) - set(shapes.index)):
        names = [
            f"{area_name(code, 'vi')} ({code})" for code in missing
        ]  # a district is called alike in both languages
        raise KontumError("error.map.districts", file=Path(path).name, districts=names)
    return _drawn(district_table(obs), shapes, lang, kind)


def _code(properties):
    for value in properties.values():
        try:
            found = resolve(value, level="district")
        except UnknownAreaError:
            continue
        if found.code in districts():
            return found.code
    return ""


def _drawn(table, shapes, lang, kind):
    last = table[table["year"] == table["year"].max()]
    title = text("boundary_map.title", lang, year=int(last["year"].iloc[0]))
    with style.canvas(title, lang, height_cm=19, left=0.3, right=0.3, top=2.3, bottom=0.9) as figure:
        axes = figure.subplots()
        for row in last.itertuples():
            shapes.loc[[row.area]].plot(ax=axes, color=_shade(row.rate, RATES), edgecolor=style.GREY, linewidth=0.8)
            at = shapes.loc[[row.area]].geometry.iloc[0].representative_point()
            star = "*" if row.area in poor_districts() else ""
            words = f"{area_name(row.area, lang)}{star}\n{SYMBOLS[row.status]} {number(100 * row.rate, 1, lang)}%"
            axes.text(at.x, at.y, words, ha="center", va="center", fontsize=7, color=_ink(row.rate, RATES))
        axes.axis("off")
        _scale(figure, RATES, lang, text("district_map.scale", lang))
        style.key(figure, [(style.MARKERS[s], text(f"key.{s}", lang)) for s in SYMBOLS], below_top_cm=1.3)
        file = io.BytesIO()
        figure.savefig(file, format=kind, dpi=200, metadata={"Date": None} if kind == "svg" else None)
    return file.getvalue()
