"""Everyone's days in a window, solved anew by column generation, the days before and after it held.

What is left is a problem like that of a short horizon, of which the master is solved almost to optimality: a large
neighbourhood (Shaw 1998) in time.  A column is a person's stretch that fits the state before the window and what the
days after it need.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tildeling_models.progress import Progress
from tildeling_models.roster import evaluate
from tildeling_models.roster.columns.coverage import Coverage, coverage
from tildeling_models.roster.columns.dive import dive
from tildeling_models.roster.columns.generation import SLACK, Generation
from tildeling_models.roster.columns.kernels import FAR
from tildeling_models.roster.columns.master import Master
from tildeling_models.roster.columns.moving import Moving, moving
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.pricer import ROOM, Pricer
from tildeling_models.roster.columns.schedules import Schedules
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.problem import Ints, RosterProblem

ROUNDS, DIVES = 400, 6
"""Rounds of pricing in a window's master, and after each step of its dive, at most."""


class Stretches(Pricer):
    """Prices stretches of everyone's schedules between two days of a plan, in the days of the window."""

    def __init__(self, problem: RosterProblem, moves: Moving, first: int, last: int) -> None:
        self.problem, self._moves, self._first, self._last = problem, moves, first, last
        self.calls = 0
        self._whole = moves.stage.problem
        self.stop = moves.stage.stop

    def reach(self) -> Ints:
        return self._moves.stage.pricer.reach()

    def grain(self, tier: int) -> int:
        return self._moves.stage.pricer.grain(tier)

    def cells(self, person: int, weights: Ints) -> Ints:
        cost = np.tensordot(weights, self.problem.cost[:, person], axes=1)
        allowed = self._moves.stage.pricer.allowed[person][self._first : self._last]
        return np.where(allowed, cost, FAR)

    def price(self, person: int, cell: Ints, weights: Ints, want: int = 1, seed: int = 0) -> Schedules:
        self.calls += 1
        del want, seed
        row = self._moves.stretch(person, self._first, self._last, np.minimum(cell, FAR), weights)
        if row is None:  # ceilings could not be mended; nothing is known of the least cost then
            nothing = np.zeros((0, self.problem.n_days), np.int64)
            return Schedules(-ROOM, nothing, nothing[:, 0], np.zeros((0, len(self.problem.tiers)), np.int64))
        values = self.valued(person, row)
        inside = np.arange(len(row))
        rules = values - self.problem.cost[:, person, inside, row].sum(axis=1)
        cost = int(cell[inside, row].sum() + rules @ weights)
        return Schedules(cost, row[None], np.array([cost]), values[None])

    def through(self, person: int, cell: Ints, weights: Ints) -> tuple[int, Ints]:
        """Nothing is known of what lies through a cell: it costs more than next to nothing."""
        del person, weights
        return -ROOM, np.full(cell.shape, -ROOM, np.int64)

    def valued(self, person: int, row: Ints) -> Ints:
        """(T,) what a stretch, and the rules that the whole schedule pays for, add to each tier."""
        whole, own = self._moves.schedule(person)[0].copy(), self._whole.cost[:, person]
        whole[self._first : self._last] = row
        outside = np.ones(len(whole), bool)
        outside[self._first : self._last] = False
        days = np.flatnonzero(outside)
        found = evaluate.person_values(self._whole, person, whole)
        return np.asarray(found - own[:, days, whole[days]].sum(axis=1))


@dataclass(frozen=True, eq=False)
class Window:
    """The days from ``first`` to before ``last`` as a problem."""

    first: int
    last: int
    problem: RosterProblem
    cover: Coverage
    pricer: Stretches


def window(stage: Stage, moves: Moving, first: int, last: int) -> Window:
    """The window of a plan; covers of days outside of it do not change."""
    problem = stage.problem
    inside = slice(first, last)
    covers = tuple(
        replace(each, days=each.days - first)
        for each in problem.covers
        if len(each.days) and first <= each.days.min() and each.days.max() < last
    )
    part = replace(
        problem, allowed=problem.allowed[:, inside], cost=problem.cost[:, :, inside], rules=(), covers=covers,
        first=0, constant=np.zeros(len(problem.tiers), np.int64),
    )  # fmt: skip
    return Window(first, last, part, coverage(part), Stretches(part, moves, first, last))


def solve(stage: Stage, moves: Moving, at: Window) -> Ints | None:
    """(P, days) rows of a window that costs less; None where there are none."""
    inner, plan = _inner(stage, moves, at)
    caps = plan.totals()[: stage.tier]
    master = Master.of_all(at.problem, at.cover, stage.tier, caps, float(stage.weigh.breach))
    for person, row in enumerate(plan.rows):
        master.add(person, row, plan.values[person])
    generation = Generation(at.problem, at.cover, at.pricer, master, caps)
    generation.run(stage.stop, rounds=ROUNDS, tail=0.002)
    duals = master.solve(stage.stop)
    now = inner.value
    if duals is None or now is None or master.value > now - stage.grain + SLACK:
        return None
    found = dive(inner, generation, Plan(at.problem, at.cover, at.pricer, inner.weigh), 0, DIVES)
    return inner.best.rows if found and inner.best is not None else None


def _inner(stage: Stage, moves: Moving, at: Window) -> tuple[Stage, Plan]:
    """The work on the window as a stage that nobody is told of, and the plan as it stands there."""
    weigh = replace(stage.weigh, table=at.cover.table(stage.weigh.weights, stage.weigh.breach))
    plan = Plan(at.problem, at.cover, at.pricer, weigh)
    for person in range(at.problem.n_people):
        row = moves.schedule(person)[0][at.first : at.last]
        plan.put(person, row, at.pricer.valued(person, row))
    inner = Stage(
        at.problem, at.cover, at.pricer, weigh, stage.tier, plan.totals()[: stage.tier], stage.options, stage.stop,
        Progress(),
    )  # fmt: skip
    inner.offer(plan)
    return inner, plan


def slide(stage: Stage, length: int, part: float) -> bool:
    """Solve windows of so many days anew, half a window apart, all along the horizon; whether any got better.

    It ends when ``part`` of the stage is spent.
    """
    moves = moving(stage)
    assert moves is not None
    assert stage.best is not None
    moves.load(stage.best)
    better = False
    days, offset = stage.problem.n_days, int(stage.rng.integers(0, max(1, length // 2)))
    for begin in range(-offset, days - length // 4, max(1, length // 2)):
        if stage.over or stage.spent >= part:
            break
        stage.tries += stage.problem.n_people
        at = window(stage, moves, max(0, begin), min(days, begin + length))
        rows = solve(stage, moves, at)
        stage.tries += at.pricer.calls
        if rows is None:
            continue
        plan = stage.best.copy()
        for person, row in enumerate(rows):
            whole = plan.rows[person].copy()
            whole[at.first : at.last] = row
            plan.take(person)
            plan.put(person, whole, evaluate.person_values(stage.problem, person, whole))
        if stage.offer(plan):
            better = True
            for person in range(stage.problem.n_people):
                moves.swap(person, plan.rows[person], plan.values[person])
    return better
