"""Whatever comes in is taken or refused by an error of ours: no traceback, nothing written, no code run, in bounded
room.
"""

import ast
import json
import os
import re
import subprocess
import sys
import tracemalloc

import pytest
from hostile import BORDER, PARSERS, SEEDS, knock, run
from hypothesis import given, settings
from hypothesis import strategies as st

import kontum_analysis as kt
from kontum_analysis.base.files import ROOT
from kontum_analysis.figures import boundaries
from kontum_analysis.poverty import scenarios

pytest.importorskip("geopandas")
FILES = ("table", "scenario", "borders")
PIECES = st.sampled_from(
    [
        b"\x00",
        b"\xed\xa0\x80",
        b"\xff\xfe",
        b"1e400",
        b"9" * 5000,
        b"-",
        b"\n",
        b",",
        b'"',
        b"{",
        b"[",
        b"*a",
        b"&a ",
        b"<<: ",
        b"!!python/name:os.system",
        b"\xe2\x80\xae",
        b"NaN",
        b"Infinity",
        b"null",
        b"%s{0}",
        b"=1+1",
    ]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("given")


def changed(data, content):
    """The content with a few pieces of it replaced."""
    content = bytearray(content)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content)))
        content[place : place + data.draw(st.integers(0, 8))] = data.draw(PIECES | st.binary(max_size=6))
    return bytes(content)


@pytest.mark.parametrize("name", [name for name in PARSERS if name != "command"])
@settings(max_examples=40)
@given(data=st.data())
def test_a_sound_input_with_pieces_replaced_is_taken_or_refused_in_words(name, folder, data):
    knock(name, changed(data, SEEDS[name]), folder)


@settings(max_examples=12)
@given(data=st.data())
def test_words_of_a_command_are_taken_or_refused_in_words(folder, data):
    knock("command", changed(data, SEEDS["command"]), folder)


OPTIONS = {
    "--to": ["9" * 5000],
    "--province-pace": ["1e400", "9" * 5000, "\udcff"],
    "--scenario": ["\udcff", "../pyproject", "/etc/passwd", "../../etc/passwd.yaml"],
    "--lang": ["\udcff"],
    "--as-of": ["9" * 5000],
    "--data": ["x" * 5000],
    "--form": ["{0.__class__}"],
    "--floor": ["nan"],
}


@pytest.mark.parametrize("option", OPTIONS)
def test_hostile_options_end_in_one_message(option):
    for value in OPTIONS[option]:
        status, output = run(["project", "--province-pace", "3", "--poor-district-pace", "7", option, value])
        assert status in (1, 2) and output.strip() and "Traceback" not in output and "root:" not in output, value[:60]


