"""From the master's fractions to whole rosters: diving, with new columns after every step.

Joncour, Michel, Sadykov, Sverdlov and Vanderbeck 2010, "Column generation based primal heuristics".
"""

from __future__ import annotations

import numpy as np

from tildeling_models.roster.columns.generation import SLACK, Generation
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.stage import Stage

SURE = 0.999
"""Level from which a column is taken as it is."""

LIKELY = 0.75
"""Level from which a column is taken along with the highest one."""

FEW = 16
"""People that are free still, from which on every step is priced thoroughly; before, prices hardly move."""


def dive(stage: Stage, generation: Generation, plan: Plan, ceiling: float, rounds: int) -> Plan | None:
    """Hold people to their highest columns, step by step, until all are held.

    ``plan`` holds everyone that the master does not have.  The answer is None where the master passes ``ceiling``,
    or time runs out.  The master is as before at the end, but for the columns found.
    """
    master = generation.master
    held: dict[int, int] = {}
    try:
        while len(held) < len(master.people):
            level, owner = master.level, np.array(master.owner)
            order = np.argsort(-(level + 1e-4 * stage.rng.random(len(level))), kind="stable")
            steps = max(1, (len(master.people) - len(held)) // 12)
            for column in order.tolist():
                person = int(owner[column])
                if level[column] < SURE and (steps <= 0 or (level[column] < LIKELY and steps < 1)):
                    break
                if person in held:
                    continue
                if level[column] < SURE:
                    steps -= 1
                held[person] = column
                master.fix(column)
            few = len(master.people) - len(held) <= FEW
            going = generation.run(stage.stop, frozenset(held), rounds if few else 2, want=2 if few else 1)
            if not going or master.value >= ceiling - SLACK:
                return None
        whole = plan.copy()
        for person, column in held.items():
            whole.put(person, master.schedule[column], master.values[column])
        return whole
    finally:
        for column in held.values():
            master.free(column)
