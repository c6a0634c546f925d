"""Bounds by whole schedules from another process: told as they come, and gone with whoever asked."""

from __future__ import annotations

import logging
import multiprocessing

import numpy as np
import pytest
from tests.roster.columns.strategies import short_of_four
from tests.roster.middling import middling

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.roster.columns.beside import BoundBeside
from tildeling_models.roster.columns.root import Root
from tildeling_models.roster.neighbourhoods import engine
from tildeling_models.stop import Stop

NONE = np.zeros(0, np.int64)


def test_bounds_are_told_question_after_question() -> None:
    problem, start = short_of_four()
    beside = BoundBeside(problem, Root)
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
    beside = BoundBeside(problem, Root)
    beside.close()
    stop = Stop(60)
    with caplog.at_level(logging.ERROR):
        beside.bound(0, NONE, start, stop, lambda _: None, 60)
    assert beside.failed
    assert not stop.now
    assert not caplog.records  # it was meant


def test_no_process_is_left_when_the_engine_is_done() -> None:
    problem = middling(people=12, weeks=2)
    before = set(multiprocessing.active_children())  # other tests leave the service's crew
    result = engine.solve(problem, Options(workers=2), Stop(8), Progress())
    assert result.solution is not None
    assert all(tier.bound is not None and tier.bound <= (tier.value or 0) for tier in result.tiers)
    assert not set(multiprocessing.active_children()) - before
