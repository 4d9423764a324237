"""Files: whole or not at all, only where they were meant to go, by one run at a time; and what is read is bounded."""

import os
import resource
import subprocess
import sys
import tracemalloc

import pytest

import kontum_analysis as kt
from kontum_analysis.base import files
from kontum_analysis.base.errors import Problem
from kontum_analysis.base.files import ROOT, bytes_within, clear_leftovers, first_problems, one_run, write_whole


def names(folder):
    return sorted(path.name for path in folder.rglob("*"))


# --- writing


def test_a_file_that_would_not_change_is_not_touched(tmp_path):
    path = tmp_path / "new" / "table.csv"
    assert write_whole(path, "đ") and path.read_bytes() == "đ".encode()
    stamp = path.stat().st_mtime_ns
    assert not write_whole(path, "đ".encode()) and path.stat().st_mtime_ns == stamp
    assert write_whole(path, "e") and path.read_text() == "e" and names(path.parent) == ["table.csv"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_disk_that_fills_up_leaves_the_old_file_and_is_told(tmp_path):
    path = tmp_path / "table.csv"
    write_whole(path, "old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))  # as a full disk: the write fails half-way
    try:
        with pytest.raises(kt.KontumError) as error:
            write_whole(path, "x" * 50_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "table.csv: the file cannot be written (the system says: File too large)" in error.value.in_language("en")
    assert "không ghi được tệp" in error.value.in_language("vi")
    assert path.read_text() == "old" and names(tmp_path) == ["table.csv"]


@pytest.mark.parametrize(
    ("call", "number"), [("os.replace", 28), ("os.chmod", 1), ("tempfile.mkstemp", 30), ("os.fdopen", 5)]
)
def test_every_refusal_of_the_system_is_our_error_and_leaves_nothing(tmp_path, monkeypatch, call, number):
    def refused(*_, **__):
        raise OSError(number, os.strerror(number))

    path = tmp_path / "table.csv"
    path.write_text("old")
    monkeypatch.setattr(call, refused)
    with pytest.raises(kt.KontumError, match=os.strerror(number)):
        write_whole(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old" and names(tmp_path) == ["table.csv"]


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path):
    (tmp_path / "table.csv").mkdir()
    (tmp_path / "folder").write_text("a file")
    for path, words in (
        (tmp_path / "table.csv", "table.csv: there is a device, a pipe or a folder in this place"),
        (tmp_path / "folder" / "table.csv", "table.csv: the file cannot be written"),
    ):
        with pytest.raises(kt.KontumError, match=words):
            write_whole(path, "new")
    assert names(tmp_path) == ["folder", "table.csv"]


def test_no_file_gets_a_name_that_another_system_cannot_hold(tmp_path):
    bad = ["NUL", "nul.csv", "COM1.png", "a\x00b", "a\nb", "a:b", "a?", "a\\b", "a.csv ", "a.", "x" * 300, "ộ" * 100]
    for name in [*bad, "\udcff"]:
        with pytest.raises(kt.KontumError, match="not usable as the name of a file"):
            write_whole(tmp_path / name, "x")
    assert names(tmp_path) == []


def test_a_link_is_refused_and_what_it_points_at_stays(tmp_path):
    target, link = tmp_path / "elsewhere.txt", tmp_path / "out" / "table.csv"
    target.write_text("precious")
    link.parent.mkdir()
    for place in (target, tmp_path / "nowhere"):
        link.symlink_to(place)
        with pytest.raises(kt.KontumError, match="table.csv: there is a link in this place"):
            write_whole(link, "new")
        link.unlink()
    os.link(target, link)
    write_whole(link, "new")  # a second name of the same file is replaced, the file under its first name is not
    assert target.read_text() == "precious" and link.read_text() == "new"
    (tmp_path / "inside").symlink_to(tmp_path / "out")
    with pytest.raises(kt.KontumError, match="leads out of the output folder"):
        write_whole(tmp_path / "inside" / "a.csv", "x", within=tmp_path / "inside" / "deeper")


HALF = """
import os, sys
from kontum_analysis.base import files
os.replace = lambda *_: os.kill(os.getpid(), 9)
files.write_whole(sys.argv[1], "new")
"""


def test_a_killed_run_leaves_the_old_file_and_a_leftover_that_is_cleared(tmp_path):
    path = tmp_path / "data" / "table.csv"
    write_whole(path, "old")
    (path.parent / ".table.csv.kept.tmp").write_text("not one of ours")
    result = subprocess.run([sys.executable, "-c", HALF, str(path)], cwd=ROOT, timeout=60)
    assert result.returncode == -9 and path.read_text() == "old" and len(names(path.parent)) == 3
    clear_leftovers(tmp_path)
    assert names(path.parent) == [".table.csv.kept.tmp", "table.csv"]


# --- one run at a time


def test_a_second_run_in_a_folder_is_refused_and_readers_keep_a_writer_out(tmp_path):
    refused = "another run is at work in this folder; nothing was written"
    with one_run(tmp_path), pytest.raises(kt.KontumError, match=refused), one_run(tmp_path):
        pass
    readers = one_run(tmp_path, shared=True), one_run(tmp_path, shared=True)
    with readers[0], readers[1], pytest.raises(kt.KontumError, match=refused), one_run(tmp_path):
        pass
    with one_run(tmp_path):
        (tmp_path / "elsewhere").mkdir()
        with one_run(tmp_path / "elsewhere"):
            pass
    assert names(tmp_path) == ["elsewhere"]


# --- reading


def test_a_file_of_a_gigabyte_is_refused_by_its_size_before_it_is_read(tmp_path):
    path = tmp_path / "large.csv"
    path.touch()
    os.truncate(path, 10**9)  # a sparse file: the size without the room on disk
    with pytest.raises(kt.KontumError, match=r"1,000,000 kB; at most 20,000 kB are allowed"):
        bytes_within(path, files.TABLE_MB)
    tracemalloc.start()  # the words of the message are loaded by now
    with pytest.raises(kt.KontumError):
        bytes_within(path, files.TABLE_MB)
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()
    os.truncate(path, 1_000_000)
    assert len(bytes_within(path, 1)) == 1_000_000


def test_a_device_a_pipe_or_a_folder_is_no_plain_file_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "zero", tmp_path / "none"):
        with pytest.raises(kt.KontumError, match="a plain file is needed"):
            bytes_within(path, 1)


def test_what_may_not_be_read_and_links_that_lead_to_each_other_are_told(tmp_path, monkeypatch):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    for call in (lambda: bytes_within(tmp_path / "a", 1), lambda: kt.load_observations(data=tmp_path / "a")):
        with pytest.raises(kt.KontumError):
            call()

    def forbidden(path, *_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "c").touch()
    monkeypatch.setattr("pathlib.Path.read_bytes", forbidden)
    with pytest.raises(kt.KontumError, match="cannot be read .the system says: Permission denied"):
        bytes_within(tmp_path / "c", 1)


def test_the_first_problems_are_listed_and_the_rest_is_not_looked_for():
    def endless():
        while True:
            yield Problem("a.csv", 1, "b", "c", "allowed.field.whole")

    problems = first_problems(endless(), "a.csv")
    assert len(problems) == 201 and "only the first 200" in problems[-1].in_language("en")
    assert first_problems(problems[:200], "a.csv") == problems[:200]
