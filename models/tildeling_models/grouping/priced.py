"""Engine ``priced``: for parts so large that a model of all their cells is out of reach.

Each tier is bounded by the relaxation over few cells (:mod:`relaxation`), and better solutions are looked for
where it points: a restricted integer model over the cells that the relaxation uses and those of the best
solution so far (Danna, Rothberg and Le Pape 2005, "Exploring relaxation induced neighborhoods"), then
neighbourhoods of that solution.  Once the cells that any better solution could use are few, the model over
all of them is exact (reduced-cost fixing).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tildeling_models.grouping import evaluate, mip
from tildeling_models.grouping.baselines import fill, solve_vacancy
from tildeling_models.grouping.bounds import settled
from tildeling_models.grouping.lexicographic import solve_tiers
from tildeling_models.grouping.linear import Floats
from tildeling_models.grouping.neighbourhoods import SIZE, Neighbourhoods
from tildeling_models.grouping.problem import Assignment, Bools, GroupingProblem, Ints
from tildeling_models.grouping.relaxation import ROUNDING, Point, Relaxation, whole
from tildeling_models.grouping.restrict import restrict_arcs, restrict_cells
from tildeling_models.grouping.task import Answer, Task
from tildeling_models.grouping.ties import mix
from tildeling_models.grouping.windows import window
from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Outcome, Result, Tier
from tildeling_models.stop import Stop

FEW = 8
"""Cells of each item that the relaxation begins with."""

PLAIN = 20
"""Cells of each item that the first solution, and the filling of empty places, look at."""

EXACT = 25_000
"""Most cells of a model that is solved to the end."""

BOUND_SHARE, MODEL_SHARE, AROUND_SHARE = 0.6, 0.4, 0.7
"""Of a tier's time that is left, what bounding may take, then the first model, then the neighbourhoods."""

NEAR = 16
"""Cells of each item that searches look at, those that cost least."""

USED, USED_INSIDE = 0.01, 0.2
"""Level from which a cell counts as used: at a vertex of the relaxation, and at a point inside."""

ENOUGH, LOOK_SHARE = 1e-4, 0.1
"""Gap at which a restricted model has done its part, and the share of the time left for a neighbourhood."""

NODES = 200
"""Nodes after which a restricted model has done its part."""

TIER_SHARE = 0.4
"""Of the time that is left, what a tier may take when it could go on for ever."""


def solve(
    problem: GroupingProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Assignment | None = None,
    known: Sequence[Tier] = (),
    most: int | None = None,
) -> Result[Assignment]:
    """Solve all tiers of one large part, or the first ones."""
    engine = Priced(problem, options)
    progress.event(Event("start", elapsed=stop.elapsed, left=None if stop.seconds is None else stop.left))
    if start is None or evaluate.violations(problem, start):
        start = engine.first(stop)
    engine.relax(start)
    return solve_tiers(
        problem, engine.solve_tier, "priced", options, stop, progress, start,
        polish=engine.polish, share=TIER_SHARE, known=known, most=most,
    )  # fmt: skip


@dataclass(eq=False)
class Priced:
    """What is kept from tier to tier: the order of each item's cells, and the relaxation."""

    problem: GroupingProblem
    options: Options
    rank: Ints = field(init=False)
    relaxation: Relaxation | None = None

    def __post_init__(self) -> None:
        self.rank = rank_cells(self.problem, _promise(self.problem, self.options.seed))

    def first(self, stop: Stop) -> Assignment | None:
        """A solution to begin with: vacancy by vacancy, over each item's most promising cells."""
        small = restrict_cells(self.problem, (self.rank < PLAIN) | self.problem.cell_start)
        return solve_vacancy(small, self.options, stop, Progress()).solution

    def relax(self, best: Assignment | None) -> Relaxation:
        """The relaxation, with the cells of a solution in it."""
        chosen = np.zeros(self.problem.n_cells, dtype=bool)
        if best is not None:
            chosen = evaluate.chosen_cells(self.problem, best)
        if self.relaxation is None:
            few = (self.rank < FEW) | self.problem.cell_start | chosen
            self.relaxation = Relaxation(self.problem, few, self.options)
        else:
            self.relaxation.admit(np.flatnonzero(chosen))
        return self.relaxation

    def better(self, one: Assignment | None, other: Assignment | None) -> Assignment | None:
        """The better of two, tiers in order; what is missing or broken does not count."""
        able = [a for a in (one, other) if a is not None and not evaluate.violations(self.problem, a)]
        return min(able, key=lambda a: evaluate.values(self.problem, a).tolist(), default=None)

    def polish(self, best: Assignment, stop: Stop) -> Assignment:
        """Empty places filled, over each item's most promising cells and its own."""
        chosen = evaluate.chosen_cells(self.problem, best)
        small = restrict_cells(self.problem, (self.rank < PLAIN) | self.problem.cell_start | chosen)
        return fill(small, best, self.options.seed, stop)

    def solve_tier(self, task: Task) -> Answer:
        """Bound the tier, then look for better solutions until they meet, or time is up."""
        done = settled(task)
        if done is not None:
            return done
        if task.start is None or task.tier >= len(self.problem.tiers):  # no start; or a tier for ties
            return replace(mip.solve_tier(task), keep=None)
        stop = task.stop.part(task.seconds)
        search = _Search(self, task, stop)
        search.bound()
        search.improve()
        return search.answer()


