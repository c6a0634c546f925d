"""What a choice costs the whole: the part of the problem it touches, priced with the choice made.

A cost is lexicographic: the first tier that changes decides, and by how much; later tiers are given besides, each
given the ones before it as reported.  Every tier lies between a proven least and a found most, equal when exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tildeling.housing.compiling.compiler import Compiled, compile_dataset, to_assignment
from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import Proposal
from tildeling.housing.solution import Solution
from tildeling_models.grouping import components
from tildeling_models.grouping.components import Part
from tildeling_models.grouping.lexicographic import solve_tiers
from tildeling_models.grouping.mip import solve_tier
from tildeling_models.grouping.prices import Price, Prices
from tildeling_models.grouping.problem import Assignment, GroupingProblem, Ints, ints
from tildeling_models.grouping.start import status_quo
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result
from tildeling_models.stop import Stop

REFERENCE_SHARE = 0.8
"""Of the time left, what finding the optimum to compare with may take."""

Heard = Callable[[int, int], None]
"""Told how many of how many costs are settled."""


@dataclass(frozen=True, slots=True)
class TierCost:
    """Change of one tier: proven least, found most; None where nothing is proven, or found."""

    name: str
    least: int | None
    most: int | None

    @property
    def exact(self) -> bool:
        """Whether it is proven."""
        return self.most is not None and self.least == self.most


@dataclass(frozen=True, slots=True)
class Cost:
    """What a choice costs.

    Attributes
    ----------
    possible
        Whether any lawful solution holds the choice; None where that was not found out in time.
    tiers
        Every tier's change, each given the earlier ones as reported.
    floors
        What no solution without a change before can change a tier below: 0 where what is compared with is proven.
    """

    possible: bool | None
    tiers: tuple[TierCost, ...] = ()
    floors: tuple[int, ...] = ()

    @property
    def deciding(self) -> TierCost | None:
        """The first tier that is not proven to stay as it is; None if all are (a tie), or none can."""
        if self.possible is False:
            return None
        unfound = self.possible is None
        return next((t for t in self.tiers if t.least != 0 or (t.most != 0 and not unfound)), None)

    @property
    def tier(self) -> str | None:
        """Name of the deciding tier."""
        return self.deciding.name if self.deciding else None

    @property
    def least(self) -> int | None:
        """Proven least change of the deciding tier, 0 for a tie; None for what is impossible."""
        if self.possible is False:
            return None
        return self.deciding.least if self.deciding else 0

    @property
    def most(self) -> int | None:
        """Found change of the deciding tier, 0 for a tie; None where nothing is found."""
        if self.possible is not True:
            return None
        return self.deciding.most if self.deciding else 0

    @property
    def exact(self) -> bool:
        """Whether it is proven: impossible, a tie, or the deciding tier's change."""
        if self.possible is not True:
            return self.possible is False
        return self.deciding is None or self.deciding.exact

    @property
    def later(self) -> tuple[TierCost, ...]:
        """The tiers after the deciding one."""
        if self.deciding is None:
            return ()
        return self.tiers[self.tiers.index(self.deciding) + 1 :]

    @property
    def upper(self) -> tuple[float, ...]:
        """The change of every tier as found; beyond everything where nothing is."""
        if self.possible is not True:
            return (math.inf,) * max(1, len(self.tiers))
        return tuple(float(tier.most or 0) for tier in self.tiers)

    @property
    def lower(self) -> tuple[float, ...]:
        """What the changes cannot be below, compared tier by tier."""
        if self.possible is False:
            return (math.inf,) * max(1, len(self.tiers))
        bounds: list[float] = []
        known = True  # what was reported before this tier is what the choice costs there
        for number, tier in enumerate(self.tiers):
            floor = self.floors[number] if self.floors else None
            least = tier.least if known else floor
            bounds.append(-math.inf if least is None else float(least))
            known = known and (tier.exact or self.possible is None)
            if not (known and tier.exact) and any(bounds):
                break  # nothing is known of a tier after a change that is not exact
        return tuple(bounds + [-math.inf] * (len(self.tiers) - len(bounds)))

    @property
    def order(self) -> tuple[object, ...]:
        """Sorting key: by what was found, then what is proven; the impossible last."""
        return self.possible is False, self.upper, self.lower

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "possible": self.possible, "tier": self.tier, "least": self.least, "most": self.most,
            "exact": self.exact,
            "tiers": [
                {"name": tier.name, "least": tier.least, "most": tier.most, "exact": tier.exact}
                for tier in self.tiers
            ],
        }  # fmt: skip


