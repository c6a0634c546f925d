"""The instance as a grouping problem: customers are items, facilities groups that are closed while nobody is there.

What a customer takes is the same everywhere, so that it is the item's size, and a capacity the group's maximum.
Each facility is served by a server of its own; to choose it, as an open group must, costs what opening does.
"""

from __future__ import annotations

import numpy as np

from tildeling.published.grouping import problem_of
from tildeling.published.sscflp.instance import Instance
from tildeling_models.grouping.problem import GroupingProblem, ints

TIER = "cost"


def compile_instance(instance: Instance) -> GroupingProblem:
    """One tier; a cell for every customer and facility that can serve them alone."""
    demand, capacity, cost = ints(instance.demand), ints(instance.capacity), ints(instance.cost)
    customer, facility = np.nonzero(demand[:, None] <= capacity[None, :])
    groups = len(capacity)
    tier = TIER if instance.scale == 1 else f"{TIER}_x{instance.scale}"
    return problem_of(
        tier=tier,
        items=len(demand),
        groups=groups,
        cell_item=ints(customer),
        cell_group=ints(facility),
        cell_cost=cost[customer, facility],
        item_size=demand,
        group_max=capacity,
        group_open=np.zeros(groups, np.bool_),
        group_served=np.ones(groups, np.bool_),
        arc_group=np.arange(groups, dtype=np.int64),
        arc_server=np.arange(groups, dtype=np.int64),
        arc_cost=ints(instance.opening).reshape(1, -1),
        arc_load_cost=np.zeros((1, 0, groups), np.int64),
        arc_own=np.ones(groups, np.bool_),
        server_capacity=np.zeros((0, groups), np.int64),
        server_cost=np.zeros((1, groups), np.int64),
        server_open=np.zeros(groups, np.bool_),
        server_groups=np.ones(groups, np.int64),
        server_own_groups=np.ones(groups, np.int64),
        server_sites=np.ones(groups, np.int64),
        server_key=np.arange(groups, dtype=np.uint64),
    )
