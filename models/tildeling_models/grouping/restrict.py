"""Smaller problems from a larger one: fewer cells, or without pairs that can never meet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tildeling_models.grouping.problem import Bools, GroupingProblem, Ints, distinct, ints, ranges

CHUNK = 2_000_000
"""Zones compared at a time."""


def restrict_cells(problem: GroupingProblem, keep: Bools) -> GroupingProblem:
    """The problem with only the cells of a mask; everything that names cells is renumbered."""
    place = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int64)
    every = [ints(np.arange(len(rows))) for rows in (problem.limits, problem.presence, problem.excess)]
    return replace(
        problem,
        cell_item=problem.cell_item[keep],
        cell_slot=problem.cell_slot[keep],
        cell_cost=problem.cell_cost[:, keep],
        cell_start=problem.cell_start[keep],
        limits=problem.limits.pick(every[0], place),
        presence=problem.presence.pick(every[1], place),
        excess=problem.excess.pick(every[2], place),
    )


def drop_strangers(problem: GroupingProblem) -> GroupingProblem:
    """The problem without the conflicts and affinities of two items whose cells share no zone of the level.

    They never bind and never cost anything, yet would join parts that are independent.  "Together" stays:
    where two items cannot meet it still lets only one of them, or none, be placed.
    """
    conflict = problem.conflict[can_meet(problem, problem.conflict)]
    affinity = problem.affinity[can_meet(problem, problem.affinity)]
    if len(conflict) == len(problem.conflict) and len(affinity) == len(problem.affinity):
        return problem
    return replace(problem, conflict=conflict, affinity=affinity)


def can_meet(problem: GroupingProblem, pairs: Ints) -> Bools:
    """Of (level, item, item, ...) rows: whether the cells of both items reach a common zone of the level."""
    meet = np.zeros(len(pairs), dtype=bool)
    for level in np.unique(pairs[:, 0]):
        rows = ints(np.flatnonzero(pairs[:, 0] == level))
        meet[rows] = _share(problem, int(level), pairs[rows, 1], pairs[rows, 2])
    return meet


def _share(problem: GroupingProblem, level: int, one: Ints, other: Ints) -> Bools:
    """Whether each pair of items shares a zone: the zones of the one are looked up among the other's."""
    zones = problem.zone_of_cell(level)
    named = np.zeros(problem.n_items, dtype=bool)
    named[one] = named[other] = True
    cells = named[problem.cell_item] & (zones >= 0)
    width = int(zones.max(initial=0)) + 1
    reached = distinct(problem.cell_item[cells] * width + zones[cells])
    share = np.zeros(len(one), dtype=bool)
    if not len(reached):
        return share
    start = np.searchsorted(reached, one * width)
    end = np.searchsorted(reached, (one + 1) * width)
    border = np.cumsum(end - start) // CHUNK
    for chunk in np.unique(border):
        rows = ints(np.flatnonzero(border == chunk))
        length = end[rows] - start[rows]
        wanted = reached[ranges(start[rows], end[rows])] % width + np.repeat(other[rows], length) * width
        found = reached[np.minimum(np.searchsorted(reached, wanted), len(reached) - 1)] == wanted
        share[np.repeat(rows, length)[found]] = True
    return share


def restrict_arcs(problem: GroupingProblem, keep: Bools) -> GroupingProblem:
    """The problem with only the arcs of a mask."""
    return replace(
        problem,
        arc_group=problem.arc_group[keep],
        arc_server=problem.arc_server[keep],
        arc_cost=problem.arc_cost[:, keep],
        arc_load_cost=problem.arc_load_cost[:, :, keep],
        arc_own=problem.arc_own[keep],
    )
