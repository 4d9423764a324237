"""Full disks, two runs at once, runs that are killed: old or new, never a half, told in words."""

import hashlib
import os
import random
import shutil
import subprocess
import sys
import time

import pytest
from hostile import run

import kontum_analysis as kt
from kontum_analysis.base import files
from kontum_analysis.base.files import ROOT
from kontum_analysis.base.words import LANGUAGES
from kontum_analysis.figures import CATALOGUE
from kontum_analysis.review.reproduce import steps

KILLS = int(os.environ.get("KONTUM_TEST_KILLS", "12"))


def contents(folder):
    """Path and hash of every file below a folder."""
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file()
    }


# --- the system refuses


def test_a_full_disk_behind_standard_output_ends_in_one_message():
    code = "from kontum_analysis.cli import main; main()"
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [sys.executable, "-c", code, "data", "check"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            timeout=120,
        )
    assert result.returncode == 1 and "Traceback" not in result.stderr
    assert result.stderr.startswith("Hệ thống từ chối: No space left on device")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_disk_of_one_megabyte_refuses_in_words_and_keeps_the_old_files(tmp_path):
    if (
        shutil.which("mount") is None
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)], capture_output=True
        ).returncode
    ):
        pytest.skip("this system does not let the test mount a small disk")
    try:
        files.write_whole(tmp_path / "data" / "processed" / "district_panel.csv", "old")
        (tmp_path / "rest").write_bytes(b"x" * 1_000_000)
        work = next(work for key, _, work in steps(tmp_path) if key == "step.data")
        with pytest.raises(kt.KontumError, match="No space left on device"):
            list(work)
        assert (tmp_path / "data" / "processed" / "district_panel.csv").read_text() == "old"
        assert not [name for name in contents(tmp_path) if name.endswith(".tmp")]
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


# --- two runs at once


def test_reproduce_and_verify_say_that_another_run_is_at_work(monkeypatch, tmp_path):
    monkeypatch.setattr("kontum_analysis.base.files.ROOT", tmp_path)
    with files.one_run(tmp_path):
        for words in (["reproduce"], ["verify"]):
            status, output = run([*words, "--lang", "en"])
            assert status == 1 and "another run is at work" in output and len(output.split(";")) == 3
    assert list(tmp_path.iterdir()) == []


# --- killed runs

PART = """
import sys
from pathlib import Path
from kontum_analysis.cli import main
from kontum_analysis.review import reproduce
if __name__ == "__main__":
    out, figures, *keys = sys.argv[1:]
    books = reproduce.notebook_paths()
    reproduce.notebook_paths = lambda: books[:3]
    with reproduce.alone(out):
        for key, _, work in reproduce.steps(out, **({"figures": figures.split(",")} if figures else {})):
            for _ in work if key in keys else ():
                pass
    if "explorer" in keys:
        sys.argv = ["kontum", "explorer", "--out", str(Path(out, "page.html")), "--overwrite"]
        main()
"""
TABLES = ("step.inputs", "step.data", "step.estimates", "step.paths")
REST = [("step.forecasts", "step.package"), ("step.figures",), ("step.notebooks",), ("explorer",)]


@pytest.fixture
def start(tmp_path):
    """Starts a part of the main job in a folder, as a process of its own; the checkout is not written to."""
    before = {name: contents(ROOT / "data" / name) for name in ("raw", "scenarios")}
    (tmp_path / "part.py").write_text(PART)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def start_part(out, keys, figures=""):
        out.mkdir(exist_ok=True)
        words = [sys.executable, str(tmp_path / "part.py"), str(out), figures, *keys]
        return subprocess.Popen(words, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)

    yield start_part
    assert before == {name: contents(ROOT / "data" / name) for name in ("raw", "scenarios")}


def killed(victim, seconds):
    """Whether a run was still at work after so many seconds, and is killed now."""
    try:
        victim.wait(seconds)
    except subprocess.TimeoutExpired:
        victim.kill()
    return victim.wait() == -9


def whole_files(out):
    return {item for item in contents(out).items() if not item[0].endswith(".tmp")}


@pytest.mark.slow
def test_a_run_killed_at_any_moment_is_finished_by_the_next_with_the_same_bytes(tmp_path, start):
    """Part of the main job (inputs, data, estimates, paths, two figures), killed at random moments in one and
    the same folder.
    """
    job, out = ((*TABLES, "step.figures"), "coverage,standard_break"), tmp_path / "out"
    begin = time.monotonic()
    assert start(tmp_path / "whole", *job).wait(600) == 0
    seconds = time.monotonic() - begin
    right = whole_files(tmp_path / "whole")
    assert len(right) >= 25
    moments, kills = random.Random(3299), 0
    for _ in range(KILLS):
        kills += killed(start(out, *job), moments.uniform(0.1, 1.0) * seconds)
        assert whole_files(out) <= right
    assert kills > KILLS // 2
    assert start(out, *job).wait(600) == 0
    assert contents(out) == dict(right)


@pytest.mark.slow
def test_all_figures_notebooks_and_the_page_are_whole_or_absent_after_a_kill(tmp_path, start):
    """The rest of the main job (of the notebooks the first three) and the explorer's page; what stands after each kill
    is what the run that comes through writes.
    """
    moments, kills, states = random.Random(3299), 0, set()
    whole, out = tmp_path / "whole", tmp_path / "out"
    for folder in (whole, out):
        assert start(folder, TABLES).wait(600) == 0  # the package describes the tables that are there
    for keys in REST:
        begin = time.monotonic()
        assert start(whole, keys).wait(600) == 0
        seconds = time.monotonic() - begin
        for _ in range(max(KILLS // 4, 1)):
            kills += killed(start(out, keys), moments.uniform(0.1, 0.9) * seconds)
            states |= whole_files(out)
    assert kills > KILLS // 2
    assert start(out, [key for keys in REST for key in keys]).wait(1200) == 0
    right = contents(whole)
    assert states <= set(right.items()) and contents(out) == right
    names = {f"figures/{lang}/{name}.png" for lang in LANGUAGES for name in CATALOGUE} | {"page.html"}
    assert names <= set(right) and sum(name.endswith(".ipynb") for name in right) == 3
    assert not [name for name in right if name.endswith(".tmp")]
