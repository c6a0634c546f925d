"""The work on a tier of a long horizon: ruin and recreate, windows for everyone, a bound from the windows' prices."""

from __future__ import annotations

import logging

import numpy as np

from tildeling_models.roster.columns.automaton import OutOfTime
from tildeling_models.roster.columns.coverage import Floats
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.raising import Raising
from tildeling_models.roster.columns.recreate import improve, lasting
from tildeling_models.roster.columns.relaxed import Relaxed
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.columns.windows import slide

log = logging.getLogger(__name__)

ANNEALED, SLID, RAISED = 0.35, 0.65, 0.85
"""Parts of the time after which ruin and recreate, windows, and the bound end; windows have the rest."""

CELLS = 1500
"""People times days of a window, about: measured, its master is solved in seconds."""

SHORTEST, LONGEST = 14, 56
"""Days of a window."""

TABLES = 2_000_000
"""Entries of a table of the pricer that gives bounds."""


def work(stage: Stage, plan: Plan) -> None:
    """Improve a plan in one tier until the stage is over."""
    improve(stage, plan, lasting(stage, ANNEALED, RAISED))
    if stage.tier:  # what earlier tiers keep is not known by window
        _anneal_on(stage)
        return
    prices = np.full(stage.cover.n_rows, np.nan)
    length = int(np.clip(7 * round(CELLS / stage.problem.n_people / 7), SHORTEST, LONGEST))
    _slide(stage, length, prices, SLID)
    if not stage.over:
        _raise(stage, np.nan_to_num(prices))
    _slide(stage, length, prices, 1.0)
    _anneal_on(stage)


def _raise(stage: Stage, prices: Floats) -> None:
    """A bound from prices of covers."""
    relaxed = Relaxed(stage.problem, TABLES)
    relaxed.stop = stage.stop
    relaxed.focus(stage.tier)
    try:
        Raising(stage, relaxed, prices).climb(RAISED)
    except OutOfTime:
        log.info("no time for the automata that bounds come from")


def _slide(stage: Stage, length: int, prices: Floats, part: float) -> None:
    """Windows until a pass finds nothing, then longer ones."""
    while not stage.over and stage.spent < part and length <= 2 * LONGEST:
        if not slide(stage, length, prices, part):
            length += length // 2


def _anneal_on(stage: Stage) -> None:
    """Ruin and recreate from the incumbent in what is left of the time."""
    if stage.best is not None and not stage.over:
        since = stage.spent
        improve(stage, stage.best.copy(), lambda: (stage.spent - since) / max(1e-9, 1 - since), 0.2)
