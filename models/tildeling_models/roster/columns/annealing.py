"""Ruin and recreate in one compiled loop: a few people, some days, put back one after the other at least cost."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tildeling_models.roster.columns.compiled import kernel
from tildeling_models.roster.columns.kernels import FAR, Longs, Small
from tildeling_models.roster.columns.pooled import Ceilings, Covering, Pool
from tildeling_models.roster.columns.pricing import Random, Room, below, price
from tildeling_models.roster.columns.stretch import Seats, closing, tails, walk
from tildeling_models.roster.problem import Bools

TRIES = 30
"""Covers that are looked at for one that costs something."""


class Best(NamedTuple):
    """The best schedules so far, ``row`` (P, D), and who has another now, ``behind`` (P,)."""

    row: Longs
    behind: Bools


@kernel
def use(caps: Ceilings, seats: Seats, person: int, first: int, last: int, sign: int) -> None:
    """Count a person's stretch of days in or out of the ceilings."""
    for cap in range(caps.start[person], caps.start[person + 1]):
        weight = caps.weight[caps.which[cap]]
        for day in range(first, last):
            seats.used[cap] += sign * weight[day, seats.row[person, day]]


@kernel
def change(
    pool: Pool, caps: Ceilings, cover: Covering, seats: Seats, person: int, first: int, last: int, sign: int
) -> int:
    """Count a person's stretch of days out or in; what it changes in the cost, the person's own cost included."""
    codes = pool.own.shape[2]
    row, who = seats.row[person], cover.who[person]
    found = closing(pool, pool.of[person], seats.node[person, -1], seats.counted[person, -1])
    found = sign * (found + seats.paid[person, -1])
    for day in range(first, last):
        found += sign * np.int64(pool.own[person, day, row[day]])
        cell = day * codes + row[day]
        for at in range(cover.start[cell], cover.start[cell + 1]):
            rule = cover.row[at]
            if who[rule]:
                now = seats.counts[rule]
                then = now + sign * cover.times[at]
                found += cover.table[rule, then] - cover.table[rule, now]
                seats.counts[rule] = then
    use(caps, seats, person, first, last, sign)
    return int(found)


@kernel
def ask(pool: Pool, cover: Covering, seats: Seats, person: int, first: int, last: int, room: Room) -> None:
    """What each cell of a stretch costs a person who is out of it, with what it changes in cover."""
    codes = pool.own.shape[2]
    who = cover.who[person]
    for day in range(first, last):
        for code in range(codes):
            own = np.int64(pool.own[person, day, code])
            if own < FAR:
                cell = day * codes + code
                for at in range(cover.start[cell], cover.start[cell + 1]):
                    rule = cover.row[at]
                    if who[rule]:
                        now = seats.counts[rule]
                        own += cover.table[rule, now + cover.times[at]] - cover.table[rule, now]
            room.cell[day - first, code] = min(own, np.int64(FAR))


@kernel
def owed(pool: Pool, seats: Seats, person: int, toll: Longs) -> int:
    """What a person pays in tolls (C, 3) for the final counts."""
    found = np.int64(0)
    for k in range(3):
        found += toll[pool.of[person], k] * seats.counted[person, -1, k]
    return int(found)


@kernel
def sought(cover: Covering, seats: Seats, days: int, dear: int, random: Random) -> int:
    """A day of a cover that costs at least so much, in every second call and where a few tries find one; else any."""
    day = below(random, days)
    if len(cover.day) and below(random, 2):
        for _ in range(TRIES):
            rule = below(random, len(cover.day))
            if cover.table[rule, seats.counts[rule]] >= dear:
                day = int(cover.day[rule])
                break
    return day


@kernel
def anneal(
    pool: Pool, caps: Ceilings, cover: Covering, seats: Seats, best: Best, room: Room, table: Small, random: Random,
    now: int, least: int, heat: float, moves: int, group: int, shortest: int, longest: int, toll: Longs,
    dear: int,
) -> tuple[int, int, int, Small]:  # fmt: skip
    """So many moves at a temperature; (cost, best cost, people put in, table).

    Each takes up to ``group`` people out of a stretch of ``shortest`` to ``longest`` days, and puts them back one by
    one.  ``now`` is the cost of the plan, tolls (C, 3) included; ``least`` that of the best, without them.
    """
    people, days = seats.row.shape
    order = np.arange(people)
    aim, pull = np.zeros((3, 2), np.int64), np.full(3, -1)
    old = np.empty((group, longest), np.int64)
    inserts = 0
    debt = 0
    for person in range(people):
        debt += owed(pool, seats, person, toll)
    for _ in range(moves):
        many = 1 + below(random, min(group, people))
        length = min(days, shortest + below(random, longest - shortest + 1))
        first = sought(cover, seats, days, dear, random) - below(random, length)
        first, last = max(0, first), min(days, first + length)
        after, due = now, debt
        for n in range(many):
            other = n + below(random, people - n)
            order[n], order[other] = order[other], order[n]
            person = order[n]
            for day in range(first, last):
                old[n, day - first] = seats.row[person, day]
            due -= owed(pool, seats, person, toll)
            after += change(pool, caps, cover, seats, person, first, last, -1)
        done = 0
        for n in range(many):
            person = order[n]
            follows = tails(pool, seats, person, last)
            ask(pool, cover, seats, person, first, last, room)
            found, table = price(
                pool, caps, seats, person, first, last, follows, room, table, aim, pull, random
            )
            inserts += 1
            if not found:
                break
            for day in range(first, last):
                seats.row[person, day] = room.row[day]
            walk(pool, seats, person, first, days)
            after += change(pool, caps, cover, seats, person, first, last, 1)
            due += owed(pool, seats, person, toll)
            done += 1
        chance = max(1e-12, below(random, 1 << 30) / (1 << 30))
        if done == many and after <= now - heat * math.log(chance):
            now, debt = after, due
            for n in range(many):
                best.behind[order[n]] = True
            if now - debt < least:
                least = now - debt
                for person in range(people):
                    if best.behind[person]:
                        for day in range(days):
                            best.row[person, day] = seats.row[person, day]
                        best.behind[person] = False
            continue
        for n in range(done):
            change(pool, caps, cover, seats, order[n], first, last, -1)
        for n in range(many):
            person = order[n]
            for day in range(first, last):
                seats.row[person, day] = old[n, day - first]
            walk(pool, seats, person, first, days)
            change(pool, caps, cover, seats, person, first, last, 1)
    return now, least, inserts, table
