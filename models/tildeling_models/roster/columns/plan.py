"""A roster under change: everyone's schedule, the counts of cover, and what it all costs at tier weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tildeling_models.roster.columns.coverage import Coverage
from tildeling_models.roster.columns.kernels import FAR
from tildeling_models.roster.columns.pricer import ROOM, Pricer
from tildeling_models.roster.problem import Bools, Ints, RosterProblem


@dataclass(frozen=True, eq=False)
class Weighing:
    """One number for all tiers: the weights (T,), and the cost (R, N + 1) of each cover's count, breaches dear."""

    weights: Ints
    table: Ints
    breach: int


def weighing(problem: RosterProblem, cover: Coverage, tier: int, rules: Ints) -> Weighing:
    """Weights for work on a tier: earlier ones dear, later ones not counted, hard breaches dearest.

    A unit of an earlier tier costs several times the dearest single cell or unit of cover of what follows it, as far
    as the pricer's range of numbers goes.  ``rules`` (T,) is the most that a schedule can pay for its rules.
    """
    weights = np.zeros(len(problem.tiers), np.int64)
    room = ROOM // (4 * max(1, problem.n_days))
    weights[tier] = 1
    total = _dearest(problem, cover, tier)
    for earlier in range(tier - 1, -1, -1):
        most = _dearest(problem, cover, earlier)
        share = min(room // (4 * most), ROOM // (4 * max(1, int(rules[earlier]))))
        weights[earlier] = max(1, min(4 * total, share))
        total += int(weights[earlier]) * most
    breach = max(1, min(8 * total, room))
    return Weighing(weights, cover.table(weights, breach), breach)


def _dearest(problem: RosterProblem, cover: Coverage, tier: int) -> int:
    steps = np.abs(np.diff(cover.price[tier], axis=1)) if cover.n_rows else np.zeros(0)
    return max(1, int(np.abs(problem.cost[tier]).max(initial=0)), int(steps.max(initial=0)))


class Plan:
    """Schedules (P, D), their values (P, T), and the counts they give; ``-1`` rows are people not yet in."""

    def __init__(self, problem: RosterProblem, cover: Coverage, pricer: Pricer, weigh: Weighing) -> None:
        self.problem, self.cover, self.pricer, self.weigh = problem, cover, pricer, weigh
        self.rows = np.full((problem.n_people, problem.n_days), -1, np.int64)
        self.values = np.zeros((problem.n_people, len(problem.tiers)), np.int64)
        self.counts = np.zeros(cover.n_rows, np.int64)
        self._places = np.arange(cover.n_rows)
        self._cells: dict[int, Ints] = {}

    def copy(self) -> Plan:
        """The same plan, to be changed apart."""
        other = Plan(self.problem, self.cover, self.pricer, self.weigh)
        other.rows, other.values, other.counts = self.rows.copy(), self.values.copy(), self.counts.copy()
        other._cells = self._cells
        return other

    def cost(self) -> int:
        """What the plan costs at its weights."""
        return int(
            (self.values @ self.weigh.weights).sum() + self.weigh.table[self._places, self.counts].sum()
        )

    def legal(self) -> bool:
        """Whether no hard cover is broken, and everyone is in."""
        return bool((self.rows[:, :1] >= 0).all()) and not self.cover.breach[self._places, self.counts].any()

    def totals(self) -> Ints:
        """(T,) values of the tiers."""
        return np.asarray(
            self.problem.constant
            + self.values.sum(axis=0)
            + self.cover.price[:, self._places, self.counts].sum(axis=1)
        )

    def take(self, person: int) -> None:
        """Take a person's schedule out."""
        self.cover.add(self.counts, person, self.rows[person], -1)
        self.pricer.last[person] = self.rows[person].copy()
        self.rows[person] = -1
        self.values[person] = 0

    def put(self, person: int, row: Ints, values: Ints) -> None:
        """Give a person a schedule."""
        self.rows[person], self.values[person] = row, values
        self.cover.add(self.counts, person, row, 1)

    def cells(self, person: int) -> Ints:
        """(D, A + 1) what each cell costs a person who is out, with what it changes in cover."""
        own = self._cells.get(person)
        if own is None:
            own = self._cells[person] = self.pricer.cells(person, self.weigh.weights)
        found = own + self.cover.marginal(self.weigh.table, self.counts, person)
        return np.where(own >= FAR, FAR, found)

    def insert(self, person: int, seed: int, held: tuple[Ints, Bools] | None = None) -> bool:
        """Give a person who is out the schedule that costs least beside the others'; False where none was found.

        ``held`` is a schedule, and the days on which the new one may differ from it.
        """
        cell = self.cells(person)
        if held is not None:
            row, free = held
            shut = ~free[:, None] & (np.arange(cell.shape[1]) != row[:, None])
            cell[shut] = FAR
        found = self.pricer.price(person, cell, self.weigh.weights, 1, seed)
        if not len(found.rows):
            return False
        self.put(person, found.rows[0], found.values[0])
        return True