IMPOSSIBLE = Cost(False)
"""No rule allows it."""


class Laboratory:
    """A data set and a solution of it, ready for questions.

    Without a solution the parts are solved as they are asked about.

    Parameters
    ----------
    given
        A proposal, whose proven bounds count where it is of this data set; or a bare solution; None for the optimum.
    """

    def __init__(
        self, data: Dataset, given: Proposal | Solution | None, stop: Stop, workers: int = 1
    ) -> None:
        self.data, self.stop = data, stop
        self.options = Options(workers=workers, find_ties=False)
        self.compiled: Compiled = compile_dataset(data)
        self.parts = components.split(self.compiled.problem)
        self.part_of_item = {int(item): k for k, part in enumerate(self.parts) for item in part.items}
        self.part_of_group = {int(group): k for k, part in enumerate(self.parts) for group in part.groups}
        solution = given.solution if isinstance(given, Proposal) else given
        self.given = to_assignment(self.compiled, solution) if solution is not None else None
        self.proven = _proven(given) if isinstance(given, Proposal) else ()
        self.slot_of = {u.unit_id: s for s, units in enumerate(self.compiled.frame.slots) for u in units}
        self._prices: dict[int, Prices] = {}

    @property
    def tiers(self) -> tuple[str, ...]:
        """Names of the tiers."""
        return self.compiled.problem.tiers

    def prices(self, k: int) -> Prices:
        """Prices in part k against the assignment that choices are compared with.

        Raises
        ------
        TimeoutError
            If there was none and none was found in time.
        """
        if k not in self._prices:
            part, workers = self.parts[k], self.options.workers
            if self.given is not None:
                mine = components.cut(part, self.given)
                self._prices[k] = Prices(part.problem, mine, self.proven, workers)
            else:
                result = self._solve(part.problem, self.stop.part(REFERENCE_SHARE * self.stop.left))
                if result.solution is None:
                    raise TimeoutError("the part was not solved in time")
                proven = [
                    tier.bound - tier.value if tier.bound is not None and tier.value is not None else None
                    for tier in result.tiers
                ]
                self._prices[k] = Prices(part.problem, result.solution, proven, workers)
        return self._prices[k]

    def item(self, applicant: str) -> int:
        """Index of an applicant."""
        return self.compiled.frame.item_index[applicant]

    def is_proven_for(self, choices: Iterable[tuple[str, str]]) -> bool:
        """Whether what some choices are compared with is proven the best there is, in the parts they touch."""
        cells = [self._cell(*choice) for choice in choices]
        return all(self.prices(k).is_proven for k in {cell[0] for cell in cells if cell is not None})

    def costs(
        self,
        choices: Sequence[tuple[str, str]],
        *,
        later: bool = False,
        heard: Heard | None = None,
    ) -> list[Cost]:
        """Cost of each choice (applicant, unit); units of one slot are equal and priced once.

        With ``later``, time that is left goes into proving the tiers after the deciding one.
        """
        cells = [self._cell(*choice) for choice in choices]
        found: dict[tuple[int, int], Cost] = {}
        for k in sorted({cell[0] for cell in cells if cell is not None}):
            mine = ints(sorted({cell[1] for cell in cells if cell is not None and cell[0] == k}))
            priced = self.prices(k).of(mine, self.stop, heard, later=later)
            found |= {(k, cell): self._cost(price) for cell, price in priced.items()}
        return [IMPOSSIBLE if cell is None else found[cell] for cell in cells]

    def forced(self, applicant: str, unit: str) -> Cost:
        """Cost of giving an applicant this unit."""
        return self.costs([(applicant, unit)])[0]

    def placed(self, applicant: str) -> Cost:
        """Cost of placing an applicant at all, wherever it costs least."""
        item = self.item(applicant)
        k = self.part_of_item[item]
        problem = self.parts[k].problem
        mine = int(np.searchsorted(self.parts[k].items, item))
        cells: Ints = ints(np.flatnonzero((problem.cell_item == mine) & ~problem.cell_start))
        if not len(cells):
            return IMPOSSIBLE
        return cheapest([self._cost(p) for p in self.prices(k).of(cells, self.stop).values()])

    def _cell(self, applicant: str, unit: str) -> tuple[int, int] | None:
        """Part and cell of a choice; None if no rule allows it."""
        item, slot = self.compiled.frame.item_index.get(applicant), self.slot_of.get(unit)
        if item is None or slot is None:
            return None
        k = self.part_of_item[item]
        part = self.parts[k]
        mine, home = int(np.searchsorted(part.items, item)), int(np.searchsorted(part.slots, slot))
        if home == len(part.slots) or part.slots[home] != slot:
            return None
        cell = np.flatnonzero((part.problem.cell_item == mine) & (part.problem.cell_slot == home))
        return (k, int(cell[0])) if len(cell) else None

    def _cost(self, price: Price) -> Cost:
        most: Iterable[int | None] = price.most if price.most is not None else [None] * len(self.tiers)
        tiers = zip(self.tiers, price.least, most, strict=True)
        return Cost(price.possible, tuple(TierCost(*each) for each in tiers), price.floors)

    def _solve(self, problem: GroupingProblem, stop: Stop) -> Result[Assignment]:
        start = status_quo(problem)
        return solve_tiers(problem, solve_tier, "mip", self.options, stop, Progress(), start)


