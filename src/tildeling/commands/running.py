"""What solving commands share: options, Ctrl-C, progress, the output folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal

import typer
from rich.console import Console

from tildeling.cli import NO_SOLUTION, tell
from tildeling.errors import UsageError
from tildeling_models.progress import Event, Progress
from tildeling_models.result import gap
from tildeling_models.stop import Stop

REPORT_FILES = frozenset({"report.html", "allocation.xlsx"})
"""What ``report`` writes."""
OUR_FILES = REPORT_FILES | {"placements.csv", "bases.csv", "result.json"}
"""What ``allocate`` writes."""

TimeLimit = Annotated[
    float | None, typer.Option("--time-limit", min=0.1, help="Seconds from reading to writing.")
]
Gap = Annotated[float, typer.Option("--gap", min=0.0, max=1.0, help="Stop a tier at this gap, a fraction.")]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Threads in total; default: all cores.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)]
Deterministic = Annotated[bool, typer.Option("--deterministic", help="Stop on work, never on the clock.")]
EngineName = Annotated[
    str, typer.Option("--engine", help="auto, mip, mip-highs, mip-cbc, cpsat, vacancy, queue, deferred, ...")
]
Previous = Annotated[
    Path | None, typer.Option("--previous", help="Folder of an earlier proposal: start there, change little.")
]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", help="A Dask scheduler, tcp://HOST:PORT, to share the work out on."),
]
Out = Annotated[Path | None, typer.Option("--out", help="Folder to write; default out/DATASET.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a folder that holds nothing but our files.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]
LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"],
    typer.Option("--log-level", envvar="TILDELING_LOG_LEVEL", case_sensitive=False, help="How much to log."),
]
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
            tell(_words(event))


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


def require_engine(name: str, engines: Iterable[str] | None = None) -> None:
    """Refuse an engine that is not there, before any work is done; ``engines`` default to those of allocation.

    Raises
    ------
    UsageError
        If it is unknown.
    """
    from tildeling_models.grouping.engines import ENGINES

    known = list(ENGINES if engines is None else engines)
    if name not in known:
        raise UsageError(f"--engine {name}: is not one of {', '.join(known)}")


@contextlib.contextmanager
def engine_errors() -> Iterator[None]:
    """An engine without its solver is bad usage; one that crashed with nothing to keep found no solution."""
    from tildeling_models.engines import UnknownEngine
    from tildeling_models.process import EngineFailed

    try:
        yield
    except UnknownEngine as error:
        raise UsageError(f"--engine: {error}") from error
    except EngineFailed as error:
        tell(f"{error}; no solution was found and nothing was written")
        raise typer.Exit(NO_SOLUTION) from error


def require_writable(out: Path, force: bool, ours: frozenset[str] = OUR_FILES) -> None:
    """Refuse a folder that holds something, before any work is done.

    Raises
    ------
    UsageError
        If it is a file, lies below a file or where nothing can be written, is not empty without
        ``--force``, or holds anything but files of the names ``ours``: they may be somebody's.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out}: is a file, must be a folder")
    above = next(folder for folder in out.absolute().parents if folder.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise UsageError(f"--out {out}: nothing can be written in {above}")
    if not out.is_dir() or not any(out.iterdir()):
        return
    if not force:
        raise UsageError(f"--out {out}: is not empty; give --force to replace it")
    foreign = _foreign(out, ours)
    if foreign:
        shown = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
        raise UsageError(f"--out {out}: holds what this command did not write ({shown}); not replaced")


def _foreign(folder: Path, ours: frozenset[str]) -> list[str]:
    """What in a folder is not ours to delete; a proposal may hold folders that ``report`` wrote.

    A name with ``/*`` is a folder of files; other stars are any part of a name.
    """
    found = []
    for path in sorted(folder.iterdir()):
        is_folder = path.is_dir() and not path.is_symlink()
        if is_folder and ours > REPORT_FILES and path.name.startswith("report-"):
            found += [f"{path.name}/{name}" for name in _foreign(path, REPORT_FILES)]
        elif is_folder and f"{path.name}/*" in ours:
            found += [f"{path.name}/{inner.name}" for inner in path.iterdir() if inner.is_dir()]
        elif is_folder or not any(fnmatchcase(path.name, name) for name in ours):
            found.append(path.name)
    return found


@contextlib.contextmanager
def written_beside(out: Path, force: bool, ours: frozenset[str] = OUR_FILES) -> Iterator[Path]:
    """A folder beside ``out`` that takes its place once everything is in it; nothing half-written is left."""
    require_writable(out, force, ours)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    new, old = place / "new", place / "old"
    try:
        new.mkdir()
        yield new
        require_writable(out, force, ours)
        if out.exists():
            out.rename(old)
        try:
            new.rename(out)
        except BaseException:
            if old.exists():
                old.rename(out)
            raise
    finally:
        shutil.rmtree(place, ignore_errors=True)
