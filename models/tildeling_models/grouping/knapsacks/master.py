"""Column generation: a column is one group with all that is in it (Savelsbergh 1997, *Operations Research* 45(6)).

The master is a linear program over such columns: each item once, each group once.  Its duals price the items, an exact
knapsack per group finds the column that is worth most beside them, and every round gives a bound (:mod:`lagrange`).
Duals are smoothed towards those of the best bound (Wentges 1997; Pessoa et al. 2018).
"""

from __future__ import annotations

import highspy
import numpy as np

from tildeling_models.grouping.knapsacks.lagrange import NEVER, UNIT, fill
from tildeling_models.grouping.knapsacks.structure import FAR, Floats, Knapsacks
from tildeling_models.grouping.problem import Ints, ints
from tildeling_models.solvers.threads import scheduler
from tildeling_models.stop import Stop

SMOOTH = 0.5
"""Share of the best duals so far in those that are priced."""

TINY = 1e-6


class Master:
    """Columns found so far, and the linear program over them.

    ``items`` and ``groups`` mask what is not settled by columns that are held at 1.
    """

    def __init__(self, sacks: Knapsacks, stop: Stop) -> None:
        self.sacks, self.stop = sacks, stop
        items, groups = sacks.shape
        self.cost = np.where(sacks.cost >= FAR, 2 * FAR, sacks.cost * UNIT)
        self.weight = np.asfortranarray(sacks.weight)
        most = int(sacks.capacity.max(initial=0))
        self.room = np.zeros(most + 1, np.int64)
        self.took = np.zeros((items, most + 1), np.int8)
        self.group: list[int] = []
        self.member: list[Ints] = []
        self.known: dict[tuple[int, bytes], int] = {}
        self.held: list[int] = []
        self.out: set[int] = set()
        self.changed = False
        self.items, self.groups = np.ones(items, dtype=bool), np.ones(groups, dtype=bool)
        self.paid = 0
        self.level: Floats = np.empty(0)
        self.lp = self._empty(
            float(sacks.cost[sacks.cost < FAR].max(initial=1) + sacks.opening.max(initial=0))
        )

    def _empty(self, dear: float) -> highspy.Highs:
        """A program in which items may still be missing, each at a price above any that a group could ask."""
        items, groups = self.sacks.shape
        lp = highspy.Highs()
        lp.setOptionValue("output_flag", False)
        lp.setOptionValue("threads", 1)
        lp.setOptionValue("presolve", "off")
        lp.cbSimplexInterrupt += self._interrupt
        for _ in range(items):
            lp.addRow(1.0, 1.0, 0, np.empty(0, np.int32), np.empty(0))
        must = self.sacks.floor > 0
        for g in range(groups):
            lp.addRow(1.0 if must[g] else -highspy.kHighsInf, 1.0, 0, np.empty(0, np.int32), np.empty(0))
        for row in range(items + groups):
            if row < items or must[row - items]:
                lp.addCol(2 * dear, 0.0, highspy.kHighsInf, 1, np.array([row], np.int32), np.ones(1))
            else:
                lp.addCol(0.0, 0.0, 0.0, 0, np.empty(0, np.int32), np.empty(0))
        return lp

    def _interrupt(self, event: highspy.HighsCallbackEvent) -> None:
        if self.stop.now:
            event.interrupt()

    def add(self, group: int, member: Ints) -> bool:
        """A column, if it is not there yet."""
        key = group, member.tobytes()
        if key in self.known or not len(member):
            return False
        self.known[key] = len(self.group)
        self.group.append(group)
        self.member.append(member)
        rows = np.append(member, self.sacks.shape[0] + group).astype(np.int32)
        worth = float(self.worth(len(self.group) - 1))
        self.lp.addCol(worth, 0.0, highspy.kHighsInf, len(rows), rows, np.ones(len(rows)))
        return True

    def worth(self, column: int) -> int:
        """What a column costs."""
        g, member = self.group[column], self.member[column]
        pair = self.sacks.pair
        beside = int(pair[np.ix_(member, member)].sum()) // 2 if len(pair) else 0
        return int(self.sacks.cost[member, g].sum() + self.sacks.opening[g]) + beside

    def find(self, group: int, member: Ints) -> int:
        """The number of a column."""
        return self.known[group, member.tobytes()]

    def add_all(self, group: Ints) -> None:
        """The columns of an assignment."""
        for g in range(self.sacks.shape[1]):
            self.add(g, ints(np.flatnonzero(group == g)))

    def hold(self, column: int) -> None:
        """Settle a column: its items and its group are out of all others."""
        self.held.append(column)
        self.paid += self.worth(column)
        self.items[self.member[column]] = False
        self.groups[self.group[column]] = False
        self.changed = True
        at = sum(self.sacks.shape)
        self.lp.changeColBounds(at + column, 1.0, 1.0)
        for other in range(len(self.group)):
            if other not in self.out and other != column and not self.fits(other):
                self.out.add(other)
                self.lp.changeColBounds(at + other, 0.0, 0.0)

    def fits(self, column: int) -> bool:
        """Whether neither a column's group nor any of its items is settled."""
        return bool(self.groups[self.group[column]] and self.items[self.member[column]].all())

    def release(self) -> None:
        """Settle nothing any more."""
        for column in (*self.held, *self.out):
            self.lp.changeColBounds(column + sum(self.sacks.shape), 0.0, highspy.kHighsInf)
        self.held.clear()
        self.out.clear()
        self.changed = True
        self.items[:], self.groups[:], self.paid = True, True, 0

    def solve(self) -> tuple[float, Floats]:
        """Solve the program; its value and the duals of items."""
        self.lp.setOptionValue("simplex_strategy", 1 if self.changed else 4)
        self.changed = False
        scheduler.use(1)
        self.lp.run()
        solution = self.lp.getSolution()
        self.level = np.asarray(solution.col_value)[sum(self.sacks.shape) :]
        dual = np.asarray(solution.row_dual)
        return float(self.lp.getInfo().objective_function_value), dual[: self.sacks.shape[0]]

    def price(self, u: Floats) -> tuple[int, int]:
        """Columns that are worth most beside duals ``u``: how many are new, and the bound, in whole costs."""
        sacks = self.sacks
        whole = np.where(self.items, np.rint(u * UNIT), 0).astype(np.int64)
        total, new = int(whole.sum()), 0
        taken = np.zeros(len(whole), np.int64)
        for g in np.flatnonzero(self.groups).tolist():
            gain = np.where(self.items, whole - self.cost[:, g], -2 * FAR)
            found = fill(
                gain, self.weight[:, g], sacks.capacity[g], sacks.floor[g], taken, self.room, self.took
            )
            if found <= -NEVER:
                return new, NEVER
            opening = int(sacks.opening[g]) * UNIT
            if sacks.floor[g] > 0 or found > opening:
                total -= found - opening
                new += self.add(g, ints(np.flatnonzero(taken)))
        return new, self.paid - (-total // UNIT)

    def generate(self, centre: Floats, value: int, stop: Stop, rounds: int) -> tuple[int, Floats]:
        """Rounds of pricing until nothing is new, or the bound says that nothing below ``value`` is here.

        Returns the best bound and its duals; ``level`` is the last program's solution.
        """
        best, at = -NEVER, centre
        share = SMOOTH
        for _ in range(rounds):
            now, u = self.solve()
            if stop.now:
                break
            new, bound = self.price(share * at + (1 - share) * u)
            if bound > best:
                best, at = bound, share * at + (1 - share) * u
            if best >= value or now <= best + 1 - 1e-4:
                break
            if not new:
                new, bound = self.price(u)
                if bound > best:
                    best, at = bound, u
                if not new:
                    break
        return best, at

    def hold_highest(self, dice: np.random.Generator) -> bool:
        """Hold all columns that are whole, else one that stands high; False if there is none to hold."""
        fresh = [c for c in np.flatnonzero(self.level > TINY).tolist() if self.groups[self.group[c]]]
        whole = [c for c in fresh if self.level[c] > 0.99]
        for column in whole:
            if self.fits(column):
                self.hold(column)
        fresh = [c for c in fresh if self.fits(c)]
        if not whole and fresh:
            self.hold(max(fresh, key=lambda c: self.level[c] + 0.2 * dice.random()))
        return bool(whole or fresh)
