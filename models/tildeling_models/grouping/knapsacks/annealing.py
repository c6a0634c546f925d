"""Local search over groups of items in one compiled loop: shift, exchange, and a chain of two shifts.

Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983) over the neighbourhoods of the generalised assignment
problem (Yagiura, Ibaraki and Glover 2004, "An ejection chain approach for the generalized assignment problem",
*INFORMS Journal on Computing* 16).  A load above a group's capacity, or below its least, is allowed at a price per
unit.  Items go only where prices of capacities say that it can pay (``choice``).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tildeling_models.grouping.problem import Ints
from tildeling_models.roster.columns.compiled import kernel

Floats = NDArray[np.float64]


class Table(NamedTuple):
    """What does not change: as :class:`~tildeling_models.grouping.knapsacks.structure.Knapsacks`, and choices.

    ``first`` (I + 1,) is where each item's groups begin in ``choice``.
    """

    cost: Ints
    weight: Ints
    capacity: Ints
    floor: Ints
    opening: Ints
    pair: Ints
    first: Ints
    choice: Ints


class State(NamedTuple):
    """Who is where.

    ``group``, ``place`` (I,): group of an item and its place in ``member`` (G, I); ``held`` (how many), ``load`` (G,);
    ``near`` (I, G) what an item costs beside those in a group, where pairs cost anything.
    """

    group: Ints
    place: Ints
    member: Ints
    held: Ints
    load: Ints
    near: Ints


@kernel
def begin(table: Table, group: Ints) -> State:
    """The state of an assignment."""
    items, groups = table.cost.shape
    pairs = len(table.pair) > 0
    state = State(
        group.copy(), np.zeros(items, np.int64), np.zeros((groups, items), np.int64), np.zeros(groups, np.int64),
        np.zeros(groups, np.int64), np.zeros((items if pairs else 0, groups), np.int64),
    )  # fmt: skip
    for i in range(items):
        g = group[i]
        state.place[i] = state.held[g]
        state.member[g, state.held[g]] = i
        state.held[g] += 1
        state.load[g] += table.weight[i, g]
        if pairs:
            for j in range(items):
                state.near[j, g] += table.pair[i, j]
    return state


@kernel
def worth(table: Table, group: Ints) -> int:
    """Cost of an assignment without what is broken."""
    items, groups = table.cost.shape
    used = np.zeros(groups, np.bool_)
    total = 0
    for i in range(items):
        total += table.cost[i, group[i]]
        used[group[i]] = True
        if len(table.pair) > 0:
            for j in range(i):
                if group[j] == group[i]:
                    total += table.pair[i, j]
    for g in range(groups):
        if used[g]:
            total += table.opening[g]
    return int(total)


@kernel
def broken(table: Table, g: int, load: int) -> int:
    """Units by which a load is outside of a group's limits."""
    return int(max(0, load - table.capacity[g]) + max(0, table.floor[g] - load))


@kernel
def put(table: Table, state: State, i: int, g: int) -> None:
    """Move an item."""
    a = state.group[i]
    last = state.member[a, state.held[a] - 1]
    state.member[a, state.place[i]] = last
    state.place[last] = state.place[i]
    state.held[a] -= 1
    state.member[g, state.held[g]] = i
    state.place[i] = state.held[g]
    state.held[g] += 1
    state.load[a] -= table.weight[i, a]
    state.load[g] += table.weight[i, g]
    state.group[i] = g
    if len(table.pair) > 0:
        for j in range(len(state.group)):
            state.near[j, a] -= table.pair[i, j]
            state.near[j, g] += table.pair[i, j]


@kernel
def shift(table: Table, state: State, i: int, g: int) -> int:
    """What it costs to move an item, without loads."""
    a = state.group[i]
    found = table.cost[i, g] - table.cost[i, a]
    if len(table.pair) > 0:
        found += state.near[i, g] - state.near[i, a]
    if state.held[g] == 0:
        found += table.opening[g]
    if state.held[a] == 1:
        found -= table.opening[a]
    return int(found)


@kernel
def above(table: Table, state: State, g: int, more: int) -> int:
    """By how many units more a group is outside of its limits with so much more load."""
    return broken(table, g, state.load[g] + more) - broken(table, g, state.load[g])


@kernel
def strain(table: Table, price: Floats, toll: Floats, g: int, load: int) -> float:
    """What a group's load is worth beside cells that pay ``toll`` for each unit of it."""
    return float(price[g] * broken(table, g, load) - toll[g] * load)


