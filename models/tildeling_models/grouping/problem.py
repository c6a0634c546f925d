"""The grouping problem: items into slots of groups, open groups onto servers, goals in tiers.

Primitives, each implemented once per engine (one function per family):

=====================  ==================================================================================
cells                  the (item, slot) pairs that are allowed; all others are forbidden
slot capacity          at most so many items in a slot
open with min..max     a group holds nothing, or between min and max of item size
limit                  a weighted count of cells is at most a number
conflict               two items never in the same zone of a level
exclusion              two presences (sets of cells) never both non-empty
together               two items, if both are placed, in the same zone of a level; or both or neither
service                an open group that needs one has exactly one server; servers have limits
affinity               a cost, or a reward, when two items share a zone of a level
excess                 a cost per unit by which a weighted count of cells passes a threshold
server cost            for opening, per arc, per load on an arc, per unit of load above a staffed level
spread                 a cost per step, after some free ones, between lowest and highest item value in a group
=====================  ==================================================================================

All numbers are integers, so that values and bounds compare exactly.  Kinship: generalised assignment
(no opening, no minimum), single-source capacitated facility location (opening, no minimum), grouping with
minimum and maximum sizes, assignment with minimum quantities (Krumke and Thielen 2013).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Keys = NDArray[np.uint64]

UNLIMITED = np.iinfo(np.int64).max // 4
"""Capacity of a server that has no limit."""


def ints(values: Any = ()) -> Ints:
    """An int64 array."""
    return np.asarray(values, dtype=np.int64)


class _Fields:
    """Travels between processes as its fields alone; what was looked up from them is found again there."""

    def __getstate__(self) -> dict[str, Any]:
        mine: Any = self  # a dataclass, as all that inherit from here
        return {each.name: getattr(mine, each.name) for each in fields(mine)}


def ranges(start: Ints, end: Ints) -> Ints:
    """The whole numbers of each ``start..end - 1``, one range after the other."""
    length = end - start
    first = np.cumsum(length) - length
    return ints(np.arange(int(length.sum())) + np.repeat(start - first, length))


def distinct(values: Ints) -> Ints:
    """The values without repeats, ascending.  ``numpy.unique`` hashes, which is far slower on millions."""
    values = np.sort(values[_changes(values)])
    return values[_changes(values)]


def _changes(values: Ints) -> Bools:
    """Where a value differs from the one before it."""
    return np.concatenate([np.ones(min(1, len(values)), dtype=bool), values[1:] != values[:-1]])


@dataclass(frozen=True, eq=False)
class Sparse(_Fields):
    """Rows of (cell, coefficient) in compressed form: row r is ``start[r]:start[r + 1]``."""

    start: Ints = field(default_factory=lambda: ints([0]))
    cell: Ints = field(default_factory=ints)
    coef: Ints = field(default_factory=ints)

    def __len__(self) -> int:
        return len(self.start) - 1

    @cached_property
    def row(self) -> Ints:
        """Row of each entry."""
        return np.repeat(np.arange(len(self)), np.diff(self.start)).astype(np.int64)

    def dot(self, chosen: NDArray[Any]) -> Ints:
        """Row sums of coefficient times the 0/1 vector over cells."""
        sums = np.concatenate([[0], np.cumsum(self.coef * chosen[self.cell])])
        return ints(sums[self.start[1:]] - sums[self.start[:-1]])

    def sum_at(self, cells: Ints) -> Ints:
        """Row sums of the coefficients of some cells, each named once: what ``dot`` says, without reading all."""
        sums = np.zeros(len(self), dtype=np.int64)
        if len(self.cell):
            start, row, coef = self._by_cell
            cells = cells[cells < len(start) - 1]
            entry = ranges(start[cells], start[cells + 1])
            np.add.at(sums, row[entry], coef[entry])
        return sums

    @cached_property
    def _by_cell(self) -> tuple[Ints, Ints, Ints]:
        """The same entries by cell: where each cell's begin, and their rows and coefficients."""
        from scipy.sparse import csr_matrix

        cells = int(self.cell.max()) + 1
        table = csr_matrix((self.coef, self.cell, self.start), shape=(len(self), cells)).tocsc()
        return ints(table.indptr), ints(table.indices), ints(table.data)

    @classmethod
    def of(cls, rows: list[tuple[Ints, Ints]]) -> Sparse:
        """From a list of (cells, coefficients)."""
        if not rows:
            return cls()
        start = np.cumsum([0, *(len(cells) for cells, _ in rows)])
        return cls(
            ints(start),
            np.concatenate([ints(cells) for cells, _ in rows]),
            np.concatenate([np.broadcast_to(ints(coef), len(cells)) for cells, coef in rows]),
        )

    def pick(self, rows: Ints, cell_map: Ints) -> Sparse:
        """Some rows, with cells renumbered by ``cell_map`` (-1 drops the entry)."""
        start, end = self.start[rows], self.start[rows + 1]
        entry = ranges(start, end)
        cells = cell_map[self.cell[entry]]
        kept = cells >= 0
        before = np.concatenate([[0], np.cumsum(kept)])
        length = np.concatenate([[0], np.cumsum(end - start)])
        return Sparse(ints(before[length]), cells[kept], self.coef[entry[kept]])


