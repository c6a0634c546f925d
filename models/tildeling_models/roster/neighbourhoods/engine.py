"""The search: parts of the best roster solved again, bounds beside it, tier after tier."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

import numpy as np

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result
from tildeling_models.roster import evaluate
from tildeling_models.roster.cpsat import Tiers
from tildeling_models.roster.cpsat.search import WORK_UNIT
from tildeling_models.roster.lexicographic import Answer, Task, solve_tiers
from tildeling_models.roster.neighbourhoods.bounding import Beside, Bounding
from tildeling_models.roster.neighbourhoods.choosing import Choice, Chooser
from tildeling_models.roster.neighbourhoods.counting import Counting
from tildeling_models.roster.neighbourhoods.first import first_roster, softened
from tildeling_models.roster.neighbourhoods.part_search import improve
from tildeling_models.roster.neighbourhoods.restrict import part_of
from tildeling_models.roster.problem import Ints, Roster, RosterProblem
from tildeling_models.stop import Stop

log = logging.getLogger(__name__)

TIER_SHARE = 0.5
"""Of the time left, what a tier may take that could go on for ever."""

PART_S, PART_WORK = 2.0, 1.0
"""Seconds, or deterministic seconds, for one part."""

PATIENCE = 60
"""Parts in a row without any gain after which a tier is left, unless it is the last."""

BOUND_SHARE = 0.2
"""Of a tier's time, what its bound takes where there is no second worker."""

SCHEDULES_SHARE, CYCLE_SHARE = 0.7, 0.2
"""Of a tier's time, what column generation may take for its bound before CP-SAT is asked; a cycle's schedules are
bounded without the wrap, so that CP-SAT is soon ahead there (benchmarks/README.md, two ways to a bound)."""

FIRST_SHARE = 0.5
"""Of the time left, what hard covers may take to be met; then CP-SAT tries the whole."""

BACK = 0.1
"""How often a part is solved for an earlier tier that is not proven."""


def solve(
    problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None = None
) -> Result[Roster]:
    """Solve all tiers; never worse than a legal start."""
    tiers = _Tiers(problem, options)
    try:
        return solve_tiers(problem, tiers, "neighbourhoods", options, stop, progress, start, share=TIER_SHARE)
    finally:
        tiers.bounding.close()


class Standing:
    """The best roster so far, what each person and cover costs in it, and who may change it at once."""

    def __init__(self, problem: RosterProblem, counting: Counting, roster: Roster) -> None:
        self.problem, self.counting = problem, counting
        self.lock = threading.Lock()
        self.activity = roster.activity
        self.values = evaluate.values(problem, roster)
        self.personal = np.array(
            [evaluate.person_values(problem, p, row) for p, row in enumerate(roster.activity)], np.int64
        )

    def replace(self, people: Ints, activity: Ints) -> None:
        """Another roster that differs for these people."""
        self.activity = activity
        for person in people.tolist():
            self.personal[person] = evaluate.person_values(self.problem, person, activity[person])

    def covers(self, tier: int) -> Ints:
        """(R,) what each cover costs."""
        return self.counting.cost(self.counting.counts(self.activity), tier)