@kernel
def chains(
    table: Table,
    group: Ints,
    best: Ints,
    limit: int,
    price: Floats,
    toll: Floats,
    hot: float,
    cold: float,
    rounds: int,
    deep: int,
    seed: int,
) -> int:
    """Anneal ``group`` in place; the best within all limits goes to ``best`` if it is worth less than ``limit``.

    Returns what the best is worth.
    """
    np.random.seed(seed)
    items, groups = table.cost.shape
    pairs = len(table.pair) > 0
    state = begin(table, group)
    now = worth(table, group)
    out = 0
    for g in range(groups):
        out += broken(table, g, state.load[g])
    if out == 0 and now < limit:
        limit = now
        best[:] = state.group
    moved, target = np.zeros(deep + 1, np.int64), np.zeros(deep + 1, np.int64)
    seen = np.full(groups, -1, np.int64)
    steps = 100
    cool = (cold / hot) ** (1.0 / max(1, rounds // steps))
    heat = hot
    for turn in range(rounds):
        if turn % steps == steps - 1:
            heat *= cool
        i = np.random.randint(items)
        a = state.group[i]
        seen[a] = turn
        bound = -heat * math.log(1.0 - np.random.random())
        noise = heat * 10.0 ** np.random.uniform(-1.0, 2.0)
        x, sofar, length, done = i, 0.0, 0, False
        while length < deep and not done:
            old = state.group[x]
            leave = table.cost[x, old] + toll[old] * table.weight[x, old]
            if pairs:
                leave += state.near[x, old]
            close, close_to = np.inf, -1
            go, go_to, go_out = np.inf, -1, -1
            begun = strain(table, price, toll, a, state.load[a])
            for at in range(table.first[x], table.first[x + 1]):
                g = table.choice[at]
                if g == old:
                    continue
                enter = table.cost[x, g] + toll[g] * table.weight[x, g] - leave
                if g == a:  # back to where the chain began: a cycle
                    if x == i:
                        continue
                    total = sofar + enter - begun
                    total += strain(
                        table, price, toll, a, state.load[a] + table.weight[x, a] - table.weight[i, a]
                    )
                    if pairs:
                        total += state.near[x, a] - table.pair[x, i]
                    if total < close:
                        close, close_to = total, a
                    continue
                if seen[g] == turn:
                    continue
                load = state.load[g] + table.weight[x, g]
                was = strain(table, price, toll, g, state.load[g])
                total = sofar + enter + strain(table, price, toll, g, load) - was - begun
                total += strain(table, price, toll, a, state.load[a] - table.weight[i, a])
                if pairs:
                    total += state.near[x, g]
                if state.held[g] == 0:
                    total += table.opening[g]
                if state.held[a] == 1:
                    total -= table.opening[a]
                if total < close:
                    close, close_to = total, g
                if length + 1 < deep:
                    for k in range(state.held[g]):
                        y = state.member[g, k]
                        part = sofar + enter + strain(table, price, toll, g, load - table.weight[y, g]) - was
                        if pairs:
                            part += state.near[x, g] - table.pair[x, y]
                        if part <= bound:
                            part += noise * np.random.random()
                            if part < go:
                                go, go_to, go_out = part, g, y
            if close <= bound:
                moved[length], target[length] = x, close_to
                length += 1
                done = True
            elif go_to >= 0:
                moved[length], target[length] = x, go_to
                was = strain(table, price, toll, go_to, state.load[go_to])
                sofar += table.cost[x, go_to] + toll[go_to] * table.weight[x, go_to] - leave - was
                load = state.load[go_to] + table.weight[x, go_to] - table.weight[go_out, go_to]
                sofar += strain(table, price, toll, go_to, load)
                if pairs:
                    sofar += state.near[x, go_to] - table.pair[x, go_out]
                seen[go_to] = turn
                x = go_out
                length += 1
            else:
                break
        if not done:
            continue
        for k in range(length):
            x, g = moved[k], target[k]
            old = state.group[x]
            now += shift(table, state, x, g)
            out += above(table, state, old, -table.weight[x, old]) + above(
                table, state, g, table.weight[x, g]
            )
            put(table, state, x, g)
        if out == 0 and now < limit:
            limit = now
            best[:] = state.group
    group[:] = state.group
    return limit
