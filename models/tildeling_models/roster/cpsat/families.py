"""One function per family of rules: its hard side as constraints, its priced side as costs of tiers.

Hard sides can hang on literals (``when``), so that a rule can be asked for, or not.  Definitions of shared
literals never do.  Prices are never negative, so a cost needs to be held up from below only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import singledispatch

import numpy as np

from tildeling_models.roster.cpsat.model import Linear, Literal, Model, When
from tildeling_models.roster.idle import Blockers, intervals
from tildeling_models.roster.problem import (
    Blocks,
    Cover,
    Rest,
    Rule,
    Run,
    Succession,
    Sum,
    Target,
)

Asked = Callable[[Rule | Cover], When]
"""The literals that a rule's hard side hangs on."""


def _always(rule: Rule | Cover) -> When:
    del rule
    return ()


def keep_all(model: Model, asked: Asked = _always, *, covers: bool = True) -> None:
    """Every rule of the people in the model, and the covers unless told otherwise."""
    for person in model.people:
        for rule in model.problem.of_person(person):
            keep(rule, model, person, asked(rule))
    if covers:
        for cover in model.problem.covers:
            keep_cover(cover, model, asked(cover))


@singledispatch
def keep(rule: Rule, model: Model, person: int, when: When = ()) -> None:
    """One person's schedule keeps one rule."""
    raise NotImplementedError(type(rule).__name__)


@keep.register
def _succession(rule: Succession, model: Model, person: int, when: When = ()) -> None:
    problem = model.problem
    for day in range(problem.n_days) if rule.days is None else rule.days.tolist():
        later = day + rule.lag
        if not problem.cyclic and not problem.first <= later < problem.n_days:
            continue
        one = model.inside(person, day, rule.first)
        other = model.inside(person, later % problem.n_days, rule.then)
        if one is model.false or other is model.false:
            continue
        neither = [model.negated(one), model.negated(other)]
        if rule.price is None:
            model.clause(neither, when)
        else:
            model.breach(rule.price, neither)


@keep.register
def _run(rule: Run, model: Model, person: int, when: When = ()) -> None:
    inside = [model.inside(person, day, rule.of) for day in range(model.problem.n_days)]
    _run_short(rule, model, inside, when)
    if rule.most is not None:
        _run_long(rule, rule.most, model, inside, when)


def _run_short(rule: Run, model: Model, inside: list[Literal], when: When) -> None:
    """A stretch that begins on a day holds the next days too, as far as the roster goes.

    Of a stretch that began in the past, and was there to its last day, the days after that.
    """
    problem = model.problem
    days = problem.n_days
    for start in range(days):
        if not problem.cyclic and start == 0:
            continue  # cut off by the first day
        if start < problem.first and not all(inside[d] is model.true for d in range(start, problem.first)):
            continue  # wholly in the past
        # A stretch that ended with the past is no breach of it: it must go on only if it reaches the present.
        reaches = [model.negated(inside[problem.first])] if start < problem.first < days else []
        if start < problem.first == days:
            continue
        begins = [inside[start - 1], model.negated(inside[start]), *reaches]
        if any(literal is model.true for literal in begins):
            continue
        reach = min(rule.least, days if problem.cyclic else days - start)
        held = [inside[(start + j) % days] for j in range(1, reach)]
        if rule.short is None:
            for literal in held:
                model.clause([*begins, literal], when)
        elif model.priced:
            _pay_short(rule, model, begins, held)


def _pay_short(rule: Run, model: Model, begins: list[Literal], held: list[Literal]) -> None:
    """Pay for each day from the first that is missing; days past the end of the roster are missing with it."""
    assert rule.short is not None
    ended: Literal = model.false
    for number, literal in enumerate(held, start=1):
        missing = model.program.new_bool_var("")
        model.clause([*begins, literal, missing])
        model.clause([model.negated(ended), missing])
        beyond = rule.least - 1 - len(held) if number == len(held) else 0
        model.pay(rule.short.tier, missing, rule.short.weight * (1 + beyond))
        ended = missing


def _run_long(rule: Run, most: int, model: Model, inside: list[Literal], when: When) -> None:
    """No stretch of one day too many; each such stretch is one day too many."""
    problem = model.problem
    days = problem.n_days
    if most >= days:
        return
    for start in range(days if problem.cyclic else days - most):
        if start + most < problem.first:
            continue  # wholly in the past
        window = [model.negated(inside[(start + j) % days]) for j in range(most + 1)]
        if rule.long is None:
            model.clause(window, when)
        else:
            model.breach(rule.long, window)
    if rule.long is None or not model.priced:
        return
    if problem.cyclic:
        _refund_full_cycle(rule, most, model, inside)
    elif 0 < problem.first < days:
        tail = 0
        while tail < problem.first and inside[problem.first - 1 - tail] is model.true:
            tail += 1
        if tail > most:  # days too many that are past count if the stretch goes on
            extra = rule.long.weight * (tail - most)
            if inside[problem.first] is model.true:
                model.paid[rule.long.tier].shift(extra)
            elif inside[problem.first] is not model.false:
                model.pay(rule.long.tier, inside[problem.first], extra)


