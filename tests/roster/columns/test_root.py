"""Bounds by whole schedules never pass the best roster there is, and reach it where the program is tight."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.roster.columns.brute import best_values
from tests.roster.columns.strategies import problems
from tests.roster.test_evaluate import only, problem_of

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.roster.columns.coverage import limits
from tildeling_models.roster.columns.relaxed import Relaxed
from tildeling_models.roster.columns.root import Root
from tildeling_models.roster.cpsat import solve
from tildeling_models.roster.problem import Cover, Price, Roster, RosterProblem
from tildeling_models.stop import Stop

checked = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def bounds(problem: RosterProblem, roster: Roster, caps: tuple[int, ...], entries: int | None) -> list[int]:
    """All bounds that are told of the tier after the caps."""
    root = Root(problem)
    if entries is not None:
        root.pricer = Relaxed(problem, entries)
    told: list[int] = []
    for tier in range(len(caps) + 1):
        told.clear()
        root.bound(tier, np.array(caps[:tier], np.int64), roster, Stop(20), told.append)
    return told


@checked
@given(st.booleans(), st.sampled_from([None, 30]), st.data())
def test_no_bound_passes_the_best(cyclic: bool, entries: int | None, data: st.DataObject) -> None:
    problem = data.draw(problems(people=2, days=4, activities=2, tiers=2, cyclic=cyclic))
    best = best_values(problem)
    if best is None:
        return
    roster = solve(problem, Options(), Stop(20), Progress()).solution
    assert roster is not None
    # the program has no row for a count that should be at least 1 and at most 0
    ranges = [limits(cover) for cover in problem.covers]
    crossed = any(low is not None and high is not None and low > high for low, high in ranges)
    for tier in range(2):
        told = bounds(problem, roster, best[:tier], entries)
        assert told == sorted(set(told))
        assert told or crossed
        assert all(bound <= best[tier] for bound in told)


def test_people_who_compete_for_shifts_are_bounded_tightly() -> None:
    """Two of three may work each day; taken one by one nobody lacks anything, together four shifts are short."""
    cover = tuple(
        Cover(days=np.array([day]), who=np.ones(3, bool), of=only(1)[None], low=3, under=Price(0, 1))
        for day in range(4)
    )
    most = tuple(
        Cover(days=np.array([day]), who=np.ones(3, bool), of=only(1)[None], most=2) for day in range(4)
    )
    problem = problem_of(people=3, covers=cover + most)
    start = solve(problem, Options(), Stop(20), Progress()).solution
    assert start is not None
    assert bounds(problem, start, (), None)[-1] == 4


def test_nothing_is_told_once_it_is_stopped() -> None:
    problem = problem_of(people=2)
    stop, told = Stop(20), []
    stop.cancel()
    done = Root(problem).bound(
        0, np.zeros(0, np.int64), Roster(np.zeros((2, 7), np.int64)), stop, told.append
    )
    assert not done
    assert told == []
