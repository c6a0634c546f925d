"""Column generation: prices from the master, schedules from the pricer, and a bound from every round.

The bound dualises that schedules add up to the counts of cover (Lasdon 1970; Lübbecke and Desrosiers 2005,
"Selected topics in column generation").  With prices pi on counts and mu on earlier tiers,

    L = sum_r min_y (f_r(y) + pi_r y - sum_t tau_t u_tr(y)) + sum_t tau_t k_t
        + sum_p min_x (c_p(x) - pi a_p(x)) - sum_s mu_s V_s,

where f and c weigh the tiers by (mu, 1).  With a total t held between limits goes a price tau on its units u; k is
the limit that the sign of the price points at.  Prices are rounded to a grid first, so that all of it is whole numbers.
Prices are smoothed towards those of the best bound (Wentges 1997; Pessoa et al. 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tildeling_models.roster.columns.coverage import Coverage, Floats
from tildeling_models.roster.columns.kernels import FAR
from tildeling_models.roster.columns.master import Duals, Master
from tildeling_models.roster.columns.pricer import ROOM, Pricer
from tildeling_models.roster.problem import Bools, Ints, RosterProblem
from tildeling_models.stop import Stop

HARD = 1 << 50
"""Cost of a count that a hard cover forbids, in the bound."""


SMOOTH = 0.5
"""Part of the best bound's prices in the prices asked for."""

SLACK = 1e-6
"""Reduced cost, or gap, that counts as none."""


