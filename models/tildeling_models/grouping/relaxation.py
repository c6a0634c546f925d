"""The linear relaxation over few cells: the rest priced in, rows that seldom bind added when violated.

Any row multipliers y of the right sign give a lower bound, whatever the restricted model has got
(Geoffrion 1974, "Lagrangean relaxation for integer programming")::

    L(y) = y b + sum_i min(0, min_s d[i,s]) + sum_aux min(d l, d u),      d = c - y A,

with the rows of items kept as they are (an item takes its cheapest cell or waits; a required one its
cheapest), not priced.  So the bound is honest in every round, not only when no cell prices out any more
(Desrosiers and Lübbecke 2005, "A primer in column generation").  A solution that uses cell (i, s) is worth at
least ``L - min(0, min d[i]) + d[i,s]``, which rules cells out (reduced-cost fixing).
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_matrix, vstack

from tildeling_models.grouping import cuts
from tildeling_models.grouping.linear import Floats, LinearModel, build
from tildeling_models.grouping.problem import Bools, GroupingProblem, Ints
from tildeling_models.options import Options
from tildeling_models.result import Slope
from tildeling_models.solvers.threads import scheduler
from tildeling_models.stop import Stop

PRICED = 1e-6
"""A reduced cost below minus this lets a cell in."""

PER_ITEM = 6
"""Most cells of an item to let in at a time."""

ROUNDING = 1e-4
"""Slack below a whole number within which a bound counts as that number."""

SIMPLEX_SHARE = 0.7
"""Of a tier's time, what the simplex method may take for its first vertex."""

DUAL, PRIMAL = 1, 4
"""HiGHS's names of the simplex methods: the one to use after rows, and after columns or costs, were changed."""


@dataclass(frozen=True, eq=False)
class Point:
    """Where the relaxation of a tier ended.

    Attributes
    ----------
    bound
        The best proven bound; ``value`` that of the last restricted relaxation, None where no vertex was found.
    cells
        (P,) level of each cell.
    least
        (P,) what any solution that uses the cell is worth at least.
    prices
        (T,) multipliers of the caps: by how much the bound falls per unit that a cap is raised.
    """

    bound: float
    value: float | None
    cells: Floats
    least: Floats
    prices: Floats

    @property
    def slope(self) -> Slope | None:
        """The bound with the prices of the caps."""
        if not np.isfinite(self.bound):
            return None
        return Slope(self.bound, tuple(self.prices.tolist()))


@dataclass(frozen=True, eq=False)
class _Bound:
    value: float
    cells: Floats
    least: Floats
    prices: Floats


