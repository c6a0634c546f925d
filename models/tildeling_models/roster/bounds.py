"""Bounds that hold without any search."""

from __future__ import annotations

import numpy as np

from tildeling_models.roster.problem import Ints, Price, RosterProblem

PRICES = ("price", "short", "long", "under", "over")
"""Fields of rules and covers that hold a price."""


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


def grain(problem: RosterProblem, tier: int) -> int:
    """Every roster's value in a tier is the constant and a multiple of this, so bounds go up to the next one."""
    found = int(np.gcd.reduce(problem.cost[tier][problem.allowed], initial=0))
    for rule in (*problem.rules, *problem.covers):
        for name in PRICES:
            price: Price | None = getattr(rule, name, None)
            if price is not None and price.tier == tier:
                found = int(np.gcd(found, price.weight))
    return max(1, found)


def raised(bound: int, constant: int, grain: int) -> int:
    """The least value at or above a bound that a roster can have."""
    return constant - (constant - bound) // grain * grain
