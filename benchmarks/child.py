"""One run in a process of its own: reads, solves, checks, and prints what came of it as a line of JSON.

python -m benchmarks.child INSTANCE METHOD SECONDS WORKERS SEED
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from typing import Any

from benchmarks.registry import INSTANCES, method
from tildeling import read_dataset
from tildeling.housing.allocate import allocate, in_process
from tildeling.housing.check import check
from tildeling.housing.dataset import Dataset
from tildeling.housing.document import peak_memory_mb, versions
from tildeling.housing.proposal import Proposal
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Result
from tildeling_models.stop import Stop

Row = dict[str, Any]


def run(instance: str, name: str, seconds: float, workers: int, seed: int) -> Row:
    """Run a method on an instance; values are the checker's, bounds the solver's own."""
    began = time.monotonic()
    data = read_dataset(INSTANCES / instance)
    solve = _comparator if method(name).kind == "comparator" else _engine
    found = solve(data, name, seconds, workers, seed)
    return {
        "instance": instance, "method": name, "kind": method(name).kind, "time_limit": seconds,
        "workers": workers, "seed": seed, **found, "wall_s": round(time.monotonic() - began, 2),
        "peak_memory_mb": peak_memory_mb(), "dataset_hash": data.digest(), "versions": versions(),
    }  # fmt: skip


def _engine(data: Dataset, name: str, seconds: float, workers: int, seed: int) -> Row:
    results: list[Result[Assignment]] = []

    def keep(
        name: str,
        problem: GroupingProblem,
        options: Options,
        stop: Stop,
        progress: Progress,
        start: Assignment | None,
    ) -> Result[Assignment]:
        results.append(in_process(name, problem, options, stop, progress, start))
        return results[-1]

    options = Options(workers=workers, seed=seed, find_ties=False)
    answer = allocate(data, engine=name, time_limit=seconds, options=options, solver=keep)
    document = answer.document
    spent = [tier.runtime_s for tier in results[-1].tiers]
    return {
        "outcome": document.outcome, "termination": document.termination,
        "checked": isinstance(answer, Proposal) and answer.report.ok, "solve_s": document.runtime_s,
        "tiers": [
            {"tier": t.name, "value": t.value, "bound": t.bound, "seconds": round(s, 3)}
            for t, s in zip(document.tiers, spent, strict=True)
        ],
    }  # fmt: skip


def _comparator(data: Dataset, name: str, seconds: float, workers: int, seed: int) -> Row:
    """A tier's bound counts only where the solver had every earlier tier at the value that was found."""
    began = time.monotonic()
    found = import_module(f"benchmarks.{name}").solve(data, seconds, workers, seed)
    spent = time.monotonic() - began
    if found.solution is None:
        return {
            "outcome": found.outcome, "termination": "time_limit", "checked": False,
            "solve_s": round(spent, 3), "tiers": [],
        }  # fmt: skip
    report = check(data, found.solution)
    tried = {tier.name: tier for tier in found.tiers}
    tiers = []
    for tier in report.tiers:
        bound = tried[tier.name].bound if tier.name in tried else None
        seconds_spent = round(tried[tier.name].seconds, 3) if tier.name in tried else 0.0
        tiers.append({"tier": tier.name, "value": tier.value, "bound": bound, "seconds": seconds_spent})
    proven = all(tier["value"] == tier["bound"] for tier in tiers)
    return {
        "outcome": "optimal" if proven else "feasible",
        "termination": "completed" if proven else "time_limit", "checked": report.ok,
        "solve_s": round(spent, 3), "tiers": tiers,
    }  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run what the command line names."""
    instance, name, seconds, workers, seed = arguments
    print(json.dumps(run(instance, name, float(seconds), int(workers), int(seed))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
