"""Engine ``auto``: picks an engine by the size of the problem."""

from __future__ import annotations

import logging
from dataclasses import replace
from importlib.util import find_spec

import numpy as np

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Result
from tildeling_models.roster.engines import ENGINES, engine
from tildeling_models.roster.problem import Roster, RosterProblem
from tildeling_models.stop import Stop

log = logging.getLogger(__name__)

SMALL = 3_000
"""Free cells up to which ``cpsat`` is picked: about eight people, four weeks and three shifts of the day."""


def solve(
    problem: RosterProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Roster | None = None,
) -> Result[Roster]:
    """Solve with the engine picked; the result is named ``auto``, and the log says which it was."""
    name = pick(problem)
    log.info("auto: %s for %d free cells", name, free_cells(problem))
    return replace(engine(name)(problem, options, stop, progress, start), engine="auto")


def pick(problem: RosterProblem) -> str:
    """The engine for a problem: ``cpsat`` if it is small or nothing else is there, else ``columns``."""
    if free_cells(problem) <= SMALL or not available("columns"):
        return "cpsat"
    return "columns"


def free_cells(problem: RosterProblem) -> int:
    """(person, day, activity) cells that are open to choice: days with one activity have none."""
    counts = problem.allowed.sum(axis=2)
    return int(np.where(counts > 1, counts, 0).sum())


def available(name: str) -> bool:
    """Whether an engine's module is installed."""
    return find_spec(ENGINES[name][0]) is not None
