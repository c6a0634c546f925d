"""Engines ``mip-highs``, ``mip-cbc``, ``mip-gurobi``, ``mip-cplex``: the linear model's arrays through PuLP, whole."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pulp

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.engines import Engine
from tildeling_models.grouping.lexicographic import solve_tiers
from tildeling_models.grouping.linear import Floats, LinearModel, build, decode, encode
from tildeling_models.grouping.problem import Assignment, GroupingProblem, Ints
from tildeling_models.grouping.task import Answer, Task
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result
from tildeling_models.solvers import OutOfTime, Run, Search, Solver, Value, solver
from tildeling_models.stop import Stop

ROWS = 1000
"""Rows written down between two looks at the clock."""


def program(model: LinearModel, task: Task) -> tuple[pulp.LpProblem, list[Any]]:
    """The tier as a PuLP problem, earlier tiers capped, and its variables in the order of the columns.

    The objective leaves out the constant ``model.offset``.

    Raises
    ------
    OutOfTime
        If the run is to stop before it is written down.
    """
    found = pulp.LpProblem("tier", pulp.LpMinimize)
    columns = [
        found.add_variable(
            f"c{index}", float(low), float(high) if math.isfinite(high) else None,
            pulp.LpInteger if whole else pulp.LpContinuous,
        )
        for index, (low, high, whole) in enumerate(zip(model.lower, model.upper, model.integer, strict=True))
    ]  # fmt: skip
    found.setObjective(_sum(columns, np.flatnonzero(model.cost[task.tier]), model.cost[task.tier]))
    for row in range(len(model.row_lower)):
        if row % ROWS == 0 and task.stop.now:
            raise OutOfTime
        part = slice(model.row_start[row], model.row_start[row + 1])
        total = pulp.LpAffineExpression(
            [(columns[c], float(v)) for c, v in zip(model.row_col[part], model.row_coef[part], strict=True)]
        )
        _bounded(found, total, float(model.row_lower[row]), float(model.row_upper[row]))
    for tier, most in task.caps:
        total = _sum(columns, np.flatnonzero(model.cost[tier]), model.cost[tier])
        _bounded(found, total, -math.inf, float(most - model.offset[tier]))
    return found, columns


def _sum(columns: list[Any], used: Ints, coef: Floats) -> pulp.LpAffineExpression:
    return pulp.LpAffineExpression([(columns[c], float(coef[c])) for c in used])


def _bounded(found: pulp.LpProblem, total: pulp.LpAffineExpression, low: float, high: float) -> None:
    """Add low <= total <= high; a row without columns, which PuLP refuses, must hold by itself."""
    if not len(total):
        if low > 0 or high < 0:
            empty = found.add_variable(f"impossible{len(found.constraints)}", 0, 0)
            found.addConstraint(pulp.LpAffineExpression([(empty, 1.0)]) >= 1)
    elif low == high:
        found.addConstraint(total == low)
    else:
        if math.isfinite(high):
            found.addConstraint(total <= high)
        if math.isfinite(low):
            found.addConstraint(total >= low)


def _values(columns: list[Any]) -> Floats:
    return np.array([0.0 if column.varValue is None else column.varValue for column in columns])


def _start(columns: list[Any], model: LinearModel, task: Task) -> list[Any]:
    """Set x, y and z to the start's values; the solver completes the auxiliaries."""
    if task.start is None:
        return []
    where, values = encode(task.problem, model, task.start)
    for column, value in zip(where, values, strict=True):
        columns[column].setInitialValue(float(value), check=False)
    return [columns[column] for column in where]


def _answer(task: Task, found: Assignment | None, run: Run) -> Answer:
    """An honest answer: a solution only if it keeps every primitive, a bound only as the solver claims it."""
    if run.infeasible and task.start is None:
        return Answer(Outcome.INFEASIBLE, None, None)
    if found is None or evaluate.violations(task.problem, found):
        return Answer(Outcome.UNKNOWN, task.start, run.whole, run.clock, run.work)
    value = int(evaluate.values(task.problem, found)[task.tier])
    task.moment(found, value, run.whole)
    outcome = Outcome.OPTIMAL if run.whole == value else Outcome.FEASIBLE
    return Answer(outcome, found, run.whole, run.clock, run.work)


def solve_tier(chosen: Solver, task: Task) -> Answer:
    """Solve one tier with a solver."""
    model = build(task.problem, task.tier)
    offset = float(model.offset[task.tier])

    def improved(value: Value, bound: float) -> None:
        assignment = decode(task.problem, model, np.array([value(column) for column in columns]))
        worth = int(evaluate.values(task.problem, assignment)[task.tier])
        task.moment(assignment, worth, Run(True, bound + offset, False, False, False).whole)

    until = task.stop.elapsed + task.seconds
    try:
        found, columns = program(model, task)
        started = _start(columns, model, task)
        run = chosen(found, Search(task.options, task.stop, until, until, started, improved))
    except OutOfTime:
        return Answer(Outcome.UNKNOWN, task.start, None, limit=True)
    assignment = decode(task.problem, model, _values(columns)) if run.solved else None
    return _answer(task, assignment, replace(run, bound=None if run.bound is None else run.bound + offset))


def through(name: str) -> Engine:
    """The engine of this name: all tiers, with the solver that the name says.

    Raises
    ------
    UnknownEngine
        When it is called, if the solver is not there.
    """

    def solve(
        problem: GroupingProblem, options: Options, stop: Stop, progress: Progress, start: Assignment | None
    ) -> Result[Assignment]:
        return solve_tiers(problem, partial(solve_tier, solver(name)), name, options, stop, progress, start)

    return solve


solve_highs = through("mip-highs")
solve_cbc = through("mip-cbc")
solve_gurobi = through("mip-gurobi")
solve_cplex = through("mip-cplex")
