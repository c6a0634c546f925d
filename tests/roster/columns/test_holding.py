"""Dives by weeks of people against every roster there is."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.roster.columns.brute import sound
from tests.roster.columns.strategies import problems
from tests.roster.columns.test_tree import covered, rooted
from tests.roster.test_evaluate import problem_of

from tildeling_models.roster.columns import holding
from tildeling_models.roster.columns.engine import _weeks
from tildeling_models.roster.columns.generation import Generation
from tildeling_models.roster.columns.holding import hold
from tildeling_models.roster.columns.master import Master
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.problem import RosterProblem

checked = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
several = problems(people=2, days=4, activities=2, tiers=1)
wants = st.lists(st.integers(0, 2), min_size=4, max_size=4)


def held(stage: Stage, generation: Generation, until: float = 1.0) -> bool:
    empty = Plan(stage.problem, stage.cover, stage.pricer, stage.weigh)
    with patch.object(holding, "WEEK", 2):
        return hold(stage, generation, empty, until)


@checked
@given(problem=several, wanted=wants, until=st.sampled_from([0.0, 1.0]))
def test_a_dive_ends_at_a_legal_roster_worth_what_it_says(
    problem: RosterProblem, wanted: list[int], until: float
) -> None:
    problem = covered(problem, wanted)
    root = rooted(problem)
    if root is None:
        return
    stage, generation = root
    before = len(generation.master.owner), generation.master.value
    assert held(stage, generation, until)  # covers may be missed, and there was no roster before
    sound(stage)
    assert before == (len(generation.master.owner), generation.master.value)


@checked
@given(problem=several, wanted=wants)
def test_it_only_ever_gets_better(problem: RosterProblem, wanted: list[int]) -> None:
    problem = covered(problem, wanted)
    root = rooted(problem)
    if root is None:
        return
    stage, generation = root
    assert held(stage, generation)
    first = stage.value
    assert first is not None
    with patch.object(holding, "WEEK", 2):
        _weeks(stage, generation)
    assert stage.value is not None
    assert stage.value <= first
    assert not held(stage, generation) or stage.value < first


def test_a_master_that_is_whole_is_what_the_dive_ends_with() -> None:
    """Two people, two days, one wanted a day, and each works on one day at no cost: nothing is to be decided."""
    problem = covered(only_one_day_each(), [1, 1])
    root = rooted(problem)
    assert root is not None
    stage, generation = root
    assert held(stage, generation)
    assert stage.value == 0
    assert stage.best is not None
    assert (np.sort(stage.best.rows, axis=0) == [[0, 0], [1, 1]]).all()


def test_columns_that_are_dropped_leave_the_optimum_as_it_is() -> None:
    problem = covered(only_one_day_each(), [1, 1])
    root = rooted(problem)
    assert root is not None
    stage, generation = root
    master: Master = generation.master
    value, level = master.value, master.level
    master.keep(level > 0.5)
    assert len(master.owner) == len(master.schedule) == len(master.values) == len(master.level)
    assert master.solve(stage.stop) is not None
    assert master.value == value
    known = zip(master.owner, master.schedule, master.values, strict=True)
    assert not any(master.add(*column) for column in list(known))


def only_one_day_each() -> RosterProblem:
    """The first works on the first day, the second on the second, as they may."""
    problem = problem_of(people=2, days=2)
    problem.allowed[0, 1, 1:] = problem.allowed[1, 0, 1:] = False
    return problem
