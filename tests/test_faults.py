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
from kontum_analysis.review.reproduce import alone, steps

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
        done = subprocess.run(
            [sys.executable, "-c", code, "data", "check"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            timeout=120,
        )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.startswith("Hệ thống từ chối: No space left on device") and len(done.stderr.splitlines()) == 1


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


def test_a_second_run_in_a_folder_is_refused_and_a_run_elsewhere_is_not(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with alone(tmp_path / "a"):
        with (
            pytest.raises(kt.KontumError, match="a: another run is at work in this folder; nothing was written"),
            alone(tmp_path / "a"),
        ):
            pass
        with alone(tmp_path / "b"):
            pass
    with alone(tmp_path / "a"):
        pass
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a", "b"]


def test_reproduce_and_verify_say_that_another_run_is_at_work(monkeypatch, tmp_path):
    monkeypatch.setattr("kontum_analysis.base.files.ROOT", tmp_path)
    with files.one_run(tmp_path):
        for words in (["reproduce"], ["verify"]):
            status, said = run([*words, "--lang", "en"])
            assert status == 1 and "another run is at work" in said and len(said.split(";")) == 3
    assert list(tmp_path.iterdir()) == []


# --- killed runs

PART = """
import sys
from kontum_analysis.review.reproduce import alone, steps
if __name__ == "__main__":
    with alone(sys.argv[1]):
        for key, _, work in steps(sys.argv[1], figures=["coverage", "standard_break"]):
            if key in ("step.inputs", "step.data", "step.estimates", "step.paths", "step.figures"):
                for _ in work:
                    pass
"""


@pytest.mark.slow
def test_a_run_killed_at_any_moment_is_finished_by_the_next_with_the_same_bytes(tmp_path):
    """Part of the main job (inputs, data, estimates, paths, two figures), killed at random moments in one and
    the same folder.
    """
    given = {name: contents(ROOT / "data" / name) for name in ("raw", "scenarios")}
    (tmp_path / "part.py").write_text(PART)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def start(out):
        out.mkdir(exist_ok=True)
        return subprocess.Popen([sys.executable, str(tmp_path / "part.py"), str(out)], env=environment, cwd=ROOT)

    begin = time.monotonic()
    assert start(tmp_path / "whole").wait(600) == 0
    seconds = time.monotonic() - begin
    wanted = contents(tmp_path / "whole")
    assert len(wanted) >= 25
    moments, killed = random.Random(3299), 0
    for _ in range(KILLS):
        victim = start(tmp_path / "out")
        try:
            victim.wait(moments.uniform(0.1, 1.0) * seconds)
        except subprocess.TimeoutExpired:
            victim.kill()
            killed += victim.wait() == -9
        done = {name: digest for name, digest in contents(tmp_path / "out").items() if not name.endswith(".tmp")}
        assert done.items() <= wanted.items()  # whole files or none
    assert killed > KILLS // 2
    assert start(tmp_path / "out").wait(600) == 0
    assert contents(tmp_path / "out") == wanted
    assert given == {name: contents(ROOT / "data" / name) for name in ("raw", "scenarios")}