class _Tiers:
    """What is kept from tier to tier."""

    def __init__(self, problem: RosterProblem, options: Options) -> None:
        self.problem, self.options = problem, options
        self.counting = Counting(problem)
        self.bounding = Bounding(problem, options)
        self.open: list[int] = []
        self.chooser = Chooser(problem, self.counting, options.seed)

    def __call__(self, task: Task) -> Answer:
        start = task.start
        if start is None:
            found = self._first(task)
            if found.roster is None or task.stop.now:
                return found
            start = found.roster
            task.moment(start, int(evaluate.values(self.problem, start)[task.tier]), None)
        run = _Run(self, task, Standing(self.problem, self.counting, start))
        answer = run.run()
        if answer.outcome is not Outcome.OPTIMAL:
            self.open.append(task.tier)
        return answer

    def _first(self, task: Task) -> Answer:
        """A legal roster: person by person, then whatever hard covers still lack; in the end CP-SAT on the whole."""
        problem = self.problem
        hard = any(cover.least is not None or cover.most is not None for cover in problem.covers)
        tiers = _Tiers(softened(problem), self.options) if hard else self
        first = first_roster(tiers.problem, tiers.counting, task.options, task.stop)
        if first.infeasible:
            return Answer(Outcome.INFEASIBLE, None, None)
        if first.roster is None:
            return Tiers(problem)(task)
        if not evaluate.violations(problem, first.roster):
            return Answer(Outcome.FEASIBLE, first.roster, None)
        seconds = FIRST_SHARE * task.stop.left
        repair = replace(
            task, problem=tiers.problem, tier=0, start=first.roster, seconds=seconds, moment=_silent
        )
        try:
            found = _Run(tiers, repair, Standing(tiers.problem, tiers.counting, first.roster)).run()
        finally:
            if tiers is not self:
                tiers.bounding.close()
        if found.bound is not None and found.bound > 0:
            return Answer(Outcome.INFEASIBLE, None, None)
        if found.roster is not None and not evaluate.violations(problem, found.roster):
            return Answer(Outcome.FEASIBLE, found.roster, None)
        return Tiers(problem)(replace(task, hint=found.roster))


def _silent(*_: object) -> None:
    return None


