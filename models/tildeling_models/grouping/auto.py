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
from typing import Any

import numpy as np

from tildeling_models.grouping import components, cpsat, evaluate, mip, priced
from tildeling_models.grouping.bounds import least_value
from tildeling_models.grouping.components import Part
from tildeling_models.grouping.engines import engine
from tildeling_models.grouping.joint import joint_bounds
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.grouping.relaxation import Relaxation
from tildeling_models.grouping.schedule import Job, Schedule, jobs, weight
from tildeling_models.grouping.start import status_quo
from tildeling_models.options import Options
from tildeling_models.parallel import pool, worker_progress, worker_stop
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Moment, Outcome, Result, Slope, Termination, Tier, Ties
from tildeling_models.stop import Stop

LARGE = 10_000
"""Parts with more cells than this are bounded and searched by a few cells at a time."""

MANY = 2_000
"""Cells in all from which a pool of processes is worth its start."""

EVERY_S = 1.0
"""Seconds between two evaluations of the whole, while parts come in."""

BEGIN_SHARE = 0.2
"""Of the time, what first solutions of all parts may take."""

SLOPE_SHARE = 0.05
"""Of the time, what is kept for bounds of the whole where a part is not proven."""

Answers = list[Result[Assignment] | None]
SOLVERS = {"mip": mip.solve, "cpsat": cpsat.solve, "priced": priced.solve}


def pick(problem: GroupingProblem) -> str:
    """The engine for a part.

    The MIP wins wherever capacities of servers bind, and on assignment-like parts; CP-SAT where the logic
    between pairs outnumbers the cells; above ``LARGE`` cells neither holds (benchmarks/README.md).
    """
    if problem.n_cells > LARGE:
        return "priced"
    logic = len(problem.conflict) + len(problem.together) + len(problem.exclusion) + len(problem.affinity)
    return "cpsat" if logic > problem.n_cells else "mip"


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
    tally = _Tally(problem, parts, stands, stop, progress)
    run = _Run(parts, given, stands, [None] * len(parts), options, stop, tally)
    share = stop if stop.seconds is None else stop.part(stop.left * (1.0 - SLOPE_SHARE))
    with _executor(problem, options, stop, tally) as executor:
        run.begin(executor, share if share.seconds is None else share.part(share.left * BEGIN_SHARE))
        run.solve(executor, share)
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
    problem: GroupingProblem, options: Options, stop: Stop, tally: _Tally
) -> Iterator[Executor | None]:
    """A pool of processes where it is worth it; None: this process does the work."""
    if options.workers > 1 and problem.n_cells > MANY:
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
    tally: _Tally

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

    def begin(self, executor: Executor | None, stop: Stop) -> None:
        """A first solution of every part, so that no part is empty when time is up or the run is cancelled."""

        def task(job: Job, seconds: float) -> tuple[Callable[..., list[Assignment | None]], Sequence[object]]:
            problems = [self.parts[k].problem for k in job.parts]
            given = [self.given[k] for k in job.parts]
            return first_parts, (problems, self._alone(), _limit(stop, seconds), given)

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

    def _round(self, executor: Executor | None, stop: Stop, which: Sequence[int]) -> None:
        def task(job: Job, seconds: float) -> tuple[Callable[..., Answers], Sequence[object]]:
            problems = [self.parts[k].problem for k in job.parts]
            known = [answer.tiers if (answer := self.answers[k]) else () for k in job.parts]
            at = [answer.solution if (answer := self.answers[k]) else self.given[k] for k in job.parts]
            return solve_parts, (job.parts, problems, self._alone(), _limit(stop, seconds), at, known)

        def take(job: Job, found: Answers) -> None:
            for k, answer in zip(job.parts, found, strict=True):
                if answer is not None and (self.answers[k] is None or answer.solution is not None):
                    self.answers[k] = answer
                self.tally.done(k, answer)

        self._share_out(executor, stop, which, task, take)

    def _alone(self) -> Options:
        """Threads change a solver's path; a part has one."""
        return replace(self.options, workers=1)

    def _at(self, k: int) -> Assignment | None:
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
            return slope_parts, (problems, self._alone(), _limit(self.stop, seconds), known, first)

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
    ) -> None:
        """Hand the jobs out to the workers, or do them here, and take in what comes of them."""
        cells = [part.problem.n_cells for part in self.parts]
        schedule = Schedule(deque(jobs(cells, which)), self.options.workers if executor else 1)
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


Limit = tuple[float, float] | None
"""Seconds for a job from when it begins, and the moment on this machine's monotonic clock when all must end."""


def _limit(stop: Stop, seconds: float) -> Limit:
    return None if stop.seconds is None else (seconds, time.monotonic() + stop.left)


def _stop_within(limit: Limit, stop: Stop | None) -> Stop:
    """A stop for a job that begins now, cancelled with the run; in a worker process without a stop."""
    seconds = None if limit is None else max(0.0, min(limit[0], limit[1] - time.monotonic()))
    if stop is None:
        return worker_stop(seconds)
    return stop if seconds is None else stop.part(seconds)