class Relaxation:
    """A relaxation that is kept from tier to tier, with the cells and rows it has got so far."""

    def __init__(self, problem: GroupingProblem, few: Bools, options: Options) -> None:
        self.problem = problem
        self.model: LinearModel = build(problem, len(problem.tiers) - 1, core=True)
        model = self.model
        n = len(model.lower)
        static = csr_matrix((model.row_coef, model.row_col, model.row_start), shape=model.shape)
        self.first_cap = static.shape[0]
        tiers = len(problem.tiers)
        self.rows: csr_matrix = vstack([static, csr_matrix(model.cost)], format="csr")
        self.by_column = self.rows.tocsc()
        self.extra = csr_matrix((0, n))
        free = np.full(tiers, np.inf)
        self.row_lower = np.concatenate([model.row_lower, -free])
        self.row_upper = np.concatenate([model.row_upper, free])
        self.start = np.searchsorted(problem.cell_item, np.arange(problem.n_items))
        self.has = np.diff(np.append(self.start, problem.n_cells)) > 0
        self.active = np.ones(n, dtype=bool)
        self.active[: problem.n_cells] = few
        self.columns = np.flatnonzero(self.active)
        self.highs = self._loaded(options)
        self.method = DUAL
        self.multipliers = self.values = np.zeros(0)

    def _loaded(self, options: Options) -> highspy.Highs:
        highs = highspy.Highs()
        for name, value in (
            ("output_flag", False), ("threads", 1), ("random_seed", options.seed), ("solver", "simplex"),
        ):  # fmt: skip
            highs.setOptionValue(name, value)
        part = self.by_column[:, self.columns]
        model = self.model
        highs.passModel(
            len(self.columns), part.shape[0], part.nnz,
            int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize), 0.0,
            np.zeros(len(self.columns)), model.lower[self.columns], model.upper[self.columns],
            self.row_lower, self.row_upper,
            part.indptr.astype(np.int32), part.indices.astype(np.int32), part.data,
            np.zeros(len(self.columns), dtype=np.int32),
        )  # fmt: skip
        return highs

    @property
    def few(self) -> Bools:
        """(P,) cells that are in by now."""
        return self.active[: self.problem.n_cells]

    def admit(self, cells: Ints) -> None:
        """Let cells in."""
        new = np.unique(cells[~self.active[cells]])
        if not len(new):
            return
        part = self.by_column[:, new]
        part = vstack([part, self.extra[:, new]], format="csc") if self.extra.shape[0] else part.tocsc()
        self.highs.addCols(
            len(new), self.cost[new], self.model.lower[new], self.model.upper[new], part.nnz,
            part.indptr[:-1].astype(np.int32), part.indices.astype(np.int32), part.data,
        )  # fmt: skip
        self.active[new] = True
        self.columns = np.concatenate([self.columns, new])
        self.method = PRIMAL

    def solve(
        self, tier: int, caps: tuple[tuple[int, int], ...], stop: Stop, target: float | None = None
    ) -> Point:
        """Bound a tier, given caps on earlier ones, until nothing is gained any more or ``target`` is reached.

        Where HiGHS ends without multipliers the bound is what was proven before, at worst minus infinity.
        """
        self._aim(tier, caps)
        best: _Bound | None = None
        value: float | None = None
        levels = np.zeros(len(self.active))
        while True:
            status = self._run(stop, SIMPLEX_SHARE if value is None else 1.0)
            inside = status == highspy.HighsModelStatus.kTimeLimit and value is None
            if inside:
                status = self._run_inside(stop)
            if len(self.multipliers) != len(self.row_lower) or not np.isfinite(self.multipliers).all():
                break  # no numbers, no bound: a comparison with one that is none would prove anything
            found = self._bound(tier, self.multipliers)
            if best is None or found.value > best.value:
                best = found
            levels = np.zeros(len(self.active))
            levels[self.columns] = self.values
            if status != highspy.HighsModelStatus.kOptimal or inside:
                break
            value = self.highs.getInfo().objective_function_value + self.model.offset[tier]
            if stop.now or (target is not None and whole(best.value) >= target):
                break
            if whole(best.value) >= whole(value) or not self._price(found.cells):
                rows = cuts.violated(self.problem, self.model, levels)
                if not len(rows):
                    break
                self._add(rows)
        if best is None:
            return Point(-np.inf, None, levels[: self.problem.n_cells], np.full(self.problem.n_cells, -np.inf),
                         np.zeros(len(self.problem.tiers)))  # fmt: skip
        return Point(best.value, value, levels[: self.problem.n_cells], best.least, best.prices)

    def _aim(self, tier: int, caps: tuple[tuple[int, int], ...]) -> None:
        """Turn to a tier: its objective, and the caps on those before it."""
        self.cost = self.model.cost[tier]
        columns = self.columns.astype(np.int32)
        order = np.arange(len(columns), dtype=np.int32)
        self.highs.changeColsCost(len(columns), order, self.cost[self.columns])
        self.row_upper[self.first_cap : self.first_cap + len(self.problem.tiers)] = np.inf
        for earlier, most in caps:
            self.row_upper[self.first_cap + earlier] = most - self.model.offset[earlier]
        for earlier in range(len(self.problem.tiers)):
            row = self.first_cap + earlier
            self.highs.changeRowBounds(row, -np.inf, float(self.row_upper[row]))
        self.method = PRIMAL if self.highs.getBasis().valid else DUAL

    def _run(self, stop: Stop, share: float) -> highspy.HighsModelStatus:
        """The simplex method, from where it ended last."""
        highs = self.highs
        highs.setOptionValue("simplex_strategy", self.method)
        highs.setOptionValue("time_limit", self._until(stop, share))
        scheduler.use(1)
        highs.run()
        self._keep()
        return highs.getModelStatus()

    def _keep(self) -> None:
        """Take over the multipliers of the rows and the values of the columns."""
        solution = self.highs.getSolution()
        self.multipliers, self.values = np.asarray(solution.row_dual), np.asarray(solution.col_value)

    def _until(self, stop: Stop, share: float) -> float:
        """HiGHS counts the seconds of all runs of a model together."""
        return 1e7 if stop.seconds is None else float(self.highs.getRunTime()) + max(0.1, stop.left * share)

    def _run_inside(self, stop: Stop) -> highspy.HighsModelStatus:
        """The interior-point method: slower when there is a vertex near by, but sure of its time.

        Its multipliers are central, so the bound is good long before the last cell is priced.
        """
        highs = self.highs
        basis = highs.getBasis()
        for name, at in (("solver", "ipm"), ("run_crossover", "off"), ("time_limit", self._until(stop, 1.0))):
            highs.setOptionValue(name, at)
        scheduler.use(1)
        highs.run()
        status = highs.getModelStatus()
        self._keep()
        highs.setOptionValue("solver", "simplex")
        highs.setBasis(basis)
        return status

    def _bound(self, tier: int, multipliers: Floats) -> _Bound:
        """L(y), what each cell adds, and the multipliers of the caps."""
        y = np.where(np.isfinite(self.row_lower), multipliers, np.minimum(multipliers, 0.0))
        y = np.where(np.isfinite(self.row_upper), y, np.maximum(y, 0.0))
        n_items, n_cells = self.problem.n_items, self.problem.n_cells
        y[:n_items] = 0.0  # rows of items come first in the model
        held = self.rows.shape[0]
        reduced = self.cost - self.rows.T @ y[:held]
        if self.extra.shape[0]:
            reduced -= self.extra.T @ y[held:]
        side = np.where(y > 0, self.row_lower, self.row_upper)
        used = y != 0
        total = self.model.offset[tier] + float((y[used] * side[used]).sum())
        aux = reduced[n_cells:]
        lower, upper = self.model.lower[n_cells:], self.model.upper[n_cells:]
        total += float(np.where(aux < 0, aux * upper, aux * lower).sum())
        cells = reduced[:n_cells]
        cheapest = np.zeros(n_items)
        cheapest[self.has] = np.minimum.reduceat(cells, self.start[self.has]) if n_cells else 0.0
        cheapest = np.where(self.problem.item_required, cheapest, np.minimum(0.0, cheapest))
        total += float(cheapest.sum())
        least = total - cheapest[self.problem.cell_item] + cells
        caps = y[self.first_cap : self.first_cap + len(self.problem.tiers)]
        item_dual = multipliers[:n_items]
        return _Bound(total, cells - item_dual[self.problem.cell_item], least, -caps)

    def _price(self, reduced: Floats) -> bool:
        """Let in the cells that would lower the restricted value, the best few of each item."""
        bad = np.flatnonzero((reduced < -PRICED) & ~self.few)
        if not len(bad):
            return False
        item = self.problem.cell_item[bad]
        order = np.lexsort((reduced[bad], item))
        bad, item = bad[order], item[order]
        first = np.flatnonzero(np.append(True, item[1:] != item[:-1]))
        place = np.arange(len(bad)) - np.repeat(first, np.diff(np.append(first, len(bad))))
        self.admit(bad[place < PER_ITEM])
        return True

    def _add(self, rows: cuts.Rows) -> None:
        """Add rows, over the cells that are in and those that are not."""
        n = len(self.active)
        more = csr_matrix((rows.coef, (rows.row, rows.column)), shape=(len(rows), n))
        self.extra = vstack([self.extra, more], format="csr")
        self.row_lower = np.concatenate([self.row_lower, np.full(len(rows), -np.inf)])
        self.row_upper = np.concatenate([self.row_upper, rows.upper])
        part = more[:, self.columns].tocsr()
        self.highs.addRows(
            len(rows), np.full(len(rows), -np.inf), rows.upper, part.nnz,
            part.indptr[:-1].astype(np.int32), part.indices.astype(np.int32), part.data,
        )  # fmt: skip
        self.method = DUAL


def whole(bound: float) -> float:
    """A bound on a whole number, rounded up; minus infinity stays."""
    return float(np.ceil(bound - ROUNDING)) if np.isfinite(bound) else bound
