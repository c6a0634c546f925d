"""Doing one job: a child process beside which its worker only watches, tells and waits.

Whatever the child does - run too long, take all memory, crash - its worker lives on; and a worker that dies takes
its children along, since they read the end of their standard input.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from tildeling.files import read_any
from tildeling_api.datasets import sent
from tildeling_api.jobs.attempts import Attempts, Begun, Order
from tildeling_api.jobs.child import ENDED, OUT, TASK
from tildeling_api.jobs.kinds import KINDS
from tildeling_api.jobs.kinds.kind import DATASET
from tildeling_api.jobs.states import State
from tildeling_api.problems import places, said

CHILD: tuple[str, ...] = ("-m", "tildeling_api.jobs.child")
"""What Python is told to run, before the folder."""

LOOK_S, TELL_S = 0.1, 0.5
"""How often to look at the child, and at the database."""

LATE_S, LATE_SHARE = 60.0, 1.2
"""A child is ended so long after its time limit, which it should keep by itself."""

GRACE_S = 15.0
"""Seconds a child has to stop with its best so far."""

AGAIN_S = 1.0
"""Between tries at a database that does not answer."""

FOLDER = "tildeling-job-"
"""How the name of a job's folder begins; its worker's follows, so that whoever finds it later knows whose it was."""

ROOM, FULL_S = 10_000_000, 5.0
"""Bytes that must be free where those folders lie, and how long to wait where they are not."""

T = TypeVar("T")
log = logging.getLogger(__name__)


class Doing:
    """Does jobs, one a call, and gives them back when asked to leave.

    Parameters
    ----------
    workers
        Threads of one job.
    """

    def __init__(self, attempts: Attempts, workers: int) -> None:
        self._attempts, self._workers = attempts, workers
        self._leaving = threading.Event()
        self._used: set[Path] = set()

    def leave(self) -> None:
        """Give back what is being done, and begin nothing more."""
        self._leaving.set()

    def do(self, job: str, attempt: int) -> None:
        """Do an attempt at a job, if it is still to be done."""
        if self._leaving.is_set():
            return
        if not _roomy():
            log.warning("no job is begun: %s has less than %d MB free", tempfile.gettempdir(), ROOM // 10**6)
            self._leaving.wait(FULL_S)
            return
        try:
            begun = self._attempts.begin(job, attempt)
            if begun is not None:
                self._do(begun, job, attempt)
        except SQLAlchemyError as error:  # it went away before the work began
            log.warning("job %s is given back: %s", job, places(error))
            self._insist(lambda: self._attempts.give_back(job, attempt))
        except OSError as error:  # no room, no memory for a process, ...
            log.warning("job %s could not be done here: %s", job, places(error))
            self._lose(job, attempt)
        except Exception as error:
            log.error("job %s failed: %s", job, places(error))
            cause = _problem(500, "unexpected", "an unexpected error; the log of the service has it")
            self._insist(lambda: self._attempts.end(job, attempt, State.FAILED, {}, cause=cause))

    def _do(self, begun: Begun, job: str, attempt: int) -> None:
        with self._folder() as place:
            write_task(place, begun, self._workers)
            order = self._watch(place, begun, job, attempt)
            if order is Order.DROP:
                log.warning("job %s is another's now", job)
            elif self._leaving.is_set() and order is not Order.CANCEL:
                self._insist(lambda: self._attempts.give_back(job, attempt))
            else:
                self._end(place, begun, job, attempt, order)

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        """A folder of mode 0700, gone afterwards."""
        prefix = f"{FOLDER}{self._attempts.worker}-"
        # an engine that outlives its job for a moment may write while it is emptied: that is for `left_behind`
        with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
            place = Path(folder)
            self._used.add(place)
            try:
                yield place
            finally:
                self._used.discard(place)

    def left_behind(self) -> dict[Path, str]:
        """Folders of jobs that lie where one's own do and are not in use here, each with its worker."""
        found = set(Path(tempfile.gettempdir()).glob(f"{FOLDER}*")) - self._used
        return {folder: folder.name.removeprefix(FOLDER).partition("-")[0] for folder in found}

    def _watch(self, place: Path, begun: Begun, job: str, attempt: int) -> Order:
        """Until the child has ended, or was ended; what was ordered last."""
        with subprocess.Popen(
            [sys.executable, *CHILD, str(place)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"TMPDIR": str(place)},  # what it puts aside goes with its folder
        ) as child:  # fmt: skip
            progress = _Progress(child)
            end_by = time.monotonic() + begun.seconds * LATE_SHARE + LATE_S
            order, told_at = Order.GO_ON, 0.0
            while True:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(LOOK_S)
                    return order
                now = time.monotonic()
                if now - told_at >= TELL_S and order is Order.GO_ON:
                    order, told_at = self._tell(job, attempt, progress.last), now
                stopping = order is not Order.GO_ON or self._leaving.is_set()
                if stopping and child.stdin is not None and not child.stdin.closed:
                    child.stdin.close()
                    end_by = min(end_by, now + GRACE_S)
                if now > end_by or order is Order.DROP:
                    log.warning("the process that does job %s is ended", job)
                    child.kill()
                    child.wait()

    def _tell(self, job: str, attempt: int, progress: dict[str, Any] | None) -> Order:
        try:
            return self._attempts.tell(job, attempt, progress)
        except SQLAlchemyError as error:
            log.warning("the database does not answer; the job goes on: %s", places(error))
            return Order.GO_ON

    def _end(self, place: Path, begun: Begun, job: str, attempt: int, order: Order) -> None:
        """Write down what came of it, as often as it takes."""
        files: dict[str, bytes] = {}
        outcome, kept = None, None
        try:
            ended = json.loads((place / ENDED).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            log.error("the process that did job %s ended without a word", job)
            ended = {"cause": _problem(500, "crashed", "the process that did it ended without a word")}
        cause = ended.get("cause")
        if cause is not None and order is not Order.CANCEL and not _roomy():
            log.warning("job %s had no room: %s is full", job, tempfile.gettempdir())
            self._lose(job, attempt)
            return
        if cause is None:
            outcome = ended["outcome"]
            files = read_files(place / OUT)
            if KINDS[begun.kind].keeps:
                kept = sent(read_any(place / OUT / DATASET))
                files.pop(DATASET)
        state = State.FAILED if cause is not None else State.DONE
        if order is Order.CANCEL and (cause is None or not (place / ENDED).exists() or ended["cancelled"]):
            state, cause = State.CANCELLED, None
        self._insist(lambda: self._attempts.end(job, attempt, state, files, outcome, cause, kept))

    def _lose(self, job: str, attempt: int) -> None:
        cause = _problem(507, "no-room", "there was not room enough to do it: on the disk, or for a process")
        self._insist(lambda: self._attempts.lose(job, attempt, cause))

    def _insist(self, write: Callable[[], T]) -> T:
        """What was found is not lost to a database that is away for a while."""
        while True:
            try:
                return write()
            except SQLAlchemyError as error:
                log.warning("the database does not answer; trying again: %s", places(error))
                time.sleep(AGAIN_S)


class _Progress:
    """Reads a child's lines to their end; the last one is where it is."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self.last: dict[str, Any] | None = None
        self._lines = child.stdout
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with suppress(ValueError):  # the end of the child closed it first
            for line in self._lines or ():
                with suppress(ValueError):
                    event = json.loads(line)
                    if isinstance(event, dict):
                        self.last = _finite(event)


def _finite(event: dict[str, Any]) -> dict[str, Any]:
    """Without what JSON does not know, and to the tenth of a second."""
    shown = {key: round(value, 1) if isinstance(value, float) else value for key, value in event.items()}
    return {key: None if value in (float("inf"), float("-inf")) else value for key, value in shown.items()}


def write_task(place: Path, begun: Begun, workers: int) -> None:
    """Everything a child needs, in its folder."""
    for name, content in begun.files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    task = {
        "kind": begun.kind, "asked": begun.asked, "seconds": begun.seconds, "workers": workers,
        "worker": os.getpid(),
    }  # fmt: skip
    (place / TASK).write_text(json.dumps(task), encoding="utf-8")


def read_files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by their path in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _roomy() -> bool:
    return shutil.disk_usage(tempfile.gettempdir()).free >= ROOM


def _problem(status: int, name: str, detail: str) -> dict[str, Any]:
    return said(status, name, detail).problem.model_dump(mode="json", exclude_none=True)
