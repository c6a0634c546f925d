"""A few processes beside the interface that read, write and check: what takes the processor never holds up an answer.

Each piece of work has a folder of its own, a time and as much memory as a process may have.  A process that takes
more, or crashes, is ended and another takes its place; the interface lives on.
"""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import resource
import signal
import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from fastapi.exceptions import RequestValidationError
from pebble import ProcessExpired, ProcessPool

from tildeling.errors import TildelingError
from tildeling_api.problems import Crowded, TooLarge, Unfit, places

NICE = 5
"""How far the crew steps back behind the interface; jobs step back further."""

SLACK_S = 10.0
"""Beyond the time of a piece of work: one that has not even begun by then never will."""

PRELOAD = ("tildeling_api.datasets", "tildeling_api.questions")
"""What all of them need is loaded once, by the process that they are forked from."""

ANSWER = ".answer"
TRIES = 3

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)


class Crew:
    """Does pieces of work in other processes, which are started when the first is asked for.

    Parameters
    ----------
    size
        How many processes.
    seconds, memory
        Most seconds of a piece of work; most bytes of a process.
    waiting
        How many pieces may wait; one more is sent away.
    """

    def __init__(
        self, size: int = 2, seconds: float = 30.0, memory: int = 2_000_000_000, waiting: int = 30
    ) -> None:
        self._size, self._seconds, self._memory, self._most = size, seconds, memory, size + waiting
        self._count = threading.Lock()
        self._under_way = 0
        self._threads: ThreadPoolExecutor | None = None
        self._hold = threading.Lock()
        self._pool: ProcessPool | None = None
        self._futures: set[Future[None]] = set()
        self._turn = 0

    async def do(
        self,
        work: Callable[Concatenate[Path, P], T],
        files: Mapping[str, bytes],
        *args: P.args,
        **named: P.kwargs,
    ) -> T:
        """What a function of a module answers, given a folder with these files and what else it takes.

        The folder is its owner's alone and gone afterwards, whatever becomes of the process.

        Raises
        ------
        Exception
            What the function raises.
        TooLarge
            If it takes more time or memory than it may.
        Crowded
            If too many wait, or the crew was closed.
        """
        with self._count:
            if self._under_way >= self._most:
                raise Crowded
            self._under_way += 1
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._size, thread_name_prefix="crew")
            coming = self._threads.submit(self._do, self._turn, work, files, args, named)
        coming.add_done_callback(self._done)
        return await asyncio.wrap_future(coming)

    def close(self) -> None:
        """End the processes, and what they do; a later piece of work starts them anew."""
        with self._count:
            self._turn += 1
            threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)
        with self._hold:
            pool, self._pool = self._pool, None
            for each in self._futures:
                each.cancel()
        if pool is not None:
            pool.stop()
            pool.join()

    def _done(self, _: Future[Any]) -> None:
        with self._count:
            self._under_way -= 1

    def _do(
        self,
        turn: int,
        work: Callable[..., T],
        files: Mapping[str, bytes],
        args: tuple[Any, ...],
        named: Mapping[str, Any],
    ) -> T:
        """One piece of work, in a thread; there are as many threads as processes."""
        with tempfile.TemporaryDirectory(prefix="tildeling-") as place:
            folder = Path(place)
            for name, content in files.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            try:
                self._run(turn, (folder, work, args, named))
            except MemoryError as error:
                raise TooLarge(self._over("memory")) from error
            answer = (folder / ANSWER).read_bytes()
        found, error, where = pickle.loads(answer)  # written by our own process, in a folder of mode 0700
        if isinstance(error, MemoryError):
            raise TooLarge(self._over("memory"))
        if error is not None:
            if not isinstance(error, TildelingError | Unfit | RequestValidationError):
                log.error("in the crew: %s", where)
            raise error
        return found  # type: ignore[no-any-return]

    def _run(self, turn: int, task: tuple[Any, ...]) -> None:
        """Have it done; again where that failed for no fault of the work."""
        for _ in range(TRIES):
            pool, future = self._begun(turn, task)
            try:
                if future is not None:
                    future.result(self._seconds + SLACK_S)
                    return
            except TimeoutError as error:
                if future is not None and future.done():
                    raise TooLarge(self._over("time")) from error
                log.warning("the crew does not answer; another is started")
            except ProcessExpired as error:
                if error.exitcode != -signal.SIGTERM:  # that was somebody else's doing
                    log.warning("one of the crew ended with code %s", error.exitcode)
                    raise TooLarge(self._over("memory")) from error
                continue
            except CancelledError as error:
                raise Crowded from error
            except RuntimeError:
                log.info("a process of the crew was ended; another crew is started")
            finally:
                with self._hold:
                    self._futures.discard(future)
            self._scrap(pool)
        raise RuntimeError("the crew does not work")

    def _begun(self, turn: int, task: tuple[Any, ...]) -> tuple[ProcessPool, Future[None] | None]:
        """The pool, started where it was not, and the task in it; none where the pool is broken."""
        with self._hold:
            if turn != self._turn:
                raise Crowded
            if self._pool is None:
                context = get_context("forkserver")
                context.set_forkserver_preload(list(PRELOAD))
                self._pool = ProcessPool(
                    self._size, initializer=_begin, initargs=(self._memory,), context=context
                )
            try:
                future = self._pool.schedule(_work, task, timeout=self._seconds)
            except (
                RuntimeError
            ):  # pebble's pool does not outlive a process that is ended while it has no work
                return self._pool, None
            self._futures.add(future)
            return self._pool, future

    def _scrap(self, pool: ProcessPool) -> None:
        with self._hold:
            if self._pool is pool:
                self._pool = None
        pool.stop()
        pool.join()

    def _over(self, what: str) -> str:
        most = f"{self._seconds:g} s" if what == "time" else f"{self._memory // 1_000_000} MB of memory"
        return f"to work on it takes more than {most}"


@cache
def shared_crew(size: int, seconds: float, memory: int, waiting: int) -> Crew:
    """The crew of this process, the same for all applications with these limits."""
    return Crew(size, seconds, memory, waiting)


# --- in the other process ------------------------------------------------------------------------------


def _begin(memory: int) -> None:
    """Before the first piece of work."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # ends it at once, also within a reader that is not Python
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    memory = memory if most == resource.RLIM_INFINITY else min(memory, most)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what it holds is written nowhere
    os.nice(NICE)


def _work(folder: Path, work: Callable[..., Any], args: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """Do a piece of work; what came of it lies in the folder, so that little passes through the pool's own pipe."""
    tempfile.tempdir = str(
        folder
    )  # what a library puts aside goes with the folder, also if this process is ended
    try:
        answer = pickle.dumps((work(folder, *args, **named), None, ""))
    except Exception as error:
        where = places(error)
        try:
            answer = pickle.dumps((None, error, where))
            pickle.loads(answer)
        except Exception:
            answer = pickle.dumps((None, RuntimeError(type(error).__name__), where))
    (folder / ANSWER).write_bytes(answer)
