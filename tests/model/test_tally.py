"""The history of the whole: as fine as evaluating it is cheap."""

from __future__ import annotations

import numpy as np
import pytest

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.components import Part
from tildeling_models.grouping.problem import Assignment, GroupingProblem, Ints, ints
from tildeling_models.grouping.start import status_quo
from tildeling_models.grouping.tally import Tally
from tildeling_models.progress import Progress
from tildeling_models.stop import Stop

from .tiny import tiny_problem


class Clock(Stop):
    """A stop whose time goes by when it is told to."""

    def __init__(self) -> None:
        super().__init__(None)
        self.at = 0.0

    @property
    def elapsed(self) -> float:
        return self.at


@pytest.mark.parametrize(("costs", "times"), [(0.001, 100), (0.5, 10)])
def test_evaluating_the_whole_takes_a_share_of_the_time(
    monkeypatch: pytest.MonkeyPatch, costs: float, times: int
) -> None:
    """A hundred better solutions in a hundred seconds: all evaluated, or as many as cost a twentieth."""
    clock = Clock()
    at_once = evaluate.values

    def values(problem: GroupingProblem, assignment: Assignment) -> Ints:
        clock.at += costs
        return at_once(problem, assignment)

    monkeypatch.setattr(evaluate, "values", values)
    problem, found = next(
        (problem, start) for problem in map(tiny_problem, range(99)) if (start := status_quo(problem))
    )
    counts = problem.n_items, len(problem.slot_group), problem.n_groups, problem.n_servers
    whole = Part(problem, *(ints(np.arange(count)) for count in counts))
    told = Tally(problem, [whole], [found], clock, Progress())
    before = len(told.history)
    while clock.at < 100:
        clock.at += 1
        told.incumbent(found)
    assert len(told.history) - before == pytest.approx(times, rel=0.1)
