"""What it costs to put one item into one slot: for many such cells at once, each tier between proven and found.

A cell's price is the change of every tier from a reference when the cell is chosen and everybody else moves as well
as can be: the lexicographic optimum with x = 1, less the reference's values.  It is closed in on from both sides.

- Most: the cheapest chain of moves around the reference (``exchange``); where that leaves a gap, a search among the
  groups it touches (``nearby``), and chains around what that finds.
- Least: each tier's relaxation, given the reference's values in the tiers before, with the cell's column at 1
  (``regions``).  Only the first tier that moves needs it: where the reference is proven, or the relaxation meets
  it, a solution as good as the reference settles a tier by itself.
- With time left, branch and bound in what is left of the relaxation, then an exact re-solve of what is open, and of
  the tiers after the first that moves.

The first tier that changes decides; the bound of a later one holds given the earlier ones as found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.exchange import Found
from tildeling_models.grouping.lexicographic import solve_tiers
from tildeling_models.grouping.linear import LinearModel, build, decode
from tildeling_models.grouping.mip import solve_tier
from tildeling_models.grouping.problem import Assignment, GroupingProblem, Ints, ints
from tildeling_models.grouping.quotes import Book, Price, Quote
from tildeling_models.grouping.regions import ROUNDING, OutOfTime, Region, whole
from tildeling_models.grouping.repairs import Repairs
from tildeling_models.grouping.restrict import restrict_cells
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome
from tildeling_models.stop import Stop

__all__ = ["Price", "Prices", "forced", "merged_pairs"]

REGIONS = 12
"""Most regions the relaxation is split into."""
OPEN_UP = 0.25
"""Of the time left, what a first solution for cells that no chain reaches may take."""
MANY = 0.2
"""Share of a list without a solution from which those are looked for first."""
CLOSE_IN = 0.5
"""Of the time left, what a tier's cells may take on the way through the tiers."""
FAILED = 4
"""Repairs in a row that bring nothing, after which the others of a tier wait until the end."""
BRANCH_S = 1.0
"""Most seconds of a branch and bound within a region."""
CELLS_PER_SECOND = 400
"""An exact re-solve is not begun where the problem has more cells than this for each second left."""
FEW_CELLS = 300
"""Up to so many cells the later tiers are solved again in any case."""

Heard = Callable[[int, int], None]


@dataclass(eq=False)
class _Left:
    """Cells with a gap in a tier, and the regions as they were there."""

    tier: int
    regions: list[Region]
    quotes: list[Quote]


