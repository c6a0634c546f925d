"""Solve in a child process, so that Ctrl-C, cancelling and a solver's crash are the same story."""

from __future__ import annotations

import contextlib
import json
import logging
import pickle
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.engines import engine as engine_of
from tildeling_models.grouping.lexicographic import least_value
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Outcome, Result, Termination, Tier
from tildeling_models.stop import Stop
from tildeling_models.worker import save

log = logging.getLogger(__name__)

GRACE_S = 5.0
"""Seconds a child has to end by itself once it was asked to, or its time is up."""


class EngineFailed(RuntimeError):
    """The child ended without a result, and without a solution to keep."""


def solve_in_child(
    name: str,
    problem: GroupingProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Assignment | None,
) -> Result[Assignment]:
    """Run an engine in a child process of its own session.

    Raises
    ------
    UnknownEngine
        If there is no such engine.
    EngineFailed
        If the child crashed before it had found anything.
    """
    engine_of(name)
    with tempfile.TemporaryDirectory(prefix="tildeling-") as folder:
        place = Path(folder)
        seconds = None if stop.seconds is None else stop.left
        task = {"engine": name, "problem": problem, "options": options, "seconds": seconds, "start": start}
        save(place / "task.pickle", task)
        with subprocess.Popen(
            [sys.executable, "-m", "tildeling_models.worker", folder],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        ) as child:  # fmt: skip
            listener = threading.Thread(target=_listen, args=(child.stdout, progress, stop), daemon=True)
            listener.start()
            _wait(child, stop)
            listener.join(timeout=GRACE_S)
        return _result(place, name, problem, options, stop, child.returncode)


def _listen(lines: IO[str] | None, progress: Progress, stop: Stop) -> None:
    """Pass the child's events on, on this process's clock."""
    for line in lines or ():
        fields = json.loads(line)
        left = None if stop.seconds is None else stop.left
        progress.event(Event(**(fields | {"elapsed": stop.elapsed, "left": left})))


def _wait(child: subprocess.Popen[str], stop: Stop) -> None:
    """Until the child ends; ask it to stop when cancelled or late, end it if it does not."""
    asked_at: float | None = None
    while True:
        try:
            child.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            if asked_at is None and (stop.cancelled or stop.left <= 0):
                asked_at = stop.elapsed
            if asked_at is not None and stop.cancelled:
                with contextlib.suppress(BrokenPipeError, ValueError):
                    if child.stdin is not None:
                        child.stdin.close()
            if asked_at is not None and stop.elapsed - asked_at > GRACE_S:
                log.warning("the engine did not stop in %s s and was ended", GRACE_S)
                child.kill()
        else:
            return


def _result(
    place: Path, name: str, problem: GroupingProblem, options: Options, stop: Stop, code: int
) -> Result[Assignment]:
    if (place / "result.pickle").exists():
        found: Result[Assignment] = pickle.loads((place / "result.pickle").read_bytes())
        return found
    error = place / "error.txt"
    why = error.read_text(encoding="utf-8") if error.exists() else f"it ended with code {code}"
    best = place / "best.pickle"
    if not best.exists():
        raise EngineFailed(f"engine {name}: {why}")
    if not stop.now:
        log.error("engine %s failed; the best solution so far is kept: %s", name, why)
    solution: Assignment = pickle.loads(best.read_bytes())
    values = evaluate.values(problem, solution)
    tiers = tuple(
        Tier(tier, int(values[k]), min(int(values[k]), least_value(problem, k)), float(problem.tolerance[k]))
        for k, tier in enumerate(problem.tiers)
    )
    ended = Termination.TIME_LIMIT if stop.left <= 0 and not stop.cancelled else Termination.CANCELLED
    return Result(Outcome.FEASIBLE, ended, solution, tiers, name, options.seed, False, stop.elapsed)
