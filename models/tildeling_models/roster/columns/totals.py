"""Totals of units short or beyond, over all covers of equal price: whole numbers that an LP splits.

A cover of 5 may lack 0.4 in the master, one of another day 0.3 more; in a roster both lack whole people, and so do
they together.  A total between two whole numbers is branched on before anything else: it moves the bound by a share
of the price of a unit, and leaves the pricer as it is (robust branching: Vanderbeck 2000, "On Dantzig-Wolfe
decomposition in integer programming and ways to perform branching in a branch-and-price algorithm").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tildeling_models.roster.columns.coverage import limits
from tildeling_models.roster.problem import Ints, RosterProblem

SHORT, BEYOND = 1, -1


@dataclass(frozen=True, eq=False)
class Total:
    """Units that ``rows`` of cover lack (``SHORT``) or have too many (``BEYOND``), all at one price."""

    side: int
    rows: Ints
    limit: Ints

    def units(self, top: int) -> Ints:
        """(rows, top + 1) units at each count."""
        found = self.side * (self.limit[:, None] - np.arange(top + 1))
        return np.asarray(np.maximum(0, found))


def totals(problem: RosterProblem, rows: Ints, tier: int) -> list[Total]:
    """The totals of the covers ``rows`` in a tier; of one cover alone there is none."""
    classes: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for row in rows.tolist():
        rule = problem.covers[row]
        low, high = limits(rule)
        for side, price, limit in ((SHORT, rule.under, low), (BEYOND, rule.over, high)):
            if (
                price is not None
                and price.weight
                and price.tier == tier
                and rule.unit == 1
                and limit is not None
            ):
                classes.setdefault((side, price.weight), []).append((row, limit))
    return [
        Total(side, np.array([row for row, _ in same]), np.array([limit for _, limit in same]))
        for (side, _), same in sorted(classes.items())
        if len(same) > 1
    ]
