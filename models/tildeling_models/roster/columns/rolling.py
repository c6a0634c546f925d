"""A person's first schedule, stretch after stretch from the first day on, beside those who have one already.

Every stretch is priced a while ahead, and only its beginning is kept (rolling horizons: Sethi and Sorger 1991, "A
theory of rolling horizon decision making").  Counts over the whole horizon are led to their ranges in proportion to
the days on which the person may work: beyond, they cost.
"""

from __future__ import annotations

import math

import numpy as np

from tildeling_models.roster.columns.annealing import ask, change, use
from tildeling_models.roster.columns.compiled import kernel
from tildeling_models.roster.columns.kernels import Longs, Small
from tildeling_models.roster.columns.pooled import Ceilings, Covering, Pool
from tildeling_models.roster.columns.pricing import Random, Room, by_kind, price
from tildeling_models.roster.columns.stretch import NOWHERE, Seats, ends, needs, open_tails, walk


@kernel
def reach(pool: Pool, person: int, begin: int, room: Room) -> tuple[Longs, Longs]:
    """Needs (n, 6) of the nodes of the whole horizon as the person's cells leave them, and the most (D + 1, 3) that
    counters can move from each day on."""
    group, days = pool.of[person], pool.own.shape[1]
    for day in range(days):
        for code in range(pool.own.shape[2]):
            room.cell[day, code] = pool.own[person, day, code]
    by_kind(pool, group, begin, days, room)
    span = np.empty((pool.layer[group, -1] - pool.layer[group, 0], 6), np.int64)
    after = ends(pool, group)
    needs(pool, group, room.kinds, begin, days, after, span)
    left = np.zeros((days + 1, 3), np.int64)
    base = pool.layer[group, 0]
    for k in range(3):
        goal = NOWHERE
        for number in range(len(after.end)):
            if after.need[number, 1] > after.need[number, 0]:
                goal = min(goal, after.need[number, 2 * k])
        for day in range(days + 1):
            least = NOWHERE
            for node in range(pool.layer[group, day], pool.layer[group, day + 1]):
                least = min(least, span[node - base, 2 * k])
            left[day, k] = max(0, goal - least)
    return span, left


@kernel
def roll(
    pool: Pool, caps: Ceilings, cover: Covering, seats: Seats, person: int, begin: int, ahead: int, kept: int,
    pull: Longs, slack: Longs, room: Room, table: Small, random: Random,
) -> tuple[bool, Small]:  # fmt: skip
    """Give a person who has none a schedule; False where a stretch came to a dead end.

    ``begin`` is day 0: kernels are compiled for a literal by itself.  ``ahead`` are the days priced, ``kept`` those
    kept of them.  Counts cost ``pull`` (3,) a step outside of their share, whose limits are ``slack`` (3,) steps
    further in.
    """
    days = seats.row.shape[1]
    group = pool.of[person]
    aim = np.zeros((3, 2), np.int64)
    span, left = reach(pool, person, begin, room)
    final = ends(pool, group)
    seats.node[person, 0] = pool.layer[group, 0]
    for k in range(3):
        seats.counted[person, 0, k] = 0
    seats.paid[person, 0] = 0
    first = begin
    while first < days:
        last = min(days, first + ahead)
        for k in range(3):
            share = 1.0 - left[last, k] / max(1, left[0, k])
            least, most = NOWHERE, -NOWHERE
            for number in range(len(final.end)):
                if final.need[number, 1] > final.need[number, 0]:
                    least = min(least, final.need[number, 2 * k])
                    most = max(most, final.need[number, 2 * k + 1] - 1)
            aim[k, 0] = math.ceil(least * share) + slack[k] if least > 0 else least
            aim[k, 1] = max(aim[k, 0], math.ceil(most * share) - slack[k])
        after = open_tails(pool, group, last, span)
        ask(pool, cover, seats, person, first, last, room)
        found, table = price(pool, caps, seats, person, first, last, after, room, table, aim, pull, random)
        if not found:
            break
        end = last if last == days else first + kept
        for day in range(first, end):
            seats.row[person, day] = room.row[day]
        walk(pool, seats, person, first, end)
        use(caps, seats, person, first, end, 1)
        first = end
    use(caps, seats, person, begin, first, -1)
    if first < days:
        return False, table
    change(pool, caps, cover, seats, person, begin, days, 1)
    return True, table
