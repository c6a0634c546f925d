"""The work on a tier of a long horizon: ruin and recreate, windows for everyone, a bound beside them or in between."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from tildeling_models.roster.columns.automaton import TooLarge
from tildeling_models.roster.columns.beside import BoundBeside
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.raising import Lagrangian, Raiser, begin
from tildeling_models.roster.columns.recreate import improve, lasting
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.columns.windows import slide
from tildeling_models.roster.problem import Roster
from tildeling_models.stop import Stop

log = logging.getLogger(__name__)

ALONG, ACROSS = 1500, 800
"""People times days of a window, about: of a long horizon, where its master is solved in seconds, and of a shorter
one with many people, where it takes a second.  Measured."""

ANNEALED, SLID, RAISED = 0.5, 0.7, 0.85
"""Parts of the time after which ruin and recreate, windows, and a bound in between end; windows have the rest."""

SHORTEST, LONGEST = 14, 56
"""Days of a window."""


def work(stage: Stage, plan: Plan) -> None:
    """Improve a plan in one tier until the stage is over."""
    with _bounds(stage, plan) as beside:
        improve(stage, plan, lasting(stage, ANNEALED, RAISED))
        if not stage.tier:  # what earlier tiers keep is not known by window
            if beside is None or beside.failed:
                slide_all(stage, ALONG, SLID)
                _raise(stage, RAISED)
            slide_all(stage, ALONG, 1.0)
        _anneal_on(stage)


@contextmanager
def _bounds(stage: Stage, plan: Plan) -> Iterator[BoundBeside | None]:
    """Bounds in a process of their own while the context lasts; None where there is none."""
    if stage.options.workers < 2 or stage.options.deterministic or stage.tier:
        yield None
        return
    stop = Stop(stage.stop.left)
    try:
        beside = BoundBeside(stage.problem, Raiser)
    except (OSError, AssertionError) as refused:  # no room for a process, or this one may have none
        log.warning("no process for bounds: %s", refused)
        yield None
        return
    asked = stage.tier, stage.caps, Roster(plan.rows.copy()), stop, stage.lift, stop.left
    thread = threading.Thread(target=beside.bound, args=asked, daemon=True)
    thread.start()
    try:
        yield beside
    finally:
        stop.cancel()
        beside.close()
        thread.join()


def _raise(stage: Stage, part: float) -> None:
    """A bound until ``part`` of the time, or of the work, is spent."""

    def over() -> bool:
        stage.tries += stage.problem.n_people
        return stage.over or stage.spent >= part

    if stage.over or stage.spent >= part:
        return
    stop = stage.stop
    if not stage.options.deterministic:
        stop = stop.share((part - stage.spent) / (1 - stage.spent))
    try:
        lagrangian = Lagrangian(stage.problem, stage.cover, stage.tier, stop)
        begin(lagrangian, stage.tier, stop, stage.lift).climb(stage.value, over, stage.lift)
    except TooLarge as large:
        log.info("no bound by prices: %s", large)


def slide_all(stage: Stage, cells: int, part: float) -> Plan | None:
    """Windows of about so many ``cells`` (people times days) until a pass finds nothing, then longer ones; the best
    plan then.  They end when ``part`` of the stage is spent."""
    length = int(np.clip(7 * round(cells / stage.problem.n_people / 7), SHORTEST, LONGEST))
    most = min(2 * LONGEST, stage.problem.n_days // 2)
    while not stage.over and stage.spent < part and length <= most:
        if not slide(stage, length, part):
            length += length // 2
    return stage.best


def _anneal_on(stage: Stage) -> None:
    """Ruin and recreate from the incumbent in what is left of the time."""
    if stage.best is not None and not stage.over:
        since = stage.spent
        improve(stage, stage.best.copy(), lambda: (stage.spent - since) / max(1e-9, 1 - since), 0.2)
