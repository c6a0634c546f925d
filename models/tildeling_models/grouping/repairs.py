"""Good solutions that hold a cell: chains around the reference, and searches near what they touch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tildeling_models.grouping.exchange import Exchange, Found, Ground
from tildeling_models.grouping.linear import LinearModel
from tildeling_models.grouping.nearby import Near, Neighbourhood
from tildeling_models.grouping.problem import GroupingProblem, Ints
from tildeling_models.grouping.quotes import Book, Quote
from tildeling_models.stop import Stop

SEARCH_S = 0.3, 0.6
"""Most seconds of one search near by; where a group must be opened or a server changed."""
MOST_GROUPS = 4, 12
"""Most groups that are free in one; where a group must be opened or a server changed."""


class Repairs:
    """Finds solutions that hold a cell and change little.

    Parameters
    ----------
    model
        The linear model, of the problem as it is given here, with what a tier needs.
    """

    def __init__(
        self,
        problem: GroupingProblem,
        model: Callable[[int], LinearModel],
        reference: Found,
        book: Book,
        workers: int,
    ) -> None:
        self.problem, self.model, self.reference = problem, model, reference
        self.book, self.workers = book, workers
        self.ground = Ground(problem)
        self._around: dict[bool, Exchange] = {}
        self._neighbourhoods: dict[int, Neighbourhood] = {}

    def around_reference(self, loads: bool = True) -> Exchange:
        """Chains around the reference; without ``loads``, as if servers had room for everything."""
        if loads not in self._around:
            self._around[loads] = Exchange(self.ground, self.reference, loads)
        return self._around[loads]

    def chains(self, quotes: Sequence[Quote], around: Exchange, stop: Stop) -> None:
        """The cheapest chain around a solution for each cell."""
        guided = len({quote.slot for quote in quotes}) > len({quote.item for quote in quotes})
        for quote in quotes:
            if stop.now:
                return
            below = quote.found.values if quote.found is not None else None
            self.book.improved(quote, around.insert(quote.item, quote.slot, below, guided))

    def chains_around(self, quote: Quote, others: Sequence[Quote], stop: Stop) -> None:
        """The cheapest chains around a cell's solution for other cells."""
        if others and quote.found is not None:
            self.chains(others, Exchange(self.ground, quote.found), stop)

    def open_up(self, quotes: Sequence[Quote], share: float, stop: Stop) -> None:
        """Solutions for cells that no chain reaches: with other servers, a group opened, people moved together.

        Every tier in turn is made as good as it can be near by, so that a chain from there serves the others.
        """
        end = stop.elapsed + share * stop.left
        for quote in quotes:
            if quote.found is not None or quote.impossible:
                continue
            near = self.near(quote)
            for tier in range(self.book.tiers):
                if stop.elapsed > end:
                    return
                if quote.found is None or quote.loss[tier]:
                    found = quote.found or self.reference
                    self._improve(quote, near, tier, found.values[:tier], stop)
                if quote.found is None:
                    break
            self.chains_around(quote, [other for other in quotes if other is not quote], stop)

    def improve(self, quote: Quote, tier: int, far: bool, stop: Stop) -> bool:
        """A better solution for a cell in a tier, near or not so near; whether one was found."""
        near = self.near(quote)
        if far:
            wide = self.near(quote, tier)
            if wide == near:
                return False
            near = wide
        return self._improve(quote, near, tier, self.book.values[:tier], stop)

    def _improve(self, quote: Quote, near: Near, tier: int, caps: Sequence[int], stop: Stop) -> bool:
        bound = self.book.least(quote, tier) if tuple(caps) == self.book.values[:tier] else None
        least = self.book.values[tier] + (self.book.always[tier] if bound is None else bound)
        around = (quote.found or self.reference).assignment
        seconds = min(SEARCH_S[near.opening], stop.left)
        found = self._neighbourhood(tier).improve(around, quote.cell, near, tier, caps, least, seconds)
        return found is not None and self.book.improved(quote, self.ground.judged(found))

    def _neighbourhood(self, tier: int) -> Neighbourhood:
        model = self.model(tier)
        if id(model) not in self._neighbourhoods:
            self._neighbourhoods[id(model)] = Neighbourhood(self.problem, model, self.workers)
        return self._neighbourhoods[id(model)]

    def near(self, quote: Quote, tier: int | None = None) -> Near:
        """What a solution with the cell touches; with a tier, the groups too where people they wish for live."""
        problem, group = self.problem, self.problem.slot_group
        now = (quote.found or self.reference).assignment.item_slot
        was = self.reference.assignment.item_slot
        items = {quote.item, *np.flatnonzero(now != was).tolist()}
        items |= self.ground.bound_to.get(quote.item, set())
        draft = [] if quote.found else self.around_reference(loads=False).draft(quote.item, quote.slot)
        items |= {item for item, _ in draft}
        opening = quote.found is None
        target = int(group[quote.slot])
        if not problem.group_open[target] and not (group[now[now >= 0]] == target).any():
            opening = True
            items |= set(np.unique(problem.cell_item[problem.cell_group == target]).tolist())
        slots = [
            quote.slot,
            *(slot for _, slot in draft),
            *now[sorted(items)].tolist(),
            *was[sorted(items)].tolist(),
        ]
        groups = list(dict.fromkeys(int(group[slot]) for slot in slots if slot >= 0))
        near = set(groups[: MOST_GROUPS[1]] if opening else groups)
        if tier is not None:
            self._befriend(now, near, tier, MOST_GROUPS[opening])
        return Near(frozenset(near), frozenset(items), opening)

    def _befriend(self, now: Ints, near: set[int], tier: int, most: int) -> None:
        """Add groups where items live that have an affinity in the tier with items of the groups."""
        group = self.problem.slot_group
        for _, a, b, at, _ in self.problem.affinity.tolist():
            for one, other in ((a, b), (b, a)):
                if len(near) >= most:
                    return
                if at == tier and now[one] >= 0 and now[other] >= 0 and int(group[now[one]]) in near:
                    near.add(int(group[now[other]]))
