"""A Dask cluster of the tests' own, on loopback: a scheduler and worker processes, ended when they are done with."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Dask scheduler with worker processes; its address and the workers."""
    where = folder / "scheduler.json"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    words = ["--no-dashboard", "--scheduler-file", str(where)]
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    started = [subprocess.Popen([*scheduler, *words], **quiet)]
    try:
        until = time.monotonic() + 60
        while not (where.exists() and where.read_text()):
            assert time.monotonic() < until
            time.sleep(0.1)
        nannyless = ["--no-nanny", "--nthreads", "1", "--local-directory", str(folder)]
        for _ in range(workers):
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "distributed.cli.dask_worker", *words, *nannyless], **quiet
                )
            )
        yield json.loads(where.read_text())["address"], started[1:]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait(20)


def at_work(pid: int) -> bool:
    """Whether a process has one of its own, within a second."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/task/{pid}/children").read_text() or any(
                Path(f"/proc/{pid}/task/{task}/children").read_text()
                for task in os.listdir(f"/proc/{pid}/task")
            ):
                return True
        time.sleep(0.05)
    return False
