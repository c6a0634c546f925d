"""What a grouping problem must look like to be a set of knapsacks: every item in one group, each group by itself.

All items have to be placed; each group has one capacity at most, over its own cells, and maybe a least load of the same
weights; a group may cost something once it is open.  Cells cost what they cost, and two items in one group may where
opening costs nothing.
Told from the arrays alone, so that any problem of this form is solved as one, whatever it came from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tildeling_models.grouping.problem import UNLIMITED, Assignment, Bools, GroupingProblem, Ints, ints

Floats = NDArray[np.float64]

FAR = 2**50
"""Cost of a cell that is not allowed."""

DEAREST = 2**36
"""Greatest cost that still adds up exactly beside those."""

ROOM = 400_000_000
"""Items times units of the largest capacity that a table of all loads is made for."""

LARGEST = 4_000_000
"""Entries of the largest table of items by groups, or items by items, that is made."""


@dataclass(frozen=True, eq=False)
class Knapsacks:
    """The problem by items (I) and groups (G).

    Attributes
    ----------
    cost : (I, G) of an item in a group, FAR where it may not be
    weight : (I, G) what it takes of the group's capacity
    capacity, floor : (G,) most and least of the weights in a group
    opening : (G,) cost of a group that holds anything
    pair : (I, I) cost of two items in one group, symmetric; (0, 0) if no two have any
    slot : (G,) where a group's items are put; server : (G,) of an open group, -1 none
    constant : added to every value
    """

    cost: Ints
    weight: Ints
    capacity: Ints
    floor: Ints
    opening: Ints
    pair: Ints
    slot: Ints
    server: Ints
    open: Bools
    constant: int

    @property
    def shape(self) -> tuple[int, int]:
        """Items, groups."""
        items, groups = self.cost.shape
        return int(items), int(groups)

    @property
    def stands(self) -> Bools:
        """(G,) groups that are open in any case: opening costs nothing, or they have to hold something."""
        return np.asarray((self.opening == 0) | (self.floor > 0))

    def part(self, items: Ints, groups: Ints) -> Knapsacks:
        """Some items and some groups alone; nothing costs by pairs in it."""
        return replace(
            self, cost=self.cost[np.ix_(items, groups)], weight=self.weight[np.ix_(items, groups)],
            capacity=self.capacity[groups], floor=self.floor[groups], opening=self.opening[groups],
            pair=np.zeros((0, 0), np.int64), slot=self.slot[groups], server=self.server[groups], open=self.open[groups],
        )  # fmt: skip

    def assignment(self, group: Ints) -> Assignment:
        """The group of each item as a solution of the problem."""
        used = self.open.copy()
        used[group] = True
        return Assignment(self.slot[group], np.where(used, self.server, -1))

    def groups_of(self, assignment: Assignment) -> Ints:
        """The other way."""
        where = np.full(int(self.slot.max(initial=-1)) + 1, -1, np.int64)
        where[self.slot] = np.arange(len(self.slot))
        return ints(where[assignment.item_slot])


def knapsacks(problem: GroupingProblem, tier: int) -> Knapsacks | None:
    """The problem's ``tier`` as knapsacks; None where anything in it is of another form."""
    if not _plain(problem, tier):
        return None
    items, groups = problem.n_items, problem.n_groups
    slot = np.full(groups, -1, np.int64)
    slot[problem.slot_group] = np.arange(len(problem.slot_group))
    if not len(problem.slot_group) == groups == len(np.unique(problem.slot_group)):
        return None
    if (problem.slot_capacity < items).any():
        return None
    served = _served(problem, tier)
    loads = _loads(problem)
    if served is None or loads is None:
        return None
    server, opening = served
    weight, capacity, floor = loads
    pair = _pairs(problem, tier)
    if len(pair) and opening.any():
        return None  # sets of open groups are chosen without a look at pairs
    if max(int(np.abs(each).max(initial=0)) for each in (problem.cell_cost[tier], opening, pair)) > DEAREST:
        return None
    cost = np.full((items, groups), FAR, np.int64)
    cost[problem.cell_item, problem.cell_group] = problem.cell_cost[tier]
    cost[weight > capacity] = FAR
    if (cost.min(axis=1, initial=FAR) == FAR).any():
        return None  # an item that fits nowhere: not for a search
    return Knapsacks(
        cost, weight, capacity, floor, opening, pair, slot, server, problem.group_open,
        int(problem.constant[tier]),
    )  # fmt: skip


