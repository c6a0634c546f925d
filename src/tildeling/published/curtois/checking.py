"""Judges a roster from the format's own definitions, day by day in plain Python.

It shares nothing with the engines, their problem or its evaluation: it exists to find them wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from tildeling.published.curtois.instance import Instance, Person, Plan
from tildeling.published.judging import Breach, Judgement


def judge(instance: Instance, plan: Plan) -> Judgement:
    """Every hard limit that a roster breaks, and what it costs; ``plan`` has a row for everyone."""
    breaches = [
        breach for person in instance.people for breach in _of_person(instance, person, plan[person.id])
    ]
    under, over = _cover(instance, plan)
    parts = (
        ("on_requests", sum(r.weight for r in instance.on if plan[r.person][r.day] != r.shift)),
        ("off_requests", sum(r.weight for r in instance.off if plan[r.person][r.day] == r.shift)),
        ("cover_under", under),
        ("cover_over", over),
    )
    return Judgement(tuple(breaches), parts)


def _cover(instance: Instance, plan: Plan) -> tuple[int, int]:
    """Cost of too few and of too many."""
    there = Counter((day, shift) for row in plan.values() for day, shift in enumerate(row))
    under = over = 0
    for cover in instance.covers:
        count = there[cover.day, cover.shift]
        if count < cover.wanted:
            under += (cover.wanted - count) * cover.under
        else:
            over += (count - cover.wanted) * cover.over
    return under, over


def _of_person(instance: Instance, person: Person, row: tuple[str, ...]) -> Iterator[Breach]:
    yield from _days_off(person, row)
    yield from _followers(instance, person, row)
    yield from _totals(instance, person, row)
    yield from _stretches(person, row)
    yield from _weekends(person, row)


def _days_off(person: Person, row: tuple[str, ...]) -> Iterator[Breach]:
    for day in person.days_off:
        if row[day]:
            yield Breach("day_off", {"person": person.id, "day": day, "shift": row[day]})


def _followers(instance: Instance, person: Person, row: tuple[str, ...]) -> Iterator[Breach]:
    banned = {(shift.id, after) for shift in instance.shifts for after in shift.not_before}
    for day in range(1, len(row)):
        if (row[day - 1], row[day]) in banned:
            yield Breach(
                "follows", {"person": person.id, "day": day, "shift": row[day], "before": row[day - 1]}
            )


def _totals(instance: Instance, person: Person, row: tuple[str, ...]) -> Iterator[Breach]:
    for shift, most in person.most_of:
        if row.count(shift) > most:
            yield Breach(
                "max_shifts", {"person": person.id, "shift": shift, "most": most, "found": row.count(shift)}
            )
    length = {shift.id: shift.minutes for shift in instance.shifts}
    worked = sum(length[shift] for shift in row if shift)
    if worked > person.most_minutes:
        yield Breach("max_minutes", {"person": person.id, "most": person.most_minutes, "found": worked})
    if worked < person.least_minutes:
        yield Breach("min_minutes", {"person": person.id, "least": person.least_minutes, "found": worked})


def _stretches(person: Person, row: tuple[str, ...]) -> Iterator[Breach]:
    """A stretch that touches the first or the last day need not reach a least length."""
    begin = 0
    for working, days in groupby(row, key=bool):
        found = len(list(days))
        inside = begin > 0 and begin + found < len(row)
        where = {"person": person.id, "day": begin, "found": found}
        if working and found > person.most_on:
            yield Breach("max_consecutive", where | {"most": person.most_on})
        if working and inside and found < person.least_on:
            yield Breach("min_consecutive", where | {"least": person.least_on})
        if not working and inside and found < person.least_off:
            yield Breach("min_consecutive_off", where | {"least": person.least_off})
        begin += found


def _weekends(person: Person, row: tuple[str, ...]) -> Iterator[Breach]:
    """Day 0 is a Monday: days 5 and 6 are the first weekend, which counts once."""
    worked = sum(any(row[day : day + 2]) for day in range(5, len(row), 7))
    if worked > person.most_weekends:
        yield Breach("max_weekends", {"person": person.id, "most": person.most_weekends, "found": worked})
