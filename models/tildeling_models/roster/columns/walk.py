"""All schedules of a person that cost little enough, by a walk back through the pricer's table.

The table holds the least cost of everything before a node and its counts.  That is an exact bound on how a walk from
the end can be completed, so that no step is taken in vain (route enumeration: Baldacci, Christofides and Mingozzi
2008, "An exact algorithm for the vehicle routing problem based on the set partitioning formulation").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tildeling_models.roster.columns.compiled import kernel
from tildeling_models.roster.columns.kernels import REACHED, Layers, Longs, Small

Codes = NDArray[np.int16]


@kernel
def within(
    layers: Layers, cell: Small, kinds: Small, table: Small, box: Longs, limit: int, cap: int
) -> tuple[int, Codes, Small, Longs]:
    """Schedules of cost ``limit`` at most: how many, (n, D) activities, (n, D) arcs, (n, 4) ends.

    The walk is broken off at more than ``cap`` of them, the number then being ``cap + 1``.  Every schedule is one
    path, for the automaton is deterministic.
    """
    days, codes = cell.shape
    at, size, low = layers.at, layers.size, layers.low
    rows = np.empty((cap, days), np.int16)
    arcs = np.empty((cap, days), np.int32)
    places = np.empty((cap, 4), np.int64)
    found = 0
    where = np.zeros((days + 1, 4), np.int64)
    tail = np.zeros(days + 1, np.int64)
    next_arc = np.zeros(days + 1, np.int64)
    next_code = np.zeros(days + 1, np.int64)
    row = np.zeros(days, np.int16)
    path = np.zeros(days, np.int32)
    first = layers.layer[days]
    for node in range(first, layers.layer[days + 1]):
        for i0 in range(box[node, 0], box[node, 1]):
            for i1 in range(box[node, 2], box[node, 3]):
                for i2 in range(box[node, 4], box[node, 5]):
                    end = layers.end_cost[node - first] + layers.final0[node - first, i0]
                    end += layers.final1[node - first, i1] + layers.final2[node - first, i2]
                    least = table[at[node] + (i0 * size[node, 1] + i1) * size[node, 2] + i2]
                    if least >= REACHED or least + end > limit:
                        continue
                    where[days, 0], where[days, 1], where[days, 2], where[days, 3] = node, i0, i1, i2
                    tail[days] = end
                    next_arc[days], next_code[days] = layers.into[node], 0
                    depth = days
                    while depth <= days:
                        if depth == 0:
                            if found == cap:
                                return cap + 1, rows, arcs, places
                            rows[found], arcs[found], places[found] = row, path, where[days]
                            found += 1
                            depth += 1
                            continue
                        own, day = where[depth, 0], depth - 1
                        arc = next_arc[depth]
                        if arc == layers.into[own + 1]:
                            depth += 1
                            continue
                        source, kind = layers.source[arc], layers.arc_kind[arc]
                        j0 = where[depth, 1] + low[own, 0] - layers.move[arc, 0] - low[source, 0]
                        j1 = where[depth, 2] + low[own, 1] - layers.move[arc, 1] - low[source, 1]
                        j2 = where[depth, 3] + low[own, 2] - layers.move[arc, 2] - low[source, 2]
                        inside = (
                            kinds[day, kind] < REACHED
                            and box[source, 0] <= j0 < box[source, 1]
                            and box[source, 2] <= j1 < box[source, 3]
                            and box[source, 4] <= j2 < box[source, 5]
                        )
                        code = codes
                        if inside:
                            least = table[at[source] + (j0 * size[source, 1] + j1) * size[source, 2] + j2]
                            room = limit - tail[depth] - layers.arc_cost[arc] - least
                            if least < REACHED and kinds[day, kind] <= room:
                                code = next_code[depth]
                                while code < codes and not (
                                    layers.kind[day, code] == kind and cell[day, code] <= room
                                ):
                                    code += 1
                        if code == codes:
                            next_arc[depth], next_code[depth] = arc + 1, 0
                            continue
                        next_code[depth] = code + 1
                        row[day], path[day] = code, arc
                        tail[day] = tail[depth] + cell[day, code] + layers.arc_cost[arc]
                        where[day, 0], where[day, 1], where[day, 2], where[day, 3] = source, j0, j1, j2
                        next_arc[day], next_code[day] = layers.into[source], 0
                        depth = day
    return found, rows[:found], arcs[:found], places[:found]
