"""A roster problem as an integer program in PuLP: 0-1 columns for cells, rows over them, what each tier costs.

A day with a choice has a column for each allowed activity, one of which is 1; so a set of activities is a sum of its
columns, or 1 less those of the others if they are fewer.  What is certain (a day of the past) is a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pulp

from tildeling_models.roster.problem import OFF, Bools, Ints, Price, Range, Roster, RosterProblem
from tildeling_models.solvers import OutOfTime, Value
from tildeling_models.stop import Stop


@dataclass(eq=False)
class Linear:
    """``constant + sum(weights[column] * column)``, and the least and the most it can be."""

    constant: int = 0
    weights: dict[int, int] = field(default_factory=dict)
    least: int = 0
    most: int = 0

    def add(self, column: int, weight: int, low: int = 0, high: int = 1) -> None:
        """Add a column between two values."""
        if weight:
            self.weights[column] = self.weights.get(column, 0) + weight
            self.least += min(weight * low, weight * high)
            self.most += max(weight * low, weight * high)

    def shift(self, by: int) -> None:
        """Add a number."""
        self.constant += by
        self.least += by
        self.most += by

    def join(self, other: Linear, times: int = 1) -> None:
        """Add another sum so many times; the ends stay right, if wide."""
        self.constant += times * other.constant
        for column, weight in other.weights.items():
            self.weights[column] = self.weights.get(column, 0) + times * weight
        self.least += min(times * other.least, times * other.most)
        self.most += max(times * other.least, times * other.most)

    @property
    def true(self) -> bool:
        """Of a sum that is 0 or 1: whether it is always 1."""
        return self.least >= 1

    @property
    def false(self) -> bool:
        """Of a sum that is 0 or 1: whether it is always 0."""
        return self.most <= 0


def total(parts: Iterable[Linear]) -> Linear:
    """The sum of sums."""
    found = Linear()
    for part in parts:
        found.join(part)
    return found


def negated(part: Linear) -> Linear:
    """1 less a sum that is 0 or 1."""
    found = Linear(1, least=1, most=1)
    found.join(part, -1)
    return found


class Program:
    """The program: cells, columns that families of rules share, what each tier costs.

    Attributes
    ----------
    impossible
        Whether a rule was seen to be broken by every roster.

    Raises
    ------
    OutOfTime
        If the run is to stop while it is written down.
    """

    def __init__(self, problem: RosterProblem, stop: Stop) -> None:
        self.problem, self.stop = problem, stop
        self.found = pulp.LpProblem("roster", pulp.LpMinimize)
        self.columns: list[Any] = []
        self.impossible = False
        self.cell: dict[tuple[int, int, int], int] = {}
        self.shared: dict[Any, Linear] = {}
        self.paid = [Linear(int(c), least=int(c), most=int(c)) for c in problem.constant]
        self._codes: dict[tuple[int, int], list[int]] = {}
        for person in range(problem.n_people):
            self.look_up()
            for day in range(problem.n_days):
                self._day(person, day)

    def look_up(self) -> None:
        """Stop if the run is to."""
        if self.stop.now:
            raise OutOfTime

    def _day(self, person: int, day: int) -> None:
        """Columns of a day, one of them 1, and what they cost."""
        problem = self.problem
        codes = np.flatnonzero(problem.allowed[person, day]).tolist()
        self._codes[person, day] = codes
        if not codes:
            self.impossible = True
        if len(codes) > 1:
            one = Linear()
            for code in codes:
                self.cell[person, day, code] = self.column()
                one.add(self.cell[person, day, code], 1)
            self._row(one, pulp.LpConstraintEQ, 1)
        for tier, paid in enumerate(self.paid):
            paid.join(self.weighted(person, day, problem.cost[tier, person, day]))

    def column(self, high: int = 1, low: int = 0) -> int:
        """A new column of whole numbers."""
        # PuLP sorts columns by name
        self.columns.append(self.found.add_variable(f"v{len(self.columns):08}", low, high, pulp.LpInteger))
        return len(self.columns) - 1

    def choice(self) -> Linear:
        """A new column of 0 or 1, as a sum."""
        return Linear(0, {self.column(): 1}, 0, 1)

    def weighted(self, person: int, day: int, weight: Ints) -> Linear:
        """The weight of what a person does on a day."""
        codes = self._codes[person, day]
        if not codes:
            return Linear()
        weights = weight[codes].tolist()
        common = max(weights, key=weights.count)
        found = Linear(common, {}, min(weights), max(weights))
        for code, each in zip(codes, weights, strict=True):
            if each != common:
                found.weights[self.cell[person, day, code]] = each - common
        return found

    def inside(self, person: int, day: int, of: Bools) -> Linear:
        """Whether a person's activity on a day is one of a set."""
        return self.weighted(person, day, of.astype(np.int64))

    def row(self, count: Linear, least: int | None = None, most: int | None = None) -> None:
        """A sum keeps its limits."""
        if (least is not None and count.most < least) or (most is not None and count.least > most):
            self.impossible = True
            return
        least = None if least is None or count.least >= least else least - count.constant
        most = None if most is None or count.most <= most else most - count.constant
        if least is not None and least == most:
            self._row(count, pulp.LpConstraintEQ, least)
            return
        if least is not None:
            self._row(count, pulp.LpConstraintGE, least)
        if most is not None:
            self._row(count, pulp.LpConstraintLE, most)

    def _row(self, count: Linear, sense: int, limit: int) -> None:
        self.found.addConstraint(pulp.LpConstraint(self.expression(count), sense, rhs=limit))

    def expression(self, count: Linear) -> Any:
        """A sum without its constant, as PuLP has it."""
        return pulp.LpAffineExpression([(self.columns[at], weight) for at, weight in count.weights.items()])

    def clause(self, parts: Iterable[Linear]) -> None:
        """One of the parts, each 0 or 1, is 1."""
        parts = list(parts)
        if not any(part.true for part in parts):
            self.row(total(part for part in parts if not part.false), least=1)

    def any_of(self, parts: Iterable[Linear]) -> Linear:
        """Whether one of the parts is 1, both ways."""
        left = [part for part in parts if not part.false]
        if len(left) == 1 or any(part.true for part in left):
            return next((part for part in left if part.true), left[0])
        if not left:
            return Linear()
        found = self.choice()
        for part in left:
            self.clause([negated(part), found])
        self.clause([negated(found), *left])
        return found

    def breach(self, price: Price, parts: Iterable[Linear]) -> None:
        """One of the parts is 1, or the price is paid."""
        if price.weight:
            paid = self.choice()
            self.clause([*parts, paid])
            self.pay(price, paid)

    def pay(self, price: Price, amount: Linear, times: int = 1) -> None:
        """A sum costs so much each."""
        self.paid[price.tier].join(amount, times * price.weight)

    def ranged(self, rule: Range, count: Linear) -> None:
        """A count keeps the hard limits, and pays for the wanted ones."""
        self.row(count, rule.least, rule.most)
        if rule.under is not None and rule.low is not None:
            self._beyond(rule.under, rule.low - count.least, count, 1, rule.low, rule.unit)
        if rule.over is not None and rule.high is not None:
            self._beyond(rule.over, count.most - rule.high, count, -1, -rule.high, rule.unit)

    def _beyond(self, price: Price, worst: int, count: Linear, sign: int, wanted: int, unit: int) -> None:
        """Pay per started unit by which ``sign * count`` is below what is wanted; at worst ``worst``."""
        if worst <= 0 or not price.weight:
            return
        high = -(-worst // unit)
        units = Linear(0, {self.column(high): 1}, 0, high)
        reached = Linear()
        reached.join(count, sign)
        reached.join(units, unit)
        self.row(reached, least=wanted)
        self.pay(price, units)

    def minimise(self, tier: int) -> None:
        """Make a tier the objective; its constant is the weight of a column that is 1."""
        goal = self.expression(self.paid[tier])
        if self.paid[tier].constant:
            if "one" not in self.shared:
                self.shared["one"] = self.choice()
                self._row(self.shared["one"], pulp.LpConstraintEQ, 1)
            goal += self.paid[tier].constant * self.expression(self.shared["one"])
        self.found.setObjective(goal)

    def roster(self, value: Value) -> Roster:
        """The roster of a solution; a day without columns has the activity it must have."""
        people, days = self.problem.n_people, self.problem.n_days
        activity = np.full((people, days), OFF, np.int64)
        for (person, day), codes in self._codes.items():
            activity[person, day] = codes[0] if codes else OFF
        for (person, day, code), column in self.cell.items():
            if value(self.columns[column]) > 0.5:
                activity[person, day] = code
        return Roster(activity)
