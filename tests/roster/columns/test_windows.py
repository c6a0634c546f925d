"""Windows of long horizons against every roster there is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.roster.columns.brute import schedules, sound
from tests.roster.columns.strategies import problems
from tests.roster.columns.test_moving import first_of, stage_of
from tests.roster.columns.test_raising import year

from tildeling_models.roster.columns.moving import Moving, moving
from tildeling_models.roster.columns.pricer import ROOM
from tildeling_models.roster.columns.recreate import first_plan, swift
from tildeling_models.roster.columns.windows import slide, window
from tildeling_models.roster.problem import RosterProblem

checked = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@checked
@given(problem=problems(people=2, days=5, tiers=1), length=st.integers(2, 6))
def test_windows_never_make_a_plan_worse_or_illegal(problem: RosterProblem, length: int) -> None:
    if any(not schedules(problem, person) for person in range(problem.n_people)):
        return
    stage = stage_of(problem)
    if stage is None or not swift(stage):
        return
    begun = first_of(stage)
    if not stage.offer(begun):
        return
    before = stage.value
    assert before is not None
    slide(stage, length, 1.0)
    assert stage.best is not None
    assert stage.value is not None
    assert stage.value <= before
    sound(stage)


def test_nothing_is_known_of_a_stretch_that_ceilings_leave_unmended(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken for the least cost of no stretch at all once proved a plan away that there was."""
    stage = stage_of(year())
    assert stage is not None
    moves = moving(stage)
    assert moves is not None
    plan = first_plan(stage)
    assert plan is not None
    moves.load(plan)
    at = window(stage, moves, 7, 14)
    monkeypatch.setattr(Moving, "stretch", lambda *_: None)
    found = at.pricer.price(0, at.pricer.cells(0, stage.weigh.weights), stage.weigh.weights)
    assert not len(found.rows)
    assert found.bound == -ROOM
