"""One search of CP-SAT: its limits, its watch, and what its status proves."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ortools.sat.python import cp_model

from tildeling_models.options import Options
from tildeling_models.roster.cpsat.model import bound_of
from tildeling_models.stop import Stop

WORK_UNIT = 100
"""Units of the work limit in one deterministic second of CP-SAT."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to.

    Attributes
    ----------
    optimal, infeasible, solved
        What is proven, and whether there is a solution to read.
    bound
        Proven lower bound of the objective; None where the search ended before it had any.
    clock, work
        Which limit cut in.
    """

    optimal: bool
    infeasible: bool
    solved: bool
    bound: int | None
    clock: bool
    work: bool


def new_solver(options: Options, seconds: float, share: float = 1.0) -> cp_model.CpSolver:
    """A solver with the limits of a run; ``share`` of the work limit in deterministic mode."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = options.workers
    solver.parameters.random_seed = options.seed
    solver.parameters.relative_gap_limit = options.gap
    if math.isfinite(seconds):
        solver.parameters.max_time_in_seconds = max(seconds, 0.0)
    if options.deterministic:
        solver.parameters.interleave_search = True
        solver.parameters.max_deterministic_time = share * options.work_limit / WORK_UNIT
    return solver


def search(
    program: cp_model.CpModel,
    solver: cp_model.CpSolver,
    stop: Stop,
    watch: cp_model.CpSolverSolutionCallback | None = None,
) -> Found:
    """Run a solver until it is done, its limits cut in, or the run is cancelled.

    Raises
    ------
    RuntimeError
        If CP-SAT refuses the model.
    """
    bounds: list[float] = []
    solver.best_bound_callback = bounds.append
    with _stopped_when_cancelled(solver, stop):
        status = solver.solve(program, watch)
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(f"CP-SAT refuses the model: {program.validate()}")
    solved = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    if solved and program.has_objective():
        bounds.append(solver.best_objective_bound)
    # Without a solution the response's bound may be the 0 that it began with, which proves nothing.
    proven = [bound for bound in map(bound_of, bounds) if bound is not None]
    ended = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    limits = solver.parameters
    work = not ended and solver.deterministic_time >= limits.max_deterministic_time
    clock = not ended and not work and solver.wall_time >= 0.99 * limits.max_time_in_seconds
    return Found(
        status == cp_model.OPTIMAL,
        status == cp_model.INFEASIBLE,
        solved,
        max(proven, default=None),
        clock,
        work,
    )


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
