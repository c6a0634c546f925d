"""The child process that solves: ``python -m tildeling_models.worker FOLDER``.

Reads ``task.pickle`` from the folder; writes progress as JSON lines to standard output, ``best.pickle``
whenever a better solution is found, and ``result.pickle`` in the end.  A line (or the end) of standard input
asks it to stop and keep the best so far, so a parent that dies takes it along.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import resource
import sys
import threading
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tildeling_models.grouping.engines import engine
from tildeling_models.progress import Event, Progress
from tildeling_models.stop import Stop


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
        with self.lock, contextlib.suppress(BrokenPipeError):
            print(json.dumps(asdict(event)), flush=True)  # noqa: T201

    def incumbent(self, solution: object) -> None:
        with self.lock:
            save(self.folder / "best.pickle", solution)


def _stop_when_asked(stop: Stop) -> None:
    sys.stdin.readline()
    stop.cancel()


def limit_memory() -> None:
    """Not more than the machine has: a solver that asks for more fails cleanly and is not killed at random."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    resource.setrlimit(resource.RLIMIT_DATA, (total, total))


def main(folder: Path) -> int:
    """Solve the task of a folder; 0 if a result was written."""
    limit_memory()
    task = pickle.loads((folder / "task.pickle").read_bytes())  # written by our own parent, mode 0700 folder
    stop = Stop(task["seconds"])
    threading.Thread(target=_stop_when_asked, args=(stop,), daemon=True).start()
    try:
        solve = engine(task["engine"])
        result = solve(task["problem"], task["options"], stop, _Told(folder), task["start"])
    except Exception:
        (folder / "error.txt").write_text(traceback.format_exc(), encoding="utf-8")
        return 1
    save(folder / "result.pickle", result)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
