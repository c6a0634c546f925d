"""Schedules of cyclic rosters: legal across the wrap.

The pricer reads a cycle with open ends, which gives a bound.  For schedules, the cycle is unrolled: its last days
stand before its first as the past, and are held alike at both ends.  Several ends are tried, the open schedule's own
first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tildeling_models.roster import evaluate
from tildeling_models.roster.columns.kernels import FAR
from tildeling_models.roster.problem import (
    DAY,
    OFF,
    Blocks,
    Ints,
    Rest,
    RosterProblem,
    Rule,
    Run,
    Succession,
    Sum,
    Target,
)

TRIES = 4
"""Ends that follow from each other, at most."""


def lead(problem: RosterProblem) -> int:
    """Days that stand before the first: as many as any rule looks back, a run's or rest's reach included."""
    reach = [2]
    for rule in problem.rules:
        if isinstance(rule, Succession):
            reach.append(rule.lag)
        if isinstance(rule, Run):
            reach.append(max(rule.least, rule.most or 0) + 1)
        if isinstance(rule, Rest):
            reach.append(-(-rule.end // DAY) - rule.begin // DAY + 1)
    return min(problem.n_days, max(reach))


def unrolled(problem: RosterProblem, before: int) -> RosterProblem:
    """The problem of schedules over ``before`` days of the past and the cycle; its past is free in the pricer."""
    past = np.zeros((problem.n_people, before, problem.n_activities + 1), bool)
    past[:, :, OFF] = True
    nothing = np.zeros((len(problem.tiers), *past.shape), np.int64)
    return replace(
        problem,
        allowed=np.concatenate([past, problem.allowed], axis=1),
        cost=np.concatenate([nothing, problem.cost], axis=2),
        rules=tuple(turn for rule in problem.rules for turn in _turned(rule, problem, before)),
        covers=(),
        first=before,
        cyclic=False,
    )


def _turned(rule: Rule, problem: RosterProblem, before: int) -> list[Rule]:
    days = problem.n_days
    if isinstance(rule, Run):
        return [rule]
    if isinstance(rule, Succession):
        if rule.days is None:
            return [rule]
        early = rule.days[rule.days >= days - before] - (days - before)
        return [replace(rule, days=np.concatenate([early, rule.days + before]))]
    if isinstance(rule, Sum):
        return [replace(rule, days=rule.days + before)]
    if isinstance(rule, Blocks):
        block = np.concatenate([np.full(before, -1), rule.block])
        of = (
            rule.of
            if rule.of.ndim == 1
            else np.concatenate([np.zeros((before, rule.of.shape[1]), bool), rule.of])
        )
        return [replace(rule, block=block, of=of)]
    if isinstance(rule, Target):
        nothing = np.zeros((before, rule.weight.shape[1]), np.int64)
        weight, relief = (np.concatenate([nothing, each]) for each in (rule.weight, rule.relief))
        return [replace(rule, weight=weight, relief=relief)]
    shifts = (before * DAY, (before - days) * DAY)
    whole = [
        replace(rule, begin=rule.begin + shift, end=rule.end + shift)
        for shift in shifts
        if rule.begin + shift >= 0 and rule.end + shift <= (before + days) * DAY
    ]
    return [*whole[:1]]


def tails(open_row: Ints, before: int, current: Ints | None) -> list[Ints]:
    """Ends to try first: that of the schedule the person has, that of the open one, and days off."""
    found = [open_row[-before:], np.zeros(before, np.int64)]
    return found if current is None else [current[-before:], *found]


def closed(
    problem: RosterProblem,
    person: int,
    cell: Ints,
    before: int,
    queue: list[Ints],
    ask: Callable[[Ints], list[Ints]],
) -> list[Ints]:
    """Schedules that are legal across the wrap, each with an end that also stands before its first day.

    ``queue`` are the ends to try first; ``ask`` (wide cells) prices the unrolled cycle.
    """
    days = problem.n_days
    found: dict[bytes, Ints] = {}
    for _ in range(TRIES + len(queue)):
        if not queue:
            break
        tail = queue.pop(0)
        wide = np.concatenate([np.full((before, cell.shape[1]), FAR, np.int64), cell])
        wide[np.arange(before), tail] = 0
        held = wide.copy()
        held[days + np.arange(before)] = FAR
        held[days + np.arange(before), tail] = wide[days + np.arange(before), tail]
        for hold, cells in ((True, held), (False, wide)):
            made = ask(cells)
            legal = [row[before:] for row in made if evaluate.is_legal(problem, person, row[before:])]
            found.update((row.tobytes(), row) for row in legal)
            if legal:
                break
            if not hold and made:
                queue.append(made[0][-before:])
    return list(found.values())
