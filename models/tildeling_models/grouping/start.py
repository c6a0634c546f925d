"""A start that needs no search: everyone stays where they are, nobody else is placed."""

from __future__ import annotations

import numpy as np

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.problem import Assignment, GroupingProblem


def status_quo(problem: GroupingProblem) -> Assignment | None:
    """Movers at home, each open group on its only possible server; None where that is not feasible."""
    item_slot = np.full(problem.n_items, -1, np.int64)
    home = np.flatnonzero(problem.cell_start)
    item_slot[problem.cell_item[home]] = problem.cell_slot[home]
    group_server = np.full(problem.n_groups, -1, np.int64)
    group_server[problem.arc_group] = problem.arc_server
    start = Assignment(item_slot, group_server)
    return None if evaluate.violations(problem, start) else start
