"""One tier with a look ahead: its own cost first, and a little of the next tiers' costs.

A solver that works on one tier alone throws away what later tiers want.  Weights fall by ``RATIO`` from tier to
tier, in units of the dearest cell, so that a later tier seldom tempts and always breaks ties.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tildeling_models.grouping.problem import GroupingProblem, Ints, Sparse, ints

AHEAD, RATIO = 3, 10
"""Tiers with a cost of cells that are looked at beyond the first, and the fall in weight from each to the next."""


def window(problem: GroupingProblem, tier: int) -> GroupingProblem:
    """The problem up to a tier, whose cost is a weighted sum; of later tiers only the costs of cells and arcs."""
    weight = _weights(problem, tier)
    kept = slice(0, tier)

    def mixed(cost: Ints) -> Ints:
        """(tier + 1, ...) the earlier tiers as they are, and the weighted sum of this and the later ones."""
        return np.concatenate([cost[kept], np.tensordot(weight, cost, 1)[None]])

    def own(rows: Ints, at: int, value: int) -> Ints:
        """Rows of this and earlier tiers, this one's dearer by its weight."""
        rows = rows[rows[:, at] <= tier].copy()
        rows[rows[:, at] == tier, value] *= weight[tier]
        return rows

    goals = problem.excess_cost[:, 0] <= tier
    return replace(
        problem,
        tiers=(*problem.tiers[:tier], f"{problem.tiers[tier]}..."),
        tolerance=problem.tolerance[: tier + 1],
        constant=mixed(problem.constant),
        cell_cost=mixed(problem.cell_cost),
        arc_cost=mixed(problem.arc_cost) if problem.n_arcs else problem.arc_cost[: tier + 1],
        arc_load_cost=_first(problem.arc_load_cost, tier, int(weight[tier])),
        server_cost=_first(problem.server_cost, tier, int(weight[tier])),
        affinity=own(problem.affinity, 3, 4),
        excess=_rows(problem.excess, goals),
        excess_base=problem.excess_base[goals],
        excess_cost=own(problem.excess_cost, 0, 1),
        overload=own(problem.overload, 4, 5),
        spread_cost=own(problem.spread_cost, 0, 1),
    )


def _weights(problem: GroupingProblem, tier: int) -> Ints:
    """(T,) weight of each tier, 0 for the earlier ones and those beyond the window."""
    weight = np.zeros(len(problem.tiers), np.int64)
    dearest = np.abs(problem.cell_cost).max(axis=1, initial=0)
    later = [t for t in range(tier + 1, len(problem.tiers)) if dearest[t]][:AHEAD]
    now, scale = 1, 0
    for t in reversed(later):
        now = now * max(1, -(-scale // int(dearest[t]))) if scale else 1
        weight[t] = now
        now, scale = now * RATIO, int(dearest[t])
    own = max(1, int(dearest[tier]))
    weight[tier] = now * max(1, -(-scale // own)) if later else 1
    return weight


def _first(cost: Ints, tier: int, weight: int) -> Ints:
    """Costs of this tier by its weight, earlier ones as they are."""
    kept = cost[: tier + 1].copy()
    kept[tier:] *= weight
    return kept


def _rows(rows: Sparse, kept: np.ndarray) -> Sparse:
    """Some rows of a sparse matrix."""
    if kept.all():
        return rows
    return rows.pick(ints(np.flatnonzero(kept)), np.arange(int(rows.cell.max(initial=-1)) + 1))
