"""Everyone's schedules in the compiled kernels' arrays: made, changed by ruin and recreate, and read back."""

from __future__ import annotations

import numpy as np

from tildeling_models.roster import evaluate
from tildeling_models.roster.columns.annealing import Best, anneal, change, use
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.pooled import Ceilings, Covering, Pool, ceilings, pool
from tildeling_models.roster.columns.pricing import Room, price
from tildeling_models.roster.columns.rolling import roll
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.columns.stretch import Seats, tails, walk
from tildeling_models.roster.problem import Ints


class Moving:
    """The plan under change, and the best one so far; ``now`` and ``least`` are what they cost."""

    def __init__(self, stage: Stage, made: Pool, caps: Ceilings) -> None:
        problem, cover = stage.problem, stage.cover
        self.stage, self._pool, self._caps = stage, made, caps
        day = np.array([min(each.days, default=0) for each in problem.covers], np.int64)
        self._cover = Covering(cover.start, cover.row, cover.times, cover.who, stage.weigh.table, day)
        people, days, codes = problem.allowed.shape
        nodes = int((made.layer[:, -1] - made.layer[:, 0]).max())
        self._seats = Seats(
            np.full((people, days), -1), np.zeros((people, days + 1), np.int64),
            np.zeros((people, days + 1, 3), np.int64), np.zeros((people, days + 1), np.int64),
            np.zeros(len(caps.limit), np.int64), np.zeros(cover.n_rows, np.int64),
        )  # fmt: skip
        self._room = Room(
            np.zeros((nodes, 6), np.int64), np.zeros((nodes, 6), np.int64), np.zeros(nodes, np.int64),
            np.zeros((days, codes), np.int32), np.zeros((days, int(made.kind.max()) + 1), np.int32),
            np.zeros(days, np.int64),
        )  # fmt: skip
        self._table = np.zeros(1024, np.int32)
        self._random = stage.rng.integers(1, 1 << 63, 1).astype(np.uint64)
        self._best = Best(np.full((people, days), -1), np.zeros(people, bool))
        self._values: dict[int, tuple[bytes, Ints]] = {}
        self._step = np.maximum(1, np.abs(made.move).max(axis=0, initial=1))
        self._pools: dict[tuple[int, ...], Pool] = {}
        self._aim, self._pull = np.zeros((3, 2), np.int64), np.full(3, -1)
        self.now = self.least = 0
        self._toll = np.zeros((len(made.layer), 3), np.int64)
        self._bare = made.arc_cost.copy()

    @property
    def blocks(self) -> Ints:
        """(C, 3) days of the longest block that a counter of a class counts up to a hard limit, else 0."""
        return self._pool.blocks

    def charge(self, toll: Ints) -> None:
        """Let each step of a counter cost ``toll`` (C, 3) more, by class; ``now`` holds it, ``least`` does not."""
        if (toll == self._toll).all():
            return
        pool, seats = self._pool, self._seats
        self.now -= self.owed
        self._toll = toll
        of = np.searchsorted(pool.into[pool.layer[:, -1]], np.arange(len(self._bare)), side="right")
        pool.arc_cost[:] = self._bare + (pool.move * toll[of]).sum(axis=1)
        for person in range(len(seats.row)):
            walk(pool, seats, person, 0, seats.row.shape[1])
        self.now += self.owed

    @property
    def owed(self) -> int:
        """What everyone pays in tolls."""
        return int((self._toll[self._pool.of] * self._seats.counted[:, -1]).sum())

    @property
    def ceilings(self) -> int:
        """Ceilings that the automata do not read: with any, a stretch need not be the best."""
        return len(self._caps.limit)

    def put(self, person: int, row: Ints) -> None:
        """Give a person who has none a schedule."""
        seats = self._seats
        seats.row[person] = row
        seats.node[person, 0] = self._pool.layer[self._pool.of[person], 0]
        if not walk(self._pool, seats, person, 0, len(row)):
            raise ValueError(f"the automaton of person {person} does not allow the schedule")
        change(self._pool, self._caps, self._cover, seats, person, 0, len(row), 1)

    def swap(self, person: int, row: Ints, values: Ints) -> None:
        """Give a person another schedule, of which the values are known."""
        change(self._pool, self._caps, self._cover, self._seats, person, 0, len(row), -1)
        self.put(person, row)
        self._values[person] = row.tobytes(), values.copy()

    def load(self, plan: Plan) -> None:
        """Begin from a plan; nobody has a schedule before."""
        for person, row in enumerate(plan.rows):
            self.put(person, row)
            self._values[person] = row.tobytes(), plan.values[person].copy()
        self._best.row[:] = plan.rows
        self.now = self.least = plan.cost()

    def roll(self, person: int, ahead: int, kept: int, dear: int, inside: int) -> bool:
        """Give a person a schedule, stretch by stretch; whether it came out.

        A day's count outside of its share costs ``dear``; ``inside`` days' counts are kept from the share's limits.
        """
        pull = np.maximum(1, dear // self._step)
        found, self._table = roll(
            self._pool, self._caps, self._cover, self._seats, person, 0, ahead, kept, pull, inside * self._step,
            self._room, self._table, self._random,
        )  # fmt: skip
        return bool(found)

    def schedule(self, person: int) -> tuple[Ints, Ints]:
        """A person's schedule (D,) and what it adds to each tier (T,)."""
        return self._valued(person, self._seats.row[person])

    def stretch(self, person: int, first: int, last: int, cell: Ints, weights: Ints) -> Ints | None:
        """(last - first,) the stretch of least cost at prices ``cell`` (last - first, A + 1), everything else held."""
        name = tuple(weights.tolist())
        made = self._pools.get(name)
        if made is None:
            self._pools.clear()
            made = self._pools[name] = pool(self.stage.pricer, weights)
        self._room.cell[: last - first] = cell
        seats, caps = self._seats, self._caps
        use(caps, seats, person, first, last, -1)
        after = tails(made, seats, person, last)
        found, self._table = price(
            made, caps, seats, person, first, last, after, self._room, self._table, self._aim, self._pull,
            self._random,
        )  # fmt: skip
        use(caps, seats, person, first, last, 1)
        return self._room.row[first:last].copy() if found else None

    def anneal(self, heat: float, moves: int, group: int, shortest: int, longest: int, dear: int = 1) -> None:
        """So many moves of at most ``group`` people and ``shortest`` to ``longest`` days.

        Half of them open days around a cover that costs at least ``dear``, where one is soon found.
        """
        days = self._seats.row.shape[1]
        self.now, self.least, inserts, self._table = anneal(
            self._pool, self._caps, self._cover, self._seats, self._best, self._room, self._table, self._random,
            self.now, self.least, heat, moves, group, min(shortest, days), min(longest, days), self._toll, dear,
        )  # fmt: skip
        self.stage.tries += moves + int(inserts)

    def plan(self) -> Plan:
        """The plan as it is."""
        return self._plan(self._seats.row)

    def best_plan(self) -> Plan:
        """The best so far."""
        return self._plan(self._best.row)

    def _plan(self, rows: Ints) -> Plan:
        stage = self.stage
        found = Plan(stage.problem, stage.cover, stage.pricer, stage.weigh)
        for person, row in enumerate(rows):
            found.put(person, *self._valued(person, row))
        return found

    def _valued(self, person: int, row: Ints) -> tuple[Ints, Ints]:
        name = row.tobytes()
        known = self._values.get(person)
        if known is None or known[0] != name:
            known = self._values[person] = name, evaluate.person_values(self.stage.problem, person, row)
        return row, known[1]


def moving(stage: Stage) -> Moving | None:
    """The kernels' arrays; None where rules are left to be read one schedule at a time."""
    if stage.problem.cyclic or not stage.problem.n_people:
        return None
    made = pool(stage.pricer, stage.weigh.weights)
    caps = ceilings(stage.pricer)
    return None if caps is None else Moving(stage, made, caps)
