"""The pricer's dynamic program: shortest paths through a layered automaton with bounded counters.

All costs are whole numbers (prices are rounded to a grid before), so the least cost found is exact.  The table keeps
the least cost of every node and count; schedules are read back from it, and no pointers are kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tildeling_models.roster.columns.compiled import kernel

Small = NDArray[np.int32]
Longs = NDArray[np.int64]

FAR = 1 << 30
"""Cost of what is forbidden."""

REACHED = 1 << 29
"""Costs below this are real; the sum of all costs of a schedule stays below half of it."""


class Layers(NamedTuple):
    """An automaton's arrays as the kernels take them, and its arcs and ends at the prices of a moment."""

    layer: Longs
    kind: Longs
    into: Longs
    source: Longs
    arc_kind: Longs
    move: Longs
    low: Longs
    size: Longs
    at: Longs
    arc_cost: Small
    end_cost: Longs
    final0: Longs
    final1: Longs
    final2: Longs


@kernel
def kind_costs(layers: Layers, cell: Small) -> Small:
    """(D, K) least cost of an activity of each kind, from the cost (D, A + 1) of each cell."""
    days, codes = cell.shape
    best = np.full((days, codes), FAR, np.int32)
    for day in range(days):
        for code in range(codes):
            kind = layers.kind[day, code]
            if kind >= 0 and cell[day, code] < best[day, kind]:
                best[day, kind] = cell[day, code]
    return best


@kernel
def forward(layers: Layers, kinds: Small, table: Small) -> Longs:
    """Fill the table with the least cost of every node and count that is reached.

    The answer (N, 6) is the box of places of counts that is filled for each node: first and end of each dimension.
    Only what the open cells reach is filled, so that a schedule of which most is held costs little.
    """
    days = kinds.shape[0]
    at, size, low = layers.at, layers.size, layers.low
    box = np.zeros((layers.layer[days + 1], 6), np.int64)
    for node in range(layers.layer[0], layers.layer[1]):
        box[node, 1::2] = size[node]
        for place in range(at[node], at[node + 1]):
            table[place] = 0
    for day in range(days):
        for node in range(layers.layer[day + 1], layers.layer[day + 2]):
            _reach(layers, kinds, day, node, box)
            own = box[node]
            if own[1] <= own[0]:
                continue
            n1, n2 = size[node, 1], size[node, 2]
            for i0 in range(own[0], own[1]):
                for i1 in range(own[2], own[3]):
                    to = at[node] + (i0 * n1 + i1) * n2
                    table[to + own[4] : to + own[5]] = FAR
            for arc in range(layers.into[node], layers.into[node + 1]):
                source = layers.source[arc]
                step = kinds[day, layers.arc_kind[arc]]
                if box[source, 1] <= box[source, 0] or step >= REACHED:
                    continue
                step += layers.arc_cost[arc]
                p1, p2 = size[source, 1], size[source, 2]
                d0 = low[source, 0] + layers.move[arc, 0] - low[node, 0]
                d1 = low[source, 1] + layers.move[arc, 1] - low[node, 1]
                d2 = low[source, 2] + layers.move[arc, 2] - low[node, 2]
                first, last = max(own[4], box[source, 4] + d2), min(own[5], box[source, 5] + d2)
                for i0 in range(max(own[0], box[source, 0] + d0), min(own[1], box[source, 1] + d0)):
                    for i1 in range(max(own[2], box[source, 2] + d1), min(own[3], box[source, 3] + d1)):
                        to = at[node] + (i0 * n1 + i1) * n2 + first
                        of = at[source] + ((i0 - d0) * p1 + (i1 - d1)) * p2 + first - d2
                        for _ in range(last - first):
                            table[to] = min(table[to], table[of] + step)
                            to += 1
                            of += 1
    return box


