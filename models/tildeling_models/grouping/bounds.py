"""Bounds that hold without any search."""

from __future__ import annotations

import numpy as np

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.problem import GroupingProblem
from tildeling_models.grouping.task import Answer, Task
from tildeling_models.result import Outcome


def least_value(problem: GroupingProblem, tier: int) -> int:
    """A bound that always holds: every item at its cheapest cell, every reward taken, nothing else paid."""
    best = np.zeros(problem.n_items, dtype=np.int64)
    must = np.full(problem.n_items, np.iinfo(np.int64).max)
    np.minimum.at(best, problem.cell_item, problem.cell_cost[tier])
    np.minimum.at(must, problem.cell_item, problem.cell_cost[tier])
    has = must < np.iinfo(np.int64).max
    best = np.where(problem.item_required & has, must, best)
    total = int(problem.constant[tier]) + int(best.sum())
    rewards = problem.affinity[(problem.affinity[:, 3] == tier) & (problem.affinity[:, 4] < 0), 4]
    total += int(rewards.sum())
    if problem.n_arcs:
        total += int(np.minimum(problem.arc_cost[tier], 0).sum())
    return total


def settled(task: Task) -> Answer | None:
    """The answer where the start already meets the bound that always holds: no search is needed."""
    if task.start is None:
        return None
    least = least_value(task.problem, task.tier)
    if int(evaluate.values(task.problem, task.start)[task.tier]) == least:
        return Answer(Outcome.OPTIMAL, task.start, least)
    return None
