"""Pieces of work for the crew: what goes well, and what does not."""

from __future__ import annotations

import os
import resource
import stat
import tempfile
import time
from pathlib import Path

from tildeling.errors import DataError, Fault


def echo(folder: Path, name: str, more: str) -> tuple[bytes, str]:
    return (folder / name).read_bytes(), more


def place(folder: Path) -> tuple[str, int]:
    return str(folder), stat.S_IMODE(folder.stat().st_mode)


def rank(folder: Path) -> tuple[int, int, int]:
    """Niceness, most data, largest core file."""
    limits = resource.getrlimit(resource.RLIMIT_DATA)[0], resource.getrlimit(resource.RLIMIT_CORE)[0]
    return os.nice(0), *limits


def process(folder: Path) -> int:
    return os.getpid()


def family(folder: Path) -> tuple[int, int]:
    return os.getpid(), os.getppid()


def slow(folder: Path, seconds: float, mark: str = "") -> str:
    time.sleep(seconds)
    return mark


def endless(folder: Path, note: str) -> None:
    """Never ends, in C, with something of its own put aside; says where."""
    with tempfile.NamedTemporaryFile() as aside:
        Path(note).write_text(f"{folder}\n{aside.name}\n")
        (10**8) ** (10**8)


def greedy(folder: Path) -> int:
    return len(bytearray(3_000_000_000))


def panic(folder: Path) -> None:
    raise BaseException("somebody's data")


def crash(folder: Path) -> None:
    os.abort()


def faulty(folder: Path, count: int) -> None:
    raise DataError([Fault("unknown_reference", "t", n, "c", "x", {"target": "group"}) for n in range(count)])


class Odd(Exception):
    """What cannot be made again from its words."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"somebody's data: {one} {other}")


def odd(folder: Path) -> None:
    raise Odd("a", "b")


def wrong(folder: Path) -> None:
    raise LookupError("somebody's data")
