"""Orders that a step-by-step engine follows: what an item wants, and who comes first for a slot.

Every order ends in a hash of seed and identities, so that none depends on the order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tildeling_models.grouping.problem import Bools, GroupingProblem, Ints, Keys
from tildeling_models.grouping.ties import mix


@dataclass(frozen=True, eq=False)
class Ranking:
    """Orders of a problem's cells, items and groups.

    Attributes
    ----------
    wishes
        Cells of each item, best first: by what they cost in the tiers, in order, so that a right met comes
        before a need met, and that before a wish.
    better
        (P,) whether a cell is better than waiting, or than the home an item stands in.
    gain
        (P,) first tier that a cell lowers; the number of tiers if it lowers none.
    priority
        (P,) position among all cells of whom a slot prefers: who stands there today, then the largest gain by
        the tiers in order, then seniority, then hash.
    queue, urgency
        (I,) position of each item by seniority; and by its best cell's priority.
    slot_key
        (S,) a hash of a slot's group, room and candidates.
    """

    wishes: list[list[int]]
    better: list[bool]
    gain: list[int]
    priority: list[int]
    queue: list[int]
    urgency: list[int]
    slot_key: Keys


def ranking(problem: GroupingProblem, seed: int) -> Ranking:
    """The orders of a problem under a seed."""
    item, cost = problem.cell_item, problem.cell_cost
    home = np.zeros((len(problem.tiers), problem.n_items), np.int64)
    home[:, item[problem.cell_start]] = cost[:, problem.cell_start]
    delta = cost - home[:, item]
    slot_key = _slot_keys(problem)
    item_hash = mix(seed, problem.item_key)
    cell_hash = mix(seed, problem.item_key[item], problem.group_key[problem.cell_group])
    pair_hash = mix(seed, problem.item_key[item], slot_key[problem.cell_slot])
    by_wish = np.lexsort((pair_hash, cell_hash, *delta[::-1], item))
    wishes: list[list[int]] = [[] for _ in range(problem.n_items)]
    for cell, owner in zip(by_wish.tolist(), item[by_wish].tolist(), strict=True):
        wishes[owner].append(cell)
    by_priority = np.lexsort(
        (pair_hash, cell_hash, item_hash[item], -problem.item_queue[item], *delta[::-1], ~problem.cell_start)
    )
    priority = _positions(by_priority)
    urgency = np.full(problem.n_items, problem.n_cells, np.int64)
    np.minimum.at(urgency, item, np.where(problem.cell_start, problem.n_cells, priority))
    queue = np.lexsort((item_hash, -problem.item_queue))
    urgent = np.lexsort((item_hash, -problem.item_queue, urgency))
    return Ranking(
        wishes, _improves(delta).tolist(), _first(delta < 0).tolist(), priority.tolist(),
        _positions(queue).tolist(), _positions(urgent).tolist(), slot_key,
    )  # fmt: skip


def _first(where: Bools) -> Ints:
    """(P,) first tier where a mask holds, the number of tiers where it never does."""
    return np.where(where.any(axis=0), where.argmax(axis=0), len(where)).astype(np.int64)


def _improves(delta: Ints) -> Bools:
    """Whether the first tier that changes falls."""
    return np.asarray(_first(delta < 0) < _first(delta > 0))


def _positions(order: Ints) -> Ints:
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return place


def _slot_keys(problem: GroupingProblem) -> Keys:
    """Slots of a group are told apart by whom they could take, at which cost."""
    costs = [tier.astype(np.uint64) for tier in problem.cell_cost]
    candidates = np.zeros(len(problem.slot_group), np.uint64)
    with np.errstate(over="ignore"):
        np.add.at(candidates, problem.cell_slot, mix(problem.item_key[problem.cell_item], *costs))
    return mix(problem.group_key[problem.slot_group], problem.slot_capacity.astype(np.uint64), candidates)
