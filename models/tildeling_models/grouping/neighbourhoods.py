"""Neighbourhoods of a solution: a few groups that compete for the same people, with everybody else held.

Large neighbourhood search (Shaw 1998, "Using constraint programming and local search methods to solve vehicle
routing problems"; Pisinger and Ropke 2010).  The groups grow from one, by the servers and the people they share.
"""

from __future__ import annotations

import numpy as np

from tildeling_models.grouping.evaluate import chosen_cells
from tildeling_models.grouping.linear import Floats
from tildeling_models.grouping.problem import Assignment, Bools, GroupingProblem, Ints

SIZE = 80
"""Items that a neighbourhood frees, about, to begin with."""

PER_ITEM = 3
"""Cells of a freed item within the neighbourhood, those that cost least."""


class Neighbourhoods:
    """Neighbourhoods for one tier (the problem's last), one after the other.

    ``least`` (P,) says what each cell costs at least; ``patience`` is how many fruitless ones in a row to try;
    ``held`` are the items that stay, and ``arcs`` the arcs that are open, for the neighbourhood given last.
    """

    def __init__(self, problem: GroupingProblem, least: Floats, seed: tuple[int, ...]) -> None:
        self.problem, self.least = problem, least
        self.gain = np.zeros(problem.n_items)
        np.maximum.at(self.gain, problem.cell_item, -problem.cell_cost[-1].astype(np.float64))
        self.rng = np.random.default_rng(seed)
        self.patience = max(8, problem.n_groups // 3)
        self.size = SIZE
        self.held: Bools = np.zeros(problem.n_items, dtype=bool)
        self.arcs: Bools = np.ones(problem.n_arcs, dtype=bool)
        pair = np.unique(problem.cell_item * np.int64(problem.n_groups) + problem.cell_group)
        self.pair_item, self.pair_group = pair // problem.n_groups, pair % problem.n_groups
        self.share = 1.0 / np.maximum(1, np.bincount(self.pair_item, minlength=problem.n_items))

    def next(self, best: Assignment) -> Bools:
        """(P,) cells of the freed items; the others keep the one they have."""
        problem = self.problem
        placed = best.item_slot >= 0
        group_of = np.full(problem.n_items, -1, np.int64)
        group_of[placed] = problem.slot_group[best.item_slot[placed]]
        groups = self._grow(group_of, placed)
        inside = np.zeros(problem.n_groups, dtype=bool)
        inside[groups] = True
        free = placed & inside[np.where(placed, group_of, 0)]
        waiting = np.unique(self.pair_item[inside[self.pair_group]])
        waiting = waiting[~placed[waiting]]
        room = max(self.size // 2, self.size - int(free.sum()))
        keen = np.log(self.rng.random(len(waiting))) / (self.gain[waiting] + 1e-3 * (1.0 + self.gain.max()))
        free[waiting[np.argsort(-keen)[:room]]] = True
        self.held = placed & ~free
        self.arcs = inside[problem.arc_group] | (best.group_server[problem.arc_group] == problem.arc_server)
        cells = np.flatnonzero(free[problem.cell_item] & inside[problem.cell_group])
        order = cells[np.lexsort((self.least[cells], problem.cell_item[cells]))]
        item = problem.cell_item[order]
        first = np.searchsorted(item, item)
        kept = np.zeros(problem.n_cells, dtype=bool)
        kept[order[np.arange(len(order)) - first < PER_ITEM]] = True
        kept[problem.cell_start & free[problem.cell_item]] = True
        return kept | chosen_cells(problem, best)

    def _grow(self, group_of: Ints, placed: Bools) -> Ints:
        """Groups around one that those who wait have most to gain from, by shared servers and shared people."""
        problem = self.problem
        size = np.bincount(group_of[group_of >= 0], minlength=problem.n_groups)
        wanted = np.where(placed, 0.0, self.gain * self.share)[self.pair_item]
        pull = np.bincount(self.pair_group, weights=wanted, minlength=problem.n_groups)
        pull += (
            0.2 * pull.max(initial=0.0) * (np.bincount(self.pair_group, minlength=problem.n_groups) > 0)
            + 1e-9
        )
        at = int(self.rng.choice(problem.n_groups, p=pull / pull.sum()))
        found = [at]
        servers = problem.arc_server[problem.arc_group == at]
        near = np.unique(problem.arc_group[np.isin(problem.arc_server, servers)])
        people = self.pair_item[self.pair_group == at]
        shared = np.bincount(self.pair_group[np.isin(self.pair_item, people)], minlength=problem.n_groups)
        others = self.rng.choice(
            problem.n_groups, size=min(problem.n_groups, 12), replace=False,
            p=(shared + 1e-9) / (shared + 1e-9).sum(),
        )  # fmt: skip
        for group in [*self.rng.permutation(near).tolist()[:6], *others.tolist()]:
            if size[found].sum() >= self.size // 2:
                break
            if group not in found:
                found.append(group)
        return np.asarray(found, dtype=np.int64)
