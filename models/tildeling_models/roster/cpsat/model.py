"""Variables of a roster as CP-SAT has them: one per allowed cell, and what families of rules share.

What is known before the search (a day of the past, a person with no choice on a day) is no variable: sets of
activities are literals that may be the constants true and false, and sums keep what is certain as a number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from tildeling_models.roster.problem import OFF, Bools, Ints, Price, Range, Roster, RosterProblem

Literal = Any
"""A 0-1 variable of CP-SAT or its negation; OR-Tools is untyped to us."""

When = tuple[Literal, ...]
"""Literals under which a hard rule is asked for; none: always."""

INT_MIN, INT_MAX = int(cp_model.INT_MIN), int(cp_model.INT_MAX)


@dataclass(eq=False)
class Linear:
    """A weighted sum, and the least and the most it can be: ``constant + sum(weights * variables)``."""

    constant: int = 0
    variables: list[Any] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    least: int = 0
    most: int = 0

    def add(self, variable: Any, weight: int, low: int = 0, high: int = 1) -> None:
        """Add a variable between two values."""
        if weight:
            self.variables.append(variable)
            self.weights.append(weight)
            self.least += min(weight * low, weight * high)
            self.most += max(weight * low, weight * high)

    def shift(self, by: int) -> None:
        """Add a number."""
        self.constant += by
        self.least += by
        self.most += by

    def join(self, other: Linear, times: int) -> None:
        """Add another sum so many times; the ends stay right, if wide."""
        self.constant += times * other.constant
        self.variables += other.variables
        self.weights += [times * weight for weight in other.weights]
        self.least += min(times * other.least, times * other.most)
        self.most += max(times * other.least, times * other.most)

    @property
    def expression(self) -> Any:
        """The sum as CP-SAT takes it."""
        return cp_model.LinearExpr.weighted_sum(self.variables, self.weights) + self.constant


class Model:
    """The program of a roster problem: cells, shared literals, what each tier costs.

    Parameters
    ----------
    problem
        What is modelled.
    people
        Whose schedules; None: all.
    priced
        Whether prices are modelled; without them only what is hard stays.
    """

    def __init__(
        self, problem: RosterProblem, people: Iterable[int] | None = None, priced: bool = True
    ) -> None:
        self.problem = problem
        self.people = tuple(range(problem.n_people) if people is None else people)
        self.priced = priced
        self.program = cp_model.CpModel()
        self.true: Literal = self.program.new_constant(1)
        self.false: Literal = self.program.new_constant(0)
        self.paid = [Linear(int(c), least=int(c), most=int(c)) for c in problem.constant]
        self.allowed: dict[tuple[int, int], list[int]] = {}
        self.cell: dict[tuple[int, int, int], Literal] = {}
        self._sets: dict[tuple[int, int, tuple[int, ...]], Literal] = {}
        self.shared: dict[Any, Any] = {}
        for person in self.people:
            self._cells(person)

    def _cells(self, person: int) -> None:
        """One activity on each day, and what it costs against the cheapest of the day."""
        problem = self.problem
        for day in range(problem.n_days):
            codes = np.flatnonzero(problem.allowed[person, day]).tolist()
            self.allowed[person, day] = codes
            if len(codes) == 1:
                self.cell[person, day, codes[0]] = self.true
            else:
                literals = [self.program.new_bool_var("") for _ in codes]
                self.program.add_exactly_one(literals)
                self.cell.update(((person, day, c), x) for c, x in zip(codes, literals, strict=True))
            if self.priced:
                for tier in range(len(problem.tiers)):
                    self._weigh(self.paid[tier], person, day, problem.cost[tier, person, day])

    def _weigh(self, count: Linear, person: int, day: int, weight: Ints) -> None:
        """Add the weight of what a person does on a day: the least for certain, the rest by choice."""
        codes = self.allowed[person, day]
        if not codes:
            return
        weights = weight[codes].tolist()
        base = min(weights)
        before = count.most
        for code, each in zip(codes, weights, strict=True):
            count.add(self.cell[person, day, code], each - base)
        count.most = before + max(weights) - base
        count.shift(base)

    def weighted(self, person: int, days: Ints, weight: Ints) -> Linear:
        """The sum over days of ``weight[k, activity]``."""
        count = Linear()
        for day, row in zip(days.tolist(), weight, strict=True):
            self._weigh(count, person, day, row)
        return count

    def inside(self, person: int, day: int, of: Bools) -> Literal:
        """Whether a person's activity on a day is one of a set."""
        codes = self.allowed[person, day]
        chosen = [code for code in codes if of[code]]
        if not chosen:
            return self.false
        if len(chosen) == len(codes):
            return self.true
        if len(chosen) == 1:
            return self.cell[person, day, chosen[0]]
        others = [code for code in codes if not of[code]]
        if len(others) == 1:
            return ~self.cell[person, day, others[0]]
        key = person, day, tuple(chosen)
        if key not in self._sets:
            literal = self.program.new_bool_var("")
            self.program.add_exactly_one([literal, *(self.cell[person, day, code] for code in others)])
            self._sets[key] = literal
        return self._sets[key]

    def negated(self, literal: Literal) -> Literal:
        """The opposite of a literal, the constants among them."""
        if literal is self.true:
            return self.false
        return self.true if literal is self.false else ~literal

    def clause(self, literals: Iterable[Literal], when: When = ()) -> None:
        """One of the literals holds."""
        left = []
        for literal in literals:
            if literal is self.true:
                return
            if literal is not self.false:
                left.append(literal)
        found = self.program.add_bool_or(left)
        if when:
            found.only_enforce_if(*when)

    def any_of(self, literals: Sequence[Literal]) -> Literal:
        """Whether one of the literals holds, both ways."""
        if any(literal is self.true for literal in literals):
            return self.true
        left = [literal for literal in literals if literal is not self.false]
        if len(left) <= 1:
            return left[0] if left else self.false
        found = self.program.new_bool_var("")
        self.program.add_bool_or([*left, ~found])
        for literal in left:
            self.program.add_implication(literal, found)
        return found

    def breach(self, price: Price, literals: Iterable[Literal]) -> None:
        """One of the literals holds, or the price is paid."""
        if self.priced:
            paid = self.program.new_bool_var("")
            self.clause([*literals, paid])
            self.pay(price.tier, paid, price.weight)

    def pay(self, tier: int, variable: Any, weight: int, high: int = 1) -> None:
        """A variable of 0 to ``high`` costs so much each."""
        self.paid[tier].add(variable, weight, 0, high)

    def ranged(self, rule: Range, count: Linear, when: When = ()) -> None:
        """A count keeps the hard limits, and pays for the wanted ones."""
        least = rule.least if rule.least is not None and rule.least > count.least else None
        most = rule.most if rule.most is not None and rule.most < count.most else None
        if least is not None and most is not None and least > most:
            self.clause([], when)  # CP-SAT reads an empty range as none at all
        elif least is not None or most is not None:
            found = self.program.add_linear_constraint(
                count.expression, INT_MIN if least is None else least, INT_MAX if most is None else most
            )
            if when:
                found.only_enforce_if(*when)
        if not self.priced:
            return
        if rule.under is not None and rule.low is not None:
            self._beyond(rule.under, rule.low - count.least, count, 1, rule.low, rule.unit)
        if rule.over is not None and rule.high is not None:
            self._beyond(rule.over, count.most - rule.high, count, -1, -rule.high, rule.unit)

    def _beyond(self, price: Price, worst: int, count: Linear, sign: int, wanted: int, unit: int) -> None:
        """Pay per started unit by which ``sign * count`` is below what is wanted; at worst ``worst``."""
        if worst <= 0:
            return
        high = -(-worst // unit)
        units = self.program.new_int_var(0, high, "")
        signed = Linear()
        signed.join(count, sign)
        signed.add(units, unit, 0, high)
        self.program.add_linear_constraint(signed.expression, wanted, INT_MAX)
        self.pay(price.tier, units, price.weight, high)

    def hint(self, roster: Roster) -> None:
        """Tell the search where to begin; cells that are not allowed are left out."""
        self.program.clear_hints()
        for (person, day, code), literal in self.cell.items():
            if literal is not self.true:
                self.program.add_hint(literal, int(roster.activity[person, day] == code))

    def roster(self, value: Any) -> Roster:
        """The roster of a solution: ``value(literal)`` tells each cell; people left out are off."""
        activity = np.full((self.problem.n_people, self.problem.n_days), OFF, np.int64)
        for (person, day, code), literal in self.cell.items():
            if literal is self.true or value(literal):
                activity[person, day] = code
        return Roster(activity)


def bound_of(found: float) -> int | None:
    """The whole number that a solver's bound proves; None where it proves nothing."""
    return math.ceil(found - 1e-6) if abs(found) < 1e15 else None
