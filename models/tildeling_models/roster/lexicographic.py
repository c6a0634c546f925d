"""Tiers in order: each solved with the earlier ones capped at what they reached.

The driver is the same for every engine that solves one tier after another; an engine brings a function that
solves one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Moment, Outcome, Result, Termination, Tier
from tildeling_models.roster import bounds, evaluate
from tildeling_models.roster.problem import Roster, RosterProblem
from tildeling_models.stop import Stop

log = logging.getLogger(__name__)

TIER_SHARE = 0.75
"""Of the time that is left, what a tier may take: an earlier tier outweighs all later ones."""


@dataclass(frozen=True, eq=False)
class Task:
    """One tier to solve.

    Attributes
    ----------
    caps
        (tier, greatest value) of the tiers before.
    start
        A roster without breaches that keeps the caps, if one is known.
    hint
        Where to begin the search; it may break rules.
    seconds
        When to leave it at what there is, if there is a roster; without one all of the time is to be used.
    moment
        Told of every better roster (None when only the bound moved), its value, and the bound.
    """

    problem: RosterProblem
    tier: int
    caps: tuple[tuple[int, int], ...]
    start: Roster | None
    hint: Roster | None
    seconds: float
    options: Options
    stop: Stop
    moment: Callable[[Roster | None, int | None, int | None], None]


@dataclass(frozen=True, eq=False)
class Answer:
    """What came of a tier: ``bound`` is proven; ``clock`` and ``work`` say which limit cut in."""

    outcome: Outcome
    roster: Roster | None
    bound: int | None
    clock: bool = False
    work: bool = False


class TierSolver(Protocol):
    """Solves one tier."""

    def __call__(self, task: Task) -> Answer: ...


def solve_tiers(
    problem: RosterProblem,
    solver: TierSolver,
    engine: str,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Roster | None = None,
    share: float = TIER_SHARE,
) -> Result[Roster]:
    """Solve every tier in order, each in this share of the time that is left, or in an even share if that is more.

    A start that breaks a rule is no solution, but the search begins at it.

    Raises
    ------
    RuntimeError
        If an engine returns a roster that breaks the problem, or proves what is not so: a bug, never passed on.
    """
    run = _Run(problem, engine, options, stop, progress)
    if start is not None:
        broken = evaluate.violations(problem, start)
        if broken:
            log.info("the start breaks %d rules and is a hint only", len(broken))
        else:
            run.best = start
    for tier in range(len(problem.tiers)):
        if stop.now:
            run.clock = True
            break
        seconds = stop.left * max(share, 1.0 / (len(problem.tiers) - tier))
        if not run.tier(tier, solver, seconds, start):
            break
    return run.result()


class _Run:
    """Where a run stands."""

    def __init__(
        self, problem: RosterProblem, engine: str, options: Options, stop: Stop, progress: Progress
    ) -> None:
        self.problem, self.engine, self.options = problem, engine, options
        self.stop, self.progress, self.began = stop, progress, stop.elapsed
        self.best: Roster | None = None
        self.bounds = [bounds.least_value(problem, tier) for tier in range(len(problem.tiers))]
        self.spent = [0.0] * len(problem.tiers)
        self.caps: list[tuple[int, int]] = []
        self.history: list[Moment] = []
        self.infeasible = self.clock = self.work = False

    def tier(self, tier: int, solver: TierSolver, seconds: float, hint: Roster | None) -> bool:
        """Solve one tier; whether the next can be."""
        name, before = self.problem.tiers[tier], self.stop.elapsed
        if self.best is not None and self._value(self.best, tier) == self.bounds[tier]:
            self.caps.append((tier, self.bounds[tier]))  # nothing is left to prove
            self._moment(name, None, self.bounds[tier], self.bounds[tier])
            return True

        def moment(found: Roster | None, value: int | None, bound: int | None) -> None:
            self._moment(name, found, value, bound)

        task = Task(
            self.problem, tier, tuple(self.caps), self.best, self.best or hint, seconds, self.options,
            self.stop, moment,
        )  # fmt: skip
        answer = solver(task)
        self.spent[tier] = self.stop.elapsed - before
        self.clock, self.work = self.clock or answer.clock, self.work or answer.work
        if answer.outcome is Outcome.INFEASIBLE:
            if self.best is not None:
                raise RuntimeError(f"engine {self.engine}, tier {name}: proves away a roster that there is")
            self.infeasible = True
            return False
        if answer.roster is not None:
            self._take(answer.roster, tier)
        if answer.bound is not None:
            self.bounds[tier] = max(self.bounds[tier], answer.bound)
        if self.best is None:
            return False
        value = self._value(self.best, tier)
        if self.bounds[tier] > value:
            raise RuntimeError(f"tier {name}: bound {self.bounds[tier]} above the value {value} found")
        moment(self.best, value, self.bounds[tier])
        self.caps.append((tier, value))
        return True

    def _take(self, found: Roster, tier: int) -> None:
        broken = evaluate.violations(self.problem, found)
        if broken:
            raise RuntimeError(f"engine {self.engine}, tier {self.problem.tiers[tier]}: {broken[:10]}")
        new = evaluate.values(self.problem, found)[: tier + 1].tolist()
        if self.best is None or new <= evaluate.values(self.problem, self.best)[: tier + 1].tolist():
            self.best = found

    def _value(self, roster: Roster, tier: int) -> int:
        return int(evaluate.values(self.problem, roster)[tier])

    def _moment(self, name: str, found: Roster | None, value: int | None, bound: int | None) -> None:
        self.history.append(Moment(self.stop.elapsed - self.began, name, value, bound))
        left = None if self.stop.seconds is None else self.stop.left
        self.progress.event(Event("solve", name, value, bound, self.stop.elapsed, left))
        if found is not None:
            self.progress.incumbent(found)

    def result(self) -> Result[Roster]:
        """What came of the run."""
        tiers = self._tiers()
        proven = self.best is not None and all(tier.proven for tier in tiers)
        outcome = (
            Outcome.INFEASIBLE if self.infeasible
            else Outcome.OPTIMAL if proven
            else Outcome.FEASIBLE if self.best is not None
            else Outcome.UNKNOWN
        )  # fmt: skip
        ended = (
            Termination.COMPLETED if proven or self.infeasible
            else Termination.CANCELLED if self.stop.cancelled
            else Termination.TIME_LIMIT if self.clock
            else Termination.WORK_LIMIT if self.work
            else Termination.GAP_LIMIT
        )  # fmt: skip
        return Result(
            outcome, ended, self.best, tiers, self.engine, self.options.seed,
            self.options.deterministic and not self.clock and not self.stop.cancelled,
            self.stop.elapsed - self.began, tuple(self.history),
        )  # fmt: skip

    def _tiers(self) -> tuple[Tier, ...]:
        values: Sequence[int | None] = [None] * len(self.bounds)
        if self.best is not None:
            values = evaluate.values(self.problem, self.best).tolist()
        return tuple(
            Tier(name, value, bound, 0.0, "min", spent)
            for name, value, bound, spent in zip(
                self.problem.tiers, values, self.bounds, self.spent, strict=True
            )
        )
