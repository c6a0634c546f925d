"""Families of the linear model about servers: who serves whom, and what they can take."""

from __future__ import annotations

from typing import Any

import numpy as np

from tildeling_models.grouping.linear.model import Builder, Floats
from tildeling_models.grouping.problem import UNLIMITED, Bools, GroupingProblem, Ints, ints


def service(
    model: Builder, problem: GroupingProblem, x: Ints, y: Ints, z: Ints, tiers: set[int]
) -> dict[tuple[int, int], tuple[Ints, Floats]]:
    """(service) sum_b z[g,b] = y[g]; limits of servers on groups, sites and resources.

    Returns for every (resource, arc) the columns and coefficients whose sum is the load of placed items on
    that arc: the cells themselves where the group has a single arc, else a flow f with f <= M z.
    """
    loads: dict[tuple[int, int], tuple[Ints, Floats]] = {}
    if not problem.n_arcs:
        return loads
    served = np.flatnonzero(problem.group_served)
    place = np.full(problem.n_groups, -1, np.int64)
    place[served] = np.arange(len(served))
    model.rows(
        len(served), 0.0, 0.0,
        (place[problem.arc_group], z, 1.0), (np.arange(len(served)), y[served], -1.0),
    )  # fmt: skip
    server_groups(model, problem, z)
    server_sites(model, problem, z)
    server_opened(model, problem, z, tiers)
    arcs_of = np.bincount(problem.arc_group, minlength=problem.n_groups)
    cells_of = [np.flatnonzero(problem.cell_group == g) for g in range(problem.n_groups)]
    priced = np.asarray(problem.arc_load_cost[sorted(tiers)].any(axis=0))
    limited: Bools = np.less(problem.server_capacity, UNLIMITED)[:, problem.arc_server]
    for server, resource, *_, at, _cost in problem.overload:
        if at in tiers:
            limited[resource] |= problem.arc_server == server
    for resource, load in enumerate(problem.item_load):
        for group in np.unique(
            problem.arc_group[np.logical_or(limited[resource], priced[resource])]
        ).tolist():
            cells = cells_of[group]
            weight = load[problem.cell_item[cells]].astype(np.float64)
            arcs = np.flatnonzero(problem.arc_group == group)
            if arcs_of[group] == 1:
                loads[resource, int(arcs[0])] = (x[cells], weight)
                continue
            room = (
                problem.server_capacity[resource, problem.arc_server[arcs]]
                - problem.group_load[resource, group]
            )
            most = np.clip(room, 0, largest_load(problem, group, cells, load)).astype(np.float64)
            flow = model.columns(len(arcs), most)
            rows = np.arange(len(arcs))
            model.rows(len(arcs), -np.inf, 0.0, (rows, flow, 1.0), (rows, z[arcs], -most))
            least = smallest_load(problem, int(group), cells, load)
            if least:
                model.rows(len(arcs), 0.0, np.inf, (rows, flow, 1.0), (rows, z[arcs], -float(least)))
            model.rows(1, 0.0, 0.0, (rows * 0, flow, 1.0), (cells * 0, x[cells], -weight))
            for arc, column in zip(arcs, flow, strict=True):
                loads[resource, int(arc)] = (ints([column]), np.ones(1))
    for (of, number), (columns, weight) in loads.items():
        for tier in tiers:
            cost = problem.arc_load_cost[tier, of, number]
            if cost:
                model.cost(tier, columns, cost * weight)
    for resource, server in zip(*np.nonzero(problem.server_capacity < UNLIMITED), strict=True):
        parts = server_load(problem, z, loads, int(resource), int(server))
        if parts:
            model.rows(1, -np.inf, problem.server_capacity[resource, server], *parts)
    return loads


def largest_load(problem: GroupingProblem, group: int, cells: Ints, load: Ints) -> int:
    """Most that a group's items can load a server with: its heaviest candidates, as many as fit."""
    slots = np.flatnonzero(problem.slot_group == group)
    room = int(min(problem.slot_capacity[slots].sum(), problem.group_max[group]))
    heaviest = np.sort(load[np.unique(problem.cell_item[cells])])[::-1]
    return int(heaviest[:room].sum())