def _plain(problem: GroupingProblem, tier: int) -> bool:
    """Whether there is nothing that ties groups together, or items but by what two of them cost in one group."""
    ties = problem.affinity[problem.affinity[:, 3] == tier] if len(problem.affinity) else problem.affinity
    return (
        bool(problem.item_required.all())
        and problem.n_items > 0
        and problem.n_items * problem.n_groups <= LARGEST
        and not (len(ties) and problem.n_items**2 > LARGEST)
        and not (len(ties) and ties[:, 0].any())
        and not any(map(len, (problem.conflict, problem.exclusion, problem.together)))
        and not (len(problem.excess_cost) and (problem.excess_cost[:, 0] == tier).any())
        and not (len(problem.spread_cost) and (problem.spread_cost[:, 0] == tier).any())
        and not (len(problem.overload) and (problem.overload[:, 4] == tier).any())
    )


def _served(problem: GroupingProblem, tier: int) -> tuple[Ints, Ints] | None:
    """Each group's only server, and what it costs to choose it: servers that know no limit and no second group."""
    groups = problem.n_groups
    server, opening = np.full(groups, -1, np.int64), np.zeros(groups, np.int64)
    if not problem.n_arcs:
        return None if problem.group_served.any() else (server, opening)
    once = len(np.unique(problem.arc_group)) == len(np.unique(problem.arc_server)) == problem.n_arcs
    every = np.zeros(groups, dtype=bool)
    every[problem.arc_group] = True
    limited = (problem.server_capacity < UNLIMITED).any() or problem.arc_load_cost.any()
    if not once or limited or (every != problem.group_served).any():
        return None
    if (problem.server_groups < 1).any() or (problem.server_sites < 1).any():
        return None
    server[problem.arc_group] = problem.arc_server
    fee = np.where(problem.server_open, 0, problem.server_cost[tier])
    opening[problem.arc_group] = problem.arc_cost[tier] + fee[problem.arc_server]
    # a group that stands open pays whatever is in it: that would be a constant, and is left to other engines
    return None if (opening[problem.group_open] != 0).any() or (opening < 0).any() else (server, opening)


def _loads(problem: GroupingProblem) -> tuple[Ints, Ints, Ints] | None:
    """(weights, capacities, least loads), if no group has two capacities that can bind."""
    items, groups = problem.n_items, problem.n_groups
    weight = np.zeros((items, groups), np.int64)
    weight[problem.cell_item, problem.cell_group] = problem.item_size[problem.cell_item]
    capacity, floor = problem.group_max.copy(), np.zeros(groups, np.int64)
    closed = ~problem.group_open
    if (problem.group_min[closed] > problem.item_size.min()).any():
        return None  # a least size that only an open group has
    free = capacity >= weight.sum(axis=0)
    below: list[tuple[int, Ints, int]] = []
    rows = problem.limits
    for row in range(len(rows)):
        part = slice(rows.start[row], rows.start[row + 1])
        cells, coef, most = rows.cell[part], rows.coef[part], int(problem.limit_rhs[row])
        if coef[coef > 0].sum() <= most:
            continue  # it cannot bind
        where = np.unique(problem.cell_group[cells])
        if len(where) != 1:
            return None
        group, column = int(where[0]), np.zeros(items, np.int64)
        column[problem.cell_item[cells]] = coef
        if (coef <= 0).all():
            below.append((group, -column, -most))
        elif (coef < 0).any() or not free[group]:
            return None
        else:
            weight[:, group], capacity[group], free[group] = column, most, False
    for group, column, least in below:
        mine = problem.cell_item[problem.cell_group == group]
        if free[group] and (weight[:, group] != column).any():
            weight[:, group], capacity[group] = column, int(column.sum())
        free[group] = False
        if (weight[mine, group] != column[mine]).any():
            return None
        floor[group] = max(floor[group], np.int64(least))
    capacity = np.minimum(capacity, weight.sum(axis=0))
    if items * int(capacity.max(initial=0)) > ROOM or (capacity < 0).any():
        return None
    return weight, capacity, floor


def _pairs(problem: GroupingProblem, tier: int) -> Ints:
    rows = problem.affinity[problem.affinity[:, 3] == tier] if len(problem.affinity) else problem.affinity
    if not len(rows):
        return np.zeros((0, 0), np.int64)
    found = np.zeros((problem.n_items, problem.n_items), np.int64)
    np.add.at(found, (rows[:, 1], rows[:, 2]), rows[:, 4])
    return found + found.T
