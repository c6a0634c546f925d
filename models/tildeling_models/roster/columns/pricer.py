"""Least-cost schedules of one person, by the compiled dynamic program.

People with the same rules share one automaton.  Rules that seldom bind are left out of it until a schedule breaks
one; then the person's automaton is built anew with that rule (decremental state-space relaxation: Righini and Salani
2008).  The cost of the best schedule is a lower bound all along; only schedules that keep every rule are handed out.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Hashable
from dataclasses import replace

import numpy as np

from tildeling_models.roster import evaluate
from tildeling_models.roster.bounds import grain
from tildeling_models.roster.columns import cycle, kernels
from tildeling_models.roster.columns.automaton import OutOfTime, TooLarge
from tildeling_models.roster.columns.counters import daily
from tildeling_models.roster.columns.kernels import FAR, Small
from tildeling_models.roster.columns.layers import Automaton
from tildeling_models.roster.columns.outside import Outside, Weights
from tildeling_models.roster.columns.reading import idle, key, narrowed, prices, readable, seldom
from tildeling_models.roster.columns.schedules import NoSchedule, Schedules
from tildeling_models.roster.columns.shedding import ENTRIES, Shedding, limited
from tildeling_models.roster.columns.tables import Tables
from tildeling_models.roster.columns.through import through
from tildeling_models.roster.problem import Bools, Ints, RosterProblem, Rule, Sum
from tildeling_models.stop import Stop

__all__ = ["ROOM", "NoSchedule", "Pricer", "Schedules"]
log = logging.getLogger(__name__)

ARCS = 30_000
"""Arcs a person's automaton may grow to when a rule is drawn in, if that is more than twice as many."""

DRAWN = 500_000
"""Entries a person's table may grow to when a rule is drawn in, if that is more than eight times as many; tables
eight times as large stay as they are."""

TRIES = 30
"""Searches for a schedule that keeps the rules left out of the state, at most."""

ROOM = 1 << 28
"""The costs of a schedule's cells add up to less than this."""


