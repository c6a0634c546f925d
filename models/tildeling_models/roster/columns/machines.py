"""The rules of one person as small machines that read a schedule day by day.

Each family is one class.  A machine reads a *symbol* a day: all that it needs to know of the day and the activity.
Activities with equal symbols in every machine are one *kind* to the pricer (regular constraints of shift scheduling:
Demassey, Pesant and Rousseau 2006, "A cost-regular based hybrid column generation approach").  Machines that count
over the whole horizon give increments to a counter instead of keeping the count in their state.

A roster that is cyclic is read with open ends: what crosses the wrap is left out, which can only cost less.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from tildeling_models.roster.problem import (
    DAY,
    OFF,
    Price,
    Rest,
    RosterProblem,
    Run,
    Succession,
)

Paid = tuple[tuple[int, int], ...]
"""(tier, cost) pairs."""

State = Any
Step = tuple[State, Paid, int]
"""The state after a day, what the day cost, and how far the machine's counter moves."""


def paid(price: Price, units: int) -> Paid:
    """Units at a price."""
    return ((price.tier, price.weight * units),) if units and price.weight else ()


class Machine(ABC):
    """Reads days ``begin`` .. ``end - 1``."""

    begin: int = 0
    end: int = 0

    def start(self) -> State:
        """State before its first day."""
        return None

    @abstractmethod
    def symbol(self, day: int, activity: int) -> Hashable:
        """All that the machine needs to know of an activity on a day."""

    @abstractmethod
    def step(self, state: State, symbol: Any) -> Step | None:
        """What follows; None where it is forbidden."""

    def finish(self, state: State) -> Paid | None:
        """What the state costs after the last day; None where it is forbidden."""
        del state
        return ()


class Successions(Machine):
    """All successions of one lag.  The state holds, for each of the last ``lag`` days, what its activity forbids."""

    def __init__(self, rules: Sequence[Succession], problem: RosterProblem) -> None:
        self.lag = rules[0].lag
        self.begin, self.end = 0, problem.n_days
        self._rules, self._first = rules, problem.first
        self._limits: list[frozenset[int]] = []
        self._number: dict[frozenset[int], int] = {}
        self._dated = {n: set(rule.days.tolist()) for n, rule in enumerate(rules) if rule.days is not None}
        self._then = np.array([rule.then for rule in rules])
        self._memo: dict[tuple[frozenset[int] | None, int], tuple[int, frozenset[int]]] = {}
        self._none = self._limit(frozenset())

    def _limit(self, rules: frozenset[int]) -> int:
        found = self._number.get(rules)
        if found is None:
            found = self._number[rules] = len(self._limits)
            self._limits.append(rules)
        return found

    def start(self) -> State:
        return (self._none,) * self.lag

    def symbol(self, day: int, activity: int) -> Hashable:
        """(what it forbids later, the rules it would break)."""
        counts = day + self.lag >= self._first and day + self.lag < self.end
        at = frozenset(n for n in self._dated if day in self._dated[n]) if counts else None
        found = self._memo.get((at, activity))
        if found is None:
            first = np.array([rule.first[activity] for rule in self._rules]) & counts
            sets = frozenset(
                n for n in np.flatnonzero(first).tolist() if n not in self._dated or n in (at or ())
            )
            breaks = self._then[:, activity]
            found = self._limit(sets), frozenset(np.flatnonzero(breaks).tolist())
            self._memo[at, activity] = found
        return found

    def step(self, state: State, symbol: Any) -> Step | None:
        limit, breaks = symbol
        cost: dict[int, int] = {}
        for number in self._limits[state[0]] & breaks:
            price = self._rules[number].price
            if price is None:
                return None
            cost[price.tier] = cost.get(price.tier, 0) + price.weight
        return (*state[1:], limit), tuple(sorted(cost.items())), 0


class Runs(Machine):
    """Length of the stretch that a day ends, and whether the stretch began with the roster."""

    def __init__(self, rule: Run, problem: RosterProblem) -> None:
        self.rule = rule
        self.begin, self.end = 0, problem.n_days
        self._first = problem.first
        self._cap = rule.least if rule.most is None else max(rule.least, rule.most)

    def start(self) -> State:
        return (0, False)

    def symbol(self, day: int, activity: int) -> Hashable:
        """(inside, whether the roster begins here, -1 in the past, 0 on its first day after that, 1 later)."""
        when = -1 if day < self._first else (0 if day == self._first else 1)
        return bool(self.rule.of[activity]), day == 0, when

    def step(self, state: State, symbol: Any) -> Step | None:
        inside, opening, when = symbol
        length, exempt = state
        rule = self.rule
        if not inside:
            missing = rule.least - length
            if length and not exempt and missing > 0 and when > 0:
                if rule.short is None:
                    return None
                return (0, False), paid(rule.short, missing), 0
            return (0, False), (), 0
        cost: Paid = ()
        length += 1
        if rule.most is not None and when >= 0:
            beyond = max(0, length - rule.most)
            if beyond and rule.long is None:
                return None
            if rule.long is not None:
                cost = paid(rule.long, beyond if when == 0 else min(1, beyond))
        if when >= 0:
            length = min(length, self._cap)
        return (length, exempt or opening), cost, 0


class Resting(Machine):
    """The end of the last activity before, until an idle interval is long enough (then None)."""

    def __init__(self, rule: Rest, problem: RosterProblem) -> None:
        self.rule = rule
        self._start, self._stop = problem.start.tolist(), problem.end.tolist()
        reach = max(1, -(-max(self._stop) // DAY))
        self.begin = max(0, rule.begin // DAY - reach)
        self.end = min(problem.n_days, max(self.begin + 1, -(-rule.end // DAY)))

    def start(self) -> State:
        return self.rule.begin

    def symbol(self, day: int, activity: int) -> Hashable:
        """(start, end) of an activity that touches the window."""
        if activity == OFF:
            return None
        start, stop = DAY * day + self._start[activity], DAY * day + self._stop[activity]
        return (start, stop) if stop > self.rule.begin and start < self.rule.end else None

    def step(self, state: State, symbol: Any) -> Step | None:
        if state is None or symbol is None:
            return state, (), 0
        start, stop = symbol
        if start - state >= self.rule.length:
            return None, (), 0
        return max(state, stop), (), 0

    def finish(self, state: State) -> Paid | None:
        return () if state is None or self.rule.end - state >= self.rule.length else None


def unordered(problem: RosterProblem) -> bool:
    """Whether an activity may begin after one of the next day; then idle intervals are not read day by day."""
    return bool((problem.start[1:] >= DAY).any() or (problem.start[1:] < 0).any())
