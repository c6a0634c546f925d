"""Collects cells and primitives from rules and goals, and makes the grouping problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tildeling.housing.compiling.frame import Frame, stable_keys
from tildeling_models.grouping.problem import UNLIMITED, Bools, GroupingProblem, Ints, Sparse, distinct, ints

UNBOUNDED = 10**9
"""More than any group or count can be."""


@dataclass(eq=False)
class Arcs:
    """Who may serve whom, and what servers can take; filled by the rule on bases."""

    group: Ints = field(default_factory=ints)
    server: Ints = field(default_factory=ints)
    own: Bools = field(default_factory=lambda: np.empty(0, dtype=bool))


@dataclass(eq=False)
class Builder:
    """Cells (fixed before any primitive is added) and the primitives, in the words of the models layer."""

    frame: Frame
    cell_item: Ints
    cell_slot: Ints
    n_tiers: int
    group_min: Ints = field(init=False)
    group_max: Ints = field(init=False)
    served: Bools = field(init=False)
    arcs: Arcs = field(default_factory=Arcs)
    capacity: Ints = field(init=False)
    most_groups: Ints = field(init=False)
    most_own_groups: Ints = field(init=False)
    most_sites: Ints = field(init=False)
    constant: Ints = field(init=False)
    cell_cost: Ints = field(init=False)
    arc_cost: Ints = field(init=False)
    arc_load_cost: Ints = field(init=False)
    server_cost: Ints = field(init=False)
    limits: list[tuple[Ints, Ints]] = field(default_factory=list)
    limit_rhs: list[int] = field(default_factory=list)
    conflicts: list[tuple[int, int, int]] = field(default_factory=list)
    presences: list[Ints] = field(default_factory=list)
    exclusions: list[tuple[int, int]] = field(default_factory=list)
    togethers: list[tuple[int, int, int, int]] = field(default_factory=list)
    affinities: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    excesses: list[tuple[Ints, Ints]] = field(default_factory=list)
    excess_base: list[int] = field(default_factory=list)
    excess_cost: list[tuple[int, int]] = field(default_factory=list)
    overloads: list[tuple[int, int, int, int, int, int]] = field(default_factory=list)
    spread: tuple[Ints, Ints, Ints, Bools] | None = None
    spread_cost: list[tuple[int, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        groups, bases = self.frame.n_groups, len(self.frame.base_ids)
        self.group_min = np.ones(groups, np.int64)
        self.group_max = np.full(groups, UNBOUNDED, np.int64)
        self.served = np.zeros(groups, dtype=bool)
        self.capacity = np.full((self.frame.n_resources, bases), UNLIMITED, np.int64)
        self.most_groups = np.full(bases, UNBOUNDED, np.int64)
        self.most_own_groups = np.full(bases, UNBOUNDED, np.int64)
        self.most_sites = np.full(bases, UNBOUNDED, np.int64)
        self.constant = np.zeros(self.n_tiers, np.int64)
        self.cell_cost = np.zeros((self.n_tiers, len(self.cell_item)), np.int64)
        self.server_cost = np.zeros((self.n_tiers, bases), np.int64)
        self.set_arcs(Arcs())

    @cached_property
    def cell_group(self) -> Ints:
        """Group of each cell."""
        return ints(self.frame.slot_group[self.cell_slot])

    @cached_property
    def cell_stays(self) -> Bools:
        """Whether a cell is a mover's present home."""
        return np.asarray(self.frame.item_home[self.cell_item] == self.cell_slot)

    @cached_property
    def cell_size(self) -> Ints:
        """Persons of each cell's item."""
        return ints(self.frame.size[self.cell_item])

    def cell_zone(self, level: str) -> Ints:
        """Zone of each cell at a level."""
        return ints(self.frame.zone_index(level)[self.cell_group])

    @cached_property
    def _first_cell(self) -> list[int]:
        """Where each item's cells begin, and the end of the last one's."""
        begin: list[int] = np.searchsorted(self.cell_item, np.arange(self.frame.n_items + 1)).tolist()
        return begin

    @cached_property
    def cells_of_community(self) -> Mapping[int, Ints]:
        """Cells by zone of their community."""
        return by_value(self.cell_zone("community"))

    def set_arcs(self, arcs: Arcs) -> None:
        """Fix who may serve whom, before goals put costs on it."""
        self.arcs = arcs
        self.arc_cost = np.zeros((self.n_tiers, len(arcs.group)), np.int64)
        self.arc_load_cost = np.zeros((self.n_tiers, self.frame.n_resources, len(arcs.group)), np.int64)

    def cells_of(self, item: int, zone: int | None = None, level: str = "group") -> Ints:
        """Cells of an item, in one zone if given."""
        cells = np.arange(self._first_cell[item], self._first_cell[item + 1])
        if zone is None:
            return cells
        return ints(cells[self.frame.zone_index(level)[self.cell_group[cells]] == zone])

    def limit(self, cells: Ints, coef: Ints, most: int) -> None:
        """Add: the weighted count of cells is at most ``most``; left out where it cannot bind."""
        coef = np.broadcast_to(coef, len(cells))
        if self._most_possible(cells, coef) <= most:
            return
        self.limits.append((cells, coef))
        self.limit_rhs.append(most)

    def _most_possible(self, cells: Ints, coef: Ints) -> int:
        """A bound on the weighted count: each item once, at its largest coefficient, if that is above 0."""
        if not len(cells):
            return 0
        order = np.argsort(self.cell_item[cells], kind="stable")
        items, coef = self.cell_item[cells[order]], coef[order]
        begin = np.concatenate([[0], np.flatnonzero(items[1:] != items[:-1]) + 1])
        return int(np.maximum(np.maximum.reduceat(coef, begin), 0).sum())

    def presence(self, cells: Ints) -> int:
        """Add a presence: whether any of the cells is used."""
        self.presences.append(cells)
        return len(self.presences) - 1

    def exclude(self, one: Ints, other: Ints) -> None:
        """Add: not both sets of cells in use."""
        if len(one) and len(other):
            self.exclusions.append((self.presence(one), self.presence(other)))

    def excess(self, cells: Ints, coef: Ints, base: int, tier: int, cost: int) -> None:
        """Add: ``cost`` per unit by which ``base`` plus the weighted count of cells passes 0."""
        if len(cells):
            self.excesses.append((cells, np.broadcast_to(coef, len(cells))))
            self.excess_base.append(base)
            self.excess_cost.append((tier, cost))
        else:
            self.constant[tier] += cost * max(0, base)

    def problem(self, tiers: tuple[str, ...], tolerance: list[float]) -> GroupingProblem:
        """The problem made of everything collected."""
        frame = self.frame
        group_load = np.zeros((frame.n_resources, frame.n_groups), np.int64)
        for resource, load in enumerate(frame.standing_load):
            np.add.at(group_load[resource], frame.standing_group, load)
        groups = frame.n_groups
        room = np.zeros(groups, np.int64)
        largest = frame.columns.persons.copy()
        np.maximum.at(
            largest, self.cell_slot, self.cell_size
        )  # who lives too close today, or H1 switched off
        np.add.at(room, frame.slot_group, frame.slot_capacity * largest)
        value, low, high, where = self.spread or (
            np.zeros(frame.n_items, np.int64), np.ones(groups, np.int64), np.zeros(groups, np.int64),
            np.zeros(groups, dtype=bool),
        )  # fmt: skip
        return GroupingProblem(
            tiers=tiers, tolerance=np.array(tolerance, dtype=np.float64), constant=self.constant,
            item_size=frame.size, item_required=frame.item_home >= 0, item_load=frame.item_load,
            item_queue=frame.waiting_days, item_key=stable_keys(a.applicant_id for a in frame.items),
            cell_item=self.cell_item, cell_slot=self.cell_slot, cell_cost=self.cell_cost,
            cell_start=self.cell_stays, slot_group=frame.slot_group, slot_capacity=frame.slot_capacity,
            group_min=self.group_min, group_max=np.minimum(self.group_max, room),
            group_open=frame.held, group_zone=frame.group_zone, group_load=group_load,
            group_key=stable_keys(frame.group_ids), group_served=self.served,
            limits=Sparse.of(self.limits), limit_rhs=ints(self.limit_rhs),
            conflict=ints(self.conflicts).reshape(-1, 3),
            presence=Sparse.of([(cells, np.ones(len(cells), np.int64)) for cells in self.presences]),
            exclusion=ints(self.exclusions).reshape(-1, 2), together=ints(self.togethers).reshape(-1, 4),
            arc_group=self.arcs.group, arc_server=self.arcs.server, arc_cost=self.arc_cost,
            arc_load_cost=self.arc_load_cost, arc_own=self.arcs.own, server_capacity=self.capacity,
            server_cost=self.server_cost,
            server_open=np.array([frame.data.base[b].open_today for b in frame.base_ids], dtype=bool),
            server_groups=self.most_groups, server_own_groups=self.most_own_groups, server_sites=self.most_sites,
            server_key=stable_keys(frame.base_ids), affinity=ints(self.affinities).reshape(-1, 5),
            excess=Sparse.of(self.excesses), excess_base=ints(self.excess_base),
            excess_cost=ints(self.excess_cost).reshape(-1, 2), overload=ints(self.overloads).reshape(-1, 6),
            spread_value=value, spread_low=low, spread_high=high, spread_groups=where,
            spread_cost=ints(self.spread_cost).reshape(-1, 3),
        )  # fmt: skip


def by_value(values: Ints, cells: Ints | None = None) -> dict[int, Ints]:
    """Cells (all, or some in ascending order) by the value of each, values and cells ascending."""
    order = np.argsort(values, kind="stable")
    values = values[order]
    begin = np.searchsorted(values, keys := distinct(values))
    parts = np.split(order if cells is None else cells[order], begin[1:])
    return dict(zip(keys.tolist(), map(ints, parts), strict=False))
