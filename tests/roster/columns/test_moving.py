"""The compiled loop of ruin and recreate against every schedule there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.roster.columns.brute import schedules
from tests.roster.columns.strategies import problems

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.roster import evaluate
from tildeling_models.roster.columns.coverage import coverage
from tildeling_models.roster.columns.moving import Moving, moving
from tildeling_models.roster.columns.plan import Plan, weighing
from tildeling_models.roster.columns.pricer import NoSchedule, Pricer
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.problem import RosterProblem
from tildeling_models.stop import Stop

FAMILIES = ["succession", "run", "sum", "blocks", "rest", "target", None]

checked = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def stage_of(problem: RosterProblem) -> Stage | None:
    """A stage of the last tier; None where a person has no schedule."""
    pricer, cover, tier = Pricer(problem), coverage(problem), len(problem.tiers) - 1
    try:
        weigh = weighing(problem, cover, tier, pricer.reach())
    except NoSchedule:
        return None
    caps = np.zeros(tier, np.int64)
    return Stage(problem, cover, pricer, weigh, tier, caps, Options(), Stop(), Progress())


def first_of(stage: Stage) -> Plan:
    """A plan of everyone's first legal schedule."""
    plan = Plan(stage.problem, stage.cover, stage.pricer, stage.weigh)
    for person in range(stage.problem.n_people):
        row = schedules(stage.problem, person)[0]
        plan.put(person, row, evaluate.person_values(stage.problem, person, row))
    return plan


def judged(moves: Moving, problem: RosterProblem) -> None:
    """The plans are legal, and cost what the loop says."""
    for plan, cost in ((moves.plan(), moves.now), (moves.best_plan(), moves.least)):
        assert plan.cost() == cost
        for person, row in enumerate(plan.rows):
            assert evaluate.is_legal(problem, person, row)
            assert (plan.values[person] == evaluate.person_values(problem, person, row)).all()


@pytest.mark.parametrize("family", FAMILIES)
@checked
@given(data=st.data())
def test_one_person_gets_the_best_schedule(family: str | None, data: st.DataObject) -> None:
    problem = data.draw(problems(people=1, days=4, tiers=1, family=family))
    legal = schedules(problem, 0)
    stage = stage_of(problem) if legal else None
    moves = moving(stage) if stage is not None else None
    if stage is None or moves is None:
        return
    moves.load(first_of(stage))
    moves.anneal(1e-9, 60, 1, 8, 8)
    judged(moves, problem)
    costs = []
    for row in legal:
        plan = Plan(problem, stage.cover, stage.pricer, stage.weigh)
        plan.put(0, row, evaluate.person_values(problem, 0, row))
        costs.append(plan.cost())
    assert moves.least >= min(costs)
    days = np.array([cover.days.size for cover in problem.covers])
    if not moves.ceilings and (days <= 1).all():  # else pricing is not exact
        assert moves.least == min(costs)


@pytest.mark.parametrize("family", FAMILIES)
@checked
@given(data=st.data())
def test_moves_keep_every_rule(family: str | None, data: st.DataObject) -> None:
    problem = data.draw(problems(people=3, days=5, tiers=2, family=family))
    if any(not schedules(problem, person) for person in range(3)):
        return
    stage = stage_of(problem)
    moves = moving(stage) if stage is not None else None
    if stage is None or moves is None:
        return
    moves.load(first_of(stage))
    for heat in (5.0, 1.0):
        moves.anneal(heat, 15, 2, 1, 3)
        judged(moves, problem)


@pytest.mark.parametrize("family", FAMILIES)
@checked
@given(data=st.data())
def test_a_rolled_schedule_is_legal(family: str | None, data: st.DataObject) -> None:
    problem = data.draw(problems(people=1, days=5, tiers=1, family=family))
    stage = stage_of(problem) if schedules(problem, 0) else None
    moves = moving(stage) if stage is not None else None
    if moves is None:
        return
    if moves.roll(0, 3, 2, 10, 0):
        assert evaluate.is_legal(problem, 0, moves.schedule(0)[0])
    whole = moves if not moves.ceilings else None
    if whole is not None and stage is not None:
        again = moving(stage)
        assert again is not None
        assert again.roll(0, 5, 5, 10, 0), "the whole horizon at once is no rolling at all"
