"""A first roster person by person, and ruin and recreate.

Some people are taken out, and put back one by one with the schedule that costs least beside the others'
(Schrimpf, Schneider, Stamm-Wilbrandt and Dueck 2000, "Record breaking optimization results using the ruin and
recreate principle"); worse plans are accepted as in simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.problem import Bools

GROUP = 4
"""People taken out at a time, at most."""

LONG = 70
"""Days from which a horizon is worked on in windows of at most as many."""

COLD = 0.02
"""Last temperature over the first."""


def first_plan(stage: Stage) -> Plan | None:
    """Everyone in turn gets the schedule that costs least beside those before; None if time ran out."""
    plan = Plan(stage.problem, stage.cover, stage.pricer, stage.weigh)
    for person in stage.rng.permutation(stage.problem.n_people).tolist():
        if stage.stop.now or not plan.insert(person, person):
            return None
    return plan


def improve(stage: Stage, plan: Plan, part: Callable[[], float], warmth: float = 1.0) -> Plan:
    """Ruin and recreate until ``part`` () reaches 1; the plan it ends with.  The stage keeps the best."""
    rng, people = stage.rng, stage.problem.n_people
    now = plan.cost()
    heat = warmth * _heat(stage, now)
    seed = 0
    while (done := part()) < 1.0 and not stage.over:
        for _ in range(10):
            seed += 1
            stage.tries += 1
            group = rng.permutation(people)[: int(rng.integers(1, min(GROUP, people) + 1))].tolist()
            before = [(person, plan.rows[person].copy(), plan.values[person].copy()) for person in group]
            open_days = _window(stage)
            held = {person: None if open_days is None else (row, open_days) for person, row, _ in before}
            for person in group:
                plan.take(person)
            whole = all(plan.insert(person, seed, held[person]) for person in rng.permutation(group).tolist())
            after = plan.cost() if whole else math.inf
            limit = now - heat * COLD**done * math.log(max(1e-12, float(rng.random())))
            if after <= limit:
                if after < now:
                    for person in group:
                        stage.remember(person, plan.rows[person], plan.values[person])
                    stage.offer(plan)
                now = int(after)
                continue
            for person, row, values in before:
                if plan.rows[person][0] >= 0:
                    plan.take(person)
                plan.put(person, row, values)
    return plan


def _window(stage: Stage) -> Bools | None:
    """(D,) days that may change; None for all.  Long horizons are worked on in windows."""
    days = stage.problem.n_days
    if days <= LONG:
        return None
    length = int(stage.rng.integers(14, LONG))
    first = int(stage.rng.integers(-length // 2, days - length // 2))
    when = np.arange(days)
    return np.asarray((when >= first) & (when < first + length))


def _heat(stage: Stage, cost: int) -> float:
    """First temperature: about the price of a unit of cover, and not more than a share of the cost."""
    steps = np.abs(np.diff(stage.weigh.table, axis=1)) if stage.cover.n_rows else np.zeros(0)
    steps = steps[(steps > 0) & (steps < stage.weigh.breach)]
    unit = float(np.median(steps)) if steps.size else 1.0
    return max(0.5, min(0.5 * unit, 0.01 * abs(cost)))
