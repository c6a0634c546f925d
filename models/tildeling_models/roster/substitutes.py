"""Who could take an activity of a day as things stand, ranked by what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from tildeling_models.roster import evaluate
from tildeling_models.roster.evaluate import Finding
from tildeling_models.roster.problem import DAY, Blocks, Cover, Ints, Rest, Roster, RosterProblem, Rule, Sum


@dataclass(frozen=True, slots=True)
class Substitute:
    """Somebody who might take an activity of a day, with no other change.

    Attributes
    ----------
    person, instead_of
        Who, and what the person has that day as things stand.
    legal
        Whether the change breaks nothing, and makes no breach that is there worse.
    change
        By how much each tier changes.
    forbids
        What is hard and would be broken, or more broken than before.
    """

    person: int
    instead_of: int
    legal: bool
    change: tuple[int, ...]
    forbids: tuple[Finding, ...]


def substitutes(problem: RosterProblem, roster: Roster, day: int, activity: int) -> list[Substitute]:
    """Everybody who does not have the activity on the day: those who may take it first, the best of them first.

    Only rules and covers that the day is in are looked at, before and after.

    Raises
    ------
    ValueError
        If the day is in the past or not in the roster, or there is no such activity.
    """
    if not problem.first <= day < problem.n_days:
        raise ValueError(f"day: {day} is not in {problem.first}..{problem.n_days - 1}")
    if not 0 <= activity <= problem.n_activities:
        raise ValueError(f"activity: {activity} is not in 0..{problem.n_activities}")
    touched = {id(rule) for rule in problem.rules if _touches(rule, problem, day)}
    covers = [_Covered(cover, roster) for cover in problem.covers if (cover.days == day).any()]
    found = []
    for person in np.flatnonzero(roster.activity[:, day] != activity).tolist():
        row = roster.activity[person]
        new = row.copy()
        new[day] = activity
        cost = problem.cost[:, person, day]
        change = cost[:, activity] - cost[:, row[day]]
        forbids = []
        if not problem.allowed[person, day, activity]:
            forbids.append(Finding("cell", activity, person, day, 1))
        pairs = [
            (
                list(evaluate.check(rule, problem, person, row)),
                list(evaluate.check(rule, problem, person, new)),
            )
            for rule in problem.of_person(person)
            if id(rule) in touched
        ]
        pairs += [cover.moved(person, day, int(row[day]), activity) for cover in covers]
        for before, after in pairs:
            change += _paid(after, len(change)) - _paid(before, len(change))
            forbids += _worse(before, after)
        found.append(Substitute(person, int(row[day]), not forbids, tuple(change.tolist()), tuple(forbids)))
    return sorted(found, key=lambda each: (not each.legal, each.change, each.person))


class _Covered:
    """A cover and how many keep it as things stand."""

    def __init__(self, cover: Cover, roster: Roster) -> None:
        self.cover = cover
        at = roster.activity[np.flatnonzero(cover.who)][:, cover.days]
        self.count = int(cover.of[np.arange(len(cover.days)), at].sum())

    def moved(self, person: int, day: int, old: int, new: int) -> tuple[list[Finding], list[Finding]]:
        """What is found before and after a person changes activity on a day."""
        of = self.cover.of[self.cover.days == day].astype(np.int64)
        step = int((of[:, new] - of[:, old]).sum()) if self.cover.who[person] else 0
        return list(self._found(self.count)), list(self._found(self.count + step))

    def _found(self, count: int) -> Iterator[Finding]:
        tag, day, amount = self.cover.tag, int(self.cover.days[0]), self.cover.broken(count)
        if amount:
            yield Finding("cover", tag, -1, day, amount)
        for tier, cost in self.cover.priced(count):
            yield Finding("cover", tag, -1, day, count, tier, cost)


def _touches(rule: Rule, problem: RosterProblem, day: int) -> bool:
    """Whether what a person does on a day can matter to a rule."""
    if isinstance(rule, Sum):
        return bool((rule.days == day).any())
    if isinstance(rule, Blocks):
        return bool(rule.block[day] >= 0)
    if isinstance(rule, Rest):
        turns = (-1, 0, 1) if problem.cyclic else (0,)
        at = [DAY * (day + turn * problem.n_days) for turn in turns]
        low, high = int(problem.start.min()), int(problem.end.max())
        return any(each + low < rule.end and each + high > rule.begin for each in at)
    return True


def _worse(before: Iterable[Finding], after: Iterable[Finding]) -> list[Finding]:
    """Breaches of one rule that were not there, or were less, before; each known by its day and side."""
    known = {(f.day, f.amount > 0): abs(f.amount) for f in before if f.hard}
    return [f for f in after if f.hard and abs(f.amount) > known.get((f.day, f.amount > 0), 0)]


def _paid(found: Iterable[Finding], tiers: int) -> Ints:
    paid = np.zeros(tiers, np.int64)
    for each in found:
        if not each.hard:
            paid[each.tier] += each.cost
    return paid
