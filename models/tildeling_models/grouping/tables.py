"""A grouping problem's rows as plain lists, looked up by item, cell or slot: for engines that go by steps."""

from __future__ import annotations

from typing import Any

from tildeling_models.grouping.problem import GroupingProblem, Sparse


def _by_cell(rows: Sparse, n_cells: int) -> list[list[tuple[int, int]]]:
    """(row, coefficient) of each cell."""
    found: list[list[tuple[int, int]]] = [[] for _ in range(n_cells)]
    for row, cell, coef in zip(rows.row.tolist(), rows.cell.tolist(), rows.coef.tolist(), strict=True):
        found[cell].append((row, coef))
    return found


def _items(rows: Sparse, item: list[int]) -> list[set[int]]:
    """Items of each row."""
    found: list[set[int]] = [set() for _ in range(len(rows))]
    for row, cell in zip(rows.row.tolist(), rows.cell.tolist(), strict=True):
        found[row].add(item[cell])
    return found


class Tables:
    """Plain lists: element by element they are several times faster than arrays."""

    def __init__(self, problem: GroupingProblem) -> None:
        n_items, n_cells = problem.n_items, problem.n_cells
        self.item: list[int] = problem.cell_item.tolist()
        self.slot: list[int] = problem.cell_slot.tolist()
        self.group: list[int] = problem.cell_group.tolist()
        self.cell_at = {pair: cell for cell, pair in enumerate(zip(self.item, self.slot, strict=True))}
        self.slot_group: list[int] = problem.slot_group.tolist()
        self.capacity: list[int] = problem.slot_capacity.tolist()
        self.item_size: list[int] = problem.item_size.tolist()
        self.item_load: list[list[int]] = problem.item_load.T.tolist() or [[] for _ in range(n_items)]
        self.required: list[bool] = problem.item_required.tolist()
        self.group_min: list[int] = problem.group_min.tolist()
        self.group_max: list[int] = problem.group_max.tolist()
        self.open: list[bool] = problem.group_open.tolist()
        self.served: list[bool] = problem.group_served.tolist()
        self.zone: list[list[int]] = problem.group_zone.tolist()
        self.limit_rhs: list[int] = problem.limit_rhs.tolist()
        self.cell_limits = _by_cell(problem.limits, n_cells)
        self.limit_items = _items(problem.limits, self.item)
        self.cell_presences = [[p for p, _ in rows] for rows in _by_cell(problem.presence, n_cells)]
        self.presence_items = _items(problem.presence, self.item)
        self.conflict: list[Any] = problem.conflict.tolist()
        self.exclusion: list[Any] = problem.exclusion.tolist()
        self.together: list[Any] = problem.together.tolist()
        self.conflicts: list[list[tuple[int, int]]] = [[] for _ in range(n_items)]
        self.loose: list[list[tuple[int, int]]] = [[] for _ in range(n_items)]
        self.strict: list[list[tuple[int, int]]] = [[] for _ in range(n_items)]
        self.excludes: list[list[int]] = [[] for _ in range(len(problem.presence))]
        for level, a, b in self.conflict:
            self.conflicts[a].append((level, b))
            self.conflicts[b].append((level, a))
        for p, q in self.exclusion:
            self.excludes[p].append(q)
            self.excludes[q].append(p)
        for level, a, b, both in self.together:
            for one, other in ((a, b), (b, a)):
                (self.strict if both else self.loose)[one].append((level, other))
