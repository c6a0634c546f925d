"""The least value of a tiny instance, from every schedule of everyone; what each costs is the checker's word."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tildeling.published.inrc2.checking import judge
from tildeling.published.inrc2.instance import COVER, Day, Instance, Nurse, Work

Ints = NDArray[np.int64]


def least_value(instance: Instance) -> int | None:
    """The optimum, None if there is no legal roster: schedules are added person by person, by what they cover."""
    there, cost = np.zeros((1, len(instance.covers)), np.int64), np.zeros(1, np.int64)
    for nurse in instance.nurses:
        covers, own = _schedules(instance, nurse)
        if not len(own):
            return None
        there = (there[:, None] + covers[None]).reshape(len(cost) * len(own), len(instance.covers))
        there, cost = _cheapest(there, (cost[:, None] + own[None]).ravel())
    least = np.array([cover.least for cover in instance.covers], np.int64)
    wanted = np.array([cover.wanted for cover in instance.covers], np.int64)
    found = cost + COVER * np.maximum(0, wanted - there).sum(axis=1)
    legal = (there >= least).all(axis=1)
    return int(found[legal].min()) if legal.any() else None


def _schedules(instance: Instance, nurse: Nurse) -> tuple[Ints, Ints]:
    """(what it covers, what it costs) of the legal schedules, of those that cover the same the cheapest."""
    alone = replace(
        instance,
        nurses=(nurse,),
        covers=(),
        requests=tuple(r for r in instance.requests if r.nurse == nurse.id),
    )
    days: tuple[Day, ...] = (
        (), *((Work(shift.id, skill),) for shift in instance.shifts for skill in nurse.skills)
    )  # fmt: skip
    covers, costs = [], []
    for row in itertools.product(days, repeat=instance.days):
        found = judge(alone, {nurse.id: row})
        if found.ok:
            covers.append([int((c.shift, c.skill) in row[c.day]) for c in instance.covers])
            costs.append(found.value)
    shape = len(costs), len(instance.covers)
    return _cheapest(np.array(covers, np.int64).reshape(shape), np.array(costs, np.int64))


def _cheapest(there: Ints, cost: Ints) -> tuple[Ints, Ints]:
    if not there.shape[1]:
        return there[:1], np.array([cost.min()]) if len(cost) else cost
    kinds, which = np.unique(there, axis=0, return_inverse=True)
    least = np.full(len(kinds), np.iinfo(np.int64).max)
    np.minimum.at(least, which.ravel(), cost)
    return kinds, least
