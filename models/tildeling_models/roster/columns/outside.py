"""Rules that are not in a person's automaton: hard ones are checked, and mended; prices are added afterwards."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np

from tildeling_models.roster import evaluate
from tildeling_models.roster.columns.counters import daily
from tildeling_models.roster.columns.kernels import FAR, Small
from tildeling_models.roster.columns.reading import prices
from tildeling_models.roster.problem import Ints, RosterProblem, Rule, Sum


@dataclass(eq=False)
class Weights:
    """Weights of sums (n, D, A + 1) by day and activity; equal ones are kept once."""

    stack: Small
    places: dict[bytes, int] = field(default_factory=dict)

    def place(self, weight: Ints) -> int:
        """Where a weight is."""
        small = weight.astype(np.int32)
        name = small.tobytes()
        if name not in self.places:
            self.places[name] = len(self.places)
            self.stack = np.concatenate([self.stack, small[None]])
        return self.places[name]


class Outside:
    """One person's rules that the automaton does not read: ``hard`` ones, and ``priced`` ones without hard limits."""

    def __init__(
        self,
        problem: RosterProblem,
        person: int,
        hard: dict[Hashable, Rule],
        priced: list[Rule],
        weights: Weights,
    ) -> None:
        self.problem, self.person, self.hard, self.priced, self._weights = (
            problem,
            person,
            hard,
            priced,
            weights,
        )
        self._caps: list[Hashable] = []
        self._others: list[tuple[Hashable, Rule]] = []
        places, limits = [], []
        for name, rule in hard.items():
            if isinstance(rule, Sum) and rule.most is not None and rule.least is None and not prices(rule):
                self._caps.append(name)
                places.append(weights.place(daily(rule, problem.n_days)))
                limits.append(rule.most)
            else:
                self._others.append((name, rule))
        self._places, self._limits = np.array(places, np.int64), np.array(limits, np.int64)
        self._days = np.arange(problem.n_days)

    def broken(self, row: Ints) -> list[Hashable]:
        """Names of the hard rules that a schedule breaks."""
        found: list[Hashable] = []
        if self._caps:
            count = self._weights.stack[self._places[:, None], self._days, row].sum(axis=1)
            found = [self._caps[n] for n in np.flatnonzero(count > self._limits)]
        for name, rule in self._others:
            if any(each.hard for each in evaluate.check(rule, self.problem, self.person, row)):
                found.append(name)
        return found

    def paid(self, row: Ints) -> Ints:
        """(T,) what a schedule pays for the rules outside."""
        found = np.zeros(len(self.problem.tiers), np.int64)
        for rule in (*self.priced, *(rule for _, rule in self._others)):
            for each in evaluate.check(rule, self.problem, self.person, row):
                if not each.hard:
                    found[each.tier] += each.cost
        return found

    @property
    def pays(self) -> bool:
        """Whether schedules may pay for a rule outside."""
        return bool(self.priced or self._others)

    def ceilings(self) -> list[tuple[Ints, int]]:
        """(weight (D, A + 1), most) of each hard ceiling of a sum."""
        return [
            (self._weights.stack[place], limit)
            for place, limit in zip(self._places.tolist(), self._limits.tolist(), strict=True)
        ]

    def mend(self, name: Hashable, row: Ints, cell: Small, turn: int) -> None:
        """Change the costs of cells so that the next schedule breaks a rule less than ``row`` does.

        Ceilings forbid what counts on some of its days.  Floors forbid what counts for nothing on a day; all other
        rules a day's work.  ``turn`` says which days.
        """
        rule = self.hard[name]
        if isinstance(rule, Sum):
            weight = daily(rule, self.problem.n_days)
            counts = weight[self._days, row]
            total = int(counts.sum())
            if rule.most is not None and total > rule.most:
                days = np.flatnonzero(counts > 0)
                excess = -(-(total - rule.most) // counts.max())
                for day in np.roll(days, turn)[:excess]:
                    cell[day, weight[day] > 0] = FAR
                return
            best = np.where(cell < FAR, weight, np.iinfo(np.int64).min).max(axis=1)
            days = np.flatnonzero(best > counts)
            if rule.least is not None and len(days):
                missing = -(-(rule.least - total) // int((best - counts)[days].max()))
                for day in np.roll(days, turn)[:missing]:
                    cell[day, weight[day] <= counts[day]] = FAR
                return
        days = np.flatnonzero(row)
        if len(days):
            cell[days[turn % len(days)], 1:] = FAR
        else:
            cell[turn % len(cell), 0] = FAR
