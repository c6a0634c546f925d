"""Rows of the linear model that are many and seldom bind, found when a point violates them.

Each finder returns rows over all cells, also those that a restricted model has not got yet, so that reduced
costs count them.  A row left out has multiplier 0, which keeps every bound valid.

conflicts
    ``x[a,zone] + x[b,zone] <= 1``; in a group that may stay closed ``<= y[g]``.
linking
    ``sum_s x[i,s] <= y[g]`` over the slots of one group.
meetings
    An affinity's column m is 1 when its two meet.  A cost: ``x[a,zone] + x[b,zone] - m <= 1``.  A reward:
    ``m <= sum_zone min(x[a,zone], x[b,zone])``, a concave function, by its tangent
    ``m <= sum_(zone in Z) x[a,zone] + sum_(zone not in Z) x[b,zone]`` with Z the zones where a has less
    (Kelley 1960, cutting planes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from tildeling_models.grouping.linear import Floats, LinearModel
from tildeling_models.grouping.problem import GroupingProblem, Ints, ints

VIOLATED = 1e-4
"""Least violation of a row that is worth adding."""

MOST = 4_000
"""Most rows of a family to add at a time, the most violated first."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows ``sum coef column <= upper``, as (row, column, coefficient) entries."""

    row: Ints
    column: Ints
    coef: Floats
    upper: Floats

    def __len__(self) -> int:
        return len(self.upper)


def violated(problem: GroupingProblem, model: LinearModel, level: Floats) -> Rows:
    """Rows of all families that a point (a level per column) violates."""
    found = [
        *(_conflicts(problem, model, level, at) for at in range(len(problem.group_zone))),
        _linking(problem, model, level),
        *(_meetings(problem, model, level, at) for at in range(len(problem.group_zone))),
    ]
    sizes = np.cumsum([0, *(len(rows) for rows in found)])
    return Rows(
        np.concatenate([rows.row + shift for rows, shift in zip(found, sizes, strict=False)]),
        np.concatenate([rows.column for rows in found]),
        np.concatenate([rows.coef for rows in found]),
        np.concatenate([rows.upper for rows in found]),
    )


def _presence(problem: GroupingProblem, level: Floats, at: int) -> csr_matrix:
    """(I, Z) how much of each item is in each zone."""
    zone = problem.zone_of_cell(at)
    used = np.flatnonzero((level[: problem.n_cells] > VIOLATED / 10) & (zone >= 0))
    shape = problem.n_items, int(problem.group_zone[at].max(initial=0)) + 1
    return csr_matrix((level[used], (problem.cell_item[used], zone[used])), shape=shape)


def _cells_in(problem: GroupingProblem, item: Ints, zone: Ints, at: int) -> tuple[Ints, Ints]:
    """(row, cell) of the cells of item[row] in zone[row]."""
    start = np.searchsorted(problem.cell_item, np.arange(problem.n_items + 1))
    count = np.diff(start)[item]
    row = np.repeat(np.arange(len(item)), count)
    cell = np.repeat(start[item] - np.cumsum(count) + count, count) + np.arange(len(row))
    here = problem.zone_of_cell(at)[cell] == zone[row]
    return ints(row[here]), ints(cell[here])


def _worst(excess: Floats) -> Ints:
    """Which rows to add, of those with this much violation."""
    found = np.flatnonzero(excess > VIOLATED)
    return ints(found[np.argsort(-excess[found], kind="stable")[:MOST]])


def _conflicts(problem: GroupingProblem, model: LinearModel, level: Floats, at: int) -> Rows:
    _, a, b = problem.conflict[problem.conflict[:, 0] == at].T
    there = _presence(problem, level, at)
    pair, zone, both = _together(there, a, b)
    room = np.ones(len(pair))
    if at == 0:
        closed = ~problem.group_open[zone]
        room[closed] = level[model.y[zone[closed]]]
    worst = _worst(both - room)
    pair, zone = pair[worst], zone[worst]
    sides = [_cells_in(problem, side[pair], zone, at) for side in (a, b)]
    parts = [(row, model.x[cell], np.ones(len(row))) for row, cell in sides]
    upper = np.ones(len(worst))
    if at == 0:
        closed = ~problem.group_open[zone]
        upper[closed] = 0.0
        parts.append((np.flatnonzero(closed), model.y[zone[closed]], -np.ones(int(closed.sum()))))
    return _joined(parts, upper)


