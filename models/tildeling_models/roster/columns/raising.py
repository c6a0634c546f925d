"""Bounds for long horizons: the Lagrangian of whole schedules, covers and long sums priced.

Everyone's cheapest schedule at prices, each found by itself, gives a bound, in whole numbers, whatever the prices are
(Geoffrion 1974, "Lagrangean relaxation for integer programming").  Sums over most of the horizon, hours of a year
say, would make tables large: they are priced like covers.  Prices begin with those of compact linear programs
(:mod:`compact`) of stretches of days, and are climbed by the volume algorithm (Barahona and Anbil 2000): steps from
the best prices so far, along a mean of gradients, towards a value a little above (Polyak 1969).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tildeling_models.roster import evaluate
from tildeling_models.roster.columns.automaton import OutOfTime, TooLarge
from tildeling_models.roster.columns.compact import Compact, Prices
from tildeling_models.roster.columns.counters import daily
from tildeling_models.roster.columns.coverage import Coverage, Floats, coverage
from tildeling_models.roster.columns.kernels import FAR
from tildeling_models.roster.columns.pricer import ROOM
from tildeling_models.roster.columns.relaxed import Relaxed
from tildeling_models.roster.problem import OFF, Ints, Roster, RosterProblem, Sum
from tildeling_models.stop import Stop

log = logging.getLogger(__name__)

TABLES = 2_000_000
"""Entries of a table of the pricer that gives bounds."""

WHOLE, CELLS = 200_000, 30_000
"""Cells up to which the whole horizon is one compact program (measured: a minute at most), and of a stretch beyond."""

WEEK = 7
"""Days of the shortest compact program."""

HARD = 1 << 34
"""Cost of a unit of a hard cover's breach."""

PATIENCE, SHRINK = 10, 0.7
"""So many steps without a better bound, and the part of their length that is left then."""

SHORTEST = 1e-3
"""Length of a step below which nothing is gained any more."""

FRESH = 0.2
"""Part of the newest gradient in the mean."""

AHEAD = 0.05
"""How far above the best bound steps aim, as a part of it, where the roster's value is not nearer."""

Tell = Callable[[int], None]


@dataclass(frozen=True, eq=False)
class Priced:
    """A hard sum of one person that is priced: ``weight`` (D, A + 1) and its limits, in steps of their divisor."""

    rule: int
    person: int
    step: int
    weight: Ints
    least: int
    most: int


