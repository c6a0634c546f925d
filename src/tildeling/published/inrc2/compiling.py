"""The instance as a roster problem: one tier; an activity is a shift in a skill, and 0 is off.

The history is a short past: days that are given before day 0, so that stretches go on from it.  What a stretch that
ends with the past misses is a cost of the first day's cells, since nothing wholly in the past counts in the problem.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Hashable, Iterator
from itertools import product
from typing import TypeVar

import numpy as np

from tildeling.published.inrc2.instance import (
    ASSIGNMENTS,
    COMPLETE_WEEKEND,
    COVER,
    DAYS_OFF,
    PREFERENCE,
    SAME_SHIFT,
    SATURDAY,
    WEEK,
    WEEKENDS,
    WORKING,
    Instance,
    Plan,
    Work,
)
from tildeling.published.inrc2.past import Past, past_of
from tildeling_models.roster.problem import (
    OFF,
    Blocks,
    Bools,
    Cover,
    Ints,
    Price,
    Roster,
    RosterProblem,
    Rule,
    Run,
    Succession,
    Sum,
)

TIER = "cost"
K = TypeVar("K", bound=Hashable)


def compile_instance(instance: Instance) -> RosterProblem:
    """Arrays and rules; the value of a roster is the competition's own."""
    codes, past = _codes(instance), past_of(instance)
    totals, constant = _totals(instance, past.days)
    return RosterProblem(
        tiers=(TIER,),
        start=np.zeros(len(codes) + 1, np.int64),
        end=np.array([0, *(1 for _ in codes)], np.int64),
        allowed=_allowed(instance, codes, past),
        cost=_cost(instance, codes, past),
        rules=(
            *_successions(instance, codes),
            *_stretches(instance, codes),
            *_whole_weekends(instance, past.days),
            *totals,
        ),
        covers=tuple(_covers(instance, codes, past.days)),
        first=past.days,
        constant=np.array([constant], np.int64),
    )


def to_plan(instance: Instance, roster: Roster) -> Plan:
    """Activities back to shifts and skills, without the past."""
    words = ((), *((work,) for work in _codes(instance)))
    first = past_of(instance).days
    return {
        nurse.id: tuple(words[activity] for activity in row[first:])
        for nurse, row in zip(instance.nurses, roster.activity.tolist(), strict=True)
    }


def to_roster(instance: Instance, plan: Plan) -> Roster:
    """The other way: the past, then the activity of each day; of several on a day the first."""
    codes = _codes(instance)
    rows = [
        [*_past_row(codes, before), *(codes[day[0]] if day else OFF for day in plan[nurse.id])]
        for nurse, before in zip(instance.nurses, past_of(instance).rows, strict=True)
    ]
    return Roster(np.array(rows, np.int64))


def _codes(instance: Instance) -> dict[Work, int]:
    """Activity of each shift in each skill."""
    pairs = product((shift.id for shift in instance.shifts), instance.skills)
    return {Work(*pair): number for number, pair in enumerate(pairs, start=1)}


def _past_row(codes: dict[Work, int], before: tuple[str, ...]) -> list[int]:
    """Activities of past days; the skill does not matter."""
    of = {work.shift: code for work, code in codes.items()}
    return [of[shift] if shift else OFF for shift in before]


def _allowed(instance: Instance, codes: dict[Work, int], past: Past) -> Bools:
    found = np.zeros((len(instance.nurses), past.days + instance.days, len(codes) + 1), np.bool_)
    for n, nurse in enumerate(instance.nurses):
        found[n, past.days :, OFF] = True
        for work, code in codes.items():
            found[n, past.days :, code] = work.skill in nurse.skills
        found[n, np.arange(past.days), _past_row(codes, past.rows[n])] = True
    return found


def _cost(instance: Instance, codes: dict[Work, int], past: Past) -> Ints:
    """(1, P, D, A + 1) requests, and what the first day settles of the past."""
    cost = np.zeros((1, len(instance.nurses), past.days + instance.days, len(codes) + 1), np.int64)
    number = {nurse.id: n for n, nurse in enumerate(instance.nurses)}
    work, limits = _set(codes, codes), {shift.id: (shift.least, shift.most) for shift in instance.shifts}
    for request in instance.requests:
        of = _shift(codes, request.shift) if request.shift else work
        cost[0, number[request.nurse], past.days + request.day, of] += PREFERENCE
    for n, nurse in enumerate(instance.nurses):
        contract, history = instance.contract_of[nurse.id], nurse.history
        day, row = cost[0, n, past.days], past.rows[n]
        _settle(day, work, history.on, WORKING, contract.least_on, contract.most_on, row, bool)
        _settle(day, ~work, history.off, DAYS_OFF, contract.least_off, contract.most_off, row, _free)
        if history.last:
            of, (least, most) = _shift(codes, history.last), limits[history.last]
            _settle(day, of, history.same, SAME_SHIFT, least, most, row, history.last.__eq__)
    return cost


