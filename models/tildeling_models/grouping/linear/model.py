"""Columns, rows and tier costs of a mixed-integer linear model, and the builder that collects them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tildeling_models.grouping.problem import Ints, ints

Floats = NDArray[np.float64]


@dataclass(eq=False)
class LinearModel:
    """Columns with bounds, integrality and tier costs; rows in compressed form; and where x, y, z stand.

    ``meet`` are the columns of affinities, where the model is a core.
    """

    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]
    cost: Floats
    offset: Floats
    row_start: Ints
    row_col: Ints
    row_coef: Floats
    row_lower: Floats
    row_upper: Floats
    x: Ints
    y: Ints
    z: Ints
    meet: Ints

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, columns."""
        return len(self.row_lower), len(self.lower)


@dataclass(eq=False)
class Builder:
    """Collects columns and rows, family by family."""

    n_tiers: int
    n_cols: int = 0
    n_rows: int = 0
    bounds: list[tuple[Floats, Floats, NDArray[np.bool_]]] = field(default_factory=list)
    costs: list[tuple[int, Ints, Floats]] = field(default_factory=list)
    entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    sides: list[tuple[Floats, Floats]] = field(default_factory=list)

    def columns(self, n: int, upper: Any = 1.0) -> Ints:
        """Add n columns with lower bound 0, whole numbers all of them.

        Flows, excesses and affinities come out whole by themselves, but HiGHS (1.10 to 1.15) can lose the optimum
        in presolve, and call the loss optimal, where such columns are continuous: tests/model/test_solvers.py.
        """
        top = np.broadcast_to(np.asarray(upper, dtype=np.float64), n).copy()
        self.bounds.append((np.zeros(n), top, np.ones(n, dtype=bool)))
        self.n_cols += n
        return np.arange(self.n_cols - n, self.n_cols, dtype=np.int64)

    def cost(self, tier: int, columns: Ints, cost: Any) -> None:
        """Add a cost per column to a tier."""
        self.costs.append((tier, columns, np.broadcast_to(np.asarray(cost, dtype=np.float64), len(columns))))

    def rows(self, n: int, lower: Any, upper: Any, *parts: tuple[Ints, Ints, Any]) -> Ints:
        """Add n rows; each part is (row within these, column, coefficient)."""
        for row, column, coef in parts:
            values = np.broadcast_to(np.asarray(coef, dtype=np.float64), len(column))
            self.entries.append((ints(row) + self.n_rows, ints(column), values))
        self.sides.append(
            (
                np.broadcast_to(np.asarray(lower, dtype=np.float64), n),
                np.broadcast_to(np.asarray(upper, dtype=np.float64), n),
            )
        )
        self.n_rows += n
        return np.arange(self.n_rows - n, self.n_rows, dtype=np.int64)

    def finish(self, constant: Ints, x: Ints, y: Ints, z: Ints, meet: Ints) -> LinearModel:
        """Compress everything; entries that meet in one place are added."""
        from scipy.sparse import coo_matrix

        row, col, coef = (
            (np.concatenate(parts) for parts in zip(*self.entries, strict=True))
            if self.entries
            else (ints(), ints(), np.empty(0))
        )
        matrix = coo_matrix((coef, (row, col)), shape=(self.n_rows, self.n_cols)).tocsr()
        cost = np.zeros((self.n_tiers, self.n_cols))
        for tier, columns, values in self.costs:
            np.add.at(cost[tier], columns, values)
        lower, upper, integer = (np.concatenate(parts) for parts in zip(*self.bounds, strict=True))
        row_lower, row_upper = (
            (np.concatenate(parts) for parts in zip(*self.sides, strict=True))
            if self.sides
            else (np.empty(0), np.empty(0))
        )
        return LinearModel(
            lower, upper, integer, cost, constant.astype(np.float64),
            ints(matrix.indptr), ints(matrix.indices), matrix.data.astype(np.float64),
            row_lower, row_upper, x, y, z, meet,
        )  # fmt: skip
