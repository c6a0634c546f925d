"""Which groups to open: the linear relaxation, with openings whole numbers where they cost anything.

Items may be divided, openings may not.  Where opening is what costs, as in facility location, this is far nearer to the
truth than a relaxation of both, and a set of open groups leaves a problem of assignment alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import highspy
import numpy as np

from tildeling_models.grouping.knapsacks.structure import FAR, Floats, Knapsacks
from tildeling_models.grouping.mip import whole_bound
from tildeling_models.grouping.problem import Bools, Ints, ints
from tildeling_models.solvers.threads import scheduler
from tildeling_models.stop import Stop

KINDS = highspy.HighsModelStatus
GAVE_UP = (KINDS.kSolveError, KINDS.kPresolveError, KINDS.kPostsolveError)
"""Ends at which HiGHS has failed on the numbers, and its bound is none."""

LINKED = 4_000
"""Cells up to which each is bound by its group's opening in a row of its own: stronger, and slower."""

Opened = Callable[[Bools], None]


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A bound (None where there is none yet), duals of the items, and the groups that are open in the best."""

    bound: int | None
    u: Floats
    open: Bools


def relax(sacks: Knapsacks, stop: Stop, options: dict[str, float | int], found: Opened) -> Relaxed:
    """Solve the relaxation; ``found`` is told of every better set of open groups."""
    items, groups = sacks.shape
    highs, cells = _model(sacks, whole=bool((sacks.opening > 0).any()))
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.setOptionValue("time_limit", min(stop.left, 1e7))

    def interrupt(event: highspy.HighsCallbackEvent) -> None:
        if stop.cancelled:
            event.interrupt()

    def improved(event: highspy.HighsCallbackEvent) -> None:
        found(np.asarray(event.data_out.mip_solution)[cells:] > 0.5)

    highs.cbMipInterrupt += interrupt
    highs.cbSimplexInterrupt += interrupt
    highs.cbMipImprovingSolution += improved
    scheduler.use(1)
    highs.run()
    info, status = highs.getInfo(), highs.getModelStatus()
    solution = highs.getSolution()
    there = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    opened = np.asarray(solution.col_value)[cells:] > 0.5 if there else np.ones(groups, dtype=bool)
    if (sacks.opening > 0).any():
        bound = None if status in GAVE_UP else whole_bound(info.mip_dual_bound)
        return Relaxed(bound, np.zeros(items), np.asarray(opened | sacks.stands))
    solved = status == KINDS.kOptimal
    u = np.asarray(solution.row_dual)[:items] if solved else np.zeros(items)
    bound = whole_bound(info.objective_function_value) if solved else None
    return Relaxed(bound, u, np.ones(groups, dtype=bool))


def place(sacks: Knapsacks, below: int, stop: Stop, nodes: int) -> tuple[Ints | None, int | None]:
    """The best group for each item, none divided, if one is found worth less than ``below``; and a bound.

    The bound is ``below`` itself where nothing less is there, and None where none was found.
    """
    highs, cells = _model(sacks, whole=False, items_whole=True)
    highs.setOptionValue("time_limit", min(stop.left, 1e7))
    highs.setOptionValue("mip_max_nodes", nodes)
    highs.setOptionValue("mip_rel_gap", 0.0)  # for HiGHS is done at a ten-thousandth otherwise
    highs.setOptionValue("mip_abs_gap", 0.99)
    highs.setOptionValue("objective_bound", float(below) - 0.5)

    def interrupt(event: highspy.HighsCallbackEvent) -> None:
        if stop.cancelled:
            event.interrupt()

    highs.cbMipInterrupt += interrupt
    highs.cbSimplexInterrupt += interrupt
    scheduler.use(1)
    highs.run()
    info, status = highs.getInfo(), highs.getModelStatus()
    # every column has bounds, so that nothing is unbounded
    ended = status in (KINDS.kOptimal, KINDS.kInfeasible, KINDS.kUnboundedOrInfeasible)
    if status in GAVE_UP:
        return None, None
    bound: int | None = below
    if not ended:
        proven = whole_bound(info.mip_dual_bound)
        bound = None if proven is None else min(below, proven)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None, bound
    if ended:
        bound = min(below, round(info.objective_function_value))
    item, group = np.nonzero(sacks.cost < FAR)
    picked = np.asarray(highs.getSolution().col_value)[:cells] > 0.5
    found = np.full(sacks.shape[0], -1, np.int64)
    found[item[picked]] = group[picked]
    return ints(found), bound


def _model(sacks: Knapsacks, whole: bool, *, items_whole: bool = False) -> tuple[highspy.Highs, int]:
    """Each item once; loads within capacities of open groups; columns of cells first, then of openings."""
    from scipy.sparse import coo_matrix

    items, groups = sacks.shape
    item, group = np.nonzero(sacks.cost < FAR)
    cells = len(item)
    weight = sacks.weight[item, group].astype(np.float64)
    rows = [item, items + group, items + np.arange(groups)]
    columns = [np.arange(cells), np.arange(cells), cells + np.arange(groups)]
    values = [np.ones(cells), weight, -sacks.capacity.astype(np.float64)]
    lower = [np.ones(items), np.where(sacks.floor > 0, sacks.floor - sacks.capacity, -np.inf)]
    upper = [np.ones(items), np.zeros(groups)]
    # what weighs nothing opens no group by its load
    tied = np.flatnonzero((sacks.opening[group] > 0) & ((weight == 0) | (whole and cells <= LINKED)))
    if len(tied):
        linked = items + groups + np.arange(len(tied))
        rows += [linked, linked]
        columns += [tied, cells + group[tied]]
        values += [np.ones(len(tied)), -np.ones(len(tied))]
        lower.append(np.full(len(tied), -np.inf))
        upper.append(np.zeros(len(tied)))
    low, high = np.concatenate(lower), np.concatenate(upper)
    matrix = coo_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(len(low), cells + groups),
    ).tocsr()
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = cells + groups, len(low)
    program.col_cost_ = np.concatenate([sacks.cost[item, group], sacks.opening]).astype(np.float64)
    program.col_lower_ = np.concatenate([np.zeros(cells), sacks.stands.astype(np.float64)])
    program.col_upper_ = np.ones(cells + groups)
    program.row_lower_, program.row_upper_ = low, high
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = matrix.indptr
    program.a_matrix_.index_ = matrix.indices
    program.a_matrix_.value_ = matrix.data
    kinds = highspy.HighsVarType
    if whole or items_whole:
        of_cells = kinds.kInteger if items_whole else kinds.kContinuous
        program.integrality_ = [of_cells] * cells + [kinds.kInteger] * groups
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.passModel(program)
    return highs, cells


def only(sacks: Knapsacks, opened: Bools) -> tuple[Knapsacks, int]:
    """The problem over some groups that are open and paid for, and what opening them costs."""
    at = ints(np.flatnonzero(opened))
    return replace(
        sacks,
        cost=np.ascontiguousarray(sacks.cost[:, at]), weight=np.ascontiguousarray(sacks.weight[:, at]),
        capacity=sacks.capacity[at], floor=sacks.floor[at], opening=np.zeros(len(at), np.int64),
        slot=sacks.slot[at], server=sacks.server[at], open=sacks.open[at],
    ), int(sacks.opening[at].sum())  # fmt: skip
