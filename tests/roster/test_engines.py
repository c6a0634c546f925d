"""Engines against brute force on random tiny problems."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Outcome, Result, Termination
from tildeling_models.roster import auto, evaluate
from tildeling_models.roster.bounds import least_value
from tildeling_models.roster.columns.automaton import TooLarge
from tildeling_models.roster.engines import engine
from tildeling_models.roster.problem import Blocks, Roster, RosterProblem
from tildeling_models.stop import Stop

from .brute_force import best
from .middling import middling
from .random_roster import FAMILIES, roster_problems

ENGINES = ("cpsat", "auto", "neighbourhoods", "mip-highs", "mip-cbc")
"""Engines that must agree with brute force; each new one is named here."""

QUIET = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


class Told(Progress):
    """The best bound told of each tier."""

    def __init__(self) -> None:
        self.bounds: dict[str, int] = {}

    def event(self, event: Event) -> None:
        if event.bound is not None:
            self.bounds[event.tier] = max(event.bound, self.bounds.get(event.tier, event.bound))


def assert_same(problem: RosterProblem, name: str) -> Outcome:
    """Outcome, values and bounds as brute force has them; no bound that is told on the way is above."""
    found, told = best(problem), Told()
    result = engine(name)(problem, Options(), Stop(), told, None)
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
    assert all(told.bounds.get(tier.name, tier.value) <= tier.value for tier in result.tiers)
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
    @settings(QUIET, max_examples=1500)
    @given(roster_problems())
    def run(problem: RosterProblem) -> None:
        assert_same(problem, name)

    run()


def small_ward() -> RosterProblem:
    """Too few people for the least of every cover, so only what is wanted is asked for."""
    problem = middling(people=6, weeks=3)
    return replace(problem, covers=tuple(replace(cover, least=None) for cover in problem.covers))


def first_solutions(name: str, options: Options, start: Roster | None = None) -> Result[Roster]:
    return engine(name)(small_ward(), options, Stop(60), Progress(), start)


@pytest.mark.parametrize("name", ENGINES)
def test_deterministic_runs_are_equal(name: str) -> None:
    options = Options(deterministic=True, work_limit=5, workers=2)
    one, other = first_solutions(name, options), first_solutions(name, options)
    # their first roster is the best (see test_neighbourhoods for a harder one), or little work proves it
    proven = name in ("neighbourhoods", "auto", "mip-highs")
    assert one.termination is (Termination.COMPLETED if proven else Termination.WORK_LIMIT)
    assert one.reproducible
    assert one.solution is not None
    assert other.solution is not None
    assert (one.solution.activity == other.solution.activity).all()
    assert [tier.bound for tier in one.tiers] == [tier.bound for tier in other.tiers]


@pytest.mark.parametrize("name", ENGINES)
def test_a_start_is_never_lost(name: str) -> None:
    """With little time the result is no worse than the start, tier by tier, and its bounds are below it."""
    problem = small_ward()
    start = first_solutions(name, Options(deterministic=True, work_limit=5)).solution
    assert start is not None
    result = engine(name)(problem, Options(), Stop(1.0), Progress(), start)
    assert result.solution is not None
    values = evaluate.values(problem, start).tolist()
    assert [tier.value for tier in result.tiers] <= values
    assert all(tier.bound is not None and tier.bound <= tier.value for tier in result.tiers if tier.value)


@pytest.mark.parametrize("name", ENGINES)
def test_a_start_that_breaks_rules_is_a_hint_only(name: str) -> None:
    problem = middling(people=3, weeks=2)
    problem = replace(problem, covers=(), rules=problem.rules[:1])
    start = Roster(np.ones((3, 14), np.int64))
    result = engine(name)(problem, Options(), Stop(30), Progress(), start)
    assert result.outcome is Outcome.OPTIMAL
    assert result.solution is not None
    assert evaluate.violations(problem, result.solution) == []


@pytest.mark.parametrize("name", ENGINES)
def test_cancelled_before_it_began(name: str) -> None:
    """Nothing is claimed but the bounds that hold without a search."""
    problem = middling(people=3, weeks=2)
    problem.cost[0] -= 1
    stop = Stop()
    stop.cancel()
    result = engine(name)(problem, Options(), stop, Progress(), None)
    assert (result.outcome, result.termination) == (Outcome.UNKNOWN, Termination.CANCELLED)
    assert [tier.bound for tier in result.tiers] == [least_value(problem, tier) for tier in range(3)]
    assert result.tiers[0].bound == -42


@pytest.mark.parametrize("name", ENGINES)
def test_time_limit_is_kept(name: str) -> None:
    problem, stop = middling(people=12, weeks=8), Stop(4.0)
    result = engine(name)(problem, Options(workers=2), stop, Progress(), None)
    assert stop.elapsed < 4.0 * 1.1 + 5.0
    assert result.termination is Termination.TIME_LIMIT
    if result.solution is not None:
        assert evaluate.violations(problem, result.solution) == []


def test_auto_picks_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = middling(people=3, weeks=2)
    assert auto.free_cells(problem) == 4 * int((problem.allowed.sum(axis=2) == 4).sum()) + 3 * int(
        (problem.allowed.sum(axis=2) == 3).sum()
    )
    assert auto.pick(problem) == "cpsat"
    monkeypatch.setattr(auto, "SMALL", 0)
    assert auto.pick(problem) == "neighbourhoods"


def test_auto_picks_columns_for_one_goal_with_few_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto, "SMALL", 0)
    problem = middling(people=3, weeks=2)
    one = replace(problem, tiers=("cover",), cost=problem.cost[:1], constant=problem.constant[:1], rules=())
    assert auto.pick(one) == "columns"
    monkeypatch.setattr(auto, "available", lambda name: False)
    assert auto.pick(one) == "neighbourhoods"
    monkeypatch.undo()
    monkeypatch.setattr(auto, "SMALL", 0)
    blocks = tuple(
        Blocks(people=np.arange(3), block=np.arange(14) // k, of=np.arange(4) > 0) for k in range(1, 8)
    )
    assert auto.pick(replace(one, rules=blocks)) == "neighbourhoods"


def test_auto_goes_on_where_columns_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise TooLarge("more than 3 arcs")

    monkeypatch.setattr(auto, "pick", lambda problem: "columns")
    monkeypatch.setattr(auto, "engine", lambda name: refuse if name == "columns" else engine(name))
    problem = replace(middling(people=2, weeks=1), covers=())
    result = auto.solve(problem, Options(), Stop(20), Progress())
    assert result.engine == "auto"
    assert result.solution is not None