class Prices:
    """A problem with a feasible reference, ready for questions.

    Parameters
    ----------
    proven
        For each tier the least it can change by in any solution that is no worse before it: 0 where the reference is
        proven optimal, negative where its bound is below, None where nothing is known.
    """

    def __init__(
        self,
        problem: GroupingProblem,
        reference: Assignment,
        proven: Sequence[int | None] = (),
        workers: int = 1,
    ) -> None:
        self.problem, self.reference, self.workers = problem, reference, workers
        self.values = tuple(int(v) for v in evaluate.values(problem, reference))
        self.book = Book(problem, self.values, proven)
        self._merged = replace(problem, affinity=merged_pairs(problem))
        self._models: dict[int, LinearModel] = {}
        base = Found(reference, self.values)
        self.repairs = Repairs(self._merged, self._model, base, self.book, workers)

    @property
    def is_proven(self) -> bool:
        """Whether the reference is proven optimal, by what was known or has been found out."""
        return all(floor == 0 for floor in self.book.floors)

    def of(
        self, cells: Iterable[int], stop: Stop, heard: Heard | None = None, *, later: bool = False
    ) -> dict[int, Price]:
        """The price of each of some cells, as far as the time goes; ``heard`` is told how many of them are settled.

        With ``later``, time that is left goes into the tiers after the first that changes.
        """
        quotes = [
            Quote(int(c), int(self.problem.cell_item[c]), int(self.problem.cell_slot[c])) for c in cells
        ]

        def tell() -> None:
            if heard is not None:
                heard(sum(map(self.book.is_settled, quotes)), len(quotes))

        if quotes and not stop.now:
            self.repairs.chains(quotes, self.repairs.around_reference(), stop)
            left: list[_Left] = []
            try:
                if sum(quote.found is None for quote in quotes) > MANY * len(quotes):
                    self.repairs.open_up(quotes, OPEN_UP, stop)
                tell()
                self._walk(quotes, left, stop, tell)
                self.repairs.open_up(quotes, OPEN_UP, stop)
                self._finish(left, stop, tell)
            except OutOfTime:
                pass
            self._solve_again(quotes, stop, tell, later or self.problem.n_cells <= FEW_CELLS)
        return {quote.cell: self.book.price(quote) for quote in quotes}

    def _model(self, tier: int) -> LinearModel:
        """The linear model for a tier: one before auxiliary columns are needed, one with all of them."""
        first = _first_auxiliary(self.problem)
        last = first - 1 if tier < first else len(self.values) - 1
        if last not in self._models:
            self._models[last] = build(self._merged, last)
        return self._models[last]

    # --- through the tiers ----------------------------------------------------------------------------------

    def _walk(self, quotes: list[Quote], left: list[_Left], stop: Stop, tell: Callable[[], None]) -> None:
        """Tier by tier through the relaxation, with the cells that are as good as the reference so far."""
        first = self._first(quotes)
        region = Region(self._model(first), stop, self.workers, first, self.values[:first])
        regions = [region] if region.optimise() else []
        for tier in range(first, len(self.values)):
            alive = [quote for quote in quotes if quote.may_be_as_good(tier)]
            if not alive:
                return
            if tier > first:
                regions = self._go_on(regions, tier)
            regions = self._split(regions, tier)
            if (
                not regions
            ):  # not even the reference is in them: it breaks the problem, and nothing can be claimed
                return
            self.book.raise_floor(tier, whole(min(r.floor for r in regions)) - self.values[tier])
            gaps = self._close_in(alive, regions, tier, stop)
            tell()
            if gaps.quotes:
                gaps.regions = [r.copy() if r in regions else r for r in gaps.regions]
                left.append(gaps)

    def _first(self, quotes: list[Quote]) -> int:
        """The first tier in which a cell is found to change, or the reference is not proven."""
        changes = [quote.decides for quote in quotes if quote.found is not None]
        if not changes:
            return 0
        last = len(self.values) - 1
        return min(next((t for t, floor in enumerate(self.book.floors) if floor), last), *changes, last)

    def _go_on(self, regions: list[Region], tier: int) -> list[Region]:
        """The regions at the next tier, side by side where there are several workers."""
        model, caps = self._model(tier), self.values[:tier]
        if self.workers == 1 or len(regions) < 2:
            went = [region.go_on(model, caps) for region in regions]
        else:
            with ThreadPoolExecutor(min(self.workers, len(regions))) as pool:
                went = list(pool.map(lambda region: region.go_on(model, caps), regions))
        return [region for region in went if region is not None]

    def _split(self, regions: list[Region], tier: int) -> list[Region]:
        """Regions split until each proves the reference, is whole in its groups, or there are too many."""
        done: list[Region] = []
        waiting = list(regions)
        while waiting:
            region = waiting.pop()
            loose = whole(region.floor) < self.values[tier]
            if not loose or len(done) + len(waiting) + 1 >= REGIONS:
                done.append(region)
                continue
            halves = region.halves(self.values[tier] - ROUNDING)
            if halves == [region]:
                done.append(region)
            else:
                waiting += halves
        return done

    def _close_in(self, quotes: list[Quote], regions: list[Region], tier: int, stop: Stop) -> _Left:
        """Bounds for cells that change in this tier, and better solutions near by; those left with a gap."""
        end, failed = stop.elapsed + CLOSE_IN * stop.left, 0
        decides = {quote.decides for quote in quotes if quote.found is not None}
        left = _Left(tier, list(regions), [])
        for quote in quotes:
            if quote.found is None and decides and tier not in decides and tier + 1 < len(self.values):
                continue  # nobody changes here; whoever has no solution yet is seen to where somebody does
            self._bound(quote, left.regions, tier)
            if self.book.is_through(quote, tier) or stop.elapsed > end:
                continue
            if self._is_loose(quote, left):
                self._divide(quote, left)
            elif failed < FAILED:
                failed = 0 if self._repair(quote, quotes, tier, False, stop) else failed + 1
        left.quotes += [quote for quote in quotes if not self.book.is_through(quote, tier)]
        return left

    def _bound(self, quote: Quote, regions: list[Region], tier: int) -> None:
        """A bound on the cell's change of this tier, given none before."""
        change = quote.loss[tier] if quote.found is not None else None
        if change == 0:
            return
        enough = math.inf if change is None else self.values[tier] + change - ROUNDING
        bound, column = math.inf, quote.cell  # cells are the first columns
        for region in sorted(regions, key=lambda region: region.known(column)):
            # once one region leaves a gap, what the others are known to cost is enough
            known = region.known(column)
            bound = min(bound, known if known >= enough or bound < enough else region.least(column, enough))
        if not math.isinf(bound):
            least = whole(bound) - self.values[tier]
            quote.at_least(tier, least if change is None else min(least, change))
        elif change is None and tier == 0:
            quote.impossible = True
        elif change is None:  # as good as the reference up to here is impossible
            quote.at_least(tier - 1, 1)

    def _is_loose(self, quote: Quote, left: _Left) -> bool:
        """Whether it is groups open in part that leave the gap: with those of the solution open, there is none."""
        if quote.found is None or not any(region.half_open for region in left.regions):
            return False
        chosen = evaluate.chosen_cells(self.problem, quote.found.assignment)
        opened = evaluate.open_groups(self.problem, chosen)
        enough = quote.found.values[left.tier] - ROUNDING
        return all(region.least_with(quote.cell, opened) >= enough for region in left.regions)

    def _divide(self, quote: Quote, left: _Left) -> None:
        """More regions, split on what is open in part where the cell is chosen."""
        enough = self.values[left.tier] + (quote.loss[left.tier] if quote.found else 1) - ROUNDING
        while len(left.regions) < REGIONS:
            bounds = [region.least(quote.cell, enough) for region in left.regions]
            weakest = int(np.argmin(bounds))
            if bounds[weakest] >= enough:
                break
            halves = left.regions[weakest].halves(enough, quote.cell)
            if halves == [left.regions[weakest]]:
                break
            left.regions[weakest : weakest + 1] = halves
        self._bound(quote, left.regions, left.tier)

    def _repair(self, quote: Quote, quotes: list[Quote], tier: int, far: bool, stop: Stop) -> bool:
        """A better solution for a cell with a gap, and by chains around it for others; whether one was found."""
        if not self.repairs.improve(quote, tier, far, stop):
            return False
        others = [q for q in quotes if q is not quote and not self.book.is_through(q, tier)]
        self.repairs.chains_around(quote, others, stop)
        return True

    # --- with the time left ---------------------------------------------------------------------------------

    def _finish(self, left: list[_Left], stop: Stop, tell: Callable[[], None]) -> None:
        """What is left with a gap: repairs near and far, more regions, branch and bound."""
        for step in (self._nearer, self._farther, self._branch):
            for each in left:
                for quote in each.quotes:
                    if stop.now:
                        return
                    if not self.book.is_through(quote, each.tier):
                        step(quote, each, stop)
                        tell()

    def _nearer(self, quote: Quote, left: _Left, stop: Stop) -> None:
        self._bound(quote, left.regions, left.tier)
        if self.book.is_through(quote, left.tier):
            return
        if self._is_loose(quote, left):
            self._divide(quote, left)
        else:
            self._repair(quote, left.quotes, left.tier, False, stop)

    def _farther(self, quote: Quote, left: _Left, stop: Stop) -> None:
        self._repair(quote, left.quotes, left.tier, True, stop)

    def _branch(self, quote: Quote, left: _Left, stop: Stop) -> None:
        """Branch and bound in each region, which is small by then."""
        bounds = []
        for region in left.regions:
            bound, point = region.exactly(quote.cell, min(BRANCH_S, stop.left))
            bounds.append(bound)
            if point is not None:
                found = decode(self.problem, region.model, point)
                self.book.improved(quote, self.repairs.ground.judged(found))
            if stop.now:
                return
        least = min(bounds, default=math.inf)
        if abs(least) < 1e15:
            quote.at_least(left.tier, whole(least) - self.values[left.tier])

    def _solve_again(self, quotes: list[Quote], stop: Stop, tell: Callable[[], None], later: bool) -> None:
        """Exact re-solves while there is time: first of what is open, then of the later tiers."""
        for done in (self.book.is_settled, self.book.is_exact)[: 1 + later]:
            left = [quote for quote in quotes if not done(quote)]
            left.sort(key=lambda quote: (quote.found is None, quote.loss))
            for number, quote in enumerate(left):
                if stop.now or self.problem.n_cells > CELLS_PER_SECOND * stop.left:
                    return
                if quote.found is None or not done(quote):
                    share = stop.part(2 * stop.left / (len(left) - number + 1))
                    self._exactly(quote, share, self.values if done == self.book.is_settled else None)
                    tell()

    def _exactly(self, quote: Quote, stop: Stop, reference: Sequence[int] | None) -> None:
        """The problem with the cell chosen, tier by tier; with a reference no further than the first that differs."""
        start = quote.found.assignment if quote.found else None
        result = solve_tiers(
            forced(self.problem, quote.cell), solve_tier, "mip", Options(workers=self.workers, find_ties=False),
            stop, Progress(), start, reference,
        )  # fmt: skip
        if result.outcome is Outcome.INFEASIBLE:
            quote.impossible = True
            return
        if result.solution is not None:
            self.book.improved(quote, self.repairs.ground.judged(result.solution))
        before: tuple[int, ...] = ()
        for tier, was in zip(result.tiers, self.values, strict=True):
            if tier.bound is not None:
                quote.then_at_least(before, tier.bound - was)
            if tier.value is None:
                return
            before = (*before, tier.value - was)


