"""Engine ``auto``: independent parts apart, an engine picked per part, values and bounds added.

Parts are solved in parallel where there are workers, each with its share of the time (:mod:`schedule`).  Those
that are not proven are taken up again, from where they ended, as long as there is time and it helps.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from tildeling_models.cluster import cluster
from tildeling_models.grouping import components, evaluate
from tildeling_models.grouping.bounds import least_value
from tildeling_models.grouping.components import Part
from tildeling_models.grouping.engines import engine
from tildeling_models.grouping.joint import joint_bounds
from tildeling_models.grouping.parts import Answers, first_parts, limit_of, pick, slope_parts, solve_parts
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.grouping.schedule import Job, Schedule, jobs
from tildeling_models.grouping.start import status_quo
from tildeling_models.grouping.tally import Tally
from tildeling_models.options import Options
from tildeling_models.parallel import pool
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result, Termination, Tier, Ties
from tildeling_models.stop import Stop

MANY = 2_000
"""Cells in all from which a pool of processes is worth its start."""

BEGIN_SHARE = 0.2
"""Of the time, what first solutions of all parts may take."""

FIRST_SHARE = 0.5
"""Of the time, what the first tier may take of all parts before any part turns to its later tiers."""

SLOPE_SHARE = 0.05
"""Of the time, what is kept for bounds of the whole where a part is not proven."""


def solve(
    problem: GroupingProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Assignment | None = None,
) -> Result[Assignment]:
    """Solve the parts apart; whole, if a tier has a tolerance, which parts could not share out."""
    began = stop.elapsed
    if problem.tolerance.any():
        return replace(engine("mip")(problem, options, stop, progress, start), engine="auto")
    parts = components.split(problem)
    given = [_cut(part, start) for part in parts]
    stands = [mine or status_quo(part.problem) for part, mine in zip(parts, given, strict=True)]
    tally = Tally(problem, parts, stands, stop, progress)
    run = _Run(parts, given, stands, [None] * len(parts), options, stop, tally)
    most = stop.share(1.0 - SLOPE_SHARE)
    with _executor(problem, len(parts), options, stop, tally) as executor:
        run.begin(executor, most.share(BEGIN_SHARE))
        run.first_tier(executor, most.share(FIRST_SHARE))
        run.solve(executor, most)
        run.slope(executor)
    return _merged(problem, run, stop.elapsed - began, tally)


def _cut(part: Part, start: Assignment | None) -> Assignment | None:
    """A part's share of the start, if it is feasible."""
    if start is None:
        return None
    mine = components.cut(part, start)
    return None if evaluate.violations(part.problem, mine) else mine


@contextmanager
def _executor(
    problem: GroupingProblem, parts: int, options: Options, stop: Stop, tally: Tally
) -> Iterator[Executor | None]:
    """A cluster where one is named, a pool of processes where it is worth it; None: this process does the work."""
    if options.scheduler is not None:
        with cluster(options.scheduler, stop, tally) as there:
            yield there
    elif options.workers > 1 and parts > 1 and problem.n_cells > MANY:
        with pool(options.workers, stop, tally) as executor:
            yield executor
    else:
        yield None


