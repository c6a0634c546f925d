"""Tiers in order: each solved with the earlier ones capped at what they reached; then ties.

The driver is the same for every exact engine; an engine brings a function that solves one tier.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.baselines import fill, solve_vacancy
from tildeling_models.grouping.bounds import least_value
from tildeling_models.grouping.problem import Assignment, GroupingProblem, Ints
from tildeling_models.grouping.restrict import restrict_cells
from tildeling_models.grouping.task import Task, TierSolver
from tildeling_models.grouping.ties import find_ties
from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Moment, Outcome, Result, Slope, Termination, Tier, Ties
from tildeling_models.stop import Stop

Polish = Callable[[Assignment, Stop], Assignment]
"""Fills empty places of a solution, and moves nobody who is placed."""

log = logging.getLogger(__name__)

TIER_SHARE = 0.75
"""Of the time that is left, what a tier may take: an earlier tier outweighs all later ones."""


def solve_tiers(
    problem: GroupingProblem,
    solver: TierSolver,
    engine: str,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Assignment | None = None,
    reference: Sequence[int] | None = None,
    *,
    polish: Polish | None = None,
    share: float = TIER_SHARE,
    known: Sequence[Tier] = (),
    most: int | None = None,
) -> Result[Assignment]:
    """Solve every tier in order; with ``reference`` values, no further than the first tier that differs.

    ``known`` are the tiers of an earlier run that ended with ``start``: those proven are not solved again.
    ``most`` tiers are solved, the first ones; the others are valued and bounded by what always holds.

    Raises
    ------
    RuntimeError
        If an engine returns an assignment that breaks the problem: a bug, never passed on.
    """
    began = stop.elapsed
    names = problem.tiers
    polish = polish or partial(_filled, problem, options.seed)
    history: list[Moment] = []
    best = start if start is not None and not evaluate.violations(problem, start) else None
    if best is None:
        best = solve_vacancy(problem, options, stop, Progress()).solution
    if best is not start:
        known = ()
    bounds: list[int | None] = [tier.bound for tier in known] or [None] * len(names)
    slopes: list[Slope | None] = [tier.slope for tier in known] or [None] * len(names)
    spent = [0.0] * len(names)
    caps: list[tuple[int, int]] = []
    reduced = problem
    clock = work = False
    outcome = Outcome.UNKNOWN
    last = len(names) if most is None else most
    for tier, name in enumerate(names[:last]):
        if best is not None and _still_proven(problem, best, known[: tier + 1]):
            caps.append((tier, int(evaluate.values(problem, best)[tier])))
            continue
        if stop.now:
            clock = True
            break

        def moment(
            found: Assignment | None, value: int | None, bound: int | None, tier_name: str = name
        ) -> None:
            history.append(Moment(stop.elapsed - began, tier_name, value, bound))
            left = None if stop.seconds is None else stop.left
            progress.event(Event("solve", tier_name, value, bound, stop.elapsed, left))
            if found is not None:
                progress.incumbent(found)

        before = stop.elapsed
        seconds = stop.left * max(share, 1.0 / (last - tier))
        task = Task(reduced, tier, tuple(caps), best, seconds, options, stop, moment)
        answer = solver(task)
        spent[tier] = stop.elapsed - before
        clock, work = clock or answer.limit, work or answer.work
        if answer.outcome is Outcome.INFEASIBLE:
            return Result(
                Outcome.INFEASIBLE, Termination.COMPLETED, None, _tiers(problem, None, bounds, slopes, spent),
                engine, options.seed, not clock, stop.elapsed - began, tuple(history),
            )  # fmt: skip
        if answer.assignment is not None:
            broken = evaluate.violations(problem, answer.assignment)
            if broken:
                raise RuntimeError(f"engine {engine}, tier {name}: {', '.join(broken[:10])}")
            if best is None or _not_worse(problem, answer.assignment, best, tier):
                best = answer.assignment
        if best is not None:
            best = _polished(problem, best, tier, polish, stop)
        bounds[tier] = _higher(bounds[tier], answer.bound)
        slopes[tier] = answer.slope or slopes[tier]
        if answer.keep is not None and problem.tolerance[tier] == 0:
            reduced = restrict_cells(reduced, answer.keep)
        if best is None:
            break
        value = int(evaluate.values(problem, best)[tier])
        moment(best, value, answer.bound)
        caps.append((tier, value + int(np.floor(abs(value) * problem.tolerance[tier]))))
        if reference is not None and value != reference[tier]:
            break
    ties: Ties[tuple[str, int, int]] = Ties()
    tiers = _tiers(problem, best, bounds, slopes, spent)
    proven = best is not None and all(tier.proven for tier in tiers)
    if best is not None:
        outcome = Outcome.OPTIMAL if proven else Outcome.FEASIBLE
    if proven and best is not None and options.find_ties and not problem.tolerance.any():
        best, ties = find_ties(reduced, solver, best, options, stop, stop.elapsed - began)
    ended = (
        Termination.CANCELLED if stop.cancelled
        else Termination.COMPLETED if proven
        else Termination.TIME_LIMIT if clock
        else Termination.WORK_LIMIT if work
        else Termination.GAP_LIMIT
    )  # fmt: skip
    return Result(
        outcome, ended, best, tiers, engine, options.seed,
        options.deterministic and not clock and not stop.cancelled,
        stop.elapsed - began, tuple(history), ties,
    )  # fmt: skip


def _filled(problem: GroupingProblem, seed: int, best: Assignment, stop: Stop) -> Assignment:
    return fill(problem, best, seed, stop)


def _polished(
    problem: GroupingProblem, best: Assignment, tier: int, polish: Polish, stop: Stop
) -> Assignment:
    """Empty places filled for the sake of later tiers, which a tier's own solution leaves empty."""
    filled = polish(best, stop)
    before, after = evaluate.values(problem, best), evaluate.values(problem, filled)
    return filled if tuple(after[: tier + 1]) == tuple(before[: tier + 1]) else best


