"""A better solution near a known one: some items are free to move within some groups, all others stand still.

The linear model of the whole with most columns held at the known solution's values, groups' servers among them, and
without the rows that then cannot bind: a few hundred columns for a handful of groups, solved exactly (large
neighbourhood search: Shaw 1998, *Using constraint programming and local search methods to solve vehicle routing
problems*).  Whole groups can change places in it, which no chain of single moves can do at no loss where people
wish for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from tildeling_models.grouping.linear import Floats, LinearModel, decode, encode
from tildeling_models.grouping.mip import HINT
from tildeling_models.grouping.problem import Assignment, Bools, GroupingProblem
from tildeling_models.solvers.threads import scheduler

FAR = 1e12
"""Stands for a column without an upper bound where activities of rows are added up."""
WHOLE = 1e-6
"""Slack of a row's side within which it does not bind."""
LEAST_HINT = 1e-7
"""A tier whose costs would weigh less than this in the objective is left out of it."""
NODES = 200
"""Most branch-and-bound nodes of one search."""


@dataclass(frozen=True, slots=True)
class Near:
    """What is free: the items in some groups, some more items, and with ``opening`` the groups and their servers."""

    groups: frozenset[int]
    items: frozenset[int] = frozenset()
    opening: bool = False


class Neighbourhood:
    """The linear model of a problem, ready to be cut down to a neighbourhood."""

    def __init__(self, problem: GroupingProblem, model: LinearModel, workers: int = 1) -> None:
        from scipy.sparse import csr_matrix, vstack

        self.problem, self.model, self.workers = problem, model, workers
        rows = csr_matrix((model.row_coef, model.row_col, model.row_start), shape=model.shape)
        self.matrix = vstack([rows, csr_matrix(model.cost)], format="csr")
        self.plus, self.minus = self.matrix.maximum(0), self.matrix.minimum(0)

    def improve(
        self,
        around: Assignment,
        cell: int,
        near: Near,
        tier: int,
        caps: Sequence[int],
        least: int,
        seconds: float,
    ) -> Assignment | None:
        """The best assignment in a tier that holds a cell and moves only what is near; None if none was found.

        ``caps`` are the greatest values of the tiers before; ``least`` is a proven bound, where the search may end.
        """
        model = self.model
        columns, values = encode(self.problem, model, around)
        lower, upper = model.lower.copy(), model.upper.copy()
        lower[columns] = upper[columns] = values
        self._let_go(around, cell, near, lower, upper)
        tiers = len(model.cost)
        low, high = np.full(tiers, -np.inf), np.full(tiers, np.inf)
        high[:tier] = np.asarray(caps) - model.offset[:tier]
        low[tier] = least - model.offset[tier]
        cost = model.cost[tier] + self._hint(tier, lower < upper)
        found = self._solve(lower, upper, cost, low, high, seconds)
        return None if found is None else decode(self.problem, model, found)

    def _let_go(self, around: Assignment, cell: int, near: Near, lower: Floats, upper: Floats) -> None:
        """Free what is near, and the cell's item, among the cells of the groups; the cell is chosen."""
        problem, model = self.problem, self.model
        inside = np.zeros(problem.n_groups, dtype=bool)
        inside[list(near.groups)] = True
        place = around.item_slot
        free: Bools = (place >= 0) & inside[problem.slot_group[place]]
        item = problem.cell_item[cell]
        free[[item, *near.items]] = True
        stays = place[problem.cell_item] == problem.cell_slot
        moves = model.x[free[problem.cell_item] & (inside[problem.cell_group] | stays)]
        lower[moves], upper[moves] = 0.0, 1.0
        if near.opening:
            for columns in (model.y[inside & ~problem.group_open], model.z[inside[problem.arc_group]]):
                lower[columns], upper[columns] = 0.0, 1.0
        mine = model.x[problem.cell_item == item]
        lower[mine] = upper[mine] = 0.0
        lower[model.x[cell]] = upper[model.x[cell]] = 1.0

    def _hint(self, tier: int, moves: Bools) -> Floats:
        """The tiers after this one, each worth less than a unit of the one before; together less than one here."""
        model = self.model
        total = np.zeros(len(model.lower))
        scale = HINT
        for later in range(tier + 1, len(model.cost)):
            span = float(np.abs(model.cost[later, moves]).sum())
            if span:
                scale /= span
                if scale < LEAST_HINT:
                    break
                total += scale * model.cost[later]
        return total

    def _solve(
        self, lower: Floats, upper: Floats, cost: Floats, low: Floats, high: Floats, seconds: float
    ) -> Floats | None:
        model = self.model
        low, high = np.concatenate([model.row_lower, low]), np.concatenate([model.row_upper, high])
        moves = np.flatnonzero(upper > lower)
        top = np.where(np.isinf(upper), FAR, upper)
        most, fewest = self.plus @ top + self.minus @ lower, self.plus @ lower + self.minus @ top
        binds = np.flatnonzero((most > high + WHOLE) | (fewest < low - WHOLE))
        rows = self.matrix[binds]
        still = lower.copy()
        still[moves] = 0.0
        low, high = low[binds] - rows @ still, high[binds] - rows @ still
        part = rows[:, moves].tocsr()
        scheduler.use(self.workers)
        highs = highspy.Highs()
        for name, value in (
            ("output_flag", False), ("threads", self.workers), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.9 - HINT),
            ("mip_feasibility_tolerance", 1e-7), ("mip_max_nodes", NODES), ("time_limit", seconds),
        ):  # fmt: skip
            highs.setOptionValue(name, value)
        highs.passModel(
            len(moves), part.shape[0], part.nnz, int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize), 0.0, cost[moves], lower[moves], upper[moves], low, high,
            part.indptr.astype(np.int32), part.indices.astype(np.int32), part.data, np.ones(len(moves), np.int32),
        )  # fmt: skip
        highs.run()
        if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        still[moves] = np.asarray(highs.getSolution().col_value)
        return still
