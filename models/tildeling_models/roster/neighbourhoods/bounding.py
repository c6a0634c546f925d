"""Bounds beside the search: people one by one, whole schedules by column generation, CP-SAT on the whole."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from ortools.sat.python import cp_model

from tildeling_models.options import Options
from tildeling_models.roster.apart import Apart
from tildeling_models.roster.columns.automaton import TooLarge
from tildeling_models.roster.columns.beside import BoundBeside
from tildeling_models.roster.columns.root import Root
from tildeling_models.roster.cpsat.families import keep_all
from tildeling_models.roster.cpsat.model import INT_MIN, Model, bound_of
from tildeling_models.roster.cpsat.search import new_solver, search
from tildeling_models.roster.problem import Roster, RosterProblem
from tildeling_models.stop import Stop

log = logging.getLogger(__name__)

PATIENCE_S = 0.5
"""Seconds to wait for a thread that was told to end."""

Tell = Callable[[int], None]
"""Told of every better bound."""


class _Watch(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # OR-Tools is untyped to us
    """Passes on the rosters that come up while the bound is sought."""

    def __init__(self, model: Model, take: Callable[[Roster], None]) -> None:
        super().__init__()
        self.model, self.take = model, take

    def on_solution_callback(self) -> None:
        self.take(self.model.roster(self.boolean_value))


class Bounding:
    """What is known of bounds, kept from tier to tier: each person's least, schedules, and one model of the whole."""

    def __init__(self, problem: RosterProblem, options: Options) -> None:
        self.problem, self.options = problem, replace(options, workers=1)
        self.apart = Apart(problem, options)
        self.model: Model | None = None
        self.root: Root | None = None
        self.workers = options.workers
        self.beside: BoundBeside | None = None
        self.too_large = not any(cover.who.any() for cover in problem.covers)

    def people(self, tier: int, caps: tuple[tuple[int, int], ...], stop: Stop) -> int:
        """A bound by people taken one by one."""
        return self.apart.bound(tier, dict(caps), stop)

    def schedules(
        self,
        tier: int,
        caps: tuple[tuple[int, int], ...],
        roster: Roster,
        stop: Stop,
        seconds: float,
        tell: Tell,
    ) -> None:
        """Bounds by column generation, where the automata of people's rules can be built.

        With more than one worker it runs in a process of its own, which is kept from tier to tier.
        """
        if self.too_large:
            return
        most = np.array([most for _, most in caps], np.int64)
        if self.workers > 1:
            self.beside = self.beside or BoundBeside(self.problem, Root)
            self.beside.bound(tier, most, roster, stop, tell, seconds)
            return
        try:
            self.root = self.root or Root(self.problem)
            self.root.bound(tier, most, roster, stop.part(seconds), tell)
        except TooLarge as large:
            log.info("no bounds by whole schedules: %s", large)
            self.too_large = True

    def close(self) -> None:
        """End the process of its own, if there is one."""
        if self.beside is not None:
            self.beside.close()

    def whole(
        self, tier: int, caps: tuple[tuple[int, int], ...], hint: Roster, stop: Stop, tell: Tell,
        take: Callable[[Roster], None],
    ) -> tuple[int | None, bool]:  # fmt: skip
        """A bound by CP-SAT on the whole, and whether work, not the clock, ended it."""
        if self.model is None:
            self.model = Model(self.problem)
            keep_all(self.model)
        model, program = self.model, self.model.program
        for each, most in caps:
            program.add_linear_constraint(model.paid[each].expression, INT_MIN, most)
        program.minimize(model.paid[tier].expression)
        model.hint(hint)
        if stop.now:
            return None, False
        solver = new_solver(self.options, stop)

        def told(bound: float) -> None:
            known = bound_of(bound)
            if known is not None:
                tell(known)

        found = search(program, solver, stop, _Watch(model, take), told=told)
        return found.bound, found.work


class Beside:
    """A bound sought in a thread while the search goes on; ``join`` ends it soon."""

    def __init__(self, work: Callable[[Stop], None], stop: Stop) -> None:
        self.stop = Stop(None if stop.seconds is None else stop.left)
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self.thread.start()

    def _run(self, work: Callable[[Stop], None]) -> None:
        try:
            work(self.stop)
        except BaseException as failure:  # raised again by ``join``
            self.failure = failure

    @property
    def done(self) -> bool:
        """Whether nothing more is to come."""
        return not self.thread.is_alive()

    def join(self) -> None:
        """End the thread, and raise what it raised.

        What cannot be interrupted, as kernels that are being compiled, ends by itself and is not waited for.
        """
        self.stop.cancel()
        self.thread.join(PATIENCE_S)
        if self.failure is not None:
            raise self.failure
