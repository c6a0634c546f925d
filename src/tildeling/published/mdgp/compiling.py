"""The instance as a grouping problem: elements are items, and two of them in one group earn their distance.

Tiers are whole numbers and minimised, so the tier is the diversity negated, in the scale that makes it whole, and
its name says so.  A group that stands open has no minimum of its own, and one that may stay closed could hold
nobody; that every group holds its least is a limit: less its members is at most less the least.
"""

from __future__ import annotations

import numpy as np

from tildeling.published.grouping import problem_of
from tildeling.published.mdgp.instance import Instance
from tildeling_models.grouping.problem import GroupingProblem, Ints, Sparse, ints

TIER = "minus_diversity"


def compile_instance(instance: Instance) -> GroupingProblem:
    """One tier; every element may be in every group."""
    groups = len(instance.sizes)
    item = np.repeat(np.arange(instance.elements), groups)
    group = np.tile(np.arange(groups), instance.elements)
    least, most = ints(instance.sizes).T
    return problem_of(
        tier=TIER if instance.scale == 1 else f"{TIER}_x{instance.scale}",
        items=instance.elements,
        groups=groups,
        cell_item=ints(item),
        cell_group=ints(group),
        cell_cost=np.zeros(len(item), np.int64),
        group_max=ints(most),
        limits=Sparse.of([(ints(np.flatnonzero(group == g)), ints([-1])) for g in np.flatnonzero(least)]),
        limit_rhs=ints(-least[least > 0]),
        affinity=_affinity(instance),
    )


def _affinity(instance: Instance) -> Ints:
    """(level, i, j, tier, cost) of each pair that is worth anything."""
    rows = [(0, i, j, 0, -distance) for i, j, distance in instance.distance if distance]
    return ints(rows).reshape(-1, 5)
