"""Column generation: prices from the master, schedules from the pricer, and a bound from every round.

The bound dualises that schedules add up to the counts of cover (Lasdon 1970; Lübbecke and Desrosiers 2005,
"Selected topics in column generation").  With prices pi on counts and mu on earlier tiers,

    L = sum_r min_y (f_r(y) + pi_r y) + sum_p min_x (c_p(x) - pi a_p(x)) - sum_s mu_s V_s,

where f and c weigh the tiers by (mu, 1).  Prices are rounded to a grid first, so that all of it is whole numbers.
Prices are smoothed towards those of the best bound (Wentges 1997; Pessoa et al. 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tildeling_models.roster.columns.coverage import Coverage, Floats
from tildeling_models.roster.columns.master import Duals, Master
from tildeling_models.roster.columns.pricer import ROOM, Pricer
from tildeling_models.roster.problem import Ints, RosterProblem
from tildeling_models.stop import Stop

HARD = 1 << 50
"""Cost of a count that a hard cover forbids, in the bound."""


SMOOTH = 0.5
"""Part of the best bound's prices in the prices asked for."""

SLACK = 1e-6
"""Reduced cost, or gap, that counts as none."""


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices in steps of ``1 / scale``: covers (R,), tier weights (T,); and what they were before rounding."""

    scale: int
    cover: Ints
    weights: Ints
    exact_cover: Floats
    exact_caps: Floats


class Generation:
    """Column generation for a master: :meth:`run` until no column helps, or bound and master meet.

    ``caps`` (tier,) are what earlier tiers keep, the problem's constants not counted.  ``bound`` is the best so far,
    for all people free; the master of some people only has none.
    """

    def __init__(
        self, problem: RosterProblem, cover: Coverage, pricer: Pricer, master: Master, caps: Ints | None
    ) -> None:
        self.problem, self.cover, self.pricer, self.master, self.caps = problem, cover, pricer, master, caps
        self.bound: int | None = None
        self.converged = False
        self._centre: tuple[Floats, Floats] | None = None
        self._best = -float("inf")
        self._count = np.arange(cover.breach.shape[1])
        rows, base = master.rows, master.counts[master.rows]
        top = base + np.minimum(cover.top[rows] - base, self._own_top(master.people))
        self._beyond = (self._count > top[:, None]) | (self._count < base[:, None])
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
    ) -> bool:
        """Rounds of pricing for everyone but the ``held``; whether the master is solved well enough to go on with.

        It ends early where the bound shows that no roster costs less than ``ceiling``, the answer then being False,
        or where master and bound are within ``tail`` (a fraction).
        """
        self.converged = False
        for _ in range(rounds):
            solved = self.master.solve(stop)
            if solved is None:
                return False
            if not held:
                floor = np.ceil(self._best - SLACK)
                if floor >= ceiling - SLACK:
                    return False
                if max(floor, self._best + tail * abs(self._best)) >= self.master.value - SLACK:
                    self.converged = True
                    return True
            if not self._round(solved, stop, held, want):
                self.converged = not stop.now
                return self.converged
        return True

    def _own_top(self, people: list[int]) -> Ints:
        """(rows,) most that the people of the master can count for."""
        who = self.cover.who[:, self.master.rows]
        return np.asarray(
            self.cover.top[self.master.rows] // np.maximum(1, who.sum(axis=0)) * who[people].sum(axis=0)
        )

    def _round(self, solved: Duals, stop: Stop, held: frozenset[int], want: int) -> int:
        """Columns added in one round: at smoothed prices, then at the master's own where those give none."""
        centres: list[tuple[Floats, Floats] | None] = [None] if self._centre is None else [self._centre, None]
        for centre in centres:
            cover, caps = solved.cover, solved.caps
            if centre is not None:
                cover = SMOOTH * centre[0] + (1 - SMOOTH) * cover
                caps = SMOOTH * centre[1] + (1 - SMOOTH) * caps
            added = self._price(self._on_grid(cover, caps), solved, stop, held, want)
            if added or stop.now:
                return added
        return 0

    def _on_grid(self, cover: Floats, caps: Floats) -> Prices:
        """Prices rounded to the finest grid on which no schedule's cost passes the kernel's range."""
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
            np.rint(weights * scale).astype(np.int64),
            cover,
            caps,
        )

    def _price(self, prices: Prices, solved: Duals, stop: Stop, held: frozenset[int], want: int) -> int:
        total, added, whole = self._floor(prices), 0, not held
        for number, person in enumerate(self.master.people):
            if person in held:
                continue
            if stop.now:
                return added
            cell = self.pricer.cells(person, prices.weights) - self.cover.priced(prices.cover, person)
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
            table += HARD * (self.cover.breach[rows] + self._beyond)
            total = int((table + own * (self._count - base[:, None])).min(axis=1).sum())
        if self.caps is not None:
            total -= int(prices.weights[: self.master.tier] @ self.caps[: self.master.tier])
        return total

    def _bounded(self, total: int, prices: Prices) -> None:
        if not self._best >= total / prices.scale:
            self._best = total / prices.scale
            self._centre = prices.exact_cover, prices.exact_caps
            if self.caps is not None:
                constant = int(self.problem.constant[self.master.tier])
                self.bound = max(-(-total // prices.scale) + constant, self.bound or -HARD)
