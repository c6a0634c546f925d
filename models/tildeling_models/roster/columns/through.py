"""The least cost of a schedule through each cell, by the pricer's table and one from the other end.

With a bound and an incumbent, a cell through which every schedule costs too much is closed to its person (fixing by
reduced costs; for paths: Irnich, Desaulniers, Desrosiers and Hadjar 2010, "Path-reduced costs for eliminating arcs
in routing and scheduling").
"""

from __future__ import annotations

import numpy as np

from tildeling_models.roster.columns.compiled import kernel
from tildeling_models.roster.columns.kernels import FAR, REACHED, Layers, Longs, Small


@kernel
def through(layers: Layers, cell: Small, kinds: Small, table: Small, box: Longs) -> Longs:
    """(D, A + 1) least cost of a schedule with each activity on each day, ``FAR`` at least where there is none.

    ``table`` and ``box`` are those of :func:`kernels.forward`.
    """
    days, codes = cell.shape
    at, size, low = layers.at, layers.size, layers.low
    back = np.full(at[len(at) - 1], FAR, np.int32)
    first = layers.layer[days]
    for node in range(first, layers.layer[days + 1]):
        for i0 in range(box[node, 0], box[node, 1]):
            for i1 in range(box[node, 2], box[node, 3]):
                for i2 in range(box[node, 4], box[node, 5]):
                    own = layers.end_cost[node - first] + layers.final0[node - first, i0]
                    own += layers.final1[node - first, i1] + layers.final2[node - first, i2]
                    if own < REACHED:
                        back[at[node] + (i0 * size[node, 1] + i1) * size[node, 2] + i2] = own
    best = np.full((days, codes), np.int64(FAR) * 2, np.int64)
    for turn in range(days):
        day = days - 1 - turn
        for node in range(layers.layer[day + 1], layers.layer[day + 2]):
            own = box[node]
            if own[1] <= own[0]:
                continue
            for arc in range(layers.into[node], layers.into[node + 1]):
                source, kind = layers.source[arc], layers.arc_kind[arc]
                step = np.int64(kinds[day, kind])
                if box[source, 1] <= box[source, 0] or step >= REACHED:
                    continue
                step += layers.arc_cost[arc]
                d0 = low[source, 0] + layers.move[arc, 0] - low[node, 0]
                d1 = low[source, 1] + layers.move[arc, 1] - low[node, 1]
                d2 = low[source, 2] + layers.move[arc, 2] - low[node, 2]
                begin, end = max(own[4], box[source, 4] + d2), min(own[5], box[source, 5] + d2)
                for i0 in range(max(own[0], box[source, 0] + d0), min(own[1], box[source, 1] + d0)):
                    for i1 in range(max(own[2], box[source, 2] + d1), min(own[3], box[source, 3] + d1)):
                        to = at[node] + (i0 * size[node, 1] + i1) * size[node, 2]
                        of = at[source] + ((i0 - d0) * size[source, 1] + i1 - d1) * size[source, 2] - d2
                        for i2 in range(begin, end):
                            if back[to + i2] >= REACHED or table[of + i2] >= REACHED:
                                continue
                            after = back[to + i2] + step
                            back[of + i2] = min(np.int64(back[of + i2]), after)
                            best[day, kind] = min(best[day, kind], table[of + i2] + after)
    found = np.full((days, codes), np.int64(FAR), np.int64)
    for day in range(days):
        for code in range(codes):
            kind = layers.kind[day, code]
            if kind >= 0 and cell[day, code] < REACHED and best[day, kind] < FAR:
                found[day, code] = best[day, kind] - kinds[day, kind] + cell[day, code]
    return found
