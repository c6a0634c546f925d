"""Engines ``vacancy``, ``queue``, ``deferred``: what an office does without looking at the whole.

They serve as yardsticks.  Each decision keeps every hard primitive (:mod:`feasibility`); none is
reconsidered for the sake of others, except that a newly opened group that stays below its minimum is
dissolved at the end, the one that lacks most first, and its people look again.  Values are recomputed; the
only bound is the one that always holds (:func:`~tildeling_models.grouping.lexicographic.least_value`).  A
start is ignored: an office's day begins with what stands.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

import numpy as np

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.bounds import least_value
from tildeling_models.grouping.feasibility import State
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.grouping.ranking import Ranking, ranking
from tildeling_models.grouping.ties import mix
from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Outcome, Result, Termination, Tier
from tildeling_models.stop import Stop

ROUNDS = 20
"""Rounds over all vacancies: homes that movers leave are vacancies of the next round."""


class Office:
    """A day at an office: the state, the orders, and what is closed or settled by now."""

    def __init__(
        self, problem: GroupingProblem, orders: Ranking, line: list[int], seed: int, stop: Stop
    ) -> None:
        self.problem, self.orders, self.line, self.stop = problem, orders, line, stop
        self.state = State(problem, orders.wishes, line)
        self.group_hash: list[int] = mix(seed, problem.group_key).tolist()

    def waits(self, item: int) -> bool:
        """Whether an item has not been placed, or moved, by now."""
        return self.state.slot[item] == self.state.home[item] and item not in self.state.staying

    def take(self, cell: int) -> bool:
        """Place an item in a cell if it is better than today, and feasible."""
        tables = self.state.tables
        return self.orders.better[cell] and self.state.move(tables.item[cell], tables.slot[cell])

    def go_through(self) -> None:
        """Everyone who waits, in line, takes the first of their wishes that is feasible.

        When someone moves out of a home, the line starts anew, since the home is free for its head.
        """
        order = sorted(range(self.problem.n_items), key=self.line.__getitem__)
        again = True
        while again and not self.stop.now:
            again = False
            for item in order:
                taken = self.waits(item) and any(self.take(cell) for cell in self.orders.wishes[item])
                if taken and self.state.home[item] >= 0:
                    again = True
                    break
        self.state.settled()

    def settle(self) -> None:
        """Dissolve new groups below their minimum, one at a time; whoever stood there looks again."""
        while groups := self.state.underfull():
            self.dissolve(max(groups, key=self._lack))
            if not self.stop.now:
                self.go_through()

    def dissolve(self, group: int) -> None:
        """Take a group's placements back and close it; whoever has to come back to it stays."""
        self.state.closed.add(group)
        self.state.staying |= self.state.dissolve(group)

    def _lack(self, group: int) -> tuple[int, int]:
        return self.state.tables.group_min[group] - self.state.size[group], self.group_hash[group]


def _vacancies(office: Office) -> None:
    """One vacancy at a time, as they come: the best-ranked eligible applicant gets it.

    Mimics the allocation meeting: a home falls vacant, those eligible are ranked by the tiers in order, ties
    by waiting, and the first for whom it is feasible is offered it.  Homes in groups that are open come
    first, then new groups one after the other, each opened only if it reaches its minimum; which vacancy
    comes first has nothing to do with merit (a hash).  Whoever got something that meets only a later tier (a
    temporary place) stays in line for what meets an earlier one.
    """
    problem, state, orders = office.problem, office.state, office.orders
    tables = state.tables
    cells: list[list[int]] = [[] for _ in tables.capacity]
    for cell in np.argsort(np.array(orders.priority, np.int64)).tolist():
        cells[tables.slot[cell]].append(cell)
    slots: list[list[int]] = [[] for _ in range(problem.n_groups)]
    for slot in np.argsort(orders.slot_key).tolist():
        slots[tables.slot_group[slot]].append(slot)
    groups = sorted(range(problem.n_groups), key=lambda g: (not tables.open[g], office.group_hash[g]))
    for _ in range(ROUNDS):
        before = list(state.slot)
        for group in groups:
            if office.stop.now:
                return
            for slot in slots[group]:
                _fill(office, cells[slot], slot)
            if group in state.underfull():
                state.dissolve(group)
        state.settled()
        if state.slot == before:
            return


def _fill(office: Office, candidates: list[int], slot: int) -> None:
    """Fill a slot's vacancies from those in line for it."""
    state, gain = office.state, office.orders.gain
    tables = state.tables
    for cell in candidates:
        if state.used[slot] >= tables.capacity[slot]:
            return
        item = tables.item[cell]
        here = state.slot[item]
        free = office.waits(item) or (
            here >= 0 and item not in state.staying and gain[cell] < gain[tables.cell_at[item, here]]
        )
        if free and here != slot:
            office.take(cell)


def _queue(office: Office) -> None:
    """Longest waiting first: each takes the best feasible home by what it means to them.

    Mimics a plain waiting list, the rule of serial dictatorship with seniority as the order (Svensson 1999,
    "Strategy-proof allocation of indivisible goods", Social Choice and Welfare 16): where rooms are all there
    is, nobody gains by misstating wishes; need counts for nothing.
    """
    office.go_through()