def _not_worse(problem: GroupingProblem, new: Assignment, old: Assignment, tier: int) -> bool:
    ahead, behind = evaluate.values(problem, new), evaluate.values(problem, old)
    return tuple(ahead[: tier + 1]) <= tuple(behind[: tier + 1]) or bool(problem.tolerance[:tier].any())


def _still_proven(problem: GroupingProblem, best: Assignment, known: Sequence[Tier]) -> bool:
    """Whether the last of these tiers was proven at the value it has, with those before as they were."""
    if not known or not known[-1].proven:
        return False
    values: list[int] = evaluate.values(problem, best)[: len(known)].tolist()
    return [tier.value for tier in known] == values


def _higher(one: int | None, other: int | None) -> int | None:
    """The better of two bounds.

    An earlier run's bound holds on: earlier tiers have not become worse since.
    """
    return max((bound for bound in (one, other) if bound is not None), default=None)


def _tiers(
    problem: GroupingProblem,
    best: Assignment | None,
    bounds: Sequence[int | None],
    slopes: Sequence[Slope | None],
    spent: Sequence[float],
) -> tuple[Tier, ...]:
    values: Ints | list[None] = evaluate.values(problem, best) if best is not None else [None] * len(bounds)
    return tuple(
        Tier(
            name,
            None if value is None else int(value),
            _safe_bound(problem, tier, bounds[tier], value),
            float(problem.tolerance[tier]),
            "min",
            spent[tier],
            slopes[tier],
        )
        for tier, (name, value) in enumerate(zip(problem.tiers, values, strict=True))
    )


def _safe_bound(problem: GroupingProblem, tier: int, bound: int | None, value: int | None) -> int | None:
    """The better of the engine's bound and the one that always holds.

    Raises
    ------
    RuntimeError
        If it is above a value found: then the engine, or its solver, is wrong and nothing may be claimed.
    """
    best = max(least_value(problem, tier), bound if bound is not None else -(2**62))
    if value is not None and best > value:
        raise RuntimeError(f"tier {problem.tiers[tier]}: bound {best} above the value {value} found")
    return best
