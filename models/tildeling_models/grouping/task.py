"""One tier as a task for a solver, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from tildeling_models.grouping.problem import Assignment, Bools, GroupingProblem, Ints
from tildeling_models.options import Options
from tildeling_models.result import Outcome, Slope
from tildeling_models.stop import Stop


@dataclass(frozen=True, eq=False)
class Task:
    """One tier to solve.

    ``caps`` are (tier, greatest value) of the tiers before; ``start`` satisfies them.  ``moment`` is told of
    every better solution (assignment or None when only the bound moved, value, bound).
    """

    problem: GroupingProblem
    tier: int
    caps: tuple[tuple[int, int], ...]
    start: Assignment | None
    seconds: float
    options: Options
    stop: Stop
    moment: Callable[[Assignment | None, int | None, int | None], None]


@dataclass(frozen=True, eq=False)
class Answer:
    """What came of a tier.  ``limit`` says the clock cut in, ``work`` that the work limit did.

    ``keep`` masks the cells that a solution as good as this one can use; later tiers need no others.
    ``slope`` says how the bound falls when the caps are raised.
    """

    outcome: Outcome
    assignment: Assignment | None
    bound: int | None
    limit: bool = False
    work: bool = False
    keep: Bools | None = None
    slope: Slope | None = None


class TierSolver(Protocol):
    """Solves one tier."""

    def __call__(self, task: Task) -> Answer: ...


def with_tier(
    problem: GroupingProblem, name: str, cell_cost: Ints, constant: int, arc_cost: Ints
) -> GroupingProblem:
    """The problem with one more tier, last: a linear cost of cells and arcs."""
    tiers = len(problem.tiers)
    return replace(
        problem,
        tiers=(*problem.tiers, name),
        tolerance=np.append(problem.tolerance, 0.0),
        constant=np.append(problem.constant, constant),
        cell_cost=np.vstack([problem.cell_cost, cell_cost]),
        arc_cost=np.vstack([problem.arc_cost.reshape(tiers, -1), arc_cost]),
        arc_load_cost=np.concatenate(
            [problem.arc_load_cost, np.zeros((1, *problem.arc_load_cost.shape[1:]), np.int64)]
        ),
        server_cost=np.vstack(
            [problem.server_cost.reshape(tiers, -1), np.zeros(problem.n_servers, np.int64)]
        ),
    )
