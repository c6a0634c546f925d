"""The engine on tiny problems, against every roster there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from tests.roster.columns.brute import best_values
from tests.roster.columns.strategies import problems

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result, Termination
from tildeling_models.roster import evaluate
from tildeling_models.roster.columns import engine, solve
from tildeling_models.roster.columns.schedules import NoSchedule
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.problem import Cover, Price, Roster, RosterProblem, Run, Sum
from tildeling_models.stop import Stop

checked = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))

WORK = Options(deterministic=True, work_limit=15)


def _judge(problem: RosterProblem, result: Result[Roster]) -> None:
    """Values are the roster's own, and lie between the bound and nothing better than the optimum."""
    best = best_values(problem)
    if best is None:
        assert result.solution is None
        assert result.outcome in (Outcome.INFEASIBLE, Outcome.UNKNOWN)
        return
    assert result.outcome is not Outcome.INFEASIBLE
    first = result.tiers[0]
    assert first.bound is None or first.bound <= best[0]
    if result.solution is None:
        return
    assert not evaluate.violations(problem, result.solution)
    values = tuple(evaluate.values(problem, result.solution).tolist())
    assert values == tuple(tier.value for tier in result.tiers)
    assert values >= best
    if result.outcome is Outcome.OPTIMAL:
        assert values == best
    for number, tier in enumerate(result.tiers[1:], 1):
        if values[:number] == best[:number] and tier.bound is not None:
            assert tier.bound <= best[number]


@checked
@given(problem=problems(people=3, days=3, activities=2))
def test_one_tier_against_brute_force(problem: RosterProblem) -> None:
    _judge(problem, solve(problem, WORK, Stop(20), Progress()))


@checked
@given(problem=problems(people=2, days=4, activities=2, tiers=2))
def test_two_tiers_against_brute_force(problem: RosterProblem) -> None:
    _judge(problem, solve(problem, WORK, Stop(20), Progress()))


@checked
@given(problem=problems(people=2, days=4, activities=2, cyclic=True))
def test_cycles_against_brute_force(problem: RosterProblem) -> None:
    _judge(problem, solve(problem, WORK, Stop(20), Progress()))


def small(people: int = 6, days: int = 14, seed: int = 1) -> RosterProblem:
    """A fortnight of two shifts."""
    rng = np.random.default_rng(seed)
    codes, everyone = 3, np.arange(people)
    work = np.array([False, True, True])
    covers = [
        Cover(
            days=np.array([day]), who=np.ones(people, bool), of=(np.arange(codes) == code)[None], low=2, high=2,
            under=Price(0, 100), over=Price(0, 1),
        )
        for day in range(days)
        for code in (1, 2)
    ]  # fmt: skip
    return RosterProblem(
        tiers=("cost",),
        start=np.array([0, 420, 900]),
        end=np.array([0, 900, 1380]),
        allowed=np.ones((people, days, codes), bool),
        cost=rng.integers(0, 4, (1, people, days, codes)),
        rules=(
            Run(people=everyone, of=work, least=2, most=5),
            Run(people=everyone, of=~work, least=2),
            Sum(people=everyone, days=np.arange(days), weight=np.tile([0, 1, 1], (days, 1)), least=7, most=9),
        ),
        covers=tuple(covers),
    )


def test_cancelled_before_it_begins_it_ends_at_once() -> None:
    stop = Stop(60)
    stop.cancel()
    result = solve(small(), Options(), stop, Progress())
    assert result.termination is Termination.CANCELLED
    assert result.runtime_s < 5


def test_a_deadline_is_kept_and_a_bound_reported() -> None:
    problem = small(people=12, days=28)
    result = solve(problem, Options(), Stop(3), Progress())
    assert result.runtime_s < 4.5
    assert result.bound is not None
    assert result.value is not None
    assert result.bound <= result.value


def test_work_limits_make_runs_alike() -> None:
    options = Options(deterministic=True, work_limit=40, seed=3)
    one, two = (solve(small(), options, Stop(120), Progress()) for _ in range(2))
    assert one.solution is not None
    assert two.solution is not None
    assert (one.solution.activity == two.solution.activity).all()
    assert (one.value, one.bound) == (two.value, two.bound)
    assert one.reproducible


def test_a_start_is_never_made_worse() -> None:
    problem = small()
    first = solve(problem, Options(), Stop(1.0), Progress())
    assert first.solution is not None
    again = solve(problem, Options(), Stop(0.3), Progress(), first.solution)
    assert again.value is not None
    assert first.value is not None
    assert again.value <= first.value


def test_a_roster_that_was_found_is_never_proven_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(stage: Stage) -> None:
        plan = engine.first_plan(stage)
        assert plan is not None
        assert stage.offer(plan)
        raise NoSchedule(0)

    monkeypatch.setattr(engine, "_work", work)
    with pytest.raises(RuntimeError, match="a roster that there is"):
        solve(small(), Options(), Stop(20), Progress())


def test_a_person_without_any_schedule_is_infeasible() -> None:
    problem = small()
    none = Sum(people=np.array([2]), days=np.arange(14), weight=np.tile([0, 1, 1], (14, 1)), least=14)
    result = solve(replace(problem, rules=(*problem.rules, none)), Options(), Stop(5), Progress())
    assert result.outcome is Outcome.INFEASIBLE
    assert result.solution is None
