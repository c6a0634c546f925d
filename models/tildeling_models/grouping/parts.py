"""What is done with parts one after the other: a first solution, a solution, slopes; here or in a worker process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tildeling_models.grouping import cpsat, mip, priced
from tildeling_models.grouping.bounds import least_value
from tildeling_models.grouping.knapsacks import engine as knapsacks
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.grouping.relaxation import Relaxation
from tildeling_models.grouping.schedule import weight
from tildeling_models.options import Options
from tildeling_models.parallel import worker_progress, worker_stop
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Result, Slope, Tier
from tildeling_models.stop import Stop

LARGE = 10_000
"""Parts with more cells than this are bounded and searched by a few cells at a time."""

Answers = list[Result[Assignment] | None]
SOLVERS = {"mip": mip.solve, "cpsat": cpsat.solve, "priced": priced.solve, "knapsacks": knapsacks.solve}

SACKS = 300
"""Parts of knapsacks with fewer cells than this are soon proven by the exact engines."""


def pick(problem: GroupingProblem) -> str:
    """The engine for a part.

    The MIP wins wherever capacities of servers bind, and on assignment-like parts; CP-SAT where the logic
    between pairs outnumbers the cells; above ``LARGE`` cells neither holds (benchmarks/README.md).  Groups that are
    knapsacks by themselves have an engine of their own, whatever their number.
    """
    if problem.n_cells >= SACKS and knapsacks.suits(problem):
        return "knapsacks"
    if problem.n_cells > LARGE:
        return "priced"
    logic = len(problem.conflict) + len(problem.together) + len(problem.exclusion) + len(problem.affinity)
    return "cpsat" if logic > problem.n_cells else "mip"


Limit = tuple[float, float, bool] | None
"""Seconds for a job from when it begins; the moment when all must end, on this machine's monotonic clock, or on the
clock that machines share."""


def limit_of(stop: Stop, seconds: float, elsewhere: bool = False) -> Limit:
    """The limit of a job; ``elsewhere``: it may be done on another machine."""
    return None if stop.seconds is None else (seconds, _clock(elsewhere) + stop.left, elsewhere)


def _clock(shared: bool) -> float:
    return time.time() if shared else time.monotonic()


def _stop_within(limit: Limit, stop: Stop | None) -> Stop:
    """A stop for a job that begins now, cancelled with the run; in a worker process without a stop."""
    seconds = None if limit is None else max(0.0, min(limit[0], limit[1] - _clock(limit[2])))
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
        if pick(problem) == "knapsacks":  # which begins by itself
            found.append(start)
            continue
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

    def incumbent(self, solution: object) -> None:
        """Pass a better solution on."""
        self.listener.incumbent(solution)


def solve_parts(
    which: Sequence[int],
    problems: Sequence[GroupingProblem],
    options: Options,
    limit: Limit,
    starts: Sequence[Assignment | None],
    known: Sequence[Sequence[Tier]],
    most: int | None = None,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> Answers:
    """Solve parts one after the other, each with its share of the time; in a worker process without a stop.

    ``which`` are the parts' numbers in the whole; ``most`` is how many tiers to solve, None for all.
    """
    stop = _stop_within(limit, stop)
    progress = progress or worker_progress()
    found: Answers = []
    shares = np.array([weight(problem.n_cells) for problem in problems])
    for k, problem in enumerate(problems):
        own = stop.share(shares[k] / shares[k:].sum())
        listener = _Numbered(progress, which[k])
        found.append(SOLVERS[pick(problem)](problem, options, own, listener, starts[k], known[k], most))
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
