"""Independent parts of a grouping problem: solved apart, values and bounds add.

Two indices belong together when any primitive that can bind names both.  At tolerance 0 the lexicographic
optimum of the whole is that of the parts, since every tier is a sum over parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tildeling_models.grouping.problem import Assignment, GroupingProblem, Ints, Sparse, ints
from tildeling_models.grouping.restrict import drop_strangers


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a problem and where its indices stand in the whole."""

    problem: GroupingProblem
    items: Ints
    slots: Ints
    groups: Ints
    servers: Ints


def split(problem: GroupingProblem) -> list[Part]:
    """The independent parts, largest (most cells) first; their constants are 0.

    Conflicts and affinities of items that can never meet join nothing and are left out.
    """
    problem = drop_strangers(problem)
    label = _labels(problem)
    busy = np.zeros(int(label.max(initial=0)) + 1, dtype=bool)
    busy[label[problem.cell_item]] = True
    # parts without a cell decide nothing about items: one part for all of them
    _, part = np.unique(np.where(busy[label], label, -1), return_inverse=True)
    sorted_out = _SortedOut(problem, ints(part))
    return sorted(
        (sorted_out.part(k) for k in range(sorted_out.count)), key=lambda part: -part.problem.n_cells
    )


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
    first = _first_item(problem, problem.presence)
    one, other = first[problem.exclusion[:, 0]], first[problem.exclusion[:, 1]]
    there = (one >= 0) & (other >= 0)  # an empty presence excludes nothing
    ends.append((one[there], other[there]))
    a = np.concatenate([pair[0] for pair in ends])
    b = np.concatenate([pair[1] for pair in ends])
    a, b = a[a != b], b[a != b]
    graph = coo_matrix((np.ones(len(a), dtype=np.int32), (a, b)), shape=(size, size))  # repeats are added up
    return ints(connected_components(graph, directed=False)[1])


def _chain(nodes: Ints, start: Ints) -> tuple[Ints, Ints]:
    """Neighbouring nodes of each row."""
    inside = np.ones(max(0, len(nodes) - 1), dtype=bool)
    borders = start[1:-1] - 1
    inside[borders[(borders >= 0) & (borders < len(inside))]] = False
    return nodes[:-1][inside], nodes[1:][inside]


def _first_item(problem: GroupingProblem, rows: Sparse) -> Ints:
    """Item of the first cell of each row, -1 for a row without cells."""
    first = np.full(len(rows), -1, np.int64)
    filled = rows.start[:-1] < rows.start[1:]
    first[filled] = problem.cell_item[rows.cell[rows.start[:-1][filled]]]
    return first


@dataclass(frozen=True, eq=False)
class _Shelf:
    """Indices of one kind sorted by part: those of part k, ascending, are ``order[start[k]:start[k + 1]]``.

    ``place`` is the position of each index within its part; -1 for an index of no part.
    """

    order: Ints
    start: Ints
    place: Ints

    @classmethod
    def of(cls, part: Ints, count: int) -> _Shelf:
        """From the part of each index, -1 for none."""
        order = ints(np.argsort(part, kind="stable"))
        start = ints(np.searchsorted(part[order], np.arange(count + 1)))
        place = np.full(len(part), -1, np.int64)
        kept = order[start[0] :]
        place[kept] = np.arange(start[0], len(order)) - start[part[kept]]
        return cls(order, start, place)

    def __getitem__(self, k: int) -> Ints:
        return self.order[self.start[k] : self.start[k + 1]]