@dataclass(eq=False)
class _Run:
    """The parts, the starts that were given, what stands without a search, and what has come of them so far."""

    parts: Sequence[Part]
    given: list[Assignment | None]
    stands: list[Assignment | None]
    answers: Answers
    options: Options
    stop: Stop
    tally: Tally

    def solve(self, executor: Executor | None, stop: Stop) -> None:
        """Rounds over the parts that are not proven: the first over all, more while time is left and it helps."""
        which = list(range(len(self.parts)))
        while which:
            before = [self._state(k) for k in which]
            self._round(executor, stop, which)
            helped = [self._state(k) for k in which] != before
            which = [k for k in which if self._open(k)]
            if not helped or stop.now or stop.left < 1.0 or self.options.deterministic:
                return

    def first_tier(self, executor: Executor | None, stop: Stop) -> None:
        """The first tier of all parts, where some are hard and time is short.

        A unit of the first tier in any part outweighs all later tiers of all parts, so a part must not spend on
        its later tiers what another lacks for its first.
        """
        if self._short:
            self._round(executor, stop, range(len(self.parts)), 1)

    @cached_property
    def _short(self) -> bool:
        """Whether time has to be shared out with care: there is a limit, and a part that could use all of it."""
        if self.stop.seconds is None or self.options.deterministic:
            return False
        return any(pick(part.problem) == "priced" for part in self.parts)

    def begin(self, executor: Executor | None, stop: Stop) -> None:
        """A first solution of every part, so that no part is empty when time is up or the run is cancelled."""

        def task(job: Job, seconds: float) -> tuple[Callable[..., list[Assignment | None]], Sequence[object]]:
            problems = [self.parts[k].problem for k in job.parts]
            given = [self.given[k] for k in job.parts]
            return first_parts, (problems, self._alone(), limit_of(stop, seconds, self._elsewhere), given)

        def take(job: Job, found: list[Assignment | None]) -> None:
            for k, first in zip(job.parts, found, strict=True):
                if first is not None:
                    self.given[k] = self.stands[k] = first
                    self.tally.began(k, first)

        self._share_out(executor, stop, range(len(self.parts)), task, take)

    def _state(self, k: int) -> tuple[tuple[int | None, int | None], ...]:
        answer = self.answers[k]
        return tuple((tier.value, tier.bound) for tier in answer.tiers) if answer else ()

    def _open(self, k: int) -> bool:
        """Whether there is something left to prove in a part, that more time could."""
        answer = self.answers[k]
        if answer is None or answer.outcome is Outcome.INFEASIBLE:
            return False
        gap = self.options.gap
        return any(tier.gap is None or tier.gap > gap for tier in answer.tiers)

    def _round(
        self, executor: Executor | None, stop: Stop, which: Sequence[int], most: int | None = None
    ) -> None:
        def task(job: Job, seconds: float) -> tuple[Callable[..., Answers], Sequence[object]]:
            problems = [self.parts[k].problem for k in job.parts]
            known = [answer.tiers if (answer := self.answers[k]) else () for k in job.parts]
            at = [answer.solution if (answer := self.answers[k]) else self.given[k] for k in job.parts]
            return solve_parts, (
                job.parts,
                problems,
                self._alone(),
                limit_of(stop, seconds, self._elsewhere),
                at,
                known,
                most,
            )

        def take(job: Job, found: Answers) -> None:
            for k, answer in zip(job.parts, found, strict=True):
                if answer is not None and (self.answers[k] is None or answer.solution is not None):
                    self.answers[k] = answer
                self.tally.done(k, answer)

        self._share_out(executor, stop, which, task, take, easy_first=self._short)

    def _alone(self) -> Options:
        """Threads change a solver's path; a part has one."""
        return replace(self.options, workers=1, scheduler=None)

    @property
    def _elsewhere(self) -> bool:
        return self.options.scheduler is not None

    def at(self, k: int) -> Assignment | None:
        """Where a part stands: its best solution, else what needs no search."""
        answer = self.answers[k]
        return answer.solution if answer is not None and answer.solution is not None else self.stands[k]

    def slope(self, executor: Executor | None) -> None:
        """Relaxations of parts that lack one, where an unproven part makes them count for the whole."""
        proven = [all(a.tiers[t].proven for a in self.answers if a) for t in range(self._tiers)]
        first = proven.index(False) + 1 if False in proven else self._tiers
        if first >= self._tiers or any(a is None or a.solution is None for a in self.answers):
            return
        lacking = [
            k for k, answer in enumerate(self.answers)
            if answer and any(tier.slope is None for tier in answer.tiers[first:])
        ]  # fmt: skip

        def task(job: Job, seconds: float) -> tuple[Callable[..., list[tuple[Tier, ...]]], Sequence[object]]:
            problems = [self.parts[k].problem for k in job.parts]
            known = [answer.tiers if (answer := self.answers[k]) else () for k in job.parts]
            return slope_parts, (
                problems,
                self._alone(),
                limit_of(self.stop, seconds, self._elsewhere),
                known,
                first,
            )

        def take(job: Job, found: list[tuple[Tier, ...]]) -> None:
            for k, tiers in zip(job.parts, found, strict=True):
                answer = self.answers[k]
                if answer is not None:
                    self.answers[k] = replace(answer, tiers=tiers)

        self._share_out(executor, self.stop, lacking, task, take)

    @property
    def _tiers(self) -> int:
        return len(self.parts[0].problem.tiers) if self.parts else 0

    def _share_out(
        self,
        executor: Executor | None,
        stop: Stop,
        which: Sequence[int],
        task: Callable[[Job, float], tuple[Callable[..., Any], Sequence[object]]],
        take: Callable[[Job, Any], None],
        easy_first: bool = False,
    ) -> None:
        """Hand the jobs out to the workers, or do them here, and take in what comes of them.

        With ``easy_first`` what is soon done leaves its share to what is hard; else the heaviest begin, so that the
        workers end together.
        """
        cells = [part.problem.n_cells for part in self.parts]
        waiting = deque(sorted(jobs(cells, which), key=lambda job: job.weight if easy_first else -job.weight))
        schedule = Schedule(waiting, getattr(executor, "workers", self.options.workers) if executor else 1)
        running: dict[Future[Any], Job] = {}
        clock = time.monotonic()
        while True:
            while len(running) < schedule.workers and not self.stop.cancelled:
                given = schedule.next(stop.left)
                if given is None:
                    break
                function, arguments = task(*given)
                if executor is None:
                    take(given[0], function(*arguments, self.stop, self.tally))
                    schedule.done(given[0])
                else:
                    running[executor.submit(function, *arguments)] = given[0]
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            schedule.passed(time.monotonic() - clock)
            clock = time.monotonic()
            for future in done:
                job = running.pop(future)
                schedule.done(job)
                take(job, future.result())


