"""Engine ``columns``: tiers one after the other, each by column generation, dives and ruin and recreate."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Moment, Outcome, Result, Termination, Tier
from tildeling_models.roster import evaluate
from tildeling_models.roster.columns import horizon
from tildeling_models.roster.columns.around import neighbourhood, reopen
from tildeling_models.roster.columns.automaton import OutOfTime
from tildeling_models.roster.columns.coverage import Coverage, coverage
from tildeling_models.roster.columns.dive import dive
from tildeling_models.roster.columns.generation import Generation
from tildeling_models.roster.columns.holding import hold
from tildeling_models.roster.columns.master import Master
from tildeling_models.roster.columns.plan import Plan, weighing
from tildeling_models.roster.columns.pricer import NoSchedule, Pricer
from tildeling_models.roster.columns.recreate import LONG, entries, first_plan, improve, lasting, swift
from tildeling_models.roster.columns.relaxed import Relaxed
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.columns.tree import Tree
from tildeling_models.roster.problem import Roster, RosterProblem
from tildeling_models.stop import Stop

log = logging.getLogger(__name__)

WARMING, WARMING_LONG = 0.03, 0.5
"""Part of a tier's time for ruin and recreate before column generation, at least, for short and for long horizons."""

WARMED = 0.25
"""The same at most: it lasts until enough was tried."""

RELAXED = 1_000_000_000
"""Entries of everyone's tables from which bounds come from relaxed schedules."""

SMALL = 500_000
"""Entries of a table of the pricer that only gives bounds."""

CLIMBED = 0.75
"""Part of a tier's time after which no better bound is sought where whole horizons take long to price."""

ROOT = 0.85
"""Part of a tier's time after which a long horizon's master is left, for ruin and recreate to go on."""

DIVES = 3, 30
"""Rounds of pricing after each step of the first dives."""

MONTH = 42
"""Days up to which the master of many people is solved in minutes; beyond, it is degenerate, and takes long."""

WIDE, HUGE = 1500, 3000
"""People times days from which windows for everyone come before the master: of a horizon of more than ``MONTH`` days,
and of a shorter one.  Measured on INRC-II (benchmarks/README.md)."""

MANY = 700
"""People times days above which dives hold weeks of people after those that hold schedules, in a month too."""

SLID, SLID_MONTHS = 0.35, 0.12
"""Parts of a tier's time after which windows are left for the master, up to ``MONTH`` days and beyond: dives by weeks
need no good incumbent, but time."""

TURNED = 0.7
"""Part of a tier's time after which windows take the rest, if the master of more than ``MONTH`` days is not solved by
then."""

HELD = 0.8
"""Part of a tier's time after which a first dive by weeks ends."""

POLISHED = 0.08
"""Part of a tier's time for windows after each dive by weeks, at most."""

LARGEST = 32
"""People that are freed at once, at most."""

FIRST, TURN = 10, 20
"""Nodes of the search tree of everyone: before the first dive, and in each turn."""


def solve(
    problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None = None
) -> Result[Roster]:
    """Solve a roster problem by column generation over whole schedules.

    Bounds are exact sums of whole numbers.  A start that breaks a hard rule is not used.

    Raises
    ------
    RuntimeError
        If a roster was found, and then proven not to be there, or to be better than it can be: a bug, never passed
        on.
    """
    tiers: list[Tier] = []
    history: list[Moment] = []
    best = start if start is not None and not evaluate.violations(problem, start) else None
    stage: Stage | None = None
    late = False
    try:
        pricer, cover = Pricer(problem), coverage(problem)
        for tier in range(len(problem.tiers)):
            since = stop.elapsed
            whole = options.deterministic or tier == len(problem.tiers) - 1
            stage = _stage(
                problem, cover, pricer, tier, tiers, options, stop if whole else stop.sooner(0.5), progress
            )
            if best is not None:
                stage.offer(_plan(stage, best))
            try:
                _work(stage)
            except OutOfTime:
                log.info("time ran out while an automaton was made")
                late = True
            best = Roster(stage.best.rows.copy()) if stage.best is not None else best
            late |= stage.stop.now and not stage.closed
            tiers.append(Tier(problem.tiers[tier], stage.value, stage.bound, runtime_s=stop.elapsed - since))
            history += stage.history
            if stage.value is None:
                break
    except NoSchedule as nothing:
        if best is not None or (stage is not None and stage.best is not None):
            raise RuntimeError("engine columns proves away a roster that there is") from nothing
        return _result(problem, [], history, None, Outcome.INFEASIBLE, options, stop, late)
    except OutOfTime:
        log.info("time ran out before the first automata were there")
        late = True
    return _result(problem, tiers, history, best, None, options, stop, late)


