"""Engines for tests of whoever runs engines: one that is exact on tiny problems, and ones that fail."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Outcome, Result, Termination, Tier
from tildeling_models.roster import evaluate
from tildeling_models.roster.bounds import least_value
from tildeling_models.roster.problem import Ints, Roster, RosterProblem
from tildeling_models.stop import Stop

PROBES = {
    f"probe-{name}": ("roster_probes", name)
    for name in (
        "exhaustive",
        "waits",
        "deaf",
        "killed",
        "killed_at_once",
        "roomless",
        "breaks",
        "breaks_and_dies",
        "boasts",
        "keeps",
    )
}


def schedules(problem: RosterProblem, person: int) -> list[Ints]:
    """Every legal schedule of a person."""
    cells = [np.flatnonzero(problem.allowed[person, day]).tolist() for day in range(problem.n_days)]
    rows = (np.array(row, np.int64) for row in itertools.product(*cells))
    return [row for row in rows if evaluate.is_legal(problem, person, row)]


def rosters(problem: RosterProblem) -> Iterator[Roster]:
    """Every legal roster."""
    for rows in itertools.product(*(schedules(problem, person) for person in range(problem.n_people))):
        roster = Roster(np.array(rows))
        if not evaluate.violations(problem, roster):
            yield roster


def exhaustive(
    problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None
) -> Result[Roster]:
    """The best of all rosters."""
    best: Roster | None = None
    value: int | None = None
    for roster in rosters(problem):
        worth = int(evaluate.values(problem, roster)[0])
        if value is None or worth < value:
            best, value = roster, worth
            progress.incumbent(roster)
            progress.event(Event("solve", problem.tiers[0], value, None, stop.elapsed))
    if best is None:
        tiers = (Tier(problem.tiers[0], None, None),)
        return Result(Outcome.INFEASIBLE, Termination.COMPLETED, None, tiers, "probe-exhaustive")
    tiers = (Tier(problem.tiers[0], value, value),)
    return Result(Outcome.OPTIMAL, Termination.COMPLETED, best, tiers, "probe-exhaustive", options.seed, True)


def _first(problem: RosterProblem, progress: Progress) -> Roster:
    roster = next(rosters(problem))
    progress.incumbent(roster)
    progress.event(Event("solve", problem.tiers[0], int(evaluate.values(problem, roster)[0])))
    return roster


def waits(
    problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None
) -> Result[Roster]:
    """A legal roster, and nothing better until it is told to stop."""
    roster = _first(problem, progress)
    while not stop.now:
        time.sleep(0.02)
    value = int(evaluate.values(problem, roster)[0])
    ended = Termination.CANCELLED if stop.cancelled else Termination.TIME_LIMIT
    tiers = (Tier(problem.tiers[0], value, least_value(problem, 0)),)
    return Result(Outcome.FEASIBLE, ended, roster, tiers, "probe-waits", options.seed)


def deaf(
    problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None
) -> Result[Roster]:
    """A legal roster, and no ear for anyone."""
    _first(problem, progress)
    time.sleep(600)
    raise AssertionError


def killed(
    problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None
) -> Result[Roster]:
    """A legal roster, then a crash."""
    _first(problem, progress)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def killed_at_once(
    problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None
) -> Result[Roster]:
    """A crash with nothing found."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def roomless(
    problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None
) -> Result[Roster]:
    """Fails, and has no room to say why."""
    (Path(sys.argv[1]) / "error.txt").touch()
    os._exit(1)


def _illegal(problem: RosterProblem) -> Roster:
    """Everyone works every day."""
    return Roster(np.ones((problem.n_people, problem.n_days), np.int64))


def breaks(
    problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None
) -> Result[Roster]:
    """A roster that breaks rules, called optimal."""
    roster = _illegal(problem)
    value = int(evaluate.values(problem, roster)[0])
    tiers = (Tier(problem.tiers[0], value, value),)
    return Result(Outcome.OPTIMAL, Termination.COMPLETED, roster, tiers, "probe-breaks")


def breaks_and_dies(
    problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None
) -> Result[Roster]:
    """A roster that breaks rules, then a crash."""
    progress.incumbent(_illegal(problem))
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def boasts(
    problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None
) -> Result[Roster]:
    """A legal roster with a bound that does not hold."""
    roster = next(rosters(problem))
    value = int(evaluate.values(problem, roster)[0])
    tiers = (Tier(problem.tiers[0], value, value + 1),)
    return Result(Outcome.FEASIBLE, Termination.COMPLETED, roster, tiers, "probe-boasts")


def keeps(
    problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None
) -> Result[Roster]:
    """The start, whatever it is."""
    assert start is not None
    value = int(evaluate.values(problem, start)[0])
    tiers = (Tier(problem.tiers[0], value, least_value(problem, 0)),)
    return Result(Outcome.FEASIBLE, Termination.COMPLETED, start, tiers, "probe-keeps")
