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
from tildeling_models.roster.columns.pricer import NoSchedule
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.problem import Bools

GROUP = 4
"""People taken out at a time, at most."""

LONG = 70
"""Days from which a horizon is worked on in windows of at most as many."""

HEAVY = 3_000_000
"""Entries of the pricer's table from which only windows of a horizon are priced here."""

SPAN = 21
"""Longest window, in days, where a table is heavy."""

COLD = 0.02
"""Last temperature over the first."""


def first_plan(stage: Stage) -> Plan | None:
    """Everyone in turn gets the schedule that costs least beside those before; None if time ran out.

    Where a whole horizon takes long to price, a schedule is fitted from another person's, window by window.
    """
    plan = Plan(stage.problem, stage.cover, stage.pricer, stage.weigh)
    done: list[int] = []
    for person in stage.rng.permutation(stage.problem.n_people).tolist():
        if stage.stop.now:
            return None
        heavy = stage.pricer.automaton(person).n_cells > HEAVY
        if not (heavy and _fitted(stage, plan, person, done)) and not plan.insert(person, person):
            return None
        if heavy:
            _sweep(stage, plan, person)
        done.append(person)
    return plan


def _fitted(stage: Stage, plan: Plan, person: int, done: list[int]) -> bool:
    """Give a person a schedule of someone with the same rules, changed around the days that do not fit."""
    like = [other for other in done if stage.pricer.alike(person, other)]
    days = np.arange(stage.problem.n_days)
    for other in stage.rng.permutation(like)[:3].tolist():
        row = plan.rows[other]
        wrong = np.flatnonzero(~stage.pricer.allowed[person][days, row])
        for reach in (3, 7, 14):
            near = (np.abs(days[:, None] - wrong) <= reach).any(axis=1)
            try:
                if plan.insert(person, person, (row, near)):
                    return True
            except NoSchedule:
                continue
    return False


def _sweep(stage: Stage, plan: Plan, person: int) -> None:
    """Price a person's schedule anew in one window after the other."""
    days = np.arange(stage.problem.n_days)
    for first in range(0, len(days), 2 * SPAN // 3):
        if stage.stop.now:
            return
        row, values = plan.rows[person].copy(), plan.values[person].copy()
        plan.take(person)
        if not plan.insert(person, person, (row, (days >= first) & (days < first + SPAN))):
            plan.put(person, row, values)


def improve(stage: Stage, plan: Plan, part: Callable[[], float], warmth: float = 1.0) -> Plan:
    """Ruin and recreate until ``part`` () reaches 1; the plan it ends with.  The stage keeps the best."""
    rng, people = stage.rng, stage.problem.n_people
    now = plan.cost()
    heat = warmth * _heat(stage, now)
    seed = 0
    heavy = entries(stage) > HEAVY * people
    while (done := part()) < 1.0 and not stage.over:
        for _ in range(10):
            if stage.stop.now:
                break
            seed += 1
            stage.tries += 1
            group = rng.permutation(people)[: int(rng.integers(1, min(GROUP, people) + 1))].tolist()
            before = [(person, plan.rows[person].copy(), plan.values[person].copy()) for person in group]
            open_days = _window(stage, heavy)
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


def entries(stage: Stage) -> int:
    """Entries of the pricer's tables of all people."""
    return sum(stage.pricer.automaton(person).n_cells for person in range(stage.problem.n_people))


def _window(stage: Stage, heavy: bool) -> Bools | None:
    """(D,) days that may change; None for all.  Long horizons are worked on in windows."""
    days = stage.problem.n_days
    if days <= LONG and not heavy:
        return None
    length = int(stage.rng.integers(5, SPAN) if heavy else stage.rng.integers(14, LONG))
    first = int(stage.rng.integers(-length // 2, days - length // 2))
    when = np.arange(days)
    return np.asarray((when >= first) & (when < first + length))


def _heat(stage: Stage, cost: int) -> float:
    """First temperature: about the price of a unit of cover, and not more than a share of the cost."""
    steps = np.abs(np.diff(stage.weigh.table, axis=1)) if stage.cover.n_rows else np.zeros(0)
    steps = steps[(steps > 0) & (steps < stage.weigh.breach)]
    unit = float(np.median(steps)) if steps.size else 1.0
    return max(0.5, min(0.5 * unit, 0.01 * abs(cost)))
