"""Least-cost schedules of one person, by the compiled dynamic program.

People with the same rules share one automaton.  Rules that seldom bind are left out of it until a schedule breaks
one; then the person's automaton is built anew with that rule (decremental state-space relaxation: Righini and Salani
2008).  The cost of the best schedule is a lower bound all along; only schedules that keep every rule are handed out.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from tildeling_models.roster import evaluate
from tildeling_models.roster.columns import cycle, kernels
from tildeling_models.roster.columns.automaton import NEVER, Automaton, TooLarge, build
from tildeling_models.roster.columns.kernels import FAR, Layers, Small
from tildeling_models.roster.columns.machines import daily
from tildeling_models.roster.columns.reading import idle, key, narrowed, read, readable, seldom
from tildeling_models.roster.problem import Bools, Ints, RosterProblem, Rule, Sum

log = logging.getLogger(__name__)

DRAWN = 500_000
"""Entries a person's table may grow to when a rule is drawn in, if that is more than eight times as many."""

LeftOut = tuple[list[Hashable], Ints, Ints, list[tuple[Hashable, Rule]]]

ROOM = 1 << 28
"""The costs of a schedule's cells add up to less than this."""


class NoSchedule(RuntimeError):
    """A person has no schedule that keeps the rules."""

    def __init__(self, person: int) -> None:
        super().__init__(f"person {person} has no legal schedule")
        self.person = person


@dataclass(frozen=True, eq=False)
class Schedules:
    """Schedules of one person, best first.

    Attributes
    ----------
    bound
        No legal schedule costs less, at the prices asked for.
    rows
        (n, D) activities.
    costs
        (n,) cost at the prices asked for.
    values
        (n, T) what each adds to the tiers by itself.
    """

    bound: int
    rows: Ints
    costs: Ints
    values: Ints