@dataclass(frozen=True, eq=False)
class GroupingProblem(_Fields):
    """A grouping problem; index ranges: items I, slots S, cells P, groups G, servers B, arcs A, tiers T,
    resources R, levels L.

    Attributes
    ----------
    tiers, tolerance : names and relative tolerances, length T; solved in this order, all minimised
    constant : (T,) added to every value
    item_size : (I,) what an item counts in its group; item_required : (I,) must be placed
    item_load : (R, I) what it takes of a server's resources
    item_queue : (I,) seniority that breaks ties, larger first; item_key : (I,) stable hash of its identity
    cell_item, cell_slot : (P,) allowed cells; cell_cost : (T, P)
    cell_start : (P,) where an item stands today, a feasible start in itself
    slot_group, slot_capacity : (S,)
    group_min, group_max : (G,) in item size, beside what is fixed; group_open : (G,) open whatever is placed
    group_zone : (L, G) zone of each level, level 0 the group itself, -1 none
    group_load : (R, G) load that is there whatever is placed; group_key : (G,) stable hash
    group_served : (G,) needs a server when open
    limits, limit_rhs : weighted counts of cells and their maxima
    conflict : (n, 3) level, item, item
    presence : cells per presence; exclusion : (n, 2) presences never both there
    together : (n, 4) level, item, item, 1 if both or neither
    arc_group, arc_server : (A,) who may serve whom; arc_cost : (T, A) when chosen;
    arc_load_cost : (T, R, A) per unit of the load of placed items; arc_own : (A,) the server's own group
    server_capacity : (R, B); server_cost : (T, B) when it serves anybody; server_open : (B,) at no cost
    server_groups : (B,) most groups; server_own_groups : (B,) most when all are its own, not below the former
    server_sites : (B,) most zones of level ``site_level``
    server_key : (B,) stable hash
    affinity : (n, 5) level, item, item, tier, cost (negative: reward)
    excess, excess_base : weighted counts, with a number added; excess_cost : (n, 2) tier, cost per unit above 0
    overload : (n, 6) server, resource, staffed level, units per step, tier, cost per step begun
    spread_value : (I,) value per item; spread_low, spread_high : (G,) fixed part, low > high when empty;
    spread_groups : (G,) where it counts; spread_cost : (n, 3) tier, cost per step, steps that are free
    """

    tiers: tuple[str, ...]
    tolerance: NDArray[np.float64]
    constant: Ints
    item_size: Ints
    item_required: Bools
    item_load: Ints
    item_queue: Ints
    item_key: Keys
    cell_item: Ints
    cell_slot: Ints
    cell_cost: Ints
    cell_start: Bools
    slot_group: Ints
    slot_capacity: Ints
    group_min: Ints
    group_max: Ints
    group_open: Bools
    group_zone: Ints
    group_load: Ints
    group_key: Keys
    group_served: Bools
    limits: Sparse = field(default_factory=Sparse)
    limit_rhs: Ints = field(default_factory=ints)
    conflict: Ints = field(default_factory=lambda: ints(np.empty((0, 3))))
    presence: Sparse = field(default_factory=Sparse)
    exclusion: Ints = field(default_factory=lambda: ints(np.empty((0, 2))))
    together: Ints = field(default_factory=lambda: ints(np.empty((0, 4))))
    arc_group: Ints = field(default_factory=ints)
    arc_server: Ints = field(default_factory=ints)
    arc_cost: Ints = field(default_factory=lambda: ints(np.empty((0, 0))))
    arc_load_cost: Ints = field(default_factory=lambda: ints(np.empty((0, 0, 0))))
    arc_own: Bools = field(default_factory=lambda: np.empty(0, dtype=bool))
    server_capacity: Ints = field(default_factory=lambda: ints(np.empty((0, 0))))
    server_cost: Ints = field(default_factory=lambda: ints(np.empty((0, 0))))
    server_open: Bools = field(default_factory=lambda: np.empty(0, dtype=bool))
    server_groups: Ints = field(default_factory=ints)
    server_own_groups: Ints = field(default_factory=ints)
    server_sites: Ints = field(default_factory=ints)
    server_key: Keys = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    site_level: int = 2
    affinity: Ints = field(default_factory=lambda: ints(np.empty((0, 5))))
    excess: Sparse = field(default_factory=Sparse)
    excess_base: Ints = field(default_factory=ints)
    excess_cost: Ints = field(default_factory=lambda: ints(np.empty((0, 2))))
    overload: Ints = field(default_factory=lambda: ints(np.empty((0, 6))))
    spread_value: Ints = field(default_factory=ints)
    spread_low: Ints = field(default_factory=ints)
    spread_high: Ints = field(default_factory=ints)
    spread_groups: Bools = field(default_factory=lambda: np.empty(0, dtype=bool))
    spread_cost: Ints = field(default_factory=lambda: ints(np.empty((0, 3))))

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.item_size)

    @property
    def n_cells(self) -> int:
        """Number of allowed cells."""
        return len(self.cell_item)

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.group_min)

    @property
    def n_servers(self) -> int:
        """Number of servers."""
        return len(self.server_groups)

    @property
    def n_arcs(self) -> int:
        """Number of (group, server) arcs."""
        return len(self.arc_group)

    @cached_property
    def cell_group(self) -> Ints:
        """Group of each cell."""
        return ints(self.slot_group[self.cell_slot])

    def find_cells(self, items: Ints, slots: Ints) -> Ints:
        """The cell of each (item, slot) pair, -1 where the pair is not allowed."""
        if not self.n_cells:
            return np.full(len(items), -1, np.int64)
        keys, order = self._cell_keys
        wanted = items * len(self.slot_group) + slots
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where((keys[at] == wanted) & (slots >= 0), at if order is None else order[at], -1)

    @cached_property
    def _cell_keys(self) -> tuple[Ints, Ints | None]:
        """(item, slot) of each cell as one number, ascending, and the cells in that order if it is another."""
        keys = self.cell_item * len(self.slot_group) + self.cell_slot
        if (keys[1:] > keys[:-1]).all():
            return keys, None
        order = ints(np.argsort(keys, kind="stable"))
        return keys[order], order

    @cached_property
    def load_costs(self) -> tuple[tuple[int, int], ...]:
        """(tier, resource) pairs in which an arc has a cost per unit of load; most have none."""
        if not self.arc_load_cost.size:
            return ()
        return tuple((int(t), int(r)) for t, r in np.argwhere(self.arc_load_cost.any(axis=2)))

    def zone_of_cell(self, level: int) -> Ints:
        """Zone of each cell at a level, -1 none."""
        return ints(self.group_zone[level][self.cell_group])


@dataclass(frozen=True, eq=False)
class Assignment:
    """A solution: the slot of each item and the server of each group, -1 for none."""

    item_slot: Ints
    group_server: Ints