def _refund_full_cycle(rule: Run, most: int, model: Model, inside: list[Literal]) -> None:
    """A cycle filled all round is one stretch of its length, though a window begins on every day."""
    assert rule.long is not None
    full = [literal for literal in inside if literal is not model.true]
    if any(literal is model.false for literal in full):
        return
    if not full:
        model.paid[rule.long.tier].shift(-rule.long.weight * most)
        return
    filled = model.program.new_bool_var("")
    for literal in full:
        model.program.add_implication(filled, literal)
    model.pay(rule.long.tier, filled, -rule.long.weight * most)


@keep.register
def _sum(rule: Sum, model: Model, person: int, when: When = ()) -> None:
    model.ranged(rule, model.weighted(person, rule.days, rule.weight), when)


@keep.register
def _blocks(rule: Blocks, model: Model, person: int, when: When = ()) -> None:
    days = defaultdict(list)
    for day, block in enumerate(rule.block.tolist()):
        if block >= 0:
            days[block].append(day)
    count = Linear()
    for members in days.values():
        sets = [rule.on(day) for day in members]
        key = "block", person, tuple(members), tuple(each.tobytes() for each in sets)
        if key not in model.shared:
            model.shared[key] = model.any_of(
                [model.inside(person, day, of) for day, of in zip(members, sets, strict=True)]
            )
        used = model.shared[key]
        if used is model.true:
            count.shift(1)
        elif used is not model.false:
            count.add(used, 1)
    model.ranged(rule, count, when)


@keep.register
def _rest(rule: Rest, model: Model, person: int, when: When = ()) -> None:
    """Some interval that begins with the window, or as an activity ends, is idle."""
    if rule.length <= 0:
        return
    key = "rest", id(rule)
    if key not in model.shared:
        model.shared[key] = list(intervals(model.problem, rule))
    choices = [_idle(model, person, blockers) for blockers in model.shared[key]]
    model.clause(choices, when)


def _idle(model: Model, person: int, blockers: Blockers) -> Literal:
    """A literal that, if it holds, keeps a person from all of (day, activities); shared between windows."""
    key = "idle", person, blockers
    if key not in model.shared:
        free = []
        for day, codes in blockers:
            of = np.zeros(model.problem.n_activities + 1, bool)
            of[list(codes)] = True
            free.append(model.negated(model.inside(person, day, of)))
        if any(literal is model.false for literal in free):
            model.shared[key] = model.false
        else:
            left = [literal for literal in free if literal is not model.true]
            model.shared[key] = _all_of(model, left)
    return model.shared[key]


def _all_of(model: Model, literals: list[Literal]) -> Literal:
    if len(literals) <= 1:
        return literals[0] if literals else model.true
    found = model.program.new_bool_var("")
    for literal in literals:
        model.program.add_implication(found, literal)
    return found


@keep.register
def _target(rule: Target, model: Model, person: int, when: When = ()) -> None:
    days = np.arange(model.problem.n_days)
    count = model.weighted(person, days, rule.weight)
    raw = Linear()
    raw.shift(rule.base)
    raw.join(model.weighted(person, days, rule.relief), -1)
    if raw.most <= rule.floor or raw.least >= rule.ceiling:
        count.shift(-rule.floor if raw.most <= rule.floor else -rule.ceiling)
    elif rule.floor <= raw.least and raw.most <= rule.ceiling:
        count.join(raw, -1)
    else:
        program = model.program
        raised = program.new_int_var(max(raw.least, rule.floor), max(raw.most, rule.floor), "")
        program.add_max_equality(raised, [raw.expression, rule.floor])
        low, high = min(max(raw.least, rule.floor), rule.ceiling), min(raw.most, rule.ceiling)
        aim = program.new_int_var(low, high, "")
        program.add_min_equality(aim, [raised, rule.ceiling])
        count.add(aim, -1, low, high)
    model.ranged(rule, count, when)


def keep_cover(rule: Cover, model: Model, when: When = ()) -> None:
    """The people of a cover keep it together."""
    count = Linear()
    people = set(model.people)
    for person in np.flatnonzero(rule.who).tolist():
        if person in people:
            count.join(model.weighted(person, rule.days, rule.of.astype(np.int64)), 1)
    model.ranged(rule, count, when)
