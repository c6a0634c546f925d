"""Where runs are done: in processes on this machine, or on a Dask cluster; rows come back as they are done.

A function of :data:`Scheduler` is all that another kind of cluster needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from time import sleep

from tildeling.bench.one import run
from tildeling.bench.runs import Row, Spec
from tildeling.errors import UsageError
from tildeling_models.stop import Stop

Scheduler = Callable[[Sequence[Spec], Stop], Iterator[Row]]

LOOK_S = 0.5
"""Seconds between looks at whether to stop."""

LIVES = 5
"""Workers of a cluster that a run may lose before it is given up."""


def here(slots: int) -> Scheduler:
    """So many runs at once, each in a process of its own."""

    def scheduled(specs: Sequence[Spec], stop: Stop) -> Iterator[Row]:
        with ThreadPoolExecutor(slots) as threads:
            waiting = list(reversed(specs))
            going: set[Future[Row | None]] = set()
            while going or waiting:
                while waiting and len(going) < slots and not stop.now:
                    going.add(threads.submit(run, waiting.pop(), stop))
                if not going:
                    return
                done, going = wait(going, LOOK_S, FIRST_COMPLETED)
                yield from (row for each in done if (row := each.result()) is not None)

    return scheduled


def on_cluster(address: str) -> Scheduler:
    """Runs on the workers of a Dask scheduler; each worker's threads are its runs at once.

    A run whose worker is lost is done again by another; since rows are known by their keys, none counts twice.

    Raises
    ------
    UsageError
        If the extra ``cluster`` is not installed, or nothing answers there.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise UsageError(
            f"--scheduler: {error.name} is not installed; pip install 'tildeling[cluster]'"
        ) from error

    def scheduled(specs: Sequence[Spec], stop: Stop) -> Iterator[Row]:
        try:
            client = Client(address, timeout=20, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(f"--scheduler {address}: {error}") from error
        with client:
            going = [client.submit(run, spec, key=f"run-{spec.key}", retries=LIVES) for spec in specs]
            try:
                while going and not stop.now:
                    done = [each for each in going if each.done()]
                    going = [each for each in going if each not in done]
                    yield from (row for each in done if (row := each.result()) is not None)
                    if not done:
                        sleep(LOOK_S)
            finally:
                client.cancel(going, force=True)

    return scheduled