def _proven(proposal: Proposal) -> tuple[int | None, ...]:
    """Of each tier, the proven least that a solution no worse before it can change it by.

    Only from a result of this very data set, policy and solution; and not where changes from an earlier proposal
    count, since the result does not say which that was.
    """
    document, data = proposal.document, proposal.data
    same = document.dataset_hash == data.digest() and document.policy_hash == data.policy.digest()
    found: list[int | None] = []
    for claimed, checked in zip(document.tiers, proposal.report.tiers, strict=False):
        same = same and claimed.name == checked.name and claimed.value == checked.value
        counts_changes = any(goal.goal == "changes" for goal in checked.goals)
        usable = same and not counts_changes and claimed.bound is not None
        found.append((claimed.bound or 0) - checked.value if usable else None)
    return tuple(found) if len(found) == len(proposal.report.tiers) else ()


def cheapest(costs: Sequence[Cost]) -> Cost:
    """The cost of taking whichever of several choices costs least."""
    able = [cost for cost in costs if cost.possible is not False]
    if not able:
        return IMPOSSIBLE
    best = min(able, key=lambda cost: cost.order)
    tiers = []
    rivals = able
    for number, tier in enumerate(best.tiers):
        bounds = [cost.tiers[number].least for cost in rivals]
        least = (
            None if None in bounds else min((bound for bound in bounds if bound is not None), default=None)
        )
        tiers.append(TierCost(tier.name, least, tier.most))
        # only who may be as good so far matters to the next tier; of one not found as good nothing is known there
        rivals = [cost for cost in rivals if _may_equal(cost.tiers[number], tier.most)]
        if any(cost.tiers[number].most != tier.most for cost in rivals):
            tiers += [TierCost(late.name, None, late.most) for late in best.tiers[number + 1 :]]
            break
    return Cost(best.possible, tuple(tiers), best.floors)


def _may_equal(tier: TierCost, change: int | None) -> bool:
    if change is None or tier.least is None:
        return True
    return tier.least <= change


def would_be_placed(data: Dataset, applicant: str, stop: Stop, workers: int = 1) -> bool | None:
    """Whether the optimum of a (changed) data set places an applicant; None if not proven in time.

    Only the part that holds the applicant is solved.
    """
    lab = Laboratory(data, None, stop, workers)
    item = lab.compiled.frame.item_index[applicant]
    k = lab.part_of_item[item]
    part: Part = lab.parts[k]
    result = lab._solve(part.problem, stop)
    if result.outcome is not Outcome.OPTIMAL or result.solution is None:
        return None
    mine = int(np.searchsorted(part.items, item))
    slot = result.solution.item_slot[mine]
    home = lab.compiled.frame.item_home[item]
    return bool(slot >= 0 and part.slots[slot] != home)
