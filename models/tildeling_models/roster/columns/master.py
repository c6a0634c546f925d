"""The master program: a convex combination of schedules for each person, and cover with its shortfalls, as an LP.

    min  sum c_j x_j + sum (u_r under_r + o_r over_r)
    s.t. sum_{j of p} x_j = 1                                    for each person p
         low_r <= sum a_rj x_j + under_r - over_r <= high_r      for each cover r
         least_t <= sum of under_r, or over_r <= most_t          for each total t (free until it is branched on)
         cost of tier s <= its value                             for each earlier tier s

All that asks for counts may be passed at a dear price until enough columns are known.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from tildeling_models.roster.columns.coverage import Coverage, Floats, limits
from tildeling_models.roster.columns.totals import totals
from tildeling_models.roster.problem import Bools, Ints, RosterProblem
from tildeling_models.stop import Stop

PRIMAL, DUAL = 4, 1
"""HiGHS's simplex strategies: the basis stays feasible when columns come, and dual feasible when bounds change."""

GROUP = 20
"""People up to which the dual simplex is faster after new columns too: measured, masters are degenerate."""

LEVEL = 1e-6
"""Level from which a column is in use."""

INF = highspy.kHighsInf


@dataclass(frozen=True, eq=False)
class Duals:
    """Prices of the people (k,), the covers (R,), the totals (C,) and the caps of earlier tiers (tier,).

    The last are not positive.
    """

    people: Floats
    cover: Floats
    totals: Floats
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
        self.totals = totals(problem, self.rows, tier)
        self._row = np.full(cover.n_rows, -1, np.int64)
        self._row[self.rows] = len(people) + np.arange(len(self.rows))
        self._total = len(people) + len(self.rows)
        self._cap = self._total + len(self.totals)
        self.owner: list[int] = []
        self.schedule: list[Ints] = []
        self.values: list[Ints] = []
        self._known: set[tuple[int, bytes]] = set()
        self.level: Floats = np.zeros(0)
        self.sums: Floats = np.zeros(0)
        self.value = float("inf")
        self._reduced: Floats = np.zeros(0)
        self._shut: Bools = np.zeros(0, bool)
        self.highs = highspy.Highs()
        for name, setting in (
            ("output_flag", False),
            ("threads", 1),
            ("presolve", "off"),
            ("simplex_strategy", PRIMAL),
        ):
            self.highs.setOptionValue(name, setting)
        self._under = np.full(cover.n_rows, -1, np.int64)
        self._over = np.full(cover.n_rows, -1, np.int64)
        self._slacks = self._load(counts, caps - spent[:tier], dear)

    @classmethod
    def of_all(cls, problem: RosterProblem, cover: Coverage, tier: int, caps: Ints, dear: float) -> Master:
        """Of everyone, so that nothing is counted or spent yet; ``caps`` include the problem's constants."""
        everyone, nobody = list(range(problem.n_people)), np.zeros(cover.n_rows, np.int64)
        room = caps - problem.constant[:tier]
        return cls(problem, cover, everyone, nobody, tier, room, np.zeros(len(problem.tiers), np.int64), dear)

    def _load(self, counts: Ints, caps: Ints, dear: float) -> int:
        """Rows and slack columns; the number of slack columns."""
        highs = self.highs
        for _ in self.people:
            highs.addRow(1.0, 1.0, 0, np.zeros(0, np.int32), np.zeros(0))
        totalled = {
            (int(row), total.side): self._total + n
            for n, total in enumerate(self.totals)
            for row in total.rows
        }
        slack: list[tuple[float, float, list[int], list[float]]] = []
        for number in self.rows.tolist():
            rule, at, now = self.problem.covers[number], int(self._row[number]), int(counts[number])
            low, high = limits(rule)
            highs.addRow(
                -INF if low is None else float(low - now), INF if high is None else float(high - now),
                0, np.zeros(0, np.int32), np.zeros(0),
            )  # fmt: skip
            for sign, limit, hard, price, place in (
                (1, low, rule.least, rule.under, self._under),
                (-1, high, rule.most, rule.over, self._over),
            ):
                if limit is None:
                    continue
                if price is not None:
                    most = INF if hard is None else float(max(0, abs(limit - hard)))
                    each = price.weight / rule.unit
                    rows, coefs = [at], [float(sign)]
                    if price.tier < self.tier:
                        rows.append(self._cap + price.tier)
                        coefs.append(each)
                    if (number, sign) in totalled:
                        rows.append(totalled[number, sign])
                        coefs.append(1.0)
                    place[number] = len(slack)
                    slack.append((each if price.tier == self.tier else 0.0, most, rows, coefs))
            slack += [(dear, INF, [at], [each]) for each in (1.0, -1.0)]
        for _ in self.totals:
            highs.addRow(-INF, INF, 0, np.zeros(0, np.int32), np.zeros(0))
        for tier in range(self.tier):
            highs.addRow(-INF, float(caps[tier]), 0, np.zeros(0, np.int32), np.zeros(0))
            slack.append((dear, INF, [self._cap + tier], [-1.0]))
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
            float(values[self.tier]), 0.0, INF,
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
        primal = np.asarray(solution.col_value)
        self.level = primal[self._slacks :]
        self.value = highs.getInfo().objective_function_value
        self.sums = np.asarray(solution.row_value)[self._total : self._cap]
        self._reduced = np.asarray(solution.col_dual)[self._slacks :]
        dual = np.asarray(solution.row_dual)
        prices = np.zeros(self.cover.n_rows)
        prices[self.rows] = dual[len(self.people) : self._total]
        return Duals(dual[: len(self.people)], prices, dual[self._total : self._cap], dual[self._cap :])

    def probe(self, steps: int) -> float:
        """A lower bound on the optimum over the columns there are, after so many steps of the dual simplex."""
        highs = self.highs
        highs.setOptionValue("simplex_iteration_limit", steps)
        highs.setOptionValue("simplex_strategy", DUAL)
        highs.run()
        highs.setOptionValue("simplex_iteration_limit", highspy.kHighsIInf)
        return float(highs.getInfo().objective_function_value)

    def reduced(self) -> Floats:
        """Reduced costs of the columns at the last optimum; of those since then, none."""
        found = np.zeros(len(self.owner))
        found[: len(self._reduced)] = self._reduced
        return found

    def fix(self, column: int) -> None:
        """Let the owner of a column have only that one."""
        self._bound(column, 0.0)
        self.highs.changeColBounds(self._slacks + column, 1.0, 1.0)
        self.highs.setOptionValue("simplex_strategy", DUAL)

    def free(self, column: int) -> None:
        """Undo :meth:`fix`."""
        self._bound(column, INF)
        self.highs.setOptionValue("simplex_strategy", DUAL)

    def _bound(self, column: int, most: float) -> None:
        """Set the upper bounds of all columns of the owner of one."""
        self._most(np.flatnonzero(np.array(self.owner) == self.owner[column]), most)

    def _most(self, columns: Ints, most: float) -> None:
        index = (columns + self._slacks).astype(np.int32)
        self.highs.changeColsBounds(len(index), index, np.zeros(len(index)), np.full(len(index), most))

    def shut(self, cells: Bools) -> None:
        """Hold at zero the columns with any of the cells (k, D, A + 1), by number of the person; open all others."""
        owner = np.array([self.number[person] for person in self.owner], np.int64)
        days = np.arange(self.problem.n_days)
        rows = np.array(self.schedule, np.int64).reshape(-1, len(days))
        bad: Bools = np.asarray(cells[owner[:, None], days, rows].any(axis=1))
        before: Bools = np.zeros(len(bad), np.bool_)
        before[: len(self._shut)] = self._shut
        for change, most in ((bad & ~before, 0.0), (before & ~bad, INF)):
            if change.any():
                self._most(np.flatnonzero(change), most)
        self._shut = bad
        self.highs.setOptionValue("simplex_strategy", DUAL)

    def keep(self, kept: Bools) -> None:
        """Delete all columns but the ``kept`` (n,) ones; those in the basis stay too, so that it is one still."""
        highs, slacks = self.highs, self._slacks
        basis = highs.getBasis()
        status = list(basis.col_status)
        basic = [each == highspy.HighsBasisStatus.kBasic for each in status[slacks:]]
        kept = kept | np.array(basic, bool)
        gone = np.flatnonzero(~kept).astype(np.int32) + slacks
        if not len(gone):
            return
        highs.deleteCols(len(gone), gone)
        left = np.flatnonzero(kept).tolist()
        basis.col_status = status[:slacks] + [status[slacks + column] for column in left]
        highs.setBasis(basis)
        self.owner = [self.owner[column] for column in left]
        self.schedule = [self.schedule[column] for column in left]
        self.values = [self.values[column] for column in left]
        self._known = {(self.owner[n], self.schedule[n].tobytes()) for n in range(len(left))}
        self.level = self.level[kept[: len(self.level)]]
        self._reduced = self._reduced[kept[: len(self._reduced)]]
        self._shut = self._shut[kept[: len(self._shut)]]

    def limit(self, row: int, least: int, most: int) -> None:
        """Let the count of a cover lie in a range only; what it costs there stays as it is."""
        rule, at, now = self.problem.covers[row], int(self._row[row]), int(self.counts[row])
        low, high = limits(rule)
        floor, ceiling = -INF if low is None else float(low), INF if high is None else float(high)
        under, over = [0.0, max(0.0, floor - least)], [0.0, max(0.0, most - ceiling)]
        if most < floor:
            first, last = floor, floor
            under[0], over[1] = floor - most, 0.0
        elif least > ceiling:
            first, last = ceiling, ceiling
            over[0], under[1] = least - ceiling, 0.0
        else:
            first, last = max(floor, float(least)), min(ceiling, float(most))
        self.highs.changeRowBounds(at, first - now, last - now)
        for place, (begin, end), limit, hard in (
            (int(self._under[row]), under, floor, rule.least),
            (int(self._over[row]), over, ceiling, rule.most),
        ):
            if place >= 0:
                end = end if hard is None else min(end, abs(limit - hard))
                self.highs.changeColBounds(place, min(begin, end), end)
        self.highs.setOptionValue("simplex_strategy", DUAL)

    def limit_total(self, number: int, least: float, most: float) -> None:
        """Let a total lie in a range only."""
        self.highs.changeRowBounds(self._total + number, least, most)
        self.highs.setOptionValue("simplex_strategy", DUAL)