class _Run:
    """One tier: parts of the best roster, one after the other, while its bound is sought."""

    def __init__(self, tiers: _Tiers, task: Task, standing: Standing) -> None:
        self.tiers, self.task, self.standing = tiers, task, standing
        self.tier = task.tier
        self.until = task.stop.elapsed + task.seconds
        self.bound: int | None = None
        self.work = 0.0
        self.budget = task.options.work_limit / WORK_UNIT
        self.chooser = tiers.chooser

    @property
    def value(self) -> int:
        """What the tier costs as things stand."""
        return int(self.standing.values[self.tier])

    @property
    def proven(self) -> bool:
        """Whether nothing is left to gain in the tier."""
        return self.bound is not None and self.bound >= self.value

    @property
    def close(self) -> bool:
        """Whether the gap is as small as asked for."""
        if self.bound is None:
            return False
        return self.value - self.bound <= self.task.options.gap * max(1, abs(self.value))

    def run(self) -> Answer:
        """Search until the tier is proven, its time is up, or nothing is gained any more."""
        task, options = self.task, self.task.options
        alone = task.stop if options.deterministic else task.stop.share(BOUND_SHARE)
        self._tell(self.tiers.bounding.people(self.tier, task.caps, alone))
        beside = None
        if not options.deterministic and options.workers > 1 and not self.close:
            beside = Beside(lambda stop: self._bound(stop, self.until - task.stop.elapsed), task.stop)
        try:
            self._search()
        finally:
            if beside is not None:
                beside.join()
        if beside is None and not self.close:
            left = (
                task.stop if options.deterministic else task.stop.part(max(1.0, BOUND_SHARE * task.seconds))
            )
            self._bound(left, left.left)
        value = self.value
        outcome = Outcome.OPTIMAL if self.bound == value else Outcome.FEASIBLE
        done = self.close
        return Answer(
            outcome, Roster(self.standing.activity), self.bound,
            clock=task.stop.now or not (done or options.deterministic), work=not done,
        )  # fmt: skip

    def _tell(self, bound: int) -> None:
        if self.bound is None or bound > self.bound:
            self.bound = bound
            self.task.moment(None, self.value, bound)

    def _bound(self, stop: Stop, seconds: float) -> None:
        """Bounds of the whole: by column generation in a part of the seconds, then by CP-SAT until ``stop``."""
        task = self.task
        if not task.options.deterministic:
            share = CYCLE_SHARE if task.problem.cyclic else SCHEDULES_SHARE
            now, part = Roster(self.standing.activity), share * max(0.0, seconds)
            self.tiers.bounding.schedules(self.tier, task.caps, now, stop, part, self._tell)
            if self.close:
                return
        found, _ = self.tiers.bounding.whole(
            self.tier, task.caps, Roster(self.standing.activity), stop, self._tell, self._offer
        )
        if found is not None:
            self._tell(found)

    def _offer(self, roster: Roster) -> None:
        """A roster from elsewhere."""
        new = evaluate.values(self.task.problem, roster)
        with self.standing.lock:
            if new[: self.tier + 1].tolist() < self.standing.values[: self.tier + 1].tolist():
                changed = np.flatnonzero((roster.activity != self.standing.activity).any(axis=1))
                self.standing.values = new
                self.standing.replace(changed, roster.activity)
                self.task.moment(roster, int(new[self.tier]), self.bound)

    def _search(self) -> None:
        """Solve parts until the tier is as good as asked for, its time or work is up, or nothing is gained."""
        task, idle = self.task, 0
        last = self.tier == len(task.problem.tiers) - 1 and task.stop.seconds is not None
        patience = min(PATIENCE, 10 + int(self.chooser.open.sum()) // 10)
        while not self.close and not self.chooser.spent and not task.stop.now:
            if self.work >= self.budget if task.options.deterministic else task.stop.elapsed >= self.until:
                return
            if idle >= patience and not last:
                return
            idle = 0 if self._part() else idle + 1

    def _part(self) -> bool:
        """Solve one part; whether anything was gained."""
        task, standing = self.task, self.standing
        with standing.lock:
            activity, values = standing.activity, standing.values
            choice = self.chooser.next(standing.personal[:, self.tier], standing.covers(self.tier))
        goals, kept = self._goals()
        if not len(choice.people):
            return False
        began = task.stop.elapsed
        part = part_of(task.problem, self.tiers.counting, activity, choice.people, choice.free)
        stop = task.stop if task.options.deterministic else task.stop.part(PART_S)
        found = improve(
            part.problem, activity[choice.people], goals, kept, task.options, stop,
            min(PART_WORK, max(1e-3, self.budget - self.work)),
        )  # fmt: skip
        self.work += found.work + 1e-3
        spent = found.work if task.options.deterministic else task.stop.elapsed - began
        gain = 0
        if found.rows is not None and found.change is not None:
            gain = self._take(choice, activity, values, found.rows, found.change)
        log.debug(
            "%s %d people %.2f s gain %d proven %s",
            choice.kind,
            len(choice.people),
            spent,
            gain,
            found.proven,
        )
        self.chooser.learn(choice, gain / max(1, abs(self.value)), spent, found.proven, spent > PART_S / 2)
        return gain > 0

    def _goals(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Tiers to gain in, and those to keep: most often this tier, with an eye on the next."""
        tier, tiers, rng = self.tier, len(self.task.problem.tiers), self.chooser.rng
        before = [each for each in self.tiers.open if each < tier]
        if before and rng.random() < BACK:
            goal = int(rng.choice(before))
            return (goal, tier), tuple(each for each in range(tier) if each != goal)
        later = (tier + 1,) if tier + 1 < tiers and rng.random() < 0.7 else ()
        return (tier, *later), tuple(range(tier))

    def _take(self, choice: Choice, before: Ints, values: Ints, rows: Ints, change: Ints) -> int:
        """Put rows in if they are better tier by tier; by how much this tier, or one before, gained."""
        new = values + change
        if new.tolist() >= values.tolist():
            return 0
        with self.standing.lock:
            if self.standing.activity is not before:
                return 0
            activity = before.copy()
            activity[choice.people] = rows
            self.standing.values = new
            self.standing.replace(choice.people, activity)
            gained = values[: self.tier + 1] - new[: self.tier + 1]
            if gained.any():
                self.task.moment(Roster(activity), int(new[self.tier]), self.bound)
            return int(np.abs(gained).sum())
