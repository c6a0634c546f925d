"""All rosters of a tiny problem, written down: every legal row of each person, and every way to combine them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from tildeling_models.roster import evaluate
from tildeling_models.roster.problem import Cover, Ints, RosterProblem


@dataclass(frozen=True, eq=False)
class Best:
    """Values of the best roster, None where there is none; how many are legal."""

    values: tuple[int, ...] | None
    count: int


def legal_rows(problem: RosterProblem, person: int) -> list[Ints]:
    """Every row that a person may have."""
    choices = [np.flatnonzero(problem.allowed[person, day]).tolist() for day in range(problem.n_days)]
    rows = (np.array(row, np.int64) for row in product(*choices))
    return [row for row in rows if evaluate.is_legal(problem, person, row)]


def best(problem: RosterProblem) -> Best:
    """The least values, tier by tier, over all rosters."""
    values = problem.constant[None, :]
    counts = np.zeros((1, len(problem.covers)), np.int64)
    for person in range(problem.n_people):
        rows = legal_rows(problem, person)
        if not rows:
            return Best(None, 0)
        mine = np.array([evaluate.person_values(problem, person, row) for row in rows])
        covered = np.array([[_covered(c, person, row) for c in problem.covers] for row in rows], np.int64)
        values = (values[:, None] + mine[None]).reshape(-1, len(problem.tiers))
        counts = (counts[:, None] + covered.reshape(1, len(rows), -1)).reshape(len(values), -1)
    legal = np.ones(len(values), bool)
    for k, cover in enumerate(problem.covers):
        for count in np.unique(counts[:, k]).tolist():
            at = counts[:, k] == count
            legal[at] &= cover.broken(count) == 0
            for tier, cost in cover.priced(count):
                values[at, tier] += cost
    left = values[legal]
    if not len(left):
        return Best(None, 0)
    first = left[np.lexsort(left.T[::-1])[0]]
    return Best(tuple(int(value) for value in first), len(left))


def _covered(cover: Cover, person: int, row: Ints) -> int:
    return sum(bool(cover.who[person] and cover.of[k][row[d]]) for k, d in enumerate(cover.days.tolist()))


def broken_tags(problem: RosterProblem) -> set[frozenset[int]]:
    """The sets of tags that rosters break, over all rosters of allowed cells."""
    tags = sorted({rule.tag for rule in (*problem.rules, *problem.covers)})
    bit = {tag: 1 << k for k, tag in enumerate(tags)}
    masks = np.zeros(1, np.int64)
    counts = np.zeros((1, len(problem.covers)), np.int64)
    for person in range(problem.n_people):
        choices = [np.flatnonzero(problem.allowed[person, day]).tolist() for day in range(problem.n_days)]
        rows = [np.array(row, np.int64) for row in product(*choices)]
        mine = np.array([_mask(problem, person, row, bit) for row in rows])
        covered = np.array([[_covered(c, person, row) for c in problem.covers] for row in rows], np.int64)
        masks = (masks[:, None] | mine[None]).ravel()
        counts = (counts[:, None] + covered.reshape(1, len(rows), -1)).reshape(len(masks), -1)
        both = np.unique(np.column_stack([masks, counts]), axis=0)
        masks, counts = both[:, 0], both[:, 1:]
    for k, cover in enumerate(problem.covers):
        bad = np.array([cover.broken(int(count)) != 0 for count in counts[:, k]])
        masks = np.where(bad, masks | bit[cover.tag], masks)
    return {frozenset(tag for tag in tags if mask & bit[tag]) for mask in set(masks.tolist())}


def _mask(problem: RosterProblem, person: int, row: Ints, bit: dict[int, int]) -> int:
    found = 0
    for each in evaluate.of_person(problem, person, row):
        if each.hard:
            found |= bit[each.tag]
    return found
