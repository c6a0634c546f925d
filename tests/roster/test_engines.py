"""Engines against brute force on random tiny problems."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Termination
from tildeling_models.roster import evaluate
from tildeling_models.roster.engines import engine
from tildeling_models.roster.problem import RosterProblem
from tildeling_models.stop import Stop

from .brute_force import best
from .random_roster import FAMILIES, roster_problems

ENGINES = ("cpsat", "auto")
"""Engines that must agree with brute force; each new one is named here."""

QUIET = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def assert_same(problem: RosterProblem, name: str) -> Outcome:
    """Outcome, values and bounds as brute force has them."""
    found = best(problem)
    result = engine(name)(problem, Options(), Stop(), Progress(), None)
    assert result.termination is Termination.COMPLETED
    if found.values is None:
        assert result.outcome is Outcome.INFEASIBLE
        assert result.solution is None
        return result.outcome
    assert result.outcome is Outcome.OPTIMAL
    assert result.solution is not None
    assert evaluate.violations(problem, result.solution) == []
    assert tuple(evaluate.values(problem, result.solution).tolist()) == found.values
    assert tuple(tier.value for tier in result.tiers) == found.values
    assert tuple(tier.bound for tier in result.tiers) == found.values
    return result.outcome


@pytest.mark.parametrize("name", ENGINES)
def test_agrees_with_brute_force(name: str) -> None:
    seen: Counter[Outcome] = Counter()

    @QUIET
    @given(roster_problems())
    def run(problem: RosterProblem) -> None:
        seen[assert_same(problem, name)] += 1

    run()
    assert seen[Outcome.OPTIMAL] >= 20, "too few problems have a roster"
    assert seen[Outcome.INFEASIBLE] >= 5, "too few problems have none"


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", ENGINES)
def test_agrees_with_brute_force_on_one_family(name: str, family: str) -> None:
    @settings(QUIET, max_examples=60)
    @given(roster_problems(families=(family,)))
    def run(problem: RosterProblem) -> None:
        assert_same(problem, name)

    run()


@pytest.mark.slow
@pytest.mark.parametrize("name", ENGINES)
def test_agrees_with_brute_force_on_many(name: str) -> None:
    @settings(QUIET, max_examples=3000)
    @given(roster_problems())
    def run(problem: RosterProblem) -> None:
        assert_same(problem, name)

    run()