@kernel
def _reach(layers: Layers, kinds: Small, day: int, node: int, box: Longs) -> None:
    """The box of a node: what its arcs bring from the boxes before, within its corridor."""
    own = box[node]
    for arc in range(layers.into[node], layers.into[node + 1]):
        source = layers.source[arc]
        if box[source, 1] <= box[source, 0] or kinds[day, layers.arc_kind[arc]] >= REACHED:
            continue
        empty = False
        for k in range(3):
            shift = layers.low[source, k] + layers.move[arc, k] - layers.low[node, k]
            if min(layers.size[node, k], box[source, 2 * k + 1] + shift) <= max(
                0, box[source, 2 * k] + shift
            ):
                empty = True
        if empty:
            continue
        fresh = own[1] <= own[0]
        for k in range(3):
            shift = layers.low[source, k] + layers.move[arc, k] - layers.low[node, k]
            least = max(0, box[source, 2 * k] + shift)
            end = min(layers.size[node, k], box[source, 2 * k + 1] + shift)
            own[2 * k] = least if fresh else min(own[2 * k], least)
            own[2 * k + 1] = end if fresh else max(own[2 * k + 1], end)


@kernel
def ends(layers: Layers, table: Small, box: Longs, want: int) -> tuple[Longs, Longs]:
    """(n, 4) node and counts, and (n,) cost, of the best ends: the best of all, then one per node and first counts."""
    days = len(layers.layer) - 2
    begin, stop = layers.layer[days], layers.layer[days + 1]
    rows = 0
    for node in range(begin, stop):
        rows += layers.size[node, 0] * layers.size[node, 1]
    place = np.zeros((rows, 4), np.int64)
    cost = np.full(rows, np.int64(FAR) * 4, np.int64)
    found = 0
    for node in range(begin, stop):
        for i0 in range(box[node, 0], box[node, 1]):
            for i1 in range(box[node, 2], box[node, 3]):
                own = layers.end_cost[node - begin]
                own += layers.final0[node - begin, i0] + layers.final1[node - begin, i1]
                base = layers.at[node] + (i0 * layers.size[node, 1] + i1) * layers.size[node, 2]
                place[found, 0], place[found, 1], place[found, 2] = node, i0, i1
                for i2 in range(box[node, 4], box[node, 5]):
                    value = table[base + i2]
                    if value < REACHED:
                        total = value + own + layers.final2[node - begin, i2]
                        if total < cost[found]:
                            cost[found], place[found, 3] = total, i2
                found += 1
    order = np.argsort(cost[:found], kind="mergesort")[:want]
    count = 0
    while count < len(order) and cost[order[count]] < FAR:
        count += 1
    return place[order[:count]], cost[order[:count]]


@kernel
def trace(
    layers: Layers, cell: Small, kinds: Small, table: Small, box: Longs, place: Longs, seed: int, row: Longs
) -> Longs:
    """Read back a schedule of least cost that ends at a node and counts into ``row`` (D,); (D,) arcs of its path.

    The seed breaks ties.
    """
    days, codes = cell.shape
    arcs = np.zeros(days, np.int64)
    node, i0, i1, i2 = place
    at, size, low = layers.at, layers.size, layers.low
    state = np.uint64(seed * 2 + 1)
    for back in range(days):
        day = days - 1 - back
        value = table[at[node] + (i0 * size[node, 1] + i1) * size[node, 2] + i2]
        many = layers.into[node + 1] - layers.into[node]
        state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        turn = np.int64(state >> np.uint64(33)) % many
        for k in range(many):
            arc = layers.into[node] + (k + turn) % many
            source, kind = layers.source[arc], layers.arc_kind[arc]
            step = kinds[day, kind]
            if step >= REACHED:
                continue
            j0 = i0 + low[node, 0] - layers.move[arc, 0] - low[source, 0]
            j1 = i1 + low[node, 1] - layers.move[arc, 1] - low[source, 1]
            j2 = i2 + low[node, 2] - layers.move[arc, 2] - low[source, 2]
            if j0 < box[source, 0] or j1 < box[source, 2] or j2 < box[source, 4]:
                continue
            if j0 >= box[source, 1] or j1 >= box[source, 3] or j2 >= box[source, 5]:
                continue
            before = table[at[source] + (j0 * size[source, 1] + j1) * size[source, 2] + j2]
            if before < REACHED and before + step + layers.arc_cost[arc] == value:
                same = 0
                for code in range(codes):
                    if layers.kind[day, code] == kind and cell[day, code] == step:
                        same += 1
                turn = np.int64(state >> np.uint64(20)) % same
                for code in range(codes):
                    if layers.kind[day, code] == kind and cell[day, code] == step:
                        if turn == 0:
                            row[day] = code
                            break
                        turn -= 1
                arcs[day] = arc
                node, i0, i1, i2 = source, j0, j1, j2
                break
    return arcs
