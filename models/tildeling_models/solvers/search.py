"""One search of a solver over a PuLP problem: what it is told, and what it came to.

PuLP names a run that stopped at a limit "Optimal", so outcome and bound are read from the solver itself.  Objectives
are whole numbers wherever columns are, so a gap below 1 is a proof.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pulp

from tildeling_models.options import Options
from tildeling_models.stop import Stop

ROUNDING = 1e-5
"""Slack below a whole number within which a floating-point bound counts as that number."""
ABSOLUTE_GAP = 0.999
"""Gap at which a search may end: values are whole numbers."""

Value = Callable[[Any], float]
"""The value that a solution gives a column; PuLP is untyped to us."""


class OutOfTime(Exception):
    """The run was to stop while a problem was being written down in Python."""


def _unheard(value: Value, bound: float) -> None:
    del value, bound


@dataclass(frozen=True, eq=False)
class Search:
    """What a solver is told.

    Attributes
    ----------
    until
        Seconds of the run at which to leave it at what there is.
    latest
        Seconds of the run at which to give up with nothing found.
    started
        Columns that hold a start's values; the solver completes the others.
    improved
        Told of better solutions, and the bound, by solvers that tell.
    """

    options: Options
    stop: Stop
    until: float
    latest: float
    started: Sequence[Any] = ()
    improved: Callable[[Value, float], None] = _unheard

    def left(self, until: float) -> float:
        """Seconds left until then; some, for a limit of nothing is read as none at all."""
        return max(0.1, until - self.stop.elapsed)


@dataclass(frozen=True, slots=True)
class Run:
    """What a solver said: whether the columns are a solution, a lower bound, and why it stopped."""

    solved: bool
    bound: float | None
    infeasible: bool
    clock: bool
    work: bool

    @property
    def whole(self) -> int | None:
        """The bound as the whole number it proves; None where it proves nothing."""
        if self.bound is None or self.infeasible or not math.isfinite(self.bound) or abs(self.bound) >= 1e15:
            return None
        return math.ceil(self.bound - ROUNDING)


class Solver(Protocol):
    """Solves a PuLP problem; where the run says solved, the columns hold the solution.

    Raises
    ------
    OutOfTime
        If the run is to stop before the solver has the problem.
    """

    def __call__(self, found: pulp.LpProblem, search: Search) -> Run: ...


def in_turns(once: Callable[[float], Run], search: Search) -> Run:
    """For solvers that cannot be told "until then, if there is any": again with all the time, if there is none."""
    run = once(search.left(search.until))
    if run.solved or not run.clock or search.latest <= search.until or search.stop.now:
        return run
    return once(search.left(search.latest))