class Lagrangian:
    """The bound at prices: those of the covers (R,), then those of the sums (S,), per step."""

    def __init__(self, problem: RosterProblem, cover: Coverage, tier: int, stop: Stop) -> None:
        self.problem, self.cover = problem, cover
        self.sums = [
            each
            for number, rule in enumerate(problem.rules)
            if isinstance(rule, Sum) and _is_priced(rule, problem)
            for each in _of_people(number, rule, problem)
        ]
        kept = tuple(
            rule for rule in problem.rules if not (isinstance(rule, Sum) and _is_priced(rule, problem))
        )
        self._pricer = Relaxed(replace(problem, rules=kept), TABLES)
        self._pricer.stop = stop
        self._pricer.focus(tier)
        self._mine: list[list[int]] = [[] for _ in range(problem.n_people)]
        for number, each in enumerate(self.sums):
            self._mine[each.person].append(number)
        self._weights = np.zeros(len(problem.tiers), np.int64)
        self._weights[tier] = 1
        self._table = cover.price[tier] + HARD * cover.breach
        self._count = np.arange(self._table.shape[1])
        self._never = self._count > cover.top[:, None]
        self.dear = max(1, int(np.abs(np.diff(cover.price[tier], axis=1)).max(initial=1)))
        """What a step of a cover costs at most."""
        self.most, self.scale = self._range(tier)
        """(R + S,) no price is farther from 0, and they are rounded to a grid of 1 / ``scale``."""
        own = self.scale * self._weights
        self._own = [self._pricer.cells(person, own) for person in range(problem.n_people)]
        self._constant = int(problem.constant[tier])

    def _range(self, tier: int) -> tuple[Floats, int]:
        """What keeps every schedule's cost within the pricer's whole numbers.

        Raises
        ------
        TooLarge
            If costs alone pass them.
        """
        problem, cover = self.problem, self.cover
        deep = int(np.diff(cover.start).max(initial=0)) * int(cover.times.max(initial=1))
        weights = [np.abs(each.weight) for each in self.sums]
        least = [int(weight[weight > 0].min(initial=1 << 40)) for weight in weights]
        over = np.array([weight.max() / low for weight, low in zip(weights, least, strict=True)])
        deepest = max((float(over[mine].sum()) for mine in self._mine if mine), default=0.0)
        own = (
            problem.n_days * int(np.abs(problem.cost[tier]).max(initial=0))
            + int(self._pricer.reach()[tier])
            + 1
        )
        if own >= ROOM:
            raise TooLarge(f"costs of {own} pass the pricer's whole numbers")
        priced = problem.n_days * (deep + deepest) * self.dear
        part = min(1.0, (ROOM - own) / max(1.0, priced))
        scale = 1 << int(np.clip(np.floor(np.log2(ROOM / (own + part * priced))), 0, 8))
        most = part * self.dear
        return np.concatenate([np.full(cover.n_rows, most), most / np.array(least, float)]), scale

    def __call__(self, prices: Floats, seed: int = 0) -> tuple[int, Floats]:
        """(the Lagrangian at prices cut to the grid, in steps of it; the gradient there)."""
        scale, rows = self.scale, self.cover.n_rows
        whole = np.trunc(np.clip(prices, -self.most, self.most) * scale).astype(np.int64)
        covered, gradient = np.zeros(rows, np.int64), np.zeros(len(prices))
        days, total = np.arange(self.problem.n_days), 0
        for person, own in enumerate(self._own):
            cell = own - self.cover.priced(whole[:rows], person)
            for number in self._mine[person]:
                price = whole[rows + number]
                if price:
                    cell += price * self.sums[number].weight
            found = self._pricer.price(
                person, np.where(own >= FAR, FAR, cell), scale * self._weights, 1, seed
            )
            total += found.bound
            row = found.rows[0]
            self.cover.add(covered, person, row, 1)
            for number in self._mine[person]:
                each, price = self.sums[number], whole[rows + number]
                count = int(each.weight[days, row].sum())
                kept = min(max(count, each.least), each.most)
                if price:
                    kept = each.most if price > 0 else each.least
                total -= int(price) * kept
                gradient[rows + number] = count - kept
        floor = self._table * scale + whole[:rows, None] * self._count
        floor[self._never] = np.int64(HARD) << 20
        total += int(floor.min(axis=1).sum())
        gradient[:rows] = floor.argmin(axis=1) - covered
        return total + scale * self._constant, gradient

    def bound(self, total: int) -> int:
        """The bound that a value gives."""
        return -(-total // self.scale)


def _is_priced(rule: Sum, problem: RosterProblem) -> bool:
    """Hard sums over more than half of the horizon."""
    hard = rule.under is None and rule.over is None
    return hard and len(rule.days) > 0 and 2 * int(np.ptp(rule.days)) > problem.n_days


def _of_people(number: int, rule: Sum, problem: RosterProblem) -> list[Priced]:
    weight = daily(rule, problem.n_days)
    step = int(np.gcd.reduce(np.abs(weight), axis=None)) or 1
    weight = weight // step
    found = []
    for person in rule.people.tolist():
        allowed = problem.allowed[person]
        low = int(np.where(allowed, weight, np.iinfo(np.int64).max).min(axis=1).sum())
        high = int(np.where(allowed, weight, np.iinfo(np.int64).min).max(axis=1).sum())
        least = low if rule.least is None else max(low, -(-rule.least // step))
        most = high if rule.most is None else min(high, rule.most // step)
        if (least, most) != (low, high):
            found.append(Priced(number, person, step, weight, least, most))
    return found


def first_prices(lagrangian: Lagrangian, tier: int, stop: Stop) -> Floats:
    """(R + S,) prices from the compact program, or from those of stretches of days; 0 where they are not known.

    Prices of what stretches share differ from stretch to stretch.  With the mean of them for all, the programs are
    solved once more: then their prices of covers agree.
    """
    problem, rows = lagrangian.problem, lagrangian.cover.n_rows
    cells = int(problem.allowed[:, :, OFF + 1 :].sum())
    a_week = max(1.0, WEEK * cells / problem.n_days)
    length = problem.n_days if cells <= WHOLE else WEEK * max(1, round(CELLS / a_week))
    stretches = [(first, min(problem.n_days, first + length)) for first in range(0, problem.n_days, length)]
    found, shared = np.zeros(rows + len(lagrangian.sums)), Prices()
    for prices in (None, shared) if len(stretches) > 1 else (None,):
        found[:rows] = 0.0
        for first, last in stretches:
            if stop.now:
                return np.zeros(len(found))
            program = Compact(problem, tier, first, last, prices)
            duals = program.duals(stop)
            if duals is None:
                continue
            for row, of, share in program.shared:
                if prices is None:
                    shared[of] = shared.get(of, 0.0) - share * duals[row]
            for row, cover, sign in program.covers:
                found[cover] += sign * duals[row]
    for number, each in enumerate(lagrangian.sums):
        found[rows + number] = each.step * shared.get((each.rule, each.person), 0.0)
    return found


def begin(lagrangian: Lagrangian, tier: int, stop: Stop, tell: Tell) -> Raising:
    """The first prices, or none where they give no better bound."""
    nothing = np.zeros(len(lagrangian.most))
    least = lagrangian(nothing)[0]
    tell(lagrangian.bound(least))
    first = first_prices(lagrangian, tier, stop)
    return Raising(lagrangian, first if lagrangian(first)[0] > least else nothing)


class Raising:
    """Prices of a Lagrangian, climbed."""

    def __init__(self, lagrangian: Lagrangian, prices: Floats) -> None:
        self.lagrangian, self.prices = lagrangian, np.clip(prices, -lagrangian.most, lagrangian.most)

    def climb(self, value: int | None, over: Callable[[], bool], tell: Tell) -> None:
        """Step until it is ``over``, or steps are too short to matter; ``value`` is that of a legal roster."""
        lagrangian = self.lagrangian
        best, gradient = lagrangian(self.prices)
        told = lagrangian.bound(best)
        tell(told)
        mean, length, idle, turn = gradient, 1.0, 0, 0
        while (value is None or told < value) and length > SHORTEST and not over():
            norm = float(mean @ mean)
            if not norm:
                return
            turn += 1
            aim = AHEAD * max(abs(told), lagrangian.dear)
            if value is not None:
                aim = min(aim, value - best / lagrangian.scale)
            prices = np.clip(self.prices + length * aim / norm * mean, -lagrangian.most, lagrangian.most)
            here, gradient = lagrangian(prices, turn)
            if here > best:
                length = min(2.0, 1.1 * length) if gradient @ mean >= 0 else length
                best, self.prices, idle = here, prices, 0
                if lagrangian.bound(best) > told:
                    told = lagrangian.bound(best)
                    tell(told)
            else:
                idle += 1
                if idle > PATIENCE:
                    idle, length = 0, SHRINK * length
            mean = FRESH * gradient + (1 - FRESH) * mean


class Raiser:
    """Bounds of a first tier, for :mod:`beside`."""

    def __init__(self, problem: RosterProblem) -> None:
        self.problem, self.cover = problem, coverage(problem)

    def bound(self, tier: int, caps: Ints, roster: Roster, stop: Stop, tell: Tell) -> bool:
        """Better and better bounds of a tier until none comes or ``stop``; ``caps`` of earlier tiers are left out.

        Raises
        ------
        TooLarge
            If a person's automaton is too large even without any rule, or costs pass the pricer's whole numbers.
        """
        del caps
        try:
            legal = not evaluate.violations(self.problem, roster)
            value = int(evaluate.values(self.problem, roster)[tier]) if legal else None
            lagrangian = Lagrangian(self.problem, self.cover, tier, stop)
            begin(lagrangian, tier, stop, tell).climb(value, lambda: stop.now, tell)
        except OutOfTime:
            log.info("no time for the automata that bounds come from")
            return False
        return not stop.now
