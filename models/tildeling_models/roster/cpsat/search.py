"""One search of CP-SAT: its limits, its watch, and what its status proves."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
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
    infeasible, solved
        What is proven, and whether there is a solution to read.
    bound
        Proven lower bound of the objective; None where the search ended before it had any.
    clock, work
        Which limit cut in.
    """

    infeasible: bool
    solved: bool
    bound: int | None
    clock: bool
    work: bool


def new_solver(options: Options, stop: Stop) -> cp_model.CpSolver:
    """A solver with the limits of a run.

    One worker takes turns at all of CP-SAT's searches, as several do at once: by itself its first search alone
    would run, which finds no roster of a ward in minutes where the others need seconds.
    """
    solver = cp_model.CpSolver()
    limits = solver.parameters
    limits.num_workers = options.workers
    limits.interleave_search = options.deterministic or options.workers == 1
    limits.random_seed = options.seed
    limits.relative_gap_limit = options.gap
    if math.isfinite(stop.left):
        limits.max_time_in_seconds = stop.left
    if options.deterministic:
        limits.max_deterministic_time = options.work_limit / WORK_UNIT
    return solver


def search(
    program: cp_model.CpModel,
    solver: cp_model.CpSolver,
    stop: Stop,
    watch: cp_model.CpSolverSolutionCallback | None = None,
    enough: Callable[[float], bool] | None = None,
    told: Callable[[float], None] | None = None,
) -> Found:
    """Run a solver until it is done, its limits cut in, the run is cancelled, or it is ``enough`` after so long.

    ``told`` hears of every better bound.

    Raises
    ------
    RuntimeError
        If CP-SAT refuses the model.
    """
    bounds: list[float] = []

    def better(bound: float) -> None:
        bounds.append(bound)
        if told is not None:
            told(bound)

    solver.best_bound_callback = better
    with _watched(solver, stop, enough):
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
    late = solver.wall_time >= 0.99 * limits.max_time_in_seconds
    clock = not ended and not work and (late or (enough is not None and enough(solver.wall_time)))
    infeasible = status == cp_model.INFEASIBLE
    return Found(infeasible, solved, max(proven, default=None), clock, work)


@contextmanager
def _watched(solver: cp_model.CpSolver, stop: Stop, enough: Callable[[float], bool] | None) -> Iterator[None]:
    """Stop the search soon after it is cancelled or enough, also while it finds nothing."""
    done, began = threading.Event(), time.monotonic()

    def watch() -> None:
        while not done.wait(0.1):
            if stop.cancelled or (enough is not None and enough(time.monotonic() - began)):
                solver.stop_search()
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
