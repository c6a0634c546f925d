"""The linear relaxation of a part, taken through its tiers in one factorised basis, asked about one cell at a time.

Let r be the relaxation's optimum of a tier and d its reduced costs.  Every solution that is as good as a reference in
the tiers before has a value of at least r + sum |d_j| |x_j - its bound|, so a column or row whose price is above the
reference's distance from r stands still in all later tiers (lexicographic simplex: Isermann 1982, *OR Spektrum* 4;
reduced-cost fixing: Nemhauser and Wolsey 1988, II.5).  What remains is the face of solutions as good as the reference.
It shrinks from tier to tier, and the next tier starts from the basis of the last.

A cell's least value is the optimum with its column held at 1: the basis stays dual feasible, so a few dual pivots find
it.  Its dual solution bounds every other cell as well, and people who want the same slot displace the same others: one
solve often settles dozens of cells.

The relaxation is loose where a group may be opened in part (0 or min..max).  A region is therefore split on such
columns, the one first whose worse side rises most (strong branching: Applegate, Bixby, Chvatal and Cook 1995).  Rows
x <= y are thousands and few bind; they are added when broken (Dantzig, Fulkerson and Johnson 1954).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import highspy
import numpy as np

from tildeling_models.grouping.linear import Floats, LinearModel
from tildeling_models.grouping.problem import Bools, Ints
from tildeling_models.solvers.threads import scheduler
from tildeling_models.stop import Stop

WHOLE = 1e-6
"""Distance from a whole number within which a column counts as whole."""
ROUNDING = 1e-3
"""Slack below a whole number within which a bound counts as that number: many columns' prices, each rounded."""
PRICE = 0.01
"""A column moves a value by a whole number; a price so far above what it may cost is no rounding."""
FAR = 1e12
"""Stands for a column without an upper bound where a row's columns are added up."""
TRIED = 6
"""Columns tried before one is split on."""

Caps = Sequence[int]
"""The values of the reference in the tiers before."""


class OutOfTime(Exception):
    """The clock or a cancel ended a solve; what was proven before stands."""


def whole(bound: float) -> int:
    """A lower bound on a whole number, rounded up."""
    return math.ceil(bound - ROUNDING)


def binding(
    matrix: Any, low: Floats, high: Floats, lower: Floats, upper: Floats
) -> tuple[Any, Floats, Floats]:
    """Rows that can bind, in the columns that can move, what stands still moved to their sides."""
    top = np.where(np.isinf(upper), FAR, upper)
    most = matrix.maximum(0) @ top + matrix.minimum(0) @ lower
    fewest = matrix.maximum(0) @ lower + matrix.minimum(0) @ top
    binds = (most > high + 1e-9) | (fewest < low - 1e-9)
    moves = upper > lower
    rows = matrix[binds]
    still = rows @ np.where(moves, 0.0, lower)
    return rows[:, np.flatnonzero(moves)].tocsr(), low[binds] - still, high[binds] - still


def linking_rows(matrix: Any, high: Floats, x: Ints, y: Ints) -> Bools:
    """(rows) those that say x <= y."""
    is_x, is_y = (np.zeros(matrix.shape[1], dtype=bool) for _ in range(2))
    is_x[x[x >= 0]], is_y[y[y >= 0]] = True, True
    found = np.zeros(matrix.shape[0], dtype=bool)
    pairs = np.flatnonzero((np.diff(matrix.indptr) == 2) & (high == 0))
    one, other = matrix.indptr[pairs], matrix.indptr[pairs] + 1
    first, second = matrix.indices[one], matrix.indices[other]
    unit = (np.abs(matrix.data[one]) == 1) & (matrix.data[one] == -matrix.data[other])
    plus = np.where(matrix.data[one] > 0, first, second)
    minus = np.where(matrix.data[one] > 0, second, first)
    found[pairs] = unit & is_x[plus] & is_y[minus]
    return found