def smallest_load(problem: GroupingProblem, group: int, cells: Ints, load: Ints) -> int:
    """Least that a group loads a server with once it is opened: its lightest candidates up to the minimum size.

    Item by item, load per unit of size, lightest first, the last one in part (a linear bound, rounded down).
    """
    if problem.group_open[group]:
        return 0
    items = np.unique(problem.cell_item[cells])
    size = problem.item_size[items]
    order = np.argsort(load[items] / size, kind="stable")
    size, weight = size[order], load[items][order]
    taken = np.clip(problem.group_min[group] - (np.cumsum(size) - size), 0, size)
    return int(np.floor((taken * weight / size).sum() + 1e-9))


def server_load(
    problem: GroupingProblem,
    z: Ints,
    loads: dict[tuple[int, int], tuple[Ints, Floats]],
    resource: int,
    server: int,
) -> list[tuple[Ints, Ints, Any]]:
    """Row parts whose sum is a server's load of a resource."""
    parts: list[tuple[Ints, Ints, Any]] = []
    for arc in np.flatnonzero(problem.arc_server == server):
        fixed = problem.group_load[resource, problem.arc_group[arc]]
        if fixed:
            parts.append((ints([0]), ints([z[arc]]), float(fixed)))
        columns, weight = loads.get((resource, int(arc)), (ints(), np.empty(0)))
        parts.append((columns * 0, columns, weight))
    return parts


def server_groups(model: Builder, problem: GroupingProblem, z: Ints) -> None:
    """(server groups) sum_g z[g,b] + (own - most) z[f,b] <= own for every foreign f: own = most when alone."""
    count = np.bincount(problem.arc_server, minlength=problem.n_servers)
    for server in np.flatnonzero(count > problem.server_groups):
        most, own = problem.server_groups[server], problem.server_own_groups[server]
        arcs = np.flatnonzero(problem.arc_server == server)
        foreign = arcs[~problem.arc_own[arcs]]
        if own == most or not len(foreign):
            model.rows(1, -np.inf, own, (arcs * 0, z[arcs], 1.0))
            continue
        for arc in foreign:
            model.rows(1, -np.inf, own, (arcs * 0, z[arcs], 1.0), (ints([0]), z[[arc]], float(own - most)))


def server_sites(model: Builder, problem: GroupingProblem, z: Ints) -> None:
    """(server sites) z[g,b] <= v[b,site(g)]; sum_site v[b,site] <= most."""
    site = problem.group_zone[problem.site_level][problem.arc_group]
    for server in range(problem.n_servers):
        arcs = np.flatnonzero(problem.arc_server == server)
        sites, which = np.unique(site[arcs], return_inverse=True)
        if len(sites) > problem.server_sites[server]:
            v = model.columns(len(sites))
            rows = np.arange(len(arcs))
            model.rows(len(arcs), -np.inf, 0.0, (rows, z[arcs], 1.0), (rows, v[which], -1.0))
            model.rows(1, -np.inf, problem.server_sites[server], (v * 0, v, 1.0))


def server_opened(model: Builder, problem: GroupingProblem, z: Ints, tiers: set[int]) -> None:
    """(server opened) z[g,b] <= o[b], with the cost of opening on o."""
    costly = problem.server_cost[sorted(tiers)].any(axis=0) & ~problem.server_open
    arcs = np.flatnonzero(costly[problem.arc_server])
    if not len(arcs):
        return
    o = model.columns(int(costly.sum()))
    place = np.cumsum(costly) - 1
    rows = np.arange(len(arcs))
    model.rows(
        len(arcs), -np.inf, 0.0, (rows, z[arcs], 1.0), (rows, o[place[problem.arc_server[arcs]]], -1.0)
    )
    for tier in tiers:
        model.cost(tier, o, problem.server_cost[tier, costly])
