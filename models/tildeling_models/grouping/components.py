"""Independent parts of a grouping problem: solved apart, values and bounds add.

Two indices belong together when any primitive names both.  At tolerance 0 the lexicographic optimum of the
whole is that of the parts, since every tier is a sum over parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tildeling_models.grouping.problem import Assignment, GroupingProblem, Ints, Sparse, ints


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a problem and where its indices stand in the whole."""

    problem: GroupingProblem
    items: Ints
    slots: Ints
    groups: Ints
    servers: Ints


def split(problem: GroupingProblem) -> list[Part]:
    """The independent parts, largest (most cells) first; their constants are 0."""
    label = _labels(problem)
    n_items, n_groups = problem.n_items, problem.n_groups
    label = _trivial_together(problem, label, label[:n_items])
    item_label, group_label = label[:n_items], label[n_items : n_items + n_groups]
    server_label = label[n_items + n_groups :]
    parts = [
        _part(
            problem,
            *(ints(np.flatnonzero(part == which)) for part in (item_label, group_label, server_label)),
        )
        for which in np.unique(label)
    ]
    return sorted(parts, key=lambda part: -part.problem.n_cells)


def _trivial_together(problem: GroupingProblem, label: Ints, item_label: Ints) -> Ints:
    """Parts without a cell decide nothing about items: one part for all of them."""
    busy = np.unique(item_label[problem.cell_item])
    return np.where(np.isin(label, busy), label, -1)