def first_parts(
    problems: Sequence[GroupingProblem],
    options: Options,
    limit: Limit,
    given: Sequence[Assignment | None],
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> list[Assignment | None]:
    """A first solution of each part, or the one given where that is better."""
    del progress
    stop = _stop_within(limit, stop)
    found: list[Assignment | None] = []
    for problem, start in zip(problems, given, strict=True):
        beginner = priced.Priced(problem, options)
        found.append(start if stop.now else beginner.better(start, beginner.first(stop)))
    return found


class _Numbered(Progress):
    """Says of events which part they are about."""

    def __init__(self, listener: Progress, part: int) -> None:
        self.listener, self.part = listener, part

    def event(self, event: Event) -> None:
        """Pass an event on."""
        self.listener.event(replace(event, part=self.part))


def solve_parts(
    which: Sequence[int],
    problems: Sequence[GroupingProblem],
    options: Options,
    limit: Limit,
    starts: Sequence[Assignment | None],
    known: Sequence[Sequence[Tier]],
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> Answers:
    """Solve parts one after the other, each with its share of the time; in a worker process without a stop.

    ``which`` are the parts' numbers in the whole.
    """
    stop = _stop_within(limit, stop)
    progress = progress or worker_progress()
    found: Answers = []
    shares = np.array([weight(problem.n_cells) for problem in problems])
    for k, problem in enumerate(problems):
        own = stop if stop.seconds is None else stop.part(stop.left * shares[k] / shares[k:].sum())
        listener = _Numbered(progress, which[k])
        found.append(SOLVERS[pick(problem)](problem, options, own, listener, starts[k], known[k]))
    return found


def slope_parts(
    problems: Sequence[GroupingProblem],
    options: Options,
    limit: Limit,
    known: Sequence[Sequence[Tier]],
    first: int,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> list[tuple[Tier, ...]]:
    """The tiers of each part with the slopes of their relaxations, from tier ``first`` on."""
    del progress
    stop = _stop_within(limit, stop)
    return [_sloped(*each, first, options, stop) for each in zip(problems, known, strict=True)]


def _sloped(
    problem: GroupingProblem, tiers: Sequence[Tier], first: int, options: Options, stop: Stop
) -> tuple[Tier, ...]:
    """Tiers with slopes; what already meets the bound that always holds needs no relaxation."""
    found = list(tiers)
    relaxation: Relaxation | None = None
    flat = (0.0,) * len(found)
    for t in range(first, len(found)):
        least = least_value(problem, t)
        if found[t].slope is not None:
            continue
        if found[t].value == least:
            found[t] = replace(found[t], slope=Slope(float(least), flat))
            continue
        if stop.now:
            break
        if relaxation is None:
            few = np.ones(problem.n_cells, dtype=bool)
            if problem.n_cells > LARGE:
                few = priced.Priced(problem, options).rank < priced.FEW
            relaxation = Relaxation(problem, few | problem.cell_start, options)
        caps = tuple((s, tier.value) for s, tier in enumerate(found[:t]) if tier.value is not None)
        found[t] = replace(found[t], slope=relaxation.solve(t, caps, stop, found[t].value).slope)
    return tuple(found)


class _Tally(Progress):
    """Adds up values and bounds of parts as they come, for progress and history of the whole."""

    def __init__(
        self,
        problem: GroupingProblem,
        parts: Sequence[Part],
        starts: Sequence[Assignment | None],
        stop: Stop,
        listener: Progress,
    ) -> None:
        self.problem, self.parts, self.stop, self.listener = problem, parts, stop, listener
        self.current = list(starts)
        self.finished: set[int] = set()
        self.said = 0.0
        self.history: list[Moment] = []
        tiers = range(len(problem.tiers))
        self.bounds = np.array([[least_value(part.problem, t) for t in tiers] for part in parts])
        self.values = np.zeros((len(parts), len(problem.tiers)), np.int64)
        for k, start in enumerate(starts):
            if start is not None:
                self.values[k] = evaluate.values(parts[k].problem, start)
        self._say("start")

    def event(self, event: Event) -> None:
        """Pass a part's event on, as what it means for the whole."""
        value, bound = event.value, event.bound
        if event.tier in self.problem.tiers and event.part < len(self.parts):
            k, t = event.part, self.problem.tiers.index(event.tier)
            constant = int(self.problem.constant[t])
            if value is not None:
                self.values[k, t] = value
                value = constant + int(self.values[:, t].sum())
            if bound is not None:
                self.bounds[k, t] = max(self.bounds[k, t], bound)
            bound = constant + int(self.bounds[:, t].sum())
        self._tell(replace(event, value=value, bound=bound))

    def _tell(self, event: Event) -> None:
        left = None if self.stop.seconds is None else self.stop.left
        done, parts = len(self.finished), len(self.parts)
        self.listener.event(replace(event, elapsed=self.stop.elapsed, left=left, part=done, parts=parts))

    def began(self, part: int, first: Assignment) -> None:
        """A part has a first solution."""
        self.current[part] = first
        self.values[part] = evaluate.values(self.parts[part].problem, first)
        if self.stop.elapsed - self.said > EVERY_S:
            self._say("start")

    def done(self, part: int, answer: Result[Assignment] | None) -> None:
        """A part has ended."""
        self.finished.add(part)
        if answer is not None and answer.solution is not None:
            self.current[part] = answer.solution
            self.values[part] = [tier.value or 0 for tier in answer.tiers]
        if len(self.finished) >= len(self.parts) or self.stop.elapsed - self.said > EVERY_S:
            self._say("solve")

    def _say(self, phase: str) -> None:
        """Evaluate and keep the whole; its first tier goes into the history."""
        self.said = self.stop.elapsed
        known = [current for current in self.current if current is not None]
        value = None
        if len(known) == len(self.current):
            whole = components.merge(self.problem, self.parts, known)
            value = int(evaluate.values(self.problem, whole)[0])
            self.history.append(Moment(self.stop.elapsed, self.problem.tiers[0], value, None))
            self.listener.incumbent(whole)
        self._tell(Event(phase, "", value))


def _merged(problem: GroupingProblem, run: _Run, runtime: float, tally: _Tally) -> Result[Assignment]:
    parts, options, stop = run.parts, run.options, run.stop
    results = [answer for answer in run.answers if answer is not None]
    solved = [run._at(k) for k in range(len(parts))]
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
