"""One run in a process of its own: reads, solves, checks, and prints what came of it as a line of JSON.

python -m benchmarks.child JOB, a :class:`Job` as JSON
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.published import by_comparator, by_engine
from benchmarks.registry import method
from tildeling import read_dataset
from tildeling.document import peak_memory_mb
from tildeling.errors import RejectedSolution
from tildeling.housing.allocate import allocate
from tildeling.housing.check import check
from tildeling.housing.compiling.compiler import compile_dataset, to_solution
from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import Proposal
from tildeling.published import format_of
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.kinds import solve_here
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Moment, Result, gap
from tildeling_models.stop import Stop

Row = dict[str, Any]
Found = tuple[Row, Callable[[], Row]]
"""What was found, and what is looked at once nothing is measured any more."""

NEAR = 0.01
"""The gap of the first tier whose time is noted."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to run: ``seconds`` from reading to the end of solving, ``memory_gb`` for each process.

    ``first`` has the first solution checked too, after all that is measured.  With ``form``, a published
    format, ``folder`` is a file of it.
    """

    folder: str
    method: str
    seconds: float
    workers: int
    seed: int
    memory_gb: float
    first: bool = False
    form: str = ""

    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))


def run(job: Job) -> Row:
    """Run a method on an instance; values are the checker's, bounds the solver's own.

    ``ended`` is the moment on the machine's monotonic clock when all that is measured had ended.
    """
    stop = Stop(job.seconds)
    solve: Callable[[Any, Job, Stop], Found]
    if job.form:
        data: Any = format_of(job.form).read(Path(job.folder))
        solve = _published
    else:
        data = read_dataset(Path(job.folder))
        solve = _comparator if method(job.method).kind == "comparator" else _engine
    read_s = round(stop.elapsed, 3)
    found, after = solve(data, job, stop)
    measured = {
        "read_s": read_s, "wall_s": round(stop.elapsed, 2), "ended": time.monotonic(),
        "peak_memory_mb": peak_memory_mb(),
    }  # fmt: skip
    return found | measured | after()


def _nothing() -> Row:
    return {}


class _Watch(Progress):
    """Keeps the first solution that is not what stands today, and when it came."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        self.problem: GroupingProblem | None = None
        self.first: Assignment | None = None
        self.at: float | None = None

    def incumbent(self, solution: object) -> None:
        problem = self.problem
        if self.first is not None or problem is None or not isinstance(solution, Assignment):
            return
        home = solution.item_slot * 0 - 1
        home[problem.cell_item[problem.cell_start]] = problem.cell_slot[problem.cell_start]
        if (solution.item_slot != home).any():
            self.first, self.at = solution, round(self.stop.elapsed, 3)


def _engine(data: Dataset, job: Job, stop: Stop) -> Found:
    results: list[Result[Assignment]] = []
    watch = _Watch(stop)
    facts: Row = {}
    read = stop.elapsed

    def keep(
        name: str,
        problem: GroupingProblem,
        options: Options,
        stop: Stop,
        progress: Progress,
        start: Assignment | None,
    ) -> Result[Assignment]:
        facts.update(cells=problem.n_cells, compile_s=round(stop.elapsed - read, 3))
        watch.problem = problem
        results.append(solve_here(name, problem, options, stop, progress, start))
        facts["solve_s"] = round(stop.elapsed, 3)
        return results[-1]

    options = Options(workers=job.workers, seed=job.seed, find_ties=False)
    try:
        answer = allocate(data, engine=job.method, options=options, stop=stop, progress=watch, solver=keep)
    except RejectedSolution as error:
        return facts | _rejected(error), _nothing
    document = answer.document
    spent = [tier.runtime_s for tier in results[-1].tiers]
    found = facts | {
        "outcome": document.outcome, "termination": document.termination,
        "checked": isinstance(answer, Proposal) and answer.report.ok,
        "placed": len(answer.solution.placements) if isinstance(answer, Proposal) else None,
        "near_s": near_at(results[-1].history, document.bound),
        "tiers": [
            {"tier": t.name, "value": t.value, "bound": t.bound, "seconds": round(s, 3)}
            for t, s in zip(document.tiers, spent, strict=True)
        ],
    }  # fmt: skip

    def after() -> Row:
        if not job.first or watch.first is None:
            return {}
        first = to_solution(compile_dataset(data), watch.first)
        return {"first_s": watch.at if check(data, first).ok else None}

    return found, after


def _rejected(error: RejectedSolution) -> Row:
    """The row of an engine's solution that the checker refused."""
    why = str(error).replace("\n", "; ")[:300]
    return {"outcome": "rejected", "termination": "rejected", "checked": False, "note": why, "tiers": []}


def _published(instance: Any, job: Job, stop: Stop) -> Found:
    """A file of a published format, judged by the format's own checker."""
    options = Options(workers=job.workers, seed=job.seed, find_ties=False)
    run = by_comparator if method(job.method).kind == "comparator" else by_engine
    try:
        return run(format_of(job.form), instance, job.method, options, stop), _nothing
    except RejectedSolution as error:
        return _rejected(error), _nothing


def near_at(history: Sequence[Moment], bound: int | None) -> float | None:
    """Seconds until the first tier had a value within ``NEAR`` of the bound it had in the end."""
    for moment in history:
        distance = gap(moment.value, bound)
        if moment.tier == history[0].tier and distance is not None and distance <= NEAR:
            return round(moment.time, 3)
    return None


def _comparator(data: Dataset, job: Job, stop: Stop) -> Found:
    """A tier's bound counts only where the solver had every earlier tier at the value that was found."""
    found = import_module(f"benchmarks.{job.method}").solve(data, stop.left, job.workers, job.seed)
    shared = {
        "solve_s": round(stop.elapsed, 3), "cells": found.pairs, "compile_s": round(found.built, 3),
        "note": found.note,
    }  # fmt: skip
    if found.solution is None:
        return shared | {
            "outcome": found.outcome, "termination": "time_limit", "checked": False, "tiers": []
        }, _nothing  # fmt: skip
    report = check(data, found.solution)
    tried = {tier.name: tier for tier in found.tiers}
    tiers = []
    for tier in report.tiers:
        bound = tried[tier.name].bound if tier.name in tried else None
        seconds_spent = round(tried[tier.name].seconds, 3) if tier.name in tried else 0.0
        tiers.append({"tier": tier.name, "value": tier.value, "bound": bound, "seconds": seconds_spent})
    proven = all(tier["value"] == tier["bound"] for tier in tiers)
    return shared | {
        "outcome": "optimal" if proven else "feasible",
        "termination": "completed" if proven else "time_limit", "checked": report.ok,
        "placed": len(found.solution.placements), "tiers": tiers,
    }, _nothing  # fmt: skip


def confine(memory_gb: float) -> None:
    """Let this process and those it starts have so much memory each, and be the first to go if the machine
    has none left; leave with the process that started it."""
    most = int(memory_gb * 2**30)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def main(arguments: list[str]) -> int:
    """Run what the command line names."""
    job = Job(**json.loads(arguments[0]))
    confine(job.memory_gb)
    try:
        found = run(job)
    except MemoryError:
        found = {"outcome": "unknown", "termination": "out_of_memory", "checked": False, "tiers": []}
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