def _labels(problem: GroupingProblem) -> Ints:
    """Component of every item, group and server, in one array."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    groups, servers = problem.n_items, problem.n_items + problem.n_groups
    size = servers + problem.n_servers
    ends: list[tuple[Ints, Ints]] = [
        (problem.cell_item, groups + problem.cell_group),
        (groups + problem.arc_group, servers + problem.arc_server),
        (problem.conflict[:, 1], problem.conflict[:, 2]),
        (problem.together[:, 1], problem.together[:, 2]),
        (problem.affinity[:, 1], problem.affinity[:, 2]),
    ]
    for rows in (problem.limits, problem.presence, problem.excess):
        ends.append(_chain(problem.cell_item[rows.cell], rows.start))
    first = problem.presence.start[:-1]
    one, other = problem.exclusion.T
    ends.append(
        (
            problem.cell_item[problem.presence.cell[first[one]]],
            problem.cell_item[problem.presence.cell[first[other]]],
        )
    )
    a = np.concatenate([pair[0] for pair in ends])
    b = np.concatenate([pair[1] for pair in ends])
    graph = coo_matrix((np.ones(len(a), dtype=np.int8), (a, b)), shape=(size, size))
    return ints(connected_components(graph, directed=False)[1])


def _chain(nodes: Ints, start: Ints) -> tuple[Ints, Ints]:
    """Neighbouring nodes of each row."""
    inside = np.ones(max(0, len(nodes) - 1), dtype=bool)
    borders = start[1:-1] - 1
    inside[borders[(borders >= 0) & (borders < len(inside))]] = False
    return nodes[:-1][inside], nodes[1:][inside]


def _rows(pairs: Ints, columns: Sequence[int], place: Ints) -> Ints:
    """Rows whose indices all belong to the part, renumbered."""
    kept = pairs[(place[pairs[:, list(columns)]] >= 0).all(axis=1)].copy()
    kept[:, list(columns)] = place[kept[:, list(columns)]]
    return kept


def _place(kept: Ints, size: int) -> Ints:
    place = np.full(size, -1, np.int64)
    place[kept] = np.arange(len(kept))
    return place


def _pick(rows: Sparse, cell_place: Ints) -> tuple[Sparse, Ints]:
    """Rows with a cell in the part, and which they are."""
    which = ints(np.unique(rows.row[cell_place[rows.cell] >= 0]))
    return rows.pick(which, cell_place), which


def _part(problem: GroupingProblem, items: Ints, groups: Ints, servers: Ints) -> Part:
    item_place = _place(items, problem.n_items)
    group_place = _place(groups, problem.n_groups)
    server_place = _place(servers, problem.n_servers)
    slots = ints(np.flatnonzero(group_place[problem.slot_group] >= 0))
    slot_place = _place(slots, len(problem.slot_group))
    cells = ints(np.flatnonzero(item_place[problem.cell_item] >= 0))
    cell_place = _place(cells, problem.n_cells)
    arcs = ints(np.flatnonzero(group_place[problem.arc_group] >= 0))
    limits, limit_rows = _pick(problem.limits, cell_place)
    presence, presence_rows = _pick(problem.presence, cell_place)
    excess, excess_rows = _pick(problem.excess, cell_place)
    tiers = len(problem.tiers)
    zones = problem.group_zone[:, groups].copy()
    zones[0] = np.arange(len(groups))  # level 0 is the group itself
    overload = problem.overload[server_place[problem.overload[:, 0]] >= 0].copy()
    overload[:, 0] = server_place[overload[:, 0]]
    part = replace(
        problem,
        constant=np.zeros(tiers, np.int64),
        item_size=problem.item_size[items], item_required=problem.item_required[items],
        item_load=problem.item_load[:, items], item_queue=problem.item_queue[items],
        item_key=problem.item_key[items],
        cell_item=item_place[problem.cell_item[cells]], cell_slot=slot_place[problem.cell_slot[cells]],
        cell_cost=problem.cell_cost[:, cells], cell_start=problem.cell_start[cells],
        slot_group=group_place[problem.slot_group[slots]], slot_capacity=problem.slot_capacity[slots],
        group_min=problem.group_min[groups], group_max=problem.group_max[groups],
        group_open=problem.group_open[groups], group_zone=zones,
        group_load=problem.group_load[:, groups], group_key=problem.group_key[groups],
        group_served=problem.group_served[groups],
        limits=limits, limit_rhs=problem.limit_rhs[limit_rows],
        conflict=_rows(problem.conflict, (1, 2), item_place),
        presence=presence,
        exclusion=_rows(problem.exclusion, (0, 1), _place(presence_rows, len(problem.presence))),
        together=_rows(problem.together, (1, 2), item_place),
        arc_group=group_place[problem.arc_group[arcs]], arc_server=server_place[problem.arc_server[arcs]],
        arc_cost=problem.arc_cost[:, arcs], arc_load_cost=problem.arc_load_cost[:, :, arcs],
        arc_own=problem.arc_own[arcs],
        server_capacity=problem.server_capacity[:, servers], server_cost=problem.server_cost[:, servers],
        server_open=problem.server_open[servers], server_groups=problem.server_groups[servers],
        server_own_groups=problem.server_own_groups[servers], server_sites=problem.server_sites[servers],
        server_key=problem.server_key[servers],
        affinity=_rows(problem.affinity, (1, 2), item_place),
        excess=excess, excess_base=problem.excess_base[excess_rows],
        excess_cost=problem.excess_cost[excess_rows], overload=overload,
        spread_value=problem.spread_value[items], spread_low=problem.spread_low[groups],
        spread_high=problem.spread_high[groups], spread_groups=problem.spread_groups[groups],
    )  # fmt: skip
    return Part(part, items, slots, groups, servers)


def merge(problem: GroupingProblem, parts: Sequence[Part], answers: Sequence[Assignment]) -> Assignment:
    """The assignment of the whole from those of its parts."""
    item_slot = np.full(problem.n_items, -1, np.int64)
    group_server = np.full(problem.n_groups, -1, np.int64)
    for part, answer in zip(parts, answers, strict=True):
        placed = answer.item_slot >= 0
        item_slot[part.items[placed]] = part.slots[answer.item_slot[placed]]
        served = answer.group_server >= 0
        group_server[part.groups[served]] = part.servers[answer.group_server[served]]
    return Assignment(item_slot, group_server)


def cut(part: Part, whole: Assignment) -> Assignment:
    """A part's share of an assignment of the whole."""
    slot_place = _place(part.slots, int(max(part.slots.max(initial=-1), whole.item_slot.max(initial=-1))) + 1)
    server_place = _place(
        part.servers, int(max(part.servers.max(initial=-1), whole.group_server.max(initial=-1))) + 1
    )
    mine, served = whole.item_slot[part.items], whole.group_server[part.groups]
    return Assignment(
        np.where(mine >= 0, slot_place[mine] if len(slot_place) else -1, -1),
        np.where(served >= 0, server_place[served] if len(server_place) else -1, -1),
    )
