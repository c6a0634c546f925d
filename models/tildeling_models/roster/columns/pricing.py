"""One person's stretch of least cost, by the tables of :mod:`stretch`; ceilings are checked and mended."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tildeling_models.roster.columns.compiled import kernel
from tildeling_models.roster.columns.kernels import FAR, REACHED, Longs, Small
from tildeling_models.roster.columns.pooled import Ceilings, Pool
from tildeling_models.roster.columns.stretch import Seats, Tails, boxes, closing, fill, needs

MENDS = 4
"""Searches for a stretch that keeps the ceilings, at most."""

Random = NDArray[np.uint64]
"""(1,) state of a generator (Marsaglia 2003, "Xorshift RNGs")."""


class Room(NamedTuple):
    """Scratch: ``span`` and ``box`` (n, 6) and ``place`` (n,) of nodes, ``cell`` (D, A + 1) prices,
    ``kinds`` (D, K) the same by kind, and the stretch found, ``row`` (D,)."""

    span: Longs
    box: Longs
    place: Longs
    cell: Small
    kinds: Small
    row: Longs


@kernel
def below(random: Random, limit: int) -> int:
    """A whole number from 0 to below a limit."""
    state = random[0]
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    random[0] = state
    return int(np.int64((state >> np.uint64(33)) % np.uint64(limit)))


@kernel
def by_kind(pool: Pool, group: int, first: int, last: int, room: Room) -> None:
    """Least cost of an activity of each kind, on each day of the stretch."""
    codes = pool.own.shape[2]
    for day in range(first, last):
        for kind in range(room.kinds.shape[1]):
            room.kinds[day - first, kind] = FAR
        for code in range(codes):
            kind = pool.kind[group, day, code]
            if kind >= 0 and room.cell[day - first, code] < room.kinds[day - first, kind]:
                room.kinds[day - first, kind] = room.cell[day - first, code]


@kernel
def least_end(
    pool: Pool, group: int, after: Tails, last: int, base: int, room: Room, table: Small, aim: Longs, pull: Longs,
    random: Random, choice: Longs,
) -> int:  # fmt: skip
    """Cost of the best end of a stretch; ``choice`` (4,) is its node and counts.

    Before the last day counts cost ``pull`` (3,) for each step outside of ``aim`` (3, 2).
    """
    free = last < pool.layer.shape[1] - 2 and pull[0] >= 0
    best, ties = np.int64(FAR), 0
    count = np.zeros(3, np.int64)
    for number in range(len(after.end)):
        node = pool.layer[group, last] + number
        own = room.box[node - base]
        if after.end[number] < 0 or own[1] <= own[0]:
            continue
        at = room.place[node - base]
        for i0 in range(own[0], own[1]):
            for i1 in range(own[2], own[3]):
                for i2 in range(own[4], own[5]):
                    value = np.int64(table[at])
                    at += 1
                    if value >= REACHED or value + after.paid[number] > best:
                        continue
                    count[0], count[1], count[2] = i0, i1, i2
                    if free:
                        for k in range(3):
                            value += pull[k] * (max(0, aim[k, 0] - count[k]) + max(0, count[k] - aim[k, 1]))
                    else:
                        for k in range(3):
                            count[k] += after.move[number, k]
                        value += after.paid[number] + closing(pool, group, after.end[number], count)
                    if value > best or value >= FAR:
                        continue
                    ties = 1 if value < best else ties + 1
                    if below(random, ties) == 0:
                        choice[0], choice[1], choice[2], choice[3] = node, i0, i1, i2
                    best = value
    return int(best)


@kernel
def trace(
    pool: Pool, group: int, first: int, last: int, base: int, room: Room, table: Small, random: Random, choice: Longs
) -> None:  # fmt: skip
    """Read a stretch of least cost to an end back into ``room.row``; ties are broken at random."""
    node, i0, i1, i2 = choice
    codes = pool.own.shape[2]
    for day in range(last - 1, first - 1, -1):
        own = room.box[node - base]
        value = table[
            room.place[node - base]
            + ((i0 - own[0]) * (own[3] - own[2]) + i1 - own[2]) * (own[5] - own[4])
            + i2
            - own[4]
        ]
        many = pool.into[node + 1] - pool.into[node]
        turn = below(random, many)
        for k in range(many):
            arc = pool.into[node] + (k + turn) % many
            source, kind = pool.source[arc], pool.arc_kind[arc]
            step = room.kinds[day - first, kind]
            before = room.box[source - base]
            j0, j1, j2 = i0 - pool.move[arc, 0], i1 - pool.move[arc, 1], i2 - pool.move[arc, 2]
            if step >= REACHED or j0 < before[0] or j1 < before[2] or j2 < before[4]:
                continue
            if j0 >= before[1] or j1 >= before[3] or j2 >= before[5]:
                continue
            at = ((j0 - before[0]) * (before[3] - before[2]) + j1 - before[2]) * (before[5] - before[4])
            cost = table[room.place[source - base] + at + j2 - before[4]]
            if cost >= REACHED or cost + step + pool.arc_cost[arc] != value:
                continue
            ties = 0
            for code in range(codes):
                if pool.kind[group, day, code] == kind and room.cell[day - first, code] == step:
                    ties += 1
                    if below(random, ties) == 0:
                        room.row[day] = code
            node, i0, i1, i2 = source, j0, j1, j2
            break


@kernel
def broken(caps: Ceilings, seats: Seats, person: int, first: int, last: int, room: Room) -> int:
    """A ceiling that the stretch in ``room.row`` breaks, -1 for none; what it uses before is in ``seats.used``."""
    for cap in range(caps.start[person], caps.start[person + 1]):
        left = caps.limit[cap] - seats.used[cap]
        if left >= caps.dear[cap] * (last - first):
            continue
        weight = caps.weight[caps.which[cap]]
        for day in range(first, last):
            left -= weight[day, room.row[day]]
        if left < 0:
            return cap
    return -1


@kernel
def shut(caps: Ceilings, seats: Seats, person: int, first: int, last: int, room: Room) -> None:
    """Forbid the cells that pass a ceiling by themselves."""
    for cap in range(caps.start[person], caps.start[person + 1]):
        left = caps.limit[cap] - seats.used[cap]
        if left >= caps.dear[cap]:
            continue
        weight = caps.weight[caps.which[cap]]
        for day in range(first, last):
            for code in range(weight.shape[1]):
                if weight[day, code] > left:
                    room.cell[day - first, code] = FAR


@kernel
def mend(caps: Ceilings, seats: Seats, cap: int, first: int, last: int, room: Room, random: Random) -> None:
    """Forbid what counts for a broken ceiling on so many of the days that use it as there are too many."""
    weight = caps.weight[caps.which[cap]]
    excess = seats.used[cap] - caps.limit[cap]
    for day in range(first, last):
        excess += weight[day, room.row[day]]
    day = first + below(random, last - first)
    for _ in range(last - first):
        if weight[day, room.row[day]] > 0 and excess > 0:
            excess -= weight[day, room.row[day]]
            for code in range(weight.shape[1]):
                if weight[day, code] > 0:
                    room.cell[day - first, code] = FAR
        day = day + 1 if day + 1 < last else first


@kernel
def price(
    pool: Pool, caps: Ceilings, seats: Seats, person: int, first: int, last: int, after: Tails, room: Room,
    table: Small, aim: Longs, pull: Longs, random: Random,
) -> tuple[bool, Small]:  # fmt: skip
    """Write the stretch of least cost at the prices ``room.cell`` into ``room.row``; whether there is one.

    The table is handed back, for it may have grown.
    """
    group = pool.of[person]
    base = pool.layer[group, first]
    start, count = seats.node[person, first], seats.counted[person, first]
    choice = np.zeros(4, np.int64)
    shut(caps, seats, person, first, last, room)
    for _ in range(MENDS):
        by_kind(pool, group, first, last, room)
        needs(pool, group, room.kinds, first, last, after, room.span)
        length = boxes(pool, group, room.kinds, first, last, start, count, room.span, room.box, room.place)
        if length > len(table):
            table = np.empty(2 * length, np.int32)
        fill(pool, group, room.kinds, first, last, start, room.box, room.place, table)
        if least_end(pool, group, after, last, base, room, table, aim, pull, random, choice) >= FAR:
            return False, table
        trace(pool, group, first, last, base, room, table, random, choice)
        cap = broken(caps, seats, person, first, last, room)
        if cap < 0:
            return True, table
        mend(caps, seats, cap, first, last, room, random)
    return False, table
