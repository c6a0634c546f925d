"""Neighbourhoods of the incumbent: some people are freed, and solved anew by a small column generation.

Large neighbourhood search (Shaw 1998) whose repair is a master over the pool and new columns, then a search tree.
"""

from __future__ import annotations

import numpy as np

from tildeling_models.roster.columns.dive import dive
from tildeling_models.roster.columns.generation import SLACK
from tildeling_models.roster.columns.part import part
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.stage import Stage


def neighbourhood(stage: Stage, plan: Plan, size: int) -> list[int]:
    """People to free: half of them such that they can mend what cover costs now, the others at random."""
    people = stage.problem.n_people
    cost = stage.weigh.table[np.arange(stage.cover.n_rows), plan.counts]
    ease = stage.rng.random(people)
    dear = np.flatnonzero(cost > 0)
    if len(dear) and stage.rng.random() < 0.5:
        row = stage.rng.choice(dear)
        ease += 0.5 * stage.cover.who[:, row]
    return sorted(np.argsort(-ease)[:size].tolist())


def reopen(stage: Stage, plan: Plan, group: list[int], rounds: int) -> bool:
    """Whether a better plan was found with only the ``group`` free."""
    stage.tries += 1
    rest = plan.copy()
    for person in group:
        rest.take(person)
    columns = [
        (person, row, values)
        for person in group
        for row, values in ((plan.rows[person], plan.values[person]), *stage.pool[person].values())
    ]
    generation, offset = part(stage, rest, group, columns)
    master = generation.master
    now = int(plan.totals()[stage.tier]) - offset
    solved = generation.run(stage.stop, rounds=rounds, want=4, tail=0.002, ceiling=float(now))
    found = solved and master.value <= now - stage.grain + SLACK and dive(stage, generation, rest, offset, 8)
    for column in np.flatnonzero(master.level > 0.01).tolist():
        stage.remember(master.owner[column], master.schedule[column], master.values[column])
    return found