def forced(problem: GroupingProblem, cell: int) -> GroupingProblem:
    """The problem with a cell chosen."""
    item = int(problem.cell_item[cell])
    required = problem.item_required.copy()
    required[item] = True
    keep = problem.cell_item != item
    keep[cell] = True
    return restrict_cells(replace(problem, item_required=required), keep)


def merged_pairs(problem: GroupingProblem) -> Ints:
    """Affinities with those of the same two items, level, tier and sign as one: fewer rows, and as strong."""
    level, a, b, tier, price = problem.affinity.T
    keys = np.column_stack([level, np.minimum(a, b), np.maximum(a, b), tier, np.sign(price)])
    kinds, which = np.unique(keys, axis=0, return_inverse=True)
    total = np.zeros(len(kinds), np.int64)
    np.add.at(total, which.ravel(), price)
    return ints(np.column_stack([kinds[:, :4], total]))


def _first_auxiliary(problem: GroupingProblem) -> int:
    """The first tier whose goal needs columns beside cells, groups and arcs; past the last if none does."""
    used = np.zeros(len(problem.tiers), dtype=bool)
    for rows, column in (
        (problem.affinity, 3), (problem.excess_cost, 0), (problem.overload, 4), (problem.spread_cost, 0),
    ):  # fmt: skip
        used[rows[:, column]] = True
    if problem.n_arcs:
        used |= problem.arc_load_cost.any(axis=(1, 2)) | problem.server_cost.any(axis=1)
    return int(used.argmax()) if used.any() else len(used)