def _settle(
    day: Ints, of: Bools, before: int, price: int, least: int, most: int, row: tuple[str, ...],
    inside: Callable[[str], bool],
) -> None:  # fmt: skip
    """Add to the first day's cells what the end of a stretch of the past misses.

    A stretch that goes on is charged for its whole length: what it has beyond the most by then is taken off again.
    """
    if not before:
        return
    there = next((n for n, shift in enumerate(reversed(row)) if not inside(shift)), len(row))
    day[~of] += price * max(0, least - before)
    day[of] -= price * max(0, there - most)


def _free(shift: str) -> bool:
    return not shift


def _successions(instance: Instance, codes: dict[Work, int]) -> Iterator[Rule]:
    """H3; shifts that forbid the same followers, together."""
    alike: dict[frozenset[str], set[str]] = defaultdict(set)
    for shift in instance.shifts:
        if shift.not_before:
            alike[frozenset(shift.not_before)].add(shift.id)
    everyone = np.arange(len(instance.nurses))
    for after, before in alike.items():
        yield Succession(people=everyone, first=_of(codes, before), then=_of(codes, after))


def _stretches(instance: Instance, codes: dict[Work, int]) -> Iterator[Rule]:
    """S2 and S3: shifts in a row, working days in a row, days off in a row."""
    everyone, work = np.arange(len(instance.nurses)), _set(codes, codes)

    def run(people: Ints, of: Bools, least: int, most: int, weight: int) -> Run:
        price = Price(0, weight)
        return Run(people=people, of=of, least=max(1, least), most=most, short=price, long=price)

    for shift in instance.shifts:
        yield run(everyone, _shift(codes, shift.id), shift.least, shift.most, SAME_SHIFT)
    for contract, who in _sharing(instance, lambda n: instance.contract_of[instance.nurses[n].id]):
        yield run(who, work, contract.least_on, contract.most_on, WORKING)
        yield run(who, ~work, contract.least_off, contract.most_off, DAYS_OFF)


def _whole_weekends(instance: Instance, past: int) -> Iterator[Rule]:
    """S5: Saturday and Sunday, or neither."""
    who = np.array(
        [n for n, nurse in enumerate(instance.nurses) if instance.contract_of[nurse.id].complete], np.int64
    )
    codes = _codes(instance)
    work = _set(codes, codes)
    saturdays, price = past + np.arange(SATURDAY, instance.days, WEEK), Price(0, COMPLETE_WEEKEND)
    for first in (work, ~work) if len(who) else ():
        yield Succession(people=who, first=first, then=~first, days=saturdays, price=price)


def _totals(instance: Instance, past: int) -> tuple[list[Rule], int]:
    """S6 and S7, less what the history has of them; and what it has too much of already."""
    found: list[Rule] = []
    codes = _codes(instance)
    work, days = _set(codes, codes), past + np.arange(instance.days)
    weight = np.tile(work.astype(np.int64), (instance.days, 1))
    block = np.where((days - past) % WEEK >= SATURDAY, (days - past) // WEEK, -1)
    block = np.concatenate([np.full(past, -1), block])
    worked, weekends, spent = Price(0, ASSIGNMENTS), Price(0, WEEKENDS), 0

    def limits(n: int) -> tuple[int, int, int]:
        nurse = instance.nurses[n]
        own, before = instance.contract_of[nurse.id], nurse.history
        return own.least - before.assignments, own.most - before.assignments, own.weekends - before.weekends

    for (least, most, free), who in _sharing(instance, limits):
        spent += len(who) * (ASSIGNMENTS * max(0, -most) + WEEKENDS * max(0, -free))
        if least > 0 or most < instance.days:
            found.append(
                Sum(people=who, days=days, weight=weight, low=least if least > 0 else None, high=max(0, most),
                    under=worked, over=worked)
            )  # fmt: skip
        if free < len(instance.weeks):
            found.append(Blocks(people=who, block=block, of=work, high=max(0, free), over=weekends))
    return found, spent


def _covers(instance: Instance, codes: dict[Work, int], past: int) -> Iterator[Cover]:
    """H2 and S1."""
    who = {skill: np.array([skill in nurse.skills for nurse in instance.nurses]) for skill in instance.skills}
    for cover in instance.covers:
        if not (cover.least or cover.wanted):
            continue
        yield Cover(
            days=np.array([past + cover.day]), who=who[cover.skill],
            of=_set(codes, {Work(cover.shift, cover.skill)})[None],
            least=cover.least or None, low=cover.wanted, under=Price(0, COVER),
        )  # fmt: skip


def _sharing(instance: Instance, limit: Callable[[int], K]) -> Iterator[tuple[K, Ints]]:
    """Each limit there is, and the nurses it is for."""
    found: dict[K, list[int]] = defaultdict(list)
    for n in range(len(instance.nurses)):
        found[limit(n)].append(n)
    for key, who in found.items():
        yield key, np.array(who)


def _set(codes: dict[Work, int], inside: Container[Work]) -> Bools:
    """(A + 1,) the activities inside; never off."""
    return np.array([False, *(work in inside for work in codes)])


def _of(codes: dict[Work, int], shifts: Container[str]) -> Bools:
    return _set(codes, {work for work in codes if work.shift in shifts})


def _shift(codes: dict[Work, int], shift: str) -> Bools:
    return _of(codes, {shift})
