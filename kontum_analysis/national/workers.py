"""Who draws the tasks: threads or processes of this machine, or a Dask cluster; and a folder that keeps what is drawn.

joblib hands tasks to threads and processes. A cluster is asked directly: joblib's Dask backend keeps the inputs of a
task on one worker, with which they are lost, and waits for ever for a scheduler that is gone.
"""

import asyncio
import io
import time
import warnings
import zipfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed

from ..base.errors import KontumError, Words
from ..base.files import bytes_within, clear_leftovers, write_whole
from .kernel import FORMAT, Part, Task, draw_task

CONNECT_SECONDS = 10  # for a scheduler to answer
PATIENCE = 12  # seconds without a sign of life from a scheduler, or from any worker
POLL = 0.1  # seconds between looks at a cluster
MOST_MB = 2_000  # of a part that is kept: far above what any takes
AHEAD = 2  # tasks under way for each thread of a cluster: enough to keep it busy, few enough to bound memory
SILENT = dict.fromkeys(("distributed", "distributed.client", "tornado", "asyncio"), "critical")  # we say it ourselves


class Store(NamedTuple):
    """A folder that keeps the parts of one run; run: how the names of its files begin, a hash of all that went in."""

    folder: Path
    run: str

    def check(self) -> None:
        """Clear what a killed run left half written. Raises KontumError where anything but this run is kept there."""
        if self.folder.exists():
            names = [file.name.lstrip(".") for file in self.folder.iterdir()] if self.folder.is_dir() else [""]
            if not all(name.startswith(self.run.split("-")[0]) for name in names):
                raise KontumError("simulate.error.resume", folder=self.folder)
            clear_leftovers(self.folder)

    def keep(self, part: Part) -> None:
        """Write a part, whole or not at all."""
        content = io.BytesIO()
        np.savez(content, run=np.array(self.run), **part._asdict())
        write_whole(self.folder / f"{self.run}-{part.number:06d}.npz", content.getvalue())

    def find(self, task: Task) -> Part | None:
        """A part kept before, or None; a damaged or foreign file is no part, and is drawn anew."""
        try:
            content = bytes_within(self.folder / f"{self.run}-{task.number:06d}.npz", MOST_MB)
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                part = Part(int(arrays["number"]), *(arrays[name] for name in Part._fields[1:]))
                return part if (part.number, arrays["run"]) == (task.number, self.run) else None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return None


def drawn_parts(
    tasks: Sequence[Task], workers: int, scheduler: str | None, store: Store | None
) -> Generator[Part, None, None]:
    """The parts of all tasks, as they come. workers, scheduler: as of `simulate_panel`; store: gives and keeps parts.

    Raises KontumError where the store is not of this run, or a cluster cannot be reached, differs or is lost.
    """
    if store is not None:
        store.check()
    store_words = Words("simulate.not_kept") if store is None else Words("simulate.kept", folder=store.folder)
    waiting = []
    for task in tasks:
        part = None if store is None else store.find(task)
        if part is None:
            waiting.append(task)
        else:
            yield part
    if scheduler in (None, "local"):
        backend = "threading" if scheduler is None else "loky"
        pool = Parallel(workers, backend=backend, return_as="generator_unordered", batch_size=1)
        parts: Any = pool(delayed(draw_task)(task) for task in waiting)
    else:
        parts = _by_cluster(waiting, str(scheduler), store_words)
    try:
        for part in parts:
            if store is not None:
                store.keep(part)
            yield part
    except BrokenExecutor:
        raise KontumError("simulate.error.process", kept=store_words) from None
    finally:
        with warnings.catch_warnings(action="ignore"):  # joblib's about what a stopped run leaves
            parts.close()


def versions() -> tuple[str, ...]:
    """What must agree between machines for their draws to be the same."""
    return np.__version__, version("kontum-analysis"), str(FORMAT)


def _by_cluster(tasks: Sequence[Task], scheduler: str, store_words: Words) -> Iterator[Part]:
    """Parts from a cluster. A lost worker's tasks are drawn elsewhere; what cannot go on ends with one message."""
    client, losses = _client(scheduler)
    waiting, under_way, members, pulse, last_pulse = iter(tasks), set[Any](), set[str](), 0.0, time.monotonic()
    try:
        while tasks:
            machines = client.sync(client.scheduler.identity, callback_timeout=PATIENCE)["workers"]
            machines = {place: machine for place, machine in machines.items() if machine["status"] == "running"}
            latest = max((machine["last_seen"] for machine in machines.values()), default=pulse)
            pulse, last_pulse = latest, last_pulse if latest == pulse else time.monotonic()
            if time.monotonic() - last_pulse > PATIENCE:
                raise KontumError("simulate.error.no_workers", seconds=PATIENCE, kept=store_words)
            new = [place for place in machines if place not in members]
            answers = client.run(versions, workers=new, on_error="return") if new else {}
            members |= set(new)
            room = AHEAD * sum(machine["nthreads"] for machine in machines.values()) - len(under_way)
            under_way |= {client.submit(draw_task, task, pure=False) for task in islice(waiting, max(room, 0))}
            if machines and not under_way:
                return
            results = [future for future in under_way if future.done()]
            faults = [answer for answer in answers.values() if answer != versions()]
            faults += [future.exception() for future in results if future.status == "error"]
            if faults:
                reason = " ".join(faults[0]) if isinstance(faults[0], tuple) else f"{faults[0]!r}"[:200]
                raise KontumError("simulate.error.worker", value=reason, ours=" ".join(versions()), kept=store_words)
            for future in results:
                with suppress(TimeoutError):  # lost with its worker: drawn anew
                    part = future.result(PATIENCE)
                    under_way.remove(future)
                    yield part
            time.sleep(0 if results else POLL)
    except losses:
        raise KontumError("simulate.error.lost", address=scheduler, kept=store_words) from None
    finally:
        with suppress(OSError):  # it cannot say goodbye to what is lost
            client.close(timeout=POLL)


def _client(address: str) -> tuple[Any, tuple[type[Exception], ...]]:
    """A client of a Dask scheduler, and the errors by which it tells that this is lost."""
    try:
        import dask

        dask.config.set({"logging": SILENT})
        from distributed import CancelledError, Client, Security, rpc
    except ImportError:
        raise KontumError("simulate.error.no_dask") from None

    async def identity() -> Any:
        async with rpc(address, connection_args=Security().get_connection_args("client")) as remote:
            return await asyncio.wait_for(remote.identity(), CONNECT_SECONDS)

    try:  # a client of its own would wait for ever for something else that listens there
        with ThreadPoolExecutor(1) as thread:  # a notebook runs a loop of its own in this one
            kind = thread.submit(asyncio.run, identity()).result()["type"]
        if kind == "Scheduler":
            return Client(address, timeout=CONNECT_SECONDS), (CancelledError, OSError)
    except Exception:  # whatever something else answers
        pass
    raise KontumError("simulate.error.scheduler", address=address, seconds=CONNECT_SECONDS)
