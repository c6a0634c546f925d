"""Independent work on the workers of a Dask scheduler: the executor seam of ``parallel``, over the network.

A worker that is lost has its work done again by another, within what is left of the time.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import astuple
from typing import Any
from uuid import uuid4

from tildeling_models.engines import UnknownEngine
from tildeling_models.parallel import joined
from tildeling_models.progress import Event, Progress
from tildeling_models.stop import Stop

LIVES = 5
"""Workers that a piece of work may lose."""

LOOK_S = 0.5
ANSWER_S = 20
"""Seconds a scheduler has to answer."""


class ClusterExecutor(Executor):
    """Hands work to a cluster; ``workers`` is how many pieces it does at once.

    Raises
    ------
    UnknownEngine
        If the extra ``cluster`` is not installed, or nothing answers at the address: what was asked for is not there.
    """

    def __init__(self, address: str, progress: Progress) -> None:
        try:
            from distributed import Client
            from distributed import Event as Flag
        except ModuleNotFoundError as error:
            raise UnknownEngine(f"{error.name} is not installed; pip install 'tildeling[cluster]'") from error
        try:
            self._client = Client(address, timeout=ANSWER_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UnknownEngine(f"no scheduler answers at {address}") from error
        self._name = f"tildeling-{uuid4().hex}"
        self._cancelled = Flag(self._name, client=self._client)
        self._client.subscribe_topic(self._name, lambda told: progress.event(Event(*told[1])))
        self._inner = self._client.get_executor(pure=False, retries=LIVES)
        self.workers = max(1, sum(self._client.nthreads().values()))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """As every executor does."""
        with warnings.catch_warnings():  # a part of a nation is large, and its problem has to get there
            warnings.filterwarnings("ignore", "Sending large graph")
            found: Future[Any] = self._inner.submit(_there, self._name, fn, *args, **named)
        return found

    def cancel(self) -> None:
        """Ask all work to stop with its best so far."""
        self._cancelled.set()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the cluster go; it goes on for others."""
        del wait, cancel_futures
        self._cancelled.set()
        self._client.unsubscribe_topic(self._name)
        self._inner.shutdown(wait=False)
        self._client.close()


def _there(name: str, fn: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """On a worker: work that hears of cancelling, and tells how far it is."""
    from distributed import Event as Flag
    from distributed import get_client, get_worker

    worker = get_worker()
    flag = Flag(name, client=get_client())  # here: only a task's own thread knows its worker
    ended = threading.Event()

    class Heard:
        """The flag of whoever asked, as ``parallel`` waits for one."""

        def wait(self) -> bool:
            while not ended.is_set():
                if flag.wait(timeout=LOOK_S):
                    return True
            return False

    class Told:
        """Events to whoever asked."""

        def put(self, event: Event) -> None:
            # a list, since the scheduler puts a key of its own into a dictionary; and numbers of numpy do not
            # go over the wire
            worker.log_event(name, [getattr(value, "item", lambda v=value: v)() for value in astuple(event)])

    try:
        with joined(Heard(), Told()):
            return fn(*args, **named)
    finally:
        ended.set()


@contextmanager
def cluster(address: str, stop: Stop, progress: Progress) -> Iterator[ClusterExecutor]:
    """A cluster that a cancelled ``stop`` cancels the work of."""
    executor = ClusterExecutor(address, progress)
    done = threading.Event()

    def pass_on() -> None:
        while not done.wait(LOOK_S):
            if stop.cancelled:
                executor.cancel()
                return

    passer = threading.Thread(target=pass_on, daemon=True)
    passer.start()
    try:
        yield executor
    finally:
        done.set()
        executor.shutdown()