@dataclass(frozen=True, eq=False)
class Node:
    """What a part of all rosters is limited to.

    Attributes
    ----------
    least, most
        (R,) range of each cover's count.
    sums
        (C, 2) range of each total, infinite where free.
    shut
        (k, D, A + 1) cells that are closed, by number of the person.
    floor
        No roster of the node costs less.
    """

    least: Ints
    most: Ints
    sums: Floats
    shut: Bools
    floor: float = -float("inf")
    depth: int = 0


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices in steps of ``1 / scale``: covers (R,), totals (C,), tier weights (T,).

    ``exact`` (R + C + tier,) is what they were before rounding.
    """

    scale: int
    cover: Ints
    totals: Ints
    weights: Ints
    exact: Floats


class Generation:
    """Column generation for a master: :meth:`run` until no column helps, or bound and master meet.

    ``caps`` (tier,) are what earlier tiers keep, without what is counted outside of the master.  ``bound`` is the best
    so far, if the master has the ``whole`` of a problem.  ``best`` is that of the node, constants not counted.
    """

    def __init__(
        self,
        problem: RosterProblem,
        cover: Coverage,
        pricer: Pricer,
        master: Master,
        caps: Ints,
        *,
        whole: bool = True,
    ) -> None:
        self.problem, self.cover, self.pricer, self.master, self.caps = problem, cover, pricer, master, caps
        self.whole = whole
        self.bound: int | None = None
        self.converged = False
        self.grain = pricer.grain(master.tier)
        self._centre: Floats | None = None
        self._own: Floats | None = None
        self.best = -float("inf")
        self._count = np.arange(cover.breach.shape[1])
        rows, base = master.rows, master.counts[master.rows]
        top = base + np.minimum(cover.top[rows] - base, self._own_top(master.people))
        self._base, self._top = base, top
        least, most = np.zeros(cover.n_rows, np.int64), cover.top.copy()
        least[rows], most[rows] = base, top
        shape = len(master.people), problem.n_days, problem.n_activities + 1
        self.root = self.node = Node(
            least, most, np.tile([-np.inf, np.inf], (len(master.totals), 1)), np.zeros(shape, bool)
        )
        self._beyond = (self._count > top[:, None]) | (self._count < base[:, None])
        width = cover.breach.shape[1]
        self._units = [(np.searchsorted(rows, total.rows), total.units(width - 1)) for total in master.totals]
        self._cost = np.abs(problem.cost).max(axis=(1, 2, 3), initial=0)
        self._rules = pricer.reach()
        self._deep = int(np.diff(cover.start).max(initial=0)) * int(cover.times.max(initial=1))

    def run(
        self,
        stop: Stop,
        held: frozenset[int] = frozenset(),
        rounds: int = 100_000,
        want: int = 1,
        tail: float = 0.0,
        ceiling: float = float("inf"),
        enough: float = -float("inf"),
    ) -> bool:
        """Rounds of pricing for everyone but the ``held``; whether the master is solved well enough to go on with.

        It ends early where the bound shows that no roster costs less than ``ceiling``, the answer then being False,
        where master and bound are within ``tail`` (a fraction), or where the master is down to ``enough``.
        """
        self.converged = False
        for _ in range(rounds):
            solved = self.master.solve(stop)
            if solved is None:
                return False
            self._own = _joined(solved)
            if self.master.value <= enough:
                return True
            if not held:
                floor = self.floor
                if floor >= ceiling - SLACK:
                    return False
                if max(floor, self.best + tail * abs(self.best)) >= self.master.value - SLACK:
                    self.converged = True
                    return True
            if not self._round(solved, stop, held, want):
                self.converged = not stop.now
                return self.converged
        return True

    @property
    def floor(self) -> float:
        """No roster of the node costs less (constants not counted); a multiple of the grain."""
        return max(self.node.floor, float(np.ceil((self.best - SLACK) / self.grain) * self.grain))

    def enter(self, node: Node) -> None:
        """Go to another part of all rosters."""
        before, self.node, master = self.node, node, self.master
        for row in np.flatnonzero((before.least != node.least) | (before.most != node.most)).tolist():
            master.limit(row, int(node.least[row]), int(node.most[row]))
        for number in np.flatnonzero((before.sums != node.sums).any(axis=1)).tolist():
            master.limit_total(number, *node.sums[number].tolist())
        if before.shut is not node.shut:
            master.shut(node.shut)
        least, most = node.least[master.rows], node.most[master.rows]
        self._beyond = (self._count > most[:, None]) | (self._count < least[:, None])
        self.best = -float("inf")

    def closed(self, ceiling: float) -> Bools:
        """(k, D, A + 1) cells that no roster of the node below the ``ceiling`` has, by the prices of the best bound
        and by the master's own: of a degenerate master both say something."""
        shut = self.node.shut
        if not np.isfinite(ceiling):
            return shut
        for exact in (self._centre, self._own):
            if exact is None:
                continue
            prices = self._on_grid(exact)
            found = [
                self.pricer.through(person, self._cells(number, person, prices), prices.weights)
                for number, person in enumerate(self.master.people)
            ]
            room = (
                (int(ceiling) - self.grain) * prices.scale
                - self._floor(prices)
                - sum(bound for bound, _ in found)
            )
            if room < 0:
                return np.ones_like(shut)
            shut = shut | np.array([cells > bound + room for bound, cells in found]).reshape(shut.shape)
        return shut

    def _cells(self, number: int, person: int, prices: Prices) -> Ints:
        """(D, A + 1) cost of a person's cells at prices, closed ones ``FAR``."""
        cell = self.pricer.cells(person, prices.weights) - self.cover.priced(prices.cover, person)
        cell[self.node.shut[number]] = FAR
        return cell

    def _own_top(self, people: list[int]) -> Ints:
        """(rows,) most that the people of the master can count for."""
        who = self.cover.who[:, self.master.rows]
        return np.asarray(
            self.cover.top[self.master.rows] // np.maximum(1, who.sum(axis=0)) * who[people].sum(axis=0)
        )

    def _round(self, solved: Duals, stop: Stop, held: frozenset[int], want: int) -> int:
        """Columns added in one round: at smoothed prices, then at the master's own where those give none."""
        own = _joined(solved)
        smooth = [] if self._centre is None else [SMOOTH * self._centre + (1 - SMOOTH) * own]
        for exact in (*smooth, own):
            added = self._price(self._on_grid(exact), solved, stop, held, want)
            if added or stop.now:
                return added
        return 0

    def _on_grid(self, exact: Floats) -> Prices:
        """Prices rounded to the finest grid on which no schedule's cost passes the kernel's range."""
        cover, own_totals, caps = np.split(exact, np.cumsum([self.cover.n_rows, len(self.master.totals)]))
        tiers, tier = len(self.problem.tiers), self.master.tier
        weights = np.zeros(tiers)
        weights[:tier], weights[tier] = np.maximum(0.0, -caps), 1.0
        reach = (
            self.problem.n_days * (self._cost @ weights + self._deep * np.abs(cover).max(initial=0.0))
            + self._rules @ weights
            + 1.0
        )
        if reach > ROOM:  # any prices give a bound: smaller ones if these pass the range of whole numbers
            own = self.problem.n_days * self._cost[tier] + self._rules[tier] + 1.0
            part = max(0.0, (ROOM - own) / (reach - own))
            cover, weights[:tier], reach = cover * part, weights[:tier] * part, own + (reach - own) * part
        scale = 1 << int(np.clip(np.floor(np.log2(ROOM / reach)), 0, 12))
        return Prices(
            scale,
            np.rint(cover * scale).astype(np.int64),
            np.rint(own_totals * scale).astype(np.int64),
            np.rint(weights * scale).astype(np.int64),
            exact,
        )

    def _price(self, prices: Prices, solved: Duals, stop: Stop, held: frozenset[int], want: int) -> int:
        total, added, whole = self._floor(prices), 0, not held
        for number, person in enumerate(self.master.people):
            if person in held:
                continue
            if stop.now:
                return added
            cell = self._cells(number, person, prices)
            found = self.pricer.price(person, cell, prices.weights, want, number)
            total += found.bound
            for row, values in zip(found.rows, found.values, strict=True):
                at, times = self.cover.column(person, row)
                reduced = values[self.master.tier] - values[: self.master.tier] @ solved.caps
                if reduced - solved.cover[at] @ times - solved.people[number] < -SLACK:
                    added += self.master.add(person, row, values)
        if whole:
            self._bounded(total, prices)
        return added

    def _floor(self, prices: Prices) -> int:
        """The bound's part of cover and of earlier tiers."""
        rows = self.master.rows
        total = 0
        if len(rows):
            own, base = prices.cover[rows][:, None], self.master.counts[rows]
            table = np.tensordot(prices.weights, self.cover.price[:, rows], axes=1)
            table += HARD * ((self.cover.breach[rows] > 0) | self._beyond)
            table += own * (self._count - base[:, None])
            for (at, units), price, limits in zip(self._units, prices.totals, self.node.sums, strict=True):
                limit = limits[0] if price > 0 else limits[1]
                if price and np.isfinite(limit):
                    table[at] -= price * units
                    total += int(price) * int(limit)
            total += int(table.min(axis=1).sum())
        return total - int(prices.weights[: self.master.tier] @ self.caps[: self.master.tier])

    def _bounded(self, total: int, prices: Prices) -> None:
        if not self.best >= total / prices.scale:
            self.best = total / prices.scale
            self._centre = prices.exact
            if self.whole and self.node is self.root:
                bound = -(-total // prices.scale) + int(self.problem.constant[self.master.tier])
                self.bound = bound if self.bound is None else max(bound, self.bound)


def _joined(duals: Duals) -> Floats:
    return np.concatenate([duals.cover, duals.totals, duals.caps])
