"""The work on one tier: what is known so far, what may still be spent, and who is told."""

from __future__ import annotations

import threading

import numpy as np

from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Moment
from tildeling_models.roster.bounds import raised
from tildeling_models.roster.columns.coverage import Coverage
from tildeling_models.roster.columns.plan import Plan, Weighing
from tildeling_models.roster.columns.pricer import Pricer
from tildeling_models.roster.problem import Ints, Roster, RosterProblem
from tildeling_models.stop import Stop

CALLS = 20
"""Schedules priced per unit of the work limit, in deterministic mode."""

ENDLESS_S = 60.0
"""Seconds after which half is spent where there is no deadline, so that every part of the work has its turn."""

KEPT = 40
"""Schedules of a person that the pool keeps."""


class Stage:
    """One tier's incumbent, bound, pool of good schedules and history; later tiers break ties."""

    def __init__(
        self,
        problem: RosterProblem,
        cover: Coverage,
        pricer: Pricer,
        weigh: Weighing,
        tier: int,
        caps: Ints,
        options: Options,
        stop: Stop,
        progress: Progress,
    ) -> None:
        self.problem, self.cover, self.pricer, self.weigh = problem, cover, pricer, weigh
        self.tier, self.caps, self.options, self.stop, self.progress = tier, caps, options, stop, progress
        self.rng = np.random.default_rng((options.seed, tier))
        self.best: Plan | None = None
        self.totals: Ints | None = None
        self.bound: int | None = None
        self.history: list[Moment] = []
        self.pool: list[dict[bytes, tuple[Ints, Ints]]] = [{} for _ in range(problem.n_people)]
        self.grain = pricer.grain(tier)
        self.tries = 0
        self._since = stop.elapsed
        self._lock = threading.RLock()  # bounds may come from another thread
        self._calls = pricer.calls

    @property
    def value(self) -> int | None:
        """The incumbent's value in the tier."""
        return None if self.totals is None else int(self.totals[self.tier])

    @property
    def closed(self) -> bool:
        """Whether the gap is as small as was asked."""
        return self.gap <= self.options.gap

    @property
    def gap(self) -> float:
        """The gap, a fraction; infinite where value or bound is not known."""
        if self.value is None or self.bound is None:
            return float("inf")
        return (self.value - self.bound) / max(1, abs(self.value))

    @property
    def spent(self) -> float:
        """Part of the tier's time, or in deterministic mode of its work, that is spent; below 1 for ever without a
        deadline."""
        if self.options.deterministic:
            return (self.pricer.calls - self._calls + self.tries) / (CALLS * self.options.work_limit)
        elapsed = self.stop.elapsed - self._since
        whole = elapsed + ENDLESS_S if self.stop.seconds is None else self.stop.seconds - self._since
        return elapsed / whole if whole > 0 else 1.0

    @property
    def over(self) -> bool:
        """Whether to end the work on this tier."""
        return self.stop.now or self.closed or self.spent >= 1.0

    def offer(self, plan: Plan) -> bool:
        """Keep a plan that is legal and better than the incumbent; whether it was."""
        if not plan.legal():
            return False
        totals = plan.totals()
        if (totals[: self.tier] > self.caps).any():
            return False
        if self.totals is not None and tuple(totals[self.tier :]) >= tuple(self.totals[self.tier :]):
            return False
        for person in range(self.problem.n_people):
            self.remember(person, plan.rows[person], plan.values[person])
        with self._lock:
            self.best, self.totals = plan.copy(), totals
            self.tell()
        self.progress.incumbent(Roster(plan.rows.copy()))
        return True

    def lift(self, bound: int | None) -> None:
        """Keep a bound that is better than the one known."""
        if bound is not None:
            bound = raised(bound, int(self.problem.constant[self.tier]), self.grain)
        with self._lock:
            if bound is not None and (self.bound is None or bound > self.bound):
                self.bound = bound
                self.tell()

    def tell(self) -> None:
        """Write the history, and tell who listens."""
        elapsed, name = self.stop.elapsed, self.problem.tiers[self.tier]
        self.history.append(Moment(elapsed, name, self.value, self.bound))
        left = None if self.stop.seconds is None else self.stop.left
        self.progress.event(Event("columns", name, self.value, self.bound, elapsed, left))

    def remember(self, person: int, row: Ints, values: Ints) -> None:
        """Put a schedule of a person into the pool; the oldest leaves."""
        own, name = self.pool[person], row.tobytes()
        own.pop(name, None)
        own[name] = row.copy(), values.copy()
        if len(own) > KEPT:
            del own[next(iter(own))]
