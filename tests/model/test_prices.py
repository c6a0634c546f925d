"""Prices of cells against brute force: never above what is least, never below what is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.exchange import Exchange, Ground
from tildeling_models.grouping.prices import Price, Prices, forced, merged_pairs
from tildeling_models.grouping.problem import Assignment, GroupingProblem, ints
from tildeling_models.stop import Stop

from .tiny import assignments, best, tiny_problem


def feasible(problem: GroupingProblem) -> list[tuple[tuple[int, ...], Assignment]]:
    """Every feasible assignment with its values, best first."""
    found = [
        (tuple(int(v) for v in evaluate.values(problem, each)), each)
        for each in assignments(problem)
        if not evaluate.violations(problem, each)
    ]
    return sorted(found, key=lambda pair: pair[0])


def assert_between(price: Price, exact: tuple[int, ...] | None, reference: tuple[int, ...]) -> None:
    """What is claimed holds: impossible ones have no solution, found ones are one, bounds are none too high."""
    if exact is None:
        assert price.possible is not True
        assert price.most is None
        return
    assert price.possible is not False
    change = tuple(v - was for v, was in zip(exact, reference, strict=True))
    if price.most is not None:
        assert change <= price.most
    before: tuple[int, ...] = ()
    for tier, least in enumerate(price.least):
        given = before == change[:tier]
        if least is not None and given:
            assert least <= change[tier], (tier, price, change)
        before = (*before, price.most[tier] if price.most is not None else 0)