class Region:
    """The relaxation at one tier, within bounds on columns and given the reference's values in the tiers before.

    Attributes
    ----------
    floor
        Its optimum: a bound on the tier.
    bounds
        (columns) A bound on the tier with that column at 1.
    half_open
        Whether a group was open in part where ``least`` asked last.
    """

    def __init__(
        self,
        model: LinearModel,
        stop: Stop,
        workers: int = 1,
        tier: int = 0,
        caps: Caps = (),
        like: Region | None = None,
    ) -> None:
        from scipy.sparse import csr_matrix, vstack

        self.model, self.stop, self.workers, self.tier = model, stop, workers, tier
        matrix = csr_matrix((model.row_coef, model.row_col, model.row_start), shape=model.shape)
        lower, upper = model.lower.copy(), model.upper.copy()
        if like is not None:  # x, y and z come first in every model of a problem
            shared = like.kept[like.kept < len(model.x) + len(model.y) + len(model.z)]
            still = np.flatnonzero(like.at[: len(model.x) + len(model.y) + len(model.z)] < 0)
            lower[still] = upper[still] = like.value[still]
            lower[shared], upper[shared] = like.lower[like.at[shared]], like.upper[like.at[shared]]
        self.kept: Ints = np.flatnonzero(upper > lower).astype(np.int64)
        self.at: Ints = np.full(len(lower), -1, np.int64)
        self.at[self.kept] = np.arange(len(self.kept))
        self.value: Floats = lower
        self.lower: Floats = lower[self.kept]
        self.upper: Floats = upper[self.kept]
        self.y = self.at[model.y[self.at[model.y] >= 0]]
        matrix = vstack([matrix, csr_matrix(model.cost[: len(caps)])], format="csr")
        low = np.append(model.row_lower, np.full(len(caps), -np.inf))
        high = np.append(model.row_upper, np.asarray(caps) - model.offset[: len(caps)])
        matrix, low, high = binding(matrix, low, high, lower, upper)
        linking = linking_rows(matrix, high, self.at[model.x], self.at[model.y])
        self.linking = matrix[linking]
        self.linked = np.zeros(self.linking.shape[0], dtype=bool)
        rows = matrix[~linking]
        self.row_lower, self.row_upper = low[~linking], high[~linking]
        self.highs = _quiet(workers)
        columns = len(self.kept)
        self.highs.passModel(
            columns, rows.shape[0], rows.nnz, int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize), self._offset(), model.cost[tier, self.kept], self.lower, self.upper,
            self.row_lower, self.row_upper, rows.indptr.astype(np.int32), rows.indices.astype(np.int32), rows.data,
            np.zeros(columns, np.int32),
        )  # fmt: skip
        self.floor, self.half_open = -math.inf, False
        self.bounds = np.full(columns, -math.inf)
        self.columns = self.lower
        self.price = self.row_price = np.empty(0)
        self.basis: Any = None

    def _offset(self) -> float:
        """What the columns that are left out cost in this tier, and the constant."""
        still = self.at < 0
        return float(self.model.offset[self.tier] + self.model.cost[self.tier, still] @ self.value[still])

    def copy(self) -> Region:
        """The same region, to go its own way."""
        twin = object.__new__(Region)
        for name in (
            "model", "stop", "workers", "linking", "tier", "floor", "columns", "price", "row_price", "kept", "at",
            "value", "y", "half_open",
        ):  # fmt: skip
            setattr(twin, name, getattr(self, name))
        for name in ("linked", "lower", "upper", "row_lower", "row_upper", "bounds"):
            setattr(twin, name, getattr(self, name).copy())
        twin.highs = _quiet(self.workers)
        twin.highs.passModel(self.highs.getLp())
        twin.highs.setOptionValue("presolve", "off")
        twin.basis = self.basis
        twin.back()
        return twin

    # --- solving ------------------------------------------------------------------------------------------

    def optimise(self, primal: bool = False) -> bool:
        """Solve as the bounds are; False if nothing is feasible.

        Raises
        ------
        OutOfTime
            If the clock or a cancel ended it.
        """
        self.floor = self._run(primal=primal)
        if math.isinf(self.floor):
            return False
        while self._add_broken_rows():
            self.floor = self._run()
            if math.isinf(self.floor):
                return False
        solution = self.highs.getSolution()
        self.columns = np.asarray(solution.col_value)
        self.price, self.row_price = np.asarray(solution.col_dual), np.asarray(solution.row_dual)
        self.basis = self.highs.getBasis()
        self.bounds = self.floor + np.maximum(self.price, 0.0)
        self.highs.setOptionValue("presolve", "off")
        return True

    def _run(self, above: float = math.inf, primal: bool = False) -> float:
        """Optimum within the bounds, infinite if infeasible; ``above`` itself where it is passed."""
        highs, kinds = self.highs, highspy.HighsModelStatus
        if self.stop.now:
            raise OutOfTime
        highs.setOptionValue("simplex_strategy", 4 if primal else 1)
        highs.setOptionValue("objective_bound", above)
        highs.setOptionValue("time_limit", highs.getRunTime() + min(self.stop.left, 1e7))
        highs.run()
        status = highs.getModelStatus()
        if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
            return math.inf
        if status == kinds.kObjectiveBound:
            return above
        if status != kinds.kOptimal:
            raise OutOfTime
        return float(highs.getInfo().objective_function_value)

    def _add_broken_rows(self) -> bool:
        """Add the rows x <= y that the last solution breaks; whether there were any."""
        level = self.linking @ np.asarray(self.highs.getSolution().col_value)
        broken = np.flatnonzero((level > WHOLE) & ~self.linked)
        if not len(broken):
            return False
        self.linked[broken] = True
        rows = self.linking[broken]
        none = np.full(len(broken), -np.inf)
        self.highs.addRows(
            len(broken), none, np.zeros(len(broken)), rows.nnz, rows.indptr[:-1].astype(np.int32),
            rows.indices.astype(np.int32), rows.data,
        )  # fmt: skip
        self.row_lower = np.append(self.row_lower, none)
        self.row_upper = np.append(self.row_upper, np.zeros(len(broken)))
        return True

    def back(self) -> None:
        """To the bounds and the basis of the last ``optimise``."""
        columns = np.arange(len(self.lower), dtype=np.int32)
        self.highs.changeColsBounds(len(columns), columns, self.lower, self.upper)
        if self.basis is not None:
            more = self.highs.getNumRow() - len(self.basis.row_status)
            if more:  # rows added since are slack there
                self.basis.row_status = [
                    *self.basis.row_status, *[highspy.HighsBasisStatus.kBasic] * more,
                ]  # fmt: skip
            self.highs.setBasis(self.basis)

    def _hold(self, column: int, value: float) -> None:
        self.highs.changeColBounds(column, value, value)

    def _free(self, column: int) -> None:
        self.highs.changeColBounds(column, self.lower[column], self.upper[column])

    # --- one cell -----------------------------------------------------------------------------------------

    def known(self, column: int) -> float:
        """A bound on the tier with a column at 1 that needs no solving; infinite if that is impossible."""
        at = self.at[column]
        if at < 0:
            return self.floor if self.value[column] > 0.5 else math.inf
        return math.inf if self.upper[at] < 0.5 else float(self.bounds[at])

    def least(self, column: int, enough: float, depth: int = 2) -> float:
        """A bound on the tier with a column at 1, infinite if that is impossible; no search beyond ``enough``."""
        self.half_open = False
        value, column = self.known(column), int(self.at[column])
        if value >= enough or column < 0 or self.lower[column] > 0.5:
            return value
        self._hold(column, 1.0)
        try:
            value = max(value, self._shared(column))
            if value >= enough:
                return value
            if self._add_broken_rows():
                value = max(value, self._shared(column))
            return value if value >= enough else max(value, self._deeper(value, enough, depth))
        finally:
            self._free(column)

    def _shared(self, column: int) -> float:
        """The optimum with a column at 1; what its prices say of every other column is remembered."""
        value = self._run()
        if not math.isinf(value):
            price = np.asarray(self.highs.getSolution().col_dual)
            without = value - max(0.0, float(price[column]))
            np.maximum(self.bounds, without + np.maximum(price, 0.0), out=self.bounds)
        return value

    def _deeper(self, value: float, enough: float, depth: int) -> float:
        """The bound of the last solve, or of its two halves where a group is open in part."""
        if math.isinf(value):
            return value
        column = _half(self.y, np.asarray(self.highs.getSolution().col_value))
        self.half_open = self.half_open or column >= 0
        if depth == 0 or column < 0:
            return value
        worst = math.inf
        for side in (1.0, 0.0):
            self._hold(column, side)
            worst = min(worst, self._deeper(self._run(enough), enough, depth - 1))
            self._free(column)
            if worst <= value + ROUNDING:
                break
        return max(value, worst)

    def least_with(self, column: int, opened: Bools) -> float:
        """The optimum with a column at 1 and every group open or not as told; infinite if that is impossible."""
        at = self.at[self.model.y]
        told = opened.astype(np.float64)
        still, moves = np.flatnonzero(at < 0), np.flatnonzero(at >= 0)
        if math.isinf(self.known(column)) or (self.value[self.model.y[still]] != told[still]).any():
            return math.inf
        y = at[moves]
        if (told[moves] < self.lower[y]).any() or (told[moves] > self.upper[y]).any():
            return math.inf
        held = int(self.at[column])
        self.highs.changeColsBounds(len(y), y.astype(np.int32), told[moves], told[moves])
        if held >= 0:
            self._hold(held, 1.0)
        try:
            return self._run()
        finally:
            self.highs.changeColsBounds(len(y), y.astype(np.int32), self.lower[y], self.upper[y])
            if held >= 0:
                self._free(held)

    # --- going on -----------------------------------------------------------------------------------------

    def go_on(self, model: LinearModel, caps: Caps) -> Region | None:
        """The region at the next tier, given solutions no worse than the reference's values; None if empty.

        The same object, changed, unless the model is another one, with more auxiliary columns.
        """
        self._stand_still(caps[-1])
        if model is not self.model:
            grown = Region(model, self.stop, self.workers, self.tier + 1, caps, self)
            return grown if grown.optimise() else None
        self.back()
        self.tier += 1
        columns = np.arange(len(self.lower), dtype=np.int32)
        self.highs.changeColsCost(len(columns), columns, model.cost[self.tier, self.kept])
        self.highs.changeObjectiveOffset(self._offset())
        return self if self.optimise(primal=True) else None

    def _stand_still(self, most: int) -> None:
        """Hold what no solution of at most this value in this tier can move."""
        slack = max(0.0, most - self.floor)
        dear = np.flatnonzero((self.upper > self.lower) & (np.abs(self.price) > slack + PRICE))
        at = np.where(self.price[dear] > 0, self.lower[dear], self.upper[dear])
        self.lower[dear] = self.upper[dear] = at
        self.upper[(self.lower < 0.5) & (self.upper == 1) & (self.bounds > most + PRICE)] = 0.0
        self.row_price = np.append(self.row_price, np.zeros(len(self.row_lower) - len(self.row_price)))
        loose = self.row_upper > self.row_lower
        for row in np.flatnonzero(loose & (np.abs(self.row_price) > slack + PRICE)):
            side = self.row_lower[row] if self.row_price[row] > 0 else self.row_upper[row]
            self.row_lower[row] = self.row_upper[row] = side
            self.highs.changeRowBounds(int(row), side, side)
        moving = np.abs(self.price[self.upper > self.lower]).max(initial=slack)
        if max(moving, np.abs(self.row_price[self.row_upper > self.row_lower]).max(initial=0.0)) > WHOLE:
            self._cap(most)  # else the value cannot change on what is left

    def _cap(self, most: int) -> None:
        """(cap) cost of the tier at most so much."""
        cost = self.model.cost[self.tier, self.kept]
        used, side = np.flatnonzero(cost), most - self._offset()
        self.highs.addRow(-np.inf, side, len(used), used.astype(np.int32), cost[used])
        self.row_lower, self.row_upper = np.append(self.row_lower, -np.inf), np.append(self.row_upper, side)

    def halves(self, goal: float, column: int = -1) -> list[Region]:
        """Two regions instead of this one, split on a group that is open in part; itself if none is.

        With a column, on what is open in part where that is at 1.
        """
        held = int(self.at[column]) if column >= 0 else -1
        level = self.columns[self.y]
        try:
            if held >= 0:
                self._hold(held, 1.0)
                if math.isinf(self._run(goal)):
                    return [self]
                level = np.asarray(self.highs.getSolution().col_value)[self.y]
            best = self._best_split(level, goal)
        finally:
            if held >= 0:
                self._free(held)
            self.back()
        if best is None:
            return [self]
        found = []
        for side, possible in zip((0.0, 1.0), best[1:], strict=True):
            if possible or held >= 0:
                half = self.copy()
                half.lower[best[0]] = half.upper[best[0]] = side
                half.back()
                if half.optimise():
                    np.maximum(half.bounds, self.bounds, out=half.bounds)
                    found.append(half)
        return found

    def _best_split(self, level: Floats, goal: float) -> tuple[int, bool, bool] | None:
        """The group's column whose worse side rises most, and whether either side holds anything."""
        away = np.minimum(level, 1 - level)
        tried = [int(self.y[y]) for y in np.argsort(-away, kind="stable")[:TRIED] if away[y] > WHOLE]
        best: tuple[float, float, int, bool, bool] | None = None
        for y in tried:
            sides = []
            for side in (0.0, 1.0):
                self._hold(y, side)
                sides.append(self._run(goal))
                self._free(y)
            if best is None or (min(sides), max(sides)) > best[:2]:
                best = min(sides), max(sides), y, not math.isinf(sides[0]), not math.isinf(sides[1])
            if min(sides) >= goal:
                break
        return None if best is None else best[2:]

    def exactly(self, column: int, seconds: float) -> tuple[float, Floats | None]:
        """A bound on the tier with a column at 1 by branch and bound, and the best whole point found."""
        if math.isinf(self.known(column)):
            return math.inf, None
        highs, kinds = _quiet(self.workers), highspy.HighsModelStatus
        highs.passModel(self.highs.getLp())
        columns = np.arange(len(self.lower), dtype=np.int32)
        whole_ones = np.full(len(columns), int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        highs.changeColsIntegrality(len(columns), columns, whole_ones)
        if self.at[column] >= 0:
            highs.changeColBounds(int(self.at[column]), 1.0, 1.0)
        for name, value in (
            ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.9), ("mip_feasibility_tolerance", 1e-7), ("time_limit", seconds),
        ):  # fmt: skip
            highs.setOptionValue(name, value)
        highs.run()
        info, status = highs.getInfo(), highs.getModelStatus()
        if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
            return math.inf, None
        bound = max(info.mip_dual_bound, self.known(column))
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return bound, None
        point = self.value.copy()
        point[self.kept] = np.asarray(highs.getSolution().col_value)
        return bound, point


def _half(which: Ints, columns: Floats) -> int:
    """The column furthest from whole, -1 if all are whole."""
    level = columns[which]
    away = np.minimum(level, 1 - level)
    return int(which[away.argmax()]) if len(away) and away.max() > WHOLE else -1


def _quiet(workers: int) -> Any:
    scheduler.use(workers)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", workers)
    return highs
