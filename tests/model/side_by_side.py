"""Several grouping problems as one, with nothing in common: the opposite of ``components.split``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tildeling_models.grouping.problem import GroupingProblem, Ints, Sparse, ints


def beside(problems: Sequence[GroupingProblem]) -> GroupingProblem:
    """One problem of many that have the same tiers and resources."""
    first = problems[0]
    items = _starts(p.n_items for p in problems)
    slots = _starts(len(p.slot_capacity) for p in problems)
    groups = _starts(p.n_groups for p in problems)
    servers = _starts(p.n_servers for p in problems)
    cells = _starts(p.n_cells for p in problems)
    presences = _starts(len(p.presence) for p in problems)

    def joined(name: str, shift: Sequence[int] | None = None, axis: int = -1) -> Ints:
        parts = [getattr(p, name) + (shift[k] if shift is not None else 0) for k, p in enumerate(problems)]
        return np.concatenate(parts, axis=axis)

    def kept(name: str, axis: int = -1) -> np.ndarray:
        return np.concatenate([getattr(p, name) for p in problems], axis=axis)

    def rows(name: str) -> Sparse:
        found = []
        for k, p in enumerate(problems):
            sparse = getattr(p, name)
            for r in range(len(sparse)):
                part = slice(sparse.start[r], sparse.start[r + 1])
                found.append((sparse.cell[part] + cells[k], sparse.coef[part]))
        return Sparse.of(found)

    def shifted(name: str, columns: dict[int, Sequence[int]]) -> Ints:
        found = []
        for k, p in enumerate(problems):
            table = getattr(p, name).copy()
            for column, shift in columns.items():
                table[:, column] += shift[k]
            found.append(table)
        return np.concatenate(found)

    width = [int(p.group_zone.max(initial=0)) + 1 for p in problems]
    zones = _starts(width)
    zone = np.concatenate(
        [np.where(p.group_zone >= 0, p.group_zone + zones[k], -1) for k, p in enumerate(problems)], axis=1
    )
    zone[0] = np.arange(zone.shape[1])
    names = (
        "item_size", "item_required", "item_load", "item_queue", "item_key", "cell_cost", "cell_start", "slot_capacity",
        "group_min", "group_max", "group_open", "group_load", "group_key", "group_served", "limit_rhs", "arc_cost",
        "arc_load_cost", "arc_own", "server_capacity", "server_cost", "server_open", "server_groups",
        "server_own_groups", "server_sites", "server_key", "excess_base", "spread_value", "spread_low", "spread_high",
        "spread_groups",
    )  # fmt: skip
    return replace(
        first,
        **{name: kept(name) for name in names},
        constant=ints(sum(p.constant for p in problems)),
        cell_item=joined("cell_item", items), cell_slot=joined("cell_slot", slots),
        slot_group=joined("slot_group", groups), group_zone=ints(zone),
        arc_group=joined("arc_group", groups), arc_server=joined("arc_server", servers),
        limits=rows("limits"), presence=rows("presence"), excess=rows("excess"),
        conflict=shifted("conflict", {1: items, 2: items}), together=shifted("together", {1: items, 2: items}),
        exclusion=shifted("exclusion", {0: presences, 1: presences}),
        affinity=shifted("affinity", {1: items, 2: items}), overload=shifted("overload", {0: servers}),
        excess_cost=kept("excess_cost", 0), spread_cost=first.spread_cost,
    )  # fmt: skip


def _starts(sizes: object) -> list[int]:
    return np.cumsum([0, *sizes]).tolist()  # type: ignore[misc]
