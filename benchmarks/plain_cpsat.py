"""Comparator: the plain model in OR-Tools' CP-SAT, tier after tier, each capped at what it reached."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import Any

from ortools.sat.python import cp_model

from benchmarks.deadline import OutOfTime, within
from benchmarks.plain_model import PlainModel
from benchmarks.plain_result import PlainResult, PlainTier, seconds_for, still_building
from tildeling.housing.dataset import Dataset
from tildeling.housing.solution import Solution


class CpSat:
    """CP-SAT as a modelling library."""

    def __init__(self) -> None:
        self.model = cp_model.CpModel()
        self.count = 0

    def binary(self) -> Any:
        """A 0/1 variable."""
        self.count += 1
        return self.model.new_bool_var("")

    def whole(self, most: int) -> Any:
        """A whole number from 0 to ``most``."""
        self.count += 1
        return self.model.new_int_var(0, most, "")

    def total(self, terms: Iterable[Any]) -> Any:
        """A sum."""
        return cp_model.LinearExpr.sum(list(terms))

    def add(self, constraint: Any) -> None:
        """A constraint; one without variables must hold."""
        self.model.add(constraint)


def solve(data: Dataset, seconds: float, workers: int, seed: int) -> PlainResult[Solution]:
    """Solve within a time limit that counts from now, building included."""
    began = time.monotonic()
    until = began + seconds
    library = CpSat()
    try:
        with within(seconds):
            plain = PlainModel(data, library)
    except OutOfTime:
        return still_building(library.count, time.monotonic() - began)
    built, pairs = time.monotonic() - began, len(plain.x)
    tiers: list[PlainTier] = []
    best: dict[int, int] = {}
    found: Solution | None = None
    goals, note = plain.tiers(), ""
    for index in range(plain.n_tiers):
        started = time.monotonic()
        try:
            with within(until - started):
                name, goal = next(goals)
                library.model.minimize(goal)
        except OutOfTime:
            note = f"time was up at the goals of tier number {index + 1}"
            break
        share = seconds_for(max(0.1, until - time.monotonic()), index, plain.n_tiers)
        solver = _solver(share, workers, seed)
        status = solver.solve(library.model)
        if status == cp_model.UNKNOWN:  # nothing in its share: once more, with all the time there is
            solver = _solver(max(0.1, until - time.monotonic()), workers, seed)
            status = solver.solve(library.model)
        if status == cp_model.INFEASIBLE:
            return PlainResult("infeasible", found, tuple(tiers), built, pairs)
        solved = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        bound = math.ceil(solver.best_objective_bound - 1e-6) if solved else None
        tiers.append(PlainTier(name, bound, time.monotonic() - started))
        if not solved:  # the proposal of the tiers before stands
            note = f"nothing found in tier {name}"
            break
        found = plain.solution(solver.boolean_value)
        best = {v.index: int(solver.boolean_value(v)) for v in (*plain.x.values(), *plain.serves.values())}
        library.model.add(goal <= round(solver.objective_value))
        library.model.clear_hints()
        for index_of, value in best.items():
            library.model.add_hint(library.model.get_bool_var_from_proto_index(index_of), value)
    return PlainResult("feasible" if found else "unknown", found, tuple(tiers), built, pairs, note)


def _solver(seconds: float, workers: int, seed: int) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = seconds
    return solver
