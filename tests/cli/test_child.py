"""What the parent makes of a child's lines, and of a child that ended without a result."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from tildeling import read_dataset
from tildeling.housing.compiling.compiler import compile_dataset
from tildeling_models import process
from tildeling_models.grouping.engines import UnknownEngine
from tildeling_models.grouping.problem import GroupingProblem
from tildeling_models.grouping.start import status_quo
from tildeling_models.options import Options
from tildeling_models.process import EngineFailed, solve_in_child
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Outcome, Result, Termination
from tildeling_models.stop import Stop
from tildeling_models.worker import REFUSED, save


class Heard(Progress):
    def __init__(self, fails: bool = False) -> None:
        self.events: list[Event] = []
        self.fails = fails

    def event(self, event: Event) -> None:
        self.events.append(event)
        if self.fails:
            raise OSError("nobody there")


LINES = [json.dumps(asdict(Event("solve", "1a", value))) + "\n" for value in (3, 2)]


def test_what_a_solver_prints_itself_is_no_event() -> None:
    heard = Heard()
    process._listen([LINES[0], "Welcome to the CBC MILP Solver\n", "{}\n", "7\n", LINES[1]], heard, Stop())
    assert [event.value for event in heard.events] == [3, 2]


def test_a_listener_that_fails_does_not_block_the_child() -> None:
    heard = Heard(fails=True)
    rest = iter(LINES)
    process._listen(rest, heard, Stop())
    assert len(heard.events) == 1
    assert next(rest, None) is None


@pytest.fixture(scope="module")
def problem() -> GroupingProblem:
    return compile_dataset(read_dataset(Path(__file__).parents[2] / "instances" / "small")).problem


def result(place: Path, problem: GroupingProblem, stop: Stop) -> Result:  # type: ignore[type-arg]
    return process._result(place, "auto", problem, Options(), stop, -9)


def test_a_crash_with_nothing_found_is_an_error(tmp_path: Path, problem: GroupingProblem) -> None:
    with pytest.raises(EngineFailed, match="code -9"):
        result(tmp_path, problem, Stop())
    (tmp_path / "error.txt").write_text("Traceback\n  File\nMemoryError: no room\n", encoding="utf-8")
    with pytest.raises(EngineFailed, match="MemoryError: no room"):
        result(tmp_path, problem, Stop())


def test_a_child_ended_when_late_with_nothing_found_is_unknown(
    tmp_path: Path, problem: GroupingProblem
) -> None:
    found = result(tmp_path, problem, Stop(0.0))
    assert (found.outcome, found.termination) == (Outcome.UNKNOWN, Termination.TIME_LIMIT)
    assert found.solution is None
    assert all(tier.value is None and tier.bound is not None for tier in found.tiers)


def test_a_child_ended_when_late_leaves_its_best(tmp_path: Path, problem: GroupingProblem) -> None:
    stands = status_quo(problem)
    assert stands is not None
    save(tmp_path / "best.pickle", stands)
    for stop, reason in ((Stop(0.0), Termination.TIME_LIMIT), (Stop(), Termination.CANCELLED)):
        found = result(tmp_path, problem, stop)
        assert (found.outcome, found.termination) == (Outcome.FEASIBLE, reason)
        assert found.solution is not None
        assert np.array_equal(found.solution.item_slot, stands.item_slot)
        assert all(tier.bound is not None and tier.bound <= tier.value for tier in found.tiers)


def test_a_solver_that_is_not_installed_is_said_so(tmp_path: Path, problem: GroupingProblem) -> None:
    (tmp_path / REFUSED).write_text("no licence", encoding="utf-8")
    with pytest.raises(UnknownEngine, match="no licence"):
        result(tmp_path, problem, Stop())


def test_an_unknown_engine_begins_no_child(problem: GroupingProblem) -> None:
    with pytest.raises(UnknownEngine):
        solve_in_child("magic", problem, Options(), Stop(), Progress(), None)
