"""Comparator: the plain model in PuLP with HiGHS, tier after tier, each capped at what it reached.

PuLP calls a run that stopped at its time limit "Optimal"; bounds are read from HiGHS itself.  PuLP hands a
model to HiGHS row by row, which can take minutes: HiGHS' limit is what is left after that.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from typing import Any

import highspy
import pulp

from benchmarks.deadline import OutOfTime, within
from benchmarks.plain_model import PlainModel
from benchmarks.plain_result import PlainResult, PlainTier, seconds_for, still_building
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


class Highs(pulp.HiGHS):  # type: ignore[misc]  # PuLP is untyped to us
    """PuLP's HiGHS, with a limit that counts from before PuLP hands the model over; names of methods are PuLP's."""

    def __init__(self, until: float, share: Callable[[float], float], **options: Any) -> None:
        super().__init__(msg=False, gapRel=0.0, **options)
        self.until, self.share = until, share

    def buildSolverModel(self, lp: pulp.LpProblem) -> None:  # noqa: N802
        """Hand the model over, while there is time."""
        with within(self.until - time.monotonic()):
            super().buildSolverModel(lp)

    def callSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802
        """Solve in a share of what is left."""
        lp.solverModel.setOptionValue("time_limit", self.share(max(0.1, self.until - time.monotonic())))
        super().callSolver(lp)


def solve(data: Dataset, seconds: float, workers: int, seed: int) -> PlainResult[Solution]:
    """Solve within a time limit that counts from now, building included."""
    began = time.monotonic()
    until = began + seconds
    library = Pulp()
    try:
        with within(seconds):
            plain = PlainModel(data, library)
    except OutOfTime:
        return still_building(library.count, time.monotonic() - began)
    built, pairs = time.monotonic() - began, len(plain.x)
    tiers: list[PlainTier] = []
    best: Solution | None = None
    goals, note = plain.tiers(), ""
    for index in range(plain.n_tiers):
        started = time.monotonic()

        def share(left: float, index: int = index) -> float:
            return seconds_for(left, index, plain.n_tiers)

        try:
            with within(until - started):
                name, goal = next(goals)
                library.model.setObjective(pulp.LpAffineExpression(goal))
            highs = run(library.model, Highs(until, share, threads=workers, random_seed=seed))
            if not found_any(highs):  # nothing in its share: once more, with all the time there is
                highs = run(library.model, Highs(until, float, threads=workers, random_seed=seed))
        except OutOfTime:
            note = f"time was up before HiGHS had tier number {index + 1}"
            break
        spent = time.monotonic() - started
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return PlainResult("infeasible", best, tuple(tiers), built, pairs)
        if not found_any(highs):
            tiers.append(PlainTier(name, None, spent))
            note = f"nothing found in tier {name}"
            break
        constant = pulp.LpAffineExpression(goal).constant
        bound = bound_of(highs.getInfo().mip_dual_bound, constant, highs)
        tiers.append(PlainTier(name, bound, spent))
        best = plain.solution(lambda variable: (variable.varValue or 0) > 0.5)
        value = round(pulp.value(goal) or 0)
        if len(pulp.LpAffineExpression(goal)):
            library.model.addConstraint(goal <= value)
    return PlainResult("feasible" if best else "unknown", best, tuple(tiers), built, pairs, note)


def run(model: pulp.LpProblem, highs: Highs) -> Any:
    """Solve, and return HiGHS itself."""
    for variable in model.variables():
        variable.varValue = None
    model.solve(highs)
    return model.solverModel


def found_any(highs: Any) -> bool:
    """Whether HiGHS holds a feasible solution, whatever it is called."""
    return bool(
        highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        or highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible
    )


def bound_of(dual: float, constant: float, highs: Any) -> int | None:
    """HiGHS' bound; PuLP hands it the objective with or without its constant."""
    offset: float = highs.getLp().offset_
    if not math.isfinite(dual):
        return None
    return math.ceil(dual - offset + constant - 1e-5)
