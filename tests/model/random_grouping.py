"""Small random grouping problems with every primitive in them, whose start is feasible in itself."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from tildeling_models.grouping.problem import UNLIMITED, GroupingProblem, Sparse, ints
from tildeling_models.grouping.start import status_quo


def keys(rng: random.Random, n: int) -> np.ndarray:
    """Distinct 64-bit identities."""
    return np.array([rng.getrandbits(63) for _ in range(n)], dtype=np.uint64)


def _pairs(rng: random.Random, n_items: int, count: int) -> list[list[int]]:
    return [rng.sample(range(n_items), 2) for _ in range(count)] if n_items > 1 else []


def _rows(rng: random.Random, n_cells: int, count: int, low: int, high: int) -> Sparse:
    rows = []
    for _ in range(count):
        cells = sorted(rng.sample(range(n_cells), rng.randint(1, min(6, n_cells))))
        rows.append((ints(cells), ints([rng.randint(low, high) for _ in cells])))
    return Sparse.of(rows)


def plain_problem(
    capacity: list[int], cost: list[list[int | None]], queue: list[int] | None = None, **changes: object
) -> GroupingProblem:
    """Items against slots of their own groups, one tier; None forbids a cell.  ``changes`` replace fields."""
    n_items, n_slots = len(cost), len(capacity)
    cells = [(i, s) for i in range(n_items) for s in range(n_slots) if cost[i][s] is not None]
    rng = random.Random(1)
    return replace(
        GroupingProblem(
            tiers=("one",), tolerance=np.zeros(1), constant=ints([0]),
            item_size=np.ones(n_items, np.int64), item_required=np.zeros(n_items, bool),
            item_load=np.zeros((1, n_items), np.int64),
            item_queue=ints(queue if queue is not None else [0] * n_items), item_key=keys(rng, n_items),
            cell_item=ints([i for i, _ in cells]), cell_slot=ints([s for _, s in cells]),
            cell_cost=ints([[cost[i][s] for i, s in cells]]).reshape(1, -1),
            cell_start=np.zeros(len(cells), bool), slot_group=np.arange(n_slots),
            slot_capacity=ints(capacity),
            group_min=np.ones(n_slots, np.int64), group_max=ints(capacity),
            group_open=np.zeros(n_slots, bool), group_zone=np.tile(np.arange(n_slots), (4, 1)),
            group_load=np.zeros((1, n_slots), np.int64), group_key=keys(rng, n_slots),
            group_served=np.zeros(n_slots, bool), arc_cost=ints(np.empty((1, 0))),
            arc_load_cost=ints(np.empty((1, 1, 0))), server_capacity=ints(np.empty((1, 0))),
            server_cost=ints(np.empty((1, 0))), spread_value=np.zeros(n_items, np.int64),
            spread_low=np.ones(n_slots, np.int64), spread_high=np.zeros(n_slots, np.int64),
            spread_groups=np.zeros(n_slots, bool),
        ),
        **changes,
    )  # fmt: skip


def random_problem(seed: int) -> GroupingProblem:
    """A problem of a seed; tries until its start is feasible."""
    rng = random.Random(seed)
    while True:
        problem = _draw(rng)
        if status_quo(problem) is not None:
            return problem


def _draw(rng: random.Random) -> GroupingProblem:
    n_items, n_groups, n_servers, n_tiers = rng.randint(2, 9), rng.randint(2, 5), rng.randint(1, 3), 3
    slot_group = [g for g in range(n_groups) for _ in range(rng.randint(1, 2))]
    capacity = [rng.randint(1, 3) for _ in slot_group]
    chosen = [(i, s) for i in range(n_items) for s in range(len(slot_group)) if rng.random() < 0.6] or [
        (0, 0)
    ]
    movers = [i for i in range(n_items) if rng.random() < 0.25]
    home: dict[int, int] = {}
    room = list(capacity)
    for item in movers:
        mine = [s for i, s in chosen if i == item and room[s] > 0]
        if mine:
            home[item] = rng.choice(mine)
            room[home[item]] -= 1
    n_cells = len(chosen)
    cost = [[rng.choice([-9, -5, -2, 0, 0, 1]) for _ in chosen] for _ in range(n_tiers)]
    size = [rng.choice([1, 1, 1, 2]) for _ in range(n_items)]
    opened = [rng.random() < 0.3 for _ in range(n_groups)]
    arcs = [(g, b) for g in range(n_groups) for b in range(n_servers) if rng.random() < 0.7]
    served = [any(g == group for g, _ in arcs) and rng.random() < 0.9 for group in range(n_groups)]
    arcs = [(g, b) for g, b in arcs if served[g]]
    limits = _rows(rng, n_cells, rng.randint(0, 2), -1, 3)
    presence = _rows(rng, n_cells, 3, 1, 1)
    excess = _rows(rng, n_cells, rng.randint(0, 2), 1, 2)
    both = [
        [rng.randint(0, 1), a, b, int(rng.random() < 0.5)]
        for a, b in _pairs(rng, n_items, rng.randint(0, 2)) if a not in home and b not in home
    ]  # fmt: skip
    groups = [rng.randint(1, 2) for _ in range(n_servers)]
    return GroupingProblem(
        tiers=("a", "b", "c"), tolerance=np.zeros(n_tiers),
        constant=ints([rng.randint(0, 20) for _ in range(n_tiers)]), item_size=ints(size),
        item_required=np.array([i in home for i in range(n_items)]),
        item_load=ints([[rng.randint(0, 5) for _ in range(n_items)], size]),
        item_queue=ints([rng.randint(0, 5) for _ in range(n_items)]), item_key=keys(rng, n_items),
        cell_item=ints([i for i, _ in chosen]), cell_slot=ints([s for _, s in chosen]), cell_cost=ints(cost),
        cell_start=np.array([home.get(i) == s for i, s in chosen]), slot_group=ints(slot_group),
        slot_capacity=ints(capacity), group_min=ints([rng.choice([1, 1, 2, 3]) for _ in range(n_groups)]),
        group_max=ints([rng.randint(2, 6) for _ in range(n_groups)]), group_open=np.array(opened),
        group_zone=ints([range(n_groups), *([rng.randint(0, 2) for _ in range(n_groups)] for _ in range(3))]),
        group_load=ints([[rng.randint(0, 4) * o for o in opened], [int(o) for o in opened]]),
        group_key=keys(rng, n_groups), group_served=np.array(served),
        limits=limits, limit_rhs=ints([rng.randint(0, 4) for _ in range(len(limits))]),
        conflict=ints([[rng.randint(0, 3), a, b] for a, b in _pairs(rng, n_items, rng.randint(0, 3))])
        .reshape(-1, 3),
        presence=presence, exclusion=ints([[0, 1], [1, 2]][: rng.randint(0, 2)]).reshape(-1, 2),
        together=ints(both).reshape(-1, 4),
        arc_group=ints([g for g, _ in arcs]), arc_server=ints([b for _, b in arcs]),
        arc_cost=ints([[rng.randint(0, 4) for _ in arcs] for _ in range(n_tiers)]).reshape(n_tiers, -1),
        arc_load_cost=ints(
            [[[rng.choice([0, 0, 1]) for _ in arcs] for _ in range(2)] for _ in range(n_tiers)]
        ).reshape(n_tiers, 2, -1),
        arc_own=np.array([rng.random() < 0.3 for _ in arcs], dtype=bool),
        server_capacity=ints(
            [[rng.choice([6, 10, UNLIMITED]) for _ in range(n_servers)], [UNLIMITED] * n_servers]
        ),
        server_cost=ints([[rng.choice([0, 3]) for _ in range(n_servers)] for _ in range(n_tiers)]),
        server_open=np.array([rng.random() < 0.5 for _ in range(n_servers)]),
        server_groups=ints(groups), server_own_groups=ints([g + rng.randint(0, 1) for g in groups]),
        server_sites=ints([rng.randint(1, 2) for _ in range(n_servers)]), server_key=keys(rng, n_servers),
        affinity=ints(
            [
                [rng.randint(0, 1), a, b, rng.randrange(n_tiers), rng.choice([-3, 2])]
                for a, b in _pairs(rng, n_items, rng.randint(0, 2))
            ]
        ).reshape(-1, 5),
        excess=excess, excess_base=ints([rng.randint(-2, 1) for _ in range(len(excess))]),
        excess_cost=ints(
            [[rng.randrange(n_tiers), rng.randint(1, 3)] for _ in range(len(excess))]
        ).reshape(-1, 2),
        overload=ints([[rng.randrange(n_servers), 0, 3, 2, rng.randrange(n_tiers), 1]]),
        spread_value=ints([rng.randint(2, 8) for _ in range(n_items)]),
        spread_low=np.full(n_groups, 100), spread_high=np.full(n_groups, -100),
        spread_groups=np.array([rng.random() < 0.5 for _ in range(n_groups)]),
        spread_cost=ints([[2, 1, rng.randint(0, 1)]]),
    )  # fmt: skip
