"""The engine on tiny problems, against every roster there is."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from tests.roster.columns.brute import best_values
from tests.roster.columns.strategies import problems

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result, Termination, Tier
from tildeling_models.roster import evaluate
from tildeling_models.roster.columns import engine, solve
from tildeling_models.roster.columns.automaton import OutOfTime
from tildeling_models.roster.columns.coverage import Coverage, coverage
from tildeling_models.roster.columns.part import part
from tildeling_models.roster.columns.pricer import Pricer
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


def tiers(problem: RosterProblem, count: int) -> RosterProblem:
    """The same with more tiers of random costs."""
    rng = np.random.default_rng(5)
    more = [rng.integers(0, 6, problem.cost.shape) for _ in range(count - 1)]
    names = tuple(f"t{n}" for n in range(count))
    return replace(
        problem, tiers=names, cost=np.concatenate([problem.cost, *more]), constant=np.zeros(count, np.int64)
    )


def test_a_tier_has_a_share_of_the_clock_but_not_where_work_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[float] = []
    monkeypatch.setattr(engine, "_work", lambda stage: left.append(stage.stop.left))
    for deterministic, shares in ((True, (100, 100, 100)), (False, (50, 50, 100))):
        left.clear()
        start = Roster(np.zeros((6, 14), np.int64))
        problem = replace(tiers(small(), 3), rules=())
        found = solve(problem, Options(deterministic=deterministic), Stop(100), Progress(), start)
        assert [round(each / 5) * 5 for each in left] == list(shares)
        assert found.termination is Termination.WORK_LIMIT


def test_a_tier_that_the_clock_ended_is_not_called_reproducible(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(stage: Stage) -> None:
        if stage.tier == 0:
            raise OutOfTime

    monkeypatch.setattr(engine, "_work", work)
    problem, start = replace(tiers(small(), 2), rules=()), Roster(np.zeros((6, 14), np.int64))
    found = solve(problem, Options(deterministic=True), Stop(100), Progress(), start)
    assert not found.reproducible
    assert found.termination is Termination.TIME_LIMIT


def test_tiers_that_were_never_begun_have_their_values(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = engine._stage

    def stage(problem: RosterProblem, cover: Coverage, pricer: Pricer, tier: int, *others: Any) -> Stage:
        if tier:
            raise OutOfTime
        return begin(problem, cover, pricer, tier, *others)

    monkeypatch.setattr(engine, "_stage", stage)
    problem, start = replace(tiers(small(), 3), rules=()), Roster(np.zeros((6, 14), np.int64))
    found = solve(problem, Options(), Stop(2), Progress(), start)
    assert found.solution is not None
    assert [tier.value for tier in found.tiers] == evaluate.values(problem, found.solution).tolist()
    assert [tier.bound for tier in found.tiers[1:]] == [None, None]


def test_a_bound_above_a_value_is_never_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_work", lambda stage: stage.lift(10**6))
    problem, start = replace(small(), rules=()), Roster(np.zeros((6, 14), np.int64))
    with pytest.raises(RuntimeError, match="cost: 1000000 above"):
        solve(problem, Options(), Stop(20), Progress(), start)


def test_without_a_deadline_it_ends_with_a_proof() -> None:
    stop = Stop()
    giving_up = threading.Timer(60, stop.cancel)
    giving_up.start()
    found = solve(replace(small(people=2, days=3), rules=(), covers=()), Options(), stop, Progress())
    giving_up.cancel()
    assert found.outcome is Outcome.OPTIMAL
    assert found.termination is Termination.COMPLETED


def test_the_history_is_told_by_one_clock() -> None:
    found = solve(tiers(small(), 3), Options(), Stop(3), Progress())
    times = [moment.time for moment in found.history]
    assert len(dict.fromkeys(moment.tier for moment in found.history)) > 1
    assert times == sorted(times)


@pytest.mark.parametrize("seed", range(6))
def test_a_part_of_the_people_has_bounds_below_its_master(seed: int) -> None:
    problem = tiers(small(people=4, days=7, seed=seed), 2)
    problem = replace(problem, rules=problem.rules[:1])
    pricer, cover = Pricer(problem), coverage(problem)
    first = engine.first_plan(engine._stage(problem, cover, pricer, 0, [], Options(), Stop(60), Progress()))
    assert first is not None
    done = [Tier("t0", int(first.totals()[0]), None)]
    stage = engine._stage(problem, cover, pricer, 1, done, Options(), Stop(60), Progress())
    rest, group = engine._plan(stage, Roster(first.rows)), [0, 1, 2]
    columns = [(person, first.rows[person], first.values[person]) for person in group]
    for person in group:
        rest.take(person)
    generation, _ = part(stage, rest, group, columns)
    generation.run(Stop(60))
    assert generation.bound is None
    assert generation.best <= generation.master.value + 1e-6
