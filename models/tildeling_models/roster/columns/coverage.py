"""What all schedules together must cover: counts, their exact cost, and what one more person would change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tildeling_models.roster.columns.compiled import kernel
from tildeling_models.roster.problem import Bools, Cover, Ints, RosterProblem

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Coverage:
    """The covers of a problem as rows over cells.

    Attributes
    ----------
    who
        (P, R) who counts for which cover.
    start, row, times
        The rows of cell ``c = day * (A + 1) + activity`` are ``row[start[c]:start[c + 1]]``; the cell counts that
        many ``times``.
    price
        (T, R, N + 1) cost of each count in each tier.
    breach
        (R, N + 1) by how much each count breaks the hard limits.
    top
        (R,) most that a count can be.
    """

    who: Bools
    start: Ints
    row: Ints
    times: Ints
    price: Ints
    breach: Ints
    top: Ints
    shape: tuple[int, int]

    @property
    def n_rows(self) -> int:
        """R."""
        return len(self.top)

    def counts(self, roster: Ints) -> Ints:
        """(R,) count of each cover in a roster (P, D)."""
        found = np.zeros(self.n_rows, np.int64)
        for person, row in enumerate(roster):
            self.add(found, person, row, 1)
        return found

    def add(self, counts: Ints, person: int, row: Ints, sign: int) -> None:
        """Count a person's schedule in, or out."""
        _add(self.start, self.row, self.times, self.who[person], row, self.shape[1], sign, counts)

    def table(self, weights: Ints, breach: int) -> Ints:
        """(R, N + 1) cost of each count at tier weights and a price of hard breaches."""
        return np.asarray(np.tensordot(weights, self.price, axes=1) + breach * self.breach)

    def marginal(self, table: Ints, counts: Ints, person: int) -> Ints:
        """(D, A + 1) what each cell of one more schedule would change."""
        found = np.zeros(self.shape, np.int64)
        _marginal(self.start, self.row, self.times, self.who[person], table, counts, found.ravel())
        return found

    def priced(self, prices: Ints, person: int) -> Ints:
        """(D, A + 1) sum of the rows' prices over each cell."""
        found = np.zeros(self.shape, np.int64)
        _priced(self.start, self.row, self.times, self.who[person], prices, found.ravel())
        return found

    def column(self, person: int, row: Ints) -> tuple[Ints, Ints]:
        """(rows, how often) that a schedule counts for."""
        counts = np.zeros(self.n_rows, np.int64)
        self.add(counts, person, row, 1)
        at = np.flatnonzero(counts)
        return at, counts[at]


def coverage(problem: RosterProblem) -> Coverage:
    """The covers of a problem."""
    covers, tiers = problem.covers, len(problem.tiers)
    days, codes = problem.n_days, problem.n_activities + 1
    who = np.array([cover.who for cover in covers], bool).reshape(len(covers), problem.n_people).T.copy()
    top = np.array([int(cover.who.sum()) * len(cover.days) for cover in covers], np.int64)
    size = int(top.max(initial=0)) + 1
    price = np.zeros((tiers, len(covers), size), np.int64)
    breach = np.zeros((len(covers), size), np.int64)
    entries: list[tuple[int, int]] = []
    known: dict[object, int] = {}
    for number, cover in enumerate(covers):
        name = cover.least, cover.most, cover.low, cover.high, cover.under, cover.over, cover.unit
        like = known.setdefault(name, number)
        if like != number:
            price[:, number], breach[number] = price[:, like], breach[like]
        else:
            for count in range(size):
                for tier, cost in cover.priced(count):
                    price[tier, number, count] += cost
                breach[number, count] = abs(cover.broken(count))
        at, code = np.nonzero(cover.of)
        entries += [(int(cell), number) for cell in cover.days[at] * codes + code]
    pairs, times = (
        np.unique(np.array(entries, np.int64), axis=0, return_counts=True)
        if entries
        else (np.zeros((0, 2), np.int64), np.zeros(0, np.int64))
    )
    start = np.searchsorted(pairs[:, 0], np.arange(days * codes + 1)).astype(np.int64)
    return Coverage(who, start, pairs[:, 1].copy(), times.astype(np.int64), price, breach, top, (days, codes))


def limits(cover: Cover) -> tuple[int | None, int | None]:
    """The counts that cost nothing: the wanted range within the hard one."""
    lows = [cover.least, cover.low if cover.under is not None else None]
    highs = [cover.most, cover.high if cover.over is not None else None]
    return (
        max((each for each in lows if each is not None), default=None),
        min((each for each in highs if each is not None), default=None),
    )


@kernel
def _add(
    start: Ints, row: Ints, times: Ints, who: Bools, schedule: Ints, codes: int, sign: int, counts: Ints
) -> None:
    for day in range(len(schedule)):
        cell = day * codes + schedule[day]
        for at in range(start[cell], start[cell + 1]):
            if who[row[at]]:
                counts[row[at]] += sign * times[at]


@kernel
def _marginal(
    start: Ints, row: Ints, times: Ints, who: Bools, table: Ints, counts: Ints, found: Ints
) -> None:
    for cell in range(len(found)):
        for at in range(start[cell], start[cell + 1]):
            if who[row[at]]:
                now = counts[row[at]]
                found[cell] += table[row[at], now + times[at]] - table[row[at], now]


@kernel
def _priced(start: Ints, row: Ints, times: Ints, who: Bools, prices: Ints, found: Ints) -> None:
    for cell in range(len(found)):
        for at in range(start[cell], start[cell + 1]):
            if who[row[at]]:
                found[cell] += times[at] * prices[row[at]]