class _Search:
    """One tier's bound and best solution."""

    def __init__(self, engine: Priced, task: Task, stop: Stop) -> None:
        assert task.start is not None
        self.engine, self.task, self.stop = engine, task, stop
        self.best: Assignment = task.start
        self.value = int(evaluate.values(task.problem, self.best)[task.tier])
        self.least: float = -np.inf
        self.point: Point | None = None
        self.aim: GroupingProblem = task.problem

    def bound(self) -> None:
        """Bound the tier by the relaxation."""
        engine, task = self.engine, self.task
        relaxation = engine.relax(self.best)
        self.point = relaxation.solve(task.tier, task.caps, self.stop.share(BOUND_SHARE), self.value)
        self._raise(self.point.bound)

    def _raise(self, bound: float) -> None:
        """Take a proven bound; it cannot pass a value found."""
        if np.isfinite(bound):
            self.least = max(self.least, whole(bound))
            self.task.moment(None, self.value, min(int(self.least), self.value))

    @property
    def closed(self) -> bool:
        """Whether value and bound meet, within the gap asked for."""
        return bool(self.value - self.least <= self.task.options.gap * max(1, abs(self.value)))

    def improve(self) -> None:
        """Where the relaxation points; the people this tier is about; around the best; all cells that can matter."""
        point = self.point
        if point is None or self.closed:
            return
        problem = self.task.problem
        used = point.cells > (USED if point.value is not None else USED_INSIDE)
        wants = np.zeros(problem.n_items, dtype=bool)
        wants[problem.cell_item[problem.cell_cost[self.task.tier] < 0]] = True
        theirs = wants[problem.cell_item]
        near = used | evaluate.chosen_cells(problem, self.best) | problem.cell_start
        near |= (self.engine.relax(self.best).few | theirs) & (rank_cells(problem, point.least) < NEAR)
        self.aim = restrict_cells(window(problem, self.task.tier), near)
        self._look(used[near], MODEL_SHARE)
        self._search_around(point.least[near])
        self._look(theirs[near], MODEL_SHARE)
        self._exact(point)

    def _search_around(self, least: Floats) -> None:
        """Neighbourhoods, until many in a row have brought nothing."""
        stop = self.stop.share(AROUND_SHARE)
        seed = self.task.options.seed, self.task.tier, abs(self.value)
        around = Neighbourhoods(self.aim, least, seed)
        stale = 0
        while not (self.closed or stop.now) and stale < around.patience:
            before = self.value
            cells = around.next(self.best)
            self._look(cells, LOOK_SHARE, around.held, around.arcs)
            stale = 0 if self.value < before else stale + 1
            around.size = SIZE * (1 + 3 * stale // around.patience)

    def _exact(self, point: Point) -> None:
        """Solve the model over all cells that a better solution can use, if they are few."""
        useful = point.least <= self.value - 1 + ROUNDING
        if self.closed or self.stop.now or useful.sum() > EXACT:
            return
        task = self.task
        small = restrict_cells(task.problem, useful | evaluate.chosen_cells(task.problem, self.best))
        answer = mip.solve_tier(
            replace(task, problem=small, start=self.best, seconds=self.stop.left, moment=_silent)
        )
        self._take(answer.assignment)
        if answer.bound is not None:
            self._raise(min(answer.bound, self.value))

    def _look(self, cells: Bools, share: float, held: Bools | None = None, arcs: Bools | None = None) -> None:
        """Look for a better solution over some cells and those of the best; ``held`` items stay placed."""
        task = self.task
        if self.closed or self.stop.now:
            return
        small = restrict_cells(self.aim, cells | evaluate.chosen_cells(self.aim, self.best))
        if held is not None and arcs is not None:
            small = restrict_arcs(replace(small, item_required=small.item_required | held), arcs)
        options = replace(
            task.options, gap=max(task.options.gap, ENOUGH), deterministic=True, work_limit=NODES
        )
        seconds = self.stop.left * share
        answer = mip.solve_tier(
            replace(task, problem=small, start=self.best, seconds=seconds, options=options, moment=_silent)
        )
        self._take(answer.assignment)

    def _take(self, found: Assignment | None) -> None:
        """Keep a solution that is better, tiers in order."""
        if found is None:
            return
        task = self.task
        new, old = (evaluate.values(task.problem, each).tolist() for each in (found, self.best))
        if new < old:
            self.best, self.value = found, new[task.tier]
            bound = min(int(self.least), self.value) if np.isfinite(self.least) else None
            task.moment(self.best, self.value, bound)

    def answer(self) -> Answer:
        """What came of it."""
        bound = int(min(self.least, self.value)) if np.isfinite(self.least) else None
        proven = bound == self.value
        return Answer(
            Outcome.OPTIMAL if proven else Outcome.FEASIBLE, self.best, bound,
            limit=not proven and self.stop.now, slope=self.point.slope if self.point else None,
        )  # fmt: skip


def _silent(*_: object) -> None:
    return None


def _promise(problem: GroupingProblem, seed: int) -> Floats:
    """(P,) how little a cell costs, earlier tiers far before later ones, ties by a hash."""
    keys = mix(seed, problem.item_key[problem.cell_item], problem.group_key[problem.cell_group])
    score = keys.astype(np.float64) * (1e-3 / 2.0**64)
    weight = 1.0
    for cost in problem.cell_cost:
        most = np.abs(cost).max(initial=0)
        if most:
            score += weight * cost / most
        weight *= 0.3
    return np.asarray(score)


def rank_cells(problem: GroupingProblem, score: Floats) -> Ints:
    """(P,) place of each cell among those of its item, least score first."""
    order = np.lexsort((score, problem.cell_item))
    first = np.searchsorted(problem.cell_item, problem.cell_item)
    rank = np.empty(problem.n_cells, dtype=np.int64)
    rank[order] = np.arange(problem.n_cells)
    return rank - first
