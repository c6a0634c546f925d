"""Values and breaches of a roster, straight from the definitions.

Engines report whole numbers by it, never a solver's floating-point sums.  It is written to be read, one function
per family; kernels that must be fast are held against it.  The independent checker of the domain layer shares
nothing with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from tildeling_models.roster.problem import (
    DAY,
    Blocks,
    Bools,
    Cover,
    Ints,
    Rest,
    Roster,
    RosterProblem,
    Rule,
    Run,
    Succession,
    Sum,
    Target,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A hard rule broken, or a price paid.

    Attributes
    ----------
    family, tag
        Which rule; ``cell`` for what is not allowed.
    person, day
        Where; -1 where it is about nobody, or no day, in particular.
    amount
        By how much, in the rule's own unit: negative below a range.
    tier, cost
        What it costs; tier -1 for a hard rule that is broken.
    """

    family: str
    tag: int
    person: int
    day: int
    amount: int
    tier: int = -1
    cost: int = 0

    @property
    def hard(self) -> bool:
        """Whether the roster may not be used."""
        return self.tier < 0


def values(problem: RosterProblem, roster: Roster) -> Ints:
    """(T,) value of each tier."""
    found = problem.constant.copy()
    people, days = roster.activity.shape
    cells = np.ix_(range(len(problem.tiers)), range(people), range(days))
    found += problem.cost[cells[0], cells[1], cells[2], roster.activity[None]].sum(axis=(1, 2))
    for finding in findings(problem, roster):
        if not finding.hard:
            found[finding.tier] += finding.cost
    return found


def violations(problem: RosterProblem, roster: Roster) -> list[Finding]:
    """Hard rules that are broken, cells first."""
    return [*_cells(problem, roster), *(each for each in findings(problem, roster) if each.hard)]


def findings(problem: RosterProblem, roster: Roster) -> Iterator[Finding]:
    """Every hard rule broken and every price paid, but those of cells."""
    for person in range(problem.n_people):
        yield from of_person(problem, person, roster.activity[person])
    for cover in problem.covers:
        yield from _cover(cover, roster)


def of_person(problem: RosterProblem, person: int, row: Ints) -> Iterator[Finding]:
    """What one person's schedule ``row`` (D,) breaks and pays, but its cells."""
    for rule in problem.of_person(person):
        yield from check(rule, problem, person, row)


def person_values(problem: RosterProblem, person: int, row: Ints) -> Ints:
    """(T,) what one person's schedule adds to each tier, its cells included."""
    found = problem.cost[:, person, np.arange(problem.n_days), row].sum(axis=1)
    for finding in of_person(problem, person, row):
        if not finding.hard:
            found[finding.tier] += finding.cost
    return np.asarray(found)


def is_legal(problem: RosterProblem, person: int, row: Ints) -> bool:
    """Whether one person's schedule may be used."""
    allowed = problem.allowed[person, np.arange(problem.n_days), row].all()
    return bool(allowed) and not any(finding.hard for finding in of_person(problem, person, row))


def _cells(problem: RosterProblem, roster: Roster) -> Iterator[Finding]:
    people, days = np.indices(roster.activity.shape)
    bad = ~problem.allowed[people, days, roster.activity]
    for person, day in np.argwhere(bad).tolist():
        yield Finding("cell", int(roster.activity[person, day]), person, day, 1)


@singledispatch
def check(rule: Rule, problem: RosterProblem, person: int, row: Ints) -> Iterator[Finding]:
    """What a person's schedule breaks, or pays, of one rule."""
    raise NotImplementedError(type(rule).__name__)


@check.register
def _succession(rule: Succession, problem: RosterProblem, person: int, row: Ints) -> Iterator[Finding]:
    days = np.arange(problem.n_days) if rule.days is None else rule.days
    if not problem.cyclic:
        days = days[(days + rule.lag < problem.n_days) & (days + rule.lag >= problem.first)]
    bad = rule.first[row[days]] & rule.then[row[(days + rule.lag) % problem.n_days]]
    for day in days[bad].tolist():
        if rule.price is None:
            yield Finding("succession", rule.tag, person, day, 1)
        else:
            yield Finding("succession", rule.tag, person, day, 1, rule.price.tier, rule.price.weight)


