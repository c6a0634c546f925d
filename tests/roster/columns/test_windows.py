"""Windows of long horizons, and bounds from their prices, against every roster there is."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.roster.columns.brute import best_values, schedules
from tests.roster.columns.strategies import problems
from tests.roster.columns.test_moving import first_of, stage_of

from tildeling_models.roster import evaluate
from tildeling_models.roster.columns.raising import Raising
from tildeling_models.roster.columns.recreate import swift
from tildeling_models.roster.columns.relaxed import Relaxed
from tildeling_models.roster.columns.windows import slide
from tildeling_models.roster.problem import Roster, RosterProblem

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
    slide(stage, length, np.full(stage.cover.n_rows, np.nan), 1.0)
    assert stage.best is not None
    assert stage.value is not None
    assert stage.value <= before
    roster = Roster(stage.best.rows)
    assert not evaluate.violations(problem, roster)
    assert int(evaluate.values(problem, roster)[0]) == stage.value
    best = best_values(problem)
    assert best is not None
    assert stage.value >= best[0]


@checked
@given(problem=problems(people=2, days=4, tiers=1), data=st.data())
def test_any_prices_give_a_bound(problem: RosterProblem, data: st.DataObject) -> None:
    best = best_values(problem)
    stage = stage_of(problem) if best is not None else None
    if stage is None or best is None or problem.cyclic:
        return
    rows = stage.cover.n_rows
    prices = np.array(data.draw(st.lists(st.floats(-20, 20), min_size=rows, max_size=rows)))
    bound, gradient = Raising(stage, Relaxed(problem), prices).value(prices)
    assert bound <= best[0]
    assert gradient.shape == (rows,)
