"""CP-SAT on one part of a roster: a better one for the tier worked on, none worse in the tiers before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from tildeling_models.options import Options
from tildeling_models.result import Outcome
from tildeling_models.roster import evaluate
from tildeling_models.roster.cpsat.families import keep_all
from tildeling_models.roster.cpsat.model import INT_MIN, Linear, Model
from tildeling_models.roster.cpsat.search import new_solver, search
from tildeling_models.roster.problem import Ints, Roster, RosterProblem
from tildeling_models.stop import Stop

MOST_WEIGHT = 10_000
"""Most that a unit of the tier worked on weighs against one of the next: beyond that CP-SAT's relaxation suffers."""

LOOK_S = 0.1
"""Seconds to better a person's first schedule, once there is one."""

LOOK_WORK = (0.05, 1.0, 20.0)
"""Deterministic seconds for a person's first schedule: the next only if the one before found none."""


@dataclass(frozen=True, eq=False)
class Improved:
    """What came of a part.

    Attributes
    ----------
    rows, change
        (k, D) rows and by how much they change each tier (T,); None where none were found.
    proven
        Nothing better is left in the part.
    work
        Deterministic seconds used.
    """

    rows: Ints | None
    change: Ints | None
    proven: bool
    work: float


def improve(
    problem: RosterProblem,
    rows: Ints,
    goals: Sequence[int],
    kept: Sequence[int],
    options: Options,
    stop: Stop,
    work: float,
) -> Improved:
    """Better rows of a part than ``rows`` (k, D).

    Parameters
    ----------
    goals
        The tier worked on, and perhaps one that counts a little beside it.
    kept
        Tiers that may not become worse; the one worked on never may.
    work
        Deterministic seconds in deterministic mode.
    """
    before = evaluate.values(problem, Roster(rows))
    model = Model(problem)
    keep_all(model)
    for tier in {*kept, goals[0]}:
        if model.paid[tier].variables:
            model.program.add_linear_constraint(model.paid[tier].expression, INT_MIN, int(before[tier]))
    model.program.minimize(_objective(model, goals).expression)
    model.hint(Roster(rows))
    solver = _one(options, stop, work)
    found = search(model.program, solver, stop)
    spent = float(solver.deterministic_time)
    if not found.solved:
        return Improved(None, None, False, spent)
    roster = model.roster(solver.boolean_value)
    after = evaluate.values(problem, roster)
    return Improved(roster.activity, after - before, not (found.clock or found.work), spent)


def _objective(model: Model, goals: Sequence[int]) -> Linear:
    """The tier worked on, and another with a weight so small that it seldom outweighs it."""
    goal, weight = Linear(), 1
    for tier in reversed(goals):
        paid = model.paid[tier]
        goal.join(paid, weight)
        weight = min(MOST_WEIGHT, weight * (paid.most - paid.least + 1))
    return goal


def _one(options: Options, stop: Stop, work: float) -> cp_model.CpSolver:
    """A solver with one worker, for parts so small that its first search suits them."""
    solver = new_solver(options, stop)
    solver.parameters.num_workers = 1
    solver.parameters.interleave_search = False
    solver.parameters.linearization_level = 2  # parts are proven several times sooner than with the default
    if options.deterministic:
        solver.parameters.max_deterministic_time = work
    return solver


class _Solved(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # OR-Tools is untyped to us
    """Whether there is a roster yet."""

    def __init__(self) -> None:
        super().__init__()
        self.solved = False

    def on_solution_callback(self) -> None:
        self.solved = True


def alone(problem: RosterProblem, weights: Ints, options: Options, stop: Stop) -> tuple[Outcome, Ints | None]:
    """Rows of a part without any to begin with, good by the weighted sum of all tiers."""
    model = Model(problem)
    keep_all(model)
    goal = Linear()
    for tier, weight in enumerate(weights.tolist()):
        goal.join(model.paid[tier], weight)
    model.program.minimize(goal.expression)
    for work in LOOK_WORK if options.deterministic else (0.0,):
        solver, watch = _one(options, stop, work), _Solved()
        timed = None if options.deterministic else _enough(watch)
        found = search(model.program, solver, stop, watch, timed)
        if found.infeasible:
            return Outcome.INFEASIBLE, None
        if found.solved:
            return Outcome.FEASIBLE, model.roster(solver.boolean_value).activity
    return Outcome.UNKNOWN, None


def _enough(watch: _Solved) -> Callable[[float], bool]:
    return lambda spent: watch.solved and spent >= LOOK_S
