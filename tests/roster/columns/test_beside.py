"""Bounds by whole schedules from another process: told as they come, and gone with whoever asked."""

from __future__ import annotations

import logging
import multiprocessing
import time

import numpy as np
import pytest
from tests.roster.middling import middling
from tests.roster.test_evaluate import only, problem_of

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.roster.columns.beside import RootBeside
from tildeling_models.roster.cpsat import solve
from tildeling_models.roster.neighbourhoods import engine
from tildeling_models.roster.problem import Cover, Price, Roster, RosterProblem
from tildeling_models.stop import Stop

NONE = np.zeros(0, np.int64)


def short_of_four() -> tuple[RosterProblem, Roster]:
    """Two of three may work each day and three are wanted, for four days."""
    wanted = tuple(
        Cover(days=np.array([day]), who=np.ones(3, bool), of=only(1)[None], low=3, under=Price(0, 1))
        for day in range(4)
    )
    most = tuple(
        Cover(days=np.array([day]), who=np.ones(3, bool), of=only(1)[None], most=2) for day in range(4)
    )
    problem = problem_of(people=3, covers=wanted + most)
    start = solve(problem, Options(), Stop(20), Progress()).solution
    assert start is not None
    return problem, start


def test_bounds_are_told_question_after_question() -> None:
    problem, start = short_of_four()
    beside = RootBeside(problem)
    try:
        for _ in range(2):
            told: list[int] = []
            beside.bound(0, NONE, start, Stop(60), told.append, 60)
            assert told[-1] == 4
        assert not beside.failed
    finally:
        beside.close()


def test_a_process_that_is_ended_ends_the_wait_too(caplog: pytest.LogCaptureFixture) -> None:
    problem, start = short_of_four()
    beside = RootBeside(problem)
    beside.close()
    before = time.monotonic()
    with caplog.at_level(logging.INFO):
        beside.bound(0, NONE, start, Stop(60), lambda _: None, 60)
    assert beside.failed
    assert time.monotonic() - before < 30


def test_no_process_is_left_when_the_engine_is_done() -> None:
    problem = middling(people=12, weeks=2)
    result = engine.solve(problem, Options(workers=2), Stop(8), Progress())
    assert result.solution is not None
    assert all(tier.bound is not None and tier.bound <= (tier.value or 0) for tier in result.tiers)
    assert not multiprocessing.active_children()
