"""Bounds of the whole by column generation, tier after tier, beside another engine's search.

The master is the linear program over everyone's whole schedules and the counts of cover; each round's Lagrangian
bound is proven (see :mod:`~tildeling_models.roster.columns.generation`).  It sees how one person's rules and the
cover pull against each other over the whole horizon, which a model cell by cell sees only by branching.
Schedules may break the rules that would make tables large: that only lowers the bound.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tildeling_models.roster import evaluate
from tildeling_models.roster.columns.automaton import OutOfTime
from tildeling_models.roster.columns.coverage import coverage
from tildeling_models.roster.columns.generation import Generation
from tildeling_models.roster.columns.master import Master
from tildeling_models.roster.columns.plan import weighing
from tildeling_models.roster.columns.relaxed import Relaxed
from tildeling_models.roster.problem import Ints, Roster, RosterProblem
from tildeling_models.stop import Stop

ENTRIES = 1_000_000
"""Entries of a person's table: with more, rounds take longer than what they prove is worth (benchmarks/README.md)."""

KEPT = 60
"""Schedules of a person that are kept from one tier to the next."""


class Root:
    """The master of all people, and the schedules that were good in it, kept from tier to tier."""

    def __init__(self, problem: RosterProblem) -> None:
        self.problem, self.cover, self.pricer = problem, coverage(problem), Relaxed(problem, ENTRIES)
        self.pool: list[dict[bytes, Ints]] = [{} for _ in range(problem.n_people)]

    def bound(self, tier: int, caps: Ints, roster: Roster, stop: Stop, tell: Callable[[int], None]) -> bool:
        """Better and better bounds of a tier, ``caps`` (tier,) on those before it, until none comes or ``stop``.

        Schedules in the master may break rules, so its own value says nothing of rosters.

        Parameters
        ----------
        roster
            A legal one within the caps: the master begins with its schedules.
        tell
            Told of every better bound.

        Returns
        -------
        bool
            Whether the master was solved to its end.

        Raises
        ------
        TooLarge
            If a person's automaton is too large even without any rule.
        NoSchedule
            If the rules leave somebody nothing, which a legal roster contradicts.
        """
        try:
            return self._bound(tier, caps, roster, stop, tell)
        except OutOfTime:
            return False

    def _bound(self, tier: int, caps: Ints, roster: Roster, stop: Stop, tell: Callable[[int], None]) -> bool:
        problem = self.problem
        self.pricer.stop = stop
        self.pricer.focus(tier)
        breach = weighing(problem, self.cover, tier, self.pricer.reach()).breach
        master = Master.of_all(problem, self.cover, tier, caps, float(breach))
        for person, row in enumerate(roster.activity):
            # not what they cost when they were found: prices of this tier were not read then
            for each in (row, *self.pool[person].values()):
                master.add(person, each, evaluate.person_values(problem, person, each))
        generation = Generation(problem, self.cover, self.pricer, master, caps - problem.constant[:tier])
        told: int | None = None
        while not stop.now and not generation.converged:
            going = generation.run(stop, rounds=1)
            if generation.bound is not None and (told is None or generation.bound > told):
                told = generation.bound
                tell(told)
            if not going:
                break
        self._keep(master)
        return generation.converged

    def _keep(self, master: Master) -> None:
        """Remember the schedules in use, the oldest leaving."""
        for column in np.flatnonzero(master.level > 0).tolist():
            own, row = self.pool[master.owner[column]], master.schedule[column]
            own.pop(row.tobytes(), None)
            own[row.tobytes()] = row
            if len(own) > KEPT:
                del own[next(iter(own))]
