"""Engine ``mip``: the linear model's arrays handed straight to HiGHS.

Outcome and bound come from the solver's own status and dual bound.  Values are whole numbers, so a bound is
rounded up, and an absolute gap below 1 is a proof.  That leaves room below 1 for a hint of the next tier in
the objective: it steers the search towards solutions that the next tier can use, and costs no proof.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import highspy
import numpy as np

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.bounds import settled
from tildeling_models.grouping.lexicographic import solve_tiers
from tildeling_models.grouping.linear import Floats, LinearModel, build, decode, encode
from tildeling_models.grouping.problem import Assignment, Bools, GroupingProblem
from tildeling_models.grouping.task import Answer, Task
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result, Tier
from tildeling_models.solvers.mip_start import MipStart
from tildeling_models.solvers.threads import scheduler
from tildeling_models.stop import Stop

HINT = 0.4
"""Most that the next tier may weigh in a tier's objective, over its whole range."""

ROUNDING, RELATIVE = 1e-5, 1e-9
"""Slack below a whole number within which a floating-point bound counts as that number, at least, and of the bound."""


def solve_tier(task: Task) -> Answer:
    """Solve one tier with HiGHS."""
    model = build(task.problem, task.tier)
    if not len(model.lower) and ((model.row_lower > 0) | (model.row_upper < 0)).any():
        # HiGHS calls a model without columns empty, not infeasible
        return Answer(Outcome.INFEASIBLE, None, None)
    done = settled(task)
    if done is not None and done.bound is not None:
        return replace(done, keep=useful_cells(model, task, done.bound))
    hint = next_tier_hint(model, task)
    highs = _loaded(model, task, hint)
    start = _mip_start(model, task)
    start.give(highs)

    def interrupt(event: highspy.HighsCallbackEvent) -> None:
        if task.stop.cancelled:
            event.interrupt()

    def improved(event: highspy.HighsCallbackEvent) -> None:
        found = decode(task.problem, model, np.asarray(event.data_out.mip_solution))
        value = int(evaluate.values(task.problem, found)[task.tier])
        task.moment(found, value, whole_bound(start.bound(event) - hint.above))

    highs.cbMipInterrupt += interrupt
    highs.cbSimplexInterrupt += interrupt
    highs.cbMipImprovingSolution += improved
    highs.run()
    answer = _answer(highs, model, task, hint)
    if answer.outcome is Outcome.OPTIMAL and answer.bound is not None:
        return replace(answer, keep=useful_cells(model, task, answer.bound))
    return answer


def useful_cells(model: LinearModel, task: Task, value: int) -> Bools | None:
    """Cells that some solution of this value can use: reduced-cost fixing.

    A cell at 0 in the relaxation (optimum r, reduced cost d) makes any solution that uses it cost at least
    r + d; above the tier's optimum it can be left out of all later tiers (Nemhauser and Wolsey 1988, II.5).
    One at 1 that no such solution can do without leaves its item's other cells out.
    """
    highs = _loaded(model, task, None)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = highs.getSolution()
    dual = np.asarray(solution.col_dual)[model.x]
    level = np.asarray(solution.col_value)[model.x]
    floor = highs.getInfo().objective_function_value
    useless = (level < ROUNDING) & (floor + dual > value + 0.01)
    needed = (level > 1 - ROUNDING) & (floor - dual > value + 0.01)
    settled = np.zeros(task.problem.n_items, dtype=bool)
    settled[task.problem.cell_item[needed]] = True
    return np.asarray(needed | ~(useless | settled[task.problem.cell_item]))


def whole_bound(bound: float) -> int | None:
    """A floating-point lower bound on a whole number, rounded up."""
    if not math.isfinite(bound) or abs(bound) >= 1e15:
        return None
    return math.ceil(bound - max(ROUNDING, RELATIVE * abs(bound)))


@dataclass(frozen=True, eq=False)
class Hint:
    """A small cost of cells in favour of the next tier, and the most it can add to a value."""

    cost: Floats
    above: float


def next_tier_hint(model: LinearModel, task: Task) -> Hint:
    """The next tier's cost of cells, scaled so that the whole of it is worth less than ``HINT``."""
    problem = task.problem
    cost = np.zeros(len(model.lower))
    for tier in range(task.tier + 1, len(problem.tiers)):
        cells = problem.cell_cost[tier]
        if not cells.any():
            continue
        low, high = np.zeros(problem.n_items), np.zeros(problem.n_items)
        np.minimum.at(low, problem.cell_item, cells)
        np.maximum.at(high, problem.cell_item, cells)
        scale = HINT / (high - low).sum()
        cost[model.x] = scale * cells
        return Hint(cost, float(scale * high.sum()))
    return Hint(cost, 0.0)


def _loaded(model: LinearModel, task: Task, hint: Hint | None) -> highspy.Highs:
    """A HiGHS instance with the tier's objective and a row per earlier tier.

    With a hint the columns are whole numbers; without, it is the relaxation.
    """
    highs = highspy.Highs()
    options = task.options
    scheduler.use(options.workers)
    for name, value in (
        ("output_flag", False),
        ("threads", options.workers),
        ("random_seed", options.seed),
        ("mip_rel_gap", options.gap),
        ("mip_abs_gap", 0.9 - HINT),
        ("mip_feasibility_tolerance", 1e-7),
        ("time_limit", min(task.seconds, 1e7)),
    ):
        highs.setOptionValue(name, value)
    if options.deterministic:
        highs.setOptionValue("mip_max_nodes", options.work_limit)
    columns = len(model.lower)
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
        model.cost[task.tier] + (hint.cost if hint else 0.0), model.lower, model.upper, lower, upper,
        np.concatenate(start).astype(np.int32), everything[0].astype(np.int32), everything[1],
        (model.integer & (hint is not None)).astype(np.int32),
    )  # fmt: skip
    return highs


def _mip_start(model: LinearModel, task: Task) -> MipStart:
    """The start's columns."""
    if task.start is None:
        return MipStart()
    columns, values = encode(task.problem, model, task.start)
    return MipStart(columns.astype(np.int32), values, model.integer[columns])


def _answer(highs: highspy.Highs, model: LinearModel, task: Task, hint: Hint) -> Answer:
    status = highs.getModelStatus()
    info = highs.getInfo()
    kinds = highspy.HighsModelStatus
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible) and task.start is None:
        return Answer(Outcome.INFEASIBLE, None, None)
    expected = (kinds.kOptimal, kinds.kTimeLimit, kinds.kSolutionLimit, kinds.kIterationLimit,
                kinds.kInterrupt, kinds.kModelEmpty)  # fmt: skip
    if status not in expected:
        raise RuntimeError(f"HiGHS stopped with status {status.name} at tier {task.problem.tiers[task.tier]}")
    found: Assignment | None = None
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        found = decode(task.problem, model, np.asarray(highs.getSolution().col_value))
    bound = _bound(info.mip_dual_bound - hint.above, status, found, task)
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
    known: Sequence[Tier] = (),
    most: int | None = None,
) -> Result[Assignment]:
    """Solve all tiers as one model each."""
    return solve_tiers(problem, solve_tier, "mip", options, stop, progress, start, known=known, most=most)
