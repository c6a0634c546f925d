"""What the parent makes of a child's lines, and of a child that ended without a result."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tildeling import read_dataset
from tildeling.housing.compiling.compiler import compile_dataset
from tildeling_models import process
from tildeling_models.grouping.engines import UnknownEngine
from tildeling_models.grouping.problem import GroupingProblem
from tildeling_models.grouping.start import status_quo
from tildeling_models.heard import Heard
from tildeling_models.options import Options
from tildeling_models.process import EngineFailed, solve_in_child
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Outcome, Result, Termination
from tildeling_models.stop import Stop
from tildeling_models.worker import REFUSED, save


class Ear(Progress):
    def __init__(self, fails: bool = False) -> None:
        self.events: list[Event] = []
        self.fails = fails

    def event(self, event: Event) -> None:
        self.events.append(event)
        if self.fails:
            raise OSError("nobody there")


LINES = [json.dumps(asdict(Event("solve", "1a", value))) + "\n" for value in (3, 2)]


def test_what_a_solver_prints_itself_is_no_event() -> None:
    heard = Ear()
    process._listen(
        [LINES[0], "Welcome to the CBC MILP Solver\n", "{}\n", "7\n", LINES[1]], heard, Stop(), Heard(["1a"])
    )
    assert [event.value for event in heard.events] == [3, 2]


def test_a_listener_that_fails_does_not_block_the_child() -> None:
    heard = Ear(fails=True)
    rest = iter(LINES)
    process._listen(rest, heard, Stop(), Heard([]))
    assert len(heard.events) == 1
    assert next(rest, None) is None


@pytest.fixture(scope="module")
def problem() -> GroupingProblem:
    return compile_dataset(read_dataset(Path(__file__).parents[2] / "instances" / "small")).problem


def result(place: Path, problem: GroupingProblem, stop: Stop, heard: Heard | None = None) -> Result[Any]:
    return process._result(place, "auto", problem, Options(), stop, -9, heard or Heard([]))


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


def test_an_error_after_time_was_up_is_said_though_the_best_is_kept(
    tmp_path: Path, problem: GroupingProblem, caplog: pytest.LogCaptureFixture
) -> None:
    save(tmp_path / "best.pickle", status_quo(problem))
    result(tmp_path, problem, Stop(0.0))
    assert not caplog.records  # it was ended, as the process that ended it has said
    (tmp_path / "error.txt").write_text("Traceback\n  File\nMemoryError: no room\n", encoding="utf-8")
    assert result(tmp_path, problem, Stop(0.0)).outcome is Outcome.FEASIBLE
    assert "MemoryError: no room" in caplog.text


def test_bounds_that_a_child_told_outlive_it(tmp_path: Path, problem: GroupingProblem) -> None:
    stands = status_quo(problem)
    assert stands is not None
    save(tmp_path / "best.pickle", stands)
    alone = result(tmp_path, problem, Stop(0.0))
    names, values = [tier.name for tier in alone.tiers], [tier.value for tier in alone.tiers]
    at = next(
        k
        for k, tier in enumerate(alone.tiers)
        if k > 0 and tier.bound is not None and tier.bound < tier.value
    )
    heard = Heard(names)
    for name, value in zip(names[:at], values[:at], strict=True):
        heard.event(Event("solve", name, value))
    bound = alone.tiers[at].bound + 1
    heard.event(Event("solve", names[at], None, bound))
    assert result(tmp_path, problem, Stop(0.0), heard).tiers[at].bound == bound
    heard.event(Event("solve", names[at], None, values[at] + 1))  # cannot be: it is not believed
    assert result(tmp_path, problem, Stop(0.0), heard).tiers[at].bound == alone.tiers[at].bound


def test_a_bound_holds_for_values_no_greater_than_when_it_was_said() -> None:
    heard = Heard(["a", "b"])
    heard.event(Event("solve", "b", 9, 3))  # what a was worth is not known
    assert heard.bound(1, (5, 9)) is None
    heard.event(Event("solve", "a", 7, 1))
    heard.event(Event("solve", "b", 9, 4))
    heard.event(Event("solve", "a", 5))
    heard.event(Event("solve", "b", 9, 6))
    heard.event(Event("solve", "b", 9, 5))
    assert [heard.bound(1, (a, 9)) for a in (8, 7, 6, 5, 4)] == [None, 4, 4, 6, 6]
    assert heard.bound(0, (5, 9)) == 1
    heard.event(Event("solve", "b", 9, 8, parts=2))  # of parts apart
    heard.event(Event("solve", "a", 5, 2, parts=2))
    assert (heard.bound(0, (5, 9)), heard.bound(1, (5, 9))) == (2, 6)


def test_a_solver_that_is_not_installed_is_said_so(tmp_path: Path, problem: GroupingProblem) -> None:
    (tmp_path / REFUSED).write_text("no licence", encoding="utf-8")
    with pytest.raises(UnknownEngine, match="no licence"):
        result(tmp_path, problem, Stop())


def test_an_unknown_engine_begins_no_child(problem: GroupingProblem) -> None:
    with pytest.raises(UnknownEngine):
        solve_in_child("magic", problem, Options(), Stop(), Progress(), None)
