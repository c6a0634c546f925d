"""Engine ``mip``: the linear model's arrays handed straight to HiGHS.

Outcome and bound come from the solver's own status and dual bound.  Values are whole numbers, so a bound is
rounded up, and an absolute gap below 1 is a proof.
"""

from __future__ import annotations

import math

import highspy
import numpy as np

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.lexicographic import solve_tiers
from tildeling_models.grouping.linear import LinearModel, build, decode, encode
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.grouping.task import Answer, Task
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result
from tildeling_models.stop import Stop

ROUNDING = 1e-5
"""Slack below a whole number within which a floating-point bound counts as that number."""


def solve_tier(task: Task) -> Answer:
    """Solve one tier with HiGHS."""
    model = build(task.problem, task.tier)
    highs = _loaded(model, task)
    if task.start is not None:
        columns, values = encode(task.problem, model, task.start)
        highs.setSolution(len(columns), columns.astype(np.int32), values)

    def interrupt(event: highspy.HighsCallbackEvent) -> None:
        if task.stop.cancelled:
            event.interrupt()

    def improved(event: highspy.HighsCallbackEvent) -> None:
        found = decode(task.problem, model, np.asarray(event.data_out.mip_solution))
        value = int(evaluate.values(task.problem, found)[task.tier])
        task.moment(found, value, whole_bound(event.data_out.mip_dual_bound))

    highs.cbMipInterrupt += interrupt
    highs.cbSimplexInterrupt += interrupt
    highs.cbMipImprovingSolution += improved
    highs.run()
    return _answer(highs, model, task)


def whole_bound(bound: float) -> int | None:
    """A floating-point lower bound on a whole number, rounded up."""
    return math.ceil(bound - ROUNDING) if math.isfinite(bound) and abs(bound) < 1e15 else None


def _loaded(model: LinearModel, task: Task) -> highspy.Highs:
    """A HiGHS instance with the tier's objective and a row per earlier tier."""
    highs = highspy.Highs()
    options = task.options
    for name, value in (
        ("output_flag", False),
        ("threads", options.workers),
        ("random_seed", options.seed),
        ("mip_rel_gap", options.gap),
        ("mip_abs_gap", 0.999),
        ("mip_feasibility_tolerance", 1e-7),
        ("time_limit", min(task.seconds, 1e7)),
    ):
        highs.setOptionValue(name, value)
    if options.deterministic:
        highs.setOptionValue("mip_max_nodes", options.work_limit)
    rows, columns = model.shape
    start, index, coef = [model.row_start], [model.row_col], [model.row_coef]
    lower, upper = model.row_lower, model.row_upper
    for tier, most in task.caps:
        used = np.flatnonzero(model.cost[tier])
        start.append(start[-1][-1:] + len(used))
        index.append(used)
        coef.append(model.cost[tier, used])
        lower = np.append(lower, -np.inf)
        upper = np.append(upper, most - model.offset[tier])
    everything = np.concatenate(index), np.concatenate(coef)
    highs.passModel(
        columns, len(lower), len(everything[0]), int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize), float(model.offset[task.tier]),
        np.ascontiguousarray(model.cost[task.tier]), model.lower, model.upper, lower, upper,
        np.concatenate(start).astype(np.int32), everything[0].astype(np.int32), everything[1],
        model.integer.astype(np.int32),
    )  # fmt: skip
    return highs


def _answer(highs: highspy.Highs, model: LinearModel, task: Task) -> Answer:
    status = highs.getModelStatus()
    info = highs.getInfo()
    kinds = highspy.HighsModelStatus
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible) and task.start is None:
        return Answer(Outcome.INFEASIBLE, None, None)
    found: Assignment | None = None
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        found = decode(task.problem, model, np.asarray(highs.getSolution().col_value))
    bound = _bound(info.mip_dual_bound, status, found, task)
    clock = status == kinds.kTimeLimit
    work = status in (kinds.kSolutionLimit, kinds.kIterationLimit)
    if found is None:
        return Answer(Outcome.UNKNOWN, task.start, bound, clock, work)
    value = int(evaluate.values(task.problem, found)[task.tier])
    outcome = Outcome.OPTIMAL if bound == value else Outcome.FEASIBLE
    return Answer(outcome, found, bound, clock, work)


def _bound(dual: float, status: highspy.HighsModelStatus, found: Assignment | None, task: Task) -> int | None:
    """The proven bound; a model without columns or rows has none of its own, its optimum is one."""
    bound = whole_bound(dual)
    if bound is None and found is not None and status == highspy.HighsModelStatus.kOptimal:
        return int(evaluate.values(task.problem, found)[task.tier])
    return bound


def solve(
    problem: GroupingProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Assignment | None = None,
) -> Result[Assignment]:
    """Solve all tiers as one model each."""
    return solve_tiers(problem, solve_tier, "mip", options, stop, progress, start)
