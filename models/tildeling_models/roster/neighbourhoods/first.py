"""A first roster: one person after the other, each as the covers still need, with those before held.

Without hard covers it is legal at once; hard covers are counted as a tier of their own before all others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from tildeling_models.options import Options
from tildeling_models.result import Outcome
from tildeling_models.roster.neighbourhoods.counting import Counting
from tildeling_models.roster.neighbourhoods.part_search import alone
from tildeling_models.roster.neighbourhoods.restrict import part_of
from tildeling_models.roster.problem import Cover, Ints, Price, Roster, RosterProblem
from tildeling_models.stop import Stop

BALANCE = 10
"""What a unit of a tier weighs against one of the next; of the first two, the second weighs as much as the first
and more: who fills every gap first leaves others without their hours, which no later choice mends."""


@dataclass(frozen=True, eq=False)
class First:
    """A first roster; ``infeasible``: somebody has no schedule at all; neither where time ran out."""

    roster: Roster | None
    infeasible: bool = False


def softened(problem: RosterProblem) -> RosterProblem:
    """The same problem with hard covers priced, one a head, in a tier before all others."""
    return replace(
        problem,
        tiers=("uncovered", *problem.tiers),
        cost=np.concatenate([np.zeros_like(problem.cost[:1]), problem.cost]),
        rules=tuple(_later(rule) for rule in problem.rules),
        covers=tuple(each for cover in problem.covers for each in _soft(_later(cover))),
        constant=np.concatenate([[0], problem.constant]),
    )


def _later(rule: Any) -> Any:
    prices = {
        each.name: Price(price.tier + 1, price.weight)
        for each in fields(rule)
        if isinstance(price := getattr(rule, each.name), Price)
    }
    return replace(rule, **prices) if prices else rule


def _soft(cover: Cover) -> Iterator[Cover]:
    if cover.least is not None or cover.most is not None:
        yield replace(
            cover,
            least=None,
            most=None,
            low=cover.least,
            high=cover.most,
            under=Price(0, 1),
            over=Price(0, 1),
            unit=1,
        )
    yield replace(cover, least=None, most=None)


def first_roster(problem: RosterProblem, counting: Counting, options: Options, stop: Stop) -> First:
    """A roster that keeps what is hard for each person; those with the least choice come first."""
    activity = problem.allowed.argmax(axis=2)
    placed = np.zeros(problem.n_people, bool)
    weights = _weights(len(problem.tiers))
    whole = np.ones((1, problem.n_days), bool)
    for person in np.argsort(problem.allowed.sum(axis=(1, 2)), kind="stable").tolist():
        part = part_of(problem, counting, activity, np.array([person]), whole, placed)
        outcome, rows = alone(part.problem, weights, options, stop)
        if rows is None:
            return First(None, outcome is Outcome.INFEASIBLE)
        activity[person], placed[person] = rows[0], True
    return First(Roster(activity))


def _weights(tiers: int) -> Ints:
    """(T,) what tiers weigh while only some people are placed."""
    steps = np.array([BALANCE ** max(0, 3 - tier) for tier in range(tiers)], np.int64)
    steps[4:] = 0
    if tiers > 1:
        steps[0] = BALANCE**2
        steps[1] = 3 * BALANCE**2
    return steps
