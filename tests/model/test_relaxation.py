"""The relaxation over few cells: every bound, reduced cost and price against brute force."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from tildeling_models.grouping import components, evaluate
from tildeling_models.grouping.bounds import least_value
from tildeling_models.grouping.joint import joint_bounds
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.grouping.relaxation import Relaxation
from tildeling_models.options import Options
from tildeling_models.result import Slope, Tier
from tildeling_models.stop import Stop

from .tiny import every_assignment, tiny_problem

NEAR = 1e-5


def feasible(problem: GroupingProblem) -> list[tuple[Assignment, list[int]]]:
    """Every feasible assignment with its values."""
    found = (a for a in every_assignment(problem) if not evaluate.violations(problem, a))
    return [(a, evaluate.values(problem, a).tolist()) for a in found]


def few_cells(problem: GroupingProblem, kept: Assignment, rng: random.Random) -> np.ndarray:
    """The cells of one solution, of the start, and some others."""
    some = np.array([rng.random() < 0.3 for _ in range(problem.n_cells)], dtype=bool)
    return some | problem.cell_start | evaluate.chosen_cells(problem, kept)


@pytest.mark.parametrize("tens", range(20))
def test_no_solution_is_below_a_bound_a_cell_or_a_price(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        problem, rng = tiny_problem(seed), random.Random(seed)
        known = feasible(problem)
        if not known:
            continue
        given, values = rng.choice(known)
        relaxation = Relaxation(problem, few_cells(problem, given, rng), Options())
        for tier in range(len(problem.tiers)):
            caps = tuple(enumerate(values[:tier]))
            point = relaxation.solve(tier, caps, Stop())
            for other, found in known:
                worse = np.array(found[:tier]) - values[:tier]
                slope = point.slope
                assert slope is not None
                assert found[tier] >= slope.floor - np.dot(slope.prices[:tier], worse) - NEAR
                if (worse <= 0).all():
                    assert found[tier] >= point.bound - NEAR
                    used = evaluate.chosen_cells(problem, other)
                    assert (point.least[used] <= found[tier] + NEAR).all()


def test_all_cells_are_priced_in_and_conflicts_added() -> None:
    """Two who conflict want the one group there is; the relaxation begins with nothing but a worse cell."""
    from .random_grouping import plain_problem

    problem = plain_problem([2, 2], [[-5, -1], [-5, -1]])
    problem = replace(problem, conflict=np.array([[0, 0, 1]]), group_open=np.array([True, True]))
    relaxation = Relaxation(problem, np.array([False, True, False, True]), Options())
    point = relaxation.solve(0, (), Stop())
    assert point.bound == pytest.approx(-6)
    assert relaxation.few.all()
    assert relaxation.extra.shape[0] > 0


def test_multipliers_that_are_no_numbers_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that fails in its numbers must not make any cell look useless."""
    from .random_grouping import plain_problem

    def broken(self: Relaxation) -> None:
        self.multipliers = np.full(len(self.row_lower), np.nan)
        self.values = np.zeros(len(self.columns))

    monkeypatch.setattr(Relaxation, "_keep", broken)
    problem = plain_problem([2, 2], [[-5, -1], [-5, -1]])
    point = Relaxation(problem, np.ones(4, dtype=bool), Options()).solve(0, (), Stop())
    assert point.bound == -np.inf
    assert point.slope is None
    assert (point.least == -np.inf).all()


def some_tier(value: int, bound: int | None, slope: Slope | None) -> Tier:
    return Tier("t", value, bound, slope=slope)


@pytest.mark.parametrize("tens", range(10))
def test_bounds_of_the_whole_hold_whatever_the_parts_trade(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        rng = random.Random(seed)
        tiers = 3
        problems = []
        while len(problems) < 2:
            problem = tiny_problem(rng.randrange(10**6))
            if len(problem.tiers) == tiers and problem.n_cells <= 6 and feasible(problem):
                problems.append(replace(problem, constant=np.zeros(tiers, np.int64)))
        known = [feasible(problem) for problem in problems]
        parts, least = [], []
        for problem, solutions in zip(problems, known, strict=True):
            given, values = rng.choice(solutions)
            relaxation = Relaxation(problem, few_cells(problem, given, rng), Options())
            row = []
            for tier in range(tiers):
                able = [
                    v[tier]
                    for _, v in solutions
                    if all(a <= b for a, b in zip(v[:tier], values, strict=False))
                ]
                slope = relaxation.solve(tier, tuple(enumerate(values[:tier])), Stop()).slope
                row.append(some_tier(values[tier], min(able), slope if rng.random() < 0.8 else None))
            parts.append(row)
            least.append([least_value(problem, tier) for tier in range(tiers)])
        bounds = joint_bounds(parts, least)
        total = [sum(row[tier].value or 0 for row in parts) for tier in range(tiers)]
        for _, one in known[0]:
            for _, other in known[1]:
                both = [a + b for a, b in zip(one, other, strict=True)]
                for tier in range(tiers):
                    if all(a <= b for a, b in zip(both[:tier], total, strict=False)):
                        assert both[tier] >= bounds[tier]


def test_bounds_of_proven_parts_add() -> None:
    parts = [[some_tier(3, 3, None), some_tier(7, 7, None)], [some_tier(1, 1, None), some_tier(2, 0, None)]]
    assert joint_bounds(parts, [[0, 0], [0, 0]]) == [4, 7]


def test_an_unproven_part_costs_what_others_would_pay_for_it() -> None:
    """One unit that the first part may still gain in tier 1 is worth 5 to the second in tier 2."""
    one = [some_tier(3, 2, Slope(2.0, (0.0, 0.0))), some_tier(7, 7, Slope(7.0, (1.0, 0.0)))]
    other = [some_tier(1, 1, None), some_tier(20, 20, Slope(20.0, (5.0, 0.0)))]
    assert joint_bounds([one, other], [[0, 0], [0, 0]]) == [3, 27 - 4]


def test_parts_of_a_split_carry_their_share_of_what_always_holds() -> None:
    for seed in range(40):
        problem = tiny_problem(seed)
        parts = components.split(problem)
        for tier in range(len(problem.tiers)):
            shares = sum(least_value(part.problem, tier) for part in parts)
            assert shares + problem.constant[tier] == least_value(problem, tier)
