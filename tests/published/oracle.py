"""The least value of a tiny instance, from every schedule of everyone; legality is the checker's."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from tildeling.published.curtois.checking import judge
from tildeling.published.curtois.instance import Instance, Person


def least_value(instance: Instance) -> int | None:
    """The optimum, None if there is no legal roster: schedules are added person by person, by what they cover."""
    states: dict[tuple[int, ...], int] = {(0,) * len(instance.covers): 0}
    for person in instance.people:
        mine: dict[tuple[int, ...], int] = {}
        for there, cost in _schedules(instance, person):
            mine[there] = min(cost, mine.get(there, cost))
        after: dict[tuple[int, ...], int] = {}
        for (counts, sofar), (there, cost) in itertools.product(states.items(), mine.items()):
            key = tuple(map(sum, zip(counts, there, strict=True)))
            after[key] = min(sofar + cost, after.get(key, sofar + cost))
        states = after
    return min((cost + _cover(instance, counts) for counts, cost in states.items()), default=None)


def _schedules(instance: Instance, person: Person) -> Iterator[tuple[tuple[int, ...], int]]:
    """(what it covers, what its requests cost) of each legal schedule."""
    alone = replace(
        instance, people=(person,), covers=(),
        on=tuple(wish for wish in instance.on if wish.person == person.id),
        off=tuple(wish for wish in instance.off if wish.person == person.id),
    )  # fmt: skip
    words = ("", *(shift.id for shift in instance.shifts))
    for row in itertools.product(words, repeat=instance.days):
        found = judge(alone, {person.id: row})
        if found.ok:
            yield tuple(int(row[cover.day] == cover.shift) for cover in instance.covers), found.value


def _cover(instance: Instance, counts: tuple[int, ...]) -> int:
    return sum(
        cover.under * max(0, cover.wanted - count) + cover.over * max(0, count - cover.wanted)
        for cover, count in zip(instance.covers, counts, strict=True)
    )
