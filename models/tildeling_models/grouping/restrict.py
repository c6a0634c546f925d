"""Smaller problems from a larger one: fewer cells, or one component."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tildeling_models.grouping.problem import Bools, GroupingProblem


def restrict_cells(problem: GroupingProblem, keep: Bools) -> GroupingProblem:
    """The problem with only the cells of a mask; everything that names cells is renumbered."""
    place = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int64)
    every = [np.arange(len(rows)) for rows in (problem.limits, problem.presence, problem.excess)]
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
