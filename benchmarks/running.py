"""One run from outside: a process of its own session, watched for time and memory; what fails is a row too."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

from benchmarks.child import Job
from benchmarks.memory import available_mb, resident_mb
from benchmarks.registry import ROOT

GRACE = 60.0
"""Seconds past 1.1 times its limit after which a run is ended: starting and checking come on top."""
LATE_S = 5.0
"""A solver that ends later than 1.1 times its limit and this is said to be late."""
SAMPLE_S = 1.0
"""Seconds between two looks at the memory."""
RESERVE_MB = 1024.0
"""A run is ended when the machine has less than this left."""
NO_MEMORY = ("MemoryError", "bad_alloc", "annot allocate memory")
"""What a program that was refused memory complains of."""

Row = dict[str, Any]


def run_child(job: Job, grace: float = GRACE) -> Row:
    """Run a job and say what came of it; ``peak_memory_mb`` is of all its processes together.

    Where it did not end by itself ``termination`` says why: "killed" (time), "out_of_memory", "short_machine"
    (something else took the machine's memory), "crashed"; ``note`` says more.
    """
    command = [sys.executable, "-m", "benchmarks.child", job.text()]
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            why, samples = _watch(child, began + 1.1 * job.seconds + grace, job.memory_gb)
        finally:
            _end(child)
        spent = time.monotonic() - began
        said, complaints = _tail(out), _tail(errors)
    found = _answer(said) if not why and child.returncode == 0 else None
    if found is None:
        found = _failure(why, child.returncode, complaints)
    found.setdefault("wall_s", round(spent, 2))
    ended = found.pop("ended", None)
    peak = max((mb for at, mb in samples if ended is None or at <= ended), default=0.0)
    found["peak_memory_mb"] = round(max(peak, found.get("peak_memory_mb", 0.0)), 1)
    if found.get("solve_s", 0.0) > 1.1 * job.seconds + LATE_S:
        found["note"] = "; ".join(filter(None, [found.get("note", ""), f"late: {found['solve_s']:.0f} s"]))
    return found


def _watch(
    child: subprocess.Popen[str], until: float, memory_gb: float
) -> tuple[str, list[tuple[float, float]]]:
    """Wait for the end; why it has to be ended from here, and (moment, MB) of memory once a second."""
    samples: list[tuple[float, float]] = []
    next_look = time.monotonic() + 0.2
    while os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        now = time.monotonic()
        if now >= next_look:
            next_look = now + SAMPLE_S
            samples.append((now, resident_mb(child.pid)))
            if samples[-1][1] > memory_gb * 1024:
                return "out_of_memory", samples
            if available_mb() < RESERVE_MB:
                return "short_machine", samples
        if now > until:
            return "killed", samples
        time.sleep(0.05)
    return "", samples


def _end(child: subprocess.Popen[str]) -> None:
    """End whatever is left of its session; the leader is not yet reaped, so the number is still its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _tail(file: IO[str], most: int = 1_000_000) -> str:
    file.seek(0)
    return file.read()[-most:]


def _answer(said: str) -> Row | None:
    """The last line, if it is an answer."""
    lines = said.splitlines()
    try:
        found = json.loads(lines[-1]) if lines else None
    except ValueError:
        return None
    return found if isinstance(found, dict) and "tiers" in found else None


def _failure(why: str, code: int, complaints: str) -> Row:
    last = next((line.strip() for line in reversed(complaints.splitlines()) if line.strip()), "")
    if why in ("", "killed") and any(word in complaints for word in NO_MEMORY):
        why = "out_of_memory"
    why = why or "crashed"
    note = ""
    if why == "crashed":
        number = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        note = f"{number}: {last}"[:300]
        sys.stderr.write(complaints[-4000:])
    return {"outcome": "unknown", "termination": why, "checked": False, "note": note, "tiers": []}


def machine() -> str:
    """The machine in words: processor, cores, memory."""
    model, memory = "processor", ""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
    except (OSError, StopIteration, ValueError):
        pass
    return f"{os.cpu_count()} cores of {model}{memory}"


def commit() -> str:
    """The state of the code a run is of: its commit, with "+" where files differ from it; "" without git."""

    def said(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        changed = said("status", "--porcelain", "--", "src", "models", "benchmarks/*.py")
        return said("rev-parse", "--short=10", "HEAD") + ("+" if changed else "")
    except FileNotFoundError:
        return ""
