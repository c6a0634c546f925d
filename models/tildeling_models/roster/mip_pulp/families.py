"""One function per family of rules: its hard side as rows, its priced side as costs of tiers.

Prices are never negative, so a cost needs to be held up from below only.
"""

from __future__ import annotations

from collections import defaultdict
from functools import singledispatch

import numpy as np

from tildeling_models.roster.idle import Blockers, intervals
from tildeling_models.roster.mip_pulp.program import Linear, Program, negated, total
from tildeling_models.roster.problem import Blocks, Cover, Rest, Rule, Run, Succession, Sum, Target


def keep_all(program: Program) -> None:
    """Every rule of everybody, and the covers.

    Raises
    ------
    OutOfTime
        If the run is to stop while they are written down.
    """
    for rule in program.problem.rules:
        for person in rule.people.tolist():
            program.look_up()
            keep(rule, program, person)
    for cover in program.problem.covers:
        program.look_up()
        _cover(cover, program)


@singledispatch
def keep(rule: Rule, program: Program, person: int) -> None:
    """One person's schedule keeps one rule."""
    raise NotImplementedError(f"{type(rule).__name__} is not known to the integer program")


@keep.register
def _succession(rule: Succession, program: Program, person: int) -> None:
    problem = program.problem
    for day in range(problem.n_days) if rule.days is None else rule.days.tolist():
        later = day + rule.lag
        if not problem.cyclic and not problem.first <= later < problem.n_days:
            continue
        one = program.inside(person, day, rule.first)
        other = program.inside(person, later % problem.n_days, rule.then)
        if one.false or other.false:
            continue
        neither = [negated(one), negated(other)]
        if rule.price is None:
            program.clause(neither)
        else:
            program.breach(rule.price, neither)


@keep.register
def _run(rule: Run, program: Program, person: int) -> None:
    inside = [program.inside(person, day, rule.of) for day in range(program.problem.n_days)]
    _run_short(rule, program, inside)
    if rule.most is not None:
        _run_long(rule, rule.most, program, inside)


def _run_short(rule: Run, program: Program, inside: list[Linear]) -> None:
    """A stretch that begins on a day holds the next days too, as far as the roster goes.

    Of a stretch that began in the past, and was there to its last day, the days after that.
    """
    problem = program.problem
    days = problem.n_days
    for start in range(0 if problem.cyclic else 1, days):  # what the first day holds may have begun before it
        begins = [inside[start - 1], negated(inside[start])]
        if start < problem.first:
            if problem.first == days or not all(each.true for each in inside[start : problem.first]):
                continue  # wholly in the past
            begins.append(
                negated(inside[problem.first])
            )  # it is a breach of the present only if it reaches it
        if any(each.true for each in begins):
            continue
        reach = min(rule.least, days if problem.cyclic else days - start)
        held = [inside[(start + j) % days] for j in range(1, reach)]
        if rule.short is None:
            for each in held:
                program.clause([*begins, each])
        elif rule.short.weight:
            _pay_short(rule, program, begins, held)


def _pay_short(rule: Run, program: Program, begins: list[Linear], held: list[Linear]) -> None:
    """Pay for each day from the first that is missing; days past the end of the roster are missing with it."""
    assert rule.short is not None
    ended = Linear()
    for number, each in enumerate(held, start=1):
        missing = program.choice()
        program.clause([*begins, each, missing])
        program.clause([negated(ended), missing])
        beyond = rule.least - 1 - len(held) if number == len(held) else 0
        program.pay(rule.short, missing, 1 + beyond)
        ended = missing


def _run_long(rule: Run, most: int, program: Program, inside: list[Linear]) -> None:
    """No stretch of one day too many; each such stretch is one day too many."""
    problem = program.problem
    days = problem.n_days
    if most >= days:
        return
    for start in range(days if problem.cyclic else days - most):
        if start + most < problem.first:
            continue  # wholly in the past
        window = [negated(inside[(start + j) % days]) for j in range(most + 1)]
        if rule.long is None:
            program.clause(window)
        else:
            program.breach(rule.long, window)
    if rule.long is None or not rule.long.weight:
        return
    if problem.cyclic:
        _refund_full_cycle(rule, most, program, inside)
    elif 0 < problem.first < days:
        past = [each.true for each in inside[: problem.first]]
        tail = past[::-1].index(False) if False in past else len(past)
        if tail > most:  # days too many that are past count if the stretch goes on
            program.pay(rule.long, inside[problem.first], tail - most)