def _stage(
    problem: RosterProblem, cover: Coverage, pricer: Pricer, tier: int, done: list[Tier], options: Options,
    stop: Stop, progress: Progress,
) -> Stage:  # fmt: skip
    caps = np.array([each.value for each in done], np.int64)
    pricer.stop = stop
    pricer.focus(tier)
    weigh = weighing(problem, cover, tier, pricer.reach())
    return Stage(problem, cover, pricer, weigh, tier, caps, options, stop, progress)


def _plan(stage: Stage, roster: Roster) -> Plan:
    plan = Plan(stage.problem, stage.cover, stage.pricer, stage.weigh)
    for person, row in enumerate(roster.activity):
        plan.put(person, row, evaluate.person_values(stage.problem, person, row))
    return plan


def _work(stage: Stage) -> None:
    """One tier: a first plan, ruin and recreate, the master's optimum, a dive, then neighbourhoods."""
    plan = stage.best.copy() if stage.best is not None else first_plan(stage)
    days, cells = stage.problem.n_days, stage.problem.n_people * stage.problem.n_days
    long, months = days > LONG, days > MONTH
    wide = not long and cells > (WIDE if months else HUGE) and not stage.tier and swift(stage)
    if plan is not None:
        stage.offer(plan)
        if long and swift(stage):
            horizon.work(stage, plan)
            return
        improve(stage, plan, lasting(stage, WARMING_LONG if long else WARMING, WARMED))
        if wide:
            plan = horizon.slide_all(stage, horizon.ACROSS, SLID_MONTHS if months else SLID)
    if stage.over:
        return
    if entries(stage) > RELAXED:
        relaxed = Relaxed(stage.problem, SMALL)
        relaxed.stop = stage.stop
        relaxed.focus(stage.tier)
        _root(stage, plan, CLIMBED, relaxed)
        _go_on(stage)
        return
    generation = _root(stage, plan, ROOT if long else TURNED if wide and months else 1.0, stage.pricer)
    if long:
        if generation.converged:
            _dives(stage, generation, DIVES[:1])
        _go_on(stage)
    else:
        if wide and not generation.converged:
            horizon.slide_all(stage, horizon.ACROSS, 1.0)
        _finish(stage, generation)


def _go_on(stage: Stage) -> None:
    """Ruin and recreate from the incumbent, in what is left of the time."""
    if stage.best is not None:
        since = stage.spent
        improve(stage, stage.best.copy(), lambda: (stage.spent - since) / max(1e-9, 1 - since), 0.2)


def _root(stage: Stage, plan: Plan | None, part: float, pricer: Pricer) -> Generation:
    """Column generation for everyone, until it ends or ``part`` of the time is spent."""
    problem, tier = stage.problem, stage.tier
    master = Master.of_all(problem, stage.cover, tier, stage.caps, float(stage.weigh.breach))
    for person in range(problem.n_people):
        if plan is not None:
            master.add(person, plan.rows[person], plan.values[person])
        for row, values in stage.pool[person].values():
            master.add(person, row, values)
    generation = Generation(problem, stage.cover, pricer, master, stage.caps - problem.constant[:tier])
    while not stage.over and not generation.converged and stage.spent < part:
        going = generation.run(stage.stop, rounds=1)
        stage.lift(generation.bound)
        if not going:
            break
    for column in np.flatnonzero(master.level > 0).tolist() if pricer is stage.pricer else ():
        stage.remember(master.owner[column], master.schedule[column], master.values[column])
    return generation


def _dives(stage: Stage, generation: Generation, dives: tuple[int, ...]) -> None:
    empty = Plan(stage.problem, stage.cover, stage.pricer, stage.weigh)
    for rounds in dives:
        if not stage.over:
            dive(stage, generation, empty, int(stage.problem.constant[stage.tier]), rounds)


