"""Engine ``knapsacks``: problems in which every item goes to one group and each group is a knapsack by itself.

The exact model comes first, for a moment: it ends what is easy, and begins what is not.  Then which groups to open is
settled (:mod:`opening`), and who goes where (:mod:`search`), both with bounds; where the exact model may yet get to the
end it is given the rest, with the best as its start.  Anything of another form is left to ``mip``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tildeling_models.grouping import evaluate, mip
from tildeling_models.grouping.bounds import settled
from tildeling_models.grouping.knapsacks.annealing import worth
from tildeling_models.grouping.knapsacks.lagrange import NEVER
from tildeling_models.grouping.knapsacks.master import Master
from tildeling_models.grouping.knapsacks.opening import only, relax
from tildeling_models.grouping.knapsacks.search import NONE, Search
from tildeling_models.grouping.knapsacks.settling import FEW, settle
from tildeling_models.grouping.knapsacks.structure import FAR, Knapsacks, knapsacks
from tildeling_models.grouping.lexicographic import solve_tiers
from tildeling_models.grouping.problem import Assignment, Bools, GroupingProblem, Ints, ints
from tildeling_models.grouping.task import Answer, Task
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result, Tier
from tildeling_models.stop import Stop

FIRST_SHARE, NEAR_SHARE, NEAR = 0.05, 0.15, 0.001
"""Of a tier's time: the exact model before anything else, and once more, longer, if it came within ``NEAR``."""

EXACT = 600
"""Cells up to which the exact model is tried after the search, where the bound leaves something open."""

OPENED, OPENED_SHARE = 10_000, 0.25
"""Cells up to which the exact model is tried where opening costs, too, and the search's share of the time before it."""

SEARCH_SHARE, OPENING_SHARE = 0.6, 0.4
"""Of a tier's time: the search before the exact model, and the opening of groups within what is left."""

DIVES, RUNS = 12, 40
"""Dives and runs of chains where no clock ends the search."""

USEFUL, PROOF_SHARE = 4, 0.5
"""Cells an item that a better solution could use, on average, from which the exact model tries, and for how long."""

EASY, EASY_SHARE = 4, 0.2
"""Cells an item, on average, that a first exact model may use, and its share of the time: easy problems end there."""

SETTLED_SHARE, AGAIN_SHARE = 0.5, 0.2
"""Of the time left: some groups settled anew before column generation and after it, and after a dive
that found something."""

LEAST = 8
"""Groups that are settled anew in the smallest dive."""

ROUNDS, ROOT_ROUNDS, ROOT_SHARE = 12, 1_000, 0.35
"""Rounds of pricing between two columns that are held, and before the first, with its share of the time."""

PAIRED = 300
"""Pairs up to which items that cost something together are the exact model's."""


class Tried:
    """The best of a tier so far, and the bound."""

    def __init__(self, task: Task, sacks: Knapsacks) -> None:
        self.task, self.sacks = task, sacks
        self.best: Assignment | None = task.start
        self.value = NONE
        self.bound: int | None = None
        self.nothing = False
        if task.start is not None:
            self.value = int(evaluate.values(task.problem, task.start)[task.tier])

    def offer(self, group: Ints) -> None:
        """Take an assignment if it is better and keeps everything; judged by the problem itself."""
        found = self.sacks.assignment(group)
        if self._better(found):
            self.task.moment(found, self.value, self.bound)

    def exact(self, seconds: float) -> None:
        """Ask the exact model, from the best so far, for so long; take what it finds, and its bound."""
        answer = mip.solve_tier(replace(self.task, start=self.best, seconds=seconds))
        if answer.assignment is not None:
            self._better(answer.assignment)
        self.nothing |= answer.outcome is Outcome.INFEASIBLE
        self._lift(answer.bound)

    def raise_to(self, bound: int | None) -> None:
        """A bound of the whole, without the constant; NEVER where there is no solution."""
        if bound is not None and bound >= NEVER:
            self.nothing = True
        elif bound is not None:
            self._lift(bound + self.sacks.constant)

    def _better(self, found: Assignment) -> bool:
        value = int(evaluate.values(self.task.problem, found)[self.task.tier])
        if value >= self.value or evaluate.violations(self.task.problem, found):
            return False
        self.best, self.value = found, value
        return True

    def _lift(self, bound: int | None) -> None:
        if bound is not None:
            self.bound = bound if self.bound is None else max(self.bound, bound)

    @property
    def proven(self) -> bool:
        """Whether value and bound meet, or are as near as was asked; or there is no solution."""
        return self.nothing or self.gap <= self.task.options.gap

    @property
    def gap(self) -> float:
        """The gap, a fraction; infinite where value or bound is not known."""
        if self.best is None or self.bound is None:
            return float("inf")
        return (self.value - self.bound) / max(1, abs(self.value))


