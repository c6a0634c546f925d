"""One run from outside: a process of its own, watched for time and memory; what fails is a row too."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from tildeling.bench.measures import primal_integral, time_to, to_best
from tildeling.bench.memory import resident_mb
from tildeling.bench.runs import Row, Spec
from tildeling.document import versions
from tildeling_models.stop import Stop

GRACE_S = 60.0
"""Seconds past 1.1 times its limit after which a run is ended: starting and judging come on top."""

CANCELLED = "cancelled"

LOOK_S = 0.5
"""Seconds between two looks at the memory."""


def run(spec: Spec, stop: Stop | None = None) -> Row | None:
    """Do a run, here; None if it was cancelled, which is no result."""
    started = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "tildeling.bench.child", json.dumps(asdict(spec))],
            stdin=subprocess.DEVNULL, stdout=out, stderr=errors, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            why, peak = _watch(child, began + 1.1 * spec.seconds + GRACE_S, spec.memory_mb, stop or Stop())
        finally:
            _end(child)
        spent = time.monotonic() - began
        found = _answer(out) if not why and child.returncode == 0 else None
        complaint = _last(errors)
    if why == CANCELLED:
        return None
    if found is None:
        found = {"outcome": why or "crashed", "note": complaint[:300]}
    return _row(spec, found, spent, max(peak, found.pop("peak_memory_mb", 0.0)), started)


def _watch(child: subprocess.Popen[str], until: float, memory_mb: float, stop: Stop) -> tuple[str, float]:
    """Wait for the end; why it has to be ended from here, and the most memory of all its processes."""
    peak = 0.0
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(LOOK_S)
            return "", peak
        peak = max(peak, resident_mb(child.pid))
        if peak > memory_mb:
            return "out_of_memory", peak
        if time.monotonic() > until:
            return "late", peak
        if stop.now:
            return CANCELLED, peak


def _end(child: subprocess.Popen[str]) -> None:
    """End whatever is left of its session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _answer(said: IO[str]) -> dict[str, Any] | None:
    said.seek(0)
    lines = said.read().splitlines()
    try:
        found = json.loads(lines[-1]) if lines else None
    except ValueError:
        return None
    return found if isinstance(found, dict) and "outcome" in found else None


def _last(errors: IO[str]) -> str:
    errors.seek(0)
    return next((line.strip() for line in reversed(errors.read().splitlines()) if line.strip()), "")


def _row(spec: Spec, found: dict[str, Any], spent: float, peak: float, started: str) -> Row:
    history = [tuple(moment) for moment in found.pop("history", ())]
    value = found.get("value")
    best = spec.best if spec.best is not None else value
    measured = (
        {}
        if best is None
        else {
            "primal_integral": round(primal_integral(history, best, spec.seconds), 4),
            "time_to_target_s": time_to(history, best),
        }
    )
    return Row.model_validate(
        {"size": 0} | found | measured | {
            "key": spec.key, "form": spec.form, "instance": spec.instance, "digest": spec.digest, "engine": spec.engine,
            "seed": spec.seed, "time_limit_s": spec.seconds, "workers": spec.workers, "best_known": spec.best,
            "unit": spec.unit, "to_best": to_best(value, spec.best), "wall_s": round(spent, 2),
            "peak_memory_mb": round(peak, 1), "versions": versions(), "machine": machine(), "started_at": started,
            "history": history,
        }
    )  # fmt: skip


def machine() -> str:
    """The machine in words that do not name it: cores, processor, memory."""
    model, memory = platform.machine(), ""
    with contextlib.suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
    return f"{os.cpu_count()} cores of {model}{memory}"
