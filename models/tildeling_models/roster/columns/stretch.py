"""A stretch of a person's schedule priced anew, what is before and after it held: the pricer's recursion, cut out.

The stretch begins at the node and the counts that the days before lead to.  For every node that it may end in, the
days after are walked once: they say which counts are needed there, and what rules cost after it.  Counts are kept in
boxes, one for each node, between what the start reaches and what the end needs; so the table is small however long
the horizon is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tildeling_models.roster.columns.compiled import kernel
from tildeling_models.roster.columns.kernels import FAR, REACHED, Longs, Small
from tildeling_models.roster.columns.pooled import Pool

NOWHERE = np.int64(1) << 40
"""A count that is never reached."""


class Tails(NamedTuple):
    """What follows each node that a stretch may end in.

    ``end`` (n,) is the end that the days after lead to, -1 where they cannot follow; ``move`` (n, 3) and ``paid``
    (n,) what counters move and rules cost on the way; ``need`` (n, 6) first and end of the counts that may come.
    """

    end: Longs
    move: Longs
    paid: Longs
    need: Longs


class Seats(NamedTuple):
    """Everyone's schedule and its path: ``row`` (P, D), ``node`` (P, D + 1), ``counted`` (P, D + 1, 3) and what the
    rules cost before each day, ``paid`` (P, D + 1); ``used`` (Q,) of each ceiling, ``counts`` (R,) of each cover."""

    row: Longs
    node: Longs
    counted: Longs
    paid: Longs
    used: Longs
    counts: Longs


@kernel
def walk(pool: Pool, seats: Seats, person: int, first: int, last: int) -> bool:
    """Write a person's path from day ``first`` to ``last`` from the row; False where the automaton cannot follow."""
    row, node, count, paid = seats.row[person], seats.node[person], seats.counted[person], seats.paid[person]
    for day in range(first, last):
        arc = pool.follow[node[day], row[day]]
        if arc < 0:
            return False
        node[day + 1] = pool.target[arc]
        paid[day + 1] = paid[day] + pool.arc_cost[arc]
        for k in range(3):
            count[day + 1, k] = count[day, k] + pool.move[arc, k]
    return True


@kernel
def closing(pool: Pool, group: int, node: int, count: Longs) -> int:
    """What an end, and the counts there, cost; ``FAR`` and more where forbidden."""
    end = node - pool.layer[group, -2] + pool.last[group]
    found = pool.end_cost[end]
    for k in range(3):
        place = count[k] - pool.low[node, k]
        if place < 0 or place >= pool.size[node, k]:
            return FAR * 4
        found += pool.final[end, k, place]
    return int(found)


@kernel
def tails(pool: Pool, seats: Seats, person: int, last: int) -> Tails:
    """What follows each node of the layer before day ``last``, if the row stays as it is from there."""
    group, row = pool.of[person], seats.row[person]
    path, count, paid = seats.node[person], seats.counted[person], seats.paid[person]
    days = len(row)
    base = pool.layer[group, last]
    many = pool.layer[group, last + 1] - base
    end = np.empty(many, np.int64)
    move, cost = np.zeros((many, 3), np.int64), np.zeros(many, np.int64)
    need = np.zeros((many, 6), np.int64)
    for number in range(many):
        end[number] = -1
        node, day = base + number, last
        while day < days and node != path[day]:
            arc = pool.follow[node, row[day]]
            if arc < 0:
                break
            for k in range(3):
                move[number, k] += pool.move[arc, k]
            cost[number] += pool.arc_cost[arc]
            node = np.int64(pool.target[arc])
            day += 1
        if day < days and node != path[day]:
            continue
        for k in range(3):
            move[number, k] += count[days, k] - count[day, k]
        cost[number] += paid[days] - paid[day]
        end[number] = path[days] if day < days else node
        for k in range(3):
            need[number, 2 * k] = pool.low[end[number], k] - move[number, k]
            need[number, 2 * k + 1] = need[number, 2 * k] + pool.size[end[number], k]
    return Tails(end, move, cost, need)


@kernel
def open_tails(pool: Pool, group: int, last: int, span: Longs) -> Tails:
    """Tails of a schedule that goes on freely; ``span`` are the needs of all nodes of the horizon."""
    base = pool.layer[group, last]
    many = pool.layer[group, last + 1] - base
    end, need = np.empty(many, np.int64), np.empty((many, 6), np.int64)
    for number in range(many):
        end[number] = base + number
        for k in range(6):
            need[number, k] = span[base - pool.layer[group, 0] + number, k]
    return Tails(end, np.zeros((many, 3), np.int64), np.zeros(many, np.int64), need)


@kernel
def ends(pool: Pool, group: int) -> Tails:
    """Tails of the last layer: nothing follows, and counts lie in their ranges."""
    base = pool.layer[group, -2]
    many = pool.layer[group, -1] - base
    need = np.empty((many, 6), np.int64)
    end = np.empty(many, np.int64)
    for number in range(many):
        end[number] = base + number
        for k in range(3):
            need[number, 2 * k] = pool.low[base + number, k]
            need[number, 2 * k + 1] = pool.low[base + number, k] + pool.size[base + number, k]
    return Tails(end, np.zeros((many, 3), np.int64), np.zeros(many, np.int64), need)


