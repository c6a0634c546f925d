"""Solve in a child process, so that Ctrl-C, cancelling and a solver's crash are the same story."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tildeling_models.engines import UnknownEngine
from tildeling_models.heard import Heard
from tildeling_models.kinds import kind_of
from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Outcome, Result, Termination, Tier
from tildeling_models.stop import Stop
from tildeling_models.worker import REFUSED, save

log = logging.getLogger(__name__)
P = TypeVar("P")
S = TypeVar("S")

WORKER: tuple[str, ...] = ("-m", "tildeling_models.worker")
"""What Python is told to run, before the folder of the task."""

GRACE_S = 5.0
"""Seconds a child has to end by itself once it was asked to."""
LATE_S, LATE_SHARE = 3.0, 0.02
"""The same once its time is up, with this share of its time, since a problem of a nation is long to hand over and to
bring together: checking and writing must fit into the 5 s and the tenth of the time that the contract gives."""


class EngineFailed(RuntimeError):
    """The child ended without a result, and without a solution to keep."""


def solve_in_child(
    name: str,
    problem: P,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: S | None,
) -> Result[S]:
    """Run an engine in a child process of its own session; the problem is of any kind that is known.

    Raises
    ------
    UnknownEngine
        If there is no such engine, or its solver is not installed.
    EngineFailed
        If the child crashed before it had found anything.
    """
    kind_of(problem).engine(name)
    with tempfile.TemporaryDirectory(prefix="tildeling-") as folder:
        place = Path(folder)
        seconds = None if stop.seconds is None else stop.left
        task = {
            "engine": name, "problem": problem, "options": options, "start": start,
            "seconds": seconds, "given_at": time.monotonic(),
        }  # fmt: skip
        save(place / "task.pickle", task)
        with subprocess.Popen(
            [sys.executable, *WORKER, folder],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
            env=os.environ | {"TMPDIR": folder},
        ) as child:  # fmt: skip
            heard = Heard([tier for tier, _ in kind_of(problem).tiers(problem)])
            told = (child.stdout, progress, stop, heard)
            listener = threading.Thread(target=_listen, args=told, daemon=True)
            listener.start()
            try:
                _wait(child, stop)
            except BaseException:
                child.kill()
                raise
            finally:
                _end_rest(child)
                listener.join(timeout=GRACE_S)
        return _result(place, name, problem, options, stop, child.returncode, heard)


def _listen(lines: Iterable[str] | None, progress: Progress, stop: Stop, heard: Heard) -> None:
    """Pass the child's events on, on this process's clock.

    Reads to the end whatever comes, since a child that nobody reads would block: what a solver itself
    prints goes to the log, and a listener that fails is told no more.
    """
    deaf = False
    for line in lines or ():
        try:
            fields = json.loads(line)
            left = None if stop.seconds is None else stop.left
            event = Event(**(fields | {"elapsed": stop.elapsed, "left": left}))
        except (ValueError, TypeError):
            log.debug("the engine printed: %s", line.rstrip())
            continue
        heard.event(event)
        if not deaf:
            try:
                progress.event(event)
            except Exception:
                log.exception("progress is no longer shown")
                deaf = True


def _wait(child: subprocess.Popen[str], stop: Stop) -> None:
    """Until the child ends; ask it to stop when cancelled or late, end it if it does not."""
    grace = GRACE_S
    asked_at: float | None = None
    while True:
        try:
            child.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            if asked_at is None and (stop.cancelled or stop.left <= 0):
                asked_at = stop.elapsed
                grace = GRACE_S if stop.cancelled else LATE_S + LATE_SHARE * (stop.seconds or 0.0)
            if stop.cancelled and child.stdin is not None:
                with contextlib.suppress(BrokenPipeError):
                    child.stdin.close()
            if asked_at is not None and stop.elapsed - asked_at > grace:
                log.warning("the engine did not stop in %.3g s and was ended", grace)
                child.kill()
                asked_at = float("inf")  # once
        else:
            return


def _end_rest(child: subprocess.Popen[str]) -> None:
    """End a solver's own program that a child left behind; processes of the pool leave by themselves."""
    if child.returncode != 0:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGTERM)


def _result(
    place: Path, name: str, problem: object, options: Options, stop: Stop, code: int, heard: Heard
) -> Result[Any]:
    if (place / "result.pickle").exists():
        found: Result[Any] = pickle.loads((place / "result.pickle").read_bytes())
        return found
    if (place / REFUSED).exists():
        raise UnknownEngine((place / REFUSED).read_text(encoding="utf-8"))
    kind = kind_of(problem)
    error = place / "error.txt"
    said = error.read_text(encoding="utf-8").strip() if error.exists() else ""
    why = said or f"it ended with code {code}"  # on a full disk it has no room to say why
    ended = Termination.TIME_LIMIT if stop.left <= 0 and not stop.cancelled else Termination.CANCELLED
    least = kind.least(problem)
    best = place / "best.pickle"
    solution = pickle.loads(best.read_bytes()) if best.exists() else None
    if solution is not None and (broken := kind.violations(problem, solution)):
        log.error("engine %s left a solution that breaks a rule: %s", name, broken[0])
        solution = None
    if solution is None:
        if stop.now and not error.exists():
            nothing = [None] * len(least)
            return _kept(Outcome.UNKNOWN, ended, None, nothing, least, name, problem, options, stop)
        log.error("engine %s: %s", name, why)
        raise EngineFailed(f"engine {name} failed: {why.splitlines()[-1]}")
    if error.exists() or not stop.now:
        log.error("engine %s failed; the best solution so far is kept: %s", name, why)
    values = kind.values(problem, solution)
    bounds = [_proven(heard, tier, values, bound) for tier, bound in enumerate(least)]
    return _kept(Outcome.FEASIBLE, ended, solution, values, bounds, name, problem, options, stop)


def _proven(heard: Heard, tier: int, values: Sequence[int], least: int) -> int:
    """The best bound of a tier that is known without the child."""
    told = heard.bound(tier, values)
    if told is not None and told > values[tier]:
        log.error("tier %d: a bound of %d was told, but the value is %d", tier, told, values[tier])
        told = None
    return max(least, told) if told is not None else min(values[tier], least)


def _kept(
    outcome: Outcome,
    ended: Termination,
    solution: S | None,
    values: Sequence[int | None],
    bounds: Sequence[int],
    name: str,
    problem: object,
    options: Options,
    stop: Stop,
) -> Result[S]:
    """What can be said without the child: its best so far, and the bounds that always hold or that it told."""
    tiers = tuple(
        Tier(tier, value, bound, tolerance)
        for (tier, tolerance), value, bound in zip(
            kind_of(problem).tiers(problem), values, bounds, strict=True
        )
    )
    return Result(outcome, ended, solution, tiers, name, options.seed, False, stop.elapsed)
