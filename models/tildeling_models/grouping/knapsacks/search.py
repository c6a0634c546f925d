"""Good assignments of items to groups that are open: annealed chains, and dives of column generation.

A dive holds the column that stands highest in the master, prices again, and so on until every group is settled
(Joncour et al. 2010, "Column generation based primal heuristics"); what it leaves over the chains put in place.  Later
dives begin with most groups as the best solution has them, and settle the others anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tildeling_models.grouping.knapsacks.annealing import Floats, Table, chains, worth
from tildeling_models.grouping.knapsacks.lagrange import NEVER, climb
from tildeling_models.grouping.knapsacks.master import TINY, Master
from tildeling_models.grouping.knapsacks.opening import place
from tildeling_models.grouping.knapsacks.structure import FAR, Knapsacks
from tildeling_models.grouping.problem import Bools, Ints, ints
from tildeling_models.stop import Stop

NONE = 2**60
"""Worth of no solution at all."""

CHOICES = 8
"""Groups that an item may go to: those of least price."""

DEEP = 8
"""Shifts of the longest chain."""

ROUNDS = 150_000
"""Chains begun in a run."""

LAST = 50
"""Items that a dive leaves to the exact model; measured with ten, twenty and forty of them in a group."""

FIRST = 6
"""Times as many rounds before a dive holds its first column: a master of few columns leads back to the best."""

FINISH, FINISH_NODES, PROOF_NODES = 3.0, 2_000, 100_000
"""Seconds that it may take for them, and nodes of its tree; nodes where it is to prove the whole."""

Offer = Callable[[Ints, int], None]


class Search:
    """The best assignment so far of one set of knapsacks, and what guides the search for a better one."""

    def __init__(
        self, sacks: Knapsacks, u: Floats, seed: int, stop: Stop, offer: Offer, by_clock: bool = True
    ) -> None:
        self.sacks, self.stop, self.offer, self.by_clock = sacks, stop, offer, by_clock
        self.dice = np.random.default_rng(seed)
        self.u, self.bound = u, -NEVER
        self.best = np.zeros(sacks.shape[0], np.int64)
        self.value = NONE
        self.guide(u)

    def guide(self, u: Floats) -> None:
        """Prices of capacities from those of items; each item's groups by what they cost with them."""
        sacks = self.sacks
        items, groups = sacks.shape
        self.u = u
        self.toll = np.zeros(groups) if len(sacks.pair) else tolls(sacks, u)
        priced = np.where(sacks.cost >= FAR, np.inf, sacks.cost + self.toll * sacks.weight)
        self.order = np.argsort(priced, axis=1, kind="stable")
        width = groups if len(sacks.pair) else min(CHOICES, groups)
        may = [self.order[i, :width][np.isfinite(priced[i, self.order[i, :width]])] for i in range(items)]
        first = np.concatenate([[0], np.cumsum([len(each) for each in may])])
        self.table = Table(
            np.ascontiguousarray(sacks.cost), np.ascontiguousarray(sacks.weight), sacks.capacity, sacks.floor,
            sacks.opening, sacks.pair, ints(first), ints(np.concatenate(may)),
        )  # fmt: skip
        low = np.sort(priced, axis=1)[:, : min(3, groups)]
        spread = float(np.median((low - low[:, :1])[np.isfinite(low)])) if groups > 1 else 1.0
        if len(sacks.pair):
            spread = float(np.abs(sacks.pair).mean()) * 2
        self.heat = max(spread, 1e-3)
        self.price: Floats = 3 * np.maximum(self.toll, max(float(self.toll.mean()), self.heat / 10))

    def limit(self, seconds: float) -> Stop:
        """A stop for a part of the search, which ends by its work alone where the clock has no say."""
        return self.stop.part(seconds) if self.by_clock else self.stop

    def take(self, group: Ints, value: int) -> None:
        """A better assignment."""
        if value < self.value:
            self.value, self.best = value, group.copy()
            self.offer(self.best, value)

    def anneal(self, group: Ints, rounds: int = ROUNDS, hot: float = 1.0) -> Ints:
        """One run of chains from an assignment; where it ended, within the limits or not."""
        group, best = group.copy(), self.best.copy()
        seed = int(self.dice.integers(2**31))
        value = chains(
            self.table, group, best, self.value, self.price, self.toll, hot * self.heat, 0.15 * self.heat, rounds,
            DEEP, seed,
        )  # fmt: skip
        if value < self.value:
            self.take(best, value)
        load = np.bincount(
            group, weights=self.sacks.weight[np.arange(len(group)), group], minlength=len(self.price)
        )
        over = (load > self.sacks.capacity) | (load < self.sacks.floor)
        if over.any():
            self.price[over] *= 1.15
        else:
            self.price = np.maximum(self.price * 0.95, 1.05 * self.toll)
        return group

    def begin(self, tries: int = 12) -> None:
        """A first assignment from everyone's cheapest group."""
        group = self.order[:, 0].astype(np.int64)
        if len(self.sacks.pair):
            group = ints(self.dice.integers(self.sacks.shape[1], size=len(group)))
            group = ints([self.table.choice[self.table.first[i] + g % (self.table.first[i + 1] - self.table.first[i])]
                          for i, g in enumerate(group)])  # fmt: skip
        for _ in range(tries):
            group = self.anneal(group)
            if self.value < NONE or self.stop.now:
                return
            self.price *= 1.3

    def climb(self, share: float) -> None:
        """A bound, and better prices of items."""
        aim = self.value if self.value < NONE else int(self.bound_of(self.u) * 1.02) + 1
        found = climb(self.sacks, self.u, aim, self.stop.share(share) if self.by_clock else self.stop)
        self.bound = max(self.bound, found.bound)
        self.guide(found.u)

    def bound_of(self, u: Floats) -> int:
        return climb(self.sacks, u, NONE, self.stop, rounds=0).bound

    def root(self, master: Master, stop: Stop, rounds: int) -> None:
        """Columns enough to begin with: dives over few of them lead back to the best that is known."""
        bound, u = master.generate(self.u, self.value, stop, rounds)
        self.bound = max(self.bound, bound)
        self.guide(u)

    def scattered(self) -> Ints:
        """The best with a fifth of the items somewhere else."""
        group = self.best.copy()
        for i in np.flatnonzero(self.dice.random(len(group)) < 0.2).tolist():
            first, last = self.table.first[i], self.table.first[i + 1]
            group[i] = self.table.choice[self.dice.integers(first, last)]
        return group

    def dive(self, master: Master, free: int, rounds: int) -> None:
        """Settle groups one after the other; ``free`` of them anew, the others as they are in the best."""
        master.release()
        if free < self.sacks.shape[1]:
            kept = np.setdiff1d(np.arange(self.sacks.shape[1]), self.near(free))
            for g in kept.tolist():
                member = ints(np.flatnonzero(self.best == g))
                if len(member):
                    master.add(g, member)
                    master.hold(master.find(g, member))
                else:
                    master.groups[g] = False
        at, more = self.u, FIRST
        while master.items.sum() > LAST and not self.stop.now:
            bound, at = master.generate(at, self.value, self.stop, more * rounds)
            more = 1
            if bound >= self.value:
                return
            if not master.hold_highest(self.dice):
                break
        group = np.full(self.sacks.shape[0], -1, np.int64)
        for column in master.held:
            group[master.member[column]] = master.group[column]
        if master.items.any() and master.groups.any():
            self._finish(group, master.items, master.groups)
        left = np.flatnonzero(group < 0)
        if len(left):
            group[left] = self.order[left, 0]
        elif self.within(group):
            self.take(group, int(worth(self.table, group)))
        for _ in range(2):
            group = self.anneal(group, hot=0.5)

    def _finish(self, group: Ints, items: Bools, groups: Bools) -> None:
        """Place what is left in the last few groups exactly; as it was where that takes too long."""
        at, some = np.flatnonzero(items), np.flatnonzero(groups)
        part = self.sacks.part(ints(at), ints(some))
        if (part.cost.min(axis=1) >= FAR).any():
            return
        rest = np.flatnonzero(~items)
        below = self.value - int(self.sacks.cost[rest, group[rest]].sum())
        found, _ = place(part, min(below, NONE), self.limit(FINISH), FINISH_NODES)
        if found is not None:
            group[at] = some[found]

    def _reduced(self) -> Floats:
        """(I, G) costs beside prices of items and capacities, infinite where an item may not be."""
        sacks = self.sacks
        priced = sacks.cost - self.u[:, None] + self.toll * sacks.weight
        return np.asarray(np.where(sacks.cost >= FAR, np.inf, priced))

    def useful(self) -> Bools:
        """(I, G) cells that a better assignment can use: reduced-cost fixing beside prices of items and capacities.

        With prices l of capacities C, ``sum u - sum l C + sum min(0, r)``, ``r = c - u + l w``, is a bound, and what
        uses a cell is worth at least that and its ``max(0, r)``; a thousandth and more is left for rounding.
        """
        sacks = self.sacks
        priced = self._reduced()
        least = self.u.sum() - (self.toll * sacks.capacity).sum() + np.minimum(priced, 0).sum()
        rounding = 1e-3 + 1e-12 * (np.abs(self.u).sum() + (self.toll * sacks.capacity).sum())
        return np.asarray(least + np.maximum(priced, 0) <= self.value - 1 + rounding)

    def cheap(self, mean: int) -> Bools:
        """(I, G) so many cells an item on average, those of least reduced cost, and the best solution's."""
        priced = self._reduced()
        count = min(mean * len(priced), priced.size)
        found = priced <= np.partition(priced, count - 1, axis=None)[count - 1]
        found[np.arange(len(priced)), self.best] = True
        return np.asarray(found & (self.sacks.cost < FAR))

    def blended(self, master: Master) -> Bools:
        """(I, G) cells that the master's solution uses, and the best solution's."""
        found = np.zeros(self.sacks.shape, dtype=bool)
        found[np.arange(len(found)), self.best] = True
        for column in np.flatnonzero(master.level > TINY).tolist():
            found[master.member[column], master.group[column]] = True
        return found

    def place(self, cells: Bools, stop: Stop) -> int:
        """The exact model over some cells; a bound of what uses no others."""
        part = replace(self.sacks, cost=np.where(cells, self.sacks.cost, FAR))
        if (part.cost.min(axis=1) >= FAR).any():
            return self.value
        found, bound = place(part, self.value, stop, PROOF_NODES)
        if found is not None and (found >= 0).all() and self.within(found):
            self.take(found, int(worth(self.table, found)))
        return -NEVER if bound is None else min(bound, self.value)

    def prove(self, useful: Bools, stop: Stop) -> None:
        """The exact model over the cells that a better assignment can use."""
        self.bound = max(self.bound, self.place(useful, stop))

    def within(self, group: Ints) -> bool:
        """Whether all loads are within their limits."""
        load = np.bincount(
            group, weights=self.sacks.weight[np.arange(len(group)), group], minlength=len(self.price)
        )
        return not ((load > self.sacks.capacity) | (load < self.sacks.floor)).any()

    def near(self, count: int) -> Ints:
        """Some groups that items of one group could go to, and of those, and so on."""
        groups = self.sacks.shape[1]
        found = [int(self.dice.integers(groups))]
        while len(found) < count:
            inside = np.flatnonzero(np.isin(self.best, found))
            others = np.setdiff1d(self.order[inside, :4].ravel(), found)
            if not len(others) or self.dice.random() < 0.3:
                others = np.setdiff1d(np.arange(groups), found)
            found.append(int(self.dice.choice(others)))
        return ints(found)


def tolls(sacks: Knapsacks, u: Floats) -> Floats:
    """What a unit of each group's capacity is worth: the ratio at which a divisible knapsack is full."""
    found = np.zeros(sacks.shape[1])
    for g in range(len(found)):
        gain, weight = u - sacks.cost[:, g], sacks.weight[:, g]
        some = np.flatnonzero((gain > TINY) & (sacks.cost[:, g] < FAR) & (weight > 0))
        ratio = gain[some] / weight[some]
        order = np.argsort(-ratio, kind="stable")
        full = int(np.searchsorted(np.cumsum(weight[some][order]), sacks.capacity[g], side="right"))
        if full < len(order):
            found[g] = ratio[order[full]]
    return found
