"""Neighbourhoods of the incumbent: some people are freed, and solved anew by a small column generation.

Large neighbourhood search (Shaw 1998) whose repair is a restricted master over the pool and new columns, then a dive.
"""

from __future__ import annotations

import numpy as np

from tildeling_models.roster.columns.dive import dive
from tildeling_models.roster.columns.generation import SLACK, Generation
from tildeling_models.roster.columns.master import Master
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


def reopen(stage: Stage, plan: Plan, group: list[int], rounds: int) -> Plan | None:
    """The best plan found with only the ``group`` free, if it is better than ``plan`` in the tier."""
    stage.tries += 1
    rest = plan.copy()
    for person in group:
        rest.take(person)
    spent = rest.values.sum(axis=0) + _fixed(stage, rest, group)
    tier = stage.tier
    master = Master(
        stage.problem, stage.cover, group, rest.counts, tier, stage.caps - stage.problem.constant[:tier], spent,
        float(stage.weigh.breach),
    )  # fmt: skip
    for person in group:
        master.add(person, plan.rows[person], plan.values[person])
        for row, values in stage.pool[person].values():
            master.add(person, row, values)
    now = plan.totals()[tier] - stage.problem.constant[tier] - spent[tier]
    generation = Generation(stage.problem, stage.cover, stage.pricer, master, None)
    found = None
    solved = generation.run(stage.stop, rounds=rounds, want=4, tail=0.002, ceiling=float(now))
    if solved and master.value <= now - 1 + SLACK:
        found = dive(stage, generation, rest, float(now), 6)
    for person in group:
        for column in np.flatnonzero(master.level > 0.01).tolist():
            if master.owner[column] == person:
                stage.remember(person, master.schedule[column], master.values[column])
    return found


def _fixed(stage: Stage, rest: Plan, group: list[int]) -> np.ndarray:
    """(T,) what covers cost that nobody of the group counts for."""
    away = np.flatnonzero(~stage.cover.who[group].any(axis=0))
    return np.asarray(stage.cover.price[:, away, rest.counts[away]].sum(axis=1))