def _weeks(stage: Stage, generation: Generation) -> None:
    """Dives by weeks of people, and windows after each, until two in a row find nothing; the second is in haste."""
    failed = 0
    while failed < 2 and not stage.over:
        before = stage.value
        empty = Plan(stage.problem, stage.cover, stage.pricer, stage.weigh)
        hold(stage, generation, empty, max(HELD, (1 + stage.spent) / 2))
        if not stage.tier and swift(stage):
            horizon.slide_all(stage, horizon.ACROSS, stage.spent + POLISHED)
        failed = 0 if stage.value != before else failed + 1


def _tree(stage: Stage, generation: Generation) -> Tree:
    empty = Plan(stage.problem, stage.cover, stage.pricer, stage.weigh)
    return Tree(stage, generation, empty, int(stage.problem.constant[stage.tier]), whole=True)


def _finish(stage: Stage, generation: Generation) -> None:
    """Dives by schedules, which are for a month, and by weeks of people, where there are many; then the search tree of
    everyone and neighbourhoods of the incumbent in turns.

    The tree begins anew with a better incumbent: then more cells are closed in it from the root on.
    """
    days, people = stage.problem.n_days, stage.problem.n_people
    dives = () if days > MONTH else DIVES
    proving = converged = generation.converged
    if converged and dives:
        _tree(stage, generation).search(FIRST)
        _dives(stage, generation, dives)
    if converged and (days > MONTH or people * days > MANY):
        _weeks(stage, generation)
    tree, worth = _tree(stage, generation), stage.value
    size, idle, tree_spent, around_spent = min(8, stage.problem.n_people), 0, 0.0, 0.0
    while not stage.over and stage.best is not None:
        since = stage.spent
        if proving and tree_spent <= around_spent:
            if stage.value != worth:
                tree, worth = _tree(stage, generation), stage.value
            proving = tree.search(TURN)
            tree_spent += stage.spent - since
            continue
        if reopen(stage, stage.best, neighbourhood(stage, stage.best, size), 200):
            idle = 0
        else:
            idle += 1
            if idle % 10 == 0:
                size += 4
                if size > min(LARGEST, stage.problem.n_people):
                    size = min(8, stage.problem.n_people)
                    if converged:  # the master has other columns by now, and other optima
                        _dives(stage, generation, dives[1:])
        around_spent += stage.spent - since


def _above(tier: Tier) -> bool:
    return tier.bound is not None and tier.value is not None and tier.bound > tier.value


def _result(
    problem: RosterProblem, tiers: list[Tier], history: list[Moment], best: Roster | None, outcome: Outcome | None,
    options: Options, stop: Stop, late: bool,
) -> Result[Roster]:  # fmt: skip
    """The roster with its values, and why the work ended; ``late`` if the clock ended some tier of it."""
    tiers = tiers + [Tier(name, None, None) for name in problem.tiers[len(tiers) :]]
    if best is not None:
        values = evaluate.values(problem, best).tolist()
        tiers = [replace(each, value=value) for each, value in zip(tiers, values, strict=True)]
        above = [f"{each.name}: {each.bound} above {each.value}" for each in tiers if _above(each)]
        if above:
            raise RuntimeError(f"engine columns has bounds above values found: {', '.join(above)}")
    proven = all(each.proven for each in tiers)
    if outcome is None:
        outcome = Outcome.UNKNOWN if best is None else Outcome.OPTIMAL if proven else Outcome.FEASIBLE
    if stop.cancelled:
        ended = Termination.CANCELLED
    elif outcome in (Outcome.OPTIMAL, Outcome.INFEASIBLE):
        ended = Termination.COMPLETED
    elif late:
        ended = Termination.TIME_LIMIT
    elif all(each.gap is not None and each.gap <= options.gap for each in tiers):
        ended = Termination.GAP_LIMIT
    else:
        ended = Termination.WORK_LIMIT
    return Result(
        outcome, ended, best, tuple(tiers), "columns", seed=options.seed,
        reproducible=options.deterministic and not late and ended is not Termination.CANCELLED,
        runtime_s=stop.elapsed, history=tuple(history),
    )  # fmt: skip
