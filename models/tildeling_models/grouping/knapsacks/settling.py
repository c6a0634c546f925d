"""What is in a few groups, settled anew by the exact model, time and again: a large neighbourhood (Shaw 1998)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tildeling_models.grouping.knapsacks.annealing import worth
from tildeling_models.grouping.knapsacks.opening import place
from tildeling_models.grouping.knapsacks.search import FINISH_NODES, Search
from tildeling_models.grouping.knapsacks.structure import FAR
from tildeling_models.grouping.problem import Ints, ints
from tildeling_models.stop import Stop

FEW, CALM, IDLE = 4, 10, 60
"""Groups that are settled anew together at first; times in a row that nothing better is proven to be there until it
is one more; times in a row without anything better after which it ends."""

CELLS, SECONDS = 2, 1.0
"""Cells an item, on average, that it may go to, and seconds that the model may take: measured on types D and E with 400
items, with 2, 3 and 5 cells, half a second to 4 s (benchmarks/README.md)."""


def settle(search: Search, stop: Stop, many: int = FEW) -> int:
    """Settle groups anew until ``stop``, or nothing better was found many times in a row, or with all at once.

    There are more groups where that is soon done, and fewer where it is not; ``many`` to begin with, and what it
    ended with is handed back.
    """
    groups = search.sacks.shape[1]
    many, calm, idle = min(many, groups), 0, 0
    while not (stop.now or search.stop.now) and idle < IDLE:
        before = search.value
        proven = _settled(search, search.near(many))
        idle = 0 if search.value < before else idle + 1
        calm = calm + 1 if proven else 0
        if not proven and search.value == before:
            many = min(groups, max(2, many - 1))
        elif calm >= CALM:
            if many == groups:
                break
            many, calm = many + 1, 0
    return many


def _settled(search: Search, groups: Ints) -> bool:
    """Settle some groups anew, over cells of least reduced cost; whether nothing better is left there."""
    sacks, items = search.sacks, np.flatnonzero(np.isin(search.best, groups))
    if not len(items):
        return True
    at, groups = np.arange(len(items)), np.sort(groups)
    now = np.searchsorted(groups, search.best[items])
    part = sacks.part(ints(items), groups)
    priced = part.cost + search.toll[groups] * part.weight
    dearer = priced - priced.min(axis=1, keepdims=True)
    count = min(CELLS * len(items), dearer.size)
    cells = dearer <= np.partition(dearer, count - 1, axis=None)[count - 1]
    cells[at, now] = True
    part = replace(part, cost=np.where(cells, part.cost, FAR))
    worth_now = int(part.cost[at, now].sum() + part.opening[np.unique(now)].sum())
    found, bound = place(part, worth_now, search.limit(SECONDS), FINISH_NODES)
    if found is not None and (found >= 0).all():
        group = search.best.copy()
        group[items] = groups[found]
        if search.within(group):
            search.take(group, int(worth(search.table, group)))
    return bound is not None and bound >= worth_now
