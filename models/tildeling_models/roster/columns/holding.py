"""From the master's fractions to whole rosters, a week of a person at a time, for schedules of many weeks.

A whole schedule of eight weeks has a small level in the master, and holding people to theirs raises it at once
(:mod:`dive` does that, and is right for a month).  Here the weeks that the master agrees on are held, and new columns
are priced to the end after each step: a dive (Joncour, Michel, Sadykov, Sverdlov and Vanderbeck 2010) on parts of
columns, which closes cells only and so leaves the pricer as it is.  A step that raises the master too much is taken
back, and a smaller one made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from tildeling_models.roster.columns.coverage import Floats
from tildeling_models.roster.columns.generation import SLACK, Generation, Node
from tildeling_models.roster.columns.master import LEVEL
from tildeling_models.roster.columns.part import cheapest, part
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.problem import Bools, Ints

WEEK = 7
"""Days that are held together."""

SURE = 0.95
"""Share from which a week of a person is held whatever else is."""

STEP = 0.04
"""Part of all weeks of people that are held in one step beside those that are sure, at most."""

RISE = 0.004
"""Part of its value by which a step may raise the master; one of a single week may raise it by anything."""

NEAR = 0.001
"""Part of its value above which pricing goes on after a step."""

ROUNDS, WANT = 60, 2
"""Rounds of pricing after a step, and schedules of a person in each, at most."""

DEEP = 60
"""Columns of a person that are kept from one step to the next, those of least reduced cost."""

CHANCE = 0.01
"""Noise on shares, so that no two dives are the same."""


class Choice(NamedTuple):
    """A person's week as ``share`` of the master has it: number of the person, number of the week, pattern."""

    share: float
    person: int
    week: int
    pattern: Ints


def hold(stage: Stage, generation: Generation, rest: Plan, until: float) -> bool:
    """Hold the weeks of a generation's people until all are held; whether the stage has a better plan now.

    ``rest`` holds everyone that the master does not have.  Steps get larger as the part of the stage that is spent
    comes near to ``until``.  The generation and its master stay as they are.
    """
    people = generation.master.people
    own, offset = part(stage, rest, people, cheapest(generation, people, DEEP))
    dive = _Dive(stage, own, offset, until)
    if own.run(stage.stop, rounds=ROUNDS, want=WANT) and dive.run():
        return stage.offer(dive.plan(rest))
    return False


@dataclass(frozen=True, eq=False)
class _Columns:
    """The master's columns: number of the person (n,), schedules (n, D) and levels (n,)."""

    owner: Ints
    rows: Ints
    level: Floats

    @classmethod
    def of(cls, generation: Generation) -> _Columns:
        master = generation.master
        owner = np.array([master.number[person] for person in master.owner], np.int64)
        rows = np.array(master.schedule, np.int64).reshape(len(owner), -1)
        level = np.zeros(len(owner))
        level[: len(master.level)] = master.level
        return cls(owner, rows, level)

    def open(self, shut: Bools) -> Bools:
        """(n,) columns without a closed cell (k, D, A + 1)."""
        days = np.arange(self.rows.shape[1])
        return np.asarray(~shut[self.owner[:, None], days, self.rows].any(axis=1))


