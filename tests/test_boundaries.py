"""Real borders where a user has them: names in any spelling, clear words where the file does not do."""

from math import cos, radians

import pytest
from corpus.borders import BORDERS, STEP, Borders, collection, of_districts, of_units
from hostile import run

from kontum_analysis.base.errors import KontumError
from kontum_analysis.base.words import LANGUAGES
from kontum_analysis.data.areas import districts
from kontum_analysis.figures import boundaries

pytest.importorskip("geopandas")


def write_case(case: Borders, folder):
    """The file of a case."""
    path = folder / case.file
    path.write_bytes(case.content())
    return path


def faults(case: Borders, folder):
    """What is wrong with the borders that a case gives."""
    try:
        shapes = boundaries.borders(write_case(case, folder))
    except KontumError as error:
        assert all(len(error.in_language(lang).splitlines()) == 1 for lang in LANGUAGES)
        return [] if error.key == case.error else [f"{case.habit}: {error.key}, not {case.error or 'borders'}"]
    if case.error or sorted(shapes.index) != districts():
        return [f"{case.habit}: {list(shapes.index)}, not {case.error or 'ten districts'}"]
    middle = shapes.geometry.centroid
    is_upright = middle["613"].x > middle["611"].x and middle["610"].y > middle["618"].y
    areas = shapes.geometry.area / shapes.geometry.area.max()
    is_whole = (areas > (0.4 if "crosses itself" in case.habit else 0.97)).all()
    west, south, east, north = shapes.loc["613"].geometry.bounds
    look = (north - south) * boundaries._aspect(shapes) / (east - west)  # in degrees a step north is longer
    is_undistorted = abs(look - 1 / cos(radians(14.6))) < 0.03
    signs = {"upright": is_upright, "whole": is_whole, "undistorted": is_undistorted}
    return [f"{case.habit}: not {sign}" for sign, is_so in signs.items() if not is_so]


def test_each_habit_of_boundary_files_is_drawn_right_or_told(tmp_path):
    assert len(BORDERS) >= 40 and len({case.habit for case in BORDERS}) == len(BORDERS) and STEP == 0.2
    assert [fault for case in BORDERS for fault in faults(case, tmp_path)] == []


def test_a_boundary_file_gives_the_same_picture_twice(tmp_path, obs):
    path = tmp_path / "districts.geojson"
    path.write_bytes(collection(of_districts()))
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        first = boundaries.boundary_map(obs, path, "vi", kind)
        assert first.startswith(start) and boundaries.boundary_map(obs, path, "vi", kind) == first


def test_borders_of_districts_and_units_give_the_same_picture(tmp_path, obs):
    pictures = set()
    for name, features in {"a": of_districts(), "b": of_units(lambda row: {"ma": row.new_code})}.items():
        (tmp_path / f"{name}.geojson").write_bytes(collection(features))
        shapes = boundaries.borders(tmp_path / f"{name}.geojson")
        pictures.add(tuple(tuple(round(edge, 9) for edge in shape.bounds) for shape in shapes.geometry))
    assert len(pictures) == 1


def test_a_message_names_the_areas_that_lack(tmp_path):
    path = tmp_path / "mine.geojson"
    path.write_bytes(collection(of_districts()[:-1]))
    with pytest.raises(KontumError, match=r"mine.geojson: no feature for Ia H'Drai \(618\); one property"):
        boundaries.borders(path)
    path.write_bytes(collection([{"properties": {"ten": "Tuy Phước"}, "geometry": None}]))
    with pytest.raises(KontumError, match=r"no feature is a district of Kon Tum .*\(properties: ten\)"):
        boundaries.borders(path)


@pytest.mark.slow
def test_the_command_draws_or_refuses_each_boundary_file_in_words(tmp_path):
    wrong = []
    for case in BORDERS:
        path, out = write_case(case, tmp_path), tmp_path / "ban-do.png"
        status, printed = run(["map", "--boundaries", str(path), "--out", str(out), "--overwrite"])
        if (status, out.is_file()) != ((1, False) if case.error else (0, True)) or "Traceback" in printed:
            wrong.append((case.habit, status, printed[-300:]))
        out.unlink(missing_ok=True)
    assert wrong == []
