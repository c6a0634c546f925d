"""Published problems of allocation as grouping problems: what all of them have, and solutions both ways."""

from __future__ import annotations

from typing import Any

import numpy as np

from tildeling.published.assignment_files import Plan
from tildeling_models.grouping.problem import Assignment, GroupingProblem, Ints, Keys, ints


def problem_of(
    *, tier: str, items: int, groups: int, cell_item: Ints, cell_group: Ints, cell_cost: Ints, **more: Any
) -> GroupingProblem:
    """Every item placed in one of ``groups``, each of one slot; ``more`` are fields that differ from the plain ones.

    Plain is an item of size 1, and a group that stands open, has room for all and needs no server.
    """
    plain: dict[str, Any] = {
        "tiers": (tier,),
        "tolerance": np.zeros(1),
        "constant": ints([0]),
        "item_size": np.ones(items, np.int64),
        "item_required": np.ones(items, np.bool_),
        "item_load": np.zeros((0, items), np.int64),
        "item_queue": np.zeros(items, np.int64),
        "item_key": _keys(items),
        "cell_item": cell_item,
        "cell_slot": cell_group,
        "cell_cost": cell_cost.reshape(1, -1),
        "cell_start": np.zeros(len(cell_item), np.bool_),
        "slot_group": np.arange(groups, dtype=np.int64),
        "slot_capacity": np.full(groups, items, np.int64),
        "group_min": np.zeros(groups, np.int64),
        "group_max": np.full(groups, items, np.int64),
        "group_open": np.ones(groups, np.bool_),
        "group_zone": np.arange(groups, dtype=np.int64).reshape(1, -1),
        "group_load": np.zeros((0, groups), np.int64),
        "group_key": _keys(groups),
        "group_served": np.zeros(groups, np.bool_),
        "site_level": 0,
        "spread_value": np.zeros(items, np.int64),
        "spread_low": np.ones(groups, np.int64),
        "spread_high": np.zeros(groups, np.int64),
        "spread_groups": np.zeros(groups, np.bool_),
        "arc_cost": np.zeros((1, 0), np.int64),
        "arc_load_cost": np.zeros((1, 0, 0), np.int64),
        "server_capacity": np.zeros((0, 0), np.int64),
        "server_cost": np.zeros((1, 0), np.int64),
    }
    return GroupingProblem(**(plain | more))


def _keys(count: int) -> Keys:
    return np.arange(count, dtype=np.uint64)


def to_plan(assignment: Assignment) -> Plan:
    """The group of each item."""
    return tuple(int(slot) for slot in assignment.item_slot)


def to_assignment(plan: Plan, groups: int, *, served: bool = False) -> Assignment:
    """The other way; where groups are ``served``, each that is open has the server of its own number."""
    server = np.full(groups, -1, np.int64)
    if served:
        used = ints(sorted(set(plan)))
        server[used] = used
    return Assignment(ints(plan), server)
