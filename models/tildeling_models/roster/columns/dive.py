"""From the master's fractions to whole rosters: diving, with new columns after every step.

Joncour, Michel, Sadykov, Sverdlov and Vanderbeck 2010, "Column generation based primal heuristics".  Whenever half of
the people are held to a schedule, the dive goes on with a master of the others; the last few are then
left to a search tree, for the last schedules of a dive fit badly, and then a few more.
"""

from __future__ import annotations

import numpy as np

from tildeling_models.roster.columns.generation import SLACK, Generation
from tildeling_models.roster.columns.part import cheapest, part
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.columns.tree import Tree

SURE = 0.999
"""Level from which a column is taken as it is."""

LIKELY = 0.75
"""Level from which a column is taken along with the highest one."""

LAST = 12
"""People at the end of a dive, up to which it goes back to search for something better for more and more of them."""

NODES = 50
"""Nodes of a search tree."""

NEAR = 1e-4
"""Part of the value by which steps may raise the master without new columns being priced."""

DEEP = 60
"""Columns of a person, those of least reduced cost, that a smaller master begins with."""


def dive(stage: Stage, generation: Generation, rest: Plan, offset: int, rounds: int) -> bool:
    """Hold people to their highest columns until all are held, and search for better ones for the last of them.

    ``rest`` holds everyone that the master does not have; ``offset`` is what the tier's value has beyond the
    master's.  After each step there are so many ``rounds`` of pricing at most: a few are fast, and many keep the dive
    from going astray.  Whether the stage has a better plan now.  The master is as before, but for columns found.
    """
    generation.run(stage.stop, rounds=rounds)
    steps = [(generation, rest, offset)]
    found = False
    while True:
        held = _hold(stage, generation, rest, offset, rounds)
        if held is None:
            break
        rest, left = held
        if not left:
            found = stage.offer(rest)
            break
        generation, offset = part(stage, rest, left, cheapest(generation, left, DEEP))
        steps.append((generation, rest, offset))
        if not generation.run(stage.stop, rounds=4 * rounds, want=2, ceiling=_ceiling(stage, offset)):
            break
    for step in reversed(steps):
        if len(step[0].master.people) > LAST:
            break
        tree = Tree(stage, *step)
        tree.search(NODES)
        found |= tree.found
        if tree.found or stage.over:
            break
    return found


def _ceiling(stage: Stage, offset: int) -> float:
    return np.inf if stage.value is None else stage.value - offset


def _hold(
    stage: Stage, generation: Generation, rest: Plan, offset: int, rounds: int
) -> tuple[Plan, list[int]] | None:
    """The plan with half of the people held, and the others; None where the incumbent is out of reach so."""
    master = generation.master
    held: dict[int, int] = {}
    enough = min(master.value + NEAR * abs(master.value + offset), _ceiling(stage, offset) - stage.grain)
    try:
        while 2 * len(held) < len(master.people):
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
            going = generation.run(stage.stop, frozenset(held), rounds, enough=enough)
            if not going or master.value > _ceiling(stage, offset) - stage.grain + SLACK:
                return None
        whole = rest.copy()
        for person, column in held.items():
            whole.put(person, master.schedule[column], master.values[column])
        return whole, [person for person in master.people if person not in held]
    finally:
        for column in held.values():
            master.free(column)