def _merged(problem: GroupingProblem, run: _Run, runtime: float, tally: Tally) -> Result[Assignment]:
    parts, options, stop = run.parts, run.options, run.stop
    results = [answer for answer in run.answers if answer is not None]
    solved = [run.at(k) for k in range(len(parts))]
    infeasible = any(result.outcome is Outcome.INFEASIBLE for result in results)
    whole = None
    if not infeasible and all(solution is not None for solution in solved):
        whole = components.merge(problem, parts, [solution for solution in solved if solution is not None])
    tiers = _tiers(problem, run, whole)
    proven = whole is not None and all(tier.proven for tier in tiers)
    outcome = (
        Outcome.INFEASIBLE if infeasible
        else Outcome.OPTIMAL if proven
        else Outcome.FEASIBLE if whole is not None
        else Outcome.UNKNOWN
    )  # fmt: skip
    reasons = {result.termination for result in results} - {Termination.COMPLETED}
    order = (Termination.CANCELLED, Termination.TIME_LIMIT, Termination.WORK_LIMIT, Termination.GAP_LIMIT)
    ended = next((reason for reason in order if reason in reasons), Termination.COMPLETED)
    if proven:
        ended = Termination.COMPLETED
    if len(results) < len(parts):
        ended = Termination.TIME_LIMIT
    if stop.cancelled:
        ended = Termination.CANCELLED
    return Result(
        outcome, ended, whole, tiers, "auto", options.seed,
        options.deterministic and all(result.reproducible for result in results),
        runtime, tuple(tally.history), _ties(parts, results) if len(results) == len(parts) else Ties(),
    )  # fmt: skip


def _tiers(problem: GroupingProblem, run: _Run, whole: Assignment | None) -> tuple[Tier, ...]:
    """Values of the whole, and its bounds from those of the parts."""
    least = [[least_value(part.problem, t) for t in range(len(problem.tiers))] for part in run.parts]
    values: list[int | None] = [None] * len(problem.tiers)
    if whole is not None:
        values = list(evaluate.values(problem, whole).tolist())
        bounds = joint_bounds([_known(run, k) for k in range(len(run.parts))], least)
    else:
        bounds = [sum(row[t] for row in least) for t in range(len(problem.tiers))]
    return tuple(
        Tier(
            name, values[t], int(problem.constant[t]) + bounds[t], float(problem.tolerance[t]), "min",
            sum(answer.tiers[t].runtime_s for answer in run.answers if answer),
        )
        for t, name in enumerate(problem.tiers)
    )  # fmt: skip


def _known(run: _Run, k: int) -> tuple[Tier, ...]:
    """What is known of a part's tiers; of one not reached, the values of where it stands."""
    answer = run.answers[k]
    if answer is not None and answer.solution is not None:
        return answer.tiers
    problem, start = run.parts[k].problem, run.stands[k]
    assert start is not None
    return tuple(
        Tier(name, int(value), None)
        for name, value in zip(problem.tiers, evaluate.values(problem, start), strict=True)
    )


def _ties(parts: Sequence[Part], results: Sequence[Result[Assignment]]) -> Ties[tuple[str, int, int]]:
    """The parts' ties in the indices of the whole."""
    found = []
    for part, result in zip(parts, results, strict=True):
        for kind, subject, choice in result.ties.alternatives:
            if kind == "item":
                found.append(
                    (kind, int(part.items[subject]), int(part.groups[choice]) if choice >= 0 else -1)
                )
            else:
                found.append(
                    (kind, int(part.groups[subject]), int(part.servers[choice]) if choice >= 0 else -1)
                )
    return Ties(tuple(sorted(found)), all(result.ties.complete for result in results))
