"""Which people and days to free next: several kinds of neighbourhood, taken the more often the more they gained.

Adaptive large neighbourhood search (Pisinger and Ropke 2007, "A general heuristic for vehicle routing problems"):
a kind is drawn with a chance in proportion to a running mean of what it gained per second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tildeling_models.roster.neighbourhoods.counting import Counting
from tildeling_models.roster.problem import Bools, Ints, RosterProblem

SIZE = 100
"""Open days (of all people together) that a neighbourhood frees, to begin with."""

LEAST_SIZE = 15
"""Open days below which none is shrunk."""

MEMORY = 0.85
"""How much of a kind's mean is kept as it is used once more."""

NEAR = 10
"""Days around a cover that costs something which are freed with it."""


@dataclass(frozen=True, eq=False)
class Choice:
    """Who is free (k,), and when (k, D)."""

    kind: str
    people: Ints
    free: Bools


@dataclass(eq=False)
class _Kind:
    """How well a kind did: gain a second against that of the others, and how much it frees."""

    worth: float = 1.0
    size: float = SIZE


class Chooser:
    """Draws neighbourhoods; sizes and worths learned in one tier are where the next begins."""

    def __init__(self, problem: RosterProblem, counting: Counting, seed: int) -> None:
        self.problem, self.counting = problem, counting
        self.rng = np.random.default_rng(seed)
        self.open: Bools = problem.allowed.sum(axis=2) > 1
        self.able = np.flatnonzero(self.open.any(axis=1))
        self.makers: dict[str, Callable[[int, Ints, Ints], tuple[Ints, Bools]]] = {
            "people": self._people,
            "dear people": self._dear_people,
            "weeks": self._weeks,
            "around a cover": self._around,
            "people for a while": self._while,
        }
        self.kinds = {name: _Kind() for name in self.makers}

    @property
    def spent(self) -> bool:
        """Whether nothing is open at all."""
        return not len(self.able)

    def next(self, personal: Ints, covers: Ints) -> Choice:
        """A neighbourhood, given what each person (P,) and each cover (R,) costs in the tier."""
        names = list(self.kinds)
        worth = np.array([self.kinds[name].worth for name in names])
        chance = worth + 0.1 * max(worth.sum(), 1e-9)
        name = names[int(self.rng.choice(len(names), p=chance / chance.sum()))]
        people, free = self.makers[name](int(self.kinds[name].size), personal, covers)
        free = free & self.open[people]
        used = free.any(axis=1)
        return Choice(name, people[used], free[used])

    def learn(self, choice: Choice, gain: float, seconds: float, proven: bool, whole: bool) -> None:
        """Remember what a neighbourhood gained, a share of the tier's value; grow those that were quick.

        ``proven``: nothing better was left in it; ``whole``: it took all of its time.
        """
        kind = self.kinds[choice.kind]
        rate = min(1.0, 100.0 * gain / max(seconds, 0.05))
        kind.worth = MEMORY * kind.worth + (1 - MEMORY) * rate
        if proven and not whole:
            kind.size = min(float(self.open.sum()), kind.size * 1.2)
        elif not proven:
            kind.size = max(float(LEAST_SIZE), kind.size * 0.8)

    def _fitting(self, order: Ints, days: Bools, size: int) -> Ints:
        """The first people of an order until so many open days among ``days`` are free, at least one."""
        total = np.cumsum(self.open[order][:, days].sum(axis=1))
        return np.sort(order[: max(1, int(np.searchsorted(total, size)))])

    def _people(self, size: int, personal: Ints, covers: Ints) -> tuple[Ints, Bools]:
        del personal, covers
        every = np.ones(self.problem.n_days, bool)
        people = self._fitting(self.rng.permutation(self.able), every, size)
        return people, np.tile(every, (len(people), 1))

    def _dear_people(self, size: int, personal: Ints, covers: Ints) -> tuple[Ints, Bools]:
        """People who cost much, sooner than others; every second time with days of nobody else's choosing."""
        del covers
        every = np.ones(self.problem.n_days, bool)
        people = self._fitting(self._drawn(self.able, personal[self.able]), every, size)
        return people, np.tile(every, (len(people), 1))

    def _drawn(self, members: Ints, weight: Ints) -> Ints:
        """Members in a random order, heavy ones sooner (Efraimidis and Spirakis 2006)."""
        weight = weight - min(0, int(weight.min(initial=0)))
        keys = self.rng.exponential(size=len(members)) / (weight + 0.1 * weight.mean() + 1e-9)
        return members[np.argsort(keys)]

    def _weeks(self, size: int, personal: Ints, covers: Ints) -> tuple[Ints, Bools]:
        """All people on days in a row, in a cycle over its end too; sooner where covers cost something."""
        del personal
        days = self.problem.n_days
        length = max(5, min(days, size // max(1, int(self.open.sum(axis=1).mean() / days * len(self.able)))))
        begin = self._day(covers) - int(self.rng.integers(length))
        at = begin + np.arange(length)
        inside = np.zeros(days, bool)
        inside[at % days if self.problem.cyclic else at[(at >= 0) & (at < days)]] = True
        return self.able, np.tile(inside, (len(self.able), 1))

    def _day(self, covers: Ints) -> int:
        """A day with something open; every second time one of a cover that costs something."""
        days = np.flatnonzero(self.open.any(axis=0))
        row = self._cover(covers) if self.rng.random() < 0.5 else None
        if row is None:
            return int(self.rng.choice(days))
        return int(self.rng.choice(self.problem.covers[row].days))

    def _cover(self, covers: Ints) -> int | None:
        total = covers.clip(min=0).sum()
        if not total:
            return None
        return int(self.rng.choice(len(covers), p=covers.clip(min=0) / total))

    def _around(self, size: int, personal: Ints, covers: Ints) -> tuple[Ints, Bools]:
        """People who could help at a cover that costs something, on the days around it."""
        row = self._cover(covers)
        if row is None:
            return self._while(size, personal, covers)
        cover = self.problem.covers[row]
        who = np.intersect1d(np.flatnonzero(cover.who), self.able)
        return self._some(who, int(self.rng.choice(cover.days)), NEAR, size)

    def _while(self, size: int, personal: Ints, covers: Ints) -> tuple[Ints, Bools]:
        """Some people for a quarter of the days or more."""
        del personal, covers
        day = int(self.rng.choice(np.flatnonzero(self.open.any(axis=0))))
        return self._some(self.able, day, int(self.problem.n_days * self.rng.uniform(0.12, 0.3)), size)

    def _some(self, members: Ints, day: int, near: int, size: int) -> tuple[Ints, Bools]:
        days = self.problem.n_days
        away = np.abs(np.arange(days) - day)
        if self.problem.cyclic:
            away = np.minimum(away, days - away)
        people = self._fitting(self.rng.permutation(members), away <= near, size)
        return people, np.tile(away <= near, (len(people), 1))
