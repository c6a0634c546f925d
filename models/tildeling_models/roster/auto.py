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
from tildeling_models.roster.problem import Blocks, Roster, RosterProblem, Rule, Sum, Target
from tildeling_models.stop import Stop

log = logging.getLogger(__name__)

SMALL = 300
"""Free cells up to which ``cpsat`` is picked: about four people, four weeks and two shifts of the day.  Above, parts
and bounds by whole schedules are ahead (benchmarks/README.md, own rotas)."""

COUNTERS = 4
"""Counts that a person's schedule keeps all along, up to which the states of ``columns`` stay few."""


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
    try:
        result = engine(name)(problem, options, stop, progress, start)
    except RuntimeError as failure:
        if name != "columns" or not too_large(failure):
            raise
        log.info("auto: neighbourhoods, for the states of columns are too many: %s", failure)
        result = engine("neighbourhoods")(problem, options, stop, progress, start)
    return replace(result, engine="auto")


def pick(problem: RosterProblem) -> str:
    """The engine for a problem.

    ``cpsat`` if it is small; ``columns`` if there is one goal only and few counts to keep, as in published
    instances; else ``neighbourhoods``.
    """
    if free_cells(problem) <= SMALL:
        return "cpsat"
    one = len(problem.tiers) == 1 and not problem.cyclic
    return "columns" if one and available("columns") and counters(problem) <= COUNTERS else "neighbourhoods"


def counters(problem: RosterProblem) -> int:
    """Most counts that a schedule must carry along over more than half of the days.

    A hard ceiling of a sum is none: it is looked at only when a schedule breaks it.
    """
    most = 0
    for person in range(problem.n_people):
        most = max(most, sum(_carried(rule, problem) for rule in problem.of_person(person)))
    return most


def _carried(rule: Rule, problem: RosterProblem) -> bool:
    if isinstance(rule, Sum):
        ceiling = rule.least is None and rule.under is None and rule.over is None
        return not ceiling and 2 * int(np.ptp(rule.days) if len(rule.days) else 0) > problem.n_days
    return isinstance(rule, Blocks | Target)


def too_large(failure: RuntimeError) -> bool:
    """Whether it is ``columns`` that found too many states."""
    from tildeling_models.roster.columns.automaton import TooLarge

    return isinstance(failure, TooLarge)


def free_cells(problem: RosterProblem) -> int:
    """(person, day, activity) cells that are open to choice: days with one activity have none."""
    counts = problem.allowed.sum(axis=2)
    return int(np.where(counts > 1, counts, 0).sum())


def available(name: str) -> bool:
    """Whether an engine's module is installed."""
    return find_spec(ENGINES[name][0]) is not None
