"""Column generation for some people, everyone else as they stand in a plan."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tildeling_models.roster.columns.generation import Generation
from tildeling_models.roster.columns.master import Master
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.problem import Ints

Column = tuple[int, Ints, Ints]
"""(person, schedule, values)."""


def part(stage: Stage, rest: Plan, group: list[int], columns: Iterable[Column]) -> tuple[Generation, int]:
    """A column generation for the ``group``, and what the tier's value has beyond its master's.

    ``rest`` holds everyone else.  The master begins with the ``columns``.
    """
    away = np.flatnonzero(~stage.cover.who[group].any(axis=0))
    spent = rest.values.sum(axis=0) + stage.cover.price[:, away, rest.counts[away]].sum(axis=1)
    constant, tier = stage.problem.constant, stage.tier
    caps = stage.caps - constant[:tier]
    master = Master(
        stage.problem, stage.cover, group, rest.counts, tier, caps, spent, float(stage.weigh.breach)
    )
    for column in columns:
        master.add(*column)
    generation = Generation(
        stage.problem, stage.cover, stage.pricer, master, caps - spent[:tier], whole=False
    )
    return generation, int(constant[tier] + spent[tier])


def cheapest(generation: Generation, people: list[int], many: int) -> list[Column]:
    """So many columns of least reduced cost of each of some people."""
    master = generation.master
    reduced, owner = master.reduced(), np.array(master.owner)
    found: list[Column] = []
    for person in people:
        own = np.flatnonzero(owner == person)
        own = own[np.argsort(reduced[own], kind="stable")[:many]]
        found += [(person, master.schedule[column], master.values[column]) for column in own.tolist()]
    return found
