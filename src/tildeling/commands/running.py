"""What solving commands share: options, Ctrl-C, progress on a terminal or as plain lines, the output folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal

import typer
from rich.console import Console

from tildeling.errors import UsageError
from tildeling_models.progress import Event, Progress
from tildeling_models.result import gap
from tildeling_models.stop import Stop

TimeLimit = Annotated[float | None, typer.Option("--time-limit", min=0.1, help="Seconds from reading to writing.")]
Gap = Annotated[float, typer.Option("--gap", min=0.0, max=1.0, help="Stop a tier at this gap, a fraction.")]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help="Threads in total; default: all cores.")]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)]
Deterministic = Annotated[bool, typer.Option("--deterministic", help="Stop on work, never on the clock.")]
EngineName = Annotated[str, typer.Option("--engine", help="auto, mip, mip-cbc, cpsat, vacancy, queue, deferred, ...")]
Previous = Annotated[
    Path | None, typer.Option("--previous", help="Folder of an earlier proposal: start there, change little.")
]
Out = Annotated[Path | None, typer.Option("--out", help="Folder to write; default out/DATASET.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a non-empty folder.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]
LogLevel = Annotated[str, typer.Option("--log-level", help="debug, info, warning or error.")]
Language = Annotated[Literal["nb", "en"], typer.Option("--lang", help="Language of reports.")]


def workers_or_all(workers: int | None) -> int:
    """The number of threads asked for, or every core this process may use."""
    return workers or len(os.sched_getaffinity(0))


@contextlib.contextmanager
def cancelled_by_signals(stop: Stop) -> Iterator[None]:
    """Ctrl-C or SIGTERM once: stop and keep the best so far; Ctrl-C again: leave at once."""

    def handler(number: int, _frame: FrameType | None) -> None:
        if stop.cancelled and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.cancel()

    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _words(event: Event) -> str:
    """An event in one line: phase, part, tier, incumbent, bound, gap, time."""
    words = [event.phase]
    if event.parts:
        words.append(f"part {event.part}/{event.parts}")
    if event.tier:
        words.append(f"tier {event.tier}")
    if event.value is not None:
        words.append(f"value {event.value}")
    if event.bound is not None:
        words.append(f"bound {event.bound}")
    distance = gap(event.value, event.bound)
    if distance is not None:
        words.append(f"gap {distance:.2%}")
    words.append(f"{event.elapsed:.0f} s")
    if event.left is not None and event.left != float("inf"):
        words.append(f"{event.left:.0f} s left")
    return ", ".join(words)


class TerminalProgress(Progress):
    """One line that changes in place, on standard error."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)
        self.status = self.console.status("starting")
        self.status.start()

    def event(self, event: Event) -> None:
        self.status.update(_words(event))

    def close(self) -> None:
        """Take the line away."""
        self.status.stop()


class PlainProgress(Progress):
    """A line now and then, on standard error: on a new phase, else at most every two seconds."""

    def __init__(self) -> None:
        self.said_at = 0.0
        self.phase = ""

    def event(self, event: Event) -> None:
        now = time.monotonic()
        if event.phase != self.phase or now - self.said_at >= 2:
            self.said_at, self.phase = now, event.phase
            print(_words(event), file=sys.stderr, flush=True)  # noqa: T201


@contextlib.contextmanager
def shown_progress(quiet: bool) -> Iterator[Progress]:
    """Progress for people on a terminal, plain lines elsewhere, or none."""
    if quiet:
        yield Progress()
    elif sys.stderr.isatty():
        shown = TerminalProgress()
        try:
            yield shown
        finally:
            shown.close()
    else:
        yield PlainProgress()


def require_writable(out: Path, force: bool) -> None:
    """Refuse a folder that holds something, before any work is done.

    Raises
    ------
    UsageError
        If it is a file, or not empty without ``--force``.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out}: is a file, must be a folder")
    if out.is_dir() and any(out.iterdir()) and not force:
        raise UsageError(f"--out {out}: is not empty; give --force to replace it")


@contextlib.contextmanager
def written_beside(out: Path, force: bool) -> Iterator[Path]:
    """A folder beside ``out`` that takes its place once everything is in it; nothing half-written is left."""
    require_writable(out, force)
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        yield beside
        beside.chmod(0o755)
        if out.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
            out.rename(old / "was")
            beside.rename(out)
            shutil.rmtree(old)
        else:
            beside.rename(out)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
