"""Bounds that hold without any search."""

from __future__ import annotations

import numpy as np

from tildeling_models.roster.problem import Ints, RosterProblem


def least_value(problem: RosterProblem, tier: int) -> int:
    """A bound that always holds: each person's day at its cheapest allowed activity, no rule paid for.

    Prices of rules are never negative; a cell where nothing is allowed makes every bound true, and counts as
    if all were.
    """
    return int(problem.constant[tier]) + int(least_personal(problem, tier).sum())


def least_personal(problem: RosterProblem, tier: int) -> Ints:
    """(P,) what each person costs at least in a tier by cells alone."""
    allowed = problem.allowed | ~problem.allowed.any(axis=2, keepdims=True)
    cheapest = np.where(allowed, problem.cost[tier], np.iinfo(np.int64).max).min(axis=2)
    return np.asarray(cheapest.sum(axis=1))
