"""From the master's fractions to whole rosters: diving, with new columns after every step.

Joncour, Michel, Sadykov, Sverdlov and Vanderbeck 2010, "Column generation based primal heuristics".  Whenever half of
the people are held to a schedule, the dive goes on with a master of the others; the last few are left to a search
tree, for the last schedules of a dive fit badly.
"""

from __future__ import annotations

import numpy as np

from tildeling_models.roster.columns.generation import SLACK, Generation
from tildeling_models.roster.columns.part import Column, part
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.columns.tree import Tree

SURE = 0.999
"""Level from which a column is taken as it is."""

LIKELY = 0.75
"""Level from which a column is taken along with the highest one."""

LAST = 12
"""People that are left to a search tree."""

NODES = 100
"""Nodes of the search tree."""

DEEP = 60
"""Columns of a person, those of least reduced cost, that a smaller master begins with."""


def dive(stage: Stage, generation: Generation, rest: Plan, offset: int, rounds: int = 3) -> bool:
    """Hold people to their highest columns until few are left, and search for the best for these.

    ``rest`` holds everyone that the master does not have; ``offset`` is what the tier's value has beyond the
    master's.  Whether the stage has a better plan now.  The master is as before, but for columns found.
    """
    while len(generation.master.people) > LAST:
        held = _hold(stage, generation, rest, offset, rounds)
        if held is None:
            return False
        rest, left = held
        if not left:
            return stage.offer(rest)
        generation, offset = part(stage, rest, left, _cheapest(generation, left))
        generation.run(stage.stop, rounds=rounds)
    tree = Tree(stage, generation, rest, offset)
    tree.search(NODES)
    return tree.found


def _hold(
    stage: Stage, generation: Generation, rest: Plan, offset: int, rounds: int
) -> tuple[Plan, list[int]] | None:
    """The plan with half of the people held, and the others; None where the incumbent is out of reach so."""
    master = generation.master
    held: dict[int, int] = {}
    try:
        while 2 * len(held) < len(master.people) and len(master.people) - len(held) > LAST:
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
            going = generation.run(stage.stop, frozenset(held), rounds)
            ceiling = np.inf if stage.value is None else stage.value - offset
            if not going or master.value > ceiling - 1 + SLACK:
                return None
        whole = rest.copy()
        for person, column in held.items():
            whole.put(person, master.schedule[column], master.values[column])
        return whole, [person for person in master.people if person not in held]
    finally:
        for column in held.values():
            master.free(column)


def _cheapest(generation: Generation, people: list[int]) -> list[Column]:
    """The columns of least reduced cost of some people."""
    master = generation.master
    reduced, owner = master.reduced(), np.array(master.owner)
    found: list[Column] = []
    for person in people:
        own = np.flatnonzero(owner == person)
        own = own[np.argsort(reduced[own], kind="stable")[:DEEP]]
        found += [(person, master.schedule[column], master.values[column]) for column in own.tolist()]
    return found
