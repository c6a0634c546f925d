"""Families of the linear model that only goals need: overload, excess, spread."""

from __future__ import annotations

import numpy as np

from tildeling_models.grouping.linear.model import Builder, Floats
from tildeling_models.grouping.linear.service import server_load
from tildeling_models.grouping.problem import GroupingProblem, Ints, ints


def overload(
    model: Builder,
    problem: GroupingProblem,
    z: Ints,
    loads: dict[tuple[int, int], tuple[Ints, Floats]],
    tiers: set[int],
) -> None:
    """(overload) step * u >= load[b] - staffed[b], u whole; cost per step begun."""
    for server, resource, staffed, step, tier, cost in problem.overload:
        if tier in tiers:
            parts = server_load(problem, z, loads, int(resource), int(server))
            most = min(problem.server_capacity[resource, server], _everything(problem, int(resource)))
            u = model.columns(1, max(0.0, np.ceil((most - staffed) / step)))
            model.rows(1, -np.inf, staffed, *parts, (ints([0]), u, -float(step)))
            model.cost(int(tier), u, cost)


def _everything(problem: GroupingProblem, resource: int) -> int:
    """More than any server can carry: all items and all that is there."""
    return int(problem.item_load[resource].sum() + problem.group_load[resource].sum())


def excess(model: Builder, problem: GroupingProblem, x: Ints, tiers: set[int]) -> None:
    """(excess) e >= sum coef x + base, e >= 0; cost per unit of e."""
    if not len(problem.excess):
        return
    wanted = np.isin(problem.excess_cost[:, 0], sorted(tiers))
    place = np.where(wanted, np.cumsum(wanted) - 1, -1)
    n = int(wanted.sum())
    most = np.zeros(len(problem.excess), np.int64)
    np.add.at(most, problem.excess.row, np.maximum(problem.excess.coef, 0))
    e = model.columns(n, np.maximum(0, most + problem.excess_base)[wanted])
    row = place[problem.excess.row]
    kept = row >= 0
    model.rows(
        n, -np.inf, -problem.excess_base[wanted],
        (row[kept], x[problem.excess.cell[kept]], problem.excess.coef[kept]), (np.arange(n), e, -1.0),
    )  # fmt: skip
    for tier in tiers:
        mine = problem.excess_cost[wanted, 0] == tier
        model.cost(tier, e[mine], problem.excess_cost[wanted][mine, 1])


def spread(model: Builder, problem: GroupingProblem, x: Ints, tiers: set[int]) -> None:
    """(spread) one interval of values per group: sum_l,h t[g,l,h] = 1, x <= sum of t over l <= value <= h.

    Costs h - l less what is free on t.  Intervals bound far better than a lowest and a highest value with large
    constants: a fraction of an item needs the same fraction of an interval around it.
    """
    costs = [(int(tier), int(cost), int(free)) for tier, cost, free in problem.spread_cost if tier in tiers]
    if not costs:
        return
    group_of = problem.cell_group
    for group in np.flatnonzero(problem.spread_groups):
        cells = np.flatnonzero(group_of == group)
        value = problem.spread_value[problem.cell_item[cells]]
        low, high = problem.spread_low[group], problem.spread_high[group]
        fixed = [low, high] if low <= high else []
        known = np.unique(np.concatenate([value, fixed])).astype(np.int64)
        first, last = np.triu_indices(len(known))
        if fixed:
            around = (known[first] <= low) & (known[last] >= high)
            first, last = first[around], last[around]
        least = min(free for *_, free in costs)
        first, last = undominated(known, first, last, least)
        width = known[last] - known[first]
        if (width <= least).all():
            continue
        t = model.columns(len(first))
        model.rows(1, 1.0, 1.0, (t * 0, t, 1.0))
        at = np.searchsorted(known, value)
        covers = (first[None, :] <= at[:, None]) & (last[None, :] >= at[:, None])
        row, interval = np.nonzero(covers)
        model.rows(len(cells), -np.inf, 0.0, (np.arange(len(cells)), x[cells], 1.0), (row, t[interval], -1.0))
        for tier, cost, free in costs:
            model.cost(tier, t, cost * np.maximum(0, width - free))


def undominated(known: Ints, first: Ints, last: Ints, free: int) -> tuple[Ints, Ints]:
    """Intervals within no other that costs as little in every tier: those that are free count as equal."""
    paid = np.maximum(known[last] - known[first], free)
    inside = (first[:, None] >= first[None, :]) & (last[:, None] <= last[None, :])
    inside &= (paid[:, None] >= paid[None, :]) & ~np.eye(len(first), dtype=bool)
    kept = ~inside.any(axis=1)
    return first[kept], last[kept]
