"""Which machine reads which rule, and which counts become dimensions of the pricer's table."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from tildeling_models.roster.columns.counters import (
    Aimed,
    Blocking,
    Counter,
    Counting,
    Relieved,
    Sums,
    daily,
)
from tildeling_models.roster.columns.machines import Machine, Resting, Runs, Successions, unordered
from tildeling_models.roster.problem import (
    Blocks,
    Bools,
    Ints,
    Price,
    Rest,
    RosterProblem,
    Rule,
    Run,
    Succession,
    Sum,
    Target,
)

DIMENSIONS = 3
"""Counters that are dimensions of the pricer's table, at most."""


@dataclass(frozen=True, eq=False)
class Reading:
    """Machines of one class of people; the first ``len(counters)`` of them move the dense counters."""

    machines: tuple[Machine, ...]
    counters: tuple[Counter, ...]


def key(rule: Rule) -> Hashable:
    """What a rule says, whoever it is about and wherever it comes from."""
    said = (getattr(rule, each.name) for each in fields(rule) if each.name not in ("people", "tag"))
    return type(rule).__name__, *(
        (part.shape, part.tobytes()) if isinstance(part, np.ndarray) else part for part in said
    )


def idle(rule: Rule, problem: RosterProblem, allowed: Bools) -> bool:
    """Whether no schedule of the allowed cells (D, A + 1) can break a sum, or pay for it."""
    if not isinstance(rule, Sum):
        return False
    weight = daily(rule, problem.n_days)
    low = int(np.where(allowed, weight, np.iinfo(np.int64).max).min(axis=1).sum())
    high = int(np.where(allowed, weight, np.iinfo(np.int64).min).max(axis=1).sum())
    floors = [limit for limit, price in ((rule.least, True), (rule.low, rule.under)) if price]
    ceilings = [limit for limit, price in ((rule.most, True), (rule.high, rule.over)) if price]
    return all(limit is None or low >= limit for limit in floors) and all(
        limit is None or high <= limit for limit in ceilings
    )


def narrowed(rules: Sequence[Rule], problem: RosterProblem, allowed: Bools) -> Bools:
    """The allowed cells (D, A + 1) without those that break the most of a sum by themselves."""
    allowed = allowed.copy()
    for rule in rules:
        if isinstance(rule, Sum) and rule.most is not None:
            weight = daily(rule, problem.n_days)
            least = np.where(allowed, weight, np.iinfo(np.int64).max).min(axis=1)
            allowed &= weight - least[:, None] + least.sum() <= rule.most
    return allowed


def seldom(rule: Rule, problem: RosterProblem) -> bool:
    """Whether a rule is left out of the state until a schedule breaks it: hard ceilings of sums."""
    if isinstance(rule, Rest) and unordered(problem):
        return True
    return isinstance(rule, Sum) and rule.least is None and rule.under is None and rule.over is None


def prices(rule: Rule) -> list[Price]:
    """The prices of a rule."""
    named = (getattr(rule, name, None) for name in ("price", "short", "long", "under", "over"))
    return [price for price in named if price is not None]


def readable(rule: Rule, problem: RosterProblem) -> bool:
    """Whether there is a machine that reads the rule exactly."""
    return not (isinstance(rule, Rest) and unordered(problem))


def read(problem: RosterProblem, rules: Iterable[Rule]) -> Reading:
    """Machines for the rules of one class of people."""
    rules = list(rules)
    machines: list[Machine] = []
    for lag in sorted({rule.lag for rule in rules if isinstance(rule, Succession)}):
        same = [rule for rule in rules if isinstance(rule, Succession) and rule.lag == lag]
        machines.append(Successions(joined(same), problem))
    machines += [Runs(rule, problem) for rule in rules if isinstance(rule, Run)]
    machines += [Resting(rule, problem) for rule in rules if isinstance(rule, Rest)]
    counters = _counters([rule for rule in rules if isinstance(rule, Sum | Blocks | Target)], problem)
    for each in counters:
        if each.machine.end <= each.machine.begin:  # counts nothing, and may be asked for something
            each.machine.end = problem.n_days
    spans = {id(each): _moves(each, problem) for each in counters}
    long = [each for each in counters if 2 * (each.machine.end - each.machine.begin) > problem.n_days]
    long.sort(key=lambda each: -_size(*spans[id(each)]))
    dense = long[:DIMENSIONS][::-1]
    for each in dense:
        each.machine.end = problem.n_days
    inside = [each for each in counters if each not in dense]
    machines += [Counting(each, *spans[id(each)]) for each in inside]
    return Reading((*(each.machine for each in dense), *machines), tuple(dense))


def joined(rules: list[Succession]) -> list[Succession]:
    """Hard successions with equal second sets as one."""
    groups: dict[Hashable, Succession] = {}
    soft = [rule for rule in rules if rule.price is not None]
    for rule in rules:
        if rule.price is None:
            name = rule.then.tobytes(), None if rule.days is None else rule.days.tobytes()
            found = groups.get(name)
            groups[name] = rule if found is None else replace(found, first=found.first | rule.first)
    return [*groups.values(), *soft]


def _counters(rules: list[Sum | Blocks | Target], problem: RosterProblem) -> list[Counter]:
    """Counters of the rules; those that count the same have one."""
    groups: dict[Hashable, list[Sum | Blocks]] = {}
    found: list[Counter] = []
    for rule in rules:
        if isinstance(rule, Target):
            found.append(Aimed(Relieved(rule, problem.n_days), (rule,), rule))
        elif isinstance(rule, Sum):
            groups.setdefault(("sum", daily(rule, problem.n_days).tobytes()), []).append(rule)
        else:
            groups.setdefault(("blocks", rule.block.tobytes(), rule.of.tobytes()), []).append(rule)
    for same in groups.values():
        first = same[0]
        machine = Sums(daily(first, problem.n_days)) if isinstance(first, Sum) else Blocking(first)
        found.append(Counter(machine, tuple(same)))
    return found


def _moves(counter: Counter, problem: RosterProblem) -> tuple[Ints, Ints]:
    """(D,) least and most that a counter moves on each day."""
    machine, days = counter.machine, problem.n_days
    if isinstance(machine, Sums):
        return machine.weight.min(axis=1), machine.weight.max(axis=1)
    if isinstance(machine, Relieved):
        return machine.rule.weight.min(axis=1), machine.rule.weight.max(axis=1)
    most = np.zeros(days, np.int64)
    if isinstance(machine, Blocking):
        block = machine.rule.block
        last = [int(np.flatnonzero(block == each)[-1]) for each in set(block[block >= 0].tolist())]
        most[last] = 1
    return np.zeros(days, np.int64), most


def _size(least: Ints, most: Ints) -> int:
    step = int(np.gcd.reduce(np.concatenate([least, most]))) or 1
    return int((most - least).sum()) // step
