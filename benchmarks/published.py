"""Published instances: what is known of them, and a run on one of them."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.plain_result import PlainResult
from tildeling.published.format import Format
from tildeling.published.solving import solve
from tildeling_models.kinds import solve_here
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Result
from tildeling_models.stop import Stop

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """The best value known (None: not told), and other methods' values as ``name=value name=value``."""

    best: int | None = None
    literature: str = ""


def known(path: Path) -> Known:
    """What ``best_known.csv`` and ``literature_results.csv`` beside an instance say of it.

    The best value is the least of the columns ``ub`` and ``ub_SOURCE``; those with a source are other methods' too.
    """
    row = _row(path, "best_known.csv")
    found = {name: value for name, value in row.items() if name.partition("_")[0] == "ub" and value}
    best = min(map(int, found.values()), default=None)
    sources = {name.partition("_")[2]: value for name, value in found.items() if name != "ub"}
    others = sources | _row(path, "literature_results.csv")
    words = [f"{name}={value}" for name, value in others.items() if name != "instance" and value]
    return Known(best, " ".join(words))


def _row(path: Path, table: str) -> dict[str, str]:
    """The instance's row, under its name or its number."""
    number = re.search(r"\d+$", path.stem)
    names = {path.stem, number[0] if number else path.stem}
    if not (path.parent / table).exists():
        return {}
    with (path.parent / table).open(encoding="utf-8", newline="") as file:
        return next((row for row in csv.DictReader(file) if row["instance"] in names), {})


def by_engine(form: Format[Any, Any], instance: Any, name: str, options: Options, stop: Stop) -> Row:
    """The row of one of the project's engines.

    Raises
    ------
    RejectedSolution
        If the checker refused its solution.
    """
    facts: Row = {}
    results: list[Result[Any]] = []
    read = stop.elapsed

    def keep(
        name: str, problem: Any, options: Options, stop: Stop, progress: Progress, start: Any
    ) -> Result[Any]:
        facts["compile_s"] = round(stop.elapsed - read, 3)
        results.append(solve_here(name, problem, options, stop, progress, start))
        facts["solve_s"] = round(stop.elapsed, 3)
        return results[-1]

    found = solve(form, instance, engine=name, options=options, stop=stop, solver=keep)
    document = found.document
    spent = [tier.runtime_s for tier in results[-1].tiers]
    return facts | {
        "outcome": document.outcome,
        "termination": document.termination,
        "checked": found.judgement is not None and found.judgement.ok,
        "tiers": [
            {"tier": tier.name, "value": tier.value, "bound": tier.bound, "seconds": round(seconds, 3)}
            for tier, seconds in zip(document.tiers, spent, strict=True)
        ],
    }


def by_comparator(form: Format[Any, Any], instance: Any, name: str, options: Options, stop: Stop) -> Row:
    """The row of a comparator; its value is the checker's, its bound the solver's own."""
    module = import_module(f"benchmarks.{name}")
    found: PlainResult[Any] = module.solve(instance, stop.left, options.workers, options.seed)
    judgement = None if found.solution is None else form.judge(instance, found.solution)
    tiers = []
    for tier in found.tiers:
        value = None if judgement is None else judgement.value
        tiers.append(
            {"tier": tier.name, "value": value, "bound": tier.bound, "seconds": round(tier.seconds, 3)}
        )
    proven = bool(tiers) and judgement is not None and all(t["value"] == t["bound"] for t in tiers)
    return {
        "solve_s": round(stop.elapsed, 3), "cells": found.pairs, "compile_s": round(found.built, 3),
        "note": found.note, "outcome": "optimal" if proven else found.outcome,
        "termination": "completed" if proven or found.outcome == "infeasible" else "time_limit",
        "checked": judgement is not None and judgement.ok, "tiers": tiers,
    }  # fmt: skip
