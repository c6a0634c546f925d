"""Engines against brute force on random grouping problems, primitives that data sets seldom reach among them."""

from __future__ import annotations

import pytest

from tildeling_models.grouping import components, evaluate
from tildeling_models.grouping.engines import engine
from tildeling_models.grouping.linear import build
from tildeling_models.grouping.problem import GroupingProblem
from tildeling_models.grouping.ties import choices
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome
from tildeling_models.stop import Stop

from .tiny import Best, best, tiny_problem

ENGINES = ("mip", "cpsat", "priced", "auto")


def assert_same(problem: GroupingProblem, found: Best, name: str) -> None:
    """Values, bounds and ties as brute force has them."""
    result = engine(name)(problem, Options(), Stop(), Progress(), None)
    if found.values is None:
        assert result.outcome is Outcome.INFEASIBLE
        assert result.solution is None
        return
    assert result.outcome is Outcome.OPTIMAL
    assert result.solution is not None
    assert evaluate.violations(problem, result.solution) == []
    assert tuple(int(v) for v in evaluate.values(problem, result.solution)) == found.values
    assert tuple(tier.value for tier in result.tiers) == found.values
    assert tuple(tier.bound for tier in result.tiers) == found.values
    mine, others = choices(problem, result.solution), set(result.ties.alternatives)
    assert not mine & others
    assert mine | others <= found.all_choices
    if result.ties.complete:
        assert mine | others == found.all_choices


@pytest.mark.parametrize("tens", range(15))
def test_engines_agree_with_brute_force(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        problem = tiny_problem(seed)
        found = best(problem)
        for name in ENGINES:
            assert_same(problem, found, name)


@pytest.mark.slow
@pytest.mark.parametrize("hundreds", range(2, 12))
def test_engines_agree_with_brute_force_on_many(hundreds: int) -> None:
    for seed in range(100 * hundreds, 100 * hundreds + 100):
        problem = tiny_problem(seed)
        found = best(problem)
        for name in ENGINES:
            assert_same(problem, found, name)


@pytest.mark.parametrize("tens", range(6))
def test_parts_solved_apart_add_up_to_the_whole(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        problem = tiny_problem(seed)
        parts = components.split(problem)
        whole = best(problem)
        pieces = [best(part.problem) for part in parts]
        if whole.values is None:
            assert any(piece.values is None for piece in pieces)
            continue
        sums = [sum(column) for column in zip(*(piece.values or () for piece in pieces), strict=True)]
        assert [int(c) + s for c, s in zip(problem.constant, sums, strict=True)] == list(whole.values)


def test_the_random_problems_reach_every_primitive() -> None:
    """Enough of the problems hold each primitive, and enough of them are feasible."""
    problems = [tiny_problem(seed) for seed in range(200)]
    for name in (
        "limits",
        "conflict",
        "exclusion",
        "together",
        "affinity",
        "excess",
        "overload",
        "spread_cost",
    ):
        assert sum(len(getattr(problem, name)) > 0 for problem in problems) >= 40, name
    assert sum(best(problem).values is not None for problem in problems) >= 100
    assert sum(len(components.split(problem)) > 1 for problem in problems) >= 25


@pytest.mark.parametrize("seed", range(20))
def test_every_column_of_the_linear_model_is_whole(seed: int) -> None:
    """HiGHS' presolve can lose the optimum where flows are continuous; see test_solvers."""
    problem = tiny_problem(seed)
    model = build(problem, len(problem.tiers) - 1)
    assert model.integer.all()
    for numbers in (model.row_coef, model.cost, model.lower, model.offset):
        assert (numbers == numbers.round()).all()


@pytest.mark.parametrize("name", ENGINES)
def test_a_run_without_time_keeps_valid_bounds(name: str) -> None:
    for seed in range(60):
        problem = tiny_problem(seed)
        found = best(problem)
        result = engine(name)(problem, Options(), Stop(0.0), Progress(), None)
        if found.values is None:
            assert result.outcome in (Outcome.INFEASIBLE, Outcome.UNKNOWN)
            continue
        assert result.tiers[0].bound is not None
        assert result.tiers[0].bound <= found.values[0]
        for tier in result.tiers:
            if tier.value is not None and tier.bound is not None:
                assert tier.bound <= tier.value
