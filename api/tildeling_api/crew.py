"""A few processes beside the interface that read, write and check: what takes the processor never holds up an answer.

Each piece of work has a folder of its own, a time and as much memory as a process may have.  A process that takes
more, or crashes, is ended and another takes its place; the interface lives on.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import pickle
import resource
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from fastapi.exceptions import RequestValidationError
from pebble import ProcessExpired, ProcessPool

from tildeling.errors import DataError, TildelingError
from tildeling_api.problems import Crowded, TooLarge, Unfit, places

NICE = 5
"""How far the crew steps back behind the interface; jobs step back further."""

SLACK_S = 10.0
"""Beyond the time of a piece of work: one that has not even begun by then never will."""

PRELOAD = ("tildeling_api.crew", "tildeling_api.questions")
"""What all of them need is loaded once, by the process that they are forked from."""

TASKS = 100
"""Pieces of work that one process does, before another that holds nothing yet takes its place."""

LONGEST_PLACE = 70
"""Bytes of the name of the folder for temporary files, up to which a socket has room in it."""

FOLDER = "tildeling-crew-"
"""How the name begins of a crew's folder, in which each piece of work has one."""

ANSWER = ".answer"
TRIES = 3
OUT_OF_MEMORY = 17

MOST_FAULTS = 1_000
"""Faults of a body that are told; the others are counted."""

Args = TypeVarTuple("Args")
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
        self._turn = 0
        self._place: _Place | None = None
        sweep()
        self._hold = threading.Lock()
        self._pool: ProcessPool | None = None
        self._futures: dict[Future[None], ProcessPool] = {}

    async def do(self, work: Callable[[Path, *Args], T], files: Mapping[str, bytes], *args: *Args) -> T:
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
            if self._place is None:
                self._place = _Place()
            coming = self._threads.submit(self._do, self._turn, self._place.path, work, files, args)
        coming.add_done_callback(self._done)
        return await asyncio.wrap_future(coming)

    def close(self) -> None:
        """End the processes, and what they do; a later piece of work starts them anew."""
        with self._count:
            threads, self._threads = self._threads, None
            place, self._place = self._place, None
        with self._hold:
            pool = self._pool
            self._turn += 1
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)
        if pool is not None:
            self._end(pool)
        if place is not None:
            place.close()

    def _done(self, _: Future[Any]) -> None:
        with self._count:
            self._under_way -= 1

    def _do(
        self, turn: int, place: str, work: Callable[..., T], files: Mapping[str, bytes], args: tuple[Any, ...]
    ) -> T:
        """One piece of work, in a thread; there are as many threads as processes."""
        with tempfile.TemporaryDirectory(dir=place) as name:
            folder = Path(name)
            for file, content in files.items():
                path = folder / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            self._run(turn, (folder, work, args))
            answer = (folder / ANSWER).read_bytes()
        found, raised, where = pickle.loads(answer)  # written by our own process, in a folder of mode 0700
        if raised is not None:
            if not isinstance(raised, TildelingError | Unfit | RequestValidationError):
                log.error("in the crew: %s", where)
            raise raised
        return found  # type: ignore[no-any-return]

    def _run(self, turn: int, task: tuple[Any, ...]) -> None:
        """Have it done; again where that failed for no fault of the work."""
        for _ in range(TRIES):
            pool = self._ready(turn)
            try:
                self._wait(pool, pool.schedule(_work, task, timeout=self._seconds))
                return
            except RuntimeError as error:
                log.warning("the crew is started anew: %s", type(error).__name__)
                self._end(pool)
        raise RuntimeError("the crew does not work")

    def _ready(self, turn: int) -> ProcessPool:
        with self._hold:
            if turn != self._turn:
                raise Crowded
            if self._pool is None:
                self._pool = ProcessPool(
                    self._size, TASKS, initializer=_begin, initargs=(self._memory,), context=_context()
                )
            return self._pool

    def _wait(self, pool: ProcessPool, future: Future[None]) -> None:
        """Until a process has done it.

        Raises
        ------
        TooLarge
            If it took more than it may.
        RuntimeError
            If the pool is of no use any more: pebble's does not outlive a process that is ended from outside
            while it has no work.
        """
        with self._hold:
            if self._pool is not pool:
                raise BrokenProcessPool
            self._futures[future] = pool
        try:
            future.result(self._seconds + SLACK_S)
        except TimeoutError as error:
            if not future.done():
                raise RuntimeError("no answer") from error
            raise TooLarge(self._over("time")) from error
        except ProcessExpired as error:
            if error.exitcode == -signal.SIGTERM:
                raise RuntimeError("ended from outside") from error
            if error.exitcode != OUT_OF_MEMORY:
                log.warning("one of the crew ended with code %s", error.exitcode)
            raise TooLarge(self._over("memory")) from error
        finally:
            with self._hold:
                self._futures.pop(future, None)

    def _end(self, pool: ProcessPool) -> None:
        """End a pool, and let those go on who wait for it."""
        with self._hold:
            if self._pool is not pool:
                return
            self._pool = None
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
        with self._hold:
            waiting = [each for each, where in self._futures.items() if where is pool]
        for each in waiting:
            with suppress(InvalidStateError):
                each.set_exception(BrokenProcessPool())

    def _over(self, what: str) -> str:
        most = f"{self._seconds:g} s" if what == "time" else f"{self._memory // 1_000_000} MB of memory"
        return f"to work on it takes more than {most}"


