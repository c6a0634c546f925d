"""Values and violations of an assignment row by row: what the vectorised ``evaluate`` is held against."""

from __future__ import annotations

import numpy as np

from tildeling_models.grouping.problem import (
    UNLIMITED,
    Assignment,
    Bools,
    GroupingProblem,
    Ints,
    Sparse,
    ints,
)


def chosen_cells(problem: GroupingProblem, assignment: Assignment) -> Bools:
    """(P,) which cells the assignment uses."""
    return np.asarray(assignment.item_slot[problem.cell_item] == problem.cell_slot)


def _dot(rows: Sparse, chosen: Bools) -> Ints:
    return ints(
        [
            sum(
                int(rows.coef[k]) for k in range(rows.start[row], rows.start[row + 1]) if chosen[rows.cell[k]]
            )
            for row in range(len(rows))
        ]
    )


def _sum_by(index: Ints, weight: Ints, size: int) -> Ints:
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, index, weight)
    return sums


def group_sizes(problem: GroupingProblem, chosen: Bools) -> Ints:
    """(G,) size of the items placed in each group."""
    return _sum_by(problem.cell_group[chosen], problem.item_size[problem.cell_item[chosen]], problem.n_groups)


def open_groups(problem: GroupingProblem, chosen: Bools) -> Bools:
    """(G,) groups that are open: from the start, or because something is placed there."""
    used = problem.group_open.copy()
    used[problem.cell_group[chosen]] = True
    return used


def group_loads(problem: GroupingProblem, chosen: Bools) -> Ints:
    """(R, G) load of each group, fixed and placed."""
    loads = problem.group_load.copy()
    for resource in range(len(loads)):
        np.add.at(
            loads[resource],
            problem.cell_group[chosen],
            problem.item_load[resource, problem.cell_item[chosen]],
        )
    return loads


def item_zones(problem: GroupingProblem, assignment: Assignment, level: int) -> Ints:
    """(I,) zone of each item at a level, -1 where it is not placed."""
    placed = assignment.item_slot >= 0
    zones = np.full(problem.n_items, -1, np.int64)
    zones[placed] = problem.group_zone[level][problem.slot_group[assignment.item_slot[placed]]]
    return zones


def chosen_arcs(problem: GroupingProblem, assignment: Assignment, opened: Bools) -> Bools:
    """(A,) arcs in use: the group is open and the server is its own."""
    serving = assignment.group_server[problem.arc_group] == problem.arc_server
    return np.asarray(serving & opened[problem.arc_group])


def values(problem: GroupingProblem, assignment: Assignment) -> Ints:
    """(T,) value of every tier."""
    chosen = chosen_cells(problem, assignment)
    total = problem.constant + problem.cell_cost[:, chosen].sum(axis=1)
    opened = open_groups(problem, chosen)
    arcs = chosen_arcs(problem, assignment, opened)
    loads = group_loads(problem, chosen)
    if problem.n_arcs:
        total = total + problem.arc_cost[:, arcs].sum(axis=1)
        placed = loads - problem.group_load
        total = total + (problem.arc_load_cost[:, :, arcs] * placed[:, problem.arc_group[arcs]]).sum(
            axis=(1, 2)
        )
        newly = np.setdiff1d(problem.arc_server[arcs], np.flatnonzero(problem.server_open))
        total = total + problem.server_cost[:, newly].sum(axis=1)
        for server, resource, staffed, step, tier, cost in problem.overload:
            load = loads[resource, problem.arc_group[arcs & (problem.arc_server == server)]].sum()
            total[tier] += cost * max(0, -((staffed - load) // step))
    for level, a, b, tier, cost in problem.affinity:
        zones = item_zones(problem, assignment, level)
        if zones[a] >= 0 and zones[a] == zones[b]:
            total[tier] += cost
    over = np.maximum(0, _dot(problem.excess, chosen) + problem.excess_base)
    np.add.at(total, problem.excess_cost[:, 0], over * problem.excess_cost[:, 1])
    if len(problem.spread_cost):
        low, high = problem.spread_low.copy(), problem.spread_high.copy()
        np.minimum.at(low, problem.cell_group[chosen], problem.spread_value[problem.cell_item[chosen]])
        np.maximum.at(high, problem.cell_group[chosen], problem.spread_value[problem.cell_item[chosen]])
        width = (high - low)[problem.spread_groups]
        for tier, cost, free in problem.spread_cost:
            total[tier] += cost * int(np.maximum(0, width - free).sum())
    return ints(total)


def violations(problem: GroupingProblem, assignment: Assignment) -> list[str]:
    """Which primitives the assignment breaks, by name and index; empty when it is feasible."""
    found: list[str] = []

    def broken(name: str, where: Bools) -> None:
        found.extend(f"{name} {index}" for index in np.flatnonzero(where))

    chosen = chosen_cells(problem, assignment)
    count = np.bincount(problem.cell_item[chosen], minlength=problem.n_items)
    broken("cell of item", (assignment.item_slot >= 0) & (count == 0))
    broken("required item", problem.item_required & (assignment.item_slot < 0))
    used = np.bincount(problem.cell_slot[chosen], minlength=len(problem.slot_capacity))
    broken("slot capacity", used > problem.slot_capacity)
    size = group_sizes(problem, chosen)
    opened = open_groups(problem, chosen)
    broken("group maximum", size > problem.group_max)
    broken("group minimum", opened & ~problem.group_open & (size < problem.group_min))
    broken("limit", _dot(problem.limits, chosen) > problem.limit_rhs)
    zones = [item_zones(problem, assignment, level) for level in range(len(problem.group_zone))]
    for index, (level, a, b) in enumerate(problem.conflict):
        if zones[level][a] >= 0 and zones[level][a] == zones[level][b]:
            found.append(f"conflict {index}")
    there = _dot(problem.presence, chosen) > 0
    if len(problem.exclusion):
        broken("exclusion", there[problem.exclusion[:, 0]] & there[problem.exclusion[:, 1]])
    for index, (level, a, b, both) in enumerate(problem.together):
        za, zb = zones[level][a], zones[level][b]
        if (both and za != zb) or (za >= 0 and zb >= 0 and za != zb):
            found.append(f"together {index}")
    found.extend(_service_violations(problem, assignment, opened, group_loads(problem, chosen)))
    return found


def _service_violations(
    problem: GroupingProblem, assignment: Assignment, opened: Bools, loads: Ints
) -> list[str]:
    found: list[str] = []
    arcs = chosen_arcs(problem, assignment, opened)
    served = np.bincount(problem.arc_group[arcs], minlength=problem.n_groups)
    found.extend(
        f"service of group {g}" for g in np.flatnonzero(opened & problem.group_served & (served != 1))
    )
    for server in np.unique(problem.arc_server[arcs]):
        mine = arcs & (problem.arc_server == server)
        groups = problem.arc_group[mine]
        all_own = bool(problem.arc_own[mine].all())
        most = problem.server_own_groups[server] if all_own else problem.server_groups[server]
        if len(groups) > most:
            found.append(f"groups of server {server}")
        if len(np.unique(problem.group_zone[problem.site_level][groups])) > problem.server_sites[server]:
            found.append(f"sites of server {server}")
        for resource in range(len(loads)):
            capacity = problem.server_capacity[resource, server]
            if capacity < UNLIMITED and loads[resource, groups].sum() > capacity:
                found.append(f"resource {resource} of server {server}")
    return found
