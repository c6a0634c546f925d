"""The ``tildeling`` command as its users meet it: a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tildeling import read_dataset
from tildeling.files import write_dataset

INSTANCES = Path(__file__).parents[2] / "instances"
COMMAND = Path(sys.executable).with_name("tildeling")
ENVIRONMENT = {
    **{key: value for key, value in os.environ.items() if not key.startswith(("TILDELING", "PYTHON"))},
    "LANG": "C.UTF-8",
    "COLUMNS": "100",
}


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def traceback(self) -> bool:
        return "Traceback" in self.err or "Traceback" in self.out


def run_command(*words: object, cwd: Path | None = None, **environment: str) -> Done:
    begun = time.monotonic()
    done = subprocess.run(
        [COMMAND, *map(str, words)], capture_output=True, text=True, cwd=cwd, timeout=120,
        env=ENVIRONMENT | environment, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr, time.monotonic() - begun)


@pytest.fixture(scope="session")
def tildeling() -> Callable[..., Done]:
    return run_command


@dataclass
class Running:
    """A command under way, its output in files so that it never waits for a reader."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path
    others: set[int] = field(default_factory=set)

    def until(self, pattern: str, seconds: float = 40) -> None:
        """Wait for a line of its progress."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.err.read_text(encoding="utf-8"), flags=re.MULTILINE):
            assert self.process.poll() is None, self.err.read_text(encoding="utf-8")
            assert time.monotonic() < end, self.err.read_text(encoding="utf-8")
            time.sleep(0.05)

    def descendants(self) -> set[int]:
        """Every process it has begun, and theirs."""
        found: set[int] = set()
        waiting = [self.process.pid]
        while waiting:
            new = set(children(waiting.pop())) - found
            found |= new
            waiting += new
        self.others |= found
        return found

    def end(self, seconds: float = 30) -> Done:
        begun = time.monotonic()
        code = self.process.wait(seconds)
        texts = [path.read_text(encoding="utf-8") for path in (self.out, self.err)]
        return Done(code, *texts, time.monotonic() - begun)


def children(pid: int) -> list[int]:
    """Processes that a process has begun."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Begins a command; whatever it leaves is ended, by its own id, after the test."""
    begun: list[Running] = []

    def starting(*words: object, **environment: str) -> Running:
        out, err = tmp_path / f"out-{len(begun)}.txt", tmp_path / f"err-{len(begun)}.txt"
        with out.open("wb") as one, err.open("wb") as other:
            process = subprocess.Popen(
                [COMMAND, *map(str, words)], stdout=one, stderr=other, stdin=subprocess.DEVNULL,
                env=ENVIRONMENT | environment,
            )  # fmt: skip
        begun.append(Running(process, out, err))
        return begun[-1]

    yield starting
    for running in begun:
        left = running.others | running.descendants()
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()
        for pid in left:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def small() -> Path:
    return INSTANCES / "small"


@pytest.fixture(scope="session")
def large() -> Path:
    """More than a minute's work."""
    return INSTANCES / "tromso-2030"


@pytest.fixture(scope="session")
def proposal(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that ``allocate`` wrote for the small instance; not to be changed."""
    out = tmp_path_factory.mktemp("proposal") / "small"
    done = run_command("allocate", small, "--out", out)
    assert done.code == 0, done.err
    return out


@pytest.fixture
def document(small: Path, tmp_path: Path) -> dict[str, Any]:
    """The small instance as a document to spoil."""
    write_dataset(read_dataset(small), tmp_path / "document.json")
    content: dict[str, Any] = json.loads((tmp_path / "document.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture
def impossible(document: dict[str, Any], tmp_path: Path) -> Path:
    """Three live in a group whose base nobody recorded, and neither of two bases has hours for them."""
    base = next(row for row in document["bases"] if row["base_id"] == "FJO-T")
    base["capacity_hours"] = 40
    document["bases"].append(base | {"base_id": "FJO-U"})
    next(row for row in document["groups"] if row["group_id"] == "FJO")["base_id"] = None
    path = tmp_path / "impossible.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
