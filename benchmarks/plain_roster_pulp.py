"""Comparator: shift scheduling as a compact integer program in PuLP with HiGHS, straight from the file."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import highspy
import pulp

from benchmarks.deadline import OutOfTime, within
from benchmarks.plain_pulp import Highs, bound_of, found_any, run
from benchmarks.plain_result import PlainResult, PlainTier, still_building
from tildeling.published.curtois.instance import Instance, Person, Plan


class Model:
    """A 0/1 variable per person, day and shift; limits of each person, then cover and requests."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.model = pulp.LpProblem("roster", pulp.LpMinimize)
        self.count = 0
        self.x: dict[tuple[str, int, str], Any] = {
            (person.id, day, shift.id): self._whole(0 if day in person.days_off else 1)
            for person in instance.people
            for day in range(instance.days)
            for shift in instance.shifts
        }
        for person in instance.people:
            works = self._works(person)
            self._followers(person)
            self._totals(person)
            self._stretches(person, works)
            self._weekends(person, works)
        self._costs()

    def _whole(self, most: int) -> Any:
        self.count += 1
        return self.model.add_variable(f"v{self.count}", 0, most, pulp.LpInteger)

    def _most(self, terms: Iterable[Any], most: int) -> None:
        total = pulp.lpSum(terms)
        if len(total):
            self.model.addConstraint(total <= most)

    def _works(self, person: Person) -> list[Any]:
        """Whether each day is worked: the sum of its shifts, at most one."""
        found = []
        for day in range(self.instance.days):
            found.append(pulp.lpSum(self.x[person.id, day, shift.id] for shift in self.instance.shifts))
            self._most([found[-1]], 1)
        return found

    def _followers(self, person: Person) -> None:
        """One row for each pair that may not meet, on each day."""
        for shift in self.instance.shifts:
            for day in range(self.instance.days - 1):
                one = self.x[person.id, day, shift.id]
                for after in shift.not_before:
                    self._most([one, self.x[person.id, day + 1, after]], 1)

    def _totals(self, person: Person) -> None:
        days = range(self.instance.days)
        for code, most in person.most_of:
            self._most((self.x[person.id, day, code] for day in days), most)
        worked = pulp.lpSum(
            shift.minutes * self.x[person.id, day, shift.id] for shift in self.instance.shifts for day in days
        )
        self.model.addConstraint(worked <= person.most_minutes)
        self.model.addConstraint(worked >= person.least_minutes)

    def _stretches(self, person: Person, works: Sequence[Any]) -> None:
        """Too long: a window of work; too short: a stretch between two days that end it."""
        days = len(works)
        for begin in range(days - person.most_on):
            self._most(works[begin : begin + person.most_on + 1], person.most_on)
        for length in range(1, person.least_on):
            for begin in range(1, days - length):
                inside = pulp.lpSum(works[begin : begin + length])
                self._most([inside, -works[begin - 1], -works[begin + length]], length - 1)
        for length in range(1, person.least_off):
            for begin in range(1, days - length):
                inside = pulp.lpSum(works[begin : begin + length])
                self._most([works[begin - 1], works[begin + length], -inside], 1)

    def _weekends(self, person: Person, works: Sequence[Any]) -> None:
        worked = []
        for saturday in range(5, len(works), 7):
            worked.append(self._whole(1))
            for day in range(saturday, min(saturday + 2, len(works))):
                self._most([works[day], -worked[-1]], 0)
        self._most(worked, person.most_weekends)

    def _costs(self) -> None:
        terms = [wish.weight * self.x[wish.person, wish.day, wish.shift] for wish in self.instance.off]
        terms += [wish.weight * (1 - self.x[wish.person, wish.day, wish.shift]) for wish in self.instance.on]
        for cover in self.instance.covers:
            there = pulp.lpSum(self.x[person.id, cover.day, cover.shift] for person in self.instance.people)
            under, over = self._whole(cover.wanted), self._whole(len(self.instance.people))
            self.model.addConstraint(there + under - over == cover.wanted)
            terms += [cover.under * under, cover.over * over]
        self.goal = pulp.LpAffineExpression(pulp.lpSum(terms))
        self.model.setObjective(self.goal)

    def plan(self) -> Plan:
        """What the solver chose."""
        return {
            person.id: tuple(
                next(
                    (
                        s.id
                        for s in self.instance.shifts
                        if (self.x[person.id, day, s.id].varValue or 0) > 0.5
                    ),
                    "",
                )
                for day in range(self.instance.days)
            )
            for person in self.instance.people
        }


def solve(instance: Instance, seconds: float, workers: int, seed: int) -> PlainResult[Plan]:
    """Solve within a time limit that counts from now, building and handing over included."""
    began = time.monotonic()
    until = began + seconds
    count, built = 0, 0.0
    try:
        with within(seconds):
            plain = Model(instance)
        count, built = plain.count, time.monotonic() - began
        highs = run(plain.model, Highs(until, float, threads=workers, random_seed=seed))
    except OutOfTime:
        return still_building(count, time.monotonic() - began)
    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return PlainResult("infeasible", None, (), built, count)
    bound = bound_of(highs.getInfo().mip_dual_bound, plain.goal.constant, highs)
    tiers = (PlainTier("cost", bound, time.monotonic() - began - built),)
    if not found_any(highs):
        return PlainResult("unknown", None, tiers, built, count, "nothing found")
    return PlainResult("feasible", plain.plan(), tiers, built, count)
