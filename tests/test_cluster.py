"""`simulate` on a real Dask cluster of this machine in which something goes wrong: one clear message within 30 s."""

import os
import signal
import subprocess
import sys
import time
from socket import create_server

import pandas as pd
import pytest

from kontum_analysis.base.files import ROOT

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow
LOOPBACK = "127.0.0.1"


class Program:
    """A program of its own: Python with these words, and the file that takes all it prints."""

    def __init__(self, folder, *words, **variables):
        self.log = folder / f"log-{len(list(folder.glob('log-*')))}"
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **variables}
        with open(self.log, "wb") as log:
            words = [sys.executable, *map(str, words)]
            self.process = subprocess.Popen(words, env=env, cwd=folder, stdout=log, stderr=subprocess.STDOUT)

    def output(self):
        return " ".join(self.log.read_text(encoding="utf-8").split())

    def finish(self, within=30.0):
        """(exit status, all it printed), once it ends; a test fails where that takes too long."""
        try:
            return self.process.wait(within), self.output()
        except subprocess.TimeoutExpired:
            pytest.fail(f"no end within {within} seconds: {self.output()[-2000:]}")

    def wait_until(self, is_ready, within=60.0):
        end = time.monotonic() + within
        while not is_ready():
            assert self.process.poll() is None and time.monotonic() < end, self.output()
            time.sleep(0.05)


@pytest.fixture
def start(tmp_path):
    """Starts programs, and ends those that a test leaves running, a stopped one too."""
    programs = []

    def start_program(*words, **variables):
        programs.append(Program(tmp_path, *words, **variables))
        return programs[-1]

    yield start_program
    for program in programs:
        if program.process.poll() is None:
            program.process.send_signal(signal.SIGCONT)
            program.process.kill()
            program.process.wait()


class Cluster:
    """A scheduler and workers as programs of their own, which a test may stop."""

    def __init__(self, start):
        self.start, self.port, self.dashboard = start, free_port(), free_port()
        self.address = f"tcp://{LOOPBACK}:{self.port}"
        words = ["--host", LOOPBACK, "--port", self.port, "--dashboard-address", f"{LOOPBACK}:{self.dashboard}"]
        self.scheduler = start("-m", "distributed.cli.dask_scheduler", *words)
        self.scheduler.wait_until(lambda: "Scheduler at" in self.scheduler.output())

    def worker(self, *words, **variables):
        words = [self.address, "--nthreads", 1, "--host", LOOPBACK, "--no-nanny", "--no-dashboard", *words]
        worker = self.start("-m", "distributed.cli.dask_worker", *words, **variables)
        worker.wait_until(lambda: "Registered to" in worker.output())
        return worker.process


@pytest.fixture
def cluster(start):
    return Cluster(start)


