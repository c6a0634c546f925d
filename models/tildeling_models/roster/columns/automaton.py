"""The layered automaton of one class of people: what their schedules may be, day by day, as flat arrays.

The product of the machines is explored forward from the first day, states that cannot end are dropped, states with
the same future are merged (Pesant 2004, "A regular language membership constraint"), and activities that move
every state alike become one kind.  Every node keeps the corridor of counts from which the counters' ranges are
still within reach.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from tildeling_models.roster.columns.layers import NEVER, Automaton
from tildeling_models.roster.columns.machines import Paid
from tildeling_models.roster.columns.reading import DIMENSIONS, Reading
from tildeling_models.roster.problem import Ints, RosterProblem

Arc = tuple[int, int, Paid, tuple[int, ...]]
"""(kind, number of the node it leads to, what it costs, how far each counter moves)."""


class TooLarge(RuntimeError):
    """The automaton of the rules passes the limit."""


class OutOfTime(TooLarge):
    """Time ran out before the automaton was there."""


def build(
    problem: RosterProblem,
    reading: Reading,
    limit: int,
    entries: int,
    late: Callable[[], bool] = lambda: False,
) -> Automaton | None:
    """The automaton of a reading; None where no schedule keeps the rules.

    Raises
    ------
    TooLarge
        If the product has more than ``limit`` arcs, or the table more than so many ``entries``; OutOfTime once
        it is ``late``.
    """
    layers, arcs, kinds = _explore(problem, reading, limit, late)
    ends = [_finish(reading, state, problem.n_days) for state in layers[-1]]
    arcs, ends = _merge(arcs, ends)
    if not ends or not arcs[0]:
        return None
    found = _flatten(problem, reading, arcs, ends, kinds)
    if found.n_cells > entries:
        raise TooLarge(f"{found.n_cells} entries of the table")
    return found if found.size[found.layer[-2] :].prod(axis=1).any() else None


def _explore(
    problem: RosterProblem, reading: Reading, limit: int, late: Callable[[], bool]
) -> tuple[list[list[Any]], list[list[list[Arc]]], Ints]:
    """States by layer, arcs by layer and state, and the kind of each activity by day."""
    machines, days, codes = reading.machines, problem.n_days, problem.n_activities + 1
    dense = len(reading.counters)
    memos: list[dict[Any, Any]] = [{} for _ in machines]
    kinds = np.zeros((days, codes), np.int64)
    layers: list[list[Any]] = [[tuple(m.start() if m.begin == 0 else None for m in machines)]]
    arcs: list[list[list[Arc]]] = []
    known: dict[Hashable, dict[Any, list[Any]]] = {}
    total = 0
    for day in range(days):
        if late():
            raise OutOfTime("no time for the automaton")
        live = tuple(n for n, m in enumerate(machines) if m.begin <= day < m.end)
        over = tuple(n for n in live if machines[n].end == day + 1 and day + 1 < days)
        born = tuple(n for n, m in enumerate(machines) if m.begin == day + 1)
        names: dict[Any, int] = {}
        for code in range(codes):
            name = tuple(machines[n].symbol(day, code) for n in live)
            kinds[day, code] = names.setdefault(name, len(names))
        steps = known.setdefault((live, over, born, tuple(names)), {})
        number: dict[Any, int] = {}
        rows: list[list[Arc]] = []
        for state in layers[-1]:
            found = steps.get(state)
            if found is None:
                found = steps[state] = [
                    (kind, *made)
                    for name, kind in names.items()
                    if (made := _step(machines, memos, state, name, live, over, born, dense)) is not None
                ]
            rows.append([(k, number.setdefault(s, len(number)), cost, move) for k, s, cost, move in found])
            total += len(found)
        if total > limit:
            raise TooLarge(f"more than {limit} arcs")
        arcs.append(rows)
        layers.append(list(number))
    return layers, arcs, kinds


def _step(
    machines: Any,
    memos: list[dict[Any, Any]],
    state: Any,
    name: Any,
    live: Any,
    over: Any,
    born: Any,
    dense: int,
) -> tuple[Any, Paid, tuple[int, ...]] | None:
    after = list(state)
    cost: Paid = ()
    moves = [0] * dense
    for n, symbol in zip(live, name, strict=True):
        memo = memos[n]
        asked = (state[n], symbol)
        if asked in memo:
            found = memo[asked]
        else:
            found = memo[asked] = machines[n].step(*asked)
        if found is None:
            return None
        after[n], paid, move = found
        cost += paid
        if n < dense:
            moves[n] = move
    for n in over:
        paid = machines[n].finish(after[n])
        if paid is None:
            return None
        cost += paid
        after[n] = None
    for n in born:
        after[n] = machines[n].start()
    return tuple(after), tuple(sorted(cost)), tuple(moves)


def _finish(reading: Reading, state: Any, days: int) -> tuple[Paid, tuple[int, ...]] | None:
    """(what an end state costs, what to add to each counter)."""
    dense = len(reading.counters)
    cost: Paid = ()
    for machine, own in list(zip(reading.machines, state, strict=True))[dense:]:
        if machine.end == days:
            paid = machine.finish(own)
            if paid is None:
                return None
            cost += paid
    offsets = (counter.offset(own) for counter, own in zip(reading.counters, state, strict=False))
    return tuple(sorted(cost)), tuple(offsets)


def _merge(arcs: list[list[list[Arc]]], ends: list[Any]) -> tuple[list[list[list[Arc]]], list[Any]]:
    """States with the same future as one, from the last day back; states without a future dropped."""
    names: dict[Any, int] = {}
    where = [-1 if end is None else names.setdefault(end, len(names)) for end in ends]
    merged: list[list[list[Arc]]] = []
    for rows in reversed(arcs):
        numbers: dict[Any, int] = {}
        here = []
        for row in rows:
            future = tuple((kind, where[to], cost, move) for kind, to, cost, move in row if where[to] >= 0)
            here.append(numbers.setdefault(future, len(numbers)) if future else -1)
        merged.append([list(future) for future in numbers])
        where = here
    merged.reverse()
    return merged, list(names)


def _flatten(
    problem: RosterProblem, reading: Reading, arcs: list[list[list[Arc]]], ends: list[Any], kinds: Ints
) -> Automaton:
    days, tiers = problem.n_days, len(problem.tiers)
    layer = np.concatenate([[0], np.cumsum([*(len(rows) for rows in arcs), len(ends)])]).astype(np.int64)
    kinds = kinds.copy()
    flat: list[tuple[int, int, int, Paid, tuple[int, ...]]] = []
    for day, rows in enumerate(arcs):
        columns: dict[int, list[Any]] = {}
        for number, row in enumerate(rows):
            for kind, to, paid, counted in row:
                columns.setdefault(kind, []).append((number, to, paid, counted))
        same: dict[Any, int] = {}
        name = {kind: same.setdefault(tuple(column), len(same)) for kind, column in columns.items()}
        kinds[day] = [name.get(kind, -1) for kind in kinds[day].tolist()]
        for arcs_of_kind, kind in same.items():
            flat += [
                (int(layer[day]) + of, int(layer[day + 1]) + to, kind, paid, counted)
                for of, to, paid, counted in arcs_of_kind
            ]
    flat.sort(key=lambda arc: (arc[1], arc[0], arc[2]))
    target = np.array([arc[1] for arc in flat], np.int64)
    cost = np.zeros((len(flat), tiers), np.int64)
    move = np.zeros((len(flat), DIMENSIONS), np.int64)
    shift = DIMENSIONS - len(reading.counters)
    for number, arc in enumerate(flat):
        for tier, amount in arc[3]:
            cost[number, tier] += amount
        move[number, shift:] = arc[4]
    steps = np.array([np.gcd.reduce(move[:, k]) or 1 for k in range(DIMENSIONS)], np.int64)
    source = np.array([arc[0] for arc in flat], np.int64)
    low, high = _corridor(reading, ends, layer, source, target, move, steps)
    size = np.maximum(0, high - low + 1)
    size[(size == 0).any(axis=1)] = 0
    end_cost = np.zeros((len(ends), tiers), np.int64)
    for number, (paid, _) in enumerate(ends):
        for tier, amount in paid:
            end_cost[number, tier] += amount
    final = _final(reading, ends, low[layer[days] :], size[layer[days] :], steps, tiers)
    return Automaton(
        layer=layer,
        kind=kinds,
        into=np.searchsorted(target, np.arange(layer[-1] + 1)).astype(np.int64),
        source=source,
        arc_kind=np.array([arc[2] for arc in flat], np.int64),
        move=move // steps,
        cost=cost,
        low=low,
        size=size,
        at=np.concatenate([[0], np.cumsum(size.prod(axis=1))]).astype(np.int64),
        final=final,
        end_cost=end_cost,
        blocks=np.array(
            [0] * (DIMENSIONS - len(reading.counters)) + [each.block for each in reading.counters]
        ),
    )


def _corridor(
    reading: Reading, ends: list[Any], layer: Ints, source: Ints, target: Ints, move: Ints, steps: Ints
) -> tuple[Ints, Ints]:
    """(N, 3) least and most count worth keeping, in steps of each dimension."""
    nodes, days = int(layer[-1]), len(layer) - 2
    far = np.int64(1) << 50
    least, most = np.full((nodes, DIMENSIONS), far), np.full((nodes, DIMENSIONS), -far)
    least[: layer[1]] = most[: layer[1]] = 0
    bounds = np.searchsorted(target, layer)
    shift = DIMENSIONS - len(reading.counters)
    for day in range(days):
        own = slice(bounds[day + 1], bounds[day + 2])
        np.minimum.at(least, target[own], least[source[own]] + move[own])
        np.maximum.at(most, target[own], most[source[own]] + move[own])
    need, room = np.full((nodes, DIMENSIONS), far), np.full((nodes, DIMENSIONS), -far)
    for number, (_, offsets) in enumerate(ends):
        node = layer[days] + number
        need[node], room[node] = -far, far
        for k, counter in enumerate(reading.counters):
            if counter.least is not None:
                need[node, shift + k] = counter.least - offsets[k]
            if counter.most is not None:
                room[node, shift + k] = counter.most - offsets[k]
    for day in range(days - 1, -1, -1):
        own = slice(bounds[day + 1], bounds[day + 2])
        np.minimum.at(need, source[own], need[target[own]] - move[own])
        np.maximum.at(room, source[own], room[target[own]] - move[own])
    return -(-np.maximum(least, need) // steps), np.minimum(most, room) // steps


def _final(
    reading: Reading, ends: list[Any], low: Ints, size: Ints, steps: Ints, tiers: int
) -> tuple[Ints, ...]:
    found = [
        np.zeros((len(ends), max(1, int(size[:, k].max(initial=0))), tiers), np.int64)
        for k in range(DIMENSIONS)
    ]
    shift = DIMENSIONS - len(reading.counters)
    for k, counter in enumerate(reading.counters):
        table, k3 = found[shift + k], shift + k
        for number, (_, offsets) in enumerate(ends):
            for place in range(int(size[number, k3])):
                cost = counter.cost(int((low[number, k3] + place) * steps[k3]), offsets[k])
                if cost is None:
                    table[number, place] = NEVER
                for tier, amount in cost or ():
                    table[number, place, tier] += amount
    return tuple(found)