@kernel
def needs(pool: Pool, group: int, kinds: Small, first: int, last: int, after: Tails, span: Longs) -> None:
    """Counts (n, 6) of each node from day ``first`` to ``last`` from which the ends can be reached: first and end."""
    layer = pool.layer[group]
    base = layer[first]
    many = layer[last + 1] - base
    for number in range(many):
        for k in range(3):
            span[number, 2 * k], span[number, 2 * k + 1] = NOWHERE, -NOWHERE
    for number in range(len(after.end)):
        for k in range(6):
            span[layer[last] - base + number, k] = after.need[number, k]
    for day in range(last - 1, first - 1, -1):
        for node in range(layer[day + 1], layer[day + 2]):
            own = span[node - base]
            if own[1] <= own[0]:
                continue
            for arc in range(pool.into[node], pool.into[node + 1]):
                if kinds[day - first, pool.arc_kind[arc]] >= REACHED:
                    continue
                before = span[pool.source[arc] - base]
                for k in range(3):
                    before[2 * k] = min(before[2 * k], own[2 * k] - pool.move[arc, k])
                    before[2 * k + 1] = max(before[2 * k + 1], own[2 * k + 1] - pool.move[arc, k])


@kernel
def boxes(
    pool: Pool, group: int, kinds: Small, first: int, last: int, start: int, count: Longs, span: Longs, box: Longs,
    place: Longs,
) -> int:  # fmt: skip
    """Boxes (n, 6) of counts of the nodes from day ``first`` to ``last``, and their places; the table's length.

    A box holds the counts between what the start reaches and what the ends need, ``span``.
    """
    layer = pool.layer[group]
    base = layer[first]
    many = layer[last + 1] - base
    for number in range(many):
        for k in range(6):
            box[number, k] = 0
    length = 1
    place[start - base] = 0
    for k in range(3):
        box[start - base, 2 * k], box[start - base, 2 * k + 1] = count[k], count[k] + 1
    for day in range(first, last):
        for node in range(layer[day + 1], layer[day + 2]):
            own, limit = box[node - base], span[node - base]
            fresh = True
            if limit[1] <= limit[0]:
                continue
            for arc in range(pool.into[node], pool.into[node + 1]):
                before = box[pool.source[arc] - base]
                if before[1] <= before[0] or kinds[day - first, pool.arc_kind[arc]] >= REACHED:
                    continue
                for k in range(3):
                    least, end = before[2 * k] + pool.move[arc, k], before[2 * k + 1] + pool.move[arc, k]
                    own[2 * k] = least if fresh else min(own[2 * k], least)
                    own[2 * k + 1] = end if fresh else max(own[2 * k + 1], end)
                fresh = False
            volume = 1
            for k in range(3):
                own[2 * k] = max(own[2 * k], limit[2 * k])
                own[2 * k + 1] = min(own[2 * k + 1], limit[2 * k + 1])
                volume *= max(0, own[2 * k + 1] - own[2 * k])
            if volume == 0:
                own[1] = own[0]
            place[node - base] = length
            length += volume
    return length


@kernel
def fill(
    pool: Pool, group: int, kinds: Small, first: int, last: int, start: int, box: Longs, place: Longs, table: Small
) -> None:  # fmt: skip
    """Least cost of every node and count in its box."""
    layer = pool.layer[group]
    base = layer[first]
    table[place[start - base]] = 0
    for day in range(first, last):
        for node in range(layer[day + 1], layer[day + 2]):
            own = box[node - base]
            if own[1] <= own[0]:
                continue
            n1, n2 = own[3] - own[2], own[5] - own[4]
            at = place[node - base]
            for to in range(at, at + (own[1] - own[0]) * n1 * n2):
                table[to] = FAR
            for arc in range(pool.into[node], pool.into[node + 1]):
                before = box[pool.source[arc] - base]
                step = kinds[day - first, pool.arc_kind[arc]]
                if before[1] <= before[0] or step >= REACHED:
                    continue
                step += np.int32(pool.arc_cost[arc])
                d0, d1, d2 = pool.move[arc, 0], pool.move[arc, 1], pool.move[arc, 2]
                p1, p2 = before[3] - before[2], before[5] - before[4]
                least, end = max(own[4], before[4] + d2), min(own[5], before[5] + d2)
                for i0 in range(max(own[0], before[0] + d0), min(own[1], before[1] + d0)):
                    for i1 in range(max(own[2], before[2] + d1), min(own[3], before[3] + d1)):
                        to = at + ((i0 - own[0]) * n1 + i1 - own[2]) * n2 + least - own[4]
                        of = place[pool.source[arc] - base] + least - d2 - before[4]
                        of += ((i0 - d0 - before[0]) * p1 + i1 - d1 - before[2]) * p2
                        for _ in range(end - least):
                            table[to] = min(table[to], table[of] + step)
                            to += 1
                            of += 1
