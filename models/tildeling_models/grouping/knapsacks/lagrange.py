"""Bounds: the rows that place each item once are priced (Geoffrion 1974), each group is then a knapsack of its own.

With multipliers u, ``L(u) = sum u_i + sum_g min over loads of (opening_g + sum_i (c_ig - u_i) x_i)``; a group that may
stay closed is worth 0 at most.  Multipliers are whole numbers in thousandths, and knapsacks are solved exactly in whole
numbers, so that a bound is one without any tolerance.  They climb by subgradients whose directions are averaged (the
volume algorithm, Barahona and Anbil 2000).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tildeling_models.grouping.knapsacks.structure import FAR, Floats, Knapsacks
from tildeling_models.grouping.problem import Ints
from tildeling_models.roster.columns.compiled import kernel
from tildeling_models.stop import Stop

Flags = NDArray[np.int8]

UNIT = 1000
"""Multipliers are counted in this part of a cost."""

NEVER = 2**62
"""A bound where there is no solution."""


@kernel
def fill(gain: Ints, weight: Ints, capacity: int, floor: int, taken: Ints, best: Ints, took: Flags) -> int:
    """The most that items can gain in a knapsack, loads from ``floor`` on; ``taken`` (I,) says which do.

    ``best`` (capacity + 1,) and ``took`` (I, capacity + 1) are room to work in.
    """
    items = len(gain)
    if floor > capacity:
        return -NEVER
    for load in range(capacity + 1):
        best[load] = 0 if load == 0 or floor == 0 else -NEVER
    for i in range(items):
        taken[i] = 0
        w = weight[i]
        if (gain[i] <= 0 and floor == 0) or gain[i] <= -FAR or w > capacity:
            took[i, 0] = -1
            continue
        took[i, 0] = 0
        if w == 0:
            took[i, 0] = 2 if gain[i] > 0 else -1
            continue
        for load in range(capacity, w - 1, -1):
            other = best[load - w] + gain[i]
            if best[load - w] > -NEVER and other > best[load]:
                best[load] = other
                took[i, load] = 1
            else:
                took[i, load] = 0
        for load in range(1, w):
            took[i, load] = 0
    at = capacity
    for load in range(floor, capacity):
        if best[load] > best[at]:
            at = load
    found = best[at]
    if found <= -NEVER:
        return -NEVER
    for i in range(items - 1, -1, -1):
        if took[i, 0] == 2:
            taken[i] = 1
            found += gain[i]
        elif took[i, 0] >= 0 and took[i, at] == 1:
            taken[i] = 1
            at -= weight[i]
    return int(found)


@kernel
def relaxed(
    cost: Ints,
    weight: Ints,
    capacity: Ints,
    floor: Ints,
    opening: Ints,
    may_close: Ints,
    u: Ints,
    count: Ints,
    best: Ints,
    took: Flags,
) -> int:
    """L(u), all in units; ``count`` (I,) is how often each item was taken."""
    items, groups = cost.shape
    total = np.int64(u.sum())
    gain, taken = np.zeros(items, np.int64), np.zeros(items, np.int64)
    count[:] = 0
    for g in range(groups):
        for i in range(items):
            gain[i] = u[i] - cost[i, g]
        found = fill(gain, weight[:, g], capacity[g], floor[g], taken, best, took)
        if found <= -NEVER:
            return NEVER
        if may_close[g] and found <= opening[g]:
            continue
        total += opening[g] - found
        count += taken
    return int(total)


@dataclass(eq=False)
class Lagrangian:
    """The best bound so far and its multipliers, in costs."""

    bound: int
    u: Floats


def climb(sacks: Knapsacks, u: Floats, value: int, stop: Stop, rounds: int = 400) -> Lagrangian:
    """Raise the bound from multipliers ``u``; ``value`` is that of a solution.

    The bound is NEVER where some group cannot reach its least load.
    """
    items, _ = sacks.shape
    most = int(sacks.capacity.max(initial=0))
    cost = np.where(sacks.cost >= FAR, 2 * FAR, sacks.cost * UNIT)
    may_close = ((sacks.opening > 0) & (sacks.floor == 0)).astype(np.int64)
    load, took = np.zeros(most + 1, np.int64), np.zeros((items, most + 1), np.int8)
    count = np.zeros(items, np.int64)

    def at(point: Floats) -> tuple[int, Floats]:
        whole = np.rint(point * UNIT).astype(np.int64)
        found = relaxed(
            cost, sacks.weight, sacks.capacity, sacks.floor, sacks.opening * UNIT, may_close, whole, count, load, took
        )  # fmt: skip
        return found, np.asarray(1.0 - count, dtype=np.float64)

    best, slope = at(u)
    if best == NEVER:
        return Lagrangian(NEVER, u)
    centre, mean = u.copy(), slope.copy()
    step, idle = 1.0, 0
    for _ in range(rounds):
        if stop.now or -(-best // UNIT) >= value:
            break
        norm = float(mean @ mean)
        if norm < 1e-9:
            break
        trial = centre + step * (max(value * 1.0005, best / UNIT + 1) - best / UNIT) / norm * mean
        found, slope = at(trial)
        away = mean - slope
        share = 0.1
        if float(away @ away) > 1e-12:
            share = min(max(float(-(slope @ away)) / float(away @ away), 0.01), 0.2)
        mean = share * slope + (1 - share) * mean
        if found > best:
            best, centre, idle = found, trial, 0
            step = min(step * (1.1 if float(slope @ mean) > 0 else 1.0), 2.0)
        else:
            idle += 1
            if idle >= 15:
                step, idle = step * 0.66, 0
            if step < 1e-3:
                break
    return Lagrangian(-(-best // UNIT), centre)
