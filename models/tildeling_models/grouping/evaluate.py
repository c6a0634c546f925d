"""Values and violations of an assignment, straight from the arrays.

Engines use it to report whole numbers instead of a solver's floating-point sums, and ask it often: what it
reads is in proportion to items, groups and arcs, not to cells.  The independent checker of the domain layer
shares nothing with it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tildeling_models.grouping.problem import (
    UNLIMITED,
    Assignment,
    Bools,
    GroupingProblem,
    Ints,
    distinct,
    ints,
)


def empty_assignment(problem: GroupingProblem) -> Assignment:
    """Nobody placed, nobody served."""
    return Assignment(np.full(problem.n_items, -1, np.int64), np.full(problem.n_groups, -1, np.int64))


def used_cells(problem: GroupingProblem, assignment: Assignment) -> Ints:
    """The cells the assignment uses, by number; an item in a slot it is not allowed in uses none."""
    items = ints(np.flatnonzero(assignment.item_slot >= 0))
    cells = problem.find_cells(items, assignment.item_slot[items])
    return cells[cells >= 0]


def chosen_cells(problem: GroupingProblem, assignment: Assignment) -> Bools:
    """(P,) which cells the assignment uses."""
    chosen = np.zeros(problem.n_cells, dtype=bool)
    chosen[used_cells(problem, assignment)] = True
    return chosen


def _sum_by(index: Ints, weight: Ints, size: int) -> Ints:
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, index, weight)
    return sums


def group_sizes(problem: GroupingProblem, chosen: Bools | Ints) -> Ints:
    """(G,) size of the items placed in each group."""
    return _sum_by(problem.cell_group[chosen], problem.item_size[problem.cell_item[chosen]], problem.n_groups)


def open_groups(problem: GroupingProblem, chosen: Bools | Ints) -> Bools:
    """(G,) groups that are open: from the start, or because something is placed there."""
    used = problem.group_open.copy()
    used[problem.cell_group[chosen]] = True
    return used


def group_loads(problem: GroupingProblem, chosen: Bools | Ints) -> Ints:
    """(R, G) load of each group, fixed and placed."""
    loads = problem.group_load.copy()
    group, item = problem.cell_group[chosen], problem.cell_item[chosen]
    for resource in range(len(loads)):
        np.add.at(loads[resource], group, problem.item_load[resource, item])
    return loads


def item_groups(problem: GroupingProblem, assignment: Assignment) -> Ints:
    """(I,) group of each item, -1 where it is not placed."""
    groups = np.full(problem.n_items, -1, np.int64)
    placed = assignment.item_slot >= 0
    groups[placed] = problem.slot_group[assignment.item_slot[placed]]
    return groups


def _zones(problem: GroupingProblem, level: Ints | int, groups: Ints) -> Ints:
    """Zones of groups at a level, or each at its own; -1 for no group."""
    zones = np.full(len(groups), -1, np.int64)
    known = groups >= 0
    levels = level[known] if isinstance(level, np.ndarray) else level
    zones[known] = problem.group_zone[levels, groups[known]]
    return zones


def item_zones(problem: GroupingProblem, assignment: Assignment, level: int) -> Ints:
    """(I,) zone of each item at a level, -1 where it is not placed."""
    return _zones(problem, level, item_groups(problem, assignment))


def chosen_arcs(problem: GroupingProblem, assignment: Assignment, opened: Bools) -> Bools:
    """(A,) arcs in use: the group is open and the server is its own."""
    serving = assignment.group_server[problem.arc_group] == problem.arc_server
    return np.asarray(serving & opened[problem.arc_group])


def _zones_of_pairs(problem: GroupingProblem, pairs: Ints, groups: Ints) -> tuple[Ints, Ints]:
    """Zones of both items of (level, item, item, ...) rows, -1 where one is not placed."""
    level = pairs[:, 0]
    return _zones(problem, level, groups[pairs[:, 1]]), _zones(problem, level, groups[pairs[:, 2]])


def _server_loads(problem: GroupingProblem, arcs: Ints, loads: Ints) -> Ints:
    """(R, B) load that the arcs in use bring each server."""
    groups, servers = problem.arc_group[arcs], problem.arc_server[arcs]
    return np.array(
        [_sum_by(servers, load[groups], problem.n_servers) for load in loads], dtype=np.int64
    ).reshape(len(loads), problem.n_servers)


def values(problem: GroupingProblem, assignment: Assignment) -> Ints:
    """(T,) value of every tier."""
    cells = used_cells(problem, assignment)
    total = problem.constant + problem.cell_cost[:, cells].sum(axis=1)
    if problem.n_arcs:
        total += _service_value(problem, assignment, cells)
    if len(problem.affinity):
        za, zb = _zones_of_pairs(problem, problem.affinity, item_groups(problem, assignment))
        meet = problem.affinity[(za >= 0) & (za == zb)]
        np.add.at(total, meet[:, 3], meet[:, 4])
    over = np.maximum(0, problem.excess.sum_at(cells) + problem.excess_base)
    np.add.at(total, problem.excess_cost[:, 0], over * problem.excess_cost[:, 1])
    if len(problem.spread_cost):
        low, high = problem.spread_low.copy(), problem.spread_high.copy()
        group, value = problem.cell_group[cells], problem.spread_value[problem.cell_item[cells]]
        np.minimum.at(low, group, value)
        np.maximum.at(high, group, value)
        width = (high - low)[problem.spread_groups]
        for tier, cost, free in problem.spread_cost:
            total[tier] += cost * int(np.maximum(0, width - free).sum())
    return ints(total)


def _service_value(problem: GroupingProblem, assignment: Assignment, cells: Ints) -> Ints:
    """(T,) cost of the arcs in use, the load on them, the servers they open and what overloads those."""
    loads = group_loads(problem, cells)
    arcs = ints(np.flatnonzero(chosen_arcs(problem, assignment, open_groups(problem, cells))))
    groups = problem.arc_group[arcs]
    total = problem.arc_cost[:, arcs].sum(axis=1)
    for tier, resource in problem.load_costs:
        placed = loads[resource, groups] - problem.group_load[resource, groups]
        total[tier] += (problem.arc_load_cost[tier, resource, arcs] * placed).sum()
    newly = np.zeros(problem.n_servers, dtype=bool)
    newly[problem.arc_server[arcs]] = True
    newly &= ~problem.server_open
    total += problem.server_cost[:, newly].sum(axis=1)
    if len(problem.overload):
        server, resource, staffed, step, tier, cost = problem.overload.T
        load = _server_loads(problem, arcs, loads)[resource, server]
        np.add.at(total, tier, cost * np.maximum(0, -((staffed - load) // step)))
    return ints(total)


def violations(problem: GroupingProblem, assignment: Assignment) -> list[str]:
    """Which primitives the assignment breaks, by name and index; empty when it is feasible."""
    found: list[str] = []

    def broken(name: str, where: Bools) -> None:
        found.extend(f"{name} {index}" for index in np.flatnonzero(where))

    cells = used_cells(problem, assignment)
    missing = assignment.item_slot >= 0
    missing[problem.cell_item[cells]] = False
    broken("cell of item", missing)
    broken("required item", problem.item_required & (assignment.item_slot < 0))
    used = np.bincount(problem.cell_slot[cells], minlength=len(problem.slot_capacity))
    broken("slot capacity", used > problem.slot_capacity)
    size = group_sizes(problem, cells)
    opened = open_groups(problem, cells)
    broken("group maximum", size > problem.group_max)
    broken("group minimum", opened & ~problem.group_open & (size < problem.group_min))
    broken("limit", problem.limits.sum_at(cells) > problem.limit_rhs)
    groups = item_groups(problem, assignment)
    if len(problem.conflict):
        za, zb = _zones_of_pairs(problem, problem.conflict, groups)
        broken("conflict", (za >= 0) & (za == zb))
    if len(problem.exclusion):
        there = problem.presence.sum_at(cells) > 0
        broken("exclusion", there[problem.exclusion[:, 0]] & there[problem.exclusion[:, 1]])
    if len(problem.together):
        za, zb = _zones_of_pairs(problem, problem.together, groups)
        both = problem.together[:, 3] != 0
        broken("together", (za != zb) & (both | ((za >= 0) & (zb >= 0))))
    _service_violations(problem, assignment, opened, group_loads(problem, cells), broken)
    return found


def _service_violations(
    problem: GroupingProblem,
    assignment: Assignment,
    opened: Bools,
    loads: Ints,
    broken: Callable[[str, Bools], None],
) -> None:
    arcs = ints(np.flatnonzero(chosen_arcs(problem, assignment, opened)))
    groups, servers = problem.arc_group[arcs], problem.arc_server[arcs]
    served = np.bincount(groups, minlength=problem.n_groups)
    broken("service of group", opened & problem.group_served & (served != 1))
    if not len(arcs):
        return
    count = np.bincount(servers, minlength=problem.n_servers)
    foreign = np.bincount(servers[~problem.arc_own[arcs]], minlength=problem.n_servers)
    most = np.where(foreign == 0, problem.server_own_groups, problem.server_groups)
    broken("groups of server", (count > 0) & (count > most))
    zones = problem.group_zone[problem.site_level]
    width = int(zones.max(initial=0)) + 2  # -1 counts as a site of its own
    pairs = distinct(servers * width + zones[groups] + 1)
    sites = np.bincount(pairs // width, minlength=problem.n_servers)
    broken("sites of server", (count > 0) & (sites > problem.server_sites))
    over = _server_loads(problem, arcs, loads) > problem.server_capacity
    for resource, capacity in enumerate(problem.server_capacity):
        broken(f"resource {resource} of server", (count > 0) & (capacity < UNLIMITED) & over[resource])
