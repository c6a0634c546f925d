"""A pricer for bounds only, with small automata."""

from __future__ import annotations

import numpy as np

from tildeling_models.roster.columns.kernels import FAR
from tildeling_models.roster.columns.pricer import Pricer
from tildeling_models.roster.columns.schedules import NoSchedule, Schedules
from tildeling_models.roster.problem import Ints


class Relaxed(Pricer):
    """Prices schedules that keep the rules of small automata only: for bounds where whole ones take long."""

    def price(self, person: int, cell: Ints, weights: Ints, want: int = 1, seed: int = 0) -> Schedules:
        """As :meth:`Pricer.open`; rules that are left out may be broken, and what they cost is left out."""
        self.calls += 1
        found = self._once(person, np.minimum(cell, FAR).astype(np.int32), weights, want, seed)
        if not len(found.rows):
            raise NoSchedule(person)
        return found