def _together(there: csr_matrix, a: Ints, b: Ints) -> tuple[Ints, Ints, Floats]:
    """Where both of a pair are in part: pair, zone, and the sum of the parts."""
    one, other = there[a], there[b]
    both = (one.multiply(other > 0) + other.multiply(one > 0)).tocoo()
    return ints(both.row), ints(both.col), np.asarray(both.data, dtype=np.float64)


def _linking(problem: GroupingProblem, model: LinearModel, level: Floats) -> Rows:
    there = _presence(problem, level, 0).tocoo()
    item, group = ints(there.row), ints(there.col)
    open_ = problem.group_open[group]
    worst = _worst(np.where(open_, 0.0, there.data - level[model.y[group]]))
    item, group = item[worst], group[worst]
    row, cell = _cells_in(problem, item, group, 0)
    parts = [
        (row, model.x[cell], np.ones(len(row))),
        (np.arange(len(worst)), model.y[group], -np.ones(len(worst))),
    ]
    return _joined(parts, np.zeros(len(worst)))


def _meetings(problem: GroupingProblem, model: LinearModel, level: Floats, at: int) -> Rows:
    mine = np.flatnonzero(problem.affinity[:, 0] == at)
    cost = problem.affinity[mine, 4] > 0
    there = _presence(problem, level, at)
    parts: list[tuple[Ints, Ints, Floats]] = []

    which = mine[cost]
    a, b = problem.affinity[which, 1], problem.affinity[which, 2]
    pair, zone, both = _together(there, a, b)
    worst = _worst(both - 1.0 - level[model.meet[which[pair]]])
    pair, zone = pair[worst], zone[worst]
    for side in (a, b):
        row, cell = _cells_in(problem, side[pair], zone, at)
        parts.append((row, model.x[cell], np.ones(len(row))))
    parts.append((np.arange(len(worst)), model.meet[which[pair]], -np.ones(len(worst))))
    n = len(worst)

    which = mine[~cost]
    a, b = problem.affinity[which, 1], problem.affinity[which, 2]
    least = np.asarray(there[a].minimum(there[b]).sum(axis=1)).ravel()
    worst = _worst(level[model.meet[which]] - least)
    a, b = a[worst], b[worst]
    less = (there[a] < there[b]).tocoo()
    width = there.shape[1]
    fewer = ints(less.row) * width + ints(less.col)
    rows = n + np.arange(len(worst))
    for side, takes in ((a, True), (b, False)):
        row, cell = _cells_of(problem, side)
        kept = np.isin(row * width + problem.zone_of_cell(at)[cell], fewer) == takes
        parts.append((rows[row[kept]], model.x[cell[kept]], -np.ones(int(kept.sum()))))
    parts.append((rows, model.meet[which[worst]], np.ones(len(worst))))
    return _joined(parts, np.concatenate([np.ones(n), np.zeros(len(worst))]))


def _cells_of(problem: GroupingProblem, item: Ints) -> tuple[Ints, Ints]:
    """(row, cell) of all cells of item[row]."""
    start = np.searchsorted(problem.cell_item, np.arange(problem.n_items + 1))
    count = np.diff(start)[item]
    row = np.repeat(np.arange(len(item)), count)
    cell = np.repeat(start[item] - np.cumsum(count) + count, count) + np.arange(len(row))
    return ints(row), ints(cell)


def _joined(parts: list[tuple[Ints, Ints, Floats]], upper: Floats) -> Rows:
    row, column, coef = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Rows(ints(row), ints(column), coef, upper)