class _SortedOut:
    """Every index of a problem sorted by part once, so that each part costs what is in it, not the whole."""

    def __init__(self, problem: GroupingProblem, part: Ints) -> None:
        n_items, n_groups = problem.n_items, problem.n_groups
        item, group = part[:n_items], part[n_items : n_items + n_groups]
        server = part[n_items + n_groups :]
        self.problem, self.count = problem, int(part.max(initial=-1)) + 1

        def shelf(of: Ints) -> _Shelf:
            return _Shelf.of(of, self.count)

        def rows_of(rows: Sparse, empty: int = 0) -> Ints:
            """Part of each row; a row without cells may still say something, and goes to the first part."""
            first = _first_item(problem, rows)
            of = np.full(len(rows), empty, np.int64)
            of[first >= 0] = item[first[first >= 0]]
            return of

        presence_part = rows_of(problem.presence, empty=-1)
        self.items, self.groups, self.servers = shelf(item), shelf(group), shelf(server)
        self.slots = shelf(group[problem.slot_group])
        self.cells = shelf(item[problem.cell_item])
        self.arcs = shelf(group[problem.arc_group])
        self.limits, self.excess = shelf(rows_of(problem.limits)), shelf(rows_of(problem.excess))
        self.presence = shelf(presence_part)
        one, other = presence_part[problem.exclusion[:, 0]], presence_part[problem.exclusion[:, 1]]
        self.exclusion = shelf(np.where(other >= 0, one, -1))
        self.conflict = shelf(item[problem.conflict[:, 1]])
        self.together = shelf(item[problem.together[:, 1]])
        self.affinity = shelf(item[problem.affinity[:, 1]])
        self.overload = shelf(server[problem.overload[:, 0]])

    def part(self, k: int) -> Part:
        """Part k."""
        problem = self.problem
        items, slots, groups, servers = self.items[k], self.slots[k], self.groups[k], self.servers[k]
        cells, arcs = self.cells[k], self.arcs[k]
        limits, presence, excess = self.limits[k], self.presence[k], self.excess[k]
        item_place, cell_place = self.items.place, self.cells.place
        zones = problem.group_zone[:, groups]
        zones[0] = np.arange(len(groups))  # level 0 is the group itself
        part = replace(
            problem,
            constant=np.zeros(len(problem.tiers), np.int64),
            item_size=problem.item_size[items], item_required=problem.item_required[items],
            item_load=problem.item_load[:, items], item_queue=problem.item_queue[items],
            item_key=problem.item_key[items],
            cell_item=item_place[problem.cell_item[cells]],
            cell_slot=self.slots.place[problem.cell_slot[cells]],
            cell_cost=problem.cell_cost[:, cells], cell_start=problem.cell_start[cells],
            slot_group=self.groups.place[problem.slot_group[slots]],
            slot_capacity=problem.slot_capacity[slots],
            group_min=problem.group_min[groups], group_max=problem.group_max[groups],
            group_open=problem.group_open[groups], group_zone=zones,
            group_load=problem.group_load[:, groups], group_key=problem.group_key[groups],
            group_served=problem.group_served[groups],
            limits=problem.limits.pick(limits, cell_place), limit_rhs=problem.limit_rhs[limits],
            conflict=_renumbered(problem.conflict[self.conflict[k]], (1, 2), item_place),
            presence=problem.presence.pick(presence, cell_place),
            exclusion=_renumbered(problem.exclusion[self.exclusion[k]], (0, 1), self.presence.place),
            together=_renumbered(problem.together[self.together[k]], (1, 2), item_place),
            arc_group=self.groups.place[problem.arc_group[arcs]],
            arc_server=self.servers.place[problem.arc_server[arcs]],
            arc_cost=problem.arc_cost[:, arcs], arc_load_cost=problem.arc_load_cost[:, :, arcs],
            arc_own=problem.arc_own[arcs],
            server_capacity=problem.server_capacity[:, servers], server_cost=problem.server_cost[:, servers],
            server_open=problem.server_open[servers], server_groups=problem.server_groups[servers],
            server_own_groups=problem.server_own_groups[servers],
            server_sites=problem.server_sites[servers], server_key=problem.server_key[servers],
            affinity=_renumbered(problem.affinity[self.affinity[k]], (1, 2), item_place),
            excess=problem.excess.pick(excess, cell_place), excess_base=problem.excess_base[excess],
            excess_cost=problem.excess_cost[excess],
            overload=_renumbered(problem.overload[self.overload[k]], (0,), self.servers.place),
            spread_value=problem.spread_value[items], spread_low=problem.spread_low[groups],
            spread_high=problem.spread_high[groups], spread_groups=problem.spread_groups[groups],
        )  # fmt: skip
        return Part(part, items, slots, groups, servers)


def _renumbered(rows: Ints, columns: Sequence[int], place: Ints) -> Ints:
    """Rows with the indices in some columns as they are numbered in their part."""
    rows[:, list(columns)] = place[rows[:, list(columns)]]
    return rows


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
    return Assignment(
        _within(part.slots, whole.item_slot[part.items]),
        _within(part.servers, whole.group_server[part.groups]),
    )


def _within(kept: Ints, wanted: Ints) -> Ints:
    """Position of each index among those kept (ascending), -1 where it is not one of them."""
    if not len(kept):
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(kept, wanted), len(kept) - 1)
    return ints(np.where(kept[at] == wanted, at, -1))