def _deferred(office: Office) -> None:
    """Deferred acceptance: applicants propose by their own wishes, homes keep the best-ranked.

    Mimics choice-based letting with a priority list.  The matching is stable where slots' capacities are all
    there is (Gale and Shapley 1962, "College admissions and the stability of marriage", American Mathematical
    Monthly 69); those who live in a home come first there, so nobody loses one (Abdulkadiroglu and Sonmez
    1999, "House allocation with existing tenants", Journal of Economic Theory 88).  Then it is made feasible:
    pairs are carried out in order of priority as far as the other primitives allow, and the rest choose among
    what is left.
    """
    state, orders = office.state, office.orders
    tables = state.tables
    pairs = sorted(deferred_acceptance(office), key=orders.priority.__getitem__)
    pending = [cell for cell in pairs if tables.slot[cell] != state.home[tables.item[cell]]]
    while pending and not office.stop.now:
        left = [
            cell for cell in pending
            if state.slot[tables.item[cell]] != tables.slot[cell] and not office.take(cell)
        ]  # fmt: skip
        if len(left) == len(pending):
            break
        pending = left
    office.go_through()


def deferred_acceptance(office: Office) -> list[int]:
    """Cells of the stable matching between items and slots, capacities alone considered."""
    state, orders = office.state, office.orders
    tables = state.tables
    lists = [
        iter([c for c in cells if orders.better[c] or tables.slot[c] == state.home[item]])
        for item, cells in enumerate(orders.wishes)
    ]
    held: list[list[tuple[int, int]]] = [[] for _ in tables.capacity]
    free = sorted(range(len(lists)), key=office.line.__getitem__, reverse=True)
    while free:
        item = free.pop()
        cell = next(lists[item], None)
        if cell is None:
            continue
        slot = tables.slot[cell]
        owns = slot == state.home[item]
        heapq.heappush(held[slot], (1 if owns else -orders.priority[cell], cell))
        if len(held[slot]) > tables.capacity[slot]:
            free.append(tables.item[heapq.heappop(held[slot])[1]])
    return [cell for keeps in held for _, cell in keeps]


def fill(problem: GroupingProblem, assignment: Assignment, seed: int, stop: Stop) -> Assignment:
    """A feasible assignment with its vacancies filled, vacancy by vacancy, and nobody placed moved.

    A solver that works on one tier leaves empty what only later tiers would fill.  What comes back is never
    worse, tiers in order; what was given comes back if it is broken or nothing is gained.
    """
    orders = ranking(problem, seed)
    office = Office(problem, orders, orders.urgency, seed, stop)
    if evaluate.violations(problem, assignment) or not office.state.start_from(assignment):
        return assignment
    at_home = set(problem.cell_item[problem.cell_start & evaluate.chosen_cells(problem, assignment)].tolist())
    office.state.staying = set(np.flatnonzero(assignment.item_slot >= 0).tolist()) - at_home
    _vacancies(office)
    office.settle()
    found = office.state.assignment()
    if evaluate.violations(problem, found):
        raise RuntimeError("fill: a feasible assignment was broken")
    ahead, behind = (evaluate.values(problem, each).tolist() for each in (found, assignment))
    return found if ahead < behind else assignment


def _run(
    name: str, practice: Callable[[Office], None], problem: GroupingProblem, options: Options, stop: Stop,
    progress: Progress, *, by_seniority: bool,
) -> Result[Assignment]:  # fmt: skip
    began = stop.elapsed
    orders = ranking(problem, options.seed)
    office = Office(problem, orders, orders.queue if by_seniority else orders.urgency, options.seed, stop)
    if not office.state.start():
        return _result(name, problem, options, stop, None, stop.elapsed - began)
    practice(office)
    office.settle()
    found = office.state.assignment()
    broken = evaluate.violations(problem, found)
    if broken:
        raise RuntimeError(f"engine {name}: {', '.join(broken[:10])}")
    progress.incumbent(found)
    result = _result(name, problem, options, stop, found, stop.elapsed - began)
    left = None if stop.seconds is None else stop.left
    for tier in result.tiers:
        progress.event(Event("solve", tier.name, tier.value, tier.bound, stop.elapsed, left))
    return result


def _result(
    name: str,
    problem: GroupingProblem,
    options: Options,
    stop: Stop,
    found: Assignment | None,
    runtime: float,
) -> Result[Assignment]:
    values = [None] * len(problem.tiers) if found is None else evaluate.values(problem, found).tolist()
    tiers = []
    for index, (tier, value) in enumerate(zip(problem.tiers, values, strict=True)):
        bound = least_value(problem, index)
        bound = bound if value is None else min(bound, value)
        tiers.append(Tier(tier, value, bound, float(problem.tolerance[index])))
    ended = (
        Termination.CANCELLED if stop.cancelled
        else Termination.TIME_LIMIT if stop.now
        else Termination.COMPLETED
    )  # fmt: skip
    return Result(
        Outcome.UNKNOWN if found is None else Outcome.FEASIBLE, ended, found, tuple(tiers), name,
        options.seed, ended is Termination.COMPLETED, runtime,
    )  # fmt: skip


def solve_vacancy(
    problem: GroupingProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Assignment | None = None,
) -> Result[Assignment]:
    """An office's day: one vacancy at a time, the best-ranked eligible applicant."""
    del start
    return _run("vacancy", _vacancies, problem, options, stop, progress, by_seniority=False)


def solve_queue(
    problem: GroupingProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Assignment | None = None,
) -> Result[Assignment]:
    """A waiting list: longest waiting first."""
    del start
    return _run("queue", _queue, problem, options, stop, progress, by_seniority=True)


def solve_deferred(
    problem: GroupingProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Assignment | None = None,
) -> Result[Assignment]:
    """Choice-based letting: deferred acceptance on wishes and priorities, then made feasible."""
    del start
    return _run("deferred", _deferred, problem, options, stop, progress, by_seniority=False)