def _refund_full_cycle(rule: Run, most: int, program: Program, inside: list[Linear]) -> None:
    """A cycle filled all round is one stretch of its length, though a window begins on every day."""
    assert rule.long is not None
    if any(each.false for each in inside):
        return
    filled = program.choice()
    for each in inside:
        program.clause([negated(filled), each])
    program.pay(rule.long, filled, -most)


@keep.register
def _sum(rule: Sum, program: Program, person: int) -> None:
    parts = (
        program.weighted(person, day, row) for day, row in zip(rule.days.tolist(), rule.weight, strict=True)
    )
    program.ranged(rule, total(parts))


@keep.register
def _blocks(rule: Blocks, program: Program, person: int) -> None:
    days = defaultdict(list)
    for day, block in enumerate(rule.block.tolist()):
        if block >= 0:
            days[block].append(day)
    used = []
    for members in days.values():
        sets = [rule.on(day) for day in members]
        key = "block", person, tuple(members), tuple(each.tobytes() for each in sets)
        if key not in program.shared:
            parts = [program.inside(person, day, of) for day, of in zip(members, sets, strict=True)]
            program.shared[key] = program.any_of(parts)
        used.append(program.shared[key])
    program.ranged(rule, total(used))


@keep.register
def _rest(rule: Rest, program: Program, person: int) -> None:
    """Some interval that begins with the window, or as an activity ends, is idle."""
    if rule.length > 0:
        program.clause([_idle(program, person, each) for each in intervals(program.problem, rule)])


def _idle(program: Program, person: int, blockers: Blockers) -> Linear:
    """0 or 1; if 1, a person has none of (day, activities).  Shared between windows."""
    key = "idle", person, blockers
    if key not in program.shared:
        busy = []
        for day, codes in blockers:
            of = np.zeros(program.problem.n_activities + 1, bool)
            of[list(codes)] = True
            busy.append(program.inside(person, day, of))
        busy = [each for each in busy if not each.false]
        if any(each.true for each in busy):
            program.shared[key] = Linear()
        elif len(busy) <= 1:
            program.shared[key] = negated(total(busy))
        else:
            program.shared[key] = program.choice()
            for each in busy:
                program.clause([negated(program.shared[key]), negated(each)])
    return program.shared[key]


@keep.register
def _target(rule: Target, program: Program, person: int) -> None:
    days = range(program.problem.n_days)
    count = total(program.weighted(person, day, rule.weight[day]) for day in days)
    raw = Linear(rule.base, {}, rule.base, rule.base)
    raw.join(total(program.weighted(person, day, rule.relief[day]) for day in days), -1)
    count.join(_clamped(program, raw, rule.floor, rule.ceiling), -1)
    program.ranged(rule, count)


def _clamped(program: Program, raw: Linear, floor: int, ceiling: int) -> Linear:
    """A sum, but no less than a floor and no more than a ceiling."""
    low, high = (min(ceiling, max(floor, end)) for end in (raw.least, raw.most))
    if low == high:
        return Linear(low, {}, low, high)
    if (low, high) == (raw.least, raw.most):
        return raw
    found = Linear(0, {program.column(high, low): 1}, low, high)
    _at_an_end(program, raw, found, raw.least, low, 1)
    _at_an_end(program, raw, found, raw.most, high, -1)
    return found


def _at_an_end(program: Program, raw: Linear, found: Linear, end: int, held: int, sign: int) -> None:
    """``found`` passes ``raw`` towards the inside, by ``sign``, only where it stands at the end it is held to."""
    there, room = program.choice(), found.most - found.least
    passed = Linear()
    passed.join(found, sign)
    passed.join(raw, -sign)
    passed.join(there, -abs(held - end))
    program.row(passed, most=0)
    away = Linear()
    away.join(found, sign)
    away.join(there, room)
    program.row(away, most=sign * held + room)


def _cover(rule: Cover, program: Program) -> None:
    """The people of a cover keep it together."""
    people = np.flatnonzero(rule.who).tolist()
    days = list(zip(rule.days.tolist(), rule.of, strict=True))
    program.ranged(rule, total(program.inside(person, day, of) for person in people for day, of in days))
