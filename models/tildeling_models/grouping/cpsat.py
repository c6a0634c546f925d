"""Engine ``cpsat``: the same rows as whole-number constraints for OR-Tools' CP-SAT.

Every coefficient of the linear model is a whole number, so nothing is scaled; flows of loads become integer
columns, which changes nothing since loads are whole.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from ortools.sat.python import cp_model

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.bounds import settled
from tildeling_models.grouping.lexicographic import solve_tiers
from tildeling_models.grouping.linear import LinearModel, build, decode, encode
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.grouping.task import Answer, Task
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result, Tier
from tildeling_models.stop import Stop

LARGEST = 10**9
"""Upper bound of columns without one of their own; rows bound them far below."""


class _Watch(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # OR-Tools is untyped to us
    """Tells of better solutions and stops on a cancelled run."""

    def __init__(self, task: Task, model: LinearModel, columns: list[cp_model.IntVar]) -> None:
        super().__init__()
        self.task, self.model, self.columns = task, model, columns

    def on_solution_callback(self) -> None:
        found = decode(
            self.task.problem, self.model, np.array([self.value(c) for c in self.columns], dtype=float)
        )
        value = int(evaluate.values(self.task.problem, found)[self.task.tier])
        self.task.moment(found, value, math.ceil(self.best_objective_bound - 1e-6))


def solve_tier(task: Task) -> Answer:
    """Solve one tier with CP-SAT."""
    done = settled(task)
    if done is not None:
        return done
    model = build(task.problem, task.tier)
    program = cp_model.CpModel()
    columns = _columns(program, model)
    _rows(program, model, columns, task)
    cost = model.cost[task.tier].astype(np.int64)
    used = np.flatnonzero(cost)
    program.minimize(
        cp_model.LinearExpr.weighted_sum([columns[c] for c in used], cost[used].tolist())
        + int(model.offset[task.tier])
    )
    if task.start is not None:
        where, values = encode(task.problem, model, task.start)
        for column, value in zip(where, values, strict=True):
            program.add_hint(columns[column], int(value))
    solver = _solver(task)
    watch = _Watch(task, model, columns)
    with _stopped_when_cancelled(solver, task.stop):
        status = solver.solve(program, watch)
    return _answer(solver, status, task, model, columns)


def _columns(program: cp_model.CpModel, model: LinearModel) -> list[cp_model.IntVar]:
    upper = np.minimum(model.upper, LARGEST).astype(np.int64)
    bounds = zip(model.lower.astype(np.int64).tolist(), upper.tolist(), strict=True)
    return [program.new_int_var(low, high, "") for low, high in bounds]


def _rows(program: cp_model.CpModel, model: LinearModel, columns: list[cp_model.IntVar], task: Task) -> None:
    coef = model.row_coef.astype(np.int64)
    for row in range(len(model.row_lower)):
        part = slice(model.row_start[row], model.row_start[row + 1])
        expression = cp_model.LinearExpr.weighted_sum(
            [columns[c] for c in model.row_col[part]], coef[part].tolist()
        )
        low, high = model.row_lower[row], model.row_upper[row]
        if low == high:
            program.add(expression == int(low))
        else:
            if math.isfinite(high):
                program.add(expression <= int(high))
            if math.isfinite(low):
                program.add(expression >= int(low))
    for tier, most in task.caps:
        cost = model.cost[tier].astype(np.int64)
        used = np.flatnonzero(cost)
        program.add(
            cp_model.LinearExpr.weighted_sum([columns[c] for c in used], cost[used].tolist())
            <= most - int(model.offset[tier])
        )


def _solver(task: Task) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    options = task.options
    solver.parameters.num_workers = options.workers
    solver.parameters.random_seed = options.seed
    solver.parameters.relative_gap_limit = options.gap
    if math.isfinite(task.seconds):
        solver.parameters.max_time_in_seconds = task.seconds
    if options.deterministic:
        solver.parameters.interleave_search = True
        solver.parameters.max_deterministic_time = options.work_limit / 100
    return solver


@contextmanager
def _stopped_when_cancelled(solver: cp_model.CpSolver, stop: Stop) -> Iterator[None]:
    """Stop the search soon after the run is cancelled, also while it finds nothing."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            if stop.cancelled:
                solver.stop_search()
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _answer(
    solver: cp_model.CpSolver,
    status: cp_model.CpSolverStatus,
    task: Task,
    model: LinearModel,
    columns: list[cp_model.IntVar],
) -> Answer:
    work = task.options.deterministic and solver.deterministic_time >= task.options.work_limit / 100
    clock = status != cp_model.OPTIMAL and not work and solver.wall_time >= 0.99 * task.seconds
    if status == cp_model.INFEASIBLE:
        return Answer(Outcome.INFEASIBLE, None, None)
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError("CP-SAT refuses the model")
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        # stopped before it knew anything, CP-SAT says 0, which is no bound where rewards make values negative
        return Answer(Outcome.UNKNOWN, task.start, None, clock, work)
    bound = math.ceil(solver.best_objective_bound - 1e-6)
    found = decode(task.problem, model, np.array([solver.value(c) for c in columns], dtype=float))
    value = int(evaluate.values(task.problem, found)[task.tier])
    outcome = Outcome.OPTIMAL if bound == value else Outcome.FEASIBLE
    return Answer(outcome, found, bound, clock, work)


def solve(
    problem: GroupingProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Assignment | None = None,
    known: Sequence[Tier] = (),
    most: int | None = None,
) -> Result[Assignment]:
    """Solve all tiers, one model each."""
    return solve_tiers(problem, solve_tier, "cpsat", options, stop, progress, start, known=known, most=most)