@pytest.mark.parametrize("name", FILES)
def test_deep_long_and_broken_files_are_refused_in_words(name, folder):
    pieces = [b"\x00", b"[", b"{", b'{"a":', b"\xff", b"a", b"9", b"\n", b'"', b"- ", b"a: "]
    for content in [b"\xed\xa0\x80", *(piece * (100_001 // len(piece)) for piece in pieces)]:
        with pytest.raises(kt.KontumError):
            PARSERS[name](content, folder)


LARGE = {"table": "observations.csv", "scenario": "mine.yaml", "borders": "mine.geojson"}
READERS = {
    "table": lambda path: kt.load_observations(data=path.parent),
    "scenario": scenarios.load,
    "borders": boundaries.borders,
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_a_gigabyte_is_refused_by_its_size_before_it_is_read(name, raw_copy):
    path = raw_copy / LARGE[name]
    path.touch()
    os.truncate(path, 10**9)  # a sparse file: the size without the room on disk
    tracemalloc.start()
    with pytest.raises(kt.KontumError, match=r"1,000,000 kB; at most [0-9,]+ kB are allowed"):
        READERS[name](path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6


@pytest.mark.parametrize("name", FILES)
def test_a_device_or_a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for(name, raw_copy):
    path = raw_copy / LARGE[name]
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    with pytest.raises(kt.KontumError):
        READERS[name](path)
    path.unlink()
    path.symlink_to("/dev/zero")
    with pytest.raises(kt.KontumError):
        READERS[name](path)


# --- names and places


def test_a_scenario_has_no_name_that_is_a_path_or_that_windows_keeps():
    for name in ("con", "nul", "aux", "prn", "com1", "lpt9"):
        with pytest.raises(kt.ScenarioError, match=f"name: found '{name}'; Windows keeps"):
            kt.Scenario(name=name, province_pace_pp=3, poor_district_pace_pp=7)
    for name in ("../x", "/etc/x", "a/b", "a\\b", "x\x00", "x.", "x ", "", "a" * 61, "ổ", "-x"):
        with pytest.raises(kt.ScenarioError):
            kt.Scenario(name=name, province_pace_pp=3, poor_district_pace_pp=7)


def test_the_main_job_writes_nothing_through_a_folder_that_leads_elsewhere(tmp_path):
    from kontum_analysis.review.reproduce import steps

    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "data").mkdir(parents=True)
    (tmp_path / "out" / "data" / "processed").symlink_to(tmp_path / "elsewhere")
    work = next(work for key, _, work in steps(tmp_path / "out") if key == "step.data")
    with pytest.raises(kt.KontumError, match="leads out of the output folder"):
        list(work)
    assert list((tmp_path / "elsewhere").iterdir()) == []


# --- no code from data

SHELLS = {"pickle", "marshal", "shelve", "dill", "joblib", "subprocess", "pty", "code", "ctypes"}
# they hand out work and name it; joblib.load runs what it reads
HARMLESS_IMPORTS = {"joblib": {"Parallel", "delayed", "hash"}}
RUNNERS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "system",
    "popen",
    "read_pickle",
    "to_pickle",
    "unsafe_load",
    "full_load",
    "query",
    "execfile",
}
HARMLESS = {("re", "compile"), ("platform", "system")}  # an expression to search for; the name of the system


def dangers(node):
    """What in a node of the source can run something that was read, or nothing."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        names, module = {alias.name for alias in node.names}, getattr(node, "module", None) or ""
        names |= set() if names <= HARMLESS_IMPORTS.get(module, set()) else {module}
        return {name.split(".")[0] for name in names} & SHELLS
    if not isinstance(node, ast.Call):
        return set()
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    module = getattr(getattr(node.func, "value", None), "id", "")
    arguments = {word.arg: ast.unparse(word.value) for word in node.keywords}
    flags = {flag for flag in ("shell", "allow_pickle") if arguments.get(flag, "False") != "False"}
    is_yaml = (module, name) == ("yaml", "load")
    if is_yaml and not issubclass(getattr(scenarios, arguments["Loader"]), scenarios.yaml.SafeLoader):
        flags.add("yaml.load")
    plain = name == "query" and isinstance(node.args[0], ast.Constant)  # pandas runs its text: only one of ours
    return flags | ({name} & RUNNERS if (module, name) not in HARMLESS and not plain else set())


def test_no_module_can_run_what_it_reads():
    modules = [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in (ROOT / "kontum_analysis").rglob("*.py")]
    assert [(path.name, n.lineno, dangers(n)) for path, tree in modules for n in ast.walk(tree) if dangers(n)] == []
    planted = [
        "import pickle",
        "from joblib import load",
        "eval(x)",
        "np.load(x, allow_pickle=True)",
        "frame.query(x)",
        "run(x, shell=True)",
        "os.system(x)",
    ]
    assert [source for source in planted if not any(map(dangers, ast.walk(ast.parse(source))))] == []


def test_code_in_a_scenario_is_refused_and_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    objects = [
        f"object/{how} ['touch ran']" for how in ("apply:os.system", "new:os.system", "apply:subprocess.getoutput")
    ]
    for tag in (*objects, "module:antigravity", "name:os.system"):
        (tmp_path / "mine.yaml").write_text(f"name: mine\nnote: !!python/{tag}\n", encoding="utf-8")
        with pytest.raises(kt.ScenarioError, match="this is no YAML"):
            scenarios.load(tmp_path / "mine.yaml")
    assert [p.name for p in tmp_path.iterdir()] == ["mine.yaml"]


def test_a_boundary_file_is_geojson_whatever_its_name_says(tmp_path):
    driver = b"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>"
    shapes = [b'{"type": "Topology", "objects": {}}', b'{"features": 3}', b'{"features": [3]}', b'[{"features": []}]']
    feature = b'{"features": [{"properties": [], "geometry": 1}]}'
    for content in (driver + b"</OGRVRTDataSource>", b"SQLite format 3\x00", *shapes, feature):
        (tmp_path / "mine.geojson").write_bytes(content)
        with pytest.raises(kt.KontumError, match="no GeoJSON boundary file"):
            boundaries.borders(tmp_path / "mine.geojson")
    with pytest.raises(kt.KontumError, match="no GeoJSON boundary file"):
        boundaries.borders("/vsicurl/http://localhost/x.gpkg")


def bordered(change):
    """A boundary file with one square a district, the first of them changed."""
    features = []
    for code in kt.areas.districts():
        feature = json.loads(BORDER)["features"][0]
        features.append({**feature, "properties": {"code": code}})
    change(features[0])
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_a_border_that_is_no_finite_polygon_is_refused(tmp_path):
    path = tmp_path / "mine.geojson"
    path.write_text(bordered(lambda feature: None), encoding="utf-8")
    assert set(boundaries.borders(path).index) == set(kt.areas.districts())
    corners = [[[[0, 0], [x, 0], [1, 1], [0, 0]]] for x in (1e300, float("nan"), float("inf"))]
    polygons = [{"type": "Polygon", "coordinates": coordinates} for coordinates in ([], *corners)]
    for geometry in (None, {"type": "Point", "coordinates": [1, 1]}, *polygons):
        content = bordered(lambda feature, geometry=geometry: feature.update(geometry=geometry))
        path.write_text(content, encoding="utf-8")
        with pytest.raises(
            kt.KontumError, match="border of .* is empty or no polygon|coordinates of the boundary file"
        ):
            boundaries.borders(path)


# --- servers


def started():
    """The lines of the Makefile that start a server, with its variables filled in."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    for name, value in re.findall(r"^(\w+) *[:?]?= *(.*)$", text, re.MULTILINE):
        text = text.replace(f"$({name})", value)
    return [line for line in text.splitlines() if re.search(r"/(jupyter[ -](lab|server|notebook))\b", line)]


def test_servers_listen_to_this_machine_alone_and_ask_for_a_token():
    assert started()
    for line in started():
        assert "--ServerApp.ip=127.0.0.1" in line, line
        for opened in (
            "allow_remote_access",
            "allow_origin",
            "disable_check_xsrf",
            "password=",
            "token=",
            "allow_root",
        ):
            assert opened not in line, line


# --- long hunts


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
def test_a_hunt_led_by_the_code_finds_no_input_that_breaks_a_parser(name, tmp_path):
    pytest.importorskip("atheris")
    seconds = os.environ.get("FUZZ_SECONDS", "20")
    command = [sys.executable, str(ROOT / "tests" / "fuzz_parser.py"), name, seconds, str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=int(seconds) + 240, cwd=tmp_path)
    broken = [p.read_bytes() for p in tmp_path.glob("crash-*")] + [
        p.read_bytes() for p in tmp_path.glob("*-*") if p.is_file()
    ]
    assert result.returncode == 0 and not broken, f"{broken}\n{result.stdout[-2000:]}\n{result.stderr[-3000:]}"
    assert re.search(r"Done \d+ runs", result.stderr)
