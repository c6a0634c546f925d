"""What it costs to put one item into one slot: for many such cells at once, each tier between proven and found.

A cell's price is the change of every tier from a reference when the cell is chosen and everybody else moves as well
as can be: the lexicographic optimum with x = 1, less the reference's values.  It is closed in on from both sides.

- Most: the cheapest chain of moves around the reference (``exchange``); where that leaves a gap, a search among the
  groups it touches (``nearby``), and chains around what that finds.
- Least: each tier's relaxation, given the reference's values in the tiers before, with the cell's column at 1
  (``regions``).  Only the first tier that moves needs it: where the reference is proven, or the relaxation meets
  it, a solution as good as the reference settles a tier by itself.
- With time left, an exact re-solve of what is open, and of the tiers after the first that moves.

The first tier that changes decides; the bound of a later one holds given the earlier ones as found.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.bounds import least_value
from tildeling_models.grouping.exchange import Exchange, Found, Ground
from tildeling_models.grouping.lexicographic import solve_tiers
from tildeling_models.grouping.linear import LinearModel, build, decode
from tildeling_models.grouping.mip import solve_tier
from tildeling_models.grouping.nearby import Near, Neighbourhood
from tildeling_models.grouping.problem import Assignment, GroupingProblem, Ints, ints
from tildeling_models.grouping.regions import ROUNDING, OutOfTime, Region, whole
from tildeling_models.grouping.restrict import restrict_cells
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome
from tildeling_models.stop import Stop

log = logging.getLogger(__name__)

REGIONS = 12
"""Most regions the relaxation is split into."""
OPEN_UP = 0.25
"""Of the time left, what a first solution for cells that no chain reaches may take."""
REPAIRS = 0.5
"""Of the time left, what a tier's searches near known solutions may take."""
NEAR_S = 0.3, 0.6
"""Most seconds of one such search; where a group must be opened or a server changed."""
MOST_GROUPS = 4, 12
"""Most groups that are free in one; where a group must be opened."""
FAILED = 4
"""Repairs in a row that bring nothing, after which the others of a tier wait until the end."""
EXACT_S = 1.0
"""Most seconds of a branch and bound within a region."""
CELLS_PER_SECOND = 400
"""An exact re-solve is not begun where the problem has more cells than this for each second left."""
FEW_CELLS = 300
"""Up to so many cells the later tiers are solved again in any case."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a cell costs.

    Attributes
    ----------
    possible
        Whether any solution holds the cell; None where that is not known.
    least
        Proven least change of each tier, given the earlier ones as found; None where nothing is proven.
    most
        Change of each tier in the best solution found; None if there is none.
    """

    possible: bool | None
    least: tuple[int | None, ...]
    most: tuple[int, ...] | None


@dataclass(eq=False)
class _Cell:
    """A cell on its way.

    ``bounds``: by tier, a bound on its change given no change before; ``later``: by what was found up to and with a
    tier, a bound on that tier's change.
    """

    number: int
    item: int
    slot: int
    found: Found | None = None
    loss: tuple[int, ...] = ()
    bounds: dict[int, int] = field(default_factory=dict)
    later: dict[tuple[int, ...], int] = field(default_factory=dict)
    impossible: bool = False

    @property
    def decides(self) -> int:
        """The first tier that is found to change, past the last if none is."""
        return next((t for t, by in enumerate(self.loss) if by), len(self.loss))

    def may_be_as_good(self, tier: int) -> bool:
        """Whether no change is known, or proven, in the tiers before."""
        if self.found is not None:
            return self.decides >= tier
        return not self.impossible and all(self.bounds.get(t, 0) <= 0 for t in range(tier))


