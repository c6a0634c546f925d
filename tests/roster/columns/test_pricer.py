"""The pricer against every schedule there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.roster.columns.brute import schedules
from tests.roster.columns.strategies import problems

from tildeling_models.roster import evaluate
from tildeling_models.roster.columns.automaton import OutOfTime
from tildeling_models.roster.columns.pricer import NoSchedule, Pricer
from tildeling_models.roster.columns.relaxed import Relaxed
from tildeling_models.roster.problem import RosterProblem
from tildeling_models.stop import Stop

FAMILIES = ["succession", "run", "sum", "blocks", "rest", "target", None]

checked = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("family", FAMILIES)
@checked
@given(data=st.data())
def test_the_best_schedule_is_the_best_of_all(family: str | None, data: st.DataObject) -> None:
    problem = data.draw(problems(people=1, days=4, tiers=2, family=family))
    weights = np.array(data.draw(st.sampled_from([(1, 0), (3, 1), (0, 2)])))
    legal = schedules(problem, 0)
    pricer = Pricer(problem)
    if not legal:
        with pytest.raises(NoSchedule):
            pricer.price(0, pricer.cells(0, weights), weights)
        return
    found = pricer.price(0, pricer.cells(0, weights), weights, want=4)
    costs = [int(evaluate.person_values(problem, 0, row) @ weights) for row in legal]
    assert found.bound == found.costs[0] == min(costs)
    for row, cost, values in zip(found.rows, found.costs, found.values, strict=True):
        assert evaluate.is_legal(problem, 0, row)
        assert (evaluate.person_values(problem, 0, row) == values).all()
        assert cost == values @ weights


@checked
@given(problem=problems(people=1, days=4, cyclic=True))
def test_of_a_cycle_the_pricer_gives_a_bound(problem: RosterProblem) -> None:
    weights = np.array([1])
    costs = [int(evaluate.person_values(problem, 0, row) @ weights) for row in schedules(problem, 0)]
    pricer = Pricer(problem)
    try:
        found = pricer.price(0, pricer.cells(0, weights), weights)
    except NoSchedule:
        assert not costs
        return
    assert not costs or found.bound <= min(costs)
    assert all(evaluate.is_legal(problem, 0, row) for row in found.rows)


@pytest.mark.parametrize("family", FAMILIES)
@checked
@given(data=st.data())
def test_rules_left_out_of_the_automaton_are_kept_and_paid_all_the_same(
    family: str | None, data: st.DataObject
) -> None:
    problem = data.draw(problems(people=1, days=4, tiers=2, family=family))
    weights = np.array(data.draw(st.sampled_from([(1, 0), (3, 1)])))
    legal = schedules(problem, 0)
    costs = [int(evaluate.person_values(problem, 0, row) @ weights) for row in legal]
    small = data.draw(st.integers(5, 40))
    try:
        pricer = Pricer(problem, small)
        found = pricer.price(0, pricer.cells(0, weights), weights, want=4)
        bound = Relaxed(problem, small).price(0, pricer.cells(0, weights), weights).bound
    except NoSchedule:
        assert not legal
        return
    assert all(found.bound <= cost and bound <= cost for cost in costs)
    for row, cost, values in zip(found.rows, found.costs, found.values, strict=True):
        assert evaluate.is_legal(problem, 0, row)
        assert (evaluate.person_values(problem, 0, row) == values).all()
        assert cost == values @ weights


@checked
@given(problem=problems(people=1, days=4, tiers=2))
def test_prices_of_later_tiers_are_paid_though_they_are_not_read(problem: RosterProblem) -> None:
    weights = np.array([1, 0])
    legal = schedules(problem, 0)
    pricer = Pricer(problem)
    pricer.focus(0)
    if not legal:
        return
    found = pricer.price(0, pricer.cells(0, weights), weights, want=4)
    assert found.bound == min(int(evaluate.person_values(problem, 0, row)[0]) for row in legal)
    for row, values in zip(found.rows, found.values, strict=True):
        assert (evaluate.person_values(problem, 0, row) == values).all()


@checked
@given(problem=problems(people=1, days=4))
def test_no_automaton_is_made_when_it_is_late(problem: RosterProblem) -> None:
    pricer = Pricer(problem)
    pricer.stop = Stop(0.0)
    with pytest.raises(OutOfTime):
        pricer.automaton(0)