@check.register
def _run(rule: Run, problem: RosterProblem, person: int, row: Ints) -> Iterator[Finding]:
    for start, length, cut in stretches(rule.of[row], problem.cyclic):
        if start + length <= problem.first:
            continue
        for amount, price in (
            (min(0, length - rule.least) if not cut else 0, rule.short),
            (max(0, length - rule.most) if rule.most is not None else 0, rule.long),
        ):
            if not amount:
                continue
            if price is None:
                yield Finding("run", rule.tag, person, start, amount)
            else:
                yield Finding("run", rule.tag, person, start, amount, price.tier, price.weight * abs(amount))


def stretches(inside: Bools, cyclic: bool) -> list[tuple[int, int, bool]]:
    """(first day, length, whether it is cut off by the first or last day) of each longest stretch of true days.

    In a cycle a stretch may run over the end; one that fills the cycle is cut off, for it has no end.
    """
    days = len(inside)
    if inside.all():
        return [(0, days, True)] if days else []
    turn = int(np.flatnonzero(~inside)[0]) if cyclic else 0
    rolled = np.concatenate([[False], np.roll(inside, -turn), [False]])
    change = np.flatnonzero(rolled[1:] != rolled[:-1])
    return [
        ((int(start) + turn) % days, int(end - start), not cyclic and (start == 0 or end == days))
        for start, end in zip(change[::2], change[1::2], strict=True)
    ]


@check.register
def _sum(rule: Sum, problem: RosterProblem, person: int, row: Ints) -> Iterator[Finding]:
    del problem
    count = int(rule.weight[np.arange(len(rule.days)), row[rule.days]].sum())
    yield from _ranged("sum", rule, count, person, int(rule.days[0]) if len(rule.days) else -1)


@check.register
def _blocks(rule: Blocks, problem: RosterProblem, person: int, row: Ints) -> Iterator[Finding]:
    of = rule.of if rule.of.ndim > 1 else np.tile(rule.of, (problem.n_days, 1))
    used = rule.block[of[np.arange(problem.n_days), row] & (rule.block >= 0)]
    yield from _ranged("blocks", rule, len(set(used.tolist())), person, -1)


@check.register
def _target(rule: Target, problem: RosterProblem, person: int, row: Ints) -> Iterator[Finding]:
    days = np.arange(problem.n_days)
    relief = int(rule.relief[days, row].sum())
    aim = min(rule.ceiling, max(rule.floor, rule.base - relief))
    yield from _ranged("target", rule, int(rule.weight[days, row].sum()) - aim, person, -1)


@check.register
def _rest(rule: Rest, problem: RosterProblem, person: int, row: Ints) -> Iterator[Finding]:
    longest = longest_idle(problem, row, rule.begin, rule.end)
    if longest < rule.length:
        yield Finding("rest", rule.tag, person, rule.begin // DAY % problem.n_days, longest - rule.length)


def longest_idle(problem: RosterProblem, row: Ints, begin: int, end: int) -> int:
    """Minutes of the longest idle interval between two minutes of the horizon."""
    days = np.flatnonzero(row)
    busy = [(DAY * day + problem.start[row[day]], DAY * day + problem.end[row[day]]) for day in days.tolist()]
    if problem.cyclic:
        whole = DAY * problem.n_days
        busy = [(start + turn, stop + turn) for turn in (-whole, 0, whole) for start, stop in busy]
    idle, longest = begin, 0
    for start, stop in sorted(busy):
        if stop > begin and start < end:
            longest = max(longest, start - idle)
            idle = max(idle, stop)
    return int(max(longest, end - idle))


def _cover(rule: Cover, roster: Roster) -> Iterator[Finding]:
    count = sum(
        int(rule.of[k][roster.activity[rule.who, day]].sum()) for k, day in enumerate(rule.days.tolist())
    )
    yield from _ranged("cover", rule, count, -1, int(rule.days[0]))


def _ranged(
    family: str, rule: Sum | Blocks | Target | Cover, count: int, person: int, day: int
) -> Iterator[Finding]:
    amount = rule.broken(count)
    if amount:
        yield Finding(family, rule.tag, person, day, amount)
    for tier, cost in rule.priced(count):
        beyond = count - rule.low if rule.low is not None and count < rule.low else count - (rule.high or 0)
        yield Finding(family, rule.tag, person, day, beyond, tier, cost)