def free_port():
    with create_server((LOOPBACK, 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def table(tmp_path):
    """A province of 300 communes, one with no and one with only poor households."""
    rows = [dict(code="P", level="province", parent="", rate=None, households=None)]
    rates = [0.0, 1.0, *(round(0.1 + k / 1000, 3) for k in range(298))]
    rows += [dict(code=f"C{k}", level="commune", parent="P", rate=r, households=100) for k, r in enumerate(rates)]
    pd.DataFrame(rows).to_csv(tmp_path / "areas.csv", index=False)
    return tmp_path / "areas.csv"


@pytest.fixture
def simulate(start, table):
    """Starts the command on the table: some twenty tasks of a second or so."""
    command = (
        "-c",
        "from kontum_analysis.cli import main; main()",
        "simulate",
        "--communes",
        table,
        "--draws",
        100_000,
    )
    return lambda *words: start(*command, "--chunk", 16, "--lang", "en", *words)


def parts(folder):
    return len(list(folder.glob("*.npz")))


def assert_message(result, *words):
    status, out = result
    assert status == 1 and "Traceback" not in out and "ERROR" not in out, out
    assert [word for word in words if word not in out] == [], out


def test_the_dashboards_port_is_no_scheduler(cluster, simulate):
    for address in (f"tcp://{LOOPBACK}:{cluster.dashboard}", f"http://{LOOPBACK}:{cluster.dashboard}"):
        assert_message(simulate("--scheduler", address).finish(), address, "no Dask scheduler", "8787")


def test_a_silent_port_is_no_scheduler(simulate):
    with create_server((LOOPBACK, 0)) as silent:
        address = f"tcp://{LOOPBACK}:{silent.getsockname()[1]}"
        assert_message(simulate("--scheduler", address).finish(), "no Dask scheduler")


def test_a_workers_address_is_no_scheduler(cluster, simulate):
    port = free_port()
    cluster.worker("--worker-port", port)
    assert_message(simulate("--scheduler", f"tcp://{LOOPBACK}:{port}").finish(), "no Dask scheduler")


def test_a_cluster_without_workers_is_told(cluster, simulate):
    result = simulate("--scheduler", cluster.address).finish()
    assert_message(result, "No worker", "Nothing is kept", "--resume")


def test_the_only_worker_killed_is_told_and_the_run_goes_on(cluster, simulate, tmp_path):
    store, out = tmp_path / "kept", [tmp_path / "a.csv", tmp_path / "b.csv"]
    worker, words = cluster.worker(), ["--scheduler", cluster.address, "--resume", store, "--out", out[0]]
    program = simulate(*words)
    program.wait_until(lambda: parts(store) >= 2)
    worker.kill()
    assert_message(program.finish(), "No worker", "What is finished is kept in", "run the same command again")
    cluster.worker()
    assert simulate(*words).finish(120)[0] == 0
    assert simulate("--out", out[1], "--threads", 2).finish(120)[0] == 0
    assert out[0].read_bytes() == out[1].read_bytes()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM])
def test_a_lost_scheduler_is_told_and_the_run_goes_on(cluster, simulate, tmp_path, how):
    store = tmp_path / "kept"
    cluster.worker()
    program = simulate("--scheduler", cluster.address, "--resume", store)
    program.wait_until(lambda: parts(store) >= 2)
    cluster.scheduler.process.send_signal(how)
    assert_message(program.finish(), cluster.address, "is lost", "What is finished is kept in")
    assert simulate("--resume", store, "--threads", 2).finish(120)[0] == 0


def test_a_lost_workers_task_is_drawn_elsewhere(cluster, simulate, tmp_path):
    store, (worker, _) = tmp_path / "kept", (cluster.worker(), cluster.worker())
    program = simulate("--scheduler", cluster.address, "--resume", store)
    program.wait_until(lambda: parts(store) >= 2)
    worker.kill()
    assert program.finish(120)[0] == 0


def test_a_worker_of_another_version_is_told(cluster, simulate, tmp_path):
    other = "import kontum_analysis.national.workers as workers\nworkers.FORMAT = 999\n"
    (tmp_path / "other.py").write_text(other, encoding="utf-8")
    cluster.worker("--preload", tmp_path / "other.py")
    result = simulate("--scheduler", cluster.address).finish()
    assert_message(result, "other versions", "999", "Nothing is kept")


def test_a_worker_without_the_package_is_told(cluster, simulate, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    fault = "raise ImportError('none of that name here')"
    (tmp_path / "elsewhere" / "kontum_analysis.py").write_text(fault, encoding="utf-8")
    cluster.worker(PYTHONPATH=tmp_path / "elsewhere")
    result = simulate("--scheduler", cluster.address).finish()
    assert_message(result, "could not compute", "none of that name", "Every machine needs")


def test_a_worker_with_a_full_disk_is_told_or_does_without(cluster, simulate, tmp_path):
    """It may write no file of a megabyte, and has too little memory for parts that wait to be fetched."""
    full = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
    (tmp_path / "full.py").write_text(full, encoding="utf-8")
    cluster.worker("--preload", tmp_path / "full.py", "--memory-limit", "180MB")
    result = simulate("--scheduler", cluster.address).finish(60)
    if result[0]:
        assert_message(result, "No worker", "want of memory or disk", "Nothing is kept")
