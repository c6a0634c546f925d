"""Engine ``auto``: independent parts apart, an engine picked per part, values and bounds added.

Small parts are solved first, in this process; large ones after that, in parallel where there are workers.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from tildeling_models.grouping import components, evaluate
from tildeling_models.grouping.bounds import least_value
from tildeling_models.grouping.components import Part
from tildeling_models.grouping.engines import engine
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.grouping.start import status_quo
from tildeling_models.options import Options
from tildeling_models.parallel import pool, worker_progress, worker_stop
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Moment, Outcome, Result, Termination, Tier, Ties
from tildeling_models.stop import Stop

SMALL = 600
"""Parts with at most this many cells are solved at once, without a process of their own."""

Answers = list[Result[Assignment] | None]


def pick(problem: GroupingProblem) -> str:
    """The engine for a part.

    The MIP wins wherever capacities of servers bind, and on assignment-like parts; CP-SAT where the logic
    between pairs outnumbers the cells (benchmarks/README.md, engines per part).
    """
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
    starts = [_start(part, start) for part in parts]
    tally = _Tally(problem, parts, starts, stop, progress)
    answers: Answers = [None] * len(parts)
    small = [k for k, part in enumerate(parts) if part.problem.n_cells <= SMALL]
    large = [k for k in range(len(parts)) if k not in small]
    single = replace(options, workers=1)  # threads change a solver's path; in deterministic mode always one
    for k in reversed(small):
        answers[k] = _solve_here(parts[k], single, stop, starts[k], 0.5)
        tally.done(k, answers[k])
    if len(large) > 1 and options.workers > 1:
        _solve_in_parallel(parts, large, answers, options, stop, starts, tally)
    else:
        for k in reversed(large):
            share = parts[k].problem.n_cells / sum(
                parts[j].problem.n_cells for j in large if answers[j] is None
            )
            threads = single if options.deterministic else options
            answers[k] = _solve_here(parts[k], threads, stop, starts[k], share, tally)
            tally.done(k, answers[k])
    return _merged(problem, parts, starts, answers, options, stop, stop.elapsed - began, tally)


def _start(part: Part, start: Assignment | None) -> Assignment | None:
    """A part's share of the start if it is feasible, else the status quo."""
    if start is not None:
        mine = components.cut(part, start)
        if not evaluate.violations(part.problem, mine):
            return mine
    return status_quo(part.problem)


def _solve_here(
    part: Part,
    options: Options,
    stop: Stop,
    start: Assignment | None,
    share: float = 1.0,
    progress: Progress | None = None,
) -> Result[Assignment]:
    own = stop if stop.seconds is None else stop.part(stop.left * share)
    return engine(pick(part.problem))(part.problem, options, own, progress or Progress(), start)


def solve_part(
    problem: GroupingProblem, options: Options, deadline: float | None, start: Assignment | None
) -> Result[Assignment]:
    """Solve a part in a worker process, until a deadline on this machine's monotonic clock."""
    seconds = None if deadline is None else max(0.0, deadline - time.monotonic())
    return engine(pick(problem))(problem, options, worker_stop(seconds), worker_progress(), start)


def _solve_in_parallel(
    parts: Sequence[Part],
    large: Sequence[int],
    answers: Answers,
    options: Options,
    stop: Stop,
    starts: Sequence[Assignment | None],
    tally: _Tally,
) -> None:
    """A process each, the largest first; those of the last wave have all the time that is left."""
    workers = min(options.workers, len(large))
    alone = replace(options, workers=1 if options.deterministic else max(1, options.workers // workers))
    waves = -(-len(large) // workers)
    with pool(workers, stop, tally) as executor:
        futures = {}
        for position, k in enumerate(large):
            deadline = None
            if stop.seconds is not None:
                wave = position // workers + 1
                deadline = time.monotonic() + stop.left * (wave / waves) ** 0.25
            futures[k] = executor.submit(solve_part, parts[k].problem, alone, deadline, starts[k])
        for k, future in futures.items():
            answers[k] = future.result()
            tally.done(k, answers[k])


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
        self.finished = 0
        self.history: list[Moment] = []
        self._say("start")

    def event(self, event: Event) -> None:
        """Pass a part's event on, with how many parts are done."""
        left = None if self.stop.seconds is None else self.stop.left
        self.listener.event(
            replace(event, elapsed=self.stop.elapsed, left=left, part=self.finished, parts=len(self.parts))
        )

    def done(self, part: int, answer: Result[Assignment] | None) -> None:
        """A part has ended."""
        self.finished += 1
        if answer is not None and answer.solution is not None:
            self.current[part] = answer.solution
        self._say("solve")

    def _say(self, phase: str) -> None:
        known = [current for current in self.current if current is not None]
        value = None
        if len(known) == len(self.current):
            whole = components.merge(self.problem, self.parts, known)
            value = int(evaluate.values(self.problem, whole)[0])
            self.history.append(Moment(self.stop.elapsed, self.problem.tiers[0], value, None))
            self.listener.incumbent(whole)
        left = None if self.stop.seconds is None else self.stop.left
        self.listener.event(
            Event(phase, "", value, None, self.stop.elapsed, left, self.finished, len(self.parts))
        )


def _merged(
    problem: GroupingProblem,
    parts: Sequence[Part],
    starts: Sequence[Assignment | None],
    answers: Answers,
    options: Options,
    stop: Stop,
    runtime: float,
    tally: _Tally,
) -> Result[Assignment]:
    results = [answer for answer in answers if answer is not None]
    solved = [
        start if answer is None or answer.solution is None else answer.solution
        for answer, start in zip(answers, starts, strict=True)
    ]
    infeasible = any(result.outcome is Outcome.INFEASIBLE for result in results)
    whole = None
    if not infeasible and all(solution is not None for solution in solved):
        whole = components.merge(problem, parts, [solution for solution in solved if solution is not None])
    tiers = _tiers(problem, parts, results, whole)
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
    if stop.cancelled:
        ended = Termination.CANCELLED
    return Result(
        outcome, ended, whole, tiers, "auto", options.seed,
        options.deterministic and all(result.reproducible for result in results),
        runtime, tuple(tally.history), _ties(parts, results),
    )  # fmt: skip


def _tiers(
    problem: GroupingProblem,
    parts: Sequence[Part],
    results: Sequence[Result[Assignment]],
    whole: Assignment | None,
) -> tuple[Tier, ...]:
    """Bounds add as long as every earlier tier is proven in every part.

    After that a part could have given way in an earlier tier so that another gains, so only what holds
    whatever the earlier tiers are is claimed.
    """
    values = evaluate.values(problem, whole).tolist() if whole is not None else [None] * len(problem.tiers)
    tiers = []
    exact = True
    for index, name in enumerate(problem.tiers):
        spent = sum(result.tiers[index].runtime_s for result in results)
        value: int | None = values[index]
        if exact:
            bounds = [result.tiers[index].bound for result in results]
            bound = int(problem.constant[index]) + sum(b for b in bounds if b is not None)
        else:
            bound = int(problem.constant[index]) + sum(least_value(part.problem, index) for part in parts)
        tiers.append(Tier(name, value, bound, float(problem.tolerance[index]), "min", spent))
        exact = exact and all(result.tiers[index].proven for result in results)
    return tuple(tiers)


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
