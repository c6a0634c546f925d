"""Rosters are solved in the child as groupings are: results, crashes, late and cancelled runs."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tildeling_models import process
from tildeling_models.engines import UnknownEngine
from tildeling_models.kinds import KINDS, kind_of
from tildeling_models.options import Options
from tildeling_models.process import EngineFailed, solve_in_child
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Outcome, Result, Termination
from tildeling_models.roster import evaluate
from tildeling_models.roster.bounds import least_value
from tildeling_models.roster.problem import Cover, Price, Roster, RosterProblem, Run
from tildeling_models.stop import Stop
from tildeling_models.worker import START_S, time_left


class Heard(Progress):
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.there = threading.Event()

    def event(self, event: Event) -> None:
        self.events.append(event)
        self.there.set()


@pytest.fixture
def problem(probes: Path) -> RosterProblem:
    """Two people, three days, one activity: nobody two days in a row, one is wanted a day; 2 for being off."""
    cost = np.zeros((1, 2, 3, 2), np.int64)
    cost[0, 1, 1, 0] = 2
    covers = [
        Cover(
            days=np.array([day]), who=np.ones(2, bool), of=np.array([[False, True]]), low=1, high=1,
            under=Price(0, 10), over=Price(0, 1),
        )
        for day in range(3)
    ]  # fmt: skip
    return RosterProblem(
        tiers=("cost",), start=np.array([0, 0]), end=np.array([0, 480]), allowed=np.ones((2, 3, 2), bool),
        cost=cost, rules=(Run(people=np.arange(2), of=np.array([False, True]), most=1),),
        covers=tuple(covers), constant=np.array([5]),
    )  # fmt: skip


def solved(name: str, problem: RosterProblem, stop: Stop, heard: Progress | None = None) -> Result[Roster]:
    return solve_in_child(f"probe-{name}", problem, Options(), stop, heard or Progress(), None)


def test_every_kind_is_told_by_its_problem(problem: RosterProblem) -> None:
    assert kind_of(problem).engines["auto"][0].startswith("tildeling_models.roster")
    assert len(set(KINDS.values())) == len(KINDS)
    with pytest.raises(TypeError, match="no problem of a known kind"):
        kind_of("a word")


def test_a_child_solves_a_roster_and_tells_of_it(problem: RosterProblem) -> None:
    heard = Heard()
    found = solved("exhaustive", problem, Stop(30), heard)
    assert (found.outcome, found.value, found.bound) == (Outcome.OPTIMAL, 5, 5)
    assert found.solution is not None
    assert found.solution.activity.tolist() == [[1, 0, 1], [0, 1, 0]]
    assert heard.events[-1].value == 5


def test_a_cancelled_child_keeps_its_best(problem: RosterProblem) -> None:
    heard, stop = Heard(), Stop()

    def cancel() -> None:
        assert heard.there.wait(30)
        stop.cancel()

    threading.Thread(target=cancel).start()
    found = solved("waits", problem, stop, heard)
    assert (found.outcome, found.termination) == (Outcome.FEASIBLE, Termination.CANCELLED)
    assert found.solution is not None
    assert evaluate.violations(problem, found.solution) == []
    assert found.bound == least_value(problem, 0) == 5


def test_a_child_that_does_not_listen_is_ended_and_its_best_kept(
    problem: RosterProblem, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(process, "LATE_S", 0.2)
    monkeypatch.setattr(process, "GRACE_S", 0.2)
    began = time.monotonic()
    found = solved("deaf", problem, Stop(5.0))
    assert time.monotonic() - began < 12
    assert [each.message for each in caplog.records].count(
        "the engine did not stop in 0.3 s and was ended"
    ) == 1
    assert (found.outcome, found.termination) == (Outcome.FEASIBLE, Termination.TIME_LIMIT)
    assert found.solution is not None
    assert found.value == evaluate.values(problem, found.solution)[0]
    assert found.bound == 5


def test_a_child_that_is_killed_leaves_its_best(
    problem: RosterProblem, caplog: pytest.LogCaptureFixture
) -> None:
    found = solved("killed", problem, Stop(30))
    assert (found.outcome, found.termination) == (Outcome.FEASIBLE, Termination.CANCELLED)
    assert found.solution is not None
    assert found.value == evaluate.values(problem, found.solution)[0]
    assert "the best solution so far is kept" in caplog.text


def test_a_child_that_is_killed_with_nothing_found_is_an_error(problem: RosterProblem) -> None:
    with pytest.raises(EngineFailed, match="code -9"):
        solved("killed_at_once", problem, Stop(30))


def test_a_child_without_room_to_say_why_is_an_error(problem: RosterProblem) -> None:
    with pytest.raises(EngineFailed, match=r"code 1$"):
        solved("roomless", problem, Stop(30))


def test_a_best_that_breaks_a_rule_is_not_kept(
    problem: RosterProblem, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(EngineFailed, match="code -9"):
        solved("breaks_and_dies", problem, Stop(30))
    assert "breaks a rule" in caplog.text
    assert "family='run'" in caplog.text


def test_an_unknown_engine_begins_no_child(problem: RosterProblem) -> None:
    with pytest.raises(UnknownEngine, match="probe-nothing"):
        solved("nothing", problem, Stop())


def test_the_least_value_counts_allowed_cells_only(problem: RosterProblem) -> None:
    allowed = problem.allowed.copy()
    allowed[1, 1, 1] = False
    assert least_value(replace(problem, allowed=allowed), 0) == 5 + 2
    allowed[1, 1, 0] = False  # nothing is left: whatever is said is true
    assert least_value(replace(problem, allowed=allowed), 0) == 5


def test_handing_over_takes_its_time_from_the_engine_but_for_an_ordinary_start() -> None:
    now = time.monotonic()
    assert time_left(None, now - 9) is None
    assert time_left(10.0, now - 1) == 10.0
    assert time_left(10.0, now - 9) == pytest.approx(10 + START_S - 9, abs=0.5)
    assert time_left(10.0, now - 99) == 0.0
