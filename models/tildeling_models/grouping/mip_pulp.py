"""Engines ``mip-cbc``, ``mip-gurobi``, ``mip-cplex``: the linear model's arrays through PuLP.

PuLP names a run that stopped at a limit "Optimal", so outcome and bound are read from the solver itself: from
CBC's own log (:mod:`~tildeling_models.grouping.cbc`), from Gurobi's and CPLEX's model objects.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pulp

from tildeling_models.grouping import cbc, evaluate
from tildeling_models.grouping.engines import UnknownEngine
from tildeling_models.grouping.lexicographic import solve_tiers
from tildeling_models.grouping.linear import Floats, LinearModel, build, decode, encode
from tildeling_models.grouping.problem import Assignment, GroupingProblem, Ints
from tildeling_models.grouping.task import Answer, Task, TierSolver
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result
from tildeling_models.stop import Stop

ROUNDING = 1e-5
"""Slack below a whole number within which a floating-point bound counts as that number."""
ABSOLUTE_GAP = 0.999
"""Values are whole numbers: a gap below 1 is a proof."""


def program(model: LinearModel, task: Task) -> tuple[pulp.LpProblem, list[Any]]:
    """The tier as a PuLP problem, earlier tiers capped, and its variables in the order of the columns.

    The objective leaves out the constant ``model.offset``.
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


def _answer(
    task: Task, found: Assignment | None, bound: float | None, *, infeasible: bool, clock: bool, work: bool
) -> Answer:
    """An honest answer: a solution only if it keeps every primitive, a bound only as the solver claims it."""
    if infeasible and task.start is None:
        return Answer(Outcome.INFEASIBLE, None, None)
    whole = None
    if bound is not None and not infeasible and math.isfinite(bound) and abs(bound) < 1e15:
        whole = math.ceil(bound - ROUNDING)
    if found is None or evaluate.violations(task.problem, found):
        return Answer(Outcome.UNKNOWN, task.start, whole, clock, work)
    value = int(evaluate.values(task.problem, found)[task.tier])
    task.moment(found, value, whole)
    outcome = Outcome.OPTIMAL if whole == value else Outcome.FEASIBLE
    return Answer(outcome, found, whole, clock, work)


def solve_tier_cbc(task: Task) -> Answer:
    """Solve one tier with CBC."""
    model = build(task.problem, task.tier)
    found, columns = program(model, task)
    started = _start(columns, model, task)
    run = cbc.run(found, started, task, ABSOLUTE_GAP)
    assignment = decode(task.problem, model, _values(columns)) if run.solved else None
    bound = None if run.bound is None else run.bound + float(model.offset[task.tier])
    return _answer(task, assignment, bound, infeasible=run.infeasible, clock=run.clock, work=run.work)


def solve_tier_gurobi(task: Task) -> Answer:
    """Solve one tier with Gurobi through its Python interface."""
    model = build(task.problem, task.tier)
    found, columns = program(model, task)
    _start(columns, model, task)
    options = task.options
    params = {"MIPGap": options.gap, "MIPGapAbs": ABSOLUTE_GAP, "Seed": options.seed,
              "Threads": options.workers}  # fmt: skip
    if options.deterministic:
        params["NodeLimit"] = options.work_limit
    limit = task.seconds if math.isfinite(task.seconds) else None
    solver = pulp.GUROBI(msg=False, timeLimit=limit, warmStart=task.start is not None, **params)

    def watch(inner: Any, _where: int) -> None:
        if task.stop.cancelled:
            inner.terminate()

    found.solve(solver, callback=watch)
    inner = found.solverModel
    status, kinds = inner.Status, {"infeasible": 3, "nodes": 8, "time": 9}  # GRB.Status
    assignment = decode(task.problem, model, _values(columns)) if inner.SolCount else None
    bound = None
    if status != kinds["infeasible"]:
        bound = float(inner.ObjBound) + float(model.offset[task.tier])
    solver.close()
    return _answer(
        task, assignment, bound, infeasible=status == kinds["infeasible"], clock=status == kinds["time"],
        work=status == kinds["nodes"],
    )  # fmt: skip


def solve_tier_cplex(task: Task) -> Answer:
    """Solve one tier with CPLEX through its Python interface; a cancel is heeded between tiers."""
    model = build(task.problem, task.tier)
    found, columns = program(model, task)
    _start(columns, model, task)
    options = task.options
    params = {"mip.tolerances.mipgap": options.gap, "mip.tolerances.absmipgap": ABSOLUTE_GAP,
              "randomseed": options.seed}  # fmt: skip
    if options.deterministic:
        params["mip.limits.nodes"] = options.work_limit
    limit = task.seconds if math.isfinite(task.seconds) else None
    solver = pulp.CPLEX_PY(
        msg=False, timeLimit=limit, warmStart=task.start is not None, threads=options.workers, **params
    )
    found.solve(solver)
    inner = found.solverModel.solution
    status = int(inner.get_status())
    infeasible, clock, work = status in (3, 103, 119), status in (107, 108), status in (105, 106)
    assignment = None
    if inner.is_primal_feasible():
        assignment = decode(task.problem, model, _values(columns))
    bound = None
    if not infeasible and not (assignment is None and status in (101, 102)):
        bound = float(inner.MIP.get_best_objective()) + float(model.offset[task.tier])
    return _answer(task, assignment, bound, infeasible=infeasible, clock=clock, work=work)


def _solve(
    solver: TierSolver, name: str, problem: GroupingProblem, options: Options, stop: Stop,
    progress: Progress, start: Assignment | None,
) -> Result[Assignment]:  # fmt: skip
    return solve_tiers(problem, solver, name, options, stop, progress, start)


def solve_cbc(
    problem: GroupingProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Assignment | None = None,
) -> Result[Assignment]:
    """Solve all tiers with CBC, which comes with PuLP.

    Raises
    ------
    UnknownEngine
        If there is no CBC for this machine.
    """
    if cbc.executable() is None:
        raise UnknownEngine("engine 'mip-cbc': PuLP brings no CBC for this machine and none is on the path")
    return _solve(solve_tier_cbc, "mip-cbc", problem, options, stop, progress, start)


def solve_gurobi(
    problem: GroupingProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Assignment | None = None,
) -> Result[Assignment]:
    """Solve all tiers with Gurobi.

    Raises
    ------
    UnknownEngine
        If gurobipy or a licence is missing.
    """
    _installed("mip-gurobi", "GUROBI", "gurobipy")
    return _solve(solve_tier_gurobi, "mip-gurobi", problem, options, stop, progress, start)


def solve_cplex(
    problem: GroupingProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Assignment | None = None,
) -> Result[Assignment]:
    """Solve all tiers with CPLEX.

    Raises
    ------
    UnknownEngine
        If the package cplex is missing.
    """
    _installed("mip-cplex", "CPLEX_PY", "cplex")
    return _solve(solve_tier_cplex, "mip-cplex", problem, options, stop, progress, start)


def _installed(name: str, solver: str, package: str) -> None:
    if solver not in pulp.listSolvers(onlyAvailable=False) or not _available(solver):
        raise UnknownEngine(
            f"engine {name!r}: {package} is not installed here, or has no licence; "
            f"install it, or choose mip (HiGHS) or mip-cbc"
        )


def _available(solver: str) -> bool:
    try:
        return bool(getattr(pulp, solver)().available())
    except Exception:  # a licence fault surfaces as the vendor's own exception
        return False
