"""The instance as a roster problem: one tier, activity 0 off, activity k the k-th shift of the file.

Linear costs of cover are ranges with equal limits; requests are costs of cells; limits that many people share
are one rule about them all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import TypeVar

import numpy as np

from tildeling.published.curtois.instance import Instance, Person, Plan
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
    """Arrays and rules; the value of a roster is the format's own."""
    codes = {shift.id: k for k, shift in enumerate(instance.shifts, start=1)}
    minutes = np.array([0, *(shift.minutes for shift in instance.shifts)], np.int64)
    return RosterProblem(
        tiers=(TIER,),
        start=np.zeros(len(minutes), np.int64),
        end=minutes,
        allowed=_allowed(instance, codes),
        cost=_cost(instance, codes),
        rules=(
            *_successions(instance, codes),
            *_working_days(instance),
            *_days_off(instance),
            *_minutes(instance, minutes),
            *_caps(instance, codes),
            *_weekends(instance),
        ),
        covers=tuple(_covers(instance, codes)),
    )


def to_plan(instance: Instance, roster: Roster) -> Plan:
    """Activities back to ids of shifts."""
    words = ("", *(shift.id for shift in instance.shifts))
    return {
        person.id: tuple(words[activity] for activity in row)
        for person, row in zip(instance.people, roster.activity.tolist(), strict=True)
    }


def to_roster(instance: Instance, plan: Plan) -> Roster:
    """The other way: ids of shifts to activities."""
    codes = {"": OFF} | {shift.id: k for k, shift in enumerate(instance.shifts, start=1)}
    return Roster(np.array([[codes[word] for word in plan[person.id]] for person in instance.people]))


def _allowed(instance: Instance, codes: dict[str, int]) -> Bools:
    """(P, D, A + 1): not to work on days off, nor a shift of which one may have none."""
    found = np.ones((len(instance.people), instance.days, len(codes) + 1), np.bool_)
    for p, person in enumerate(instance.people):
        found[p, list(person.days_off), OFF + 1 :] = False
        for code, most in person.most_of:
            if most == 0:
                found[p, :, codes[code]] = False
    return found


def _cost(instance: Instance, codes: dict[str, int]) -> Ints:
    """(1, P, D, A + 1): a wish to work a shift costs every other activity, one not to work it that shift."""
    row = {person.id: p for p, person in enumerate(instance.people)}
    found = np.zeros((1, len(instance.people), instance.days, len(codes) + 1), np.int64)
    for wish in instance.on:
        found[0, row[wish.person], wish.day] += wish.weight
        found[0, row[wish.person], wish.day, codes[wish.shift]] -= wish.weight
    for wish in instance.off:
        found[0, row[wish.person], wish.day, codes[wish.shift]] += wish.weight
    return found


def _successions(instance: Instance, codes: dict[str, int]) -> Iterator[Rule]:
    """Shifts that forbid the same followers, together."""
    alike: dict[frozenset[str], list[int]] = defaultdict(list)
    for shift in instance.shifts:
        if shift.not_before:
            alike[frozenset(shift.not_before)].append(codes[shift.id])
    for after, before in alike.items():
        then = _set(len(codes), [codes[code] for code in after])
        yield Succession(people=_everyone(instance), first=_set(len(codes), before), then=then)


def _working_days(instance: Instance) -> Iterator[Rule]:
    for (least, most), who in _sharing(instance, lambda person: (person.least_on, person.most_on)):
        if least > 1 or most < instance.days:
            yield Run(people=who, of=_work(instance), least=max(1, least), most=most)


def _days_off(instance: Instance) -> Iterator[Rule]:
    for least, who in _sharing(instance, lambda person: person.least_off):
        if least > 1:
            yield Run(people=who, of=~_work(instance), least=least)


def _minutes(instance: Instance, minutes: Ints) -> Iterator[Rule]:
    weight = np.tile(minutes, (instance.days, 1))
    days = np.arange(instance.days)
    for (least, most), who in _sharing(instance, lambda person: (person.least_minutes, person.most_minutes)):
        yield Sum(people=who, days=days, weight=weight, least=least, most=most)


def _caps(instance: Instance, codes: dict[str, int]) -> Iterator[Rule]:
    """Caps that can bind: one of none is a cell that is not allowed."""
    days = np.arange(instance.days)
    for code, activity in codes.items():
        one = _set(len(codes), [activity]).astype(np.int64)
        weight = np.tile(one, (instance.days, 1))
        for most, who in _sharing(instance, partial(_cap, code)):
            if 0 < most < instance.days:
                yield Sum(people=who, days=days, weight=weight, most=most)


def _cap(code: str, person: Person) -> int:
    return dict(person.most_of)[code]


def _weekends(instance: Instance) -> Iterator[Rule]:
    """Saturday and Sunday of a week are one block; a horizon may end between them."""
    days = np.arange(instance.days)
    block = np.where(days % 7 >= 5, days // 7, -1)
    weekends = len(set(block.tolist()) - {-1})
    for most, who in _sharing(instance, lambda person: person.most_weekends):
        if most < weekends:
            yield Blocks(people=who, block=block, of=_work(instance), most=most)


def _covers(instance: Instance, codes: dict[str, int]) -> Iterator[Cover]:
    who = np.ones(len(instance.people), np.bool_)
    for cover in instance.covers:
        yield Cover(
            days=np.array([cover.day]), who=who, of=_set(len(codes), [codes[cover.shift]])[None],
            low=cover.wanted, high=cover.wanted, under=Price(0, cover.under), over=Price(0, cover.over),
        )  # fmt: skip


def _sharing(instance: Instance, limit: Callable[[Person], K]) -> Iterator[tuple[K, Ints]]:
    """Each limit there is, and the people it is for."""
    found: dict[K, list[int]] = defaultdict(list)
    for p, person in enumerate(instance.people):
        found[limit(person)].append(p)
    for key, who in found.items():
        yield key, np.array(who)


def _everyone(instance: Instance) -> Ints:
    return np.arange(len(instance.people))


def _work(instance: Instance) -> Bools:
    return _set(len(instance.shifts), list(range(1, len(instance.shifts) + 1)))


def _set(shifts: int, activities: list[int]) -> Bools:
    found = np.zeros(shifts + 1, np.bool_)
    found[activities] = True
    return found
