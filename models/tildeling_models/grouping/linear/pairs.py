"""Families of the linear model about two items, or two sets of them, in one place."""

from __future__ import annotations

import numpy as np

from tildeling_models.grouping.linear.model import Builder
from tildeling_models.grouping.problem import GroupingProblem, Ints, ints


def zone_cells(problem: GroupingProblem, level: Ints, item: Ints) -> tuple[Ints, Ints, Ints]:
    """Every (pair index, zone, cell) of one side of a list of pairs."""
    start = np.searchsorted(problem.cell_item, np.arange(problem.n_items + 1))
    count = (start[1:] - start[:-1])[item]
    pair = np.repeat(np.arange(len(item)), count)
    shift = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    cell = np.repeat(start[:-1][item], count) + shift
    zone = problem.group_zone[level[pair], problem.cell_group[cell]]
    return ints(pair), ints(zone), ints(cell)


def meeting(
    problem: GroupingProblem, level: Ints, a: Ints, b: Ints, *, both: bool
) -> tuple[Ints, Ints, tuple[Ints, Ints], tuple[Ints, Ints]]:
    """Rows (pair, zone) where two items can meet (``both``) or either can be.

    Returns the pair and zone of each row, and (row, cell) of either side.
    """
    pair_a, zone_a, cell_a = zone_cells(problem, level, a)
    pair_b, zone_b, cell_b = zone_cells(problem, level, b)
    width = int(problem.group_zone.max(initial=0)) + 1
    key_a, key_b = pair_a * width + zone_a, pair_b * width + zone_b
    keys = np.intersect1d(key_a, key_b) if both else np.union1d(key_a, key_b)
    in_a, in_b = np.isin(key_a, keys), np.isin(key_b, keys)
    side_a = ints(np.searchsorted(keys, key_a[in_a])), cell_a[in_a]
    side_b = ints(np.searchsorted(keys, key_b[in_b])), cell_b[in_b]
    return ints(keys // width), ints(keys % width), side_a, side_b


def conflicts(model: Builder, problem: GroupingProblem, x: Ints, y: Ints) -> None:
    """(conflicts) x[a,zone] + x[b,zone] <= 1; in a group that may stay closed <= y[g]."""
    if not len(problem.conflict):
        return
    level, a, b = problem.conflict.T
    pair, zone, side_a, side_b = meeting(problem, level, a, b, both=True)
    grouped = np.flatnonzero(level[pair] == 0)
    upper = np.ones(len(pair))
    upper[grouped] = 0.0
    model.rows(
        len(pair), -np.inf, upper,
        (side_a[0], x[side_a[1]], 1.0), (side_b[0], x[side_b[1]], 1.0), (grouped, y[zone[grouped]], -1.0),
    )  # fmt: skip


def exclusions(model: Builder, problem: GroupingProblem, x: Ints) -> None:
    """(exclusions) x[cell] <= w[presence]; w[p] + w[q] <= 1."""
    if not len(problem.exclusion):
        return
    w = model.columns(len(problem.presence))
    entries = len(problem.presence.cell)
    rows = np.arange(entries)
    model.rows(
        entries, -np.inf, 0.0, (rows, x[problem.presence.cell], 1.0), (rows, w[problem.presence.row], -1.0)
    )
    pairs = np.arange(len(problem.exclusion))
    model.rows(
        len(pairs), -np.inf, 1.0,
        (pairs, w[problem.exclusion[:, 0]], 1.0), (pairs, w[problem.exclusion[:, 1]], 1.0),
    )  # fmt: skip


def together(model: Builder, problem: GroupingProblem, x: Ints) -> None:
    """(together) x[a,zone] = x[b,zone]; or, if each may wait alone, x[a,zone] + placed[b] - x[b,zone] <= 1.

    Whether b is placed is a column of its own, so that a row per zone does not name all cells of b.
    """
    strict = problem.together[problem.together[:, 3] == 1] if len(problem.together) else problem.together
    if len(strict):
        pair, _, side_a, side_b = meeting(problem, strict[:, 0], strict[:, 1], strict[:, 2], both=False)
        model.rows(len(pair), 0.0, 0.0, (side_a[0], x[side_a[1]], 1.0), (side_b[0], x[side_b[1]], -1.0))
    loose = problem.together[problem.together[:, 3] == 0] if len(problem.together) else problem.together
    if not len(loose):
        return
    placed = _placed(model, problem, x, loose[:, 1:3])
    for a, b in ((1, 2), (2, 1)):
        level, one, other = loose[:, 0], loose[:, a], loose[:, b]
        pair, _, side_a, side_b = meeting(problem, level, one, other, both=False)
        model.rows(
            len(pair), -np.inf, 1.0,
            (side_a[0], x[side_a[1]], 1.0), (side_b[0], x[side_b[1]], -1.0),
            (np.arange(len(pair)), placed[other[pair]], 1.0),
        )  # fmt: skip


def _placed(model: Builder, problem: GroupingProblem, x: Ints, item: Ints) -> Ints:
    """(I,) a column that says whether an item is placed, for some items; -1 for others."""
    item = np.unique(item)
    column = np.full(problem.n_items, -1, np.int64)
    column[item] = model.columns(len(item))
    row, _, cell = zone_cells(problem, np.zeros(len(item), np.int64), item)
    rows = np.arange(len(item))
    model.rows(len(item), 0.0, 0.0, (row, x[cell], 1.0), (rows, column[item], -1.0))
    return column


def affinity(model: Builder, problem: GroupingProblem, x: Ints, tiers: set[int]) -> None:
    """(affinity) cost: d >= x[a,zone] + x[b,zone] - 1; reward: s[zone] <= x[a,zone], s[zone] <= x[b,zone]."""
    rows = problem.affinity[np.isin(problem.affinity[:, 3], sorted(tiers))]
    for sign in (1, -1):
        part = rows[np.sign(rows[:, 4]) == sign]
        if not len(part):
            continue
        level, a, b, tier, cost = part.T
        pair, _, side_a, side_b = meeting(problem, level, a, b, both=True)
        if sign > 0:
            d = model.columns(len(part))
            model.rows(
                len(pair), -np.inf, 1.0,
                (side_a[0], x[side_a[1]], 1.0), (side_b[0], x[side_b[1]], 1.0),
                (np.arange(len(pair)), d[pair], -1.0),
            )  # fmt: skip
            columns, owner = d, np.arange(len(part))
        else:
            s = model.columns(len(pair))
            for side in (side_a, side_b):
                model.rows(
                    len(pair), -np.inf, 0.0, (np.arange(len(pair)), s, 1.0), (side[0], x[side[1]], -1.0)
                )
            columns, owner = s, pair
        for t in tiers:
            mine = tier[owner] == t
            model.cost(t, columns[mine], cost[owner[mine]])


def meetings(model: Builder, problem: GroupingProblem) -> Ints:
    """(meetings) one column per affinity, 1 when the two meet; its rows are added when violated."""
    column = model.columns(len(problem.affinity))
    for tier in np.unique(problem.affinity[:, 3]).tolist():
        mine = problem.affinity[:, 3] == tier
        model.cost(tier, column[mine], problem.affinity[mine, 4])
    return column
