"""Parts of a roster, bounds by people apart, and the search over parts, on random problems and a ward."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Termination
from tildeling_models.roster import evaluate
from tildeling_models.roster.apart import apart
from tildeling_models.roster.bounds import least_value
from tildeling_models.roster.engines import engine
from tildeling_models.roster.neighbourhoods.choosing import Chooser
from tildeling_models.roster.neighbourhoods.counting import Counting
from tildeling_models.roster.neighbourhoods.first import softened
from tildeling_models.roster.neighbourhoods.restrict import part_of
from tildeling_models.roster.problem import Cover, Price, Roster, RosterProblem, Rule
from tildeling_models.stop import Stop

from .brute_force import best
from .middling import middling
from .random_roster import roster_problems
from .test_engines import QUIET

AnyRule = TypeVar("AnyRule", bound=Rule | Cover)


def any_roster(problem: RosterProblem, numbers: np.random.Generator) -> Roster | None:
    """Some roster of allowed cells, legal or not; None if a day has no cell."""
    if not problem.allowed.any(axis=2).all():
        return None
    keys = numbers.random(problem.allowed.shape) * problem.allowed
    return Roster(keys.argmax(axis=2))


@settings(QUIET, max_examples=200)
@given(roster_problems(), st.integers(0, 2**32))
def test_a_part_changes_values_and_breaches_as_the_whole_does(problem: RosterProblem, seed: int) -> None:
    numbers = np.random.default_rng(seed)
    one, other = any_roster(problem, numbers), any_roster(problem, numbers)
    if one is None or other is None:
        return
    people = np.flatnonzero(numbers.random(problem.n_people) < 0.6)
    free = numbers.random((len(people), problem.n_days)) < 0.6
    part = part_of(problem, Counting(problem), one.activity, people, free)
    before = one.activity[people]
    after = np.where(free, other.activity[people], before)
    whole = Roster(part.placed(one.activity, after))
    gained = evaluate.values(problem, whole) - evaluate.values(problem, one)
    assert (
        gained == evaluate.values(part.problem, Roster(after)) - evaluate.values(part.problem, Roster(before))
    ).all()
    if not evaluate.violations(problem, one):
        assert bool(evaluate.violations(problem, whole)) == bool(
            evaluate.violations(part.problem, Roster(after))
        )


@settings(QUIET, max_examples=80)
@given(roster_problems())
def test_bounds_apart_are_below_the_best_of_each_tier(problem: RosterProblem) -> None:
    for tier in range(len(problem.tiers)):
        order = [tier, *(t for t in range(len(problem.tiers)) if t != tier)]
        found = best(_first(problem, order))
        bound = apart(problem, tier, Options(), Stop())
        assert bound >= least_value(problem, tier)
        if found.values is not None:
            assert bound <= found.values[0]


def _first(problem: RosterProblem, order: list[int]) -> RosterProblem:
    """The problem with another tier first."""
    place = {tier: k for k, tier in enumerate(order)}

    def moved(rule: AnyRule) -> AnyRule:
        prices: dict[str, Any] = {
            name: Price(place[price.tier], price.weight)
            for name in ("price", "short", "long", "under", "over")
            if (price := getattr(rule, name, None)) is not None
        }
        return replace(rule, **prices) if prices else rule

    return replace(
        problem,
        cost=problem.cost[order],
        constant=problem.constant[order],
        rules=tuple(moved(rule) for rule in problem.rules),
        covers=tuple(moved(rule) for rule in problem.covers),
    )


@settings(QUIET, max_examples=80)
@given(roster_problems(), st.integers(0, 2**32))
def test_softened_covers_count_what_is_missing(problem: RosterProblem, seed: int) -> None:
    roster = any_roster(problem, np.random.default_rng(seed))
    if roster is None:
        return
    wide = softened(problem)
    hard = [each for each in evaluate.violations(problem, roster) if each.family == "cover"]
    assert not [each for each in evaluate.violations(wide, roster) if each.family == "cover"]
    values = evaluate.values(wide, roster).tolist()
    assert values == [sum(abs(each.amount) for each in hard), *evaluate.values(problem, roster).tolist()]


def ward(people: int, weeks: int) -> RosterProblem:
    """A ward whose covers have a price and no more, with wishes for most days: not proven in no time."""
    problem = middling(people, weeks)
    wish = np.random.default_rng(1).integers(0, 5, problem.allowed.shape)
    cost = problem.cost + np.stack([np.zeros_like(wish), np.zeros_like(wish), wish])
    return replace(problem, cost=cost, covers=tuple(replace(cover, least=None) for cover in problem.covers))


@pytest.mark.slow
def test_deterministic_runs_that_search_are_equal() -> None:
    problem, options = ward(8, 4), Options(deterministic=True, work_limit=100)
    one, other = (engine("neighbourhoods")(problem, options, Stop(120), Progress(), None) for _ in range(2))
    assert one.termination is Termination.WORK_LIMIT
    assert one.reproducible
    assert one.solution is not None
    assert other.solution is not None
    assert (one.solution.activity == other.solution.activity).all()
    assert [tier.bound for tier in one.tiers] == [tier.bound for tier in other.tiers]


@pytest.mark.slow
def test_hard_covers_that_one_after_the_other_misses_are_met() -> None:
    """Least heads of every shift, which no person by itself cares for."""
    problem = middling(people=10, weeks=3)
    result = engine("neighbourhoods")(problem, Options(workers=2), Stop(15), Progress(), None)
    assert result.solution is not None
    assert evaluate.violations(problem, result.solution) == []


def test_choices_free_open_days_only() -> None:
    problem = middling(people=9, weeks=4)
    counting, roster = Counting(problem), Roster(np.zeros((9, 28), np.int64))
    chooser = Chooser(problem, counting, 3)
    covers = counting.cost(counting.counts(roster.activity), 0)
    assert covers.sum() == evaluate.values(problem, roster)[0]
    kinds = set()
    for _ in range(80):
        choice = chooser.next(np.arange(9), covers)
        kinds.add(choice.kind)
        assert choice.free.shape == (len(choice.people), 28)
        assert not (choice.free & ~chooser.open[choice.people]).any()
        chooser.learn(choice, 0.0, 0.1, proven=False, whole=False)
    assert kinds == set(chooser.makers)


def test_what_gains_is_drawn_more_often() -> None:
    problem = middling(people=9, weeks=4)
    chooser = Chooser(problem, Counting(problem), 3)
    drawn = []
    for _ in range(200):
        choice = chooser.next(np.arange(9), np.zeros(len(problem.covers), np.int64))
        drawn.append(choice.kind)
        chooser.learn(choice, float(choice.kind == "weeks"), 0.1, proven=True, whole=False)
    assert drawn[100:].count("weeks") > 40


def test_cancelled_soon_and_nothing_lost() -> None:
    problem, stop = ward(24, 6), Stop()
    cancelled: list[float] = []
    found: list[object] = []

    def cancel() -> None:
        cancelled.append(stop.elapsed)
        stop.cancel()

    class Listen(Progress):
        def incumbent(self, solution: object) -> None:
            if not found:
                threading.Timer(1.0, cancel).start()
            found.append(solution)

    result = engine("neighbourhoods")(problem, Options(workers=2), stop, Listen(), None)
    late = stop.elapsed - cancelled[0]
    assert result.termination is Termination.CANCELLED
    assert result.outcome is Outcome.FEASIBLE
    assert result.solution is not None
    assert late < 5, "a second or two, and as much again on a machine that is busy"
    assert evaluate.violations(problem, result.solution) == []
