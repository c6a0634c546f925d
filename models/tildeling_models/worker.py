"""The child process that solves: ``python -m tildeling_models.worker FOLDER``.

Reads ``task.pickle`` from the folder; writes progress as JSON lines to standard output, ``best.pickle``
whenever a better solution is found, and ``result.pickle`` in the end.  A line (or the end) of standard input
asks it to stop and keep the best so far, as SIGTERM and SIGINT do; a parent that dies takes it along.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import resource
import shutil
import signal
import sys
import threading
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tildeling_models.engines import UnknownEngine
from tildeling_models.kinds import solve_here
from tildeling_models.progress import Event, Progress
from tildeling_models.stop import Stop

REFUSED = "refused.txt"
"""Why the engine is not there; beside ``error.txt`` with what went wrong otherwise."""
ORPHAN_S = 10.0
"""Seconds an engine has to stop by itself once its parent is gone."""
START_S = 2.0
"""Seconds that handing over and beginning may take without being taken from the engine's time."""


def save(path: Path, content: Any) -> None:
    """Write a pickle beside and rename it, so that a reader never sees half of it."""
    beside = path.with_suffix(".new")
    beside.write_bytes(pickle.dumps(content, protocol=5))
    beside.replace(path)


class _Told(Progress):
    """Tells the parent by lines, and keeps the best solution on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()

    def event(self, event: Event) -> None:
        with self.lock:
            try:
                print(json.dumps(asdict(event)), flush=True)  # noqa: T201
            except BrokenPipeError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def incumbent(self, solution: object) -> None:
        with self.lock:
            save(self.folder / "best.pickle", solution)


def _stop_when_asked(stop: Stop, folder: Path, parent: int) -> None:
    """Cancel at a line or the end of standard input; without a parent, leave for good a little later."""
    sys.stdin.readline()
    stop.cancel()
    time.sleep(ORPHAN_S)
    if os.getppid() != parent:
        shutil.rmtree(folder, ignore_errors=True)
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGTERM)  # a solver's own program
        os._exit(1)


def _stop_at_signals(stop: Stop) -> None:
    """Cancel when whoever ends all processes of the service or session ends this one too.

    A handler would only run between two lines of Python, not within a solver; a wakeup pipe is written at
    once.  Processes begun from here have the signals as they were.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)

    def wait() -> None:
        os.read(reading, 1)
        stop.cancel()

    threading.Thread(target=wait, daemon=True).start()


def limit_memory() -> None:
    """Not more than the machine has: a solver that asks for more fails cleanly, not killed at random."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    resource.setrlimit(resource.RLIMIT_DATA, (total, total))


def keep_rank() -> None:
    """Step back for others as far as this process was told to (``nice``), also where a session is ranked as one.

    Linux shares time between sessions first (autogroup), and a new session begins at the front.
    """
    if os.getsid(0) == os.getpid() and os.nice(0) > 0:
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(os.nice(0)))


def time_left(seconds: float | None, given_at: float) -> float | None:
    """What is left of the seconds given at that moment of the machine's clock: a nation takes ten to hand over."""
    if seconds is None:
        return None
    late = max(0.0, time.monotonic() - given_at - START_S)
    return max(0.0, seconds - late)


def main(folder: Path) -> int:
    """Solve the task of a folder; 0 if a result was written."""
    parent = os.getppid()
    limit_memory()
    keep_rank()
    task = pickle.loads((folder / "task.pickle").read_bytes())  # written by our own parent, mode 0700 folder
    stop = Stop(time_left(task["seconds"], task["given_at"]))
    threading.Thread(target=_stop_when_asked, args=(stop, folder, parent), daemon=True).start()
    _stop_at_signals(stop)
    try:
        told = _Told(folder)
        result = solve_here(task["engine"], task["problem"], task["options"], stop, told, task["start"])
        save(folder / "result.pickle", result)
    except UnknownEngine as error:
        (folder / REFUSED).write_text(str(error), encoding="utf-8")
        return 1
    except Exception:
        if folder.exists():
            (folder / "error.txt").write_text(traceback.format_exc(), encoding="utf-8")
        return 1
    finally:
        if os.getppid() != parent:  # nobody is left to read it, and it names people
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