def suits(problem: GroupingProblem) -> bool:
    """Whether a problem of one tier is of this form, and not so small that others do better."""
    return (
        len(problem.tiers) == 1
        and not 0 < len(problem.affinity) <= PAIRED
        and knapsacks(problem, 0) is not None
    )


def solve_tier(task: Task) -> Answer:
    """Solve one tier."""
    sacks = None if task.caps else knapsacks(task.problem, task.tier)
    if sacks is None or 0 < len(task.problem.affinity) <= PAIRED:
        return mip.solve_tier(task)
    done = settled(task)
    if done is not None:
        return done
    stop = task.stop.part(task.seconds)
    tried = Tried(task, sacks)
    if not len(sacks.pair) and stop.seconds is not None and not task.options.deterministic:
        tried.exact(stop.left * FIRST_SHARE)
        if tried.gap <= NEAR and not (tried.proven or stop.now):
            tried.exact(stop.left * NEAR_SHARE)
        if tried.proven or stop.now:
            return _answer(tried, stop)
    opens = bool((sacks.opening > 0).any())
    exact = task.problem.n_cells <= EXACT and not len(sacks.pair)
    search = _share(task, stop, SEARCH_SHARE) if exact else stop
    if opens and not exact and task.problem.n_cells <= OPENED:
        search = _share(task, stop, OPENED_SHARE)
    if opens:
        _open(tried, search)
    else:
        _assign(tried, sacks, np.ones(sacks.shape[1], dtype=bool), search, whole=True)
    # sets of open groups may be searched to their end long before time is up, and without a clock all is
    endless = opens or stop.seconds is None
    exact |= endless and not len(sacks.pair) and not task.options.deterministic
    if exact and not tried.proven and not stop.now:
        tried.exact(stop.left)
    return _answer(tried, stop)


def _share(task: Task, stop: Stop, part: float) -> Stop:
    """A share of the time; all of it where work is what ends each step."""
    return stop if task.options.deterministic else stop.share(part)


def _open(tried: Tried, stop: Stop) -> None:
    """Sets of open groups from the relaxation, and an assignment for each, the last (best) of them longest."""
    sacks, task = tried.sacks, tried.task
    sets: list[Bools] = []
    options: dict[str, float | int] = {"random_seed": task.options.seed}
    if task.options.deterministic:
        options["mip_max_nodes"] = task.options.work_limit
    found = relax(
        sacks, _share(tried.task, stop, OPENING_SHARE), options, lambda opened: sets.append(opened.copy())
    )
    tried.raise_to(found.bound)
    sets.append(found.open)
    unique = list({each.tobytes(): np.asarray(each | (sacks.opening == 0)) for each in sets}.values())
    last = unique[-3:][::-1]
    for k, opened in enumerate(last):
        if tried.proven or stop.now:
            return
        _assign(
            tried, sacks, opened, _share(tried.task, stop, 0.6 if k + 1 < len(last) else 1.0), whole=False
        )


