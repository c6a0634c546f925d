"""Machines that count over a horizon, and what their final counts cost.

Rules that count the same have one counter between them: hours in a month have a hard range, a wanted one, and more.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tildeling_models.roster.columns.machines import Machine, Paid, State, Step
from tildeling_models.roster.problem import Blocks, Ints, Range, Sum, Target


@dataclass(frozen=True, eq=False)
class Counter:
    """A count over the horizon: the machine that moves it, and what it costs at the end."""

    machine: Machine
    rules: tuple[Range, ...]

    @property
    def least(self) -> int | None:
        """The highest of the rules' hard lower limits."""
        return max((rule.least for rule in self.rules if rule.least is not None), default=None)

    @property
    def most(self) -> int | None:
        """The lowest of the rules' hard upper limits."""
        return min((rule.most for rule in self.rules if rule.most is not None), default=None)

    @property
    def block(self) -> int:
        """Days of the longest block, where blocks up to a hard limit are counted; else 0."""
        if isinstance(self.machine, Blocking) and self.most is not None:
            return self.machine.longest
        return 0

    def offset(self, state: State) -> int:
        """What to add to the count, by the machine's last state, before the range is asked."""
        del state
        return 0

    def cost(self, count: int, offset: int) -> Paid | None:
        """What a final count costs; None where it is forbidden."""
        if any(rule.broken(count + offset) for rule in self.rules):
            return None
        return tuple(cost for rule in self.rules for cost in rule.priced(count + offset))


@dataclass(frozen=True, eq=False)
class Aimed(Counter):
    """The count of a target, against the aim that the relief leaves; one rule each."""

    target: Target

    def offset(self, state: State) -> int:
        return -min(self.target.ceiling, max(self.target.floor, self.target.base - int(state or 0)))


class Sums(Machine):
    """Moves a counter by the weight of each day's activity; there is no state."""

    def __init__(self, weight: Ints) -> None:
        self.weight = weight
        busy = np.flatnonzero((weight != 0).any(axis=1))
        self.begin, self.end = (int(busy[0]), int(busy[-1]) + 1) if len(busy) else (0, 0)

    def symbol(self, day: int, activity: int) -> Hashable:
        return int(self.weight[day, activity])

    def step(self, state: State, symbol: Any) -> Step | None:
        return state, (), symbol


def daily(rule: Sum, days: int) -> Ints:
    """(D, A + 1) weight of a sum by day and activity."""
    weight = np.zeros((days, rule.weight.shape[1]), np.int64)
    np.add.at(weight, rule.days, rule.weight)
    return weight


class Relieved(Machine):
    """Moves a counter by a target's weight; the state holds the relief so far."""

    def __init__(self, rule: Target, days: int) -> None:
        self.rule = rule
        self.begin, self.end = 0, days

    def start(self) -> State:
        return 0

    def symbol(self, day: int, activity: int) -> Hashable:
        return int(self.rule.weight[day, activity]), int(self.rule.relief[day, activity])

    def step(self, state: State, symbol: Any) -> Step | None:
        return state + symbol[1], (), symbol[0]


class Blocking(Machine):
    """Moves a counter when a block is first used; the state holds the blocks that are used and not over."""

    def __init__(self, rule: Blocks) -> None:
        self.rule = rule
        days = np.flatnonzero(rule.block >= 0)
        self.begin, self.end = (int(days[0]), int(days[-1]) + 1) if len(days) else (0, 0)
        blocks = sorted(set(rule.block[days].tolist()))
        spans = sorted((int(days[rule.block[days] == block][0]), int(days[rule.block[days] == block][-1]))
                       for block in blocks)  # fmt: skip
        self._last = {block: int(days[rule.block[days] == block][-1]) for block in blocks}
        self.longest = max((int((rule.block == block).sum()) for block in blocks), default=0)
        apart = all(one[1] < two[0] for one, two in itertools.pairwise(spans))
        self._name = {block: 0 if apart else block for block in blocks}

    def start(self) -> State:
        return frozenset()

    def symbol(self, day: int, activity: int) -> Hashable:
        """(block, whether it is used, whether it is over) on the day; blocks that do not overlap share a name."""
        block = int(self.rule.block[day])
        if block < 0:
            return None
        return self._name[block], bool(self.rule.on(day)[activity]), self._last[block] == day

    def step(self, state: State, symbol: Any) -> Step | None:
        if symbol is None:
            return state, (), 0
        block, used, over = symbol
        new = used and block not in state
        after = state | {block} if used else state
        return (after - {block} if over else after), (), int(new)


class Counting(Machine):
    """A counter kept in the state, for counts that are over early or have a small range.

    ``least`` and ``most`` (D,) bound what the counter moves on a day: counts that cannot end well are left out.
    """

    def __init__(self, counter: Counter, least: Ints, most: Ints) -> None:
        self.counter, self.inner = counter, counter.machine
        self.begin, self.end = self.inner.begin, self.inner.end
        low = [*np.cumsum(least[::-1])[::-1].tolist(), 0]
        high = [*np.cumsum(most[::-1])[::-1].tolist(), 0]
        self._ahead = list(zip(low, high, strict=True))
        aimed = isinstance(counter, Aimed)  # where the limits are is known only at the end
        self._least, self._most = (None, None) if aimed else (counter.least, counter.most)

    def start(self) -> State:
        return (self.inner.start(), 0)

    def symbol(self, day: int, activity: int) -> Hashable:
        return self.inner.symbol(day, activity), self._ahead[day + 1]

    def step(self, state: State, symbol: Any) -> Step | None:
        inner, count = state
        own, (low, high) = symbol
        found = self.inner.step(inner, own)
        if found is None:
            return None
        count += found[2]
        if self._most is not None and count + low > self._most:
            return None
        if self._least is not None and count + high < self._least:
            return None
        return (found[0], count), found[1], 0

    def finish(self, state: State) -> Paid | None:
        return self.counter.cost(state[1], self.counter.offset(state[0]))