class Pricer:
    """Prices the schedules of every person of a problem; ``weights`` (T,) of a call weigh the tiers."""

    def __init__(self, problem: RosterProblem) -> None:
        self.problem = problem
        self.allowed: list[Bools] = []
        self._inside: list[dict[Hashable, Rule]] = []
        self._lazy: list[dict[Hashable, Rule]] = []
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
            self._lazy.append({name: rule for name, rule in named.items() if seldom(rule, problem)})
            self._inside.append({name: rule for name, rule in named.items() if not seldom(rule, problem)})
        self._automata: dict[frozenset[Hashable], Automaton | None] = {}
        self._layers: dict[tuple[int, tuple[int, ...]], Layers] = {}
        self._mine: dict[int, Automaton] = {}
        self._refused: set[tuple[int, Hashable]] = set()
        self._outside: dict[int, LeftOut] = {}
        self._places: dict[bytes, int] = {}
        self._stack = np.zeros((0, problem.n_days, problem.n_activities + 1), np.int32)
        self._table = np.zeros(1, np.int32)
        self._days = np.arange(problem.n_days)
        self._before = cycle.lead(problem) if problem.cyclic else 0
        self._unrolled = Pricer(cycle.unrolled(problem, self._before)) if problem.cyclic else None
        self.calls = 0
        self.last: dict[int, Ints] = {}

    def automaton(self, person: int) -> Automaton:
        """The person's automaton as it is by now.

        Raises
        ------
        NoSchedule
            If the rules leave the person nothing.
        """
        found = self._mine.get(person)
        if found is None:
            inside = self._inside[person]
            name = frozenset(inside)
            if name not in self._automata:
                self._automata[name] = build(self.problem, read(self.problem, inside.values()))
            found = self._automata[name]
            if found is None:
                raise NoSchedule(person)
            self._mine[person] = found
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
            closed = self._closed(person, cell, weights, found.rows[0], seed)
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

    def _closed(self, person: int, cell: Ints, weights: Ints, open_row: Ints, seed: int) -> list[Ints]:
        """Schedules that are legal across the wrap, each with an end that also stands before its first day."""
        assert self._unrolled is not None
        before, days = self._before, self.problem.n_days
        queue = cycle.tails(open_row, before, self.last.get(person))
        found: dict[bytes, Ints] = {}
        for _ in range(cycle.TRIES + len(queue)):
            if not queue:
                break
            tail = queue.pop(0)
            wide = np.concatenate([np.full((before, cell.shape[1]), FAR, np.int64), cell])
            wide[np.arange(before), tail] = 0
            for hold in (True, False):
                if hold:
                    held = wide.copy()
                    held[days + np.arange(before)] = FAR
                    held[days + np.arange(before), tail] = wide[days + np.arange(before), tail]
                try:
                    made = self._unrolled.open(person, held if hold else wide, weights, 1, seed)
                except NoSchedule:
                    continue
                legal = [
                    row[before:] for row in made.rows if evaluate.is_legal(self.problem, person, row[before:])
                ]
                found.update((row.tobytes(), row) for row in legal)
                if legal:
                    break
                if not hold and len(made.rows):
                    queue.append(made.rows[0][-before:])
        return list(found.values())

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
        while True:
            self.calls += 1
            found = self._once(person, small, weights, want, seed)
            if len(found.rows) == 0:
                if bound is None:
                    raise NoSchedule(person)
                return replace(found, bound=bound)
            broken = [self._breaks(person, row) for row in found.rows]
            keeps = np.array([not names for names in broken])
            if keeps[0] or (keeps.any() and not self._can_draw(person, broken[0])):
                best = found.bound if bound is None else bound
                return Schedules(best, found.rows[keeps], found.costs[keeps], found.values[keeps])
            if bound is None and self._draw(person, broken[0]):
                continue
            bound = found.bound if bound is None else bound
            self._ban(person, broken[0], found.rows[0], small)

    def _once(self, person: int, cell: Small, weights: Ints, want: int, seed: int) -> Schedules:
        automaton = self.automaton(person)
        layers = self._at(automaton, weights)
        if len(self._table) < automaton.n_cells:
            self._table = np.zeros(automaton.n_cells, np.int32)
        kinds = kernels.kind_costs(layers, cell)
        box = kernels.forward(layers, kinds, self._table)
        places, costs = kernels.ends(layers, self._table, box, want)
        rows = np.zeros((len(places), self.problem.n_days), np.int64)
        values = np.zeros((len(places), len(self.problem.tiers)), np.int64)
        for number, place in enumerate(places):
            arcs = kernels.trace(layers, cell, kinds, self._table, box, place, seed + number, rows[number])
            values[number] = self.problem.cost[:, person, self._days, rows[number]].sum(axis=1)
            values[number] += self._own(automaton, arcs, place)
        return Schedules(int(costs[0]) if len(costs) else FAR, rows, costs, values)

    def _own(self, automaton: Automaton, arcs: Ints, place: Ints) -> Ints:
        """(T,) what a path through the automaton costs."""
        end = place[0] - automaton.layer[-2]
        found = automaton.cost[arcs].sum(axis=0) + automaton.end_cost[end]
        for dimension, count in enumerate(place[1:]):
            found = found + automaton.final[dimension][end, count]
        return np.asarray(found)

    def _at(self, automaton: Automaton, weights: Ints) -> Layers:
        """The automaton with its own costs at tier weights."""
        name = id(automaton), tuple(weights.tolist())
        found = self._layers.get(name)
        if found is None:
            if len(self._layers) > 400:
                self._layers.clear()
            final = [
                np.where((table >= NEVER).any(axis=2), FAR * 4, np.where(table >= NEVER, 0, table) @ weights)
                for table in automaton.final
            ]
            found = self._layers[name] = Layers(
                automaton.layer, automaton.kind, automaton.into, automaton.source, automaton.arc_kind,
                automaton.move, automaton.low, automaton.size, automaton.at,
                (automaton.cost @ weights).astype(np.int32), automaton.end_cost @ weights, *final,
            )  # fmt: skip
        return found

    def _breaks(self, person: int, row: Ints) -> list[Hashable]:
        """Rules left out that a schedule breaks."""
        names, at, most, others = self._left_out(person)
        broken: list[Hashable] = []
        if names:
            count = self._stack[at[:, None], self._days, row].sum(axis=1)
            broken = [names[n] for n in np.flatnonzero(count > most)]
        for name, rule in others:
            if any(each.hard for each in evaluate.check(rule, self.problem, person, row)):
                broken.append(name)
        return broken

    def _left_out(self, person: int) -> LeftOut:
        """(names of caps, their weights' places in the stack, their limits, other rules) left out of the state."""
        found = self._outside.get(person)
        if found is None:
            caps, places, limits, others = [], [], [], []
            for name, rule in self._lazy[person].items():
                if isinstance(rule, Sum) and rule.most is not None:
                    caps.append(name)
                    places.append(self._place(daily(rule, self.problem.n_days)))
                    limits.append(rule.most)
                else:
                    others.append((name, rule))
            found = self._outside[person] = (
                caps,
                np.array(places, np.int64),
                np.array(limits, np.int64),
                others,
            )
        return found

    def _place(self, weight: Ints) -> int:
        """Where the stack holds a weight of days and activities; equal ones are kept once."""
        small = weight.astype(np.int32)
        name = small.tobytes()
        if name not in self._places:
            self._places[name] = len(self._places)
            self._stack = np.concatenate([self._stack, small[None]])
        return self._places[name]

    def _can_draw(self, person: int, names: list[Hashable]) -> bool:
        return any(self._drawable(person, name) for name in names)

    def _drawable(self, person: int, name: Hashable) -> bool:
        return (person, name) not in self._refused and readable(self._lazy[person][name], self.problem)

    def _draw(self, person: int, names: list[Hashable]) -> bool:
        """Take one of the rules into the person's automaton; False where that cannot be."""
        for name in names:
            if not self._drawable(person, name):
                continue
            before = self._mine.pop(person, None)
            self._inside[person][name] = self._lazy[person][name]
            try:
                drawn = self.automaton(person)
                if drawn.n_cells > max(DRAWN, 8 * (before.n_cells if before is not None else 0)):
                    self._mine.pop(person)
                    raise TooLarge(f"{drawn.n_cells} entries of the table")
            except TooLarge as large:
                log.info("a rule of person %d stays outside the automaton: %s", person, large)
                del self._inside[person][name]
                self._refused.add((person, name))
                if before is not None:
                    self._mine[person] = before
                continue
            del self._lazy[person][name]
            self._outside.pop(person, None)
            return True
        return False

    def _ban(self, person: int, names: list[Hashable], row: Ints, cell: Small) -> None:
        """Forbid an activity that a broken rule is about, on one of its days, so that the next try breaks it less."""
        rule = self._lazy[person][names[0]]
        if isinstance(rule, Sum):
            weight = daily(rule, self.problem.n_days)
            counts = weight[self._days, row]
            days = np.flatnonzero(counts > 0)
            excess = -(-(counts.sum() - (rule.most or 0)) // counts.max())
            for day in np.roll(days, self.calls)[:excess]:
                cell[day, weight[day] > 0] = FAR
        else:
            days = np.flatnonzero(row)
            cell[days[self.calls % len(days)], 1:] = FAR
