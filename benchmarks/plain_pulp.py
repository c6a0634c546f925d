"""Comparator: the plain model in PuLP with HiGHS, tier after tier, each capped at what it reached.

PuLP calls a run that stopped at its time limit "Optimal"; bounds are read from HiGHS itself.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import Any

import highspy
import pulp

from benchmarks.plain_model import PlainModel
from benchmarks.plain_result import PlainResult, PlainTier, seconds_for
from tildeling.housing.dataset import Dataset
from tildeling.housing.solution import Solution


class Pulp:
    """PuLP as a modelling library."""

    def __init__(self) -> None:
        self.model = pulp.LpProblem("plain", pulp.LpMinimize)
        self.count = 0

    def _variable(self, most: int) -> Any:
        self.count += 1
        return self.model.add_variable(f"v{self.count}", 0, most, pulp.LpInteger)

    def binary(self) -> Any:
        """A 0/1 variable."""
        return self._variable(1)

    def whole(self, most: int) -> Any:
        """A whole number from 0 to ``most``."""
        return self._variable(most)

    def total(self, terms: Iterable[Any]) -> Any:
        """A sum."""
        return pulp.lpSum(terms)

    def add(self, constraint: Any) -> None:
        """A constraint; one without variables is left out (it holds, or the checker says so)."""
        if isinstance(constraint, pulp.LpConstraint) and len(constraint):
            self.model.addConstraint(constraint)


def solve(data: Dataset, seconds: float, workers: int, seed: int) -> PlainResult:
    """Solve within a time limit that counts from now, building included."""
    began = time.monotonic()
    library = Pulp()
    plain = PlainModel(data, library)
    built = time.monotonic() - began
    tiers: list[PlainTier] = []
    best: Solution | None = None
    for index, (name, goal) in enumerate(plain.tiers()):
        left = began + seconds - time.monotonic()
        if left <= 0:
            break
        started = time.monotonic()
        library.model.setObjective(pulp.LpAffineExpression(goal))
        highs = _run(library.model, seconds_for(left, index, plain.n_tiers), workers, seed)
        if not _found(highs):  # nothing in its share: once more, with all the time there is
            highs = _run(library.model, max(0.1, began + seconds - time.monotonic()), workers, seed)
        spent = time.monotonic() - started
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return PlainResult("infeasible", best, tuple(tiers), built)
        if not _found(highs):
            tiers.append(PlainTier(name, None, spent))
            break
        constant = pulp.LpAffineExpression(goal).constant
        bound = _bound(highs.getInfo().mip_dual_bound, constant, highs)
        tiers.append(PlainTier(name, bound, spent))
        best = plain.solution(lambda variable: (variable.varValue or 0) > 0.5)
        value = round(pulp.value(goal) or 0)
        if len(pulp.LpAffineExpression(goal)):
            library.model.addConstraint(goal <= value)
    return PlainResult("feasible" if best else "unknown", best, tuple(tiers), built)


def _run(model: pulp.LpProblem, seconds: float, workers: int, seed: int) -> Any:
    """Solve, and return HiGHS itself."""
    for variable in model.variables():
        variable.varValue = None
    model.solve(pulp.HiGHS(msg=False, timeLimit=seconds, gapRel=0.0, threads=workers, random_seed=seed))
    return model.solverModel


def _found(highs: Any) -> bool:
    """Whether HiGHS holds a feasible solution, whatever it is called."""
    return bool(
        highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        or highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible
    )


def _bound(dual: float, constant: float, highs: Any) -> int | None:
    """HiGHS' bound; PuLP hands it the objective with or without its constant."""
    offset: float = highs.getLp().offset_
    if not math.isfinite(dual):
        return None
    return math.ceil(dual - offset + constant - 1e-5)
