"""Prices to begin with: the compact linear program of some days, cell by cell, for everyone.

A cell is between 0 and 1; hard runs, successions, sums, blocks and covers are rows, as in the usual integer programs of
shift scheduling (Curtois and Qu 2014); priced rules of one person, rests and targets are left out.  Limits of sums and
blocks that reach beyond the days are taken in proportion, or priced alike for all stretches of days.  Nothing is
proven by the dual prices.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

import highspy
import numpy as np
from scipy.sparse import coo_matrix

from tildeling_models.roster.columns.counters import daily
from tildeling_models.roster.columns.coverage import Floats, limits
from tildeling_models.roster.problem import (
    OFF,
    Blocks,
    Bools,
    Cover,
    Ints,
    RosterProblem,
    Rule,
    Run,
    Succession,
    Sum,
)
from tildeling_models.stop import Stop

log = logging.getLogger(__name__)

INF = highspy.kHighsInf

HARD = 10.0
"""Price of a unit that a hard cover, or a day that a sum's share, is missed by, in units of the dearest of a cover."""


Of = tuple[int, int]
"""A rule, by its number, and a person it is about."""

Prices = dict[Of, float]


class Compact:
    """The program of the days from ``first`` to before ``last``, in one tier.

    With ``prices``, by rule and person, sums and numbers of blocks that reach beyond the days cost so much per unit,
    and have no limits.

    Attributes
    ----------
    covers
        (row, cover, sign) of each limit of a cover whose days are all inside: the count times its sign is at least
        the limit's.
    shared
        (row, (rule, person), share) of each sum and number of blocks, the rule by its number in the problem, with the
        share of its limits that is the days'.
    """

    def __init__(
        self, problem: RosterProblem, tier: int, first: int, last: int, prices: Prices | None = None
    ) -> None:
        self.problem, self.first, self.last, self._prices = problem, first, last, prices
        self.covers: list[tuple[int, int, float]] = []
        self.shared: list[tuple[int, Of, float]] = []
        self._rows: list[tuple[Ints, Floats, float, float]] = []
        self._costs: list[Floats] = []
        self._many = 0
        inside = slice(first, last)
        free = problem.allowed[:, inside].copy()
        free[:, :, OFF] = False
        own = problem.cost[tier, :, inside]
        self._cell = np.full(free.shape, -1)
        """(P, days, A + 1) number of each cell's variable, -1 where there is none."""
        self._cell[free] = self._more((own - own[:, :, :1])[free].astype(float))
        dear = [each.weight for cover in problem.covers for each in (cover.under, cover.over) if each]
        self._hard = HARD * max(dear, default=1)
        for person in range(problem.n_people):
            for day in range(last - first):
                idle = bool(problem.allowed[person, first + day, OFF])
                self._add([(self._of(person, day), 1.0)], -INF if idle else 1.0, 1.0)
        for number, rule in enumerate(problem.rules):
            self._rule(number, rule)
        for number, cover in enumerate(problem.covers):
            if len(cover.days) and first <= cover.days.min() and cover.days.max() < last:
                self._cover(number, cover, tier)

    def duals(self, stop: Stop) -> Floats | None:
        """(rows,) prices; None where time ran out first.  Interior points: their duals are in the middle of ties."""
        if not self._rows:
            return np.zeros(0)
        ends = np.cumsum([len(row[0]) for row in self._rows])
        matrix = coo_matrix(
            (
                np.concatenate([row[1] for row in self._rows]),
                (
                    np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0)),
                    np.concatenate([r[0] for r in self._rows]),
                ),
            ),
            (len(self._rows), self._many),
        ).tocsr()
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = matrix.shape
        program.col_cost_ = np.concatenate(self._costs)
        program.col_lower_, program.col_upper_ = np.zeros(matrix.shape[1]), np.full(matrix.shape[1], INF)
        program.row_lower_ = np.array([row[2] for row in self._rows])
        program.row_upper_ = np.array([row[3] for row in self._rows])
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
        program.a_matrix_.value_ = matrix.data
        solver = highspy.Highs()
        for name, value in (
            ("output_flag", False), ("solver", "ipm"), ("run_crossover", "off"), ("threads", 1),
            ("time_limit", min(INF, stop.left)),
        ):  # fmt: skip
            solver.setOptionValue(name, value)
        solver.passModel(program)
        solver.run()
        status = solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            log.info("days %d to %d: the compact program ended with %s", self.first, self.last, status)
            return None
        return np.array(solver.getSolution().row_dual)

    def _more(self, costs: Floats) -> Ints:
        """New variables."""
        begin, self._many = self._many, self._many + len(costs)
        self._costs.append(costs)
        return np.arange(begin, self._many)

    def _add(self, parts: Iterable[tuple[Ints, float]], low: float, high: float) -> int | None:
        """A row, and its number: the sum of each set of variables times its factor; None without variables."""
        parts = [(at, factor) for at, factor in parts if len(at)]
        if not parts:
            return None
        at = np.concatenate([at for at, _ in parts])
        factors = np.concatenate([np.full(len(at), factor) for at, factor in parts])
        self._rows.append((at, factors, low, high))
        return len(self._rows) - 1

    def _of(self, person: int, day: int, of: Bools | None = None) -> Ints:
        """Variables of a person's cells of a day, of those in a set."""
        cell = self._cell[person, day] if of is None else self._cell[person, day, of]
        return np.asarray(cell[cell >= 0])

    def _rule(self, number: int, rule: Rule) -> None:
        for person in rule.people.tolist():
            if isinstance(rule, Run):
                self._run(rule, person)
            elif isinstance(rule, Succession):
                self._succession(rule, person)
            elif isinstance(rule, Blocks):
                self._blocks((number, person), rule)
            elif isinstance(rule, Sum):
                self._sum((number, person), rule)

    def _run(self, rule: Run, person: int) -> None:
        """No more than ``most`` days in a row, and none of a stretch's first ``least`` days is missing."""
        off = bool(rule.of[OFF])
        sign, one = (-1.0, 1) if off else (1.0, 0)
        days = range(self.last - self.first)
        on = [self._of(person, day, ~rule.of if off else rule.of) for day in days]
        if rule.most is not None and rule.long is None:
            for day in days[rule.most :]:
                window = on[day - rule.most : day + 1]
                self._add([(at, sign) for at in window], -INF, rule.most - one * len(window))
        for gap in range(1, rule.least if rule.short is None else 1):
            for day in days[1 : max(1, len(days) - gap)]:
                self._add([(on[day], sign), (on[day - 1], -sign), (on[day + gap], -sign)], -INF, one)

    def _succession(self, rule: Succession, person: int) -> None:
        if rule.price is not None or rule.first[OFF] or rule.then[OFF]:
            return
        days = np.arange(self.first, self.last - rule.lag)
        for day in (days if rule.days is None else np.intersect1d(days, rule.days)) - self.first:
            parts = self._of(person, day, rule.first), self._of(person, day + rule.lag, rule.then)
            if all(len(each) for each in parts):
                self._add([(each, 1.0) for each in parts], -INF, 1.0)

    def _blocks(self, of: Of, rule: Blocks) -> None:
        if rule.most is None:
            return
        open_to = np.where(self.problem.allowed[of[1], :, OFF + 1 :].any(axis=1), rule.block, -1)
        inside = open_to[self.first : self.last]
        blocks = np.unique(inside[inside >= 0])
        share = len(blocks) / max(1, len(np.unique(open_to[open_to >= 0])))
        price = self._price(of, share)
        used = self._more(np.full(len(blocks), price or 0.0))
        for variable, block in zip(used, blocks, strict=True):
            for day in np.flatnonzero(inside == block).tolist():
                on = rule.on(self.first + day).copy()
                on[OFF] = False
                self._add([(self._of(of[1], day, on), 1.0), (np.array([variable]), -1.0)], -INF, 0.0)
        if price is None:
            self._share(of, share, [(used, 1.0)], None, rule.most * share)

    def _sum(self, of: Of, rule: Sum) -> None:
        """Off has no variable: the sum is that of days off, and what each cell adds to it."""
        if rule.least is None and rule.most is None:
            return
        weight = daily(rule, self.problem.n_days)
        counted = ((weight != 0) & self.problem.allowed[of[1]]).any(axis=1)
        share = float(counted[self.first : self.last].sum() / max(1, counted.sum()))
        inside = weight[self.first : self.last]
        idle = float(inside[:, OFF].sum())
        cell, inside = self._cell[of[1]], inside - inside[:, :1]
        parts = [
            (cell[(inside == each) & (cell >= 0)], float(each)) for each in np.unique(inside[inside != 0])
        ]
        price = self._price(of, share)
        if price is not None:
            for at, factor in parts if price else ():
                self._costs[0][at] += price * factor  # cells are the first variables
            return
        least = None if rule.least is None else share * rule.least - idle
        self._share(of, share, parts, least, None if rule.most is None else share * rule.most - idle)

    def _price(self, of: Of, share: float) -> float | None:
        """What a unit costs; None where limits are kept instead."""
        return None if self._prices is None or share >= 1.0 else self._prices.get(of, 0.0)

    def _share(
        self, of: Of, share: float, parts: list[tuple[Ints, float]], least: float | None, most: float | None
    ) -> None:
        """A row of limits that may be missed at a dear price: other rules may leave no room for the share."""
        unit = max((abs(factor) for _, factor in parts), default=1.0)
        ends = -INF if least is None else least, INF if most is None else most
        row = self._add(
            [*parts, *((self._more(np.array([self._hard])), sign * unit) for sign in (1.0, -1.0))], *ends
        )
        if row is not None:
            self.shared.append((row, of, share))

    def _cover(self, number: int, cover: Cover, tier: int) -> None:
        who, inside = np.flatnonzero(cover.who), cover.days - self.first
        cells = [self._cell[who, day][:, of].ravel() for day, of in zip(inside, cover.of, strict=True)]
        at = np.concatenate(cells)
        for limit, sign, wanted, price in zip(
            limits(cover), (1.0, -1.0), (cover.low, cover.high), (cover.under, cover.over), strict=True
        ):
            if limit is None:
                continue
            cost = self._hard
            if price is not None and limit == wanted:
                cost = price.weight / cover.unit if price.tier == tier else 0.0
            row = self._add([(at[at >= 0], sign), (self._more(np.array([cost])), 1.0)], sign * limit, INF)
            assert row is not None
            self.covers.append((row, number, sign))
