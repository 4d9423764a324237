"""Real borders where a user has them: names in any spelling, clear words where the file does not do."""

import json

import pytest

from kontum_analysis.base.errors import KontumError
from kontum_analysis.data import areas
from kontum_analysis.figures.boundaries import boundary_map
from kontum_analysis.figures.shapes import positions

pytest.importorskip("geopandas")
SPELLINGS = {"608": "TP. Kon Tum", "610": "Dak Glei", "618": "Ia Hdrai"}


def squares(path, leave_out=()):
    """A boundary file of squares, each named as people write it, and one feature that is no district."""
    features = []
    for code, (row, col) in positions().items():
        if code not in leave_out:
            corners = [[col, -row], [col + 1, -row], [col + 1, -row - 1], [col, -row - 1], [col, -row]]
            name = SPELLINGS.get(code, f"huyện {areas.area(code).name}")
            features.append(
                {
                    "type": "Feature",
                    "properties": {"nr": 1, "NAME_2": name},
                    "geometry": {"type": "Polygon", "coordinates": [corners]},
                }
            )
    features.append({**features[0], "properties": {"nr": 2, "NAME_2": "Elsewhere"}})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_a_boundary_file_gives_the_same_picture_twice(tmp_path, obs):
    path = squares(tmp_path / "districts.geojson")
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        first = boundary_map(obs, path, "vi", kind)
        assert first.startswith(start) and boundary_map(obs, path, "vi", kind) == first


def test_a_district_without_a_feature_is_named(tmp_path, obs):
    with pytest.raises(KontumError, match=r"districts.geojson: no feature for Kon Plông \(613\)"):
        boundary_map(obs, squares(tmp_path / "districts.geojson", leave_out=["613"]))


def test_a_file_that_is_no_boundary_file_is_refused_in_words(tmp_path, obs):
    (tmp_path / "broken.geojson").write_text("not a map", encoding="utf-8")
    with pytest.raises(KontumError, match="broken.geojson: a boundary file is GeoJSON"):
        boundary_map(obs, tmp_path / "broken.geojson")
    with pytest.raises(KontumError, match="missing.geojson: no such file"):
        boundary_map(obs, tmp_path / "missing.geojson")
