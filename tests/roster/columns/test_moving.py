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
from tildeling_models.roster.columns.tolls import tolls
from tildeling_models.roster.problem import Blocks, Cover, Price, RosterProblem
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


@checked
@given(data=st.data())
def test_tolls_steer_and_cost_nothing(data: st.DataObject) -> None:
    problem = data.draw(problems(people=3, days=5, tiers=1, family="blocks"))
    if any(not schedules(problem, person) for person in range(3)):
        return
    stage = stage_of(problem)
    moves = moving(stage) if stage is not None else None
    if moves is None:
        return
    moves.load(first_of(moves.stage))
    toll = np.where(moves.blocks > 0, data.draw(st.integers(0, 50)), 0)
    moves.charge(toll)
    moves.anneal(5.0, 20, 2, 1, 3)
    assert moves.best_plan().cost() == moves.least
    assert moves.now == moves.plan().cost() + moves.owed
    moves.charge(np.zeros_like(toll))
    judged(moves, problem)


def test_whole_weekends_are_taken_where_they_are_scarce() -> None:
    """One person works the Saturdays and one the Sundays of the only two weekends that each may work."""
    stage = stage_of(weekends())
    assert stage is not None
    moves = moving(stage)
    assert moves is not None
    plan = first_of(stage)
    for person in range(2):
        row = np.zeros(28, np.int64)
        row[[5 + person, 12 + person]] = 1
        plan.take(person)
        plan.put(person, row, evaluate.person_values(stage.problem, person, row))
    moves.load(plan)
    assert moves.now == 4 * 100
    moves.charge(tolls(moves.blocks, 100.0, 0.0))
    moves.anneal(1e-9, 300, 2, 3, 3)
    rows = moves.plan().rows
    assert (rows[:, 5::7] == rows[:, 6::7]).all()
    moves.charge(tolls(moves.blocks, 100.0, 1.0))
    judged(moves, stage.problem)
    assert moves.least == 0


def weekends() -> RosterProblem:
    """One is wanted on each day of four weekends, and nobody between; each of two people may work two weekends."""
    people, days = 2, 28
    block = np.full(days, -1)
    block[5::7] = block[6::7] = np.arange(4)
    allowed = np.zeros((people, days, 2), bool)
    allowed[:, :, 0] = True
    allowed[:, block >= 0, 1] = True
    work = np.array([False, True])
    return RosterProblem(
        tiers=("cost",), start=np.array([0, 480]), end=np.array([0, 960]), allowed=allowed,
        cost=np.zeros((1, people, days, 2), np.int64),
        rules=(Blocks(people=np.arange(people), block=block, of=work, most=2),),
        covers=tuple(
            Cover(days=np.array([day]), who=np.ones(people, bool), of=work[None], low=1, under=Price(0, 100))
            for day in np.flatnonzero(block >= 0)
        ),
    )  # fmt: skip
