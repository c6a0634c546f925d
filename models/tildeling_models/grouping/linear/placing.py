"""Families of the linear model about placing: items, slots, sizes of groups, limits."""

from __future__ import annotations

import numpy as np

from tildeling_models.grouping.linear.model import Builder
from tildeling_models.grouping.problem import GroupingProblem, Ints


def items(model: Builder, problem: GroupingProblem, x: Ints) -> None:
    """(items) sum_s x[i,s] <= 1, = 1 for required items."""
    lower = problem.item_required.astype(np.float64)
    model.rows(problem.n_items, lower, 1.0, (problem.cell_item, x, 1.0))


def slots(model: Builder, problem: GroupingProblem, x: Ints) -> None:
    """(slots) sum_i x[i,s] <= capacity[s], where it can bind."""
    count = np.bincount(problem.cell_slot, minlength=len(problem.slot_capacity))
    tight = np.flatnonzero(count > problem.slot_capacity)
    place = np.full(len(count), -1, np.int64)
    place[tight] = np.arange(len(tight))
    kept = place[problem.cell_slot] >= 0
    model.rows(
        len(tight), -np.inf, problem.slot_capacity[tight], (place[problem.cell_slot[kept]], x[kept], 1.0)
    )


def open_with_min_max(model: Builder, problem: GroupingProblem, x: Ints, y: Ints) -> None:
    """(sizes) min[g] y[g] <= sum size[i] x[i,s] <= max[g] y[g]."""
    group, size = problem.cell_group, problem.item_size[problem.cell_item]
    closed = ~problem.group_open
    every = np.arange(problem.n_groups)
    model.rows(problem.n_groups, -np.inf, 0.0, (group, x, size), (every, y, -problem.group_max))
    place = np.cumsum(closed) - 1
    kept = closed[group]
    model.rows(
        int(closed.sum()), 0.0, np.inf,
        (place[group[kept]], x[kept], size[kept]),
        (np.arange(closed.sum()), y[closed], -problem.group_min[closed]),
    )  # fmt: skip


def linking(model: Builder, problem: GroupingProblem, x: Ints, y: Ints) -> None:
    """(linking) x[i,s] <= y[g]: strengthens the relaxation where a group may stay closed."""
    linked = np.flatnonzero(~problem.group_open[problem.cell_group])
    rows = np.arange(len(linked))
    model.rows(len(linked), -np.inf, 0.0, (rows, x[linked], 1.0), (rows, y[problem.cell_group[linked]], -1.0))


def limits(model: Builder, problem: GroupingProblem, x: Ints) -> None:
    """(limits) sum coef x <= rhs."""
    rows = problem.limits
    model.rows(len(rows), -np.inf, problem.limit_rhs, (rows.row, x[rows.cell], rows.coef))
