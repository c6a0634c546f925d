"""Ctrl-C, SIGTERM, and processes that are killed: the best so far is kept, and nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Running, alive

Command = Callable[..., Any]
pytestmark = pytest.mark.slow

FILES = {"allocation.xlsx", "bases.csv", "placements.csv", "report.html", "result.json"}
FOUND = r"^solve.*tier 1b-\d"


def checked(tildeling: Command, dataset: Path, out: Path) -> dict[str, Any]:
    """A complete folder whose proposal breaks nothing; its result."""
    assert {path.name for path in out.iterdir()} == FILES
    assert tildeling("check", dataset, out).code == 0
    result: dict[str, Any] = json.loads((out / "result.json").read_text(encoding="utf-8"))
    return result


def gone(pids: set[int], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(map(alive, pids)):
            return True
        time.sleep(0.1)
    return False


def temporary(tmp_path: Path) -> dict[str, str]:
    """A place for temporary files of its own, to see what is left there."""
    (tmp_path / "temporary").mkdir()
    return {"TMPDIR": str(tmp_path / "temporary")}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_cancelling_keeps_the_best_so_far(
    start: Callable[..., Running], tildeling: Command, large: Path, tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "there" / "out"
    running = start("allocate", large, "--out", out, **temporary(tmp_path))
    running.until(FOUND)
    below = running.descendants()
    running.process.send_signal(number)
    done = running.end()
    assert done.code == 130
    assert done.seconds < 10
    assert not done.traceback
    result = checked(tildeling, large, out)
    assert (result["outcome"], result["termination"]) == ("feasible", "cancelled")
    assert not result["reproducible"]
    assert all(tier["bound"] is None or tier["bound"] <= tier["value"] for tier in result["tiers"])
    assert gone(below, 5)
    assert os.listdir(out.parent) == ["out"]
    assert os.listdir(tmp_path / "temporary") == []


@pytest.mark.parametrize("engine", ["mip", "cpsat", "mip-cbc"])
def test_cancelling_other_engines(
    start: Callable[..., Running], tildeling: Command, large: Path, tmp_path: Path, engine: str
) -> None:
    running = start("allocate", large, "--engine", engine, "--out", tmp_path / "out", **temporary(tmp_path))
    running.until(r"^solve")
    below = running.descendants()
    running.process.send_signal(signal.SIGINT)
    done = running.end()
    assert (done.code, done.traceback) == (130, False)
    assert done.seconds < 10
    assert checked(tildeling, large, tmp_path / "out")["termination"] == "cancelled"
    assert gone(below, 5)
    assert os.listdir(tmp_path / "temporary") == []


def test_cancelling_at_once_keeps_what_stands(
    start: Callable[..., Running], tildeling: Command, large: Path, tmp_path: Path
) -> None:
    running = start("allocate", large, "--out", tmp_path / "out")
    running.until(r"^compile")
    running.process.send_signal(signal.SIGINT)
    done = running.end()
    assert (done.code, done.traceback) == (130, False)
    assert checked(tildeling, large, tmp_path / "out")["termination"] == "cancelled"


def test_a_second_interrupt_leaves_at_once_and_leaves_nothing(
    start: Callable[..., Running], large: Path, tmp_path: Path
) -> None:
    out = tmp_path / "there" / "out"
    running = start("allocate", large, "--out", out, **temporary(tmp_path))
    running.until(r"^solve")
    below = running.descendants()
    running.process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    running.process.send_signal(signal.SIGINT)
    done = running.end(10)
    assert (done.code, done.traceback) == (130, False)
    assert not out.parent.exists() or set(os.listdir(out.parent)) <= {"out"}
    assert gone(below, 15)
    assert os.listdir(tmp_path / "temporary") == []


def test_nothing_outlives_a_parent_that_is_killed(
    start: Callable[..., Running], large: Path, tmp_path: Path
) -> None:
    out = tmp_path / "there" / "out"
    running = start("allocate", large, "--out", out, **temporary(tmp_path))
    running.until(FOUND)
    below = running.descendants()
    assert len(below) >= 2
    running.process.kill()
    assert running.end().code == -signal.SIGKILL
    assert gone(below, 15)
    assert not out.parent.exists()
    assert os.listdir(tmp_path / "temporary") == []  # the data set lay there


def test_a_child_that_is_killed_leaves_its_best_so_far(
    start: Callable[..., Running], tildeling: Command, large: Path, tmp_path: Path
) -> None:
    out = tmp_path / "there" / "out"
    running = start("allocate", large, "--out", out, **temporary(tmp_path))
    running.until(FOUND)
    below = running.descendants()
    _kill_child(running)
    done = running.end()
    assert done.code == 130
    assert "the best solution so far is kept" in done.err
    assert checked(tildeling, large, out)["outcome"] == "feasible"
    assert gone(below, 15)
    assert os.listdir(tmp_path / "temporary") == []


def test_a_child_that_is_killed_with_nothing_found_is_said_so(
    start: Callable[..., Running], impossible: Path, tmp_path: Path
) -> None:
    out = tmp_path / "there" / "out"
    running = start("allocate", impossible, "--out", out)
    running.until(r"^compile")
    _kill_child(running)
    done = running.end()
    assert done.code == 4
    assert "engine auto failed" in done.err
    assert not done.traceback
    assert not out.parent.exists()


def _kill_child(running: Running) -> None:
    """Kill the process that solves, by its id, as soon as it is there."""
    end = time.monotonic() + 10
    while not (below := [pid for pid in running.descendants() if _solves(pid)]):
        assert time.monotonic() < end
        time.sleep(0.01)
    os.kill(below[0], signal.SIGKILL)


def _solves(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"tildeling_models.worker" in words


def test_the_whole_session_can_be_asked_to_end(
    start: Callable[..., Running], tildeling: Command, large: Path, tmp_path: Path
) -> None:
    """As a service manager does: SIGTERM to every process at once."""
    running = start("allocate", large, "--out", tmp_path / "out", **temporary(tmp_path))
    running.until(FOUND)
    below = running.descendants()
    for pid in (running.process.pid, *below):
        os.kill(pid, signal.SIGTERM)
    done = running.end()
    assert done.code == 130
    assert done.seconds < 10
    assert checked(tildeling, large, tmp_path / "out")["termination"] == "cancelled"
    assert gone(below, 5)
