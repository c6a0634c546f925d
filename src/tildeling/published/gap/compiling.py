"""The instance as a grouping problem: jobs are items, agents groups that stand open, capacities limits on cells.

What a job uses differs from agent to agent, so that it is a weight of the cell and no size of the item.
"""

from __future__ import annotations

import numpy as np

from tildeling.published.gap.instance import Instance
from tildeling.published.grouping import problem_of
from tildeling_models.grouping.problem import GroupingProblem, Sparse, ints

TIER = "cost"


def compile_instance(instance: Instance) -> GroupingProblem:
    """One tier; a cell for every job and agent that has room for it alone."""
    use, capacity = ints(instance.use), ints(instance.capacity)
    job, agent = np.nonzero((use <= capacity[:, None]).T)
    order = np.argsort(agent, kind="stable")
    start = np.searchsorted(agent[order], np.arange(instance.agents + 1))
    return problem_of(
        tier=TIER,
        items=instance.jobs,
        groups=instance.agents,
        cell_item=ints(job),
        cell_group=ints(agent),
        cell_cost=ints(instance.cost)[agent, job],
        limits=Sparse(ints(start), ints(order), use[agent[order], job[order]]),
        limit_rhs=capacity,
    )
