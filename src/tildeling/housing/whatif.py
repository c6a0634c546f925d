"""What a choice costs the whole: the part of the problem it touches, solved again with the choice fixed.

A cost is lexicographic: the first tier in which the whole becomes worse, and by how much; later tiers do not
count against it.  Each is exact when proven, else between a proven least and a found most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tildeling.housing.compiling.compiler import Compiled, compile_dataset, to_assignment
from tildeling.housing.dataset import Dataset
from tildeling.housing.solution import Solution
from tildeling_models.grouping import components, evaluate
from tildeling_models.grouping.components import Part
from tildeling_models.grouping.lexicographic import solve_tiers
from tildeling_models.grouping.mip import solve_tier
from tildeling_models.grouping.problem import Assignment, Bools, GroupingProblem
from tildeling_models.grouping.restrict import restrict_cells
from tildeling_models.grouping.start import status_quo
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result
from tildeling_models.stop import Stop


@dataclass(frozen=True, slots=True)
class Cost:
    """What a choice costs.

    Attributes
    ----------
    possible
        Whether any lawful solution holds the choice; None where that was not found out in time.
    tier
        The first tier that changes, None if none does (a tie).
    least, most
        Change of that tier's value: proven and found; equal when exact.
    """

    possible: bool | None
    tier: str | None = None
    least: int | None = 0
    most: int | None = 0

    @property
    def exact(self) -> bool:
        """Whether it is proven."""
        return self.possible is not None and self.least == self.most

    def order(self, tiers: tuple[str, ...]) -> tuple[int, int, int]:
        """Sorting key, cheapest first: ties, then later tiers before earlier ones, then by amount."""
        if not self.possible:
            return 1, 0, 0
        if self.tier is None:
            return 0, -len(tiers), 0
        return 0, -tiers.index(self.tier), self.most or 0

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "possible": self.possible, "tier": self.tier, "least": self.least, "most": self.most,
            "exact": self.exact,
        }  # fmt: skip


class Laboratory:
    """A data set and a solution of it, ready for questions.

    Without a solution the parts are solved as they are asked about.
    """

    def __init__(self, data: Dataset, solution: Solution | None, stop: Stop, workers: int = 1) -> None:
        self.data, self.stop = data, stop
        self.options = Options(workers=workers, find_ties=False)
        self.compiled: Compiled = compile_dataset(data)
        self.parts = components.split(self.compiled.problem)
        self.part_of_item = {int(item): k for k, part in enumerate(self.parts) for item in part.items}
        self.part_of_group = {int(group): k for k, part in enumerate(self.parts) for group in part.groups}
        self.given = to_assignment(self.compiled, solution) if solution is not None else None
        self._known: dict[int, Assignment] = {}

    @property
    def tiers(self) -> tuple[str, ...]:
        """Names of the tiers."""
        return self.compiled.problem.tiers

    def assignment(self, k: int) -> Assignment:
        """The assignment of part k that choices are compared with."""
        if k not in self._known:
            part = self.parts[k]
            if self.given is not None:
                self._known[k] = components.cut(part, self.given)
            else:
                result = self._solve(part.problem, status_quo(part.problem))
                if result.solution is None:
                    raise TimeoutError("the part was not solved in time")
                self._known[k] = result.solution
        return self._known[k]

    def forced(self, applicant: str, unit: str) -> Cost:
        """Cost of giving an applicant this unit."""
        frame = self.compiled.frame
        item = frame.item_index[applicant]
        slot = next((s for s, units in enumerate(frame.slots) if any(u.unit_id == unit for u in units)), None)
        if slot is None:
            return Cost(False)
        k = self.part_of_item[item]
        part = self.parts[k]
        if slot not in part.slots:
            return Cost(False)
        mine = int(np.searchsorted(part.items, item))
        home = int(np.searchsorted(part.slots, slot))
        problem = part.problem
        wanted = (problem.cell_item == mine) & (problem.cell_slot == home)
        return self._cost(k, mine, wanted)

    def placed(self, applicant: str) -> Cost:
        """Cost of placing an applicant at all, wherever it costs least."""
        item = self.compiled.frame.item_index[applicant]
        k = self.part_of_item[item]
        part = self.parts[k]
        mine = int(np.searchsorted(part.items, item))
        problem = part.problem
        return self._cost(k, mine, (problem.cell_item == mine) & ~problem.cell_start)

    def _cost(self, k: int, item: int, wanted: Bools) -> Cost:
        problem = self.parts[k].problem
        if not wanted.any():
            return Cost(False)
        current = self.assignment(k)
        required = problem.item_required.copy()
        required[item] = True
        forced = replace(problem, item_required=required)
        changed = restrict_cells(forced, wanted | (problem.cell_item != item))
        before = evaluate.values(problem, current)
        result = self._solve(changed, _swapped(changed, current, item), [int(v) for v in before])
        if result.outcome is Outcome.INFEASIBLE:
            return Cost(False)
        for tier, was in zip(result.tiers, before, strict=True):
            if tier.value is None:
                return Cost(None, tier.name, None, None)
            if tier.value != was or not tier.proven:
                least = None if tier.bound is None else tier.bound - int(was)
                return Cost(True, tier.name, least, tier.value - int(was))
        return Cost(True)

    def _solve(
        self, problem: GroupingProblem, start: Assignment | None, reference: list[int] | None = None
    ) -> Result[Assignment]:
        return solve_tiers(problem, solve_tier, "mip", self.options, self.stop, Progress(), start, reference)


def _swapped(problem: GroupingProblem, current: Assignment, item: int) -> Assignment | None:
    """A start: the item moved in, somebody moved out for it if need be; None if no such exchange is lawful."""
    for cell in np.flatnonzero(problem.cell_item == item):
        slot = problem.cell_slot[cell]
        item_slot = current.item_slot.copy()
        item_slot[item] = slot
        moved = replace(current, item_slot=item_slot)
        group = problem.slot_group[slot]
        if current.group_server[group] < 0:
            continue
        there = np.flatnonzero((current.item_slot == slot) & ~problem.item_required)
        for leaves in (-1, *there[:8]):
            trial = moved.item_slot.copy()
            if leaves >= 0:
                trial[leaves] = -1
            start = Assignment(trial, moved.group_server)
            if not evaluate.violations(problem, start):
                return start
    return None


def would_be_placed(data: Dataset, applicant: str, stop: Stop, workers: int = 1) -> bool | None:
    """Whether the optimum of a (changed) data set places an applicant; None if not proven in time.

    Only the part that holds the applicant is solved.
    """
    lab = Laboratory(data, None, stop, workers)
    item = lab.compiled.frame.item_index[applicant]
    k = lab.part_of_item[item]
    part: Part = lab.parts[k]
    result = lab._solve(part.problem, status_quo(part.problem))
    if result.outcome is not Outcome.OPTIMAL or result.solution is None:
        return None
    mine = int(np.searchsorted(part.items, item))
    slot = result.solution.item_slot[mine]
    home = lab.compiled.frame.item_home[item]
    return bool(slot >= 0 and part.slots[slot] != home)
