"""Comparator: shift scheduling as an ordinary user writes it in OR-Tools' CP-SAT, straight from the file."""

from __future__ import annotations

import math
import time
from typing import Any

from ortools.sat.python import cp_model

from benchmarks.deadline import OutOfTime, within
from benchmarks.plain_result import PlainResult, PlainTier, still_building
from tildeling.published.curtois.instance import Instance, Person, Plan


class Model:
    """A 0/1 variable per person, day and shift; limits of each person, then cover and requests."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.model = cp_model.CpModel()
        self.x: dict[tuple[str, int, str], Any] = {}
        self.works: dict[tuple[str, int], Any] = {}
        self.count = 0
        for person in instance.people:
            self._days(person)
            self._followers(person)
            self._totals(person)
            self._stretches(person)
            self._weekends(person)
        self._costs()

    def _bool(self) -> Any:
        self.count += 1
        return self.model.new_bool_var("")

    def _days(self, person: Person) -> None:
        """At most one shift a day, none on days off."""
        for day in range(self.instance.days):
            cells = [self._bool() for _ in self.instance.shifts]
            works = self._bool()
            self.model.add_exactly_one([*cells, ~works])
            self.works[person.id, day] = works
            for shift, cell in zip(self.instance.shifts, cells, strict=True):
                self.x[person.id, day, shift.id] = cell
            if day in person.days_off:
                self.model.add(works == 0)

    def _followers(self, person: Person) -> None:
        for shift in self.instance.shifts:
            for after in shift.not_before:
                for day in range(self.instance.days - 1):
                    one, other = self.x[person.id, day, shift.id], self.x[person.id, day + 1, after]
                    self.model.add_bool_or([~one, ~other])

    def _totals(self, person: Person) -> None:
        days = range(self.instance.days)
        for code, most in person.most_of:
            self.model.add(sum(self.x[person.id, day, code] for day in days) <= most)
        worked = sum(
            shift.minutes * self.x[person.id, day, shift.id] for shift in self.instance.shifts for day in days
        )
        self.model.add_linear_constraint(worked, person.least_minutes, person.most_minutes)

    def _stretches(self, person: Person) -> None:
        """Too long: a window of work; too short: a stretch between two days that end it."""
        works = [self.works[person.id, day] for day in range(self.instance.days)]
        off = [~each for each in works]
        for begin in range(len(works) - person.most_on):
            self.model.add_bool_or(off[begin : begin + person.most_on + 1])
        for these, others, least in ((works, off, person.least_on), (off, works, person.least_off)):
            for length in range(1, least):
                for begin in range(1, len(works) - length):
                    end = begin + length
                    self.model.add_bool_or([these[begin - 1], *others[begin:end], these[end]])

    def _weekends(self, person: Person) -> None:
        worked = []
        for saturday in range(5, self.instance.days, 7):
            worked.append(self._bool())
            for day in range(saturday, min(saturday + 2, self.instance.days)):
                self.model.add_implication(self.works[person.id, day], worked[-1])
        self.model.add(sum(worked) <= person.most_weekends)

    def _costs(self) -> None:
        terms: list[Any] = [
            wish.weight * self.x[wish.person, wish.day, wish.shift] for wish in self.instance.off
        ]
        terms += [
            wish.weight * (1 - self.x[wish.person, wish.day, wish.shift]) for wish in self.instance.on
        ]  # fmt: skip
        for cover in self.instance.covers:
            there = sum(self.x[person.id, cover.day, cover.shift] for person in self.instance.people)
            under = self.model.new_int_var(0, cover.wanted, "")
            over = self.model.new_int_var(0, len(self.instance.people), "")
            self.count += 2
            self.model.add(there + under - over == cover.wanted)
            terms += [cover.under * under, cover.over * over]
        self.model.minimize(sum(terms))

    def plan(self, solver: cp_model.CpSolver) -> Plan:
        """What the solver chose."""
        return {
            person.id: tuple(
                next(
                    (
                        s.id
                        for s in self.instance.shifts
                        if solver.boolean_value(self.x[person.id, day, s.id])
                    ),
                    "",
                )
                for day in range(self.instance.days)
            )
            for person in self.instance.people
        }


def solve(instance: Instance, seconds: float, workers: int, seed: int) -> PlainResult[Plan]:
    """Solve within a time limit that counts from now, building included."""
    began = time.monotonic()
    try:
        with within(seconds):
            plain = Model(instance)
    except OutOfTime:
        return still_building(0, time.monotonic() - began)
    built = time.monotonic() - began
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = max(0.1, seconds - built)
    status = solver.solve(plain.model)
    if status == cp_model.INFEASIBLE:
        return PlainResult("infeasible", None, (), built, plain.count)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    bound = math.ceil(solver.best_objective_bound - 1e-6)
    tiers = (PlainTier("cost", bound, time.monotonic() - began - built),)
    if not found:
        return PlainResult("unknown", None, tiers, built, plain.count, "nothing found")
    return PlainResult("feasible", plain.plan(solver), tiers, built, plain.count)
