"""Grouping problems small enough to try every assignment, with what data sets seldom reach, and brute force.

Limits with negative coefficients, exclusions, together-both, several levels, own servers, overload in steps,
spreads with a fixed part, rewards and costs between items.  Judged by ``evaluate`` alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.problem import UNLIMITED, Assignment, GroupingProblem, Sparse, ints
from tildeling_models.grouping.ties import Choice, choices


@dataclass
class Best:
    """The least tuple of tier values (None: infeasible), and the choices of every assignment that reaches it."""

    values: tuple[int, ...] | None = None
    all_choices: set[Choice] = field(default_factory=set)


def best(problem: GroupingProblem) -> Best:
    """Try every slot of every item with every server of every group."""
    found = Best()
    for assignment in every_assignment(problem):
        if evaluate.violations(problem, assignment):
            continue
        values = tuple(int(v) for v in evaluate.values(problem, assignment))
        if found.values is None or values < found.values:
            found.values, found.all_choices = values, set()
        if values == found.values:
            found.all_choices |= choices(problem, assignment)
    return found


def every_assignment(problem: GroupingProblem) -> Iterator[Assignment]:
    """Every slot of every item with every server of every group in use."""
    slots = [[-1] for _ in range(problem.n_items)]
    for item, slot in zip(problem.cell_item, problem.cell_slot, strict=True):
        slots[item].append(int(slot))
    for where in product(*slots):
        item_slot = ints(where)
        used = {int(problem.slot_group[s]) for s in where if s >= 0} | set(np.flatnonzero(problem.group_open))
        servers = [
            [int(b) for g, b in zip(problem.arc_group, problem.arc_server, strict=True) if g == group] or [-1]
            if group in used and problem.group_served[group] else [-1]
            for group in range(problem.n_groups)
        ]  # fmt: skip
        for who in product(*servers):
            yield Assignment(item_slot, ints(who))


class _Dice(random.Random):
    """A seeded generator with what the arrays need."""

    def below(self, odds: float) -> bool:
        return self.random() < odds

    def pairs(self, n: int, most: int) -> list[list[int]]:
        return [self.sample(range(n), 2) for _ in range(self.randint(0, most))] if n > 1 else []

    def keys(self, n: int) -> np.ndarray:
        return np.array([self.getrandbits(63) for _ in range(n)], dtype=np.uint64)

    def rows(self, n_cells: int, count: int, low: int, high: int) -> Sparse:
        rows = []
        for _ in range(count):
            cells = sorted(self.sample(range(n_cells), self.randint(1, n_cells)))
            rows.append((ints(cells), ints([self.randint(low, high) for _ in cells])))
        return Sparse.of(rows)


def tiny_problem(seed: int) -> GroupingProblem:
    """The problem of a seed: feasible or not, from a start or without one."""
    d = _Dice(seed)
    n, groups, servers, tiers = d.randint(1, 4), d.randint(1, 3), d.randint(0, 2), d.randint(1, 3)
    slot_group = [g for g in range(groups) for _ in range(d.randint(1, 2))]
    cells = [(i, s) for i in range(n) for s in range(len(slot_group)) if d.below(0.7)] or [(0, 0)]
    home = {i: d.choice([s for j, s in cells if j == i]) for i, _ in cells if d.below(0.2)}
    size = [d.choice([1, 1, 2]) for _ in range(n)]
    arcs = [(g, b) for g in range(groups) for b in range(servers) if d.below(0.8)]
    served = [any(g == group for g, _ in arcs) and d.below(0.9) for group in range(groups)]
    arcs = [arc for arc in arcs if served[arc[0]]]
    opened = [d.below(0.3) for _ in range(groups)]
    most = [d.randint(1, 2) for _ in range(servers)]
    fixed = [d.below(0.4) for _ in range(groups)]
    lows = [d.randint(1, 4) for _ in range(groups)]
    limits = d.rows(len(cells), d.randint(0, 2), -2, 3)
    excess = d.rows(len(cells), d.randint(0, 2), -1, 2)
    together = [
        [d.randint(0, 2), a, b, int(d.below(0.5))]
        for a, b in d.pairs(n, 2)
        if a not in home and b not in home
    ]
    return GroupingProblem(
        tiers=("a", "b", "c")[:tiers], tolerance=np.zeros(tiers),
        constant=ints([d.randint(-9, 9) for _ in range(tiers)]),
        item_size=ints(size), item_required=np.array([i in home for i in range(n)]),
        item_load=ints([[d.randint(0, 5) for _ in range(n)], size]),
        item_queue=ints([d.randint(0, 5) for _ in range(n)]),
        item_key=d.keys(n), cell_item=ints([i for i, _ in cells]), cell_slot=ints([s for _, s in cells]),
        cell_cost=ints([[d.choice([-9, -5, -2, 0, 0, 1]) for _ in cells] for _ in range(tiers)]),
        cell_start=np.array([home.get(i) == s for i, s in cells]), slot_group=ints(slot_group),
        slot_capacity=ints([d.randint(1, 2) for _ in slot_group]),
        group_min=ints([d.choice([1, 1, 2, 3]) for _ in range(groups)]),
        group_max=ints([d.randint(1, 5) for _ in range(groups)]), group_open=np.array(opened),
        group_zone=ints([range(groups), *([d.randint(0, 1) for _ in range(groups)] for _ in range(3))]),
        group_load=ints([[d.randint(0, 4) * o for o in opened], [int(o) for o in opened]]), group_key=d.keys(groups),
        group_served=np.array(served), limits=limits, limit_rhs=ints([d.randint(-1, 3) for _ in range(len(limits))]),
        conflict=ints([[d.randint(0, 3), a, b] for a, b in d.pairs(n, 2)]).reshape(-1, 3),
        presence=d.rows(len(cells), 3, 1, 1), exclusion=ints([[0, 1], [1, 2]][: d.randint(0, 2)]).reshape(-1, 2),
        together=ints(together).reshape(-1, 4),
        arc_group=ints([g for g, _ in arcs]), arc_server=ints([b for _, b in arcs]),
        arc_cost=ints([[d.randint(0, 3) for _ in arcs] for _ in range(tiers)]).reshape(tiers, -1),
        arc_load_cost=ints([[[d.choice([0, 0, 1]) for _ in arcs] for _ in range(2)] for _ in range(tiers)])
        .reshape(tiers, 2, -1),
        arc_own=np.array([d.below(0.4) for _ in arcs], dtype=bool),
        server_capacity=ints([[d.choice([4, 7, UNLIMITED]) for _ in range(servers)], [UNLIMITED] * servers])
        .reshape(2, -1),
        server_cost=ints([[d.choice([0, 3]) for _ in range(servers)] for _ in range(tiers)]).reshape(tiers, -1),
        server_open=np.array([d.below(0.5) for _ in range(servers)], dtype=bool), server_groups=ints(most),
        server_own_groups=ints([m + d.randint(0, 1) for m in most]),
        server_sites=ints([d.randint(1, 2) for _ in range(servers)]), server_key=d.keys(servers),
        affinity=ints([[d.randint(0, 2), a, b, d.randrange(tiers), d.choice([-3, 2])] for a, b in d.pairs(n, 2)])
        .reshape(-1, 5),
        excess=excess, excess_base=ints([d.randint(-2, 1) for _ in range(len(excess))]),
        excess_cost=ints([[d.randrange(tiers), d.randint(1, 3)] for _ in range(len(excess))]).reshape(-1, 2),
        overload=ints([[b, 0, d.randint(0, 4), d.randint(1, 3), d.randrange(tiers), d.randint(1, 2)]
                       for b in range(servers) if d.below(0.6)]).reshape(-1, 6),
        spread_value=ints([d.randint(0, 5) for _ in range(n)]),
        spread_low=ints([low if f else 100 for low, f in zip(lows, fixed, strict=True)]),
        spread_high=ints([low + d.randint(0, 2) if f else -100 for low, f in zip(lows, fixed, strict=True)]),
        spread_groups=np.array([d.below(0.6) for _ in range(groups)]),
        spread_cost=ints([[d.randrange(tiers), d.randint(1, 2), d.randint(0, 2)] for _ in range(d.randint(0, 2))])
        .reshape(-1, 3),
    )  # fmt: skip