class _Place:
    """A folder of this process's own, locked as long as it lives, and gone with it unless it is killed."""

    def __init__(self) -> None:
        while True:
            self._folder = tempfile.TemporaryDirectory(prefix=FOLDER, ignore_cleanup_errors=True)
            self.path = self._folder.name
            with suppress(OSError):  # someone who swept was faster, and has taken it away
                self._lock = _locked(self.path)
                return

    def close(self) -> None:
        """Leave nothing."""
        self._folder.cleanup()
        os.close(self._lock)


def sweep() -> None:
    """Remove what crews left whose process was killed: it names people."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        with suppress(OSError):  # it is in use, or somebody else's
            lock = _locked(str(folder))
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _locked(folder: str) -> int:
    """A descriptor that holds a lock on a folder, which the kernel gives back when the process ends.

    Raises
    ------
    OSError
        If another holds it, or it is gone.
    """
    found = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(found)
        raise
    return found


def _context() -> BaseContext:
    """How processes are started: forked from one that has loaded all, where there is room for the name of its socket.

    It lies in the folder for temporary files, and Linux keeps no more than 108 bytes of a socket's name (unix(7)).
    """
    place = tempfile.gettempdir()
    if len(os.fsencode(place)) <= LONGEST_PLACE:
        context = get_context("forkserver")
        context.set_forkserver_preload(list(PRELOAD))
        return context
    log.warning(
        "TMPDIR: of more than %d bytes, so each process of the crew takes longer to start", LONGEST_PLACE
    )
    return get_context("spawn")


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


def _work(folder: Path, work: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """Do a piece of work; what came of it lies in the folder, so that little passes through the pool's own pipe."""
    tempfile.tempdir = str(folder)  # so that what a library puts aside goes with it
    try:
        answer = pickle.dumps((work(folder, *args), None, ""))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # what is left of it would be in the way of the next
    except BaseException as error:  # a reader in Rust panics with what is no Exception
        answer = _told(error)
    (folder / ANSWER).write_bytes(answer)


def _told(error: BaseException) -> bytes:
    """An error as an answer: the same where it can be made again over there, else its kind."""
    found = error.first(MOST_FAULTS) if isinstance(error, DataError) else error
    where = places(error)
    if isinstance(found, Exception):
        with suppress(Exception):
            answer = pickle.dumps((None, found, where))
            pickle.loads(answer)
            return answer
    return pickle.dumps((None, RuntimeError(type(error).__name__), where))