class Pricer:
    """Prices the schedules of every person of a problem; ``weights`` (T,) of a call weigh the tiers.

    Tables have so many ``entries`` at most; rules that would make them larger are left out of the automata.
    """

    def __init__(self, problem: RosterProblem, entries: int = ENTRIES) -> None:
        self.problem = problem
        self.stop: Stop | None = None
        self.allowed: list[Bools] = []
        self._named: list[dict[Hashable, Rule]] = []
        for person in range(problem.n_people):
            rules = problem.of_person(person)
            allowed = narrowed(rules, problem, problem.allowed[person])
            named: dict[Hashable, Rule] = {}
            seen: Counter[Hashable] = Counter()
            for rule in rules:
                if not idle(rule, problem, allowed):
                    seen[said := key(rule)] += 1
                    named[said, seen[said]] = rule  # a rule that is there twice costs twice
            self.allowed.append(allowed)
            self._named.append(named)
        self._shedding = Shedding(problem, entries, lambda: self.stop is not None and self.stop.now)
        self._drawn: set[tuple[int, Hashable]] = set()
        self._refused: set[tuple[int, Hashable]] = set()
        self._weights = Weights(np.zeros((0, problem.n_days, problem.n_activities + 1), np.int32))
        self._tables = Tables()
        self._days = np.arange(problem.n_days)
        self._before = cycle.lead(problem) if problem.cyclic else 0
        self._unrolled = Pricer(cycle.unrolled(problem, self._before)) if problem.cyclic else None
        self.calls = 0
        self.last: dict[int, Ints] = {}
        self.focus(len(problem.tiers) - 1)

    def focus(self, tier: int) -> None:
        """Read no prices of tiers after this one: they weigh nothing, and only make the automata larger.

        Values stay exact in all tiers.
        """
        self._inside: list[dict[Hashable, Rule]] = []
        self._lazy: list[dict[Hashable, Rule]] = []
        self._later: list[list[Rule]] = []
        self._mine: dict[int, Automaton] = {}
        self._outside: dict[int, Outside] = {}
        for person, named in enumerate(self._named):
            later = {
                name: rule
                for name, rule in named.items()
                if not limited(rule) and prices(rule) and all(price.tier > tier for price in prices(rule))
            }
            now = {name: rule for name, rule in named.items() if name not in later}
            counted = {
                daily(rule, self.problem.n_days).tobytes()
                for rule in now.values()
                if isinstance(rule, Sum) and not seldom(rule, self.problem)
            }
            lazy = {
                name: rule
                for name, rule in now.items()
                if seldom(rule, self.problem)
                and (person, name) not in self._drawn
                and not (isinstance(rule, Sum) and daily(rule, self.problem.n_days).tobytes() in counted)
            }
            self._later.append(list(later.values()))
            self._lazy.append(lazy)
            self._inside.append({name: rule for name, rule in now.items() if name not in lazy})
        if self._unrolled is not None:
            self._unrolled.focus(tier)
            self._unrolled.stop = self.stop

    def automaton(self, person: int) -> Automaton:
        """The person's automaton as it is by now.

        Raises
        ------
        NoSchedule
            If the rules leave the person nothing.
        """
        mine = self._mine.get(person)
        if mine is None:
            inside = self._inside[person]
            found, left = self._shedding.fit(inside)
            if found is None:
                raise NoSchedule(person)
            for name in left:
                rule = inside.pop(name)
                if limited(rule):
                    self._lazy[person][name] = rule
                    self._refused.add((person, name))
                else:
                    self._later[person].append(rule)
            mine = self._mine[person] = found
            self._outside.pop(person, None)
        return mine

    def alike(self, person: int, other: int) -> bool:
        """Whether two people have the same automaton."""
        return self.automaton(person) is self.automaton(other)

    def reach(self) -> Ints:
        """(T,) no schedule pays more for its rules."""
        people = range(self.problem.n_people)
        return np.asarray(np.max([self.automaton(person).reach for person in people], axis=0))

    def grain(self, tier: int) -> int:
        """Whatever schedules and cover cost in a tier is a multiple of this."""
        return grain(self.problem, tier)

    def left_out(self, person: int) -> Outside:
        """A person's rules that their automaton does not read."""
        found = self._outside.get(person)
        if found is None:
            found = self._outside[person] = Outside(
                self.problem, person, self._lazy[person], self._later[person], self._weights
            )
        return found

    def cells(self, person: int, weights: Ints) -> Ints:
        """(D, A + 1) cost of each cell at tier weights, ``FAR`` where not allowed."""
        cost = np.tensordot(weights, self.problem.cost[:, person], axes=1)
        return np.where(self.allowed[person], cost, FAR)

    def price(self, person: int, cell: Ints, weights: Ints, want: int = 1, seed: int = 0) -> Schedules:
        """As :meth:`open`, and legal across the wrap where the roster is cyclic; there may be no rows then.

        Raises
        ------
        NoSchedule
            If the cells that cost less than ``FAR`` leave the person nothing.
        """
        if self._unrolled is None:
            return self.open(person, cell, weights, want, seed)
        found = self.open(person, cell, weights, 1, seed)
        closed = [row for row in found.rows if evaluate.is_legal(self.problem, person, row)]
        if not closed and len(found.rows):
            queue = cycle.tails(found.rows[0], self._before, self.last.get(person))
            closed = self._closed(person, cell, weights, queue, seed)
        values = [evaluate.person_values(self.problem, person, row) for row in closed]
        own = self.problem.cost[:, person]
        costs = [
            int(cell[self._days, row].sum() + (each - own[:, self._days, row].sum(axis=1)) @ weights)
            for row, each in zip(closed, values, strict=True)
        ]
        order = np.argsort(costs, kind="stable")[:want]
        rows = np.array(closed, np.int64).reshape(-1, self.problem.n_days)[order]
        tiers = np.array(values, np.int64).reshape(-1, len(self.problem.tiers))[order]
        return Schedules(found.bound, rows, np.array(costs, np.int64)[order], tiers)

    def _closed(self, person: int, cell: Ints, weights: Ints, queue: list[Ints], seed: int) -> list[Ints]:
        """Schedules that are legal across the wrap, each with an end that also stands before its first day."""
        unrolled = self._unrolled
        assert unrolled is not None

        def ask(wide: Ints) -> list[Ints]:
            try:
                return list(unrolled.open(person, wide, weights, 1, seed).rows)
            except NoSchedule:
                return []

        return cycle.closed(self.problem, person, cell, self._before, queue, ask)

    def open(self, person: int, cell: Ints, weights: Ints, want: int = 1, seed: int = 0) -> Schedules:
        """Up to ``want`` schedules of least cost, where ``cell`` (D, A + 1) says what each cell costs.

        Raises
        ------
        NoSchedule
            If the cells that cost less than ``FAR`` leave the person nothing.  Where only the search among
            schedules that keep the rules left out comes to nothing, there are no rows.
        """
        small = np.minimum(cell, FAR).astype(np.int32)
        bound: int | None = None
        for turn in range(TRIES):
            if turn and self.stop is not None and self.stop.now:
                break
            self.calls += 1
            found = self._once(person, small, weights, want, seed)
            if len(found.rows) == 0:
                if bound is None:
                    raise NoSchedule(person)
                return replace(found, bound=bound)
            outside = self.left_out(person)
            broken = [outside.broken(row) for row in found.rows]
            keeps = np.array([not names for names in broken])
            if keeps[0] or (keeps.any() and not self._can_draw(person, broken[0])):
                best = found.bound if bound is None else bound
                return self._settled(person, best, found, keeps, weights)
            if bound is None and self._draw(person, broken[0]):
                continue
            bound = found.bound if bound is None else bound
            outside.mend(broken[0][turn % len(broken[0])], found.rows[0], small, self.calls)
        none = np.zeros(len(found.rows), bool)  # the tries, or the time, ran out
        return self._settled(person, found.bound if bound is None else bound, found, none, weights)

    def through(self, person: int, cell: Ints, weights: Ints) -> tuple[int, Ints]:
        """A bound on the cost of all schedules, and bounds (D, A + 1) on those with each activity on each day.

        Rules outside the automaton are left out, so that no schedule costs less.
        """
        small = np.minimum(cell, FAR).astype(np.int32)
        self.calls += 1
        filled = self._tables.filled(self.automaton(person), small, weights)
        found = through(filled.layers, small, filled.kinds, filled.table, filled.box)
        return int(found.min()), found

    def _settled(self, person: int, bound: int, found: Schedules, keeps: Bools, weights: Ints) -> Schedules:
        """The schedules to keep, with what they pay for rules outside the automaton."""
        rows, costs, values = found.rows[keeps], found.costs[keeps], found.values[keeps]
        outside = self.left_out(person)
        if outside.pays and len(rows):
            paid: Ints = np.array([outside.paid(row) for row in rows], np.int64)
            costs, values = np.asarray(costs + paid @ weights), np.asarray(values + paid)
            order = np.argsort(costs, kind="stable")
            rows, costs, values = rows[order], costs[order], values[order]
        return Schedules(bound, rows, costs, values)

    def _once(self, person: int, cell: Small, weights: Ints, want: int, seed: int) -> Schedules:
        automaton = self.automaton(person)
        layers, kinds, table, box = self._tables.filled(automaton, cell, weights)
        places, costs = kernels.ends(layers, table, box, want)
        rows = np.zeros((len(places), self.problem.n_days), np.int64)
        values = np.zeros((len(places), len(self.problem.tiers)), np.int64)
        for number, place in enumerate(places):
            arcs = kernels.trace(layers, cell, kinds, table, box, place, seed + number, rows[number])
            values[number] = self.problem.cost[:, person, self._days, rows[number]].sum(axis=1)
            values[number] += automaton.paid(arcs, place)
        return Schedules(int(costs[0]) if len(costs) else FAR, rows, costs, values)

    def _can_draw(self, person: int, names: list[Hashable]) -> bool:
        return any(self._drawable(person, name) for name in names)

    def _drawable(self, person: int, name: Hashable) -> bool:
        return (person, name) not in self._refused and readable(self._lazy[person][name], self.problem)

    def _draw(self, person: int, names: list[Hashable]) -> bool:
        """Take one of the rules into the person's automaton; False where that cannot be."""
        for name in names:
            if not self._drawable(person, name):
                continue
            before = self.automaton(person)
            if before.n_cells > 8 * DRAWN:  # it would take long to build, and to no end
                self._refused.add((person, name))
                continue
            inside = {**self._inside[person], name: self._lazy[person][name]}
            try:
                drawn = self._shedding.whole(
                    inside, max(ARCS, 2 * len(before.source)), max(DRAWN, 8 * before.n_cells)
                )
            except OutOfTime:  # says nothing of the rule
                raise
            except TooLarge as large:
                log.info("a rule of person %d stays outside the automaton: %s", person, large)
                self._refused.add((person, name))
                continue
            if drawn is None:
                raise NoSchedule(person)
            self._inside[person], self._mine[person] = inside, drawn
            self._drawn.add((person, name))
            del self._lazy[person][name]
            self._outside.pop(person, None)
            return True
        return False