@dataclass(eq=False)
class _Left:
    """Cells with a gap in a tier, and the regions as they were there."""

    tier: int
    regions: list[Region]
    cells: list[_Cell]


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
        self.floors: list[int | None] = list(proven) or [None] * len(self.values)
        self.always = [least_value(problem, tier) - value for tier, value in enumerate(self.values)]
        for tier, change in enumerate(self.always):
            self._raise_floor(tier, change)
        self._models: dict[int, LinearModel] = {}
        self._neighbourhoods: dict[int, Neighbourhood] = {}
        self._ground = Ground(problem)
        self._merged = replace(problem, affinity=merged_pairs(problem))
        self._base = Found(reference, self.values)
        self._around: Exchange | None = None
        self._blind: Exchange | None = None

    def of(
        self,
        cells: Iterable[int],
        stop: Stop,
        heard: Callable[[int, int], None] = lambda settled, of: None,
        *,
        later: bool = False,
    ) -> dict[int, Price]:
        """The price of each of some cells, as far as the time goes; ``heard`` is told how many are settled.

        With ``later``, time that is left goes into the tiers after the first that changes.
        """
        every = [_Cell(int(c), int(self.problem.cell_item[c]), int(self.problem.cell_slot[c])) for c in cells]

        def tell() -> None:
            heard(sum(self._settled(cell) for cell in every), len(every))

        if every and not stop.now:
            self._around = self._around or Exchange(self._ground, self._base)
            self._chains(every, self._around, stop)
            left: list[_Left] = []
            try:
                if all(cell.found is None for cell in every):
                    self._open_up(every, stop)
                tell()
                self._walk(every, stop, left, tell)
                self._open_up([cell for cell in every if cell.found is None and not cell.impossible], stop)
                self._finish(left, stop, tell)
            except OutOfTime:
                pass
            self._solve_again(every, stop, tell, later)
        return {cell.number: self._price(cell) for cell in every}

    # --- what is known --------------------------------------------------------------------------------------

    def _raise_floor(self, tier: int, change: int) -> None:
        known = self.floors[tier]
        self.floors[tier] = min(0, change if known is None else max(known, change))

    def _least(self, cell: _Cell, tier: int) -> int | None:
        """Proven least change of a tier, given the earlier ones as found."""
        before = cell.loss[:tier] if cell.found is not None else (0,) * tier
        bounds = [self.always[tier]]
        if not any(before):
            bounds += [b for b in (self.floors[tier], cell.bounds.get(tier)) if b is not None]
        if before in cell.later:
            bounds.append(cell.later[before])
        least = max(bounds)
        if cell.found is not None and least > cell.loss[tier]:
            log.error("cell %d, tier %d: bound %d above %d found", cell.number, tier, least, cell.loss[tier])
            return None
        return least

    def _settled(self, cell: _Cell) -> bool:
        """Whether the first tier that changes, and that none before it does, is proven."""
        if cell.found is None:
            return cell.impossible
        last = min(cell.decides, len(self.values) - 1)
        return all(self._least(cell, t) == cell.loss[t] for t in range(last + 1))

    def _price(self, cell: _Cell) -> Price:
        if cell.impossible:
            return Price(False, (None,) * len(self.values), None)
        least = tuple(self._least(cell, tier) for tier in range(len(self.values)))
        return Price(True if cell.found else None, least, cell.loss if cell.found else None)

    # --- most -----------------------------------------------------------------------------------------------

    def _chains(self, cells: Sequence[_Cell], around: Exchange, stop: Stop) -> None:
        guided = len({cell.slot for cell in cells}) > len({cell.item for cell in cells})
        for cell in cells:
            if stop.now:
                return
            below = cell.found.values if cell.found is not None else None
            self._better(cell, around.insert(cell.item, cell.slot, below, guided))

    def _better(self, cell: _Cell, found: Found | None) -> bool:
        """Remember a solution that holds the cell, if it is the best so far."""
        if found is None or (cell.found is not None and found.values >= cell.found.values):
            return False
        cell.found = found
        cell.loss = tuple(v - was for v, was in zip(found.values, self.values, strict=True))
        return True

    def _open_up(self, cells: list[_Cell], stop: Stop) -> None:
        """Solutions for cells that no chain reaches: with other servers, a group opened, people moved together.

        Every tier in turn is made as good as it can be near by, and so a chain from there serves the others.
        """
        share = stop.elapsed + OPEN_UP * stop.left
        for cell in cells:
            if cell.found is not None:
                continue
            near = self._near(cell, self.reference, None)
            for tier in range(len(self.values)):
                if stop.elapsed > share:
                    return
                if cell.found is None or cell.loss[tier]:
                    found = cell.found or self._base
                    self._improve(cell, found.assignment, near, tier, found.values[:tier], stop)
                if cell.found is None:
                    break
            if cell.found is not None:
                self._chains([c for c in cells if c is not cell], Exchange(self._ground, cell.found), stop)

    # --- least ----------------------------------------------------------------------------------------------

    def _model(self, tier: int) -> LinearModel:
        """The linear model for a tier: one before auxiliary columns are needed, one with all of them."""
        first = _first_auxiliary(self.problem)
        last = first - 1 if tier < first else len(self.values) - 1
        if last not in self._models:
            self._models[last] = build(self._merged, last)
        return self._models[last]

    def _near_by(self, tier: int) -> Neighbourhood:
        model = self._model(tier)
        if id(model) not in self._neighbourhoods:
            self._neighbourhoods[id(model)] = Neighbourhood(self._merged, model, self.workers)
        return self._neighbourhoods[id(model)]

    def _walk(self, cells: list[_Cell], stop: Stop, left: list[_Left], tell: Callable[[], None]) -> None:
        """Tier by tier through the relaxation, with the cells that are as good as the reference so far."""
        first = self._first(cells)
        region = Region(self._model(first), stop, self.workers, first, self.values[:first])
        regions = [region] if region.optimise() else []
        for tier in range(first, len(self.values)):
            alive = [cell for cell in cells if cell.may_be_as_good(tier)]
            if not alive:
                return
            if tier > first:
                went = self._go_on(regions, self._model(tier), self.values[:tier])
                regions = [region for region in went if region is not None]
            regions = self._split(regions, tier)
            if (
                not regions
            ):  # the reference itself is in none of them: it breaks the problem, nothing can be claimed
                return
            self._raise_floor(tier, whole(min(r.floor for r in regions)) - self.values[tier])
            open_ones = self._close_in(alive, regions, tier, stop, tell)
            if open_ones.cells:
                open_ones.regions = [r.copy() if r in regions else r for r in open_ones.regions]
                left.append(open_ones)

    def _first(self, cells: list[_Cell]) -> int:
        """The first tier in which a cell is found to change, or the reference is not proven."""
        changes = [cell.decides for cell in cells if cell.found is not None]
        unproven = next((t for t, floor in enumerate(self.floors) if floor != 0), len(self.floors) - 1)
        return min(unproven, *changes, len(self.floors) - 1) if changes else 0

    def _go_on(self, regions: list[Region], model: LinearModel, caps: Sequence[int]) -> list[Region | None]:
        """The regions at the next tier, side by side where there are several workers."""
        if self.workers == 1 or len(regions) < 2:
            return [region.go_on(model, caps) for region in regions]
        with ThreadPoolExecutor(min(self.workers, len(regions))) as pool:
            return list(pool.map(lambda region: region.go_on(model, caps), regions))

    def _close_in(
        self, cells: list[_Cell], regions: list[Region], tier: int, stop: Stop, tell: Callable[[], None]
    ) -> _Left:
        """Bounds for cells that change in this tier, and better solutions near by; those left with a gap."""
        began, share, failed = stop.elapsed, REPAIRS * stop.left, 0
        decides = {cell.decides for cell in cells if cell.found is not None}
        left = _Left(tier, list(regions), [])
        for cell in cells:
            if cell.found is None and decides and tier not in decides and tier + 1 < len(self.values):
                continue  # nobody changes here; whoever has no solution yet is seen to where somebody does
            self._bound(cell, left.regions, tier)
            if self._through(cell, tier):
                continue
            if stop.elapsed - began > share:
                continue
            if self._is_loose(cell, left):
                self._divide(cell, left, stop)
            elif failed < FAILED:
                failed = 0 if self._repair(cell, cells, tier, False, stop) else failed + 1
        tell()
        left.cells += [cell for cell in cells if not self._through(cell, tier)]
        return left

    def _finish(self, left: list[_Left], stop: Stop, tell: Callable[[], None]) -> None:
        """What is left with a gap, with the time left: repairs near and far, branch and bound."""
        for step in (self._nearer, self._farther, self._branch):
            for each in left:
                for cell in each.cells:
                    if stop.now:
                        return
                    if not self._through(cell, each.tier):
                        step(cell, each, stop)
                        tell()

    def _nearer(self, cell: _Cell, left: _Left, stop: Stop) -> None:
        self._bound(cell, left.regions, left.tier)
        if self._through(cell, left.tier):
            return
        if self._is_loose(cell, left):
            self._divide(cell, left, stop)
        else:
            self._repair(cell, left.cells, left.tier, False, stop)

    def _is_loose(self, cell: _Cell, left: _Left) -> bool:
        """Whether it is groups open in part that leave the gap: with those of the solution open, there is none."""
        if cell.found is None or not any(region.half_open for region in left.regions):
            return False
        opened = evaluate.open_groups(
            self.problem, evaluate.chosen_cells(self.problem, cell.found.assignment)
        )
        enough = cell.found.values[left.tier] - ROUNDING
        return all(region.least_with(cell.number, opened) >= enough for region in left.regions)

    def _farther(self, cell: _Cell, left: _Left, stop: Stop) -> None:
        self._repair(cell, left.cells, left.tier, True, stop)

    def _divide(self, cell: _Cell, left: _Left, stop: Stop) -> None:
        """More regions, split on what is open in part where the cell is chosen."""
        enough = self.values[left.tier] + (cell.loss[left.tier] if cell.found else 1) - ROUNDING
        column = cell.number
        while len(left.regions) < REGIONS:
            bounds = [region.least(column, enough) for region in left.regions]
            weakest = int(np.argmin(bounds))
            if bounds[weakest] >= enough:
                break
            halves = left.regions[weakest].halves(enough, column)
            if len(halves) == 1 and halves[0] is left.regions[weakest]:
                break
            left.regions[weakest : weakest + 1] = halves
        self._bound(cell, left.regions, left.tier)

    def _branch(self, cell: _Cell, left: _Left, stop: Stop) -> None:
        """Branch and bound in each region, which is small by then."""
        bounds = []
        for region in left.regions:
            bound, point = region.exactly(cell.number, min(EXACT_S, stop.left))
            bounds.append(bound)
            if point is not None:
                self._better(cell, self._ground.judged(decode(self.problem, region.model, point)))
            if stop.now:
                return
        least = min(bounds, default=math.inf)
        if not math.isinf(least) and abs(least) < 1e15:
            known = cell.bounds.get(left.tier)
            change = whole(least) - self.values[left.tier]
            cell.bounds[left.tier] = change if known is None else max(known, change)

    def _through(self, cell: _Cell, tier: int) -> bool:
        """Whether nothing is left to do about a cell in this tier."""
        if cell.found is None:
            return cell.impossible or (self._nothing_proven(cell, tier) and tier + 1 < len(self.values))
        return cell.decides > tier or self._settled(cell)

    def _nothing_proven(self, cell: _Cell, tier: int) -> bool:
        return cell.bounds.get(tier, 0) <= 0

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
            if len(halves) == 1 and halves[0] is region:
                done.append(region)
            else:
                waiting += halves
        return done

    def _bound(self, cell: _Cell, regions: list[Region], tier: int) -> None:
        """A bound on the cell's change of this tier, given none before."""
        change = cell.loss[tier] if cell.found is not None else None
        if change == 0:
            return
        enough = math.inf if change is None else self.values[tier] + change - ROUNDING
        column = cell.number  # cells are the first columns
        bound = math.inf
        for region in sorted(regions, key=lambda region: region.known(column)):
            # once one region leaves a gap, what the others are known to cost is enough
            known = region.known(column)
            bound = min(bound, known if known >= enough or bound < enough else region.least(column, enough))
        if not math.isinf(bound):
            least = whole(bound) - self.values[tier]
            cell.bounds[tier] = least if change is None else min(least, change)
        elif change is None and tier == 0:
            cell.impossible = True
        elif change is None:  # as good as the reference up to here is impossible
            cell.bounds[tier - 1] = max(1, cell.bounds.get(tier - 1, 1))

    def _repair(self, cell: _Cell, cells: list[_Cell], tier: int, friends: bool, stop: Stop) -> bool:
        """A better solution for a cell with a gap, and by chains around it for others; whether one was found."""
        around = cell.found.assignment if cell.found is not None else self.reference
        near = self._near(cell, around, tier if friends else None)
        if friends and near == self._near(cell, around, None):
            return False
        if not self._improve(cell, around, near, tier, self.values[:tier], stop) or cell.found is None:
            return False
        others = [other for other in cells if other is not cell and not self._through(other, tier)]
        if others:
            self._chains(others, Exchange(self._ground, cell.found), stop)
        return True

    def _improve(
        self, cell: _Cell, around: Assignment, near: Near, tier: int, caps: Sequence[int], stop: Stop
    ) -> bool:
        """Search what is near for a solution that is better in a tier; whether one was found."""
        bound = self._least(cell, tier) if tuple(caps) == self.values[:tier] else None
        least = self.values[tier] + (self.always[tier] if bound is None else bound)
        seconds = min(NEAR_S[near.opening], stop.left)
        found = self._near_by(tier).improve(around, cell.number, near, tier, caps, least, seconds)
        return found is not None and self._better(cell, self._ground.judged(found))

    def _unloaded(self) -> Exchange:
        """Chains around the reference as if servers had room for everything."""
        if self._blind is None:
            self._blind = Exchange(self._ground, self._base, loads=False)
        return self._blind

    def _near(self, cell: _Cell, around: Assignment, tier: int | None) -> Near:
        """What a solution with the cell touches; with a tier, the groups too where people they wish for live."""
        problem, group = self.problem, self.problem.slot_group
        now, was = around.item_slot, self.reference.item_slot
        items = set(np.flatnonzero(now != was).tolist())
        items |= {int(i) for row in problem.together for i in row[1:3] if cell.item in row[1:3]}
        opening = cell.found is None
        if opening:
            draft = self._unloaded().draft(cell.item, cell.slot)
            items |= {item for item, _ in draft}
        places = [cell.slot, *(int(place[item]) for item in (*items, cell.item) for place in (now, was))]
        if opening:
            places += [slot for _, slot in draft]
        near = {int(group[place]) for place in places if place >= 0}
        target = int(group[cell.slot])
        if not problem.group_open[target] and not (group[now[now >= 0]] == target).any():
            opening = True
            able = np.unique(problem.cell_item[problem.cell_group == target])
            items |= set(able.tolist())
            near |= set(group[now[able][now[able] >= 0]].tolist()[: MOST_GROUPS[1]])
        if tier is not None:
            for _, a, b, at, _ in problem.affinity.tolist():
                for one, other in ((a, b), (b, a)):
                    if len(near) >= MOST_GROUPS[opening]:
                        break
                    if at == tier and now[one] >= 0 and now[other] >= 0 and int(group[now[one]]) in near:
                        near.add(int(group[now[other]]))
        return Near(frozenset(near), frozenset(items), opening)

    # --- exact ----------------------------------------------------------------------------------------------

    def _solve_again(self, cells: list[_Cell], stop: Stop, tell: Callable[[], None], later: bool) -> None:
        """Exact re-solves while there is time: first of what is open, then of the later tiers."""
        later = later or self.problem.n_cells <= FEW_CELLS
        for late in (False, True)[: 1 + later]:
            left = [cell for cell in cells if not cell.impossible and (late or not self._settled(cell))]
            left.sort(key=lambda cell: (cell.found is None, cell.loss))
            for number, cell in enumerate(left):
                if stop.now or self.problem.n_cells > CELLS_PER_SECOND * stop.left:
                    return
                if late and all(self._least(cell, t) == by for t, by in enumerate(cell.loss)):
                    continue
                self._exactly(cell, stop.part(2 * stop.left / (len(left) - number + 1)), late)
                tell()

    def _exactly(self, cell: _Cell, stop: Stop, late: bool) -> None:
        problem = forced(self.problem, cell.number)
        start = cell.found.assignment if cell.found else None
        result = solve_tiers(
            problem, solve_tier, "mip", Options(workers=self.workers, find_ties=False), stop, Progress(), start,
            None if late else self.values,
        )  # fmt: skip
        if result.outcome is Outcome.INFEASIBLE:
            cell.impossible = True
            return
        if result.solution is not None:
            self._better(cell, self._ground.judged(result.solution))
        before: tuple[int, ...] = ()
        for tier, was in zip(result.tiers, self.values, strict=True):
            if tier.bound is not None:
                cell.later[before] = max(cell.later.get(before, tier.bound - was), tier.bound - was)
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
