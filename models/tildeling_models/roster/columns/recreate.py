"""A first roster person by person, and ruin and recreate.

Some people are taken out of some days, and put back one by one with the schedule that costs least beside the others'
(Schrimpf, Schneider, Stamm-Wilbrandt and Dueck 2000, "Record breaking optimization results using the ruin and
recreate principle"); worse plans are accepted as in simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983).  The
loop is compiled (:mod:`annealing`) where everything that a schedule keeps is in the automata, but for ceilings.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

from tildeling_models.roster.columns.moving import Moving, moving
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.pooled import ceilings
from tildeling_models.roster.columns.pricer import NoSchedule
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.columns.tolls import tolls
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

WARM = 0.1
"""First temperature over the dearest unit of a cover; measured on 4, 26 and 52 weeks: a tenth or twice that."""

STRETCH = (3, 14)
"""Days that a move of the compiled loop opens."""

AHEAD, KEPT = 28, 14
"""Days that a first schedule is priced ahead, and those that are kept of them."""

ROLLS = 5
"""Tries to make a first schedule of stretches; each leads the counts further into their ranges."""

TRIES = 70
"""Tries for each person and day: measured, masters of columns find more after so many."""

MOVES, PAUSE = 100, 0.1
"""Moves of the compiled loop at a temperature: so many in deterministic mode, else so many seconds."""


def first_plan(stage: Stage) -> Plan | None:
    """Everyone in turn gets the schedule that costs least beside those before; None if time ran out.

    Where a whole horizon takes long to price, schedules are made stretch by stretch, or fitted from another
    person's, window by window.
    """
    plan = Plan(stage.problem, stage.cover, stage.pricer, stage.weigh)
    done: list[int] = []
    rolls = moving(stage) if stage.problem.n_days > LONG else None
    for person in stage.rng.permutation(stage.problem.n_people).tolist():
        if stage.stop.now:
            return None
        if rolls is not None and _rolled(stage, rolls, plan, person):
            continue
        heavy = stage.pricer.automaton(person).n_cells > HEAVY and rolls is None
        if not (heavy and _fitted(stage, plan, person, done)) and not plan.insert(person, person):
            return None
        if heavy:
            _sweep(stage, plan, person)
        if rolls is not None:
            rolls.put(person, plan.rows[person])
        done.append(person)
    return plan


def _rolled(stage: Stage, rolls: Moving, plan: Plan, person: int) -> bool:
    """Make a person's first schedule of stretches, beside those who have one."""
    steps = np.abs(np.diff(stage.weigh.table, axis=1))
    dear = int(np.where(steps < stage.weigh.breach, steps, 0).max(initial=1))
    for turn in range(ROLLS):
        if rolls.roll(person, AHEAD, KEPT, 4 * dear, turn - 1):
            row, values = rolls.schedule(person)
            plan.put(person, row, values)
            return True
    return False


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
    moves = moving(stage)
    heat = warmth * _heat(stage, plan.cost())
    if moves is None:
        return _stepwise(stage, plan, part, heat)
    tolled = (
        stage.problem.n_days > LONG and warmth == 1.0
    )  # a plan that is good already would lose what it has
    return _compiled(stage, moves, plan, part, heat, tolled)


def lasting(stage: Stage, least: float, most: float) -> Callable[[], float]:
    """What :func:`improve` asks: it lasts until enough was tried, but from ``least`` to ``most`` of the stage."""
    begun, since = stage.tries, stage.spent
    wanted = TRIES * stage.problem.n_people * stage.problem.n_days

    def part() -> float:
        needed = wanted * (stage.spent - since) / max(1, stage.tries - begun)
        return stage.spent / min(most, max(least, needed))

    return part


def _compiled(
    stage: Stage, moves: Moving, plan: Plan, part: Callable[[], float], heat: float, tolled: bool
) -> Plan:
    """The compiled loop, so many moves at a time; better plans are offered when it has run on for a while."""
    moves.load(plan)
    many, told, pause = MOVES, plan.cost(), 0.0
    timed, unit = not stage.options.deterministic, _unit(stage)
    dear = max(1, round(unit / 2))
    since = time.monotonic()
    while (done := part()) < 1.0 and not stage.over:
        began = time.monotonic()
        if tolled:
            moves.charge(tolls(moves.blocks, unit, done))
        moves.anneal(heat * COLD**done, many, GROUP, *STRETCH, dear)
        now = time.monotonic()
        if timed:
            many = max(10, min(4 * many, int(many * PAUSE / max(1e-3, now - began))))
        if moves.least < told and now - since >= pause:
            told = moves.least
            stage.offer(moves.best_plan())
            since = time.monotonic()
            pause = 10 * (since - now) if timed else 0.0
    if moves.least < told:
        stage.offer(moves.best_plan())
    return moves.plan()


def _stepwise(stage: Stage, plan: Plan, part: Callable[[], float], heat: float) -> Plan:
    """The loop with the pricer itself, for rules that only single schedules are checked for."""
    rng, people = stage.rng, stage.problem.n_people
    now = plan.cost()
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


def swift(stage: Stage) -> bool:
    """Whether the compiled loop reads all rules: on long horizons nothing else finds better plans as fast."""
    return not stage.problem.cyclic and ceilings(stage.pricer) is not None


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
    """First temperature: a share of what a unit of cover costs, and not more than a share of the cost."""
    return max(0.5, min(WARM * _unit(stage), 0.01 * abs(cost)))


def _unit(stage: Stage) -> float:
    """What a unit of a cover costs at most, the median of all covers; 1 where none costs anything."""
    steps = np.abs(np.diff(stage.weigh.table, axis=1)) if stage.cover.n_rows else np.zeros((0, 1))
    dear = np.where(steps < stage.weigh.breach, steps, 0).max(axis=1, initial=0)
    return float(np.median(dear[dear > 0])) if (dear > 0).any() else 1.0
