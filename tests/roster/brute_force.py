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
