"""Engine ``knapsacks``: problems in which every item goes to one group and each group is a knapsack by itself.

Which groups to open is settled first (:mod:`opening`), then who goes where (:mod:`search`), both with bounds; small
problems are then handed to the exact model, with the best as its start.  Anything of another form is left to ``mip``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tildeling_models.grouping import evaluate, mip
from tildeling_models.grouping.bounds import settled
from tildeling_models.grouping.knapsacks.master import Master
from tildeling_models.grouping.knapsacks.opening import only, relax
from tildeling_models.grouping.knapsacks.search import NONE, Search
from tildeling_models.grouping.knapsacks.settling import FEW, settle
from tildeling_models.grouping.knapsacks.structure import Knapsacks, knapsacks
from tildeling_models.grouping.lexicographic import solve_tiers
from tildeling_models.grouping.problem import Assignment, Bools, GroupingProblem, Ints, ints
from tildeling_models.grouping.task import Answer, Task
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result, Tier
from tildeling_models.stop import Stop

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
        if task.start is not None:
            self.value = int(evaluate.values(task.problem, task.start)[task.tier])

    def offer(self, group: Ints) -> None:
        """Take an assignment if it is better and keeps everything; judged by the problem itself."""
        found = self.sacks.assignment(group)
        value = int(evaluate.values(self.task.problem, found)[self.task.tier])
        if value < self.value and not evaluate.violations(self.task.problem, found):
            self.best, self.value = found, value
            self.task.moment(found, value, self.bound)

    def raise_to(self, bound: int | None) -> None:
        """A bound of the whole, without the constant."""
        if bound is not None:
            bound += self.sacks.constant
            self.bound = bound if self.bound is None else max(self.bound, bound)

    @property
    def proven(self) -> bool:
        """Whether value and bound meet, or are as near as was asked."""
        if self.best is None or self.bound is None:
            return False
        return self.value - self.bound <= self.task.options.gap * max(1, abs(self.value))


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
    tried = Tried(task, sacks)
    stop = task.stop.part(task.seconds)
    opens = bool((sacks.opening > 0).any())
    exact = task.problem.n_cells <= EXACT and not len(sacks.pair)
    search = _share(task, stop, SEARCH_SHARE) if exact else stop
    if opens and not exact and task.problem.n_cells <= OPENED:
        search = _share(task, stop, OPENED_SHARE)
    if opens:
        _open(tried, search)
    else:
        _assign(tried, sacks, np.ones(sacks.shape[1], dtype=bool), search, whole=True)
    # sets of open groups may be searched to their end long before time is up
    exact |= opens and not len(sacks.pair) and not task.options.deterministic
    if exact and not tried.proven and not stop.now:
        return _exact(tried, stop)
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
    if (part.cost.min(axis=1) >= 2**50).any():
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
            search.best, search.value = ints(group), tried.value - sacks.constant - paid
    pairs = len(part.pair) > 0
    if not pairs:
        search.climb(0.15)
        if whole:
            tried.raise_to(search.bound)
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
    least = max(search.bound, (tried.bound or -NONE) - paid - tried.sacks.constant)
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
    return np.sort(sacks.cost, axis=1)[:, min(1, sacks.shape[1] - 1)].clip(max=2**40).astype(np.float64)


def _exact(tried: Tried, stop: Stop) -> Answer:
    """The exact model from the best found; the better of the bounds."""
    from dataclasses import replace

    task = replace(tried.task, start=tried.best, seconds=stop.left)
    answer = mip.solve_tier(task)
    bounds = [bound for bound in (answer.bound, tried.bound) if bound is not None]
    best = answer.assignment if answer.assignment is not None else tried.best
    bound = max(bounds, default=None)
    if best is None:
        return replace(answer, bound=bound)
    value = int(evaluate.values(task.problem, best)[task.tier])
    return replace(
        answer, assignment=best, bound=bound, outcome=Outcome.OPTIMAL if bound == value else Outcome.FEASIBLE
    )


def _answer(tried: Tried, stop: Stop) -> Answer:
    clock = stop.left <= 0.0
    if tried.best is None:
        return Answer(Outcome.UNKNOWN, None, tried.bound, clock)
    outcome = Outcome.OPTIMAL if tried.bound == tried.value else Outcome.FEASIBLE
    return Answer(outcome, tried.best, tried.bound, clock, work=not clock and outcome is Outcome.FEASIBLE)


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
