"""Who draws the chunks: this thread, several threads, or a Dask cluster. The order of the results
is that of the tasks.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..base.errors import KontumError
from .kernel import Part, Task, draw_chunk

CONNECT_SECONDS = 10
LOOPBACK = "127.0.0.1"  # a cluster of this machine alone needs no network, and asks for none
AHEAD = 2  # chunks under way for each worker: enough to keep it busy, few enough to bound memory


def drawn(tasks: Iterable[Task], workers: int | str = 1, scheduler: str | None = None) -> Iterator[tuple[Task, Part]]:
    """(task, part) for each task, in order. workers: threads, or "dask"; scheduler: address of a Dask scheduler, None a
    local cluster.

    Raises KontumError where a cluster cannot be reached, lacks the package, or loses its workers.
    """
    if workers == "dask" or scheduler is not None:
        with _client(scheduler) as client:
            yield from _by_cluster(tasks, client)
    elif workers == 1:
        yield from ((task, draw_chunk(task)) for task in tasks)
    else:
        yield from _by_threads(tasks, int(workers))


def _in_order(tasks: Iterable[Task], submit: Callable[[Task], Any], most: int) -> Iterator[tuple[Task, Part]]:
    """Submit tasks, never more than `most` ahead of the one that is waited for."""
    under_way: deque[tuple[Task, Any]] = deque()
    for task in tasks:
        under_way.append((task, submit(task)))
        if len(under_way) >= most:
            done, future = under_way.popleft()
            yield done, future.result()
    while under_way:
        done, future = under_way.popleft()
        yield done, future.result()


def _by_threads(tasks: Iterable[Task], count: int) -> Iterator[tuple[Task, Part]]:
    pool = ThreadPoolExecutor(count)
    try:
        yield from _in_order(tasks, lambda task: pool.submit(draw_chunk, task), AHEAD * count)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def versions() -> tuple[str, str]:
    """What must agree between machines for their draws to be the same."""
    from importlib.metadata import version

    return np.__version__, version("kontum-analysis")


def _by_cluster(tasks: Iterable[Task], client: Any) -> Iterator[tuple[Task, Part]]:
    from distributed import KilledWorker

    try:
        theirs = client.run(versions)
    except Exception as error:  # whatever a worker without the package answers
        raise KontumError("simulate.error.worker", value=str(error)[:200]) from None
    if not theirs:
        raise KontumError("simulate.error.no_workers")
    if set(theirs.values()) != {versions()}:
        raise KontumError(
            "simulate.error.versions",
            ours=" ".join(versions()),
            theirs="; ".join(sorted({" ".join(v) for v in theirs.values()})),
        )
    most = AHEAD * len(theirs)
    try:
        yield from _in_order(tasks, lambda task: client.submit(draw_chunk, task, pure=False), most)
    except KilledWorker as error:
        raise KontumError("simulate.error.worker", value=str(error)[:200]) from None


@contextmanager
def _client(scheduler: str | None) -> Iterator[Any]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise KontumError("simulate.error.no_dask") from None
    if scheduler is None:
        with (
            LocalCluster(threads_per_worker=1, processes=True, dashboard_address=None, host=LOOPBACK) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, TypeError):
        raise KontumError("simulate.error.scheduler", address=scheduler, seconds=CONNECT_SECONDS) from None
    with client:
        yield client