def _assign(tried: Tried, sacks: Knapsacks, opened: Bools, stop: Stop, *, whole: bool) -> None:
    """Who goes to which open group; ``whole`` if these are all groups, so that bounds are those of the tier."""
    part, paid = only(sacks, opened) if not whole else (sacks, 0)
    at = ints(np.flatnonzero(opened))
    if (part.cost.min(axis=1) >= FAR).any():
        return
    search = Search(
        part,
        _prices(tried.task, part, stop),
        tried.task.options.seed,
        stop,
        lambda group, _: tried.offer(at[group]),
        not tried.task.options.deterministic,
    )
    if tried.best is not None:
        group = np.searchsorted(at, sacks.groups_of(tried.best))
        if (group < len(at)).all() and (at[group] == sacks.groups_of(tried.best)).all():
            search.best = ints(group)
            search.value = int(worth(search.table, search.best))
    pairs = len(part.pair) > 0
    if not pairs:
        search.climb(0.15)
        if whole:
            tried.raise_to(search.bound)
            if tried.nothing:
                return
    search.begin()
    if whole and not pairs and not tried.proven:
        search.climb(0.15)
        tried.raise_to(search.bound)
    _improve(tried, search, stop, pairs, paid)
    if whole and not pairs:
        tried.raise_to(search.bound)


def _improve(tried: Tried, search: Search, stop: Stop, pairs: bool, paid: int) -> None:
    """Chains and dives in turn until time or work is up, or nothing better can be there."""
    groups = search.sacks.shape[1]
    known = -NONE if tried.bound is None else tried.bound - paid - tried.sacks.constant
    least = max(search.bound, known)
    many = FEW
    limited = stop.seconds is None or tried.task.options.deterministic
    for _ in range(4):
        search.anneal(search.best)
    if not pairs and search.value > least and search.value < NONE and not stop.now:
        search.place(search.cheap(EASY), _share(tried.task, stop, EASY_SHARE))
    if not pairs and search.value > least and search.value < NONE and not stop.now:
        many = settle(search, _share(tried.task, stop, SETTLED_SHARE))
    master = None
    if not pairs and search.value > least and not stop.now:
        master = Master(search.sacks, stop)
        search.root(master, _share(tried.task, stop, ROOT_SHARE), ROOT_ROUNDS)
        least = max(least, search.bound)
        if search.value > least and search.value < NONE and not stop.now:
            search.place(search.blended(master), _share(tried.task, stop, EASY_SHARE))
            many = settle(search, _share(tried.task, stop, SETTLED_SHARE), many)
    turn, free, tested = 0, groups, NONE
    while not stop.now and not tried.proven and search.value > least:
        if limited and turn >= (RUNS if pairs else DIVES):
            return
        before = search.value
        if master is not None and before < tested:
            tested = before
            useful = search.useful()
            if useful.sum() <= USEFUL * len(useful):
                search.prove(useful, _share(tried.task, stop, PROOF_SHARE))
                least = max(least, search.bound)
                continue
        if master is None:
            search.anneal(search.best if turn % 3 else search.scattered())
        else:
            search.dive(master, free if search.value < NONE else groups, ROUNDS)
            if search.value < before:
                many = settle(search, _share(tried.task, stop, AGAIN_SHARE), many)
        # a dive over fewer groups is soon done; over more it finds more
        free = min(groups, LEAST) if search.value < before or free >= groups else min(groups, free * 3 // 2)
        turn += 1


def _prices(task: Task, sacks: Knapsacks, stop: Stop) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Prices of items to begin with: duals of the linear relaxation, or second cheapest costs."""
    if not len(sacks.pair):
        found = relax(sacks, _share(task, stop, 0.1), {}, lambda _: None)
        if found.bound is not None:
            return found.u
    first, second = np.sort(sacks.cost, axis=1)[:, [0, min(1, sacks.shape[1] - 1)]].T
    return np.asarray(np.where(second < FAR, second, first), dtype=np.float64)


def _answer(tried: Tried, stop: Stop) -> Answer:
    clock = stop.left <= 0.0 and not tried.proven
    work = not clock and not tried.proven
    if tried.best is None:
        return Answer(
            Outcome.INFEASIBLE if tried.nothing else Outcome.UNKNOWN, None, tried.bound, clock, work
        )
    outcome = Outcome.OPTIMAL if tried.bound == tried.value else Outcome.FEASIBLE
    return Answer(outcome, tried.best, tried.bound, clock, work)


def solve(
    problem: GroupingProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Assignment | None = None,
    known: Sequence[Tier] = (),
    most: int | None = None,
) -> Result[Assignment]:
    """Solve all tiers in order."""
    return solve_tiers(
        problem, solve_tier, "knapsacks", options, stop, progress, start, known=known, most=most
    )