class _Dive:
    """Steps down from a generation's node; ``free`` (k, W) are the weeks that are not yet held."""

    def __init__(self, stage: Stage, generation: Generation, offset: int, until: float) -> None:
        self.stage, self.generation, self.until = stage, generation, until
        days = stage.problem.n_days
        self.weeks = [(max(0, last - WEEK), last) for last in range(days, 0, -WEEK)][::-1]
        self.free = np.ones((len(generation.master.people), len(self.weeks)), bool)
        self.calm = self.quota = max(1, int(STEP * self.free.size))
        self.rise = RISE
        self.ceiling = np.inf if stage.value is None else float(stage.value - offset)

    def run(self) -> bool:
        """Whether all weeks are held, and below the incumbent."""
        steps, since = 0, self.stage.spent
        while self.free.any():
            if self.stage.over or not self._step():
                return False
            self._tidy()
            steps += 1
            self._hurry((self.stage.spent - since) / steps)
        return True

    def _hurry(self, lasted: float) -> None:
        """Let the next step be as large as it has to be if each takes what they have ``lasted`` so far.

        The master gets smaller, and steps shorter; but counting on that left the last quarter of a dive on n060w8_0
        to one step, which ended above the incumbent.
        """
        steps = max(1.0, (self.until - self.stage.spent) / max(1e-9, lasted))
        haste = max(1.0, float(self.free.sum()) / (steps * self.calm))
        self.rise = RISE * haste
        self.quota = int(self.calm * haste) if haste > 1.0 else min(self.calm, 2 * self.quota)

    def plan(self, rest: Plan) -> Plan:
        """The roster that the weeks add up to."""
        master, whole = self.generation.master, rest.copy()
        for column in np.flatnonzero(master.level > 0.5).tolist():
            whole.put(master.owner[column], master.schedule[column], master.values[column])
        return whole

    def _step(self) -> bool:
        """Hold some more weeks; whether the master can still end below the incumbent."""
        generation, node, free = self.generation, self.generation.node, self.free.copy()
        before, columns = generation.master.value, _Columns.of(generation)
        choices = self._choices(columns)
        while True:
            shut, unsure = self._pick(columns, choices, node)
            child = replace(node, shut=shut)
            generation.enter(child)
            highest = before + self.rise * abs(before)
            solved = generation.run(
                self.stage.stop, rounds=ROUNDS, want=WANT, enough=before + NEAR * abs(before),
                ceiling=self.ceiling if unsure <= 1 else min(self.ceiling, highest + 1.0),
            )  # fmt: skip
            if self.stage.over or unsure <= 1 or (solved and generation.master.value <= highest):
                return solved and generation.master.value < self.ceiling - SLACK
            self.free[:] = free
            self.quota = max(1, unsure // 3)

    def _choices(self, columns: _Columns) -> list[Choice]:
        """Patterns of weeks that are free, those of most share first."""
        found = []
        live = np.flatnonzero(columns.level > LEVEL)
        for week, (first, last) in enumerate(self.weeks):
            seen: dict[tuple[int, bytes], float] = {}
            for column in live[self.free[columns.owner[live], week]].tolist():
                name = int(columns.owner[column]), columns.rows[column, first:last].tobytes()
                seen[name] = seen.get(name, 0.0) + float(columns.level[column])
            found += [
                Choice(share, person, week, np.frombuffer(pattern, np.int64))
                for (person, pattern), share in seen.items()
            ]
        noise = CHANCE * self.stage.rng.random(len(found))
        return [found[n] for n in np.argsort(noise - [choice.share for choice in found], kind="stable")]

    def _pick(self, columns: _Columns, choices: list[Choice], node: Node) -> tuple[Bools, int]:
        """The node's closed cells and those that hold more weeks, and how many of these were not sure.

        Of a person one week that is not sure is held at a time, and of a week that of a few people, for such
        choices are in each other's way.  Some column of the person has to have all of it.
        """
        shut, unsure = node.shut.copy(), 0
        people: set[int] = set()
        weeks = np.zeros(len(self.weeks), np.int64)
        for share, person, week, pattern in choices:
            sure = share >= SURE
            if not sure and unsure >= self.quota:
                break
            if not self.free[person, week]:
                continue
            if not sure and (person in people or weeks[week] >= max(1, self.quota // 4)):
                continue
            first, last = self.weeks[week]
            cells = shut[person].copy()
            cells[first:last] |= np.arange(cells.shape[1]) != pattern[:, None]
            own = columns.rows[columns.owner == person]
            if cells[np.arange(len(cells)), own].any(axis=1).all():
                continue
            shut[person], self.free[person, week] = cells, False
            if not sure:
                unsure += 1
                people.add(person)
                weeks[week] += 1
        return shut, unsure

    def _tidy(self) -> None:
        """Drop closed columns, and those of much reduced cost."""
        generation = self.generation
        columns, reduced = _Columns.of(generation), generation.master.reduced()
        kept = columns.open(generation.node.shut)
        rank = np.where(columns.level > LEVEL, -np.inf, reduced)
        for person in range(len(generation.master.people)):
            own = np.flatnonzero(kept & (columns.owner == person))
            kept[own[np.argsort(rank[own], kind="stable")[DEEP:]]] = False
        generation.master.keep(kept)
