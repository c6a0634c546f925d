"""Counts of all covers at once, and what they cost, for rosters that differ in a few rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from tildeling_models.roster.problem import Bools, Cover, Ints, RosterProblem


class Counting:
    """The covers of a problem as rows over (person, day, activity) cells.

    ``touches`` (R, P, D) in a sparse form answers which covers a few people and days matter to.
    """

    def __init__(self, problem: RosterProblem) -> None:
        self.problem = problem
        people, days, codes = problem.allowed.shape
        rows, cells, times = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for number, cover in enumerate(problem.covers):
            who = np.flatnonzero(cover.who)
            at, code = np.nonzero(cover.of)
            cell = (who[:, None] * days + cover.days[at]) * codes + code
            cells.append(cell.ravel())
            rows.append(np.full(cell.size, number))
            times.append(np.ones(cell.size, np.int64))
        self.matrix: Any = csr_matrix(
            (np.concatenate(times), (np.concatenate(rows), np.concatenate(cells))),
            shape=(len(problem.covers), people * days * codes),
        )

    def counts(self, activity: Ints, people: Ints | None = None) -> Ints:
        """(R,) count of each cover in a roster (P, D), of these people only if they are named."""
        _, days, _ = self.problem.allowed.shape
        chosen = np.zeros(self.problem.allowed.shape, np.int64)
        named = np.arange(len(activity)) if people is None else people
        chosen[named[:, None], np.arange(days), activity[named]] = 1
        return np.asarray(self.matrix @ chosen.reshape(-1))

    def touched(self, people: Ints, free: Bools) -> Ints:
        """Covers that these people matter to on the days ``free`` (k, D)."""
        marked = np.zeros(self.problem.allowed.shape, np.int64)
        marked[people] = (free[:, :, None] & self.problem.allowed[people]).astype(np.int64)
        return np.asarray(np.flatnonzero(self.matrix @ marked.reshape(-1)))

    def cost(self, counts: Ints, tier: int) -> Ints:
        """(R,) what each cover costs in a tier, by its count."""
        pairs = zip(self.problem.covers, counts.tolist(), strict=True)
        return np.array([_cost(cover, count, tier) for cover, count in pairs], np.int64)


def _cost(cover: Cover, count: int, tier: int) -> int:
    return sum(cost for at, cost in cover.priced(count) if at == tier)
