"""The master program: a convex combination of schedules for each person, and cover with its shortfalls, as an LP.

    min  sum c_j x_j + sum (u_r under_r + o_r over_r)
    s.t. sum_{j of p} x_j = 1                                    for each person p
         low_r <= sum a_rj x_j + under_r - over_r <= high_r      for each cover r
         cost of tier s <= its value                             for each earlier tier s

Hard limits, and the caps of earlier tiers, may be passed at a dear price until enough columns are known.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from tildeling_models.roster.columns.coverage import Coverage, Floats, limits
from tildeling_models.roster.problem import Ints, RosterProblem
from tildeling_models.stop import Stop

PRIMAL, DUAL = 4, 1
"""HiGHS's simplex strategies: the basis stays feasible when columns come, and dual feasible when bounds change."""

GROUP = 40
"""People up to which the dual simplex is faster after new columns too: measured, masters are degenerate."""


@dataclass(frozen=True, eq=False)
class Duals:
    """Prices of the people (k,), the covers (R,) and the caps of earlier tiers (tier,), the last not positive."""

    people: Floats
    cover: Floats
    caps: Floats


class Master:
    """An LP over columns of some people; everyone else is in ``counts``, and what they cost in ``spent``.

    ``tier`` is the goal, ``caps`` (tier,) the values that earlier tiers keep.  ``dear`` prices a hard breach.
    """

    def __init__(
        self,
        problem: RosterProblem,
        cover: Coverage,
        people: list[int],
        counts: Ints,
        tier: int,
        caps: Ints,
        spent: Ints,
        dear: float,
    ) -> None:
        self.problem, self.cover, self.people, self.tier = problem, cover, people, tier
        self.counts = counts
        self.number = {person: n for n, person in enumerate(people)}
        self.rows = np.flatnonzero(cover.who[people].any(axis=0)) if people else np.zeros(0, np.int64)
        self._row = np.full(cover.n_rows, -1, np.int64)
        self._row[self.rows] = len(people) + np.arange(len(self.rows))
        self._cap = len(people) + len(self.rows)
        self.owner: list[int] = []
        self.schedule: list[Ints] = []
        self.values: list[Ints] = []
        self._known: set[tuple[int, bytes]] = set()
        self.level: Floats = np.zeros(0)
        self.value = float("inf")
        self.highs = highspy.Highs()
        for name, setting in (
            ("output_flag", False),
            ("threads", 1),
            ("presolve", "off"),
            ("simplex_strategy", PRIMAL),
        ):
            self.highs.setOptionValue(name, setting)
        self._slacks = self._load(counts, caps - spent[:tier], dear)

    def _load(self, counts: Ints, caps: Ints, dear: float) -> int:
        """Rows and slack columns; the number of slack columns."""
        highs, inf = self.highs, highspy.kHighsInf
        for _ in self.people:
            highs.addRow(1.0, 1.0, 0, np.zeros(0, np.int32), np.zeros(0))
        slack: list[tuple[float, float, list[int], list[float]]] = []
        for number in self.rows.tolist():
            rule, at, now = self.problem.covers[number], int(self._row[number]), int(counts[number])
            low, high = limits(rule)
            highs.addRow(
                -inf if low is None else float(low - now), inf if high is None else float(high - now),
                0, np.zeros(0, np.int32), np.zeros(0),
            )  # fmt: skip
            for sign, limit, hard, price in (
                (1.0, low, rule.least, rule.under),
                (-1.0, high, rule.most, rule.over),
            ):
                if limit is None:
                    continue
                if price is not None:
                    most = inf if hard is None else float(max(0, abs(limit - hard)))
                    each = price.weight / rule.unit
                    rows, coefs = [at], [sign]
                    if price.tier < self.tier:
                        rows.append(self._cap + price.tier)
                        coefs.append(each)
                    slack.append((each if price.tier == self.tier else 0.0, most, rows, coefs))
                if hard is not None:
                    slack.append((dear, inf, [at], [sign]))
        for tier in range(self.tier):
            highs.addRow(-inf, float(caps[tier]), 0, np.zeros(0, np.int32), np.zeros(0))
            slack.append((dear, inf, [self._cap + tier], [-1.0]))
        for cost, most, rows, coefs in slack:
            highs.addCol(cost, 0.0, most, len(rows), np.array(rows, np.int32), np.array(coefs))
        return len(slack)

    def add(self, person: int, row: Ints, values: Ints) -> bool:
        """Take a schedule in; False where it is there already."""
        name = person, row.tobytes()
        if name in self._known:
            return False
        self._known.add(name)
        at, times = self.cover.column(person, row)
        index = np.concatenate([[self.number[person]], self._row[at], self._cap + np.arange(self.tier)])
        coefs = np.concatenate([[1.0], times, values[: self.tier]])
        kept = coefs != 0
        self.highs.addCol(
            float(values[self.tier]), 0.0, highspy.kHighsInf,
            int(kept.sum()), index[kept].astype(np.int32), coefs[kept].astype(np.float64),
        )  # fmt: skip
        self.highs.setOptionValue("simplex_strategy", DUAL if len(self.people) <= GROUP else PRIMAL)
        self.owner.append(person)
        self.schedule.append(row)
        self.values.append(values)
        return True

    def solve(self, stop: Stop) -> Duals | None:
        """Prices of the optimum; None if it was not reached in time."""
        if stop.now:
            return None
        highs = self.highs
        left = min(stop.left, 1e7)
        highs.setOptionValue("time_limit", highs.getRunTime() + left)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = highs.getSolution()
        self.level = np.asarray(solution.col_value)[self._slacks :]
        self.value = highs.getInfo().objective_function_value
        dual = np.asarray(solution.row_dual)
        prices = np.zeros(self.cover.n_rows)
        prices[self.rows] = dual[len(self.people) : self._cap]
        return Duals(dual[: len(self.people)], prices, dual[self._cap :])

    def fix(self, column: int) -> None:
        """Let the owner of a column have only that one."""
        self._bound(column, 0.0)
        self.highs.changeColBounds(self._slacks + column, 1.0, 1.0)
        self.highs.setOptionValue("simplex_strategy", DUAL)

    def free(self, column: int) -> None:
        """Undo :meth:`fix`."""
        self._bound(column, highspy.kHighsInf)
        self.highs.setOptionValue("simplex_strategy", DUAL)

    def _bound(self, column: int, most: float) -> None:
        """Set the upper bounds of all columns of the owner of one."""
        person = self.owner[column]
        own = np.array([n for n, owner in enumerate(self.owner) if owner == person], np.int32)
        self.highs.changeColsBounds(len(own), own + self._slacks, np.zeros(len(own)), np.full(len(own), most))
